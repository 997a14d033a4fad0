//! Where bytes are pasted: the text, what is wrong with it, the version, examples.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement};

use super::state::DecodeState;
use crate::codec::Version;
use crate::dissect::{HexError, HexErrorKind, locate_hex};
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Slot, el, fragment, nothing};
use crate::view::decode::EXAMPLES;

/// Text up to this many characters shows its mistake in place; of a longer one the position is told.
const MARKED: usize = 20_000;
/// Wrong bytes that are marked in the text.
const WRONG: usize = 100;

const FORMS: &str =
    "Reads hex: plain, or with spaces, line ends, commas, colons, 0x or \\x between the bytes.";

pub(super) fn input(state: DecodeState) -> El {
    let area = Slot::new(None);
    let clear = move || {
        state.set_text(String::new());
        if let Some(area) = area.get_untracked() {
            let _ = area.focus();
        }
    };
    let button = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("disabled", move || state.text.with(String::is_empty))
        .click(clear)
        .child(icon("i-close", "icon icon--xs"))
        .text("Clear");
    let head = el("div", "section-head")
        .child(el("h1", "").text("Decode bytes"))
        .child(el("span", "grow"))
        .child(button);
    let size = move || match state.bytes.with(|bytes| bytes.len()) {
        1 => "1 byte".to_owned(),
        bytes => [&bytes.to_string(), " bytes"].concat(),
    };
    let wrong = el("span", "paste-area__mistake")
        .attr("id", "hex-mistake")
        .fill(move || state.mistake.get().map_or_else(nothing, |it| mistake(state, area, it)));
    let bar = el("div", "paste-area__bar")
        .child(el("span", "num").bind_text(size))
        .child(el("span", "grow"))
        .child(wrong);
    let paste = el("div", "paste-area")
        .bind_class("is-invalid", move || state.mistake.get().is_some())
        .child(text_area(state, area))
        .child(bar);
    let hint = el("p", "field__hint").attr("id", "hex-forms").text(FORMS);
    fragment([head, paste, hint, version_row(state), examples(state)])
}

fn text_area(state: DecodeState, area: Slot) -> El {
    let scroll = RwSignal::new(0);
    let text = el("textarea", "paste-area__text")
        .attrs(&[
            ("aria-label", "Bytes to decode, in hex"),
            ("aria-describedby", "hex-mistake hex-forms"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("rows", "6"),
            ("placeholder", "10 16 00 04 4d 51 54 54 04 …"),
        ])
        .bind_maybe("aria-invalid", move || state.mistake.get().map(|_| "true"))
        .slot(area)
        .bind_value(move || state.text.get())
        .on("input", move |event: Event| state.set_text(event_target_value(&event)))
        .on("scroll", move |_: Event| scroll.set(area.get_untracked().map_or(0, |it| it.scroll_top())));
    el("div", "paste-area__field").dynamic(move || marks(state, scroll).unwrap_or_else(nothing)).child(text)
}

fn version_row(state: DecodeState) -> El {
    let auto = Signal::derive(move || {
        let some = state.bytes.with(|bytes| !bytes.is_empty());
        match (state.version.get(), some) {
            (None, true) => ["Auto: ", state.index.with(|index| index.version).as_str()].concat(),
            _ => "Auto".to_owned(),
        }
    });
    let named = Version::ALL.map(|it| (Some(it), Signal::stored(it.as_str().to_owned())));
    let options = std::iter::once((None, auto)).chain(named).collect();
    let choose = Callback::new(move |it| state.set_version(it));
    let choices = segmented("Version", options, state.version.into(), choose);
    let row =
        el("div", "toggle-row").child(el("span", "").text("Version")).child(el("span", "").child(choices));
    nothing().child(row).dynamic(move || {
        if state.bytes.with(|bytes| bytes.is_empty()) {
            return nothing();
        }
        state.index.with(|index| el("p", "field__hint").text(&index.reason))
    })
}

fn examples(state: DecodeState) -> El {
    let items = EXAMPLES.iter().map(|example| {
        let take = move || {
            state.selected.set(None);
            state.set_text(example.hex.to_owned());
        };
        el("li", "").child(el("button", "link").attr("type", "button").click(take).text(example.name))
    });
    el("ul", "example-list")
        .attr("aria-label", "Examples")
        .child(el("li", "dim").attr("aria-hidden", "true").text("Examples"))
        .all(items)
}

/// The mistake in words, with the way to it.
fn mistake(state: DecodeState, area: Slot, it: HexError) -> El {
    let (line, column) = state.text.with_untracked(|text| place(text, it.at));
    let what = match it.kind {
        HexErrorKind::NotHex(found) => format!("{found:?} is not a hex digit"),
        HexErrorKind::OddDigits => "a second hex digit is missing".to_owned(),
    };
    let told = ["Line ", &line.to_string(), ", column ", &column.to_string(), ": ", &what, "."].concat();
    let show = move || {
        let Some(area) = area.get_untracked() else { return };
        // The browser counts UTF-16 units.
        let units: usize =
            state.text.with_untracked(|text| text.chars().take(it.at).map(char::len_utf16).sum());
        let _ = area.focus();
        let area: HtmlTextAreaElement = area.unchecked_into();
        let _ = area.set_selection_range(units as u32, units as u32 + 1);
    };
    fragment([
        icon("i-warn", "icon icon--xs"),
        el("span", "").text(&told),
        el("button", "link").attr("type", "button").click(show).text("Show"),
    ])
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
fn marks(state: DecodeState, scroll: RwSignal<i32>) -> Option<El> {
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
    let up = move || ["translateY(", &(-scroll.get()).to_string(), "px)"].concat();
    let mut pieces = el("div", "").bind_style("transform", up);
    for (from, len) in marked {
        let before = take(from.saturating_sub(at));
        pieces = pieces.text(&before).child(el("mark", "").text(&take(len)));
        at = from + len;
    }
    let pieces = pieces.text(&take(usize::MAX));
    Some(el("div", "paste-area__marks").attr("aria-hidden", "true").child(pieces))
}
