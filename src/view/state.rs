//! What broker and clients hold at a moment, in words: sessions, subscriptions, messages in flight and their stage.

use crate::broker::{Broker, Session};
use crate::client::{Client, ClientStatus};
use crate::codec::{PacketId, PropertyId, QoS, RetainHandling, SubscriptionOptions, Version};
use crate::dissect::{qos_words, readable};
use crate::session::{InFlight, Message, Stage};

/// One line of state: a name in bold and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateLine {
    /// What it is about: a filter, a topic, a packet identifier.
    pub subject: String,
    /// What holds of it.
    pub text: String,
}

/// A titled run of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSection {
    /// Its title.
    pub title: &'static str,
    /// Its lines; where there are none, `empty` is said.
    pub lines: Vec<StateLine>,
    /// What to say where there is nothing.
    pub empty: &'static str,
}

/// The state of one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndState {
    /// Its name.
    pub name: String,
    /// Its parts.
    pub sections: Vec<StateSection>,
}

/// How many lines of a kind are listed; the rest is counted.
const LINES: usize = 50;

fn line(subject: impl Into<String>, text: impl Into<String>) -> StateLine {
    StateLine { subject: subject.into(), text: text.into() }
}

/// Lists at most [`LINES`] and says how many more there are.
fn lines(total: usize, items: impl Iterator<Item = StateLine>) -> Vec<StateLine> {
    let mut lines: Vec<StateLine> = items.take(LINES).collect();
    if total > lines.len() {
        lines.push(line(format!("{} more", total - lines.len()), "not listed"));
    }
    lines
}

/// The broker's state.
pub fn broker_state(name: &str, broker: &Broker) -> EndState {
    let (_, sessions, subscriptions) = broker.counts();
    let in_flight: usize = broker.sessions().map(|session| session.in_flight().len()).sum();
    let waiting: usize =
        broker.sessions().map(|session| session.unreleased().len() + session.queued().len()).sum();
    EndState {
        name: name.to_owned(),
        sections: vec![
            StateSection {
                title: "Sessions",
                lines: lines(sessions, broker.sessions().map(session_line)),
                empty: "no sessions",
            },
            StateSection {
                title: "Subscriptions",
                lines: lines(
                    subscriptions,
                    broker.sessions().flat_map(|session| {
                        session.subscriptions().map(|(filter, options)| {
                            let id = session.subscription(filter).map_or(0, |it| it.identifier);
                            let text = format!(
                                "{}, QoS {}{}",
                                session.client_id(),
                                options.qos,
                                extras(options, id)
                            );
                            line(filter, text)
                        })
                    }),
                ),
                empty: "no subscriptions",
            },
            StateSection {
                title: "In flight to clients",
                lines: lines(
                    in_flight,
                    broker.sessions().flat_map(|session| {
                        session.in_flight().map(|message| in_flight_line(session.client_id(), message))
                    }),
                ),
                empty: "nothing in flight",
            },
            StateSection {
                title: "Held from clients",
                lines: lines(waiting, broker.sessions().flat_map(held_lines)),
                empty: "nothing held",
            },
            StateSection {
                title: "Retained",
                lines: lines(
                    broker.retained().len(),
                    broker.retained().map(|kept| line(&*kept.message.topic, payload(&kept.message))),
                ),
                empty: "no retained messages",
            },
        ]
        .into_iter()
        .chain(section("Connections in 5.0", connection_lines(broker)))
        .collect(),
    }
}

/// What 5.0 has besides, where there is some.
fn section(title: &'static str, lines: Vec<StateLine>) -> Option<StateSection> {
    (!lines.is_empty()).then_some(StateSection { title, lines, empty: "" })
}

/// A subscription's options other than its QoS, and its identifier.
fn extras(options: SubscriptionOptions, identifier: u32) -> String {
    let mut text = String::new();
    for (holds, words) in [
        (options.no_local, ", no local"),
        (options.retain_as_published, ", retain as published"),
        (options.retain_handling == RetainHandling::SendIfNew, ", retained if new"),
        (options.retain_handling == RetainHandling::DoNotSend, ", no retained"),
    ] {
        text.push_str(if holds { words } else { "" });
    }
    if identifier > 0 {
        text.push_str(&[", identifier ", &identifier.to_string()].concat());
    }
    text
}

/// What the broker knows of each 5.0 connection.
fn connection_lines(broker: &Broker) -> Vec<StateLine> {
    let mut told = Vec::new();
    for session in broker.sessions().filter(|session| session.version() == Version::V5).take(LINES) {
        let (Some(connection), Some(takes)) = (session.connection(), session.takes()) else { continue };
        let keep_alive = broker.keep_alive_secs(connection).unwrap_or(0);
        told.push(line(session.client_id(), limits(takes, keep_alive)));
        let from = broker.aliases_from(connection).map(|alias| ("from", alias));
        let both = from.chain(session.aliases().map(|alias| ("to", alias)));
        told.extend(both.map(|(way, alias)| alias_line(way, session.client_id(), alias)));
    }
    told.extend(broker.authenticating().map(|(method, client)| {
        line(client.unwrap_or("a new client"), ["authenticates by ", method].concat())
    }));
    let total = told.len();
    lines(total, told.into_iter())
}

/// `20 in flight, packets of 32 bytes, keep alive 60 s`
fn limits((window, packet): (u16, u32), keep_alive_secs: u16) -> String {
    let mut text = ["takes ", &window.to_string(), " in flight"].concat();
    if packet != u32::MAX {
        text.push_str(&[", packets of ", &packet.to_string(), " bytes"].concat());
    }
    match keep_alive_secs {
        0 => text.push_str(", no keep alive"),
        secs => text.push_str(&[", keep alive ", &secs.to_string(), " s"].concat()),
    }
    text
}

fn alias_line(way: &str, name: &str, (alias, topic): (u16, &str)) -> StateLine {
    line(["alias ", &alias.to_string(), " ", way, " ", name].concat(), topic)
}

/// Seconds in words.
fn seconds(secs: u32) -> String {
    if secs == u32::MAX { "for ever".to_owned() } else { [&secs.to_string(), " s"].concat() }
}

fn session_line(session: &Session) -> StateLine {
    let standing = if session.is_connected() { "connected" } else { "offline, kept" };
    let clean = match session.expiry_secs() {
        0 => "ends with its connection".to_owned(),
        secs if session.version() == Version::V5 => ["kept ", &seconds(secs), " when offline"].concat(),
        _ => "kept when offline".to_owned(),
    };
    let will = match session.will().map(|will| will.delay_secs) {
        None => String::new(),
        Some(0) => ", has a will".to_owned(),
        Some(delay) => [", has a will, delayed by ", &seconds(delay)].concat(),
    };
    line(session.client_id(), format!("{standing}, {clean}{will}"))
}

fn held_lines(session: &Session) -> impl Iterator<Item = StateLine> + '_ {
    let unreleased = session.unreleased().map(|(id, stored)| {
        let text = format!("stored “{}”, waits for PUBREL", payload(&stored.message));
        line(subject(session.client_id(), id), text)
    });
    let queued = session.queued().map(|queued| {
        let text = format!("queued, QoS {}, {}", queued.qos, queued.message.topic);
        line(session.client_id(), text)
    });
    unreleased.chain(queued)
}

/// A client's state.
pub fn client_state(name: &str, client: &Client) -> EndState {
    let received = client.last_received().map(|last| {
        line(format!("{} received", client.received_count()), format!("last “{}”", payload(&last.message)))
    });
    EndState {
        name: name.to_owned(),
        sections: vec![
            StateSection {
                title: "Subscriptions",
                lines: lines(
                    client.subscriptions().len(),
                    client.subscriptions().map(|(filter, subscription)| {
                        let more = extras(subscription.options, subscription.identifier);
                        line(filter, format!("granted QoS {}{more}", subscription.granted))
                    }),
                ),
                empty: "no subscriptions",
            },
            StateSection {
                title: "In flight to the broker",
                lines: lines(client.in_flight().len(), client.in_flight().map(|m| in_flight_line("", m))),
                empty: "nothing in flight",
            },
            StateSection {
                title: "Received",
                lines: client
                    .incoming()
                    .take(LINES)
                    .map(|(id, held)| {
                        let text = format!("stored “{}”, waits for PUBREL", payload(&held.message));
                        line(subject("", id), text)
                    })
                    .chain(received)
                    .collect(),
                empty: "no messages yet",
            },
        ]
        .into_iter()
        .chain(section("Connection in 5.0", own_connection_lines(client)))
        .collect(),
    }
}

/// What a 5.0 client knows of its connection.
fn own_connection_lines(client: &Client) -> Vec<StateLine> {
    let config = client.config();
    if config.version != Version::V5 || client.status() == ClientStatus::Offline {
        return Vec::new();
    }
    let mut told = Vec::new();
    if let Some(keep_alive) = client.keep_alive() {
        let server = client.server_limits();
        let takes = (server.receive_maximum, server.maximum_packet_size);
        told.push(line("Broker", limits(takes, keep_alive.interval_secs())));
        let expiry = config.properties.as_properties().number(PropertyId::SessionExpiryInterval);
        if let Some(secs) = expiry.filter(|secs| *secs > 0) {
            told.push(line("Session", ["kept ", &seconds(secs), " when offline"].concat()));
        }
    }
    if let Some(method) = client.authenticating() {
        told.push(line(method, "authentication under way"));
    }
    let [from, to] = client.aliases();
    told.extend(from.map(|alias| alias_line("from", "the broker", alias)));
    told.extend(to.map(|alias| alias_line("to", "the broker", alias)));
    let total = told.len();
    lines(total, told.into_iter())
}

fn subject(client_id: &str, id: PacketId) -> String {
    if client_id.is_empty() { format!("id {id}") } else { format!("{client_id} id {id}") }
}

fn in_flight_line(client_id: &str, message: &InFlight) -> StateLine {
    let stage = match message.stage {
        Stage::AwaitPubAck => "PUBLISH sent, PUBACK due",
        Stage::AwaitPubRec => "PUBLISH sent, PUBREC due",
        Stage::AwaitPubComp => "PUBREC received, PUBREL sent, PUBCOMP due",
    };
    line(subject(client_id, message.packet_id), format!("{}: {stage}", qos(message.qos)))
}

fn qos(qos: QoS) -> String {
    format!("QoS {qos} {}", qos_words(qos.level()))
}

/// A payload as short text, or how long it is.
fn payload(message: &Message) -> String {
    const SHOWN: usize = 24;
    match readable(&message.payload) {
        Some(text) if text.chars().count() <= SHOWN => text.to_owned(),
        _ => format!("{} bytes", message.payload.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Sim, scenarios};

    /// Every line of the state after each step of the QoS 2 scenario.
    fn story(state: impl Fn(&Sim) -> EndState) -> Vec<String> {
        let mut sim = Sim::new(scenarios().remove(0));
        let mut told = Vec::new();
        while !sim.is_settled() && sim.step() {
            for section in state(&sim).sections {
                let lines = section.lines.iter().map(|line| format!("{}: {}", line.subject, line.text));
                told.extend(lines.map(|line| format!("{} | {line}", section.title)));
            }
        }
        told.dedup();
        told
    }

    #[test]
    fn the_stages_of_qos_2_are_told_on_both_hops() {
        let broker = story(|sim| broker_state("Broker", sim.broker()));
        for line in [
            "Subscriptions | sensors/#: sub1, QoS 2",
            "Held from clients | pub1 id 7: stored “21.5”, waits for PUBREL",
            "In flight to clients | sub1 id 1: QoS 2 exactly once: PUBLISH sent, PUBREC due",
            "In flight to clients | sub1 id 1: QoS 2 exactly once: PUBREC received, PUBREL sent, PUBCOMP due",
        ] {
            assert!(broker.iter().any(|told| told == line), "{line}\n{broker:#?}");
        }
        let pub1 = story(|sim| client_state("pub1", sim.client(0)));
        assert!(pub1.iter().any(|told| told.ends_with("id 7: QoS 2 exactly once: PUBLISH sent, PUBREC due")));
        let sub1 = story(|sim| client_state("sub1", sim.client(1)));
        assert_eq!(sub1.last().map(String::as_str), Some("Received | 1 received: last “21.5”"));
    }

    /// Every line of all ends after each step of a scenario.
    fn all(id: &str) -> Vec<String> {
        let mut sim = Sim::new(scenarios().into_iter().find(|it| it.id == id).expect(id));
        let mut told = Vec::new();
        while !sim.is_settled() && sim.step() {
            let clients = (0..sim.client_count()).map(|index| client_state("client", sim.client(index)));
            for state in clients.chain([broker_state("Broker", sim.broker())]) {
                let lines = state.sections.iter().flat_map(|section| &section.lines);
                told.extend(lines.map(|line| format!("{}: {}", line.subject, line.text)));
            }
        }
        told
    }

    #[test]
    fn what_5_0_adds_is_told_at_both_ends() {
        for (id, lines) in [
            (
                "v5-session-expiry",
                &["sub1: offline, kept, kept 10 s when offline", "Session: kept 10 s when offline"][..],
            ),
            (
                "v5-receive-maximum",
                &[
                    "sub1: takes 1 in flight, keep alive 60 s",
                    "Broker: takes 20 in flight, packets of 2000000 bytes, keep alive 60 s",
                ],
            ),
            ("v5-maximum-packet-size", &["sub1: takes 20 in flight, packets of 32 bytes, keep alive 60 s"]),
            (
                "v5-topic-alias",
                &[
                    "alias 1 from pub1: sensors/kitchen/temp",
                    "alias 1 to sub1: sensors/kitchen/temp",
                    "alias 1 from the broker: sensors/kitchen/temp",
                    "alias 1 to the broker: sensors/kitchen/temp",
                ],
            ),
            (
                "v5-subscription-identifiers",
                &[
                    "sensors/+/temp: sub1, QoS 1, identifier 200",
                    "sensors/+/temp: granted QoS 1, identifier 200",
                ],
            ),
            ("v5-no-local", &["chat: ann, QoS 1, no local"]),
            (
                "v5-retain-options",
                &[
                    "heating/state: never, QoS 1, retain as published, no retained",
                    "heating/state: new, QoS 1, retained if new",
                ],
            ),
            ("v5-will-delay", &["sensor: connected, kept 60 s when offline, has a will, delayed by 5 s"]),
            ("v5-server-keep-alive", &["sensor: takes 20 in flight, keep alive 3 s"]),
            (
                "v5-scram",
                &[
                    "a new client: authenticates by SCRAM-SHA-256",
                    "ann: authenticates by SCRAM-SHA-256",
                    "SCRAM-SHA-256: authentication under way",
                ],
            ),
        ] {
            let told = all(id);
            for line in lines {
                assert!(told.iter().any(|it| it == line), "{id}: {line:?} is not in {told:#?}");
            }
        }
    }
}
