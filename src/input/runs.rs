//! Hex, decimal numbers and binary digits: runs of numbers, with or without words around them.

use super::gathered::{Best, Gathered};
use super::reader::MistakeKind;
use super::text::{digit, hint, stamp, with_plain_blanks};

/// What the numbers are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Hex,
    Decimal,
    Binary,
}

/// Reads runs of numbers. With words around, a line's longest run is taken; without, everything has to be a number.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    base: Base,
    /// There are no words around: what is no number is a mistake, and reading ends there.
    strict: bool,
    best: Best,
    token: Token,
    /// The character before was a backslash.
    escaped: bool,
    /// Within a line, of which so many characters are still to be passed over.
    open: Option<usize>,
    /// Binary digits of a byte that is not whole.
    bits: (u8, u8, usize),
    comment: Comment,
    done: bool,
}

/// A comment behind bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comment {
    No,
    /// A `/` was before.
    Begun,
    /// To the end of the line.
    Line,
    /// To `*/`; with whether a `*` was before.
    Block(bool),
}

#[derive(Clone, Copy, Debug, Default)]
struct Token {
    inside: bool,
    /// Where it begins in the text and among the bytes.
    start: usize,
    bytes: usize,
    /// Its characters so far.
    len: usize,
    /// `0x` or `\x` stood before the digits.
    prefixed: bool,
    /// A first hex digit, with its place.
    half: Option<(u8, usize)>,
    value: u32,
    /// An `h` stands behind the digits.
    suffixed: bool,
    bad: bool,
}

impl Runs {
    pub(super) fn new(base: Base, strict: bool) -> Self {
        Self {
            base,
            strict,
            best: Best::default(),
            token: Token::default(),
            escaped: false,
            open: None,
            bits: (0, 0, 0),
            comment: Comment::No,
            done: false,
        }
    }

    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        for (i, c) in piece.bytes().enumerate() {
            if self.done {
                return;
            }
            let skip = match &mut self.open {
                Some(skip) => skip,
                None => {
                    let rest = &piece[i..];
                    let line = rest.split('\n').next().unwrap_or(rest);
                    self.best.open(out, if self.strict { None } else { hint(line) });
                    self.open.insert(if self.strict { 0 } else { stamp(line) })
                }
            };
            if *skip > 0 {
                *skip -= 1;
                // A word like any other, but known: it takes nothing from the form.
                out.structure += usize::from(c != b' ');
                self.best.words = true;
                if c != b'\n' {
                    continue;
                }
            }
            if self.comment(c, at + i, out) {
                out.structure += usize::from(!c.is_ascii_whitespace());
                continue;
            }
            let wide = c >= 0x80;
            if c.is_ascii_alphanumeric() || c == b'_' || wide {
                self.character(c, at + i, piece, i, out);
            } else {
                self.separator(c, at + i, out);
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        if !self.done {
            self.end_token(out);
        }
        if self.open.is_some() {
            self.close(out);
        }
    }

    fn close(&mut self, out: &mut Gathered) {
        self.best.close(out, 2);
        self.open = None;
        self.bits = (0, 0, 0);
    }

    /// Whether this character is of a comment: what stands behind bytes and `//` or `#`, or in `/* */`.
    fn comment(&mut self, c: u8, at: usize, out: &mut Gathered) -> bool {
        if self.comment == Comment::Begun && !matches!(c, b'/' | b'*') {
            self.comment = Comment::No;
            self.separator(b'/', at - 1, out);
            if self.done {
                return true;
            }
        }
        self.comment = match (self.comment, c) {
            (_, b'\n') => Comment::No,
            (Comment::Begun, b'/') => Comment::Line,
            (Comment::Begun, b'*') => Comment::Block(false),
            (Comment::Block(true), b'/') => {
                self.comment = Comment::No;
                return true;
            }
            (Comment::Block(_), c) => Comment::Block(c == b'*'),
            (Comment::Line, _) => Comment::Line,
            _ => {
                if c == b'/' || c == b'#' {
                    self.end_token(out);
                }
                let behind = !self.best.words && out.len() > self.best.start() && !self.done;
                match c {
                    b'/' if behind => Comment::Begun,
                    b'#' if behind => Comment::Line,
                    _ => Comment::No,
                }
            }
        };
        self.comment != Comment::No
    }

    fn character(&mut self, c: u8, at: usize, piece: &str, i: usize, out: &mut Gathered) {
        if !self.token.inside {
            self.token = Token { inside: true, start: at, bytes: out.len(), ..Token::default() };
            if self.escaped && c == b'x' && self.base == Base::Hex {
                self.token.prefixed = true;
                self.token.start = at - 1;
                self.token.len = 2;
                self.escaped = false;
                return;
            }
        }
        self.escaped = false;
        let token = &mut self.token;
        token.len += 1;
        if token.bad {
            return;
        }
        let good = match self.base {
            _ if token.suffixed => false,
            Base::Hex if matches!(c, b'h' | b'H') && token.len == 3 && out.len() == token.bytes + 1 => {
                // `10h`, as assemblers write it.
                token.suffixed = true;
                out.structure += 1;
                !token.prefixed
            }
            Base::Hex => match digit(c, 16) {
                Some(value) => {
                    match token.half.take() {
                        None => token.half = Some((value, at)),
                        Some((high, from)) => {
                            let first = token.prefixed && out.len() == token.bytes;
                            let from = if first { token.start } else { from };
                            out.push(high << 4 | value, from, at + 1 - from);
                        }
                    }
                    true
                }
                None => {
                    let prefix =
                        matches!(c, b'x' | b'X') && token.len == 2 && token.half.is_some_and(|it| it.0 == 0);
                    if prefix {
                        token.prefixed = true;
                        token.half = None;
                    }
                    prefix
                }
            },
            Base::Decimal => {
                let value = digit(c, 10);
                token.value = token.value * 10 + u32::from(value.unwrap_or(0));
                value.is_some() && token.value < 256
            }
            Base::Binary => {
                let value = digit(c, 2);
                if let Some(value) = value {
                    let (byte, count, from) = self.bits;
                    let from = if count == 0 { at } else { from };
                    self.bits = (byte << 1 | value, count + 1, from);
                    if count == 7 {
                        out.push(self.bits.0, from, at + 1 - from);
                        self.bits = (0, 0, 0);
                    }
                }
                value.is_some()
            }
        };
        if good {
            return;
        }
        if self.strict {
            let found = piece[..].get(i..).and_then(|it| it.chars().next()).unwrap_or(char::from(c));
            return self.stop(at, MistakeKind::NotHex(found), out);
        }
        self.token.bad = true;
    }

    fn stop(&mut self, at: usize, kind: MistakeKind, out: &mut Gathered) {
        out.mistake(at, kind);
        self.done = true;
        self.best.words = false;
    }

    fn separator(&mut self, c: u8, at: usize, out: &mut Gathered) {
        self.end_token(out);
        if self.done {
            return;
        }
        let weak = match self.base {
            Base::Hex => {
                matches!(c, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b';' | b'-' | b'\\' | b'"' | b'\'')
            }
            _ => matches!(c, b' ' | b'\t' | b'\r' | b'\n' | b',' | b';'),
        };
        let escape = c == b'\\';
        if c == b'\n' {
            self.close(out);
        } else if !weak || self.strict && matches!(c, b'"' | b'\'') {
            if self.strict {
                return self.stop(at, MistakeKind::NotHex(char::from(c)), out);
            }
            self.best.words = true;
            self.best.end_run(out);
            self.bits = (0, 0, 0);
        } else if !c.is_ascii_whitespace() && !escape && out.len() > 0 {
            out.structure += 1;
        }
        self.escaped = escape;
    }

    fn end_token(&mut self, out: &mut Gathered) {
        let token = core::mem::take(&mut self.token);
        if !token.inside {
            return;
        }
        let good = !token.bad
            && match self.base {
                Base::Hex => match token.half {
                    None => out.len() > token.bytes,
                    // One digit alone is a byte only behind a prefix.
                    Some((value, _)) if token.prefixed && out.len() == token.bytes => {
                        out.push(value, token.start, token.len);
                        true
                    }
                    Some((_, at)) => {
                        if self.strict {
                            return self.stop(at, MistakeKind::OddDigits, out);
                        }
                        false
                    }
                },
                Base::Decimal => {
                    // `07` is hex; three digits may be filled up.
                    let good = token.len <= 3 && !(token.len == 2 && token.value < 10);
                    if good {
                        out.push(token.value as u8, token.start, token.len);
                    }
                    good
                }
                Base::Binary => token.len.is_multiple_of(4),
            };
        if !good {
            out.placed.truncate(token.bytes.min(out.len()));
            self.best.words = true;
            self.best.end_run(out);
            self.bits = (0, 0, 0);
        }
    }
}

/// Whether a text is hex and nothing else, but for a mistake or two.
pub(super) fn is_bare_hex(sample: &str) -> bool {
    let (mut good, mut wrong) = (0usize, 0usize);
    let sample = &*with_plain_blanks(sample);
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '-' | '\\');
    for word in sample.split(separator).filter(|it| !it.is_empty()) {
        let digits =
            word.strip_prefix("0x").or(word.strip_prefix("0X")).or(word.strip_prefix('x')).unwrap_or(word);
        let digits = digits.strip_suffix(['h', 'H']).filter(|it| it.len() == 2).unwrap_or(digits);
        let others = digits.chars().filter(|c| !c.is_ascii_hexdigit()).count();
        if others == 0 {
            good += digits.len();
        } else if good > 0 && digits.chars().count() <= 3 || others == 1 && digits.len() > 8 {
            wrong += 1;
        } else {
            return false;
        }
    }
    wrong <= 1 && good > 0 || wrong > 0 && good / 64 >= wrong
}
