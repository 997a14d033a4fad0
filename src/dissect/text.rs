//! Small pieces of text, built without the formatting machinery: it would weigh more than the words.

/// Characters of a value that are shown before it is cut.
pub(super) const SHOWN: usize = 200;
/// Bytes of binary data that are shown before it is cut.
const SHOWN_BYTES: usize = 32;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Appends all pieces.
pub(super) fn say(out: &mut String, pieces: &[&str]) {
    for piece in pieces {
        out.push_str(piece);
    }
}

/// All pieces as one string.
pub(super) fn said(pieces: &[&str]) -> String {
    pieces.concat()
}

/// Decimal, with a comma every three digits from 10,000 on.
pub(super) fn number(n: u32) -> String {
    let mut text = String::new();
    push_number(&mut text, n);
    text
}

/// Appends what [`number`] gives.
pub(super) fn push_number(out: &mut String, n: u32) {
    if n < 10_000 {
        push_plain(out, n);
    } else {
        push_thousands(out, n);
    }
}

fn push_thousands(out: &mut String, n: u32) {
    if n < 1000 {
        return push_plain(out, n);
    }
    push_thousands(out, n / 1000);
    out.push(',');
    let rest = n % 1000;
    out.push(digit(rest / 100));
    out.push(digit(rest / 10 % 10));
    out.push(digit(rest % 10));
}

const fn digit(n: u32) -> char {
    (b'0' + n as u8) as char
}

/// Decimal without commas: what is a name rather than an amount (packet identifiers, codes).
pub(super) fn plain(n: u32) -> String {
    let mut text = String::new();
    push_plain(&mut text, n);
    text
}

/// Appends a number in decimal without commas.
pub(super) fn push_plain(out: &mut String, n: u32) {
    if n >= 10 {
        push_plain(out, n / 10);
    }
    out.push(digit(n % 10));
}

/// A count with its unit: `1 byte`, `20 bytes`.
pub(super) fn bytes(n: u32) -> String {
    said(&[&number(n), if n == 1 { " byte" } else { " bytes" }])
}

/// Two upper-case hex digits.
pub(super) fn push_hex(out: &mut String, byte: u8) {
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Bytes in hex with spaces, cut with a count of what is hidden.
pub(super) fn hex(data: &[u8]) -> String {
    let mut out = String::new();
    push_data_hex(&mut out, data);
    out
}

/// Appends what [`hex`] gives.
pub(super) fn push_data_hex(out: &mut String, data: &[u8]) {
    for (i, byte) in data.iter().take(SHOWN_BYTES).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        push_hex(out, *byte);
    }
    hidden(out, data.len().saturating_sub(SHOWN_BYTES));
}

/// An offset in hex of at least `width` digits.
pub(super) fn offset(at: usize, width: usize) -> String {
    let mut out = String::new();
    push_offset(&mut out, at, width);
    out
}

/// Appends what [`offset`] gives.
pub(super) fn push_offset(out: &mut String, at: usize, width: usize) {
    let bytes = (at as u64).to_be_bytes();
    let skip = (at as u64 | 1).leading_zeros() as usize / 8;
    for byte in bytes.iter().skip(skip.min(8 - width / 2)) {
        push_hex(out, *byte);
    }
}

/// The lowest `len` bits.
pub(super) fn binary(value: u32, len: u8) -> String {
    let mut out = String::new();
    push_binary(&mut out, value, len);
    out
}

/// Appends what [`binary`] gives.
pub(super) fn push_binary(out: &mut String, value: u32, len: u8) {
    for bit in (0..len).rev() {
        out.push(digit(value >> bit & 1));
    }
}

fn hidden(out: &mut String, bytes: usize) {
    if bytes > 0 {
        say(out, &["… +", &number(bytes as u32), " B"]);
    }
}

/// Whether all bytes are ASCII that can be seen, or blanks.
fn is_visible(bytes: &[u8]) -> bool {
    // All bytes, without stopping at the first: that goes many at a time.
    bytes.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'))
}

/// Text that shows what cannot be seen: control characters and marks that reorder text stand as `\u{..}`; cut
/// with a count of the bytes hidden.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::new();
    push_shown(&mut out, text);
    out
}

/// Appends what [`shown`] gives.
pub(super) fn push_shown(out: &mut String, text: &str) {
    if text.len() <= SHOWN && is_visible(text.as_bytes()) {
        return out.push_str(text);
    }
    let mut left = SHOWN;
    for (at, c) in text.char_indices() {
        if left == 0 {
            hidden(out, text.len() - at);
            break;
        }
        left -= 1;
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
}

/// Controls, zero-width characters, and marks that change the direction of text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text of bytes that are meant to be read: well-formed UTF-8 without controls other than line ends and tabs.
pub fn readable(data: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(data).ok()?;
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (is_visible(data) || text.chars().all(plain)).then_some(text)
}

/// Data as text where it is readable, else in hex.
pub(super) fn data(data: &[u8]) -> String {
    let mut out = String::new();
    push_data(&mut out, data);
    out
}

/// Appends what [`data`] gives.
pub(super) fn push_data(out: &mut String, data: &[u8]) {
    match readable(data) {
        Some(text) => push_shown(out, text),
        None => push_data_hex(out, data),
    }
}

/// Readable data in quotation marks, other data by its size.
pub(super) fn quoted(payload: &[u8]) -> String {
    match readable(payload) {
        Some("") => "an empty message".to_owned(),
        Some(text) => said(&["“", &shown(text), "”"]),
        None => said(&[&bytes(payload.len() as u32), " of data"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_from_five_digits_on() {
        for (n, text) in
            [(0, "0"), (42, "42"), (1024, "1024"), (65_535, "65,535"), (u32::MAX, "4,294,967,295")]
        {
            assert_eq!(number(n), text);
        }
        assert_eq!(plain(65_535), "65535");
    }

    #[test]
    fn offsets_have_whole_bytes_and_at_least_the_width() {
        for (at, width, text) in
            [(0, 2, "00"), (0x18, 4, "0018"), (0x1ff, 2, "01FF"), (0x0001_0000, 4, "010000")]
        {
            assert_eq!(offset(at, width), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(shown("a\u{0}b\u{202e}c\n"), "a\\u{0}b\\u{202e}c\\u{a}");
    }

    #[test]
    fn what_is_cut_says_how_much() {
        let long = "é".repeat(SHOWN + 7);
        assert!(shown(&long).ends_with("é… +14 B"));
        assert!(hex(&[0; 40]).ends_with("00… +8 B"));
        assert_eq!(hex(&[1, 0xab]), "01 AB");
    }

    #[test]
    fn data_is_quoted_only_if_it_can_be_read() {
        assert_eq!(quoted(b"21.5"), "“21.5”");
        assert_eq!(quoted(&[0xff]), "1 byte of data");
        assert_eq!(quoted(&[1, 2]), "2 bytes of data");
        assert_eq!(quoted(b""), "an empty message");
    }
}
