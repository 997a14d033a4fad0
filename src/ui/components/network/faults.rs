//! A fault for a packet: which packet, and what happens to it.

use leptos::prelude::*;
use web_sys::Event;

use super::links::{decimal, parsed};
use super::{Asks, button};
use crate::capture::FrameId;
use crate::codec::{Direction, PacketType};
use crate::sim::{Action, Fault, FaultKind, Sim};
use crate::time::Duration;
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::{icon, packet_name};
use crate::ui::dom::{El, el, fragment, many, nothing, text};

/// Kinds in the order of `FaultKind::of`: what they are called, and what comes of them.
const KINDS: [(&str, &str); 6] = [
    ("Delay by", "It arrives late, and so does everything behind it on this link."),
    ("Cut the link before it arrives", "Its receiver never sees it. Both ends notice at once."),
    ("Cut the link after it arrives", "Its receiver has it, but the answer does not get back."),
    (
        "Half-open",
        "The link dies and nobody is told: each end finds out by its timers, keep alive above all.",
    ),
    ("Drop only this packet", "TCP sends lost bytes again, so MQTT never sees a hole. Shown to say why."),
    ("Deliver it twice", "As a sender without acknowledgements might do it. TCP delivers once."),
];

/// The draft of a fault.
#[derive(Clone, Copy)]
struct Draft {
    kind: RwSignal<usize>,
    delay_micros: RwSignal<Option<u64>>,
    /// `next`, `any` for a rule, or a packet's number.
    target: RwSignal<String>,
    /// Any way, to the broker, to the client.
    way: RwSignal<usize>,
    /// Any packet, or one of [`packets`].
    packet: RwSignal<usize>,
}

pub(super) fn body(world: World, client: usize, asks: Asks) -> El {
    let draft = Draft {
        kind: RwSignal::new(1),
        delay_micros: RwSignal::new(Some(200_000)),
        target: RwSignal::new("next".to_owned()),
        way: RwSignal::new(0),
        packet: RwSignal::new(0),
    };
    let arm = button("button button--primary", "Arm")
        .attr("data-testid", "fault-arm")
        .bind_flag("disabled", move || draft.kind.get() == 0 && draft.delay_micros.get().is_none())
        .click(move || {
            if let Some(fault) = fault(draft) {
                asks.act.run((client, Action::Arm(Box::new(fault))));
            }
        });
    let is_stopped = move || world.with(|sim| sim.is_stopped(client));
    let restart = move || {
        let config = untrack(|| world.with(|sim| sim.broker_of(client).config().clone()));
        asks.act.run((client, Action::RestartBrokerKeeping(Box::new(config))));
    };
    let restart_words =
        move || if is_stopped() { "Start broker, disk kept" } else { "Restart broker, disk kept" };
    el("section", "popover__group network__fault")
        .child(el("h3", "").text("Fault for a packet"))
        .child(targets(world, client, draft))
        .child(
            el("div", "choice-list")
                .attr("role", "radiogroup")
                .attr("aria-label", "Fault")
                .all((0..KINDS.len()).map(|index| choice(index, draft))),
        )
        .dynamic(move || waiting(world, client, asks))
        .child(
            el("div", "network__foot")
                .child(
                    button("button", "Power loss")
                        .attr(
                            "title",
                            "The client is off at once; its memory is gone, and nobody tells the broker",
                        )
                        .click(move || asks.act.run((client, Action::PowerLoss))),
                )
                .child(
                    button("button", "")
                        .attr("title", "Sessions that outlive their connections and retained messages stay")
                        .bind_text(restart_words)
                        .click(restart),
                )
                .child(
                    button("button", "Stop broker")
                        .attr(
                            "title",
                            "It publishes wills and closes all connections; until it is started, new ones are refused",
                        )
                        .bind_flag("disabled", is_stopped)
                        .click(move || asks.act.run((client, Action::StopBroker))),
                )
                .child(el("span", "grow"))
                .child(arm),
        )
}

/// All kinds of packets.
fn packets() -> impl Iterator<Item = PacketType> {
    (1..16).filter_map(PacketType::from_nibble)
}

fn fault(draft: Draft) -> Option<Fault> {
    let delay = Duration::from_micros(draft.delay_micros.get_untracked().unwrap_or_default());
    let fault = Fault::next(FaultKind::of(draft.kind.get_untracked(), delay));
    let target = draft.target.get_untracked();
    Some(match target.as_str() {
        "next" | "any" => Fault {
            direction: [None, Some(Direction::ToServer), Some(Direction::ToClient)]
                .get(draft.way.get_untracked())
                .copied()
                .flatten(),
            packet: draft.packet.get_untracked().checked_sub(1).and_then(|at| packets().nth(at)),
            times: u32::from(target == "next"),
            ..fault
        },
        number => Fault { frame: Some(number.parse().ok()?), ..fault },
    })
}

/// Which packet it is for.
fn targets(world: World, client: usize, draft: Draft) -> El {
    let under_way = move || {
        let ids = world.with(|sim| under_way(sim, client));
        many(ids.into_iter().map(|(id, name)| el("option", "").num("value", id as usize).text(&name)))
    };
    let option = |value: &str, words: &str| el("option", "").attr("value", value).text(words);
    let target = el("select", "select")
        .attrs(&[("aria-label", "For which packet"), ("data-testid", "fault-target")])
        .child(option("next", "the next"))
        .child(option("any", "every"))
        .child(el("optgroup", "").attr("label", "under way now").fill(under_way))
        .bind_value(move || draft.target.get())
        .on("change", move |event: Event| draft.target.set(event_target_value(&event)));
    let choose = |label: &str, id: &str, words: Vec<&'static str>, into: RwSignal<usize>| {
        el("select", "select")
            .attrs(&[("aria-label", label), ("data-testid", id)])
            .all(
                words
                    .into_iter()
                    .enumerate()
                    .map(|(at, words)| el("option", "").num("value", at).text(words)),
            )
            .bind_value(move || into.get().to_string())
            .on("change", move |event: Event| into.set(event_target_value(&event).parse().unwrap_or(0)))
            .bind_flag("disabled", move || !matches!(draft.target.get().as_str(), "next" | "any"))
    };
    let kinds = std::iter::once("packet").chain(packets().map(PacketType::name)).collect();
    el("div", "fault-menu__target")
        .child(target)
        .child(choose("Kind of packet", "fault-packet", kinds, draft.packet))
        .child(choose("Way", "fault-way", vec!["either way", "to the broker", "from the broker"], draft.way))
}

/// Packets on a client's link that have not arrived.
fn under_way(sim: &Sim, client: usize) -> Vec<(FrameId, String)> {
    let (end, step) = (sim.end_of_client(client), sim.cursor());
    let sent = sim.capture().frames().take_while(|frame| frame.sent_step <= step);
    let there = sent.filter(|frame| (frame.from == end || frame.to == end) && frame.fate_at(step).is_none());
    there
        .map(|frame| {
            let kind = frame.bytes.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
            let way = if frame.from == end { " to the broker" } else { " from the broker" };
            (frame.id, [kind.map_or("a packet", PacketType::name), way].concat())
        })
        .collect()
}

fn choice(index: usize, draft: Draft) -> El {
    let (words, more) = KINDS[index];
    let radio = el("input", "")
        .attrs(&[("type", "radio"), ("name", "fault")])
        .attr("data-testid", &["fault-", FaultKind::NAMES[index]].concat())
        .bind_property("checked", move || draft.kind.get() == index)
        .on("change", move |_: Event| draft.kind.set(index));
    let beside = match index {
        0 => {
            let value = move || draft.delay_micros.get().map_or(String::new(), |it| decimal(it, 1_000));
            let input = el("input", "input input--mono")
                .attrs(&[("aria-label", "Delay in milliseconds"), ("inputmode", "decimal")])
                .bind_value(value)
                .bind_state("aria-invalid", move || draft.delay_micros.get().is_none())
                .on("input", move |event: Event| {
                    let value = parsed(&event_target_value(&event), 1_000);
                    draft.kind.set(0);
                    draft.delay_micros.set(value.filter(|it| *it <= 3_600_000_000));
                });
            el("span", "").child(input).text(" ms")
        }
        4 | 5 => {
            el("span", "chip chip--warn").child(icon("i-warn", "icon icon--xs")).text("TCP never does this")
        }
        _ => el("span", ""),
    };
    el("label", "")
        .child(radio)
        .child(el("span", "").text(words))
        .child(beside)
        .child(el("small", "").text(more))
}

/// The faults that wait.
fn waiting(world: World, client: usize, asks: Asks) -> El {
    let faults = world.with(|sim| sim.faults(client).to_vec());
    if faults.is_empty() {
        return nothing();
    }
    let lines = faults.iter().map(|fault| {
        let what = KINDS.get(fault.kind.index()).map_or("", |(words, _)| words);
        let which = match fault.packet {
            Some(packet) => packet_name(Some(packet)),
            None => text(if fault.times == 0 { "every packet" } else { "the next packet" }),
        };
        el("li", "").child(which).text(": ").text(what)
    });
    let off = button("button button--sm", "Take off")
        .attr("data-testid", "fault-disarm")
        .click(move || asks.act.run((client, Action::Disarm)));
    el("div", "network__waiting")
        .child(fragment([el("ul", "").attr("aria-label", "Faults that wait").all(lines), off]))
}
