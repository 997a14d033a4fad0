//! Every field that Wireshark's dissector finds, against ours: name, value, position and size.
//!
//! Generated packets of every type and version, hand-made odd ones and the captured sessions go into one pcap
//! file; tshark reads it once. What differs must be on the short list in `known.rs`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "what cannot be read has failed the test")]

mod compare;
mod generate;
mod known;
mod pcap;
mod pdml;
mod random;
mod sessions;
mod tshark;

use std::collections::{BTreeMap, BTreeSet};

use compare::{Difference, differences};
use known::{KNOWN, VERIFIED};
use mqtt_playground::codec::{Direction, PacketType, Version};
use mqtt_playground::dissect::dissect;
use pcap::Pcap;

/// A packet on its way into the file.
#[derive(Clone, Debug)]
struct Sent {
    version: Version,
    direction: Direction,
    bytes: Vec<u8>,
}

impl Sent {
    fn packet_type(&self) -> PacketType {
        PacketType::from_nibble(self.bytes[0] >> 4).unwrap()
    }
}

#[test]
fn tshark_finds_the_same_fields() {
    let mut pcap = Pcap::new();
    let mut sent = Vec::new();
    for session in generate::sessions() {
        pcap.connection(session.iter().map(|packet| (packet.direction, &packet.bytes[..])));
        sent.extend(session);
    }
    for connection in sessions::captured() {
        pcap.segments(connection.segments.iter().map(|(direction, bytes)| (*direction, &bytes[..])));
        sent.extend(connection.packets);
    }
    let release = tshark::release();
    let found = pdml::packets(&tshark::pdml(&pcap.finish()));
    assert_eq!(found.len(), sent.len(), "tshark finds another number of packets");

    let mut unknown = Unknown::default();
    let mut seen = BTreeSet::new();
    let mut agreed: BTreeMap<(PacketType, Version), (usize, usize)> = BTreeMap::new();
    for (packet, theirs) in sent.iter().zip(&found) {
        let ours = dissect(&packet.bytes, packet.version);
        assert!(ours.is_valid(), "{:?} {:02x?}", ours.faults, packet.bytes);
        let (equal, differing) = differences(&ours, &packet.bytes, theirs);
        let count = agreed.entry((packet.packet_type(), packet.version)).or_default();
        *count = (count.0 + equal, count.1 + differing.len());
        for difference in differing {
            match KNOWN.iter().position(|known| known.covers(release, packet, &difference)) {
                Some(index) => _ = seen.insert(index),
                None => unknown.add(packet, &difference),
            }
        }
    }
    let fields: usize = agreed.values().map(|(equal, _)| equal).sum();
    println!("tshark {}.{}: {} packets, {fields} fields equal", release.0, release.1, sent.len());
    assert!(unknown.0.is_empty(), "differences that are not known:\n{}", unknown.report());
    every_type_agrees(&agreed);
    for (index, known) in KNOWN.iter().enumerate().filter(|(_, known)| known.applies(release)) {
        let gone = !seen.contains(&index);
        assert!(!(gone && release == VERIFIED), "not seen any more: {}, {}", known.field, known.condition);
        if gone {
            println!("not in this release: {}, {}", known.field, known.condition);
        }
    }
}

/// Thousands of packets, all types in all versions, and three of four fields of each equal.
fn every_type_agrees(agreed: &BTreeMap<(PacketType, Version), (usize, usize)>) {
    for version in Version::ALL {
        for packet_type in PacketType::ALL {
            if packet_type == PacketType::Auth && version != Version::V5 {
                continue;
            }
            let (equal, differing) = agreed.get(&(packet_type, version)).copied().unwrap_or_default();
            assert!(equal > 100 && equal > 3 * differing, "{packet_type} of {version}: {equal}, {differing}");
        }
    }
}

/// What is not known, by field with its count and first case.
#[derive(Default)]
struct Unknown(BTreeMap<String, (usize, String)>);

impl Unknown {
    fn add(&mut self, packet: &Sent, difference: &Difference<'_>) {
        let key = format!("{} {} {}", packet.version, packet.packet_type(), difference.name());
        let first = || {
            let bytes = &packet.bytes[..packet.bytes.len().min(80)];
            (0, format!("{difference}\n      {bytes:02x?}"))
        };
        self.0.entry(key).or_insert_with(first).0 += 1;
    }

    fn report(&self) -> String {
        let line =
            |(key, (count, first)): (&String, &(usize, String))| format!("  {count} × {key}\n    {first}\n");
        self.0.iter().take(30).map(line).collect()
    }
}

#[test]
fn the_known_differences_are_few_and_explained() {
    assert!(KNOWN.len() <= 20);
    for known in KNOWN {
        assert!(known.field.starts_with("mqtt."), "{}", known.field);
        assert!(known.section.contains(" section "), "{}", known.section);
        assert!(!known.condition.is_empty() && !known.reason.is_empty());
    }
}
