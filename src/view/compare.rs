//! Two packets side by side: which fields they share, and which bytes of those differ.

use super::bytes::{ByteCell, ByteField, ByteMap, Piece, fields};
use crate::dissect::{ByteGroup, Dissection};

/// Places of a table that are worked out to find the fewest changes; of longer runs, what stands in the same place is
/// compared.
const MOST_CELLS: usize = 1 << 18;
/// Equal bytes in a row from which on only some are shown, and how many of them beside a difference.
const LONG_RUN: usize = 12;
const BESIDE: usize = 3;
/// Columns of one field that are shown, and its bytes that are put side by side: of what follows those, the same places
/// are compared.
const COLUMNS: usize = 512;
const ALIGNED: usize = 1 << 15;

/// A packet to compare.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What they are.
    pub dissection: &'a Dissection,
    /// Which byte belongs to which field.
    pub map: &'a ByteMap,
}

/// How the bytes of two packets differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Bytes with another value.
    pub changed: usize,
    /// Bytes that only the second has.
    pub added: usize,
    /// Bytes that only the first has.
    pub removed: usize,
}

/// A field of both packets, or of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// Its colour.
    pub group: ByteGroup,
    /// What it says in the first and in the second packet; nothing where it is not there.
    pub values: [Option<String>; 2],
    /// Its bytes, one above the other.
    pub parts: Vec<Part>,
    /// Nothing of it differs.
    pub same: bool,
}

/// Bytes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A byte of each, or of one; they differ if the flag is set.
    Pair([Option<ByteCell>; 2], bool),
    /// Equal bytes that are not shown.
    Same(usize),
    /// Further bytes that are not shown, differences among them.
    More(usize),
}

/// Two packets, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// All fields, in order.
    pub lines: Vec<Line>,
    /// What differs altogether.
    pub difference: Difference,
}

impl Comparison {
    /// Compares two packets. Fields of the same name belong together, in the order in which they come.
    pub fn new(first: Side<'_>, second: Side<'_>) -> Self {
        let [left, right] =
            [first, second].map(|side| fields(side.bytes, side.dissection, side.map, ALIGNED, usize::MAX));
        // The first byte is the type with its flags, whatever it is called.
        let key = |at: usize, field: &ByteField| if at == 0 { String::new() } else { field.label.clone() };
        let keys = |fields: &[ByteField]| -> Vec<String> {
            fields.iter().enumerate().map(|(at, field)| key(at, field)).collect()
        };
        let (left_keys, right_keys) = (keys(&left), keys(&right));
        let mut comparison = Self::default();
        for (l, r) in align(left.len(), right.len(), |l, r| left_keys[l] == right_keys[r], false) {
            let pair = [l.map(|at| &left[at]), r.map(|at| &right[at])];
            comparison.lines.extend(line(
                pair,
                [first, second].map(|it| it.bytes),
                &mut comparison.difference,
            ));
        }
        comparison
    }

    /// "2 bytes differ, in topic name and packet id", for people.
    pub fn summary(&self) -> String {
        let text = self.difference.text();
        let mut names = self.lines.iter().filter(|line| !line.same).map(|line| line.label.as_str());
        let Some(first) = names.next() else { return "All bytes are the same.".to_owned() };
        let mut out = [&text, ", in ", first].concat();
        let rest: Vec<&str> = names.collect();
        for (at, name) in rest.iter().enumerate().take(4) {
            out.push_str(if at + 1 == rest.len() { " and " } else { ", " });
            out.push_str(name);
        }
        if rest.len() > 4 {
            out.push_str(&[" and ", &(rest.len() - 4).to_string(), " more"].concat());
        }
        out.push('.');
        out
    }
}

impl Difference {
    /// What differs between two runs of bytes, with the fewest changes where they are not too long for that.
    pub fn between(first: &[u8], second: &[u8]) -> Self {
        let mut it = Self::default();
        for pair in align(first.len(), second.len(), |l, r| first[l] == second[r], true) {
            it.count(pair, |l, r| first[l] == second[r]);
        }
        it
    }

    fn count(&mut self, pair: (Option<usize>, Option<usize>), same: impl Fn(usize, usize) -> bool) -> bool {
        match pair {
            (Some(l), Some(r)) if same(l, r) => return false,
            (Some(_), Some(_)) => self.changed += 1,
            (None, _) => self.added += 1,
            (_, None) => self.removed += 1,
        }
        true
    }

    /// "1 byte changed, 2 added": nothing that is 0, unless all is.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (count, word) in [(self.changed, "changed"), (self.added, "added"), (self.removed, "removed")] {
            if count == 0 && !(word == "changed" && *self == Self::default()) {
                continue;
            }
            let unit = if !out.is_empty() {
                " "
            } else if count == 1 {
                " byte "
            } else {
                " bytes "
            };
            out.push_str(if out.is_empty() { "" } else { ", " });
            out.push_str(&count.to_string());
            out.push_str(unit);
            out.push_str(word);
        }
        out
    }
}

fn line(pair: [Option<&ByteField>; 2], bytes: [&[u8]; 2], difference: &mut Difference) -> Option<Line> {
    let shown = pair[0].or(pair[1])?;
    let [left, right] = pair.map(|field| field.map_or_else(Vec::new, cells));
    let same = |l: usize, r: usize| left[l].value == right[r].value;
    let mut pairs = Vec::new();
    for place in align(left.len(), right.len(), same, true) {
        let differs = difference.count(place, same);
        let cell = |cells: &[ByteCell], at: Option<usize>| at.map(|at| cells[at]);
        pairs.push(([cell(&left, place.0), cell(&right, place.1)], differs));
    }
    let [left, right] = [0, 1].map(|at| pair[at].map_or(&[][..], |field| tail(field, bytes[at])));
    let tail = Difference::between(left, right);
    difference.changed += tail.changed;
    difference.added += tail.added;
    difference.removed += tail.removed;
    let same_tail = tail == Difference::default();
    let mut parts = parts(pairs.clone());
    match left.len().max(right.len()) {
        0 => {}
        more if same_tail => parts.push(Part::Same(more)),
        more => parts.push(Part::More(more)),
    }
    let label = match pair {
        [Some(a), Some(b)] if a.label != b.label => [&a.label, " / ", &b.label].concat(),
        _ => shown.label.clone(),
    };
    Some(Line {
        label,
        group: shown.group,
        values: pair.map(|field| field.map(|it| it.value.clone())),
        same: pair.iter().all(Option::is_some) && same_tail && pairs.iter().all(|(_, differs)| !differs),
        parts,
    })
}

/// A field's bytes that are put side by side with others.
fn cells(field: &ByteField) -> Vec<ByteCell> {
    match field.pieces.first() {
        Some(Piece::Cells(cells)) => cells.clone(),
        _ => Vec::new(),
    }
}

/// Its bytes behind those.
fn tail<'a>(field: &ByteField, bytes: &'a [u8]) -> &'a [u8] {
    let len = |piece: &Piece| match piece {
        Piece::Cells(cells) => cells.len(),
        Piece::Hidden(len) => *len,
    };
    let Some(Piece::Cells(first)) = field.pieces.first() else { return &[] };
    let from = first.first().map_or(0, |cell| cell.offset) + first.len();
    bytes.get(from..from + field.pieces.iter().skip(1).map(len).sum::<usize>()).unwrap_or_default()
}

/// Long runs of equal bytes are shortened, and so is a field that is still too long.
fn parts(pairs: Vec<([Option<ByteCell>; 2], bool)>) -> Vec<Part> {
    let count = pairs.len();
    let mut near = vec![false; count];
    for at in (0..count).filter(|at| pairs[*at].1) {
        near[at.saturating_sub(BESIDE)..(at + BESIDE + 1).min(count)].fill(true);
    }
    // The beginning says which field it is.
    near[..count.min(BESIDE + 1)].fill(true);
    let mut parts = Vec::new();
    let mut at = 0;
    let mut pairs = pairs.into_iter();
    while at < count {
        if parts.len() >= COLUMNS {
            parts.push(Part::More(count - at));
            break;
        }
        let run = near[at..].iter().take_while(|near| !**near).count();
        if run >= LONG_RUN {
            parts.push(Part::Same(run));
            pairs.nth(run - 1);
            at += run;
            continue;
        }
        for (pair, differs) in pairs.by_ref().take(run.max(1)) {
            parts.push(Part::Pair(pair, differs));
        }
        at += run.max(1);
    }
    parts
}

type Places = Vec<(Option<usize>, Option<usize>)>;

/// Puts two runs of `left` and `right` things beside each other with the fewest changes; what is not the same may stand
/// side by side if `replaces`.
fn align(left: usize, right: usize, same: impl Fn(usize, usize) -> bool, replaces: bool) -> Places {
    let before = (0..left.min(right)).take_while(|at| same(*at, *at)).count();
    let rest = left.min(right) - before;
    let after = (0..rest).take_while(|at| same(left - 1 - at, right - 1 - at)).count();
    let (wide, high) = (left - before - after, right - before - after);
    let mut places: Places = (0..before).map(|at| (Some(at), Some(at))).collect();
    let middle = if wide.saturating_mul(high) <= MOST_CELLS {
        fewest(wide, high, |l, r| same(before + l, before + r), replaces)
    } else {
        in_place(wide, high, |l, r| replaces || same(before + l, before + r))
    };
    let moved = |at: Option<usize>| at.map(|at| before + at);
    places.extend(middle.into_iter().map(|(l, r)| (moved(l), moved(r))));
    places.extend((0..after).map(|at| (Some(left - after + at), Some(right - after + at))));
    places
}

fn in_place(wide: usize, high: usize, fits: impl Fn(usize, usize) -> bool) -> Places {
    let place = |at: usize| match (at < wide, at < high) {
        (true, true) if !fits(at, at) => vec![(Some(at), None), (None, Some(at))],
        (l, r) => vec![(l.then_some(at), r.then_some(at))],
    };
    (0..wide.max(high)).flat_map(place).collect()
}

/// The table of Wagner and Fischer: how many changes lead from the first `l` to the first `r`.
fn fewest(wide: usize, high: usize, same: impl Fn(usize, usize) -> bool, replaces: bool) -> Places {
    let row = wide + 1;
    let mut costs = vec![0_u32; row * (high + 1)];
    let step = |l: usize, r: usize, costs: &[u32]| -> u32 {
        let both = match (same(l - 1, r - 1), replaces) {
            (true, _) => Some(0),
            (false, true) => Some(1),
            (false, false) => None,
        };
        let one = costs[(r - 1) * row + l].min(costs[r * row + l - 1]) + 1;
        both.map_or(one, |cost| one.min(costs[(r - 1) * row + l - 1] + cost))
    };
    for (cost, at) in costs.iter_mut().take(row).zip(0..) {
        *cost = at;
    }
    for r in 1..=high {
        costs[r * row] = r as u32;
        for l in 1..=wide {
            costs[r * row + l] = step(l, r, &costs);
        }
    }
    let (mut l, mut r) = (wide, high);
    let mut places = Places::new();
    while l > 0 || r > 0 {
        let here = costs[r * row + l];
        let both = l > 0 && r > 0 && (same(l - 1, r - 1) || replaces);
        if both && costs[(r - 1) * row + l - 1] + u32::from(!same(l - 1, r - 1)) == here {
            (l, r) = (l - 1, r - 1);
            places.push((Some(l), Some(r)));
        } else if l > 0 && costs[r * row + l - 1] + 1 == here {
            l -= 1;
            places.push((Some(l), None));
        } else {
            r -= 1;
            places.push((None, Some(r)));
        }
    }
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Version;
    use crate::dissect::dissect;

    fn compare(first: &[u8], second: &[u8]) -> Comparison {
        let [a, b] = [first, second].map(|bytes| dissect(bytes, Version::V5));
        let (map_a, map_b) = (ByteMap::new(&a), ByteMap::new(&b));
        Comparison::new(
            Side { bytes: first, dissection: &a, map: &map_a },
            Side { bytes: second, dissection: &b, map: &map_b },
        )
    }

    const SENT: &[u8] = b"\x34\x0a\x00\x03a/b\x00\x01\x00hi";
    const AGAIN: &[u8] = b"\x3c\x0a\x00\x03a/b\x00\x01\x00hi";

    #[test]
    fn a_copy_differs_in_its_first_byte() {
        let it = compare(SENT, AGAIN);
        assert_eq!(it.difference, Difference { changed: 1, ..Difference::default() });
        assert_eq!(it.summary(), "1 byte changed, in PUBLISH.");
        let names: Vec<&str> = it.lines.iter().map(|line| &*line.label).collect();
        assert_eq!(names, ["PUBLISH", "length", "topic name", "packet id", "properties", "payload"]);
        assert!(!it.lines[0].same && it.lines[1..].iter().all(|line| line.same));
        assert_eq!(it.lines[0].values, [Some("QoS 2".to_owned()), Some("DUP, QoS 2".to_owned())]);
        assert_eq!(compare(SENT, SENT).summary(), "All bytes are the same.");
    }

    #[test]
    fn longer_topics_and_missing_fields_stand_side_by_side() {
        // QoS 0 has no identifier; the topic is longer by one byte in its middle.
        let it = compare(SENT, b"\x30\x09\x00\x04a/xb\x00hi");
        let lines: Vec<_> = it.lines.iter().map(|it| (&*it.label, it.same, it.parts.len())).collect();
        assert_eq!(
            lines,
            [
                ("PUBLISH", false, 1),
                ("length", false, 1),
                ("topic name", false, 6),
                ("packet id", false, 2),
                ("properties", true, 1),
                ("payload", true, 2)
            ]
        );
        assert_eq!(it.difference, Difference { changed: 3, added: 1, removed: 2 });
        assert_eq!(
            it.summary(),
            "3 bytes changed, 1 added, 2 removed, in PUBLISH, length, topic name and packet id."
        );
        let topic = &it.lines[2].parts;
        assert!(matches!(&topic[4], Part::Pair([None, Some(cell)], true) if cell.value == b'x'), "{topic:?}");
        assert_eq!(it.lines[3].values, [Some("1".to_owned()), None]);
    }

    #[test]
    fn long_runs_of_equal_bytes_are_counted() {
        let mut first = b"\x30\xd4\x0f\x00\x01a\x00".to_vec();
        first.extend([b'x'; 2000]);
        let mut second = first.clone();
        second[1500] = b'y';
        let it = compare(&first, &second);
        let payload = &it.lines.last().expect("a payload").parts;
        let hidden: Vec<_> = payload.iter().filter(|it| matches!(it, Part::Same(_))).collect();
        assert_eq!(hidden, [&Part::Same(1486), &Part::Same(503)]);
        assert_eq!(payload.len(), 2 + 4 + 7);
        assert_eq!(it.difference.changed, 1);
    }

    #[test]
    fn very_different_packets_are_compared_in_place_and_cut() {
        let packet = |byte: u8| {
            let mut bytes = b"\x30\xb4\x9c\x01\x00\x01a\x00".to_vec();
            bytes.resize(8 + 19_996, byte);
            bytes
        };
        let it = compare(&packet(1), &packet(2));
        assert_eq!(it.difference.changed, 19_996);
        let payload = &it.lines.last().expect("a payload").parts;
        assert_eq!((payload.len(), payload.last()), (COLUMNS + 1, Some(&Part::More(19_996 - COLUMNS))));
        // Beyond what is put side by side.
        let long = |last: u8| {
            let mut bytes = b"\x30\x84\x80\x04\x00\x01a\x00".to_vec();
            bytes.resize(8 + 65_536, b'x');
            bytes[60_000] = last;
            bytes
        };
        let it = compare(&long(b'x'), &long(b'y'));
        assert_eq!(it.difference.changed, 1);
        let payload = it.lines.last().expect("a payload");
        assert_eq!((payload.same, payload.parts.last()), (false, Some(&Part::More(65_536 - ALIGNED))));
        assert!(compare(&long(b'x'), &long(b'x')).lines.iter().all(|line| line.same));
    }

    #[test]
    fn any_two_runs_of_bytes_are_told_apart_and_put_together_again() {
        let runs: [&[u8]; 7] = [b"", b"a", b"ab", b"ba", b"abcabc", b"xabcbc", b"abc"];
        for first in runs {
            for second in runs {
                let places = align(first.len(), second.len(), |l, r| first[l] == second[r], true);
                let left: Vec<u8> = places.iter().filter_map(|it| it.0.map(|at| first[at])).collect();
                let right: Vec<u8> = places.iter().filter_map(|it| it.1.map(|at| second[at])).collect();
                assert_eq!((&*left, &*right), (first, second));
                assert_eq!(Difference::between(first, second) == Difference::default(), first == second);
            }
        }
        let told = Difference::between(b"abcabc", b"xabcbc");
        assert_eq!(told, Difference { changed: 0, added: 1, removed: 1 });
        assert_eq!(told.text(), "1 byte added, 1 removed");
        assert_eq!(Difference::default().text(), "0 bytes changed");
    }
}
