//! Decoded packets as a world that can be played on: each of them passes there as it was, and both ends take note of it.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::decode::Index;
use super::senders::{owner, senders};
use crate::client::{ClientConfig, WillConfig};
use crate::codec::{Connect, Direction, Packet, PropertyBuf, Version, decode};
use crate::sim::{Action, ClientSpec, Record, Scenario, Sim, TimedAction, UpcomingKind};
use crate::time::Instant;

/// Packets that are played.
const MOST: usize = 2_000;
/// Clients that are made.
const CLIENTS: usize = 50;
/// Virtual time between two packets, in microseconds: more than one needs on its way.
const PACE: u64 = 50_000;
/// Steps until all is settled.
const STEPS: u32 = 50_000;

/// Whom the packets are about: from each of these bytes on, a client's number.
pub type Owners = Vec<(usize, u16)>;

/// A session as a world.
#[derive(Default)]
struct Play {
    clients: Vec<ClientSpec>,
    /// How each of them has connected last.
    configs: Vec<ClientConfig>,
    /// Which of them stands for a number, once that has sent or got something.
    known: BTreeMap<u16, usize>,
    actions: Vec<TimedAction>,
    connected: Vec<bool>,
}

/// The world in which these packets pass, byte for byte, as the text of a saved world; `None` where there are none.
/// `names` are those of a log's clients. Its cursor stands behind the last packet, and before what the ends still owe one
/// another by then.
pub fn implied_world(bytes: &[u8], index: &Index, owners: &Owners, names: &[String]) -> Option<String> {
    let mut play = Play::default();
    let ways = senders(bytes, index, owners, MOST);
    for (entry, way) in index.entries.iter().zip(ways) {
        let frame = bytes.get(entry.offset..entry.offset + entry.len)?;
        let number = owner(owners, entry.offset);
        let connect = match decode(frame, entry.version) {
            Ok(Packet::Connect(connect)) if way == Direction::ToServer => play.connect(&connect, number),
            _ => play.client(number, names.get(usize::from(number)), entry.version),
        };
        let Some(client) = connect else { continue };
        play.push(client, Action::Recorded(way, Bytes::copy_from_slice(frame)));
        let leaves = matches!(decode(frame, entry.version), Ok(Packet::Disconnect(_)));
        play.connected[client] = !leaves || way == Direction::ToClient;
    }
    if play.actions.is_empty() {
        return None;
    }
    for client in 0..play.clients.len() {
        play.push(client, Action::Recorded(Direction::ToServer, Bytes::new()));
    }
    let scenario = Scenario {
        id: "decoded".to_owned(),
        title: "Decoded session".to_owned(),
        text: "The decoded packets, byte for byte. What is done behind the last one, broker and clients answer by \
               themselves."
            .to_owned(),
        clients: play.clients,
        actions: play.actions,
        ..Scenario::default()
    };
    let mut sim = Sim::of_record(&Record { scenario, actions: vec![] }).ok()?;
    while !ends(&sim) && sim.cursor() < STEPS && sim.step() {}
    let (shown, frames) = (sim.cursor(), sim.capture().frames().len());
    // Where nobody owes anything the recording can end at once.
    while ends(&sim) && sim.step() {}
    let step = if sim.capture().frames().len() == frames { sim.cursor() } else { shown };
    Some(sim.record().to_text(step))
}

/// Whether a recording ends next.
fn ends(sim: &Sim) -> bool {
    let next = sim.next_event().map(|next| next.what);
    matches!(next, Some(UpcomingKind::Action { action: Action::Recorded(_, bytes), .. }) if bytes.is_empty())
}

impl Play {
    /// The client that connects so.
    fn connect(&mut self, connect: &Connect<'_>, number: u16) -> Option<usize> {
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
        let client = match self.clients.iter().position(same) {
            Some(client) => client,
            None => self.add(config.clone(), None)?,
        };
        self.known.insert(number, client);
        if self.configs[client] != config {
            if self.connected[client] {
                self.push(client, Action::Cut);
            }
            self.push(client, Action::Configure(Box::new(config.clone())));
            self.configs[client] = config;
        }
        Some(client)
    }

    /// The client of this number; one whose connection began before the packets is new.
    fn client(&mut self, number: u16, name: Option<&String>, version: Version) -> Option<usize> {
        if let Some(client) = self.known.get(&number) {
            return Some(*client);
        }
        let name = name.map_or("client", String::as_str);
        let config = ClientConfig { version, client_id: name.to_owned(), ..ClientConfig::default() };
        let client = self.add(config, Some(name))?;
        self.known.insert(number, client);
        Some(client)
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
        self.configs.push(config.clone());
        self.clients.push(ClientSpec { name, config });
        self.connected.push(false);
        Some(self.clients.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Frame;
    use crate::client::{ClientStatus, PublishRequest};
    use crate::dissect::parse_hex;

    /// Of packets, each on a line that may begin with who gets it: `>` the broker, `<` the client.
    fn world(text: &str) -> Option<Sim> {
        let (mut bytes, mut ways) = (Vec::new(), vec![]);
        for line in text.lines().map(str::trim) {
            let way = match line.chars().next() {
                Some('>') => Some(Direction::ToServer),
                Some('<') => Some(Direction::ToClient),
                _ => None,
            };
            ways.push((bytes.len(), way));
            bytes.extend(parse_hex(line.trim_start_matches(['>', '<', '?'])).expect("hex"));
        }
        let mut index = Index::with_ways(&bytes, None, ways);
        index.advance(&bytes, usize::MAX);
        let text = implied_world(&bytes, &index, &vec![], &[])?;
        let (record, step) = Record::from_text(&text).expect("what is written is read");
        let mut sim = Sim::of_record(&record).expect("it can be played");
        sim.seek(step);
        Some(sim)
    }

    /// What has been sent by the cursor.
    fn shown(sim: &Sim) -> Vec<u8> {
        let shown = |frame: &&Frame| frame.sent_step <= sim.cursor();
        sim.capture().frames().filter(shown).flat_map(|frame| frame.bytes.to_vec()).collect()
    }

    /// Both ways, with identifiers of its own: the broker's are other ones than the client's.
    const SESSION: &str = "> 10 10 0004 4d515454 04 02 003c 0004 73756231
        < 20 02 0000
        > 82 08 0009 0003 612f23 01
        < 90 03 0009 01
        > 32 09 0003 612f62 0011 6869
        < 40 02 0011
        < 32 09 0003 612f62 4444 6869
        > 40 02 4444
        > c0 00
        < d0 00";

    /// Broken packets, what is left of a packet, no CONNECT, one side only, a session that is taken up again.
    const SESSIONS: [&str; 6] = [
        SESSION,
        "10 10 0004 4d515454 04 02 003c 0004 73756231 20 02 0000 80 08 0009 0003 612f23 01 c0 00 d0 00 30",
        "32 09 0003 612f62 0011 6869 40 02 0011 c0 00 d0 00",
        "10 10 0004 4d515454 04 02 003c 0004 73756231 82 08 0009 0003 612f23 01 34 09 0003 612f62 0007 6869 62 02 0007",
        "10 0f 0004 4d515454 05 02 003c 00 0002 7331 20 03 00 00 00 33 0a 0003 612f62 0021 00 6869 40 02 0021
         10 0f 0004 4d515454 05 00 003c 00 0002 7331 20 03 00 00 00",
        "1f 0f 0004 4d515454 04 02 000a 0003 636964 0a c0 00",
    ];

    #[test]
    fn what_was_decoded_is_what_passes_byte_for_byte() {
        for session in SESSIONS {
            let sim = world(session).expect("there is something to play");
            let bytes = parse_hex(&session.replace(['<', '>'], "")).expect("hex");
            assert_eq!(shown(&sim), bytes, "{session}");
        }
        assert!(world("").is_none());
    }

    /// Who sends each packet of the recording.
    fn ways(sim: &Sim) -> String {
        let shown = |frame: &&Frame| frame.sent_step <= sim.cursor();
        let letter = |frame: &Frame| if frame.direction == Direction::ToServer { '>' } else { '<' };
        sim.capture().frames().filter(shown).map(letter).collect()
    }

    #[test]
    fn answers_go_against_what_they_answer() {
        let connect = "10 10 0004 4d515454 04 02 003c 0004 73756231";
        for (session, expected) in [
            // Without a CONNECT, and with one whose other packets are both sides': a client publishes at QoS 2.
            ("34 09 0003 612f62 0007 6869 50 02 0007 62 02 0007 70 02 0007", "><><"),
            ("CONNECT 20 02 0000 34 09 0003 612f62 0002 6869 50 02 0002 62 02 0002 70 02 0002", "><><><"),
            ("CONNECT 20 02 0000 34 09 0003 612f62 0002 6869 50 02 0002", "><><"),
            ("CONNECT 34 09 0003 612f62 0002 6869 50 02 0002", ">><"),
            // Of what it has asked for it gets its copy, at the QoS that it wants, and answers that.
            (
                "CONNECT 20 02 0000 82 08 0009 0003 612f23 01 90 03 0009 01 34 09 0003 612f62 0002 6869 50 02 0002 \
                 62 02 0002 70 02 0002 32 09 0003 612f62 0001 6869 40 02 0001",
                "><><><><<>",
            ),
            // What it does not send comes from the broker, and so does what was kept.
            (
                "CONNECT 20 02 0000 82 08 0009 0003 612f23 01 90 03 0009 01 32 09 0003 612f62 0001 6869 40 02 0001",
                "><><<>",
            ),
            (
                "CONNECT 20 02 0000 82 08 0009 0003 612f23 01 90 03 0009 01 31 07 0003 612f62 6869 c0 00 d0 00",
                "><><<><",
            ),
            // Both use one identifier: the first that waits is answered first.
            (
                "> 10 10 0004 4d515454 04 02 003c 0004 73756231\n< 20 02 0000\n> 32 09 0003 612f62 0001 6869\n\
                 < 32 09 0003 632f64 0001 6869\n? 40 02 0001\n? 40 02 0001",
                "><><<>",
            ),
            // An answer to what was not seen: a client's.
            ("62 02 0007 70 02 0007", "><"),
        ] {
            let sim = world(&session.replace("CONNECT", connect)).expect("there is something to play");
            assert_eq!(ways(&sim), expected, "{session}");
        }
    }

    #[test]
    fn what_only_one_side_may_say_comes_from_it() {
        let connect = "10 11 0004 4d515454 05 02 003c 00 0004 73756231";
        // A Subscription Identifier comes from the broker (5.0 MQTT-3.3.4-6), as does "server shutting down" (5.0 section
        // 3.14.2.1); in an authentication both take turns, the broker first.
        for (rest, expected) in [
            ("20 03 00 00 00 30 08 0003 612f62 02 0b 01", "><<"),
            ("20 03 00 00 00 e0 02 8b 00", "><<"),
            ("f0 06 18 04 15 0001 78 f0 06 18 04 15 0001 78 20 07 00 00 04 15 0001 78", "><><"),
        ] {
            let connect = if rest.starts_with("f0") {
                "10 15 0004 4d515454 05 02 003c 04 15 0001 78 0004 73756231"
            } else {
                connect
            };
            let sim = world(&[connect, rest].join(" ")).expect("there is something to play");
            assert_eq!(ways(&sim), expected, "{rest}");
        }
    }

    #[test]
    fn both_ends_owe_nothing_after_a_whole_exchange() {
        let qos2 = super::super::decode::EXAMPLES[1].hex.replace('\n', " ");
        let mut sim = world(&qos2).expect("there is something to play");
        let before = sim.capture().frames().len();
        assert_eq!((before, &*ways(&sim)), (4, "><><"));
        sim.settle(100);
        assert_eq!(sim.capture().frames().len(), before, "nobody says more");
    }

    #[test]
    fn the_world_goes_on_where_the_packets_end() {
        let mut sim = world(SESSION).expect("there is something to play");
        assert_eq!(sim.client(0).status(), ClientStatus::Connected);
        let filters: Vec<_> = sim.client(0).subscriptions().map(|it| it.0.to_owned()).collect();
        assert_eq!(filters, ["a/#"]);
        // Nothing is in flight: what has been acknowledged had the identifiers of the packets, at both ends.
        assert_eq!(sim.client(0).in_flight().len(), 0);
        assert_eq!(sim.broker().sessions().map(|it| it.in_flight().len()).sum::<usize>(), 0);
        assert_eq!(sim.client(0).next_packet_id().map(|id| id.get()), Some(0x12));
        let before = sim.capture().frames().len();
        sim.act(0, Action::Publish(PublishRequest { topic: "a/x".into(), ..Default::default() }))
            .expect("it is connected");
        sim.settle(100);
        // To the broker, and back by the subscription.
        assert_eq!(sim.capture().frames().len(), before + 2);
    }

    #[test]
    fn what_is_in_flight_keeps_its_identifier_and_is_acknowledged_later() {
        let unfinished = SESSION.split("> 40 02 4444").next().unwrap_or_default();
        let mut sim = world(unfinished).expect("there is something to play");
        let held: Vec<u16> =
            sim.broker().sessions().flat_map(|it| it.in_flight().map(|it| it.packet_id.get())).collect();
        assert_eq!(held, [0x4444]);
        let before = sim.capture().frames().len();
        sim.settle(100);
        let later: Vec<Vec<u8>> = sim.capture().frames().skip(before).map(|it| it.bytes.to_vec()).collect();
        assert_eq!(later, [[0x40, 2, 0x44, 0x44]]);
        assert_eq!(sim.broker().sessions().map(|it| it.in_flight().len()).sum::<usize>(), 0);
    }

    #[test]
    fn what_one_side_alone_told_is_answered_where_it_ends() {
        let mut sim = world(SESSIONS[3]).expect("there is something to play");
        sim.settle(100);
        let types: Vec<u8> = sim.capture().frames().map(|frame| frame.bytes[0] >> 4).collect();
        assert_eq!(types[..4], [1, 8, 3, 6]);
        assert!(types[4..].contains(&2) && types[4..].contains(&9) && types[4..].contains(&7), "{types:?}");
        assert_eq!(sim.client(0).status(), ClientStatus::Connected);
        assert_eq!(sim.client(0).subscriptions().len(), 1);
    }

    #[test]
    fn a_broken_connection_ends_where_the_recording_ends() {
        // The first byte of a DISCONNECT is none.
        let mut sim = world(&SESSION.replace("> c0 00\n        < d0 00", "> e0")).expect("something to play");
        assert_eq!(sim.client(0).status(), ClientStatus::Offline);
        assert_eq!(sim.broker().counts().0, 0);
        sim.act(0, Action::Connect).expect("it is offline");
        let mut sim = world(SESSIONS[1]).expect("there is something to play");
        sim.settle(100);
        assert_eq!(sim.client(0).status(), ClientStatus::Offline);
        // And comes back.
        sim.act(0, Action::Connect).expect("it is offline");
        sim.settle(100);
        assert_eq!(sim.client(0).status(), ClientStatus::Connected);
    }
}
