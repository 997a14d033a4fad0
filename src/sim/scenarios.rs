//! The scenarios that come with the playground.

use bytes::Bytes;

use super::scenario::{Action, ClientSpec, Scenario, TimedAction};
use crate::client::{ClientConfig, PublishRequest};
use crate::codec::{QoS, SubscriptionOptions};
use crate::time::Instant;

/// All of them; the first one is shown first.
pub fn scenarios() -> Vec<Scenario> {
    vec![
        one_message(
            QoS::ExactlyOnce,
            "QoS 2, exactly once",
            "pub1 publishes one message at QoS 2: four packets on each hop make sure that sub1 gets it exactly once.",
        ),
        one_message(
            QoS::AtLeastOnce,
            "QoS 1, at least once",
            "pub1 publishes one message at QoS 1: PUBACK tells each sender that it need not send it again.",
        ),
        one_message(
            QoS::AtMostOnce,
            "QoS 0, at most once",
            "pub1 publishes one message at QoS 0: nothing is acknowledged, nothing is sent again.",
        ),
    ]
}

/// pub1 sends sub1 one message. Both keep their sessions, so that a cut link loses nothing that QoS protects.
/// pub1's first packet identifier is 7, so that the identifiers of the two hops differ.
fn one_message(qos: QoS, title: &str, text: &str) -> Scenario {
    const PUB1: usize = 0;
    const SUB1: usize = 1;
    let client = |name: &str, first_packet_id| ClientSpec {
        name: name.to_owned(),
        config: ClientConfig { clean_start: false, first_packet_id, ..ClientConfig::new(name) },
    };
    let at = |millis, client, action| TimedAction { at: Instant::from_millis(millis), client, action };
    let message = PublishRequest {
        topic: "sensors/kitchen/temp".to_owned(),
        payload: Bytes::from_static(b"21.5"),
        qos,
        ..PublishRequest::default()
    };
    let filter = ("sensors/#".to_owned(), SubscriptionOptions::new(qos));
    Scenario {
        id: format!("qos-{qos}"),
        title: title.to_owned(),
        text: text.to_owned(),
        clients: vec![client("pub1", 7), client("sub1", 1)],
        actions: vec![
            at(0, SUB1, Action::Connect),
            at(42, SUB1, Action::Subscribe(vec![filter])),
            at(500, PUB1, Action::Connect),
            at(2_000, PUB1, Action::Publish(message)),
        ],
        ..Scenario::default()
    }
}
