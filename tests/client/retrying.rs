//! Sending again on the same connection.

use mqtt_playground::client::ClientConfig;
use mqtt_playground::codec::{PropertyBuf, SubscriptionOptions, Version};

use crate::rig::*;

fn retrying(version: Version, retry_interval_secs: Option<u16>) -> Rig {
    Rig::connected(ClientConfig { version, retry_interval_secs, keep_alive_secs: 0, ..kept("c") })
}

#[test]
fn version_3_1_sends_again_after_20_seconds_unless_told_otherwise() {
    // 3.1 section 4.2
    let mut rig = retrying(Version::V31, None);
    rig.publish("a", "1", Q1);
    rig.now = at(5_000);
    rig.publish("a", "2", Q2);
    rig.client.subscribe(rig.now, &[("b", SubscriptionOptions::new(Q1))], &PropertyBuf::new()).unwrap();
    assert_eq!(rig.drain(), sent(&["82 06 0003 0001 62 01"]));
    assert_eq!(rig.client.poll_timeout(), Some(at(20_000)));
    assert_eq!(rig.timeout(19_999), NOTHING);
    rig.events.clear();
    assert_eq!(rig.timeout(20_000), sent(&["3a 06 0001 61 0001 31"]));
    assert_eq!(rig.decisions(), ["no answer for 20 s: sends PUBLISH 1 again (3.1 section 4.2)"]);
    rig.now = at(21_000);
    assert_eq!(rig.receive("50 02 0002"), sent(&["62 02 0002"]), "PUBREL counts from now");
    assert_eq!(rig.timeout(25_000), sent(&["8a 06 0003 0001 62 01"]));
    assert_eq!(rig.decisions().last().unwrap(), "no answer: sends request 3 again (3.1 section 4.2)");
    assert_eq!(rig.receive("40 02 0001  90 03 0003 01"), NOTHING);
    assert_eq!(rig.timeout(41_000), sent(&["6a 02 0002"]), "and so does DUP in PUBREL");
    assert_eq!(rig.timeout(61_000), sent(&["6a 02 0002"]));
    rig.receive("70 02 0002");
    assert_eq!(rig.client.poll_timeout(), None);
}

#[test]
fn several_are_sent_again_in_their_order() {
    // 3.1.1 MQTT-4.6.0-1
    let mut rig = retrying(Version::V311, Some(5));
    for payload in ["1", "2", "3"] {
        rig.publish("a", payload, Q1);
    }
    rig.receive("40 02 0002");
    assert_eq!(rig.timeout(5_000), sent(&["3a 06 000161 0001 31", "3a 06 000161 0003 33"]));
    assert_eq!(rig.client.poll_timeout(), Some(at(10_000)));
    rig.cut();
    assert_eq!(rig.client.poll_timeout(), None);
    rig.now = at(6_000);
    assert_eq!(rig.reconnect(CONNACK_PRESENT).len(), 2);
    assert_eq!(rig.client.poll_timeout(), Some(at(11_000)), "what is sent after a reconnect waits too");
}

#[test]
fn version_3_1_1_does_not_by_itself_and_5_never() {
    // 5.0 MQTT-4.4.0-1
    for (version, secs) in [(Version::V311, None), (Version::V31, Some(0)), (Version::V5, Some(5))] {
        let mut rig = retrying(version, secs);
        rig.publish("a", "1", Q1);
        assert_eq!(rig.client.poll_timeout(), None, "{version:?}");
        assert_eq!(rig.timeout(3_600_000), NOTHING);
    }
}

#[test]
fn a_request_is_sent_again_in_3_1_only() {
    let mut rig = retrying(Version::V311, Some(5));
    rig.client.unsubscribe(rig.now, &["b"], &PropertyBuf::new()).unwrap();
    rig.drain();
    assert_eq!(rig.client.poll_timeout(), None);
}
