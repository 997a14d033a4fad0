//! Single-key shortcuts.

use web_sys::KeyboardEvent;

use super::bytes::target_element;

/// Whether a key pressed now may be a shortcut: nobody has used it yet, no other key is held, and no text field has
/// the focus (Esc is a shortcut there, too).
pub fn is_single_key(event: &KeyboardEvent) -> bool {
    let held = event.ctrl_key() || event.meta_key() || event.alt_key();
    if event.default_prevented() || held {
        return false;
    }
    let fields = "input, textarea, select, [contenteditable], dialog, [role=dialog]";
    let typing = target_element(event).is_some_and(|it| it.closest(fields).ok().flatten().is_some());
    !typing || event.key() == "Escape"
}
