//! Strings with escapes: `"\x10\x0c\x00\x04MQTT\x04"`, bare or in quotes, as C, Python, JSON and shells write them.
//! `%10%0C`, as in a URL, is one too.

use super::gathered::Gathered;
use super::text::{digit, hint};

/// Reads strings in quotes if at least one of those that touch has an escape; without quotes, a line from its first
/// escape on.
#[derive(Clone, Debug)]
pub(super) struct Escaped {
    quotes: bool,
    /// Escapes are those of a URL.
    percent: bool,
    inside: Option<u8>,
    /// Where the strings that touch begin, and whether one of them has an escape.
    group: usize,
    escapes: bool,
    /// A string has ended, and nothing has parted it from the next.
    touching: bool,
    step: Step,
    at: usize,
    /// Bytes at the beginning of the word before an escape, in a line without quotes.
    line: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Plain,
    Begun,
    Hex {
        value: u8,
        digits: u8,
    },
    Octal {
        value: u16,
        digits: u8,
    },
    /// Four digits, or any number in braces.
    Unicode {
        value: u32,
        digits: u8,
        braces: bool,
    },
}

impl Escaped {
    /// `quotes`: whether the text has strings in quotes; `percent`: whether its escapes are those of a URL.
    pub(super) fn new(quotes: bool, percent: bool) -> Self {
        Self {
            quotes: quotes && !percent,
            percent,
            inside: None,
            group: 0,
            escapes: false,
            touching: false,
            step: Step::Plain,
            at: 0,
            line: String::new(),
        }
    }

    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        for (i, c) in piece.bytes().enumerate() {
            match self.inside {
                Some(quote) => self.within(c, at + i, quote, out),
                None => self.outside(c, at + i, out),
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        self.flush(self.at + 1, out);
        if self.inside.take().is_some() && !self.quotes {
            self.trim(out);
        }
        self.end_group(out);
    }

    const fn escape(&self) -> u8 {
        if self.percent { b'%' } else { b'\\' }
    }

    fn outside(&mut self, c: u8, at: usize, out: &mut Gathered) {
        if c == b'\n' {
            self.line.clear();
        } else if c.is_ascii() && self.line.len() < 120 {
            self.line.push(char::from(c));
        }
        let opens = if self.quotes { matches!(c, b'"' | b'\'') } else { c == self.escape() };
        if opens {
            if !self.touching {
                self.end_group(out);
                self.group = out.len();
            }
            self.inside = Some(if self.quotes { c } else { b'\n' });
            out.structure += usize::from(self.quotes);
            if !self.quotes {
                self.within(c, at, b'\n', out);
            }
            return;
        }
        // Between strings that belong together: blanks, a prefix, a plus, a line's end with its backslash.
        if !(c.is_ascii_whitespace() || matches!(c, b'+' | b'b' | b'\\' | b'.')) {
            self.touching = false;
        }
    }

    fn within(&mut self, c: u8, at: usize, quote: u8, out: &mut Gathered) {
        match self.step {
            Step::Plain => {}
            Step::Begun => {
                if self.begun(c, out) {
                    return;
                }
            }
            Step::Hex { value, digits } => {
                if let Some(more) = digit(c, 16).filter(|_| digits < 2) {
                    self.step = Step::Hex { value: value << 4 | more, digits: digits + 1 };
                    return;
                }
                self.flush(at, out);
            }
            Step::Octal { value, digits } => {
                if let Some(more) = digit(c, 8).filter(|_| digits < 3) {
                    self.step = Step::Octal { value: value << 3 | u16::from(more), digits: digits + 1 };
                    return;
                }
                self.flush(at, out);
            }
            Step::Unicode { value, digits, braces } => {
                let braces = braces || digits == 0 && c == b'{';
                if c == b'{' && digits == 0 {
                    self.step = Step::Unicode { value, digits, braces };
                    return;
                }
                if let Some(more) = digit(c, 16).filter(|_| digits < if braces { 6 } else { 4 }) {
                    self.step =
                        Step::Unicode { value: value << 4 | u32::from(more), digits: digits + 1, braces };
                    return;
                }
                self.flush(at + usize::from(braces), out);
                if braces && c == b'}' {
                    return;
                }
            }
        }
        self.plain(c, at, quote, out);
    }

    fn plain(&mut self, c: u8, at: usize, quote: u8, out: &mut Gathered) {
        let ends = self.percent && matches!(c, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'&' | b'<' | b'>');
        if self.percent && c == b'%' {
            (self.step, self.at, self.escapes) = (Step::Hex { value: 0, digits: 0 }, at, true);
        } else if !self.percent && c == b'\\' {
            (self.step, self.at, self.escapes) = (Step::Begun, at, true);
        } else if c == quote || ends {
            self.inside = None;
            if self.quotes {
                self.touching = true;
                out.structure += 1;
            } else {
                self.trim(out);
                self.end_group(out);
                self.line.clear();
            }
        } else if c == b'\n' && quote != b'`' {
            // A string does not go over its line: it was an apostrophe.
            self.inside = None;
            out.placed.truncate(self.group);
            (self.touching, self.escapes) = (false, false);
        } else {
            out.push(c, at, 1);
        }
    }

    /// The character behind a backslash; whether it is dealt with.
    fn begun(&mut self, c: u8, out: &mut Gathered) -> bool {
        let plain = match c {
            b'x' => {
                self.step = Step::Hex { value: 0, digits: 0 };
                return true;
            }
            b'u' => {
                self.step = Step::Unicode { value: 0, digits: 0, braces: false };
                return true;
            }
            b'0'..=b'7' => {
                self.step = Step::Octal { value: u16::from(c - b'0'), digits: 1 };
                return true;
            }
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'a' => 7,
            b'b' => 8,
            b'e' => 0x1b,
            b'f' => 0x0c,
            b'v' => 0x0b,
            // A string that goes on in the next line.
            b'\n' => {
                self.step = Step::Plain;
                return self.quotes;
            }
            other => other,
        };
        self.step = Step::Plain;
        out.push(plain, self.at, 2);
        true
    }

    /// An escape has all its digits.
    fn flush(&mut self, end: usize, out: &mut Gathered) {
        let len = end.saturating_sub(self.at);
        match core::mem::replace(&mut self.step, Step::Plain) {
            Step::Hex { value, digits } if digits > 0 => out.push(value, self.at, len),
            Step::Hex { .. } if self.percent => out.push(b'%', self.at, 1),
            Step::Octal { value, .. } => out.push(value as u8, self.at, len),
            Step::Unicode { value, digits, .. } if digits > 0 => match u8::try_from(value) {
                Ok(byte) => out.push(byte, self.at, len),
                Err(_) => {
                    let mut buffer = [0; 4];
                    let c = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        out.push(byte, self.at, len);
                    }
                }
            },
            _ => {}
        }
    }

    /// Blanks at the end of a line without quotes belong to the line.
    fn trim(&mut self, out: &mut Gathered) {
        let blank = |at: usize| {
            let one = out.placed.place(at).is_some_and(|it| it.len() == 1);
            one && matches!(out.placed.bytes()[at], b' ' | b'\r' | b'\t')
        };
        let mut end = out.len();
        while end > self.group && blank(end - 1) {
            end -= 1;
        }
        out.placed.truncate(end);
    }

    fn end_group(&mut self, out: &mut Gathered) {
        if !self.escapes {
            out.placed.truncate(self.group);
        } else if out.len() > self.group {
            out.lines += 1;
            let hint = hint(&self.line);
            if hint.is_some() || out.chunks.is_empty() {
                out.begin(self.group, hint);
            }
        }
        self.group = out.len();
        (self.escapes, self.touching) = (false, false);
    }
}

/// Whether a text has escapes like a URL's, and among them control characters, which no address has.
pub(super) fn is_percent(sample: &str) -> bool {
    let hex = |it: Option<&u8>| it.is_some_and(u8::is_ascii_hexdigit);
    let escapes =
        || sample.split('%').skip(1).map(str::as_bytes).filter(|it| hex(it.first()) && hex(it.get(1)));
    !sample.contains('\\') && escapes().count() > 1 && escapes().any(|it| matches!(it[0], b'0' | b'1'))
}
