//! CONNECT: who may come, with which session.

use std::sync::Arc;

use bytes::Bytes;

use super::connection::Stop;
use super::decision::{Decision, Loss, Observer, Refusal, Violation};
use super::output::ConnectionId;
use super::session::{Link, Session, Will};
use super::state::Broker;
use crate::codec::{
    ConnAck, Connect, FaultKind, Packet, Properties, PropertyBuf, ReasonCode, Version, decode,
};
use crate::session::{KeepAlive, Message};
use crate::time::Instant;
use crate::topic::SubscriberId;

/// 3.1 section 3.1: the longest client identifier, in characters.
const MAX_CLIENT_ID_31: usize = 23;

impl Broker {
    /// The first packet of a connection; its type is known to be CONNECT.
    pub(super) fn handle_connect<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        frame: &[u8],
        observer: &mut O,
    ) {
        match decode(frame, Version::V311) {
            Ok(Packet::Connect(connect)) => self.connect(now, connection, &connect, observer),
            Err(fault) if fault.kind == FaultKind::ProtocolLevel => {
                let refusal = Refusal::ProtocolLevel { resembles: fault.version };
                self.refuse(now, connection, None, fault.version, refusal, observer);
            }
            // 3.1.1 MQTT-3.1.4-1, MQTT-3.1.2-1, 5.0 MQTT-3.1.4-1: no CONNACK
            Err(fault) => self.stop(now, connection, Stop::Malformed(fault), observer),
            Ok(other) => {
                let nibble = other.packet_type().nibble();
                self.stop(now, connection, Stop::Violated(Violation::FirstPacket { nibble }), observer);
            }
        }
    }

    fn connect<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        connect: &Connect<'_>,
        observer: &mut O,
    ) {
        let version = connect.version;
        if let Some(open) = self.connections.get_mut(&connection) {
            open.version = version;
        }
        let named = Some(connect.client_id).filter(|client_id| !client_id.is_empty());
        if let Some(refusal) = self.refusal(connect) {
            self.refuse(now, connection, named, version, refusal, observer);
            return;
        }
        if !self.config.retain_available && connect.will.is_some_and(|will| will.retain) {
            self.stop(now, connection, Stop::Violated(Violation::RetainNotAvailable), observer);
            return;
        }
        let client_id: Arc<str> = match named {
            Some(client_id) => client_id.into(),
            None => self.make_client_id(now, observer),
        };
        self.take_over(now, &client_id, observer);
        let resumed = self.settle_session(now, &client_id, version, connect.clean_start, observer);
        if resumed.is_none() && self.sessions.len() >= self.config.max_sessions {
            let refusal = Refusal::TooManySessions { limit: self.config.max_sessions };
            self.refuse(now, connection, Some(&client_id), version, refusal, observer);
            return;
        }
        // 3.1.1 MQTT-3.1.2-4: resume or create
        let number = resumed.unwrap_or_else(|| {
            self.sessions.insert(Session::new(Arc::clone(&client_id), version, &self.config))
        });
        self.accept(now, connection, connect, number, resumed.is_some(), observer);
    }

    /// Why this CONNECT is not accepted, if so.
    fn refusal(&self, connect: &Connect<'_>) -> Option<Refusal> {
        let characters = connect.client_id.chars().count();
        match connect.version {
            Version::V5 => return Some(Refusal::ProtocolLevel { resembles: Version::V5 }),
            // 3.1 section 3.1
            Version::V31 if characters == 0 => return Some(Refusal::EmptyClientId),
            Version::V31 if characters > MAX_CLIENT_ID_31 => {
                return Some(Refusal::LongClientId { len: characters });
            }
            // 3.1.1 MQTT-3.1.3-7, MQTT-3.1.3-8
            Version::V311 if characters == 0 && !connect.clean_start => return Some(Refusal::EmptyClientId),
            _ => {}
        }
        (!self.config.allow_anonymous && connect.user_name.is_none()).then_some(Refusal::Anonymous)
    }

    fn refuse<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        client_id: Option<&str>,
        version: Version,
        refusal: Refusal,
        observer: &mut O,
    ) {
        let ack = refusal.connack(version);
        observer.decision(now, &Decision::Refused { client_id, version, code: ack.code, refusal });
        self.outbox.packet(connection, version, &Packet::ConnAck(ack));
        // 3.1.1 MQTT-3.2.2-5, MQTT-3.1.4-5; 5.0 MQTT-3.2.2-7: closed, and nothing more is read
        self.outbox.close(connection);
        self.forget(connection);
    }

    /// 3.1.1 MQTT-3.1.3-6: an identifier that no session has.
    fn make_client_id<O: Observer>(&mut self, now: Instant, observer: &mut O) -> Arc<str> {
        let client_id = loop {
            self.assigned += 1;
            let made = format!("auto-{}", self.assigned);
            if self.sessions.find(&made).is_none() {
                break made;
            }
        };
        observer.decision(now, &Decision::ClientIdAssigned { client_id: &client_id });
        client_id.into()
    }

    /// 3.1.1 MQTT-3.1.4-2: a client that is connected already loses its connection.
    fn take_over<O: Observer>(&mut self, now: Instant, client_id: &str, observer: &mut O) {
        let number = self.sessions.find(client_id);
        let old = number.and_then(|number| self.sessions.by_number(number)?.connection());
        if let Some(old) = old {
            self.lose(now, old, Loss::TakenOver, observer);
        }
    }

    /// 3.1.1 MQTT-3.1.4-3: the kept session to resume; thrown away for a clean start.
    fn settle_session<O: Observer>(
        &mut self,
        now: Instant,
        client_id: &str,
        version: Version,
        clean_start: bool,
        observer: &mut O,
    ) -> Option<SubscriberId> {
        let number = self.sessions.find(client_id)?;
        let session = self.sessions.by_number(number)?;
        if clean_start {
            observer.decision(now, &Decision::SessionDiscarded { client_id, version }); // 3.1.1 MQTT-3.1.2-6
            self.discard(number);
            return None;
        }
        let (in_flight, queued) = (session.outgoing.len(), session.queued().len());
        observer.decision(now, &Decision::SessionResumed { client_id, version, in_flight, queued });
        Some(number)
    }

    fn accept<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        connect: &Connect<'_>,
        number: SubscriberId,
        session_present: bool,
        observer: &mut O,
    ) {
        let Connect { version, clean_start, keep_alive_secs, .. } = *connect;
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        open.session = Some(number);
        open.keep_alive = KeepAlive::new(keep_alive_secs, now);
        session.version = version;
        session.clean_start = clean_start;
        session.link = Some(Link { connection, writable: true });
        session.will = connect.will.map(|will| Will {
            message: Arc::new(Message {
                topic: will.topic.into(),
                payload: Bytes::copy_from_slice(will.payload),
                properties: PropertyBuf::new(),
            }),
            qos: will.qos,
            retain: will.retain,
        });
        let client_id = &*session.client_id;
        observer.decision(
            now,
            &Decision::Accepted { client_id, version, clean_start, session_present, keep_alive_secs },
        );
        // 3.1.1 MQTT-3.2.0-1, MQTT-3.1.4-4, MQTT-3.2.2-1 to MQTT-3.2.2-3
        let ack = ConnAck { session_present, code: ReasonCode::SUCCESS, properties: Properties::EMPTY };
        self.outbox.packet(connection, version, &Packet::ConnAck(ack));
        session.outgoing.rewind(); // 3.1.1 MQTT-4.4.0-1
        session.pump(now, &self.config, &mut self.outbox, observer);
    }
}
