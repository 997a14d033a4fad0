//! Lengths that do not fit: which of them is wrong, and what it should be.

use super::edit::{variable, with_length};
use super::{Cause, Repair, Verdict};
use crate::codec::{Field, Frame, PacketType, Version, decode, measure};
use crate::dissect::is_length_prefix;
use crate::dissect::node::dissect;
use crate::dissect::text::{self, said};

/// Lengths that are tried.
const TRIED: usize = 2048;
/// Values of a two-byte length that are tried.
const VALUES: usize = 600;

/// What each length would have to be.
pub(super) fn repairs(bytes: &[u8], version: Version, now: Verdict) -> Vec<Repair> {
    let mut inner = Vec::new();
    let (header, total) = match measure(bytes) {
        Frame::Len { header, total } => (header, total),
        Frame::Malformed => return never_ends(bytes, version),
        Frame::More => return vec![],
    };
    let whole = total <= bytes.len();
    if whole && now.faults > 0 {
        inner = prefixes(bytes, version, total);
        inner.extend(property_length(bytes, version, header, total));
    }
    let outer = remaining_length(bytes, version, header, total);
    // Where the packet ends as it should, a length inside is wrong.
    if whole && now.behind == 0 {
        // Packets of their own at its end say that it was to end before them.
        let (first, rest): (Vec<_>, Vec<_>) = outer.into_iter().partition(|it| it.cause == Cause::TwoPackets);
        first.into_iter().chain(inner).chain(rest).collect()
    } else {
        outer.into_iter().chain(inner).collect()
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

/// Remaining Lengths with which the packet, and what follows it, is whole.
fn remaining_length(bytes: &[u8], version: Version, header: usize, total: usize) -> Vec<Repair> {
    let body = &bytes[header..];
    let claimed = total - header;
    let publish = bytes[0] >> 4 == PacketType::Publish.nibble();
    let mut best: Option<((usize, usize), usize)> = None;
    for len in 0..=body.len().min(claimed + TRIED) {
        if len == claimed || claimed > len + TRIED && len > TRIED {
            continue;
        }
        let packet = with_length(bytes[0], &body[..len]);
        if decode(&packet, version).is_err() {
            continue;
        }
        let rest = &body[len..];
        let behind = if rest.is_empty() { Verdict::GOOD } else { Verdict::of(rest, version) };
        // A payload has any length: of a PUBLISH only what follows tells.
        if publish && (behind.cut || behind.faults > 0) {
            continue;
        }
        let rank = (behind.faults * 2 + usize::from(behind.cut) + behind.behind, claimed.abs_diff(len));
        if best.as_ref().is_none_or(|(known, _)| rank < *known) {
            best = Some((rank, len));
        }
    }
    let Some(((broken, _), len)) = best else { return vec![] };
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
    vec![Repair::bytes(cause, 1, header, new, label)]
}

/// Two-byte lengths with which the packet is whole.
fn prefixes(bytes: &[u8], version: Version, total: usize) -> Vec<Repair> {
    let packet = &bytes[..total];
    let dissection = dissect(packet, version);
    let mut found: Vec<(usize, Repair)> = Vec::new();
    let publish = packet[0] >> 4 == PacketType::Publish.nibble();
    for node in dissection.nodes.iter().filter(|node| is_length_prefix(node.field) && node.len == 2) {
        let at = node.offset;
        let (high, low) = (packet[at], packet[at + 1]);
        let mut tried = packet.to_vec();
        let mut works = |value: u16| {
            tried[at..at + 2].copy_from_slice(&value.to_be_bytes());
            decode(&tried, version).is_ok()
        };
        let name = crate::dissect::name::name(version, node.field, node.aux);
        let now = u16::from_be_bytes([high, low]);
        let mut offer = |cause, value: u16| {
            let label = said(&["Set the ", name, " to ", &text::number(u32::from(value))]);
            let by = if cause == Cause::LengthSwapped { 0 } else { usize::from(value.abs_diff(now)) };
            let new = [&packet[..at], &value.to_be_bytes()].concat();
            found.push((by, Repair::bytes(cause, at, at + 2, new, label)));
        };
        let swapped = u16::from_le_bytes([high, low]);
        if swapped != now && works(swapped) {
            offer(Cause::LengthSwapped, swapped);
            continue;
        }
        let left = total - at - 2;
        if publish && node.field == Field::TopicNameLength {
            // Where the topic ends only its characters tell.
            let letters = packet[at + 2..].iter().take_while(|it| (0x21..0x7f).contains(*it)).count();
            if letters > 0 && works(letters as u16) {
                offer(Cause::LengthStale, letters as u16);
            }
            continue;
        }
        let near = (0..=left.min(VALUES)).filter(|value| *value != usize::from(now) && works(*value as u16));
        if let Some(value) = near.min_by_key(|value| value.abs_diff(usize::from(now))) {
            offer(Cause::LengthStale, value as u16);
        }
    }
    // Bytes the wrong way round first, then the smallest change.
    found.sort_by_key(|(by, _)| *by);
    found.into_iter().map(|(_, repair)| repair).collect()
}

/// Lengths of the properties with which the packet is whole.
fn property_length(bytes: &[u8], version: Version, header: usize, total: usize) -> Vec<Repair> {
    let packet = &bytes[..total];
    let dissection = dissect(packet, version);
    let mut found = Vec::new();
    let lengths = dissection.nodes.iter().filter(|node| node.field == Field::PropertyLength && node.len > 0);
    for node in lengths {
        let (from, to) = (node.offset, node.offset + node.len);
        let works = |value: &usize| {
            let new = [&packet[header..from], &variable(*value), &packet[to..]].concat();
            decode(&with_length(packet[0], &new), version).is_ok()
        };
        let claimed = match node.value {
            crate::dissect::Value::Number(claimed) => claimed as usize,
            _ => 0,
        };
        let values = (0..=(total - to).min(VALUES)).filter(|value| *value != claimed).filter(works);
        if let Some(value) = values.min_by_key(|value| value.abs_diff(claimed)) {
            let new = [&packet[header..from], &variable(value), &packet[to..]].concat();
            let label = said(&["Set the property length to ", &text::number(value as u32)]);
            found.push(Repair::bytes(
                Cause::PropertyLength,
                from,
                total,
                with_length(packet[0], &new),
                label,
            ));
        }
    }
    found
}
