//! Drives the broker and the model with the same actions and compares what clients see, the sessions and the retained
//! messages.

use std::collections::{BTreeMap, VecDeque};

use mqtt_playground::broker::{Broker, BrokerConfig, BrokerOutput, ConnectionId};
use mqtt_playground::codec::{
    Ack, Connect as ConnectPacket, Packet, PacketId, PropertyBuf, PropertyId, PropertyValue,
    Publish as PublishPacket, QoS, Reason, RetainHandling, Subscribe as SubscribePacket, SubscriptionOptions,
    SubscriptionsBuf, TopicFiltersBuf, Unsubscribe as UnsubscribePacket, Version, Will as WillPacket, decode,
};
use mqtt_playground::time::Instant;

use crate::model::{Connect, Message, Model, Publish, QUEUE, Seen, Subscribe, WINDOW, Who};

/// What clients and the network do.
#[derive(Clone, Debug)]
pub enum Action {
    Connect(Who, Connect, Version),
    Disconnect(Who),
    Cut(Who),
    Subscribe(Who, Subscribe),
    Unsubscribe(Who, String),
    Publish(Who, Publish),
    /// The first QoS 2 message without PUBREL once more, with DUP.
    Again(Who),
    Release(Who),
    /// PUBACK or PUBREC for the first message without.
    Acknowledge(Who),
    Complete(Who),
    Wait(u64),
    /// A malformed packet.
    Break(Who),
    /// Goes on with a copy of the broker; the old one gets something else.
    Snapshot,
}

/// A client's side of its connection and session.
#[derive(Default)]
struct End {
    connection: Option<ConnectionId>,
    version: Option<Version>,
    next_id: u16,
    /// Messages that came and are not acknowledged: identifier, QoS, payload.
    unacknowledged: VecDeque<(PacketId, u8, u32)>,
    /// Identifiers whose PUBREL came.
    released: VecDeque<PacketId>,
    /// Payloads behind identifiers of QoS 2 messages.
    payloads: BTreeMap<PacketId, u32>,
    aliases: BTreeMap<u32, String>,
    /// The identifier of our last PUBREL.
    released_last: Option<u16>,
}

pub struct Driver {
    broker: Broker,
    pub model: Model,
    ends: Vec<End>,
    now: u64,
    connections: ConnectionId,
    /// Whose connection each was.
    owners: BTreeMap<ConnectionId, Who>,
    serial: u32,
}

impl Driver {
    pub fn new(clients: usize) -> Self {
        let config = BrokerConfig {
            max_inflight_messages: WINDOW as u16,
            max_queued_messages: QUEUE,
            max_topic_alias_broker: 1,
            ..Default::default()
        };
        let ends = (0..clients).map(|_| End::default()).collect();
        Self {
            broker: Broker::new(config),
            model: Model::default(),
            ends,
            now: 0,
            connections: 0,
            owners: BTreeMap::new(),
            serial: 0,
        }
    }

    fn instant(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    /// Does it if it can be done now; then both have to agree.
    ///
    /// # Errors
    /// What they disagree on.
    pub fn act(&mut self, action: &Action) -> Result<(), String> {
        self.pass(1);
        let mut seen = self.drain();
        self.perform(action);
        seen.extend(self.drain());
        let expected = std::mem::take(&mut self.model.seen);
        for who in 0..self.ends.len() {
            let (found, expected) = (of(&seen, who), of(&expected, who));
            if found != expected {
                return Err(format!(
                    "client {who} at {} ms, after {action:?}:\n found {found:?}\n expected {expected:?}",
                    self.now
                ));
            }
        }
        self.compare()
    }

    /// Lets time pass, with the broker called whenever it wants to be.
    fn pass(&mut self, millis: u64) {
        let to = self.now + millis;
        while let Some(at) = self.broker.poll_timeout().filter(|at| *at <= Instant::from_millis(to)) {
            self.broker.handle_timeout(at, &mut ());
        }
        self.now = to;
        self.model.advance(to);
    }

    fn perform(&mut self, action: &Action) {
        match action {
            Action::Connect(who, connect, version) => self.connect(*who, connect, *version),
            Action::Wait(millis) => self.pass(*millis),
            Action::Snapshot => {
                let copy = self.broker.clone();
                let mut old = std::mem::replace(&mut self.broker, copy);
                for connection in 0..=self.connections {
                    old.handle_data(self.instant(), connection, b"\x30\x04\0\x01ax\xe0\0", &mut ());
                }
            }
            Action::Disconnect(who)
            | Action::Cut(who)
            | Action::Subscribe(who, _)
            | Action::Unsubscribe(who, _)
            | Action::Publish(who, _)
            | Action::Again(who)
            | Action::Release(who)
            | Action::Acknowledge(who)
            | Action::Complete(who)
            | Action::Break(who) => {
                if let (Some(connection), Some(version)) =
                    (self.ends[*who].connection, self.ends[*who].version)
                {
                    self.perform_connected(*who, connection, version, action);
                }
            }
        }
    }

    fn perform_connected(&mut self, who: Who, connection: ConnectionId, version: Version, action: &Action) {
        match action {
            Action::Disconnect(_) => {
                self.model.disconnect(who);
                self.model.seen.push((who, Seen::Closed));
                self.send(connection, version, &Packet::Disconnect(Reason::default()));
            }
            Action::Cut(_) => {
                self.model.lose(who);
                self.ends[who].connection = None;
                let now = self.instant();
                self.broker.handle_closed(now, connection, &mut ());
            }
            Action::Break(_) => {
                self.model.lose(who);
                self.model.seen.push((who, Seen::Closed));
                let now = self.instant();
                self.broker.handle_data(now, connection, &[0x36, 0], &mut ());
            }
            Action::Subscribe(_, subscribe) => {
                self.model.subscribe(who, subscribe.clone());
                self.send_subscribe(connection, version, subscribe);
            }
            Action::Unsubscribe(_, filter) => {
                self.model.unsubscribe(who, filter);
                let mut filters = TopicFiltersBuf::new();
                filters.push(filter);
                let filters = filters.as_topic_filters();
                let packet_id = PacketId::MIN;
                let packet =
                    UnsubscribePacket { packet_id, dup: false, properties: Default::default(), filters };
                self.send(connection, version, &Packet::Unsubscribe(packet));
            }
            Action::Publish(_, publish) => self.publish(who, connection, version, publish.clone()),
            Action::Again(_) => {
                if let Some((id, publish)) = self.model.first_held(who) {
                    self.send_publish(connection, version, id, true, &publish);
                }
            }
            Action::Release(_) => {
                // Where nothing waits, the last PUBREL comes once more: nothing comes of it.
                let held = self.model.first_held(who).map(|(id, _)| id);
                if let Some(id) = held.or(self.ends[who].released_last) {
                    self.ends[who].released_last = Some(id);
                    self.model.release(who, id);
                    self.send(connection, version, &Packet::PubRel(Ack::new(PacketId::new(id).unwrap())));
                }
            }
            Action::Acknowledge(_) => self.acknowledge(who, connection, version),
            Action::Complete(_) => {
                if let (true, Some(id)) = (self.model.can_complete(who), self.ends[who].released.pop_front())
                {
                    self.model.complete(who);
                    self.send(connection, version, &Packet::PubComp(Ack::new(id)));
                }
            }
            _ => {}
        }
    }

    fn acknowledge(&mut self, who: Who, connection: ConnectionId, version: Version) {
        if !self.model.can_acknowledge(who) {
            return;
        }
        let Some((id, qos, _)) = self.ends[who].unacknowledged.pop_front() else { return };
        self.model.acknowledge(who);
        let ack = Ack::new(id);
        self.send(connection, version, &if qos == 1 { Packet::PubAck(ack) } else { Packet::PubRec(ack) });
    }

    fn send(&mut self, connection: ConnectionId, version: Version, packet: &Packet<'_>) {
        let mut bytes = vec![];
        packet.encode(version, &mut bytes).unwrap();
        let now = self.instant();
        self.broker.handle_data(now, connection, &bytes, &mut ());
    }

    fn connect(&mut self, who: Who, connect: &Connect, version: Version) {
        let mut connect = connect.clone();
        connect.v5 = version == Version::V5;
        if let Some(will) = &mut connect.will {
            self.serial += 1;
            will.publish.payload = self.serial;
            if !connect.v5 {
                (will.delay, will.publish.expiry) = (0, None);
            }
        }
        if connect.clean || !self.model.sessions.contains_key(&who) {
            (self.ends[who].next_id, self.ends[who].released_last) = (0, None);
        }
        self.connections += 1;
        let connection = self.connections;
        let now = self.instant();
        self.broker.handle_open(now, connection);
        self.model.connect(who, connect.clone());
        for (_, seen) in &mut self.model.seen {
            // 3.1 does not tell.
            if let (Version::V31, Seen::Accepted { present }) = (version, seen) {
                *present = false;
            }
        }
        let (mut properties, mut will_properties) = (PropertyBuf::new(), PropertyBuf::new());
        properties.push(PropertyId::SessionExpiryInterval, PropertyValue::Number(connect.expiry));
        properties.push(PropertyId::TopicAliasMaximum, PropertyValue::Number(1));
        if let Some(maximum) = connect.receive_maximum {
            properties.push(PropertyId::ReceiveMaximum, PropertyValue::Number(maximum.into()));
        }
        let text = connect.will.as_ref().map(|will| will.publish.payload.to_string()).unwrap_or_default();
        if let Some(will) = &connect.will {
            will_properties.push(PropertyId::WillDelayInterval, PropertyValue::Number(will.delay));
            push_expiry(&mut will_properties, &will.publish);
        }
        let will = connect.will.as_ref().map(|will| WillPacket {
            qos: qos(will.publish.qos),
            retain: will.publish.retain,
            properties: will_properties.as_properties(),
            topic: &will.publish.topic,
            payload: text.as_bytes(),
        });
        let packet = ConnectPacket {
            version,
            clean_start: connect.clean,
            keep_alive_secs: 0,
            properties: properties.as_properties(),
            client_id: &who.to_string(),
            will,
            user_name: None,
            password: None,
        };
        self.send(connection, version, &Packet::Connect(packet));
        self.owners.insert(connection, who);
        let end = &mut self.ends[who];
        end.version = Some(version);
        end.connection = Some(connection);
        end.aliases.clear();
        end.unacknowledged.clear();
        end.released.clear();
    }

    fn publish(&mut self, who: Who, connection: ConnectionId, version: Version, mut publish: Publish) {
        // A client keeps to the Receive Maximum.
        if publish.qos == 2 && self.model.held(who) >= WINDOW {
            return;
        }
        self.serial += 1;
        publish.payload = self.serial;
        if version != Version::V5 {
            publish.expiry = None;
        }
        self.ends[who].next_id += 1;
        let id = self.ends[who].next_id;
        self.model.take(who, id, publish.clone());
        self.send_publish(connection, version, id, false, &publish);
    }

    fn send_publish(
        &mut self,
        connection: ConnectionId,
        version: Version,
        id: u16,
        dup: bool,
        publish: &Publish,
    ) {
        let mut properties = PropertyBuf::new();
        push_expiry(&mut properties, publish);
        let text = if publish.empty { String::new() } else { publish.payload.to_string() };
        let packet = PublishPacket {
            dup,
            qos: qos(publish.qos),
            retain: publish.retain,
            topic: &publish.topic,
            packet_id: PacketId::new(id),
            properties: properties.as_properties(),
            payload: text.as_bytes(),
        };
        self.send(connection, version, &Packet::Publish(packet));
    }

    fn send_subscribe(&mut self, connection: ConnectionId, version: Version, subscribe: &Subscribe) {
        let (mut filters, mut properties) = (SubscriptionsBuf::new(), PropertyBuf::new());
        let options = SubscriptionOptions {
            qos: qos(subscribe.qos),
            no_local: subscribe.no_local,
            retain_as_published: subscribe.as_published,
            retain_handling: match subscribe.handling {
                0 => RetainHandling::SendAtSubscribe,
                1 => RetainHandling::SendIfNew,
                _ => RetainHandling::DoNotSend,
            },
        };
        filters.push(&subscribe.filter, options);
        if subscribe.id > 0 {
            properties.push(PropertyId::SubscriptionIdentifier, PropertyValue::Number(subscribe.id));
        }
        let (filters, properties) = (filters.as_subscriptions(), properties.as_properties());
        let packet = SubscribePacket { packet_id: PacketId::MIN, dup: false, properties, filters };
        self.send(connection, version, &Packet::Subscribe(packet));
    }

    /// What clients see, as far as the model speaks of it.
    fn drain(&mut self) -> Vec<(Who, Seen)> {
        let mut all = vec![];
        while let Some((connection, output)) = self.broker.poll_output() {
            match output {
                BrokerOutput::Close => all.extend(self.closed(connection)),
                BrokerOutput::Send(bytes) => all.extend(self.packet(connection, &bytes)),
            }
        }
        all
    }

    fn closed(&mut self, connection: ConnectionId) -> Option<(Who, Seen)> {
        let who = *self.owners.get(&connection)?;
        // It may have a new one already.
        if self.ends[who].connection == Some(connection) {
            self.ends[who].connection = None;
        }
        Some((who, Seen::Closed))
    }

    fn packet(&mut self, connection: ConnectionId, bytes: &[u8]) -> Option<(Who, Seen)> {
        let who = self.ends.iter().position(|end| end.connection == Some(connection))?;
        let end = &mut self.ends[who];
        let version = end.version.unwrap();
        let seen = match decode(bytes, version).unwrap() {
            Packet::ConnAck(ack) => {
                assert_eq!(ack.code.0, 0);
                Seen::Accepted { present: ack.session_present && version != Version::V31 }
            }
            Packet::Publish(publish) => Seen::Message(end.message(&publish)),
            Packet::PubRel(ack) => {
                end.released.push_back(ack.packet_id);
                Seen::Release(end.payloads[&ack.packet_id])
            }
            _ => return None,
        };
        Some((who, seen))
    }

    /// Sessions, subscriptions and retained messages.
    fn compare(&self) -> Result<(), String> {
        let found: Vec<_> = self
            .broker
            .sessions()
            .map(|it| {
                let filters: Vec<_> = it.subscriptions().map(|(filter, _)| filter.to_owned()).collect();
                (it.client_id().parse::<Who>().unwrap(), it.is_connected(), filters)
            })
            .collect();
        let expected: Vec<_> = self
            .model
            .sessions
            .iter()
            .map(|(who, it)| {
                (*who, self.model.is_connected(*who), it.subscriptions.keys().cloned().collect())
            })
            .collect();
        if found != expected {
            return Err(format!("sessions: found {found:?}\n expected {expected:?}"));
        }
        let found: Vec<_> = self
            .broker
            .retained()
            .filter(|kept| !kept.message.is_expired(self.instant()))
            .map(|kept| (kept.message.topic.to_string(), number(&kept.message.payload)))
            .collect();
        let expected: Vec<_> = self
            .model
            .retained
            .iter()
            .map(|(topic, (message, ..))| (topic.clone(), message.payload))
            .collect();
        if found != expected {
            return Err(format!("retained: found {found:?}\n expected {expected:?}"));
        }
        Ok(())
    }
}

impl End {
    fn message(&mut self, publish: &PublishPacket<'_>) -> Message {
        let mut topic = publish.topic.to_owned();
        if let Some(alias) = publish.properties.number(PropertyId::TopicAlias) {
            if topic.is_empty() {
                topic = self.aliases[&alias].clone();
            } else {
                self.aliases.insert(alias, topic.clone());
            }
        }
        let payload = number(publish.payload);
        if let Some(id) = publish.packet_id {
            self.unacknowledged.push_back((id, publish.qos.level(), payload));
            self.payloads.insert(id, payload);
        }
        let ids = publish.properties.iter().filter(|it| it.id == PropertyId::SubscriptionIdentifier);
        Message {
            topic,
            payload,
            qos: publish.qos.level(),
            retain: publish.retain,
            dup: publish.dup,
            ids: ids
                .filter_map(|it| if let PropertyValue::Number(id) = it.value { Some(id) } else { None })
                .collect(),
            expiry: publish.properties.number(PropertyId::MessageExpiryInterval),
        }
    }
}

fn of(seen: &[(Who, Seen)], who: Who) -> Vec<&Seen> {
    seen.iter().filter(|(other, _)| *other == who).map(|(_, seen)| seen).collect()
}

fn number(payload: &[u8]) -> u32 {
    std::str::from_utf8(payload).unwrap().parse().unwrap_or(0)
}

fn push_expiry(properties: &mut PropertyBuf, publish: &Publish) {
    if let Some(secs) = publish.expiry {
        properties.push(PropertyId::MessageExpiryInterval, PropertyValue::Number(secs));
    }
}

fn qos(level: u8) -> QoS {
    QoS::from_bits(level).unwrap()
}
