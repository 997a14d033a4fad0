//! An application message as sessions keep it.

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{PacketId, PropertyBuf, Publish, QoS};

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
}

impl Message {
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
