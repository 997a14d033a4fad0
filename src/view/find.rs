//! Finding packets: by text, topic, packet type or identifier, a slice of the history at a time.

use crate::capture::{Capture, Frame, FrameId};
use crate::codec::{Packet, PacketType, decode};

/// Words are looked for in packets of all sizes, and a slice shall take no longer for that.
const FRAME_COST: usize = 64;

/// What is looked for: all of its terms have to match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// `id 7`: the packet identifier.
    Id(u16),
    /// `0x0007`: these bytes.
    Bytes(Vec<u8>),
    /// A word, in lower case: part of a packet type's name, of an end's name, or of the packet's text.
    Word(Vec<u8>),
}

impl Query {
    /// Reads what was typed; `None` if nothing was.
    ///
    /// Words are looked for without regard to upper and lower case (of ASCII letters) in the packet type, the names of
    /// both ends, and the bytes: topics, payloads, client identifiers. `id 7` is a packet identifier, `0x3c1f` bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut terms = Vec::new();
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let number = words.peek().and_then(|next| next.parse().ok());
            let term = match (word, number) {
                ("id" | "ID", Some(id)) => {
                    words.next();
                    Term::Id(id)
                }
                _ => match word.strip_prefix("0x").and_then(hex_bytes) {
                    Some(bytes) => Term::Bytes(bytes),
                    None => Term::Word(word.to_ascii_lowercase().into_bytes()),
                },
            };
            terms.push(term);
        }
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// Whether a packet is what is looked for.
    pub fn matches(&self, capture: &Capture, frame: &Frame) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Id(id) => packet_id(frame) == Some(*id),
            Term::Bytes(bytes) => frame.bytes.windows(bytes.len()).any(|it| it == &bytes[..]),
            Term::Word(word) => {
                let name = |end| capture.end(end).is_some_and(|end| contains(end.name.as_bytes(), word));
                let packet = frame.bytes.first().and_then(|first| PacketType::from_nibble(first >> 4));
                packet.is_some_and(|packet| contains(packet.name().as_bytes(), word))
                    || name(frame.from)
                    || name(frame.to)
                    || contains(&frame.bytes, word)
            }
        })
    }
}

fn hex_bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|it| it as u8);
    let pairs = digits.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    bytes.collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}

/// `word` is in lower case and not empty.
fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return true };
    let starts = text.len().saturating_sub(rest.len());
    text[..starts].iter().enumerate().any(|(at, byte)| {
        byte.to_ascii_lowercase() == *first && text[at + 1..][..rest.len()].eq_ignore_ascii_case(rest)
    })
}

fn packet_id(frame: &Frame) -> Option<u16> {
    let id = match decode(&frame.bytes, frame.version).ok()? {
        Packet::Publish(publish) => publish.packet_id?,
        Packet::PubAck(ack) | Packet::PubRec(ack) | Packet::PubRel(ack) | Packet::PubComp(ack) => {
            ack.packet_id
        }
        Packet::Subscribe(it) => it.packet_id,
        Packet::SubAck(it) => it.packet_id,
        Packet::Unsubscribe(it) => it.packet_id,
        Packet::UnsubAck(it) => it.packet_id,
        _ => return None,
    };
    Some(id.get())
}

/// A search that goes through a capture slice by slice, and on when the capture has grown.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    query: Option<Query>,
    next: FrameId,
    /// What was found so far, in order.
    pub found: Vec<FrameId>,
}

impl Finder {
    /// A search from the beginning; without a query it finds nothing.
    pub fn new(query: Option<Query>) -> Self {
        Self { query, ..Self::default() }
    }

    /// Looks at more packets, of about `bytes` bytes together; `true` once it has looked at all there are.
    pub fn advance(&mut self, capture: &Capture, bytes: usize) -> bool {
        let Some(query) = &self.query else { return true };
        let dropped = capture.dropped_frames();
        let gone = self.found.partition_point(|id| *id < dropped);
        self.found.drain(..gone);
        self.next = self.next.max(dropped);
        let mut left = bytes;
        while left > 0 {
            let Some(frame) = capture.frame(self.next) else { return true };
            if query.matches(capture, frame) {
                self.found.push(frame.id);
            }
            self.next += 1;
            left = left.saturating_sub(FRAME_COST + frame.bytes.len());
        }
        capture.frame(self.next).is_none()
    }
}

/// Which of `found` comes next after `from`, around the end; backwards if `back`. The first (last) without `from`.
pub fn neighbour(found: &[FrameId], from: Option<FrameId>, back: bool) -> Option<FrameId> {
    let last = found.len().checked_sub(1)?;
    let at = match (from, back) {
        (None, false) => 0,
        (None, true) => last,
        (Some(from), false) => found.partition_point(|id| *id <= from) % found.len(),
        (Some(from), true) => found.partition_point(|id| *id < from).checked_sub(1).unwrap_or(last),
    };
    found.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::EndRole;
    use crate::codec::{Direction, Version};
    use crate::time::Instant;
    use bytes::Bytes;

    const PACKETS: [&[u8]; 4] = [
        b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03Ann",
        b"\x34\x0b\x00\x04a/Hi\x00\x07on7",
        b"\x50\x02\x00\x07",
        b"\x40\x02\x00\x08",
    ];

    fn capture() -> Capture {
        let mut capture = Capture::new(1 << 20);
        let (client, broker) =
            (capture.add_end("pub1", EndRole::Client), capture.add_end("Broker", EndRole::Broker));
        for bytes in PACKETS {
            push(&mut capture, client, broker, bytes);
        }
        capture
    }

    fn push(capture: &mut Capture, from: u16, to: u16, bytes: &'static [u8]) {
        capture.push_frame(Frame {
            id: 0,
            link: 0,
            from,
            to,
            direction: Direction::ToServer,
            version: Version::V311,
            bytes: Bytes::from_static(bytes),
            sent: Instant::ZERO,
            sent_step: 0,
            end: None,
            due: None,
        });
    }

    fn found(text: &str) -> Vec<FrameId> {
        let mut finder = Finder::new(Query::parse(text));
        assert!(finder.advance(&capture(), 1 << 20));
        finder.found
    }

    #[test]
    fn packets_are_found_by_type_topic_text_identifier_and_bytes() {
        let all = [0, 1, 2, 3];
        for (text, expected) in [
            ("publish", &[1][..]),
            ("PUB", &all), // the end's name, too
            ("a/hi", &[1]),
            ("ANN", &[0]),
            ("on7", &[1]),
            ("id 7", &[1, 2]),
            ("id 8", &[3]),
            ("puback id 8", &[3]),
            ("id 7 pubrec", &[2]),
            ("0x0007", &[1, 2]),
            ("0x0", &[]), // half a byte is a word
            ("broker", &all),
            ("nowhere", &[]),
            ("id", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        assert_eq!(Query::parse("  "), None);
    }

    #[test]
    fn a_search_goes_on_slice_by_slice_and_with_the_capture() {
        let mut capture = capture();
        let mut finder = Finder::new(Query::parse("0x0007"));
        assert!(!finder.advance(&capture, 1));
        assert_eq!(finder.found, []);
        assert!(!finder.advance(&capture, 1));
        assert_eq!(finder.found, [1]);
        assert!(finder.advance(&capture, 1 << 20));
        push(&mut capture, 0, 1, PACKETS[2]);
        assert!(finder.advance(&capture, 1 << 20));
        assert_eq!(finder.found, [1, 2, 4]);
    }

    #[test]
    fn the_next_match_is_found_around_both_ends() {
        let found = [3, 5, 9];
        for (from, back, expected) in [
            (None, false, 3),
            (None, true, 9),
            (Some(4), false, 5),
            (Some(5), false, 9),
            (Some(9), false, 3),
            (Some(5), true, 3),
            (Some(3), true, 9),
        ] {
            assert_eq!(neighbour(&found, from, back), Some(expected), "{from:?} {back}");
        }
        assert_eq!(neighbour(&[], None, false), None);
    }
}
