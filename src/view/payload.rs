//! An application message as people read it: text, JSON, hex, numbers, a picture.

use base64ct::{Base64, Encoding};

use super::bytes::hex;
use crate::dissect::readable;

/// A way to look at a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadForm {
    /// UTF-8.
    Text,
    /// JSON, indented.
    Json,
    /// Bytes.
    Hex,
    /// What the bytes are as numbers.
    Numbers,
    /// A picture.
    Image,
}

impl PayloadForm {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Json => "JSON",
            Self::Hex => "Hex",
            Self::Numbers => "Numbers",
            Self::Image => "Image",
        }
    }
}

/// Characters that are shown of a payload, and four times as many as bytes.
const SHOWN: usize = 16_000;
/// Bytes in a row of hex.
const ROW: usize = 16;
/// Bytes of a picture that is shown.
const PICTURE: usize = 1 << 20;
/// Nesting of JSON that is indented.
const DEEPEST: usize = 64;

/// The ways to look at these bytes, the likeliest first: what the content type says, then what the bytes are.
pub fn payload_forms(bytes: &[u8], content_type: Option<&str>) -> Vec<PayloadForm> {
    use PayloadForm as F;
    let said = content_type.unwrap_or("").to_ascii_lowercase();
    let text = readable(bytes).is_some();
    let json = text && pretty(bytes).is_some();
    let structured = bytes.first().is_some_and(|it| matches!(it, b'{' | b'['));
    let mut forms = Vec::new();
    for (form, fits, likely) in [
        (F::Image, image_type(bytes).is_some() && bytes.len() <= PICTURE, true),
        (F::Json, json, structured || said.contains("json")),
        (F::Text, text, true),
        (F::Hex, true, true),
        (F::Json, json, true),
        (F::Numbers, matches!(bytes.len(), 1 | 2 | 4 | 8), true),
    ] {
        if fits && likely && !forms.contains(&form) {
            forms.push(form);
        }
    }
    if said.contains("octet-stream")
        && let Some(at) = forms.iter().position(|it| *it == F::Hex)
    {
        forms[..=at].rotate_right(1);
    }
    forms
}

/// The bytes in one of the textual forms. Nothing is cut silently: what is left out is told.
pub fn payload_text(bytes: &[u8], form: PayloadForm) -> String {
    match form {
        PayloadForm::Text => shortened(readable(bytes).unwrap_or("")),
        PayloadForm::Json => shortened(&pretty(bytes).unwrap_or_default()),
        PayloadForm::Hex | PayloadForm::Image => hex_rows(bytes),
        PayloadForm::Numbers => {
            numbers(bytes).into_iter().map(|(name, value)| [name, "  ", &value, "\n"].concat()).collect()
        }
    }
}

/// A picture as an address that holds it all; `None` where the bytes are none that is shown.
pub fn image_address(bytes: &[u8]) -> Option<String> {
    let kind = image_type(bytes).filter(|_| bytes.len() <= PICTURE)?;
    Some(["data:", kind, ";base64,", &Base64::encode_string(bytes)].concat())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            [&text[..end], "\n… ", &more.to_string(), " more characters"].concat()
        }
    }
}

/// Rows of bytes with their offsets, beside their characters.
fn hex_rows(bytes: &[u8]) -> String {
    let part = &bytes[..bytes.len().min(SHOWN / 4)];
    let mut text = String::with_capacity(part.len() * 5);
    for (row, bytes) in part.chunks(ROW).enumerate() {
        for byte in ((row * ROW) as u32).to_be_bytes().into_iter().skip(2) {
            text.push_str(hex(byte));
        }
        for column in 0..ROW {
            text.push_str(if column % 8 == 0 { "  " } else { " " });
            text.push_str(bytes.get(column).map_or("  ", |byte| hex(*byte)));
        }
        text.push_str("  ");
        text.extend(
            bytes.iter().map(|byte| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '·' }),
        );
        text.push('\n');
    }
    let more = bytes.len() - part.len();
    if more > 0 {
        text.push_str(&["… ", &more.to_string(), " more bytes"].concat());
    }
    text
}

/// What pictures begin with. None of these can hold a script.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    const TYPES: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
    ];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let found = TYPES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|it| it.1);
    found.or(webp.then_some("image/webp"))
}

/// The bytes as numbers of their width, both byte orders.
fn numbers(bytes: &[u8]) -> Vec<(&'static str, String)> {
    match *bytes {
        [a] => vec![("uint8", a.to_string()), ("int8", (a as i8).to_string())],
        [a, b] => {
            let (big, little) = (u16::from_be_bytes([a, b]), u16::from_le_bytes([a, b]));
            vec![
                ("uint16, big-endian", big.to_string()),
                ("int16, big-endian", (big as i16).to_string()),
                ("uint16, little-endian", little.to_string()),
                ("int16, little-endian", (little as i16).to_string()),
            ]
        }
        [a, b, c, d] => {
            let (big, little) = (u32::from_be_bytes([a, b, c, d]), u32::from_le_bytes([a, b, c, d]));
            vec![
                ("uint32, big-endian", big.to_string()),
                ("int32, big-endian", (big as i32).to_string()),
                ("float32, big-endian", f32::from_bits(big).to_string()),
                ("uint32, little-endian", little.to_string()),
                ("int32, little-endian", (little as i32).to_string()),
                ("float32, little-endian", f32::from_bits(little).to_string()),
            ]
        }
        _ => {
            let Ok(eight) = <[u8; 8]>::try_from(bytes) else { return vec![] };
            let (big, little) = (u64::from_be_bytes(eight), u64::from_le_bytes(eight));
            vec![
                ("uint64, big-endian", big.to_string()),
                ("int64, big-endian", (big as i64).to_string()),
                ("float64, big-endian", f64::from_bits(big).to_string()),
                ("uint64, little-endian", little.to_string()),
                ("int64, little-endian", (little as i64).to_string()),
                ("float64, little-endian", f64::from_bits(little).to_string()),
            ]
        }
    }
}

/// JSON with a member a line; its words stay as they are. `None` where the bytes are no JSON (RFC 8259).
fn pretty(bytes: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(bytes).ok()?;
    let mut json = Json { text, at: 0, out: String::with_capacity(text.len() * 2) };
    json.value(0)?;
    json.blank();
    (json.at == text.len()).then_some(json.out)
}

struct Json<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

impl Json<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|it| matches!(it, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(core::iter::repeat_n("  ", depth));
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.blank();
        match self.peek()? {
            b'{' => self.list(depth, b'}', true),
            b'[' => self.list(depth, b']', false),
            b'"' => self.string(),
            _ => self.word(),
        }
    }

    fn list(&mut self, depth: usize, end: u8, named: bool) -> Option<()> {
        if depth >= DEEPEST {
            return None;
        }
        self.out.push(char::from(self.peek()?));
        self.at += 1;
        self.blank();
        if self.peek()? == end {
            self.at += 1;
            self.out.push(char::from(end));
            return Some(());
        }
        loop {
            self.line(depth + 1);
            if named {
                self.blank();
                (self.peek()? == b'"').then_some(())?;
                self.string()?;
                self.blank();
                (self.peek()? == b':').then_some(())?;
                self.at += 1;
                self.out.push_str(": ");
            }
            self.value(depth + 1)?;
            self.blank();
            match self.peek()? {
                b',' => self.out.push(','),
                found if found == end => break,
                _ => return None,
            }
            self.at += 1;
            self.blank();
        }
        self.at += 1;
        self.line(depth);
        self.out.push(char::from(end));
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        let from = self.at;
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.out.push_str(self.text.get(from..self.at)?);
        Some(())
    }

    fn word(&mut self) -> Option<()> {
        let from = self.at;
        while self.peek().is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'+' | b'.')) {
            self.at += 1;
        }
        let word = &self.text[from..self.at];
        let number =
            word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && word.parse::<f64>().is_ok();
        (matches!(word, "true" | "false" | "null") || number).then_some(())?;
        self.out.push_str(word);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PayloadForm as F;

    #[test]
    fn a_payload_is_shown_as_what_it_is() {
        for (bytes, content_type, forms) in [
            (&b"22.4"[..], None, &[F::Text, F::Hex, F::Json, F::Numbers][..]),
            (b"{\"a\":1}", None, &[F::Json, F::Text, F::Hex]),
            (b"12", Some("application/json"), &[F::Json, F::Text, F::Hex, F::Numbers]),
            (b"\xff\x00\x01", None, &[F::Hex]),
            (b"ab!", Some("application/octet-stream"), &[F::Hex, F::Text]),
            (b"\x89PNG\r\n\x1a\n\0", None, &[F::Image, F::Hex]),
            (b"<svg onload=alert(1)>", Some("image/svg+xml"), &[F::Text, F::Hex]),
        ] {
            assert_eq!(payload_forms(bytes, content_type), forms, "{bytes:?}");
        }
    }

    #[test]
    fn json_is_indented_and_else_left_alone() {
        let text = payload_text(br#"{"t":21.50,"list":[1,{}],"s":"a\"b"}"#, F::Json);
        assert_eq!(text, "{\n  \"t\": 21.50,\n  \"list\": [\n    1,\n    {}\n  ],\n  \"s\": \"a\\\"b\"\n}");
        for wrong in ["{", "[1,]", "{\"a\"}", "{\"a\":1,}", "\"\u{1}\"", "nul", "1 2", "\"a", "\"a\\"] {
            assert_eq!(pretty(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(pretty(&[b'['; 1000]), None);
    }

    #[test]
    fn numbers_are_told_in_both_orders() {
        let told = payload_text(&[0x41, 0xac, 0, 0], F::Numbers);
        assert!(
            told.contains("float32, big-endian  21.5\n") && told.contains("uint32, little-endian  44097\n"),
            "{told}"
        );
        assert!(payload_text(&[0xff], F::Numbers).contains("int8  -1"));
    }

    #[test]
    fn long_ones_say_what_is_left_out() {
        let told = payload_text(&[b'a'; SHOWN + 1000], F::Text);
        assert!(told.ends_with("… 1000 more characters"));
        assert!(payload_text(&[0xff; SHOWN / 4 + 7], F::Hex).ends_with("… 7 more bytes"));
    }

    #[test]
    fn bytes_stand_beside_their_offsets_and_characters() {
        let told = payload_text(&[0x41; 18], F::Hex);
        let rows: Vec<&str> = told.lines().collect();
        assert_eq!(rows[0], "0000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA");
        assert!(rows[1].starts_with("0010  41 41 ") && rows[1].ends_with("  AA"), "{told}");
    }

    #[test]
    fn a_picture_holds_its_own_bytes() {
        assert_eq!(image_address(b"GIF89a").as_deref(), Some("data:image/gif;base64,R0lGODlh"));
        assert_eq!(image_address(b"<svg/>"), None);
    }
}
