//! Hex as people write it.

use thiserror::Error;

/// Where text stops being hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("character {at}: {kind}")]
pub struct HexError {
    /// The character, counted from 0.
    pub at: usize,
    /// What is wrong with it.
    pub kind: HexErrorKind,
}

/// What is wrong with hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HexErrorKind {
    /// Neither a hex digit nor a separator.
    #[error("{0:?} is not a hex digit")]
    NotHex(char),
    /// A digit without its second one.
    #[error("a hex digit is missing")]
    OddDigits,
}

/// Reads hex: plain, in groups, with spaces, line ends, commas, colons, semicolons or hyphens between the bytes,
/// with `0x` or `\x` before them.
///
/// # Errors
/// The first character that does not belong, or the digit whose second half is missing.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, HexError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    append_hex(text, &mut bytes)?;
    Ok(bytes)
}

/// As [`parse_hex`], behind what is in `bytes` already: text can be read line by line, for no byte goes over its end.
///
/// # Errors
/// As [`parse_hex`], counted from the beginning of `text`; the bytes before the mistake are there.
pub fn append_hex(text: &str, bytes: &mut Vec<u8>) -> Result<(), HexError> {
    read(text, |byte, _| bytes.push(byte))
}

/// For each byte that [`parse_hex`] reads, up to its first mistake: the character that it begins with.
pub fn locate_hex(text: &str) -> Vec<usize> {
    let mut places = Vec::with_capacity(text.len() / 2);
    // A mistake ends the list; what it is, parse_hex tells.
    let _ = read(text, |_, at| places.push(at));
    places
}

fn read(text: &str, mut push: impl FnMut(u8, usize)) -> Result<(), HexError> {
    // The first digit of a byte, and where it stands.
    let mut half: Option<(u8, usize)> = None;
    // A prefix stood before: one digit alone is a byte (`0xA`).
    let mut prefixed = false;
    let begun = pairs(text.as_bytes(), &mut push);
    let mut chars = text[begun..].chars().zip(begun..).map(|(c, at)| (at, c)).peekable();
    while let Some((at, c)) = chars.next() {
        if let Some(digit) = c.to_digit(16) {
            let next = chars.peek().map(|(_, c)| *c);
            let opens = c == '0' && half.is_none() && matches!(next, Some('x' | 'X'));
            match half.take() {
                _ if opens => {
                    chars.next();
                    prefixed = true;
                }
                None => half = Some((digit as u8, at)),
                Some((high, at)) => push(high << 4 | digit as u8, at),
            }
            continue;
        }
        let escape = c == '\\' && chars.peek().is_some_and(|(_, c)| *c == 'x');
        if !escape && !is_separator(c) {
            return Err(HexError { at, kind: HexErrorKind::NotHex(c) });
        }
        if escape {
            chars.next();
        }
        close(&mut push, half.take(), prefixed)?;
        prefixed = escape;
    }
    close(&mut push, half, prefixed)
}

/// Reads what nearly all hex is, digits in pairs and blanks, and says how far that goes; [`read`] does the rest.
fn pairs(text: &[u8], push: &mut impl FnMut(u8, usize)) -> usize {
    let mut at = 0;
    loop {
        while let Some([high, low]) = text.get(at..).and_then(|rest| rest.first_chunk()) {
            let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
            if high | low > 0x0f {
                break;
            }
            push(high << 4 | low, at);
            at += 2;
        }
        if !matches!(text.get(at), Some(b' ' | b'\n')) {
            return at;
        }
        at += 1;
    }
}

/// What each character stands for as a digit; 0xff if it is none.
static DIGITS: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ':' | ';' | '-')
}

/// A run of digits ends; a digit that is left over is a byte only behind a prefix.
fn close(
    push: &mut impl FnMut(u8, usize),
    half: Option<(u8, usize)>,
    prefixed: bool,
) -> Result<(), HexError> {
    match half {
        None => Ok(()),
        Some((digit, at)) if prefixed => {
            push(digit, at);
            Ok(())
        }
        Some((_, at)) => Err(HexError { at, kind: HexErrorKind::OddDigits }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_in_the_forms_people_paste() {
        for text in [
            "100c0004",
            "10 0c 00 04",
            "10:0C:00:04",
            "10-0c-00-04",
            "0x10, 0x0c, 0x00, 0x04,",
            "0x10 0xC 0x0 0x4",
            "0X100C0004",
            "100C 0004\r\n",
            "\\x10\\x0c\\x00\\x04",
            " 10\t0c\n00;04 ",
        ] {
            assert_eq!(parse_hex(text), Ok(vec![0x10, 0x0c, 0, 4]), "{text:?}");
        }
        assert_eq!(parse_hex(""), Ok(vec![]));
    }

    #[test]
    fn an_error_names_its_character() {
        use HexErrorKind::{NotHex, OddDigits};
        for (text, at, kind) in [
            ("10 0g", 4, NotHex('g')),
            ("é10", 0, NotHex('é')),
            ("10 é", 3, NotHex('é')),
            ("10 c 00", 3, OddDigits),
            ("10 0", 3, OddDigits),
            ("0x10 0xZZ", 7, NotHex('Z')),
            ("10 \\n", 3, NotHex('\\')),
            ("10 x0", 3, NotHex('x')),
        ] {
            assert_eq!(parse_hex(text), Err(HexError { at, kind }), "{text:?}");
        }
    }

    #[test]
    fn every_byte_is_located_up_to_the_first_mistake() {
        assert_eq!(locate_hex("10 0x0c,\\x4 é"), [0, 5, 10]);
        assert!(locate_hex("é 10").is_empty());
        assert_eq!(locate_hex("100c\n00 zz 00"), [0, 2, 5]);
    }
}
