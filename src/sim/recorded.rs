//! A session recorded elsewhere, played word for word. Both ends take note of each packet; what they would say to it by
//! themselves is owed until the recording has it, and what it never had is said where the recording ends.

use core::mem;

use bytes::Bytes;

use super::deliver::kind_of;
use super::notes;
use super::tape::Tape;
use super::world::{Station, World};
use crate::capture::LinkId;
use crate::client::{ClientStatus, Misbehaviour};
use crate::codec::{Direction, Frame, Packet, PacketType, decode, measure};

/// Packets owed on a connection; what would be one more is forgotten.
const MOST_OWED: usize = 1_000;

/// What the ends of a recorded connection would have sent.
pub(super) type Owed = Vec<(Direction, Bytes)>;

/// Keeps back what an end would send.
pub(super) fn owe(owed: &mut Owed, direction: Direction, bytes: Bytes) {
    // Who pings is told by the recording.
    if owed.len() < MOST_OWED && kind_of(&bytes) != Some(PacketType::PingReq) {
        owed.push((direction, bytes));
    }
}

impl World {
    /// A packet of the recording passes on the client's connection, which the first one opens. No bytes at all: the
    /// recording ends, and both ends go on by themselves.
    pub(super) fn recorded(&mut self, index: usize, direction: Direction, bytes: Bytes, tape: &mut Tape<'_>) {
        if bytes.is_empty() {
            return self.recording_ends(index, tape);
        }
        let (kind, now) = (kind_of(&bytes), self.now);
        let connects = kind == Some(PacketType::Connect) && direction == Direction::ToServer;
        let open = |world: &Self| world.stations.get(index).and_then(|station| station.link);
        if let (true, Some(before)) = (connects, open(self)) {
            self.cut(before, None, tape);
        }
        if open(self).is_none() {
            if self.brokers[self.broker_of(index)].stopped {
                // What was recorded cannot come about.
                if direction == Direction::ToServer {
                    let Some(end) = self.stations.get(index).map(|station| station.end) else { return };
                    self.note(end, Some(self.broker_end(index)), None, notes::nobody_listens(), tape);
                }
                return;
            }
            self.opened(index);
            let Some((link, end)) = open(self).zip(self.stations.get(index).map(|station| station.end))
            else {
                return;
            };
            if let Some(link) = self.links.of_mut(link) {
                link.owed = Some(Vec::new());
            }
            self.note(end, Some(self.broker_end(index)), Some(self.frames), notes::opened(), tape);
            if !connects {
                self.join(index, link, tape);
            }
        }
        let Some(id) = open(self) else { return };
        let Some(link) = self.links.of_mut(id).filter(|link| !link.refused) else { return };
        let (version, n) = (link.version, link.broker);
        if let Some(owed) = &mut link.owed {
            let said = |(way, known): &(Direction, Bytes)| *way == direction && kind_of(known) == kind;
            if let Some(at) = owed.iter().position(said) {
                owed.remove(at);
            }
            // Nothing fits behind a part of a packet.
            if !matches!(measure(&bytes), Frame::Len { total, .. } if total == bytes.len()) {
                owed.push((direction, Bytes::new()));
            }
        }
        match direction {
            Direction::ToServer => {
                self.with_client(index, None, tape, &mut |client| client.adopt(now, &bytes))
            }
            Direction::ToClient => {
                if let Ok(Packet::Publish(publish)) = decode(&bytes, version) {
                    self.brokers[n].broker.adopt(id, &publish);
                }
            }
        }
        self.send_under(id, direction, bytes, None, tape);
        // Not at a part of one: the client has not taken note of it.
        let offline = |station: &Station| station.client.status() == ClientStatus::Offline;
        let leaves = kind == Some(PacketType::Disconnect) && direction == Direction::ToServer;
        if leaves && self.stations.get(index).is_some_and(offline) {
            if let Some(link) = self.links.of_mut(id) {
                link.owed = None;
            }
            self.close(id, Direction::ToServer);
        }
    }

    /// The recording begins within a connection: both ends have agreed on it before, which nobody has seen.
    fn join(&mut self, index: usize, id: LinkId, tape: &mut Tape<'_>) {
        let now = self.now;
        self.with_client(index, None, tape, &mut |client| {
            // A client that may not connect stays as it is: the recording goes on without it.
            let _ = client.connect(now);
        });
        let n = self.links.of(id).map_or(0, |link| link.broker);
        for (_, connect) in self.take_owed(id) {
            self.with_broker(n, None, None, tape, &mut |broker, now, ear| {
                broker.handle_open(now, id);
                broker.handle_data(now, id, &connect, ear);
            });
        }
        if let Some(link) = self.links.of_mut(id) {
            link.accepted = true;
        }
        for (_, connack) in self.take_owed(id) {
            self.with_client(index, None, tape, &mut |client| {
                client.handle_data(now, &connack);
                let _ = client.misbehave(now, Misbehaviour::NoPings(true));
            });
        }
    }

    fn take_owed(&mut self, id: LinkId) -> Owed {
        self.links.of_mut(id).and_then(|link| link.owed.as_mut()).map(mem::take).unwrap_or_default()
    }

    /// Both ends send what they owe; where they do not agree on the connection any more, it ends.
    fn recording_ends(&mut self, index: usize, tape: &mut Tape<'_>) {
        let Some(station) = self.stations.get(index) else { return };
        let (offline, now) = (station.client.status() == ClientStatus::Offline, self.now);
        let Some(id) = station.link else { return };
        let Some(link) = self.links.of_mut(id) else { return };
        let (Some(owed), n) = (link.owed.take(), link.broker) else { return };
        let agreed = self.brokers[n].broker.sessions().any(|session| session.connection() == Some(id));
        if offline || !agreed || owed.iter().any(|(_, bytes)| bytes.is_empty()) {
            return self.cut(id, None, tape);
        }
        for (direction, bytes) in owed {
            self.send_under(id, direction, bytes, None, tape);
        }
        self.with_client(index, None, tape, &mut |client| {
            let _ = client.misbehave(now, Misbehaviour::NoPings(false));
        });
    }
}
