//! What a live connection shows beside its diagram: the messages that came, by time and by topic.

mod messages;

pub use messages::{MessageList, Received};
