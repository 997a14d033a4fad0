//! A reference model beside the broker: thousands of random actions of clients of all versions, with cuts and delays.
//! Both have to agree on what every client sees, on the sessions and on the retained messages, after each action.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod driver;
mod model;

use driver::{Action, Driver};
use model::{Connect, NEVER, Publish, Subscribe, Will};
use mqtt_playground::codec::Version;
use proptest::prelude::*;
use proptest::sample::select;

const CLIENTS: usize = 4;

fn publish() -> impl Strategy<Value = Publish> {
    let expiry = prop_oneof![3 => Just(None), 1 => (1u32..5).prop_map(Some)];
    let topic = select(vec!["a", "a/b", "b", "$x", "a/b/c"]);
    let empty = prop::bool::weighted(0.15);
    (topic, 0u8..3, prop::bool::weighted(0.3), expiry, empty).prop_map(
        |(topic, qos, retain, expiry, empty)| Publish {
            topic: topic.to_owned(),
            payload: 0,
            empty,
            qos,
            retain,
            expiry,
        },
    )
}

fn subscribe() -> impl Strategy<Value = Subscribe> {
    let filters =
        vec!["#", "a/#", "+", "a/+", "a/b", "$x", "b", "$share/g/a/#", "$share/g/a/#", "$share/h/b", "w"];
    let options = (any::<bool>(), any::<bool>(), 0u8..3);
    let filter = select(filters);
    (filter, 0u8..3, options, 0u32..4).prop_map(|(filter, qos, (no_local, as_published, handling), id)| {
        let no_local = no_local && !filter.starts_with("$share/");
        Subscribe { filter: filter.to_owned(), qos, no_local, as_published, handling, id }
    })
}

fn connect() -> impl Strategy<Value = Connect> {
    let will = (publish(), select(vec![0u32, 0, 2, 5])).prop_map(|(mut publish, delay)| {
        (publish.empty, publish.topic) = (false, "w".to_owned());
        Will { publish, delay }
    });
    let will = prop::option::weighted(0.3, will);
    let maximum = prop::option::weighted(0.5, 1u16..4);
    let expiry = select(vec![0u32, 3, 20, NEVER]);
    (prop::bool::weighted(0.25), expiry, maximum, will).prop_map(|(clean, expiry, receive_maximum, will)| {
        Connect { v5: true, clean, expiry, receive_maximum, will }
    })
}

fn action() -> impl Strategy<Value = Action> {
    let who = 0..CLIENTS;
    let version = select(vec![Version::V31, Version::V311, Version::V5, Version::V5]);
    prop_oneof![
        3 => (who.clone(), connect(), version).prop_map(|(who, connect, version)| Action::Connect(who, connect, version)),
        1 => who.clone().prop_map(Action::Disconnect),
        1 => who.clone().prop_map(Action::Cut),
        1 => who.clone().prop_map(Action::Break),
        5 => (who.clone(), subscribe()).prop_map(|(who, subscribe)| Action::Subscribe(who, subscribe)),
        1 => (who.clone(), subscribe()).prop_map(|(who, it)| Action::Unsubscribe(who, it.filter)),
        12 => (who.clone(), publish()).prop_map(|(who, publish)| Action::Publish(who, publish)),
        1 => who.clone().prop_map(Action::Again),
        3 => who.clone().prop_map(Action::Release),
        6 => who.clone().prop_map(Action::Acknowledge),
        4 => who.clone().prop_map(Action::Complete),
        3 => (200u64..4_000).prop_map(Action::Wait),
        1 => Just(Action::Snapshot),
    ]
}

/// Cases, and how far a failing one is shrunk. A bug that is sought ends the run as soon as it shows.
fn effort() -> (u32, u32) {
    if std::env::var_os("MQTT_SWITCH_OFF").is_some_and(|bug| bug != "none") {
        (40_000, 0)
    } else {
        (400, 20_000)
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: effort().0,
        max_shrink_iters: effort().1,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_broker_does_what_the_model_says(actions in prop::collection::vec(action(), 1..150)) {
        let mut driver = Driver::new(CLIENTS);
        for action in &actions {
            if let Err(difference) = driver.act(action) {
                return Err(TestCaseError::fail(difference));
            }
        }
    }
}

/// Bugs that the broker can be given (src/broker/switches.rs): the model has to notice each.
#[cfg(feature = "switches")]
#[test]
fn each_seeded_bug_is_noticed() {
    const BUGS: [&str; 28] = [
        "AllIdentifiers",
        "AsPublished",
        "CleanStart",
        "DupOfResent",
        "Expiry",
        "ExpiryLeft",
        "GreatestQos",
        "Identifiers",
        "LowerQos",
        "NoLocal",
        "QueueOrder",
        "QueueWhileAway",
        "Recognise",
        "ReleaseForgets",
        "ReplaceSubscription",
        "Resend",
        "ResumeSession",
        "RetainCleared",
        "RetainIfNew",
        "RetainNever",
        "RetainReplaces",
        "SessionEnds",
        "SharedTurn",
        "Unsubscribe",
        "WillBack",
        "WillDelay",
        "WillDiscarded",
        "Window",
    ];
    let program = std::env::current_exe().unwrap();
    let run = |bug: &str| {
        let mut command = std::process::Command::new(&program);
        command.args(["--exact", "the_broker_does_what_the_model_says"]).env("MQTT_SWITCH_OFF", bug);
        command.output().unwrap().status.success()
    };
    assert!(run("none"), "without a bug they agree");
    let unnoticed: Vec<_> = BUGS.into_iter().filter(|bug| run(bug)).collect();
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}
