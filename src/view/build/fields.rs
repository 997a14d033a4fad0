//! The fields of a packet, and the packet with other ones.

use crate::codec::{Field, PacketType, PropertyBuf, PropertyHost, PropertyId, PropertyKind, PropertyValue};
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
    /// The standard's field.
    pub field: Field,
    /// What it belongs to can be removed, a property or a topic filter: its node.
    pub part: Option<usize>,
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
    let part = |node: &Node| {
        nodes.iter().position(|it| {
            let list = matches!(it.field, Field::Property | Field::Subscription)
                || it.field == Field::TopicFilter && dissection.packet_type == Some(PacketType::Unsubscribe);
            list && it.offset <= node.offset && node.range().end <= it.range().end
        })
    };
    let entries = nodes.iter().enumerate().filter_map(|(at, node)| {
        let entry = entry_of(node)?;
        Some(BuildField { node: at, name: node.name, entry, field: node.field, part: part(node) })
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
            bytes.iter().map(|byte| crate::view::bytes::hex(*byte)).collect::<Vec<_>>().join(" ")
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

/// The packet without one of its properties or topic filters.
pub fn without(dissection: &Dissection, packet: &[u8], part: usize) -> Vec<u8> {
    match dissection.nodes.get(part) {
        // Its length stands before it, and goes with it.
        Some(node) if node.field == Field::TopicFilter => {
            replace(packet, dissection.version, node.offset.saturating_sub(2)..node.range().end, &[])
        }
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
    // Not a part of the last filter.
    Some(insert_property(packet, dissection.version, packet.len(), entry))
}
