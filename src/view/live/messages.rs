//! The newest messages.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::capture::FrameId;
use crate::client::ReceivedMessage;
use crate::time::Instant;

/// A message and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number, from 1.
    pub number: u64,
    /// When it reached the application.
    pub at: Instant,
    /// The packet that brought it, or that released it (QoS 2).
    pub frame: Option<FrameId>,
    /// The message.
    pub message: Arc<ReceivedMessage>,
}

/// The newest messages: at most [`MessageList::MOST`] of at most [`MessageList::MOST_BYTES`] together, older ones
/// are dropped and counted.
#[derive(Clone, Debug, Default)]
pub struct MessageList {
    kept: VecDeque<Received>,
    bytes: usize,
    count: u64,
}

impl MessageList {
    /// How many are kept.
    pub const MOST: usize = 1_000;
    /// Bytes of topics and payloads that are kept, beyond the newest message.
    pub const MOST_BYTES: usize = 4 * 1024 * 1024;

    /// Takes in a message.
    pub fn push(&mut self, at: Instant, frame: Option<FrameId>, message: Arc<ReceivedMessage>) {
        self.count += 1;
        self.bytes += size(&message);
        self.kept.push_back(Received { number: self.count, at, frame, message });
        while self.kept.len() > Self::MOST || self.bytes > Self::MOST_BYTES && self.kept.len() > 1 {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.bytes -= size(&oldest.message);
        }
    }

    /// The kept messages, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Received> + ExactSizeIterator {
        self.kept.iter()
    }

    /// A message by its number, if it is kept.
    pub fn message(&self, number: u64) -> Option<&Received> {
        let first = self.kept.front()?.number;
        self.kept.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// How many came in all.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// How many of them are not kept any more.
    pub fn dropped(&self) -> u64 {
        self.count - self.kept.len() as u64
    }
}

fn size(message: &ReceivedMessage) -> usize {
    message.message.topic.len() + message.message.payload.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{PropertyBuf, QoS};
    use crate::session::Message;

    fn message(len: usize) -> Arc<ReceivedMessage> {
        let message = Message::new("a".to_owned(), vec![0; len].into(), PropertyBuf::new());
        Arc::new(ReceivedMessage {
            message: Arc::new(message),
            qos: QoS::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
        })
    }

    #[test]
    fn the_list_counts_what_it_drops() {
        let mut list = MessageList::default();
        for _ in 0..MessageList::MOST + 5 {
            list.push(Instant::ZERO, None, message(1));
        }
        assert_eq!((list.iter().len(), list.count(), list.dropped()), (1_000, 1_005, 5));
        assert_eq!(list.iter().next().map(|it| it.number), Some(6));
        assert_eq!(list.message(6).map(|it| it.number), Some(6));
        assert_eq!((list.message(5), list.message(1_006)), (None, None));
    }

    #[test]
    fn great_messages_leave_room_for_fewer_but_always_for_the_newest() {
        let mut list = MessageList::default();
        for _ in 0..6 {
            list.push(Instant::ZERO, None, message(1024 * 1024));
        }
        assert_eq!(list.iter().len(), 3);
        list.push(Instant::ZERO, None, message(5 * 1024 * 1024));
        assert_eq!(list.iter().map(|it| it.number).collect::<Vec<_>>(), [7]);
    }
}
