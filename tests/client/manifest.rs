//! A test for each statement that binds a client alone: each fails once `src/client/switches.rs` has its check off.

use mqtt_playground::client::{ClientConfig, ClientError, CloseReason, SUBSCRIPTION_LIMIT, Violation};
use mqtt_playground::codec::{PropertyBuf, PropertyId, SubscriptionOptions};

use crate::rig::*;

fn kept_v5() -> ClientConfig {
    v5(false, &[(PropertyId::SessionExpiryInterval, 60)])
}

#[test]
fn a_new_packet_gets_an_identifier_that_is_not_in_use() {
    // 3.1.1 MQTT-2.3.1-2
    let mut rig = Rig::connected(ClientConfig { first_packet_id: 65_535, ..kept("c") });
    assert_eq!(rig.publish("a", "1", Q1), sent(&["32 06 000161 ffff 31"]));
    assert_eq!(rig.publish("a", "2", Q2), sent(&["34 06 000161 0001 32"]));
    rig.cut();
    let config = ClientConfig { first_packet_id: 1, ..kept("c") };
    rig.client.set_config(config).unwrap();
    rig.reconnect(CONNACK_PRESENT);
    assert_eq!(rig.publish("a", "3", Q1), sent(&["32 06 000161 0002 33"]), "1 is in use");
}

#[test]
fn a_packet_is_sent_again_under_its_identifier() {
    // 3.1.1 MQTT-2.3.1-3
    let mut rig = Rig::connected(kept("c"));
    rig.publish("a", "1", Q1);
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK_PRESENT), sent(&["3a 06 000161 0001 31"]));
    rig.receive("40 02 0001");
    assert_eq!(rig.client.in_flight().len(), 0, "free after the acknowledgement");
}

#[test]
fn silence_is_broken_with_pingreq() {
    // 3.1.1 MQTT-3.1.2-23, 5.0 MQTT-3.1.2-20
    for config in [kept("c"), v5(true, &[])] {
        let mut rig = Rig::connected(ClientConfig { keep_alive_secs: 5, ..config });
        assert_eq!(rig.timeout(5_000), sent(&["c0 00"]));
    }
}

#[test]
fn the_servers_keep_alive_counts() {
    // 5.0 MQTT-3.1.2-21, MQTT-3.2.2-21
    let mut rig = Rig::new(ClientConfig { keep_alive_secs: 60, ..v5(true, &[]) });
    rig.reconnect("20 06 00 00 03 13 0005");
    assert_eq!(rig.client.poll_timeout(), Some(at(5_000)));
}

#[test]
fn disconnect_closes() {
    // 3.1.1 MQTT-3.14.4-1
    let mut rig = Rig::connected(kept("c"));
    rig.client.disconnect(rig.now).unwrap();
    assert_eq!(rig.drain(), sent(&["e0 00", "close"]));
}

#[test]
fn nothing_is_sent_after_disconnect() {
    // 3.1.1 MQTT-3.14.4-2
    let mut rig = Rig::connected(kept("c"));
    rig.client.disconnect(rig.now).unwrap();
    rig.drain();
    assert_eq!(rig.client.publish(rig.now, request("a", "x", Q0)), Err(ClientError::NotConnected));
    assert_eq!(rig.receive("32 05 0001 61 0001"), NOTHING);
    assert_eq!(rig.timeout(3_600_000), NOTHING);
}

#[test]
fn an_unknown_session_is_not_taken() {
    // 5.0 MQTT-3.2.2-4
    let mut rig = Rig::new(kept_v5());
    assert_eq!(rig.reconnect("20 03 01 00 00"), sent(&["close"]));
    assert!(matches!(rig.close_reason(), CloseReason::Violation(Violation::SessionPresent { .. })));
}

#[test]
fn a_session_that_the_server_has_lost_is_discarded() {
    // 5.0 MQTT-3.2.2-5
    let mut rig = Rig::connected(kept_v5());
    rig.publish("a", "1", Q1);
    rig.receive("34 06 0001 61 0009 00");
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK_5), NOTHING);
    assert_eq!((rig.client.in_flight().len(), rig.client.incoming().len()), (0, 0));
}

#[test]
fn every_alias_up_to_the_announced_maximum_is_taken() {
    // 5.0 MQTT-3.3.2-10
    let mut rig = Rig::connected(v5(true, &[(PropertyId::TopicAliasMaximum, 3)]));
    for alias in 1..=3 {
        assert_eq!(rig.receive(&format!("30 07 0001 61 03 23 000{alias}")), NOTHING);
        assert_eq!(rig.receive(&format!("30 06 0000 03 23 000{alias}")), NOTHING);
    }
    assert_eq!(rig.client.received_count(), 6);
}

#[test]
fn only_publish_waits_for_the_servers_quota() {
    // 5.0 MQTT-3.3.4-8
    let mut rig = Rig::new(v5(true, &[]));
    rig.reconnect("20 06 00 00 03 21 0001");
    rig.publish("a", "1", Q2);
    assert_eq!(rig.publish("a", "2", Q1), NOTHING, "has to wait");
    rig.client.subscribe(rig.now, &[("b", SubscriptionOptions::new(Q1))], &PropertyBuf::new()).unwrap();
    assert_eq!(rig.drain().len(), 1);
    assert_eq!(rig.receive("32 06 0001 61 0001 00"), sent(&["40 02 0001"]));
    assert_eq!(rig.receive("50 02 0001"), sent(&["62 02 0001"]));
    assert_eq!(rig.receive("70 02 0001"), sent(&["32 07 000161 0002 00 32"]), "now is its turn");
}

#[test]
fn a_message_that_nothing_asked_for_is_acknowledged_too() {
    // 3.1.1 MQTT-4.5.0-2, 5.0 MQTT-4.5.0-2
    let mut rig = Rig::connected(kept("c"));
    assert_eq!(rig.client.subscriptions().len(), 0);
    assert_eq!(rig.receive("32 05 0001 61 0001"), sent(&["40 02 0001"]));
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.receive("32 06 0001 61 0001 00"), sent(&["40 02 0001"]));
}

#[test]
fn messages_are_sent_again_in_their_order() {
    // 3.1.1 MQTT-4.6.0-1, 5.0 MQTT-4.6.0-1
    for (config, present, again) in [
        (kept("c"), CONNACK_PRESENT, ["3a 06 000161 0001 31", "3c 06 000161 0002 32"]),
        (kept_v5(), "20 03 01 00 00", ["3a 07 000161 0001 00 31", "3c 07 000161 0002 00 32"]),
    ] {
        let mut rig = Rig::connected(config);
        rig.publish("a", "1", Q1);
        rig.publish("a", "2", Q2);
        rig.cut();
        assert_eq!(rig.reconnect(present), sent(&again));
    }
}

#[test]
fn pubacks_keep_the_order_of_their_messages() {
    // 3.1.1 MQTT-4.6.0-2, 5.0 MQTT-4.6.0-2
    let mut rig = Rig::connected(kept("c"));
    let both = rig.receive("32 05 0001 61 0009  32 05 0001 61 0004");
    assert_eq!(both, sent(&["40 02 0009", "40 02 0004"]));
}

#[test]
fn pubrecs_keep_the_order_of_their_messages() {
    // 3.1.1 MQTT-4.6.0-3, 5.0 MQTT-4.6.0-3
    let mut rig = Rig::connected(kept("c"));
    let both = rig.receive("34 05 0001 61 0009  34 05 0001 61 0004");
    assert_eq!(both, sent(&["50 02 0009", "50 02 0004"]));
}

#[test]
fn pubrels_keep_the_order_of_their_pubrecs() {
    // 3.1.1 MQTT-4.6.0-4, 5.0 MQTT-4.6.0-4
    let mut rig = Rig::connected(kept("c"));
    rig.publish("a", "1", Q2);
    rig.publish("a", "2", Q2);
    assert_eq!(rig.receive("50 02 0002  50 02 0001"), sent(&["62 02 0002", "62 02 0001"]));
}

#[test]
fn bytes_come_in_order_cut_anywhere() {
    // 3.1.1 MQTT-7.1.2-1: all that the core wants of a transport is an ordered, lossless stream each way.
    let mut rig = Rig::connected(kept("c"));
    let stream = hex("32 05 0001 61 0001  34 05 0001 61 0002  62 02 0002  30 03 0001 61");
    let mut out = vec![];
    for byte in stream {
        rig.client.handle_data(rig.now, &[byte]);
        out.extend(rig.drain());
    }
    assert_eq!(out, sent(&["40 02 0001", "50 02 0002", "70 02 0002"]));
    assert_eq!(rig.client.received_count(), 3);
}

#[test]
fn subscriptions_are_bounded() {
    let mut rig = Rig::connected(kept("c"));
    let names: Vec<String> = (0..SUBSCRIPTION_LIMIT).map(|number| number.to_string()).collect();
    let filters: Vec<_> = names.iter().map(|name| (name.as_str(), SubscriptionOptions::new(Q0))).collect();
    rig.client.subscribe(rig.now, &filters, &PropertyBuf::new()).unwrap();
    let one_more = rig.client.subscribe(rig.now, &filters[..1], &PropertyBuf::new());
    assert_eq!(one_more, Err(ClientError::TooManySubscriptions { limit: SUBSCRIPTION_LIMIT }));
}
