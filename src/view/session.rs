//! Decoded packets as a world that can be played on: the clients, what they did, and where that has led.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::decode::{Index, State};
use crate::client::{ClientConfig, PublishRequest, WillConfig};
use crate::codec::{Connect, Direction, Packet, PropertyBuf, Publish, Version, decode};
use crate::sim::{Action, ClientSpec, Record, Scenario, Sim, TimedAction};
use crate::time::Instant;

/// Packets that are played.
const MOST: usize = 2_000;
/// Clients that are made.
const CLIENTS: usize = 50;
/// Virtual time between two actions, in microseconds.
const PACE: u64 = 100_000;
/// Steps until all is settled.
const STEPS: u32 = 50_000;

/// Whom the packets are about: from each of these bytes on, a client's number.
pub type Owners = Vec<(usize, u16)>;

/// A session as a world.
struct Play {
    clients: Vec<ClientSpec>,
    /// Which of them stands for a number, once its name is known.
    known: BTreeMap<u16, usize>,
    actions: Vec<TimedAction>,
    connected: Vec<bool>,
    /// Messages that clients have sent, by topic: what the broker sends on needs no other sender.
    sent: Vec<(String, Bytes)>,
    others: Option<usize>,
}

/// The world that these packets imply, as the text of a saved world with its cursor at the end; `None` where no packet
/// says what a client did. `names` are those of a log's clients. What cannot be repeated (a broken packet, an answer) is
/// left to the broker and the clients of the world.
pub fn implied_world(bytes: &[u8], index: &Index, owners: &Owners, names: &[String]) -> Option<String> {
    let mut play = Play {
        clients: vec![],
        known: BTreeMap::new(),
        actions: vec![],
        connected: vec![],
        sent: vec![],
        others: None,
    };
    for entry in index.entries.iter().take(MOST).filter(|entry| entry.state == State::Valid) {
        let frame = bytes.get(entry.offset..entry.offset + entry.len)?;
        let Ok(packet) = decode(frame, entry.version) else { continue };
        let behind = owners.partition_point(|(from, _)| *from <= entry.offset);
        let number = behind.checked_sub(1).map_or(0, |at| owners[at].1);
        play.packet(&packet, entry.way(), entry.version, number, names.get(usize::from(number)));
    }
    if play.actions.is_empty() {
        return None;
    }
    let scenario = Scenario {
        id: "decoded".to_owned(),
        title: "Decoded session".to_owned(),
        text: "What the decoded packets imply, played in this broker.".to_owned(),
        clients: play.clients,
        actions: play.actions,
        ..Scenario::default()
    };
    let record = Record { scenario, actions: vec![] };
    let mut sim = Sim::of_record(&record).ok()?;
    sim.settle(STEPS);
    Some(sim.record().to_text(sim.cursor()))
}

impl Play {
    fn packet(
        &mut self,
        packet: &Packet<'_>,
        way: Option<Direction>,
        version: Version,
        number: u16,
        name: Option<&String>,
    ) {
        match packet {
            Packet::Connect(connect) => self.connect(connect, number),
            Packet::Publish(publish) if way == Some(Direction::ToClient) => self.received(publish, version),
            // What an alias stands for only the connection knew.
            Packet::Publish(publish) if publish.topic.is_empty() => {}
            Packet::Publish(publish) => {
                let request = request(publish);
                self.sent.push((request.topic.clone(), request.payload.clone()));
                self.act(number, name, version, Action::Publish(request));
            }
            Packet::Subscribe(subscribe) => {
                let filters = subscribe.filters.iter().map(|(filter, options)| (filter.to_owned(), options));
                let properties = PropertyBuf::from(subscribe.properties);
                self.act(number, name, version, Action::Subscribe(filters.collect(), properties));
            }
            Packet::Unsubscribe(unsubscribe) => {
                let filters = unsubscribe.filters.iter().map(str::to_owned).collect();
                let properties = PropertyBuf::from(unsubscribe.properties);
                self.act(number, name, version, Action::Unsubscribe(filters, properties));
            }
            Packet::Disconnect(_) if way != Some(Direction::ToClient) => {
                self.act(number, name, version, Action::Disconnect);
                if let Some(client) = self.known.get(&number) {
                    self.connected[*client] = false;
                }
            }
            _ => {}
        }
    }

    fn connect(&mut self, connect: &Connect<'_>, number: u16) {
        let will = connect.will.map(|will| WillConfig {
            qos: will.qos,
            retain: will.retain,
            topic: will.topic.to_owned(),
            payload: Bytes::copy_from_slice(will.payload),
            properties: PropertyBuf::from(will.properties),
        });
        let config = ClientConfig {
            version: connect.version,
            client_id: connect.client_id.to_owned(),
            clean_start: connect.clean_start,
            keep_alive_secs: connect.keep_alive_secs,
            will,
            user_name: connect.user_name.map(str::to_owned),
            password: connect.password.map(Bytes::copy_from_slice),
            properties: PropertyBuf::from(connect.properties),
            ..ClientConfig::default()
        };
        let same =
            |spec: &ClientSpec| spec.config.client_id == config.client_id && !config.client_id.is_empty();
        let Some(client) = self.clients.iter().position(same).or_else(|| self.add(config.clone(), None))
        else {
            return;
        };
        self.known.insert(number, client);
        let action = if self.clients[client].config == config && !self.connected[client] {
            Action::Connect
        } else {
            Action::ConnectAs(Box::new(config))
        };
        self.push(client, action);
        self.connected[client] = true;
    }

    /// A message of which only the delivery was seen has a sender that was not.
    fn received(&mut self, publish: &Publish<'_>, version: Version) {
        let mut request = request(publish);
        let known = self.sent.iter().position(|it| it.0 == request.topic && it.1 == request.payload);
        if let Some(known) = known {
            self.sent.remove(known);
            return;
        }
        if publish.topic.starts_with('$') || publish.topic.is_empty() {
            return;
        }
        request.properties = PropertyBuf::new();
        let sender = self.others.or_else(|| {
            let config = ClientConfig { version, client_id: "others".to_owned(), ..ClientConfig::default() };
            self.add(config, Some("others"))
        });
        let Some(sender) = sender else { return };
        self.others = Some(sender);
        self.act_of(sender, Action::Publish(request));
    }

    /// The client of this number does something; it connects before, where that was not seen.
    fn act(&mut self, number: u16, name: Option<&String>, version: Version, action: Action) {
        let client = match self.known.get(&number) {
            Some(client) => *client,
            None => {
                let name = name.map_or("client", String::as_str);
                let config = ClientConfig { version, client_id: name.to_owned(), ..ClientConfig::default() };
                let Some(client) = self.add(config, Some(name)) else { return };
                self.known.insert(number, client);
                client
            }
        };
        self.act_of(client, action);
    }

    fn act_of(&mut self, client: usize, action: Action) {
        if !self.connected[client] && action != Action::Disconnect {
            self.push(client, Action::Connect);
            self.connected[client] = true;
        }
        self.push(client, action);
    }

    fn push(&mut self, client: usize, action: Action) {
        let at = Instant::from_micros((self.actions.len() as u64 + 1) * PACE);
        self.actions.push(TimedAction { at, client, action });
    }

    fn add(&mut self, config: ClientConfig, name: Option<&str>) -> Option<usize> {
        if self.clients.len() >= CLIENTS {
            return None;
        }
        let wanted = name.unwrap_or(&config.client_id);
        let wanted = if ClientSpec::is_name(wanted) { wanted.to_owned() } else { "client".to_owned() };
        let mut name = wanted.clone();
        let mut count = 1;
        while name == "Broker" || self.clients.iter().any(|spec| spec.name == name) {
            count += 1;
            name = [&wanted, " ", &count.to_string()].concat();
        }
        self.clients.push(ClientSpec { name, config });
        self.connected.push(false);
        Some(self.clients.len() - 1)
    }
}

fn request(publish: &Publish<'_>) -> PublishRequest {
    PublishRequest {
        topic: publish.topic.to_owned(),
        payload: Bytes::copy_from_slice(publish.payload),
        qos: publish.qos,
        retain: publish.retain,
        properties: PropertyBuf::from(publish.properties),
        ..PublishRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::parse_hex;

    const SESSION: &str = "
        10 10 0004 4d515454 04 02 003c 0004 73756231  20 02 0000
        82 08 0001 0003 612f23 01  90 03 0001 01
        30 07 0003 612f62 6869
        32 07 0001 63 0002 6f6e  40 02 0002";

    fn world(hex: &str) -> Option<Sim> {
        let bytes = parse_hex(hex).expect("hex");
        let mut index = Index::new(&bytes, None);
        index.advance(&bytes, usize::MAX);
        let text = implied_world(&bytes, &index, &vec![], &[])?;
        let (record, step) = Record::from_text(&text).expect("what is written is read");
        let mut sim = Sim::of_record(&record).expect("it can be played");
        sim.seek(step);
        Some(sim)
    }

    #[test]
    fn a_session_is_played_again_with_its_clients_and_subscriptions() {
        let sim = world(SESSION).expect("there is something to play");
        let names: Vec<_> = sim.scenario().clients.iter().map(|spec| spec.name.clone()).collect();
        assert_eq!(names, ["sub1"]);
        let types: Vec<u8> = sim.capture().frames().map(|frame| frame.bytes[0] >> 4).collect();
        assert_eq!(types[..4], [1, 2, 8, 9]);
        // Both PUBLISH may be the client's own; the one that its filter matches comes back.
        assert_eq!(types.iter().filter(|it| **it == 3).count(), 3);
        assert!(sim.is_settled());
        assert_eq!(world("d0 00").map(|_| ()), None);
    }
}
