//! Files out of and into the page.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Event, HtmlElement, HtmlInputElement, Url};

use crate::ui::dom::{El, Slot, el};

/// Hands a text to the browser as a file of this name.
pub fn save(name: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = js_sys::Array::of1(&text.into());
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) else { return };
    let Ok(address) = Url::create_object_url_with_blob(&blob) else { return };
    let link = el("a", "").attr("href", &address).attr("download", name);
    link.element().unchecked_ref::<HtmlElement>().click();
    // The browser has the file's bytes by now, whatever it does with them.
    let _ = Url::revoke_object_url(&address);
}

/// An unseen field that takes a file; `take` gets its name and text, or nothing if it is no text. A click on it asks for
/// the file.
pub fn opener(slot: Slot, accept: &str, take: Callback<(String, Option<String>)>) -> El {
    el("input", "")
        .slot(slot)
        .attrs(&[("type", "file"), ("hidden", ""), ("accept", accept), ("data-testid", "open-file")])
        .on("change", move |event: Event| {
            let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) else {
                return;
            };
            let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
            read(&file, take);
            // The same file can be chosen once more.
            input.set_value("");
        })
}

/// Asks for a file.
pub fn ask(slot: Slot) {
    if let Some(input) = slot.get_untracked() {
        input.click();
    }
}

fn read(file: &web_sys::File, take: Callback<(String, Option<String>)>) {
    let (name, again) = (file.name(), file.name());
    let done = Closure::once(move |text: JsValue| {
        take.try_run((name, text.as_string()));
    });
    let failed = Closure::once(move |_: JsValue| {
        take.try_run((again, None));
    });
    let _ = file.text().then2(&done, &failed);
    // One of the two is called once, and then both are done with.
    done.forget();
    failed.forget();
}
