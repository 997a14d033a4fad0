//! The simulation that the Playground plays: the world, the step it stands at, the clock between two steps.

use leptos::prelude::*;

use super::selection::Selection;
use super::source::{Scene, Source};
use crate::capture::Step;
use crate::sim::{ActError, Action, Sim, scenarios};
use crate::time::Instant;
use crate::view::diagram::Plan;
use crate::view::transport::{SPEEDS, told};

/// Steps that are run ahead, so that what comes is known: far more than a scenario takes.
const AHEAD: u32 = 20_000;

/// A scenario on stage. Made once a page load; a copy is another handle to the same.
#[derive(Clone, Copy)]
pub struct Stage {
    world: StoredValue<World>,
    /// Counts changes of the record.
    record: RwSignal<u32>,
    /// Steps taken.
    pub cursor: RwSignal<Step>,
    /// Virtual time: that of the last step, or between it and the next while playing.
    pub now: RwSignal<Instant>,
    /// Whether time goes on.
    pub playing: RwSignal<bool>,
    /// Virtual time is so many times slower than real time.
    pub slowdown: RwSignal<u32>,
    /// The chosen packet.
    pub selection: Selection,
    /// Which of the scenarios it is.
    pub scenario: RwSignal<usize>,
    /// What has just happened, in one line.
    pub told: RwSignal<String>,
}

struct World {
    sim: Sim,
    plan: Plan,
    /// Counts the times that a part of the record was replaced.
    number: u32,
}

impl World {
    /// A scenario at its beginning, with all that will come known.
    fn load(index: usize) -> Self {
        let scenario = scenarios().into_iter().nth(index).unwrap_or_default();
        let mut sim = Sim::new(scenario);
        sim.settle(AHEAD);
        sim.seek(0);
        Self { plan: Plan::new(sim.capture()), sim, number: 0 }
    }
}

impl Stage {
    /// The first scenario at step 0.
    pub fn new() -> Self {
        Self {
            world: StoredValue::new(World::load(0)),
            record: RwSignal::new(0),
            cursor: RwSignal::new(0),
            now: RwSignal::new(Instant::ZERO),
            playing: RwSignal::new(false),
            slowdown: RwSignal::new(SPEEDS[1]),
            selection: Selection::new(),
            scenario: RwSignal::new(0),
            told: RwSignal::new(String::new()),
        }
    }

    /// Looks at the simulation; inside a memo or an effect, again when it has changed.
    pub fn with<R>(&self, read: impl FnOnce(&Sim) -> R) -> R {
        self.cursor.track();
        self.record.track();
        self.world.with_value(|world| read(&world.sim))
    }

    /// Looks at what doesn't depend on the step: the record and its length.
    pub fn with_record<R>(&self, read: impl FnOnce(&Sim) -> R) -> R {
        self.record.track();
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
        Source::new(look, self.now)
    }

    /// Takes one step; `false` if nothing is left to happen.
    pub fn step(&self) -> bool {
        let moved = self.world.try_update_value(|world| {
            let known = world.sim.recorded();
            let moved = world.sim.step();
            let grew = world.sim.recorded() > known;
            if grew {
                world.plan.update(world.sim.capture());
            }
            (moved, grew)
        });
        let (moved, grew) = moved.unwrap_or((false, false));
        if grew {
            self.record.update(|record| *record = record.wrapping_add(1));
        }
        if moved {
            self.arrived();
        }
        moved
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
        let at = self.now.get_untracked();
        let done = self.world.try_update_value(|world| {
            world.sim.act_at(client, action, at)?;
            let here = world.sim.cursor();
            world.sim.settle(AHEAD);
            world.sim.seek(here);
            world.plan = Plan::new(world.sim.capture());
            world.number += 1;
            Ok::<(), ActError>(())
        });
        done.unwrap_or(Ok(()))?;
        // Numbers of packets that were to come may stand for others now.
        self.selection.choose(None);
        self.record.update(|record| *record = record.wrapping_add(1));
        self.arrived();
        self.play();
        Ok(())
    }

    /// Puts another scenario on stage.
    pub fn load(&self, index: usize) {
        self.playing.set(false);
        self.selection.choose(None);
        self.scenario.set(index);
        self.world.update_value(|world| {
            *world = World { number: world.number + 1, ..World::load(index) };
        });
        self.record.update(|record| *record = record.wrapping_add(1));
        self.arrived();
    }

    /// Whether anything would be lost by acting here: something is known to come.
    pub fn has_future(&self) -> bool {
        self.with(|sim| sim.recorded() > sim.cursor())
    }

    /// The cursor has moved: clock, choice and story follow.
    fn arrived(&self) {
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
