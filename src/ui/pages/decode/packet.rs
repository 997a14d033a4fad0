//! One decoded packet: what it does, its bytes with their fields, what they mean, and what is wrong with it.

use leptos::prelude::*;

use super::packet_scope;
use super::state::DecodeState;
use crate::codec::PacketType;
use crate::dissect::Diagnosis;
use crate::ui::components::bytes::{
    BitMark, bit_view, byte_detail, delegated, group_class, link_field, unlink_field,
};
use crate::ui::components::icon::{Icon, PacketName};
use crate::ui::components::inspector::rule_chip;
use crate::view::bytes::{Choice, bits, fields, rule};
use crate::view::decode::{Entry, State, notes, offset_width, packet, range};
use crate::view::inspector::PacketView;

/// Bytes of a field and of a packet that a row shows.
const FIELD_BYTES: usize = 64;
const PACKET_BYTES: usize = 320;
/// Broken rules that a row tells.
const RULES: usize = 3;

/// The row of the packet at `at`.
pub(super) fn packet_row(state: DecodeState, shown_packet: Memo<Option<usize>>, at: usize) -> AnyView {
    let bytes = state.bytes.get_untracked();
    let made = state.index.with_untracked(|index| {
        let entry = *index.entries.get(at)?;
        Some((entry, offset_width(index.len()), packet(&bytes, index, at)?))
    });
    let Some((entry, width, view)) = made else { return ().into_any() };
    let shown = fields(&view.bytes, &view.dissection, &view.map, FIELD_BYTES, PACKET_BYTES);
    let is_selected = Memo::new(move |_| shown_packet.get() == Some(at));
    let chosen = Memo::new(move |_| {
        state.choice.get().filter(|_| is_selected.get()).map(|choice: Choice| choice.offset)
    });
    let map = view.map.clone();
    let pick = move |event: web_sys::MouseEvent| {
        if let Some(offset) = delegated(&event, "data-o") {
            let choice = map.run_at(offset).map(|run| Choice { offset, node: run.node });
            state.select(at, choice);
        }
    };
    let class = move || {
        if is_selected.get() { "decoded-packet is-selected" } else { "decoded-packet" }
    };
    let rest = (entry.state != State::Incomplete).then(|| packet_notes(&view));
    view! {
        <li
            class=class
            data-linkscope=packet_scope(at)
            on:pointerover=|event| link_field(&event)
            on:pointerleave=|event| unlink_field(&event)
        >
            {row_head(state, is_selected, at, &entry, width, &view)}
            <div class="decoded-packet__body" on:click=pick>
                {move || byte_detail(&shown, chosen.get())}
                {faults(&view)}
                {incomplete(&entry, &view)}
                {rest}
            </div>
        </li>
    }
    .into_any()
}

fn row_head(
    state: DecodeState,
    is_selected: Memo<bool>,
    at: usize,
    entry: &Entry,
    width: usize,
    view: &PacketView,
) -> AnyView {
    let range = range(entry, width);
    let name = entry.packet_type.map_or("packet", PacketType::name);
    let label = format!("Inspect packet {}, {name}, bytes {range}", at + 1);
    let (class, icon, word) = match entry.state {
        State::Valid => ("chip chip--ok", "i-check", "valid"),
        State::Malformed => ("chip chip--bad", "i-warn", "malformed"),
        State::Incomplete => ("chip", "i-info", "incomplete"),
    };
    let pressed = move || is_selected.get().to_string();
    view! {
        <div class="decoded-packet__head">
            <button
                class="decoded-packet__range"
                type="button"
                aria-label=label
                title="Inspect this packet"
                aria-pressed=pressed
                on:click=move |_| state.select(at, None)
            >
                {range}
            </button>
            <PacketName of=entry.packet_type/>
            <span class="decoded-packet__summary">{view.sentence.clone()}</span>
            <span class="grow"></span>
            <span class="decoded-packet__size num">{entry.len} " B"</span>
            <span class=class><Icon name=icon class="icon icon--xs"/>{word}</span>
        </div>
    }
    .into_any()
}

fn packet_notes(view: &PacketView) -> AnyView {
    let remarks = view.dissection.remarks.iter().take(RULES).map(|remark| {
        view! {
            <li class="decoded-packet__remark">
                <Icon name="i-info" class="icon icon--xs"/>
                <span>{remark.message.clone()} " " {rule_chip(&rule(remark.statement))}</span>
            </li>
        }
        .into_any()
    });
    let remarks = remarks.collect_view();
    let notes = notes(&view.dissection).into_iter().map(|note| {
        view! {
            <li class=group_class(note.group)>
                <span class="field-tree__swatch"></span>
                <span><b>{note.lead}</b> " " {note.text}</span>
            </li>
        }
    });
    view! { <ul class="group-notes">{notes.collect_view()}{remarks}</ul> }.into_any()
}

/// What is wrong, each with the byte's bits, the rule, what was expected and what is there.
fn faults(view: &PacketView) -> AnyView {
    let faults = &view.dissection.faults;
    let told = faults.iter().take(RULES).map(|fault| malformed(view, fault)).collect_view();
    let more = faults.len().saturating_sub(RULES);
    let more = (more > 0).then(|| {
        let noun = if more == 1 { "rule is" } else { "rules are" };
        view! { <p class="field__hint">{format!("{more} more {noun} broken in this packet; the first one closes the connection.")}</p> }
    });
    view! { {told}{more} }.into_any()
}

fn malformed(view: &PacketView, it: &Diagnosis) -> AnyView {
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
    let (lead, rest) = match it.message.split_once(". ") {
        Some((lead, rest)) => (format!("{lead}."), rest.to_owned()),
        None => (it.message.clone(), String::new()),
    };
    let broken = rule(it.statement);
    view! {
        <div class=class role="alert">
            {picture}
            <div class="malformed__text">
                <p><strong>{lead}</strong> " " {rest}</p>
                <dl class="malformed__facts">
                    <div><dt>"Expected"</dt><dd>{it.expected.clone()}</dd></div>
                    <div><dt>"Found"</dt><dd>{it.found.clone()}</dd></div>
                </dl>
                <p class="malformed__rule">{broken.demand} " " {rule_chip(&broken)}</p>
            </div>
        </div>
    }
    .into_any()
}

fn incomplete(entry: &Entry, view: &PacketView) -> Option<AnyView> {
    let missing = view.dissection.missing;
    (entry.state == State::Incomplete).then(|| {
        let missing =
            if missing == 1 { "At least one byte is".to_owned() } else { format!("{missing} bytes are") };
        let text = format!("{missing} missing. Paste what follows.");
        view! { <p class="decoded-packet__missing">{text}</p> }.into_any()
    })
}
