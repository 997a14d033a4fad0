//! What one side has sent and waits for.

use std::collections::{BTreeMap, VecDeque};

use crate::codec::{PacketId, PacketType};

/// A packet identifier in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The answer that comes next.
    pub(super) for_packet: PacketType,
    /// Topic filters, each of which gets a code.
    pub(super) filters: usize,
}

/// The packet identifiers in use of one side, at most 65,535.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InFlight {
    waiting: BTreeMap<PacketId, Waiting>,
    /// Of them PUBLISH packets of QoS 1 and 2.
    messages: usize,
    /// For PUBACK, PUBREC and PUBREL: identifiers in the order in which their answers shall come. Those answered out
    /// of turn stay until it is theirs.
    turns: [VecDeque<PacketId>; 3],
}

impl InFlight {
    pub(super) fn get(&self, id: PacketId) -> Option<Waiting> {
        self.waiting.get(&id).copied()
    }

    /// How many messages are open: sent, and neither acknowledged nor refused.
    pub(super) const fn messages(&self) -> usize {
        self.messages
    }

    pub(super) fn insert(&mut self, id: PacketId, for_packet: PacketType, filters: usize) {
        let before = self.waiting.insert(id, Waiting { for_packet, filters });
        self.messages -= usize::from(before.is_some_and(is_message));
        self.messages += usize::from(is_message(Waiting { for_packet, filters }));
        if before.map(|before| before.for_packet) != Some(for_packet)
            && let Some(turns) = turn(for_packet).and_then(|at| self.turns.get_mut(at))
        {
            turns.push_back(id);
        }
    }

    pub(super) fn remove(&mut self, id: PacketId) {
        let before = self.waiting.remove(&id);
        self.messages -= usize::from(before.is_some_and(is_message));
    }

    /// Whether it is this identifier's turn to be answered by such a packet.
    pub(super) fn in_turn(&mut self, id: PacketId, by: PacketType) -> bool {
        let Some(turns) = turn(by).and_then(|at| self.turns.get_mut(at)) else { return true };
        let waits = |id: &PacketId| self.waiting.get(id).is_some_and(|it| it.for_packet == by);
        while turns.front().is_some_and(|first| !waits(first)) {
            turns.pop_front();
        }
        if turns.front() == Some(&id) {
            turns.pop_front();
            return true;
        }
        false
    }
}

const fn is_message(waiting: Waiting) -> bool {
    use PacketType as P;
    matches!(waiting.for_packet, P::PubAck | P::PubRec | P::PubRel | P::PubComp)
}

const fn turn(packet: PacketType) -> Option<usize> {
    match packet {
        PacketType::PubAck => Some(0),
        PacketType::PubRec => Some(1),
        PacketType::PubRel => Some(2),
        _ => None,
    }
}
