//! Dialogs of the second module, over the page whichever it is.

use core::any::Any;
use core::cell::RefCell;
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlDialogElement};

use super::bytes::target_element;
use super::dialog::dialog_head;
use crate::ui::dom::{El, el};

/// Closes the dialog that an event happened in.
pub fn close_around(event: &Event) {
    let dialog = target_element(event).and_then(|it| it.closest("dialog").ok().flatten());
    if let Some(dialog) = dialog.and_then(|it| it.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Whether a dialog is open: it has the keys to itself.
pub fn is_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// Shows a dialog under a title until it is closed; `draw` gives what stands below its head. `class` are its classes
/// beside `dialog`, `name` its name for those who don't see it.
pub fn modal(class: &str, name: &str, title: El, draw: impl FnOnce() -> El + 'static) {
    let Some(body) = document().body() else { return };
    // A key may have asked twice while the module was loading.
    if is_open() {
        return;
    }
    let (class, name) = (["dialog ", class].concat(), name.to_owned());
    let kept: Rc<RefCell<Option<Box<dyn Any>>>> = Rc::default();
    let page = Rc::clone(&kept);
    let mounted = mount_to(body.clone(), move || {
        let open = RwSignal::new(true);
        let dialog = el("dialog", &class)
            .attr("aria-label", &name)
            .child(dialog_head(title, open))
            .child(untrack(draw));
        let shown: HtmlDialogElement = dialog.element().clone().unchecked_into();
        let _ = body.append_child(&shown);
        let _ = shown.show_modal();
        let closing = shown.clone();
        Effect::new(move |_| {
            if !open.get() {
                closing.close();
            }
        });
        let gone = shown.clone();
        // All that belongs to the dialog goes with it.
        let closed = Closure::once_into_js(move || {
            gone.remove();
            page.take();
        });
        let _ = shown.add_event_listener_with_callback("close", closed.unchecked_ref());
    });
    kept.replace(Some(Box::new(mounted)));
}
