//! The names of everything that can stand in a packet.

macro_rules! fields {
    ($(#[$of:meta])* pub enum Field { $($(#[$doc:meta])* $name:ident,)* }) => {
        $(#[$of])*
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// All of them, each at its own number.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

fields! {
    /// What a span is. Groups hold other spans, flag bytes hold bits, the rest are leaves.
    ///
    /// Names are the standards'; a `…Length` is the two-byte prefix (or variable byte integer) before its field.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[repr(u8)]
    #[allow(missing_docs)] // the names are the standards' own
    pub enum Field {
        // Groups.
        FixedHeader,
        VariableHeader,
        Properties,
        WillProperties,
        /// One property; `aux` is its identifier.
        Property,
        Payload,
        /// One topic filter with its options, in SUBSCRIBE.
        Subscription,

        // Flag bytes, each with its bits.
        PacketTypeAndFlags,
        PacketType,
        Dup,
        QosLevel,
        Retain,
        /// The lower four bits of every packet but PUBLISH.
        FlagsReserved,
        ConnectFlags,
        UserNameFlag,
        PasswordFlag,
        WillRetain,
        WillQos,
        WillFlag,
        /// Clean Session in 3.x, Clean Start in 5.0.
        CleanStart,
        ConnectFlagsReserved,
        ConnAckFlags,
        ConnAckFlagsReserved,
        SessionPresent,
        SubscriptionOptions,
        SubscriptionOptionsReserved,
        RetainHandling,
        RetainAsPublished,
        NoLocal,
        MaximumQos,

        // Leaves of the headers.
        RemainingLength,
        ProtocolNameLength,
        ProtocolName,
        ProtocolLevel,
        KeepAlive,
        /// CONNACK in 3.x.
        ConnectReturnCode,
        /// CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT and AUTH in 5.0.
        ReasonCode,
        PacketIdentifier,
        TopicNameLength,
        TopicName,

        // Leaves of properties; `aux` is the property's identifier.
        PropertyLength,
        PropertyIdentifier,
        /// A byte, two byte, four byte or variable byte integer.
        PropertyNumber,
        PropertyStringLength,
        PropertyString,
        PropertyBinaryLength,
        PropertyBinary,
        /// User Property: name and value, each with its length.
        PropertyKeyLength,
        PropertyKey,
        PropertyValueLength,
        PropertyValue,

        // Leaves of payloads.
        ClientIdentifierLength,
        ClientIdentifier,
        WillTopicLength,
        WillTopic,
        WillPayloadLength,
        WillPayload,
        UserNameLength,
        UserName,
        PasswordLength,
        Password,
        TopicFilterLength,
        TopicFilter,
        /// SUBACK in 3.x.
        SubscribeReturnCode,
        /// SUBACK in 5.0.
        SubscribeReasonCode,
        /// UNSUBACK in 5.0.
        UnsubscribeReasonCode,
        ApplicationMessage,

        // What is left where reading stopped.
        /// Bytes behind a fault that reading could not pass.
        Unread,
        /// Bytes that no field claims, up to the packet's end.
        Trailing,
        /// Not of packets: fields that a dissection does not tell one by one.
        LeftOut,
    }
}

/// [`Field::ALL`] with as many places as a byte has values, so that looking one up cannot fail.
const BY_BYTE: [Field; 256] = {
    let mut table = [Field::Unread; 256];
    let mut i = 0;
    while i < Field::ALL.len() {
        table[i] = Field::ALL[i];
        i += 1;
    }
    table
};

impl Field {
    /// The field of a number that a span kept.
    #[inline(always)]
    pub(super) const fn of(byte: u8) -> Self {
        BY_BYTE[byte as usize]
    }

    /// For a field that follows its own length prefix: the field of that prefix.
    pub const fn length_prefix(self) -> Option<Self> {
        Some(match self {
            Self::ProtocolName => Self::ProtocolNameLength,
            Self::TopicName => Self::TopicNameLength,
            Self::PropertyString => Self::PropertyStringLength,
            Self::PropertyBinary => Self::PropertyBinaryLength,
            Self::PropertyKey => Self::PropertyKeyLength,
            Self::PropertyValue => Self::PropertyValueLength,
            Self::ClientIdentifier => Self::ClientIdentifierLength,
            Self::WillTopic => Self::WillTopicLength,
            Self::WillPayload => Self::WillPayloadLength,
            Self::UserName => Self::UserNameLength,
            Self::Password => Self::PasswordLength,
            Self::TopicFilter => Self::TopicFilterLength,
            _ => return None,
        })
    }
}
