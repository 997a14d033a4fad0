//! The client's state, its life from CONNECT to close, and its timers.

use std::collections::VecDeque;

use litemap::LiteMap;
use std::sync::Arc;

use bytes::Bytes;

use super::auth::{Authentication, Mechanism};
use super::config::{ClientConfig, WillConfig};
use super::decision::Decision;
use super::error::ClientError;
use super::event::{ClientEvent, ClientOutput, CloseReason, ReceivedMessage};
use super::limits::ServerLimits;
use super::misbehave::Slips;
use super::reconnect::Attempts;
use super::request::Pending;
use super::switches::{Check, is_off};
use crate::codec::{
    self, Connect, Framer, Packet, PacketId, PacketType, Properties, PropertyId, QoS, Reason, ReasonCode,
    SubscriptionOptions, Version,
};
use crate::session::{InFlight, Incoming, KeepAlive, Outgoing, PacketIds};
use crate::time::{Duration, Instant};

/// Outputs and events that may wait to be drained, beside those that one packet leads to.
pub const QUEUE_LIMIT: usize = 65_536;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientStatus {
    /// There is none, or it is to be closed.
    Offline,
    /// CONNECT has been sent.
    Connecting,
    /// CONNACK has accepted it.
    Connected,
}

/// A subscription as the client knows it from SUBACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// What was asked for.
    pub options: SubscriptionOptions,
    /// The QoS that the server granted.
    pub granted: QoS,
    /// Subscription Identifier (5.0); 0 is none.
    pub identifier: u32,
}

/// A QoS 2 message from the server that waits for PUBREL.
#[derive(Clone, Debug)]
pub(super) struct Unreleased {
    pub received: ReceivedMessage,
    /// It, or a copy of it, came on this connection: it takes one place of the Receive Maximum.
    pub counts: bool,
}

/// What outlives a connection (3.1.1 section 3.1.2.4, 5.0 section 4.1).
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// A server has accepted it before.
    pub established: bool,
    pub outgoing: Outgoing,
    pub incoming: Incoming<Unreleased>,
    pub subscriptions: LiteMap<Arc<str>, Subscription>,
}

impl Session {
    fn new(incoming_limit: u16) -> Self {
        Self {
            established: false,
            outgoing: Outgoing::default(),
            incoming: Incoming::new(incoming_limit),
            subscriptions: LiteMap::new(),
        }
    }

    pub fn clear(&mut self) {
        self.established = false;
        self.outgoing.clear();
        self.incoming.clear();
        self.subscriptions.clear();
    }
}

/// What belongs to one connection.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub framer: Framer,
    pub keep_alive: KeepAlive,
    pub ping_sent: Option<Instant>,
    pub opened: Instant,
    pub limits: ServerLimits,
    /// Topic Aliases that the server has set up, and those that this client has (5.0 MQTT-3.3.2-7).
    pub aliases_in: LiteMap<u16, Arc<str>>,
    pub aliases_out: LiteMap<u16, Arc<str>>,
    pub pending: VecDeque<Pending>,
    /// PUBLISH and PUBREL packets that may be sent again on this connection, and when they were sent; oldest first.
    pub unanswered: VecDeque<(Instant, PacketId)>,
    pub authentication: Authentication,
    pub slips: Slips,
    /// Types of acknowledgements that are held, and those that are.
    pub holds: Vec<PacketType>,
    pub held: Vec<Bytes>,
    /// No PINGREQ is sent, on purpose.
    pub no_pings: bool,
    /// The session goes on after this connection.
    pub keeps_session: bool,
}

impl Link {
    fn new(config: &ClientConfig, now: Instant) -> Self {
        let keeps_session = match config.version {
            // 5.0 section 3.1.2.11.2: absent or 0, the session ends with the connection.
            Version::V5 => config.number(PropertyId::SessionExpiryInterval).unwrap_or(0) > 0,
            _ => !config.clean_start, // 3.1.1 MQTT-3.1.2-4, MQTT-3.1.2-6
        };
        Self {
            framer: Framer::new(config.packet_limit()),
            keep_alive: KeepAlive::new(config.keep_alive_secs, now),
            ping_sent: None,
            opened: now,
            limits: ServerLimits::default(),
            aliases_in: LiteMap::new(),
            aliases_out: LiteMap::new(),
            pending: VecDeque::new(),
            unanswered: VecDeque::new(),
            authentication: Authentication::default(),
            slips: Slips::new(),
            holds: Vec::new(),
            held: Vec::new(),
            no_pings: false,
            keeps_session,
        }
    }
}

/// A client. See the [module](super) for how to drive it.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) config: ClientConfig,
    pub(super) assigned_client_id: Option<String>,
    pub(super) status: ClientStatus,
    pub(super) link: Link,
    pub(super) session: Session,
    pub(super) ids: PacketIds,
    pub(super) received: u64,
    pub(super) last_received: Option<ReceivedMessage>,
    pub(super) mechanism: Option<Arc<dyn Mechanism>>,
    /// Authentications begun.
    pub(super) authentications: u64,
    pub(super) attempts: Attempts,
    outputs: VecDeque<ClientOutput>,
    events: VecDeque<ClientEvent>,
}

impl Client {
    /// Not connected, with no session.
    pub fn new(config: ClientConfig) -> Self {
        Self {
            assigned_client_id: None,
            status: ClientStatus::Offline,
            link: Link::new(&config, Instant::ZERO),
            session: Session::new(config.max_incoming),
            ids: first_id(&config),
            received: 0,
            last_received: None,
            mechanism: None,
            authentications: 0,
            attempts: Attempts::default(),
            outputs: VecDeque::new(),
            events: VecDeque::new(),
            config,
        }
    }

    /// How it connects.
    pub const fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Changes how it connects next time. Another client identifier is another session (3.1.1 MQTT-3.1.3-2, 5.0
    /// MQTT-3.1.3-2): that of before is forgotten.
    ///
    /// # Errors
    /// While there is a connection.
    pub fn set_config(&mut self, config: ClientConfig) -> Result<(), ClientError> {
        if self.status != ClientStatus::Offline {
            return Err(ClientError::AlreadyConnected);
        }
        if config.client_id != self.config.client_id {
            self.session.clear();
            self.assigned_client_id = None;
        }
        if config.first_packet_id != self.config.first_packet_id {
            self.ids = first_id(&config);
        }
        self.session.incoming.set_limit(config.max_incoming);
        self.config = config;
        Ok(())
    }

    /// The transport is open: sends CONNECT.
    ///
    /// # Errors
    /// When there is a connection already, or CONNECT as configured would break a rule.
    pub fn connect(&mut self, now: Instant) -> Result<(), ClientError> {
        if self.status != ClientStatus::Offline {
            return Err(ClientError::AlreadyConnected); // 3.1.1 MQTT-3.1.0-2
        }
        let needs_id = match self.config.version {
            Version::V31 => true,
            Version::V311 => !self.config.clean_start, // 3.1.1 MQTT-3.1.3-7
            Version::V5 => false,
        };
        if needs_id && self.client_id().is_empty() {
            return Err(ClientError::EmptyClientId);
        }
        let (properties, authentication) = self.begin_authentication()?;
        let bytes = self.encode_checked(&Packet::Connect(self.connect_packet(properties.as_properties())))?;
        self.authentications += 1;
        self.open(now);
        self.link.authentication = authentication;
        if self.config.clean_start && self.session.established {
            self.decide(Decision::StartsClean { version: self.config.version });
        }
        if self.config.clean_start {
            self.session.clear(); // 3.1.1 MQTT-3.1.2-6, 5.0 MQTT-3.1.2-4
        }
        self.queue(now, bytes);
        Ok(())
    }

    /// A new connection, on which nothing has been sent.
    pub(super) fn open(&mut self, now: Instant) {
        self.link = Link::new(&self.config, now);
        self.status = ClientStatus::Connecting;
        self.attempts.due = None;
    }

    fn connect_packet<'a>(&'a self, properties: Properties<'a>) -> Connect<'a> {
        let config = &self.config;
        // What a mechanism proves is not sent.
        let plain = self.mechanism_in_use().is_none();
        Connect {
            version: config.version,
            clean_start: config.clean_start,
            keep_alive_secs: config.keep_alive_secs,
            properties,
            client_id: self.client_id(),
            will: config.will.as_ref().map(WillConfig::as_will),
            user_name: config.user_name.as_deref().filter(|_| plain),
            password: config.password.as_deref().filter(|_| plain),
        }
    }

    /// The transport is gone, for whatever reason. Nothing happens if the client closed it itself.
    pub fn handle_closed(&mut self, now: Instant) {
        if self.status != ClientStatus::Offline {
            self.end(now, CloseReason::TransportClosed);
        }
    }

    /// The moment of [`Client::poll_timeout`] has come, or has not: too early does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        let due = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        match self.status {
            ClientStatus::Offline => self.attempt(now),
            ClientStatus::Connecting => {
                if due(self.connack_deadline()) {
                    self.close(now, CloseReason::ConnAckTimeout);
                }
            }
            ClientStatus::Connected if due(self.pingresp_deadline()) => {
                self.close(now, CloseReason::PingRespTimeout); // 3.1.1 section 3.1.2.10
            }
            ClientStatus::Connected => {
                if due(self.retry_deadline()) {
                    self.retry(now);
                }
                let silent = self.link.ping_sent.is_none() && due(self.ping_deadline());
                if silent && !is_off(Check::ClientKeepAlive) {
                    // 3.1.1 MQTT-3.1.2-23, 5.0 MQTT-3.1.2-20
                    let secs = self.link.keep_alive.interval_secs();
                    self.decide(Decision::KeepsAlive { secs, version: self.config.version });
                    self.link.ping_sent = Some(now);
                    self.send(now, &Packet::PingReq);
                }
            }
        }
    }

    /// When [`Client::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.status {
            ClientStatus::Offline => self.attempts.due,
            ClientStatus::Connecting => self.connack_deadline(),
            ClientStatus::Connected => {
                let alive = self.pingresp_deadline().or_else(|| self.ping_deadline());
                alive.into_iter().chain(self.retry_deadline()).min()
            }
        }
    }

    fn connack_deadline(&self) -> Option<Instant> {
        let secs = u64::from(self.config.connack_timeout_secs);
        (secs > 0).then(|| self.link.opened + Duration::from_secs(secs))
    }

    /// When PINGREQ is due, unless another packet goes out before.
    fn ping_deadline(&self) -> Option<Instant> {
        if self.link.no_pings { None } else { self.link.keep_alive.client_deadline() }
    }

    /// One more keep alive interval after PINGREQ. Until then nothing else is due: whatever else was sent later
    /// has begun a later interval.
    fn pingresp_deadline(&self) -> Option<Instant> {
        let secs = self.link.keep_alive.interval_secs();
        // Without a keep alive there is no time in which the answer is due: a PINGREQ that was adopted waits for ever.
        self.link.ping_sent.filter(|_| secs > 0).map(|sent| sent + Duration::from_secs(secs.into()))
    }

    /// What the transport has to do next.
    pub fn poll_output(&mut self) -> Option<ClientOutput> {
        self.outputs.pop_front()
    }

    /// What the owner has to hear next.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// Where the connection stands.
    pub const fn status(&self) -> ClientStatus {
        self.status
    }

    /// The client identifier: that of the configuration, or the one that the server assigned (5.0 MQTT-3.2.2-16).
    pub fn client_id(&self) -> &str {
        match &self.assigned_client_id {
            Some(assigned) if self.config.client_id.is_empty() => assigned,
            _ => &self.config.client_id,
        }
    }

    /// Whether there is a session that a server has accepted.
    pub const fn has_session(&self) -> bool {
        self.session.established
    }

    /// Whether the present (or next) connection's session goes on after it.
    pub const fn keeps_session(&self) -> bool {
        self.link.keeps_session
    }

    /// The keep alive in force; `None` while not connected.
    pub fn keep_alive(&self) -> Option<&KeepAlive> {
        (self.status == ClientStatus::Connected).then_some(&self.link.keep_alive)
    }

    /// When the PINGREQ was sent that has no answer yet.
    pub const fn ping_sent(&self) -> Option<Instant> {
        self.link.ping_sent
    }

    /// What the server said in CONNACK that it takes.
    pub const fn server_limits(&self) -> &ServerLimits {
        &self.link.limits
    }

    /// QoS 1 and 2 messages to the server that are not acknowledged to the end, in the order of sending.
    pub fn in_flight(&self) -> impl ExactSizeIterator<Item = &InFlight> {
        self.session.outgoing.iter()
    }

    /// QoS 2 messages from the server that wait for PUBREL, in the order of arrival.
    pub fn incoming(&self) -> impl ExactSizeIterator<Item = (PacketId, &ReceivedMessage)> {
        self.session.incoming.iter().map(|(packet_id, kept)| (packet_id, &kept.received))
    }

    /// The subscriptions that the server has granted, by filter.
    pub fn subscriptions(&self) -> impl ExactSizeIterator<Item = (&str, Subscription)> {
        self.session.subscriptions.iter().map(|(filter, subscription)| (&**filter, *subscription))
    }

    /// The Packet Identifier that the next packet with one gets; `None` while all are in use.
    pub fn next_packet_id(&self) -> Option<PacketId> {
        let mut ids = self.ids;
        ids.allocate(|| self.ids_in_use())
    }

    /// SUBSCRIBE and UNSUBSCRIBE requests without an answer.
    pub fn pending_requests(&self) -> usize {
        self.link.pending.len()
    }

    /// How many messages have reached the application since the client was made.
    pub const fn received_count(&self) -> u64 {
        self.received
    }

    /// The last message that reached the application.
    pub const fn last_received(&self) -> Option<&ReceivedMessage> {
        self.last_received.as_ref()
    }

    pub(super) fn overrun(&self) -> bool {
        self.events.len() >= QUEUE_LIMIT || self.outputs.len() >= QUEUE_LIMIT
    }

    pub(super) fn event(&mut self, event: ClientEvent) {
        self.events.push_back(event);
    }

    pub(super) fn decide(&mut self, decision: Decision) {
        self.events.push_back(ClientEvent::Decision(decision));
    }

    /// Encodes a packet of the owner's making and reads it back with the decoder that everyone reads with: what
    /// it would refuse is not sent.
    pub(super) fn encode_checked(&self, packet: &Packet<'_>) -> Result<Bytes, ClientError> {
        let mut out = Vec::new();
        packet.encode(self.config.version, &mut out)?;
        codec::decode(&out, self.config.version).map_err(ClientError::Invalid)?;
        Ok(out.into())
    }

    /// Sends a packet of the client's own making, whose lengths always fit.
    pub(super) fn send(&mut self, now: Instant, packet: &Packet<'_>) {
        let mut out = Vec::new();
        if packet.encode(self.config.version, &mut out).is_ok() {
            self.queue(now, out.into());
        }
    }

    /// What goes out behind all that was sent before.
    pub(super) fn queue_in_order(&mut self, now: Instant, packet: Bytes, order: Check) {
        self.queue(now, packet);
        if is_off(order)
            && let Some(last) = self.outputs.pop_back()
        {
            self.outputs.push_front(last);
        }
    }

    pub(super) fn queue(&mut self, now: Instant, packet: Bytes) {
        self.link.keep_alive.mark(now);
        self.outputs.push_back(ClientOutput::Send(packet));
    }

    /// Closes the connection from here.
    pub(super) fn close(&mut self, now: Instant, reason: CloseReason) {
        if !is_off(Check::DisconnectCloses) {
            // 3.1.1 MQTT-3.14.4-1, 5.0 MQTT-3.14.4-2
            self.outputs.push_back(ClientOutput::Close);
        }
        self.end(now, reason);
    }

    /// Closes with 5.0's DISCONNECT, which says why. Before 5.0 a DISCONNECT would take back the will.
    pub(super) fn close_with_code(&mut self, now: Instant, code: u8, reason: CloseReason) {
        if self.config.version == Version::V5 && self.status == ClientStatus::Connected {
            let properties = Properties::EMPTY;
            self.send(now, &Packet::Disconnect(Reason { code: ReasonCode(code), properties }));
        }
        self.close(now, reason);
    }

    /// The connection is over.
    pub(super) fn end(&mut self, now: Instant, reason: CloseReason) {
        let accepted = self.status == ClientStatus::Connected;
        self.status = ClientStatus::Offline;
        self.link.framer = Framer::new(0); // lets go of an unfinished packet; the next connection brings its own
        self.link.ping_sent = None;
        self.link.pending.clear();
        self.link.unanswered.clear();
        self.link.slips.clear();
        self.link.holds.clear();
        self.link.held.clear();
        self.link.authentication = Authentication::default();
        // A connection that was never accepted has touched no session.
        if accepted && !self.link.keeps_session {
            self.decide(Decision::EndsSession { version: self.config.version });
            self.session.clear(); // 3.1.1 MQTT-3.1.2-6
        }
        self.event(ClientEvent::Closed(reason));
        self.plan_attempt(now, reason, accepted);
    }
}

fn first_id(config: &ClientConfig) -> PacketIds {
    PacketIds::starting_at(PacketId::new(config.first_packet_id).unwrap_or(PacketId::MIN))
}
