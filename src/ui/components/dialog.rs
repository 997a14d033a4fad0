//! What dialogs have in common.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlDialogElement};

use super::icon::icon;
use crate::ui::dom::{El, after, el};

/// A dialog's head with its title and the way to close it.
pub fn dialog_head(title: El, open: RwSignal<bool>) -> El {
    let close = el("button", "icon-button")
        .attrs(&[("type", "button"), ("aria-label", "Close (Esc)"), ("title", "Close (Esc)")])
        .click(move || open.set(false))
        .child(icon("i-close", "icon"));
    el("header", "dialog__head").child(title).child(el("span", "grow")).child(close)
}

/// A dialog with `rest` below its head, open while `open` holds. `label` is the attribute that names it, and its value.
pub fn dialog(class: &str, label: (&str, &str), title: El, open: RwSignal<bool>, rest: El) -> El {
    let dialog = el("dialog", class)
        .attr(label.0, label.1)
        .on("close", move |_: Event| {
            open.try_set(false);
        })
        .child(dialog_head(title, open))
        .child(rest);
    follow(dialog.element().clone().unchecked_into(), open);
    dialog
}

/// An effect of the kind that waits: a dialog that is not on the page yet cannot open.
fn follow(dialog: HtmlDialogElement, open: RwSignal<bool>) {
    after(move || match (open.get(), dialog.open()) {
        (true, false) => {
            let _ = dialog.show_modal();
        }
        (false, true) => dialog.close(),
        _ => {}
    });
}
