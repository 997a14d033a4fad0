//! What a diagram looks at, wherever its packets come from.

use leptos::prelude::*;

use crate::capture::{Capture, Step};
use crate::time::{Instant, Wall};
use crate::view::diagram::{Plan, PlanOptions};

/// A capture, its rows, and the step it is seen from.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The record.
    pub capture: &'a Capture,
    /// Its rows.
    pub plan: &'a Plan,
    /// What came about later is shown as to come, or not at all.
    pub step: Step,
    /// Another number for another record: with the same one, the capture has only grown.
    pub record: u32,
}

type Look = Box<dyn Fn(&mut dyn FnMut(Scene<'_>)) + Send + Sync>;

/// Gives a look at a scene; whoever looks inside a memo or an effect is called again when the scene has changed.
#[derive(Clone, Copy)]
pub struct Source {
    look: StoredValue<Look>,
    plan: Callback<PlanOptions>,
    wall: Option<StoredValue<Option<Wall>>>,
    /// Another number for another world: its rows are others, and none of those that were there.
    pub world: RwSignal<u32>,
    /// The clock, which moves on between two steps.
    pub now: Signal<Instant>,
}

impl Source {
    /// `look` calls its argument once with the scene, and reads the signals that tell of its changes; `plan` makes the
    /// rows anew.
    pub fn new(
        look: impl Fn(&mut dyn FnMut(Scene<'_>)) + Send + Sync + 'static,
        now: impl Into<Signal<Instant>>,
        plan: Callback<PlanOptions>,
    ) -> Self {
        let world = RwSignal::new(0);
        Self { look: StoredValue::new(Box::new(look)), plan, wall: None, world, now: now.into() }
    }

    /// The same, its times told by a clock on the wall once that is known.
    pub fn by_the_wall(self, wall: StoredValue<Option<Wall>>) -> Self {
        Self { wall: Some(wall), ..self }
    }

    /// The clock that tells its times, if it is not the source's own.
    pub fn wall(&self) -> Option<Wall> {
        self.wall?.try_get_value().flatten()
    }

    /// What the times are.
    pub fn time_unit(&self) -> &'static str {
        if self.wall.is_some() { "local time" } else { "time, s" }
    }

    /// Pixels that its times and what stands beside the lifelines take more than elsewhere, as in style/page-connect.css.
    pub const fn more_beside(&self) -> u32 {
        if self.wall.is_some() { 60 } else { 0 }
    }

    /// What its clock shows; followed.
    pub fn told(&self) -> String {
        let now = self.now.get();
        self.wall().map_or_else(|| now.to_string(), |wall| wall.told(now))
    }

    /// Asks for the rows that there are to be.
    pub fn set_plan(&self, options: PlanOptions) {
        self.plan.try_run(options);
    }

    /// Looks at the scene; `None` once its page is gone.
    pub fn with<R>(&self, read: impl FnOnce(Scene<'_>) -> R) -> Option<R> {
        let (mut read, mut result) = (Some(read), None);
        self.look.try_with_value(|look| {
            look(&mut |scene| {
                if let Some(read) = read.take() {
                    result = Some(read(scene));
                }
            });
        });
        result
    }
}
