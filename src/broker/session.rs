//! What the broker keeps for one client identifier.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::config::BrokerConfig;
use super::decision::{Decision, Observer};
use super::output::{ConnectionId, Outbox};
use crate::codec::{Ack, Packet, PacketId, QoS, SubscriptionOptions, Version};
use crate::session::{InFlight, Incoming, Message, Outgoing, PacketIds, Transmission};
use crate::time::Instant;

/// A session: connected, or kept until its client comes back.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) client_id: Arc<str>,
    pub(super) version: Version,
    pub(super) clean_start: bool,
    pub(super) link: Option<Link>,
    pub(super) subscriptions: BTreeMap<Box<str>, SubscriptionOptions>,
    pub(super) outgoing: Outgoing,
    packet_ids: PacketIds,
    pub(super) incoming: Incoming<Stored>,
    queue: VecDeque<Queued>,
    queued_bytes: usize,
    pub(super) will: Option<Will>,
}

/// The connection that a session has now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) connection: ConnectionId,
    /// Whether its owner takes more; if not, only answers are sent.
    pub(super) writable: bool,
}

/// A message that waits for its turn to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Topic, payload, properties.
    pub message: Arc<Message>,
    /// The QoS it will be sent with.
    pub qos: QoS,
    /// The RETAIN flag it will be sent with.
    pub retain: bool,
}

/// A QoS 2 message that waits for its PUBREL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Topic, payload, properties.
    pub message: Arc<Message>,
    /// Whether it becomes the retained message of its topic.
    pub retain: bool,
}

/// What is published when the connection ends without DISCONNECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Will {
    /// Will Topic and Will Message.
    pub message: Arc<Message>,
    /// Will QoS.
    pub qos: QoS,
    /// Will Retain.
    pub retain: bool,
}

impl Session {
    pub(super) fn new(client_id: Arc<str>, version: Version, config: &BrokerConfig) -> Self {
        Self {
            client_id,
            version,
            clean_start: true,
            link: None,
            subscriptions: BTreeMap::new(),
            outgoing: Outgoing::default(),
            packet_ids: PacketIds::default(),
            incoming: Incoming::new(config.max_unreleased_messages),
            queue: VecDeque::new(),
            queued_bytes: 0,
            will: None,
        }
    }

    /// The Client Identifier.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The version of its present or last connection.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Whether it ends with its connection: Clean Session.
    pub const fn is_clean(&self) -> bool {
        self.clean_start
    }

    /// Its present connection.
    pub fn connection(&self) -> Option<ConnectionId> {
        self.link.map(|link| link.connection)
    }

    /// Whether its client is connected.
    pub const fn is_connected(&self) -> bool {
        self.link.is_some()
    }

    /// Topic filters with what was granted, in the order of filters.
    pub fn subscriptions(&self) -> impl ExactSizeIterator<Item = (&str, SubscriptionOptions)> {
        self.subscriptions.iter().map(|(filter, options)| (&**filter, *options))
    }

    /// QoS 1 and 2 messages on their way to the client, in the order of sending.
    pub fn in_flight(&self) -> impl ExactSizeIterator<Item = &InFlight> {
        self.outgoing.iter()
    }

    /// Messages that wait behind those in flight, in order.
    pub fn queued(&self) -> impl ExactSizeIterator<Item = &Queued> {
        self.queue.iter()
    }

    /// QoS 2 messages from the client that wait for PUBREL, in the order of arrival.
    pub fn unreleased(&self) -> impl ExactSizeIterator<Item = (PacketId, &Stored)> {
        self.incoming.iter()
    }

    /// The will of the present connection.
    pub const fn will(&self) -> Option<&Will> {
        self.will.as_ref()
    }

    /// The connection, if it takes a message now.
    #[inline]
    pub(super) fn writable(&self) -> Option<ConnectionId> {
        self.link.filter(|link| link.writable).map(|link| link.connection)
    }

    /// An identifier for a new message if nothing waits and the window has room (order is kept: what waits goes
    /// first).
    #[inline]
    pub(super) fn admit(&mut self, window: u16) -> Option<PacketId> {
        if !self.queue.is_empty() || self.outgoing.len() >= usize::from(window) {
            return None;
        }
        self.packet_ids.allocate(|id| self.outgoing.contains(id))
    }

    /// Puts a message behind those that wait; gives it back as `false` if the queue is full.
    pub(super) fn enqueue(&mut self, queued: Queued, config: &BrokerConfig) -> bool {
        let bytes = queued.message.payload.len();
        if !config.queue_takes(self.queue.len(), self.queued_bytes, bytes) {
            return false;
        }
        self.queued_bytes += bytes;
        self.queue.push_back(queued);
        true
    }

    fn dequeue(&mut self) -> Option<Queued> {
        let queued = self.queue.pop_front()?;
        self.queued_bytes -= queued.message.payload.len();
        Some(queued)
    }

    /// Sends what is in flight and has not been sent on this connection, then what waits, as far as the window
    /// goes.
    pub(super) fn pump<O: Observer>(
        &mut self,
        now: Instant,
        config: &BrokerConfig,
        outbox: &mut Outbox,
        observer: &mut O,
    ) {
        let Some(connection) = self.writable() else { return };
        let (window, version) = (config.window(), self.version);
        while let Some(transmission) = self.outgoing.next_transmission(window) {
            self.transmit(now, connection, &transmission, outbox, observer);
        }
        while let Some(next) = self.queue.front() {
            let mut packet_id = None;
            if next.qos != QoS::AtMostOnce {
                if self.outgoing.len() >= usize::from(window) {
                    return;
                }
                packet_id = self.packet_ids.allocate(|id| self.outgoing.contains(id));
                if packet_id.is_none() {
                    return;
                }
            }
            let Some(queued) = self.dequeue() else { return };
            let left = self.queue.len();
            let publish = queued.message.to_publish(queued.qos, queued.retain, packet_id);
            outbox.packet(connection, version, &Packet::Publish(publish));
            if let Some(packet_id) = packet_id {
                self.outgoing.push(packet_id, queued.qos, queued.retain, queued.message);
                self.outgoing.next_transmission(window);
            }
            let client_id = &*self.client_id;
            observer.decision(now, &Decision::Dequeued { client_id, version, packet_id, queued: left });
        }
    }

    /// Sends one packet of an exchange that the session remembers.
    fn transmit<O: Observer>(
        &self,
        now: Instant,
        connection: ConnectionId,
        transmission: &Transmission,
        outbox: &mut Outbox,
        observer: &mut O,
    ) {
        let (client_id, version) = (&*self.client_id, self.version);
        match *transmission {
            Transmission::Publish { packet_id, dup, qos, retain, ref message } => {
                let mut publish = message.to_publish(qos, retain, Some(packet_id));
                publish.dup = dup; // 3.1.1 MQTT-3.3.1-1
                outbox.packet(connection, version, &Packet::Publish(publish));
                if dup {
                    observer.decision(now, &Decision::PublishResent { client_id, version, packet_id });
                }
            }
            Transmission::PubRel { packet_id } => {
                // 3.1 section 4.2: a PUBREL that is sent again carries DUP; later versions have none there.
                let ack = Ack { dup: true, ..Ack::new(packet_id) };
                outbox.packet(connection, version, &Packet::PubRel(ack));
                observer.decision(now, &Decision::PubRelResent { client_id, version, packet_id });
            }
        }
    }
}
