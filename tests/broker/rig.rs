//! A broker with everything that it says written down.

use mqtt_playground::broker::{Broker, BrokerConfig, BrokerOutput, ConnectionId, Decision, Observer};
use mqtt_playground::spec::lookup;
use mqtt_playground::time::{Duration, Instant};

/// What a connection gets in place of bytes when it is closed.
pub const CLOSE: &str = "close";

pub struct Rig {
    pub broker: Broker,
    pub now: Instant,
    /// `sentence [statement]` of each decision since [`Rig::unheard`].
    heard: Heard,
}

/// Writes decisions down.
#[derive(Default)]
pub struct Heard(Vec<String>);

impl Observer for Heard {
    fn decision(&mut self, _: Instant, decision: &Decision<'_>) {
        let (sentence, statement) = (decision.to_string(), decision.statement().unwrap_or("-"));
        assert!(
            !sentence.is_empty() && !sentence.replace("$SYS/broker", "").contains("broker"),
            "{decision:?}: {sentence:?}"
        );
        let numbered = statement.contains("MQTT-");
        assert!(!numbered || lookup(statement).is_some(), "{decision:?}: there is no {statement}");
        self.0.push(format!("{sentence} [{statement}]"));
    }
}

/// Hexadecimal digits to bytes; anything between single quotes stands for its characters.
pub fn bytes(hex: &str) -> Vec<u8> {
    let mut bytes = vec![];
    for (at, part) in hex.split('\'').enumerate() {
        if at % 2 == 1 {
            bytes.extend_from_slice(part.as_bytes());
            continue;
        }
        let digits: Vec<u8> =
            part.chars().filter(|it| !it.is_whitespace()).map(|it| it.to_digit(16).unwrap() as u8).collect();
        bytes.extend(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A packet with its Remaining Length, in the form of [`bytes`].
pub fn pk(first: u8, body: &str) -> String {
    let mut len = bytes(body).len();
    let mut header = format!("{first:02x}");
    loop {
        let more = if len > 0x7f { 0x80 } else { 0 };
        header.push_str(&format!("{:02x}", len & 0x7f | more));
        len >>= 7;
        if len == 0 {
            return format!("{header} {body}");
        }
    }
}

/// A string or binary field with its length.
pub fn field(text: &str) -> String {
    format!("{:04x}'{text}'", text.len())
}

/// A 5.0 CONNECT with these properties, without a will.
pub fn connect5(client_id: &str, flags: u8, properties: &str) -> String {
    let len = bytes(properties).len();
    pk(0x10, &format!("0004'MQTT' 05 {flags:02x} 0000 {len:02x} {properties} {}", field(client_id)))
}

/// A 5.0 CONNACK with these properties.
pub fn connack5(session_present: bool, code: u8, properties: &str) -> String {
    let len = bytes(properties).len();
    pk(0x20, &format!("{:02x} {code:02x} {len:02x} {properties}", u8::from(session_present)))
}

/// Settings with which a 5.0 CONNACK has nothing to say, and refusals no words.
pub fn quiet() -> BrokerConfig {
    BrokerConfig {
        max_packet_size: 268_435_460,
        max_topic_alias: 0,
        max_inflight_messages: 0,
        max_unreleased_messages: u16::MAX,
        reason_strings: false,
        ..Default::default()
    }
}

/// Clean Start.
pub const CLEAN: u8 = 0x02;

impl Default for Rig {
    fn default() -> Self {
        Self::new(BrokerConfig::default())
    }
}

impl Rig {
    pub fn new(config: BrokerConfig) -> Self {
        Self { broker: Broker::new(config), now: Instant::ZERO, heard: Heard::default() }
    }

    /// Opens connections.
    pub fn open(&mut self, connections: impl IntoIterator<Item = ConnectionId>) -> &mut Self {
        connections.into_iter().for_each(|connection| self.broker.handle_open(self.now, connection));
        self
    }

    /// Sends `packets` (see [`bytes`]) and expects exactly these outputs, in this order.
    #[track_caller]
    pub fn send(
        &mut self,
        connection: ConnectionId,
        packets: &str,
        expected: &[(ConnectionId, &str)],
    ) -> &mut Self {
        self.with(expected, |broker, now, observer| {
            broker.handle_data(now, connection, &bytes(packets), observer);
        })
    }

    /// Opens a connection and connects; expects the CONNACK with this Session Present, and then `expected`.
    #[track_caller]
    pub fn connect(
        &mut self,
        connection: ConnectionId,
        client_id: &str,
        flags: u8,
        session_present: bool,
    ) -> &mut Self {
        self.open([connection]);
        let length = 12 + client_id.len();
        let packet =
            format!("10{length:02x}0004'MQTT'04{flags:02x}00000{:03x}'{client_id}'", client_id.len());
        let ack = format!("2002{:02x}00", u8::from(session_present));
        self.send(connection, &packet, &[(connection, &ack)])
    }

    /// Opens a connection and connects with 5.0 and these properties; expects a CONNACK without any.
    #[track_caller]
    pub fn connect5(
        &mut self,
        connection: ConnectionId,
        client_id: &str,
        flags: u8,
        properties: &str,
        session_present: bool,
    ) -> &mut Self {
        self.open([connection]);
        let ack = connack5(session_present, 0, "");
        self.send(connection, &connect5(client_id, flags, properties), &[(connection, &ack)])
    }

    /// The transport goes away.
    #[track_caller]
    pub fn cut(&mut self, connection: ConnectionId, expected: &[(ConnectionId, &str)]) -> &mut Self {
        self.with(expected, |broker, now, observer| broker.handle_closed(now, connection, observer))
    }

    /// Tells whether the connection takes more.
    #[track_caller]
    pub fn writable(
        &mut self,
        connection: ConnectionId,
        writable: bool,
        expected: &[(ConnectionId, &str)],
    ) -> &mut Self {
        self.with(expected, |broker, now, observer| {
            broker.handle_writable(now, connection, writable, observer)
        })
    }

    /// Lets time pass.
    #[track_caller]
    pub fn wait_millis(&mut self, millis: u64, expected: &[(ConnectionId, &str)]) -> &mut Self {
        self.now += Duration::from_millis(millis);
        self.with(expected, |broker, now, observer| broker.handle_timeout(now, observer))
    }

    #[track_caller]
    fn with(
        &mut self,
        expected: &[(ConnectionId, &str)],
        act: impl FnOnce(&mut Broker, Instant, &mut Heard),
    ) -> &mut Self {
        act(&mut self.broker, self.now, &mut self.heard);
        let expected: Vec<_> = expected
            .iter()
            .map(|(to, what)| (*to, if *what == CLOSE { CLOSE.into() } else { hex(&bytes(what)) }))
            .collect();
        assert_eq!(self.outputs(), expected);
        self
    }

    /// Everything to be done now.
    pub fn outputs(&mut self) -> Vec<(ConnectionId, String)> {
        let mut outputs = vec![];
        while let Some((connection, output)) = self.broker.poll_output() {
            outputs.push((
                connection,
                match output {
                    BrokerOutput::Send(packet) => hex(&packet),
                    BrokerOutput::Close => CLOSE.into(),
                },
            ));
        }
        outputs
    }

    /// Expects a decision among those since [`Rig::unheard`], by its sentence and statement.
    #[track_caller]
    pub fn heard(&mut self, sentence: &str) -> &mut Self {
        assert!(self.heard.0.iter().any(|it| it == sentence), "{sentence:?} is not in {:#?}", self.heard.0);
        self
    }

    /// Expects that no decision since [`Rig::unheard`] has these words.
    #[track_caller]
    pub fn never_heard(&mut self, words: &str) -> &mut Self {
        let found = self.heard.0.iter().find(|it| it.contains(words));
        assert_eq!(found, None);
        self
    }

    /// Forgets the decisions so far.
    pub fn unheard(&mut self) -> &mut Self {
        self.heard.0.clear();
        self
    }
}
