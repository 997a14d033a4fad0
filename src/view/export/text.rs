//! The diagram in characters, for mails and reports.

use super::words::plain;
use super::{Options, Scene, more};
use crate::view::bytes::{StripItem, strip};
use crate::view::diagram::{Arrow, Body, Metrics, NoteView, Passage, Side, packet_words};

const TIME: usize = 11;
/// Characters from one lifeline to the next: room for a few words, or for a few bytes.
const GAP: [usize; 2] = [40, 58];

/// The lines for a range of packets, in characters of one width.
pub fn text(scene: Scene<'_>, options: &Options) -> String {
    let rows = scene.rows(options, Metrics { packet: 1, marker: 1, idle: 1 });
    let lanes = scene.capture.ends().len().clamp(1, 64);
    let mut page = Page { out: String::new(), gap: GAP[usize::from(options.bytes)], lanes };
    page.head(scene);
    for row in &rows.rows {
        let time = row.time.as_deref().unwrap_or_default();
        let mut line = page.lifelines(&row.offline);
        match &row.body {
            Body::Packet { arrow, note, .. } => {
                page.label(&mut line, arrow);
                page.push(time, &line);
                line = page.lifelines(&row.offline);
                page.arrow(&mut line, arrow, options.bytes);
                if let Some(note) = note {
                    if note.is_on_arrow() {
                        page.push("", &line);
                        line = page.lifelines(&row.offline);
                    }
                    page.note(&mut line, note);
                }
                page.push("", &line);
            }
            Body::Idle(words) => {
                let wide = line.len();
                line = vec![' '; wide];
                put(&mut line, 0, wide, &[". . . ", words, " . . ."].concat());
                page.push("", &line);
            }
            Body::Cut { gaps, text } => {
                let (from, to) = (page.lane(gaps.0) + 1, page.lane(gaps.1));
                line[from..to].fill('/');
                put(&mut line, from + 3, to - from - 4, &[" ", text, " "].concat());
                page.push(time, &line);
            }
            Body::Note(note) => {
                page.note(&mut line, note);
                page.push(time, &line);
            }
            Body::Dropped => {}
        }
    }
    if rows.left_out > 0 {
        page.push("", &more(rows.left_out).chars().collect::<Vec<char>>());
    }
    page.out
}

struct Page {
    out: String,
    gap: usize,
    lanes: usize,
}

impl Page {
    fn lane(&self, lane: usize) -> usize {
        lane * self.gap + 6
    }

    /// `:` where there is no connection.
    fn lifelines(&self, offline: &[bool]) -> Vec<char> {
        let mut line = vec![' '; self.lane(self.lanes - 1) + 7];
        for lane in 0..self.lanes {
            let broken = offline.get(lane).copied().unwrap_or(false);
            line[self.lane(lane)] = if broken { ':' } else { '|' };
        }
        line
    }

    fn push(&mut self, time: &str, line: &[char]) {
        let line: String = line.iter().collect();
        let mut whole = " ".repeat(TIME.saturating_sub(time.len() + 2));
        whole.push_str(time);
        whole.push_str("  ");
        whole.push_str(&line);
        self.out.push_str(whole.trim_end());
        self.out.push('\n');
    }

    fn head(&mut self, scene: Scene<'_>) {
        let mut line = vec![' '; self.lane(self.lanes - 1) + 7];
        for (lane, name) in scene.names().take(self.lanes).enumerate() {
            let name = plain(name);
            let half = name.chars().count().min(12) / 2;
            put(&mut line, self.lane(lane) - half.min(6), self.gap - 2, &name);
        }
        self.push("time, s", &line);
    }

    fn label(&self, line: &mut [char], arrow: &Arrow) {
        let (from, to) = (self.lane(arrow.gaps.0) + 2, self.lane(arrow.gaps.1) - 1);
        let mut words = packet_words(&arrow.dissection);
        for more in [arrow.reconnects.then_some("reconnects"), arrow.passage.lost()].into_iter().flatten() {
            words.push_str(", ");
            words.push_str(more);
        }
        let room = to - from;
        let start = if arrow.rightwards { from } else { to - words.chars().count().min(room) };
        put(line, start, room, &words);
    }

    fn arrow(&self, line: &mut [char], arrow: &Arrow, bytes: bool) {
        let (from, to) = (self.lane(arrow.gaps.0) + 1, self.lane(arrow.gaps.1));
        let (dash, lost) = match arrow.passage {
            Passage::Flying { .. } | Passage::Ahead => ('.', None),
            Passage::Arrived => ('-', None),
            Passage::Lost { progress_millis, .. } => ('-', Some(usize::from(progress_millis))),
        };
        line[from..to].fill(dash);
        let room = to - from;
        let (head, tip) = if arrow.rightwards { (to - 1, '>') } else { (from, '<') };
        line[head] = tip;
        if let Some(way) = lost {
            let at = (room.saturating_sub(1)) * way / 1_000;
            let (cross, rest) =
                if arrow.rightwards { (from + at, from + at..to) } else { (to - 1 - at, from..to - at) };
            line[rest].fill(' ');
            line[cross] = 'x';
        }
        if bytes {
            let strip = bytes_of(arrow, (room.saturating_sub(8)) / 3);
            let start =
                if arrow.rightwards { from + 2 } else { to - 2 - strip.chars().count().min(room - 4) };
            put(line, start, room - 4, &strip);
        }
    }

    fn note(&self, line: &mut [char], note: &NoteView) {
        let (from, to) = (self.lane(note.gap) + 1, self.lane(note.gap + 1));
        let words = ["(", &note.text(), ")"].concat();
        let room = to - from - 2;
        let start =
            if note.side == Side::AtRight { to - 1 - words.chars().count().min(room) } else { from + 1 };
        put(line, start, room, &words);
    }
}

/// Puts words over a line, cut with an ellipsis where `room` ends.
fn put(line: &mut [char], at: usize, room: usize, words: &str) {
    let words: Vec<char> = plain(words).chars().collect();
    let room = room.min(line.len().saturating_sub(at));
    let cut = words.len() > room;
    let shown = if cut { room.saturating_sub(1) } else { words.len() };
    line[at..at + shown].copy_from_slice(&words[..shown]);
    if cut && room > 0 {
        line[at + shown] = '…';
    }
}

fn bytes_of(arrow: &Arrow, budget: usize) -> String {
    let mut out = String::new();
    for item in strip(&arrow.bytes, &arrow.dissection, &arrow.map, budget.max(8)) {
        match item {
            StripItem::Bytes { cells, .. } => {
                for cell in cells {
                    out.push_str(if out.is_empty() { "" } else { " " });
                    out.push_str(cell.hex());
                }
            }
            StripItem::Elision(hidden) => out.push_str(&[" +", &hidden.to_string(), " B"].concat()),
        }
    }
    out
}
