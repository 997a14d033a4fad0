//! Servers that break the protocol, and callers that do not drain.

use mqtt_playground::client::{
    Client, ClientConfig, ClientError, ClientEvent, ClientStatus, CloseReason, QUEUE_LIMIT, Violation,
};
use mqtt_playground::codec::Version;

use crate::rig::*;

/// Connects as `config`, publishes at QoS 1 (id 1) and QoS 2 (id 2), and takes `bytes`: what goes out, and what is
/// said about it.
fn fault(config: ClientConfig, bytes: &str) -> (Vec<String>, Violation) {
    let mut rig = Rig::connected(config);
    rig.publish("a", "x", Q1);
    rig.publish("a", "x", Q2);
    let out = rig.receive(bytes);
    assert_eq!(rig.client.status(), ClientStatus::Offline, "{bytes}");
    let events: Vec<_> = rig.events();
    let [.., ClientEvent::Faulty(violation), ClientEvent::Closed(CloseReason::Violation(reason))] =
        &events[..]
    else {
        panic!("{bytes}: {events:?}");
    };
    assert_eq!(violation, reason);
    assert_eq!(rig.receive("d0 00"), NOTHING);
    assert_eq!(rig.events(), [], "nothing after the close");
    (out, *violation)
}

#[test]
fn a_violation_closes_without_disconnect_before_5_and_with_its_reason_in_5() {
    // 3.1.1 MQTT-4.8.0-1; 5.0 section 4.13
    let cases = [
        // in 3.1.1, in 5.0, reason code, statements
        ("d0 01 00", "d0 01 00", 0x81, "3.1.1 section 2.2.3", "5.0 section 2.1.4"),
        ("36 03 0001 61", "36 04 0001 61 00", 0x81, "3.1.1 MQTT-3.3.1-4", "5.0 MQTT-3.3.1-4"),
        ("32 05 0001 61 0000", "32 06 0001 61 0000 00", 0x81, "3.1.1 MQTT-2.3.1-1", "5.0 MQTT-2.2.1-3"),
        ("30 ff ff ff ff 01", "30 ff ff ff ff 01", 0x81, "3.1.1 section 2.2.3", "5.0 section 1.5.5"),
        ("00 00", "00 00", 0x82, "3.1.1 section 2.2.1", "5.0 section 2.1.2"),
        // only clients send it
        ("c0 00", "c0 00", 0x82, "3.1.1 section 2.2.1", "5.0 section 2.1.2"),
        (
            "82 06 0001 0001 61 00",
            "82 07 0001 00 0001 61 00",
            0x82,
            "3.1.1 section 2.2.1",
            "5.0 section 2.1.2",
        ),
        // a second CONNACK
        (CONNACK, CONNACK_5, 0x82, "3.1.1 section 3.2", "5.0 MQTT-3.2.0-2"),
        // PUBACK for the QoS 2 message, PUBREC for the QoS 1 message, PUBCOMP before PUBREC
        ("40 02 0002", "40 02 0002", 0x82, "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-8"),
        ("50 02 0001", "50 02 0001", 0x82, "3.1.1 MQTT-4.3.2-2", "5.0 MQTT-4.3.2-4"),
        ("70 02 0002", "70 02 0002", 0x82, "3.1.1 MQTT-4.3.3-2", "5.0 MQTT-4.3.3-8"),
    ];
    for (bytes_311, bytes_5, code, statement_311, statement_5) in cases {
        let (out, violation) = fault(ClientConfig::new("c"), bytes_311);
        assert_eq!((out, violation.statement()), (sent(&["close"]), statement_311), "{bytes_311}");
        let (out, violation) = fault(v5(true, &[]), bytes_5);
        let disconnect = format!("e0 01 {code:02x}");
        assert_eq!(out, sent(&[&disconnect, "close"]), "{bytes_5}");
        assert_eq!((violation.statement(), violation.reason_code()), (statement_5, code), "{bytes_5}");
    }
}

#[test]
fn what_came_before_the_fault_has_been_done() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    let out = rig.receive("32 05 0001 61 0007  c0 00  32 05 0001 61 0008");
    assert_eq!(out, sent(&["40 02 0007", "close"]));
}

#[test]
fn connack_comes_first() {
    // 3.1.1 MQTT-3.2.0-1, 5.0 MQTT-3.2.0-1
    for config in [ClientConfig::new("c"), v5(true, &[])] {
        let version = config.version;
        let mut rig = Rig::new(config);
        assert_eq!(rig.reconnect("d0 00"), sent(&["close"]), "no DISCONNECT before CONNACK");
        assert!(matches!(
            rig.close_reason(),
            CloseReason::Violation(violation @ Violation::NotConnAck { .. })
                if violation.statement() == if version == Version::V5 { "5.0 MQTT-3.2.0-1" } else { "3.1.1 MQTT-3.2.0-1" }
        ));
    }
}

#[test]
fn a_session_that_was_not_asked_for_is_refused() {
    // 3.1.1 MQTT-3.2.2-1
    let mut rig = Rig::new(ClientConfig::new("c"));
    assert_eq!(rig.reconnect(CONNACK_PRESENT), sent(&["close"]));
    let violation = Violation::SessionPresent { clean_start: true, version: Version::V311 };
    assert_eq!(violation.statement(), "3.1.1 MQTT-3.2.2-1");
    assert_eq!(rig.close_reason(), CloseReason::Violation(violation));
    // A 3.1.1 client may take over a session that it does not know of.
    let mut rig = Rig::new(kept("c"));
    assert_eq!(rig.reconnect(CONNACK_PRESENT), NOTHING);
    assert_eq!(rig.client.status(), ClientStatus::Connected);
}

#[test]
fn a_packet_over_the_limit_closes_at_its_header() {
    let config = ClientConfig { max_packet_size: 8, ..ClientConfig::new("c") };
    let mut rig = Rig::connected(config.clone());
    assert_eq!(rig.receive("30 06 0001 61 212121"), NOTHING, "8 bytes are taken");
    assert_eq!(rig.messages().len(), 1);
    // The length alone tells.
    assert_eq!(rig.receive("30 07"), sent(&["close"]));
    let limit = Violation::PacketTooLarge { len: 9, limit: 8, version: Version::V311 };
    assert_eq!(rig.close_reason(), CloseReason::Violation(limit));
}

#[test]
fn qos_2_messages_without_pubrel_are_bounded() {
    let mut rig = Rig::connected(ClientConfig { max_incoming: 2, ..ClientConfig::new("c") });
    rig.receive("34 05 0001 61 0001  34 05 0001 61 0002");
    assert_eq!(rig.receive("3c 05 0001 61 0002"), sent(&["50 02 0002"]), "a copy takes no place");
    assert_eq!(rig.receive("34 05 0001 61 0003"), sent(&["close"]));
    assert!(matches!(rig.close_reason(), CloseReason::Violation(Violation::ReceiveMaximum { .. })));
}

#[test]
fn a_session_outlives_a_fault() {
    let mut rig = Rig::connected(kept("c"));
    rig.publish("a", "x", Q1);
    rig.receive("c0 00");
    assert_eq!(rig.reconnect(CONNACK_PRESENT), sent(&["3a 06 000161 0001 78"]));
}

#[test]
fn events_that_nobody_drains_end_the_connection() {
    let mut client = Client::new(ClientConfig::new("c"));
    client.connect(at(0)).unwrap();
    client.handle_data(at(0), &hex(CONNACK));
    let pingresps = [0xd0, 0].repeat(1_000);
    for _ in 0..QUEUE_LIMIT.div_ceil(1_000) + 1 {
        client.handle_data(at(0), &pingresps);
    }
    assert_eq!(client.status(), ClientStatus::Offline);
    let events: Vec<_> = core::iter::from_fn(|| client.poll_event()).collect();
    assert!((QUEUE_LIMIT..QUEUE_LIMIT + 4).contains(&events.len()), "{}", events.len());
    assert_eq!(events.last(), Some(&ClientEvent::Closed(CloseReason::Overrun)));
}

#[test]
fn packets_that_nobody_drains_are_refused() {
    let mut client = Client::new(ClientConfig::new("c"));
    client.connect(at(0)).unwrap();
    client.handle_data(at(0), &hex(CONNACK));
    for _ in 1..QUEUE_LIMIT {
        assert_eq!(client.publish(at(0), request("a", "x", Q0)), Ok(None));
    }
    assert_eq!(client.publish(at(0), request("a", "x", Q0)), Err(ClientError::OutputFull));
    assert!(client.poll_output().is_some());
    assert_eq!(client.publish(at(0), request("a", "x", Q0)), Ok(None));
}
