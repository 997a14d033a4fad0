//! Statistics: packets and bytes by type, bytes by part, packets over time. Kept up with a capture packet by packet,
//! forward and back, however long it is.

use crate::capture::{Capture, Frame, FrameId, Step};
use crate::codec::PacketType;
use crate::dissect::{Dissection, dissect};
use crate::time::Instant;

use super::bytes::{GROUPS, Shares};
use super::table::extent;

/// Spans of time that packets are counted in, at most.
const SPANS: usize = 60;
/// The shortest such span.
const SHORTEST_MICROS: u64 = 100_000;

/// What one packet adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    first_byte: u8,
    at: Instant,
    groups: [u32; GROUPS.len()],
    /// Bytes of application message.
    message: u32,
}

/// Packets and bytes of one type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Statistics of what had been sent at one step.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    shares: Vec<Share>,
    first: FrameId,
    by_type: [Tally; 16],
    groups: [u64; GROUPS.len()],
    message: u64,
    /// Packets in spans of one length from the capture's beginning; the length is that of the last packet's time.
    spans: Vec<u32>,
    span_micros: u64,
}

impl Stats {
    /// Counts what is new at `step` and takes off what is no longer.
    pub fn follow(&mut self, capture: &Capture, step: Step) {
        let (sent, first) = extent(capture, step);
        if first != self.first {
            // The capture has dropped its beginning: what it holds is counted anew.
            *self = Self { first, ..Self::default() };
        }
        while self.shares.len() > sent {
            if let Some(share) = self.shares.pop() {
                self.add(share, u64::wrapping_sub);
                if let Some(count) =
                    self.spans.get_mut((share.at.as_micros() / self.span_micros.max(1)) as usize)
                {
                    *count -= 1;
                }
            }
        }
        for at in self.shares.len()..sent {
            let Some(frame) = capture.frame(first + at as FrameId) else { break };
            let share = Share::of(frame, &dissect(&frame.bytes, frame.version));
            self.shares.push(share);
            self.add(share, u64::wrapping_add);
        }
        self.follow_time();
    }

    /// Counts by time. Going on, only what is new is counted; all is when the spans' length changes, which it does
    /// each time the capture has doubled.
    fn follow_time(&mut self) {
        let last = self.shares.last().map_or(0, |share| share.at.as_micros());
        let mut length = SHORTEST_MICROS;
        while last / length >= SPANS as u64 {
            length *= 2;
        }
        let counted: usize = self.spans.iter().map(|count| *count as usize).sum();
        let from = if length == self.span_micros && counted <= self.shares.len() { counted } else { 0 };
        if from == 0 {
            self.spans.clear();
        }
        self.span_micros = length;
        self.spans.resize((last / length) as usize + usize::from(!self.shares.is_empty()), 0);
        for share in &self.shares[from..] {
            if let Some(count) = self.spans.get_mut((share.at.as_micros() / length) as usize) {
                *count += 1;
            }
        }
    }

    fn add(&mut self, share: Share, with: fn(u64, u64) -> u64) {
        let bytes = share.groups.iter().map(|bytes| u64::from(*bytes)).sum();
        let tally = &mut self.by_type[usize::from(share.first_byte >> 4)];
        *tally = Tally { packets: with(tally.packets, 1), bytes: with(tally.bytes, bytes) };
        for (all, one) in self.groups.iter_mut().zip(share.groups) {
            *all = with(*all, u64::from(one));
        }
        self.message = with(self.message, u64::from(share.message));
    }

    /// How many packets.
    pub fn packets(&self) -> usize {
        self.shares.len()
    }

    /// Their bytes.
    pub fn bytes(&self) -> u64 {
        self.groups.iter().sum()
    }

    /// Bytes of application message in them; the rest is what MQTT adds.
    pub fn message_bytes(&self) -> u64 {
        self.message
    }

    /// Types that there are, most bytes first; `None` is the type that no packet has.
    pub fn types(&self) -> Vec<(Option<PacketType>, Tally)> {
        let mut all: Vec<_> = (0_u8..)
            .zip(self.by_type)
            .filter(|(_, tally)| tally.packets > 0)
            .map(|(number, tally)| (PacketType::from_nibble(number), tally))
            .collect();
        // Insertion: there are sixteen at most.
        for at in 1..all.len() {
            let before = all[..at].iter().position(|it| it.1.bytes < all[at].1.bytes);
            if let Some(to) = before {
                all[to..=at].rotate_right(1);
            }
        }
        all
    }

    /// Bytes by part, in the order of [`GROUPS`].
    pub fn groups(&self) -> [u64; GROUPS.len()] {
        self.groups
    }

    /// The length of a span of time in microseconds, and the packets of each, from the capture's beginning.
    pub fn spans(&self) -> (u64, &[u32]) {
        (self.span_micros, &self.spans)
    }
}

impl Share {
    fn of(frame: &Frame, dissection: &Dissection) -> Self {
        let Shares { groups, message } = Shares::of(dissection);
        let (groups, message) = (groups.map(|bytes| bytes as u32), message as u32);
        Self { first_byte: frame.bytes.first().copied().unwrap_or(0), at: frame.sent, groups, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Sim, scenarios};

    fn sim() -> Sim {
        let mut sim = Sim::new(scenarios().into_iter().next().expect("a scenario"));
        sim.settle(1_000);
        sim
    }

    fn fresh(capture: &Capture, step: Step) -> Stats {
        let mut stats = Stats::default();
        stats.follow(capture, step);
        stats
    }

    #[test]
    fn every_byte_is_counted_once_by_type_and_once_by_part() {
        let sim = sim();
        let stats = fresh(sim.capture(), Step::MAX);
        let bytes: usize = sim.capture().frames().map(|frame| frame.bytes.len()).sum();
        assert_eq!(stats.bytes(), bytes as u64);
        assert_eq!(stats.packets(), sim.capture().frames().len());
        let types = stats.types();
        assert_eq!(types.iter().map(|(_, tally)| tally.bytes).sum::<u64>(), bytes as u64);
        assert_eq!(types.iter().map(|(_, tally)| tally.packets).sum::<u64>(), stats.packets() as u64);
        assert!(types.is_sorted_by(|a, b| a.1.bytes >= b.1.bytes));
        assert_eq!(types[0].0, Some(PacketType::Publish));
        // "21.5", on both hops.
        assert_eq!(stats.message_bytes(), 8);
        let (length, spans) = stats.spans();
        assert_eq!(spans.iter().sum::<u32>() as usize, stats.packets());
        assert!(spans.len() <= SPANS && length >= SHORTEST_MICROS);
    }

    #[test]
    fn followed_step_by_step_in_any_order_they_are_those_of_the_step() {
        let sim = sim();
        let capture = sim.capture();
        let mut stats = Stats::default();
        for step in [0, 3, 9, 4, 17, 2, 30, 0, 12, Step::MAX, 11] {
            stats.follow(capture, step);
            let fresh = fresh(capture, step);
            assert_eq!(stats.types(), fresh.types(), "at step {step}");
            assert_eq!(stats.groups(), fresh.groups(), "at step {step}");
            assert_eq!(stats.message_bytes(), fresh.message_bytes(), "at step {step}");
            assert_eq!(stats.spans(), fresh.spans(), "at step {step}");
        }
    }
}
