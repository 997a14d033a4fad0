//! Notes: what an end decided, in the half of the row that has no arrow.

use super::lanes::Lanes;
use crate::capture::{Capture, EndId, Note};
use crate::codec::PacketType;

/// A note as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteView {
    /// Whose it is.
    pub end: EndId,
    /// The gap it stands in, counted from 0.
    pub gap: usize,
    /// How it hangs on its lifeline.
    pub side: Side,
    /// Its words; of a note away from its lifeline with the end's name.
    pub pieces: Vec<Piece>,
    /// Something went wrong.
    pub bad: bool,
    /// The statement behind it.
    pub statement: Option<&'static str>,
    /// Further notes of the row, whose words don't fit.
    pub more: Vec<String>,
}

impl NoteView {
    /// Whether it stands on its row's arrow.
    pub const fn is_on_arrow(&self) -> bool {
        matches!(self.side, Side::OnArrow { .. })
    }

    /// All words, the further notes' too.
    pub fn text(&self) -> String {
        let mut text: String = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        for more in &self.more {
            text.push_str("; ");
            text.push_str(more);
        }
        text
    }
}

/// Where a note's lifeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At the left edge of its gap.
    AtLeft,
    /// At the right edge of its gap.
    AtRight,
    /// Elsewhere: the row's arrow lies between.
    Away,
    /// On the arrow, for no gap is free: where it begins, or where it ends.
    OnArrow {
        /// It belongs to the end that the packet comes to.
        at_end: bool,
    },
}

/// A run of a note's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Names and numbers stand out.
    pub strong: bool,
}

/// Places the notes of a row: the first that fits beside its lifeline is shown, else the first at all in a free
/// gap, else on the row's own arrow; the others are counted. `taken` are the gaps of the arrow, from its first up to but
/// not its second number, `to` is the end that it leads to.
pub(super) fn place(
    capture: &Capture,
    notes: &[&Note],
    taken: (usize, usize),
    to: EndId,
    lanes: &Lanes,
) -> Option<NoteView> {
    let gaps = capture.ends().len().saturating_sub(1);
    let free = |gap: usize| gap < gaps && !(taken.0..taken.1).contains(&gap);
    let beside = |note: &&Note| {
        let lane = lanes.place(note.end);
        if free(lane) {
            return Some((lane, Side::AtLeft));
        }
        lane.checked_sub(1).filter(|gap| free(*gap)).map(|gap| (gap, Side::AtRight))
    };
    let adjacent = notes.iter().enumerate().find_map(|(at, note)| Some((at, beside(note)?)));
    let (at, (gap, side)) = match adjacent {
        Some(found) => found,
        None => {
            let end = notes.first()?.end;
            let away = nearest(gaps, free, lanes.place(end)).map(|gap| (gap, Side::Away));
            (0, away.unwrap_or((taken.0, Side::OnArrow { at_end: end == to })))
        }
    };
    let note = notes[at];
    let mut words = String::new();
    if matches!(side, Side::Away | Side::OnArrow { at_end: false }) {
        words.push_str(&name(capture, note.end));
        words.push(' ');
    }
    words.push_str(&note.text);
    let more = notes.iter().enumerate().filter(|(other, _)| *other != at);
    Some(NoteView {
        end: note.end,
        gap,
        side,
        pieces: pieces(&words, capture),
        bad: note.kind.is_trouble(),
        statement: note.statement,
        more: more.map(|(_, note)| format!("{} {}", name(capture, note.end), note.text)).collect(),
    })
}

fn nearest(gaps: usize, free: impl Fn(usize) -> bool, lane: usize) -> Option<usize> {
    (0..gaps).filter(|gap| free(*gap)).min_by_key(|gap| gap.abs_diff(lane))
}

pub(super) fn name(capture: &Capture, end: EndId) -> String {
    capture.end(end).map_or_else(|| "?".to_owned(), |end| end.name.to_string())
}

fn is_packet(word: &str) -> bool {
    PacketType::ALL.iter().any(|packet| packet.name() == word)
}

/// Packet types with their numbers, "message 7" and the names of ends stand out.
fn pieces(text: &str, capture: &Capture) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before_was_strong = false;
    let words = text.split_inclusive(' ').flat_map(|word| {
        let bare = word.trim_end_matches([' ', ',', ':', ';']);
        // A space alone stays with its word; punctuation doesn't stand out.
        let at = if word[bare.len()..].starts_with(' ') { word.len() } else { bare.len() };
        [&word[..at], &word[at..]]
    });
    for word in words.filter(|word| !word.is_empty()) {
        let bare = word.trim_end();
        let capitals = is_packet(bare);
        let number = before_was_strong && !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        let strong = capitals
            || number
            || matches!(bare, "message" | "messages")
            || capture.ends().iter().any(|end| &*end.name == bare);
        before_was_strong = strong;
        match pieces.last_mut() {
            Some(piece) if piece.strong == strong => piece.text.push_str(word),
            _ => pieces.push(Piece { text: word.to_owned(), strong }),
        }
    }
    pieces
}
