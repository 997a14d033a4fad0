//! `examples/decode` as a program: hex in, an annotated tree or JSON lines out.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a program that cannot be run has failed the test")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Cargo builds examples before tests, beside them.
fn decode(args: &[&str], input: &str) -> Output {
    let this = std::env::current_exe().unwrap();
    let program = this.ancestors().nth(2).unwrap().join("examples/decode");
    assert!(program.exists(), "build it with `cargo build --example decode` (plain `cargo test` does)");
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its options may close its input first.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_packet_is_printed_as_a_tree_with_its_bytes_bits_and_rules() {
    let output = decode(&[], "82 06 0001 0001 61 02\nc000");
    let tree = text(&output.stdout);
    assert!(output.status.success());
    for line in [
        "0000 SUBSCRIBE 3.1.1  id 1  a  QoS 2  (8 B)",
        "      packet type                  1000 ....                 8 SUBSCRIBE                   [3.1.1 MQTT-3.8.4-1]",
        "    packet identifier              00 01                     1                             [3.1.1 MQTT-2.3.1-1]",
        "0008 PINGREQ 3.1.1  (2 B)",
    ] {
        assert!(tree.lines().any(|found| found == line), "{line}\nis not in\n{tree}");
    }
}

#[test]
fn json_is_one_line_a_packet() {
    let output = decode(&["--json", "--version", "5"], "c0 00 d0 00 e1 00");
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<_> =
        lines.iter().map(|line| (&line["packet"], &line["version"], &line["length"])).collect();
    let names = ["PINGREQ", "PINGRESP", "DISCONNECT"];
    assert_eq!(found.len(), names.len());
    for ((packet, version, length), name) in found.into_iter().zip(names) {
        assert_eq!((packet, version, length), (&name.into(), &"5.0".into(), &2.into()));
    }
    assert_eq!(lines[2]["errors"][0]["statement"], "5.0 MQTT-3.14.1-1");
}

#[test]
fn a_malformed_packet_is_told_and_reading_goes_on() {
    let tree = text(&decode(&["--version", "3.1.1"], "36 05 0001 61 0007 c0 00").stdout);
    assert!(tree.contains("  malformed: Byte 0000 is 36: both QoS bits are set."), "{tree}");
    assert!(tree.contains("0007 PINGREQ"), "{tree}");
    let tail = text(&decode(&[], "40 02").stdout);
    assert!(tail.contains("(2 B here, at least 2 missing)"), "{tail}");
}

#[test]
fn what_it_cannot_read_it_says() {
    for (args, input, message) in [
        (&[][..], "c0 0g", "character 4: 'g' is not a hex digit"),
        (&[][..], "c0 0", "character 3: a hex digit is missing"),
        (&["--version", "4.2"], "", "4.2 is none of 3.1, 3.1.1 and 5"),
        (&["--version"], "", "--version needs 3.1, 3.1.1 or 5"),
        (&["--xml"], "", "unknown option --xml"),
    ] {
        let output = decode(args, input);
        let error = text(&output.stderr);
        assert!(!output.status.success() && error.contains(message), "{error}");
    }
}
