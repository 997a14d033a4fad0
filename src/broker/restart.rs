//! Stopping and starting anew, with nothing or with what a disk would have kept.

use super::config::BrokerConfig;
use super::paged::PagedMap;
use super::session::Session;
use super::state::Broker;
use crate::time::Instant;

impl Broker {
    /// A broker that starts now with these settings and the same mechanisms, without connections, sessions and retained
    /// messages.
    #[must_use]
    pub fn restarted(&self, now: Instant, config: BrokerConfig) -> Self {
        let mut broker = Self::new(BrokerConfig { sys_interval_secs: 0, ..config.clone() });
        broker.mechanisms.clone_from(&self.mechanisms);
        broker.set_config(now, config);
        broker
    }

    /// As [`Broker::restarted`], with what mosquitto's `persistence` keeps: retained messages, and the sessions that
    /// outlive their connections with their subscriptions and messages. Connections are gone without a word, and their
    /// wills with them: nothing is published on the way down. A session that was connected expires from now on.
    #[must_use]
    pub fn restarted_keeping(&self, now: Instant, config: BrokerConfig) -> Self {
        let mut broker = self.clone();
        broker.outbox = Default::default();
        broker.connections = PagedMap::default();
        broker.forget_timers();
        let ids: Vec<_> = broker.sessions.iter().map(|session| session.client_id.clone()).collect();
        for number in ids.iter().filter_map(|id| self.sessions.find(id)) {
            let Some(session) = broker.sessions.by_number_mut(number) else { continue };
            session.timer = None;
            session.will = None;
            session.will_due = None;
            if session.link.take().is_some() {
                session.ends = Session::after(now, session.expiry_secs);
            }
            // 3.1.1 MQTT-3.1.2-6; 5.0 MQTT-3.1.2-23
            if session.expiry_secs > 0 {
                broker.arm_session(number);
            } else if let Some(gone) = broker.forget_session(number) {
                for (filter, subscription) in gone.subscriptions.iter() {
                    broker.unlist(number, filter, subscription);
                }
            }
        }
        broker.sys = super::sys::Sys::new(0);
        broker.set_config(now, config);
        broker
    }
}
