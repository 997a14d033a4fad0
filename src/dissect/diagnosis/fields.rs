//! Words for values that a field must not have.

use crate::codec::{FaultKind, Field, PacketType, Version};

use super::case::{Case, Words, is_length};
use crate::dissect::text::{self, said};

impl Case<'_> {
    pub(super) fn data_type(&self) -> Words {
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

    pub(super) fn protocol(&self) -> Words {
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
                if self.fault.found == 0x80 | self.fault.expected {
                    " Bit 7 marks a bridge, which the standard does not know."
                } else {
                    ""
                },
            ]),
            found: level,
        }
    }

    pub(super) fn flag(&self) -> Words {
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

    pub(super) fn topic(&self) -> Words {
        use FaultKind as K;
        let share = "$share/, a name without + or #, a slash, a topic filter";
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
}
