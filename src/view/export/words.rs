//! Words from packets, made safe, and how wide they will be.

/// What is shown in place of a character that must not stand in a document: control characters, and those that
/// change the direction of writing or have no picture.
const STAND_IN: char = '\u{b7}';

fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
}

/// The text without characters that do something instead of showing something.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if is_safe(c) { c } else { STAND_IN }).collect()
}

/// The text as character data or an attribute's value in XML.
pub fn xml(text: &str) -> String {
    escaped(plain(text).chars())
}

/// Characters that may stand in XML, with references for those that mean something there.
pub fn escaped(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// About how wide a text is, in thousandths of its size, in a font like Inter.
fn advance(c: char) -> u32 {
    match c {
        'i' | 'l' | 'j' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 310,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 420,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 880,
        'A'..='Z' | '0'..='9' | '#' | '+' | '=' | '<' | '>' | '…' => 700,
        ' '..='~' => 620,
        _ => 1_000,
    }
}

/// About how many pixels a text takes at `size` pixels.
pub fn width(text: &str, size: u32) -> u32 {
    (text.chars().map(advance).sum::<u32>() * size).div_ceil(1_000)
}

/// As much of a text as fits into `room` pixels at `size`; an ellipsis ends what was cut.
pub fn fit(text: &str, size: u32, room: u32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut left = (room * 1_000 / size.max(1)).saturating_sub(advance('…'));
    let mut out = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(advance(c)) else { break };
        left = rest;
        out.push(c);
    }
    out.push('…');
    out
}
