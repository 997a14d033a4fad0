//! The few forms in which values are written.

use super::error::EncodeError;

/// The greatest Remaining Length (3.1.1 section 2.2.3, 5.0 section 2.1.4).
pub(super) const MAX_REMAINING: usize = 0x0fff_ffff;

/// A variable byte integer of at most 268,435,455.
pub(super) fn variable_byte_integer(out: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Data behind its two-byte length, cut at 65,535 bytes.
pub(super) fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(0xffff)];
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The fixed header; makes room for the whole packet.
///
/// # Errors
/// [`EncodeError::PacketTooLarge`] over 268,435,455 bytes of remaining length.
#[inline]
pub(super) fn fixed_header(out: &mut Vec<u8>, first: u8, remaining: usize) -> Result<(), EncodeError> {
    Head::new(first, remaining)?.append_to(out, remaining);
    Ok(())
}

/// A packet's first few bytes, put together before they are appended in one move.
pub(super) struct Head {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Head {
    const ROOM: usize = 16;

    /// The fixed header.
    ///
    /// # Errors
    /// [`EncodeError::PacketTooLarge`] over 268,435,455 bytes of remaining length.
    #[inline]
    pub(super) fn new(first: u8, remaining: usize) -> Result<Self, EncodeError> {
        if remaining > MAX_REMAINING {
            return Err(EncodeError::PacketTooLarge { remaining_length: remaining });
        }
        let mut bytes = [0; Self::ROOM];
        bytes[0] = first;
        let mut len = 1;
        let mut left = remaining;
        while left > 0x7f && len < 4 {
            bytes[len] = left as u8 | 0x80;
            left >>= 7;
            len += 1;
        }
        bytes[len] = left as u8;
        Ok(Self { bytes, len: len + 1 })
    }

    /// Two more bytes; at most five times after the fixed header.
    #[inline]
    pub(super) fn u16(mut self, value: u16) -> Self {
        if let Some(room) = self.bytes.get_mut(self.len..self.len + 2) {
            room.copy_from_slice(&value.to_be_bytes());
            self.len += 2;
        }
        self
    }

    /// Appends them and makes room for `remaining` bytes behind. Copying all of the room and cutting the rest off
    /// takes two moves; copying just what is used takes a call.
    #[inline]
    pub(super) fn append_to(&self, out: &mut Vec<u8>, remaining: usize) {
        let end = out.len() + self.len;
        out.reserve(Self::ROOM + remaining);
        out.extend_from_slice(&self.bytes);
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
