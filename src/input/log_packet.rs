//! A packet that a log tells of, built again as far as it is told.

use crate::codec::{
    Ack, ConnAck, Connect, Direction, Packet, PacketId, Properties, Publish, QoS, Reason, ReasonCode, SubAck,
    Subscribe, SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version,
};

/// Stands for each byte of a payload that the log does not tell.
const UNKNOWN: u8 = b'?';
/// A longer payload is cut to this.
const PAYLOAD: usize = 1 << 20;

/// What the lines so far have told of a client.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) name: String,
    version: Version,
    /// The last SUBSCRIBE and UNSUBSCRIBE: their answers name no identifier.
    subscribed: (PacketId, Vec<u8>),
    unsubscribed: PacketId,
    /// A name for the next packet of which none is told.
    next_id: u16,
}

impl Known {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: Version::V311,
            subscribed: (PacketId::MIN, vec![]),
            unsubscribed: PacketId::MIN,
            next_id: 0,
        }
    }
}

/// A packet as a log tells it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    packet: &'static str,
    pub(super) way: Direction,
    pub(super) version: Option<Version>,
    pub(super) clean: bool,
    pub(super) keep_alive: u16,
    pub(super) user: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) filters: Vec<(String, u8)>,
    id: Option<u16>,
    dup: bool,
    qos: u8,
    retain: bool,
    topic: String,
    payload: usize,
    codes: [u8; 2],
}

const NAMES: [&str; 14] = [
    "CONNECT",
    "CONNACK",
    "PUBLISH",
    "PUBACK",
    "PUBREC",
    "PUBREL",
    "PUBCOMP",
    "SUBSCRIBE",
    "SUBACK",
    "UNSUBSCRIBE",
    "UNSUBACK",
    "PINGREQ",
    "PINGRESP",
    "DISCONNECT",
];

impl Told {
    pub(super) fn new(packet: &'static str, way: Direction) -> Self {
        Self {
            packet,
            way,
            version: None,
            clean: true,
            keep_alive: 60,
            user: None,
            client_id: None,
            filters: vec![],
            id: None,
            dup: false,
            qos: 0,
            retain: false,
            topic: String::new(),
            payload: 0,
            codes: [0; 2],
        }
    }

    pub(super) fn of(packet: &str, way: Direction) -> Option<Self> {
        NAMES.iter().find(|it| **it == packet).map(|it| Self::new(it, way))
    }

    pub(super) fn is(&self, packet: &str) -> bool {
        self.packet == packet
    }

    /// Whether its filters follow on lines of their own.
    pub(super) fn is_opening(&self) -> bool {
        self.packet.ends_with("SUBSCRIBE") && self.filters.is_empty()
    }

    /// `(d0, q1, r0, m46593, 't/a', ... (5 bytes))`, `(Mid: 1, RC:0)`, `(m1, rc0)`, `(0, 0)`, `(Mid: 1, Topic: t/#, QoS: 1)`
    pub(super) fn with(mut self, facts: &str) -> Self {
        if let Some(topic) = quoted(facts) {
            if self.packet.ends_with("SUBSCRIBE") {
                let qos = facts.rsplit(", ").next().unwrap_or("").trim_end_matches([')', ']']);
                self.filters.push((topic.to_owned(), qos.parse().unwrap_or(0)));
            } else {
                topic.clone_into(&mut self.topic);
            }
        }
        // One blank or two stand before the bracket.
        let sized = facts.rsplit_once(" bytes)").and_then(|it| it.0.rsplit_once('(')).map(|it| it.1);
        self.payload = sized.and_then(|it| it.parse().ok()).unwrap_or(0).min(PAYLOAD);
        if let Some((_, rest)) = facts.split_once("Topic: ") {
            let (filter, rest) = rest.split_once(", QoS: ").unwrap_or((rest.trim_end_matches(')'), "0"));
            let qos = rest.bytes().next().map_or(0, |it| it.wrapping_sub(b'0'));
            self.filters.push((filter.to_owned(), qos));
        }
        let mut bare = 0;
        for part in facts.trim_start_matches('(').split([',', ' ', ')']).filter(|it| !it.is_empty()) {
            let number = |name: &str| part.strip_prefix(name).and_then(|it| it.parse::<u16>().ok());
            if let Ok(value) = part.parse::<u16>() {
                if facts.starts_with("(Mid: ") && self.id.is_none() {
                    self.id = Some(value);
                } else if bare < 2 {
                    self.codes[bare] = value as u8;
                    bare += 1;
                }
            } else if let Some(id) = number("m") {
                self.id = Some(id);
            } else if let Some(code) = number("rc").or(number("RC:")) {
                self.codes[1] = code as u8;
            } else {
                self.dup |= part == "d1";
                self.retain |= part == "r1";
                self.qos = number("q").map_or(self.qos, |it| it as u8);
                self.clean = number("c").map_or(self.clean, |it| it == 1);
                self.keep_alive = number("k").unwrap_or(self.keep_alive);
            }
        }
        self
    }

    /// HiveMQ's: `for topic 't/a': QoS: '1', Retained: 'false'`, `Protocol version: 'V_3_1_1', Clean Start: 'true'`
    pub(super) fn with_named(mut self, facts: &str) -> Self {
        let number = |name: &str| member(facts, name).and_then(|it| it.parse::<u16>().ok());
        self.version = member(facts, "Protocol version: '").map(|it| match it {
            "V_3_1" => Version::V31,
            "V_5" => Version::V5,
            _ => Version::V311,
        });
        self.clean = member(facts, "Clean Start: '") != Some("false");
        self.keep_alive = number("Keep Alive: '").unwrap_or(self.keep_alive);
        self.id = number("Packet ID: '");
        self.codes[0] = u8::from(member(facts, "Session Present: '") == Some("true"));
        self.qos = number("QoS: '").map_or(0, |it| it as u8);
        self.retain = member(facts, "Retained: '") == Some("true");
        self.payload = member(facts, "Payload: '").map_or(0, str::len).min(PAYLOAD);
        if let Some(topic) = member(facts, "opic: '").filter(|_| self.packet.ends_with("SUBSCRIBE")) {
            self.filters.push((topic.to_owned(), self.qos));
        } else if let Some(topic) = member(facts, "for topic '") {
            topic.clone_into(&mut self.topic);
        }
        self
    }
}

/// What stands in quotes behind a name.
fn member<'a>(facts: &'a str, name: &str) -> Option<&'a str> {
    facts.split_once(name)?.1.split('\'').next()
}

/// What stands in the first quotes.
fn quoted(facts: &str) -> Option<&str> {
    let from = facts.find('\'')? + 1;
    // Paho's writes 'b't/a''.
    let from = if facts[from..].starts_with("b'") { from + 2 } else { from };
    let rest = &facts[from..];
    let end = rest.find("', ").or_else(|| rest.find("'',")).or_else(|| rest.rfind('\''))?;
    Some(rest[..end].trim_end_matches('\''))
}

/// Writes the packet to `out`; how many of its last bytes stand for an unknown payload. `None` where what is told makes
/// no packet.
pub(super) fn build(told: &Told, known: &mut Known, out: &mut Vec<u8>) -> Option<usize> {
    if let Some(version) = told.version {
        known.version = version;
    }
    if let Some(name) = &told.client_id {
        known.name.clone_from(name);
    }
    let version = known.version;
    let id = match told.id.and_then(PacketId::new) {
        Some(id) => id,
        None => {
            known.next_id = known.next_id.wrapping_add(1).max(1);
            PacketId::new(known.next_id)?
        }
    };
    let payload = vec![UNKNOWN; told.payload];
    let properties = Properties::EMPTY;
    let ack = Ack { reason: ReasonCode(told.codes[1]), ..Ack::new(id) };
    let mut filters = SubscriptionsBuf::new();
    let mut names = TopicFiltersBuf::new();
    for (filter, qos) in &told.filters {
        filters.push(filter, SubscriptionOptions::new(QoS::from_bits(*qos).unwrap_or(QoS::AtMostOnce)));
        names.push(filter);
    }
    let granted: Vec<u8> = told.filters.iter().map(|it| it.1).collect();
    let answered = known.subscribed.clone();
    let none = [0];
    let packet = match told.packet {
        "CONNECT" => Packet::Connect(Connect {
            version,
            clean_start: told.clean,
            keep_alive_secs: told.keep_alive,
            properties,
            client_id: &known.name,
            will: None,
            user_name: told.user.as_deref(),
            password: None,
        }),
        "CONNACK" => Packet::ConnAck(ConnAck {
            session_present: told.codes[0] == 1,
            code: ReasonCode(told.codes[1]),
            properties,
        }),
        "PUBLISH" => {
            let qos = QoS::from_bits(told.qos)?;
            let packet_id = (qos != QoS::AtMostOnce).then_some(id);
            let (dup, retain, topic) = (told.dup && packet_id.is_some(), told.retain, told.topic.as_str());
            Packet::Publish(Publish { dup, qos, retain, topic, packet_id, properties, payload: &payload })
        }
        "PUBACK" => Packet::PubAck(ack),
        "PUBREC" => Packet::PubRec(ack),
        "PUBREL" => Packet::PubRel(ack),
        "PUBCOMP" => Packet::PubComp(ack),
        "SUBSCRIBE" => {
            known.subscribed = (id, granted);
            Packet::Subscribe(Subscribe {
                packet_id: id,
                dup: false,
                properties,
                filters: filters.as_subscriptions(),
            })
        }
        "UNSUBSCRIBE" => {
            known.unsubscribed = id;
            let filters = names.as_topic_filters();
            Packet::Unsubscribe(Unsubscribe { packet_id: id, dup: false, properties, filters })
        }
        "SUBACK" => {
            let codes = if answered.1.is_empty() { &none[..] } else { &answered.1 };
            Packet::SubAck(SubAck { packet_id: answered.0, properties, codes })
        }
        "UNSUBACK" => {
            let codes = if version == Version::V5 { &none[..] } else { &[] };
            Packet::UnsubAck(SubAck { packet_id: known.unsubscribed, properties, codes })
        }
        "PINGREQ" => Packet::PingReq,
        "PINGRESP" => Packet::PingResp,
        _ => Packet::Disconnect(Reason { code: ReasonCode::SUCCESS, properties }),
    };
    packet.encode(version, out).ok()?;
    Some(if told.packet == "PUBLISH" { told.payload } else { 0 })
}
