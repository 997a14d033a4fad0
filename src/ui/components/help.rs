//! The keys that work, in a dialog. Part of the second module alone.

use leptos::prelude::*;

use super::icon::icon;
use super::keys::{set_single_keys, single_keys};
use super::modal::modal;
use crate::ui::dom::{El, el, fragment};

/// The Playground's keys, which pages/playground/keys.rs hears.
const KEYS: &[(&str, &str)] = &[
    ("Space", "play or pause"),
    ("← →", "step back or forward"),
    ("0", "restart"),
    ("[ ]", "slower or faster"),
    ("k j", "previous or next packet"),
    ("Shift+← Shift+→", "previous or next packet of the same exchange"),
    ("Shift+↑ Shift+↓", "what led to the packet, what it led to"),
    ("Enter", "unfold or fold the packet"),
    ("h l", "previous or next field of the packet"),
    ("/", "find packets"),
    ("x", "cut the link of the selected client"),
    ("c", "copy the packet as…"),
    ("=", "compare the packet, then with another"),
    ("g c g p g s g m", "the client’s forms: connect, publish, subscribe, misbehave"),
    ("1 2 3 4", "packets, state, log, statistics"),
    ("p", "presentation, for a projector"),
    ("Ctrl+Z Ctrl+Shift+Z", "undo or redo what you did"),
    ("?", "this help"),
    ("Esc", "close, then choose no packet"),
];

/// Opens the keyboard help.
pub fn open() {
    let title = fragment([icon("i-keyboard", "icon icon--sm"), el("h2", "").text("Keyboard")]);
    modal("dialog--keys", "Keyboard", title, || {
        let rows = KEYS.iter().map(|(key, action)| {
            let mut term = el("dt", "");
            for part in key.split(' ') {
                term = term.child(el("kbd", "key").text(part)).text(" ");
            }
            el("div", "").child(term).child(el("dd", "").text(action))
        });
        fragment([el("dl", "key-list").all(rows), foot()])
    });
}

/// Single keys can be switched off: speech input may type them by accident.
fn foot() -> El {
    let on = RwSignal::new(single_keys());
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
