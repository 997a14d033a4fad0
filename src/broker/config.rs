//! What a broker can be set to.

/// Limits and switches, named as mosquitto.conf names them where it has the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerConfig {
    /// Whether a client may connect without a user name; if not, it is refused with return code 5.
    pub allow_anonymous: bool,
    /// Seconds that an open connection may take to send its CONNECT; 0 is no limit.
    pub connect_timeout_secs: u16,
    /// Filters that nobody may subscribe to, compared byte by byte; each is answered with 0x80.
    pub deny_subscribe: Vec<String>,
    /// Open connections at a time; one more is closed at once.
    pub max_connections: usize,
    /// QoS 1 and 2 messages in flight to one client at a time; 0 is no limit but that of the packet identifiers.
    pub max_inflight_messages: u16,
    /// Output packets that nobody has polled yet; over it, QoS 0 messages are dropped. The other packets are
    /// bounded by the input and by the windows.
    pub max_output_packets: usize,
    /// Greatest packet taken from a client, in bytes with its fixed header.
    pub max_packet_size: usize,
    /// Payload bytes that wait for one client behind those in flight; over it, the newest message is dropped.
    /// 0 is no limit.
    pub max_queued_bytes: usize,
    /// Messages that wait for one client behind those in flight; over it, the newest is dropped. 0 is no limit.
    pub max_queued_messages: usize,
    /// Topics with a retained message; over it, a message for a new topic is delivered but not retained.
    pub max_retained_messages: usize,
    /// Sessions, connected or kept; over it, a client without one is refused with return code 3.
    pub max_sessions: usize,
    /// Subscriptions of one client; over it, 0x80.
    pub max_subscriptions: usize,
    /// Levels of a topic filter; over it, 0x80.
    pub max_topic_levels: usize,
    /// QoS 2 messages of one client that wait for its PUBREL; one more closes its connection.
    pub max_unreleased_messages: u16,
    /// Whether QoS 0 messages are queued for clients that are not connected.
    pub queue_qos0_messages: bool,
    /// Whether messages are retained; if not, a client that asks for it is disconnected.
    pub retain_available: bool,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        Self {
            allow_anonymous: true,
            connect_timeout_secs: 30,
            deny_subscribe: Vec::new(),
            max_connections: 100_000,
            max_inflight_messages: 20,
            max_output_packets: 1_000_000,
            max_packet_size: 2_000_000,
            max_queued_bytes: 64 << 20,
            max_queued_messages: 1_000,
            max_retained_messages: 100_000,
            max_sessions: 100_000,
            max_subscriptions: 10_000,
            max_topic_levels: 200,
            max_unreleased_messages: 1_000,
            queue_qos0_messages: false,
            retain_available: true,
        }
    }
}

impl BrokerConfig {
    /// The window towards one client as a number.
    pub(super) const fn window(&self) -> u16 {
        if self.max_inflight_messages == 0 { u16::MAX } else { self.max_inflight_messages }
    }

    /// Whether one more message of `bytes` payload may wait behind `messages` with `queued_bytes`.
    pub(super) const fn queue_takes(&self, messages: usize, queued_bytes: usize, bytes: usize) -> bool {
        let enough = self.max_queued_messages == 0 || messages < self.max_queued_messages;
        enough && (self.max_queued_bytes == 0 || queued_bytes.saturating_add(bytes) <= self.max_queued_bytes)
    }
}
