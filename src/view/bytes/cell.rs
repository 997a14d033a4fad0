//! Bytes and which field they belong to.

use std::borrow::Cow;

use crate::codec::Field;
use crate::dissect::{ByteGroup, Dissection, Node};

/// One byte with what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteCell {
    /// Bytes from the packet's first one.
    pub offset: usize,
    /// The byte.
    pub value: u8,
    /// Index in [`Dissection::nodes`] of the leaf, or of the flag byte.
    pub node: u32,
    /// Index of the node that it is part of in people's eyes; what is linked shares it.
    pub field: u32,
    /// How it is coloured.
    pub group: ByteGroup,
    /// A broken rule points at it.
    pub wrong: bool,
}

impl ByteCell {
    /// Two upper-case digits.
    pub const fn hex(&self) -> &'static str {
        hex(self.value)
    }

    /// The character in the text column: itself where it is printable ASCII, else a middle dot.
    pub const fn ascii(&self) -> &'static str {
        const TABLE: &str = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`\
                             abcdefghijklmnopqrstuvwxyz{|}~";
        match self.value {
            byte @ 0x20..=0x7e => one(TABLE, byte as usize - 0x20, 1),
            _ => "·",
        }
    }
}

/// A byte in two upper-case hexadecimal digits.
pub const fn hex(byte: u8) -> &'static str {
    const TABLE: &[u8; 512] = &{
        let digits = b"0123456789ABCDEF";
        let mut table = [0; 512];
        let mut i = 0;
        while i < 256 {
            table[2 * i] = digits[i >> 4];
            table[2 * i + 1] = digits[i & 15];
            i += 1;
        }
        table
    };
    const TEXT: &str = match core::str::from_utf8(TABLE) {
        Ok(text) => text,
        Err(_) => panic!("hexadecimal digits are ASCII"),
    };
    one(TEXT, 2 * byte as usize, 2)
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Two hexadecimal digits.
    Hex,
    /// Up to three decimal digits.
    Decimal,
    /// Eight bits.
    Binary,
}

impl Base {
    /// In the order in which they follow each other.
    pub const ALL: [Self; 3] = [Self::Hex, Self::Decimal, Self::Binary];

    /// A byte in it.
    pub fn written(self, byte: u8) -> Cow<'static, str> {
        match self {
            Self::Hex => hex(byte).into(),
            Self::Decimal => byte.to_string().into(),
            Self::Binary => (0..8).map(|bit| if byte << bit & 0x80 == 0 { '0' } else { '1' }).collect(),
        }
    }

    /// What is said behind "Bytes".
    pub const fn told(self) -> &'static str {
        match self {
            Self::Hex => "",
            Self::Decimal => " in decimal",
            Self::Binary => " in binary",
        }
    }

    /// Bytes in a row of the grid: as many as have room.
    pub const fn row_bytes(self) -> usize {
        match self {
            Self::Hex | Self::Decimal => 16,
            Self::Binary => 4,
        }
    }

    /// The room that as many bytes take as `cells` in hexadecimal digits do: style/bytes.css has the same widths.
    pub const fn fits(self, cells: usize) -> usize {
        match self {
            Self::Hex => cells,
            Self::Decimal => cells * 16 / 21,
            Self::Binary => cells * 16 / 54,
        }
    }
}

const fn one(table: &'static str, at: usize, len: usize) -> &'static str {
    table.split_at(at).1.split_at(len).0
}

/// What is chosen in a packet: a byte, and the node whose meaning is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The byte, counted from the packet's first one.
    pub offset: usize,
    /// Index in [`Dissection::nodes`]: a leaf, a flag byte, or one of its bits.
    pub node: u32,
}

/// Consecutive bytes of one leaf or flag byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Bytes from the packet's first one.
    pub offset: usize,
    /// Bytes; never 0.
    pub len: usize,
    /// As [`ByteCell::node`].
    pub node: u32,
    /// As [`ByteCell::field`].
    pub field: u32,
    /// As [`ByteCell::group`].
    pub group: ByteGroup,
}

/// Which byte belongs to which field; its size grows with the fields, not with the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByteMap {
    runs: Vec<Run>,
    fields: Vec<u32>,
    wrong: Vec<(usize, usize)>,
    len: usize,
}

impl ByteMap {
    /// Maps the bytes of a dissected packet.
    pub fn new(dissection: &Dissection) -> Self {
        let nodes = &dissection.nodes;
        let mut map = Self { fields: fields_of(nodes), len: dissection.len, ..Self::default() };
        for (at, node) in nodes.iter().enumerate() {
            if node.len > 0 && (is_flag_byte(nodes, at) || node.leaf && node.bits.is_none()) {
                map.runs.push(Run {
                    offset: node.offset,
                    len: node.len,
                    node: at as u32,
                    field: map.fields[at],
                    group: node.group,
                });
            }
        }
        let faults = dissection.faults.iter().map(|it| (it.fault.offset as usize, it.fault.len as usize));
        map.wrong = faults.filter(|(_, len)| *len > 0).map(|(at, len)| (at, at + len)).collect();
        map
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All runs, in the order of the bytes.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The run that a byte is in.
    pub fn run_at(&self, offset: usize) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.offset <= offset);
        self.runs[..after].last().filter(|run| offset < run.offset + run.len)
    }

    /// The field that a node belongs to.
    pub fn field(&self, node: u32) -> u32 {
        self.fields.get(node as usize).copied().unwrap_or(node)
    }

    /// Whether a broken rule points at the byte.
    pub fn is_wrong(&self, offset: usize) -> bool {
        self.wrong.iter().any(|(from, to)| (*from..*to).contains(&offset))
    }

    /// How many bytes from `from` up to `to` a broken rule points at.
    pub fn wrong_in(&self, from: usize, to: usize) -> usize {
        let near = self.wrong.iter().any(|(start, end)| *start < to && from < *end);
        if near { (from..to).filter(|offset| self.is_wrong(*offset)).count() } else { 0 }
    }

    /// One byte of `frame`, the packet that the map was made of.
    pub fn cell(&self, frame: &[u8], offset: usize) -> Option<ByteCell> {
        let value = *frame.get(offset)?;
        let run = self.run_at(offset)?;
        Some(self.cell_in(run, offset, value))
    }

    /// The bytes from `from` up to `to`.
    pub fn cells(&self, frame: &[u8], from: usize, to: usize) -> Vec<ByteCell> {
        let to = to.min(frame.len());
        let mut cells = Vec::with_capacity(to.saturating_sub(from));
        let first = self.runs.partition_point(|run| run.offset + run.len <= from);
        for run in &self.runs[first..] {
            if run.offset >= to {
                break;
            }
            let range = from.max(run.offset)..to.min(run.offset + run.len);
            cells.extend(range.map(|offset| self.cell_in(run, offset, frame[offset])));
        }
        cells
    }

    fn cell_in(&self, run: &Run, offset: usize, value: u8) -> ByteCell {
        let wrong = self.is_wrong(offset);
        ByteCell { offset, value, node: run.node, field: run.field, group: run.group, wrong }
    }
}

/// For each node the node it is part of in people's eyes.
fn fields_of(nodes: &[Node]) -> Vec<u32> {
    let mut fields: Vec<u32> = (0..nodes.len() as u32).collect();
    // The property or flag byte that is open, with its depth.
    let mut open: Option<(u32, u8)> = None;
    for (at, node) in nodes.iter().enumerate() {
        if open.is_some_and(|(_, depth)| node.depth <= depth) {
            open = None;
        }
        match open {
            Some((owner, _)) => fields[at] = owner,
            None if node.field == Field::Property || is_flag_byte(nodes, at) => {
                open = Some((at as u32, node.depth));
            }
            None if at > 0 && is_prefix_of(&nodes[at - 1], node) => fields[at - 1] = at as u32,
            None => {}
        }
    }
    fields
}

/// A byte that is told bit by bit.
pub(super) fn is_flag_byte(nodes: &[Node], at: usize) -> bool {
    nodes[at].bits.is_none()
        && nodes.get(at + 1).is_some_and(|next| next.bits.is_some() && next.depth > nodes[at].depth)
}

pub(super) fn is_prefix_of(prefix: &Node, node: &Node) -> bool {
    node.field.length_prefix() == Some(prefix.field) && node.offset == prefix.offset + prefix.len
}

/// Neighbouring cells of one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Their colour.
    pub group: ByteGroup,
    /// The cells.
    pub cells: &'a [ByteCell],
}

/// Cuts cells where the colour changes.
pub fn segments(cells: &[ByteCell]) -> impl Iterator<Item = Segment<'_>> {
    cells.chunk_by(|a, b| a.group == b.group).map(|cells| Segment { group: cells[0].group, cells })
}
