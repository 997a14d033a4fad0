//! What holds for every packet and for all bytes.

use mqtt_playground::codec::{
    Annotated, Context, Direction, Frame, Framer, PacketType, QoS, Spans, Version, annotate, annotate_in,
    decode, decode_first, decode_in, measure,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;

use crate::support::owned::{of_type, of_version, packet};
use crate::support::tiling::assert_spans_tile;

/// A version that can be none of the packet's own: a CONNECT must not need it.
fn wrong(version: Version) -> Version {
    if version == Version::V5 { Version::V311 } else { Version::V5 }
}

/// Annotates and checks what must hold for any bytes at all.
fn annotated<'a>(bytes: &'a [u8], version: Version, spans: &mut Spans) -> Annotated<'a> {
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
        let end = fault.offset as usize + fault.len as usize;
        assert!(end <= bytes.len(), "{fault:?} points behind the bytes");
        assert!(
            fault.bits.is_none_or(|(start, len)| len > 0 && start + len <= 8 && fault.len == 1),
            "{fault:?}"
        );
    }
    annotated
}

/// What a user does to bytes in a hex editor.
#[derive(Clone, Debug)]
enum Edit {
    Flip(Index, u8),
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Append(u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        at().prop_map(Edit::Remove),
        at().prop_map(Edit::Cut),
        any::<u8>().prop_map(Edit::Append),
    ]
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        let len = bytes.len();
        match edit {
            Edit::Insert(at, byte) => bytes.insert(at.index(len + 1), *byte),
            Edit::Append(byte) => bytes.push(*byte),
            _ if len == 0 => {}
            Edit::Flip(at, bit) => bytes[at.index(len)] ^= 1 << bit,
            Edit::Set(at, byte) => bytes[at.index(len)] = *byte,
            Edit::Remove(at) => drop(bytes.remove(at.index(len))),
            Edit::Cut(at) => bytes.truncate(at.index(len)),
        }
    }
    bytes
}

/// Any agreement of a connection's ends, its limits near what the packets have.
fn context() -> impl Strategy<Value = Context> {
    let numbers = (0..60u32, 0..4u16, select(&QoS::ALL[..]), any::<[bool; 8]>());
    let directions = [None, Some(Direction::ToServer), Some(Direction::ToClient)];
    (select(&Version::ALL[..]), select(directions.to_vec()), numbers).prop_map(
        |(version, direction, numbers)| {
            let (maximum_packet_size, topic_alias_maximum, maximum_qos, [a, b, c, d, e, f, g, h]) = numbers;
            Context {
                version,
                direction,
                maximum_packet_size,
                topic_alias_maximum,
                maximum_qos,
                retain_available: a,
                wildcard_subscription_available: b,
                subscription_identifier_available: c,
                shared_subscription_available: d,
                session_expires_later: e,
                response_information: f,
                problem_information: g,
                authentication: h,
            }
        },
    )
}

/// A Remaining Length that fits, so that edits are seen by more than the length's check.
fn with_fitting_length(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Frame::Len { header, .. } = measure(&bytes) {
        let rest = bytes.split_off(header.min(bytes.len()));
        bytes.truncate(1);
        let mut left = rest.len();
        while left > 0x7f {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        bytes.extend(rest);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back((version, owned) in packet()) {
        let bytes = owned.encoded(version);
        let by = if bytes[0] >> 4 == PacketType::Connect.nibble() { wrong(version) } else { version };
        owned.with(version, |packet| assert_eq!(decode(&bytes, by).as_ref(), Ok(packet)));
        let mut spans = Spans::new();
        let annotated = annotated(&bytes, by, &mut spans);
        owned.with(version, |packet| assert_eq!(annotated.packet.as_ref(), Some(packet)));
        prop_assert_eq!(annotated.version, version);
        prop_assert_eq!(spans.faults(), []);
        prop_assert_eq!(spans.remarks(), []);
        prop_assert_eq!(annotated.missing, 0);
    }

    #[test]
    fn what_is_read_is_written_back((version, owned) in packet()) {
        let bytes = owned.encoded(version);
        let mut again = Vec::new();
        prop_assert_eq!(decode(&bytes, version).expect("valid").encode(version, &mut again), Ok(()));
        prop_assert_eq!(again, bytes);
    }

    #[test]
    fn any_bytes_are_covered_and_judged_alike(
        bytes in vec(any::<u8>(), 0..80),
        version in select(&Version::ALL[..]),
    ) {
        let mut spans = Spans::new();
        annotated(&bytes, version, &mut spans);
        annotated(&with_fitting_length(bytes), version, &mut spans);
    }

    #[test]
    fn edited_packets_are_covered_and_judged_alike(
        (version, owned) in packet(),
        edits in vec(edit(), 1..4),
        by in select(&Version::ALL[..]),
    ) {
        let bytes = edited(owned.encoded(version), &edits);
        let mut spans = Spans::new();
        annotated(&bytes, version, &mut spans);
        annotated(&bytes, by, &mut spans);
        annotated(&with_fitting_length(bytes), version, &mut spans);
    }

    #[test]
    fn a_context_adds_faults_and_takes_none_away(
        (version, owned) in packet(),
        edits in vec(edit(), 0..3),
        context in context(),
    ) {
        let bytes = edited(owned.encoded(version), &edits);
        let context = Context { version, ..context };
        let (mut alone, mut spans) = (Spans::new(), Spans::new());
        annotate(&bytes, version, &mut alone);
        let annotated = annotate_in(&bytes, &context, &mut spans);
        assert_spans_tile(&spans, bytes.len());
        prop_assert_eq!(spans.spans(), alone.spans());
        prop_assert!(alone.faults().iter().all(|fault| spans.faults().contains(fault)));
        match spans.faults().first() {
            Some(fault) => prop_assert_eq!(decode_in(&bytes, &context).err(), Some(*fault)),
            None if annotated.missing == 0 => prop_assert_eq!(decode_in(&bytes, &context).ok(), annotated.packet),
            None => prop_assert!(decode_in(&bytes, &context).is_err()),
        }
        annotate_in(&bytes, &Context::new(version), &mut spans);
        prop_assert_eq!(spans.faults(), alone.faults());
    }

    #[test]
    fn a_packet_cut_short_is_incomplete_and_never_wrong((version, owned) in packet()) {
        let bytes = owned.encoded(version);
        let mut spans = Spans::new();
        for len in 0..bytes.len() {
            let annotated = annotated(&bytes[..len], version, &mut spans);
            prop_assert_eq!(spans.faults(), [], "{} of {}", len, bytes.len());
            let header_known = matches!(measure(&bytes[..len]), Frame::Len { .. });
            prop_assert_eq!(annotated.missing, if header_known { bytes.len() - len } else { 1 });
            prop_assert_eq!(decode_first(&bytes[..len], version), Ok(None));
        }
    }

    #[test]
    fn a_stream_gives_the_same_packets_wherever_it_is_cut(
        (version, packets) in select(&Version::ALL[..]).prop_flat_map(|v| (Just(v), vec(of_version(v), 1..6))),
        cuts in vec(any::<Index>(), 0..12),
    ) {
        let frames: Vec<Vec<u8>> = packets.iter().map(|packet| packet.encoded(version)).collect();
        let stream = frames.concat();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        let mut framer = Framer::new(stream.len());
        let mut found = Vec::new();
        for cut in at.windows(2) {
            framer.push(&stream[cut[0]..cut[1]]);
            while let Some(frame) = framer.next_frame().expect("a valid stream") {
                found.push(frame.to_vec());
            }
        }
        prop_assert_eq!(&found, &frames);
        prop_assert!(framer.pending().is_empty());
        let mut rest = &stream[..];
        for frame in &frames {
            let (_, len) = decode_first(rest, version).expect("valid").expect("whole");
            prop_assert_eq!(len, frame.len());
            rest = &rest[len..];
        }
        prop_assert!(rest.is_empty());
    }
}

/// Each type in each version that has it, so that no type hides behind the others.
#[test]
fn every_type_of_every_version_is_read_back() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut spans = Spans::new();
    for version in Version::ALL {
        for packet_type in PacketType::ALL {
            if packet_type == PacketType::Auth && version != Version::V5 {
                continue;
            }
            for _ in 0..60 {
                let owned = of_type(packet_type, version).new_tree(&mut runner).expect("a packet").current();
                let bytes = owned.encoded(version);
                assert_eq!(bytes[0] >> 4, packet_type.nibble());
                let annotated = annotated(&bytes, version, &mut spans);
                owned.with(version, |packet| assert_eq!(annotated.packet.as_ref(), Some(packet)));
            }
        }
    }
}
