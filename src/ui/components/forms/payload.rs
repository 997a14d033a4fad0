//! The payload: as text, JSON, hex, or a file.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Event, File, HtmlInputElement};

use super::Form;
use super::field::{error, holding, segments};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, el, nothing};
use crate::view::form::{Draft, Field, Key, Place, payload as bytes_of};

const AS: Key = Key::Field(Field::PayloadAs);
const KEY: Key = Key::Field(Field::Payload);

/// The greatest file that is taken, in bytes.
const MOST: f64 = 1_000_000.0;

pub(super) fn payload(form: Form) -> El {
    let size = move || {
        let bytes = form.draft.with(|draft| bytes_of(draft).map_or(0, |bytes| bytes.len()));
        [&bytes.to_string(), " B"].concat()
    };
    let is_file = move || form.draft.with(|draft| draft.text(Field::PayloadAs) == "File");
    let area = el("textarea", "input input--mono").attrs(&[("rows", "3"), ("aria-label", "Payload")]);
    let area = holding(form, KEY, area, "form-payload").bind_flag("hidden", is_file);
    let file = el("input", "input")
        .attrs(&[("type", "file"), ("aria-label", "Payload file"), ("data-testid", "form-file")])
        .bind_flag("hidden", move || !is_file())
        .on("change", move |event: Event| {
            let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if let Some(file) = input.and_then(|it| it.files()?.get(0)) {
                take(form, &file);
            }
        });
    let label = el("span", "field__label").text("Payload").child(el("span", "dim num").bind_text(size));
    el("div", "field")
        .on("dragover", |event: Event| event.prevent_default())
        .on("drop", move |event: web_sys::DragEvent| {
            let file = event.data_transfer().and_then(|it| it.files()?.get(0));
            if let Some(file) = file {
                event.prevent_default();
                form.change(|draft| draft.set(AS, "File".to_owned()));
                take(form, &file);
            }
        })
        .child(label)
        .child(segments(form, AS, "form-payload-as", "Payload as", &["Text", "JSON", "Hex", "File"]))
        .child(area)
        .child(file)
        .child(error(form, Place::Field(KEY)))
        .dynamic(move || hint(&form.draft.read()))
}

fn hint(draft: &Draft) -> El {
    let words = match draft.text(Field::PayloadAs) {
        "JSON" => return json(draft.text(Field::Payload)),
        "Hex" => "With or without spaces, commas, colons or 0x.".to_owned(),
        "File" => match &draft.file {
            Some((name, _)) => [name, ", sent byte for byte."].concat(),
            None => "At most 1 MB. A file can also be dropped here.".to_owned(),
        },
        _ => return nothing(),
    };
    el("span", "field__hint").text(&words)
}

fn json(text: &str) -> El {
    let (class, symbol, words) = match js_sys::JSON::parse(text) {
        Ok(_) => ("chip chip--ok", "i-check", "valid JSON"),
        Err(_) => ("chip chip--warn", "i-warn", "not JSON"),
    };
    el("span", "field__hint")
        .child(el("span", class).child(icon(symbol, "icon icon--xs")).text(words))
        .text(" Sent as typed, not reformatted.")
}

/// Reads a file into the draft.
fn take(form: Form, file: &File) {
    if file.size() > MOST {
        return form.change(|draft| draft.file = None);
    }
    let name = file.name();
    let done = Closure::once(move |buffer: JsValue| {
        let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
        form.draft.try_update(|draft| draft.file = Some((name, bytes.into())));
    });
    let failed = Closure::once(move |_: JsValue| {
        form.draft.try_update(|draft| draft.file = None);
    });
    let _ = file.array_buffer().then2(&done, &failed);
    // One of the two is called once, and then both are done with.
    done.forget();
    failed.forget();
}
