//! What dialogs have in common.

use leptos::prelude::*;
use web_sys::HtmlDialogElement;

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

/// An effect of the kind that waits: a dialog that is not on the page yet cannot open.
pub fn follow(dialog: HtmlDialogElement, open: RwSignal<bool>) {
    after(move || match (open.get(), dialog.open()) {
        (true, false) => {
            let _ = dialog.show_modal();
        }
        (false, true) => dialog.close(),
        _ => {}
    });
}
