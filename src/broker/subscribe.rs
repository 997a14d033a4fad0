//! SUBSCRIBE and UNSUBSCRIBE.

use std::sync::Arc;

use super::decision::{Decision, Observer};
use super::packets::From;
use super::publication::Publication;
use super::route::deliver;
use super::state::Broker;
use crate::codec::{Packet, Properties, SubAck, Subscribe, SubscriptionOptions, Unsubscribe, Version};
use crate::time::Instant;

const FAILURE: u8 = 0x80;

impl Broker {
    pub(super) fn handle_subscribe<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        subscribe: &Subscribe<'_>,
        observer: &mut O,
    ) {
        // 3.1.1 MQTT-3.8.4-4: each filter as if it had come alone, with one SUBACK for all
        let codes: Vec<u8> = subscribe
            .filters
            .iter()
            .map(|(filter, options)| self.subscribe(now, from, filter, options, observer))
            .collect();
        // 3.1.1 MQTT-3.8.4-1, MQTT-3.8.4-2, MQTT-3.8.4-5, MQTT-3.9.3-1
        let ack = SubAck { packet_id: subscribe.packet_id, properties: Properties::EMPTY, codes: &codes };
        self.outbox.packet(from.connection, from.version, &Packet::SubAck(ack));
        for (filter, _) in subscribe.filters.iter() {
            self.send_retained(now, from, filter, observer);
        }
    }

    /// One filter; its return code.
    fn subscribe<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        filter: &str,
        requested: SubscriptionOptions,
        observer: &mut O,
    ) -> u8 {
        let (config, version) = (&self.config, from.version);
        let Some(session) = self.sessions.by_number_mut(from.session) else { return FAILURE };
        let client_id = &*session.client_id;
        let replaced = session.subscriptions.contains_key(filter);
        let refused = config.deny_subscribe.iter().any(|denied| denied == filter)
            || filter.split('/').count() > config.max_topic_levels
            || (!replaced && session.subscriptions.len() >= config.max_subscriptions);
        if refused {
            observer.decision(now, &Decision::SubscriptionRefused { client_id, version, filter });
            // 3.1 section 3.9 has no code for a refusal.
            return if version == Version::V31 { requested.qos.level() } else { FAILURE };
        }
        // Only the QoS means anything before 5.0.
        let granted = SubscriptionOptions::new(requested.qos);
        // 3.1.1 MQTT-3.8.4-3: replaces one with the same filter
        Arc::make_mut(&mut self.subscriptions).insert(filter, from.session, granted);
        session.subscriptions.insert(filter.into(), granted);
        let granted = granted.qos;
        let client_id = &*session.client_id;
        observer.decision(now, &Decision::Subscribed { client_id, version, filter, granted, replaced });
        granted.level()
    }

    /// 3.1.1 MQTT-3.3.1-6, MQTT-3.8.4-3: the retained messages for a subscription, new or repeated.
    fn send_retained<O: Observer>(&mut self, now: Instant, from: From, filter: &str, observer: &mut O) {
        let Self { retained, sessions, config, outbox, .. } = self;
        let Some(session) = sessions.by_number_mut(from.session) else { return };
        let Some(options) = session.subscriptions.get(filter).copied() else { return };
        let version = from.version;
        let mut count = 0;
        for found in retained.matching(filter) {
            count += 1;
            let mut publication = Publication::of_retained(&found.message, found.qos, version);
            let outcome = deliver(session, &mut publication, found.qos.min(options.qos), config, outbox);
            outcome.tell(now, session, &publication, observer);
        }
        if count > 0 {
            let client_id = &*session.client_id;
            observer.decision(now, &Decision::RetainedSent { client_id, version, filter, count });
        }
    }

    pub(super) fn handle_unsubscribe<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        unsubscribe: &Unsubscribe<'_>,
        observer: &mut O,
    ) {
        let From { connection, session: number, version } = from;
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        for filter in unsubscribe.filters.iter() {
            // 3.1.1 MQTT-3.10.4-1, MQTT-3.10.4-6; what is in flight or queued stays (MQTT-3.10.4-3)
            let existed = session.subscriptions.remove(filter).is_some();
            if existed {
                Arc::make_mut(&mut self.subscriptions).remove(filter, number);
            }
            let client_id = &*session.client_id;
            observer.decision(now, &Decision::Unsubscribed { client_id, version, filter, existed });
        }
        // 3.1.1 MQTT-3.10.4-4, MQTT-3.10.4-5
        let ack = SubAck { packet_id: unsubscribe.packet_id, properties: Properties::EMPTY, codes: &[] };
        self.outbox.packet(connection, version, &Packet::UnsubAck(ack));
    }
}
