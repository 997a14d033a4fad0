//! Topic Aliases that come by themselves.

use mqtt_playground::client::{ClientConfig, PublishRequest};
use mqtt_playground::codec::{PropertyId, Version};

use crate::rig::*;

/// CONNACK with Topic Alias Maximum 2.
const CONNACK_2: &str = "20 06 00 00 03 22 0002";

fn aliasing(most: u16) -> Rig {
    let mut rig = Rig::new(ClientConfig { automatic_aliases: most, ..v5(true, &[]) });
    assert_eq!(rig.reconnect(CONNACK_2), NOTHING);
    rig
}

#[test]
fn the_first_topics_get_an_alias_as_far_as_the_server_allows() {
    // 5.0 MQTT-3.2.2-17, MQTT-3.3.2-8
    let mut rig = aliasing(9);
    assert_eq!(rig.publish("aaaa", "x", Q0), sent(&["30 0b 0004 61616161 03 23 0001 78"]));
    assert_eq!(rig.publish("aaaa", "y", Q0), sent(&["30 07 0000 03 23 0001 79"]));
    assert_eq!(rig.publish("aaaa", "z", Q1), sent(&["32 09 0000 0001 03 23 0001 7a"]));
    assert_eq!(rig.publish("bbbb", "x", Q0), sent(&["30 0b 0004 62626262 03 23 0002 78"]));
    assert_eq!(rig.publish("cccc", "x", Q0), sent(&["30 08 0004 63636363 00 78"]), "no third one");
    assert_eq!(rig.publish("bbbb", "y", Q0), sent(&["30 07 0000 03 23 0002 79"]));
    assert_eq!(rig.publish("a/b", "x", Q0), sent(&["30 07 0003 612f62 00 78"]), "would gain nothing");
}

#[test]
fn an_alias_ends_with_its_connection_and_what_is_sent_again_names_its_topic() {
    // 5.0 MQTT-3.3.2-7
    let config = v5(false, &[(PropertyId::SessionExpiryInterval, 60)]);
    let mut rig = Rig::new(ClientConfig { automatic_aliases: 2, ..config });
    rig.reconnect(CONNACK_2);
    rig.publish("aaaa", "x", Q1);
    assert_eq!(rig.publish("aaaa", "y", Q1), sent(&["32 09 0000 0002 03 23 0001 79"]));
    rig.cut();
    let again = ["3a 0d 0004 61616161 0001 03 23 0001 78", "3a 09 0000 0002 03 23 0001 79"];
    assert_eq!(rig.reconnect("20 06 01 00 03 22 0002"), sent(&again));
    rig.cut();
    let plain = ["3a 0a 0004 61616161 0001 00 78", "3a 0a 0004 61616161 0002 00 79"];
    assert_eq!(rig.reconnect("20 03 01 00 00"), sent(&plain), "a server that takes none");
}

#[test]
fn an_alias_of_the_owners_own_is_kept_and_used() {
    let mut rig = aliasing(2);
    let properties = numbers(&[(PropertyId::TopicAlias, 1)]);
    let own = PublishRequest { properties, ..request("aaaa", "x", Q0) };
    rig.client.publish(rig.now, own).unwrap();
    assert_eq!(rig.drain(), sent(&["30 0b 0004 61616161 03 23 0001 78"]));
    assert_eq!(rig.publish("bbbb", "x", Q0), sent(&["30 0b 0004 62626262 03 23 0002 78"]));
    assert_eq!(rig.publish("aaaa", "y", Q0), sent(&["30 07 0000 03 23 0001 79"]));
}

#[test]
fn off_before_5_and_where_it_would_make_a_packet_too_large() {
    let mut rig = Rig::connected(ClientConfig { automatic_aliases: 2, ..kept("c") });
    assert_eq!(rig.client.config().version, Version::V311);
    assert_eq!(rig.publish("aaaa", "x", Q0), sent(&["30 07 0004 61616161 78"]));
    // Maximum Packet Size 12: with the alias it would be 13 bytes.
    let mut rig = Rig::new(ClientConfig { automatic_aliases: 2, ..v5(true, &[]) });
    rig.reconnect("20 0b 00 00 08 22 0002 27 0000000c");
    assert_eq!(rig.publish("aaaa", "x", Q0), sent(&["30 08 0004 61616161 00 78"]));
    assert_eq!(rig.publish("aaaa", "y", Q0), sent(&["30 08 0004 61616161 00 79"]), "it was never set");
}
