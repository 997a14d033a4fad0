//! Same scenario and same inputs, same capture, byte for byte; and the way back is exact.

use bytes::Bytes;
use mqtt_playground::broker::BrokerConfig;
use mqtt_playground::capture::Step;
use mqtt_playground::client::{ClientConfig, Misbehaviour, PublishRequest, Reconnect};
use mqtt_playground::codec::{Direction, PacketType, PropertyBuf, QoS, ReasonCode, SubscriptionOptions};
use mqtt_playground::sim::{Action, Fault, FaultKind, LinkSettings, Scenario, Sim, scenarios};
use mqtt_playground::time::{Duration, Instant};
use proptest::prelude::*;

use crate::support::{capture_hash, golden};

/// What recordings hold: packets of both ends, a broken one, a part of one, an end.
const RECORDED: [&[u8]; 8] = [
    b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01s",
    b"\x20\x02\x00\x00",
    b"\x82\x08\x00\x09\x00\x03a/#\x01",
    b"\x34\x09\x00\x03a/b\x00\x07hi",
    b"\x50\x02\x00\x07",
    b"\x80\x02\x00\x07",
    b"\x30\x09\x00",
    b"",
];

/// All that can be seen of a sim at its cursor, and its whole record.
fn view(sim: &Sim) -> String {
    format!("{}\n{:?}\n{}", state(sim), sim.capture(), sim.recorded())
}

/// What changes with each step.
fn state(sim: &Sim) -> String {
    let clients: Vec<_> = (0..sim.client_count()).map(|index| sim.client(index)).collect();
    format!("{} {} {:?}\n{:?}\n{:?}", sim.cursor(), sim.now(), sim.next_event(), sim.broker(), clients)
}

#[test]
fn two_runs_of_each_scenario_are_the_same() {
    for scenario in scenarios() {
        let (mut one, mut two) = (Sim::new(scenario.clone()), Sim::new(scenario));
        one.settle(1_000);
        while two.recorded() < one.recorded() {
            assert!(two.step());
        }
        assert_eq!(view(&one), view(&two));
    }
}

/// `tests/wasm.rs` holds the same against the same file.
#[test]
fn worlds_come_about_as_they_did_before_and_elsewhere() {
    golden::compare("capture-hash.txt", &capture_hash::capture_hash());
    golden::compare("capture-hash-brokers.txt", &capture_hash::brokers_hash());
}

/// Forward and back at random, under each kind of link: several brokers, moving clients, waiting actions.
#[test]
fn the_way_back_is_exact_with_several_brokers_and_conditions() {
    let brokers = |sim: &Sim| format!("{:?}", sim.brokers().collect::<Vec<_>>());
    for (seed, (_, link)) in LinkSettings::presets().into_iter().enumerate() {
        let mut sim = Sim::new(capture_hash::two_brokers(seed as u64, link));
        let mut seen = vec![(state(&sim), brokers(&sim))];
        while seen.len() < 400 && sim.step() {
            seen.push((state(&sim), brokers(&sim)));
        }
        assert!(seen.len() > 100);
        let whole = view(&sim);
        let mut at = 7_usize;
        for _ in 0..60 {
            at = (at * 31 + 17) % seen.len();
            sim.seek(at as Step);
            assert_eq!((state(&sim), brokers(&sim)), seen[at], "step {at}");
        }
        sim.seek(seen.len() as Step - 1);
        assert_eq!(view(&sim), whole);
    }
}

#[test]
fn chance_comes_from_the_seed_alone() {
    let capture = |seed| {
        let scenario = Scenario { seed, jitter_micros: 5_000, ..scenarios().remove(0) };
        let mut sim = Sim::new(scenario);
        sim.settle(1_000);
        format!("{:?}", sim.capture())
    };
    assert_eq!(capture(1), capture(1));
    assert_ne!(capture(1), capture(2));
}

#[test]
fn forward_and_back_restores_every_moment() {
    for scenario in scenarios() {
        let mut sim = Sim::new(scenario);
        let mut states = vec![state(&sim)];
        while states.len() <= 100 && sim.step() {
            states.push(state(&sim));
        }
        let steps = states.len() - 1;
        assert!(steps == 100 || sim.is_settled(), "{steps}");
        let record = format!("{:?}", sim.capture());
        for (step, before) in states.iter().enumerate().rev().skip(1) {
            assert!(sim.step_back());
            assert_eq!((&state(&sim), sim.recorded() as usize), (before, steps), "step {step}");
        }
        assert!(!sim.step_back());
        assert!(sim.step());
        for step in [7, steps - 1, 0, 50, 51, 33, 31, steps] {
            let step = step.min(steps);
            sim.seek(step as Step);
            assert_eq!(state(&sim), states[step]);
        }
        assert_eq!(format!("{:?}", sim.capture()), record, "looking does not change the record");
    }
}

#[test]
fn seeking_forward_goes_on_and_stops_where_nothing_is_left() {
    let mut sim = Sim::new(Scenario { actions: Vec::new(), ..scenarios().remove(0) });
    sim.seek(10);
    assert_eq!((sim.cursor(), sim.recorded(), sim.next_event()), (0, 0, None));
    let mut sim = Sim::new(scenarios().remove(0));
    sim.seek(10);
    assert_eq!((sim.cursor(), sim.recorded()), (10, 10));
}

#[derive(Clone, Debug)]
enum Op {
    Step(u8),
    Back(u8),
    Seek(u8),
    Act { client: usize, wait_millis: u64, action: Action },
}

/// Other settings with the same client identifier.
fn configure(clean_start: bool) -> Action {
    let reconnect = Some(Reconnect { first_millis: 30, most_millis: 200, max_attempts: 3, seed: 5 });
    let config = ClientConfig { clean_start, keep_alive_secs: 1, reconnect, ..ClientConfig::new("pub1") };
    Action::Configure(Box::new(config))
}

fn series(count: usize) -> Action {
    let message = PublishRequest { topic: "sensors/1".to_owned(), ..PublishRequest::default() };
    Action::Series((0..count).map(|n| (Duration::from_millis(n as u64 * 15), message.clone())).collect())
}

fn fault() -> impl Strategy<Value = Action> {
    let kind =
        (0..6_usize, 0..90_u64).prop_map(|(it, millis)| FaultKind::of(it, Duration::from_millis(millis)));
    let packets = [PacketType::Publish, PacketType::PubAck, PacketType::PubRec, PacketType::Connect];
    let direction = prop::option::of(prop::sample::select(vec![Direction::ToServer, Direction::ToClient]));
    let packet = prop::option::of(prop::sample::select(packets.to_vec()));
    let frame = prop::option::weighted(0.3, 0..40_u32);
    (kind, direction, packet, frame, 0..2_u32, 0..3_u32).prop_map(
        |(kind, direction, packet, frame, skip, times)| {
            Action::Arm(Box::new(Fault { kind, direction, packet, frame, skip, times }))
        },
    )
}

fn link() -> impl Strategy<Value = LinkSettings> {
    let pick = |values: &[u64]| prop::sample::select(values.to_vec());
    let times = (0..30_000_u64, 0..30_000_u64, pick(&[0, 9_000]), pick(&[0, 200]), pick(&[0, 4_000]));
    let shape = (pick(&[0, 2_000]), pick(&[0, 1, 5]), pick(&[0, 0, 50_000]), prop::bool::weighted(0.1));
    (times, shape).prop_map(|((up, back, jitter, loss, join), (speed, segment, changes, down))| {
        LinkSettings {
            to_broker_micros: up,
            to_client_micros: back,
            jitter_micros: jitter,
            loss_per_mille: loss,
            bytes_per_second: speed,
            segment_bytes: segment,
            join_micros: join,
            up_micros: changes * 3,
            down_micros: changes,
            down,
            ..LinkSettings::default()
        }
    })
}

fn action() -> impl Strategy<Value = Action> {
    let qos = prop::sample::select(QoS::ALL.to_vec());
    let publish = (qos.clone(), any::<bool>(), 0..3_u8).prop_map(|(qos, retain, n)| {
        Action::Publish(PublishRequest {
            topic: format!("sensors/{n}"),
            payload: Bytes::from(vec![n; usize::from(n)]),
            qos,
            retain,
            ..PublishRequest::default()
        })
    });
    let subscribe = qos.prop_map(|qos| {
        let filters = vec![
            ("sensors/+".to_owned(), SubscriptionOptions::new(qos)),
            ("sensors/1".to_owned(), SubscriptionOptions::new(QoS::AtLeastOnce)),
        ];
        Action::Subscribe(filters, PropertyBuf::new())
    });
    prop_oneof![
        4 => Just(Action::Connect),
        6 => publish,
        2 => subscribe,
        1 => Just(Action::Unsubscribe(vec!["sensors/#".to_owned()], PropertyBuf::new())),
        1 => Just(Action::Disconnect),
        3 => Just(Action::Cut),
        2 => Just(Action::Silence),
        2 => Just(Action::StopReading),
        1 => Just(Action::ReadAgain),
        1 => Just(Action::Misbehave(Misbehaviour::Hold(PacketType::PubAck))),
        1 => Just(Action::Misbehave(Misbehaviour::Release)),
        1 => Just(Action::Misbehave(Misbehaviour::Withhold(PacketType::PubRel))),
        1 => Just(Action::Misbehave(Misbehaviour::Raw(Bytes::from_static(b"\xc0\x00")))),
        1 => Just(Action::DisconnectWith(ReasonCode(0x04), PropertyBuf::new())),
        1 => any::<bool>().prop_map(configure),
        1 => Just(Action::Misbehave(Misbehaviour::Twice(PacketType::PubRec))),
        1 => Just(Action::Misbehave(Misbehaviour::NoPings(true))),
        1 => Just(Action::ConnectAs(Box::new(ClientConfig { clean_start: false, ..ClientConfig::new("pub1") }))),
        1 => (1..4_usize).prop_map(series),
        2 => (0..RECORDED.len(), any::<bool>()).prop_map(|(at, to_client)| {
            let way = if to_client { Direction::ToClient } else { Direction::ToServer };
            Action::Recorded(way, Bytes::from_static(RECORDED[at]))
        }),
        1 => Just(Action::RestartBroker(Box::default())),
        1 => Just(Action::RestartBrokerKeeping(Box::default())),
        1 => Just(Action::PowerLoss),
        1 => Just(Action::Disarm),
        4 => fault(),
        2 => link().prop_map(|link| Action::SetLink(Box::new(link))),
        1 => any::<bool>().prop_map(|retain_available| {
            Action::ConfigureBroker(Box::new(BrokerConfig { retain_available, ..BrokerConfig::default() }))
        }),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => (1..12_u8).prop_map(Op::Step),
        2 => (1..12_u8).prop_map(Op::Back),
        1 => any::<u8>().prop_map(Op::Seek),
        5 => (0..2_usize, 0..40_u64, action())
            .prop_map(|(client, wait_millis, action)| Op::Act { client, wait_millis, action }),
    ]
}

/// A user's action that was accepted: the step that it became, and when.
type Input = (Step, Instant, usize, Action);

fn carry_out(sim: &mut Sim, inputs: &mut Vec<Input>, op: Op) {
    match op {
        Op::Step(count) => (0..count).for_each(|_| {
            sim.step();
        }),
        Op::Back(count) => (0..count).for_each(|_| {
            sim.step_back();
        }),
        Op::Seek(step) => sim.seek(step.into()),
        Op::Act { client, wait_millis, action } => {
            let (before, cursor) = (view(sim), sim.cursor());
            match sim.act_at(client, action.clone(), sim.now() + Duration::from_millis(wait_millis)) {
                Ok(()) => {
                    inputs.retain(|(step, ..)| *step <= cursor);
                    inputs.push((cursor + 1, sim.now(), client, action));
                    assert_eq!((sim.cursor(), sim.recorded()), (cursor + 1, cursor + 1));
                }
                Err(_) => assert_eq!(view(sim), before, "a refused action changes nothing"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn however_one_moves_about_the_record_is_that_of_a_fresh_run(
        which in any::<prop::sample::Index>(),
        seed: u64,
        jitter_micros in 0..3_u64,
        links in prop::collection::vec(link(), 0..2),
        ops in prop::collection::vec(op(), 1..40),
    ) {
        let jitter_micros = jitter_micros * 4_000;
        let scenario = Scenario { seed, jitter_micros, links, ..which.get(&scenarios()).clone() };
        let (mut sim, mut inputs) = (Sim::new(scenario.clone()), Vec::new());
        for op in ops {
            carry_out(&mut sim, &mut inputs, op);
        }
        let mut fresh = Sim::new(scenario);
        for (step, at, client, action) in inputs {
            fresh.seek(step - 1);
            fresh.act_at(client, action, at).unwrap();
        }
        fresh.seek(sim.recorded());
        let cursor = sim.cursor();
        sim.seek(sim.recorded());
        prop_assert_eq!(view(&sim), view(&fresh));
        sim.seek(cursor);
        fresh.seek(cursor);
        prop_assert_eq!(view(&sim), view(&fresh));
    }
}
