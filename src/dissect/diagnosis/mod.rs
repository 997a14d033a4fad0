//! What is wrong with a packet, in words: what is there, what was expected, where exactly.

mod agreed;
mod case;
mod content;
mod fields;
mod header;
mod turn;

pub use case::{Diagnosis, diagnose, is_length_prefix};
pub(super) use case::{Place, of};
