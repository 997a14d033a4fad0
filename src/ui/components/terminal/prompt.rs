//! The prompt: a line to type, what Enter does, and on phones the keys that their keyboards lack.

use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent, SubmitEvent};

use super::desk::Desk;
use super::keys;
use crate::console::{Explained, explain};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, after, el, next_frame, nothing};

/// Pieces that a phone's key row puts at the prompt, and whether each is a word.
const PIECES: [(&str, bool); 9] = [
    ("-t", true),
    ("-m", true),
    ("-q 1", true),
    ("-r", true),
    ("-c", true),
    ("'", false),
    ("#", false),
    ("+", false),
    ("/", false),
];

/// The prompt, with the focus if `focus`.
pub(super) fn prompt(desk: Desk, focus: bool) -> El {
    let running = Memo::new(move |_| desk.running());
    let label = move || ["Command of terminal ", &(desk.current.get() + 1).to_string()].concat();
    let waiting = move || match running.get() {
        Some(program) => [program, " runs; Ctrl-C ends it"].concat(),
        None => String::new(),
    };
    let area = el("textarea", "console__input")
        .attrs(&[
            ("id", keys::PROMPT),
            ("rows", "1"),
            ("spellcheck", "false"),
            ("autocapitalize", "off"),
            ("autocomplete", "off"),
            ("autocorrect", "off"),
            ("aria-describedby", "console-hint"),
        ])
        .bind("aria-label", label)
        .bind("placeholder", waiting)
        .bind_flag("readonly", move || running.get().is_some())
        .bind_value(move || if running.get().is_some() { String::new() } else { desk.line() })
        .on("input", move |event: Event| desk.set_line(&event_target_value(&event)))
        .on("keydown", move |event: KeyboardEvent| keys::press(desk, &event));
    let action = move || match running.get() {
        Some(_) => el("button", "button button--sm console__stop")
            .attr("type", "button")
            .click(move || {
                desk.interrupt();
                keys::focus_prompt();
            })
            .text("Ctrl-C"),
        None => el("button", "button button--primary console__run")
            .attrs(&[("type", "submit"), ("aria-label", "Run"), ("title", "Run (Enter)")])
            .child(icon("i-send", "icon")),
    };
    if focus {
        after(|| next_frame(keys::focus_prompt));
    }
    let row = el("div", "prompt-row")
        .child(el("span", "console__sign").attr("aria-hidden", "true").text("$"))
        .child(area)
        .dynamic(action);
    el("form", "console__prompt")
        .on("submit", move |event: SubmitEvent| {
            event.prevent_default();
            keys::run(desk);
        })
        .child(key_row(desk, running))
        .child(row)
        .child(
            el("p", "console__offers")
                .attr("aria-live", "polite")
                .bind_text(move || desk.offers.get().join("  ")),
        )
        .child(
            el("p", "console__hint")
                .attr("id", "console-hint")
                .fill(move || hint(running.get(), &desk.line())),
        )
        .child(el("p", "console__hint").attr("role", "status").bind_text(move || desk.told.get()))
}

/// What Enter will do.
fn hint(running: Option<&str>, line: &str) -> El {
    let key = |name: &str| el("kbd", "").text(name);
    if running.is_some() {
        return nothing().text("Type in another terminal, or end it with ").child(key("Ctrl-C"));
    }
    match explain(line) {
        Some(Explained { text, is_error: true }) => el("span", "console__wrong").text(&text),
        Some(Explained { text, .. }) => nothing().text(&text).text(" ").child(key("Enter")).text(" runs it"),
        None => nothing()
            .child(key("Tab"))
            .text(" completes, ")
            .child(key("↑"))
            .text(" brings lines back, ")
            .child(el("b", "").text("help"))
            .text(" tells what there is"),
    }
}

/// Keys above the prompt, for thumbs.
fn key_row(desk: Desk, running: Memo<Option<&'static str>>) -> El {
    let key = |label: &str, name: &str| {
        el("button", "button").attrs(&[("type", "button"), ("aria-label", name)]).text(label)
    };
    let back = key("↑", "Line before").click(move || desk.walk(1));
    let forth = key("↓", "Line after").click(move || desk.walk(-1));
    let pieces = PIECES
        .into_iter()
        .map(move |(piece, is_word)| key(piece, piece).click(move || keys::insert(desk, piece, is_word)));
    let tab = key("Tab", "Complete").click(move || {
        keys::complete(desk);
    });
    el("div", "key-row")
        .attrs(&[("role", "group"), ("aria-label", "Insert")])
        .bind_flag("hidden", move || running.get().is_some())
        .child(tab)
        .child(back)
        .child(forth)
        .all(pieces)
}
