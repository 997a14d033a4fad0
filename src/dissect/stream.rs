//! Bytes that may hold many packets, and the version they are read by.

use std::collections::{BTreeMap, BTreeSet};

use crate::codec::{self, Direction, FaultKind, Frame, Packet, PacketType, Spans, Version};

use super::conversation::{Conversation, Heard};
use super::diagnosis::Place;
use super::json;
use super::node::Dissection;
use super::text::{self, said};
use super::unusual::unusual;

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
    let (first, certain, reason) = first_version(bytes, version, &[]);
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
    /// That of the first packet, and the one that was chosen.
    version: Version,
    asked: Option<Version>,
    /// The clients heard so far.
    talks: BTreeMap<u16, Talk>,
    /// Whose the packets are that begin at these bytes, where there are several clients.
    clients: Vec<(usize, u16)>,
    /// Who sends all of it, where that is known.
    way: Option<Direction>,
    /// Who sends what begins at these bytes, told by whoever brought them; the type does not count there.
    told: Vec<(usize, Option<Direction>)>,
    at: usize,
}

/// What is said with one client.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Talk {
    conversation: Conversation,
    /// Whose connection is open, as its CONNECT says.
    open: Option<Box<[u8]>>,
    /// The versions that its packets had, the last one at the end.
    versions: Vec<Version>,
}

impl Listener {
    /// For all of `bytes`; `version` is that of the first packet.
    pub fn new(bytes: &[u8], version: Version) -> Self {
        Self {
            version,
            asked: None,
            talks: BTreeMap::new(),
            clients: vec![],
            way: one_way(bytes, version),
            told: vec![],
            at: 0,
        }
    }

    /// As [`new`](Self::new), for bytes of which it is known who sends them: from each of these offsets on, in their
    /// order.
    pub fn with_ways(bytes: &[u8], version: Version, told: Vec<(usize, Option<Direction>)>) -> Self {
        Self { told, ..Self::new(bytes, version) }
    }

    /// The same, with whose the packets are from each of these offsets on, in their order: each client has a connection
    /// and a version of its own, told by its CONNECT, else `asked`, else the likeliest for its packets.
    #[must_use]
    pub fn with_clients(self, asked: Option<Version>, clients: Vec<(usize, u16)>) -> Self {
        Self { asked, clients: several(clients), ..self }
    }

    /// Bytes heard so far.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Where the next packet of the same bytes begins, and what was heard; `None` behind the last one. Its words are
    /// those of [`dissect_heard`].
    pub fn next(&mut self, bytes: &[u8]) -> Option<(usize, Heard)> {
        let (offset, frame, way, conversation) = self.turn(bytes)?;
        Some((offset, conversation.hear(frame, way)))
    }

    /// The next packet, who sends it as far as that is known, and the connection that it belongs to.
    fn turn<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> Option<(usize, &'a [u8], Option<Direction>, &mut Conversation)> {
        let offset = self.at;
        let (_, frame) = frames(bytes.get(offset..)?).next()?;
        self.at += frame.len();
        let client = client_at(&self.clients, offset);
        if !self.talks.contains_key(&client) {
            let first = match self.asked {
                _ if self.talks.is_empty() => self.version,
                Some(version) => version,
                None => guess(frames_of(bytes, offset, &self.clients, client).take(TELLING)).0,
            };
            self.talks.insert(client, Talk::new(first));
        }
        let told = self.told_at(offset);
        let talk = self.talks.get_mut(&client)?;
        let way = told.or_else(|| sender(frame, talk.version())).or(self.way);
        talk.tell_apart(frame);
        Some((offset, frame, way, &mut talk.conversation))
    }

    fn told_at(&self, offset: usize) -> Option<Direction> {
        let behind = self.told.partition_point(|(from, _)| *from <= offset);
        self.told.get(behind.checked_sub(1)?)?.1
    }
}

impl Talk {
    fn new(version: Version) -> Self {
        Self { conversation: Conversation::new(version), open: None, versions: vec![version] }
    }

    const fn version(&self) -> Version {
        self.conversation.context(Direction::ToServer).version
    }

    /// Looks for a second connection within the first one: nobody can tell then which packet is whose, and each is
    /// read by the version that fits it.
    fn tell_apart(&mut self, frame: &[u8]) {
        if is_connect(frame) {
            let annotated = codec::annotate(frame, self.version(), &mut Spans::new());
            if let Some(Packet::Connect(connect)) = annotated.packet {
                self.versions.retain(|it| *it != connect.version);
                self.versions.push(connect.version);
                let client = connect.client_id.as_bytes();
                if self.open.as_deref().is_some_and(|open| open != client) {
                    self.conversation.take_apart(connect.version);
                }
                self.open = Some(client.into());
            }
        } else {
            if frame.first().is_some_and(|byte| byte >> 4 == PacketType::Disconnect.nibble()) {
                self.open = None;
            }
            if self.conversation.is_apart() && self.versions.len() > 1 {
                let one = core::iter::once(frame);
                let rank = |it: &&Version| {
                    let fit = fit(one.clone(), **it);
                    (fit.faults, fit.unreadable)
                };
                // Among equals that of the last CONNECT.
                let version = self.versions.iter().rev().min_by_key(rank).copied();
                self.conversation.take_apart(version.unwrap_or(Version::V311));
            }
        }
    }
}

/// Whose the packets are, if they are not all one's.
fn several(clients: Vec<(usize, u16)>) -> Vec<(usize, u16)> {
    let some: BTreeSet<u16> = clients.iter().map(|it| it.1).take(1 << 20).collect();
    if some.len() > 1 { clients } else { vec![] }
}

fn client_at(clients: &[(usize, u16)], offset: usize) -> u16 {
    let behind = clients.partition_point(|(from, _)| *from <= offset);
    behind.checked_sub(1).map_or(0, |at| clients[at].1)
}

/// One client's packets, from `offset` on, among so many that it takes no time to look at them.
fn frames_of<'a>(
    bytes: &'a [u8],
    offset: usize,
    clients: &'a [(usize, u16)],
    client: u16,
) -> impl Iterator<Item = &'a [u8]> + Clone {
    let all = frames(bytes.get(offset..).unwrap_or(&[])).take(2 * TELLING);
    let own = move |(at, _): &(usize, &[u8])| client_at(clients, offset + at) == client;
    all.filter(own).map(|it| it.1)
}

/// The packet at `offset` in words, with what was heard of it.
pub fn dissect_heard(bytes: &[u8], offset: usize, heard: &Heard) -> Option<StreamPacket> {
    let (_, frame) = frames(bytes.get(offset..)?).next()?;
    let place = Place::in_stream(offset);
    let mut dissection = heard.explain(frame, place);
    dissection.remarks.extend(unusual(&dissection, place));
    Some(StreamPacket { offset, dissection })
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
    (!frames(bytes).any(other) && !has_answers(bytes, version)).then_some(way)
}

/// Whether messages and the answers to them stand among the bytes, and no answer to what is not there: then both sides
/// are there, whoever sends what is known to be one's.
fn has_answers(bytes: &[u8], version: Version) -> bool {
    use PacketType as P;
    let mut awaited = BTreeSet::new();
    let mut some = false;
    for (_, frame) in frames(bytes).take(TELLING) {
        let answer = match codec::decode(frame, version) {
            Ok(Packet::Publish(it)) => {
                let next = if it.qos == codec::QoS::ExactlyOnce { P::PubRec } else { P::PubAck };
                awaited.extend(it.packet_id.map(|id| (id, next)));
                continue;
            }
            Ok(Packet::PubRel(it)) => {
                awaited.insert((it.packet_id, P::PubComp));
                continue;
            }
            Ok(Packet::PubAck(it)) => (it.packet_id, P::PubAck),
            Ok(Packet::PubRec(it)) => (it.packet_id, P::PubRec),
            Ok(Packet::PubComp(it)) => (it.packet_id, P::PubComp),
            _ => continue,
        };
        if !awaited.remove(&answer) {
            return false;
        }
        some = true;
    }
    some
}

/// By which version [`dissect_stream`] begins to read, whether nothing else would fit, and why.
/// `clients`: as in [`Listener::with_clients`].
pub fn stream_version(
    bytes: &[u8],
    version: Option<Version>,
    clients: &[(usize, u16)],
) -> (Version, bool, String) {
    first_version(bytes, version, clients)
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
        let (first, ..) = first_version(bytes, version, &[]);
        Self { bytes, listener: Listener::new(bytes, first), spans: Spans::new() }
    }

    /// Appends the next packet's object without spaces or line breaks; `false` behind the last one.
    pub fn next(&mut self, out: &mut String) -> bool {
        let Some((_, frame, way, conversation)) = self.listener.turn(self.bytes) else { return false };
        let (_, annotated, found) = conversation.listen(frame, way, &mut self.spans);
        json::write(out, frame, &annotated, &self.spans, &found.faults);
        true
    }
}

/// The packets' bytes with their offsets, each up to its claimed end.
fn frames(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> + Clone {
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

/// Where a CONNECT tells its version: its level, if it comes that far.
fn level_at(frame: &[u8], asked: Option<Version>) -> Option<(usize, Version)> {
    if !is_connect(frame) {
        return None;
    }
    let mut spans = Spans::new();
    let annotated = codec::annotate(frame, asked.unwrap_or(Version::V311), &mut spans);
    let level = spans.spans().iter().find(|span| span.field() == codec::Field::ProtocolLevel)?;
    Some((level.offset as usize, annotated.version))
}

fn first_version(bytes: &[u8], asked: Option<Version>, clients: &[(usize, u16)]) -> (Version, bool, String) {
    let first = frames(bytes).next().and_then(|(_, frame)| level_at(frame, asked));
    if let Some((level, version)) = first {
        let reason =
            said(&["Byte ", &text::offset(level, 4), " of the CONNECT says ", version.as_str(), "."]);
        return (version, true, reason);
    }
    match asked {
        Some(version) => (version, true, said(&["Read as ", version.as_str(), ", as chosen."])),
        None => guess(frames_of(bytes, 0, clients, client_at(clients, 0))),
    }
}

/// How well a version fits what stands before the first CONNECT that tells one.
struct Fit {
    faults: usize,
    /// Of them those that say that lengths do not fit.
    lengths: usize,
    /// Of them those that say that DUP is set where 3.1 allows it.
    repeated: usize,
    /// Payloads that cannot be read as text: properties read as payload look like that.
    unreadable: usize,
}

/// Packets that are enough to tell a version by.
const TELLING: usize = 1000;

fn fit<'a>(frames: impl Iterator<Item = &'a [u8]>, version: Version) -> Fit {
    let mut spans = Spans::new();
    let mut fit = Fit { faults: 0, lengths: 0, repeated: 0, unreadable: 0 };
    for frame in frames.take(TELLING).take_while(|frame| level_at(frame, None).is_none()) {
        let annotated = codec::annotate(frame, version, &mut spans);
        fit.faults += spans.faults().len();
        let lengths = [FaultKind::FieldOverrun, FaultKind::TrailingBytes];
        fit.lengths += spans.faults().iter().filter(|it| lengths.contains(&it.kind)).count();
        // SUBSCRIBE, UNSUBSCRIBE and PUBREL: the bits of QoS 1, and DUP.
        let sent_again = matches!(frame.first(), Some(0x6a | 0x8a | 0xaa));
        let flags = |it: &&codec::Fault| it.kind == FaultKind::FixedHeaderFlags && sent_again;
        fit.repeated += spans.faults().iter().filter(flags).count();
        if let Some(Packet::Publish(publish)) = annotated.packet {
            fit.unreadable += usize::from(text::readable(publish.payload).is_none());
        }
    }
    fit
}

fn guess<'a>(frames: impl Iterator<Item = &'a [u8]> + Clone) -> (Version, bool, String) {
    let fit = |version| fit(frames.clone(), version);
    let (old, new) = (fit(Version::V311), fit(Version::V5));
    let oldest = || old.repeated == old.faults && fit(Version::V31).faults == 0;
    // What does not even fit its lengths is furthest from being of that version.
    let broken = |fit: &Fit| fit.faults + fit.lengths;
    let (version, certain, why) = match (old.faults, new.faults) {
        (0, 0) if new.unreadable < old.unreadable => {
            (Version::V5, false, "without a broken rule, and its payloads can be read as text")
        }
        (0, 0) => (Version::V311, false, "without a broken rule; 5.0 would fit too"),
        (0, _) => (Version::V311, true, "without a broken rule, as 5.0 they have some"),
        (_, 0) => (Version::V5, true, "without a broken rule, as 3.1.1 they have some"),
        // 3.1 section 2.1: its SUBSCRIBE, UNSUBSCRIBE and PUBREL may carry DUP.
        _ if oldest() => (Version::V31, true, "without a broken rule, as 3.1.1 and 5.0 they have some"),
        (few, many) if few == many && broken(&new) < broken(&old) => {
            (Version::V5, false, "as its lengths fit, which as 3.1.1 they do not")
        }
        (few, many) if few == many && broken(&old) < broken(&new) => {
            (Version::V311, false, "as its lengths fit, which as 5.0 they do not")
        }
        _ if broken(&new) < broken(&old) => (Version::V5, false, "with less that is broken than as 3.1.1"),
        _ if broken(&old) < broken(&new) => (Version::V311, false, "with less that is broken than as 5.0"),
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
        assert_eq!(told("8a 06 0007 0001 61 07"), (Version::V311, false), "broken whatever it is");
    }

    #[test]
    fn what_breaks_a_rule_in_any_version_is_read_by_the_one_whose_lengths_fit() {
        let first = |hex: &str| {
            let stream = read(hex);
            let fault = &stream.packets[0].dissection.faults[0];
            (stream.version, stream.certain, fault.statement, stream.reason.clone())
        };
        // A Maximum QoS of 2, and the reason code of PUBREL in a PUBACK: only 5.0 has room for them.
        for (hex, statement) in
            [("20 05 00 00 02 24 02", "5.0 section 2.2.2.2"), ("40 03 00 01 92", "5.0 MQTT-3.4.2-1")]
        {
            let (version, certain, found, reason) = first(hex);
            assert_eq!((version, certain, found), (Version::V5, false, statement), "{hex}");
            let told =
                "No CONNECT tells the version: read as 5.0 as its lengths fit, which as 3.1.1 they do not.";
            assert_eq!(reason, told);
        }
        // And these have none for properties.
        let (version, _, found, _) = first("82 06 0007 0001 61 03");
        assert_eq!((version, found), (Version::V311, "3.1.1 MQTT-3.8.3-4"));
    }

    #[test]
    fn the_oldest_version_is_no_excuse() {
        let first = |hex: &str| {
            let stream = read(hex);
            let fault = &stream.packets[0].dissection.faults[0];
            (stream.version, fault.statement)
        };
        // 3.1 has no session present, and does not say what unused bits are; only DUP is what it allows and others do not.
        assert_eq!(first("20 02 01 05"), (Version::V311, "3.1.1 MQTT-3.2.2-4"));
        assert_eq!(first("20 02 02 00"), (Version::V311, "3.1.1 section 3.2.2.1"));
        assert_eq!(first("41 02 0007"), (Version::V311, "3.1.1 MQTT-2.2.2-1"));
        assert_eq!(read("6a 02 0007").version, Version::V31);
    }

    #[test]
    fn what_is_no_packet_at_all_is_not_said_to_break_no_rule() {
        // The beginnings of a TLS handshake, and of a DNS answer: a CONNECT that tells no version tells nothing.
        for hex in ["16 03 01 02 00 01 00 01 fc 03 03", "12 34 81 80 00 01 00 01 00 00 00 00 03 77 77 77"] {
            let stream = read(hex);
            assert!(stream.packets.iter().any(|packet| !packet.dissection.is_valid()));
            assert!(!stream.certain && !stream.reason.contains("without a broken rule"), "{}", stream.reason);
        }
    }

    /// Two clients of two versions, who take turns: CONNECT, CONNACK, and a PUBLISH with properties of the second one.
    const BOTH: [(&str, u16); 6] = [
        ("10 10 0004 4d515454 04 02 003c 0004 73756231", 0),
        ("10 0f 0004 4d515454 05 02 003c 00 0002 6131", 1),
        ("20 02 0000", 0),
        ("20 03 000000", 1),
        ("32 09 0003 742f61 0001 6869", 0),
        ("30 09 0003 742f61 02 01 01 68", 1),
    ];

    #[test]
    fn each_client_has_a_version_of_its_own() {
        let hex: String = BOTH.iter().map(|it| it.0).collect::<Vec<_>>().join(" ");
        let bytes = parse_hex(&hex).expect("hex");
        let mut clients = vec![];
        let mut at = 0;
        for (hex, client) in BOTH {
            clients.push((at, client));
            at += parse_hex(hex).expect("hex").len();
        }
        let expected = [Version::V311, Version::V5].repeat(3);
        let versions = |clients: Vec<(usize, u16)>| {
            let first = stream_version(&bytes, None, &clients).0;
            let mut listener = Listener::new(&bytes, first).with_clients(None, clients);
            let heard = core::iter::from_fn(|| listener.next(&bytes));
            let found: Vec<_> = heard
                .map(|(offset, heard)| {
                    let packet = dissect_heard(&bytes, offset, &heard).expect("it is there").dissection;
                    assert_eq!(packet.faults, [], "{offset}");
                    packet.version
                })
                .collect();
            found
        };
        assert_eq!(versions(clients.clone()), expected);
        // Where nobody tells whose they are, what fits tells.
        assert_eq!(versions(vec![]), expected);
        // Without their CONNECTs, each client's packets tell.
        let cut = clients[4].0;
        let first = stream_version(&bytes[cut..], None, &[(0, 0), (11, 1)]).0;
        let mut listener = Listener::new(&bytes[cut..], first).with_clients(None, vec![(0, 0), (11, 1)]);
        let heard: Vec<_> =
            core::iter::from_fn(|| listener.next(&bytes[cut..])).map(|it| it.1.context.version).collect();
        assert_eq!(heard, [Version::V311, Version::V5]);
        // What was chosen holds for all of them.
        let mut listener = Listener::new(&bytes[cut..], Version::V31)
            .with_clients(Some(Version::V31), vec![(0, 0), (11, 1)]);
        let heard: Vec<_> =
            core::iter::from_fn(|| listener.next(&bytes[cut..])).map(|it| it.1.context.version).collect();
        assert_eq!(heard, [Version::V31; 2]);
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
