//! Hex dumps: an offset, bytes, mostly their ASCII; with whatever a log puts before each row.

use super::gathered::Gathered;
use super::lines::{LINE, Lines};
use super::text::{Hint, digit, hint, stamp};

/// Bytes of a row.
const ROW: usize = 256;
/// Bytes that a `*` may stand for.
const REPEATED: usize = 1 << 22;

/// Reads rows of a dump whose offsets follow on one another.
#[derive(Clone, Debug)]
pub(super) struct Dump {
    /// Words of two bytes, the second first.
    swapped: bool,
    lines: Lines,
    /// Where the line at hand begins.
    at: usize,
    /// The dumps that go on, by how far they are indented: Wireshark indents what the other end sends.
    tracks: Vec<Track>,
    /// Which of them the last row belongs to.
    now: usize,
    /// Where chunks begin, and how far they are indented.
    sides: Vec<(usize, usize)>,
    count: Count,
    /// Where the offset stands in the last row.
    prefix: usize,
    repeats: bool,
    pending: Option<Hint>,
    ascii: bool,
    bars: bool,
    colon: bool,
    grouped: bool,
}

/// Blanks before an offset, where nothing else stands there.
type Indent = Option<usize>;

/// Rows that follow on one another.
#[derive(Clone, Copy, Debug)]
struct Track {
    indent: Indent,
    /// The last row's offset and bytes.
    last: Option<(u64, usize)>,
}

/// Dumps that are read at a time.
const TRACKS: usize = 8;

/// What the numbers at the left are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Unknown,
    Hex,
    Octal,
    Decimal,
    Rows,
}

/// A row as it stands in its line.
struct Row {
    /// The offset's digits.
    offset: core::ops::Range<usize>,
    /// Bytes with their places.
    bytes: Vec<(u8, usize)>,
    /// Where the bytes end.
    end: usize,
    ascii: bool,
    bars: bool,
    colon: bool,
    grouped: bool,
}

impl Dump {
    pub(super) fn new(swapped: bool) -> Self {
        Self {
            swapped,
            lines: Lines::default(),
            at: 0,
            tracks: vec![],
            now: 0,
            sides: vec![],
            count: Count::Unknown,
            prefix: 0,
            repeats: false,
            pending: None,
            ascii: false,
            bars: false,
            colon: false,
            grouped: false,
        }
    }

    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        let mut lines = core::mem::take(&mut self.lines);
        lines.feed(piece, at, &mut |line, at| self.take(line, at, out));
        self.lines = lines;
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        let mut lines = core::mem::take(&mut self.lines);
        lines.finish(&mut |line, at| self.take(line, at, out));
        out.name = Some(self.name());
        self.tell_sides(out);
    }

    /// Where chunks stand at two indents, those are the two ends. Which is which their packets tell.
    fn tell_sides(&self, out: &mut Gathered) {
        let all = || self.sides.iter().map(|it| it.1);
        let (Some(left), Some(right)) = (all().min(), all().max()) else { return };
        if left == right || all().any(|it| it != left && it != right) {
            return;
        }
        let mut sides = self.sides.iter().peekable();
        for chunk in &mut out.chunks {
            while sides.next_if(|it| it.0 < chunk.start).is_some() {}
            if let Some((_, indent)) = sides.next_if(|it| it.0 == chunk.start) {
                chunk.hint = chunk.hint.or(Some(if *indent == left { Hint::Out } else { Hint::In }));
            }
        }
    }

    fn last(&self) -> Option<(u64, usize)> {
        self.tracks.get(self.now)?.last
    }

    /// The tool that writes so.
    fn name(&self) -> &'static str {
        match self.count {
            Count::Rows => "Frame viewer of a browser",
            Count::Octal | Count::Decimal => "od dump",
            _ if self.swapped => "hexdump of words",
            _ if self.bars => "hexdump -C",
            _ if self.colon && self.prefix > 0 && self.ascii => "tcpdump -X",
            _ if self.colon && self.grouped => "xxd",
            _ if self.ascii => "Wireshark hex dump",
            _ => "Hex dump",
        }
    }

    fn take(&mut self, text: &str, at: usize, out: &mut Gathered) {
        self.at = at;
        if text.trim() == "*" && self.last().is_some() {
            self.repeats = true;
            out.structure += 1;
        } else if !text.is_empty() && text.len() < LINE && !self.row(text, out) {
            self.pending = hint(text);
        }
    }

    /// Reads a row; false where the line is none.
    fn row(&mut self, line: &str, out: &mut Gathered) -> bool {
        // A row that fits at the place where the last one stood is nearly always right.
        let whole = |at: &usize| {
            !at.checked_sub(1)
                .is_some_and(|at| line.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric))
        };
        let starts = [self.prefix, stamp(line)].into_iter().filter(whole).chain(candidates(line));
        for start in starts.take(24) {
            let Some(row) = read_row(line, start, self.swapped) else { continue };
            let before = line.as_bytes()[..start].iter().all(u8::is_ascii_whitespace);
            let indent = before.then_some(start);
            let (offset, len) = (&line[row.offset.clone()], row.bytes.len());
            let own = self.tracks.iter().position(|it| it.indent == indent);
            // Its own dump goes on, or the one at hand although its rows are shifted, or another one begins.
            let found = own
                .filter(|own| self.continues(self.tracks[*own].last, offset))
                .or_else(|| Some(self.now).filter(|_| self.continues(self.last(), offset)));
            if found.is_none() && !self.begins(offset, len, row.colon) {
                continue;
            }
            let continues = found.is_some_and(|it| it == self.now);
            match found.or(own) {
                Some(track) => self.now = track,
                None => {
                    if self.tracks.len() == TRACKS {
                        self.tracks.remove(0);
                    }
                    self.now = self.tracks.len();
                    self.tracks.push(Track { indent, last: None });
                }
            }
            self.tracks[self.now].indent = indent;
            if !continues && let Some(indent) = indent {
                self.sides.push((out.len(), indent));
            }
            self.add(line, row, continues, out);
            return true;
        }
        false
    }

    /// Whether a row with this offset follows on this one.
    fn continues(&mut self, last: Option<(u64, usize)>, offset: &str) -> bool {
        let value = |base: u32| u64::from_str_radix(offset, base).ok();
        let (Some((before, count)), Some(hex)) = (last, value(16)) else { return false };
        let by_bytes = |base: u32| value(base) == Some(before + count as u64);
        let octal_before = || u64::from_str_radix(&format!("{before:x}"), 8).ok();
        let decimal_before = || format!("{before:x}").parse::<u64>().ok();
        let found = match self.count {
            Count::Unknown | Count::Hex if by_bytes(16) => Some(Count::Hex),
            Count::Unknown if hex == before + 1 && count > 1 => Some(Count::Rows),
            Count::Unknown if octal_before().is_some_and(|it| value(8) == Some(it + count as u64)) => {
                Some(Count::Octal)
            }
            Count::Unknown if decimal_before().is_some_and(|it| value(10) == Some(it + count as u64)) => {
                Some(Count::Decimal)
            }
            Count::Octal if by_bytes(8) => Some(Count::Octal),
            Count::Decimal if by_bytes(10) => Some(Count::Decimal),
            Count::Rows if hex == before + 1 => Some(Count::Rows),
            _ if self.repeats && hex > before => Some(self.count),
            _ => None,
        };
        self.count = found.unwrap_or(self.count);
        found.is_some()
    }

    /// Whether a dump can begin with this offset: at 0; rows of a frame viewer may be counted from 1, and addresses are
    /// long. `20240501 1000` is a date.
    fn begins(&self, offset: &str, len: usize, colon: bool) -> bool {
        let Ok(hex) = u64::from_str_radix(offset, 16) else { return false };
        let none = self.last().is_none();
        let address = offset.len() == 8 && hex > 0xffff && none && (colon || len > 4);
        len > 0 && (hex == 0 || hex == 1 && none && offset.len() == 8 || address)
    }

    fn add(&mut self, line: &str, row: Row, continues: bool, out: &mut Gathered) {
        let text = &line[row.offset.clone()];
        let base = match self.count {
            Count::Octal => 8,
            Count::Decimal => 10,
            _ => 16,
        };
        let offset = u64::from_str_radix(text, base).unwrap_or(0);
        if let (true, true, Some((before, count))) = (continues, self.repeats, self.last()) {
            self.repeat(before, count, offset, out);
        }
        self.repeats = false;
        if row.bytes.is_empty() {
            // The end's offset, alone.
            self.tracks[self.now].last = None;
            out.structure += line.trim().len();
            return;
        }
        if !continues {
            if self.last().is_none() && hex_is_row(text) {
                self.count = Count::Rows;
            }
            let beside = (row.offset.start > 0).then(|| hint(&line[..row.offset.start])).flatten();
            out.begin(out.len(), beside.or(self.pending.take()));
        }
        self.prefix = row.offset.start;
        self.ascii |= row.ascii;
        self.bars |= row.bars;
        self.colon |= row.colon;
        self.grouped |= row.grouped;
        // Offset and ASCII belong to the form.
        let from = row.bytes.first().map_or(0, |it| it.1);
        let blank = |text: &str| text.bytes().filter(|it| it.is_ascii_whitespace()).count();
        out.structure += from - row.offset.start - blank(&line[row.offset.start..from]);
        out.structure += line.len() - row.end - blank(&line[row.end..]);
        out.structure += row.offset.start.min(stamp(line));
        for (byte, place) in &row.bytes {
            out.push(*byte, self.at + place, 2);
        }
        if self.swapped {
            let first = out.len() - row.bytes.len();
            for at in (first..out.len().saturating_sub(1)).step_by(2) {
                out.placed.swap_bytes(at, at + 1);
            }
        }
        out.lines += 1;
        self.tracks[self.now].last = Some((offset, row.bytes.len()));
    }

    /// Writes out the rows that a `*` stands for.
    fn repeat(&mut self, before: u64, count: usize, until: u64, out: &mut Gathered) {
        let missing = until.saturating_sub(before + count as u64) as usize;
        if count == 0 || missing > REPEATED || out.len() < count {
            return;
        }
        let row = out.len() - count..out.len();
        let copied = out.placed.clone();
        let mut left = missing;
        while left > 0 {
            let part = left.min(count);
            out.placed.append(&copied, row.start..row.start + part, [0; 4]);
            left -= part;
        }
    }
}

fn hex_is_row(offset: &str) -> bool {
    offset.len() == 8 && offset.ends_with('1')
}

/// Places where an offset may begin: those of digits behind a blank, a bracket or a colon.
fn candidates(line: &str) -> impl Iterator<Item = usize> {
    let bytes = line.as_bytes();
    (0..bytes.len()).filter(move |at| {
        bytes[*at].is_ascii_hexdigit()
            && (*at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'[' | b'(' | b'|' | b':' | b'>' | b']'))
    })
}

/// The row whose offset begins at `start`.
fn read_row(line: &str, start: usize, swapped: bool) -> Option<Row> {
    let bytes = line.as_bytes();
    let mut at = start;
    if bytes.get(at) == Some(&b'0') && matches!(bytes.get(at + 1), Some(b'x' | b'X')) {
        at += 2;
    }
    let digits = bytes.get(at..)?.iter().take_while(|it| it.is_ascii_hexdigit()).count();
    if !(4..=16).contains(&digits) {
        return None;
    }
    let offset = at..at + digits;
    at += digits;
    let colon = matches!(bytes.get(at), Some(b':' | b']' | b'h'));
    at += usize::from(colon);
    if at == bytes.len() {
        return Some(Row {
            offset,
            bytes: vec![],
            end: at,
            ascii: false,
            bars: false,
            colon,
            grouped: false,
        });
    }
    if !matches!(bytes[at], b' ' | b'\t' | b'|') {
        return None;
    }
    let mut row = Row {
        offset,
        bytes: Vec::with_capacity(16),
        end: at,
        ascii: false,
        bars: false,
        colon,
        grouped: false,
    };
    read_bytes(line, at, &mut row);
    // Tools that swap print no ASCII.
    let words = row.grouped && row.bytes.len().is_multiple_of(2) && !row.ascii;
    (!row.bytes.is_empty() && (!swapped || words)).then_some(row)
}

/// Groups of digits up to the ASCII, or to what is no group.
fn read_bytes(line: &str, mut at: usize, row: &mut Row) {
    let bytes = line.as_bytes();
    while row.bytes.len() < ROW {
        let gap = bytes[at..].iter().take_while(|it| matches!(it, b' ' | b'\t' | b'-')).count();
        let group = at + gap;
        if group >= bytes.len() {
            return;
        }
        // Where the rest is the ASCII of what stands before, it is that, whatever it looks like.
        if gap > 0 && !row.bytes.is_empty() && is_ascii_of(&row.bytes, &bytes[at..]) {
            row.ascii = true;
            row.bars |= bytes[group] == b'|';
            return;
        }
        let digits = bytes[group..].iter().take_while(|it| it.is_ascii_hexdigit()).count();
        let ends =
            bytes.get(group + digits).is_none_or(|it| matches!(it, b' ' | b'\t' | b'|' | b'-' | b'\r'));
        if digits == 0 || digits % 2 == 1 || digits > 32 || !ends || gap == 0 && !row.bytes.is_empty() {
            row.bars |= bytes[group] == b'|';
            row.ascii |= gap > 1;
            return;
        }
        row.grouped |= digits > 2;
        for pair in (group..group + digits).step_by(2) {
            let high = digit(bytes[pair], 16).unwrap_or(0);
            row.bytes.push((high << 4 | digit(bytes[pair + 1], 16).unwrap_or(0), pair));
        }
        at = group + digits;
        row.end = at;
    }
}

/// Whether `rest`, without blanks and bars around, is how a dump prints these bytes.
fn is_ascii_of(bytes: &[(u8, usize)], rest: &[u8]) -> bool {
    let gap = rest.iter().take_while(|it| **it == b' ' || **it == b'\t').count();
    let same = |text: &[u8]| {
        text.len() <= bytes.len()
            && text.iter().zip(bytes).all(|(c, (byte, _))| c == byte || *c == b'.')
            // What was trimmed off were blanks.
            && bytes[text.len()..].iter().all(|(byte, _)| *byte == b' ')
    };
    let inner = rest[gap..].strip_prefix(b"|").map(|it| it.strip_suffix(b"|").unwrap_or(it));
    match inner {
        Some(inner) => same(inner),
        None => (gap.min(1)..=gap).any(|from| same(&rest[from..])),
    }
}
