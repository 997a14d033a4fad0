//! The lenient decoder and the words for what it finds: every bit covered once, the first fault the strict one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_playground::codec::{Spans, Version, annotate, decode};
use mqtt_playground::dissect::{dissect, dissect_stream, report_stream, sentence};
use tiling::{assert_dissection_tiles, assert_spans_tile};

#[path = "../../tests/behaviour/support/tiling.rs"]
mod tiling;

fn check(bytes: &[u8], version: Version, spans: &mut Spans) {
    let annotated = annotate(bytes, version, spans);
    assert_spans_tile(spans, bytes.len());
    let strict = decode(bytes, version);
    match spans.faults().first() {
        Some(fault) => assert_eq!(strict.err().as_ref(), Some(fault), "strict stops elsewhere"),
        None if annotated.missing > 0 => assert!(strict.is_err(), "strict takes what is not complete"),
        None => assert_eq!(strict.ok(), annotated.packet, "strict refuses or reads something else"),
    }
    assert!(annotated.missing > 0 || annotated.packet.is_some() || !spans.faults().is_empty());
    for fault in spans.faults().iter().chain(spans.remarks()) {
        assert!(
            fault.offset as usize + fault.len as usize <= bytes.len(),
            "{fault:?} points behind the bytes"
        );
    }
}

fn explain(bytes: &[u8], version: Version) {
    let dissection = dissect(bytes, version);
    assert_dissection_tiles(&dissection);
    assert!(dissection.nodes.iter().all(|node| !node.name.is_empty() && !node.meaning.is_empty()));
    assert!(dissection.faults.iter().all(|fault| !fault.message.is_empty() && !fault.statement.is_empty()));
    for offset in 0..bytes.len().min(64) {
        let _ = dissection.byte_group(offset);
        assert!(dissection.byte_node(offset).is_some(), "byte {offset} belongs to no field");
    }
    assert!(!sentence(bytes, version, "a", "b").is_empty());
}

fuzz_target!(|bytes: &[u8]| {
    let mut spans = Spans::new();
    for version in Version::ALL {
        check(bytes, version, &mut spans);
        explain(bytes, version);
    }
    let stream = dissect_stream(bytes, None);
    assert_eq!(stream.packets.iter().map(|packet| packet.dissection.len).sum::<usize>(), bytes.len());
    assert_eq!(report_stream(bytes, None).count(), stream.packets.len());
});
