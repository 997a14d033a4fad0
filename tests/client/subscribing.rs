//! SUBSCRIBE, UNSUBSCRIBE and their answers.

use mqtt_playground::client::{
    ClientConfig, ClientError, ClientEvent, CloseReason, PENDING_LIMIT, Subscription, Violation,
};
use mqtt_playground::codec::{
    EncodeError, FaultKind, PacketType, PropertyBuf, ReasonCode, SubscriptionOptions, Version,
};

use crate::rig::*;

fn none() -> PropertyBuf {
    PropertyBuf::new()
}

#[test]
fn a_subscription_stands_once_it_is_granted() {
    // 3.1.1 MQTT-3.8.4-2, MQTT-3.8.4-5
    let mut rig = Rig::connected(ClientConfig::new("sub1"));
    let (q2, q1) = (SubscriptionOptions::new(Q2), SubscriptionOptions::new(Q1));
    let filters = [("sensors/#", q2), ("b", q1), ("c", q1)];
    assert_eq!(rig.client.subscribe(at(0), &filters, &none()), Ok(id(1)));
    let subscribe = "82 16 0001 0009 73656e736f72732f23 02 0001 62 01 0001 63 01";
    assert_eq!(rig.drain(), sent(&[subscribe]));
    assert_eq!((rig.client.subscriptions().len(), rig.client.pending_requests()), (0, 1));
    // granted 2, granted 0, refused
    assert_eq!(rig.receive("90 05 0001 02 00 80"), NOTHING);
    let codes = vec![ReasonCode(2), ReasonCode(0), ReasonCode(0x80)];
    assert_eq!(rig.events(), [ClientEvent::Subscribed { packet_id: id(1), codes }]);
    let granted = |options, granted| Subscription { options, granted, identifier: 0 };
    let expected = [("b", granted(q1, Q0)), ("sensors/#", granted(q2, Q2))];
    assert_eq!(rig.client.subscriptions().collect::<Vec<_>>(), expected);
    assert_eq!(rig.client.pending_requests(), 0);
}

#[test]
fn an_unsubscribe_ends_subscriptions() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.client.subscribe(at(0), &[("a", Default::default()), ("b", Default::default())], &none()).unwrap();
    rig.receive("90 04 0001 00 00");
    rig.events.clear();
    assert_eq!(rig.client.unsubscribe(at(0), &["a", "never"], &none()), Ok(id(2)));
    assert_eq!(rig.drain(), sent(&["a2 0c 0002 0001 61 0005 6e65766572"]));
    assert_eq!(rig.client.subscriptions().len(), 2);
    assert_eq!(rig.receive("b0 02 0002"), NOTHING);
    assert_eq!(rig.events(), [ClientEvent::Unsubscribed { packet_id: id(2), codes: vec![] }]);
    assert_eq!(rig.client.subscriptions().map(|(filter, _)| filter).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn identifiers_are_shared_with_messages() {
    // 3.1.1 MQTT-2.3.1-2
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.client.subscribe(at(0), &[("a", Default::default())], &none()).unwrap();
    rig.drain();
    assert_eq!(rig.publish("a", "x", Q1), sent(&["32 06 000161 0002 78"]));
}

#[test]
fn an_answer_of_another_kind_or_to_nothing_is_ignored() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.client.subscribe(at(0), &[("a", Default::default())], &none()).unwrap();
    rig.drain();
    assert_eq!(rig.receive("b0 02 0001  90 03 0002 00"), NOTHING);
    let expected = ["ignores UNSUBACK 1: asked for nothing", "ignores SUBACK 2: asked for nothing"];
    assert_eq!(rig.decisions(), expected);
    assert_eq!(rig.client.pending_requests(), 1);
}

#[test]
fn a_suback_with_too_few_codes_closes() {
    // 3.1.1 MQTT-3.8.4-5
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.client.subscribe(at(0), &[("a", Default::default()), ("b", Default::default())], &none()).unwrap();
    rig.drain();
    assert_eq!(rig.receive("90 03 0001 00"), sent(&["close"]));
    let violation = Violation::CodeCount {
        packet: PacketType::SubAck,
        packet_id: id(1),
        expected: 2,
        found: 1,
        version: Version::V311,
    };
    assert_eq!(violation.statement(), "3.1.1 MQTT-3.8.4-5");
    assert_eq!(rig.close_reason(), CloseReason::Violation(violation));
}

#[test]
fn a_request_that_breaks_a_rule_is_not_sent() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    let mut kind = |filters: &[&str]| {
        let options = SubscriptionOptions::default();
        let with_options: Vec<_> = filters.iter().map(|filter| (*filter, options)).collect();
        let subscribe = rig.client.subscribe(at(0), &with_options, &none()).unwrap_err();
        let unsubscribe = rig.client.unsubscribe(at(0), filters, &none()).unwrap_err();
        assert_eq!((rig.drain(), rig.client.pending_requests()), (vec![], 0));
        match (subscribe, unsubscribe) {
            (ClientError::Invalid(a), ClientError::Invalid(b)) if a.kind == b.kind => a.kind,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(kind(&[]), FaultKind::EmptyList); // 3.1.1 MQTT-3.8.3-3, MQTT-3.10.3-2
    assert_eq!(kind(&["a", ""]), FaultKind::EmptyTopicFilter); // 3.1.1 MQTT-4.7.3-1
    assert_eq!(kind(&["a/#/b"]), FaultKind::MultiLevelWildcard); // 3.1.1 MQTT-4.7.1-2
    assert_eq!(kind(&["a+"]), FaultKind::SingleLevelWildcard); // 3.1.1 MQTT-4.7.1-3
    let long = "x".repeat(65_536);
    let too_long = ClientError::Encode(EncodeError::FieldTooLong { len: 65_536 });
    assert_eq!(rig.client.unsubscribe(at(0), &[&long], &none()), Err(too_long));
}

#[test]
fn unanswered_requests_are_bounded_and_end_with_the_connection() {
    let mut rig = Rig::connected(kept("c"));
    for _ in 0..PENDING_LIMIT {
        rig.client.unsubscribe(at(0), &["a"], &none()).unwrap();
    }
    assert_eq!(rig.client.unsubscribe(at(0), &["a"], &none()), Err(ClientError::TooManyRequests));
    rig.drain();
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK_PRESENT), NOTHING, "requests are not sent again");
    assert_eq!(rig.client.pending_requests(), 0);
}
