//! Properties over arbitrary input: no panic, no difference by chunking, the promises of QoS across cuts.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use mqtt_playground::client::{
    Client, ClientConfig, ClientEvent, ClientOutput, ClientStatus, PublishRequest,
};
use mqtt_playground::codec::{Ack, ConnAck, Packet, PacketId, Publish, QoS, ReasonCode, Version, decode};
use mqtt_playground::session::{Message, Outgoing, Transmission};
use mqtt_playground::time::Instant;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::rig::{Q0, Q1, Q2, at};

/// Everything a client put out, one kind after the other.
fn drain(client: &mut Client) -> (Vec<ClientOutput>, Vec<ClientEvent>) {
    let outputs = core::iter::from_fn(|| client.poll_output()).collect();
    (outputs, core::iter::from_fn(|| client.poll_event()).collect())
}

fn client(version: Version) -> Client {
    let config = ClientConfig { version, clean_start: false, ..ClientConfig::new("c") };
    let mut client = Client::new(config);
    client.connect(Instant::ZERO).unwrap();
    client
}

fn connected(version: Version) -> Client {
    let mut client = client(version);
    let accepted =
        ConnAck { session_present: false, code: ReasonCode::SUCCESS, properties: Default::default() };
    client.handle_data(at(0), &encoded(&Packet::ConnAck(accepted), version));
    for qos in [Q1, Q2, Q2] {
        let request = PublishRequest { topic: "t".into(), qos, ..PublishRequest::default() };
        client.publish(at(0), request).unwrap();
    }
    client
}

fn encoded(packet: &Packet<'_>, version: Version) -> Vec<u8> {
    let mut out = vec![];
    packet.encode(version, &mut out).unwrap();
    out
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V31), Just(Version::V311), Just(Version::V5)]
}

/// A packet that a server could send, or one that it should not, in few identifiers so that they meet.
fn packet(version: Version) -> impl Strategy<Value = Vec<u8>> {
    let ack = (4..=7u8, 1..=4u16).prop_map(move |(kind, number)| {
        let ack = Ack::new(PacketId::new(number).unwrap());
        let packet = match kind {
            4 => Packet::PubAck(ack),
            5 => Packet::PubRec(ack),
            6 => Packet::PubRel(ack),
            _ => Packet::PubComp(ack),
        };
        encoded(&packet, version)
    });
    let publish = (0..=2u8, any::<bool>(), 1..=4u16, vec(any::<u8>(), 0..200)).prop_map(
        move |(qos, dup, number, payload)| {
            let qos = QoS::from_bits(qos).unwrap();
            let publish = Publish {
                dup: dup && qos != Q0,
                qos,
                retain: false,
                topic: "a/b",
                packet_id: PacketId::new(number).filter(|_| qos != Q0),
                properties: Default::default(),
                payload: &payload,
            };
            encoded(&Packet::Publish(publish), version)
        },
    );
    prop_oneof![
        4 => ack,
        4 => publish,
        1 => Just(encoded(&Packet::PingResp, version)),
        1 => vec(any::<u8>(), 0..6),
    ]
}

fn stream() -> impl Strategy<Value = (Version, Vec<u8>)> {
    version().prop_flat_map(|version| {
        (Just(version), vec(packet(version), 0..20).prop_map(|packets| packets.concat()))
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(version in version(), early: bool, bytes in vec(any::<u8>(), 0..300)) {
        let mut client = if early { client(version) } else { connected(version) };
        client.handle_data(at(1), &bytes);
        client.handle_timeout(at(3_600_000));
        client.handle_timeout(at(7_200_000));
        client.handle_closed(at(7_200_000));
        let (outputs, events) = drain(&mut client);
        let closes = outputs.iter().filter(|output| **output == ClientOutput::Close).count();
        prop_assert!(closes <= 1, "{outputs:?}");
        let ends = events.iter().filter(|event| matches!(event, ClientEvent::Closed(_))).count();
        prop_assert_eq!(ends, 1);
        prop_assert_eq!(client.status(), ClientStatus::Offline);
    }

    #[test]
    fn chunks_make_no_difference((version, bytes) in stream(), cuts in vec(any::<prop::sample::Index>(), 0..8)) {
        let mut whole = connected(version);
        let mut cut = whole.clone();
        whole.handle_data(at(1), &bytes);
        let mut ends: Vec<usize> = cuts.iter().map(|index| index.index(bytes.len() + 1)).collect();
        ends.extend([0, bytes.len()]);
        ends.sort_unstable();
        for pair in ends.windows(2) {
            cut.handle_data(at(1), &bytes[pair[0]..pair[1]]);
        }
        prop_assert_eq!(drain(&mut whole), drain(&mut cut));
    }

    #[test]
    fn every_output_is_one_whole_packet((version, bytes) in stream()) {
        let mut client = connected(version);
        client.handle_data(at(1), &bytes);
        let (outputs, _) = drain(&mut client);
        for output in outputs {
            if let ClientOutput::Send(packet) = output {
                prop_assert!(decode(&packet, version).is_ok(), "{packet:?}");
            }
        }
    }

    /// The link is cut at any packet in either direction, and resumed: QoS 1 arrives at least once, QoS 2 exactly
    /// once, each in order.
    #[test]
    fn messages_survive_cuts(qos in vec(1..=2u8, 1..8), cuts in vec(1..12usize, 0..6)) {
        let mut server = Server::default();
        let mut client = Client::new(ClientConfig { clean_start: false, ..ClientConfig::new("c") });
        for pass in 0..=cuts.len() {
            client.connect(at(0)).unwrap();
            // The last connection is not cut.
            let mut left = cuts.get(pass).copied().unwrap_or(usize::MAX);
            server.pump(&mut client, &mut left);
            if client.status() == ClientStatus::Connected && server.published == 0 {
                for (number, qos) in qos.iter().enumerate() {
                    let request = PublishRequest {
                        topic: "t".into(),
                        payload: vec![number as u8].into(),
                        qos: QoS::from_bits(*qos).unwrap(),
                        ..PublishRequest::default()
                    };
                    client.publish(at(0), request).unwrap();
                    server.published += 1;
                }
                server.pump(&mut client, &mut left);
            }
            if pass < cuts.len() {
                client.handle_closed(at(0));
                drain(&mut client);
            }
        }
        prop_assert_eq!(client.in_flight().len(), 0);
        let of = |level: u8| qos.iter().zip(0u8..).filter(move |(qos, _)| **qos == level).map(|(_, number)| number);
        let exactly: Vec<u8> = server.delivered.iter().filter(|(qos, _)| *qos == Q2).map(|(_, it)| *it).collect();
        prop_assert_eq!(exactly, of(2).collect::<Vec<_>>());
        let mut at_least: Vec<u8> = server.delivered.iter().filter(|(qos, _)| *qos == Q1).map(|(_, it)| *it).collect();
        let seen: BTreeSet<u8> = at_least.iter().copied().collect();
        prop_assert_eq!(seen, of(1).collect::<BTreeSet<_>>());
        // 3.1.1 section 4.6: without the repetitions the order is that of publishing.
        let mut first = BTreeSet::new();
        at_least.retain(|number| first.insert(*number));
        prop_assert_eq!(at_least, of(1).collect::<Vec<_>>());
    }
}

proptest! {
    /// The same towards the client.
    #[test]
    fn messages_to_the_client_survive_cuts(qos in vec(1..=2u8, 1..8), cuts in vec(1..14usize, 0..6)) {
        let mut client = Client::new(ClientConfig { clean_start: false, ..ClientConfig::new("c") });
        let mut server = Outgoing::default();
        for (number, level) in (1u16..).zip(&qos) {
            let payload = vec![number as u8 - 1].into();
            let message = Message::new("t", payload, Default::default());
            let packet_id = PacketId::new(number).unwrap();
            server.push(packet_id, QoS::from_bits(*level).unwrap(), false, Arc::new(message));
        }
        let mut delivered = vec![];
        for (pass, cut) in cuts.iter().copied().chain([usize::MAX]).enumerate() {
            client.connect(at(0)).unwrap();
            server.rewind();
            let session_present = pass > 0;
            let accepted = ConnAck { session_present, code: ReasonCode::SUCCESS, properties: Default::default() };
            client.handle_data(at(0), &encoded(&Packet::ConnAck(accepted), Version::V311));
            delivered.extend(send_all(&mut server, &mut client, cut));
            client.handle_closed(at(0));
            drain(&mut client);
        }
        prop_assert!(server.is_empty());
        let of = |level: u8| qos.iter().zip(0u8..).filter(move |(qos, _)| **qos == level).map(|(_, number)| number);
        let of_qos = |level| delivered.iter().filter(move |(qos, _)| *qos == level).map(|(_, number)| *number);
        prop_assert_eq!(of_qos(Q2).collect::<Vec<_>>(), of(2).collect::<Vec<_>>());
        prop_assert_eq!(of_qos(Q1).collect::<BTreeSet<_>>(), of(1).collect::<BTreeSet<_>>());
    }
}

/// Sends until nothing is left or `left` packets have crossed; what the client's application got.
fn send_all(server: &mut Outgoing, client: &mut Client, mut left: usize) -> Vec<(QoS, u8)> {
    let mut due: VecDeque<Vec<u8>> = VecDeque::new();
    let mut delivered = vec![];
    loop {
        let next = server.next_transmission(u16::MAX).map(|next| match next {
            Transmission::Publish { packet_id, dup, qos, retain, message } => {
                let publish = Publish { dup, ..message.to_publish(qos, retain, Some(packet_id)) };
                encoded(&Packet::Publish(publish), Version::V311)
            }
            Transmission::PubRel { packet_id } => {
                encoded(&Packet::PubRel(Ack::new(packet_id)), Version::V311)
            }
        });
        due.extend(next);
        let Some(packet) = due.pop_front() else { return delivered };
        if left == 0 {
            return delivered;
        }
        left -= 1;
        client.handle_data(at(0), &packet);
        let (answers, events) = drain(client);
        delivered.extend(events.into_iter().filter_map(|event| match event {
            ClientEvent::Message(it) => Some((it.qos, it.message.payload[0])),
            _ => None,
        }));
        for answer in answers {
            let ClientOutput::Send(answer) = answer else { panic!("the client closes") };
            let answer = decode(&answer, Version::V311).unwrap();
            if left == 0 {
                return delivered;
            }
            left -= usize::from(!matches!(answer, Packet::Connect(_)));
            match answer {
                Packet::PubAck(ack) => drop(server.pub_ack(ack.packet_id)),
                Packet::PubRec(ack) => {
                    server.pub_rec(ack.packet_id, false).unwrap();
                    due.push_back(encoded(&Packet::PubRel(Ack::new(ack.packet_id)), Version::V311));
                }
                Packet::PubComp(ack) => drop(server.pub_comp(ack.packet_id)),
                _ => {}
            }
        }
    }
}

/// The least server that keeps a session: it delivers QoS 2 at PUBLISH and remembers identifiers until PUBREL.
#[derive(Default)]
struct Server {
    known: bool,
    published: usize,
    held: BTreeSet<PacketId>,
    delivered: Vec<(QoS, u8)>,
}

impl Server {
    /// Exchanges packets until none is left or `left` of them have crossed.
    fn pump(&mut self, client: &mut Client, left: &mut usize) {
        while let Some(ClientOutput::Send(packet)) = client.poll_output() {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let Some(answer) = self.answer(decode(&packet, Version::V311).unwrap()) else { continue };
            if *left == 0 {
                return;
            }
            *left -= 1;
            client.handle_data(at(0), &encoded(&answer, Version::V311));
        }
    }

    fn answer(&mut self, packet: Packet<'_>) -> Option<Packet<'static>> {
        match packet {
            Packet::Connect(_) => Some(Packet::ConnAck(ConnAck {
                session_present: core::mem::replace(&mut self.known, true),
                code: ReasonCode::SUCCESS,
                properties: Default::default(),
            })),
            Packet::Publish(publish) => {
                let packet_id = publish.packet_id?;
                let exactly_once = publish.qos == Q2;
                if !exactly_once || self.held.insert(packet_id) {
                    self.delivered.push((publish.qos, publish.payload[0]));
                }
                let ack = Ack::new(packet_id);
                Some(if exactly_once { Packet::PubRec(ack) } else { Packet::PubAck(ack) })
            }
            Packet::PubRel(ack) => {
                self.held.remove(&ack.packet_id);
                Some(Packet::PubComp(Ack::new(ack.packet_id)))
            }
            _ => None,
        }
    }
}
