//! Kept sessions: what is queued, what is sent again, in which order.

use mqtt_playground::broker::{Broker, BrokerConfig};

use crate::rig::{CLOSE, Rig};

/// pub (1), and the kept session of sub (2) with `a` at QoS 2.
fn rig(config: BrokerConfig) -> Rig {
    let mut rig = Rig::new(config);
    rig.connect(1, "pub", 0x02, false).connect(2, "sub", 0x00, false);
    rig.send(2, "82 06 0001 0001'a' 02", &[(2, "90 03 0001 02")]);
    rig
}

const RECONNECT: &str = "10 0f 0004'MQTT' 04 00 0000 0003'sub'";

#[test]
fn messages_for_an_absent_client_wait_in_order() {
    // 3.1.1 MQTT-3.1.2-5, MQTT-4.5.0-1, MQTT-4.6.0-6
    let mut rig = rig(BrokerConfig::default());
    rig.send(2, "e0 00", &[(2, CLOSE)]);
    rig.send(1, "32 06 0001'a' 0008 '1'", &[(1, "40 02 0008")]);
    rig.heard("sub offline: queues message 8 [3.1.1 MQTT-3.1.2-5]");
    rig.send(1, "34 06 0001'a' 0009 '2' 62 02 0009", &[(1, "50 02 0009"), (1, "70 02 0009")]);
    rig.heard("sub offline: queues message 9, 2 queued [3.1.1 MQTT-3.1.2-5]");
    rig.send(1, "30 04 0001'a' '0'", &[]).heard("sub offline: drops message (QoS 0) [3.1.1 section 4.3.1]");
    // 3.1.1 MQTT-3.2.2-2; first copies: DUP 0
    rig.open([3]).send(
        3,
        RECONNECT,
        &[(3, "20 02 01 00"), (3, "32 06 0001'a' 0001 '1'"), (3, "34 06 0001'a' 0002 '2'")],
    );
    rig.heard("session resumed: 0 in flight, 2 queued [3.1.1 MQTT-3.1.2-4]");
    rig.heard("sends sub a queued message as 1, 1 left [-]");
}

#[test]
fn what_is_unacknowledged_is_sent_again_in_order() {
    let mut rig = rig(BrokerConfig::default());
    for id in 1..=4 {
        let packet = format!("32 06 0001'a' 000{id} '{id}'");
        rig.send(1, &packet, &[(1, &format!("40 02 000{id}")), (2, &packet)]);
    }
    for id in 5..=6 {
        let publish = format!("34 06 0001'a' 000{id} '{id}'");
        let (rec, comp) = (format!("50 02 000{id}"), format!("70 02 000{id}"));
        rig.send(1, &publish, &[(1, &rec)]).send(1, &format!("62 02 000{id}"), &[(1, &comp), (2, &publish)]);
    }
    rig.send(2, "40 02 0002 50 02 0006", &[(2, "62 02 0006")]).cut(2, &[]);
    rig.heard("keeps the session of sub: 5 in flight, 0 queued [3.1.1 MQTT-3.1.2-4]");
    // 3.1.1 MQTT-4.4.0-1, MQTT-4.6.0-1, MQTT-3.3.1-1: DUP, the same identifiers, PUBREL where PUBREC came
    rig.open([3]).send(
        3,
        RECONNECT,
        &[
            (3, "20 02 01 00"),
            (3, "3a 06 0001'a' 0001 '1'"),
            (3, "3a 06 0001'a' 0003 '3'"),
            (3, "3a 06 0001'a' 0004 '4'"),
            (3, "3c 06 0001'a' 0005 '5'"),
            (3, "62 02 0006"),
        ],
    );
    rig.heard("sends sub PUBLISH 1 again [3.1.1 MQTT-4.4.0-1]");
    rig.heard("sends sub PUBREL 6 again [3.1.1 MQTT-4.4.0-1]");
    rig.send(3, "70 02 0006", &[]).heard("sub has message 6: id 6 is free [3.1.1 MQTT-4.3.3-1]");
}

#[test]
fn a_3_1_client_sees_dup_on_a_repeated_pubrel() {
    // 3.1 section 4.2
    let mut rig = rig(BrokerConfig::default());
    rig.send(
        1,
        "34 06 0001'a' 0001 'x' 62 02 0001",
        &[(1, "50 02 0001"), (1, "70 02 0001"), (2, "34 06 0001'a' 0001 'x'")],
    );
    rig.send(2, "50 02 0001", &[(2, "62 02 0001")]).cut(2, &[]);
    // The session is the client's, whatever version it speaks; 3.1 has no Session Present.
    let connect = "10 11 0006'MQIsdp' 03 00 0000 0003'sub'";
    rig.open([3]).send(3, connect, &[(3, "20 02 00 00"), (3, "6a 02 0001")]);
}

#[test]
fn incoming_qos_2_survives_the_connection() {
    // 3.1.1 MQTT-4.3.3-2, MQTT-4.1.0-1
    let mut rig = rig(BrokerConfig::default());
    rig.connect(3, "kept", 0x00, false).send(3, "34 06 0001'a' 0007 'x'", &[(3, "50 02 0007")]).cut(3, &[]);
    assert_eq!(rig.broker.session("kept").unwrap().unreleased().len(), 1);
    rig.connect(4, "kept", 0x00, true);
    rig.send(4, "3c 06 0001'a' 0007 'x'", &[(4, "50 02 0007")]);
    rig.send(4, "62 02 0007", &[(4, "70 02 0007"), (2, "34 06 0001'a' 0001 'x'")]);
    rig.send(4, "62 02 0007", &[(4, "70 02 0007")]);
}

#[test]
fn a_clean_start_forgets_everything() {
    // 3.1.1 MQTT-3.1.2-6
    let mut rig = rig(BrokerConfig::default());
    rig.cut(2, &[]).send(1, "32 06 0001'a' 0001 'x'", &[(1, "40 02 0001")]);
    rig.connect(3, "sub", 0x02, false).send(1, "32 06 0001'a' 0002 'x'", &[(1, "40 02 0002")]);
    rig.send(3, "e0 00", &[(3, CLOSE)]).connect(4, "sub", 0x00, false);
    assert_eq!(rig.broker.counts(), (2, 2, 0));
}

#[test]
fn the_window_bounds_what_is_in_flight_and_the_queue_what_waits() {
    let config = BrokerConfig { max_inflight_messages: 1, max_queued_messages: 2, ..Default::default() };
    let mut rig = rig(config);
    rig.send(1, "32 06 0001'a' 0001 '1'", &[(1, "40 02 0001"), (2, "32 06 0001'a' 0001 '1'")]);
    rig.send(1, "32 06 0001'a' 0002 '2'", &[(1, "40 02 0002")]);
    rig.heard("queues message 2 for sub: 1 queued [-]");
    rig.send(1, "32 06 0001'a' 0003 '3'", &[(1, "40 02 0003")]);
    rig.send(1, "32 06 0001'a' 0004 '4'", &[(1, "40 02 0004")]);
    rig.heard("sub has 2 queued: drops message 4 [-]");
    // QoS 0 needs no place in the window.
    rig.send(1, "30 04 0001'a' '0'", &[(2, "30 04 0001'a' '0'")]);
    // Each acknowledgement makes room for the next in line; a QoS 2 message keeps its place until PUBCOMP.
    rig.send(2, "40 02 0001", &[(2, "32 06 0001'a' 0002 '2'")]);
    rig.send(1, "34 06 0001'a' 0005 '5' 62 02 0005", &[(1, "50 02 0005"), (1, "70 02 0005")]);
    rig.send(2, "40 02 0002", &[(2, "32 06 0001'a' 0003 '3'")]);
    rig.send(2, "40 02 0003", &[(2, "34 06 0001'a' 0004 '5'")]);
    rig.send(1, "32 06 0001'a' 0006 '6'", &[(1, "40 02 0006")]);
    rig.send(2, "50 02 0004", &[(2, "62 02 0004")]);
    rig.send(2, "70 02 0004", &[(2, "32 06 0001'a' 0005 '6'")]);
}

#[test]
fn a_queue_is_bounded_in_bytes_too() {
    let mut rig = rig(BrokerConfig { max_queued_bytes: 4, ..Default::default() });
    rig.cut(2, &[]);
    rig.send(1, "32 08 0001'a' 0001 '123'", &[(1, "40 02 0001")]);
    rig.send(1, "32 07 0001'a' 0002 '12'", &[(1, "40 02 0002")]);
    rig.send(1, "32 06 0001'a' 0003 '1'", &[(1, "40 02 0003")]);
    rig.heard("sub has 1 queued: drops message 2 [-]");
    assert_eq!(rig.broker.session("sub").unwrap().queued().len(), 2);
}

#[test]
fn qos_0_is_queued_for_absent_clients_where_asked_for() {
    let mut rig = rig(BrokerConfig { queue_qos0_messages: true, ..Default::default() });
    rig.cut(2, &[]).send(1, "30 04 0001'a' 'x' 32 06 0001'a' 0001 'y'", &[(1, "40 02 0001")]);
    rig.open([3]).send(
        3,
        RECONNECT,
        &[(3, "20 02 01 00"), (3, "30 04 0001'a' 'x'"), (3, "32 06 0001'a' 0001 'y'")],
    );
    rig.heard("sends sub a queued message, 1 left [-]");
}

#[test]
fn a_slow_reader_gets_answers_and_nothing_else() {
    let mut rig = rig(BrokerConfig::default());
    rig.writable(2, false, &[]);
    rig.send(1, "30 04 0001'a' '0' 32 06 0001'a' 0001 '1'", &[(1, "40 02 0001")]);
    rig.heard("sub reads too slowly: drops message (QoS 0) [3.1.1 section 4.3.1]");
    rig.send(2, "c0 00", &[(2, "d0 00")]);
    rig.writable(2, true, &[(2, "32 06 0001'a' 0001 '1'")]);
    rig.writable(77, false, &[]);
}

#[test]
fn a_snapshot_goes_its_own_way() {
    let mut rig = rig(BrokerConfig::default());
    rig.send(1, "31 04 0001'a' 'x'", &[(2, "30 04 0001'a' 'x'")]);
    let before: Broker = rig.broker.clone();
    let later = "a2 05 0002 0001'a' 82 06 0003 0001'b' 00";
    rig.send(2, later, &[(2, "b0 02 0002"), (2, "90 03 0003 00")]);
    rig.send(1, "31 03 0001'a' 30 04 0001'a' 'y' 30 04 0001'b' 'y'", &[(2, "30 04 0001'b' 'y'")]);
    // Put back, it is as if nothing had been.
    rig.broker = before;
    assert_eq!(rig.broker.retained().len(), 1);
    rig.send(1, "30 04 0001'a' 'y' 30 04 0001'b' 'y'", &[(2, "30 04 0001'a' 'y'")]);
}
