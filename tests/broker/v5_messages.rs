//! 5.0: what messages carry along.

use mqtt_playground::broker::{BrokerConfig, QueueOverflow};

use crate::rig::{CLEAN, CLOSE, Rig, connect5, pk, quiet};

fn pair(properties: &str) -> Rig {
    let mut rig = Rig::new(quiet());
    rig.connect5(1, "pub", CLEAN, "", false).connect5(2, "sub", CLEAN, properties, false);
    rig.send(2, &pk(0x82, "0001 00 0001'a' 01"), &[(2, "90 04 0001 00 01")]);
    rig
}

#[test]
fn properties_are_handed_on_as_they_came() {
    // 5.0 MQTT-3.3.2-4, MQTT-3.3.2-15 to MQTT-3.3.2-18, MQTT-3.3.2-20
    let mut rig = pair("");
    let list =
        "03 0001't' 26 0001'k' 0001'2' 01 01 26 0001'k' 0001'1' 08 0001'r' 09 0002 00ff 26 0001'a' 0001'0'";
    let len = crate::rig::bytes(list).len();
    rig.send(
        1,
        &pk(0x30, &format!("0001'a' {len:02x} {list} 'x'")),
        &[(2, &pk(0x30, &format!("0001'a' {len:02x} {list} 'x'")))],
    );
    // Kept ones too.
    rig.send(1, &pk(0x31, &format!("0001'b' {len:02x} {list} 'x'")), &[]);
    rig.send(
        2,
        &pk(0x82, "0001 00 0001'b' 01"),
        &[(2, "90 04 0001 00 01"), (2, &pk(0x31, &format!("0001'b' {len:02x} {list} 'x'")))],
    );
}

#[test]
fn a_message_expires_while_it_waits_and_counts_down() {
    // 5.0 MQTT-3.3.2-5, MQTT-3.3.2-6
    let mut rig = pair("11 00000064");
    rig.cut(2, &[]);
    for (secs, payload) in [(2, "1"), (10, "2"), (3, "3")] {
        rig.send(1, &pk(0x32, &format!("0001'a' 0001 05 02 {secs:08x} '{payload}'")), &[(1, "40 02 0001")]);
    }
    rig.wait_millis(3_500, &[]).open([2]);
    let expected = pk(0x32, "0001'a' 0001 05 02 00000007 '2'");
    rig.send(2, &connect5("sub", 0, "11 00000064"), &[(2, "20 03 01 00 00"), (2, &expected)]);
    rig.heard("message for sub has expired: drops it [5.0 MQTT-3.3.2-5]");
    assert_eq!(rig.broker.session("sub").unwrap().queued().len(), 0);
}

#[test]
fn a_message_that_does_not_wait_keeps_its_expiry() {
    let mut rig = pair("");
    let packet = pk(0x30, "0001'a' 05 02 00000000 'x'");
    rig.send(1, &packet, &[(2, &packet)]);
}

#[test]
fn a_retained_message_expires() {
    // 5.0 section 3.3.2.3.3
    let mut rig = pair("");
    rig.send(1, &pk(0x31, "0001'r' 05 02 0000000a 'x'"), &[]);
    rig.wait_millis(4_000, &[]);
    let kept = pk(0x31, "0001'r' 05 02 00000006 'x'");
    rig.send(2, &pk(0x82, "0001 00 0001'r' 00"), &[(2, "90 04 0001 00 00"), (2, &kept)]);
    assert_eq!(rig.broker.poll_timeout().unwrap().as_micros(), 10_000_000);
    // Nobody gets it any more, whether or not the owner has called.
    rig.now = mqtt_playground::time::Instant::from_millis(10_000);
    rig.send(2, &pk(0x82, "0001 00 0001'r' 00"), &[(2, "90 04 0001 00 00")]);
    rig.wait_millis(0, &[]).heard("the retained message of r has expired [5.0 section 3.3.2.3.3]");
    assert_eq!((rig.broker.retained().len(), rig.broker.poll_timeout()), (0, None));
}

#[test]
fn a_queue_may_drop_what_is_oldest() {
    let config =
        BrokerConfig { max_queued_messages: 2, queue_overflow: QueueOverflow::DropOldest, ..quiet() };
    let mut rig = Rig::new(config);
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x00, false);
    rig.send(2, "82 06 0001 0001'a' 01", &[(2, "90 03 0001 01")]).cut(2, &[]);
    for payload in ["1", "2", "3"] {
        rig.send(1, &format!("32 06 0001'a' 0001 '{payload}'"), &[(1, "40 02 0001")]);
    }
    rig.heard("sub has 2 queued: drops message [-]").open([2]);
    let expected = [(2, "20 02 01 00"), (2, "32 06 0001'a' 0001 '2'"), (2, "32 06 0001'a' 0002 '3'")];
    rig.send(2, "10 0f 0004'MQTT' 04 00 0000 0003'sub'", &expected);
}

#[test]
fn retained_messages_are_bounded_in_bytes() {
    let mut rig = Rig::new(BrokerConfig { max_retained_bytes: 10, ..quiet() });
    rig.connect(1, "pub", 0x02, false);
    rig.send(1, "31 07 0001'a' '1234' 31 07 0001'b' '1234' 31 04 0001'c' '1'", &[]);
    rig.heard("has 2 retained messages of 10 bytes: does not retain c [-]");
    // In place of its own, there is room.
    rig.send(1, "31 07 0001'a' '5678'", &[]);
    assert_eq!(rig.broker.retained().len(), 2);
    // What cannot be replaced is not the topic's last message any more: it is removed.
    rig.send(1, "31 08 0001'a' '12345'", &[]);
    assert_eq!(rig.broker.retained().len(), 1);
}

#[test]
fn qos_may_be_raised_to_that_of_the_subscription() {
    let mut rig = Rig::new(BrokerConfig { upgrade_outgoing_qos: true, ..quiet() });
    rig.connect(1, "a", 0x02, false).send(1, "82 06 0001 0001'a' 01", &[(1, "90 03 0001 01")]);
    rig.send(1, "30 04 0001'a' 'x'", &[(1, "32 06 0001'a' 0001 'x'")]);
}

#[test]
fn what_waits_goes_before_what_comes_at_qos_0_too() {
    // 3.1.1 MQTT-4.6.0-6, 5.0 MQTT-4.6.0-6
    let config = BrokerConfig { queue_qos0_messages: true, max_inflight_messages: 1, ..quiet() };
    let mut rig = Rig::new(config);
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x00, false);
    rig.send(2, "82 06 0001 0001'a' 01", &[(2, "90 03 0001 01")]).cut(2, &[]);
    rig.send(1, "32 06 0001'a' 0001 '1'", &[(1, "40 02 0001")]);
    rig.send(1, "32 06 0001'a' 0001 '2'", &[(1, "40 02 0001")]);
    rig.send(1, "30 04 0001'a' '3'", &[]).open([2]);
    let expected = [(2, "20 02 01 00"), (2, "32 06 0001'a' 0001 '1'")];
    rig.send(2, "10 0f 0004'MQTT' 04 00 0000 0003'sub'", &expected).send(1, "30 04 0001'a' '4'", &[]);
    rig.send(
        2,
        "40 02 0001",
        &[(2, "32 06 0001'a' 0002 '2'"), (2, "30 04 0001'a' '3'"), (2, "30 04 0001'a' '4'")],
    );
}

#[test]
fn a_qos_2_message_may_expire_before_its_release() {
    // 5.0 MQTT-4.3.3-13, MQTT-3.3.2-5: the exchange goes on, the message does not
    let mut rig = pair("");
    rig.send(1, &pk(0x34, "0001'a' 0001 05 02 00000001 'x'"), &[(1, "50 02 0001")]).wait_millis(1_000, &[]);
    rig.send(1, "62 02 0001", &[(1, "70 02 0001")]);
    rig.heard("does not take a message for a from pub: it has expired [5.0 MQTT-3.3.2-5]");
}

#[test]
fn what_has_expired_makes_room() {
    // 5.0 MQTT-3.3.2-5
    let mut rig = Rig::new(BrokerConfig { max_queued_messages: 2, ..quiet() });
    rig.connect(1, "pub", 0x02, false).connect5(2, "sub", CLEAN, "11 00000064", false);
    rig.send(2, &pk(0x82, "0001 00 0001'a' 01"), &[(2, "90 04 0001 00 01")]).send(2, "e0 00", &[(2, CLOSE)]);
    rig.connect5(3, "old", CLEAN, "", false);
    rig.send(3, &pk(0x32, "0001'a' 0001 05 02 00000001 'old'"), &[(3, "40 02 0001")]);
    rig.send(1, "32 09 0001'a' 0002 'kept'", &[(1, "40 02 0002")]).wait_millis(1_000, &[]);
    rig.send(1, "32 08 0001'a' 0003 'new'", &[(1, "40 02 0003")]);
    rig.heard("message for sub has expired: drops it [5.0 MQTT-3.3.2-5]");
    let waiting: Vec<_> =
        rig.broker.session("sub").unwrap().queued().map(|it| &it.message.payload[..]).collect();
    assert_eq!(waiting, [b"kept", &b"new"[..]]);
}

#[test]
fn a_message_that_never_fits_drops_no_other() {
    let limits = (10, QueueOverflow::DropOldest);
    let config = BrokerConfig { max_queued_bytes: limits.0, queue_overflow: limits.1, ..quiet() };
    let mut rig = Rig::new(config);
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x00, false);
    rig.send(2, "82 06 0001 0001'a' 01", &[(2, "90 03 0001 01")]).cut(2, &[]);
    rig.send(1, "32 07 0001'a' 0001 'xx'", &[(1, "40 02 0001")]);
    rig.send(1, "32 10 0001'a' 0002 '12345678901'", &[(1, "40 02 0002")]);
    assert_eq!(rig.broker.session("sub").unwrap().queued().len(), 1);
}
