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
        // In the page its bytes would cost more than its speed saves.
        if cfg!(not(target_arch = "wasm32")) && self.encode_small(version, out) {
            return Ok(());
        }
        let topic_len = write::prefixed_len(self.topic.as_bytes())?;
        let (mut middle, properties) = self.middle(version);
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

    /// The packet identifier, if there is one, and the properties without their length.
    #[inline(always)]
    fn middle(&self, version: Version) -> (write::Run, &[u8]) {
        let mut middle = write::Run::default();
        if self.qos != QoS::AtMostOnce
            && let Some(id) = self.packet_id
        {
            middle = middle.u16(id.get());
        }
        (middle, if version == Version::V5 { self.properties.as_bytes() } else { &[] })
    }

    /// Most packets are small, and their lengths take a byte each. `false` for others.
    #[inline(always)]
    fn encode_small(&self, version: Version, out: &mut Vec<u8>) -> bool {
        let (mut middle, properties) = self.middle(version);
        if version == Version::V5 {
            middle = middle.u8(properties.len() as u8);
        }
        let (topic, payload) = (self.topic.as_bytes(), self.payload);
        let (at_middle, topic_len) = (4 + topic.len(), topic.len() as u16);
        let at_properties = at_middle + middle.len();
        let at_payload = at_properties + properties.len();
        let len = at_payload + payload.len();
        write::small(out, len, |block| {
            write::Run::default().u8(self.first_byte()).u8(len as u8 - 2).u16(topic_len).put(block, 0);
            write::put::<3>(block, 4, topic);
            middle.put(block, at_middle);
            if !properties.is_empty() {
                write::put::<3>(block, at_properties, properties);
            }
            write::put::<4>(block, at_payload, payload);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{PropertyBuf, PropertyValue};

    /// What [`Publish::encode`] has to give, written without any haste.
    fn plainly(publish: &Publish<'_>, version: Version) -> Vec<u8> {
        let mut body = (publish.topic.len() as u16).to_be_bytes().to_vec();
        body.extend(publish.topic.as_bytes());
        if publish.qos != QoS::AtMostOnce {
            body.extend(publish.packet_id.expect("above QoS 0").get().to_be_bytes());
        }
        if version == Version::V5 {
            write::variable_byte_integer(&mut body, publish.properties.as_bytes().len() as u32);
            body.extend(publish.properties.as_bytes());
        }
        body.extend(publish.payload);
        let mut bytes = vec![publish.first_byte()];
        write::variable_byte_integer(&mut bytes, body.len() as u32);
        [bytes, body].concat()
    }

    #[test]
    fn small_packets_and_large_ones_are_written_alike_wherever_there_is_room() {
        let text: String = (0..140u8).map(|at| char::from(b'0' + at % 75)).collect();
        let mut properties = PropertyBuf::new();
        properties.push(PropertyId::ContentType, PropertyValue::Text("text/plain, and no other"));
        let lists = [Properties::EMPTY, properties.as_properties()];
        let (mut roomy, mut tight) = (Vec::with_capacity(4096), Vec::new());
        for (topic, payload) in (1..=130).flat_map(|topic| (0..=130).map(move |payload| (topic, payload))) {
            for (version, properties) in
                [(Version::V311, lists[0]), (Version::V5, lists[0]), (Version::V5, lists[1])]
            {
                let qos = if topic % 2 == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
                let packet_id = PacketId::new(0x1234);
                let (topic, payload) = (&text[..topic], &text.as_bytes()[140 - payload..]);
                let publish =
                    Publish { dup: false, qos, retain: true, topic, packet_id, properties, payload };
                roomy.truncate(3);
                tight = vec![0; tight.len().min(3)];
                for out in [&mut roomy, &mut tight] {
                    let start = out.len();
                    assert_eq!(publish.encode(version, out), Ok(()));
                    assert_eq!(out[start..], plainly(&publish, version), "{publish:?}");
                }
            }
        }
    }
}
