//! Why a request cannot be served, and how a server can break the protocol.

use crate::codec::{EncodeError, Fault, PacketId, PacketType, PropertyId, ReasonCode, Version};
use crate::session::{AckMismatch, IncomingFull};

use super::event::CloseReason;

/// Why the client does not do what it was asked; nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// There is no accepted connection.
    #[error("not connected")]
    NotConnected,
    /// CONNECT has been sent on this connection (3.1.1 MQTT-3.1.0-2, 5.0 MQTT-3.1.0-2: it goes out once).
    #[error("connected already")]
    AlreadyConnected,
    /// A server need not, before 5.0 may not, name a client that wants its session kept (3.1.1 MQTT-3.1.3-7);
    /// 3.1 names none at all.
    #[error("an empty client identifier needs a clean session")]
    EmptyClientId,
    /// As many messages wait for acknowledgements as the configuration allows.
    #[error("{limit} messages wait for acknowledgements already")]
    WindowFull {
        /// How many may wait.
        limit: u16,
    },
    /// Too many subscribe and unsubscribe requests are unanswered, or all packet identifiers are in use.
    #[error("too many requests are unanswered")]
    TooManyRequests,
    /// The Packet Identifier that was chosen is in use (3.1.1 MQTT-2.3.1-2, 5.0 MQTT-2.2.1-3).
    #[error("packet id {0} is in use")]
    PacketIdInUse(PacketId),
    /// Outputs wait to be drained.
    #[error("too many packets wait to be sent")]
    OutputFull,
    /// The packet would break a rule of its version: a wildcard in a topic name, no filter, a property out of place.
    #[error("the packet would break {}", .0.statement())]
    Invalid(Fault),
    /// A length does not fit.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The server said in CONNACK that it does not take this: the property names what (5.0 section 3.2.2.3).
    #[error("the server does not support it ({})", .0.name())]
    NotSupported(PropertyId),
    /// The mechanism that would authenticate is missing (5.0).
    #[error("no mechanism to authenticate with")]
    NoMechanism,
    /// A client's DISCONNECT cannot say this (5.0 section 3.14.2.1).
    #[error("a client does not disconnect with code {:#04x}", .0.0)]
    ServersReason(ReasonCode),
    /// CONNECT said that the session ends with the connection; DISCONNECT cannot make it last (5.0 section
    /// 3.14.2.2.2).
    #[error("a session that ends with its connection cannot be kept by DISCONNECT")]
    SessionExpiry,
    /// As many subscriptions are held or asked for as a client keeps.
    #[error("{limit} subscriptions are enough")]
    TooManySubscriptions {
        /// How many may be.
        limit: usize,
    },
    /// Only an acknowledgement of a message can be withheld or mistaken.
    #[error("{0} acknowledges no message")]
    NoAcknowledgement(PacketType),
    /// More bytes than may be sent raw at a time.
    #[error("{len} raw bytes, {} at most", super::misbehave::RAW_LIMIT)]
    RawTooLong {
        /// How many.
        len: usize,
    },
    /// A client's PUBLISH carries no Subscription Identifier (5.0 MQTT-3.3.4-6).
    #[error("a client publishes without subscription identifier")]
    SubscriptionIdentifier,
    /// An alias without a topic name that has not been sent with one on this connection (5.0 MQTT-3.3.2-7).
    #[error("topic alias {alias} stands for no topic yet")]
    UnknownTopicAlias {
        /// The alias.
        alias: u16,
    },
    /// The packet is greater than the server takes (5.0 MQTT-3.2.2-15).
    #[error("a packet of {len} bytes is over the server's limit of {limit}")]
    PacketTooLarge {
        /// Its bytes.
        len: usize,
        /// What the server takes.
        limit: u32,
    },
}

/// What the server did against the protocol; the connection is closed for it (3.1.1 MQTT-4.8.0-1, 5.0 section 4.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A packet that is wrong in itself.
    Packet(Fault),
    /// A packet over the client's limit.
    PacketTooLarge {
        /// The bytes it claims to take.
        len: usize,
        /// What the client takes.
        limit: usize,
        /// The connection's version.
        version: Version,
    },
    /// A packet that only clients send.
    WrongDirection {
        /// What came.
        packet: PacketType,
        /// The connection's version.
        version: Version,
    },
    /// Something else than CONNACK came first.
    NotConnAck {
        /// What came.
        packet: PacketType,
        /// The connection's version.
        version: Version,
    },
    /// CONNACK came again.
    SecondConnAck {
        /// The connection's version.
        version: Version,
    },
    /// CONNACK says that there is a session although the client asked for a new one or has none.
    SessionPresent {
        /// Whether the client asked for a new one.
        clean_start: bool,
        /// The connection's version.
        version: Version,
    },
    /// The acknowledgement of another kind of exchange.
    Ack {
        /// What does not fit.
        mismatch: AckMismatch,
        /// The connection's version.
        version: Version,
    },
    /// SUBACK or (5.0) UNSUBACK with more or fewer codes than the request had filters.
    CodeCount {
        /// SUBACK or UNSUBACK.
        packet: PacketType,
        /// Its identifier.
        packet_id: PacketId,
        /// How many filters were asked for.
        expected: usize,
        /// How many codes came.
        found: usize,
        /// The connection's version.
        version: Version,
    },
    /// More QoS 2 messages than may wait for PUBREL.
    ReceiveMaximum {
        /// How many may wait.
        full: IncomingFull,
        /// The connection's version.
        version: Version,
    },
    /// A Topic Alias above the announced maximum, or one that stands for no topic yet (5.0).
    TopicAlias {
        /// What came.
        alias: u16,
        /// The maximum that the client announced.
        maximum: u16,
    },
    /// AUTH although the client named no method, or one it cannot continue (5.0).
    Auth {
        /// Whether CONNECT named a method.
        method: bool,
    },
    /// AUTH, or the CONNACK of a client that authenticates, without the method of CONNECT (5.0).
    AuthMethod,
    /// The server has not proved to the mechanism that it is the right one (5.0).
    NotProved,
    /// A Session Expiry Interval in the server's DISCONNECT (5.0).
    SessionExpiryFromServer,
}

/// `statement` picks by version; 3.1 has sections only.
const fn by_version(
    version: Version,
    v31: &'static str,
    v311: &'static str,
    v5: &'static str,
) -> &'static str {
    match version {
        Version::V31 => v31,
        Version::V311 => v311,
        Version::V5 => v5,
    }
}

impl Violation {
    /// The statement that is broken, as `version id`, or `version section` where there is no id.
    pub const fn statement(&self) -> &'static str {
        match self {
            Self::Packet(fault) => fault.statement(),
            Self::PacketTooLarge { version, .. } => {
                by_version(*version, "3.1 section 2.1", "3.1.1 MQTT-4.8.0-2", "5.0 MQTT-3.1.2-24")
            }
            Self::WrongDirection { version, .. } => {
                by_version(*version, "3.1 section 2.1", "3.1.1 section 2.2.1", "5.0 section 2.1.2")
            }
            Self::NotConnAck { version, .. } => {
                by_version(*version, "3.1 section 3.2", "3.1.1 MQTT-3.2.0-1", "5.0 MQTT-3.2.0-1")
            }
            Self::SecondConnAck { version } => {
                by_version(*version, "3.1 section 3.2", "3.1.1 section 3.2", "5.0 MQTT-3.2.0-2")
            }
            Self::SessionPresent { clean_start: true, version } => {
                by_version(*version, "3.1 section 3.2", "3.1.1 MQTT-3.2.2-1", "5.0 MQTT-3.2.2-2")
            }
            Self::SessionPresent { version, .. } => {
                by_version(*version, "3.1 section 3.2", "3.1.1 section 3.2.2.2", "5.0 MQTT-3.2.2-4")
            }
            Self::Ack { mismatch: AckMismatch::WrongPacket { found: PacketType::PubRec, .. }, version } => {
                by_version(*version, "3.1 section 4.1", "3.1.1 MQTT-4.3.2-2", "5.0 MQTT-4.3.2-4")
            }
            Self::Ack { version, .. } => {
                by_version(*version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-8")
            }
            Self::CodeCount { packet: PacketType::UnsubAck, version, .. } => {
                by_version(*version, "3.1 section 3.11", "3.1.1 section 3.11", "5.0 MQTT-3.11.3-1")
            }
            Self::CodeCount { version, .. } => {
                by_version(*version, "3.1 section 3.9", "3.1.1 MQTT-3.8.4-5", "5.0 MQTT-3.8.4-6")
            }
            Self::ReceiveMaximum { version, .. } => {
                by_version(*version, "3.1 section 4.1", "3.1.1 MQTT-4.8.0-2", "5.0 MQTT-3.3.4-9")
            }
            Self::TopicAlias { maximum: 0, .. } => "5.0 MQTT-3.1.2-27",
            Self::TopicAlias { alias, maximum } if *alias > *maximum => "5.0 MQTT-3.1.2-26",
            Self::TopicAlias { .. } => "5.0 section 3.3.2.3.4",
            Self::Auth { method: false } => "5.0 MQTT-4.12.0-6",
            Self::Auth { method: true } => "5.0 section 4.12",
            Self::AuthMethod => "5.0 MQTT-4.12.0-5",
            Self::NotProved => "5.0 section 4.12",
            Self::SessionExpiryFromServer => "5.0 MQTT-3.14.2-2",
        }
    }

    /// The reason code of the DISCONNECT with which a 5.0 client answers.
    pub const fn reason_code(&self) -> u8 {
        match self {
            Self::Packet(fault) => fault.reason_code(),
            Self::PacketTooLarge { .. } => 0x95,
            Self::ReceiveMaximum { .. } => 0x93,
            Self::TopicAlias { .. } => 0x94,
            Self::Auth { method: true } => 0x8c,
            Self::NotProved => 0x80,
            _ => 0x82,
        }
    }
}

impl From<Violation> for CloseReason {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}
