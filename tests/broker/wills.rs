//! Wills: published when a connection ends by anything but DISCONNECT.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{CLOSE, Rig, pk};

/// A witness (9) of `w`, and a (1) with keep alive 10 s whose will is `gone` on `w`, with these connect flags.
fn rig(flags: u8) -> Rig {
    let mut rig = Rig::default();
    rig.connect(9, "witness", 0x02, false).send(9, "82 06 0001 0001'w' 02", &[(9, "90 03 0001 02")]);
    let connect = format!("10 16 0004'MQTT' 04 {flags:02x} 000a 0001'a' 0001'w' 0004'gone'");
    rig.open([1]).send(1, &connect, &[(1, "20 02 00 00")]);
    rig
}

#[test]
fn a_will_is_published_once_however_the_connection_ends() {
    // 3.1.1 MQTT-3.1.2-8, MQTT-3.1.2-10, MQTT-3.1.2-16
    let will = (9, "30 07 0001'w' 'gone'");
    let told = "publishes the will of a on w [3.1.1 MQTT-3.1.2-8]";
    rig(0x06).cut(1, &[will]).heard(told).never_heard("retains").cut(1, &[]);
    rig(0x06).wait_millis(15_000, &[(1, CLOSE), will]).heard(told);
    rig(0x06).send(1, "c1 00", &[(1, CLOSE), will]).heard(told);
    let taken_over = [(1, CLOSE), will, (2, "20 02 00 00")];
    rig(0x06).open([2]).send(2, "10 0d 0004'MQTT' 04 02 003c 0001'a'", &taken_over).heard(told);
}

#[test]
fn disconnect_makes_it_void() {
    // 3.1.1 MQTT-3.14.4-3
    let mut rig = rig(0x04);
    rig.send(1, "e0 00", &[(1, CLOSE)]).cut(1, &[]);
    rig.heard("discards the will of a [3.1.1 MQTT-3.14.4-3]").never_heard("publishes");
    assert!(rig.broker.session("a").unwrap().will().is_none());
}

#[test]
fn it_belongs_to_one_connection() {
    // 3.1.1 MQTT-3.1.2-12: the next connection of the same session has none
    let mut rig = rig(0x04);
    rig.cut(1, &[(9, "30 07 0001'w' 'gone'")]);
    // 3.1.1 MQTT-3.1.2-10, 5.0 MQTT-3.1.2-10
    assert!(rig.broker.session("a").unwrap().will().is_none());
    rig.connect(2, "a", 0x00, true).cut(2, &[]);
}

#[test]
fn its_qos_and_retain_are_used() {
    // 3.1.1 MQTT-3.1.2-9, MQTT-3.1.2-17
    let mut rig = rig(0x36);
    rig.cut(1, &[(9, "34 09 0001'w' 0001 'gone'")]).heard("retains the message of w [3.1.1 MQTT-3.3.1-5]");
    rig.connect(2, "late", 0x02, false);
    rig.send(2, "82 06 0001 0001'w' 01", &[(2, "90 03 0001 01"), (2, "33 09 0001'w' 0001 'gone'")]);
}

#[test]
fn a_clean_session_does_not_get_its_own_will_and_a_kept_one_does() {
    for (flags, queued) in [(0x0e, None), (0x0c, Some(1))] {
        let mut rig = rig(flags);
        rig.send(1, "82 06 0001 0001'w' 01", &[(1, "90 03 0001 01")]);
        rig.cut(1, &[(9, "32 09 0001'w' 0001 'gone'")]);
        assert_eq!(rig.broker.session("a").map(|it| it.queued().len()), queued);
    }
}

#[test]
fn a_retained_will_is_refused_where_nothing_is_retained() {
    let mut rig = Rig::new(BrokerConfig { retain_available: false, ..Default::default() });
    let connect = "10 16 0004'MQTT' 04 26 000a 0001'a' 0001'w' 0004'gone'";
    rig.open([1]).send(1, connect, &[(1, "20 02 00 03"), (1, CLOSE)]);
    rig.heard("refuses a with code 0x03: wills are not retained here [3.1.1 MQTT-3.2.2-5]");
}

#[test]
fn a_will_is_held_against_the_rules_of_messages() {
    // The broker's own topics are its own; a message may have four bytes.
    let config = BrokerConfig { message_size_limit: 4, ..Default::default() };
    for (topic, payload, told) in [
        ("0006'$SYS/x'", "0001'x'", "05: not allowed to publish this will"),
        ("0001'w'", "0005'gone!'", "03: the will is too long"),
        ("0001'w'", "0004'gone'", ""),
    ] {
        let mut rig = Rig::new(config.clone());
        let connect = pk(0x10, &format!("0004'MQTT' 04 06 000a 0001'a' {topic} {payload}"));
        let answer = format!("20 02 00 {}", told.get(..2).unwrap_or("00"));
        let closes = (1, CLOSE);
        let answers: &[_] = if told.is_empty() { &[(1, &*answer)] } else { &[(1, &*answer), closes] };
        rig.open([1]).send(1, &connect, answers);
        if !told.is_empty() {
            rig.heard(&format!("refuses a with code 0x{told} [3.1.1 MQTT-3.2.2-5]"));
        }
    }
}
