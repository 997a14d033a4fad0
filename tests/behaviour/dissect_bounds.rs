//! However many entries a packet has, its words stay few, and say what they leave out.

use mqtt_playground::codec::{Field, Version, decode};
use mqtt_playground::dissect::{Dissection, MOST_ENTRIES, dissect};

use crate::support::tiling::assert_dissection_tiles;

/// A packet of a first byte and what stands behind its Remaining Length.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    let mut left = body.len();
    loop {
        let more = if left > 0x7f { 0x80 } else { 0 };
        frame.push((left & 0x7f) as u8 | more);
        left >>= 7;
        if left == 0 {
            break;
        }
    }
    frame.extend(body);
    frame
}

fn explained(frame: &[u8], version: Version) -> Dissection {
    let dissection = dissect(frame, version);
    assert_eq!(dissection.len, frame.len());
    let first = dissection.faults.first().map(|diagnosis| diagnosis.fault);
    assert_eq!(decode(frame, version).err(), first, "the first fault is told whatever is left out");
    dissection
}

fn left_out(dissection: &Dissection) -> Vec<(usize, usize, &str)> {
    let nodes = dissection.nodes.iter().filter(|node| node.field == Field::LeftOut);
    nodes.map(|node| (node.offset, node.len, &*node.text)).collect()
}

#[test]
fn a_megabyte_of_empty_filters_is_told_by_its_first_ones() {
    let body = [&[0, 1][..], &[0, 0, 0].repeat(350_000)].concat();
    let frame = packet(0x82, &body);
    let dissection = explained(&frame, Version::V311);
    assert!(dissection.nodes.len() < 7 * MOST_ENTRIES, "{} nodes", dissection.nodes.len());
    assert_eq!(dissection.faults.len(), MOST_ENTRIES);
    let (rest, at) = (350_000 - MOST_ENTRIES, 6 + 3 * MOST_ENTRIES);
    assert_eq!(left_out(&dissection), [(at, 3 * rest, "348,000 more")]);
    let node = dissection.nodes.last().expect("nodes");
    let meaning =
        "348,000 more entries stand here, too many to tell one by one; rules broken in them: 348,000.";
    assert_eq!(node.meaning, meaning);
    assert_eq!(dissection.byte_node(frame.len() - 1), Some(dissection.nodes.len() - 1));
    assert_eq!(dissection.byte_group(frame.len() - 1), dissection.byte_group(at - 1 + 3));
}

#[test]
fn every_kind_of_list_is_bounded_and_tiles_its_packet() {
    let many = MOST_ENTRIES + 3;
    let list = [0x26, 0, 1, b'k', 0, 1, b'v'].repeat(many);
    let mut properties = packet(0, &list);
    properties.remove(0);
    let publish = [&[0, 1, b't'][..], &properties, b"payload"].concat();
    let filters = [0, 1, b'a'].repeat(many);
    let cases = [
        (packet(0x30, &publish), Version::V5, 3 * 7),
        (packet(0xa2, &[&[0, 1][..], &filters].concat()), Version::V311, 3 * 3),
        (packet(0x90, &[&[0, 1][..], &vec![0; many]].concat()), Version::V311, 3),
        (packet(0xb0, &[&[0, 1, 0][..], &vec![0; many]].concat()), Version::V5, 3),
        (packet(0x82, &[&[0, 1, 0][..], &[0, 1, b'a', 0].repeat(many)].concat()), Version::V5, 3 * 4),
    ];
    for (frame, version, len) in cases {
        let dissection = explained(&frame, version);
        assert_dissection_tiles(&dissection);
        let told: Vec<_> = left_out(&dissection).iter().map(|(_, len, text)| (*len, *text)).collect();
        assert_eq!(told, [(len, "3 more")]);
        assert!(dissection.is_valid());
    }
    // What stands behind a list is told.
    let nodes = dissect(&packet(0x30, &publish), Version::V5).nodes;
    assert_eq!(nodes.last().map(|node| node.field), Some(Field::ApplicationMessage));
    // Exactly as many as there may be are all told.
    let exact = packet(0x90, &[&[0, 1][..], &vec![0; MOST_ENTRIES]].concat());
    assert_eq!(left_out(&explained(&exact, Version::V311)), []);
}

#[test]
fn a_rule_that_only_an_entry_left_out_breaks_is_told() {
    let many = [0, 1, b'a', 1].repeat(MOST_ENTRIES + 10);
    for last in [&[0, 9, b'a', 1][..], &[0, 1, b'a', 3], &[0, 0, 1]] {
        let frame = packet(0x82, &[&[0, 1][..], &many, last].concat());
        let dissection = explained(&frame, Version::V311);
        assert!(!dissection.is_valid());
        assert!(dissection.faults[0].fault.offset as usize >= frame.len() - 4);
        assert_eq!(left_out(&dissection).len(), 1);
    }
}
