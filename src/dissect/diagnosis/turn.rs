//! Words for what a packet breaks only beside those before it.

use crate::codec::FaultKind;

use super::case::{Case, Words};
use crate::dissect::text::{self, said};

impl Case<'_> {
    pub(super) fn in_turn(&self) -> Words {
        use FaultKind as K;
        match self.fault.kind {
            K::BeforeConnAck => {
                self.early("too early", "CONNACK", "The server's first packet is its CONNACK.")
            }
            K::SecondConnAck => {
                self.early("second CONNACK", "another packet", "The server has answered the CONNECT already.")
            }
            K::BeforeAuthenticated => self.early(
                "too early",
                "AUTH or DISCONNECT",
                "A client that authenticates sends nothing else before the CONNACK.",
            ),
            K::AfterDisconnect => {
                self.early("after DISCONNECT", "nothing", "Its sender has sent DISCONNECT already.")
            }
            K::AfterRefusal => {
                self.early("after a refusal", "nothing", "The server has refused the connection already.")
            }
            K::SessionPresentAfterCleanStart => self.bit(
                "session present",
                "0",
                "The client asked for a new session, so there is no old one.",
            ),
            K::SessionWithoutClientIdentifier => self.bit(
                "session without a name",
                "1",
                "The client identifier is empty, so no session can be kept under it.",
            ),
            K::NoAssignedClientIdentifier => Words {
                title: "no client identifier",
                expected: "an assigned client identifier".to_owned(),
                found: "none".to_owned(),
                message: "The CONNECT had an empty client identifier, and this CONNACK assigns none."
                    .to_owned(),
            },
            K::SentAgain => {
                self.bit("sent again", "0", "5.0 sends a PUBLISH again only on a new connection.")
            }
            K::DupOfNewAtQosOne | K::DupOfNewAtQosTwo => {
                self.bit("DUP on a new message", "0", "This PUBLISH comes for the first time.")
            }
            K::AuthenticationMethodChanged => Words {
                title: "another authentication method",
                expected: "that of the CONNECT".to_owned(),
                found: text::data(self.data),
                message: said(&[self.packet(), " does not name the authentication method of the CONNECT."]),
            },
            K::AuthenticationStep | K::ServerAuthenticationStep => self.wrong(
                "authentication goes on",
                "18",
                &["Until the CONNACK every AUTH says Continue authentication."],
            ),
            _ => self.count(),
        }
    }

    /// A packet that may not come now.
    fn early(&self, title: &'static str, expected: &str, why: &str) -> Words {
        let message = said(&[&self.bits_at(), " say ", self.packet(), ". ", why]);
        Words { title, expected: expected.to_owned(), found: self.packet().to_owned(), message }
    }

    fn bit(&self, title: &'static str, expected: &str, why: &str) -> Words {
        let found = text::plain(self.fault.found);
        let message = said(&[&self.bits_at(), " is ", &found, ", it must be ", expected, ". ", why]);
        Words { title, expected: expected.to_owned(), found, message }
    }

    fn count(&self) -> Words {
        use FaultKind as K;
        let (expected, found) = (text::number(self.fault.expected), text::number(self.fault.found));
        let id = text::plain(self.fault.found);
        let mut words = match self.fault.kind {
            K::CodesForFilters => {
                let filters = if self.fault.expected == 1 { " topic filter, " } else { " topic filters, " };
                let message = said(&[
                    self.packet(),
                    " answers ",
                    &expected,
                    filters,
                    "a code each; it has ",
                    &found,
                    ".",
                ]);
                let expected = said(&[&expected, if self.fault.expected == 1 { " code" } else { " codes" }]);
                return Words { title: "codes and filters", expected, found, message };
            }
            K::ReceiveMaximumExceeded | K::ClientReceiveMaximumExceeded => {
                let receiver = if self.fault.kind == K::ReceiveMaximumExceeded { "server" } else { "client" };
                let why =
                    [&found, " messages are open now; the ", receiver, " takes ", &expected, " at most."];
                let most = said(&[&expected, " at most"]);
                let mut words = self.wrong("receive maximum exceeded", &most, &why);
                words.found = found;
                return words;
            }
            K::PublishAfterPubRel => self.wrong(
                "PUBLISH after PUBREL",
                "PUBREL",
                &["PUBREL ", &id, " has been sent, so the message was received; it must not come again."],
            ),
            K::AcknowledgedOutOfTurn => self.wrong(
                "out of turn",
                "the answer to an earlier packet",
                &["An earlier packet still waits for ", self.packet(), "; answers keep the order."],
            ),
            _ => self.wrong(
                "packet identifier in use",
                "a free packet identifier",
                &["Packet identifier ", &id, " still waits for the answer to an earlier packet."],
            ),
        };
        words.found = id;
        words
    }
}
