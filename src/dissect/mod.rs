//! A frame in words: its field tree with names, values and meanings, the rules behind each field, one plain
//! sentence about the whole, and a diagnosis of every broken rule.
//!
//! [`dissect`] reads one packet, [`dissect_stream`] bytes that may hold many and says by which version and why,
//! [`Conversation`] a connection's packets in both directions, each with what those before it have settled.
//! The bytes are read by [`crate::codec::annotate`] and nothing else; here they only get words. [`JsonReports`]
//! tells the same as JSON, for programs, [`parse_hex`] reads what people paste.

mod conversation;
mod details;
mod diagnosis;
mod hex;
mod json;
mod meaning;
mod name;
mod node;
mod property;
mod repair;
mod rules;
mod sentence;
mod stream;
mod text;
mod unusual;
mod value;

pub use conversation::{Conversation, ConversationPacket, Heard};
pub use details::qos_words;
pub use diagnosis::{Diagnosis, diagnose, is_length_prefix};
pub use hex::{HexError, HexErrorKind, append_hex, locate_hex, parse_hex};
pub use node::{ByteGroup, Dissection, MOST_ENTRIES, Node, dissect};
pub use repair::{
    Cause, Fix, MOST_REPAIRED, Repair, Search, beginning, insert_property, longer, repairs, replace,
};
pub use sentence::sentence;
pub use stream::{
    DissectedStream, JsonReports, Listener, StreamPacket, dissect_heard, dissect_stream, stream_version,
};
pub use text::readable;
pub use value::Value;
