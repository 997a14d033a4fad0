//! What can be wrong with one packet: the exact place, the evidence, and the statement that is broken.

use super::field::Field;
use super::types::{PacketType, Version};

/// A broken rule at an exact place of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule.
    pub kind: FaultKind,
    /// The packet's type, if its first byte names one.
    pub packet: Option<PacketType>,
    /// The version whose rules were applied.
    pub version: Version,
    /// The field in which it was found.
    pub field: Field,
    /// The property's identifier, inside a property; else 0.
    pub aux: u8,
    /// Bytes from the packet's first one.
    pub offset: u32,
    /// Bytes concerned; may be 0 where something is missing.
    pub len: u32,
    /// For single bits: the first, counted from the most significant, and how many.
    pub bits: Option<(u8, u8)>,
    /// The value or length that the rule asks for, where it is a number.
    pub expected: u32,
    /// The value or length that stands there, where it is a number.
    pub found: u32,
}

/// The rules that one packet can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FaultKind {
    /// Packet type 0.
    ReservedPacketType,
    /// Type 15 before 5.0.
    AuthBeforeV5,
    /// The fixed header's lower four bits are not what the type demands.
    FixedHeaderFlags,
    /// Both QoS bits of a PUBLISH are set.
    QosThree,
    /// DUP on a QoS 0 PUBLISH.
    DupAtQosZero,
    /// A variable byte integer (Remaining Length, a property length or value) goes on after four bytes.
    VariableByteIntegerTooLong,
    /// A variable byte integer uses more bytes than its value needs (5.0 only; before, a remark).
    VariableByteIntegerNotMinimal,
    /// The packet is over what the receiver, a server, accepts.
    PacketTooLarge,
    /// The packet is over the client's Maximum Packet Size.
    PacketTooLargeForClient,
    /// The packet ends before a field does: `expected` bytes wanted, `found` left.
    FieldOverrun,
    /// Bytes that no field claims.
    TrailingBytes,
    /// Ill-formed UTF-8.
    InvalidUtf8,
    /// U+0000 in a string.
    NullCharacter,
    /// A packet identifier of 0.
    PacketIdentifierZero,
    /// The protocol name is neither `MQTT` nor `MQIsdp`.
    ProtocolName,
    /// The protocol level is unknown, or not that of the protocol name.
    ProtocolLevel,
    /// Bit 0 of the connect flags.
    ConnectFlagsReserved,
    /// Will QoS set without the Will Flag.
    WillQosWithoutWill,
    /// Will Retain set without the Will Flag.
    WillRetainWithoutWill,
    /// Will QoS 3.
    WillQosThree,
    /// Password Flag without User Name Flag, before 5.0.
    PasswordWithoutUserName,
    /// `+` or `#` in a topic name.
    WildcardInTopicName,
    /// A topic name of no bytes (5.0: without a topic alias).
    EmptyTopicName,
    /// A topic filter of no bytes.
    EmptyTopicFilter,
    /// `#` elsewhere than as the last whole level.
    MultiLevelWildcard,
    /// `+` beside other characters in its level.
    SingleLevelWildcard,
    /// `$share/` without a share name of at least one character.
    ShareNameEmpty,
    /// A share name with `+` or `#`, or no filter behind it.
    ShareNameInvalid,
    /// Bits 7 to 1 of the CONNACK flags.
    ConnAckFlagsReserved,
    /// Session Present in a CONNACK that refuses.
    SessionPresentWithRefusal,
    /// A reason or return code that this packet does not have.
    UnknownReasonCode,
    /// SUBSCRIBE or UNSUBSCRIBE without a filter, SUBACK or (5.0) UNSUBACK without a code.
    EmptyList,
    /// Reserved bits of the subscription options.
    SubscriptionOptionsReserved,
    /// A maximum QoS of 3 in SUBSCRIBE.
    SubscriptionQosThree,
    /// Retain Handling 3.
    RetainHandlingThree,
    /// No Local on a shared subscription.
    NoLocalOnShared,
    /// A property identifier that 5.0 does not define.
    UnknownProperty,
    /// A property that this packet may not carry.
    PropertyNotAllowed,
    /// A property twice.
    DuplicateProperty,
    /// A property's value outside its range.
    PropertyValue,
    /// Authentication Data without Authentication Method.
    AuthenticationDataWithoutMethod,
    /// A Subscription Identifier in a PUBLISH from a client.
    SubscriptionIdentifierFromClient,
    /// A Session Expiry Interval in a DISCONNECT from a server.
    SessionExpiryFromServer,
    /// A packet that only the other side sends.
    WrongDirection,
    /// A Topic Alias above the server's Topic Alias Maximum.
    TopicAliasAboveMaximum,
    /// A Topic Alias above the client's Topic Alias Maximum.
    TopicAliasAboveClientMaximum,
    /// A PUBLISH or will above the server's Maximum QoS.
    QosAboveMaximum,
    /// RETAIN or Will Retain towards a server without retained messages.
    RetainNotAvailable,
    /// A wildcard in SUBSCRIBE towards a server that takes none.
    WildcardSubscriptionNotAvailable,
    /// A Subscription Identifier in SUBSCRIBE towards a server that takes none.
    SubscriptionIdentifierNotAvailable,
    /// A shared subscription towards a server that has none.
    SharedSubscriptionNotAvailable,
    /// A property that the client's CONNECT has asked not to get.
    PropertyNotRequested,
    /// AUTH or an Authentication Method from the server, though the CONNECT named no method.
    AuthenticationNotAgreed,
    /// AUTH from the client, though its CONNECT named no Authentication Method.
    AuthenticationNotOffered,
    /// A DISCONNECT that sets the Session Expiry Interval which the CONNECT left at 0.
    SessionExpiryAfterZero,
    /// A Topic Alias in place of a topic name that no PUBLISH before has given it.
    UnknownTopicAlias,
    /// A client identifier of 3.1 that is empty or has more than 23 characters: a remark of the dissection.
    ClientIdentifierLength,
    /// A control character in a string, since 3.1.1: a remark of the dissection.
    ControlCharacter,
    /// An acknowledgement of nothing that is in flight: a remark.
    PacketIdentifierNotInFlight,
    /// From the server before its CONNACK.
    BeforeConnAck,
    /// A CONNACK behind the one that answered.
    SecondConnAck,
    /// From a client that authenticates, before the CONNACK.
    BeforeAuthenticated,
    /// Behind the sender's DISCONNECT.
    AfterDisconnect,
    /// From the server, behind a CONNACK that refuses.
    AfterRefusal,
    /// A session kept for a client that asked for none.
    SessionPresentAfterCleanStart,
    /// An empty client identifier, and a session to be kept under it.
    SessionWithoutClientIdentifier,
    /// A CONNACK that gives no client identifier to a client without one.
    NoAssignedClientIdentifier,
    /// Not a code for each topic filter: `expected` filters, `found` codes.
    CodesForFilters,
    /// A new packet of a client under an identifier that is still in use.
    PacketIdentifierInUse,
    /// A new packet of a server under an identifier that is still in use.
    ServerPacketIdentifierInUse,
    /// More messages open towards a server than its Receive Maximum.
    ReceiveMaximumExceeded,
    /// More messages open towards a client than its Receive Maximum.
    ClientReceiveMaximumExceeded,
    /// A PUBLISH again, though its PUBREL has been sent.
    PublishAfterPubRel,
    /// A PUBLISH again on the same connection, in 5.0.
    SentAgain,
    /// DUP on a QoS 1 PUBLISH that comes for the first time.
    DupOfNewAtQosOne,
    /// DUP on a QoS 2 PUBLISH that comes for the first time.
    DupOfNewAtQosTwo,
    /// An acknowledgement before that of an earlier packet.
    AcknowledgedOutOfTurn,
    /// Another Authentication Method than the CONNECT's, or none.
    AuthenticationMethodChanged,
    /// An AUTH of the client during the connecting that does not go on.
    AuthenticationStep,
    /// An AUTH of the server during the connecting that does not go on.
    ServerAuthenticationStep,
}

impl FaultKind {
    /// All kinds.
    pub const COUNT: usize = Self::ServerAuthenticationStep as usize + 1;
}

impl Fault {
    /// The statement that is broken, as `version id` (`3.1.1 MQTT-2.3.1-1`), or `version section`
    /// (`5.0 section 2.2.2.2`) where the standard gives no id.
    pub const fn statement(&self) -> &'static str {
        match self.version {
            _ if self.kind as u8 >= FaultKind::BeforeConnAck as u8 => self.statement_in_conversation(),
            Version::V31 => self.statement_31(),
            Version::V311 => self.statement_311(),
            Version::V5 => self.statement_5(),
        }
    }

    const fn statement_31(&self) -> &'static str {
        use FaultKind as K;
        match self.kind {
            K::ReservedPacketType | K::AuthBeforeV5 | K::WrongDirection => "3.1 section 2.1",
            K::FixedHeaderFlags | K::QosThree | K::DupAtQosZero => "3.1 section 2.1",
            K::VariableByteIntegerTooLong | K::VariableByteIntegerNotMinimal => "3.1 section 2.1",
            K::PacketTooLarge | K::PacketTooLargeForClient | K::FieldOverrun | K::TrailingBytes => {
                "3.1 section 2.1"
            }
            K::InvalidUtf8 | K::NullCharacter => "3.1 section 2.5",
            K::PacketIdentifierZero | K::PacketIdentifierNotInFlight => "3.1 section 2.4",
            K::SessionPresentWithRefusal | K::ConnAckFlagsReserved => "3.1 section 3.2",
            K::WildcardInTopicName | K::EmptyTopicName => "3.1 section 3.3",
            K::EmptyTopicFilter | K::MultiLevelWildcard | K::SingleLevelWildcard => "3.1 appendix A",
            K::EmptyList | K::SubscriptionOptionsReserved | K::SubscriptionQosThree => "3.1 section 3.8",
            K::UnknownReasonCode => match self.packet {
                Some(PacketType::SubAck) => "3.1 section 3.9",
                _ => "3.1 section 3.2",
            },
            _ => "3.1 section 3.1",
        }
    }

    const fn statement_311(&self) -> &'static str {
        use FaultKind as K;
        match self.kind {
            K::ReservedPacketType | K::AuthBeforeV5 | K::WrongDirection => "3.1.1 section 2.2.1",
            K::FixedHeaderFlags => match self.packet {
                Some(PacketType::PubRel) => "3.1.1 MQTT-3.6.1-1",
                Some(PacketType::Subscribe) => "3.1.1 MQTT-3.8.1-1",
                Some(PacketType::Unsubscribe) => "3.1.1 MQTT-3.10.1-1",
                Some(PacketType::Disconnect) => "3.1.1 MQTT-3.14.1-1",
                _ => "3.1.1 MQTT-2.2.2-1",
            },
            K::QosThree => "3.1.1 MQTT-3.3.1-4",
            K::DupAtQosZero => "3.1.1 MQTT-3.3.1-2",
            K::VariableByteIntegerTooLong | K::VariableByteIntegerNotMinimal => "3.1.1 section 2.2.3",
            K::PacketTooLarge | K::PacketTooLargeForClient | K::FieldOverrun | K::TrailingBytes => {
                "3.1.1 section 2.2.3"
            }
            K::InvalidUtf8 => "3.1.1 MQTT-1.5.3-1",
            K::NullCharacter => "3.1.1 MQTT-1.5.3-2",
            K::ControlCharacter => "3.1.1 section 1.5.3",
            K::PacketIdentifierZero => "3.1.1 MQTT-2.3.1-1",
            K::ProtocolName => "3.1.1 MQTT-3.1.2-1",
            K::ProtocolLevel => "3.1.1 MQTT-3.1.2-2",
            K::ConnectFlagsReserved => "3.1.1 MQTT-3.1.2-3",
            K::WillQosWithoutWill => "3.1.1 MQTT-3.1.2-13",
            K::WillRetainWithoutWill => "3.1.1 MQTT-3.1.2-15",
            K::WillQosThree => "3.1.1 MQTT-3.1.2-14",
            K::PasswordWithoutUserName => "3.1.1 MQTT-3.1.2-22",
            K::WildcardInTopicName => match self.packet {
                Some(PacketType::Publish) => "3.1.1 MQTT-3.3.2-2",
                _ => "3.1.1 MQTT-4.7.1-1",
            },
            K::EmptyTopicName | K::EmptyTopicFilter => "3.1.1 MQTT-4.7.3-1",
            K::MultiLevelWildcard => "3.1.1 MQTT-4.7.1-2",
            K::SingleLevelWildcard => "3.1.1 MQTT-4.7.1-3",
            K::ConnAckFlagsReserved => "3.1.1 section 3.2.2.1",
            K::SessionPresentWithRefusal => "3.1.1 MQTT-3.2.2-4",
            K::UnknownReasonCode => match self.packet {
                Some(PacketType::SubAck) => "3.1.1 MQTT-3.9.3-2",
                _ => "3.1.1 section 3.2.2.3",
            },
            K::EmptyList => match self.packet {
                Some(PacketType::Unsubscribe) => "3.1.1 MQTT-3.10.3-2",
                Some(PacketType::SubAck) => "3.1.1 MQTT-3.8.4-5",
                _ => "3.1.1 MQTT-3.8.3-3",
            },
            K::SubscriptionOptionsReserved | K::SubscriptionQosThree => "3.1.1 MQTT-3.8.3-4",
            K::PacketIdentifierNotInFlight => match self.packet {
                Some(PacketType::SubAck | PacketType::UnsubAck) => "3.1.1 MQTT-2.3.1-7",
                _ => "3.1.1 MQTT-2.3.1-6",
            },
            // What only 5.0 knows cannot be found in a 3.1.1 packet.
            _ => "3.1.1 section 4.8",
        }
    }

    const fn statement_5(&self) -> &'static str {
        use FaultKind as K;
        use PacketType as P;
        match self.kind {
            K::ReservedPacketType | K::AuthBeforeV5 | K::WrongDirection => "5.0 section 2.1.2",
            K::FixedHeaderFlags => match self.packet {
                Some(P::PubRel) => "5.0 MQTT-3.6.1-1",
                Some(P::Subscribe) => "5.0 MQTT-3.8.1-1",
                Some(P::Unsubscribe) => "5.0 MQTT-3.10.1-1",
                Some(P::Disconnect) => "5.0 MQTT-3.14.1-1",
                Some(P::Auth) => "5.0 MQTT-3.15.1-1",
                _ => "5.0 MQTT-2.1.3-1",
            },
            K::QosThree => "5.0 MQTT-3.3.1-4",
            K::DupAtQosZero => "5.0 MQTT-3.3.1-2",
            K::VariableByteIntegerTooLong => "5.0 section 1.5.5",
            K::VariableByteIntegerNotMinimal => "5.0 MQTT-1.5.5-1",
            K::PacketTooLarge => "5.0 MQTT-3.2.2-15",
            K::PacketTooLargeForClient => "5.0 MQTT-3.1.2-24",
            K::FieldOverrun | K::TrailingBytes => "5.0 section 2.1.4",
            K::InvalidUtf8 => "5.0 MQTT-1.5.4-1",
            K::NullCharacter => "5.0 MQTT-1.5.4-2",
            K::ControlCharacter => "5.0 section 1.5.4",
            K::PacketIdentifierZero => "5.0 MQTT-2.2.1-3",
            K::ProtocolName => "5.0 MQTT-3.1.2-1",
            K::ProtocolLevel => "5.0 MQTT-3.1.2-2",
            K::ConnectFlagsReserved => "5.0 MQTT-3.1.2-3",
            K::WillQosWithoutWill => "5.0 MQTT-3.1.2-11",
            K::WillQosThree => "5.0 MQTT-3.1.2-12",
            K::WillRetainWithoutWill => "5.0 MQTT-3.1.2-13",
            K::WildcardInTopicName => match (self.packet, self.aux) {
                (_, 0x08) => "5.0 MQTT-3.3.2-14",
                (Some(P::Publish), _) => "5.0 MQTT-3.3.2-2",
                _ => "5.0 MQTT-4.7.0-1",
            },
            K::EmptyTopicName if matches!(self.packet, Some(P::Publish)) => "5.0 section 3.3.2.1",
            K::EmptyTopicName | K::EmptyTopicFilter => "5.0 MQTT-4.7.3-1",
            K::MultiLevelWildcard => "5.0 MQTT-4.7.1-1",
            K::SingleLevelWildcard => "5.0 MQTT-4.7.1-2",
            K::ShareNameEmpty => "5.0 MQTT-4.8.2-1",
            K::ShareNameInvalid => "5.0 MQTT-4.8.2-2",
            K::ConnAckFlagsReserved => "5.0 MQTT-3.2.2-1",
            K::SessionPresentWithRefusal => "5.0 MQTT-3.2.2-6",
            K::UnknownReasonCode => match self.packet {
                Some(P::PubAck) => "5.0 MQTT-3.4.2-1",
                Some(P::PubRec) => "5.0 MQTT-3.5.2-1",
                Some(P::PubRel) => "5.0 MQTT-3.6.2-1",
                Some(P::PubComp) => "5.0 MQTT-3.7.2-1",
                Some(P::SubAck) => "5.0 MQTT-3.9.3-2",
                Some(P::UnsubAck) => "5.0 MQTT-3.11.3-2",
                Some(P::Disconnect) => "5.0 MQTT-3.14.2-1",
                Some(P::Auth) => "5.0 MQTT-3.15.2-1",
                _ => "5.0 MQTT-3.2.2-8",
            },
            K::EmptyList => match self.packet {
                Some(P::Unsubscribe) => "5.0 MQTT-3.10.3-2",
                Some(P::SubAck) => "5.0 MQTT-3.8.4-6",
                Some(P::UnsubAck) => "5.0 MQTT-3.11.3-2",
                _ => "5.0 MQTT-3.8.3-2",
            },
            K::SubscriptionOptionsReserved => "5.0 MQTT-3.8.3-5",
            K::SubscriptionQosThree | K::RetainHandlingThree => "5.0 section 3.8.3.1",
            K::NoLocalOnShared => "5.0 MQTT-3.8.3-4",
            K::UnknownProperty | K::PropertyNotAllowed | K::DuplicateProperty => "5.0 section 2.2.2.2",
            K::PropertyValue => match self.aux {
                0x0B => "5.0 section 3.8.2.1.2",
                0x23 => "5.0 MQTT-3.3.2-8",
                _ => "5.0 section 2.2.2.2",
            },
            K::AuthenticationDataWithoutMethod => "5.0 section 3.1.2.11.10",
            K::SubscriptionIdentifierFromClient => "5.0 MQTT-3.3.4-6",
            K::SessionExpiryFromServer => "5.0 MQTT-3.14.2-2",
            K::PasswordWithoutUserName => "5.0 section 3.1.2.9",
            _ => self.statement_in_context(),
        }
    }

    /// What a 5.0 packet shows only beside what its connection's ends have agreed on.
    const fn statement_in_context(&self) -> &'static str {
        use FaultKind as K;
        let will = matches!(self.packet, Some(PacketType::Connect));
        match self.kind {
            K::TopicAliasAboveMaximum => "5.0 MQTT-3.3.2-9",
            K::TopicAliasAboveClientMaximum => "5.0 MQTT-3.3.2-11",
            K::QosAboveMaximum if will => "5.0 MQTT-3.2.2-12",
            K::QosAboveMaximum => "5.0 MQTT-3.2.2-11",
            K::RetainNotAvailable if will => "5.0 MQTT-3.2.2-13",
            K::RetainNotAvailable => "5.0 MQTT-3.2.2-14",
            K::WildcardSubscriptionNotAvailable => "5.0 section 3.2.2.3.11",
            K::SubscriptionIdentifierNotAvailable => "5.0 section 3.2.2.3.12",
            K::SharedSubscriptionNotAvailable => "5.0 section 3.2.2.3.13",
            K::PropertyNotRequested if self.aux == 0x1A => "5.0 MQTT-3.1.2-28",
            K::PropertyNotRequested => "5.0 MQTT-3.1.2-29",
            K::AuthenticationNotAgreed => "5.0 MQTT-4.12.0-6",
            K::AuthenticationNotOffered => "5.0 MQTT-4.12.0-7",
            K::SessionExpiryAfterZero => "5.0 section 3.14.2.2.2",
            K::UnknownTopicAlias => "5.0 section 3.3.2.3.4",
            _ => match self.packet {
                Some(PacketType::SubAck | PacketType::UnsubAck) => "5.0 MQTT-2.2.1-6",
                _ => "5.0 MQTT-2.2.1-5",
            },
        }
    }

    /// What a packet shows only beside those before it.
    const fn statement_in_conversation(&self) -> &'static str {
        use FaultKind as K;
        use PacketType as P;
        let v5 = matches!(self.version, Version::V5);
        if matches!(self.version, Version::V31) {
            return match self.kind {
                K::AfterDisconnect => "3.1 section 3.14",
                K::CodesForFilters => "3.1 section 3.9",
                _ => "3.1 section 3.2",
            };
        }
        match (self.kind, self.packet) {
            (K::BeforeConnAck, Some(P::Disconnect)) => "5.0 MQTT-3.14.0-1",
            (K::BeforeConnAck, _) => {
                if v5 {
                    "5.0 MQTT-3.2.0-1"
                } else {
                    "3.1.1 MQTT-3.2.0-1"
                }
            }
            (K::SecondConnAck, _) => {
                if v5 {
                    "5.0 MQTT-3.2.0-2"
                } else {
                    "3.1.1 section 3.2"
                }
            }
            (K::BeforeAuthenticated, _) => "5.0 MQTT-3.1.2-30",
            (K::AfterDisconnect, _) => {
                if v5 {
                    "5.0 MQTT-3.14.4-1"
                } else {
                    "3.1.1 MQTT-3.14.4-2"
                }
            }
            (K::AfterRefusal, _) => {
                if v5 {
                    "5.0 MQTT-3.2.2-7"
                } else {
                    "3.1.1 MQTT-3.2.2-5"
                }
            }
            (K::SessionPresentAfterCleanStart, _) => {
                if v5 {
                    "5.0 MQTT-3.2.2-2"
                } else {
                    "3.1.1 MQTT-3.2.2-1"
                }
            }
            (K::SessionWithoutClientIdentifier, _) => "3.1.1 MQTT-3.1.3-7",
            (K::NoAssignedClientIdentifier, _) => "5.0 MQTT-3.2.2-16",
            (K::CodesForFilters, Some(P::UnsubAck)) => "5.0 section 3.11.3",
            (K::CodesForFilters, _) => {
                if v5 {
                    "5.0 MQTT-3.8.4-6"
                } else {
                    "3.1.1 MQTT-3.8.4-5"
                }
            }
            (K::PacketIdentifierInUse, _) => {
                if v5 {
                    "5.0 MQTT-2.2.1-3"
                } else {
                    "3.1.1 MQTT-2.3.1-2"
                }
            }
            (K::ServerPacketIdentifierInUse, _) => {
                if v5 {
                    "5.0 MQTT-2.2.1-4"
                } else {
                    "3.1.1 MQTT-2.3.1-4"
                }
            }
            (K::ReceiveMaximumExceeded, _) => "5.0 MQTT-3.3.4-7",
            (K::ClientReceiveMaximumExceeded, _) => "5.0 MQTT-3.3.4-9",
            (K::PublishAfterPubRel, _) => {
                if v5 {
                    "5.0 MQTT-4.3.3-6"
                } else {
                    "3.1.1 MQTT-4.3.3-1"
                }
            }
            (K::SentAgain, _) => "5.0 MQTT-4.4.0-1",
            (K::DupOfNewAtQosOne, _) => {
                if v5 {
                    "5.0 MQTT-4.3.2-2"
                } else {
                    "3.1.1 MQTT-4.3.2-1"
                }
            }
            (K::DupOfNewAtQosTwo, _) => {
                if v5 {
                    "5.0 MQTT-4.3.3-2"
                } else {
                    "3.1.1 MQTT-4.3.3-1"
                }
            }
            (K::AcknowledgedOutOfTurn, Some(P::PubRec)) => {
                if v5 {
                    "5.0 MQTT-4.6.0-3"
                } else {
                    "3.1.1 MQTT-4.6.0-3"
                }
            }
            (K::AcknowledgedOutOfTurn, Some(P::PubRel)) => {
                if v5 {
                    "5.0 MQTT-4.6.0-4"
                } else {
                    "3.1.1 MQTT-4.6.0-4"
                }
            }
            (K::AcknowledgedOutOfTurn, _) => {
                if v5 {
                    "5.0 MQTT-4.6.0-2"
                } else {
                    "3.1.1 MQTT-4.6.0-2"
                }
            }
            (K::AuthenticationStep, _) => "5.0 MQTT-4.12.0-3",
            (K::ServerAuthenticationStep, _) => "5.0 MQTT-4.12.0-2",
            _ => "5.0 MQTT-4.12.0-5",
        }
    }

    /// The reason code with which a 5.0 server answers: Malformed Packet, Protocol Error, or one more exact.
    pub const fn reason_code(&self) -> u8 {
        use FaultKind as K;
        match self.kind {
            K::ProtocolName | K::ProtocolLevel => 0x84,
            K::PacketTooLarge | K::PacketTooLargeForClient => 0x95,
            K::WildcardInTopicName => 0x90,
            K::PropertyValue if self.aux == 0x23 => 0x94,
            K::TopicAliasAboveMaximum | K::TopicAliasAboveClientMaximum => 0x94,
            K::QosAboveMaximum => 0x9B,
            K::RetainNotAvailable => 0x9A,
            K::SharedSubscriptionNotAvailable => 0x9E,
            K::SubscriptionIdentifierNotAvailable => 0xA1,
            K::WildcardSubscriptionNotAvailable => 0xA2,
            K::PacketIdentifierNotInFlight => 0x92,
            K::PacketIdentifierInUse | K::ServerPacketIdentifierInUse => 0x91,
            K::ReceiveMaximumExceeded | K::ClientReceiveMaximumExceeded => 0x93,
            K::AuthenticationMethodChanged => 0x8C,
            _ if self.kind as u8 >= K::BeforeConnAck as u8 => 0x82,
            K::AuthBeforeV5
            | K::ReservedPacketType
            | K::PasswordWithoutUserName
            | K::EmptyList
            | K::RetainHandlingThree
            | K::NoLocalOnShared
            | K::DuplicateProperty
            | K::PropertyNotAllowed
            | K::PropertyValue
            | K::AuthenticationDataWithoutMethod
            | K::SubscriptionIdentifierFromClient
            | K::SessionExpiryFromServer
            | K::WrongDirection
            | K::PropertyNotRequested
            | K::AuthenticationNotAgreed
            | K::AuthenticationNotOffered
            | K::SessionExpiryAfterZero
            | K::UnknownTopicAlias
            | K::EmptyTopicName
            | K::DupAtQosZero => 0x82,
            _ => 0x81,
        }
    }
}

/// Whether the environment variable `MQTT_SWITCH_OFF` names this check: `make mutants-spec` sees so whether a
/// statement's test notices. Without the feature `switches` none ever is.
#[doc(hidden)]
#[inline(always)]
pub fn switched_off(kind: FaultKind) -> bool {
    cfg!(feature = "switches") && std::env::var("MQTT_SWITCH_OFF").is_ok_and(|off| off == format!("{kind:?}"))
}
