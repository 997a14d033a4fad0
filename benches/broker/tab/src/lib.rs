//! The broker core as a module of its own, for measuring in a browser's tab. `bench.mjs` builds and calls it.

mod recorder;
mod topics;

use std::cell::RefCell;

use mqtt_playground::broker::{Broker, BrokerOutput, ConnectionId};
use mqtt_playground::time::Instant;
use recorder::Recorder;

struct Bench {
    broker: Broker,
    recorder: Option<Recorder>,
    /// Chunks from JavaScript.
    input: Vec<u8>,
    /// What goes to each connection, end to end as a transport would send it.
    outgoing: Vec<Vec<u8>>,
    /// Connections with something to send: number, where it is, how much.
    table: Vec<[u32; 3]>,
}

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::new(Bench {
        broker: Broker::default(),
        recorder: None,
        input: Vec::new(),
        outgoing: Vec::new(),
        table: Vec::new(),
    });
}

fn instant(now_ms: f64) -> Instant {
    Instant::from_micros((now_ms * 1000.0) as u64)
}

/// Begins with another broker; with `record` every packet and every decision is captured, and each packet annotated.
#[unsafe(no_mangle)]
pub extern "C" fn begin(record: bool) {
    BENCH.with_borrow_mut(|bench| {
        bench.broker = Broker::default();
        bench.recorder = record.then(Recorder::new);
        bench.outgoing.clear();
    });
}

/// Makes room for so many bytes from JavaScript and says where they go.
#[unsafe(no_mangle)]
pub extern "C" fn input(len: usize) -> *mut u8 {
    BENCH.with_borrow_mut(|bench| {
        bench.input.resize(len, 0);
        bench.input.as_mut_ptr()
    })
}

/// Opens the next connection and gives its number.
#[unsafe(no_mangle)]
pub extern "C" fn open(now_ms: f64) -> ConnectionId {
    BENCH.with_borrow_mut(|bench| {
        let connection = bench.outgoing.len() as ConnectionId;
        bench.outgoing.push(Vec::new());
        bench.broker.handle_open(instant(now_ms), connection);
        if let Some(recorder) = &mut bench.recorder {
            recorder.open(connection);
        }
        connection
    })
}

/// Hands over the chunks in the first `len` bytes of the input: each has its connection's number and its length before
/// it, a word each.
#[unsafe(no_mangle)]
pub extern "C" fn take(len: usize, now_ms: f64) {
    BENCH.with_borrow_mut(|bench| {
        let now = instant(now_ms);
        let mut rest = &bench.input[..len];
        while let Some((words, after)) = rest.split_first_chunk::<8>() {
            let [connection, len] =
                [0, 4].map(|at| u32::from_le_bytes([words[at], words[at + 1], words[at + 2], words[at + 3]]));
            let (chunk, others) = after.split_at(len as usize);
            rest = others;
            match &mut bench.recorder {
                None => bench.broker.handle_data(now, connection, chunk, &mut ()),
                Some(recorder) => {
                    recorder.received(now, connection, chunk);
                    bench.broker.handle_data(now, connection, chunk, recorder);
                }
            }
        }
    });
}

/// Collects what the broker has to send and says for how many connections; `table` says where it is. It stays until
/// the next call.
#[unsafe(no_mangle)]
pub extern "C" fn collect(now_ms: f64) -> usize {
    BENCH.with_borrow_mut(|bench| {
        let Bench { broker, recorder, outgoing, table, .. } = bench;
        for [connection, ..] in table.drain(..) {
            outgoing[connection as usize].clear();
        }
        while let Some((connection, output)) = broker.poll_output() {
            let BrokerOutput::Send(packet) = output else { panic!("connection {connection} is closed") };
            let waiting = &mut outgoing[connection as usize];
            if waiting.is_empty() {
                table.push([connection, 0, 0]);
            }
            waiting.extend_from_slice(&packet);
            if let Some(recorder) = recorder {
                recorder.sent(instant(now_ms), connection, packet);
            }
        }
        for [connection, at, len] in &mut *table {
            let waiting = &outgoing[*connection as usize];
            (*at, *len) = (waiting.as_ptr() as u32, waiting.len() as u32);
        }
        table.len()
    })
}

/// Three words for each connection that [`collect`] found.
#[unsafe(no_mangle)]
pub extern "C" fn table() -> *const u32 {
    BENCH.with_borrow(|bench| bench.table.as_ptr().cast())
}

/// How many fields of packets have been annotated.
#[unsafe(no_mangle)]
pub extern "C" fn annotated() -> u32 {
    BENCH.with_borrow(|bench| bench.recorder.as_ref().map_or(0, |recorder| recorder.fields))
}
