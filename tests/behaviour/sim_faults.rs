//! Faults for one packet or a kind of packets, settings of links, power, and brokers that start anew.

use bytes::Bytes;
use mqtt_playground::broker::BrokerConfig;
use mqtt_playground::capture::{Fate, Frame, LostWhy, NoteKind};
use mqtt_playground::client::{ClientStatus, PublishRequest, Reconnect};
use mqtt_playground::codec::{Direction, PacketType, PropertyId, PropertyValue, QoS, Version};
use mqtt_playground::sim::{
    ActError, Action, BROKERS, Fault, FaultKind, LinkSettings, MAX_FAULTS, Record, Scenario, Sim,
    UpcomingKind, scenarios,
};
use mqtt_playground::time::{Duration, Instant};

const PUB1: usize = 0;
const SUB1: usize = 1;

fn scenario(id: &str) -> Scenario {
    scenarios().into_iter().find(|it| it.id == id).unwrap()
}

/// A scenario of one message at the moment at which pub1 has sent its PUBLISH.
fn published(id: &str) -> Sim {
    let mut sim = Sim::new(scenario(id));
    while sim.now() < Instant::from_millis(2_000) {
        assert!(sim.step());
    }
    sim
}

fn arm(sim: &mut Sim, client: usize, fault: Fault) {
    sim.act(client, Action::Arm(Box::new(fault))).unwrap();
}

fn of(kind: FaultKind, packet: PacketType, direction: Direction) -> Fault {
    Fault { packet: Some(packet), direction: Some(direction), ..Fault::next(kind) }
}

fn kinds(sim: &Sim, client: usize) -> Vec<String> {
    let end = sim.end_of_client(client);
    let frames = sim.capture().frames().filter(|frame| frame.from == end || frame.to == end);
    let told = |frame: &Frame| {
        let name = PacketType::from_nibble(frame.bytes[0] >> 4).unwrap().name();
        let dup = if frame.bytes[0] & 0xf8 == 0x38 { " dup" } else { "" };
        let fate = match frame.end {
            Some((_, Fate::Delivered { .. })) => "",
            Some((_, Fate::Lost { why: LostWhy::Dropped, .. })) => " dropped",
            Some((_, Fate::Lost { why: LostWhy::Silent, .. })) => " silent",
            Some((_, Fate::Lost { .. })) => " lost",
            None => " under way",
        };
        format!("{name}{dup}{fate}")
    };
    frames.map(told).skip_while(|kind| !kind.starts_with("PUBLISH")).collect()
}

fn reconnect(sim: &mut Sim, client: usize) {
    sim.act(client, Action::Connect).unwrap();
    sim.settle(1_000);
}

#[test]
fn a_lost_puback_makes_a_second_delivery() {
    let mut sim = published("qos-1");
    arm(&mut sim, PUB1, of(FaultKind::CutBefore, PacketType::PubAck, Direction::ToClient));
    assert_eq!(sim.faults(PUB1).len(), 1);
    sim.settle(1_000);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Offline);
    assert!(sim.faults(PUB1).is_empty(), "it strikes once");
    reconnect(&mut sim, PUB1);
    let expected = ["PUBLISH", "PUBACK lost", "CONNECT", "CONNACK", "PUBLISH dup", "PUBACK"];
    assert_eq!(kinds(&sim, PUB1), expected);
    assert_eq!(sim.client(SUB1).received_count(), 2);
}

#[test]
fn a_cut_after_the_packet_loses_the_answer() {
    let mut sim = published("qos-1");
    arm(&mut sim, PUB1, Fault::next(FaultKind::CutAfter));
    // PUBLISH is under way already: the fault waits for what comes next, which is PUBACK.
    sim.settle(1_000);
    assert_eq!(kinds(&sim, PUB1), ["PUBLISH", "PUBACK"]);
    let mut sim = published("qos-1");
    let frame = sim.capture().frames().next_back().unwrap().id;
    arm(&mut sim, PUB1, Fault { frame: Some(frame), ..Fault::next(FaultKind::CutAfter) });
    sim.settle(1_000);
    assert_eq!(kinds(&sim, PUB1), ["PUBLISH", "PUBACK lost"]);
    assert_eq!(sim.client(SUB1).received_count(), 1);
    assert_eq!(
        sim.act(PUB1, Action::Arm(Box::new(Fault { frame: Some(frame), ..Fault::next(FaultKind::Drop) }))),
        Err(ActError::NotUnderWay)
    );
}

#[test]
fn a_delay_holds_up_what_is_behind_and_keeps_the_order() {
    for chosen in [true, false] {
        let mut sim = Sim::new(scenario("qos-0"));
        while sim.now() < Instant::from_millis(1_000)
            && sim.next_event().unwrap().at < Instant::from_millis(2_000)
        {
            sim.step();
        }
        let fault = Fault::next(FaultKind::Delay(Duration::from_millis(100)));
        let publish = |n: u8| {
            Action::Publish(PublishRequest {
                topic: "sensors/n".to_owned(),
                payload: Bytes::from(vec![n]),
                ..PublishRequest::default()
            })
        };
        if !chosen {
            arm(&mut sim, PUB1, fault.clone());
        }
        let start = sim.now();
        sim.act(PUB1, publish(1)).unwrap();
        let first = sim.capture().next_frame() - 1;
        sim.act(PUB1, publish(2)).unwrap();
        if chosen {
            arm(&mut sim, PUB1, Fault { frame: Some(first), ..fault });
        }
        sim.act(PUB1, Action::Disconnect).unwrap();
        sim.settle(1_000);
        let at = |id| match sim.capture().frame(id).unwrap().end {
            Some((_, Fate::Delivered { at })) => at - start,
            other => panic!("{other:?}"),
        };
        let late = Duration::from_millis(120);
        assert_eq!([at(first), at(first + 1), at(first + 2)], [late; 3], "chosen: {chosen}");
        assert_eq!(sim.client(SUB1).received_count(), 2);
    }
}

#[test]
fn a_half_open_link_ends_by_keep_alive() {
    let mut sim = published("qos-1");
    arm(&mut sim, PUB1, of(FaultKind::HalfOpen, PacketType::PubAck, Direction::ToClient));
    sim.settle(1_000);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connected);
    assert_eq!(kinds(&sim, PUB1), ["PUBLISH", "PUBACK silent"]);
    while sim.client(PUB1).status() == ClientStatus::Connected {
        assert!(sim.step());
    }
    assert!(sim.now() > Instant::from_millis(60_000), "{}", sim.now());
    reconnect(&mut sim, PUB1);
    assert_eq!(sim.client(SUB1).received_count(), 2);
}

#[test]
fn teaching_faults_lose_or_double_one_packet_on_a_live_link() {
    let mut sim = published("qos-1");
    arm(&mut sim, PUB1, of(FaultKind::Drop, PacketType::PubAck, Direction::ToClient));
    sim.settle(1_000);
    assert_eq!(kinds(&sim, PUB1), ["PUBLISH", "PUBACK dropped"]);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connected);
    assert_eq!(sim.client(PUB1).in_flight().len(), 1, "it waits for its PUBACK");

    // 3.1 retries by timer: the diagrams of older courses.
    let mut scenario = scenario("qos-1");
    scenario.clients[PUB1].config.retry_interval_secs = Some(5);
    let mut sim = Sim::new(scenario);
    arm(&mut sim, PUB1, of(FaultKind::Drop, PacketType::PubAck, Direction::ToClient));
    while sim.client(SUB1).received_count() < 2 {
        assert!(sim.step() && sim.now() < Instant::from_millis(30_000));
    }
    sim.settle(1_000);
    assert_eq!(kinds(&sim, PUB1), ["PUBLISH", "PUBACK dropped", "PUBLISH dup", "PUBACK"]);

    let mut sim = published("qos-2");
    arm(&mut sim, SUB1, of(FaultKind::Duplicate, PacketType::Publish, Direction::ToClient));
    sim.settle(1_000);
    let expected = ["PUBLISH", "PUBLISH", "PUBREC", "PUBREC", "PUBREL", "PUBREL", "PUBCOMP", "PUBCOMP"];
    assert_eq!(kinds(&sim, SUB1), expected);
    assert_eq!(sim.client(SUB1).received_count(), 1, "exactly once, even so");
}

#[test]
fn faults_by_rule_stay_through_reconnects_until_they_are_taken_off() {
    let mut sim = published("qos-1");
    let rule = of(FaultKind::CutBefore, PacketType::PubAck, Direction::ToClient);
    arm(&mut sim, PUB1, Fault { times: 0, ..rule });
    for _ in 0..3 {
        sim.settle(1_000);
        reconnect(&mut sim, PUB1);
    }
    assert_eq!(sim.client(SUB1).received_count(), 4);
    sim.act(PUB1, Action::Disarm).unwrap();
    reconnect(&mut sim, PUB1);
    assert_eq!((sim.client(PUB1).in_flight().len(), sim.client(SUB1).received_count()), (0, 5));
    for _ in 0..MAX_FAULTS {
        arm(&mut sim, PUB1, Fault::next(FaultKind::Drop));
    }
    let one_more = Action::Arm(Box::new(Fault::next(FaultKind::Drop)));
    assert_eq!(sim.act(PUB1, one_more), Err(ActError::TooManyFaults));
}

#[test]
fn a_slow_link_sends_one_after_the_other() {
    // 100 bytes a second: 10 ms a byte.
    let slow = LinkSettings { bytes_per_second: 100, ..LinkSettings::default() };
    let mut sim = Sim::new(Scenario { links: vec![slow], ..scenario("qos-0") });
    sim.settle(1_000);
    let connect = sim.capture().frames().find(|frame| frame.from == 0).unwrap();
    let took = connect.due.unwrap() - connect.sent;
    assert_eq!(took, Duration::from_millis(20 + 10 * connect.bytes.len() as u64));
}

#[test]
fn long_packets_come_in_pieces_and_close_ones_together() {
    let pieces = LinkSettings { segment_bytes: 7, ..LinkSettings::default() };
    let mut sim = Sim::new(Scenario { links: vec![pieces.clone()], ..scenario("qos-0") });
    sim.settle(1_000);
    let whole = Sim::new(scenario("qos-0"));
    let publish = sim.capture().frames().find(|frame| frame.from == 0 && frame.bytes[0] >> 4 == 3).unwrap();
    assert_eq!(sim.client(SUB1).received_count(), 1);
    let (sent, arrived) = (publish.sent_step, publish.end.unwrap().0);
    assert_eq!((arrived - sent) as usize, publish.bytes.len().div_ceil(7), "a delivery for each piece");
    drop(whole);

    // A cut between two pieces loses the packet; the broker has heard half of it.
    let mut sim = Sim::new(Scenario { links: vec![pieces], ..scenario("qos-1") });
    let step = loop {
        sim.step();
        let publish = sim.capture().frames().find(|frame| frame.from == 0 && frame.bytes[0] >> 4 == 3);
        if let Some(publish) = publish {
            break publish.sent_step;
        }
    };
    sim.seek(step + 1);
    sim.act(PUB1, Action::Cut).unwrap();
    reconnect(&mut sim, PUB1);
    assert_eq!(sim.client(SUB1).received_count(), 1);

    let joined = LinkSettings { join_micros: 50_000, ..LinkSettings::default() };
    let mut sim = Sim::new(Scenario { links: vec![joined], actions: Vec::new(), ..scenario("qos-0") });
    sim.act(PUB1, Action::Connect).unwrap();
    sim.settle(100);
    for n in 0..3 {
        let request = PublishRequest { topic: format!("t/{n}"), ..PublishRequest::default() };
        sim.act_at(PUB1, Action::Publish(request), sim.now() + Duration::from_millis(3)).unwrap();
    }
    let before = sim.cursor();
    assert!(matches!(sim.next_event().unwrap().what, UpcomingKind::FrameArrives(_)));
    assert_eq!(sim.settle(100), 1, "all three in one delivery");
    let arrived =
        sim.capture().frames().filter(|frame| frame.end.is_some_and(|(step, _)| step == before + 1));
    assert_eq!(arrived.count(), 3);
}

#[test]
fn a_tunnel_cuts_and_lets_through_again() {
    let tunnel = LinkSettings::presets().into_iter().find(|(name, _)| name.starts_with("Tunnel")).unwrap().1;
    let mut scenario = Scenario { links: vec![tunnel], ..scenario("qos-1") };
    scenario.clients[PUB1].config.reconnect =
        Some(Reconnect { first_millis: 300, most_millis: 1_000, max_attempts: 100, seed: 1 });
    scenario.clients[PUB1].config.connack_timeout_secs = 1;
    let mut sim = Sim::new(scenario);
    let mut seen = Vec::new();
    while sim.now() < Instant::from_millis(13_000) {
        assert!(sim.step());
        let (down, status) = (sim.link_settings(PUB1).1, sim.client(PUB1).status());
        assert!(!(down && status == ClientStatus::Connected));
        let connected = status == ClientStatus::Connected;
        if seen.last() != Some(&(down, connected)) {
            seen.push((down, connected));
        }
    }
    let connected = [(false, false), (false, true), (true, false)];
    assert_eq!(seen, [connected, connected].concat());
}

#[test]
fn a_link_that_is_down_lets_nobody_connect() {
    let mut sim = Sim::new(scenario("qos-1"));
    let down = LinkSettings { down: true, ..LinkSettings::default() };
    sim.settle(1_000);
    sim.act(PUB1, Action::SetLink(Box::new(down))).unwrap();
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Offline);
    reconnect(&mut sim, PUB1);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Offline);
    sim.act(PUB1, Action::SetLink(Box::default())).unwrap();
    reconnect(&mut sim, PUB1);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connected);
}

#[test]
fn a_link_that_was_set_down_does_not_come_up_by_itself() {
    let settings = |down| {
        let (up_micros, down_micros) = (5_000_000, 2_000_000);
        LinkSettings { down, up_micros, down_micros, ..LinkSettings::default() }
    };
    // From the start, and later.
    let mut sim =
        Sim::new(Scenario { actions: Vec::new(), links: vec![settings(true)], ..scenario("qos-1") });
    for later in [false, true] {
        if later {
            sim.act(PUB1, Action::SetLink(Box::new(settings(true)))).unwrap();
        }
        assert!(sim.link_settings(PUB1).1);
        assert_eq!(sim.next_event(), None, "nothing changes");
    }
    sim.act(PUB1, Action::SetLink(Box::new(settings(false)))).unwrap();
    let seen = std::array::from_fn(|_| (sim.step(), sim.link_settings(PUB1).1, sim.now()));
    let at = Instant::from_millis;
    assert_eq!(seen, [(true, true, at(5_000)), (true, false, at(7_000)), (true, true, at(12_000))]);
}

#[test]
fn a_double_is_whole_also_once_the_record_has_dropped_its_frame() {
    let pieces = LinkSettings { segment_bytes: 7, ..LinkSettings::default() };
    let links = vec![pieces];
    let mut sim = Sim::with_capture_budget(Scenario { links, ..scenario("qos-0") }, 20_000);
    sim.settle(100);
    let publish = |sim: &mut Sim| {
        let (topic, payload) = ("sensors/kitchen/temp".to_owned(), Bytes::from_static(b"hot"));
        sim.act(PUB1, Action::Publish(PublishRequest { topic, payload, ..PublishRequest::default() }))
            .unwrap();
    };
    let before = sim.client(SUB1).received_count();
    publish(&mut sim);
    let id = sim.capture().frames().next_back().unwrap().id;
    arm(&mut sim, PUB1, Fault { frame: Some(id), ..Fault::next(FaultKind::Duplicate) });
    sim.settle(100);
    assert_eq!(sim.client(SUB1).received_count(), before + 2);
    // One that is dropped in pieces is called what it is.
    publish(&mut sim);
    let last = sim.capture().frames().next_back().unwrap().id;
    arm(&mut sim, PUB1, Fault { frame: Some(last), ..Fault::next(FaultKind::Drop) });
    sim.settle(100);
    let told = sim.capture().notes().filter(|note| note.frame == Some(last));
    let told: Vec<_> = told.map(|note| note.text.to_string()).collect();
    assert!(!told.is_empty() && told.iter().all(|text| text.contains("PUBLISH")), "{told:?}");
    for _ in 0..200 {
        publish(&mut sim);
        sim.settle(100);
    }
    let (end, received) = (sim.cursor(), sim.client(SUB1).received_count());
    assert_eq!((received, sim.capture().frame(id)), (before + 202, None));
    sim.seek(0);
    while sim.cursor() < end {
        assert!(sim.step());
    }
    assert_eq!(sim.client(SUB1).received_count(), received);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connected);
}

#[test]
fn a_session_goes_on_with_a_broker_that_takes_less() {
    // 5.0 MQTT-3.2.2-11: what was in flight above the new Maximum QoS is given up
    let mut sim = Sim::new(Scenario { actions: Vec::new(), ..scenario("qos-2") });
    let mut config = sim.client(PUB1).config().clone();
    (config.version, config.clean_start, config.reconnect) = (Version::V5, false, Some(Reconnect::default()));
    config.properties.push(PropertyId::SessionExpiryInterval, PropertyValue::Number(1_000));
    sim.act(PUB1, Action::ConnectAs(Box::new(config))).unwrap();
    sim.settle(100);
    let request = PublishRequest { topic: "t".into(), qos: QoS::ExactlyOnce, ..PublishRequest::default() };
    sim.act(PUB1, Action::Publish(request)).unwrap();
    let less = BrokerConfig { max_qos: QoS::AtLeastOnce, ..BrokerConfig::default() };
    sim.act(PUB1, Action::RestartBrokerKeeping(Box::new(less))).unwrap();
    for _ in 0..10 {
        assert!(sim.step());
    }
    let client = sim.client(PUB1);
    assert_eq!((client.status(), client.in_flight().len()), (ClientStatus::Connected, 0));
}

#[test]
fn a_client_without_power_knows_nothing_and_the_broker_does_not_know() {
    let mut sim = published("qos-1");
    sim.act(PUB1, Action::PowerLoss).unwrap();
    assert_eq!((sim.client(PUB1).status(), sim.client(PUB1).in_flight().len()), (ClientStatus::Offline, 0));
    sim.settle(1_000);
    assert!(sim.broker().session("pub1").unwrap().is_connected(), "until keep alive is over");
    assert_eq!(kinds(&sim, PUB1), ["PUBLISH", "PUBACK silent"], "what was sent arrives");
    reconnect(&mut sim, PUB1);
    assert_eq!(sim.client(PUB1).status(), ClientStatus::Connected);
    assert_eq!(sim.client(SUB1).received_count(), 1, "nothing is sent again: nothing is known");
    while sim.broker().counts().0 > 2 {
        assert!(sim.step());
    }
}

#[test]
fn a_broker_with_a_disk_keeps_sessions_and_retained_messages() {
    let mut sim = Sim::new(scenario("qos-1"));
    sim.settle(1_000);
    let kept = PublishRequest {
        topic: "sensors/kept".to_owned(),
        payload: Bytes::from_static(b"x"),
        retain: true,
        qos: QoS::AtLeastOnce,
        ..PublishRequest::default()
    };
    sim.act(PUB1, Action::Publish(kept)).unwrap();
    sim.settle(1_000);
    let config = sim.broker().config().clone();
    for (keeps, sessions, retained) in [(true, 2, 1), (false, 0, 0)] {
        let mut sim = sim.clone();
        let config = Box::new(config.clone());
        let restart =
            if keeps { Action::RestartBrokerKeeping(config) } else { Action::RestartBroker(config) };
        sim.act(PUB1, restart).unwrap();
        assert_eq!((sim.broker().counts().0, sim.broker().counts().1), (0, sessions));
        assert_eq!(sim.broker().retained().len(), retained);
        sim.settle(1_000);
        // What is published now waits for sub1, where it is known.
        reconnect(&mut sim, PUB1);
        let present = sim.capture().frames().next_back().unwrap().bytes[2] == 1;
        assert_eq!(present, keeps, "session present");
        let before = sim.client(SUB1).received_count();
        let request = PublishRequest {
            topic: "sensors/a".to_owned(),
            qos: QoS::AtLeastOnce,
            ..PublishRequest::default()
        };
        sim.act(PUB1, Action::Publish(request)).unwrap();
        sim.settle(1_000);
        reconnect(&mut sim, SUB1);
        assert_eq!(sim.client(SUB1).received_count() - before, u64::from(keeps));
    }
}

#[test]
fn a_session_of_a_connection_only_ends_with_the_broker() {
    let mut sim = Sim::new(scenario("wildcards"));
    sim.settle(1_000);
    assert!(sim.broker().counts().1 > 0);
    sim.act(0, Action::RestartBrokerKeeping(Box::default())).unwrap();
    assert_eq!(sim.broker().counts(), (0, 0, 0));
}

#[test]
fn a_stopped_broker_takes_no_part_in_a_recording() {
    let mut sim = Sim::new(Record::from_lines("client pub1").unwrap().0.scenario);
    sim.act(BROKERS, Action::StopBroker).unwrap();
    let connect = Bytes::from_static(b"\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04pub1");
    let ping = Bytes::from_static(b"\xc0\0");
    let answer = Bytes::from_static(b"\xd0\0");
    for (direction, bytes) in [
        (Direction::ToServer, connect.clone()),
        (Direction::ToServer, ping.clone()),
        (Direction::ToClient, answer),
        (Direction::ToServer, Bytes::new()),
    ] {
        sim.act(0, Action::Recorded(direction, bytes)).unwrap();
        sim.settle(100);
        assert_eq!(
            (sim.link_of_client(0), sim.broker().counts().0, sim.capture().next_frame()),
            (None, 0, 0)
        );
        assert_eq!(sim.client(0).status(), ClientStatus::Offline);
    }
    let refused = sim.capture().notes().filter(|note| note.kind == NoteKind::LinkRefused).count();
    assert_eq!(refused, 2, "once for each packet of the client");
    // Refused just now, and not yet told.
    sim.act(0, Action::Connect).unwrap();
    sim.act(0, Action::Recorded(Direction::ToServer, ping)).unwrap();
    sim.settle(100);
    assert_eq!((sim.broker().counts().0, sim.capture().next_frame()), (0, 0));

    sim.act(BROKERS, Action::RestartBroker(Box::default())).unwrap();
    sim.act(0, Action::Recorded(Direction::ToServer, connect)).unwrap();
    sim.settle(100);
    assert_eq!((sim.broker().counts().0, sim.capture().next_frame()), (1, 1));
}

#[test]
fn a_disk_keeps_none_of_the_brokers_own_topics() {
    let mut scenario = Record::from_lines("client pub1\n0 pub1 connect").unwrap().0.scenario;
    scenario.broker.sys_interval_secs = 10;
    let mut sim = Sim::new(scenario);
    sim.settle(1_000);
    let mine = PublishRequest {
        topic: "mine".to_owned(),
        payload: Bytes::from_static(b"x"),
        retain: true,
        ..PublishRequest::default()
    };
    sim.act(0, Action::Publish(mine)).unwrap();
    while sim.now() < Instant::from_millis(11_000) {
        assert!(sim.step());
    }
    assert!(sim.broker().retained().len() > 1);
    sim.act(BROKERS, Action::RestartBrokerKeeping(Box::default())).unwrap();
    sim.settle(100);
    let topics: Vec<&str> = sim.broker().retained().map(|kept| &*kept.message.topic).collect();
    assert_eq!(topics, ["mine"]);
}

#[test]
fn a_stopped_broker_publishes_wills_and_refuses_connections_until_it_is_started() {
    let lines = "client pub1 will={topic=w payload=\"gone\" qos=1 retain}
        client sub1 clean_start=false
        client sub2 clean_start=true
        client late
        0 sub1 connect
        0 sub2 connect
        0 pub1 connect
        0.5 sub1 subscribe # qos=1
        0.5 sub2 subscribe # qos=1";
    let mut scenario = Record::from_lines(lines).unwrap().0.scenario;
    scenario.broker.sys_interval_secs = 10;
    let mut sim = Sim::new(scenario);
    sim.settle(1_000);
    sim.act(BROKERS, Action::StopBroker).unwrap();
    assert!(sim.is_stopped(0) && sim.is_stopped(BROKERS));
    assert_eq!(sim.act(BROKERS, Action::StopBroker), Err(ActError::Stopped));
    let config = Box::new(sim.broker().config().clone());
    assert_eq!(sim.act(BROKERS, Action::ConfigureBroker(config.clone())), Err(ActError::Stopped));
    let asked = sim.cursor();
    sim.settle(1_000);
    // What was on its way before the connections were closed has arrived, as the will that mosquitto publishes then.
    for client in [SUB1, SUB1 + 1] {
        assert_eq!(sim.client(client).received_count(), 1);
        assert_eq!(sim.client(client).status(), ClientStatus::Offline);
    }
    let notes = |sim: &Sim| sim.capture().notes().map(|note| note.text.to_string()).collect::<Vec<_>>();
    assert!(notes(&sim).contains(&"stops: publishes wills, closes its connections".to_owned()));
    assert_eq!((sim.broker().counts().0, sim.broker().counts().1), (0, 1), "the disk has sub1's session");
    assert!(!notes(&sim).iter().any(|text| text.contains("cut")), "nothing was cut: {:?}", notes(&sim));

    // A closed port: nothing is sent, and the client hears of it after a round trip.
    let (frames, at) = (sim.capture().next_frame(), sim.now());
    sim.act(3, Action::Connect).unwrap();
    assert_eq!(sim.client(3).status(), ClientStatus::Connecting);
    sim.settle(10);
    assert_eq!(sim.client(3).status(), ClientStatus::Offline);
    assert_eq!(sim.now().since(at), Duration::from_millis(42));
    assert_eq!(sim.capture().next_frame(), frames);
    assert_eq!(notes(&sim).last().unwrap(), "connection refused: no broker listens");
    let refused: Vec<_> = sim.capture().notes().rev().take(2).map(|note| (note.kind, note.frame)).collect();
    assert_eq!(refused, [(NoteKind::LinkRefused, None), (NoteKind::LinkOpened, None)]);
    assert!(sim.next_event().is_none(), "a stopped broker has no timers: {:?}", sim.next_event());

    // Its own moment comes back exactly, and so does the record's.
    let last = sim.cursor();
    let told = format!("{:?}", sim.capture());
    sim.seek(asked - 1);
    assert!(!sim.is_stopped(0));
    sim.seek(last);
    assert_eq!(format!("{:?}", sim.capture()), told);
    let (text, lines) = (sim.record().to_text(sim.cursor()), sim.record().to_lines(sim.cursor()));
    assert_eq!(Record::from_text(&text), Ok((sim.record(), sim.cursor())));
    let (read, step) = Record::from_lines(&lines).unwrap();
    let mut again = Sim::of_record(&read).unwrap();
    again.seek(step);
    assert!(again.is_stopped(0));
    assert_eq!(format!("{:?}", again.capture()), told);

    for (keeps, retained, sessions, received) in [(true, 1, 1, 2), (false, 0, 0, 1)] {
        let mut sim = sim.clone();
        let config = config.clone();
        let start = if keeps { Action::RestartBrokerKeeping(config) } else { Action::RestartBroker(config) };
        sim.act(BROKERS, start).unwrap();
        assert!(!sim.is_stopped(0));
        assert_eq!((sim.broker().counts().1, sim.broker().retained().len()), (sessions, retained));
        sim.settle(100);
        sim.act(SUB1, Action::Connect).unwrap();
        sim.settle(100);
        assert_eq!(sim.client(SUB1).status(), ClientStatus::Connected);
        assert_eq!(sim.client(SUB1).received_count(), received, "the will was not acknowledged");
    }
}

#[test]
fn a_client_that_connects_by_itself_comes_back_once_the_broker_listens() {
    let lines = "client sub1 reconnect={first_millis=1000 most_millis=1000}
        0 sub1 connect
        1 broker stop-broker
        4.5 broker restart-broker-keeping";
    let mut sim = Sim::new(Record::from_lines(lines).unwrap().0.scenario);
    while sim.now() < Instant::from_millis(8_000) && sim.step() {}
    let refused = sim.capture().notes().filter(|note| note.text.starts_with("connection refused")).count();
    assert!(refused > 1);
    assert_eq!(sim.client(0).status(), ClientStatus::Connected);
}
