//! The few forms in which values are written.

use super::error::EncodeError;
use super::reader::variable_byte_integer_len;

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
    if remaining > MAX_REMAINING {
        return Err(EncodeError::PacketTooLarge { remaining_length: remaining });
    }
    out.reserve(1 + variable_byte_integer_len(remaining as u32) + remaining);
    out.push(first);
    variable_byte_integer(out, remaining as u32);
    Ok(())
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
