//! What a live connection shows beside its diagram: the messages that came, by time, by topic and by subscription.

mod inbox;
mod messages;
mod pace;
mod preview;
mod timings;
mod topics;

pub use inbox::{Inbox, brings};
pub use messages::{MessageList, Received};
pub use pace::Pace;
pub use preview::preview;
pub use timings::{Sample, Series, Span, Timings, histogram, percentile};
pub use topics::{Last, TopicId, TopicRow, Topics};
