//! Payloads as people read them.

use super::json;
use crate::dissect::readable;
use crate::view::bytes::hex;

/// How a payload is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadView {
    /// As text, with what is no text replaced.
    #[default]
    Text,
    /// JSON, line by line.
    Json,
    /// Bytes beside their characters.
    Hex,
}

/// Bytes that are shown of one payload.
const MOST: usize = 64 * 1024;
/// Bytes in a row of hex.
const ROW: usize = 16;

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

/// A payload in a view, and how many of its bytes that leaves out; `None` if the payload is nothing of the kind.
pub fn shown(view: PayloadView, payload: &[u8]) -> Option<(String, usize)> {
    let part = &payload[..payload.len().min(MOST)];
    let hidden = payload.len() - part.len();
    match view {
        PayloadView::Text => Some((String::from_utf8_lossy(whole(part)).into_owned(), hidden)),
        PayloadView::Json => Some((json::pretty(core::str::from_utf8(payload).ok()?)?, 0)),
        PayloadView::Hex => Some((dump(part), hidden)),
    }
}

fn dump(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 5);
    for (row, bytes) in bytes.chunks(ROW).enumerate() {
        let at = (row * ROW) as u32;
        for byte in at.to_be_bytes().into_iter().skip(2) {
            out.push_str(hex(byte));
        }
        for column in 0..ROW {
            out.push_str(if column % 8 == 0 { "  " } else { " " });
            out.push_str(bytes.get(column).map_or("  ", |byte| hex(*byte)));
        }
        out.push_str("  ");
        let printed = |byte: &u8| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '·' };
        out.extend(bytes.iter().map(printed));
        out.push('\n');
    }
    out
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

    #[test]
    fn each_view_shows_what_it_can() {
        assert_eq!(shown(PayloadView::Text, "é\u{fffd}".as_bytes()), Some(("é\u{fffd}".to_owned(), 0)));
        assert_eq!(shown(PayloadView::Text, &[b'a', 0xff]), Some(("a\u{fffd}".to_owned(), 0)));
        assert_eq!(shown(PayloadView::Json, b"{\"a\":1}"), Some(("{\n  \"a\": 1\n}".to_owned(), 0)));
        assert_eq!(shown(PayloadView::Json, b"on"), None);
        assert_eq!(shown(PayloadView::Json, &[0xff]), None);
        let (dump, hidden) = shown(PayloadView::Hex, &[0x41; 18]).expect("any bytes");
        let first = "0000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA";
        assert_eq!((dump.lines().next(), hidden), (Some(first), 0));
        assert!(
            dump.lines().nth(1).is_some_and(|row| row.starts_with("0010  41 41 ") && row.ends_with("  AA"))
        );
        assert_eq!(shown(PayloadView::Hex, &[0; MOST + 3]).map(|(_, hidden)| hidden), Some(3));
    }
}
