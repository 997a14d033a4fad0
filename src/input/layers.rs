//! What is around MQTT: Ethernet, IP and TCP headers, a PROXY header, an HTTP upgrade, WebSocket frames.

use core::ops::Range;

use super::detect::fit;
use super::websocket;
use crate::codec::Direction;

/// Something around the packets that was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// An Ethernet header.
    Ethernet,
    /// What a capture of the loopback interface puts in its place.
    Loopback,
    /// What a capture of any interface puts in its place on Linux.
    Cooked,
    /// An IP header.
    Ip,
    /// A TCP header.
    Tcp,
    /// A PROXY protocol header.
    Proxy,
    /// The HTTP request or answer that opens a WebSocket.
    Upgrade,
    /// WebSocket frame headers, and the mask of those from a client.
    WebSocket,
}

impl Layer {
    /// Its name within a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "an Ethernet header",
            Self::Loopback => "a loopback header",
            Self::Cooked => "a Linux cooked header",
            Self::Ip => "an IP header",
            Self::Tcp => "a TCP header",
            Self::Proxy => "a PROXY header",
            Self::Upgrade => "the HTTP upgrade",
            Self::WebSocket => "WebSocket frames",
        }
    }
}

/// A connection's end to end, and where in its stream of bytes a segment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Both ports, the lower first, and the addresses folded to a number: which connection it is.
    pub(super) connection: (u16, u16, u32),
    pub(super) sequence: u32,
    pub(super) way: Option<Direction>,
    /// From the end that stands first in `connection`.
    pub(super) from_first: bool,
}

/// What of a chunk is left, with the mask to take off each part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Peeled {
    pub(super) parts: Vec<(Range<usize>, [u8; 4])>,
    pub(super) layers: Vec<Layer>,
    pub(super) segment: Option<Segment>,
    pub(super) way: Option<Direction>,
}

/// Ports on which brokers listen.
const PORTS: [u16; 6] = [1883, 8883, 1884, 8083, 8084, 9001];

/// Takes everything off that surely is not MQTT.
pub(super) fn peel(bytes: &[u8]) -> Peeled {
    let mut peeled = Peeled::default();
    let mut rest = 0..bytes.len();
    let network = [0, 4, 14, 16, 18, 20].into_iter().find_map(|at| Some((at, network(bytes, at)?)));
    if let Some((at, (payload, segment))) = network {
        peeled.layers.extend(match at {
            0 => None,
            4 => Some(Layer::Loopback),
            16 | 20 => Some(Layer::Cooked),
            _ => Some(Layer::Ethernet),
        });
        peeled.layers.extend([Layer::Ip, Layer::Tcp]);
        (rest, peeled.way, peeled.segment) = (payload, segment.way, Some(segment));
    }
    if let Some(len) = proxy(&bytes[rest.clone()]) {
        peeled.layers.push(Layer::Proxy);
        rest.start += len;
        peeled.way = peeled.way.or(Some(Direction::ToServer));
    }
    if let Some(len) = upgrade(&bytes[rest.clone()]) {
        peeled.layers.push(Layer::Upgrade);
        rest.start += len;
    }
    let inner = &bytes[rest.clone()];
    let frames = websocket::frames(inner);
    if let Some(frames) =
        frames.filter(|frames| peeled.layers.contains(&Layer::Upgrade) || is_likelier(inner, frames))
    {
        peeled.layers.push(Layer::WebSocket);
        let way = if frames.masked { Direction::ToServer } else { Direction::ToClient };
        peeled.way = peeled.way.or(Some(way));
        let moved = |it: &(Range<usize>, [u8; 4])| (it.0.start + rest.start..it.0.end + rest.start, it.1);
        peeled.parts = frames.parts.iter().map(moved).collect();
    } else if !rest.is_empty() {
        peeled.parts = vec![(rest, [0; 4])];
    }
    peeled
}

/// The frames make packets, and the bytes as they are do not.
fn is_likelier(bytes: &[u8], frames: &websocket::Frames) -> bool {
    let inner = frames.unwrap(bytes, 4096);
    !inner.is_empty() && fit(&inner).share() > fit(&bytes[..bytes.len().min(4096)]).share()
}

/// The payload of the TCP segment whose IP header begins at `at`.
fn network(bytes: &[u8], at: usize) -> Option<(Range<usize>, Segment)> {
    let ip = bytes.get(at..)?;
    // What stands before says that IP follows.
    let announced = match at {
        14 => matches!(bytes[12..14], [0x08, 0x00] | [0x86, 0xdd]),
        16 => matches!(bytes[14..16], [0x08, 0x00] | [0x86, 0xdd]),
        18 => bytes[12..14] == [0x81, 0x00] && matches!(bytes[16..18], [0x08, 0x00] | [0x86, 0xdd]),
        // The second version has what follows at its front.
        20 => matches!(bytes[..4], [0x08, 0x00, 0, 0] | [0x86, 0xdd, 0, 0]),
        4 => bytes[1..3] == [0, 0] && (bytes[0] == 2 || bytes[3] == 2),
        _ => true,
    };
    if !announced {
        return None;
    }
    let word = |at: usize| Some(u16::from_be_bytes([*ip.get(at)?, *ip.get(at + 1)?]));
    let fold = |range: Range<usize>| {
        let it = ip.get(range)?;
        Some(
            it.chunks(4)
                .fold(0u32, |sum, it| sum.rotate_left(7) ^ it.iter().fold(0, |n, b| n << 8 | u32::from(*b))),
        )
    };
    let (header, total, source, target) = match ip.first()? >> 4 {
        4 => {
            let header = usize::from(ip[0] & 15) * 4;
            (ip.get(9) == Some(&6) && header >= 20).then_some(())?;
            (header, usize::from(word(2)?), fold(12..16)?, fold(16..20)?)
        }
        6 => {
            (ip.get(6) == Some(&6)).then_some(())?;
            (40, 40 + usize::from(word(4)?), fold(8..24)?, fold(24..40)?)
        }
        _ => return None,
    };
    // Some captures cut packets short; none makes them longer than an Ethernet frame's padding.
    if total < header + 20 || total + 18 < ip.len() {
        return None;
    }
    let tcp = |at: usize| ip.get(header + at).copied();
    let (from, to) = (word(header)?, word(header + 2)?);
    let sequence = fold(header + 4..header + 8)?;
    let offset = usize::from(tcp(12)? >> 4) * 4;
    if offset < 20 {
        return None;
    }
    let end = total.min(ip.len());
    let start = (header + offset).min(end);
    let way = match (PORTS.contains(&to), PORTS.contains(&from)) {
        (true, false) => Some(Direction::ToServer),
        (false, true) => Some(Direction::ToClient),
        _ => None,
    };
    let from_first = (from, source) <= (to, target);
    let (low, high) = if from_first { (from, to) } else { (to, from) };
    let connection = (low, high, source ^ target);
    Some((at + start..at + end, Segment { connection, sequence, way, from_first }))
}

/// How long a PROXY header is.
fn proxy(bytes: &[u8]) -> Option<usize> {
    const SECOND: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
    if bytes.starts_with(b"PROXY ") {
        let end = bytes.iter().take(108).position(|it| *it == b'\n')?;
        return Some(end + 1);
    }
    let len = bytes.starts_with(SECOND).then(|| bytes.get(14..16))??;
    Some((16 + usize::from(u16::from_be_bytes([len[0], len[1]]))).min(bytes.len()))
}

/// How long an HTTP message is that opens a WebSocket.
fn upgrade(bytes: &[u8]) -> Option<usize> {
    if !(bytes.starts_with(b"GET ") || bytes.starts_with(b"HTTP/1.1 101")) {
        return None;
    }
    let end = bytes.windows(4).take(8192).position(|it| it == b"\r\n\r\n")? + 4;
    let told = bytes[..end].to_ascii_lowercase();
    told.windows(9).any(|it| it == b"websocket").then_some(end)
}
