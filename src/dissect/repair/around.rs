//! What is wrong with a packet because of what stands around it: the packet before it was to be longer, or the bytes
//! begin within a packet.

use super::edit::variable;
use super::{Cause, Fix, Repair, Verdict};
use crate::codec::{Frame, Packet, PacketType, Version, decode, decode_first, measure};
use crate::dissect::text::{self, said};

/// By how much a Remaining Length may be too short.
const TRIED: usize = 2048;
/// Bytes behind a beginning that are looked at, and beginnings that are tried.
const WINDOW: usize = 64 << 10;
const BEGINNINGS: usize = 2048;
/// A PINGREQ that ends the bytes may be anything's last two.
const SURE: usize = 5;

/// What `bytes` begin with, longer than it claims to be by at least so much that it holds the byte at `least`: the
/// Remaining Length with which it is sound, and all behind it. Of a PUBLISH nothing but its payload tells, which has to be
/// text. The repair is one of the packet that begins at `least`; bytes in its label are counted from `base`.
pub fn longer(bytes: &[u8], version: Version, least: usize, base: usize) -> Option<Repair> {
    let Frame::Len { header, total } = measure(bytes) else { return None };
    if total > least {
        return None;
    }
    let body = bytes.get(header..)?;
    let publish = bytes[0] >> 4 == PacketType::Publish.nibble();
    if publish && !has_text(bytes.get(..total)?, version) {
        return None;
    }
    let last = body.len().min(total - header + TRIED);
    let len = (least + 1 - header..=last).find(|len| {
        let packet = with_length(bytes[0], &body[..*len]);
        let rest = &body[*len..];
        // Most are ruled out at once.
        let begins = || rest.is_empty() || decode_first(rest, version).is_ok_and(|it| it.is_some());
        let sound = if publish { has_text(&packet, version) } else { decode(&packet, version).is_ok() };
        sound && begins() && (rest.is_empty() || Verdict::of(rest, version) == Verdict::GOOD)
    })?;
    let new = [&bytes[..1], &variable(len)].concat();
    let label = said(&[
        "Set the remaining length at ",
        &text::offset(base + 1, 4),
        " to ",
        &text::number(len as u32),
        ": this belongs to the packet before",
    ]);
    let fix = Fix::Before { back: least, old: header, new };
    Some(Repair { cause: Cause::EarlierLength, at: 0, fix, label })
}

fn with_length(first: u8, body: &[u8]) -> Vec<u8> {
    [&[first], &variable(body.len())[..], body].concat()
}

fn has_text(packet: &[u8], version: Version) -> bool {
    matches!(decode(packet, version), Ok(Packet::Publish(it)) if text::readable(it.payload).is_some())
}

/// Where the first packet begins among bytes that begin within one, and its type: all that follows it is sound.
pub fn beginning(bytes: &[u8], version: Version) -> Option<(usize, PacketType)> {
    let bytes = &bytes[..bytes.len().min(WINDOW)];
    let end = match measure(bytes) {
        // What begins behind the packet is simply the next one.
        Frame::Len { total, .. } => total.min(bytes.len()),
        _ => bytes.len(),
    };
    (1..end.min(BEGINNINGS)).find_map(|at| {
        let rest = &bytes[at..];
        let whole =
            matches!(decode_first(rest, version), Ok(Some((_, len))) if len == rest.len() || len >= 2);
        let sure = rest.len() >= SURE && whole && Verdict::of(rest, version) == Verdict::GOOD;
        let found = PacketType::from_nibble(rest[0] >> 4).filter(|_| sure)?;
        Some((at, found))
    })
}

/// The bytes from the first whole packet on.
pub(super) fn begin_later(bytes: &[u8], version: Version, base: usize) -> Option<Repair> {
    let (at, packet) = beginning(bytes, version)?;
    let label = said(&[
        "Leave out ",
        &text::bytes(at as u32),
        ": ",
        packet.name(),
        " begins at ",
        &text::offset(base + at, 4),
    ]);
    Some(Repair::bytes(Cause::BeginsInside, 0, at, vec![], label))
}

/// The first byte of a CONNECT, where it was lost: a protocol name stands behind its length.
pub(super) fn first_byte_lost(bytes: &[u8], version: Version) -> Option<Repair> {
    let whole = [&[PacketType::Connect.nibble() << 4], bytes].concat();
    let Frame::Len { header, total } = measure(&whole) else { return None };
    let name = whole.get(header..)?;
    let named = name.starts_with(b"\0\x04MQTT") || name.starts_with(b"\0\x06MQIsdp");
    let sound = named && decode(whole.get(..total)?, version).is_ok();
    let label = "Put 10 before it: the first byte of a CONNECT is missing".to_owned();
    sound.then(|| Repair::bytes(Cause::FirstByteLost, 0, 0, whole[..1].to_vec(), label))
}
