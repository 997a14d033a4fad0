//! What a live connection shows beside its diagram: the messages that came, by time, by topic and by subscription, and
//! their payloads.

mod inbox;
mod json;
mod messages;
mod payload;
mod timings;
mod topics;

pub use inbox::{Inbox, brings};
pub use messages::{MessageList, Received};
pub use payload::{PayloadView, preview, shown};
pub use timings::{Sample, Series, Span, Timings, histogram, percentile};
pub use topics::{Last, TopicId, TopicRow, Topics};
