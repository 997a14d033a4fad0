//! One row as it looked at one step.

use std::sync::Arc;

use ::bytes::Bytes;

use super::lanes::{LaneWishes, Lanes};
use super::note::{self, NoteView};
use super::plan::{Kind, Metrics, Plan, Row};
use crate::capture::{Capture, Fate, Frame, FrameId, Link, LostWhy, Note, NoteKind, Step, round_trip};
use crate::codec::PacketType;
use crate::dissect::{Dissection, dissect};
use crate::time::{Instant, Wall};
use crate::view::bytes::ByteMap;
use crate::view::inspector::millis;

/// A row with everything that is drawn of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    /// Its place in the plan.
    pub index: usize,
    /// Seconds with three decimals, where they differ from the row's above.
    pub time: Option<String>,
    /// It has not come about yet.
    pub future: bool,
    /// For each end whether its lifeline is broken here.
    pub offline: Vec<bool>,
    /// What it shows.
    pub body: Body,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A packet, with at most one note beside it and the brackets that end at it.
    Packet {
        /// The packet.
        arrow: Box<Arrow>,
        /// What an end made of it.
        note: Option<NoteView>,
        /// From the packet that it answers to here.
        bracket: Option<Bracket>,
    },
    /// Time in which nothing happened.
    Idle(String),
    /// A cut link.
    Cut {
        /// Its gaps, from the first up to but not the second.
        gaps: (usize, usize),
        /// What happened.
        text: String,
    },
    /// A note without a packet.
    Note(NoteView),
    /// Not held any more.
    Dropped,
}

/// A packet between two lifelines.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// Its number.
    pub frame: FrameId,
    /// The gaps it crosses, from the first up to but not the second.
    pub gaps: (usize, usize),
    /// It points to the right.
    pub rightwards: bool,
    /// Its bytes.
    pub bytes: Bytes,
    /// What they are.
    pub dissection: Arc<Dissection>,
    /// Which byte belongs to which field.
    pub map: Arc<ByteMap>,
    /// How far it has come.
    pub passage: Passage,
    /// The first packet of the exchange that it belongs to.
    pub family: Option<FrameId>,
    /// A CONNECT of a client that had been connected before.
    pub reconnects: bool,
    /// What became of its acknowledgements, where those have no rows.
    pub acked: Option<Acked>,
    /// All of it as a sentence, for those who don't see the arrow.
    pub sentence: String,
}

/// What its bytes are follows from them: comparing rows, as each step does, need not look at all their fields.
impl PartialEq for Arrow {
    fn eq(&self, other: &Self) -> bool {
        let key = |it: &Self| (it.frame, it.gaps, it.rightwards, it.passage, it.family, it.reconnects);
        key(self) == key(other)
            && self.bytes == other.bytes
            && self.dissection.version == other.dissection.version
            && self.acked == other.acked
            && self.sentence == other.sentence
    }
}

/// How a packet's folded acknowledgements ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acked {
    /// The last of them so far.
    pub packet_type: Option<PacketType>,
    /// `41 ms`, `under way`, `none`.
    pub text: String,
    /// It got lost.
    pub lost: bool,
}

/// From where and how rows are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// As it was known at this step.
    pub step: Step,
    /// Heights of rows.
    pub metrics: Metrics,
    /// Places of lifelines.
    pub lanes: &'a Lanes,
    /// Times are told by it.
    pub wall: Option<Wall>,
}

/// How far a packet has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It will be sent.
    Ahead,
    /// It is on its way.
    Flying {
        /// Since when.
        sent: Instant,
        /// When it arrives, if that is known.
        due: Option<Instant>,
    },
    /// It has arrived.
    Arrived,
    /// It never arrived.
    Lost {
        /// It got so many thousandths of the way.
        progress_millis: u16,
        /// What kept it.
        why: LostWhy,
    },
}

impl Passage {
    /// How far it is at `now`, in thousandths of the way.
    pub fn progress_millis(self, now: Instant) -> u16 {
        match self {
            Self::Ahead => 0,
            Self::Arrived => 1_000,
            Self::Lost { progress_millis, .. } => progress_millis,
            Self::Flying { due: None, .. } => 500,
            Self::Flying { sent, due: Some(due) } => {
                let whole = (due - sent).as_micros().max(1);
                ((now - sent).as_micros() * 1_000 / whole).min(1_000) as u16
            }
        }
    }
}

impl Passage {
    /// What became of it, if it was lost: `lost: link cut`.
    pub const fn lost(self) -> Option<&'static str> {
        match self {
            Self::Lost { why: LostWhy::LinkCut, .. } => Some("lost: link cut"),
            Self::Lost { why: LostWhy::Closed, .. } => Some("lost: connection closed"),
            Self::Lost { why: LostWhy::Silent, .. } => Some("lost: silent link"),
            Self::Lost { why: LostWhy::Dropped, .. } => Some("dropped: TCP never does this"),
            _ => None,
        }
    }
}

/// Joins a packet to the one that answered it, at the lifeline of who asked; or the two halves of a QoS 2 exchange,
/// at the lifeline of its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// The column it stands in: 0 is before the first lifeline.
    pub column: usize,
    /// It stands to the right of its lifeline.
    pub right: bool,
    /// The row that was answered.
    pub from_row: usize,
    /// Between the two rows' tops, in pixels, without what is unfolded between them.
    pub height: u32,
    /// It leads from PUBREC to PUBREL: no round trip, but what makes one of two.
    pub joins: bool,
    /// The round trip: `41 ms`; nothing where a note takes its place.
    pub text: String,
    /// All that is to be told: `round trip 41 ms`.
    pub title: String,
}

/// Brackets reach over as many rows at most.
const BRACKET_ROWS: usize = 8;

impl Plan {
    /// The row at `index` as it looked at `step`.
    pub fn row(&self, capture: &Capture, index: usize, step: Step, metrics: Metrics) -> Option<RowView> {
        let lanes = Lanes::new(capture, self, step, &LaneWishes::wide(Vec::new()));
        self.row_among(capture, index, Look { step, metrics, lanes: &lanes, wall: None })
    }

    /// The same where lanes have places of their own.
    pub fn row_among(&self, capture: &Capture, index: usize, look: Look<'_>) -> Option<RowView> {
        let step = look.step;
        let row = self.rows.get(index)?;
        let above = index.checked_sub(1).and_then(|above| self.rows.get(above));
        let repeats = above.is_some_and(|above| above.at == row.at && !matches!(above.kind, Kind::Idle(_)));
        let lanes = capture.ends().len().min(64);
        Some(RowView {
            index,
            time: (!repeats && !matches!(row.kind, Kind::Idle(_)))
                .then(|| look.wall.map_or_else(|| row.at.to_string(), |wall| wall.told(row.at))),
            future: row.step > step,
            offline: (0..lanes).map(|lane| row.offline >> look.lanes.end(lane).min(63) & 1 == 1).collect(),
            body: self.body(capture, row, index, look),
        })
    }

    fn body(&self, capture: &Capture, row: &Row, index: usize, look: Look<'_>) -> Body {
        match &row.kind {
            Kind::Idle(time) => Body::Idle(format!("{} idle", millis(*time))),
            Kind::Marker(number) => match capture.note(*number) {
                Some(note) => marker(capture, note, look.lanes),
                None => Body::Dropped,
            },
            Kind::Packet(id) => match capture.frame(*id) {
                Some(frame) => self.packet(capture, row, frame, index, look),
                None => Body::Dropped,
            },
        }
    }

    fn packet(&self, capture: &Capture, row: &Row, frame: &Frame, index: usize, look: Look<'_>) -> Body {
        let step = look.step;
        let arrow = self.arrow(capture, row, frame, look);
        let notes: Vec<&Note> = row
            .notes
            .iter()
            .filter_map(|number| capture.note(*number))
            .filter(|note| note.step <= step)
            .collect();
        let note = note::place(capture, &notes, arrow.gaps, frame.to, look.lanes);
        let mut bracket = self.bracket(capture, frame, index, look);
        // Where both want the same column, the words win.
        if let (Some(bracket), Some(note)) = (&mut bracket, &note)
            && note.gap + 1 == bracket.column
        {
            bracket.text.clear();
        }
        Body::Packet { arrow: Box::new(arrow), note, bracket }
    }

    fn arrow(&self, capture: &Capture, row: &Row, frame: &Frame, look: Look<'_>) -> Arrow {
        let step = look.step;
        let dissection = dissect(&frame.bytes, frame.version);
        let passage = passage(frame, step);
        Arrow {
            frame: frame.id,
            gaps: gaps(frame, look.lanes),
            rightwards: look.lanes.place(frame.to) > look.lanes.place(frame.from),
            acked: self.folds(capture).then(|| self.acked(capture, frame, step)).flatten(),
            bytes: frame.bytes.clone(),
            map: Arc::new(ByteMap::new(&dissection)),
            passage,
            family: self.exchange.link(frame.id).and_then(|link| link.opener),
            reconnects: row.reconnects,
            sentence: sentence(capture, frame, &dissection, passage),
            dissection: Arc::new(dissection),
        }
    }

    /// Follows the answers of a packet as far as they were known at `step`.
    fn acked(&self, capture: &Capture, frame: &Frame, step: Step) -> Option<Acked> {
        let mut last = None;
        let mut next = self.exchange.link(frame.id)?.answered_by;
        while let Some(answer) = next.and_then(|id| capture.frame(id)).filter(|it| it.sent_step <= step) {
            last = Some(answer);
            next = self.exchange.link(answer.id)?.answered_by;
        }
        let last = last?;
        let fate = last.fate_at(step);
        let text = match fate {
            Some(Fate::Lost { .. }) => "none".to_owned(),
            Some(Fate::Delivered { .. }) if next.is_none() => round_trip(frame, last).map(millis)?,
            _ => "under way".to_owned(),
        };
        let lost = matches!(fate, Some(Fate::Lost { .. }));
        Some(Acked { packet_type: packet_type(last), text, lost })
    }

    fn bracket(&self, capture: &Capture, frame: &Frame, index: usize, look: Look<'_>) -> Option<Bracket> {
        let (step, metrics) = (look.step, look.metrics);
        let link = self.exchange.link(frame.id)?;
        let asked = capture.frame(link.answers?)?;
        let joins = packet_type(frame) == Some(PacketType::PubRel);
        let time = round_trip(asked, frame);
        if frame.sent_step > step || !joins && (frame.fate_at(step).is_none() || time.is_none()) {
            return None;
        }
        let from_row = self.row_of(asked.id)?;
        let (own, other) = if joins { (frame.from, frame.to) } else { (asked.from, asked.to) };
        let (own, other) = (look.lanes.place(own), look.lanes.place(other));
        let column = own + usize::from(own > other);
        let between = self.rows.get(from_row..index)?;
        let crossed = between.iter().any(|row| crosses(capture, row, column, look.lanes));
        if crossed || between.len() > BRACKET_ROWS {
            return None;
        }
        let height = self.top(index, metrics) - self.top(from_row, metrics);
        let text = time.filter(|_| !joins).map(millis).unwrap_or_default();
        let title = bracket_title(capture, link, frame, joins, &text);
        Some(Bracket { column, right: own > other, from_row, height, joins, text, title })
    }
}

/// "round trip 41 ms; the whole exchange 83 ms".
fn bracket_title(capture: &Capture, link: Link, frame: &Frame, joins: bool, text: &str) -> String {
    if joins {
        return "one QoS 2 exchange".to_owned();
    }
    let mut title = ["round trip ", text].concat();
    let first = link.opener.filter(|opener| Some(*opener) != link.answers).and_then(|it| capture.frame(it));
    if let Some(whole) = first.and_then(|first| round_trip(first, frame)) {
        title.push_str("; the whole exchange ");
        title.push_str(&millis(whole));
    }
    title
}

/// Whether a row draws over a column.
fn crosses(capture: &Capture, row: &Row, column: usize, lanes: &Lanes) -> bool {
    let Kind::Packet(id) = row.kind else { return true };
    let Some(frame) = capture.frame(id) else { return true };
    let (from, to) = gaps(frame, lanes);
    (from..to).any(|gap| gap + 1 == column)
}

fn marker(capture: &Capture, note: &Note, lanes: &Lanes) -> Body {
    if let (NoteKind::LinkCut, Some(peer)) = (note.kind, note.peer) {
        let (a, b) = (lanes.place(note.end), lanes.place(peer));
        return Body::Cut { gaps: (a.min(b), a.max(b)), text: note.text.to_string() };
    }
    note::place(capture, &[note], (0, 0), note.end, lanes).map_or(Body::Dropped, Body::Note)
}

fn gaps(frame: &Frame, lanes: &Lanes) -> (usize, usize) {
    let (from, to) = (lanes.place(frame.from), lanes.place(frame.to));
    (from.min(to), from.max(to))
}

pub(super) fn passage(frame: &Frame, step: Step) -> Passage {
    if frame.sent_step > step {
        return Passage::Ahead;
    }
    match frame.fate_at(step) {
        None => Passage::Flying { sent: frame.sent, due: frame.due },
        Some(Fate::Delivered { .. }) => Passage::Arrived,
        Some(Fate::Lost { progress_millis, why, .. }) => Passage::Lost { progress_millis, why },
    }
}

/// "pub1 to Broker, PUBLISH QoS 2, id 7, 33 bytes, at 2.000 s, in flight".
fn sentence(capture: &Capture, frame: &Frame, dissection: &Dissection, passage: Passage) -> String {
    let (from, to) = (note::name(capture, frame.from), note::name(capture, frame.to));
    let words = packet_words(dissection);
    let end = match passage {
        Passage::Ahead => "still to come",
        Passage::Flying { .. } => "on its way",
        Passage::Arrived => "",
        Passage::Lost { .. } => passage.lost().unwrap_or_default(),
    };
    let comma = if end.is_empty() { "" } else { ", " };
    let size = frame.bytes.len();
    format!("{from} to {to}, {words}, {size} bytes, at {} s{comma}{end}", frame.sent)
}

/// A packet's type and facts: "PUBLISH QoS 2, id 7, sensors/kitchen/temp".
pub fn packet_words(dissection: &Dissection) -> String {
    let mut words = dissection.packet_type.map_or("unknown packet", PacketType::name).to_owned();
    for (at, detail) in dissection.details.iter().enumerate() {
        words.push_str(if at == 0 { " " } else { ", " });
        words.push_str(detail);
    }
    words
}

pub(super) fn packet_type(frame: &Frame) -> Option<PacketType> {
    PacketType::from_nibble(frame.bytes.first()? >> 4)
}
