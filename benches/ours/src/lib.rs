//! What is measured of the project's codec, natively and in the tab.

use std::hint::black_box;

use mqtt_playground::codec::{self, Frame};
pub use mqtt_playground::codec::{Packet, Rows, Spans, Version};

/// Cuts bytes that are known to be whole packets.
pub fn frames(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let Frame::Len { total, .. } = codec::measure(bytes) else {
            panic!("the corpus ends inside a packet")
        };
        let (frame, rest) = bytes.split_at(total);
        bytes = rest;
        Some(frame)
    })
}

#[inline(never)]
pub fn packets(bytes: &[u8], version: Version) -> Vec<Packet<'_>> {
    frames(bytes).map(|frame| codec::decode(frame, version).expect("a valid packet")).collect()
}

#[inline(never)]
pub fn decode_all(stream: &[u8], version: Version) {
    let mut rest = black_box(stream);
    // Looked at where it lies, as brokers and clients do.
    while let Ok(Some((packet, len))) = &codec::decode_first(rest, version) {
        black_box(packet);
        rest = &rest[*len..];
    }
    assert!(rest.is_empty(), "the corpus ends inside a packet");
}

/// Every leaf is looked at: the checksum of all of them.
#[inline(never)]
pub fn annotate_all(bytes: &[u8], version: Version, spans: &mut Spans) -> u32 {
    let mut sum = 0u32;
    for frame in frames(black_box(bytes)) {
        annotate_one(frame, version, spans);
        for leaf in spans.leaves() {
            sum = sum.rotate_left(5) ^ leaf.offset.wrapping_mul(31) ^ leaf.len ^ (leaf.field() as u32) << 24;
        }
    }
    black_box(sum)
}

/// One packet's spans, in the arena that is used again.
#[inline]
pub fn annotate_one(frame: &[u8], version: Version, spans: &mut Spans) {
    black_box(&codec::annotate(frame, version, spans));
}

#[inline(never)]
pub fn encode_all(packets: &[Packet<'_>], version: Version, out: &mut Vec<u8>) {
    out.clear();
    for packet in black_box(packets) {
        packet.encode(version, out).expect("a packet of this version");
    }
    black_box(out);
}
