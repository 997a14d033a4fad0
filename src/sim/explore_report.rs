//! What an exploration found: the outcomes, what they cost, and how a promise was broken.

use core::fmt;
use std::collections::BTreeSet;

use bytes::Bytes;

use super::explore::Progress;
use super::explore_state::{Hop, Move, Party, is_copy};
use crate::codec::{Direction, PacketType, QoS};

/// What an exploration found so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How far it has come.
    pub progress: Progress,
    /// It has seen every state: not so before its end, nor where the bound on states left some out.
    pub complete: bool,
    /// How the world can come to rest, in the order of deliveries.
    pub outcomes: Vec<Outcome>,
    /// The shortest way to each kind of broken promise, the shortest of all first. Empty is the proof, if
    /// [`Report::complete`].
    pub broken: Vec<Counterexample>,
}

/// One way in which it ends: nothing is under way, both clients are connected, all messages are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How often each message reached the subscriber's application.
    pub deliveries: Vec<u8>,
    /// Messages came in the order of publishing, copies aside.
    pub in_order: bool,
    /// No end has a message in flight or waiting.
    pub finished: bool,
    /// States that are like this.
    pub states: u32,
    /// Sequences of moves that lead there; saturates. 0 until the exploration is done.
    pub ways: u128,
    /// The fewest cuts that lead there.
    pub fewest_cuts: u8,
    /// Bytes that both hops sent, both ways, from the first PUBLISH on; reconnecting counts.
    pub bytes: Range,
    /// Packets, likewise.
    pub packets: Range,
    /// PUBLISH packets with DUP, likewise.
    pub copies: Range,
    /// The shortest way there.
    pub example: Vec<Taken>,
}

/// What the cheapest and the dearest way need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub least: u32,
    /// The most.
    pub most: u32,
}

/// A move that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub taken: Move,
    /// The packet that arrived in it.
    pub packet: Option<Bytes>,
}

/// A broken promise and the shortest way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// What is broken.
    pub broken: Broken,
    /// How, from the moment at which both clients are connected and the subscription stands.
    pub path: Vec<Taken>,
}

/// A promise that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Broken {
    /// QoS 1 and 2: a message never came (3.1.1 section 4.3, 5.0 section 4.3).
    #[error("a message is lost")]
    Lost,
    /// QoS 0 and 2: a message came more than once (3.1.1 section 4.3, 5.0 section 4.3).
    #[error("a message came twice")]
    Repeated,
    /// A message first came after a later one (3.1.1 MQTT-4.6.0-6, 5.0 section 4.6).
    #[error("messages came out of order")]
    Disordered,
    /// A message came that nobody has published.
    #[error("a message came that nobody published")]
    Invented,
    /// An end has a message in flight or waiting, and nothing more happens.
    #[error("a message stays in flight")]
    Unfinished,
    /// An end has closed its connection.
    #[error("an end closed its connection")]
    Closed,
    /// The ends go on sending for ever.
    #[error("the ends never come to rest")]
    Endless,
}

/// What arrived at the application, judged.
pub(super) struct Judged {
    pub deliveries: Vec<u8>,
    pub in_order: bool,
    pub invented: bool,
}

impl Judged {
    pub fn new(log: &[u8], messages: u8) -> Self {
        let mut deliveries = vec![0u8; usize::from(messages)];
        let (mut first_comings, mut in_order, mut invented) = (BTreeSet::new(), true, false);
        for index in log {
            match deliveries.get_mut(usize::from(*index)) {
                Some(count) => *count = count.saturating_add(1),
                None => invented = true,
            }
            let new = !first_comings.contains(index);
            in_order &= !new || first_comings.last().is_none_or(|latest| latest < index);
            first_comings.insert(*index);
        }
        Self { deliveries, in_order, invented }
    }

    /// What of it breaks a promise that holds at any time.
    pub fn broken(&self, qos: QoS) -> Option<Broken> {
        if self.invented {
            Some(Broken::Invented)
        } else if qos != QoS::AtLeastOnce && self.deliveries.iter().any(|count| *count > 1) {
            Some(Broken::Repeated) // 3.1.1 and 5.0 sections 4.3.1 and 4.3.3
        } else if !self.in_order {
            Some(Broken::Disordered)
        } else {
            None
        }
    }

    /// What of it breaks a promise once nothing more comes.
    pub fn broken_at_rest(&self, qos: QoS) -> Option<Broken> {
        // 3.1.1 and 5.0 sections 4.3.2 and 4.3.3
        let lost = qos != QoS::AtMostOnce && self.deliveries.contains(&0);
        lost.then_some(Broken::Lost)
    }
}

impl Range {
    pub(super) fn cover(&mut self, other: Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }
}

impl fmt::Display for Range {
    /// `112` or `112 to 398`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.least == self.most {
            true => write!(f, "{}", self.least),
            false => write!(f, "{} to {}", self.least, self.most),
        }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Publisher => "publisher",
            Self::Subscriber => "subscriber",
        })
    }
}

impl fmt::Display for Taken {
    /// `PUBREL from the publisher arrives`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.taken {
            Move::Publish => f.write_str("the publisher publishes its next message"),
            Move::Deliver { hop, direction } => {
                let packet = self.packet.as_deref().unwrap_or_default();
                let kind = packet.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
                let name = kind.map_or("a packet", PacketType::name);
                let copy = if is_copy(packet) { " with DUP" } else { "" };
                let way = if direction == Direction::ToServer { "from" } else { "to" };
                write!(f, "{name}{copy} {way} the {hop} arrives")
            }
            Move::Cut { hop } => write!(f, "the {hop}'s link is cut"),
            Move::Notice { hop, party: Party::Client } => write!(f, "the {hop} notices the cut"),
            Move::Notice { hop, party: Party::Broker } => {
                write!(f, "the broker notices that the {hop}'s link was cut")
            }
            Move::Reconnect { hop } => write!(f, "the {hop} connects again"),
        }
    }
}

impl fmt::Display for Outcome {
    /// `1 2: in order, 40 states, 112 to 398 bytes, …`: deliveries first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for count in &self.deliveries {
            write!(f, "{count} ")?;
        }
        let Self { states, ways, fewest_cuts, bytes, packets, copies, .. } = self;
        let order = if self.in_order { "in order" } else { "out of order" };
        let left = if self.finished { "" } else { ", unfinished" };
        write!(f, "{order}{left}: {states} states, {ways} ways, from {fewest_cuts} cuts on, ")?;
        write!(f, "{bytes} bytes, {packets} packets, {copies} copies")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_judged_by_its_promise() {
        use QoS::{AtLeastOnce as Q1, AtMostOnce as Q0, ExactlyOnce as Q2};
        for (log, [q0, q1, q2]) in [
            (&[0, 1][..], [None; 3]),
            (&[0, 1, 0, 1], [Some(Broken::Repeated), None, Some(Broken::Repeated)]),
            (&[1, 0], [Some(Broken::Disordered); 3]),
            (&[1, 1, 0], [Some(Broken::Repeated), Some(Broken::Disordered), Some(Broken::Repeated)]),
            (&[0, 7], [Some(Broken::Invented); 3]),
            (&[1], [None, Some(Broken::Lost), Some(Broken::Lost)]),
            (&[], [None, Some(Broken::Lost), Some(Broken::Lost)]),
        ] {
            for (qos, expected) in [(Q0, q0), (Q1, q1), (Q2, q2)] {
                let judged = Judged::new(log, 2);
                let found = judged.broken(qos).or_else(|| judged.broken_at_rest(qos));
                assert_eq!(found, expected, "{log:?} at {qos:?}");
            }
        }
    }
}
