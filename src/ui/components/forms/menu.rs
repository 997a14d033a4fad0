//! A button that opens a list of things to add or do.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, KeyboardEvent};

use super::place::focus;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Slot, el, nothing};

/// An entry.
pub struct Entry {
    /// Stands before the name, in mono; may be empty.
    pub code: &'static str,
    /// What it is called.
    pub name: String,
    /// Stands at the end.
    pub small: &'static str,
    /// It can be taken.
    pub enabled: bool,
}

/// A button with these words; `entries` are asked for when it is pressed, `take` is given the number of one of them.
pub fn menu(
    words: &'static str,
    symbol: &'static str,
    entries: Rc<dyn Fn() -> Vec<Entry>>,
    take: Rc<dyn Fn(usize)>,
) -> El {
    let (open, slot) = (RwSignal::new(false), Slot::new(None));
    let button = el("button", "button button--sm button--quiet")
        .attrs(&[("type", "button"), ("aria-haspopup", "menu")])
        .bind_state("aria-expanded", move || open.get())
        .click(move || open.update(|open| *open = !*open))
        .child(icon(symbol, "icon icon--xs"))
        .text(words)
        .slot(slot);
    let list = move || {
        if !open.get() {
            return nothing();
        }
        let made = untrack(|| entries());
        let all = made.into_iter().enumerate().map(|(at, entry)| {
            let take = Rc::clone(&take);
            item(&entry).click(move || {
                open.set(false);
                take(at);
                focus(slot.get_untracked().map(Into::into));
            })
        });
        let shown = Slot::new(None);
        let list = el("div", "menu menu--float")
            .attrs(&[("role", "menu"), ("aria-label", words)])
            .all(all)
            .slot(shown);
        // Once it stands on the page it has a size.
        Effect::new(move |_| {
            if let (Some(list), Some(button)) = (shown.get(), slot.get_untracked()) {
                super::place::under(&list, &button);
                focus(list.query_selector("button:enabled").ok().flatten());
            }
        });
        list
    };
    el("span", "menu-anchor")
        .on("keydown", move |event: KeyboardEvent| {
            if open.get_untracked() {
                keys(&event, open, slot);
            }
        })
        .on("focusout", move |event: FocusEvent| {
            let inside = |to: Element| to.closest(".menu-anchor").ok().flatten().is_some();
            let to = event.related_target().and_then(|to| to.dyn_into::<Element>().ok());
            if !to.is_some_and(inside) {
                open.try_set(false);
            }
        })
        .child(button)
        .dynamic(list)
}

fn item(entry: &Entry) -> El {
    let code = (!entry.code.is_empty()).then(|| el("code", "").text(entry.code));
    let button = el("button", "menu__item").attrs(&[("type", "button"), ("role", "menuitem")]);
    let button = if entry.enabled { button } else { button.attr("disabled", "") };
    button.with(code).child(el("span", "").text(&entry.name)).child(el("small", "").text(entry.small))
}

fn keys(event: &KeyboardEvent, open: RwSignal<bool>, slot: Slot) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        "Escape" => {
            event.stop_propagation();
            open.set(false);
            return focus(slot.get_untracked().map(Into::into));
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let mut at = document().active_element();
    while let Some(here) = at {
        at = if down { here.next_element_sibling() } else { here.previous_element_sibling() };
        if at.as_ref().is_some_and(|it| !it.has_attribute("disabled")) {
            return focus(at);
        }
    }
}
