//! QoS 0, 1 and 2 in both directions.

use mqtt_playground::codec::{Packet, Version, decode};

use crate::rig::{CLOSE, Rig};

/// pub (1) and sub (2), who has subscribed to `a/#` at `qos`.
fn pair(qos: u8) -> Rig {
    let mut rig = Rig::default();
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x00, false);
    rig.send(2, &format!("82 08 0001 0003'a/#' {qos:02x}"), &[(2, &format!("90 03 0001 {qos:02x}"))]);
    rig.unheard();
    rig
}

#[test]
fn qos_2_goes_on_at_pubrel_and_once() {
    let mut rig = pair(2);
    // 3.1.1 MQTT-4.3.3-2
    rig.send(1, "34 09 0003'a/b' 0007 'hi'", &[(1, "50 02 0007")]);
    rig.heard("stores PUBLISH 7, delivers nothing yet [3.1.1 MQTT-4.3.3-2]");
    rig.send(1, "3c 09 0003'a/b' 0007 'hi'", &[(1, "50 02 0007")]);
    rig.heard("has PUBLISH 7 already: acknowledges, stores nothing [3.1.1 MQTT-4.3.3-2]");
    // 3.1.1 MQTT-3.3.1-3: DUP is the sender's own
    rig.send(1, "62 02 0007", &[(1, "70 02 0007"), (2, "34 09 0003'a/b' 0001 'hi'")]);
    rig.heard("releases message 7 to 1 subscriber [3.1.1 MQTT-4.3.3-2]");
    rig.send(1, "62 02 0007", &[(1, "70 02 0007")]);
    rig.heard("has no message 7 to release: completes all the same [3.1.1 MQTT-4.3.3-2]");
    // 3.1.1 MQTT-4.3.3-1
    rig.send(2, "50 02 0001", &[(2, "62 02 0001")]);
    rig.heard("waits for PUBCOMP 1 from sub [3.1.1 MQTT-4.3.3-1]");
    rig.send(2, "50 02 0001", &[(2, "62 02 0001")]);
    rig.heard("PUBREC 1 again from sub: repeats PUBREL [3.1.1 MQTT-4.3.3-1]");
    rig.send(2, "70 02 0001", &[]);
    rig.heard("sub has message 1: id 1 is free [3.1.1 MQTT-4.3.3-1]");
    // the identifier is free for a new message: 3.1.1 MQTT-4.3.3-2
    rig.send(1, "34 08 0003'a/b' 0007 'x'", &[(1, "50 02 0007")]);
    rig.send(1, "62 02 0007", &[(1, "70 02 0007"), (2, "34 08 0003'a/b' 0002 'x'")]);
}

#[test]
fn qos_1_is_acknowledged_and_handed_on() {
    let mut rig = pair(2);
    // 3.1.1 MQTT-4.3.2-2, MQTT-4.3.2-1
    rig.send(1, "32 09 0003'a/b' 0003 'hi'", &[(1, "40 02 0003"), (2, "32 09 0003'a/b' 0001 'hi'")]);
    rig.heard("hands message 3 to 1 subscriber [3.1.1 MQTT-4.5.0-1]");
    // acknowledged, so with DUP it is a new one: 3.1.1 MQTT-4.3.2-2
    rig.send(1, "3a 09 0003'a/b' 0003 'hi'", &[(1, "40 02 0003"), (2, "32 09 0003'a/b' 0002 'hi'")]);
    rig.send(2, "40 02 0001", &[]);
    rig.heard("sub has message 1: id 1 is free [3.1.1 MQTT-4.3.2-1]");
}

#[test]
fn qos_0_is_sent_and_forgotten() {
    let mut rig = pair(2);
    rig.send(1, "30 07 0003'a/b' 'hi'", &[(2, "30 07 0003'a/b' 'hi'")]); // 3.1.1 MQTT-4.3.1-1
    rig.send(1, "30 05 0001'b' 'hi'", &[]);
    rig.heard("drops message: no subscriber [3.1.1 MQTT-4.5.0-1]");
}

#[test]
fn a_delivery_has_the_lower_of_both_qos() {
    // 3.1.1 MQTT-3.8.4-6
    let mut rig = pair(1);
    rig.send(1, "34 09 0003'a/b' 0007 'hi'", &[(1, "50 02 0007")]);
    rig.send(1, "62 02 0007", &[(1, "70 02 0007"), (2, "32 09 0003'a/b' 0001 'hi'")]);
    rig.heard("QoS 2 becomes 1 for sub, as subscribed [3.1.1 MQTT-3.8.4-6]");
    let mut rig = pair(0);
    rig.send(1, "32 09 0003'a/b' 0007 'hi'", &[(1, "40 02 0007"), (2, "30 07 0003'a/b' 'hi'")]);
}

#[test]
fn an_acknowledgement_for_nothing_is_passed_over() {
    let mut rig = pair(2);
    rig.send(2, "40 02 0009", &[]).heard("nothing in flight to sub for PUBACK 9 [-]");
    rig.send(2, "70 02 0009", &[]).heard("nothing in flight to sub for PUBCOMP 9 [-]");
    // PUBREL lets the receiver forget it: 3.1.1 MQTT-4.3.3-1
    rig.send(2, "50 02 0009", &[(2, "62 02 0009")]);
}

#[test]
fn an_acknowledgement_of_another_kind_ends_the_connection() {
    // 3.1.1 MQTT-3.3.4-1, MQTT-4.8.0-1
    for (wrong, name) in [("40 02 0001", "PUBACK 1"), ("70 02 0001", "PUBCOMP 1")] {
        let mut rig = pair(2);
        rig.send(
            1,
            "34 09 0003'a/b' 0007 'hi' 62 02 0007",
            &[(1, "50 02 0007"), (1, "70 02 0007"), (2, "34 09 0003'a/b' 0001 'hi'")],
        );
        rig.send(2, wrong, &[(2, CLOSE)]);
        rig.heard(&format!("{name} in place of PUBREC from sub: closes [3.1.1 MQTT-3.3.4-1]"));
        // the message is not lost by that: 3.1.1 MQTT-4.4.0-1
        rig.open([3]).send(
            3,
            "10 0f 0004'MQTT' 04 00 0000 0003'sub'",
            &[(3, "20 02 01 00"), (3, "3c 09 0003'a/b' 0001 'hi'")],
        );
    }
}

#[test]
fn an_adopted_identifier_is_in_use() {
    // 3.1.1 MQTT-2.3.1-4, 5.0 MQTT-2.2.1-4
    let mut rig = pair(1);
    let sent = |id: u8, text: &str| format!("32 08 0003'a/b' {id:04x} '{text}'");
    let publish = |rig: &mut Rig, id: u8, given: u8| {
        rig.send(1, &sent(id, "y"), &[(1, &format!("40 02 {id:04x}")), (2, &sent(given, "y"))]);
    };
    publish(&mut rig, 1, 1);
    let said = crate::rig::bytes(&sent(3, "x"));
    let Ok(Packet::Publish(other)) = decode(&said, Version::V311) else { panic!("no PUBLISH") };
    rig.broker.adopt(2, &other);
    // The run of free identifiers that was known before ends there.
    publish(&mut rig, 2, 2);
    publish(&mut rig, 3, 4);
}
