//! Which frames belong together: a packet, its acknowledgements, and the whole QoS 1 or QoS 2 exchange.

use litemap::LiteMap;

use super::record::{EndId, Fate, Frame, FrameId};
use crate::codec::{Direction, Packet, PacketId, decode};

/// A frame's place among the frames that belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The first frame of its exchange: the CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE or PINGREQ.
    pub opener: Option<FrameId>,
    /// The frame that this one answers.
    pub answers: Option<FrameId>,
    /// The frame that answers this one.
    pub answered_by: Option<FrameId>,
}

/// What waits for an answer: who sends the answer, and what it will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Waits {
    ConnAck,
    PubAck(PacketId),
    PubRec(PacketId),
    PubRel(PacketId),
    PubComp(PacketId),
    SubAck(PacketId),
    UnsubAck(PacketId),
    PingResp,
}

/// Matches packets with their acknowledgements, frame by frame as they are sent (3.1.1 section 4.3, 5.0 section 4.3).
///
/// An exchange outlives its connection: what is sent again after a reconnect joins the exchange it goes on with.
/// After a [`super::Capture::truncate`], build it anew.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    links: Vec<Link>,
    first: FrameId,
    /// By client, by who is to answer, by what with: the frame that waits.
    waiting: LiteMap<(EndId, Direction, Waits), FrameId>,
    /// By client, direction and identifier: the last PUBLISH. Its answer may have been lost: then a copy comes, although
    /// nothing waits any more.
    published: LiteMap<(EndId, Direction, PacketId), FrameId>,
}

impl Exchange {
    /// Nothing matched yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next frame; frames come in the order of their numbers, without gaps.
    pub fn push(&mut self, frame: &Frame) {
        if self.links.is_empty() {
            self.first = frame.id;
        }
        let mut link = Link::default();
        if let Ok(packet) = decode(&frame.bytes, frame.version) {
            let client = if frame.direction == Direction::ToServer { frame.from } else { frame.to };
            let (answer, question) = roles(&packet);
            if let Some(waits) = answer
                && let Some(asked) = self.waiting.remove(&(client, frame.direction, waits))
            {
                link.answers = Some(asked);
                link.opener = self.link(asked).and_then(|l| l.opener);
                if let Some(asked) = self.link_mut(asked) {
                    asked.answered_by = Some(frame.id);
                }
            }
            if let Some(waits) = question {
                let before = self.waiting.insert((client, frame.direction.reversed(), waits), frame.id);
                let resent = sent_again(&packet).then_some(before).flatten();
                let publish = match packet {
                    Packet::Publish(publish) => publish.packet_id,
                    _ => None,
                };
                let last =
                    publish.and_then(|id| self.published.insert((client, frame.direction, id), frame.id));
                let resent = resent.or(last.filter(|_| sent_again(&packet)));
                let opener = resent.and_then(|first| self.link(first)?.opener);
                link.opener = link.opener.or(opener).or(Some(frame.id));
            }
        }
        self.links.push(link);
    }

    /// A frame's place among its own.
    pub fn link(&self, id: FrameId) -> Option<Link> {
        self.links.get(id.checked_sub(self.first)? as usize).copied()
    }

    fn link_mut(&mut self, id: FrameId) -> Option<&mut Link> {
        self.links.get_mut(id.checked_sub(self.first)? as usize)
    }
}

/// Whether the packet says (or shows) that it goes on with an earlier exchange.
fn sent_again(packet: &Packet<'_>) -> bool {
    match packet {
        Packet::Publish(publish) => publish.dup,
        Packet::PubRel(_) => true,
        _ => false,
    }
}

/// What the packet answers, and what it waits for itself.
fn roles(packet: &Packet<'_>) -> (Option<Waits>, Option<Waits>) {
    use Waits as W;
    match packet {
        Packet::Connect(_) => (None, Some(W::ConnAck)),
        Packet::ConnAck(_) => (Some(W::ConnAck), None),
        Packet::Publish(p) => (
            None,
            p.packet_id.map(|id| match p.qos {
                crate::codec::QoS::ExactlyOnce => W::PubRec(id),
                _ => W::PubAck(id),
            }),
        ),
        Packet::PubAck(a) => (Some(W::PubAck(a.packet_id)), None),
        Packet::PubRec(a) if a.reason.is_error() => (Some(W::PubRec(a.packet_id)), None),
        Packet::PubRec(a) => (Some(W::PubRec(a.packet_id)), Some(W::PubRel(a.packet_id))),
        Packet::PubRel(a) => (Some(W::PubRel(a.packet_id)), Some(W::PubComp(a.packet_id))),
        Packet::PubComp(a) => (Some(W::PubComp(a.packet_id)), None),
        Packet::Subscribe(s) => (None, Some(W::SubAck(s.packet_id))),
        Packet::SubAck(s) => (Some(W::SubAck(s.packet_id)), None),
        Packet::Unsubscribe(s) => (None, Some(W::UnsubAck(s.packet_id))),
        Packet::UnsubAck(s) => (Some(W::UnsubAck(s.packet_id)), None),
        Packet::PingReq => (None, Some(W::PingResp)),
        Packet::PingResp => (Some(W::PingResp), None),
        Packet::Disconnect(_) | Packet::Auth(_) => (None, None),
    }
}

/// The time from a packet's sending to its answer's arrival, as its sender saw it.
pub fn round_trip(asked: &Frame, answer: &Frame) -> Option<core::time::Duration> {
    match answer.end {
        Some((_, Fate::Delivered { at })) => Some(at.since(asked.sent)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Version;
    use crate::time::Instant;
    use bytes::Bytes;

    fn exchange(frames: &[(Direction, &'static [u8])]) -> Exchange {
        let mut exchange = Exchange::new();
        for (i, (direction, bytes)) in frames.iter().enumerate() {
            let to_server = *direction == Direction::ToServer;
            exchange.push(&Frame {
                id: i as FrameId,
                link: i as u32 / 3,
                from: if to_server { 1 } else { 0 },
                to: if to_server { 0 } else { 1 },
                direction: *direction,
                version: Version::V311,
                bytes: Bytes::from_static(bytes),
                sent: Instant::ZERO,
                sent_step: i as u32,
                end: None,
                due: None,
            });
        }
        exchange
    }

    const UP: Direction = Direction::ToServer;
    const DOWN: Direction = Direction::ToClient;

    #[test]
    fn a_qos_2_exchange_is_one_also_across_a_reconnect() {
        let publish: &[u8] = &[0x34, 0x05, 0x00, 0x01, b't', 0x00, 0x07];
        let again: &[u8] = &[0x3c, 0x05, 0x00, 0x01, b't', 0x00, 0x07];
        let exchange = exchange(&[
            (UP, publish),
            (UP, again),
            (DOWN, &[0x50, 0x02, 0x00, 0x07]),
            (UP, &[0x62, 0x02, 0x00, 0x07]),
            (UP, &[0x62, 0x02, 0x00, 0x07]),
            (DOWN, &[0x70, 0x02, 0x00, 0x07]),
        ]);
        for id in 0..6 {
            assert_eq!(exchange.link(id).and_then(|l| l.opener), Some(0), "frame {id}");
        }
        assert_eq!(exchange.link(2).and_then(|l| l.answers), Some(1));
        assert_eq!(exchange.link(1).and_then(|l| l.answered_by), Some(2));
        assert_eq!(exchange.link(5).and_then(|l| l.answers), Some(4));
    }

    #[test]
    fn the_same_identifier_the_other_way_is_another_exchange() {
        let publish: &[u8] = &[0x32, 0x05, 0x00, 0x01, b't', 0x00, 0x07];
        let puback: &[u8] = &[0x40, 0x02, 0x00, 0x07];
        let exchange = exchange(&[(UP, publish), (DOWN, publish), (UP, puback), (DOWN, puback)]);
        assert_eq!(exchange.link(2).and_then(|l| l.answers), Some(1));
        assert_eq!(exchange.link(3).and_then(|l| l.answers), Some(0));
    }
}
