//! The sessions of mosquitto under `tests/data/`, with their TCP segments as they were.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mqtt_playground::codec::{Direction, Frame, Version, measure};
use mqtt_playground::dissect::parse_hex;

use crate::Sent;

const FILES: [&str; 4] = ["lab1-311.hex", "qos2-311.hex", "session-v5.hex", "sys-31-ping.hex"];

#[derive(Default)]
pub struct Connection {
    pub segments: Vec<(Direction, Vec<u8>)>,
    /// In the order of their last bytes.
    pub packets: Vec<Sent>,
}

/// Every connection of every file.
pub fn captured() -> Vec<Connection> {
    FILES.iter().flat_map(|file| connections(file)).collect()
}

fn connections(file: &str) -> Vec<Connection> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let mut found: BTreeMap<u32, Connection> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [connection, direction, hex] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{file}: {line}")
        };
        let direction = if direction == "c>s" { Direction::ToServer } else { Direction::ToClient };
        let segments = &mut found.entry(connection.parse().unwrap()).or_default().segments;
        segments.push((direction, parse_hex(hex).unwrap()));
    }
    found.into_values().map(with_packets).collect()
}

fn with_packets(mut connection: Connection) -> Connection {
    let mut streams = BTreeMap::<Direction, Vec<u8>>::new();
    let mut version = None;
    for (direction, segment) in &connection.segments {
        let stream = streams.entry(*direction).or_default();
        stream.extend(segment);
        while let Frame::Len { total, .. } = measure(stream) {
            if total > stream.len() {
                break;
            }
            let bytes: Vec<u8> = stream.drain(..total).collect();
            // The CONNECT comes first: its level stands behind the protocol's name.
            let level = || Version::from_level(bytes[4 + usize::from(bytes[3])]).unwrap();
            let version = *version.get_or_insert_with(level);
            connection.packets.push(Sent { version, direction: *direction, bytes });
        }
    }
    assert!(streams.values().all(Vec::is_empty), "a captured direction ends within a packet");
    connection
}
