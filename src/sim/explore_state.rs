//! A state of the explored world, and every move out of it.

use std::collections::BTreeMap;

use super::explore_cores::{Cores, ToBroker, ToClient};
use crate::broker::ConnectionId;
use crate::codec::{Direction, PacketType};

/// A client with its link to the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// The client that publishes.
    Publisher,
    /// The client that has subscribed.
    Subscriber,
}

/// An end of a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The client.
    Client,
    /// The broker.
    Broker,
}

/// One thing that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// The publisher publishes its next message.
    Publish,
    /// The packet that has been under way longest on a hop, in one direction, arrives and is handled.
    Deliver {
        /// Where.
        hop: Hop,
        /// Which way.
        direction: Direction,
    },
    /// The link goes: what is under way is lost.
    Cut {
        /// Which one.
        hop: Hop,
    },
    /// An end of a link that was cut finds out.
    Notice {
        /// Which link.
        hop: Hop,
        /// Who finds out.
        party: Party,
    },
    /// The client connects again.
    Reconnect {
        /// Which one.
        hop: Hop,
    },
}

impl Move {
    /// All of them, in the order in which they are tried.
    const ALL: [Self; 13] = {
        use Direction::{ToClient, ToServer};
        use Hop::{Publisher, Subscriber};
        use Party::{Broker, Client};
        [
            Self::Deliver { hop: Publisher, direction: ToServer },
            Self::Deliver { hop: Publisher, direction: ToClient },
            Self::Deliver { hop: Subscriber, direction: ToServer },
            Self::Deliver { hop: Subscriber, direction: ToClient },
            Self::Notice { hop: Publisher, party: Client },
            Self::Notice { hop: Publisher, party: Broker },
            Self::Notice { hop: Subscriber, party: Client },
            Self::Notice { hop: Subscriber, party: Broker },
            Self::Reconnect { hop: Publisher },
            Self::Reconnect { hop: Subscriber },
            Self::Publish,
            Self::Cut { hop: Publisher },
            Self::Cut { hop: Subscriber },
        ]
    };

    const fn is_cut(self) -> bool {
        matches!(self, Self::Cut { .. })
    }
}

/// How a client stands to its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Closed,
    Open,
    /// It was cut, and the client does not know.
    Dead,
}

/// One hop's link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wire {
    client: Side,
    /// Which of the hop's connections this is.
    number: u8,
    /// The broker has heard of it.
    accepted: bool,
    /// Connections that were cut, and the broker does not know.
    dead: Vec<u8>,
    to_server: Vec<u32>,
    to_client: Vec<u32>,
}

impl Wire {
    const NONE: Self = Self {
        client: Side::Closed,
        number: 0,
        accepted: false,
        dead: Vec::new(),
        to_server: Vec::new(),
        to_client: Vec::new(),
    };

    const fn way(&mut self, direction: Direction) -> &mut Vec<u32> {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }
}

/// A state, as numbers of its parts: equal states are equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    pub broker: u32,
    pub clients: [u32; 2],
    wires: [u32; 2],
    /// Indices of messages in the order in which the subscriber's application got them.
    pub log: u32,
    pub published: u8,
    pub cuts: u8,
    /// An end has closed its connection, which none has a reason to do.
    pub closed: Option<(Hop, Party)>,
}

/// What a move costs: what is sent in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub bytes: u32,
    pub packets: u32,
    /// PUBLISH packets with DUP.
    pub copies: u32,
}

/// What may happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub messages: u8,
    pub cuts: u8,
    pub late_notice: bool,
}

/// Things by number, and the rules for moving between states.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub cores: Cores,
    bounds: Bounds,
    wires: Numbered<Wire>,
    logs: Numbered<Vec<u8>>,
}

#[derive(Clone, Debug)]
struct Numbered<T> {
    numbers: BTreeMap<T, u32>,
    values: Vec<T>,
}

impl<T: Clone + Ord> Numbered<T> {
    const fn new() -> Self {
        Self { numbers: BTreeMap::new(), values: Vec::new() }
    }

    fn number(&mut self, value: &T) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = self.values.len() as u32;
        self.numbers.insert(value.clone(), number);
        self.values.push(value.clone());
        number
    }

    fn of(&self, number: u32) -> &T {
        &self.values[number as usize]
    }
}

/// A state while it is made.
struct Draft {
    state: State,
    wires: [Wire; 2],
    cost: Cost,
}

impl Rules {
    pub const fn new(cores: Cores, bounds: Bounds) -> Self {
        Self { cores, bounds, wires: Numbered::new(), logs: Numbered::new() }
    }

    /// Nobody is connected yet.
    pub fn start(&mut self, broker: u32, clients: [u32; 2]) -> State {
        let none = self.wires.number(&Wire::NONE);
        let log = self.logs.number(&Vec::new());
        State { broker, clients, wires: [none; 2], log, published: 0, cuts: 0, closed: None }
    }

    /// Connects both clients and subscribes, undisturbed; `None` if that does not come about.
    pub fn set_up(&mut self, start: State) -> Option<State> {
        let (state, _) = self.take(&start, Move::Reconnect { hop: Hop::Subscriber })?;
        let state = self.settle(state)?;
        let mut draft = self.draft(&state);
        self.client_acts(&mut draft, Hop::Subscriber, ToClient::Subscribe)?;
        let (state, _) = self.finish(draft);
        let state = self.settle(state)?;
        let (state, _) = self.take(&state, Move::Reconnect { hop: Hop::Publisher })?;
        let state = self.settle(state)?;
        self.cores.is_set_up(state.broker, state.clients).then_some(state)
    }

    /// Lets everything arrive that is under way.
    fn settle(&mut self, mut state: State) -> Option<State> {
        for _ in 0..100 {
            let deliveries = Move::ALL.into_iter().filter(|it| matches!(it, Move::Deliver { .. }));
            let mut next = None;
            for delivery in deliveries {
                next = next.or_else(|| self.take(&state, delivery));
            }
            match next {
                Some((next, _)) => state = next,
                None => return Some(state),
            }
        }
        None
    }

    /// What the subscriber's application has got.
    pub fn log(&self, state: &State) -> &[u8] {
        self.logs.of(state.log)
    }

    /// The packet that a move delivers.
    pub fn arriving(&self, state: &State, taken: Move) -> Option<&bytes::Bytes> {
        let Move::Deliver { hop, direction } = taken else { return None };
        let wire = self.wires.of(state.wires[hop as usize]);
        let way = match direction {
            Direction::ToServer => &wire.to_server,
            Direction::ToClient => &wire.to_client,
        };
        way.first().map(|packet| self.cores.packet(*packet))
    }

    /// Every move out of a state with where it leads; the second is whether only cuts are possible.
    pub fn moves(&mut self, state: &State) -> (Vec<(Move, State, Cost)>, bool) {
        let mut moves = Vec::new();
        for possible in Move::ALL {
            if let Some((next, cost)) = self.take(state, possible) {
                moves.push((possible, next, cost));
            }
        }
        let at_rest = moves.iter().all(|(taken, ..)| taken.is_cut());
        (moves, at_rest)
    }

    /// Takes a move; `None` where it is not possible.
    fn take(&mut self, from: &State, taken: Move) -> Option<(State, Cost)> {
        let mut draft = self.draft(from);
        match taken {
            Move::Publish => {
                let index = draft.state.published;
                if index >= self.bounds.messages {
                    return None;
                }
                self.client_acts(&mut draft, Hop::Publisher, ToClient::Publish(index))?;
                draft.state.published += 1;
            }
            Move::Deliver { hop, direction } => self.deliver(&mut draft, hop, direction)?,
            Move::Cut { hop } => self.cut(&mut draft, hop)?,
            Move::Notice { hop, party: Party::Client } => self.client_notices(&mut draft, hop)?,
            Move::Notice { hop, party: Party::Broker } => self.broker_notices(&mut draft, hop)?,
            Move::Reconnect { hop } => {
                let wire = &mut draft.wires[hop as usize];
                if wire.client != Side::Closed {
                    return None;
                }
                wire.client = Side::Open;
                wire.number = (0..u8::MAX).find(|number| !wire.dead.contains(number))?;
                self.client_acts(&mut draft, hop, ToClient::Connect)?;
            }
        }
        Some(self.finish(draft))
    }

    fn draft(&self, from: &State) -> Draft {
        let wires = from.wires.map(|wire| self.wires.of(wire).clone());
        Draft { state: *from, wires, cost: Cost::default() }
    }

    fn finish(&mut self, mut draft: Draft) -> (State, Cost) {
        draft.state.wires = [self.wires.number(&draft.wires[0]), self.wires.number(&draft.wires[1])];
        (draft.state, draft.cost)
    }

    fn deliver(&mut self, draft: &mut Draft, hop: Hop, direction: Direction) -> Option<()> {
        let wire = &mut draft.wires[hop as usize];
        let way = wire.way(direction);
        if way.is_empty() {
            return None;
        }
        let packet = way.remove(0);
        match direction {
            Direction::ToServer => {
                let opens = !core::mem::replace(&mut wire.accepted, true);
                let connection = connection(hop, wire.number);
                self.broker_acts(draft, ToBroker::Packet { connection, opens, packet });
                Some(())
            }
            Direction::ToClient => self.client_acts(draft, hop, ToClient::Packet(packet)),
        }
    }

    fn cut(&mut self, draft: &mut Draft, hop: Hop) -> Option<()> {
        let wire = &mut draft.wires[hop as usize];
        if draft.state.cuts >= self.bounds.cuts || wire.client != Side::Open {
            return None;
        }
        draft.state.cuts += 1;
        wire.client = Side::Dead;
        wire.to_server.clear();
        wire.to_client.clear();
        if core::mem::take(&mut wire.accepted) {
            wire.dead.push(wire.number);
        }
        wire.number = 0;
        if !self.bounds.late_notice {
            self.client_notices(draft, hop)?;
            // Of a connection that it never heard of, the broker hears no end.
            let _ = self.broker_notices(draft, hop);
        }
        Some(())
    }

    fn client_notices(&mut self, draft: &mut Draft, hop: Hop) -> Option<()> {
        let wire = &mut draft.wires[hop as usize];
        if wire.client != Side::Dead {
            return None;
        }
        wire.client = Side::Closed;
        self.client_acts(draft, hop, ToClient::Closed)
    }

    fn broker_notices(&mut self, draft: &mut Draft, hop: Hop) -> Option<()> {
        let number = draft.wires[hop as usize].dead.pop()?;
        self.broker_acts(draft, ToBroker::Closed { connection: connection(hop, number) });
        Some(())
    }

    fn client_acts(&mut self, draft: &mut Draft, hop: Hop, input: ToClient) -> Option<()> {
        let step = self.cores.client_step(draft.state.clients[hop as usize], input)?;
        draft.state.clients[hop as usize] = step.to;
        let wire = &mut draft.wires[hop as usize];
        for packet in &step.sent {
            draft.cost.add(self.cores.packet(*packet));
            // Into a dead link it goes all the same, and is lost.
            if wire.client == Side::Open {
                wire.to_server.push(*packet);
            }
        }
        if step.closes {
            draft.state.closed = Some((hop, Party::Client));
        }
        if hop == Hop::Subscriber && !step.delivered.is_empty() {
            let mut log = self.logs.of(draft.state.log).clone();
            log.extend(&step.delivered);
            draft.state.log = self.logs.number(&log);
        }
        Some(())
    }

    fn broker_acts(&mut self, draft: &mut Draft, input: ToBroker) {
        let step = self.cores.broker_step(draft.state.broker, input);
        draft.state.broker = step.to;
        for (connection, output) in &step.outputs {
            let (hop, number) = hop_of(*connection);
            let wire = &mut draft.wires[hop as usize];
            let live = wire.client == Side::Open && wire.accepted && wire.number == number;
            match output {
                Some(packet) => {
                    draft.cost.add(self.cores.packet(*packet));
                    if live {
                        wire.to_client.push(*packet);
                    }
                }
                None if live => draft.state.closed = Some((hop, Party::Broker)),
                // Taken over: the broker is done with it.
                None => wire.dead.retain(|dead| *dead != number),
            }
        }
    }
}

impl Cost {
    fn add(&mut self, packet: &[u8]) {
        self.bytes += packet.len() as u32;
        self.packets += 1;
        self.copies += u32::from(is_copy(packet));
    }
}

/// Whether it is a PUBLISH with DUP.
pub(super) fn is_copy(packet: &[u8]) -> bool {
    packet.first().is_some_and(|byte| byte >> 4 == PacketType::Publish.nibble() && byte & 0b1000 != 0)
}

/// Connections of the publisher have even numbers, those of the subscriber odd ones.
const fn connection(hop: Hop, number: u8) -> ConnectionId {
    number as ConnectionId * 2 + hop as ConnectionId
}

const fn hop_of(connection: ConnectionId) -> (Hop, u8) {
    let hop = if connection.is_multiple_of(2) { Hop::Publisher } else { Hop::Subscriber };
    (hop, (connection / 2) as u8)
}
