//! Several brokers in one world.

use mqtt_playground::broker::BrokerConfig;
use mqtt_playground::capture::EndRole;
use mqtt_playground::client::{ClientConfig, ClientStatus};
use mqtt_playground::sim::{
    ActError, Action, AddClientError, BROKERS, BrokerSpec, ClientSpec, MAX_BROKERS, Record, Scenario, Sim,
    UpcomingKind,
};

const WORLD: &str = "
    another-broker edge allow_anonymous=false users=[{name=ada password=engine}]
    another-broker attic
    client pub1 clean_start=false
    client sub1 broker=edge user_name=ada password=engine clean_start=false
    client sub2
    0.0 pub1 connect
    0.0 sub1 connect
    0.0 sub2 connect
    0.5 sub1 subscribe # qos=1
    0.5 sub2 subscribe # qos=1
    1.0 pub1 publish a \"1\" qos=1 retain
";

fn world() -> Sim {
    let (record, _) = Record::from_lines(WORLD).unwrap();
    let mut sim = Sim::new(record.scenario);
    sim.settle(1_000);
    sim
}

fn counts(sim: &Sim) -> Vec<(usize, usize, usize)> {
    sim.brokers().map(|(_, broker)| broker.counts()).collect()
}

#[test]
fn each_broker_has_a_lifeline_settings_and_clients_of_its_own() {
    let sim = world();
    let ends: Vec<_> = sim.capture().ends().iter().map(|end| (end.name.to_string(), end.role)).collect();
    let names = ["pub1", "Broker", "edge", "attic", "sub1", "sub2"];
    assert_eq!(ends.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
    assert!(ends[1..4].iter().all(|(_, role)| *role == EndRole::Broker));
    assert_eq!((sim.end_of_client(0), sim.end_of_client(1), sim.end_of_client(2)), (0, 4, 5));
    assert_eq!(sim.end_of_client(BROKERS + 2), 3);
    // Connections, sessions, subscriptions.
    assert_eq!(counts(&sim), [(2, 2, 1), (1, 1, 1), (0, 0, 0)]);
    assert_eq!(
        (sim.client(1).received_count(), sim.client(2).received_count()),
        (0, 1),
        "no bridge between them"
    );
    assert_eq!(sim.brokers().map(|(_, broker)| broker.retained().len()).collect::<Vec<_>>(), [1, 0, 0]);
    let of_edge: Vec<_> = sim.capture().frames().filter(|it| it.to == 2).map(|it| it.from).collect();
    assert_eq!(of_edge, [4, 4], "CONNECT and SUBSCRIBE of sub1");
    assert!(!sim.broker_of(1).config().allow_anonymous && sim.broker_of(0).config().allow_anonymous);
    assert_eq!((sim.broker_number(1), sim.broker_number(9), sim.broker_number(BROKERS + 2)), (1, 0, 2));
}

#[test]
fn the_chosen_broker_restarts_and_only_its_links_are_cut() {
    let mut sim = world();
    let config = |sim: &Sim, party| Box::new(sim.broker_of(party).config().clone());
    let edge = config(&sim, BROKERS + 1);
    sim.act(BROKERS + 1, Action::RestartBrokerKeeping(edge)).unwrap();
    sim.settle(100);
    assert_eq!(counts(&sim), [(2, 2, 1), (0, 1, 1), (0, 0, 0)]);
    assert_eq!(sim.client(1).status(), ClientStatus::Offline);
    // By one of its clients, as in worlds with one broker.
    let first = config(&sim, 2);
    sim.act(2, Action::RestartBroker(first)).unwrap();
    sim.settle(100);
    assert_eq!(counts(&sim), [(0, 0, 0), (0, 1, 1), (0, 0, 0)]);
    let refused = sim.act(BROKERS + 3, Action::RestartBroker(Box::default()));
    assert_eq!(refused, Err(ActError::UnknownBroker(3)));
    let closed = Box::new(BrokerConfig { allow_anonymous: false, ..BrokerConfig::default() });
    sim.act(BROKERS + 2, Action::ConfigureBroker(closed)).unwrap();
    assert!(!sim.broker_of(BROKERS + 2).config().allow_anonymous && sim.broker().config().allow_anonymous);
}

#[test]
fn a_client_moves_while_it_has_no_connection() {
    let mut sim = world();
    assert_eq!(sim.act(0, Action::UseBroker(2)), Err(ActError::AlreadyConnected));
    assert_eq!(sim.act(0, Action::UseBroker(3)), Err(ActError::UnknownBroker(3)));
    sim.act(0, Action::Disconnect).unwrap();
    sim.settle(100);
    sim.act(0, Action::UseBroker(2)).unwrap();
    let UpcomingKind::Timer { .. } = sim.next_event().unwrap().what else { panic!("moving sends nothing") };
    sim.act(0, Action::Connect).unwrap();
    sim.settle(100);
    assert_eq!(counts(&sim), [(1, 2, 1), (1, 1, 1), (1, 1, 0)], "its session stays where it was");
    let opened = sim.capture().notes().rev().find(|note| note.text.contains("connection opened")).unwrap();
    assert_eq!((opened.end, opened.peer), (0, Some(3)));
    let mut again = Sim::of_record(&sim.record()).unwrap();
    again.settle(100);
    assert_eq!(counts(&again), counts(&sim), "as the record tells it");
}

#[test]
fn takeovers_happen_within_a_broker_only() {
    let lines = "another-broker edge
        client one client_id=same
        client two client_id=same broker=edge
        client three client_id=same
        0.0 one connect
        1.0 two connect
        2.0 three connect";
    let mut sim = Sim::new(Record::from_lines(lines).unwrap().0.scenario);
    sim.settle(1_000);
    let standing = [0, 1, 2].map(|client| sim.client(client).status() == ClientStatus::Connected);
    assert_eq!(standing, [false, true, true]);
    // What the first broker says of `same` is about the client that is there.
    let accepted: Vec<_> =
        sim.capture().notes().filter(|it| it.text.contains("accepts")).map(|it| (it.end, it.peer)).collect();
    assert_eq!(accepted, [(1, Some(0)), (2, Some(3)), (1, Some(4))]);
}

#[test]
fn brokers_are_bounded_and_joining_clients_stand_behind_all() {
    let brokers = (0..40).map(|n| BrokerSpec { name: format!("b{n}"), ..BrokerSpec::default() }).collect();
    let mut sim = Sim::new(Scenario { brokers, homes: vec![3], ..Scenario::default() });
    assert_eq!(sim.brokers().len(), MAX_BROKERS);
    let spec = |name: &str| ClientSpec { name: name.into(), config: ClientConfig::new(name) };
    assert_eq!(sim.add_client(spec("b2")), Err(AddClientError::NameTaken));
    assert_eq!(sim.add_client(spec("c")), Ok(0));
    assert_eq!((sim.end_of_client(0), sim.broker_number(0)), (MAX_BROKERS as _, 3));
    sim.act(0, Action::Connect).unwrap();
    sim.settle(100);
    assert_eq!(counts(&sim).iter().position(|(open, ..)| *open == 1), Some(3));
}

#[test]
fn a_world_becomes_one_with_another_broker_without_losing_what_was_done() {
    let mut sim = world();
    let before = sim.capture().frames().count();
    let mut record = sim.record();
    record.scenario.brokers.push(BrokerSpec { name: "new".into(), ..BrokerSpec::default() });
    sim.become_record(&record).unwrap();
    sim.settle(1_000);
    assert_eq!((sim.brokers().len(), sim.capture().frames().count()), (4, before));
}
