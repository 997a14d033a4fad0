//! The packet that will be sent, byte by byte, and what the broker would do about a broken one.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use super::Form;
use super::filters::note;
use crate::codec::PacketType;
use crate::dissect::dissect;
use crate::ui::components::bytes::{byte_detail, link_field, unlink_field};
use crate::ui::components::icon::packet_name;
use crate::ui::dom::{El, el, many, nothing};
use crate::view::bytes::{ByteMap, fields};
use crate::view::form::{Preview, Shown, Trial};

/// What cannot be sent leaves its room, so that nothing moves.
pub(super) fn bytes_preview(form: Form) -> El {
    el("section", "bytes-preview")
        .attrs(&[
            ("aria-label", "Bytes that will be sent"),
            ("data-linkscope", "preview"),
            ("data-testid", "form-bytes"),
            ("tabindex", "0"),
        ])
        .on("pointerover", |event: Event| link_field(&event))
        .on("pointerleave", |event: Event| unlink_field(&event))
        .fill(move || form.shown.with(body))
}

fn body(shown: &Shown) -> El {
    match &shown.result {
        Ok(preview) if !preview.bytes.is_empty() => packet(preview, &shown.trial),
        _ => el("p", "bytes-preview__head").text("No packet yet."),
    }
}

fn packet(preview: &Preview, trial: &Trial) -> El {
    let bytes = &preview.bytes;
    let dissection = dissect(bytes, preview.version);
    let map = ByteMap::new(&dissection);
    let fields = fields(bytes, &dissection, &map, 64, 256);
    let count = [&bytes.len().to_string(), " bytes"].concat();
    let broken = !dissection.is_valid();
    let head = el("div", "bytes-preview__head")
        .child(packet_name(dissection.packet_type))
        .child(el("span", "num").child(el("b", "").text(&count)).text(if preview.is_raw {
            " as raw bytes"
        } else {
            " will be sent"
        }))
        .with(broken.then(|| el("span", "chip chip--bad").text("breaks a rule")));
    let detail = byte_detail(&fields, None);
    for (at, field) in fields.iter().enumerate() {
        if field.label == "password" {
            hide(&detail, at);
        }
    }
    if !preview.is_raw {
        return nothing().child(head).child(detail);
    }
    let faults = dissection
        .faults
        .iter()
        .take(3)
        .map(|fault| note("outcome-note outcome-note--bad", &fault.message, "", Some(fault.statement)));
    let incomplete = (dissection.missing > 0 && dissection.faults.is_empty())
        .then(|| note("outcome-note", "Not complete.", " The broker waits for the rest.", None));
    nothing()
        .child(head)
        .child(detail)
        .child(many(faults))
        .with(incomplete)
        .with((*trial != Trial::default()).then(|| outcome(trial)))
}

/// What the broker would do, in its own words.
fn outcome(trial: &Trial) -> El {
    let mut words = String::new();
    for (decision, _) in trial.decisions.iter().take(3) {
        words.extend([if words.is_empty() { " " } else { "; " }, decision]);
    }
    for answer in trial.answers.iter().take(2) {
        let name = answer.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
        words.extend([
            if words.is_empty() { " " } else { "; " },
            "sends ",
            name.map_or("bytes", PacketType::name),
        ]);
    }
    words.push_str(if words.is_empty() { " nothing yet." } else { "." });
    let statement = trial.decisions.first().and_then(|(_, statement)| *statement);
    note("outcome-note", "The broker:", &words, statement).attr("data-testid", "form-outcome")
}

/// Puts dots in place of a field's bytes behind its length.
fn hide(detail: &El, at: usize) {
    let field = detail.element().children().item(at as u32);
    let Some(bytes) = field.and_then(|field| field.query_selector_all(".byte").ok()) else { return };
    for at in 2..bytes.length() {
        if let Some(byte) = bytes.item(at).and_then(|it| it.dyn_into::<Element>().ok()) {
            byte.set_text_content(Some("··"));
        }
    }
}
