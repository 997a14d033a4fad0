//! Broken packets, and what they were meant to be.
//!
//! A seeded generator breaks sound packets: fault kind × packet × version. What is to be found, cause and byte, is set by
//! the mutation, before anything is decoded. Misses are printed.

use mqtt_playground::codec::{
    Ack, ConnAck, Connect, Field, Packet, PacketId, Properties, PropertyBuf, PropertyId, PropertyValue,
    Publish, QoS, Reason, ReasonCode, SubAck, Subscribe, SubscriptionOptions, SubscriptionsBuf,
    TopicFiltersBuf, Unsubscribe, Version, Will, decode,
};
use mqtt_playground::dissect::{
    Cause, Fix, Repair, Search, dissect, insert_property, parse_hex, repairs, replace,
};

struct Broken {
    name: &'static str,
    what: String,
    bytes: Vec<u8>,
    read_as: Version,
    cause: Cause,
    at: usize,
}

/// The same numbers each time.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % most
    }
}

fn encode(packet: &Packet<'_>, version: Version) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    packet.encode(version, &mut bytes).ok()?;
    Some(bytes)
}

/// A sound packet of each type, some with properties.
fn packets(version: Version, seeded: &mut Seeded) -> Vec<(&'static str, Vec<u8>)> {
    let id = PacketId::new(0x100 + seeded.below(0x4000) as u16).unwrap();
    let topic: String = ["plant/line/temp", "a/b", "lab/3/status/long/name"][seeded.below(3)].to_owned();
    let payload = ["22.4", "on", "{\"t\":21}"][seeded.below(3)].as_bytes();
    let mut own = PropertyBuf::new();
    own.push(PropertyId::MessageExpiryInterval, PropertyValue::Number(120));
    own.push(PropertyId::ContentType, PropertyValue::Text("text/plain"));
    let own = if version == Version::V5 { own.as_properties() } else { Properties::EMPTY };
    let none = Properties::EMPTY;
    let mut filters = SubscriptionsBuf::new();
    filters.push("lab/+/temp", SubscriptionOptions::new(QoS::AtLeastOnce));
    filters.push(&topic, SubscriptionOptions::new(QoS::AtMostOnce));
    let mut names = TopicFiltersBuf::new();
    names.push("lab/+/temp").push(&topic);
    let connect = Connect {
        version,
        clean_start: true,
        keep_alive_secs: 60,
        properties: none,
        client_id: "lab-node-3",
        will: None,
        user_name: Some("ada"),
        password: Some(b"secret"),
    };
    let will = Will {
        qos: QoS::AtLeastOnce,
        retain: false,
        properties: none,
        topic: "lab/3/status",
        payload: b"lost",
    };
    let publish = |qos: QoS| Publish {
        dup: false,
        qos,
        retain: false,
        topic: &topic,
        packet_id: (qos != QoS::AtMostOnce).then_some(id),
        properties: own,
        payload,
    };
    let codes = if version == Version::V5 { &[0, 0x11][..] } else { &[] };
    let all = [
        ("CONNECT", Packet::Connect(connect)),
        ("CONNECT with will", Packet::Connect(Connect { will: Some(will), ..connect })),
        (
            "CONNACK",
            Packet::ConnAck(ConnAck { session_present: false, code: ReasonCode::SUCCESS, properties: none }),
        ),
        ("PUBLISH 0", Packet::Publish(publish(QoS::AtMostOnce))),
        ("PUBLISH 1", Packet::Publish(publish(QoS::AtLeastOnce))),
        ("PUBLISH 2", Packet::Publish(publish(QoS::ExactlyOnce))),
        ("PUBACK", Packet::PubAck(Ack::new(id))),
        ("PUBREC", Packet::PubRec(Ack::new(id))),
        ("PUBREL", Packet::PubRel(Ack::new(id))),
        ("PUBCOMP", Packet::PubComp(Ack::new(id))),
        (
            "SUBSCRIBE",
            Packet::Subscribe(Subscribe {
                packet_id: id,
                dup: false,
                properties: none,
                filters: filters.as_subscriptions(),
            }),
        ),
        ("SUBACK", Packet::SubAck(SubAck { packet_id: id, properties: none, codes: &[1, 0] })),
        (
            "UNSUBSCRIBE",
            Packet::Unsubscribe(Unsubscribe {
                packet_id: id,
                dup: false,
                properties: none,
                filters: names.as_topic_filters(),
            }),
        ),
        ("UNSUBACK", Packet::UnsubAck(SubAck { packet_id: id, properties: none, codes })),
        ("PINGREQ", Packet::PingReq),
        ("PINGRESP", Packet::PingResp),
        ("DISCONNECT", Packet::Disconnect(Reason { code: ReasonCode::SUCCESS, properties: none })),
    ];
    all.into_iter().filter_map(|(name, packet)| Some((name, encode(&packet, version)?))).collect()
}

/// Sound packets that follow.
const BEHIND: &[u8] = &[0xc0, 0, 0x40, 2, 0, 7];

fn with_length(packet: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    assert!(length < 128 && bytes[1] < 128);
    bytes[1] = length as u8;
    bytes
}

/// Every way to break this packet, with what is to be found.
fn mutations(name: &'static str, packet: &[u8], version: Version, seeded: &mut Seeded) -> Vec<Broken> {
    let mut all = Vec::new();
    let nodes = dissect(packet, version).nodes;
    let find = |field: Field| nodes.iter().find(|node| node.field == field).map(|node| node.range());
    let mut push = |what: &str, mut bytes: Vec<u8>, read_as, cause, at, behind: bool| {
        if behind {
            bytes.extend(BEHIND);
        }
        let what = format!("{version} {what}");
        all.push(Broken { name, what, bytes, read_as, cause, at });
    };
    let length = usize::from(packet[1]);
    if length > 2 {
        let more = 1 + 2 * seeded.below(2);
        push(
            "length too long",
            with_length(packet, length + more),
            version,
            Cause::RemainingLengthTooLong,
            1,
            true,
        );
        let fewer = 1 + seeded.below(2);
        push(
            "length too short",
            with_length(packet, length - fewer),
            version,
            Cause::RemainingLengthTooShort,
            1,
            true,
        );
        let cut = packet.len() - 1 - seeded.below(2);
        push("cut short", packet[..cut].to_vec(), version, Cause::Truncated, cut, false);
        let both = [&with_length(packet, length + BEHIND.len())[..], BEHIND].concat();
        if !name.starts_with("PUBLISH") {
            push("two packets in one", both, version, Cause::TwoPackets, 1, false);
        }
    }
    if version == Version::V5 && length > 0 {
        let wide = [&[packet[0], packet[1] | 0x80, 0], &packet[2..]].concat();
        push("length not minimal", wide, version, Cause::LengthNotMinimal, 1, true);
    }
    // 3.1 does not use the flags of packets without QoS.
    let flags = version != Version::V31 || matches!(name, "PUBREL" | "SUBSCRIBE" | "UNSUBSCRIBE");
    if !name.starts_with("PUBLISH") {
        let wrong = packet[0] ^ [1, 4, 5, 6][seeded.below(4)];
        let mut bytes = packet.to_vec();
        bytes[0] = wrong;
        if flags {
            push("flags", bytes, version, Cause::FixedHeaderFlags, 0, true);
        }
    } else {
        let mut bytes = packet.to_vec();
        bytes[0] |= 0x06;
        if name != "PUBLISH 0" {
            push("QoS 3", bytes, version, Cause::QosThree, 0, true);
        } else {
            let mut bytes = packet.to_vec();
            bytes[0] |= 0x08;
            push("DUP at QoS 0", bytes, version, Cause::DupAtQosZero, 0, true);
        }
    }
    for field in [
        Field::TopicNameLength,
        Field::TopicFilterLength,
        Field::ClientIdentifierLength,
        Field::UserNameLength,
    ] {
        let Some(place) = find(field) else { continue };
        let mut bytes = packet.to_vec();
        bytes.swap(place.start, place.start + 1);
        push("length swapped", bytes, version, Cause::LengthSwapped, place.start, true);
        if field != Field::TopicNameLength {
            let mut bytes = packet.to_vec();
            bytes[place.start + 1] += 1 + seeded.below(3) as u8;
            push("length stale", bytes, version, Cause::LengthStale, place.start, true);
        }
    }
    if let Some(place) = find(Field::PacketIdentifier) {
        let mut bytes = packet.to_vec();
        bytes[place.clone()].fill(0);
        push("packet id 0", bytes, version, Cause::PacketIdentifierZero, place.start, true);
    }
    for field in [Field::TopicName, Field::TopicFilter, Field::ClientIdentifier] {
        let Some(place) = find(field) else { continue };
        let at = place.start + seeded.below(place.len());
        for (what, byte, cause) in [
            ("bad UTF-8", 0xff, Cause::InvalidUtf8),
            ("NUL", 0, Cause::NullCharacter),
            ("wildcard", b'#', Cause::Wildcard),
        ] {
            if what == "wildcard" && field != Field::TopicName {
                continue;
            }
            let mut bytes = packet.to_vec();
            bytes[at] = byte;
            push(what, bytes, version, cause, at, true);
        }
    }
    if let Some(place) = find(Field::ConnectFlags) {
        let mut bytes = packet.to_vec();
        bytes[place.start] |= 1;
        if version != Version::V31 {
            push("reserved connect flag", bytes, version, Cause::ReservedBit, place.start, true);
        }
        if name == "CONNECT" {
            let mut bytes = packet.to_vec();
            bytes[place.start] |= 0x20;
            push("will retain without a will", bytes, version, Cause::WillFlags, place.start, true);
            let user = find(Field::UserNameLength).unwrap().start..find(Field::UserName).unwrap().end;
            let mut bytes = replace(packet, version, user, &[]);
            bytes[place.start] &= 0x7f;
            if version != Version::V5 {
                push("password without user name", bytes, version, Cause::PasswordFlag, place.start, true);
            }
        }
        let level = find(Field::ProtocolLevel).unwrap().start;
        let mut bytes = packet.to_vec();
        bytes[level] = if version == Version::V31 { 4 } else { 3 };
        push("name and level", bytes, version, Cause::Protocol, level, true);
    }
    if let Some(place) = find(Field::SubscriptionOptions) {
        let mut bytes = packet.to_vec();
        bytes[place.start] |= 0xc0;
        push("reserved option bits", bytes, version, Cause::ReservedBit, place.start, true);
    }
    for field in [
        Field::TopicFilterLength,
        Field::SubscribeReturnCode,
        Field::SubscribeReasonCode,
        Field::UnsubscribeReasonCode,
    ] {
        if let Some(place) = find(field) {
            let bytes = replace(packet, version, place.start..packet.len(), &[]);
            push("empty list", bytes, version, Cause::EmptyList, place.start, true);
        }
    }
    for field in
        [Field::ConnectReturnCode, Field::ReasonCode, Field::SubscribeReturnCode, Field::SubscribeReasonCode]
    {
        if let Some(place) = find(field) {
            let mut bytes = packet.to_vec();
            bytes[place.start] = 0x7f;
            push("unknown code", bytes, version, Cause::ReasonCode, place.start, true);
        }
    }
    if let Some(place) = find(Field::PropertyLength).filter(|_| version == Version::V5) {
        let mut inside = place.end;
        if let Some(property) = find(Field::Property) {
            inside = nodes
                .iter()
                .filter(|node| node.field == Field::Property)
                .map(|node| node.range().end)
                .max()
                .unwrap();
            let first = packet[property.clone()].to_vec();
            let bytes = insert_property(packet, version, inside, &first);
            push("property twice", bytes, version, Cause::DuplicateProperty, inside, true);
            let mut bytes = packet.to_vec();
            bytes[place.start] += 100;
            push("property length", bytes, version, Cause::PropertyLength, place.start, true);
        }
        // Server Keep Alive belongs to CONNACK, Will Delay to wills.
        let foreign: &[u8] = if name == "CONNACK" { &[0x18, 0, 0, 0, 1] } else { &[0x13, 0, 1] };
        let bytes = insert_property(packet, version, inside, foreign);
        push("misplaced property", bytes, version, Cause::MisplacedProperty, inside, true);
    }
    let other = match version {
        Version::V5 => Some(Version::V311),
        Version::V311 => Some(Version::V5),
        Version::V31 => None,
    };
    // Only where the other version does not fit too.
    if let Some(other) = other.filter(|other| !name.starts_with("CONNECT") && decode(packet, *other).is_err())
    {
        push("read by another version", packet.to_vec(), other, Cause::OtherVersion, 0, false);
    }
    all
}

fn diagnose(broken: &Broken) -> Vec<Repair> {
    let dissection = dissect(&packet_of(&broken.bytes), broken.read_as);
    repairs(&broken.bytes, broken.read_as, dissection.faults.first().map(|it| &it.fault), 0)
}

fn packet_of(bytes: &[u8]) -> Vec<u8> {
    match mqtt_playground::codec::measure(bytes) {
        mqtt_playground::codec::Frame::Len { total, .. } => bytes[..total.min(bytes.len())].to_vec(),
        _ => bytes.to_vec(),
    }
}

#[test]
fn what_was_broken_is_found_at_its_byte() {
    let mut seeded = Seeded(7);
    let mut cases = Vec::new();
    for version in Version::ALL {
        for (name, packet) in packets(version, &mut seeded) {
            assert!(decode(&packet, version).is_ok(), "{name} is sound");
            cases.extend(mutations(name, &packet, version, &mut seeded));
        }
    }
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let mut missed = Vec::new();
    for case in &cases {
        let found = diagnose(case);
        let first = found.first();
        if first.is_none_or(|it| (it.cause, it.at) != (case.cause, case.at)) {
            let told: Vec<String> = found.iter().map(|it| format!("{:?} at {}", it.cause, it.at)).collect();
            let hex: String = case.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let wanted = format!("{:?} at {}", case.cause, case.at);
            missed.push(format!(
                "{} {}: wanted {wanted}, found {}; {hex}",
                case.name,
                case.what,
                told.join(", ")
            ));
        }
    }
    println!("{} cases, {} missed", cases.len(), missed.len());
    for miss in &missed {
        println!("{miss}");
    }
    assert!(missed.len() * 10 <= cases.len(), "{} of {} missed", missed.len(), cases.len());
}

#[test]
fn a_search_in_slices_finds_the_same_and_reaches_its_end() {
    for (hex, version) in [
        // Lengths without properties, with some, and none at all.
        ("82 06 00 01 01 00 61 01", Version::V311),
        ("82 05 00 01 00 01 61 01 c0 00", Version::V311),
        ("30 0a 00 03 61 2f 62 09 01 01 68 69", Version::V5),
        ("40 03 00 07 10", Version::V311),
        ("60 02 00 07", Version::V311),
        ("30 ff ff ff ff 07 00 01 61", Version::V311),
    ] {
        let bytes = parse_hex(hex).unwrap();
        let dissection = dissect(&packet_of(&bytes), version);
        let fault = dissection.faults.first().map(|it| &it.fault);
        let mut search = Search::new(&bytes, version, fault, 0);
        let mut seen = vec![search.progress()];
        while !search.step(&bytes, 1) {
            seen.push(search.progress());
        }
        assert!(seen.is_sorted(), "{hex}: {seen:?}");
        assert_eq!(search.progress(), 1000, "{hex}");
        assert!(seen.len() == 1 || seen[0] < 1000, "{hex}: {seen:?}");
        let found = search.finish(&bytes);
        assert!(!found.is_empty(), "{hex}");
        assert_eq!(found, repairs(&bytes, version, fault, 0), "{hex}");
    }
}

#[test]
fn a_repair_leaves_a_sound_packet() {
    let mut seeded = Seeded(11);
    let (mut whole, mut all) = (0, 0);
    for version in Version::ALL {
        for (name, packet) in packets(version, &mut seeded) {
            for case in mutations(name, &packet, version, &mut seeded) {
                if case.cause == Cause::Truncated {
                    continue;
                }
                all += 1;
                whole += usize::from(diagnose(&case).first().is_some_and(|repair| match &repair.fix {
                    Fix::Bytes { old, new } => {
                        let after = [&new[..], &case.bytes[*old..]].concat();
                        decode(&packet_of(&after), case.read_as).is_ok()
                    }
                    Fix::ReadAs(version) => decode(&packet_of(&case.bytes), *version).is_ok(),
                    Fix::More(_) | Fix::Before { .. } => false,
                }));
            }
        }
    }
    assert!(whole * 10 >= all * 9, "{whole} of {all}");
}

/// The first repair of these bytes, and the change that it makes.
fn first(hex: &str, version: Version) -> (Cause, usize, String, String) {
    let bytes = parse_hex(hex).unwrap();
    let dissection = dissect(&packet_of(&bytes), version);
    let found = repairs(&bytes, version, dissection.faults.first().map(|it| &it.fault), 0);
    let repair = found.first().unwrap_or_else(|| panic!("nothing for {hex}"));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let change =
        repair.change(&bytes).map_or(String::new(), |(_, old, new)| format!("{}>{}", hex(old), hex(new)));
    (repair.cause, repair.at, repair.label.clone(), change)
}

#[test]
fn cases_from_public_reports() {
    for (hex, version, cause, at, label, change) in [
        (
            "1f0f00044d5154540402000a0003636964",
            Version::V311,
            Cause::FixedHeaderFlags,
            0,
            "Set byte 0000 to 10",
            "1f>10",
        ),
        (
            "101a00044d51545404c2003c000474657374000475736572",
            Version::V311,
            Cause::Truncated,
            24,
            "4 bytes more needed",
            "",
        ),
        ("0ac000", Version::V311, Cause::PacketType, 0, "Leave out the first byte", "0a>"),
        ("60020007", Version::V311, Cause::FixedHeaderFlags, 0, "Set byte 0000 to 62", "60>62"),
        ("64020007", Version::V5, Cause::FixedHeaderFlags, 0, "Set byte 0000 to 62", "64>62"),
    ] {
        let told = first(hex, version);
        assert_eq!((told.0, told.1), (cause, at), "{hex}");
        assert_eq!(told.2, label, "{hex}");
        assert_eq!(told.3, change, "{hex}");
    }
    // HTTP is named as what it is; as bytes nothing makes a packet of it.
    let http = parse_hex("48545450").unwrap();
    let faults = dissect(&packet_of(&http), Version::V311).faults;
    let found = repairs(&http, Version::V311, faults.first().map(|it| &it.fault), 0);
    assert!(found.iter().all(|it| !matches!(it.fix, Fix::ReadAs(_))), "{found:?}");
    // Its properties are missing besides: a length in one byte alone does not make it sound.
    let connack = parse_hex("2082000000").unwrap();
    assert_eq!(dissect(&connack, Version::V5).faults[0].fault.offset, 1);
    let told = first("2082000000", Version::V5);
    assert_eq!((told.0, told.1), (Cause::LengthNotMinimal, 1));
    assert_eq!(told.2, "Write it in 1 byte, and add the length of no properties");
    let repaired =
        repairs(&connack, Version::V5, dissect(&connack, Version::V5).faults.first().map(|it| &it.fault), 0);
    assert_eq!(repaired[0].fix, Fix::Bytes { old: 5, new: vec![0x20, 3, 0, 0, 0] });
}

#[test]
fn lengths_around_an_edit_follow() {
    let publish = parse_hex("30 0e 0003 612f62 05 03 0002 7478 6869 21").unwrap();
    let longer = replace(&publish, Version::V5, 4..7, b"a/b/c");
    assert_eq!(longer[..9], parse_hex("30 10 0005 612f622f63").unwrap());
    let content = replace(&longer, Version::V5, 13..15, b"text");
    assert_eq!(content, parse_hex("30 12 0005 612f622f63 07 03 0004 74657874 6869 21").unwrap());
    // A length over 127 takes two bytes, the properties' too.
    let wide = replace(&publish, Version::V5, 11..13, &[b'x'; 130]);
    assert_eq!(wide[..3], [0x30, 0x8f, 0x01]);
    assert!(decode(&wide, Version::V5).is_ok());
}
