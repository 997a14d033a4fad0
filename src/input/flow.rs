//! Chunks put in order: packets that are cut over several of them become whole, each with who sends it.

use std::collections::BTreeMap;

use super::gathered::{Chunk, Gathered};
use super::layers::{Layer, Peeled, Segment, peel};
use super::placed::Placed;
use super::text::Hint;
use crate::codec::{Direction, Frame, PacketType, Version, measure};

/// Streams that are told apart.
const STREAMS: usize = 4096;

/// What the chunks make together.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    pub(super) placed: Placed,
    /// From these bytes on: who sends, and which client it is about.
    pub(super) ways: Vec<(usize, Option<Direction>, u16)>,
    /// What was taken off, in how many chunks.
    pub(super) layers: BTreeMap<Layer, usize>,
    /// Segments that came twice.
    pub(super) repeated: usize,
}

/// Bytes of one chunk, between its headers.
#[derive(Clone, Debug)]
struct Piece {
    range: core::ops::Range<usize>,
    way: Option<Direction>,
    client: u16,
}

/// Takes off what is around, and puts packets together. The bytes stay as they are where nothing speaks for more.
pub(super) fn assemble(gathered: &mut Gathered, unwrap: bool) -> Flow {
    let chunks = core::mem::take(&mut gathered.chunks);
    let ends: Vec<usize> = chunks.iter().skip(1).map(|it| it.start).chain([gathered.len()]).collect();
    let mut flow = Flow::default();
    let mut stripped = Placed::default();
    let mut pieces = Vec::new();
    let outward = outward(&chunks, &ends, gathered.placed.bytes());
    let mut seen: Vec<(Segment, usize)> = Vec::new();
    let mut peeled_all = Vec::new();
    for (chunk, end) in chunks.iter().zip(&ends) {
        let bytes = &gathered.placed.bytes()[chunk.start..*end];
        let peeled = if unwrap { peel(bytes) } else { whole(bytes) };
        for layer in &peeled.layers {
            *flow.layers.entry(*layer).or_default() += 1;
        }
        peeled_all.push(peeled);
    }
    let plain = flow.layers.is_empty();
    for (chunk, peeled) in chunks.iter().zip(&peeled_all) {
        let len: usize = peeled.parts.iter().map(|it| it.0.len()).sum();
        if let Some(segment) = peeled.segment {
            let again = seen.iter().any(|(it, size)| *it == segment && *size == len && len > 0);
            flow.repeated += usize::from(again);
            if again || len == 0 {
                continue;
            }
            if seen.len() < STREAMS {
                seen.push((segment, len));
            }
        }
        let start = if plain { chunk.start } else { stripped.len() };
        if !plain {
            for (range, mask) in &peeled.parts {
                stripped.append(&gathered.placed, range.start + chunk.start..range.end + chunk.start, *mask);
            }
        }
        let way = peeled.way.or(chunk.hint.and_then(|hint| resolve(hint, outward)));
        let client = peeled.segment.map_or(chunk.client, |it| connection_number(&seen, &it));
        pieces.push(Piece { range: start..start + len, way, client });
    }
    let all = if plain { core::mem::take(&mut gathered.placed) } else { stripped };
    order(all, &pieces, &mut flow);
    flow
}

fn whole(bytes: &[u8]) -> Peeled {
    Peeled { parts: vec![(0..bytes.len(), [0; 4])], ..Peeled::default() }
}

/// The connections are numbered in the order in which they come.
fn connection_number(seen: &[(Segment, usize)], segment: &Segment) -> u16 {
    let mut known = Vec::new();
    for (it, _) in seen {
        if !known.contains(&it.connection) {
            known.push(it.connection);
        }
    }
    known.iter().position(|it| *it == segment.connection).unwrap_or(known.len()) as u16
}

const fn resolve(hint: Hint, outward: Direction) -> Option<Direction> {
    Some(match hint {
        Hint::Way(way) => way,
        Hint::Out => outward,
        Hint::In => outward.reversed(),
    })
}

/// Which way "sent" means: that of packets which only one side sends, else towards the server, as a client says it.
fn outward(chunks: &[Chunk], ends: &[usize], bytes: &[u8]) -> Direction {
    let mut votes = 0i32;
    for (chunk, end) in chunks.iter().zip(ends) {
        let sign = match chunk.hint {
            Some(Hint::Out) => 1,
            Some(Hint::In) => -1,
            _ => continue,
        };
        let first = bytes[chunk.start..*end].first();
        let sender =
            first.and_then(|it| PacketType::from_nibble(it >> 4)).and_then(|it| it.sender(Version::V311));
        votes += match sender {
            Some(Direction::ToServer) => sign,
            Some(Direction::ToClient) => -sign,
            None => 0,
        };
    }
    if votes < 0 { Direction::ToClient } else { Direction::ToServer }
}

/// Where there is more than one stream, packets are put together within theirs and stand where they are whole.
fn order(all: Placed, pieces: &[Piece], flow: &mut Flow) {
    let key = |piece: &Piece| (piece.client, piece.way.map(|it| it as u8));
    let streams: std::collections::BTreeSet<_> = pieces.iter().map(key).collect();
    if streams.len() < 2 {
        if let Some(first) = pieces.first().filter(|it| it.way.is_some()) {
            flow.ways.push((0, first.way, first.client));
        }
        flow.placed = all;
        return;
    }
    let mut pending: BTreeMap<_, Vec<core::ops::Range<usize>>> = BTreeMap::new();
    for piece in pieces {
        let waiting = pending.entry(key(piece)).or_default();
        waiting.push(piece.range.clone());
        loop {
            let have: usize = waiting.iter().map(|it| it.len()).sum();
            // The first bytes tell how long the packet is.
            let head: Vec<u8> = waiting
                .iter()
                .flat_map(|it| all.bytes()[it.clone()].iter().take(5))
                .take(5)
                .copied()
                .collect();
            let len = match measure(&head) {
                Frame::Len { total, .. } => total,
                Frame::More => break,
                Frame::Malformed => have,
            };
            if have == 0 || len > have {
                break;
            }
            emit(&all, waiting, len, piece, flow);
        }
    }
    for ((client, _), mut waiting) in pending {
        let len: usize = waiting.iter().map(|it| it.len()).sum();
        let way = pieces.iter().find(|it| waiting.first() == Some(&it.range)).and_then(|it| it.way);
        let rest = Piece { range: 0..len, way, client };
        emit(&all, &mut waiting, len, &rest, flow);
    }
}

/// Takes the first `len` bytes of what waits.
fn emit(
    all: &Placed,
    waiting: &mut Vec<core::ops::Range<usize>>,
    len: usize,
    piece: &Piece,
    flow: &mut Flow,
) {
    if len == 0 {
        return;
    }
    let now = (piece.way, piece.client);
    if flow.ways.last().is_none_or(|last| (last.1, last.2) != now) {
        flow.ways.push((flow.placed.len(), piece.way, piece.client));
    }
    let mut left = len;
    while let Some(first) = waiting.first_mut().filter(|_| left > 0) {
        let part = first.len().min(left);
        flow.placed.append(all, first.start..first.start + part, [0; 4]);
        first.start += part;
        left -= part;
        if first.start >= first.end {
            waiting.remove(0);
        }
    }
}
