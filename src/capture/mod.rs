//! The one record that every source writes and every view reads: frames with their times, ends and fates, and the
//! notes of what each end decided.
//!
//! A capture only grows. Each entry says at which step of its source it came about, so that a view of an earlier
//! moment is the same capture with a smaller step: nothing is undone when time is stepped back.
//! Frames and notes are held up to a byte budget; beyond it the oldest are dropped and counted, never silently.

mod exchange;
mod packed;
mod record;

pub use exchange::{Exchange, Link, round_trip};
pub use record::{Capture, End, EndId, EndRole, Fate, Frame, FrameId, LinkId, LostWhy, Note, NoteKind, Step};
