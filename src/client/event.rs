//! What comes out of a client: packets for the transport, events for its owner.

use std::sync::Arc;

use bytes::Bytes;

use super::decision::Decision;
use super::error::Violation;
use crate::codec::{PacketId, PropertyBuf, QoS, ReasonCode};
use crate::session::Message;

/// What the transport has to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientOutput {
    /// Send these bytes: exactly one whole packet, unless [`super::Misbehaviour::Raw`] says otherwise.
    Send(Bytes),
    /// Close the network connection, once everything before it has been sent.
    Close,
}

/// What the owner hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// The server has accepted the connection.
    Connected {
        /// It has kept the session.
        session_present: bool,
        /// Properties of CONNACK, 5.0 only.
        properties: PropertyBuf,
    },
    /// Enhanced authentication has succeeded: both ends are content (5.0).
    Authenticated {
        /// On a connection that was accepted before.
        again: bool,
    },
    /// The owner shall open a transport and call [`super::Client::connect`], or, if it cannot be opened,
    /// [`super::Client::handle_unreachable`].
    ReconnectDue,
    /// The server has refused the connection; it closes.
    Refused {
        /// The return code (3.x) or reason code (5.0).
        code: ReasonCode,
        /// Properties of CONNACK, 5.0 only.
        properties: PropertyBuf,
    },
    /// A message for the application.
    Message(ReceivedMessage),
    /// A QoS 1 or 2 message has been acknowledged to the end; its identifier is free.
    Published {
        /// The identifier it had.
        packet_id: PacketId,
        /// Its topic.
        topic: Arc<str>,
        /// 1 or 2.
        qos: QoS,
        /// Success, or why the server has not taken it (5.0): never what PUBCOMP says, for PUBREC has taken it before.
        reason: ReasonCode,
    },
    /// The server has answered a SUBSCRIBE.
    Subscribed {
        /// The request's identifier.
        packet_id: PacketId,
        /// A code for each filter in the request's order.
        codes: Vec<ReasonCode>,
    },
    /// The server has answered an UNSUBSCRIBE.
    Unsubscribed {
        /// The request's identifier.
        packet_id: PacketId,
        /// A code for each filter in the request's order; empty before 5.0.
        codes: Vec<ReasonCode>,
    },
    /// What the client has decided, for whoever explains it.
    Decision(Decision),
    /// The server has broken the protocol; the connection closes.
    Faulty(Violation),
    /// The connection is over. Comes once for each [`super::Client::connect`] that succeeded.
    Closed(CloseReason),
}

/// A message as it reached the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// Topic, payload and properties.
    pub message: Arc<Message>,
    /// QoS of the hop from the server.
    pub qos: QoS,
    /// The RETAIN flag: kept by the server from before the subscription (5.0: or as published).
    pub retain: bool,
    /// The DUP flag of the copy that was taken.
    pub dup: bool,
    /// Its identifier on the hop from the server, above QoS 0.
    pub packet_id: Option<PacketId>,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The owner asked for it with [`super::Client::disconnect`].
    Requested,
    /// The transport is gone without a word.
    TransportClosed,
    /// The server refused the connection.
    Refused(ReasonCode),
    /// The server sent DISCONNECT (5.0).
    ServerDisconnected(ReasonCode),
    /// No CONNACK in time (3.1.1 section 3.2, 5.0 section 3.2: a reasonable amount of time).
    ConnAckTimeout,
    /// No PINGRESP in time (3.1.1 section 3.1.2.10, 5.0 section 3.1.2.10).
    PingRespTimeout,
    /// The server broke the protocol.
    Violation(Violation),
    /// The owner has not drained its events.
    Overrun,
}
