//! Lengths that do not fit: which of them is wrong, and what it should be.

use super::edit::{variable, with_length};
use super::{Cause, Repair, Verdict};
use crate::codec::{Field, Frame, PacketType, Version, decode, measure};
use crate::dissect::is_length_prefix;
use crate::dissect::node::dissect;
use crate::dissect::text::{self, said};

/// Lengths that are tried.
const TRIED: usize = 2048;
/// Values of a length within the packet that are tried.
const VALUES: usize = 600;
/// Two-byte lengths of a packet that are tried, and those of a large one: each try reads it up to its fault.
const PREFIXES: usize = 256;
const FEW_PREFIXES: usize = 16;
const LARGE: usize = 20_000;

/// The search for what each length would have to be, some tries at a time.
#[derive(Debug)]
pub(super) enum Tries {
    /// There is nothing to try.
    None,
    /// The Remaining Length has no end.
    NeverEnds,
    /// Lengths are tried.
    Some(Box<Trying>),
}

#[derive(Debug)]
pub(super) struct Trying {
    version: Version,
    /// The packet is all here, and nothing behind it is broken.
    whole: bool,
    ends_well: bool,
    outer: Outer,
    prefixes: Prefixes,
    sections: Sections,
}

impl Tries {
    pub(super) fn new(bytes: &[u8], version: Version, now: Verdict) -> Self {
        let (header, total) = match measure(bytes) {
            Frame::Len { header, total } => (header, total),
            Frame::Malformed => return Self::NeverEnds,
            Frame::More => return Self::None,
        };
        let whole = total <= bytes.len();
        let inner = whole && now.faults > 0;
        let packet = if inner { &bytes[..total] } else { &[] };
        Self::Some(Box::new(Trying {
            version,
            whole,
            ends_well: now.behind == 0,
            outer: Outer::new(bytes, header, total),
            prefixes: Prefixes::new(packet, version),
            sections: Sections::new(packet, version, header),
        }))
    }

    /// Tries so many more lengths; true behind the last one.
    pub(super) fn step(&mut self, bytes: &[u8], tries: usize) -> bool {
        let Self::Some(it) = self else { return true };
        for _ in 0..tries {
            let version = it.version;
            let more =
                it.outer.next(bytes, version) || it.prefixes.next(version) || it.sections.next(version);
            if !more {
                return true;
            }
        }
        false
    }

    /// How much has been tried, in thousandths.
    pub(super) fn progress(&self) -> usize {
        let Self::Some(it) = self else { return 1000 };
        let parts = [
            (it.outer.len, it.outer.end + 1),
            (it.prefixes.done, it.prefixes.nodes.len()),
            (it.sections.done, it.sections.nodes.len()),
        ];
        // Where there is nothing to try, all of it has been.
        let part = |(done, all): (usize, usize)| match all {
            0 => 1000,
            all => (done as u64 * 1000 / all as u64).min(1000) as usize,
        };
        parts.into_iter().map(part).sum::<usize>() / parts.len()
    }

    /// What has been found, the likeliest first.
    pub(super) fn finish(self, bytes: &[u8], version: Version) -> Vec<Repair> {
        let it = match self {
            Self::None => return vec![],
            Self::NeverEnds => return never_ends(bytes, version),
            Self::Some(it) => *it,
        };
        let inner = it.prefixes.finish().into_iter().chain(it.sections.found);
        let outer = it.outer.finish(bytes, version);
        // Where the packet ends as it should, a length inside is wrong.
        if it.whole && it.ends_well {
            // Packets of their own at its end say that it was to end before them.
            let (first, rest): (Vec<_>, Vec<_>) =
                outer.into_iter().partition(|it| it.cause == Cause::TwoPackets);
            first.into_iter().chain(inner).chain(rest).collect()
        } else {
            outer.into_iter().chain(inner).collect()
        }
    }
}

fn never_ends(bytes: &[u8], version: Version) -> Vec<Repair> {
    // Its bytes: up to the first without the top bit, of a few.
    let width = bytes[1..].iter().take(8).take_while(|byte| **byte & 0x80 != 0).count() + 1;
    [width, 4]
        .into_iter()
        .filter(|width| *width < bytes.len())
        .map(|width| {
            let new = with_length(bytes[0], &bytes[1 + width..]);
            let label =
                said(&["Set the remaining length to ", &text::number((bytes.len() - 1 - width) as u32)]);
            Repair::bytes(Cause::LengthNeverEnds, 1, bytes.len(), new, label)
        })
        .filter(|_| version != Version::V31 || bytes[0] >> 4 != 0)
        .collect()
}

/// Bytes that a fixed header takes at most.
const HEADER: usize = 5;

/// Remaining Lengths with which the packet, and what follows it, is whole.
#[derive(Debug)]
struct Outer {
    header: usize,
    claimed: usize,
    /// Room for a fixed header, and all that stands behind the one that is there.
    scratch: Vec<u8>,
    /// The next one to be tried, and the last one.
    len: usize,
    end: usize,
    /// How much is broken with it, and how far it is from what is claimed.
    best: Option<((usize, usize), usize)>,
}

impl Outer {
    fn new(bytes: &[u8], header: usize, total: usize) -> Self {
        let (body, claimed) = (&bytes[header..], total - header);
        let scratch = [&[0; HEADER], body].concat();
        Self { header, claimed, scratch, len: 0, end: body.len().min(claimed + TRIED), best: None }
    }

    /// Tries the next one; false where there is none.
    fn next(&mut self, bytes: &[u8], version: Version) -> bool {
        if self.len > self.end {
            return false;
        }
        let (len, claimed) = (self.len, self.claimed);
        self.len += 1;
        if claimed > len + TRIED && len > TRIED {
            self.len = claimed - TRIED;
            return true;
        }
        let number = variable(len);
        let start = HEADER - 1 - number.len();
        self.scratch[start] = bytes[0];
        self.scratch[start + 1..HEADER].copy_from_slice(&number);
        if len == claimed || decode(&self.scratch[start..HEADER + len], version).is_err() {
            return true;
        }
        let rest = &bytes[self.header + len..];
        let behind = if rest.is_empty() { Verdict::GOOD } else { Verdict::of(rest, version) };
        // A payload has any length: of a PUBLISH only what follows tells.
        let publish = bytes[0] >> 4 == PacketType::Publish.nibble();
        if publish && (behind.cut || behind.faults > 0) {
            return true;
        }
        let rank = (behind.faults * 2 + usize::from(behind.cut) + behind.behind, claimed.abs_diff(len));
        if self.best.as_ref().is_none_or(|(known, _)| rank < *known) {
            self.best = Some((rank, len));
        }
        true
    }

    fn finish(self, bytes: &[u8], version: Version) -> Vec<Repair> {
        let Some(((broken, _), len)) = self.best else { return vec![] };
        let (body, claimed) = (&bytes[self.header..], self.claimed);
        let mut cause =
            if len < claimed { Cause::RemainingLengthTooLong } else { Cause::RemainingLengthTooShort };
        let taken_in = body.get(len..claimed.min(body.len())).unwrap_or(&[]);
        if len < claimed
            && claimed <= body.len()
            && taken_in.len() > 1
            && Verdict::of(taken_in, version) == Verdict::GOOD
        {
            cause = Cause::TwoPackets;
        }
        if broken > 1 {
            return vec![];
        }
        let mut new = vec![bytes[0]];
        new.extend(variable(len));
        let label = said(&["Set the remaining length to ", &text::number(len as u32)]);
        vec![Repair::bytes(cause, 1, self.header, new, label)]
    }
}

/// Two-byte lengths with which the packet is whole.
#[derive(Debug)]
struct Prefixes {
    /// The packet, with the length in it that is tried.
    tried: Vec<u8>,
    /// Where they stand, and what they are called.
    nodes: Vec<(usize, Field, &'static str)>,
    /// How many have been tried.
    done: usize,
    /// The next value of the one that is tried, and the nearest that fits.
    value: usize,
    near: Option<u16>,
    /// By how much each changes a length.
    found: Vec<(usize, Repair)>,
}

impl Prefixes {
    fn new(packet: &[u8], version: Version) -> Self {
        let dissection = dissect(packet, version);
        let fault = dissection.faults.first().map_or(usize::MAX, |it| it.fault.offset as usize);
        let nodes = dissection.nodes.iter().filter(|node| is_length_prefix(node.field) && node.len == 2);
        let mut nodes: Vec<_> = nodes
            .map(|node| (node.offset, node.field, crate::dissect::name::name(version, node.field, node.aux)))
            .collect();
        let most = if packet.len() > LARGE { FEW_PREFIXES } else { PREFIXES };
        if nodes.len() > most {
            // What is read first is broken first: those just before the fault.
            let before = nodes.partition_point(|node| node.0 <= fault);
            nodes.truncate(before.max(most));
            nodes.drain(..nodes.len() - most);
        }
        Self { tried: packet.to_vec(), nodes, done: 0, value: 0, near: None, found: vec![] }
    }

    /// Tries the next value; false behind the last one.
    fn next(&mut self, version: Version) -> bool {
        let Some((at, field, name)) = self.nodes.get(self.done).copied() else { return false };
        let now = [self.tried[at], self.tried[at + 1]];
        let left = self.tried.len() - at - 2;
        let publish = self.tried[0] >> 4 == PacketType::Publish.nibble();
        if self.value == 0 {
            let swapped = u16::from_le_bytes(now);
            if swapped != u16::from_be_bytes(now) && self.works(at, swapped, version) {
                return self.offer(Cause::LengthSwapped, at, name, swapped);
            }
        }
        if publish && field == Field::TopicNameLength {
            // Where the topic ends only its characters tell.
            let letters = self.tried[at + 2..].iter().take_while(|it| (0x21..0x7f).contains(*it)).count();
            if letters > 0 && letters <= 0xffff && self.works(at, letters as u16, version) {
                return self.offer(Cause::LengthStale, at, name, letters as u16);
            }
            self.done += 1;
            return true;
        }
        let now = u16::from_be_bytes(now);
        if self.value <= left.min(VALUES) {
            let value = self.value as u16;
            let nearer = self.near.is_none_or(|near| value.abs_diff(now) < near.abs_diff(now));
            if value != now && nearer && self.works(at, value, version) {
                self.near = Some(value);
            }
            self.value += 1;
            return true;
        }
        match self.near {
            Some(value) => self.offer(Cause::LengthStale, at, name, value),
            None => {
                (self.done, self.value) = (self.done + 1, 0);
                true
            }
        }
    }

    /// Whether the packet is whole with it; nothing is changed.
    fn works(&mut self, at: usize, value: u16, version: Version) -> bool {
        let now = [self.tried[at], self.tried[at + 1]];
        self.tried[at..at + 2].copy_from_slice(&value.to_be_bytes());
        let works = decode(&self.tried, version).is_ok();
        self.tried[at..at + 2].copy_from_slice(&now);
        works
    }

    /// Keeps a repair, and goes on to the next length.
    fn offer(&mut self, cause: Cause, at: usize, name: &str, value: u16) -> bool {
        let now = u16::from_be_bytes([self.tried[at], self.tried[at + 1]]);
        let label = said(&["Set the ", name, " to ", &text::number(u32::from(value))]);
        let by = if cause == Cause::LengthSwapped { 0 } else { usize::from(value.abs_diff(now)) };
        let new = [&self.tried[..at], &value.to_be_bytes()].concat();
        self.found.push((by, Repair::bytes(cause, at, at + 2, new, label)));
        (self.done, self.value, self.near) = (self.done + 1, 0, None);
        true
    }

    /// Bytes the wrong way round first, then the smallest change.
    fn finish(mut self) -> Vec<Repair> {
        self.found.sort_by_key(|(by, _)| *by);
        self.found.into_iter().map(|(_, repair)| repair).collect()
    }
}

/// Lengths of properties with which the packet is whole.
#[derive(Debug)]
struct Sections {
    packet: Vec<u8>,
    header: usize,
    /// Where they stand, and what they claim.
    nodes: Vec<(usize, usize, usize)>,
    done: usize,
    value: usize,
    near: Option<usize>,
    found: Vec<Repair>,
}

impl Sections {
    fn new(packet: &[u8], version: Version, header: usize) -> Self {
        let dissection = dissect(packet, version);
        let lengths =
            dissection.nodes.iter().filter(|node| node.field == Field::PropertyLength && node.len > 0);
        let nodes = lengths.map(|node| {
            let claimed = match node.value {
                crate::dissect::Value::Number(claimed) => claimed as usize,
                _ => 0,
            };
            (node.offset, node.offset + node.len, claimed)
        });
        let (packet, nodes) = (packet.to_vec(), nodes.collect());
        Self { packet, header, nodes, done: 0, value: 0, near: None, found: vec![] }
    }

    /// The packet with another one.
    fn with(&self, from: usize, to: usize, value: usize) -> Vec<u8> {
        let body = [&self.packet[self.header..from], &variable(value), &self.packet[to..]].concat();
        with_length(self.packet[0], &body)
    }

    /// Tries the next value; false behind the last one.
    fn next(&mut self, version: Version) -> bool {
        let Some((from, to, claimed)) = self.nodes.get(self.done).copied() else { return false };
        let total = self.packet.len();
        if self.value <= (total - to).min(VALUES) {
            let value = self.value;
            let nearer = self.near.is_none_or(|near| value.abs_diff(claimed) < near.abs_diff(claimed));
            if value != claimed && nearer && decode(&self.with(from, to, value), version).is_ok() {
                self.near = Some(value);
            }
            self.value += 1;
            return true;
        }
        if let Some(value) = self.near.take() {
            let label = said(&["Set the property length to ", &text::number(value as u32)]);
            let new = self.with(from, to, value);
            self.found.push(Repair::bytes(Cause::PropertyLength, from, total, new, label));
        }
        (self.done, self.value) = (self.done + 1, 0);
        true
    }
}
