//! Rules that are broken because somebody asked for it.

use bytes::Bytes;
use mqtt_playground::client::{
    ClientConfig, ClientError, ClientStatus, HELD_LIMIT, Misbehaviour, RAW_LIMIT, SLIP_LIMIT,
};
use mqtt_playground::codec::{PacketType, QoS};

use crate::rig::*;

use Misbehaviour::{Hold, IgnoreReceiveMaximum, NoPings, Raw, Release, Twice, Withhold, WrongId};

#[test]
fn an_acknowledgement_is_withheld_once() {
    for (packet, arrives, answer) in [
        (PacketType::PubAck, "32 05 0001 61 0001", "40 02 0001"),
        (PacketType::PubRec, "34 05 0001 61 0001", "50 02 0001"),
        (PacketType::PubRel, "50 02 0001", "62 02 0001"),
        (PacketType::PubComp, "62 02 0001", "70 02 0001"),
    ] {
        let mut rig = Rig::connected(kept("c"));
        rig.client.misbehave(rig.now, Withhold(packet)).unwrap();
        assert_eq!(rig.receive(arrives), NOTHING, "{packet}");
        let words = rig.decisions();
        assert_eq!(words.last().unwrap(), &format!("withholds {packet} 1 on purpose"));
        assert_eq!(rig.receive(arrives), sent(&[answer]), "the next one is right");
    }
}

#[test]
fn an_acknowledgement_goes_out_under_the_wrong_identifier_once() {
    let mut rig = Rig::connected(kept("c"));
    rig.client.misbehave(rig.now, WrongId(PacketType::PubAck, id(9))).unwrap();
    rig.client.misbehave(rig.now, Withhold(PacketType::PubAck)).unwrap();
    assert_eq!(rig.receive("34 05 0001 61 0001"), sent(&["50 02 0001"]), "PUBREC is not meant");
    rig.events.clear();
    assert_eq!(rig.receive("32 05 0001 61 0002"), sent(&["40 02 0009"]));
    assert_eq!(rig.decisions(), ["sends PUBACK 9, not 2, on purpose"]);
    assert_eq!(rig.receive("32 05 0001 61 0003"), NOTHING, "then the one that was asked for next");
    assert_eq!(rig.receive("32 05 0001 61 0004"), sent(&["40 02 0004"]));
}

#[test]
fn slips_end_with_the_connection_and_are_bounded() {
    let mut rig = Rig::connected(kept("c"));
    for _ in 0..SLIP_LIMIT {
        rig.client.misbehave(rig.now, Withhold(PacketType::PubAck)).unwrap();
    }
    let more = rig.client.misbehave(rig.now, Withhold(PacketType::PubAck));
    assert_eq!(more, Err(ClientError::TooManyRequests));
    let no_ack = rig.client.misbehave(rig.now, Withhold(PacketType::PingReq));
    assert_eq!(no_ack, Err(ClientError::NoAcknowledgement(PacketType::PingReq)));
    rig.cut();
    let offline = rig.client.misbehave(rig.now, Withhold(PacketType::PubAck));
    assert_eq!(offline, Err(ClientError::NotConnected));
    rig.reconnect(CONNACK_PRESENT);
    assert_eq!(rig.receive("32 05 0001 61 0001"), sent(&["40 02 0001"]));
}

#[test]
fn raw_bytes_go_out_as_they_are() {
    let mut rig = Rig::connected(ClientConfig { keep_alive_secs: 5, ..kept("c") });
    rig.now = at(2_000);
    rig.client.misbehave(rig.now, Raw(Bytes::from_static(b"\xff\x00\x30"))).unwrap();
    assert_eq!(rig.drain(), sent(&["ff 00 30"]));
    assert_eq!(rig.decisions(), ["sends 3 raw bytes on purpose"]);
    assert_eq!(rig.client.poll_timeout(), Some(at(7_000)));
    let long = rig.client.misbehave(rig.now, Raw(vec![0; RAW_LIMIT + 1].into()));
    assert_eq!(long, Err(ClientError::RawTooLong { len: RAW_LIMIT + 1 }));
    assert!(rig.client.misbehave(rig.now, Raw(vec![0; RAW_LIMIT].into())).is_ok());
}

#[test]
fn offline_raw_bytes_stand_in_for_connect() {
    let mut rig = Rig::new(kept("c"));
    rig.client.misbehave(rig.now, Raw(Bytes::from_static(b"\xc0\x00"))).unwrap();
    assert_eq!(rig.drain(), sent(&["c0 00"]));
    assert_eq!(rig.client.status(), ClientStatus::Connecting);
    assert_eq!(rig.client.connect(rig.now), Err(ClientError::AlreadyConnected));
    rig.cut();
    assert_eq!(rig.reconnect(CONNACK), NOTHING, "and then all is as before");
}

#[test]
fn an_acknowledgement_goes_out_twice_once() {
    let mut rig = Rig::connected(kept("c"));
    rig.client.misbehave(rig.now, Twice(PacketType::PubAck)).unwrap();
    assert_eq!(rig.receive("32 05 0001 61 0001"), sent(&["40 02 0001", "40 02 0001"]));
    assert_eq!(rig.decisions().last().unwrap(), "sends PUBACK 1 twice on purpose");
    assert_eq!(rig.receive("32 05 0001 61 0001"), sent(&["40 02 0001"]));
}

#[test]
fn keep_alive_can_be_let_run_out() {
    let mut rig = Rig::connected(ClientConfig { keep_alive_secs: 5, ..kept("c") });
    rig.client.misbehave(rig.now, NoPings(true)).unwrap();
    assert_eq!(rig.client.poll_timeout(), None);
    assert_eq!(rig.timeout(60_000), NOTHING);
    rig.client.misbehave(rig.now, NoPings(false)).unwrap();
    assert_eq!(rig.timeout(60_000), sent(&["c0 00"]));
}

#[test]
fn the_servers_receive_maximum_can_be_ignored() {
    let mut rig = Rig::new(v5(true, &[]));
    let nobody = rig.client.misbehave(rig.now, IgnoreReceiveMaximum);
    assert_eq!(nobody, Err(ClientError::NotConnected));
    rig.reconnect("20 06 00 00 03 21 0001");
    assert_eq!(rig.publish("a", "", QoS::AtLeastOnce).len(), 1);
    assert_eq!(rig.publish("b", "", QoS::AtLeastOnce), NOTHING, "5.0 MQTT-3.3.4-7: the quota is used up");
    rig.client.misbehave(rig.now, IgnoreReceiveMaximum).unwrap();
    assert_eq!(rig.drain(), sent(&["32 06 0001 62 0002 00"]));
}

#[test]
fn acknowledgements_are_held_until_they_are_released() {
    let mut rig = Rig::connected(kept("c"));
    rig.client.misbehave(rig.now, Hold(PacketType::PubAck)).unwrap();
    assert_eq!(rig.client.holding(), Some(0));
    rig.events.clear();
    assert_eq!(rig.receive("32 05 0001 61 0001"), NOTHING);
    assert_eq!(rig.receive("34 05 0001 61 0002"), sent(&["50 02 0002"]), "PUBREC is not meant");
    rig.client.misbehave(rig.now, Twice(PacketType::PubAck)).unwrap();
    assert_eq!(rig.receive("32 05 0001 61 0003"), NOTHING);
    assert_eq!(rig.client.holding(), Some(3));
    assert!(rig.decisions().contains(&"holds PUBACK 1 on purpose".to_owned()));
    rig.events.clear();
    rig.client.misbehave(rig.now, Release).unwrap();
    assert_eq!(rig.drain(), sent(&["40 02 0001", "40 02 0003", "40 02 0003"]));
    assert_eq!(rig.decisions(), ["holds nothing any more, and sends the 3 it held"]);
    assert_eq!(rig.receive("32 05 0001 61 0004"), sent(&["40 02 0004"]));
}

#[test]
fn what_is_held_is_bounded_and_ends_with_the_connection() {
    let mut rig = Rig::connected(kept("c"));
    let no_ack = rig.client.misbehave(rig.now, Hold(PacketType::Connect));
    assert_eq!(no_ack, Err(ClientError::NoAcknowledgement(PacketType::Connect)));
    rig.client.misbehave(rig.now, Hold(PacketType::PubAck)).unwrap();
    for _ in 0..HELD_LIMIT + 2 {
        assert_eq!(rig.receive("32 05 0001 61 0001"), NOTHING);
    }
    assert_eq!(rig.client.holding(), Some(HELD_LIMIT));
    assert_eq!(rig.decisions().last().map(String::as_str), Some("withholds PUBACK 1 on purpose"));
    rig.cut();
    assert_eq!(rig.client.holding(), None);
    assert_eq!(rig.client.misbehave(rig.now, Release), Err(ClientError::NotConnected));
    rig.reconnect(CONNACK_PRESENT);
    assert_eq!(rig.receive("32 05 0001 61 0001"), sent(&["40 02 0001"]));
}
