//! Timelines as tracks that branch from one another: the packets of each at the same places for the same times.

use crate::capture::{Capture, Fate, Step};
use crate::codec::PacketType;
use crate::time::Instant;

/// Packets of a track at most.
const TICKS: usize = 240;

/// A timeline to be drawn.
pub struct Told<'a> {
    /// Its letter.
    pub letter: char,
    /// The letter of the timeline that it left, and when.
    pub from: Option<(char, Instant)>,
    /// What happened on it.
    pub capture: &'a Capture,
}

/// A timeline as it is drawn. Places are in thousandths of the whole width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Where it begins: at the left, or where it left another one.
    pub begins: u32,
    /// Where its last packet stands.
    pub ends: u32,
    /// How many tracks above is the one that it left, if that is there.
    pub rises: Option<usize>,
    /// Its packets; of one that left another, those after it did.
    pub ticks: Vec<Tick>,
}

/// A packet on a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where it stands.
    pub at: u32,
    /// What it is.
    pub packet_type: Option<PacketType>,
    /// It does not arrive.
    pub lost: bool,
    /// The step that sends it.
    pub step: Step,
}

/// Tracks with their common times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracks {
    /// When packets are sent, on whichever timeline; evenly spaced.
    times: Vec<Instant>,
    /// One a timeline, in their order.
    pub all: Vec<Track>,
}

impl Tracks {
    /// Lays timelines out.
    pub fn new(timelines: &[Told<'_>]) -> Self {
        let mut times: Vec<Instant> =
            timelines.iter().flat_map(|it| it.capture.frames().take(TICKS)).map(|frame| frame.sent).collect();
        times.sort_unstable();
        times.dedup();
        let mut tracks = Self { times, all: Vec::new() };
        for (index, it) in timelines.iter().enumerate() {
            let since = it.from.map(|(_, at)| at);
            let own = |sent: Instant| since.is_none_or(|since| sent > since);
            let ticks = it.capture.frames().take(TICKS).filter(|frame| own(frame.sent)).map(|frame| Tick {
                at: tracks.place(frame.sent),
                packet_type: frame.bytes.first().and_then(|byte| PacketType::from_nibble(byte >> 4)),
                lost: matches!(frame.end, Some((_, Fate::Lost { .. }))),
                step: frame.sent_step,
            });
            let ticks: Vec<Tick> = ticks.collect();
            let begins = since.map_or(0, |since| tracks.place(since));
            let above = |letter: char| timelines[..index].iter().rposition(|other| other.letter == letter);
            let track = Track {
                begins,
                ends: ticks.last().map_or(begins, |tick| tick.at),
                rises: it.from.and_then(|(letter, _)| Some(index - above(letter)?)),
                ticks,
            };
            tracks.all.push(track);
        }
        tracks
    }

    /// Where a time stands: at its packet, or on the way from the packet before it to the next.
    pub fn place(&self, at: Instant) -> u32 {
        let after = self.times.partition_point(|time| *time <= at);
        let slots = self.times.len() as u128 + 1;
        let between =
            match (after.checked_sub(1).and_then(|before| self.times.get(before)), self.times.get(after)) {
                (Some(before), Some(next)) => {
                    (at - *before).as_micros() * 1_000 / (*next - *before).as_micros().max(1)
                }
                _ => 0,
            };
        ((after as u128 * 1_000 + between) / slots) as u32
    }
}

impl Track {
    /// The packet nearest to a place.
    pub fn nearest(&self, at: u32) -> Option<&Tick> {
        self.ticks.iter().min_by_key(|tick| tick.at.abs_diff(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, Sim, scenarios};
    use crate::time::Duration;

    #[test]
    fn a_fork_branches_where_it_left_and_shows_what_is_its_own() {
        let mut first = Sim::new(scenarios().remove(1));
        while first.now() < Instant::from_millis(2_000) {
            first.step();
        }
        let mut fork = first.clone();
        let at = first.now() + Duration::from_millis(30);
        fork.act_at(0, Action::Cut, at).expect("connected");
        fork.settle(1_000);
        first.settle(1_000);
        let told = |letter, from, sim: &'static Sim| Told { letter, from, capture: sim.capture() };
        let [first, fork]: [&'static Sim; 2] = [Box::leak(Box::new(first)), Box::leak(Box::new(fork))];
        let tracks = Tracks::new(&[told('A', None, first), told('B', Some(('A', at)), fork)]);
        let [a, b] = &tracks.all[..] else { panic!("two") };
        assert_eq!((a.begins, a.rises, b.rises), (0, None, Some(1)));
        assert_eq!(a.ticks.len(), first.capture().frames().len());
        assert_eq!(b.begins, tracks.place(at));
        assert!(b.ticks.iter().all(|tick| tick.at > b.begins && tick.at <= 1_000), "{b:?}");
        // The same time stands at the same place, and later ones further to the right.
        assert!(a.ticks.is_sorted_by_key(|tick| tick.at));
        let sent = first.capture().frames().next().expect("CONNECT").sent;
        assert_eq!(tracks.place(sent), a.ticks[0].at);
        assert!(tracks.place(Instant::from_millis(1_000_000)) <= 1_000);
        // What is clicked beside is the nearest packet.
        assert_eq!(a.nearest(0).map(|tick| tick.at), a.ticks.first().map(|tick| tick.at));
        assert_eq!(a.nearest(2_000).map(|tick| tick.step), a.ticks.last().map(|tick| tick.step));
    }
}
