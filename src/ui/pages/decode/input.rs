//! Where bytes are pasted: the text, what is wrong with it, the version, examples.

use leptos::html::Textarea;
use leptos::prelude::*;

use super::state::DecodeState;
use crate::codec::Version;
use crate::dissect::{HexError, HexErrorKind, locate_hex};
use crate::ui::components::icon::Icon;
use crate::ui::components::segmented::Segmented;
use crate::view::decode::EXAMPLES;

/// Text up to this many characters shows its mistake in place; of a longer one the position is told.
const MARKED: usize = 20_000;
/// Wrong bytes that are marked in the text.
const WRONG: usize = 100;

#[component]
pub(super) fn Input() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let area = NodeRef::<Textarea>::new();
    let scroll = RwSignal::new(0);
    let clear = move |_| {
        state.set_text(String::new());
        if let Some(area) = area.get_untracked() {
            let _ = area.focus();
        }
    };
    let size = move || match state.bytes.with(|bytes| bytes.len()) {
        1 => "1 byte".to_owned(),
        bytes => format!("{bytes} bytes"),
    };
    let is_empty = move || state.text.with(String::is_empty);
    let invalid = move || state.mistake.get().is_some().then_some("true");
    view! {
        <div class="section-head">
            <h1>"Decode bytes"</h1>
            <span class="grow"></span>
            <button class="button button--sm" type="button" disabled=is_empty on:click=clear>
                <Icon name="i-close" class="icon icon--xs"/>
                "Clear"
            </button>
        </div>
        <div class="paste-area" class:is-invalid=move || state.mistake.get().is_some()>
            <div class="paste-area__field">
                {move || marks(state, scroll)}
                <textarea
                    class="paste-area__text"
                    aria-label="Bytes to decode, in hex"
                    aria-describedby="hex-mistake hex-forms"
                    aria-invalid=invalid
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    rows="6"
                    placeholder="10 16 00 04 4d 51 54 54 04 …"
                    node_ref=area
                    prop:value=move || state.text.get()
                    on:input=move |event| state.set_text(event_target_value(&event))
                    on:scroll=move |_| scroll.set(area.get_untracked().map_or(0, |it| it.scroll_top()))
                ></textarea>
            </div>
            <div class="paste-area__bar">
                <span class="num">{size}</span>
                <span class="grow"></span>
                <span id="hex-mistake" class="paste-area__mistake">
                    {move || state.mistake.get().map(|it| mistake(state, area, it))}
                </span>
            </div>
        </div>
        <p id="hex-forms" class="field__hint">
            "Reads hex: plain, or with spaces, line ends, commas, colons, 0x or \\x between the bytes."
        </p>
        <VersionRow/>
        <Examples/>
    }
}

#[component]
fn VersionRow() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let auto = Signal::derive(move || {
        let some = state.bytes.with(|bytes| !bytes.is_empty());
        match (state.version.get(), some) {
            (None, true) => format!("Auto: {}", state.index.with(|index| index.version)),
            _ => "Auto".to_owned(),
        }
    });
    let named = Version::ALL.map(|it| (Some(it), Signal::stored(it.as_str().to_owned())));
    let options = std::iter::once((None, auto)).chain(named).collect();
    let reason = Memo::new(move |_| {
        state.bytes.with(|bytes| !bytes.is_empty()).then(|| state.index.with(|index| index.reason.clone()))
    });
    view! {
        <div class="toggle-row">
            <span>"Version"</span>
            <span>
                <Segmented
                    label="Version"
                    options
                    chosen=state.version
                    on_choose=Callback::new(move |it| state.set_version(it))
                />
            </span>
        </div>
        {move || reason.get().map(|reason| view! { <p class="field__hint">{reason}</p> })}
    }
}

#[component]
fn Examples() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let items = EXAMPLES.iter().map(|example| {
        let take = move |_| {
            state.selected.set(None);
            state.set_text(example.hex.to_owned());
        };
        view! { <li><button class="link" type="button" on:click=take>{example.name}</button></li> }
    });
    view! {
        <ul class="example-list" aria-label="Examples">
            <li class="dim" aria-hidden="true">"Examples"</li>
            {items.collect_view()}
        </ul>
    }
}

/// The mistake in words, with the way to it.
fn mistake(state: DecodeState, area: NodeRef<Textarea>, it: HexError) -> impl IntoView + use<> {
    let (line, column) = state.text.with_untracked(|text| place(text, it.at));
    let what = match it.kind {
        HexErrorKind::NotHex(found) => format!("{found:?} is not a hex digit"),
        HexErrorKind::OddDigits => "a second hex digit is missing".to_owned(),
    };
    let text = format!("Line {line}, column {column}: {what}.");
    let show = move |_| {
        let Some(area) = area.get_untracked() else { return };
        // The browser counts UTF-16 units.
        let units: usize =
            state.text.with_untracked(|text| text.chars().take(it.at).map(char::len_utf16).sum());
        let _ = area.focus();
        let _ = area.set_selection_range(units as u32, units as u32 + 1);
    };
    view! {
        <Icon name="i-warn" class="icon icon--xs"/>
        <span>{text}</span>
        <button class="link" type="button" on:click=show>"Show"</button>
    }
}

/// Line and column of a character, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let (mut line, mut column) = (1, 1);
    for c in text.chars().take(at) {
        (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    (line, column)
}

/// The text once more, unseen, behind the real one: its mistake and the bytes that break a rule are marked there.
fn marks(state: DecodeState, scroll: RwSignal<i32>) -> Option<impl IntoView + use<>> {
    let mistake = state.mistake.get().map(|it| it.at);
    let wrong = state.index.with(|index| index.wrong_bytes(WRONG));
    let long = state.text.with_untracked(|text| text.len() > MARKED);
    if long || mistake.is_none() && wrong.is_empty() {
        return None;
    }
    let text = state.text.get_untracked();
    let places = if wrong.is_empty() { Vec::new() } else { locate_hex(&text) };
    let mut marked: Vec<(usize, usize)> =
        wrong.iter().filter_map(|at| Some((*places.get(*at)?, 2))).collect();
    marked.extend(mistake.map(|at| (at, 1)));
    let mut chars = text.chars();
    let mut at = 0;
    let mut take = |count: usize| chars.by_ref().take(count).collect::<String>();
    let mut pieces = Vec::new();
    for (from, len) in marked {
        pieces.push(take(from.saturating_sub(at)).into_any());
        pieces.push(view! { <mark>{take(len)}</mark> }.into_any());
        at = from + len;
    }
    pieces.push(take(usize::MAX).into_any());
    let up = move || format!("translateY({}px)", -scroll.get());
    Some(view! {
        <div class="paste-area__marks" aria-hidden="true">
            <div style:transform=up>{pieces}</div>
        </div>
    })
}
