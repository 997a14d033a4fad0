//! Why a packet cannot be written.

/// What keeps a packet from being encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A string or binary field over 65,535 bytes (3.1.1 MQTT-4.7.3-3, 5.0 section 1.5.4).
    #[error("a field of {len} bytes is longer than 65,535")]
    FieldTooLong {
        /// Its bytes.
        len: usize,
    },
    /// A Remaining Length over 268,435,455 bytes.
    #[error("a remaining length of {remaining_length} bytes is more than 268,435,455")]
    PacketTooLarge {
        /// The bytes wanted.
        remaining_length: usize,
    },
    /// The version has no such packet: AUTH before 5.0.
    #[error("this version has no such packet")]
    NotInVersion,
}
