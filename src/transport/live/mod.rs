//! Client cores on real connections, in one record.
//!
//! A [`Live`] holds a capture and up to [`MOST_LINES`] lines, each with a client core of its own. All lines write the same
//! record, so that what several clients say to one broker, or one client to several, stands in one diagram. Whoever
//! drives a line calls a method, drains [`Live::poll_errand`] and [`Live::poll_event`], and comes back at
//! [`Live::poll_timeout`].

mod line;
mod losses;
mod record;
mod sending;
#[cfg(test)]
mod tests;

pub use record::{Carrier, LineId, Live, MOST_LINES};
pub use sending::Errand;
