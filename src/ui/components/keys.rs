//! Single-key shortcuts.

use web_sys::KeyboardEvent;

use super::bytes::target_element;
use super::modal;
use crate::ui::state::{entry, keep};

const KEPT: &str = "keys";

/// Whether keys that write a character are shortcuts by themselves; they can be switched off (WCAG 2.1.4).
pub fn single_keys() -> bool {
    entry(KEPT).as_deref() != Some("off")
}

/// Switches them on or off.
pub fn set_single_keys(on: bool) {
    keep(KEPT, if on { None } else { Some("off") });
}

/// Whether the key is switched off.
pub fn is_off(event: &KeyboardEvent) -> bool {
    let key = event.key();
    key != " " && key.chars().nth(1).is_none() && !single_keys()
}

/// Whether a key pressed now may be a shortcut: nobody has used it yet, no other key is held, and no text field has
/// the focus (Esc is a shortcut there, too), nor is a dialog open.
pub fn is_single_key(event: &KeyboardEvent) -> bool {
    let held = event.ctrl_key() || event.meta_key() || event.alt_key();
    if event.default_prevented() || held {
        return false;
    }
    let fields = "input, textarea, select, [contenteditable], [role=dialog]";
    let typing = target_element(event).is_some_and(|it| it.closest(fields).ok().flatten().is_some());
    (!typing || event.key() == "Escape") && !is_off(event) && !modal::is_open()
}
