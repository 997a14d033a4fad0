//! The actions of users and scripts.

use bytes::Bytes;

use super::describe::{LONGEST_MICROS, MANY, broker_config, config, keep, link, message, properties};
use super::form::Form;
use crate::broker::BrokerConfig;
use crate::client::{Misbehaviour, PublishRequest};
use crate::codec::{Direction, PacketId, PacketType, ReasonCode, SubscriptionOptions};
use crate::sim::{Action, Fault, FaultKind, MAX_BROKERS, MAX_SERIES};
use crate::time::Duration;

/// What the actions are called, in the order of [`kind`].
const KINDS: [&str; 33] = [
    "connect",
    "connect_as",
    "publish",
    "series",
    "subscribe",
    "unsubscribe",
    "disconnect",
    "disconnect_with",
    "reauthenticate",
    "withhold",
    "wrong_id",
    "twice",
    "raw",
    "no_pings",
    "ignore_receive_maximum",
    "cut",
    "silence",
    "configure",
    "configure_broker",
    "restart_broker",
    "leave",
    "restart_broker_keeping",
    "set_link",
    "arm",
    "disarm",
    "power_loss",
    "hold",
    "release",
    "stop_reading",
    "read_again",
    "use_broker",
    "recorded",
    "stop_broker",
];

fn kind(action: &Action) -> usize {
    match action {
        Action::Connect => 0,
        Action::ConnectAs(_) => 1,
        Action::Publish(_) => 2,
        Action::Series(_) => 3,
        Action::Subscribe(..) => 4,
        Action::Unsubscribe(..) => 5,
        Action::Disconnect => 6,
        Action::DisconnectWith(..) => 7,
        Action::Reauthenticate => 8,
        Action::Misbehave(Misbehaviour::Withhold(_)) => 9,
        Action::Misbehave(Misbehaviour::WrongId(..)) => 10,
        Action::Misbehave(Misbehaviour::Twice(_)) => 11,
        Action::Misbehave(Misbehaviour::Raw(_)) => 12,
        Action::Misbehave(Misbehaviour::NoPings(_)) => 13,
        Action::Misbehave(Misbehaviour::IgnoreReceiveMaximum) => 14,
        Action::Cut => 15,
        Action::Silence => 16,
        Action::Configure(_) => 17,
        Action::ConfigureBroker(_) => 18,
        Action::RestartBroker(_) => 19,
        Action::Leave => 20,
        Action::RestartBrokerKeeping(_) => 21,
        Action::SetLink(_) => 22,
        Action::Arm(_) => 23,
        Action::Disarm => 24,
        Action::PowerLoss => 25,
        Action::Misbehave(Misbehaviour::Hold(_)) => 26,
        Action::Misbehave(Misbehaviour::Release) => 27,
        Action::StopReading => 28,
        Action::ReadAgain => 29,
        Action::UseBroker(_) => 30,
        Action::Recorded(..) => 31,
        Action::StopBroker => 32,
    }
}

/// An action; when reading, `it` is no more than a beginning.
pub(super) fn action(form: &mut Form<'_>, it: Action) -> Action {
    let kind = form.choice("do", kind(&it), usize::MAX, &KINDS);
    match kind {
        0 => Action::Connect,
        1 | 17 => {
            let mut wanted = match it {
                Action::Configure(wanted) | Action::ConnectAs(wanted) => wanted,
                _ => Box::default(),
            };
            config(form, &mut wanted);
            if kind == 1 { Action::ConnectAs(wanted) } else { Action::Configure(wanted) }
        }
        2 => {
            let mut request = if let Action::Publish(request) = it { request } else { Default::default() };
            message(form, &mut request);
            let chosen = request.packet_id.map_or(0, PacketId::get);
            let chosen = form.number("packet_id", chosen.into(), 0, u16::MAX.into()) as u16;
            request.packet_id = PacketId::new(chosen);
            Action::Publish(request)
        }
        3 => series(form, it),
        4 => subscribe(form, it),
        5 => unsubscribe(form, it),
        6 => Action::Disconnect,
        7 => {
            let (code, mut list) =
                if let Action::DisconnectWith(code, list) = it { (code, list) } else { Default::default() };
            let code = form.number("reason_code", code.0.into(), 0, u8::MAX.into()) as u8;
            properties(form, &mut list);
            Action::DisconnectWith(ReasonCode(code), list)
        }
        8 => Action::Reauthenticate,
        9..=14 | 26 | 27 => Action::Misbehave(misbehaviour(form, kind, it)),
        15 => Action::Cut,
        16 => Action::Silence,
        18 | 19 | 21 => {
            let mut wanted = match it {
                Action::ConfigureBroker(wanted)
                | Action::RestartBroker(wanted)
                | Action::RestartBrokerKeeping(wanted) => wanted,
                _ => Box::default(),
            };
            broker_config(form, &mut wanted, &BrokerConfig::default());
            match kind {
                18 => Action::ConfigureBroker(wanted),
                19 => Action::RestartBroker(wanted),
                _ => Action::RestartBrokerKeeping(wanted),
            }
        }
        20 => Action::Leave,
        22 => {
            let mut wanted = if let Action::SetLink(wanted) = it { wanted } else { Box::default() };
            link(form, &mut wanted);
            Action::SetLink(wanted)
        }
        23 => fault(form, it),
        24 => Action::Disarm,
        25 => Action::PowerLoss,
        28 => Action::StopReading,
        29 => Action::ReadAgain,
        30 => {
            let wanted = if let Action::UseBroker(wanted) = it { wanted } else { 0 };
            Action::UseBroker(form.number("broker", wanted as u64, 0, MAX_BROKERS as u64 - 1) as usize)
        }
        31 => {
            const WAYS: [&str; 2] = ["to_broker", "to_client"];
            let (way, bytes) = if let Action::Recorded(way, bytes) = it {
                (way, bytes)
            } else {
                (Direction::ToServer, Bytes::new())
            };
            let way = form.choice("way", usize::from(way == Direction::ToClient), 0, &WAYS);
            let way = [Direction::ToServer, Direction::ToClient][way];
            Action::Recorded(way, form.bytes("bytes", bytes))
        }
        32 => Action::StopBroker,
        _ => {
            form.refuse("do", "the name of an action");
            it
        }
    }
}

fn fault(form: &mut Form<'_>, it: Action) -> Action {
    const WAYS: [&str; 3] = ["any", "to_broker", "to_client"];
    let mut fault =
        if let Action::Arm(fault) = it { fault } else { Box::new(Fault::next(FaultKind::CutBefore)) };
    let index = form.choice("fault", fault.kind.index(), 1, &FaultKind::NAMES);
    let delay = if let FaultKind::Delay(delay) = fault.kind { delay } else { Duration::ZERO };
    let delay = form.number("delay_micros", delay.as_micros() as u64, 0, LONGEST_MICROS);
    fault.kind = FaultKind::of(index, Duration::from_micros(delay));
    let way = match fault.direction {
        None => 0,
        Some(Direction::ToServer) => 1,
        Some(Direction::ToClient) => 2,
    };
    let way = form.choice("way", way, 0, &WAYS);
    fault.direction = [None, Some(Direction::ToServer), Some(Direction::ToClient)][way];
    fault.packet = packet(form, fault.packet);
    let frame = fault.frame.map_or(0, |frame| u64::from(frame) + 1);
    let frame = form.number("frame_number", frame, 0, u32::MAX.into());
    fault.frame = (frame as u32).checked_sub(1);
    fault.skip = form.number("skip", fault.skip.into(), 0, u32::MAX.into()) as u32;
    fault.times = form.number("times", fault.times.into(), 1, u32::MAX.into()) as u32;
    Action::Arm(fault)
}

/// A kind of packet, or any.
pub(super) fn packet(form: &mut Form<'_>, it: Option<PacketType>) -> Option<PacketType> {
    let name = form.text("packet", it.map_or_else(String::new, |kind| kind.name().to_owned()));
    let found = (1..16).filter_map(PacketType::from_nibble).find(|kind| kind.name() == name);
    if found.is_none() && !name.is_empty() {
        form.refuse("packet", "the name of a packet");
    }
    found
}

fn series(form: &mut Form<'_>, it: Action) -> Action {
    let mut all = if let Action::Series(all) = it { all } else { Vec::new() };
    form.list("messages", all.len(), MAX_SERIES, &mut |form, at| {
        let (after, mut request): (Duration, PublishRequest) = all.get(at).cloned().unwrap_or_default();
        let micros = form.number("later_micros", after.as_micros() as u64, 0, LONGEST_MICROS);
        message(form, &mut request);
        keep(form, &mut all, (Duration::from_micros(micros), request));
    });
    Action::Series(all)
}

fn subscribe(form: &mut Form<'_>, it: Action) -> Action {
    let (mut filters, mut list) =
        if let Action::Subscribe(filters, list) = it { (filters, list) } else { Default::default() };
    form.list("filters", filters.len(), MANY, &mut |form, at| {
        let (filter, options) = filters.get(at).cloned().unwrap_or_default();
        let filter = form.text("filter", filter);
        let byte = form.number("options", options.to_byte().into(), 0, 0x3f) as u8;
        keep(form, &mut filters, (filter, SubscriptionOptions::from_byte(byte)));
    });
    properties(form, &mut list);
    Action::Subscribe(filters, list)
}

fn unsubscribe(form: &mut Form<'_>, it: Action) -> Action {
    let (mut filters, mut list) =
        if let Action::Unsubscribe(filters, list) = it { (filters, list) } else { Default::default() };
    form.list("filters", filters.len(), MANY, &mut |form, at| {
        let filter = form.text("filter", filters.get(at).cloned().unwrap_or_default());
        keep(form, &mut filters, filter);
    });
    properties(form, &mut list);
    Action::Unsubscribe(filters, list)
}

fn misbehaviour(form: &mut Form<'_>, kind: usize, it: Action) -> Misbehaviour {
    let (mut packet, mut id, mut bytes, mut off) = (PacketType::PubAck, PacketId::MIN, Bytes::new(), false);
    match it {
        Action::Misbehave(Misbehaviour::Withhold(of) | Misbehaviour::Twice(of) | Misbehaviour::Hold(of)) => {
            packet = of
        }
        Action::Misbehave(Misbehaviour::NoPings(none)) => off = none,
        Action::Misbehave(Misbehaviour::WrongId(of, wrong)) => (packet, id) = (of, wrong),
        Action::Misbehave(Misbehaviour::Raw(raw)) => bytes = raw,
        _ => {}
    }
    match kind {
        12 => return Misbehaviour::Raw(form.bytes("bytes", bytes)),
        13 => return Misbehaviour::NoPings(form.flag("off", off, false)),
        14 => return Misbehaviour::IgnoreReceiveMaximum,
        27 => return Misbehaviour::Release,
        _ => {}
    }
    const PACKETS: [PacketType; 4] =
        [PacketType::PubAck, PacketType::PubRec, PacketType::PubRel, PacketType::PubComp];
    let place = PACKETS.iter().position(|known| *known == packet).unwrap_or_default();
    let packet = PACKETS[form.choice("packet", place, 0, &PACKETS.map(PacketType::name))];
    match kind {
        9 => return Misbehaviour::Withhold(packet),
        11 => return Misbehaviour::Twice(packet),
        26 => return Misbehaviour::Hold(packet),
        _ => {}
    }
    let number = form.number("packet_id", id.get().into(), 0, u16::MAX.into()) as u16;
    let wrong = PacketId::new(number).unwrap_or_else(|| {
        form.refuse("packet_id", "a number from 1");
        PacketId::MIN
    });
    Misbehaviour::WrongId(packet, wrong)
}
