//! What a field tells, in a sentence.

use crate::codec::{Field, PacketType, ReasonCode, Span, Version};

use super::name::{self, Context};
use super::property;
use super::text::{self, said};

pub(super) fn meaning(context: &Context<'_>, span: &Span, number: u32) -> String {
    use Field as F;
    match span.field() {
        F::PacketType => match context.packet_type {
            Some(packet) => said(&[packet.name(), ": ", purpose(packet, context.version)]),
            None => "Type 0 is reserved: no packet begins like this.".to_owned(),
        },
        F::FlagsReserved => flags_reserved(context),
        F::RemainingLength if number == 0 => "The packet ends here: nothing follows.".to_owned(),
        F::RemainingLength => said(&["The packet goes on for ", &text::bytes(number), " behind this field."]),
        F::QosLevel | F::WillQos | F::MaximumQos => {
            said(&[qos_role(context, span.field()), qos_meaning(number)])
        }
        F::KeepAlive => keep_alive(number),
        F::PropertyLength if number == 0 => "There are no properties.".to_owned(),
        F::PropertyLength => said(&["The properties take the next ", &text::bytes(number), "."]),
        F::ConnectReturnCode
        | F::ReasonCode
        | F::SubscribeReturnCode
        | F::SubscribeReasonCode
        | F::UnsubscribeReasonCode => code(context, number as u8),
        F::PropertyIdentifier => said(&["Says which property follows: ", property::name(span.aux()), "."]),
        F::Property | F::PropertyNumber | F::PropertyString | F::PropertyBinary => {
            property::meaning(span.aux()).to_owned()
        }
        F::PropertyStringLength | F::PropertyBinaryLength | F::PropertyValueLength | F::PropertyKeyLength => {
            length_of("value", number, span.field() == F::PropertyKeyLength)
        }
        F::ProtocolNameLength
        | F::TopicNameLength
        | F::ClientIdentifierLength
        | F::WillTopicLength
        | F::WillPayloadLength
        | F::UserNameLength
        | F::PasswordLength
        | F::TopicFilterLength => {
            let name = name::name(context.version, span.field(), 0);
            length_of(name.strip_suffix(" length").unwrap_or(name), number, false)
        }
        F::Unread if context.missing > 0 => incomplete(context),
        field => plain(context, field, number).to_owned(),
    }
}

fn length_of(what: &str, number: u32, is_name: bool) -> String {
    let what = if is_name { "name" } else { what };
    match number {
        0 => said(&["The ", what, " is empty."]),
        _ => said(&["The ", what, " takes the next ", &text::bytes(number), "."]),
    }
}

fn flags_reserved(context: &Context<'_>) -> String {
    let name = context.packet_type.map_or("this packet", PacketType::name);
    let what = match context.version {
        Version::V31 if context.has_qos() => " this bit is not used.",
        Version::V31 => " these bits are not used.",
        _ => " these bits carry nothing and have a fixed value.",
    };
    said(&["In ", name, what])
}

fn incomplete(context: &Context<'_>) -> String {
    if context.frame.len() < 2 {
        return "The packet has just begun: its length is not here yet.".to_owned();
    }
    said(&["The packet is not complete: ", &text::bytes(context.missing as u32), " more needed."])
}

const fn purpose(packet: PacketType, version: Version) -> &'static str {
    use PacketType as P;
    match packet {
        P::Connect => "a client asks a server for a connection.",
        P::ConnAck => "the server answers CONNECT.",
        P::Publish => "a message on its way, to the server or to a subscriber.",
        P::PubAck => "the receiver confirms a QoS 1 message; with it the exchange is over.",
        P::PubRec => "the receiver has taken over a QoS 2 message, the second of its four packets.",
        P::PubRel => "the sender lets go of a QoS 2 message, the third of its four packets.",
        P::PubComp => "the QoS 2 exchange is complete, the last of its four packets.",
        P::Subscribe => "a client asks for messages.",
        P::SubAck => "the server answers SUBSCRIBE.",
        P::Unsubscribe => "a client ends subscriptions.",
        P::UnsubAck => "the server answers UNSUBSCRIBE.",
        P::PingReq => "the client shows that it is there and asks the same of the server.",
        P::PingResp => "the server shows that it is there.",
        P::Disconnect if matches!(version, Version::V5) => "the sender is about to close the connection.",
        P::Disconnect => "the client is about to close the connection in order.",
        P::Auth => "a step of an exchange by which both ends prove who they are.",
    }
}

fn qos_role(context: &Context<'_>, field: Field) -> &'static str {
    match (field, context.is_v5()) {
        (Field::QosLevel, _) => "How hard sender and receiver of this packet try to deliver it: ",
        (Field::WillQos, _) => "The QoS at which the will shall be published: ",
        (_, true) => "The highest QoS at which the client wants these messages: ",
        (_, false) => "The QoS at which the client asks for these messages: ",
    }
}

const fn qos_meaning(level: u32) -> &'static str {
    match level {
        0 => "at most once, nothing is acknowledged.",
        1 => "at least once, sent again until it is acknowledged.",
        2 => "exactly once, by a handshake of four packets.",
        _ => "3 is no QoS level.",
    }
}

fn keep_alive(secs: u32) -> String {
    if secs == 0 {
        return "0 switches keep alive off: the server waits for the client without limit.".to_owned();
    }
    let (whole, half) = (secs * 3 / 2, if secs % 2 == 1 { ".5" } else { "" });
    said(&[
        "The client is never silent for longer than ",
        &text::number(secs),
        " s. After ",
        &text::number(whole),
        half,
        " s of silence the server takes the connection for lost.",
    ])
}

fn code(context: &Context<'_>, code: u8) -> String {
    let Some(packet) = context.packet_type else { return String::new() };
    let reason = ReasonCode(code);
    let Some(name) = reason.name(packet, context.version) else {
        return said(&[packet.name(), " has no such code."]);
    };
    let what = match (packet, context.is_v5()) {
        (PacketType::ConnAck, false) if code == 0 => return "The server accepts the connection.".to_owned(),
        (PacketType::ConnAck, false) => "The server refuses the connection",
        (PacketType::SubAck, _) if code < 3 => "The server takes the subscription and tells its highest QoS",
        (PacketType::SubAck | PacketType::UnsubAck, _) if reason.is_error() => {
            "The server refuses this filter"
        }
        (PacketType::UnsubAck, _) => "The server's answer for one filter",
        _ if reason.is_error() => "Something went wrong",
        _ => "No error",
    };
    said(&[what, ": ", name, "."])
}

/// Sentences that depend on nothing else, or on one bit.
fn plain(context: &Context<'_>, field: Field, number: u32) -> &'static str {
    flags(context, field, number != 0).unwrap_or_else(|| fields(context, field))
}

fn flags(context: &Context<'_>, field: Field, set: bool) -> Option<&'static str> {
    use Field as F;
    let v5 = context.is_v5();
    Some(match (field, set) {
        (F::Dup, true) => "1 says that this may be a second copy of a packet sent before.",
        (F::Dup, false) => "0 says that this packet is sent for the first time.",
        (F::Retain, true) => {
            "1, sent to the server: keep this message for later subscribers. Sent to a client: it was kept."
        }
        (F::Retain, false) => {
            "0, sent to the server: keep nothing. Sent to a client: this is news, not a kept message."
        }
        (F::UserNameFlag, true) => "1 says that a user name follows in the payload.",
        (F::UserNameFlag, false) => "0 says that there is no user name.",
        (F::PasswordFlag, true) => "1 says that a password follows in the payload.",
        (F::PasswordFlag, false) => "0 says that there is no password.",
        (F::WillRetain, true) => "1 asks the server to keep the will as a retained message.",
        (F::WillRetain, false) => "0 says that the will, if there is one, is not retained.",
        (F::WillFlag, true) => {
            "1 leaves a will with the server, to be published if the connection ends without DISCONNECT."
        }
        (F::WillFlag, false) => "0 says that the client leaves no will.",
        (F::CleanStart, true) if v5 => "1 throws away an earlier session and begins a new one.",
        (F::CleanStart, false) if v5 => "0 goes on with the earlier session, if there is one.",
        (F::CleanStart, true) => "1 throws away an earlier session, and this one ends with the connection.",
        (F::CleanStart, false) => {
            "0 goes on with the earlier session, if there is one, and keeps it when the connection ends."
        }
        (F::SessionPresent, true) => {
            "1 says that the server has kept a session of this client and goes on with it."
        }
        (F::SessionPresent, false) => "0 says that the server has no session of this client.",
        (F::NoLocal, true) => "1 keeps the server from sending the client its own messages.",
        (F::NoLocal, false) => "0 lets the server send the client its own messages too.",
        (F::RetainAsPublished, true) => "1 lets forwarded messages keep RETAIN as the publisher set it.",
        (F::RetainAsPublished, false) => "0 lets forwarded messages have RETAIN 0.",
        _ => return None,
    })
}

fn fields(context: &Context<'_>, field: Field) -> &'static str {
    use Field as F;
    match field {
        F::FixedHeader => "The beginning of every packet: its type, some flags, and how long it is.",
        F::VariableHeader => "Fields that this type of packet needs before its payload.",
        F::Properties => "Settings and facts of 5.0, each with an identifier.",
        F::WillProperties => "Properties of the will message.",
        F::Payload => match context.packet_type {
            Some(PacketType::Publish) => "What the publisher wants to say.",
            Some(PacketType::Connect) => "Who the client is, and its will and credentials, as the flags say.",
            Some(PacketType::Subscribe | PacketType::Unsubscribe) => {
                "The topic filters, one after the other."
            }
            _ => "One code for each topic filter of the request, in the same order.",
        },
        F::Subscription => "One topic filter and how the client wants its messages.",
        F::PacketTypeAndFlags => "The type in the upper four bits, flags in the lower four.",
        F::ConnectFlags => "Eight flags: how the session begins, and which fields the payload has.",
        F::ConnAckFlags if context.version == Version::V31 => "3.1 does not use this byte.",
        F::ConnAckFlags => "Only the lowest bit is used.",
        F::ConnectFlagsReserved | F::ConnAckFlagsReserved | F::SubscriptionOptionsReserved => {
            "Not used: nothing may be set here."
        }
        F::SubscriptionOptions => "How the client wants the messages of this filter.",
        F::RetainHandling => "Which retained messages the server sends because of this subscription.",
        F::ProtocolName => "The protocol's name: MQTT since 3.1.1, MQIsdp in 3.1.",
        F::ProtocolLevel => "The version of the protocol: 3 is 3.1, 4 is 3.1.1, 5 is 5.0.",
        F::PacketIdentifier => match context.packet_type {
            Some(PacketType::Publish | PacketType::Subscribe | PacketType::Unsubscribe) => {
                "A number that the answers repeat, so that they find the packet they belong to."
            }
            _ => "The number of the packet that this one belongs to.",
        },
        F::TopicName => "What the message is about; subscribers with a matching filter get it.",
        F::PropertyKey => "The name of a user property.",
        F::PropertyValue => "The value of a user property.",
        F::ClientIdentifier => "Who the client is: the server keeps the session under this name.",
        F::WillTopic => "Where the server publishes the will.",
        F::WillPayload => "What the server publishes if the client is lost.",
        F::UserName => "Who the client claims to be when the server checks what it may do.",
        F::Password => "What proves it. Without TLS everybody on the way can read it.",
        F::TopicFilter => "Which topics it is about: + stands for one level, # for all that follow.",
        F::ApplicationMessage => {
            "The message itself. MQTT does not look into it; its length is what is left of the packet."
        }
        F::Unread => "Not read: what came before is broken, so nobody can say what this is.",
        F::Trailing => "No field of this packet claims these bytes.",
        _ => "",
    }
}
