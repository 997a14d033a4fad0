//! Packets to compare: random ones of every type and version, always the same, and odd ones made by hand.

use mqtt_playground::codec::{
    Ack, ConnAck, Connect, Direction, Packet, PacketId, PacketType, Properties, PropertyBuf, PropertyHost,
    PropertyId, PropertyKind, PropertyValue, Publish, QoS, Reason, ReasonCode, RetainHandling, SubAck,
    Subscribe, SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version, Will, decode,
};

use crate::Sent;
use crate::random::Random;

/// Connections of each version, and packets of each type in one.
const CONNECTIONS: u64 = 12;
const ROUNDS: usize = 9;

/// Connections, each beginning with the CONNECT that tells tshark the version.
pub fn sessions() -> Vec<Vec<Sent>> {
    let mut out = Vec::new();
    for version in Version::ALL {
        for seed in 0..CONNECTIONS {
            out.push(session(&mut Random(seed << 8 | u64::from(version.level())), version));
        }
        out.push(odd(version));
    }
    out
}

fn session(random: &mut Random, version: Version) -> Vec<Sent> {
    let mut out = vec![sent(random, version, PacketType::Connect)];
    for _ in 0..ROUNDS {
        for packet_type in PacketType::ALL {
            if packet_type != PacketType::Auth || version == Version::V5 {
                let packet = sent(random, version, packet_type);
                let again = random.chance(40).then(|| by_alias(&packet)).flatten();
                out.push(packet);
                out.extend(again);
            }
        }
    }
    out
}

/// The same message once more, its name left to the Topic Alias it has.
fn by_alias(sent: &Sent) -> Option<Sent> {
    let Ok(Packet::Publish(publish)) = decode(&sent.bytes, sent.version) else { return None };
    publish.properties.number(PropertyId::TopicAlias)?;
    let unnamed = Packet::Publish(Publish { topic: "", ..publish });
    Some(Sent { bytes: encoded(sent.version, &unnamed), ..*sent })
}

fn sent(random: &mut Random, version: Version, packet_type: PacketType) -> Sent {
    let direction = packet_type.sender(version).unwrap_or_else(|| random.direction());
    Sent { version, direction, bytes: packet(random, version, packet_type) }
}

fn packet(random: &mut Random, version: Version, packet_type: PacketType) -> Vec<u8> {
    use PacketType as P;
    let list = properties(random, version, PropertyHost::Packet(packet_type));
    let properties = list.as_properties();
    match packet_type {
        P::Connect => connect(random, version, properties),
        P::ConnAck => {
            let code = code(random, version, packet_type);
            let session_present = code.0 == 0 && version != Version::V31 && random.chance(50);
            encoded(version, &Packet::ConnAck(ConnAck { session_present, code, properties }))
        }
        P::Publish => publish(random, version, properties),
        P::PubAck => encoded(version, &Packet::PubAck(ack(random, version, packet_type, properties))),
        P::PubRec => encoded(version, &Packet::PubRec(ack(random, version, packet_type, properties))),
        P::PubRel => encoded(version, &Packet::PubRel(ack(random, version, packet_type, properties))),
        P::PubComp => encoded(version, &Packet::PubComp(ack(random, version, packet_type, properties))),
        P::Subscribe => subscribe(random, version, properties),
        P::Unsubscribe => unsubscribe(random, version, properties),
        P::SubAck | P::UnsubAck => suback(random, version, packet_type, properties),
        P::PingReq => encoded(version, &Packet::PingReq),
        P::PingResp => encoded(version, &Packet::PingResp),
        P::Disconnect => {
            let code = code(random, version, packet_type);
            encoded(version, &Packet::Disconnect(Reason { code, properties }))
        }
        P::Auth => {
            let code = code(random, version, packet_type);
            encoded(version, &Packet::Auth(Reason { code, properties }))
        }
    }
}

fn encoded(version: Version, packet: &Packet<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    packet.encode(version, &mut out).unwrap();
    out
}

fn id(random: &mut Random) -> PacketId {
    PacketId::new(random.number(1, 0xffff) as u16).unwrap()
}

/// A code that the packet may carry; 0 where it carries none.
fn code(random: &mut Random, version: Version, packet_type: PacketType) -> ReasonCode {
    let known: Vec<_> =
        (0..=u8::MAX).map(ReasonCode).filter(|code| code.is_known(packet_type, version)).collect();
    if known.is_empty() || random.chance(20) { ReasonCode::SUCCESS } else { random.pick(&known) }
}

fn ack<'a>(
    random: &mut Random,
    version: Version,
    packet_type: PacketType,
    properties: Properties<'a>,
) -> Ack<'a> {
    let dup = version == Version::V31 && packet_type == PacketType::PubRel && random.chance(50);
    let reason =
        if version == Version::V5 { code(random, version, packet_type) } else { ReasonCode::SUCCESS };
    Ack { packet_id: id(random), dup, reason, properties }
}

fn connect(random: &mut Random, version: Version, properties: Properties<'_>) -> Vec<u8> {
    let will_list = self::properties(random, version, PropertyHost::Will);
    let (topic, payload) = (topic(random), payload(random, 300));
    let (user_name, password) = (random.text(20), payload_of(random, 20));
    let has_user_name = random.chance(60);
    let (client_id, will_qos, will_retain) = (client_id(random), qos(random), random.chance(50));
    let will = random.chance(60).then_some(Will {
        qos: will_qos,
        retain: will_retain,
        properties: will_list.as_properties(),
        topic: &topic,
        payload: &payload,
    });
    let connect = Connect {
        version,
        clean_start: client_id.is_empty() || random.chance(50),
        keep_alive_secs: random.number(0, 0xffff) as u16,
        properties,
        client_id: &client_id,
        will,
        user_name: has_user_name.then_some(&user_name),
        // 5.0 section 3.1.2.9 allows a password alone
        password: ((has_user_name || version == Version::V5) && random.chance(60)).then_some(&password),
    };
    encoded(version, &Packet::Connect(connect))
}

fn publish(random: &mut Random, version: Version, properties: Properties<'_>) -> Vec<u8> {
    let (qos, topic, payload) = (qos(random), topic(random), payload(random, 3000));
    let publish = Publish {
        dup: qos != QoS::AtMostOnce && random.chance(30),
        qos,
        retain: random.chance(30),
        topic: &topic,
        packet_id: (qos != QoS::AtMostOnce).then(|| id(random)),
        properties,
        payload: &payload,
    };
    encoded(version, &Packet::Publish(publish))
}

fn subscribe(random: &mut Random, version: Version, properties: Properties<'_>) -> Vec<u8> {
    let mut list = SubscriptionsBuf::new();
    for _ in 0..=random.below(5) {
        let (shared, mut options) = (random.chance(20), SubscriptionOptions::new(qos(random)));
        if version == Version::V5 {
            options.no_local = !shared && random.chance(50);
            options.retain_as_published = random.chance(50);
            options.retain_handling = random.pick(&[
                RetainHandling::SendAtSubscribe,
                RetainHandling::SendIfNew,
                RetainHandling::DoNotSend,
            ]);
        }
        let filter = filter(random);
        list.push(&if shared { format!("$share/group/{filter}") } else { filter }, options);
    }
    let packet_id = id(random);
    let dup = version == Version::V31 && random.chance(50);
    let subscribe = Subscribe { packet_id, dup, properties, filters: list.as_subscriptions() };
    encoded(version, &Packet::Subscribe(subscribe))
}

fn unsubscribe(random: &mut Random, version: Version, properties: Properties<'_>) -> Vec<u8> {
    let mut list = TopicFiltersBuf::new();
    for _ in 0..=random.below(5) {
        list.push(&filter(random));
    }
    let packet_id = id(random);
    let dup = version == Version::V31 && random.chance(50);
    let unsubscribe = Unsubscribe { packet_id, dup, properties, filters: list.as_topic_filters() };
    encoded(version, &Packet::Unsubscribe(unsubscribe))
}

fn suback(
    random: &mut Random,
    version: Version,
    packet_type: PacketType,
    properties: Properties<'_>,
) -> Vec<u8> {
    let count = 1 + random.below(6);
    let codes: Vec<u8> = (0..count).map(|_| code(random, version, packet_type).0).collect();
    let plain = packet_type == PacketType::UnsubAck && version != Version::V5;
    let suback = SubAck { packet_id: id(random), properties, codes: if plain { &[] } else { &codes } };
    let packet = match packet_type {
        PacketType::SubAck => Packet::SubAck(suback),
        _ => Packet::UnsubAck(suback),
    };
    encoded(version, &packet)
}

/// Some of the properties that may stand there, in any order, with values over their whole ranges.
fn properties(random: &mut Random, version: Version, host: PropertyHost) -> PropertyBuf {
    let mut list = PropertyBuf::new();
    if version != Version::V5 || random.chance(25) {
        return list;
    }
    let mut ids: Vec<_> = PropertyId::ALL.into_iter().filter(|id| id.allowed_in(host)).collect();
    for index in (1..ids.len()).rev() {
        ids.swap(index, random.below(index + 1));
    }
    ids.retain(|_| random.chance(50));
    // 5.0 section 3.1.2.11.10: no data without a method
    if !ids.contains(&PropertyId::AuthenticationMethod) {
        ids.retain(|id| *id != PropertyId::AuthenticationData);
    }
    for id in ids {
        let times = if id.repeatable_in(host) { 1 + random.below(3) } else { 1 };
        for _ in 0..times {
            push(random, &mut list, id);
        }
    }
    list
}

fn push(random: &mut Random, list: &mut PropertyBuf, id: PropertyId) {
    let (least, greatest) = id.number_range();
    match id.kind() {
        // 5.0 section 3.3.2.3.5: a topic name, without wildcards
        _ if id == PropertyId::ResponseTopic => list.push(id, PropertyValue::Text(&topic(random))),
        PropertyKind::Utf8String => list.push(id, PropertyValue::Text(&random.text(30))),
        PropertyKind::BinaryData => list.push(id, PropertyValue::Binary(&payload_of(random, 30))),
        PropertyKind::Utf8StringPair => {
            list.push(id, PropertyValue::Pair(&random.text(12), &random.text(40)))
        }
        _ => list.push(id, PropertyValue::Number(random.number(least, greatest))),
    };
}

fn qos(random: &mut Random) -> QoS {
    random.pick(&QoS::ALL)
}

fn client_id(random: &mut Random) -> String {
    let most = if random.chance(5) { 2000 } else { 23 };
    random.text(most)
}

fn topic(random: &mut Random) -> String {
    let most = if random.chance(5) { 1000 } else { 20 };
    (0..=random.below(4)).map(|_| format!("t{}", random.text(most))).collect::<Vec<_>>().join("/")
}

fn filter(random: &mut Random) -> String {
    let topic = topic(random);
    match random.below(5) {
        0 => "#".to_owned(),
        1 => format!("+/{topic}"),
        2 => format!("{topic}/+/#"),
        _ => topic,
    }
}

fn payload(random: &mut Random, most: usize) -> Vec<u8> {
    let most = if random.chance(70) { 40 } else { most };
    payload_of(random, most)
}

/// Text or any bytes, sometimes none.
fn payload_of(random: &mut Random, most: usize) -> Vec<u8> {
    let len = random.below(most + 1);
    match random.below(10) {
        0 => Vec::new(),
        1..=5 => random.text(len).into_bytes(),
        _ => random.bytes(len),
    }
}

/// What a generator would hardly make: forms that one version allows beside its shortest, and the ends of ranges.
fn odd(version: Version) -> Vec<Sent> {
    let mut random = Random(7);
    let mut out = vec![sent(&mut random, version, PacketType::Connect)];
    let long = "l".repeat(0xffff);
    let zeros = vec![0u8; 2_100_000];
    for (topic, payload) in
        [("t", &b""[..]), (&long, b"x"), ("$SYS/é", &zeros), ("/", b"\0\xff"), ("a b", b" ")]
    {
        let publish = Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: true,
            topic,
            packet_id: None,
            properties: Properties::EMPTY,
            payload,
        });
        out.push(Sent { version, direction: Direction::ToClient, bytes: encoded(version, &publish) });
    }
    let by_hand: &[&[u8]] = match version {
        // A flag without its field (3.1 section 3.1), DUP where it may stand, unused flags set.
        Version::V31 => &[
            b"\x10\x0f\x00\x06MQIsdp\x03\xc2\x00\x00\x00\x01c",
            b"\x6a\x02\x00\x01",
            b"\xaa\x06\x00\x01\x00\x02ab",
        ],
        // A Remaining Length longer than needed.
        Version::V311 => &[b"\x40\x82\x00\x00\x07", b"\xc0\x80\x00", b"\x90\x04\x00\x01\x80\x02"],
        // Reasons and lengths that could be left out, and an empty reason list's shortest forms.
        Version::V5 => &[
            b"\x40\x03\x00\x07\x10",
            b"\x50\x04\x00\x07\x00\x00",
            b"\x62\x03\x00\x07\x00",
            b"\xe0\x00",
            b"\xe0\x01\x04",
            b"\xe0\x02\x00\x00",
            b"\xf0\x00",
            b"\xf0\x02\x18\x00",
        ],
    };
    for bytes in by_hand {
        let packet_type = PacketType::from_nibble(bytes[0] >> 4).unwrap();
        let direction = packet_type.sender(version).unwrap_or(Direction::ToServer);
        out.push(Sent { version, direction, bytes: bytes.to_vec() });
    }
    out
}
