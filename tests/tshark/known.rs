//! Where we differ from Wireshark on purpose: what, when, why, and since which release it is so.

use mqtt_playground::codec::{Field, PropertyId};
use mqtt_playground::dissect::{Node, Value};

use crate::Sent;
use crate::compare::Difference;

/// One difference.
pub struct Known {
    /// Wireshark's name.
    pub field: &'static str,
    /// When it differs.
    pub condition: &'static str,
    /// What the standard says about the bytes.
    pub section: &'static str,
    /// Why ours is as it is.
    pub reason: &'static str,
    /// The first release of tshark it was seen in, and the last one if it is gone since.
    pub since: (u32, u32),
    pub until: Option<(u32, u32)>,
    matches: fn(&Sent, &Difference<'_>) -> bool,
}

impl Known {
    /// Whether this release of tshark differs like this.
    pub fn applies(&self, release: (u32, u32)) -> bool {
        self.since <= release && self.until.is_none_or(|until| release <= until)
    }

    pub fn covers(&self, release: (u32, u32), packet: &Sent, difference: &Difference<'_>) -> bool {
        self.applies(release) && (self.matches)(packet, difference)
    }
}

/// The release that the list was made with: all of it must be seen there.
pub const VERIFIED: (u32, u32) = (4, 0);

fn property(difference: &Difference<'_>, id: PropertyId) -> bool {
    difference.ours.is_some_and(|node| node.aux == id as u8)
}

/// A field of Wireshark's only.
fn theirs_only(difference: &Difference<'_>, name: &str) -> bool {
    difference.ours.is_none() && difference.name() == name
}

pub const KNOWN: &[Known] = &[
    Known {
        field: "mqtt.property.*",
        condition: "ours alone: the whole of one property, its identifier included",
        section: "5.0 section 2.2.2.2",
        reason: "A property is identifier and value together; Wireshark puts both into the list without a node for them.",
        since: (4, 0),
        until: None,
        matches: |_, difference| {
            difference.theirs.is_none() && difference.ours.is_some_and(|node| node.field == Field::Property)
        },
    },
    Known {
        field: "mqtt.prop_string_len",
        condition: "ours alone: the length of Content Type",
        section: "5.0 section 1.5.4",
        reason: "A length prefix is a field of its own, here as in every other string property.",
        since: (4, 0),
        until: None,
        matches: |_, difference| {
            difference.theirs.is_none()
                && property(difference, PropertyId::ContentType)
                && difference.ours.is_some_and(|node| node.field == Field::PropertyStringLength)
        },
    },
    Known {
        field: "mqtt.property.content_type",
        condition: "Wireshark's begins two bytes earlier, at the length",
        section: "5.0 section 1.5.4",
        reason: "Wireshark reads length and string as one field; its text is the same.",
        since: (4, 0),
        until: None,
        matches: content_type,
    },
    Known {
        field: "mqtt.msg",
        condition: "Wireshark alone: no bytes, behind a PUBLISH without a payload",
        section: "3.1.1 section 3.3.3",
        reason: "A payload may be empty; then there is nothing to point at.",
        since: (4, 0),
        until: None,
        matches: |packet, difference| {
            theirs_only(difference, "mqtt.msg")
                && difference.theirs.is_some_and(|field| (field.pos, field.size) == (packet.bytes.len(), 0))
        },
    },
    Known {
        field: "mqtt.topic",
        condition: "ours: empty, where a Topic Alias stands for the name; Wireshark's: no bytes, behind the properties",
        section: "5.0 section 3.3.2.3.4",
        reason: "Wireshark shows the name that the alias stands for as if it were a field of the packet.",
        since: (4, 0),
        until: None,
        matches: |_, difference| {
            difference.name() == "mqtt.topic"
                && difference.ours.is_none_or(|node| node.field == Field::TopicName && node.len == 0)
                && difference.theirs.is_none_or(|field| field.size == 0)
        },
    },
    Known {
        field: "mqtt.property_len",
        condition: "a length of two or more bytes is shown with a wrong value",
        section: "5.0 section 1.5.5",
        reason: "Wireshark shows the bytes as one big-endian number instead of a Variable Byte Integer.",
        since: (4, 0),
        until: None,
        matches: all_bits,
    },
];

/// Either side of the pair: ours begins behind the length, Wireshark's with it.
fn content_type(packet: &Sent, difference: &Difference<'_>) -> bool {
    let (begin, end, text) = match (difference.ours, difference.theirs) {
        (Some(Node { field: Field::PropertyString, value: Value::Text(text), offset, len, .. }), None)
            if property(difference, PropertyId::ContentType) =>
        {
            (offset - 2, offset + len, text)
        }
        (None, Some(field)) if field.name == "mqtt.property.content_type" => {
            (field.pos, field.pos + field.size, &field.show)
        }
        _ => return false,
    };
    let length = (text.len() as u16).to_be_bytes();
    packet.bytes.get(begin..end) == Some(&[&length, text.as_bytes()].concat())
}

/// Same place and bytes; ours is the Variable Byte Integer, Wireshark's all their bits in a row.
fn all_bits(packet: &Sent, difference: &Difference<'_>) -> bool {
    let (Some(node), Some(field)) = (difference.ours, difference.theirs) else { return false };
    let bytes = &packet.bytes[node.range()];
    let least_first = bytes.iter().rev().fold(0u32, |number, byte| number << 7 | u32::from(byte & 0x7f));
    let most_first = bytes.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
    node.field == Field::PropertyLength
        && bytes.len() > 1
        && (field.pos, field.size) == (node.offset, node.len)
        && node.value == Value::Number(least_first)
        && field.show == most_first.to_string()
}
