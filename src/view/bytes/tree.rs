//! The field tree: groups, fields and bits with their bytes.

use super::cell::{ByteMap, is_flag_byte, is_prefix_of};
use super::fields::has_value;
use super::grid::offset_digits;
use super::hex;
use crate::codec::Field;
use crate::dissect::{ByteGroup, Dissection, Node, Value, readable};

/// A line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeItem {
    /// The node it stands for.
    pub node: u32,
    /// The field it is linked with; bits share that of their byte.
    pub field: u32,
    /// Its first byte.
    pub offset: usize,
    /// Groups around it; 0 for a part of the packet.
    pub depth: u8,
    /// Its colour.
    pub group: ByteGroup,
    /// `topic name`; a part of the packet begins with a capital.
    pub name: String,
    /// Its value, or nothing.
    pub text: String,
    /// Where it stands: `00–01`, `bits 7–4`, or its bytes themselves if they are few.
    pub place: String,
    /// A part of the packet rather than a field.
    pub heading: bool,
    /// A broken rule points into it.
    pub wrong: bool,
}

/// Bytes of a field that the tree shows in full.
const SHOWN_BYTES: usize = 4;

/// The whole tree in reading order. Length prefixes stand with the field they measure, identifiers and lengths of a
/// property with the property.
pub fn tree(frame: &[u8], dissection: &Dissection, map: &ByteMap) -> Vec<TreeItem> {
    let nodes = &dissection.nodes;
    let mut items: Vec<TreeItem> = Vec::with_capacity(nodes.len());
    // Groups that are not shown lift what they hold; so do the depths at which they stand.
    let mut lifted: Vec<u8> = Vec::new();
    let mut inside_property: Option<u8> = None;
    for (at, node) in nodes.iter().enumerate() {
        lifted.retain(|depth| node.depth > *depth);
        if inside_property.is_some_and(|depth| node.depth > depth) {
            continue;
        }
        inside_property = (node.field == Field::Property).then_some(node.depth);
        match unshown(nodes, at) {
            Some(Unshown::Lifting) => {
                lifted.push(node.depth);
                continue;
            }
            Some(Unshown::Properties) => continue,
            None => {}
        }
        if nodes.get(at + 1).is_some_and(|next| is_prefix_of(node, next)) {
            continue;
        }
        let mut depth = node.depth - lifted.len() as u8;
        if node.field == Field::PropertyLength {
            depth = depth.saturating_sub(1);
        }
        items.push(item(frame, dissection, map, at, depth));
    }
    items
}

/// A group that has no line of its own.
enum Unshown {
    /// What it holds takes its place.
    Lifting,
    /// The property length takes its place, the properties stay below that.
    Properties,
}

fn unshown(nodes: &[Node], at: usize) -> Option<Unshown> {
    let next = nodes.get(at + 1).map(|next| next.field);
    match nodes[at].field {
        // Its bits stand for the byte of packet type and flags.
        Field::PacketTypeAndFlags if is_flag_byte(nodes, at) => Some(Unshown::Lifting),
        Field::Payload if next == Some(Field::ApplicationMessage) => Some(Unshown::Lifting),
        Field::Properties | Field::WillProperties if next == Some(Field::PropertyLength) => {
            Some(Unshown::Properties)
        }
        _ => None,
    }
}

fn item(frame: &[u8], dissection: &Dissection, map: &ByteMap, at: usize, depth: u8) -> TreeItem {
    let nodes = &dissection.nodes;
    let node = &nodes[at];
    let message = node.field == Field::ApplicationMessage;
    let heading = depth == 0 && (!node.leaf || message);
    let start = match at.checked_sub(1).map(|before| &nodes[before]) {
        Some(before) if is_prefix_of(before, node) => before.offset,
        _ => node.offset,
    };
    let end = node.offset + node.len;
    let text = match (&node.value, node.field) {
        (_, Field::Property) => property_text(nodes, at),
        (Value::Bytes(data), _) if message && readable(data).is_some() => format!("“{}”", node.text),
        (Value::Flag(flag), field) if field != Field::Dup => u8::from(*flag).to_string(),
        _ if heading && !message => String::new(),
        _ => node.text.clone(),
    };
    let place = place(frame, node, start, end, heading);
    let name = if heading { capitalised(node.name) } else { node.name.to_owned() };
    let wrong = !heading && is_wrong(dissection, node, start, end);
    let (field, offset) = (map.field(at as u32), start);
    TreeItem { node: at as u32, field, offset, depth, group: node.group, name, text, place, heading, wrong }
}

fn property_text(nodes: &[Node], at: usize) -> String {
    let parts = nodes[at + 1..].iter().take_while(|node| node.depth > nodes[at].depth);
    let values: Vec<&str> = parts.filter(|node| has_value(node)).map(|node| node.text.as_str()).collect();
    values.join(" = ")
}

/// Whether a fault points into the item; one about single bits points at those bits only.
fn is_wrong(dissection: &Dissection, node: &Node, start: usize, end: usize) -> bool {
    dissection.faults.iter().map(|it| &it.fault).any(|fault| {
        let (from, to) = (fault.offset as usize, fault.offset as usize + fault.len as usize);
        let bytes_meet = from < end && start < to;
        let bits_meet = match (fault.bits, node.bits) {
            (Some((a, len_a)), Some((b, len_b))) => a < b + len_b && b < a + len_a,
            _ => true,
        };
        bytes_meet && bits_meet
    })
}

fn place(frame: &[u8], node: &Node, start: usize, end: usize, heading: bool) -> String {
    if let Some((first, len)) = node.bits {
        let (high, low) = (7 - first, 8 - first - len);
        return if len == 1 { format!("bit {high}") } else { format!("bits {high}–{low}") };
    }
    let width = offset_digits(frame.len());
    match end - start {
        0 => String::new(),
        len if heading && len > 1 => format!("{start:0width$X}–{:0width$X}", end - 1),
        _ if heading => format!("{start:0width$X}"),
        len => {
            let shown = if len > SHOWN_BYTES { 2 } else { len };
            let bytes = frame.get(start..start + shown).unwrap_or_default();
            let mut text = bytes.iter().map(|byte| hex(*byte)).collect::<Vec<_>>().join(" ");
            if len > shown {
                text.push_str(" …");
            }
            text
        }
    }
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars
        .next()
        .map_or_else(String::new, |first| core::iter::once(first.to_ascii_uppercase()).chain(chars).collect())
}
