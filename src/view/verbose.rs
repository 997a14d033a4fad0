//! The broker's log as mosquitto prints it with `-v`, made from the record: packets at the broker, and what it decided.

use crate::broker::VerboseLog;
use crate::capture::{Capture, EndRole, Fate, Frame, FrameId, Note, Step};
use crate::codec::Direction;

use super::log::{LogLine, Tone};

/// How many of the newest packets and notes are told.
const TOLD: usize = 4_000;
/// The port that the broker in the tab would have.
const PORT: u16 = 1883;

/// Where in the order of events: the step, and the part of it.
type Place = (Step, u8);

/// What happened at the broker, in the order of a step: a packet comes, decisions follow, packets go out.
enum Event<'a> {
    Came(&'a Frame),
    Decided(&'a Note),
    Sent(&'a Frame),
}

/// The log at `step`, newest first. Of a long record the newest part; the last line then says what is left out.
pub fn lines(capture: &Capture, step: Step) -> Vec<LogLine> {
    let (events, left_out) = events(capture, step);
    let (mut log, mut told) = (VerboseLog::new(), Vec::new());
    for (_, event) in events {
        let (at, frame) = match event {
            Event::Came(frame) | Event::Sent(frame) => {
                meet(capture, frame, left_out == 0, &mut log);
                log.went(frame.link, frame.direction, &frame.bytes);
                let at = match (&event, frame.end) {
                    (Event::Came(_), Some((_, Fate::Delivered { at }))) => at,
                    _ => frame.sent,
                };
                (at, Some(frame.id))
            }
            Event::Decided(note) => {
                let peer = note.peer.and_then(|peer| capture.end(peer));
                let id = peer.map(|peer| log.name_at(&peer.name));
                log.told(note.verbose, id.as_deref());
                (note.at, note.frame)
            }
        };
        flush(&mut log, &at.to_string(), frame, &mut told);
    }
    // A PUBLISH that waits for what is decided about it.
    log.told(None, None);
    let at = told.last().map_or_else(String::new, |line| line.time.clone());
    flush(&mut log, &at, None, &mut told);
    if left_out > 0 {
        let text = [&left_out.to_string(), " earlier packets and decisions are not told here"].concat();
        told.insert(0, line("", text, None));
    }
    told.reverse();
    told
}

fn flush(log: &mut VerboseLog, time: &str, frame: Option<FrameId>, told: &mut Vec<LogLine>) {
    while let Some(text) = log.poll_line() {
        told.push(line(time, text, frame));
    }
}

fn line(time: &str, text: String, frame: Option<FrameId>) -> LogLine {
    let (who, statement, tone) = (String::new(), None, Tone::Plain);
    LogLine { time: time.to_owned(), who, text, statement, tone, frame }
}

/// Makes a connection known at its first packet; there are no addresses in a tab, so the client's name stands for one.
fn meet(capture: &Capture, frame: &Frame, from_the_start: bool, log: &mut VerboseLog) {
    if log.knows(frame.link) {
        return;
    }
    let client = if frame.direction == Direction::ToServer { frame.from } else { frame.to };
    let name = capture.end(client).map_or("", |end| &*end.name);
    let is_connect = frame.bytes.first().is_some_and(|first| first >> 4 == 1);
    if from_the_start || is_connect {
        log.opened(frame.link, name, PORT);
    } else {
        log.know(frame.link, name, name, frame.version);
    }
}

/// What happened at the broker up to `step`, in order, each with its place; and how much was left out.
fn events(capture: &Capture, step: Step) -> (Vec<(Place, Event<'_>)>, usize) {
    // Newest first, nearly as they come.
    let mut packets: Vec<(Place, Event<'_>)> = Vec::new();
    let mut put = |place: Place, event| {
        let at = packets.partition_point(|(before, _)| *before >= place);
        packets.insert(at, (place, event));
    };
    for frame in capture.frames().rev().take(TOLD) {
        match (frame.direction, frame.end) {
            (Direction::ToServer, Some((at, Fate::Delivered { .. }))) if at <= step => {
                put((at, 0), Event::Came(frame));
            }
            (Direction::ToClient, _) if frame.sent_step <= step => {
                put((frame.sent_step, 2), Event::Sent(frame));
            }
            _ => {}
        }
    }
    let is_broker = |note: &&Note| capture.end(note.end).is_some_and(|end| end.role == EndRole::Broker);
    let notes = capture.notes().rev().take(TOLD).filter(|note| note.step <= step).filter(is_broker);
    let mut notes = notes.peekable();
    let mut events = Vec::with_capacity(2 * packets.len());
    for (place, event) in packets {
        while let Some(note) = notes.next_if(|note| (note.step, 1) > place) {
            events.push(((note.step, 1), Event::Decided(note)));
        }
        events.push((place, event));
    }
    events.extend(notes.map(|note| ((note.step, 1), Event::Decided(note))));
    events.reverse();
    let dropped = capture.dropped_frames() as usize + capture.dropped_notes() as usize;
    let left_out =
        dropped + capture.frames().len().saturating_sub(TOLD) + capture.notes().len().saturating_sub(TOLD);
    (events, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, Sim, scenarios};

    fn told(sim: &Sim, step: Step) -> Vec<String> {
        lines(sim.capture(), step).into_iter().rev().map(|line| line.text).collect()
    }

    #[test]
    fn a_handshake_reads_as_mosquittos_log() {
        let mut sim = Sim::new(scenarios().into_iter().next().expect("a scenario"));
        sim.settle(1_000);
        let all = told(&sim, Step::MAX);
        let expected = [
            "New connection from sub1 on port 1883.",
            "New client connected from sub1 as sub1 (p2, c0, k60).",
            "No will message specified.",
            "Sending CONNACK to sub1 (0, 0)",
            "Received SUBSCRIBE from sub1",
            "\tsensors/# (QoS 2)",
            "sub1 2 sensors/#",
            "Sending SUBACK to sub1",
            "New connection from pub1 on port 1883.",
            "New client connected from pub1 as pub1 (p2, c0, k60).",
            "No will message specified.",
            "Sending CONNACK to pub1 (0, 0)",
            "Received PUBLISH from pub1 (d0, q2, r0, m7, 'sensors/kitchen/temp', ... (4 bytes))",
            "Sending PUBREC to pub1 (m7, rc0)",
            "Received PUBREL from pub1 (Mid: 7)",
            "Received PUBCOMP from sub1 (Mid: 1, RC:0)",
        ];
        let mut left = all.iter();
        for line in expected {
            assert!(left.any(|it| it == line), "{line:?} is not in its place in {all:#?}");
        }
        // An earlier moment has a beginning of it; a PUBLISH is told at once.
        let capture = sim.capture();
        for step in 0..=capture.frames().map(|frame| frame.sent_step).max().expect("frames") {
            let some = told(&sim, step);
            assert_eq!(some, all[..some.len()], "at step {step}");
        }
        let publish = capture.frames().find(|frame| frame.bytes[0] >> 4 == 3).and_then(|frame| frame.end);
        let some = told(&sim, publish.expect("it came").0);
        assert!(some.iter().any(|line| line.starts_with("Received PUBLISH")), "{some:#?}");
    }

    #[test]
    fn a_cut_link_is_a_closed_connection() {
        let mut sim = Sim::new(scenarios().into_iter().next().expect("a scenario"));
        sim.settle(1_000);
        sim.act_at(0, Action::Cut, sim.now()).expect("a link to cut");
        sim.settle(1_000);
        let name = &sim.capture().end(sim.end_of_client(0)).expect("a client").name;
        assert_eq!(told(&sim, Step::MAX).last(), Some(&format!("Client {name} closed its connection.")));
    }
}
