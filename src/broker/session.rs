//! What the broker keeps for one client identifier.

use std::collections::VecDeque;
use std::sync::Arc;

use super::access::Asking;
use super::call::Call;
use super::config::{BrokerConfig, QueueOverflow};
use super::decision::{Decision, DropReason};
use super::link::Link;
use super::output::{ConnectionId, Outbox};
use super::publication::Publication;
use super::subscriptions::{Subscription, Subscriptions};
use super::switches::{Check, is_off};
use crate::codec::{PacketId, QoS, SubscriptionOptions, Version};
use crate::session::{InFlight, Incoming, Message, Outgoing, PacketIds, Transmission};
use crate::time::{Duration, Instant};

/// A session: connected, or kept until its client comes back.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) client_id: Arc<str>,
    pub(super) user_name: Option<Arc<str>>,
    pub(super) version: Version,
    /// Seconds that it outlives its connection; 0 is none, [`u32::MAX`] is for ever.
    pub(super) expiry_secs: u32,
    pub(super) link: Option<Link>,
    pub(super) subscriptions: Subscriptions,
    pub(super) outgoing: Outgoing,
    pub(super) packet_ids: PacketIds,
    pub(super) incoming: Incoming<Stored>,
    /// QoS 2 messages that came on this connection and wait for PUBREL.
    pub(super) unacknowledged: u16,
    queue: VecDeque<Queued>,
    queued_bytes: usize,
    queued_qos0: usize,
    /// No message that waits expires before.
    queue_expires: Option<Instant>,
    pub(super) will: Option<Box<Will>>,
    /// While its client is away: when the will is published.
    pub(super) will_due: Option<Instant>,
    /// While its client is away: when it ends.
    pub(super) ends: Option<Instant>,
    /// The sooner of both, as the broker's timers have it.
    pub(super) timer: Option<Instant>,
}

/// A message that waits for its turn to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Topic, payload, properties; Subscription Identifiers included.
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
    /// Its PUBLISH came on the present connection.
    pub(super) counts: bool,
    /// Acknowledged, but nobody gets it: its publisher may not write to the topic.
    pub(super) void: bool,
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
    /// Will Delay Interval in seconds (5.0).
    pub delay_secs: u32,
}

impl Session {
    pub(super) fn new(client_id: Arc<str>, version: Version) -> Self {
        Self {
            client_id,
            user_name: None,
            version,
            expiry_secs: 0,
            link: None,
            subscriptions: Subscriptions::default(),
            outgoing: Outgoing::default(),
            packet_ids: PacketIds::default(),
            incoming: Incoming::new(0),
            unacknowledged: 0,
            queue: VecDeque::new(),
            queued_bytes: 0,
            queued_qos0: 0,
            queue_expires: None,
            will: None,
            will_due: None,
            ends: None,
            timer: None,
        }
    }

    /// The Client Identifier.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The User Name of its present or last connection.
    pub fn user_name(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    /// The version of its present or last connection.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Whether it ends with its connection: Clean Session, or a Session Expiry Interval of 0.
    pub const fn is_clean(&self) -> bool {
        self.expiry_secs == 0
    }

    /// Seconds that it outlives its connection: the Session Expiry Interval; [`u32::MAX`] is for ever.
    pub const fn expiry_secs(&self) -> u32 {
        self.expiry_secs
    }

    /// While its client is away: when it ends, if ever.
    pub const fn ends(&self) -> Option<Instant> {
        self.ends
    }

    /// Its present connection.
    pub fn connection(&self) -> Option<ConnectionId> {
        self.link.as_ref().map(|link| link.peer.connection)
    }

    /// Whether its client is connected.
    pub const fn is_connected(&self) -> bool {
        self.link.is_some()
    }

    /// While it is connected: how many QoS 1 and 2 messages its client takes at a time, and of how many bytes a packet
    /// may be ([`u32::MAX`] is any).
    pub fn takes(&self) -> Option<(u16, u32)> {
        self.link.as_ref().map(|link| (link.window, link.peer.max_packet_size))
    }

    /// Topics that go by an alias towards the client on its present connection (5.0).
    pub fn aliases(&self) -> impl Iterator<Item = (u16, &str)> {
        self.link.iter().flat_map(Link::aliases)
    }

    /// Topic filters with what was granted, in the order of filters.
    pub fn subscriptions(&self) -> impl ExactSizeIterator<Item = (&str, SubscriptionOptions)> {
        self.subscriptions.iter().map(|(filter, subscription)| (filter, subscription.options))
    }

    /// What was granted for one filter.
    pub fn subscription(&self, filter: &str) -> Option<&Subscription> {
        self.subscriptions.get(filter)
    }

    /// QoS 1 and 2 messages on their way to the client, in the order of sending.
    pub fn in_flight(&self) -> impl ExactSizeIterator<Item = &InFlight> {
        self.outgoing.iter()
    }

    /// Messages that wait behind those in flight, in order. One that has expired is found out when its turn comes.
    pub fn queued(&self) -> impl ExactSizeIterator<Item = &Queued> {
        self.queue.iter()
    }

    /// QoS 2 messages from the client that wait for PUBREL, in the order of arrival.
    pub fn unreleased(&self) -> impl ExactSizeIterator<Item = (PacketId, &Stored)> {
        self.incoming.iter()
    }

    /// The will of the present connection, or of the last one while its delay runs.
    pub fn will(&self) -> Option<&Will> {
        self.will.as_deref()
    }

    /// What counted for the last connection's Receive Maximum counts no more.
    pub(super) fn begin_connection(&mut self) {
        self.unacknowledged = 0;
        self.incoming.values_mut().for_each(|stored| stored.counts = false);
    }

    pub(super) fn asking(&self) -> Asking<'_> {
        Asking { client_id: &self.client_id, user_name: self.user_name.as_deref() }
    }

    /// The moment `secs` from now; [`u32::MAX`] never comes.
    pub(super) fn after(now: Instant, secs: u32) -> Option<Instant> {
        (secs != u32::MAX).then(|| now + Duration::from_secs(secs.into()))
    }

    /// Whether a message of this QoS could go out at once.
    pub(super) fn is_ready(&self, qos: QoS) -> bool {
        self.link.as_ref().is_some_and(|link| {
            link.writable
                && match qos {
                    QoS::AtMostOnce => !self.has_queued_qos0(),
                    _ => self.queue.is_empty() && self.outgoing.len() < usize::from(link.window),
                }
        })
    }

    /// Whether QoS 0 messages wait: another one goes behind them.
    #[inline]
    pub(super) fn has_queued_qos0(&self) -> bool {
        self.queued_qos0 > 0
    }

    /// An identifier for a new message if nothing waits and the window has room (order is kept: what waits goes
    /// first).
    #[inline]
    pub(super) fn admit(&mut self) -> Option<PacketId> {
        let window = self.link.as_ref().map_or(0, |link| link.window);
        if !self.queue.is_empty() || self.outgoing.len() >= usize::from(window) {
            return None;
        }
        self.packet_ids.allocate(|| self.outgoing.packet_ids())
    }

    /// Puts a message behind those that wait; gives `false` if the queue is full.
    pub(super) fn enqueue(
        &mut self,
        queued: Queued,
        config: &BrokerConfig,
        outbox: &mut Outbox,
        call: &mut Call<'_>,
    ) -> bool {
        let bytes = queued.message.size();
        if !config.queue_takes(0, 0, bytes) {
            return false;
        }
        if !config.queue_takes(self.queue.len(), self.queued_bytes, bytes) {
            self.drop_expired(outbox, call);
        }
        while !config.queue_takes(self.queue.len(), self.queued_bytes, bytes) {
            if config.queue_overflow == QueueOverflow::DropNewest {
                return false;
            }
            let (count, Some(oldest)) = (self.queue.len(), self.dequeue()) else { return false };
            outbox.counters.publish_dropped += 1;
            let reason = DropReason::QueueFull { queued: count };
            self.tell_dropped(&oldest.message, reason, call);
        }
        self.put(queued);
        true
    }

    fn put(&mut self, queued: Queued) {
        if let Some(at) = queued.message.expires
            && self.queue_expires.is_none_or(|soonest| at < soonest)
        {
            self.queue_expires = Some(at);
        }
        self.queued_bytes += queued.message.size();
        self.queued_qos0 += usize::from(queued.qos == QoS::AtMostOnce);
        if is_off(Check::QueueOrder) {
            self.queue.push_front(queued);
        } else {
            self.queue.push_back(queued);
        }
    }

    /// Makes room where messages wait that nobody wants any more (5.0 MQTT-3.3.2-5).
    fn drop_expired(&mut self, outbox: &mut Outbox, call: &mut Call<'_>) {
        if self.queue_expires.is_none_or(|at| at > call.now) || is_off(Check::Expiry) {
            return;
        }
        self.queue_expires = None;
        for _ in 0..self.queue.len() {
            let Some(queued) = self.dequeue() else { return };
            if queued.message.is_expired(call.now) {
                outbox.counters.publish_dropped += 1;
                self.tell_dropped(&queued.message, DropReason::Expired, call);
            } else {
                self.put(queued);
            }
        }
    }

    pub(super) fn tell_dropped(&self, message: &Message, reason: DropReason, call: &mut Call<'_>) {
        let (client_id, version, topic) = (&*self.client_id, self.version, &*message.topic);
        call.tell(&Decision::Dropped { client_id, version, topic, message: None, reason });
    }

    fn dequeue(&mut self) -> Option<Queued> {
        let queued = self.queue.pop_front()?;
        self.queued_bytes -= queued.message.size();
        self.queued_qos0 -= usize::from(queued.qos == QoS::AtMostOnce);
        Some(queued)
    }

    /// Sends what is in flight and has not been sent on this connection, then what waits, as far as the window
    /// goes.
    pub(super) fn pump(&mut self, outbox: &mut Outbox, call: &mut Call<'_>) {
        let Some(window) = self.link.as_ref().filter(|link| link.writable).map(|link| link.window) else {
            return;
        };
        // 5.0 MQTT-3.3.4-7, MQTT-3.3.4-9
        while let Some(transmission) = self.outgoing.next_transmission(window) {
            self.transmit(&transmission, outbox, call);
        }
        while let Some(next) = self.queue.front() {
            if next.message.is_expired(call.now) && !is_off(Check::Expiry) {
                let Some(expired) = self.dequeue() else { return };
                outbox.counters.publish_dropped += 1;
                self.tell_dropped(&expired.message, DropReason::Expired, call); // 5.0 MQTT-3.3.2-5
                continue;
            }
            let mut packet_id = None;
            if next.qos != QoS::AtMostOnce {
                if self.outgoing.len() >= usize::from(window) {
                    return;
                }
                packet_id = self.packet_ids.allocate(|| self.outgoing.packet_ids());
                if packet_id.is_none() {
                    return;
                }
            }
            let Some(queued) = self.dequeue() else { return };
            self.send_queued(queued, packet_id, outbox, call);
        }
    }

    fn send_queued(
        &mut self,
        queued: Queued,
        packet_id: Option<PacketId>,
        outbox: &mut Outbox,
        call: &mut Call<'_>,
    ) {
        let Queued { message, qos, retain } = queued;
        let Some(link) = &mut self.link else { return };
        let mut publication = Publication::of_message(&message, qos, retain, link.peer.version, call.now);
        if !link.publish(&mut publication, 0, qos, retain, packet_id, outbox) {
            outbox.counters.publish_dropped += 1;
            self.tell_dropped(&message, DropReason::TooLong, call); // 5.0 MQTT-3.1.2-25
            return;
        }
        let window = link.window;
        if let Some(packet_id) = packet_id {
            self.outgoing.push(packet_id, qos, retain, message);
            self.outgoing.next_transmission(window);
        }
        let (client_id, version, queued) = (&*self.client_id, self.version, self.queue.len());
        call.tell(&Decision::Dequeued { client_id, version, packet_id, queued });
    }

    /// Sends one packet of an exchange that the session remembers.
    fn transmit(&mut self, transmission: &Transmission, outbox: &mut Outbox, call: &mut Call<'_>) {
        let Some(link) = &mut self.link else { return };
        let (client_id, version) = (&*self.client_id, self.version);
        match *transmission {
            Transmission::Publish { packet_id, dup, qos, retain, ref message } => {
                if link.publish_again(message, qos, retain, packet_id, dup, outbox, call.now) {
                    if dup {
                        call.tell(&Decision::PublishResent { client_id, version, packet_id });
                    }
                    return;
                }
                self.outgoing.abandon(packet_id);
                outbox.counters.publish_dropped += 1;
                self.tell_dropped(message, DropReason::TooLong, call); // 5.0 MQTT-3.1.2-25
            }
            Transmission::PubRel { packet_id } => {
                link.pub_rel_again(packet_id, outbox);
                call.tell(&Decision::PubRelResent { client_id, version, packet_id });
            }
        }
    }
}
