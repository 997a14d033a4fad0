//! Messages from the server.

use mqtt_playground::client::ClientConfig;

use crate::rig::*;

#[test]
fn qos_0_is_delivered_without_an_answer() {
    let mut rig = Rig::connected(ClientConfig::new("c"));
    assert_eq!(rig.receive("31 05 0001 61 3231"), NOTHING);
    assert_eq!(rig.messages(), [("a".into(), "21".into(), Q0, true, false)]);
    assert_eq!(rig.client.received_count(), 1);
}

#[test]
fn qos_1_is_delivered_and_acknowledged_each_time() {
    // 3.1.1 MQTT-4.3.2-2: after PUBACK the identifier stands for a new message, whatever DUP says.
    let mut rig = Rig::connected(ClientConfig::new("c"));
    assert_eq!(rig.receive("32 06 0001 61 0005 78"), sent(&["40 02 0005"]));
    assert_eq!(rig.receive("3a 06 0001 61 0005 78"), sent(&["40 02 0005"]));
    let again = ("a".into(), "x".into(), Q1, false, true);
    assert_eq!(rig.messages(), [got("a", "x", Q1), again]);
}

#[test]
fn qos_2_is_delivered_once_at_pubrel() {
    // 3.1.1 MQTT-4.3.3-2
    let mut rig = Rig::connected(ClientConfig::new("sub1"));
    assert_eq!(rig.receive("34 09 0003 612f62 0001 3231"), sent(&["50 02 0001"]));
    assert_eq!(rig.client.incoming().map(|(packet_id, _)| packet_id).collect::<Vec<_>>(), [id(1)]);
    assert_eq!(rig.receive("3c 09 0003 612f62 0001 3231"), sent(&["50 02 0001"]));
    // The same without DUP is a copy too: the identifier decides.
    assert_eq!(rig.receive("34 09 0003 612f62 0001 3939"), sent(&["50 02 0001"]));
    let expected = [
        "stores message 1, delivers nothing yet (3.1.1 MQTT-4.3.3-2)",
        "has message 1 already: only answers (3.1.1 MQTT-4.3.3-2)",
        "has message 1 already: only answers (3.1.1 MQTT-4.3.3-2)",
    ];
    assert_eq!(rig.decisions(), expected);
    assert_eq!(rig.client.received_count(), 0);
    assert_eq!(rig.receive("62 02 0001"), sent(&["70 02 0001"]));
    assert_eq!(rig.messages(), [got("a/b", "21", Q2)]);
    assert_eq!(rig.client.incoming().len(), 0);
    // PUBREL once more, because PUBCOMP was lost: answered, not delivered.
    assert_eq!(rig.receive("62 02 0001"), sent(&["70 02 0001"]));
    assert_eq!(rig.decisions(), ["has no message 1: only answers (3.1.1 MQTT-4.3.3-2)"]);
    // The identifier is free for another message.
    assert_eq!(rig.receive("34 06 0001 61 0001 78"), sent(&["50 02 0001"]));
    assert_eq!(rig.receive("62 02 0001"), sent(&["70 02 0001"]));
    assert_eq!(rig.messages(), [got("a", "x", Q2)]);
    assert_eq!(rig.client.received_count(), 2);
}

#[test]
fn acknowledgements_keep_the_order_of_what_they_answer() {
    // 3.1.1 MQTT-4.6.0-2, MQTT-4.6.0-3, MQTT-4.6.0-4
    let mut rig = Rig::connected(ClientConfig::new("c"));
    rig.publish("t", "1", Q2);
    rig.publish("t", "2", Q2);
    let incoming = "32 05 0001 61 0003  34 05 0001 61 0002  32 05 0001 61 0001  34 05 0001 61 0004";
    let answers = ["40 02 0003", "50 02 0002", "40 02 0001", "50 02 0004"];
    assert_eq!(rig.receive(incoming), sent(&answers));
    assert_eq!(rig.receive("50 02 0002 50 02 0001"), sent(&["62 02 0002", "62 02 0001"]));
}

#[test]
fn a_publish_cut_anywhere_is_the_same_publish() {
    let stream = hex("20 02 0000  34 09 0003 612f62 0001 3231  62 02 0001  32 06 0001 61 0005 78  d0 00");
    let answers = sent(&["50 02 0001", "70 02 0001", "40 02 0005"]);
    for cut in 0..=stream.len() {
        let mut rig = Rig::new(ClientConfig::new("c"));
        rig.client.connect(at(0)).unwrap();
        rig.drain();
        rig.client.handle_data(at(0), &stream[..cut]);
        let mut out = rig.drain();
        rig.client.handle_data(at(0), &stream[cut..]);
        out.extend(rig.drain());
        assert_eq!(out, answers, "cut at {cut}");
        assert_eq!(rig.messages(), [got("a/b", "21", Q2), got("a", "x", Q1)], "cut at {cut}");
    }
    let mut rig = Rig::new(ClientConfig::new("c"));
    rig.client.connect(at(0)).unwrap();
    rig.drain();
    for byte in stream {
        rig.client.handle_data(at(0), &[byte]);
    }
    assert_eq!(rig.drain(), answers, "byte by byte");
}
