//! The `$SYS` topics.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{Rig, quiet};

fn retained(rig: &Rig, topic: &str) -> Option<String> {
    let topic = format!("$SYS/broker/{topic}");
    let found = rig.broker.retained().find(|kept| *kept.message.topic == topic)?;
    Some(String::from_utf8(found.message.payload.to_vec()).unwrap())
}

#[test]
fn they_are_published_on_their_interval_and_only_where_they_change() {
    let mut rig = Rig::new(BrokerConfig { sys_interval_secs: 10, ..quiet() });
    assert_eq!(rig.broker.poll_timeout().unwrap().as_micros(), 10_000_000);
    rig.connect(1, "a", 0x00, false).connect(2, "b", 0x00, false);
    rig.send(1, "82 1e 0001 0019'$SYS/broker/clients/total' 00", &[(1, "90 03 0001 00")]).cut(2, &[]);
    rig.send(1, "30 04 0001'x' 'y'", &[]);
    rig.wait_millis(10_000, &[(1, "30 1c 0019'$SYS/broker/clients/total' '2'")]);
    rig.heard("publishes the $SYS topics [-]");
    for (topic, expected) in [
        ("uptime", "10 seconds"),
        ("clients/total", "2"),
        ("clients/connected", "1"),
        ("clients/disconnected", "1"),
        ("clients/maximum", "2"),
        ("subscriptions/count", "1"),
        ("messages/received", "4"),
        ("messages/sent", "3"),
        ("publish/messages/received", "1"),
        ("publish/messages/dropped", "1"),
        ("bytes/received", "68"),
        // Four packets in ten seconds are 24 a minute; of that the first average has taken in 15 %.
        ("load/messages/received/1min", "3.68"),
        ("load/messages/received/15min", "0.26"),
    ] {
        assert_eq!(retained(&rig, topic).as_deref(), Some(expected), "{topic}");
    }
    assert_eq!(retained(&rig, "version").unwrap(), format!("mqtt-playground {}", env!("CARGO_PKG_VERSION")));
    rig.wait_millis(10_000, &[]);
    assert_eq!(retained(&rig, "uptime").unwrap(), "20 seconds");
}

#[test]
fn they_are_off_by_default() {
    assert_eq!(Rig::default().broker.poll_timeout(), None);
}
