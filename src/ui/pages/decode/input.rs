//! Where bytes are pasted: the text, what it was taken for, what is wrong with it, version, direction, examples.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement, KeyboardEvent};

use super::marks::marks;
use super::state::{DecodeState, LINKED_TEXT};
use super::summary::open_world;
use super::take;
use crate::codec::{Direction, Version};
use crate::input::{Form, Mistake, MistakeKind};
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::focus_on;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, Slot, el, fragment, nothing};
use crate::view::decode::{EXAMPLES, Ways};

const FORMS: &str = "Reads hex in any layout, dumps of Wireshark, xxd, hexdump, od and tcpdump, arrays and strings of C, Rust, Go, Java, Python, JavaScript and Erlang, Base64, logs of mosquitto and paho, and files.";

pub(super) fn input(state: DecodeState, phone: Signal<bool>) -> El {
    let area = Slot::new(None);
    let clear = move || {
        state.clear();
        focus_on(".paste-area__text".to_owned());
    };
    let empty = move || state.text.with(String::is_empty) && state.held.with(Option::is_none);
    let button = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("disabled", empty)
        .click(clear)
        .child(icon("i-close", "icon icon--xs"))
        .text("Clear");
    let head =
        el("div", "section-head")
            .child(el("h1", "").text("Decode bytes"))
            .child(el("span", "grow"))
            .dynamic(move || {
                if phone.get() { nothing() } else { fragment(take::buttons(state, "button button--sm")) }
            })
            .child(button);
    let paste = el("div", "paste-area")
        .bind_class("is-invalid", move || state.mistake.get().is_some())
        .dynamic(move || match state.held.get() {
            None => text_area(state, area),
            Some(held) => held_area(&held.name, held.bytes.len()),
        })
        .child(bar(state, area));
    let hint = el("p", "field__hint").attr("id", "hex-forms").text(FORMS);
    let told = el("p", "decode__told").attr("role", "status").bind_text(move || state.told.get());
    fragment([
        head,
        take::dropping(state, paste),
        told,
        notes(state),
        version_row(state),
        fragment([direction_row(state), hint, examples(state)]),
    ])
}

/// Buttons in thumb's reach.
pub(super) fn action_bar(state: DecodeState, sending: RwSignal<bool>) -> El {
    let some = Memo::new(move |_| state.bytes.with(|bytes| !bytes.is_empty()));
    let [paste, open] = take::buttons(state, "button");
    let paste = paste.bind_class("button--primary", move || !some.get());
    let send = nothing().dynamic(move || {
        if !some.get() {
            return nothing();
        }
        el("button", "button")
            .attr("type", "button")
            .click(move || sending.set(true))
            .child(icon("i-send", "icon icon--xs"))
            .text("Send…")
    });
    el("div", "action-bar").child(paste).child(open).child(send).child(replay(state))
}

/// The world in which the packets pass.
fn replay(state: DecodeState) -> El {
    let some = Memo::new(move |_| state.bytes.with(|bytes| !bytes.is_empty()));
    nothing().dynamic(move || match some.get() {
        true => el("button", "button")
            .attr("type", "button")
            .click(move || open_world(state))
            .child(icon("i-play", "icon icon--xs"))
            .text("Replay"),
        false => nothing(),
    })
}

fn held_area(name: &str, len: usize) -> El {
    let size = [&(len / 1024).to_string(), " KiB"].concat();
    el("div", "paste-area__held")
        .child(icon("i-file", "icon"))
        .child(el("b", "").text(name))
        .child(el("span", "dim num").text(&size))
}

/// What the text was taken for, with the way to another reading, and how much it is.
fn bar(state: DecodeState, area: Slot) -> El {
    let size = move || match state.bytes.with(|bytes| bytes.len()) {
        1 => "1 byte".to_owned(),
        bytes => [&bytes.to_string(), " bytes"].concat(),
    };
    let wrong = el("span", "paste-area__mistake")
        .attr("id", "hex-mistake")
        .fill(move || state.mistake.get().map_or_else(nothing, |it| mistake(state, area, it)));
    let name = move || state.read_as.with(|reading| reading.form.map(|_| reading.name));
    let taken = move || match name() {
        None => nothing(),
        Some(name) => el("span", "chip chip--accent")
            .attr("data-testid", "reading")
            .child(icon("i-check", "icon icon--xs"))
            .text(name),
    };
    // Made once: what is pressed must not vanish under the pointer.
    let busy = Memo::new(move |_| state.progress.get().is_some());
    let done = move || state.progress.get().unwrap_or_default();
    let reading = move || {
        if !busy.get() {
            return nothing();
        }
        let meter = el("progress", "paste-area__progress")
            .attrs(&[("max", "1000"), ("aria-label", "Reading")])
            .bind("value", move || done().to_string());
        let percent = el("span", "num").bind_text(move || [&(done() / 10).to_string(), " %"].concat());
        let cancel = el("button", "button button--sm").attr("type", "button").click(move || state.cancel());
        fragment([meter, percent, cancel.text("Cancel")])
    };
    el("div", "paste-area__bar")
        .dynamic(taken)
        .child(el("span", "num").bind_text(size))
        .dynamic(reading)
        .child(el("span", "grow"))
        .child(wrong)
        .dynamic(move || read_as(state))
}

/// Another reading: those that give bytes first, then the others.
fn read_as(state: DecodeState) -> El {
    let forms = state.read_as.with(|reading| reading.forms.clone());
    let chosen = state.form.get();
    let some = !state.text.with(String::is_empty)
        || state.held.with(|held| held.as_ref().is_some_and(|it| it.is_text));
    if !some {
        return nothing();
    }
    let option = |value: &str, name: &str, taken: bool| {
        el("option", "").attr("value", value).maybe("selected", taken.then_some("")).text(name)
    };
    let others = Form::TEXT.into_iter().filter(|form| !forms.contains(form));
    let all: Vec<Form> = forms.iter().copied().chain(others).collect();
    let options: Vec<El> = (all.iter().enumerate())
        .map(|(at, form)| option(&at.to_string(), form.name(), chosen == Some(*form)))
        .collect();
    let choose = move |event: Event| {
        let at = event_target_value(&event).parse::<usize>().ok();
        state.set_form(at.and_then(|at| all.get(at).copied()));
    };
    el("select", "select paste-area__forms")
        .attr("aria-label", "Read as")
        .child(option("", "Read as…", chosen.is_none()))
        .all(options)
        .on("change", choose)
}

fn text_area(state: DecodeState, area: Slot) -> El {
    let scroll = RwSignal::new(0);
    let link = move || {
        let Some(field) = area.get_untracked() else { return };
        if state.text.with_untracked(|text| text.len() > LINKED_TEXT) {
            return;
        }
        let field: HtmlTextAreaElement = field.unchecked_into();
        let units = field.selection_start().ok().flatten().unwrap_or(0) as usize;
        let at = state.text.with_untracked(|text| offset_of(text, units));
        if let Some(byte) = state.read_as.with_untracked(|reading| reading.data.byte_at(at)) {
            state.select_byte(byte);
        }
    };
    let walked = move |event: KeyboardEvent| {
        if matches!(
            event.key().as_str(),
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End"
        ) {
            link();
        }
    };
    let text = el("textarea", "paste-area__text")
        .attrs(&[
            ("aria-label", "Bytes to decode, in any form"),
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
        .on("input", move |event: Event| {
            let text = event_target_value(&event);
            if text.is_empty() {
                state.leave();
            }
            state.set_text(text);
        })
        .on("click", move |_: Event| link())
        .on("keyup", walked)
        .on("scroll", move |_: Event| scroll.set(area.get_untracked().map_or(0, |it| it.scroll_top())));
    el("div", "paste-area__field").dynamic(move || marks(state, scroll).unwrap_or_else(nothing)).child(text)
}

/// Bytes of UTF-8 before so many UTF-16 units.
fn offset_of(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

/// What was taken off, what the bytes are else, what nobody knows.
fn notes(state: DecodeState) -> El {
    nothing().dynamic(move || {
        let (some, unwrap) = (!state.text.with(String::is_empty) || state.held.with(Option::is_some), state.unwrap.get());
        state.read_as.with(|reading| {
            let foreign = reading.foreign.map(|foreign| warning(foreign.message()));
            let unknown = reading.form.is_none() && reading.foreign.is_none();
            let nothing_found = some && unknown && state.progress.get().is_none();
            let none = nothing_found.then(|| {
                warning("No bytes are found in this text. “Read as…” below it names a form, or paste the bytes alone.")
            });
            let names: Vec<&str> = reading.layers.iter().map(|(layer, _)| layer.name()).collect();
            let taken = (!names.is_empty()).then(|| {
                let said = ["Taken off: ", &names.join(", "), "."].concat();
                let again = match reading.repeated {
                    0 => String::new(),
                    1 => " One TCP segment came twice.".to_owned(),
                    more => [" ", &more.to_string(), " TCP segments came twice."].concat(),
                };
                note(&[said, again].concat()).child(switch(state, "Leave them", false))
            });
            let left = (!unwrap).then(|| {
                note("What is around MQTT is left as it is.").child(switch(state, "Take it off", true))
            });
            let unknown = (!reading.unknown.is_empty()).then(|| {
                note("The log names no payloads: each of their bytes stands as a question mark.")
            });
            let log = (reading.form == Some(Form::Log)).then(|| {
                note("The packets are built again from the log: what it does not tell is as a client would send it.")
            });
            nothing().with(foreign).with(none).with(taken).with(left).with(log).with(unknown)
        })
    })
}

fn note(text: &str) -> El {
    el("p", "decode__note").child(icon("i-info", "icon icon--xs")).child(el("span", "").text(text)).text(" ")
}

fn warning(text: &str) -> El {
    el("p", "decode__note decode__note--warn")
        .attr("role", "status")
        .child(icon("i-warn", "icon icon--xs"))
        .child(el("span", "").text(text))
}

fn switch(state: DecodeState, name: &str, unwrap: bool) -> El {
    el("button", "link").attr("type", "button").click(move || state.set_unwrap(unwrap)).text(name)
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
    row("Version", segmented("Version", options, state.version.into(), choose))
}

fn direction_row(state: DecodeState) -> El {
    let auto = Signal::derive(move || {
        let some = state.bytes.with(|bytes| !bytes.is_empty());
        let found = match state.index.with(|index| index.ways()) {
            _ if !some || state.way.get().is_some() => "Auto",
            Ways::All(Direction::ToServer) => "Auto: from client",
            Ways::All(Direction::ToClient) => "Auto: from broker",
            Ways::Both => "Auto: both",
            Ways::Unknown => "Auto: unknown",
        };
        found.to_owned()
    });
    let named = |way, name: &str| (Some(way), Signal::stored(name.to_owned()));
    let options = vec![
        (None, auto),
        named(Direction::ToServer, "From client"),
        named(Direction::ToClient, "From broker"),
    ];
    let choose = Callback::new(move |it| state.set_way(it));
    let choices = row("Direction", segmented("Direction", options, state.way.into(), choose));
    nothing().child(choices).dynamic(move || {
        if state.bytes.with(|bytes| bytes.is_empty()) {
            return nothing();
        }
        state.index.with(|index| el("p", "field__hint").text(&index.reason))
    })
}

fn row(name: &str, choices: El) -> El {
    el("div", "toggle-row").child(el("span", "").text(name)).child(el("span", "").child(choices))
}

fn examples(state: DecodeState) -> El {
    let items = EXAMPLES.iter().map(|example| {
        let take = move || {
            state.leave();
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
fn mistake(state: DecodeState, area: Slot, it: Mistake) -> El {
    let (line, column) = state.text.with_untracked(|text| place(text, it.at));
    let what = match it.kind {
        MistakeKind::NotHex(found) => format!("{found:?} is not a hex digit"),
        MistakeKind::OddDigits => "a second hex digit is missing".to_owned(),
    };
    let told = ["Line ", &line.to_string(), ", column ", &column.to_string(), ": ", &what, "."].concat();
    let show = move || {
        let Some(area) = area.get_untracked() else { return };
        // The browser counts UTF-16 units.
        let before = |text: &String| text.get(..it.at).map_or(0, |before| before.encode_utf16().count());
        let units = state.text.with_untracked(before);
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

/// Line and column of a place in bytes, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let (mut line, mut column) = (1, 1);
    for c in text.get(..at).unwrap_or(text).chars() {
        (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    (line, column)
}
