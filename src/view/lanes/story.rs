//! What changed, when, and by which packet.

use super::cells::{Item, Shape, moment};
use crate::capture::{Capture, EndId, Fate, FrameId, Step};
use crate::sim::Sim;

/// Steps that are gone through for the changes.
const MOST: Step = 4_000;

/// How a line of a cell differs from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which line.
    pub key: String,
    /// What it said.
    pub was: Option<String>,
    /// What it says.
    pub is: Option<String>,
}

/// The lines that differ between two moments of a cell; windows follow from their messages and are left out.
pub fn changes(before: &[Item], after: &[Item]) -> Vec<Change> {
    let told = |items: &'_ [Item]| -> Vec<Item> {
        let all = items.iter().filter(|item| !matches!(item.shape, Shape::Window { .. }));
        all.cloned().collect()
    };
    let (before, after) = (told(before), told(after));
    let mut all = Vec::new();
    for was in before.iter().filter(|was| !after.iter().any(|is| is.key == was.key)) {
        all.push(Change { key: was.key.clone(), was: Some(words(was)), is: None });
    }
    for is in &after {
        let was = before.iter().find(|was| was.key == is.key);
        if was != Some(is) {
            // A timer that begins anew was not another one before.
            let was = was.filter(|was| was.text != is.text).map(words);
            all.push(Change { key: is.key.clone(), was, is: Some(words(is)) });
        }
    }
    all
}

fn words(item: &Item) -> String {
    if matches!(item.shape, Shape::Timer { .. }) { "counts anew".to_owned() } else { item.text.clone() }
}

/// At which steps each cell changed, in the order of [`moment`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    cells: Vec<Vec<Step>>,
}

impl Story {
    /// Goes through a world from its beginning to its recorded end, but no further than some thousands of steps.
    pub fn of(sim: &Sim) -> Self {
        let (mut sim, end) = (sim.clone(), sim.recorded().min(MOST));
        sim.seek(0);
        let mut before = moment(&sim);
        let mut cells = vec![Vec::new(); before.len()];
        while sim.cursor() < end && sim.step() {
            let after = moment(&sim);
            // A client that joined has brought cells of its own; they begin here.
            cells.resize(after.len().max(cells.len()), Vec::new());
            for (at, cell) in after.iter().enumerate() {
                if before.get(at) != Some(cell) {
                    cells[at].push(sim.cursor());
                }
            }
            before = after;
        }
        Self { cells }
    }

    /// The last step up to this one at which a cell changed.
    pub fn changed(&self, cell: usize, by: Step) -> Option<Step> {
        self.cells.get(cell)?.iter().copied().take_while(|step| *step <= by).last()
    }

    /// The next step, or the one before, at which anything changed.
    pub fn neighbour(&self, step: Step, forward: bool) -> Option<Step> {
        let all = self.cells.iter().flatten().copied();
        if forward { all.filter(|at| *at > step).min() } else { all.filter(|at| *at < step).max() }
    }
}

/// The packet that a step was about at an end: the one that arrived, else the one that the end sent.
pub fn cause(capture: &Capture, step: Step, end: EndId) -> Option<FrameId> {
    let arrived = |frame: &&crate::capture::Frame| {
        frame.to == end && matches!(frame.end, Some((at, Fate::Delivered { .. })) if at == step)
    };
    let sent = capture.frames().find(|frame| frame.sent_step == step && frame.from == end);
    capture.frames().find(arrived).or(sent).map(|frame| frame.id)
}

#[cfg(test)]
mod tests {
    use super::super::{ROWS, lanes};
    use super::*;
    use crate::sim::scenarios;

    /// QoS 2 at its end, with everything recorded.
    fn settled() -> Sim {
        let mut sim = Sim::new(scenarios().remove(0));
        sim.settle(10_000);
        sim
    }

    /// The cell of a row in the lane of a client or of the broker's side.
    fn cell(sim: &Sim, client: usize, is_broker: bool, row: usize) -> usize {
        let lane = lanes(sim).iter().position(|lane| (lane.client, lane.is_broker) == (client, is_broker));
        lane.expect("shown") * ROWS.len() + row
    }

    #[test]
    fn the_broker_stands_between_two_clients() {
        let sim = settled();
        let sides: Vec<_> = lanes(&sim).iter().map(|lane| (lane.client, lane.is_broker)).collect();
        assert_eq!(sides, [(0, false), (0, true), (1, true), (1, false)]);
        assert_eq!(moment(&sim).len(), 4 * ROWS.len() + 3);
    }

    #[test]
    fn a_message_in_flight_changes_by_the_packet_that_arrives() {
        let mut sim = settled();
        let (story, at) = (Story::of(&sim), cell(&sim, 0, false, 3));
        let mut told = Vec::new();
        let mut step = 0;
        while let Some(next) = story.neighbour(step, true) {
            step = next;
            sim.seek(step);
            if story.changed(at, step) != Some(step) {
                continue;
            }
            let after = moment(&sim).remove(at);
            sim.seek(step - 1);
            let before = moment(&sim).remove(at);
            let by = cause(sim.capture(), step, sim.end_of_client(0)).and_then(|id| sim.capture().frame(id));
            let by = by.map_or(0, |frame| frame.bytes[0] >> 4);
            for Change { key, was, is } in changes(&before, &after) {
                let [was, is] = [was, is].map(Option::unwrap_or_default);
                told.push(format!("{key}: {was} > {is} by {by}"));
            }
        }
        assert_eq!(
            told,
            [
                "7:  > PUBLISH sent, PUBREC due by 3",
                "7: PUBLISH sent, PUBREC due > PUBREL sent, PUBCOMP due by 5",
                "7: PUBREL sent, PUBCOMP due >  by 7",
            ]
        );
        // Back again, step for step.
        let last = story.changed(at, Step::MAX).expect("it has changed");
        assert!(story.neighbour(last, false).is_some_and(|before| before < last));
        assert_eq!(story.neighbour(0, false), None);
    }

    #[test]
    fn what_the_broker_holds_for_a_client_stands_beside_what_the_client_holds() {
        let mut sim = settled();
        let (story, held) = (Story::of(&sim), cell(&sim, 0, true, 3));
        let step = story.changed(held, Step::MAX).expect("it was held and is no more");
        sim.seek(step - 1);
        let texts: Vec<_> =
            moment(&sim)[held].iter().map(|item| (item.key.clone(), item.text.clone())).collect();
        assert_eq!(texts, [("7".to_owned(), "held until PUBREL".to_owned())]);
        sim.seek(step);
        assert!(moment(&sim)[held].is_empty());
    }

    #[test]
    fn timers_change_when_they_begin_anew_and_not_as_time_passes() {
        let sim = settled();
        let story = Story::of(&sim);
        let timers = cell(&sim, 1, false, 6);
        let sent: Vec<_> = sim.capture().frames().filter(|it| it.from == sim.end_of_client(1)).collect();
        let steps: Vec<Step> =
            (0..=sim.recorded()).filter(|step| story.changed(timers, *step) == Some(*step)).collect();
        // It begins with CONNACK; from then on each packet sent restarts it.
        let (first, again) = steps.split_first().expect("there is one");
        let by = cause(sim.capture(), *first, sim.end_of_client(1)).and_then(|id| sim.capture().frame(id));
        assert_eq!(by.map(|frame| frame.bytes[0] >> 4), Some(2));
        assert_eq!(again.len(), 3);
        assert!(again.iter().all(|step| sent.iter().any(|it| it.sent_step == *step)), "{steps:?}");
    }
}
