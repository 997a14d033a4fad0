//! Words for what only shows beside the connection: limits, agreements, what came before.

use crate::codec::{FaultKind, PacketType};

use super::case::{Case, Words};
use crate::dissect::property;
use crate::dissect::text::{self, said};

impl Case<'_> {
    pub(super) fn agreed(&self) -> Words {
        use FaultKind as K;
        match self.fault.kind {
            K::QosAboveMaximum => self.qos(),
            K::RetainNotAvailable => Words {
                title: "retain not available",
                expected: "0".to_owned(),
                found: "1".to_owned(),
                message: said(&[
                    &self.bits_at(),
                    " is 1, it must be 0. The server keeps no retained messages.",
                ]),
            },
            K::WildcardSubscriptionNotAvailable => {
                self.filter("wildcard not available", "no + or #", "The server takes no wildcards.")
            }
            K::SharedSubscriptionNotAvailable => self.filter(
                "shared subscription not available",
                "no $share/",
                "The server has no shared subscriptions.",
            ),
            K::SubscriptionIdentifierNotAvailable => self.wrong(
                "subscription identifier not available",
                "no subscription identifier",
                &["The server takes no subscription identifiers."],
            ),
            K::PropertyNotRequested => {
                let name = property::name(self.fault.aux);
                let why = ["This is the ", name, ", which the CONNECT did not ask for."];
                self.wrong("property not asked for", &said(&["no ", name]), &why)
            }
            K::AuthenticationNotAgreed | K::AuthenticationNotOffered => {
                let expected = match self.fault.packet {
                    Some(PacketType::Auth) => "no AUTH",
                    _ => "no authentication method",
                };
                let why = ["The CONNECT named no authentication method, so nobody authenticates further."];
                self.wrong("authentication not agreed on", expected, &why)
            }
            _ => self.value(),
        }
    }

    fn qos(&self) -> Words {
        let (most, level) = (text::plain(self.fault.expected), text::plain(self.fault.found));
        let will = if self.fault.packet == Some(PacketType::Connect) { "will QoS " } else { "QoS " };
        Words {
            title: "QoS above the maximum",
            expected: said(&["QoS ", &most, if most == "0" { "" } else { " at most" }]),
            found: said(&["QoS ", &level]),
            message: said(&[
                &self.bits_at(),
                " are ",
                &text::binary(self.fault.found, 2),
                ": ",
                will,
                &level,
                ". The server takes QoS ",
                &most,
                if most == "0" { " only." } else { " at most." },
            ]),
        }
    }

    fn filter(&self, title: &'static str, expected: &str, why: &str) -> Words {
        let found = text::data(self.data);
        let verb = if self.data.len() > 1 { " are “" } else { " is “" };
        let message = said(&[&self.at(), verb, &found, "”. ", why]);
        Words { title, expected: expected.to_owned(), found, message }
    }

    /// A number that fits no agreement or nothing that came before.
    fn value(&self) -> Words {
        use FaultKind as K;
        let (most, number) = (text::number(self.fault.expected), text::number(self.fault.found));
        let mut words = match self.fault.kind {
            K::TopicAliasAboveMaximum | K::TopicAliasAboveClientMaximum if self.fault.expected == 0 => {
                let why = ["This is topic alias ", &number, ", but the receiver takes no topic aliases."];
                self.wrong("topic alias above the maximum", "no topic alias", &why)
            }
            K::TopicAliasAboveMaximum | K::TopicAliasAboveClientMaximum => {
                let why = ["This is topic alias ", &number, ", but the receiver takes ", &most, " at most."];
                self.wrong("topic alias above the maximum", &said(&["1 to ", &most]), &why)
            }
            K::SessionExpiryAfterZero => self.wrong(
                "session expiry too late",
                "0",
                &["The CONNECT left the session expiry interval at 0; a DISCONNECT cannot raise it then."],
            ),
            K::UnknownTopicAlias => self.wrong(
                "unknown topic alias",
                "an alias that stands for a topic",
                &["No PUBLISH before gave topic alias ", &number, " a topic."],
            ),
            _ => self.wrong(
                "nothing to acknowledge",
                "a packet identifier in flight",
                &["Nothing with packet identifier ", &number, " waits for ", self.packet(), "."],
            ),
        };
        words.found = number;
        words
    }
}
