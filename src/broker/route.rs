//! From a message to its subscribers.

use std::sync::Arc;

use super::call::Call;
use super::config::BrokerConfig;
use super::decision::{Decision, DropReason};
use super::output::Outbox;
use super::publication::Publication;
use super::session::{Queued, Session};
use super::sessions::{SessionNumber, Sessions};
use super::shared::{Group, as_group};
use super::state::Broker;
use super::switches::{Check, is_off};
use crate::codec::{QoS, SubscriptionOptions};
use crate::topic::SubscriberId;

/// What the subscription tree knows of a subscription.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Granted {
    pub(super) options: SubscriptionOptions,
    /// Subscription Identifier; 0 is none.
    pub(super) identifier: u32,
}

/// Subscriptions that match a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Matches {
    list: Vec<(SubscriberId, Granted)>,
    /// Subscription Identifiers of one receiver.
    identifiers: Vec<u32>,
}

/// How one receiver gets a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub(super) qos: QoS,
    pub(super) retain: bool,
    /// See [`Publication::variant`].
    pub(super) variant: u16,
}

/// What became of a message for one subscriber.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    Waits,
    Dropped(DropReason),
}

impl Outcome {
    /// Tells the observer what it could not see, and counts what is lost.
    #[inline]
    pub(super) fn tell(
        self,
        session: &Session,
        publication: &Publication<'_>,
        outbox: &mut Outbox,
        call: &mut Call<'_>,
    ) {
        let (client_id, version, message) = (&*session.client_id, session.version, publication.packet_id);
        match self {
            Self::Sent => {}
            Self::Waits => {
                let (online, queued) = (session.is_connected(), session.queued().len());
                call.tell(&Decision::Queued { client_id, version, message, online, queued });
            }
            Self::Dropped(reason) => {
                outbox.counters.publish_dropped += 1;
                let topic = publication.topic;
                call.tell(&Decision::Dropped { client_id, version, topic, message, reason });
            }
        }
    }
}

impl Broker {
    /// Whether anybody subscribes to the topic.
    pub(super) fn has_subscribers(&mut self, topic: &str) -> bool {
        let mut found = false;
        self.subscriptions.for_each_match(topic, &mut self.scratch, |_, _| found = true);
        found
    }

    /// Retains the message if it asks for it and hands it to all its subscribers (3.1.1 MQTT-4.5.0-1,
    /// 5.0 MQTT-4.5.0-1). `released` says that a PUBREL did it.
    pub(super) fn hand_on(&mut self, publication: &mut Publication<'_>, released: bool, call: &mut Call<'_>) {
        if publication.retain || is_off(Check::RetainAsked) {
            self.retain(publication, call);
        }
        let Self { matches, scratch, subscriptions, sessions, config, outbox, groups, .. } = self;
        let Matches { list, identifiers } = matches;
        list.clear();
        let mut own = None;
        subscriptions.for_each_match(publication.topic, scratch, |number, granted| {
            // 5.0 MQTT-3.8.3-3
            if is_off(Check::NoLocal) || !(granted.options.no_local && publication.from == Some(number)) {
                list.push((number, *granted));
            } else {
                own = Some(number);
            }
        });
        if let Some(number) = own.filter(|own| list.iter().all(|(number, _)| number != own))
            && let Some(session) = sessions.by_number(number)
        {
            call.tell(&Decision::NoLocal { client_id: &session.client_id, topic: publication.topic });
        }
        if !list.is_sorted_by(|a, b| a.0 < b.0) {
            list.sort_unstable_by_key(|(number, _)| *number);
        }
        publication.receivers = list.len();
        let (mut subscribers, mut sent) = (0, 0);
        let mut rest = &list[..];
        while let Some(&(number, granted)) = rest.first() {
            let overlapping = rest.iter().take_while(|(other, _)| *other == number).count();
            let (run, others) = rest.split_at(overlapping);
            rest = others;
            let outcome = match as_group(number) {
                None => {
                    let Some(session) = sessions.by_number_mut(number) else { continue };
                    let merged = merge(run, granted, identifiers);
                    if overlapping > 1 {
                        tell_overlapping(session, overlapping, merged.qos, call);
                    }
                    hand_to(session, publication, merged, identifiers, config, outbox, call)
                }
                Some(group) => {
                    let Some(group) = Arc::make_mut(groups).of_mut(group) else { continue };
                    let Some((number, granted)) = choose(group, sessions, publication, config) else {
                        continue;
                    };
                    let Some(session) = sessions.by_number_mut(number) else { continue };
                    tell_chosen(session, group.members.len(), call);
                    merge(&[], granted, identifiers);
                    hand_to(session, publication, granted.options, identifiers, config, outbox, call)
                }
            };
            subscribers += 1;
            sent += usize::from(outcome == Outcome::Sent);
        }
        let Publication { version, topic, packet_id: message, .. } = *publication;
        call.tell(&Decision::Routed { version, topic, message, released, subscribers, sent });
        if subscribers == 0 {
            outbox.counters.publish_dropped += 1;
        }
    }

    /// Sets, replaces or removes the retained message of a topic.
    fn retain(&mut self, publication: &mut Publication<'_>, call: &mut Call<'_>) {
        let (version, topic) = (publication.version, publication.topic);
        let replaced = self.retained.contains(topic);
        if publication.payload.is_empty() && !is_off(Check::RetainEmpty) {
            // 3.1.1 MQTT-3.3.1-10, MQTT-3.3.1-11; 5.0 MQTT-3.3.1-6, MQTT-3.3.1-7
            if replaced && !is_off(Check::RetainCleared) {
                Arc::make_mut(&mut self.retained).clear(topic);
            }
            call.tell(&Decision::RetainedCleared { version, topic, existed: replaced });
            return;
        }
        let size = topic.len() + publication.payload.len() + publication.properties().as_bytes().len();
        let config = &self.config;
        let (messages, bytes) = self.retained.without(topic);
        if messages >= config.max_retained_messages || bytes.saturating_add(size) > config.max_retained_bytes
        {
            // What was retained before is older than what comes: 5.0 MQTT-3.3.1-5 asks to replace it.
            if replaced {
                Arc::make_mut(&mut self.retained).clear(topic);
            }
            call.tell(&Decision::RetainedFull { version, topic, messages, bytes });
            return;
        }
        if replaced && is_off(Check::RetainReplaces) {
            return;
        }
        // 3.1.1 MQTT-3.3.1-5, MQTT-3.3.1-7; 5.0 MQTT-3.3.1-5
        let publisher = publication.publisher;
        Arc::make_mut(&mut self.retained).set(publication.message(), publication.qos, publisher);
        call.tell(&Decision::Retained { version, topic, replaced });
    }
}

/// One copy for all matching subscriptions of a client, at their greatest QoS, with all their Subscription
/// Identifiers (3.1.1 MQTT-3.3.5-1; 5.0 MQTT-3.3.4-2, MQTT-3.3.4-4).
#[inline]
fn merge(run: &[(SubscriberId, Granted)], first: Granted, identifiers: &mut Vec<u32>) -> SubscriptionOptions {
    identifiers.clear();
    identifiers.extend(Some(first.identifier).filter(|id| *id > 0));
    let mut merged = first.options;
    for (_, other) in run.iter().skip(1) {
        if !is_off(Check::GreatestQos) {
            merged.qos = merged.qos.max(other.options.qos);
        }
        merged.retain_as_published |= other.options.retain_as_published;
        // They are few: each is put in its place.
        if other.identifier > 0 {
            let at = identifiers.iter().position(|id| *id > other.identifier).unwrap_or(identifiers.len());
            identifiers.insert(at, other.identifier);
        }
    }
    if is_off(Check::AllIdentifiers) {
        identifiers.truncate(1);
    }
    if is_off(Check::Identifiers) {
        identifiers.clear();
    }
    merged
}

fn tell_overlapping(session: &Session, matching: usize, qos: QoS, call: &mut Call<'_>) {
    let (client_id, version) = (&*session.client_id, session.version);
    call.tell(&Decision::Overlapping { client_id, version, matching, qos });
}

fn tell_chosen(session: &Session, members: usize, call: &mut Call<'_>) {
    let (client_id, version) = (&*session.client_id, session.version);
    call.tell(&Decision::Chosen { client_id, version, members });
}

/// The next member of a group: in turn the first that can take the message at once, else the first that is there,
/// else the first whose session keeps it (5.0 MQTT-4.8.2-4, MQTT-4.8.2-5). One that may not read the topic comes last.
fn choose(
    group: &mut Group,
    sessions: &Sessions,
    publication: &Publication<'_>,
    config: &BrokerConfig,
) -> Option<(SessionNumber, Granted)> {
    let mut best: Option<(u8, usize)> = None;
    for at in group.in_turn() {
        let (number, granted) = group.members[at];
        let Some(session) = sessions.by_number(number) else { continue };
        let rank = if !may_read(session, publication.topic, config) {
            3
        } else if session.is_ready(granted.options.qos.min(publication.qos)) {
            0
        } else if session.is_connected() {
            1
        } else {
            2
        };
        if best.is_none_or(|(found, _)| rank < found) {
            best = Some((rank, at));
        }
        if rank == 0 {
            break;
        }
    }
    let (_, at) = best?;
    if !is_off(Check::SharedTurn) {
        group.pass(at);
    }
    group.members.get(at).copied()
}

/// Hands a message to one receiver and tells what became of it.
pub(super) fn hand_to(
    session: &mut Session,
    publication: &mut Publication<'_>,
    granted: SubscriptionOptions,
    identifiers: &[u32],
    config: &BrokerConfig,
    outbox: &mut Outbox,
    call: &mut Call<'_>,
) -> Outcome {
    let outcome = if may_read(session, publication.topic, config) {
        let published = publication.qos;
        // 3.1.1 MQTT-3.8.4-6, 5.0 MQTT-3.8.4-8: the lower of published and granted
        let qos = match config.upgrade_outgoing_qos {
            true => granted.qos,
            false if is_off(Check::LowerQos) => published,
            false => granted.qos.min(published),
        };
        if granted.qos < published && call.is_heard() {
            let (client_id, version, granted) = (&*session.client_id, session.version, granted.qos);
            call.tell(&Decision::Lowered { client_id, version, published, granted });
        }
        // 3.1.1 MQTT-3.3.1-9; 5.0 MQTT-3.3.1-12, MQTT-3.3.1-13
        let as_published =
            granted.retain_as_published && !is_off(Check::AsPublished) || is_off(Check::LiveFlag);
        let retain = as_published && publication.retain;
        let variant = publication.variant(identifiers);
        deliver(session, publication, Delivery { qos, retain, variant }, config, outbox, call)
    } else {
        Outcome::Dropped(DropReason::NotAuthorized)
    };
    outcome.tell(session, publication, outbox, call);
    outcome
}

#[inline]
fn may_read(session: &Session, topic: &str, config: &BrokerConfig) -> bool {
    config.access.as_ref().is_none_or(|access| access.allows(session.asking(), topic, false))
}

/// Sends a message to one subscriber, or lets it wait, or drops it.
#[inline]
pub(super) fn deliver(
    session: &mut Session,
    publication: &mut Publication<'_>,
    delivery: Delivery,
    config: &BrokerConfig,
    outbox: &mut Outbox,
    call: &mut Call<'_>,
) -> Outcome {
    let Delivery { qos, retain, variant } = delivery;
    let writable = session.link.as_ref().map(|link| link.writable);
    if qos == QoS::AtMostOnce {
        let behind = session.has_queued_qos0();
        match (writable, &mut session.link) {
            // 3.1.1 MQTT-4.6.0-6, 5.0 MQTT-4.6.0-6: what waits goes first
            (Some(true), _) if behind => {}
            (Some(true), Some(link)) if outbox.len() < config.max_output_packets => {
                let sent = link.publish(publication, variant, qos, retain, None, outbox);
                return if sent { Outcome::Sent } else { Outcome::Dropped(DropReason::TooLong) };
            }
            (None, _) if config.queue_qos0_messages => {}
            (None, _) => return Outcome::Dropped(DropReason::Offline),
            _ => return Outcome::Dropped(DropReason::Slow),
        }
    } else if writable == Some(true)
        && let Some(packet_id) = session.admit()
        && let Some(link) = &mut session.link
    {
        if !link.publish(publication, variant, qos, retain, Some(packet_id), outbox) {
            return Outcome::Dropped(DropReason::TooLong);
        }
        let window = link.window;
        session.outgoing.push(packet_id, qos, retain, publication.message_of(variant));
        session.outgoing.next_transmission(window);
        return Outcome::Sent;
    }
    if is_off(Check::QueueWhileAway) && !session.is_connected() {
        return Outcome::Dropped(DropReason::Offline);
    }
    // 3.1.1 MQTT-3.1.2-5, 5.0 MQTT-3.3.4-9
    let waiting = Queued { message: publication.message_of(variant), qos, retain };
    if session.enqueue(waiting, config, outbox, call) {
        Outcome::Waits
    } else {
        Outcome::Dropped(DropReason::QueueFull { queued: session.queued().len() })
    }
}
