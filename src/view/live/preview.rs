//! Payloads in a line.

use crate::dissect::readable;
use crate::view::bytes::hex;

/// A payload in one line of about `most` characters. `len` is its whole length, of which `head` may be a part.
pub fn preview(head: &[u8], len: usize, most: usize) -> String {
    let cut = &head[..head.len().min(most * 4)];
    // A character that the cut went through is no reason to call it binary.
    let text = readable(head).or_else(|| (cut.len() < len).then(|| readable(whole(cut))).flatten());
    match text {
        Some("") if len == 0 => "empty".to_owned(),
        Some(text) => match text.char_indices().nth(most) {
            Some((end, _)) => format!("{}… +{} B", &text[..end], len - end),
            None if text.len() < len => format!("{text}… +{} B", len - text.len()),
            None => text.to_owned(),
        },
        None => {
            let bytes: Vec<&str> = head.iter().take(most / 3).map(|byte| hex(*byte)).collect();
            let hidden = len.saturating_sub(most / 3);
            let more = if hidden > 0 { format!(" … +{hidden} B") } else { String::new() };
            format!("{}{more}", bytes.join(" "))
        }
    }
}

/// Bytes up to the last whole character.
fn whole(bytes: &[u8]) -> &[u8] {
    match core::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_short_and_says_how_much_it_hides() {
        let told = |bytes: &[u8]| preview(bytes, bytes.len(), 8);
        assert_eq!(told(b""), "empty");
        assert_eq!(told(b"22.5"), "22.5");
        assert_eq!(told(b"0123456789"), "01234567… +2 B");
        assert_eq!(told("ééééééééé".as_bytes()), "éééééééé… +2 B");
        assert_eq!(told(&[0xff, 0, 1, 2]), "FF 00 … +2 B");
        assert_eq!(preview("é".repeat(20).as_bytes(), 4_000, 8), "éééééééé… +3984 B");
        assert_eq!(preview(b"abc", 9, 8), "abc… +6 B");
    }
}
