//! CONNECT, CONNACK, DISCONNECT.

use bytes::Bytes;
use mqtt_playground::client::{
    ClientConfig, ClientError, ClientEvent, ClientStatus, CloseReason, WillConfig,
};
use mqtt_playground::codec::{FaultKind, PropertyBuf, ReasonCode, Version};

use crate::rig::*;

#[test]
fn connect_is_the_first_packet_and_goes_out_once() {
    // 3.1.1 MQTT-3.1.0-1, MQTT-3.1.0-2
    let mut rig = Rig::new(ClientConfig { keep_alive_secs: 5, ..kept("pub1") });
    assert_eq!(rig.client.status(), ClientStatus::Offline);
    rig.client.connect(at(0)).unwrap();
    // length, name, level 4, flags, keep alive, client id
    assert_eq!(rig.drain(), sent(&["10 10 00044d515454 04 00 0005 000470756231"]));
    assert_eq!(rig.client.status(), ClientStatus::Connecting);
    assert_eq!(rig.client.connect(at(0)), Err(ClientError::AlreadyConnected));
    assert_eq!(rig.client.publish(at(0), request("a", "x", Q0)), Err(ClientError::NotConnected));
    assert_eq!(rig.drain(), NOTHING);
    assert_eq!(rig.receive(CONNACK), NOTHING);
    assert_eq!(rig.client.status(), ClientStatus::Connected);
    let connected = ClientEvent::Connected { session_present: false, properties: PropertyBuf::new() };
    assert_eq!(rig.events(), [connected]);
}

#[test]
fn connect_carries_everything_it_is_configured_with() {
    let config = ClientConfig {
        keep_alive_secs: 60,
        will: Some(WillConfig {
            qos: Q1,
            retain: true,
            topic: "w".into(),
            payload: Bytes::from_static(b"gone"),
            properties: PropertyBuf::new(),
        }),
        user_name: Some("u".into()),
        password: Some(Bytes::from_static(b"p")),
        ..ClientConfig::new("c")
    };
    let connect = |version| {
        let mut rig = Rig::new(ClientConfig { version, ..config.clone() });
        rig.client.connect(at(0)).unwrap();
        rig.drain()
    };
    // flags: user name, password, will retain, will QoS 1, will, clean
    let v311 = "10 1c 00044d515454 04 ee 003c 000163 000177 0004676f6e65 000175 000170";
    assert_eq!(connect(Version::V311), sent(&[v311]));
    let v31 = "10 1e 00064d514973647003 ee 003c 000163 000177 0004676f6e65 000175 000170";
    assert_eq!(connect(Version::V31), sent(&[v31]));
    // property length 0 twice: CONNECT's and the will's
    let v5 = "10 1e 00044d515454 05 ee 003c 00 000163 00 000177 0004676f6e65 000175 000170";
    assert_eq!(connect(Version::V5), sent(&[v5]));
}

#[test]
fn a_connect_that_breaks_a_rule_is_not_sent() {
    let refused = |config: ClientConfig| {
        let mut rig = Rig::new(config);
        let error = rig.client.connect(at(0)).unwrap_err();
        assert_eq!((rig.drain(), rig.client.status()), (vec![], ClientStatus::Offline));
        error
    };
    let kind = |error| match error {
        ClientError::Invalid(fault) => fault.kind,
        other => panic!("{other:?}"),
    };
    // 3.1.1 MQTT-3.1.3-7
    assert_eq!(refused(kept("")), ClientError::EmptyClientId);
    let v31 = ClientConfig { version: Version::V31, ..ClientConfig::new("") };
    assert_eq!(refused(v31), ClientError::EmptyClientId);
    // 3.1.1 MQTT-3.1.2-22
    let password = ClientConfig { password: Some(Bytes::new()), ..ClientConfig::new("c") };
    assert_eq!(kind(refused(password)), FaultKind::PasswordWithoutUserName);
    // 3.1.1 MQTT-4.7.1-1
    let will = |topic: &str| WillConfig {
        qos: Q0,
        retain: false,
        topic: topic.into(),
        payload: Bytes::new(),
        properties: PropertyBuf::new(),
    };
    let wildcard = ClientConfig { will: Some(will("a/#")), ..ClientConfig::new("c") };
    assert_eq!(kind(refused(wildcard)), FaultKind::WildcardInTopicName);
    let long = ClientConfig::new("x".repeat(65_536));
    assert!(matches!(refused(long), ClientError::Encode(_)));
}

#[test]
fn a_refusal_closes_and_says_why() {
    let mut rig = Rig::new(ClientConfig::new("c"));
    assert_eq!(rig.reconnect("20 02 00 05"), sent(&["close"]));
    assert_eq!(rig.client.status(), ClientStatus::Offline);
    let code = ReasonCode(5);
    let refused = ClientEvent::Refused { code, properties: PropertyBuf::new() };
    assert_eq!(rig.events(), [refused, ClientEvent::Closed(CloseReason::Refused(code))]);
    // What still comes is ignored, and the transport's end is no news.
    assert_eq!(rig.receive("30 03 0001 61"), NOTHING);
    rig.cut();
    assert_eq!(rig.events(), []);
    assert_eq!(rig.reconnect(CONNACK), NOTHING, "it may try again");
}

#[test]
fn disconnect_says_so_closes_and_ends_there() {
    // 3.1.1 MQTT-3.14.4-1, MQTT-3.14.4-2
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.client.disconnect(at(0)).unwrap();
    assert_eq!(rig.drain(), sent(&["e0 00", "close"]));
    assert_eq!(rig.close_reason(), CloseReason::Requested);
    assert_eq!(rig.client.disconnect(at(0)), Err(ClientError::NotConnected));
    assert_eq!(rig.client.publish(at(0), request("a", "x", Q1)), Err(ClientError::NotConnected));
    assert_eq!(rig.receive("30 03 0001 61"), NOTHING);
    assert_eq!(rig.client.poll_timeout(), None);
    rig.cut();
    assert_eq!(rig.events(), []);
}

#[test]
fn a_cut_before_connack_ends_the_attempt() {
    let mut rig = Rig::new(ClientConfig::new("c"));
    rig.client.connect(at(0)).unwrap();
    rig.drain();
    rig.cut();
    assert_eq!(rig.close_reason(), CloseReason::TransportClosed);
    assert_eq!(rig.reconnect(CONNACK), NOTHING);
}

#[test]
fn what_a_broken_connection_left_does_not_reach_the_next() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    assert_eq!(rig.receive("30 05 0001"), NOTHING); // the first bytes of a PUBLISH
    rig.cut();
    rig.events.clear();
    assert_eq!(rig.reconnect(CONNACK), NOTHING);
    assert_eq!(rig.client.status(), ClientStatus::Connected);
}

#[test]
fn the_configuration_changes_between_connections_only() {
    let mut rig = Rig::connected(kept("a"));
    assert_eq!(rig.client.set_config(kept("b")), Err(ClientError::AlreadyConnected));
    rig.publish("t", "x", Q1);
    rig.cut();
    // The same client identifier: the same session.
    rig.client.set_config(ClientConfig { keep_alive_secs: 9, ..kept("a") }).unwrap();
    assert_eq!(rig.client.in_flight().len(), 1);
    // 3.1.1 MQTT-3.1.3-2: another identifier, another session.
    rig.client.set_config(ClientConfig { first_packet_id: 9, ..kept("b") }).unwrap();
    assert_eq!((rig.client.in_flight().len(), rig.client.has_session()), (0, false));
    assert_eq!(rig.reconnect(CONNACK), NOTHING);
    assert_eq!(rig.publish("t", "x", Q1), sent(&["32 06 000174 0009 78"]));
}
