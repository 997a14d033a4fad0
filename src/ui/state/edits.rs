//! Undo and redo: the worlds before and after each thing that the user did, as records.

use std::mem;

use leptos::prelude::*;

use super::stage::{Stage, World};
use crate::capture::Step;
use crate::client::ClientConfig;
use crate::sim::{AddClientError, ClientSpec, Record, scenarios};

/// Changes that can be undone at most.
const MOST: usize = 200;

/// A world and where its cursor stands.
pub(super) struct Moment {
    record: Record,
    step: Step,
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
        self.renewed();
    }

    /// Whether this is what a first visit shows.
    pub(super) fn is_untouched(&self) -> bool {
        let first = scenarios().into_iter().next();
        self.world.with_value(|world| {
            let sim = &world.sim;
            sim.cursor() == 0 && sim.action_count() == 0 && first.as_ref() == Some(sim.scenario())
        })
    }

    /// The world as text, for a file.
    pub fn text(&self) -> String {
        self.world.with_value(|world| world.sim.record().to_text(world.sim.cursor()))
    }

    /// Puts the world of such a text on stage.
    ///
    /// # Errors
    /// What is wrong with it; nothing has changed then.
    pub fn open(&self, text: &str) -> Result<(), String> {
        let (record, step) = Record::from_text(text).map_err(|error| error.to_string())?;
        let world = World::of_record(&record, step).map_err(|error| error.to_string())?;
        self.remember(self.before());
        self.replace(world);
        Ok(())
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
