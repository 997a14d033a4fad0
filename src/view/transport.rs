//! The transport bar: what happened at a step, what comes next, and where events stand on the scrubber.

use crate::capture::{Capture, EndId, Fate, Frame, Step};
use crate::client::{Client, ClientStatus};
use crate::codec::PacketType;
use crate::dissect::dissect;
use crate::sim::{Sim, UpcomingKind};
use crate::time::{Duration, Instant};
use crate::view::diagram::packet_words;

/// What happens next, for the preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextEvent {
    /// When.
    pub at: Instant,
    /// What.
    pub what: NextKind,
}

/// Kinds of next events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextKind {
    /// A packet arrives.
    Arrival {
        /// Its type, if its first byte names one.
        packet_type: Option<PacketType>,
        /// Who gets it.
        to: String,
    },
    /// Somebody does something: `sub1`, `subscribe to sensors/#`.
    Action {
        /// Who.
        who: String,
        /// What.
        what: String,
    },
}

/// What the next step of a simulation is; `None` if there is none.
pub fn next_event(sim: &Sim) -> Option<NextEvent> {
    let next = sim.next_event()?;
    let name = |end: EndId| name(sim.capture(), end);
    let what = match next.what {
        UpcomingKind::FrameArrives(id) => {
            let frame = sim.capture().frame(id)?;
            NextKind::Arrival { packet_type: packet_type(frame), to: name(frame.to) }
        }
        UpcomingKind::Action { client, action } => {
            NextKind::Action { who: name(sim.end_of_client(client)), what: action.to_string() }
        }
        UpcomingKind::ClosingArrives { end } => {
            NextKind::Action { who: name(end), what: "hear that the connection is closed".to_owned() }
        }
        UpcomingKind::Timer { end } => {
            let what = sim
                .client_of_end(end)
                .map_or("end a connection that is silent too long", |client| timer(sim.client(client)));
            NextKind::Action { who: name(end), what: what.to_owned() }
        }
    };
    Some(NextEvent { at: next.at, what })
}

/// What a client's timer is for.
fn timer(client: &Client) -> &'static str {
    match (client.status(), client.ping_sent()) {
        (ClientStatus::Connected, None) => "send PINGREQ to keep alive",
        (ClientStatus::Connected, Some(_)) => "give up waiting for PINGRESP",
        _ => "give up waiting for CONNACK",
    }
}

/// Whether anything is under way at `step`.
pub fn in_flight(capture: &Capture, step: Step) -> usize {
    // What is under way was sent a short while ago: older frames than these have ended.
    let sent = capture.frames().rev().skip_while(|frame| frame.sent_step > step);
    sent.take(256).filter(|frame| frame.fate_at(step).is_none()).count()
}

/// A step in one line: "2.000: pub1 sends PUBLISH QoS 2, id 7, sensors/kitchen/temp to Broker".
pub fn told(capture: &Capture, step: Step, at: Instant) -> String {
    let sent =
        capture.frames().rev().skip_while(|it| it.sent_step > step).take_while(|it| it.sent_step == step);
    let mut lines: Vec<String> = sent.map(|frame| sends(capture, frame)).collect();
    lines.reverse();
    if lines.is_empty() {
        lines.extend(arrival(capture, step));
    }
    let noted = capture.notes().rev().skip_while(|it| it.step > step).take_while(|it| it.step == step);
    let mut notes: Vec<String> =
        noted.map(|note| [&name(capture, note.end), " ", &note.text].concat()).collect();
    notes.reverse();
    lines.extend(notes);
    if lines.is_empty() {
        format!("{at}: nothing has happened yet")
    } else {
        format!("{at}: {}", lines.join("; "))
    }
}

fn sends(capture: &Capture, frame: &Frame) -> String {
    let words = packet_words(&dissect(&frame.bytes, frame.version));
    format!("{} sends {words} to {}", name(capture, frame.from), name(capture, frame.to))
}

fn arrival(capture: &Capture, step: Step) -> Option<String> {
    let recent = capture.frames().rev().skip_while(|it| it.sent_step > step).take(256);
    let frame = recent.into_iter().find(|it| it.end.is_some_and(|(at, _)| at == step))?;
    let verb = match frame.end {
        Some((_, Fate::Lost { .. })) => "does not get",
        _ => "gets",
    };
    let words = packet_words(&dissect(&frame.bytes, frame.version));
    Some(format!("{} {verb} {words} from {}", name(capture, frame.to), name(capture, frame.from)))
}

fn name(capture: &Capture, end: EndId) -> String {
    capture.end(end).map_or_else(|| "?".to_owned(), |end| end.name.to_string())
}

fn packet_type(frame: &Frame) -> Option<PacketType> {
    PacketType::from_nibble(frame.bytes.first()? >> 4)
}

/// A packet on the scrubber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its number.
    pub frame: u32,
    /// Its type, if its first byte names one.
    pub packet_type: Option<PacketType>,
    /// When it is sent.
    pub at: Instant,
    /// Its place in steps, in thousandths: packets of one step stand side by side.
    pub place_millis: u32,
    /// It never arrives.
    pub lost: bool,
}

/// Packets that stand on a scrubber at most; of more, every nth is shown.
const TICKS: usize = 160;

/// The packets of a capture on a scrubber of steps.
pub fn ticks(capture: &Capture) -> Vec<Tick> {
    let every = capture.frames().len().div_ceil(TICKS).max(1);
    let mut ticks: Vec<Tick> = Vec::with_capacity(capture.frames().len() / every);
    for frame in capture.frames().step_by(every) {
        ticks.push(Tick {
            frame: frame.id,
            packet_type: packet_type(frame),
            at: frame.sent,
            place_millis: frame.sent_step * 1_000,
            lost: matches!(frame.end, Some((_, Fate::Lost { .. }))),
        });
    }
    // Packets of one step share the way from the step before.
    for group in ticks.chunk_by_mut(|a, b| a.place_millis == b.place_millis) {
        let count = group.len() as u32;
        for (at, tick) in group.iter_mut().enumerate() {
            tick.place_millis = tick.place_millis.saturating_sub((count - 1 - at as u32) * 600 / count);
        }
    }
    ticks
}

/// Time without an event from which on the scrubber shows a break.
const GAP: Duration = Duration::from_millis(250);

/// Where idle time lies, in thousandths of steps.
pub fn gaps(step_time: impl Fn(Step) -> Option<Instant>, steps: Step) -> Vec<u32> {
    let times = (0..=steps.min(4_000)).map_while(&step_time).collect::<Vec<_>>();
    let pairs = times.windows(2).enumerate();
    pairs.filter(|(_, pair)| pair[1] - pair[0] >= GAP).map(|(step, _)| step as u32 * 1_000 + 500).collect()
}

/// Ratios of virtual to real time, as one to so many.
pub const SPEEDS: [u32; 5] = [100, 50, 20, 10, 1];

/// `1/50×`.
pub fn speed_label(slowdown: u32) -> String {
    if slowdown == 1 { "1×".to_owned() } else { format!("1/{slowdown}×") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::scenarios;

    fn sim() -> Sim {
        let scenario = scenarios().into_iter().next().expect("a scenario");
        let mut sim = Sim::new(scenario);
        sim.settle(1_000);
        sim.seek(0);
        sim
    }

    #[test]
    fn each_step_is_told_and_announced_before() {
        let mut sim = sim();
        let next = next_event(&sim).expect("a first event");
        assert_eq!(next.what, NextKind::Action { who: "sub1".into(), what: "connect".into() });
        assert_eq!(told(sim.capture(), 0, Instant::ZERO), "0.000: nothing has happened yet");
        sim.step();
        let line = told(sim.capture(), sim.cursor(), sim.now());
        assert!(line.starts_with("0.000: sub1 sends CONNECT"), "{line}");
        assert!(line.contains("to Broker"), "{line}");
        let next = next_event(&sim).expect("an arrival");
        assert_eq!(
            next.what,
            NextKind::Arrival { packet_type: Some(PacketType::Connect), to: "Broker".into() }
        );
        assert_eq!(in_flight(sim.capture(), 1), 1);
        assert_eq!(in_flight(sim.capture(), 0), 0);
    }

    #[test]
    fn when_all_is_done_the_keep_alive_is_next() {
        let mut sim = sim();
        sim.seek(sim.recorded());
        let next = next_event(&sim).expect("a timer");
        assert!(
            matches!(&next.what, NextKind::Action { what, .. } if what == "send PINGREQ to keep alive"),
            "{next:?}"
        );
    }

    #[test]
    fn ticks_are_in_order_and_apart() {
        let sim = sim();
        let ticks = ticks(sim.capture());
        assert_eq!(ticks.len(), sim.capture().frames().len());
        assert!(ticks.windows(2).all(|pair| pair[0].place_millis < pair[1].place_millis), "{ticks:?}");
        let gaps = gaps(|step| sim.step_time(step), sim.recorded());
        assert_eq!(gaps.len(), 2, "before pub1 connects and before it publishes");
    }
}
