//! One call from the owner: when it comes, and who hears what is decided.

use super::decision::{Decision, Observer};
use crate::time::Instant;

/// Goes through all that a call does. The observer is a reference of one type here, whatever the owner's is: each
/// handler is compiled once.
pub(super) struct Call<'a> {
    pub(super) now: Instant,
    observer: Option<&'a mut dyn Observer>,
}

impl<'a> Call<'a> {
    #[inline]
    pub(super) fn new<O: Observer>(now: Instant, observer: &'a mut O) -> Self {
        Self { now, observer: if observer.hears() { Some(observer) } else { None } }
    }

    /// A call that nobody hears.
    pub(super) fn silent(now: Instant) -> Self {
        Self { now, observer: None }
    }

    /// Whether somebody hears: worth asking where the evidence costs something.
    #[inline]
    pub(super) fn is_heard(&self) -> bool {
        self.observer.is_some()
    }

    #[inline]
    pub(super) fn tell(&mut self, decision: &Decision<'_>) {
        if let Some(observer) = &mut self.observer {
            observer.decision(self.now, decision);
        }
    }
}
