//! 5.0: CONNECT, CONNACK, and how a 5.0 connection ends.

use mqtt_playground::broker::BrokerConfig;
use mqtt_playground::codec::{QoS, ReasonCode};

use crate::rig::{CLEAN, CLOSE, Rig, connack5, connect5, pk, quiet};

fn refused(config: BrokerConfig, connect: &str, code: u8, properties: &str) -> Rig {
    let mut rig = Rig::new(config);
    let ack = connack5(false, code, properties);
    // 5.0 MQTT-3.2.2-7, MQTT-3.1.4-6: closed, and nothing more is read
    rig.open([1]).send(1, &format!("{connect} c000"), &[(1, &ack), (1, CLOSE)]);
    assert_eq!(rig.broker.counts().0, 0);
    rig
}

#[test]
fn connack_tells_what_differs_from_the_defaults() {
    let config = BrokerConfig {
        max_qos: QoS::AtLeastOnce,
        retain_available: false,
        wildcard_subscription_available: false,
        shared_subscription_available: false,
        subscription_identifier_available: false,
        max_packet_size: 1_000,
        max_inflight_messages: 7,
        max_topic_alias: 3,
        max_keepalive: 60,
        persistent_client_expiration_secs: 100,
        response_information: Some("re/%c/".into()),
        ..quiet()
    };
    let mut rig = Rig::new(config);
    rig.open([1, 2, 3]);
    // 5.0 MQTT-3.2.2-9, MQTT-3.2.2-21, MQTT-3.1.2-28
    let told = "11 00000064 21 0007 24 01 25 00 27 000003e8 22 0003 28 00 29 00 2a 00 13 003c 1a 0005're/a/'";
    rig.send(1, &connect5("a", CLEAN, "11 00000065 19 01"), &[(1, &connack5(false, 0, told))]);
    // Keep Alive 0 is one more than 60
    rig.heard("sets the keep alive of a to 60 s in place of 0 s [5.0 MQTT-3.1.2-21]");
    assert_eq!(rig.broker.keep_alive_secs(1), Some(60));
    // A client that asks for less gets it, and no Response Information that it has not asked for.
    let fewer = "21 0007 24 01 25 00 27 000003e8 22 0003 28 00 29 00 2a 00";
    let connect = pk(0x10, "0004'MQTT' 05 02 001e 05 11 00000064 0001'b'");
    rig.send(2, &connect, &[(2, &connack5(false, 0, fewer))]);
    // 3.1.1 cannot be told and keeps its own.
    rig.send(3, "10 0d 0004'MQTT' 04 02 0000 0001'c'", &[(3, "20 02 00 00")]);
    assert_eq!((rig.broker.keep_alive_secs(2), rig.broker.keep_alive_secs(3)), (Some(30), Some(0)));
}

#[test]
fn an_empty_client_identifier_gets_one() {
    // 5.0 MQTT-3.1.3-6, MQTT-3.1.3-7, MQTT-3.2.2-16
    let mut rig = Rig::new(quiet());
    rig.open([1, 2]);
    rig.send(1, &connect5("", 0, ""), &[(1, &connack5(false, 0, "12 0006'auto-1'"))]);
    rig.heard("names the client auto-1 [5.0 MQTT-3.1.3-6]");
    rig.send(2, &connect5("", CLEAN, ""), &[(2, &connack5(false, 0, "12 0006'auto-2'"))]);
    // 5.0 MQTT-3.1.3-8
    let none = BrokerConfig { allow_zero_length_clientid: false, ..quiet() };
    refused(none, &connect5("", CLEAN, ""), 0x85, "");
    let prefix = BrokerConfig { clientid_prefixes: "x-".into(), ..quiet() };
    refused(prefix.clone(), &connect5("a", CLEAN, ""), 0x85, "");
    Rig::new(prefix).connect5(1, "x-a", CLEAN, "", false);
}

#[test]
fn what_connect_asks_for_and_cannot_have_is_refused_with_its_code() {
    // 5.0 MQTT-3.1.4-2
    let will = |flags: u8| pk(0x10, &format!("0004'MQTT' 05 {flags:02x} 0000 00 0001'a' 00 0001'w' 0001'x'"));
    let max_qos = BrokerConfig { max_qos: QoS::AtMostOnce, ..quiet() };
    refused(max_qos, &will(0x0e), 0x9b, ""); // 5.0 MQTT-3.2.2-12
    let retain = BrokerConfig { retain_available: false, ..quiet() };
    refused(retain, &will(0x26), 0x9a, ""); // 5.0 MQTT-3.2.2-13
    let anonymous = BrokerConfig { allow_anonymous: false, ..quiet() };
    refused(anonymous, &connect5("a", CLEAN, ""), 0x87, "");
    refused(BrokerConfig { max_sessions: 0, ..quiet() }, &connect5("a", CLEAN, ""), 0x97, "");
    let only_311 = BrokerConfig { accept_protocol_versions: [false, true, false], ..quiet() };
    refused(only_311, &connect5("a", CLEAN, ""), 0x84, ""); // 5.0 MQTT-3.1.2-2
    let elsewhere = BrokerConfig { server_reference: Some("b:1883".into()), ..quiet() };
    refused(elsewhere.clone(), &connect5("a", CLEAN, ""), 0x9c, "1c 0006'b:1883'");
    let moved = BrokerConfig { server_moved: true, ..elsewhere };
    refused(moved.clone(), &connect5("a", CLEAN, ""), 0x9d, "1c 0006'b:1883'");
    // Earlier versions cannot be told where to.
    let mut rig = Rig::new(moved);
    rig.open([1]).send(1, "10 0d 0004'MQTT' 04 02 0000 0001'a'", &[(1, "20 02 00 03"), (1, CLOSE)]);
}

#[test]
fn a_malformed_connect_is_told_why_where_its_version_is_plain() {
    // 5.0 MQTT-3.1.4-1, MQTT-3.1.2-3, MQTT-3.2.2-8
    refused(quiet(), &pk(0x10, "0004'MQTT' 05 03 0000 00 0001'a'"), 0x81, "");
    let mut rig = refused(quiet(), &connect5("a", CLEAN, "21 0000"), 0x82, ""); // 5.0 section 3.1.2.11.3
    rig.heard("refuses the client with code 0x82: CONNECT is malformed [5.0 section 2.2.2.2]");
    refused(quiet(), &connect5("a", CLEAN, "16 0001'x'"), 0x82, ""); // 5.0 section 3.1.2.11.10
    // 5.0 MQTT-3.1.2-1: another protocol's name gets no answer
    let mut rig = Rig::new(quiet());
    rig.open([1]).send(1, &pk(0x10, "0004'MQTX' 05 02 0000 00 0001'a'"), &[(1, CLOSE)]);
}

#[test]
fn reasons_go_only_to_clients_that_want_them_and_only_where_they_fit() {
    let config = BrokerConfig { allow_anonymous: false, reason_strings: true, ..quiet() };
    refused(config.clone(), &connect5("a", CLEAN, ""), 0x87, "1f 000c'no user name'");
    // 5.0 MQTT-3.1.2-29, MQTT-3.2.2-19
    refused(config.clone(), &connect5("a", CLEAN, "17 00"), 0x87, "");
    refused(config.clone(), &connect5("a", CLEAN, "27 00000013"), 0x87, "");
    refused(config, &connect5("a", CLEAN, "27 00000014"), 0x87, "1f 000c'no user name'");
    // 5.0 MQTT-3.14.2-3: nor in DISCONNECT
    let told = BrokerConfig { reason_strings: true, ..quiet() };
    for (properties, disconnect) in [
        ("", pk(0xe0, "82 13 1f 0010'5.0 MQTT-3.1.0-2'")),
        ("17 00", "e0 01 82".into()),
        ("27 00000010", "e0 01 82".into()),
    ] {
        let mut rig = Rig::new(told.clone());
        rig.connect5(1, "a", CLEAN, properties, false);
        rig.send(1, &connect5("a", CLEAN, ""), &[(1, &disconnect), (1, CLOSE)]);
    }
}

#[test]
fn a_fault_after_connack_is_told_with_disconnect() {
    // 5.0 MQTT-4.13.1-1, MQTT-3.14.0-1
    let broken = [
        (connect5("a", CLEAN, ""), 0x82),           // 5.0 MQTT-3.1.0-2
        ("36 07 0001'a' 0001 00 'x'".into(), 0x81), // 5.0 MQTT-3.3.1-4
        (pk(0x30, "0001'a' 02 0b 05 'x'"), 0x82),   // 5.0 MQTT-3.3.4-6
        (pk(0x30, "0001'a' 03 23 0001 'x'"), 0x94), // 5.0 MQTT-3.3.2-9
        (pk(0x30, "0001'a' 03 23 0000 'x'"), 0x94), // 5.0 MQTT-3.3.2-8
        ("20 03 00 00 00".into(), 0x82),            // 5.0 section 2.1.2
        ("f0 00".into(), 0x82),                     // 5.0 MQTT-4.12.0-7
        (pk(0xe0, "00 05 11 00000001"), 0x82),      // 5.0 section 3.14.2.2.2
        (pk(0x82, "0001 00 000c'$share/g/a' 04"), 0x81),
    ];
    for (packet, code) in broken {
        let mut rig = Rig::new(quiet());
        rig.connect5(1, "a", CLEAN, "", false);
        rig.send(1, &packet, &[(1, &format!("e0 01 {code:02x}")), (1, CLOSE)]);
        rig.send(1, "c000", &[]);
    }
    // 5.0 MQTT-3.8.3-4
    let mut rig = Rig::new(quiet());
    rig.connect5(1, "a", CLEAN, "", false);
    rig.send(1, &pk(0x82, "0001 00 000a'$share/g/a' 04"), &[(1, "e0 01 82"), (1, CLOSE)]);
}

#[test]
fn what_was_told_to_be_missing_closes() {
    let config = BrokerConfig {
        max_qos: QoS::AtMostOnce,
        retain_available: false,
        wildcard_subscription_available: false,
        shared_subscription_available: false,
        subscription_identifier_available: false,
        max_packet_size: 40,
        ..quiet()
    };
    let broken = [
        (pk(0x32, "0001'a' 0001 00 'x'"), 0x9b),         // 5.0 MQTT-3.2.2-11
        (pk(0x31, "0001'a' 00 'x'"), 0x9a),              // 5.0 MQTT-3.2.2-14
        (pk(0x82, "0001 00 0001'#' 00"), 0xa2),          // 5.0 section 3.2.2.3.11
        (pk(0x82, "0001 00 000a'$share/g/a' 00"), 0x9e), // 5.0 section 3.2.2.3.13
        (pk(0x82, "0001 02 0b 05 0001'a' 00"), 0xa1),    // 5.0 section 3.2.2.3.12
        (pk(0x30, &format!("0001'a' 00 '{}'", "x".repeat(40))), 0x95), // 5.0 MQTT-3.2.2-15
    ];
    for (packet, code) in broken {
        let mut rig = Rig::new(config.clone());
        rig.open([1]);
        let told = "24 00 25 00 27 00000028 28 00 29 00 2a 00";
        rig.send(1, &connect5("a", CLEAN, ""), &[(1, &connack5(false, 0, told))]);
        rig.send(1, &packet, &[(1, &format!("e0 01 {code:02x}")), (1, CLOSE)]);
    }
    // A SUBSCRIBE gets no more than the greatest QoS; 3.1.1 gets codes where it can.
    let mut rig = Rig::new(config);
    rig.connect(1, "a", 0x02, false);
    rig.send(1, "82 0a 0001 0001'a' 02 0001'#' 00", &[(1, "90 04 0001 00 80")]);
}

#[test]
fn the_old_connection_of_a_client_is_told_that_it_is_taken_over() {
    // 5.0 MQTT-3.1.4-3
    let mut rig = Rig::new(quiet());
    rig.connect5(1, "a", CLEAN, "", false);
    let expected = [(1, "e0 01 8e"), (1, CLOSE), (2, "20 02 00 00")];
    rig.open([2]).send(2, "10 0d 0004'MQTT' 04 02 0000 0001'a'", &expected);
    rig.open([3]).send(3, &connect5("a", 0, ""), &[(2, CLOSE), (3, "20 03 00 00 00")]);
}

#[test]
fn a_silent_client_is_told_too() {
    // 5.0 MQTT-3.1.2-22, MQTT-3.2.2-21: by the Server Keep Alive
    let mut rig = Rig::new(BrokerConfig { max_keepalive: 10, ..quiet() });
    rig.open([1]).send(1, &connect5("a", CLEAN, ""), &[(1, &connack5(false, 0, "13 000a"))]);
    rig.wait_millis(14_999, &[]).wait_millis(1, &[(1, "e0 01 8d"), (1, CLOSE)]);
    rig.heard("nothing from a for 1.5 × 10 s: closes [5.0 MQTT-3.1.2-22]");
}

#[test]
fn the_owner_can_send_a_client_away() {
    let mut rig = Rig::new(quiet());
    rig.connect5(1, "a", CLEAN, "", false).connect(2, "b", 0x02, false);
    rig.broker.handle_eviction(rig.now, 1, ReasonCode(0x8b), &mut ());
    rig.broker.handle_eviction(rig.now, 2, ReasonCode(0x8b), &mut ());
    let expected: Vec<_> = [(1, "e0018b"), (1, CLOSE), (2, CLOSE)].map(|(to, it)| (to, it.to_owned())).into();
    assert_eq!(rig.outputs(), expected);
}

#[test]
fn control_characters_are_accepted_unless_a_switch_says_otherwise() {
    let publish = pk(0x30, "0002'a' 07 00 'x'");
    Rig::new(quiet()).connect5(1, "a", CLEAN, "", false).send(1, &publish, &[]);
    let config = BrokerConfig { check_control_characters: true, ..quiet() };
    let subscribe = pk(0x82, "0001 00 0002'a' 07 00");
    let property = pk(0x30, "0001'a' 08 26 0002'k' 7f 0001'v' 'x'");
    for packet in [publish, subscribe, property] {
        let mut rig = Rig::new(config.clone());
        rig.connect5(1, "a", CLEAN, "", false).send(1, &packet, &[(1, "e0 01 81"), (1, CLOSE)]);
        rig.heard("control character from a: closes [5.0 section 1.5.4]");
    }
}

#[test]
fn a_client_that_cannot_be_answered_is_closed_without_a_word() {
    // 5.0 MQTT-3.14.0-1: no DISCONNECT before a CONNACK that accepts, and that one is too large.
    let mut rig = Rig::default();
    rig.open([1]).send(1, &connect5("c", CLEAN, "27 00000006"), &[(1, CLOSE)]);
    assert_eq!(rig.broker.counts(), (0, 0, 0));
}

#[test]
fn what_connack_told_holds_for_the_connection() {
    // 5.0 MQTT-3.2.2-9, MQTT-3.2.2-17, MQTT-3.3.4-8: whatever is set meanwhile.
    let mut rig = Rig::new(quiet());
    rig.broker.set_config(rig.now, BrokerConfig { max_topic_alias: 1, ..quiet() });
    let told = connack5(false, 0, "22 0001");
    rig.open([1]).send(1, &connect5("c", CLEAN, ""), &[(1, &told)]);
    let config = BrokerConfig {
        max_inflight_messages: 1,
        max_qos: QoS::AtMostOnce,
        retain_available: false,
        wildcard_subscription_available: false,
        subscription_identifier_available: false,
        ..quiet()
    };
    rig.broker.set_config(rig.now, config);
    rig.send(1, &pk(0x34, "0001'a' 0001 00 'x'"), &[(1, "50 02 0001")]);
    rig.send(1, &pk(0x34, "0001'a' 0002 00 'x'"), &[(1, "50 02 0002")]);
    rig.send(1, &pk(0x31, "0001'a' 03 23 0001 'x'"), &[]);
    rig.send(1, &pk(0x82, "0003 02 0b 01 0003'b/+' 00"), &[(1, "90 04 0003 00 00")]);
    // The next one is told otherwise, and an earlier version could not be told.
    rig.connect(2, "d", 0x02, false).send(2, "32 06 0001'a' 0001 'x'", &[(2, CLOSE)]);
}

#[test]
fn a_longest_keep_alive_of_0_is_none() {
    let mut rig = Rig::new(BrokerConfig { max_keepalive: 0, ..quiet() });
    let connect = pk(0x10, "0004'MQTT' 05 02 003c 00 0001'c'");
    rig.open([1]).send(1, &connect, &[(1, "20 03 00 00 00")]);
    assert_eq!(rig.broker.keep_alive_secs(1), Some(60));
}
