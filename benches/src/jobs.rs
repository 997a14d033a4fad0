//! What is measured. Each job goes once over the whole corpus and does its own framing.

use std::{cell::RefCell, hint::black_box, rc::Rc};

use bytes::BytesMut;
use ours::{Spans, Version, frames};

use crate::peers;

pub const MAX_PACKET: usize = 1 << 20;

pub struct Job<'a> {
    pub name: &'static str,
    /// What must not be timed, before each run.
    pub prepare: Box<dyn FnMut() + 'a>,
    pub run: Box<dyn FnMut() + 'a>,
}

impl<'a> Job<'a> {
    pub fn new(name: &'static str, run: impl FnMut() + 'a) -> Self {
        Self { name, prepare: Box::new(|| ()), run: Box::new(run) }
    }
}

/// Many packets of one version, end to end, of a mix that `corpus/mix.txt` lists.
pub struct Corpus {
    bytes: Vec<u8>,
    version: Version,
    packets: usize,
}

impl Corpus {
    pub fn cut(bytes: Vec<u8>, version: Version) -> Self {
        let packets = frames(&bytes).count();
        Self { bytes, version, packets }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn packets(&self) -> usize {
        self.packets
    }

    pub fn version(&self) -> &'static str {
        if self.version == Version::V5 { "5.0" } else { "3.1.1" }
    }
}

/// Ours first; the others are compared with it.
pub fn decoding(corpus: &Corpus) -> Vec<Job<'_>> {
    let (bytes, version) = (corpus.bytes(), corpus.version);
    let mut spans = Spans::new();
    let mut jobs = vec![
        Job::new("ours", move || ours::decode_all(bytes, version)),
        Job::new("ours, annotated", move || {
            ours::annotate_all(bytes, version, &mut spans);
        }),
    ];
    // mqttbytes eats its input, so each run gets a copy, made outside the clock.
    let input = Rc::new(RefCell::new(BytesMut::new()));
    let refill = Rc::clone(&input);
    jobs.push(Job {
        name: "mqttbytes 0.6",
        prepare: Box::new(move || *refill.borrow_mut() = BytesMut::from(bytes)),
        run: Box::new(move || {
            let input = &mut *input.borrow_mut();
            while !input.is_empty() {
                if version == Version::V5 {
                    black_box(mqttbytes::v5::read(input, MAX_PACKET).expect("a valid packet"));
                } else {
                    black_box(mqttbytes::v4::read(input, MAX_PACKET).expect("a valid packet"));
                }
            }
        }),
    });
    if version == Version::V311 {
        // mqttrs reads the fixed header itself but does not say how far it read: it gets the packets cut.
        let packets: Vec<&[u8]> = frames(bytes).collect();
        jobs.push(Job::new("mqttrs 0.4", move || {
            for frame in black_box(&packets) {
                black_box(&mqttrs::decode_slice(frame).expect("valid").expect("whole"));
            }
        }));
    }
    jobs.extend(peers::decoding(bytes, version));
    jobs
}

/// Packets that each codec decoded itself, written into one reused buffer. Ours first.
pub fn encoding(corpus: &Corpus) -> Vec<Job<'_>> {
    let (bytes, version) = (corpus.bytes(), corpus.version);
    let packets = ours::packets(bytes, version);
    let mut out = Vec::with_capacity(bytes.len() * 2);
    ours::encode_all(&packets, version, &mut out);
    assert!(out == bytes, "what was decoded has to encode to the same bytes");

    let mut jobs = vec![Job::new("ours", move || ours::encode_all(&packets, version, &mut out))];
    jobs.push(if version == Version::V5 { mqttbytes_v5(bytes) } else { mqttbytes_v4(bytes) });
    if version == Version::V311 {
        let packets: Vec<_> =
            frames(bytes).map(|it| mqttrs::decode_slice(it).expect("valid").expect("whole")).collect();
        let mut out = vec![0; bytes.len() * 2];
        jobs.push(Job::new("mqttrs 0.4", move || {
            let mut at = 0;
            for packet in black_box(&packets) {
                at += mqttrs::encode_slice(packet, &mut out[at..]).expect("room");
            }
            black_box(&out);
        }));
    }
    jobs.extend(peers::encoding(bytes, version));
    jobs
}

/// mqttbytes has a module a version with the same names, and its packets share no trait.
macro_rules! mqttbytes_encoder {
    ($name:ident, $module:ident) => {
        fn $name(bytes: &[u8]) -> Job<'_> {
            use mqttbytes::$module::{self as peer, Packet};
            let (mut input, mut packets) = (BytesMut::from(bytes), vec![]);
            while !input.is_empty() {
                packets.push(peer::read(&mut input, MAX_PACKET).expect("a valid packet"));
            }
            let mut out = BytesMut::with_capacity(bytes.len() * 2);
            Job::new("mqttbytes 0.6", move || {
                out.clear();
                for packet in black_box(&packets) {
                    let written = match packet {
                        Packet::Connect(it) => it.write(&mut out),
                        Packet::ConnAck(it) => it.write(&mut out),
                        Packet::Publish(it) => it.write(&mut out),
                        Packet::PubAck(it) => it.write(&mut out),
                        Packet::PubRec(it) => it.write(&mut out),
                        Packet::PubRel(it) => it.write(&mut out),
                        Packet::PubComp(it) => it.write(&mut out),
                        Packet::Subscribe(it) => it.write(&mut out),
                        Packet::SubAck(it) => it.write(&mut out),
                        Packet::PingReq => peer::PingReq.write(&mut out),
                        Packet::PingResp => peer::PingResp.write(&mut out),
                        _ => unreachable!("the corpus has no other packets"),
                    };
                    written.expect("a packet of this version");
                }
                black_box(&out);
            })
        }
    };
}
mqttbytes_encoder!(mqttbytes_v4, v4);
mqttbytes_encoder!(mqttbytes_v5, v5);
