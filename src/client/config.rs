//! What a client is told: how to connect, what to publish.

use core::fmt;

use bytes::Bytes;

use super::reconnect::Reconnect;
use crate::codec::{PacketId, PropertyBuf, PropertyId, QoS, Version, Will};

/// How a client connects and what it allows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientConfig {
    /// The version to speak.
    pub version: Version,
    /// Client Identifier; empty lets the server choose one.
    pub client_id: String,
    /// Clean Session (3.x), Clean Start (5.0).
    pub clean_start: bool,
    /// Keep Alive in seconds; 0 switches it off.
    pub keep_alive_secs: u16,
    /// What the server shall publish if the connection ends without DISCONNECT.
    pub will: Option<WillConfig>,
    /// User name.
    pub user_name: Option<String>,
    /// Password; never printed.
    pub password: Option<Bytes>,
    /// Properties of CONNECT, 5.0 only.
    pub properties: PropertyBuf,
    /// The first Packet Identifier; 0 counts as 1. Other than 1 it shows that each hop has its own identifiers.
    pub first_packet_id: u16,
    /// QoS 1 and 2 messages that may wait for their last acknowledgement at a time; one more is refused.
    pub max_in_flight: u16,
    /// QoS 2 messages from the server that may wait for PUBREL at a time, in 5.0 no more from one connection than the
    /// Receive Maximum in `properties`; one more closes the connection.
    pub max_incoming: u16,
    /// Bytes of the greatest packet taken, in 5.0 no more than the Maximum Packet Size in `properties`; a greater
    /// one closes the connection.
    pub max_packet_size: u32,
    /// Seconds to wait for CONNACK; 0 waits for ever.
    pub connack_timeout_secs: u16,
    /// Seconds to wait for an acknowledgement before the packet is sent again on the same connection; 0 waits for
    /// ever. `None` is 20 in 3.1 and 0 in 3.1.1; 5.0 forbids it whatever stands here.
    pub retry_interval_secs: Option<u16>,
    /// Topics that get an alias by themselves on a connection, in 5.0 and as far as the server allows: the first
    /// ones. 0 is none.
    pub automatic_aliases: u16,
    /// Whether and when a lost connection is tried again.
    pub reconnect: Option<Reconnect>,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            version: Version::V311,
            client_id: String::new(),
            clean_start: true,
            keep_alive_secs: 60,
            will: None,
            user_name: None,
            password: None,
            properties: PropertyBuf::new(),
            first_packet_id: 1,
            max_in_flight: 100,
            max_incoming: 1_000,
            max_packet_size: 16 * 1024 * 1024,
            connack_timeout_secs: 30,
            retry_interval_secs: None,
            automatic_aliases: 0,
            reconnect: None,
        }
    }
}

impl ClientConfig {
    /// A 3.1.1 client with a clean session and 60 seconds of keep alive.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), ..Self::default() }
    }

    /// A number property of CONNECT, in 5.0.
    pub(crate) fn number(&self, id: PropertyId) -> Option<u32> {
        (self.version == Version::V5).then(|| self.properties.as_properties().number(id)).flatten()
    }

    /// How many QoS 2 messages of one connection may wait for PUBREL.
    pub(crate) fn incoming_limit(&self) -> u16 {
        // 5.0 section 3.1.2.11.3
        let announced = self.number(PropertyId::ReceiveMaximum).unwrap_or(u32::MAX);
        u16::try_from(announced).unwrap_or(u16::MAX).min(self.max_incoming)
    }

    /// The greatest packet taken, in bytes.
    pub(crate) fn packet_limit(&self) -> usize {
        // 5.0 section 3.1.2.11.4
        let announced = self.number(PropertyId::MaximumPacketSize).unwrap_or(u32::MAX);
        announced.min(self.max_packet_size) as usize
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every field but the password, whose length is secret too.
        f.debug_struct("ClientConfig")
            .field("version", &self.version)
            .field("client_id", &self.client_id)
            .field("clean_start", &self.clean_start)
            .field("keep_alive_secs", &self.keep_alive_secs)
            .field("will", &self.will)
            .field("user_name", &self.user_name)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("properties", &self.properties)
            .field("first_packet_id", &self.first_packet_id)
            .field("max_in_flight", &self.max_in_flight)
            .field("max_incoming", &self.max_incoming)
            .field("max_packet_size", &self.max_packet_size)
            .field("connack_timeout_secs", &self.connack_timeout_secs)
            .field("retry_interval_secs", &self.retry_interval_secs)
            .field("automatic_aliases", &self.automatic_aliases)
            .field("reconnect", &self.reconnect)
            .finish()
    }
}

/// A will message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WillConfig {
    /// Will QoS.
    pub qos: QoS,
    /// Will Retain.
    pub retain: bool,
    /// Will Topic.
    pub topic: String,
    /// Will Message (5.0: Will Payload).
    pub payload: Bytes,
    /// Will Properties, 5.0 only.
    pub properties: PropertyBuf,
}

impl WillConfig {
    /// As a CONNECT carries it.
    pub fn as_will(&self) -> Will<'_> {
        Will {
            qos: self.qos,
            retain: self.retain,
            properties: self.properties.as_properties(),
            topic: &self.topic,
            payload: &self.payload,
        }
    }
}

/// A message to publish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishRequest {
    /// Topic Name.
    pub topic: String,
    /// The application message.
    pub payload: Bytes,
    /// QoS of the hop to the server.
    pub qos: QoS,
    /// Asks the server to keep it for later subscribers.
    pub retain: bool,
    /// 5.0 only.
    pub properties: PropertyBuf,
    /// The Packet Identifier at QoS 1 and 2; none is the next free one.
    pub packet_id: Option<PacketId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::PropertyValue;

    #[test]
    fn debug_shows_no_password() {
        let config = ClientConfig {
            user_name: Some("ada".into()),
            password: Some(Bytes::from_static(b"hunter2")),
            ..ClientConfig::new("c")
        };
        let text = format!("{config:?}");
        assert!(text.contains("ada") && !text.contains("hunter2") && !text.contains("104"), "{text}");
    }

    #[test]
    fn the_announced_limits_count_in_5_only() {
        let mut config = ClientConfig::new("c");
        config.properties.push(PropertyId::ReceiveMaximum, PropertyValue::Number(3));
        config.properties.push(PropertyId::MaximumPacketSize, PropertyValue::Number(99));
        assert_eq!((config.incoming_limit(), config.packet_limit()), (1_000, 16 * 1024 * 1024));
        config.version = Version::V5;
        assert_eq!((config.incoming_limit(), config.packet_limit()), (3, 99));
    }
}
