//! Topics that there are, and what filters would do with them.

use super::draft::FilterDraft;
use crate::broker::Broker;
use crate::client::Client;
use crate::codec::{Packet, QoS, RetainHandling, Version, decode};
use crate::sim::Sim;
use crate::topic::{matches as takes, share_name};

/// Frames that are looked at for topics, newest first.
const LOOKED_AT: usize = 2_000;
/// Topics that are listed.
const LISTED: usize = 8;

/// What the filters of a form would do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// Topics, each with the numbers (from 1) of the filters that take it.
    pub topics: Vec<(String, Vec<usize>)>,
    /// How many topics there are beside those.
    pub more: usize,
    /// What else is to be said: what matters, the rest of the sentence, the statement behind it.
    pub notes: Vec<(String, String, Option<&'static str>)>,
}

/// The topics of messages seen so far and of retained ones, in their order.
pub fn topics(sim: &Sim) -> Vec<String> {
    let retained = sim.brokers().flat_map(|(_, broker)| broker.retained());
    let mut found: Vec<String> = retained.map(|it| it.message.topic.to_string()).collect();
    let step = sim.cursor();
    let frames = sim.capture().frames().rev().filter(|frame| frame.sent_step <= step);
    for frame in frames.take(LOOKED_AT) {
        if let Ok(Packet::Publish(publish)) = decode(&frame.bytes, frame.version)
            && !publish.topic.is_empty()
            && !found.iter().any(|known| known == publish.topic)
        {
            found.push(publish.topic.to_owned());
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whom a message on a topic would reach: client identifier, filter, granted QoS.
pub fn reached(broker: &Broker, topic: &str) -> Vec<(String, String, QoS)> {
    let mut reached = Vec::new();
    for session in broker.sessions() {
        for (filter, options) in session.subscriptions() {
            if takes(inner(filter), topic) {
                reached.push((session.client_id().to_owned(), filter.to_owned(), options.qos));
            }
        }
    }
    reached
}

/// The filter that a shared subscription is about.
fn inner(filter: &str) -> &str {
    share_name(filter).map_or(filter, |(_, filter)| filter)
}

/// What a client's filters would do.
pub fn matches(sim: &Sim, index: usize, filters: &[FilterDraft]) -> Matches {
    let (client, broker) = (sim.client(index), sim.broker_of(index));
    let all = topics(sim);
    let by = |topic: &str| {
        let taking = filters.iter().enumerate().filter(|(_, it)| takes(inner(&it.filter), topic));
        taking.map(|(at, _)| at + 1).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = all.iter().map(|topic| (topic.clone(), by(topic))).collect();
    // Those that are taken stand first.
    rows.sort_by_key(|(_, by)| by.is_empty());
    let more = rows.len().saturating_sub(LISTED);
    rows.truncate(LISTED);
    let mut matches = Matches { topics: rows, more, notes: Vec::new() };
    matches.held(client, filters);
    matches.system_topics(filters);
    matches.shared(broker, filters);
    matches.retained(broker, filters);
    matches
}

impl Matches {
    fn note(&mut self, first: impl Into<String>, rest: impl Into<String>, statement: Option<&'static str>) {
        self.notes.push((first.into(), rest.into(), statement));
    }

    fn held(&mut self, client: &Client, filters: &[FilterDraft]) {
        let version_5 = client.config().version == Version::V5;
        let held: Vec<&str> = client.subscriptions().map(|(filter, _)| filter).collect();
        if let Some(same) = filters.iter().find(|it| held.contains(&it.filter.as_str())) {
            let statement = if version_5 { "5.0 MQTT-3.8.4-3" } else { "3.1.1 MQTT-3.8.4-3" };
            self.note(
                [&same.filter, " is held already."].concat(),
                " The new one stands in its place.",
                Some(statement),
            );
        }
        let meets = |other: &str| {
            filters.iter().any(|it| it.filter != other && !it.is_shared() && overlap(&it.filter, other))
        };
        let own = filters.iter().map(|it| it.filter.as_str()).filter(|it| share_name(it).is_none());
        if let Some(other) =
            held.iter().copied().filter(|it| share_name(it).is_none()).chain(own).find(|it| meets(it))
        {
            let ids = if version_5 { ", with the subscription ids of all" } else { "" };
            let rest =
                [" A message that several filters take comes once, at the highest QoS of them", ids, "."];
            let statement = if version_5 { "5.0 MQTT-3.3.4-2" } else { "3.1.1 MQTT-3.3.5-1" };
            self.note(["There is overlap with ", other, "."].concat(), rest.concat(), Some(statement));
        }
    }

    fn system_topics(&mut self, filters: &[FilterDraft]) {
        if filters.iter().any(|it| it.filter.starts_with(['#', '+'])) {
            let rest = " A filter that starts with a wildcard never takes a topic that starts with $.";
            self.note("No $SYS.", rest, Some("5.0 MQTT-4.7.2-1"));
        }
    }

    fn shared(&mut self, broker: &Broker, filters: &[FilterDraft]) {
        for it in filters.iter().filter(|it| it.is_shared()) {
            let others =
                broker.sessions().filter(|session| session.subscription(&it.filter).is_some()).count();
            let rest = [
                " ",
                &others.to_string(),
                " of the broker's clients hold it: each message goes to one of them. No Local cannot be set, and retained messages are not sent.",
            ];
            self.note([&it.filter, " is shared."].concat(), rest.concat(), Some("5.0 MQTT-3.8.3-4"));
        }
    }

    fn retained(&mut self, broker: &Broker, filters: &[FilterDraft]) {
        if broker.retained().len() == 0 {
            return self.note("Nothing is retained yet.", " Retained messages would come at once.", None);
        }
        let wanted = |it: &&FilterDraft| !it.is_shared() && it.retain_handling != RetainHandling::DoNotSend;
        let count = broker
            .retained()
            .filter(|message| {
                filters.iter().filter(wanted).any(|it| takes(&it.filter, &message.message.topic))
            })
            .count();
        let (noun, rest) = match count {
            1 => (" retained message", " It comes at once."),
            _ => (" retained messages", " They come at once."),
        };
        let rest = if count == 0 { " None of the retained ones is taken." } else { rest };
        self.note([&count.to_string(), noun, " would be sent."].concat(), rest, None);
    }
}

/// Whether there are topics that both filters take.
fn overlap(one: &str, other: &str) -> bool {
    let (mut a, mut b) = (one.split('/'), other.split('/'));
    // 3.1.1 MQTT-4.7.2-1: a wildcard at the beginning takes no $-topic.
    if one.starts_with('$') && other.starts_with(['#', '+'])
        || other.starts_with('$') && one.starts_with(['#', '+'])
    {
        return false;
    }
    loop {
        match (a.next(), b.next()) {
            (None, None) | (Some("#"), _) | (_, Some("#")) => return true,
            (Some(a), Some(b)) if a == b || a == "+" || b == "+" => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_overlap_where_a_topic_could_match_both() {
        for (one, other, meet) in [
            ("a/b", "a/b", true),
            ("a/+", "+/b", true),
            ("a/#", "a", true),
            ("#", "a/b/c", true),
            ("a/b", "a/c", false),
            ("a/+", "a", false),
            ("#", "$SYS/#", false),
            ("$SYS/+", "$SYS/#", true),
            ("+/x", "$SYS/x", false),
        ] {
            assert_eq!((overlap(one, other), overlap(other, one)), (meet, meet), "{one} {other}");
        }
    }
}
