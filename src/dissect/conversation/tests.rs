//! Conversations told packet by packet, and what shows in them.

use super::*;
use crate::dissect::parse_hex;

const UP: Direction = Direction::ToServer;
const DOWN: Direction = Direction::ToClient;

/// A CONNECT of 5.0 that takes 5 topic aliases, and a CONNACK that takes 10.
const CONNECT: &str = "10 11 0004 4d515454 05 02 003c 03 22 0005 0001 63";
const CONNACK: &str = "20 06 00 00 03 22 000a";

fn conversation(frames: &[(Direction, &str)]) -> (Conversation, Vec<ConversationPacket>) {
    let mut conversation = Conversation::new(Version::V311);
    let bytes = |hex| parse_hex(hex).expect("hex");
    let heard = frames.iter().map(|(way, hex)| conversation.next(&bytes(hex), *way)).collect();
    (conversation, heard)
}

fn statements(packets: &[ConversationPacket]) -> Vec<(usize, &'static str)> {
    let of = |packet: &ConversationPacket| {
        packet.dissection.faults.iter().map(|it| it.statement).collect::<Vec<_>>()
    };
    packets.iter().enumerate().flat_map(|(i, packet)| of(packet).into_iter().map(move |it| (i, it))).collect()
}

fn remarks(packets: &[ConversationPacket]) -> Vec<(usize, &str)> {
    let all = packets
        .iter()
        .enumerate()
        .flat_map(|(i, packet)| packet.dissection.remarks.iter().map(move |remark| (i, &*remark.message)));
    all.collect()
}

#[test]
fn a_topic_alias_stands_for_the_topic_that_it_was_given() {
    let (_, packets) = conversation(&[
        (UP, CONNECT),
        (DOWN, CONNACK),
        (UP, "30 0a 0003 612f62 03 23 0003 78"),
        (UP, "30 07 0000 03 23 0003 79"),
        // the other direction has its own
        (DOWN, "30 0a 0003 632f64 03 23 0003 78"),
        (DOWN, "30 07 0000 03 23 0003 79"),
        // given another topic
        (UP, "30 0a 0003 652f66 03 23 0003 78"),
        (UP, "30 07 0000 03 23 0003 79"),
    ]);
    let topics: Vec<_> = packets.iter().map(|packet| packet.resolved_topic.as_deref()).collect();
    let (first, other, second) = (Some("a/b"), Some("c/d"), Some("e/f"));
    assert_eq!(topics, [None, None, None, first, None, other, None, second]);
    assert_eq!(packets[3].dissection.topic.as_deref(), Some("a/b"));
    assert_eq!(packets[3].dissection.details, ["QoS 0", "a/b", "1 B"]);
    assert_eq!(statements(&packets), []);
}

#[test]
fn a_topic_alias_that_was_never_given_a_topic_is_a_fault() {
    // 5.0 section 3.3.2.3.4
    let alias = (UP, "30 07 0000 03 23 0003 79");
    let (_, packets) = conversation(&[(UP, CONNECT), (DOWN, CONNACK), alias]);
    assert_eq!(statements(&packets), [(2, "5.0 section 3.3.2.3.4")]);
    let diagnosis = &packets[2].dissection.faults[0];
    assert_eq!((diagnosis.fault.offset, diagnosis.fault.len), (6, 2));
    assert_eq!(diagnosis.fault.reason_code(), 0x82);
    assert!(packets[2].dissection.is_faulty(7));
    // 5.0 MQTT-3.3.2-7: nothing is carried from one connection to the next
    let named = (UP, "30 0a 0003 612f62 03 23 0003 78");
    let frames = [(UP, CONNECT), (DOWN, CONNACK), named, (UP, CONNECT), (DOWN, CONNACK), alias];
    assert_eq!(statements(&conversation(&frames).1), [(5, "5.0 section 3.3.2.3.4")]);
    // seen from its middle on, a connection may have named it before
    let mut joined = Conversation::new(Version::V5);
    let packet = joined.next(&parse_hex(alias.1).expect("hex"), UP);
    assert!(packet.dissection.is_valid() && packet.resolved_topic.is_none());
}

#[test]
fn each_end_is_held_to_the_limits_of_the_other() {
    let (conversation, packets) = conversation(&[
        (UP, CONNECT),
        (DOWN, "20 0e 00 00 0b 24 00 25 00 27 00000014 28 00"),
        (UP, "30 07 0000 03 23 0001 78"), // 5.0 MQTT-3.3.2-9: no alias at all
        (DOWN, "30 08 0001 61 03 23 0006 78"), // 5.0 MQTT-3.3.2-11: 5 at most
        (UP, "32 06 0001 61 0007 00"),    // 5.0 MQTT-3.2.2-11
        (UP, "31 04 0001 61 00"),         // 5.0 MQTT-3.2.2-14
        (UP, "82 07 0001 00 0001 23 00"), // wildcards
        (UP, "30 14 0001 61 00 00000000 00000000 00000000 00000000"), // 5.0 MQTT-3.2.2-15
        (DOWN, "f0 00"),                  // 5.0 MQTT-4.12.0-6
        (UP, "e0 07 00 05 11 00000001"),  // the CONNECT left it at 0
        (UP, "d0 00"),
    ]);
    let expected = [
        (2, "5.0 MQTT-3.3.2-9"),
        (3, "5.0 MQTT-3.3.2-11"),
        (4, "5.0 MQTT-3.2.2-11"),
        (5, "5.0 MQTT-3.2.2-14"),
        (6, "5.0 section 3.2.2.3.11"),
        (7, "5.0 MQTT-3.2.2-15"),
        (8, "5.0 MQTT-4.12.0-6"),
        (9, "5.0 section 3.14.2.2.2"),
        (10, "5.0 section 2.1.2"),
    ];
    assert_eq!(statements(&packets), expected);
    assert_eq!(conversation.context(UP).maximum_packet_size, 20);
    assert_eq!(conversation.context(DOWN).topic_alias_maximum, 5);
}

#[test]
fn acknowledgements_are_matched_with_what_they_acknowledge() {
    let connect = (UP, "10 0c 0004 4d515454 04 02 003c 0000");
    let (_, packets) = conversation(&[
        connect,
        (DOWN, "20 02 00 00"),
        (UP, "82 06 0001 0001 61 02"),
        (DOWN, "90 03 0001 02"),
        (UP, "34 05 0001 61 0007"),
        (DOWN, "50 02 0007"),
        (UP, "62 02 0007"),
        (DOWN, "70 02 0007"),
        (DOWN, "32 05 0001 61 0007"),
        (UP, "40 02 0007"),
        // 3.1.1 MQTT-2.3.1-6: twice, of another kind, and never sent
        (UP, "40 02 0007"),
        (UP, "34 05 0001 61 0008"),
        (DOWN, "40 02 0008"),
        (UP, "62 02 0009"),
        // 3.1.1 MQTT-2.3.1-7
        (DOWN, "b0 02 0001"),
    ]);
    let expected = [
        (10, "Bytes 02–03 are 00 07. Nothing with packet identifier 7 waits for PUBACK."),
        (12, "Bytes 02–03 are 00 08. Nothing with packet identifier 8 waits for PUBACK."),
        (13, "Bytes 02–03 are 00 09. Nothing with packet identifier 9 waits for PUBREL."),
        (14, "Bytes 02–03 are 00 01. Nothing with packet identifier 1 waits for UNSUBACK."),
    ];
    assert_eq!(remarks(&packets), expected);
    assert_eq!(packets[14].dissection.remarks[0].statement, "3.1.1 MQTT-2.3.1-7");
    assert!(packets.iter().all(|packet| packet.dissection.is_valid()), "a remark is no fault");
    // a session kept from before may have left the PUBLISH behind
    let (_, packets) = conversation(&[connect, (DOWN, "20 02 01 00"), (UP, "62 02 0009")]);
    assert_eq!(remarks(&packets), []);
}

#[test]
fn a_refused_publish_is_over_and_a_broken_packet_settles_nothing() {
    let (conversation, packets) = conversation(&[
        (UP, CONNECT),
        (DOWN, CONNACK),
        (UP, "34 06 0001 61 0007 00"),
        (DOWN, "50 03 0007 97"),
        (UP, "62 02 0007"),
        // an alias above the maximum is not taken
        (UP, "30 08 0001 61 03 23 000b 78"),
        // nor one of a packet that is cut short
        (UP, "30 0a 0003 612f62 03 23 0003"),
    ]);
    assert_eq!(remarks(&packets).iter().map(|(i, _)| *i).collect::<Vec<_>>(), [4]);
    assert_eq!(statements(&packets), [(5, "5.0 MQTT-3.3.2-9")]);
    assert!(conversation.to_server.aliases.is_empty());
}
