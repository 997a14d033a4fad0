//! 5.0: subscription options and identifiers.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{CLEAN, Rig, pk, quiet};

fn rig() -> Rig {
    let mut rig = Rig::new(quiet());
    rig.connect5(1, "a", CLEAN, "", false).connect5(2, "b", CLEAN, "", false);
    rig
}

fn subscribe(rig: &mut Rig, connection: u32, body: &str, qos: u8, then: &[(u32, &str)]) {
    let ack = format!("90 04 0001 00 {qos:02x}");
    let mut expected = vec![(connection, ack.as_str())];
    expected.extend_from_slice(then);
    rig.send(connection, &pk(0x82, &format!("0001 {body}")), &expected);
}

#[test]
fn every_matching_identifier_goes_along_once() {
    // 5.0 MQTT-3.3.4-2 to MQTT-3.3.4-5
    let mut rig = rig();
    subscribe(&mut rig, 2, "02 0b 03 0001'x' 02", 2, &[]);
    subscribe(&mut rig, 2, "04 0b f0f11b 0001'#' 01", 1, &[]);
    subscribe(&mut rig, 2, "00 0001'+' 00", 0, &[]);
    subscribe(&mut rig, 1, "02 0b 03 0001'x' 00", 0, &[]);
    let both = pk(0x32, "0001'x' 0001 06 0b 03 0b f0f11b '1'");
    rig.send(
        1,
        "32 07 0001'x' 0001 00 '1'",
        &[(1, "40 02 0001"), (1, "30 07 0001'x' 02 0b 03 '1'"), (2, &both)],
    );
    rig.heard("3 subscriptions of b match: one copy, QoS 2 [5.0 MQTT-3.3.4-2]");
    // A new SUBSCRIBE replaces the identifier, or takes it away.
    subscribe(&mut rig, 2, "00 0001'#' 01", 1, &[]);
    subscribe(&mut rig, 2, "02 0b 07 0001'x' 00", 0, &[]);
    rig.send(
        1,
        "30 05 0001'x' 00 '2'",
        &[(1, "30 07 0001'x' 02 0b 03 '2'"), (2, "30 07 0001'x' 02 0b 07 '2'")],
    );
    assert_eq!(rig.broker.session("b").unwrap().subscription("x").unwrap().identifier, 7);
}

#[test]
fn identifiers_wait_and_are_kept_with_their_messages() {
    let mut rig = Rig::new(quiet());
    rig.connect5(1, "a", CLEAN, "", false).connect5(2, "b", CLEAN, "11 00000009 21 0001", false);
    subscribe(&mut rig, 2, "02 0b 03 0001'x' 01", 1, &[]);
    rig.send(
        1,
        "32 07 0001'x' 0001 00 '1'",
        &[(1, "40 02 0001"), (2, &pk(0x32, "0001'x' 0001 02 0b 03 '1'"))],
    );
    rig.send(1, "32 07 0001'x' 0001 00 '2'", &[(1, "40 02 0001")]);
    rig.send(2, &pk(0xa2, "0001 00 0001'x'"), &[(2, "b0 04 0001 00 00")]).cut(2, &[]).open([2]);
    let again = pk(0x3a, "0001'x' 0001 02 0b 03 '1'");
    let connect = crate::rig::connect5("b", 0, "11 00000009 21 0001");
    rig.send(2, &connect, &[(2, "20 03 01 00 00"), (2, &again)]);
    rig.send(2, "40 02 0001", &[(2, &pk(0x32, "0001'x' 0002 02 0b 03 '2'"))]);
}

#[test]
fn no_local_keeps_a_clients_own_messages_from_it() {
    // 5.0 MQTT-3.8.3-3
    let mut rig = rig();
    subscribe(&mut rig, 1, "00 0001'x' 04", 0, &[]);
    subscribe(&mut rig, 2, "00 0001'x' 04", 0, &[]);
    rig.send(1, "30 05 0001'x' 00 '1'", &[(2, "30 05 0001'x' 00 '1'")]);
    // Nor the one it has retained, from whatever connection.
    rig.send(1, "31 05 0001'x' 00 '2'", &[(2, "30 05 0001'x' 00 '2'")]);
    rig.send(1, "e0 00", &[(1, crate::rig::CLOSE)]).connect5(1, "a", CLEAN, "", false);
    subscribe(&mut rig, 1, "00 0001'x' 04", 0, &[]);
    subscribe(&mut rig, 2, "00 0001'x' 04", 0, &[(2, "31 05 0001'x' 00 '2'")]);
    // QoS 2 is held against its publisher at PUBREL.
    rig.send(
        1,
        "34 07 0001'x' 0001 00 '3' 62 02 0001",
        &[(1, "50 02 0001"), (1, "70 02 0001"), (2, "30 05 0001'x' 00 '3'")],
    );
}

#[test]
fn retain_as_published_keeps_the_flag() {
    // 5.0 MQTT-3.3.1-12, MQTT-3.3.1-13
    let mut rig = rig();
    subscribe(&mut rig, 1, "00 0001'x' 08", 0, &[]);
    subscribe(&mut rig, 2, "00 0001'x' 00", 0, &[]);
    rig.send(1, "31 05 0001'x' 00 '1'", &[(1, "31 05 0001'x' 00 '1'"), (2, "30 05 0001'x' 00 '1'")]);
    rig.send(1, "30 05 0001'x' 00 '1'", &[(1, "30 05 0001'x' 00 '1'"), (2, "30 05 0001'x' 00 '1'")]);
}

#[test]
fn retain_handling_says_when_retained_messages_are_sent() {
    // 5.0 MQTT-3.3.1-9, MQTT-3.3.1-10, MQTT-3.3.1-11, MQTT-3.8.4-4
    let mut rig = rig();
    rig.send(1, "31 05 0001'x' 00 '1'", &[]);
    let kept = (2, "31 05 0001'x' 00 '1'");
    subscribe(&mut rig, 2, "00 0001'x' 10", 0, &[kept]);
    subscribe(&mut rig, 2, "00 0001'x' 10", 0, &[]);
    subscribe(&mut rig, 2, "00 0001'x' 00", 0, &[kept]);
    subscribe(&mut rig, 2, "00 0001'x' 20", 0, &[]);
    subscribe(&mut rig, 2, "02 0b 09 0001'+' 00", 0, &[(2, "31 07 0001'x' 02 0b 09 '1'")]);
}

#[test]
fn refusals_have_their_codes() {
    // 5.0 MQTT-3.8.4-7, MQTT-3.9.3-1, MQTT-3.9.3-2
    let config = BrokerConfig {
        deny_subscribe: vec!["no".into()],
        max_topic_levels: 2,
        max_subscriptions: 1,
        ..quiet()
    };
    let mut rig = Rig::new(config);
    rig.connect5(1, "a", CLEAN, "", false);
    let filters = pk(0x82, "0001 00 0002'no' 00 0005'x/y/z' 00 0001'a' 02 0001'b' 00");
    rig.send(1, &filters, &[(1, "90 07 0001 00 80 8f 02 97")]);
    // 5.0 MQTT-3.10.4-4, MQTT-3.11.3-1, MQTT-3.11.3-2
    rig.send(1, &pk(0xa2, "0002 00 0001'b' 0001'a'"), &[(1, "b0 05 0002 00 11 00")]);
}
