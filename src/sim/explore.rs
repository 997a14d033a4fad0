//! Every way it can go: a publisher, the broker and a subscriber, a few messages, links that may be cut.
//!
//! [`Explorer`] takes the shipped cores through every order of events that an ordered, lossless transport allows:
//! each direction of a link is a queue, and whose first packet arrives next is free, as is when the next message is
//! published, when a link is cut, when each end finds out and when the client comes back. Both clients keep their
//! sessions; it begins once both are connected and the subscription stands. States that are equal are one state, and
//! they are looked at by their distance from the beginning: the first broken promise is the one with the shortest way.
//!
//! Not explored: time, which stands still (no timer fires); packets that arrive in pieces; cuts while the
//! subscription is made.

use std::collections::BTreeMap;

use super::explore_cores::Cores;
use super::explore_report::{Broken, Counterexample, Judged, Outcome, Report, Taken};
use super::explore_state::{Bounds, Move, Rules, State};
use super::explore_tally::{Edge, Tally};
use crate::broker::{Broker, BrokerConfig};
use crate::client::{Client, ClientConfig};
use crate::codec::{PropertyId, PropertyValue, QoS, Version};

/// The most messages of one exploration.
pub const MAX_MESSAGES: u8 = 8;

/// The most cuts of one exploration.
pub const MAX_CUTS: u8 = 8;

/// What is explored.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// QoS of the messages and of the subscription.
    pub qos: QoS,
    /// The publisher's version, then the subscriber's.
    pub versions: [Version; 2],
    /// How many messages are published, all to one topic; at most [`MAX_MESSAGES`].
    pub messages: u8,
    /// How often a link may be cut, both hops together; at most [`MAX_CUTS`].
    pub cuts: u8,
    /// Each end of a cut link finds out at a time of its own and sends into the dead link until then; otherwise both
    /// know at once.
    pub late_notice: bool,
    /// States to keep at most. Those over it are left out, and [`Report::complete`] stays `false`.
    pub max_states: u32,
    /// The broker's settings.
    pub broker: BrokerConfig,
}

impl Default for Exploration {
    /// Two messages of QoS 2 between 3.1.1 clients, two cuts that each end finds out about in its own time.
    fn default() -> Self {
        Self {
            qos: QoS::ExactlyOnce,
            versions: [Version::V311; 2],
            messages: 2,
            cuts: 2,
            late_notice: true,
            max_states: 1_000_000,
            broker: BrokerConfig::default(),
        }
    }
}

/// Why there is nothing to explore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExploreError {
    /// More messages or cuts than [`MAX_MESSAGES`] and [`MAX_CUTS`].
    #[error("at most {MAX_MESSAGES} messages and {MAX_CUTS} cuts can be explored")]
    TooMuch,
    /// With these settings, a client is refused or its subscription is.
    #[error("the clients cannot connect and subscribe")]
    NotSetUp,
}

/// How far an exploration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// States found.
    pub states: u32,
    /// Of them, those whose moves have been taken.
    pub expanded: u32,
    /// Of them, those whose ways and costs have been passed on; the last thing to do.
    pub counted: u32,
    /// Moves between states.
    pub transitions: u32,
    /// States of the broker alone, and of both clients.
    pub cores: [u32; 2],
    /// Nothing is left to do.
    pub done: bool,
}

/// An exploration that is taken in slices: a page calls [`Explorer::run`] as often as it has time for, and drops it
/// to cancel.
#[derive(Clone, Debug)]
pub struct Explorer {
    exploration: Exploration,
    rules: Rules,
    numbers: BTreeMap<State, u32>,
    states: Vec<State>,
    /// Where each state was first found from, and by which move; that of state 0 means nothing.
    found: Vec<(u32, Move)>,
    edges: Vec<Edge>,
    /// Where the edges of each expanded state end.
    ends: Vec<usize>,
    /// How many edges lead to each state.
    incoming: Vec<u32>,
    at_rest: Vec<u32>,
    broken: Vec<(Broken, u32)>,
    truncated: bool,
    tally: Option<Tally>,
    done: bool,
}

impl Explorer {
    /// Both clients are connected, the subscription stands, nothing is published yet.
    ///
    /// # Errors
    /// When it is more than can be explored, or the beginning does not come about.
    pub fn new(exploration: Exploration) -> Result<Self, ExploreError> {
        let Exploration { messages, cuts, late_notice, .. } = exploration;
        if messages > MAX_MESSAGES || cuts > MAX_CUTS {
            return Err(ExploreError::TooMuch);
        }
        let mut cores = Cores::new(exploration.qos);
        let broker = cores.add_broker(Broker::new(exploration.broker.clone()));
        // The first identifiers differ, so that one hop's cannot pass for the other's.
        let [publisher, subscriber] = exploration.versions;
        let clients = [("pub", publisher, 7), ("sub", subscriber, 1)]
            .map(|it| cores.add_client(client(it.0, it.1, it.2)));
        let mut rules = Rules::new(cores, Bounds { messages, cuts, late_notice });
        let start = rules.start(broker, clients);
        let start = rules.set_up(start).ok_or(ExploreError::NotSetUp)?;
        Ok(Self {
            exploration,
            rules,
            numbers: BTreeMap::from([(start, 0)]),
            states: vec![start],
            found: vec![(0, Move::Publish)],
            edges: Vec::new(),
            ends: Vec::new(),
            incoming: vec![0],
            at_rest: Vec::new(),
            broken: Vec::new(),
            truncated: false,
            tally: None,
            done: false,
        })
    }

    /// What is explored.
    pub const fn exploration(&self) -> &Exploration {
        &self.exploration
    }

    /// Goes on for `budget` states; whether there is more to do.
    pub fn run(&mut self, budget: u32) -> bool {
        for _ in 0..budget {
            if self.done {
                break;
            }
            if self.ends.len() < self.states.len() {
                self.expand();
            } else {
                self.count();
            }
        }
        !self.done
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let (brokers, clients) = self.rules.cores.counts();
        Progress {
            states: self.states.len() as u32,
            expanded: self.ends.len() as u32,
            counted: self.tally.as_ref().map_or(0, |tally| tally.counted() as u32),
            transitions: self.edges.len() as u32,
            cores: [brokers as u32, clients as u32],
            done: self.done,
        }
    }

    /// What it has found so far.
    pub fn report(&self) -> Report {
        let mut outcomes: BTreeMap<(Vec<u8>, bool, bool), Outcome> = BTreeMap::new();
        for number in &self.at_rest {
            let outcome = self.outcome(*number);
            let key = (outcome.deliveries.clone(), !outcome.in_order, !outcome.finished);
            match outcomes.get_mut(&key) {
                None => {
                    outcomes.insert(key, Outcome { example: self.path(*number), ..outcome });
                }
                Some(known) => known.merge(&outcome),
            }
        }
        let counterexample =
            |(broken, at): &(Broken, u32)| Counterexample { broken: *broken, path: self.path(*at) };
        Report {
            progress: self.progress(),
            complete: self.done && !self.truncated,
            outcomes: outcomes.into_values().collect(),
            broken: self.broken.iter().map(counterexample).collect(),
        }
    }

    /// Takes every move out of the next state.
    fn expand(&mut self) {
        let number = self.ends.len() as u32;
        let state = self.states[number as usize];
        let qos = self.exploration.qos;
        let judged = Judged::new(self.rules.log(&state), self.exploration.messages);
        let broken = judged.broken(qos).or(state.closed.map(|_| Broken::Closed));
        // What comes after a broken promise tells nothing more.
        if let Some(broken) = broken {
            self.breaks(broken, number);
        } else {
            let (moves, at_rest) = self.rules.moves(&state);
            for (taken, next, cost) in moves {
                if let Some(to) = self.number(next, number, taken) {
                    self.incoming[to as usize] += 1;
                    self.edges.push(Edge { to, cost });
                }
            }
            if at_rest {
                self.at_rest.push(number);
                judged.broken_at_rest(qos).into_iter().for_each(|broken| self.breaks(broken, number));
                if !self.rules.cores.finished(state.broker, state.clients) {
                    self.breaks(Broken::Unfinished, number);
                }
            }
        }
        self.ends.push(self.edges.len());
    }

    /// The number of a state, known or new; `None` over the bound.
    fn number(&mut self, state: State, from: u32, taken: Move) -> Option<u32> {
        if let Some(known) = self.numbers.get(&state) {
            return Some(*known);
        }
        let number = self.states.len() as u32;
        if number >= self.exploration.max_states {
            self.truncated = true;
            return None;
        }
        self.numbers.insert(state, number);
        self.states.push(state);
        self.found.push((from, taken));
        self.incoming.push(0);
        Some(number)
    }

    fn breaks(&mut self, broken: Broken, at: u32) {
        // The first of its kind is the nearest.
        if self.broken.iter().all(|(known, _)| *known != broken) {
            self.broken.push((broken, at));
        }
    }

    fn count(&mut self) {
        let (edges, ends) = (&self.edges, &self.ends);
        let edges_of = |state: u32| {
            let at = state as usize;
            let begin = at.checked_sub(1).map_or(0, |before| ends[before]);
            &edges[begin..ends[at]]
        };
        let tally = self.tally.get_or_insert_with(|| Tally::new(core::mem::take(&mut self.incoming)));
        if !tally.count_one(edges_of) {
            self.done = true;
            if let Some(at) = tally.endless() {
                self.breaks(Broken::Endless, at);
            }
        }
    }

    fn outcome(&self, number: u32) -> Outcome {
        let state = &self.states[number as usize];
        let judged = Judged::new(self.rules.log(state), self.exploration.messages);
        let sum = self.tally.as_ref().map(|tally| tally.sum(number)).unwrap_or_default();
        Outcome {
            deliveries: judged.deliveries,
            in_order: judged.in_order,
            finished: self.rules.cores.finished(state.broker, state.clients),
            states: 1,
            ways: sum.ways,
            fewest_cuts: state.cuts,
            bytes: sum.bytes,
            packets: sum.packets,
            copies: sum.copies,
            example: Vec::new(),
        }
    }

    /// The shortest way to a state.
    fn path(&self, mut number: u32) -> Vec<Taken> {
        let mut path = Vec::new();
        while number != 0 {
            let (from, taken) = self.found[number as usize];
            let packet = self.rules.arriving(&self.states[from as usize], taken).cloned();
            path.push(Taken { taken, packet });
            number = from;
        }
        path.reverse();
        path
    }
}

impl Outcome {
    fn merge(&mut self, other: &Self) {
        self.states += other.states;
        self.ways = self.ways.saturating_add(other.ways);
        self.fewest_cuts = self.fewest_cuts.min(other.fewest_cuts);
        self.bytes.cover(other.bytes);
        self.packets.cover(other.packets);
        self.copies.cover(other.copies);
    }
}

/// A client that keeps its session for ever and waits for ever.
fn client(client_id: &str, version: Version, first_packet_id: u16) -> Client {
    let mut config = ClientConfig {
        version,
        clean_start: false,
        keep_alive_secs: 0,
        connack_timeout_secs: 0,
        first_packet_id,
        ..ClientConfig::new(client_id)
    };
    if version == Version::V5 {
        config.properties.push(PropertyId::SessionExpiryInterval, PropertyValue::Number(u32::MAX));
    }
    Client::new(config)
}
