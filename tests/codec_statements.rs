//! The statements that a decoder can enforce, one test each: the packet that breaks it is refused there and for that,
//! and the packet beside it, which does not break it, is read.
//!
//! `make mutants-spec` switches each check off in turn and expects the statement's test to fail.

mod common;

use common::hex;
use mqtt_playground::codec::{Context, Direction, FaultKind as K, QoS, Version, decode, decode_in};

/// `name: "statement" (kind), broken packet @ offset, good packet;`
macro_rules! refuses {
    ($version:expr; $($name:ident: $statement:literal $kind:expr, $bad:literal @ $offset:literal, $good:literal;)*) => {$(
        #[test]
        fn $name() {
            let bad = hex($bad);
            let fault = decode(&bad, $version).expect_err(concat!($statement, ": the broken packet was read"));
            assert_eq!((fault.kind, fault.offset), ($kind, $offset), "{}", fault.statement());
            let good = hex($good);
            if let Err(fault) = decode(&good, $version) {
                panic!("{}: the good packet was refused: {fault:?}", $statement);
            }
        }
    )*};
}

mod v311 {
    use super::*;

    refuses! { Version::V311;
        mqtt_1_5_3_1: "3.1.1 MQTT-1.5.3-1" K::InvalidUtf8, "30 04 0002 61ff" @ 5, "30 04 0002 c3a9";
        mqtt_1_5_3_2: "3.1.1 MQTT-1.5.3-2" K::NullCharacter, "30 04 0002 6100" @ 5, "30 04 0002 6101";
        mqtt_2_2_2_1: "3.1.1 MQTT-2.2.2-1" K::FixedHeaderFlags, "c1 00" @ 0, "c0 00";
        mqtt_2_2_2_2: "3.1.1 MQTT-2.2.2-2" K::FixedHeaderFlags, "41 02 0001" @ 0, "40 02 0001";
        mqtt_2_3_1_1: "3.1.1 MQTT-2.3.1-1" K::PacketIdentifierZero, "32 05 0001 61 0000" @ 5, "32 05 0001 61 0001";
        mqtt_3_1_2_1: "3.1.1 MQTT-3.1.2-1" K::ProtocolName,
            "10 0c 0004 4d515458 04 02 003c 0000" @ 4, "10 0c 0004 4d515454 04 02 003c 0000";
        mqtt_3_1_2_2: "3.1.1 MQTT-3.1.2-2" K::ProtocolLevel,
            "10 0c 0004 4d515454 03 02 003c 0000" @ 8, "10 0c 0004 4d515454 04 02 003c 0000";
        mqtt_3_1_2_3: "3.1.1 MQTT-3.1.2-3" K::ConnectFlagsReserved,
            "10 0c 0004 4d515454 04 03 003c 0000" @ 9, "10 0c 0004 4d515454 04 02 003c 0000";
        mqtt_3_1_2_9: "3.1.1 MQTT-3.1.2-9" K::FieldOverrun,
            "10 0c 0004 4d515454 04 06 003c 0000" @ 14,
            "10 11 0004 4d515454 04 06 003c 0000 0001 77 0000";
        mqtt_3_1_2_11: "3.1.1 MQTT-3.1.2-11" K::TrailingBytes,
            "10 11 0004 4d515454 04 02 003c 0000 0001 77 0000" @ 14,
            "10 11 0004 4d515454 04 06 003c 0000 0001 77 0000";
        mqtt_3_1_2_13: "3.1.1 MQTT-3.1.2-13" K::WillQosWithoutWill,
            "10 0c 0004 4d515454 04 0a 003c 0000" @ 9, "10 0c 0004 4d515454 04 02 003c 0000";
        mqtt_3_1_2_14: "3.1.1 MQTT-3.1.2-14" K::WillQosThree,
            "10 11 0004 4d515454 04 1e 003c 0000 0001 77 0000" @ 9,
            "10 11 0004 4d515454 04 16 003c 0000 0001 77 0000";
        mqtt_3_1_2_15: "3.1.1 MQTT-3.1.2-15" K::WillRetainWithoutWill,
            "10 0c 0004 4d515454 04 22 003c 0000" @ 9, "10 0c 0004 4d515454 04 02 003c 0000";
        mqtt_3_1_2_18: "3.1.1 MQTT-3.1.2-18" K::TrailingBytes,
            "10 0f 0004 4d515454 04 02 003c 0000 0001 75" @ 14,
            "10 0f 0004 4d515454 04 82 003c 0000 0001 75";
        mqtt_3_1_2_19: "3.1.1 MQTT-3.1.2-19" K::FieldOverrun,
            "10 0c 0004 4d515454 04 82 003c 0000" @ 14,
            "10 0f 0004 4d515454 04 82 003c 0000 0001 75";
        mqtt_3_1_2_20: "3.1.1 MQTT-3.1.2-20" K::TrailingBytes,
            "10 12 0004 4d515454 04 82 003c 0000 0001 75 0001 70" @ 17,
            "10 12 0004 4d515454 04 c2 003c 0000 0001 75 0001 70";
        mqtt_3_1_2_21: "3.1.1 MQTT-3.1.2-21" K::FieldOverrun,
            "10 0f 0004 4d515454 04 c2 003c 0000 0001 75" @ 17,
            "10 12 0004 4d515454 04 c2 003c 0000 0001 75 0001 70";
        mqtt_3_1_2_22: "3.1.1 MQTT-3.1.2-22" K::PasswordWithoutUserName,
            "10 0f 0004 4d515454 04 42 003c 0000 0001 70" @ 9,
            "10 0f 0004 4d515454 04 82 003c 0000 0001 70";
        mqtt_3_1_3_3: "3.1.1 MQTT-3.1.3-3" K::FieldOverrun,
            "10 0a 0004 4d515454 04 02 003c" @ 12, "10 0c 0004 4d515454 04 02 003c 0000";
        mqtt_3_1_3_4: "3.1.1 MQTT-3.1.3-4" K::InvalidUtf8,
            "10 0d 0004 4d515454 04 02 003c 0001 ff" @ 14, "10 0d 0004 4d515454 04 02 003c 0001 63";
        mqtt_3_1_3_10: "3.1.1 MQTT-3.1.3-10" K::InvalidUtf8,
            "10 11 0004 4d515454 04 06 003c 0000 0001 ff 0000" @ 16,
            "10 11 0004 4d515454 04 06 003c 0000 0001 77 0000";
        mqtt_3_1_3_11: "3.1.1 MQTT-3.1.3-11" K::InvalidUtf8,
            "10 0f 0004 4d515454 04 82 003c 0000 0001 c0" @ 16,
            "10 0f 0004 4d515454 04 82 003c 0000 0001 75";
        mqtt_3_2_2_4: "3.1.1 MQTT-3.2.2-4" K::SessionPresentWithRefusal, "20 02 01 05" @ 2, "20 02 01 00";
        mqtt_3_3_1_2: "3.1.1 MQTT-3.3.1-2" K::DupAtQosZero, "38 03 0001 61" @ 0, "3a 05 0001 61 0001";
        mqtt_3_3_1_4: "3.1.1 MQTT-3.3.1-4" K::QosThree, "36 05 0001 61 0001" @ 0, "34 05 0001 61 0001";
        mqtt_3_3_2_1: "3.1.1 MQTT-3.3.2-1" K::InvalidUtf8, "30 03 0001 80" @ 4, "30 03 0001 61";
        mqtt_3_3_2_2: "3.1.1 MQTT-3.3.2-2" K::WildcardInTopicName, "30 05 0003 612f2b" @ 6, "30 05 0003 612f62";
        mqtt_3_6_1_1: "3.1.1 MQTT-3.6.1-1" K::FixedHeaderFlags, "60 02 0001" @ 0, "62 02 0001";
        mqtt_3_8_1_1: "3.1.1 MQTT-3.8.1-1" K::FixedHeaderFlags, "80 06 0001 0001 61 00" @ 0, "82 06 0001 0001 61 00";
        mqtt_3_8_3_1: "3.1.1 MQTT-3.8.3-1" K::InvalidUtf8, "82 06 0001 0001 ff 00" @ 6, "82 06 0001 0001 61 00";
        mqtt_3_8_3_3: "3.1.1 MQTT-3.8.3-3" K::EmptyList, "82 02 0001" @ 4, "82 06 0001 0001 61 00";
        mqtt_3_8_3_4: "3.1.1 MQTT-3.8.3-4" K::SubscriptionOptionsReserved,
            "82 06 0001 0001 61 04" @ 7, "82 06 0001 0001 61 02";
        mqtt_3_8_3_4_qos: "3.1.1 MQTT-3.8.3-4" K::SubscriptionQosThree,
            "82 06 0001 0001 61 03" @ 7, "82 06 0001 0001 61 02";
        mqtt_3_9_3_2: "3.1.1 MQTT-3.9.3-2" K::UnknownReasonCode, "90 03 0001 03" @ 4, "90 03 0001 80";
        mqtt_3_10_1_1: "3.1.1 MQTT-3.10.1-1" K::FixedHeaderFlags, "a0 05 0001 0001 61" @ 0, "a2 05 0001 0001 61";
        mqtt_3_10_3_1: "3.1.1 MQTT-3.10.3-1" K::InvalidUtf8, "a2 05 0001 0001 ff" @ 6, "a2 05 0001 0001 61";
        mqtt_3_10_3_2: "3.1.1 MQTT-3.10.3-2" K::EmptyList, "a2 02 0001" @ 4, "a2 05 0001 0001 61";
        mqtt_3_14_1_1: "3.1.1 MQTT-3.14.1-1" K::FixedHeaderFlags, "e1 00" @ 0, "e0 00";
        mqtt_4_3_1_1: "3.1.1 MQTT-4.3.1-1" K::DupAtQosZero, "38 03 0001 61" @ 0, "30 03 0001 61";
        mqtt_4_7_1_1: "3.1.1 MQTT-4.7.1-1" K::WildcardInTopicName,
            "10 11 0004 4d515454 04 06 003c 0000 0001 23 0000" @ 16,
            "10 11 0004 4d515454 04 06 003c 0000 0001 77 0000";
        mqtt_4_7_1_2: "3.1.1 MQTT-4.7.1-2" K::MultiLevelWildcard,
            "82 07 0001 0002 6123 00" @ 7, "82 08 0001 0003 612f23 00";
        mqtt_4_7_1_3: "3.1.1 MQTT-4.7.1-3" K::SingleLevelWildcard,
            "82 07 0001 0002 612b 00" @ 7, "82 08 0001 0003 612f2b 00";
        mqtt_4_7_3_1: "3.1.1 MQTT-4.7.3-1" K::EmptyTopicName, "30 02 0000" @ 2, "30 03 0001 61";
        mqtt_4_7_3_1_filter: "3.1.1 MQTT-4.7.3-1" K::EmptyTopicFilter, "82 05 0001 0000 00" @ 4, "82 06 0001 0001 61 00";
        mqtt_4_7_3_2: "3.1.1 MQTT-4.7.3-2" K::NullCharacter, "82 06 0001 0001 00 00" @ 6, "82 06 0001 0001 20 00";
    }
}

mod v5 {
    use super::*;

    refuses! { Version::V5;
        mqtt_1_5_4_1: "5.0 MQTT-1.5.4-1" K::InvalidUtf8, "30 06 0003 eda080 00" @ 4, "30 06 0003 e282ac 00";
        mqtt_1_5_4_2: "5.0 MQTT-1.5.4-2" K::NullCharacter, "30 05 0002 6100 00" @ 5, "30 05 0002 6101 00";
        mqtt_1_5_5_1: "5.0 MQTT-1.5.5-1" K::VariableByteIntegerNotMinimal, "e0 8000" @ 1, "e0 00";
        mqtt_1_5_7_1: "5.0 MQTT-1.5.7-1" K::InvalidUtf8,
            "30 0b 0001 61 07 26 0001 6e 0001 ff" @ 12, "30 0b 0001 61 07 26 0001 6e 0001 76";
        mqtt_2_1_3_1: "5.0 MQTT-2.1.3-1" K::FixedHeaderFlags, "c8 00" @ 0, "c0 00";
        mqtt_2_2_1_3: "5.0 MQTT-2.2.1-3" K::PacketIdentifierZero, "32 06 0001 61 0000 00" @ 5, "32 06 0001 61 0001 00";
        mqtt_2_2_2_1: "5.0 MQTT-2.2.2-1" K::FieldOverrun, "30 03 0001 61" @ 5, "30 04 0001 61 00";
        mqtt_3_1_2_1: "5.0 MQTT-3.1.2-1" K::ProtocolName,
            "10 0d 0004 4d515458 05 02 003c 00 0000" @ 4, "10 0d 0004 4d515454 05 02 003c 00 0000";
        mqtt_3_1_2_2: "5.0 MQTT-3.1.2-2" K::ProtocolLevel,
            "10 0d 0004 4d515454 06 02 003c 00 0000" @ 8, "10 0d 0004 4d515454 05 02 003c 00 0000";
        mqtt_3_1_2_3: "5.0 MQTT-3.1.2-3" K::ConnectFlagsReserved,
            "10 0d 0004 4d515454 05 03 003c 00 0000" @ 9, "10 0d 0004 4d515454 05 02 003c 00 0000";
        mqtt_3_1_2_9: "5.0 MQTT-3.1.2-9" K::FieldOverrun,
            "10 0d 0004 4d515454 05 06 003c 00 0000" @ 15,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 77 0000";
        mqtt_3_1_2_11: "5.0 MQTT-3.1.2-11" K::WillQosWithoutWill,
            "10 0d 0004 4d515454 05 0a 003c 00 0000" @ 9, "10 0d 0004 4d515454 05 02 003c 00 0000";
        mqtt_3_1_2_12: "5.0 MQTT-3.1.2-12" K::WillQosThree,
            "10 13 0004 4d515454 05 1e 003c 00 0000 00 0001 77 0000" @ 9,
            "10 13 0004 4d515454 05 16 003c 00 0000 00 0001 77 0000";
        mqtt_3_1_2_13: "5.0 MQTT-3.1.2-13" K::WillRetainWithoutWill,
            "10 0d 0004 4d515454 05 22 003c 00 0000" @ 9, "10 0d 0004 4d515454 05 02 003c 00 0000";
        mqtt_3_1_2_16: "5.0 MQTT-3.1.2-16" K::TrailingBytes,
            "10 10 0004 4d515454 05 02 003c 00 0000 0001 75" @ 15,
            "10 10 0004 4d515454 05 82 003c 00 0000 0001 75";
        mqtt_3_1_2_17: "5.0 MQTT-3.1.2-17" K::FieldOverrun,
            "10 0d 0004 4d515454 05 82 003c 00 0000" @ 15,
            "10 10 0004 4d515454 05 82 003c 00 0000 0001 75";
        mqtt_3_1_2_18: "5.0 MQTT-3.1.2-18" K::TrailingBytes,
            "10 13 0004 4d515454 05 82 003c 00 0000 0001 75 0001 70" @ 18,
            "10 13 0004 4d515454 05 c2 003c 00 0000 0001 75 0001 70";
        mqtt_3_1_2_19: "5.0 MQTT-3.1.2-19" K::FieldOverrun,
            "10 10 0004 4d515454 05 c2 003c 00 0000 0001 75" @ 18,
            "10 13 0004 4d515454 05 c2 003c 00 0000 0001 75 0001 70";
        mqtt_3_1_3_3: "5.0 MQTT-3.1.3-3" K::FieldOverrun,
            "10 0b 0004 4d515454 05 02 003c 00" @ 13, "10 0d 0004 4d515454 05 02 003c 00 0000";
        mqtt_3_1_3_4: "5.0 MQTT-3.1.3-4" K::InvalidUtf8,
            "10 0e 0004 4d515454 05 02 003c 00 0001 ff" @ 15, "10 0e 0004 4d515454 05 02 003c 00 0001 63";
        mqtt_3_1_3_11: "5.0 MQTT-3.1.3-11" K::InvalidUtf8,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 ff 0000" @ 18,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 77 0000";
        mqtt_3_1_3_12: "5.0 MQTT-3.1.3-12" K::InvalidUtf8,
            "10 10 0004 4d515454 05 82 003c 00 0000 0001 ff" @ 17,
            "10 10 0004 4d515454 05 82 003c 00 0000 0001 75";
        mqtt_3_2_2_1: "5.0 MQTT-3.2.2-1" K::ConnAckFlagsReserved, "20 03 02 00 00" @ 2, "20 03 01 00 00";
        mqtt_3_2_2_6: "5.0 MQTT-3.2.2-6" K::SessionPresentWithRefusal, "20 03 01 87 00" @ 2, "20 03 00 87 00";
        mqtt_3_2_2_8: "5.0 MQTT-3.2.2-8" K::UnknownReasonCode, "20 03 00 05 00" @ 3, "20 03 00 86 00";
        mqtt_3_3_1_2: "5.0 MQTT-3.3.1-2" K::DupAtQosZero, "38 04 0001 61 00" @ 0, "30 04 0001 61 00";
        mqtt_3_3_1_4: "5.0 MQTT-3.3.1-4" K::QosThree, "36 06 0001 61 0001 00" @ 0, "34 06 0001 61 0001 00";
        mqtt_3_3_2_1: "5.0 MQTT-3.3.2-1" K::InvalidUtf8, "30 04 0001 ff 00" @ 4, "30 04 0001 61 00";
        mqtt_3_3_2_2: "5.0 MQTT-3.3.2-2" K::WildcardInTopicName, "30 04 0001 23 00" @ 4, "30 04 0001 61 00";
        mqtt_3_3_2_8: "5.0 MQTT-3.3.2-8" K::PropertyValue,
            "30 07 0001 61 03 23 0000" @ 7, "30 07 0001 61 03 23 0001";
        mqtt_3_3_2_13: "5.0 MQTT-3.3.2-13" K::InvalidUtf8,
            "30 08 0001 61 04 08 0001 ff" @ 9, "30 08 0001 61 04 08 0001 72";
        mqtt_3_3_2_14: "5.0 MQTT-3.3.2-14" K::WildcardInTopicName,
            "30 08 0001 61 04 08 0001 2b" @ 9, "30 08 0001 61 04 08 0001 72";
        mqtt_3_3_2_19: "5.0 MQTT-3.3.2-19" K::InvalidUtf8,
            "30 08 0001 61 04 03 0001 fe" @ 9, "30 08 0001 61 04 03 0001 74";
        mqtt_3_4_2_1: "5.0 MQTT-3.4.2-1" K::UnknownReasonCode, "40 03 0001 92" @ 4, "40 03 0001 10";
        mqtt_3_5_2_1: "5.0 MQTT-3.5.2-1" K::UnknownReasonCode, "50 03 0001 92" @ 4, "50 03 0001 97";
        mqtt_3_6_1_1: "5.0 MQTT-3.6.1-1" K::FixedHeaderFlags, "60 02 0001" @ 0, "62 02 0001";
        mqtt_3_6_2_1: "5.0 MQTT-3.6.2-1" K::UnknownReasonCode, "62 03 0001 80" @ 4, "62 03 0001 92";
        mqtt_3_7_2_1: "5.0 MQTT-3.7.2-1" K::UnknownReasonCode, "70 03 0001 80" @ 4, "70 03 0001 92";
        mqtt_3_8_1_1: "5.0 MQTT-3.8.1-1" K::FixedHeaderFlags,
            "80 07 0001 00 0001 61 00" @ 0, "82 07 0001 00 0001 61 00";
        mqtt_3_8_3_1: "5.0 MQTT-3.8.3-1" K::InvalidUtf8,
            "82 07 0001 00 0001 ff 00" @ 7, "82 07 0001 00 0001 61 00";
        mqtt_3_8_3_2: "5.0 MQTT-3.8.3-2" K::EmptyList, "82 03 0001 00" @ 5, "82 07 0001 00 0001 61 00";
        mqtt_3_8_3_4: "5.0 MQTT-3.8.3-4" K::NoLocalOnShared,
            "82 10 0001 00 000a 2473686172652f672f61 04" @ 17, "82 10 0001 00 000a 2473686172652f672f61 08";
        mqtt_3_8_3_5: "5.0 MQTT-3.8.3-5" K::SubscriptionOptionsReserved,
            "82 07 0001 00 0001 61 40" @ 8, "82 07 0001 00 0001 61 2e";
        mqtt_3_9_3_2: "5.0 MQTT-3.9.3-2" K::UnknownReasonCode, "90 04 0001 00 03" @ 5, "90 04 0001 00 02";
        mqtt_3_10_1_1: "5.0 MQTT-3.10.1-1" K::FixedHeaderFlags,
            "a0 06 0001 00 0001 61" @ 0, "a2 06 0001 00 0001 61";
        mqtt_3_10_3_1: "5.0 MQTT-3.10.3-1" K::InvalidUtf8, "a2 06 0001 00 0001 ff" @ 7, "a2 06 0001 00 0001 61";
        mqtt_3_10_3_2: "5.0 MQTT-3.10.3-2" K::EmptyList, "a2 03 0001 00" @ 5, "a2 06 0001 00 0001 61";
        mqtt_3_11_3_2: "5.0 MQTT-3.11.3-2" K::UnknownReasonCode, "b0 04 0001 00 01" @ 5, "b0 04 0001 00 11";
        mqtt_3_14_1_1: "5.0 MQTT-3.14.1-1" K::FixedHeaderFlags, "e2 00" @ 0, "e0 00";
        mqtt_3_14_2_1: "5.0 MQTT-3.14.2-1" K::UnknownReasonCode, "e0 01 01" @ 2, "e0 01 04";
        mqtt_3_15_1_1: "5.0 MQTT-3.15.1-1" K::FixedHeaderFlags, "f1 00" @ 0, "f0 00";
        mqtt_3_15_2_1: "5.0 MQTT-3.15.2-1" K::UnknownReasonCode, "f0 02 80 00" @ 2, "f0 02 18 00";
        mqtt_4_3_1_1: "5.0 MQTT-4.3.1-1" K::DupAtQosZero, "38 04 0001 61 00" @ 0, "30 04 0001 61 00";
        mqtt_4_7_0_1: "5.0 MQTT-4.7.0-1" K::WildcardInTopicName,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 2b 0000" @ 18,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 77 0000";
        mqtt_4_7_1_1: "5.0 MQTT-4.7.1-1" K::MultiLevelWildcard,
            "82 08 0001 00 0002 6123 00" @ 8, "82 09 0001 00 0003 612f23 00";
        mqtt_4_7_1_2: "5.0 MQTT-4.7.1-2" K::SingleLevelWildcard,
            "82 08 0001 00 0002 2b61 00" @ 7, "82 09 0001 00 0003 2b2f61 00";
        mqtt_4_7_3_1: "5.0 MQTT-4.7.3-1" K::EmptyTopicFilter,
            "82 06 0001 00 0000 00" @ 5, "82 07 0001 00 0001 61 00";
        mqtt_4_7_3_2: "5.0 MQTT-4.7.3-2" K::NullCharacter,
            "82 07 0001 00 0001 00 00" @ 7, "82 07 0001 00 0001 20 00";
        mqtt_4_8_2_1: "5.0 MQTT-4.8.2-1" K::ShareNameEmpty,
            "82 0f 0001 00 0009 2473686172652f2f61 00" @ 7, "82 10 0001 00 000a 2473686172652f672f61 00";
        mqtt_4_8_2_2: "5.0 MQTT-4.8.2-2" K::ShareNameInvalid,
            "82 10 0001 00 000a 2473686172652f2b2f61 00" @ 14, "82 10 0001 00 000a 2473686172652f672f61 00";
    }
}

/// Statements on what a connection's ends have agreed on.
mod v5_in_context {
    use super::*;

    /// Packets to a server with limits, of a client that uses no authentication.
    const SERVER: Context = Context {
        maximum_packet_size: 32,
        topic_alias_maximum: 10,
        maximum_qos: QoS::AtLeastOnce,
        retain_available: false,
        authentication: false,
        ..Context::new(Version::V5).towards(Direction::ToServer)
    };
    const NO_ALIAS_SERVER: Context = Context { topic_alias_maximum: 0, ..SERVER };

    /// Packets to a client that asked for as little as it can.
    const CLIENT: Context = Context {
        maximum_packet_size: 32,
        topic_alias_maximum: 5,
        response_information: false,
        problem_information: false,
        authentication: false,
        ..Context::new(Version::V5).towards(Direction::ToClient)
    };
    const NO_ALIAS_CLIENT: Context = Context { topic_alias_maximum: 0, ..CLIENT };
    const SMALL_CLIENT: Context =
        Context { maximum_packet_size: 16, ..Context::new(Version::V5).towards(Direction::ToClient) };

    /// As `refuses`, each in a context; without it the broken packet is a good one too.
    macro_rules! refuses_in {
        ($($name:ident: $statement:literal K::$kind:ident in $context:ident,
            $bad:literal @ $offset:literal, $good:literal;)*) => {$(
            #[test]
            fn $name() {
                let bad = hex($bad);
                let fault = decode_in(&bad, &$context).expect_err(concat!($statement, ": the broken packet was read"));
                assert_eq!((fault.kind, fault.offset), (K::$kind, $offset), "{}", fault.statement());
                for (packet, context) in [(hex($good), $context), (bad, Context::new(Version::V5))] {
                    if let Err(fault) = decode_in(&packet, &context) {
                        panic!("{}: the good packet was refused: {fault:?}", $statement);
                    }
                }
            }
        )*};
    }

    refuses_in! {
        mqtt_3_1_2_24: "5.0 MQTT-3.1.2-24" K::PacketTooLargeForClient in SMALL_CLIENT,
            "30 0f 0001 61 00 6262626262626262626262" @ 1,
            "30 0e 0001 61 00 62626262626262626262";
        mqtt_3_1_2_26: "5.0 MQTT-3.1.2-26" K::TopicAliasAboveClientMaximum in CLIENT,
            "30 07 0000 03 23 0006 78" @ 6,
            "30 07 0000 03 23 0005 78";
        mqtt_3_1_2_27: "5.0 MQTT-3.1.2-27" K::TopicAliasAboveClientMaximum in NO_ALIAS_CLIENT,
            "30 08 0001 61 03 23 0001 78" @ 7,
            "30 05 0001 61 00 78";
        mqtt_3_1_2_28: "5.0 MQTT-3.1.2-28" K::PropertyNotRequested in CLIENT,
            "20 07 00 00 04 1a 0001 61" @ 5,
            "20 07 00 00 04 1f 0001 61";
        mqtt_3_1_2_29: "5.0 MQTT-3.1.2-29" K::PropertyNotRequested in CLIENT,
            "40 08 0007 00 04 1f 0001 61" @ 6,
            "e0 06 00 04 1f 0001 61";
        mqtt_3_2_2_11: "5.0 MQTT-3.2.2-11" K::QosAboveMaximum in SERVER,
            "34 06 0001 61 0007 00" @ 0,
            "32 06 0001 61 0007 00";
        mqtt_3_2_2_12: "5.0 MQTT-3.2.2-12" K::QosAboveMaximum in SERVER,
            "10 13 0004 4d515454 05 16 003c 00 0000 00 0001 77 0000" @ 9,
            "10 13 0004 4d515454 05 0e 003c 00 0000 00 0001 77 0000";
        mqtt_3_2_2_13: "5.0 MQTT-3.2.2-13" K::RetainNotAvailable in SERVER,
            "10 13 0004 4d515454 05 26 003c 00 0000 00 0001 77 0000" @ 9,
            "10 13 0004 4d515454 05 06 003c 00 0000 00 0001 77 0000";
        mqtt_3_2_2_14: "5.0 MQTT-3.2.2-14" K::RetainNotAvailable in SERVER,
            "31 04 0001 61 00" @ 0,
            "30 04 0001 61 00";
        mqtt_3_2_2_15: "5.0 MQTT-3.2.2-15" K::PacketTooLarge in SERVER,
            "30 1f 0001 61 00 626262626262626262626262626262626262626262626262626262" @ 1,
            "30 1e 0001 61 00 6262626262626262626262626262626262626262626262626262";
        mqtt_3_2_2_17: "5.0 MQTT-3.2.2-17" K::TopicAliasAboveMaximum in SERVER,
            "30 07 0000 03 23 000b 78" @ 6,
            "30 07 0000 03 23 000a 78";
        mqtt_3_2_2_18: "5.0 MQTT-3.2.2-18" K::TopicAliasAboveMaximum in NO_ALIAS_SERVER,
            "30 08 0001 61 03 23 0001 78" @ 7,
            "30 05 0001 61 00 78";
        mqtt_3_2_2_19: "5.0 MQTT-3.2.2-19" K::PacketTooLargeForClient in SMALL_CLIENT,
            "20 12 0087 0f 1f000c6e6e6e6e6e6e6e6e6e6e6e6e" @ 1,
            "20 0e 0087 0b 1f00086e6e6e6e6e6e6e6e";
        mqtt_3_2_2_20: "5.0 MQTT-3.2.2-20" K::PacketTooLargeForClient in SMALL_CLIENT,
            "20 12 0087 0f 260001610009767676767676767676" @ 1,
            "20 0e 0087 0b 2600016100057676767676";
        mqtt_3_3_2_9: "5.0 MQTT-3.3.2-9" K::TopicAliasAboveMaximum in SERVER,
            "30 08 0001 61 03 23 000b 78" @ 7,
            "30 08 0001 61 03 23 000a 78";
        mqtt_3_3_2_11: "5.0 MQTT-3.3.2-11" K::TopicAliasAboveClientMaximum in CLIENT,
            "30 08 0001 61 03 23 0006 78" @ 7,
            "30 08 0001 61 03 23 0005 78";
        mqtt_3_3_4_6: "5.0 MQTT-3.3.4-6" K::SubscriptionIdentifierFromClient in SERVER,
            "30 06 0001 61 02 0b 01" @ 6,
            "82 09 0001 02 0b 01 0001 61 00";
        mqtt_3_4_2_2: "5.0 MQTT-3.4.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "40 12 000780 0e 1f000b6e6e6e6e6e6e6e6e6e6e6e" @ 1,
            "40 0e 000780 0a 1f00076e6e6e6e6e6e6e";
        mqtt_3_4_2_3: "5.0 MQTT-3.4.2-3" K::PacketTooLargeForClient in SMALL_CLIENT,
            "40 12 000780 0e 2600016100087676767676767676" @ 1,
            "40 0e 000780 0a 26000161000476767676";
        mqtt_3_5_2_2: "5.0 MQTT-3.5.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "50 12 000780 0e 1f000b6e6e6e6e6e6e6e6e6e6e6e" @ 1,
            "50 0e 000780 0a 1f00076e6e6e6e6e6e6e";
        mqtt_3_5_2_3: "5.0 MQTT-3.5.2-3" K::PacketTooLargeForClient in SMALL_CLIENT,
            "50 12 000780 0e 2600016100087676767676767676" @ 1,
            "50 0e 000780 0a 26000161000476767676";
        mqtt_3_6_2_2: "5.0 MQTT-3.6.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "62 12 000792 0e 1f000b6e6e6e6e6e6e6e6e6e6e6e" @ 1,
            "62 0e 000792 0a 1f00076e6e6e6e6e6e6e";
        mqtt_3_6_2_3: "5.0 MQTT-3.6.2-3" K::PacketTooLargeForClient in SMALL_CLIENT,
            "62 12 000792 0e 2600016100087676767676767676" @ 1,
            "62 0e 000792 0a 26000161000476767676";
        mqtt_3_7_2_2: "5.0 MQTT-3.7.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "70 12 000792 0e 1f000b6e6e6e6e6e6e6e6e6e6e6e" @ 1,
            "70 0e 000792 0a 1f00076e6e6e6e6e6e6e";
        mqtt_3_7_2_3: "5.0 MQTT-3.7.2-3" K::PacketTooLargeForClient in SMALL_CLIENT,
            "70 12 000792 0e 2600016100087676767676767676" @ 1,
            "70 0e 000792 0a 26000161000476767676";
        mqtt_3_9_2_1: "5.0 MQTT-3.9.2-1" K::PacketTooLargeForClient in SMALL_CLIENT,
            "90 12 0001 0e 1f000b6e6e6e6e6e6e6e6e6e6e6e 00" @ 1,
            "90 0e 0001 0a 1f00076e6e6e6e6e6e6e 00";
        mqtt_3_9_2_2: "5.0 MQTT-3.9.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "90 12 0001 0e 2600016100087676767676767676 00" @ 1,
            "90 0e 0001 0a 26000161000476767676 00";
        mqtt_3_11_2_1: "5.0 MQTT-3.11.2-1" K::PacketTooLargeForClient in SMALL_CLIENT,
            "b0 12 0001 0e 1f000b6e6e6e6e6e6e6e6e6e6e6e 00" @ 1,
            "b0 0e 0001 0a 1f00076e6e6e6e6e6e6e 00";
        mqtt_3_11_2_2: "5.0 MQTT-3.11.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "b0 12 0001 0e 2600016100087676767676767676 00" @ 1,
            "b0 0e 0001 0a 26000161000476767676 00";
        mqtt_3_14_2_2: "5.0 MQTT-3.14.2-2" K::SessionExpiryFromServer in CLIENT,
            "e0 07 00 05 11 00000001" @ 4,
            "e0 02 00 00";
        mqtt_3_14_2_3: "5.0 MQTT-3.14.2-3" K::PacketTooLargeForClient in SMALL_CLIENT,
            "e0 12 80 10 1f000d6e6e6e6e6e6e6e6e6e6e6e6e6e" @ 1,
            "e0 0e 80 0c 1f00096e6e6e6e6e6e6e6e6e";
        mqtt_3_14_2_4: "5.0 MQTT-3.14.2-4" K::PacketTooLargeForClient in SMALL_CLIENT,
            "e0 12 80 10 26000161000a76767676767676767676" @ 1,
            "e0 0e 80 0c 260001610006767676767676";
        mqtt_3_15_2_2: "5.0 MQTT-3.15.2-2" K::PacketTooLargeForClient in SMALL_CLIENT,
            "f0 12 18 10 1500016d1f00096e6e6e6e6e6e6e6e6e" @ 1,
            "f0 0e 18 0c 1500016d1f00056e6e6e6e6e";
        mqtt_3_15_2_3: "5.0 MQTT-3.15.2-3" K::PacketTooLargeForClient in SMALL_CLIENT,
            "f0 12 18 10 1500016d260001610006767676767676" @ 1,
            "f0 0e 18 0c 1500016d2600016100027676";
        mqtt_4_12_0_6: "5.0 MQTT-4.12.0-6" K::AuthenticationNotAgreed in CLIENT, "f0 00" @ 0, "e0 00";
        mqtt_4_12_0_7: "5.0 MQTT-4.12.0-7" K::AuthenticationNotOffered in SERVER, "f0 00" @ 0, "e0 00";
    }
}
