//! Whatever a world is: its lines and its JSON give it back.

use bytes::Bytes;
use mqtt_playground::broker::BrokerConfig;
use mqtt_playground::client::{ClientConfig, PublishRequest};
use mqtt_playground::codec::{PacketType, QoS, SubscriptionOptions, Version};
use mqtt_playground::sim::{
    Action, BROKERS, BrokerSpec, ClientSpec, ConditionalAction, Fault, FaultKind, Happening, LinkSettings,
    Record, Scenario, Sim, TimedAction, UserAction,
};
use mqtt_playground::time::{Duration, Instant};
use proptest::collection::vec;
use proptest::prelude::*;

const BROKER_COUNT: usize = 3;
const CLIENT_COUNT: usize = 3;

/// Names that could be taken for something else, and any other.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("broker".to_owned()),
        Just("do".to_owned()),
        Just("every".to_owned()),
        Just("#0".to_owned()),
        Just("7".to_owned()),
        Just("5ms".to_owned()),
        Just("true".to_owned()),
        Just("nth=2".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ]
}

fn packet() -> impl Strategy<Value = Option<PacketType>> {
    (0_u8..16).prop_map(PacketType::from_nibble)
}

fn client() -> impl Strategy<Value = usize> {
    0..CLIENT_COUNT
}

fn party() -> impl Strategy<Value = usize> {
    prop_oneof![client(), (0..BROKER_COUNT).prop_map(|broker| BROKERS + broker)]
}

fn link() -> impl Strategy<Value = LinkSettings> {
    (0_u64..4_000_000, 0_u64..1_000, 0_u64..=1_000, any::<bool>()).prop_map(|(micros, jitter, loss, down)| {
        LinkSettings {
            to_broker_micros: micros,
            jitter_micros: jitter,
            loss_per_mille: loss,
            down,
            ..Default::default()
        }
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    (0_usize..6, 0_u64..9_999, packet(), 0_u32..3, 0_u32..3).prop_map(
        |(kind, micros, packet, skip, times)| {
            let kind = FaultKind::of(kind, Duration::from_micros(micros));
            Fault { packet, skip, times, ..Fault::next(kind) }
        },
    )
}

fn broker() -> impl Strategy<Value = BrokerConfig> {
    (any::<bool>(), any::<u16>(), name()).prop_map(|(anonymous, most, clientid_prefixes)| BrokerConfig {
        allow_anonymous: anonymous,
        max_inflight_messages: most,
        clientid_prefixes,
        ..BrokerConfig::default()
    })
}

/// Something and who does it.
fn deed() -> impl Strategy<Value = (usize, Action)> {
    let bytes = || {
        prop_oneof![
            vec(any::<u8>(), 0..6).prop_map(Bytes::from),
            name().prop_map(Bytes::from),
            Just("x".into())
        ]
    };
    let message = (name(), bytes(), 0_u8..3, any::<bool>()).prop_map(|(topic, payload, qos, retain)| {
        Action::Publish(PublishRequest {
            topic,
            payload,
            qos: QoS::from_bits(qos).unwrap(),
            retain,
            ..Default::default()
        })
    });
    let filters = vec((name(), 0_u8..3), 0..3).prop_map(|all| {
        let option = |(filter, byte)| (filter, SubscriptionOptions::from_byte(byte));
        Action::Subscribe(all.into_iter().map(option).collect(), Default::default())
    });
    let of_client = prop_oneof![
        Just(Action::Connect),
        Just(Action::Cut),
        message,
        filters,
        vec(name(), 0..3).prop_map(|all| Action::Unsubscribe(all, Default::default())),
        link().prop_map(|it| Action::SetLink(Box::new(it))),
        fault().prop_map(|it| Action::Arm(Box::new(it))),
        (0..BROKER_COUNT).prop_map(Action::UseBroker),
    ];
    let of_broker = (broker(), 0..3).prop_map(|(config, kind)| match kind {
        0 => Action::ConfigureBroker(Box::new(config)),
        1 => Action::RestartBroker(Box::new(config)),
        _ => Action::RestartBrokerKeeping(Box::new(config)),
    });
    prop_oneof![(client(), of_client), (party(), of_broker)]
}

fn condition() -> impl Strategy<Value = ConditionalAction> {
    let filter = name().prop_filter("a filter", |text| !text.contains(['+', '#', '\0']));
    let of_client = prop_oneof![
        Just(Happening::Connects),
        Just(Happening::Disconnects),
        filter.prop_map(Happening::Delivers),
    ];
    let of_any = prop_oneof![packet().prop_map(Happening::Sends), packet().prop_map(Happening::Receives)];
    let of = prop_oneof![(client(), of_client), (party(), of_any)];
    (of, 0_u32..4, 0_u64..3_000_000, deed()).prop_map(|((of, what), nth, micros, (client, action))| {
        ConditionalAction { of, what, nth, after: Duration::from_micros(micros), client, action }
    })
}

/// A name for each lifeline, as each has to have one of its own.
fn names() -> impl Strategy<Value = Vec<String>> {
    vec(name(), CLIENT_COUNT + BROKER_COUNT - 1).prop_map(|names| {
        let mut taken = vec!["Broker".to_owned()];
        for (at, name) in names.into_iter().enumerate() {
            let usable = ClientSpec::is_name(&name) && !taken.contains(&name);
            taken.push(if usable { name } else { format!("end {at}") });
        }
        taken.split_off(1)
    })
}

fn world() -> impl Strategy<Value = Record> {
    let timed = || (0_u64..9_000_000, deed());
    let lists = (vec(timed(), 0..4), vec(timed(), 0..4), vec(condition(), 0..5), vec(link(), 0..3));
    (names(), vec(0..BROKER_COUNT, CLIENT_COUNT), vec(broker(), BROKER_COUNT), lists).prop_map(
        |(names, mut homes, mut brokers, (script, actions, conditions, links))| {
            while homes.last() == Some(&0) {
                homes.pop();
            }
            let (of_clients, of_brokers) = names.split_at(CLIENT_COUNT);
            let client = |name: &String| ClientSpec {
                name: name.clone(),
                config: ClientConfig { version: Version::V5, ..ClientConfig::new(name.clone()) },
            };
            let first = brokers.remove(0);
            let broker = |(name, config): (&String, BrokerConfig)| BrokerSpec { name: name.clone(), config };
            let scenario = Scenario {
                clients: of_clients.iter().map(client).collect(),
                broker: first,
                brokers: of_brokers.iter().zip(brokers).map(broker).collect(),
                homes,
                links,
                conditions,
                actions: script
                    .into_iter()
                    .map(|(at, (client, action))| TimedAction {
                        at: Instant::from_micros(at),
                        client,
                        action,
                    })
                    .collect(),
                ..Scenario::default()
            };
            let user = |(at, (client, action))| UserAction {
                at: Instant::from_micros(at),
                after: (at % 2) as u32,
                client,
                action,
            };
            Record { scenario, actions: actions.into_iter().map(user).collect() }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn text_and_lines_give_back_what_was_written(record in world(), step in 0_u32..99) {
        let text = record.to_text(step);
        prop_assert_eq!(Record::from_text(&text), Ok((record.clone(), step)), "{}", text);
        let lines = record.to_lines(step);
        prop_assert_eq!(Record::from_lines(&lines), Ok((record.clone(), step)), "{}", lines);
    }

    #[test]
    fn any_such_world_runs_and_its_end_is_the_same_twice(record in world()) {
        let mut sim = Sim::new(record.scenario);
        sim.settle(300);
        let end = sim.cursor();
        let told = format!("{:?} {:?}", sim.capture(), sim.brokers().collect::<Vec<_>>());
        sim.seek(end / 2);
        sim.seek(end);
        prop_assert_eq!(told, format!("{:?} {:?}", sim.capture(), sim.brokers().collect::<Vec<_>>()));
    }
}
