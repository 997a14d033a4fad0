//! The end of connections and sessions, and wills.

use std::sync::Arc;

use super::decision::{Decision, Loss, Observer};
use super::output::ConnectionId;
use super::publication::Publication;
use super::session::Will;
use super::state::Broker;
use crate::codec::Version;
use crate::time::Instant;
use crate::topic::SubscriberId;

impl Broker {
    /// DISCONNECT came: the will is void.
    pub(super) fn disconnect<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        observer: &mut O,
    ) {
        let Some(number) = self.forget(connection).and_then(|gone| gone.session) else { return };
        // 3.1.1 MQTT-3.14.4-1: the client closes; the server does too, should it not have yet.
        self.outbox.close(connection);
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        session.link = None;
        let will = session.will.take(); // 3.1.1 MQTT-3.14.4-3, MQTT-3.1.2-10
        let (client_id, version) = (&*session.client_id, session.version);
        observer.decision(now, &Decision::Disconnected { client_id, version });
        if let Some(will) = will {
            let topic = &*will.message.topic;
            observer.decision(now, &Decision::WillDiscarded { client_id, version, topic });
        }
        self.end_or_keep(now, number, observer);
    }

    /// The connection ends without DISCONNECT: the will is published.
    pub(super) fn lose<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        loss: Loss,
        observer: &mut O,
    ) {
        let Some(gone) = self.forget(connection) else { return };
        if loss != Loss::Closed {
            self.outbox.close(connection);
        }
        let Some(number) = gone.session else { return };
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        session.link = None;
        let will = session.will.take(); // 3.1.1 MQTT-3.1.2-10
        let (client_id, version) = (Arc::clone(&session.client_id), session.version);
        observer.decision(now, &Decision::Lost { client_id: &client_id, version, loss });
        self.end_or_keep(now, number, observer);
        if let Some(will) = will {
            self.publish_will(now, &client_id, version, &will, observer); // 3.1.1 MQTT-3.1.2-8
        }
    }

    fn publish_will<O: Observer>(
        &mut self,
        now: Instant,
        client_id: &str,
        version: Version,
        will: &Will,
        observer: &mut O,
    ) {
        let topic = &*will.message.topic;
        observer.decision(now, &Decision::WillPublished { client_id, version, topic });
        // 3.1.1 MQTT-3.1.2-16, MQTT-3.1.2-17
        let mut publication = Publication::of_message(&will.message, will.qos, will.retain, version);
        self.hand_on(now, &mut publication, false, observer);
    }

    /// Without its connection, a clean session is over and another one waits.
    fn end_or_keep<O: Observer>(&mut self, now: Instant, number: SubscriberId, observer: &mut O) {
        let Some(session) = self.sessions.by_number(number) else { return };
        let (client_id, version) = (&*session.client_id, session.version);
        if session.clean_start {
            observer.decision(now, &Decision::SessionEnded { client_id, version }); // 3.1.1 MQTT-3.1.2-6
            self.discard(number);
        } else {
            let (in_flight, queued) = (session.outgoing.len(), session.queued().len());
            // 3.1.1 MQTT-3.1.2-4, MQTT-4.1.0-1
            observer.decision(now, &Decision::SessionKept { client_id, version, in_flight, queued });
        }
    }

    /// Throws a session away with its subscriptions. Retained messages are none of it (3.1.1 MQTT-3.1.2-7).
    pub(super) fn discard(&mut self, number: SubscriberId) {
        let Some(session) = self.sessions.remove(number) else { return };
        if session.subscriptions.is_empty() {
            return;
        }
        let tree = Arc::make_mut(&mut self.subscriptions);
        for filter in session.subscriptions.keys() {
            tree.remove(filter, number);
        }
    }
}
