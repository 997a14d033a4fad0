//! What is chosen, in words, and the rules behind it.

use super::cell::Choice;
use super::grid::offset_digits;
use crate::codec::Fault;
use crate::dissect::{Dissection, Node};
use crate::spec::Reference;

/// The explanation of a field or bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `DUP, bit 3 of byte 00`.
    pub title: String,
    /// What it means, in plain words.
    pub meaning: String,
    /// What is wrong with it, each with the rule that is broken.
    pub faults: Vec<(String, Rule)>,
    /// The statements behind it.
    pub rules: Vec<Rule>,
}

/// A rule of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The short name on the chip: `MQTT-3.3.1-1`, or `3.1 section 2.1` where the standard has no ids.
    pub id: String,
    /// Version and id, which names it without doubt: `3.1.1 MQTT-3.3.1-1`.
    pub reference: String,
    /// Whether there is a text of what it demands: a section alone has none.
    pub has_text: bool,
    /// Address of its section in the published document, where one is known.
    pub link: Option<String>,
}

/// Resolves a reference such as `3.1.1 MQTT-3.3.1-1` or `5.0 section 2.2.2.2`.
pub fn rule(reference: &str) -> Rule {
    let statement = Reference::parse(reference);
    Rule {
        id: statement.map_or(reference, |it| it.id).to_owned(),
        reference: reference.to_owned(),
        has_text: statement.is_some(),
        link: statement.map(Reference::link),
    }
}

/// Explains what is chosen.
pub fn explain(dissection: &Dissection, choice: Choice) -> Option<Explanation> {
    let node = dissection.nodes.get(choice.node as usize)?;
    let broken = dissection.faults.iter().filter(|it| points_at(&it.fault, node, choice.offset));
    let faults = broken.map(|it| (it.message.clone(), rule(it.statement))).collect();
    let rules = node.statements.iter().map(|reference| rule(reference)).collect();
    Some(Explanation { title: title(node, dissection.len), meaning: node.meaning.clone(), faults, rules })
}

/// Whether a broken rule points at the node; of a part of the packet only at the chosen byte.
fn points_at(fault: &Fault, node: &Node, chosen: usize) -> bool {
    let whole =
        node.leaf || node.bits.is_some() || fault.bits.is_some() && fault.offset as usize == node.offset;
    let (from, to) = if whole { (node.offset, node.offset + node.len) } else { (chosen, chosen + 1) };
    let bytes_meet = (fault.offset as usize) < to && from < (fault.offset + fault.len) as usize;
    let bits_meet = match (fault.bits, node.bits) {
        (Some((a, len_a)), Some((b, len_b))) => a < b + len_b && b < a + len_a,
        _ => true,
    };
    bytes_meet && bits_meet
}

fn title(node: &Node, len: usize) -> String {
    let mut name: String = node.name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let width = offset_digits(len);
    let start = node.offset;
    if let Some((first, bits)) = node.bits {
        let (high, low) = (7 - first, 8 - first - bits);
        let which = if bits == 1 { format!("bit {high}") } else { format!("bits {high}–{low}") };
        return format!("{name}, {which} of byte {start:0width$X}");
    }
    match node.len {
        0 => name,
        1 => format!("{name}, byte {start:0width$X}"),
        len => format!("{name}, bytes {start:0width$X}–{:0width$X}", start + len - 1),
    }
}
