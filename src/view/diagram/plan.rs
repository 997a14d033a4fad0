//! Which rows there are and where they stand.

use super::groups::Share;
use super::lanes::FEW;
use super::row::packet_type;
use crate::capture::{Capture, EndId, EndRole, Exchange, Frame, FrameId, Note, NoteKind, Step};
use crate::codec::{Direction, PacketType};
use crate::time::{Duration, Instant};

/// Time without an event from which on it is shown as a break.
const IDLE: Duration = Duration::from_millis(250);

/// Heights of rows in pixels, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// A row with packets.
    pub packet: u32,
    /// A row with a cut link or a note of its own.
    pub marker: u32,
    /// A row for idle time.
    pub idle: u32,
}

/// Which notes have a place in the diagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoteChoice {
    /// All.
    #[default]
    All,
    /// Those of what went wrong.
    Trouble,
    /// None but cut links.
    None,
}

/// What rows there are to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// Acknowledgements have no rows of their own: their packets say how they were answered. By default with more than
    /// [`FEW`] ends.
    pub fold: Option<bool>,
    /// Which notes are told.
    pub notes: NoteChoice,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A packet.
    Packet(FrameId),
    /// Nothing happened for so long.
    Idle(Duration),
    /// A note without a packet: a cut or closed link, trouble. Its number over the whole capture.
    Marker(u64),
}

/// A row, before it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub kind: Kind,
    /// The step that brought it about.
    pub step: Step,
    pub at: Instant,
    /// Notes that belong to its packets, by number over the whole capture.
    pub notes: Vec<u64>,
    /// A bit for each end that has no connection here, for the first 64 ends.
    pub offline: u64,
    /// A CONNECT of an end that had been connected before.
    pub reconnects: bool,
    /// Rows above it, by kind.
    above: [u32; 3],
}

/// All rows of a capture, in order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(super) rows: Vec<Row>,
    pub(super) exchange: Exchange,
    /// The row of each frame from `first_frame` on.
    row_of: Vec<u32>,
    options: PlanOptions,
    /// Packets without rows of their own.
    folded: usize,
    first_frame: FrameId,
    next_frame: FrameId,
    next_note: u64,
    /// Until when the packets and notes so far kept the ends busy.
    busy_to: Instant,
    /// A bit for each client, for the first 64 ends.
    clients: u64,
    offline: u64,
    /// A bit for each client that has been connected.
    known: u64,
    /// What `offline` became at which step.
    changes: Vec<(Step, u64)>,
    counts: [u32; 3],
    /// Who joined and left shared subscriptions.
    pub(super) shares: Vec<Share>,
}

impl Plan {
    /// The plan of a capture.
    pub fn new(capture: &Capture) -> Self {
        Self::with(capture, PlanOptions::default())
    }

    /// The plan of a capture, with the rows that are asked for.
    pub fn with(capture: &Capture, options: PlanOptions) -> Self {
        let mut plan = Self {
            options,
            first_frame: capture.dropped_frames(),
            next_frame: capture.dropped_frames(),
            next_note: capture.dropped_notes(),
            ..Self::default()
        };
        for (id, end) in capture.ends().iter().enumerate().take(64) {
            if end.role == EndRole::Client {
                plan.clients |= 1 << id;
            }
        }
        plan.offline = plan.clients;
        plan.update(capture);
        plan
    }

    /// Takes in what was added since the last time. After a [`Capture::truncate`], make a new plan instead.
    pub fn update(&mut self, capture: &Capture) {
        let dropped = capture.dropped_frames().saturating_sub(self.first_frame) as usize;
        if dropped > 64.max(self.row_of.len() / 8) {
            *self = Self::with(capture, self.options);
            return;
        }
        let unseen = capture.frames().len().saturating_sub((capture.next_frame() - self.next_frame) as usize);
        let mut frames = capture.frames().skip(unseen).peekable();
        let seen = self.next_note.saturating_sub(capture.dropped_notes()) as usize;
        self.next_note = self.next_note.max(capture.dropped_notes());
        let mut notes = capture.notes().skip(seen).peekable();
        loop {
            // A note of a step goes before the step's packets, unless it is about one that isn't there yet.
            let frame = frames.peek().copied();
            let first = |note: &&Note| frame.is_none_or(|frame| is_before(note, frame));
            if let Some(note) = notes.next_if(first) {
                self.push_note(note);
            } else if let Some(frame) = frames.next() {
                self.push_frame(frame, self.folds(capture));
            } else {
                return;
            }
        }
    }

    /// What rows there are.
    pub fn options(&self) -> PlanOptions {
        self.options
    }

    /// How many packets are told by others' rows; `None` if none is to be.
    pub fn folded(&self, capture: &Capture) -> Option<usize> {
        self.folds(capture).then_some(self.folded)
    }

    pub(super) fn folds(&self, capture: &Capture) -> bool {
        self.options.fold.unwrap_or(capture.ends().len() > FEW)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a row is a packet's.
    pub fn is_packet(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| matches!(row.kind, Kind::Packet(_)))
    }

    /// When a row came about; nothing of idle time, which is no event.
    pub fn event_at(&self, row: usize) -> Option<Instant> {
        let row = self.rows.get(row)?;
        (!matches!(row.kind, Kind::Idle(_))).then_some(row.at)
    }

    /// Which packets belong together.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Rows that had come about at `step`: the first of the others is in the future.
    pub fn past(&self, step: Step) -> usize {
        self.rows.partition_point(|row| row.step <= step)
    }

    /// For each end, up to the first 64, whether it had no connection at `step`.
    pub fn offline(&self, step: Step) -> Vec<bool> {
        let known = self.changes.partition_point(|(at, _)| *at <= step);
        let bits = known.checked_sub(1).map_or(self.clients, |last| self.changes[last].1);
        (0..64).map(|lane| bits >> lane & 1 == 1).collect()
    }

    /// The row of a frame.
    pub fn row_of(&self, frame: FrameId) -> Option<usize> {
        self.row_of.get(frame.checked_sub(self.first_frame)? as usize).map(|row| *row as usize)
    }

    /// The packet whose row shows this one: itself, or the one that it is folded into.
    pub fn shown_by(&self, frame: FrameId) -> FrameId {
        match self.row_of(frame).and_then(|row| self.rows.get(row)).map(|row| &row.kind) {
            Some(Kind::Packet(shown)) => *shown,
            _ => frame,
        }
    }

    /// The distance of a row's top from the first row's, in pixels; of the row behind the last, the whole height.
    ///
    /// A capture's budget holds some 400,000 packets, with their notes 15 million pixels of rows: browsers lay elements
    /// out up to 17 (Firefox) or 33 million (Chromium).
    pub fn top(&self, row: usize, metrics: Metrics) -> u32 {
        let [packets, markers, idles] = self.rows.get(row).map_or(self.counts, |row| row.above);
        packets * metrics.packet + markers * metrics.marker + idles * metrics.idle
    }

    /// The row at a distance from the first row's top, in pixels.
    pub fn row_at(&self, y: u32, metrics: Metrics) -> usize {
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.top(middle + 1, metrics) <= y { low = middle + 1 } else { high = middle }
        }
        low.min(self.rows.len().saturating_sub(1))
    }

    fn push_frame(&mut self, frame: &Frame, folds: bool) {
        self.exchange.push(frame);
        self.shares.extend(Share::of(frame));
        self.next_frame = frame.id + 1;
        if folds && let Some(row) = self.opened_by(frame) {
            self.busy_to = self.busy_to.max(frame.due.unwrap_or(frame.sent)).max(frame.sent);
            self.row_of.push(row as u32);
            self.folded += 1;
            return;
        }
        let mut reconnects = false;
        if frame.direction == Direction::ToServer && packet_type(frame) == Some(PacketType::Connect) {
            self.set_offline(frame.sent_step, frame.from, false);
            let bit = 1_u64.checked_shl(frame.from.into()).unwrap_or(0);
            reconnects = self.known & bit != 0;
            self.known |= bit;
        }
        self.push_idle(frame.sent_step, frame.sent);
        self.busy_to = self.busy_to.max(frame.due.unwrap_or(frame.sent)).max(frame.sent);
        self.row_of.push(self.rows.len() as u32);
        self.push(Kind::Packet(frame.id), frame.sent_step, frame.sent);
        if let Some(row) = self.rows.last_mut() {
            row.reconnects = reconnects;
        }
    }

    /// The row of the packet that an acknowledgement folds into.
    fn opened_by(&self, frame: &Frame) -> Option<usize> {
        let opener = self.exchange.link(frame.id)?.opener.filter(|opener| *opener != frame.id)?;
        let is_copy = packet_type(frame) == Some(PacketType::Publish);
        if is_copy { None } else { self.row_of(opener) }
    }

    fn push_note(&mut self, note: &Note) {
        let number = self.next_note;
        self.next_note += 1;
        let ends = [Some(note.end), note.peer];
        match note.kind {
            NoteKind::LinkOpened => {
                ends.into_iter().flatten().for_each(|end| self.set_offline(note.step, end, false));
                return; // The CONNECT that follows shows it.
            }
            NoteKind::LinkClosed | NoteKind::LinkCut | NoteKind::LinkRefused => {
                ends.into_iter().flatten().for_each(|end| self.set_offline(note.step, end, true));
            }
            NoteKind::Decision | NoteKind::Trouble => {}
        }
        let told = match self.options.notes {
            NoteChoice::All => true,
            NoteChoice::Trouble => note.kind.is_trouble(),
            NoteChoice::None => note.kind == NoteKind::LinkCut,
        };
        if !told {
            return;
        }
        let row = note.frame.and_then(|frame| self.row_of(frame));
        match row.and_then(|row| self.rows.get_mut(row)) {
            Some(row) if note.kind != NoteKind::LinkCut => row.notes.push(number),
            _ => {
                self.push_idle(note.step, note.at);
                self.busy_to = self.busy_to.max(note.at);
                self.push(Kind::Marker(number), note.step, note.at);
            }
        }
    }

    /// A break, if nothing went on for long before `at`.
    fn push_idle(&mut self, step: Step, at: Instant) {
        let idle = at - self.busy_to;
        if idle >= IDLE && !self.rows.is_empty() {
            self.push(Kind::Idle(idle), step, at);
        }
    }

    fn push(&mut self, kind: Kind, step: Step, at: Instant) {
        let above = self.counts;
        self.counts[match kind {
            Kind::Packet(_) => 0,
            Kind::Marker(_) => 1,
            Kind::Idle(_) => 2,
        }] += 1;
        self.rows.push(Row {
            kind,
            step,
            at,
            notes: Vec::new(),
            offline: self.offline,
            reconnects: false,
            above,
        });
    }

    /// Brokers never go offline here: only clients' lifelines are interrupted.
    fn set_offline(&mut self, step: Step, end: EndId, offline: bool) {
        let Some(bit) = 1_u64.checked_shl(end.into()) else { return };
        self.offline =
            if offline && self.clients & bit != 0 { self.offline | bit } else { self.offline & !bit };
        if self.changes.last().is_none_or(|(_, last)| *last != self.offline) {
            self.changes.push((step, self.offline));
        }
    }
}

/// Whether a note comes before a packet.
fn is_before(note: &Note, frame: &Frame) -> bool {
    note.step < frame.sent_step || note.step == frame.sent_step && note.frame.is_none_or(|id| id < frame.id)
}
