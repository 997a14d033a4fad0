//! Bytes that may hold many packets, and the version they are read by.

use crate::codec::{self, Direction, Frame, Packet, PacketType, Spans, Version};

use super::conversation::{Conversation, Heard};
use super::diagnosis::Place;
use super::json;
use super::node::Dissection;
use super::text::{self, said};

/// A packet and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamPacket {
    /// Its first byte, counted from the first of all.
    pub offset: usize,
    /// The packet explained; its offsets count from its own first byte, those in messages from the first of all.
    pub dissection: Dissection,
}

/// Bytes cut into packets, each explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DissectedStream {
    /// The packets in order; a last one may be incomplete.
    pub packets: Vec<StreamPacket>,
    /// The version that the first packet was read by.
    pub version: Version,
    /// Whether nothing else would fit.
    pub certain: bool,
    /// Where the version comes from, as a sentence.
    pub reason: String,
}

/// Reads bytes as packets of one connection, in one direction or both. A CONNECT sets the version for what follows it
/// and begins a connection; before the first one it is `version`, or the likeliest. Behind a malformed
/// packet reading goes on where it claims to end; what cannot be cut any further is one last packet.
pub fn dissect_stream(bytes: &[u8], version: Option<Version>) -> DissectedStream {
    let (first, certain, reason) = first_version(bytes, version);
    let mut listener = Listener::new(bytes, first);
    let packets = core::iter::from_fn(|| {
        let (offset, heard) = listener.next(bytes)?;
        dissect_heard(bytes, offset, &heard)
    });
    DissectedStream { packets: packets.collect(), version: first, certain, reason }
}

/// Hears the packets of pasted bytes one after the other, each with what those before it have settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    conversation: Conversation,
    /// Who sends all of it, where that is known.
    way: Option<Direction>,
    /// Who sends what begins at these bytes, told by whoever brought them; the type does not count there.
    told: Vec<(usize, Option<Direction>)>,
    at: usize,
    /// Whose connection is open, as its CONNECT says.
    open: Option<Box<[u8]>>,
}

impl Listener {
    /// For all of `bytes`; `version` is that of the first packet.
    pub fn new(bytes: &[u8], version: Version) -> Self {
        Self {
            conversation: Conversation::new(version),
            way: one_way(bytes, version),
            told: vec![],
            at: 0,
            open: None,
        }
    }

    /// As [`new`](Self::new), for bytes of which it is known who sends them: from each of these offsets on, in their
    /// order.
    pub fn with_ways(bytes: &[u8], version: Version, told: Vec<(usize, Option<Direction>)>) -> Self {
        Self { told, ..Self::new(bytes, version) }
    }

    /// Bytes heard so far.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Where the next packet of the same bytes begins, and what was heard; `None` behind the last one. Its words are
    /// those of [`dissect_heard`].
    pub fn next(&mut self, bytes: &[u8]) -> Option<(usize, Heard)> {
        let (offset, frame) = self.cut(bytes)?;
        let way = self.told_at(offset).or_else(|| self.sender(frame));
        self.tell_apart(frame);
        Some((offset, self.conversation.hear(frame, way)))
    }

    /// Looks for a second connection within the first one: nobody can tell then which packet is whose.
    fn tell_apart(&mut self, frame: &[u8]) {
        if is_connect(frame) {
            let version = self.conversation.context(Direction::ToServer).version;
            let annotated = codec::annotate(frame, version, &mut Spans::new());
            if let Some(Packet::Connect(connect)) = annotated.packet {
                let client = connect.client_id.as_bytes();
                if self.open.as_deref().is_some_and(|open| open != client) {
                    self.conversation.take_apart();
                }
                self.open = Some(client.into());
            }
        } else if frame.first().is_some_and(|byte| byte >> 4 == PacketType::Disconnect.nibble()) {
            self.open = None;
        }
    }

    /// The next packet's bytes.
    fn cut<'a>(&mut self, bytes: &'a [u8]) -> Option<(usize, &'a [u8])> {
        let offset = self.at;
        let (_, frame) = frames(bytes.get(offset..)?).next()?;
        self.at += frame.len();
        Some((offset, frame))
    }

    fn told_at(&self, offset: usize) -> Option<Direction> {
        let behind = self.told.partition_point(|(from, _)| *from <= offset);
        self.told.get(behind.checked_sub(1)?)?.1
    }

    /// Who sends a packet, as far as its type or the whole tells.
    fn sender(&self, frame: &[u8]) -> Option<Direction> {
        let version = self.conversation.context(Direction::ToServer).version;
        sender(frame, version).or(self.way)
    }
}

/// The packet at `offset` in words, with what was heard of it.
pub fn dissect_heard(bytes: &[u8], offset: usize, heard: &Heard) -> Option<StreamPacket> {
    let (_, frame) = frames(bytes.get(offset..)?).next()?;
    Some(StreamPacket { offset, dissection: heard.explain(frame, Place::in_stream(offset)) })
}

fn sender(frame: &[u8], version: Version) -> Option<Direction> {
    PacketType::from_nibble(frame.first()? >> 4)?.sender(version)
}

/// The sender of all packets: that of the CONNECT or CONNACK which they begin with, if nothing comes from the other.
fn one_way(bytes: &[u8], version: Version) -> Option<Direction> {
    let begins = [PacketType::Connect, PacketType::ConnAck].map(|packet| packet.nibble());
    let first = bytes.first().filter(|byte| begins.contains(&(*byte >> 4)))?;
    let way = sender(&[*first], version)?;
    let other = |(_, frame): (usize, &[u8])| sender(frame, version) == Some(way.reversed());
    (!frames(bytes).any(other)).then_some(way)
}

/// By which version [`dissect_stream`] begins to read, whether nothing else would fit, and why.
pub fn stream_version(bytes: &[u8], version: Option<Version>) -> (Version, bool, String) {
    first_version(bytes, version)
}

/// The packets that [`dissect_stream`] finds, each as a JSON object. Each stands for itself: all its offsets, those in
/// messages too, count from its own first byte.
///
/// An object has `version` (`3.1`, `3.1.1` or `5.0`), `packet` (the type in the standard's capitals, or `RESERVED` for
/// type 0), `length` (its bytes here), `fields` and `errors` (the broken rules in reading order).
///
/// A field has `name` (the standard's), `offset` and `length` in bytes, `bit_offset` (from the most significant) and
/// `bit_length` if it is some bits, `value` (`null` of a group, a boolean, a number, or a string: of binary data in
/// lower-case hex), `text` (the value as people read it), `statement` (the one that governs it most) if there is
/// one, and `children` if it has any. An error has `offset`, `bit_offset` where it is about bits, `statement`,
/// `expected`, `found` and `message`.
#[derive(Debug)]
pub struct JsonReports<'a> {
    bytes: &'a [u8],
    listener: Listener,
    spans: Spans,
}

impl<'a> JsonReports<'a> {
    /// Of all of `bytes`; `version` as in [`dissect_stream`].
    pub fn new(bytes: &'a [u8], version: Option<Version>) -> Self {
        let (first, ..) = first_version(bytes, version);
        Self { bytes, listener: Listener::new(bytes, first), spans: Spans::new() }
    }

    /// Appends the next packet's object without spaces or line breaks; `false` behind the last one.
    pub fn next(&mut self, out: &mut String) -> bool {
        let Some((_, frame)) = self.listener.cut(self.bytes) else { return false };
        let way = self.listener.sender(frame);
        self.listener.tell_apart(frame);
        let (_, annotated, found) = self.listener.conversation.listen(frame, way, &mut self.spans);
        json::write(out, frame, &annotated, &self.spans, &found.faults);
        true
    }
}

/// The packets' bytes with their offsets, each up to its claimed end.
fn frames(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let left = bytes.get(at..).filter(|left| !left.is_empty())?;
        let len = match codec::measure(left) {
            Frame::Len { total, .. } => total.min(left.len()),
            Frame::More | Frame::Malformed => left.len(),
        };
        let offset = at;
        at += len;
        Some((offset, &left[..len]))
    })
}

fn is_connect(frame: &[u8]) -> bool {
    frame.first().is_some_and(|byte| byte >> 4 == PacketType::Connect.nibble())
}

fn first_version(bytes: &[u8], asked: Option<Version>) -> (Version, bool, String) {
    if let Some((offset, frame)) = frames(bytes).next().filter(|(_, frame)| is_connect(frame)) {
        let mut spans = Spans::new();
        let annotated = codec::annotate(frame, asked.unwrap_or(Version::V311), &mut spans);
        let level = spans.spans().iter().find(|span| span.field() == codec::Field::ProtocolLevel);
        if let Some(level) = level {
            let at = text::offset(offset + level.offset as usize, 4);
            let reason = said(&["Byte ", &at, " of the CONNECT says ", annotated.version.as_str(), "."]);
            return (annotated.version, true, reason);
        }
    }
    match asked {
        Some(version) => (version, true, said(&["Read as ", version.as_str(), ", as chosen."])),
        None => guess(bytes),
    }
}

/// How well a version fits what stands before the first CONNECT.
struct Fit {
    faults: usize,
    /// Payloads that cannot be read as text: properties read as payload look like that.
    unreadable: usize,
}

/// Packets that are enough to tell a version by.
const TELLING: usize = 1000;

fn fit(bytes: &[u8], version: Version) -> Fit {
    let mut spans = Spans::new();
    let mut fit = Fit { faults: 0, unreadable: 0 };
    for (_, frame) in frames(bytes).take_while(|(_, frame)| !is_connect(frame)).take(TELLING) {
        let annotated = codec::annotate(frame, version, &mut spans);
        fit.faults += spans.faults().len();
        if let Some(Packet::Publish(publish)) = annotated.packet {
            fit.unreadable += usize::from(text::readable(publish.payload).is_none());
        }
    }
    fit
}

fn guess(bytes: &[u8]) -> (Version, bool, String) {
    let (old, new) = (fit(bytes, Version::V311), fit(bytes, Version::V5));
    let oldest = || fit(bytes, Version::V31).faults == 0;
    let (version, certain, why) = match (old.faults, new.faults) {
        (0, 0) if new.unreadable < old.unreadable => {
            (Version::V5, false, "without a broken rule, and its payloads can be read as text")
        }
        (0, 0) => (Version::V311, false, "without a broken rule; 5.0 would fit too"),
        (0, _) => (Version::V311, true, "without a broken rule, as 5.0 they have some"),
        (_, 0) => (Version::V5, true, "without a broken rule, as 3.1.1 they have some"),
        // 3.1 section 2.1: its SUBSCRIBE, UNSUBSCRIBE and PUBREL may carry DUP.
        _ if oldest() => (Version::V31, true, "without a broken rule, as 3.1.1 and 5.0 they have some"),
        (old, new) if new < old => (Version::V5, false, "with fewer broken rules than as 3.1.1"),
        (old, new) if old < new => (Version::V311, false, "with fewer broken rules than as 5.0"),
        _ => (Version::V311, false, "no better and no worse than as 5.0"),
    };
    (version, certain, said(&["No CONNECT tells the version: read as ", version.as_str(), " ", why, "."]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::parse_hex;

    fn read(hex: &str) -> DissectedStream {
        dissect_stream(&parse_hex(hex).expect("hex"), None)
    }

    #[test]
    fn a_version_is_told_by_what_only_it_allows() {
        let told = |hex| {
            let stream = read(hex);
            (stream.version, stream.certain)
        };
        assert_eq!(told("40 02 0007"), (Version::V311, false));
        assert_eq!(told("40 03 0007 10"), (Version::V5, true), "a reason code");
        assert_eq!(told("82 06 0007 0001 61 01"), (Version::V311, true), "no room for properties");
        // 3.1 section 2.1: a SUBSCRIBE sent again
        let stream = read("8a 06 0007 0001 61 01");
        assert_eq!((stream.version, stream.certain), (Version::V31, true));
        let reason = "No CONNECT tells the version: read as 3.1 without a broken rule, as 3.1.1 and 5.0 they have some.";
        assert_eq!(stream.reason, reason);
        assert_eq!(told("8a 06 0007 0001 61 07"), (Version::V5, false), "broken whatever it is");
    }

    #[test]
    fn a_stream_is_read_as_one_connection() {
        let connect = "10 0e 0004 4d515454 05 02 003c 00 0001 63";
        let named = "30 0a 0003 612f62 03 23 0003 78";
        let alias = "30 07 0000 03 23 0003 79";
        let topics = |stream: &DissectedStream| -> Vec<Option<String>> {
            stream.packets.iter().map(|packet| packet.dissection.topic.clone()).collect()
        };
        // From one side, whose CONNECT says so: aliases are held to their names.
        let stream = read(&[connect, named, alias].join(" "));
        assert_eq!(topics(&stream)[1..], [Some("a/b".to_owned()), Some("a/b".to_owned())]);
        let stream = read(&[connect, alias].join(" "));
        assert_eq!(stream.packets[1].dissection.faults[0].statement, "5.0 section 3.3.2.3.4");
        // From both sides a PUBLISH may be anyone's: names are found, none is missed.
        let both = [connect, "20 06 00 00 03 22 000a", named, alias, "30 07 0000 03 23 0009 79", "d0 00"];
        let stream = read(&both.join(" "));
        assert_eq!(topics(&stream)[3], Some("a/b".to_owned()));
        assert!(stream.packets.iter().all(|packet| packet.dissection.is_valid()));
        // Two clients at once: each packet stands for itself.
        let other = "10 0e 0004 4d515454 05 02 003c 00 0001 64";
        let stream = read(&[connect, other, named, "e0 00", "d0 00", "40 02 0007"].join(" "));
        assert!(stream.packets.iter().all(|packet| packet.dissection.is_valid()));
        // What only one side sends is held to its turn, and answers are matched.
        let stream = read("10 0d 0004 4d515454 04 02 003c 0001 63 d0 00 20 02 0000 40 02 0007");
        let dissection = |at: usize| &stream.packets[at].dissection;
        assert_eq!(dissection(1).faults[0].statement, "3.1.1 MQTT-3.2.0-1");
        assert!(dissection(2).is_valid());
        assert_eq!(dissection(3).remarks[0].statement, "3.1.1 MQTT-2.3.1-6");
    }
}
