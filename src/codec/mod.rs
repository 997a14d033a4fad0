//! Bytes to packets and back, for MQTT 3.1, 3.1.1 and 5.0: the only decoder of the project.
//!
//! [`decode`] reads strictly and allocates nothing: a [`Packet`] borrows from its bytes, lists and properties stay
//! in their wire form and are read as they are iterated. [`annotate`] is the same code with a recorder that keeps
//! where every field stands ([`Spans`]) and reads on behind a broken rule; its first fault is always the one that
//! [`decode`] stops at. [`decode_in`], [`decode_first_in`] and [`annotate_in`] also hold a packet against who sends
//! it and what the connection's ends have agreed on ([`Context`]). [`Rows`] hands the spans of many packets over to
//! JavaScript. [`Packet::encode`] writes. [`measure`] and [`Framer`] cut a stream into packets.

mod ack;
mod connack;
mod connect;
mod context;
mod disconnect;
mod error;
mod fault;
mod field;
mod frame;
mod packet;
mod property;
mod publish;
mod reader;
mod reason;
mod record;
mod rows;
mod suback;
mod subscribe;
mod text;
mod types;
mod write;

pub use ack::Ack;
pub use connack::ConnAck;
pub use connect::{Connect, Will};
pub use context::Context;
pub use disconnect::Reason;
pub use error::EncodeError;
#[doc(hidden)]
pub use fault::switched_off;
pub use fault::{Fault, FaultKind};
pub use field::Field;
pub use frame::{Frame, FrameError, Framer, Whole, measure};
pub use packet::{
    Annotated, Packet, annotate, annotate_in, decode, decode_first, decode_first_in, decode_in,
};
pub use property::{
    Properties, Property, PropertyBuf, PropertyHost, PropertyId, PropertyIter, PropertyKind, PropertyValue,
};
pub use publish::Publish;
pub use reason::ReasonCode;
pub use record::{Span, Spans};
pub use rows::{PACKET_ROW, ROW_WORDS, Rows};
pub use suback::SubAck;
pub use subscribe::{
    RetainHandling, Subscribe, SubscriptionOptions, Subscriptions, SubscriptionsBuf, TopicFilters,
    TopicFiltersBuf, Unsubscribe,
};
pub use types::{Direction, PacketId, PacketType, QoS, Version};
