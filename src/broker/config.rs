//! What a broker can be set to.

use super::access::{AccessList, Asking, User};
use crate::codec::{QoS, Version};

/// Limits and switches, named as mosquitto.conf names them where it has the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerConfig {
    /// Which versions are served, by [`Version`]'s order; a CONNECT of another one is refused.
    pub accept_protocol_versions: [bool; 3],
    /// Who may read and write which topics; `None` allows all.
    pub access: Option<AccessList>,
    /// Whether a client may connect without a user name; if not, it is refused as not authorized.
    pub allow_anonymous: bool,
    /// Whether an empty client identifier gets one made up; if not, it is refused.
    pub allow_zero_length_clientid: bool,
    /// What made-up client identifiers begin with.
    pub auto_id_prefix: String,
    /// Whether control characters and non-characters in the strings of 5.0 and 3.1.1 close the connection.
    pub check_control_characters: bool,
    /// Whether a payload that its publisher calls UTF-8 has to be UTF-8.
    pub check_payload_format: bool,
    /// What client identifiers have to begin with; empty is anything.
    pub clientid_prefixes: String,
    /// Seconds that an open connection may take to send its CONNECT, authentication included; 0 is no limit.
    pub connect_timeout_secs: u16,
    /// Filters that nobody may subscribe to, compared byte by byte; each is answered with 0x80.
    pub deny_subscribe: Vec<String>,
    /// Open connections at a time; one more is closed at once.
    pub max_connections: usize,
    /// QoS 1 and 2 messages in flight to one client at a time, unless a 5.0 client names its own Receive Maximum;
    /// also the Receive Maximum told to 5.0 clients. 0 is no limit but that of the packet identifiers.
    pub max_inflight_messages: u16,
    /// The longest Keep Alive in seconds: a 5.0 client that asks for more, or for none, is told this one. Earlier
    /// versions cannot be told; they keep theirs. 0 is no limit.
    pub max_keepalive: u16,
    /// Output packets that nobody has polled yet; over it, QoS 0 messages are dropped. The other packets are
    /// bounded by the input and by the windows.
    pub max_output_packets: usize,
    /// Greatest packet taken from a client, in bytes with its fixed header.
    pub max_packet_size: usize,
    /// The greatest QoS served.
    pub max_qos: QoS,
    /// Payload and property bytes that wait for one client behind those in flight; 0 is no limit.
    pub max_queued_bytes: usize,
    /// Messages that wait for one client behind those in flight; 0 is no limit.
    pub max_queued_messages: usize,
    /// Topic, payload and property bytes of all retained messages; over it, a message is delivered but not retained.
    pub max_retained_bytes: usize,
    /// Topics with a retained message; over it, a message for a new topic is delivered but not retained.
    pub max_retained_messages: usize,
    /// Sessions, connected or kept; over it, a client without one is refused.
    pub max_sessions: usize,
    /// Subscriptions of one client; over it, a filter is refused.
    pub max_subscriptions: usize,
    /// Topic aliases that a 5.0 client may use; 0 is none.
    pub max_topic_alias: u16,
    /// Topic aliases used towards a 5.0 client that allows so many; 0 is none.
    pub max_topic_alias_broker: u16,
    /// Levels of a topic filter; over it, the filter is refused.
    pub max_topic_levels: usize,
    /// QoS 2 messages of one client that wait for its PUBREL; one more closes its connection.
    pub max_unreleased_messages: u16,
    /// Payload bytes of a message; a longer one is not taken. 0 is no limit.
    pub message_size_limit: usize,
    /// Seconds after which the session of an absent client ends, whatever the client wants; [`u32::MAX`] is never.
    pub persistent_client_expiration_secs: u32,
    /// Which message goes where a queue is full.
    pub queue_overflow: QueueOverflow,
    /// Whether QoS 0 messages are queued for clients that are not connected.
    pub queue_qos0_messages: bool,
    /// Whether refusals carry a Reason String, for 5.0 clients that want them.
    pub reason_strings: bool,
    /// What a 5.0 client that asks for Response Information gets: `%c` stands for its client identifier, `%u` for
    /// its user name.
    pub response_information: Option<String>,
    /// Whether messages are retained; if not, a client that asks for it is disconnected.
    pub retain_available: bool,
    /// Where clients shall go instead of here: all of them are refused.
    pub server_reference: Option<String>,
    /// Whether they shall go there from now on rather than this time.
    pub server_moved: bool,
    /// Whether shared subscriptions are served.
    pub shared_subscription_available: bool,
    /// Whether subscription identifiers are served.
    pub subscription_identifier_available: bool,
    /// Seconds between two publications of the `$SYS` topics; 0 is never.
    pub sys_interval_secs: u16,
    /// Whether messages go out at the subscription's QoS even where they came with a lower one.
    pub upgrade_outgoing_qos: bool,
    /// Whether the user name replaces the client identifier.
    pub use_username_as_clientid: bool,
    /// Who may connect with which password; empty takes every name.
    pub users: Vec<User>,
    /// Whether filters with wildcards are served.
    pub wildcard_subscription_available: bool,
}

/// Which message goes where a queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueOverflow {
    /// The one that comes.
    #[default]
    DropNewest,
    /// The ones that have waited longest, until the one that comes fits.
    DropOldest,
}

/// What CONNACK tells a 5.0 client: it holds for the connection, whatever is set meanwhile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) max_qos: QoS,
    pub(super) retain: bool,
    pub(super) max_topic_alias: u16,
    pub(super) receive_maximum: u16,
    pub(super) wildcards: bool,
    pub(super) shared: bool,
    pub(super) identifiers: bool,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        Self {
            accept_protocol_versions: [true; 3],
            access: None,
            allow_anonymous: true,
            allow_zero_length_clientid: true,
            auto_id_prefix: "auto-".to_owned(),
            check_control_characters: false,
            check_payload_format: false,
            clientid_prefixes: String::new(),
            connect_timeout_secs: 30,
            deny_subscribe: Vec::new(),
            max_connections: 100_000,
            max_inflight_messages: 20,
            max_keepalive: u16::MAX,
            max_output_packets: 1_000_000,
            max_packet_size: 2_000_000,
            max_qos: QoS::ExactlyOnce,
            max_queued_bytes: 64 << 20,
            max_queued_messages: 1_000,
            max_retained_bytes: 256 << 20,
            max_retained_messages: 100_000,
            max_sessions: 100_000,
            max_subscriptions: 10_000,
            max_topic_alias: 10,
            max_topic_alias_broker: 10,
            max_topic_levels: 200,
            max_unreleased_messages: 1_000,
            message_size_limit: 0,
            persistent_client_expiration_secs: u32::MAX,
            queue_overflow: QueueOverflow::DropNewest,
            queue_qos0_messages: false,
            reason_strings: true,
            response_information: None,
            retain_available: true,
            server_reference: None,
            server_moved: false,
            shared_subscription_available: true,
            subscription_identifier_available: true,
            sys_interval_secs: 0,
            upgrade_outgoing_qos: false,
            use_username_as_clientid: false,
            users: Vec::new(),
            wildcard_subscription_available: true,
        }
    }
}

impl BrokerConfig {
    /// The window towards a client that names none.
    pub(super) const fn window(&self) -> u16 {
        if self.max_inflight_messages == 0 { u16::MAX } else { self.max_inflight_messages }
    }

    /// The Receive Maximum told to 5.0 clients: QoS 2 messages without PUBREL on one connection.
    pub(super) const fn receive_maximum(&self) -> u16 {
        let (window, limit) = (self.window(), self.max_unreleased_messages);
        let least = if window < limit { window } else { limit };
        if least == 0 { 1 } else { least }
    }

    /// QoS 2 messages of one session that may wait for PUBREL: a 5.0 client begins with a full Receive Maximum on
    /// each connection, whatever still waits from the last one.
    pub(super) const fn unreleased_limit(&self, version: Version) -> u16 {
        match version {
            Version::V5 => self.max_unreleased_messages.saturating_add(self.receive_maximum()),
            _ => self.max_unreleased_messages,
        }
    }

    /// Whether one more message of `bytes` may wait behind `messages` with `queued_bytes`.
    pub(super) const fn queue_takes(&self, messages: usize, queued_bytes: usize, bytes: usize) -> bool {
        let enough = self.max_queued_messages == 0 || messages < self.max_queued_messages;
        enough && (self.max_queued_bytes == 0 || queued_bytes.saturating_add(bytes) <= self.max_queued_bytes)
    }

    /// What a 5.0 client is told now.
    pub(super) const fn told(&self) -> Told {
        Told {
            max_qos: self.max_qos,
            retain: self.retain_available,
            max_topic_alias: self.max_topic_alias,
            receive_maximum: self.receive_maximum(),
            wildcards: self.wildcard_subscription_available,
            shared: self.shared_subscription_available,
            identifiers: self.subscription_identifier_available,
        }
    }

    /// Whether a message has more bytes than are taken.
    pub(super) const fn is_too_long(&self, payload: &[u8]) -> bool {
        self.message_size_limit > 0 && payload.len() > self.message_size_limit
    }

    /// Whether a client may write to the topic. The broker's own topics are its own (3.1.1 section 4.7.2, 5.0 section
    /// 4.7.2).
    pub(super) fn may_publish(&self, asking: Asking<'_>, topic: &str) -> bool {
        !topic.starts_with("$SYS/")
            && self.access.as_ref().is_none_or(|access| access.allows(asking, topic, true))
    }

    /// Whether this version is served.
    pub(super) const fn serves(&self, version: Version) -> bool {
        self.accept_protocol_versions[version as usize]
    }

    /// Whether a client may use this name with this password.
    pub(super) fn knows(&self, name: &str, password: Option<&[u8]>) -> bool {
        self.users.is_empty()
            || self.users.iter().any(|user| user.name == name && user.password.takes(password.unwrap_or(&[])))
    }
}
