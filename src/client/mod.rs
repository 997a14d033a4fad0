//! A sans-IO MQTT client for 3.1, 3.1.1 and 5.0: the same core behind a simulated client and a real socket.
//!
//! Call a method, then drain [`Client::poll_output`] and [`Client::poll_event`] until both are empty, and come back
//! with [`Client::handle_timeout`] at [`Client::poll_timeout`]. Time comes in with each call; the same calls give the
//! same packets. A clone is a snapshot: messages are shared, not copied.
//!
//! Bounds: [`ClientConfig::max_in_flight`] messages wait for acknowledgements, [`PENDING_LIMIT`] subscribe and
//! unsubscribe requests, [`QUEUE_LIMIT`] outputs and events wait to be drained, and [`SUBSCRIPTION_LIMIT`] subscriptions
//! are kept. What one of them cannot take is refused with a [`ClientError`]; a caller that lets received events pile up
//! loses the connection ([`CloseReason::Overrun`]). From the server, [`ClientConfig::max_incoming`] QoS 2 messages, the
//! aliases and the packet size that CONNECT announces; what is more closes the connection. An authentication that
//! does not end, ends with [`ClientConfig::connack_timeout_secs`].

mod adopt;
mod alias;
mod auth;
mod config;
mod decision;
mod disconnect;
mod error;
mod event;
mod limits;
mod misbehave;
mod receive;
mod reconnect;
mod request;
mod retry;
mod scram;
mod state;
mod switches;

pub use auth::{Exchange, Mechanism};
pub use config::{ClientConfig, PublishRequest, WillConfig};
pub use decision::Decision;
pub use error::{ClientError, Violation};
pub use event::{ClientEvent, ClientOutput, CloseReason, ReceivedMessage};
pub use limits::ServerLimits;
pub use misbehave::{HELD_LIMIT, Misbehaviour, RAW_LIMIT, SLIP_LIMIT};
pub use reconnect::Reconnect;
pub use request::{PENDING_LIMIT, SUBSCRIPTION_LIMIT};
pub use scram::Scram;
pub use state::{Client, ClientStatus, QUEUE_LIMIT, Subscription};
