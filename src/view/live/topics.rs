//! The tree of topics that messages came on, kept up message by message: its newest value, how many there were, how
//! often they come.

use std::ops::Range;

use bytes::Bytes;

use super::messages::Received;
use super::preview::preview;
use crate::capture::FrameId;
use crate::codec::QoS;
use crate::time::Instant;

/// A topic level's number.
pub type TopicId = u32;

/// Bytes of the newest payload that are kept with a topic.
const KEPT: usize = 4 * 1024;
/// Characters of it that a row shows.
const SHOWN: usize = 40;
/// From so many levels on, new ones are folded.
const OPEN: usize = 300;
/// Seconds over which rates are told.
const MEMORY: f32 = 10.0;
/// For so many microseconds a value is fresh.
const FRESH_MICROS: u64 = 1_500_000;

/// The newest message of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// Its number on its connection.
    pub number: u64,
    /// When it came.
    pub at: Instant,
    /// The packet that brought it.
    pub frame: Option<FrameId>,
    /// QoS of its hop.
    pub qos: QoS,
    /// The RETAIN flag.
    pub retain: bool,
    /// Bytes of its payload.
    pub len: usize,
    /// The first of them.
    pub head: Bytes,
}

/// How often something happens, older events counting less and less.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    level: f32,
    at: Instant,
}

impl Rate {
    fn count(&mut self, at: Instant) {
        self.level = self.now(at) + 1.0 / MEMORY;
        self.at = at;
    }

    /// Events a second.
    fn now(self, at: Instant) -> f32 {
        self.level * (-at.since(self.at).as_secs_f32() / MEMORY).exp()
    }
}

#[derive(Clone, Debug)]
struct Level {
    name: Box<str>,
    parent: Option<TopicId>,
    depth: u16,
    /// Sorted by their names.
    children: Vec<TopicId>,
    open: bool,
    /// Messages here and below.
    count: u64,
    rate: Rate,
    last: Option<Last>,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicRow {
    /// Its level.
    pub id: TopicId,
    /// Levels above it.
    pub depth: u16,
    /// The level's name; it may be empty.
    pub name: String,
    /// Whether what is below shows; `None` where nothing is.
    pub open: Option<bool>,
    /// The newest value, shortened.
    pub value: String,
    /// That one was retained.
    pub retained: bool,
    /// It has come just now.
    pub fresh: bool,
    /// Messages here and below.
    pub count: u64,
    /// How many a second; empty when hardly any.
    pub rate: String,
}

/// The tree.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    levels: Vec<Level>,
    roots: Vec<TopicId>,
    /// The rows, from top to bottom.
    rows: Vec<TopicId>,
    /// `rows` waits for what has changed.
    stale: bool,
    rate: Rate,
    /// Messages on topics for which there is no room.
    beyond: u64,
}

impl Topics {
    /// Levels at most; messages of further topics are only counted.
    pub const MOST: usize = 10_000;

    /// Takes in a message.
    pub fn push(&mut self, message: &Received) {
        let (at, it) = (message.at, &message.message);
        self.rate.count(at);
        let Some(id) = self.find(&it.message.topic) else {
            self.beyond += 1;
            return;
        };
        let mut up = Some(id);
        while let Some(level) = up.and_then(|id| self.levels.get_mut(id as usize)) {
            level.count += 1;
            level.rate.count(at);
            up = level.parent;
        }
        let payload = &it.message.payload;
        self.levels[id as usize].last = Some(Last {
            number: message.number,
            at,
            frame: message.frame,
            qos: it.qos,
            retain: it.retain,
            len: payload.len(),
            // A copy: a slice would keep all that came with it.
            head: Bytes::copy_from_slice(&payload[..payload.len().min(KEPT)]),
        });
    }

    /// The level of a topic, made if there is room.
    fn find(&mut self, topic: &str) -> Option<TopicId> {
        let mut parent = None;
        for (depth, name) in topic.split('/').enumerate() {
            let place =
                self.siblings(parent).binary_search_by(|id| (*self.levels[*id as usize].name).cmp(name));
            let id = match place {
                Ok(at) => self.siblings(parent)[at],
                Err(at) => self.add(parent, at, depth, name)?,
            };
            parent = Some(id);
        }
        parent
    }

    fn siblings(&self, parent: Option<TopicId>) -> &Vec<TopicId> {
        parent.map_or(&self.roots, |id| &self.levels[id as usize].children)
    }

    fn add(&mut self, parent: Option<TopicId>, at: usize, depth: usize, name: &str) -> Option<TopicId> {
        if self.levels.len() >= Self::MOST {
            return None;
        }
        let id = self.levels.len() as TopicId;
        self.levels.push(Level {
            name: name.into(),
            parent,
            depth: depth as u16,
            children: Vec::new(),
            open: self.levels.len() < OPEN,
            count: 0,
            rate: Rate::default(),
            last: None,
        });
        match parent {
            Some(parent) => self.levels[parent as usize].children.insert(at, id),
            None => self.roots.insert(at, id),
        }
        self.stale = true;
        Some(id)
    }

    /// Folds what is below a level, or shows it.
    pub fn toggle(&mut self, id: TopicId) {
        if let Some(level) = self.levels.get_mut(id as usize) {
            level.open = !level.open;
            self.stale = true;
        }
    }

    /// Brings the rows up to date; to be called before they are asked for.
    pub fn settle(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        self.rows.clear();
        let mut open: Vec<TopicId> = self.roots.iter().rev().copied().collect();
        while let Some(id) = open.pop() {
            self.rows.push(id);
            let level = &self.levels[id as usize];
            if level.open {
                open.extend(level.children.iter().rev());
            }
        }
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// Some of the rows as they are at `now`.
    pub fn rows(&self, range: Range<usize>, now: Instant) -> Vec<TopicRow> {
        let range = range.start.min(self.rows.len())..range.end.min(self.rows.len());
        self.rows[range].iter().map(|id| self.row(*id, now)).collect()
    }

    fn row(&self, id: TopicId, now: Instant) -> TopicRow {
        let level = &self.levels[id as usize];
        let last = level.last.as_ref();
        TopicRow {
            id,
            depth: level.depth,
            name: level.name.to_string(),
            open: (!level.children.is_empty()).then_some(level.open),
            value: last.map_or_else(String::new, |last| preview(&last.head, last.len, SHOWN)),
            retained: last.is_some_and(|last| last.retain),
            fresh: last.is_some_and(|last| now.as_micros() < last.at.as_micros() + FRESH_MICROS),
            count: level.count,
            rate: told(level.rate.now(now)),
        }
    }

    /// The newest message of a topic.
    pub fn last(&self, id: TopicId) -> Option<&Last> {
        self.levels.get(id as usize)?.last.as_ref()
    }

    /// The whole name of a level.
    pub fn name(&self, id: TopicId) -> String {
        let mut names = Vec::new();
        let mut up = Some(id);
        while let Some(level) = up.and_then(|id| self.levels.get(id as usize)) {
            names.push(&*level.name);
            up = level.parent;
        }
        names.reverse();
        names.join("/")
    }

    /// How many messages a second come in all; empty when hardly any.
    pub fn rate(&self, now: Instant) -> String {
        told(self.rate.now(now))
    }

    /// Messages on topics that the tree has no room for.
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }
}

fn told(rate: f32) -> String {
    match rate {
        0.0..0.05 => String::new(),
        0.05..9.95 => format!("{rate:.1}/s"),
        _ => format!("{rate:.0}/s"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::client::ReceivedMessage;
    use crate::codec::PropertyBuf;
    use crate::session::Message;

    fn push(topics: &mut Topics, at: u64, topic: &str, payload: &'static str) {
        let message = Message::new(topic, Bytes::from_static(payload.as_bytes()), PropertyBuf::new());
        let message = ReceivedMessage {
            message: Arc::new(message),
            qos: QoS::AtLeastOnce,
            retain: payload == "old",
            dup: false,
            packet_id: None,
        };
        let at = Instant::from_millis(at);
        topics.push(&Received { number: 1, at, frame: Some(7), message: Arc::new(message) });
    }

    fn rows(topics: &mut Topics, now: u64) -> Vec<(u16, String, String, u64)> {
        topics.settle();
        let rows = topics.rows(0..100, Instant::from_millis(now));
        rows.into_iter().map(|row| (row.depth, row.name, row.value, row.count)).collect()
    }

    #[test]
    fn topics_stand_in_order_with_their_newest_values_and_count_what_is_below() {
        let mut topics = Topics::default();
        for (topic, payload) in [("lab/b", "1"), ("lab/a", "old"), ("lab/b", "2"), ("/x", ""), ("lab", "top")]
        {
            push(&mut topics, 0, topic, payload);
        }
        let row = |depth, name: &str, value: &str, count| (depth, name.to_owned(), value.to_owned(), count);
        let all = [
            row(0, "", "", 1),
            row(1, "x", "empty", 1),
            row(0, "lab", "top", 4),
            row(1, "a", "old", 1),
            row(1, "b", "2", 2),
        ];
        assert_eq!(rows(&mut topics, 0), all);
        let told = topics.rows(3..4, Instant::ZERO);
        assert!(told[0].retained && told[0].fresh && told[0].open.is_none());
        assert_eq!(
            (topics.name(told[0].id), topics.last(told[0].id).and_then(|it| it.frame)),
            ("lab/a".to_owned(), Some(7))
        );
        // Folded, what is below does not show.
        let lab = topics.rows(2..3, Instant::ZERO)[0].id;
        topics.toggle(lab);
        assert_eq!(rows(&mut topics, 0).len(), 3);
        topics.toggle(lab);
        assert_eq!(rows(&mut topics, 0), all);
    }

    #[test]
    fn rates_follow_what_comes_and_fade_with_time() {
        let mut topics = Topics::default();
        for n in 0..600 {
            push(&mut topics, n * 100, "a", "x");
        }
        let rate = |topics: &Topics, at| topics.rate(Instant::from_millis(at));
        assert_eq!(rate(&topics, 60_000), "9.9/s");
        assert_eq!(rate(&topics, 70_000), "3.7/s");
        assert_eq!(rate(&topics, 120_000), "");
    }

    #[test]
    fn the_tree_is_bounded_and_counts_what_it_has_no_room_for() {
        let mut topics = Topics::default();
        for n in 0..Topics::MOST + 10 {
            push(&mut topics, 0, &format!("t{n}"), "x");
        }
        topics.settle();
        assert_eq!((topics.row_count(), topics.beyond()), (Topics::MOST, 10));
        // One that it knows is still followed.
        push(&mut topics, 0, "t5", "new");
        assert_eq!(topics.beyond(), 10);
    }
}
