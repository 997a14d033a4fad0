//! The inspector's head and what it tells of the packet as a whole.

use leptos::prelude::*;

use super::Inspected;
use crate::capture::FrameId;
use crate::ui::components::icon::{icon, packet_name};
use crate::ui::dom::{El, Memo, el, fragment, many, nothing, text};
use crate::view::inspector::{Fact, PacketView};

type Shown = Signal<Option<Inspected>>;

/// The ways to the packets before and after.
const STEPS: [(&str, &str, i32); 2] = [("Previous packet (k)", "i-up", -1), ("Next packet (j)", "i-down", 1)];

/// Type, number, route, and the ways to other packets. Buttons stay while packets change: one may have the focus.
pub(super) fn head(packet: Shown, on_step: Callback<i32>, on_close: Option<Callback<()>>) -> El {
    let steps = STEPS.map(|(name, symbol, by)| {
        let at_end = move || {
            packet.with(|it| {
                it.as_ref().is_none_or(|it| if by < 0 { it.number <= 1 } else { it.number >= it.total })
            })
        };
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
            .bind_flag("disabled", at_end)
            .click(move || on_step.run(by))
            .child(icon(symbol, "icon icon--sm"))
    });
    let close = on_close.map(|close| {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", "Close inspector (Esc)")])
            .click(move || close.run(()))
            .child(icon("i-close", "icon icon--sm"))
    });
    el("div", "inspector__head")
        .dynamic(move || packet.with(|it| it.as_ref().map_or_else(nothing, |it| identity(it))))
        .child(el("span", "grow"))
        .all(steps)
        .with(close)
}

fn identity(packet: &PacketView) -> El {
    let count = [&packet.number.to_string(), " of ", &packet.total.to_string()].concat();
    let route = packet.route.as_ref().map(|(from, to)| {
        el("span", "inspector__route")
            .attr("title", &[from, " to ", to].concat())
            .child(el("span", "").text(from))
            .child(icon("i-to", "icon icon--xs"))
            .child(el("span", "").text(to))
    });
    many([packet_name(packet.dissection.packet_type), el("span", "chip num").text(&count)]).with(route)
}

/// The sentence and the facts; links stay, too, as long as a fact at their place has one.
pub(super) fn facts(packet: Shown, on_packet: Callback<FrameId>) -> El {
    let sentence = move || packet.with(|it| it.as_ref().map_or_else(String::new, |it| it.sentence.clone()));
    let count = move || packet.with(|it| it.as_ref().map_or(0, |it| it.facts.len() as u64));
    el("div", "inspector__section").child(el("p", "inspector__summary").bind_text(sentence)).child(
        el("p", "inspector__facts")
            .each(move || (0..count()).collect(), move |at| fact(packet, at as usize, on_packet)),
    )
}

fn fact(packet: Shown, at: usize, on_packet: Callback<FrameId>) -> El {
    let frame = Memo::new(move |_| packet.with(|it| fact_at(it, at).and_then(|it| it.frame)));
    let linked = Memo::new(move |_| frame.get().is_some());
    let number = move || frame.get().map_or_else(String::new, |frame| (frame + 1).to_string());
    let link = move || {
        let link = el("button", "link")
            .attr("type", "button")
            .bind("aria-label", move || ["Show packet ", &number()].concat())
            .click(move || {
                if let Some(frame) = frame.get_untracked() {
                    on_packet.run(frame);
                }
            })
            .bind_text(number);
        fragment([text(" "), link])
    };
    el("span", "")
        .dynamic(move || packet.with(|it| text(fact_at(it, at).map_or("", |it| &it.text))))
        .dynamic(move || if linked.get() { link() } else { nothing() })
}

fn fact_at(packet: &Option<Inspected>, at: usize) -> Option<&Fact> {
    packet.as_ref()?.facts.get(at)
}
