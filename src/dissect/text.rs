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
    let mut digits = [0u8; 13];
    let (mut at, mut left, mut count) = (digits.len(), n, 0);
    loop {
        if count == 3 && n >= 10_000 {
            at -= 1;
            digits[at] = b',';
            count = 0;
        }
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        count += 1;
        if left == 0 {
            break;
        }
    }
    ascii(digits[at..].to_vec())
}

/// Decimal without commas: what is a name rather than an amount (packet identifiers, codes).
pub(super) fn plain(n: u32) -> String {
    let mut text = String::new();
    push_plain(&mut text, n);
    text
}

/// Appends a number in decimal without commas.
pub(super) fn push_plain(out: &mut String, n: u32) {
    const PAIRS: &str = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
                         5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    if n >= 100 {
        push_plain(out, n / 100);
    }
    let at = 2 * (n % 100) as usize;
    let one_digit = n < 10;
    out.push_str(PAIRS.get(at + usize::from(one_digit)..at + 2).unwrap_or_default());
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

/// All bytes in lower-case hex without spaces.
pub(super) fn hex_string(data: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    ascii(data.iter().flat_map(digits).collect())
}

/// Bytes that are ASCII, as a string.
fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// Bytes in hex with spaces, cut with a count of what is hidden.
pub(super) fn hex(data: &[u8]) -> String {
    let mut out = String::new();
    for (i, byte) in data.iter().take(SHOWN_BYTES).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        push_hex(&mut out, *byte);
    }
    hidden(&mut out, data.len().saturating_sub(SHOWN_BYTES));
    out
}

/// An offset in hex of at least `width` digits.
pub(super) fn offset(at: usize, width: usize) -> String {
    let mut out = String::new();
    let bytes = (at as u64).to_be_bytes();
    let skip = (0..8).find(|i| bytes[*i] != 0).unwrap_or(7).min(8 - width / 2);
    for byte in &bytes[skip..] {
        push_hex(&mut out, *byte);
    }
    out
}

/// The lowest `len` bits.
pub(super) fn binary(value: u32, len: u8) -> String {
    (0..len).rev().map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' }).collect()
}

fn hidden(out: &mut String, bytes: usize) {
    if bytes > 0 {
        say(out, &["… +", &number(bytes as u32), " B"]);
    }
}

/// Text that shows what cannot be seen: control characters and marks that reorder text stand as `\u{..}`; cut
/// with a count of the bytes hidden.
pub(super) fn shown(text: &str) -> String {
    if text.len() <= SHOWN && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = SHOWN;
    for (at, c) in text.char_indices() {
        if left == 0 {
            hidden(&mut out, text.len() - at);
            break;
        }
        left -= 1;
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
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
    text.chars().all(plain).then_some(text)
}

/// Data as text where it is readable, else in hex.
pub(super) fn data(data: &[u8]) -> String {
    match readable(data) {
        Some(text) => shown(text),
        None => hex(data),
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
