//! Reports as JSON, written as `serde_json` would, several times as fast: our own names need no escapes, and other
//! text seldom does.

use super::report::{Report, ReportError, ReportField, ReportValue};
use super::text::push_plain;

impl Report {
    /// Appends the report as one JSON object without spaces or line breaks.
    pub fn write_json(&self, out: &mut String) {
        out.push_str("{\"version\":\"");
        out.push_str(self.version);
        out.push_str("\",\"packet\":\"");
        out.push_str(self.packet);
        out.push_str("\",\"length\":");
        number(self.length, out);
        out.push_str(",\"fields\":[");
        fields(&self.fields, out);
        out.push_str("],\"errors\":[");
        for (i, error) in self.errors.iter().enumerate() {
            out.push_str(if i > 0 { "," } else { "" });
            write_error(error, out);
        }
        out.push_str("]}");
    }
}

fn fields(fields: &[ReportField], out: &mut String) {
    for (i, field) in fields.iter().enumerate() {
        out.push_str(if i > 0 { ",{\"name\":\"" } else { "{\"name\":\"" });
        out.push_str(field.name);
        out.push_str("\",\"offset\":");
        number(field.offset, out);
        out.push_str(",\"length\":");
        number(field.length, out);
        if let (Some(start), Some(len)) = (field.bit_offset, field.bit_length) {
            out.push_str(",\"bit_offset\":");
            number(start.into(), out);
            out.push_str(",\"bit_length\":");
            number(len.into(), out);
        }
        out.push_str(",\"value\":");
        match &field.value {
            ReportValue::None => out.push_str("null"),
            ReportValue::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            ReportValue::Number(value) => number(*value as usize, out),
            ReportValue::Text(text) => string(text, out),
        }
        out.push_str(",\"text\":");
        string(&field.text, out);
        if let Some(statement) = field.statement {
            out.push_str(",\"statement\":\"");
            out.push_str(statement);
            out.push('"');
        }
        if !field.children.is_empty() {
            out.push_str(",\"children\":[");
            self::fields(&field.children, out);
            out.push(']');
        }
        out.push('}');
    }
}

fn write_error(error: &ReportError, out: &mut String) {
    out.push_str("{\"offset\":");
    number(error.offset, out);
    if let Some(bit) = error.bit_offset {
        out.push_str(",\"bit_offset\":");
        number(bit.into(), out);
    }
    out.push_str(",\"statement\":\"");
    out.push_str(error.statement);
    out.push_str("\",\"expected\":");
    string(&error.expected, out);
    out.push_str(",\"found\":");
    string(&error.found, out);
    out.push_str(",\"message\":");
    string(&error.message, out);
    out.push('}');
}

fn number(number: usize, out: &mut String) {
    match u32::try_from(number) {
        Ok(number) => push_plain(out, number),
        Err(_) => out.push_str(&number.to_string()),
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    // Looking at all bytes, without stopping at the first, goes many at a time.
    if !text.bytes().fold(false, |found, byte| found | (byte < b' ') | (byte == b'"') | (byte == b'\\')) {
        out.push_str(text);
    } else {
        for c in text.chars() {
            escaped(c, out);
        }
    }
    out.push('"');
}

/// RFC 8259 section 7: quotes, backslashes and control characters.
fn escaped(c: char, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c if c < ' ' => {
            out.push_str("\\u00");
            out.push(char::from(HEX[c as usize >> 4]));
            out.push(char::from(HEX[c as usize & 15]));
        }
        c => out.push(c),
    }
}
