//! Sessions: what is sent again, what is forgotten.

use mqtt_playground::client::{ClientConfig, ClientEvent};
use mqtt_playground::codec::Version;

use crate::rig::*;

#[test]
fn every_stage_resumes_in_the_original_order() {
    // 3.1.1 MQTT-4.4.0-1, MQTT-4.6.0-1, MQTT-3.3.1-1, MQTT-2.3.1-3
    let mut rig = Rig::connected(kept("pub1"));
    for (payload, qos) in [("1", Q1), ("2", Q2), ("3", Q2), ("4", Q1), ("5", Q1)] {
        rig.publish("a", payload, qos);
    }
    rig.receive("50 02 0002  40 02 0005");
    rig.cut();
    rig.events.clear();
    let again = ["3a 06 000161 0001 31", "62 02 0002", "3c 06 000161 0003 33", "3a 06 000161 0004 34"];
    assert_eq!(rig.reconnect(CONNACK_PRESENT), sent(&again));
    let expected = [
        "session resumed: 4 to resend (3.1.1 MQTT-3.1.2-4)",
        "resends PUBLISH 1 (3.1.1 MQTT-4.4.0-1)",
        "resends PUBREL 2 (3.1.1 MQTT-4.4.0-1)",
        "resends PUBLISH 3 (3.1.1 MQTT-4.4.0-1)",
        "resends PUBLISH 4 (3.1.1 MQTT-4.4.0-1)",
    ];
    assert_eq!(rig.decisions(), expected);
    // Cut again before any answer: the same once more.
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK_PRESENT), sent(&again));
    rig.receive("40 02 0001  70 02 0002  50 02 0003  40 02 0004  70 02 0003");
    assert_eq!(rig.client.in_flight().len(), 0);
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK_PRESENT), NOTHING);
}

#[test]
fn nothing_is_sent_again_before_connack() {
    let mut rig = Rig::connected(kept("c"));
    rig.publish("a", "1", Q1);
    rig.cut();
    rig.client.connect(at(0)).unwrap();
    assert_eq!(rig.drain().len(), 1, "CONNECT alone");
}

#[test]
fn releases_are_sent_again_in_the_order_of_their_pubrec() {
    // 3.1.1 MQTT-4.6.0-4
    let mut rig = Rig::connected(kept("c"));
    rig.publish("a", "1", Q2);
    rig.publish("a", "2", Q2);
    rig.receive("50 02 0002 50 02 0001");
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK_PRESENT), sent(&["62 02 0002", "62 02 0001"]));
}

#[test]
fn a_copy_after_the_reconnect_is_still_a_copy() {
    // 3.1.1 MQTT-4.3.3-2 across a cut, before PUBREL and after it
    let mut rig = Rig::connected(kept("sub1"));
    rig.receive("34 06 0001 61 0001 78");
    rig.cut();
    rig.reconnect(CONNACK_PRESENT);
    assert_eq!(rig.receive("3c 06 0001 61 0001 78"), sent(&["50 02 0001"]));
    assert_eq!(rig.receive("62 02 0001"), sent(&["70 02 0001"]));
    assert_eq!(rig.messages(), [got("a", "x", Q2)]);
    rig.cut();
    rig.reconnect(CONNACK_PRESENT);
    assert_eq!(rig.receive("62 02 0001"), sent(&["70 02 0001"]));
    assert_eq!(rig.messages(), []);
}

#[test]
fn a_clean_session_ends_with_its_connection() {
    // 3.1.1 MQTT-3.1.2-6
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.publish("a", "1", Q1);
    rig.receive("34 06 0001 61 0001 78");
    rig.events.clear();
    rig.cut();
    assert_eq!(rig.decisions(), ["session ends with the connection (3.1.1 MQTT-3.1.2-6)"]);
    assert_eq!((rig.client.in_flight().len(), rig.client.incoming().len()), (0, 0));
    assert_eq!(rig.reconnect(CONNACK), NOTHING);
}

#[test]
fn a_clean_connect_forgets_the_session_of_before() {
    // 3.1.1 MQTT-3.1.2-6
    let mut rig = Rig::connected(kept("c"));
    rig.publish("a", "1", Q1);
    rig.cut();
    rig.client.set_config(ClientConfig::new("c")).unwrap();
    rig.events.clear();
    assert_eq!(rig.reconnect(CONNACK), NOTHING);
    assert_eq!(rig.decisions(), ["starts clean: forgets its session (3.1.1 MQTT-3.1.2-6)"]);
}

#[test]
fn before_5_a_server_without_session_still_gets_what_it_is_owed() {
    // 3.1.1 MQTT-4.4.0-1. What the server had chosen and granted is gone.
    let mut rig = Rig::connected(kept("c"));
    rig.client.subscribe(at(0), &[("f", Default::default())], &Default::default()).unwrap();
    rig.receive("90 03 0001 00");
    rig.publish("a", "2", Q1);
    rig.receive("34 06 0001 61 0001 78");
    rig.cut();
    rig.events.clear();
    assert_eq!(rig.reconnect(CONNACK), sent(&["3a 06 000161 0002 32"]));
    let expected = [
        "server has no session: resends 1 in flight (3.1.1 section 3.2.2.2)",
        "resends PUBLISH 2 (3.1.1 MQTT-4.4.0-1)",
    ];
    assert_eq!(rig.decisions(), expected);
    assert_eq!((rig.client.incoming().len(), rig.client.subscriptions().len()), (0, 0));
    // The identifier is new on this session: not a copy.
    rig.receive("34 06 0001 62 0001 79  62 02 0001");
    assert_eq!(rig.messages(), [got("b", "y", Q2)]);
}

#[test]
fn version_3_1_marks_pubrel_too_and_never_hears_of_sessions() {
    // 3.1 sections 3.2 and 3.6
    let config = ClientConfig { version: Version::V31, ..kept("c") };
    let mut rig = Rig::connected(config);
    rig.publish("a", "1", Q2);
    rig.publish("a", "2", Q2);
    rig.receive("50 02 0001  34 06 0001 61 0009 78");
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK), sent(&["6a 02 0001", "3c 06 000161 0002 32"]));
    assert_eq!(rig.client.incoming().len(), 1, "the session is taken to be there");
    let connected =
        |event: &ClientEvent| matches!(event, ClientEvent::Connected { session_present: false, .. });
    assert!(rig.events.iter().any(connected));
}
