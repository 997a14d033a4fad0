//! Retained messages.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{CLOSE, Rig};

fn rig() -> Rig {
    let mut rig = Rig::default();
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x02, false);
    rig
}

#[test]
fn a_message_is_retained_replaced_and_removed() {
    let mut rig = rig();
    rig.send(2, "82 06 0001 0001'a' 02", &[(2, "90 03 0001 02")]);
    // 3.1.1 MQTT-3.3.1-5, and MQTT-3.3.1-9: RETAIN 0 for those who are subscribed
    rig.send(1, "31 06 0001'a' 'one'", &[(2, "30 06 0001'a' 'one'")]);
    rig.heard("retains the message of a [3.1.1 MQTT-3.3.1-5]");
    rig.send(1, "33 08 0001'a' 0001 'two'", &[(1, "40 02 0001"), (2, "32 08 0001'a' 0001 'two'")]);
    rig.heard("replaces the retained message of a [3.1.1 MQTT-3.3.1-5]");
    // 3.1.1 MQTT-3.3.1-12: without RETAIN nothing is stored
    rig.send(1, "30 06 0001'a' 'new'", &[(2, "30 06 0001'a' 'new'")]);
    let retained: Vec<_> =
        rig.broker.retained().map(|it| (it.message.payload.to_vec(), it.qos.level())).collect();
    assert_eq!(retained, [(b"two".to_vec(), 1)]);
    // 3.1.1 MQTT-3.3.1-10, MQTT-3.3.1-11: sent as any message, and the topic has none any more
    rig.send(1, "31 03 0001'a'", &[(2, "30 03 0001'a'")]);
    rig.heard("removes the retained message of a [3.1.1 MQTT-3.3.1-10]");
    assert_eq!(rig.broker.retained().len(), 0);
    rig.send(1, "31 03 0001'a'", &[(2, "30 03 0001'a'")]);
    rig.heard("a has no retained message to remove [3.1.1 MQTT-3.3.1-10]");
}

#[test]
fn it_is_sent_to_each_new_subscription_after_the_suback() {
    let mut rig = rig();
    for (topic, payload) in [("a/x", 'X'), ("b/x", 'B'), ("a", 'A'), ("a0", '0')] {
        let length = 3 + topic.len();
        rig.send(1, &format!("31 {length:02x} {:04x}'{topic}' '{payload}'", topic.len()), &[]);
    }
    // 3.1.1 MQTT-3.3.1-6, MQTT-3.3.1-8: all that match, RETAIN 1
    rig.send(
        2,
        "82 08 0001 0003'a/#' 00",
        &[(2, "90 03 0001 00"), (2, "31 04 0001'a' 'A'"), (2, "31 06 0003'a/x' 'X'")],
    );
    rig.heard("sends 2 retained messages for a/# [3.1.1 MQTT-3.3.1-6]");
    // 3.1.1 MQTT-3.8.4-3: again for the same subscription; MQTT-3.8.4-4: and for each filter of a packet
    rig.send(
        2,
        "82 0e 0002 0003'a/#' 00 0003'+/x' 00",
        &[
            (2, "90 04 0002 00 00"),
            (2, "31 04 0001'a' 'A'"),
            (2, "31 06 0003'a/x' 'X'"),
            (2, "31 06 0003'a/x' 'X'"),
            (2, "31 06 0003'b/x' 'B'"),
        ],
    );
    rig.heard("replaces the subscription of sub to a/#, QoS 0 [3.1.1 MQTT-3.8.4-3]");
}

#[test]
fn it_has_the_lower_qos_and_waits_for_its_acknowledgement() {
    let mut rig = rig();
    rig.send(1, "35 06 0001'a' 0007 'x'", &[(1, "50 02 0007")]);
    // A QoS 2 message is retained when it is released.
    assert_eq!(rig.broker.retained().len(), 0);
    rig.send(1, "62 02 0007", &[(1, "70 02 0007")]);
    rig.send(2, "82 06 0001 0001'a' 01", &[(2, "90 03 0001 01"), (2, "33 06 0001'a' 0001 'x'")]);
    rig.send(2, "82 06 0002 0001'a' 02", &[(2, "90 03 0002 02"), (2, "35 06 0001'a' 0002 'x'")]);
    let in_flight =
        rig.broker.session("sub").unwrap().in_flight().map(|it| it.qos.level()).collect::<Vec<_>>();
    assert_eq!(in_flight, [1, 2]);
}

#[test]
fn it_outlives_its_publisher() {
    // 3.1.1 MQTT-3.1.2-7
    let mut rig = rig();
    rig.send(1, "31 04 0001'a' 'x' e0 00", &[(1, CLOSE)]);
    rig.send(2, "82 06 0001 0001'a' 00", &[(2, "90 03 0001 00"), (2, "31 04 0001'a' 'x'")]);
}

#[test]
fn it_can_be_switched_off() {
    let mut rig = Rig::new(BrokerConfig { retain_available: false, ..Default::default() });
    rig.connect(1, "pub", 0x02, false).send(1, "31 04 0001'a' 'x'", &[(1, CLOSE)]);
}

#[test]
fn a_full_store_keeps_what_it_has_and_still_delivers() {
    let mut rig = Rig::new(BrokerConfig { max_retained_messages: 1, ..Default::default() });
    rig.connect(1, "pub", 0x02, false);
    rig.send(1, "31 04 0001'a' '1' 31 04 0001'b' '2' 31 04 0001'a' '3'", &[]);
    rig.heard("has 1 retained message of 2 bytes: does not retain b [-]");
    rig.send(1, "82 06 0001 0001'#' 00", &[(1, "90 03 0001 00"), (1, "31 04 0001'a' '3'")]);
    rig.send(1, "31 04 0001'b' '4'", &[(1, "30 04 0001'b' '4'")]);
}
