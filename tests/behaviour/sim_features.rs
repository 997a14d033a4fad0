//! The scenarios of `$SYS` and of what 5.0 has brought: that each shows what it says. Their packets, one by one, are in
//! `tests/golden/scenarios.txt` with the others.

use mqtt_playground::dissect::sentence;
use mqtt_playground::sim::{Scenario, Sim, scenario_groups, scenarios};

fn run(scenario: Scenario) -> Sim {
    let mut sim = Sim::new(scenario);
    sim.settle(2_000);
    assert!(sim.is_settled());
    sim
}

fn named(id: &str) -> Sim {
    run(scenarios().into_iter().find(|scenario| scenario.id == id).expect(id))
}

#[test]
fn groups_hold_all_scenarios() {
    let all = scenarios();
    assert_eq!(scenario_groups().map(|(_, count)| count).sum::<usize>(), all.len());
}

/// What each is there for, as packets' sentences and notes tell it.
#[test]
fn each_shows_what_it_says() {
    for (id, shows) in [
        ("sys", &["publishes the $SYS topics", "$SYS/broker/clients/connected"][..]),
        ("v5-request-response", &["replies/asker"]),
        ("v5-payload-format", &["the payload is not UTF-8"]),
        ("v5-subscription-identifiers", &["2 subscriptions of sub1 match: one copy"]),
        (
            "v5-no-local",
            &["ann asked for No Local: gets no message of its own on chat", "hands message to 2 subscribers"],
        ),
        (
            "v5-retain-options",
            &[
                "sends 1 retained message for heating/state",
                "new had heating/state before: sends nothing retained, as asked",
                "never asked for nothing retained of heating/state: sends nothing",
            ],
        ),
        (
            "v5-receive-maximum",
            &["queues message 2 for sub1: 1 queued", "queues message 3 for sub1: 2 queued"],
        ),
        ("v5-maximum-packet-size", &["is too long for sub1: drops it", "delivers message 2"]),
        ("v5-reason-strings", &["does not take a message for news from silent: the payload is too long"]),
        ("v5-assigned-client-identifier", &["names the client auto-"]),
        ("v5-server-keep-alive", &["sets the keep alive of sensor to 3 s in place of 60 s"]),
        ("v5-server-reference", &["use another server", "the server has moved"]),
        ("v5-will-delay", &["it may come back", "sensor is back in time", "publishes the will of sensor"]),
        (
            "v5-scram",
            &[
                "asks ann for the next step of SCRAM-SHA-256",
                "ann is authenticated by SCRAM-SHA-256",
                "refuses mallory with code 0x87",
                "ann is authenticated again by SCRAM-SHA-256",
            ],
        ),
    ] {
        let sim = named(id);
        let capture = sim.capture();
        let notes = capture.notes().map(|note| note.text.to_string());
        let name = |end| capture.end(end).map_or("", |end| &*end.name);
        let packets = capture
            .frames()
            .map(|frame| sentence(&frame.bytes, frame.version, name(frame.from), name(frame.to)));
        let all: Vec<String> = notes.chain(packets).collect();
        for show in shows {
            assert!(all.iter().any(|line| line.contains(show)), "{id}: {show:?} is not in {all:#?}");
        }
    }
}

/// Of the retained message three clients get: always two, new one, never none; and RETAIN of what comes later.
#[test]
fn retain_options_show_in_the_copies() {
    let sim = named("v5-retain-options");
    let copies: Vec<(String, bool)> = sim
        .capture()
        .frames()
        .filter(|frame| frame.from == sim.broker_end() && frame.bytes[0] >> 4 == 3)
        .map(|frame| {
            let name = sim.capture().end(frame.to).expect("an end").name.to_string();
            (name, frame.bytes[0] & 1 == 1)
        })
        .collect();
    let expected = [
        ("always", true),
        ("new", true),
        ("always", true),
        ("always", false),
        ("new", false),
        ("never", true),
    ];
    assert_eq!(copies, expected.map(|(name, retain)| (name.to_owned(), retain)));
}

#[test]
fn a_reason_string_comes_only_where_it_is_wanted() {
    let sim = named("v5-reason-strings");
    let acks = sim.capture().frames().filter(|frame| frame.bytes[0] == 0x40);
    let told: Vec<_> = acks
        .map(|frame| (frame.bytes[4], String::from_utf8_lossy(&frame.bytes).contains("too long")))
        .collect();
    assert_eq!(told, [(0x97, true), (0x97, false)]);
}
