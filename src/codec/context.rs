//! What is known of a connection besides its version: who sends, and what both ends have agreed on.
//!
//! The checks here run only where a recorder brings a [`Context`]; plain reading has none of them.

use super::fault::FaultKind;
use super::field::Field;
use super::property::{PropertyHost, PropertyId};
use super::reader::{Read, Reader};
use super::record::Recorder;
use super::types::{Direction, PacketType, QoS, Version};
use crate::topic;

/// What the receiver of a packet knows of its connection. [`Context::new`] knows only the version and allows
/// everything; each field makes it stricter. Limits are those for the packets of this direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The connection's version; a CONNECT brings its own.
    pub version: Version,
    /// Who sends.
    pub direction: Option<Direction>,
    /// Maximum Packet Size in bytes, fixed header included.
    pub maximum_packet_size: u32,
    /// Topic Alias Maximum; 0 allows no alias.
    pub topic_alias_maximum: u16,
    /// Maximum QoS of a PUBLISH to the server, and of a will.
    pub maximum_qos: QoS,
    /// Whether the server keeps retained messages.
    pub retain_available: bool,
    /// Whether the server accepts `+` and `#` in SUBSCRIBE.
    pub wildcard_subscription_available: bool,
    /// Whether the server accepts a Subscription Identifier in SUBSCRIBE.
    pub subscription_identifier_available: bool,
    /// Whether the server accepts `$share/…` in SUBSCRIBE.
    pub shared_subscription_available: bool,
    /// The CONNECT's Session Expiry Interval was above 0; else DISCONNECT must not change it.
    pub session_expires_later: bool,
    /// The client asked for Response Information.
    pub response_information: bool,
    /// The client wants Reason Strings and User Properties in every packet.
    pub problem_information: bool,
    /// The CONNECT named an Authentication Method.
    pub authentication: bool,
}

impl Context {
    /// Nothing known but the version: finds no more than plain reading does.
    pub const fn new(version: Version) -> Self {
        Self {
            version,
            direction: None,
            maximum_packet_size: u32::MAX,
            topic_alias_maximum: u16::MAX,
            maximum_qos: QoS::ExactlyOnce,
            retain_available: true,
            wildcard_subscription_available: true,
            subscription_identifier_available: true,
            shared_subscription_available: true,
            session_expires_later: true,
            response_information: true,
            problem_information: true,
            authentication: true,
        }
    }

    /// The same, for packets that go this way.
    #[must_use]
    pub const fn towards(self, direction: Direction) -> Self {
        Self { direction: Some(direction), ..self }
    }
}

/// Who may send a packet of this type at all.
pub(super) fn packet_type<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    packet_type: PacketType,
) -> Read<()> {
    let at = (r.pos - 1, 1);
    let sender = packet_type.sender(r.version);
    if sender.is_some() && context.direction.is_some_and(|direction| sender != Some(direction)) {
        // 3.1 section 2.1, 3.1.1 section 2.2.1, 5.0 section 2.1.2; 3.1.1 section 3.14: only clients disconnect so.
        r.fault(FaultKind::WrongDirection, Field::PacketType, at, (0, 0))?;
    }
    if packet_type == PacketType::Auth && !context.authentication {
        // 5.0 MQTT-4.12.0-6, MQTT-4.12.0-7
        let kind = match context.direction {
            Some(Direction::ToServer) => FaultKind::AuthenticationNotOffered,
            _ => FaultKind::AuthenticationNotAgreed,
        };
        r.fault(kind, Field::PacketType, at, (0, 0))?;
    }
    Ok(())
}

/// The packet's size, once its Remaining Length of `width` bytes is read.
pub(super) fn size<R: Recorder>(r: &mut Reader<'_, '_, R>, context: &Context, width: usize) -> Read<()> {
    let (limit, total) = (context.maximum_packet_size, r.end() as u32);
    if total > limit {
        // 5.0 MQTT-3.1.2-24, MQTT-3.2.2-15; also what a Reason String or User Property must not lead to:
        // MQTT-3.2.2-19, MQTT-3.2.2-20, MQTT-3.4.2-2, MQTT-3.4.2-3 and those alike
        let kind = match context.direction {
            Some(Direction::ToClient) => FaultKind::PacketTooLargeForClient,
            _ => FaultKind::PacketTooLarge,
        };
        r.fault(kind, Field::RemainingLength, (r.pos - width, width), (limit, total))?;
    }
    Ok(())
}

/// The flags of a PUBLISH.
pub(super) fn publish_flags<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    flags: u8,
) -> Read<()> {
    qos(r, context, Field::QosLevel, (0, 5), flags >> 1 & 3)?;
    retain(r, context, Field::Retain, (0, 7), flags & 1 != 0)
}

/// The connect flags at `at` of a CONNECT with a will.
pub(super) fn will_flags<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    at: usize,
    flags: u8,
) -> Read<()> {
    qos(r, context, Field::WillQos, (at, 3), flags >> 3 & 3)?;
    retain(r, context, Field::WillRetain, (at, 2), flags & 0x20 != 0)
}

fn qos<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    field: Field,
    (at, bit): (usize, u8),
    level: u8,
) -> Read<()> {
    let most = context.maximum_qos.level();
    // QoS 3 is a fault of its own.
    if level > most && level < 3 {
        // 5.0 MQTT-3.2.2-11, of a will MQTT-3.2.2-12
        let numbers = (u32::from(most), u32::from(level));
        r.bit_fault(FaultKind::QosAboveMaximum, field, at, (bit, 2), numbers)?;
    }
    Ok(())
}

fn retain<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    field: Field,
    (at, bit): (usize, u8),
    set: bool,
) -> Read<()> {
    if set && !context.retain_available {
        // 5.0 MQTT-3.2.2-14, of a will MQTT-3.2.2-13
        r.bit_fault(FaultKind::RetainNotAvailable, field, at, (bit, 1), (0, 1))?;
    }
    Ok(())
}

/// A property's identifier, just read.
pub(super) fn property<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    host: PropertyHost,
    byte: u8,
) -> Read<()> {
    use PacketType as P;
    use PropertyId as I;
    let (Some(id), PropertyHost::Packet(packet)) = (PropertyId::from_byte(byte), host) else {
        return Ok(());
    };
    let kind = match (id, packet) {
        // 5.0 MQTT-3.3.4-6
        (I::SubscriptionIdentifier, P::Publish) if context.direction == Some(Direction::ToServer) => {
            FaultKind::SubscriptionIdentifierFromClient
        }
        // 5.0 section 3.2.2.3.12
        (I::SubscriptionIdentifier, P::Subscribe) if !context.subscription_identifier_available => {
            FaultKind::SubscriptionIdentifierNotAvailable
        }
        // 5.0 MQTT-3.14.2-2
        (I::SessionExpiryInterval, P::Disconnect) if context.direction == Some(Direction::ToClient) => {
            FaultKind::SessionExpiryFromServer
        }
        // 5.0 MQTT-3.1.2-28
        (I::ResponseInformation, P::ConnAck) if !context.response_information => {
            FaultKind::PropertyNotRequested
        }
        (_, P::Publish | P::Disconnect) => return Ok(()),
        // 5.0 MQTT-4.12.0-6
        (I::AuthenticationMethod, P::ConnAck) if !context.authentication => {
            FaultKind::AuthenticationNotAgreed
        }
        (_, P::ConnAck) => return Ok(()),
        // 5.0 MQTT-3.1.2-29
        (I::ReasonString | I::UserProperty, _) if !context.problem_information => {
            FaultKind::PropertyNotRequested
        }
        _ => return Ok(()),
    };
    r.fault(kind, Field::PropertyIdentifier, (r.pos - 1, 1), (0, u32::from(byte)))
}

/// A number property's value at `at`, just read.
pub(super) fn number<R: Recorder>(
    r: &mut Reader<'_, '_, R>,
    context: &Context,
    byte: u8,
    at: usize,
    number: u32,
) -> Read<()> {
    let place = (at, r.pos - at);
    let most = u32::from(context.topic_alias_maximum);
    if byte == PropertyId::TopicAlias as u8 && number > most {
        // 5.0 MQTT-3.3.2-9, MQTT-3.3.2-11, MQTT-3.1.2-26, MQTT-3.1.2-27, MQTT-3.2.2-17, MQTT-3.2.2-18
        let kind = match context.direction {
            Some(Direction::ToClient) => FaultKind::TopicAliasAboveClientMaximum,
            _ => FaultKind::TopicAliasAboveMaximum,
        };
        r.fault(kind, Field::PropertyNumber, place, (most, number))?;
    }
    let expires = byte == PropertyId::SessionExpiryInterval as u8 && number > 0;
    if expires && r.packet == Some(PacketType::Disconnect) && !context.session_expires_later {
        // 5.0 section 3.14.2.2.2
        r.fault(FaultKind::SessionExpiryAfterZero, Field::PropertyNumber, place, (0, number))?;
    }
    Ok(())
}

/// A topic filter, just read.
pub(super) fn filter<R: Recorder>(r: &mut Reader<'_, '_, R>, context: &Context, filter: &str) -> Read<()> {
    if r.packet != Some(PacketType::Subscribe) {
        return Ok(());
    }
    let start = r.pos - filter.len();
    if !context.shared_subscription_available && topic::share_name(filter).is_some() {
        // 5.0 section 3.2.2.3.13
        let place = (start, filter.len());
        r.fault(FaultKind::SharedSubscriptionNotAvailable, Field::TopicFilter, place, (0, 0))?;
    }
    if !context.wildcard_subscription_available
        && let Some(at) = topic::first_wildcard(filter)
    {
        // 5.0 section 3.2.2.3.11
        let found = u32::from(filter.as_bytes()[at]);
        let place = (start + at, 1);
        r.fault(FaultKind::WildcardSubscriptionNotAvailable, Field::TopicFilter, place, (0, found))?;
    }
    Ok(())
}
