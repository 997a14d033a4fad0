//! A field's value: typed, and as text.

use std::borrow::Cow;

use crate::codec::{Field, ReasonCode, Span};

use super::name::Context;
use super::node::is_group;
use super::text::{self, say};

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

/// A value that is still where it was read.
pub(super) enum Content<'a> {
    None,
    Flag(bool),
    Number(u32),
    /// Owned of a user property alone, whose name and value it joins.
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl Content<'_> {
    /// The number, of a flag too; 0 of anything else.
    pub(super) fn number(&self) -> u32 {
        match self {
            Self::Number(n) => *n,
            Self::Flag(flag) => u32::from(*flag),
            _ => 0,
        }
    }
}

impl From<Content<'_>> for Value {
    fn from(content: Content<'_>) -> Self {
        match content {
            Content::None => Self::None,
            Content::Flag(flag) => Self::Flag(flag),
            Content::Number(number) => Self::Number(number),
            Content::Text(text) => Self::Text(text.into_owned()),
            Content::Bytes(data) => Self::Bytes(data.to_vec()),
        }
    }
}

/// Reads the value of a span.
pub(super) fn read<'a>(frame: &'a [u8], span: &Span) -> Content<'a> {
    let data = frame.get(span.range()).unwrap_or(&[]);
    if let Some((start, len)) = span.bit_range() {
        let byte = data.first().copied().unwrap_or(0);
        let bits = u32::from(byte << start >> (8 - len));
        return if len == 1 { Content::Flag(bits == 1) } else { Content::Number(bits) };
    }
    use Field as F;
    match span.field() {
        F::PacketTypeAndFlags | F::ConnectFlags | F::ConnAckFlags | F::SubscriptionOptions => {
            Content::Number(big_endian(data))
        }
        F::Property => super::property::value(span.aux(), data.get(1..).unwrap_or(&[])),
        field if is_group(field) => Content::None,
        F::RemainingLength | F::PropertyLength => Content::Number(variable(data)),
        F::PropertyNumber => Content::Number(super::property::number(span.aux(), data)),
        F::ProtocolName
        | F::TopicName
        | F::PropertyString
        | F::PropertyKey
        | F::PropertyValue
        | F::ClientIdentifier
        | F::WillTopic
        | F::UserName
        | F::TopicFilter => match core::str::from_utf8(data) {
            Ok(text) => Content::Text(Cow::Borrowed(text)),
            Err(_) => Content::Bytes(data),
        },
        F::PropertyBinary
        | F::WillPayload
        | F::Password
        | F::ApplicationMessage
        | F::Unread
        | F::Trailing => Content::Bytes(data),
        _ => Content::Number(big_endian(data)),
    }
}

pub(super) fn big_endian(data: &[u8]) -> u32 {
    data.iter().take(4).fold(0, |n, byte| n << 8 | u32::from(*byte))
}

pub(super) fn variable(data: &[u8]) -> u32 {
    data.iter().take(4).rev().fold(0, |n, byte| n << 7 | u32::from(byte & 0x7f))
}

/// Appends the value as people read it: with its unit or the name of what it stands for.
pub(super) fn push_text(out: &mut String, context: &Context<'_>, span: &Span, content: &Content<'_>) {
    use Field as F;
    let number = content.number();
    match (span.field(), content) {
        (F::Unread, _) if context.missing > 0 => {
            text::push_data_hex(out, context.frame.get(span.range()).unwrap_or(&[]));
            out.push_str(" incomplete");
        }
        (F::Unread | F::Trailing, Content::Bytes(data)) => text::push_data_hex(out, data),
        (F::Password, Content::Bytes(data)) => (0..data.len().min(12)).for_each(|_| out.push('•')),
        (_, Content::None) => {}
        (_, Content::Text(content)) => text::push_shown(out, content),
        (_, Content::Bytes(data)) => text::push_data(out, data),
        (F::PacketTypeAndFlags | F::ConnectFlags | F::ConnAckFlags | F::SubscriptionOptions, _) => {
            out.push_str("0x");
            text::push_offset(out, number as usize, 2);
        }
        (F::PacketType, _) => plain_and(out, number, context.packet_type.map_or("reserved", |t| t.name())),
        (F::Dup, Content::Flag(true)) => out.push_str("1 sent again"),
        (F::QosLevel | F::WillQos | F::MaximumQos, _) => {
            plain_and(out, number, super::details::qos_words(number as u8));
        }
        (F::RetainHandling, _) => plain_and(out, number, retain_handling(number)),
        (F::FlagsReserved | F::ConnAckFlagsReserved | F::SubscriptionOptionsReserved, _) => {
            text::push_binary(out, number, span.bit_range().map_or(8, |(_, len)| len));
        }
        (F::ProtocolLevel, _) => match crate::codec::Version::from_level(number as u8) {
            Some(version) => {
                text::push_plain(out, number);
                say(out, &[" = ", version.as_str()]);
            }
            None => plain_and(out, number, "unknown"),
        },
        (F::KeepAlive, _) if number == 0 => out.push_str("0 switched off"),
        (F::KeepAlive, _) => {
            text::push_number(out, number);
            out.push_str(" s");
        }
        (F::ConnectReturnCode | F::ReasonCode, _)
        | (F::SubscribeReturnCode | F::SubscribeReasonCode | F::UnsubscribeReasonCode, _) => {
            push_code(out, context, number as u8);
        }
        (F::PropertyIdentifier, _) => {
            out.push_str("0x");
            text::push_offset(out, number as usize, 2);
            out.push(' ');
            out.push_str(super::property::name(number as u8));
        }
        (F::PropertyNumber | F::Property, _) => super::property::push_number(out, span.aux(), number),
        (F::PacketIdentifier, _) => text::push_plain(out, number),
        _ => text::push_number(out, number),
    }
}

/// `2 exactly once`.
fn plain_and(out: &mut String, number: u32, words: &str) {
    text::push_plain(out, number);
    out.push(' ');
    out.push_str(words);
}

fn retain_handling(value: u32) -> &'static str {
    match value {
        0 => "send retained messages",
        1 => "send retained messages if new",
        2 => "send no retained messages",
        _ => "not defined",
    }
}

/// A return or reason code with its name.
fn push_code(out: &mut String, context: &Context<'_>, code: u8) {
    if code >= 0x80 {
        out.push_str("0x");
        text::push_offset(out, usize::from(code), 2);
    } else {
        text::push_plain(out, u32::from(code));
    }
    let name = context.packet_type.and_then(|packet| ReasonCode(code).name(packet, context.version));
    out.push(' ');
    out.push_str(name.unwrap_or("unknown"));
}
