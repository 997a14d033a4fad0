//! What the broker wants done, in order.

use std::collections::VecDeque;

use bytes::Bytes;

use super::call::Call;
use super::counters::Counters;
use super::switches::{Check, is_off};
use crate::codec::{
    Ack, Direction, Packet, PacketId, PacketType, Properties, PropertyBuf, PropertyId, PropertyValue, Reason,
    ReasonCode, Version,
};

/// A transport connection's number, given by the broker's owner. One that has ended may be given again.
pub type ConnectionId = u32;

/// What the owner has to do to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerOutput {
    /// Send one whole packet.
    Send(Bytes),
    /// Close the connection once what was sent before is out; the broker has forgotten it already. Over TCP: send,
    /// shut down the sending side, read what still comes, then close, or a reset may swallow the last packet.
    Close,
}

/// The other end of a connection, as far as packets to it depend on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) connection: ConnectionId,
    pub(super) version: Version,
    /// 5.0: its Maximum Packet Size.
    pub(super) max_packet_size: u32,
    /// 5.0: it takes Reason Strings, and there are some.
    pub(super) explain: bool,
}

/// Outputs that nobody has polled yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<(ConnectionId, BrokerOutput)>,
    pub(super) counters: Counters,
    /// Where packets are written before they are as long as they are: kept, so that each allocates once.
    scratch: Vec<u8>,
}

impl Peer {
    /// Before its CONNECT: judged by 3.1.1's rules.
    pub(super) const fn unknown(connection: ConnectionId) -> Self {
        Self { connection, version: Version::V311, max_packet_size: u32::MAX, explain: false }
    }

    pub(super) const fn is_v5(&self) -> bool {
        matches!(self.version, Version::V5)
    }
}

impl Outbox {
    #[inline]
    pub(super) fn send(&mut self, connection: ConnectionId, packet: Bytes) {
        self.counters.sent(&packet);
        self.queue.push_back((connection, BrokerOutput::Send(packet)));
    }

    /// Encodes a packet and sends it, unless it is more than the client takes (5.0 MQTT-3.1.2-24): whether it was
    /// sent.
    pub(super) fn packet(&mut self, peer: &Peer, packet: &Packet<'_>) -> bool {
        let written = self.write(|out| packet.encode(peer.version, out).ok());
        let fitting = written.filter(|bytes| bytes.len() <= peer.max_packet_size as usize);
        let fits = fitting.is_some();
        if let Some(bytes) = fitting {
            self.send(peer.connection, bytes);
        }
        fits
    }

    /// What `encode` writes, in an allocation of its size.
    pub(super) fn write(&mut self, encode: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<Bytes> {
        self.scratch.clear();
        encode(&mut self.scratch)?;
        Some(Bytes::copy_from_slice(&self.scratch))
    }

    /// An acknowledgement with a code; its Reason String goes along where it is wanted and fits
    /// (5.0 MQTT-3.1.2-29, MQTT-3.4.2-2, MQTT-3.5.2-2, MQTT-3.6.2-2, MQTT-3.7.2-2).
    pub(super) fn ack(
        &mut self,
        peer: &Peer,
        packet_type: PacketType,
        packet_id: PacketId,
        code: u8,
        reason: &str,
    ) {
        let text = reason_string(peer, reason);
        let packet_id = if is_off(Check::AckId) { PacketId::MAX } else { packet_id };
        let packet = |properties| {
            let ack = Ack { reason: ReasonCode(code), properties, ..Ack::new(packet_id) };
            match packet_type {
                PacketType::PubAck => Packet::PubAck(ack),
                PacketType::PubRec => Packet::PubRec(ack),
                PacketType::PubRel => Packet::PubRel(ack),
                _ => Packet::PubComp(ack),
            }
        };
        if !self.packet(peer, &packet(text.as_properties())) {
            self.packet(peer, &packet(Properties::EMPTY));
        }
    }

    /// A 5.0 server's DISCONNECT; earlier versions have none (5.0 MQTT-3.14.2-3).
    pub(super) fn disconnect(
        &mut self,
        peer: &Peer,
        code: ReasonCode,
        reason: &str,
        server_reference: Option<&str>,
    ) {
        if !peer.is_v5() {
            return;
        }
        let mut properties = reason_string(peer, reason);
        if let Some(reference) = server_reference {
            properties.push(PropertyId::ServerReference, PropertyValue::Text(reference));
        }
        let packet = |properties| Packet::Disconnect(Reason { code, properties });
        if !self.packet(peer, &packet(properties.as_properties())) {
            self.packet(peer, &packet(Properties::EMPTY));
        }
    }

    pub(super) fn close(&mut self, connection: ConnectionId) {
        self.queue.push_back((connection, BrokerOutput::Close));
    }

    /// Tells of the packets that this call has sent since it last told.
    #[inline]
    pub(super) fn tell(&self, call: &mut Call<'_>) {
        if !call.hears_packets() {
            return;
        }
        for (connection, output) in self.queue.iter().skip(call.told) {
            if let BrokerOutput::Send(packet) = output {
                call.tell_packet(*connection, Direction::ToClient, packet);
            }
        }
        call.told = self.queue.len();
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

/// The properties of an answer that says why.
pub(super) fn reason_string(peer: &Peer, reason: &str) -> PropertyBuf {
    let mut properties = PropertyBuf::new();
    if peer.explain && peer.is_v5() && !reason.is_empty() {
        properties.push(PropertyId::ReasonString, PropertyValue::Text(reason));
    }
    properties
}
