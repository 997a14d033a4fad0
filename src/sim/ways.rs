//! Every way it can go, for a scenario: its link cut at each possible point, once or twice, at each QoS.
//!
//! [`Explorer`](super::Explorer) proves what the cores promise in any order of events; [`Ways`] shows what becomes of
//! one scenario as it is, packet by packet, each way a scenario of its own that can be looked at.

use super::fault::{Fault, FaultKind};
use super::record::Record;
use super::run::Sim;
use super::scenario::{Action, Scenario, TimedAction};
use crate::capture::{Fate, Frame, FrameId};
use crate::codec::{Direction, PacketType, QoS};
use crate::time::{Duration, Instant};

/// Steps of one way at most.
const MAX_STEPS: u32 = 2_000;
/// Packets of one way at which a link is cut at most.
const MAX_POINTS: usize = 40;
/// How long after a cut the client connects again.
const AWAY: Duration = Duration::from_secs(2);

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaysOptions {
    /// Whose link is cut.
    pub client: usize,
    /// How often: 1 or 2.
    pub cuts: u8,
    /// The client comes back with a clean session.
    pub clean: bool,
}

/// Why there is nothing to tabulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaysError {
    /// The client is none, or has no PUBLISH on its link.
    #[error("no message goes over this link")]
    NoMessage,
    /// The scenario takes too long or delivers nothing.
    #[error("nothing is delivered within {MAX_STEPS} steps")]
    NothingDelivered,
}

/// One way it can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// QoS of all messages and subscriptions.
    pub qos: QoS,
    /// Where the link is cut: none, one or two points.
    pub cuts: Vec<Point>,
    /// What went over the link from the first PUBLISH on.
    pub packets: Vec<Passed>,
    /// How often each message reached each application that gets it when nothing is cut: the least, the most.
    pub delivered: (u32, u32),
    /// When messages reached applications, all of them.
    pub times: Vec<Instant>,
    /// Packets that went over the link again.
    pub sent_again: u32,
    /// Bytes on the link: before the first cut, for connecting again, after that.
    pub bytes: [u32; 3],
    /// Why it went so, where that can be said in general.
    pub why: &'static str,
    /// The world that brings it about.
    pub scenario: Scenario,
}

/// A point at which the link is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The packet.
    pub packet: PacketType,
    /// Which way it goes.
    pub direction: Direction,
    /// It is a copy.
    pub dup: bool,
    /// The cut comes once it has arrived, else before.
    pub after: bool,
    /// Its number.
    pub frame: FrameId,
}

/// A packet that went over the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Its kind.
    pub packet: PacketType,
    /// It is a copy.
    pub dup: bool,
    /// It did not arrive.
    pub lost: bool,
}

/// A table in the making: [`Ways::run`] as often as there is time for; drop it to cancel.
#[derive(Clone, Debug)]
pub struct Ways {
    base: Scenario,
    options: WaysOptions,
    /// Ways to try, the next one last.
    open: Vec<(QoS, Vec<Point>)>,
    /// Who gets which message how often when nothing is cut, by QoS.
    expected: [Vec<Got>; 3],
    rows: Vec<Way>,
}

/// A message that reached an application: whose, topic and payload; and when.
type Got = (usize, String, Vec<u8>, Vec<Instant>);

impl Ways {
    /// Begins with a world's scenario and what the user did in it.
    ///
    /// # Errors
    /// When there is nothing to cut or nothing to deliver.
    pub fn new(record: &Record, options: WaysOptions) -> Result<Self, WaysError> {
        let mut base = record.scenario.clone();
        base.actions.extend(record.actions.iter().map(|it| TimedAction {
            at: it.at,
            client: it.client,
            action: it.action.clone(),
        }));
        base.actions.sort_by_key(|timed| timed.at);
        let mut ways =
            Self { base, options, open: Vec::new(), expected: Default::default(), rows: Vec::new() };
        let whole = ways.play(QoS::AtLeastOnce, &[]);
        if ways.points(&whole, 0).is_empty() {
            return Err(WaysError::NoMessage);
        }
        if whole.got.is_empty() {
            return Err(WaysError::NothingDelivered);
        }
        for qos in [QoS::ExactlyOnce, QoS::AtLeastOnce, QoS::AtMostOnce] {
            ways.open.push((qos, Vec::new()));
        }
        Ok(ways)
    }

    /// Tries so many more ways; whether there are more to try.
    pub fn run(&mut self, budget: u32) -> bool {
        for _ in 0..budget {
            let Some((qos, cuts)) = self.open.pop() else { return false };
            let played = self.play(qos, &cuts);
            let begun = cuts.last().map_or(0, |cut| cut.frame + 1);
            if cuts.len() < usize::from(self.options.cuts.min(2)) {
                let points = self.points(&played, begun);
                self.open.extend(points.into_iter().rev().map(|point| {
                    let mut more = cuts.clone();
                    more.push(point);
                    (qos, more)
                }));
            }
            if cuts.is_empty() {
                self.expected[usize::from(qos.level())].clone_from(&played.got);
            }
            let row = self.row(qos, cuts, played);
            self.rows.push(row);
        }
        !self.open.is_empty()
    }

    /// How many have been tried, and how many are known to come.
    pub const fn progress(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.len() + self.open.len())
    }

    /// What was found so far: by QoS, in the order of the cuts.
    pub fn rows(&self) -> &[Way] {
        &self.rows
    }

    /// The scenario at a QoS with its cuts.
    fn scenario(&self, qos: QoS, cuts: &[Point]) -> Scenario {
        let mut scenario = self.base.clone();
        let client = self.options.client;
        for timed in &mut scenario.actions {
            match &mut timed.action {
                Action::Publish(request) => request.qos = qos,
                Action::Series(all) => all.iter_mut().for_each(|(_, request)| request.qos = qos),
                Action::Subscribe(filters, _) => {
                    filters.iter_mut().for_each(|(_, options)| options.qos = qos)
                }
                _ => {}
            }
        }
        let begin = scenario.actions.iter().position(|timed| timed.client == client);
        let begin = begin.unwrap_or(0);
        let at = scenario.actions.get(begin).map_or(Instant::ZERO, |timed| timed.at);
        for (place, cut) in (begin..).zip(cuts) {
            let kind = if cut.after { FaultKind::CutAfter } else { FaultKind::CutBefore };
            let fault = Box::new(Fault { frame: Some(cut.frame), ..Fault::next(kind) });
            scenario.actions.insert(place, TimedAction { at, client, action: Action::Arm(fault) });
        }
        scenario
    }

    /// Plays a way: whenever the client has been cut off by its fault, it comes back a while later.
    fn play(&self, qos: QoS, cuts: &[Point]) -> Played {
        let client = self.options.client;
        let mut scenario = self.scenario(qos, cuts);
        let mut returns = Vec::new();
        loop {
            let mut played = run(scenario.clone(), client);
            match played.cut_at.get(returns.len()) {
                Some(at) if returns.len() < cuts.len() => {
                    returns.push(*at + AWAY);
                    let again = self.comes_back(client);
                    let timed = TimedAction { at: *at + AWAY, client, action: again };
                    scenario.actions.push(timed);
                }
                _ => {
                    played.scenario = scenario;
                    played.returns = returns;
                    return played;
                }
            }
        }
    }

    fn comes_back(&self, client: usize) -> Action {
        match self.base.clients.get(client).filter(|_| self.options.clean) {
            None => Action::Connect,
            Some(spec) => {
                let mut config = spec.config.clone();
                config.clean_start = true;
                Action::ConnectAs(Box::new(config))
            }
        }
    }

    /// Where the link can be cut behind a packet: before each packet arrives, and after the last one.
    fn points(&self, played: &Played, begun: FrameId) -> Vec<Point> {
        let frames = played.frames.iter().filter(|frame| frame.id >= begun);
        let frames = frames.filter(|frame| begun > 0 || frame.id >= played.first);
        let mut points: Vec<Point> =
            frames.filter_map(|frame| point(frame, false)).take(MAX_POINTS).collect();
        if let Some(last) = points.last().copied() {
            // Elsewhere, after a packet is before its answer.
            points.push(Point { after: true, ..last });
        }
        points
    }

    fn row(&self, qos: QoS, cuts: Vec<Point>, played: Played) -> Way {
        let expected = &self.expected[usize::from(qos.level())];
        let count = |(who, topic, payload, _): &Got| {
            let same = |got: &&Got| got.0 == *who && got.1 == *topic && got.2 == *payload;
            played.got.iter().find(same).map_or(0, |got| got.3.len() as u32)
        };
        let counts: Vec<u32> = expected.iter().map(count).collect();
        let delivered =
            (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
        let mut times: Vec<Instant> = played.got.iter().flat_map(|got| got.3.clone()).collect();
        times.sort_unstable();
        let from = played.frames.iter().filter(|frame| frame.id >= played.first);
        let back = played.returns.first().copied();
        let mut bytes = [0; 3];
        let (mut packets, mut sent_again) = (Vec::new(), 0);
        for frame in from {
            let Some(Point { packet, dup, .. }) = point(frame, false) else { continue };
            let connecting =
                matches!(packet, PacketType::Connect | PacketType::ConnAck | PacketType::Disconnect);
            let part = match back {
                Some(back) if frame.sent >= back => 1 + usize::from(!connecting),
                _ => 0,
            };
            bytes[part] += frame.bytes.len() as u32;
            sent_again += u32::from(part == 2);
            let lost = matches!(frame.end, Some((_, Fate::Lost { .. })));
            packets.push(Passed { packet, dup, lost });
        }
        let why = why(qos, &cuts, delivered, self.options.clean);
        Way { qos, cuts, packets, delivered, times, sent_again, bytes, why, scenario: played.scenario }
    }
}

fn point(frame: &Frame, after: bool) -> Option<Point> {
    let first = *frame.bytes.first()?;
    let packet = PacketType::from_nibble(first >> 4)?;
    let dup = packet == PacketType::Publish && first & 0b1000 != 0;
    Some(Point { packet, direction: frame.direction, dup, after, frame: frame.id })
}

/// What came of a scenario.
struct Played {
    scenario: Scenario,
    /// What went over the client's links.
    frames: Vec<Frame>,
    /// The first PUBLISH among them.
    first: FrameId,
    got: Vec<Got>,
    /// When the client's link was cut.
    cut_at: Vec<Instant>,
    returns: Vec<Instant>,
}

fn run(scenario: Scenario, client: usize) -> Played {
    let mut sim = Sim::new(scenario.clone());
    let mut got: Vec<Got> = Vec::new();
    let mut counts = vec![0; sim.client_count()];
    let mut cut_at = Vec::new();
    let has_client = client < sim.client_count();
    let mut link = None;
    for _ in 0..MAX_STEPS {
        if sim.is_settled() || !sim.step() {
            break;
        }
        for (index, count) in counts.iter_mut().enumerate() {
            let now = sim.client(index).received_count();
            if now > std::mem::replace(count, now)
                && let Some(last) = sim.client(index).last_received()
            {
                let (topic, payload) = (last.message.topic.to_string(), last.message.payload.to_vec());
                match got.iter_mut().find(|it| it.0 == index && it.1 == topic && it.2 == payload) {
                    Some(known) => known.3.push(sim.now()),
                    None => got.push((index, topic, payload, vec![sim.now()])),
                }
            }
        }
        if has_client {
            let is = sim.link_of_client(client);
            if link.is_some() && is != link {
                cut_at.push(sim.now());
            }
            link = is;
        }
    }
    let end = if has_client { sim.end_of_client(client) } else { sim.broker_end() };
    let of_client = |frame: &&Frame| has_client && (frame.from == end || frame.to == end);
    let frames: Vec<Frame> = sim.capture().frames().filter(of_client).cloned().collect();
    let publish = frames.iter().find(|frame| frame.bytes.first().is_some_and(|byte| byte >> 4 == 3));
    let first = publish.map_or(FrameId::MAX, |frame| frame.id);
    Played { scenario, frames, first, got, cut_at, returns: Vec::new() }
}

/// In words what a cut on a publisher's way to the broker does, where its session is kept.
fn why(qos: QoS, cuts: &[Point], delivered: (u32, u32), clean: bool) -> &'static str {
    let [cut] = cuts else { return "" };
    let to_broker = cut.direction == Direction::ToServer;
    match (qos, cut.packet, cut.after) {
        _ if clean && delivered.0 == 0 => "a clean start forgets what was in flight",
        _ if clean => "",
        (QoS::AtMostOnce, PacketType::Publish, false) if to_broker => {
            "the client keeps no copy and cannot know"
        }
        (QoS::AtMostOnce, PacketType::Publish, false) => "the broker keeps no copy and cannot know",
        (_, _, true) => "the cut came too late to matter",
        (QoS::AtLeastOnce, PacketType::Publish, _) => "DUP 1, yet the receiver sees it first",
        (QoS::AtLeastOnce, PacketType::PubAck, _) => "the receiver cannot tell a copy from news",
        (QoS::ExactlyOnce, PacketType::Publish, _) => "its id is not known: taken as new",
        (QoS::ExactlyOnce, PacketType::PubRec, _) => "its id is known: PUBREC again, no second copy",
        (QoS::ExactlyOnce, PacketType::PubRel, _) => "goes on at PUBREL, the payload is not sent again",
        (QoS::ExactlyOnce, PacketType::PubComp, _) => "delivered already, only the id is freed late",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenarios::scenarios;
    use super::*;

    fn table(client: usize, cuts: u8, clean: bool) -> Vec<Way> {
        let record = Record { scenario: scenarios().remove(1), actions: Vec::new() };
        let mut ways = Ways::new(&record, WaysOptions { client, cuts, clean }).expect("messages");
        while ways.run(3) {}
        assert_eq!(ways.progress(), (ways.rows().len(), ways.rows().len()));
        ways.rows
    }

    fn told(way: &Way) -> String {
        let cut = |cut: &Point| {
            let when = if cut.after { "after" } else { "before" };
            [when, " ", cut.packet.name()].concat()
        };
        let cuts: Vec<String> = way.cuts.iter().map(cut).collect();
        format!("{} {}: {:?}, {} again", way.qos, cuts.join(", "), way.delivered, way.sent_again)
    }

    #[test]
    fn a_publisher_s_link_cut_at_each_point() {
        let rows: Vec<String> = table(0, 1, false).iter().map(told).collect();
        assert_eq!(
            rows,
            [
                "0 : (1, 1), 0 again",
                "0 before PUBLISH: (0, 0), 0 again",
                "0 after PUBLISH: (1, 1), 0 again",
                "1 : (1, 1), 0 again",
                "1 before PUBLISH: (1, 1), 2 again",
                "1 before PUBACK: (2, 2), 2 again",
                "1 after PUBACK: (1, 1), 0 again",
                "2 : (1, 1), 0 again",
                "2 before PUBLISH: (1, 1), 4 again",
                "2 before PUBREC: (1, 1), 4 again",
                "2 before PUBREL: (1, 1), 2 again",
                "2 before PUBCOMP: (1, 1), 2 again",
                "2 after PUBCOMP: (1, 1), 0 again",
            ]
        );
    }

    #[test]
    fn each_way_is_a_world_that_comes_about_again() {
        for way in table(0, 1, false) {
            let mut sim = Sim::new(way.scenario.clone());
            sim.settle(MAX_STEPS);
            assert_eq!(sim.client(1).received_count(), u64::from(way.delivered.1), "{}", told(&way));
            let text = Record { scenario: way.scenario.clone(), actions: Vec::new() }.to_text(0);
            assert_eq!(Record::from_text(&text).map(|(record, _)| record.scenario), Ok(way.scenario));
        }
    }

    #[test]
    fn two_cuts_and_a_subscriber_s_link() {
        let rows = table(1, 2, false);
        assert!(rows.iter().any(|way| way.cuts.len() == 2) && rows.len() > 40, "{}", rows.len());
        for way in &rows {
            match way.qos {
                QoS::AtMostOnce => assert!(way.delivered.1 <= 1),
                QoS::AtLeastOnce => assert!(way.delivered.0 >= 1),
                QoS::ExactlyOnce => assert_eq!(way.delivered, (1, 1), "{}", told(way)),
            }
        }
        assert!(rows.iter().any(|way| way.delivered.1 == 3), "two lost PUBACKs");
    }

    #[test]
    fn a_clean_start_forgets() {
        let lost: Vec<String> =
            table(0, 1, true).iter().filter(|way| way.delivered.0 == 0).map(told).collect();
        let expected = ["0 before PUBLISH: (0, 0), 0 again", "1 before PUBLISH: (0, 0), 0 again"];
        assert_eq!(lost[..2], expected, "{lost:?}");
    }

    #[test]
    fn what_has_no_message_has_no_ways() {
        let record = Record { scenario: scenarios().remove(1), actions: Vec::new() };
        let options = |client| WaysOptions { client, cuts: 1, clean: false };
        assert_eq!(Ways::new(&record, options(9)).err(), Some(WaysError::NoMessage));
        let mut silent = record.clone();
        silent.scenario.actions.retain(|timed| !matches!(timed.action, Action::Publish(_)));
        assert_eq!(Ways::new(&silent, options(0)).err(), Some(WaysError::NoMessage));
        let mut unheard = record;
        unheard.scenario.actions.retain(|timed| !matches!(timed.action, Action::Subscribe(..)));
        assert_eq!(Ways::new(&unheard, options(0)).err(), Some(WaysError::NothingDelivered));
    }
}
