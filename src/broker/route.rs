//! From a message to its subscribers.

use std::sync::Arc;

use super::config::BrokerConfig;
use super::decision::{Decision, DropReason, Observer};
use super::output::Outbox;
use super::publication::Publication;
use super::session::{Queued, Session};
use super::state::Broker;
use crate::codec::QoS;
use crate::time::Instant;
use crate::topic::SubscriberId;

/// Subscribers that match a message, each with the greatest QoS granted and how many filters match.
#[derive(Clone, Debug, Default)]
pub(super) struct Matches {
    list: Vec<(SubscriberId, QoS, u32)>,
}

impl Matches {
    /// One entry a subscriber, in their order, at the greatest QoS of its matching subscriptions
    /// (3.1.1 MQTT-3.3.5-1, 5.0 MQTT-3.3.4-2).
    fn merge(&mut self) {
        if self.list.is_sorted_by(|a, b| a.0 < b.0) {
            return;
        }
        self.list.sort_unstable();
        self.list.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = kept.1.max(later.1);
                kept.2 += 1;
            }
            same
        });
    }
}

/// What became of a message for one subscriber.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    Waits,
    Dropped(DropReason),
}

impl Outcome {
    /// Tells the observer what it could not see.
    #[inline]
    pub(super) fn tell<O: Observer>(
        self,
        now: Instant,
        session: &Session,
        publication: &Publication<'_>,
        observer: &mut O,
    ) {
        let (client_id, version, message) = (&*session.client_id, session.version, publication.packet_id);
        match self {
            Self::Sent => {}
            Self::Waits => {
                let (online, queued) = (session.is_connected(), session.queued().len());
                observer.decision(now, &Decision::Queued { client_id, version, message, online, queued });
            }
            Self::Dropped(reason) => {
                let topic = publication.topic;
                observer.decision(now, &Decision::Dropped { client_id, version, topic, message, reason });
            }
        }
    }
}

impl Broker {
    /// Retains the message if it asks for it and hands it to all its subscribers (3.1.1 MQTT-4.5.0-1). `released`
    /// says that a PUBREL did it.
    pub(super) fn hand_on<O: Observer>(
        &mut self,
        now: Instant,
        publication: &mut Publication<'_>,
        released: bool,
        observer: &mut O,
    ) {
        if publication.retain {
            self.retain(now, publication, observer);
        }
        self.matches.list.clear();
        let Self { matches, scratch, subscriptions, sessions, config, outbox, .. } = self;
        subscriptions.for_each_match(publication.topic, scratch, |number, options| {
            matches.list.push((number, options.qos, 1));
        });
        matches.merge();
        let (mut subscribers, mut sent) = (0, 0);
        for &(number, granted, matching) in &matches.list {
            let Some(session) = sessions.by_number_mut(number) else { continue };
            let published = publication.qos;
            {
                let (client_id, version) = (&*session.client_id, session.version);
                if matching > 1 {
                    let matching = matching as usize;
                    let decision = Decision::Overlapping { client_id, version, matching, qos: granted };
                    observer.decision(now, &decision);
                }
                if granted < published {
                    observer.decision(now, &Decision::Lowered { client_id, version, published, granted });
                }
            }
            let outcome = deliver(session, publication, granted.min(published), config, outbox);
            outcome.tell(now, session, publication, observer);
            subscribers += 1;
            sent += usize::from(outcome == Outcome::Sent);
        }
        let Publication { version, topic, packet_id: message, .. } = *publication;
        observer.decision(now, &Decision::Routed { version, topic, message, released, subscribers, sent });
    }

    /// Sets, replaces or removes the retained message of a topic.
    fn retain<O: Observer>(&mut self, now: Instant, publication: &mut Publication<'_>, observer: &mut O) {
        let (version, topic) = (publication.version, publication.topic);
        let replaced = self.retained.contains(topic);
        if publication.payload.is_empty() {
            // 3.1.1 MQTT-3.3.1-10, MQTT-3.3.1-11
            if replaced {
                Arc::make_mut(&mut self.retained).clear(topic);
            }
            observer.decision(now, &Decision::RetainedCleared { version, topic, existed: replaced });
        } else if !replaced && self.retained.len() >= self.config.max_retained_messages {
            let limit = self.config.max_retained_messages;
            observer.decision(now, &Decision::RetainedFull { version, topic, limit });
        } else {
            // 3.1.1 MQTT-3.3.1-5, MQTT-3.3.1-7
            Arc::make_mut(&mut self.retained).set(publication.message(), publication.qos);
            observer.decision(now, &Decision::Retained { version, topic, replaced });
        }
    }
}

/// Sends a message to one subscriber at `qos` (3.1.1 MQTT-3.8.4-6: the lower of published and granted), or lets it
/// wait, or drops it.
#[inline]
pub(super) fn deliver(
    session: &mut Session,
    publication: &mut Publication<'_>,
    qos: QoS,
    config: &BrokerConfig,
    outbox: &mut Outbox,
) -> Outcome {
    let (link, version) = (session.writable(), session.version);
    if qos == QoS::AtMostOnce {
        match link {
            Some(connection) if outbox.len() < config.max_output_packets => {
                let Some(packet) = publication.packet(qos, None, version) else {
                    return Outcome::Dropped(DropReason::TooLong);
                };
                outbox.send(connection, packet);
                return Outcome::Sent;
            }
            None if !session.is_connected() && config.queue_qos0_messages => {}
            None if !session.is_connected() => return Outcome::Dropped(DropReason::Offline),
            _ => return Outcome::Dropped(DropReason::Slow),
        }
    } else if let Some(connection) = link
        && let Some(packet_id) = session.admit(config.window())
    {
        let Some(packet) = publication.packet(qos, Some(packet_id), version) else {
            return Outcome::Dropped(DropReason::TooLong);
        };
        session.outgoing.push(packet_id, qos, publication.sent_retain, publication.message());
        session.outgoing.next_transmission(config.window());
        outbox.send(connection, packet);
        return Outcome::Sent;
    }
    // 3.1.1 MQTT-3.1.2-5
    let waiting = Queued { message: publication.message(), qos, retain: publication.sent_retain };
    if session.enqueue(waiting, config) {
        Outcome::Waits
    } else {
        Outcome::Dropped(DropReason::QueueFull { queued: session.queued().len() })
    }
}
