//! What people really paste: other tools' exports, logs with whatever their system writes before each line, invisible
//! characters, and text in which there are no bytes.

#![allow(clippy::unwrap_used, reason = "what is not there has failed the test")]

use super::*;
use crate::codec::{Direction, Frame, Packet, Version, decode, measure};

use Direction::{ToClient, ToServer};

const CONNECT: &[u8] = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00";

fn read(text: &str) -> Reading {
    let mut reader = Reader::new(text, None, true);
    while !reader.step(text, 64) {}
    reader.finish()
}

/// Each packet's first byte with its direction and its length.
fn packets(reading: &Reading) -> Vec<(u8, Option<Direction>, usize)> {
    let (mut at, mut found) = (0, vec![]);
    let bytes = reading.data.bytes();
    while let Frame::Len { total, .. } = measure(&bytes[at..]) {
        let way = reading.ways.iter().rev().find(|it| it.0 <= at).and_then(|it| it.1);
        found.push((bytes[at], way, total));
        at += total;
    }
    assert_eq!(at, bytes.len(), "whole packets");
    found
}

/// As Wireshark shows a stream: the other end's rows are indented, and each end's offsets go on.
const FOLLOWED: &str = "\
00000000  10 16 00 04 4d 51 54 54  04 02 00 3c 00 0a 6d 6f  ....MQTT...<..mo
00000010  73 71 2d 38 78 54 79 52                           sq-8xTyR
    00000000  20 02 00 00                                        ...
00000018  82 08 00 01 00 03 74 2f  23 01                    ......t/#.
    00000004  90 03 00 01 01 30 06 00  01 61 66 66 66           .....0...afff
00000022  c0 00                                             ..
    00000011  d0 00                                             ..
";

#[test]
fn a_followed_stream_keeps_both_ends() {
    let expected = [
        (0x10, Some(ToServer), 24),
        (0x20, Some(ToClient), 4),
        (0x82, Some(ToServer), 10),
        (0x90, Some(ToClient), 5),
        (0x30, Some(ToClient), 8),
        (0xc0, Some(ToServer), 2),
        (0xd0, Some(ToClient), 2),
    ];
    assert_eq!(packets(&read(FOLLOWED)), expected);
    // The end that is not indented may be the broker: what only one end sends tells.
    let turned: String = FOLLOWED
        .lines()
        .map(|line| match line.strip_prefix("    ") {
            Some(left) => format!("{left}\n"),
            None => format!("    {line}\n"),
        })
        .collect();
    assert_eq!(packets(&read(&turned)), expected);
    // Offsets that begin at 0 with each packet.
    let each = "0000   10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00         ....MQTT...<..\n    0000   20 02 00 00                                       ...\n0000   c0 00                                             ..\n";
    let ways: Vec<_> = packets(&read(each)).iter().map(|it| it.1).collect();
    assert_eq!(ways, [Some(ToServer), Some(ToClient), Some(ToServer)]);
    // The first row has lost its indentation: one dump all the same.
    let shifted = "0000  10 0c 00 04 4d 51 54 54\n      0008  04 02 00 3c 00 00\n";
    let reading = read(shifted);
    assert_eq!((reading.data.bytes(), reading.ways.len()), (CONNECT, 0));
}

#[test]
fn a_log_is_the_same_behind_any_prefix() {
    let log = "\
New client connected from 127.0.0.1:50000 as sub1 (p2, c1, k60).
Sending CONNACK to sub1 (0, 0)
Received SUBSCRIBE from sub1
\tt/# (QoS 1)
\tu/+ (QoS 2)
sub1 1 t/#
Sending SUBACK to sub1
Received UNSUBSCRIBE from sub1
\tt/#
sub1 t/#
Sending UNSUBACK to sub1
Received DISCONNECT from sub1
";
    let expected = read(log);
    let types: Vec<u8> = packets(&expected).iter().map(|it| it.0 >> 4).collect();
    assert_eq!(types, [1, 2, 8, 9, 10, 11, 14]);
    let at = packets(&expected)[..2].iter().map(|it| it.2).sum::<usize>();
    let Ok(Packet::Subscribe(subscribe)) = decode(&expected.data.bytes()[at..at + 16], Version::V311) else {
        panic!("a SUBSCRIBE with two filters");
    };
    assert_eq!(subscribe.filters.iter().map(|it| it.0).collect::<Vec<_>>(), ["t/#", "u/+"]);
    for prefix in [
        "1700000000: ",
        "2024-01-02T03:04:05: ",
        "2024-01-02T03:04:05+0000: ",
        "2024-01-02T03:04:05.123+01:00: ",
        "Jan  2 03:04:05 host mosquitto[1]: 1700000000: ",
        "mosquitto  | 1700000000: ",
        "mosquitto-1  | 2024-01-02T03:04:05: ",
        "[07:12:11] ",
    ] {
        let lines: String = log.lines().map(|line| format!("{prefix}{line}\n")).collect();
        for text in [lines.clone(), lines.replace('\t', "        "), lines.replace('\t', "#011")] {
            // Without its tab an UNSUBSCRIBE's filter is a word like any other.
            if !text.contains('\t') && !text.contains("#011") {
                assert!(read(&text).data.bytes().starts_with(&expected.data.bytes()[..at + 16]), "{text}");
                continue;
            }
            let reading = read(&text);
            assert_eq!(reading.form, Some(Form::Log), "{text}");
            assert_eq!(reading.data.bytes(), expected.data.bytes(), "{text}");
            assert_eq!(reading.ways, expected.ways, "{text}");
            assert_eq!(reading.clients, ["sub1"], "{text}");
        }
    }
}

#[test]
fn a_logs_sender_is_who_may_send_it() {
    for (text, ways, client) in [
        (
            "2024-01-02T03:04:05+0000: New client connected from 127.0.0.1:41234 as sub1 (p2, c1, k60).\n2024-01-02T03:04:05+0000: Sending CONNACK to sub1 (0, 0)\n",
            &[ToServer, ToClient][..],
            "sub1",
        ),
        (
            "2024-05-01 10:00:00,000 - Received CONNECT from client 'dev': Protocol version: 'V_5', Clean Start: 'false', Keep Alive: '30'\n2024-05-01 10:00:00,001 - Sent CONNACK to client 'dev': Reason Code: 'SUCCESS', Session Present: 'true'\n2024-05-01 10:00:01,001 - Received PUBLISH from client 'dev' for topic 't/a': Payload: 'hello', QoS: '0', Retained: 'true'\n",
            &[ToServer, ToClient, ToServer],
            "dev",
        ),
        (
            "DEBUG Sending CONNECT (u0, p0, wr0, wq0, wf0, c1, k60) client_id=b'me'\nDEBUG Received CONNACK (0, 0)\n",
            &[ToServer, ToClient],
            "me",
        ),
    ] {
        let reading = read(text);
        let found: Vec<_> = packets(&reading).iter().filter_map(|it| it.1).collect();
        assert_eq!(found, ways, "{text}");
        assert_eq!(reading.clients, [client], "{text}");
    }
    let text =
        "Received CONNECT from client 'dev': Protocol version: 'V_5', Clean Start: 'false', Keep Alive: '30'";
    let reading = read(text);
    let Ok(Packet::Connect(connect)) = decode(reading.data.bytes(), Version::V5) else { panic!("a CONNECT") };
    assert_eq!((connect.client_id, connect.clean_start, connect.keep_alive_secs), ("dev", false, 30));
    assert_eq!(connect.version, Version::V5);
}

#[test]
fn a_client_without_a_name_has_an_empty_one() {
    for (text, clients) in [
        ("Client null sending CONNECT\nClient null received CONNACK (0)\n", [""]),
        ("Client (null) sending CONNECT\nClient auto-2F2 received CONNACK (0)\n", ["auto-2F2"]),
    ] {
        let reading = read(text);
        assert_eq!(reading.data.bytes(), [CONNECT, b"\x20\x02\x00\x00"].concat(), "{text}");
        assert_eq!(reading.clients, clients, "{text}");
        assert!(reading.ways.iter().all(|it| it.2 == 0), "one connection: {text}");
    }
}

#[test]
fn a_payload_has_the_size_that_is_told() {
    for blanks in [" ", "  "] {
        let text = format!("Received PUBLISH (d0, q1, r0, m1), 'home/a', ...{blanks}(4 bytes)\n");
        assert_eq!(read(&text).data.bytes(), b"\x32\x0e\x00\x06home/a\x00\x01????");
    }
}

#[test]
fn what_nobody_sees_is_no_part_of_the_bytes() {
    let plain = "10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00";
    let dump = "0000  10 0c 00 04 4d 51 54 54\n0008  04 02 00 3c 00 00\n";
    let decimal = "16 12 0 4 77 81 84 84 4 2 0 60 0 0";
    for blank in ["\u{a0}", "\u{2009}", "\u{202f}", "\u{3000}", "\u{200b} ", "\u{2060} "] {
        for text in [plain, dump, decimal] {
            let text = text.replace(' ', blank);
            let reading = read(&text);
            assert_eq!(reading.data.bytes(), CONNECT, "{text:?} as {:?}", reading.form);
            assert!(reading.mistake.is_none());
        }
    }
    for text in
        [plain, dump, decimal, "EAwABE1RVFQEAgA8AAA=", "[16, 12, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 0]"]
    {
        let marked = format!("\u{feff}{text}");
        let reading = read(&marked);
        assert_eq!(reading.data.bytes(), CONNECT, "{text}");
        assert!(marked.is_char_boundary(reading.data.place(0).unwrap().start));
    }
    let text = format!("\u{feff}{plain}");
    assert_eq!(&text[read(&text).data.place(0).unwrap()], "10");
    // Within a string they are bytes.
    assert_eq!(read("b'\\x30\\x06\\x00\\x01a\u{a0}b'").data.bytes(), b"\x30\x06\x00\x01a\xc2\xa0b");
}

#[test]
fn comments_stand_behind_bytes() {
    for text in [
        "0x10, // CONNECT\n0x0c, // Remaining length 12\n0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, /* MQTT */\n0x04, // level 4\n0x02, 0x00, 0x3c, // 60 s\n0x00, 0x00",
        "10 # CONNECT\n0c # 12 = 0c\n00 04 4d 51 54 54\n04\n02\n00 3c # 60\n00 00\n",
        "10 0c 00 04 // ab cd\n4d 51 54 54 04 02 00 3c 00 00\n",
        "10 0c /* fixed */ 00 04 4d 51 54 54 /* ab * cd */ 04 02 00 3c 00 00 // 00",
        "16, // CONNECT\n12, // 12 bytes\n0, 4, 77, 81, 84, 84, 4, 2, 0, 60, // 60 s\n0, 0\n",
    ] {
        let reading = read(text);
        assert_eq!(reading.data.bytes(), CONNECT, "{text} as {:?}", reading.form);
        assert!(reading.mistake.is_none(), "{text}");
    }
    // One slash alone is none.
    assert_eq!(read("10 0c /00 04").mistake.unwrap().at, 6);
}

#[test]
fn ordinary_text_holds_no_bytes() {
    for text in [
        "20240501 100000.123 5 dev <- CONNACK rc: 0\n20240501 100000.133 5 dev -> PUBLISH msgid: 1 qos: 1 retained: 0 rc 0 payload len(5): hello",
        "20240501 100000 dev connected",
        "2024-01-01T00:00:00.000000+00:00 [MQTT] dev@127.0.0.1:5000 msg: mqtt_packet_received, packet: PUBLISH(Q1, R0, D0, Topic=t/a, PacketId=2, Payload=hello)",
        "{\"temperature\": 21.5, \"humidity\": 40}",
        "{\"temperature\": 21.5}",
        "{\"a\": 1, \"b\": [], \"c\": {\"d\": 16, \"e\": 4}}",
        "[2024-05-01T10:00:00Z DEBUG rumqttc] Outgoing = Publish(2)",
        "[12:00:00] connected (10:20:30)",
        "Listening on 0.0.0.0:1883 and [::]:1883",
        "cannot open C:\\temp\\mosquitto\\broker.conf",
        "It took 5 10 15 20 seconds to get there, which is much too long for me.",
        "My client does not connect, what is wrong? Please help",
        "mosquitto version 2.0.18 starting, build 20231001",
    ] {
        let reading = read(text);
        assert_eq!((reading.form, reading.data.bytes()), (None, &[][..]), "{text}: {:?}", reading.forms);
    }
    // Bytes that make no packet stay bytes, where they cannot be anything else.
    for text in
        ["I got 36 06 00 01 61 00 01 62, why?", "error: frame 0x30 0x05 0x00 is refused by the server"]
    {
        assert_eq!(read(text).form, Some(Form::Hex), "{text}");
    }
}

#[test]
fn text_of_other_protocols_is_named() {
    for (text, foreign) in [
        (
            "GET / HTTP/1.1\r\nHost: broker:1883\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            Foreign::HttpRequest,
        ),
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", Foreign::HttpAnswer),
        ("SSH-2.0-OpenSSH_9.6\r\n", Foreign::Ssh),
        (
            "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0FGRQ==\n-----END CERTIFICATE-----\n",
            Foreign::Pem,
        ),
        ("0000000 020  \\f  \\0 004   M   Q   T   T 004 002  \\0   <  \\0  \\0\n0000016", Foreign::Octal),
        ("0000000 020 014 000 004 115 121 124 124 004 002 000 074 000 000\n0000016", Foreign::Octal),
        ("0000000 006020 002000 050515 052124 001004 036000 000000\n0000016", Foreign::Octal),
    ] {
        let reading = read(text);
        assert_eq!((reading.form, reading.foreign), (None, Some(foreign)), "{text}");
        assert!(reading.data.is_empty());
    }
    for hex in [
        "0000000 10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00\n0000016",
        "0000000 0c10 0400 514d 5454 0204 3c00 0000\n000000e",
    ] {
        assert_eq!(read(hex).data.bytes(), CONNECT, "{hex}");
    }
}

#[test]
fn arduinos_binary_numbers_are_elements() {
    let text = "uint8_t buf[14] = { 0x10, 0x0C, 0x00, 0x04, 'M', 'Q', 'T', 'T', 4, B00000010, 0, 60, 0, 0 }; // connect";
    assert_eq!(read(text).data.bytes(), CONNECT);
}

#[test]
fn a_stream_saved_as_yaml_is_read() {
    let text = "\
peers:
  - peer: 0
    host: 127.0.0.1
    port: 50000
  - peer: 1
    host: 127.0.0.1
    port: 1883
packets:
  - packet: 4
    peer: 0
    index: 0
    timestamp: 1600000000.123
    data: !!binary |
      EAwABE1RVFQE
      AgA8AAA=
  - packet: 6
    peer: 1
    index: 0
    timestamp: 1600000000.456
    data: !!binary |
      IAIAAA==
  - packet: 8
    peer: 0
    data: !!binary wAA=
";
    let reading = read(text);
    assert_eq!((reading.form, reading.name), (Some(Form::Base64), "Base64"));
    assert_eq!(reading.data.bytes(), [CONNECT, b"\x20\x02\x00\x00\xc0\x00"].concat());
    let ways: Vec<_> = packets(&reading).iter().map(|it| it.1).collect();
    assert_eq!(ways, [Some(ToServer), Some(ToClient), Some(ToServer)]);
}

#[test]
fn assemblers_and_urls_write_bytes_too() {
    for (text, form) in [
        ("10h 0Ch 00h 04h 4Dh 51h 54h 54h 04h 02h 00h 3Ch 00h 00h", Form::Hex),
        (".byte 10h, 0Ch, 00h, 04h, 4Dh, 51h, 54h, 54h, 04h, 02h, 00h, 3Ch, 00h, 00h ; CONNECT", Form::Hex),
        ("%10%0C%00%04MQTT%04%02%00%3C%00%00", Form::Escaped),
        ("curl 'http://localhost/send?data=%10%0c%00%04MQTT%04%02%00%3c%00%00&qos=1'", Form::Escaped),
    ] {
        let reading = read(text);
        assert_eq!((reading.form, reading.data.bytes()), (Some(form), CONNECT), "{text}");
    }
    assert_eq!(read("https://example.org/a%20b%2Fc?x=%41%42").form, None);
    assert_eq!(read("%30%03%00%01%%").data.bytes(), b"\x30\x03\x00\x01%%");
}

#[test]
fn captures_without_ethernet_are_called_what_they_are() {
    let ip = "4500003600004000400600007f0000017f0000019c40075b00000001000000015018020000000000100c00044d5154540402003c0000";
    for (before, layer) in [
        ("02000000", Layer::Loopback),
        ("00000304000600000000000000000800", Layer::Cooked),
        ("0800000000000001030406000000000000000000", Layer::Cooked),
        ("0200000000010200000000020800", Layer::Ethernet),
    ] {
        let reading = read(&format!("{before}{ip}"));
        assert_eq!(reading.data.bytes(), CONNECT, "{before}");
        assert_eq!(reading.layers[0].0, layer, "{before}");
    }
}
