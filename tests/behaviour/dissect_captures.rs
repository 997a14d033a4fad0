//! Real sessions of mosquitto 2.0.11: every byte explained, nothing wrong with them, and the same bytes written.

use mqtt_playground::codec::{Direction, PacketType, Spans, Version, annotate, decode};
use mqtt_playground::dissect::{ByteGroup, dissect, dissect_stream, sentence};

use crate::support::sessions::{Captured, packets};
use crate::support::tiling::{assert_dissection_tiles, assert_spans_tile};

const FILES: [&str; 4] = ["lab1-311.hex", "qos2-311.hex", "session-v5.hex", "sys-31-ping.hex"];

fn all() -> Vec<Captured> {
    FILES.into_iter().flat_map(packets).collect()
}

#[test]
fn the_sessions_hold_what_was_captured() {
    let counts: Vec<usize> = FILES.iter().map(|file| packets(file).len()).collect();
    assert_eq!(counts, [99, 28, 25, 78]);
    let versions =
        |file| packets(file).iter().map(|packet| packet.version).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(versions("lab1-311.hex"), [Version::V311].into());
    assert_eq!(versions("session-v5.hex"), [Version::V5].into());
    assert_eq!(versions("sys-31-ping.hex"), [Version::V31, Version::V311].into());
}

#[test]
fn every_byte_of_every_captured_packet_is_explained() {
    let mut spans = Spans::new();
    for packet in all() {
        let annotated = annotate(&packet.bytes, packet.version, &mut spans);
        assert_eq!(spans.faults(), [], "{packet:02x?}");
        assert_eq!(spans.remarks(), [], "{packet:02x?}");
        assert_eq!(annotated.missing, 0);
        assert_spans_tile(&spans, packet.bytes.len());
        let dissection = dissect(&packet.bytes, packet.version);
        assert!(dissection.is_valid());
        assert_dissection_tiles(&dissection);
        for (offset, _) in packet.bytes.iter().enumerate() {
            let group = dissection.byte_group(offset);
            assert!(!matches!(group, ByteGroup::Unknown | ByteGroup::Error), "{offset} of {packet:02x?}");
            let node = &dissection.nodes[dissection.byte_node(offset).unwrap()];
            assert!(!node.name.is_empty() && !node.meaning.is_empty(), "{offset} of {packet:02x?}");
        }
    }
}

#[test]
fn every_captured_packet_is_written_as_it_was_read() {
    for packet in all() {
        let decoded = decode(&packet.bytes, packet.version).unwrap();
        let mut written = Vec::new();
        decoded.encode(packet.version, &mut written).unwrap();
        assert_eq!(written, packet.bytes, "{decoded:?}");
    }
}

#[test]
fn every_captured_packet_is_told_in_a_sentence() {
    for packet in all() {
        let (from, to) = match packet.direction {
            Direction::ToServer => ("sub1", "Broker"),
            Direction::ToClient => ("Broker", "sub1"),
        };
        let told = sentence(&packet.bytes, packet.version, from, to);
        assert!(told.starts_with(from) && told.contains(to) && told.ends_with('.'), "{told}");
        assert!(!told.contains("breaks a rule") && !told.contains("not complete"), "{told}");
    }
}

#[test]
fn a_pasted_direction_reads_as_its_packets() {
    for file in FILES {
        let packets = packets(file);
        for connection in packets.chunk_by(|a, b| (a.connection, a.direction) == (b.connection, b.direction))
        {
            let bytes: Vec<u8> = connection.iter().flat_map(|packet| packet.bytes.clone()).collect();
            let asked = (connection[0].direction == Direction::ToClient).then_some(connection[0].version);
            let stream = dissect_stream(&bytes, asked);
            assert_eq!(stream.version, connection[0].version);
            let lens: Vec<usize> = stream.packets.iter().map(|packet| packet.dissection.len).collect();
            assert_eq!(lens, connection.iter().map(|packet| packet.bytes.len()).collect::<Vec<_>>());
            assert!(stream.packets.iter().all(|packet| packet.dissection.is_valid()));
        }
    }
}

/// What a server sends alone tells its version: by its CONNACK's length.
#[test]
fn a_server_direction_without_a_connect_is_read_by_the_right_version() {
    for packet in all().into_iter().filter(|packet| packet.version != Version::V31) {
        let stream = dissect_stream(&packet.bytes, None);
        if stream.packets[0].dissection.packet_type == Some(PacketType::ConnAck) {
            assert_eq!((stream.version, stream.certain), (packet.version, true), "{}", stream.reason);
        }
    }
}
