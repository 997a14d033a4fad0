//! All that came on one connection.

use std::sync::Arc;

use super::messages::MessageList;
use super::topics::Topics;
use crate::capture::FrameId;
use crate::client::{Client, ReceivedMessage};
use crate::time::Instant;
use crate::topic::matches;

/// With more subscriptions than this, messages are not counted for each.
const COUNTED: usize = 64;

/// Messages by time, by topic and by subscription.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// The newest ones.
    pub messages: MessageList,
    /// The newest one of each topic.
    pub topics: Topics,
    /// How many a filter's subscription has brought; one message may match several.
    filters: Vec<(Box<str>, u64)>,
}

impl Inbox {
    /// Takes in a message that `client` got.
    pub fn push(
        &mut self,
        at: Instant,
        frame: Option<FrameId>,
        message: Arc<ReceivedMessage>,
        client: &Client,
    ) {
        if client.subscriptions().len() <= COUNTED {
            for (filter, _) in client.subscriptions() {
                if brings(filter, &message.message.topic) {
                    self.count(filter);
                }
            }
        }
        self.messages.push(at, frame, message);
        if let Some(newest) = self.messages.iter().next_back() {
            self.topics.push(newest);
        }
    }

    fn count(&mut self, filter: &str) {
        if let Some((_, count)) = self.filters.iter_mut().find(|(it, _)| **it == *filter) {
            *count += 1;
            return;
        }
        if self.filters.len() == COUNTED {
            // One that is not subscribed to any more makes room.
            self.filters.remove(0);
        }
        self.filters.push((filter.into(), 1));
    }

    /// How many messages matched a filter; `None` where they are too many to be counted.
    pub fn matched(&self, filter: &str, subscriptions: usize) -> Option<u64> {
        let found = || self.filters.iter().find(|(it, _)| **it == *filter).map_or(0, |(_, count)| *count);
        (subscriptions <= COUNTED).then(found)
    }
}

/// Whether a subscription brings messages of a topic: of a shared one, the filter behind its group.
pub fn brings(filter: &str, topic: &str) -> bool {
    let shared = filter.strip_prefix("$share/").and_then(|rest| rest.split_once('/'));
    matches(shared.map_or(filter, |(_, filter)| filter), topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_subscription_brings_what_its_filter_matches() {
        for (filter, topic, it_does) in [
            ("a/#", "a/b", true),
            ("a/+", "a/b/c", false),
            ("$share/group/a/#", "a/b", true),
            ("$share/group/a/#", "b", false),
            ("$SYS/#", "$SYS/x", true),
            ("#", "$SYS/x", false),
        ] {
            assert_eq!(brings(filter, topic), it_does, "{filter} {topic}");
        }
    }
}
