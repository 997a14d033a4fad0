//! Connections that close, are cut, taken over or never come about; what is under way then; and that QoS keeps
//! its promise through all of it.

use bytes::Bytes;
use mqtt_playground::broker::BrokerConfig;
use mqtt_playground::capture::{Fate, Frame, LostWhy, NoteKind, Step};
use mqtt_playground::client::{
    ClientConfig, ClientError, ClientStatus, Misbehaviour, PublishRequest, Reconnect, WillConfig,
};
use mqtt_playground::codec::{
    Direction, PacketType, PropertyBuf, QoS, ReasonCode, SubscriptionOptions, Version,
};
use mqtt_playground::sim::{
    ActError, Action, ClientSpec, Scenario, Sim, TimedAction, UpcomingKind, scenarios,
};
use mqtt_playground::time::{Duration, Instant};

const PUB1: usize = 0;
const SUB1: usize = 1;

fn qos_2() -> Sim {
    Sim::new(scenarios().remove(0))
}

/// The first scenario at the moment at which pub1 has sent its PUBLISH.
fn published() -> Sim {
    let mut sim = qos_2();
    while sim.now() < Instant::from_millis(2_000) {
        assert!(sim.step());
    }
    sim
}

fn last(sim: &Sim) -> &Frame {
    sim.capture().frames().next_back().unwrap()
}

fn notes(sim: &Sim, kind: NoteKind) -> Vec<(u16, Step, String)> {
    let of_kind = sim.capture().notes().filter(|note| note.kind == kind);
    of_kind.map(|note| (note.end, note.step, note.text.to_string())).collect()
}

fn nothing_in_flight(sim: &Sim) -> bool {
    let clients = (0..sim.client_count()).map(|index| sim.client(index));
    let sessions = sim.broker().sessions();
    clients.map(|c| c.in_flight().len() + c.incoming().len()).sum::<usize>() == 0
        && sessions.map(|s| s.in_flight().len() + s.unreleased().len() + s.queued().len()).sum::<usize>() == 0
}

/// Cuts and reconnects, after `wait`, if there is something to cut.
fn cut_and_reconnect(sim: &mut Sim, client: usize, wait: Duration) -> bool {
    if sim.act_at(client, Action::Cut, sim.now() + wait).is_err() {
        return false;
    }
    sim.act(client, Action::Connect).unwrap();
    true
}

/// Cuts once at every step (and between), reconnects, cuts again at every step of what follows; gives every
/// outcome to `check`.
fn at_every_point(scenario: &Scenario, check: impl Fn(&Sim, &str)) {
    let mut whole = Sim::new(scenario.clone());
    let steps = whole.settle(1_000);
    let waits = [Duration::ZERO, Duration::from_millis(10)];
    let (mut outcomes, mut delivered) = (0, 0);
    for (step, client, wait) in
        (1..=steps).flat_map(|step| [PUB1, SUB1].map(|client| waits.map(|w| (step, client, w)))).flatten()
    {
        whole.seek(step);
        let mut once = whole.clone();
        if !cut_and_reconnect(&mut once, client, wait) {
            continue;
        }
        let cut = once.cursor();
        once.settle(1_000);
        check(&once, &format!("cut {client} at {step}, {wait:?} later"));
        let end = once.cursor();
        for (again, client) in (cut..end).flat_map(|step| [(step, PUB1), (step, SUB1)]) {
            let mut twice = once.clone();
            twice.seek(again);
            if cut_and_reconnect(&mut twice, client, Duration::ZERO) {
                twice.settle(1_000);
                check(&twice, &format!("cut at {step}, then {client} at {again}"));
                outcomes += 1;
                delivered += usize::from(twice.client(SUB1).received_count() > 0);
            }
        }
    }
    assert!(outcomes > 300 && delivered > 100, "{delivered} of {outcomes}");
}
#[test]
fn qos_2_is_exactly_once_wherever_the_link_is_cut() {
    at_every_point(&scenarios()[0], |sim, what| {
        // A cut before SUBSCRIBE has arrived, or one that makes the script's turn come offline, leaves no
        // subscription or no publishing: then there is nothing to deliver.
        let refused = sim.capture().notes().any(|note| note.text.starts_with("cannot"));
        let subscribed = sim.broker().session("sub1").is_some_and(|s| s.subscriptions().len() == 1);
        let count = sim.client(SUB1).received_count();
        assert_eq!(count, u64::from(subscribed && !refused), "{what}");
        assert!(nothing_in_flight(sim), "{what}");
    });
}

#[test]
fn qos_1_is_at_least_once_wherever_the_link_is_cut() {
    at_every_point(&scenarios()[1], |sim, what| {
        let refused = sim.capture().notes().any(|note| note.text.starts_with("cannot"));
        let subscribed = sim.broker().session("sub1").is_some_and(|s| s.subscriptions().len() == 1);
        let count = sim.client(SUB1).received_count();
        assert_eq!(count >= 1, subscribed && !refused, "{what}");
        assert!(nothing_in_flight(sim), "{what}");
    });
}

#[test]
fn qos_0_is_at_most_once_wherever_the_link_is_cut() {
    at_every_point(&scenarios()[2], |sim, what| {
        assert!(sim.client(SUB1).received_count() <= 1, "{what}");
        assert!(nothing_in_flight(sim), "{what}");
    });
}

#[test]
fn a_cut_loses_what_is_under_way_and_both_ends_hear_of_it() {
    let mut sim = published();
    sim.act_at(PUB1, Action::Cut, Instant::from_millis(2_005)).unwrap();
    assert_eq!(
        last(&sim).end.unwrap().1,
        Fate::Lost { at: Instant::from_millis(2_005), why: LostWhy::LinkCut, progress_millis: 250 }
    );
    assert_eq!(notes(&sim, NoteKind::LinkCut), [(0, sim.cursor(), "link cut, 1 packet lost".to_owned())]);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Offline);
    assert!(!sim.broker().session("pub1").unwrap().is_connected());
    assert!(sim.is_settled(), "nothing is left on the link");
    assert_eq!(sim.act(PUB1, Action::Cut), Err(ActError::NotConnected));

    sim.act(PUB1, Action::Connect).unwrap();
    sim.settle(100);
    let copies: Vec<u8> = sim.capture().frames().map(|f| f.bytes[0]).filter(|b| b >> 4 == 3).collect();
    assert_eq!(copies, [0x34, 0x3c, 0x34], "lost, sent again with DUP, handed on");
}

#[test]
fn a_silent_link_loses_everything_and_tells_nobody() {
    let mut sim = published();
    let tolds = |sim: &Sim| sim.capture().notes().count();
    let before = tolds(&sim);
    sim.act_at(PUB1, Action::Silence, Instant::from_millis(2_015)).unwrap();
    let silent = |at, progress_millis| Fate::Lost { at, why: LostWhy::Silent, progress_millis };
    assert_eq!(last(&sim).end.unwrap().1, silent(Instant::from_millis(2_015), 750));
    assert_eq!(tolds(&sim), before + 1);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connected);
    assert!(sim.broker().session("pub1").unwrap().is_connected());
    assert!(sim.is_settled(), "nothing is left on the link");
    // What is sent now is lost at once, and so is the news that an end has closed.
    sim.act(PUB1, Action::Disconnect).unwrap();
    assert_eq!(last(&sim).end.unwrap().1, silent(sim.now(), 500));
    assert!(sim.is_settled() && sim.broker().session("pub1").unwrap().is_connected());
    assert_eq!(sim.act(PUB1, Action::Silence), Err(ActError::NotConnected));
    // A new connection is another link: it takes the old one over, and the message arrives after all.
    sim.act(PUB1, Action::Connect).unwrap();
    sim.settle(100);
    assert_eq!(sim.client(SUB1).received_count(), 1);
    assert!(nothing_in_flight(&sim));
}

#[test]
fn a_silent_link_may_still_be_cut() {
    let mut sim = published();
    sim.act(PUB1, Action::Silence).unwrap();
    sim.act(PUB1, Action::Cut).unwrap();
    assert_eq!(notes(&sim, NoteKind::LinkCut), [(0, sim.cursor(), "link cut".to_owned())]);
    assert!(!sim.broker().session("pub1").unwrap().is_connected());
}

#[test]
fn a_client_that_shall_reconnect_does_so_by_itself() {
    let mut scenario = scenarios().remove(1);
    scenario.clients[PUB1].config.reconnect = Some(Reconnect::default());
    let mut sim = Sim::new(scenario);
    while sim.now() < Instant::from_millis(2_000) {
        assert!(sim.step());
    }
    sim.act(PUB1, Action::Cut).unwrap();
    let at = sim.client(PUB1).reconnect_at().unwrap();
    let end = sim.end_of_client(PUB1);
    let next = sim.next_event().unwrap();
    assert_eq!((next.at, next.what), (at, UpcomingKind::Timer { end }));
    assert!(sim.step());
    assert_eq!((sim.client(PUB1).status(), sim.now()), (ClientStatus::Connecting, at));
    sim.settle(100);
    assert_eq!(sim.client(SUB1).received_count(), 1);
    assert!(nothing_in_flight(&sim));
    // On a disconnected client, what was planned is called off.
    sim.act(PUB1, Action::Cut).unwrap();
    sim.act(PUB1, Action::Disconnect).unwrap();
    assert_eq!(sim.client(PUB1).reconnect_at(), None);
}

#[test]
fn the_brokers_answer_to_misbehaviour_is_seen() {
    // A PUBLISH in place of CONNECT: the broker closes without a word (3.1.1 MQTT-3.1.0-1).
    let mut sim = Sim::new(Scenario { actions: Vec::new(), ..scenarios().remove(0) });
    let raw = Misbehaviour::Raw(Bytes::from_static(b"\x30\x03\x00\x01a"));
    sim.act(PUB1, Action::Misbehave(raw)).unwrap();
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connecting);
    sim.settle(100);
    assert_eq!((sim.client(PUB1).status(), sim.capture().frames().len()), (ClientStatus::Offline, 1));

    // sub1 withholds PUBREC: the broker keeps the message in flight, and sends it again after a reconnect.
    let mut sim = published();
    sim.act(SUB1, Action::Misbehave(Misbehaviour::Withhold(PacketType::PubRec))).unwrap();
    sim.settle(100);
    assert_eq!(sim.broker().session("sub1").unwrap().in_flight().len(), 1);
    assert!(sim.capture().notes().any(|note| &*note.text == "withholds PUBREC 1 on purpose"));
    assert!(cut_and_reconnect(&mut sim, SUB1, Duration::ZERO));
    sim.settle(100);
    assert_eq!(sim.client(SUB1).received_count(), 1);
    assert!(nothing_in_flight(&sim));
}

#[test]
fn a_reason_of_5_leaves_the_will_to_the_broker() {
    let will = WillConfig {
        qos: QoS::AtMostOnce,
        retain: false,
        topic: "sensors/status".to_owned(),
        payload: Bytes::from_static(b"gone"),
        properties: PropertyBuf::new(),
    };
    let config = ClientConfig { version: Version::V5, will: Some(will), ..ClientConfig::new("five") };
    for (code, received) in [(0x00, 1), (0x04, 2)] {
        let mut sim = qos_2();
        sim.settle(100);
        let spec = ClientSpec { name: "five".to_owned(), config: config.clone() };
        let five = sim.add_client(spec).unwrap();
        sim.act(five, Action::Connect).unwrap();
        sim.settle(100);
        assert_eq!(sim.act(five, Action::Reauthenticate), Err(ActError::Client(ClientError::NoMechanism)));
        sim.act(five, Action::DisconnectWith(ReasonCode(code), PropertyBuf::new())).unwrap();
        sim.settle(100);
        assert_eq!(sim.client(SUB1).received_count(), received);
    }
}

#[test]
fn settings_change_between_connections_only() {
    let mut sim = qos_2();
    let config = || Box::new(ClientConfig { keep_alive_secs: 5, ..ClientConfig::new("pub1") });
    sim.act(PUB1, Action::Configure(config())).unwrap();
    sim.settle(100);
    assert_eq!(sim.client(PUB1).keep_alive().unwrap().interval_secs(), 5);
    assert_eq!(sim.act(PUB1, Action::Configure(config())), Err(ActError::AlreadyConnected));
}

#[test]
fn a_connection_cut_before_its_first_bytes_arrive_never_reaches_the_broker() {
    let mut sim = qos_2();
    sim.step();
    sim.act_at(SUB1, Action::Cut, Instant::from_millis(10)).unwrap();
    assert_eq!(sim.broker().counts(), (0, 0, 0));
    assert_eq!(sim.client(SUB1).status(), ClientStatus::Offline);
}

#[test]
fn what_was_sent_before_disconnect_arrives_and_what_comes_after_is_lost() {
    let mut sim = published();
    sim.act(PUB1, Action::Disconnect).unwrap();
    assert_eq!(&last(&sim).bytes[..], [0xe0, 0x00]);
    let closed = sim.capture().notes().find(|note| note.kind == NoteKind::LinkClosed).unwrap();
    assert_eq!((closed.end, closed.peer, closed.frame), (0, Some(1), Some(last(&sim).id)));
    sim.settle(100);
    let of_pub1: Vec<&Frame> = sim.capture().frames().skip(6).collect();
    let fates: Vec<(u8, Fate)> = of_pub1.iter().map(|f| (f.bytes[0], f.end.unwrap().1)).collect();
    let at = Instant::from_millis;
    assert_eq!(
        fates,
        [
            (0x34, Fate::Delivered { at: at(2_020) }),
            (0xe0, Fate::Delivered { at: at(2_020) }),
            (0x50, Fate::Lost { at: at(2_041), why: LostWhy::Closed, progress_millis: 1_000 }),
        ]
    );
    // The closing came with DISCONNECT: no step of its own, no second note, no will or loss at the broker.
    assert_eq!(notes(&sim, NoteKind::LinkClosed).len(), 1);
    assert_eq!(notes(&sim, NoteKind::Trouble), []);
    assert_eq!(sim.cursor(), 14);
}

#[test]
fn an_old_connection_is_taken_over_and_its_client_hears_it_closing() {
    let twin = ClientSpec {
        name: "sub1 twin".to_owned(),
        config: ClientConfig { clean_start: false, ..ClientConfig::new("sub1") },
    };
    let mut sim = qos_2();
    sim.settle(100);
    let twin = sim.add_client(twin).unwrap();
    sim.act(twin, Action::Connect).unwrap();
    sim.step();
    let next = sim.next_event().unwrap();
    let sub1 = sim.end_of_client(SUB1);
    assert!(matches!(next.what, UpcomingKind::ClosingArrives { end } if end == sub1), "{next:?}");
    assert_eq!(sim.client(SUB1).status(), ClientStatus::Connected);
    sim.step();
    assert_eq!(sim.client(SUB1).status(), ClientStatus::Offline);
    sim.settle(100);
    assert_eq!(sim.client(twin).status(), ClientStatus::Connected);
    let broker = sim.broker_end();
    assert!(matches!(&notes(&sim, NoteKind::LinkClosed)[..], [(end, _, _)] if *end == broker));
}

#[test]
fn a_refused_connection_is_closed_by_the_broker() {
    let broker = BrokerConfig { allow_anonymous: false, ..BrokerConfig::default() };
    let mut sim = Sim::new(Scenario { broker, ..scenarios().remove(0) });
    sim.settle(100);
    assert_eq!(
        (sim.client(PUB1).status(), sim.client(SUB1).status()),
        (ClientStatus::Offline, ClientStatus::Offline)
    );
    let texts: Vec<String> = notes(&sim, NoteKind::Trouble).into_iter().map(|(.., text)| text).collect();
    assert!(texts.iter().any(|text| text == "connection refused with code 0x05"), "{texts:?}");
    assert!(texts.iter().any(|text| text == "cannot publish: not connected"), "{texts:?}");
    assert!(texts.iter().any(|text| text == "cannot subscribe: not connected"), "{texts:?}");
    assert!(!sim.step(), "nobody is connected: no timer is left");
}

#[test]
fn one_connection_too_many_is_closed_without_a_word() {
    let broker = BrokerConfig { max_connections: 1, ..BrokerConfig::default() };
    let mut sim = Sim::new(Scenario { broker, ..scenarios().remove(0) });
    sim.settle(100);
    assert_eq!(
        (sim.client(PUB1).status(), sim.client(SUB1).status()),
        (ClientStatus::Offline, ClientStatus::Connected)
    );
    assert_eq!(sim.broker().counts().0, 1);
}

#[test]
fn a_will_is_published_when_the_link_is_cut_and_not_at_disconnect() {
    let mut scenario = scenarios().remove(0);
    scenario.clients[PUB1].config.will = Some(WillConfig {
        qos: QoS::AtMostOnce,
        retain: false,
        topic: "sensors/gone".to_owned(),
        payload: Bytes::from_static(b"pub1"),
        properties: PropertyBuf::new(),
    });
    for (action, count) in [(Action::Cut, 2), (Action::Disconnect, 1)] {
        let mut sim = Sim::new(scenario.clone());
        sim.settle(100);
        sim.act(PUB1, action).unwrap();
        sim.settle(100);
        assert_eq!(sim.client(SUB1).received_count(), count);
    }
}

#[test]
fn a_link_slower_than_keep_alive_ends_by_timers_alone() {
    let mut scenario = Scenario { latency_micros: 4_000_000, ..scenarios().remove(0) };
    scenario.actions.truncate(1);
    scenario.clients[SUB1].config.keep_alive_secs = 1;
    let mut sim = Sim::new(scenario);
    for _ in 0..100 {
        sim.step();
    }
    assert_eq!((sim.next_event(), sim.client(SUB1).status()), (None, ClientStatus::Offline));
    assert_eq!(sim.broker().counts().0, 0);
    let texts: Vec<String> = notes(&sim, NoteKind::Trouble).into_iter().map(|(.., text)| text).collect();
    assert!(texts.iter().any(|text| text.starts_with("nothing from sub1 for 1.5")), "{texts:?}");
}

#[test]
fn no_latency_is_fine_and_jitter_keeps_each_connection_in_order() {
    let mut sim = Sim::new(Scenario { latency_micros: 0, processing_micros: 0, ..scenarios().remove(0) });
    sim.settle(100);
    assert_eq!((sim.client(SUB1).received_count(), sim.now()), (1, Instant::from_millis(2_000)));

    for seed in 0..20 {
        let mut sim = Sim::new(Scenario { seed, jitter_micros: 15_000, ..scenarios().remove(0) });
        sim.seek(9);
        for n in 0..10_u8 {
            let request = PublishRequest {
                topic: "sensors/n".to_owned(),
                payload: Bytes::from(vec![n]),
                qos: QoS::AtLeastOnce,
                ..PublishRequest::default()
            };
            let _ = sim.act(PUB1, Action::Publish(request));
        }
        sim.settle(1_000);
        for (link, direction) in
            [0, 1].into_iter().flat_map(|l| [(l, Direction::ToServer), (l, Direction::ToClient)])
        {
            let on = sim.capture().frames().filter(|f| f.link == link && f.direction == direction);
            let arrivals: Vec<Instant> = on.filter_map(|f| f.due).collect();
            assert!(arrivals.is_sorted(), "{arrivals:?}");
        }
        assert!(nothing_in_flight(&sim));
    }
}

#[test]
fn an_action_for_nobody_is_said_on_the_brokers_lifeline() {
    let mut scenario = scenarios().remove(0);
    scenario.actions = vec![TimedAction { at: Instant::ZERO, client: 9, action: Action::Connect }];
    let mut sim = Sim::new(scenario);
    assert!(sim.step());
    assert_eq!(notes(&sim, NoteKind::Trouble), [(1, 1, "cannot connect: there is no client 9".to_owned())]);
    assert_eq!(sim.act(9, Action::Connect), Err(ActError::UnknownClient(9)));
}

#[test]
fn what_a_client_would_not_send_is_refused() {
    let mut sim = qos_2();
    sim.settle(100);
    assert_eq!(sim.act(SUB1, Action::Connect), Err(ActError::AlreadyConnected));
    let wildcard = PublishRequest { topic: "a/#".to_owned(), ..PublishRequest::default() };
    assert!(matches!(sim.act(PUB1, Action::Publish(wildcard)), Err(ActError::Client(_))));
    let bad = vec![("a/#/b".to_owned(), SubscriptionOptions::default())];
    assert!(matches!(sim.act(SUB1, Action::Subscribe(bad, PropertyBuf::new())), Err(ActError::Client(_))));
    assert_eq!(sim.cursor(), sim.recorded());
}

#[test]
fn a_series_is_published_message_by_message() {
    let mut sim = qos_2();
    sim.settle(100);
    let (start, before) = (sim.now(), sim.capture().frames().count());
    let message =
        |n: u8| PublishRequest { topic: "t".to_owned(), payload: vec![n].into(), ..Default::default() };
    let all = (0..3).map(|n| (Duration::from_millis(u64::from(n) * 100), message(n))).collect();
    sim.act(PUB1, Action::Series(all)).unwrap();
    sim.settle(100);
    let sent: Vec<_> =
        sim.capture().frames().skip(before).map(|it| (it.sent - start, it.bytes.last().copied())).collect();
    let due = |n: u8| (Duration::from_millis(u64::from(n) * 100), Some(n));
    assert_eq!(sent, [due(0), due(1), due(2)]);
}

#[test]
fn settings_that_connect_nothing_change_nothing() {
    let mut sim = qos_2();
    sim.settle(100);
    sim.act(SUB1, Action::Disconnect).unwrap();
    let config = ClientConfig { clean_start: false, ..ClientConfig::new("") };
    assert!(matches!(sim.act(SUB1, Action::ConnectAs(Box::new(config))), Err(ActError::Client(_))));
    assert_eq!(sim.client(SUB1).config().client_id, "sub1");
    let config = ClientConfig { keep_alive_secs: 7, ..ClientConfig::new("sub1") };
    sim.act(SUB1, Action::ConnectAs(Box::new(config))).unwrap();
    assert_eq!(last(&sim).bytes[10..12], [0, 7]);
}

#[test]
fn a_broker_takes_other_settings_at_once_and_forgets_all_when_it_starts_anew() {
    let mut sim = qos_2();
    sim.settle(100);
    let config = BrokerConfig { retain_available: false, ..BrokerConfig::default() };
    sim.act(PUB1, Action::ConfigureBroker(Box::new(config.clone()))).unwrap();
    assert_eq!((sim.broker().config(), sim.broker().counts()), (&config, (2, 2, 1)));
    sim.act(PUB1, Action::RestartBroker(Box::default())).unwrap();
    assert_eq!(sim.broker().counts(), (0, 0, 0));
    assert!([PUB1, SUB1].iter().all(|client| sim.client(*client).status() == ClientStatus::Offline));
    sim.settle(100);
    sim.act(PUB1, Action::Connect).unwrap();
    sim.settle(100);
    assert_eq!(sim.broker().counts(), (1, 1, 0));
}
