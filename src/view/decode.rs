//! Pasted bytes as the Decode page lists them: an index of packets, made a slice at a time, and each packet's
//! words made when it is looked at. What is kept of a packet does not grow with it.

use super::bytes::{ByteMap, Shares};
use super::given::lines;
use super::inspector::{Fact, PacketView};
use super::session::Owners;
use crate::codec::{Direction, Field, Frame, PacketType, Version, decode_first, measure};
use crate::dissect::{
    ByteGroup, Dissection, Fix, Heard, Listener, MOST_REPAIRED, Repair, Search, StreamPacket, beginning,
    dissect_heard, longer, sentence, stream_version,
};

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Whole and without a broken rule.
    Valid,
    /// Breaks a rule.
    Malformed,
    /// Ends before its claimed end, and breaks no rule so far.
    Incomplete,
}

/// A packet's place among the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its first byte.
    pub offset: usize,
    /// Its bytes.
    pub len: usize,
    /// The version it is read by.
    pub version: Version,
    /// What those before it have settled.
    pub heard: Heard,
    /// Its type, if it has one.
    pub packet_type: Option<PacketType>,
    /// What became of it.
    pub state: State,
    /// The first byte that a broken rule points at, counted from the first of all.
    pub fault: Option<usize>,
}

impl Entry {
    /// Who sends it, as it was told, or as its type or the packets around it tell.
    pub fn way(&self) -> Option<Direction> {
        self.heard.context.direction.or_else(|| self.packet_type?.sender(self.version))
    }
}

/// Who sends all packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// One side.
    All(Direction),
    /// Some the one, some the other.
    Both,
    /// Nothing tells.
    Unknown,
}

/// The index of packets, and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The packets found so far.
    pub entries: Vec<Entry>,
    /// Bytes of each of [`GROUPS`](super::bytes::GROUPS).
    pub shares: [usize; 7],
    /// Bytes of application messages: payloads of PUBLISH.
    pub message_bytes: usize,
    /// The version that the first packet is read by.
    pub version: Version,
    /// Where that version comes from, as a sentence.
    pub reason: String,
    counts: [usize; 3],
    clients: Owners,
    listener: Listener,
    len: usize,
}

impl Index {
    /// Nothing read yet. A CONNECT among the bytes overrules `version` from there on.
    pub fn new(bytes: &[u8], version: Option<Version>) -> Self {
        Self::with_ways(bytes, version, vec![])
    }

    /// As [`new`](Self::new), with who sends what begins at these bytes.
    pub fn with_ways(bytes: &[u8], version: Option<Version>, ways: Told) -> Self {
        Self::with_clients(bytes, version, ways, vec![])
    }

    /// As [`with_ways`](Self::with_ways), with whose packets begin at these bytes: each client has a version of its own.
    pub fn with_clients(bytes: &[u8], version: Option<Version>, ways: Told, clients: Owners) -> Self {
        let (first, _, mut reason) = stream_version(bytes, version, &clients);
        // What is sound from its first byte on begins nowhere else.
        if let Some((at, packet)) = begins_later(bytes, first) {
            let at = format!("{at:00$X}", offset_width(bytes.len()));
            let inside = [" The bytes begin inside a packet: ", packet.name(), " begins at ", &at, "."];
            reason.extend(inside);
        }
        Self {
            entries: Vec::new(),
            shares: [0; 7],
            message_bytes: 0,
            version: first,
            reason,
            counts: [0; 3],
            listener: Listener::with_ways(bytes, first, ways).with_clients(version, clients.clone()),
            clients,
            len: bytes.len(),
        }
    }

    /// How many bytes have been read.
    pub fn read(&self) -> usize {
        self.listener.at().min(self.len)
    }

    /// Whether all have.
    pub fn is_done(&self) -> bool {
        self.listener.at() >= self.len
    }

    /// Reads at most `packets` more packets of `bytes`, which are those the index was made for.
    pub fn advance(&mut self, bytes: &[u8], packets: usize) {
        for _ in 0..packets {
            let Some((offset, heard)) = self.listener.next(bytes) else { return };
            let Some(packet) = dissect_heard(bytes, offset, &heard) else { return };
            self.add(&packet, heard);
        }
    }

    fn add(&mut self, packet: &StreamPacket, heard: Heard) {
        let dissection = &packet.dissection;
        let state = match (dissection.faults.is_empty(), dissection.missing) {
            (false, _) => State::Malformed,
            (true, 0) => State::Valid,
            (true, _) => State::Incomplete,
        };
        let shares = Shares::of(dissection);
        for (all, one) in self.shares.iter_mut().zip(shares.groups) {
            *all += one;
        }
        self.message_bytes += shares.message;
        self.counts[state as usize] += 1;
        self.entries.push(Entry {
            offset: packet.offset,
            len: dissection.len,
            version: heard.context.version,
            heard,
            packet_type: dissection.packet_type,
            state,
            fault: dissection.faults.first().map(|it| packet.offset + it.fault.offset as usize),
        });
    }

    /// The packet that holds a byte.
    pub fn packet_at(&self, byte: usize) -> Option<usize> {
        let behind = self.entries.partition_point(|entry| entry.offset <= byte);
        let at = behind.checked_sub(1)?;
        let entry = self.entries.get(at)?;
        (byte < entry.offset + entry.len).then_some(at)
    }

    /// Who sends the packets so far, as far as that is known: all of them the same way, both, or nobody knows.
    pub fn ways(&self) -> Ways {
        let mut seen = [false; 2];
        for entry in self.entries.iter().take(1000) {
            match entry.way() {
                Some(Direction::ToServer) => seen[0] = true,
                Some(Direction::ToClient) => seen[1] = true,
                None => {}
            }
        }
        match seen {
            [true, true] => Ways::Both,
            [true, false] => Ways::All(Direction::ToServer),
            [false, true] => Ways::All(Direction::ToClient),
            _ => Ways::Unknown,
        }
    }

    /// Whose packets begin where, once a repair of the packet at `at` is taken.
    fn clients_moved(&self, at: usize, fix: &Fix) -> Owners {
        let from = self.entries.get(at).map_or(0, |entry| entry.offset);
        let moved = |offset: usize| match fix.change() {
            Some((back, old, new)) if offset + back > from => (offset + new.len()).saturating_sub(old),
            _ => offset,
        };
        self.clients.iter().map(|(offset, client)| (moved(*offset), *client)).collect()
    }

    /// How many bytes there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many packets became this.
    pub const fn count(&self, state: State) -> usize {
        self.counts[state as usize]
    }

    /// The first wrong byte of each malformed packet, of at most `most` of them.
    pub fn wrong_bytes(&self, most: usize) -> Vec<usize> {
        self.entries.iter().filter_map(|entry| entry.fault).take(most).collect()
    }

    /// The bytes that the incomplete end holds.
    pub fn left_over(&self) -> usize {
        self.entries.last().filter(|entry| entry.state == State::Incomplete).map_or(0, |entry| entry.len)
    }
}

/// The packet of an entry, with its words; `None` where the index holds none, or is that of other bytes.
pub fn packet(bytes: &bytes::Bytes, index: &Index, at: usize) -> Option<PacketView> {
    let entry = index.entries.get(at)?;
    let end = entry.offset + entry.len;
    if end > bytes.len() {
        return None;
    }
    let dissection = dissect_heard(bytes, entry.offset, &entry.heard)?.dissection;
    let bytes = bytes.slice(entry.offset..end);
    let width = offset_width(index.len);
    let facts = vec![
        Fact::plain(range(entry, width)),
        Fact::plain(format!("{} B", entry.len)),
        Fact::plain(format!("MQTT {}", dissection.version)),
    ];
    Some(PacketView {
        number: at as u32 + 1,
        total: index.entries.len() as u32,
        route: None,
        map: ByteMap::new(&dissection),
        sentence: summary(&bytes, entry, &dissection),
        facts,
        bytes,
        dissection,
    })
}

/// Where the first packet begins whose beginning is here, if that is not at the first byte.
fn begins_later(bytes: &[u8], version: Version) -> Option<(usize, PacketType)> {
    let frame = match measure(bytes) {
        Frame::Len { total, .. } => bytes.get(..total).unwrap_or(bytes),
        _ => bytes,
    };
    let broken = frame.len() <= MOST_REPAIRED && !decode_first(frame, version).is_ok_and(|it| it.is_some());
    beginning(bytes, version).filter(|_| broken)
}

/// Packets before a broken one that may have been cut too short.
const BEFORE: usize = 4;

/// The Remaining Length of a packet before that says less than is true, if there is one.
fn shortened(bytes: &[u8], index: &Index, at: usize) -> Option<Repair> {
    let entry = index.entries.get(at)?;
    let until = bytes.len().min(entry.offset + (entry.len + BEHIND).min(MOST_REPAIRED));
    let before = index.entries.get(at.saturating_sub(BEFORE)..at)?.iter().rev();
    let near = before.take_while(|it| entry.offset - it.offset <= BEHIND && it.version == entry.version);
    let whole = near.filter(|it| it.state == State::Valid).take(1);
    whole
        .filter_map(|it| {
            longer(bytes.get(it.offset..until)?, it.version, entry.offset - it.offset, it.offset)
        })
        .next()
}

/// Bytes behind a packet that are looked at, too.
const BEHIND: usize = 8_192;

/// Looks for what a packet was likely meant to be, some tries at a time.
#[derive(Debug)]
pub struct RepairSearch {
    from: usize,
    until: usize,
    version: Version,
    before: Option<Repair>,
    search: Search,
}

impl RepairSearch {
    /// For the packet at `at`; nothing where it breaks no rule and is whole, or is too large.
    pub fn new(bytes: &[u8], index: &Index, at: usize) -> Option<Self> {
        let entry = index.entries.get(at).filter(|it| it.state != State::Valid && it.len <= MOST_REPAIRED)?;
        let packet = dissect_heard(bytes, entry.offset, &entry.heard);
        let fault = packet.as_ref().and_then(|it| it.dissection.faults.first()).map(|it| &it.fault);
        let (from, version) = (entry.offset, entry.version);
        let until = bytes.len().min(from + (entry.len + BEHIND).min(MOST_REPAIRED));
        let search = Search::new(bytes.get(from..until)?, version, fault, from);
        let before = shortened(bytes, index, at);
        Some(Self { from, until, version, before, search })
    }

    /// Tries so many more lengths; true behind the last one. The bytes are always the same.
    pub fn step(&mut self, bytes: &[u8], tries: usize) -> bool {
        self.search.step(bytes.get(self.from..self.until).unwrap_or(&[]), tries)
    }

    /// How much has been tried, in thousandths.
    pub fn progress(&self) -> usize {
        self.search.progress()
    }

    /// What has been found, the likeliest first.
    pub fn finish(self, bytes: &[u8]) -> Vec<Repair> {
        let found = self.search.finish(bytes.get(self.from..self.until).unwrap_or(&[]));
        // A version that is told by a CONNECT cannot be chosen.
        let other = found.into_iter().filter(|it| it.fix != Fix::ReadAs(self.version));
        self.before.into_iter().chain(other).collect()
    }
}

/// What the packet at `at` was likely meant to be, the likeliest first; nothing where it breaks no rule and is whole.
pub fn repairs_of(bytes: &[u8], index: &Index, at: usize) -> Vec<Repair> {
    let Some(mut search) = RepairSearch::new(bytes, index, at) else { return vec![] };
    while !search.step(bytes, usize::MAX) {}
    search.finish(bytes)
}

/// Why nothing is offered for a broken packet; `foreign`: the bytes are known to be something else than MQTT.
pub fn no_repair(index: &Index, at: usize, foreign: bool) -> &'static str {
    match index.entries.get(at) {
        _ if foreign => {
            "No repair is offered: these bytes are something else than MQTT, as is told beside the text."
        }
        Some(entry) if entry.len > MOST_REPAIRED => {
            "No repair is offered: a packet of more than 16 MiB is not searched for what would fit."
        }
        _ => {
            "No repair is offered: more than one thing is wrong, and no single change makes it sound. Edit the bytes, or take \
             them from their source once more."
        }
    }
}

/// Who sends what begins at each of these bytes, where that is known.
pub type Told = Vec<(usize, Option<Direction>)>;

/// All bytes with a repair taken, and with `labels` who sends them from where on.
pub fn repaired_bytes(
    bytes: &[u8],
    index: &Index,
    at: usize,
    fix: &Fix,
    labels: bool,
) -> Option<(Vec<u8>, Told)> {
    let (back, old, new) = fix.change()?;
    let from = index.entries.get(at)?.offset.checked_sub(back)?;
    let all = [bytes.get(..from)?, new, bytes.get(from + old..)?].concat();
    // Behind the change everything has moved.
    let moved = |offset: usize| if offset > from { (offset + new.len()).saturating_sub(old) } else { offset };
    let labelled = index.entries.iter().filter(|_| labels);
    Some((all, labelled.map(|entry| (moved(entry.offset), entry.way())).collect()))
}

/// The same as text, a packet a line; `labels`: whether each line says who sends.
pub fn repaired(bytes: &[u8], index: &Index, at: usize, fix: &Fix, labels: bool) -> Option<String> {
    let (all, ways) = repaired_bytes(bytes, index, at, fix, labels)?;
    let mut again = Index::with_clients(&all, Some(index.version), ways, index.clients_moved(at, fix));
    again.advance(&all, usize::MAX);
    Some(lines(&all, &again, labels))
}

/// A remark on one part of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupNote {
    /// The part's colour.
    pub group: ByteGroup,
    /// `Keep alive 60 s.`
    pub lead: String,
    /// What that means.
    pub text: String,
}

/// What matters most in each part of the packet: its type, then the most telling field of its variable header and
/// of its payload.
pub fn notes(dissection: &Dissection) -> Vec<GroupNote> {
    use Field as F;
    const HEADER: &[F] =
        &[F::KeepAlive, F::TopicName, F::ConnectReturnCode, F::ReasonCode, F::PacketIdentifier];
    const PAYLOAD: &[F] = &[
        F::ClientIdentifier,
        F::ApplicationMessage,
        F::TopicFilter,
        F::SubscribeReturnCode,
        F::SubscribeReasonCode,
        F::UnsubscribeReasonCode,
    ];
    let find = |fields: &[F]| {
        fields.iter().find_map(|field| dissection.nodes.iter().find(|node| node.field == *field))
    };
    let packet_type = find(&[F::PacketType]).map(|node| GroupNote {
        group: ByteGroup::FixedHeader,
        lead: format!("Type {}.", node.value.number()),
        text: node.meaning.clone(),
    });
    let told = [HEADER, PAYLOAD].into_iter().filter_map(find).map(|node| {
        let mut lead = node.name.to_owned();
        lead[..1].make_ascii_uppercase();
        // A long value stands above already.
        if node.text.chars().count() <= 24 && !node.text.is_empty() {
            lead = format!("{lead} {}", node.text);
        }
        GroupNote { group: node.group, lead: format!("{lead}."), text: node.meaning.clone() }
    });
    packet_type.into_iter().chain(told).collect()
}

/// What the packet does, to be read behind its name: "sends “22.4” on …".
fn summary(bytes: &[u8], entry: &Entry, dissection: &Dissection) -> String {
    let to = match entry.packet_type.and_then(|it| it.sender(entry.version)) {
        Some(Direction::ToServer) => "the broker",
        Some(Direction::ToClient) => "the client",
        None => "the receiver",
    };
    match (entry.state, dissection.faults.first()) {
        (State::Malformed, Some(fault)) => {
            format!("breaks a rule, {}: {to} has to close the connection.", fault.title)
        }
        (State::Incomplete, _) => format!("begins here; {to} waits for the rest."),
        _ => sentence(bytes, entry.version, "", to).trim_start().to_owned(),
    }
}

/// Hexadecimal digits of the list's offsets; at least four.
pub fn offset_width(len: usize) -> usize {
    super::bytes::offset_digits(len).max(4)
}

/// `0018–0028`.
pub fn range(entry: &Entry, width: usize) -> String {
    match entry.len {
        0 | 1 => format!("{:0width$X}", entry.offset),
        len => format!("{:0width$X}–{:0width$X}", entry.offset, entry.offset + len - 1),
    }
}

/// Bytes to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What they show.
    pub name: &'static str,
    /// Themselves, a packet a line.
    pub hex: &'static str,
}

/// The examples that the page offers.
pub const EXAMPLES: &[Example] = &[
    Example {
        name: "CONNECT with a will",
        hex: "10 37 00 04 4d 51 54 54 04 ee 00 3c 00 0a 6c 61 62 2d 6e 6f 64 65 2d 33 00 0c 6c 61 62 2f 33 2f 73 74 \
              61 74 75 73 00 04 6c 6f 73 74 00 03 61 64 61 00 06 73 65 63 72 65 74",
    },
    Example {
        name: "QoS 2, all four",
        hex: "34 1c 00 14 73 65 6e 73 6f 72 73 2f 6b 69 74 63 68 65 6e 2f 74 65 6d 70 00 07 32 31 2e 35\n\
              50 02 00 07\n62 02 00 07\n70 02 00 07",
    },
    Example {
        name: "PUBLISH with properties",
        hex: "33 25 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 03 12 02 00 00 00 78 03 00 0a 74 65 78 74 2f 70 6c 61 69 \
              6e 32 32 2e 34",
    },
    Example {
        name: "A wrong flag among good packets",
        hex: "10 16 00 04 4d 51 54 54 04 02 00 3c 00 0a 6c 61 62 2d 6e 6f 64 65 2d 33\n\
              80 0f 00 01 00 0a 6c 61 62 2f 2b 2f 74 65 6d 70 01\n\
              32 12 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 02 32 32 2e 34\nc0 00\ne0",
    },
    Example {
        name: "Length too long",
        hex: "30 ff ff ff ff 07 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 32 32 2e 34",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::{Cause, parse_hex};

    #[test]
    fn the_examples_show_what_they_are_called_after() {
        use PacketType as P;
        let told: Vec<(Version, Vec<_>)> = EXAMPLES
            .iter()
            .map(|it| {
                let index = read(it.hex, None, 100).1;
                (index.version, index.entries.iter().map(|it| (it.packet_type, it.state)).collect())
            })
            .collect();
        let valid = |it| (Some(it), State::Valid);
        assert_eq!(told[0], (Version::V311, vec![valid(P::Connect)]));
        assert_eq!(told[1].1, [P::Publish, P::PubRec, P::PubRel, P::PubComp].map(valid));
        assert_eq!(told[2], (Version::V5, vec![valid(P::Publish)]));
        assert_eq!(told[3].1.iter().filter(|it| it.1 == State::Malformed).count(), 1);
        assert_eq!(told[4].1, [(Some(P::Publish), State::Malformed)]);
    }

    /// CONNECT, SUBSCRIBE with wrong flags, PUBLISH, PINGREQ, and the first byte of a DISCONNECT.
    const MIXED: &str =
        "10 16 00 04 4d 51 54 54 04 02 00 3c 00 0a 6c 61 62 2d 6e 6f 64 65 2d 33 80 0f 00 01 00 0a 6c 61
        62 2f 2b 2f 74 65 6d 70 01 32 12 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 02 32 32 2e 34 c0 00 e0";

    fn read(hex: &str, version: Option<Version>, slice: usize) -> (bytes::Bytes, Index) {
        let bytes = bytes::Bytes::from(parse_hex(hex).expect("test data is hex"));
        let mut index = Index::new(&bytes, version);
        while !index.is_done() {
            index.advance(&bytes, slice);
        }
        (bytes, index)
    }

    #[test]
    fn packets_are_found_with_what_became_of_them() {
        let (bytes, index) = read(MIXED, None, 100);
        let found: Vec<_> =
            index.entries.iter().map(|it| (it.offset, it.len, it.packet_type, it.state)).collect();
        use PacketType as P;
        assert_eq!(
            found,
            [
                (0x00, 24, Some(P::Connect), State::Valid),
                (0x18, 17, Some(P::Subscribe), State::Malformed),
                (0x29, 20, Some(P::Publish), State::Valid),
                (0x3d, 2, Some(P::PingReq), State::Valid),
                (0x3f, 1, Some(P::Disconnect), State::Incomplete),
            ]
        );
        assert_eq!([State::Valid, State::Malformed, State::Incomplete].map(|it| index.count(it)), [3, 1, 1]);
        assert_eq!(index.left_over(), 1);
        assert_eq!(index.shares, [3, 4, 26, 0, 29, 1, 1]);
        assert_eq!(index.shares.iter().sum::<usize>(), bytes.len());
        assert_eq!(index.message_bytes, 4);
        assert_eq!(index.wrong_bytes(9), [0x18]);
        assert_eq!(range(&index.entries[1], 4), "0018–0028");
        assert_eq!(range(&index.entries[4], 4), "003F");
    }

    #[test]
    fn repairs_come_one_after_the_other() {
        let (bytes, index) = read(MIXED, None, 100);
        assert_eq!(repairs_of(&bytes, &index, 0), []);
        let found = repairs_of(&bytes, &index, 1);
        assert_eq!(found[0].label, "Set byte 0018 to 82");
        assert_eq!(found[0].change(&bytes[0x18..]), Some((0, &[0x80][..], &[0x82][..])));
        let text = repaired(&bytes, &index, 1, &found[0].fix, false).expect("it changes bytes");
        assert_eq!(text.lines().count(), 5);
        let (bytes, index) = read(&text, None, 100);
        assert_eq!([State::Valid, State::Malformed].map(|it| index.count(it)), [4, 0]);
        let found = repairs_of(&bytes, &index, 4);
        assert_eq!(found.last().map(|it| it.fix.clone()), Some(Fix::More(1)));
        let labelled = repaired(&bytes, &index, 0, &Fix::Bytes { old: 0, new: vec![] }, true).expect("bytes");
        assert!(labelled.starts_with("client -> broker: 10 16 00 04"), "{labelled}");
    }

    #[test]
    fn a_length_that_is_too_short_is_put_right_where_it_stands() {
        // A PUBLISH whose length is that of a shorter payload, alone and with a sound packet behind it; one whose rest looks
        // like two packets; and a CONNECT.
        for (hex, at, label, sound) in [
            ("30 0c 0007 746f7069632f78 68656c6c6f", 1, "remaining length at 0001 to 14:", 1),
            ("c000 30 0c 0007 746f7069632f78 68656c6c6f c000", 2, "remaining length at 0003 to 14:", 3),
            ("30 0c 0007 746f7069632f78 68656c 02016c6f", 0, "", 0),
            ("82 06 0001 0001 61 00 0001 62 00", 1, "remaining length at 0001 to 10:", 1),
        ] {
            let (bytes, index) = read(hex, Some(Version::V311), 100);
            let found = repairs_of(&bytes, &index, at);
            let Some(first) = found.first().filter(|_| !label.is_empty()) else {
                assert!(found.iter().all(|it| it.cause != Cause::EarlierLength), "{hex}");
                continue;
            };
            assert!(first.label.contains(label), "{hex}: {}", first.label);
            let text = repaired(&bytes, &index, at, &first.fix, true).expect("it changes bytes");
            let (_, index) = read(&text.replace("client -> broker: ", ""), Some(Version::V311), 100);
            assert_eq!((index.count(State::Valid), index.entries.len()), (sound, sound), "{text}");
        }
        // A SUBSCRIBE with wrong flags is no text, and belongs to nothing before it.
        let (bytes, index) = read("30 05 0001 61 6869 80 06 0001 0001 61 00", Some(Version::V311), 100);
        assert!(repairs_of(&bytes, &index, 1).iter().all(|it| it.cause != Cause::EarlierLength));
    }

    #[test]
    fn bytes_that_begin_inside_a_packet_say_where_one_begins() {
        let subscribe = "82 0f 0001 000a 6c61622f2b2f74656d70 01 c000";
        let (bytes, index) = read(&["6f706963", subscribe].join(" "), None, 100);
        assert!(
            index.reason.ends_with(" The bytes begin inside a packet: SUBSCRIBE begins at 0004."),
            "{}",
            index.reason
        );
        let found = repairs_of(&bytes, &index, 0);
        assert_eq!(
            (found[0].cause, &*found[0].label),
            (Cause::BeginsInside, "Leave out 4 bytes: SUBSCRIBE begins at 0004")
        );
        let text = repaired(&bytes, &index, 0, &found[0].fix, false).expect("it changes bytes");
        assert_eq!(read(&text, None, 100).1.count(State::Valid), 2);
        // The first byte of a CONNECT is missing.
        let (bytes, index) = read("16 0004 4d515454 04 02 003c 000a 6c61622d6e6f64652d33 c000", None, 100);
        let found = repairs_of(&bytes, &index, 0);
        assert_eq!(found[0].cause, Cause::FirstByteLost, "{found:?}");
        let text = repaired(&bytes, &index, 0, &found[0].fix, false).expect("it changes bytes");
        assert_eq!(read(&text, None, 100).1.count(State::Valid), 2);
        // Sound packets, and broken ones, begin where they begin.
        for hex in [MIXED, "80 06 0001 0001 61 00 c000", "c0", ""] {
            assert!(!read(hex, None, 100).1.reason.contains("inside"), "{hex}");
        }
    }

    #[test]
    fn repairs_are_found_in_inputs_of_any_size() {
        let mut many = MIXED.to_owned();
        many.truncate(many.trim_end().len() - 2);
        let one = parse_hex(&many).expect("hex");
        let all = bytes::Bytes::from(one.repeat(6_000));
        assert!(all.len() > 300_000);
        let mut index = Index::new(&all, None);
        index.advance(&all, usize::MAX);
        let last = index.entries.iter().rposition(|it| it.state == State::Malformed).expect("there is one");
        let found = repairs_of(&all, &index, last);
        assert!(found[0].label.ends_with(" to 82"), "{}", found[0].label);
        let (bytes, ways) = repaired_bytes(&all, &index, last, &found[0].fix, true).expect("bytes");
        assert_eq!((bytes.len(), ways.len()), (all.len(), index.entries.len()));
        assert_eq!(bytes[index.entries[last].offset], 0x82);
    }

    #[test]
    fn what_cannot_be_repaired_is_told_why() {
        let (bytes, index) = read("48 54 54 50", Some(Version::V311), 1);
        assert_eq!(bytes.len(), index.entries[0].len);
        assert!(no_repair(&index, 0, true).contains("something else than MQTT"));
        assert!(no_repair(&index, 0, false).contains("more than one thing"));
    }

    #[test]
    fn the_size_of_the_slices_changes_nothing() {
        assert_eq!(read(MIXED, None, 1).1, read(MIXED, None, 100).1);
    }

    #[test]
    fn the_chosen_version_holds_until_a_connect_says_another() {
        let hex = "40 02 0007  10 10 0004 4D515454 05 02 003C 00 0003 616263  40 02 0008";
        let versions: Vec<_> =
            read(hex, Some(Version::V31), 1).1.entries.iter().map(|it| it.version).collect();
        assert_eq!(versions, [Version::V31, Version::V31, Version::V5]);
    }

    #[test]
    fn a_packet_looked_at_alone_knows_those_before_it() {
        let hex = "10 0e 0004 4d515454 05 02 003c 00 0001 63 30 0a 0003 612f62 03 23 0003 78 30 07 0000 03 23 0003 79";
        let (bytes, index) = read(hex, None, 1);
        let view = packet(&bytes, &index, 2).expect("it is there");
        assert_eq!(view.dissection.topic.as_deref(), Some("a/b"));
        let (bytes, index) = read(&hex.replace("03 23 0003 78", "03 23 0004 78"), None, 1);
        assert_eq!(index.entries[2].state, State::Malformed);
        assert!(!packet(&bytes, &index, 2).expect("it is there").dissection.is_valid());
    }

    #[test]
    fn each_part_of_a_packet_has_its_note() {
        let (bytes, index) = read(MIXED, None, 100);
        let leads = |at: usize| -> Vec<String> {
            let packet = packet(&bytes, &index, at).expect("it is there");
            notes(&packet.dissection).into_iter().map(|note| note.lead).collect()
        };
        assert_eq!(leads(0), ["Type 1.", "Keep alive 60 s.", "Client identifier lab-node-3."]);
        assert_eq!(leads(2), ["Type 3.", "Topic name lab/3/temp.", "Payload 22.4."]);
        assert_eq!(leads(3), ["Type 12."]);
    }

    #[test]
    fn a_packet_is_told_in_words_that_follow_its_name() {
        let (bytes, index) = read(MIXED, None, 100);
        let told: Vec<String> =
            (0..5).map(|at| packet(&bytes, &index, at).expect("it is there").sentence).collect();
        for sentence in &told {
            assert!(sentence.ends_with('.') && !sentence.starts_with(' '), "{sentence:?}");
        }
        assert!(told[2].contains("“22.4”") && told[2].contains("lab/3/temp"), "{}", told[2]);
        assert_eq!(packet(&bytes, &index, 5), None);
        assert_eq!(packet(&bytes::Bytes::new(), &index, 0), None);
    }
}
