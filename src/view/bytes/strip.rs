//! The bytes that ride on an arrow: all of them, or as many as fit with the hidden ones counted.

use super::cell::{ByteCell, ByteMap};
use crate::codec::Field;
use crate::dissect::{ByteGroup, Dissection};

/// A piece of the strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StripItem {
    /// Neighbouring bytes of one colour.
    Bytes {
        /// Their colour.
        group: ByteGroup,
        /// The bytes.
        cells: Vec<ByteCell>,
    },
    /// Bytes that are not shown; never 0.
    Elision(usize),
}

/// Width of the chip that counts hidden bytes, in cells.
const CHIP: usize = 3;

/// The strip in at most about `budget` cells' width.
///
/// Shown whatever the budget: the fixed header, the first two bytes behind it, the packet identifier and the last
/// byte. Bytes are hidden first between the start of the first field (a PUBLISH's topic, a CONNECT's protocol name)
/// and the anchor (the packet identifier, else the payload); only if that is not enough, also behind the anchor.
pub fn strip(frame: &[u8], dissection: &Dissection, map: &ByteMap, budget: usize) -> Vec<StripItem> {
    let len = frame.len();
    let mut items = Vec::new();
    let mut shown_to = 0;
    for (from, to) in kept(dissection, map, len, budget) {
        if from > shown_to {
            items.push(StripItem::Elision(from - shown_to));
        }
        push(&mut items, frame, map, from.max(shown_to), to);
        shown_to = shown_to.max(to);
    }
    items
}

fn push(items: &mut Vec<StripItem>, frame: &[u8], map: &ByteMap, from: usize, to: usize) {
    for segment in super::segments(&map.cells(frame, from, to)) {
        match items.last_mut() {
            Some(StripItem::Bytes { group, cells }) if *group == segment.group => cells.extend(segment.cells),
            _ => items.push(StripItem::Bytes { group: segment.group, cells: segment.cells.to_vec() }),
        }
    }
}

/// The ranges that are shown, in order; they may touch.
fn kept(dissection: &Dissection, map: &ByteMap, len: usize, budget: usize) -> Vec<(usize, usize)> {
    let head = (header_len(map) + 2).min(len);
    let (anchor, anchor_len) = anchor(dissection, len);
    if len <= budget || len <= head + CHIP {
        return vec![(0, len)];
    }
    let gap = anchor.saturating_sub(head);
    let tail = len - anchor.max(head);
    if gap > CHIP && head + CHIP + tail <= budget {
        // Hiding some of the first field is enough: show as much of its start as fits.
        let start = (budget - CHIP - tail).max(head).min(anchor - CHIP);
        return vec![(0, start), (anchor, len)];
    }
    let (hidden_gap, first) = if gap > CHIP { (CHIP, head) } else { (0, anchor.max(head)) };
    let second = if gap > CHIP { anchor } else { first };
    let must_to = (second + anchor_len).clamp(second, len);
    // Of what follows the anchor, two thirds of the room show its start and one third the end.
    let room = budget.saturating_sub(first + hidden_gap + (must_to - second) + CHIP).max(1);
    let back = (room / 3).max(1);
    let front = room - back;
    let (front_to, back_from) = (must_to + front, len.saturating_sub(back));
    if front_to + CHIP >= back_from {
        return vec![(0, first), (second, len)];
    }
    vec![(0, first), (second, front_to), (back_from, len)]
}

/// Bytes of the fixed header: the first byte and the Remaining Length.
fn header_len(map: &ByteMap) -> usize {
    use ByteGroup::{FixedHeader, RemainingLength};
    let header = map.runs().iter().take(2).take_while(|it| matches!(it.group, FixedHeader | RemainingLength));
    header.last().map_or(1, |run| run.offset + run.len).min(5)
}

/// Where the part begins that is shown before anything else, and how much of it is shown in any case.
fn anchor(dissection: &Dissection, len: usize) -> (usize, usize) {
    let find = |field| dissection.nodes.iter().find(|node| node.field == field);
    if let Some(id) = find(Field::PacketIdentifier) {
        return (id.offset, id.len);
    }
    let last = len.saturating_sub(1);
    (find(Field::Payload).map_or(last, |payload| payload.offset.min(last)), 0)
}
