//! The end of connections and sessions, and wills.

use std::sync::Arc;

use super::call::Call;
use super::connection::Stop;
use super::decision::{Decision, Loss, Violation};
use super::output::ConnectionId;
use super::packets::Sender;
use super::publication::Publication;
use super::session::{Session, Will};
use super::sessions::SessionNumber;
use super::state::Broker;
use super::switches::{Check, is_off};
use crate::codec::{PropertyId, Reason, ReasonCode, Version};
use crate::session::Message;
use crate::time::Duration;

impl Broker {
    /// DISCONNECT came.
    pub(super) fn disconnect(
        &mut self,
        from: &Sender,
        reason: &Reason<'_>,
        call: &mut Call<'_>,
    ) -> Result<(), Stop> {
        let connection = from.peer.connection;
        let Some(session) = self.sessions.by_number_mut(from.session) else { return Ok(()) };
        if let Some(secs) = reason.properties.number(PropertyId::SessionExpiryInterval) {
            if secs > 0 && session.expiry_secs == 0 {
                return Err(Violation::SessionExpiry.into()); // 5.0 section 3.14.2.2.2
            }
            session.expiry_secs = secs.min(self.config.persistent_client_expiration_secs);
        }
        if reason.code != ReasonCode::SUCCESS {
            // 5.0 MQTT-3.1.2-8: the will is void only after a normal disconnection
            self.lose(connection, Loss::Disconnected { code: reason.code }, ReasonCode::SUCCESS, "", call);
            return Ok(());
        }
        self.forget(connection);
        // 3.1.1 MQTT-3.14.4-1: the client closes; the server does too, should it not have yet.
        self.outbox.close(connection);
        let Some(session) = self.sessions.by_number_mut(from.session) else { return Ok(()) };
        session.link = None;
        let will = if is_off(Check::WillDiscarded) { None } else { session.will.take() }; // 3.1.1 MQTT-3.14.4-3, MQTT-3.1.2-10; 5.0 MQTT-3.14.4-3
        let (client_id, version) = (&*session.client_id, session.version);
        call.tell(&Decision::Disconnected { client_id, version });
        if let Some(will) = will {
            let topic = &*will.message.topic;
            call.tell(&Decision::WillDiscarded { client_id, version, topic, back: false });
        }
        self.end_or_keep(from.session, call);
        Ok(())
    }

    /// The connection ends without a normal DISCONNECT: the will is published, now or later. A 5.0 client that was
    /// accepted and is still there is told why.
    pub(super) fn lose(
        &mut self,
        connection: ConnectionId,
        loss: Loss,
        code: ReasonCode,
        reason: &str,
        call: &mut Call<'_>,
    ) {
        let Some(gone) = self.forget(connection) else { return };
        let tells = !matches!(loss, Loss::Closed | Loss::Disconnected { .. });
        // 5.0 MQTT-3.14.0-1: not before a CONNACK that accepts
        let tells = tells && !(is_off(Check::TakenOverTold) && loss == Loss::TakenOver);
        if tells && (gone.session.is_some() || is_off(Check::DisconnectFirst)) {
            let elsewhere = matches!(code.0, 0x9C | 0x9D);
            let reference = self.config.server_reference.as_deref().filter(|_| elsewhere);
            self.outbox.disconnect(&gone.peer, code, reason, reference);
        }
        if loss != Loss::Closed && !is_off(Check::DisconnectCloses) {
            self.outbox.close(connection); // 5.0 MQTT-3.14.4-2
        }
        let Some(number) = gone.session else { return };
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        session.link = None;
        let (client_id, version) = (&*session.client_id, session.version);
        call.tell(&Decision::Lost { client_id, version, loss });
        self.end_or_keep(number, call);
    }

    /// Without its connection, a session is over or waits; so does its will.
    fn end_or_keep(&mut self, number: SessionNumber, call: &mut Call<'_>) {
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        let (client_id, version) = (&*session.client_id, session.version);
        let ends = session.expiry_secs == 0 && !is_off(Check::SessionEnds);
        if ends || is_off(Check::SessionStored) {
            // 3.1.1 MQTT-3.1.2-6; 5.0 MQTT-3.1.2-23, MQTT-4.1.0-2
            call.tell(&Decision::SessionEnded { client_id, version });
            self.discard(number, call);
            return;
        }
        session.ends = Session::after(call.now, session.expiry_secs);
        let (in_flight, queued) = (session.outgoing.len(), session.queued().len());
        // 3.1.1 MQTT-3.1.2-4, MQTT-4.1.0-1; 5.0 MQTT-3.1.2-23, MQTT-4.1.0-1
        call.tell(&Decision::SessionKept { client_id, version, in_flight, queued });
        match &session.will {
            Some(will) if will.delay_secs > 0 && !is_off(Check::WillDelay) => {
                let delay_secs = will.delay_secs;
                session.will_due = Some(call.now + Duration::from_secs(delay_secs.into()));
                call.tell(&Decision::WillDelayed { client_id, delay_secs });
            }
            Some(_) => self.publish_will(number, call),
            None => {}
        }
        self.arm_session(number);
    }

    /// A moment that a session waits for has come.
    pub(super) fn session_due(&mut self, number: SessionNumber, call: &mut Call<'_>) {
        let Some(session) = self.sessions.by_number(number) else { return };
        if session.ends.is_some_and(|at| at <= call.now) && !is_off(Check::SessionEnds) {
            let (client_id, version) = (&*session.client_id, session.version);
            call.tell(&Decision::SessionExpired { client_id, version });
            self.outbox.counters.clients_expired += 1;
            self.discard(number, call);
        } else if session.will_due.is_some_and(|at| at <= call.now) {
            self.publish_will(number, call);
        }
        if is_off(Check::SessionEnds)
            && let Some(session) = self.sessions.by_number_mut(number)
        {
            session.ends = None;
        }
        self.arm_session(number);
    }

    /// The will of a session that stays.
    pub(super) fn publish_will(&mut self, number: SessionNumber, call: &mut Call<'_>) {
        let Some(session) = self.sessions.by_number_mut(number) else { return };
        session.will_due = None;
        let will = if is_off(Check::WillOnce) { session.will.clone() } else { session.will.take() };
        let Some(will) = will else { return }; // 3.1.1 MQTT-3.1.2-10, 5.0 MQTT-3.1.2-10
        let (client_id, version) = (Arc::clone(&session.client_id), session.version);
        self.publish_will_of(&client_id, Some(number), version, &will, call);
    }

    fn publish_will_of(
        &mut self,
        client_id: &str,
        from: Option<SessionNumber>,
        version: Version,
        will: &Will,
        call: &mut Call<'_>,
    ) {
        if is_off(Check::WillPublished) {
            return;
        }
        let topic = &*will.message.topic;
        call.tell(&Decision::WillPublished { client_id, version, topic });
        let properties = will.message.properties.as_properties();
        let expiry = properties.number(PropertyId::MessageExpiryInterval);
        let expires = expiry.map(|secs| call.now + Duration::from_secs(secs.into()));
        let message = Arc::new(Message { expires, ..(*will.message).clone() });
        // 3.1.1 MQTT-3.1.2-16, MQTT-3.1.2-17; 5.0 MQTT-3.1.2-14, MQTT-3.1.2-15
        let mut publication = Publication::of_message(&message, will.qos, will.retain, version, call.now);
        publication.retain = will.retain && !is_off(Check::WillRetained) || is_off(Check::WillNotRetained);
        publication.from = from;
        publication.publisher = client_id;
        self.hand_on(&mut publication, false, call);
    }

    /// Throws a session away with its subscriptions; a will that still waited is published (5.0 MQTT-3.1.3-9).
    /// Retained messages are none of it (3.1.1 MQTT-3.1.2-7).
    pub(super) fn discard(&mut self, number: SessionNumber, call: &mut Call<'_>) {
        let Some(session) = self.forget_session(number) else { return };
        if is_off(Check::RetainedSurvives) {
            self.retained = Arc::default();
        }
        for (filter, subscription) in session.subscriptions.iter() {
            self.unlist(number, filter, subscription);
        }
        if let Some(will) = &session.will {
            self.publish_will_of(&session.client_id, None, session.version, will, call); // 3.1.1 MQTT-3.1.2-8
        }
    }
}
