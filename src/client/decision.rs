//! What a client decides on its own, with the evidence and the rule: the notes beside its lifeline.

use core::fmt;

use crate::codec::{PacketId, PacketType, Version};

/// A decision. Its [`fmt::Display`] is a short plain sentence without the client's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The session of before is forgotten because CONNECT asks for a clean one.
    StartsClean {
        /// The connection's version.
        version: Version,
    },
    /// The session ends with its connection.
    EndsSession {
        /// The connection's version.
        version: Version,
    },
    /// The server has kept the session, so the client goes on with its own.
    Resumes {
        /// PUBLISH packets to send again.
        publishes: usize,
        /// PUBREL packets to send again.
        releases: usize,
        /// The connection's version.
        version: Version,
    },
    /// The server has lost the session.
    ServerLostSession {
        /// Messages in flight that are forgotten; before 5.0 they are kept and sent again.
        forgotten: usize,
        /// Messages in flight that are kept.
        kept: usize,
        /// The connection's version.
        version: Version,
    },
    /// Sends an unacknowledged PUBLISH again.
    ResendsPublish {
        /// Its identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// Sends an unacknowledged PUBREL again.
    ResendsPubRel {
        /// Its identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// Keeps a message back: the server's Receive Maximum is reached (5.0).
    WaitsForQuota {
        /// The message's identifier.
        packet_id: PacketId,
        /// The server's Receive Maximum.
        receive_maximum: u16,
    },
    /// Gives up sending a message again: the server takes no packet of its size any more (5.0).
    TooLargeForServer {
        /// The message's identifier.
        packet_id: PacketId,
        /// Bytes of the packet.
        len: usize,
        /// What the server takes.
        limit: u32,
    },
    /// Gives up sending a message again: the server does not take its QoS any more (5.0).
    QosAboveMaximum {
        /// The message's identifier.
        packet_id: PacketId,
    },
    /// Gives up sending a message again: the server does not retain any more (5.0).
    RetainNotAvailable {
        /// The message's identifier.
        packet_id: PacketId,
    },
    /// Keeps a QoS 2 message until PUBREL.
    Stores {
        /// Its identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// Recognises a copy of a QoS 2 message and answers it without keeping it again.
    IgnoresCopy {
        /// Its identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// Hands a QoS 2 message to the application at PUBREL.
    Releases {
        /// Its identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// Answers a PUBREL under whose identifier nothing waits (any more).
    CompletesUnknown {
        /// The identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// PUBREC came, so PUBREL goes out and PUBLISH is never sent again.
    WaitsForPubComp {
        /// The identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// Answers a PUBREC under whose identifier nothing is in flight.
    ReleasesUnknown {
        /// The identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// The last acknowledgement came: the identifier may be used again.
    FreesId {
        /// The identifier.
        packet_id: PacketId,
        /// The connection's version.
        version: Version,
    },
    /// An answer to nothing that was asked; nothing is done about it.
    IgnoresAnswer {
        /// What came.
        packet: PacketType,
        /// Its identifier; PINGRESP has none.
        packet_id: Option<PacketId>,
    },
    /// Takes the server's keep alive instead of its own (5.0).
    TakesServerKeepAlive {
        /// The server's interval.
        secs: u16,
    },
    /// Nothing was sent for the keep alive interval: PINGREQ.
    KeepsAlive {
        /// The interval.
        secs: u16,
        /// The connection's version.
        version: Version,
    },
    /// Sends a PUBLISH again on the same connection, since its answer takes too long (3.1, 3.1.1).
    RetriesPublish {
        /// Its identifier.
        packet_id: PacketId,
        /// Seconds since it was sent.
        waited: u64,
        /// The connection's version.
        version: Version,
    },
    /// The same with a PUBREL.
    RetriesPubRel {
        /// Its identifier.
        packet_id: PacketId,
        /// Seconds since it was sent.
        waited: u64,
        /// The connection's version.
        version: Version,
    },
    /// The same with a SUBSCRIBE or UNSUBSCRIBE (3.1).
    RetriesRequest {
        /// Its identifier.
        packet_id: PacketId,
    },
    /// Answers the server's AUTH (5.0).
    ContinuesAuthentication,
    /// Will connect again.
    Reconnects {
        /// When, in milliseconds from now.
        millis: u32,
        /// Which attempt in a row it will be, from 1.
        attempt: u32,
    },
    /// Will not connect again.
    GivesUp {
        /// Attempts that have failed.
        attempts: u32,
    },
    /// Keeps an acknowledgement back, on purpose.
    Withholds {
        /// Which.
        packet: PacketType,
        /// Its identifier.
        packet_id: PacketId,
    },
    /// Holds an acknowledgement until it is released, on purpose.
    Holds {
        /// Which.
        packet: PacketType,
        /// Its identifier.
        packet_id: PacketId,
    },
    /// Sends the acknowledgements that it held.
    LetsGo {
        /// How many.
        count: usize,
    },
    /// Sends an acknowledgement under another identifier, on purpose.
    MistakesId {
        /// Which.
        packet: PacketType,
        /// The right identifier.
        packet_id: PacketId,
        /// The one that is sent.
        wrong: PacketId,
    },
    /// Sends an acknowledgement twice, on purpose.
    SendsTwice {
        /// Which.
        packet: PacketType,
        /// Its identifier.
        packet_id: PacketId,
    },
    /// Sends no PINGREQ any more, on purpose, or does again.
    Pings {
        /// It does not.
        off: bool,
    },
    /// Takes no heed of the server's Receive Maximum, on purpose.
    IgnoresReceiveMaximum,
    /// Sends raw bytes, on purpose.
    SendsRaw {
        /// How many.
        len: usize,
    },
}

const fn by_version(version: Version, v311: &'static str, v5: &'static str) -> Option<&'static str> {
    match version {
        Version::V31 => None,
        Version::V311 => Some(v311),
        Version::V5 => Some(v5),
    }
}

impl Decision {
    /// The statement that asks for it, as `version id`, or `version section` where there is no id; `None` where the
    /// version (3.1) or the standard leaves it to the client.
    pub const fn statement(&self) -> Option<&'static str> {
        match self {
            Self::StartsClean { version } => by_version(*version, "3.1.1 MQTT-3.1.2-6", "5.0 MQTT-3.1.2-4"),
            Self::EndsSession { version } => {
                by_version(*version, "3.1.1 MQTT-3.1.2-6", "5.0 section 3.1.2.11.2")
            }
            Self::Resumes { version, .. } => by_version(*version, "3.1.1 MQTT-3.1.2-4", "5.0 MQTT-4.4.0-1"),
            Self::ServerLostSession { version, .. } => {
                by_version(*version, "3.1.1 section 3.2.2.2", "5.0 MQTT-3.2.2-5")
            }
            Self::ResendsPublish { version, .. } | Self::ResendsPubRel { version, .. } => {
                by_version(*version, "3.1.1 MQTT-4.4.0-1", "5.0 MQTT-4.4.0-1")
            }
            Self::WaitsForQuota { .. } => Some("5.0 MQTT-3.3.4-7"),
            Self::TooLargeForServer { .. } => Some("5.0 MQTT-3.2.2-15"),
            Self::QosAboveMaximum { .. } => Some("5.0 MQTT-3.2.2-11"),
            Self::RetainNotAvailable { .. } => Some("5.0 MQTT-3.2.2-14"),
            Self::Stores { version, .. } => by_version(*version, "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-8"),
            Self::IgnoresCopy { version, .. } => {
                by_version(*version, "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-10")
            }
            Self::Releases { version, .. } | Self::CompletesUnknown { version, .. } => {
                by_version(*version, "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-11")
            }
            Self::WaitsForPubComp { version, .. } => {
                by_version(*version, "3.1.1 MQTT-4.3.3-1", "5.0 MQTT-4.3.3-5")
            }
            Self::ReleasesUnknown { version, .. } => {
                by_version(*version, "3.1.1 MQTT-4.3.3-1", "5.0 section 3.6.2.1")
            }
            Self::FreesId { version, .. } => by_version(*version, "3.1.1 MQTT-2.3.1-3", "5.0 section 2.2.1"),
            Self::RetriesPublish { version, .. } | Self::RetriesPubRel { version, .. } => match version {
                Version::V311 => Some("3.1.1 section 4.4"),
                _ => Some("3.1 section 4.2"),
            },
            Self::RetriesRequest { .. } => Some("3.1 section 4.2"),
            Self::ContinuesAuthentication => Some("5.0 MQTT-4.12.0-3"),
            Self::IgnoresAnswer { .. }
            | Self::Reconnects { .. }
            | Self::GivesUp { .. }
            | Self::Withholds { .. }
            | Self::Holds { .. }
            | Self::LetsGo { .. }
            | Self::MistakesId { .. }
            | Self::SendsTwice { .. }
            | Self::Pings { .. }
            | Self::IgnoresReceiveMaximum
            | Self::SendsRaw { .. } => None,
            Self::TakesServerKeepAlive { .. } => Some("5.0 MQTT-3.2.2-21"),
            Self::KeepsAlive { version, .. } => {
                by_version(*version, "3.1.1 MQTT-3.1.2-23", "5.0 MQTT-3.1.2-20")
            }
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartsClean { .. } => f.write_str("starts clean: forgets its session"),
            Self::EndsSession { .. } => f.write_str("session ends with the connection"),
            Self::Resumes { publishes: 0, releases: 0, .. } => {
                f.write_str("session resumed: nothing to resend")
            }
            Self::Resumes { publishes, releases, .. } => {
                write!(f, "session resumed: {} to resend", publishes + releases)
            }
            Self::ServerLostSession { kept: 0, forgotten: 0, .. } => {
                f.write_str("server has no session: starts anew")
            }
            Self::ServerLostSession { kept: 0, forgotten, .. } => {
                write!(f, "server has no session: forgets {forgotten} in flight")
            }
            Self::ServerLostSession { kept, .. } => {
                write!(f, "server has no session: resends {kept} in flight")
            }
            Self::ResendsPublish { packet_id, .. } => write!(f, "resends PUBLISH {packet_id}"),
            Self::ResendsPubRel { packet_id, .. } => write!(f, "resends PUBREL {packet_id}"),
            Self::WaitsForQuota { packet_id, receive_maximum } => {
                write!(f, "holds message {packet_id}: Receive Maximum {receive_maximum}")
            }
            Self::TooLargeForServer { packet_id, len, limit } => {
                write!(f, "drops message {packet_id}: {len} bytes, server takes {limit}")
            }
            Self::QosAboveMaximum { packet_id } => {
                write!(f, "drops message {packet_id}: its QoS is not taken any more")
            }
            Self::RetainNotAvailable { packet_id } => {
                write!(f, "drops message {packet_id}: server retains no more")
            }
            Self::Stores { packet_id, .. } => write!(f, "stores message {packet_id}, delivers nothing yet"),
            Self::IgnoresCopy { packet_id, .. } => write!(f, "has message {packet_id} already: only answers"),
            Self::Releases { packet_id, .. } => write!(f, "delivers message {packet_id}"),
            Self::CompletesUnknown { packet_id, .. } => write!(f, "has no message {packet_id}: only answers"),
            Self::WaitsForPubComp { packet_id, .. } => write!(f, "waits for PUBCOMP {packet_id}"),
            Self::ReleasesUnknown { packet_id, .. } => write!(f, "sent no message {packet_id}: only answers"),
            Self::FreesId { packet_id, .. } => write!(f, "frees id {packet_id}"),
            Self::IgnoresAnswer { packet, packet_id: Some(packet_id) } => {
                write!(f, "ignores {packet} {packet_id}: asked for nothing")
            }
            Self::IgnoresAnswer { packet, packet_id: None } => {
                write!(f, "ignores {packet}: asked for nothing")
            }
            Self::RetriesPublish { packet_id, waited, .. } => {
                write!(f, "no answer for {waited} s: sends PUBLISH {packet_id} again")
            }
            Self::RetriesPubRel { packet_id, waited, .. } => {
                write!(f, "no answer for {waited} s: sends PUBREL {packet_id} again")
            }
            Self::RetriesRequest { packet_id } => write!(f, "no answer: sends request {packet_id} again"),
            Self::ContinuesAuthentication => f.write_str("goes on with its authentication"),
            Self::Reconnects { millis, attempt } => {
                write!(f, "connects again in {millis} ms, attempt {attempt}")
            }
            Self::GivesUp { attempts } => write!(f, "gives up after {attempts} attempts"),
            Self::Withholds { packet, packet_id } => write!(f, "withholds {packet} {packet_id} on purpose"),
            Self::Holds { packet, packet_id } => write!(f, "holds {packet} {packet_id} on purpose"),
            Self::LetsGo { count } => write!(f, "holds nothing any more, and sends the {count} it held"),
            Self::MistakesId { packet, packet_id, wrong } => {
                write!(f, "sends {packet} {wrong}, not {packet_id}, on purpose")
            }
            Self::SendsTwice { packet, packet_id } => {
                write!(f, "sends {packet} {packet_id} twice on purpose")
            }
            Self::Pings { off: true } => f.write_str("sends no PINGREQ from now on, on purpose"),
            Self::Pings { off: false } => f.write_str("sends PINGREQ again"),
            Self::IgnoresReceiveMaximum => f.write_str("ignores the server's Receive Maximum on purpose"),
            Self::SendsRaw { len } => write!(f, "sends {len} raw bytes on purpose"),
            Self::TakesServerKeepAlive { secs } => write!(f, "takes the server's keep alive: {secs} s"),
            Self::KeepsAlive { secs, .. } => write!(f, "nothing sent for {secs} s: pings"),
        }
    }
}
