//! Checking text eight bytes at a time: nearly all strings in packets are short and plain ASCII.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = LOW << 7;

/// Non-zero if a byte of the word is 0 or above 0x7f, or with `TOPIC` also `+` or `#`.
#[inline(always)]
const fn suspects<const TOPIC: bool>(word: u64) -> u64 {
    let mut found = word.wrapping_sub(LOW) | word;
    if TOPIC {
        // `#` and `+` differ in one bit.
        let wildcards = (word | (LOW * 0x08)) ^ (LOW * b'+' as u64);
        found |= wildcards.wrapping_sub(LOW) & !wildcards;
    }
    found & HIGH
}

/// `false`: every byte is ASCII and not U+0000, and with `TOPIC` neither `+` nor `#`. `true`: look closer.
#[inline(always)]
fn needs_a_look<const TOPIC: bool>(bytes: &[u8]) -> bool {
    match bytes.last_chunk::<8>() {
        Some(last) => {
            let mut found = suspects::<TOPIC>(u64::from_le_bytes(*last));
            for word in bytes.as_chunks::<8>().0 {
                found |= suspects::<TOPIC>(u64::from_le_bytes(*word));
            }
            found != 0
        }
        None => {
            // Up to seven bytes: the rest of the word is made harmless.
            let word = bytes.iter().fold(LOW * b'a' as u64, |word, byte| (word << 8) | u64::from(*byte));
            suspects::<TOPIC>(word) != 0
        }
    }
}

/// The text of plain ASCII bytes without U+0000 (and with `TOPIC` without wildcards); `None` says nothing.
#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn plain<const TOPIC: bool>(bytes: &[u8]) -> Option<&str> {
    if needs_a_look::<TOPIC>(bytes) {
        return None;
    }
    // SAFETY: `needs_a_look` saw no byte above 0x7f, and ASCII is UTF-8. A second pass to prove the same to
    // `from_utf8` would cost a fifth of the time of decoding a packet.
    Some(unsafe { core::str::from_utf8_unchecked(bytes) })
}

/// What strings are refused for, where they stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TextFault {
    /// Ill-formed from `at` on, for `len` bytes.
    InvalidUtf8 { at: usize, len: usize },
    /// U+0000.
    Null { at: usize },
}

/// Checks any string.
///
/// # Errors
/// The first fault, ill-formed text before U+0000.
#[cold]
#[inline(never)]
pub(super) fn check(bytes: &[u8]) -> Result<&str, TextFault> {
    let text = core::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        TextFault::InvalidUtf8 { at, len: error.error_len().unwrap_or(bytes.len() - at) }
    })?;
    match bytes.iter().position(|b| *b == 0) {
        Some(at) => Err(TextFault::Null { at }),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_judged_as_the_plain_loop_judges_it() {
        for len in 1..20 {
            for at in 0..len {
                for byte in 0..=255u8 {
                    let mut bytes = vec![b'a'; len];
                    bytes[at] = byte;
                    let ascii = byte != 0 && byte < 0x80;
                    assert_eq!(plain::<false>(&bytes).is_some(), ascii, "{byte} at {at} of {len}");
                    let name = ascii && byte != b'+' && byte != b'#';
                    assert_eq!(plain::<true>(&bytes).is_some(), name, "{byte} at {at} of {len}");
                }
            }
        }
        assert_eq!(plain::<true>(b""), Some(""));
    }

    #[test]
    fn other_text_is_checked_whole() {
        assert_eq!(check("grün".as_bytes()), Ok("grün"));
        assert_eq!(check(b"a\xff"), Err(TextFault::InvalidUtf8 { at: 1, len: 1 }));
        assert_eq!(check(b"\xed\xa0\x80"), Err(TextFault::InvalidUtf8 { at: 0, len: 1 }), "a surrogate");
        assert_eq!(check(b"ab\0"), Err(TextFault::Null { at: 2 }));
        assert_eq!(check(b"\0\xff"), Err(TextFault::InvalidUtf8 { at: 1, len: 1 }));
        assert_eq!(check("\u{feff}a".as_bytes()), Ok("\u{feff}a"), "3.1.1 MQTT-1.5.3-3: not stripped");
    }
}
