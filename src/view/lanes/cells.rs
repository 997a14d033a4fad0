//! The cells of one moment.

use crate::broker::{Broker, Session};
use crate::client::{Client, ClientStatus};
use crate::codec::{PacketId, PacketType, QoS, Version};
use crate::dissect::readable;
use crate::session::{InFlight, Message, Stage};
use crate::sim::Sim;
use crate::time::{Duration, Instant};

/// The rows: what they are about, and more of it.
pub const ROWS: [(&str, &str); 7] = [
    ("Connection", ""),
    ("Session", "and when it ends"),
    ("Subscriptions", ""),
    ("In flight", "client to broker"),
    ("In flight", "broker to client"),
    ("Queue", "for the window"),
    ("Timers", "count down"),
];

/// Lines of a cell at most; the rest is counted.
const LINES: usize = 24;
/// Clients whose links are shown at most.
const CLIENTS: usize = 24;

/// One column: an end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose link.
    pub client: usize,
    /// It is the broker's end.
    pub is_broker: bool,
}

/// The columns: the broker's sides of two links stand together, their clients outside.
pub fn lanes(sim: &Sim) -> Vec<Lane> {
    let pair = |client: usize| {
        [client % 2 == 1, client.is_multiple_of(2)].map(|is_broker| Lane { client, is_broker })
    };
    (0..sim.client_count().min(CLIENTS)).flat_map(pair).collect()
}

/// A line of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is about; a cell has one line of a key.
    pub key: String,
    /// How it stands.
    pub text: String,
    /// How it is drawn.
    pub shape: Shape,
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Its text alone.
    Words,
    /// Its key as code, and its text.
    Code,
    /// A message in a window: its key is the packet identifier.
    Flight {
        /// Of this hop.
        qos: QoS,
        /// The packets that acknowledge it.
        stages: Vec<(PacketType, Due)>,
    },
    /// How full a window is.
    Window {
        /// Messages in it.
        used: usize,
        /// How many it takes.
        most: u16,
    },
    /// Something that will happen.
    Timer {
        /// When.
        at: Instant,
        /// How long it has run then.
        whole: Duration,
    },
}

/// Where a packet of an exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It has been.
    Done,
    /// It is what is waited for.
    Now,
    /// It comes later.
    Later,
}

type Cells = [Vec<Item>; ROWS.len()];

fn words(key: &str, text: impl Into<String>) -> Item {
    Item { key: key.to_owned(), text: text.into(), shape: Shape::Words }
}

fn code(key: &str, text: impl Into<String>) -> Item {
    Item { key: key.to_owned(), text: text.into(), shape: Shape::Code }
}

/// All cells at the cursor: those of each lane from top to bottom, then three of the broker as a whole: retained
/// messages, wills, sessions without a link.
pub fn moment(sim: &Sim) -> Vec<Vec<Item>> {
    let mut all: Vec<Vec<Item>> = Vec::new();
    for lane in lanes(sim) {
        all.extend(if lane.is_broker {
            of_broker(sim, lane.client)
        } else {
            of_client(sim.client(lane.client))
        });
    }
    let sessions = || sim.brokers().flat_map(|(_, broker)| broker.sessions());
    let retained = sim.brokers().flat_map(|(_, broker)| broker.retained()).map(|it| {
        let text = [&*payload(&it.message), ", QoS ", level(it.qos), ", by ", &it.publisher].concat();
        code(&it.message.topic, text)
    });
    all.push(listed(retained, sim.brokers().map(|(_, broker)| broker.retained().len()).sum()));
    let wills = sessions().filter_map(|session| {
        let will = session.will()?;
        let delay = match will.delay_secs {
            0 => " as soon as its link breaks".to_owned(),
            secs => [" ", &secs.to_string(), " s after its link breaks"].concat(),
        };
        let text = [" to ", &will.message.topic, ", ", &payload(&will.message), delay.as_str()].concat();
        Some(code(session.client_id(), text))
    });
    all.push(listed(wills, 0));
    let away = sessions().filter(|session| !session.is_connected()).map(|session| {
        let held = session.queued().len() + session.in_flight().len();
        let ends =
            session.ends().map_or_else(String::new, |at| [", ends at ", &at.to_string(), " s"].concat());
        code(session.client_id(), [&held.to_string(), " messages wait", &ends].concat())
    });
    all.push(listed(away, 0));
    all
}

/// At most [`LINES`], and how many more of `total` there are; 0 is as many as there are.
fn listed(items: impl Iterator<Item = Item>, total: usize) -> Vec<Item> {
    let mut all: Vec<Item> = items.take(LINES + 1).collect();
    if all.len() > LINES {
        all.pop();
        let more =
            total.checked_sub(LINES).map_or("more".to_owned(), |more| [&more.to_string(), " more"].concat());
        all.push(words("more", more));
    }
    all
}

fn of_client(client: &Client) -> Cells {
    let (config, status) = (client.config(), client.status());
    let connection = match status {
        ClientStatus::Offline => "not connected".to_owned(),
        ClientStatus::Connecting => "CONNECT sent, CONNACK due".to_owned(),
        ClientStatus::Connected => ["connected, MQTT ", &config.version.to_string()].concat(),
    };
    let kept = match (client.keeps_session(), client.has_session()) {
        (true, true) => "kept when the link ends; the broker had it before",
        (true, false) => "kept when the link ends",
        (false, _) => "ends with the link",
    };
    let subscriptions =
        client.subscriptions().map(|(filter, it)| code(filter, ["granted QoS ", level(it.granted)].concat()));
    let flights = client.in_flight();
    let used = flights.len();
    let window = (status == ClientStatus::Connected)
        .then(|| window("may send", used, client.server_limits().receive_maximum));
    let held = client.incoming().map(|(id, _)| holding(id));
    [
        vec![words("connection", connection)],
        vec![words("session", kept)],
        listed(subscriptions, client.subscriptions().len()),
        with_window(listed(flights.map(flight), used), window),
        listed(held, client.incoming().len()),
        match client.pending_requests() {
            0 => Vec::new(),
            many => vec![words("pending", [&many.to_string(), " requests wait for their answer"].concat())],
        },
        client_timers(client),
    ]
}

fn client_timers(client: &Client) -> Vec<Item> {
    let mut all = Vec::new();
    if let Some((keep_alive, at)) = client.keep_alive().and_then(|it| Some((it, it.client_deadline()?))) {
        let whole = Duration::from_millis(u64::from(keep_alive.interval_secs()) * 1_000);
        let key = if client.ping_sent().is_some() { "next ping due" } else { "ping due" };
        all.push(Item { key: key.to_owned(), text: String::new(), shape: Shape::Timer { at, whole } });
    }
    all
}

fn of_broker(sim: &Sim, index: usize) -> Cells {
    let broker = sim.broker_of(index);
    let Some(session) = broker.session(sim.client(index).client_id()) else {
        return [
            vec![words("connection", "knows of no session")],
            vec![],
            vec![],
            vec![],
            vec![],
            vec![],
            vec![],
        ];
    };
    let used = session.in_flight().len();
    let window = session.takes().map(|(most, _)| window("window", used, most));
    [
        vec![words("connection", if session.is_connected() { "connected" } else { "not connected" })],
        vec![words("session", session_text(session))],
        listed(subscriptions(session), session.subscriptions().len()),
        listed(session.unreleased().map(|(id, _)| holding(id)), session.unreleased().len()),
        with_window(listed(session.in_flight().map(flight), used), window),
        queue(session),
        broker_timers(broker, session, sim.now()),
    ]
}

fn session_text(session: &Session) -> String {
    match session.expiry_secs() {
        0 => "ends with the link".to_owned(),
        secs if session.version() == Version::V5 && secs != u32::MAX => {
            ["kept ", &secs.to_string(), " s after the link"].concat()
        }
        _ => "kept after the link".to_owned(),
    }
}

fn subscriptions(session: &Session) -> impl Iterator<Item = Item> + '_ {
    session.subscriptions().map(|(filter, options)| {
        let mut text = ["QoS ", level(options.qos)].concat();
        if options.no_local {
            text.push_str(", no local");
        }
        if options.retain_as_published {
            text.push_str(", retain as published");
        }
        code(filter, text)
    })
}

fn queue(session: &Session) -> Vec<Item> {
    let items = session.queued().enumerate().map(|(at, it)| {
        let text = [&*it.message.topic, " ", &payload(&it.message), ", QoS ", level(it.qos)].concat();
        Item { key: (at + 1).to_string(), text, shape: Shape::Words }
    });
    listed(items, session.queued().len())
}

fn broker_timers(broker: &Broker, session: &Session, now: Instant) -> Vec<Item> {
    let mut all = Vec::new();
    let mut timer = |key: &str, at: Instant, whole: Duration| {
        all.push(Item { key: key.to_owned(), text: String::new(), shape: Shape::Timer { at, whole } });
    };
    if let Some(connection) = session.connection() {
        let secs = broker.keep_alive_secs(connection).unwrap_or(0);
        if let Some(at) = broker.deadline(connection).filter(|_| secs > 0) {
            timer("keep alive", at, Duration::from_millis(u64::from(secs) * 1_500));
        }
    }
    if let Some(at) = session.ends() {
        timer("session ends", at, Duration::from_millis(u64::from(session.expiry_secs()) * 1_000));
    }
    if let Some(at) = session.queued().filter_map(|queued| queued.message.expires).min() {
        timer("message expires", at, at - now);
    }
    all
}

fn with_window(mut items: Vec<Item>, window: Option<Item>) -> Vec<Item> {
    if !items.is_empty() {
        items.extend(window);
    }
    items
}

fn window(key: &str, used: usize, most: u16) -> Item {
    let text = [&used.to_string(), " of ", &most.to_string()].concat();
    Item { key: key.to_owned(), text, shape: Shape::Window { used, most } }
}

fn flight(it: &InFlight) -> Item {
    let (text, stages) = match it.stage {
        Stage::AwaitPubAck => ("PUBLISH sent, PUBACK due", vec![(PacketType::PubAck, Due::Now)]),
        Stage::AwaitPubRec => ("PUBLISH sent, PUBREC due", exchange([Due::Now, Due::Later, Due::Later])),
        Stage::AwaitPubComp => ("PUBREL sent, PUBCOMP due", exchange([Due::Done, Due::Done, Due::Now])),
    };
    Item {
        key: it.packet_id.to_string(),
        text: text.to_owned(),
        shape: Shape::Flight { qos: it.qos, stages },
    }
}

/// A QoS 2 message at its receiver.
fn holding(id: PacketId) -> Item {
    let stages = exchange([Due::Done, Due::Now, Due::Later]);
    let shape = Shape::Flight { qos: QoS::ExactlyOnce, stages };
    Item { key: id.to_string(), text: "held until PUBREL".to_owned(), shape }
}

fn exchange(stand: [Due; 3]) -> Vec<(PacketType, Due)> {
    [PacketType::PubRec, PacketType::PubRel, PacketType::PubComp].into_iter().zip(stand).collect()
}

/// A payload as short text in quotes, or how long it is.
fn payload(message: &Message) -> String {
    const SHOWN: usize = 24;
    match readable(&message.payload) {
        Some(text) if text.chars().count() <= SHOWN => ["“", text, "”"].concat(),
        _ => [&message.payload.len().to_string(), " bytes"].concat(),
    }
}

const fn level(qos: QoS) -> &'static str {
    match qos {
        QoS::AtMostOnce => "0",
        QoS::AtLeastOnce => "1",
        QoS::ExactlyOnce => "2",
    }
}
