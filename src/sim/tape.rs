//! Where a world writes what happens: into the capture the first time, nowhere when it is replayed.

use crate::capture::{Capture, Fate, Frame, FrameId, Note, Step};

pub(super) enum Tape<'a> {
    /// What happens is new.
    Record(&'a mut Capture),
    /// What happens is in the capture already. Builds with debug assertions compare.
    Replay(&'a Capture),
}

impl Tape<'_> {
    /// A frame was sent; `frame.id` is its number.
    pub fn frame(&mut self, frame: Frame) {
        match self {
            Self::Record(capture) => {
                let (expected, id) = (frame.id, capture.push_frame(frame));
                debug_assert_eq!(id, expected, "the world and the capture count alike");
            }
            Self::Replay(capture) => {
                let same = |known: &Frame| Frame { end: None, ..known.clone() } == frame;
                debug_assert!(capture.frame(frame.id).is_none_or(same), "replay differs: {frame:?}");
            }
        }
    }

    /// A frame's way ended.
    pub fn end(&mut self, id: FrameId, step: Step, fate: Fate) {
        match self {
            Self::Record(capture) => capture.end_frame(id, step, fate),
            Self::Replay(capture) => {
                let same = |known: &Frame| known.end == Some((step, fate));
                debug_assert!(capture.frame(id).is_none_or(same), "replay differs: {id} {step} {fate:?}");
            }
        }
    }

    /// Whether notes are worth their making.
    pub const fn wants_notes(&self) -> bool {
        matches!(self, Self::Record(_)) || cfg!(debug_assertions)
    }

    /// A note was made, the `number`-th of its world.
    pub fn note(&mut self, number: u64, note: Note) {
        match self {
            Self::Record(capture) => capture.push_note(note),
            Self::Replay(capture) => {
                let same = |known: &Note| *known == note;
                let place = |dropped: u64| number.checked_sub(dropped).map(|place| place as usize);
                debug_assert!(
                    place(capture.dropped_notes())
                        .and_then(|place| capture.notes().nth(place))
                        .is_none_or(same),
                    "replay differs: {note:?}"
                );
            }
        }
    }
}
