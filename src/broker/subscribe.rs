//! SUBSCRIBE and UNSUBSCRIBE.

use std::sync::Arc;

use super::call::Call;
use super::connection::Stop;
use super::decision::{Decision, Violation};
use super::packets::Sender;
use super::publication::Publication;
use super::route::{Delivery, Granted, Outcome, deliver};
use super::sessions::SessionNumber;
use super::shared::as_subscriber;
use super::state::Broker;
use super::subscriptions::Subscription;
use super::switches::{Check, is_off};
use super::text_check::{has_control_characters, properties_have_control_characters};
use crate::codec::{
    Packet, PropertyId, QoS, ReasonCode, RetainHandling, SubAck, Subscribe, SubscriptionOptions, Unsubscribe,
    Version,
};
use crate::topic::{first_wildcard, share_name};

/// 3.1.1's Failure, 5.0's Unspecified error.
const FAILURE: u8 = 0x80;
const NO_SUBSCRIPTION: u8 = 0x11;

/// What to answer for a filter, and whether retained messages follow.
struct Answer {
    code: u8,
    retained: bool,
}

impl Broker {
    pub(super) fn handle_subscribe(
        &mut self,
        from: &Sender,
        subscribe: &Subscribe<'_>,
        call: &mut Call<'_>,
    ) -> Result<(), Stop> {
        self.check_subscribe(from, subscribe)?;
        let identifier = subscribe.properties.number(PropertyId::SubscriptionIdentifier).unwrap_or(0);
        // 3.1.1 MQTT-3.8.4-4, 5.0 MQTT-3.8.4-5: each filter as if it had come alone, with one SUBACK for all
        let mut answers = Vec::with_capacity(1);
        for (filter, options) in subscribe.filters.iter() {
            if is_off(Check::OneAtATime) && !answers.is_empty() {
                break;
            }
            answers.push(self.subscribe(from, filter, options, identifier, call));
        }
        let mut codes: Vec<u8> = answers.iter().map(|answer| answer.code).collect();
        if is_off(Check::SubAckOrder) {
            codes.reverse();
        }
        // 3.1.1 MQTT-3.8.4-1, MQTT-3.8.4-2, MQTT-3.8.4-5, MQTT-3.9.3-1; 5.0 MQTT-3.8.4-1, MQTT-3.8.4-2, MQTT-3.8.4-6,
        // MQTT-3.9.3-1
        let ack = SubAck { packet_id: subscribe.packet_id, properties: Default::default(), codes: &codes };
        if !is_off(Check::SubAck) {
            self.outbox.packet(&from.peer, &Packet::SubAck(ack));
        }
        for ((filter, _), answer) in subscribe.filters.iter().zip(&answers) {
            if answer.retained && !is_off(Check::RetainedSent) {
                self.send_retained(from.session, filter, call);
            }
        }
        Ok(())
    }

    /// What a 5.0 client was told not to ask for closes its connection.
    fn check_subscribe(&self, from: &Sender, subscribe: &Subscribe<'_>) -> Result<(), Violation> {
        let config = &self.config;
        if config.check_control_characters
            && (subscribe.filters.iter().any(|(filter, _)| has_control_characters(filter))
                || properties_have_control_characters(subscribe.properties))
        {
            return Err(Violation::ControlCharacter);
        }
        if !from.peer.is_v5() {
            return Ok(());
        }
        let (told, properties) = (self.told(from), subscribe.properties);
        if !told.identifiers && properties.number(PropertyId::SubscriptionIdentifier).is_some() {
            return Err(Violation::SubscriptionIdentifierNotAvailable); // 5.0 section 3.2.2.3.12
        }
        for (filter, _) in subscribe.filters.iter() {
            if !told.shared && share_name(filter).is_some() {
                return Err(Violation::SharedSubscription); // 5.0 section 3.2.2.3.13
            }
            if !told.wildcards && first_wildcard(filter).is_some() {
                return Err(Violation::WildcardSubscription); // 5.0 section 3.2.2.3.11
            }
        }
        Ok(())
    }

    /// One filter.
    fn subscribe(
        &mut self,
        from: &Sender,
        filter: &str,
        requested: SubscriptionOptions,
        identifier: u32,
        call: &mut Call<'_>,
    ) -> Answer {
        let version = from.peer.version;
        let refused = self.filter_refusal(from, filter);
        let Some(session) = self.sessions.by_number_mut(from.session) else {
            return Answer { code: FAILURE, retained: false };
        };
        if let Some(refused) = refused {
            // 3.1.1 MQTT-3.8.4-5, MQTT-3.9.3-2; 5.0 MQTT-3.8.4-7, MQTT-3.9.3-2
            let code = if version == Version::V5 { refused } else { FAILURE };
            let client_id = &*session.client_id;
            let told = ReasonCode(code);
            call.tell(&Decision::SubscriptionRefused { client_id, version, filter, code: told });
            // 3.1 section 3.9 has no code for a refusal.
            let code = if version == Version::V31 { requested.qos.level() } else { code };
            return Answer { code, retained: false };
        }
        let most = if is_off(Check::GrantedQos) { QoS::AtMostOnce } else { self.config.max_qos };
        let qos = requested.qos.min(most); // 5.0 MQTT-3.2.2-10
        // Only the QoS means anything before 5.0.
        let options = match version {
            Version::V5 => SubscriptionOptions { qos, ..requested },
            _ => SubscriptionOptions::new(qos),
        };
        let granted = Granted { options, identifier };
        let share = if version == Version::V5 { share_name(filter) } else { None };
        let old = session.subscriptions.get(filter).copied();
        // 3.1.1 MQTT-3.8.4-3, 5.0 MQTT-3.8.4-3: replaces one with the same filter
        if let Some(old) = old
            && old.group.is_some() != share.is_some()
        {
            // The same words meant something else to the version of the last connection.
            self.unlist(from.session, filter, &old);
        }
        let group = match share {
            Some((_, inner)) => {
                let (group, new) = Arc::make_mut(&mut self.groups).join(filter, from.session, granted);
                if new {
                    let tree = Arc::make_mut(&mut self.subscriptions);
                    tree.insert(inner, as_subscriber(group), Granted::default());
                }
                Some(group)
            }
            None => {
                if old.is_none() || !is_off(Check::ReplaceSubscription) {
                    Arc::make_mut(&mut self.subscriptions).insert(filter, from.session, granted);
                }
                None
            }
        };
        let Some(session) = self.sessions.by_number_mut(from.session) else {
            return Answer { code: FAILURE, retained: false };
        };
        session.subscriptions.insert(filter, Subscription { options, identifier, group });
        let (client_id, replaced) = (&*session.client_id, old.is_some());
        call.tell(&Decision::Subscribed { client_id, version, filter, granted: qos, replaced });
        let retained = match options.retain_handling {
            RetainHandling::SendAtSubscribe => true, // 5.0 MQTT-3.3.1-9
            RetainHandling::SendIfNew => !replaced || is_off(Check::RetainIfNew), // 5.0 MQTT-3.3.1-10
            RetainHandling::DoNotSend => is_off(Check::RetainNever), // 5.0 MQTT-3.3.1-11
        };
        if !retained && share.is_none() {
            let never = options.retain_handling == RetainHandling::DoNotSend;
            call.tell(&Decision::RetainedWithheld { client_id, filter, never });
        }
        Answer { code: qos.level(), retained: retained && share.is_none() }
    }

    /// The code with which a filter is refused, if so.
    fn filter_refusal(&self, from: &Sender, filter: &str) -> Option<u8> {
        let config = &self.config;
        let session = self.sessions.by_number(from.session)?;
        let inner = match share_name(filter) {
            Some((_, inner)) if from.peer.is_v5() => inner,
            _ => filter,
        };
        if config.deny_subscribe.iter().any(|denied| denied == filter) {
            return Some(FAILURE);
        }
        if inner.split('/').count() > config.max_topic_levels {
            return Some(0x8F);
        }
        if !self.told(from).wildcards && first_wildcard(filter).is_some() {
            return Some(0xA2);
        }
        if session.subscriptions.len() >= config.max_subscriptions
            && session.subscriptions.get(filter).is_none()
        {
            return Some(0x97);
        }
        let allowed = config.access.as_ref().is_none_or(|it| it.allows_filter(session.asking(), inner));
        (!allowed).then_some(0x87)
    }

    /// 3.1.1 MQTT-3.3.1-6, MQTT-3.8.4-3; 5.0 MQTT-3.3.1-9, MQTT-3.8.4-4: the retained messages for a subscription.
    fn send_retained(&mut self, number: SessionNumber, filter: &str, call: &mut Call<'_>) {
        let Self { retained, sessions, config, outbox, .. } = self;
        let Some(session) = sessions.by_number_mut(number) else { return };
        let Some(subscription) = session.subscriptions.get(filter).copied() else { return };
        let version = session.version;
        let mut count = 0;
        for found in retained.matching(filter) {
            let own = subscription.options.no_local && *found.publisher == *session.client_id;
            if found.message.is_expired(call.now) || own {
                continue;
            }
            let topic = &*found.message.topic;
            let readable = config.access.as_ref().is_none_or(|it| it.allows(session.asking(), topic, false));
            if !readable {
                continue;
            }
            count += 1;
            let mut publication = Publication::of_message(&found.message, found.qos, true, version, call.now);
            let granted = subscription.options.qos;
            let qos = if config.upgrade_outgoing_qos { granted } else { granted.min(found.qos) };
            let identifier = [subscription.identifier];
            let variant = publication.variant(&identifier[..usize::from(subscription.identifier > 0)]);
            // 3.1.1 MQTT-3.3.1-8, 5.0 section 3.3.1.3
            let delivery = Delivery { qos, retain: !is_off(Check::RetainedFlag), variant };
            let outcome: Outcome = deliver(session, &mut publication, delivery, config, outbox, call);
            outcome.tell(session, &publication, outbox, call);
        }
        if count > 0 {
            let client_id = &*session.client_id;
            call.tell(&Decision::RetainedSent { client_id, version, filter, count });
        }
    }

    pub(super) fn handle_unsubscribe(
        &mut self,
        from: &Sender,
        unsubscribe: &Unsubscribe<'_>,
        call: &mut Call<'_>,
    ) {
        let version = from.peer.version;
        let mut codes = Vec::new();
        for filter in unsubscribe.filters.iter() {
            let Some(session) = self.sessions.by_number_mut(from.session) else { return };
            // 3.1.1 MQTT-3.10.4-1, MQTT-3.10.4-6; what is in flight or queued stays (MQTT-3.10.4-3).
            // 5.0 MQTT-3.10.4-1 to MQTT-3.10.4-3, MQTT-3.10.4-6
            let old = session.subscriptions.remove(filter);
            let (client_id, existed) = (&*session.client_id, old.is_some());
            call.tell(&Decision::Unsubscribed { client_id, version, filter, existed });
            codes.push(if existed { 0 } else { NO_SUBSCRIPTION });
            if is_off(Check::UnsubscribeKeeps) {
                session.outgoing.clear();
            }
            if let Some(old) = old
                && !is_off(Check::Unsubscribe)
            {
                self.unlist(from.session, filter, &old);
            }
        }
        if is_off(Check::UnsubAckOrder) {
            codes.reverse();
        }
        // 3.1.1 MQTT-3.10.4-4, MQTT-3.10.4-5; 5.0 MQTT-3.10.4-4, MQTT-3.10.4-5, MQTT-3.11.3-1
        let ack = SubAck { packet_id: unsubscribe.packet_id, properties: Default::default(), codes: &codes };
        if !is_off(Check::UnsubAck) {
            self.outbox.packet(&from.peer, &Packet::UnsubAck(ack));
        }
    }

    /// Takes a subscription out of the tree, or its session out of the group.
    pub(super) fn unlist(&mut self, number: SessionNumber, filter: &str, subscription: &Subscription) {
        let Some(group) = subscription.group else {
            Arc::make_mut(&mut self.subscriptions).remove(filter, number);
            return;
        };
        if Arc::make_mut(&mut self.groups).leave(group, number)
            && let Some((_, inner)) = share_name(filter)
        {
            Arc::make_mut(&mut self.subscriptions).remove(inner, as_subscriber(group));
        }
    }
}
