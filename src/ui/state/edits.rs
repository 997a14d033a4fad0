//! Undo and redo: the worlds before and after each thing that the user did, as records.

use std::mem;

use bytes::Bytes;
use leptos::prelude::*;

use super::stage::{Stage, World};
use crate::capture::{FrameId, Step};
use crate::client::{ClientConfig, Misbehaviour};
use crate::codec::PacketType;
use crate::sim::{
    Action, AddClientError, BrokerSpec, ClientSpec, Forks, MAX_BROKERS, Record, ReplayError, Sim, scenarios,
};

/// Changes that can be undone at most.
const MOST: usize = 200;

/// A world and where its cursor stands.
pub(super) struct Moment {
    pub record: Record,
    pub step: Step,
}

#[derive(Default)]
pub(super) struct Edits {
    undo: Vec<Moment>,
    redo: Vec<Moment>,
}

/// Something to tell in passing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub text: String,
    /// It is about something that went wrong, and stays until it is dismissed.
    pub is_bad: bool,
    /// What it tells of can be undone.
    pub undo: bool,
}

impl Notice {
    /// Of something that went wrong.
    pub fn bad(text: String) -> Self {
        Self { text, is_bad: true, undo: false }
    }

    /// Of something that can be undone.
    pub fn done(text: String) -> Self {
        Self { text, is_bad: false, undo: true }
    }
}

impl Stage {
    /// The world as it is, to be remembered once it has been changed.
    pub(super) fn before(&self) -> Moment {
        self.world.with_value(|world| Moment { record: world.sim.record(), step: world.sim.cursor() })
    }

    /// Remembers the world before a change.
    pub(super) fn remember(&self, before: Moment) {
        self.edits.update_value(|edits| {
            edits.redo.clear();
            if edits.undo.len() == MOST {
                edits.undo.remove(0);
            }
            edits.undo.push(before);
        });
        self.count_edits();
    }

    fn count_edits(&self) {
        self.undoable.set(self.edits.with_value(|edits| (edits.undo.len(), edits.redo.len())));
    }

    /// Takes back what the user did last.
    pub fn undo(&self) {
        self.travel(|edits, now| {
            let then = edits.undo.pop()?;
            edits.redo.push(now);
            Some(then)
        });
    }

    /// Does again what was taken back last.
    pub fn redo(&self) {
        self.travel(|edits, now| {
            let then = edits.redo.pop()?;
            edits.undo.push(now);
            Some(then)
        });
    }

    fn travel(&self, swap: impl FnOnce(&mut Edits, Moment) -> Option<Moment>) {
        let now = self.before();
        let Some(then) = self.edits.try_update_value(|edits| swap(edits, now)).flatten() else { return };
        self.playing.set(false);
        self.world.update_value(|world| {
            // It has come about before, so it does again.
            let _ = world.sim.become_record(&then.record);
            world.look_ahead(then.step);
        });
        self.notice.set(None);
        self.count_edits();
        self.rejoin();
        self.renewed();
    }

    /// Whether this is what a first visit shows.
    pub(super) fn is_untouched(&self) -> bool {
        let first = scenarios().into_iter().next();
        self.world.with_value(|world| {
            let sim = &world.sim;
            sim.cursor() == 0
                && self.timelines.with_untracked(String::len) < 2
                && sim.action_count() == 0
                && first.as_ref() == Some(sim.scenario())
        })
    }

    /// All timelines as text, for a file.
    pub fn text(&self) -> String {
        self.text_at(self.world.with_value(|world| world.sim.cursor()))
    }

    /// The same with the cursor of the one on stage at a step: it stays the same while only the cursor moves.
    pub fn text_at(&self, step: Step) -> String {
        let Moment { record, .. } = self.before();
        let note = |(forks, _): &mut (Forks, Step)| {
            forks.note(record, step);
            forks.to_text()
        };
        self.forks.try_update_value(note).unwrap_or_default()
    }

    /// Puts the timelines of such a text on stage.
    ///
    /// # Errors
    /// What is wrong with it; nothing has changed then.
    pub fn open(&self, text: &str) -> Result<(), String> {
        let forks = Forks::from_text(text).map_err(|error| error.to_string())?;
        let world = come_about(&forks)?;
        self.remember(self.before());
        self.forks.set_value((forks, 0));
        self.replace(world);
        self.tell_timelines();
        Ok(())
    }

    /// Sends other bytes in place of a packet: at its moment if a client sent it, else now, from the client that got it.
    ///
    /// # Errors
    /// When they cannot be sent; nothing has changed then.
    pub fn send_instead(&self, frame: FrameId, bytes: Bytes) -> Result<(), ReplayError> {
        let before = self.before();
        let sent = self.world.try_update_value(|world| {
            let sent = replace(&mut world.sim, frame, bytes);
            if sent.is_err() {
                // It has come about before, so it does again.
                let _ = world.sim.become_record(&before.record);
            }
            let here = if sent.is_ok() { world.sim.cursor() } else { before.step };
            world.look_ahead(here);
            sent
        });
        let sent = sent.unwrap_or(Ok(()));
        if sent.is_ok() {
            self.branch(&before, "send bytes");
            self.remember(before);
        }
        self.renewed();
        if sent.is_ok() && !self.is_over() {
            self.play();
        }
        sent
    }

    /// Adds a client, offline, with a name of its own; gives its index.
    ///
    /// # Errors
    /// When there are too many.
    pub fn add_client(&self) -> Result<usize, AddClientError> {
        let before = self.before();
        let added = self.world.try_update_value(|world| {
            let taken = |name: &str| world.sim.capture().ends().iter().any(|end| *end.name == *name);
            let mut names = (1..).map(|number: usize| ["client", &number.to_string()].concat());
            let name = names.find(|name| !taken(name)).unwrap_or_default();
            let config = ClientConfig::new(name.clone());
            let index = world.sim.add_client(ClientSpec { name, config })?;
            let here = world.sim.cursor();
            world.look_ahead(here);
            Ok::<_, AddClientError>(index)
        });
        let index = added.unwrap_or(Err(AddClientError::TooMany))?;
        self.remember(before);
        self.renewed();
        Ok(index)
    }

    /// Adds a broker with the usual settings and a name of its own; `false` when there are too many.
    pub fn add_broker(&self) -> bool {
        let before = self.before();
        let mut record = before.record.clone();
        let scenario = &mut record.scenario;
        let brokers = &mut scenario.brokers;
        if brokers.len() + 1 >= MAX_BROKERS {
            return false;
        }
        let taken = |name: &str| {
            brokers.iter().any(|it| it.name == name) || scenario.clients.iter().any(|it| it.name == name)
        };
        let mut names = (2..).map(|number: usize| ["Broker ", &number.to_string()].concat());
        let name = names.find(|name| !taken(name)).unwrap_or_default();
        brokers.push(BrokerSpec { name, ..BrokerSpec::default() });
        let step = before.step;
        self.remember(before);
        self.stand(&record, step);
        true
    }

    /// Calls a client by another name.
    ///
    /// # Errors
    /// When another one has it.
    pub fn rename(&self, client: usize, name: &str) -> Result<(), AddClientError> {
        let before = self.before();
        let renamed = self.world.try_update_value(|world| world.sim.rename_client(client, name));
        renamed.unwrap_or(Ok(()))?;
        self.remember(before);
        self.renewed();
        Ok(())
    }

    /// Forgets what could be undone.
    pub fn forget_edits(&self) {
        drop(self.edits.try_update_value(mem::take));
        self.count_edits();
    }
}

/// The world on stage of such timelines; those that wait have to come about too.
pub(super) fn come_about(forks: &Forks) -> Result<World, String> {
    for fork in forks.all() {
        Sim::of_record(&fork.record).map_err(|error| error.to_string())?;
    }
    let it = &forks.all()[forks.current()];
    World::of_record(&it.record, it.step).map_err(|error| error.to_string())
}

fn replace(sim: &mut Sim, frame: FrameId, bytes: Bytes) -> Result<(), ReplayError> {
    let raw = Action::Misbehave(Misbehaviour::Raw(bytes));
    let Some(frame) = sim.capture().frame(frame).cloned() else { return Ok(()) };
    let Some(client) = sim.client_of_end(frame.from) else {
        let client = sim.client_of_end(frame.to).unwrap_or_default();
        return sim.act(client, raw).map_err(|error| ReplayError::Action { number: 1, error });
    };
    sim.seek(frame.sent_step.saturating_sub(1));
    let number = sim.record_so_far().actions.len() + 1;
    let kind = frame.bytes.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
    // An acknowledgement is the client's own doing: it withholds that one, once.
    let withhold = kind.map(|kind| Action::Misbehave(Misbehaviour::Withhold(kind)));
    if let Some(withhold) = withhold
        && sim.act(client, withhold).is_ok()
    {
        sim.step();
        return sim.act(client, raw).map_err(|error| ReplayError::Action { number: number + 1, error });
    }
    sim.act_instead(client, raw)
}
