//! Actions that wait for something to happen.

use std::sync::Arc;

use super::queue::Event;
use super::scenario::{Action, BROKERS};
use super::world::World;
use crate::capture::EndId;
use crate::codec::PacketType;
use crate::time::Duration;
use crate::topic;

/// Conditions of one scenario.
pub const MAX_CONDITIONS: usize = 100;

/// How often a condition that is met every time counts: after that it does nothing more.
pub const MAX_FIRED: u32 = 1_000;

/// An action that waits for something to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionalAction {
    /// At whom: an index into [`Scenario::clients`](super::Scenario::clients), or [`BROKERS`] and a broker's.
    pub of: usize,
    /// What.
    pub what: Happening,
    /// Which time, from 1; 0 is every time, [`MAX_FIRED`] times at most.
    pub nth: u32,
    /// How much later the action comes.
    pub after: Duration,
    /// Who acts: as in [`TimedAction::client`](super::TimedAction::client).
    pub client: usize,
    /// What it does.
    pub action: Action,
}

impl ConditionalAction {
    /// Something to begin with.
    pub(super) fn nothing() -> Self {
        let what = Happening::Sends(None);
        Self { of: 0, what, nth: 1, after: Duration::ZERO, client: 0, action: Action::Connect }
    }
}

/// What can be waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It sends a packet, of this type or any.
    Sends(Option<PacketType>),
    /// A packet of this type, or any, has reached it and is handled.
    Receives(Option<PacketType>),
    /// The broker has accepted it.
    Connects,
    /// Its connection has ended, whoever ended it.
    Disconnects,
    /// Its application gets a message whose topic this filter matches; an empty one stands for all.
    Delivers(String),
}

impl Happening {
    /// What they are called in the saved form and in the text, in the order of [`Happening::index`].
    pub const NAMES: [&'static str; 5] = ["sends", "receives", "connects", "disconnects", "delivers"];

    /// Its place among the names.
    pub const fn index(&self) -> usize {
        match self {
            Self::Sends(_) => 0,
            Self::Receives(_) => 1,
            Self::Connects => 2,
            Self::Disconnects => 3,
            Self::Delivers(_) => 4,
        }
    }
}

/// What has just happened at an end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happened<'a> {
    Sends(Option<PacketType>),
    Receives(Option<PacketType>),
    Connects,
    Disconnects,
    Delivers(&'a str),
}

impl Happened<'_> {
    fn meets(self, wanted: &Happening) -> bool {
        let is = |wanted: Option<PacketType>, found| wanted.is_none() || wanted == found;
        match (self, wanted) {
            (Self::Sends(found), Happening::Sends(wanted)) => is(*wanted, found),
            (Self::Receives(found), Happening::Receives(wanted)) => is(*wanted, found),
            (Self::Connects, Happening::Connects) | (Self::Disconnects, Happening::Disconnects) => true,
            (Self::Delivers(name), Happening::Delivers(filter)) => {
                filter.is_empty() || topic::matches(filter, name)
            }
            _ => false,
        }
    }
}

/// The conditions of a world, and how often each has been met.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    all: Arc<[ConditionalAction]>,
    met: Vec<u32>,
}

impl Conditions {
    pub fn new(all: &[ConditionalAction]) -> Self {
        let all = &all[..all.len().min(MAX_CONDITIONS)];
        Self { all: all.into(), met: vec![0; all.len()] }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl World {
    /// Something has happened at an end: what waits for it is set up to come.
    pub(super) fn happened(&mut self, end: EndId, what: Happened<'_>) {
        if self.conditions.is_empty() {
            return;
        }
        let all = Arc::clone(&self.conditions.all);
        for (index, it) in all.iter().enumerate() {
            if !what.meets(&it.what) || self.end_of(it.of) != Some(end) {
                continue;
            }
            let met = &mut self.conditions.met[index];
            *met = met.saturating_add(1);
            let counts = match it.nth {
                0 => *met <= MAX_FIRED,
                nth => *met == nth,
            };
            if counts {
                let event = Event::Action { client: it.client, action: it.action.clone() };
                self.queue.push(self.now + it.after, event);
            }
        }
    }

    /// The end of a client, or of [`BROKERS`] and a broker's number.
    pub(super) fn end_of(&self, party: usize) -> Option<EndId> {
        match party.checked_sub(BROKERS) {
            Some(broker) => self.brokers.get(broker).map(|site| site.end),
            None => self.stations.get(party).map(|station| station.end),
        }
    }
}
