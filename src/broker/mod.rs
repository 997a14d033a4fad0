//! A whole MQTT server without input and output: bytes and time go in, bytes and closings come out.
//!
//! The owner tells [`Broker`] what happens to its connections (`handle_*`, each with the present time) and then
//! polls until there is nothing left: [`Broker::poll_output`] for packets, [`Broker::poll_timeout`] for the moment
//! at which it wants to be called again. The same calls give the same bytes. An [`Observer`] hears every
//! [`Decision`] with its evidence and its statement.
//!
//! Serves 3.1 and 3.1.1; a 5.0 CONNECT is answered with CONNACK 0x84, Unsupported Protocol Version.
//!
//! Settled where the standard leaves it open: a QoS 2 message is stored at PUBLISH and handed on at PUBREL; an
//! acknowledgement goes out before the deliveries that it stands for; SUBACK goes out before retained messages; a
//! client whose subscriptions overlap gets one copy; deliveries go to subscribers in the order of their sessions'
//! numbers.

mod config;
mod connect;
mod connection;
mod decision;
mod ending;
mod output;
mod packets;
mod publication;
mod retained;
mod route;
mod session;
mod sessions;
mod state;
mod statement;
mod subscribe;
mod text;

pub use config::BrokerConfig;
pub use decision::{Decision, DropReason, Loss, Observer, Refusal, Violation};
pub use output::{BrokerOutput, ConnectionId};
pub use retained::RetainedMessage;
pub use session::{Queued, Session, Stored, Will};
pub use state::Broker;
