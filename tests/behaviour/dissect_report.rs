//! Packets as JSON, for programs and for JavaScript, as the documentation describes it.

use mqtt_playground::codec::Version;
use mqtt_playground::dissect::{JsonReports, parse_hex};
use serde_json::{Value, json};

fn reports(hex: &str, version: Option<Version>) -> Vec<Value> {
    let bytes = parse_hex(hex).expect("hex");
    let (mut reports, mut json) = (JsonReports::new(&bytes, version), String::new());
    let next = || {
        json.clear();
        reports.next(&mut json).then(|| serde_json::from_str(&json).expect("JSON"))
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn a_packet_is_a_tree_of_fields() {
    let found = reports("32 07 0001 61 0007 62 63", Some(Version::V311));
    let first_byte = json!([
        {"name": "packet type", "offset": 0, "length": 1, "bit_offset": 0, "bit_length": 4, "value": 3,
         "text": "3 PUBLISH", "statement": "3.1.1 MQTT-3.3.4-1"},
        {"name": "DUP", "offset": 0, "length": 1, "bit_offset": 4, "bit_length": 1, "value": false,
         "text": "0", "statement": "3.1.1 MQTT-3.3.1-1"},
        {"name": "QoS", "offset": 0, "length": 1, "bit_offset": 5, "bit_length": 2, "value": 1,
         "text": "1 at least once", "statement": "3.1.1 MQTT-3.3.1-4"},
        {"name": "RETAIN", "offset": 0, "length": 1, "bit_offset": 7, "bit_length": 1, "value": false,
         "text": "0", "statement": "3.1.1 MQTT-3.3.1-5"},
    ]);
    let expected = json!([{
        "version": "3.1.1", "packet": "PUBLISH", "length": 9, "errors": [],
        "fields": [
            {"name": "fixed header", "offset": 0, "length": 2, "value": null, "text": "", "children": [
                {"name": "packet type and flags", "offset": 0, "length": 1, "value": 0x32, "text": "0x32",
                 "children": first_byte},
                {"name": "remaining length", "offset": 1, "length": 1, "value": 7, "text": "7",
                 "statement": "3.1.1 section 2.2.3"},
            ]},
            {"name": "variable header", "offset": 2, "length": 5, "value": null, "text": "", "children": [
                {"name": "topic name length", "offset": 2, "length": 2, "value": 1, "text": "1",
                 "statement": "3.1.1 section 1.5.3"},
                {"name": "topic name", "offset": 4, "length": 1, "value": "a", "text": "a",
                 "statement": "3.1.1 MQTT-3.3.2-1"},
                {"name": "packet identifier", "offset": 5, "length": 2, "value": 7, "text": "7",
                 "statement": "3.1.1 MQTT-2.3.1-1"},
            ]},
            {"name": "payload", "offset": 7, "length": 2, "value": null, "text": "", "children": [
                {"name": "payload", "offset": 7, "length": 2, "value": "6263", "text": "bc",
                 "statement": "3.1.1 section 3.3.3"},
            ]},
        ],
    }]);
    assert_eq!(Value::from(found), expected);
}

#[test]
fn errors_count_from_the_packets_own_first_byte() {
    let found = reports("c000 80 06 0001 0001 61 00", None);
    assert_eq!(found[0]["errors"], json!([]));
    let error = json!([{
        "offset": 0, "bit_offset": 4, "statement": "3.1.1 MQTT-3.8.1-1", "expected": "0010", "found": "0000",
        "message": "Byte 00 is 80, it must be 82. In SUBSCRIBE bits 3–0 are reserved and must be 0010.",
    }]);
    assert_eq!(found[1]["errors"], error);
}

#[test]
fn every_packet_is_told_by_the_version_of_its_connect() {
    let connect = "10 0d 0004 4d515454 05 02 003c 00 0000";
    let found = reports(&format!("{connect} 30 04 0001 61 00"), Some(Version::V311));
    assert_eq!((&found[0]["version"], &found[1]["version"]), (&json!("5.0"), &json!("5.0")));
    let reserved = reports("00 00", None);
    assert_eq!(reserved[0]["packet"], "RESERVED");
}
