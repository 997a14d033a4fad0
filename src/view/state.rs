//! What broker and clients hold at a moment, in words: sessions, subscriptions, messages in flight and their stage.

use crate::broker::{Broker, Session};
use crate::client::Client;
use crate::codec::{PacketId, QoS};
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
                            line(filter, format!("{}, QoS {}", session.client_id(), options.qos))
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
        ],
    }
}

fn session_line(session: &Session) -> StateLine {
    let standing = if session.is_connected() { "connected" } else { "offline, kept" };
    let clean = if session.is_clean() { "ends with its connection" } else { "kept when offline" };
    let will = if session.will().is_some() { ", has a will" } else { "" };
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
                        line(filter, format!("granted QoS {}", subscription.granted))
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
        ],
    }
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
}
