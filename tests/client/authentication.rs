//! Enhanced authentication: what this end says, and what it does not believe.

use std::sync::Arc;

use mqtt_playground::client::{
    ClientConfig, ClientError, ClientEvent, CloseReason, Exchange, Mechanism, Violation,
};
use mqtt_playground::codec::{PropertyBuf, PropertyId, PropertyValue, Version};

use crate::rig::*;

/// Says its number and counts on; wants to hear `ok` in the end.
#[derive(Debug)]
struct Count;

#[derive(Clone, Debug)]
struct Counting(u8);

impl Mechanism for Count {
    fn name(&self) -> &str {
        "M"
    }

    fn begin(&self, number: u64) -> (Box<dyn Exchange>, Vec<u8>) {
        let first = number as u8 * 16;
        (Box::new(Counting(first)), vec![first])
    }
}

impl Exchange for Counting {
    fn step(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        self.0 += 1;
        match data {
            b"no" => None,
            b"long" => Some(vec![0; 70_000]),
            _ => Some(vec![self.0]),
        }
    }

    fn finish(&mut self, data: &[u8]) -> bool {
        data == b"ok"
    }

    fn copy(&self) -> Box<dyn Exchange> {
        Box::new(self.clone())
    }
}

/// CONNACK and AUTH with method M; the data `ok`, or `q`.
const CONNACK_OK: &str = "20 0c 00 00 09  15 0001 4d  16 0002 6f6b";
const AUTH_CONTINUE: &str = "f0 0a 18 08  15 0001 4d  16 0001 71";
const AUTH_DONE: &str = "f0 0b 00 09  15 0001 4d  16 0002 6f6b";

fn rig() -> Rig {
    let mut rig = Rig::new(v5(true, &[]));
    rig.client.set_mechanism(Some(Arc::new(Count))).unwrap();
    rig.client.connect(rig.now).unwrap();
    // The method and the first data stand in CONNECT.
    assert_eq!(rig.drain(), sent(&["10 16 0004 4d515454 05 02 003c 08 15 0001 4d 16 0001 00 0001 63"]));
    rig
}

fn connected() -> Rig {
    let mut rig = rig();
    assert_eq!(rig.receive(CONNACK_OK), NOTHING);
    rig.events.clear();
    rig
}

#[test]
fn the_exchange_goes_on_until_connack() {
    // 5.0 MQTT-4.12.0-3, MQTT-4.12.0-5
    let mut rig = rig();
    assert_eq!(rig.receive(AUTH_CONTINUE), sent(&["f0 0a 18 08 15 0001 4d 16 0001 01"]));
    assert_eq!(rig.decisions(), ["goes on with its authentication (5.0 MQTT-4.12.0-3)"]);
    let snapshot = rig.client.clone();
    assert_eq!(rig.receive(AUTH_CONTINUE), sent(&["f0 0a 18 08 15 0001 4d 16 0001 02"]));
    rig.client = snapshot; // a snapshot has an exchange of its own
    assert_eq!(rig.receive(AUTH_CONTINUE), sent(&["f0 0a 18 08 15 0001 4d 16 0001 02"]));
    assert_eq!(rig.client.publish(rig.now, request("a", "x", Q0)), Err(ClientError::NotConnected));
    rig.events.clear();
    assert_eq!(rig.receive(CONNACK_OK), NOTHING);
    let events = rig.events();
    assert_eq!(events[0], ClientEvent::Authenticated { again: false });
    assert!(matches!(events[1], ClientEvent::Connected { .. }), "{events:?}");
}

#[test]
fn a_server_that_proves_nothing_is_left() {
    // 5.0 section 4.12, MQTT-4.12.0-5
    for (answer, violation) in [
        ("20 03 00 00 00", Violation::AuthMethod),
        ("20 07 00 00 04 15 0001 58", Violation::AuthMethod),
        ("20 07 00 00 04 15 0001 4d", Violation::NotProved),
        ("f0 0b 18 09 15 0001 4d 16 0002 6e6f", Violation::NotProved),
        ("f0 0d 18 0b 15 0001 4d 16 0004 6c6f6e67", Violation::NotProved),
        ("f0 0a 18 08 15 0001 58 16 0001 71", Violation::AuthMethod),
        (AUTH_DONE, Violation::Auth { method: true }),
    ] {
        let mut rig = rig();
        assert_eq!(rig.receive(answer), sent(&["close"]), "{answer}");
        assert_eq!(rig.close_reason(), CloseReason::Violation(violation), "{answer}");
    }
}

#[test]
fn an_exchange_without_end_ends_in_time() {
    let mut rig = rig();
    for seconds in [10, 20, 29] {
        rig.now = at(seconds * 1_000);
        assert_eq!(rig.receive(AUTH_CONTINUE).len(), 1);
    }
    assert_eq!(rig.timeout(30_000), sent(&["close"]));
    assert_eq!(rig.close_reason(), CloseReason::ConnAckTimeout);
}

#[test]
fn a_connection_may_authenticate_again() {
    // 5.0 MQTT-4.12.1-1
    let mut rig = connected();
    rig.client.reauthenticate(rig.now).unwrap();
    assert_eq!(rig.drain(), sent(&["f0 0a 19 08 15 0001 4d 16 0001 10"]));
    assert_eq!(rig.client.reauthenticate(rig.now), Err(ClientError::TooManyRequests));
    assert_eq!(rig.publish("a", "x", Q0).len(), 1, "everything else goes on");
    assert_eq!(rig.receive(AUTH_CONTINUE), sent(&["f0 0a 18 08 15 0001 4d 16 0001 11"]));
    rig.events.clear();
    assert_eq!(rig.receive(AUTH_DONE), NOTHING);
    assert_eq!(rig.events(), [ClientEvent::Authenticated { again: true }]);
    // Unasked for, AUTH is a protocol error.
    assert_eq!(rig.receive(AUTH_CONTINUE), sent(&["e0 01 8c", "close"]));
}

#[test]
fn a_second_authentication_that_fails_ends_the_connection() {
    let mut rig = connected();
    rig.client.reauthenticate(rig.now).unwrap();
    rig.drain();
    assert_eq!(rig.receive("f0 0a 00 08 15 0001 4d 16 0001 78"), sent(&["e0 01 80", "close"]));
    assert_eq!(rig.close_reason(), CloseReason::Violation(Violation::NotProved));
}

#[test]
fn without_a_mechanism_or_before_5_there_is_nothing_to_authenticate_with() {
    let mut rig = Rig::connected(v5(true, &[]));
    assert_eq!(rig.client.reauthenticate(rig.now), Err(ClientError::NoMechanism));
    assert_eq!(rig.client.set_mechanism(None), Err(ClientError::AlreadyConnected));
    let mut rig = Rig::new(ClientConfig::new("c"));
    assert_eq!(rig.client.config().version, Version::V311);
    rig.client.set_mechanism(Some(Arc::new(Count))).unwrap();
    assert_eq!(rig.reconnect(CONNACK), NOTHING);
    assert_eq!(rig.client.reauthenticate(rig.now), Err(ClientError::NoMechanism));
}

#[test]
fn connack_names_no_method_that_was_not_asked_for() {
    // 5.0 MQTT-4.12.0-6
    let mut rig = Rig::new(v5(true, &[]));
    assert_eq!(rig.reconnect(CONNACK_OK), sent(&["close"]));
    assert_eq!(rig.close_reason(), CloseReason::Violation(Violation::Auth { method: false }));
}

#[test]
fn a_mechanism_stands_in_for_the_configured_method() {
    let mut properties = PropertyBuf::new();
    properties.push(PropertyId::AuthenticationMethod, PropertyValue::Text("other"));
    properties.push(PropertyId::ReceiveMaximum, PropertyValue::Number(9));
    let mut rig = Rig::new(ClientConfig { properties, ..v5(true, &[]) });
    rig.client.set_mechanism(Some(Arc::new(Count))).unwrap();
    rig.client.connect(rig.now).unwrap();
    let connect = ["10 19 0004 4d515454 05 02 003c 0b 21 0009 15 0001 4d 16 0001 00 0001 63"];
    assert_eq!(rig.drain(), sent(&connect));
}
