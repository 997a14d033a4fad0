//! 5.0: QoS 1 and 2 with reasons, receive maximum both ways, packet sizes, topic aliases both ways.

use mqtt_playground::broker::{AccessList, BrokerConfig};

use crate::rig::{CLEAN, CLOSE, Rig, connack5, connect5, pk, quiet};

/// pub (1), and sub (2) with these properties and `a/#` at QoS 2.
fn pair(config: BrokerConfig, properties: &str) -> Rig {
    let mut rig = Rig::new(config);
    rig.connect(1, "pub", 0x02, false).connect5(2, "sub", CLEAN, properties, false);
    rig.send(2, &pk(0x82, "0001 00 0003'a/#' 02"), &[(2, "90 04 0001 00 02")]);
    rig
}

#[test]
fn versions_meet() {
    let mut rig = pair(quiet(), "");
    // 3.1.1 to 5.0: an empty property list; 5.0 to 3.1.1: none.
    rig.send(1, "30 06 0003'a/b' 'x'", &[(2, "30 07 0003'a/b' 00 'x'")]);
    rig.send(1, "82 06 0001 0001'b' 02", &[(1, "90 03 0001 02")]);
    let publish = pk(0x32, "0001'b' 0007 10 02 00000009 26 0001'k' 0001'v' 08 0001'r' 'x'");
    rig.send(2, &publish, &[(2, "40 02 0007"), (1, "32 06 0001'b' 0001 'x'")]);
}

#[test]
fn acknowledgements_have_reasons() {
    let mut rig = pair(quiet(), "");
    // No matching subscribers; at QoS 2 they are looked for at PUBREL.
    rig.send(2, "32 07 0001'x' 0001 00 'x'", &[(2, "40 03 0001 10")]);
    rig.send(2, "34 07 0001'x' 0001 00 'x'", &[(2, "50 02 0001")]);
    rig.send(2, "62 02 0001", &[(2, "70 02 0001")]);
    // 5.0 MQTT-4.3.3-11: Packet Identifier not found
    rig.send(2, "62 02 0001", &[(2, "70 03 0001 92")]);
    rig.send(2, "50 02 0009", &[(2, "62 03 0009 92")]);
    rig.heard("has no message 1 to release: completes all the same [5.0 MQTT-4.3.3-8]");
}

#[test]
fn a_refused_message_is_over() {
    // 5.0 MQTT-4.3.3-9, MQTT-3.5.2-1, MQTT-3.4.2-1
    let nothing = BrokerConfig { access: Some(AccessList::default()), ..quiet() };
    let mut rig = Rig::new(nothing);
    rig.connect5(1, "a", CLEAN, "", false).connect(2, "b", 0x02, false);
    rig.send(1, "34 07 0001'x' 0001 00 'x'", &[(1, "50 03 0001 87")]);
    rig.send(1, "62 02 0001", &[(1, "70 03 0001 92")]);
    rig.send(1, "32 07 0001'x' 0001 00 'x'", &[(1, "40 03 0001 87")]).send(1, "30 05 0001'x' 00 'x'", &[]);
    rig.heard("does not take a message for x from a: not allowed to write there [5.0 section 3.4.2.1]");
    // 3.1.1 MQTT-3.3.5-2: acknowledged, and nobody gets it
    rig.send(2, "32 06 0001'x' 0001 'x'", &[(2, "40 02 0001")]);
    rig.send(2, "34 06 0001'x' 0001 'x' 62 02 0001", &[(2, "50 02 0001"), (2, "70 02 0001")]);
    rig.heard("does not take a message for x from b: not allowed to write there [3.1.1 MQTT-3.3.5-2]");
    rig.never_heard("releases");
}

#[test]
fn a_client_may_refuse_a_message() {
    // 5.0 MQTT-4.8.2-6, MQTT-4.4.0-2: it is over, and its identifier free
    let mut rig = pair(quiet(), "");
    rig.send(1, "32 08 0003'a/b' 0001 'x'", &[(1, "40 02 0001"), (2, "32 09 0003'a/b' 0001 00 'x'")]);
    rig.send(2, "40 03 0001 80", &[]).heard("sub refuses message 1 with reason 0x80 [5.0 MQTT-4.8.2-6]");
    let delivered = (2, "34 09 0003'a/b' 0002 00 'x'");
    rig.send(1, "34 08 0003'a/b' 0001 'x' 62 02 0001", &[(1, "50 02 0001"), (1, "70 02 0001"), delivered]);
    rig.send(2, "50 03 0002 97", &[]);
    assert_eq!(rig.broker.session("sub").unwrap().in_flight().len(), 0);
}

#[test]
fn a_clients_receive_maximum_bounds_what_is_in_flight_to_it() {
    // 5.0 MQTT-3.3.4-9, MQTT-4.9.0-2
    let mut rig = pair(quiet(), "21 0002");
    for id in 1..=2 {
        let packet = format!("32 08 0003'a/b' {id:04x} 'x'");
        let delivery = format!("32 09 0003'a/b' {id:04x} 00 'x'");
        rig.send(1, &packet, &[(1, &format!("40 02 {id:04x}")), (2, &delivery)]);
    }
    rig.send(1, "32 08 0003'a/b' 0003 'x'", &[(1, "40 02 0003")]);
    // 5.0 MQTT-4.9.0-3: QoS 0 is not held up
    rig.send(1, "30 06 0003'a/b' '0'", &[(2, "30 07 0003'a/b' 00 '0'")]);
    rig.send(2, "40 02 0002", &[(2, "32 09 0003'a/b' 0003 00 'x'")]);
    // A QoS 2 message counts until its PUBCOMP.
    let mut rig = pair(quiet(), "21 0001");
    let first = [(1, "50 02 0001"), (1, "70 02 0001"), (2, "34 09 0003'a/b' 0001 00 'x'")];
    rig.send(1, "34 08 0003'a/b' 0001 'x' 62 02 0001", &first);
    rig.send(1, "32 08 0003'a/b' 0003 'y'", &[(1, "40 02 0003")]).send(2, "50 02 0001", &[(2, "62 02 0001")]);
    rig.send(2, "70 02 0001", &[(2, "32 09 0003'a/b' 0002 00 'y'")]);
}

#[test]
fn our_receive_maximum_bounds_what_a_client_has_in_flight() {
    // 5.0 MQTT-3.3.4-7, MQTT-4.9.0-1
    let mut rig = Rig::new(BrokerConfig { max_inflight_messages: 2, ..quiet() });
    rig.open([1]);
    rig.send(1, &connect5("a", CLEAN, "11 00000009"), &[(1, &connack5(false, 0, "21 0002"))]);
    rig.send(1, "34 07 0001'x' 0001 00 'x'", &[(1, "50 02 0001")]);
    rig.send(1, "34 07 0001'x' 0002 00 'x'", &[(1, "50 02 0002")]);
    // A copy is none more; QoS 1 is acknowledged at once; a release makes room.
    rig.send(1, "3c 07 0001'x' 0002 00 'x'", &[(1, "50 02 0002")]);
    rig.send(1, "32 07 0001'x' 0007 00 'x'", &[(1, "40 03 0007 10")]);
    rig.send(1, "62 02 0001", &[(1, "70 02 0001")]).send(
        1,
        "34 07 0001'x' 0001 00 'x'",
        &[(1, "50 02 0001")],
    );
    // A new connection begins with a full one, and the old ones do not count.
    rig.cut(1, &[]).open([1]);
    rig.send(1, &connect5("a", 0, "11 00000009"), &[(1, &connack5(true, 0, "21 0002"))]);
    rig.send(1, "34 07 0001'x' 0003 00 'x'", &[(1, "50 02 0003")]);
    rig.send(1, "3c 07 0001'x' 0001 00 'x'", &[(1, "50 02 0001")]);
    rig.send(1, "34 07 0001'x' 0004 00 'x'", &[(1, "e0 01 93"), (1, CLOSE)]);
    rig.heard("one QoS 2 message more than the Receive Maximum 2 from a: closes [5.0 MQTT-3.3.4-7]");
}

#[test]
fn a_packet_that_the_client_does_not_take_is_not_sent() {
    // 5.0 MQTT-3.1.2-24, MQTT-3.1.2-25
    let mut rig = pair(quiet(), "27 00000010");
    rig.send(
        1,
        "32 0d 0003'a/b' 0001 '123456'",
        &[(1, "40 02 0001"), (2, &pk(0x32, "0003'a/b' 0001 00 '123456'"))],
    );
    rig.send(1, "32 0e 0003'a/b' 0002 '1234567'", &[(1, "40 02 0002")]);
    rig.heard("message 2 is too long for sub: drops it [5.0 MQTT-3.1.2-25]");
    rig.send(1, "30 0d 0003'a/b' '12345678'", &[(2, &pk(0x30, "0003'a/b' 00 '12345678'"))]);
    rig.send(1, "30 0e 0003'a/b' '123456789'", &[]);
    // Room in the window is not taken, nor an identifier kept.
    assert_eq!(rig.broker.session("sub").unwrap().in_flight().len(), 1);
}

#[test]
fn what_waited_is_held_against_the_next_connections_packet_size() {
    let mut rig = Rig::new(quiet());
    rig.connect(1, "pub", 0x02, false).connect5(2, "sub", CLEAN, "11 00000009", false);
    rig.send(2, &pk(0x82, "0001 00 0001'a' 02"), &[(2, "90 04 0001 00 02")]);
    rig.send(
        1,
        "32 0f 0001'a' 0001 '1234567890'",
        &[(1, "40 02 0001"), (2, &pk(0x32, "0001'a' 0001 00 '1234567890'"))],
    );
    rig.cut(2, &[]).send(1, "32 0f 0001'a' 0001 '1234567890'", &[(1, "40 02 0001")]);
    rig.send(1, "32 06 0001'a' 0001 'x'", &[(1, "40 02 0001")]).open([2]);
    let expected = [(2, "20 03 01 00 00"), (2, "32 07 0001'a' 0003 00 'x'")];
    rig.send(2, &connect5("sub", 0, "11 00000009 27 00000010"), &expected);
    assert_eq!(rig.broker.session("sub").unwrap().in_flight().len(), 1);
}

#[test]
fn a_clients_aliases_stand_for_topics_on_one_connection() {
    // 5.0 MQTT-3.3.2-7, MQTT-3.3.2-9, MQTT-3.3.2-10, MQTT-3.3.2-12
    let mut rig = Rig::new(BrokerConfig { max_topic_alias: 2, ..quiet() });
    let told = connack5(false, 0, "22 0002");
    rig.connect(9, "w", 0x02, false).send(9, "82 06 0001 0001'#' 00", &[(9, "90 03 0001 00")]).open([1]);
    rig.send(1, &connect5("a", CLEAN, ""), &[(1, &told)]);
    rig.send(1, &pk(0x30, "0001'x' 03 23 0002 '1'"), &[(9, "30 04 0001'x' '1'")]);
    rig.send(1, &pk(0x30, "0000 03 23 0002 '2'"), &[(9, "30 04 0001'x' '2'")]);
    rig.send(1, &pk(0x30, "0001'y' 03 23 0002 '3'"), &[(9, "30 04 0001'y' '3'")]);
    let kept = pk(0x34, "0000 0001 03 23 0002 '4'");
    rig.send(1, &kept, &[(1, "50 02 0001")]).send(
        1,
        "62 02 0001",
        &[(1, "70 02 0001"), (9, "30 04 0001'y' '4'")],
    );
    rig.send(1, &pk(0x30, "0000 03 23 0001 '5'"), &[(1, "e0 01 82"), (1, CLOSE)]);
    rig.heard("topic alias 1 without a topic from a: closes [5.0 section 3.3.2.3.4]");
    rig.open([1]).send(1, &connect5("a", CLEAN, ""), &[(1, &told)]);
    rig.send(1, &pk(0x30, "0000 03 23 0002 '6'"), &[(1, "e0 01 82"), (1, CLOSE)]);
    rig.open([1]).send(1, &connect5("a", CLEAN, ""), &[(1, &told)]);
    rig.send(1, &pk(0x30, "0001'x' 03 23 0003 '7'"), &[(1, "e0 01 94"), (1, CLOSE)]);
    rig.heard("topic alias 3, 2 at most, from a: closes [5.0 MQTT-3.3.2-9]");
}

#[test]
fn our_aliases_stand_for_topics_where_the_client_takes_them() {
    // 5.0 MQTT-3.1.2-26, MQTT-3.1.2-27, MQTT-3.3.2-11
    let mut rig = pair(quiet(), "22 0001");
    rig.send(1, "30 06 0003'a/b' '1'", &[(2, &pk(0x30, "0003'a/b' 03 23 0001 '1'"))]);
    rig.send(1, "30 06 0003'a/b' '2'", &[(2, &pk(0x30, "0000 03 23 0001 '2'"))]);
    rig.send(1, "30 06 0003'a/c' '3'", &[(2, &pk(0x30, "0003'a/c' 00 '3'"))]);
    let delivery = pk(0x32, "0000 0001 03 23 0001 '4'");
    rig.send(1, "32 08 0003'a/b' 0001 '4'", &[(1, "40 02 0001"), (2, &delivery)]);
    // None that the client did not ask for, nor more than we give.
    let mut rig = pair(BrokerConfig { max_topic_alias_broker: 1, ..quiet() }, "22 0009");
    rig.send(1, "30 06 0003'a/b' '1'", &[(2, &pk(0x30, "0003'a/b' 03 23 0001 '1'"))]);
    rig.send(1, "30 06 0003'a/c' '3'", &[(2, &pk(0x30, "0003'a/c' 00 '3'"))]);
    let mut rig = pair(quiet(), "");
    rig.send(1, "30 06 0003'a/b' '1'", &[(2, "30 07 0003'a/b' 00 '1'")]);
}

#[test]
fn an_alias_that_did_not_go_out_is_none() {
    // The packet with the alias is too long, without it is not; a packet that is too long anyway gives none.
    let mut rig = pair(quiet(), "22 0001 27 00000010");
    rig.send(1, "30 0e 0003'a/b' '123456789'", &[]);
    rig.send(1, "30 0d 0003'a/b' '12345678'", &[(2, &pk(0x30, "0003'a/b' 00 '12345678'"))]);
    rig.send(1, "30 06 0003'a/b' '1'", &[(2, &pk(0x30, "0003'a/b' 03 23 0001 '1'"))]);
    rig.send(1, "30 0d 0003'a/b' '12345678'", &[(2, &pk(0x30, "0000 03 23 0001 '12345678'"))]);
}

#[test]
fn aliases_do_not_outlive_the_connection_and_copies_have_none() {
    let mut rig = Rig::new(quiet());
    rig.connect(1, "pub", 0x02, false).connect5(2, "sub", CLEAN, "11 00000009 22 0005", false);
    rig.send(2, &pk(0x82, "0001 00 0001'a' 01"), &[(2, "90 04 0001 00 01")]);
    let delivery = pk(0x32, "0001'a' 0001 03 23 0001 'x'");
    rig.send(1, "32 06 0001'a' 0001 'x'", &[(1, "40 02 0001"), (2, &delivery)]).cut(2, &[]).open([2]);
    let expected = [(2, "20 03 01 00 00"), (2, "3a 07 0001'a' 0001 00 'x'")];
    rig.send(2, &connect5("sub", 0, "11 00000009 22 0005"), &expected);
    rig.send(1, "30 04 0001'a' 'y'", &[(2, &pk(0x30, "0001'a' 03 23 0001 'y'"))]);
}

#[test]
fn payloads_are_checked_where_asked_for() {
    let broken = "0001'x' 0001 02 01 01 ff";
    let mut rig = pair(quiet(), "");
    rig.send(2, &pk(0x32, broken), &[(2, "40 03 0001 10")]);
    let mut rig = pair(BrokerConfig { check_payload_format: true, ..quiet() }, "");
    rig.send(2, &pk(0x32, broken), &[(2, "40 03 0001 99")]).send(
        2,
        &pk(0x34, broken),
        &[(2, "50 03 0001 99")],
    );
    rig.send(2, &pk(0x32, "0001'x' 0001 02 01 00 ff"), &[(2, "40 03 0001 10")]);
    rig.send(2, &pk(0x32, "0001'x' 0001 02 01 01 'ä'"), &[(2, "40 03 0001 10")]);
    rig.send(2, &pk(0x30, "0001'x' 02 01 01 ff"), &[(2, "e0 01 99"), (2, CLOSE)]);
}

#[test]
fn payloads_may_be_limited() {
    let mut rig = pair(BrokerConfig { message_size_limit: 2, ..quiet() }, "");
    rig.send(2, "32 08 0001'x' 0001 00 'xx'", &[(2, "40 03 0001 10")]);
    rig.send(2, "32 09 0001'x' 0001 00 'xxx'", &[(2, "40 03 0001 97")]);
    rig.send(1, "32 08 0001'x' 0001 'xxx'", &[(1, "40 02 0001")]);
}

#[test]
fn the_brokers_own_topics_are_its_own() {
    let mut rig = pair(quiet(), "");
    rig.send(2, &pk(0x32, "0006'$SYS/a' 0001 00 'x'"), &[(2, "40 03 0001 87")]);
}

#[test]
fn a_message_goes_without_an_alias_that_makes_it_too_large() {
    // 5.0 MQTT-3.1.2-25: what fits is sent. A known alias is longer than a topic of one byte.
    let mut rig = Rig::new(quiet());
    rig.connect(1, "pub", 0x02, false).connect5(2, "sub", CLEAN, "27 00000018 22 0001", false);
    rig.send(2, &pk(0x82, "0001 00 0001'a' 00"), &[(2, "90 04 0001 00 00")]);
    rig.send(1, &pk(0x30, "0001'a' 'x'"), &[(2, &pk(0x30, "0001'a' 03 23 0001 'x'"))]);
    rig.send(1, &pk(0x30, "0001'a' 'y'"), &[(2, &pk(0x30, "0000 03 23 0001 'y'"))]);
    let long = "'123456789012345678'";
    rig.send(1, &pk(0x30, &format!("0001'a' {long}")), &[(2, &pk(0x30, &format!("0001'a' 00 {long}")))]);
}

#[test]
fn pubcomp_refuses_nothing() {
    // 5.0 section 3.7.2.1: 0x92 answers a PUBREL that was answered before, on the connection that was lost.
    let mut rig = pair(quiet(), "11 00000064");
    rig.send(1, "34 08 0003'a/b' 0007 'x'", &[(1, "50 02 0007")]);
    rig.send(1, "62 02 0007", &[(1, "70 02 0007"), (2, "34 09 0003'a/b' 0001 00 'x'")]);
    rig.send(2, "50 02 0001", &[(2, "62 02 0001")]).cut(2, &[]).open([3]);
    let resumed = connack5(true, 0, "");
    rig.send(3, &connect5("sub", 0, "11 00000064"), &[(3, &resumed), (3, "62 02 0001")]);
    rig.send(3, "70 03 0001 92", &[]).heard("sub has message 1: id 1 is free [5.0 MQTT-4.3.3-5]");
}
