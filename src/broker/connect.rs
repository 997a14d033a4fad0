//! CONNECT: who may come, with which session.

use core::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;

use super::access::Asking;
use super::auth::Proof;
use super::call::Call;
use super::connection::Stop;
use super::decision::{Decision, Loss, Refusal, Violation};
use super::link::Link;
use super::output::{ConnectionId, Peer, reason_string};
use super::publication::will_properties;
use super::session::{Session, Will};
use super::sessions::SessionNumber;
use super::state::Broker;
use super::switches::{Check, is_off};
use super::text_check::{has_control_characters, is_utf8_as_said};
use crate::codec::{
    ConnAck, Connect, FaultKind, Packet, PropertyId, PropertyValue, ReasonCode, Version, decode,
};
use crate::session::{KeepAlive, Message};

/// 3.1 section 3.1: the longest client identifier, in characters.
const MAX_CLIENT_ID_31: usize = 23;

impl Broker {
    /// The first packet of a connection; its type is known to be CONNECT.
    pub(super) fn handle_connect(&mut self, connection: ConnectionId, frame: &[u8], call: &mut Call<'_>) {
        match decode(frame, Version::V311) {
            Ok(Packet::Connect(connect)) => self.connect(connection, frame, &connect, call),
            Err(fault) if fault.kind == FaultKind::ProtocolLevel => {
                self.set_version(connection, fault.version);
                let refusal = Refusal::ProtocolLevel { resembles: fault.version };
                self.refuse(connection, "", refusal, call);
            }
            // 5.0 MQTT-3.1.4-1: it may be told why before it is closed. A name that is none tells of no version.
            Err(fault) if fault.version == Version::V5 && fault.kind != FaultKind::ProtocolName => {
                self.set_version(connection, Version::V5);
                call.tell(&Decision::Malformed { client_id: None, fault });
                self.refuse(connection, "", Refusal::Malformed(fault), call);
            }
            // 3.1.1 MQTT-3.1.4-1, MQTT-3.1.2-1, 5.0 MQTT-3.1.2-1: no CONNACK
            Err(fault) => self.stop(connection, Stop::Malformed(fault), call),
            Ok(other) => {
                let nibble = other.packet_type().nibble();
                self.stop(connection, Violation::FirstPacket { nibble }.into(), call);
            }
        }
    }

    fn set_version(&mut self, connection: ConnectionId, version: Version) {
        if let Some(open) = self.connections.get_mut(&connection) {
            open.peer.version = version;
        }
    }

    fn connect(
        &mut self,
        connection: ConnectionId,
        frame: &[u8],
        connect: &Connect<'_>,
        call: &mut Call<'_>,
    ) {
        let properties = connect.properties;
        if let Some(open) = self.connections.get_mut(&connection) {
            // 5.0 MQTT-3.1.2-29
            let wants_reasons = properties.number(PropertyId::RequestProblemInformation) != Some(0);
            open.peer = Peer {
                connection,
                version: connect.version,
                max_packet_size: properties
                    .number(PropertyId::MaximumPacketSize)
                    .filter(|_| !is_off(Check::MaximumPacketSize))
                    .unwrap_or(u32::MAX),
                explain: wants_reasons && self.config.reason_strings,
            };
        }
        let method = properties.text(PropertyId::AuthenticationMethod);
        let refusal = self.refusal(connect, method.is_some());
        #[cfg(feature = "switches")]
        let refusal = refusal.filter(|refusal| !super::switches::names(refusal));
        if let Some(refusal) = refusal {
            return self.refuse(connection, connect.client_id, refusal, call);
        }
        match method {
            Some(method) => self.begin_authentication(connection, frame, connect, method, call),
            None => self.admit(connection, connect, None, call),
        }
    }

    /// Why this CONNECT is not accepted, whoever sends it.
    fn refusal(&self, connect: &Connect<'_>, authenticates: bool) -> Option<Refusal> {
        let (config, version) = (&self.config, connect.version);
        if !config.serves(version) {
            return Some(Refusal::ProtocolLevel { resembles: version });
        }
        if config.server_reference.is_some() {
            return Some(Refusal::ServerReference { moved: config.server_moved });
        }
        if !authenticates {
            match connect.user_name {
                None if !config.allow_anonymous => return Some(Refusal::Anonymous),
                Some(name) if !config.knows(name, connect.password) => return Some(Refusal::Credentials),
                _ => {}
            }
        }
        None
    }

    /// Why this user may not come by this name, or with this will.
    fn identity_refusal(&self, connect: &Connect<'_>, asking: Asking<'_>) -> Option<Refusal> {
        let (config, version, client_id) = (&self.config, connect.version, asking.client_id);
        let characters = client_id.chars().count();
        match version {
            // 3.1 section 3.1
            Version::V31 if characters == 0 => return Some(Refusal::EmptyClientId),
            Version::V31 if characters > MAX_CLIENT_ID_31 => {
                return Some(Refusal::LongClientId { len: characters });
            }
            // 3.1.1 MQTT-3.1.3-7, MQTT-3.1.3-8
            Version::V311 if characters == 0 && !connect.clean_start => return Some(Refusal::EmptyClientId),
            _ if characters == 0 && !config.allow_zero_length_clientid => {
                return Some(Refusal::EmptyClientId);
            }
            _ if characters > 0 && !client_id.starts_with(&config.clientid_prefixes) => {
                return Some(Refusal::ClientIdPrefix);
            }
            _ => {}
        }
        if config.check_control_characters && has_control_characters(connect.client_id) {
            return Some(Refusal::ClientIdPrefix);
        }
        self.will_refusal(connect, asking)
    }

    fn will_refusal(&self, connect: &Connect<'_>, asking: Asking<'_>) -> Option<Refusal> {
        let (config, will) = (&self.config, connect.will?);
        if will.qos > config.max_qos {
            return Some(Refusal::WillQos { limit: config.max_qos }); // 5.0 MQTT-3.2.2-12
        }
        if will.retain && !config.retain_available {
            return Some(Refusal::WillRetain); // 5.0 MQTT-3.2.2-13
        }
        if config.check_payload_format && !is_utf8_as_said(will.properties, will.payload) {
            return Some(Refusal::WillPayloadFormat);
        }
        if config.is_too_long(will.payload) {
            return Some(Refusal::WillTooLong);
        }
        (!config.may_publish(asking, will.topic)).then_some(Refusal::WillNotAuthorized)
    }

    pub(super) fn refuse(
        &mut self,
        connection: ConnectionId,
        client_id: &str,
        refusal: Refusal,
        call: &mut Call<'_>,
    ) {
        let Some(open) = self.connections.get(&connection) else { return };
        let peer = open.peer;
        let (version, code) = (peer.version, refusal.code(peer.version));
        let client_id = Some(client_id).filter(|client_id| !client_id.is_empty());
        call.tell(&Decision::Refused { client_id, version, code, refusal });
        let mut properties = reason_string(&peer, refusal.reason());
        if let (Refusal::ServerReference { .. }, Some(reference)) = (refusal, &self.config.server_reference) {
            properties.push(PropertyId::ServerReference, PropertyValue::Text(reference));
        }
        // 3.1.1 MQTT-3.2.2-4, 5.0 MQTT-3.2.2-6: no Session Present beside a refusal
        let ack = |properties| Packet::ConnAck(ConnAck { session_present: false, code, properties });
        if !self.outbox.packet(&peer, &ack(properties.as_properties())) {
            self.outbox.packet(&peer, &ack(Default::default())); // 5.0 MQTT-3.2.2-19
        }
        if is_off(Check::RefusalCloses) {
            return;
        }
        // 3.1.1 MQTT-3.2.2-5, MQTT-3.1.4-5; 5.0 MQTT-3.2.2-7, MQTT-3.1.4-2, MQTT-3.1.4-6: closed, and nothing more is read
        self.outbox.close(connection);
        self.forget(connection);
    }

    /// The client is who it says: with `proof`, the user that this proves, whatever CONNECT says beside it.
    pub(super) fn admit(
        &mut self,
        connection: ConnectionId,
        connect: &Connect<'_>,
        proof: Option<Proof>,
        call: &mut Call<'_>,
    ) {
        let version = connect.version;
        let user_name = proof.as_ref().map(|proof| &*proof.user_name).or(connect.user_name);
        let named = match user_name {
            Some(name) if self.config.use_username_as_clientid => name,
            _ => connect.client_id,
        };
        let refusal = self.identity_refusal(connect, Asking { client_id: named, user_name });
        #[cfg(feature = "switches")]
        let refusal = refusal.filter(|refusal| !super::switches::names(refusal));
        if let Some(refusal) = refusal {
            return self.refuse(connection, connect.client_id, refusal, call);
        }
        let client_id: Arc<str> =
            if named.is_empty() { self.make_client_id(version, call) } else { named.into() };
        self.take_over(&client_id, call);
        let resumed = self.settle_session(&client_id, version, connect.clean_start, call);
        if resumed.is_none() && self.sessions.len() >= self.config.max_sessions {
            let refusal = Refusal::TooManySessions { limit: self.config.max_sessions };
            return self.refuse(connection, &client_id, refusal, call);
        }
        // 3.1.1 MQTT-3.1.2-4, 5.0 MQTT-3.1.2-5, MQTT-3.1.2-6: resume or create
        let number =
            resumed.unwrap_or_else(|| self.sessions.insert(Session::new(Arc::clone(&client_id), version)));
        self.accept(connection, connect, (number, resumed.is_some()), named.is_empty(), proof, call);
    }

    /// 3.1.1 MQTT-3.1.3-6, 5.0 MQTT-3.1.3-6: an identifier that no session has.
    fn make_client_id(&mut self, version: Version, call: &mut Call<'_>) -> Arc<str> {
        let mut made = String::new();
        loop {
            self.assigned += 1;
            made.clear();
            made.push_str(&self.config.auto_id_prefix);
            let _ = write!(made, "{}", self.assigned);
            if self.sessions.find(&made).is_none() || is_off(Check::UniqueId) {
                break;
            }
        }
        call.tell(&Decision::ClientIdAssigned { client_id: &made, version });
        made.into()
    }

    /// 3.1.1 MQTT-3.1.4-2, 5.0 MQTT-3.1.4-3: a client that is connected already loses its connection.
    fn take_over(&mut self, client_id: &str, call: &mut Call<'_>) {
        let number = self.sessions.find(client_id);
        let old = number.and_then(|number| self.sessions.by_number(number)?.connection());
        if let Some(old) = old
            && !is_off(Check::TakeOver)
        {
            self.lose(old, Loss::TakenOver, ReasonCode(0x8E), "", call);
        }
        // Its time may be over without the owner having said so yet.
        if let Some(number) = number
            && self.sessions.by_number(number).is_some_and(|session| !session.is_connected())
        {
            self.session_due(number, call);
        }
    }

    /// 3.1.1 MQTT-3.1.4-3, 5.0 MQTT-3.1.4-4: the kept session to resume; thrown away for a clean start.
    fn settle_session(
        &mut self,
        client_id: &str,
        version: Version,
        clean_start: bool,
        call: &mut Call<'_>,
    ) -> Option<SessionNumber> {
        let number = self.sessions.find(client_id)?;
        let session = self.sessions.by_number_mut(number)?;
        if clean_start && !is_off(Check::CleanStart) || is_off(Check::ResumeSession) {
            // 3.1.1 MQTT-3.1.2-6, 5.0 MQTT-3.1.2-4
            call.tell(&Decision::SessionDiscarded { client_id, version });
            self.discard(number, call);
            return None;
        }
        (session.will_due, session.ends) = (None, None);
        if is_off(Check::WillBack) {
            self.publish_will(number, call);
        }
        let session = self.sessions.by_number_mut(number)?;
        if let Some(will) = session.will.take() {
            // 5.0 MQTT-3.1.3-9
            let topic = &*will.message.topic;
            call.tell(&Decision::WillDiscarded { client_id, version, topic, back: true });
        }
        let (in_flight, queued) = (session.outgoing.len(), session.queued().len());
        call.tell(&Decision::SessionResumed { client_id, version, in_flight, queued });
        self.arm_session(number);
        Some(number)
    }

    fn accept(
        &mut self,
        connection: ConnectionId,
        connect: &Connect<'_>,
        (number, session_present): (SessionNumber, bool),
        assigned: bool,
        proof: Option<Proof>,
        call: &mut Call<'_>,
    ) {
        let Connect { version, clean_start, properties, .. } = *connect;
        let config = Arc::clone(&self.config);
        let connected = self.connections.len() as u64;
        let keep_alive_secs = keep_alive_for(connect, config.max_keepalive);
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        open.session = Some(number);
        open.keep_alive = KeepAlive::new(keep_alive_secs, call.now); // 5.0 MQTT-3.2.2-21
        open.told = config.told();
        let number_of = |id| properties.number(id);
        let window = number_of(PropertyId::ReceiveMaximum).map_or(config.window(), |it| it as u16);
        let window = if is_off(Check::Window) { u16::MAX } else { window };
        let aliases = number_of(PropertyId::TopicAliasMaximum).unwrap_or(0) as u16;
        session.link = Some(Link::new(open.peer, window, aliases.min(config.max_topic_alias_broker)));
        session.version = version;
        // 5.0 section 4.12: who the exchange proved, not who CONNECT names
        session.user_name =
            proof.as_ref().map(|proof| &*proof.user_name).or(connect.user_name).map(Into::into);
        session.expiry_secs = expiry_for(connect).min(config.persistent_client_expiration_secs);
        session.incoming.set_limit(config.unreleased_limit(version));
        session.begin_connection();
        session.will = will_of(connect);
        let client_id = &*session.client_id;
        call.tell(&Decision::Accepted { client_id, version, clean_start, session_present, keep_alive_secs });
        if keep_alive_secs != connect.keep_alive_secs {
            let asked_secs = connect.keep_alive_secs;
            call.tell(&Decision::KeepAliveSet { client_id, asked_secs, keep_alive_secs });
        }
        let properties =
            super::connack::properties(&config, connect, session, keep_alive_secs, assigned, proof);
        // 3.1.1 MQTT-3.2.0-1, MQTT-3.1.4-4, MQTT-3.2.2-1 to MQTT-3.2.2-3; 5.0 MQTT-3.2.0-1, MQTT-3.2.0-2,
        // MQTT-3.1.4-5, MQTT-3.2.2-2, MQTT-3.2.2-3
        let properties = properties.as_properties();
        let session_present = session_present && !is_off(Check::SessionPresent);
        let ack = Packet::ConnAck(ConnAck { session_present, code: ReasonCode::SUCCESS, properties });
        let counters = &mut self.outbox.counters;
        counters.connections += 1;
        counters.clients_maximum = counters.clients_maximum.max(connected);
        if !is_off(Check::ConnAck) && !self.outbox.packet(&open.peer, &ack) {
            // A client that cannot even be answered, with DISCONNECT neither (5.0 MQTT-3.14.0-1).
            self.outbox.close(connection);
            return self.lose(connection, Loss::Closed, ReasonCode::SUCCESS, "", call);
        }
        if !is_off(Check::Resend) {
            session.outgoing.rewind(); // 3.1.1 MQTT-4.4.0-1, 5.0 MQTT-4.4.0-1
        }
        session.pump(&mut self.outbox, call);
    }
}

/// The Keep Alive that holds: a 5.0 client can be told a shorter one (5.0 MQTT-3.1.2-21).
fn keep_alive_for(connect: &Connect<'_>, longest: u16) -> u16 {
    let asked = connect.keep_alive_secs;
    let bounded = connect.version == Version::V5 && longest > 0 && longest < u16::MAX;
    if bounded && (asked == 0 || asked > longest) { longest } else { asked }
}

/// How long the client wants its session kept (5.0 section 3.1.2.11.2; before, Clean Session says it).
fn expiry_for(connect: &Connect<'_>) -> u32 {
    match connect.version {
        Version::V5 => connect.properties.number(PropertyId::SessionExpiryInterval).unwrap_or(0),
        _ if connect.clean_start => 0,
        _ => u32::MAX,
    }
}

/// What is published when the connection ends (3.1.1 MQTT-3.1.2-8, 5.0 MQTT-3.1.2-7).
fn will_of(connect: &Connect<'_>) -> Option<Box<Will>> {
    let will = connect.will?;
    let payload = Bytes::copy_from_slice(will.payload);
    Some(Box::new(Will {
        message: Arc::new(Message::new(will.topic, payload, will_properties(will.properties))),
        qos: will.qos,
        retain: will.retain,
        delay_secs: will.properties.number(PropertyId::WillDelayInterval).unwrap_or(0),
    }))
}
