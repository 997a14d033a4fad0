//! A running scenario: the world at the cursor, the record, and the way back.

use litemap::LiteMap;

use super::fault::Fault;
use super::history::Checkpoints;
use super::network::LinkSettings;
use super::queue::Next;
use super::scenario::{ActError, Action, AddClientError, ClientSpec, MAX_BROKERS, MAX_CLIENTS, Scenario};
use super::tape::Tape;
use super::world::{Due, World};
use crate::broker::Broker;
use crate::capture::{Capture, EndId, EndRole, FrameId, LinkId, Step};
use crate::client::Client;
use crate::time::Instant;

/// Steps of one history; after them, nothing happens any more.
pub const MAX_STEPS: Step = 1 << 22;

/// Bytes of memory that the capture takes at most; over it, it drops and counts its oldest entries.
pub const CAPTURE_BUDGET: usize = 64 << 20;

/// A running scenario.
///
/// The cursor is the number of steps taken. [`Sim::step_back`] and [`Sim::seek`] move it and leave the record as it
/// is; [`Sim::act`] in the past drops what was recorded after the cursor.
#[derive(Clone, Debug)]
pub struct Sim {
    pub(super) scenario: Scenario,
    pub(super) world: World,
    pub(super) capture: Capture,
    checkpoints: Checkpoints,
    /// What the user did, by the step that it was.
    pub(super) inputs: LiteMap<Step, Input>,
    /// When each recorded step was: that of step 1 first.
    pub(super) times: Vec<Instant>,
}

#[derive(Clone, Debug)]
pub(super) struct Input {
    pub at: Instant,
    pub client: usize,
    pub action: Action,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upcoming {
    /// When.
    pub at: Instant,
    /// What.
    pub what: UpcomingKind,
}

/// Kinds of next events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpcomingKind {
    /// A frame is handled by its receiver.
    FrameArrives(FrameId),
    /// A client does something, by the script or (recorded) by the user.
    Action {
        /// Its index.
        client: usize,
        /// What it does.
        action: Action,
    },
    /// An end hears that the other one has closed the connection.
    ClosingArrives {
        /// The end that hears it.
        end: EndId,
    },
    /// A timer of an end.
    Timer {
        /// Whose.
        end: EndId,
    },
}

impl Sim {
    /// The scenario at step 0: nothing has happened.
    pub fn new(scenario: Scenario) -> Self {
        Self::with_capture_budget(scenario, CAPTURE_BUDGET)
    }

    /// As [`Sim::new`], with a capture of at most about `budget_bytes`.
    pub fn with_capture_budget(mut scenario: Scenario, budget_bytes: usize) -> Self {
        scenario.clients.truncate(MAX_CLIENTS);
        // A client that joins has a link of its own, not one that nobody has used: as it is in all checkpoints alike.
        scenario.links.truncate(scenario.clients.len());
        let world = World::new(&scenario);
        let mut capture = Capture::new(budget_bytes);
        scenario.brokers.truncate(MAX_BROKERS - 1);
        let (left, right) = scenario.clients.split_at(scenario.clients.len().min(1));
        for spec in left {
            capture.add_end(&spec.name, EndRole::Client);
        }
        capture.add_end(scenario.first_broker(), EndRole::Broker);
        for spec in &scenario.brokers {
            capture.add_end(&spec.name, EndRole::Broker);
        }
        for spec in right {
            capture.add_end(&spec.name, EndRole::Client);
        }
        let checkpoints = Checkpoints::new(world.clone());
        Self { scenario, world, capture, checkpoints, inputs: LiteMap::new(), times: Vec::new() }
    }

    /// What is run, with the clients that were added.
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Takes one step, new or recorded; `false` if there is none.
    pub fn step(&mut self) -> bool {
        if self.cursor() < self.recorded() {
            return self.replay();
        }
        if self.cursor() >= MAX_STEPS || !self.world.advance(&mut Tape::Record(&mut self.capture)) {
            return false;
        }
        self.recorded_one();
        true
    }

    /// Goes back one step; `false` at the beginning.
    pub fn step_back(&mut self) -> bool {
        let Some(before) = self.cursor().checked_sub(1) else { return false };
        self.seek(before);
        true
    }

    /// Goes to a step, recorded or not; to the last one if there are fewer.
    pub fn seek(&mut self, step: Step) {
        let known = step.min(self.recorded());
        if let Some(checkpoint) = self.checkpoints.before(known)
            && (known < self.cursor() || checkpoint.step > self.cursor())
        {
            self.world = checkpoint.clone();
        }
        while self.cursor() < step && self.step() {}
    }

    /// Steps until nothing but timers is left, `max_steps` times at most; says how many steps it took.
    pub fn settle(&mut self, max_steps: u32) -> u32 {
        let mut taken = 0;
        while taken < max_steps && !self.is_settled() && self.step() {
            taken += 1;
        }
        taken
    }

    /// Forgets what is recorded after the cursor.
    pub fn drop_future(&mut self) {
        self.forget_future();
    }

    /// Whether nothing is recorded after the cursor, scripted or under way: at most timers are left.
    pub fn is_settled(&self) -> bool {
        self.cursor() == self.recorded() && self.world.is_settled()
    }

    /// How many steps have been taken.
    pub const fn cursor(&self) -> Step {
        self.world.step
    }

    /// How many steps the capture tells about; never less than the cursor.
    pub const fn recorded(&self) -> Step {
        self.times.len() as Step
    }

    /// When the last step before the cursor was.
    pub const fn now(&self) -> Instant {
        self.world.now
    }

    /// When a recorded step was; step 0 is the beginning.
    pub fn step_time(&self, step: Step) -> Option<Instant> {
        match step.checked_sub(1) {
            None => Some(Instant::ZERO),
            Some(index) => self.times.get(index as usize).copied(),
        }
    }

    /// What the next step is.
    pub fn next_event(&self) -> Option<Upcoming> {
        if self.cursor() >= MAX_STEPS {
            return None;
        }
        if let Some(Input { at, client, action }) = self.inputs.get(&(self.cursor() + 1)) {
            let what = UpcomingKind::Action { client: *client, action: action.clone() };
            return Some(Upcoming { at: *at, what });
        }
        let (at, due) = self.world.due()?;
        let what = match due {
            Due::BrokerTimer(n) => UpcomingKind::Timer { end: self.world.brokers.get(n)?.end },
            Due::ClientTimer(index) | Due::LinkTimer(index) => {
                UpcomingKind::Timer { end: self.world.stations.get(index)?.end }
            }
            Due::Queue => match self.world.queue.first()?.1 {
                Next::Action { client, action } => UpcomingKind::Action { client, action: action.clone() },
                Next::Arrival(flight) => UpcomingKind::FrameArrives(flight.frame),
                Next::Closing { link, direction } => {
                    UpcomingKind::ClosingArrives { end: self.world.receiver(link, direction)? }
                }
            },
        };
        Some(Upcoming { at, what })
    }

    /// Does something to a client at the cursor's time, as a step of its own. Drops what was recorded after the
    /// cursor; scripted actions still come.
    ///
    /// # Errors
    /// When it cannot be done; nothing has changed then.
    pub fn act(&mut self, client: usize, action: Action) -> Result<(), ActError> {
        self.act_at(client, action, self.now())
    }

    /// As [`Sim::act`], at a time between the cursor's and the next event's; an earlier or later one is moved there.
    ///
    /// # Errors
    /// When it cannot be done; nothing has changed then.
    pub fn act_at(&mut self, client: usize, action: Action, at: Instant) -> Result<(), ActError> {
        if self.cursor() >= MAX_STEPS {
            return Err(ActError::HistoryFull);
        }
        let latest = self.world.due().map_or(at, |(due, _)| due);
        let at = at.min(latest).max(self.now());
        let done = self.world.request(client, &action, at)?;
        self.forget_future();
        self.world.act(client, done, at, &mut Tape::Record(&mut self.capture));
        self.inputs.insert(self.cursor(), Input { at, client, action });
        self.recorded_one();
        Ok(())
    }

    /// Adds a client on the right. It is no step: it has been there, offline, all the time.
    ///
    /// # Errors
    /// When there are too many, or the name is taken.
    pub fn add_client(&mut self, spec: ClientSpec) -> Result<usize, AddClientError> {
        if self.scenario.clients.len() >= MAX_CLIENTS {
            return Err(AddClientError::TooMany);
        }
        if self.capture.ends().iter().any(|end| *end.name == *spec.name) {
            return Err(AddClientError::NameTaken);
        }
        self.capture.add_end(&spec.name, EndRole::Client);
        let index = self.scenario.clients.len();
        let (settings, home) = (self.scenario.link(index), self.scenario.home(index));
        self.world.add_client(&spec, settings.clone(), home);
        for world in self.checkpoints.worlds_mut() {
            world.add_client(&spec, settings.clone(), home);
        }
        self.scenario.clients.push(spec);
        Ok(self.scenario.clients.len() - 1)
    }

    /// Whether a client has left by the cursor.
    pub fn has_left(&self, index: usize) -> bool {
        self.world.stations.get(index).is_some_and(|station| station.left)
    }

    /// How many packets and bytes wait in the link of a client that does not read; `None` while it reads.
    pub fn unread(&self, index: usize) -> Option<(usize, usize)> {
        self.world.unread(index)
    }

    /// How a client's link is at the cursor, and whether it is down.
    ///
    /// # Panics
    /// If there is none of this index.
    pub fn link_settings(&self, index: usize) -> (&LinkSettings, bool) {
        let station = &self.world.stations[index];
        (&station.settings, station.is_down)
    }

    /// The faults that wait on a client's link.
    ///
    /// # Panics
    /// If there is none of this index.
    pub fn faults(&self, index: usize) -> &[Fault] {
        &self.world.stations[index].faults
    }

    /// Calls a client by another name, at all times; it is no step.
    ///
    /// # Errors
    /// When another lifeline has the name.
    pub fn rename_client(&mut self, index: usize, name: &str) -> Result<(), AddClientError> {
        let Some(end) = self.world.stations.get(index).map(|station| station.end) else { return Ok(()) };
        let mut others = self.capture.ends().iter().enumerate().filter(|(at, _)| *at != usize::from(end));
        if others.any(|(_, other)| *other.name == *name) {
            return Err(AddClientError::NameTaken);
        }
        self.capture.rename_end(end, name);
        self.scenario.clients[index].name = name.to_owned();
        Ok(())
    }

    /// The record. Look at it from [`Sim::cursor`]: it goes on to [`Sim::recorded`].
    pub const fn capture(&self) -> &Capture {
        &self.capture
    }

    /// The first broker at the cursor.
    pub fn broker(&self) -> &Broker {
        &self.world.brokers[0].broker
    }

    /// All brokers at the cursor, each with its end in the capture.
    pub fn brokers(&self) -> impl ExactSizeIterator<Item = (EndId, &Broker)> {
        self.world.brokers.iter().map(|site| (site.end, &site.broker))
    }

    /// The broker that a client uses at the cursor, or the one that [`BROKERS`](super::BROKERS) and more tells.
    pub fn broker_of(&self, party: usize) -> &Broker {
        &self.world.brokers.get(self.broker_number(party)).unwrap_or(&self.world.brokers[0]).broker
    }

    /// Whether it has been stopped by the cursor.
    pub fn is_stopped(&self, party: usize) -> bool {
        self.world.brokers.get(self.broker_number(party)).is_some_and(|site| site.stopped)
    }

    /// Its number.
    pub fn broker_number(&self, party: usize) -> usize {
        self.world.broker_of(party)
    }

    /// A client at the cursor.
    ///
    /// # Panics
    /// If there is none of this index.
    pub fn client(&self, index: usize) -> &Client {
        &self.world.stations[index].client
    }

    /// How many clients there are.
    pub const fn client_count(&self) -> usize {
        self.world.stations.len()
    }

    /// The connection whose side of a client is open.
    ///
    /// # Panics
    /// If there is none of this index.
    pub fn link_of_client(&self, index: usize) -> Option<LinkId> {
        self.world.stations[index].link
    }

    /// The end that a client is in the capture; the first broker's where there is none of this index, or the one's that
    /// [`BROKERS`](super::BROKERS) and more tells.
    pub fn end_of_client(&self, index: usize) -> EndId {
        self.world.end_of(index).unwrap_or_else(|| self.broker_end())
    }

    /// The client that an end of the capture is, if it is one.
    pub fn client_of_end(&self, end: EndId) -> Option<usize> {
        self.world.stations.iter().position(|station| station.end == end)
    }

    /// The end that the first broker is in the capture.
    pub fn broker_end(&self) -> EndId {
        self.world.brokers[0].end
    }

    /// Takes the next recorded step again.
    fn replay(&mut self) -> bool {
        let tape = &mut Tape::Replay(&self.capture);
        match self.inputs.get(&(self.world.step + 1)) {
            Some(Input { at, client, action }) => match self.world.request(*client, action, *at) {
                Ok(done) => self.world.act(*client, done, *at, tape),
                Err(_) => return false, // It was accepted in this very state.
            },
            None => return self.world.advance(tape),
        }
        true
    }

    fn recorded_one(&mut self) {
        self.times.push(self.world.now);
        self.checkpoints.offer(&self.world);
    }

    pub(super) fn forget_future(&mut self) {
        let cursor = self.cursor();
        self.inputs.retain(|step, _| *step <= cursor);
        self.times.truncate(cursor as usize);
        self.checkpoints.truncate(cursor);
        self.capture.truncate(cursor);
        self.capture.resume_numbering(self.world.frames, self.world.notes);
    }
}

/// What stands over the first broker's lifeline.
pub(super) const BROKER_NAME: &str = "Broker";

#[cfg(test)]
mod tests {
    use super::super::scenarios::scenarios;
    use super::*;

    #[test]
    fn a_full_history_takes_no_more() {
        let mut sim = Sim::new(scenarios().remove(0));
        sim.world.step = MAX_STEPS;
        assert!(!sim.step());
        assert_eq!(sim.next_event(), None);
        assert_eq!(sim.act(0, Action::Connect), Err(ActError::HistoryFull));
    }
}
