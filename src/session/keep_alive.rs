//! Keep alive as both ends count it.

use crate::time::{Duration, Instant};

/// A keep alive interval and when it last began anew: at the client with each packet sent, at the server with each
/// packet received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    interval_secs: u16,
    since: Instant,
}

impl KeepAlive {
    /// `interval_secs` 0 switches it off (3.1.1 section 3.1.2.10, 5.0 section 3.1.2.10).
    pub const fn new(interval_secs: u16, now: Instant) -> Self {
        Self { interval_secs, since: now }
    }

    /// The interval in seconds; 0 is off.
    pub const fn interval_secs(&self) -> u16 {
        self.interval_secs
    }

    /// When the interval last began.
    pub const fn since(&self) -> Instant {
        self.since
    }

    /// A packet was sent (at the client) or received (at the server).
    pub fn mark(&mut self, now: Instant) {
        self.since = now;
    }

    /// When the client has to have sent something: after one interval (3.1.1 MQTT-3.1.2-23, 5.0 MQTT-3.1.2-20).
    pub fn client_deadline(&self) -> Option<Instant> {
        self.after_millis(1_000)
    }

    /// When the server gives the client up: after one and a half intervals.
    pub fn server_deadline(&self) -> Option<Instant> {
        self.after_millis(1_500) // 3.1.1 MQTT-3.1.2-24, 5.0 MQTT-3.1.2-22
    }

    fn after_millis(&self, millis_a_second: u64) -> Option<Instant> {
        let millis = u64::from(self.interval_secs) * millis_a_second;
        (millis > 0).then(|| self.since + Duration::from_millis(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_waits_half_as_long_again_as_the_client() {
        let mut keep_alive = KeepAlive::new(5, Instant::from_millis(1_000));
        assert_eq!(keep_alive.client_deadline(), Some(Instant::from_millis(6_000)));
        assert_eq!(keep_alive.server_deadline(), Some(Instant::from_millis(8_500))); // 3.1.1 MQTT-3.1.2-24
        keep_alive.mark(Instant::from_millis(2_000));
        assert_eq!(keep_alive.server_deadline(), Some(Instant::from_millis(9_500)));
    }

    #[test]
    fn zero_is_off() {
        let keep_alive = KeepAlive::new(0, Instant::ZERO);
        assert_eq!((keep_alive.client_deadline(), keep_alive.server_deadline()), (None, None));
    }
}
