//! A packet as a form: a template to begin with, every field of it to be changed, properties and filters to be added.
//!
//! The form is made from the packet's own bytes, and a change gives other bytes: the two can never disagree. All lengths
//! around a field follow it.

use crate::codec::{
    Ack, ConnAck, Connect, Field, Packet, PacketId, PacketType, Properties, PropertyBuf, PropertyHost,
    PropertyId, PropertyKind, PropertyValue, Publish, QoS, Reason, ReasonCode, SubAck, Subscribe,
    SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version,
};
use crate::dissect::{Dissection, Node, Value, insert_property, is_length_prefix, parse_hex, replace};

/// How a field is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// One bit.
    Flag,
    /// A number of so many bits at most.
    Number(u8),
    /// UTF-8.
    Text,
    /// Bytes, in hex.
    Hex,
}

/// A field of the form; equal ones look alike, whatever they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildField {
    /// Its node in the dissection.
    pub node: usize,
    /// Its name.
    pub name: &'static str,
    /// How it is entered.
    pub entry: Entry,
    /// The property that it belongs to can be removed: its node.
    pub property: Option<usize>,
}

/// Why a text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no number.
    NotNumber,
    /// It does not fit into so many bits.
    TooLarge(u8),
    /// It is no hex.
    NotHex,
    /// It is longer than its two-byte length can say.
    TooLong,
}

impl Refused {
    /// In words.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotNumber => "A whole number is needed, or hex behind 0x.",
            Self::TooLarge(_) => "This number is too large for the field.",
            Self::NotHex => "Hex digits are needed, two a byte.",
            Self::TooLong => "At most 65,535 bytes fit here.",
        }
    }
}

/// The fields of a packet, in the order of its bytes. Lengths have none: they follow what they measure.
pub fn build_fields(dissection: &Dissection) -> Vec<BuildField> {
    let nodes = &dissection.nodes;
    let property = |node: &Node| {
        nodes.iter().position(|it| {
            it.field == Field::Property && it.offset <= node.offset && node.range().end <= it.range().end
        })
    };
    let entries = nodes.iter().enumerate().filter_map(|(at, node)| {
        let entry = entry_of(node)?;
        Some(BuildField { node: at, name: node.name, entry, property: property(node) })
    });
    entries.collect()
}

fn entry_of(node: &Node) -> Option<Entry> {
    use Field as F;
    let fixed =
        matches!(node.field, F::RemainingLength | F::PropertyLength | F::PropertyIdentifier | F::LeftOut);
    if !node.leaf && node.bits.is_none() || fixed || is_length_prefix(node.field) {
        return None;
    }
    if let Some((_, len)) = node.bits {
        return Some(if len == 1 { Entry::Flag } else { Entry::Number(len) });
    }
    Some(match &node.value {
        Value::Number(_) if node.aux == PropertyId::SubscriptionIdentifier as u8 => Entry::Number(28),
        Value::Number(_) => Entry::Number((node.len.min(4) * 8) as u8),
        Value::Text(_) => Entry::Text,
        Value::Flag(_) => Entry::Number(8),
        Value::Bytes(bytes) if core::str::from_utf8(bytes).is_ok_and(|it| !it.contains(char::is_control)) => {
            Entry::Text
        }
        Value::Bytes(_) => Entry::Hex,
        Value::None => return None,
    })
}

/// What a field holds, as it is entered.
pub fn held(dissection: &Dissection, packet: &[u8], field: &BuildField) -> String {
    let Some(node) = dissection.nodes.get(field.node) else { return String::new() };
    match (&node.value, field.entry) {
        (Value::Number(_) | Value::Flag(_), _) => node.value.number().to_string(),
        (Value::Text(text), _) => text.clone(),
        (_, Entry::Text) => String::from_utf8_lossy(packet.get(node.range()).unwrap_or(&[])).into_owned(),
        _ => {
            let bytes = packet.get(node.range()).unwrap_or(&[]);
            bytes.iter().map(|byte| super::bytes::hex(*byte)).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The packet with another value of a field.
///
/// # Errors
/// Why the text is no such value.
pub fn set(
    dissection: &Dissection,
    packet: &[u8],
    field: &BuildField,
    text: &str,
) -> Result<Vec<u8>, Refused> {
    let version = dissection.version;
    let Some(node) = dissection.nodes.get(field.node) else { return Ok(packet.to_vec()) };
    let number = |bits: u8| {
        let text = text.trim();
        let hex = text.strip_prefix("0x").map(|digits| u32::from_str_radix(digits, 16));
        let value = hex.unwrap_or_else(|| text.parse()).map_err(|_| Refused::NotNumber)?;
        if bits < 32 && value >> bits > 0 { Err(Refused::TooLarge(bits)) } else { Ok(value) }
    };
    let new = match field.entry {
        Entry::Flag | Entry::Number(_) if node.bits.is_some() => {
            let Some((start, len)) = node.bits else { return Ok(packet.to_vec()) };
            let shift = 8 - start - len;
            let mask = (((1u16 << len) - 1) as u8) << shift;
            let value = (number(len)? as u8) << shift;
            let mut changed = packet.to_vec();
            if let Some(byte) = changed.get_mut(node.offset) {
                *byte = *byte & !mask | value;
            }
            return Ok(changed);
        }
        Entry::Flag => vec![number(1)? as u8],
        Entry::Number(28) => {
            let mut list = PropertyBuf::new();
            list.push(PropertyId::SubscriptionIdentifier, PropertyValue::Number(number(28)?));
            list.as_properties().as_bytes()[1..].to_vec()
        }
        Entry::Number(bits) => number(bits)?.to_be_bytes()[4 - usize::from(bits / 8)..].to_vec(),
        Entry::Text => text.as_bytes().to_vec(),
        Entry::Hex => parse_hex(text).map_err(|_| Refused::NotHex)?,
    };
    if new.len() > 0xffff && node.field != Field::ApplicationMessage {
        return Err(Refused::TooLong);
    }
    if new.len() == node.len {
        let mut changed = packet.to_vec();
        changed.splice(node.range(), new);
        return Ok(changed);
    }
    Ok(replace(packet, version, node.range(), &new))
}

/// The packet without one of its properties.
pub fn without(dissection: &Dissection, packet: &[u8], property: usize) -> Vec<u8> {
    match dissection.nodes.get(property) {
        Some(node) => replace(packet, dissection.version, node.range(), &[]),
        None => packet.to_vec(),
    }
}

/// The properties that can be added to the packet: those it may have and has not, or may have again. With `all`, every
/// property there is.
pub fn addable(dissection: &Dissection, all: bool) -> Vec<PropertyId> {
    let Some(packet) = dissection.packet_type.filter(|_| properties_end(dissection).is_some()) else {
        return vec![];
    };
    let host = PropertyHost::Packet(packet);
    let has = |id: PropertyId| {
        dissection.nodes.iter().any(|node| node.field == Field::Property && node.aux == id as u8)
    };
    let fits = |id: &PropertyId| all || id.allowed_in(host) && (id.repeatable_in(host) || !has(*id));
    PropertyId::ALL.into_iter().filter(fits).collect()
}

/// The packet with one more property, of the least value that it can have.
pub fn with_property(dissection: &Dissection, packet: &[u8], id: PropertyId) -> Vec<u8> {
    let Some(end) = properties_end(dissection) else { return packet.to_vec() };
    let mut list = PropertyBuf::new();
    let value = match id.kind() {
        PropertyKind::Utf8String => PropertyValue::Text("text"),
        PropertyKind::Utf8StringPair => PropertyValue::Pair("name", "value"),
        PropertyKind::BinaryData => PropertyValue::Binary(&[0]),
        _ => PropertyValue::Number(id.number_range().0),
    };
    list.push(id, value);
    insert_property(packet, dissection.version, end, list.as_properties().as_bytes())
}

/// Where the packet's own properties end; a will's stand elsewhere.
fn properties_end(dissection: &Dissection) -> Option<usize> {
    let node = dissection.nodes.iter().find(|node| node.field == Field::PropertyLength)?;
    Some(node.range().end + node.value.number() as usize).filter(|end| *end <= dissection.len)
}

/// The packet with one more topic filter; `None` where it has none.
pub fn with_filter(dissection: &Dissection, packet: &[u8]) -> Option<Vec<u8>> {
    let entry: &[u8] = match dissection.packet_type? {
        PacketType::Subscribe => &[0, 1, b'#', 0],
        PacketType::Unsubscribe => &[0, 1, b'#'],
        _ => return None,
    };
    Some(replace(packet, dissection.version, packet.len()..packet.len(), entry))
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode;
    use crate::dissect::dissect;

    #[test]
    fn every_type_of_every_version_has_a_sound_template() {
        for version in Version::ALL {
            for packet in PacketType::ALL {
                let Some(bytes) = template(packet, version) else {
                    assert_eq!((packet, version == Version::V5), (PacketType::Auth, false));
                    continue;
                };
                assert_eq!(
                    decode(&bytes, version).map(|it| it.packet_type()),
                    Ok(packet),
                    "{packet} {version}"
                );
            }
        }
    }

    #[test]
    fn every_field_of_every_template_takes_what_it_holds() {
        for version in Version::ALL {
            for bytes in PacketType::ALL.into_iter().filter_map(|packet| template(packet, version)) {
                let dissection = dissect(&bytes, version);
                for field in build_fields(&dissection) {
                    let text = held(&dissection, &bytes, &field);
                    assert_eq!(
                        set(&dissection, &bytes, &field, &text).as_ref(),
                        Ok(&bytes),
                        "{field:?} {text}"
                    );
                }
            }
        }
    }

    fn change(bytes: &[u8], version: Version, name: &str, text: &str) -> Result<Vec<u8>, Refused> {
        let dissection = dissect(bytes, version);
        let field =
            build_fields(&dissection).into_iter().find(|it| it.name == name).expect("it has such a field");
        set(&dissection, bytes, &field, text)
    }

    #[test]
    fn a_change_gives_other_bytes_whose_lengths_fit() {
        let publish = template(PacketType::Publish, Version::V5).expect("there is one");
        let longer = change(&publish, Version::V5, "topic name", "a/much/longer/topic").expect("it fits");
        assert!(decode(&longer, Version::V5).is_ok());
        assert_eq!(longer[1], publish[1] + 9);
        let retained = change(&publish, Version::V5, "RETAIN", "1").expect("it fits");
        assert_eq!(retained[0], publish[0] | 1);
        let other = change(&publish, Version::V5, "packet identifier", "0x1234").expect("it fits");
        assert!(other.windows(2).any(|it| it == [0x12, 0x34]));
        assert_eq!(change(&publish, Version::V5, "packet identifier", "70000"), Err(Refused::TooLarge(16)));
        assert_eq!(change(&publish, Version::V5, "packet identifier", "x"), Err(Refused::NotNumber));
        assert_eq!(change(&publish, Version::V5, "QoS", "4"), Err(Refused::TooLarge(2)));
        // What the rules forbid can be built too.
        let broken = change(&publish, Version::V5, "QoS", "3").expect("it fits into two bits");
        assert!(decode(&broken, Version::V5).is_err());
    }

    #[test]
    fn properties_and_filters_come_and_go() {
        let mut bytes = template(PacketType::Publish, Version::V5).expect("there is one");
        let plain = bytes.clone();
        for id in addable(&dissect(&bytes, Version::V5), false) {
            bytes = with_property(&dissect(&bytes, Version::V5), &bytes, id);
            assert!(decode(&bytes, Version::V5).is_ok(), "{}", id.name());
        }
        let left = addable(&dissect(&bytes, Version::V5), false);
        assert_eq!(left, [PropertyId::SubscriptionIdentifier, PropertyId::UserProperty]);
        while let Some(at) =
            dissect(&bytes, Version::V5).nodes.iter().position(|it| it.field == Field::Property)
        {
            bytes = without(&dissect(&bytes, Version::V5), &bytes, at);
        }
        assert_eq!(bytes, plain);
        for version in Version::ALL {
            let subscribe = template(PacketType::Subscribe, version).expect("there is one");
            let more = with_filter(&dissect(&subscribe, version), &subscribe).expect("it has filters");
            assert!(decode(&more, version).is_ok());
            assert_eq!(more.len(), subscribe.len() + 4);
        }
        assert_eq!(addable(&dissect(&[0xc0, 0], Version::V5), true), []);
    }
}
