//! Actions that wait for something to happen.

use mqtt_playground::capture::Fate;
use mqtt_playground::client::ClientStatus;
use mqtt_playground::codec::PacketType;
use mqtt_playground::sim::{
    Action, ConditionalAction, Happening, MAX_CONDITIONS, MAX_FIRED, Record, Scenario, Sim,
};
use mqtt_playground::time::{Duration, Instant};

const BEGIN: &str = "
    client pub1 clean_start=false
    client sub1
    0.0 sub1 connect
    0.1 sub1 subscribe a/# qos=1
    0.2 pub1 connect
    1.0 pub1 publish a/1 \"x\" qos=1
    2.0 pub1 publish a/2 \"y\" qos=1
    3.0 pub1 publish b \"z\" qos=1
";

fn run(lines: &str) -> Sim {
    let (record, _) = Record::from_lines(&[BEGIN, lines].concat()).unwrap();
    let mut sim = Sim::new(record.scenario);
    sim.settle(10_000);
    sim
}

/// When packets of a type were sent by an end.
fn sent(sim: &Sim, from: u16, kind: PacketType) -> Vec<u64> {
    let kind = kind as u8;
    let frames = sim.capture().frames().filter(|it| it.from == from && it.bytes[0] >> 4 == kind);
    frames.map(|it| it.sent.as_micros() / 1_000).collect()
}

fn notes(sim: &Sim, words: &str) -> Vec<u64> {
    let found = sim.capture().notes().filter(|note| note.text.contains(words));
    found.map(|note| note.at.as_micros() / 1_000).collect()
}

#[test]
fn packets_sent_and_received_are_heard_at_their_ends() {
    // sub1 is the third lifeline. A PUBLISH of 1.000 reaches it at 1.041 and is handled at 1.042.
    assert_eq!(notes(&run("when sub1 receives PUBLISH do sub1 cut"), "link cut"), [1_042]);
    assert_eq!(notes(&run("when sub1 receives PUBLISH nth=2 do sub1 cut"), "link cut"), [2_042]);
    assert_eq!(notes(&run("when pub1 sends PUBLISH nth=3 after=7ms do sub1 cut"), "link cut"), [3_007]);
    assert_eq!(notes(&run("when broker receives PUBLISH do pub1 cut"), "link cut"), [1_021]);
    assert_eq!(notes(&run("when broker sends PUBACK do pub1 cut"), "link cut"), [1_021]);
    assert_eq!(
        notes(&run("when sub1 receives nth=3 do sub1 cut"), "link cut"),
        [1_042],
        "CONNACK, SUBACK, then it"
    );
    assert_eq!(notes(&run("when sub1 receives nth=30 do sub1 cut"), "link cut"), [0_u64; 0]);
}

#[test]
fn a_cut_at_the_moment_of_sending_loses_the_packet() {
    let sim = run("when broker sends PUBACK do pub1 cut");
    let lost = sim.capture().frames().filter(|it| matches!(it.end, Some((_, Fate::Lost { .. })))).count();
    assert_eq!(lost, 1, "its PUBACK alone: sub1 has a link of its own");
    assert_eq!(sim.client(0).in_flight().len(), 1, "pub1 waits for it");
}

#[test]
fn connections_and_deliveries_are_heard() {
    let sim = run("when sub1 connects after=10s do sub1 disconnect
        when sub1 disconnects do pub1 publish a/gone \"bye\"
        when sub1 delivers a/+ every do sub1 publish echo \"1\"
        when sub1 delivers b do sub1 cut");
    assert_eq!(sent(&sim, 2, PacketType::Disconnect), [10_042]);
    assert_eq!(sent(&sim, 0, PacketType::Publish), [1_000, 2_000, 3_000, 10_042]);
    assert_eq!(sent(&sim, 2, PacketType::Publish), [1_042, 2_042]);
    assert_eq!(notes(&sim, "link cut"), [0_u64; 0], "b is not subscribed to");
    let sim = run("when sub1 disconnects every after=1s do sub1 connect
        4.0 sub1 cut
        6.0 sub1 power-loss
        8.0 sub1 leave");
    assert_eq!(sent(&sim, 2, PacketType::Connect), [0, 5_000, 7_000], "it has left");
    assert_eq!(notes(&sim, "it has left"), [9_000], "what comes too late is told");
    assert_eq!(sim.client(1).status(), ClientStatus::Offline);
}

#[test]
fn each_time_is_a_thousand_times_at_most() {
    let sim = run("when sub1 delivers a/# every do pub1 publish a/1 \"again\" qos=1");
    assert_eq!(sim.client(1).received_count(), u64::from(MAX_FIRED) + 2);
    assert!(sim.is_settled());
}

#[test]
fn conditions_are_bounded() {
    let (record, _) = Record::from_lines(BEGIN).unwrap();
    let many = ConditionalAction {
        of: 1,
        what: Happening::Connects,
        nth: 1,
        after: Duration::ZERO,
        client: 1,
        action: Action::Subscribe(vec![("x".into(), Default::default())], Default::default()),
    };
    let conditions = vec![many; MAX_CONDITIONS + 50];
    let mut sim = Sim::new(Scenario { conditions: conditions.clone(), ..record.scenario.clone() });
    sim.settle(10_000);
    assert_eq!(sent(&sim, 2, PacketType::Subscribe).len(), MAX_CONDITIONS + 1);
    let whole = Record { scenario: Scenario { conditions, ..record.scenario }, actions: Vec::new() };
    let error = Record::from_text(&whole.to_text(0)).unwrap_err();
    assert_eq!(error.to_string(), "conditions: expected a shorter list");
}

#[test]
fn what_the_user_does_counts_and_a_fork_takes_it_back() {
    let mut sim = run("when sub1 disconnects after=1s do sub1 connect");
    let end = sim.cursor();
    sim.act(1, Action::Cut).unwrap();
    assert!(!sim.is_settled());
    sim.settle(100);
    assert_eq!(sim.client(1).status(), ClientStatus::Connected);
    let record = sim.record();
    let mut again = Sim::of_record(&record).unwrap();
    again.settle(100);
    assert_eq!(format!("{:?}", again.capture()), format!("{:?}", sim.capture()));
    sim.seek(end);
    sim.act_at(0, Action::Disconnect, Instant::from_millis(9_000)).unwrap();
    sim.settle(100);
    assert_eq!(sent(&sim, 2, PacketType::Connect).len(), 1, "sub1 was not cut in this one");
}

#[test]
fn another_action_in_place_of_one_that_a_condition_set_up_comes_before_it() {
    let mut sim = run("when sub1 delivers a/1 do sub1 disconnect");
    sim.seek(0);
    while sim.now() < Instant::from_millis(1_042) {
        sim.step();
    }
    sim.act_instead(1, Action::PowerLoss).unwrap();
    sim.settle(100);
    assert_eq!(sent(&sim, 2, PacketType::Disconnect), [0_u64; 0]);
    assert_eq!(notes(&sim, "loses power"), [1_042]);
}
