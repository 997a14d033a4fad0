//! A real broker: addresses, the browser's WebSocket, and the client core with a capture of what it sends and gets.
//!
//! Only [`Socket`] knows the browser. [`Live`] is handed time and bytes as everything else is, [`Address`] and
//! [`causes`] are text in, text out.

mod address;
mod failure;
mod live;
#[cfg(feature = "ui")]
mod socket;

pub use address::{Address, AddressError};
pub use failure::{Cause, Likelihood, Origin, causes};
pub use live::{Carrier, Errand, LineId, Live, MOST_LINES};
#[cfg(feature = "ui")]
pub use socket::{SUBPROTOCOL, SendError, Socket, SocketError, SocketEvent};
