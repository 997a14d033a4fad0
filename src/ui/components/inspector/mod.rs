//! The inspector: one packet's sentence and facts, its hex grid and field tree linked both ways, the bits of the
//! chosen byte, and the rule behind the chosen field.

mod grid;
mod head;
mod tree;

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::{Event, MouseEvent};

use self::grid::hex_grid;
use self::head::{facts, head};
pub use self::tree::field_tree;
use super::bytes::{BitMark, base, bit_view, delegated, link_again, link_field, unlink_field};
use super::icon::icon;
use super::rule::{rule_chip, rule_failure, rule_line};
use crate::capture::FrameId;
use crate::ui::dom::{El, Memo, after, el, next_frame, nothing};
use crate::view::bytes::{Choice, Explanation, bits, explain, hex, offset_digits};
use crate::view::inspector::PacketView;

/// The packet that an inspector shows.
pub type Inspected = Arc<PacketView>;

/// What can be done with the packet that is shown.
#[derive(Clone, Copy)]
pub struct Deeds {
    /// Shows it in forms to copy.
    pub copy: Callback<Inspected>,
    /// Shows its bytes to be changed, until the signal says that this has ended; where they can be.
    pub edit: Option<Callback<(Inspected, RwSignal<bool>), El>>,
    /// Begins to compare it, or compares it with the one with which that began; its words.
    pub compare: Option<(Callback<()>, Signal<String>)>,
}

/// Shows `packet`; `choice` is the byte and field chosen in it, made and read here and by whoever shows the same
/// bytes. `scope` links hovering with other elements of the same `data-linkscope`.
/// `on_packet` is asked to show another packet, `on_step` for the previous (-1) or next (1) one, `on_close` to close;
/// without that there is no button for it; `deeds` is what else can be done.
pub fn inspector(
    packet: Signal<Option<Inspected>>,
    choice: RwSignal<Option<Choice>>,
    scope: Signal<String>,
    on_packet: Callback<FrameId>,
    on_step: Callback<i32>,
    on_close: Option<Callback<()>>,
    deeds: Deeds,
) -> El {
    let body = Memo::new(move |_| Body(packet.get()));
    let any = Memo::new(move |_| packet.with(Option::is_some));
    let editing = RwSignal::new(false);
    after(move || {
        body.track();
        editing.set(false);
    });
    let told = el("div", "inspector__body")
        .dynamic(move || if any.get() { facts(packet, on_packet) } else { nothing() })
        .dynamic(move || match (body.get().0, deeds.edit.filter(|_| editing.get())) {
            (None, _) => nothing(),
            (Some(it), Some(edit)) => untrack(|| edit.run((it, editing))),
            (Some(it), None) => sections(it, choice),
        });
    el("section", "inspector")
        .attr("aria-label", "Inspector")
        .bind("data-linkscope", move || scope.get())
        .on("pointerover", |event: Event| link_field(&event))
        .on("focusin", |event: Event| link_field(&event))
        .on("pointerleave", |event: Event| unlink_field(&event))
        .on("focusout", |event: Event| unlink_field(&event))
        .dynamic(move || if any.get() { head(packet, on_step, on_close) } else { nothing() })
        .child(told)
        .dynamic(move || if any.get() { foot(packet, deeds, editing) } else { nothing() })
}

/// The buttons for what can be done with the packet.
fn foot(packet: Signal<Option<Inspected>>, deeds: Deeds, editing: RwSignal<bool>) -> El {
    let button = |symbol: &str, id: &str| {
        el("button", "button")
            .attrs(&[("type", "button"), ("data-testid", id)])
            .child(icon(symbol, "icon icon--sm"))
    };
    let copy = move || {
        if let Some(packet) = packet.get_untracked() {
            deeds.copy.run(packet);
        }
    };
    let copy = button("i-copy", "copy-as")
        .attrs(&[("aria-haspopup", "dialog"), ("title", "Copy as… (c)")])
        .click(copy)
        .text("Copy as…");
    let edit = deeds.edit.map(|_| {
        button("i-edit", "edit-bytes")
            .bind_state("aria-pressed", move || editing.get())
            .click(move || editing.update(|editing| *editing = !*editing))
            .text("Edit bytes")
    });
    let compare = deeds.compare.map(|(compare, words)| {
        button("i-compare", "compare")
            .attr("title", "Compare two packets byte by byte (=)")
            .click(move || compare.run(()))
            .child(el("span", "").bind_text(move || words.get()))
    });
    el("div", "inspector__foot").child(copy).with(edit).with(compare)
}

/// The bytes of a packet never change, only what is told around them (its fate, its answer).
#[derive(Clone)]
struct Body(Option<Inspected>);

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => {
                a.number == b.number && a.bytes == b.bytes && a.dissection.version == b.dissection.version
            }
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

/// The parts below the facts; those that follow the choice are in the order of the design: bits above fields.
fn sections(packet: Inspected, choice: RwSignal<Option<Choice>>) -> El {
    // What is drawn anew for the choice has lost its marks.
    after(move || {
        choice.track();
        next_frame(link_again);
    });
    let chosen = {
        let packet = Arc::clone(&packet);
        Memo::new(move |_| choice.get().filter(|it| it.offset < packet.bytes.len()).or(packet.first_choice()))
    };
    let [for_count, for_bits, for_rule] = [(); 3].map(|()| Arc::clone(&packet));
    let count = el("span", "").bind_text(move || byte_count(&for_count, chosen.get()));
    let grid = el("div", "inspector__section")
        .child(el("h3", "inspector__title").text("Bytes").text(base().told()).text(" ").child(count))
        .child(hex_grid(Arc::clone(&packet), choice, chosen));
    let tree = el("div", "inspector__section")
        .child(el("h3", "inspector__title").text("Fields"))
        .child(field_tree(packet, choice, chosen));
    nothing()
        .child(grid)
        .dynamic(move || bit_section(&for_bits, chosen.get(), choice).unwrap_or_else(nothing))
        .child(tree)
        .dynamic(move || {
            let it = chosen.get().and_then(|it| explain(&for_rule.dissection, it));
            it.map_or_else(nothing, |it| explanation(&it))
        })
}

fn byte_count(packet: &PacketView, chosen: Option<Choice>) -> String {
    let len = packet.bytes.len();
    let width = offset_digits(len);
    match chosen {
        Some(it) => format!("{len} B, byte {:0width$X} selected", it.offset),
        None => format!("{len} B"),
    }
}

fn bit_section(packet: &PacketView, chosen: Option<Choice>, choice: RwSignal<Option<Choice>>) -> Option<El> {
    let chosen = chosen?;
    let view = bits(&packet.bytes, &packet.dissection, &packet.map, chosen.offset)?;
    let width = offset_digits(packet.bytes.len());
    let title = format!("Byte {:0width$X} in bits", chosen.offset);
    let value = [hex(view.value), " = ", &view.binary()].concat();
    let pick = move |event: MouseEvent| {
        if let Some(node) = delegated(&event, "data-bits") {
            choice.set(Some(Choice { offset: chosen.offset, node: node as u32 }));
        }
    };
    let title = el("h3", "inspector__title").text(&title).child(el("span", "mono").text(&value));
    let shown = bit_view(&view, BitMark::Chosen(chosen.node), true);
    Some(el("div", "inspector__section").on("click", pick).child(title).child(shown))
}

fn explanation(it: &Explanation) -> El {
    let faults = it
        .faults
        .iter()
        .map(|(message, rule)| el("p", "explain__fault").text(message).text(" ").child(rule_chip(rule)));
    el("div", "inspector__section explain")
        .child(el("h3", "").text(&it.title))
        .all(faults)
        .child(el("p", "").text(&it.meaning))
        .all(it.rules.iter().map(rule_line))
        .with(it.rules.iter().any(|rule| rule.has_text).then(rule_failure))
}
