//! Arrays as programs write them: numbers, characters and strings in brackets. Erlang's binaries are such a list too.

use super::gathered::Gathered;
use super::text::{digit, hint};

/// Which brackets count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brackets {
    /// `[…]`, `{…}`, `(…)`.
    Code,
    /// `<<…>>`.
    Erlang,
}

/// Reads the elements of lists that hold bytes.
#[derive(Clone, Debug)]
pub(super) struct List {
    brackets: Brackets,
    depth: usize,
    /// The list's first byte, as long as it holds nothing but bytes.
    open: usize,
    good: bool,
    /// A subscript, `packet[26]`.
    index: bool,
    state: State,
    word: String,
    start: usize,
    /// What stood before the word.
    introduced: u8,
    /// The character before, blanks left out, and the one just before.
    before: u8,
    last: u8,
    /// `+` joins two numbers to one, `-` makes one negative.
    plus: bool,
    minus: bool,
    /// A number and a point or a colon stand just before.
    parted: bool,
    /// Elements of the list, and whether a `,` stands among them.
    elements: usize,
    comma: bool,
    /// Its elements stand behind a member's name.
    named: bool,
    /// A number was among them: strings alone are no list of bytes.
    numbers: bool,
    line: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    Word,
    /// In quotes, and how far an escape has come.
    Quoted {
        quote: u8,
        escape: Escape,
    },
    LineComment,
    Comment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    No,
    Begun,
    Hex { value: u8, digits: u8 },
}

impl List {
    pub(super) fn new(brackets: Brackets) -> Self {
        Self {
            brackets,
            depth: 0,
            open: 0,
            good: false,
            index: false,
            state: State::Between,
            word: String::new(),
            start: 0,
            introduced: 0,
            before: 0,
            last: 0,
            plus: false,
            minus: false,
            parted: false,
            elements: 0,
            comma: false,
            named: false,
            numbers: false,
            line: String::new(),
        }
    }

    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        for (i, c) in piece.bytes().enumerate() {
            self.character(c, at + i, out);
            if !c.is_ascii_whitespace() {
                self.before = c;
            }
            self.parted = matches!(c, b'.' | b':') && self.last.is_ascii_digit();
            self.last = c;
            if self.depth == 0 && self.line.len() < 120 && c.is_ascii() {
                self.line.push(char::from(c));
            }
            if c == b'\n' {
                self.line.clear();
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        self.end_word(out);
        if self.depth > 0 {
            // What stands behind a quote that nothing closes is no element.
            self.good &= !matches!(self.state, State::Quoted { .. });
            self.depth = 1;
            self.close(out);
        }
    }

    fn character(&mut self, c: u8, at: usize, out: &mut Gathered) {
        match self.state {
            State::LineComment => {
                if c == b'\n' {
                    self.state = State::Between;
                }
                return;
            }
            State::Comment => {
                if c == b'/' && self.last == b'*' {
                    self.state = State::Between;
                }
                return;
            }
            State::Quoted { quote, escape } => return self.quoted(c, at, quote, escape, out),
            State::Word if c.is_ascii_alphanumeric() || matches!(c, b'_' | b'#') => {
                if self.word.len() < 40 {
                    self.word.push(char::from(c));
                }
                return;
            }
            State::Word => self.end_word(out),
            State::Between => {}
        }
        self.between(c, at, out);
    }

    fn between(&mut self, c: u8, at: usize, out: &mut Gathered) {
        match c {
            b'/' if self.last == b'/' => self.state = State::LineComment,
            b'*' if self.last == b'/' => self.state = State::Comment,
            b'"' | b'\'' if self.depth > 0 && !self.index => {
                self.start = at;
                self.word.clear();
                self.state = State::Quoted { quote: c, escape: Escape::No };
            }
            _ if c.is_ascii_alphanumeric() || c == b'_' => {
                // `21.5` and `0..5` are no bytes, and `12:00` is a time.
                let parted = self.brackets == Brackets::Code && c.is_ascii_digit() && self.parted;
                self.good &= !parted;
                self.state = State::Word;
                (self.start, self.introduced) = (at, self.before);
                self.word.clear();
                self.word.push(char::from(c));
            }
            _ => self.punctuation(c, out),
        }
    }

    fn punctuation(&mut self, c: u8, out: &mut Gathered) {
        let (opens, closes) = match self.brackets {
            Brackets::Code => (matches!(c, b'[' | b'{' | b'('), matches!(c, b']' | b'}' | b')')),
            Brackets::Erlang => (c == b'<' && self.last == b'<', c == b'>' && self.last == b'>'),
        };
        if opens {
            let after_name = self.last.is_ascii_alphanumeric() || self.last == b'_';
            self.index = self.depth == 0 && c == b'[' && after_name;
            if self.depth == 0 {
                (self.open, self.good, self.elements, self.comma) = (out.len(), true, 0, false);
                self.named = false;
                self.numbers = self.brackets == Brackets::Erlang;
                out.structure += 1;
            } else if self.brackets == Brackets::Code && c != b'(' && self.elements == 0 {
                // What stood around was an object or a call; the list is in here.
                (self.open, self.good, self.named) = (out.len(), true, false);
            }
            self.depth += 1;
        } else if closes && self.depth > 0 {
            self.close(out);
        } else if self.depth > 0 {
            match c {
                b'+' => self.plus = true,
                b'-' => self.minus = true,
                b':' if self.before == b'"' || self.before == b'\'' || self.before.is_ascii_alphabetic() => {
                    // A name of an object's member, and not an element.
                    out.placed.truncate(self.open);
                    self.elements = 0;
                    (self.good, self.named) = (true, true);
                }
                b',' => {
                    self.comma = true;
                    out.structure += 1;
                }
                _ => out.structure += usize::from(!c.is_ascii_whitespace()),
            }
        }
    }

    fn close(&mut self, out: &mut Gathered) {
        self.depth -= 1;
        let bytes = out.len() - self.open.min(out.len());
        if !self.good
            || !self.numbers
            || self.index
            // An object's members, each with a number of its own.
            || self.named && self.elements < 2
            || self.depth == 0 && bytes < 2 && !self.comma && self.brackets == Brackets::Code
        {
            out.placed.truncate(self.open);
        } else if bytes > 0 {
            out.lines += 1;
            out.structure += 1;
            let first = out.chunks.last().is_none_or(|last| last.start < self.open);
            if first && bytes > 0 {
                out.begin(self.open, hint(&self.line));
            }
            // What follows in the same brackets is a list of its own.
            self.open = out.len();
        }
        self.elements = 0;
        self.named = false;
        self.index = false;
        self.good = self.depth > 0;
        (self.plus, self.minus) = (false, false);
    }

    fn end_word(&mut self, out: &mut Gathered) {
        if self.state != State::Word {
            return;
        }
        self.state = State::Between;
        let word = core::mem::take(&mut self.word);
        if self.depth == 0 || self.index {
            return;
        }
        let Some(value) = number(&word) else {
            // A cast, a type, a prefix of a literal; anything else has no bytes that are known.
            if is_harmless(&word) {
                out.structure += word.len();
            } else {
                self.good &= self.elements == 0;
            }
            return;
        };
        let erlang_size = self.brackets == Brackets::Erlang && self.introduced == b':';
        if erlang_size && out.len() > self.open {
            return self.widen(value, out);
        }
        let value = if core::mem::take(&mut self.minus) { -(value as i64) } else { value as i64 };
        let joined = core::mem::take(&mut self.plus) && out.len() > self.open;
        if joined {
            let last = out.len() - 1;
            let sum = i64::from(out.placed.bytes()[last]) + value;
            out.structure += word.len() + 1;
            match u8::try_from(sum) {
                Ok(sum) => out.placed.set(last, sum),
                Err(_) => self.good = false,
            }
            return;
        }
        match value {
            -128..=255 => {
                self.numbers = true;
                out.push(value as u8, self.start, word.len());
            }
            _ => self.good = false,
        }
        self.elements += 1;
    }

    /// `4:16` is a number of sixteen bits.
    fn widen(&mut self, bits: u32, out: &mut Gathered) {
        let last = out.len() - 1;
        let Some(place) = out.placed.place(last) else { return };
        let value = out.placed.bytes()[last];
        out.structure += 3;
        if !matches!(bits, 8 | 16 | 24 | 32) {
            self.good = false;
            return;
        }
        out.placed.truncate(last);
        for _ in 1..bits / 8 {
            out.push(0, place.start, place.len());
        }
        out.push(value, place.start, place.len());
    }

    fn quoted(&mut self, c: u8, at: usize, quote: u8, escape: Escape, out: &mut Gathered) {
        let mut next = |escape| self.state = State::Quoted { quote, escape };
        match escape {
            Escape::Begun => {
                let plain = match c {
                    b'x' => return next(Escape::Hex { value: 0, digits: 0 }),
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'0' => 0,
                    other => other,
                };
                next(Escape::No);
                self.put(plain, at - 1, 2, out);
            }
            Escape::Hex { value, digits } => match digit(c, 16) {
                Some(more) if digits == 0 => next(Escape::Hex { value: more, digits: 1 }),
                Some(more) => {
                    next(Escape::No);
                    self.put(value << 4 | more, at - 3, 4, out);
                }
                None => {
                    next(Escape::No);
                    self.put(value, at - 3, 3, out);
                    self.quoted(c, at, quote, Escape::No, out);
                }
            },
            Escape::No if c == b'\\' => next(Escape::Begun),
            Escape::No if c == quote => {
                self.state = State::Between;
                out.structure += 2;
                self.elements += 1;
            }
            Escape::No if c == b'\n' => {
                self.state = State::Between;
                self.good = false;
            }
            Escape::No => self.put(c, at, 1, out),
        }
    }

    fn put(&mut self, byte: u8, start: usize, len: usize, out: &mut Gathered) {
        out.push(byte, start, len);
    }
}

/// `16`, `0x10`, `0x10u8`, `0b1_0000`, `B10000`, `0o20`, `16#10`.
fn number(word: &str) -> Option<u32> {
    let arduino = word.strip_prefix('B').filter(|it| (1..=8).contains(&it.len()));
    if let Some(value) = arduino.and_then(|it| u32::from_str_radix(it, 2).ok()) {
        return Some(value);
    }
    if !word.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let word = word.replace('_', "");
    let lower = word.to_ascii_lowercase();
    let (digits, base) = match () {
        () if lower.starts_with("0x") => (&lower[2..], 16),
        () if lower.starts_with("16#") => (&lower[3..], 16),
        () if lower.starts_with("0b") && lower.len() > 2 => (&lower[2..], 2),
        () if lower.starts_with("0o") => (&lower[2..], 8),
        () => (&lower[..], 10),
    };
    let digits = match base {
        16 => digits.strip_suffix("u8").or(digits.strip_suffix('u')).unwrap_or(digits),
        _ => digits.trim_end_matches("u8").trim_end_matches("i8").trim_end_matches(['u', 'l']),
    };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    u32::from_str_radix(digits, base).ok()
}

/// Words that stand beside a list's elements and change nothing about them.
fn is_harmless(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "byte",
        "Byte",
        "u8",
        "i8",
        "uint8_t",
        "unsigned",
        "char",
        "int",
        "as",
        "b",
        "const",
        "static",
        "toByte",
        "new",
        "Uint8Array",
        "vec",
        "array",
        "bytes",
        "bytearray",
        "Buffer",
        "from",
        "dtype",
        "uint8",
        "np",
        "integer",
        "binary",
        "size",
    ];
    WORDS.contains(&word)
}
