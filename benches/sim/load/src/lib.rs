//! What is run, natively and in the tab: one publisher, one subscriber, QoS 1, everything captured.

use bytes::Bytes;
use mqtt_playground::client::{ClientConfig, PublishRequest};
use mqtt_playground::codec::{PropertyBuf, QoS, SubscriptionOptions};
use mqtt_playground::sim::{Action, ClientSpec, Scenario, Sim, TimedAction};
use mqtt_playground::time::Instant;

/// A world in which so many messages are published, 120 µs apart, 1 ms from end to end. Each takes four packets.
pub fn world(messages: u64) -> Sim {
    let name = |name: &str| ClientSpec { name: name.to_owned(), config: ClientConfig::new(name) };
    let at = |micros, client, action| TimedAction { at: Instant::from_micros(micros), client, action };
    let filters = vec![("sensors/#".to_owned(), SubscriptionOptions::new(QoS::AtLeastOnce))];
    let message = PublishRequest {
        topic: "sensors/kitchen/temp".to_owned(),
        payload: Bytes::from_static(b"21.5 degrees"),
        qos: QoS::AtLeastOnce,
        ..PublishRequest::default()
    };
    let mut actions = vec![
        at(0, 0, Action::Connect),
        at(0, 1, Action::Connect),
        at(100_000, 1, Action::Subscribe(filters, PropertyBuf::new())),
    ];
    actions.extend((0..messages).map(|n| at(200_000 + n * 120, 0, Action::Publish(message.clone()))));
    let mut clients = vec![name("pub1"), name("sub1")];
    clients[0].config.max_in_flight = 200;
    Sim::new(Scenario {
        clients,
        actions,
        latency_micros: 1_000,
        processing_micros: 10,
        ..Scenario::default()
    })
}

/// Runs it to its end; how many packets were sent.
///
/// # Panics
/// If a message was not delivered.
pub fn run(sim: &mut Sim, messages: u64) -> u32 {
    sim.settle(u32::MAX);
    assert_eq!(sim.client(1).received_count(), messages);
    sim.capture().next_frame()
}
