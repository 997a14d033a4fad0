//! Base64, with either alphabet and with or without padding; lines that are nothing else belong together.
//! In YAML, as Wireshark saves a stream, it is what stands behind `!!binary`.

use super::gathered::{Best, Gathered};
use super::text::{Hint, hint, stamp};

/// Reads the longest word of each line that can be base64.
#[derive(Clone, Debug, Default)]
pub(super) struct Base64 {
    best: Best,
    yaml: Option<Yaml>,
    open: Option<usize>,
    /// Characters of the present word, and whether it can be base64.
    len: usize,
    bad: bool,
    padding: usize,
    start: usize,
    bytes: usize,
    /// Bits that have not become a byte, how many, and the character that the first of them came from.
    bits: (u32, u8, usize),
}

/// Where in a YAML text a line stands.
#[derive(Clone, Copy, Debug, Default)]
struct Yaml {
    /// Below `!!binary`.
    inside: bool,
    /// Which end sends what comes next.
    hint: Option<Hint>,
}

impl Yaml {
    /// How much of a line is to be passed over, and what is said about its bytes.
    fn open(&mut self, line: &str) -> (usize, Option<Hint>) {
        let text = line.trim();
        if let Some((_, rest)) = line.split_once("!!binary") {
            let inline = rest.trim_start().trim_start_matches(['|', '>', '-', '+']).trim();
            self.inside = true;
            if !inline.is_empty() {
                return (line.len() - rest.trim_start().len(), self.hint.take());
            }
        } else if let Some(peer) = text.trim_start_matches("- ").strip_prefix("peer: ") {
            // The first end is the one that has opened the connection.
            self.hint = Some(if peer == "0" { Hint::Out } else { Hint::In });
            self.inside = false;
        } else if self.inside && text.bytes().all(|it| it == b'=' || value(it).is_some()) {
            return (0, self.hint.take());
        } else {
            self.inside = false;
        }
        (line.len(), None)
    }
}

impl Base64 {
    /// For a text that begins like this.
    pub(super) fn new(sample: &str) -> Self {
        Self { yaml: sample.contains("!!binary").then(Yaml::default), ..Self::default() }
    }

    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        for (i, c) in piece.bytes().enumerate() {
            let skip = match &mut self.open {
                Some(skip) => skip,
                None => {
                    let line = piece[i..].split('\n').next().unwrap_or("");
                    let (skip, hint) = match &mut self.yaml {
                        Some(yaml) => yaml.open(line),
                        None => (stamp(line), hint(line)),
                    };
                    self.best.open(out, hint);
                    self.open.insert(skip)
                }
            };
            if *skip > 0 && c != b'\n' {
                *skip -= 1;
                out.structure += usize::from(c != b' ');
                self.best.words = true;
                continue;
            }
            match value(c) {
                Some(value) => self.character(value, at + i, out),
                None if c == b'=' && self.len > 0 => {
                    self.padding += 1;
                    out.structure += 1;
                }
                None => {
                    if c != b'\r' {
                        self.end_word(out);
                    }
                    if c == b'\n' {
                        self.best.close(out, 2);
                        self.open = None;
                    } else if !matches!(c, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b',') {
                        self.best.words = true;
                    }
                }
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        self.end_word(out);
        if self.open.is_some() {
            self.best.close(out, 2);
        }
    }

    fn character(&mut self, value: u8, at: usize, out: &mut Gathered) {
        if self.len == 0 {
            self.bits = (0, 0, at);
            self.start = at;
            self.bytes = out.len();
        }
        self.len += 1;
        // Padding stands at the end only.
        self.bad |= self.padding > 0;
        let (bits, count, from) = self.bits;
        let (bits, count, from) =
            (bits << 6 | u32::from(value), count + 6, if count == 0 { at } else { from });
        self.bits = (bits, count, from);
        if count >= 8 {
            let left = count - 8;
            out.push((bits >> left) as u8, from, (at + 1).saturating_sub(from));
            self.bits = (bits & ((1 << left) - 1), left, at);
        }
    }

    fn end_word(&mut self, out: &mut Gathered) {
        if self.len == 0 {
            return;
        }
        let whole = self.len + self.padding;
        // What is left over has to be zero, and one character alone is six bits at most.
        let fits = !self.bad
            && self.padding <= 2
            && self.len % 4 != 1
            && (self.padding == 0 || whole.is_multiple_of(4))
            && self.len >= 3
            && self.bits.0 == 0;
        if !fits {
            out.placed.truncate(self.bytes);
            self.best.words = true;
        }
        if self.len > 1 {
            self.best.end_run(out);
        }
        (self.len, self.padding, self.bad) = (0, 0, false);
    }
}

const fn value(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
