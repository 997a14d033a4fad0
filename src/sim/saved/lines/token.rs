//! Words and values of a line.

use super::super::json::{self, Value};
use super::{LineError, LineFault};

/// A line under way.
pub(super) struct Line<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
    pub number: usize,
}

/// A place in a line: where something begins and how long it is, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
    pub len: usize,
}

impl Place {
    pub fn error(self, why: LineFault) -> LineError {
        LineError { line: self.line, column: self.column, len: self.len, why }
    }
}

/// A word, or a text in quotes.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: String,
    pub quoted: bool,
    pub place: Place,
}

/// What a name is followed by.
pub(super) enum Found {
    /// A value, and whether it is a time, in microseconds then.
    Value(Value, bool),
    /// `"unit":"C"`.
    Pair(String, String),
}

/// What ends a word.
const ENDS: [char; 5] = ['"', '{', '}', '[', ']'];

impl<'a> Line<'a> {
    pub const fn new(text: &'a str, number: usize) -> Self {
        Self { text, at: 0, number }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Whether nothing is left.
    pub fn is_over(&mut self) -> bool {
        self.space();
        self.rest().is_empty()
    }

    /// From a byte of the line to here.
    pub fn place(&self, from: usize) -> Place {
        let count = |text: &str| text.chars().count();
        let len = count(self.text[from..self.at].trim_end());
        Place { line: self.number, column: 1 + count(&self.text[..from]), len: len.max(1) }
    }

    /// Where the next thing begins, in bytes.
    pub fn here(&mut self) -> usize {
        self.space();
        self.at
    }

    pub fn expected(&mut self, what: &'static str) -> LineError {
        let from = self.here();
        let len = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        self.at += len;
        self.place(from).error(LineFault::Expected(what))
    }

    /// The rest as it stands, or as a text in quotes.
    pub fn rest_as_text(&mut self) -> Result<String, LineError> {
        self.space();
        if self.rest().starts_with('"') {
            return Ok(self.word("a text")?.text);
        }
        let text = self.rest().trim_end().to_owned();
        self.at = self.text.len();
        Ok(text)
    }

    pub fn takes(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    pub fn peeks(&mut self, c: char) -> bool {
        self.space();
        self.rest().starts_with(c)
    }

    /// The next word up to white space or `stop`, or text in quotes.
    fn until(&mut self, what: &'static str, stop: &[char]) -> Result<Word, LineError> {
        let from = self.here();
        if self.rest().starts_with('"') {
            let text = self.quoted()?;
            return Ok(Word { text, quoted: true, place: self.place(from) });
        }
        let end = |c: char| c.is_whitespace() || ENDS.contains(&c) || stop.contains(&c);
        let len = self.rest().find(end).unwrap_or(self.rest().len());
        if len == 0 {
            return Err(self.expected(what));
        }
        let text = self.rest()[..len].to_owned();
        self.at += len;
        Ok(Word { text, quoted: false, place: self.place(from) })
    }

    /// The next word; `what` it should be.
    pub fn word(&mut self, what: &'static str) -> Result<Word, LineError> {
        self.until(what, &[])
    }

    /// The name before `=`, or alone.
    pub fn name(&mut self) -> Result<Word, LineError> {
        self.until("a name", &['='])
    }

    /// Whether a name with `=` comes next, rather than a word of its own.
    pub fn has_name(&mut self) -> bool {
        self.space();
        let rest = self.rest();
        let len =
            rest.find(|c: char| c.is_whitespace() || ENDS.contains(&c) || c == '=').unwrap_or(rest.len());
        len > 0 && rest[len..].starts_with('=')
    }

    fn quoted(&mut self) -> Result<String, LineError> {
        let from = self.at;
        let mut escaped = true; // the first one opens
        let end = self.rest().char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = !escaped && *c == '\\';
            ends
        });
        let Some((end, _)) = end else {
            self.at = self.text.len();
            return Err(self.place(from).error(LineFault::Expected("a closing quote")));
        };
        self.at += end + 1;
        match json::parse(&self.text[from..self.at]) {
            Ok(Value::Text(text)) => Ok(text),
            _ => Err(self.place(from).error(LineFault::Expected("a text in quotes as in JSON"))),
        }
    }

    /// What stands behind `=`.
    pub fn value(&mut self) -> Result<Found, LineError> {
        let rest = self.rest();
        if rest.starts_with("x\"") {
            self.at += 1;
            let hex = self.quoted()?;
            return Ok(Found::Value(Value::Object(vec![("hex".to_owned(), Value::Text(hex))]), false));
        }
        if rest.starts_with('"') {
            let text = self.quoted()?;
            if self.rest().starts_with(":\"") {
                self.at += 1;
                return Ok(Found::Pair(text, self.quoted()?));
            }
            return Ok(Found::Value(Value::Text(text), false));
        }
        if rest.is_empty() || rest.starts_with(char::is_whitespace) {
            return Err(self.expected("a value right behind ="));
        }
        let word = self.word("a value")?;
        Ok(match word.text.as_str() {
            "true" => Found::Value(Value::Flag(true), false),
            "false" => Found::Value(Value::Flag(false), false),
            text => match (number(text), micros(text)) {
                (Some(number), _) => Found::Value(Value::Number(number), false),
                (_, Some(micros)) => Found::Value(Value::Number(micros), true),
                _ => Found::Value(Value::Text(word.text), false),
            },
        })
    }
}

/// A whole number.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A time with its unit, as microseconds.
pub(super) fn micros(text: &str) -> Option<u64> {
    let units = [("us", 1), ("ms", 1_000), ("s", 1_000_000)];
    let (digits, unit) = units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))?;
    if digits.is_empty() { None } else { number(digits)?.checked_mul(unit) }
}

/// Seconds with up to six decimals, as microseconds.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || part.is_empty() || part.len() > 6 {
        return None;
    }
    let scale = 10_u64.pow(6 - part.len() as u32);
    number(whole)?.checked_mul(1_000_000)?.checked_add(number(part)? * scale)
}
