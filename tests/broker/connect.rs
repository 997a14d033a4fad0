//! CONNECT: who is accepted, and what else may be a first packet.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{CLOSE, Rig};

#[test]
fn both_served_versions_are_accepted() {
    let mut rig = Rig::default();
    rig.open([1, 2]);
    // 3.1.1 MQTT-3.1.4-4, MQTT-3.2.2-1
    rig.send(1, "10 0d 0004'MQTT' 04 02 003c 0001'a'", &[(1, "20 02 00 00")]);
    rig.heard("accepts a: MQTT 3.1.1, clean session, keep alive 60 s [3.1.1 MQTT-3.1.4-4]");
    rig.send(2, "10 0f 0006'MQIsdp' 03 00 0000 0001'b'", &[(2, "20 02 00 00")]);
    rig.heard("accepts b: MQTT 3.1, kept session, keep alive 0 s [3.1 section 3.2]");
    let sessions: Vec<_> =
        rig.broker.sessions().map(|it| (it.client_id(), it.is_clean(), it.connection())).collect();
    assert_eq!(sessions, [("a", true, Some(1)), ("b", false, Some(2))]);
}

#[test]
fn other_protocol_levels_are_refused_in_the_form_they_resemble() {
    // 3.1.1 MQTT-3.1.2-2, 5.0 MQTT-3.1.2-2
    let refused = [
        ("10 0d 0004'MQTT' 03 02 003c 0001'a'", "20 02 00 01"),
        ("10 0f 0006'MQIsdp' 04 02 003c 0001'a'", "20 02 00 01"),
        ("10 0e 0004'MQTT' 06 02 003c 00 0001'a'", "20 03 00 84 00"),
    ];
    for (connect, answer) in refused {
        let mut rig = Rig::default();
        // 3.1.1 MQTT-3.1.4-5, MQTT-3.2.2-5: closed, and what follows a refused CONNECT is not processed
        rig.open([1]).send(1, &format!("{connect} c0 00"), &[(1, answer), (1, CLOSE)]);
        assert_eq!(rig.broker.counts(), (0, 0, 0));
    }
}

#[test]
fn a_connect_against_the_rules_gets_no_connack() {
    let refused = [
        // 3.1.1 MQTT-3.1.2-1
        ("10 0d 0004'MQTX' 04 02 003c 0001'a'", "[3.1.1 MQTT-3.1.2-1]"),
        // 3.1.1 MQTT-3.1.2-3
        ("10 0d 0004'MQTT' 04 03 003c 0001'a'", "[3.1.1 MQTT-3.1.2-3]"),
        // 3.1.1 MQTT-3.1.2-22
        ("10 10 0004'MQTT' 04 42 003c 0001'a' 0001'p'", "[3.1.1 MQTT-3.1.2-22]"),
        // 3.1.1 MQTT-3.1.3-3: no client identifier
        ("10 0a 0004'MQTT' 04 02 003c", "[3.1.1 section 2.2.3]"),
        // 3.1.1 MQTT-2.2.2-2
        ("11 0d 0004'MQTT' 04 02 003c 0001'a'", "[3.1.1 MQTT-2.2.2-1]"),
    ];
    for (connect, statement) in refused {
        let mut rig = Rig::default();
        // 3.1.1 MQTT-3.1.4-1
        rig.open([1]).send(1, connect, &[(1, CLOSE)]);
        rig.heard(&format!("CONNECT from the client is malformed: closes {statement}"));
    }
}

#[test]
fn the_first_packet_is_connect_and_no_later_one() {
    // 3.1.1 MQTT-3.1.0-1: one byte tells
    let mut rig = Rig::default();
    rig.open([1]).send(1, "c0", &[(1, CLOSE)]);
    rig.heard("first packet other than CONNECT from the client: closes [3.1.1 MQTT-3.1.0-1]");
    rig.send(1, "00", &[]);
    // 3.1.1 MQTT-3.1.0-2
    rig.connect(2, "a", 0x02, false);
    rig.send(2, "10 0d 0004'MQTT' 04 02 003c 0001'a' c0 00", &[(2, CLOSE)]);
    rig.heard("second CONNECT from a: closes [3.1.1 MQTT-3.1.0-2]");
}

#[test]
fn packets_may_follow_connect_at_once() {
    // 3.1.1 MQTT-3.1.4-5
    let mut rig = Rig::default();
    rig.open([1]).send(1, "10 0d 0004'MQTT' 04 02 003c 0001'a' c0 00", &[(1, "20 02 00 00"), (1, "d0 00")]);
}

#[test]
fn an_empty_client_identifier_needs_a_clean_session() {
    let mut rig = Rig::default();
    // 3.1.1 MQTT-3.1.3-6: each gets one of its own
    rig.connect(7, "auto-2", 0x02, false);
    rig.connect(1, "", 0x02, false).heard("names the client auto-1 [3.1.1 MQTT-3.1.3-6]");
    rig.connect(2, "", 0x02, false).heard("names the client auto-3 [3.1.1 MQTT-3.1.3-6]");
    // 3.1.1 MQTT-3.1.3-7, MQTT-3.1.3-8
    let refused = [(3, "20 02 00 02"), (3, CLOSE)];
    rig.open([3]).send(3, "10 0c 0004'MQTT' 04 00 003c 0000", &refused);
    rig.heard(
        "refuses the client with code 0x02: an empty client identifier needs a clean session [3.1.1 MQTT-3.1.3-8]",
    );
}

#[test]
fn a_3_1_client_identifier_has_1_to_23_characters() {
    // 3.1 section 3.1
    let mut rig = Rig::default();
    rig.open([1, 2, 3]);
    rig.send(1, "10 0e 0006'MQIsdp' 03 02 003c 0000", &[(1, "20 02 00 02"), (1, CLOSE)]);
    let longest = "ä".repeat(23);
    rig.send(2, &format!("10 3c 0006'MQIsdp' 03 02 003c 002e'{longest}'"), &[(2, "20 02 00 00")]);
    let refused = [(3, "20 02 00 02"), (3, CLOSE)];
    rig.send(3, &format!("10 26 0006'MQIsdp' 03 02 003c 0018'{}'", "x".repeat(24)), &refused);
    rig.heard("refuses xxxxxxxxxxxxxxxxxxxxxxxx with code 0x02: 24 characters of client identifier, 23 at most [3.1 section 3.1]");
    // 3.1.1 MQTT-3.1.3-5 allows no less, and we more
    rig.connect(4, &"x".repeat(24), 0x02, false);
}

#[test]
fn a_user_name_can_be_asked_for() {
    let mut rig = Rig::new(BrokerConfig { allow_anonymous: false, ..Default::default() });
    rig.open([1, 2]);
    rig.send(1, "10 0d 0004'MQTT' 04 02 003c 0001'a'", &[(1, "20 02 00 05"), (1, CLOSE)]);
    rig.heard("refuses a with code 0x05: no user name [3.1.1 MQTT-3.2.2-5]");
    rig.send(2, "10 10 0004'MQTT' 04 82 003c 0001'a' 0001'u'", &[(2, "20 02 00 00")]);
}

#[test]
fn a_second_connection_takes_over() {
    let mut rig = Rig::default();
    rig.connect(1, "a", 0x02, false);
    // 3.1.1 MQTT-3.1.4-2; the clean session ends with its connection, so there is none: MQTT-3.2.2-3
    rig.open([2]).send(2, "10 0d 0004'MQTT' 04 00 0000 0001'a'", &[(1, CLOSE), (2, "20 02 00 00")]);
    rig.heard("new connection of a: closes the old one [3.1.1 MQTT-3.1.4-2]");
    // The old connection is gone for good, its end no news.
    rig.send(1, "c0 00", &[]).cut(1, &[]);
    assert!(rig.broker.session("a").unwrap().is_connected());
    // The kept one goes on: 3.1.1 MQTT-3.2.2-2
    rig.open([3]).send(3, "10 0d 0004'MQTT' 04 00 0000 0001'a'", &[(2, CLOSE), (3, "20 02 01 00")]);
    rig.heard("session resumed: 0 in flight, 0 queued [3.1.1 MQTT-3.1.2-4]");
    // 3.1.1 MQTT-3.1.2-6, MQTT-3.2.2-1
    rig.open([4]).send(4, "10 0d 0004'MQTT' 04 02 0000 0001'a'", &[(3, CLOSE), (4, "20 02 00 00")]);
    rig.heard("discards the old session of a [3.1.1 MQTT-3.1.2-6]");
}

#[test]
fn a_connection_without_connect_is_closed_in_time() {
    // 3.1.1 section 3.1.4
    let mut rig = Rig::default();
    rig.open([1]).wait_millis(10_000, &[]).send(1, "10", &[]);
    rig.wait_millis(19_999, &[]).wait_millis(1, &[(1, CLOSE)]);
    rig.heard("no CONNECT for 30 s from the client: closes [3.1.1 MQTT-3.1.4-1]");
    assert_eq!(rig.broker.poll_timeout(), None);
}
