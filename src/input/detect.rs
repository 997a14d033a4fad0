//! Which form a text has: each machine reads a sample, and what explains most of it and makes packets wins.

use super::escape::is_percent;
use super::form::Form;
use super::gathered::Gathered;
use super::layers::peel;
use super::reader::Machine;
use super::runs::is_bare_hex;
use super::text::with_plain_blanks;
use crate::codec::{Frame, Version, annotate, decode, measure};

/// Bytes of the text that are looked at.
const SAMPLE: usize = 16 << 10;
/// Packets that are looked at.
const PACKETS: usize = 64;

/// How far bytes are packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    /// Bytes in packets that break no rule, twice; those of one that is cut short once.
    pub(super) sound: usize,
    /// Bytes that were looked at.
    pub(super) total: usize,
    /// Such packets.
    pub(super) packets: usize,
}

impl Fit {
    /// In thousandths.
    pub(super) const fn share(self) -> usize {
        match (self.sound * 500).checked_div(self.total) {
            Some(share) => share,
            None => 0,
        }
    }
}

/// How far these bytes are packets of any version. A last one that is cut short counts half.
pub(super) fn fit(bytes: &[u8]) -> Fit {
    let mut fit = Fit::default();
    let mut at = 0;
    while at < bytes.len() && fit.packets < PACKETS {
        let rest = &bytes[at..];
        let (len, weight) = match measure(rest) {
            Frame::Len { total, .. } if total <= rest.len() => {
                let sound = |version| decode(&rest[..total], version).is_ok();
                // 3.1 forbids little.
                let weight = match sound(Version::V311) || sound(Version::V5) {
                    true => 2,
                    false => usize::from(sound(Version::V31)),
                };
                (total, weight)
            }
            Frame::Len { .. } | Frame::More => (rest.len(), usize::from(begins_well(rest))),
            Frame::Malformed => (rest.len(), 0),
        };
        fit.packets += usize::from(weight == 2);
        fit.sound += len * weight;
        fit.total += len;
        at += len;
        if weight == 0 && fit.packets == 0 {
            break;
        }
    }
    // What was not reached is no better than what was.
    if at < bytes.len() && fit.packets < PACKETS {
        fit.total = bytes.len();
    }
    fit
}

/// A packet that is cut short and has broken no rule so far.
fn begins_well(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(256)];
    Version::ALL.iter().any(|version| {
        let mut spans = crate::codec::Spans::new();
        let _ = annotate(head, *version, &mut spans);
        spans.faults().is_empty()
    })
}

/// The sample of a text: whole lines, if they are not too long.
pub(super) fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE {
        return text;
    }
    let mut end = SAMPLE;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text[..end].rfind('\n').map_or(end, |at| at + 1);
    &text[..if line > SAMPLE / 2 { line } else { end }]
}

/// The forms in which bytes can be read from the text, the likeliest first.
pub(super) fn rank(text: &str) -> Vec<Form> {
    let sample = &*with_plain_blanks(sample(text));
    let cut = sample.len() < text.len();
    let visible = sample.bytes().filter(|it| !it.is_ascii_whitespace()).count();
    let mut scores: Vec<(usize, Form)> = Vec::new();
    for form in Form::TEXT {
        let mut out = Gathered::default();
        let mut machine = Machine::new(form, sample);
        machine.feed(sample, 0, &mut out);
        machine.finish(&mut out);
        if out.placed.is_empty() {
            continue;
        }
        if let Some(score) = score(form, sample, &out, visible, cut) {
            scores.push((score, form));
        }
    }
    // A list with negative numbers: what leaves their signs out reads other bytes than stand there.
    if scores.iter().any(|it| it.1 == Form::List) && has_negative(sample) {
        scores.retain(|it| !matches!(it.1, Form::Decimal | Form::Hex));
    }
    // Forms of the same score stay in their order.
    scores.sort_by_key(|it| core::cmp::Reverse(it.0));
    scores.into_iter().map(|(_, form)| form).collect()
}

/// A number below zero, as signed bytes are written, among others: `{ -2, 1 }`.
fn has_negative(sample: &str) -> bool {
    let mut before = 0;
    let mut seen = sample.contains(',').then_some(sample.bytes()).into_iter().flatten().peekable();
    while let Some(c) = seen.next() {
        let stands_alone = matches!(before, b' ' | b',' | b'{' | b'[' | b'(' | b'\n' | b'\t');
        if c == b'-' && stands_alone && seen.peek().is_some_and(u8::is_ascii_digit) {
            return true;
        }
        before = c;
    }
    false
}

/// In thousandths: how much of the text is explained, how far the bytes are packets, and what speaks for the form.
fn score(form: Form, sample: &str, out: &Gathered, visible: usize, cut: bool) -> Option<usize> {
    let coverage = (out.explained().min(visible) * 1000).checked_div(visible)?;
    let fit = best_fit(out, cut);
    let prior = match form {
        // Bare hex with a mistake is still that.
        Form::Hex if is_bare_hex(sample) => 1600,
        Form::Hex => 0,
        Form::Dump if out.lines > 1 => 1900,
        Form::Dump => 150,
        Form::WordDump => 60,
        Form::Erlang => 2000,
        // Commas in brackets are no accident.
        Form::List if sample.contains(',') && coverage > 300 => 2000,
        Form::List => 700,
        Form::Escaped => 1000,
        Form::Indexed => 2000,
        Form::Binary => 300,
        Form::Decimal => 40,
        Form::Log => 100,
        Form::Base64 | Form::File => 0,
    };
    let mut score = coverage * 4 + fit * 3 + prior;
    if form == Form::Hex && sample.contains("\\x") && !is_bare_hex(sample) {
        // Of a string the escapes alone.
        score = score.saturating_sub(3000);
    }
    // Words are base64 too; what it is used for seldom looks like one.
    let shouted = |c: u8| c.is_ascii_digit() || matches!(c, b'+' | b'/' | b'=');
    let coded = sample.bytes().any(shouted) && sample.bytes().any(|c| c.is_ascii_uppercase());
    let whole = self::fit(out.placed.bytes()).packets > 0;
    if form == Form::Base64 && !whole && !(coverage >= 950 && coded) {
        return None;
    }
    // A guess has to explain something, or to make sense.
    let guess = match form {
        Form::Hex if !is_bare_hex(sample) => is_hex_beside_words(sample, out, coverage, fit),
        Form::Decimal => coverage >= 600 || fit >= 500,
        // `C:\temp` has nothing that only a string has.
        Form::Escaped if is_percent(sample) => fit >= 500 || coverage >= 900,
        Form::Escaped => sample.contains(['"', '\'']) || has_numbered_escape(sample),
        _ => true,
    };
    (guess && coverage >= 150 && score > 1000 || fit >= 900).then_some(score)
}

/// Whether there is a `\x10`, `\020` or `\u0010`.
fn has_numbered_escape(sample: &str) -> bool {
    let numbered = |pair: &[u8]| pair[0] == b'\\' && matches!(pair[1], b'x' | b'u' | b'0'..=b'7');
    sample.as_bytes().windows(2).any(numbered)
}

/// Whether hex among words is more than their numbers: dates, counts and identifiers are hex digits too.
fn is_hex_beside_words(sample: &str, out: &Gathered, coverage: usize, fit: usize) -> bool {
    // Bytes one by one, behind each other; and words of many digits, which a plain number is not.
    let (mut row, mut most, mut long, mut prefixed) = (0, 0, false, false);
    let (mut end, mut token) = (0, 0..0);
    let places = (0..out.len()).filter_map(|at| out.placed.place(at));
    for place in places.chain(core::iter::once(usize::MAX..usize::MAX)) {
        if place.start == end && end > 0 {
            token.end = place.end;
        } else {
            let word = &sample[token.clone()];
            prefixed |= word.contains(['x', 'X']);
            let letters = word.bytes().any(|it| it.is_ascii_alphabetic());
            long |= word.len() >= 8 && letters && word.bytes().any(|it| it.is_ascii_digit());
            row =
                if word.len() == 2 && (row == 0 || place.start.wrapping_sub(end) < 4) { row + 1 } else { 0 };
            most = most.max(row);
            token = place.clone();
        }
        end = place.end;
    }
    match () {
        () if prefixed || most >= 4 => true,
        () if long => coverage >= 400 || fit >= 300,
        () => most > 1 && fit > 500,
    }
}

/// Of all the bytes, or of those in each chunk with what is around them taken off.
fn best_fit(out: &Gathered, cut: bool) -> usize {
    let whole = fit(out.placed.bytes()).share();
    if whole > 900 || cut && whole > 500 {
        return whole;
    }
    let mut sum = Fit::default();
    let ends = out.chunks.iter().skip(1).map(|it| it.start).chain([out.len()]);
    for (chunk, end) in out.chunks.iter().zip(ends).take(PACKETS) {
        let bytes = &out.placed.bytes()[chunk.start..end];
        let peeled = peel(bytes);
        if peeled.layers.is_empty() {
            let one = fit(bytes);
            (sum.sound, sum.total) = (sum.sound + one.sound, sum.total + one.total);
            continue;
        }
        // Headers that fit are as good as packets, unless they are few: three numbers are a WebSocket frame, too.
        let weight = if bytes.len() < 8 { 1 } else { 2 };
        (sum.sound, sum.total) = (sum.sound + weight * bytes.len(), sum.total + bytes.len());
    }
    whole.max(sum.share())
}
