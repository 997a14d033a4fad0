//! The annotated row: every byte over the name and value of its field.

use super::cell::{ByteCell, ByteMap, is_flag_byte, is_prefix_of};
use crate::codec::{Field, PacketType};
use crate::dissect::{ByteGroup, Dissection, Node, Value, readable};

/// A field as people see it: its bytes, with the length prefix if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteField {
    /// Its colour.
    pub group: ByteGroup,
    /// A short name: `topic name`, `packet id`.
    pub label: String,
    /// A short value: `20 B, “sensors/kitchen/temp”`.
    pub value: String,
    /// Its bytes, or the first ones and those that a broken rule points at.
    pub pieces: Vec<Piece>,
}

/// Part of a field's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes that are shown.
    Cells(Vec<ByteCell>),
    /// How many are not; never 0.
    Hidden(usize),
}

/// Characters of a string that a value shows; the length before it tells how long the string is.
const SHOWN_CHARS: usize = 48;
/// Bytes shown before and from the first wrong byte on, where it is not among the first ones.
const BESIDE_WRONG: (usize, usize) = (4, 8);

/// All fields of a packet: at most about `limit` bytes of each, and once about `most` bytes are shown, the rest as
/// counts. Bytes that a broken rule points at are shown wherever they stand.
pub fn fields(
    frame: &[u8],
    dissection: &Dissection,
    map: &ByteMap,
    limit: usize,
    most: usize,
) -> Vec<ByteField> {
    let mut fields: Vec<ByteField> = Vec::new();
    let (mut shown, mut skipped) = (0, (0, 0));
    for runs in map.runs().chunk_by(|a, b| a.field == b.field) {
        let (first, last) = (runs[0], runs[runs.len() - 1]);
        let (from, to) = (first.offset, last.offset + last.len);
        if shown >= most && map.wrong_in(from, to) == 0 {
            skipped = (skipped.0 + 1, skipped.1 + to - from);
            continue;
        }
        fields.extend(more_fields(&mut skipped));
        let pieces = pieces(frame, map, from, to, limit);
        shown +=
            pieces.iter().map(|it| if let Piece::Cells(cells) = it { cells.len() } else { 0 }).sum::<usize>();
        let at = first.field as usize;
        let (label, value) = (label(dissection, at), value(dissection, at, frame));
        fields.push(ByteField { group: first.group, label, value, pieces });
    }
    fields.extend(more_fields(&mut skipped));
    fields
}

/// The fields of which some bytes are in a window of a packet, with what is in it; of a field that is cut, how many bytes
/// are before and behind it.
pub fn fields_in(
    frame: &[u8],
    dissection: &Dissection,
    map: &ByteMap,
    window: core::ops::Range<usize>,
) -> Vec<ByteField> {
    let mut fields = Vec::new();
    for runs in map.runs().chunk_by(|a, b| a.field == b.field) {
        let (first, last) = (runs[0], runs[runs.len() - 1]);
        let (from, to) = (first.offset, last.offset + last.len);
        let (shown_from, shown_to) = (from.max(window.start), to.min(window.end));
        if shown_from >= shown_to {
            continue;
        }
        let hidden = |bytes: usize| (bytes > 0).then_some(Piece::Hidden(bytes));
        let cells = Piece::Cells(map.cells(frame, shown_from, shown_to));
        let pieces = [hidden(shown_from - from), Some(cells), hidden(to - shown_to)];
        let at = first.field as usize;
        let (label, value) = (label(dissection, at), value(dissection, at, frame));
        fields.push(ByteField {
            group: first.group,
            label,
            value,
            pieces: pieces.into_iter().flatten().collect(),
        });
    }
    fields
}

/// The fields that were left out so far, as one.
fn more_fields(skipped: &mut (usize, usize)) -> Option<ByteField> {
    let (count, bytes) = core::mem::take(skipped);
    (count > 0).then(|| ByteField {
        group: ByteGroup::Unknown,
        label: if count == 1 { "1 more field".to_owned() } else { format!("{count} more fields") },
        value: format!("{bytes} B"),
        pieces: vec![Piece::Hidden(bytes)],
    })
}

fn pieces(frame: &[u8], map: &ByteMap, from: usize, to: usize, limit: usize) -> Vec<Piece> {
    if to - from <= limit {
        return vec![Piece::Cells(map.cells(frame, from, to))];
    }
    let start_to = from + limit;
    let mut pieces = vec![Piece::Cells(map.cells(frame, from, start_to))];
    let wrong = (map.wrong_in(start_to, to) > 0)
        .then(|| (start_to..to).find(|offset| map.is_wrong(*offset)))
        .flatten();
    let Some(wrong) = wrong else {
        pieces.push(Piece::Hidden(to - start_to));
        return pieces;
    };
    let around = (wrong.saturating_sub(BESIDE_WRONG.0).max(start_to), (wrong + BESIDE_WRONG.1).min(to));
    if around.0 > start_to {
        pieces.push(Piece::Hidden(around.0 - start_to));
    }
    pieces.push(Piece::Cells(map.cells(frame, around.0, around.1)));
    if around.1 < to {
        pieces.push(Piece::Hidden(to - around.1));
    }
    pieces
}

fn label(dissection: &Dissection, at: usize) -> String {
    let node = &dissection.nodes[at];
    match node.field {
        Field::PacketTypeAndFlags => {
            dissection.packet_type.map_or_else(|| "reserved type".to_owned(), |it| it.name().to_owned())
        }
        Field::RemainingLength => "length".to_owned(),
        Field::PacketIdentifier => "packet id".to_owned(),
        Field::ProtocolLevel => "level".to_owned(),
        Field::ClientIdentifier => "client id".to_owned(),
        Field::PropertyLength => "properties".to_owned(),
        Field::ConnAckFlags => "flags".to_owned(),
        Field::SubscriptionOptions => "options".to_owned(),
        Field::ConnectReturnCode => "return code".to_owned(),
        _ => node.name.to_owned(),
    }
}

fn value(dissection: &Dissection, at: usize, frame: &[u8]) -> String {
    let node = &dissection.nodes[at];
    match node.field {
        Field::PacketTypeAndFlags => first_byte(dissection.packet_type, frame),
        Field::PropertyLength => format!("{} B", node.text),
        Field::Property => property(dissection, at),
        Field::Unread | Field::Trailing | Field::LeftOut => format!("{} B", node.len),
        _ if is_flag_byte(&dissection.nodes, at) => flags(&dissection.nodes, at),
        _ => leaf(node, at > 0 && is_prefix_of(&dissection.nodes[at - 1], node)),
    }
}

fn first_byte(packet_type: Option<PacketType>, frame: &[u8]) -> String {
    let first = frame.first().copied().unwrap_or(0);
    if packet_type != Some(PacketType::Publish) {
        return format!("flags {}", first & 15);
    }
    let dup = if first & 8 != 0 { "DUP, " } else { "" };
    let retain = if first & 1 != 0 { ", retain" } else { "" };
    format!("{dup}QoS {}{retain}", first >> 1 & 3)
}

/// The flags that are set, or "none".
fn flags(nodes: &[Node], at: usize) -> String {
    let mut out = String::new();
    for node in nodes[at + 1..].iter().take_while(|node| node.bits.is_some()) {
        let shown = match &node.value {
            Value::Flag(true) => node.name.to_owned(),
            Value::Number(n) if *n > 0 => format!("{} {n}", node.name),
            // QoS 0 says something too where the byte is about it.
            Value::Number(0) if node.field == Field::MaximumQos => "QoS 0".to_owned(),
            _ => continue,
        };
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&shown);
    }
    if out.is_empty() { "none".to_owned() } else { out }
}

fn property(dissection: &Dissection, at: usize) -> String {
    let depth = dissection.nodes[at].depth;
    let parts = dissection.nodes[at + 1..].iter().take_while(|node| node.depth > depth);
    let values: Vec<String> = parts.filter(|node| has_value(node)).map(|node| leaf(node, false)).collect();
    values.join(" = ")
}

/// Whether the node of a property is one that its reader wants to see: not the identifier, not a length.
pub(super) fn has_value(node: &Node) -> bool {
    use Field as F;
    matches!(
        node.field,
        F::PropertyNumber | F::PropertyString | F::PropertyBinary | F::PropertyKey | F::PropertyValue
    ) || matches!(node.field, F::Unread | F::Trailing | F::LeftOut)
}

fn leaf(node: &Node, with_len: bool) -> String {
    let shown = match &node.value {
        Value::Text(_) => quoted(&node.text),
        Value::Bytes(data) if node.field != Field::Password && readable(data).is_some() => quoted(&node.text),
        _ => node.text.clone(),
    };
    if with_len { format!("{} B, {shown}", node.len) } else { shown }
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("“{}…”", &text[..end]),
        None => format!("“{text}”"),
    }
}
