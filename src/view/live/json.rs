//! JSON, line by line. Numbers and strings stay as they were written.

/// Levels of nesting that are taken.
const DEPTH: usize = 128;

/// The text with a line for each member; `None` if it is not JSON.
pub fn pretty(text: &str) -> Option<String> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, out: String::new() };
    reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(reader.out)
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    out: String,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", depth));
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.space();
        match self.peek()? {
            b'{' => self.list(depth, b'}'),
            b'[' => self.list(depth, b']'),
            b'"' => self.string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize, end: u8) -> Option<()> {
        if depth >= DEPTH {
            return None;
        }
        self.out.push(char::from(self.peek()?));
        self.at += 1;
        self.space();
        let mut is_empty = true;
        while self.peek()? != end || !is_empty {
            self.line(depth + 1);
            if end == b'}' {
                self.space();
                self.string()?;
                self.space();
                self.take(b':')?;
                self.out.push_str(": ");
            }
            self.value(depth + 1)?;
            self.space();
            is_empty = false;
            if self.peek()? == end {
                break;
            }
            self.take(b',')?;
            self.out.push(',');
        }
        self.at += 1;
        if !is_empty {
            self.line(depth);
        }
        self.out.push(char::from(end));
        Some(())
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Takes over what has been read since `from`.
    fn copy(&mut self, from: usize) {
        self.out.push_str(&self.text[from..self.at]);
    }

    fn string(&mut self) -> Option<()> {
        let from = self.at;
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    let escaped = *self.bytes.get(self.at + 1)?;
                    let digits = if escaped == b'u' { 4 } else { 0 };
                    let hex = self.bytes.get(self.at + 2..self.at + 2 + digits)?;
                    if !b"\"\\/bfnrtu".contains(&escaped) || !hex.iter().all(u8::is_ascii_hexdigit) {
                        return None;
                    }
                    self.at += 2 + digits;
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.copy(from);
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        rest.starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            self.out.push_str(word);
        })
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Option<()> {
        let from = self.at;
        self.at += usize::from(self.peek()? == b'-');
        let leading_zero = self.peek()? == b'0';
        let digits = self.digits();
        if digits == 0 || leading_zero && digits > 1 {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            (self.digits() > 0).then_some(())?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            (self.digits() > 0).then_some(())?;
        }
        self.copy(from);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_nothing_of_it_is_changed() {
        let told = pretty(r#" {"a" : [1, -2.50e+3,{}],"é\n\u00e9":null ,"b":[] } "#);
        let lines =
            "{\n  \"a\": [\n    1,\n    -2.50e+3,\n    {}\n  ],\n  \"é\\n\\u00e9\": null,\n  \"b\": []\n}";
        assert_eq!(told.as_deref(), Some(lines));
        for same in ["1", "-0.5", "\"x\"", "true", "12345678901234567890"] {
            assert_eq!(pretty(same).as_deref(), Some(same));
        }
    }

    #[test]
    fn what_is_no_json_is_not_taken_for_it() {
        for text in [
            "",
            " ",
            "on",
            "{",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            "1e",
            "-",
            "+1",
            "\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\u{1}\"",
            "nul",
            "1 2",
            "[1",
            "tru e",
        ] {
            assert_eq!(pretty(text), None, "{text}");
        }
        assert_eq!(pretty(&"[".repeat(100_000)), None);
    }
}
