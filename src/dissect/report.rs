//! A dissection as plain data, for JSON lines and for JavaScript.

use serde::Serialize;

use super::diagnosis::Diagnosis;
use super::node::{Dissection, Node};
use super::text;
use super::value::Value;

/// One packet. Offsets count from its first byte, bits from the most significant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `3.1`, `3.1.1` or `5.0`.
    pub version: &'static str,
    /// The type in the standard's capitals, or `RESERVED` for type 0.
    pub packet: &'static str,
    /// Bytes here.
    pub length: usize,
    /// The tree.
    pub fields: Vec<ReportField>,
    /// The broken rules, in reading order.
    pub errors: Vec<ReportError>,
}

/// One field with what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportField {
    /// The standard's name.
    pub name: &'static str,
    /// Bytes from the packet's first.
    pub offset: usize,
    /// Bytes.
    pub length: usize,
    /// Of a bit field: its first bit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_offset: Option<u8>,
    /// Of a bit field: how many bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_length: Option<u8>,
    /// The value, typed; binary data in hex, nothing for groups.
    pub value: ReportValue,
    /// The value as people read it.
    pub text: String,
    /// The statement that governs it most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<&'static str>,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ReportField>,
}

/// A typed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ReportValue {
    /// Of a group.
    None,
    /// One bit.
    Flag(bool),
    /// A number.
    Number(u32),
    /// A string, or binary data in lower-case hex.
    Text(String),
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportError {
    /// The first byte that it concerns.
    pub offset: usize,
    /// The first bit, where it is about bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_offset: Option<u8>,
    /// The statement, or the section where there is no id.
    pub statement: &'static str,
    /// What the rule asks for.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// What happened, as sentences.
    pub message: String,
}

impl From<&Dissection> for Report {
    fn from(dissection: &Dissection) -> Self {
        let mut nodes = dissection.nodes.iter().peekable();
        Self {
            version: dissection.version.as_str(),
            packet: dissection.packet_type.map_or("RESERVED", |packet| packet.name()),
            length: dissection.len,
            fields: fields(&mut nodes, 0),
            errors: dissection.faults.iter().map(ReportError::from).collect(),
        }
    }
}

/// The nodes of one depth, with their children; the depth is bounded by the decoder's groups.
fn fields<'a>(
    nodes: &mut core::iter::Peekable<impl Iterator<Item = &'a Node>>,
    depth: u8,
) -> Vec<ReportField> {
    let mut out = Vec::new();
    while let Some(node) = nodes.next_if(|node| node.depth >= depth) {
        let mut field = ReportField::from(node);
        field.children = fields(nodes, node.depth + 1);
        out.push(field);
    }
    out
}

impl From<&Node> for ReportField {
    fn from(node: &Node) -> Self {
        Self {
            name: node.name,
            offset: node.offset,
            length: node.len,
            bit_offset: node.bits.map(|(start, _)| start),
            bit_length: node.bits.map(|(_, len)| len),
            value: ReportValue::from(&node.value),
            text: node.text.clone(),
            statement: node.statements.first().copied(),
            children: Vec::new(),
        }
    }
}

impl From<&Value> for ReportValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::None => Self::None,
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Number(*number),
            Value::Text(content) => Self::Text(content.clone()),
            Value::Bytes(data) => Self::Text(text::hex_string(data)),
        }
    }
}

impl From<&Diagnosis> for ReportError {
    fn from(diagnosis: &Diagnosis) -> Self {
        Self {
            offset: diagnosis.fault.offset as usize,
            bit_offset: diagnosis.fault.bits.map(|(start, _)| start),
            statement: diagnosis.statement,
            expected: diagnosis.expected.clone(),
            found: diagnosis.found.clone(),
            message: diagnosis.message.clone(),
        }
    }
}
