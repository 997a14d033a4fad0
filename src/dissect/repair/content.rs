//! Repairs of what a fault points at: a bit, a number, a string, a property.

use super::edit::{replace, variable, with_length};
use super::{Cause, Repair};
use crate::codec::{Fault, FaultKind, Field, Frame, PacketType, Version, decode, measure};
use crate::dissect::node::{Node, dissect};
use crate::dissect::text::{self, said};

/// Stands for a character that cannot stay.
const STAND_IN: u8 = b'_';

struct Work<'a> {
    packet: &'a [u8],
    version: Version,
    fault: &'a Fault,
    base: usize,
    found: Vec<Repair>,
}

/// What would put the fault right.
pub(super) fn repairs(bytes: &[u8], version: Version, fault: &Fault, base: usize) -> Vec<Repair> {
    let len = match measure(bytes) {
        Frame::Len { total, .. } => total.min(bytes.len()),
        _ => bytes.len(),
    };
    let version = if fault.packet == Some(PacketType::Connect) { fault.version } else { version };
    let mut work = Work { packet: &bytes[..len], version, fault, base, found: vec![] };
    work.first_byte();
    work.flags();
    work.values();
    work.strings();
    work.protocol();
    work.properties();
    work.found
}

impl Work<'_> {
    fn at(&self) -> usize {
        (self.fault.offset as usize).min(self.packet.len().saturating_sub(1))
    }

    fn set(&mut self, cause: Cause, at: usize, value: u8) {
        if self.packet.get(at).is_none_or(|byte| *byte == value) {
            return;
        }
        let mut new = self.packet[..=at].to_vec();
        new[at] = value;
        let label = said(&[
            "Set byte ",
            &text::offset(self.base + at, 4),
            " to ",
            &text::offset(usize::from(value), 2),
        ]);
        self.found.push(Repair::bytes(cause, at, at + 1, new, label));
    }

    fn put(&mut self, cause: Cause, range: core::ops::Range<usize>, new: &[u8], label: &str) {
        let at = range.start;
        let edited = replace(self.packet, self.version, range, new);
        self.found.push(Repair::bytes(cause, at, self.packet.len(), edited, label.to_owned()));
    }

    fn first_byte(&mut self) {
        use FaultKind as K;
        let first = self.packet[0];
        match self.fault.kind {
            K::FixedHeaderFlags => {
                let keep = if self.version == Version::V31 { 0xf8 } else { 0xf0 };
                self.set(Cause::FixedHeaderFlags, 0, first & keep | self.fault.expected as u8);
            }
            K::QosThree => {
                self.set(Cause::QosThree, 0, first & !0x06 | 0x02);
                self.set(Cause::QosThree, 0, first & !0x06 | 0x04);
            }
            K::DupAtQosZero => self.set(Cause::DupAtQosZero, 0, first & !0x08),
            K::ReservedPacketType => {
                // A line's end or a counter that got before the packet.
                let label = "Leave out the first byte".to_owned();
                self.found.push(Repair::bytes(Cause::PacketType, 0, 1, vec![], label));
            }
            K::VariableByteIntegerNotMinimal => self.minimal(),
            _ => {}
        }
    }

    fn minimal(&mut self) {
        let at = self.at();
        let width = self.packet[at..].iter().take(4).position(|byte| byte & 0x80 == 0).map_or(4, |at| at + 1);
        let Some(wide) = self.packet.get(at..at + width) else { return };
        let value = wide.iter().rev().fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
        let label = said(&["Write it in ", &text::bytes(variable(value).len() as u32)]);
        if at == 1 {
            let body = &self.packet[1 + width..];
            let new = with_length(self.packet[0], body);
            // Whoever wrote the length wide may have taken its last byte for the length of no properties.
            let padded = with_length(self.packet[0], &[body, &[0]].concat());
            if self.version == Version::V5
                && decode(&new, self.version).is_err()
                && decode(&padded, self.version).is_ok()
            {
                let label = said(&[&label, ", and add the length of no properties"]);
                self.found.push(Repair::bytes(Cause::LengthNotMinimal, 1, self.packet.len(), padded, label));
            }
            self.found.push(Repair::bytes(Cause::LengthNotMinimal, 1, self.packet.len(), new, label));
            return;
        }
        self.put(Cause::LengthNotMinimal, at..at + width, &variable(value), &label);
    }

    fn flags(&mut self) {
        use FaultKind as K;
        let at = self.at();
        let byte = self.packet[at];
        match self.fault.kind {
            K::ConnectFlagsReserved => self.set(Cause::ReservedBit, at, byte & !0x01),
            K::ConnAckFlagsReserved => self.set(Cause::ReservedBit, at, byte & 0x01),
            K::SessionPresentWithRefusal => self.set(Cause::ReservedBit, at, byte & !0x01),
            K::WillQosWithoutWill | K::WillRetainWithoutWill => {
                self.set(Cause::WillFlags, at, byte & !0x38);
                self.set(Cause::WillFlags, at, byte | 0x04);
            }
            K::WillQosThree => {
                self.set(Cause::WillFlags, at, byte & !0x18 | 0x08);
                self.set(Cause::WillFlags, at, byte & !0x18 | 0x10);
            }
            K::PasswordWithoutUserName => {
                self.set(Cause::PasswordFlag, at, byte & !0x40 | 0x80);
                self.set(Cause::PasswordFlag, at, byte | 0x80);
                self.set(Cause::PasswordFlag, at, byte & !0x40);
            }
            K::SubscriptionOptionsReserved => {
                let keep = if self.version == Version::V5 { 0x3f } else { 0x03 };
                self.set(Cause::ReservedBit, at, byte & keep);
            }
            K::SubscriptionQosThree => self.set(Cause::QosThree, at, byte & !0x03 | 0x02),
            K::RetainHandlingThree => self.set(Cause::ReservedBit, at, byte & !0x30 | 0x20),
            K::NoLocalOnShared => self.set(Cause::ReservedBit, at, byte & !0x04),
            _ => {}
        }
    }

    fn values(&mut self) {
        use FaultKind as K;
        let at = self.at();
        match self.fault.kind {
            K::PacketIdentifierZero => {
                self.set(Cause::PacketIdentifierZero, at + 1, 1);
                for repair in &mut self.found {
                    repair.at = at;
                }
            }
            K::UnknownReasonCode => {
                self.set(Cause::ReasonCode, at, 0);
                self.set(Cause::ReasonCode, at, 0x80);
            }
            K::EmptyList => {
                let end = self.packet.len();
                let entry: &[u8] = match self.fault.packet {
                    Some(PacketType::Subscribe) => &[0, 1, b'#', 0],
                    Some(PacketType::Unsubscribe) => &[0, 1, b'#'],
                    _ => &[0],
                };
                let label = if entry.len() > 1 { "Add the topic filter #" } else { "Add the code 00" };
                self.put(Cause::EmptyList, end..end, entry, label);
                if let Some(repair) = self.found.last_mut() {
                    repair.at = self.fault.offset as usize;
                }
            }
            K::TrailingBytes => {
                let end = self.packet.len();
                self.put(Cause::LeftOver, at..end, &[], "Remove the bytes left over");
            }
            _ => {}
        }
    }

    fn strings(&mut self) {
        use FaultKind as K;
        let at = self.at();
        let end = (at + (self.fault.len as usize).max(1)).min(self.packet.len());
        let blank = vec![STAND_IN; end - at];
        match self.fault.kind {
            K::InvalidUtf8 => self.put(Cause::InvalidUtf8, at..end, &blank, "Put _ for what is no UTF-8"),
            K::NullCharacter => {
                self.put(Cause::NullCharacter, at..end, &[], "Remove the null character");
                self.put(Cause::NullCharacter, at..end, &blank, "Put _ for the null character");
            }
            K::WildcardInTopicName => self.put(Cause::Wildcard, at..end, &blank, "Put _ for the wildcard"),
            K::SingleLevelWildcard => self.put(Cause::Wildcard, at..end, &blank, "Put _ for the +"),
            K::MultiLevelWildcard => {
                let filter = self.node_at(at).map_or(at..end, |node| node.range());
                if filter.end > at + 1 {
                    self.put(Cause::Wildcard, at + 1..filter.end, &[], "End the filter with #");
                }
                self.put(Cause::Wildcard, at..at, b"/", "Put a slash before #");
                self.put(Cause::Wildcard, at..at + 1, &[STAND_IN], "Put _ for the #");
                for repair in &mut self.found {
                    repair.at = at;
                }
            }
            K::EmptyTopicName => {
                self.put(Cause::EmptyTopic, at + 2..at + 2, b"topic", "Name the topic \u{201c}topic\u{201d}")
            }
            K::EmptyTopicFilter => self.put(Cause::EmptyTopic, at + 2..at + 2, b"#", "Ask for #"),
            _ => {}
        }
        if matches!(self.fault.kind, K::EmptyTopicName | K::EmptyTopicFilter)
            && let Some(repair) = self.found.last_mut()
        {
            repair.at = at;
        }
    }

    fn node_at(&self, at: usize) -> Option<Node> {
        let dissection = dissect(self.packet, self.version);
        dissection.byte_node(at).and_then(|node| dissection.nodes.get(node).cloned())
    }

    /// A name and a level that belong together.
    fn protocol(&mut self) {
        if !matches!(self.fault.kind, FaultKind::ProtocolName | FaultKind::ProtocolLevel) {
            return;
        }
        let dissection = dissect(self.packet, self.version);
        let find = |field| dissection.nodes.iter().find(|node| node.field == field).map(|node| node.range());
        let Some(name) =
            find(Field::ProtocolName).or(find(Field::ProtocolNameLength).map(|it| it.end..it.end))
        else {
            return;
        };
        let level = find(Field::ProtocolLevel).map_or(name.end, |it| it.start);
        let old = self.packet.get(name.clone()).unwrap_or(&[]);
        let by_name = if old.eq_ignore_ascii_case(b"MQIsdp") {
            [Version::V31, Version::V311]
        } else {
            [Version::V311, Version::V5]
        };
        // What stands there already counts.
        let by_level = self.packet.get(level).and_then(|level| Version::from_level(*level));
        let at = self.at();
        for version in by_level.into_iter().chain(by_name) {
            let mut edited = self.packet.to_vec();
            if let Some(byte) = edited.get_mut(level) {
                *byte = version.level();
            }
            let edited = replace(&edited, version, name.clone(), version.protocol_name().as_bytes());
            let label = said(&[
                "Make it ",
                version.protocol_name(),
                ", level ",
                &text::number(u32::from(version.level())),
            ]);
            self.found.push(Repair::bytes(Cause::Protocol, at, self.packet.len(), edited, label));
        }
    }

    fn properties(&mut self) {
        use FaultKind as K;
        let cause = match self.fault.kind {
            K::DuplicateProperty => Cause::DuplicateProperty,
            K::PropertyNotAllowed
            | K::UnknownProperty
            | K::SubscriptionIdentifierFromClient
            | K::SessionExpiryFromServer
            | K::AuthenticationDataWithoutMethod => Cause::MisplacedProperty,
            K::PropertyValue => Cause::PropertyValue,
            _ => return,
        };
        let at = self.at();
        let dissection = dissect(self.packet, self.version);
        let holds = |node: &&Node| node.field == Field::Property && node.range().contains(&at);
        let property = dissection.nodes.iter().find(holds).map(Node::range);
        if cause == Cause::PropertyValue {
            self.set(cause, at + self.fault.len.saturating_sub(1) as usize, 1);
        }
        if let Some(range) = property {
            self.put(cause, range, &[], "Remove the property");
        }
        // Of an unknown one nobody knows where it ends.
        let lengths = dissection.nodes.iter().filter(|node| node.field == Field::PropertyLength);
        for length in lengths {
            if let crate::dissect::Value::Number(len) = length.value {
                let end = (length.offset + length.len + len as usize).min(self.packet.len());
                if (length.offset + length.len..end).contains(&at) {
                    self.put(cause, at..end, &[], "Remove the properties from here on");
                }
            }
        }
        for repair in &mut self.found {
            repair.at = at;
        }
    }
}
