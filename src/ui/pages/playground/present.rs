//! For a projector: the diagram large, one sentence as caption with the bits that matter, and few controls.

use leptos::prelude::*;

use super::actors::Actors;
use crate::sim::Action;
use crate::ui::components::bytes::{BitMark, bit_view};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::ui::state::{Mode, Stage};
use crate::view::bytes::bits;
use crate::view::inspector::PacketView;

/// The sentence of the chosen packet, beside the bits of its first byte; drawn while the mode lasts.
pub fn caption(stage: Stage, mode: Mode) -> El {
    let source = stage.source();
    let packet = Memo::new(move |_| {
        let id = stage.selection.frame.get().filter(|_| mode.present.get())?;
        source
            .with(|scene| PacketView::of_frame(scene.capture, scene.plan.exchange(), id, scene.step))
            .flatten()
    });
    let told = move || {
        packet.with(|packet| match packet {
            Some(packet) => {
                let bits = bits(&packet.bytes, &packet.dissection, &packet.map, 0);
                nothing()
                    .child(el("p", "").text(&packet.sentence))
                    .with(bits.map(|bits| bit_view(&bits, BitMark::Wrong, false)))
            }
            None => el("p", "").text(&stage.with_record(|sim| sim.scenario().text.clone())),
        })
    };
    nothing().dynamic(move || {
        if !mode.present.get() {
            return nothing();
        }
        el("section", "present-caption")
            .attrs(&[("aria-label", "Caption"), ("data-testid", "caption")])
            .fill(told)
    })
}

/// What stands at the end of the transport bar meanwhile.
pub fn controls(stage: Stage, actors: Actors, mode: Mode) -> El {
    // The client of the chosen packet, else the selected one.
    let client = Memo::new(move |_| {
        let of_packet = |id| {
            stage.with(|sim| {
                let frame = sim.capture().frame(id)?;
                sim.client_of_end(frame.from).or_else(|| sim.client_of_end(frame.to))
            })
        };
        stage.selection.frame.get().and_then(of_packet).or_else(|| actors.selected.get())
    });
    nothing().dynamic(move || {
        if !mode.present.get() {
            return nothing();
        }
        let cut = el("button", "button button--danger")
            .attr("type", "button")
            .bind_flag("disabled", move || client.get().is_none())
            .click(move || {
                if let Some(client) = client.get_untracked() {
                    actors.act(client, Action::Cut);
                }
            })
            .child(icon("i-cut", "icon icon--sm"))
            .text("Cut link");
        let end = el("button", "button button--quiet")
            .attr("type", "button")
            .click(move || mode.present.set(false))
            .child(icon("i-close", "icon icon--sm"))
            .text("End");
        el("div", "present-bar").child(cut).child(end)
    })
}
