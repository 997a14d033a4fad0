//! An application message as sessions keep it.

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{PacketId, PropertyBuf, Publish, QoS};
use crate::time::Instant;

/// Topic, payload and properties: what stays the same on every hop. Shared behind an [`Arc`]; QoS, RETAIN and DUP
/// belong to a delivery, not to the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Topic Name.
    pub topic: Arc<str>,
    /// The application message, stored once.
    pub payload: Bytes,
    /// 5.0 only.
    pub properties: PropertyBuf,
    /// When nobody wants it any more: a broker's reading of the Message Expiry Interval.
    pub expires: Option<Instant>,
}

impl Message {
    /// A message that does not expire.
    pub fn new(topic: impl Into<Arc<str>>, payload: Bytes, properties: PropertyBuf) -> Self {
        Self { topic: topic.into(), payload, properties, expires: None }
    }

    /// Whether it has expired by `now` (5.0 section 3.3.2.3.3).
    #[inline]
    pub fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }

    /// Payload and property bytes: what it costs to keep.
    pub fn size(&self) -> usize {
        self.payload.len() + self.properties.as_properties().as_bytes().len()
    }

    /// The packet that carries it, first copy (DUP 0).
    pub fn to_publish(&self, qos: QoS, retain: bool, packet_id: Option<PacketId>) -> Publish<'_> {
        Publish {
            dup: false,
            qos,
            retain,
            topic: &self.topic,
            packet_id,
            properties: self.properties.as_properties(),
            payload: &self.payload,
        }
    }
}
