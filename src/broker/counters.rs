//! What has gone through the broker, for the `$SYS` topics.

use crate::codec::PacketType;

/// Totals since the broker began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) bytes_received: u64,
    pub(super) bytes_sent: u64,
    /// Packets of any type.
    pub(super) messages_received: u64,
    pub(super) messages_sent: u64,
    pub(super) publish_received: u64,
    pub(super) publish_sent: u64,
    pub(super) publish_dropped: u64,
    /// Payload bytes.
    pub(super) publish_bytes_received: u64,
    pub(super) publish_bytes_sent: u64,
    pub(super) sockets: u64,
    pub(super) connections: u64,
    pub(super) clients_expired: u64,
    pub(super) clients_maximum: u64,
}

impl Counters {
    #[inline]
    pub(super) fn sent(&mut self, packet: &[u8]) {
        self.messages_sent += 1;
        self.bytes_sent += packet.len() as u64;
        self.publish_sent += u64::from(packet.first().is_some_and(|byte| byte >> 4 == PUBLISH));
    }

    #[inline]
    pub(super) fn received(&mut self, packet: &[u8]) {
        self.messages_received += 1;
        self.publish_received += u64::from(packet.first().is_some_and(|byte| byte >> 4 == PUBLISH));
    }
}

const PUBLISH: u8 = PacketType::Publish.nibble();
