//! Words for what a packet must or must not hold.

use crate::codec::{Direction, FaultKind, PacketType, PropertyId, ReasonCode};

use super::case::{Case, Words};
use crate::dissect::property;
use crate::dissect::text::{self, said};

impl Case<'_> {
    pub(super) fn content(&self) -> Words {
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
                    Some(Direction::ToServer) => "a client",
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

    pub(super) fn property(&self) -> Words {
        use FaultKind as K;
        let fault = self.fault;
        let name = property::name(fault.aux);
        match fault.kind {
            K::UnknownProperty => self.wrong(
                "unknown property",
                "one of the 27 property identifiers",
                &[
                    "5.0 has no property with this identifier, so its length is unknown ",
                    "and nothing behind it can be read.",
                ],
            ),
            K::PropertyNotAllowed => {
                let why = ["This is the ", name, ", which may not stand here in ", self.packet(), "."];
                self.wrong("misplaced property", "a property of this packet", &why)
            }
            K::DuplicateProperty => {
                let why = ["The ", name, " stands here a second time; only once is allowed."];
                self.wrong("property twice", "each property once", &why)
            }
            K::PropertyValue => {
                let (least, most) = PropertyId::from_byte(fault.aux).map_or((0, 0), PropertyId::number_range);
                let expected = match (least, most) {
                    (0, 1) => "0 or 1".to_owned(),
                    (1, u32::MAX) => "1 or more".to_owned(),
                    _ => said(&[&text::number(least), " to ", &text::number(most)]),
                };
                let why = ["The ", name, " must be ", &expected, "."];
                let mut words = self.wrong("value out of range", &expected, &why);
                words.found = text::number(fault.found);
                words
            }
            K::AuthenticationDataWithoutMethod => Words {
                title: "authentication data without method",
                expected: "an authentication method".to_owned(),
                found: "authentication data alone".to_owned(),
                message: said(&[
                    &self.at(),
                    " hold authentication data but no authentication method that could make sense of them.",
                ]),
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
