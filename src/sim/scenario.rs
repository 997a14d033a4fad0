//! A scenario is data: who takes part, how the network is, what happens when.

use core::fmt;

use bytes::Bytes;

use super::fault::Fault;
use super::network::LinkSettings;
use super::when::ConditionalAction;
use crate::broker::BrokerConfig;
use crate::client::{ClientConfig, ClientError, Misbehaviour, PublishRequest};
use crate::codec::{Direction, PropertyBuf, ReasonCode, SubscriptionOptions};
use crate::time::{Duration, Instant};

/// Messages of one [`Action::Series`].
pub const MAX_SERIES: usize = 1_000;

/// Clients of one scenario.
pub const MAX_CLIENTS: usize = 1_000;

/// Brokers of one scenario.
pub const MAX_BROKERS: usize = 16;

/// In place of a client's index: this and more is the broker of that number, 0 being the first.
pub const BROKERS: usize = 1_000_000;

/// What is run. Two runs of equal scenarios give equal captures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// A short name for links: `qos-2`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// One sentence about what it shows.
    pub text: String,
    /// Where all randomness comes from.
    pub seed: u64,
    /// The clients; the first one's lifeline stands left of the broker's, the others right of it.
    pub clients: Vec<ClientSpec>,
    /// The broker's settings.
    pub broker: BrokerConfig,
    /// What stands over its lifeline, where that is not the usual.
    pub broker_name: String,
    /// More brokers; their lifelines stand behind the first one's.
    pub brokers: Vec<BrokerSpec>,
    /// Which broker each client is linked to, in the order of the clients; where left out, the first.
    pub homes: Vec<usize>,
    /// How long a frame takes from one end to the other.
    pub latency_micros: u64,
    /// How much longer it takes at most, by chance; frames of one connection stay in order all the same.
    pub jitter_micros: u64,
    /// How long an end takes from a frame's arrival to what it does about it.
    pub processing_micros: u64,
    /// How the clients' links are, in the order of the clients; where one is left out, it has [`Scenario::latency_micros`]
    /// both ways and [`Scenario::jitter_micros`].
    pub links: Vec<LinkSettings>,
    /// What happens without the user, in any order.
    pub actions: Vec<TimedAction>,
    /// What happens without the user when something else has.
    pub conditions: Vec<ConditionalAction>,
}

impl Default for Scenario {
    /// Nobody but a broker; 20 ms from end to end and 1 ms of processing.
    fn default() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            text: String::new(),
            seed: 1,
            clients: Vec::new(),
            broker: BrokerConfig::default(),
            broker_name: String::new(),
            brokers: Vec::new(),
            homes: Vec::new(),
            latency_micros: 20_000,
            jitter_micros: 0,
            processing_micros: 1_000,
            links: Vec::new(),
            actions: Vec::new(),
            conditions: Vec::new(),
        }
    }
}

impl Scenario {
    /// How the link of a client is in the beginning.
    pub fn link(&self, client: usize) -> LinkSettings {
        self.links.get(client).cloned().unwrap_or_else(|| LinkSettings {
            to_broker_micros: self.latency_micros,
            to_client_micros: self.latency_micros,
            jitter_micros: self.jitter_micros,
            ..LinkSettings::default()
        })
    }

    /// Which broker a client is linked to in the beginning.
    pub fn home(&self, client: usize) -> usize {
        let home = self.homes.get(client).copied().unwrap_or_default();
        if home > self.brokers.len() { 0 } else { home }
    }

    pub(super) fn processing(&self) -> Duration {
        Duration::from_micros(self.processing_micros)
    }
}

/// A broker that takes part beside the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokerSpec {
    /// What stands over its lifeline.
    pub name: String,
    /// Its settings.
    pub config: BrokerConfig,
}

/// A client that takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSpec {
    /// What stands over its lifeline; need not be its client identifier.
    pub name: String,
    /// How it connects.
    pub config: ClientConfig,
}

impl ClientSpec {
    /// Whether a text can stand over a lifeline: some characters, at most 64, all of which can be seen and turn nothing
    /// around them.
    pub fn is_name(text: &str) -> bool {
        let unseen = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        !text.trim().is_empty() && text.chars().count() <= 64 && !text.contains(unseen)
    }
}

/// An action at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedAction {
    /// When.
    pub at: Instant,
    /// Index into [`Scenario::clients`]; what is done to a broker is done to this client's, or to the one that
    /// [`BROKERS`] and more tells.
    pub client: usize,
    /// What.
    pub action: Action,
}

/// What can be done to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens a connection and sends CONNECT.
    Connect,
    /// The same with other settings from now on.
    ConnectAs(Box<ClientConfig>),
    /// Sends PUBLISH.
    Publish(PublishRequest),
    /// Sends the first of these messages, and each other one so much later than this action; at most [`MAX_SERIES`],
    /// the others are left out.
    Series(Vec<(Duration, PublishRequest)>),
    /// Sends SUBSCRIBE with these filters and properties (5.0).
    Subscribe(Vec<(String, SubscriptionOptions)>, PropertyBuf),
    /// Sends UNSUBSCRIBE with these filters and properties (5.0).
    Unsubscribe(Vec<String>, PropertyBuf),
    /// Sends DISCONNECT and closes; a client that waits to connect again stops waiting.
    Disconnect,
    /// Sends DISCONNECT with a reason and properties (5.0) and closes.
    DisconnectWith(ReasonCode, PropertyBuf),
    /// Authenticates again (5.0).
    Reauthenticate,
    /// Breaks a rule on purpose.
    Misbehave(Misbehaviour),
    /// The network cuts the connection; what is under way is lost.
    Cut,
    /// The connection falls silent: from now on nothing gets through it, and neither end is told.
    Silence,
    /// The client takes no more bytes from its connection: they pile up there, until the broker may send nothing but
    /// answers.
    StopReading,
    /// The client takes what has piled up, and reads on.
    ReadAgain,
    /// Changes how the client connects next time.
    Configure(Box<ClientConfig>),
    /// From now on the client connects to the broker of this number; nothing else changes.
    UseBroker(usize),
    /// Changes the broker's settings, whoever asks: connections and sessions stay, as when mosquitto reads its
    /// configuration again.
    ConfigureBroker(Box<BrokerConfig>),
    /// Stops the broker and starts it with these settings, whoever asks: all connections are cut, sessions and retained
    /// messages are gone. Starts one that has been stopped.
    RestartBroker(Box<BrokerConfig>),
    /// The same, but what a disk keeps is still there: sessions that outlive their connections, and retained messages.
    RestartBrokerKeeping(Box<BrokerConfig>),
    /// Stops the broker, whoever asks, as mosquitto does when it is told to end: wills are published, connections are
    /// closed, and until it is restarted nobody listens. Its disk keeps what it keeps at a restart.
    StopBroker,
    /// Sets how the client's link is from now on; a link that goes down is cut.
    SetLink(Box<LinkSettings>),
    /// Lets a fault wait on the client's link, or strike a packet that is under way on it.
    Arm(Box<Fault>),
    /// Takes all faults off the client's link that still wait.
    Disarm,
    /// The client loses power: its memory is gone, its connection stays open at the broker until that finds out.
    PowerLoss,
    /// Lets a packet pass on the client's connection as it was recorded elsewhere: both ends take note of it, and keep to
    /// themselves what they would answer. Without bytes the recording ends: what is due by then is sent.
    Recorded(Direction, Bytes),
    /// Takes the client away for good: its connection is cut, and it does nothing any more.
    Leave,
}

impl Action {
    /// `connect`, `publish`, …, as in "cannot publish".
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Connect | Self::ConnectAs(_) => "connect",
            Self::Publish(_) | Self::Series(_) => "publish",
            Self::Subscribe(..) => "subscribe",
            Self::Unsubscribe(..) => "unsubscribe",
            Self::Disconnect | Self::DisconnectWith(..) => "disconnect",
            Self::Reauthenticate => "authenticate again",
            Self::Misbehave(_) => "break a rule",
            Self::Cut => "cut the link",
            Self::Silence => "silence the link",
            Self::StopReading => "stop reading",
            Self::ReadAgain => "read again",
            Self::Configure(_) => "change the settings",
            Self::UseBroker(_) => "use another broker",
            Self::ConfigureBroker(_) => "change the broker's settings",
            Self::RestartBroker(_) | Self::RestartBrokerKeeping(_) => "restart the broker",
            Self::StopBroker => "stop the broker",
            Self::SetLink(_) => "set the link",
            Self::Arm(_) => "arm a fault",
            Self::Disarm => "disarm the faults",
            Self::PowerLoss => "lose power",
            Self::Recorded(..) => "go on as recorded",
            Self::Leave => "leave",
        }
    }
}

impl fmt::Display for Action {
    /// `publish to sensors/kitchen/temp`, `subscribe to sensors/# and 1 more`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())?;
        let (word, first, count) = match self {
            Self::Publish(request) => ("to", Some(request.topic.as_str()), 1),
            Self::Series(all) => {
                let topic = all.first().map(|(_, request)| request.topic.as_str());
                return write!(f, " {} times to {}", all.len(), topic.unwrap_or_default());
            }
            Self::Subscribe(filters, _) => {
                ("to", filters.first().map(|(filter, _)| filter.as_str()), filters.len())
            }
            Self::Unsubscribe(filters, _) => ("from", filters.first().map(String::as_str), filters.len()),
            _ => ("", None, 0),
        };
        match (first, count) {
            (Some(first), 0 | 1) => write!(f, " {word} {first}"),
            (Some(first), more) => write!(f, " {word} {first} and {} more", more - 1),
            (None, _) => Ok(()),
        }
    }
}

/// Why an action cannot be done; nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// There is no client of this index.
    #[error("there is no client {0}")]
    UnknownClient(usize),
    /// The client has no connection, or the broker has not accepted it yet.
    #[error("not connected")]
    NotConnected,
    /// There is no broker of this number.
    #[error("there is no broker {0}")]
    UnknownBroker(usize),
    /// The broker has been stopped.
    #[error("the broker is stopped")]
    Stopped,
    /// The client has a connection.
    #[error("connected already")]
    AlreadyConnected,
    /// The client has left.
    #[error("it has left")]
    Left,
    /// The client reads nothing already.
    #[error("it does not read")]
    NotReading,
    /// The client reads.
    #[error("it reads")]
    Reading,
    /// The packet that a fault is meant for is not under way on this link.
    #[error("the packet is not under way")]
    NotUnderWay,
    /// [`MAX_FAULTS`](super::MAX_FAULTS) faults wait already.
    #[error("too many faults wait")]
    TooManyFaults,
    /// The client refuses for another reason.
    #[error(transparent)]
    Client(ClientError),
    /// As many steps as a history holds have been taken.
    #[error("the history is full: {} steps", super::MAX_STEPS)]
    HistoryFull,
}

impl From<ClientError> for ActError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotConnected => Self::NotConnected,
            ClientError::AlreadyConnected => Self::AlreadyConnected,
            other => Self::Client(other),
        }
    }
}

/// Why a client cannot join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddClientError {
    /// There are [`MAX_CLIENTS`].
    #[error("there are {MAX_CLIENTS} clients already")]
    TooMany,
    /// Another lifeline has the name.
    #[error("this name is taken")]
    NameTaken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_say_what_they_are() {
        let filter = |f: &str| (f.to_owned(), SubscriptionOptions::default());
        for (action, text) in [
            (Action::Connect, "connect"),
            (Action::Subscribe(vec![filter("a/#")], PropertyBuf::new()), "subscribe to a/#"),
            (
                Action::Unsubscribe(vec!["a".into(), "b".into()], PropertyBuf::new()),
                "unsubscribe from a and 1 more",
            ),
            (
                Action::Series(vec![
                    (
                        Duration::ZERO,
                        PublishRequest { topic: "t".into(), ..Default::default() }
                    );
                    3
                ]),
                "publish 3 times to t",
            ),
            (Action::Publish(PublishRequest { topic: "t".into(), ..Default::default() }), "publish to t"),
        ] {
            assert_eq!(action.to_string(), text);
        }
    }
}
