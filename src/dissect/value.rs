//! A field's value: typed, and as text.

use crate::codec::{Field, ReasonCode, Span};

use super::name::Context;
use super::node::is_group;
use super::text::{self, said};

/// A field's value as typed data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Groups have none.
    None,
    /// One bit.
    Flag(bool),
    /// An integer of any width, or some bits.
    Number(u32),
    /// A well-formed string.
    Text(String),
    /// Binary data, ill-formed strings, and bytes that no field claims.
    Bytes(Vec<u8>),
}

impl Value {
    /// The number, of a flag too; 0 of anything else.
    pub fn number(&self) -> u32 {
        match self {
            Self::Number(n) => *n,
            Self::Flag(flag) => u32::from(*flag),
            _ => 0,
        }
    }
}

/// Reads the value of a span.
pub(super) fn read(frame: &[u8], span: &Span) -> Value {
    let data = frame.get(span.range()).unwrap_or(&[]);
    if let Some((start, len)) = span.bit_range() {
        let byte = data.first().copied().unwrap_or(0);
        let bits = u32::from(byte << start >> (8 - len));
        return if len == 1 { Value::Flag(bits == 1) } else { Value::Number(bits) };
    }
    use Field as F;
    match span.field() {
        F::PacketTypeAndFlags | F::ConnectFlags | F::ConnAckFlags | F::SubscriptionOptions => {
            Value::Number(big_endian(data))
        }
        F::Property => super::property::value(span.aux(), data.get(1..).unwrap_or(&[])),
        field if is_group(field) => Value::None,
        F::RemainingLength | F::PropertyLength => Value::Number(variable(data)),
        F::PropertyNumber => Value::Number(super::property::number(span.aux(), data)),
        F::ProtocolName
        | F::TopicName
        | F::PropertyString
        | F::PropertyKey
        | F::PropertyValue
        | F::ClientIdentifier
        | F::WillTopic
        | F::UserName
        | F::TopicFilter => match core::str::from_utf8(data) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Bytes(data.to_vec()),
        },
        F::PropertyBinary
        | F::WillPayload
        | F::Password
        | F::ApplicationMessage
        | F::Unread
        | F::Trailing => Value::Bytes(data.to_vec()),
        _ => Value::Number(big_endian(data)),
    }
}

pub(super) fn big_endian(data: &[u8]) -> u32 {
    data.iter().take(4).fold(0, |n, byte| n << 8 | u32::from(*byte))
}

pub(super) fn variable(data: &[u8]) -> u32 {
    data.iter().take(4).rev().fold(0, |n, byte| n << 7 | u32::from(byte & 0x7f))
}

/// The value as people read it: with its unit or the name of what it stands for.
pub(super) fn text(context: &Context<'_>, span: &Span, value: &Value) -> String {
    use Field as F;
    let number = value.number();
    match (span.field(), value) {
        (F::Unread, _) if context.missing > 0 => incomplete(context, span),
        (F::Unread | F::Trailing, Value::Bytes(data)) => text::hex(data),
        (F::Password, Value::Bytes(data)) => "•".repeat(data.len().min(12)),
        (_, Value::None) => String::new(),
        (_, Value::Text(content)) => text::shown(content),
        (_, Value::Bytes(data)) => text::data(data),
        (F::PacketTypeAndFlags | F::ConnectFlags | F::ConnAckFlags | F::SubscriptionOptions, _) => {
            said(&["0x", &text::offset(number as usize, 2)])
        }
        (F::PacketType, _) => {
            said(&[&text::plain(number), " ", context.packet_type.map_or("reserved", |t| t.name())])
        }
        (F::Dup, Value::Flag(true)) => "1 sent again".to_owned(),
        (F::QosLevel | F::WillQos | F::MaximumQos, _) => qos(number),
        (F::RetainHandling, _) => said(&[&text::plain(number), " ", retain_handling(number)]),
        (F::FlagsReserved | F::ConnAckFlagsReserved | F::SubscriptionOptionsReserved, _) => {
            text::binary(number, span.bit_range().map_or(8, |(_, len)| len))
        }
        (F::ProtocolLevel, _) => protocol_level(number),
        (F::KeepAlive, _) if number == 0 => "0 switched off".to_owned(),
        (F::KeepAlive, _) => said(&[&text::number(number), " s"]),
        (F::ConnectReturnCode | F::ReasonCode, _)
        | (F::SubscribeReturnCode | F::SubscribeReasonCode | F::UnsubscribeReasonCode, _) => {
            code(context, number as u8)
        }
        (F::PropertyIdentifier, _) => property_identifier(number as u8),
        (F::PropertyNumber | F::Property, _) => super::property::number_text(span.aux(), number),
        (F::PacketIdentifier, _) => text::plain(number),
        _ => text::number(number),
    }
}

fn incomplete(context: &Context<'_>, span: &Span) -> String {
    let mut out = text::hex(context.frame.get(span.range()).unwrap_or(&[]));
    text::say(&mut out, &[" incomplete"]);
    out
}

/// `2 exactly once`.
pub(super) fn qos(level: u32) -> String {
    said(&[&text::plain(level), " ", super::details::qos_words(level as u8)])
}

fn retain_handling(value: u32) -> &'static str {
    match value {
        0 => "send retained messages",
        1 => "send retained messages if new",
        2 => "send no retained messages",
        _ => "not defined",
    }
}

fn protocol_level(level: u32) -> String {
    match crate::codec::Version::from_level(level as u8) {
        Some(version) => said(&[&text::plain(level), " = ", version.as_str()]),
        None => said(&[&text::plain(level), " unknown"]),
    }
}

/// A return or reason code with its name.
pub(super) fn code(context: &Context<'_>, code: u8) -> String {
    let mut out = if code >= 0x80 {
        said(&["0x", &text::offset(usize::from(code), 2)])
    } else {
        text::plain(u32::from(code))
    };
    let name = context.packet_type.and_then(|packet| ReasonCode(code).name(packet, context.version));
    text::say(&mut out, &[" ", name.unwrap_or("unknown")]);
    out
}

fn property_identifier(id: u8) -> String {
    let mut out = said(&["0x", &text::offset(usize::from(id), 2)]);
    text::say(&mut out, &[" ", super::property::name(id)]);
    out
}
