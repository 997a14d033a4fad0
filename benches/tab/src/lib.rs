//! The codec as a module of its own, for measuring in a browser's tab. `bench.mjs` builds and calls it.

use std::cell::RefCell;

use ours::{Rows, Spans, Version};

#[derive(Default)]
struct Bench {
    /// Packets end to end.
    input: Vec<u8>,
    spans: Spans,
    /// The last batch, for JavaScript, and where it is.
    rows: Rows,
    batch: [u32; 3],
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

/// Annotates up to `packets` packets from `offset` on; three words: where their rows are (see `codec::Rows`), how many
/// words those are, and where the next packet begins.
#[unsafe(no_mangle)]
pub extern "C" fn hand_over(level: u32, offset: usize, packets: usize) -> *const u32 {
    BENCH.with_borrow_mut(|bench| {
        let (taken, _) = bench.rows.read(&bench.input[offset..], version(level), packets);
        let words = bench.rows.words();
        bench.batch = [words.as_ptr() as u32, words.len() as u32, (offset + taken) as u32];
        bench.batch.as_ptr()
    })
}
