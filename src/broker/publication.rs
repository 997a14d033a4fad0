//! A message on its way through the broker: stored once, encoded once a shape.

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{Packet, PacketId, PropertyBuf, Publish, QoS, Version};
use crate::session::Message;

pub(super) struct Publication<'a> {
    pub(super) topic: &'a str,
    pub(super) payload: &'a [u8],
    pub(super) qos: QoS,
    pub(super) retain: bool,
    /// The publisher's identifier.
    pub(super) packet_id: Option<PacketId>,
    /// The publisher's version.
    pub(super) version: Version,
    /// The RETAIN flag of the copies that are sent.
    pub(super) sent_retain: bool,
    shared: Option<Arc<Message>>,
    /// The packet as first sent, by QoS. All 3.x versions write it alike.
    shapes: [Option<Bytes>; 3],
}

impl<'a> Publication<'a> {
    pub(super) fn new(publish: &Publish<'a>, version: Version) -> Self {
        Self {
            topic: publish.topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            packet_id: publish.packet_id,
            version,
            sent_retain: false, // 3.1.1 MQTT-3.3.1-9
            shared: None,
            shapes: [None, None, None],
        }
    }

    pub(super) fn of_message(message: &'a Arc<Message>, qos: QoS, retain: bool, version: Version) -> Self {
        Self {
            topic: &message.topic,
            payload: &message.payload,
            qos,
            retain,
            packet_id: None,
            version,
            sent_retain: false, // 3.1.1 MQTT-3.3.1-9
            shared: Some(Arc::clone(message)),
            shapes: [None, None, None],
        }
    }

    /// A retained message on its way to a new subscription.
    pub(super) fn of_retained(message: &'a Arc<Message>, qos: QoS, version: Version) -> Self {
        // 3.1.1 MQTT-3.3.1-8
        Self { sent_retain: true, ..Self::of_message(message, qos, true, version) }
    }

    /// The message to keep. Made when first asked for, as a copy: a slice of what was read would keep alive all that
    /// came with it.
    pub(super) fn message(&mut self) -> Arc<Message> {
        let make = || {
            let (topic, payload) = (self.topic.into(), Bytes::copy_from_slice(self.payload));
            Arc::new(Message { topic, payload, properties: PropertyBuf::new() })
        };
        Arc::clone(self.shared.get_or_insert_with(make))
    }

    /// The packet for one receiver. Encoded for the first one of its shape; for the next ones copied with another
    /// identifier, or shared where there is none.
    #[inline]
    pub(super) fn packet(
        &mut self,
        qos: QoS,
        packet_id: Option<PacketId>,
        version: Version,
    ) -> Option<Bytes> {
        let shape = &mut self.shapes[usize::from(qos.level())];
        let Some(first) = shape else {
            let publish = Publish {
                dup: false, // 3.1.1 MQTT-3.3.1-3, MQTT-4.3.1-1, MQTT-4.3.2-1, MQTT-4.3.3-1
                retain: self.sent_retain,
                qos,
                topic: self.topic,
                packet_id,
                properties: crate::codec::Properties::EMPTY,
                payload: self.payload,
            };
            let mut bytes = Vec::with_capacity(self.topic.len() + self.payload.len() + 9);
            Packet::Publish(publish).encode(version, &mut bytes).ok()?;
            let bytes = Bytes::from(bytes);
            *shape = Some(bytes.clone());
            return Some(bytes);
        };
        let Some(packet_id) = packet_id else { return Some(first.clone()) };
        let mut bytes = first.to_vec();
        let at = bytes.len() - self.payload.len() - 2;
        bytes[at..at + 2].copy_from_slice(&packet_id.get().to_be_bytes());
        Some(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_encoded_once_and_patched_for_each_receiver() {
        let message = Arc::new(Message {
            topic: "a".into(),
            payload: Bytes::from_static(b"hi"),
            properties: PropertyBuf::new(),
        });
        let mut publication = Publication::of_message(&message, QoS::ExactlyOnce, false, Version::V311);
        let mut packet = |qos, id| publication.packet(qos, PacketId::new(id), Version::V311).unwrap();
        assert_eq!(packet(QoS::AtLeastOnce, 1)[..], *b"\x32\x07\0\x01a\0\x01hi");
        assert_eq!(packet(QoS::AtLeastOnce, 0x1234)[..], *b"\x32\x07\0\x01a\x12\x34hi");
        assert_eq!(packet(QoS::ExactlyOnce, 7)[..], *b"\x34\x07\0\x01a\0\x07hi");
        let (first, second) = (packet(QoS::AtMostOnce, 0), packet(QoS::AtMostOnce, 0));
        assert_eq!(first[..], *b"\x30\x05\0\x01ahi");
        assert_eq!(first.as_ptr(), second.as_ptr());
        assert!(Arc::ptr_eq(&publication.message(), &message));
    }
}
