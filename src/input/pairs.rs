//! `0: 16 1: 12`, also as `{"0":16,"1":12}`: what a browser's console makes of an array of bytes.

use super::gathered::Gathered;

/// Reads numbers that stand behind their own index.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    number: Option<(u32, usize, usize)>,
    /// The number before was the next index, and a colon follows it.
    value_next: bool,
    /// The index that comes next.
    next: u32,
}

impl Pairs {
    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        for (i, c) in piece.bytes().enumerate() {
            if c.is_ascii_digit() {
                let (value, start, len) = self.number.unwrap_or((0, at + i, 0));
                self.number =
                    Some((value.saturating_mul(10).saturating_add(u32::from(c - b'0')), start, len + 1));
                continue;
            }
            if c == b':' {
                self.index(out);
                continue;
            }
            if self.number.is_some() && (self.value_next || !matches!(c, b'"' | b'\'' | b' ')) {
                self.value(out);
            }
            out.structure += usize::from(matches!(c, b',' | b'{' | b'}' | b'"' | b'\''));
        }
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        self.value(out);
    }

    fn index(&mut self, out: &mut Gathered) {
        let Some((index, _, len)) = self.number.take() else { return };
        // `00:00` is a time of day.
        let plain = len == 1 + index.checked_ilog10().unwrap_or(0) as usize;
        self.value_next = plain && (index == self.next || index == 0);
        if !self.value_next {
            return;
        }
        if index == 0 {
            out.begin(out.len(), None);
            self.next = 0;
        }
        out.structure += len + 1;
    }

    fn value(&mut self, out: &mut Gathered) {
        let Some((value, start, len)) = self.number.take() else { return };
        if core::mem::take(&mut self.value_next) && value < 256 {
            out.push(value as u8, start, len);
            out.lines = 1;
            self.next += 1;
        }
    }
}
