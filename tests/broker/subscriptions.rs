//! Subscriptions: what is granted, what matches, how they end.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::Rig;

fn rig() -> Rig {
    let mut rig = Rig::default();
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x02, false);
    rig
}

#[test]
fn each_filter_has_its_return_code_in_order() {
    // 3.1.1 MQTT-3.8.4-1, MQTT-3.8.4-2, MQTT-3.8.4-4, MQTT-3.8.4-5, MQTT-3.9.3-1
    let mut rig = rig();
    rig.send(2, "82 12 1234 0001'a' 02 0001'b' 00 0001'c' 01 0001'a' 00", &[(2, "90 06 1234 02 00 01 00")]);
    rig.heard("subscribes sub to a, QoS 2 [3.1.1 MQTT-3.8.4-5]");
    rig.heard("replaces the subscription of sub to a, QoS 0 [3.1.1 MQTT-3.8.4-3]");
    let list: Vec<_> =
        rig.broker.session("sub").unwrap().subscriptions().map(|(f, o)| (f, o.qos.level())).collect();
    assert_eq!(list, [("a", 0), ("b", 0), ("c", 1)]);
    rig.send(1, "32 06 0001'a' 0001 'x'", &[(1, "40 02 0001"), (2, "30 04 0001'a' 'x'")]);
}

#[test]
fn overlapping_subscriptions_give_one_copy_at_the_greatest_qos() {
    // 3.1.1 MQTT-3.3.5-1
    let mut rig = rig();
    rig.send(
        2,
        "82 16 0001 0003'a/b' 00 0001'#' 01 0003'a/+' 02 0001'x' 02",
        &[(2, "90 06 0001 00 01 02 02")],
    );
    rig.send(
        1,
        "34 08 0003'a/b' 0001 'x' 62 02 0001",
        &[(1, "50 02 0001"), (1, "70 02 0001"), (2, "34 08 0003'a/b' 0001 'x'")],
    );
    rig.heard("3 subscriptions of sub match: one copy, QoS 2 [3.1.1 MQTT-3.3.5-1]");
}

#[test]
fn wildcards_do_not_reach_dollar_topics() {
    // 3.1.1 MQTT-4.7.2-1
    let mut rig = rig();
    rig.send(2, "82 0c 0001 0001'#' 00 0003'+/x' 00", &[(2, "90 04 0001 00 00")]);
    rig.send(1, "30 05 0002'$a' 'x'", &[]).send(1, "30 07 0004'$a/x' 'x'", &[]);
    rig.send(2, "82 09 0002 0004'$a/#' 00", &[(2, "90 03 0002 00")]);
    rig.send(1, "30 05 0002'$a' 'x'", &[(2, "30 05 0002'$a' 'x'")]);
    rig.send(1, "30 07 0004'$a/x' 'x'", &[(2, "30 07 0004'$a/x' 'x'")]);
}

#[test]
fn topics_are_compared_byte_by_byte() {
    // 3.1.1 MQTT-4.7.3-2, MQTT-4.7.3-4: case, spaces, slashes and forms of a letter matter
    let mut rig = rig();
    rig.send(2, "82 07 0001 0002'ä' 00", &[(2, "90 03 0001 00")]);
    rig.send(1, "30 06 0003'a\u{308}' 'x'", &[]).send(1, "30 05 0002'Ä' 'x'", &[]);
    rig.send(1, "30 06 0003'ä/' 'x'", &[]).send(1, "30 06 0003'/ä' 'x'", &[]).send(
        1,
        "30 06 0003'ä ' 'x'",
        &[],
    );
    rig.send(1, "30 05 0002'ä' 'x'", &[(2, "30 05 0002'ä' 'x'")]);
}

#[test]
fn unsubscribe_ends_what_is_the_same_and_is_always_acknowledged() {
    let mut rig = rig();
    rig.send(2, "82 0e 0001 0003'a/+' 01 0003'a/b' 01", &[(2, "90 04 0001 01 01")]);
    rig.send(1, "32 08 0003'a/b' 0001 'x'", &[(1, "40 02 0001"), (2, "32 08 0003'a/b' 0001 'x'")]);
    // 3.1.1 MQTT-3.10.4-1, MQTT-3.10.4-4 to MQTT-3.10.4-6: one answer, whatever was there
    rig.send(2, "a2 0f 0002 0003'a/+' 0001'#' 0003'a/b'", &[(2, "b0 02 0002")]);
    rig.heard("unsubscribes sub from a/+ [3.1.1 MQTT-3.10.4-1]");
    rig.heard("sub has no subscription to #: acknowledges all the same [3.1.1 MQTT-3.10.4-5]");
    // 3.1.1 MQTT-3.10.4-2
    rig.send(1, "32 08 0003'a/b' 0001 'x'", &[(1, "40 02 0001")]);
    assert_eq!(rig.broker.counts(), (2, 2, 0));
    // 3.1.1 MQTT-3.10.4-3: what is in flight goes on
    rig.send(2, "40 02 0001", &[]).heard("sub has message 1: id 1 is free [3.1.1 MQTT-4.3.2-1]");
}

#[test]
fn a_client_gets_its_own_messages() {
    let mut rig = rig();
    rig.send(1, "82 06 0001 0001'a' 01", &[(1, "90 03 0001 01")]);
    // The acknowledgement goes first.
    rig.send(1, "32 06 0001'a' 0009 'x'", &[(1, "40 02 0009"), (1, "32 06 0001'a' 0001 'x'")]);
}

#[test]
fn a_refused_filter_is_told_where_there_is_a_code_for_it() {
    let config = BrokerConfig {
        deny_subscribe: vec!["no".into()],
        max_topic_levels: 2,
        max_subscriptions: 2,
        ..Default::default()
    };
    let mut rig = Rig::new(config);
    rig.connect(1, "a", 0x02, false);
    // 3.1.1 MQTT-3.8.4-5
    rig.send(1, "82 13 0001 0002'no' 01 0001'a' 01 0005'x/y/z' 01", &[(1, "90 05 0001 80 01 80")]);
    rig.heard("refuses a no [3.1.1 MQTT-3.8.4-5]").heard("refuses a x/y/z [3.1.1 MQTT-3.8.4-5]");
    rig.send(1, "82 0e 0002 0001'b' 00 0001'c' 00 0001'b' 02", &[(1, "90 05 0002 00 80 02")]);
    rig.heard("refuses a c [3.1.1 MQTT-3.8.4-5]");
    // 3.1 section 3.9 has none
    rig.open([2]).send(2, "10 0f 0006'MQIsdp' 03 02 0000 0001'o'", &[(2, "20 02 00 00")]);
    rig.send(2, "82 07 0001 0002'no' 01", &[(2, "90 03 0001 01")]);
    rig.send(1, "30 05 0002'no' 'x'", &[]);
}

#[test]
fn a_message_is_encoded_once_for_all_its_subscribers() {
    use mqtt_playground::broker::BrokerOutput;
    let mut rig = Rig::default();
    for connection in 1..=3 {
        rig.connect(connection, &connection.to_string(), 0x02, false);
        rig.send(connection, "82 06 0001 0001'a' 00", &[(connection, "90 03 0001 00")]);
    }
    rig.broker.handle_data(rig.now, 1, &crate::rig::bytes("30 04 0001'a' 'x'"), &mut ());
    let mut packets = vec![];
    while let Some((_, BrokerOutput::Send(packet))) = rig.broker.poll_output() {
        packets.push(packet.as_ptr());
    }
    assert_eq!(packets.len(), 3);
    assert!(packets.iter().all(|packet| *packet == packets[0]));
}
