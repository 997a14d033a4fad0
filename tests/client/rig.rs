//! A client and what it puts out.

use bytes::Bytes;
use mqtt_playground::client::{
    Client, ClientConfig, ClientEvent, ClientOutput, CloseReason, Decision, PublishRequest,
};
use mqtt_playground::codec::{PacketId, PropertyBuf, PropertyId, PropertyValue, QoS, Version};
use mqtt_playground::time::Instant;

pub const Q0: QoS = QoS::AtMostOnce;
pub const Q1: QoS = QoS::AtLeastOnce;
pub const Q2: QoS = QoS::ExactlyOnce;

pub const CONNACK: &str = "20 02 00 00";
pub const CONNACK_PRESENT: &str = "20 02 01 00";
pub const CONNACK_5: &str = "20 03 00 00 00";
pub const NOTHING: [&str; 0] = [];

pub fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// Bytes of hex digits; anything else separates.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    assert!(digits.len().is_multiple_of(2), "{text}");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub fn id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

pub fn request(topic: &str, payload: &'static str, qos: QoS) -> PublishRequest {
    PublishRequest { topic: topic.into(), payload: payload.into(), qos, ..PublishRequest::default() }
}

/// A client whose session is kept.
pub fn kept(client_id: &str) -> ClientConfig {
    ClientConfig { clean_start: false, ..ClientConfig::new(client_id) }
}

pub fn numbers(properties: &[(PropertyId, u32)]) -> PropertyBuf {
    let mut buf = PropertyBuf::new();
    for (property, number) in properties {
        buf.push(*property, PropertyValue::Number(*number));
    }
    buf
}

/// A 5.0 client with these properties in CONNECT.
pub fn v5(clean_start: bool, properties: &[(PropertyId, u32)]) -> ClientConfig {
    let properties = numbers(properties);
    ClientConfig { version: Version::V5, clean_start, properties, ..ClientConfig::new("c") }
}

/// Compact hex of grouped hex, as [`Rig`] puts it out.
pub fn sent(packets: &[&str]) -> Vec<String> {
    packets.iter().map(|packet| packet.split_whitespace().collect()).collect()
}

/// A message as the application got it: topic, payload, QoS, RETAIN, DUP.
pub type Got = (String, Bytes, QoS, bool, bool);

pub fn got(topic: &str, payload: &'static str, qos: QoS) -> Got {
    (topic.into(), payload.into(), qos, false, false)
}

/// A client under test.
pub struct Rig {
    pub client: Client,
    pub now: Instant,
    pub events: Vec<ClientEvent>,
}

impl Rig {
    pub fn new(config: ClientConfig) -> Self {
        Self { client: Client::new(config), now: at(0), events: vec![] }
    }

    /// Connected, with a CONNACK that fits the version; what came before is drained.
    pub fn connected(config: ClientConfig) -> Self {
        let connack = if config.version == Version::V5 { CONNACK_5 } else { CONNACK };
        let mut rig = Self::new(config);
        assert_eq!(rig.reconnect(connack), NOTHING);
        rig.events.clear();
        rig
    }

    /// Connects and takes the CONNACK; what goes out after CONNECT.
    pub fn reconnect(&mut self, connack: &str) -> Vec<String> {
        self.client.connect(self.now).unwrap();
        let connect = self.drain();
        assert!(connect.len() == 1 && connect[0].starts_with("10"), "{connect:?}");
        self.receive(connack)
    }

    /// What goes out: a packet as compact hex, or `close`.
    pub fn drain(&mut self) -> Vec<String> {
        let mut out = vec![];
        while let Some(output) = self.client.poll_output() {
            out.push(match output {
                ClientOutput::Send(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                ClientOutput::Close => "close".to_owned(),
            });
        }
        while let Some(event) = self.client.poll_event() {
            self.events.push(event);
        }
        out
    }

    pub fn receive(&mut self, bytes: &str) -> Vec<String> {
        self.client.handle_data(self.now, &hex(bytes));
        self.drain()
    }

    pub fn publish(&mut self, topic: &str, payload: &'static str, qos: QoS) -> Vec<String> {
        self.client.publish(self.now, request(topic, payload, qos)).unwrap();
        self.drain()
    }

    /// The transport is gone.
    pub fn cut(&mut self) {
        self.client.handle_closed(self.now);
        assert_eq!(self.drain(), NOTHING, "nothing can be sent any more");
    }

    /// The timer at `millis`.
    pub fn timeout(&mut self, millis: u64) -> Vec<String> {
        self.now = at(millis);
        self.client.handle_timeout(self.now);
        self.drain()
    }

    /// Events since the last look, without decisions.
    pub fn events(&mut self) -> Vec<ClientEvent> {
        self.events.drain(..).filter(|event| !matches!(event, ClientEvent::Decision(_))).collect()
    }

    /// Decisions since the last look, in words with their statements.
    pub fn decisions(&mut self) -> Vec<String> {
        let words = |decision: Decision| match decision.statement() {
            Some(statement) => format!("{decision} ({statement})"),
            None => decision.to_string(),
        };
        let events = self.events.drain(..);
        let decisions = events.filter_map(|event| match event {
            ClientEvent::Decision(decision) => Some(words(decision)),
            _ => None,
        });
        decisions.collect()
    }

    /// Messages that reached the application since the last look.
    pub fn messages(&mut self) -> Vec<Got> {
        let events = self.events.drain(..);
        let messages = events.filter_map(|event| match event {
            ClientEvent::Message(it) => {
                let message = &it.message;
                Some((message.topic.to_string(), message.payload.clone(), it.qos, it.retain, it.dup))
            }
            _ => None,
        });
        messages.collect()
    }

    /// Why the connection has ended, once.
    pub fn close_reason(&mut self) -> CloseReason {
        let events = self.events.drain(..);
        let reasons = events.filter_map(|event| match event {
            ClientEvent::Closed(reason) => Some(reason),
            _ => None,
        });
        let reasons: Vec<_> = reasons.collect();
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        reasons[0]
    }
}
