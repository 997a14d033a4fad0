//! Packets as JSON, written as they are read: as `serde_json` would write them, without a tree in between.

use super::diagnosis::{self, Diagnosis, Place};
use super::name::{self, Context};
use super::node::is_empty_group;
use super::value::{self, Content};
use super::{rules, text};
use crate::codec::{Annotated, Fault, Span, Spans};

/// Appends one packet, read already; `more` is what shows only beside those before it.
pub(super) fn write(
    out: &mut String,
    frame: &[u8],
    annotated: &Annotated<'_>,
    spans: &Spans,
    more: &[Fault],
) {
    let context = Context::of(frame, annotated);
    out.push_str("{\"version\":\"");
    out.push_str(context.version.as_str());
    out.push_str("\",\"packet\":\"");
    out.push_str(context.packet_type.map_or("RESERVED", |packet| packet.name()));
    out.push_str("\",\"length\":");
    number(frame.len(), out);
    out.push_str(",\"fields\":[");
    fields(&context, &mut spans.spans(), 0, out);
    out.push_str("],\"errors\":[");
    let place = Place::in_packet(frame.len());
    for (i, fault) in spans.faults().iter().chain(more).enumerate() {
        out.push_str(if i > 0 { "," } else { "" });
        write_error(&diagnosis::of(fault, frame, place, false), out);
    }
    out.push_str("]}");
}

/// The spans of one depth, with their children; the depth is bounded by the decoder's groups.
fn fields(context: &Context<'_>, spans: &mut &[Span], depth: u8, out: &mut String) {
    let begun = out.len();
    while let Some((span, rest)) = spans.split_first().filter(|(span, _)| span.depth() >= depth) {
        *spans = rest;
        let leaf = span.is_leaf();
        if leaf && is_empty_group(span) {
            continue;
        }
        if out.len() > begun {
            out.push(',');
        }
        field(context, span, out);
        if !leaf {
            let end = out.len();
            out.push_str(",\"children\":[");
            let first = out.len();
            fields(context, spans, span.depth() + 1, out);
            if out.len() > first {
                out.push(']');
            } else {
                out.truncate(end);
            }
        }
        out.push('}');
    }
}

/// A field up to its children.
fn field(context: &Context<'_>, span: &Span, out: &mut String) {
    out.push_str("{\"name\":\"");
    out.push_str(name::of(context, span));
    out.push_str("\",\"offset\":");
    number(span.offset as usize, out);
    out.push_str(",\"length\":");
    number(span.len as usize, out);
    if let Some((start, len)) = span.bit_range() {
        out.push_str(",\"bit_offset\":");
        number(start.into(), out);
        out.push_str(",\"bit_length\":");
        number(len.into(), out);
    }
    out.push_str(",\"value\":");
    let content = value::read(context.frame, span);
    // Only what others wrote can need escapes: there are none in our own words.
    let foreign = match &content {
        Content::None => {
            out.push_str("null");
            false
        }
        Content::Flag(flag) => {
            out.push_str(if *flag { "true" } else { "false" });
            false
        }
        Content::Number(value) => {
            text::push_plain(out, *value);
            false
        }
        Content::Text(text) => {
            string(text, out);
            true
        }
        Content::Bytes(data) => {
            out.push('"');
            hex(data, out);
            out.push('"');
            true
        }
    };
    out.push_str(",\"text\":\"");
    let begun = out.len();
    value::push_text(out, context, span, &content);
    if foreign && out.as_bytes().get(begun..).is_some_and(needs_escapes) {
        let text = out.split_off(begun);
        escape(&text, out);
    }
    if let Some(statement) = rules::statements(context, span.field(), span.aux()).first() {
        out.push_str("\",\"statement\":\"");
        out.push_str(statement);
    }
    out.push('"');
}

fn write_error(error: &Diagnosis, out: &mut String) {
    out.push_str("{\"offset\":");
    number(error.fault.offset as usize, out);
    if let Some((bit, _)) = error.fault.bits {
        out.push_str(",\"bit_offset\":");
        number(bit.into(), out);
    }
    out.push_str(",\"statement\":\"");
    out.push_str(error.statement);
    for (key, text) in [("expected", &error.expected), ("found", &error.found), ("message", &error.message)] {
        text::say(out, &["\",\"", key, "\":\""]);
        contents(text, out);
    }
    out.push_str("\"}");
}

fn number(number: usize, out: &mut String) {
    match u32::try_from(number) {
        Ok(number) => text::push_plain(out, number),
        Err(_) => out.push_str(&number.to_string()),
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    contents(text, out);
    out.push('"');
}

/// A string without its quotes.
fn contents(text: &str, out: &mut String) {
    if needs_escapes(text.as_bytes()) {
        escape(text, out);
    } else {
        out.push_str(text);
    }
}

/// Whether there is a quote, a backslash or a control character.
fn needs_escapes(text: &[u8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let zero = |word: u64| word.wrapping_sub(LOW) & !word;
    let (words, rest) = text.as_chunks::<8>();
    let found = words.iter().fold(0, |found, bytes| {
        let word = u64::from_le_bytes(*bytes);
        let controls = word.wrapping_sub(LOW * 0x20) & !word;
        found | controls | zero(word ^ (LOW * b'"' as u64)) | zero(word ^ (LOW * b'\\' as u64))
    });
    let rest = rest.iter().fold(false, |found, byte| found | (*byte < b' ' || matches!(byte, b'"' | b'\\')));
    rest || found & LOW << 7 != 0
}

/// RFC 8259 section 7: quotes, backslashes and control characters.
fn escape(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for c in text.chars() {
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
}

/// Lower-case hex without spaces.
fn hex(data: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for bytes in data.chunks(32) {
        let mut digits = [0; 64];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        }
        out.push_str(core::str::from_utf8(&digits[..2 * bytes.len()]).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_escaped_is_found_at_every_place() {
        for len in 1..20 {
            for (at, byte) in (0..len).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
                let mut bytes = vec![b'a'; len];
                bytes[at] = byte;
                let expected = byte < b' ' || byte == b'"' || byte == b'\\';
                assert_eq!(needs_escapes(&bytes), expected, "{byte} at {at} of {len}");
            }
        }
    }

    #[test]
    fn strings_are_escaped_no_more_than_they_must_be() {
        for (text, json) in [
            ("grün 😀\u{7f}\u{2028}/", "\"grün 😀\u{7f}\u{2028}/\""),
            ("say \"no\" to C:\\", r#""say \"no\" to C:\\""#),
            ("\n\r\t\u{8}\u{c}", r#""\n\r\t\b\f""#),
            ("\u{0}\u{b}\u{1f}", r#""\u0000\u000b\u001f""#),
        ] {
            let mut out = String::new();
            string(text, &mut out);
            assert_eq!(out, json);
        }
    }

    #[test]
    fn hex_has_two_digits_a_byte() {
        let mut out = String::new();
        hex(&(0..=255).collect::<Vec<u8>>(), &mut out);
        assert_eq!(out.len(), 512);
        assert!(out.starts_with("000102") && out.ends_with("fdfeff"));
        assert_eq!(out.get(0x9a * 2..0x9c * 2), Some("9a9b"));
    }
}
