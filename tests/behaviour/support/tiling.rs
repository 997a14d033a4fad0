//! The leaves of an annotation cover every bit of the packet exactly once.

use mqtt_playground::codec::{Span, Spans};
use mqtt_playground::dissect::Dissection;

/// A leaf: where it stands, how many bytes it takes, and which bits if not all.
type Leaf = (usize, usize, Option<(u8, u8)>);

pub fn assert_spans_tile(spans: &Spans, len: usize) {
    let leaf = |span: &Span| (span.offset as usize, span.len as usize, span.bit_range());
    assert_tile(spans.leaves().map(leaf), len, spans);
    assert_nested(spans.spans().iter().map(|span| (span.depth(), span.range())), spans);
}

pub fn assert_dissection_tiles(dissection: &Dissection) {
    let leaves = dissection.nodes.iter().filter(|node| node.leaf);
    assert_tile(leaves.map(|node| (node.offset, node.len, node.bits)), dissection.len, &dissection.nodes);
    assert_nested(dissection.nodes.iter().map(|node| (node.depth, node.range())), &dissection.nodes);
}

fn assert_tile(leaves: impl Iterator<Item = Leaf>, len: usize, shown: &impl std::fmt::Debug) {
    let mut covered = vec![0u8; len];
    for (offset, width, bits) in leaves {
        let mask = match bits {
            Some((start, count)) => (0xff00u16 >> count) as u8 >> start,
            None => 0xff,
        };
        for byte in covered.iter_mut().skip(offset).take(width) {
            assert_eq!(*byte & mask, 0, "covered twice at {offset}: {shown:#?}");
            *byte |= mask;
        }
        assert!(offset + width <= len, "a leaf at {offset} ends behind the packet: {shown:#?}");
    }
    let hole = covered.iter().position(|byte| *byte != 0xff);
    assert_eq!(hole, None, "not covered: {shown:#?}");
}

/// Every group holds its members.
fn assert_nested(spans: impl Iterator<Item = (u8, std::ops::Range<usize>)>, shown: &impl std::fmt::Debug) {
    let mut open: Vec<std::ops::Range<usize>> = Vec::new();
    for (depth, range) in spans {
        open.truncate(usize::from(depth));
        assert_eq!(open.len(), usize::from(depth), "a depth is skipped: {shown:#?}");
        if let Some(parent) = open.last() {
            assert!(
                parent.start <= range.start && range.end <= parent.end,
                "{range:?} leaves its group: {shown:#?}"
            );
        }
        open.push(range);
    }
}
