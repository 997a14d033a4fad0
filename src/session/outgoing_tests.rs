use bytes::Bytes;

use super::*;
use crate::codec::PropertyBuf;

fn id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

fn message(topic: &str) -> Arc<Message> {
    let payload = Bytes::from_static(b"21.5");
    Arc::new(Message::new(topic, payload, PropertyBuf::new()))
}

/// A window with the QoS given for ids 1, 2, 3 …, all of them sent.
fn window(qos: &[QoS]) -> Outgoing {
    let mut outgoing = Outgoing::default();
    for (at, qos) in qos.iter().enumerate() {
        outgoing.push(id(at as u16 + 1), *qos, false, message("a"));
    }
    while outgoing.next_transmission(u16::MAX).is_some() {}
    outgoing
}

/// What is sent until nothing is left: `P1` PUBLISH 1, `D1` its copy with DUP, `R1` PUBREL 1.
fn drain(outgoing: &mut Outgoing, receive_maximum: u16) -> Vec<String> {
    core::iter::from_fn(|| outgoing.next_transmission(receive_maximum))
        .map(|transmission| match transmission {
            Transmission::Publish { packet_id, dup, .. } => {
                format!("{}{packet_id}", if dup { 'D' } else { 'P' })
            }
            Transmission::PubRel { packet_id } => format!("R{packet_id}"),
        })
        .collect()
}

const Q1: QoS = QoS::AtLeastOnce;
const Q2: QoS = QoS::ExactlyOnce;

#[test]
fn each_exchange_ends_with_its_own_acknowledgement() {
    let mut outgoing = window(&[Q1, Q2]);
    assert_eq!(outgoing.pub_ack(id(1)).map(|done| done.packet_id), Ok(id(1)));
    assert_eq!(outgoing.pub_rec(id(2), false), Ok(AckProgress::Release));
    assert_eq!(outgoing.pub_rec(id(2), false), Ok(AckProgress::ReleaseAgain));
    assert_eq!(outgoing.pub_comp(id(2)).map(|done| done.qos), Ok(Q2));
    assert!(outgoing.is_empty());
    assert_eq!(outgoing.outstanding(), 0);
}

#[test]
fn an_acknowledgement_that_does_not_fit_changes_nothing() {
    let mut outgoing = window(&[Q1, Q2]);
    let before = outgoing.clone();
    let wrong = |packet_id, found, awaits| Err(AckMismatch::WrongPacket { packet_id, found, awaits });
    assert_eq!(outgoing.pub_ack(id(3)), Err(AckMismatch::Unknown { packet_id: id(3) }));
    assert_eq!(outgoing.pub_ack(id(2)), wrong(id(2), PacketType::PubAck, Stage::AwaitPubRec));
    assert_eq!(outgoing.pub_comp(id(2)), wrong(id(2), PacketType::PubComp, Stage::AwaitPubRec));
    let wrong = |packet_id, found, awaits| Err(AckMismatch::WrongPacket { packet_id, found, awaits });
    assert_eq!(outgoing.pub_rec(id(1), false), wrong(id(1), PacketType::PubRec, Stage::AwaitPubAck));
    assert_eq!(outgoing, before);
}

#[test]
fn a_resumed_session_sends_again_in_order_with_dup() {
    // 3.1.1 MQTT-4.4.0-1, MQTT-4.6.0-1, MQTT-3.3.1-1
    let mut outgoing = window(&[Q1, Q2, Q2, Q1]);
    assert_eq!(outgoing.pub_rec(id(2), false), Ok(AckProgress::Release));
    outgoing.push(id(5), Q1, false, message("never sent"));
    outgoing.rewind();
    assert_eq!(drain(&mut outgoing, u16::MAX), ["D1", "R2", "D3", "D4", "P5"]);
    outgoing.rewind();
    assert_eq!(drain(&mut outgoing, u16::MAX), ["D1", "R2", "D3", "D4", "D5"]);
}

#[test]
fn releases_keep_the_order_in_which_pubrec_came() {
    // 3.1.1 MQTT-4.6.0-4, 5.0 MQTT-4.6.0-4
    let mut outgoing = window(&[Q2, Q2, Q1, Q2]);
    for received in [4, 1, 2] {
        assert_eq!(outgoing.pub_rec(id(received), false), Ok(AckProgress::Release));
    }
    outgoing.rewind();
    assert_eq!(drain(&mut outgoing, u16::MAX), ["D3", "R4", "R1", "R2"]);
}

#[test]
fn receive_maximum_bounds_what_is_unacknowledged_on_this_connection() {
    // 5.0 MQTT-3.3.4-7, MQTT-4.9.0-2
    let mut outgoing = Outgoing::default();
    for number in 1..=4 {
        outgoing.push(id(number), Q2, false, message("a"));
    }
    assert_eq!(drain(&mut outgoing, 2), ["P1", "P2"]);
    assert_eq!(outgoing.pub_rec(id(1), false), Ok(AckProgress::Release));
    assert_eq!(drain(&mut outgoing, 2), [""; 0], "PUBREC frees no place");
    assert!(outgoing.pub_comp(id(1)).is_ok());
    assert_eq!(drain(&mut outgoing, 2), ["P3"]);
    // 5.0 MQTT-4.4.0-2: a refusal ends the exchange.
    assert!(matches!(outgoing.pub_rec(id(2), true), Ok(AckProgress::Done(_))));
    assert_eq!(drain(&mut outgoing, 2), ["P4"]);
    assert_eq!(outgoing.pub_rec(id(3), false), Ok(AckProgress::Release));
    // On a new connection a PUBREL takes no place.
    outgoing.rewind();
    assert_eq!(drain(&mut outgoing, 1), ["R3", "D4"]);
    assert!(outgoing.pub_comp(id(3)).is_ok());
    assert_eq!(outgoing.outstanding(), 1);
}

#[test]
fn only_what_was_sent_on_this_connection_is_sent_once_more() {
    let mut outgoing = window(&[Q1, Q2]);
    assert_eq!(outgoing.pub_rec(id(2), false), Ok(AckProgress::Release));
    assert!(matches!(outgoing.again(id(1)), Some(Transmission::Publish { dup: true, qos: Q1, .. })));
    assert_eq!(outgoing.again(id(2)), Some(Transmission::PubRel { packet_id: id(2) }));
    outgoing.push(id(3), Q1, false, message("waits for its turn"));
    assert_eq!((outgoing.again(id(3)), outgoing.again(id(4))), (None, None));
    outgoing.rewind();
    assert_eq!(outgoing.again(id(1)), None);
}

#[test]
fn an_acknowledgement_before_its_turn_to_be_sent_again_is_taken() {
    let mut outgoing = window(&[Q2, Q2, Q1]);
    outgoing.rewind();
    assert_eq!(drain(&mut outgoing, 1), ["D1"]);
    assert_eq!(outgoing.pub_rec(id(2), false), Ok(AckProgress::Release));
    assert!(outgoing.pub_ack(id(3)).is_ok());
    assert_eq!(drain(&mut outgoing, 1), ["R2"]);
    assert_eq!(outgoing.outstanding(), 1);
}

#[test]
fn the_message_is_let_go_at_pubrec() {
    // 3.1.1 MQTT-4.3.3-1, 5.0 MQTT-4.3.3-6: PUBLISH is not sent again after it.
    let mut outgoing = window(&[Q2]);
    assert_eq!(outgoing.pub_rec(id(1), false), Ok(AckProgress::Release));
    let entry = outgoing.iter().next().map(|entry| (entry.stage, entry.message.is_none(), &*entry.topic));
    assert_eq!(entry, Some((Stage::AwaitPubComp, true, "a")));
}
