//! The sequence diagram as rows: packets with their notes, idle time, cut links.
//!
//! A [`Plan`] grows with its capture and knows where each row stands without drawing any; [`Plan::row`] works out
//! one row as it looked at one step. A page draws the rows that are in sight and nothing else.

mod again;
mod groups;
mod lanes;
mod note;
mod plan;
mod row;
#[cfg(test)]
mod tests;

pub use again::sent_again;
pub use groups::{Group, talking};
pub use lanes::{FEW, LaneChoice, LaneWishes, Lanes, SLIM_GAP};
pub use note::{NoteView, Piece, Side};
pub use plan::{Metrics, NoteChoice, Plan, PlanOptions};
pub use row::{Acked, Arrow, Body, Bracket, Look, Passage, RowView, packet_words};
