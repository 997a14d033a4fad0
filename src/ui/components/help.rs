//! The keys that work, in a dialog. Part of the second module alone.

use leptos::prelude::*;

use super::icon::icon;
use super::keys::{set_single_keys, single_keys};
use super::modal::modal;
use crate::ui::dom::{El, el, fragment};

/// Keys and what they do.
type Keys = [(&'static str, &'static str)];

/// The Playground's keys, which pages/playground/keys.rs and components/diagram hear.
const KEYS: [(&str, &Keys); 4] = [
    (
        "Time",
        &[
            ("Space", "Play or pause"),
            ("← →", "Step back, forward"),
            ("[ ]", "Slower, faster"),
            ("0", "Restart"),
            ("n p", "To the next packet"),
            ("n r", "To the next answer"),
            ("n d", "To the next delivery"),
            ("n f", "To the next fault"),
            ("n t", "To the next timer"),
            ("f", "Fork here"),
            ("t", "Timelines, every way"),
            ("Alt 1–9", "That timeline"),
            ("e", "State of both ends"),
            ("s", "Share"),
            ("Ctrl+Z", "Undo what you did"),
            ("Ctrl+Shift+Z", "Redo it"),
        ],
    ),
    (
        "Packets and bytes",
        &[
            ("k j", "Previous, next packet"),
            ("Shift+← Shift+→", "In its exchange"),
            ("Shift+↑ Shift+↓", "Its cause, its effect"),
            ("Enter", "Unfold or fold"),
            ("h l", "Previous, next field"),
            ("b", "Bits of the byte"),
            ("v", "Bytes in hex, dec, bin"),
            ("c", "Copy as…"),
            ("=", "Compare, then with another"),
            ("/", "Find"),
        ],
    ),
    (
        "Clients",
        &[
            ("g c", "Connect form"),
            ("g p", "Publish form"),
            ("g s", "Subscribe form"),
            ("g m", "Misbehave"),
            ("d", "Fault for its next packet"),
            ("x", "Cut link of client"),
        ],
    ),
    (
        "Everywhere",
        &[
            ("Ctrl+K", "Scenarios"),
            ("1 2 3 4", "Drawer tabs"),
            ("`", "Terminals"),
            ("p", "Presentation"),
            ("?", "This help"),
            ("Esc", "Close, then deselect"),
        ],
    ),
];

/// Opens the keyboard help.
pub fn open() {
    let title = fragment([icon("i-keyboard", "icon icon--sm"), el("h2", "").text("Keyboard")]);
    modal("dialog--keys", "Keyboard", title, || {
        let groups = KEYS.iter().map(|(name, keys)| {
            el("section", "")
                .child(el("h3", "key-list__title").text(name))
                .child(el("dl", "key-list").all(keys.iter().map(|(key, action)| row(key, action))))
        });
        fragment([el("div", "key-lists").all(groups), foot()])
    });
}

fn row(key: &str, action: &str) -> El {
    let mut description = el("dd", "");
    for part in key.split(' ') {
        description = description.child(el("kbd", "key").text(part)).text(" ");
    }
    el("div", "").child(el("dt", "").text(action)).child(description)
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
