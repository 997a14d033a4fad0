//! Malformed packets: the rule, the exact place, and the words for it.
//!
//! The words stand in `tests/golden/malformed.txt`; `UPDATE_GOLDEN=1 cargo test --test behaviour dissect_malformed` writes
//! them anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use mqtt_playground::codec::{
    Context, Direction, FaultKind as K, PacketType, QoS, Spans, Version, annotate_in, decode,
    decode_first_in, decode_in,
};
use mqtt_playground::dissect::{
    ByteGroup, Conversation, ConversationPacket, Diagnosis, diagnose, dissect, dissect_stream, parse_hex,
    sentence,
};
use mqtt_playground::spec;

use crate::support::tiling::assert_dissection_tiles;
use crate::support::{golden, is_section};

/// Version, packet, and its first fault: kind, offset, bits, statement.
type Case = (Version, &'static str, K, u32, Option<(u8, u8)>, &'static str);

use Direction::{ToClient, ToServer};
use Version::{V5, V31, V311};

#[rustfmt::skip]
const CASES: &[Case] = &[
    // first byte
    (V311, "00 00", K::ReservedPacketType, 0, None, "3.1.1 section 2.2.1"),
    (V5, "0f 00", K::ReservedPacketType, 0, None, "5.0 section 2.1.2"),
    (V31, "f0 00", K::AuthBeforeV5, 0, None, "3.1 section 2.1"),
    (V311, "f0 00", K::AuthBeforeV5, 0, None, "3.1.1 section 2.2.1"),
    (V311, "80 0f 0001 000a 6c61622f2b2f74656d70 01", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-3.8.1-1"),
    (V311, "60 02 0007", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-3.6.1-1"),
    (V311, "aa 05 0001 0001 61", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-3.10.1-1"),
    (V311, "e1 00", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-3.14.1-1"),
    (V311, "c4 00", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-2.2.2-1"),
    (V31, "84 06 0001 0001 61 01", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1 section 2.1"),
    (V5, "f1 00", K::FixedHeaderFlags, 0, Some((4, 4)), "5.0 MQTT-3.15.1-1"),
    (V5, "1f 0d 0004 4d515454 05 02 003c 00 0000", K::FixedHeaderFlags, 0, Some((4, 4)), "5.0 MQTT-2.1.3-1"),
    (V311, "36 06 0001 61 0007 62", K::QosThree, 0, Some((5, 2)), "3.1.1 MQTT-3.3.1-4"),
    (V5, "38 04 0001 61 00", K::DupAtQosZero, 0, Some((4, 1)), "5.0 MQTT-3.3.1-2"),
    // lengths
    (V311, "30 ff ff ff ff 01", K::VariableByteIntegerTooLong, 1, None, "3.1.1 section 2.2.3"),
    (V5, "20 82 00 00 00", K::VariableByteIntegerNotMinimal, 1, None, "5.0 MQTT-1.5.5-1"),
    (V5, "82 0d 0001 05 0b 80 80 80 80 0001 61 00", K::VariableByteIntegerTooLong, 6, None, "5.0 section 1.5.5"),
    (V311, "30 05 0009 61 62 63", K::FieldOverrun, 2, None, "3.1.1 section 2.2.3"),
    (V311, "40 01 00", K::FieldOverrun, 2, None, "3.1.1 section 2.2.3"),
    (V311, "20 00", K::FieldOverrun, 2, None, "3.1.1 section 2.2.3"),
    (V5, "20 03 00 00 05", K::FieldOverrun, 4, None, "5.0 section 2.1.4"),
    (V5, "30 07 0001 61 03 1f 0009", K::PropertyNotAllowed, 6, None, "5.0 section 2.2.2.2"),
    (V311, "40 04 0007 0102", K::TrailingBytes, 4, None, "3.1.1 section 2.2.3"),
    (V311, "c0 01 00", K::TrailingBytes, 2, None, "3.1.1 section 2.2.3"),
    // data types
    (V311, "30 05 0003 61 ff 62", K::InvalidUtf8, 5, None, "3.1.1 MQTT-1.5.3-1"),
    (V5, "30 08 0004 61 eda080 00 62", K::InvalidUtf8, 5, None, "5.0 MQTT-1.5.4-1"),
    (V31, "30 05 0003 61 00 62", K::NullCharacter, 5, None, "3.1 section 2.5"),
    (V311, "32 05 0001 61 0000", K::PacketIdentifierZero, 5, None, "3.1.1 MQTT-2.3.1-1"),
    (V31, "40 02 0000", K::PacketIdentifierZero, 2, None, "3.1 section 2.4"),
    // CONNECT
    (V311, "10 0c 0004 4d515458 04 02 003c 0000", K::ProtocolName, 4, None, "3.1.1 MQTT-3.1.2-1"),
    (V311, "10 08 0000 04 02 003c 0000", K::ProtocolName, 2, None, "3.1.1 MQTT-3.1.2-1"),
    (V311, "10 0c 0004 4d515454 06 02 003c 0000", K::ProtocolLevel, 8, None, "5.0 MQTT-3.1.2-2"),
    // a bridge's level
    (V5, "10 10 0004 4d515454 84 02 003c 0004 6c616233", K::ProtocolLevel, 8, None, "3.1.1 MQTT-3.1.2-2"),
    (V5, "10 0e 0006 4d5149736470 83 02 003c 0000", K::ProtocolLevel, 10, None, "3.1 section 3.1"),
    (V311, "10 0e 0006 4d5149736470 04 02 003c 0000", K::ProtocolLevel, 10, None, "3.1 section 3.1"),
    (V311, "10 0c 0004 4d515454 04 03 003c 0000", K::ConnectFlagsReserved, 9, Some((7, 1)), "3.1.1 MQTT-3.1.2-3"),
    (V311, "10 0c 0004 4d515454 04 0a 003c 0000", K::WillQosWithoutWill, 9, Some((3, 2)), "3.1.1 MQTT-3.1.2-13"),
    (V5, "10 0d 0004 4d515454 05 22 003c 00 0000", K::WillRetainWithoutWill, 9, Some((2, 1)), "5.0 MQTT-3.1.2-13"),
    (V311, "10 11 0004 4d515454 04 1e 003c 0000 0001 77 0000", K::WillQosThree, 9, Some((3, 2)), "3.1.1 MQTT-3.1.2-14"),
    (V311, "10 0f 0004 4d515454 04 42 003c 0000 0001 70", K::PasswordWithoutUserName, 9, Some((1, 1)), "3.1.1 MQTT-3.1.2-22"),
    // topics
    (V311, "30 06 0003 61 2f 23 62", K::WildcardInTopicName, 6, None, "3.1.1 MQTT-3.3.2-2"),
    (V5, "30 09 0001 61 04 08 0001 2b 62", K::WildcardInTopicName, 9, None, "5.0 MQTT-3.3.2-14"),
    (V311, "30 03 0000 62", K::EmptyTopicName, 2, None, "3.1.1 MQTT-4.7.3-1"),
    (V5, "30 04 0000 00 62", K::EmptyTopicName, 2, None, "5.0 section 3.3.2.1"),
    (V311, "82 05 0001 0000 00", K::EmptyTopicFilter, 4, None, "3.1.1 MQTT-4.7.3-1"),
    (V311, "82 08 0001 0003 61 23 62 00", K::MultiLevelWildcard, 7, None, "3.1.1 MQTT-4.7.1-2"),
    (V31, "82 07 0001 0002 61 2b 00", K::SingleLevelWildcard, 7, None, "3.1 appendix A"),
    (V5, "82 0f 0001 00 0009 2473686172652f2f61 00", K::ShareNameEmpty, 7, None, "5.0 MQTT-4.8.2-1"),
    (V5, "82 10 0001 00 000a 2473686172652f2b2f61 00", K::ShareNameInvalid, 14, None, "5.0 MQTT-4.8.2-2"),
    // acknowledgements
    (V311, "20 02 02 00", K::ConnAckFlagsReserved, 2, Some((0, 7)), "3.1.1 section 3.2.2.1"),
    (V311, "20 02 01 05", K::SessionPresentWithRefusal, 2, Some((7, 1)), "3.1.1 MQTT-3.2.2-4"),
    (V311, "20 02 00 06", K::UnknownReasonCode, 3, None, "3.1.1 section 3.2.2.3"),
    (V311, "90 03 0001 03", K::UnknownReasonCode, 4, None, "3.1.1 MQTT-3.9.3-2"),
    (V5, "40 03 0007 92", K::UnknownReasonCode, 4, None, "5.0 MQTT-3.4.2-1"),
    (V5, "e0 01 ff", K::UnknownReasonCode, 2, None, "5.0 MQTT-3.14.2-1"),
    (V311, "82 02 0001", K::EmptyList, 4, None, "3.1.1 MQTT-3.8.3-3"),
    (V5, "b0 03 0001 00", K::EmptyList, 5, None, "5.0 MQTT-3.11.3-2"),
    // SUBSCRIBE
    (V311, "82 06 0001 0001 61 04", K::SubscriptionOptionsReserved, 7, Some((0, 6)), "3.1.1 MQTT-3.8.3-4"),
    (V5, "82 07 0001 00 0001 61 40", K::SubscriptionOptionsReserved, 8, Some((0, 2)), "5.0 MQTT-3.8.3-5"),
    (V311, "82 06 0001 0001 61 03", K::SubscriptionQosThree, 7, Some((6, 2)), "3.1.1 MQTT-3.8.3-4"),
    (V5, "82 07 0001 00 0001 61 30", K::RetainHandlingThree, 8, Some((2, 2)), "5.0 section 3.8.3.1"),
    (V5, "82 10 0001 00 000a 2473686172652f672f61 04", K::NoLocalOnShared, 17, Some((5, 1)), "5.0 MQTT-3.8.3-4"),
    // properties
    (V5, "30 06 0001 61 02 7f 00", K::UnknownProperty, 6, None, "5.0 section 2.2.2.2"),
    (V5, "e0 07 00 05 02 00000001", K::PropertyNotAllowed, 4, None, "5.0 section 2.2.2.2"),
    (V5, "30 08 0001 61 04 01 00 01 01", K::DuplicateProperty, 8, None, "5.0 section 2.2.2.2"),
    (V5, "30 06 0001 61 02 01 02", K::PropertyValue, 7, None, "5.0 section 2.2.2.2"),
    (V5, "30 07 0001 61 03 23 0000", K::PropertyValue, 7, None, "5.0 MQTT-3.3.2-8"),
    (V5, "82 09 0001 02 0b 00 0001 61 00", K::PropertyValue, 6, None, "5.0 section 3.8.2.1.2"),
    (V5, "f0 06 18 04 16 0001 61", K::AuthenticationDataWithoutMethod, 4, None, "5.0 section 3.1.2.11.10"),
    // from public reports
    (V311, "1f 0f 0004 4d515454 04 02 000a 0003 636964", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-2.2.2-1"),
    (V311, "48 54 54 50", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-2.2.2-1"),
    (V311, "16 03 01 00 c8", K::FixedHeaderFlags, 0, Some((4, 4)), "3.1.1 MQTT-2.2.2-1"),
    (V311, "0a c0", K::ReservedPacketType, 0, None, "3.1.1 section 2.2.1"),
];

/// What one packet shows only beside its connection: what both ends know there, and as in `CASES`.
type InContext = (Context, &'static str, K, u32, Option<(u8, u8)>, &'static str);

fn in_context() -> Vec<InContext> {
    let (up, down) = (Context::new(V5).towards(ToServer), Context::new(V5).towards(ToClient));
    let old = Context::new(V311).towards(ToClient);
    let small = |context| Context { maximum_packet_size: 8, ..context };
    let aliases = |context, topic_alias_maximum| Context { topic_alias_maximum, ..context };
    let qos = |maximum_qos| Context { maximum_qos, ..up };
    let unretained = Context { retain_available: false, ..up };
    let plain = Context { wildcard_subscription_available: false, ..up };
    let unnumbered = Context { subscription_identifier_available: false, ..up };
    let unshared = Context { shared_subscription_available: false, ..up };
    let terse = Context { problem_information: false, response_information: false, ..down };
    let open = |context| Context { authentication: false, ..context };
    let short = Context { session_expires_later: false, ..up };
    let will = "10 13 0004 4d515454 05 36 003c 00 0000 00 0001 77 0000";
    vec![
        (down, "c0 00", K::WrongDirection, 0, None, "5.0 section 2.1.2"),
        (up, "90 04 0001 00 00", K::WrongDirection, 0, None, "5.0 section 2.1.2"),
        (old, "e0 00", K::WrongDirection, 0, None, "3.1.1 section 2.2.1"),
        (Context::new(V31).towards(ToServer), "d0 00", K::WrongDirection, 0, None, "3.1 section 2.1"),
        (small(up), "30 07 0001 61 00 626262", K::PacketTooLarge, 1, None, "5.0 MQTT-3.2.2-15"),
        (
            small(down),
            "30 87 00 0001 61 00 626262",
            K::VariableByteIntegerNotMinimal,
            1,
            None,
            "5.0 MQTT-1.5.5-1",
        ),
        (small(down), "30 07 0001 61 00 626262", K::PacketTooLargeForClient, 1, None, "5.0 MQTT-3.1.2-24"),
        (up, "30 06 0001 61 02 0b 01", K::SubscriptionIdentifierFromClient, 6, None, "5.0 MQTT-3.3.4-6"),
        (down, "e0 07 00 05 11 00000001", K::SessionExpiryFromServer, 4, None, "5.0 MQTT-3.14.2-2"),
        (short, "e0 07 00 05 11 00000001", K::SessionExpiryAfterZero, 5, None, "5.0 section 3.14.2.2.2"),
        (aliases(up, 10), "30 07 0000 03 23 000b 78", K::TopicAliasAboveMaximum, 6, None, "5.0 MQTT-3.3.2-9"),
        (
            aliases(down, 0),
            "30 07 0000 03 23 0001 78",
            K::TopicAliasAboveClientMaximum,
            6,
            None,
            "5.0 MQTT-3.3.2-11",
        ),
        (
            qos(QoS::AtLeastOnce),
            "34 06 0001 61 0007 00",
            K::QosAboveMaximum,
            0,
            Some((5, 2)),
            "5.0 MQTT-3.2.2-11",
        ),
        (qos(QoS::AtMostOnce), will, K::QosAboveMaximum, 9, Some((3, 2)), "5.0 MQTT-3.2.2-12"),
        (unretained, "31 04 0001 61 00", K::RetainNotAvailable, 0, Some((7, 1)), "5.0 MQTT-3.2.2-14"),
        (unretained, will, K::RetainNotAvailable, 9, Some((2, 1)), "5.0 MQTT-3.2.2-13"),
        (
            plain,
            "82 09 0001 00 0003 612f23 00",
            K::WildcardSubscriptionNotAvailable,
            9,
            None,
            "5.0 section 3.2.2.3.11",
        ),
        (
            unnumbered,
            "82 09 0001 02 0b 01 0001 61 00",
            K::SubscriptionIdentifierNotAvailable,
            5,
            None,
            "5.0 section 3.2.2.3.12",
        ),
        (
            unshared,
            "82 10 0001 00 000a 2473686172652f672f61 00",
            K::SharedSubscriptionNotAvailable,
            7,
            None,
            "5.0 section 3.2.2.3.13",
        ),
        (terse, "40 08 0007 00 04 1f 0001 61", K::PropertyNotRequested, 6, None, "5.0 MQTT-3.1.2-29"),
        (terse, "20 07 00 00 04 1a 0001 61", K::PropertyNotRequested, 5, None, "5.0 MQTT-3.1.2-28"),
        (open(up), "f0 00", K::AuthenticationNotOffered, 0, None, "5.0 MQTT-4.12.0-7"),
        (open(down), "20 07 00 00 04 15 0001 61", K::AuthenticationNotAgreed, 5, None, "5.0 MQTT-4.12.0-6"),
    ]
}

/// Conversations (`>` to the server) whose last packet breaks a rule beside those before: a kind each.
const TURNS: &[&str] = &[
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 06 00 00 03 22 000a; > 30 07 0000 03 23 0003 79",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 06 00 00 03 22 000a; < 40 02 0007",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; < 32 06 0001 61 0007 00; < 32 06 0001 61 0008 00; > 40 02 0008",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > e0 00; > c0 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 87 00; < d0 00",
    "> 10 12 0004 4d515454 05 02 003c 04 15 0001 61 0001 63; < f0 06 18 04 15 0001 62",
    "> 10 12 0004 4d515454 05 02 003c 04 15 0001 61 0001 63; < f0 06 18 04 15 0001 61; > f0 06 19 04 15 0001 61",
    "> 10 12 0004 4d515454 05 02 003c 04 15 0001 61 0001 63; > c0 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 30 04 0001 61 00",
    "> 10 11 0004 4d515454 05 02 003c 03 21 0001 0001 63; < 20 03 00 00 00; < 32 06 0001 61 0007 00; < 32 06 0001 61 0008 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > 82 0b 0007 00 0001 61 00 0001 61 00; < 90 04 0007 00 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > 3a 06 0001 61 0007 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > 3c 06 0001 61 0007 00",
    "> 10 0d 0004 4d515454 05 02 003c 00 0000; < 20 03 00 00 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > 32 06 0001 61 0007 00; > 32 06 0001 61 0007 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > 34 06 0001 61 0007 00; < 50 02 0007; > 62 02 0007; > 3c 06 0001 61 0007 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 06 00 00 03 21 0001; > 32 06 0001 61 0007 00; > 32 06 0001 61 0008 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; < 20 03 00 00 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; > 32 06 0001 61 0007 00; > 3a 06 0001 61 0007 00",
    "> 10 12 0004 4d515454 05 02 003c 04 15 0001 61 0001 63; < f0 06 00 04 15 0001 61",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 00 00 00; < 32 06 0001 61 0007 00; < 32 06 0001 61 0007 00",
    "> 10 0e 0004 4d515454 05 02 003c 00 0001 63; < 20 03 01 00 00",
    "> 10 0c 0004 4d515454 04 00 003c 0000",
];

/// The last packets of [`TURNS`], explained.
fn in_conversation() -> Vec<(ConversationPacket, &'static str)> {
    let last = |turns: &&'static str| {
        let mut conversation = Conversation::new(V311);
        let heard = turns.split("; ").map(|turn| {
            let (way, hex) = turn.split_once(' ').expect("a direction");
            let direction = if way == ">" { ToServer } else { ToClient };
            (conversation.next(&parse_hex(hex).expect(hex), direction), hex)
        });
        heard.last().expect("a packet")
    };
    TURNS.iter().map(last).collect()
}

#[test]
fn the_first_fault_in_context_has_its_kind_place_and_statement() {
    let mut spans = Spans::new();
    for (context, hex, kind, offset, bits, statement) in in_context() {
        let bytes = parse_hex(hex).expect(hex);
        annotate_in(&bytes, &context, &mut spans);
        let first = spans.faults().first().unwrap_or_else(|| panic!("{hex}: no fault"));
        let found = (first.kind, first.offset, first.bits, first.statement());
        assert_eq!(found, (kind, offset, bits, statement), "{hex}");
        assert_eq!(decode_in(&bytes, &context).err().as_ref(), Some(first), "{hex}: strict reading differs");
        assert_eq!(decode_first_in(&bytes, &context).err().as_ref(), Some(first), "{hex}");
        // The packet alone breaks no rule, nor the other way round.
        if kind != K::VariableByteIntegerNotMinimal {
            assert!(decode(&bytes, context.version).is_ok(), "{hex}");
            assert_eq!(
                decode_in(&bytes, &Context::new(context.version)).ok(),
                decode(&bytes, context.version).ok()
            );
        }
    }
}

#[test]
fn the_first_fault_has_its_kind_place_and_statement() {
    for (version, hex, kind, offset, bits, statement) in CASES {
        let bytes = parse_hex(hex).expect(hex);
        let dissection = dissect(&bytes, *version);
        let first = dissection.faults.first().unwrap_or_else(|| panic!("{hex}: no fault"));
        let found = (first.fault.kind, first.fault.offset, first.fault.bits, first.statement);
        assert_eq!(found, (*kind, *offset, *bits, *statement), "{hex}");
        assert_eq!(decode(&bytes, *version).err(), Some(first.fault), "{hex}: strict reading differs");
        assert_dissection_tiles(&dissection);
        assert!(!dissection.is_valid());
        let told = sentence(&bytes, *version, "pub1", "Broker");
        assert!(told.contains("breaks a rule"), "{told}");
    }
}

#[test]
fn every_kind_of_fault_has_a_packet_that_shows_it() {
    let shown: BTreeSet<K> = {
        let told = in_conversation();
        let told = told
            .iter()
            .map(|(packet, _)| &packet.dissection)
            .flat_map(|it| it.faults.iter().chain(&it.remarks))
            .map(|it| it.fault.kind);
        let alone = CASES.iter().map(|case| case.2);
        // What is remarked of packets that are decoded by hand, as a client identifier that 3.1 does not know.
        let remarked = ["10 0e 0006 4d5149736470 03 02 003c 0000", "30 04 0001 0a 78"].map(|hex| {
            let stream = dissect_stream(&parse_hex(hex).expect(hex), None);
            stream.packets[0].dissection.remarks[0].fault.kind
        });
        alone.chain(remarked).chain(in_context().iter().map(|case| case.2)).chain(told).collect()
    };
    assert_eq!(shown.len(), K::COUNT);
}

#[test]
fn what_a_fault_points_at_is_marked() {
    for (version, hex, ..) in CASES {
        let bytes = parse_hex(hex).expect(hex);
        let dissection = dissect(&bytes, *version);
        for offset in 0..bytes.len() {
            let pointed = dissection.faults.iter().any(|d| {
                let (start, len) = (d.fault.offset as usize, d.fault.len as usize);
                (start..start + len).contains(&offset)
            });
            assert_eq!(dissection.byte_group(offset) == ByteGroup::Error, pointed, "{offset} of {hex}");
        }
    }
}

#[test]
fn every_statement_named_is_one() {
    let kinds = CASES.iter().map(|case| case.5);
    for statement in kinds.chain(in_context().iter().map(|case| case.5)) {
        assert!(spec::lookup(statement).is_some() || is_section(statement), "{statement}");
    }
}

/// Each diagnosis: what happened, what was expected and found, short and whole.
#[test]
fn every_fault_is_told_in_words() {
    let mut out = String::new();
    let mut tell = |version: Version, hex: &str, diagnosis: &Diagnosis| {
        let Diagnosis { title, message, expected, found, statement, .. } = diagnosis;
        writeln!(
            out,
            "{version} {hex}\n  {title} [{statement}]\n  {message}\n  expected {expected}, found {found}"
        )
        .expect("text");
        assert!(message.ends_with('.') && !message.contains("  "), "{message}");
        assert!(message.chars().count() <= 220, "{message}");
        assert!(!title.is_empty() && !expected.is_empty() && !found.is_empty(), "{hex}: {diagnosis:?}");
    };
    for (version, hex, ..) in CASES {
        let bytes = parse_hex(hex).expect(hex);
        for diagnosis in &dissect(&bytes, *version).faults {
            tell(*version, hex, diagnosis);
        }
    }
    for (context, hex, ..) in in_context() {
        let bytes = parse_hex(hex).expect(hex);
        let fault = decode_in(&bytes, &context).expect_err(hex);
        tell(context.version, hex, &diagnose(&fault, &bytes));
    }
    for (packet, hex) in in_conversation() {
        for diagnosis in packet.dissection.faults.iter().chain(&packet.dissection.remarks) {
            tell(packet.dissection.version, hex, diagnosis);
        }
    }
    golden::compare("malformed.txt", &out);
}

#[test]
fn before_5_0_a_length_longer_than_needed_is_only_a_remark() {
    let dissection = dissect(&[0x40, 0x82, 0x00, 0x00, 0x07], V311);
    assert!(dissection.is_valid());
    let remark = &dissection.remarks[0];
    assert_eq!(remark.fault.kind, K::VariableByteIntegerNotMinimal);
    assert_eq!(
        remark.message,
        "Bytes 01–02 write the remaining length in 2 bytes where 1 would do. Unusual, but allowed before 5.0."
    );
}

/// Brokers that are bridges set bit 7 of their level: what follows it is read by the level without it.
#[test]
fn a_bridge_breaks_no_rule_but_that_of_its_level() {
    let bytes = parse_hex("10 16 0004 4d515454 84 02 003c 000a 6c61622d6e6f64652d33").expect("hex");
    let stream = dissect_stream(&bytes, None);
    assert_eq!((stream.version, stream.packets.len()), (V311, 1));
    let faults = &stream.packets[0].dissection.faults;
    assert_eq!(faults.len(), 1);
    // 3.1.1 MQTT-3.1.2-2
    assert!(
        faults[0].message.ends_with("Bit 7 marks a bridge, which the standard does not know."),
        "{}",
        faults[0].message
    );
}

/// The design's own example: offsets count from the first byte pasted.
#[test]
fn in_a_stream_places_count_from_its_first_byte_and_reading_goes_on() {
    let text = "10 16 00 04 4d 51 54 54 04 02 00 3c 00 0a 6c 61 62 2d 6e 6f 64 65 2d 33
        80 0f 00 01 00 0a 6c 61 62 2f 2b 2f 74 65 6d 70 01
        32 12 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 02 32 32 2e 34 c0 00 e0";
    let stream = dissect_stream(&parse_hex(text).expect("hex"), None);
    assert_eq!((stream.version, stream.certain), (V311, true));
    assert_eq!(stream.reason, "Byte 0008 of the CONNECT says 3.1.1.");
    let offsets: Vec<usize> = stream.packets.iter().map(|packet| packet.offset).collect();
    assert_eq!(offsets, [0, 0x18, 0x29, 0x3d, 0x3f]);
    let valid: Vec<bool> = stream.packets.iter().map(|packet| packet.dissection.is_valid()).collect();
    assert_eq!(valid, [true, false, true, true, false]);
    let fault = &stream.packets[1].dissection.faults[0];
    assert_eq!(
        fault.message,
        "Byte 0018 is 80, it must be 82. In SUBSCRIBE bits 3–0 are reserved and must be 0010."
    );
    let tail = &stream.packets[4].dissection;
    assert_eq!((tail.faults.len(), tail.missing, tail.packet_type), (0, 1, Some(PacketType::Disconnect)));
}
