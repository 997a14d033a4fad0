//! 5.0's properties: identifiers, types, where each may stand, reading and writing.

use super::context;
use super::fault::FaultKind;
use super::field::Field;
use super::reader::{Read, Reader};
use super::record::Recorder;
use super::types::PacketType;
use super::write;

/// Where a property list can stand: a packet, or the will inside CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyHost {
    /// The properties in a packet's variable header.
    Packet(PacketType),
    /// The Will Properties in CONNECT's payload.
    Will,
}

impl PropertyHost {
    const fn bit(self) -> u16 {
        match self {
            Self::Packet(packet) => 1 << packet.nibble(),
            Self::Will => 1,
        }
    }
}

/// How a property's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the standard's own type names (5.0 section 1.5)
pub enum PropertyKind {
    Byte,
    TwoByteInteger,
    FourByteInteger,
    VariableByteInteger,
    Utf8String,
    BinaryData,
    Utf8StringPair,
}

macro_rules! properties {
    ($($name:ident = $id:literal, $text:literal, $kind:ident, [$($host:ident)*];)*) => {
        /// The 27 property identifiers (5.0 section 2.2.2.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the standard's own names
        pub enum PropertyId { $($name = $id,)* }

        impl PropertyId {
            /// All of them, by identifier.
            pub const ALL: [Self; 27] = [$(Self::$name,)*];

            /// The property of an identifier byte.
            #[inline]
            pub const fn from_byte(id: u8) -> Option<Self> {
                match id { $($id => Some(Self::$name),)* _ => None }
            }

            /// The standard's name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How the value is written.
            #[inline]
            pub const fn kind(self) -> PropertyKind {
                match self { $(Self::$name => PropertyKind::$kind,)* }
            }

            const fn hosts(self) -> u16 {
                match self { $(Self::$name => 0 $(| host::$host)*,)* }
            }
        }
    };
}

mod host {
    #![allow(non_upper_case_globals)]
    pub(super) const Will: u16 = 1;
    pub(super) const Connect: u16 = 1 << 1;
    pub(super) const ConnAck: u16 = 1 << 2;
    pub(super) const Publish: u16 = 1 << 3;
    pub(super) const Subscribe: u16 = 1 << 8;
    pub(super) const Disconnect: u16 = 1 << 14;
    pub(super) const Auth: u16 = 1 << 15;
    /// PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK.
    pub(super) const Acks: u16 = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9 | 1 << 11;
    pub(super) const All: u16 = 0xffff;
}

properties! {
    PayloadFormatIndicator = 0x01, "Payload Format Indicator", Byte, [Publish Will];
    MessageExpiryInterval = 0x02, "Message Expiry Interval", FourByteInteger, [Publish Will];
    ContentType = 0x03, "Content Type", Utf8String, [Publish Will];
    ResponseTopic = 0x08, "Response Topic", Utf8String, [Publish Will];
    CorrelationData = 0x09, "Correlation Data", BinaryData, [Publish Will];
    SubscriptionIdentifier = 0x0B, "Subscription Identifier", VariableByteInteger, [Publish Subscribe];
    SessionExpiryInterval = 0x11, "Session Expiry Interval", FourByteInteger, [Connect ConnAck Disconnect];
    AssignedClientIdentifier = 0x12, "Assigned Client Identifier", Utf8String, [ConnAck];
    ServerKeepAlive = 0x13, "Server Keep Alive", TwoByteInteger, [ConnAck];
    AuthenticationMethod = 0x15, "Authentication Method", Utf8String, [Connect ConnAck Auth];
    AuthenticationData = 0x16, "Authentication Data", BinaryData, [Connect ConnAck Auth];
    RequestProblemInformation = 0x17, "Request Problem Information", Byte, [Connect];
    WillDelayInterval = 0x18, "Will Delay Interval", FourByteInteger, [Will];
    RequestResponseInformation = 0x19, "Request Response Information", Byte, [Connect];
    ResponseInformation = 0x1A, "Response Information", Utf8String, [ConnAck];
    ServerReference = 0x1C, "Server Reference", Utf8String, [ConnAck Disconnect];
    ReasonString = 0x1F, "Reason String", Utf8String, [ConnAck Acks Disconnect Auth];
    ReceiveMaximum = 0x21, "Receive Maximum", TwoByteInteger, [Connect ConnAck];
    TopicAliasMaximum = 0x22, "Topic Alias Maximum", TwoByteInteger, [Connect ConnAck];
    TopicAlias = 0x23, "Topic Alias", TwoByteInteger, [Publish];
    MaximumQos = 0x24, "Maximum QoS", Byte, [ConnAck];
    RetainAvailable = 0x25, "Retain Available", Byte, [ConnAck];
    UserProperty = 0x26, "User Property", Utf8StringPair, [All];
    MaximumPacketSize = 0x27, "Maximum Packet Size", FourByteInteger, [Connect ConnAck];
    WildcardSubscriptionAvailable = 0x28, "Wildcard Subscription Available", Byte, [ConnAck];
    SubscriptionIdentifierAvailable = 0x29, "Subscription Identifier Available", Byte, [ConnAck];
    SharedSubscriptionAvailable = 0x2A, "Shared Subscription Available", Byte, [ConnAck];
}

impl PropertyId {
    /// Whether a packet (or will) may carry it.
    #[inline]
    pub const fn allowed_in(self, host: PropertyHost) -> bool {
        self.hosts() & host.bit() != 0
    }

    /// Whether it may stand more than once there.
    #[inline]
    pub const fn repeatable_in(self, host: PropertyHost) -> bool {
        match self {
            Self::UserProperty => true,
            // 5.0 section 3.3.2.3.8: one for each matching subscription.
            Self::SubscriptionIdentifier => matches!(host, PropertyHost::Packet(PacketType::Publish)),
            _ => false,
        }
    }

    /// The least and greatest value that a number may have.
    pub const fn number_range(self) -> (u32, u32) {
        match self {
            Self::ReceiveMaximum | Self::TopicAlias => (1, 0xffff),
            Self::MaximumPacketSize => (1, u32::MAX),
            Self::SubscriptionIdentifier => (1, 0x0fff_ffff),
            _ => match self.kind() {
                PropertyKind::Byte => (0, 1),
                PropertyKind::TwoByteInteger => (0, 0xffff),
                _ => (0, u32::MAX),
            },
        }
    }
}

/// A property's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyValue<'a> {
    /// A byte, two byte, four byte or variable byte integer, as the identifier demands.
    Number(u32),
    /// A UTF-8 encoded string.
    Text(&'a str),
    /// Binary data.
    Binary(&'a [u8]),
    /// Name and value.
    Pair(&'a str, &'a str),
}

/// One property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property<'a> {
    /// Which.
    pub id: PropertyId,
    /// Its value.
    pub value: PropertyValue<'a>,
}

/// A property list as it stands on the wire, without its length; empty before 5.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Properties<'a>(&'a [u8]);

impl<'a> Properties<'a> {
    /// No properties.
    pub const EMPTY: Self = Self(&[]);

    /// The encoded list, without its length.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The properties in their order.
    pub fn iter(self) -> PropertyIter<'a> {
        PropertyIter { left: self.0 }
    }

    /// The first value of a number property.
    pub fn number(self, id: PropertyId) -> Option<u32> {
        self.iter().find(|p| p.id == id).and_then(|p| match p.value {
            PropertyValue::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The first value of a string property.
    pub fn text(self, id: PropertyId) -> Option<&'a str> {
        self.iter().find(|p| p.id == id).and_then(|p| match p.value {
            PropertyValue::Text(text) => Some(text),
            _ => None,
        })
    }

    /// The first value of a binary property.
    pub fn binary(self, id: PropertyId) -> Option<&'a [u8]> {
        self.iter().find(|p| p.id == id).and_then(|p| match p.value {
            PropertyValue::Binary(bytes) => Some(bytes),
            _ => None,
        })
    }
}

/// Iterates over an encoded property list; stops where it is broken.
#[derive(Clone, Debug)]
pub struct PropertyIter<'a> {
    left: &'a [u8],
}

impl<'a> PropertyIter<'a> {
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let (len, rest) = self.left.split_first_chunk::<2>()?;
        let (bytes, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        self.left = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        core::str::from_utf8(self.bytes()?).ok()
    }

    fn value(&mut self, kind: PropertyKind) -> Option<PropertyValue<'a>> {
        use PropertyKind as K;
        Some(match kind {
            K::Utf8String => PropertyValue::Text(self.text()?),
            K::BinaryData => PropertyValue::Binary(self.bytes()?),
            K::Utf8StringPair => PropertyValue::Pair(self.text()?, self.text()?),
            K::VariableByteInteger => {
                let mut value = 0;
                for i in 0..4 {
                    let (byte, rest) = self.left.split_first()?;
                    self.left = rest;
                    value |= u32::from(byte & 0x7f) << (7 * i);
                    if byte & 0x80 == 0 {
                        break;
                    }
                }
                PropertyValue::Number(value)
            }
            K::Byte | K::TwoByteInteger | K::FourByteInteger => {
                let len = match kind {
                    K::Byte => 1,
                    K::TwoByteInteger => 2,
                    _ => 4,
                };
                let (bytes, rest) = self.left.split_at_checked(len)?;
                self.left = rest;
                PropertyValue::Number(bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
            }
        })
    }
}

impl<'a> Iterator for PropertyIter<'a> {
    type Item = Property<'a>;

    fn next(&mut self) -> Option<Property<'a>> {
        let (id, rest) = self.left.split_first()?;
        self.left = rest;
        let property =
            PropertyId::from_byte(*id).and_then(|id| Some(Property { id, value: self.value(id.kind())? }));
        if property.is_none() {
            self.left = &[];
        }
        property
    }
}

/// An owned property list, encoded as it is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PropertyBuf(Vec<u8>);

impl PropertyBuf {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one. A string or binary longer than 65,535 bytes is cut there; a value of another kind than the
    /// identifier's is left out.
    pub fn push(&mut self, id: PropertyId, value: PropertyValue<'_>) -> &mut Self {
        let start = self.0.len();
        self.0.push(id as u8);
        match (id.kind(), value) {
            (PropertyKind::Byte, PropertyValue::Number(n)) => self.0.push(n as u8),
            (PropertyKind::TwoByteInteger, PropertyValue::Number(n)) => {
                self.0.extend_from_slice(&(n as u16).to_be_bytes());
            }
            (PropertyKind::FourByteInteger, PropertyValue::Number(n)) => {
                self.0.extend_from_slice(&n.to_be_bytes());
            }
            (PropertyKind::VariableByteInteger, PropertyValue::Number(n)) => {
                write::variable_byte_integer(&mut self.0, n.min(0x0fff_ffff));
            }
            (PropertyKind::Utf8String, PropertyValue::Text(text)) => {
                write::bytes(&mut self.0, text.as_bytes())
            }
            (PropertyKind::BinaryData, PropertyValue::Binary(bytes)) => write::bytes(&mut self.0, bytes),
            (PropertyKind::Utf8StringPair, PropertyValue::Pair(name, value)) => {
                write::bytes(&mut self.0, name.as_bytes());
                write::bytes(&mut self.0, value.as_bytes());
            }
            _ => self.0.truncate(start),
        }
        self
    }

    /// Appends bytes as they are. What is no property makes the list a broken one, on purpose.
    pub fn push_raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The list to put into a packet.
    pub fn as_properties(&self) -> Properties<'_> {
        Properties(&self.0)
    }
}

impl From<Properties<'_>> for PropertyBuf {
    fn from(properties: Properties<'_>) -> Self {
        Self(properties.0.to_vec())
    }
}

/// Bytes that a list takes with its length, in a version that has properties.
#[inline]
pub(super) fn encoded_len(properties: Properties<'_>) -> usize {
    write::Run::default().variable_byte_integer(properties.0.len() as u32).len() + properties.0.len()
}

#[inline]
pub(super) fn encode(properties: Properties<'_>, out: &mut Vec<u8>) {
    write::variable_byte_integer(out, properties.0.len() as u32);
    out.extend_from_slice(properties.0);
}

/// Reads a property list with its length (5.0 section 2.2.2).
#[inline]
pub(super) fn decode<'a, R: Recorder>(r: &mut Reader<'a, '_, R>, host: PropertyHost) -> Read<Properties<'a>> {
    let group = r.open(if host == PropertyHost::Will { Field::WillProperties } else { Field::Properties });
    let at = r.pos;
    let (len, width) = r.variable_byte_integer(Field::PropertyLength)?;
    if len == 0 {
        r.close(group);
        return Ok(Properties::EMPTY);
    }
    let len = len as usize;
    if len > r.left() {
        let numbers = (len as u32, r.left() as u32);
        return Err(r.fatal(FaultKind::FieldOverrun, Field::PropertyLength, (at, width), numbers));
    }
    let outer_end = r.end();
    let start = r.pos;
    r.set_end(start + len);
    let mut seen = 0u64;
    while r.left() > 0 {
        property(r, host, &mut seen)?;
    }
    r.set_end(outer_end);
    if host != PropertyHost::Packet(PacketType::Publish)
        && seen & 1 << PropertyId::AuthenticationData as u8 != 0
        && seen & 1 << PropertyId::AuthenticationMethod as u8 == 0
    {
        // 5.0 section 3.1.2.11.10: the data means nothing without the method.
        r.fault(FaultKind::AuthenticationDataWithoutMethod, Field::Properties, (start, len), (0, 0))?;
    }
    r.close(group);
    Ok(Properties(r.data.get(start..start + len).unwrap_or(&[])))
}

/// What reading needs to know of a property, in one look.
#[derive(Clone, Copy)]
struct Info {
    kind: PropertyKind,
    hosts: u16,
    least: u32,
    greatest: u32,
}

const INFO: [Option<Info>; 0x2B] = {
    let mut table = [None; 0x2B];
    let mut i = 0;
    while i < PropertyId::ALL.len() {
        let id = PropertyId::ALL[i];
        let (least, greatest) = id.number_range();
        table[id as usize] = Some(Info { kind: id.kind(), hosts: id.hosts(), least, greatest });
        i += 1;
    }
    table
};

#[inline]
fn property<R: Recorder>(r: &mut Reader<'_, '_, R>, host: PropertyHost, seen: &mut u64) -> Read<()> {
    let at = r.pos;
    let byte = r.peek().unwrap_or(0);
    r.aux = byte;
    let group = r.open(Field::Property);
    r.u8(Field::PropertyIdentifier)?;
    let Some(Some(info)) = INFO.get(usize::from(byte)) else {
        // Without its type the value's length is unknown: reading ends here.
        let numbers = (0, u32::from(byte));
        return Err(r.fatal(FaultKind::UnknownProperty, Field::PropertyIdentifier, (at, 1), numbers));
    };
    let bit = 1 << byte;
    if info.hosts & host.bit() == 0 || *seen & bit != 0 {
        misplaced(r, host, byte, *seen & bit != 0)?;
    }
    *seen |= bit;
    if let Some(context) = r.context() {
        context::property(r, &context, host, byte)?;
    }
    property_value(r, byte, info)?;
    r.close(group);
    r.aux = 0;
    Ok(())
}

#[cold]
#[inline(never)]
fn misplaced<R: Recorder>(r: &mut Reader<'_, '_, R>, host: PropertyHost, byte: u8, again: bool) -> Read<()> {
    let (field, at, numbers) = (Field::PropertyIdentifier, (r.pos - 1, 1), (0, u32::from(byte)));
    let Some(id) = PropertyId::from_byte(byte) else { return Ok(()) };
    if !id.allowed_in(host) {
        // 5.0 section 2.2.2.2
        r.fault(FaultKind::PropertyNotAllowed, field, at, numbers)?;
    }
    if again && !id.repeatable_in(host) {
        // 5.0 section 2.2.2.2 and each property's own: more than once is a Protocol Error.
        r.fault(FaultKind::DuplicateProperty, field, at, numbers)?;
    }
    Ok(())
}

#[inline]
fn property_value<R: Recorder>(r: &mut Reader<'_, '_, R>, byte: u8, info: &Info) -> Read<()> {
    let at = r.pos;
    let number = match info.kind {
        PropertyKind::Byte => u32::from(r.u8(Field::PropertyNumber)?),
        PropertyKind::TwoByteInteger => u32::from(r.u16(Field::PropertyNumber)?),
        PropertyKind::FourByteInteger => r.u32(Field::PropertyNumber)?,
        PropertyKind::VariableByteInteger => r.variable_byte_integer(Field::PropertyNumber)?.0,
        PropertyKind::Utf8String => {
            let text = r.string(Field::PropertyStringLength, Field::PropertyString)?;
            if byte == PropertyId::ResponseTopic as u8 {
                r.check_topic_name(text, Field::PropertyString, true)?; // 5.0 MQTT-3.3.2-14
            }
            return Ok(());
        }
        PropertyKind::BinaryData => {
            return r.binary(Field::PropertyBinaryLength, Field::PropertyBinary).map(|_| ());
        }
        PropertyKind::Utf8StringPair => {
            // 5.0 MQTT-1.5.7-1
            r.string(Field::PropertyKeyLength, Field::PropertyKey)?;
            return r.string(Field::PropertyValueLength, Field::PropertyValue).map(|_| ());
        }
    };
    if number < info.least || number > info.greatest {
        let expected = if number < info.least { info.least } else { info.greatest };
        r.fault(FaultKind::PropertyValue, Field::PropertyNumber, (at, r.pos - at), (expected, number))?;
    }
    if let Some(context) = r.context() {
        context::number(r, &context, byte, at, number)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_stands_where_the_table_of_the_standard_puts_it() {
        // 5.0 table 2.4: how many properties each packet may carry
        let counts = [
            (PropertyHost::Packet(PacketType::Connect), 9),
            (PropertyHost::Packet(PacketType::ConnAck), 17),
            (PropertyHost::Packet(PacketType::Publish), 8),
            (PropertyHost::Will, 7),
            (PropertyHost::Packet(PacketType::PubAck), 2),
            (PropertyHost::Packet(PacketType::PubRec), 2),
            (PropertyHost::Packet(PacketType::PubRel), 2),
            (PropertyHost::Packet(PacketType::PubComp), 2),
            (PropertyHost::Packet(PacketType::Subscribe), 2),
            (PropertyHost::Packet(PacketType::SubAck), 2),
            (PropertyHost::Packet(PacketType::Unsubscribe), 1),
            (PropertyHost::Packet(PacketType::UnsubAck), 2),
            (PropertyHost::Packet(PacketType::Disconnect), 4),
            (PropertyHost::Packet(PacketType::Auth), 4),
        ];
        for (host, count) in counts {
            let allowed = PropertyId::ALL.iter().filter(|id| id.allowed_in(host)).count();
            assert_eq!(allowed, count, "{host:?}");
        }
    }

    #[test]
    fn what_is_pushed_is_read_back() {
        let mut list = PropertyBuf::new();
        list.push(PropertyId::SubscriptionIdentifier, PropertyValue::Number(268_435_455))
            .push(PropertyId::ReceiveMaximum, PropertyValue::Number(20))
            .push(PropertyId::UserProperty, PropertyValue::Pair("a", "b"))
            .push(PropertyId::CorrelationData, PropertyValue::Binary(&[0, 0xff]));
        let properties = list.as_properties();
        assert_eq!(properties.number(PropertyId::ReceiveMaximum), Some(20));
        assert_eq!(properties.binary(PropertyId::CorrelationData), Some(&[0, 0xff][..]));
        assert_eq!(properties.iter().count(), 4);
        list.push(PropertyId::ReceiveMaximum, PropertyValue::Text("20"));
        assert_eq!(list.as_properties().iter().count(), 4, "a value of another kind is left out");
    }

    #[test]
    fn a_broken_list_ends_the_iteration() {
        assert_eq!(Properties(&[0x1f, 0x00, 0x05, b'x']).iter().count(), 0);
        assert_eq!(Properties(&[0x24, 0x01, 0xff, 0x01]).iter().count(), 1);
    }
}
