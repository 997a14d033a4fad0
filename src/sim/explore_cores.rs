//! Broker and clients as numbered values: each state of a core is kept once, and what a core does in a state is
//! worked out once, however many ways lead there.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::broker::{Broker, BrokerOutput, ConnectionId};
use crate::client::{Client, ClientEvent, ClientOutput, ClientStatus, PublishRequest};
use crate::codec::{PropertyBuf, QoS, SubscriptionOptions};
use crate::time::Instant;

/// Time stands still: no timer fires, and no state differs from another by its time alone.
const NOW: Instant = Instant::ZERO;

/// The one topic, and the filter for it.
const TOPIC: &str = "t";

/// Values by number. Equal keys have the same number.
#[derive(Clone, Debug)]
pub(super) struct Pool<K, T> {
    numbers: BTreeMap<K, u32>,
    values: Vec<T>,
}

impl<K: Ord, T> Pool<K, T> {
    const fn new() -> Self {
        Self { numbers: BTreeMap::new(), values: Vec::new() }
    }

    pub fn number(&mut self, key: K, value: T) -> u32 {
        let next = self.values.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.values.push(value);
        }
        number
    }

    /// The value of a number that this pool gave.
    pub fn of(&self, number: u32) -> &T {
        &self.values[number as usize]
    }

    pub const fn len(&self) -> usize {
        self.values.len()
    }
}

/// What comes to the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ToBroker {
    Packet { connection: ConnectionId, opens: bool, packet: u32 },
    Closed { connection: ConnectionId },
}

/// What comes to a client, from its link or its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ToClient {
    Packet(u32),
    Closed,
    Connect,
    Subscribe,
    /// The message of this index.
    Publish(u8),
}

/// What the broker does about it: its next state, and packets by connection; `None` closes.
#[derive(Debug)]
pub(super) struct BrokerStep {
    pub to: u32,
    pub outputs: Vec<(ConnectionId, Option<u32>)>,
}

/// What a client does about it: its next state, packets, and indices of messages for its application.
#[derive(Debug)]
pub(super) struct ClientStep {
    pub to: u32,
    pub sent: Vec<u32>,
    pub closes: bool,
    pub delivered: Vec<u8>,
}

/// A core and whether it has nothing left to do.
#[derive(Clone, Debug)]
struct Kept<T> {
    core: T,
    finished: bool,
}

/// All states of broker and clients that were met.
#[derive(Clone, Debug)]
pub(super) struct Cores {
    qos: QoS,
    brokers: Pool<Box<str>, Kept<Broker>>,
    clients: Pool<Box<str>, Kept<Client>>,
    packets: Pool<Bytes, Bytes>,
    broker_steps: BTreeMap<(u32, ToBroker), Arc<BrokerStep>>,
    client_steps: BTreeMap<(u32, ToClient), Option<Arc<ClientStep>>>,
}

impl Cores {
    pub const fn new(qos: QoS) -> Self {
        Self {
            qos,
            brokers: Pool::new(),
            clients: Pool::new(),
            packets: Pool::new(),
            broker_steps: BTreeMap::new(),
            client_steps: BTreeMap::new(),
        }
    }

    pub fn add_broker(&mut self, core: Broker) -> u32 {
        let mut key = String::new();
        // Writing to a string does not fail.
        let _ = core.write_state(&mut key);
        let idle = core.sessions().all(|session| {
            session.in_flight().len() + session.unreleased().len() + session.queued().len() == 0
        });
        self.brokers.number(key.into(), Kept { core, finished: idle })
    }

    pub fn add_client(&mut self, core: Client) -> u32 {
        // The password, which is not printed, is the same in all states.
        let key = format!("{core:?}");
        let finished = core.in_flight().len() + core.incoming().len() == 0;
        self.clients.number(key.into(), Kept { core, finished })
    }

    pub fn broker(&self, number: u32) -> &Broker {
        &self.brokers.of(number).core
    }

    pub fn client(&self, number: u32) -> &Client {
        &self.clients.of(number).core
    }

    pub fn packet(&self, number: u32) -> &Bytes {
        self.packets.of(number)
    }

    /// Whether none of them has a message in flight or waiting.
    pub fn finished(&self, broker: u32, clients: [u32; 2]) -> bool {
        self.brokers.of(broker).finished && clients.iter().all(|client| self.clients.of(*client).finished)
    }

    /// How many states of the broker and of clients there are.
    pub const fn counts(&self) -> (usize, usize) {
        (self.brokers.len(), self.clients.len())
    }

    pub fn broker_step(&mut self, from: u32, input: ToBroker) -> Arc<BrokerStep> {
        if let Some(known) = self.broker_steps.get(&(from, input)) {
            return Arc::clone(known);
        }
        let mut core = self.broker(from).clone();
        match input {
            ToBroker::Packet { connection, opens, packet } => {
                if opens {
                    core.handle_open(NOW, connection);
                }
                core.handle_data(NOW, connection, self.packet(packet), &mut ());
            }
            ToBroker::Closed { connection } => core.handle_closed(NOW, connection, &mut ()),
        }
        let mut outputs = Vec::new();
        while let Some((connection, output)) = core.poll_output() {
            outputs.push(match output {
                BrokerOutput::Send(bytes) => (connection, Some(self.packets.number(bytes.clone(), bytes))),
                BrokerOutput::Close => (connection, None),
            });
        }
        let step = Arc::new(BrokerStep { to: self.add_broker(core), outputs });
        self.broker_steps.insert((from, input), Arc::clone(&step));
        step
    }

    /// `None` where the client refuses what its owner asks for.
    pub fn client_step(&mut self, from: u32, input: ToClient) -> Option<Arc<ClientStep>> {
        if let Some(known) = self.client_steps.get(&(from, input)) {
            return known.clone();
        }
        let step = self.work_out(from, input).map(Arc::new);
        self.client_steps.insert((from, input), step.clone());
        step
    }

    fn work_out(&mut self, from: u32, input: ToClient) -> Option<ClientStep> {
        let mut core = self.client(from).clone();
        match input {
            ToClient::Packet(packet) => core.handle_data(NOW, self.packet(packet)),
            ToClient::Closed => core.handle_closed(NOW),
            ToClient::Connect => core.connect(NOW).ok()?,
            ToClient::Subscribe => {
                let filters = [(TOPIC, SubscriptionOptions::new(self.qos))];
                core.subscribe(NOW, &filters, &PropertyBuf::new()).ok()?;
            }
            ToClient::Publish(index) => {
                let payload = Bytes::from(vec![index]);
                let request =
                    PublishRequest { topic: TOPIC.to_owned(), payload, qos: self.qos, ..Default::default() };
                core.publish(NOW, request).ok()?;
            }
        }
        let mut step = ClientStep { to: 0, sent: Vec::new(), closes: false, delivered: Vec::new() };
        while let Some(output) = core.poll_output() {
            match output {
                ClientOutput::Send(bytes) => step.sent.push(self.packets.number(bytes.clone(), bytes)),
                ClientOutput::Close => step.closes = true,
            }
        }
        while let Some(event) = core.poll_event() {
            if let ClientEvent::Message(received) = event {
                // Not one of ours: an index that none of them has.
                let index = received.message.payload.first().copied().unwrap_or(u8::MAX);
                step.delivered.push(index);
            }
        }
        step.to = self.add_client(core);
        Some(step)
    }

    /// Whether the subscription stands and both clients are connected.
    pub fn is_set_up(&self, broker: u32, clients: [u32; 2]) -> bool {
        let [_, subscriber] = clients.map(|client| self.client(client));
        let session = self.broker(broker).session(subscriber.client_id());
        clients.iter().all(|client| self.client(*client).status() == ClientStatus::Connected)
            && session.is_some_and(|session| session.subscriptions().any(|(filter, _)| filter == TOPIC))
    }
}
