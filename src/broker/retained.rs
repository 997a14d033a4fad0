//! The retained message of each topic.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::codec::QoS;
use crate::session::Message;
use crate::topic;

/// A message kept for later subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainedMessage {
    /// Topic, payload, properties.
    pub message: Arc<Message>,
    /// The QoS it was published with.
    pub qos: QoS,
}

/// Topic → retained message, in the order of topics.
#[derive(Clone, Debug, Default)]
pub(super) struct RetainedStore {
    by_topic: BTreeMap<Arc<str>, RetainedMessage>,
}

impl RetainedStore {
    pub(super) fn len(&self) -> usize {
        self.by_topic.len()
    }

    pub(super) fn contains(&self, topic: &str) -> bool {
        self.by_topic.contains_key(topic)
    }

    pub(super) fn set(&mut self, message: Arc<Message>, qos: QoS) {
        self.by_topic.insert(Arc::clone(&message.topic), RetainedMessage { message, qos });
    }

    pub(super) fn clear(&mut self, topic: &str) {
        self.by_topic.remove(topic);
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

    fn store(topics: &[&str]) -> RetainedStore {
        let mut store = RetainedStore::default();
        for topic in topics {
            let (topic, payload) = ((*topic).into(), Default::default());
            store.set(Arc::new(Message { topic, payload, properties: PropertyBuf::new() }), QoS::AtMostOnce);
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
        store.clear("a");
        assert_eq!((store.len(), store.contains("a")), (1, false));
    }
}
