//! Bounds of a history, changing the past, clients that join.

use bytes::Bytes;
use mqtt_playground::client::{ClientConfig, ClientStatus, PublishRequest};
use mqtt_playground::sim::{
    Action, AddClientError, ClientSpec, LinkSettings, Scenario, Sim, UpcomingKind, scenarios,
};
use mqtt_playground::time::Instant;

fn message(topic: &str, payload: &'static str) -> Action {
    Action::Publish(PublishRequest {
        topic: topic.to_owned(),
        payload: Bytes::from_static(payload.as_bytes()),
        ..PublishRequest::default()
    })
}

fn spec(name: &str) -> ClientSpec {
    ClientSpec { name: name.to_owned(), config: ClientConfig::new(name) }
}

/// The first scenario, and after it `count` QoS 0 messages: each takes three steps.
fn long(count: usize, budget_bytes: usize) -> Sim {
    let mut sim = Sim::with_capture_budget(scenarios().remove(0), budget_bytes);
    sim.settle(100);
    for _ in 0..count {
        sim.act(0, message("sensors/a", "x")).unwrap();
        sim.settle(100);
    }
    sim
}

#[test]
fn settling_stops_at_its_bound_and_when_only_timers_are_left() {
    let mut sim = Sim::new(scenarios().remove(0));
    assert_eq!((sim.settle(5), sim.cursor(), sim.is_settled()), (5, 5, false));
    assert_eq!((sim.settle(1_000), sim.is_settled()), (13, true));
    assert_eq!(sim.settle(1_000), 0);
    sim.seek(3);
    assert!(!sim.is_settled(), "there is a recorded future");
    assert_eq!(sim.settle(1_000), 15);
}

#[test]
fn acting_in_the_past_drops_the_future_but_not_the_script() {
    let mut sim = Sim::new(scenarios().remove(0));
    sim.settle(1_000);
    sim.act(0, message("sensors/late", "1")).unwrap();
    sim.settle(1_000);
    assert_eq!(sim.client(1).received_count(), 2);

    sim.seek(9); // both are connected, nothing is published
    sim.act_at(0, message("sensors/early", "2"), Instant::from_millis(1_000)).unwrap();
    assert_eq!((sim.cursor(), sim.recorded(), sim.now()), (10, 10, Instant::from_millis(1_000)));
    assert!(sim.capture().frames().all(|frame| frame.sent_step <= 10));
    sim.settle(1_000);
    let topics: Vec<bool> = ["sensors/early", "sensors/kitchen/temp", "sensors/late"]
        .iter()
        .map(|topic| {
            sim.capture().frames().any(|f| f.bytes.windows(topic.len()).any(|w| w == topic.as_bytes()))
        })
        .collect();
    assert_eq!(topics, [true, true, false]);

    sim.seek(9);
    let next = sim.next_event().unwrap();
    assert_eq!(next.at, Instant::from_millis(1_000));
    assert!(matches!(next.what, UpcomingKind::Action { client: 0, action: Action::Publish(_) }));
}

#[test]
fn an_action_keeps_between_the_cursor_and_the_next_event() {
    let mut sim = Sim::new(scenarios().remove(0));
    sim.seek(9);
    sim.act_at(0, message("a", ""), Instant::ZERO).unwrap();
    assert_eq!(Some(sim.now()), sim.step_time(9));
    let mut sim = Sim::new(scenarios().remove(0));
    sim.seek(9);
    assert_eq!(sim.next_event().unwrap().at, Instant::from_millis(2_000));
    sim.act_at(0, message("a", ""), Instant::from_millis(60_000)).unwrap();
    assert_eq!(sim.now(), Instant::from_millis(2_000));
}

#[test]
fn a_full_capture_drops_its_oldest_entries_and_the_past_stays_reachable() {
    let mut sim = long(200, 20_000);
    let (end, dropped) = (sim.cursor(), sim.capture().dropped_frames());
    assert!(dropped > 100, "{dropped}");
    assert_eq!(sim.capture().frames().next_back().unwrap().id + 1, 14 + 2 * 200);
    sim.seek(30);
    assert_eq!(sim.client(1).received_count(), 5);
    sim.seek(end);
    assert_eq!(sim.client(1).received_count(), 201);

    // The frames of this past are all dropped; numbering goes on where they ended.
    sim.seek(30);
    sim.act(0, message("sensors/a", "y")).unwrap();
    sim.settle(100);
    let ids: Vec<u32> = sim.capture().frames().map(|frame| frame.id).collect();
    assert_eq!((ids.as_slice(), sim.capture().dropped_frames()), (&[22, 23][..], 22));
    sim.seek(10);
    sim.seek(sim.recorded());
    assert_eq!(sim.client(1).received_count(), 6);
}

#[test]
fn a_long_history_is_exact_at_every_distance() {
    let mut sim = long(3_000, 1 << 30);
    let end = sim.recorded();
    assert!(end > 9_000, "{end}");
    for step in [0, 17, 18, 4_000, 4_001, 8_999, 31, 32, 33, end - 1, end] {
        sim.seek(step);
        let received = sim.capture().frames().filter(|f| {
            let arrived = f.to == sim.end_of_client(1) && f.fate_at(step).is_some();
            arrived && f.bytes[0] >> 4 == 3 && f.bytes[0] & 6 == 0
        });
        let released = u64::from(step >= 17);
        assert_eq!(sim.client(1).received_count(), received.count() as u64 + released, "step {step}");
        assert_eq!((sim.cursor(), sim.step_time(step)), (step, Some(sim.now())));
    }
}

#[test]
fn a_client_that_joins_has_been_there_offline_all_the_time() {
    let mut sim = Sim::new(scenarios().remove(0));
    sim.settle(100);
    let record = format!("{:?}", sim.capture().frames().collect::<Vec<_>>());
    let sub2 = sim.add_client(spec("sub2")).unwrap();
    assert_eq!((sub2, sim.end_of_client(sub2), sim.client_count()), (2, 3, 3));
    assert_eq!(&*sim.capture().ends()[3].name, "sub2");
    assert_eq!(sim.add_client(spec("sub2")), Err(AddClientError::NameTaken));
    assert_eq!(sim.add_client(spec("Broker")), Err(AddClientError::NameTaken));
    sim.seek(0);
    sim.settle(100);
    assert_eq!(format!("{:?}", sim.capture().frames().collect::<Vec<_>>()), record);

    sim.seek(4);
    sim.act(sub2, Action::Connect).unwrap();
    sim.settle(100);
    assert_eq!(sim.client(sub2).status(), ClientStatus::Connected);

    // The same as if it had been in the scenario from the start.
    let mut fresh = Sim::new(sim.scenario().clone());
    fresh.seek(4);
    fresh.act(sub2, Action::Connect).unwrap();
    fresh.settle(100);
    assert_eq!(format!("{:?}", fresh.capture()), format!("{:?}", sim.capture()));
}

#[test]
fn a_client_that_joins_has_a_link_of_its_own_at_every_step() {
    let tunnel = LinkSettings { up_micros: 5_000_000, down_micros: 2_000_000, ..LinkSettings::default() };
    let first = scenarios().remove(0);
    let links = vec![LinkSettings::default(), LinkSettings::default(), tunnel];
    let mut sim = Sim::new(Scenario { links, ..first });
    sim.settle(100);
    for _ in 0..3 {
        assert!(sim.step());
    }
    let joined = sim.add_client(spec("sub2")).unwrap();
    for _ in 0..20 {
        assert!(sim.step());
    }
    let end = sim.cursor();
    let step_times = |sim: &Sim| (0..=end).map(|step| sim.step_time(step)).collect::<Vec<_>>();
    for step in [0, 5, 20, end] {
        sim.seek(0);
        sim.seek(step);
        assert_eq!(Some(sim.now()), sim.step_time(step));
    }
    assert_eq!(sim.link_settings(joined).0, &LinkSettings::default());
    // What is saved of it comes about as it is here.
    let mut again = Sim::of_record(&sim.record()).unwrap();
    again.seek(end);
    assert_eq!(step_times(&again), step_times(&sim));
}
