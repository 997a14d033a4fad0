//! What 5.0 adds: properties, reason codes, limits of either end.

use mqtt_playground::client::{
    ClientConfig, ClientError, ClientEvent, CloseReason, PublishRequest, Violation,
};
use mqtt_playground::codec::{
    FaultKind, PropertyBuf, PropertyId, PropertyValue, ReasonCode, SubscriptionOptions,
};

use crate::rig::*;

#[test]
fn every_packet_has_its_5_0_form() {
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.publish("a", "x", Q0), sent(&["30 05 000161 00 78"]));
    assert_eq!(rig.publish("a", "x", Q1), sent(&["32 07 000161 0001 00 78"]));
    let options = SubscriptionOptions { no_local: true, ..SubscriptionOptions::new(Q1) };
    let identifier = numbers(&[(PropertyId::SubscriptionIdentifier, 7)]);
    rig.client.subscribe(at(0), &[("f", options)], &identifier).unwrap();
    assert_eq!(rig.drain(), sent(&["82 09 0002 02 0b07 000166 05"]));
    rig.client.unsubscribe(at(0), &["f"], &PropertyBuf::new()).unwrap();
    assert_eq!(rig.drain(), sent(&["a2 06 0003 00 000166"]));
    assert_eq!(rig.receive("90 04 0002 00 01  b0 04 0003 00 11"), NOTHING);
    let events = [
        ClientEvent::Subscribed { packet_id: id(2), codes: vec![ReasonCode(1)] },
        ClientEvent::Unsubscribed { packet_id: id(3), codes: vec![ReasonCode(0x11)] },
    ];
    assert_eq!(rig.events(), events);
    assert_eq!(rig.receive("34 07 0001 61 0009 00 78  62 02 0009"), sent(&["50 02 0009", "70 02 0009"]));
    rig.client.disconnect(at(0)).unwrap();
    assert_eq!(rig.drain(), sent(&["e0 00", "close"]));
}

#[test]
fn server_keep_alive_replaces_the_clients() {
    // 5.0 MQTT-3.1.2-21, MQTT-3.2.2-21
    let mut rig = Rig::new(v5(true, &[]));
    assert_eq!(rig.reconnect("20 06 00 00 03 13 000a"), NOTHING);
    assert_eq!(rig.client.poll_timeout(), Some(at(10_000)));
    assert_eq!(rig.decisions(), ["takes the server's keep alive: 10 s (5.0 MQTT-3.2.2-21)"]);
}

#[test]
fn receive_maximum_of_the_server_is_respected_in_order() {
    // 5.0 MQTT-3.3.4-7, MQTT-3.3.4-8, MQTT-4.9.0-2
    let mut rig = Rig::new(v5(true, &[]));
    rig.reconnect("20 06 00 00 03 21 0001");
    rig.events.clear();
    assert_eq!(rig.publish("a", "1", Q2), sent(&["34 07 000161 0001 00 31"]));
    assert_eq!(rig.publish("a", "2", Q1), NOTHING);
    assert_eq!(rig.publish("a", "3", Q1), NOTHING);
    assert_eq!(rig.publish("a", "0", Q0), sent(&["30 05 000161 00 30"]), "QoS 0 needs no place");
    assert_eq!(rig.decisions()[0], "holds message 2: Receive Maximum 1 (5.0 MQTT-3.3.4-7)");
    assert_eq!(rig.receive("50 02 0001"), sent(&["62 02 0001"]));
    // never sent before: DUP 0
    assert_eq!(rig.receive("70 02 0001"), sent(&["32 07 000161 0002 00 32"]));
    assert_eq!(rig.receive("40 02 0002"), sent(&["32 07 000161 0003 00 33"]));
}

#[test]
fn a_resumed_session_respects_the_new_receive_maximum() {
    // 5.0 MQTT-4.4.0-1, MQTT-4.9.0-1
    let mut rig = Rig::connected(v5(false, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.publish("a", "1", Q1);
    rig.publish("a", "2", Q1);
    rig.cut();
    assert_eq!(rig.reconnect("20 06 01 00 03 21 0001"), sent(&["3a 07 000161 0001 00 31"]));
    assert_eq!(rig.receive("40 02 0001"), sent(&["3a 07 000161 0002 00 32"]));
}

#[test]
fn a_refused_message_is_over() {
    // 5.0 MQTT-4.4.0-2
    let mut rig = Rig::connected(v5(false, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.publish("a", "1", Q1);
    rig.publish("b", "2", Q2);
    assert_eq!(rig.receive("40 03 0001 87  50 03 0002 97"), NOTHING);
    let published = |number, topic: &str, qos, code| ClientEvent::Published {
        packet_id: id(number),
        topic: topic.into(),
        qos,
        reason: ReasonCode(code),
    };
    assert_eq!(rig.events(), [published(1, "a", Q1, 0x87), published(2, "b", Q2, 0x97)]);
    rig.cut();
    assert_eq!(rig.reconnect("20 03 01 00 00"), NOTHING);
}

#[test]
fn unknown_identifiers_are_answered_with_not_found() {
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.receive("62 02 0009"), sent(&["70 03 0009 92"]));
    assert_eq!(rig.receive("50 02 0009"), sent(&["62 03 0009 92"]));
    assert_eq!(rig.receive("50 03 0009 80"), NOTHING, "a refusal of nothing needs no answer");
}

#[test]
fn the_session_lasts_as_its_expiry_says() {
    // 5.0 section 3.1.2.11.2: absent or 0, it ends with the connection, clean start or not.
    let mut rig = Rig::connected(v5(false, &[]));
    rig.publish("a", "1", Q1);
    rig.cut();
    assert_eq!(rig.client.in_flight().len(), 0);
    // The server's interval counts instead (5.0 section 3.2.2.3.2).
    let mut rig = Rig::new(v5(true, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.reconnect("20 08 00 00 05 11 00000000");
    rig.publish("a", "1", Q1);
    rig.cut();
    assert_eq!(rig.client.in_flight().len(), 0);
    // Clean Start says how the session begins, not how it ends.
    let mut rig = Rig::connected(v5(true, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.publish("a", "1", Q1);
    rig.cut();
    assert_eq!(rig.client.in_flight().len(), 1);
}

#[test]
fn an_attempt_that_is_never_accepted_touches_no_session() {
    let mut rig = Rig::connected(v5(false, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.publish("a", "1", Q1);
    rig.cut();
    rig.client.set_config(v5(false, &[])).unwrap();
    assert_eq!(rig.reconnect("20 03 00 89 00"), sent(&["close"]));
    rig.client.connect(at(0)).unwrap();
    rig.drain();
    rig.cut();
    assert_eq!(rig.reconnect("20 03 01 00 00"), sent(&["3a 07 000161 0001 00 31"]));
    rig.cut();
    assert_eq!(rig.client.in_flight().len(), 0, "accepted, it ends with its connection");
}

#[test]
fn both_ends_agree_on_the_session_or_start_anew() {
    let expiry = [(PropertyId::SessionExpiryInterval, 100)];
    // 5.0 MQTT-3.2.2-5
    let mut rig = Rig::connected(v5(false, &expiry));
    rig.publish("a", "1", Q1);
    rig.cut();
    rig.events.clear();
    assert_eq!(rig.reconnect(CONNACK_5), NOTHING);
    assert_eq!(rig.decisions(), ["server has no session: forgets 1 in flight (5.0 MQTT-3.2.2-5)"]);
    // 5.0 MQTT-3.2.2-4, MQTT-3.2.2-2
    for (clean_start, statement) in [(false, "5.0 MQTT-3.2.2-4"), (true, "5.0 MQTT-3.2.2-2")] {
        let mut rig = Rig::new(v5(clean_start, &expiry));
        assert_eq!(rig.reconnect("20 03 01 00 00"), sent(&["close"]));
        let CloseReason::Violation(violation) = rig.close_reason() else { panic!() };
        assert_eq!(violation.statement(), statement);
    }
}

#[test]
fn an_assigned_identifier_is_used_again() {
    // 5.0 MQTT-3.2.2-16
    let config = ClientConfig { client_id: String::new(), ..v5(true, &[]) };
    let mut rig = Rig::new(config);
    rig.reconnect("20 08 00 00 05 12 0002 7a39");
    assert_eq!(rig.client.client_id(), "z9");
    rig.cut();
    rig.client.connect(at(0)).unwrap();
    assert!(rig.drain()[0].ends_with("00027a39"));
}

#[test]
fn what_the_server_does_not_support_is_not_sent() {
    let mut rig = Rig::new(v5(true, &[]));
    // Maximum QoS 1, Retain Available 0, Maximum Packet Size 30, wildcards, identifiers and sharing not available
    rig.reconnect("20 12 00 00 0f 2401 2500 27 0000001e 2800 2900 2a00");
    let limits = *rig.client.server_limits();
    assert_eq!((limits.maximum_qos, limits.retain_available, limits.maximum_packet_size), (Q1, false, 30));
    let publish = |rig: &mut Rig, request| rig.client.publish(at(0), request).unwrap_err();
    let no = ClientError::NotSupported;
    let retained = PublishRequest { retain: true, ..request("a", "", Q0) };
    let aliased =
        PublishRequest { properties: numbers(&[(PropertyId::TopicAlias, 1)]), ..request("a", "", Q0) };
    assert_eq!(publish(&mut rig, request("a", "x", Q2)), no(PropertyId::MaximumQos)); // 5.0 MQTT-3.2.2-11
    assert_eq!(publish(&mut rig, retained), no(PropertyId::RetainAvailable)); // 5.0 MQTT-3.2.2-14
    assert_eq!(publish(&mut rig, aliased), no(PropertyId::TopicAliasMaximum)); // 5.0 MQTT-3.2.2-18
    let too_large = ClientError::PacketTooLarge { len: 31, limit: 30 }; // 5.0 MQTT-3.2.2-15
    assert_eq!(publish(&mut rig, request("a", "12345678901234567890123", Q1)), too_large);
    let mut subscribe = |filter: &str, identifier: &[(PropertyId, u32)]| {
        rig.client.subscribe(at(0), &[(filter, Default::default())], &numbers(identifier)).unwrap_err()
    };
    assert_eq!(subscribe("a/+", &[]), no(PropertyId::WildcardSubscriptionAvailable));
    assert_eq!(subscribe("$share/g/a", &[]), no(PropertyId::SharedSubscriptionAvailable));
    let identifier = [(PropertyId::SubscriptionIdentifier, 1)];
    assert_eq!(subscribe("a", &identifier), no(PropertyId::SubscriptionIdentifierAvailable));
    assert!(matches!(subscribe("123456789012345678901234567890", &[]), ClientError::PacketTooLarge { .. }));
    assert_eq!(rig.drain(), NOTHING);
}

#[test]
fn a_message_that_became_too_large_is_given_up_and_said_so() {
    // 5.0 MQTT-3.2.2-15
    let mut rig = Rig::connected(v5(false, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.publish("a", "0123456789", Q1);
    rig.publish("a", "2", Q1);
    rig.cut();
    rig.events.clear();
    assert_eq!(rig.reconnect("20 08 01 00 05 27 0000000a"), sent(&["3a 07 000161 0002 00 32"]));
    let reason = ReasonCode(0x95);
    let given_up = ClientEvent::Published { packet_id: id(1), topic: "a".into(), qos: Q1, reason };
    assert!(rig.events.contains(&given_up));
    assert!(rig.decisions().iter().any(|it| it.starts_with("drops message 1: 18 bytes, server takes 10")));
}

#[test]
fn what_the_server_takes_no_more_is_not_sent_again() {
    let config = || v5(false, &[(PropertyId::SessionExpiryInterval, 100)]);
    let retained = |payload, qos| PublishRequest { retain: true, ..request("a", payload, qos) };
    for (first, connack, code, told) in [
        // 5.0 MQTT-3.2.2-11: Maximum QoS 1
        (
            request("a", "1", Q2),
            "20 05 01 00 02 24 01",
            0x9b,
            "its QoS is not taken any more (5.0 MQTT-3.2.2-11)",
        ),
        // 5.0 MQTT-3.2.2-14: Retain Available 0
        (retained("1", Q1), "20 05 01 00 02 25 00", 0x9a, "server retains no more (5.0 MQTT-3.2.2-14)"),
    ] {
        let mut rig = Rig::connected(config());
        let qos = first.qos;
        rig.client.publish(at(0), first).unwrap();
        rig.publish("a", "2", Q1);
        rig.cut();
        rig.events.clear();
        assert_eq!(rig.reconnect(connack), sent(&["3a 07 000161 0002 00 32"]));
        let reason = ReasonCode(code);
        let given_up = ClientEvent::Published { packet_id: id(1), topic: "a".into(), qos, reason };
        assert!(rig.events.contains(&given_up));
        let told = format!("drops message 1: {told}");
        assert!(rig.decisions().contains(&told), "{told}");
        assert_eq!(rig.client.in_flight().len(), 1);
    }
    // What PUBREC has taken is released all the same.
    let mut rig = Rig::connected(config());
    rig.publish("a", "1", Q2);
    rig.receive("50 02 0001");
    rig.cut();
    assert_eq!(rig.reconnect("20 05 01 00 02 24 01"), sent(&["62 02 0001"]));
}

#[test]
fn a_release_that_the_server_has_had_already_completes_the_message() {
    // 5.0 section 3.7.2.1: while a session is resumed, Packet Identifier not found is no error
    let mut rig = Rig::connected(v5(false, &[(PropertyId::SessionExpiryInterval, 100)]));
    rig.publish("a", "1", Q2);
    assert_eq!(rig.receive("50 02 0001"), sent(&["62 02 0001"]));
    rig.cut();
    assert_eq!(rig.reconnect("20 03 01 00 00"), sent(&["62 02 0001"]));
    rig.events.clear();
    assert_eq!(rig.receive("70 03 0001 92"), NOTHING);
    let reason = ReasonCode::SUCCESS;
    assert_eq!(
        rig.events(),
        [ClientEvent::Published { packet_id: id(1), topic: "a".into(), qos: Q2, reason }]
    );
}

#[test]
fn a_publish_carries_only_what_a_client_may_send() {
    let mut rig = Rig::connected(v5(true, &[]));
    let with = |id, number| PublishRequest { properties: numbers(&[(id, number)]), ..request("a", "", Q0) };
    // 5.0 MQTT-3.3.4-6
    let identifier = with(PropertyId::SubscriptionIdentifier, 1);
    assert_eq!(rig.client.publish(at(0), identifier), Err(ClientError::SubscriptionIdentifier));
    let misplaced = rig.client.publish(at(0), with(PropertyId::ReceiveMaximum, 1));
    assert!(
        matches!(misplaced, Err(ClientError::Invalid(fault)) if fault.kind == FaultKind::PropertyNotAllowed),
        "{misplaced:?}"
    );
    let mut properties = PropertyBuf::new();
    properties.push(PropertyId::UserProperty, PropertyValue::Pair("k", "v"));
    let publish = PublishRequest { properties, ..request("a", "x", Q0) };
    rig.client.publish(at(0), publish).unwrap();
    assert_eq!(rig.drain(), sent(&["30 0c 000161 07 26 00016b 000176 78"]));
}

#[test]
fn topic_aliases_hold_for_one_connection() {
    // 5.0 MQTT-3.3.2-7
    let mut rig = Rig::new(v5(false, &[(PropertyId::SessionExpiryInterval, 100)]));
    let connack = "20 06 00 00 03 22 0002";
    rig.reconnect(connack);
    let alias = |topic: &str, qos| PublishRequest {
        properties: numbers(&[(PropertyId::TopicAlias, 2)]),
        ..request(topic, "x", qos)
    };
    let unknown = Err(ClientError::UnknownTopicAlias { alias: 2 });
    assert_eq!(rig.client.publish(at(0), alias("", Q1)), unknown);
    rig.client.publish(at(0), alias("long/name", Q0)).unwrap();
    rig.client.publish(at(0), alias("", Q1)).unwrap();
    let aliased = ["30 10 0009 6c6f6e672f6e616d65 03 230002 78", "32 09 0000 0001 03 230002 78"];
    assert_eq!(rig.drain(), sent(&aliased));
    rig.cut();
    // Sent again under its full name.
    let full = "3a 0f 0009 6c6f6e672f6e616d65 0001 00 78";
    assert_eq!(rig.reconnect(&connack.replace("20 06 00", "20 06 01")), sent(&[full]));
    assert_eq!(rig.client.publish(at(0), alias("", Q0)), unknown);
}

#[test]
fn topic_aliases_of_the_server_are_resolved() {
    let mut rig = Rig::connected(v5(true, &[(PropertyId::TopicAliasMaximum, 2)]));
    rig.receive("30 08 0001 61 03 230001 78  30 07 0000 03 230001 79");
    assert_eq!(rig.messages(), [got("a", "x", Q0), got("a", "y", Q0)]);
    let close = sent(&["e0 01 94", "close"]);
    assert_eq!(rig.receive("30 06 0000 03 230002"), close, "not set up");
    let mut rig = Rig::connected(v5(true, &[(PropertyId::TopicAliasMaximum, 2)]));
    assert_eq!(rig.receive("30 07 0001 61 03 230003"), close); // 5.0 MQTT-3.1.2-26
    let CloseReason::Violation(violation) = rig.close_reason() else { panic!() };
    assert_eq!(violation, Violation::TopicAlias { alias: 3, maximum: 2 });
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.receive("30 07 0001 61 03 230001"), close); // 5.0 MQTT-3.1.2-27
}

#[test]
fn the_server_may_disconnect_with_a_reason() {
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.receive("e0 01 8e"), sent(&["close"]));
    assert_eq!(rig.close_reason(), CloseReason::ServerDisconnected(ReasonCode(0x8e)));
    // also before CONNACK
    let mut rig = Rig::new(v5(true, &[]));
    assert_eq!(rig.reconnect("e0 01 89"), sent(&["close"]));
    assert_eq!(rig.close_reason(), CloseReason::ServerDisconnected(ReasonCode(0x89)));
    // 5.0 MQTT-3.14.2-2
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.receive("e0 07 00 05 11 00000001"), sent(&["e0 01 82", "close"]));
}

#[test]
fn auth_without_a_method_is_a_protocol_error() {
    // 5.0 MQTT-4.12.0-6
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.receive("f0 00"), sent(&["e0 01 82", "close"]));
}

#[test]
fn the_announced_receive_maximum_is_enforced() {
    // 5.0 MQTT-3.3.4-9
    let mut rig = Rig::connected(v5(true, &[(PropertyId::ReceiveMaximum, 1)]));
    rig.receive("34 06 0001 61 0001 00");
    assert_eq!(rig.receive("34 06 0001 61 0002 00"), sent(&["e0 01 93", "close"]));
}

#[test]
fn what_waits_from_another_connection_takes_no_place_of_the_receive_maximum() {
    // 5.0 MQTT-3.3.4-9, section 4.9
    let properties = [(PropertyId::SessionExpiryInterval, 100), (PropertyId::ReceiveMaximum, 1)];
    let mut rig = Rig::connected(v5(false, &properties));
    assert_eq!(rig.receive("34 06 0001 61 0001 00"), sent(&["50 02 0001"]));
    for next in ["0002", "0003"] {
        rig.cut();
        rig.reconnect("20 03 01 00 00");
        assert_eq!(rig.receive(&format!("34 06 0001 61 {next} 00")), sent(&[&format!("50 02 {next}")]));
    }
    assert_eq!(rig.client.incoming().len(), 3);
    // The first one's release gives no place back, that of this connection's message does; then a copy takes it.
    assert_eq!(rig.receive("62 02 0001"), sent(&["70 02 0001"]));
    assert_eq!(rig.receive("62 02 0003  3c 06 0001 61 0002 00"), sent(&["70 02 0003", "50 02 0002"]));
    assert_eq!(rig.receive("3c 06 0001 61 0002 00"), sent(&["50 02 0002"]));
    assert_eq!(rig.receive("34 06 0001 61 0004 00"), sent(&["e0 01 93", "close"]));
}

#[test]
fn sessions_that_never_release_stay_within_the_clients_bound() {
    let config = v5(false, &[(PropertyId::SessionExpiryInterval, 100), (PropertyId::ReceiveMaximum, 1)]);
    let mut rig = Rig::connected(ClientConfig { max_incoming: 2, ..config });
    for number in ["0001", "0002"] {
        assert_eq!(rig.receive(&format!("34 06 0001 61 {number} 00")), sent(&[&format!("50 02 {number}")]));
        rig.cut();
        rig.reconnect("20 03 01 00 00");
    }
    assert_eq!(rig.receive("34 06 0001 61 0003 00"), sent(&["e0 01 93", "close"]));
}
