//! The inspector: one packet's sentence and facts, its hex grid and field tree linked both ways, the bits of the
//! chosen byte, and the rule behind the chosen field.

mod grid;
mod head;
mod tree;

use std::sync::Arc;

use leptos::prelude::*;

use self::grid::HexGrid;
use self::head::{facts, head};
use self::tree::FieldTree;
use super::bytes::{BitMark, bit_view, delegated, link_again, link_field, unlink_field};
use crate::capture::FrameId;
use crate::view::bytes::{Choice, Explanation, Rule, bits, explain, hex, offset_digits};
use crate::view::inspector::PacketView;

/// The packet that an inspector shows.
pub type Inspected = Arc<PacketView>;

/// Shows `packet`; `choice` is the byte and field chosen in it, made and read here and by whoever shows the same
/// bytes. `scope` links hovering with other elements of the same `data-linkscope`.
#[component]
pub fn Inspector(
    #[prop(into)] packet: Signal<Option<Inspected>>,
    choice: RwSignal<Option<Choice>>,
    #[prop(into)] scope: Signal<String>,
    /// Asked to show another packet.
    on_packet: Callback<FrameId>,
    /// Asked for the previous (-1) or next (1) packet.
    on_step: Callback<i32>,
    /// Asked to close; without it there is no button for that.
    #[prop(optional)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    // The bytes of a packet never change, only what is told around them (its fate, its answer).
    let body = Memo::new_with_compare(move |_| packet.get(), |a, b| !same_bytes(a, b));
    view! {
        <section
            class="inspector"
            aria-label="Inspector"
            data-linkscope=scope
            on:pointerover=|event| link_field(&event)
            on:focusin=|event| link_field(&event)
            on:pointerleave=|event| unlink_field(&event)
            on:focusout=|event| unlink_field(&event)
        >
            {move || packet.with(|it| it.as_ref().map(|it| head(it, on_step, on_close)))}
            <div class="inspector__body">
                {move || packet.with(|it| it.as_ref().map(|it| facts(it, on_packet)))}
                {move || body.get().map(|it| sections(it, choice))}
            </div>
        </section>
    }
}

fn same_bytes(a: Option<&Option<Inspected>>, b: Option<&Option<Inspected>>) -> bool {
    match (a.and_then(Option::as_ref), b.and_then(Option::as_ref)) {
        (Some(a), Some(b)) => {
            a.number == b.number && a.bytes == b.bytes && a.dissection.version == b.dissection.version
        }
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The parts below the facts; those that follow the choice are in the order of the design: bits above fields.
fn sections(packet: Inspected, choice: RwSignal<Option<Choice>>) -> AnyView {
    // What is drawn anew for the choice has lost its marks.
    Effect::new(move |_| {
        choice.track();
        request_animation_frame(link_again);
    });
    let chosen = {
        let packet = Arc::clone(&packet);
        Memo::new(move |_| choice.get().filter(|it| it.offset < packet.bytes.len()).or(packet.first_choice()))
    };
    let count = {
        let packet = Arc::clone(&packet);
        move || byte_count(&packet, chosen.get())
    };
    let (for_bits, for_rule) = (Arc::clone(&packet), Arc::clone(&packet));
    view! {
        <div class="inspector__section">
            <h3 class="inspector__title">"Bytes "<span>{count}</span></h3>
            <HexGrid packet=Arc::clone(&packet) choice chosen />
        </div>
        {move || bit_section(&for_bits, chosen.get(), choice)}
        <div class="inspector__section">
            <h3 class="inspector__title">"Fields"</h3>
            <FieldTree packet choice chosen />
        </div>
        {move || chosen.get().and_then(|it| explain(&for_rule.dissection, it)).map(|it| explanation(&it))}
    }
    .into_any()
}

fn byte_count(packet: &PacketView, chosen: Option<Choice>) -> String {
    let len = packet.bytes.len();
    let width = offset_digits(len);
    match chosen {
        Some(it) => format!("{len} B, byte {:0width$X} selected", it.offset),
        None => format!("{len} B"),
    }
}

fn bit_section(
    packet: &PacketView,
    chosen: Option<Choice>,
    choice: RwSignal<Option<Choice>>,
) -> Option<AnyView> {
    let chosen = chosen?;
    let view = bits(&packet.bytes, &packet.dissection, &packet.map, chosen.offset)?;
    let width = offset_digits(packet.bytes.len());
    let title = format!("Byte {:0width$X} in bits", chosen.offset);
    let value = format!("{} = {}", hex(view.value), view.binary());
    let pick = move |event: web_sys::MouseEvent| {
        if let Some(node) = delegated(&event, "data-bits") {
            choice.set(Some(Choice { offset: chosen.offset, node: node as u32 }));
        }
    };
    let shown = bit_view(&view, BitMark::Chosen(chosen.node), true);
    Some(
        view! {
            <div class="inspector__section" on:click=pick>
                <h3 class="inspector__title">{title} <span class="mono">{value}</span></h3>
                {shown}
            </div>
        }
        .into_any(),
    )
}

fn explanation(it: &Explanation) -> AnyView {
    let rules = it.rules.iter().map(rule_line).collect_view();
    let faults = it.faults.iter().map(|(message, rule)| {
        view! { <p class="explain__fault">{message.clone()} " " {rule_chip(rule)}</p> }
    });
    let faults = faults.collect_view();
    view! {
        <div class="inspector__section explain">
            <h3>{it.title.clone()}</h3>
            {faults}
            <p>{it.meaning.clone()}</p>
            {rules}
        </div>
    }
    .into_any()
}

/// A rule's demand with the chip that leads to its section.
pub fn rule_line(rule: &Rule) -> AnyView {
    let chip = rule_chip(rule);
    view! { <p class="explain__rule">{rule.demand} " " {chip}</p> }.into_any()
}

/// The chip of a statement, a link where the section's address is known.
pub fn rule_chip(rule: &Rule) -> AnyView {
    let (id, title) = (rule.id.clone(), format!("MQTT {}", rule.reference));
    match rule.link.clone() {
        Some(link) => {
            view! { <a class="chip chip--spec" href=link title=title target="_blank" rel="noopener">{id}</a> }
                .into_any()
        }
        None => view! { <span class="chip chip--spec">{title}</span> }.into_any(),
    }
}
