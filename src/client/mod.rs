//! A sans-IO MQTT client for 3.1, 3.1.1 and 5.0: the same core behind a simulated client and a real socket.
//!
//! Call a method, then drain [`Client::poll_output`] and [`Client::poll_event`] until both are empty, and come back
//! with [`Client::handle_timeout`] at [`Client::poll_timeout`]. Time comes in with each call; the same calls give the
//! same packets. A clone is a snapshot: messages are shared, not copied.
//!
//! Bounds: [`ClientConfig::max_in_flight`] messages wait for acknowledgements, [`PENDING_LIMIT`] subscribe and
//! unsubscribe requests, [`QUEUE_LIMIT`] outputs and events wait to be drained. What one of them cannot take is
//! refused with a [`ClientError`]; a caller that lets received events pile up loses the connection
//! ([`CloseReason::Overrun`]).

mod config;
mod decision;
mod error;
mod event;
mod limits;
mod receive;
mod request;
mod state;

pub use config::{ClientConfig, PublishRequest, WillConfig};
pub use decision::Decision;
pub use error::{ClientError, Violation};
pub use event::{ClientEvent, ClientOutput, CloseReason, ReceivedMessage};
pub use limits::ServerLimits;
pub use request::PENDING_LIMIT;
pub use state::{Client, ClientStatus, QUEUE_LIMIT, Subscription};
