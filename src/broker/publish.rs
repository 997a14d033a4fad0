//! PUBLISH from a client, and PUBREL, which releases a QoS 2 message.

use std::sync::Arc;

use super::call::Call;
use super::connection::Stop;
use super::decision::{Decision, Rejection, Violation};
use super::packets::Sender;
use super::publication::Publication;
use super::session::Stored;
use super::state::Broker;
use super::switches::{Check, is_off};
use super::text_check::{has_control_characters, is_utf8_as_said, properties_have_control_characters};
use crate::codec::{PacketId, PacketType, PropertyId, Publish, QoS};

/// Accepted, but nobody subscribes.
const NO_SUBSCRIBERS: u8 = 0x10;
/// Packet Identifier not found.
const NOT_FOUND: u8 = 0x92;

impl Broker {
    pub(super) fn handle_publish(
        &mut self,
        from: &Sender,
        publish: &Publish<'_>,
        call: &mut Call<'_>,
    ) -> Result<(), Stop> {
        self.outbox.counters.publish_bytes_received += publish.payload.len() as u64;
        let topic = self.check_publish(from, publish)?;
        let topic = topic.as_deref().unwrap_or(publish.topic);
        let Some(session) = self.sessions.by_number(from.session) else { return Ok(()) };
        let publisher = Arc::clone(&session.client_id);
        let known = publish.qos == QoS::ExactlyOnce
            && publish.packet_id.is_some_and(|packet_id| session.incoming.contains(packet_id));
        let version = from.peer.version;
        let rejection = if known { None } else { self.rejection(from, publish, topic) };
        if let Some(rejection) = rejection {
            let (client_id, code) = (&*publisher, rejection.code());
            call.tell(&Decision::Rejected { client_id, version, topic, code, rejection });
            self.outbox.counters.publish_dropped += 1;
        }
        let mut publication = Publication::new(publish, topic, version, call.now);
        publication.from = Some(from.session);
        publication.publisher = &publisher;
        if known && is_off(Check::Recognise) {
            self.hand_on(&mut publication, false, call);
        }
        match (publish.qos, publish.packet_id) {
            (QoS::ExactlyOnce, Some(packet_id)) => {
                return self.store(from, &mut publication, packet_id, rejection, call);
            }
            (QoS::AtLeastOnce, Some(packet_id)) => {
                // 3.1.1 MQTT-4.3.2-2, 5.0 MQTT-4.3.2-4: acknowledged, and any later PUBLISH with this identifier is a
                // new one
                self.acknowledge(from, PacketType::PubAck, packet_id, topic, rejection);
                if rejection.is_none() {
                    self.hand_on(&mut publication, false, call);
                }
            }
            _ => match rejection {
                None => self.hand_on(&mut publication, false, call),
                // QoS 0 has no other answer.
                Some(Rejection::PayloadFormat) if from.peer.is_v5() => {
                    return Err(Violation::PayloadFormat.into());
                }
                Some(_) => {}
            },
        }
        Ok(())
    }

    /// What closes the connection; else the topic that an alias stands for.
    fn check_publish(&mut self, from: &Sender, publish: &Publish<'_>) -> Result<Option<Arc<str>>, Stop> {
        let (config, told) = (&self.config, self.told(from));
        if publish.retain && !told.retain {
            return Err(Violation::RetainNotAvailable.into()); // 5.0 MQTT-3.2.2-14
        }
        if publish.qos > told.max_qos {
            let (found, limit) = (publish.qos, told.max_qos);
            return Err(Violation::QosAboveMaximum { found, limit }.into()); // 5.0 MQTT-3.2.2-11
        }
        let properties = publish.properties;
        if config.check_control_characters
            && (has_control_characters(publish.topic) || properties_have_control_characters(properties))
        {
            return Err(Violation::ControlCharacter.into());
        }
        if properties.is_empty() {
            return Ok(None);
        }
        if properties.number(PropertyId::SubscriptionIdentifier).is_some() {
            return Err(Violation::SubscriptionIdentifier.into()); // 5.0 MQTT-3.3.4-6
        }
        let Some(alias) = properties.number(PropertyId::TopicAlias) else { return Ok(None) };
        let Some(open) = self.connections.get_mut(&from.peer.connection) else { return Ok(None) };
        Ok(Some(open.topic_of_alias(alias, publish.topic, told.max_topic_alias)?))
    }

    /// Why the message is not taken, if so.
    fn rejection(&self, from: &Sender, publish: &Publish<'_>, topic: &str) -> Option<Rejection> {
        let config = &self.config;
        if config.is_too_long(publish.payload) {
            return Some(Rejection::TooLong { limit: config.message_size_limit });
        }
        if let Some(session) = self.sessions.by_number(from.session)
            && !config.may_publish(session.asking(), topic)
        {
            return Some(Rejection::NotAuthorized); // 3.1.1 MQTT-3.3.5-2
        }
        let format = config.check_payload_format && !is_utf8_as_said(publish.properties, publish.payload);
        format.then_some(Rejection::PayloadFormat)
    }

    /// PUBACK or PUBREC, with 5.0's reasons (5.0 MQTT-3.4.2-1, MQTT-3.5.2-1).
    fn acknowledge(
        &mut self,
        from: &Sender,
        packet_type: PacketType,
        packet_id: PacketId,
        topic: &str,
        rejection: Option<Rejection>,
    ) {
        let (code, reason) = match rejection {
            _ if !from.peer.is_v5() => (0, ""),
            Some(rejection) => (rejection.code().0, rejection.reason()),
            // At QoS 2 the subscribers are those at PUBREL.
            None if packet_type == PacketType::PubAck && !self.has_subscribers(topic) => (NO_SUBSCRIBERS, ""),
            None => (0, ""),
        };
        let missing = if packet_type == PacketType::PubAck { Check::PubAck } else { Check::PubRec };
        if !is_off(missing) {
            self.outbox.ack(&from.peer, packet_type, packet_id, code, reason);
        }
    }

    /// QoS 2: keeps the message for its PUBREL, unless it is kept already (3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-8,
    /// MQTT-4.3.3-10).
    fn store(
        &mut self,
        from: &Sender,
        publication: &mut Publication<'_>,
        packet_id: PacketId,
        rejection: Option<Rejection>,
        call: &mut Call<'_>,
    ) -> Result<(), Stop> {
        // 5.0 MQTT-3.3.4-8, MQTT-4.9.0-1: what came on this connection and is not released
        let limit = self.told(from).receive_maximum;
        let Some(session) = self.sessions.by_number_mut(from.session) else { return Ok(()) };
        let version = from.peer.version;
        if rejection.is_some() && from.peer.is_v5() {
            // 5.0 MQTT-4.3.3-9: the exchange ends with the refusal
            self.acknowledge(from, PacketType::PubRec, packet_id, publication.topic, rejection);
            return Ok(());
        }
        let counted = session.incoming.find_mut(packet_id).is_some_and(|stored| stored.counts);
        if from.peer.is_v5() && !counted && session.unacknowledged >= limit {
            return Err(Violation::ReceiveMaximum { limit }.into());
        }
        let (retain, void) = (publication.retain, rejection.is_some());
        let stored = session.incoming.publish(packet_id, || Stored {
            message: publication.message(),
            retain,
            counts: true,
            void,
        });
        let client_id = &*session.client_id;
        let decision = match stored {
            Ok(true) => Decision::Stored { client_id, version, packet_id, topic: publication.topic },
            Ok(false) => Decision::Recognised { client_id, version, packet_id },
            Err(full) => {
                // 3.1.1 MQTT-4.8.0-2
                return Err(Violation::TooManyUnreleased { limit: full.limit }.into());
            }
        };
        call.tell(&decision);
        if !counted {
            session.unacknowledged += 1;
            if let Some(stored) = session.incoming.find_mut(packet_id) {
                stored.counts = true;
            }
        }
        self.acknowledge(from, PacketType::PubRec, packet_id, publication.topic, None);
        Ok(())
    }

    /// QoS 2: completes, then hands the message on.
    pub(super) fn handle_pub_rel(&mut self, from: &Sender, packet_id: PacketId, call: &mut Call<'_>) {
        let Some(session) = self.sessions.by_number_mut(from.session) else { return };
        let (version, peer) = (from.peer.version, &from.peer);
        let mut stored = session.incoming.release(packet_id);
        if let (true, Some(stored)) = (is_off(Check::ReleaseForgets), &mut stored) {
            let _ = session.incoming.publish(packet_id, || stored.clone());
        }
        let Some(stored) = stored else {
            // 3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-11: PUBCOMP is due whether or not anything is kept
            self.outbox.ack(peer, PacketType::PubComp, packet_id, NOT_FOUND, "");
            let client_id = &*session.client_id;
            call.tell(&Decision::NothingToRelease { client_id, version, packet_id });
            return;
        };
        session.unacknowledged -= u16::from(stored.counts);
        let publisher = Arc::clone(&session.client_id);
        if !is_off(Check::PubComp) {
            self.outbox.ack(peer, PacketType::PubComp, packet_id, 0, "");
        }
        if stored.void {
            return;
        }
        if stored.message.is_expired(call.now) {
            let (client_id, topic, rejection) = (&*publisher, &*stored.message.topic, Rejection::Expired);
            call.tell(&Decision::Rejected { client_id, version, topic, code: rejection.code(), rejection });
            self.outbox.counters.publish_dropped += 1;
            return; // 5.0 MQTT-3.3.2-5
        }
        let mut publication =
            Publication::of_message(&stored.message, QoS::ExactlyOnce, stored.retain, version, call.now);
        publication.packet_id = Some(packet_id);
        publication.from = Some(from.session);
        publication.publisher = &publisher;
        self.hand_on(&mut publication, true, call);
    }
}
