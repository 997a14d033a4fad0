//! Asks before everything that is kept in the browser is erased. Part of the second module alone.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::icon::icon;
use super::modal::{close_around, modal};
use crate::ui::dom::{El, el, fragment};
use crate::ui::state::{keep, own_keys};

/// What our entries in the browser's storage are called.
const ENTRIES: [(&str, &str); 7] = [
    ("hints", "First steps seen"),
    ("world", "The world: its scenario and what you did"),
    ("terminals", "What was typed in the terminals"),
    ("layout", "Sizes of the panels"),
    ("view", "What the panels and the diagram show"),
    ("theme", "Light or dark"),
    ("keys", "Single keys switched off"),
];

/// Asks; the safe button has the focus. `done` is called with `save` for a copy, and with `erased` once all is gone.
pub fn open(done: js_sys::Function) {
    const NAME: &str = "Erase everything on this device?";
    let title = fragment([icon("i-trash", "icon icon--sm"), el("h2", "").text(NAME)]);
    modal("dialog--ask", NAME, title, move || body(done));
}

fn body(done: js_sys::Function) -> El {
    let rows = own_keys().into_iter().map(|(name, size)| {
        let words = ENTRIES.iter().find(|(entry, _)| *entry == name).map_or(&*name, |(_, words)| words);
        let size =
            if size < 1024 { "under 1 KB".to_owned() } else { [&(size / 1024).to_string(), " KB"].concat() };
        el("li", "").text(words).child(el("span", "").text(&size))
    });
    let body = el("div", "dialog__body")
        .child(el("p", "").text("This cannot be undone. Files that you have saved stay."))
        .child(el("ul", "wipe-list").all(rows));
    let button = |class: &str, label: &str| el("button", class).attr("type", "button").text(label);
    let call = move |word: &str| {
        let _ = done.call1(&JsValue::NULL, &word.into());
    };
    let call = StoredValue::new_local(call);
    let erase = move |event: Event| {
        for (name, _) in own_keys() {
            keep(&name, None);
        }
        call.with_value(|call| call("erased"));
        close_around(&event);
    };
    let foot = el("footer", "dialog__foot")
        .child(button("button", "Save a copy first").click(move || call.with_value(|call| call("save"))))
        .child(el("span", "grow"))
        .child(
            button("button", "Keep").attr("autofocus", "").on("click", |event: Event| close_around(&event)),
        )
        .child(button("button button--danger-solid", "Erase all").on("click", erase));
    fragment([body, foot])
}
