//! The broker's state and its four kinds of methods.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::config::BrokerConfig;
use super::connection::{Connection, Stop};
use super::decision::{Decision, Loss, Observer, Violation};
use super::output::{BrokerOutput, ConnectionId, Outbox};
use super::retained::{RetainedMessage, RetainedStore};
use super::route::Matches;
use super::session::Session;
use super::sessions::Sessions;
use crate::codec::SubscriptionOptions;
use crate::time::Instant;
use crate::topic::{MatchScratch, SubscriptionTree};

/// An MQTT server as a value.
///
/// A clone is a snapshot: payloads, the subscription tree and the retained messages are shared with it until one of
/// the two changes them.
#[derive(Clone, Debug)]
pub struct Broker {
    pub(super) config: Arc<BrokerConfig>,
    pub(super) connections: BTreeMap<ConnectionId, Connection>,
    pub(super) sessions: Sessions,
    pub(super) subscriptions: Arc<SubscriptionTree<SubscriptionOptions>>,
    pub(super) retained: Arc<RetainedStore>,
    pub(super) outbox: Outbox,
    /// The deadline of each connection that has one.
    timers: BTreeSet<(Instant, ConnectionId)>,
    /// How many client identifiers were made up.
    pub(super) assigned: u64,
    /// Room for lookups, kept so that none allocates.
    pub(super) scratch: MatchScratch,
    pub(super) matches: Matches,
}

impl Default for Broker {
    fn default() -> Self {
        Self::new(BrokerConfig::default())
    }
}

impl Broker {
    /// A broker without connections, sessions and retained messages.
    pub fn new(config: BrokerConfig) -> Self {
        Self {
            config: Arc::new(config),
            connections: BTreeMap::new(),
            sessions: Sessions::default(),
            subscriptions: Arc::default(),
            retained: Arc::default(),
            outbox: Outbox::default(),
            timers: BTreeSet::new(),
            assigned: 0,
            scratch: MatchScratch::default(),
            matches: Matches::default(),
        }
    }

    /// How it is set.
    pub fn config(&self) -> &BrokerConfig {
        &self.config
    }

    /// A transport connection is open; over [`BrokerConfig::max_connections`] it is closed at once. A number in use
    /// belongs to the connection that has it: the call is ignored.
    pub fn handle_open(&mut self, now: Instant, connection: ConnectionId) {
        if self.connections.contains_key(&connection) {
            return;
        }
        if self.connections.len() >= self.config.max_connections {
            self.outbox.close(connection);
            return;
        }
        self.connections.insert(connection, Connection::new(now, self.config.max_packet_size));
        self.arm(connection);
    }

    /// Bytes came, cut anywhere. Ignored for a connection that is not open (any more).
    pub fn handle_data<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        chunk: &[u8],
        observer: &mut O,
    ) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        open.push(chunk);
        // What a packet does may end the connection: it is looked up anew for each.
        while let Some(open) = self.connections.get_mut(&connection) {
            match open.next_frame() {
                Ok(Some(frame)) => self.handle_frame(now, connection, &frame, observer),
                Ok(None) => break,
                Err(stop) => self.stop(now, connection, stop, observer),
            }
        }
        self.arm(connection);
    }

    /// The transport is gone; without a DISCONNECT before it, the will is published. Ignored for a connection that
    /// has ended already.
    pub fn handle_closed<O: Observer>(&mut self, now: Instant, connection: ConnectionId, observer: &mut O) {
        self.lose(now, connection, Loss::Closed, observer);
    }

    /// Whether the owner takes more than answers for this connection (it does at first). While it does not, QoS 0
    /// messages for it are dropped and others wait in its queue: a slow reader costs no more than its queue.
    pub fn handle_writable<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        writable: bool,
        observer: &mut O,
    ) {
        let Some(session) = self.connections.get(&connection).and_then(|open| open.session) else { return };
        let Some(session) = self.sessions.by_number_mut(session) else { return };
        if let Some(link) = &mut session.link {
            link.writable = writable;
        }
        session.pump(now, &self.config, &mut self.outbox, observer);
    }

    /// The moment of [`Broker::poll_timeout`] has come: connections whose time is over are closed.
    pub fn handle_timeout<O: Observer>(&mut self, now: Instant, observer: &mut O) {
        while let Some(&(at, connection)) = self.timers.first() {
            if at > now {
                return;
            }
            match self.connections.get(&connection) {
                Some(open) if open.session.is_some() => {
                    let keep_alive_secs = open.keep_alive.interval_secs();
                    // 3.1.1 MQTT-3.1.2-24, 5.0 MQTT-3.1.2-22
                    self.lose(now, connection, Loss::KeepAlive { keep_alive_secs }, observer);
                }
                _ => {
                    // 3.1.1 section 3.1.4, 5.0 section 3.1.4
                    let limit_secs = self.config.connect_timeout_secs;
                    let stop = Stop::Violated(Violation::ConnectTimeout { limit_secs });
                    self.stop(now, connection, stop, observer);
                }
            }
        }
    }

    /// The next thing to do to a connection, in order; `None` when there is nothing left.
    pub fn poll_output(&mut self) -> Option<(ConnectionId, BrokerOutput)> {
        self.outbox.pop()
    }

    /// When [`Broker::handle_timeout`] wants to be called, if at all. Changes with every other call.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    // ---- state for views ----

    /// All sessions, connected or kept, in the order of client identifiers.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.iter()
    }

    /// The session of a client identifier.
    pub fn session(&self, client_id: &str) -> Option<&Session> {
        self.sessions.find(client_id).and_then(|number| self.sessions.by_number(number))
    }

    /// The session that a connection belongs to, once its CONNECT is accepted.
    pub fn session_of(&self, connection: ConnectionId) -> Option<&Session> {
        self.sessions.by_number(self.connections.get(&connection)?.session?)
    }

    /// The Keep Alive that a connection asked for, in seconds; 0 is off.
    pub fn keep_alive_secs(&self, connection: ConnectionId) -> Option<u16> {
        let open = self.connections.get(&connection)?;
        open.session.map(|_| open.keep_alive.interval_secs())
    }

    /// When a connection ends unless something comes: for lack of a CONNECT, later by keep alive.
    pub fn deadline(&self, connection: ConnectionId) -> Option<Instant> {
        self.connections.get(&connection)?.timer
    }

    /// Retained messages in the order of topics.
    pub fn retained(&self) -> impl ExactSizeIterator<Item = &RetainedMessage> {
        self.retained.iter()
    }

    /// Connections, sessions and subscriptions that there are.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.connections.len(), self.sessions.len(), self.subscriptions.len())
    }

    // ---- inside ----

    /// Ends a connection for a broken rule, told to the observer.
    pub(super) fn stop<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        stop: Stop,
        observer: &mut O,
    ) {
        let Some(open) = self.connections.get(&connection) else { return };
        let version = open.version;
        let session = open.session.and_then(|number| self.sessions.by_number(number));
        let client_id = session.map(|session| &*session.client_id);
        let decision = match stop {
            Stop::Malformed(fault) => Decision::Malformed { client_id, fault },
            Stop::Violated(violation) => Decision::Violated { client_id, version, violation },
        };
        observer.decision(now, &decision);
        self.lose(now, connection, Loss::Faulty, observer); // 3.1.1 MQTT-4.8.0-1, 5.0 MQTT-4.13.1-1
    }

    /// Sets the timer to the connection's present deadline.
    pub(super) fn arm(&mut self, connection: ConnectionId) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let deadline = open.deadline(self.config.connect_timeout_secs);
        if deadline == open.timer {
            return;
        }
        if let Some(old) = open.timer {
            self.timers.remove(&(old, connection));
        }
        open.timer = deadline;
        if let Some(deadline) = deadline {
            self.timers.insert((deadline, connection));
        }
    }

    /// Takes a connection out.
    pub(super) fn forget(&mut self, connection: ConnectionId) -> Option<Connection> {
        let gone = self.connections.remove(&connection)?;
        if let Some(at) = gone.timer {
            self.timers.remove(&(at, connection));
        }
        Some(gone)
    }
}
