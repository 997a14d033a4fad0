//! Keep alive and waiting.

use bytes::Bytes;
use mqtt_playground::client::{ClientConfig, ClientStatus, CloseReason};

use crate::rig::*;

fn five_seconds() -> ClientConfig {
    ClientConfig { keep_alive_secs: 5, ..ClientConfig::new("c") }
}

#[test]
fn a_ping_goes_out_after_an_interval_of_silence() {
    // 3.1.1 MQTT-3.1.2-23
    let mut rig = Rig::connected(five_seconds());
    assert_eq!(rig.client.poll_timeout(), Some(at(5_000)));
    assert_eq!(rig.timeout(4_999), NOTHING, "too early does nothing");
    assert_eq!(rig.timeout(5_000), sent(&["c0 00"]));
    assert_eq!(rig.decisions(), ["nothing sent for 5 s: pings (3.1.1 MQTT-3.1.2-23)"]);
    assert_eq!(rig.client.ping_sent(), Some(at(5_000)));
    rig.now = at(5_040);
    assert_eq!(rig.receive("d0 00"), NOTHING);
    assert_eq!(rig.client.ping_sent(), None);
    assert_eq!(rig.client.poll_timeout(), Some(at(10_000)), "counted from PINGREQ, not from its answer");
    assert_eq!(rig.timeout(10_000), sent(&["c0 00"]));
}

#[test]
fn whatever_is_sent_begins_the_interval_anew_and_what_is_received_does_not() {
    let mut rig = Rig::connected(five_seconds());
    rig.now = at(1_000);
    rig.publish("a", "x", Q0);
    assert_eq!(rig.client.poll_timeout(), Some(at(6_000)));
    rig.now = at(2_000);
    rig.receive("30 03 0001 61");
    assert_eq!(rig.client.poll_timeout(), Some(at(6_000)));
    rig.now = at(3_000);
    rig.receive("32 05 0001 61 0001"); // PUBACK goes out
    assert_eq!(rig.client.poll_timeout(), Some(at(8_000)));
    assert_eq!(rig.client.keep_alive().map(|it| it.since()), Some(at(3_000)));
}

#[test]
fn a_ping_without_an_answer_closes_after_one_more_interval() {
    // 3.1.1 section 3.1.2.10
    let mut rig = Rig::connected(five_seconds());
    rig.timeout(5_000);
    rig.now = at(7_000);
    rig.publish("a", "x", Q0);
    rig.receive("30 03 0001 61"); // other packets are no answer
    assert_eq!(rig.client.poll_timeout(), Some(at(10_000)));
    assert_eq!(rig.timeout(9_999), NOTHING);
    assert_eq!(rig.timeout(10_000), sent(&["close"]));
    assert_eq!(rig.close_reason(), CloseReason::PingRespTimeout);
    assert_eq!(rig.client.poll_timeout(), None);
}

#[test]
fn keep_alive_zero_never_pings() {
    let mut rig = Rig::connected(ClientConfig { keep_alive_secs: 0, ..ClientConfig::new("c") });
    assert_eq!(rig.client.poll_timeout(), None);
    assert_eq!(rig.timeout(10_000_000), NOTHING);
    assert_eq!(rig.client.status(), ClientStatus::Connected);
}

#[test]
fn a_pingresp_that_nobody_asked_for_is_ignored() {
    let mut rig = Rig::connected(five_seconds());
    assert_eq!(rig.receive("d0 00"), NOTHING);
    assert_eq!(rig.decisions(), ["ignores PINGRESP: asked for nothing"]);
}

#[test]
fn connack_is_waited_for_a_while() {
    let mut rig = Rig::new(ClientConfig { connack_timeout_secs: 10, ..five_seconds() });
    rig.client.connect(at(1_000)).unwrap();
    rig.drain();
    assert_eq!(rig.client.poll_timeout(), Some(at(11_000)));
    assert_eq!(rig.timeout(10_999), NOTHING);
    assert_eq!(rig.timeout(11_000), sent(&["close"]));
    assert_eq!(rig.close_reason(), CloseReason::ConnAckTimeout);
    let mut rig = Rig::new(ClientConfig { connack_timeout_secs: 0, ..five_seconds() });
    rig.client.connect(at(0)).unwrap();
    assert_eq!(rig.client.poll_timeout(), None);
}

#[test]
fn the_interval_begins_with_connect_even_if_connack_is_late() {
    let mut rig = Rig::new(five_seconds());
    rig.client.connect(at(0)).unwrap();
    rig.drain();
    rig.now = at(6_000);
    rig.receive(CONNACK);
    assert_eq!(rig.client.poll_timeout(), Some(at(5_000)));
    assert_eq!(rig.timeout(6_000), sent(&["c0 00"]));
}

#[test]
fn a_ping_that_was_adopted_is_waited_for_only_with_a_keep_alive() {
    // 3.1.1 section 3.1.2.10: 0 turns the mechanism off
    for (keep_alive_secs, due) in [(0, None), (5, Some(at(5_000)))] {
        let mut rig = Rig::connected(ClientConfig { keep_alive_secs, ..ClientConfig::new("c") });
        rig.client.adopt(at(0), &Bytes::from_static(b"\xc0\x00"));
        assert_eq!((rig.client.ping_sent(), rig.client.poll_timeout()), (Some(at(0)), due));
        assert_eq!(rig.timeout(0), NOTHING);
        assert_eq!(rig.receive("d0 00"), NOTHING);
        assert_eq!((rig.client.ping_sent(), rig.client.status()), (None, ClientStatus::Connected));
    }
}
