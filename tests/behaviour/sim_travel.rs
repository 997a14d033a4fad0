//! Going to the next thing of a kind.

use mqtt_playground::client::PublishRequest;
use mqtt_playground::codec::{PropertyBuf, QoS, SubscriptionOptions};
use mqtt_playground::sim::{Action, Goal, Ran, Run, Scenario, Sim, UpcomingKind, scenarios};
use mqtt_playground::time::Instant;

fn scenario(id: &str) -> Scenario {
    scenarios().into_iter().find(|it| it.id == id).unwrap()
}

/// The kinds of the packets that were sent by the cursor.
fn sent(sim: &Sim) -> Vec<u8> {
    sim.capture().frames().filter(|it| it.sent_step <= sim.cursor()).map(|it| it.bytes[0] >> 4).collect()
}

#[test]
fn packet_by_packet() {
    let mut sim = Sim::new(scenario("qos-1"));
    let mut count = 0;
    while count < 9 && sim.run_to(Goal::Packet, 100) {
        count += 1;
        assert!(sent(&sim).len() >= count);
        assert_eq!(sim.capture().frames().next_back().unwrap().sent_step, sim.cursor());
    }
    assert_eq!((count, sent(&sim).len()), (9, 10), "the broker sends PUBACK and PUBLISH in one step");
    let end = sim.cursor();
    // The same through what is recorded.
    sim.seek(0);
    let again =
        std::iter::from_fn(|| (sim.cursor() < end && sim.run_to(Goal::Packet, 100)).then_some(())).count();
    assert_eq!(again, count);
}

#[test]
fn to_the_next_fault_delivery_and_timer() {
    let mut sim = Sim::new(scenario("lost-puback"));
    assert!(sim.run_to(Goal::Fault, 100));
    assert_eq!(sim.now(), Instant::from_millis(2_030));
    for count in 1..3 {
        assert!(sim.run_to(Goal::Delivery, 100));
        assert_eq!(sim.client(1).received_count(), count);
    }
    assert!(!sim.run_to(Goal::Delivery, 100), "keep alive goes on, nothing is delivered any more");
    let mut sim = Sim::new(scenario("qos-1"));
    sim.settle(1_000);
    let UpcomingKind::Timer { .. } = sim.next_event().unwrap().what else { panic!() };
    let at = sim.next_event().unwrap().at;
    assert!(sim.run_to(Goal::Timer, 1));
    assert_eq!(sim.now(), at);
    assert!(sim.run_to(Goal::Timer, 100), "past what the first one sent");
}

#[test]
fn a_round_trip_ends_with_its_answer() {
    let mut sim = Sim::new(scenario("qos-2"));
    let mut ends = Vec::new();
    while sim.run_to(Goal::RoundTrip, 100) && ends.len() < 5 {
        let here = sim.cursor();
        let arrived = sim.capture().frames().find(|it| it.end.is_some_and(|(step, _)| step == here)).unwrap();
        ends.push((arrived.bytes[0] >> 4, arrived.to));
    }
    // sub1: CONNACK, SUBACK; pub1: CONNACK, then PUBCOMP; after that its PINGREQ.
    assert_eq!(ends[..4], [(2, 2), (9, 2), (2, 0), (7, 0)]);
}

#[test]
fn nothing_left_is_told() {
    let mut sim = Sim::new(Scenario { actions: Vec::new(), ..scenario("qos-2") });
    assert!(!sim.run_to(Goal::Packet, 100));
    sim.act(0, Action::Connect).unwrap();
    assert!(!sim.run_to(Goal::Packet, 0));
    assert!(sim.run_to(Goal::RoundTrip, 100) || sim.cursor() > 1);
}

#[test]
fn a_way_gone_in_parts_leads_to_the_same_place() {
    for goal in [Goal::Packet, Goal::Fault, Goal::Delivery, Goal::Timer, Goal::RoundTrip] {
        for id in ["qos-2", "lost-puback", "will-keep-alive"] {
            let mut whole = Sim::new(scenario(id));
            let mut parts = Sim::new(scenario(id));
            for _ in 0..4 {
                let reached = whole.run_to(goal, 300);
                let mut run = Run::new(&parts, goal);
                let ran = (0..100).map(|_| run.go(&mut parts, 3)).find(|ran| *ran != Ran::On);
                assert_eq!(ran == Some(Ran::Reached), reached, "{goal:?} {id}");
                assert_eq!(parts.cursor(), whole.cursor(), "{goal:?} {id}");
            }
        }
    }
}

/// As long as a search may take, in a record that goes on far beyond.
#[test]
fn a_long_search_through_the_past_takes_no_longer_than_through_the_future() {
    let mut sim = Sim::new(scenario("qos-2"));
    assert!(!sim.run_to(Goal::Fault, 20_000), "nothing but keep alive");
    sim.seek(0);
    assert!(!sim.run_to(Goal::Fault, 20_000));
    assert_eq!((sim.cursor(), sim.recorded()), (20_000, 20_000));
}

#[test]
fn a_delivery_is_one_also_after_a_client_has_lost_what_it_had_received() {
    for loss in [Action::PowerLoss, Action::Leave] {
        let actions = Vec::new();
        let mut sim = Sim::new(Scenario { actions, ..scenario("qos-1") });
        let filters = || vec![("t".to_owned(), SubscriptionOptions::new(QoS::AtMostOnce))];
        for client in [0, 1] {
            sim.act(client, Action::Connect).unwrap();
            sim.settle(100);
            sim.act(client, Action::Subscribe(filters(), PropertyBuf::new())).unwrap();
            sim.settle(100);
        }
        let publish = |sim: &mut Sim| {
            let request = PublishRequest { topic: "t".to_owned(), ..PublishRequest::default() };
            sim.act(0, Action::Publish(request)).unwrap();
        };
        for _ in 0..5 {
            publish(&mut sim);
            sim.settle(100);
        }
        let before = sim.cursor();
        sim.act(1, loss.clone()).unwrap();
        publish(&mut sim);
        assert!(sim.run_to(Goal::Delivery, 100), "{loss:?}");
        assert_eq!((sim.client(0).received_count(), sim.client(1).received_count()), (6, 0));
        // A way that begins before the loss.
        sim.seek(before);
        assert!(sim.run_to(Goal::Delivery, 100), "{loss:?}");
        assert_eq!(sim.client(0).received_count(), 6);
    }
}
