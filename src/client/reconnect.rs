//! When a client that has lost its connection tries again.

use super::decision::Decision;
use super::event::{ClientEvent, CloseReason};
use super::state::{Client, ClientStatus};
use crate::codec::{ReasonCode, Version};
use crate::time::{Duration, Instant};

/// Waits between attempts: each is up to twice as long as the one before, and a part of it comes by chance, so that
/// clients that lose their server at the same time do not come back at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconnect {
    /// The first wait at its longest, in milliseconds; 0 counts as 1.
    pub first_millis: u32,
    /// No wait is longer, in milliseconds.
    pub most_millis: u32,
    /// Attempts in a row that may fail; 0 is without end.
    pub max_attempts: u32,
    /// Where chance comes from: another one for each client.
    pub seed: u64,
}

impl Default for Reconnect {
    /// Up to a second, then up to two, at last up to two minutes; without end.
    fn default() -> Self {
        Self { first_millis: 1_000, most_millis: 120_000, max_attempts: 0, seed: 0 }
    }
}

impl Reconnect {
    /// The wait before an attempt, the first of which is 0: half of it is sure, the other half by chance, and `turn`
    /// is another one for each wait of a client.
    fn wait(&self, attempt: u32, turn: u64) -> Duration {
        let first = u64::from(self.first_millis.max(1));
        let longest = (first << attempt.min(32)).min(u64::from(self.most_millis).max(1));
        let half = longest / 2;
        Duration::from_millis(longest - half + mix(self.seed.wrapping_add(turn)) % (half + 1))
    }
}

/// Steele, Lea and Flood's SplitMix64, one step from `seed`.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The attempts of a client.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    /// Failed ones in a row.
    failed: u32,
    /// Waits so far.
    turn: u64,
    /// The last wait.
    waited: Duration,
    /// The next one.
    pub due: Option<Instant>,
}

/// Whether the same attempt may succeed later.
fn passes(reason: CloseReason, version: Version) -> bool {
    match (reason, version) {
        (CloseReason::TransportClosed | CloseReason::ConnAckTimeout | CloseReason::PingRespTimeout, _) => {
            true
        }
        // Server unavailable; server busy; quota and connection rate exceeded
        (CloseReason::Refused(ReasonCode(code)), Version::V5) => matches!(code, 0x88 | 0x89 | 0x97 | 0x9f),
        (CloseReason::Refused(ReasonCode(code)), _) => code == 3,
        // Busy, shutting down, keep alive timeout, rates and times; but not taken over: that would go on for ever.
        (CloseReason::ServerDisconnected(ReasonCode(code)), _) => {
            matches!(code, 0x00 | 0x80 | 0x83 | 0x89 | 0x8b | 0x8d | 0x96 | 0x97 | 0x98 | 0x9f | 0xa0)
        }
        _ => false,
    }
}

impl Client {
    /// When [`ClientEvent::ReconnectDue`] will come, if the client waits for it.
    pub const fn reconnect_at(&self) -> Option<Instant> {
        self.attempts.due
    }

    /// The transport could not be opened: another attempt is due later, if there may be one.
    pub fn handle_unreachable(&mut self, now: Instant) {
        if self.status == ClientStatus::Offline {
            self.plan_attempt(now, CloseReason::TransportClosed, false);
        }
    }

    /// No further attempt: whoever waits has had enough, or knows that none can help.
    pub fn stop_reconnecting(&mut self) {
        if self.attempts.due.take().is_some() {
            let attempts = std::mem::take(&mut self.attempts.failed);
            self.decide(Decision::GivesUp { attempts });
        }
    }

    /// Plans the next attempt after a connection has ended.
    pub(super) fn plan_attempt(&mut self, now: Instant, reason: CloseReason, accepted: bool) {
        self.attempts.due = None;
        let Some(reconnect) = self.config.reconnect else { return };
        if !passes(reason, self.config.version) {
            self.attempts.failed = 0;
            return;
        }
        // A connection that held for longer than was waited for it has been worth it.
        if accepted && now.since(self.link.opened) >= self.attempts.waited {
            self.attempts.failed = 0;
        }
        let attempt = self.attempts.failed;
        if reconnect.max_attempts > 0 && attempt >= reconnect.max_attempts {
            self.attempts.failed = 0;
            return self.decide(Decision::GivesUp { attempts: attempt });
        }
        let wait = reconnect.wait(attempt, self.attempts.turn);
        self.attempts = Attempts {
            failed: attempt.saturating_add(1),
            turn: self.attempts.turn.wrapping_add(1),
            waited: wait,
            due: Some(now + wait),
        };
        let millis = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX);
        self.decide(Decision::Reconnects { millis, attempt: attempt.saturating_add(1) });
    }

    /// The moment may have come.
    pub(super) fn attempt(&mut self, now: Instant) {
        if self.attempts.due.is_some_and(|due| due <= now) {
            self.attempts.due = None;
            self.event(ClientEvent::ReconnectDue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_within_their_bounds_and_differ_by_seed() {
        let waits = |seed| {
            let reconnect = Reconnect { seed, ..Reconnect::default() };
            (0..40).map(move |attempt| reconnect.wait(attempt, attempt.into()).as_millis())
        };
        for (attempt, wait) in waits(7).enumerate() {
            let longest = (1_000_u128 << attempt).min(120_000);
            assert!((longest / 2..=longest).contains(&wait), "{attempt}: {wait}");
        }
        assert!(waits(7).eq(waits(7)) && !waits(7).eq(waits(8)));
    }

    #[test]
    fn odd_settings_wait_at_least_a_millisecond_and_never_overflow() {
        let reconnect = Reconnect { first_millis: 0, most_millis: 0, ..Reconnect::default() };
        assert_eq!(reconnect.wait(0, 0), Duration::from_millis(1));
        let reconnect = Reconnect { first_millis: u32::MAX, most_millis: u32::MAX, ..reconnect };
        assert!(reconnect.wait(u32::MAX, u64::MAX).as_millis() <= u128::from(u32::MAX));
    }
}
