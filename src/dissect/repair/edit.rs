//! Other bytes in place of a field's, with every length around it put right.

use core::ops::Range;

use crate::codec::{Field, Frame, Version, measure};
use crate::dissect::is_length_prefix;
use crate::dissect::node::{Dissection, dissect};

/// A variable byte integer in as few bytes as it needs.
pub(super) fn variable(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4);
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// The packet with another Remaining Length: that of what is in it.
pub(super) fn with_length(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    packet.extend(variable(body.len()));
    packet.extend(body);
    packet
}

/// The packet with `new` in place of the bytes at `range`: the two-byte length before them, the length of the
/// properties around them and the Remaining Length follow. A `range` of no bytes puts `new` before its first; at the end
/// of a string or of the properties that is behind them.
pub fn replace(packet: &[u8], version: Version, range: Range<usize>, new: &[u8]) -> Vec<u8> {
    edit(packet, version, range, new, false)
}

/// The packet with one more property, which ends before the byte at `at`; there its properties end, or another begins.
pub fn insert_property(packet: &[u8], version: Version, at: usize, property: &[u8]) -> Vec<u8> {
    edit(packet, version, at..at, property, true)
}

fn edit(packet: &[u8], version: Version, range: Range<usize>, new: &[u8], property: bool) -> Vec<u8> {
    let dissection = dissect(packet, version);
    let header = match measure(packet) {
        Frame::Len { header, .. } => header,
        _ => 1.min(packet.len()),
    };
    if range.end > packet.len() || range.start > range.end || range.start < header {
        let mut edited = packet.to_vec();
        let end = range.end.min(edited.len());
        edited.splice(range.start.min(end)..end, new.iter().copied());
        return edited;
    }
    let mut body = packet[header..].to_vec();
    let grown = new.len() as isize - range.len() as isize;
    body.splice(range.start - header..range.end - header, new.iter().copied());
    if grown != 0 {
        // From the back to the front, so that a length that changes its own width moves nothing that is still due.
        if let Some(prefix) = prefix_of(&dissection, packet, &range).filter(|_| !property) {
            let old = usize::from(u16::from_be_bytes([packet[prefix], packet[prefix + 1]]));
            let len = old.saturating_add_signed(grown).min(0xffff) as u16;
            body[prefix - header..prefix - header + 2].copy_from_slice(&len.to_be_bytes());
        }
        if let Some((at, width, old)) = section_of(&dissection, &range, property) {
            let len = variable(old.saturating_add_signed(grown));
            body.splice(at - header..at - header + width, len);
        }
    }
    with_length(packet[0], &body)
}

/// The two-byte length of the field that holds the range.
fn prefix_of(dissection: &Dissection, packet: &[u8], range: &Range<usize>) -> Option<usize> {
    let mut leaves = dissection.nodes.iter().filter(|node| node.leaf && node.bits.is_none());
    let prefix = leaves.rfind(|node| {
        let Some(announced) = packet.get(node.offset..node.offset + 2) else { return false };
        let len = usize::from(u16::from_be_bytes([announced[0], announced[1]]));
        let from = node.offset + 2;
        is_length_prefix(node.field) && node.len == 2 && from <= range.start && range.end <= from + len
    })?;
    Some(prefix.offset)
}

/// Where the length of the properties around the range stands, its width and its value.
fn section_of(
    dissection: &Dissection,
    range: &Range<usize>,
    property: bool,
) -> Option<(usize, usize, usize)> {
    let lengths = dissection.nodes.iter().filter(|node| node.field == Field::PropertyLength && node.len > 0);
    lengths
        .filter_map(|node| {
            let len = match node.value {
                crate::dissect::Value::Number(len) => len as usize,
                _ => return None,
            };
            Some((node.offset, node.len, len))
        })
        .find(|(at, width, len)| {
            let from = at + width;
            from <= range.start && range.end <= from + len && (property || range.start < from + len)
        })
}
