//! Packets of every type and version, made at random within the standards' rules.

use mqtt_playground::codec::{
    Ack, ConnAck, Connect, Packet, PacketId, PacketType, PropertyBuf, PropertyHost, PropertyId, PropertyKind,
    PropertyValue, Publish, QoS, Reason, ReasonCode, RetainHandling, SubAck, Subscribe, SubscriptionOptions,
    SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version, Will,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A will that owns what it is made of.
#[derive(Clone, Debug)]
pub struct OwnedWill {
    pub qos: QoS,
    pub retain: bool,
    pub properties: PropertyBuf,
    pub topic: String,
    pub payload: Vec<u8>,
}

/// A packet that owns what it is made of.
#[derive(Clone, Debug)]
pub enum Owned {
    Connect {
        clean_start: bool,
        keep_alive_secs: u16,
        properties: PropertyBuf,
        client_id: String,
        will: Option<OwnedWill>,
        user_name: Option<String>,
        password: Option<Vec<u8>>,
    },
    ConnAck {
        session_present: bool,
        code: u8,
        properties: PropertyBuf,
    },
    Publish {
        dup: bool,
        qos: QoS,
        retain: bool,
        topic: String,
        packet_id: PacketId,
        properties: PropertyBuf,
        payload: Vec<u8>,
    },
    Ack {
        packet_type: PacketType,
        packet_id: PacketId,
        dup: bool,
        code: u8,
        properties: PropertyBuf,
    },
    Subscribe {
        packet_id: PacketId,
        dup: bool,
        properties: PropertyBuf,
        filters: Vec<(String, SubscriptionOptions)>,
    },
    Unsubscribe {
        packet_id: PacketId,
        dup: bool,
        properties: PropertyBuf,
        filters: Vec<String>,
    },
    SubAck {
        packet_type: PacketType,
        packet_id: PacketId,
        properties: PropertyBuf,
        codes: Vec<u8>,
    },
    Ping {
        packet_type: PacketType,
    },
    Reason {
        packet_type: PacketType,
        code: u8,
        properties: PropertyBuf,
    },
}

impl Owned {
    /// Lends the packet as the codec takes it.
    pub fn with<T>(&self, version: Version, use_it: impl FnOnce(&Packet<'_>) -> T) -> T {
        match self {
            Self::Connect {
                clean_start,
                keep_alive_secs,
                properties,
                client_id,
                will,
                user_name,
                password,
            } => use_it(&Packet::Connect(Connect {
                version,
                clean_start: *clean_start,
                keep_alive_secs: *keep_alive_secs,
                properties: properties.as_properties(),
                client_id,
                will: will.as_ref().map(|will| Will {
                    qos: will.qos,
                    retain: will.retain,
                    properties: will.properties.as_properties(),
                    topic: &will.topic,
                    payload: &will.payload,
                }),
                user_name: user_name.as_deref(),
                password: password.as_deref(),
            })),
            Self::ConnAck { session_present, code, properties } => use_it(&Packet::ConnAck(ConnAck {
                session_present: *session_present,
                code: ReasonCode(*code),
                properties: properties.as_properties(),
            })),
            Self::Publish { dup, qos, retain, topic, packet_id, properties, payload } => {
                use_it(&Packet::Publish(Publish {
                    dup: *dup,
                    qos: *qos,
                    retain: *retain,
                    topic,
                    packet_id: (*qos != QoS::AtMostOnce).then_some(*packet_id),
                    properties: properties.as_properties(),
                    payload,
                }))
            }
            Self::Ack { packet_type, packet_id, dup, code, properties } => {
                let ack = Ack {
                    packet_id: *packet_id,
                    dup: *dup,
                    reason: ReasonCode(*code),
                    properties: properties.as_properties(),
                };
                use_it(&match packet_type {
                    PacketType::PubAck => Packet::PubAck(ack),
                    PacketType::PubRec => Packet::PubRec(ack),
                    PacketType::PubRel => Packet::PubRel(ack),
                    _ => Packet::PubComp(ack),
                })
            }
            Self::Subscribe { packet_id, dup, properties, filters } => {
                let mut list = SubscriptionsBuf::new();
                for (filter, options) in filters {
                    list.push(filter, *options);
                }
                use_it(&Packet::Subscribe(Subscribe {
                    packet_id: *packet_id,
                    dup: *dup,
                    properties: properties.as_properties(),
                    filters: list.as_subscriptions(),
                }))
            }
            Self::Unsubscribe { packet_id, dup, properties, filters } => {
                let mut list = TopicFiltersBuf::new();
                for filter in filters {
                    list.push(filter);
                }
                use_it(&Packet::Unsubscribe(Unsubscribe {
                    packet_id: *packet_id,
                    dup: *dup,
                    properties: properties.as_properties(),
                    filters: list.as_topic_filters(),
                }))
            }
            Self::SubAck { packet_type, packet_id, properties, codes } => {
                let suback = SubAck { packet_id: *packet_id, properties: properties.as_properties(), codes };
                use_it(&match packet_type {
                    PacketType::SubAck => Packet::SubAck(suback),
                    _ => Packet::UnsubAck(suback),
                })
            }
            Self::Ping { packet_type } => use_it(&match packet_type {
                PacketType::PingReq => Packet::PingReq,
                _ => Packet::PingResp,
            }),
            Self::Reason { packet_type, code, properties } => {
                let reason = Reason { code: ReasonCode(*code), properties: properties.as_properties() };
                use_it(&match packet_type {
                    PacketType::Disconnect => Packet::Disconnect(reason),
                    _ => Packet::Auth(reason),
                })
            }
        }
    }

    /// The packet's bytes.
    pub fn encoded(&self, version: Version) -> Vec<u8> {
        let mut out = Vec::new();
        let written = self.with(version, |packet| packet.encode(version, &mut out));
        assert_eq!(written, Ok(()), "{self:?}");
        out
    }
}

/// A version and a packet that it allows, the types alike in number.
pub fn packet() -> impl Strategy<Value = (Version, Owned)> {
    select(&Version::ALL[..]).prop_flat_map(|version| (Just(version), of_version(version)))
}

/// A packet of any type that the version has.
pub fn of_version(version: Version) -> BoxedStrategy<Owned> {
    let types: Vec<PacketType> =
        PacketType::ALL.into_iter().filter(|t| version == Version::V5 || *t != PacketType::Auth).collect();
    select(types).prop_flat_map(move |packet_type| of_type(packet_type, version)).boxed()
}

/// A packet of one type.
pub fn of_type(packet_type: PacketType, version: Version) -> BoxedStrategy<Owned> {
    use PacketType as P;
    match packet_type {
        P::Connect => connect(version),
        P::ConnAck => connack(version),
        P::Publish => publish(version),
        P::PubAck | P::PubRec | P::PubRel | P::PubComp => ack(packet_type, version),
        P::Subscribe => subscribe(version),
        P::Unsubscribe => unsubscribe(version),
        P::SubAck | P::UnsubAck => suback(packet_type, version),
        P::PingReq | P::PingResp => Just(Owned::Ping { packet_type }).boxed(),
        P::Disconnect | P::Auth => reason(packet_type, version),
    }
}

// ---- pieces ----

/// A string as MQTT allows it, often short and plain, sometimes with characters of up to four bytes.
fn string() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        8 => proptest::char::range('a', 'z'),
        1 => select(&['/', ' ', '$', '"', '\n', '\u{7f}', '\u{202e}', '\u{feff}'][..]),
        2 => any::<char>(),
    ];
    vec(character, 0..24).prop_map(|all| all.into_iter().filter(|c| *c != '\0').collect())
}

/// Now and then longer than one length byte of the Remaining Length can say.
fn data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![4 => vec(any::<u8>(), 0..40), 1 => vec(any::<u8>(), 100..300)]
}

fn topic_name() -> impl Strategy<Value = String> {
    string().prop_map(|text| {
        let name = text.replace(['+', '#'], "");
        if name.is_empty() { "t".to_owned() } else { name }
    })
}

/// A filter: levels of text or `+`, `#` at the end or not; in 5.0 sometimes shared.
fn topic_filter(version: Version) -> impl Strategy<Value = String> {
    let level = prop_oneof![2 => topic_name(), 1 => Just("+".to_owned())];
    let shared = option::weighted(0.2, "[a-z]{1,5}");
    let shared = shared.prop_map(move |name| name.filter(|_| version == Version::V5));
    (vec(level, 0..4), any::<bool>(), shared).prop_map(|(mut levels, all, shared)| {
        // `$share` at the front would read as a shared subscription of its own.
        levels.retain(|level| !level.starts_with('$'));
        if all || levels.is_empty() {
            levels.push("#".to_owned());
        }
        match shared {
            Some(name) => format!("$share/{name}/{}", levels.join("/")),
            None => levels.join("/"),
        }
    })
}

fn packet_id() -> impl Strategy<Value = PacketId> {
    any::<PacketId>()
}

/// One of the codes that the packet has.
fn code(packet_type: PacketType, version: Version) -> impl Strategy<Value = u8> + Clone {
    let known: Vec<u8> = (0..=255).filter(|code| ReasonCode(*code).is_known(packet_type, version)).collect();
    select(if known.is_empty() { vec![0] } else { known })
}

#[derive(Clone, Debug)]
enum Value {
    Number(u32),
    Text(String),
    Binary(Vec<u8>),
    Pair(String, String),
}

fn value(id: PropertyId) -> BoxedStrategy<Value> {
    let (least, greatest) = id.number_range();
    match id.kind() {
        PropertyKind::Utf8String if id == PropertyId::ResponseTopic => {
            topic_name().prop_map(Value::Text).boxed()
        }
        PropertyKind::Utf8String => string().prop_map(Value::Text).boxed(),
        PropertyKind::BinaryData => data().prop_map(Value::Binary).boxed(),
        PropertyKind::Utf8StringPair => {
            (string(), string()).prop_map(|(name, value)| Value::Pair(name, value)).boxed()
        }
        _ => prop_oneof![Just(least), Just(greatest), least..=greatest].prop_map(Value::Number).boxed(),
    }
}

/// Properties that the host may carry, each as often as it may, in any order; none before 5.0.
fn properties(host: PropertyHost, version: Version) -> BoxedStrategy<PropertyBuf> {
    if version != Version::V5 {
        return Just(PropertyBuf::new()).boxed();
    }
    let allowed: Vec<PropertyId> = PropertyId::ALL.into_iter().filter(|id| id.allowed_in(host)).collect();
    let one = select(allowed).prop_flat_map(|id| (Just(id), value(id)));
    vec(one, 0..8).prop_map(move |list| legal(host, &list)).boxed()
}

fn legal(host: PropertyHost, list: &[(PropertyId, Value)]) -> PropertyBuf {
    let has_method = list.iter().any(|(id, _)| *id == PropertyId::AuthenticationMethod);
    let mut out = PropertyBuf::new();
    for (i, (id, value)) in list.iter().enumerate() {
        let twice = list[..i].iter().any(|(other, _)| other == id) && !id.repeatable_in(host);
        if twice || *id == PropertyId::AuthenticationData && !has_method {
            continue;
        }
        out.push(
            *id,
            match value {
                Value::Number(number) => PropertyValue::Number(*number),
                Value::Text(text) => PropertyValue::Text(text),
                Value::Binary(data) => PropertyValue::Binary(data),
                Value::Pair(name, value) => PropertyValue::Pair(name, value),
            },
        );
    }
    out
}

fn of_packet(packet_type: PacketType, version: Version) -> BoxedStrategy<PropertyBuf> {
    properties(PropertyHost::Packet(packet_type), version)
}

fn qos() -> impl Strategy<Value = QoS> {
    select(&QoS::ALL[..])
}

/// DUP in the fixed header of SUBSCRIBE, UNSUBSCRIBE and PUBREL: only 3.1 has it.
fn old_dup(version: Version) -> impl Strategy<Value = bool> {
    any::<bool>().prop_map(move |dup| dup && version == Version::V31)
}

// ---- packets ----

fn connect(version: Version) -> BoxedStrategy<Owned> {
    let will =
        (qos(), any::<bool>(), properties(PropertyHost::Will, version), topic_name(), data()).prop_map(
            |(qos, retain, properties, topic, payload)| OwnedWill { qos, retain, properties, topic, payload },
        );
    let head = (any::<bool>(), any::<u16>(), of_packet(PacketType::Connect, version));
    let payload = (string(), option::of(will), option::of(string()), option::of(data()));
    (head, payload)
        .prop_map(
            move |((clean_start, keep_alive_secs, properties), (client_id, will, user_name, password))| {
                // 3.1.1 MQTT-3.1.2-22: before 5.0 no password without a user name.
                let password = password.filter(|_| version == Version::V5 || user_name.is_some());
                Owned::Connect {
                    clean_start,
                    keep_alive_secs,
                    properties,
                    client_id,
                    will,
                    user_name,
                    password,
                }
            },
        )
        .boxed()
}

fn connack(version: Version) -> BoxedStrategy<Owned> {
    let code = code(PacketType::ConnAck, version);
    (any::<bool>(), code, of_packet(PacketType::ConnAck, version))
        .prop_map(move |(session_present, code, properties)| Owned::ConnAck {
            session_present: session_present && code == 0 && version != Version::V31,
            code,
            properties,
        })
        .boxed()
}

fn publish(version: Version) -> BoxedStrategy<Owned> {
    let flags = (any::<bool>(), qos(), any::<bool>());
    let rest = (topic_name(), packet_id(), of_packet(PacketType::Publish, version), data(), any::<bool>());
    (flags, rest)
        .prop_map(|((dup, qos, retain), (topic, packet_id, properties, payload, leave_out))| {
            let aliased = properties.as_properties().number(PropertyId::TopicAlias).is_some();
            let topic = if aliased && leave_out { String::new() } else { topic };
            Owned::Publish {
                dup: dup && qos != QoS::AtMostOnce,
                qos,
                retain,
                topic,
                packet_id,
                properties,
                payload,
            }
        })
        .boxed()
}

fn ack(packet_type: PacketType, version: Version) -> BoxedStrategy<Owned> {
    (packet_id(), old_dup(version), code(packet_type, version), of_packet(packet_type, version))
        .prop_map(move |(packet_id, dup, code, properties)| Owned::Ack {
            packet_type,
            packet_id,
            dup: dup && packet_type == PacketType::PubRel,
            code,
            properties,
        })
        .boxed()
}

fn options(version: Version) -> BoxedStrategy<SubscriptionOptions> {
    if version != Version::V5 {
        return qos().prop_map(SubscriptionOptions::new).boxed();
    }
    let handling = [RetainHandling::SendAtSubscribe, RetainHandling::SendIfNew, RetainHandling::DoNotSend];
    (qos(), any::<bool>(), any::<bool>(), select(handling.to_vec()))
        .prop_map(|(qos, no_local, retain_as_published, retain_handling)| SubscriptionOptions {
            qos,
            no_local,
            retain_as_published,
            retain_handling,
        })
        .boxed()
}

fn subscribe(version: Version) -> BoxedStrategy<Owned> {
    let filter = (topic_filter(version), options(version)).prop_map(|(filter, mut options)| {
        // 5.0 MQTT-3.8.3-4
        options.no_local &= !filter.starts_with("$share/");
        (filter, options)
    });
    (packet_id(), old_dup(version), of_packet(PacketType::Subscribe, version), vec(filter, 1..5))
        .prop_map(|(packet_id, dup, properties, filters)| Owned::Subscribe {
            packet_id,
            dup,
            properties,
            filters,
        })
        .boxed()
}

fn unsubscribe(version: Version) -> BoxedStrategy<Owned> {
    let filters = vec(topic_filter(version), 1..5);
    (packet_id(), old_dup(version), of_packet(PacketType::Unsubscribe, version), filters)
        .prop_map(|(packet_id, dup, properties, filters)| Owned::Unsubscribe {
            packet_id,
            dup,
            properties,
            filters,
        })
        .boxed()
}

fn suback(packet_type: PacketType, version: Version) -> BoxedStrategy<Owned> {
    let has_codes = packet_type == PacketType::SubAck || version == Version::V5;
    let count = if has_codes { 1..6 } else { 0..1 };
    (packet_id(), of_packet(packet_type, version), vec(code(packet_type, version), count))
        .prop_map(move |(packet_id, properties, codes)| Owned::SubAck {
            packet_type,
            packet_id,
            properties,
            codes,
        })
        .boxed()
}

fn reason(packet_type: PacketType, version: Version) -> BoxedStrategy<Owned> {
    (code(packet_type, version), of_packet(packet_type, version))
        .prop_map(move |(code, properties)| Owned::Reason { packet_type, code, properties })
        .boxed()
}
