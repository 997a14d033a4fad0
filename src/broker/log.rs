//! The broker's log in the words of mosquitto 2.0 with `-v`.

use std::collections::VecDeque;
use std::fmt::Write;

use litemap::LiteMap;

use super::decision::{Decision, Loss, Observer, Refusal, Rejection, Violation};
use super::output::ConnectionId;
use crate::codec::{Connect, Direction, FaultKind, Packet, PropertyId, Publish, QoS, Version, decode};
use crate::time::Instant;

/// What stands for the client's identifier in [`Decision::verbose`].
const WHO: &str = "%";
/// What mosquitto writes in place of "Received" before a PUBLISH that it does not take.
const DENIED: &str = "Denied";
const TOO_LARGE: &str = "Dropped too large";
const PROTOCOL_ERROR: &str = "Client % disconnected due to protocol error.";
const MALFORMED: &str = "Client % disconnected due to malformed packet.";
const NOT_AUTHORISED: &str = "Client % disconnected, not authorised.";
const NOT_SUPPORTED: &str = "Client % disconnected due to QoS too high or retain not supported.";
/// Bad authentication method.
const BAD_METHOD: u8 = 0x8C;
const UNKNOWN: &str = "<unknown>";

/// Turns what an [`Observer`] hears into lines as mosquitto prints them with `-v`.
///
/// Tell it what happens, in order, then poll lines until there are none. It knows connections only: reads no clock,
/// prefixes no time.
#[derive(Clone, Debug, Default)]
pub struct VerboseLog {
    peers: LiteMap<ConnectionId, Peer>,
    /// A PUBLISH that came and may yet turn out to be refused.
    held: Option<String>,
    /// The identifier that the client accepted last goes by.
    accepted: Option<String>,
    /// Whose queue is full: told once.
    full: Option<String>,
    /// The connection that a packet came from last.
    last: ConnectionId,
    lines: VecDeque<String>,
}

/// What lines about a connection's packets need to know.
#[derive(Clone, Debug)]
struct Peer {
    address: String,
    name: String,
    version: Version,
    /// CONNECT, until it is answered.
    connect: Option<Vec<u8>>,
    /// The filters of a SUBSCRIBE, until it is answered.
    filters: Vec<(String, QoS)>,
    /// Topics that go by an alias, from the client and towards it.
    aliases: [LiteMap<u32, String>; 2],
}

impl Observer for VerboseLog {
    fn decision(&mut self, _: Instant, decision: &Decision<'_>) {
        self.decided(decision);
    }

    fn packet(&mut self, _: Instant, connection: ConnectionId, direction: Direction, packet: &[u8]) {
        self.went(connection, direction, packet);
    }

    fn hears_packets(&self) -> bool {
        true
    }
}

impl Decision<'_> {
    /// What mosquitto's log says of it, where that is more than the packets around it say: `%` stands for the client's
    /// identifier, a line break parts lines.
    pub const fn verbose(&self) -> Option<&'static str> {
        use Decision as D;
        Some(match self {
            D::Disconnected { .. } | D::Lost { loss: Loss::Disconnected { .. }, .. } => {
                "Client % disconnected."
            }
            D::Lost { loss, .. } => match loss {
                Loss::TakenOver => "Client % already connected, closing old connection.",
                Loss::Closed => "Client % closed its connection.",
                Loss::KeepAlive { .. } => "Client % has exceeded timeout, disconnecting.",
                Loss::Evicted { .. } => "Client % been disconnected by administrative action.",
                Loss::Disconnected { .. } | Loss::Faulty => return None,
            },
            D::Malformed { fault, .. } => match fault.kind {
                FaultKind::PacketTooLarge => "Client % disconnected due to oversize packet.",
                FaultKind::QosThree => {
                    "Invalid QoS in PUBLISH from %, disconnecting.\nClient % disconnected due to malformed packet."
                }
                _ => MALFORMED,
            },
            D::Violated { violation, .. } => match violation {
                Violation::SecondConnect => {
                    "Bad client % sending multiple CONNECT messages.\nClient % disconnected due to protocol error."
                }
                Violation::QosAboveMaximum { .. } => {
                    "Too high QoS in PUBLISH from %, disconnecting.\n\
                     Client % disconnected due to QoS too high or retain not supported."
                }
                Violation::RetainNotAvailable => NOT_SUPPORTED,
                Violation::NotAuthenticated => NOT_AUTHORISED,
                Violation::ConnectTimeout { .. } => "Client % has exceeded timeout, disconnecting.",
                _ => PROTOCOL_ERROR,
            },
            D::SessionExpired { .. } => "Expiring client % due to timeout.",
            D::Rejected { rejection: Rejection::NotAuthorized, .. } => DENIED,
            D::Rejected { rejection: Rejection::TooLong { .. }, .. } => TOO_LARGE,
            D::Dropped { reason: super::DropReason::QueueFull { .. }, .. } => {
                "Outgoing messages are being dropped for client %."
            }
            _ => return None,
        })
    }
}

impl VerboseLog {
    /// Nothing told yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A connection is open, from `address` (a host, then a colon and a port where there is one) on the broker's `port`.
    pub fn opened(&mut self, connection: ConnectionId, address: &str, port: u16) {
        self.release();
        self.lines.push_back(format!("New connection from {address} on port {port}."));
        self.know(
            connection,
            address,
            address.rsplit_once(':').map_or(address, |(host, _)| host),
            Version::V311,
        );
    }

    /// A connection that has been open for some time, and who is behind it.
    pub fn know(&mut self, connection: ConnectionId, address: &str, name: &str, version: Version) {
        let peer = Peer {
            address: address.to_owned(),
            name: name.to_owned(),
            version,
            connect: None,
            filters: Vec::new(),
            aliases: [LiteMap::new(), LiteMap::new()],
        };
        self.peers.insert(connection, peer);
    }

    /// Whether this connection is known.
    pub fn knows(&self, connection: ConnectionId) -> bool {
        self.peers.contains_key(&connection)
    }

    /// What the newest connection from an address goes by: the identifier that its client has, or asks for.
    pub fn name_at(&self, address: &str) -> String {
        let Some(peer) = self.peers.values().rfind(|peer| peer.address == address) else {
            return address.to_owned();
        };
        let asked = peer.connect.as_ref().and_then(|packet| decode(packet, peer.version).ok());
        match asked {
            Some(Packet::Connect(connect)) if !connect.client_id.is_empty() => connect.client_id.to_owned(),
            _ => peer.name.clone(),
        }
    }

    /// A connection is gone: nothing more will be told of it.
    pub fn forget(&mut self, connection: ConnectionId) {
        self.peers.remove(&connection);
    }

    /// As [`VerboseLog::forget`], for all connections from an address but the newest so many.
    pub fn forget_older(&mut self, address: &str, but: usize) {
        let of_it = self.peers.iter().filter(|(_, peer)| peer.address == address);
        let ids: Vec<ConnectionId> = of_it.map(|(id, _)| *id).collect();
        for id in ids.iter().rev().skip(but) {
            self.forget(*id);
        }
    }

    /// The next line, oldest first.
    pub fn poll_line(&mut self) -> Option<String> {
        self.lines.pop_front()
    }

    /// The broker decided something.
    pub fn decided(&mut self, decision: &Decision<'_>) {
        if let Decision::Accepted { client_id, .. } = decision {
            self.accepted = Some((*client_id).to_owned());
        }
        if let Decision::Refused { refusal: Refusal::ProtocolLevel { .. }, .. } = decision {
            self.refuse_level();
        }
        self.told(decision.verbose(), decision.client_id());
    }

    /// The broker decided something that [`Decision::verbose`] has these words for, about this client.
    pub fn told(&mut self, words: Option<&str>, client_id: Option<&str>) {
        let who = client_id.unwrap_or(UNKNOWN);
        match words {
            Some(words) if words == DENIED || words == TOO_LARGE => {
                if let Some(publish) = self.held.take() {
                    self.lines.push_back([words, &publish].concat());
                }
            }
            Some(words) => {
                if words.contains("disconnected due to") {
                    // mosquitto stops reading the packet at the fault, before it would tell of it.
                    self.held = None;
                }
                self.release();
                if words.starts_with("Outgoing") && self.full.as_deref() == Some(who) {
                    return;
                }
                self.full = words.starts_with("Outgoing").then(|| who.to_owned()).or(self.full.take());
                self.lines.extend(words.split('\n').map(|line| line.replace(WHO, who)));
            }
            None => self.release(),
        }
    }

    /// A whole packet came, or goes out.
    pub fn went(&mut self, connection: ConnectionId, direction: Direction, packet: &[u8]) {
        self.release();
        let Some(peer) = self.peers.get_mut(&connection) else { return };
        if direction == Direction::ToServer {
            self.last = connection;
        }
        if direction == Direction::ToClient && packet.first() == Some(&0x20) && packet.get(1) != Some(&2) {
            // Only 5.0's CONNACK is longer: an answer to a protocol level above it, too.
            peer.version = Version::V5;
        }
        // What cannot be read is told by the decision about it.
        let Ok(read) = decode(packet, peer.version) else {
            if direction == Direction::ToServer && packet.first().is_some_and(|first| first >> 4 == 1) {
                peer.connect = Some(packet.to_vec());
            }
            return;
        };
        let lines = &mut self.lines;
        match (direction, &read) {
            (_, Packet::Publish(publish)) => {
                let told = peer.publish(direction, publish);
                match direction {
                    Direction::ToServer => self.held = Some(told),
                    Direction::ToClient => lines.push_back(["Sending", &told].concat()),
                }
            }
            (Direction::ToServer, Packet::Connect(connect)) => {
                peer.version = connect.version;
                peer.connect = Some(packet.to_vec());
            }
            (Direction::ToServer, Packet::Subscribe(subscribe)) => {
                lines.push_back(["Received SUBSCRIBE from ", &peer.name].concat());
                let filters = subscribe.filters.iter();
                peer.filters = filters.map(|(filter, options)| (filter.to_owned(), options.qos)).collect();
            }
            (Direction::ToServer, Packet::Unsubscribe(unsubscribe)) => {
                lines.push_back(["Received UNSUBSCRIBE from ", &peer.name].concat());
                for filter in unsubscribe.filters.iter() {
                    lines.push_back(["\t", filter].concat());
                    lines.push_back([&peer.name, " ", filter].concat());
                }
            }
            (Direction::ToClient, Packet::ConnAck(ack)) => {
                let given = ack.properties.text(PropertyId::AssignedClientIdentifier);
                let accepted = self.accepted.take().or(given.map(str::to_owned));
                match ack.code.0 {
                    0 => peer.connected(accepted, lines),
                    // Its method is looked at when its name is known; all else is before.
                    BAD_METHOD => peer.learn(None),
                    _ => {}
                }
                let (present, code, name) = (u8::from(ack.session_present), ack.code.0, &peer.name);
                lines.push_back(format!("Sending CONNACK to {name} ({present}, {code})"));
                lines.extend(refused(peer.version, code).map(|words| words.replace(WHO, UNKNOWN)));
            }
            (Direction::ToClient, Packet::SubAck(ack)) => {
                for ((filter, qos), code) in peer.filters.drain(..).zip(ack.codes) {
                    lines.push_back(format!("\t{filter} (QoS {qos})"));
                    lines.push_back(format!("{} {code} {filter}", peer.name));
                }
                lines.push_back(["Sending SUBACK to ", &peer.name].concat());
            }
            (Direction::ToServer, read) => lines.extend(peer.received(read)),
            (Direction::ToClient, read) => lines.extend(peer.sending(read)),
        }
    }

    /// A PUBLISH that was held back was taken.
    fn release(&mut self) {
        if let Some(publish) = self.held.take() {
            self.lines.push_back(["Received", &publish].concat());
        }
    }

    /// The CONNECT that came last has a protocol level that is not served.
    fn refuse_level(&mut self) {
        let Some(peer) = self.peers.get(&self.last) else { return };
        let connect = peer.connect.as_deref().unwrap_or_default();
        // Remaining Length, Protocol Name, Protocol Level.
        let after = 1 + connect.iter().skip(1).take_while(|byte| **byte > 0x7F).count() + 1;
        let name =
            connect.get(after..after + 2).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])));
        let level = connect.get(after + 2 + name).map_or(0, |level| *level);
        let line = format!("Invalid protocol version {level} in CONNECT from {}.", peer.name);
        self.lines.push_back(line);
    }
}

impl Peer {
    /// ` PUBLISH from pub1 (d0, q1, r0, m7, 'a/b', ... (2 bytes))`
    fn publish(&mut self, direction: Direction, publish: &Publish<'_>) -> String {
        let (preposition, aliases) = match direction {
            Direction::ToServer => ("from", &mut self.aliases[0]),
            Direction::ToClient => ("to", &mut self.aliases[1]),
        };
        let mut topic = publish.topic;
        if let Some(alias) = publish.properties.number(PropertyId::TopicAlias) {
            if !topic.is_empty() {
                aliases.insert(alias, topic.to_owned());
            }
            topic = aliases.get(&alias).map_or("", |topic| topic);
        }
        let (dup, qos, retain) = (u8::from(publish.dup), publish.qos.level(), u8::from(publish.retain));
        let (id, len) = (publish.packet_id.map_or(0, |id| id.get()), publish.payload.len());
        let name = &self.name;
        format!(
            " PUBLISH {preposition} {name} (d{dup}, q{qos}, r{retain}, m{id}, '{topic}', ... ({len} bytes))"
        )
    }

    /// From now on it goes by this identifier, or by that in its CONNECT.
    fn learn(&mut self, accepted: Option<String>) {
        let frame = self.connect.as_deref().unwrap_or_default();
        let Ok(Packet::Connect(connect)) = decode(frame, self.version) else { return };
        let own = Some(connect.client_id).filter(|id| !id.is_empty());
        if let Some(id) = accepted.or(own.map(str::to_owned)) {
            self.name = id;
        }
    }

    /// The CONNECT is accepted.
    fn connected(&mut self, accepted: Option<String>, lines: &mut VecDeque<String>) {
        let frame = self.connect.take().unwrap_or_default();
        let Ok(Packet::Connect(connect)) = decode(&frame, self.version) else { return };
        if let Some(id) = accepted.or_else(|| Some(connect.client_id.to_owned()).filter(|id| !id.is_empty()))
        {
            self.name = id;
        }
        lines.push_back(self.new_client(&connect));
        match &connect.will {
            None => lines.push_back("No will message specified.".to_owned()),
            Some(will) => {
                let (len, retain, qos) = (will.payload.len(), u8::from(will.retain), will.qos.level());
                lines.push_back(format!("Will message specified ({len} bytes) (r{retain}, q{qos})."));
                lines.push_back(["\t", will.topic].concat());
            }
        }
    }

    fn new_client(&self, connect: &Connect<'_>) -> String {
        // mosquitto's own numbers: 1, 2 and 5.
        let version = match connect.version {
            Version::V31 => 1,
            Version::V311 => 2,
            Version::V5 => 5,
        };
        let (address, name, clean) = (&self.address, &self.name, u8::from(connect.clean_start));
        // As asked for, whatever the server makes of it.
        let keep_alive = connect.keep_alive_secs;
        let mut line =
            format!("New client connected from {address} as {name} (p{version}, c{clean}, k{keep_alive}");
        if let Some(user) = connect.user_name {
            // Writing to a string does not fail.
            let _ = write!(line, ", u'{user}'");
        }
        line.push_str(").");
        line
    }

    fn received(&self, packet: &Packet<'_>) -> Option<String> {
        let (kind, name) = (packet.packet_type(), &self.name);
        Some(match packet {
            Packet::PubAck(ack) | Packet::PubComp(ack) => {
                format!("Received {kind} from {name} (Mid: {}, RC:{})", ack.packet_id, ack.reason.0)
            }
            Packet::PubRec(ack) | Packet::PubRel(ack) => {
                format!("Received {kind} from {name} (Mid: {})", ack.packet_id)
            }
            Packet::PingReq | Packet::Disconnect(_) => format!("Received {kind} from {name}"),
            Packet::Auth(auth) => {
                let method = auth.properties.text(PropertyId::AuthenticationMethod).unwrap_or_default();
                format!("Received AUTH from {name} (rc{}, {method})", auth.code.0)
            }
            _ => return None,
        })
    }

    fn sending(&self, packet: &Packet<'_>) -> Option<String> {
        let (kind, name) = (packet.packet_type(), &self.name);
        Some(match packet {
            Packet::PubAck(ack) | Packet::PubRec(ack) => {
                format!("Sending {kind} to {name} (m{}, rc{})", ack.packet_id, ack.reason.0)
            }
            Packet::PubRel(ack) | Packet::PubComp(ack) => {
                format!("Sending {kind} to {name} (m{})", ack.packet_id)
            }
            Packet::UnsubAck(_) | Packet::PingResp => format!("Sending {kind} to {name}"),
            Packet::Auth(auth) => {
                let method = auth.properties.text(PropertyId::AuthenticationMethod).unwrap_or_default();
                format!("Sending AUTH to {name} (rc{}, {method})", auth.code.0)
            }
            // mosquitto tells nothing of a DISCONNECT that it sends.
            _ => return None,
        })
    }
}

/// What mosquitto says behind a CONNACK that refuses.
fn refused(version: Version, code: u8) -> Option<&'static str> {
    Some(match (version, code) {
        (_, 0) => return None,
        (Version::V5, 0x86 | 0x87) | (Version::V31 | Version::V311, 4 | 5) => NOT_AUTHORISED,
        (Version::V5, BAD_METHOD | 0x9A | 0x9B) => NOT_SUPPORTED,
        (Version::V5, 0x81) => MALFORMED,
        _ => PROTOCOL_ERROR,
    })
}
