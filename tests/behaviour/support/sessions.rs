//! The sessions of mosquitto 2.0.11 under `tests/data/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mqtt_playground::codec::{Direction, Version, measure};
use mqtt_playground::dissect::parse_hex;

/// One packet of a session.
#[derive(Clone, Debug)]
pub struct Captured {
    pub connection: u32,
    pub direction: Direction,
    pub version: Version,
    pub bytes: Vec<u8>,
}

/// All packets of a file, connection by connection, in the order of each direction.
pub fn packets(file: &str) -> Vec<Captured> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let text = fs::read_to_string(path).unwrap();
    let mut streams: BTreeMap<(u32, Direction), Vec<u8>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (connection, rest) = line.split_once(' ').unwrap();
        let (direction, hex) = rest.split_once(' ').unwrap();
        let direction = match direction {
            "c>s" => Direction::ToServer,
            "s>c" => Direction::ToClient,
            other => panic!("{file}: direction {other}"),
        };
        let stream = streams.entry((connection.parse().unwrap(), direction)).or_default();
        stream.extend(parse_hex(hex).unwrap());
    }
    let mut out = Vec::new();
    let mut versions = BTreeMap::new();
    for ((connection, direction), stream) in streams {
        // The client's direction comes first; its CONNECT says the version at byte 8 (3.1: byte 10).
        let version = *versions.entry(connection).or_insert_with(|| {
            let level = if stream[3] == 6 { stream[10] } else { stream[8] };
            Version::from_level(level).unwrap()
        });
        for bytes in cut(&stream) {
            out.push(Captured { connection, direction, version, bytes: bytes.to_vec() });
        }
    }
    out
}

/// A stream's packets; it must end with a whole one.
fn cut(mut stream: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    while !stream.is_empty() {
        let mqtt_playground::codec::Frame::Len { total, .. } = measure(stream) else {
            panic!("a captured stream cannot be cut")
        };
        let (packet, rest) = stream.split_at(total);
        out.push(packet);
        stream = rest;
    }
    out
}
