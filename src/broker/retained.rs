//! The retained message of each topic.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::codec::QoS;
use crate::session::Message;
use crate::time::{Duration, Instant};
use crate::topic;

/// A message kept for later subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainedMessage {
    /// Topic, payload, properties.
    pub message: Arc<Message>,
    /// The QoS it was published with.
    pub qos: QoS,
    /// The client identifier of its publisher; empty for the broker itself.
    pub publisher: Arc<str>,
}

/// Topic → retained message, in the order of topics.
#[derive(Clone, Debug, Default)]
pub(super) struct RetainedStore {
    by_topic: BTreeMap<Arc<str>, RetainedMessage>,
    bytes: usize,
    /// Not after the first message expires; `None` if none does.
    pub(super) sweep: Option<Instant>,
}

fn size(message: &Message) -> usize {
    message.topic.len() + message.size()
}

impl RetainedStore {
    pub(super) fn len(&self) -> usize {
        self.by_topic.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn contains(&self, topic: &str) -> bool {
        self.by_topic.contains_key(topic)
    }

    /// Messages and bytes of all other topics.
    pub(super) fn without(&self, topic: &str) -> (usize, usize) {
        match self.by_topic.get(topic) {
            Some(kept) => (self.len() - 1, self.bytes - size(&kept.message)),
            None => (self.len(), self.bytes),
        }
    }

    pub(super) fn get(&self, topic: &str) -> Option<&RetainedMessage> {
        self.by_topic.get(topic)
    }

    pub(super) fn set(&mut self, message: Arc<Message>, qos: QoS, publisher: &str) {
        self.clear(&message.topic);
        self.bytes += size(&message);
        self.sweep = match (self.sweep, message.expires) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let topic = Arc::clone(&message.topic);
        self.by_topic.insert(topic, RetainedMessage { message, qos, publisher: publisher.into() });
    }

    pub(super) fn clear(&mut self, topic: &str) {
        if let Some(gone) = self.by_topic.remove(topic) {
            self.bytes -= size(&gone.message);
        }
    }

    /// Takes out what has expired (5.0 section 3.3.2.3.3); gives the topics.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Arc<str>> {
        let expired = self.iter().filter(|kept| kept.message.is_expired(now));
        let topics: Vec<Arc<str>> = expired.map(|kept| Arc::clone(&kept.message.topic)).collect();
        topics.iter().for_each(|topic| self.clear(topic));
        topics
    }

    /// Looks when the next message expires. Intervals are whole seconds: looking more often than that is not needed,
    /// however many messages there are.
    pub(super) fn plan_sweep(&mut self, now: Instant) {
        let first = self.iter().filter_map(|kept| kept.message.expires).min();
        self.sweep = first.map(|at| at.max(now + Duration::from_secs(1)));
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &RetainedMessage> {
        self.by_topic.values()
    }

    /// Those whose topic matches, in the order of topics; reads no further than the filter's literal beginning
    /// reaches.
    pub(super) fn matching(&self, filter: &str) -> impl Iterator<Item = &RetainedMessage> {
        let literal = topic::first_wildcard(filter).unwrap_or(filter.len());
        // `a/#` takes `a` too.
        let beginning = filter[..literal].strip_suffix('/').unwrap_or(&filter[..literal]);
        let range = (Bound::Included(beginning), Bound::Unbounded);
        self.by_topic
            .range::<str, _>(range)
            .take_while(move |(topic, _)| topic.starts_with(beginning))
            .filter(move |(topic, _)| topic::matches(filter, topic))
            .map(|(_, retained)| retained)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::PropertyBuf;
    use bytes::Bytes;

    fn store(topics: &[&str]) -> RetainedStore {
        let mut store = RetainedStore::default();
        for topic in topics {
            let message = Message::new(*topic, Bytes::from_static(b"xyz"), PropertyBuf::new());
            store.set(Arc::new(message), QoS::AtMostOnce, "c");
        }
        store
    }

    #[test]
    fn matching_agrees_with_matching_one_by_one() {
        let topics = ["", "$SYS/a", "/", "/a", "a", "a/", "a/b", "a/b/c", "a0", "ab", "b/a", "ä/b"];
        let store = store(&topics);
        for filter in
            ["#", "+", "a/#", "a", "a/b", "a/+", "+/b", "a/+/c", "/#", "/+", "$SYS/#", "b/a/#", "x", "ä/+"]
        {
            let found: Vec<_> = store.matching(filter).map(|it| &*it.message.topic).collect();
            let expected: Vec<_> = topics.into_iter().filter(|it| topic::matches(filter, it)).collect();
            assert_eq!(found, expected, "{filter}");
        }
    }

    #[test]
    fn a_topic_has_one_message_at_most() {
        let mut store = store(&["a", "a", "b"]);
        assert_eq!((store.len(), store.contains("a")), (2, true));
        assert_eq!((store.bytes(), store.without("a"), store.without("x")), (8, (1, 4), (2, 8)));
        store.clear("a");
        assert_eq!((store.len(), store.contains("a"), store.bytes()), (1, false, 4));
    }

    #[test]
    fn what_expires_is_swept_at_whole_seconds() {
        let mut store = store(&["a"]);
        for (topic, at) in [("b", 1_000), ("c", 1_500), ("d", 9_000)] {
            let message = Message::new(topic, Bytes::new(), PropertyBuf::new());
            let expires = Some(Instant::from_millis(at));
            store.set(Arc::new(Message { expires, ..message }), QoS::AtMostOnce, "");
        }
        let now = Instant::from_millis(1_000);
        assert_eq!(store.sweep, Some(now));
        assert_eq!(store.expire(now), ["b".into()]);
        assert!(store.expire(now).is_empty());
        store.plan_sweep(now);
        assert_eq!(store.sweep, Some(Instant::from_millis(2_000)));
    }
}
