//! What holds for any input.

use mqtt_playground::broker::{Broker, BrokerConfig, BrokerOutput, ConnectionId};
use mqtt_playground::codec::{Frame, Version, decode, measure};
use mqtt_playground::time::Instant;
use proptest::prelude::*;

use crate::rig::bytes;

const CONNECT: [&str; 3] = [
    "10 0d 0004'MQTT' 04 02 0000 0001'a'",
    "10 0d 0004'MQTT' 04 00 000a 0001'b'",
    "10 17 0004'MQTT' 04 0e 000a 0001'c' 0003'a/w' 0003'bye'",
];

/// Whole packets that a client may send, most of them sensible.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    let topic = prop::sample::select(vec!["a", "a/b", "b", "a/b/c", "$x"]);
    let filter = prop::sample::select(vec!["#", "a/#", "+", "a/+", "a/b", "$x", "+/b"]);
    let id = 1u16..6;
    let publish =
        (topic, 0u8..3, any::<bool>(), id.clone(), 0usize..3).prop_map(|(topic, qos, retain, id, size)| {
            let mut body = (topic.len() as u16).to_be_bytes().to_vec();
            body.extend_from_slice(topic.as_bytes());
            if qos > 0 {
                body.extend_from_slice(&id.to_be_bytes());
            }
            body.extend(vec![b'x'; size]);
            let mut packet = vec![0x30 | qos << 1 | u8::from(retain), body.len() as u8];
            packet.append(&mut body);
            packet
        });
    let acks = prop::sample::select(vec![0x40u8, 0x50, 0x62, 0x70]);
    let ack = (acks, id).prop_map(|(first, id)| vec![first, 2, 0, id as u8]);
    let subscribe = (filter.clone(), 0u8..3).prop_map(|(filter, qos)| {
        let mut packet = vec![0x82, filter.len() as u8 + 5, 0, 9, 0, filter.len() as u8];
        packet.extend_from_slice(filter.as_bytes());
        packet.push(qos);
        packet
    });
    let unsubscribe = filter.prop_map(|filter| {
        let mut packet = vec![0xa2, filter.len() as u8 + 4, 0, 9, 0, filter.len() as u8];
        packet.extend_from_slice(filter.as_bytes());
        packet
    });
    prop_oneof![
        8 => publish,
        6 => ack,
        3 => subscribe,
        1 => unsubscribe,
        1 => Just(bytes("c0 00")),
        1 => Just(bytes("e0 00")),
        1 => prop::sample::select(CONNECT.to_vec()).prop_map(bytes),
        1 => prop::collection::vec(any::<u8>(), 1..8),
    ]
}

#[derive(Clone, Debug)]
enum Act {
    Packet(ConnectionId, Vec<u8>),
    Cut(ConnectionId),
    /// Opens the connection anew and connects.
    Connect(ConnectionId),
    Writable(ConnectionId, bool),
    Wait(u16),
}

fn act() -> impl Strategy<Value = Act> {
    let connection = 0u32..3;
    prop_oneof![
        12 => (connection.clone(), packet()).prop_map(|(connection, packet)| Act::Packet(connection, packet)),
        2 => connection.clone().prop_map(Act::Connect),
        1 => connection.clone().prop_map(Act::Cut),
        1 => (connection, any::<bool>()).prop_map(|(connection, writable)| Act::Writable(connection, writable)),
        1 => (0u16..20_000).prop_map(Act::Wait),
    ]
}

/// Plays the acts, with chunks of `chunk` bytes, polling after each act; everything said and decided.
fn play(acts: &[Act], chunk: usize) -> (Vec<(ConnectionId, BrokerOutput)>, Vec<String>) {
    let config = BrokerConfig {
        max_inflight_messages: 2,
        max_queued_messages: 3,
        max_unreleased_messages: 3,
        ..Default::default()
    };
    let (mut broker, mut now) = (Broker::new(config), Instant::ZERO);
    let (mut outputs, mut decisions) = (vec![], vec![]);
    let mut hear = |_: Instant, decision: &mqtt_playground::broker::Decision<'_>| {
        decisions.push(format!("{decision:?}"))
    };
    for act in acts {
        match act {
            Act::Packet(connection, packet) => {
                for part in packet.chunks(chunk) {
                    broker.handle_data(now, *connection, part, &mut hear);
                }
            }
            Act::Connect(connection) => {
                broker.handle_closed(now, *connection, &mut hear);
                broker.handle_open(now, *connection);
                for part in bytes(CONNECT[*connection as usize]).chunks(chunk) {
                    broker.handle_data(now, *connection, part, &mut hear);
                }
            }
            Act::Cut(connection) => broker.handle_closed(now, *connection, &mut hear),
            Act::Writable(connection, writable) => {
                broker.handle_writable(now, *connection, *writable, &mut hear)
            }
            Act::Wait(millis) => {
                now += mqtt_playground::time::Duration::from_millis(u64::from(*millis));
                broker.handle_timeout(now, &mut hear);
            }
        }
        while let Some(output) = broker.poll_output() {
            outputs.push(output);
        }
        let open: Vec<_> = broker.sessions().filter_map(|session| session.connection()).collect();
        assert!(open.len() <= broker.counts().0);
        for session in broker.sessions() {
            assert!(
                session.in_flight().len() <= 2
                    && session.queued().len() <= 3
                    && session.unreleased().len() <= 3
            );
            assert!(session.is_connected() || !session.is_clean());
        }
    }
    (outputs, decisions)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The same inputs, cut anywhere, give the same bytes and decisions.
    #[test]
    fn chunks_do_not_matter(acts in prop::collection::vec(act(), 0..60), chunk in 1usize..5) {
        prop_assert_eq!(play(&acts, usize::MAX), play(&acts, chunk));
    }

    /// Every output is one whole packet that its receiver can read.
    #[test]
    fn each_output_is_one_packet(acts in prop::collection::vec(act(), 0..60)) {
        for (_, output) in play(&acts, usize::MAX).0 {
            let BrokerOutput::Send(packet) = output else { continue };
            let Frame::Len { total, .. } = measure(&packet) else { panic!("{packet:02x?}") };
            prop_assert_eq!(total, packet.len());
            let version = if packet[..2] == [0x20, 3] { Version::V5 } else { Version::V311 };
            prop_assert!(decode(&packet, version).is_ok(), "{:02x?}", packet);
        }
    }

    /// Arbitrary bytes close their own connection at most.
    #[test]
    fn noise_harms_nobody_else(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        connected in any::<bool>(),
        chunk in 1usize..300,
    ) {
        let mut broker = Broker::default();
        let now = Instant::ZERO;
        for connection in 0..3 {
            broker.handle_open(now, connection);
        }
        broker.handle_data(now, 0, &bytes(CONNECT[0]), &mut ());
        broker.handle_data(now, 0, &bytes("82 09 0001 0004'safe' 00"), &mut ());
        if connected {
            broker.handle_data(now, 1, &bytes(CONNECT[1]), &mut ());
        }
        while broker.poll_output().is_some() {}
        for part in noise.chunks(chunk) {
            broker.handle_data(now, 1, part, &mut ());
        }
        while let Some((connection, output)) = broker.poll_output() {
            prop_assert!(connection == 1 || output != BrokerOutput::Close);
        }
        broker.handle_data(now, 2, &bytes(CONNECT[2]), &mut ());
        broker.handle_data(now, 2, &bytes("30 07 0004'safe' 'x'"), &mut ());
        let mut outputs = vec![];
        while let Some(output) = broker.poll_output() {
            outputs.push(output);
        }
        let expected = |packet| BrokerOutput::Send(bytes(packet).into());
        prop_assert_eq!(outputs, [(2, expected("20 02 00 00")), (0, expected("30 07 0004'safe' 'x'"))]);
    }
}
