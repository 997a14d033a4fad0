//! A world as data: the scenario and what the user has done. The same record gives the same world.

use super::run::{MAX_STEPS, Sim, Upcoming, UpcomingKind};
use super::scenario::{ActError, Action, Scenario};
use crate::capture::Step;
use crate::time::Instant;

/// Actions of one record.
pub const MAX_ACTIONS: usize = 100_000;

/// Steps that a record may take to come about again.
pub const LOAD_STEPS: Step = 1 << 19;

/// What has to be known to bring a world about: its scenario, with the clients that joined, and the user's actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// What is run.
    pub scenario: Scenario,
    /// What the user did, in order.
    pub actions: Vec<UserAction>,
}

/// Something that the user did, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAction {
    /// The virtual time.
    pub at: Instant,
    /// How many steps of that very time came first.
    pub after: u32,
    /// Index into [`Scenario::clients`].
    pub client: usize,
    /// What.
    pub action: Action,
}

impl UserAction {
    /// Something to begin with.
    pub(super) const fn nothing() -> Self {
        Self { at: Instant::ZERO, after: 0, client: 0, action: Action::Connect }
    }
}

/// Why a record does not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// An action cannot be done where it stands.
    #[error("action {number} cannot be done: {error}")]
    Action {
        /// Its place, counted from 1.
        number: usize,
        /// Why.
        error: ActError,
    },
    /// It takes more than [`LOAD_STEPS`] steps.
    #[error("it takes more than {LOAD_STEPS} steps")]
    TooLong,
}

impl Sim {
    /// The world of a record, at its last action.
    ///
    /// # Errors
    /// When the record contradicts itself or is too long.
    pub fn of_record(record: &Record) -> Result<Self, ReplayError> {
        let mut sim = Self::new(record.scenario.clone());
        sim.redo(&record.actions, 0)?;
        Ok(sim)
    }

    /// What brings this world about, with all recorded actions of the user.
    pub fn record(&self) -> Record {
        let actions = self.inputs.iter().map(|(step, input)| {
            let before = &self.times[..(*step as usize).saturating_sub(1)];
            let after = before.iter().rev().take_while(|at| **at == input.at).count() as u32;
            UserAction { at: input.at, after, client: input.client, action: input.action.clone() }
        });
        Record { scenario: self.scenario.clone(), actions: actions.collect() }
    }

    /// The same as far as the cursor.
    pub fn record_so_far(&self) -> Record {
        let mut record = self.record();
        record.actions.truncate(self.inputs.iter().filter(|(step, _)| **step <= self.cursor()).count());
        record
    }

    /// Does something else in place of the next step, if that is an action of this client; else before it. What was
    /// recorded after the cursor is dropped.
    ///
    /// # Errors
    /// When it cannot be done, or the world cannot come about again; this world is another one then.
    pub fn act_instead(&mut self, client: usize, action: Action) -> Result<(), ReplayError> {
        let (mut record, step) = (self.record_so_far(), self.cursor());
        let at_hand = self
            .next_event()
            .filter(|next| matches!(&next.what, UpcomingKind::Action { client: of, .. } if *of == client));
        let Some(Upcoming { at, what: UpcomingKind::Action { action: known, .. } }) = at_hand else {
            let number = record.actions.len() + 1;
            return self.act(client, action).map_err(|error| ReplayError::Action { number, error });
        };
        if let Some(input) = self.inputs.get(&(step + 1)) {
            let times = self.times[..step as usize].iter().rev().take_while(|time| **time == input.at);
            let after = times.count() as u32;
            record.actions.push(UserAction { at: input.at, after, client, action });
            return self.become_record(&record);
        }
        let script = &mut record.scenario.actions;
        let timed =
            script.iter_mut().find(|timed| timed.at == at && timed.client == client && timed.action == known);
        let Some(timed) = timed else {
            // It comes of another action, or of a condition: that stays.
            let number = record.actions.len() + 1;
            return self.act(client, action).map_err(|error| ReplayError::Action { number, error });
        };
        timed.action = action;
        self.become_record(&record)?;
        self.seek(step + 1);
        Ok(())
    }

    /// How many actions of the user are recorded.
    pub fn action_count(&self) -> usize {
        self.inputs.len()
    }

    /// Becomes the world of a record, at the last of the actions that are not common to both. What the two have in
    /// common is not run again.
    ///
    /// # Errors
    /// When the record contradicts itself or is too long; this world is another one then.
    pub fn become_record(&mut self, record: &Record) -> Result<(), ReplayError> {
        let known = self.record();
        if !same_but_names(&known.scenario, &record.scenario) {
            *self = Self::of_record(record)?;
            return Ok(());
        }
        self.take_names(&record.scenario);
        let common = known.actions.iter().zip(&record.actions).take_while(|(a, b)| a == b).count();
        let step = common.checked_sub(1).and_then(|last| Some(*self.inputs.iter().nth(last)?.0));
        self.seek(step.unwrap_or(0));
        self.forget_future();
        self.redo(&record.actions[common..], common)
    }

    fn take_names(&mut self, scenario: &Scenario) {
        for (index, spec) in scenario.clients.iter().enumerate() {
            self.capture.rename_end(self.world.stations[index].end, &spec.name);
            self.scenario.clients[index].name.clone_from(&spec.name);
        }
    }

    fn redo(&mut self, actions: &[UserAction], before: usize) -> Result<(), ReplayError> {
        for (index, action) in actions.iter().enumerate() {
            let number = before + index + 1;
            self.redo_one(action).map_err(|error| match error {
                Some(error) => ReplayError::Action { number, error },
                None => ReplayError::TooLong,
            })?;
        }
        Ok(())
    }

    /// Steps to where the action stands, and does it; nothing may be recorded after the cursor.
    fn redo_one(&mut self, it: &UserAction) -> Result<(), Option<ActError>> {
        let mut same = self.times.iter().rev().take_while(|at| **at == it.at).count() as u32;
        while let Some((due, _)) = self.world.due() {
            if due > it.at || due == it.at && same >= it.after {
                break;
            }
            same += u32::from(due == it.at);
            if self.cursor() >= LOAD_STEPS.min(MAX_STEPS) {
                return Err(None);
            }
            self.step();
        }
        self.act_at(it.client, it.action.clone(), it.at).map_err(Some)
    }
}

fn same_but_names(a: &Scenario, b: &Scenario) -> bool {
    let alike = |a: &Scenario, b: &Scenario| {
        let mut clients = a.clients.iter().zip(&b.clients);
        a.clients.len() == b.clients.len() && clients.all(|(a, b)| a.config == b.config)
    };
    alike(a, b)
        && Scenario { clients: Vec::new(), ..a.clone() } == Scenario { clients: Vec::new(), ..b.clone() }
}
