//! Payloads that are JSON.

/// Values within values at most.
const MAX_DEPTH: usize = 64;

/// The same value without what is only space; `None` if it is no JSON.
pub(super) fn minified(bytes: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(bytes).ok()?;
    let mut reader = Reader { left: text, out: String::new() };
    reader.value(0)?;
    reader.space();
    reader.left.is_empty().then_some(reader.out)
}

struct Reader<'a> {
    left: &'a str,
    out: String,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.left = self.left.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.space();
        self.left = self.left.strip_prefix(token)?;
        self.out.push_str(token);
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.space();
        if depth > MAX_DEPTH {
            return None;
        }
        match self.left.bytes().next()? {
            b'{' => self.list(depth, ["{", "}"], true),
            b'[' => self.list(depth, ["[", "]"], false),
            b'"' => self.string(),
            b't' => self.take("true"),
            b'f' => self.take("false"),
            b'n' => self.take("null"),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize, [open, close]: [&str; 2], named: bool) -> Option<()> {
        self.take(open)?;
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            if named {
                self.space();
                self.string()?;
                self.take(":")?;
            }
            self.value(depth + 1)?;
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(",")?;
        }
    }

    fn string(&mut self) -> Option<()> {
        let rest = self.left.strip_prefix('"')?;
        let mut escaped = false;
        let end = rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        self.out.extend(["\"", &rest[..end], "\""]);
        self.left = &rest[end + 1..];
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let end = self.left.find(|c: char| !"+-.eE0123456789".contains(c)).unwrap_or(self.left.len());
        let (number, rest) = self.left.split_at(end);
        number.parse::<f64>().ok()?;
        self.out.push_str(number);
        self.left = rest;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::minified;

    #[test]
    fn json_loses_its_spaces_and_nothing_else_is_taken() {
        for (text, expected) in [
            ("{ \"a\" : [ 1, 2.5e3 , true ], \"b c\": {} }", Some("{\"a\":[1,2.5e3,true],\"b c\":{}}")),
            ("\"x \\\" y\"", Some("\"x \\\" y\"")),
            (" 21.5 ", Some("21.5")),
            ("hello", None),
            ("{\"a\":}", None),
            ("[1,2", None),
            ("1 2", None),
            ("", None),
        ] {
            assert_eq!(minified(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(minified("[".repeat(100_000).as_bytes()), None);
    }
}
