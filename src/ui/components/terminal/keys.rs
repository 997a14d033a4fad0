//! What keys do at the prompt.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use super::desk::Desk;
use crate::console::{Completion, Line};
use crate::ui::components::copy_as;

/// The prompt's element.
pub(super) const PROMPT: &str = "console-line";

pub(super) fn prompt_area() -> Option<HtmlTextAreaElement> {
    document().get_element_by_id(PROMPT)?.dyn_into().ok()
}

pub(super) fn focus_prompt() {
    if let Some(area) = prompt_area() {
        let _ = area.focus();
    }
}

/// A key was pressed at the prompt.
pub(super) fn press(desk: Desk, event: &KeyboardEvent) {
    let Some(area) = prompt_area() else { return };
    let held = event.ctrl_key() && !event.alt_key() && !event.meta_key();
    let key = event.key();
    let taken = match (key.as_str(), held) {
        // What an input method composes ends with Enter, too.
        ("Enter", _) if !event.shift_key() && !event.is_composing() => {
            run(desk);
            true
        }
        ("c" | "C", true) if !event.shift_key() && selection(&area).is_none() => {
            desk.interrupt();
            true
        }
        ("l", true) => {
            if untrack(|| desk.running()).is_none() {
                desk.enter("clear");
            }
            true
        }
        ("ArrowUp", false) if !before(&area).contains('\n') => {
            desk.walk(1);
            true
        }
        ("ArrowDown", false) if !behind(&area).contains('\n') => {
            desk.walk(-1);
            true
        }
        // With nothing to complete it leads on, as everywhere.
        ("Tab", false) if !event.shift_key() => complete(desk),
        ("Escape", false) => {
            let _ = area.blur();
            true
        }
        _ => false,
    };
    if taken {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Completes what stands before the caret; `false` if there is nothing to complete.
pub(super) fn complete(desk: Desk) -> bool {
    let Some(area) = prompt_area() else { return false };
    let before = before(&area);
    if before.trim().is_empty() || untrack(|| desk.running()).is_some() {
        return false;
    }
    let completion = untrack(|| {
        desk.with(|console, sim, step| {
            let at = (desk.current.get(), step);
            console.complete(sim, at, &before)
        })
    });
    if completion == Completion::default() {
        return false;
    }
    if !completion.insert.is_empty() {
        put(desk, &area, &[before.as_str(), &completion.insert].concat());
    }
    desk.offers.set(completion.offers);
    true
}

/// Puts `head` in place of what stands before the caret.
fn put(desk: Desk, area: &HtmlTextAreaElement, head: &str) {
    let line = [head, &behind(area)].concat();
    let at = head.encode_utf16().count() as u32;
    desk.set_line(&line);
    area.set_value(&line);
    let _ = area.focus();
    let _ = area.set_selection_range(at, at);
}

/// Enters what stands at the prompt.
pub(super) fn run(desk: Desk) {
    let (line, running) = untrack(|| (desk.line(), desk.running()));
    if running.is_none() {
        desk.enter(&line);
    }
}

fn selection(area: &HtmlTextAreaElement) -> Option<(u32, u32)> {
    let (from, to) = (area.selection_start().ok()??, area.selection_end().ok()??);
    (from != to).then_some((from, to))
}

/// What stands before the caret.
fn before(area: &HtmlTextAreaElement) -> String {
    let units: Vec<u16> = area.value().encode_utf16().collect();
    let at = area.selection_start().ok().flatten().map_or(units.len(), |at| at as usize).min(units.len());
    String::from_utf16_lossy(&units[..at])
}

fn behind(area: &HtmlTextAreaElement) -> String {
    let units: Vec<u16> = area.value().encode_utf16().collect();
    let at = area.selection_end().ok().flatten().map_or(units.len(), |at| at as usize).min(units.len());
    String::from_utf16_lossy(&units[at..])
}

/// Puts a piece where the caret stands; it follows what is there after a space if it is a word of its own.
pub(super) fn insert(desk: Desk, piece: &str, is_word: bool) {
    let Some(area) = prompt_area() else { return };
    let before = before(&area);
    let gap = if is_word && !before.is_empty() && !before.ends_with([' ', '\'', '"']) { " " } else { "" };
    put(desk, &area, &[before.as_str(), gap, piece, if is_word { " " } else { "" }].concat());
}

/// Copies all that the terminal shows.
pub(super) fn copy(desk: Desk) {
    let text = untrack(|| {
        let current = desk.current.get();
        let text = |line: &Line| [if line.is_typed() { "$ " } else { "" }, &line.text, "\n"].concat();
        desk.with(|console, _, step| console.screen(current, step).iter().map(text).collect::<String>())
    });
    copy_as::copy(&text, desk.told);
}
