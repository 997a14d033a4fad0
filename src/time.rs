//! Points in time as values. Nobody in the library reads a clock: time comes in with each call.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};
pub use core::time::Duration;

/// A point in (virtual or real) time, in whole microseconds since its source began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The moment the source began.
    pub const ZERO: Self = Self(0);

    /// The point `micros` microseconds after the beginning.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The point `millis` milliseconds after the beginning; saturates.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Microseconds since the beginning.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to here; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    /// Saturates at the end of time.
    fn add(self, rhs: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(rhs.as_micros()).unwrap_or(u64::MAX)))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl Sub for Instant {
    type Output = Duration;
    fn sub(self, rhs: Self) -> Duration {
        self.since(rhs)
    }
}

impl fmt::Display for Instant {
    /// Seconds with three decimals, as the diagram's gutter shows them: `2.063`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0 / 1_000;
        write!(f, "{}.{:03}", millis / 1_000, millis % 1_000)
    }
}

/// What the clock on the wall showed when a source began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall(u64);

impl Wall {
    /// So many microseconds after midnight.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// What it showed at a moment, to the millisecond: `14:02:11.380`.
    pub fn told(self, at: Instant) -> String {
        let mut millis = self.0.saturating_add(at.0) / 1_000 % 86_400_000;
        let mut text = *b"00:00:00.000";
        for (place, base) in [(11, 10), (10, 10), (9, 10), (7, 10), (6, 6), (4, 10), (3, 6), (1, 10), (0, 10)]
        {
            text[place] += (millis % base) as u8;
            millis /= base;
        }
        text.map(char::from).iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_instead_of_wrapping() {
        let end = Instant::from_micros(u64::MAX);
        assert_eq!(end + Duration::from_secs(1), end);
        assert_eq!(Instant::ZERO - end, Duration::ZERO);
    }

    #[test]
    fn the_wall_clock_goes_on_past_midnight() {
        let told = |wall, at| Wall::from_micros(wall).told(Instant::from_millis(at));
        assert_eq!(told(0, 0), "00:00:00.000");
        assert_eq!(told(50_531_380_999, 0), "14:02:11.380");
        assert_eq!(told(86_399_999_000, 0), "23:59:59.999");
        assert_eq!(told(86_399_999_000, 62_001), "00:01:02.000");
    }

    #[test]
    fn display_is_seconds_to_the_millisecond() {
        assert_eq!(Instant::from_micros(2_063_999).to_string(), "2.063");
    }
}
