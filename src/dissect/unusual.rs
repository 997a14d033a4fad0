//! What is allowed, but likely not meant, or not taken by every server: told of packets that are decoded by hand.

use super::diagnosis::{Diagnosis, Place};
use super::node::{Dissection, Node};
use super::text::{self, said};
use super::value::Value;
use crate::codec::{Fault, FaultKind, Field, Version};

/// Characters that a client identifier of 3.1 has at most.
const LONGEST: usize = 23;

/// What is unusual about a packet's strings.
pub(super) fn unusual(dissection: &Dissection, place: Place) -> Vec<Diagnosis> {
    if !dissection.faults.is_empty() || dissection.missing > 0 {
        return vec![];
    }
    let nodes = dissection.nodes.iter().filter(|node| node.leaf);
    nodes
        .filter_map(|node| {
            if node.field == Field::ClientIdentifierLength && dissection.version == Version::V31 {
                return client_identifier(dissection, node, place);
            }
            control_character(dissection, node, place)
        })
        .collect()
}

fn remark(dissection: &Dissection, kind: FaultKind, node: &Node, at: usize, len: usize) -> Fault {
    Fault {
        kind,
        packet: dissection.packet_type,
        version: dissection.version,
        field: node.field,
        aux: node.aux,
        offset: at as u32,
        len: len as u32,
        bits: None,
        expected: 0,
        found: 0,
    }
}

/// 3.1 section 3.1: from 1 to 23 characters; a server refuses any other one with return code 2.
fn client_identifier(dissection: &Dissection, length: &Node, place: Place) -> Option<Diagnosis> {
    let name = dissection.nodes.iter().find(|node| node.field == Field::ClientIdentifier);
    let count = match name.map(|node| &node.value) {
        Some(Value::Text(text)) => text.chars().count(),
        _ => 0,
    };
    if (1..=LONGEST).contains(&count) {
        return None;
    }
    let len = length.len + name.map_or(0, |node| node.len);
    let fault = remark(dissection, FaultKind::ClientIdentifierLength, length, length.offset, len);
    let found = said(&[&text::number(count as u32), " characters"]);
    let message = said(&[
        &place.bytes(length.offset, len),
        ": the client identifier has ",
        &found,
        ". In 3.1 it has from 1 to 23, and a server may refuse any other one with return code 2.",
    ]);
    let expected = "1 to 23 characters".to_owned();
    let title = if count == 0 { "no client identifier" } else { "long client identifier" };
    Some(Diagnosis { fault, title, message, expected, found, statement: fault.statement() })
}

/// 3.1.1 section 1.5.3, 5.0 section 1.5.4: strings should hold no control characters.
fn control_character(dissection: &Dissection, node: &Node, place: Place) -> Option<Diagnosis> {
    let Value::Text(string) = &node.value else { return None };
    let (at, found) = string.char_indices().find(|(_, c)| c.is_control())?;
    if dissection.version == Version::V31 {
        return None;
    }
    let at = node.offset + at;
    let fault = remark(dissection, FaultKind::ControlCharacter, node, at, found.len_utf8());
    let found = said(&["U+", &text::offset(found as usize, 4)]);
    let message = said(&[
        &place.bytes(at, fault.len as usize),
        ": the ",
        node.name,
        " holds the control character ",
        &found,
        ". That should not be: it cannot be seen, and a receiver may close the connection.",
    ]);
    let expected = "no control character".to_owned();
    Some(Diagnosis {
        fault,
        title: "control character",
        message,
        expected,
        found,
        statement: fault.statement(),
    })
}

#[cfg(test)]
mod tests {
    use crate::codec::Version;
    use crate::dissect::{dissect_stream, parse_hex};

    /// Statement, message and whether the packet is valid, of each remark.
    fn remarks(hex: &str, version: Version) -> Vec<(&'static str, String, bool)> {
        let stream = dissect_stream(&parse_hex(hex).expect("hex"), Some(version));
        let told = stream.packets.iter().map(|packet| &packet.dissection);
        told.flat_map(|it| it.remarks.iter().map(|one| (one.statement, one.message.clone(), it.is_valid())))
            .collect()
    }

    fn connect(client: &str) -> String {
        let id: String = client.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("10 {:02x} 0006 4d5149736470 03 02 003c {:04x} {id}", 14 + client.len(), client.len())
    }

    #[test]
    fn a_client_identifier_of_3_1_has_from_1_to_23_characters() {
        // 3.1 section 3.1
        for client in ["a", "12345678901234567890123", "ééééééééééééé"] {
            assert_eq!(remarks(&connect(client), Version::V31), [], "{client}");
        }
        let told = remarks(&connect(""), Version::V31);
        let why = "In 3.1 it has from 1 to 23, and a server may refuse any other one with return code 2.";
        let message = format!("Bytes 000E–000F: the client identifier has 0 characters. {why}");
        assert_eq!(told, [("3.1 section 3.1", message, true)]);
        let told = remarks(&connect("123456789012345678901234"), Version::V31);
        let message = format!("Bytes 000E–0027: the client identifier has 24 characters. {why}");
        assert_eq!(told, [("3.1 section 3.1", message, true)]);
        // Later versions leave it to the server (3.1.1 MQTT-3.1.3-5, 5.0 MQTT-3.1.3-5).
        let later = "10 0c 0004 4d515454 04 02 003c 0000";
        assert_eq!(remarks(later, Version::V311), []);
    }

    #[test]
    fn control_characters_are_remarked() {
        let told = remarks("30 06 0003 61 0a 62 78", Version::V311);
        let why = "That should not be: it cannot be seen, and a receiver may close the connection.";
        let message = format!("Byte 0005: the topic name holds the control character U+000A. {why}");
        assert_eq!(told, [("3.1.1 section 1.5.3", message, true)]);
        // C1 takes two bytes; a payload is no string.
        let told = remarks("c000 82 09 0001 00 0003 61 c285 00", Version::V5);
        let message = format!("Bytes 000A–000B: the topic filter holds the control character U+0085. {why}");
        assert_eq!(told, [("5.0 section 1.5.4", message, true)]);
        assert_eq!(remarks("30 05 0001 61 0a 1b", Version::V311), []);
        assert_eq!(remarks("30 06 0003 61 0a 62 78", Version::V31), []);
    }
}
