//! A session's present connection: what its client takes, and how messages are put for it.

use std::sync::Arc;

use super::output::{Outbox, Peer};
use super::publication::{Publication, Shape};
use crate::codec::{Ack, Packet, PacketId, QoS};
use crate::session::Message;
use crate::time::Instant;

#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) peer: Peer,
    /// Whether its owner takes more; if not, only answers are sent.
    pub(super) writable: bool,
    /// QoS 1 and 2 messages in flight at a time: the client's Receive Maximum, or our own bound.
    pub(super) window: u16,
    /// Topics that stand behind aliases 1, 2, … here.
    aliases: Vec<Arc<str>>,
    alias_maximum: u16,
}

impl Link {
    pub(super) const fn new(peer: Peer, window: u16, alias_maximum: u16) -> Self {
        Self { peer, writable: true, window, aliases: Vec::new(), alias_maximum }
    }

    /// Topics by their aliases towards the client, from 1.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (u16, &str)> {
        (1..).zip(self.aliases.iter().map(|topic| &**topic))
    }

    /// Sends a message for the first time; `false` where the client does not take a packet of this size
    /// (5.0 MQTT-3.1.2-24).
    #[inline]
    pub(super) fn publish(
        &mut self,
        publication: &mut Publication<'_>,
        variant: u16,
        qos: QoS,
        retain: bool,
        packet_id: Option<PacketId>,
        outbox: &mut Outbox,
    ) -> bool {
        let mut shape = Shape { v5: self.peer.is_v5(), qos, retain, alias: 0, unnamed: false, variant };
        self.alias(publication.topic, &mut shape);
        let mut packet = publication.packet(shape, packet_id, outbox);
        if shape.alias > 0 && !self.takes(packet.as_ref().map(|it| it.len())) {
            // The alias itself may be what is too much, a known one for a topic shorter than it.
            (shape.alias, shape.unnamed) = (0, false);
            packet = publication.packet(shape, packet_id, outbox);
        }
        if !self.takes(packet.as_ref().map(|it| it.len())) {
            return false;
        }
        self.learn(publication.topic, &shape);
        if let Some(packet) = packet {
            outbox.counters.publish_bytes_sent += publication.payload.len() as u64;
            outbox.send(self.peer.connection, packet);
        }
        true
    }

    /// Sends a message of an exchange that goes on; `false` as [`Link::publish`].
    #[allow(clippy::too_many_arguments)] // what a transmission is made of
    pub(super) fn publish_again(
        &mut self,
        message: &Arc<Message>,
        qos: QoS,
        retain: bool,
        packet_id: PacketId,
        dup: bool,
        outbox: &mut Outbox,
        now: Instant,
    ) -> bool {
        let shape = Shape { v5: self.peer.is_v5(), qos, retain, alias: 0, unnamed: false, variant: 0 };
        let publication = Publication::of_message(message, qos, retain, self.peer.version, now);
        // 3.1.1 MQTT-3.3.1-1, 5.0 MQTT-3.3.1-1
        let Some(packet) = publication.encode(shape, Some(packet_id), dup, outbox) else { return false };
        let taken = self.takes(Some(packet.len()));
        if taken {
            outbox.counters.publish_bytes_sent += message.payload.len() as u64;
            outbox.send(self.peer.connection, packet);
        }
        taken
    }

    pub(super) fn pub_rel_again(&self, packet_id: PacketId, outbox: &mut Outbox) {
        // 3.1 section 4.2: a PUBREL that is sent again carries DUP; later versions have none there.
        let ack = Ack { dup: true, ..Ack::new(packet_id) };
        outbox.packet(&self.peer, &Packet::PubRel(ack));
    }

    #[inline]
    fn takes(&self, len: Option<usize>) -> bool {
        len.is_some_and(|len| len <= self.peer.max_packet_size as usize)
    }

    /// Looks for an alias, known or free (5.0 MQTT-3.1.2-26, MQTT-3.1.2-27, MQTT-3.3.2-11).
    #[inline]
    fn alias(&self, topic: &str, shape: &mut Shape) {
        if self.alias_maximum == 0 {
            return;
        }
        if let Some(at) = self.aliases.iter().position(|known| **known == *topic) {
            shape.alias = at as u16 + 1;
            shape.unnamed = true;
        } else if self.aliases.len() < usize::from(self.alias_maximum) {
            shape.alias = self.aliases.len() as u16 + 1;
        }
    }

    /// The client knows the alias once it was sent.
    #[inline]
    fn learn(&mut self, topic: &str, shape: &Shape) {
        if shape.alias > 0 && !shape.unnamed {
            self.aliases.push(topic.into());
        }
    }
}
