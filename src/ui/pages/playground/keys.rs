//! The Playground's keys.

use leptos::ev::keydown;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::ui::state::Stage;

/// Listens for as long as the page shows. `help` and `close` are what `?` and Esc are for.
pub fn listen(stage: Stage, help: Callback<()>, close: Callback<(), bool>, cut: Callback<()>) {
    let handle = window_event_listener(keydown, move |event| {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if handled(&event, stage, help, close, cut) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

fn handled(
    event: &KeyboardEvent,
    stage: Stage,
    help: Callback<()>,
    close: Callback<(), bool>,
    cut: Callback<()>,
) -> bool {
    let key = event.key();
    if key == "Escape" {
        if !close.run(()) {
            stage.selection.choose(None);
        }
        return true;
    }
    if inside(event, "input, textarea, select, [contenteditable], dialog, [role=dialog]") {
        return false;
    }
    // What Space and Enter do on a button is the button's.
    if matches!(key.as_str(), " " | "Enter") && inside(event, "button, a, summary") {
        return false;
    }
    let (source, selection) = (stage.source(), stage.selection);
    match (key.as_str(), event.shift_key()) {
        (" ", _) => stage.toggle_play(),
        ("ArrowRight", false) => stage.step_forward(),
        ("ArrowLeft", false) => stage.step_back(),
        ("ArrowRight", true) => selection.walk_exchange(source, 1),
        ("ArrowLeft", true) => selection.walk_exchange(source, -1),
        ("0", _) => stage.restart(),
        ("j", false) => selection.walk(source, 1),
        ("k", false) => selection.walk(source, -1),
        ("Enter", _) => {
            if let Some(frame) = selection.frame.get_untracked() {
                selection.toggle(frame);
            }
        }
        ("h", false) => selection.walk_field(source, -1),
        ("l", false) => selection.walk_field(source, 1),
        ("[", _) => stage.change_speed(-1),
        ("]", _) => stage.change_speed(1),
        ("x", false) => cut.run(()),
        ("?", _) => help.run(()),
        _ => return false,
    }
    true
}

fn inside(event: &KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    target.is_some_and(|it| it.closest(selector).ok().flatten().is_some())
}
