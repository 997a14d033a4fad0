//! What holds for the words about any bytes at all.

use mqtt_playground::codec::{PacketType, Version};
use mqtt_playground::dissect::{
    Dissection, JsonReports, Listener, Node, Value, dissect, dissect_heard, dissect_stream, parse_hex,
    sentence,
};
use mqtt_playground::spec;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};

use crate::support::is_section;
use crate::support::owned::{of_version, packet};
use crate::support::tiling::assert_dissection_tiles;

/// Text that can be shown: nothing in it hides or reorders what stands beside it.
fn assert_shown(text: &str) {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
    assert!(!text.contains(hidden), "{text:?}");
}

fn check(bytes: &[u8], version: Version) -> Dissection {
    let dissection = dissect(bytes, version);
    assert_dissection_tiles(&dissection);
    for node in &dissection.nodes {
        assert!(!node.name.is_empty() && !node.meaning.is_empty(), "{node:?}");
        assert_shown(&node.text);
        assert_shown(&node.meaning);
        assert!(node.text.chars().count() <= 2100, "{}", node.text);
        for statement in node.statements {
            assert!(spec::lookup(statement).is_some() || is_section(statement), "{statement}");
        }
    }
    for diagnosis in dissection.faults.iter().chain(&dissection.remarks) {
        assert_shown(&diagnosis.message);
        assert_shown(&diagnosis.found);
        assert!(!diagnosis.title.is_empty() && !diagnosis.expected.is_empty());
        let statement = diagnosis.statement;
        assert!(spec::lookup(statement).is_some() || is_section(statement), "{statement}");
    }
    for detail in &dissection.details {
        assert_shown(detail);
    }
    let told = sentence(bytes, version, "pub1", "Broker");
    assert_shown(&told);
    assert!(told.contains("pub1") && told.contains("Broker") && told.ends_with('.'), "{told}");
    dissection
}

/// A node as its field of a report stands, without its children.
fn field(node: &Node) -> Json {
    let value = match &node.value {
        Value::None => Json::Null,
        Value::Flag(flag) => json!(flag),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Bytes(data) => json!(data.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    };
    let mut field = json!({
        "name": node.name, "offset": node.offset, "length": node.len, "value": value, "text": node.text,
    });
    if let Some((start, len)) = node.bits {
        (field["bit_offset"], field["bit_length"]) = (json!(start), json!(len));
    }
    if let Some(statement) = node.statements.first() {
        field["statement"] = json!(statement);
    }
    field
}

/// A report's fields with their depths, in the order of a dissection's nodes.
fn tell(fields: Json, depth: u8, out: &mut Vec<(u8, Json)>) {
    let Json::Array(fields) = fields else { panic!("{fields}") };
    for mut field in fields {
        let children = field.as_object_mut().and_then(|field| field.remove("children"));
        out.push((depth, field));
        if let Some(children) = children {
            assert_ne!(children, json!([]));
            tell(children, depth + 1, out);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_told(bytes in vec(any::<u8>(), 0..60), version in select(&Version::ALL[..])) {
        check(&bytes, version);
    }

    #[test]
    fn a_valid_packet_is_told_without_a_complaint((version, owned) in packet()) {
        let bytes = owned.encoded(version);
        let dissection = check(&bytes, version);
        prop_assert!(dissection.is_valid());
        prop_assert_eq!(dissection.version, version);
        prop_assert!(dissection.nodes.iter().all(|node| node.name != "unread" && node.name != "incomplete"));
    }

    #[test]
    fn a_changed_packet_is_told_by_every_version((_, owned) in packet(), by in select(&Version::ALL[..]), at in any::<Index>(), byte in any::<u8>()) {
        // Written as 5.0: what another version then reads is seldom valid.
        let mut bytes = owned.encoded(Version::V5);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check(&bytes, by);
    }

    #[test]
    fn a_cut_packet_is_incomplete((version, owned) in packet(), at in any::<Index>()) {
        let bytes = owned.encoded(version);
        let dissection = check(&bytes[..at.index(bytes.len())], version);
        prop_assert!(dissection.faults.is_empty());
        prop_assert!(dissection.missing > 0 && !dissection.is_valid());
    }

    #[test]
    fn every_byte_of_a_stream_is_in_one_packet(bytes in vec(any::<u8>(), 0..120), asked in select(vec![None, Some(Version::V31), Some(Version::V311), Some(Version::V5)])) {
        let stream = dissect_stream(&bytes, asked);
        let mut at = 0;
        let mut listener = Listener::new(&bytes, stream.version);
        for packet in &stream.packets {
            prop_assert_eq!(packet.offset, at);
            let (offset, heard) = listener.next(&bytes).expect("a packet");
            let later = dissect_heard(&bytes, offset, &heard);
            prop_assert_eq!(later.as_ref(), Some(packet));
            at += packet.dissection.len;
        }
        prop_assert_eq!(at, bytes.len());
        prop_assert_eq!(listener.next(&bytes), None);
        let (mut reports, mut json) = (JsonReports::new(&bytes, asked), String::new());
        for packet in &stream.packets {
            let (dissection, mut told) = (&packet.dissection, Vec::new());
            json.clear();
            prop_assert!(reports.next(&mut json));
            let mut report: Json = serde_json::from_str(&json).expect("JSON");
            prop_assert_eq!(&report["version"], dissection.version.as_str());
            prop_assert_eq!(&report["length"], dissection.len);
            tell(report["fields"].take(), 0, &mut told);
            let expected: Vec<_> = dissection.nodes.iter().map(|node| (node.depth, field(node))).collect();
            prop_assert_eq!(told, expected);
            let errors = report["errors"].as_array().expect("a list");
            let errors: Vec<_> = errors.iter().map(|error| (&error["offset"], &error["statement"])).collect();
            let faults: Vec<_> = dissection.faults.iter().map(|d| (json!(d.fault.offset), json!(d.statement))).collect();
            prop_assert_eq!(errors, faults.iter().map(|(offset, statement)| (offset, statement)).collect::<Vec<_>>());
        }
        prop_assert!(!reports.next(&mut json));
        prop_assert!(stream.reason.ends_with('.'));
    }

    #[test]
    fn a_stream_without_a_connect_is_read_by_a_version_that_fits(
        (version, packets) in select(vec![Version::V311, Version::V5])
            .prop_flat_map(|version| (Just(version), vec(of_version(version), 1..6))),
    ) {
        let frames = packets.iter().map(|packet| packet.encoded(version));
        let connect = PacketType::Connect.nibble();
        let frames: Vec<Vec<u8>> = frames.filter(|frame| frame[0] >> 4 != connect).collect();
        let stream = dissect_stream(&frames.concat(), None);
        // Each by itself: thrown together they are no conversation.
        prop_assert!(frames.iter().all(|frame| dissect(frame, stream.version).is_valid()), "{}", stream.reason);
        prop_assert!(!stream.certain || stream.version == version, "{}", stream.reason);
    }

    #[test]
    fn hex_is_read_as_it_was_written(bytes in vec(any::<u8>(), 0..60), upper: bool, separator in select(vec!["", " ", ":", ", ", "\n", " 0x", "-"])) {
        let digits: Vec<String> = bytes.iter().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") }).collect();
        prop_assert_eq!(parse_hex(&digits.join(separator)), Ok(bytes));
    }

    #[test]
    fn any_text_is_hex_or_has_its_first_wrong_character(text in "[0-9a-fx\\\\ ,:\\PC]{0,40}") {
        if let Err(error) = parse_hex(&text) {
            prop_assert!(error.at < text.chars().count());
        }
    }
}

/// Nothing is cut silently: what a row leaves out, it counts; the typed value has it all.
#[test]
fn long_values_are_cut_with_a_count() {
    let mut bytes = vec![0x30, 0x83, 0x20, 0x00, 0x01, b't'];
    bytes.extend([b'x'; 4096]);
    let dissection = check(&bytes, Version::V311);
    let payload = dissection.nodes.last().expect("the payload");
    assert_eq!(payload.value, Value::Bytes(vec![b'x'; 4096]));
    assert!(payload.text.ends_with("x… +3896 B"), "{}", payload.text);
    assert_eq!(dissection.details, ["QoS 0", "t", "4096 B"]);
    let told = sentence(&bytes, Version::V311, "pub1", "Broker");
    assert!(told.contains("… +3896 B”"), "{told}");
}

#[test]
fn a_password_is_never_in_a_text() {
    let hex = "10 1b 0004 4d515454 04 c2 003c 0000 0001 75 000a 73657372657473657321";
    let bytes = parse_hex(hex).expect("hex");
    let dissection = check(&bytes, Version::V311);
    assert!(dissection.is_valid());
    let password = dissection.nodes.last().expect("the password");
    assert_eq!((password.name, password.text.as_str()), ("password", "••••••••••"));
    assert_eq!(password.value, Value::Bytes(b"sesretses!".to_vec()));
    let told = sentence(&bytes, Version::V311, "pub1", "Broker");
    for text in dissection.nodes.iter().map(|node| &node.text).chain(&dissection.details).chain([&told]) {
        assert!(!text.contains("sesretses"), "{text}");
    }
}

#[test]
fn text_that_would_hide_or_reorder_is_shown_escaped() {
    let mut bytes = vec![0x30, 0x00, 0x00, 0x07];
    bytes.extend("a\u{7}\u{202e}b\u{1b}".as_bytes());
    bytes.extend(b"\0\n!");
    bytes[1] = (bytes.len() - 2) as u8;
    let dissection = check(&bytes, Version::V311);
    let topic = dissection.nodes.iter().find(|node| node.name == "topic name").expect("a topic");
    assert_eq!(topic.text, "a\\u{7}\\u{202e}b\\u{1b}");
    let payload = dissection.nodes.last().expect("a payload");
    assert_eq!(payload.text, "00 0A 21");
}
