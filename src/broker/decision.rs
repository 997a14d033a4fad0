//! What the broker decides, as evidence: which client, which packet, how many.

use super::output::ConnectionId;
use crate::codec::{Direction, Fault, PacketId, PacketType, QoS, ReasonCode, Version};
use crate::session::Stage;
use crate::time::Instant;

/// Hears every decision of a broker.
///
/// `()` hears nothing and costs nothing; a closure will do for the rest.
pub trait Observer {
    /// `decision` was taken at `now`.
    fn decision(&mut self, now: Instant, decision: &Decision<'_>);

    /// `packet`, whole, came from a connection or goes to it; told in order with the decisions that it leads to, if
    /// [`Observer::hears_packets`].
    fn packet(&mut self, now: Instant, connection: ConnectionId, direction: Direction, packet: &[u8]) {
        let _ = (now, connection, direction, packet);
    }

    /// Whether it listens at all: if not, it is told nothing.
    #[inline]
    fn hears(&self) -> bool {
        true
    }

    /// Whether it is told of packets too.
    #[inline]
    fn hears_packets(&self) -> bool {
        false
    }
}

impl Observer for () {
    fn decision(&mut self, _: Instant, _: &Decision<'_>) {}

    #[inline]
    fn hears(&self) -> bool {
        false
    }
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
    /// DISCONNECT came with a reason other than Normal disconnection.
    Disconnected {
        /// That reason.
        code: ReasonCode,
    },
    /// The broker's owner ended it.
    Evicted {
        /// With this reason.
        code: ReasonCode,
    },
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
    /// More QoS 2 messages of one 5.0 connection wait for PUBREL than its Receive Maximum allows.
    ReceiveMaximum {
        /// The Receive Maximum that was told.
        limit: u16,
    },
    /// A topic alias above the maximum that was told.
    TopicAlias {
        /// The alias.
        alias: u32,
        /// That maximum.
        limit: u16,
    },
    /// A topic alias in place of a topic name that no PUBLISH has given it.
    UnknownTopicAlias {
        /// The alias.
        alias: u32,
    },
    /// A QoS above the greatest one served.
    QosAboveMaximum {
        /// What came.
        found: QoS,
        /// The greatest.
        limit: QoS,
    },
    /// A Subscription Identifier in a client's PUBLISH.
    SubscriptionIdentifier,
    /// A subscription with a wildcard, where they are switched off.
    WildcardSubscription,
    /// A shared subscription, where they are switched off.
    SharedSubscription,
    /// A subscription with an identifier, where they are switched off.
    SubscriptionIdentifierNotAvailable,
    /// A control character in a string, where they are not taken.
    ControlCharacter,
    /// A payload that is not the UTF-8 it is said to be, with QoS 0.
    PayloadFormat,
    /// DISCONNECT sets a Session Expiry Interval where CONNECT had none.
    SessionExpiry,
    /// AUTH, or another packet in its place, that does not belong here.
    Authentication,
    /// Another authentication method than that of CONNECT.
    AuthenticationMethod,
    /// Authentication failed on a connection that was accepted before.
    NotAuthenticated,
    /// Neither AUTH nor DISCONNECT while authentication is under way.
    BeforeConnAck(PacketType),
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
    /// A client identifier that does not begin as asked.
    ClientIdPrefix,
    /// No user name, where one is asked for.
    Anonymous,
    /// User name and password do not fit.
    Credentials,
    /// The client's authentication method is none of ours.
    AuthenticationMethod,
    /// Authentication failed.
    NotAuthenticated,
    /// A will above the greatest QoS served.
    WillQos {
        /// The greatest.
        limit: QoS,
    },
    /// A retained will, where retaining is switched off.
    WillRetain,
    /// A will that its client may not publish.
    WillNotAuthorized,
    /// A will whose payload is not the UTF-8 it is said to be.
    WillPayloadFormat,
    /// A will with more payload bytes than a message may have.
    WillTooLong,
    /// A 5.0 CONNECT that breaks a rule of its form.
    Malformed(Fault),
    /// All clients are sent to another server.
    ServerReference {
        /// For good.
        moved: bool,
    },
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
    /// The packet would be longer than the client takes, or than any packet can be.
    TooLong,
    /// Its Message Expiry Interval has passed.
    Expired,
    /// The client may not read the topic.
    NotAuthorized,
}

/// Why a message is not taken from its publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The client may not write to the topic.
    NotAuthorized,
    /// The payload is not the UTF-8 it is said to be.
    PayloadFormat,
    /// A QoS 2 message has expired before its PUBREL.
    Expired,
    /// The payload is over the limit.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
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
    ClientIdAssigned { client_id: &'a str, version: Version },
    /// The client is told another Keep Alive than it asked for.
    KeepAliveSet { client_id: &'a str, asked_secs: u16, keep_alive_secs: u16 },
    /// The client's authentication goes on: it has to answer.
    AuthContinues { client_id: &'a str, method: &'a str },
    /// The client is authenticated, for the first time or again.
    Authenticated { client_id: &'a str, method: &'a str, again: bool },
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
    /// The session ends, because its client has been away too long.
    SessionExpired { client_id: &'a str, version: Version },

    // ---- wills ----
    /// The will is published.
    WillPublished { client_id: &'a str, version: Version, topic: &'a str },
    /// The will is published later, unless its client comes back.
    WillDelayed { client_id: &'a str, delay_secs: u32 },
    /// The will is thrown away: because DISCONNECT came, or because its client is `back` in time.
    WillDiscarded { client_id: &'a str, version: Version, topic: &'a str, back: bool },

    // ---- subscriptions ----
    /// A filter is subscribed to.
    Subscribed { client_id: &'a str, version: Version, filter: &'a str, granted: QoS, replaced: bool },
    /// A filter is refused.
    SubscriptionRefused { client_id: &'a str, version: Version, filter: &'a str, code: ReasonCode },
    /// A subscription ends, if it `existed`.
    Unsubscribed { client_id: &'a str, version: Version, filter: &'a str, existed: bool },
    /// Retained messages that match a new subscription are sent.
    RetainedSent { client_id: &'a str, version: Version, filter: &'a str, count: usize },

    /// Retained messages are not sent for a new subscription: as its Retain Handling asks, because the filter was
    /// subscribed to before, or `never` (5.0).
    RetainedWithheld { client_id: &'a str, filter: &'a str, never: bool },

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
    RetainedFull { version: Version, topic: &'a str, messages: usize, bytes: usize },
    /// The `$SYS` topics are published.
    SysPublished,
    /// A retained message is gone, because it has expired.
    RetainedExpired { topic: &'a str },
    /// A message is not taken; `code` is answered where there is an answer with a code.
    Rejected { client_id: &'a str, version: Version, topic: &'a str, code: ReasonCode, rejection: Rejection },

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
    /// A message does not go back to its publisher, whose subscription asks for No Local (5.0).
    NoLocal { client_id: &'a str, topic: &'a str },
    /// Several subscriptions of one client match: one copy at the greatest QoS.
    Overlapping { client_id: &'a str, version: Version, matching: usize, qos: QoS },
    /// A shared subscription's turn: of its `members` this one gets the message.
    Chosen { client_id: &'a str, version: Version, members: usize },
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
    /// The client refuses the message: nobody else gets it in its place.
    RefusedByClient { client_id: &'a str, version: Version, packet_id: PacketId, code: ReasonCode },
    /// An acknowledgement came for nothing in flight.
    UnknownAck { client_id: &'a str, version: Version, packet_type: PacketType, packet_id: PacketId },
}

impl Refusal {
    /// The code that the CONNACK carries, in the form of `version`.
    pub(super) const fn code(self, version: Version) -> ReasonCode {
        let (v3, v5) = match self {
            Self::ProtocolLevel { .. } => (1, 0x84), // 3.1.1 MQTT-3.1.2-2, 5.0 MQTT-3.1.2-2
            // 3.1.1 MQTT-3.1.3-8, MQTT-3.1.3-9; 5.0 MQTT-3.1.3-8
            Self::EmptyClientId | Self::LongClientId { .. } | Self::ClientIdPrefix => (2, 0x85),
            Self::TooManySessions { .. } => (3, 0x97),
            Self::Credentials => (4, 0x86),
            Self::Anonymous | Self::NotAuthenticated | Self::WillNotAuthorized => (5, 0x87),
            Self::AuthenticationMethod => (5, 0x8C), // 5.0 MQTT-4.12.0-1
            Self::WillQos { .. } => (3, 0x9B),       // 5.0 MQTT-3.2.2-12
            Self::WillRetain => (3, 0x9A),           // 5.0 MQTT-3.2.2-13
            Self::WillPayloadFormat => (3, 0x99),
            Self::WillTooLong => (3, 0x95),
            Self::Malformed(fault) => (3, fault.reason_code()), // 5.0 MQTT-3.1.4-2
            Self::ServerReference { moved: false } => (3, 0x9C),
            Self::ServerReference { moved: true } => (3, 0x9D),
        };
        ReasonCode(if matches!(version, Version::V5) { v5 } else { v3 })
    }
}

impl Rejection {
    /// The code of the acknowledgement in 5.0.
    pub(super) const fn code(self) -> ReasonCode {
        ReasonCode(match self {
            Self::NotAuthorized => 0x87,
            Self::PayloadFormat => 0x99,
            Self::TooLong { .. } => 0x97,
            Self::Expired => 0, // PUBCOMP has no code for it
        })
    }
}

impl Violation {
    /// The reason that a 5.0 client is told.
    pub(super) const fn code(self) -> ReasonCode {
        ReasonCode(match self {
            Self::TooManyUnreleased { .. } | Self::ReceiveMaximum { .. } => 0x93,
            Self::TopicAlias { .. } => 0x94,
            Self::QosAboveMaximum { .. } => 0x9B,
            Self::RetainNotAvailable => 0x9A,
            Self::WildcardSubscription => 0xA2,
            Self::SharedSubscription => 0x9E,
            Self::SubscriptionIdentifierNotAvailable => 0xA1,
            Self::ControlCharacter => 0x81,
            Self::PayloadFormat => 0x99,
            Self::NotAuthenticated => 0x87,
            Self::FirstPacket { .. }
            | Self::SecondConnect
            | Self::WrongDirection(_)
            | Self::WrongAck { .. }
            | Self::UnknownTopicAlias { .. }
            | Self::SubscriptionIdentifier
            | Self::SessionExpiry
            | Self::Authentication
            | Self::AuthenticationMethod
            | Self::BeforeConnAck(_)
            | Self::ConnectTimeout { .. } => 0x82,
        })
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
            | D::KeepAliveSet { client_id, .. }
            | D::AuthContinues { client_id, .. }
            | D::Authenticated { client_id, .. }
            | D::SessionExpired { client_id, .. }
            | D::WillDelayed { client_id, .. }
            | D::Rejected { client_id, .. }
            | D::Chosen { client_id, .. }
            | D::RefusedByClient { client_id, .. }
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
            | D::RetainedWithheld { client_id, .. }
            | D::NoLocal { client_id, .. }
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
            D::Retained { .. }
            | D::RetainedCleared { .. }
            | D::RetainedFull { .. }
            | D::RetainedExpired { .. }
            | D::SysPublished
            | D::Routed { .. } => None,
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
            | D::Lost { loss: Loss::Faulty, .. }
            | D::SysPublished => false,
            D::SessionKept { in_flight, queued, .. } => *in_flight > 0 || *queued > 0,
            D::Unsubscribed { existed, .. } => !*existed,
            // Queued and Dropped say it for each subscriber.
            D::Routed { subscribers, sent, .. } => *subscribers == 0 || *sent > 0,
            _ => true,
        }
    }
}
