//! The keys that work, in a dialog.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use super::icon::icon;
use super::keys::{set_single_keys, single_keys};
use crate::ui::dom::{El, el};

/// Keyboard help; open while `open` holds. `keys` are keys and what they do.
pub fn keyboard_help(open: RwSignal<bool>, keys: &'static [(&'static str, &'static str)]) -> El {
    let rows = keys.iter().map(|(key, action)| {
        let mut term = el("dt", "");
        for part in key.split(' ') {
            term = term.child(el("kbd", "key").text(part)).text(" ");
        }
        el("div", "").child(term).child(el("dd", "").text(action))
    });
    let dialog = el("dialog", "dialog")
        .attr("aria-labelledby", "help-h")
        .on("close", move |_: web_sys::Event| open.set(false))
        .child(dialog_head(el("h2", "").attr("id", "help-h").text("Keyboard"), open))
        .child(el("dl", "key-list").all(rows))
        .child(foot(open));
    follow(dialog.element().clone().unchecked_into(), open);
    dialog
}

/// Single keys can be switched off: speech input may type them by accident.
fn foot(open: RwSignal<bool>) -> El {
    let on = RwSignal::new(true);
    Effect::new(move |_| {
        if open.get() {
            on.set(single_keys());
        }
    });
    let switch = el("input", "").attr("type", "checkbox").bind_property("checked", move || on.get()).on(
        "change",
        move |event: web_sys::Event| {
            on.set(event_target_checked(&event));
            set_single_keys(on.get_untracked());
        },
    );
    el("footer", "dialog__foot")
        .child(el("p", "").text("Single keys rest while you type in a field."))
        .child(el("label", "check").child(switch).text("Single keys"))
}

/// A dialog's head with its title and the way to close it.
pub fn dialog_head(title: El, open: RwSignal<bool>) -> El {
    let close = el("button", "icon-button")
        .attrs(&[("type", "button"), ("aria-label", "Close (Esc)"), ("title", "Close (Esc)")])
        .click(move || open.set(false))
        .child(icon("i-close", "icon"));
    el("header", "dialog__head").child(title).child(el("span", "grow")).child(close)
}

/// An effect of the kind that waits: a dialog that is not on the page yet cannot open.
pub fn follow(dialog: HtmlDialogElement, open: RwSignal<bool>) {
    Effect::new(move || match (open.get(), dialog.open()) {
        (true, false) => {
            let _ = dialog.show_modal();
        }
        (false, true) => dialog.close(),
        _ => {}
    });
}
