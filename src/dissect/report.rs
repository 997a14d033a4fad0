//! A dissection as plain data, for JSON lines and for JavaScript.

use serde::Serialize;

use super::diagnosis::{self, Diagnosis, Place};
use super::name::{self, Context};
use super::node::is_empty_group;
use super::value::{self, Value};
use super::{rules, text};
use crate::codec::{Annotated, Fault, Span, Spans};

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

impl Report {
    /// One packet, read already, without what a report does not tell; `more` is what shows only beside those before it.
    pub(super) fn of(frame: &[u8], annotated: &Annotated<'_>, spans: &Spans, more: &[Fault]) -> Self {
        let context = Context::of(frame, annotated);
        let place = Place::in_packet(frame.len());
        let faults = spans.faults().iter().chain(more);
        Self {
            version: context.version.as_str(),
            packet: context.packet_type.map_or("RESERVED", |packet| packet.name()),
            length: frame.len(),
            fields: fields(&context, &mut spans.spans(), 0),
            errors: faults
                .map(|fault| ReportError::from(diagnosis::of(fault, frame, place, false)))
                .collect(),
        }
    }
}

/// The spans of one depth, with their children; the depth is bounded by the decoder's groups.
fn fields(context: &Context<'_>, spans: &mut &[Span], depth: u8) -> Vec<ReportField> {
    let mut out = Vec::new();
    while let Some((span, rest)) = spans.split_first().filter(|(span, _)| span.depth() >= depth) {
        *spans = rest;
        let leaf = span.is_leaf();
        if leaf && is_empty_group(span) {
            continue;
        }
        let mut field = field(context, span);
        if !leaf {
            field.children = fields(context, spans, span.depth() + 1);
        }
        out.push(field);
    }
    out
}

fn field(context: &Context<'_>, span: &Span) -> ReportField {
    let value = value::read(context.frame, span);
    let text = value::text(context, span, &value);
    let bits = span.bit_range();
    ReportField {
        name: name::of(context, span),
        offset: span.offset as usize,
        length: span.len as usize,
        bit_offset: bits.map(|(start, _)| start),
        bit_length: bits.map(|(_, len)| len),
        value: ReportValue::from(value),
        text,
        statement: rules::statements(context, span.field(), span.aux()).first().copied(),
        children: Vec::new(),
    }
}

impl From<Value> for ReportValue {
    fn from(value: Value) -> Self {
        match value {
            Value::None => Self::None,
            Value::Flag(flag) => Self::Flag(flag),
            Value::Number(number) => Self::Number(number),
            Value::Text(content) => Self::Text(content),
            Value::Bytes(data) => Self::Text(text::hex_string(&data)),
        }
    }
}

impl From<Diagnosis> for ReportError {
    fn from(diagnosis: Diagnosis) -> Self {
        Self {
            offset: diagnosis.fault.offset as usize,
            bit_offset: diagnosis.fault.bits.map(|(start, _)| start),
            statement: diagnosis.statement,
            expected: diagnosis.expected,
            found: diagnosis.found,
            message: diagnosis.message,
        }
    }
}
