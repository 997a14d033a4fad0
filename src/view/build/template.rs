//! Packets to begin with.

use crate::codec::{
    Ack, ConnAck, Connect, Packet, PacketId, PacketType, Properties, Publish, QoS, Reason, ReasonCode,
    SubAck, Subscribe, SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version,
};

/// A packet of this type to begin with; `None` where the version has no such type.
pub fn template(packet: PacketType, version: Version) -> Option<Vec<u8>> {
    use PacketType as P;
    let mut out = Vec::new();
    let none = Properties::EMPTY;
    let id = PacketId::MIN;
    let mut filters = SubscriptionsBuf::new();
    filters.push("lab/+/temp", SubscriptionOptions::new(QoS::AtLeastOnce));
    let mut names = TopicFiltersBuf::new();
    names.push("lab/+/temp");
    // In full: with a reason code and a place for properties.
    let full = |first: u8, body: &[u8]| Some([&[first, body.len() as u8], body].concat());
    if version == Version::V5 {
        match packet {
            P::PubAck | P::PubRec | P::PubRel | P::PubComp => {
                let flags = packet.required_flags().unwrap_or(0);
                return full(packet.nibble() << 4 | flags, &[0, 1, 0, 0]);
            }
            P::Disconnect => return full(0xe0, &[0, 0]),
            P::Auth => return full(0xf0, &[0x18, 9, 0x15, 0, 6, b'm', b'e', b't', b'h', b'o', b'd']),
            _ => {}
        }
    }
    let ack = Ack::new(id);
    let made = match packet {
        P::Connect => Packet::Connect(Connect {
            version,
            clean_start: true,
            keep_alive_secs: 60,
            properties: none,
            client_id: "lab-node-3",
            will: None,
            user_name: None,
            password: None,
        }),
        P::ConnAck => {
            Packet::ConnAck(ConnAck { session_present: false, code: ReasonCode::SUCCESS, properties: none })
        }
        P::Publish => Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain: false,
            topic: "lab/3/temp",
            packet_id: Some(id),
            properties: none,
            payload: b"22.4",
        }),
        P::PubAck => Packet::PubAck(ack),
        P::PubRec => Packet::PubRec(ack),
        P::PubRel => Packet::PubRel(ack),
        P::PubComp => Packet::PubComp(ack),
        P::Subscribe => Packet::Subscribe(Subscribe {
            packet_id: id,
            dup: false,
            properties: none,
            filters: filters.as_subscriptions(),
        }),
        P::SubAck => Packet::SubAck(SubAck { packet_id: id, properties: none, codes: &[1] }),
        P::Unsubscribe => Packet::Unsubscribe(Unsubscribe {
            packet_id: id,
            dup: false,
            properties: none,
            filters: names.as_topic_filters(),
        }),
        P::UnsubAck => {
            let codes: &[u8] = if version == Version::V5 { &[0] } else { &[] };
            Packet::UnsubAck(SubAck { packet_id: id, properties: none, codes })
        }
        P::PingReq => Packet::PingReq,
        P::PingResp => Packet::PingResp,
        P::Disconnect => Packet::Disconnect(Reason { code: ReasonCode::SUCCESS, properties: none }),
        P::Auth => Packet::Auth(Reason { code: ReasonCode(0x18), properties: none }),
    };
    made.encode(version, &mut out).ok()?;
    Some(out)
}
