//! The rows of a property list: what may be added, what is typed, and what comes of it.

use super::build::{Place, Trouble};
use super::layout::is_pinned;
use crate::codec::{
    PacketType, Properties, PropertyBuf, PropertyHost, PropertyId, PropertyKind, PropertyValue,
};
use crate::dissect::parse_hex;
use crate::topic::first_wildcard;
use crate::view::bytes::hex;

/// Which property a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// One of the 27.
    Known(PropertyId),
    /// Another identifier, to break the rules with.
    Other,
}

/// One property, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyDraft {
    /// Which.
    pub which: Which,
    /// The value; the name of a User Property; the identifier, in hex, of an unknown one.
    pub first: String,
    /// The value of a User Property; the bytes, in hex, of an unknown one.
    pub second: String,
}

impl PropertyDraft {
    /// A row as it begins.
    pub fn new(which: Which) -> Self {
        let (first, second) = match which {
            Which::Known(id) => beginning(id),
            Which::Other => ("7F", "00"),
        };
        Self { which, first: first.to_owned(), second: second.to_owned() }
    }

    pub(super) fn read(properties: Properties<'_>) -> Vec<Self> {
        properties
            .iter()
            .map(|property| {
                let (first, second) = match property.value {
                    PropertyValue::Number(number) => (number.to_string(), String::new()),
                    PropertyValue::Text(text) => (text.to_owned(), String::new()),
                    PropertyValue::Binary(bytes) => (written(bytes), String::new()),
                    PropertyValue::Pair(name, value) => (name.to_owned(), value.to_owned()),
                };
                Self { which: Which::Known(property.id), first, second }
            })
            .collect()
    }

    /// Whether it may not stand there when a client sends it.
    pub fn breaks_rules(&self, host: PropertyHost) -> bool {
        match self.which {
            Which::Known(id) => is_servers(id, host),
            Which::Other => true,
        }
    }

    fn push(&self, list: &mut PropertyBuf) -> Result<(), (String, Option<&'static str>)> {
        let Which::Known(id) = self.which else {
            let read = |text: &str| parse_hex(text).map_err(|error| (error.to_string(), None));
            list.push_raw(&read(&self.first)?).push_raw(&read(&self.second)?);
            return Ok(());
        };
        for text in [&self.first, &self.second] {
            if text.len() > usize::from(u16::MAX) {
                return Err(("At most 65,535 bytes.".to_owned(), None));
            }
        }
        if id == PropertyId::ResponseTopic && first_wildcard(&self.first).is_some() {
            return Err(("A response topic has no wildcards.".to_owned(), Some("5.0 MQTT-3.3.2-14")));
        }
        let binary;
        let value = match id.kind() {
            PropertyKind::Utf8String => PropertyValue::Text(&self.first),
            PropertyKind::Utf8StringPair => PropertyValue::Pair(&self.first, &self.second),
            PropertyKind::BinaryData => {
                binary = match self.first.strip_prefix("0x") {
                    Some(digits) => parse_hex(digits).map_err(|error| (error.to_string(), None))?,
                    None => self.first.as_bytes().to_vec(),
                };
                PropertyValue::Binary(&binary)
            }
            _ => PropertyValue::Number(whole(&self.first, id.number_range()).map_err(|text| (text, None))?),
        };
        list.push(id, value);
        Ok(())
    }
}

/// The list as it is sent.
///
/// # Errors
/// The first row that says nothing that could be sent.
pub(super) fn encoded(host: PropertyHost, list: &[PropertyDraft]) -> Result<PropertyBuf, Trouble> {
    let mut out = PropertyBuf::new();
    for (at, row) in list.iter().enumerate() {
        let placed = |(text, statement)| Trouble { place: Place::Property(host, at), text, statement };
        row.push(&mut out).map_err(placed)?;
    }
    Ok(out)
}

/// One row as it is sent.
pub(super) fn bytes_of(row: &PropertyDraft) -> Result<Vec<u8>, (String, Option<&'static str>)> {
    let mut out = PropertyBuf::new();
    row.push(&mut out)?;
    Ok(out.as_properties().as_bytes().to_vec())
}

/// A whole number between two.
pub(super) fn whole(text: &str, (least, most): (u32, u32)) -> Result<u32, String> {
    let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
    number
        .ok_or_else(|| ["A whole number from ", &least.to_string(), " to ", &most.to_string(), "."].concat())
}

/// Bytes as they are typed: as text where they are one.
fn written(bytes: &[u8]) -> String {
    match core::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with("0x") && !text.chars().any(char::is_control) => text.to_owned(),
        _ => bytes.iter().fold("0x".to_owned(), |out, byte| out + hex(*byte)),
    }
}

const fn beginning(id: PropertyId) -> (&'static str, &'static str) {
    use PropertyId as P;
    match id {
        P::ContentType => ("application/json", ""),
        P::ResponseTopic => ("replies/1", ""),
        P::CorrelationData => ("request-1", ""),
        P::AuthenticationMethod => ("SCRAM-SHA-256", ""),
        P::AuthenticationData => ("0x00", ""),
        P::ReasonString => ("because", ""),
        P::UserProperty => ("site", "lab-3"),
        P::MessageExpiryInterval | P::WillDelayInterval => ("120", ""),
        P::SessionExpiryInterval => ("3600", ""),
        P::ReceiveMaximum | P::TopicAliasMaximum => ("10", ""),
        P::MaximumPacketSize => ("1024", ""),
        P::AssignedClientIdentifier => ("auto-1", ""),
        P::ResponseInformation => ("replies/", ""),
        P::ServerReference => ("other:1883", ""),
        P::ServerKeepAlive => ("60", ""),
        _ => ("1", ""),
    }
}

/// Whether only servers send it there.
const fn is_servers(id: PropertyId, host: PropertyHost) -> bool {
    matches!(
        (id, host),
        (PropertyId::SubscriptionIdentifier, PropertyHost::Packet(PacketType::Publish)) // 5.0 MQTT-3.3.4-6
            | (PropertyId::ServerReference, PropertyHost::Packet(PacketType::Disconnect)) // 5.0 section 3.14.2.2.5
    )
}

/// The place of a host among lists.
pub(super) const fn host_index(host: PropertyHost) -> usize {
    match host {
        PropertyHost::Will => 0,
        PropertyHost::Packet(packet) => packet as usize,
    }
}

/// Where the properties of a packet type stand.
pub const fn host_of(packet: PacketType) -> PropertyHost {
    PropertyHost::Packet(packet)
}

/// An entry of the menu of properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it adds.
    pub which: Which,
    /// The identifier in hex.
    pub id: &'static str,
    /// The standard's name.
    pub name: &'static str,
    /// How many bytes its value takes, or why it cannot be added.
    pub size: &'static str,
    /// It can be added.
    pub enabled: bool,
}

/// All that may be added to a list, by identifier, and at last what breaks the rules.
pub fn choices(host: PropertyHost, list: &[PropertyDraft]) -> Vec<Choice> {
    let has = |id| list.iter().any(|row| row.which == Which::Known(id));
    let allowed = PropertyId::ALL.into_iter().filter(|id| id.allowed_in(host));
    let mut choices: Vec<Choice> = allowed
        .map(|id| {
            let enabled = id.repeatable_in(host) || !has(id);
            let size = match id.kind() {
                _ if is_servers(id, host) => "breaks rules",
                _ if !enabled => "set",
                PropertyKind::Utf8StringPair if has(id) => "again allowed",
                PropertyKind::Utf8StringPair => "two texts",
                PropertyKind::BinaryData
                    if id == PropertyId::AuthenticationData && !has(PropertyId::AuthenticationMethod) =>
                {
                    "needs 15"
                }
                PropertyKind::BinaryData => "bytes",
                PropertyKind::Utf8String => "text",
                PropertyKind::Byte => "1 B",
                PropertyKind::TwoByteInteger => "2 B",
                PropertyKind::FourByteInteger => "4 B",
                PropertyKind::VariableByteInteger => "1 to 4 B",
            };
            Choice { which: Which::Known(id), id: hex(id as u8), name: id.name(), size, enabled }
        })
        .collect();
    choices.push(Choice {
        which: Which::Other,
        id: "??",
        name: "Other id, raw bytes",
        size: "breaks rules",
        enabled: true,
    });
    choices
}

/// What a row says beside its name: where its value is typed, if that is not here.
pub fn words(host: PropertyHost, row: &PropertyDraft) -> Option<String> {
    match row.which {
        Which::Known(id) if is_pinned(host, id) => Some([&row.first, ", in its own field"].concat()),
        _ => None,
    }
}
