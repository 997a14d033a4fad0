//! Clients that do not read for a while.

use bytes::Bytes;
use mqtt_playground::client::PublishRequest;
use mqtt_playground::codec::{PropertyBuf, QoS, SubscriptionOptions};
use mqtt_playground::sim::{
    ActError, Action, LINK_TAKES, LinkSettings, Scenario, Sim, TimedAction, scenarios,
};
use mqtt_playground::time::Instant;

const PUB1: usize = 0;
const SUB1: usize = 1;

/// The first scenario's ends, who do nothing by themselves.
fn quiet() -> Scenario {
    Scenario { actions: Vec::new(), ..scenarios().remove(0) }
}

/// Publishes `count` messages of 100 bytes from PUB1, and lets all of them arrive.
fn publish_many(sim: &mut Sim, count: usize, qos: QoS) {
    for _ in 0..count {
        let topic = "sensors/n".to_owned();
        let payload = Bytes::from(vec![0; 100]);
        sim.act(PUB1, Action::Publish(PublishRequest { topic, payload, qos, ..PublishRequest::default() }))
            .unwrap();
        sim.settle(1_000);
    }
}

#[test]
fn a_client_that_does_not_read_lets_packets_pile_up_and_then_the_broker_holds_back() {
    let mut sim = Sim::new(quiet());
    for client in [PUB1, SUB1] {
        sim.act(client, Action::Connect).unwrap();
        sim.settle(100);
    }
    let filters = vec![("sensors/#".to_owned(), SubscriptionOptions::new(QoS::AtLeastOnce))];
    sim.act(SUB1, Action::Subscribe(filters, PropertyBuf::new())).unwrap();
    sim.settle(100);
    assert_eq!(sim.act(SUB1, Action::ReadAgain), Err(ActError::Reading));
    sim.act(SUB1, Action::StopReading).unwrap();
    assert_eq!(sim.act(SUB1, Action::StopReading), Err(ActError::NotReading));
    publish_many(&mut sim, 8, QoS::AtMostOnce);
    let (packets, bytes) = sim.unread(SUB1).unwrap();
    assert_eq!(packets, 8);
    assert!(bytes < LINK_TAKES);
    publish_many(&mut sim, 3, QoS::AtMostOnce);
    let (packets, bytes) = sim.unread(SUB1).unwrap();
    assert_eq!(packets, 10, "the last one was dropped: the link is full");
    assert!(bytes >= LINK_TAKES);
    publish_many(&mut sim, 2, QoS::AtLeastOnce);
    assert_eq!(sim.unread(SUB1).unwrap(), (packets, bytes), "these wait at the broker");
    assert_eq!(sim.broker().sessions().map(|session| session.queued().len()).sum::<usize>(), 2);
    assert_eq!(sim.client(SUB1).received_count(), 0);
    let open = |sim: &Sim| sim.capture().frames().filter(|frame| frame.end.is_none()).count();
    assert_eq!(open(&sim), 10, "they have not been handled");

    sim.act(SUB1, Action::ReadAgain).unwrap();
    sim.settle(100);
    assert_eq!((sim.unread(SUB1), open(&sim)), (None, 0));
    assert_eq!(sim.client(SUB1).received_count(), 12);
    let told: Vec<_> = sim.capture().notes().map(|note| note.text.to_string()).collect();
    for words in [
        "stops reading: packets pile up in the link",
        "the link takes no more: only answers go out, messages wait or are dropped",
        "reads again: 10 packets were waiting",
    ] {
        assert!(told.iter().any(|it| it == words), "{words}: {told:#?}");
    }
}

#[test]
fn what_was_not_read_is_lost_with_the_connection() {
    for action in [Action::Cut, Action::Disconnect, Action::PowerLoss] {
        let mut sim = Sim::new(quiet());
        sim.act(PUB1, Action::Connect).unwrap();
        sim.act(PUB1, Action::StopReading).unwrap();
        sim.settle(100);
        assert_eq!(sim.unread(PUB1).map(|it| it.0), Some(1), "CONNACK");
        sim.act(PUB1, action.clone()).or_else(|_| sim.act(PUB1, Action::Cut)).unwrap();
        sim.settle(100);
        let ends: Vec<_> = sim.capture().frames().map(|frame| frame.end.map(|(_, fate)| fate)).collect();
        assert!(ends.iter().all(Option::is_some), "{action:?}: {ends:?}");
        assert_eq!(sim.unread(PUB1), None);
    }
}

#[test]
fn what_was_not_read_comes_before_what_is_still_under_way() {
    let at = Instant::from_millis;
    let timed = |millis, client, action| TimedAction { at: at(millis), client, action };
    let publish = |millis, payload: &'static str| {
        let (topic, payload) = ("t".to_owned(), Bytes::from_static(payload.as_bytes()));
        timed(millis, 0, Action::Publish(PublishRequest { topic, payload, ..PublishRequest::default() }))
    };
    let filters = vec![("t".to_owned(), SubscriptionOptions::new(QoS::AtMostOnce))];
    let actions = vec![
        timed(0, 0, Action::Connect),
        timed(0, 1, Action::Connect),
        timed(300, 1, Action::Subscribe(filters, PropertyBuf::new())),
        timed(900, 1, Action::StopReading),
        publish(1_000, "1"),
        publish(1_100, "2"),
        publish(1_200, "3"),
    ];
    let joins = LinkSettings { join_micros: 10_000, ..LinkSettings::default() };
    let mut sim = Sim::new(Scenario { actions, links: vec![LinkSettings::default(), joins], ..quiet() });
    while sim.next_event().is_some_and(|next| next.at <= at(1_221)) {
        assert!(sim.step());
    }
    // The third one is there, but its receiver has not come to it.
    assert_eq!(sim.unread(1).map(|it| it.0), Some(2));
    let there = sim.capture().frames().next_back().and_then(|frame| frame.due).unwrap();
    sim.act_at(1, Action::ReadAgain, there).unwrap();
    let newest = |sim: &Sim| sim.client(1).last_received().map(|it| it.message.payload.clone());
    assert_eq!((sim.now(), newest(&sim)), (there, Some(Bytes::from_static(b"2"))));
    assert_eq!(sim.client(1).received_count(), 2);
    sim.settle(100);
    assert_eq!((sim.client(1).received_count(), newest(&sim)), (3, Some(Bytes::from_static(b"3"))));
}
