//! One packet of a capture as the inspector shows it: its sentence, its facts, its bytes.

use std::sync::Arc;

use ::bytes::Bytes;

use super::bytes::{ByteMap, Choice};
use crate::capture::{Capture, EndId, Exchange, Fate, Frame, FrameId, LostWhy, Step};
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

    /// What is chosen before anyone chose: the first byte that breaks a rule, else the first byte.
    pub fn first_choice(&self) -> Option<Choice> {
        let fault = self.dissection.faults.first().map(|it| it.fault.offset as usize);
        self.choose_byte(fault.unwrap_or(0)).or_else(|| self.choose_byte(0))
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
                None => match frame.due {
                    Some(due) => format!("under way, due {due} s"),
                    None => "under way".to_owned(),
                },
            }));
        }
    }
    facts.push(Fact::plain(format!("{} B", frame.bytes.len())));
    let Some(link) = exchange.link(frame.id) else { return facts };
    let held = |id: FrameId| capture.frame(id).filter(|it| it.sent_step <= step);
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
