//! The few forms in which values are written.

use super::error::EncodeError;

/// The greatest Remaining Length (3.1.1 section 2.2.3, 5.0 section 2.1.4).
pub(super) const MAX_REMAINING: usize = 0x0fff_ffff;

/// A variable byte integer of at most 268,435,455.
#[inline]
pub(super) fn variable_byte_integer(out: &mut Vec<u8>, value: u32) {
    Run::default().variable_byte_integer(value).append_to(out, 0);
}

const PIECE: usize = 16;

/// Appends bytes that are mostly few, such as names. Pieces that may overlap take no branch on the length; a call that
/// copies takes some which cannot be foreseen. Names are up to three pieces here, payloads four.
#[inline(always)]
pub(super) fn short<const PIECES: usize>(out: &mut Vec<u8>, bytes: &[u8]) {
    let len = bytes.len();
    if !(PIECE..=PIECES * PIECE).contains(&len) {
        out.extend_from_slice(bytes);
        return;
    }
    let (start, last) = (out.len(), len - PIECE);
    piece(out, start, bytes, 0);
    if PIECES > 3 {
        piece(out, start, bytes, last.min(PIECE));
        piece(out, start, bytes, last.saturating_sub(PIECE));
    } else {
        piece(out, start, bytes, last / 2);
    }
    piece(out, start, bytes, last);
}

/// Puts the piece from `at` on behind what stands before it.
#[inline(always)]
fn piece(out: &mut Vec<u8>, start: usize, bytes: &[u8], at: usize) {
    if let Some(piece) = bytes.get(at..).and_then(|rest| rest.first_chunk::<PIECE>()) {
        out.truncate(start + at);
        out.extend_from_slice(piece);
    }
}

/// What a small packet is put together in, where it will stand: room for 127 bytes and what a piece that begins at
/// the last of them has too much.
pub(super) type Block = [u8; SMALL + PIECE];

/// The greatest length of a packet that fits into a [`Block`]; its fixed header takes two bytes.
const SMALL: usize = 127;

/// Appends `len` bytes that `fill` writes. `false` if they are too many, or `out` lacks the room for a whole block:
/// nothing grows for the sake of speed.
#[inline(always)]
pub(super) fn small(out: &mut Vec<u8>, len: usize, fill: impl FnOnce(&mut Block)) -> bool {
    if len > SMALL || out.capacity() - out.len() < size_of::<Block>() {
        return false;
    }
    let end = out.len() + len;
    out.extend_from_slice(&[0; SMALL + PIECE]);
    if let Some(block) = out.last_chunk_mut() {
        fill(block);
    }
    out.truncate(end);
    true
}

/// As [`short`], from `at` on.
#[inline(always)]
pub(super) fn put<const PIECES: usize>(block: &mut Block, at: usize, bytes: &[u8]) {
    let len = bytes.len();
    if !(PIECE..=PIECES * PIECE).contains(&len) {
        if let Some(room) = block.get_mut(at..at + len) {
            room.copy_from_slice(bytes);
        }
        return;
    }
    let last = len - PIECE;
    put_piece(block, at, bytes, 0);
    if PIECES > 3 {
        put_piece(block, at, bytes, last.min(PIECE));
        put_piece(block, at, bytes, last.saturating_sub(PIECE));
    } else {
        put_piece(block, at, bytes, last / 2);
    }
    put_piece(block, at, bytes, last);
}

#[inline(always)]
fn put_piece(block: &mut Block, start: usize, bytes: &[u8], at: usize) {
    if let Some(room) = block[(start + at) & SMALL..].first_chunk_mut::<PIECE>()
        && let Some(piece) = bytes.get(at..).and_then(|rest| rest.first_chunk::<PIECE>())
    {
        *room = *piece;
    }
}

/// Data behind its two-byte length, cut at 65,535 bytes.
pub(super) fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(0xffff)];
    Run::default().u16(bytes.len() as u16).append_to(out, bytes.len() + Run::SLACK);
    short::<3>(out, bytes);
}

/// A variable byte integer of at most 268,435,455: its bytes, the first lowest, and how many they are. Without a
/// branch: lengths vary from packet to packet, and a branch that cannot be foreseen costs more than all of this.
#[inline(always)]
const fn spread(value: u32) -> (u32, u32) {
    let more = (value > 0x7f) as u32 + (value > 0x3fff) as u32 + (value > 0x1f_ffff) as u32;
    let groups = value & 0x7f | (value & 0x3f80) << 1 | (value & 0x1f_c000) << 2 | (value & 0x0fe0_0000) << 3;
    (groups | 0x0080_8080 & ((1 << (8 * more)) - 1), 1 + more)
}

/// The fixed header; makes room for the whole packet.
///
/// # Errors
/// [`EncodeError::PacketTooLarge`] over 268,435,455 bytes of remaining length.
#[inline]
pub(super) fn fixed_header(out: &mut Vec<u8>, first: u8, remaining: usize) -> Result<(), EncodeError> {
    Run::fixed_header(first, remaining)?.append_to(out, remaining);
    Ok(())
}

/// Up to eight bytes that follow each other, put together in a register and appended in one move.
#[derive(Clone, Copy, Default)]
pub(super) struct Run {
    /// The first byte lowest; zeros above.
    bytes: u64,
    len: u32,
}

impl Run {
    /// What [`Run::append_to`] needs beyond a run's own bytes.
    pub(super) const SLACK: usize = 8;

    /// The fixed header: at most five bytes.
    ///
    /// # Errors
    /// [`EncodeError::PacketTooLarge`] over 268,435,455 bytes of remaining length.
    #[inline(always)]
    pub(super) fn fixed_header(first: u8, remaining: usize) -> Result<Self, EncodeError> {
        if remaining > MAX_REMAINING {
            return Err(EncodeError::PacketTooLarge { remaining_length: remaining });
        }
        Ok(Self { bytes: u64::from(first), len: 1 }.variable_byte_integer(remaining as u32))
    }

    /// Bytes so far.
    #[inline(always)]
    pub(super) const fn len(self) -> usize {
        self.len as usize
    }

    #[inline(always)]
    const fn and(self, bytes: u64, len: u32) -> Self {
        debug_assert!(self.len + len <= 8);
        Self { bytes: self.bytes | bytes << (8 * self.len), len: self.len + len }
    }

    /// Two more bytes.
    #[inline(always)]
    pub(super) const fn u16(self, value: u16) -> Self {
        self.and(value.swap_bytes() as u64, 2)
    }

    /// One more byte.
    #[inline(always)]
    pub(super) const fn u8(self, value: u8) -> Self {
        self.and(value as u64, 1)
    }

    /// One to four more bytes, for at most 268,435,455.
    #[inline(always)]
    pub(super) const fn variable_byte_integer(self, value: u32) -> Self {
        let (bytes, len) = spread(value);
        self.and(bytes as u64, len)
    }

    /// Puts them from `at` on, and zeros behind.
    #[inline(always)]
    pub(super) fn put(self, block: &mut Block, at: usize) {
        if let Some(room) = block[at & SMALL..].first_chunk_mut() {
            *room = self.bytes.to_le_bytes();
        }
    }

    /// Appends them, and makes room for `more` bytes behind. Appending all eight and cutting the rest off takes two
    /// moves; appending just those in use takes a call.
    #[inline(always)]
    pub(super) fn append_to(self, out: &mut Vec<u8>, more: usize) {
        let end = out.len() + self.len();
        out.reserve(Self::SLACK + more);
        out.extend_from_slice(&self.bytes.to_le_bytes());
        out.truncate(end);
    }
}

/// Bytes of a string or binary with its length.
///
/// # Errors
/// [`EncodeError::FieldTooLong`] over 65,535 bytes.
#[inline]
pub(super) fn prefixed_len(bytes: &[u8]) -> Result<usize, EncodeError> {
    if bytes.len() > 0xffff {
        return Err(EncodeError::FieldTooLong { len: bytes.len() });
    }
    Ok(2 + bytes.len())
}
