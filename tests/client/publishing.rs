//! Messages to the server.

use bytes::Bytes;
use mqtt_playground::client::{ClientConfig, ClientError, ClientEvent, PublishRequest};
use mqtt_playground::codec::{EncodeError, FaultKind, PacketType, QoS, ReasonCode};
use mqtt_playground::session::Stage;

use crate::rig::*;

fn published(number: u16, topic: &str, qos: QoS) -> ClientEvent {
    let reason = ReasonCode::SUCCESS;
    ClientEvent::Published { packet_id: id(number), topic: topic.into(), qos, reason }
}

#[test]
fn qos_0_has_no_identifier_and_no_answer() {
    // 3.1.1 MQTT-4.3.1-1, MQTT-2.3.1-5
    let mut rig = Rig::connected(ClientConfig::new("c"));
    let retained = PublishRequest { retain: true, ..request("a", "x", Q0) };
    assert_eq!(rig.client.publish(at(0), retained), Ok(None));
    assert_eq!(rig.drain(), sent(&["31 04 000161 78"]));
    assert_eq!(rig.client.in_flight().len(), 0);
}

#[test]
fn qos_1_ends_with_puback() {
    // 3.1.1 MQTT-4.3.2-1
    let mut rig = Rig::connected(ClientConfig::new("c"));
    assert_eq!(rig.client.publish(at(0), request("a", "x", Q1)), Ok(Some(id(1))));
    assert_eq!(rig.drain(), sent(&["32 06 000161 0001 78"]));
    assert_eq!(rig.client.in_flight().next().map(|it| it.stage), Some(Stage::AwaitPubAck));
    assert_eq!(rig.receive("40 02 0001"), NOTHING);
    assert_eq!(rig.client.in_flight().len(), 0);
    assert_eq!(rig.events(), [published(1, "a", Q1)]);
}

#[test]
fn qos_2_goes_publish_pubrec_pubrel_pubcomp() {
    // 3.1.1 MQTT-4.3.3-1
    let mut rig = Rig::connected(ClientConfig { first_packet_id: 7, ..ClientConfig::new("pub1") });
    let topic = "sensors/kitchen/temp";
    let publish = "34 1c 0014 73656e736f72732f6b69746368656e2f74656d70 0007 32312e35";
    assert_eq!(rig.publish(topic, "21.5", Q2), sent(&[publish]));
    assert_eq!(rig.client.in_flight().next().map(|it| it.stage), Some(Stage::AwaitPubRec));
    assert_eq!(rig.receive("50 02 0007"), sent(&["62 02 0007"]));
    assert_eq!(rig.decisions(), ["waits for PUBCOMP 7 (3.1.1 MQTT-4.3.3-1)"]);
    assert_eq!(rig.client.in_flight().next().map(|it| it.stage), Some(Stage::AwaitPubComp));
    // PUBREC once more is answered once more.
    assert_eq!(rig.receive("50 02 0007"), sent(&["62 02 0007"]));
    rig.events.clear();
    assert_eq!(rig.receive("70 02 0007"), NOTHING);
    assert_eq!(rig.client.in_flight().len(), 0);
    assert_eq!(rig.events(), [published(7, topic, Q2)]);
}

#[test]
fn identifiers_are_free_again_only_after_the_last_acknowledgement() {
    // 3.1.1 MQTT-2.3.1-2, MQTT-2.3.1-3
    let mut rig = Rig::connected(ClientConfig { first_packet_id: 65_534, ..ClientConfig::new("c") });
    let ids = |rig: &mut Rig, count| {
        let publish = |_| rig.client.publish(at(0), request("a", "x", Q2)).unwrap().unwrap().get();
        (0..count).map(publish).collect::<Vec<_>>()
    };
    assert_eq!(ids(&mut rig, 3), [65_534, 65_535, 1]);
    rig.client.unsubscribe(at(0), &["f"], &Default::default()).unwrap(); // takes 2
    rig.receive("50 02 ffff");
    assert_eq!(ids(&mut rig, 1), [3], "65,535 still waits for PUBCOMP");
    rig.receive("70 02 ffff  b0 02 0002");
    // Once around: 65,534, 1 and 3 are in use, 2 and 65,535 are free.
    for expected in 4..65_534 {
        rig.client.unsubscribe(at(0), &["f"], &Default::default()).unwrap();
        rig.receive(&format!("b0 02 {expected:04x}"));
    }
    assert_eq!(ids(&mut rig, 3), [65_535, 2, 4]);
}

#[test]
fn the_window_refuses_one_more_and_changes_nothing() {
    let mut rig = Rig::connected(ClientConfig { max_in_flight: 2, ..ClientConfig::new("c") });
    rig.publish("a", "1", Q1);
    rig.publish("a", "2", Q2);
    let full = Err(ClientError::WindowFull { limit: 2 });
    assert_eq!(rig.client.publish(at(0), request("a", "3", Q1)), full);
    assert_eq!(rig.drain(), NOTHING);
    assert_eq!(rig.publish("a", "0", Q0), sent(&["30 04 000161 30"]), "QoS 0 takes no place");
    rig.receive("50 02 0002");
    assert_eq!(rig.client.publish(at(0), request("a", "3", Q1)), full);
    rig.receive("40 02 0001");
    assert_eq!(rig.publish("a", "3", Q1), sent(&["32 06 000161 0003 33"]));
}

#[test]
fn a_publish_that_breaks_a_rule_is_not_sent_and_takes_no_identifier() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    let mut refused = |topic: &str| {
        let error = rig.client.publish(at(0), request(topic, "x", Q1)).unwrap_err();
        assert_eq!((rig.drain(), rig.client.in_flight().len()), (vec![], 0));
        error
    };
    let cases = [
        ("a/+", FaultKind::WildcardInTopicName), // 3.1.1 MQTT-3.3.2-2
        ("#", FaultKind::WildcardInTopicName),
        ("", FaultKind::EmptyTopicName),    // 3.1.1 MQTT-4.7.3-1
        ("a\0b", FaultKind::NullCharacter), // 3.1.1 MQTT-1.5.3-2
    ];
    for (topic, kind) in cases {
        match refused(topic) {
            ClientError::Invalid(fault) => {
                assert_eq!((fault.kind, fault.packet), (kind, Some(PacketType::Publish)));
            }
            other => panic!("{topic:?}: {other:?}"),
        }
    }
    let len = 65_536;
    assert_eq!(refused(&"x".repeat(len)), ClientError::Encode(EncodeError::FieldTooLong { len }));
    assert_eq!(rig.publish("a", "x", Q1), sent(&["32 06 000161 0001 78"]));
}

#[test]
fn the_payload_is_shared_not_copied() {
    let mut rig = Rig::connected(kept("c"));
    let payload = Bytes::from(vec![7; 1_000]);
    let publish = PublishRequest { payload: payload.clone(), ..request("a", "", Q2) };
    rig.client.publish(at(0), publish).unwrap();
    let snapshot = rig.client.clone();
    for client in [&rig.client, &snapshot] {
        let message = client.in_flight().next().unwrap().message.as_ref().unwrap();
        assert_eq!(message.payload.as_ptr(), payload.as_ptr());
    }
}

#[test]
fn an_answer_to_nothing_is_ignored_but_a_pubrec_is_answered() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    assert_eq!(rig.receive("40 02 0009"), NOTHING);
    assert_eq!(rig.receive("70 02 0009"), NOTHING);
    assert_eq!(rig.receive("50 02 0009"), sent(&["62 02 0009"]));
    let expected = [
        "ignores PUBACK 9: asked for nothing",
        "ignores PUBCOMP 9: asked for nothing",
        "sent no message 9: only answers (3.1.1 MQTT-4.3.3-1)",
    ];
    assert_eq!(rig.decisions(), expected);
}

#[test]
fn a_packet_identifier_can_be_chosen_unless_it_is_in_use() {
    // 3.1.1 MQTT-2.3.1-2, 5.0 MQTT-2.2.1-3
    let mut rig = Rig::connected(kept("c"));
    let chosen =
        |packet_id| PublishRequest { packet_id: Some(id(packet_id)), ..request("a", "x", QoS::AtLeastOnce) };
    assert_eq!(rig.client.publish(rig.now, chosen(2)), Ok(Some(id(2))));
    assert_eq!(rig.client.publish(rig.now, chosen(2)), Err(ClientError::PacketIdInUse(id(2))));
    for next in [1, 3] {
        let given = rig.client.publish(rig.now, request("a", "x", QoS::AtLeastOnce));
        assert_eq!(given, Ok(Some(id(next))), "what was chosen is passed over");
    }
    let none = PublishRequest { qos: QoS::AtMostOnce, ..chosen(2) };
    assert_eq!(rig.client.publish(rig.now, none), Ok(None), "QoS 0 has no identifier");
}
