//! The models of a few packets, byte by byte.

use super::*;
use crate::codec::Version;
use crate::dissect::{ByteGroup, Dissection, dissect};

fn bytes(hex: &str) -> Vec<u8> {
    crate::dissect::parse_hex(hex).expect("test data is hex")
}

fn read(hex: &str, version: Version) -> (Vec<u8>, Dissection, ByteMap) {
    let frame = bytes(hex);
    let dissection = dissect(&frame, version);
    let map = ByteMap::new(&dissection);
    (frame, dissection, map)
}

/// PUBLISH DUP, QoS 2, id 1, "21.5" on sensors/kitchen/temp with a payload format indicator.
const PUBLISH: &str = "3C 1F 0014 73656E736F72732F6B69746368656E2F74656D70 0001 02 0101 32312E35";
/// CONNECT 3.1.1, clean session, keep alive 60, client id lab-node-3.
const CONNECT: &str = "10 16 0004 4D515454 04 02 003C 000A 6C61622D6E6F64652D33";
/// SUBSCRIBE with flags 0 instead of 2.
const SUBSCRIBE: &str = "80 0F 0001 000A 6C61622F2B2F74656D70 01";

fn shown(items: &[StripItem]) -> String {
    let piece = |item: &StripItem| match item {
        StripItem::Bytes { cells, .. } => cells.iter().map(ByteCell::hex).collect::<String>(),
        StripItem::Elision(n) => format!("+{n}"),
    };
    items.iter().map(piece).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_strip_with_room_shows_every_byte_in_its_colour() {
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    let items = strip(&frame, &dissection, &map, 40);
    assert_eq!(shown(&items), "3C 1F 001473656E736F72732F6B69746368656E2F74656D700001 020101 32312E35");
    let groups: Vec<ByteGroup> = items
        .iter()
        .map(|item| match item {
            StripItem::Bytes { group, .. } => *group,
            StripItem::Elision(_) => unreachable!("nothing is hidden"),
        })
        .collect();
    use ByteGroup as G;
    assert_eq!(groups, [G::FixedHeader, G::RemainingLength, G::VariableHeader, G::Properties, G::Payload]);
}

#[test]
fn a_narrow_strip_hides_the_topic_before_anything_else() {
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    // The budget is used up for the start of the topic.
    assert_eq!(shown(&strip(&frame, &dissection, &map, 18)), "3C 1F 00147365 +18 0001 020101 32312E35");
    assert_eq!(shown(&strip(&frame, &dissection, &map, 16)), "3C 1F 0014 +20 0001 020101 32312E35");
    // Then what follows the id; id and last byte stay.
    assert_eq!(shown(&strip(&frame, &dissection, &map, 15)), "3C 1F 0014 +20 0001 0201 +4 35");
    assert_eq!(shown(&strip(&frame, &dissection, &map, 0)), "3C 1F 0014 +20 0001 +6 35");
}

#[test]
fn what_a_strip_hides_and_shows_is_the_whole_packet_whatever_the_budget() {
    for hex in
        [PUBLISH, CONNECT, SUBSCRIBE, "C0 00", "40 02 0007", "30 06 0001 61 626364", "E0", "90 03 0001 02"]
    {
        for version in Version::ALL {
            let (frame, dissection, map) = read(hex, version);
            for budget in 0..=frame.len() + 2 {
                let items = strip(&frame, &dissection, &map, budget);
                let (mut at, mut seen) = (0, Vec::new());
                for item in &items {
                    match item {
                        StripItem::Bytes { cells, .. } => {
                            assert!(cells.iter().enumerate().all(|(n, cell)| cell.offset == at + n));
                            seen.extend(cells.iter().map(|cell| cell.offset));
                            at += cells.len();
                        }
                        StripItem::Elision(hidden) => {
                            assert!(*hidden > 0);
                            at += hidden;
                        }
                    }
                }
                assert_eq!(at, frame.len(), "{hex} in {budget}: {}", shown(&items));
                assert!(seen.contains(&0) && seen.contains(&(frame.len() - 1)), "{hex} in {budget}");
            }
        }
    }
}

#[test]
fn a_long_payload_keeps_the_id_and_both_ends() {
    let mut frame = bytes("32 AC 0E 0003 612F62 0007");
    frame.extend((0..1829u32).map(|n| n as u8));
    let dissection = dissect(&frame, Version::V311);
    let map = ByteMap::new(&dissection);
    assert_eq!(dissection.faults, []);
    assert_eq!(
        shown(&strip(&frame, &dissection, &map, 24)),
        "32 AC0E 0003612F620007 0001020304050607 +1818 222324"
    );
}

#[test]
fn fields_hold_their_length_prefix_and_have_short_names() {
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    let told = |all: &[ByteField]| -> Vec<(String, String, String)> {
        all.iter().map(|it| (it.label.clone(), it.value.clone(), pieces(&it.pieces))).collect()
    };
    let row =
        |label: &str, value: &str, pieces: &str| (label.to_owned(), value.to_owned(), pieces.to_owned());
    assert_eq!(
        told(&fields(&frame, &dissection, &map, 64, 512)),
        [
            row("PUBLISH", "DUP, QoS 2", "3C"),
            row("length", "31", "1F"),
            row("topic name", "20 B, “sensors/kitchen/temp”", "001473656E736F72732F6B69746368656E2F74656D70"),
            row("packet id", "1", "0001"),
            row("properties", "2 B", "02"),
            row("payload format indicator", "1 = UTF-8 text", "0101"),
            row("payload", "“21.5”", "32312E35"),
        ]
    );
    let (frame, dissection, map) = read(CONNECT, Version::V311);
    assert_eq!(
        told(&fields(&frame, &dissection, &map, 8, 10)),
        [
            row("CONNECT", "flags 0", "10"),
            row("length", "22", "16"),
            row("protocol name", "4 B, “MQTT”", "00044D515454"),
            row("level", "4 = 3.1.1", "04"),
            row("connect flags", "clean session", "02"),
            row("2 more fields", "14 B", "+14"),
        ]
    );
}

fn pieces(pieces: &[Piece]) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Cells(cells) => cells.iter().map(ByteCell::hex).collect::<String>(),
        Piece::Hidden(n) => format!("+{n}"),
    };
    pieces.iter().map(piece).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_byte_that_breaks_a_rule_is_shown_wherever_it_stands() {
    // A topic name of 100 bytes, the 81st of them no UTF-8, and a payload of 20.
    let mut frame = vec![0x30, 122, 0, 100];
    frame.extend([b'a'; 80]);
    frame.push(0xff);
    frame.extend([b'b'; 19]);
    frame.extend([b'c'; 20]);
    let dissection = dissect(&frame, Version::V311);
    let map = ByteMap::new(&dissection);
    assert_eq!(dissection.faults.len(), 1);
    assert_eq!(dissection.faults[0].fault.offset, 84);
    let all = fields(&frame, &dissection, &map, 6, 4);
    assert_eq!(pieces(&all[2].pieces), "006461616161 +72 61616161FF62626262626262 +12");
    assert_eq!(pieces(&all[3].pieces), "+20");
    let shown = |field: &ByteField| {
        field
            .pieces
            .iter()
            .map(|it| if let Piece::Cells(cells) = it { cells.len() } else { 0 })
            .sum::<usize>()
    };
    assert_eq!(all.iter().map(shown).sum::<usize>(), 20);
}

#[test]
fn bytes_that_break_a_rule_are_wrong_and_no_others() {
    let (frame, dissection, map) = read(SUBSCRIBE, Version::V311);
    let wrong: Vec<usize> = (0..frame.len()).filter(|at| map.is_wrong(*at)).collect();
    assert_eq!(wrong, [0]);
    let view = bits(&frame, &dissection, &map, 0).expect("there is a first byte");
    // 0000 instead of 0010.
    assert_eq!(view.wrong, [false, false, false, false, false, false, true, false]);
    let (frame, dissection, map) = read("36 04 0001 61 62", Version::V311);
    let view = bits(&frame, &dissection, &map, 0).expect("there is a first byte");
    assert_eq!(view.wrong, [false, false, false, false, false, true, true, false], "QoS 3");
    let (frame, dissection, map) = read(SUBSCRIBE, Version::V311);
    let items = tree(&frame, &dissection, &map);
    let wrong: Vec<&str> = items.iter().filter(|it| it.wrong).map(|it| it.name.as_str()).collect();
    assert_eq!(wrong, ["reserved flags"]);
}

#[test]
fn every_byte_has_a_cell_and_a_name() {
    for hex in [PUBLISH, CONNECT, SUBSCRIBE, "C0 00", "E0", "30 7F 0001", "00 00", "10 02 0004", ""] {
        for version in Version::ALL {
            let (frame, dissection, map) = read(hex, version);
            let cells: Vec<ByteCell> =
                (0..row_count(frame.len(), 16)).flat_map(|n| row(&frame, &map, n, 16)).collect();
            let offsets: Vec<usize> = cells.iter().map(|cell| cell.offset).collect();
            assert_eq!(offsets, (0..frame.len()).collect::<Vec<_>>(), "{hex} {version}");
            assert!(cells.iter().all(|cell| cell.value == frame[cell.offset]));
            assert!(cells.iter().all(|cell| map.cell(&frame, cell.offset) == Some(*cell)));
            assert!(
                cells.iter().all(|cell| !cell_name(cell, &dissection).ends_with(", ")),
                "{hex} {version}"
            );
            assert!((0..frame.len()).all(|at| {
                bits(&frame, &dissection, &map, at)
                    .is_some_and(|view| view.groups.iter().map(|group| group.len).sum::<u8>() == 8)
            }));
        }
    }
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    let first = map.cell(&frame, 0).expect("there is a first byte");
    assert_eq!(cell_name(&first, &dissection), "byte 3C, offset 0, packet type and flags");
}

#[test]
fn a_window_shows_its_part_of_each_field_and_counts_the_rest() {
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    let told = |window: core::ops::Range<usize>| -> Vec<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Cells(cells) => format!("{}..{}", cells[0].offset, cells[cells.len() - 1].offset),
            Piece::Hidden(bytes) => format!("+{bytes}"),
        };
        let field = |it: &ByteField| {
            format!("{} {}", it.label, it.pieces.iter().map(piece).collect::<Vec<_>>().join(" "))
        };
        fields_in(&frame, &dissection, &map, window).iter().map(field).collect()
    };
    assert_eq!(told(0..1), ["PUBLISH 0..0"]);
    assert_eq!(told(1..8), ["length 1..1", "topic name 2..7 +16"]);
    assert_eq!(told(8..12), ["topic name +6 8..11 +12"]);
    assert_eq!(told(28..99), ["payload format indicator +1 28..28", "payload 29..32"]);
    assert_eq!(told(99..120), [""; 0]);
    // A window for each byte: all are shown, once.
    let count = |at: usize| told(at..at + 1).len();
    assert_eq!((0..frame.len()).map(count).sum::<usize>(), frame.len());
}

#[test]
fn bits_are_named_with_their_values() {
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    let told = |at: usize| {
        let view = bits(&frame, &dissection, &map, at).expect("the byte is there");
        let groups = view.groups.iter().map(|it| format!("{} {} {}", it.len, it.name, it.text));
        (view.label(), groups.collect::<Vec<_>>().join("; "))
    };
    let (label, groups) = told(0);
    assert_eq!(label, "byte 0, hex 3C, bits 0011 1100");
    assert_eq!(groups, "4 packet type 3 PUBLISH; 1 DUP 1 sent again; 2 QoS 2 exactly once; 1 RETAIN 0");
    assert_eq!(told(1).1, "1 more 0 the last byte; 7 value 31");
    assert_eq!(told(4).1, "8 topic name 115 “s”, byte 1 of 20");
    let (frame, dissection, map) = read("30 80 01", Version::V311);
    let second = bits(&frame, &dissection, &map, 2).expect("the byte is there");
    assert_eq!(second.groups[1].text, "1 × 128");
}

#[test]
fn the_tree_reads_as_the_packet_does() {
    let (frame, dissection, map) = read(PUBLISH, Version::V5);
    let lines: Vec<String> = tree(&frame, &dissection, &map)
        .iter()
        .map(|it| format!("{}{} {} [{}]", "  ".repeat(usize::from(it.depth)), it.name, it.text, it.place))
        .collect();
    assert_eq!(
        lines,
        [
            "Fixed header  [00–01]",
            "  packet type 3 PUBLISH [bits 7–4]",
            "  DUP 1 sent again [bit 3]",
            "  QoS 2 exactly once [bits 2–1]",
            "  RETAIN 0 [bit 0]",
            "  remaining length 31 [1F]",
            "Variable header  [02–1C]",
            "  topic name sensors/kitchen/temp [00 14 …]",
            "  packet identifier 1 [00 01]",
            "  property length 2 [02]",
            "    payload format indicator 1 = UTF-8 text [01 01]",
            "Payload “21.5” [1D–20]",
        ]
    );
}

#[test]
fn a_length_prefix_a_property_and_a_flag_byte_are_linked_as_one_field() {
    let (frame, _, map) = read(PUBLISH, Version::V5);
    let field = |at: usize| map.cell(&frame, at).expect("the byte is there").field;
    assert_eq!(field(2), field(4), "topic length and topic");
    assert_eq!(field(0x1b), field(0x1c), "property identifier and value");
    let all: std::collections::BTreeSet<u32> = (0..frame.len()).map(field).collect();
    assert_eq!(all.len(), 7);
}

#[test]
fn an_explanation_says_what_the_field_means_and_which_statement_asks_for_what() {
    let (_, dissection, _) = read(PUBLISH, Version::V311);
    let dup = dissection.nodes.iter().position(|node| node.name == "DUP").expect("PUBLISH has a DUP flag");
    let told = explain(&dissection, Choice { offset: 0, node: dup as u32 }).expect("the node is there");
    assert_eq!(told.title, "DUP, bit 3 of byte 00");
    assert!(!told.meaning.is_empty());
    let rule = &told.rules[0];
    assert_eq!(rule.id, "MQTT-3.3.1-1");
    assert!(rule.has_text);
    assert!(rule.link.as_ref().is_some_and(|it| it.starts_with("https://docs.oasis-open.org/mqtt/")));
    assert_eq!(told.faults, []);
    let (_, dissection, _) = read(SUBSCRIBE, Version::V311);
    let faults = |name: &str| {
        let node = dissection.nodes.iter().position(|node| node.name == name).expect("the node is there");
        let offset = dissection.nodes[node].offset;
        explain(&dissection, Choice { offset, node: node as u32 }).map(|it| it.faults.len())
    };
    assert_eq!(
        [faults("reserved flags"), faults("packet type"), faults("packet identifier")],
        [Some(1), Some(0), Some(0)]
    );
    let section = super::rule("5.0 section 2.2.2.2");
    assert_eq!((section.id.as_str(), section.has_text, section.link), ("5.0 section 2.2.2.2", false, None));
}

#[test]
fn bytes_are_written_in_three_ways() {
    for (byte, [hex, decimal, binary]) in
        [(0, ["00", "0", "00000000"]), (0x3c, ["3C", "60", "00111100"]), (255, ["FF", "255", "11111111"])]
    {
        assert_eq!(Base::ALL.map(|base| base.written(byte)), [hex, decimal, binary]);
    }
    assert_eq!(Base::ALL.map(|base| base.fits(54)), [54, 41, 16]);
}
