//! The log: what the ends decided and went through, newest first, worked out only for the lines that show.

use crate::capture::{Capture, FrameId, Note, NoteKind, Step};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Seconds with three decimals.
    pub time: String,
    /// Whose it is.
    pub who: String,
    /// What happened.
    pub text: String,
    /// The statement behind it.
    pub statement: Option<&'static str>,
    /// How it stands out.
    pub tone: Tone,
    /// The packet that it is about.
    pub frame: Option<FrameId>,
}

/// How a line stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As all do.
    Plain,
    /// Something was refused, dropped or went wrong.
    Warning,
    /// A connection broke.
    Bad,
}

/// How many notes had been made at `step`.
pub fn extent(capture: &Capture, step: Step) -> usize {
    // Notes are in the order of their steps: the last that counts is found by halving.
    let first = capture.dropped_notes();
    let (mut low, mut high) = (0, capture.notes().len());
    while low < high {
        let middle = (low + high) / 2;
        let made = capture.note(first + middle as u64).is_some_and(|note| note.step <= step);
        if made { low = middle + 1 } else { high = middle }
    }
    low
}

/// The lines from the newest but `from` up to but not the newest but `to`, of `count` that there are.
pub fn lines(capture: &Capture, count: usize, from: usize, to: usize) -> Vec<LogLine> {
    let first = capture.dropped_notes();
    let number = |row: usize| count.checked_sub(row + 1).map(|at| first + at as u64);
    (from..to).filter_map(|row| capture.note(number(row)?)).map(|note| line(capture, note)).collect()
}

fn line(capture: &Capture, note: &Note) -> LogLine {
    LogLine {
        time: note.at.to_string(),
        who: capture.end(note.end).map_or_else(String::new, |end| end.name.to_string()),
        text: note.text.to_string(),
        statement: note.statement,
        tone: match note.kind {
            NoteKind::LinkCut => Tone::Bad,
            NoteKind::Trouble | NoteKind::LinkRefused => Tone::Warning,
            NoteKind::Decision | NoteKind::LinkOpened | NoteKind::LinkClosed => Tone::Plain,
        },
        frame: note.frame,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, Sim, scenarios};

    #[test]
    fn the_newest_line_stands_first_and_nothing_of_later_is_told() {
        let mut sim = Sim::new(scenarios().into_iter().next().expect("a scenario"));
        sim.settle(1_000);
        let capture = sim.capture();
        let all = extent(capture, Step::MAX);
        assert_eq!(all, capture.notes().len());
        let told = lines(capture, all, 0, all + 5);
        assert_eq!(told.len(), all);
        let texts: Vec<_> = capture.notes().rev().map(|note| note.text.to_string()).collect();
        assert_eq!(told.iter().map(|line| line.text.clone()).collect::<Vec<_>>(), texts);

        let step = capture.notes().nth(all / 2).expect("a note").step;
        let some = extent(capture, step);
        assert!(some < all);
        assert!(capture.notes().skip(some).all(|note| note.step > step));
        assert!(capture.notes().take(some).all(|note| note.step <= step));
    }

    #[test]
    fn a_cut_link_is_bad_news() {
        let mut sim = Sim::new(scenarios().into_iter().next().expect("a scenario"));
        sim.settle(1_000);
        sim.act_at(0, Action::Cut, sim.now()).expect("a link to cut");
        sim.settle(1_000);
        let count = extent(sim.capture(), Step::MAX);
        assert!(lines(sim.capture(), count, 0, count).iter().any(|line| line.tone == Tone::Bad));
    }
}
