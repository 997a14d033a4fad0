//! What comes from the server.

use std::sync::Arc;

use bytes::Bytes;

use super::alias::without_alias;
use super::decision::Decision;
use super::error::Violation;
use super::event::{ClientEvent, CloseReason, ReceivedMessage};
use super::limits::ServerLimits;
use super::request::Request;
use super::state::{Client, ClientStatus, Subscription, Unreleased};
use super::switches::{Check, is_off};
use crate::codec::{
    self, Ack, ConnAck, Direction, Frame, FrameError, Packet, PacketId, PacketType, PropertyBuf, PropertyId,
    Publish, QoS, Reason, ReasonCode, SubAck, Version, measure,
};
use crate::session::{AckMismatch, AckProgress, InFlight, IncomingFull, KeepAlive, Message, Stage};
use crate::time::Instant;

/// 5.0's Packet Identifier not found.
const NOT_FOUND: ReasonCode = ReasonCode(0x92);

type Handled = Result<(), Violation>;

impl Client {
    /// Bytes came from the server, cut anywhere. What comes after the connection has ended is ignored.
    pub fn handle_data(&mut self, now: Instant, chunk: &[u8]) {
        if self.status == ClientStatus::Offline {
            return;
        }
        self.link.framer.push(chunk);
        while self.status != ClientStatus::Offline {
            if self.overrun() {
                return self.close(now, CloseReason::Overrun);
            }
            let handled = match self.link.framer.next_frame() {
                Ok(None) => return,
                Ok(Some(frame)) => self.handle_frame(now, &frame),
                Err(error) => Err(self.frame_violation(error)),
            };
            if let Err(violation) = handled {
                self.violated(now, violation);
            }
        }
    }

    /// As [`Client::handle_data`] with exactly one whole packet, whose bytes messages share instead of copying them.
    pub fn handle_packet(&mut self, now: Instant, packet: &Bytes) {
        let limit = self.config.packet_limit();
        let whole =
            matches!(measure(packet), Frame::Len { total, .. } if total == packet.len() && total <= limit);
        let ready = self.status != ClientStatus::Offline && !self.overrun();
        if !whole || !ready || !self.link.framer.pending().is_empty() {
            return self.handle_data(now, packet);
        }
        if let Err(violation) = self.handle_frame(now, packet) {
            self.violated(now, violation);
        }
    }

    /// 3.1.1 MQTT-4.8.0-1; 5.0 section 4.13
    fn violated(&mut self, now: Instant, violation: Violation) {
        self.event(ClientEvent::Faulty(violation));
        self.close_with_code(now, violation.reason_code(), violation.into());
    }

    fn frame_violation(&self, error: FrameError) -> Violation {
        let version = self.config.version;
        match error {
            FrameError::TooLarge { len, limit } => Violation::PacketTooLarge { len, limit, version },
            FrameError::MalformedLength => match codec::decode(self.link.framer.pending(), version) {
                Err(fault) => Violation::Packet(fault),
                // The decoder reads a length as the framer does; it cannot come to this.
                Ok(packet) => Violation::WrongDirection { packet: packet.packet_type(), version },
            },
        }
    }

    fn handle_frame(&mut self, now: Instant, frame: &Bytes) -> Handled {
        let version = self.config.version;
        let packet = codec::decode(frame, version).map_err(Violation::Packet)?;
        let packet_type = packet.packet_type();
        if packet_type.sender(version) == Some(Direction::ToServer) {
            return Err(Violation::WrongDirection { packet: packet_type, version });
        }
        if self.status == ClientStatus::Connecting
            && !matches!(packet_type, PacketType::ConnAck | PacketType::Auth)
        {
            // 3.1.1 MQTT-3.2.0-1, 5.0 MQTT-3.2.0-1. A 5.0 server may disconnect before.
            return match packet {
                Packet::Disconnect(reason) if version == Version::V5 => self.on_disconnect(now, reason),
                _ => Err(Violation::NotConnAck { packet: packet_type, version }),
            };
        }
        match packet {
            Packet::ConnAck(connack) => self.on_connack(now, connack),
            Packet::Publish(publish) => self.on_publish(now, publish, frame),
            Packet::PubAck(ack) => self.on_pub_ack(now, ack),
            Packet::PubRec(ack) => self.on_pub_rec(now, ack),
            Packet::PubRel(ack) => {
                self.on_pub_rel(now, ack);
                Ok(())
            }
            Packet::PubComp(ack) => self.on_pub_comp(now, ack),
            Packet::SubAck(suback) => self.on_suback(suback),
            Packet::UnsubAck(unsuback) => self.on_unsuback(unsuback),
            Packet::PingResp => {
                if self.link.ping_sent.take().is_none() {
                    self.decide(Decision::IgnoresAnswer { packet: packet_type, packet_id: None });
                }
                Ok(())
            }
            Packet::Disconnect(reason) => self.on_disconnect(now, reason),
            Packet::Auth(auth) => self.on_auth(now, auth),
            // Only clients send them: refused above.
            Packet::Connect(_) | Packet::Subscribe(_) | Packet::Unsubscribe(_) | Packet::PingReq => Ok(()),
        }
    }

    fn on_connack(&mut self, now: Instant, connack: ConnAck<'_>) -> Handled {
        let version = self.config.version;
        if self.status == ClientStatus::Connected {
            return Err(Violation::SecondConnAck { version }); // 5.0 MQTT-3.2.0-2
        }
        let properties = connack.properties;
        if connack.code != ReasonCode::SUCCESS {
            self.event(ClientEvent::Refused { code: connack.code, properties: properties.into() });
            self.close(now, CloseReason::Refused(connack.code));
            return Ok(());
        }
        let clean_start = self.config.clean_start;
        let unknown = version == Version::V5 && !self.session.established;
        let unknown = unknown && !is_off(Check::UnknownSessionRefused);
        if connack.session_present && (clean_start || unknown) {
            // 3.1.1 MQTT-3.2.2-1; 5.0 MQTT-3.2.2-2, MQTT-3.2.2-4
            return Err(Violation::SessionPresent { clean_start, version });
        }
        self.authenticated(properties)?;
        self.status = ClientStatus::Connected;
        self.event(ClientEvent::Connected {
            session_present: connack.session_present,
            properties: properties.into(),
        });
        let mut keep_alive_secs = self.config.keep_alive_secs;
        if version == Version::V5 {
            self.link.limits = ServerLimits::from_properties(properties);
            if let Some(secs) = properties.number(PropertyId::ServerKeepAlive)
                && !is_off(Check::ServerKeepAlive)
            {
                // 5.0 MQTT-3.1.2-21, MQTT-3.2.2-21
                keep_alive_secs = u16::try_from(secs).unwrap_or(u16::MAX);
                self.decide(Decision::TakesServerKeepAlive { secs: keep_alive_secs });
            }
            if let Some(secs) = properties.number(PropertyId::SessionExpiryInterval) {
                self.link.keeps_session = secs > 0; // 5.0 section 3.2.2.3.2
            }
            if let Some(assigned) = properties.text(PropertyId::AssignedClientIdentifier) {
                self.assigned_client_id = Some(assigned.to_owned()); // 5.0 MQTT-3.2.2-16
            }
        }
        // The interval began with the last packet sent, which may be CONNECT.
        self.link.keep_alive = KeepAlive::new(keep_alive_secs, self.link.keep_alive.since());
        self.settle_session(connack.session_present);
        self.session.established = true;
        self.flush(now);
        Ok(())
    }

    /// What becomes of this end's session, now that the server has said what it has.
    fn settle_session(&mut self, session_present: bool) {
        let version = self.config.version;
        let in_flight = self.session.outgoing.len();
        // 3.1 cannot say; the session is taken to be there.
        let present = session_present || version == Version::V31;
        if !present && self.session.established {
            let forgotten = if version == Version::V5 { in_flight } else { 0 };
            let kept = in_flight - forgotten;
            self.decide(Decision::ServerLostSession { forgotten, kept, version });
            if version == Version::V5 && !is_off(Check::LostSessionDiscarded) {
                self.session.clear(); // 5.0 MQTT-3.2.2-5
            } else {
                // The identifiers that the server chose and what it granted are gone with its session. What this
                // client has in flight it still owes to the server (3.1.1 MQTT-4.4.0-1).
                self.session.incoming.clear();
                self.session.subscriptions.clear();
            }
        } else if session_present {
            let releases =
                self.session.outgoing.iter().filter(|entry| entry.stage == Stage::AwaitPubComp).count();
            self.decide(Decision::Resumes { publishes: in_flight - releases, releases, version });
        }
        self.session.outgoing.rewind();
        self.session.incoming.values_mut().for_each(|kept| kept.counts = false);
    }

    fn on_publish(&mut self, now: Instant, publish: Publish<'_>, frame: &Bytes) -> Handled {
        let version = self.config.version;
        let mut properties = PropertyBuf::from(publish.properties);
        let topic = match publish.properties.number(PropertyId::TopicAlias) {
            Some(alias) => {
                properties = without_alias(publish.properties);
                self.topic_of_alias(u16::try_from(alias).unwrap_or(u16::MAX), publish.topic)?
            }
            None => Arc::from(publish.topic),
        };
        // The payload shares the packet's bytes.
        let payload = frame.slice_ref(publish.payload);
        let received = ReceivedMessage {
            message: Arc::new(Message::new(topic, payload, properties)),
            qos: publish.qos,
            retain: publish.retain,
            dup: publish.dup,
            packet_id: publish.packet_id,
        };
        match (publish.qos, publish.packet_id) {
            (QoS::AtLeastOnce, Some(packet_id)) => {
                // 3.1.1 MQTT-4.3.2-2; 5.0 MQTT-4.3.2-4, MQTT-4.3.2-5: a new message, whatever DUP says
                self.deliver(received);
                self.send_ack(now, PacketType::PubAck, Ack::new(packet_id));
            }
            (QoS::ExactlyOnce, Some(packet_id)) => {
                // 5.0 MQTT-3.3.4-9, section 4.9: what came on this connection and is not released
                let (limit, incoming) = (self.config.incoming_limit(), &mut self.session.incoming);
                let counted = incoming.iter().filter(|(id, kept)| kept.counts && *id != packet_id).count();
                let new = match counted >= usize::from(limit) {
                    true => Err(IncomingFull { limit }),
                    false => incoming.publish(packet_id, || Unreleased { received, counts: true }),
                };
                let new = new.map_err(|full| Violation::ReceiveMaximum { full, version })?;
                if let Some(kept) = incoming.find_mut(packet_id) {
                    kept.counts = true; // also where it is a copy of one that came before
                }
                // 3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-10
                self.decide(if new {
                    Decision::Stores { packet_id, version }
                } else {
                    Decision::IgnoresCopy { packet_id, version }
                });
                self.send_ack(now, PacketType::PubRec, Ack::new(packet_id));
            }
            _ => self.deliver(received),
        }
        Ok(())
    }

    fn topic_of_alias(&mut self, alias: u16, topic: &str) -> Result<Arc<str>, Violation> {
        let announced = self.config.number(PropertyId::TopicAliasMaximum).unwrap_or(0);
        let maximum = u16::try_from(announced).unwrap_or(u16::MAX);
        if alias > maximum || is_off(Check::AliasesTaken) && alias == maximum {
            return Err(Violation::TopicAlias { alias, maximum }); // 5.0 MQTT-3.1.2-26, MQTT-3.1.2-27
        }
        if topic.is_empty() {
            let known = self.link.aliases_in.get(&alias).cloned();
            return known.ok_or(Violation::TopicAlias { alias, maximum });
        }
        let topic: Arc<str> = Arc::from(topic);
        self.link.aliases_in.insert(alias, Arc::clone(&topic));
        Ok(topic)
    }

    fn deliver(&mut self, received: ReceivedMessage) {
        self.received += 1;
        self.last_received = Some(received.clone());
        self.event(ClientEvent::Message(received));
    }

    fn on_pub_rel(&mut self, now: Instant, ack: Ack<'_>) {
        let (packet_id, version) = (ack.packet_id, self.config.version);
        let released = self.session.incoming.release(packet_id);
        // 3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-11: PUBCOMP is due in any case
        let mut answer = Ack::new(packet_id);
        match released {
            Some(kept) => {
                self.decide(Decision::Releases { packet_id, version });
                self.deliver(kept.received);
            }
            None => {
                self.decide(Decision::CompletesUnknown { packet_id, version });
                answer.reason = NOT_FOUND;
            }
        }
        self.send_ack(now, PacketType::PubComp, answer);
    }

    fn on_pub_ack(&mut self, now: Instant, ack: Ack<'_>) -> Handled {
        let finished = self.session.outgoing.pub_ack(ack.packet_id);
        self.finish(now, PacketType::PubAck, ack, finished)
    }

    fn on_pub_comp(&mut self, now: Instant, ack: Ack<'_>) -> Handled {
        let finished = self.session.outgoing.pub_comp(ack.packet_id);
        self.finish(now, PacketType::PubComp, ack, finished)
    }

    fn on_pub_rec(&mut self, now: Instant, ack: Ack<'_>) -> Handled {
        let (packet_id, version) = (ack.packet_id, self.config.version);
        match self.session.outgoing.pub_rec(packet_id, ack.reason.is_error()) {
            Ok(AckProgress::Done(done)) => return self.finish(now, PacketType::PubRec, ack, Ok(done)),
            Ok(AckProgress::Release | AckProgress::ReleaseAgain) => {
                // 3.1.1 MQTT-4.3.3-1, 5.0 MQTT-4.3.3-4
                self.decide(Decision::WaitsForPubComp { packet_id, version });
                self.send_pub_rel(now, packet_id, false);
                self.await_answer(now, packet_id);
            }
            Err(AckMismatch::Unknown { .. }) if ack.reason.is_error() => {
                let packet = PacketType::PubRec;
                self.decide(Decision::IgnoresAnswer { packet, packet_id: Some(packet_id) });
            }
            Err(AckMismatch::Unknown { .. }) => {
                // The server keeps a message that this client has forgotten: let it finish.
                self.decide(Decision::ReleasesUnknown { packet_id, version });
                let reason = NOT_FOUND;
                self.send_ack(now, PacketType::PubRel, Ack { reason, ..Ack::new(packet_id) });
            }
            Err(mismatch) => return Err(Violation::Ack { mismatch, version }),
        }
        Ok(())
    }

    pub(super) fn send_pub_rel(&mut self, now: Instant, packet_id: PacketId, again: bool) {
        // Only 3.1's PUBREL has DUP (3.1 section 3.6); the codec leaves it out elsewhere.
        self.send_ack(now, PacketType::PubRel, Ack { dup: again, ..Ack::new(packet_id) });
    }

    fn finish(
        &mut self,
        now: Instant,
        packet: PacketType,
        ack: Ack<'_>,
        finished: Result<InFlight, AckMismatch>,
    ) -> Handled {
        let version = self.config.version;
        match finished {
            Ok(done) => {
                self.answered(done.packet_id);
                // 3.1.1 MQTT-2.3.1-3
                self.decide(Decision::FreesId { packet_id: done.packet_id, version });
                // 5.0 section 3.7.2.1: PUBREC has taken the message; that the server knows no more of it at a PUBREL
                // that was sent again is no refusal.
                let taken = packet == PacketType::PubComp;
                let reason = if taken { ReasonCode::SUCCESS } else { ack.reason };
                let InFlight { packet_id, topic, qos, .. } = done;
                self.event(ClientEvent::Published { packet_id, topic, qos, reason });
                self.flush(now); // 5.0 section 4.9: a place is free
            }
            Err(AckMismatch::Unknown { packet_id }) => {
                self.decide(Decision::IgnoresAnswer { packet, packet_id: Some(packet_id) });
            }
            Err(mismatch) => return Err(Violation::Ack { mismatch, version }),
        }
        Ok(())
    }

    /// The request that an answer belongs to, if it is of the kind that this packet answers.
    fn take_request(&mut self, packet: PacketType, packet_id: PacketId) -> Option<Request> {
        let asked = |request: &Request| match request {
            Request::Subscribe(..) => packet == PacketType::SubAck,
            Request::Unsubscribe(_) => packet == PacketType::UnsubAck,
        };
        let mut pending = self.link.pending.iter();
        let at = pending.position(|it| it.packet_id == packet_id && asked(&it.request));
        let taken = at.and_then(|at| self.link.pending.remove(at)).map(|it| it.request);
        if taken.is_none() {
            self.decide(Decision::IgnoresAnswer { packet, packet_id: Some(packet_id) });
        }
        taken
    }

    fn on_suback(&mut self, suback: SubAck<'_>) -> Handled {
        let (packet_id, packet) = (suback.packet_id, PacketType::SubAck);
        let Some(Request::Subscribe(filters, identifier)) = self.take_request(packet, packet_id) else {
            return Ok(());
        };
        self.check_codes(packet, packet_id, filters.len(), suback.codes.len())?;
        for ((filter, options), code) in filters.into_iter().zip(suback.codes) {
            // A code that grants nothing leaves a subscription of before as it is.
            if let (false, Some(granted)) = (ReasonCode(*code).is_error(), QoS::from_bits(*code)) {
                self.session.subscriptions.insert(filter, Subscription { options, granted, identifier });
            }
        }
        self.event(ClientEvent::Subscribed { packet_id, codes: suback.reasons().collect() });
        Ok(())
    }

    fn on_unsuback(&mut self, unsuback: SubAck<'_>) -> Handled {
        let (packet_id, packet) = (unsuback.packet_id, PacketType::UnsubAck);
        let Some(Request::Unsubscribe(filters)) = self.take_request(packet, packet_id) else {
            return Ok(());
        };
        let codes = unsuback.codes;
        if self.config.version == Version::V5 {
            self.check_codes(packet, packet_id, filters.len(), codes.len())?;
        }
        for (at, filter) in filters.iter().enumerate() {
            if !codes.get(at).is_some_and(|code| ReasonCode(*code).is_error()) {
                self.session.subscriptions.remove(filter);
            }
        }
        self.event(ClientEvent::Unsubscribed { packet_id, codes: unsuback.reasons().collect() });
        Ok(())
    }

    fn check_codes(&self, packet: PacketType, packet_id: PacketId, expected: usize, found: usize) -> Handled {
        let version = self.config.version;
        if expected == found {
            Ok(())
        } else {
            // 3.1.1 MQTT-3.8.4-5; 5.0 MQTT-3.8.4-6, MQTT-3.11.3-1
            Err(Violation::CodeCount { packet, packet_id, expected, found, version })
        }
    }

    /// 5.0 only: before, DISCONNECT comes from clients alone.
    fn on_disconnect(&mut self, now: Instant, reason: Reason<'_>) -> Handled {
        if reason.properties.number(PropertyId::SessionExpiryInterval).is_some() {
            return Err(Violation::SessionExpiryFromServer); // 5.0 MQTT-3.14.2-2
        }
        self.close(now, CloseReason::ServerDisconnected(reason.code));
        Ok(())
    }
}
