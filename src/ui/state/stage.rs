//! The simulation that the Playground plays: the world, the step it stands at, the clock between two steps.

use leptos::prelude::*;

use super::edits::{Edits, Notice};
use super::selection::Selection;
use super::source::{Scene, Source};
use crate::capture::{FrameId, Step};
use crate::sim::{ActError, Action, Forks, Record, ReplayError, Scenario, Sim, scenarios};
use crate::time::Instant;
use crate::ui::dom::later;
use crate::ui::route;
use crate::view::diagram::Plan;
use crate::view::transport::{SPEEDS, told};

/// Steps that are run ahead, so that what comes is known: far more than a scenario takes.
const AHEAD: u32 = 20_000;
/// Steps that are taken again at most when a history is brought back: more than 100,000 packets need.
const AGAIN: u32 = 400_000;

/// A scenario on stage. Made once a page load; a copy is another handle to the same.
#[derive(Clone, Copy)]
pub struct Stage {
    pub(super) world: StoredValue<World>,
    /// Counts changes of the record.
    pub(super) record: RwSignal<u32>,
    /// Counts the worlds that came on stage.
    worlds: RwSignal<u32>,
    /// The record and the step, a picture later: what stands around the diagram follows these.
    shown: (RwSignal<u32>, RwSignal<Step>),
    /// The chosen packet, likewise.
    pub told_of: RwSignal<Option<FrameId>>,
    /// Virtual time, likewise.
    pub told_at: RwSignal<Instant>,
    /// Worlds before and after what the user did.
    pub(super) edits: StoredValue<Edits>,
    /// All timelines, and how far the one on stage has been looked at.
    pub(super) forks: StoredValue<(Forks, Step)>,
    /// The timelines' letters; the capital one is on stage.
    pub timelines: RwSignal<String>,
    /// How many changes can be undone, and done again.
    pub undoable: RwSignal<(usize, usize)>,
    /// Something to tell, beside what happens in the world.
    pub notice: RwSignal<Option<Notice>>,
    /// Steps taken.
    pub cursor: RwSignal<Step>,
    /// Virtual time: that of the last step, or between it and the next while playing.
    pub now: RwSignal<Instant>,
    /// Whether time goes on.
    pub playing: RwSignal<bool>,
    /// Counts the times that it began to: what drives one of them stops when another one has begun.
    pub(super) turn: StoredValue<u32>,
    /// Virtual time is so many times slower than real time.
    pub slowdown: RwSignal<u32>,
    /// The chosen packet.
    pub selection: Selection,
    /// What has just happened, in one line.
    pub told: RwSignal<String>,
}

pub(super) struct World {
    pub sim: Sim,
    plan: Plan,
    /// Counts the times that a part of the record was replaced.
    number: u32,
}

impl World {
    /// A scenario at its beginning, with all that will come known.
    pub fn load(scenario: Scenario) -> Self {
        let mut world = Self { sim: Sim::new(scenario), plan: Plan::default(), number: 0 };
        world.look_ahead(0);
        world
    }

    /// A record's world.
    pub fn of_record(record: &Record, step: Step) -> Result<Self, ReplayError> {
        let mut world = Self { sim: Sim::of_record(record)?, plan: Plan::default(), number: 0 };
        world.look_ahead(step);
        Ok(world)
    }

    /// Works out what will come, and goes to a step.
    pub fn look_ahead(&mut self, step: Step) {
        self.sim.settle(AHEAD);
        // What had come about beyond that comes about again.
        self.sim.seek(step.min(self.sim.recorded().max(AGAIN)));
        self.plan = Plan::with(self.sim.capture(), self.plan.options());
        self.number = self.number.wrapping_add(1);
    }
}

fn put(signal: RwSignal<u32>, value: u32) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

impl Stage {
    /// What was kept of the last visit, else the first scenario at step 0.
    pub fn new() -> Self {
        let (world, trouble) = super::kept::read();
        let first = || {
            // An embedded page says in its address what it shows.
            let wanted = route::query("scenario").filter(|_| route::is_embedded());
            let mut all = scenarios();
            let at = wanted.and_then(|id| all.iter().position(|scenario| scenario.id == id));
            (World::load(all.swap_remove(at.unwrap_or(0))), Forks::new(Record::default(), 0))
        };
        let (world, forks) = world.unwrap_or_else(first);
        let stage = Self::of(world);
        stage.forks.set_value((forks, 0));
        stage.tell_timelines();
        stage.notice.set(trouble.map(Notice::bad));
        stage.arrived();
        stage.show();
        super::kept::follow(stage);
        stage
    }

    /// Lets what stands around the diagram follow it, one picture later.
    fn show(self) {
        let chosen = self.selection.frame;
        let follow = move || {
            self.record.track();
            self.cursor.track();
            chosen.track();
            self.now.track();
        };
        later(follow, move || {
            put(self.shown.0, self.record.get_untracked());
            put(self.shown.1, self.cursor.get_untracked());
            if self.told_of.get_untracked() != chosen.get_untracked() {
                self.told_of.set(chosen.get_untracked());
            }
            if self.told_at.get_untracked() != self.now.get_untracked() {
                self.told_at.set(self.now.get_untracked());
            }
        });
    }

    fn of(world: World) -> Self {
        Self {
            world: StoredValue::new(world),
            edits: StoredValue::new(Edits::default()),
            forks: StoredValue::new((Forks::new(Record::default(), 0), 0)),
            timelines: RwSignal::new(String::new()),
            undoable: RwSignal::new((0, 0)),
            notice: RwSignal::new(None),
            record: RwSignal::new(0),
            worlds: RwSignal::new(0),
            shown: (RwSignal::new(0), RwSignal::new(0)),
            told_of: RwSignal::new(None),
            told_at: RwSignal::new(Instant::ZERO),
            cursor: RwSignal::new(0),
            now: RwSignal::new(Instant::ZERO),
            playing: RwSignal::new(false),
            turn: StoredValue::new(0),
            slowdown: RwSignal::new(SPEEDS[1]),
            selection: Selection::new(),
            told: RwSignal::new(String::new()),
        }
    }

    /// Looks at the simulation; inside a memo or an effect, again when it has changed and the diagram shows it.
    pub fn with<R>(&self, read: impl FnOnce(&Sim) -> R) -> R {
        self.shown.0.track();
        self.shown.1.track();
        self.world.with_value(|world| read(&world.sim))
    }

    /// The same for what doesn't depend on the step: the record and its length.
    pub fn with_record<R>(&self, read: impl FnOnce(&Sim) -> R) -> R {
        self.shown.0.track();
        self.world.with_value(|world| read(&world.sim))
    }

    /// The same for a diagram.
    pub fn source(self) -> Source {
        let look = move |read: &mut dyn FnMut(Scene<'_>)| {
            let step = self.cursor.get();
            self.record.track();
            self.world.with_value(|world| {
                read(Scene { capture: world.sim.capture(), plan: &world.plan, step, record: world.number });
            });
        };
        let plan = Callback::new(move |options| {
            self.world.try_update_value(|world| world.plan = Plan::with(world.sim.capture(), options));
            self.record.update(|record| *record = record.wrapping_add(1));
        });
        let mut source = Source::new(look, self.now, plan);
        source.world = self.worlds;
        source
    }

    /// Takes one step; `false` if nothing is left to happen.
    pub fn step(&self) -> bool {
        let moved = self.take(Sim::step) == Some(true);
        if moved {
            self.arrived();
        }
        moved
    }

    /// Lets the simulation take steps; where they are new, the diagram has them too.
    pub(super) fn take<R>(&self, steps: impl FnOnce(&mut Sim) -> R) -> Option<R> {
        let (taken, grew) = self.world.try_update_value(|world| {
            let known = world.sim.recorded();
            let taken = steps(&mut world.sim);
            let grew = world.sim.recorded() > known;
            if grew {
                world.plan.update(world.sim.capture());
            }
            (taken, grew)
        })?;
        if grew {
            self.record.update(|record| *record = record.wrapping_add(1));
        }
        Some(taken)
    }

    /// Goes to a recorded step and stops there.
    pub fn seek(&self, step: Step) {
        self.playing.set(false);
        self.world.update_value(|world| {
            let step = step.min(world.sim.recorded());
            world.sim.seek(step);
        });
        self.arrived();
    }

    /// Goes back to a step and forgets what has come about after `known`.
    pub(super) fn forget_after(&self, step: Step, known: Step) {
        self.world.update_value(|world| {
            world.sim.seek(known);
            world.sim.drop_future();
            world.look_ahead(step);
        });
        self.record.update(|record| *record = record.wrapping_add(1));
    }

    /// Goes on by one step and stops.
    pub fn step_forward(&self) {
        self.playing.set(false);
        self.step();
    }

    /// Goes back by one step and stops.
    pub fn step_back(&self) {
        self.seek(self.cursor.get_untracked().saturating_sub(1));
    }

    /// Goes back to the beginning.
    pub fn restart(&self) {
        self.seek(0);
    }

    /// Does something to a client now. What was known of later is forgotten and worked out anew; then time goes on.
    ///
    /// # Errors
    /// When the client cannot do it; nothing has changed then.
    pub fn act(&self, client: usize, action: Action) -> Result<(), ActError> {
        let (at, verb) = (self.now.get_untracked(), action.verb());
        let before = self.before();
        let done = self.world.try_update_value(|world| {
            world.sim.act_at(client, action, at)?;
            let here = world.sim.cursor();
            world.look_ahead(here);
            Ok::<(), ActError>(())
        });
        done.unwrap_or(Ok(()))?;
        self.branch(&before, verb);
        self.remember(before);
        self.renewed();
        // Where nothing follows, playing would begin anew.
        if !self.is_over() {
            self.play();
        }
        Ok(())
    }

    /// Puts another scenario on stage.
    pub fn load(&self, scenario: Scenario) {
        self.remember(self.before());
        self.single();
        self.replace(World::load(scenario));
    }

    /// Puts another world on stage.
    pub(super) fn replace(&self, world: World) {
        // First: the rows that were there go before anything else that changes reaches them.
        self.worlds.update(|worlds| *worlds = worlds.wrapping_add(1));
        self.playing.set(false);
        self.world.update_value(|was| *was = World { number: was.number.wrapping_add(1), ..world });
        self.renewed();
    }

    /// The record has changed.
    pub(super) fn renewed(&self) {
        // Numbers of packets that were to come may stand for others now.
        self.selection.choose(None);
        self.selection.marked.set(None);
        self.record.update(|record| *record = record.wrapping_add(1));
        self.arrived();
    }

    /// Counts changes of the record.
    pub fn revision(&self) -> u32 {
        self.record.get()
    }

    /// Becomes a record that terminals have made of this one, given as text. What was typed (`name` says what) is a
    /// change that can be undone, and time goes to where it has come to rest; what programs do by themselves lies ahead
    /// of the cursor and changes nothing else.
    pub fn adopt(&self, text: &str, micros: f64, name: Option<String>) {
        let Ok((record, step)) = Record::from_text(text) else { return };
        let before = self.before();
        if before.record == record {
            if name.is_some() {
                self.seek(step);
            }
        } else {
            let here = if name.is_some() { step } else { before.step };
            self.world.update_value(|world| {
                // It has come about in the terminals' world.
                let _ = world.sim.become_record(&record);
                world.look_ahead(here);
            });
            match &name {
                Some(name) => {
                    self.playing.set(false);
                    self.branch(&before, name);
                    self.remember(before);
                    self.renewed();
                }
                None => self.record.update(|record| *record = record.wrapping_add(1)),
            }
        }
        if name.is_some() {
            self.now.set(Instant::from_micros(micros as u64));
        }
    }

    /// Whether anything would be lost by acting here: something is known to come.
    pub fn has_future(&self) -> bool {
        self.with(|sim| sim.recorded() > sim.cursor())
    }

    /// The cursor has moved: clock, choice and story follow.
    pub(super) fn arrived(&self) {
        let (cursor, now, newest, line) = self.world.with_value(|world| {
            let (sim, step) = (&world.sim, world.sim.cursor());
            let newest = sim.capture().frames().rev().find(|frame| frame.sent_step <= step);
            (
                step,
                sim.now(),
                newest.map(|frame| (frame.id, frame.sent_step == step)),
                told(sim.capture(), step, sim.now()),
            )
        });
        self.cursor.set(cursor);
        self.forks.update_value(|(_, seen)| *seen = cursor.max(*seen));
        self.now.set(now);
        self.told.set(line);
        let chosen = self.selection.frame.get_untracked();
        match newest {
            None => self.selection.choose(None),
            // The newest packet is looked at, unless the step sent none and one that is there was chosen.
            Some((id, just_sent)) if just_sent || chosen.is_none_or(|chosen| chosen > id) => {
                self.selection.choose(Some(id));
            }
            Some(_) => {}
        }
    }
}
