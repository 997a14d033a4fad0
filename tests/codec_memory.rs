//! What the codec allocates: nothing to decode, little more than the packet to explain it, nothing for a claim.
#![cfg(not(target_arch = "wasm32"))]
#![allow(unsafe_code, reason = "an allocator that counts, for this test alone")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use mqtt_playground::codec::{
    Framer, Packet, Properties, PropertyBuf, PropertyId, PropertyValue, Publish, QoS, Spans,
    SubscriptionOptions, SubscriptionsBuf, Version, annotate, decode, decode_first,
};
use mqtt_playground::dissect::dissect;

const MIB: usize = 1 << 20;

thread_local! {
    /// Bytes that this thread has asked for, those it has given back included.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: usize) {
    ASKED.with(|asked| asked.set(asked.get() + bytes));
}

// SAFETY: every call goes to the system's allocator unchanged; counting takes no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Bytes that `work` asks for.
fn asked<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = ASKED.get();
    let done = work();
    (ASKED.get() - before, done)
}

fn publish(version: Version, properties: Properties<'_>, payload: &[u8]) -> Vec<u8> {
    let publish = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        topic: "t",
        packet_id: None,
        properties,
        payload,
    };
    let mut out = Vec::new();
    assert_eq!(Packet::Publish(publish).encode(version, &mut out), Ok(()));
    out
}

/// Payloads that are shown as text and as hex.
fn payloads(len: usize) -> [Vec<u8>; 2] {
    [vec![b'x'; len], vec![0xff; len]]
}

fn user_properties(bytes: usize) -> PropertyBuf {
    let mut list = PropertyBuf::new();
    while list.as_properties().as_bytes().len() < bytes {
        list.push(PropertyId::UserProperty, PropertyValue::Pair("name", "value"));
    }
    list
}

#[test]
fn the_counter_counts() {
    assert_eq!(asked(|| vec![0u8; 1000]).0, 1000);
    assert_eq!(asked(Vec::<u8>::new).0, 0);
    let grown = asked(|| {
        let mut bytes = vec![0u8; 100];
        bytes.reserve_exact(100);
        bytes
    });
    assert_eq!(grown.0, 200);
}

#[test]
fn strict_decoding_allocates_nothing() {
    let list = user_properties(MIB);
    for version in Version::ALL {
        let frame = publish(version, list.as_properties(), &vec![7; MIB]);
        assert_eq!(asked(|| decode(&frame, version).is_ok()), (0, true));
        assert_eq!(asked(|| decode_first(&frame, version).is_ok()), (0, true));
        // Nor does a fault: a topic name with a wildcard.
        let mut broken = publish(version, Properties::EMPTY, b"");
        broken[4] = b'#';
        assert_eq!(asked(|| decode(&broken, version).is_err()), (0, true));
    }
    // Nor reading what was decoded.
    let frame = publish(Version::V5, list.as_properties(), b"");
    let Ok(Packet::Publish(read)) = decode(&frame, Version::V5) else { panic!("not a PUBLISH") };
    let (bytes, count) = asked(|| read.properties.iter().count());
    assert_eq!(bytes, 0);
    assert_eq!(count, list.as_properties().iter().count());
}

#[test]
fn annotating_a_mebibyte_allocates_less_than_two() {
    for version in Version::ALL {
        for payload in payloads(MIB) {
            let frame = publish(version, Properties::EMPTY, &payload);
            let mut spans = Spans::new();
            let (bytes, annotated) = asked(|| annotate(&frame, version, &mut spans));
            assert!(annotated.packet.is_some());
            assert!(bytes < 4096, "{bytes} bytes for the spans of a large PUBLISH");
            assert_eq!(asked(|| annotate(&frame, version, &mut spans)).0, 0, "the arena is used again");
            let (bytes, dissection) = asked(|| dissect(&frame, version));
            assert!(dissection.is_valid());
            assert!(bytes < 2 * MIB, "{bytes} bytes to explain a PUBLISH of 1 MiB in {version}");
        }
    }
}

#[test]
fn explaining_twice_as_much_allocates_twice_as_much() {
    let plain = |len: usize| payloads(len).map(|payload| publish(Version::V5, Properties::EMPTY, &payload));
    let [text, data] = plain(MIB);
    let [more_text, more_data] = plain(2 * MIB);
    let listed = |len: usize| publish(Version::V5, user_properties(len).as_properties(), b"");
    let pairs = [(text, more_text), (data, more_data), (listed(MIB / 8), listed(MIB / 4))];
    for (one, two) in pairs {
        let explain = |frame: &[u8]| asked(|| dissect(frame, Version::V5)).0;
        let (one, two) = (explain(&one), explain(&two));
        assert!(two <= 2 * one + 4096, "{one} bytes, then {two}");
    }
}

/// Sixteen times as much at once takes less than four times as long as sixteen times one, where a square would take
/// sixteen times. The shortest of several runs counts, and both take long enough for other load to slow them alike.
#[test]
fn explaining_takes_linear_time() {
    let listed = |len: usize| publish(Version::V5, user_properties(len).as_properties(), b"");
    // Every filter is empty: as many faults as filters.
    let faulty = |len: usize| {
        let mut filters = SubscriptionsBuf::new();
        for _ in 0..len / 3 {
            filters.push("", SubscriptionOptions::default());
        }
        let subscribe = mqtt_playground::codec::Subscribe {
            packet_id: std::num::NonZeroU16::MIN,
            dup: false,
            properties: Properties::EMPTY,
            filters: filters.as_subscriptions(),
        };
        let mut out = Vec::new();
        assert_eq!(Packet::Subscribe(subscribe).encode(Version::V311, &mut out), Ok(()));
        out
    };
    let payload = |len: usize| publish(Version::V5, Properties::EMPTY, &vec![b'x'; len]);
    linear(Version::V5, &payload, MIB / 8);
    linear(Version::V5, &listed, 1024);
    linear(Version::V311, &faulty, 1024);
}

fn linear(version: Version, frame: &dyn Fn(usize) -> Vec<u8>, len: usize) {
    let (apart, together) = (shortest(&frame(len), version, 16), shortest(&frame(16 * len), version, 1));
    assert!(
        together < 4 * apart.max(Duration::from_millis(1)),
        "{apart:?} for 16 times {len} bytes, {together:?} for all at once"
    );
}

#[allow(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn shortest(frame: &[u8], version: Version, times: u32) -> Duration {
    let run = || {
        let started = Instant::now();
        for _ in 0..times {
            std::hint::black_box(dissect(frame, version));
        }
        started.elapsed()
    };
    (0..5).map(|_| run()).min().unwrap_or_default()
}

#[test]
fn a_claimed_length_allocates_nothing_until_its_bytes_arrive() {
    // 268,435,455 bytes are claimed, the most that a Remaining Length can say.
    let claim = [0x30, 0xff, 0xff, 0xff, 0x7f];
    let mut framer = Framer::new(usize::MAX);
    let (bytes, ()) = asked(|| framer.push(&claim));
    assert!(bytes < 128, "{bytes} bytes for five");
    assert_eq!(asked(|| framer.next_frame()), (0, Ok(None)));
    assert_eq!(asked(|| decode_first(&claim, Version::V311)), (0, Ok(None)));
    // Then it takes what arrives, and what growing costs: not the 256 times as much that was claimed.
    let chunk = vec![0u8; 4096];
    let (bytes, ()) = asked(|| {
        for _ in 0..MIB / chunk.len() {
            framer.push(&chunk);
            assert_eq!(framer.next_frame(), Ok(None));
        }
    });
    assert_eq!(framer.pending().len(), claim.len() + MIB);
    assert!(bytes < 4 * MIB, "{bytes} bytes for a mebibyte");
}

#[test]
fn whole_packets_leave_the_framer_without_being_copied() {
    let frame = publish(Version::V311, Properties::EMPTY, &vec![7; MIB]);
    let mut framer = Framer::new(2 * MIB);
    framer.push(&frame);
    let (bytes, out) = asked(|| framer.next_frame());
    assert!(bytes < 128, "{bytes} bytes to hand a packet out");
    assert_eq!(out.map(|packet| packet.map(|packet| packet.len())), Ok(Some(frame.len())));
}
