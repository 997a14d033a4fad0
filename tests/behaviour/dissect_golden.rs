//! The annotated tree of one rich example of each packet in each version, word for word.
//!
//! `UPDATE_GOLDEN=1 cargo test --test behaviour dissect_golden` writes the files anew; read the difference before committing.

use std::fmt::Write;

use mqtt_playground::codec::{Direction, PacketType, Version};
use mqtt_playground::dissect::{Dissection, Node, dissect, parse_hex, sentence};
use mqtt_playground::spec;

use crate::support::{golden, is_section};

fn examples(version: Version) -> Vec<Vec<u8>> {
    let text = golden::read("packets.txt");
    let lines = text.lines().filter_map(|line| line.strip_prefix(version.as_str())?.strip_prefix(' '));
    lines.map(|hex| parse_hex(hex).expect("hex")).collect()
}

fn tell(bytes: &[u8], version: Version) -> String {
    let dissection = dissect(bytes, version);
    assert!(dissection.is_valid() && dissection.remarks.is_empty(), "{bytes:02x?}: {:?}", dissection.faults);
    let packet_type = dissection.packet_type.expect("a type");
    let (from, to) = match packet_type.sender(version) {
        Some(Direction::ToClient) => ("Broker", "sub1"),
        _ => ("sub1", "Broker"),
    };
    let mut out = String::new();
    writeln!(out, "{packet_type} ({})", dissection.details.join(", ")).expect("text");
    writeln!(out, "{}", sentence(bytes, version, from, to)).expect("text");
    for node in &dissection.nodes {
        out.push_str(&told(node, bytes));
    }
    out
}

fn told(node: &Node, bytes: &[u8]) -> String {
    let indent = "  ".repeat(usize::from(node.depth) + 1);
    let hex: String = bytes[node.range()].iter().map(|byte| format!("{byte:02x}")).collect();
    let place = match node.bits {
        Some((start, len)) => format!("{}+{} bits {start}+{len}", node.offset, node.len),
        None => format!("{}+{}", node.offset, node.len),
    };
    let mut out = format!("{indent}{} [{place}] {hex}", node.name);
    let statements = node.statements.join(", ");
    for part in
        [node.filter.unwrap_or(""), &format!("{:?}", node.value), &node.text, &node.meaning, &statements]
    {
        if !part.is_empty() {
            write!(out, " | {part}").expect("text");
        }
    }
    out.push('\n');
    out
}

fn check(version: Version, file: &str) {
    let examples = examples(version);
    let types: Vec<Option<PacketType>> =
        examples.iter().map(|bytes| PacketType::from_nibble(bytes[0] >> 4)).collect();
    for packet_type in PacketType::ALL {
        let there = types.contains(&Some(packet_type));
        assert_eq!(there, packet_type != PacketType::Auth || version == Version::V5, "{packet_type}");
    }
    let trees: Vec<String> = examples.iter().map(|bytes| tell(bytes, version)).collect();
    golden::compare(file, &trees.join("\n"));
}

#[test]
fn every_packet_of_3_1() {
    check(Version::V31, "packets-3.1.txt");
}

#[test]
fn every_packet_of_3_1_1() {
    check(Version::V311, "packets-3.1.1.txt");
}

#[test]
fn every_packet_of_5_0() {
    check(Version::V5, "packets-5.0.txt");
}

#[test]
fn every_statement_named_is_one() {
    for version in Version::ALL {
        for bytes in examples(version) {
            for node in dissect(&bytes, version).nodes {
                for statement in node.statements {
                    assert!(statement.starts_with(version.as_str()), "{statement} in {version}");
                    let known = spec::lookup(statement).is_some() || is_section(statement);
                    assert!(known, "{statement} of {}", node.name);
                }
            }
        }
    }
}

/// A name of Wireshark's: in its own list, or a property's after the pattern of its three.
#[test]
fn filter_names_are_wiresharks_or_a_propertys_own() {
    let text = golden::read("wireshark-names.txt");
    let names: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for version in Version::ALL {
        for bytes in examples(version) {
            let Dissection { nodes, .. } = dissect(&bytes, version);
            for node in nodes {
                let Some(filter) = node.filter else { continue };
                let own = node.aux != 0 && filter.starts_with("mqtt.property.");
                assert!(own || names.contains(&filter), "{filter} of {}", node.name);
            }
        }
    }
}
