//! Telling a broker that is gone from another client that has the same client identifier: there each one's reconnect
//! throws the other out, for ever.

use std::collections::VecDeque;

use crate::time::{Duration, Instant};

/// So many accepted connections lost within [`WITHIN`] are a loop.
const MOST: usize = 3;
/// The time in which they are lost.
const WITHIN: Duration = Duration::from_secs(10);

/// When accepted connections were lost.
#[derive(Clone, Debug, Default)]
pub struct Losses(VecDeque<Instant>);

impl Losses {
    /// An accepted connection was closed by the other side without a reason. `true` if it looks as if another client
    /// had the same client identifier; counting begins anew then.
    pub fn count(&mut self, now: Instant) -> bool {
        self.0.push_back(now);
        while self.0.front().is_some_and(|first| now - *first > WITHIN) {
            self.0.pop_front();
        }
        let loops = self.0.len() >= MOST;
        if loops {
            self.0.clear();
        }
        loops
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_losses_in_ten_seconds_are_a_loop_and_fewer_are_not() {
        let told = |millis: &[u64]| {
            let mut losses = Losses::default();
            millis.iter().map(|at| losses.count(Instant::from_millis(*at))).collect::<Vec<_>>()
        };
        assert_eq!(told(&[0, 1_000, 10_000]), [false, false, true]);
        assert_eq!(told(&[0, 1_000, 10_001, 10_900]), [false, false, false, true]);
        assert_eq!(told(&[0, 6_000, 12_000, 18_000]), [false; 4]);
        // After a loop was told, the user goes on, and three more are needed.
        assert_eq!(told(&[0, 1, 2, 3, 4, 5]), [false, false, true, false, false, true]);
    }
}
