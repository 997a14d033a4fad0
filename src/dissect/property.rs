//! The words for 5.0's properties.

use std::borrow::Cow;

use crate::codec::{PropertyId, PropertyKind};

use super::text::{self, said};
use super::value::{self, Content};

macro_rules! words {
    ($($id:ident: $name:literal, $filter:literal, $meaning:literal;)*) => {
        /// The property's name, and of an unknown one that it is.
        pub(super) fn name(id: u8) -> &'static str {
            match PropertyId::from_byte(id) {
                $(Some(PropertyId::$id) => $name,)*
                None => "unknown property",
            }
        }

        /// The property's display-filter name.
        pub(super) fn filter(id: u8) -> Option<&'static str> {
            Some(match PropertyId::from_byte(id)? {
                $(PropertyId::$id => concat!("mqtt.property.", $filter),)*
            })
        }

        /// What the property tells its receiver.
        pub(super) fn meaning(id: u8) -> &'static str {
            match PropertyId::from_byte(id) {
                $(Some(PropertyId::$id) => $meaning,)*
                None => "5.0 defines no property with this identifier.",
            }
        }
    };
}

words! {
    PayloadFormatIndicator: "payload format indicator", "payload_format_indicator",
        "Says whether the payload is text: 1 promises UTF-8, 0 says nothing about it.";
    MessageExpiryInterval: "message expiry interval", "message_expiry_interval",
        "How long the message may wait for a subscriber before the server throws it away.";
    ContentType: "content type", "content_type",
        "What kind of data the payload is, as sender and receiver have agreed on; often a MIME type.";
    ResponseTopic: "response topic", "response_topic",
        "Where the answer to this message shall be published. It makes the message a request.";
    CorrelationData: "correlation data", "correlation_data",
        "Bytes that the answer repeats, so that the asker knows which request it answers.";
    SubscriptionIdentifier: "subscription identifier", "subscription_identifier",
        "A number that the client gives a subscription; the server repeats it in each message sent because of it.";
    SessionExpiryInterval: "session expiry interval", "session_expiry_interval",
        "How long the session is kept after the connection closes. 0 ends it with the connection.";
    AssignedClientIdentifier: "assigned client identifier", "assigned_client_identifier",
        "The client identifier that the server chose, because the client sent none.";
    ServerKeepAlive: "server keep alive", "server_keep_alive",
        "The keep alive that the client must use instead of the one it asked for.";
    AuthenticationMethod: "authentication method", "authentication_method",
        "The name of the method by which both ends prove who they are.";
    AuthenticationData: "authentication data", "authentication_data",
        "What the authentication method exchanges; only the method knows what it means.";
    RequestProblemInformation: "request problem information", "request_problem_information",
        "0 asks the server to leave reason strings and user properties out of most answers.";
    WillDelayInterval: "will delay interval", "will_delay_interval",
        "How long the server waits after a lost connection before it publishes the will.";
    RequestResponseInformation: "request response information", "request_response_information",
        "1 asks the server for a hint from which response topics can be built.";
    ResponseInformation: "response information", "response_information",
        "The server's hint from which the client can build its response topics.";
    ServerReference: "server reference", "server_reference",
        "Another server that the client can use.";
    ReasonString: "reason string", "reason_string",
        "The reason in words, for people who look for an error. Programs do not parse it.";
    ReceiveMaximum: "receive maximum", "receive_maximum",
        "How many QoS 1 and QoS 2 messages the sender of this packet takes at once before it has acknowledged one.";
    TopicAliasMaximum: "topic alias maximum", "topic_alias_maximum",
        "The highest topic alias that the sender of this packet accepts. 0 means none.";
    TopicAlias: "topic alias", "topic_alias",
        "A number that stands for the topic name on this connection, so that later packets can leave the name out.";
    MaximumQos: "maximum QoS", "max_qos",
        "The highest QoS at which this server takes messages.";
    RetainAvailable: "retain available", "retain_available",
        "Whether this server keeps retained messages.";
    UserProperty: "user property", "user_property",
        "A name and a value that mean something to the applications only. It may stand more than once.";
    MaximumPacketSize: "maximum packet size", "maximum_packet_size",
        "The largest packet that the sender of this packet accepts.";
    WildcardSubscriptionAvailable: "wildcard subscription available", "wildcard_subscription_available",
        "Whether this server takes topic filters with + and #.";
    SubscriptionIdentifierAvailable: "subscription identifier available", "subscription_identifier_available",
        "Whether this server takes subscription identifiers.";
    SharedSubscriptionAvailable: "shared subscription available", "shared_subscription_available",
        "Whether this server takes shared subscriptions.";
}

/// A number with its unit or meaning.
pub(super) fn number_text(id: u8, number: u32) -> String {
    let mut out = String::new();
    push_number(&mut out, id, number);
    out
}

/// Appends what [`number_text`] gives.
pub(super) fn push_number(out: &mut String, id: u8, number: u32) {
    use PropertyId as P;
    let Some(id) = PropertyId::from_byte(id) else { return text::push_number(out, number) };
    let unit = match (id, number) {
        (P::SessionExpiryInterval, u32::MAX) => " never expires",
        (P::SessionExpiryInterval | P::MessageExpiryInterval | P::WillDelayInterval, _)
        | (P::ServerKeepAlive, _) => " s",
        (P::MaximumPacketSize, _) => " B",
        (P::PayloadFormatIndicator, 0) => " = unspecified",
        (P::PayloadFormatIndicator, 1) => " = UTF-8 text",
        (
            P::RetainAvailable
            | P::WildcardSubscriptionAvailable
            | P::SubscriptionIdentifierAvailable
            | P::SharedSubscriptionAvailable,
            0,
        ) => " = no",
        (
            P::RetainAvailable
            | P::WildcardSubscriptionAvailable
            | P::SubscriptionIdentifierAvailable
            | P::SharedSubscriptionAvailable,
            1,
        ) => " = yes",
        _ => "",
    };
    match id {
        P::TopicAlias | P::SubscriptionIdentifier => text::push_plain(out, number),
        _ => {
            text::push_number(out, number);
            out.push_str(unit);
        }
    }
}

/// The number that stands in `data`, by the property's type.
pub(super) fn number(id: u8, data: &[u8]) -> u32 {
    match PropertyId::from_byte(id).map(PropertyId::kind) {
        Some(PropertyKind::VariableByteInteger) => value::variable(data),
        _ => value::big_endian(data),
    }
}

/// The value of a whole property, from what follows its identifier; a user property reads `name = value`.
/// Nothing if it is not all there.
pub(super) fn value(id: u8, data: &[u8]) -> Content<'_> {
    use PropertyKind as K;
    let text = |data| core::str::from_utf8(data).ok();
    let value = match PropertyId::from_byte(id).map(PropertyId::kind) {
        None => None,
        Some(K::Utf8String) => {
            prefixed(data).and_then(|(own, _)| text(own)).map(|text| Content::Text(Cow::Borrowed(text)))
        }
        Some(K::BinaryData) => prefixed(data).map(|(own, _)| Content::Bytes(own)),
        Some(K::Utf8StringPair) => prefixed(data).and_then(|(name, rest)| {
            let (own, _) = prefixed(rest)?;
            Some(Content::Text(Cow::Owned(said(&[text(name)?, " = ", text(own)?]))))
        }),
        Some(_) if data.is_empty() => None,
        Some(_) => Some(Content::Number(number(id, data))),
    };
    value.unwrap_or(Content::None)
}

/// What a two-byte length announces, and what follows.
fn prefixed(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = data.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}
