//! The statement behind each decision.

use super::decision::{Decision, DropReason, Loss, Refusal, Rejection, Violation};
use crate::codec::{PacketType, QoS, Version};

type Reference = Option<&'static str>;

/// Picks by version: 3.1, 3.1.1, 5.0. An empty one is none.
const fn by(version: Version, v31: &'static str, v311: &'static str, v5: &'static str) -> Reference {
    let reference = match version {
        Version::V31 => v31,
        Version::V311 => v311,
        Version::V5 => v5,
    };
    if reference.is_empty() { None } else { Some(reference) }
}

impl Decision<'_> {
    /// The statement that asks for it, as `version id` (`3.1.1 MQTT-4.3.3-2`), or `version section` where the
    /// standard gives no id; `None` where the standard leaves it to the server.
    pub const fn statement(&self) -> Option<&'static str> {
        use Decision as D;
        match *self {
            D::Malformed { fault, .. } => Some(fault.statement()),
            D::Violated { version, violation, .. } => violation.statement(version),
            D::Refused { version, refusal, .. } => refusal.statement(version),
            D::Lost { version, loss, .. } => loss.statement(version),
            D::Dropped { reason, version, .. } => reason.statement(version),
            D::Accepted { version, .. } => {
                by(version, "3.1 section 3.2", "3.1.1 MQTT-3.1.4-4", "5.0 MQTT-3.1.4-5")
            }
            D::Rejected { version, rejection, .. } => rejection.statement(version),
            D::ClientIdAssigned { version, .. } => by(version, "", "3.1.1 MQTT-3.1.3-6", "5.0 MQTT-3.1.3-6"),
            D::KeepAliveSet { .. } => Some("5.0 MQTT-3.1.2-21"),
            D::AuthContinues { .. } => Some("5.0 MQTT-4.12.0-2"),
            D::Authenticated { again: false, .. } => Some("5.0 section 4.12"),
            D::Authenticated { .. } => Some("5.0 section 4.12.1"),
            D::Disconnected { version, .. } => {
                by(version, "3.1 section 3.14", "3.1.1 MQTT-3.14.4-3", "5.0 MQTT-3.14.4-3")
            }
            D::WillDelayed { .. } => Some("5.0 section 3.1.3.2.2"),
            D::WillDiscarded { back: true, .. } => Some("5.0 MQTT-3.1.3-9"),
            D::WillDiscarded { version, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.14.4-3", "5.0 MQTT-3.14.4-3")
            }
            D::WillPublished { version, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-8", "5.0 MQTT-3.1.2-8")
            }
            _ => self.statement_of_session(),
        }
    }

    const fn statement_of_session(&self) -> Reference {
        use Decision as D;
        match *self {
            D::SessionResumed { version, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-4", "5.0 MQTT-3.1.2-5")
            }
            D::SessionDiscarded { version, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-6", "5.0 MQTT-3.1.2-4")
            }
            D::SessionKept { version, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-4", "5.0 MQTT-3.1.2-23")
            }
            D::SessionEnded { version, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-6", "5.0 MQTT-4.1.0-2")
            }
            D::SessionExpired { version, .. } => by(version, "", "", "5.0 MQTT-3.1.2-23"),
            D::RetainedExpired { .. } => Some("5.0 section 3.3.2.3.3"),
            D::Subscribed { version, replaced: true, .. } => {
                by(version, "3.1 section 3.8", "3.1.1 MQTT-3.8.4-3", "5.0 MQTT-3.8.4-3")
            }
            D::Subscribed { version, .. } => {
                by(version, "3.1 section 3.9", "3.1.1 MQTT-3.8.4-5", "5.0 MQTT-3.8.4-7")
            }
            D::SubscriptionRefused { version, .. } => {
                by(version, "", "3.1.1 MQTT-3.8.4-5", "5.0 MQTT-3.8.4-7")
            }
            D::Unsubscribed { version, existed: true, .. } => {
                by(version, "3.1 section 3.10", "3.1.1 MQTT-3.10.4-1", "5.0 MQTT-3.10.4-1")
            }
            D::Unsubscribed { version, .. } => {
                by(version, "3.1 section 3.10", "3.1.1 MQTT-3.10.4-5", "5.0 MQTT-3.10.4-5")
            }
            D::RetainedWithheld { never: false, .. } => Some("5.0 MQTT-3.3.1-10"),
            D::RetainedWithheld { .. } => Some("5.0 MQTT-3.3.1-11"),
            D::NoLocal { .. } => Some("5.0 MQTT-3.8.3-3"),
            D::RetainedSent { version, .. } => {
                by(version, "3.1 section 3.3", "3.1.1 MQTT-3.3.1-6", "5.0 MQTT-3.3.1-9")
            }
            D::Retained { version, .. } => {
                by(version, "3.1 section 3.3", "3.1.1 MQTT-3.3.1-5", "5.0 MQTT-3.3.1-5")
            }
            D::RetainedCleared { version, .. } => by(version, "", "3.1.1 MQTT-3.3.1-10", "5.0 MQTT-3.3.1-6"),
            _ => self.statement_of_delivery(),
        }
    }

    const fn statement_of_delivery(&self) -> Reference {
        use Decision as D;
        match *self {
            D::Stored { version, .. } | D::NothingToRelease { version, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-8")
            }
            D::Recognised { version, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-10")
            }
            D::Routed { version, released: true, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-11")
            }
            D::Routed { version, .. } => {
                by(version, "3.1 section 3.3", "3.1.1 MQTT-4.5.0-1", "5.0 MQTT-4.5.0-1")
            }
            D::Overlapping { version, .. } => {
                by(version, "3.1 section 3.8", "3.1.1 MQTT-3.3.5-1", "5.0 MQTT-3.3.4-2")
            }
            D::Chosen { .. } => Some("5.0 section 4.8.2"),
            D::RefusedByClient { .. } => Some("5.0 MQTT-4.8.2-6"),
            D::Lowered { version, .. } => {
                by(version, "3.1 section 3.8", "3.1.1 MQTT-3.8.4-6", "5.0 MQTT-3.8.4-8")
            }
            D::Queued { version, online: false, .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-5", "5.0 MQTT-4.5.0-1")
            }
            D::Queued { version, .. } => by(version, "", "", "5.0 MQTT-3.3.4-9"),
            D::PublishResent { version, .. } | D::PubRelResent { version, .. } => {
                by(version, "3.1 section 4.2", "3.1.1 MQTT-4.4.0-1", "5.0 MQTT-4.4.0-1")
            }
            D::Received { version, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-1", "5.0 MQTT-4.3.3-4")
            }
            D::Delivered { version, qos: QoS::ExactlyOnce, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-1", "5.0 MQTT-4.3.3-5")
            }
            D::Delivered { version, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.2-1", "5.0 MQTT-4.3.2-3")
            }
            D::UnknownAck { version, packet_type: PacketType::PubRec, .. } => {
                by(version, "3.1 section 4.1", "3.1.1 MQTT-4.3.3-1", "5.0 section 3.6.2.1")
            }
            // Dequeued, RetainedFull, UnknownAck: the server's own affair.
            _ => None,
        }
    }
}

impl Violation {
    /// The statement that it breaks.
    pub const fn statement(self, version: Version) -> Option<&'static str> {
        match self {
            Self::FirstPacket { .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.0-1", "5.0 MQTT-3.1.0-1")
            }
            Self::SecondConnect => by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.0-2", "5.0 MQTT-3.1.0-2"),
            Self::WrongDirection(_) => {
                by(version, "3.1 section 2.1", "3.1.1 section 2.2.1", "5.0 section 2.1.2")
            }
            Self::WrongAck { .. } => by(version, "3.1 section 4.1", "3.1.1 MQTT-3.3.4-1", "5.0 MQTT-3.3.4-1"),
            Self::TooManyUnreleased { .. } => by(version, "", "3.1.1 MQTT-4.8.0-2", "5.0 MQTT-3.3.4-7"),
            Self::RetainNotAvailable => by(version, "", "3.1.1 MQTT-4.8.0-1", "5.0 MQTT-3.2.2-14"),
            Self::ReceiveMaximum { .. } => Some("5.0 MQTT-3.3.4-7"),
            Self::TopicAlias { .. } => Some("5.0 MQTT-3.3.2-9"),
            Self::UnknownTopicAlias { .. } => Some("5.0 section 3.3.2.3.4"),
            Self::QosAboveMaximum { .. } => by(version, "", "", "5.0 MQTT-3.2.2-11"),
            Self::SubscriptionIdentifier => Some("5.0 MQTT-3.3.4-6"),
            Self::WildcardSubscription => Some("5.0 section 3.2.2.3.11"),
            Self::SubscriptionIdentifierNotAvailable => Some("5.0 section 3.2.2.3.12"),
            Self::SharedSubscription => Some("5.0 section 3.2.2.3.13"),
            Self::ControlCharacter => {
                by(version, "3.1 section 2.5", "3.1.1 section 1.5.3", "5.0 section 1.5.4")
            }
            Self::PayloadFormat => Some("5.0 section 3.3.2.3.2"),
            Self::SessionExpiry => Some("5.0 section 3.14.2.2.2"),
            Self::Authentication => Some("5.0 MQTT-4.12.0-3"),
            Self::AuthenticationMethod => Some("5.0 MQTT-4.12.0-5"),
            Self::NotAuthenticated => Some("5.0 MQTT-4.12.1-2"),
            Self::BeforeConnAck(_) => Some("5.0 MQTT-3.1.2-30"),
            Self::ConnectTimeout { .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.4-1", "5.0 section 3.1.4")
            }
        }
    }
}

impl Refusal {
    const fn statement(self, version: Version) -> Reference {
        match self {
            Self::ProtocolLevel { .. } => {
                by(version, "3.1 section 3.2", "3.1.1 MQTT-3.1.2-2", "5.0 MQTT-3.1.2-2")
            }
            Self::EmptyClientId => by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.3-8", "5.0 MQTT-3.1.3-8"),
            Self::LongClientId { .. } => by(version, "3.1 section 3.1", "", ""),
            Self::ClientIdPrefix => by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.3-9", "5.0 MQTT-3.1.3-8"),
            Self::AuthenticationMethod => Some("5.0 MQTT-4.12.0-1"),
            Self::NotAuthenticated => Some("5.0 MQTT-4.12.0-4"),
            Self::WillQos { .. } => by(version, "", "3.1.1 MQTT-3.2.2-5", "5.0 MQTT-3.2.2-12"),
            Self::WillRetain => by(version, "", "3.1.1 MQTT-3.2.2-5", "5.0 MQTT-3.2.2-13"),
            Self::Malformed(fault) => Some(fault.statement()),
            Self::Anonymous
            | Self::Credentials
            | Self::TooManySessions { .. }
            | Self::WillNotAuthorized
            | Self::WillPayloadFormat
            | Self::WillTooLong
            | Self::ServerReference { .. } => {
                by(version, "3.1 section 3.2", "3.1.1 MQTT-3.2.2-5", "5.0 MQTT-3.1.4-2")
            }
        }
    }
}

impl Rejection {
    const fn statement(self, version: Version) -> Reference {
        match self {
            Self::NotAuthorized => by(version, "", "3.1.1 MQTT-3.3.5-2", "5.0 section 3.4.2.1"),
            Self::PayloadFormat => Some("5.0 section 3.3.2.3.2"),
            Self::Expired => Some("5.0 MQTT-3.3.2-5"),
            Self::TooLong { .. } => None,
        }
    }
}

impl Loss {
    const fn statement(self, version: Version) -> Reference {
        match self {
            Self::KeepAlive { .. } => {
                by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.2-24", "5.0 MQTT-3.1.2-22")
            }
            Self::TakenOver => by(version, "3.1 section 3.1", "3.1.1 MQTT-3.1.4-2", "5.0 MQTT-3.1.4-3"),
            Self::Faulty => by(version, "", "3.1.1 MQTT-4.8.0-1", "5.0 MQTT-4.13.1-1"),
            Self::Disconnected { .. } => Some("5.0 MQTT-3.1.2-8"),
            Self::Closed | Self::Evicted { .. } => None,
        }
    }
}

impl DropReason {
    const fn statement(self, version: Version) -> Reference {
        match self {
            // QoS 0: at most once.
            Self::Offline | Self::Slow => {
                by(version, "3.1 section 4.1", "3.1.1 section 4.3.1", "5.0 section 4.3.1")
            }
            Self::TooLong => by(version, "", "", "5.0 MQTT-3.1.2-25"),
            Self::Expired => by(version, "", "", "5.0 MQTT-3.3.2-5"),
            Self::QueueFull { .. } | Self::NotAuthorized => None,
        }
    }
}
