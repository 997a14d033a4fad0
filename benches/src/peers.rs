//! The peers that read and write packets by interfaces of their own: rumqttc's codec, which framed mqttbytes' successor
//! for 5.0 too, and mqtt-protocol-core.

use std::{cell::RefCell, hint::black_box, rc::Rc, sync::Arc};

use bytes::BytesMut;
use mqtt_protocol_core::mqtt::packet::{GenericPacketTrait, Packet, v3_1_1, v5_0};
use ours::{Version, frames};

use crate::jobs::{Job, MAX_PACKET};

const RUMQTTC: &str = "rumqttc 0.25's codec";
const CORE: &str = "mqtt-protocol-core 0.7";

/// Both, reading. rumqttc eats its input, so each run gets a copy, made outside the clock; mqtt-protocol-core reads
/// bodies, so it gets the packets cut.
pub fn decoding(bytes: &[u8], version: Version) -> [Job<'_>; 2] {
    let input = Rc::new(RefCell::new(BytesMut::new()));
    let refill = Rc::clone(&input);
    let rumqttc = Job {
        name: RUMQTTC,
        prepare: Box::new(move || *refill.borrow_mut() = BytesMut::from(bytes)),
        run: Box::new(move || {
            let input = &mut *input.borrow_mut();
            while !input.is_empty() {
                if version == Version::V5 {
                    black_box(v5(input));
                } else {
                    black_box(v4(input));
                }
            }
        }),
    };
    let packets: Vec<_> = frames(bytes).map(cut).collect();
    let core = Job::new(CORE, move || {
        for (first, body) in black_box(&packets) {
            black_box(&core_packet(version, *first, body));
        }
    });
    [rumqttc, core]
}

/// Both, writing what they have read themselves: rumqttc into one reused buffer, mqtt-protocol-core into a new one a
/// packet, as its interface has it.
pub fn encoding(bytes: &[u8], version: Version) -> [Job<'_>; 2] {
    let mut out = BytesMut::with_capacity(bytes.len() * 2);
    let mut input = BytesMut::from(bytes);
    let rumqttc = if version == Version::V5 {
        let mut packets = vec![];
        while !input.is_empty() {
            packets.push(v5(&mut input));
        }
        Job::new(RUMQTTC, move || {
            out.clear();
            for packet in black_box(&packets) {
                packet.write(&mut out, Some(MAX_PACKET as u32)).expect("a packet of this version");
            }
            black_box(&out);
        })
    } else {
        let mut packets = vec![];
        while !input.is_empty() {
            packets.push(v4(&mut input));
        }
        Job::new(RUMQTTC, move || {
            out.clear();
            for packet in black_box(&packets) {
                packet.write(&mut out, MAX_PACKET).expect("a packet of this version");
            }
            black_box(&out);
        })
    };
    let packets: Vec<_> =
        frames(bytes).map(cut).map(|(first, body)| core_packet(version, first, body)).collect();
    let core = Job::new(CORE, move || {
        for packet in black_box(&packets) {
            black_box(packet.to_continuous_buffer());
        }
    });
    [rumqttc, core]
}

fn v4(input: &mut BytesMut) -> rumqttc::mqttbytes::v4::Packet {
    rumqttc::mqttbytes::v4::Packet::read(input, MAX_PACKET).expect("a valid packet")
}

fn v5(input: &mut BytesMut) -> rumqttc::v5::mqttbytes::v5::Packet {
    rumqttc::v5::mqttbytes::v5::Packet::read(input, Some(MAX_PACKET as u32)).expect("a valid packet")
}

/// A packet's first byte, and what stands behind its Remaining Length.
fn cut(frame: &[u8]) -> (u8, &[u8]) {
    let length = frame[1..].iter().take_while(|byte| **byte >= 0x80).count() + 1;
    (frame[0], &frame[1 + length..])
}

/// mqtt-protocol-core has a module a version with the same names, and reads each type by a function of its own.
macro_rules! core_reader {
    ($name:ident, $module:ident) => {
        fn $name(first: u8, body: &[u8]) -> Packet {
            use $module as peer;
            let valid = "a valid packet";
            match first >> 4 {
                1 => peer::Connect::parse(body).expect(valid).0.into(),
                2 => peer::Connack::parse(body).expect(valid).0.into(),
                3 => peer::Publish::parse(first & 0x0f, Arc::from(body)).expect(valid).0.into(),
                4 => peer::Puback::parse(body).expect(valid).0.into(),
                5 => peer::Pubrec::parse(body).expect(valid).0.into(),
                6 => peer::Pubrel::parse(body).expect(valid).0.into(),
                7 => peer::Pubcomp::parse(body).expect(valid).0.into(),
                8 => peer::Subscribe::parse(body).expect(valid).0.into(),
                9 => peer::Suback::parse(body).expect(valid).0.into(),
                12 => peer::Pingreq::parse(body).expect(valid).0.into(),
                13 => peer::Pingresp::parse(body).expect(valid).0.into(),
                _ => unreachable!("the corpus has no other packets"),
            }
        }
    };
}
core_reader!(core_v311, v3_1_1);
core_reader!(core_v5, v5_0);

fn core_packet(version: Version, first: u8, body: &[u8]) -> Packet {
    if version == Version::V5 { core_v5(first, body) } else { core_v311(first, body) }
}
