//! A few choices side by side, one of them taken.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::bytes::target_element;
use crate::ui::dom::{El, el};

/// Which of the choices is taken.
type Taken = Rc<dyn Fn() -> Option<usize>>;
/// Takes another one.
type Choose = Rc<dyn Fn(usize)>;

/// A radio group: one tab stop, arrow keys choose. `label` says what is chosen to those who cannot see it; `on_choose`
/// is told about another choice.
pub fn segmented<T: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    options: Vec<(T, Signal<String>)>,
    chosen: Signal<T>,
    on_choose: Callback<T>,
) -> El {
    let names = options.iter().map(|(_, name)| *name).collect();
    let options = Rc::new(options);
    let values = Rc::clone(&options);
    let taken = move || {
        let chosen = chosen.get();
        values.iter().position(|(value, _)| *value == chosen)
    };
    let choose = move |at: usize| {
        if let Some((value, _)) = options.get(at) {
            on_choose.run(*value);
        }
    };
    group(label, names, Rc::new(taken), Rc::new(choose))
}

/// The group by numbers: there is one of it, whatever the choices are.
fn group(label: &str, names: Vec<Signal<String>>, taken: Taken, choose: Choose) -> El {
    let count = names.len();
    let mut group = el("span", "segmented").attrs(&[("role", "radiogroup"), ("aria-label", label)]);
    for (at, name) in names.into_iter().enumerate() {
        group = group.child(button(at, name, &taken, &choose));
    }
    group.on("keydown", move |event: KeyboardEvent| turn(&event, count, &taken, &choose))
}

fn button(at: usize, name: Signal<String>, taken: &Taken, choose: &Choose) -> El {
    let (checked, reached, choose) = (Rc::clone(taken), Rc::clone(taken), Rc::clone(choose));
    el("button", "")
        .attrs(&[("type", "button"), ("role", "radio")])
        .bind_state("aria-checked", move || checked() == Some(at))
        .bind("tabindex", move || if reached() == Some(at) { "0" } else { "-1" })
        .bind_text(move || name.get())
        .click(move || choose(at))
}

fn turn(event: &KeyboardEvent, count: usize, taken: &Taken, choose: &Choose) {
    let Some(at) = untrack(|| taken()) else { return };
    let to = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => (at + 1) % count,
        "ArrowLeft" | "ArrowUp" => at.checked_sub(1).unwrap_or(count - 1),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    choose(to);
    let group = target_element(event).and_then(|it| it.parent_element());
    if let Some(next) = group.and_then(|it| it.children().item(to as u32)?.dyn_into::<HtmlElement>().ok()) {
        let _ = next.focus();
    }
}
