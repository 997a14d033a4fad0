//! What a form's machine has found so far.

use core::ops::Range;

use super::placed::Placed;
use super::reader::{Mistake, MistakeKind};
use super::text::Hint;

/// Bytes that belong together: those behind one label, of one dump, of one packet in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// The first of its bytes.
    pub(super) start: usize,
    /// What is said about who sends it.
    pub(super) hint: Option<Hint>,
    /// Which client's it is, as a log numbers them.
    pub(super) client: u16,
}

/// Bytes with their places, where chunks begin, and how much of the text is explained by them.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) placed: Placed,
    pub(super) chunks: Vec<Chunk>,
    /// Characters that are no bytes but belong to the form.
    pub(super) structure: usize,
    /// Lines in which bytes were found.
    pub(super) lines: usize,
    pub(super) mistake: Option<Mistake>,
    /// Bytes that stand for an unknown payload.
    pub(super) unknown: Vec<Range<usize>>,
    /// Names of clients, in the order of their numbers.
    pub(super) clients: Vec<String>,
    /// What the form is called, if it is known better than its kind.
    pub(super) name: Option<&'static str>,
}

impl Gathered {
    pub(super) fn len(&self) -> usize {
        self.placed.len()
    }

    pub(super) fn push(&mut self, byte: u8, start: usize, len: usize) {
        self.placed.push(byte, start, len);
    }

    /// The next bytes belong to another chunk.
    pub(super) fn begin(&mut self, start: usize, hint: Option<Hint>) {
        self.begin_of(start, hint, 0);
    }

    pub(super) fn begin_of(&mut self, start: usize, hint: Option<Hint>, client: u16) {
        if self.chunks.last().is_some_and(|last| last.start == start) {
            self.chunks.pop();
        }
        self.chunks.push(Chunk { start, hint, client });
    }

    /// The first mistake counts.
    pub(super) fn mistake(&mut self, at: usize, kind: MistakeKind) {
        self.mistake.get_or_insert(Mistake { at, kind });
    }

    /// Characters of the text that bytes were read from.
    pub(super) fn explained(&self) -> usize {
        let end = |at: usize| self.placed.place(at).map_or(0, |it| it.end);
        let mut sum = self.structure;
        let mut last = usize::MAX;
        for at in 0..self.placed.len() {
            let Some(place) = self.placed.place(at) else { continue };
            // Several bytes may stand for the same characters.
            let from =
                if last == usize::MAX { place.start } else { place.start.max(end(last).min(place.end)) };
            sum += place.end - from;
            last = at;
        }
        sum
    }
}

/// Of the runs of bytes in a line, the longest is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Best {
    /// Where the line's bytes begin.
    line: usize,
    best: Range<usize>,
    run: usize,
    /// Something stands in the line that is no byte.
    pub(super) words: bool,
    hint: Option<Hint>,
    /// From a line above that had no bytes.
    pending: Option<Hint>,
}

impl Best {
    /// A line begins.
    pub(super) fn open(&mut self, out: &Gathered, hint: Option<Hint>) {
        let at = out.len();
        *self = Self { line: at, best: at..at, run: at, words: false, hint, pending: self.pending };
    }

    /// Where the line's bytes begin.
    pub(super) const fn start(&self) -> usize {
        self.line
    }

    /// A run ends here.
    pub(super) fn end_run(&mut self, out: &mut Gathered) {
        let run = self.run..out.len();
        if run.len() > self.best.len() {
            let shorter = self.best.clone();
            out.placed.remove(shorter.clone());
            self.best = run.start - shorter.len()..run.end - shorter.len();
        } else {
            out.placed.truncate(run.start);
        }
        self.run = out.len();
    }

    /// The line ends; beside words, fewer than `least` bytes are none.
    pub(super) fn close(&mut self, out: &mut Gathered, least: usize) {
        self.end_run(out);
        if self.best.len() < least && self.words {
            out.placed.truncate(self.line);
        }
        if out.len() == self.line {
            self.pending = self.hint.or(self.pending.filter(|_| self.words));
            return;
        }
        out.lines += 1;
        match self.hint.or(self.pending.take()) {
            Some(hint) => out.begin(self.line, Some(hint)),
            None if out.chunks.is_empty() => out.begin(self.line, None),
            None => {}
        }
        self.pending = None;
    }
}
