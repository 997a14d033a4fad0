//! The codec as a module of its own, for measuring in a browser's tab. `bench.mjs` builds and calls it.

use std::cell::RefCell;

use ours::{Spans, Version};

#[derive(Default)]
struct Bench {
    /// Packets end to end.
    input: Vec<u8>,
    spans: Spans,
    /// The last packet's spans, for JavaScript.
    words: Vec<u32>,
}

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
}

fn version(level: u32) -> Version {
    if level == 5 { Version::V5 } else { Version::V311 }
}

/// Makes room for so many bytes of input and says where they go.
#[unsafe(no_mangle)]
pub extern "C" fn input(len: usize) -> *mut u8 {
    BENCH.with_borrow_mut(|bench| {
        bench.input = vec![0; len];
        bench.input.as_mut_ptr()
    })
}

/// Decodes all of the input strictly.
#[unsafe(no_mangle)]
pub extern "C" fn decode(level: u32) {
    BENCH.with_borrow(|bench| ours::decode_all(&bench.input, version(level)));
}

/// Annotates all of the input; the checksum of all leaves.
#[unsafe(no_mangle)]
pub extern "C" fn annotate(level: u32) -> u32 {
    BENCH.with_borrow_mut(|bench| ours::annotate_all(&bench.input, version(level), &mut bench.spans))
}

/// Annotates up to `packets` packets from `offset` on and says where their words are: how many there are and where the
/// next packet begins; then for each packet the number of its spans, of the rules it breaks, and three words a span:
/// offset; length; field, property, depth and bits.
#[unsafe(no_mangle)]
pub extern "C" fn hand_over(level: u32, offset: usize, packets: usize) -> *const u32 {
    BENCH.with_borrow_mut(|bench| {
        let Bench { input, spans, words } = bench;
        words.clear();
        words.extend([0, 0]);
        let mut next = offset;
        for frame in ours::frames(&input[offset..]).take(packets) {
            ours::annotate_one(frame, version(level), spans);
            next += frame.len();
            words.extend([spans.spans().len() as u32, spans.faults().len() as u32]);
            words.extend(spans.spans().iter().flat_map(|span| {
                let bits = span.bit_range().map_or(0, |(start, len)| u32::from(start) << 4 | u32::from(len));
                let kind =
                    span.field as u32 | u32::from(span.aux) << 8 | u32::from(span.depth) << 16 | bits << 24;
                [span.offset, span.len, kind]
            }));
        }
        words[0] = words.len() as u32;
        words[1] = next as u32;
        words.as_ptr()
    })
}
