//! 5.0: sessions and wills that outlive their connection for a time.

use mqtt_playground::broker::BrokerConfig;

use crate::rig::{CLEAN, CLOSE, Rig, connack5, connect5, pk, quiet};

fn rig() -> Rig {
    Rig::new(quiet())
}

/// A 5.0 CONNECT of `a` with this expiry and a will `gone` on `w` with this delay.
fn with_will(flags: u8, expiry: u32, delay: u32) -> String {
    pk(
        0x10,
        &format!(
            "0004'MQTT' 05 {:02x} 0000 05 11 {expiry:08x} 0001'a' 05 18 {delay:08x} 0001'w' 0004'gone'",
            flags | 4
        ),
    )
}

fn witness(rig: &mut Rig) {
    rig.connect(9, "witness", 0x02, false).send(9, "82 06 0001 0001'w' 00", &[(9, "90 03 0001 00")]);
}

const WILL: (u32, &str) = (9, "30 07 0001'w' 'gone'");

#[test]
fn a_session_ends_with_its_connection_unless_an_expiry_says_otherwise() {
    // 5.0 MQTT-3.1.2-23, MQTT-4.1.0-2
    let mut rig = rig();
    rig.connect5(1, "a", 0, "", false).cut(1, &[]).heard("ends the session of a [5.0 MQTT-4.1.0-2]");
    rig.connect5(1, "a", 0, "11 00000005", false).cut(1, &[]);
    rig.heard("keeps the session of a: 0 in flight, 0 queued [5.0 MQTT-3.1.2-23]");
    // 5.0 MQTT-3.1.2-5, MQTT-3.2.2-3
    rig.wait_millis(4_999, &[]).connect5(1, "a", 0, "11 00000005", true).cut(1, &[]);
    rig.wait_millis(5_000, &[]).heard("a has been away too long: ends its session [5.0 MQTT-3.1.2-23]");
    // 5.0 MQTT-3.1.2-6, MQTT-3.2.2-2
    rig.connect5(1, "a", 0, "11 ffffffff", false).cut(1, &[]);
    assert_eq!((rig.broker.poll_timeout(), rig.broker.session("a").unwrap().ends()), (None, None));
    // 5.0 MQTT-3.1.2-4
    rig.wait_millis(1 << 40, &[]).connect5(1, "a", CLEAN, "11 00000005", false);
    rig.heard("discards the old session of a [5.0 MQTT-3.1.2-4]");
}

#[test]
fn a_session_whose_time_is_over_is_gone_before_the_timer_says_so() {
    let mut rig = rig();
    rig.connect5(1, "a", 0, "11 00000005", false).cut(1, &[]);
    rig.now = mqtt_playground::time::Instant::from_millis(5_000);
    rig.connect5(1, "a", 0, "11 00000005", false);
}

#[test]
fn disconnect_can_change_the_expiry() {
    let mut rig = rig();
    rig.connect5(1, "a", 0, "11 00000001", false);
    rig.send(1, &pk(0xe0, "00 05 11 00000005"), &[(1, CLOSE)]).wait_millis(4_999, &[]);
    rig.connect5(1, "a", 0, "11 00000001", true);
    rig.send(1, &pk(0xe0, "00 05 11 00000000"), &[(1, CLOSE)]);
    rig.connect5(1, "a", 0, "", false);
}

#[test]
fn the_broker_may_shorten_the_expiry_and_says_so() {
    let config = BrokerConfig { persistent_client_expiration_secs: 60, ..quiet() };
    let mut rig = Rig::new(config);
    rig.open([1]);
    rig.send(1, &connect5("a", 0, "11 ffffffff"), &[(1, &connack5(false, 0, "11 0000003c"))]);
    rig.connect(2, "b", 0x00, false).cut(1, &[]).cut(2, &[]).wait_millis(60_000, &[]);
    assert_eq!(rig.broker.counts().1, 0);
}

#[test]
fn sessions_go_from_version_to_version() {
    let mut rig = rig();
    rig.connect(1, "a", 0x00, false).send(1, "82 06 0001 0001'x' 01", &[(1, "90 03 0001 01")]).cut(1, &[]);
    rig.connect(2, "b", 0x02, false).send(2, "32 06 0001'x' 0001 '1'", &[(2, "40 02 0001")]);
    // Queued for 3.1.1, sent in 5.0's form.
    let expected = [(1, "20 03 01 00 00"), (1, "32 07 0001'x' 0001 00 '1'")];
    rig.open([1]).send(1, &connect5("a", 0, "11 00000009"), &expected);
    rig.cut(1, &[]);
    // And back; 3.1.1 keeps it for ever.
    rig.open([1]);
    let expected = [(1, "20 02 01 00"), (1, "3a 06 0001'x' 0001 '1'")];
    rig.send(1, "10 0d 0004'MQTT' 04 00 0000 0001'a'", &expected);
    assert_eq!(rig.broker.session("a").unwrap().expiry_secs(), u32::MAX);
}

#[test]
fn a_will_waits_for_its_delay_or_for_the_end_of_the_session() {
    // 5.0 MQTT-3.1.2-8, section 3.1.3.2.2
    for (expiry, delay, secs) in [(10, 3, 3), (2, 5, 2), (4, 4, 4)] {
        let mut rig = rig();
        witness(&mut rig);
        rig.open([1]).send(1, &with_will(CLEAN, expiry, delay), &[(1, "20 03 00 00 00")]);
        rig.cut(1, &[])
            .heard(&format!("keeps the will of a for {delay} s: it may come back [5.0 section 3.1.3.2.2]"));
        rig.wait_millis(secs * 1_000 - 1, &[]).wait_millis(1, &[WILL]).wait_millis(100_000, &[]);
    }
    // Without a session nothing waits.
    let mut rig = rig();
    witness(&mut rig);
    rig.open([1]).send(1, &with_will(CLEAN, 0, 5), &[(1, "20 03 00 00 00")]).cut(1, &[WILL]);
}

#[test]
fn a_client_that_is_back_in_time_has_no_will_published() {
    // 5.0 MQTT-3.1.3-9
    let mut rig = rig();
    witness(&mut rig);
    rig.open([1]).send(1, &with_will(CLEAN, 10, 5), &[(1, "20 03 00 00 00")]).cut(1, &[]);
    rig.connect5(2, "a", 0, "11 0000000a", true).wait_millis(60_000, &[]);
    rig.heard("a is back in time: discards its will [5.0 MQTT-3.1.3-9]");
    // With a clean start the old session has ended: its will is due.
    rig.send(2, "e0 00", &[(2, CLOSE)]);
    rig.open([1]).send(1, &with_will(CLEAN, 10, 5), &[(1, "20 03 00 00 00")]).cut(1, &[]);
    rig.open([2]).send(2, &connect5("a", CLEAN, ""), &[WILL, (2, "20 03 00 00 00")]);
    // Taken over with a delay: as any loss.
    rig.send(2, "e0 00", &[(2, CLOSE)]);
    rig.open([1]).send(1, &with_will(CLEAN, 10, 5), &[(1, "20 03 00 00 00")]);
    rig.open([2]).send(2, &connect5("a", 0, ""), &[(1, "e0 01 8e"), (1, CLOSE), (2, "20 03 01 00 00")]);
    rig.wait_millis(60_000, &[]);
}

#[test]
fn only_a_normal_disconnect_makes_a_will_void() {
    // 5.0 MQTT-3.14.4-3, MQTT-3.1.2-10
    for (disconnect, published) in
        [("e0 00", false), ("e0 01 00", false), ("e0 01 04", true), ("e0 01 80", true)]
    {
        let mut rig = rig();
        witness(&mut rig);
        rig.open([1]).send(1, &with_will(CLEAN, 0, 0), &[(1, "20 03 00 00 00")]);
        let expected: &[_] = if published { &[(1, CLOSE), WILL] } else { &[(1, CLOSE)] };
        rig.send(1, disconnect, expected).wait_millis(100_000, &[]);
    }
}

#[test]
fn a_will_has_its_properties() {
    let mut rig = rig();
    rig.connect5(9, "witness", CLEAN, "", false);
    rig.send(9, &pk(0x82, "0001 00 0001'w' 00"), &[(9, "90 04 0001 00 00")]);
    let connect = pk(
        0x10,
        "0004'MQTT' 05 06 0000 00 0001'a' 18 18 00000000 26 0001'k' 0001'1' 02 00000009 26 0001'k' 0001'2' 0001'w' 0001'x'",
    );
    rig.open([1]).send(1, &connect, &[(1, "20 03 00 00 00")]);
    // 5.0 MQTT-3.3.2-18, MQTT-3.1.3-10: in their order; the delay is the broker's own affair
    let will = pk(0x30, "0001'w' 13 02 00000009 26 0001'k' 0001'1' 26 0001'k' 0001'2' 'x'");
    rig.wait_millis(5_000, &[]).cut(1, &[(9, &will)]);
}
