//! A message on its way through the broker: stored once, encoded once a shape.

use std::sync::Arc;

use bytes::Bytes;

use super::output::Outbox;
use super::sessions::SessionNumber;
use super::switches::{Check, is_off};
use crate::codec::{
    Packet, PacketId, Properties, PropertyBuf, PropertyId, PropertyValue, Publish, QoS, Version,
};
use crate::session::Message;
use crate::time::{Duration, Instant};

/// One message that is handed on now.
pub(super) struct Publication<'a> {
    pub(super) topic: &'a str,
    pub(super) payload: &'a [u8],
    pub(super) qos: QoS,
    pub(super) retain: bool,
    /// The publisher's identifier.
    pub(super) packet_id: Option<PacketId>,
    /// The publisher's version.
    pub(super) version: Version,
    /// The publisher's session, where there is one.
    pub(super) from: Option<SessionNumber>,
    /// The publisher's client identifier; empty for the broker itself.
    pub(super) publisher: &'a str,
    /// How many get it, as far as that is known: what is written for one of several is kept for the next.
    pub(super) receivers: usize,
    now: Instant,
    expires: Option<Instant>,
    /// What is handed on, with the Message Expiry Interval first; without Topic Alias and Subscription Identifiers.
    properties: Cleaned<'a>,
    shared: Option<Arc<Message>>,
    /// The message with the Subscription Identifiers of some receivers behind its properties.
    variants: Vec<(Box<[u32]>, Arc<Message>)>,
    /// Packets as they were sent first.
    shapes: Vec<(Shape, Bytes)>,
}

enum Cleaned<'a> {
    AsTheyCame(Properties<'a>),
    Made(PropertyBuf),
}

/// What makes the packets for two receivers differ, but for the packet identifier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) v5: bool,
    pub(super) qos: QoS,
    pub(super) retain: bool,
    /// 0 for none.
    pub(super) alias: u16,
    /// The receiver knows the alias already.
    pub(super) unnamed: bool,
    /// Which of the variants, counted from 1; 0 is the message as it is.
    pub(super) variant: u16,
}

/// Packets kept for further receivers of the same shape; what is beyond is encoded for each.
const SHAPES: usize = 32;

impl<'a> Publication<'a> {
    /// A message that has just come.
    pub(super) fn new(publish: &Publish<'a>, topic: &'a str, version: Version, now: Instant) -> Self {
        let (properties, expires) = clean(publish.properties, now);
        Self {
            topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            packet_id: publish.packet_id,
            version,
            from: None,
            publisher: "",
            receivers: 1,
            now,
            expires,
            properties,
            shared: None,
            variants: Vec::new(),
            shapes: Vec::new(),
        }
    }

    /// A message that was kept.
    pub(super) fn of_message(
        message: &'a Arc<Message>,
        qos: QoS,
        retain: bool,
        version: Version,
        now: Instant,
    ) -> Self {
        Self {
            topic: &message.topic,
            payload: &message.payload,
            qos,
            retain,
            packet_id: None,
            version,
            from: None,
            publisher: "",
            receivers: 1,
            now,
            expires: message.expires,
            properties: Cleaned::AsTheyCame(message.properties.as_properties()),
            shared: Some(Arc::clone(message)),
            variants: Vec::new(),
            shapes: Vec::new(),
        }
    }

    pub(super) fn properties(&self) -> Properties<'_> {
        match &self.properties {
            Cleaned::AsTheyCame(properties) => *properties,
            Cleaned::Made(properties) => properties.as_properties(),
        }
    }

    /// The message to keep. Made when first asked for, as a copy: a slice of what was read would keep alive all that
    /// came with it.
    pub(super) fn message(&mut self) -> Arc<Message> {
        if let Some(shared) = &self.shared {
            return Arc::clone(shared);
        }
        let message = Arc::new(Message {
            topic: self.topic.into(),
            payload: Bytes::copy_from_slice(self.payload),
            properties: self.properties().into(),
            expires: self.expires,
        });
        self.shared = Some(Arc::clone(&message));
        message
    }

    /// The variant that carries these Subscription Identifiers (5.0 MQTT-3.3.4-3 to MQTT-3.3.4-5).
    pub(super) fn variant(&mut self, ids: &[u32]) -> u16 {
        if ids.is_empty() {
            return 0;
        }
        if let Some(at) = self.variants.iter().position(|(known, _)| **known == *ids) {
            return at as u16 + 1;
        }
        let mut properties = PropertyBuf::from(self.properties());
        for id in ids {
            properties.push(PropertyId::SubscriptionIdentifier, PropertyValue::Number(*id));
        }
        let message = Arc::new(Message { properties, ..(*self.message()).clone() });
        // One more than can be numbered takes the place of the last one.
        if self.variants.len() == usize::from(u16::MAX) {
            self.variants.pop();
            self.shapes.retain(|(shape, _)| shape.variant != u16::MAX);
        }
        self.variants.push((ids.into(), message));
        self.variants.len() as u16
    }

    /// The message to keep for a receiver of this variant.
    pub(super) fn message_of(&mut self, variant: u16) -> Arc<Message> {
        match self.variants.get(usize::from(variant).wrapping_sub(1)) {
            Some((_, message)) => Arc::clone(message),
            None => self.message(),
        }
    }

    /// The packet for one receiver; `None` where no packet can hold it. Encoded for the first one of its shape; for
    /// the next ones copied with another identifier, or shared where there is none.
    #[inline]
    pub(super) fn packet(
        &mut self,
        shape: Shape,
        packet_id: Option<PacketId>,
        outbox: &mut Outbox,
    ) -> Option<Bytes> {
        if let Some((_, first)) = self.shapes.iter().find(|(known, _)| *known == shape) {
            let Some(packet_id) = packet_id else { return Some(first.clone()) };
            let mut bytes = first.to_vec();
            let at = packet_id_at(&bytes, usize::from(!shape.unnamed) * self.topic.len());
            bytes[at..at + 2].copy_from_slice(&packet_id.get().to_be_bytes());
            return Some(bytes.into());
        }
        let bytes = self.encode(shape, packet_id, false, outbox)?;
        if self.receivers > 1 && self.shapes.len() < SHAPES {
            self.shapes.push((shape, bytes.clone()));
        }
        Some(bytes)
    }

    /// Writes the packet.
    pub(super) fn encode(
        &self,
        shape: Shape,
        packet_id: Option<PacketId>,
        dup: bool,
        outbox: &mut Outbox,
    ) -> Option<Bytes> {
        let message = self.variants.get(usize::from(shape.variant).wrapping_sub(1)).map(|(_, it)| it);
        let mut properties = message.map_or(self.properties(), |message| message.properties.as_properties());
        let mut with_alias;
        if shape.alias > 0 {
            with_alias = PropertyBuf::from(properties);
            with_alias.push(PropertyId::TopicAlias, PropertyValue::Number(shape.alias.into()));
            properties = with_alias.as_properties();
        }
        let publish = Publish {
            dup: dup && !is_off(Check::DupOfResent)
                || !dup && is_off(Check::DupOfCopy) && shape.qos > QoS::AtMostOnce, // 3.1.1 MQTT-3.3.1-3, 5.0 MQTT-3.3.1-3: the publisher's DUP says nothing about this copy
            retain: shape.retain,
            qos: shape.qos,
            topic: if shape.unnamed { "" } else { self.topic },
            packet_id,
            properties,
            payload: self.payload,
        };
        let version = if shape.v5 { Version::V5 } else { Version::V311 };
        outbox.write(|bytes| {
            Packet::Publish(publish).encode(version, bytes).ok()?;
            if let (true, Some(expires)) = (shape.v5 && !is_off(Check::ExpiryLeft), self.expires) {
                // 5.0 MQTT-3.3.2-6: less the time that it has waited here
                let left = expires.since(self.now);
                let secs = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                let at = bytes.len() - self.payload.len() - properties.as_bytes().len() + 1;
                bytes[at..at + 4].copy_from_slice(&(secs as u32).to_be_bytes());
            }
            Some(())
        })
    }
}

/// Where a PUBLISH has its packet identifier: behind fixed header and topic name.
fn packet_id_at(packet: &[u8], topic_len: usize) -> usize {
    let header = packet.iter().skip(1).position(|byte| byte & 0x80 == 0).unwrap_or(0) + 2;
    header + 2 + topic_len
}

/// The properties to hand on, and when they say that the message expires (5.0 MQTT-3.3.2-4, MQTT-3.3.2-15,
/// MQTT-3.3.2-16, MQTT-3.3.2-17, MQTT-3.3.2-18, MQTT-3.3.2-20; MQTT-3.3.2-7: an alias ends here).
fn clean(properties: Properties<'_>, now: Instant) -> (Cleaned<'_>, Option<Instant>) {
    use PropertyId as P;
    if properties.is_empty() {
        return (Cleaned::AsTheyCame(properties), None);
    }
    if is_off(Check::Properties) {
        return (Cleaned::AsTheyCame(Properties::EMPTY), None);
    }
    let expiry = properties.number(P::MessageExpiryInterval);
    let mut cleaned = PropertyBuf::new();
    if let Some(secs) = expiry {
        cleaned.push(P::MessageExpiryInterval, PropertyValue::Number(secs));
    }
    let mut kept: Vec<_> = properties.iter().collect();
    if is_off(Check::PropertyOrder) {
        kept.reverse();
    }
    for property in kept {
        match property.id {
            P::MessageExpiryInterval | P::TopicAlias | P::SubscriptionIdentifier | P::WillDelayInterval => {}
            id => {
                cleaned.push(id, property.value);
            }
        }
    }
    (Cleaned::Made(cleaned), expiry.map(|secs| now + Duration::from_secs(secs.into())))
}

/// Will Properties as a message has them, without a beginning of its expiry.
pub(super) fn will_properties(properties: Properties<'_>) -> PropertyBuf {
    match clean(properties, Instant::ZERO).0 {
        Cleaned::AsTheyCame(properties) => properties.into(),
        Cleaned::Made(properties) => properties,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Shape =
        Shape { v5: false, qos: QoS::AtMostOnce, retain: false, alias: 0, unnamed: false, variant: 0 };

    fn message(properties: PropertyBuf) -> Arc<Message> {
        Arc::new(Message::new("a", Bytes::from_static(b"hi"), properties))
    }

    fn publication(message: &Arc<Message>) -> Publication<'_> {
        let publication =
            Publication::of_message(message, QoS::ExactlyOnce, false, Version::V5, Instant::ZERO);
        Publication { receivers: 2, ..publication }
    }

    #[test]
    fn a_shape_is_encoded_once_and_patched_for_each_receiver() {
        let message = message(PropertyBuf::new());
        let (mut publication, mut outbox) = (publication(&message), Outbox::default());
        let mut packet = |v5, qos, id| {
            publication.packet(Shape { v5, qos, ..PLAIN }, PacketId::new(id), &mut outbox).unwrap()
        };
        assert_eq!(packet(false, QoS::AtLeastOnce, 1)[..], *b"\x32\x07\0\x01a\0\x01hi");
        assert_eq!(packet(false, QoS::AtLeastOnce, 0x1234)[..], *b"\x32\x07\0\x01a\x12\x34hi");
        assert_eq!(packet(true, QoS::AtLeastOnce, 2)[..], *b"\x32\x08\0\x01a\0\x02\0hi");
        assert_eq!(packet(true, QoS::AtLeastOnce, 0x1234)[..], *b"\x32\x08\0\x01a\x12\x34\0hi");
        assert_eq!(packet(false, QoS::ExactlyOnce, 7)[..], *b"\x34\x07\0\x01a\0\x07hi");
        let (first, second) = (packet(false, QoS::AtMostOnce, 0), packet(false, QoS::AtMostOnce, 0));
        assert_eq!(first[..], *b"\x30\x05\0\x01ahi");
        assert_eq!(first.as_ptr(), second.as_ptr());
        assert!(Arc::ptr_eq(&publication.message(), &message));
    }

    #[test]
    fn identifiers_and_aliases_stand_behind_the_properties() {
        let message = message(PropertyBuf::new());
        let (mut publication, mut outbox) = (publication(&message), Outbox::default());
        let variant = publication.variant(&[5, 6]);
        let shape = Shape { v5: true, variant, alias: 1, unnamed: true, ..PLAIN };
        assert_eq!(
            publication.packet(shape, None, &mut outbox).unwrap()[..],
            *b"\x30\x0c\0\0\x07\x0b\x05\x0b\x06\x23\0\x01hi"
        );
        assert_eq!((publication.variant(&[5, 6]), publication.variant(&[5])), (1, 2));
        let shape = Shape { v5: true, variant, qos: QoS::AtLeastOnce, ..PLAIN };
        publication.packet(shape, PacketId::new(1), &mut outbox);
        let second = publication.packet(shape, PacketId::new(9), &mut outbox).unwrap();
        assert_eq!(second[..], *b"\x32\x0c\0\x01a\0\x09\x04\x0b\x05\x0b\x06hi");
    }

    #[test]
    fn expiry_counts_down_in_place() {
        // 5.0 MQTT-3.3.2-6
        let mut properties = PropertyBuf::new();
        properties.push(PropertyId::ContentType, PropertyValue::Text("t"));
        properties.push(PropertyId::MessageExpiryInterval, PropertyValue::Number(10));
        let publish = Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: "a",
            packet_id: None,
            properties: properties.as_properties(),
            payload: b"hi",
        };
        let kept = Publication::new(&publish, "a", Version::V5, Instant::from_millis(500)).message();
        assert_eq!(kept.expires, Some(Instant::from_millis(10_500)));
        let later = Instant::from_millis(3_600);
        let mut publication = Publication::of_message(&kept, QoS::AtMostOnce, false, Version::V5, later);
        let mut outbox = Outbox::default();
        let packet = publication.packet(Shape { v5: true, ..PLAIN }, None, &mut outbox).unwrap();
        assert_eq!(packet[..], *b"\x30\x0f\0\x01a\x09\x02\0\0\0\x07\x03\0\x01thi");
        assert_eq!(publication.packet(PLAIN, None, &mut outbox).unwrap()[..], *b"\x30\x05\0\x01ahi");
        assert!(kept.is_expired(Instant::from_millis(10_500)) && !kept.is_expired(later));
    }
}
