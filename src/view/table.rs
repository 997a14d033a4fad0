//! The packet table: one row a frame, worked out only for the rows that show.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use crate::capture::{Capture, Fate, Frame, FrameId, LostWhy, Step};
use crate::codec::PacketType;
use crate::dissect::dissect;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketRow {
    /// The frame.
    pub id: FrameId,
    /// Its number as people count, from 1.
    pub number: u32,
    /// When it was sent: seconds with three decimals.
    pub time: String,
    /// Who sent it.
    pub from: String,
    /// Whom to.
    pub to: String,
    /// What it is.
    pub packet_type: Option<PacketType>,
    /// What matters of it, and how it ended if it did not arrive.
    pub info: String,
    /// Its bytes.
    pub bytes: usize,
}

/// How many frames had been sent at `step`, and the number of the first one that is still held.
pub fn extent(capture: &Capture, step: Step) -> (usize, FrameId) {
    // Frames are in the order of their steps: the last that counts is found by halving.
    let first = capture.dropped_frames();
    let (mut low, mut high) = (0, capture.frames().len());
    while low < high {
        let middle = (low + high) / 2;
        let sent = capture.frame(first + middle as FrameId).is_some_and(|frame| frame.sent_step <= step);
        if sent { low = middle + 1 } else { high = middle }
    }
    (low, first)
}

/// What rows can be in the order of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the table's own columns
pub enum Column {
    Number,
    Time,
    From,
    To,
    Type,
    Info,
    Bytes,
}

impl Column {
    /// All of them, from left to right.
    pub const ALL: [Self; 7] =
        [Self::Number, Self::Time, Self::From, Self::To, Self::Type, Self::Info, Self::Bytes];
}

/// The frames sent by `step` in the order of a column, equal ones in that of their numbers.
pub fn order(capture: &Capture, step: Step, column: Column, descending: bool) -> Vec<FrameId> {
    let (count, _) = extent(capture, step);
    let key = |frame: &Frame| {
        let named = |end| capture.end(end).map_or_else(String::new, |end| end.name.to_string());
        match column {
            Column::Number => (frame.id.into(), String::new()),
            Column::Time => (frame.sent.as_micros(), String::new()),
            Column::From => (0, named(frame.from)),
            Column::To => (0, named(frame.to)),
            Column::Type => (frame.bytes.first().map_or(0, |byte| u64::from(byte >> 4)), String::new()),
            Column::Info => (0, row(capture, frame, step).info),
            Column::Bytes => (frame.bytes.len() as u64, String::new()),
        }
    };
    // In a heap, which takes less code than sorting. Equal ones keep their order backwards too.
    let id = |id: FrameId| if descending { !id } else { id };
    let keyed: Vec<((u64, String), FrameId)> =
        capture.frames().take(count).map(|frame| (key(frame), id(frame.id))).collect();
    let mut sorted: Vec<FrameId> =
        BinaryHeap::from(keyed).into_sorted_vec().into_iter().map(|(_, frame)| id(frame)).collect();
    if descending {
        sorted.reverse();
    }
    sorted
}

/// Words from right to left between two marks, so that they take no number beside them along.
fn isolated(words: &str) -> Cow<'_, str> {
    // Hebrew, Arabic and their neighbours, and their forms for presentation.
    let turns = |c| matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}');
    if words.chars().any(turns) { ["\u{2068}", words, "\u{2069}"].concat().into() } else { words.into() }
}

/// The row of a frame as known at `step`.
pub fn row(capture: &Capture, frame: &Frame, step: Step) -> PacketRow {
    let name = |end| capture.end(end).map_or_else(String::new, |end| end.name.to_string());
    let dissection = dissect(&frame.bytes, frame.version);
    let mut info = String::new();
    dissection.details.iter().for_each(|detail| append(&mut info, &isolated(detail)));
    match frame.fate_at(step) {
        Some(Fate::Delivered { .. }) => {}
        Some(Fate::Lost { why: LostWhy::LinkCut, .. }) => append(&mut info, "lost: link cut"),
        Some(Fate::Lost { why: LostWhy::Closed, .. }) => append(&mut info, "lost: connection closed"),
        Some(Fate::Lost { why: LostWhy::Silent, .. }) => append(&mut info, "lost: silent link"),
        Some(Fate::Lost { why: LostWhy::Dropped, .. }) => append(&mut info, "dropped: TCP never does this"),
        None => append(&mut info, "in flight"),
    }
    PacketRow {
        id: frame.id,
        number: frame.id + 1,
        time: frame.sent.to_string(),
        from: name(frame.from),
        to: name(frame.to),
        packet_type: dissection.packet_type,
        info,
        bytes: frame.bytes.len(),
    }
}

fn append(info: &mut String, text: &str) {
    if !info.is_empty() {
        info.push_str(", ");
    }
    info.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::EndRole;
    use crate::codec::{Direction, Version};
    use crate::sim::{Sim, scenarios};
    use crate::time::Instant;
    use bytes::Bytes;

    #[test]
    fn a_row_says_what_was_known_at_its_step() {
        let mut capture = Capture::new(1 << 20);
        let client = capture.add_end("pub1", EndRole::Client);
        let broker = capture.add_end("Broker", EndRole::Broker);
        for step in [1, 3] {
            capture.push_frame(Frame {
                id: 0,
                link: 0,
                from: client,
                to: broker,
                direction: Direction::ToServer,
                version: Version::V311,
                bytes: Bytes::from_static(&[0x62, 0x02, 0x00, 0x07]),
                sent: Instant::from_millis(2_042),
                sent_step: step,
                end: None,
                due: None,
            });
        }
        capture.end_frame(0, 2, Fate::Delivered { at: Instant::from_millis(2_062) });
        assert_eq!([0, 1, 2, 3, 9].map(|step| extent(&capture, step).0), [0, 1, 1, 2, 2]);
        let Some(frame) = capture.frame(0) else { panic!("the first frame") };
        let under_way = row(&capture, frame, 1);
        assert_eq!((&*under_way.time, &*under_way.info), ("2.042", "id 7, in flight"));
        assert_eq!((&*under_way.from, &*under_way.to, under_way.bytes), ("pub1", "Broker", 4));
        assert_eq!(row(&capture, frame, 2).info, "id 7");
    }

    #[test]
    fn a_topic_from_right_to_left_stands_by_itself() {
        let mut capture = Capture::new(1 << 20);
        let [from, to] = [EndRole::Client, EndRole::Broker].map(|role| capture.add_end("it", role));
        for topic in ["\u{5D0}\u{5D1}".as_bytes(), b"abcd"] {
            capture.push_frame(Frame {
                id: 0,
                link: 0,
                from,
                to,
                direction: Direction::ToServer,
                version: Version::V311,
                bytes: [&[0x30, 0x07, 0x00, 0x04], topic, b"7"].concat().into(),
                sent: Instant::ZERO,
                sent_step: 1,
                end: Some((1, Fate::Delivered { at: Instant::ZERO })),
                due: None,
            });
        }
        let infos: Vec<String> = capture.frames().map(|frame| row(&capture, frame, 1).info).collect();
        assert_eq!(infos, ["QoS 0, \u{2068}\u{5D0}\u{5D1}\u{2069}, 1 B", "QoS 0, abcd, 1 B"]);
    }

    #[test]
    fn rows_come_in_the_order_of_any_column() {
        let mut sim = Sim::new(scenarios().remove(0));
        sim.settle(1_000);
        let (capture, step) = (sim.capture(), sim.cursor());
        for column in Column::ALL {
            for descending in [false, true] {
                let ids = order(capture, step, column, descending);
                let mut all = ids.clone();
                all.sort_unstable();
                assert_eq!(all, (0..capture.frames().len() as FrameId).collect::<Vec<_>>(), "{column:?}");
                let rows: Vec<PacketRow> =
                    ids.iter().filter_map(|id| Some(row(capture, capture.frame(*id)?, step))).collect();
                assert!(
                    rows.windows(2).all(|pair| {
                        let (a, b) = if descending { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
                        match column {
                            Column::Number => a.number < b.number,
                            Column::Time => {
                                capture.frame(a.id).map(|f| f.sent) <= capture.frame(b.id).map(|f| f.sent)
                            }
                            Column::From => a.from <= b.from,
                            Column::To => a.to <= b.to,
                            Column::Type => {
                                a.packet_type.map(|it| it as u8) <= b.packet_type.map(|it| it as u8)
                            }
                            Column::Info => a.info <= b.info,
                            Column::Bytes => a.bytes <= b.bytes,
                        }
                    }),
                    "{column:?} {descending}"
                );
                let equal = rows.windows(2).filter(|pair| pair[0].bytes == pair[1].bytes);
                assert!(column != Column::Bytes || equal.clone().all(|pair| pair[0].number < pair[1].number));
            }
        }
        assert_eq!(order(capture, 1, Column::Bytes, true), [0]);
    }
}
