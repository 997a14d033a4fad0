//! How connections end: DISCONNECT, keep alive, broken rules.

use crate::rig::{CLOSE, Rig};

#[test]
fn pingreq_is_answered_and_disconnect_ends() {
    let mut rig = Rig::default();
    rig.connect(1, "a", 0x02, false);
    rig.send(1, "c0 00", &[(1, "d0 00")]); // 3.1.1 MQTT-3.12.4-1
    // 3.1.1 MQTT-3.14.4-2: what follows is not read
    rig.send(1, "e0 00 c0 00", &[(1, CLOSE)]);
    rig.heard("a disconnects [3.1.1 MQTT-3.14.4-3]").heard("ends the session of a [3.1.1 MQTT-3.1.2-6]");
    assert_eq!(rig.broker.counts(), (0, 0, 0));
    rig.cut(1, &[]);
}

#[test]
fn keep_alive_ends_a_silent_connection_after_half_as_long_again() {
    // 3.1.1 MQTT-3.1.2-24
    let mut rig = Rig::default();
    rig.open([1, 2]);
    rig.send(1, "10 0d 0004'MQTT' 04 00 000a 0001'a'", &[(1, "20 02 00 00")]);
    rig.send(2, "10 0d 0004'MQTT' 04 02 0000 0001'b'", &[(2, "20 02 00 00")]);
    assert_eq!(rig.broker.poll_timeout().unwrap().as_micros(), 15_000_000);
    assert_eq!((rig.broker.keep_alive_secs(1), rig.broker.keep_alive_secs(2)), (Some(10), Some(0)));
    assert_eq!((rig.broker.deadline(1), rig.broker.deadline(2)), (rig.broker.poll_timeout(), None));
    rig.wait_millis(14_999, &[]).send(1, "c0 00", &[(1, "d0 00")]);
    // Half a packet is none.
    rig.wait_millis(14_999, &[]).send(1, "c0", &[]);
    rig.wait_millis(1, &[(1, CLOSE)]);
    rig.heard("nothing from a for 1.5 × 10 s: closes [3.1.1 MQTT-3.1.2-24]");
    rig.heard("keeps the session of a: 0 in flight, 0 queued [3.1.1 MQTT-3.1.2-4]");
    // Keep Alive 0 is none: 3.1.1 section 3.1.2.10
    assert_eq!(rig.broker.poll_timeout(), None);
    rig.wait_millis(100_000_000, &[]).send(2, "c0 00", &[(2, "d0 00")]);
}

#[test]
fn a_malformed_packet_ends_its_connection() {
    // 3.1.1 MQTT-4.8.0-1
    let broken = [
        ("36 06 0001'a' 0001 'x'", "PUBLISH from a is malformed: closes [3.1.1 MQTT-3.3.1-4]"),
        ("38 04 0001'a' 'x'", "PUBLISH from a is malformed: closes [3.1.1 MQTT-3.3.1-2]"),
        ("30 04 0001'#' 'x'", "PUBLISH from a is malformed: closes [3.1.1 MQTT-3.3.2-2]"),
        ("30 02 0000", "PUBLISH from a is malformed: closes [3.1.1 MQTT-4.7.3-1]"),
        ("30 04 0001 ff 'x'", "PUBLISH from a is malformed: closes [3.1.1 MQTT-1.5.3-1]"),
        ("30 04 0001 00 'x'", "PUBLISH from a is malformed: closes [3.1.1 MQTT-1.5.3-2]"),
        ("32 05 0001'a' 0000", "PUBLISH from a is malformed: closes [3.1.1 MQTT-2.3.1-1]"),
        ("60 02 0001", "PUBREL from a is malformed: closes [3.1.1 MQTT-3.6.1-1]"),
        ("80 06 0001 0001'a' 00", "SUBSCRIBE from a is malformed: closes [3.1.1 MQTT-3.8.1-1]"),
        ("82 02 0001", "SUBSCRIBE from a is malformed: closes [3.1.1 MQTT-3.8.3-3]"),
        ("82 06 0001 0001'a' 03", "SUBSCRIBE from a is malformed: closes [3.1.1 MQTT-3.8.3-4]"),
        ("82 07 0001 0002'a#' 00", "SUBSCRIBE from a is malformed: closes [3.1.1 MQTT-4.7.1-2]"),
        ("a2 02 0001", "UNSUBSCRIBE from a is malformed: closes [3.1.1 MQTT-3.10.3-2]"),
        ("e1 00", "DISCONNECT from a is malformed: closes [3.1.1 MQTT-3.14.1-1]"),
        ("c1 00", "PINGREQ from a is malformed: closes [3.1.1 MQTT-2.2.2-1]"),
        ("00 00", "packet from a is malformed: closes [3.1.1 section 2.2.1]"),
        ("f0 00", "AUTH from a is malformed: closes [3.1.1 section 2.2.1]"),
        ("30 ff ff ff ff", "PUBLISH from a is malformed: closes [3.1.1 section 2.2.3]"),
    ];
    for (packet, sentence) in broken {
        let mut rig = Rig::default();
        rig.connect(1, "a", 0x02, false).connect(2, "b", 0x02, false);
        rig.send(1, packet, &[(1, CLOSE)]).heard(sentence);
        rig.send(2, "c0 00", &[(2, "d0 00")]);
    }
}

#[test]
fn a_packet_that_only_a_server_sends_ends_its_connection() {
    // 3.1.1 section 2.2.1
    for (packet, name) in [
        ("20 02 00 00", "CONNACK"),
        ("90 03 0001 00", "SUBACK"),
        ("b0 02 0001", "UNSUBACK"),
        ("d0 00", "PINGRESP"),
    ] {
        let mut rig = Rig::default();
        rig.connect(1, "a", 0x02, false).send(1, packet, &[(1, CLOSE)]);
        rig.heard(&format!("{name}, which only a server sends, from a: closes [3.1.1 section 2.2.1]"));
    }
}
