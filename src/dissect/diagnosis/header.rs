//! Words for a broken first byte, and for lengths that do not fit.

use crate::codec::{FaultKind, Version};

use super::case::{Case, Words, is_length};
use crate::dissect::text::{self, said};

impl Case<'_> {
    pub(super) fn first_byte(&self) -> Words {
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
                // 3.1 lets DUP be set where it demands the bits of QoS 1.
                let width = if self.fault.version == Version::V31 { 3 } else { 4 };
                let needed = text::binary(self.fault.expected, width);
                let right = text::offset((byte & 0xf0) as usize | self.fault.expected as usize, 2);
                let which =
                    if width == 3 { " bits 2–0 must be " } else { " bits 3–0 are reserved and must be " };
                let message = said(&[
                    &self.at(),
                    " is ",
                    &hex,
                    ", it must be ",
                    &right,
                    ". In ",
                    self.packet(),
                    which,
                    &needed,
                    ".",
                ]);
                Words { title: "reserved flags", expected: needed, found: text::binary(low, width), message }
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

    pub(super) fn length(&self, remark: bool) -> Words {
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
            FaultKind::PacketTooLarge | FaultKind::PacketTooLargeForClient => Words {
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
}
