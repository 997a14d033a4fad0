//! `examples/decode` as a program: hex in, an annotated tree or JSON lines out.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

/// Cargo builds examples before tests, beside them.
fn program() -> Command {
    let this = std::env::current_exe().unwrap();
    let program = this.ancestors().nth(2).unwrap().join("examples/decode");
    assert!(program.exists(), "build it with `cargo build --example decode` (plain `cargo test` does)");
    Command::new(program)
}

/// Writes and reads at once: neither side's pipe may fill up.
fn decode(args: &[&str], input: &str) -> Output {
    let mut child = program()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A program that refuses its options may close its input first.
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    })
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
        (&["--batch", "--json"], "", "--batch goes without other options"),
    ] {
        let output = decode(args, input);
        let error = text(&output.stderr);
        assert!(!output.status.success() && error.contains(message), "{error}");
    }
}

#[test]
fn in_a_batch_each_line_gets_one() {
    let lines = [
        ("1 4 c>s c000", "1 ok c000"),
        ("2 3 - 6a020007", "2 ok 6a020007"),
        ("3 4 - 40 82 00 00 07", "3 ok 40020007"),
        ("4 5 s>c 4002", "4 more"),
        ("5 5 -", "5 more"),
        ("6 4 c>s 80 06 0001 0001 61 01", "6 error 0 MQTT-3.8.1-1 Byte 00 is 80, it must be 82."),
        ("7 5 - e0 07 00 05 02 00000001", "7 error 4 - Byte 04 is 02."),
        ("8 5 s>c c000", "8 error 0 - Byte 00 is C0. Only a client sends PINGREQ."),
        ("9 4 s>c e000", "9 error 0 - Byte 00 is E0. Only a client sends DISCONNECT."),
        ("10 5 s>c e000", "10 ok e000"),
        ("11 5 c>s 30 06 0001 61 02 0b 01", "11 error 6 MQTT-3.3.4-6 Byte 06 is 0B."),
        // packets behind each other; the CONNECT sets the version
        ("12 4 c>s 100d 0004 4d515454 05 02 003c 00 0000 30040001610062", "12 more"),
        (
            "13 4 c>s 100d00044d5154540502003c000000 3005000161 0062",
            "13 ok 100d00044d5154540502003c00000030050001610062",
        ),
        ("14 4 - c000 32 05 0001 61 0000", "14 error 7 MQTT-2.3.1-1 Bytes 07–08 are 00 00."),
        // lines that are none
        ("15 6 - c000", "15 error 0 - VERSION is 3, 4 or 5, not 6"),
        ("16 4 up c000", "16 error 0 - DIRECTION is c>s, s>c or -, not up"),
        ("17 4 - c00g", "17 error 0 - HEX: character 3: 'g' is not a hex digit"),
        ("18", "18 error 0 - a line is ID VERSION DIRECTION HEX"),
        ("19 4 - d000\r", "19 ok d000"),
    ];
    let input: Vec<&str> = lines.iter().map(|(line, _)| *line).chain([""]).collect();
    let output = decode(&["--batch"], &input.join("\n"));
    assert!(output.status.success());
    let answers = text(&output.stdout);
    assert_eq!(answers.lines().count(), lines.len(), "{answers}");
    for (answer, (line, expected)) in answers.lines().zip(lines) {
        let whole =
            if expected.contains(" ok ") || expected.ends_with(" more") { answer == expected } else { true };
        assert!(whole && answer.starts_with(expected), "{line}\n{answer}\nis not\n{expected}");
    }
}

#[test]
fn a_batch_may_be_long_and_answers_before_the_next_line_comes() {
    let input: String = (0..50_000).map(|id| format!("{id} 5 - 3007000374 2f 74 00 78\n")).collect();
    let output = decode(&["--batch"], &input);
    let answers = text(&output.stdout);
    assert_eq!(answers.lines().count(), 50_000);
    assert_eq!(answers.lines().last(), Some("49999 ok 30070003742f740078"));

    let mut child = program().arg("--batch").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for answer in ["1 ok c000\n", "2 ok c000\n"] {
        writeln!(stdin, "{} 4 - c000", &answer[..1]).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, answer);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_takes_what_people_paste_and_raw_bytes() {
    for (input, said) in [
        ("char p[] = { 0xc0, 0x00 };", "read as Array in code"),
        ("wAA=", "read as Base64"),
        ("0000  c0 00  ..\n", "read as Wireshark hex dump"),
    ] {
        let output = decode(&[], input);
        assert!(text(&output.stdout).contains("0000 PINGREQ"), "{input}");
        assert!(text(&output.stderr).contains(said), "{input}: {}", text(&output.stderr));
    }
    let mut child = program().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&[0xd0, 0, 0xc0, 0]).unwrap();
    let tree = text(&child.wait_with_output().unwrap().stdout);
    assert!(tree.contains("PINGRESP") && !tree.contains('\x1b'), "{tree}");
}

#[test]
fn what_is_around_plain_hex_is_taken_off_too() {
    let segment = "4500003600004000400600007f0000017f0000019c40075b00000001000000015018020000000000100c00044d5154540402003c0000";
    let masked = "828e00000000100c00044d5154540402003c0000";
    for (input, said) in [
        (format!("0200000000010200000000020800{segment}"), "taken off: an Ethernet header"),
        (segment.to_owned(), "taken off: a TCP header"),
        (masked.to_owned(), "taken off: WebSocket frames"),
        ("474554202f20485454502f312e310d0a".to_owned(), "an HTTP request"),
        ("1603010200010001fc0303".to_owned(), "a TLS handshake"),
        (String::new(), "there is nothing on standard input"),
    ] {
        let output = decode(&[], &input);
        let error = text(&output.stderr);
        assert!(error.contains(said), "{input}: {error}");
        if error.contains("taken off") {
            assert!(text(&output.stdout).contains("0000 CONNECT"), "{input}: {}", text(&output.stdout));
        }
    }
    // Raw bytes as well.
    let mut child = program().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\x82\x82\x00\x00\x00\x00\xc0\x00").unwrap();
    let tree = text(&child.wait_with_output().unwrap().stdout);
    assert!(tree.contains("0000 PINGREQ"), "{tree}");
}

#[test]
fn a_live_stream_is_told_packet_by_packet() {
    let mut child = program().arg("--live").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut lines) =
        (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
    for (cut, name) in [(&[&[0xc0][..], &[0]][..], "PINGREQ"), (&[&[0xd0, 0][..]][..], "PINGRESP")] {
        for part in cut {
            stdin.write_all(part).unwrap();
            stdin.flush().unwrap();
        }
        // It comes before the stream ends.
        assert!(lines.by_ref().map(Result::unwrap).any(|line| line.contains(name)), "{name}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
