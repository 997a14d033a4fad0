//! Each form in examples as they are found in the wild, with noise around.

#![allow(clippy::unwrap_used, reason = "what is not there has failed the test")]

use super::*;
use crate::codec::Direction;

/// CONNECT of `mqtt-explorer`-like clients, cut as the examples need it.
const CONNECT: &[u8] = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab";
const PUBLISH: &[u8] = b"\x30\x0c\x00\x05a/b/chello";

fn read(text: &str) -> Reading {
    read_as(text, None)
}

fn read_as(text: &str, form: Option<Form>) -> Reading {
    let mut reader = Reader::new(text, form, true);
    while !reader.step(text, 64) {}
    let reading = reader.finish();
    let mut at_once = Reader::new(text, form, true);
    assert!(at_once.step(text, usize::MAX));
    let at_once = at_once.finish();
    assert_eq!((&at_once.data, at_once.form), (&reading.data, reading.form), "slices change nothing: {text}");
    reading
}

fn both() -> Vec<u8> {
    [CONNECT, PUBLISH].concat()
}

/// Texts of one form, and the bytes in all of them.
fn check(form: Form, name: &str, bytes: &[u8], texts: &[&str]) {
    for text in texts {
        let reading = read(text);
        assert_eq!(reading.data.bytes(), bytes, "{:?} of {text}", reading.form);
        assert_eq!(reading.form, Some(form), "{text}");
        assert_eq!(reading.name, name, "{text}");
        assert!(reading.forms.contains(&form));
    }
}

#[test]
fn hex() {
    check(
        Form::Hex,
        "Hex",
        CONNECT,
        &[
            "100e00044d5154540402003c00026162",
            "10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62",
            "10:0E:00:04:4D:51:54:54:04:02:00:3C:00:02:61:62",
            "0x10 0x0e 0x00 0x04 0x4d 0x51 0x54 0x54 0x04 0x02 0x00 0x3c 0x00 0x02 0x61 0x62",
            "0x10, 0x0E, 0x0, 0x4, 0x4D, 0x51, 0x54, 0x54, 0x4, 0x2, 0x0, 0x3C, 0x0, 0x2, 0x61, 0x62",
            "100E0004 4D515454 0402003C 00026162",
            "100e 0004 4d51 5454 0402 003c 0002 6162\n",
            "0x100e00044d5154540402003c00026162",
            "2024-05-01 12:00:00.123 [DEBUG] sending 16 bytes: 10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62",
            "The client sends this:\n\n  10 0e 00 04 4d 51 54 54\n  04 02 00 3c 00 02 61 62\n\nand then nothing.",
            "<Buffer 10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62>",
            "Buffer.from('100e00044d5154540402003c00026162', 'hex')",
            "payload = bytes.fromhex(\"10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62\")",
            "mqtt: tx (16): 10-0E-00-04-4D-51-54-54-04-02-00-3C-00-02-61-62 (CONNECT)",
        ],
    );
}

#[test]
fn lists() {
    check(
        Form::List,
        "Array in code",
        CONNECT,
        &[
            "char packet_bytes[] = {\n  0x10, 0x0e, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54,\n  0x04, 0x02, 0x00, 0x3c, 0x00, 0x02, 0x61, 0x62\n};",
            "const uint8_t p[16] = { 0x10, 0x0C + 0x02, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 2, 'a', 'b' }; // CONNECT",
            "[16, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 97, 98]",
            "new Uint8Array([16, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 97, 98])",
            "let packet: [u8; 16] = [0x10u8, 0x0e, 0x00, 0x04, b'M', b'Q', b'T', b'T', 4, 2, 0, 60, 0, 2, b'a', b'b'];",
            "packet := []byte{0x10, 0x0e, 0x00, 0x04, 'M', 'Q', 'T', 'T', 0x04, 0x02, 0x00, 0x3c, 0x00, 0x02, 'a', 'b'}",
            "byte[] p = { (byte) 0x10, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 97, 98 };",
            "{\"type\":\"Buffer\",\"data\":[16,14,0,4,77,81,84,84,4,2,0,60,0,2,97,98]}",
            "sent: bytearray([16, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 97, 98]) # fine",
            "[16 14 0 4 77 81 84 84 4 2 0 60 0 2 97 98]",
        ],
    );
    let java = read("byte[] suback = new byte[] {(byte) 0x90, 3, 0, 1, -128};");
    assert_eq!(java.data.bytes(), [0x90, 3, 0, 1, 0x80]);
}

#[test]
fn escaped_strings() {
    check(
        Form::Escaped,
        "Escaped string",
        CONNECT,
        &[
            r#""\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab""#,
            r#"printf "\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab" | nc localhost 1883"#,
            r"b'\x10\x0e\x00\x04MQTT\x04\x02\x00<\x00\x02ab'",
            r"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab",
            r"printf '\020\016\000\004MQTT\004\002\000\074\000\002ab' > connect.bin",
            "char s[] = \"\\x10\\x0e\\x00\\x04\" \"MQTT\"\n  \"\\x04\\x02\\x00\\x3c\\x00\\x02\" \"ab\";",
            "{\"raw\":\"\\u0010\\u000e\\u0000\\u0004MQTT\\u0004\\u0002\\u0000<\\u0000\\u0002ab\"}",
            "DEBUG:root:sock.send(b'\\x10\\x0e\\x00\\x04MQTT\\x04\\x02\\x00<\\x00\\x02ab')",
        ],
    );
}

#[test]
fn erlang_binaries() {
    check(
        Form::Erlang,
        "Erlang binary",
        CONNECT,
        &[
            "<<16,14,0,4,77,81,84,84,4,2,0,60,0,2,97,98>>",
            "Packet = <<16#10, 16#0e, 4:16, \"MQTT\", 4, 2, 60:16, 2:16, \"ab\">>.",
            "[debug] RECV Data: <<16,14,0,4,77,81,84,84,4,2,0,60,0,2,97,98>> from 127.0.0.1",
        ],
    );
}

const WIRESHARK: &str = "\
0000   10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62   ....MQTT...<..ab
0010   30 0c 00 05 61 2f 62 2f 63 68 65 6c 6c 6f         0...a/b/chello
";

#[test]
fn dumps() {
    let xxd = "\
00000000: 100e 0004 4d51 5454 0402 003c 0002 6162  ....MQTT...<..ab
00000010: 300c 0005 612f 622f 6368 656c 6c6f       0...a/b/chello
";
    let hexdump = "\
00000000  10 0e 00 04 4d 51 54 54  04 02 00 3c 00 02 61 62  |....MQTT...<..ab|
00000010  30 0c 00 05 61 2f 62 2f  63 68 65 6c 6c 6f        |0...a/b/chello|
0000001e
";
    let od = "\
000000 10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62
000010 30 0c 00 05 61 2f 62 2f 63 68 65 6c 6c 6f
00001e
";
    let octal = "\
0000000 10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62
0000020 30 0c 00 05 61 2f 62 2f 63 68 65 6c 6c 6f
0000036
";
    let viewer = "\
00000001: 100e 0004 4d51 5454 0402 003c 0002 6162  ....MQTT...<..ab
00000002: 300c 0005 612f 622f 6368 656c 6c6f       0...a/b/chello
";
    for (name, text) in [
        ("Wireshark hex dump", WIRESHARK),
        ("xxd", xxd),
        ("hexdump -C", hexdump),
        ("Hex dump", od),
        ("od dump", octal),
        ("Frame viewer of a browser", viewer),
    ] {
        check(Form::Dump, name, &both(), &[text, &format!("what came:\n{text}\nand no more")]);
    }
    let prefixed: String = WIRESHARK.lines().map(|line| format!("[D][mqtt:104]: {line}\n")).collect();
    check(Form::Dump, "Wireshark hex dump", &both(), &[&prefixed]);
    let stamped: String =
        WIRESHARK.lines().map(|line| format!("2024-05-01 12:00:00,123 DEBUG {line}\n")).collect();
    check(Form::Dump, "Wireshark hex dump", &both(), &[&stamped]);
    // Words of two bytes, as hexdump without options prints them.
    let words = "0000000 0e10 0400 514d 5454 0204 3c00 0200 6261\n0000010 0c30 0500 2f61 2f62 6863 6c65 6f6c\n000001e\n";
    check(Form::WordDump, "hexdump of words", &both(), &[words]);
}

#[test]
fn repeated_rows_of_a_dump_are_written_out() {
    let text = "\
00000000  30 3e 00 01 61 00 00 00  00 00 00 00 00 00 00 00  |0>..a...........|
00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000040
";
    let reading = read(text);
    assert_eq!(reading.data.len(), 64);
    assert_eq!(reading.data.bytes()[..6], [0x30, 0x3e, 0, 1, 0x61, 0]);
}

#[test]
fn consoles_base64_and_digits() {
    check(
        Form::Indexed,
        "Array in a console",
        CONNECT,
        &[
            "0: 16 1: 14 2: 0 3: 4 4: 77 5: 81 6: 84 7: 84 8: 4 9: 2 10: 0 11: 60 12: 0 13: 2 14: 97 15: 98",
            "Uint8Array(16)\n0: 16\n1: 14\n2: 0\n3: 4\n4: 77\n5: 81\n6: 84\n7: 84\n8: 4\n9: 2\n10: 0\n11: 60\n12: 0\n13: 2\n14: 97\n15: 98\n",
            "{\"0\":16,\"1\":14,\"2\":0,\"3\":4,\"4\":77,\"5\":81,\"6\":84,\"7\":84,\"8\":4,\"9\":2,\"10\":0,\"11\":60,\"12\":0,\"13\":2,\"14\":97,\"15\":98}",
        ],
    );
    check(
        Form::Base64,
        "Base64",
        CONNECT,
        &[
            "EA4ABE1RVFQEAgA8AAJhYg==",
            "EA4ABE1RVFQEAgA8AAJhYg",
            "frame (base64): EA4ABE1RVFQEAgA8AAJhYg==",
            "atob(\"EA4ABE1RVFQEAgA8AAJhYg==\")",
        ],
    );
    let url = read("MAgAAWH_7__-_w");
    assert_eq!(url.data.bytes(), [0x30, 8, 0, 1, 0x61, 0xff, 0xef, 0xff, 0xfe, 0xff]);
    check(
        Form::Decimal,
        "Decimal numbers",
        CONNECT,
        &[
            "16 14 0 4 77 81 84 84 4 2 0 60 0 2 97 98",
            "16, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 2, 97, 98",
            "got 16 bytes: 16 14 0 4 77 81 84 84 4 2 0 60 0 2 97 98",
        ],
    );
    check(
        Form::Binary,
        "Binary digits",
        &[0xc0, 0, 0xd0, 0],
        &[
            "11000000 00000000 11010000 00000000",
            "1100 0000 0000 0000 1101 0000 0000 0000",
            "11000000000000001101000000000000",
        ],
    );
}

const BROKER_LOG: &str = "\
1700000000: mosquitto version 2.0.11 starting
1700000001: New connection from 127.0.0.1:50000 on port 1883.
1700000001: New client connected from 127.0.0.1:50000 as sub1 (p2, c1, k60).
1700000001: Sending CONNACK to sub1 (0, 0)
1700000001: Received SUBSCRIBE from sub1
1700000001: \tt/# (QoS 1)
1700000001: sub1 1 t/#
1700000001: Sending SUBACK to sub1
1700000002: Received PUBLISH from X (d0, q1, r0, m46593, 't/a', ... (5 bytes))
1700000002: Sending PUBLISH to sub1 (d0, q1, r0, m1, 't/a', ... (5 bytes))
1700000002: Sending PUBACK to X (m46593, rc0)
1700000002: Received PUBACK from sub1 (Mid: 1, RC:0)
1700000003: Received DISCONNECT from sub1
";

#[test]
fn logs_become_packets() {
    let reading = read(BROKER_LOG);
    assert_eq!((reading.form, reading.name), (Some(Form::Log), "Log without bytes"));
    let types: Vec<u8> = {
        let (mut at, mut types) = (0, vec![]);
        let bytes = reading.data.bytes();
        while let crate::codec::Frame::Len { total, .. } = crate::codec::measure(&bytes[at..]) {
            assert!(crate::codec::decode(&bytes[at..at + total], crate::codec::Version::V311).is_ok());
            types.push(bytes[at] >> 4);
            at += total;
        }
        assert_eq!(at, bytes.len());
        types
    };
    assert_eq!(types, [1, 2, 8, 9, 3, 3, 4, 4, 14]);
    assert_eq!(reading.clients, ["sub1", "X"]);
    assert_eq!(reading.unknown.len(), 2);
    assert_eq!(reading.unknown[0].len(), 5);
    let subscribe = reading.data.bytes().iter().position(|it| *it == 0x82).unwrap();
    let place = reading.data.place(subscribe).unwrap();
    assert!(BROKER_LOG[place].contains("Received SUBSCRIBE from sub1"));

    let client = "Client pub1 sending CONNECT\nClient pub1 received CONNACK (0)\nClient pub1 sending PUBLISH (d0, q1, r1, m1, 't/a', ... (2 bytes))\nClient pub1 received PUBACK (Mid: 1, RC:0)\nClient pub1 sending DISCONNECT\n";
    let reading = read(client);
    assert_eq!(reading.form, Some(Form::Log));
    assert_eq!(reading.data.bytes()[reading.unknown[0].clone()], *b"??");
    let paho = "DEBUG:paho:Sending CONNECT (u0, p0, wr0, wq0, wf0, c1, k60) client_id=b'me'\nDEBUG:paho:Received CONNACK (0, 0)\nDEBUG:paho:Sending SUBSCRIBE (d0, m1) [(b't/#', 1)]\nDEBUG:paho:Received SUBACK\nDEBUG:paho:Sending PUBLISH (d0, q0, r0, m2), 'b't/a'', ... (2 bytes)\n";
    let reading = read(paho);
    assert_eq!(reading.form, Some(Form::Log), "{:?}", reading.forms);
    assert_eq!(reading.clients, ["me"]);
    assert!(reading.data.bytes().windows(5).any(|it| it == b"\x00\x03t/#"));
}

#[test]
fn two_directions_are_told_apart_and_packets_put_together() {
    let text = "-> 10 0e 00 04 4d 51 54 54\n<- 20 02\n";
    assert_eq!(read(text).data.len(), 10);
    let text = "client -> broker: 10 0e 00 04 4d 51 54 54 04 02 00\nbroker -> client: 20 02 00 00\nclient -> broker: 3c 00 02 61 62 c0 00\n";
    let reading = read(text);
    assert_eq!(reading.data.bytes(), [b"\x20\x02\x00\x00", CONNECT, b"\xc0\x00"].concat());
    let ways: Vec<_> = reading.ways.iter().map(|it| (it.0, it.1)).collect();
    assert_eq!(ways, [(0, Some(Direction::ToClient)), (4, Some(Direction::ToServer))]);
    // A broker's log calls "sent" what goes to the client.
    let text = "Sent: 20 02 00 00\nReceived: c0 00\nSent: d0 00\n";
    assert_eq!(read(text).ways[0].1, Some(Direction::ToClient));
}

#[test]
fn places_lead_back_to_the_text() {
    let text =
        "see: 0x10, 0x0e, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3c, 0x00, 0x02, 0x61, 0x62";
    let reading = read(text);
    assert_eq!(reading.data.bytes(), CONNECT, "{:?} {:?}", reading.form, reading.layers);
    assert_eq!(&text[reading.data.place(4).unwrap()], "0x4d");
    assert_eq!(reading.data.byte_at(text.find("0x4d").unwrap() + 2), Some(4));
    let reading = read(WIRESHARK);
    assert_eq!(&WIRESHARK[reading.data.place(16).unwrap()], "30");
    assert_eq!(reading.data.byte_at(0), None);
}

#[test]
fn mistakes_are_told_at_their_character() {
    for (text, at, kind) in [
        ("10 0g", 4, MistakeKind::NotHex('g')),
        ("c0 00\nd0 0g 00", 10, MistakeKind::NotHex('g')),
        ("10 c 00", 3, MistakeKind::OddDigits),
        ("10 0", 3, MistakeKind::OddDigits),
        ("100e00044", 8, MistakeKind::OddDigits),
    ] {
        let reading = read(text);
        assert_eq!(reading.form, Some(Form::Hex), "{text}");
        assert_eq!(reading.mistake, Some(Mistake { at, kind }), "{text}");
    }
    assert_eq!(read("c0 00\nd0 0g 00").data.bytes(), [0xc0, 0, 0xd0]);
}

#[test]
fn what_is_not_mqtt_is_named() {
    for (text, foreign) in [
        ("16 03 01 02 00 01 00 01 fc 03 03", Foreign::Tls { record: 22 }),
        ("170303002a00112233", Foreign::Tls { record: 23 }),
        ("48 54 54 50 2f 31 2e 31 20 34 30 30", Foreign::HttpAnswer),
        ("48 54 54 50", Foreign::HttpAnswer),
        ("474554202f20485454502f312e310d0a", Foreign::HttpRequest),
        ("68 65 6c 6c 6f 20 77 6f 72 6c 64", Foreign::Text),
        ("0a 0d 0d 0a 1c 00 00 00 4d 3c 2b 1a", Foreign::Pcap),
    ] {
        assert_eq!(read(text).foreign, Some(foreign), "{text}");
    }
    assert_eq!(read("hello world, this is no packet").form, None);
    assert_eq!(read("").form, None);
    assert_eq!(read("c0 00").foreign, None);
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x} ")).collect()
}

fn segment(from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
    let total = (40 + payload.len()) as u16;
    let mut bytes = vec![0x45, 0];
    bytes.extend(total.to_be_bytes());
    bytes.extend([0, 1, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    bytes.extend(from.to_be_bytes());
    bytes.extend(to.to_be_bytes());
    bytes.extend([0, 0, 0, payload.len() as u8, 0, 0, 0, 1, 0x50, 0x18, 2, 0, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

#[test]
fn what_is_around_is_taken_off() {
    let masked = [&[0x82, 0x80 | CONNECT.len() as u8, 1, 2, 3, 4][..], &{
        let mask = [1, 2, 3, 4];
        CONNECT.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b).collect::<Vec<u8>>()
    }]
    .concat();
    let ethernet = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &segment(40000, 1883, CONNECT)].concat();
    let request = b"GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
    for (bytes, layers, way) in [
        (segment(40000, 1883, CONNECT), vec![Layer::Ip, Layer::Tcp], Direction::ToServer),
        (ethernet, vec![Layer::Ethernet, Layer::Ip, Layer::Tcp], Direction::ToServer),
        (masked.clone(), vec![Layer::WebSocket], Direction::ToServer),
        ([&request[..], &masked].concat(), vec![Layer::Upgrade, Layer::WebSocket], Direction::ToServer),
        (
            [b"PROXY TCP4 10.0.0.1 10.0.0.2 5000 1883\r\n", CONNECT].concat(),
            vec![Layer::Proxy],
            Direction::ToServer,
        ),
        (segment(40000, 9001, &masked), vec![Layer::Ip, Layer::Tcp, Layer::WebSocket], Direction::ToServer),
    ] {
        let text = hex_of(&bytes);
        let reading = read(&text);
        assert_eq!(reading.data.bytes(), CONNECT, "{text}");
        assert_eq!(reading.layers.iter().map(|it| it.0).collect::<Vec<_>>(), layers, "{text}");
        assert_eq!(reading.ways[0].1, Some(way), "{text}");
        let mut kept = Reader::new(&text, None, false);
        assert!(kept.step(&text, usize::MAX));
        assert_eq!(kept.finish().data.bytes(), bytes);
    }
    // A SUBSCRIBE begins like a frame of a server, and is none.
    let subscribe = "82 08 00 01 00 03 61 2f 23 01";
    assert_eq!(read(subscribe).layers, []);
}

#[test]
fn tcpdump_shows_segments_of_both_directions() {
    let mut text = String::new();
    for (from, to, payload) in [
        (40000, 1883, &CONNECT[..9]),
        (1883, 40000, &[0xd0, 0][..]),
        (40000, 1883, &CONNECT[9..]),
        (40000, 1883, &[][..]),
        (40000, 1883, &CONNECT[9..]),
    ] {
        text += &format!("12:00:00.000001 IP 127.0.0.1.{from} > 127.0.0.1.{to}: Flags [P.], length 9\n");
        for (row, bytes) in segment(from, to, payload).chunks(16).enumerate() {
            let pairs: String = bytes
                .chunks(2)
                .map(|it| it.iter().map(|b| format!("{b:02x}")).collect::<String>() + " ")
                .collect();
            let ascii: String =
                bytes.iter().map(|b| if (0x20..0x7f).contains(b) { char::from(*b) } else { '.' }).collect();
            text += &format!("\t0x{:04x}:  {pairs:40} {ascii}\n", row * 16);
        }
    }
    let reading = read(&text);
    assert_eq!(reading.form, Some(Form::Dump), "{text}");
    assert_eq!(reading.name, "tcpdump -X");
    assert_eq!(reading.data.bytes(), [&[0xd0, 0], CONNECT].concat());
    assert_eq!(
        reading.ways.iter().map(|it| it.1).collect::<Vec<_>>(),
        [Some(Direction::ToClient), Some(Direction::ToServer)]
    );
    assert_eq!(reading.repeated, 1);
}

#[test]
fn the_cases_of_the_brief_are_recognised() {
    let hex = "101800044d5154540402003c000c6d7174742d6578706c6f7265";
    assert_eq!(read(hex).data.len(), 26);
    assert_eq!(read("EAwABE1RVFQEAgA8AAA=").form, Some(Form::Base64));
    assert_eq!(read("0x10 0x0c 0x00 0x04 …").data.bytes(), [0x10, 0x0c, 0, 4]);
    assert_eq!(read("0000  10 0c 00 04 …  ....MQTT").form, Some(Form::Dump));
    // Broken packets in bare hex are still that.
    for text in ["30 05 00 02 61 ff 62", "40 02 00 00", "36 06 00 01 61 00 01 62", "0ac0"] {
        assert_eq!(read(text).form, Some(Form::Hex), "{text}");
    }
    assert_eq!(read("0: 16 1: 12 2: 0").data.bytes(), [16, 12, 0]);
    assert_eq!(read("00010000 00001100").data.bytes(), [16, 12]);
    assert_eq!(read("<<16,12,0,4,77,81,84,84>>").form, Some(Form::Erlang));
    assert_eq!(read("[16, 12, 0, 4, 'M', 'Q']").data.bytes(), [16, 12, 0, 4, 0x4d, 0x51]);
    assert_eq!(read(r"b'\x10\x0c'").data.bytes(), [0x10, 0x0c]);
}

#[test]
fn files_are_text_or_bytes() {
    assert_eq!(as_text(b"10 0e 00 04"), Some("10 0e 00 04"));
    assert_eq!(as_text(CONNECT), None);
    let mut reader = Reader::of_file(CONNECT.to_vec(), true);
    assert!(reader.step("", 1));
    let reading = reader.finish();
    assert_eq!((reading.form, reading.data.bytes()), (Some(Form::File), CONNECT));
    assert_eq!(reading.data.place(0), None);
}

/// What looks like less of something else.
#[test]
fn short_texts_are_not_mistaken() {
    // Without the sign: one frame of WebSocket.
    let signed = read("byte[] p = { -2, 1, 16 };");
    assert_eq!((signed.form, signed.data.bytes()), (Some(Form::List), &[0xfe, 1, 16][..]));
    // Without the signs: a packet.
    let packet = read("byte[] p = { -2, 48, 3, 0, 1, 97 };");
    assert_eq!((packet.form, packet.data.bytes()), (Some(Form::List), &[0xfe, 0x30, 3, 0, 1, b'a'][..]));
    // A bracket in a string opens no list.
    let command = read("printf \"\\x28:{#0\" | nc localhost 1883");
    assert_eq!((command.form, command.data.bytes()), (Some(Form::Escaped), &b"(:{#0"[..]));
}
