//! What happens at each bound.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{CLOSE, Rig, bytes};

#[test]
fn a_packet_over_the_limit_closes_as_soon_as_it_says_so() {
    let mut rig = Rig::new(BrokerConfig { max_packet_size: 20, ..Default::default() });
    rig.connect(1, "a", 0x02, false).connect(2, "b", 0x02, false);
    rig.send(1, "30 12 0001'a' '123456789012345'", &[]);
    rig.send(1, "30 13", &[(1, CLOSE)]).heard("PUBLISH from a is malformed: closes [3.1.1 section 2.2.3]");
    rig.send(2, "c0 00", &[(2, "d0 00")]);
}

#[test]
fn one_connection_too_many_is_closed() {
    let mut rig = Rig::new(BrokerConfig { max_connections: 1, ..Default::default() });
    rig.connect(1, "a", 0x02, false).open([2]);
    assert_eq!(rig.outputs(), [(2, CLOSE.to_owned())]);
    rig.send(2, "10 0d 0004'MQTT' 04 02 003c 0001'b'", &[]).cut(1, &[]).connect(2, "b", 0x02, false);
}

#[test]
fn one_session_too_many_is_refused() {
    let mut rig = Rig::new(BrokerConfig { max_sessions: 1, ..Default::default() });
    rig.connect(1, "a", 0x00, false).cut(1, &[]);
    rig.open([2]).send(2, "10 0d 0004'MQTT' 04 02 003c 0001'b'", &[(2, "20 02 00 03"), (2, CLOSE)]);
    rig.heard("refuses b with code 0x03: 1 session already [3.1.1 MQTT-3.2.2-5]");
    rig.connect(3, "a", 0x00, true);
}

#[test]
fn one_unreleased_message_too_many_closes() {
    let mut rig = Rig::new(BrokerConfig { max_unreleased_messages: 1, ..Default::default() });
    rig.connect(1, "a", 0x00, false).send(1, "34 06 0001'a' 0001 'x'", &[(1, "50 02 0001")]);
    rig.send(1, "3c 06 0001'a' 0001 'x'", &[(1, "50 02 0001")]);
    rig.send(1, "34 06 0001'a' 0002 'x'", &[(1, CLOSE)]);
    rig.heard("one QoS 2 message more than 1 without PUBREL from a: closes [3.1.1 MQTT-4.8.0-2]");
}

#[test]
fn output_that_nobody_polls_does_not_grow_with_qos_0() {
    let mut rig = Rig::new(BrokerConfig { max_output_packets: 10, ..Default::default() });
    rig.connect(1, "a", 0x02, false).send(1, "82 06 0001 0001'a' 00", &[(1, "90 03 0001 00")]);
    let many = bytes("30 04 0001'a' 'x'").repeat(1_000);
    rig.broker.handle_data(rig.now, 1, &many, &mut ());
    assert_eq!(rig.outputs().len(), 10);
    rig.send(1, "30 04 0001'a' 'x'", &[(1, "30 04 0001'a' 'x'")]);
}

#[test]
fn a_window_of_0_is_none() {
    let mut rig = Rig::new(BrokerConfig { max_inflight_messages: 0, ..Default::default() });
    rig.connect(1, "a", 0x02, false).send(1, "82 06 0001 0001'a' 01", &[(1, "90 03 0001 01")]);
    for id in 1..=300 {
        let packet = format!("32 06 0001'a' {id:04x} 'x'");
        rig.send(1, &packet, &[(1, &format!("40 02 {id:04x}")), (1, &packet)]);
    }
    assert_eq!(rig.broker.session("a").unwrap().in_flight().len(), 300);
}
