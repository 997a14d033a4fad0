//! Stopping and starting anew, with nothing or with what a disk would have kept.

use std::sync::Arc;

use super::call::Call;
use super::config::BrokerConfig;
use super::decision::Observer;
use super::output::ConnectionId;
use super::paged::PagedMap;
use super::session::Session;
use super::state::Broker;
use super::sys::Sys;
use crate::time::Instant;

impl Broker {
    /// A broker that starts now with these settings and the same mechanisms, without connections, sessions and retained
    /// messages.
    #[must_use]
    pub fn restarted(&self, now: Instant, config: BrokerConfig) -> Self {
        let sys = Sys::starting(now, config.sys_interval_secs);
        let mut broker = Self::new(config);
        broker.mechanisms.clone_from(&self.mechanisms);
        broker.sys = sys;
        broker
    }

    /// Ends as mosquitto does when it is told to: publishes the wills of those that are connected and those that were
    /// delayed, then closes all connections without a DISCONNECT. What stays is for [`Broker::restarted_keeping`].
    pub fn shut_down(&mut self, now: Instant, observer: &mut impl Observer) {
        let call = &mut Call::new(now, observer, self.outbox.len());
        let ids: Vec<_> = self.sessions.iter().map(|session| session.client_id.clone()).collect();
        for id in ids {
            if let Some(number) = self.sessions.find(&id) {
                self.publish_will(number, call);
            }
        }
        self.outbox.tell(call);
        let open: Vec<ConnectionId> = self.connections.values().map(|open| open.peer.connection).collect();
        open.into_iter().for_each(|connection| self.outbox.close(connection));
    }

    /// As [`Broker::restarted`], with what mosquitto's `persistence` keeps: retained messages, and the sessions that
    /// outlive their connections with their subscriptions and messages. Connections are gone without a word, and their
    /// wills with them: nothing is published on the way down. The broker's own topics are not kept. A session that was connected expires from now on.
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
        let own: Vec<_> = broker.retained.iter().map(|kept| kept.message.topic.clone()).collect();
        let retained = Arc::make_mut(&mut broker.retained);
        own.iter().filter(|topic| topic.starts_with("$SYS/")).for_each(|topic| retained.clear(topic));
        broker.sys = Sys::starting(now, config.sys_interval_secs);
        broker.set_config(now, config);
        broker
    }
}
