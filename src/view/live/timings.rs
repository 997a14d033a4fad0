//! How long things take on a connection, kept up packet by packet.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::capture::{Capture, EndId, Frame, FrameId};
use crate::codec::{Direction, Packet, QoS, Version, decode};
use crate::time::{Duration, Instant};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From asking for the WebSocket to having it: DNS, TCP, TLS and upgrade, which a browser does not tell apart.
    Open,
    /// CONNECT to CONNACK.
    ConnAck,
    /// SUBSCRIBE to SUBACK.
    SubAck,
    /// UNSUBSCRIBE to UNSUBACK.
    UnsubAck,
    /// PUBLISH at QoS 1 to PUBACK.
    PubAck,
    /// PUBLISH at QoS 2 to PUBCOMP.
    PubComp,
    /// PUBLISH to one's own delivery, by the QoS that it was published with.
    Back(QoS),
    /// PINGREQ to PINGRESP.
    Ping,
}

impl Span {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::Open,
        Self::ConnAck,
        Self::SubAck,
        Self::UnsubAck,
        Self::PubAck,
        Self::PubComp,
        Self::Back(QoS::AtMostOnce),
        Self::Back(QoS::AtLeastOnce),
        Self::Back(QoS::ExactlyOnce),
        Self::Ping,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "WebSocket open",
            Self::ConnAck => "CONNECT to CONNACK",
            Self::SubAck => "SUBSCRIBE to SUBACK",
            Self::UnsubAck => "UNSUBSCRIBE to UNSUBACK",
            Self::PubAck => "PUBLISH to PUBACK",
            Self::PubComp => "PUBLISH to PUBCOMP",
            Self::Back(QoS::AtMostOnce) => "There and back, QoS 0",
            Self::Back(QoS::AtLeastOnce) => "There and back, QoS 1",
            Self::Back(QoS::ExactlyOnce) => "There and back, QoS 2",
            Self::Ping => "PINGREQ to PINGRESP",
        }
    }

    fn place(self) -> usize {
        Self::ALL.iter().position(|it| *it == self).unwrap_or(0)
    }
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How long it took.
    pub time: Duration,
    /// Bytes of MQTT that went out, and that came in for them.
    pub bytes: (usize, usize),
}

/// Measurements of one kind: the newest thousand.
#[derive(Clone, Debug, Default)]
pub struct Series {
    samples: VecDeque<Sample>,
    count: u64,
}

impl Series {
    /// Samples that are kept.
    pub const MOST: usize = 1_000;

    fn push(&mut self, sample: Sample) {
        self.count += 1;
        self.samples.push_back(sample);
        if self.samples.len() > Self::MOST {
            self.samples.pop_front();
        }
    }

    /// How many there were.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The newest.
    pub fn last(&self) -> Option<Sample> {
        self.samples.back().copied()
    }

    /// The times that are kept, from the shortest to the longest.
    pub fn sorted(&self) -> Vec<Duration> {
        let mut times: Vec<Duration> = self.samples.iter().map(|it| it.time).collect();
        times.sort_unstable();
        times
    }
}

/// The time that so many of a hundred samples do not exceed (nearest rank); `sorted` must be.
pub fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// How many samples lie in each of `bars` equal parts between the shortest and the longest; `sorted` must be.
pub fn histogram(sorted: &[Duration], bars: usize) -> Vec<usize> {
    let mut counts = vec![0; bars];
    if let (Some(first), Some(last)) = (sorted.first(), sorted.last()) {
        let width = (*last - *first).as_micros().max(1);
        for time in sorted {
            let at = (*time - *first).as_micros() * bars as u128 / width;
            counts[(at as usize).min(bars - 1)] += 1;
        }
    }
    counts
}

/// What waits for its answer: which, the identifier, when it was sent, its bytes.
type Waiting = (Span, u16, Instant, usize);

/// An own message on its way.
#[derive(Clone, Debug)]
struct Own {
    packet: Bytes,
    version: Version,
    sent: Instant,
    qos: QoS,
    /// Topic and payload, once somebody has asked.
    parts: Option<(Bytes, Bytes)>,
}

impl Own {
    fn new(frame: &Frame, qos: QoS) -> Self {
        Self { packet: frame.bytes.clone(), version: frame.version, sent: frame.sent, qos, parts: None }
    }

    fn is(&mut self, topic: &str, payload: &[u8]) -> bool {
        let (packet, version) = (&self.packet, self.version);
        let read = || match decode(packet, version) {
            Ok(Packet::Publish(it)) => (packet.slice_ref(it.topic.as_bytes()), packet.slice_ref(it.payload)),
            _ => Default::default(),
        };
        let (own_topic, own_payload) = self.parts.get_or_insert_with(read);
        *own_topic == topic.as_bytes() && *own_payload == payload
    }
}

/// Requests and messages whose answers are looked for.
const LOOKED_FOR: usize = 256;

/// The measurements of one client.
#[derive(Clone, Debug)]
pub struct Timings {
    series: [Series; Span::ALL.len()],
    next: FrameId,
    waiting: VecDeque<Waiting>,
    own: VecDeque<Own>,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            series: std::array::from_fn(|_| Series::default()),
            next: 0,
            waiting: VecDeque::new(),
            own: VecDeque::new(),
        }
    }
}

impl Timings {
    /// Measurements of one kind.
    pub fn of(&self, span: Span) -> &Series {
        &self.series[span.place()]
    }

    /// All measurements together.
    pub fn count(&self) -> u64 {
        self.series.iter().map(Series::count).sum()
    }

    /// A WebSocket took so long to open.
    pub fn opened(&mut self, time: Duration) {
        self.push(Span::Open, time, (0, 0));
    }

    /// The record begins anew; what was measured stays.
    pub fn begin_anew(&mut self) {
        self.next = 0;
        self.waiting.clear();
        self.own.clear();
    }

    /// Takes in the packets of `client` that are new.
    pub fn follow(&mut self, capture: &Capture, client: EndId) {
        let unseen = capture.next_frame().saturating_sub(self.next) as usize;
        let held = capture.frames().len();
        for frame in capture.frames().skip(held.saturating_sub(unseen)) {
            if frame.from == client || frame.to == client {
                self.take(frame);
            }
        }
        self.next = capture.next_frame();
    }

    fn push(&mut self, span: Span, time: Duration, bytes: (usize, usize)) {
        self.series[span.place()].push(Sample { time, bytes });
    }

    fn take(&mut self, frame: &Frame) {
        let kind = frame.bytes.first().map_or(0, |byte| byte >> 4);
        let to_client = frame.direction == Direction::ToClient;
        if kind == 3 && self.take_publish(frame, to_client) {
            return;
        }
        let Ok(packet) = decode(&frame.bytes, frame.version) else { return };
        match packet {
            Packet::Connect(_) => {
                self.waiting.clear();
                self.own.clear();
                self.ask(Span::ConnAck, 0, frame);
            }
            Packet::Subscribe(it) => self.ask(Span::SubAck, it.packet_id.get(), frame),
            Packet::Unsubscribe(it) => self.ask(Span::UnsubAck, it.packet_id.get(), frame),
            Packet::PingReq => self.ask(Span::Ping, 0, frame),
            Packet::Publish(it) if !to_client => {
                match (it.qos, it.packet_id) {
                    (QoS::AtLeastOnce, Some(id)) => self.ask(Span::PubAck, id.get(), frame),
                    (QoS::ExactlyOnce, Some(id)) => self.ask(Span::PubComp, id.get(), frame),
                    _ => {}
                }
                bounded(&mut self.own, Own::new(frame, it.qos));
            }
            Packet::Publish(it) => {
                if let Some(at) = self.own.iter_mut().position(|own| own.is(it.topic, it.payload)) {
                    self.came_back(at, frame);
                }
            }
            Packet::ConnAck(_) => self.answer(Span::ConnAck, 0, frame),
            Packet::SubAck(it) => self.answer(Span::SubAck, it.packet_id.get(), frame),
            Packet::UnsubAck(it) => self.answer(Span::UnsubAck, it.packet_id.get(), frame),
            Packet::PubAck(it) if to_client => self.answer(Span::PubAck, it.packet_id.get(), frame),
            Packet::PubComp(it) if to_client => self.answer(Span::PubComp, it.packet_id.get(), frame),
            Packet::PingResp => self.answer(Span::Ping, 0, frame),
            _ => {}
        }
    }

    /// What a PUBLISH leads to that needs no look into it, which thousands a second would have to wait for; `true` if
    /// that was all.
    fn take_publish(&mut self, frame: &Frame, to_client: bool) -> bool {
        let at_most_once = frame.bytes.first().is_some_and(|byte| byte & 0b110 == 0);
        match self.own.front() {
            _ if !to_client && at_most_once => bounded(&mut self.own, Own::new(frame, QoS::AtMostOnce)),
            _ if !to_client => return false,
            // None of one's own is on its way.
            None => {}
            Some(own) if at_most_once && own.packet == frame.bytes => self.came_back(0, frame),
            Some(_) => return false,
        }
        true
    }

    fn came_back(&mut self, at: usize, frame: &Frame) {
        if let Some(own) = self.own.remove(at) {
            self.push(Span::Back(own.qos), frame.sent - own.sent, (own.packet.len(), frame.bytes.len()));
        }
    }

    fn ask(&mut self, span: Span, id: u16, frame: &Frame) {
        bounded(&mut self.waiting, (span, id, frame.sent, frame.bytes.len()));
    }

    fn answer(&mut self, span: Span, id: u16, frame: &Frame) {
        let asked = self.waiting.iter().position(|it| it.0 == span && it.1 == id);
        if let Some((_, _, sent, out)) = asked.and_then(|at| self.waiting.remove(at)) {
            self.push(span, frame.sent - sent, (out, frame.bytes.len()));
        }
    }
}

fn bounded<T>(queue: &mut VecDeque<T>, it: T) {
    if queue.len() == LOOKED_FOR {
        queue.pop_front();
    }
    queue.push_back(it);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{EndRole, Fate};

    const UP: Direction = Direction::ToServer;
    const DOWN: Direction = Direction::ToClient;

    fn capture(frames: &[(u64, Direction, &'static [u8])]) -> Capture {
        let mut capture = Capture::new(1 << 20);
        capture.add_end("c", EndRole::Client);
        capture.add_end("b", EndRole::Broker);
        for (at, direction, bytes) in frames {
            let at = Instant::from_millis(*at);
            let (from, to) = if *direction == UP { (0, 1) } else { (1, 0) };
            capture.push_frame(Frame {
                id: 0,
                link: 1,
                from,
                to,
                direction: *direction,
                version: Version::V311,
                bytes: Bytes::from_static(bytes),
                sent: at,
                sent_step: 1,
                end: Some((1, Fate::Delivered { at })),
                due: None,
            });
        }
        capture
    }

    #[test]
    fn requests_and_messages_are_timed_with_their_bytes() {
        let capture = capture(&[
            (0, UP, &[0x10, 13, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 30, 0, 1, b'c']),
            (38, DOWN, &[0x20, 2, 0, 0]),
            (40, UP, &[0x82, 6, 0, 1, 0, 1, b'a', 2]),
            (50, DOWN, &[0x90, 3, 0, 1, 2]),
            // Two at once at QoS 1 and 2, answered the other way round; both come back.
            (60, UP, &[0x32, 6, 0, 1, b'a', 0, 2, b'x']),
            (61, UP, &[0x34, 6, 0, 1, b'a', 0, 3, b'y']),
            (70, DOWN, &[0x50, 2, 0, 3]),
            (70, UP, &[0x62, 2, 0, 3]),
            (75, DOWN, &[0x70, 2, 0, 3]),
            (76, DOWN, &[0x30, 4, 0, 1, b'a', b'y']),
            (77, DOWN, &[0x30, 4, 0, 1, b'a', b'x']),
            (80, DOWN, &[0x40, 2, 0, 2]),
            // Somebody else's.
            (81, DOWN, &[0x30, 4, 0, 1, b'a', b'x']),
            (90, UP, &[0xc0, 0]),
            (93, DOWN, &[0xd0, 0]),
        ]);
        let mut timings = Timings::default();
        timings.follow(&capture, 0);
        timings.follow(&capture, 0);
        let told: Vec<_> = Span::ALL
            .iter()
            .filter_map(|span| Some((*span, timings.of(*span).last()?)))
            .map(|(span, it)| (span, it.time.as_millis(), it.bytes))
            .collect();
        assert_eq!(
            told,
            [
                (Span::ConnAck, 38, (15, 4)),
                (Span::SubAck, 10, (8, 5)),
                (Span::PubAck, 20, (8, 4)),
                (Span::PubComp, 14, (8, 4)),
                (Span::Back(QoS::AtLeastOnce), 17, (8, 6)),
                (Span::Back(QoS::ExactlyOnce), 15, (8, 6)),
                (Span::Ping, 3, (2, 2)),
            ]
        );
        assert_eq!(timings.count(), 7);
    }

    #[test]
    fn messages_at_qos_0_are_told_apart_by_what_they_say() {
        let capture = capture(&[
            (0, UP, &[0x30, 4, 0, 1, b'a', b'x']),
            (1, UP, &[0x30, 4, 0, 1, b'a', b'y']),
            (2, UP, &[0x30, 4, 0, 1, b'b', b'x']),
            // No message at all.
            (3, UP, &[0x30, 4, 0, 9, b'b', b'x']),
            (10, DOWN, &[0x30, 4, 0, 1, b'a', b'x']),
            // With another header, and out of order.
            (20, DOWN, &[0x32, 6, 0, 1, b'b', 0, 9, b'x']),
            (30, DOWN, &[0x30, 4, 0, 1, b'a', b'x']),
            (40, DOWN, &[0x30, 4, 0, 1, b'a', b'y']),
        ]);
        let mut timings = Timings::default();
        timings.follow(&capture, 0);
        let back = timings.of(Span::Back(QoS::AtMostOnce));
        assert_eq!(back.sorted(), [10, 18, 39].map(Duration::from_millis));
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let millis: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        let told = |sorted: &[Duration], percent| percentile(sorted, percent).map(|it| it.as_millis());
        assert_eq!(
            [50, 90, 99, 100].map(|it| told(&millis, it)),
            [Some(100), Some(180), Some(198), Some(200)]
        );
        assert_eq!(told(&millis[..1], 99), Some(1));
        assert_eq!(told(&[], 50), None);
        assert_eq!(histogram(&millis, 4), [50, 50, 50, 50]);
        assert_eq!(histogram(&millis[..1], 3), [1, 0, 0]);
        assert_eq!(histogram(&[], 2), [0, 0]);
    }

    #[test]
    fn samples_are_bounded_and_still_counted() {
        let mut timings = Timings::default();
        for n in 0..Series::MOST as u64 + 5 {
            timings.opened(Duration::from_millis(n));
        }
        let series = timings.of(Span::Open);
        assert_eq!((series.count(), series.sorted().len()), (1_005, 1_000));
        assert_eq!(series.sorted()[0], Duration::from_millis(5));
    }
}
