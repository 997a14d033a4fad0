//! What the broker wants done, in order.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::codec::{Packet, Version};

/// A transport connection's number, given by the broker's owner. One that has ended may be given again.
pub type ConnectionId = u32;

/// What the owner has to do to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerOutput {
    /// Send one whole packet.
    Send(Bytes),
    /// Close the connection once what was sent before is out; the broker has forgotten it already.
    Close,
}

/// Outputs that nobody has polled yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<(ConnectionId, BrokerOutput)>,
}

impl Outbox {
    #[inline]
    pub(super) fn send(&mut self, connection: ConnectionId, packet: Bytes) {
        self.queue.push_back((connection, BrokerOutput::Send(packet)));
    }

    /// Encodes a small packet and sends it. All that the broker answers with fits any version's lengths.
    pub(super) fn packet(&mut self, connection: ConnectionId, version: Version, packet: &Packet<'_>) {
        let mut bytes = Vec::with_capacity(4);
        if packet.encode(version, &mut bytes).is_ok() {
            self.send(connection, bytes.into());
        }
    }

    pub(super) fn close(&mut self, connection: ConnectionId) {
        self.queue.push_back((connection, BrokerOutput::Close));
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(ConnectionId, BrokerOutput)> {
        self.queue.pop_front()
    }
}
