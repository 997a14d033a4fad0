//! An object of the saved form, written or read by the same description: what is written is what can be read.

use bytes::Bytes;

use super::SavedError;
use super::json::{Value, push_text};

/// An object under way. A method takes the name of an entry and the value to write; it gives back that value, or the
/// one that was read. What is missing when reading is its default; what is its default is not written.
pub(super) struct Form<'a> {
    mode: Mode,
    /// The names that lead here, for errors.
    path: String,
    /// The first thing that is wrong.
    error: &'a mut Option<SavedError>,
}

enum Mode {
    Write { out: String, any: bool },
    Read(Vec<(String, Value)>),
}

impl<'a> Form<'a> {
    /// Writes an object.
    pub fn write(out: String, error: &'a mut Option<SavedError>) -> Self {
        Self { mode: Mode::Write { out: out + "{", any: false }, path: String::new(), error }
    }

    /// Reads one.
    pub fn read(value: Value, path: String, error: &'a mut Option<SavedError>) -> Self {
        let entries = match value {
            Value::Object(entries) => entries,
            other => {
                error.get_or_insert(SavedError::Kind {
                    at: path.clone(),
                    expected: "an object",
                    found: other.kind(),
                });
                Vec::new()
            }
        };
        Self { mode: Mode::Read(entries), path, error }
    }

    /// Whether values are asked for rather than told.
    pub const fn is_reading(&self) -> bool {
        matches!(self.mode, Mode::Read(_))
    }

    /// The text, once all is written; what was not read is an error.
    pub fn end(self) -> String {
        match self.mode {
            Mode::Write { out, .. } => out + "}",
            Mode::Read(left) => {
                if let Some((name, _)) = left.into_iter().next() {
                    self.error.get_or_insert(SavedError::Unknown { at: join(&self.path, &name) });
                }
                String::new()
            }
        }
    }

    /// Remembers that the value of an entry cannot be.
    pub fn refuse(&mut self, name: &str, expected: &'static str) {
        let at = join(&self.path, name);
        self.error.get_or_insert(SavedError::Value { at, expected });
    }

    fn wrong(&mut self, name: &str, expected: &'static str, found: &Value) {
        let at = join(&self.path, name);
        self.error.get_or_insert(SavedError::Kind { at, expected, found: found.kind() });
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let Mode::Read(entries) = &mut self.mode else { return None };
        let at = entries.iter().position(|(found, _)| found == name)?;
        Some(entries.remove(at).1)
    }

    fn put(&mut self, name: &str) -> Option<&mut String> {
        let Mode::Write { out, any } = &mut self.mode else { return None };
        out.push_str(if std::mem::replace(any, true) { ", " } else { "" });
        push_text(name, out);
        out.push_str(": ");
        Some(out)
    }

    pub fn flag(&mut self, name: &str, value: bool, default: bool) -> bool {
        match self.take(name) {
            Some(Value::Flag(read)) => return read,
            Some(other) => self.wrong(name, "true or false", &other),
            None if self.is_reading() => return default,
            None => {
                if value != default
                    && let Some(out) = self.put(name)
                {
                    out.push_str(if value { "true" } else { "false" });
                }
            }
        }
        value
    }

    /// A number of at most `most`.
    pub fn number(&mut self, name: &str, value: u64, default: u64, most: u64) -> u64 {
        match self.take(name) {
            Some(Value::Number(read)) if read <= most => return read,
            Some(Value::Number(_)) => self.refuse(name, "a smaller number"),
            Some(other) => self.wrong(name, "a number", &other),
            None if self.is_reading() => return default,
            None => {
                if value != default
                    && let Some(out) = self.put(name)
                {
                    out.push_str(&value.to_string());
                }
            }
        }
        value
    }

    /// A text that may be missing.
    pub fn maybe(&mut self, name: &str, value: Option<String>) -> Option<String> {
        match self.take(name) {
            Some(Value::Text(read)) => return Some(read),
            Some(other) => self.wrong(name, "a text", &other),
            None => {
                if let (Some(text), Some(out)) = (&value, self.put_if(name, value.is_some())) {
                    push_text(text, out);
                }
            }
        }
        value
    }

    fn put_if(&mut self, name: &str, wanted: bool) -> Option<&mut String> {
        if wanted { self.put(name) } else { None }
    }

    /// A text; missing where it is empty.
    pub fn text(&mut self, name: &str, value: String) -> String {
        let value = (!value.is_empty()).then_some(value);
        self.maybe(name, value).unwrap_or_default()
    }

    /// Bytes that may be missing: a text if they are one, else `{"hex": "00ff"}`.
    pub fn maybe_bytes(&mut self, name: &str, value: Option<Bytes>) -> Option<Bytes> {
        match self.take(name) {
            Some(Value::Text(text)) => return Some(Bytes::from(text)),
            Some(Value::Object(entries)) => {
                let hex = match entries.as_slice() {
                    [(key, Value::Text(hex))] if key == "hex" => from_hex(hex),
                    _ => None,
                };
                if hex.is_none() {
                    self.refuse(name, "{\"hex\": two digits a byte}");
                }
                return hex.map(Bytes::from);
            }
            Some(other) => self.wrong(name, "a text or {\"hex\": …}", &other),
            None => {
                if let (Some(bytes), Some(out)) = (&value, self.put_if(name, value.is_some())) {
                    match std::str::from_utf8(bytes) {
                        Ok(text) => push_text(text, out),
                        Err(_) => push_hex(bytes, out),
                    }
                }
            }
        }
        value
    }

    /// Bytes; missing where there are none.
    pub fn bytes(&mut self, name: &str, value: Bytes) -> Bytes {
        let value = (!value.is_empty()).then_some(value);
        self.maybe_bytes(name, value).unwrap_or_default()
    }

    /// One of `names`, by its index; `default` is not written.
    pub fn choice(&mut self, name: &str, value: usize, default: usize, names: &[&'static str]) -> usize {
        let written = (value != default).then(|| names.get(value).copied().unwrap_or_default().to_owned());
        let Some(read) = self.maybe(name, written) else { return default };
        names.iter().position(|known| *known == read).unwrap_or_else(|| {
            self.refuse(name, "one of the known names");
            default
        })
    }

    /// An object inside; left out when writing if there is none to tell of.
    pub fn object(&mut self, name: &str, is_there: bool, describe: &mut dyn FnMut(&mut Form<'_>)) -> bool {
        let path = join(&self.path, name);
        if self.is_reading() {
            let Some(value) = self.take(name) else { return false };
            let mut form = Form::read(value, path, self.error);
            describe(&mut form);
            form.end();
            return true;
        }
        if is_there {
            let mut form = Form::write(String::new(), self.error);
            describe(&mut form);
            let text = form.end();
            if let Some(out) = self.put(name) {
                out.push_str(&text);
            }
        }
        is_there
    }

    /// Objects in a row, each on a line of its own; `describe` is told the index.
    pub fn list(
        &mut self,
        name: &str,
        len: usize,
        most: usize,
        describe: &mut dyn FnMut(&mut Form<'_>, usize),
    ) {
        if !self.is_reading() {
            let lines: Vec<String> = (0..len)
                .map(|at| {
                    let mut form = Form::write("\n  ".to_owned(), self.error);
                    describe(&mut form, at);
                    form.end()
                })
                .collect();
            if let Some(out) = self.put_if(name, len > 0) {
                out.push('[');
                out.push_str(&lines.join(","));
                out.push(']');
            }
            return;
        }
        match self.take(name) {
            None => {}
            Some(Value::List(values)) if values.len() > most => self.refuse(name, "a shorter list"),
            Some(Value::List(values)) => {
                let path = join(&self.path, name);
                for (at, value) in values.into_iter().enumerate() {
                    let path = [&path, " ", &(at + 1).to_string()].concat();
                    let mut form = Form::read(value, path, self.error);
                    describe(&mut form, at);
                    form.end();
                }
            }
            Some(other) => self.wrong(name, "a list", &other),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { [path, ", ", name].concat() }
}

fn push_hex(bytes: &[u8], out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push_str("{\"hex\": \"");
    for byte in bytes {
        out.extend([HEX[usize::from(byte >> 4)] as char, HEX[usize::from(byte & 15)] as char]);
    }
    out.push_str("\"}");
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}
