//! Worlds as data: brought about again, changed back and forth, kept as text.

use bytes::Bytes;
use mqtt_playground::broker::{
    Access, AccessList, AccessRule, AccessWho, BrokerConfig, QueueOverflow, Secret, User,
};
use mqtt_playground::client::{
    ClientConfig, ClientStatus, Misbehaviour, PublishRequest, Reconnect, WillConfig,
};
use mqtt_playground::codec::{
    Direction, PacketId, PacketType, PropertyBuf, PropertyId, PropertyValue, QoS, ReasonCode,
    SubscriptionOptions, Version,
};
use mqtt_playground::sim::{
    ActError, Action, AddClientError, BROKERS, BrokerSpec, ClientSpec, ConditionalAction, Fault, FaultKind,
    Forks, Happening, LinkSettings, Record, ReplayError, SavedError, Scenario, Sim, TimedAction, UserAction,
    scenarios,
};
use mqtt_playground::time::{Duration, Instant};
use proptest::prelude::*;

use crate::support::golden;

fn publish(payload: &'static str) -> Action {
    Action::Publish(PublishRequest {
        topic: "sensors/a".to_owned(),
        payload: Bytes::from_static(payload.as_bytes()),
        qos: QoS::AtLeastOnce,
        ..PublishRequest::default()
    })
}

fn told(sim: &Sim) -> String {
    let capture = sim.capture();
    let frames: Vec<_> = capture.frames().collect();
    let notes: Vec<_> = capture.notes().collect();
    let times: Vec<_> = (0..=sim.recorded()).map(|step| sim.step_time(step)).collect();
    format!("{:?} {frames:?} {notes:?} {times:?}", capture.ends())
}

/// The first scenario with actions at its end, in its middle, and two at the same time.
fn acted() -> Sim {
    let mut sim = Sim::new(scenarios().remove(0));
    sim.settle(1_000);
    sim.seek(9);
    sim.act_at(0, publish("1"), Instant::from_millis(1_000)).unwrap();
    sim.act(0, publish("2")).unwrap();
    sim.step();
    sim.act(1, Action::Cut).unwrap();
    sim.settle(1_000);
    sim.act(1, Action::Connect).unwrap();
    sim.settle(1_000);
    sim
}

#[test]
fn a_record_brings_the_same_world_about() {
    for scenario in scenarios() {
        let mut sim = Sim::new(scenario);
        sim.settle(10_000);
        let mut again = Sim::of_record(&sim.record()).unwrap();
        again.settle(10_000);
        assert_eq!(told(&again), told(&sim));
    }
    let sim = acted();
    let record = sim.record();
    let places: Vec<_> = record.actions.iter().map(|it| (it.at.as_micros(), it.after)).collect();
    assert_eq!(places[..2], [(1_000_000, 0), (1_000_000, 1)]);
    let mut again = Sim::of_record(&record).unwrap();
    again.settle(1_000);
    assert_eq!(told(&again), told(&sim));
    assert_eq!(again.record(), record);
}

#[test]
fn a_world_becomes_another_as_if_it_had_always_been_that() {
    let whole = acted().record();
    let mut sim = acted();
    // Back action by action, and forth again in leaps.
    for count in [3, 2, 1, 0, 4, 1, 3, 0, 2, 4] {
        let part = Record { actions: whole.actions[..count].to_vec(), ..whole.clone() };
        sim.become_record(&part).unwrap();
        sim.settle(1_000);
        let mut fresh = Sim::of_record(&part).unwrap();
        fresh.settle(1_000);
        assert_eq!(told(&sim), told(&fresh), "{count} actions");
        assert_eq!(sim.action_count(), count);
        sim.seek(3);
        fresh.seek(3);
        assert_eq!(sim.client(0).status(), fresh.client(0).status());
    }
    sim.rename_client(0, "thermometer").unwrap();
    sim.become_record(&whole).unwrap();
    assert_eq!(*sim.capture().ends()[0].name, *"pub1", "names come back, too");
    let other = Sim::new(scenarios().remove(1)).record();
    sim.become_record(&other).unwrap();
    assert_eq!((sim.scenario().id.as_str(), sim.recorded()), (other.scenario.id.as_str(), 0));
}

#[test]
fn an_action_that_cannot_be_done_is_told_by_its_number() {
    let mut record = acted().record();
    record.actions[3].action = publish("3");
    let error = ReplayError::Action { number: 4, error: ActError::NotConnected };
    assert_eq!(Sim::of_record(&record).err(), Some(error));
    record.actions.truncate(1);
    record.actions[0].client = 9;
    let error = ReplayError::Action { number: 1, error: ActError::UnknownClient(9) };
    assert_eq!(Sim::of_record(&record).err(), Some(error));
}

#[test]
fn a_record_that_takes_for_ever_is_refused() {
    let mut record = Record::default();
    record.scenario.clients = (0..20)
        .map(|n| ClientSpec {
            name: format!("c{n}"),
            config: ClientConfig { keep_alive_secs: 1, ..ClientConfig::new(format!("c{n}")) },
        })
        .collect();
    record.scenario.actions =
        (0..20).map(|client| TimedAction { at: Instant::ZERO, client, action: Action::Connect }).collect();
    let at = Instant::from_millis(86_400_000_000);
    record.actions.push(UserAction { at, after: 0, client: 0, action: Action::Cut });
    assert_eq!(Sim::of_record(&record).err(), Some(ReplayError::TooLong));
}

#[test]
fn a_client_leaves_for_good() {
    let mut sim = acted();
    let reconnecting = ClientConfig { reconnect: Some(Reconnect::default()), ..ClientConfig::new("sub1") };
    let before = sim.cursor();
    assert_eq!(sim.act(1, Action::Configure(Box::new(reconnecting))), Err(ActError::AlreadyConnected));
    sim.act(1, Action::Leave).unwrap();
    assert!(sim.has_left(1) && !sim.has_left(0));
    assert_eq!(sim.act(1, Action::Connect), Err(ActError::Left));
    assert_eq!(sim.act(1, Action::Leave), Err(ActError::Left));
    sim.settle(1_000);
    let (open, ..) = sim.broker().counts();
    assert_eq!(open, 1, "the broker has heard of it");
    let notes: Vec<String> = sim.capture().notes().rev().map(|note| note.text.to_string()).collect();
    assert!(
        notes.iter().any(|note| note == "link cut") && notes.iter().any(|note| note == "leaves"),
        "{notes:?}"
    );
    sim.seek(before);
    assert!(!sim.has_left(1), "before, it was there");
    let mut again = Sim::of_record(&sim.record()).unwrap();
    again.settle(1_000);
    assert_eq!(told(&again), told(&sim));
}

#[test]
fn names_are_changed_but_never_shared() {
    let mut sim = acted();
    assert_eq!(sim.rename_client(0, "sub1"), Err(AddClientError::NameTaken));
    assert_eq!(sim.rename_client(0, "Broker"), Err(AddClientError::NameTaken));
    assert_eq!(sim.rename_client(0, "pub1"), Ok(()), "its own name is free to it");
    assert_eq!(sim.rename_client(0, "thermometer"), Ok(()));
    assert_eq!(sim.record().scenario.clients[0].name, "thermometer");
    let sub3 = ClientSpec { name: "sub3".into(), config: ClientConfig::new("sub3") };
    assert_eq!(sim.add_client(sub3), Ok(2));
}

#[test]
fn something_else_is_done_in_place_of_an_action() {
    let raw = || Action::Misbehave(Misbehaviour::Raw(Bytes::from_static(&[0x3e, 0x00])));
    let is_raw = |sim: &Sim| sim.capture().frames().filter(|frame| frame.bytes[..] == [0x3e, 0x00]).count();
    let publishes =
        |sim: &Sim| sim.capture().frames().filter(|f| f.bytes[0] >> 4 == 3 && f.from == 0).count();
    // In place of the script's PUBLISH, which then is not sent.
    let mut sim = Sim::new(scenarios().remove(0));
    sim.settle(1_000);
    let step = sim.capture().frames().find(|frame| frame.bytes[0] >> 4 == 3).unwrap().sent_step;
    sim.seek(step - 1);
    sim.act_instead(0, raw()).unwrap();
    assert_eq!((sim.cursor(), is_raw(&sim)), (step, 1));
    sim.settle(1_000);
    assert_eq!((is_raw(&sim), sim.client(0).status()), (1, ClientStatus::Offline));
    assert_eq!(publishes(&sim), 1, "only what was put in its place");
    let again = Sim::of_record(&sim.record()).unwrap();
    assert_eq!(again.record(), sim.record());
    // In place of what the user did.
    let mut sim = acted();
    let step = sim.capture().frames().find(|frame| frame.bytes.ends_with(b"2")).unwrap().sent_step;
    sim.seek(step - 1);
    sim.act_instead(0, raw()).unwrap();
    let kinds: Vec<_> = sim.record().actions.iter().map(|it| it.action.verb()).collect();
    assert_eq!(kinds, ["publish", "break a rule"]);
    // Where nobody acts, before what comes.
    let mut sim = Sim::new(scenarios().remove(0));
    sim.seek(9);
    sim.act_instead(1, raw()).unwrap();
    assert_eq!((sim.cursor(), sim.action_count()), (10, 1));
}

fn properties(list: &[(PropertyId, PropertyValue<'_>)]) -> PropertyBuf {
    let mut properties = PropertyBuf::new();
    for (id, value) in list {
        properties.push(*id, *value);
    }
    properties
}

/// The same with what the third form added.
fn everything() -> Record {
    let mut record = everything_of_form_2();
    let scenario = &mut record.scenario;
    let named = |name: &str, config| BrokerSpec { name: name.to_owned(), config };
    let config = BrokerConfig { max_connections: 3, ..BrokerConfig::default() };
    scenario.brokers = vec![named("broker", config), named("edge 2", BrokerConfig::default())];
    scenario.homes = vec![0, 2];
    let when = |of, what, nth, micros, client, action| ConditionalAction {
        of,
        what,
        nth,
        after: Duration::from_micros(micros),
        client,
        action,
    };
    let publish = || Action::Publish(PublishRequest { topic: "do".into(), ..PublishRequest::default() });
    scenario.conditions = vec![
        when(0, Happening::Sends(None), 1, 0, 1, Action::Cut),
        when(1, Happening::Receives(Some(PacketType::Publish)), 2, 5_000, 0, publish()),
        when(BROKERS, Happening::Receives(Some(PacketType::Connect)), 0, 1, 1, Action::UseBroker(2)),
        when(BROKERS + 1, Happening::Sends(None), 3, 0, 0, Action::UseBroker(1)),
        when(BROKERS + 2, Happening::Sends(Some(PacketType::PingResp)), 1, 0, 0, Action::UseBroker(0)),
        when(1, Happening::Connects, 1, 0, BROKERS, Action::RestartBroker(Box::default())),
        when(1, Happening::Disconnects, 1, 0, BROKERS + 2, Action::RestartBrokerKeeping(Box::default())),
        when(0, Happening::Delivers(String::new()), 1, 0, 1, Action::Connect),
        when(0, Happening::Delivers("every".into()), 1, 0, 1, Action::Connect),
        when(0, Happening::Delivers("a b/#".into()), 0, 0, 1, Action::Connect),
    ];
    record
}

/// The same with what the second form added.
fn everything_of_form_2() -> Record {
    let mut record = everything_of_form_1();
    let link = LinkSettings {
        to_broker_micros: 1,
        to_client_micros: 2,
        jitter_micros: 3,
        loss_per_mille: 4,
        resend_micros: 5,
        bytes_per_second: 6,
        segment_bytes: 7,
        join_micros: 8,
        up_micros: 9,
        down_micros: 10,
        down: true,
    };
    record.scenario.links = vec![LinkSettings::default(), link.clone()];
    let fault = Fault {
        kind: FaultKind::Delay(Duration::from_millis(3)),
        direction: Some(Direction::ToServer),
        packet: Some(PacketType::PubRel),
        frame: Some(0),
        skip: 2,
        times: 0,
    };
    let faults = [
        FaultKind::CutBefore,
        FaultKind::CutAfter,
        FaultKind::HalfOpen,
        FaultKind::Drop,
        FaultKind::Duplicate,
    ];
    let mut kinds = vec![
        Action::RestartBrokerKeeping(Box::default()),
        Action::SetLink(Box::new(link)),
        Action::Arm(Box::new(fault)),
        Action::Disarm,
        Action::PowerLoss,
        Action::Misbehave(Misbehaviour::Hold(PacketType::PubAck)),
        Action::Misbehave(Misbehaviour::Release),
        Action::StopReading,
        Action::ReadAgain,
        Action::Recorded(Direction::ToClient, Bytes::from_static(b"\xd0\x00")),
        Action::Recorded(Direction::ToServer, Bytes::new()),
        Action::Publish(PublishRequest { packet_id: PacketId::new(9), ..PublishRequest::default() }),
    ];
    kinds.extend(faults.map(|kind| {
        Action::Arm(Box::new(Fault { direction: Some(Direction::ToClient), ..Fault::next(kind) }))
    }));
    record.actions.extend(kinds.into_iter().map(|action| UserAction {
        at: Instant::from_micros(99),
        after: 0,
        client: 0,
        action,
    }));
    record
}

/// Every field other than its default, every kind of action and property that the first form knows.
fn everything_of_form_1() -> Record {
    let message = PublishRequest {
        topic: "a/\u{202e}b\"".into(),
        payload: Bytes::from_static(&[0, 0xff]),
        qos: QoS::ExactlyOnce,
        retain: true,
        properties: properties(&[
            (PropertyId::PayloadFormatIndicator, PropertyValue::Number(1)),
            (PropertyId::ContentType, PropertyValue::Text("text/plain")),
            (PropertyId::CorrelationData, PropertyValue::Binary(&[0, 0xff])),
            (PropertyId::UserProperty, PropertyValue::Pair("unit", "")),
            (PropertyId::SubscriptionIdentifier, PropertyValue::Number(268_435_455)),
        ]),
        packet_id: None,
    };
    let config = ClientConfig {
        version: Version::V5,
        client_id: "id".into(),
        clean_start: false,
        keep_alive_secs: 1,
        will: Some(WillConfig {
            qos: QoS::AtLeastOnce,
            retain: true,
            topic: "w".into(),
            payload: Bytes::from_static(b"gone"),
            properties: properties(&[(PropertyId::WillDelayInterval, PropertyValue::Number(9))]),
        }),
        user_name: Some(String::new()),
        password: Some(Bytes::from_static(b"")),
        properties: properties(&[(PropertyId::SessionExpiryInterval, PropertyValue::Number(u32::MAX))]),
        first_packet_id: 7,
        max_in_flight: 2,
        max_incoming: 3,
        max_packet_size: 4,
        connack_timeout_secs: 5,
        retry_interval_secs: Some(0),
        automatic_aliases: 6,
        reconnect: Some(Reconnect { first_millis: 1, most_millis: 2, max_attempts: 3, seed: u64::MAX }),
    };
    let broker = BrokerConfig {
        accept_protocol_versions: [false, true, true],
        allow_anonymous: !BrokerConfig::default().allow_anonymous,
        auto_id_prefix: String::new(),
        clientid_prefixes: "x".into(),
        deny_subscribe: vec!["#".into(), String::new()],
        max_qos: QoS::AtMostOnce,
        max_packet_size: 99,
        queue_overflow: QueueOverflow::DropOldest,
        response_information: Some("r/%c".into()),
        server_reference: Some("elsewhere".into()),
        users: vec![User { name: "ada".into(), password: Secret::Plain(b"engine".to_vec()) }],
        access: Some(AccessList {
            rules: vec![
                AccessRule { who: AccessWho::Pattern, access: Access::ReadWrite, filter: "%c/#".into() },
                AccessRule { who: AccessWho::Anonymous, access: Access::Read, filter: "#".into() },
                AccessRule { who: AccessWho::User("ada".into()), access: Access::Write, filter: "a".into() },
                AccessRule { who: AccessWho::Client("c".into()), access: Access::Deny, filter: "b".into() },
            ],
        }),
        ..BrokerConfig::default()
    };
    let five = PacketId::new(5).unwrap();
    let kinds = [
        Action::Connect,
        Action::Publish(message.clone()),
        Action::Subscribe(
            vec![("a".into(), SubscriptionOptions::from_byte(0x2e)), (String::new(), Default::default())],
            properties(&[(PropertyId::SubscriptionIdentifier, PropertyValue::Number(1))]),
        ),
        Action::Unsubscribe(vec!["a".into(), "b".into()], message.properties.clone()),
        Action::Series(vec![
            (Duration::ZERO, message.clone()),
            (Duration::from_millis(5), PublishRequest::default()),
        ]),
        Action::Disconnect,
        Action::DisconnectWith(
            ReasonCode(4),
            properties(&[(PropertyId::ReasonString, PropertyValue::Text("x"))]),
        ),
        Action::Reauthenticate,
        Action::Misbehave(Misbehaviour::Withhold(PacketType::PubRel)),
        Action::Misbehave(Misbehaviour::WrongId(PacketType::PubComp, five)),
        Action::Misbehave(Misbehaviour::Raw(Bytes::from_static(&[0xff, 0]))),
        Action::Cut,
        Action::Silence,
        Action::Configure(Box::new(config.clone())),
        Action::ConnectAs(Box::default()),
        Action::ConfigureBroker(Box::new(broker.clone())),
        Action::RestartBroker(Box::default()),
        Action::Misbehave(Misbehaviour::Twice(PacketType::PubRec)),
        Action::Misbehave(Misbehaviour::NoPings(true)),
        Action::Misbehave(Misbehaviour::IgnoreReceiveMaximum),
        Action::Leave,
    ];
    let scenario = Scenario {
        id: "mine".into(),
        title: "Mine".into(),
        text: "All of it.".into(),
        seed: 2,
        clients: vec![
            ClientSpec { name: "c".into(), config },
            ClientSpec { name: "d".into(), ..Default::default() },
        ],
        broker,
        broker_name: String::new(),
        latency_micros: 3,
        jitter_micros: 4,
        processing_micros: 5,
        links: Vec::new(),
        brokers: Vec::new(),
        homes: Vec::new(),
        conditions: Vec::new(),
        actions: vec![TimedAction { at: Instant::from_micros(1), client: 1, action: Action::Connect }],
    };
    let at = |n| Instant::from_micros(n as u64);
    let actions = kinds.into_iter().enumerate();
    let actions =
        actions.map(|(n, action)| UserAction { at: at(n), after: n as u32 % 3, client: n % 2, action });
    Record { scenario, actions: actions.collect() }
}

#[test]
fn texts_hold_everything() {
    let record = everything();
    let text = record.to_text(42);
    assert_eq!(Record::from_text(&text), Ok((record.clone(), 42)), "{text}");
    for UserAction { action, .. } in record.actions {
        assert_eq!(Action::from_text(&action.to_text()), Ok(action));
    }
    for scenario in scenarios() {
        let record = Record { scenario, actions: Vec::new() };
        assert_eq!(Record::from_text(&record.to_text(0)), Ok((record, 0)));
    }
}

#[test]
fn lines_hold_everything() {
    let record = everything();
    let lines = record.to_lines(42);
    golden::compare("saved-world-3.txt", &lines);
    assert_eq!(Record::from_lines(&lines), Ok((record, 42)), "{lines}");
    for scenario in scenarios() {
        let record = Record { scenario, actions: Vec::new() };
        assert_eq!(Record::from_lines(&record.to_lines(0)), Ok((record, 0)));
    }
    let acted = acted().record();
    assert_eq!(Record::from_lines(&acted.to_lines(7)), Ok((acted, 7)));
}

#[test]
fn lines_may_be_written_by_hand() {
    let text = r#"
        # QoS 1 with a cut link
        title   QoS 1, lost PUBACK
        network latency=30ms
        client "living room" clean_start=false +user-property="unit":"C"
        client sub1 version=5.0 will={topic=gone payload=x"00" qos=1} +session-expiry-interval=3600
        link sub1 jitter=5ms down

        0 sub1 connect
        0.5 sub1 subscribe sensors/# qos=1 +/a qos=2 no_local=true "a b=c" qos=0 +subscription-identifier=9
        2 "living room" publish sensors/kitchen/temp "21.5" qos=1 retain
        2 "living room" publish x qos=0
        2.4 broker stop-broker
        2.5 broker restart-broker-keeping
        @3.25+1 sub1 unsubscribe # +/a
    "#;
    let (record, _) = Record::from_lines(text).unwrap();
    let scenario = &record.scenario;
    assert_eq!(scenario.title, "QoS 1, lost PUBACK");
    assert_eq!(scenario.clients[0].name, "living room");
    assert_eq!((scenario.links[0].to_client_micros, scenario.links[1].jitter_micros), (30_000, 5_000));
    assert!(scenario.links[1].down && !scenario.clients[0].config.clean_start);
    let Action::Subscribe(filters, _) = &scenario.actions[1].action else { panic!() };
    assert_eq!(
        filters.iter().map(|(filter, _)| filter.as_str()).collect::<Vec<_>>(),
        ["sensors/#", "+/a", "a b=c"]
    );
    assert!(filters[1].1.no_local && !filters[0].1.no_local);
    assert_eq!(scenario.actions[4].action.verb(), "stop the broker");
    assert_eq!(scenario.actions[5].action.verb(), "restart the broker");
    assert_eq!((record.actions[0].at, record.actions[0].after), (Instant::from_millis(3_250), 1));
    assert_eq!(Record::from_lines(&record.to_lines(0)).map(|(again, _)| again), Ok(record));
}

#[test]
fn what_is_wrong_in_lines_is_told_with_line_and_column() {
    let begin = "client pub1
0.0 pub1 connect
";
    for (line, column, words) in [
        ("2.0 pub1 publish a \"21.5\" qos=3", 27, "script 2, qos: expected a smaller number"),
        ("2.0 pub2 connect", 5, "there is no client of this name above"),
        ("2.0 pub1 fly", 10, "script 2, do: expected one of the known names"),
        ("2,0 pub1 connect", 1, "expected seconds with up to six decimals"),
        (
            "hello",
            1,
            "a line begins with a time or with one of: title, network, broker, another-broker, client, link, when, step",
        ),
        (
            "when pub1 receives PUBLISHED do pub1 cut",
            20,
            "conditions 1, when, packet: expected the name of a packet",
        ),
        ("when pub1 hears PUBLISH do pub1 cut", 17, "expected nth=2, every, after=20ms or do"),
        ("when pub1 hears do pub1 cut", 11, "conditions 1, when, what: expected one of the known names"),
        ("when broker connects do pub1 cut", 13, "conditions 1, when, what: expected one of the known names"),
        ("when pub2 connects do pub1 cut", 6, "there is no client of this name above"),
        ("when pub1 connects do pub2 cut", 23, "there is no client of this name above"),
        ("when pub1 connects do pub1 fly", 28, "conditions 1, do: expected one of the known names"),
        ("when pub1 connects pub1 cut", 20, "expected nth=2, every, after=20ms or do"),
        ("when pub1 connects", 19, "expected do, a name and an action"),
        ("when pub1 connects nth=0 do pub1 cut", 20, "expected nth=2, every, after=20ms or do"),
        ("when pub1 connects nth=2 every do pub1 cut", 26, "expected each of them only once"),
        ("when pub1 connects after=5 do pub1 cut", 20, "expected nth=2, every, after=20ms or do"),
        ("when pub1 delivers a#b do pub1 cut", 20, "conditions 1, when, filter: expected a topic filter"),
        (
            "when pub1 connects do broker cut",
            30,
            "expected configure-broker, stop-broker, restart-broker or restart-broker-keeping",
        ),
        ("client b broker=edge", 10, "there is no broker of this name above"),
        ("client b broker=1", 10, "clients 2, broker: expected a smaller number"),
        ("2.0 pub1 use-broker broker=edge", 21, "there is no broker of this name above"),
        ("2.0 pub1 use-broker broker=1", 21, "script 2, broker: expected the number of a broker"),
        ("client b keep_alive=60", 10, "clients 2, keep_alive: unknown name"),
        ("client b keep_alive_secs=60s", 10, "clients 2, keep_alive_secs_micros: unknown name"),
        ("client b keep_alive_secs=x", 10, "clients 2, keep_alive_secs: expected a number, found a text"),
        ("client b will={qos=1", 21, "expected }"),
        ("client b +unit=3", 11, "there is no property of this name"),
        ("client b +receive-maximum=\"a\"", 27, "expected a number"),
        (
            "client pub1",
            8,
            "clients 2, name: expected a name that can be seen and that no other lifeline has",
        ),
        ("client b user_name=\"abc", 20, "expected a closing quote"),
        ("client b user_name= x", 21, "expected a value right behind ="),
        ("broker fast=true", 8, "broker, fast: unknown name"),
        (
            "2.0 broker connect",
            12,
            "expected configure-broker, stop-broker, restart-broker or restart-broker-keeping",
        ),
        ("3.0 pub1 subscribe a qos=3", 26, "expected 0, 1 or 2"),
        ("3.0 pub1 connect now", 18, "script 2, now: unknown name"),
        ("mqtt-playground 4", 17, "it was saved by a later version (form 4, this one reads up to 3)"),
        ("step x", 6, "expected a number"),
    ] {
        let error = Record::from_lines(&[begin, line].concat()).unwrap_err();
        assert_eq!(
            (error.line, error.column, error.why.to_string()),
            (3, column, words.to_owned()),
            "{line}"
        );
    }
    let error = Record::from_lines(
        "title a
title b",
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 1: expected this line only once");
}

#[test]
fn a_world_is_given_away_without_its_passwords() {
    let mut record = everything();
    record.scenario.clients[0].config.password = Some(Bytes::from_static("schlüssel".as_bytes()));
    let login = ClientConfig { password: Some(Bytes::from_static(b"abc")), ..ClientConfig::new("x") };
    record.actions[0].action = Action::ConnectAs(Box::new(login));
    let (given, count) = record.without_passwords();
    assert_eq!(given.scenario.clients[0].config.password, Some(Bytes::from_static(b"**********")));
    // The client's, the action's, and that of the broker's user, twice.
    assert_eq!(count, 4);
    let text = given.to_text(0);
    assert!(!text.contains("schl") && !text.contains("abc") && !text.contains("engine"), "{text}");
    assert_eq!(text.len(), record.to_text(0).len(), "as long as it was");
    assert_eq!(given.without_passwords().0, given);
}

/// What the first version wrote: later ones read it, whatever they write.
#[test]
fn the_first_form_is_read() {
    assert_eq!(
        Record::from_text(include_str!("../golden/saved-world-1.json")),
        Ok((everything_of_form_1(), 42))
    );
}

#[test]
fn the_second_form_is_read() {
    assert_eq!(Record::from_text(&golden::read("saved-world-2.json")), Ok((everything_of_form_2(), 42)));
    assert_eq!(Record::from_lines(&golden::read("saved-world-2.txt")), Ok((everything_of_form_2(), 42)));
}

#[test]
fn the_third_form_is_written_and_read() {
    golden::compare("saved-world-3.json", &everything().to_text(42));
    assert_eq!(Record::from_text(&golden::read("saved-world-3.json")), Ok((everything(), 42)));
}

/// Two timelines, the second on stage, left where PUBACK was under way.
fn two_timelines() -> Forks {
    let mut sim = Sim::new(scenarios().remove(1));
    sim.settle(1_000);
    let mut forks = Forks::new(sim.record(), sim.cursor());
    sim.seek(11);
    let at = sim.now();
    sim.act(0, Action::Cut).unwrap();
    assert!(forks.branch("cut the link", sim.record(), sim.cursor(), at));
    forks
}

/// What is kept and saved of several timelines: a page of later keeps opening it.
#[test]
fn timelines_are_written_and_read() {
    golden::compare("saved-timelines-3.json", &two_timelines().to_text());
    let text = golden::read("saved-timelines-3.json");
    assert_eq!(Forks::from_text(&text), Ok(two_timelines()));
    let on_stage = two_timelines().all()[1].clone();
    assert_eq!(Record::from_text(&text), Ok((on_stage.record, on_stage.step)));
}

#[test]
fn names_can_be_seen() {
    for name in ["a", "pub1", "חדשות", "living room", &"x".repeat(64)] {
        assert!(ClientSpec::is_name(name), "{name:?}");
    }
    for name in ["", "  ", "a\u{0}", "\u{202e}abc", "a\u{200b}", "\u{2067}a", &"x".repeat(65)] {
        assert!(!ClientSpec::is_name(name), "{name:?}");
    }
}

#[test]
fn what_is_wrong_with_a_text_is_told_with_its_place() {
    let error = |text: &str| Record::from_text(text).map(|_| ()).unwrap_err().to_string();
    for (text, words) in [
        ("[]", "it is not a saved world of MQTT Playground"),
        ("{\"a\": 1}", "it is not a saved world of MQTT Playground"),
        ("{\"mqtt_playground\": 0}", "it is not a saved world of MQTT Playground"),
        ("{\"mqtt_playground\": 4}", "it was saved by a later version (form 4, this one reads up to 3)"),
        ("{\"mqtt_playground\": 1,}", "line 1, column 23: expected a name in quotes"),
        ("{\"mqtt_playground\": 1, \"sed\": 1}", "sed: unknown name"),
        ("{\"mqtt_playground\": 1, \"seed\": \"1\"}", "seed: expected a number, found a text"),
        (
            "{\"mqtt_playground\": 1, \"clients\": [{}]}",
            "clients 1, name: expected a name that can be seen and that no other lifeline has",
        ),
        (
            "{\"mqtt_playground\": 1, \"clients\": [{\"name\": \"Broker\"}]}",
            "clients 1, name: expected a name that can be seen and that no other lifeline has",
        ),
        (
            "{\"mqtt_playground\": 1, \"clients\": [{\"name\": \"a\"}, {\"name\": \"b\", \"keep_alive_secs\": 65536}]}",
            "clients 2, keep_alive_secs: expected a smaller number",
        ),
        (
            "{\"mqtt_playground\": 1, \"clients\": [{\"name\": \"a\", \"will\": {\"qos\": true}}]}",
            "clients 1, will, qos: expected a number, found true or false",
        ),
        (
            "{\"mqtt_playground\": 1, \"clients\": [{\"name\": \"a\"}], \"actions\": [{\"client\": 0, \"do\": \"fly\"}]}",
            "actions 1, do: expected one of the known names",
        ),
        (
            "{\"mqtt_playground\": 1, \"actions\": [{\"client\": 0, \"do\": \"cut\"}]}",
            "actions 1, client: expected the number of a client",
        ),
        (
            "{\"mqtt_playground\": 1, \"clients\": [{\"name\": \"a\", \"password\": {\"hex\": \"abc\"}}]}",
            "clients 1, password: expected {\"hex\": two digits a byte}",
        ),
    ] {
        assert_eq!(error(text), words, "{text}");
    }
    assert_eq!(Record::from_text(&" ".repeat((8 << 20) + 1)), Err(SavedError::TooLarge));
}

proptest! {
    /// Whatever is done to lines, reading them ends, without a panic; what is read is read from its own lines again.
    #[test]
    fn damaged_lines_do_no_harm(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 0..6)) {
        let mut text: Vec<char> = everything().to_lines(3).chars().collect();
        for (at, c) in cuts {
            let at = at.index(text.len());
            text[at] = c;
        }
        let text: String = text.into_iter().collect();
        if let Ok((record, step)) = Record::from_lines(&text) {
            prop_assert_eq!(Record::from_lines(&record.to_lines(step)), Ok((record, step)));
        }
    }

    /// Whatever is done to a saved world, reading it ends, without a panic, and so does running it.
    #[test]
    fn damaged_texts_do_no_harm(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..6)) {
        let mut text: Vec<char> = acted().record().to_text(3).chars().collect();
        for (at, c) in cuts {
            let at = at.index(text.len());
            text[at] = c;
        }
        let text: String = text.into_iter().collect();
        if let Ok((record, _)) = Record::from_text(&text)
            && let Ok(mut sim) = Sim::of_record(&record)
        {
            sim.settle(1_000);
        }
    }
}
