//! Topic names and topic filters: what they may look like, and which name matches which filter.
//!
//! Names and filters are compared byte by byte: no normalisation, no case folding
//! (3.1.1 MQTT-4.7.3-4, 5.0 MQTT-4.7.3-4).

mod filter;
mod tree;

pub use filter::{FilterFault, check_filter, first_wildcard, matches, share_name};
pub use tree::{MatchScratch, SubscriberId, SubscriptionTree};
