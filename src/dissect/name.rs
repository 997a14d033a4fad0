//! What fields are called: the standard's name, by version, and Wireshark's display-filter name.

use crate::codec::{Annotated, Field, PacketType, PropertyId, Span, Version};

use super::property;

/// What the words of a packet depend on.
pub(super) struct Context<'a> {
    pub frame: &'a [u8],
    pub packet_type: Option<PacketType>,
    pub version: Version,
    /// Bytes missing up to the claimed end.
    pub missing: usize,
}

impl<'a> Context<'a> {
    pub(super) fn of(frame: &'a [u8], annotated: &Annotated<'_>) -> Self {
        let packet_type = frame.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
        Self { frame, packet_type, version: annotated.version, missing: annotated.missing }
    }

    pub(super) fn is_v5(&self) -> bool {
        self.version == Version::V5
    }

    /// Whether the packet's flags tell a QoS.
    pub(super) fn has_qos(&self) -> bool {
        self.packet_type.is_some_and(|packet| packet.has_qos(self.version))
    }
}

/// The span's name: of what follows an incomplete packet's last field, that it is incomplete.
pub(super) fn of(context: &Context<'_>, span: &Span) -> &'static str {
    if span.field() == Field::Unread && context.missing > 0 {
        "incomplete"
    } else {
        name(context.version, span.field(), span.aux())
    }
}

/// The field's name as the version calls it; MQTT's capitals are kept, other words are lower case.
pub(super) fn name(version: Version, field: Field, aux: u8) -> &'static str {
    use Field as F;
    let (before, since_311, since_5) = match field {
        F::Property | F::PropertyNumber | F::PropertyString | F::PropertyBinary => {
            return property::name(aux);
        }
        F::CleanStart => ("clean session", "clean session", "clean start"),
        F::SubscriptionOptions => ("requested QoS byte", "requested QoS byte", "subscription options"),
        F::MaximumQos => ("requested QoS", "requested QoS", "maximum QoS"),
        F::ProtocolLevel => ("protocol level", "protocol level", "protocol version"),
        F::PacketIdentifier => ("message identifier", "packet identifier", "packet identifier"),
        F::WillPayloadLength => ("will message length", "will message length", "will payload length"),
        F::WillPayload => ("will message", "will message", "will payload"),
        F::SubscribeReturnCode => ("granted QoS", "return code", "return code"),
        _ => return steady_name(field),
    };
    match version {
        Version::V31 => before,
        Version::V311 => since_311,
        Version::V5 => since_5,
    }
}

/// The names that all versions share.
fn steady_name(field: Field) -> &'static str {
    use Field as F;
    match field {
        F::FixedHeader => "fixed header",
        F::VariableHeader => "variable header",
        F::Properties => "properties",
        F::WillProperties => "will properties",
        F::Payload | F::ApplicationMessage => "payload",
        F::Subscription => "subscription",
        F::PacketTypeAndFlags => "packet type and flags",
        F::PacketType => "packet type",
        F::Dup => "DUP",
        F::QosLevel => "QoS",
        F::Retain => "RETAIN",
        F::FlagsReserved => "reserved flags",
        F::ConnectFlags => "connect flags",
        F::UserNameFlag => "user name flag",
        F::PasswordFlag => "password flag",
        F::WillRetain => "will retain",
        F::WillQos => "will QoS",
        F::WillFlag => "will flag",
        F::ConnectFlagsReserved | F::ConnAckFlagsReserved | F::SubscriptionOptionsReserved => "reserved",
        F::ConnAckFlags => "connect acknowledge flags",
        F::SessionPresent => "session present",
        F::RetainHandling => "retain handling",
        F::RetainAsPublished => "retain as published",
        F::NoLocal => "no local",
        F::RemainingLength => "remaining length",
        F::ProtocolNameLength => "protocol name length",
        F::ProtocolName => "protocol name",
        F::KeepAlive => "keep alive",
        F::ConnectReturnCode => "connect return code",
        F::ReasonCode | F::SubscribeReasonCode | F::UnsubscribeReasonCode => "reason code",
        F::TopicNameLength => "topic name length",
        F::TopicName => "topic name",
        F::PropertyLength => "property length",
        F::PropertyIdentifier => "property identifier",
        F::PropertyStringLength | F::PropertyBinaryLength | F::PropertyValueLength => "value length",
        F::PropertyKeyLength => "name length",
        F::PropertyKey => "name",
        F::PropertyValue => "value",
        F::ClientIdentifierLength => "client identifier length",
        F::ClientIdentifier => "client identifier",
        F::WillTopicLength => "will topic length",
        F::WillTopic => "will topic",
        F::UserNameLength => "user name length",
        F::UserName => "user name",
        F::PasswordLength => "password length",
        F::Password => "password",
        F::TopicFilterLength => "topic filter length",
        F::TopicFilter => "topic filter",
        F::Trailing => "trailing bytes",
        F::LeftOut => "further entries",
        _ => "unread",
    }
}

/// Wireshark's display-filter name; for a whole property one of its own after the pattern of Wireshark's three.
pub(super) fn filter(context: &Context<'_>, field: Field, aux: u8) -> Option<&'static str> {
    flag_filter(context, field)
        .or_else(|| leaf_filter(context, field))
        .or_else(|| property_filter(field, aux))
}

fn flag_filter(context: &Context<'_>, field: Field) -> Option<&'static str> {
    use Field as F;
    let v5 = context.is_v5();
    Some(match field {
        F::PacketTypeAndFlags => "mqtt.hdrflags",
        F::PacketType => "mqtt.msgtype",
        F::Dup => "mqtt.dupflag",
        F::QosLevel => "mqtt.qos",
        F::Retain => "mqtt.retain",
        F::FlagsReserved if context.has_qos() => "mqtt.retain_reserved",
        F::FlagsReserved => "mqtt.hdr_reserved",
        F::ConnectFlags => "mqtt.conflags",
        F::UserNameFlag => "mqtt.conflag.uname",
        F::PasswordFlag => "mqtt.conflag.passwd",
        F::WillRetain => "mqtt.conflag.retain",
        F::WillQos => "mqtt.conflag.qos",
        F::WillFlag => "mqtt.conflag.willflag",
        F::CleanStart => "mqtt.conflag.cleansess",
        F::ConnectFlagsReserved => "mqtt.conflag.reserved",
        // 3.1 section 3.2: the whole byte is reserved, there are no flags.
        F::ConnAckFlags if context.version != Version::V31 => "mqtt.conack.flags",
        F::ConnAckFlagsReserved => "mqtt.conack.flags.reserved",
        F::SessionPresent => "mqtt.conack.flags.sp",
        F::SubscriptionOptions if v5 => "mqtt.subscription_options",
        F::SubscriptionOptionsReserved if v5 => "mqtt.subscription_options_reserved",
        F::RetainHandling => "mqtt.subscription_options_retain",
        F::RetainAsPublished => "mqtt.subscription_options_rap",
        F::NoLocal => "mqtt.subscription_options_nl",
        F::MaximumQos if v5 => "mqtt.subscription_options_qos",
        F::MaximumQos => "mqtt.sub.qos",
        _ => return None,
    })
}

fn leaf_filter(context: &Context<'_>, field: Field) -> Option<&'static str> {
    use Field as F;
    Some(match field {
        F::RemainingLength => "mqtt.len",
        F::ProtocolNameLength => "mqtt.proto_len",
        F::ProtocolName => "mqtt.protoname",
        F::ProtocolLevel => "mqtt.ver",
        F::KeepAlive => "mqtt.kalive",
        F::ConnectReturnCode => "mqtt.conack.val",
        F::ReasonCode | F::SubscribeReasonCode | F::UnsubscribeReasonCode => {
            return reason_code(context.packet_type?);
        }
        F::SubscribeReturnCode => "mqtt.suback.qos",
        F::PacketIdentifier => "mqtt.msgid",
        F::TopicNameLength | F::TopicFilterLength => "mqtt.topic_len",
        F::TopicName | F::TopicFilter => "mqtt.topic",
        F::ClientIdentifierLength => "mqtt.clientid_len",
        F::ClientIdentifier => "mqtt.clientid",
        F::WillTopicLength => "mqtt.willtopic_len",
        F::WillTopic => "mqtt.willtopic",
        F::WillPayloadLength => "mqtt.willmsg_len",
        F::WillPayload => "mqtt.willmsg",
        F::UserNameLength => "mqtt.username_len",
        F::UserName => "mqtt.username",
        F::PasswordLength => "mqtt.passwd_len",
        F::Password => "mqtt.passwd",
        F::ApplicationMessage => "mqtt.msg",
        _ => return None,
    })
}

fn property_filter(field: Field, aux: u8) -> Option<&'static str> {
    use Field as F;
    Some(match field {
        F::Properties => "mqtt.properties",
        F::WillProperties => "mqtt.will_properties",
        F::Property => return property::filter(aux),
        F::PropertyLength => "mqtt.property_len",
        F::PropertyIdentifier => "mqtt.property_id",
        F::PropertyNumber => match PropertyId::from_byte(aux) {
            Some(PropertyId::MaximumQos | PropertyId::TopicAlias) => return property::filter(aux),
            _ => "mqtt.prop_number",
        },
        F::PropertyString if aux == PropertyId::ContentType as u8 => return property::filter(aux),
        F::PropertyString | F::PropertyBinary => "mqtt.prop_string",
        F::PropertyStringLength | F::PropertyBinaryLength => "mqtt.prop_string_len",
        F::PropertyKeyLength => "mqtt.prop_key_len",
        F::PropertyKey => "mqtt.prop_key",
        F::PropertyValueLength => "mqtt.prop_value_len",
        F::PropertyValue => "mqtt.prop_value",
        _ => return None,
    })
}

fn reason_code(packet: PacketType) -> Option<&'static str> {
    use PacketType as P;
    Some(match packet {
        P::ConnAck => "mqtt.connack.reason_code",
        P::PubAck => "mqtt.puback.reason_code",
        P::PubRec => "mqtt.pubrec.reason_code",
        P::PubRel => "mqtt.pubrel.reason_code",
        P::PubComp => "mqtt.pubcomp.reason_code",
        P::SubAck => "mqtt.suback.reason_code",
        P::UnsubAck => "mqtt.unsuback.reason_code",
        P::Disconnect => "mqtt.disconnect.reason_code",
        P::Auth => "mqtt.auth.reason_code",
        _ => return None,
    })
}
