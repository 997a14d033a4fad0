//! Who sends the packets of which neither the text nor their type tells it: what stands around them does.

use std::collections::BTreeMap;

use super::decode::{Entry, Index};
use super::session::Owners;
use crate::codec::{
    Direction, Packet, PacketId, PacketType, Publish, QoS, ReasonCode, Spans, annotate_in, decode,
};
use crate::topic;

/// What is known of one client's connection.
#[derive(Default)]
struct Talk {
    /// Exchanges that go on: their identifier, who began them, and the answer that comes next.
    open: Vec<(PacketId, Direction, PacketType)>,
    /// What the client has asked for, with the highest QoS that it wants.
    filters: Vec<(String, QoS)>,
    /// How often the client has got a message that was published here.
    got: BTreeMap<Vec<u8>, usize>,
    /// Who has sent AUTH last.
    authenticated: Option<Direction>,
}

/// Who sends each of the first `most` packets; where all else fails, the client.
///
/// An answer goes against what it answers, PUBREL with its PUBLISH. A message comes from the broker where only it may
/// send such a packet, or where the client has asked for it and does not send it itself.
pub(super) fn senders(bytes: &[u8], index: &Index, owners: &Owners, most: usize) -> Vec<Direction> {
    let mut talks: BTreeMap<u16, Talk> = BTreeMap::new();
    // Messages from clients, and how often each was sent.
    let mut sent: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let entries = &index.entries[..index.entries.len().min(most)];
    let packets: Vec<(u16, Option<Packet<'_>>)> = entries
        .iter()
        .map(|entry| {
            let frame = bytes.get(entry.offset..entry.offset + entry.len).unwrap_or(&[]);
            (owner(owners, entry.offset), decode(frame, entry.version).ok())
        })
        .collect();
    let mut ways = Vec::with_capacity(entries.len());
    for (at, (entry, (number, packet))) in entries.iter().zip(&packets).enumerate() {
        let told = entry.way().or_else(|| only_way(bytes, entry));
        let talk = talks.entry(*number).or_default();
        let way = match packet {
            Some(Packet::Publish(publish)) => {
                let comes_again = || {
                    let behind = packets[at + 1..].iter().filter(|it| it.0 == *number);
                    behind.filter_map(|it| it.1.as_ref()).any(|it| is_same(it, publish))
                };
                talk.publish(publish, told, &mut sent, comes_again)
            }
            Some(packet) => talk.other(packet, told),
            None => told.unwrap_or(Direction::ToServer),
        };
        ways.push(way);
    }
    ways
}

/// Whose packet begins at a byte.
pub(super) fn owner(owners: &Owners, offset: usize) -> u16 {
    let behind = owners.partition_point(|(from, _)| *from <= offset);
    behind.checked_sub(1).map_or(0, |at| owners[at].1)
}

/// The one side that may send a packet with such contents, if only one may.
fn only_way(bytes: &[u8], entry: &Entry) -> Option<Direction> {
    let frame = bytes.get(entry.offset..entry.offset + entry.len)?;
    let mut spans = Spans::new();
    let mut sound = |way| {
        let _ = annotate_in(frame, &entry.heard.context.towards(way), &mut spans);
        spans.faults().is_empty()
    };
    match (sound(Direction::ToServer), sound(Direction::ToClient)) {
        (true, false) => Some(Direction::ToServer),
        (false, true) => Some(Direction::ToClient),
        _ => None,
    }
}

/// What makes two packets the same message.
fn message(publish: &Publish<'_>) -> Vec<u8> {
    [publish.topic.as_bytes(), &[0], publish.payload].concat()
}

fn is_same(packet: &Packet<'_>, publish: &Publish<'_>) -> bool {
    matches!(packet, Packet::Publish(it) if (it.topic, it.payload) == (publish.topic, publish.payload) && !it.dup)
}

impl Talk {
    fn publish(
        &mut self,
        publish: &Publish<'_>,
        told: Option<Direction>,
        sent: &mut BTreeMap<Vec<u8>, usize>,
        comes_again: impl FnOnce() -> bool,
    ) -> Direction {
        let message = message(publish);
        let published = sent.get(&message).copied().unwrap_or(0);
        let got = self.got.get(&message).copied().unwrap_or(0);
        let wanted = self.filters.iter().any(|(filter, qos)| {
            *qos >= publish.qos
                && topic::matches(topic::share_name(filter).map_or(filter, |it| it.1), publish.topic)
        });
        // Of what a client publishes and has asked for it gets a copy, which follows.
        let copy = wanted && (published > got || publish.retain || !comes_again());
        let way = told.unwrap_or(if copy { Direction::ToClient } else { Direction::ToServer });
        let count = match way {
            Direction::ToServer => sent,
            Direction::ToClient => &mut self.got,
        };
        *count.entry(message).or_default() += 1;
        if let Some(id) = publish.packet_id {
            let exactly_once = publish.qos == QoS::ExactlyOnce;
            self.await_answer(id, way, if exactly_once { PacketType::PubRec } else { PacketType::PubAck });
        }
        way
    }

    fn other(&mut self, packet: &Packet<'_>, told: Option<Direction>) -> Direction {
        use PacketType as P;
        match packet {
            Packet::Connect(_) => *self = Self::default(),
            Packet::Subscribe(it) => {
                self.filters
                    .extend(it.filters.iter().map(|(filter, options)| (filter.to_owned(), options.qos)));
            }
            Packet::Unsubscribe(it) => {
                let gone = |filter: &str| it.filters.iter().any(|it| it == filter);
                self.filters.retain(|(filter, _)| !gone(filter));
            }
            Packet::PubAck(ack) => return self.answer(ack.packet_id, told, &[P::PubAck], None),
            Packet::PubRec(ack) => {
                let next = (!ack.reason.is_error()).then_some(P::PubRel);
                return self.answer(ack.packet_id, told, &[P::PubRec, P::PubRel, P::PubComp], next);
            }
            Packet::PubRel(ack) => {
                // It goes the way of its PUBLISH.
                let told = told.map(Direction::reversed);
                let awaited = [P::PubRel, P::PubComp, P::PubRec];
                return self.answer(ack.packet_id, told, &awaited, Some(P::PubComp)).reversed();
            }
            Packet::PubComp(ack) => return self.answer(ack.packet_id, told, &[P::PubComp, P::PubRel], None),
            Packet::Auth(auth) => {
                // The client begins, by its CONNECT or by asking anew; then they take turns.
                let anew = auth.code == ReasonCode(0x19);
                let turn = self.authenticated.map_or(Direction::ToClient, Direction::reversed);
                let way = told.unwrap_or(if anew { Direction::ToServer } else { turn });
                self.authenticated = Some(way);
                return way;
            }
            // 5.0 section 3.14.2.1: what only a server says.
            Packet::Disconnect(it) if matches!(it.code.0, 0x87 | 0x89 | 0x8b | 0x8d..=0x8f | 0x9a..=0xa2) => {
                return told.unwrap_or(Direction::ToClient);
            }
            _ => {}
        }
        told.unwrap_or(Direction::ToServer)
    }

    fn await_answer(&mut self, id: PacketId, publisher: Direction, next: PacketType) {
        self.open.retain(|it| (it.0, it.1) != (id, publisher));
        self.open.push((id, publisher, next));
    }

    /// Who sends an answer to the publisher of `id`: the earliest exchange that waits for it counts, for the likeliest
    /// of `awaited`. Where none was seen a client has published.
    fn answer(
        &mut self,
        id: PacketId,
        told: Option<Direction>,
        awaited: &[PacketType],
        next: Option<PacketType>,
    ) -> Direction {
        let fits = |it: &&(PacketId, Direction, PacketType), wanted: &PacketType| {
            it.0 == id && it.2 == *wanted && told.is_none_or(|way| way == it.1.reversed())
        };
        let known = awaited.iter().find_map(|wanted| self.open.iter().find(|it| fits(it, wanted)));
        let publisher = known.map_or(told.map_or(Direction::ToServer, Direction::reversed), |it| it.1);
        match next {
            Some(next) => self.await_answer(id, publisher, next),
            None => self.open.retain(|it| (it.0, it.1) != (id, publisher)),
        }
        publisher.reversed()
    }
}
