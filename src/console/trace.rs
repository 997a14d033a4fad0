//! What `-d` tells of packets, in libmosquitto's words.

use crate::codec::{Packet, PropertyId, QoS};

/// The lines for a packet that a program has sent; `mid` is what it would have as its number.
pub(super) fn sent(id: &str, packet: &Packet<'_>, mid: u16) -> Vec<String> {
    let line = |what: String| vec![format!("Client {id} sending {what}")];
    match packet {
        Packet::Connect(_) => line("CONNECT".to_owned()),
        Packet::Publish(publish) => {
            let number = publish.packet_id.map_or(mid, |it| it.get());
            let flags = [publish.dup.into(), publish.qos.level(), publish.retain.into()];
            line(format!("PUBLISH {}", message(flags, number, publish.topic, publish.payload.len())))
        }
        Packet::PubAck(ack) => line(format!("PUBACK (m{}, rc{})", ack.packet_id, ack.reason.0)),
        Packet::PubRec(ack) => line(format!("PUBREC (m{}, rc{})", ack.packet_id, ack.reason.0)),
        Packet::PubRel(ack) => line(format!("PUBREL (m{})", ack.packet_id)),
        Packet::PubComp(ack) => line(format!("PUBCOMP (m{})", ack.packet_id)),
        Packet::Subscribe(subscribe) => subscribe
            .filters
            .iter()
            .map(|(filter, options)| {
                let (mid, qos, byte) = (subscribe.packet_id, options.qos, options.to_byte() & 0xfc);
                format!("Client {id} sending SUBSCRIBE (Mid: {mid}, Topic: {filter}, QoS: {qos}, Options: 0x{byte:02x})")
            })
            .collect(),
        Packet::Unsubscribe(unsubscribe) => unsubscribe
            .filters
            .iter()
            .map(|filter| {
                format!("Client {id} sending UNSUBSCRIBE (Mid: {}, Topic: {filter})", unsubscribe.packet_id)
            })
            .collect(),
        Packet::PingReq => line("PINGREQ".to_owned()),
        Packet::Disconnect(_) => line("DISCONNECT".to_owned()),
        _ => Vec::new(),
    }
}

/// The line for a packet that a program has received.
pub(super) fn received(id: &str, packet: &Packet<'_>) -> Option<String> {
    let what = match packet {
        Packet::ConnAck(ack) => format!("CONNACK ({})", ack.code.0),
        Packet::Publish(publish) => {
            let number = publish.packet_id.map_or(0, |it| it.get());
            let flags = [publish.dup.into(), publish.qos.level(), publish.retain.into()];
            let named = match publish.properties.number(PropertyId::TopicAlias) {
                Some(_) if publish.topic.is_empty() => "",
                _ => publish.topic,
            };
            format!("PUBLISH {}", message(flags, number, named, publish.payload.len()))
        }
        Packet::PubAck(ack) => format!("PUBACK (Mid: {}, RC:{})", ack.packet_id, ack.reason.0),
        Packet::PubRec(ack) => format!("PUBREC (Mid: {})", ack.packet_id),
        Packet::PubRel(ack) => format!("PUBREL (Mid: {})", ack.packet_id),
        Packet::PubComp(ack) => format!("PUBCOMP (Mid: {}, RC:{})", ack.packet_id, ack.reason.0),
        Packet::SubAck(_) => "SUBACK".to_owned(),
        Packet::UnsubAck(_) => "UNSUBACK".to_owned(),
        Packet::PingResp => "PINGRESP".to_owned(),
        Packet::Disconnect(reason) => format!("DISCONNECT ({})", reason.code.0),
        _ => return None,
    };
    Some(format!("Client {id} received {what}"))
}

/// `(d0, q1, r0, m1, 'a', ... (1 bytes))`
fn message([dup, qos, retain]: [u8; 3], number: u16, topic: &str, len: usize) -> String {
    format!("(d{dup}, q{qos}, r{retain}, m{number}, '{topic}', ... ({len} bytes))")
}

/// What a 3.x server's refusal is called.
pub(super) const fn refusal(code: u8) -> &'static str {
    match code {
        1 => "Connection Refused: unacceptable protocol version.",
        2 => "Connection Refused: identifier rejected.",
        3 => "Connection Refused: broker unavailable.",
        4 => "Connection Refused: bad user name or password.",
        5 => "Connection Refused: not authorised.",
        _ => "Connection Refused: unknown reason.",
    }
}

/// `1, 2`: what was granted, as it is printed behind `Subscribed (mid: 1): `.
pub(super) fn granted(codes: &[u8]) -> String {
    codes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether a message at this level is done with PUBLISH alone.
pub(super) const fn is_done_at_once(qos: QoS) -> bool {
    matches!(qos, QoS::AtMostOnce)
}
