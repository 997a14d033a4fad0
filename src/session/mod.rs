//! What client and broker share: packet identifiers, messages in flight in both directions, keep alive, the keys
//! of SCRAM-SHA-256.
//!
//! Plain values without a clock and without output: the owner tells them what came and asks them what to send.
//! [`Outgoing`] is the sender's side of QoS 1 and 2, [`Incoming`] the receiver's side of QoS 2; both are session
//! state and outlive a connection.

mod incoming;
mod keep_alive;
mod message;
mod outgoing;
mod packet_ids;
mod scram;

pub use incoming::{Incoming, IncomingFull};
pub use keep_alive::KeepAlive;
pub use message::Message;
pub use outgoing::{AckMismatch, AckProgress, InFlight, Outgoing, Stage, Transmission};
pub use packet_ids::PacketIds;
pub use scram::{ScramKey, ScramKeys, base64, from_base64, hmac_sha_256, same, scram_proof, stored_key};
