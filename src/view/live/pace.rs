//! When the next picture is due while packets come: they go first, and pictures take a small part of the time.

/// Milliseconds without a change after which a picture follows: what is about to come, comes into it.
const SETTLED: f64 = 4.0;
/// With changes all the time, a picture follows after this many.
const LATEST: f64 = 50.0;
/// How many times a picture's cost goes by before the next one, and how long that is at most.
const REST: f64 = 12.0;
const LONGEST_REST: f64 = 1_000.0;
/// A rest ends when nothing has come for so long: no stream, but single messages, and each one is drawn.
const QUIET: f64 = 30.0;

/// What was changed when, and what the last picture has cost; all in milliseconds of one clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// The first change that waits to be told, and the newest one.
    first: Option<f64>,
    newest: f64,
    rest_until: f64,
}

impl Pace {
    /// Something has changed; `true` if nothing else waits to be told.
    pub fn changed(&mut self, now: f64) -> bool {
        self.newest = now;
        let begins = self.first.is_none();
        self.first.get_or_insert(now);
        begins
    }

    /// Milliseconds until a picture is due if nothing else changes; 0 if one is.
    pub fn due_in(&self, now: f64) -> f64 {
        let quiet = |of: f64| self.newest + of;
        let rested = quiet(SETTLED).min(self.first.unwrap_or(now) + LATEST).max(self.rest_until);
        (quiet(QUIET).min(rested) - now).max(0.0)
    }

    /// All changes so far are told.
    pub fn drawn(&mut self) {
        self.first = None;
    }

    /// The picture has cost so much.
    pub fn weighed(&mut self, now: f64, cost: f64) {
        self.rest_until = now + (REST * cost).min(LONGEST_REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(pace: Pace, now: f64) -> bool {
        pace.due_in(now) == 0.0
    }

    /// Whether one is due although something changes now.
    fn busy(pace: Pace, now: f64) -> bool {
        due(Pace { newest: now, ..pace }, now)
    }

    #[test]
    fn a_picture_waits_for_what_is_about_to_come_but_not_for_ever() {
        let mut pace = Pace::default();
        assert!(pace.changed(100.0) && !pace.changed(120.0));
        assert_eq!([121.0, 124.0].map(|now| due(pace, now)), [false, true]);
        assert_eq!([120.0, 123.5, 130.0].map(|now| pace.due_in(now)), [4.0, 0.5, 0.0]);
        assert_eq!([149.0, 150.0].map(|now| busy(pace, now)), [false, true]);
        pace.drawn();
        assert!(pace.changed(160.0));
    }

    #[test]
    fn after_a_costly_picture_packets_go_first_until_none_comes() {
        let mut pace = Pace::default();
        pace.weighed(500.0, 100.0);
        pace.changed(510.0);
        assert_eq!([539.0, 540.0].map(|now| due(pace, now)), [false, true]);
        assert_eq!([1_499.0, 1_500.0].map(|now| busy(pace, now)), [false, true]);
        // A cheap one is followed by the next sooner, and the costliest by one after a second.
        pace.weighed(1_000.0, 5.0);
        assert_eq!([1_059.0, 1_060.0].map(|now| busy(pace, now)), [false, true]);
        pace.weighed(1_000.0, 5_000.0);
        assert_eq!([1_999.0, 2_000.0].map(|now| busy(pace, now)), [false, true]);
    }
}
