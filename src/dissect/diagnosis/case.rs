//! A diagnosis, and what its words are made of.

use crate::codec::{Fault, FaultKind, Field, PacketType, Version};

use crate::dissect::name;
use crate::dissect::text::{self, said, say};

/// A broken rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The evidence. Its offset counts from the packet's first byte.
    pub fault: Fault,
    /// A few words: `reserved flags`.
    pub title: &'static str,
    /// What is there, where, what must be there, and why.
    pub message: String,
    /// What the rule asks for.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// The broken statement, `3.1.1 MQTT-3.8.1-1`, or a section where there is no id.
    pub statement: &'static str,
}

/// How offsets are written: counted from where, and in how many hex digits.
#[derive(Clone, Copy, Debug)]
pub(in crate::dissect) struct Place {
    base: usize,
    width: usize,
}

impl Place {
    /// From the packet's first byte.
    pub(in crate::dissect) const fn in_packet(len: usize) -> Self {
        Self { base: 0, width: if len > 0x100 { 4 } else { 2 } }
    }

    /// From the first byte of what the packet was found in.
    pub(in crate::dissect) const fn in_stream(base: usize) -> Self {
        Self { base, width: 4 }
    }

    /// `Byte 0018` or `Bytes 0018–001B`.
    pub(in crate::dissect) fn bytes(self, offset: usize, len: usize) -> String {
        let first = text::offset(self.base + offset, self.width);
        if len < 2 {
            return said(&["Byte ", &first]);
        }
        said(&["Bytes ", &first, "–", &text::offset(self.base + offset + len - 1, self.width)])
    }

    /// `Bits 3–0 of byte 0018`, numbered as the standard does: 7 is the most significant.
    pub(super) fn bits(self, offset: usize, (start, len): (u8, u8)) -> String {
        let byte = text::offset(self.base + offset, self.width);
        let (high, low) = (7 - start, 8 - start - len);
        if high == low {
            return said(&["Bit ", &text::plain(u32::from(high)), " of byte ", &byte]);
        }
        said(&["Bits ", &text::plain(u32::from(high)), "–", &text::plain(u32::from(low)), " of byte ", &byte])
    }
}

/// What the words are made of.
pub(super) struct Case<'a> {
    pub(super) fault: &'a Fault,
    /// The bytes that the fault points at.
    pub(super) data: &'a [u8],
    /// The first byte of the packet's frame that the fault points at.
    pub(super) place: Place,
}

/// Title, what is expected, what was found, and what happened.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) message: String,
}

/// A fault in words, for one that was found with more than the packet at hand (a limit, a direction). Offsets in
/// the texts count from the packet's first byte.
pub fn diagnose(fault: &Fault, frame: &[u8]) -> Diagnosis {
    of(fault, frame, Place::in_packet(frame.len()), false)
}

pub(in crate::dissect) fn of(fault: &Fault, frame: &[u8], place: Place, remark: bool) -> Diagnosis {
    let (offset, len) = (fault.offset as usize, fault.len as usize);
    let data = frame.get(offset..(offset + len).min(frame.len())).unwrap_or(&[]);
    let case = Case { fault, data, place };
    let words = case.words(remark);
    Diagnosis {
        fault: *fault,
        title: words.title,
        message: words.message,
        expected: words.expected,
        found: words.found,
        statement: fault.statement(),
    }
}

impl Case<'_> {
    pub(super) fn words(&self, remark: bool) -> Words {
        use FaultKind as K;
        match self.fault.kind {
            K::ReservedPacketType | K::AuthBeforeV5 | K::FixedHeaderFlags | K::QosThree | K::DupAtQosZero => {
                self.first_byte()
            }
            K::VariableByteIntegerTooLong
            | K::VariableByteIntegerNotMinimal
            | K::PacketTooLarge
            | K::PacketTooLargeForClient
            | K::FieldOverrun
            | K::TrailingBytes => self.length(remark),
            K::InvalidUtf8 | K::NullCharacter | K::PacketIdentifierZero => self.data_type(),
            K::ProtocolName | K::ProtocolLevel => self.protocol(),
            K::ConnectFlagsReserved
            | K::WillQosWithoutWill
            | K::WillRetainWithoutWill
            | K::WillQosThree
            | K::PasswordWithoutUserName
            | K::ConnAckFlagsReserved
            | K::SessionPresentWithRefusal
            | K::SubscriptionOptionsReserved
            | K::SubscriptionQosThree
            | K::RetainHandlingThree
            | K::NoLocalOnShared => self.flag(),
            K::WildcardInTopicName
            | K::EmptyTopicName
            | K::EmptyTopicFilter
            | K::MultiLevelWildcard
            | K::SingleLevelWildcard
            | K::ShareNameEmpty
            | K::ShareNameInvalid => self.topic(),
            K::UnknownReasonCode | K::EmptyList | K::WrongDirection => self.content(),
            K::UnknownProperty
            | K::PropertyNotAllowed
            | K::DuplicateProperty
            | K::PropertyValue
            | K::AuthenticationDataWithoutMethod
            | K::SubscriptionIdentifierFromClient
            | K::SessionExpiryFromServer => self.property(),
            K::TopicAliasAboveMaximum
            | K::TopicAliasAboveClientMaximum
            | K::QosAboveMaximum
            | K::RetainNotAvailable
            | K::WildcardSubscriptionNotAvailable
            | K::SubscriptionIdentifierNotAvailable
            | K::SharedSubscriptionNotAvailable
            | K::PropertyNotRequested
            | K::AuthenticationNotAgreed
            | K::AuthenticationNotOffered
            | K::SessionExpiryAfterZero
            | K::UnknownTopicAlias
            | K::PacketIdentifierNotInFlight => self.agreed(),
            _ => self.in_turn(),
        }
    }

    /// `Byte 0018`.
    pub(super) fn at(&self) -> String {
        self.place.bytes(self.fault.offset as usize, self.fault.len as usize)
    }

    /// `Bits 3–0 of byte 0018`, or the byte where no bits are named.
    pub(super) fn bits_at(&self) -> String {
        match self.fault.bits {
            Some(bits) => self.place.bits(self.fault.offset as usize, bits),
            None => self.at(),
        }
    }

    pub(super) fn hex(&self) -> String {
        text::hex(self.data)
    }

    pub(super) fn byte(&self) -> u8 {
        self.data.first().copied().unwrap_or(0)
    }

    pub(super) fn packet(&self) -> &'static str {
        self.fault.packet.map_or("This packet", PacketType::name)
    }

    pub(super) fn field(&self) -> &'static str {
        name::name(self.fault.version, self.fault.field, self.fault.aux)
    }

    pub(super) fn v5(&self) -> bool {
        self.fault.version == Version::V5
    }

    /// Place, what is there, and why that is wrong.
    pub(super) fn wrong(&self, title: &'static str, expected: &str, why: &[&str]) -> Words {
        let mut message =
            said(&[&self.at(), if self.data.len() > 1 { " are " } else { " is " }, &self.hex(), "."]);
        message.push(' ');
        say(&mut message, why);
        Words { title, expected: expected.to_owned(), found: self.hex(), message }
    }
}

/// Lengths that announce what follows them.
pub(super) const fn is_length(field: Field) -> bool {
    matches!(field, Field::PropertyLength) || is_length_prefix(field)
}

/// A two-byte length before its field.
pub const fn is_length_prefix(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::ProtocolNameLength
            | F::TopicNameLength
            | F::PropertyStringLength
            | F::PropertyBinaryLength
            | F::PropertyKeyLength
            | F::PropertyValueLength
            | F::ClientIdentifierLength
            | F::WillTopicLength
            | F::WillPayloadLength
            | F::UserNameLength
            | F::PasswordLength
            | F::TopicFilterLength
    )
}
