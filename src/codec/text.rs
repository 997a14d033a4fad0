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

/// The eight bytes from `at` on, which are there.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    word.map_or(0, |word| u64::from_le_bytes(*word))
}

/// `false`: every byte is ASCII and not U+0000, and with `TOPIC` neither `+` nor `#`. `true`: look closer.
///
/// Words that overlap, as many for any length of a class: a loop's end cannot be foreseen where lengths vary, and
/// that costs more than looking at some bytes twice.
#[inline(always)]
fn needs_a_look<const TOPIC: bool>(bytes: &[u8]) -> bool {
    let len = bytes.len();
    let found = |at: usize| suspects::<TOPIC>(word(bytes, at));
    let suspects = match len {
        0 => return false,
        // Up to seven bytes: overlapping ends, what is left of the word made harmless.
        1..=3 => {
            let ends = [bytes[0], bytes[len / 2], bytes[len - 1], b'a'];
            suspects::<TOPIC>((LOW * b'a' as u64) << 32 | u64::from(u32::from_le_bytes(ends)))
        }
        4..=7 => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
                suspects::<TOPIC>(u64::from(first) << 32 | u64::from(last))
            }
            _ => 1,
        },
        8..=16 => found(0) | found(len - 8),
        17..=48 => {
            let middle = len / 2 - 8;
            found(0) | found(8) | found(middle) | found(middle + 8) | found(len - 16) | found(len - 8)
        }
        _ => {
            let words = bytes.as_chunks::<8>().0.iter();
            words.fold(found(len - 8), |all, word| all | suspects::<TOPIC>(u64::from_le_bytes(*word)))
        }
    };
    suspects != 0
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
        for len in 1..70 {
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
