//! SUBSCRIBE and UNSUBSCRIBE (3.1.1 sections 3.8 and 3.10, 5.0 sections 3.8 and 3.10).

use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::property::{self, Properties, PropertyHost};
use super::reader::{Read, Reader};
use super::record::Recorder;
use super::types::{PacketId, PacketType, QoS, Version};
use super::write;
use crate::topic;

/// A request for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscribe<'a> {
    /// Repeated in the SUBACK.
    pub packet_id: PacketId,
    /// Sent again; only 3.1 has it.
    pub dup: bool,
    /// 5.0 only.
    pub properties: Properties<'a>,
    /// At least one.
    pub filters: Subscriptions<'a>,
}

/// An end of subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsubscribe<'a> {
    /// Repeated in the UNSUBACK.
    pub packet_id: PacketId,
    /// Sent again; only 3.1 has it.
    pub dup: bool,
    /// 5.0 only.
    pub properties: Properties<'a>,
    /// At least one.
    pub filters: TopicFilters<'a>,
}

/// A subscription's options; before 5.0 only the QoS can be other than its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionOptions {
    /// Requested QoS (5.0: Maximum QoS).
    pub qos: QoS,
    /// Do not send the client its own messages.
    pub no_local: bool,
    /// Keep the RETAIN flag as the publisher set it.
    pub retain_as_published: bool,
    /// When retained messages are sent.
    pub retain_handling: RetainHandling,
}

/// When a new subscription gets retained messages (5.0 section 3.8.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RetainHandling {
    /// At each subscribe.
    #[default]
    SendAtSubscribe = 0,
    /// Only if the subscription is new.
    SendIfNew = 1,
    /// Never.
    DoNotSend = 2,
}

impl SubscriptionOptions {
    /// Only a QoS.
    pub const fn new(qos: QoS) -> Self {
        Self {
            qos,
            no_local: false,
            retain_as_published: false,
            retain_handling: RetainHandling::SendAtSubscribe,
        }
    }

    /// Reads the options byte; reserved values read as the nearest defined one.
    pub const fn from_byte(byte: u8) -> Self {
        Self {
            qos: match byte & 3 {
                0 => QoS::AtMostOnce,
                1 => QoS::AtLeastOnce,
                _ => QoS::ExactlyOnce,
            },
            no_local: byte & 0x04 != 0,
            retain_as_published: byte & 0x08 != 0,
            retain_handling: match byte >> 4 & 3 {
                0 => RetainHandling::SendAtSubscribe,
                1 => RetainHandling::SendIfNew,
                _ => RetainHandling::DoNotSend,
            },
        }
    }

    /// The options byte as 5.0 writes it; 3.x takes only the QoS.
    pub const fn to_byte(self) -> u8 {
        self.qos.level()
            | (self.no_local as u8) << 2
            | (self.retain_as_published as u8) << 3
            | (self.retain_handling as u8) << 4
    }
}

/// Topic filters with their options, as they stand on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions<'a>(&'a [u8]);

/// Topic filters as they stand on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopicFilters<'a>(&'a [u8]);

fn split_filter<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    let (filter, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    *bytes = rest;
    core::str::from_utf8(filter).ok()
}

impl<'a> Subscriptions<'a> {
    /// The filters with their options, in order; stops where the list is broken.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, SubscriptionOptions)> + Clone {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let filter = split_filter(&mut left)?;
            let (options, rest) = left.split_first()?;
            left = rest;
            Some((filter, SubscriptionOptions::from_byte(*options)))
        })
    }
}

impl<'a> TopicFilters<'a> {
    /// The filters in order; stops where the list is broken.
    pub fn iter(self) -> impl Iterator<Item = &'a str> + Clone {
        let mut left = self.0;
        core::iter::from_fn(move || split_filter(&mut left))
    }
}

/// An owned list of filters with options, encoded as it is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionsBuf(Vec<u8>);

impl SubscriptionsBuf {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a filter of at most 65,535 bytes (longer ones are cut).
    pub fn push(&mut self, filter: &str, options: SubscriptionOptions) -> &mut Self {
        write::bytes(&mut self.0, filter.as_bytes());
        self.0.push(options.to_byte());
        self
    }

    /// The list to put into a packet.
    pub fn as_subscriptions(&self) -> Subscriptions<'_> {
        Subscriptions(&self.0)
    }
}

/// An owned list of filters, encoded as it is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicFiltersBuf(Vec<u8>);

impl TopicFiltersBuf {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a filter of at most 65,535 bytes (longer ones are cut).
    pub fn push(&mut self, filter: &str) -> &mut Self {
        write::bytes(&mut self.0, filter.as_bytes());
        self
    }

    /// The list to put into a packet.
    pub fn as_topic_filters(&self) -> TopicFilters<'_> {
        TopicFilters(&self.0)
    }
}

/// The variable header that both packets share.
fn header<'a, R: Recorder>(
    r: &mut Reader<'a, '_, R>,
    packet: PacketType,
) -> Read<(Option<PacketId>, Properties<'a>)> {
    let group = r.open(Field::VariableHeader);
    let packet_id = r.packet_id()?;
    let properties =
        if r.is_v5() { property::decode(r, PropertyHost::Packet(packet))? } else { Properties::EMPTY };
    r.close(group);
    if r.left() == 0 {
        // 3.1.1 MQTT-3.8.3-3, MQTT-3.10.3-2; 5.0 MQTT-3.8.3-2, MQTT-3.10.3-2
        r.fault(FaultKind::EmptyList, Field::Payload, (r.pos, 0), (1, 0))?;
    }
    Ok((packet_id, properties))
}

pub(super) fn decode_subscribe<'a, R: Recorder>(
    r: &mut Reader<'a, '_, R>,
    flags: u8,
) -> Read<Option<Subscribe<'a>>> {
    let (packet_id, properties) = header(r, PacketType::Subscribe)?;
    let payload = r.open(Field::Payload);
    let start = r.pos;
    while r.left() > 0 {
        let group = r.open(Field::Subscription);
        let filter = r.topic_filter()?;
        options(r, filter)?;
        r.close(group);
    }
    r.close(payload);
    let filters = Subscriptions(r.data.get(start..r.pos).unwrap_or(&[]));
    let dup = flags & 0x08 != 0 && r.version == Version::V31;
    Ok(packet_id.map(|packet_id| Subscribe { packet_id, dup, properties, filters }))
}

fn options<R: Recorder>(r: &mut Reader<'_, '_, R>, filter: &str) -> Read<()> {
    let (byte, token) = r.flag_byte(Field::SubscriptionOptions)?;
    let reserved = if r.is_v5() { 2 } else { 6 };
    r.bits(Field::SubscriptionOptionsReserved, 0, reserved);
    if r.is_v5() {
        r.bits(Field::RetainHandling, 2, 2);
        r.bits(Field::RetainAsPublished, 4, 1);
        r.bits(Field::NoLocal, 5, 1);
    }
    r.bits(Field::MaximumQos, 6, 2);
    r.close(token);
    let at = r.pos - 1;
    if byte >> (8 - reserved) != 0 {
        // 3.1.1 MQTT-3.8.3-4, 5.0 MQTT-3.8.3-5
        let numbers = (0, u32::from(byte >> (8 - reserved)));
        let field = Field::SubscriptionOptionsReserved;
        r.bit_fault(FaultKind::SubscriptionOptionsReserved, field, at, (0, reserved), numbers)?;
    }
    if r.is_v5() {
        if byte >> 4 & 3 == 3 {
            // 5.0 section 3.8.3.1
            r.bit_fault(FaultKind::RetainHandlingThree, Field::RetainHandling, at, (2, 2), (2, 3))?;
        }
        if byte & 0x04 != 0 && topic::share_name(filter).is_some() {
            // 5.0 MQTT-3.8.3-4
            r.bit_fault(FaultKind::NoLocalOnShared, Field::NoLocal, at, (5, 1), (0, 1))?;
        }
    }
    if byte & 3 == 3 {
        // 3.1.1 MQTT-3.8.3-4, 5.0 section 3.8.3.1
        r.bit_fault(FaultKind::SubscriptionQosThree, Field::MaximumQos, at, (6, 2), (2, 3))?;
    }
    Ok(())
}

pub(super) fn decode_unsubscribe<'a, R: Recorder>(
    r: &mut Reader<'a, '_, R>,
    flags: u8,
) -> Read<Option<Unsubscribe<'a>>> {
    let (packet_id, properties) = header(r, PacketType::Unsubscribe)?;
    let payload = r.open(Field::Payload);
    let start = r.pos;
    while r.left() > 0 {
        r.topic_filter()?;
    }
    r.close(payload);
    let filters = TopicFilters(r.data.get(start..r.pos).unwrap_or(&[]));
    let dup = flags & 0x08 != 0 && r.version == Version::V31;
    Ok(packet_id.map(|packet_id| Unsubscribe { packet_id, dup, properties, filters }))
}

fn encode_header(
    packet: PacketType,
    (packet_id, dup): (PacketId, bool),
    properties: Properties<'_>,
    payload_len: usize,
    version: Version,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let v5 = version == Version::V5;
    let dup = if dup && version == Version::V31 { 0x08 } else { 0 };
    let len = 2 + if v5 { property::encoded_len(properties) } else { 0 } + payload_len;
    write::Run::fixed_header(packet.nibble() << 4 | 0x02 | dup, len)?
        .u16(packet_id.get())
        .append_to(out, len);
    if v5 {
        property::encode(properties, out);
    }
    Ok(())
}

impl Subscribe<'_> {
    pub(super) fn encode(&self, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let id = (self.packet_id, self.dup);
        encode_header(PacketType::Subscribe, id, self.properties, self.filters.0.len(), version, out)?;
        let start = out.len();
        out.extend_from_slice(self.filters.0);
        if version != Version::V5 {
            only_qos(out.get_mut(start..).unwrap_or(&mut []));
        }
        Ok(())
    }
}

/// Leaves nothing but the QoS in the options of a list of filters, as versions before 5.0 have it.
fn only_qos(mut filters: &mut [u8]) {
    while let Some((len, rest)) = filters.split_first_chunk_mut::<2>() {
        let filter = usize::from(u16::from_be_bytes(*len));
        let Some((options, rest)) = rest.get_mut(filter..).and_then(<[u8]>::split_first_mut) else { return };
        *options = SubscriptionOptions::from_byte(*options).qos.level();
        filters = rest;
    }
}

impl Unsubscribe<'_> {
    pub(super) fn encode(&self, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let id = (self.packet_id, self.dup);
        encode_header(PacketType::Unsubscribe, id, self.properties, self.filters.0.len(), version, out)?;
        out.extend_from_slice(self.filters.0);
        Ok(())
    }
}
