//! One packet of a capture as the inspector shows it: its sentence, its facts, its bytes.

use std::sync::Arc;

use ::bytes::Bytes;

use super::bytes::{ByteMap, Choice};
use super::cause::{cause, effect};
use crate::capture::{Capture, EndId, Exchange, Fate, Frame, FrameId, LostWhy, Step};
use crate::codec::Version;
use crate::dissect::{Dissection, dissect, sentence};
use crate::time::{Duration, Instant};

/// A packet with everything that is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketView {
    /// Its number in its capture, from 1.
    pub number: u32,
    /// How many there are at this moment.
    pub total: u32,
    /// Names of the end that sent it and of the one it was meant for, where they are known.
    pub route: Option<(Arc<str>, Arc<str>)>,
    /// Its bytes.
    pub bytes: Bytes,
    /// What they are.
    pub dissection: Dissection,
    /// Which byte belongs to which field.
    pub map: ByteMap,
    /// What happened, in one plain sentence.
    pub sentence: String,
    /// Short facts: times, size, the packets it belongs to.
    pub facts: Vec<Fact>,
}

/// A short fact, which may lead to another packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// `sent 6.022 s`, `answers packet`.
    pub text: String,
    /// The packet whose number follows the text.
    pub frame: Option<FrameId>,
}

impl Fact {
    /// A fact without a link.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), frame: None }
    }
}

impl PacketView {
    /// The packet `id` of a capture as it stood at `step`; `None` if it is not there (yet, or any more).
    pub fn of_frame(capture: &Capture, exchange: &Exchange, id: FrameId, step: Step) -> Option<Self> {
        let frame = capture.frame(id).filter(|frame| frame.sent_step <= step)?;
        let later = capture.frames().rev().take_while(|it| it.sent_step > step).count();
        let total = capture.dropped_frames() + (capture.frames().len() - later) as u32;
        let name = |end: EndId| capture.end(end).map_or_else(|| Arc::from("?"), |end| Arc::clone(&end.name));
        let (from, to) = (name(frame.from), name(frame.to));
        let dissection = dissect(&frame.bytes, frame.version);
        Some(Self {
            number: id + 1,
            total,
            map: ByteMap::new(&dissection),
            sentence: sentence(&frame.bytes, frame.version, &from, &to),
            facts: facts(capture, exchange, frame, step),
            route: Some((from, to)),
            bytes: frame.bytes.clone(),
            dissection,
        })
    }

    /// A packet of which only its bytes and what was told of them are known; `number` is 0 without one.
    pub fn of_bytes(bytes: Bytes, version: Version, number: u32, sentence: String) -> Self {
        let dissection = dissect(&bytes, version);
        let map = ByteMap::new(&dissection);
        Self { number, total: number, route: None, bytes, dissection, map, sentence, facts: Vec::new() }
    }

    /// What is chosen when a byte is: the leaf or flag byte at `offset`.
    pub fn choose_byte(&self, offset: usize) -> Option<Choice> {
        self.map.run_at(offset).map(|run| Choice { offset, node: run.node })
    }

    /// What is chosen when a node is: its first byte, of a field with a length prefix the field's own.
    pub fn choose_node(&self, node: u32) -> Option<Choice> {
        let at = self.dissection.nodes.get(node as usize)?;
        let last = self.bytes.len().checked_sub(1)?;
        Some(Choice { offset: at.offset.min(last), node })
    }

    /// What is chosen before anyone chose: what breaks a rule, else the first byte.
    pub fn first_choice(&self) -> Option<Choice> {
        let fault = self.dissection.faults.first().map(|it| it.fault);
        let byte =
            fault.and_then(|it| self.choose_byte(it.offset as usize)).or_else(|| self.choose_byte(0))?;
        let bits = fault.and_then(|it| it.bits).and_then(|(start, len)| {
            let nodes = self.dissection.nodes.iter();
            let at =
                nodes.enumerate().skip(byte.node as usize + 1).take_while(|(_, node)| node.bits.is_some());
            at.filter(|(_, node)| node.bits.is_some_and(|(a, l)| a < start + len && start < a + l))
                .map(|it| it.0)
                .next()
        });
        Some(bits.map_or(byte, |node| Choice { node: node as u32, ..byte }))
    }
}

fn facts(capture: &Capture, exchange: &Exchange, frame: &Frame, step: Step) -> Vec<Fact> {
    let mut facts = Vec::new();
    match frame.fate_at(step) {
        // A live connection knows one moment only: when the packet went or came.
        Some(Fate::Delivered { at }) if at == frame.sent => facts.push(Fact::plain(format!("at {at} s"))),
        fate => {
            facts.push(Fact::plain(format!("sent {} s", frame.sent)));
            facts.push(Fact::plain(match fate {
                Some(Fate::Delivered { at }) => format!("arrived {at} s"),
                Some(Fate::Lost { why: LostWhy::LinkCut, .. }) => "lost, the link was cut".to_owned(),
                Some(Fate::Lost { why: LostWhy::Closed, .. }) => "lost, the receiver had closed".to_owned(),
                Some(Fate::Lost { why: LostWhy::Silent, .. }) => "lost, the link was silent".to_owned(),
                Some(Fate::Lost { why: LostWhy::Dropped, .. }) => "dropped, as TCP never does".to_owned(),
                None => match frame.due {
                    Some(due) => format!("under way, due {due} s"),
                    None => "under way".to_owned(),
                },
            }));
        }
    }
    facts.push(Fact::plain(format!("{} B", frame.bytes.len())));
    let held = |id: FrameId| capture.frame(id).filter(|it| it.sent_step <= step);
    let Some(link) = exchange.link(frame.id) else { return facts };
    // Of answers the exchange tells it; of a message on its way, what brought it and where it went.
    if link.answers.is_none()
        && let Some(first) = cause(capture, exchange, frame.id).and_then(held)
    {
        facts.push(Fact { text: "comes from packet".to_owned(), frame: Some(first.id) });
    }
    let led = effect(capture, exchange, frame.id).filter(|id| Some(*id) != link.answered_by);
    if let Some(led) = led.and_then(held) {
        facts.push(Fact { text: "led to packet".to_owned(), frame: Some(led.id) });
    }
    if let Some(asked) = link.answers.and_then(held) {
        facts.push(Fact { text: "answers packet".to_owned(), frame: Some(asked.id) });
    }
    if let Some(answer) = link.answered_by.and_then(held) {
        let text = match arrival(answer, step) {
            Some(at) => format!("answered after {} by packet", millis(at - frame.sent)),
            None => "answered by packet".to_owned(),
        };
        facts.push(Fact { text, frame: Some(answer.id) });
    }
    if let Some(opener) = link.opener.filter(|it| *it != frame.id && link.answers != Some(*it)).and_then(held)
    {
        facts.push(Fact { text: "exchange began with packet".to_owned(), frame: Some(opener.id) });
    }
    facts
}

fn arrival(frame: &Frame, step: Step) -> Option<Instant> {
    match frame.fate_at(step) {
        Some(Fate::Delivered { at }) => Some(at),
        _ => None,
    }
}

/// `41 ms`, `0.4 ms`, `2.50 s`.
pub fn millis(duration: Duration) -> String {
    match duration.as_micros() {
        micros @ 0..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        micros @ 10_000..1_000_000 => format!("{} ms", (micros + 500) / 1_000),
        micros => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::EndRole;
    use crate::codec::Direction;

    fn capture(frames: &[(Direction, &[u8], Option<u64>)]) -> (Capture, Exchange) {
        let mut capture = Capture::new(1 << 20);
        let (client, broker) =
            (capture.add_end("pub1", EndRole::Client), capture.add_end("Broker", EndRole::Broker));
        let mut exchange = Exchange::new();
        for (at, (direction, bytes, arrives)) in frames.iter().enumerate() {
            let (from, to) =
                if *direction == Direction::ToServer { (client, broker) } else { (broker, client) };
            let id = capture.push_frame(Frame {
                id: 0,
                link: 0,
                from,
                to,
                direction: *direction,
                version: Version::V311,
                bytes: Bytes::copy_from_slice(bytes),
                sent: Instant::from_millis(at as u64 * 100),
                sent_step: at as Step,
                end: arrives
                    .map(|at| (at as Step, Fate::Delivered { at: Instant::from_millis(at * 100 + 20) })),
                due: None,
            });
            exchange.push(capture.frame(id).expect("it was just added"));
        }
        (capture, exchange)
    }

    fn facts(view: &PacketView) -> Vec<String> {
        let link = |frame: Option<FrameId>| frame.map_or_else(String::new, |id| format!(" {}", id + 1));
        view.facts.iter().map(|fact| format!("{}{}", fact.text, link(fact.frame))).collect()
    }

    #[test]
    fn a_packet_is_told_as_it_stood_at_a_step() {
        let (capture, exchange) = capture(&[
            (Direction::ToServer, &[0x32, 6, 0, 1, b'a', 0, 7, b'!'], Some(0)),
            (Direction::ToClient, &[0x40, 2, 0, 7], Some(2)),
        ]);
        let at = |id, step| PacketView::of_frame(&capture, &exchange, id, step);
        assert_eq!(at(1, 0), None, "not sent yet");
        let publish = at(0, 0).expect("sent");
        assert_eq!((publish.number, publish.total), (1, 1));
        assert_eq!(facts(&publish), ["sent 0.000 s", "arrived 0.020 s", "8 B"]);
        let publish = at(0, 1).expect("sent");
        assert_eq!((publish.number, publish.total), (1, 2));
        assert_eq!(facts(&publish)[3], "answered by packet 2");
        assert_eq!(facts(&at(1, 1).expect("sent")), ["sent 0.100 s", "under way", "4 B", "answers packet 1"]);
        assert_eq!(facts(&at(0, 2).expect("sent"))[3], "answered after 220 ms by packet 2");
        assert!(publish.sentence.starts_with("pub1 ") && publish.sentence.contains("Broker"));
    }

    #[test]
    fn what_breaks_a_rule_is_chosen_first() {
        let (capture, exchange) = capture(&[
            (Direction::ToServer, &[0xc0, 0], None),
            (Direction::ToServer, &[0x80, 8, 0, 1, 0, 3, b'a', b'/', b'#', 1], None),
            (Direction::ToServer, &[0x30, 4, 0, 2, b'a', 0xff], None),
        ]);
        let first = |id| {
            let view = PacketView::of_frame(&capture, &exchange, id, 9).expect("sent");
            let choice = view.first_choice().expect("there are bytes");
            (choice.offset, view.dissection.nodes[choice.node as usize].name)
        };
        assert_eq!(first(0), (0, "packet type and flags"));
        assert_eq!(first(1), (0, "reserved flags"));
        assert_eq!(first(2), (5, "topic name"));
    }

    #[test]
    fn times_have_the_digits_that_matter() {
        for (micros, text) in [(400, "0.4 ms"), (9_990, "9.9 ms"), (41_600, "42 ms"), (2_504_000, "2.50 s")] {
            assert_eq!(millis(Duration::from_micros(micros)), text);
        }
    }
}
