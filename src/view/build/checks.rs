//! What holds of a packet and what does not, a line each.

use super::whole::as_version;
use crate::codec::{Field, Version};
use crate::dissect::Dissection;
use crate::view::bytes::{Rule, rule};

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// A broken rule.
    Broken(String, Rule),
    /// Something that the rules leave open.
    Remark(String, Option<Rule>),
    /// What holds.
    Holds(&'static str),
}

/// Broken rules that are told.
const BROKEN: usize = 8;

/// What the rules ask for where a packet has such a field; in a packet that breaks none, it holds.
const ASKED: &[(Field, &str)] = &[
    (Field::RemainingLength, "Every length fits what it measures."),
    (Field::FlagsReserved, "The reserved flags are as they have to be."),
    (Field::PacketIdentifier, "The packet identifier is not 0."),
    (Field::TopicName, "The topic name has no wildcard and no null character."),
    (Field::TopicFilter, "Wildcards fill whole levels of the topic filters."),
    (Field::WillTopic, "The will comes with its topic and its message."),
    (Field::Property, "No property stands twice, or where it may not."),
];

/// Broken rules first; where there are none, what holds.
pub fn checks(packet: &[u8], dissection: &Dissection) -> Vec<Check> {
    let faults = &dissection.faults;
    let mut all: Vec<Check> =
        faults.iter().take(BROKEN).map(|it| Check::Broken(it.message.clone(), rule(it.statement))).collect();
    if faults.len() > BROKEN {
        let more = (faults.len() - BROKEN).to_string();
        all.push(Check::Remark([&more, " more rules are broken."].concat(), None));
    }
    if dissection.missing > 0 {
        let missing = dissection.missing.to_string();
        all.push(Check::Remark(
            ["The packet ends too soon: ", &missing, " bytes are missing."].concat(),
            None,
        ));
    }
    if all.is_empty() {
        let has = |field: Field| dissection.nodes.iter().any(|node| node.field == field);
        all.extend(ASKED.iter().filter(|(field, _)| has(*field)).map(|(_, told)| Check::Holds(told)));
        all.extend(shorter(packet, dissection));
    }
    let remarks = dissection.remarks.iter().take(BROKEN);
    all.extend(remarks.map(|it| Check::Remark(it.message.clone(), Some(rule(it.statement)))));
    all
}

/// What 5.0 costs.
fn shorter(packet: &[u8], dissection: &Dissection) -> Option<Check> {
    if dissection.version != Version::V5 {
        return None;
    }
    let old = as_version(packet, Version::V5, Version::V311)?.len();
    let more = packet.len().checked_sub(old).filter(|more| *more > 0)?;
    let told = ["As 3.1.1 it would be ", &old.to_string(), " bytes: 5.0 costs ", &more.to_string(), " more."];
    Some(Check::Remark(told.concat(), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::PacketType;
    use crate::dissect::dissect;
    use crate::view::build::template;

    #[test]
    fn a_sound_packet_is_told_what_holds_and_a_broken_one_what_does_not() {
        for version in [Version::V311, Version::V5] {
            for bytes in PacketType::ALL.into_iter().filter_map(|packet| template(packet, version)) {
                let told = checks(&bytes, &dissect(&bytes, version));
                assert!(matches!(told[0], Check::Holds(_)), "{told:?}");
                assert!(!told.iter().any(|it| matches!(it, Check::Broken(..))));
                let mut broken = bytes.clone();
                broken[0] ^= if bytes[0] >> 4 == 3 { 0x04 } else { 0x06 };
                let told = checks(&broken, &dissect(&broken, version));
                assert!(matches!(told[0], Check::Broken(..)), "{told:?}");
            }
        }
        let publish = template(PacketType::Publish, Version::V5).expect("there is one");
        let told = checks(&publish, &dissect(&publish, Version::V5));
        let cost = Check::Remark("As 3.1.1 it would be 20 bytes: 5.0 costs 1 more.".to_owned(), None);
        assert!(told.contains(&cost), "{told:?}");
    }
}
