//! Decisions in short plain sentences. Their subject, the broker, is left out: they stand on its lifeline.

use core::fmt;

use super::decision::{Decision, DropReason, Loss, Refusal, Rejection, Violation};
use crate::codec::{PacketId, ReasonCode};

/// `message 7`, or `message` where it came without an identifier.
struct Message(Option<PacketId>);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(id) => write!(f, "message {id}"),
            None => f.write_str("message"),
        }
    }
}

/// `1 subscriber`, `2 subscribers`.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// The client's identifier where it has one.
struct Who<'a>(Option<&'a str>);

impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.filter(|it| !it.is_empty()).unwrap_or("the client"))
    }
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Decision as D;
        match *self {
            D::Accepted { client_id, version, clean_start, keep_alive_secs, .. } => {
                let session = if clean_start { "clean session" } else { "kept session" };
                write!(f, "accepts {client_id}: MQTT {version}, {session}, keep alive {keep_alive_secs} s")
            }
            D::Refused { client_id, code, refusal, .. } => {
                write!(f, "refuses {} with code {:#04x}: {refusal}", Who(client_id), code.0)
            }
            D::KeepAliveSet { client_id, asked_secs, keep_alive_secs } => {
                write!(
                    f,
                    "sets the keep alive of {client_id} to {keep_alive_secs} s in place of {asked_secs} s"
                )
            }
            D::AuthContinues { client_id, method } => {
                write!(f, "asks {} for the next step of {method}", Who(Some(client_id)))
            }
            D::Authenticated { client_id, method, again } => {
                let again = if again { " again" } else { "" };
                write!(f, "{} is authenticated{again} by {method}", Who(Some(client_id)))
            }
            D::ClientIdAssigned { client_id, .. } => write!(f, "names the client {client_id}"),
            D::Malformed { client_id, fault } => match fault.packet {
                Some(packet) => write!(f, "{packet} from {} is malformed: closes", Who(client_id)),
                None => write!(f, "packet from {} is malformed: closes", Who(client_id)),
            },
            D::Violated { client_id, violation, .. } => {
                write!(f, "{violation} from {}: closes", Who(client_id))
            }
            D::Disconnected { client_id, .. } => write!(f, "{client_id} disconnects"),
            D::Lost { client_id, loss, .. } => match loss {
                Loss::Closed => write!(f, "{client_id} is gone without DISCONNECT"),
                Loss::KeepAlive { keep_alive_secs } => {
                    write!(f, "nothing from {client_id} for 1.5 × {keep_alive_secs} s: closes")
                }
                Loss::TakenOver => write!(f, "new connection of {client_id}: closes the old one"),
                Loss::Faulty => write!(f, "closes the connection of {client_id}"),
                Loss::Disconnected { code: ReasonCode(4) } => {
                    write!(f, "{client_id} disconnects and wants its will published")
                }
                Loss::Disconnected { code } => {
                    write!(f, "{client_id} disconnects with reason {:#04x}: its will counts", code.0)
                }
                Loss::Evicted { code } => {
                    write!(f, "ends the connection of {client_id} with reason {:#04x}", code.0)
                }
            },
            D::WillPublished { client_id, topic, .. } => {
                write!(f, "publishes the will of {client_id} on {topic}")
            }
            D::WillDelayed { client_id, delay_secs } => {
                write!(f, "keeps the will of {client_id} for {delay_secs} s: it may come back")
            }
            D::WillDiscarded { client_id, back: true, .. } => {
                write!(f, "{client_id} is back in time: discards its will")
            }
            D::WillDiscarded { client_id, .. } => write!(f, "discards the will of {client_id}"),
            _ => self.fmt_session(f),
        }
    }
}

impl Decision<'_> {
    fn fmt_session(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Decision as D;
        match *self {
            D::SessionResumed { in_flight, queued, .. } => {
                write!(f, "session resumed: {in_flight} in flight, {queued} queued")
            }
            D::SessionDiscarded { client_id, .. } => write!(f, "discards the old session of {client_id}"),
            D::SessionKept { client_id, in_flight, queued, .. } => {
                write!(f, "keeps the session of {client_id}: {in_flight} in flight, {queued} queued")
            }
            D::SessionEnded { client_id, .. } => write!(f, "ends the session of {client_id}"),
            D::SessionExpired { client_id, .. } => {
                write!(f, "{client_id} has been away too long: ends its session")
            }
            D::Subscribed { client_id, filter, granted, replaced, .. } => {
                let verb = if replaced { "replaces the subscription of" } else { "subscribes" };
                write!(f, "{verb} {client_id} to {filter}, QoS {granted}")
            }
            D::SubscriptionRefused { client_id, filter, .. } => write!(f, "refuses {client_id} {filter}"),
            D::Unsubscribed { client_id, filter, existed: true, .. } => {
                write!(f, "unsubscribes {client_id} from {filter}")
            }
            D::Unsubscribed { client_id, filter, .. } => {
                write!(f, "{client_id} has no subscription to {filter}: acknowledges all the same")
            }
            D::RetainedSent { count, filter, .. } => {
                write!(f, "sends {} for {filter}", Count(count, "retained message"))
            }
            D::RetainedWithheld { client_id, filter, never: false } => {
                write!(f, "{client_id} had {filter} before: sends nothing retained, as asked")
            }
            D::RetainedWithheld { client_id, filter, .. } => {
                write!(f, "{client_id} asked for nothing retained of {filter}: sends nothing")
            }
            D::NoLocal { client_id, topic } => {
                write!(f, "{client_id} asked for No Local: gets no message of its own on {topic}")
            }
            D::Retained { topic, replaced: false, .. } => write!(f, "retains the message of {topic}"),
            D::Retained { topic, .. } => write!(f, "replaces the retained message of {topic}"),
            D::RetainedCleared { topic, existed: true, .. } => {
                write!(f, "removes the retained message of {topic}")
            }
            D::RetainedCleared { topic, .. } => write!(f, "{topic} has no retained message to remove"),
            D::RetainedFull { topic, messages, bytes, .. } => {
                let count = Count(messages, "retained message");
                write!(f, "has {count} of {bytes} bytes: does not retain {topic}")
            }
            D::RetainedExpired { topic } => write!(f, "the retained message of {topic} has expired"),
            D::SysPublished => f.write_str("publishes the $SYS topics"),
            D::Rejected { client_id, topic, rejection, .. } => {
                write!(f, "does not take a message for {topic} from {client_id}: {rejection}")
            }
            _ => self.fmt_delivery(f),
        }
    }

    fn fmt_delivery(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Decision as D;
        match *self {
            D::Stored { packet_id, .. } => write!(f, "stores PUBLISH {packet_id}, delivers nothing yet"),
            D::Recognised { packet_id, .. } => {
                write!(f, "has PUBLISH {packet_id} already: acknowledges, stores nothing")
            }
            D::NothingToRelease { packet_id, .. } => {
                write!(f, "has no message {packet_id} to release: completes all the same")
            }
            D::Routed { message, released, subscribers: 0, .. } => {
                let verb = if released { "releases" } else { "drops" };
                write!(f, "{verb} {}: no subscriber", Message(message))
            }
            D::Routed { message, released, subscribers, .. } => {
                let verb = if released { "releases" } else { "hands" };
                write!(f, "{verb} {} to {}", Message(message), Count(subscribers, "subscriber"))
            }
            D::Overlapping { client_id, matching, qos, .. } => {
                write!(f, "{matching} subscriptions of {client_id} match: one copy, QoS {qos}")
            }
            D::Chosen { client_id, members, .. } => {
                write!(f, "{client_id} has its turn among {}", Count(members, "shared subscriber"))
            }
            D::Lowered { client_id, published, granted, .. } => {
                write!(f, "QoS {published} becomes {granted} for {client_id}, as subscribed")
            }
            D::Queued { client_id, message, online: false, queued: 1, .. } => {
                write!(f, "{client_id} offline: queues {}", Message(message))
            }
            D::Queued { client_id, message, online: false, queued, .. } => {
                write!(f, "{client_id} offline: queues {}, {queued} queued", Message(message))
            }
            D::Queued { client_id, message, queued, .. } => {
                write!(f, "queues {} for {client_id}: {queued} queued", Message(message))
            }
            D::Dropped { client_id, message, reason, .. } => match reason {
                DropReason::Offline => write!(f, "{client_id} offline: drops {} (QoS 0)", Message(message)),
                DropReason::QueueFull { queued } => {
                    write!(f, "{client_id} has {queued} queued: drops {}", Message(message))
                }
                DropReason::Slow => {
                    write!(f, "{client_id} reads too slowly: drops {} (QoS 0)", Message(message))
                }
                DropReason::TooLong => {
                    write!(f, "{} is too long for {client_id}: drops it", Message(message))
                }
                DropReason::Expired => {
                    write!(f, "{} for {client_id} has expired: drops it", Message(message))
                }
                DropReason::NotAuthorized => {
                    write!(f, "{client_id} may not read the topic: drops {}", Message(message))
                }
            },
            D::Dequeued { client_id, packet_id, queued, .. } => match packet_id {
                Some(id) => write!(f, "sends {client_id} a queued message as {id}, {queued} left"),
                None => write!(f, "sends {client_id} a queued message, {queued} left"),
            },
            D::PublishResent { client_id, packet_id, .. } => {
                write!(f, "sends {client_id} PUBLISH {packet_id} again")
            }
            D::PubRelResent { client_id, packet_id, .. } => {
                write!(f, "sends {client_id} PUBREL {packet_id} again")
            }
            D::Received { client_id, packet_id, again: false, .. } => {
                write!(f, "waits for PUBCOMP {packet_id} from {client_id}")
            }
            D::Received { client_id, packet_id, .. } => {
                write!(f, "PUBREC {packet_id} again from {client_id}: repeats PUBREL")
            }
            D::Delivered { client_id, packet_id, .. } => {
                write!(f, "{client_id} has message {packet_id}: id {packet_id} is free")
            }
            D::RefusedByClient { client_id, packet_id, code, .. } => {
                write!(f, "{client_id} refuses message {packet_id} with reason {:#04x}", code.0)
            }
            D::UnknownAck { client_id, packet_type, packet_id, .. } => {
                write!(f, "nothing in flight to {client_id} for {packet_type} {packet_id}")
            }
            // The other kinds were written before.
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstPacket { .. } => f.write_str("first packet other than CONNECT"),
            Self::SecondConnect => f.write_str("second CONNECT"),
            Self::WrongDirection(packet) => write!(f, "{packet}, which only a server sends,"),
            Self::WrongAck { found, packet_id, awaits } => {
                write!(f, "{found} {packet_id} in place of {}", awaits.awaits())
            }
            Self::TooManyUnreleased { limit } => {
                write!(f, "one QoS 2 message more than {limit} without PUBREL")
            }
            Self::RetainNotAvailable => f.write_str("retained message, which is switched off,"),
            Self::ConnectTimeout { limit_secs } => write!(f, "no CONNECT for {limit_secs} s"),
            Self::ReceiveMaximum { limit } => {
                write!(f, "one QoS 2 message more than the Receive Maximum {limit}")
            }
            Self::TopicAlias { alias, limit } => write!(f, "topic alias {alias}, {limit} at most,"),
            Self::UnknownTopicAlias { alias } => write!(f, "topic alias {alias} without a topic"),
            Self::QosAboveMaximum { found, limit } => write!(f, "QoS {found}, {limit} at most,"),
            Self::BeforeConnAck(packet) => write!(f, "{packet} before CONNACK"),
            _ => f.write_str(self.plain()),
        }
    }
}

impl Violation {
    /// The kinds without numbers.
    const fn plain(&self) -> &'static str {
        match self {
            Self::SubscriptionIdentifier => "subscription identifier in PUBLISH",
            Self::WildcardSubscription => "subscription with a wildcard, which is switched off,",
            Self::SharedSubscription => "shared subscription, which is switched off,",
            Self::SubscriptionIdentifierNotAvailable => "subscription identifier, which is switched off,",
            Self::ControlCharacter => "control character",
            Self::PayloadFormat => "payload that is not UTF-8 as said",
            Self::SessionExpiry => "session expiry interval in DISCONNECT after none in CONNECT",
            Self::Authentication => "AUTH out of place",
            Self::AuthenticationMethod => "another authentication method",
            Self::NotAuthenticated => "failed authentication",
            _ => "",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl Rejection {
    /// Also the Reason String.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::NotAuthorized => "not allowed to write there",
            Self::PayloadFormat => "the payload is not UTF-8",
            Self::TooLong { .. } => "the payload is too long",
            Self::Expired => "it has expired",
        }
    }
}

impl Refusal {
    /// Also the Reason String.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::ProtocolLevel { .. } => "this protocol level is not served",
            Self::EmptyClientId => "an empty client identifier needs a clean session",
            Self::LongClientId { .. } => "the client identifier is too long",
            Self::ClientIdPrefix => "this client identifier is not allowed",
            Self::Anonymous => "no user name",
            Self::Credentials => "user name and password do not fit",
            Self::AuthenticationMethod => "unknown authentication method",
            Self::NotAuthenticated => "authentication failed",
            Self::WillQos { .. } => "the will's QoS is not served",
            Self::WillRetain => "wills are not retained here",
            Self::WillNotAuthorized => "not allowed to publish this will",
            Self::WillPayloadFormat => "the will is not UTF-8",
            Self::WillTooLong => "the will is too long",
            Self::Malformed(fault) => fault.statement(),
            Self::TooManySessions { .. } => "too many sessions",
            Self::ServerReference { moved: false } => "use another server",
            Self::ServerReference { moved: true } => "the server has moved",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongClientId { len } => write!(f, "{len} characters of client identifier, 23 at most"),
            Self::TooManySessions { limit } => write!(f, "{} already", Count(*limit, "session")),
            Self::Malformed(_) => f.write_str("CONNECT is malformed"),
            _ => f.write_str(self.reason()),
        }
    }
}
