//! The editor of a file, over the page: what `nano` opens.

use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent};

use super::desk::Desk;
use super::keys;
use crate::console::wrong_file;
use crate::ui::components::dialog::dialog;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, after, el, fragment, next_frame, nothing};

/// A dialog while a file is being edited in the terminal that shows.
pub(super) fn editor(desk: Desk) -> El {
    let file = Memo::new(move |_| desk.editing());
    nothing().dynamic(move || file.get().map_or_else(nothing, |(path, text)| editing(desk, path, text)))
}

fn editing(desk: Desk, path: String, text: String) -> El {
    let (open, text) = (RwSignal::new(true), RwSignal::new(text));
    let done = move |text: Option<String>| {
        desk.save(text.as_deref());
        // Once the dialog is gone: nothing beside it takes the focus.
        next_frame(keys::focus_prompt);
    };
    after(move || {
        if !open.get() {
            done(None);
        }
    });
    let title = fragment([icon("i-edit", "icon icon--sm"), el("h2", "").attr("id", "editor-h").text(&path)]);
    let wrong = Memo::new(move |_| text.with(|text| wrong_file(&path, text)));
    let area = el("textarea", "input input--mono code-editor__text")
        .attrs(&[
            ("aria-label", "Text of the file"),
            ("rows", "16"),
            ("spellcheck", "false"),
            ("wrap", "off"),
        ])
        .bind_value(move || text.get())
        .bind_state("aria-invalid", move || wrong.with(Option::is_some))
        .on("input", move |event: Event| text.set(event_target_value(&event)))
        .on("keydown", move |event: KeyboardEvent| {
            // Save, as in nano and elsewhere.
            if event.ctrl_key() && matches!(event.key().as_str(), "o" | "s") {
                event.prevent_default();
                done(Some(text.get_untracked()));
            }
        });
    let told = move || {
        wrong.get().map_or_else(nothing, |words| {
            el("div", "code-editor__error")
                .attr("role", "alert")
                .child(icon("i-warn", "icon icon--sm"))
                .child(el("p", "").text("The broker will not start with it: ").text(&words))
        })
    };
    let button = |class: &str, words: &str| el("button", class).attr("type", "button").text(words);
    let foot = el("footer", "dialog__foot")
        .child(el("p", "").text("service mosquitto restart takes it."))
        .child(button("button", "Discard").click(move || open.set(false)))
        .child(button("button button--primary", "Save").click(move || done(Some(text.get_untracked()))));
    let rest = fragment([el("div", "code-editor").child(area).dynamic(told), foot]);
    dialog("dialog dialog--lines", ("aria-labelledby", "editor-h"), title, open, rest)
}
