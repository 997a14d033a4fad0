//! What the owner asks for: publish, subscribe, unsubscribe.

use std::sync::Arc;

use bytes::Bytes;

use super::config::PublishRequest;
use super::decision::Decision;
use super::error::ClientError;
use super::event::ClientEvent;
use super::state::{Client, ClientStatus};
use super::switches::{Check, is_off};
use crate::codec::{
    EncodeError, Packet, PacketId, Properties, PropertyBuf, PropertyId, Publish, QoS, ReasonCode, Subscribe,
    SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version,
};
use crate::session::{Message, Transmission};
use crate::time::Instant;

/// SUBSCRIBE and UNSUBSCRIBE requests that may wait for their answers at a time.
pub const PENDING_LIMIT: usize = 100;

/// Subscriptions that a client keeps or asks for at a time; one that is asked for again counts twice meanwhile.
pub const SUBSCRIPTION_LIMIT: usize = 10_000;

/// A request that waits for SUBACK or UNSUBACK.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub packet_id: PacketId,
    pub request: Request,
    /// The packet, and when it was sent, should it have to be sent again.
    pub bytes: Bytes,
    pub sent: Instant,
}

#[derive(Clone, Debug)]
pub(super) enum Request {
    /// With their Subscription Identifier (5.0); 0 is none.
    Subscribe(Vec<(Arc<str>, SubscriptionOptions)>, u32),
    Unsubscribe(Vec<Arc<str>>),
}

impl Client {
    /// Sends a message. The identifier is that of a QoS 1 or 2 message, which is reported as
    /// [`super::ClientEvent::Published`] in the end; QoS 0 has none and is done.
    ///
    /// # Errors
    /// When it cannot be sent now, or never; nothing has changed then.
    pub fn publish(
        &mut self,
        now: Instant,
        request: PublishRequest,
    ) -> Result<Option<PacketId>, ClientError> {
        self.ready()?;
        let PublishRequest { topic, payload, qos, retain, properties, packet_id: chosen } = request;
        let properties = if self.config.version == Version::V5 { properties } else { PropertyBuf::new() };
        self.link.limits.check_publish(qos, retain, properties.as_properties())?;
        if properties.as_properties().iter().any(|p| p.id == PropertyId::SubscriptionIdentifier) {
            return Err(ClientError::SubscriptionIdentifier); // 5.0 MQTT-3.3.4-6
        }
        let mut message = Message::new(topic, payload, properties);
        if qos == QoS::AtMostOnce {
            let (bytes, alias) = self.encode_publish(&message.to_publish(qos, retain, None))?;
            let alias = self.take_alias(&mut message)?.or(alias);
            self.queue(now, bytes);
            self.note_alias(alias);
            return Ok(None);
        }
        let limit = self.config.max_in_flight;
        if self.session.outgoing.len() >= usize::from(limit) {
            return Err(ClientError::WindowFull { limit });
        }
        // 3.1.1 MQTT-4.3.2-1, MQTT-4.3.3-1; 5.0 MQTT-4.3.2-1, MQTT-4.3.3-1
        let mut ids = self.ids;
        let packet_id = match chosen {
            // 3.1.1 MQTT-2.3.1-2, 5.0 MQTT-2.2.1-3
            Some(id) if self.ids_in_use().any(|used| used == id) => {
                return Err(ClientError::PacketIdInUse(id));
            }
            Some(id) => ids.choose(id),
            None => ids.allocate(|| self.ids_in_use()).ok_or(ClientError::TooManyRequests)?,
        };
        let (bytes, alias) = self.encode_publish(&message.to_publish(qos, retain, Some(packet_id)))?;
        let alias = self.take_alias(&mut message)?.or(alias);
        self.ids = ids;
        self.session.outgoing.push(packet_id, qos, retain, Arc::new(message));
        // All before it have been sent or wait for the server's quota, so that this one's turn is now or later.
        let receive_maximum = self.link.limits.receive_maximum;
        match self.session.outgoing.next_transmission(receive_maximum) {
            Some(_) => {
                self.queue(now, bytes);
                self.note_alias(alias);
                self.await_answer(now, packet_id);
            }
            None => self.decide(Decision::WaitsForQuota { packet_id, receive_maximum }),
        }
        Ok(Some(packet_id))
    }

    /// Asks for messages.
    ///
    /// # Errors
    /// When it cannot be sent now, or never; nothing has changed then.
    pub fn subscribe(
        &mut self,
        now: Instant,
        filters: &[(&str, SubscriptionOptions)],
        properties: &PropertyBuf,
    ) -> Result<PacketId, ClientError> {
        self.ready()?;
        let properties = self.properties(properties);
        self.link.limits.check_subscribe(filters, properties)?;
        let asked = self.link.pending.iter().map(|pending| match &pending.request {
            Request::Subscribe(filters, _) => filters.len(),
            Request::Unsubscribe(_) => 0,
        });
        let limit = SUBSCRIPTION_LIMIT;
        if self.session.subscriptions.len() + asked.sum::<usize>() + filters.len() > limit {
            return Err(ClientError::TooManySubscriptions { limit });
        }
        let mut list = SubscriptionsBuf::new();
        for (filter, options) in filters {
            check_filter_len(filter)?;
            list.push(filter, *options);
        }
        let kept = filters.iter().map(|(filter, options)| (Arc::from(*filter), *options)).collect();
        let identifier = properties.number(PropertyId::SubscriptionIdentifier).unwrap_or(0);
        self.request(now, Request::Subscribe(kept, identifier), |packet_id| {
            let filters = list.as_subscriptions();
            Packet::Subscribe(Subscribe { packet_id, dup: false, properties, filters })
        })
    }

    /// Ends subscriptions.
    ///
    /// # Errors
    /// When it cannot be sent now, or never; nothing has changed then.
    pub fn unsubscribe(
        &mut self,
        now: Instant,
        filters: &[&str],
        properties: &PropertyBuf,
    ) -> Result<PacketId, ClientError> {
        self.ready()?;
        let properties = self.properties(properties);
        let mut list = TopicFiltersBuf::new();
        for filter in filters {
            check_filter_len(filter)?;
            list.push(filter);
        }
        let kept = filters.iter().map(|filter| Arc::from(*filter)).collect();
        self.request(now, Request::Unsubscribe(kept), |packet_id| {
            let filters = list.as_topic_filters();
            Packet::Unsubscribe(Unsubscribe { packet_id, dup: false, properties, filters })
        })
    }

    fn request<'a>(
        &mut self,
        now: Instant,
        request: Request,
        packet: impl FnOnce(PacketId) -> Packet<'a>,
    ) -> Result<PacketId, ClientError> {
        if self.link.pending.len() >= PENDING_LIMIT {
            return Err(ClientError::TooManyRequests);
        }
        // 3.1.1 MQTT-2.3.1-2, 5.0 MQTT-2.2.1-3: identifiers are shared with the messages in flight.
        let mut ids = self.ids;
        let packet_id = ids.allocate(|| self.ids_in_use()).ok_or(ClientError::TooManyRequests)?;
        let bytes = self.encode_checked(&packet(packet_id))?;
        self.link.limits.check_len(bytes.len())?;
        self.ids = ids;
        self.link.pending.push_back(Pending { packet_id, request, bytes: bytes.clone(), sent: now });
        self.queue(now, bytes);
        Ok(packet_id)
    }

    /// Sends what waits for its turn: a resumed session's packets, messages that waited for the server's quota.
    pub(super) fn flush(&mut self, now: Instant) {
        let version = self.config.version;
        while let Some(next) = self.session.outgoing.next_transmission(self.link.limits.receive_maximum) {
            match next {
                Transmission::PubRel { packet_id } => {
                    self.decide(Decision::ResendsPubRel { packet_id, version });
                    self.send_pub_rel(now, packet_id, true);
                    self.await_answer(now, packet_id);
                }
                Transmission::Publish { packet_id, dup, qos, retain, message } => {
                    let packet = Publish { dup, ..message.to_publish(qos, retain, Some(packet_id)) };
                    self.transmit(now, packet_id, &packet);
                }
            }
        }
    }

    fn transmit(&mut self, now: Instant, packet_id: PacketId, packet: &Publish<'_>) {
        let mut packet = *packet;
        if is_off(Check::ResentId) && packet.dup {
            packet.packet_id = packet_id.checked_add(1);
        }
        let limits = &self.link.limits;
        let taken = limits.check_publish(packet.qos, packet.retain, packet.properties);
        let (bytes, alias) = match taken.and_then(|()| self.encode_publish(&packet)) {
            Ok(encoded) => encoded,
            Err(error) => return self.give_up(packet_id, error),
        };
        if packet.dup {
            // 3.1.1 MQTT-4.4.0-1, MQTT-2.3.1-3: the same packet under the same identifier
            self.decide(Decision::ResendsPublish { packet_id, version: self.config.version });
        }
        // 3.1.1 MQTT-4.6.0-1, 5.0 MQTT-4.6.0-1
        self.queue_in_order(now, bytes, Check::ResendOrder);
        self.note_alias(alias);
        self.await_answer(now, packet_id);
    }

    /// 5.0 MQTT-3.2.2-11, MQTT-3.2.2-14, MQTT-3.2.2-15: the server takes less than on the connection before.
    fn give_up(&mut self, packet_id: PacketId, error: ClientError) {
        let limit = self.link.limits.maximum_packet_size;
        let (decision, code) = match error {
            ClientError::NotSupported(PropertyId::MaximumQos) => {
                (Decision::QosAboveMaximum { packet_id }, 0x9b)
            }
            ClientError::NotSupported(_) => (Decision::RetainNotAvailable { packet_id }, 0x9a),
            ClientError::PacketTooLarge { len, .. } => {
                (Decision::TooLargeForServer { packet_id, len, limit }, 0x95)
            }
            _ => (Decision::TooLargeForServer { packet_id, len: 0, limit }, 0x95),
        };
        self.decide(decision);
        if let Some(dropped) = self.session.outgoing.abandon(packet_id) {
            let (topic, qos, reason) = (dropped.topic, dropped.qos, ReasonCode(code));
            self.event(ClientEvent::Published { packet_id, topic, qos, reason });
        }
    }

    pub(super) fn ready(&self) -> Result<(), ClientError> {
        if self.status != ClientStatus::Connected {
            return Err(ClientError::NotConnected);
        }
        if self.overrun() {
            return Err(ClientError::OutputFull);
        }
        Ok(())
    }

    pub(super) fn ids_in_use(&self) -> impl Iterator<Item = PacketId> {
        let in_flight = self.session.outgoing.packet_ids().filter(|_| !is_off(Check::UnusedId));
        in_flight.chain(self.link.pending.iter().map(|pending| pending.packet_id))
    }

    fn properties<'a>(&self, properties: &'a PropertyBuf) -> Properties<'a> {
        match self.config.version {
            Version::V5 => properties.as_properties(),
            _ => Properties::EMPTY,
        }
    }
}

fn check_filter_len(filter: &str) -> Result<(), EncodeError> {
    let len = filter.len();
    if len > usize::from(u16::MAX) { Err(EncodeError::FieldTooLong { len }) } else { Ok(()) }
}
