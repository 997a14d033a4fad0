//! Bytes that may hold many packets, and the version they are read by.

use crate::codec::{self, Frame, Packet, PacketType, Spans, Version};

use super::diagnosis::Place;
use super::node::{Dissection, dissect_at};
use super::report::Report;
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

/// Reads bytes as packets of one direction or both. A CONNECT sets the version for what follows it; before the
/// first one it is `version`, or the likelier of 3.1.1 and 5.0. Behind a malformed packet reading goes on where it
/// claims to end; what cannot be cut any further is one last packet.
pub fn dissect_stream(bytes: &[u8], version: Option<Version>) -> DissectedStream {
    let (first, certain, reason) = first_version(bytes, version);
    let packets = packets(bytes, first).collect();
    DissectedStream { packets, version: first, certain, reason }
}

/// By which version [`dissect_stream`] begins to read, whether nothing else would fit, and why.
pub fn stream_version(bytes: &[u8], version: Option<Version>) -> (Version, bool, String) {
    first_version(bytes, version)
}

/// The packet at `offset`, read as [`dissect_stream`] would when it comes to it; `None` behind the last byte. The
/// next one begins [`Dissection::len`] bytes further on and is read by [`Dissection::version`].
pub fn dissect_next(bytes: &[u8], offset: usize, version: Version) -> Option<StreamPacket> {
    let (_, frame) = frames(bytes.get(offset..)?).next()?;
    Some(StreamPacket { offset, dissection: dissect_at(frame, version, Place::in_stream(offset)) })
}

/// The packets that [`dissect_stream`] finds as plain data. Each stands for itself: all its offsets, those in
/// messages too, count from its own first byte.
pub fn report_stream(bytes: &[u8], version: Option<Version>) -> impl Iterator<Item = Report> {
    let (mut version, ..) = first_version(bytes, version);
    let mut spans = Spans::new();
    frames(bytes).map(move |(_, frame)| {
        let (report, read_by) = Report::read(frame, version, Place::in_packet(frame.len()), &mut spans);
        version = read_by;
        report
    })
}

fn packets(bytes: &[u8], mut version: Version) -> impl Iterator<Item = StreamPacket> {
    frames(bytes).map(move |(offset, frame)| {
        let dissection = dissect_at(frame, version, Place::in_stream(offset));
        version = dissection.version;
        StreamPacket { offset, dissection }
    })
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
    let (version, certain, why) = match (old.faults, new.faults) {
        (0, 0) if new.unreadable < old.unreadable => {
            (Version::V5, false, "without a broken rule, and its payloads can be read as text")
        }
        (0, 0) => (Version::V311, false, "without a broken rule; 5.0 would fit too"),
        (0, _) => (Version::V311, true, "without a broken rule, as 5.0 they have some"),
        (_, 0) => (Version::V5, true, "without a broken rule, as 3.1.1 they have some"),
        (old, new) if new < old => (Version::V5, false, "with fewer broken rules than as 3.1.1"),
        (old, new) if old < new => (Version::V311, false, "with fewer broken rules than as 5.0"),
        _ => (Version::V311, false, "no better and no worse than as 5.0"),
    };
    (version, certain, said(&["No CONNECT tells the version: read as ", version.as_str(), " ", why, "."]))
}
