//! Bytes with their places.

use core::ops::Range;

/// Bytes, each with the part of the text that it was read from. Those of a file have no places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    lens: Vec<u8>,
}

impl Placed {
    /// Bytes without places.
    pub(super) fn of_file(bytes: Vec<u8>) -> Self {
        Self { bytes, starts: Vec::new(), lens: Vec::new() }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, without their places.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.bytes)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len().max(self.bytes.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a byte stands in the text, in bytes of its UTF-8.
    pub fn place(&self, at: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(at)? as usize;
        Some(start..start + usize::from(*self.lens.get(at)?))
    }

    /// The byte that stands at an offset of the text, or the first one behind it in the same line of bytes.
    pub fn byte_at(&self, offset: usize) -> Option<usize> {
        let holds = |at: usize| self.place(at).is_some_and(|place| place.contains(&offset));
        (0..self.starts.len()).find(|at| holds(*at))
    }

    pub(super) fn push(&mut self, byte: u8, start: usize, len: usize) {
        self.bytes.push(byte);
        self.starts.push(start as u32);
        self.lens.push(len.min(255) as u8);
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
        self.starts.truncate(len);
        self.lens.truncate(len);
    }

    /// Takes out what stands before `keep` and behind `from`.
    pub(super) fn remove(&mut self, range: Range<usize>) {
        self.bytes.drain(range.clone());
        self.starts.drain(range.clone());
        self.lens.drain(range);
    }

    pub(super) fn set(&mut self, at: usize, byte: u8) {
        self.bytes[at] = byte;
    }

    /// Takes over some bytes of another, each changed by a mask that begins with the first of them.
    pub(super) fn append(&mut self, other: &Self, range: Range<usize>, mask: [u8; 4]) {
        self.bytes.extend(
            other.bytes[range.clone()].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask),
        );
        if !other.starts.is_empty() {
            self.starts.extend_from_slice(&other.starts[range.clone()]);
            self.lens.extend_from_slice(&other.lens[range]);
        }
    }

    /// Swaps the bytes of two places, but not their places.
    pub(super) fn swap_bytes(&mut self, a: usize, b: usize) {
        self.bytes.swap(a, b);
    }
}
