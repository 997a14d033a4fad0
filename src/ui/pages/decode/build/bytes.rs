//! The bytes of the packet that is built: by field, as text to be edited, and what they break.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::{Event, MouseEvent};

use super::super::button;
use super::super::link::spaced;
use super::{Builder, Work};
use crate::dissect::parse_hex;
use crate::ui::components::bytes::{Marked, byte_detail, delegated, follow_chosen, link_field, unlink_field};
use crate::ui::components::copy_as;
use crate::ui::components::icon::icon;
use crate::ui::components::rule::rule_chip;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::build::{Check, checks};
use crate::view::bytes::fields;
use crate::view::inspector::PacketView;

/// Bytes of a field and of a packet that are drawn.
const FIELD_BYTES: usize = 64;
const PACKET_BYTES: usize = 320;

/// The packet as bytes, and what can be done with it.
pub(super) fn sheet(it: Builder, sending: RwSignal<bool>) -> El {
    let work = it.work;
    let head = el("div", "section-head")
        .child(el("h3", "").bind_text(move || {
            let len = work.with(|work| work.as_ref().map_or(0, |work| work.bytes.len()));
            [&*len.to_string(), if len == 1 { " byte" } else { " bytes" }].concat()
        }))
        .dynamic(move || work.with(|work| work.as_ref().map_or_else(nothing, verdict)))
        .child(el("span", "grow"))
        .child(button("i-copy", "Copy this packet…").click(move || {
            if let Some(view) = it.with(view) {
                copy_as::open(Arc::new(view));
            }
        }))
        .child(button("i-send", "Send this packet…").click(move || sending.set(true)));
    let told = move || {
        let lines = work
            .with(|work| work.as_ref().map_or_else(Vec::new, |work| checks(&work.bytes, &work.dissection)));
        el("ul", "check-list").attr("aria-label", "Rules").all(lines.iter().map(line))
    };
    nothing()
        .child(head)
        .child(el("div", "build__bytes").attr("data-linkscope", "build").fill(move || detail(it)))
        .child(el("div", "build__sync").child(hex_field(it)).child(el("div", "").fill(told)))
}

fn view(work: &Work) -> PacketView {
    PacketView::of_bytes(work.bytes.clone(), work.dissection.version, 0, String::new())
}

fn verdict(work: &Work) -> El {
    let version = ["MQTT ", work.dissection.version.as_str()].concat();
    let (class, symbol, word) = match (work.dissection.faults.is_empty(), work.dissection.missing) {
        (false, _) => ("chip chip--bad", "i-warn", "malformed "),
        (true, 0) => ("chip chip--ok", "i-check", "valid "),
        (true, _) => ("chip", "i-info", "incomplete "),
    };
    el("span", class).child(icon(symbol, "icon icon--xs")).text(word).text(&version)
}

/// Every byte over the name and value of its field.
fn detail(it: Builder) -> El {
    let Some(work) = it.work.get() else { return nothing() };
    let view = view(&work);
    let shown = fields(&work.bytes, &work.dissection, &view.map, FIELD_BYTES, PACKET_BYTES);
    let detail = byte_detail(&shown, None);
    follow_chosen(&detail, ".byte[data-o=", Marked::new(None), move || {
        it.state.choice.get().map(|choice| choice.offset)
    });
    detail
        .on("pointerover", |event: Event| link_field(&event))
        .on("pointerleave", |event: Event| unlink_field(&event))
        .on("click", move |event: MouseEvent| {
            if let Some(offset) = delegated(&event, "data-o") {
                it.state.choice.set(view.choose_byte(offset));
            }
        })
}

fn line(check: &Check) -> El {
    let (class, symbol, told, rule) = match check {
        Check::Broken(told, rule) => ("is-bad", "i-warn", told.as_str(), Some(rule)),
        Check::Remark(told, rule) => ("is-info", "i-info", told.as_str(), rule.as_ref()),
        Check::Holds(told) => ("", "i-check", *told, None),
    };
    let words = el("span", "").text(told).text(" ").with(rule.map(rule_chip));
    el("li", class).child(icon(symbol, "icon icon--xs")).child(words)
}

/// The bytes as hex that is edited: what is typed counts at once, whatever it breaks.
fn hex_field(it: Builder) -> El {
    // What is being typed, and for which packet and how many of its bytes: the one that shows may be another one by now.
    let draft = RwSignal::new(None::<String>);
    let span = StoredValue::new((0_usize, 0_usize));
    let bytes = Memo::new(move |_| {
        it.work.with(|work| work.as_ref().map_or_else(String::new, |work| spaced(&work.bytes)))
    });
    let bad = Memo::new(move |_| draft.with(|draft| draft.as_ref().is_some_and(|it| parse_hex(it).is_err())));
    let typed = move |text: String| {
        let Some(shown) = it.with(|work| (work.at, work.bytes.len())) else { return };
        let fresh = draft.with_untracked(Option::is_none);
        let new = parse_hex(&text).ok().filter(|new| !new.is_empty());
        draft.set(Some(text));
        if fresh {
            span.set_value(shown);
        }
        if let Some(new) = new {
            let ((at, old), len) = (span.get_value(), new.len());
            if it.put(at, old, new) {
                span.set_value((at, len));
            }
        }
    };
    let area = el("textarea", "hex-edit")
        .attrs(&[
            ("id", "build-hex"),
            ("rows", "3"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("aria-describedby", "build-hex-told"),
        ])
        .bind_maybe("aria-invalid", move || bad.get().then_some("true"))
        .bind_value(move || draft.get().unwrap_or_else(|| bytes.get()))
        .on("input", move |event: Event| typed(event_target_value(&event)))
        .on("blur", move |_: Event| draft.set(None));
    let told = move || {
        if bad.get() { "Hex digits are needed, two a byte." } else { "Lengths stay as they are typed." }
    };
    el("div", "build__hex")
        .child(
            el("label", "field__hint").attr("for", "build-hex").text("Edit the bytes, and the form follows"),
        )
        .child(area)
        .child(el("span", "field__hint").attr("id", "build-hex-told").bind_text(told))
}
