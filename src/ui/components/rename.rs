//! Asks for a client's name over its lifeline; its client identifier stays. Part of the second module alone.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::SubmitEvent;

use super::field::{Take, text_field};
use super::modal::{close_around, modal};
use crate::sim::ClientSpec;
use crate::ui::dom::{El, el};

/// Asks for another name than `name`, and than those of other lifelines, a line each; `done` is called with it.
pub fn open(name: String, others: String, done: js_sys::Function) {
    const TITLE: &str = "Rename client";
    modal("dialog--ask", TITLE, el("h2", "").text(TITLE), move || body(name, others, done));
}

fn body(name: String, others: String, done: js_sys::Function) -> El {
    let (text, error) = (RwSignal::new(name), RwSignal::new(None::<String>));
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = text.get_untracked().trim().to_owned();
        let wrong = if !ClientSpec::is_name(&wanted) {
            Some("A name has 1 to 64 characters that can be seen.".to_owned())
        } else if others.lines().any(|other| other == wanted) {
            Some("Another lifeline has this name.".to_owned())
        } else {
            None
        };
        if wrong.is_none() {
            let _ = done.call1(&JsValue::NULL, &wanted.into());
            close_around(&event);
        }
        error.set(wrong);
    };
    let field = text_field("Name", text, error.into(), Signal::stored(false), Take::default());
    let send = el("button", "button button--primary").attr("type", "submit").text("Rename");
    let told = el("p", "").text("Its client identifier stays.");
    el("form", "")
        .attr("novalidate", "")
        .on("submit", rename)
        .child(el("div", "dialog__body").child(field))
        .child(el("footer", "dialog__foot").child(told).child(send))
}
