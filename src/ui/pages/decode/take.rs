//! Ways in beside typing: a file, a drop, the clipboard.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{ClipboardEvent, DragEvent, Event, File, HtmlInputElement, HtmlTextAreaElement};

use super::state::{DecodeState, HELD_TEXT};
use crate::ui::components::files::ask;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Slot, el};

/// A file above this many bytes is not read.
const LARGEST: f64 = 64.0 * 1024.0 * 1024.0;

/// Reads a file.
fn take_file(state: DecodeState, file: &File) {
    if file.size() > LARGEST {
        state.told.set("This file is larger than 64 MiB. Cut it first.");
        return;
    }
    let name = file.name();
    let done = Closure::once(move |buffer: JsValue| {
        state.told.set("");
        state.set_file(name, js_sys::Uint8Array::new(&buffer).to_vec());
    });
    let failed = Closure::once(move |_: JsValue| {
        state.told.try_set("The file could not be read.");
    });
    let _ = file.array_buffer().then2(&done, &failed);
    // One of the two is called once, and then both are done with.
    done.forget();
    failed.forget();
}

/// Buttons that take from the clipboard and from a file.
pub(super) fn buttons(state: DecodeState, class: &'static str) -> [El; 2] {
    let slot = Slot::new(None);
    let field = el("input", "")
        .slot(slot)
        .attrs(&[("type", "file"), ("hidden", ""), ("data-testid", "decode-file"), ("aria-label", "File")])
        .on("change", move |event: Event| {
            let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) else {
                return;
            };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                take_file(state, &file);
            }
            // The same file can be chosen once more.
            input.set_value("");
        });
    let button = |symbol: &str, name: &str| {
        el("button", class).attr("type", "button").child(icon(symbol, "icon icon--xs")).text(name)
    };
    let paste = button("i-inbox", "Paste").click(move || paste(state));
    let open =
        el("span", "decode__open").child(field).child(button("i-file", "Open file").click(move || ask(slot)));
    [paste, open]
}

fn paste(state: DecodeState) {
    const REFUSED: &str = "The browser does not let this page read the clipboard. Press Ctrl+V in the field.";
    // Only a page that came over https or from this machine has a clipboard.
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).unwrap_or_default();
    let read = js_sys::Reflect::get(&clipboard, &"readText".into()).unwrap_or_default();
    if !read.is_function() {
        state.told.set(REFUSED);
        return;
    }
    let done = Closure::once(move |text: JsValue| {
        state.leave();
        state.set_text(text.as_string().unwrap_or_default());
    });
    let failed = Closure::once(move |_: JsValue| {
        state.told.try_set(REFUSED);
    });
    let _ = window().navigator().clipboard().read_text().then2(&done, &failed);
    // One of the two is called once, and then both are done with.
    done.forget();
    failed.forget();
}

/// Takes what is dropped on the page's input, and pasted text that is too long for the field.
pub(super) fn dropping(state: DecodeState, target: El) -> El {
    let over = RwSignal::new(false);
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        let Some(data) = event.data_transfer() else { return };
        match data.files().and_then(|files| files.get(0)) {
            Some(file) => take_file(state, &file),
            None => {
                state.leave();
                state.set_text(data.get_data("text").unwrap_or_default());
            }
        }
    };
    let pasted = move |event: ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
        let field = event.target().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
        let whole = field.is_some_and(|it| {
            let ends = (it.selection_start().ok().flatten(), it.selection_end().ok().flatten());
            ends == (Some(0), Some(it.text_length()))
        });
        if whole {
            state.leave();
        }
        if text.len() > HELD_TEXT {
            event.prevent_default();
            state.set_text(text);
        }
    };
    target
        .bind_class("is-over", move || over.get())
        .on("dragover", move |event: DragEvent| {
            event.prevent_default();
            over.set(true);
        })
        .on("dragleave", move |_: DragEvent| over.set(false))
        .on("drop", dropped)
        .on("paste", pasted)
}
