//! Frames, notes, ends and links.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{Direction, Version};
use crate::time::Instant;

/// A moment in the order of events: how many steps its source had taken.
pub type Step = u32;

/// A frame's number, counted from 0 over the whole capture and never reused.
pub type FrameId = u32;

/// An end of links: a client or a broker. Index into [`Capture::ends`].
pub type EndId = u16;

/// A connection between a client and a broker, from opening to closing.
pub type LinkId = u32;

/// What an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRole {
    /// Opens connections.
    Client,
    /// Takes them.
    Broker,
}

/// An end as it is shown: a lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What people call it: `pub1`, `Broker`, a host name.
    pub name: Arc<str>,
    /// Client or broker.
    pub role: EndRole,
}

/// One packet, or what a sender took for one, on one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Number in the capture, from 0.
    pub id: FrameId,
    /// The connection it went over.
    pub link: LinkId,
    /// The end that sent it.
    pub from: EndId,
    /// The end it was meant for.
    pub to: EndId,
    /// Towards the broker or towards the client.
    pub direction: Direction,
    /// The version that the connection spoke when it was sent.
    pub version: Version,
    /// The bytes.
    pub bytes: Bytes,
    /// When it was sent.
    pub sent: Instant,
    /// The step that sent it.
    pub sent_step: Step,
    /// How it ended, once it has.
    pub end: Option<(Step, Fate)>,
    /// When it will arrive if nothing comes between; only a simulated link knows.
    pub due: Option<Instant>,
}

/// How a frame's way ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived whole.
    Delivered {
        /// When.
        at: Instant,
    },
    /// It never arrived.
    Lost {
        /// When its way ended.
        at: Instant,
        /// Why.
        why: LostWhy,
        /// How far it got, in thousandths of the way.
        progress_millis: u16,
    },
}

/// What kept a frame from arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostWhy {
    /// The link was cut under way.
    LinkCut,
    /// The receiver had closed the connection.
    Closed,
    /// The link had fallen silent: nothing gets through, and neither end is told.
    Silent,
    /// It alone was dropped, to show what would happen: TCP never does this.
    Dropped,
}

impl Frame {
    /// The fate as known at `step`: `None` while the frame is on its way.
    pub fn fate_at(&self, step: Step) -> Option<Fate> {
        self.end.filter(|(at, _)| *at <= step).map(|(_, fate)| fate)
    }
}

/// What an end decided or went through, in words made by its source from the broker's or client's own decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose lifeline it belongs to.
    pub end: EndId,
    /// The other end, where it concerns one (the link that was cut, the client that was served).
    pub peer: Option<EndId>,
    /// The frame whose arrival or sending led to it.
    pub frame: Option<FrameId>,
    /// When.
    pub at: Instant,
    /// The step that made it.
    pub step: Step,
    /// What kind of event it was.
    pub kind: NoteKind,
    /// A short plain sentence without the end's name: "stores PUBLISH 7, delivers nothing yet".
    pub text: Arc<str>,
    /// The statement behind it (`3.1.1 MQTT-4.3.3-2`), if one is.
    pub statement: Option<&'static str>,
    /// How mosquitto's log words it, if it tells of it: `%` stands for the other end.
    pub verbose: Option<&'static str>,
}

/// Kinds of notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// An end's decision.
    Decision,
    /// A connection was opened.
    LinkOpened,
    /// A connection was closed in order.
    LinkClosed,
    /// A connection was cut.
    LinkCut,
    /// A connection was refused: nobody listens.
    LinkRefused,
    /// Something was refused, dropped or went wrong.
    Trouble,
}

impl NoteKind {
    /// Whether it tells of something that went wrong.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::LinkCut | Self::LinkRefused | Self::Trouble)
    }
}

/// The record.
#[derive(Clone, Debug)]
pub struct Capture {
    ends: Vec<End>,
    frames: VecDeque<Frame>,
    notes: VecDeque<Note>,
    first_frame: FrameId,
    dropped_notes: u64,
    bytes: usize,
    budget_bytes: usize,
}

/// What a frame or note costs beside its own bytes.
const ENTRY_COST: usize = 160;

impl Capture {
    /// An empty capture that holds at most about `budget_bytes` of memory.
    pub fn new(budget_bytes: usize) -> Self {
        Self {
            ends: Vec::new(),
            frames: VecDeque::new(),
            notes: VecDeque::new(),
            first_frame: 0,
            dropped_notes: 0,
            bytes: 0,
            budget_bytes,
        }
    }

    /// Adds an end; ends are never removed.
    pub fn add_end(&mut self, name: &str, role: EndRole) -> EndId {
        self.ends.push(End { name: name.into(), role });
        (self.ends.len() - 1) as EndId
    }

    /// Calls an end by another name; does nothing if there is no such end.
    pub fn rename_end(&mut self, id: EndId, name: &str) {
        if let Some(end) = self.ends.get_mut(usize::from(id)) {
            end.name = name.into();
        }
    }

    /// All ends in the order of their lifelines.
    pub fn ends(&self) -> &[End] {
        &self.ends
    }

    /// An end.
    pub fn end(&self, id: EndId) -> Option<&End> {
        self.ends.get(usize::from(id))
    }

    /// Appends a frame and numbers it; `frame.id` is overwritten.
    pub fn push_frame(&mut self, mut frame: Frame) -> FrameId {
        let id = self.first_frame + self.frames.len() as FrameId;
        frame.id = id;
        self.bytes += ENTRY_COST + frame.bytes.len();
        self.frames.push_back(frame);
        self.enforce_budget();
        id
    }

    /// Says how a frame ended. Does nothing for a frame that has been dropped or has ended before.
    pub fn end_frame(&mut self, id: FrameId, step: Step, fate: Fate) {
        if let Some(frame) = self.frame_mut(id)
            && frame.end.is_none()
        {
            frame.end = Some((step, fate));
        }
    }

    /// Appends a note.
    pub fn push_note(&mut self, note: Note) {
        self.bytes += ENTRY_COST + note.text.len();
        self.notes.push_back(note);
        self.enforce_budget();
    }

    /// Forgets everything that came about after `step`, and every fate decided after it.
    pub fn truncate(&mut self, step: Step) {
        while self.frames.back().is_some_and(|f| f.sent_step > step) {
            if let Some(frame) = self.frames.pop_back() {
                self.bytes -= ENTRY_COST + frame.bytes.len();
            }
        }
        for frame in &mut self.frames {
            if frame.end.is_some_and(|(at, _)| at > step) {
                frame.end = None;
            }
        }
        while self.notes.back().is_some_and(|n| n.step > step) {
            if let Some(note) = self.notes.pop_back() {
                self.bytes -= ENTRY_COST + note.text.len();
            }
        }
    }

    /// After [`Capture::truncate`] to a moment whose frames or notes had all been dropped: how many of each there
    /// had been by then, so that numbering goes on from there.
    pub fn resume_numbering(&mut self, frames: FrameId, notes: u64) {
        if self.frames.is_empty() {
            self.first_frame = frames;
        }
        if self.notes.is_empty() {
            self.dropped_notes = notes;
        }
    }

    /// The frames still held, oldest first; ordered by `sent_step`.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = &Frame> + ExactSizeIterator {
        self.frames.iter()
    }

    /// The number that the next frame will have.
    pub fn next_frame(&self) -> FrameId {
        self.first_frame + self.frames.len() as FrameId
    }

    /// A note by its number over the whole capture, counted from 0, if it is still held.
    pub fn note(&self, number: u64) -> Option<&Note> {
        self.notes.get(usize::try_from(number.checked_sub(self.dropped_notes)?).ok()?)
    }

    /// A frame by number, if it is still held.
    pub fn frame(&self, id: FrameId) -> Option<&Frame> {
        self.frames.get(id.checked_sub(self.first_frame)? as usize)
    }

    fn frame_mut(&mut self, id: FrameId) -> Option<&mut Frame> {
        self.frames.get_mut(id.checked_sub(self.first_frame)? as usize)
    }

    /// The notes still held, oldest first; ordered by `step`.
    pub fn notes(&self) -> impl DoubleEndedIterator<Item = &Note> + ExactSizeIterator {
        self.notes.iter()
    }

    /// How many frames were dropped at the budget.
    pub fn dropped_frames(&self) -> u32 {
        self.first_frame
    }

    /// How many notes were dropped at the budget.
    pub fn dropped_notes(&self) -> u64 {
        self.dropped_notes
    }

    /// Drops the oldest entries beyond the budget, but never the newest frame.
    fn enforce_budget(&mut self) {
        while self.bytes > self.budget_bytes && self.frames.len() > 1 {
            if let Some(frame) = self.frames.pop_front() {
                self.bytes -= ENTRY_COST + frame.bytes.len();
                self.first_frame += 1;
            }
            let oldest = self.frames.front().map(|f| f.sent_step).unwrap_or_default();
            while self.notes.front().is_some_and(|n| n.step < oldest) {
                if let Some(note) = self.notes.pop_front() {
                    self.bytes -= ENTRY_COST + note.text.len();
                    self.dropped_notes += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(step: Step, len: usize) -> Frame {
        Frame {
            id: 0,
            link: 0,
            from: 0,
            to: 1,
            direction: Direction::ToServer,
            version: Version::V311,
            bytes: Bytes::from(vec![0; len]),
            sent: Instant::from_millis(u64::from(step)),
            sent_step: step,
            end: None,
            due: None,
        }
    }

    #[test]
    fn a_bounded_capture_counts_what_it_drops() {
        let mut capture = Capture::new(3 * (ENTRY_COST + 10));
        for step in 0..5 {
            capture.push_frame(frame(step, 10));
        }
        assert_eq!(capture.frames().len(), 3);
        assert_eq!(capture.dropped_frames(), 2);
        assert_eq!(capture.frame(1), None);
        assert_eq!(capture.frame(4).map(|f| f.sent_step), Some(4));
    }

    #[test]
    fn one_frame_over_the_whole_budget_is_kept() {
        let mut capture = Capture::new(10);
        capture.push_frame(frame(0, 1000));
        assert_eq!(capture.frames().len(), 1);
    }

    #[test]
    fn truncating_takes_back_frames_and_fates() {
        let mut capture = Capture::new(1 << 20);
        let first = capture.push_frame(frame(1, 2));
        capture.push_frame(frame(3, 2));
        capture.end_frame(first, 2, Fate::Delivered { at: Instant::from_millis(2) });
        capture.truncate(1);
        assert_eq!(capture.frames().len(), 1);
        assert_eq!(capture.frame(first).and_then(|f| f.end), None);
        assert_eq!(capture.push_frame(frame(2, 2)), 1);
    }
}
