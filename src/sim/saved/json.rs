//! JSON as far as saved worlds need it: objects, lists, texts, whole numbers, `true` and `false`.

use super::SavedError;

/// How deep values may lie in each other.
const MAX_DEPTH: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Flag(bool),
    Number(u64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// What it is, for errors.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads one value; nothing but white space may follow it.
pub(super) fn parse(text: &str) -> Result<Value, SavedError> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.expected("the end"));
    }
    Ok(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn expected(&self, expected: &'static str) -> SavedError {
        let before = &self.text.as_bytes()[..self.at];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        SavedError::Syntax {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + self.at - line_start,
            expected,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a character, after white space, if it is the next one.
    fn takes(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, SavedError> {
        self.space();
        if depth > MAX_DEPTH {
            return Err(self.expected("fewer levels"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'0'..=b'9') => self.number(),
            _ => {
                for (word, flag) in [("true", true), ("false", false)] {
                    if self.text[self.at..].starts_with(word) {
                        self.at += word.len();
                        return Ok(Value::Flag(flag));
                    }
                }
                Err(self.expected("a value"))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, SavedError> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.takes(b'}') {
            return Ok(Value::Object(entries));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.expected("a name in quotes"));
            }
            let key = self.string()?;
            if !self.takes(b':') {
                return Err(self.expected("a colon"));
            }
            entries.push((key, self.value(depth + 1)?));
            if self.takes(b'}') {
                return Ok(Value::Object(entries));
            }
            if !self.takes(b',') {
                return Err(self.expected("a comma or }"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, SavedError> {
        self.at += 1;
        let mut values = Vec::new();
        if self.takes(b']') {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            if self.takes(b']') {
                return Ok(Value::List(values));
            }
            if !self.takes(b',') {
                return Err(self.expected("a comma or ]"));
            }
        }
    }

    fn number(&mut self) -> Result<Value, SavedError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        let plain = digits.len() == 1 || !digits.starts_with('0');
        match digits.parse() {
            Ok(number) if plain => Ok(Value::Number(number)),
            _ => {
                self.at = start;
                Err(self.expected("a whole number"))
            }
        }
    }

    fn string(&mut self) -> Result<String, SavedError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(next) = rest.chars().next() else { return Err(self.expected("a closing quote")) };
            match next {
                '"' => {
                    self.at += 1;
                    return Ok(out);
                }
                '\\' => out.push(self.escape()?),
                '\0'..='\x1f' => return Err(self.expected("an escape for a control character")),
                _ => {
                    let plain = rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\x1f')).unwrap_or(rest.len());
                    out.push_str(&rest[..plain]);
                    self.at += plain;
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, SavedError> {
        let start = self.at;
        let found = match self.text.as_bytes().get(self.at + 1) {
            Some(b'u') => self.code_point(),
            Some(byte) => {
                self.at += 2;
                match byte {
                    b'"' | b'\\' | b'/' => Some(*byte as char),
                    b'b' => Some('\x08'),
                    b'f' => Some('\x0c'),
                    b'n' => Some('\n'),
                    b'r' => Some('\r'),
                    b't' => Some('\t'),
                    _ => None,
                }
            }
            None => None,
        };
        found.ok_or_else(|| {
            self.at = start;
            self.expected("an escape as JSON knows it")
        })
    }

    /// `\u` with four digits, twice for what lies beyond U+FFFF.
    fn code_point(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        let second = self.unit().filter(|unit| (0xdc00..0xe000).contains(unit))?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 6)?.strip_prefix("\\u")?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 6;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Appends a text in quotes.
pub(super) fn push_text(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            // Control characters, and those that turn the direction of the text around them.
            '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(HEX[(c as usize >> shift) & 15] as char);
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read() {
        let text =
            "{ \"a\": [1, 20, true], \"b\" : {\"c\":\"\\u00e9\\ud83d\\ude00\\n\\/\"},\r\n\t\"d\": [] }";
        let Ok(Value::Object(entries)) = parse(text) else { panic!("{:?}", parse(text)) };
        assert_eq!(entries[0].1, Value::List(vec![Value::Number(1), Value::Number(20), Value::Flag(true)]));
        assert_eq!(entries[1].1, Value::Object(vec![("c".into(), Value::Text("é😀\n/".into()))]));
        assert_eq!(entries[2], ("d".into(), Value::List(Vec::new())));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        for (text, line, column, expected) in [
            ("", 1, 1, "a value"),
            ("nul", 1, 1, "a value"),
            ("{\n  a: 1}", 2, 3, "a name in quotes"),
            ("{\"a\" 1}", 1, 6, "a colon"),
            ("[1 2]", 1, 4, "a comma or ]"),
            ("{\"a\":1", 1, 7, "a comma or }"),
            ("[01]", 1, 2, "a whole number"),
            ("[1.5]", 1, 2, "a whole number"),
            ("[99999999999999999999]", 1, 2, "a whole number"),
            ("[-1]", 1, 2, "a value"),
            ("\"a", 1, 3, "a closing quote"),
            ("\"a\u{1}\"", 1, 3, "an escape for a control character"),
            ("\"\\x\"", 1, 2, "an escape as JSON knows it"),
            ("\"\\ud800\"", 1, 2, "an escape as JSON knows it"),
            ("\"\\u+123\"", 1, 2, "an escape as JSON knows it"),
            ("\"\\", 1, 2, "an escape as JSON knows it"),
            ("1 1", 1, 3, "the end"),
        ] {
            assert_eq!(parse(text), Err(SavedError::Syntax { line, column, expected }), "{text:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(parse(&deep), Err(SavedError::Syntax { expected: "fewer levels", .. })));
    }

    #[test]
    fn texts_come_back_as_they_were() {
        let text: String = (0..0x2100).chain([0xfffd, 0x1f600]).filter_map(char::from_u32).collect();
        let mut out = String::new();
        push_text(&text, &mut out);
        assert!(out.chars().all(|c| !c.is_control()), "nothing that a terminal would act on");
        assert_eq!(parse(&out), Ok(Value::Text(text)));
    }
}
