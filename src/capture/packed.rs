//! A capture as one run of bytes, for handing it to another module of the page.
//!
//! Little-endian numbers, texts and packets behind their lengths. It is no file format: both sides are of one build.
//! `tests/behaviour/export.rs` has its test, where there are worlds to pack.

use bytes::Bytes;

use super::record::{Capture, EndRole, Fate, Frame, LostWhy, Note, NoteKind};
use crate::codec::{Direction, Version};
use crate::time::Instant;

const VERSIONS: [Version; 3] = Version::ALL;
const WHYS: [LostWhy; 4] = [LostWhy::LinkCut, LostWhy::Closed, LostWhy::Silent, LostWhy::Dropped];
const KINDS: [NoteKind; 6] = [
    NoteKind::Decision,
    NoteKind::LinkOpened,
    NoteKind::LinkClosed,
    NoteKind::LinkCut,
    NoteKind::Trouble,
    NoteKind::LinkRefused,
];

/// No step, no time, no frame.
const NONE: u64 = u64::MAX;

impl Capture {
    /// All of it but the statements and the other wording behind its notes.
    pub fn pack(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, self.ends().len() as u64, 2);
        for end in self.ends() {
            put(&mut out, u64::from(end.role == EndRole::Broker), 1);
            text(&mut out, end.name.as_bytes());
        }
        put(&mut out, self.dropped_frames().into(), 4);
        put(&mut out, self.dropped_notes(), 8);
        put(&mut out, self.frames().len() as u64, 4);
        self.frames().for_each(|frame| pack_frame(&mut out, frame));
        put(&mut out, self.notes().len() as u64, 4);
        self.notes().for_each(|note| pack_note(&mut out, note));
        out
    }

    /// What [`Capture::pack`] packed; `None` for anything else.
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        let mut reader = Reader(packed);
        let mut capture = Self::new(usize::MAX);
        for _ in 0..reader.number(2)? {
            let role = if reader.number(1)? == 1 { EndRole::Broker } else { EndRole::Client };
            let name = reader.text()?;
            capture.add_end(core::str::from_utf8(name).ok()?, role);
        }
        let frames = u32::try_from(reader.number(4)?).ok()?;
        let notes = reader.number(8)?;
        capture.resume_numbering(frames, notes);
        for _ in 0..reader.number(4)? {
            capture.push_frame(reader.frame()?);
        }
        for _ in 0..reader.number(4)? {
            capture.push_note(reader.note()?);
        }
        reader.0.is_empty().then_some(capture)
    }
}

fn put(out: &mut Vec<u8>, number: u64, bytes: usize) {
    out.extend_from_slice(&number.to_le_bytes()[..bytes]);
}

fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64, 4);
    out.extend_from_slice(bytes);
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u64 {
    all.iter().position(|it| it == one).unwrap_or(0) as u64
}

fn pack_frame(out: &mut Vec<u8>, frame: &Frame) {
    put(out, frame.link.into(), 4);
    put(out, frame.from.into(), 2);
    put(out, frame.to.into(), 2);
    put(out, u64::from(frame.direction == Direction::ToServer), 1);
    put(out, place(&VERSIONS, &frame.version), 1);
    put(out, frame.sent.as_micros(), 8);
    put(out, frame.sent_step.into(), 4);
    put(out, frame.due.map_or(NONE, Instant::as_micros), 8);
    let (kind, at, way) = match frame.end {
        None => (0, Instant::ZERO, 0),
        Some((_, Fate::Delivered { at })) => (1, at, 0),
        Some((_, Fate::Lost { at, why, progress_millis })) => (2 + place(&WHYS, &why), at, progress_millis),
    };
    put(out, kind, 1);
    put(out, frame.end.map_or(0, |(step, _)| step).into(), 4);
    put(out, at.as_micros(), 8);
    put(out, way.into(), 2);
    text(out, &frame.bytes);
}

fn pack_note(out: &mut Vec<u8>, note: &Note) {
    put(out, note.end.into(), 2);
    put(out, note.peer.map_or(NONE, u64::from), 4);
    put(out, note.frame.map_or(NONE, u64::from), 8);
    put(out, note.at.as_micros(), 8);
    put(out, note.step.into(), 4);
    put(out, place(&KINDS, &note.kind), 1);
    text(out, note.text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<u64> {
        let mut all = [0; 8];
        all.get_mut(..bytes)?.copy_from_slice(self.take(bytes)?);
        Some(u64::from_le_bytes(all))
    }

    fn short(&mut self) -> Option<u16> {
        self.number(2).map(|it| it as u16)
    }

    fn step(&mut self) -> Option<u32> {
        self.number(4).map(|it| it as u32)
    }

    fn time(&mut self) -> Option<Instant> {
        self.number(8).map(Instant::from_micros)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number(4)?).ok()?;
        self.take(len)
    }

    fn frame(&mut self) -> Option<Frame> {
        let (link, from, to) = (self.step()?, self.short()?, self.short()?);
        let direction = if self.number(1)? == 1 { Direction::ToServer } else { Direction::ToClient };
        let version = *VERSIONS.get(self.number(1)? as usize)?;
        let (sent, sent_step) = (self.time()?, self.step()?);
        let due = self.time()?;
        let (kind, step, at) = (self.number(1)? as usize, self.step()?, self.time()?);
        let progress_millis = self.short()?;
        let end = match kind {
            0 => None,
            1 => Some((step, Fate::Delivered { at })),
            why => Some((step, Fate::Lost { at, why: *WHYS.get(why - 2)?, progress_millis })),
        };
        Some(Frame {
            id: 0,
            link,
            from,
            to,
            direction,
            version,
            bytes: Bytes::copy_from_slice(self.text()?),
            sent,
            sent_step,
            end,
            due: (due.as_micros() != NONE).then_some(due),
        })
    }

    fn note(&mut self) -> Option<Note> {
        let end = self.short()?;
        let peer = self.step()?;
        let frame = self.number(8)?;
        let (at, step) = (self.time()?, self.step()?);
        let kind = *KINDS.get(self.number(1)? as usize)?;
        let text = core::str::from_utf8(self.text()?).ok()?;
        Some(Note {
            end,
            peer: u16::try_from(peer).ok(),
            frame: u32::try_from(frame).ok(),
            at,
            step,
            kind,
            text: text.into(),
            statement: None,
            verbose: None,
        })
    }
}
