//! Trying again.

use mqtt_playground::client::{ClientConfig, ClientEvent, ClientStatus, Reconnect};
use mqtt_playground::codec::Version;
use mqtt_playground::time::Instant;

use crate::rig::*;

fn again(reconnect: Reconnect) -> ClientConfig {
    ClientConfig { reconnect: Some(reconnect), ..kept("c") }
}

fn waits(rig: &Rig) -> u128 {
    rig.client.reconnect_at().map_or(0, |due| due.since(rig.now).as_millis())
}

/// The wait has passed; the owner is told so once.
fn due(rig: &mut Rig) -> Instant {
    let due = rig.client.reconnect_at().unwrap();
    assert_eq!(rig.client.poll_timeout(), Some(due));
    rig.client.handle_timeout(rig.now);
    assert_eq!(rig.drain(), NOTHING);
    rig.events.clear();
    rig.now = due;
    rig.client.handle_timeout(due);
    rig.client.handle_timeout(due);
    rig.drain();
    assert_eq!(rig.events(), [ClientEvent::ReconnectDue]);
    due
}

#[test]
fn a_lost_connection_is_tried_again_later_and_later() {
    let mut rig =
        Rig::connected(again(Reconnect { first_millis: 1_000, most_millis: 4_000, ..Reconnect::default() }));
    rig.cut();
    let wait = waits(&rig);
    assert!((500..=1_000).contains(&wait), "{wait}");
    let words = rig.decisions();
    assert_eq!(words.last().unwrap(), &format!("connects again in {wait} ms, attempt 1"));
    for longest in [2_000, 4_000, 4_000, 4_000] {
        due(&mut rig);
        rig.client.handle_unreachable(rig.now);
        rig.drain();
        assert!((longest / 2..=longest).contains(&waits(&rig)), "{longest}: {}", waits(&rig));
    }
    due(&mut rig);
    assert_eq!(rig.reconnect(CONNACK_PRESENT), NOTHING);
    // It breaks at once, so the waits do not begin anew; but they do once it has held for as long as was waited.
    rig.cut();
    assert!(waits(&rig) >= 2_000);
    due(&mut rig);
    rig.reconnect(CONNACK_PRESENT);
    rig.now = at(60_000);
    rig.cut();
    assert!((500..=1_000).contains(&waits(&rig)));
}

#[test]
fn the_same_seed_waits_the_same_and_another_one_does_not() {
    let run = |seed| {
        let mut rig = Rig::connected(again(Reconnect { seed, ..Reconnect::default() }));
        rig.cut();
        let mut all = vec![];
        for _ in 0..6 {
            all.push(waits(&rig));
            due(&mut rig);
            rig.client.handle_unreachable(rig.now);
            rig.drain();
        }
        all
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn attempts_come_to_an_end_if_they_shall() {
    let mut rig = Rig::connected(again(Reconnect { max_attempts: 2, ..Reconnect::default() }));
    rig.cut();
    for _ in 0..2 {
        due(&mut rig);
        rig.client.handle_unreachable(rig.now);
        rig.drain();
    }
    assert_eq!(rig.decisions(), ["gives up after 2 attempts"]);
    assert_eq!((rig.client.reconnect_at(), rig.client.poll_timeout()), (None, None));
}

#[test]
fn what_would_fail_again_is_not_tried_again() {
    let v5 = |connack: &'static str| (Version::V5, connack);
    for ((version, answer), tried) in [
        ((Version::V311, "20 02 00 03"), true),
        ((Version::V311, "20 02 00 05"), false),
        (v5("20 03 00 89 00"), true),
        (v5("20 03 00 87 00"), false),
        (v5("20 03 00 00 00 e0 01 8b"), true),
        (v5("20 03 00 00 00 e0 01 8e"), false), // taken over: it would never end
        (v5("20 03 00 00 00 c0 00"), false),    // a server that breaks the protocol
    ] {
        let mut rig = Rig::new(ClientConfig { version, ..again(Reconnect::default()) });
        rig.client.connect(rig.now).unwrap();
        rig.receive(answer);
        assert_eq!(rig.client.status(), ClientStatus::Offline);
        assert_eq!(rig.client.reconnect_at().is_some(), tried, "{version:?} {answer}");
    }
}

#[test]
fn who_disconnects_or_connects_does_not_wait() {
    let mut rig = Rig::connected(again(Reconnect::default()));
    rig.client.disconnect(rig.now).unwrap();
    assert_eq!(rig.client.reconnect_at(), None);
    rig.drain();
    rig.reconnect(CONNACK_PRESENT);
    rig.cut();
    assert!(rig.client.reconnect_at().is_some());
    assert_eq!(rig.client.disconnect(rig.now), Ok(()));
    assert_eq!((rig.client.reconnect_at(), rig.drain()), (None, vec![]));
    rig.reconnect(CONNACK_PRESENT);
    rig.cut();
    rig.reconnect(CONNACK_PRESENT);
    assert_eq!(rig.client.reconnect_at(), None);
}

#[test]
fn without_settings_nothing_is_tried() {
    let mut rig = Rig::connected(kept("c"));
    rig.cut();
    rig.client.handle_unreachable(rig.now);
    assert_eq!((rig.client.reconnect_at(), rig.client.poll_timeout()), (None, None));
}
