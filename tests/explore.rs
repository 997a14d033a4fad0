//! Every way that two messages can go from a publisher over the broker to a subscriber while links are cut: what each
//! QoS promises holds in all of them, and a broker with a known bug is found out.
//!
//! `cargo test --test explore -- --nocapture` prints states and outcomes; `--ignored` runs the larger bounds;
//! `--features switches` gives the broker its bugs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]
#![cfg(not(target_arch = "wasm32"))]

use std::collections::VecDeque;

use mqtt_playground::broker::{Broker, BrokerConfig, BrokerOutput};
use mqtt_playground::client::{
    Client, ClientConfig, ClientEvent, ClientOutput, ClientStatus, PublishRequest,
};
use mqtt_playground::codec::{
    Direction, PropertyBuf, PropertyId, PropertyValue, QoS, SubscriptionOptions, Version,
};
use mqtt_playground::sim::{
    Exploration, ExploreError, Explorer, Hop, MAX_CUTS, MAX_MESSAGES, Move, Outcome, Party, Report, Taken,
};
use mqtt_playground::time::Instant;

const Q0: QoS = QoS::AtMostOnce;
const Q1: QoS = QoS::AtLeastOnce;
const Q2: QoS = QoS::ExactlyOnce;

fn explore(exploration: Exploration) -> Report {
    let Exploration { qos, versions, messages, cuts, late_notice, max_states, .. } = exploration.clone();
    let mut explorer = Explorer::new(exploration).unwrap();
    while explorer.run(10_000) {}
    let report = explorer.report();
    let notice = if late_notice { "noticed late" } else { "noticed at once" };
    println!(
        "QoS {qos}, {versions:?}: {messages} messages, {cuts} cuts {notice}, at most {max_states} states"
    );
    println!("  {:?}, complete: {}", report.progress, report.complete);
    report.outcomes.iter().for_each(|outcome| println!("  {outcome}"));
    for found in &report.broken {
        println!("  {}:", found.broken);
        found.path.iter().enumerate().for_each(|(at, taken)| println!("    {}. {taken}", at + 1));
    }
    report
}

fn bounded(qos: QoS, versions: [Version; 2], cuts: u8, late_notice: bool) -> Exploration {
    Exploration { qos, versions, cuts, late_notice, ..Exploration::default() }
}

/// All is seen, nothing is broken, and each outcome is what the QoS promises.
fn assert_kept(report: &Report, qos: QoS) {
    assert!(report.complete && report.broken.is_empty(), "{:?}", report.broken);
    assert!(!report.outcomes.is_empty());
    for outcome in &report.outcomes {
        let promised = |count: &u8| match qos {
            Q0 => *count <= 1,
            Q1 => *count >= 1,
            Q2 => *count == 1,
        };
        let kept = outcome.in_order && outcome.finished && outcome.deliveries.iter().all(promised);
        assert!(kept && outcome.ways > 0, "{outcome}");
    }
}

fn deliveries(report: &Report) -> Vec<Vec<u8>> {
    report.outcomes.iter().map(|outcome| outcome.deliveries.clone()).collect()
}

/// The same world once more, without the explorer: cores, and what is under way between them.
struct Rig {
    broker: Broker,
    clients: [Client; 2],
    links: [Link; 2],
    published: u8,
    log: Vec<u8>,
    bytes: u32,
    packets: u32,
}

#[derive(Default)]
struct Link {
    /// Of the present connection; those before have lower numbers.
    number: u32,
    up: bool,
    accepted: bool,
    /// Cut, and the broker does not know.
    dead: Option<u32>,
    under_way: [VecDeque<Vec<u8>>; 2],
}

impl Rig {
    /// Both clients connected, the subscription made.
    fn new(exploration: &Exploration) -> Self {
        let client = |name: &str, version, first_packet_id| {
            let mut config = ClientConfig::new(name);
            (config.version, config.clean_start) = (version, false);
            (config.keep_alive_secs, config.first_packet_id) = (0, first_packet_id);
            if version == Version::V5 {
                config.properties.push(PropertyId::SessionExpiryInterval, PropertyValue::Number(u32::MAX));
            }
            Client::new(config)
        };
        let [publisher, subscriber] = exploration.versions;
        let mut rig = Self {
            broker: Broker::new(exploration.broker.clone()),
            clients: [client("pub", publisher, 7), client("sub", subscriber, 1)],
            links: [Link::default(), Link::default()],
            published: 0,
            log: Vec::new(),
            bytes: 0,
            packets: 0,
        };
        for hop in [Hop::Subscriber, Hop::Publisher] {
            rig.act(Move::Reconnect { hop }, exploration.qos);
            rig.settle();
        }
        let filters = [("t", SubscriptionOptions::new(exploration.qos))];
        rig.clients[1].subscribe(Instant::ZERO, &filters, &PropertyBuf::new()).unwrap();
        rig.drain();
        rig.settle();
        (rig.bytes, rig.packets) = (0, 0);
        rig
    }

    fn settle(&mut self) {
        while let Some((hop, direction)) = self.waiting() {
            self.act(Move::Deliver { hop, direction }, Q0);
        }
    }

    fn waiting(&self) -> Option<(Hop, Direction)> {
        let ways = [Hop::Publisher, Hop::Subscriber]
            .into_iter()
            .flat_map(|hop| [Direction::ToServer, Direction::ToClient].map(|direction| (hop, direction)));
        ways.into_iter().find(|(hop, way)| !self.links[*hop as usize].under_way[*way as usize].is_empty())
    }

    fn act(&mut self, taken: Move, qos: QoS) -> Option<Vec<u8>> {
        let mut arrived = None;
        match taken {
            Move::Publish => {
                let payload = vec![self.published].into();
                let request = PublishRequest { topic: "t".into(), payload, qos, ..Default::default() };
                self.clients[0].publish(Instant::ZERO, request).unwrap();
                self.published += 1;
            }
            Move::Deliver { hop, direction } => {
                let link = &mut self.links[hop as usize];
                let packet = link.under_way[direction as usize].pop_front().unwrap();
                let connection = link.number * 2 + hop as u32;
                if direction == Direction::ToClient {
                    self.clients[hop as usize].handle_data(Instant::ZERO, &packet);
                } else {
                    if !std::mem::replace(&mut link.accepted, true) {
                        self.broker.handle_open(Instant::ZERO, connection);
                    }
                    self.broker.handle_data(Instant::ZERO, connection, &packet, &mut ());
                }
                arrived = Some(packet);
            }
            Move::Cut { hop } => {
                let link = &mut self.links[hop as usize];
                assert!(link.up, "there is something to cut");
                link.up = false;
                link.dead = if link.accepted { Some(link.number) } else { link.dead };
                link.under_way.iter_mut().for_each(VecDeque::clear);
            }
            Move::Notice { hop, party: Party::Client } => {
                self.clients[hop as usize].handle_closed(Instant::ZERO);
            }
            Move::Notice { hop, party: Party::Broker } => {
                let connection = self.links[hop as usize].dead.take().unwrap() * 2 + hop as u32;
                self.broker.handle_closed(Instant::ZERO, connection, &mut ());
            }
            Move::Reconnect { hop } => {
                let link = &mut self.links[hop as usize];
                (link.number, link.up, link.accepted) = (link.number + 1, true, false);
                self.clients[hop as usize].connect(Instant::ZERO).unwrap();
            }
        }
        self.drain();
        arrived
    }

    fn drain(&mut self) {
        for (client, link) in self.clients.iter_mut().zip(&mut self.links) {
            while let Some(output) = client.poll_output() {
                let ClientOutput::Send(packet) = output else { panic!("a client closes") };
                (self.bytes, self.packets) = (self.bytes + packet.len() as u32, self.packets + 1);
                if link.up {
                    link.under_way[0].push_back(packet.to_vec());
                }
            }
            while let Some(event) = client.poll_event() {
                if let ClientEvent::Message(received) = event {
                    self.log.extend(&received.message.payload);
                }
            }
        }
        while let Some((connection, output)) = self.broker.poll_output() {
            let link = &mut self.links[connection as usize % 2];
            let live = link.up && link.number == connection / 2;
            match output {
                BrokerOutput::Send(packet) => {
                    (self.bytes, self.packets) = (self.bytes + packet.len() as u32, self.packets + 1);
                    if live {
                        link.under_way[1].push_back(packet.to_vec());
                    }
                }
                BrokerOutput::Close if live => panic!("the broker closes"),
                BrokerOutput::Close => link.dead = None,
            }
        }
    }

    fn in_flight(&self) -> usize {
        let clients = self.clients.iter().map(|client| client.in_flight().len() + client.incoming().len());
        let sessions = self.broker.sessions();
        let sessions = sessions.map(|it| it.in_flight().len() + it.unreleased().len() + it.queued().len());
        clients.sum::<usize>() + sessions.sum::<usize>()
    }
}

/// Takes a way that the explorer found, packet by packet the same.
fn replay(exploration: &Exploration, path: &[Taken]) -> Rig {
    let mut rig = Rig::new(exploration);
    for taken in path {
        let arrived = rig.act(taken.taken, exploration.qos);
        assert_eq!(arrived.as_deref(), taken.packet.as_deref(), "{taken}");
    }
    rig
}

fn assert_replays(exploration: &Exploration, outcome: &Outcome) {
    let rig = replay(exploration, &outcome.example);
    assert!(rig.waiting().is_none() && rig.published == exploration.messages, "at rest");
    assert!(rig.clients.iter().all(|client| client.status() == ClientStatus::Connected));
    for (index, count) in outcome.deliveries.iter().enumerate() {
        let found = rig.log.iter().filter(|delivered| usize::from(**delivered) == index).count();
        assert_eq!(found, usize::from(*count), "{outcome}");
    }
    assert_eq!(rig.in_flight() == 0, outcome.finished);
    assert!((outcome.bytes.least..=outcome.bytes.most).contains(&rig.bytes), "{outcome}");
    assert!((outcome.packets.least..=outcome.packets.most).contains(&rig.packets), "{outcome}");
}

/// Everything seen, every promise kept, every outcome taken once more by hand.
fn prove(exploration: Exploration) -> Report {
    let qos = exploration.qos;
    let report = explore(exploration.clone());
    assert_kept(&report, qos);
    report.outcomes.iter().for_each(|outcome| assert_replays(&exploration, outcome));
    report
}

#[test]
fn each_qos_keeps_its_promise_through_two_cuts() {
    for version in [Version::V311, Version::V5] {
        // 3.1.1 and 5.0 sections 4.3.1 to 4.3.3
        let (q0, q1, q2) = (
            prove(bounded(Q0, [version; 2], 2, true)),
            prove(bounded(Q1, [version; 2], 2, true)),
            prove(bounded(Q2, [version; 2], 2, true)),
        );
        assert_eq!(deliveries(&q0), [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert_eq!(deliveries(&q2), [[1, 1]]);
        // A cut of the publisher's link doubles what the broker has, one of the subscriber's what it sends of that.
        let times = |first: u8| (1..=4).map(move |second| vec![first, second]);
        assert_eq!(deliveries(&q1), (1..=4).flat_map(times).collect::<Vec<_>>());
        let without = q1.outcomes.iter().find(|it| it.deliveries == [1, 1]).unwrap();
        assert_eq!((without.fewest_cuts, without.copies.least, without.packets.least), (0, 0, 8));
        let dearest = q1.outcomes.last().unwrap();
        assert_eq!((dearest.fewest_cuts, dearest.copies.least), (2, 6));
    }
}

#[test]
fn versions_that_meet_keep_it_too() {
    use Version::{V5, V31, V311};
    for versions in [[V5, V311], [V311, V5], [V31, V5], [V31; 2]] {
        for qos in [Q0, Q1, Q2] {
            prove(bounded(qos, versions, 1, true));
        }
    }
}

/// Three cuts and two messages in 3.1.1: 3,662, 254,821 and 131,105 states (QoS 0, 1, 2), 1,062,437 transitions. Two
/// cuts and three messages in 5.0: 3,362, 173,094 and 261,588 states, 1,189,877 transitions.
#[test]
#[ignore = "larger bounds: up to a minute without optimisation"]
fn larger_bounds_keep_it_too() {
    for qos in [Q0, Q1, Q2] {
        prove(bounded(qos, [Version::V311; 2], 3, true));
        let three = bounded(qos, [Version::V5; 2], 2, true);
        prove(Exploration { messages: 3, ..three });
    }
}

#[test]
fn it_can_be_taken_in_slices_and_stopped() {
    let exploration = bounded(Q1, [Version::V311; 2], 1, false);
    let whole = explore(exploration.clone());
    let mut explorer = Explorer::new(exploration).unwrap();
    let (mut before, mut slices) = (explorer.progress(), 0);
    while explorer.run(7) {
        let now = explorer.progress();
        assert!(now.expanded - before.expanded + now.counted - before.counted <= 7);
        assert!(!explorer.report().complete, "not before its end");
        (before, slices) = (now, slices + 1);
    }
    assert!(slices > 100);
    assert_eq!(explorer.report(), whole);
}

#[test]
fn the_bound_on_states_is_told() {
    let exploration = Exploration { max_states: 100, ..bounded(Q2, [Version::V5; 2], 2, true) };
    let report = explore(exploration);
    assert!(report.progress.done && !report.complete);
    assert_eq!((report.progress.states, report.progress.expanded), (100, 100));
}

#[test]
fn what_cannot_be_explored_is_refused() {
    let too_long = Exploration { messages: MAX_MESSAGES + 1, ..Exploration::default() };
    assert_eq!(Explorer::new(too_long).map(drop), Err(ExploreError::TooMuch));
    let too_cut = Exploration { cuts: MAX_CUTS + 1, ..Exploration::default() };
    assert_eq!(Explorer::new(too_cut).map(drop), Err(ExploreError::TooMuch));
    let closed = BrokerConfig { allow_anonymous: false, ..BrokerConfig::default() };
    let refused = Exploration { broker: closed, ..Exploration::default() };
    assert_eq!(Explorer::new(refused).map(drop), Err(ExploreError::NotSetUp));
}

#[test]
fn a_broker_that_drops_what_waits_loses_it() {
    // No bug but a setting: one message in flight and one in the queue, of three.
    let broker = BrokerConfig { max_inflight_messages: 1, max_queued_messages: 1, ..BrokerConfig::default() };
    let exploration = Exploration { messages: 3, broker, ..bounded(Q1, [Version::V311; 2], 0, false) };
    let report = explore(exploration.clone());
    let found = &report.broken[0];
    assert_eq!(found.broken.to_string(), "a message is lost");
    let mut rig = replay(&exploration, &found.path);
    assert!(rig.waiting().is_none(), "nothing more comes");
    rig.log.sort_unstable();
    assert_eq!(rig.log, [0, 1]);
    let words: Vec<_> = found.path.iter().map(Taken::to_string).collect();
    assert_eq!(words.len(), 13);
    assert_eq!(
        words[..2],
        ["the publisher publishes its next message", "PUBLISH from the publisher arrives"]
    );
}

#[cfg(feature = "switches")]
mod switches {
    use mqtt_playground::sim::Broken;

    use super::*;

    /// Bugs that the broker can be given (src/broker/switches.rs), and which promise of which QoS breaks first.
    const BUGS: [(&str, QoS, Broken); 13] = [
        ("AckId", Q1, Broken::Unfinished),
        ("PubAck", Q1, Broken::Unfinished),
        ("PubComp", Q2, Broken::Unfinished),
        ("PubRec", Q2, Broken::Lost),
        ("PubRel", Q2, Broken::Lost),
        ("QueueOrder", Q1, Broken::Disordered),
        ("QueueWhileAway", Q1, Broken::Lost),
        ("Recognise", Q2, Broken::Repeated),
        ("ReleaseForgets", Q2, Broken::Repeated),
        ("Resend", Q1, Broken::Lost),
        ("ResumeSession", Q1, Broken::Lost),
        ("SessionStored", Q2, Broken::Lost),
        ("TakeOver", Q1, Broken::Lost),
    ];

    /// With the bug that the environment names; without one, nothing may be found.
    #[test]
    fn the_bug_in_the_environment_is_found() {
        let bug = std::env::var("MQTT_SWITCH_OFF").unwrap_or_default();
        let Some((_, qos, broken)) = BUGS.into_iter().find(|(name, ..)| *name == bug) else {
            for qos in [Q1, Q2] {
                prove(bounded(qos, [Version::V311; 2], 1, true));
            }
            return;
        };
        let exploration = bounded(qos, [Version::V311; 2], 1, true);
        let report = explore(exploration.clone());
        assert_eq!(report.broken.first().map(|first| first.broken), Some(broken));
        let rig = replay(&exploration, &report.broken[0].path);
        let came = |index| rig.log.iter().filter(|delivered| **delivered == index).count();
        assert!(match broken {
            Broken::Lost => rig.waiting().is_none() && (came(0) == 0 || came(1) == 0),
            Broken::Repeated => came(0) > 1 || came(1) > 1,
            Broken::Disordered => rig.log.first() == Some(&1),
            _ => rig.waiting().is_none() && rig.in_flight() > 0,
        });
    }

    #[test]
    fn each_seeded_bug_is_found() {
        let program = std::env::current_exe().unwrap();
        let missed = BUGS.into_iter().map(|(bug, ..)| bug).chain(["none"]).filter(|bug| {
            let mut command = std::process::Command::new(&program);
            command.args(["--exact", "switches::the_bug_in_the_environment_is_found", "--nocapture"]);
            let output = command.env("MQTT_SWITCH_OFF", bug).output().unwrap();
            print!("{bug}: {}", String::from_utf8_lossy(&output.stdout));
            !output.status.success()
        });
        let missed: Vec<_> = missed.collect();
        assert!(missed.is_empty(), "{missed:?}");
    }
}
