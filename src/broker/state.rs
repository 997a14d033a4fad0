//! The broker's state and its four kinds of methods.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::auth::Mechanism;
use super::call::Call;
use super::config::{BrokerConfig, Told};
use super::connection::{Connection, Stop};
use super::decision::{Decision, Loss, Observer, Violation};
use super::output::{BrokerOutput, ConnectionId, Outbox};
use super::packets::Sender;
use super::paged::PagedMap;
use super::retained::{RetainedMessage, RetainedStore};
use super::route::{Granted, Matches};
use super::session::Session;
use super::sessions::{SessionNumber, Sessions};
use super::shared::Groups;
use super::sys::Sys;
use crate::codec::{Direction, ReasonCode};
use crate::time::Instant;
use crate::topic::{MatchScratch, SubscriptionTree};

/// An MQTT server as a value.
///
/// A clone is a snapshot: sessions, payloads, the subscription tree and the retained messages are shared with it
/// until one of the two changes them.
#[derive(Clone, Debug)]
pub struct Broker {
    pub(super) config: Arc<BrokerConfig>,
    pub(super) mechanisms: Vec<Arc<dyn Mechanism>>,
    pub(super) connections: PagedMap<ConnectionId, Box<Connection>>,
    pub(super) sessions: Sessions,
    pub(super) subscriptions: Arc<SubscriptionTree<Granted>>,
    pub(super) groups: Arc<Groups>,
    pub(super) retained: Arc<RetainedStore>,
    pub(super) outbox: Outbox,
    /// The deadline of each connection and session that has one.
    timers: BTreeSet<(Instant, Timer)>,
    pub(super) sys: Sys,
    /// How many client identifiers were made up.
    pub(super) assigned: u64,
    /// Room for lookups, kept so that none allocates.
    pub(super) scratch: MatchScratch,
    pub(super) matches: Matches,
}

/// Whose deadline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Connection(ConnectionId),
    Session(SessionNumber),
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
            sys: Sys::new(config.sys_interval_secs),
            config: Arc::new(config),
            mechanisms: Vec::new(),
            connections: PagedMap::default(),
            sessions: Sessions::default(),
            subscriptions: Arc::default(),
            groups: Arc::default(),
            retained: Arc::default(),
            outbox: Outbox::default(),
            timers: BTreeSet::new(),
            assigned: 0,
            scratch: MatchScratch::default(),
            matches: Matches::default(),
        }
    }

    /// The same broker, offering one more way to authenticate (5.0 section 4.12).
    #[must_use]
    pub fn with_mechanism(mut self, mechanism: Arc<dyn Mechanism>) -> Self {
        self.mechanisms.push(mechanism);
        self
    }

    /// Other settings, as when mosquitto reads its configuration again: what is there stays, what was told to a client
    /// in CONNACK holds for its connection, limits count from the next thing that they bound.
    pub fn set_config(&mut self, now: Instant, config: BrokerConfig) {
        self.sys.set_interval(now, config.sys_interval_secs);
        self.config = Arc::new(config);
    }

    /// The same broker, offering these ways to authenticate and no others.
    #[must_use]
    pub fn with_mechanisms(mut self, mechanisms: Vec<Arc<dyn Mechanism>>) -> Self {
        self.mechanisms = mechanisms;
        self
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
        self.outbox.counters.sockets += 1;
        if self.connections.len() >= self.config.max_connections {
            self.outbox.close(connection);
            return;
        }
        let open = Connection::new(connection, now, &self.config);
        self.connections.insert(connection, Box::new(open));
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
        self.call(now, observer, |broker, call| broker.data(connection, chunk, call));
    }

    /// The transport is gone; without a DISCONNECT before it, the will is published. Ignored for a connection that
    /// has ended already.
    pub fn handle_closed<O: Observer>(&mut self, now: Instant, connection: ConnectionId, observer: &mut O) {
        let loss = (Loss::Closed, ReasonCode::SUCCESS);
        self.call(now, observer, |broker, call| broker.lose(connection, loss.0, loss.1, "", call));
    }

    /// The owner wants a connection ended. A 5.0 client that was accepted is told `code` with a DISCONNECT (such as
    /// 0x8B, Server shutting down; with 0x9C and 0x9D goes [`BrokerConfig::server_reference`]).
    pub fn handle_eviction<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        code: ReasonCode,
        observer: &mut O,
    ) {
        self.call(now, observer, |broker, call| {
            broker.lose(connection, Loss::Evicted { code }, code, "", call)
        });
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
        let mut call = Call::new(now, observer, self.outbox.len());
        session.pump(&mut self.outbox, &mut call);
        self.outbox.tell(&mut call);
    }

    /// The moment of [`Broker::poll_timeout`] has come: connections whose time is over are closed, sessions end, wills
    /// and `$SYS` topics are published.
    pub fn handle_timeout<O: Observer>(&mut self, now: Instant, observer: &mut O) {
        self.call(now, observer, |broker, call| broker.timeout(call));
    }

    /// The next thing to do to a connection, in order; `None` when there is nothing left.
    pub fn poll_output(&mut self) -> Option<(ConnectionId, BrokerOutput)> {
        self.outbox.pop()
    }

    /// When [`Broker::handle_timeout`] wants to be called, if at all. Changes with every other call.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let timer = self.timers.first().map(|(at, _)| *at);
        [timer, self.retained.sweep, self.sys.next].into_iter().flatten().min()
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

    /// The Keep Alive that holds for a connection, in seconds; 0 is off.
    pub fn keep_alive_secs(&self, connection: ConnectionId) -> Option<u16> {
        let open = self.connections.get(&connection)?;
        open.session.map(|_| open.keep_alive.interval_secs())
    }

    /// Topics that go by an alias from the client on this connection (5.0).
    pub fn aliases_from(&self, connection: ConnectionId) -> impl Iterator<Item = (u16, &str)> {
        self.connections.get(&connection).into_iter().flat_map(|open| open.aliases())
    }

    /// The methods by which clients authenticate at this moment, each with the client's identifier where it was accepted
    /// before.
    pub fn authenticating(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.connections.values().filter_map(|open| {
            let method = open.authentication.as_ref()?.under_way()?;
            let session = open.session.and_then(|number| self.sessions.by_number(number));
            Some((method, session.map(Session::client_id)))
        })
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
        (self.connections.len(), self.sessions.len(), self.subscription_count())
    }

    /// Writes out what the broker's further doing depends on, to tell states apart: not the counters behind the
    /// `$SYS` topics, not the tree of subscriptions, which repeats those of the sessions.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn write_state(&self, out: &mut impl core::fmt::Write) -> core::fmt::Result {
        let Self { connections, sessions, groups, retained, assigned, .. } = self;
        write!(out, "{connections:?}{sessions:?}{groups:?}{retained:?}{assigned}")
    }

    pub(super) fn subscription_count(&self) -> usize {
        // A group is one subscription in the tree.
        self.subscriptions.len() - self.groups.len() + self.groups.members
    }

    // ---- inside ----

    /// What holds for a client: a 5.0 one was told, others could not be.
    pub(super) fn told(&self, from: &Sender) -> Told {
        let open = if from.peer.is_v5() { self.connections.get(&from.peer.connection) } else { None };
        open.map_or_else(|| self.config.told(), |open| open.told)
    }

    pub(super) fn forget_timers(&mut self) {
        self.timers.clear();
    }

    fn call<O: Observer>(
        &mut self,
        now: Instant,
        observer: &mut O,
        work: impl FnOnce(&mut Self, &mut Call<'_>),
    ) {
        let mut call = Call::new(now, observer, self.outbox.len());
        work(self, &mut call);
        self.outbox.tell(&mut call);
    }

    fn data(&mut self, connection: ConnectionId, mut chunk: &[u8], call: &mut Call<'_>) {
        if self.connections.contains_key(&connection) {
            self.outbox.counters.bytes_received += chunk.len() as u64;
        }
        // What a packet does may end the connection: it is looked up anew for each.
        while let Some(open) = self.connections.get_mut(&connection) {
            match open.next_frame(&mut chunk) {
                Ok(Some(frame)) => {
                    if call.hears_packets() {
                        call.tell_packet(connection, Direction::ToServer, &frame);
                    }
                    self.handle_frame(connection, &frame, call);
                    self.outbox.tell(call);
                }
                Ok(None) => break,
                Err(stop) => {
                    self.stop(connection, stop, call);
                    break;
                }
            }
        }
        self.arm(connection);
    }

    fn timeout(&mut self, call: &mut Call<'_>) {
        while let Some(&(at, timer)) = self.timers.first() {
            if at > call.now {
                break;
            }
            match timer {
                Timer::Connection(connection) => self.out_of_time(connection, call),
                Timer::Session(number) => self.session_due(number, call),
            }
        }
        if self.retained.sweep.is_some_and(|at| at <= call.now) {
            let retained = Arc::make_mut(&mut self.retained);
            let gone = retained.expire(call.now);
            retained.plan_sweep(call.now);
            gone.iter().for_each(|topic| call.tell(&Decision::RetainedExpired { topic }));
        }
        if self.sys.next.is_some_and(|at| at <= call.now) {
            self.publish_sys(call);
        }
    }

    fn out_of_time(&mut self, connection: ConnectionId, call: &mut Call<'_>) {
        match self.connections.get(&connection) {
            Some(open) if open.session.is_some() => {
                let keep_alive_secs = open.keep_alive.interval_secs();
                // 3.1.1 MQTT-3.1.2-24, 5.0 MQTT-3.1.2-22
                let loss = Loss::KeepAlive { keep_alive_secs };
                self.lose(connection, loss, ReasonCode(0x8D), "", call);
            }
            _ => {
                // 3.1.1 section 3.1.4, 5.0 section 3.1.4
                let limit_secs = self.config.connect_timeout_secs;
                self.stop(connection, Violation::ConnectTimeout { limit_secs }.into(), call);
            }
        }
    }

    /// Ends a connection for a broken rule, told to the observer, and to a 5.0 client that was accepted
    /// (5.0 MQTT-4.13.1-1).
    pub(super) fn stop(&mut self, connection: ConnectionId, stop: Stop, call: &mut Call<'_>) {
        let Some(open) = self.connections.get(&connection) else { return };
        #[cfg(feature = "switches")]
        if stop.is_off() {
            return;
        }
        let version = open.peer.version;
        let session = open.session.and_then(|number| self.sessions.by_number(number));
        let client_id = session.map(|session| &*session.client_id);
        let (code, reason) = match stop {
            Stop::Malformed(fault) => {
                call.tell(&Decision::Malformed { client_id, fault });
                (ReasonCode(fault.reason_code()), fault.statement())
            }
            Stop::Violated(violation) => {
                call.tell(&Decision::Violated { client_id, version, violation });
                (violation.code(), violation.statement(version).unwrap_or_default())
            }
        };
        // 3.1.1 MQTT-4.8.0-1, 5.0 MQTT-4.13.1-1
        self.lose(connection, Loss::Faulty, code, reason, call);
    }

    /// Sets the timer to the connection's present deadline.
    pub(super) fn arm(&mut self, connection: ConnectionId) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let deadline = open.deadline(self.config.connect_timeout_secs);
        set_timer(&mut self.timers, Timer::Connection(connection), &mut open.timer, deadline);
    }

    /// Sets the timer to the moment at which something becomes of a session whose client is away.
    pub(super) fn arm_session(&mut self, number: SessionNumber) {
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        let due = [session.will_due, session.ends].into_iter().flatten().min();
        set_timer(&mut self.timers, Timer::Session(number), &mut session.timer, due);
    }

    /// Takes a connection out.
    pub(super) fn forget(&mut self, connection: ConnectionId) -> Option<Connection> {
        let mut gone = self.connections.remove(&connection)?;
        set_timer(&mut self.timers, Timer::Connection(connection), &mut gone.timer, None);
        Some(*gone)
    }

    /// Takes a session out.
    pub(super) fn forget_session(&mut self, number: SessionNumber) -> Option<Arc<Session>> {
        let gone = self.sessions.remove(number)?;
        let mut timer = gone.timer;
        set_timer(&mut self.timers, Timer::Session(number), &mut timer, None);
        Some(gone)
    }
}

fn set_timer(
    timers: &mut BTreeSet<(Instant, Timer)>,
    timer: Timer,
    present: &mut Option<Instant>,
    wanted: Option<Instant>,
) {
    if *present == wanted {
        return;
    }
    if let Some(old) = *present {
        timers.remove(&(old, timer));
    }
    *present = wanted;
    if let Some(at) = wanted {
        timers.insert((at, timer));
    }
}
