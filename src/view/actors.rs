//! The actors' cards: who they are, how they stand, what they can do now.

use crate::broker::Broker;
use crate::client::{Client, ClientStatus};
use crate::codec::{PropertyId, Version};
use crate::time::Instant;

/// How an actor stands, each with a dot and a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A broker that takes connections.
    Running,
    /// A broker that has been stopped.
    Stopped,
    /// The broker has accepted the client.
    Connected,
    /// CONNECT is under way.
    Connecting,
    /// No connection.
    Offline,
    /// It has been taken away.
    Left,
}

impl Standing {
    /// The word beside the dot.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Connected => "connected",
            Self::Connecting => "connecting",
            Self::Offline => "not connected",
            Self::Left => "left",
        }
    }

    /// The dot's class.
    pub const fn dot(self) -> &'static str {
        match self {
            Self::Running | Self::Connected => "status-dot",
            Self::Connecting => "status-dot status-dot--busy",
            Self::Stopped | Self::Offline | Self::Left => "status-dot status-dot--off",
        }
    }
}

/// One card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorCard {
    /// What stands over the lifeline.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// The versions it speaks.
    pub version: String,
    /// Small facts: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// The number of the broker that it is, or that it is linked to.
    pub broker: usize,
    /// Keep alive, of a client that has one.
    pub keep_alive: Option<KeepAliveView>,
}

/// The keep alive that is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepAliveView {
    /// Seconds, to the millisecond; the whole interval while it does not count.
    pub left: String,
    /// Of the interval, in percent; 0 while it does not count.
    pub percent: u8,
}

/// The broker's card.
pub fn broker_card(name: &str, number: usize, broker: &Broker, stopped: bool) -> ActorCard {
    let (_, sessions, subscriptions) = broker.counts();
    let in_flight: usize = broker.sessions().map(|session| session.in_flight().len()).sum();
    let queued: usize = broker.sessions().map(|session| session.queued().len()).sum();
    ActorCard {
        name: name.to_owned(),
        standing: if stopped { Standing::Stopped } else { Standing::Running },
        version: "3.1, 3.1.1, 5.0".to_owned(),
        facts: vec![
            ("sessions", sessions.to_string()),
            ("subs", subscriptions.to_string()),
            ("in flight", in_flight.to_string()),
            ("queued", queued.to_string()),
        ],
        broker: number,
        keep_alive: None,
    }
}

/// A client's card.
pub fn client_card(name: &str, client: &Client, now: Instant) -> ActorCard {
    let mut facts = Vec::new();
    if client.client_id() != name {
        let id = if client.client_id().is_empty() { "none" } else { client.client_id() };
        facts.push(("client id", id.to_owned()));
    }
    let config = client.config();
    let version = config.version;
    let clean = if version == Version::V5 { "clean start" } else { "clean session" };
    facts.push((clean, u8::from(config.clean_start).to_string()));
    let expiry = config.number(PropertyId::SessionExpiryInterval).unwrap_or(0);
    if expiry > 0 {
        facts.push((
            "expiry",
            if expiry == u32::MAX { "never".to_owned() } else { [&expiry.to_string(), " s"].concat() },
        ));
    }
    let mut in_flight = client.in_flight().len().to_string();
    if version == Version::V5 && client.status() == ClientStatus::Connected {
        in_flight = [&in_flight, "/", &client.server_limits().receive_maximum.to_string()].concat();
    }
    facts.push(("in flight", in_flight));
    facts.push(("received", client.received_count().to_string()));
    if client.armed() > 0 {
        facts.push(("armed", client.armed().to_string()));
    }
    ActorCard {
        name: name.to_owned(),
        standing: standing(client),
        version: format!("MQTT {version}"),
        facts,
        broker: 0,
        keep_alive: keep_alive(client, now),
    }
}

/// How a client stands.
pub const fn standing(client: &Client) -> Standing {
    match client.status() {
        ClientStatus::Connected => Standing::Connected,
        ClientStatus::Connecting => Standing::Connecting,
        ClientStatus::Offline => Standing::Offline,
    }
}

fn keep_alive(client: &Client, now: Instant) -> Option<KeepAliveView> {
    let keep_alive = client.keep_alive();
    let secs = keep_alive.map_or(client.config().keep_alive_secs, |it| it.interval_secs());
    let Some(left) = keep_alive.and_then(|it| it.client_deadline()).map(|it| it.since(now)) else {
        // It is there before it counts: nothing below it moves when the CONNACK comes.
        return (secs > 0).then(|| KeepAliveView { left: [&secs.to_string(), " s"].concat(), percent: 0 });
    };
    let whole = u128::from(secs) * 1_000;
    let millis = left.as_millis();
    Some(KeepAliveView {
        left: format!("{}.{:03} s", millis / 1_000, millis % 1_000),
        percent: (millis * 100 / whole.max(1)).min(100) as u8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientConfig;

    #[test]
    fn a_client_that_is_not_there_counts_no_keep_alive() {
        let mut client = Client::new(ClientConfig { keep_alive_secs: 60, ..ClientConfig::new("sub1") });
        let card = client_card("sub1", &client, Instant::ZERO);
        let whole = KeepAliveView { left: "60 s".into(), percent: 0 };
        assert_eq!((card.standing, card.keep_alive), (Standing::Offline, Some(whole)));
        let none = Client::new(ClientConfig { keep_alive_secs: 0, ..ClientConfig::new("sub1") });
        assert_eq!(client_card("sub1", &none, Instant::ZERO).keep_alive, None);
        assert!(card.facts.iter().all(|(name, _)| *name != "client id"), "the same name is not said twice");
        assert_eq!(client.connect(Instant::ZERO), Ok(()));
        assert_eq!(client_card("sub1", &client, Instant::ZERO).standing, Standing::Connecting);
    }

    #[test]
    fn keep_alive_runs_down() {
        let mut client = Client::new(ClientConfig { keep_alive_secs: 60, ..ClientConfig::new("a") });
        assert_eq!(client.connect(Instant::ZERO), Ok(()));
        client.handle_data(Instant::ZERO, &[0x20, 0x02, 0x00, 0x00]);
        let card = client_card("other name", &client, Instant::from_millis(15_000));
        assert_eq!(card.keep_alive, Some(KeepAliveView { left: "45.000 s".into(), percent: 75 }));
        assert_eq!(card.facts[0], ("client id", "a".to_owned()));
    }
}
