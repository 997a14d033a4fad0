//! Which statements govern a field.

use crate::codec::{Field, PacketType, PropertyId, Version};

use super::name::Context;

type Statements = &'static [&'static str];

/// The statements that govern a field, those that demand most of it first; sections where there is no id.
pub(super) fn statements(context: &Context<'_>, field: Field, aux: u8) -> Statements {
    match context.version {
        Version::V31 => v31(context.packet_type, field),
        Version::V311 => v311(context.packet_type, field),
        Version::V5 => v5(context.packet_type, field, aux),
    }
}

fn v31(packet: Option<PacketType>, field: Field) -> Statements {
    use Field as F;
    use PacketType as P;
    match field {
        F::PacketTypeAndFlags | F::PacketType | F::Dup | F::QosLevel | F::Retain | F::FlagsReserved => {
            &["3.1 section 2.1"]
        }
        F::RemainingLength => &["3.1 section 2.1"],
        F::PacketIdentifier => &["3.1 section 2.4"],
        F::TopicFilter => &["3.1 appendix A"],
        F::FixedHeader | F::VariableHeader | F::Payload | F::Unread | F::Trailing | F::LeftOut => &[],
        _ => match packet {
            Some(P::Connect) => &["3.1 section 3.1"],
            Some(P::ConnAck) => &["3.1 section 3.2"],
            Some(P::Publish) => &["3.1 section 3.3"],
            Some(P::Subscribe) => &["3.1 section 3.8"],
            Some(P::SubAck) => &["3.1 section 3.9"],
            Some(P::Unsubscribe) => &["3.1 section 3.10"],
            _ => &[],
        },
    }
}

fn v311(packet: Option<PacketType>, field: Field) -> Statements {
    use Field as F;
    use PacketType as P;
    match field {
        F::PacketType => match packet {
            Some(P::Connect) => &["3.1.1 MQTT-3.1.0-1", "3.1.1 MQTT-3.1.0-2"],
            Some(P::ConnAck) => &["3.1.1 MQTT-3.2.0-1"],
            Some(P::Publish) => &["3.1.1 MQTT-3.3.4-1"],
            Some(P::PubAck) => &["3.1.1 MQTT-4.3.2-2"],
            Some(P::PubRec | P::PubComp) => &["3.1.1 MQTT-4.3.3-2"],
            Some(P::PubRel) => &["3.1.1 MQTT-4.3.3-1"],
            Some(P::Subscribe | P::SubAck) => &["3.1.1 MQTT-3.8.4-1"],
            Some(P::Unsubscribe | P::UnsubAck) => &["3.1.1 MQTT-3.10.4-4"],
            Some(P::PingReq | P::PingResp) => &["3.1.1 MQTT-3.12.4-1", "3.1.1 MQTT-3.1.2-23"],
            Some(P::Disconnect) => &["3.1.1 MQTT-3.14.4-1", "3.1.1 MQTT-3.14.4-3"],
            _ => &["3.1.1 section 2.2.1"],
        },
        F::Dup => &["3.1.1 MQTT-3.3.1-1", "3.1.1 MQTT-3.3.1-2", "3.1.1 MQTT-3.3.1-3"],
        F::QosLevel => &["3.1.1 MQTT-3.3.1-4", "3.1.1 MQTT-3.3.4-1"],
        F::Retain => &["3.1.1 MQTT-3.3.1-5", "3.1.1 MQTT-3.3.1-8", "3.1.1 MQTT-3.3.1-9"],
        F::FlagsReserved => match packet {
            Some(P::PubRel) => &["3.1.1 MQTT-3.6.1-1"],
            Some(P::Subscribe) => &["3.1.1 MQTT-3.8.1-1"],
            Some(P::Unsubscribe) => &["3.1.1 MQTT-3.10.1-1"],
            Some(P::Disconnect) => &["3.1.1 MQTT-3.14.1-1"],
            _ => &["3.1.1 MQTT-2.2.2-1", "3.1.1 MQTT-2.2.2-2"],
        },
        F::RemainingLength => &["3.1.1 section 2.2.3"],
        F::SessionPresent => &["3.1.1 MQTT-3.2.2-1", "3.1.1 MQTT-3.2.2-2", "3.1.1 MQTT-3.2.2-3"],
        F::ConnAckFlagsReserved => &["3.1.1 section 3.2.2.1"],
        F::ConnectReturnCode => &["3.1.1 MQTT-3.2.2-4", "3.1.1 MQTT-3.2.2-5"],
        F::PacketIdentifier => match packet {
            Some(P::PubAck | P::PubRec | P::PubRel | P::PubComp) => &["3.1.1 MQTT-2.3.1-6"],
            Some(P::SubAck) => &["3.1.1 MQTT-2.3.1-7", "3.1.1 MQTT-3.8.4-2"],
            Some(P::UnsubAck) => &["3.1.1 MQTT-2.3.1-7", "3.1.1 MQTT-3.10.4-4"],
            _ => &["3.1.1 MQTT-2.3.1-1", "3.1.1 MQTT-2.3.1-2", "3.1.1 MQTT-2.3.1-3"],
        },
        F::TopicName => &["3.1.1 MQTT-3.3.2-1", "3.1.1 MQTT-3.3.2-2", "3.1.1 MQTT-4.7.3-1"],
        F::TopicFilter if packet == Some(P::Unsubscribe) => &["3.1.1 MQTT-3.10.3-1", "3.1.1 MQTT-3.10.4-1"],
        F::TopicFilter => &["3.1.1 MQTT-3.8.3-1", "3.1.1 MQTT-4.7.1-2", "3.1.1 MQTT-4.7.1-3"],
        F::SubscriptionOptionsReserved => &["3.1.1 MQTT-3.8.3-4"],
        F::MaximumQos => &["3.1.1 MQTT-3.8.3-4", "3.1.1 MQTT-3.8.4-6"],
        F::SubscribeReturnCode => &["3.1.1 MQTT-3.8.4-5", "3.1.1 MQTT-3.9.3-1", "3.1.1 MQTT-3.9.3-2"],
        F::ProtocolNameLength | F::TopicNameLength | F::ClientIdentifierLength | F::WillTopicLength => {
            &["3.1.1 section 1.5.3"]
        }
        F::UserNameLength | F::TopicFilterLength => &["3.1.1 section 1.5.3"],
        F::WillPayloadLength => &["3.1.1 section 3.1.3.3"],
        F::PasswordLength => &["3.1.1 section 3.1.3.5"],
        F::ApplicationMessage => &["3.1.1 section 3.3.3"],
        F::Payload if packet == Some(P::Connect) => &["3.1.1 MQTT-3.1.3-1"],
        F::Payload if packet == Some(P::Subscribe) => &["3.1.1 MQTT-3.8.3-3"],
        F::Payload if packet == Some(P::Unsubscribe) => &["3.1.1 MQTT-3.10.3-2"],
        _ => v311_connect(field),
    }
}

fn v311_connect(field: Field) -> Statements {
    use Field as F;
    match field {
        F::ProtocolName => &["3.1.1 MQTT-3.1.2-1"],
        F::ProtocolLevel => &["3.1.1 MQTT-3.1.2-2"],
        F::UserNameFlag => &["3.1.1 MQTT-3.1.2-18", "3.1.1 MQTT-3.1.2-19"],
        F::PasswordFlag => &["3.1.1 MQTT-3.1.2-20", "3.1.1 MQTT-3.1.2-21", "3.1.1 MQTT-3.1.2-22"],
        F::WillRetain => &["3.1.1 MQTT-3.1.2-15", "3.1.1 MQTT-3.1.2-16", "3.1.1 MQTT-3.1.2-17"],
        F::WillQos => &["3.1.1 MQTT-3.1.2-13", "3.1.1 MQTT-3.1.2-14"],
        F::WillFlag => &["3.1.1 MQTT-3.1.2-8", "3.1.1 MQTT-3.1.2-9", "3.1.1 MQTT-3.1.2-12"],
        F::CleanStart => &["3.1.1 MQTT-3.1.2-4", "3.1.1 MQTT-3.1.2-6"],
        F::ConnectFlagsReserved => &["3.1.1 MQTT-3.1.2-3"],
        F::KeepAlive => &["3.1.1 MQTT-3.1.2-23", "3.1.1 MQTT-3.1.2-24"],
        F::ClientIdentifier => &["3.1.1 MQTT-3.1.3-3", "3.1.1 MQTT-3.1.3-5", "3.1.1 MQTT-3.1.3-7"],
        F::WillTopic => &["3.1.1 MQTT-3.1.3-10"],
        F::WillPayload => &["3.1.1 MQTT-3.1.2-9"],
        F::UserName => &["3.1.1 MQTT-3.1.3-11"],
        F::Password => &["3.1.1 MQTT-3.1.2-21"],
        _ => &[],
    }
}

fn v5(packet: Option<PacketType>, field: Field, aux: u8) -> Statements {
    use Field as F;
    use PacketType as P;
    match field {
        F::PacketType => v5_type(packet),
        F::Dup => &["5.0 MQTT-3.3.1-1", "5.0 MQTT-3.3.1-2", "5.0 MQTT-3.3.1-3"],
        F::QosLevel => &["5.0 MQTT-3.3.1-4", "5.0 MQTT-3.3.4-1"],
        F::Retain => &["5.0 MQTT-3.3.1-5", "5.0 MQTT-3.3.1-8", "5.0 MQTT-3.3.1-12"],
        F::FlagsReserved => match packet {
            Some(P::PubRel) => &["5.0 MQTT-3.6.1-1"],
            Some(P::Subscribe) => &["5.0 MQTT-3.8.1-1"],
            Some(P::Unsubscribe) => &["5.0 MQTT-3.10.1-1"],
            Some(P::Disconnect) => &["5.0 MQTT-3.14.1-1"],
            Some(P::Auth) => &["5.0 MQTT-3.15.1-1"],
            _ => &["5.0 MQTT-2.1.3-1"],
        },
        F::RemainingLength => &["5.0 MQTT-1.5.5-1"],
        F::ProtocolName => &["5.0 MQTT-3.1.2-1"],
        F::ProtocolLevel => &["5.0 MQTT-3.1.2-2"],
        F::UserNameFlag => &["5.0 MQTT-3.1.2-16", "5.0 MQTT-3.1.2-17"],
        F::PasswordFlag => &["5.0 MQTT-3.1.2-18", "5.0 MQTT-3.1.2-19"],
        F::WillRetain => &["5.0 MQTT-3.1.2-13", "5.0 MQTT-3.1.2-14", "5.0 MQTT-3.1.2-15"],
        F::WillQos => &["5.0 MQTT-3.1.2-11", "5.0 MQTT-3.1.2-12"],
        F::WillFlag => &["5.0 MQTT-3.1.2-7", "5.0 MQTT-3.1.2-8", "5.0 MQTT-3.1.2-9"],
        F::CleanStart => &["5.0 MQTT-3.1.2-4", "5.0 MQTT-3.1.2-5", "5.0 MQTT-3.1.2-6"],
        F::ConnectFlagsReserved => &["5.0 MQTT-3.1.2-3"],
        F::KeepAlive => &["5.0 MQTT-3.1.2-20", "5.0 MQTT-3.1.2-22"],
        F::ClientIdentifier => &["5.0 MQTT-3.1.3-3", "5.0 MQTT-3.1.3-5", "5.0 MQTT-3.1.3-6"],
        F::WillTopic => &["5.0 MQTT-3.1.3-11"],
        F::WillPayload => &["5.0 MQTT-3.1.2-9"],
        F::UserName => &["5.0 MQTT-3.1.3-12"],
        F::Password => &["5.0 MQTT-3.1.2-19"],
        F::SessionPresent => &["5.0 MQTT-3.2.2-2", "5.0 MQTT-3.2.2-3", "5.0 MQTT-3.2.2-6"],
        F::ConnAckFlagsReserved => &["5.0 MQTT-3.2.2-1"],
        F::ReasonCode => v5_reason(packet),
        F::PacketIdentifier => match packet {
            Some(P::PubAck | P::PubRec | P::PubRel | P::PubComp) => &["5.0 MQTT-2.2.1-5"],
            Some(P::SubAck) => &["5.0 MQTT-2.2.1-6", "5.0 MQTT-3.8.4-2"],
            Some(P::UnsubAck) => &["5.0 MQTT-2.2.1-6", "5.0 MQTT-3.10.4-5"],
            _ => &["5.0 MQTT-2.2.1-3", "5.0 MQTT-2.2.1-4"],
        },
        F::TopicName => &["5.0 MQTT-3.3.2-1", "5.0 MQTT-3.3.2-2"],
        F::TopicFilter if packet == Some(P::Unsubscribe) => &["5.0 MQTT-3.10.3-1", "5.0 MQTT-3.10.4-1"],
        F::TopicFilter => &["5.0 MQTT-3.8.3-1", "5.0 MQTT-4.7.1-1", "5.0 MQTT-4.7.1-2"],
        F::SubscriptionOptionsReserved => &["5.0 MQTT-3.8.3-5"],
        F::MaximumQos => &["5.0 section 3.8.3.1", "5.0 MQTT-3.8.4-8"],
        F::NoLocal => &["5.0 MQTT-3.8.3-3", "5.0 MQTT-3.8.3-4"],
        F::RetainAsPublished => &["5.0 MQTT-3.3.1-12", "5.0 MQTT-3.3.1-13"],
        F::RetainHandling => &["5.0 MQTT-3.3.1-9", "5.0 MQTT-3.3.1-10", "5.0 MQTT-3.3.1-11"],
        F::SubscribeReasonCode => &["5.0 MQTT-3.8.4-6", "5.0 MQTT-3.9.3-1", "5.0 MQTT-3.9.3-2"],
        F::UnsubscribeReasonCode => &["5.0 MQTT-3.11.3-1", "5.0 MQTT-3.11.3-2"],
        F::PropertyLength => &["5.0 MQTT-2.2.2-1", "5.0 MQTT-1.5.5-1"],
        F::PropertyIdentifier => &["5.0 section 2.2.2.2"],
        F::Property | F::PropertyNumber | F::PropertyString | F::PropertyBinary => v5_property(packet, aux),
        F::PropertyKey | F::PropertyValue => &["5.0 MQTT-1.5.7-1"],
        F::ProtocolNameLength | F::TopicNameLength | F::ClientIdentifierLength | F::WillTopicLength => {
            &["5.0 section 1.5.4"]
        }
        F::UserNameLength | F::TopicFilterLength | F::PropertyStringLength => &["5.0 section 1.5.4"],
        F::PropertyKeyLength | F::PropertyValueLength => &["5.0 section 1.5.7"],
        F::WillPayloadLength | F::PasswordLength | F::PropertyBinaryLength => &["5.0 section 1.5.6"],
        F::ApplicationMessage => &["5.0 section 3.3.3"],
        F::Payload if packet == Some(P::Connect) => &["5.0 MQTT-3.1.3-1"],
        F::Payload if packet == Some(P::Subscribe) => &["5.0 MQTT-3.8.3-2"],
        F::Payload if packet == Some(P::Unsubscribe) => &["5.0 MQTT-3.10.3-2"],
        _ => &[],
    }
}

fn v5_type(packet: Option<PacketType>) -> Statements {
    use PacketType as P;
    match packet {
        Some(P::Connect) => &["5.0 MQTT-3.1.0-1", "5.0 MQTT-3.1.0-2"],
        Some(P::ConnAck) => &["5.0 MQTT-3.2.0-1", "5.0 MQTT-3.2.0-2"],
        Some(P::Publish) => &["5.0 MQTT-3.3.4-1"],
        Some(P::PubAck) => &["5.0 MQTT-4.3.2-4"],
        Some(P::PubRec) => &["5.0 MQTT-4.3.3-8"],
        Some(P::PubRel) => &["5.0 MQTT-4.3.3-4"],
        Some(P::PubComp) => &["5.0 MQTT-4.3.3-11"],
        Some(P::Subscribe | P::SubAck) => &["5.0 MQTT-3.8.4-1"],
        Some(P::Unsubscribe | P::UnsubAck) => &["5.0 MQTT-3.10.4-4"],
        Some(P::PingReq | P::PingResp) => &["5.0 MQTT-3.12.4-1", "5.0 MQTT-3.1.2-20"],
        Some(P::Disconnect) => &["5.0 MQTT-3.14.4-1", "5.0 MQTT-3.14.4-2", "5.0 MQTT-3.14.4-3"],
        Some(P::Auth) => &["5.0 MQTT-4.12.0-2", "5.0 MQTT-4.12.0-3", "5.0 MQTT-4.12.0-5"],
        None => &["5.0 section 2.1.2"],
    }
}

fn v5_reason(packet: Option<PacketType>) -> Statements {
    use PacketType as P;
    match packet {
        Some(P::ConnAck) => &["5.0 MQTT-3.2.2-7", "5.0 MQTT-3.2.2-8"],
        Some(P::PubAck) => &["5.0 MQTT-3.4.2-1"],
        Some(P::PubRec) => &["5.0 MQTT-3.5.2-1"],
        Some(P::PubRel) => &["5.0 MQTT-3.6.2-1"],
        Some(P::PubComp) => &["5.0 MQTT-3.7.2-1"],
        Some(P::Disconnect) => &["5.0 MQTT-3.14.2-1"],
        Some(P::Auth) => &["5.0 MQTT-3.15.2-1"],
        _ => &["5.0 section 2.4"],
    }
}

fn v5_property(packet: Option<PacketType>, id: u8) -> Statements {
    use PropertyId as I;
    let connack = packet == Some(PacketType::ConnAck);
    match PropertyId::from_byte(id) {
        None => &["5.0 section 2.2.2.2"],
        Some(I::PayloadFormatIndicator) => &["5.0 MQTT-3.3.2-4"],
        Some(I::MessageExpiryInterval) => &["5.0 MQTT-3.3.2-5", "5.0 MQTT-3.3.2-6"],
        Some(I::ContentType) => &["5.0 MQTT-3.3.2-19", "5.0 MQTT-3.3.2-20"],
        Some(I::ResponseTopic) => &["5.0 MQTT-3.3.2-13", "5.0 MQTT-3.3.2-14", "5.0 MQTT-3.3.2-15"],
        Some(I::CorrelationData) => &["5.0 MQTT-3.3.2-16"],
        Some(I::SubscriptionIdentifier) if packet == Some(PacketType::Publish) => {
            &["5.0 MQTT-3.3.4-3", "5.0 MQTT-3.3.4-4", "5.0 MQTT-3.3.4-6"]
        }
        Some(I::SubscriptionIdentifier) => &["5.0 section 3.8.2.1.2"],
        Some(I::SessionExpiryInterval) if packet == Some(PacketType::Disconnect) => &["5.0 MQTT-3.14.2-2"],
        Some(I::SessionExpiryInterval) => &["5.0 MQTT-3.1.2-23", "5.0 MQTT-4.1.0-2"],
        Some(I::AssignedClientIdentifier) => &["5.0 MQTT-3.2.2-16", "5.0 MQTT-3.1.3-7"],
        Some(I::ServerKeepAlive) => &["5.0 MQTT-3.2.2-21", "5.0 MQTT-3.2.2-22"],
        Some(I::AuthenticationMethod) => &["5.0 MQTT-4.12.0-5"],
        Some(I::AuthenticationData) => &["5.0 section 3.1.2.11.10"],
        Some(I::RequestProblemInformation) => &["5.0 MQTT-3.1.2-29"],
        Some(I::WillDelayInterval) => &["5.0 MQTT-3.1.2-8", "5.0 MQTT-3.1.3-9"],
        Some(I::RequestResponseInformation) => &["5.0 MQTT-3.1.2-28"],
        Some(I::ResponseInformation) => &["5.0 MQTT-3.1.2-28"],
        Some(I::ServerReference) => &["5.0 section 4.11"],
        Some(I::ReasonString) if connack => &["5.0 MQTT-3.2.2-19"],
        Some(I::ReasonString) => &["5.0 MQTT-3.1.2-29"],
        Some(I::ReceiveMaximum) if connack => &["5.0 MQTT-3.3.4-7", "5.0 MQTT-4.9.0-1"],
        Some(I::ReceiveMaximum) => &["5.0 MQTT-3.3.4-9", "5.0 MQTT-4.9.0-1"],
        Some(I::TopicAliasMaximum) if connack => &["5.0 MQTT-3.2.2-17", "5.0 MQTT-3.3.2-12"],
        Some(I::TopicAliasMaximum) => &["5.0 MQTT-3.1.2-26", "5.0 MQTT-3.3.2-10"],
        Some(I::TopicAlias) => &["5.0 MQTT-3.3.2-8", "5.0 MQTT-3.3.2-7"],
        Some(I::MaximumQos) => &["5.0 MQTT-3.2.2-9", "5.0 MQTT-3.2.2-11"],
        Some(I::RetainAvailable) => &["5.0 MQTT-3.2.2-14"],
        Some(I::UserProperty) if packet == Some(PacketType::Publish) => {
            &["5.0 MQTT-3.3.2-17", "5.0 MQTT-3.3.2-18"]
        }
        Some(I::UserProperty) => &["5.0 MQTT-1.5.7-1"],
        Some(I::MaximumPacketSize) if connack => &["5.0 MQTT-3.2.2-15"],
        Some(I::MaximumPacketSize) => &["5.0 MQTT-3.1.2-24", "5.0 MQTT-3.1.2-25"],
        Some(I::WildcardSubscriptionAvailable) => &["5.0 section 3.2.2.3.11"],
        Some(I::SubscriptionIdentifierAvailable) => &["5.0 section 3.2.2.3.12"],
        Some(I::SharedSubscriptionAvailable) => &["5.0 section 3.2.2.3.13"],
    }
}

#[cfg(test)]
mod tests {
    use crate::spec;

    /// Every reference of this file, read from its own text so that none is forgotten.
    #[test]
    fn every_statement_exists() {
        let references: Vec<&str> = include_str!("rules.rs")
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|text| ["3.1 ", "3.1.1 ", "5.0 "].iter().any(|version| text.starts_with(version)))
            .collect();
        assert!(references.len() > 200, "{}", references.len());
        for reference in references.into_iter().filter(|reference| reference.contains("MQTT-")) {
            assert!(spec::lookup(reference).is_some(), "{reference}");
        }
    }
}
