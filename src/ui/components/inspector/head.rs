//! The inspector's head and what it tells of the packet as a whole.

use leptos::prelude::*;

use crate::capture::FrameId;
use crate::ui::components::icon::{Icon, PacketName};
use crate::view::inspector::PacketView;

/// Type, number, route, and the ways to other packets.
pub(super) fn head(packet: &PacketView, on_step: Callback<i32>, on_close: Option<Callback<()>>) -> AnyView {
    let count = format!("{} of {}", packet.number, packet.total);
    let route = packet.route.clone().map(|(from, to)| {
        view! {
            <span class="inspector__route" title=format!("{from} to {to}")>
                <span>{from.to_string()}</span>
                <Icon name="i-to" class="icon icon--xs"/>
                <span>{to.to_string()}</span>
            </span>
        }
    });
    let (first, last) = (packet.number <= 1, packet.number >= packet.total);
    let close = on_close.map(|close| {
        view! {
            <button class="icon-button icon-button--sm" type="button" aria-label="Close inspector (Esc)" on:click=move |_| close.run(())>
                <Icon name="i-close" class="icon icon--sm"/>
            </button>
        }
    });
    view! {
        <div class="inspector__head">
            <PacketName of=packet.dissection.packet_type/>
            <span class="chip num">{count}</span>
            {route}
            <span class="grow"></span>
            <button class="icon-button icon-button--sm" type="button" aria-label="Previous packet (k)" title="Previous packet (k)" disabled=first on:click=move |_| on_step.run(-1)>
                <Icon name="i-up" class="icon icon--sm"/>
            </button>
            <button class="icon-button icon-button--sm" type="button" aria-label="Next packet (j)" title="Next packet (j)" disabled=last on:click=move |_| on_step.run(1)>
                <Icon name="i-down" class="icon icon--sm"/>
            </button>
            {close}
        </div>
    }
    .into_any()
}

/// The sentence and the facts.
pub(super) fn facts(packet: &PacketView, on_packet: Callback<FrameId>) -> AnyView {
    let facts = packet.facts.iter().map(|fact| {
        let link = fact.frame.map(|frame| {
            let number = frame + 1;
            view! {
                " "
                <button class="link" type="button" aria-label=format!("Show packet {number}") on:click=move |_| on_packet.run(frame)>
                    {number}
                </button>
            }
        });
        view! { <span>{fact.text.clone()}{link}</span> }
    });
    view! {
        <div class="inspector__section">
            <p class="inspector__summary">{packet.sentence.clone()}</p>
            <p class="inspector__facts">{facts.collect_view()}</p>
        </div>
    }
    .into_any()
}
