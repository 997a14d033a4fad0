//! The short facts behind a packet's type.

use crate::codec::{Ack, Connect, Packet, PropertyId, Publish, ReasonCode, SubAck, Version};

use super::name::Context;
use super::text::{self, said};

/// What a QoS level promises.
pub const fn qos_words(level: u8) -> &'static str {
    match level {
        0 => "at most once",
        1 => "at least once",
        2 => "exactly once",
        _ => "not defined",
    }
}

/// The facts, and the topic among them.
pub(super) fn details(context: &Context<'_>, packet: Option<&Packet<'_>>) -> (Vec<String>, Option<String>) {
    let mut out = Vec::new();
    let Some(packet) = packet else { return (out, None) };
    let mut topic = None;
    match packet {
        Packet::Connect(connect) => self::connect(&mut out, connect),
        Packet::ConnAck(connack) => {
            if context.version != Version::V31 {
                out.push(said(&["session present ", bit(connack.session_present)]));
            }
            if context.version == Version::V31 && connack.code.0 == 0 {
                out.push("accepted".to_owned());
            }
            refusal(&mut out, context, connack.code, connack.code.0 != 0);
        }
        Packet::Publish(publish) => topic = Some(self::publish(&mut out, publish)),
        Packet::PubAck(ack) | Packet::PubRec(ack) | Packet::PubRel(ack) | Packet::PubComp(ack) => {
            self::ack(&mut out, context, ack);
        }
        Packet::Subscribe(subscribe) => {
            out.push(id(subscribe.packet_id.get()));
            let mut filters = subscribe.filters.iter();
            if let Some((filter, options)) = filters.next() {
                topic = Some(text::shown(filter));
                out.extend(topic.clone());
                out.push(said(&["QoS ", &text::plain(u32::from(options.qos.level()))]));
            }
            more(&mut out, filters.count());
        }
        Packet::Unsubscribe(unsubscribe) => {
            out.push(id(unsubscribe.packet_id.get()));
            let mut filters = unsubscribe.filters.iter();
            topic = filters.next().map(text::shown);
            out.extend(topic.clone());
            more(&mut out, filters.count());
        }
        Packet::SubAck(suback) => granted(&mut out, context, suback),
        Packet::UnsubAck(unsuback) => {
            out.push(id(unsuback.packet_id.get()));
            let odd = unsuback.reasons().find(|code| *code != ReasonCode::SUCCESS);
            refusal(&mut out, context, odd.unwrap_or_default(), odd.is_some());
        }
        Packet::Disconnect(reason) => refusal(&mut out, context, reason.code, reason.code.0 != 0),
        Packet::Auth(reason) => refusal(&mut out, context, reason.code, true),
        Packet::PingReq | Packet::PingResp => {}
    }
    (out, topic)
}

fn bit(flag: bool) -> &'static str {
    if flag { "1" } else { "0" }
}

fn id(packet_id: u16) -> String {
    said(&["id ", &text::plain(u32::from(packet_id))])
}

fn more(out: &mut Vec<String>, count: usize) {
    if count > 0 {
        out.push(said(&["+", &text::number(count as u32), " more"]));
    }
}

fn refusal(out: &mut Vec<String>, context: &Context<'_>, code: ReasonCode, told: bool) {
    if told {
        out.push(reason(context, code));
    }
}

/// The code's name in this packet.
pub(super) fn reason(context: &Context<'_>, code: ReasonCode) -> String {
    match context.packet_type.and_then(|packet| code.name(packet, context.version)) {
        Some(name) => name.to_owned(),
        None => said(&["unknown code 0x", &text::offset(usize::from(code.0), 2)]),
    }
}

fn connect(out: &mut Vec<String>, connect: &Connect<'_>) {
    let id =
        if connect.client_id.is_empty() { "no client id".to_owned() } else { text::shown(connect.client_id) };
    out.push(id);
    let v5 = connect.version == Version::V5;
    out.push(said(&[if v5 { "clean start " } else { "clean session " }, bit(connect.clean_start)]));
    if let Some(expiry) = connect.properties.number(PropertyId::SessionExpiryInterval) {
        out.push(said(&[
            "expiry ",
            &super::property::number_text(PropertyId::SessionExpiryInterval as u8, expiry),
        ]));
    }
    if connect.will.is_some() {
        out.push("will".to_owned());
    }
}

fn publish(out: &mut Vec<String>, publish: &Publish<'_>) -> String {
    if publish.dup {
        out.push("DUP".to_owned());
    }
    out.push(said(&["QoS ", &text::plain(u32::from(publish.qos.level()))]));
    if publish.retain {
        out.push("retain".to_owned());
    }
    out.extend(publish.packet_id.map(|packet_id| id(packet_id.get())));
    let topic = topic(publish);
    out.push(topic.clone());
    out.push(said(&[&text::number(publish.payload.len() as u32), " B"]));
    topic
}

/// The topic, or the alias that stands for it.
pub(super) fn topic(publish: &Publish<'_>) -> String {
    match publish.properties.number(PropertyId::TopicAlias) {
        Some(alias) if publish.topic.is_empty() => said(&["alias ", &text::plain(alias)]),
        _ => text::shown(publish.topic),
    }
}

fn ack(out: &mut Vec<String>, context: &Context<'_>, ack: &Ack<'_>) {
    out.push(id(ack.packet_id.get()));
    refusal(out, context, ack.reason, ack.reason != ReasonCode::SUCCESS);
}

fn granted(out: &mut Vec<String>, context: &Context<'_>, suback: &SubAck<'_>) {
    out.push(id(suback.packet_id.get()));
    let code = |code: ReasonCode| {
        if code.is_error() { reason(context, code) } else { text::plain(u32::from(code.0)) }
    };
    let mut codes = String::new();
    for (i, reason) in suback.reasons().take(8).enumerate() {
        text::say(&mut codes, &[if i > 0 { ", " } else { "" }, &code(reason)]);
    }
    let all_refused = suback.reasons().all(ReasonCode::is_error);
    out.push(if all_refused { codes } else { said(&["granted QoS ", &codes]) });
    more(out, suback.codes.len().saturating_sub(8));
}
