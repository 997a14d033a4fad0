//! What the owner asks for: publish, subscribe, unsubscribe.

use std::sync::Arc;

use bytes::Bytes;

use super::config::PublishRequest;
use super::decision::Decision;
use super::error::ClientError;
use super::event::ClientEvent;
use super::state::{Client, ClientStatus};
use crate::codec::{
    EncodeError, Packet, PacketId, Properties, PropertyBuf, PropertyId, Publish, QoS, ReasonCode, Subscribe,
    SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version,
};
use crate::session::{Message, Transmission};
use crate::time::Instant;

/// SUBSCRIBE and UNSUBSCRIBE requests that may wait for their answers at a time.
pub const PENDING_LIMIT: usize = 100;

/// A request that waits for SUBACK or UNSUBACK.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub packet_id: PacketId,
    pub request: Request,
}

#[derive(Clone, Debug)]
pub(super) enum Request {
    Subscribe(Vec<(Arc<str>, SubscriptionOptions)>),
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
        let PublishRequest { topic, payload, qos, retain, properties } = request;
        let properties = if self.config.version == Version::V5 { properties } else { PropertyBuf::new() };
        self.link.limits.check_publish(qos, retain, properties.as_properties())?;
        if properties.as_properties().iter().any(|p| p.id == PropertyId::SubscriptionIdentifier) {
            return Err(ClientError::SubscriptionIdentifier); // 5.0 MQTT-3.3.4-6
        }
        let mut message = Message::new(topic, payload, properties);
        if qos == QoS::AtMostOnce {
            let bytes = self.encode_publish(&message.to_publish(qos, retain, None))?;
            let alias = self.take_alias(&mut message)?;
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
        let packet_id = ids.allocate(|id| self.is_in_use(id)).ok_or(ClientError::TooManyRequests)?;
        let bytes = self.encode_publish(&message.to_publish(qos, retain, Some(packet_id)))?;
        let alias = self.take_alias(&mut message)?;
        self.ids = ids;
        self.session.outgoing.push(packet_id, qos, retain, Arc::new(message));
        // All before it have been sent or wait for the server's quota, so that this one's turn is now or later.
        let receive_maximum = self.link.limits.receive_maximum;
        match self.session.outgoing.next_transmission(receive_maximum) {
            Some(_) => {
                self.queue(now, bytes);
                self.note_alias(alias);
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
        let mut list = SubscriptionsBuf::new();
        for (filter, options) in filters {
            check_filter_len(filter)?;
            list.push(filter, *options);
        }
        let kept = filters.iter().map(|(filter, options)| (Arc::from(*filter), *options)).collect();
        self.request(now, Request::Subscribe(kept), |packet_id| {
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
        let packet_id = ids.allocate(|id| self.is_in_use(id)).ok_or(ClientError::TooManyRequests)?;
        let bytes = self.encode_checked(&packet(packet_id))?;
        self.link.limits.check_len(bytes.len())?;
        self.ids = ids;
        self.link.pending.push_back(Pending { packet_id, request });
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
                }
                Transmission::Publish { packet_id, dup, qos, retain, message } => {
                    let packet = Publish { dup, ..message.to_publish(qos, retain, Some(packet_id)) };
                    self.transmit(now, packet_id, &packet);
                }
            }
        }
    }

    fn transmit(&mut self, now: Instant, packet_id: PacketId, packet: &Publish<'_>) {
        let limit = self.link.limits.maximum_packet_size;
        let mut out = Vec::new();
        let encoded = Packet::Publish(*packet).encode(self.config.version, &mut out);
        if encoded.is_err() || out.len() > limit as usize {
            // 5.0 MQTT-3.2.2-15: the server takes less than on the connection before.
            self.decide(Decision::TooLargeForServer { packet_id, len: out.len(), limit });
            if let Some(dropped) = self.session.outgoing.abandon(packet_id) {
                let reason = ReasonCode(0x95);
                self.event(ClientEvent::Published {
                    packet_id,
                    topic: dropped.topic,
                    qos: dropped.qos,
                    reason,
                });
            }
            return;
        }
        if packet.dup {
            // 3.1.1 MQTT-4.4.0-1, MQTT-2.3.1-3: the same packet under the same identifier
            self.decide(Decision::ResendsPublish { packet_id, version: self.config.version });
        }
        self.queue(now, out.into());
    }

    fn ready(&self) -> Result<(), ClientError> {
        if self.status != ClientStatus::Connected {
            return Err(ClientError::NotConnected);
        }
        if self.overrun() {
            return Err(ClientError::OutputFull);
        }
        Ok(())
    }

    fn is_in_use(&self, packet_id: PacketId) -> bool {
        self.session.outgoing.contains(packet_id)
            || self.link.pending.iter().any(|pending| pending.packet_id == packet_id)
    }

    fn properties<'a>(&self, properties: &'a PropertyBuf) -> Properties<'a> {
        match self.config.version {
            Version::V5 => properties.as_properties(),
            _ => Properties::EMPTY,
        }
    }

    fn encode_publish(&self, packet: &Publish<'_>) -> Result<Bytes, ClientError> {
        let bytes = self.encode_checked(&Packet::Publish(*packet))?;
        self.link.limits.check_len(bytes.len())?;
        Ok(bytes)
    }

    /// A Topic Alias holds for this connection only (5.0 MQTT-3.3.2-7): leaves the message with its full name and
    /// without the alias, as it would be sent again. What the alias stands for counts once the packet is sent.
    fn take_alias(&self, message: &mut Message) -> Result<Option<(u16, Arc<str>)>, ClientError> {
        let Some(alias) = message.properties.as_properties().number(PropertyId::TopicAlias) else {
            return Ok(None);
        };
        let alias = u16::try_from(alias).unwrap_or(u16::MAX);
        if message.topic.is_empty() {
            let known = self.link.aliases_out.get(&alias);
            message.topic = Arc::clone(known.ok_or(ClientError::UnknownTopicAlias { alias })?);
        }
        message.properties = without_alias(message.properties.as_properties());
        Ok(Some((alias, Arc::clone(&message.topic))))
    }

    fn note_alias(&mut self, alias: Option<(u16, Arc<str>)>) {
        if let Some((alias, topic)) = alias {
            self.link.aliases_out.insert(alias, topic);
        }
    }
}

pub(super) fn without_alias(properties: Properties<'_>) -> PropertyBuf {
    let mut kept = PropertyBuf::new();
    for property in properties.iter().filter(|property| property.id != PropertyId::TopicAlias) {
        kept.push(property.id, property.value);
    }
    kept
}

fn check_filter_len(filter: &str) -> Result<(), EncodeError> {
    let len = filter.len();
    if len > usize::from(u16::MAX) { Err(EncodeError::FieldTooLong { len }) } else { Ok(()) }
}
