//! What the broker decides, as evidence: which client, which packet, how many.

use crate::codec::{ConnAck, Fault, PacketId, PacketType, QoS, ReasonCode, Version};
use crate::session::Stage;
use crate::time::Instant;

/// Hears every decision of a broker.
///
/// `()` hears nothing and costs nothing; a closure will do for the rest.
pub trait Observer {
    /// `decision` was taken at `now`.
    fn decision(&mut self, now: Instant, decision: &Decision<'_>);
}

impl Observer for () {
    #[inline]
    fn decision(&mut self, _: Instant, _: &Decision<'_>) {}
}

impl<F: FnMut(Instant, &Decision<'_>)> Observer for F {
    #[inline]
    fn decision(&mut self, now: Instant, decision: &Decision<'_>) {
        self(now, decision);
    }
}

/// How a connection ended, if not by DISCONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The transport is gone.
    Closed,
    /// Nothing came for one and a half keep alive intervals.
    KeepAlive {
        /// The interval in seconds.
        keep_alive_secs: u16,
    },
    /// Another connection brought the same client identifier.
    TakenOver,
    /// A packet broke a rule ([`Decision::Malformed`] or [`Decision::Violated`] told which).
    Faulty,
}

/// A rule about the order or fitness of packets that no single packet's bytes can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The first packet is not CONNECT.
    FirstPacket {
        /// The number in its upper four bits.
        nibble: u8,
    },
    /// A second CONNECT.
    SecondConnect,
    /// A packet that only a server sends.
    WrongDirection(PacketType),
    /// An acknowledgement for a message that awaits another one.
    WrongAck {
        /// What came.
        found: PacketType,
        /// Its packet identifier.
        packet_id: PacketId,
        /// What the message waits for.
        awaits: Stage,
    },
    /// More QoS 2 messages wait for PUBREL than the limit allows.
    TooManyUnreleased {
        /// The limit.
        limit: u16,
    },
    /// A retained message, where retaining is switched off.
    RetainNotAvailable,
    /// No CONNECT within the time for it.
    ConnectTimeout {
        /// That time in seconds.
        limit_secs: u16,
    },
}

/// Why CONNECT is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The protocol level is none that is served.
    ProtocolLevel {
        /// As far as protocol name and level tell.
        resembles: Version,
    },
    /// An empty client identifier with Clean Session 0 (3.1: empty at all).
    EmptyClientId,
    /// 3.1: more than 23 characters.
    LongClientId {
        /// Its characters.
        len: usize,
    },
    /// No user name, where one is asked for.
    Anonymous,
    /// There are as many sessions as allowed.
    TooManySessions {
        /// The limit.
        limit: usize,
    },
}

/// Why a message does not reach one subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// QoS 0, and the client is not connected.
    Offline,
    /// The client's queue is full.
    QueueFull {
        /// Messages in it.
        queued: usize,
    },
    /// QoS 0, and the client does not read fast enough.
    Slow,
    /// The packet would be longer than any packet can be.
    TooLong,
}

/// One decision with its evidence. Its `Display` is a short plain sentence whose subject is the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // fields are named after what they hold; `message` is the publisher's packet identifier
pub enum Decision<'a> {
    // ---- connections ----
    /// CONNECT is accepted.
    Accepted {
        client_id: &'a str,
        version: Version,
        clean_start: bool,
        session_present: bool,
        keep_alive_secs: u16,
    },
    /// CONNECT is answered with a refusal.
    Refused { client_id: Option<&'a str>, version: Version, code: ReasonCode, refusal: Refusal },
    /// A client without an identifier gets one.
    ClientIdAssigned { client_id: &'a str },
    /// The packet breaks a rule of its form; its connection ends.
    Malformed { client_id: Option<&'a str>, fault: Fault },
    /// The packet breaks a rule of the exchange; its connection ends.
    Violated { client_id: Option<&'a str>, version: Version, violation: Violation },
    /// DISCONNECT came.
    Disconnected { client_id: &'a str, version: Version },
    /// The connection ended otherwise.
    Lost { client_id: &'a str, version: Version, loss: Loss },

    // ---- sessions ----
    /// A kept session goes on.
    SessionResumed { client_id: &'a str, version: Version, in_flight: usize, queued: usize },
    /// A kept session is thrown away, because its client starts clean.
    SessionDiscarded { client_id: &'a str, version: Version },
    /// The session outlives its connection.
    SessionKept { client_id: &'a str, version: Version, in_flight: usize, queued: usize },
    /// The session ends with its connection.
    SessionEnded { client_id: &'a str, version: Version },

    // ---- wills ----
    /// The will is published.
    WillPublished { client_id: &'a str, version: Version, topic: &'a str },
    /// The will is thrown away, because DISCONNECT came.
    WillDiscarded { client_id: &'a str, version: Version, topic: &'a str },

    // ---- subscriptions ----
    /// A filter is subscribed to.
    Subscribed { client_id: &'a str, version: Version, filter: &'a str, granted: QoS, replaced: bool },
    /// A filter is refused.
    SubscriptionRefused { client_id: &'a str, version: Version, filter: &'a str },
    /// A subscription ends, if it `existed`.
    Unsubscribed { client_id: &'a str, version: Version, filter: &'a str, existed: bool },
    /// Retained messages that match a new subscription are sent.
    RetainedSent { client_id: &'a str, version: Version, filter: &'a str, count: usize },

    // ---- messages in ----
    /// A QoS 2 message is kept until its PUBREL.
    Stored { client_id: &'a str, version: Version, packet_id: PacketId, topic: &'a str },
    /// A QoS 2 message came again before its PUBREL.
    Recognised { client_id: &'a str, version: Version, packet_id: PacketId },
    /// PUBREL came for nothing that is kept.
    NothingToRelease { client_id: &'a str, version: Version, packet_id: PacketId },
    /// A message becomes the retained one of its topic.
    Retained { version: Version, topic: &'a str, replaced: bool },
    /// An empty retained message removes the one of its topic, if it `existed`.
    RetainedCleared { version: Version, topic: &'a str, existed: bool },
    /// There are as many retained messages as allowed: this one is not retained.
    RetainedFull { version: Version, topic: &'a str, limit: usize },

    // ---- messages out ----
    /// A message was handed to its subscribers; `released` if PUBREL did it.
    Routed {
        version: Version,
        topic: &'a str,
        message: Option<PacketId>,
        released: bool,
        subscribers: usize,
        sent: usize,
    },
    /// Several subscriptions of one client match: one copy at the greatest QoS.
    Overlapping { client_id: &'a str, version: Version, matching: usize, qos: QoS },
    /// The subscription's QoS is lower than the message's.
    Lowered { client_id: &'a str, version: Version, published: QoS, granted: QoS },
    /// A message waits for one subscriber.
    Queued { client_id: &'a str, version: Version, message: Option<PacketId>, online: bool, queued: usize },
    /// A message does not reach one subscriber.
    Dropped {
        client_id: &'a str,
        version: Version,
        topic: &'a str,
        message: Option<PacketId>,
        reason: DropReason,
    },
    /// A message that waited is sent.
    Dequeued { client_id: &'a str, version: Version, packet_id: Option<PacketId>, queued: usize },
    /// PUBLISH is sent again on a new connection.
    PublishResent { client_id: &'a str, version: Version, packet_id: PacketId },
    /// PUBREL is sent again on a new connection.
    PubRelResent { client_id: &'a str, version: Version, packet_id: PacketId },
    /// PUBREC came: the message is forgotten, its identifier is not.
    Received { client_id: &'a str, version: Version, packet_id: PacketId, again: bool },
    /// The last acknowledgement came.
    Delivered { client_id: &'a str, version: Version, packet_id: PacketId, qos: QoS },
    /// An acknowledgement came for nothing in flight.
    UnknownAck { client_id: &'a str, version: Version, packet_type: PacketType, packet_id: PacketId },
}

impl Refusal {
    /// The code that the CONNACK carries, in the form of `version`.
    pub(super) const fn connack(self, version: Version) -> ConnAck<'static> {
        let code = match (self, version) {
            (Self::ProtocolLevel { .. }, Version::V5) => 0x84, // 5.0 MQTT-3.1.2-2
            (Self::ProtocolLevel { .. }, _) => 1,              // 3.1.1 MQTT-3.1.2-2
            (Self::EmptyClientId | Self::LongClientId { .. }, _) => 2, // 3.1.1 MQTT-3.1.3-8
            (Self::TooManySessions { .. }, _) => 3,
            (Self::Anonymous, _) => 5,
        };
        // 3.1.1 MQTT-3.2.2-4: no Session Present beside a refusal
        ConnAck {
            session_present: false,
            code: ReasonCode(code),
            properties: crate::codec::Properties::EMPTY,
        }
    }
}

impl Decision<'_> {
    /// The client that it concerns, where there is exactly one.
    pub const fn client_id(&self) -> Option<&str> {
        use Decision as D;
        match self {
            D::Refused { client_id, .. } | D::Malformed { client_id, .. } | D::Violated { client_id, .. } => {
                *client_id
            }
            D::Accepted { client_id, .. }
            | D::ClientIdAssigned { client_id, .. }
            | D::Disconnected { client_id, .. }
            | D::Lost { client_id, .. }
            | D::SessionResumed { client_id, .. }
            | D::SessionDiscarded { client_id, .. }
            | D::SessionKept { client_id, .. }
            | D::SessionEnded { client_id, .. }
            | D::WillPublished { client_id, .. }
            | D::WillDiscarded { client_id, .. }
            | D::Subscribed { client_id, .. }
            | D::SubscriptionRefused { client_id, .. }
            | D::Unsubscribed { client_id, .. }
            | D::RetainedSent { client_id, .. }
            | D::Stored { client_id, .. }
            | D::Recognised { client_id, .. }
            | D::NothingToRelease { client_id, .. }
            | D::Overlapping { client_id, .. }
            | D::Lowered { client_id, .. }
            | D::Queued { client_id, .. }
            | D::Dropped { client_id, .. }
            | D::Dequeued { client_id, .. }
            | D::PublishResent { client_id, .. }
            | D::PubRelResent { client_id, .. }
            | D::Received { client_id, .. }
            | D::Delivered { client_id, .. }
            | D::UnknownAck { client_id, .. } => Some(client_id),
            D::Retained { .. } | D::RetainedCleared { .. } | D::RetainedFull { .. } | D::Routed { .. } => {
                None
            }
        }
    }

    /// Whether it says more than the packets around it do: worth a note beside them. The others are for a log.
    pub const fn is_notable(&self) -> bool {
        use Decision as D;
        match self {
            D::Accepted { .. }
            | D::SessionEnded { .. }
            | D::Subscribed { .. }
            | D::Lowered { .. }
            | D::Dequeued { .. }
            | D::PublishResent { .. }
            | D::PubRelResent { .. }
            | D::Disconnected { .. }
            // The decision before it told why.
            | D::Lost { loss: Loss::Faulty, .. } => false,
            D::SessionKept { in_flight, queued, .. } => *in_flight > 0 || *queued > 0,
            D::Unsubscribed { existed, .. } => !*existed,
            // Queued and Dropped say it for each subscriber.
            D::Routed { subscribers, sent, .. } => *subscribers == 0 || *sent > 0,
            _ => true,
        }
    }
}
