//! Two timelines of one scenario beside each other: their packets aligned, the first difference, their states.

use std::collections::VecDeque;

use super::diagram::Plan;
use super::state::{EndState, broker_state, client_state};
use crate::capture::{Capture, Fate, Frame, FrameId, Step};
use crate::sim::{BROKERS, Sim};
use crate::time::Instant;

/// Packets of two timelines, aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// How many packets are the same at the beginning: byte for byte, at the same times, with the same fate.
    pub same: usize,
    /// The first packet that differs, as a place in [`Comparison::rows`].
    pub first: Option<usize>,
    /// All packets from the beginning on.
    pub rows: Vec<Row>,
}

/// Packets that stand in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When they were sent; of two, the earlier one.
    pub at: Instant,
    /// The left timeline's and the right one's.
    pub frames: [Option<FrameId>; 2],
    /// How they differ.
    pub differs: Option<Differs>,
}

/// What is different about two packets in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// One side has none.
    Missing,
    /// Their bytes.
    Bytes,
    /// One arrives, the other does not.
    Fate,
    /// When they are sent.
    Time,
}

/// A line about both states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDiff {
    /// What it is about.
    pub subject: String,
    /// How it stands on the left, and on the right.
    pub texts: [String; 2],
}

impl StateDiff {
    /// Whether the two differ.
    pub fn differs(&self) -> bool {
        self.texts[0] != self.texts[1]
    }
}

impl Comparison {
    /// Compares what was sent by a step of each.
    pub fn new(left: (&Capture, Step), right: (&Capture, Step)) -> Self {
        let frames = |(capture, step): (&'_ Capture, Step)| -> Vec<Frame> {
            capture.frames().take_while(|frame| frame.sent_step <= step).cloned().collect()
        };
        let sides = [(frames(left), left.1), (frames(right), right.1)];
        let mut rows = Vec::new();
        let (mut a, mut b) = (0, 0);
        loop {
            let heads = [sides[0].0.get(a), sides[1].0.get(b)];
            let pair = match heads {
                [None, None] => break,
                [Some(one), Some(other)] => {
                    let alike = one.from == other.from && one.to == other.to && kind(one) == kind(other);
                    match (alike && near(one.sent, other.sent), one.sent <= other.sent) {
                        (true, _) => [Some(one), Some(other)],
                        (false, true) => [Some(one), None],
                        (false, false) => [None, Some(other)],
                    }
                }
                one => one,
            };
            a += usize::from(pair[0].is_some());
            b += usize::from(pair[1].is_some());
            rows.push(row(pair, [sides[0].1, sides[1].1]));
        }
        let first = rows.iter().position(|row| row.differs.is_some());
        Self { same: first.unwrap_or(rows.len()), first, rows }
    }

    /// The next line that differs after a line.
    pub fn next_difference(&self, after: usize) -> Option<usize> {
        let rows = self.rows.iter().enumerate().skip(after + 1);
        rows.filter(|(_, row)| row.differs.is_some()).map(|(at, _)| at).next()
    }
}

/// A line of two diagrams beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it comes about; of two, the earlier time.
    pub at: Instant,
    /// The rows of the left diagram and of the right one.
    pub rows: [Option<usize>; 2],
    /// How they differ.
    pub differs: Option<Differs>,
}

/// All rows of two diagrams in common lines: packets as they were aligned, between them what else happened. The plans are
/// those of the captures that were compared, with a row for each packet.
pub fn lines(comparison: &Comparison, plans: [&Plan; 2]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut next = [0, 0];
    for row in &comparison.rows {
        let at = |side: usize| row.frames[side].and_then(|frame| plans[side].row_of(frame));
        let rows = [at(0), at(1)];
        let until =
            [0, 1].map(|side| rows[side].unwrap_or_else(|| markers_until(plans[side], next[side], row.at)));
        markers(&mut lines, plans, next, until);
        lines.push(Line { at: row.at, rows, differs: row.differs });
        next = [0, 1].map(|side| rows[side].map_or(until[side], |row| row + 1));
    }
    markers(&mut lines, plans, next, plans.map(Plan::len));
    lines
}

/// Behind the rows from a place on that are no packets and come about before a time.
fn markers_until(plan: &Plan, from: usize, at: Instant) -> usize {
    let is_later = |row: usize| plan.is_packet(row) || plan.event_at(row).is_some_and(|time| time >= at);
    (from..plan.len()).find(|row| is_later(*row)).unwrap_or(plan.len())
}

/// The rows from one place to another that are no packets, in the order of their times; those of one time beside each
/// other.
fn markers(lines: &mut Vec<Line>, plans: [&Plan; 2], from: [usize; 2], to: [usize; 2]) {
    let rows = |side: usize| {
        let all = (from[side]..to[side]).filter(move |row| !plans[side].is_packet(*row));
        all.filter_map(move |row| Some((plans[side].event_at(row)?, row)))
    };
    let mut sides = [rows(0).collect::<VecDeque<_>>(), rows(1).collect()];
    while let Some(at) = sides.iter().filter_map(|side| side.front()).map(|(at, _)| *at).min() {
        let mut take =
            |side: usize| -> Option<usize> { Some(sides[side].pop_front_if(|row| row.0 == at)?.1) };
        let rows = [take(0), take(1)];
        let differs = rows.contains(&None).then_some(Differs::Missing);
        lines.push(Line { at, rows, differs });
    }
}

/// The step of a world that is the last at a time.
pub fn step_at(sim: &Sim, at: Instant) -> Step {
    let (mut low, mut high) = (0, sim.recorded());
    while low < high {
        let middle = high - (high - low) / 2;
        match sim.step_time(middle) {
            Some(time) if time > at => high = middle - 1,
            _ => low = middle,
        }
    }
    low
}

/// Packets that are sent within so long of each other, the same way, are held against each other.
const NEAR_MICROS: u64 = 5_000;

const fn near(a: Instant, b: Instant) -> bool {
    a.as_micros().abs_diff(b.as_micros()) <= NEAR_MICROS
}

fn kind(frame: &Frame) -> Option<u8> {
    frame.bytes.first().map(|byte| byte >> 4)
}

fn row(pair: [Option<&Frame>; 2], steps: [Step; 2]) -> Row {
    let frames = pair.map(|frame| frame.map(|frame| frame.id));
    let at = pair.into_iter().flatten().map(|frame| frame.sent).min().unwrap_or_default();
    let arrives =
        |frame: &Frame, step| frame.fate_at(step).map(|fate| matches!(fate, Fate::Delivered { .. }));
    let differs = match pair {
        [Some(one), Some(other)] if one.bytes != other.bytes => Some(Differs::Bytes),
        [Some(one), Some(other)] if arrives(one, steps[0]) != arrives(other, steps[1]) => Some(Differs::Fate),
        [Some(one), Some(other)] if one.sent != other.sent => Some(Differs::Time),
        [Some(_), Some(_)] => None,
        _ => Some(Differs::Missing),
    };
    Row { at, frames, differs }
}

/// Both worlds at their cursors, line by line: counts first, then what each end holds.
pub fn state_diff(left: &Sim, right: &Sim) -> Vec<StateDiff> {
    let (left, right) = (told(left), told(right));
    let mut merged: Vec<StateDiff> = Vec::new();
    for (subject, text) in &left {
        let other = right.iter().find(|(known, _)| known == subject).map(|(_, text)| text.clone());
        merged.push(StateDiff {
            subject: subject.clone(),
            texts: [text.clone(), other.unwrap_or_else(|| NONE.to_owned())],
        });
    }
    for (at, (subject, text)) in right.iter().enumerate() {
        if left.iter().any(|(known, _)| known == subject) {
            continue;
        }
        // Where its neighbours stand.
        let before =
            right[..at].iter().rev().find_map(|(known, _)| merged.iter().position(|it| it.subject == *known));
        let place = before.map_or(0, |before| before + 1);
        let texts = [NONE.to_owned(), text.clone()];
        merged.insert(place, StateDiff { subject: subject.clone(), texts });
    }
    merged
}

const NONE: &str = "none";

/// What a world is like, each line with a subject of its own.
fn told(sim: &Sim) -> Vec<(String, String)> {
    let step = sim.cursor();
    let capture = sim.capture();
    let name = |end| capture.end(end).map(|end| end.name.to_string()).unwrap_or_default();
    let sent = || capture.frames().take_while(|frame| frame.sent_step <= step);
    let lost = sent().filter(|frame| matches!(frame.fate_at(step), Some(Fate::Lost { .. }))).count();
    let bytes: usize = sent().map(|frame| frame.bytes.len()).sum();
    let packets = [&sent().count().to_string(), ", ", &lost.to_string(), " lost"].concat();
    let mut told =
        vec![("Packets".to_owned(), packets), ("Bytes on all links".to_owned(), bytes.to_string())];
    for index in 0..sim.client_count() {
        let (name, client) = (name(sim.end_of_client(index)), sim.client(index));
        let delivered = client.received_count().to_string();
        told.push(([&name, " has delivered"].concat(), delivered));
        told.push(([&name, ", connection"].concat(), format!("{:?}", client.status()).to_lowercase()));
        flatten(&mut told, client_state(&name, client));
    }
    for (number, (end, broker)) in sim.brokers().enumerate() {
        let standing = if sim.is_stopped(BROKERS + number) { "stopped" } else { "running" };
        told.push(([&name(end), ", process"].concat(), standing.to_owned()));
        flatten(&mut told, broker_state(&name(end), broker));
    }
    told
}

fn flatten(told: &mut Vec<(String, String)>, state: EndState) {
    for section in state.sections {
        // What came last is told by the deliveries.
        for line in section.lines.into_iter().filter(|_| section.title != "Received") {
            let mut subject = [state.name.as_str(), ", ", section.title, ": ", &line.subject].concat();
            // Two lines may speak of the same: the second one is another subject.
            while told.iter().any(|(known, _)| *known == subject) {
                subject.push('\'');
            }
            told.push((subject, line.text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, scenarios};
    use crate::time::Duration;
    use crate::view::diagram::PlanOptions;

    fn pair() -> [Sim; 2] {
        let mut arrives = Sim::new(scenarios().remove(1));
        while arrives.now() < Instant::from_millis(2_000) {
            arrives.step();
        }
        let at = arrives.now() + Duration::from_millis(30);
        arrives.step();
        let mut lost = arrives.clone();
        lost.act_at(0, Action::Cut, at).expect("connected");
        lost.act(0, Action::Connect).expect("offline");
        lost.settle(1_000);
        arrives.settle(1_000);
        [lost, arrives]
    }

    #[test]
    fn the_first_difference_is_the_lost_packet() {
        let [lost, arrives] = pair();
        let compared =
            Comparison::new((lost.capture(), lost.cursor()), (arrives.capture(), arrives.cursor()));
        let first = compared.first.expect("they differ");
        assert_eq!(first, compared.same);
        let row = compared.rows[first];
        assert_eq!(row.differs, Some(Differs::Fate));
        let frame = lost.capture().frame(row.frames[0].expect("both have it")).expect("kept");
        assert_eq!(frame.bytes[0] >> 4, 4, "PUBACK");
        // What only one side has stands alone.
        let next = compared.next_difference(first).expect("CONNECT");
        assert_eq!(
            (compared.rows[next].differs, compared.rows[next].frames[1]),
            (Some(Differs::Missing), None)
        );
        assert!(compared.rows.is_sorted_by_key(|row| row.at));
        let all: Vec<_> = compared.rows.iter().filter_map(|row| row.frames[0]).collect();
        assert_eq!(all, (0..all.len() as u32).collect::<Vec<_>>());
        let same = Comparison::new((lost.capture(), lost.cursor()), (lost.capture(), lost.cursor()));
        assert_eq!((same.first, same.same), (None, same.rows.len()));
    }

    #[test]
    fn two_diagrams_stand_in_common_lines() {
        let [lost, arrives] = pair();
        let compared =
            Comparison::new((lost.capture(), lost.cursor()), (arrives.capture(), arrives.cursor()));
        let options = PlanOptions { fold: Some(false), ..PlanOptions::default() };
        let plans = [&lost, &arrives].map(|sim| Plan::with(sim.capture(), options));
        let all = lines(&compared, [&plans[0], &plans[1]]);
        // Every row that is an event stands in one line, in its order.
        for (side, plan) in plans.iter().enumerate() {
            let rows: Vec<usize> = all.iter().filter_map(|line| line.rows[side]).collect();
            let events: Vec<usize> = (0..plan.len()).filter(|row| plan.event_at(*row).is_some()).collect();
            assert_eq!(rows, events, "side {side}");
        }
        assert!(all.is_sorted_by_key(|line| line.at), "{all:#?}");
        let first = all.iter().find(|line| line.differs.is_some()).expect("they differ");
        assert_eq!((first.differs, first.rows.contains(&None)), (Some(Differs::Fate), false));
        // The cut is the left side's alone, and stands before what the right side goes on with.
        let alone = all.iter().filter(|line| line.differs == Some(Differs::Missing));
        assert!(alone.clone().any(|line| line.rows[0].is_some_and(|row| !plans[0].is_packet(row))));
    }

    #[test]
    fn a_time_is_a_step_of_every_timeline() {
        let [_, sim] = pair();
        for step in 0..=sim.recorded() {
            let at = sim.step_time(step).expect("recorded");
            let found = step_at(&sim, at);
            assert!(found >= step && sim.step_time(found) == Some(at));
            assert!(sim.step_time(found + 1).is_none_or(|later| later > at));
        }
    }

    #[test]
    fn states_are_held_against_each_other_line_by_line() {
        let [lost, arrives] = pair();
        let lines = state_diff(&lost, &arrives);
        let of = |subject: &str| {
            lines.iter().find(|line| line.subject == subject).unwrap_or_else(|| panic!("{lines:#?}"))
        };
        assert_eq!(of("sub1 has delivered").texts, ["2", "1"]);
        assert_eq!(of("Packets").texts, ["16, 1 lost", "10, 0 lost"]);
        assert!(!of("pub1, connection").differs());
        assert!(of("Bytes on all links").differs());
        assert!(state_diff(&lost, &lost).iter().all(|line| !line.differs()));
    }
}
