//! What is wrong with a packet, in words: what is there, what was expected, where exactly.

use crate::codec::{Fault, FaultKind, Field, PacketType, PropertyId, ReasonCode, Version};

use super::text::{self, said, say};
use super::{name, property};

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
pub(super) struct Place {
    base: usize,
    width: usize,
}

impl Place {
    /// From the packet's first byte.
    pub(super) const fn in_packet(len: usize) -> Self {
        Self { base: 0, width: if len > 0x100 { 4 } else { 2 } }
    }

    /// From the first byte of what the packet was found in.
    pub(super) const fn in_stream(base: usize) -> Self {
        Self { base, width: 4 }
    }

    /// `Byte 0018` or `Bytes 0018–001B`.
    fn bytes(self, offset: usize, len: usize) -> String {
        let first = text::offset(self.base + offset, self.width);
        if len < 2 {
            return said(&["Byte ", &first]);
        }
        said(&["Bytes ", &first, "–", &text::offset(self.base + offset + len - 1, self.width)])
    }

    /// `Bits 3–0 of byte 0018`, numbered as the standard does: 7 is the most significant.
    fn bits(self, offset: usize, (start, len): (u8, u8)) -> String {
        let byte = text::offset(self.base + offset, self.width);
        let (high, low) = (7 - start, 8 - start - len);
        if high == low {
            return said(&["Bit ", &text::plain(u32::from(high)), " of byte ", &byte]);
        }
        said(&["Bits ", &text::plain(u32::from(high)), "–", &text::plain(u32::from(low)), " of byte ", &byte])
    }
}

/// What the words are made of.
struct Case<'a> {
    fault: &'a Fault,
    /// The bytes that the fault points at.
    data: &'a [u8],
    /// The first byte of the packet's frame that the fault points at.
    place: Place,
}

/// Title, what is expected, what was found, and what happened.
struct Words {
    title: &'static str,
    expected: String,
    found: String,
    message: String,
}

pub(super) fn of(fault: &Fault, frame: &[u8], place: Place, remark: bool) -> Diagnosis {
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
    fn words(&self, remark: bool) -> Words {
        use FaultKind as K;
        match self.fault.kind {
            K::ReservedPacketType | K::AuthBeforeV5 | K::FixedHeaderFlags | K::QosThree | K::DupAtQosZero => {
                self.first_byte()
            }
            K::VariableByteIntegerTooLong
            | K::VariableByteIntegerNotMinimal
            | K::PacketTooLarge
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
        }
    }

    /// `Byte 0018`.
    fn at(&self) -> String {
        self.place.bytes(self.fault.offset as usize, self.fault.len as usize)
    }

    /// `Bits 3–0 of byte 0018`, or the byte where no bits are named.
    fn bits_at(&self) -> String {
        match self.fault.bits {
            Some(bits) => self.place.bits(self.fault.offset as usize, bits),
            None => self.at(),
        }
    }

    fn hex(&self) -> String {
        text::hex(self.data)
    }

    fn byte(&self) -> u8 {
        self.data.first().copied().unwrap_or(0)
    }

    fn packet(&self) -> &'static str {
        self.fault.packet.map_or("This packet", PacketType::name)
    }

    fn field(&self) -> &'static str {
        name::name(self.fault.version, self.fault.field, self.fault.aux)
    }

    fn v5(&self) -> bool {
        self.fault.version == Version::V5
    }

    /// Place, what is there, and why that is wrong.
    fn wrong(&self, title: &'static str, expected: &str, why: &[&str]) -> Words {
        let mut message =
            said(&[&self.at(), if self.data.len() > 1 { " are " } else { " is " }, &self.hex(), "."]);
        message.push(' ');
        say(&mut message, why);
        Words { title, expected: expected.to_owned(), found: self.hex(), message }
    }

    fn first_byte(&self) -> Words {
        let byte = self.byte();
        let (low, hex) = (u32::from(byte & 0x0f), text::offset(usize::from(byte), 2));
        match self.fault.kind {
            FaultKind::ReservedPacketType => self.wrong(
                "reserved packet type",
                if self.v5() { "a packet type from 1 to 15" } else { "a packet type from 1 to 14" },
                &["Its upper four bits are 0, and no packet has type 0."],
            ),
            FaultKind::AuthBeforeV5 => self.wrong(
                "reserved packet type",
                "a packet type from 1 to 14",
                &[
                    "Packet type 15 is AUTH, which exists since 5.0; in ",
                    self.fault.version.as_str(),
                    " it is reserved.",
                ],
            ),
            FaultKind::FixedHeaderFlags => {
                let needed = text::binary(self.fault.expected, 4);
                let right = text::offset((byte & 0xf0) as usize | self.fault.expected as usize, 2);
                let message = said(&[
                    &self.at(),
                    " is ",
                    &hex,
                    ", it must be ",
                    &right,
                    ". In ",
                    self.packet(),
                    " bits 3–0 are reserved and must be ",
                    &needed,
                    ".",
                ]);
                Words { title: "reserved flags", expected: needed, found: text::binary(low, 4), message }
            }
            FaultKind::QosThree => Words {
                title: "QoS 3",
                expected: "QoS 0, 1 or 2".to_owned(),
                found: "QoS 3".to_owned(),
                message: said(&[
                    &self.at(),
                    " is ",
                    &hex,
                    ": both QoS bits are set. QoS is 0, 1 or 2; there is no 3.",
                ]),
            },
            _ => Words {
                title: "DUP at QoS 0",
                expected: "DUP 0".to_owned(),
                found: "DUP 1".to_owned(),
                message: said(&[
                    &self.at(),
                    " is ",
                    &hex,
                    ", it must be ",
                    &text::offset((byte & !0x08) as usize, 2),
                    ". A QoS 0 PUBLISH is never sent again, so DUP must be 0.",
                ]),
            },
        }
    }

    fn length(&self, remark: bool) -> Words {
        let (wanted, found) = (self.fault.expected, self.fault.found);
        let (at, field) = (self.at(), self.field());
        match self.fault.kind {
            FaultKind::VariableByteIntegerTooLong => Words {
                title: "length never ends",
                expected: "at most 4 bytes".to_owned(),
                found: self.hex(),
                message: said(&[
                    &at,
                    " all have their top bit set, which says that one more byte follows. The ",
                    field,
                    " takes at most four bytes.",
                ]),
            },
            FaultKind::VariableByteIntegerNotMinimal => {
                let why =
                    if remark { "Unusual, but allowed before 5.0." } else { "Since 5.0 that is malformed." };
                Words {
                    title: "longer than needed",
                    expected: text::bytes(wanted),
                    found: text::bytes(found),
                    message: said(&[
                        &at,
                        " write the ",
                        field,
                        " in ",
                        &text::bytes(found),
                        " where ",
                        &text::number(wanted),
                        " would do. ",
                        why,
                    ]),
                }
            }
            FaultKind::PacketTooLarge => Words {
                title: "packet too large",
                expected: said(&["at most ", &text::bytes(wanted)]),
                found: text::bytes(found),
                message: said(&[
                    "The packet takes ",
                    &text::bytes(found),
                    ", the receiver accepts ",
                    &text::number(wanted),
                    " at most.",
                ]),
            },
            FaultKind::FieldOverrun => self.overrun(),
            _ => Words {
                title: "bytes left over",
                expected: "the end of the packet".to_owned(),
                found: text::bytes(found),
                message: said(&[
                    &at,
                    if found == 1 { " is" } else { " are" },
                    " left over: ",
                    self.packet(),
                    " has no field for ",
                    if found == 1 { "it" } else { "them" },
                    ". The remaining length is too long, or a length inside is too short.",
                ]),
            },
        }
    }

    fn overrun(&self) -> Words {
        let (wanted, left) = (text::bytes(self.fault.expected), self.fault.found);
        let left = if left == 0 { "none".to_owned() } else { text::number(left) };
        let length = is_length(self.fault.field);
        let message = if length && !self.data.is_empty() {
            said(&[
                &self.at(),
                if self.data.len() > 1 { " say" } else { " says" },
                " that ",
                &wanted,
                " follow, but the packet has ",
                &left,
                " left. The ",
                self.field(),
                " is too long, or the remaining length too short.",
            ])
        } else {
            said(&[
                "The packet ends before its ",
                self.field(),
                ": ",
                &wanted,
                " needed, ",
                &left,
                " left. The remaining length is too short.",
            ])
        };
        Words { title: "packet ends too soon", expected: wanted, found: said(&[&left, " left"]), message }
    }

    fn data_type(&self) -> Words {
        match self.fault.kind {
            FaultKind::InvalidUtf8 => self.wrong(
                "not UTF-8",
                "well-formed UTF-8",
                &["That is no character in UTF-8, and the ", self.field(), " must be well-formed UTF-8."],
            ),
            FaultKind::NullCharacter => self.wrong(
                "null character",
                "no U+0000",
                &["The character U+0000 must not stand in a string, here the ", self.field(), "."],
            ),
            _ => self.wrong(
                "packet identifier 0",
                "1 to 65,535",
                &["A ", self.packet(), " needs a ", self.field(), " from 1 to 65,535; 0 is none."],
            ),
        }
    }

    fn protocol(&self) -> Words {
        let version = self.fault.version;
        if self.fault.kind == FaultKind::ProtocolName {
            let found =
                if self.fault.field == Field::ProtocolName { text::data(self.data) } else { String::new() };
            let mut words = self.wrong(
                "unknown protocol name",
                version.protocol_name(),
                &["The protocol name must be ", version.protocol_name(), " in ", version.as_str(), "."],
            );
            words.found = found;
            return words;
        }
        let level = text::plain(self.fault.found);
        let expected = if version == Version::V31 { "3" } else { "4 or 5" };
        Words {
            title: "unknown protocol level",
            expected: expected.to_owned(),
            message: said(&[
                &self.at(),
                " is ",
                &self.hex(),
                ": level ",
                &level,
                ". With the protocol name ",
                version.protocol_name(),
                " it is ",
                if version == Version::V31 { "3 for 3.1." } else { "4 for 3.1.1 or 5 for 5.0." },
            ]),
            found: level,
        }
    }

    fn flag(&self) -> Words {
        use FaultKind as K;
        let (title, must, why) = match self.fault.kind {
            K::ConnectFlagsReserved => ("reserved flag", "0", "It is reserved in the connect flags."),
            K::WillQosWithoutWill => (
                "will QoS without will",
                "00",
                "Without the will flag there is no will that a QoS could be for.",
            ),
            K::WillRetainWithoutWill => (
                "will retain without will",
                "0",
                "Without the will flag there is no will that could be retained.",
            ),
            K::WillQosThree => ("will QoS 3", "00, 01 or 10", "The will QoS is 0, 1 or 2; there is no 3."),
            K::PasswordWithoutUserName => {
                ("password without user name", "0", "Before 5.0 a password needs a user name.")
            }
            K::ConnAckFlagsReserved => {
                ("reserved flags", "0000000", "They are reserved; only bit 0, session present, may be set.")
            }
            K::SessionPresentWithRefusal => (
                "session present in a refusal",
                "0",
                "A CONNACK that refuses the connection has session present 0.",
            ),
            K::SubscriptionOptionsReserved if self.v5() => {
                ("reserved bits", "00", "They are reserved in the subscription options.")
            }
            K::SubscriptionOptionsReserved => {
                ("reserved bits", "000000", "Only the two lowest bits, the requested QoS, are used.")
            }
            K::SubscriptionQosThree => ("QoS 3", "00, 01 or 10", "The QoS is 0, 1 or 2; there is no 3."),
            K::RetainHandlingThree => {
                ("retain handling 3", "00, 01 or 10", "Retain handling is 0, 1 or 2; there is no 3.")
            }
            _ => (
                "no local on a shared subscription",
                "0",
                "A shared subscription cannot leave out its own client's messages.",
            ),
        };
        let width = self.fault.bits.map_or(8, |(_, len)| len);
        let found = text::binary(self.fault.found, width);
        let verb = if width > 1 { " are " } else { " is " };
        let they = if width > 1 { ", they must be " } else { ", it must be " };
        let message = said(&[&self.bits_at(), verb, &found, they, must, ". ", why]);
        Words { title, expected: must.to_owned(), found, message }
    }

    fn topic(&self) -> Words {
        use FaultKind as K;
        let share = "behind $share/ come a name of at least one character without + or #, a slash, and a topic filter";
        let (title, expected, why) = match self.fault.kind {
            K::WildcardInTopicName => (
                "wildcard in a topic name",
                "no + or #",
                "Wildcards stand in topic filters only; a message has one exact topic.",
            ),
            K::EmptyTopicName if self.v5() && self.fault.packet == Some(PacketType::Publish) => (
                "empty topic name",
                "a topic name or a topic alias",
                "The topic name is empty, and no topic alias stands for it.",
            ),
            K::EmptyTopicName => {
                ("empty topic name", "at least one character", "A topic name has at least one character.")
            }
            K::EmptyTopicFilter => {
                ("empty topic filter", "at least one character", "A topic filter has at least one character.")
            }
            K::MultiLevelWildcard => (
                "misplaced #",
                "# as the last whole level",
                "# stands alone or behind a slash, and always at the end.",
            ),
            K::SingleLevelWildcard => (
                "misplaced +",
                "+ as a whole level",
                "+ stands for a whole level: only slashes may stand beside it.",
            ),
            K::ShareNameEmpty => {
                ("no share name", share, "A shared subscription needs a share name behind $share/.")
            }
            _ => (
                "unusable share name",
                share,
                "A share name has no + or #, and a slash and a topic filter follow it.",
            ),
        };
        let mut words = self.wrong(title, expected, &[why]);
        if !self.data.is_empty() && !is_length(self.fault.field) && !words.title.starts_with("empty") {
            let found = text::data(self.data);
            let verb = if self.data.len() > 1 { " are “" } else { " is “" };
            words.message = said(&[&self.at(), verb, &found, "”. ", why]);
            words.found = found;
        }
        words
    }

    fn content(&self) -> Words {
        let packet = self.packet();
        match self.fault.kind {
            FaultKind::UnknownReasonCode => {
                let kind = if self.v5() { "reason code" } else { "return code" };
                let expected = said(&["a ", kind, " of ", packet]);
                self.wrong(
                    "unknown code",
                    &expected,
                    &[
                        packet,
                        " has no such ",
                        kind,
                        " in ",
                        self.fault.version.as_str(),
                        self.elsewhere(),
                        ".",
                    ],
                )
            }
            FaultKind::EmptyList => {
                let (what, expected) = match self.fault.packet {
                    Some(PacketType::SubAck | PacketType::UnsubAck) => ("code", "at least one code"),
                    _ => ("topic filter", "at least one topic filter"),
                };
                let message =
                    said(&["The packet ends without a ", what, ". ", packet, " holds at least one."]);
                Words {
                    title: "nothing in it",
                    expected: expected.to_owned(),
                    found: "nothing".to_owned(),
                    message,
                }
            }
            _ => {
                let sender = match self.fault.packet.and_then(|packet| packet.sender(self.fault.version)) {
                    Some(crate::codec::Direction::ToServer) => "a client",
                    _ => "a server",
                };
                self.wrong("wrong direction", sender, &["Only ", sender, " sends ", packet, "."])
            }
        }
    }

    /// For a code that other packets have: its name.
    fn elsewhere(&self) -> &'static str {
        let code = ReasonCode(self.byte());
        let known = PacketType::ALL.iter().any(|packet| code.is_known(*packet, self.fault.version));
        if known { "; other packets do" } else { "" }
    }

    fn property(&self) -> Words {
        use FaultKind as K;
        let fault = self.fault;
        let name = property::name(fault.aux);
        match fault.kind {
            K::UnknownProperty => self.wrong(
                "unknown property",
                "one of the 27 property identifiers",
                &["5.0 has no property with this identifier, so its length is unknown and nothing behind it can be read."],
            ),
            K::PropertyNotAllowed => {
                self.wrong("misplaced property", "a property of this packet", &["This is the ", name, ", which may not stand here in ", self.packet(), "."])
            }
            K::DuplicateProperty => {
                self.wrong("property twice", "each property once", &["The ", name, " stands here a second time; only once is allowed."])
            }
            K::PropertyValue => {
                let (least, most) = PropertyId::from_byte(fault.aux).map_or((0, 0), PropertyId::number_range);
                let expected = match (least, most) {
                    (0, 1) => "0 or 1".to_owned(),
                    (1, u32::MAX) => "1 or more".to_owned(),
                    _ => said(&[&text::number(least), " to ", &text::number(most)]),
                };
                let mut words = self.wrong("value out of range", &expected, &["The ", name, " is ", &expected, "."]);
                words.found = text::number(fault.found);
                words
            }
            K::AuthenticationDataWithoutMethod => Words {
                title: "authentication data without method",
                expected: "an authentication method".to_owned(),
                found: "authentication data alone".to_owned(),
                message: said(&[&self.at(), " hold authentication data but no authentication method that could make sense of them."]),
            },
            K::SubscriptionIdentifierFromClient => self.wrong(
                "subscription identifier from a client",
                "no subscription identifier",
                &["Only a server puts a subscription identifier into a PUBLISH."],
            ),
            _ => self.wrong(
                "session expiry from the server",
                "no session expiry interval",
                &["In a DISCONNECT only the client may set the session expiry interval."],
            ),
        }
    }
}

const fn is_length(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::ProtocolNameLength
            | F::TopicNameLength
            | F::PropertyLength
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
