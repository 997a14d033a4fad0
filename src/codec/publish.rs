//! PUBLISH (3.1 section 3.3, 3.1.1 section 3.3, 5.0 section 3.3).

use super::context;
use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::property::{self, Properties, PropertyHost, PropertyId};
use super::reader::{Read, Reader};
use super::record::Recorder;
use super::types::{PacketId, PacketType, QoS, Version};
use super::write;

/// An application message on its way, in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    /// This may be a second copy of a packet sent before.
    pub dup: bool,
    /// QoS of this hop.
    pub qos: QoS,
    /// To the server: keep it for later subscribers. To a client: it was kept (5.0: or as published).
    pub retain: bool,
    /// Topic Name; empty only in 5.0 with a Topic Alias.
    pub topic: &'a str,
    /// Present exactly if `qos` is above 0.
    pub packet_id: Option<PacketId>,
    /// 5.0 only.
    pub properties: Properties<'a>,
    /// The application message.
    pub payload: &'a [u8],
}

#[inline]
pub(super) fn decode<'a, R: Recorder>(r: &mut Reader<'a, '_, R>, flags: u8) -> Read<Publish<'a>> {
    let qos_bits = flags >> 1 & 3;
    if qos_bits == 3 {
        // 3.1.1 MQTT-3.3.1-4, 5.0 MQTT-3.3.1-4
        r.bit_fault(FaultKind::QosThree, Field::QosLevel, 0, (5, 2), (2, 3))?;
    }
    if flags & 0x0e == 0x08 {
        // 3.1.1 MQTT-3.3.1-2, 5.0 MQTT-3.3.1-2
        r.bit_fault(FaultKind::DupAtQosZero, Field::Dup, 0, (4, 1), (0, 1))?;
    }
    if let Some(context) = r.context() {
        context::publish_flags(r, &context, flags)?;
    }
    let header = r.open(Field::VariableHeader);
    let v5 = r.is_v5();
    let topic = r.topic_name(Field::TopicNameLength, Field::TopicName, v5)?;
    let unnamed = r.text_len == 0;
    let topic_end = r.pos;
    // 3.1.1 MQTT-2.3.1-5, 5.0 MQTT-2.2.1-2: QoS 0 has no packet identifier. (QoS 3, where read on, is read with one.)
    let packet_id = if qos_bits != 0 { r.packet_id()? } else { None };
    let properties =
        if v5 { property::decode(r, PropertyHost::Packet(PacketType::Publish))? } else { Properties::EMPTY };
    if v5 && unnamed && properties.number(PropertyId::TopicAlias).is_none() {
        // 5.0 section 3.3.2.1: only a topic alias can stand for the name.
        r.fault(FaultKind::EmptyTopicName, Field::TopicName, (topic_end - 2, 2), (1, 0))?;
    }
    r.close(header);
    let group = r.open(Field::Payload);
    let payload = r.rest(Field::ApplicationMessage)?;
    r.close(group);
    Ok(Publish {
        dup: flags & 0x08 != 0,
        qos: QoS::from_bits(qos_bits).unwrap_or(QoS::ExactlyOnce),
        retain: flags & 1 != 0,
        topic,
        packet_id,
        properties,
        payload,
    })
}

impl Publish<'_> {
    /// The fixed header's first byte.
    pub const fn first_byte(&self) -> u8 {
        0x30 | (self.dup as u8) << 3 | self.qos.level() << 1 | self.retain as u8
    }

    #[inline]
    pub(super) fn encode(&self, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let topic_len = write::prefixed_len(self.topic.as_bytes())?;
        // What stands between topic and properties.
        let mut middle = write::Run::default();
        if self.qos != QoS::AtMostOnce
            && let Some(id) = self.packet_id
        {
            middle = middle.u16(id.get());
        }
        let properties = if version == Version::V5 { self.properties.as_bytes() } else { &[] };
        if version == Version::V5 {
            middle = middle.variable_byte_integer(properties.len() as u32);
        }
        let len = topic_len + middle.len() + properties.len() + self.payload.len();
        let head = write::Run::fixed_header(self.first_byte(), len)?.u16(self.topic.len() as u16);
        head.append_to(out, len + write::Run::SLACK);
        write::short::<3>(out, self.topic.as_bytes());
        middle.append_to(out, 0);
        if !properties.is_empty() {
            out.extend_from_slice(properties);
        }
        write::short::<4>(out, self.payload);
        Ok(())
    }
}
