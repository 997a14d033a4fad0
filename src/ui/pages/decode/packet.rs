//! One decoded packet: what it does, its bytes with their fields, what they mean, and what is wrong with it.

use leptos::prelude::*;
use web_sys::{Event, MouseEvent};

use super::payload::payload;
use super::repair::fixes;
use super::state::DecodeState;
use super::{packet_scope, row_selector};
use crate::codec::{Direction, Field, PacketType};
use crate::dissect::Diagnosis;
use crate::ui::components::bytes::{
    BitMark, Marked, bit_view, byte_detail, delegated, follow_chosen, group_class, link_field, unlink_field,
};
use crate::ui::components::icon::{icon, packet_name};
use crate::ui::components::rule::{rule_chip, rule_failure, rule_text};
use crate::ui::components::scroll::focus_on;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::bytes::{Choice, bits, fields, rule};
use crate::view::decode::{Entry, State, notes, offset_width, packet, range};
use crate::view::inspector::PacketView;

/// Bytes of a field and of a packet that a row shows.
const FIELD_BYTES: usize = 64;
const PACKET_BYTES: usize = 320;
/// Broken rules that a row tells.
const RULES: usize = 3;
/// Flag bytes that a row unfolds.
const FLAG_BYTES: usize = 4;

/// The row of the packet at `at`.
pub(super) fn packet_row(state: DecodeState, shown_packet: Memo<Option<usize>>, at: usize) -> El {
    let bytes = state.bytes.get_untracked();
    let made = state.index.with_untracked(|index| {
        let entry = index.entries.get(at)?.clone();
        Some((entry, offset_width(index.len()), packet(&bytes, index, at)?))
    });
    let Some((entry, width, view)) = made else { return nothing() };
    let shown = fields(&view.bytes, &view.dissection, &view.map, FIELD_BYTES, PACKET_BYTES);
    let is_selected = move || shown_packet.get() == Some(at);
    let marked = Marked::new(None);
    let detail = byte_detail(&shown, None);
    follow_chosen(&detail, ".byte[data-o=", marked, move || {
        state.choice.get().filter(|_| is_selected()).map(|choice: Choice| choice.offset)
    });
    let foreign = state.read_as.with_untracked(|reading| reading.foreign.is_some());
    let told = el("div", "decoded-packet__body")
        .child(detail)
        .child(faults(&view, fixes(state, at, &entry, &bytes)))
        .with(incomplete(&entry, &view).filter(|_| !foreign))
        .with(flags(&view))
        .with((entry.state != State::Incomplete).then(|| packet_notes(&view)))
        .with(payload(&view));
    let head = row_head(state, at, &entry, width, &view, is_selected);
    let map = view.map;
    let pick = move |event: MouseEvent| {
        if let Some(offset) = delegated(&event, "data-o") {
            let choice = map.run_at(offset).map(|run| Choice { offset, node: run.node });
            state.select(at, choice);
        }
    };
    let folded = move || state.folds.with(|(all, others)| *all != others.contains(&at));
    el("li", "decoded-packet")
        .bind_class("is-selected", is_selected)
        .bind_class("is-folded", folded)
        .attr("data-linkscope", &packet_scope(at))
        .on("pointerover", |event: Event| link_field(&event))
        .on("pointerleave", |event: Event| unlink_field(&event))
        .child(head)
        .child(told.on("click", pick))
}

fn row_head(
    state: DecodeState,
    at: usize,
    entry: &Entry,
    width: usize,
    view: &PacketView,
    is_selected: impl Fn() -> bool + 'static,
) -> El {
    let range = range(entry, width);
    let name = entry.packet_type.map_or("packet", PacketType::name);
    let label = ["Inspect packet ", &(at + 1).to_string(), ", ", name, ", bytes ", &range].concat();
    let (class, symbol, word) = match entry.state {
        State::Valid => ("chip chip--ok", "i-check", "valid"),
        State::Malformed => ("chip chip--bad", "i-warn", "malformed"),
        State::Incomplete => ("chip", "i-info", "incomplete"),
    };
    let button = el("button", "decoded-packet__range")
        .attrs(&[("type", "button"), ("aria-label", &label), ("title", "Inspect this packet")])
        .bind_state("aria-pressed", is_selected)
        .click(move || state.select(at, None))
        .text(&range);
    let folded = move || state.folds.with(|(all, others)| *all != others.contains(&at));
    let fold = move || {
        state.folds.update(|(_, others)| {
            if !others.remove(&at) {
                others.insert(at);
            }
        });
    };
    let fold_name = [" packet ", &(at + 1).to_string()].concat();
    let fold = el("button", "decoded-packet__fold")
        .attr("type", "button")
        .bind_state("aria-expanded", move || !folded())
        .bind("aria-label", move || [if folded() { "Expand" } else { "Collapse" }, &fold_name].concat())
        .click(fold)
        .child(icon("i-down", "icon icon--xs"));
    el("div", "decoded-packet__head")
        .child(fold)
        .child(button)
        .child(packet_name(entry.packet_type))
        .child(el("span", "decoded-packet__summary").text(&view.sentence))
        .child(el("span", "grow"))
        .child(way(state, at, entry))
        .child(el("span", "decoded-packet__size num").text(&entry.len.to_string()).text(" B"))
        .child(el("span", class).child(icon(symbol, "icon icon--xs")).text(word))
}

/// Who sends it, to be changed by a click.
fn way(state: DecodeState, at: usize, entry: &Entry) -> El {
    let (name, class) = match entry.way() {
        Some(Direction::ToServer) => ("to broker", "decoded-packet__way is-up"),
        Some(Direction::ToClient) => ("to client", "decoded-packet__way"),
        None => ("to whom?", "decoded-packet__way is-open"),
    };
    let chosen = state.turned.with_untracked(|turned| turned.contains_key(&entry.offset));
    let title = if chosen { "Direction, as chosen: change" } else { "Direction: change" };
    let turn = move || {
        state.turn(at);
        // The row is another one now.
        focus_on([&row_selector(at), " .decoded-packet__way"].concat());
    };
    el("button", class)
        .attrs(&[("type", "button"), ("title", title)])
        .attr("aria-label", &[name, ", packet ", &(at + 1).to_string(), ", change"].concat())
        .state("data-chosen", chosen)
        .click(turn)
        .child(icon("i-to", "icon icon--xs"))
        .text(name)
}

/// Bytes whose bits mean something each, bit by bit.
fn flags(view: &PacketView) -> Option<El> {
    use Field as F;
    const FLAGS: &[F] = &[F::ConnectFlags, F::ConnAckFlags, F::SubscriptionOptions];
    let publish = view.dissection.packet_type == Some(PacketType::Publish);
    let wrong = view.dissection.faults.first().map(|it| it.fault.offset as usize);
    let nodes = view
        .dissection
        .nodes
        .iter()
        .filter(|node| FLAGS.contains(&node.field) || publish && node.field == F::PacketTypeAndFlags);
    // What is wrong is shown with its rule.
    let shown = nodes.filter(|node| wrong != Some(node.offset)).take(FLAG_BYTES);
    let views: Vec<El> = shown
        .filter_map(|node| {
            let picture = bits(&view.bytes, &view.dissection, &view.map, node.offset)?;
            let name = el("span", "flag-bits__name").text(node.name);
            Some(el("div", "flag-bits").child(name).child(bit_view(&picture, BitMark::Wrong, false)))
        })
        .collect();
    (!views.is_empty()).then(|| el("div", "flag-list").all(views))
}

fn packet_notes(view: &PacketView) -> El {
    let notes = notes(&view.dissection).into_iter().map(|note| {
        let told = el("span", "").child(el("b", "").text(&note.lead)).text(" ").text(&note.text);
        el("li", group_class(note.group)).child(el("span", "field-tree__swatch")).child(told)
    });
    let remarks = view.dissection.remarks.iter().take(RULES).map(|remark| {
        let told = el("span", "").text(&remark.message).text(" ").child(rule_chip(&rule(remark.statement)));
        el("li", "decoded-packet__remark").child(icon("i-info", "icon icon--xs")).child(told)
    });
    el("ul", "group-notes").all(notes).all(remarks)
}

/// What is wrong, each with the byte's bits, the rule, what was expected and what is there; the first with its repairs.
fn faults(view: &PacketView, fixes: Option<El>) -> El {
    let faults = &view.dissection.faults;
    // They stand with what they put right.
    let mut fixes = fixes;
    let more = faults.len().saturating_sub(RULES);
    let more = (more > 0).then(|| {
        let noun = if more == 1 { " more rule is" } else { " more rules are" };
        let rest = " broken in this packet; the first one closes the connection.";
        el("p", "field__hint").text(&[&more.to_string(), noun, rest].concat())
    });
    let told: Vec<El> = faults.iter().take(RULES).map(|fault| malformed(view, fault, fixes.take())).collect();
    nothing().all(told).with(fixes).with(more).with((!faults.is_empty()).then(rule_failure))
}

fn malformed(view: &PacketView, it: &Diagnosis, fixes: Option<El>) -> El {
    let offset = it.fault.offset as usize;
    let picture = it
        .fault
        .bits
        .and_then(|_| bits(&view.bytes, &view.dissection, &view.map, offset))
        .map(|view| bit_view(&view, BitMark::Wrong, false));
    let class = [
        "malformed",
        if picture.is_some() { "" } else { " malformed--text" },
        // The beak stands below the first byte, and would point at a good one otherwise.
        if offset == 0 { " malformed--first" } else { "" },
    ]
    .concat();
    // The lead keeps its full stop.
    let (lead, rest) = match it.message.find(". ") {
        Some(stop) => (&it.message[..=stop], &it.message[stop + 2..]),
        None => (it.message.as_str(), ""),
    };
    let facts = [("Expected", &it.expected), ("Found", &it.found)]
        .map(|(name, value)| el("div", "").child(el("dt", "").text(name)).child(el("dd", "").text(value)));
    let broken = rule(it.statement);
    let demand = el("p", "malformed__rule").child(rule_text(&broken)).text(" ");
    let told = el("div", "malformed__text")
        .child(el("p", "").child(el("strong", "").text(lead)).text(" ").text(rest))
        .child(el("dl", "malformed__facts").all(facts))
        .child(demand.child(rule_chip(&broken)));
    el("div", &class)
        .child(el("div", "malformed__told").attr("role", "alert").with(picture).child(told))
        .with(fixes)
}

fn incomplete(entry: &Entry, view: &PacketView) -> Option<El> {
    let missing = view.dissection.missing;
    (entry.state == State::Incomplete).then(|| {
        let missing = match missing {
            1 => "At least one byte is".to_owned(),
            bytes => [&bytes.to_string(), " bytes are"].concat(),
        };
        el("p", "decoded-packet__missing").text(&missing).text(" missing. Paste what follows.")
    })
}
