//! A whole MQTT server without input and output: bytes and time go in, bytes and closings come out.
//!
//! The owner tells [`Broker`] what happens to its connections (`handle_*`, each with the present time) and then
//! polls until there is nothing left: [`Broker::poll_output`] for packets, [`Broker::poll_timeout`] for the moment
//! at which it wants to be called again. The same calls give the same bytes. An [`Observer`] hears every
//! [`Decision`] with its evidence and its statement. A clone is a snapshot.
//!
//! Serves 3.1, 3.1.1 and 5.0 together. What a receiver's version cannot say is left out: properties towards 3.x,
//! reason codes in 3.x acknowledgements.
//!
//! Settled where the standard leaves it open: a QoS 2 message is stored at PUBLISH and handed on at PUBREL; an
//! acknowledgement goes out before the deliveries that it stands for; SUBACK goes out before retained messages; a
//! client whose subscriptions overlap gets one copy with all their identifiers; deliveries go to subscribers in the
//! order of their sessions' numbers, shared subscriptions last; an alias towards a client stays with its topic; a
//! Subscription Identifier from a client closes its connection; control characters are accepted unless a switch
//! says otherwise; `$share/…` is a shared subscription for 5.0 clients only.

mod access;
mod adopt;
mod auth;
mod call;
mod conf;
mod conf_files;
mod conf_text;
mod config;
mod connack;
mod connect;
mod connection;
mod counters;
mod decision;
mod ending;
mod link;
mod log;
mod output;
mod packets;
mod paged;
mod password;
mod publication;
mod publish;
mod restart;
mod retained;
mod route;
mod scram;
mod session;
mod sessions;
mod shared;
mod state;
mod statement;
mod subscribe;
mod subscriptions;
mod switches;
mod sys;
mod text;
mod text_check;

pub use access::{Access, AccessList, AccessRule, AccessWho, HashCheck, Secret, User};
pub use auth::{Exchange, Mechanism, Progress};
pub use conf::{Conf, ConfError, ConfFault, ConfFiles, IgnoredDirective};
pub use conf_text::DIRECTIVES;
pub use config::{BrokerConfig, QueueOverflow};
pub use decision::{Decision, DropReason, Loss, Observer, Refusal, Rejection, Violation};
pub use log::VerboseLog;
pub use output::{BrokerOutput, ConnectionId};
pub use retained::RetainedMessage;
pub use scram::Scram;
pub use session::{Queued, Session, Stored, Will};
pub use state::Broker;
pub use subscriptions::Subscription;
