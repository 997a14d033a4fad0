//! The eight bits of one byte, and what each of them stands for.

use super::cell::{ByteMap, is_flag_byte};
use crate::codec::{FaultKind, Field, PropertyId, PropertyKind};
use crate::dissect::{ByteGroup, Dissection};

/// One byte, bit by bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitView {
    /// Bytes from the packet's first one.
    pub offset: usize,
    /// The byte.
    pub value: u8,
    /// Its colour.
    pub group: ByteGroup,
    /// What its bits are, from the most significant; together they are eight bits.
    pub groups: Vec<BitGroup>,
    /// For each bit, from the most significant: a broken rule points at it.
    pub wrong: [bool; 8],
}

/// Bits that have one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitGroup {
    /// The first bit, counted from the most significant.
    pub start: u8,
    /// How many.
    pub len: u8,
    /// What they are: `DUP`.
    pub name: &'static str,
    /// Their value: `1`, `3 PUBLISH`.
    pub text: String,
    /// Their node, where they have one of their own.
    pub node: Option<u32>,
}

impl BitView {
    /// Whether the bit at `index` from the most significant is set.
    pub const fn is_set(&self, index: u8) -> bool {
        self.value << index & 0x80 != 0
    }

    /// The whole view in words: "byte 0, hex 3C, bits 0011 1100".
    pub fn label(&self) -> String {
        let bits = self.binary();
        format!("byte {}, hex {}, bits {bits}", self.offset, super::hex(self.value))
    }

    /// `0011 1100`.
    pub fn binary(&self) -> String {
        format!("{:04b} {:04b}", self.value >> 4, self.value & 15)
    }
}

/// The bits of the byte at `offset`, if it is there.
pub fn bits(frame: &[u8], dissection: &Dissection, map: &ByteMap, offset: usize) -> Option<BitView> {
    let cell = map.cell(frame, offset)?;
    let run = *map.run_at(offset)?;
    let nodes = &dissection.nodes;
    let at = run.node as usize;
    let groups = if is_flag_byte(nodes, at) {
        let bits = nodes.iter().enumerate().skip(at + 1).take_while(|(_, node)| node.bits.is_some());
        bits.filter_map(|(n, node)| {
            let (start, len) = node.bits?;
            Some(BitGroup { start, len, name: node.name, text: node.text.clone(), node: Some(n as u32) })
        })
        .collect()
    } else if is_variable_byte_integer(nodes[at].field, nodes[at].aux) {
        seven_bits(cell.value, offset - run.offset)
    } else {
        let text = whole_byte(cell.value, run.len, offset - run.offset);
        vec![BitGroup { start: 0, len: 8, name: nodes[at].name, text, node: None }]
    };
    let wrong = wrong_bits(dissection, offset);
    Some(BitView { offset, value: cell.value, group: cell.group, groups, wrong })
}

fn is_variable_byte_integer(field: Field, id: u8) -> bool {
    let kind = PropertyId::from_byte(id).map(PropertyId::kind);
    matches!(field, Field::RemainingLength | Field::PropertyLength)
        || field == Field::PropertyNumber && kind == Some(PropertyKind::VariableByteInteger)
}

/// A byte of a variable byte integer: does it go on, and seven bits of the value (3.1.1 and 5.0 section 2.2.3, 1.5.5).
fn seven_bits(value: u8, place: usize) -> Vec<BitGroup> {
    let more = if value & 0x80 != 0 { "1 a byte follows" } else { "0 the last byte" };
    let number = value & 0x7f;
    let text = match place {
        0 => number.to_string(),
        _ => format!("{number} × {}", 128u32.saturating_pow(place as u32)),
    };
    vec![
        BitGroup { start: 0, len: 1, name: "more", text: more.to_owned(), node: None },
        BitGroup { start: 1, len: 7, name: "value", text, node: None },
    ]
}

/// A byte without bits of its own: its value, and its place where the field has more than one.
fn whole_byte(value: u8, len: usize, place: usize) -> String {
    let shown = match value {
        0x21..=0x7e => format!("{value} “{}”", char::from(value)),
        _ => value.to_string(),
    };
    if len > 1 { format!("{shown}, byte {} of {len}", place + 1) } else { shown }
}

/// The bits that broken rules point at; where one exact value is asked for, those that differ from it.
fn wrong_bits(dissection: &Dissection, offset: usize) -> [bool; 8] {
    let mut wrong = 0u8;
    for fault in dissection.faults.iter().map(|it| &it.fault) {
        if let Some((start, len)) = fault.bits
            && fault.offset as usize == offset
        {
            let all = 0xff >> (8 - len);
            let differing = match fault.kind {
                FaultKind::FixedHeaderFlags => (fault.expected ^ fault.found) as u8 & all,
                _ => all,
            };
            wrong |= differing << (8 - start - len);
        }
    }
    core::array::from_fn(|index| wrong << index & 0x80 != 0)
}
