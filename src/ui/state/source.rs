//! What a diagram looks at, wherever its packets come from.

use leptos::prelude::*;

use crate::capture::{Capture, Step};
use crate::time::Instant;
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
        Self { look: StoredValue::new(Box::new(look)), plan, now: now.into() }
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
