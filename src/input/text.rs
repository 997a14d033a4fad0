//! Small readings that several forms share.

use std::borrow::Cow;

use crate::codec::Direction;

/// What a line says about who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// The direction itself.
    Way(Direction),
    /// Sent by whoever wrote the line.
    Out,
    /// Received by them.
    In,
}

/// Words and arrows beside bytes, lower case.
const HINTS: &[(&str, Hint)] = &[
    ("client -> ", Hint::Way(Direction::ToServer)),
    ("client → ", Hint::Way(Direction::ToServer)),
    ("client->", Hint::Way(Direction::ToServer)),
    ("c->s", Hint::Way(Direction::ToServer)),
    ("c→s", Hint::Way(Direction::ToServer)),
    ("c>s", Hint::Way(Direction::ToServer)),
    ("c2s", Hint::Way(Direction::ToServer)),
    ("from client", Hint::Way(Direction::ToServer)),
    ("to broker", Hint::Way(Direction::ToServer)),
    ("to server", Hint::Way(Direction::ToServer)),
    ("s->c", Hint::Way(Direction::ToClient)),
    ("s→c", Hint::Way(Direction::ToClient)),
    ("s>c", Hint::Way(Direction::ToClient)),
    ("s2c", Hint::Way(Direction::ToClient)),
    ("broker -> ", Hint::Way(Direction::ToClient)),
    ("broker → ", Hint::Way(Direction::ToClient)),
    ("server -> ", Hint::Way(Direction::ToClient)),
    ("from broker", Hint::Way(Direction::ToClient)),
    ("from server", Hint::Way(Direction::ToClient)),
    ("to client", Hint::Way(Direction::ToClient)),
    ("sending", Hint::Out),
    ("sent", Hint::Out),
    ("send", Hint::Out),
    ("write", Hint::Out),
    ("wrote", Hint::Out),
    ("tx", Hint::Out),
    ("out:", Hint::Out),
    (">>", Hint::Out),
    ("-->", Hint::Out),
    ("received", Hint::In),
    ("receive", Hint::In),
    ("recv", Hint::In),
    ("read", Hint::In),
    ("rx", Hint::In),
    ("in:", Hint::In),
    ("<<", Hint::In),
    ("<--", Hint::In),
];

/// What a line, or the beginning of a long one, says about who sends: the first such word that stands by itself.
pub(super) fn hint(line: &str) -> Option<Hint> {
    let mut end = line.len().min(120);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let line = line[..end].to_ascii_lowercase();
    let alone = |at: usize, word: &str| {
        let letter = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let (first, last) = (word.as_bytes()[0], word.as_bytes()[word.len() - 1]);
        let before = at.checked_sub(1).map(|at| line.as_bytes()[at]);
        !(letter(Some(first)) && letter(before)
            || letter(Some(last)) && letter(line.as_bytes().get(at + word.len()).copied()))
    };
    let found = HINTS.iter().filter_map(|(word, hint)| {
        let at = line.match_indices(word).map(|(at, _)| at).find(|at| alone(*at, word))?;
        Some((at, *hint))
    });
    found.min_by_key(|(at, _)| *at).map(|(_, hint)| hint)
}

/// How much of a line's beginning is a date or a time of day: `2024-05-01 12:00:00.123 `, `[12:00:00]`, `1700000000: `,
/// `2024-05-01T12:00:00+0000: `, `20240501 120000.123 `.
pub(super) fn stamp(line: &str) -> usize {
    let bytes = line.as_bytes();
    let digits =
        |at: usize| bytes.get(at..).unwrap_or(&[]).iter().take_while(|it| it.is_ascii_digit()).count();
    let start = bytes.iter().take_while(|it| matches!(it, b' ' | b'\t' | b'[' | b'(')).count();
    // Seconds since 1970.
    if digits(start) == 10 {
        let end = start + 10;
        let fraction = if bytes.get(end) == Some(&b'.') { 1 + digits(end + 1) } else { 0 };
        if bytes.get(end + fraction).is_some_and(|it| matches!(it, b':' | b' ' | b']')) {
            return end + fraction + 1;
        }
    }
    let time = |at: usize| {
        let colons = bytes.get(at + 2) == Some(&b':') && bytes.get(at + 5) == Some(&b':');
        let whole = digits(at) == 2 && digits(at + 3) == 2 && digits(at + 6) == 2;
        if !colons || !whole || bytes.get(at + 8) == Some(&b':') {
            return None;
        }
        let end = at + 8;
        let fraction = match bytes.get(end) {
            Some(b'.' | b',') if digits(end + 1) > 0 => 1 + digits(end + 1),
            _ => 0,
        };
        let end = end + fraction;
        let is = |at: usize, one: &[u8]| usize::from(bytes.get(at).is_some_and(|it| one.contains(it)));
        // `+0000`, `+00:00`
        let offset = match is(end, b"+-") {
            1 if digits(end + 1) == 4 => 5,
            1 if digits(end + 1) == 2 && is(end + 3, b":") == 1 && digits(end + 4) == 2 => 6,
            _ => is(end, b"Z"),
        };
        let end = end + offset;
        let end = end + is(end, b"])");
        let colon = is(end, b":") & is(end + 1, b" \t");
        // A time alone in its line may be bytes.
        (end + colon < bytes.len()).then_some(end + colon)
    };
    let packed = digits(start) == 8 && bytes.get(start + 8) == Some(&b' ') && digits(start + 9) == 6;
    if packed && line[start..].starts_with("20") && bytes.get(start + 15) == Some(&b'.') {
        return start + 16 + digits(start + 16);
    }
    let date = digits(start) == 4
        && matches!(bytes.get(start + 4), Some(b'-' | b'/' | b'.'))
        && digits(start + 5) == 2
        && bytes.get(start + 4) == bytes.get(start + 7)
        && digits(start + 8) == 2
        && matches!(bytes.get(start + 10), Some(b'T' | b' '));
    time(if date { start + 11 } else { start }).unwrap_or(0)
}

/// The same text with ASCII blanks in place of others and of marks that show nothing, so that places stay.
pub(super) fn with_plain_blanks(text: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        !c.is_ascii() && c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    if text.is_ascii() || !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match odd(c) {
            true => plain.extend(core::iter::repeat_n(' ', c.len_utf8())),
            false => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// The value of a digit in a base up to 16.
pub(super) const fn digit(c: u8, base: u8) -> Option<u8> {
    let value = match c {
        b'0'..=b'9' => c - b'0',
        b'a'..=b'f' => c - b'a' + 10,
        b'A'..=b'F' => c - b'A' + 10,
        _ => return None,
    };
    if value < base { Some(value) } else { None }
}
