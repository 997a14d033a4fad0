//! Sending again on the same connection, as 3.1 asks for and 3.1.1 allows; 5.0 does so after a reconnect only.

use super::decision::Decision;
use super::state::Client;
use crate::codec::{Packet, PacketId, Publish, Version};
use crate::session::Transmission;
use crate::time::{Duration, Instant};

/// Seconds before 3.1 sends again, unless the configuration says otherwise.
const DEFAULT_SECS: u16 = 20;

/// The first byte's DUP flag.
const DUP: u8 = 0x08;

impl Client {
    /// How long an acknowledgement may take until the packet is sent again; `None` is for ever.
    fn retry_interval(&self) -> Option<Duration> {
        let secs = match self.config.version {
            Version::V31 => self.config.retry_interval_secs.unwrap_or(DEFAULT_SECS), // 3.1 section 4.2
            Version::V311 => self.config.retry_interval_secs.unwrap_or(0),
            Version::V5 => 0, // 5.0 MQTT-4.4.0-1
        };
        (secs > 0).then(|| Duration::from_secs(secs.into()))
    }

    /// PUBLISH or PUBREL has been sent and waits for its answer, counted from now.
    pub(super) fn await_answer(&mut self, now: Instant, packet_id: PacketId) {
        if self.retry_interval().is_some() {
            self.answered(packet_id);
            self.link.unanswered.push_back((now, packet_id));
        }
    }

    /// It has come, or is not waited for any more.
    pub(super) fn answered(&mut self, packet_id: PacketId) {
        self.link.unanswered.retain(|(_, waiting)| *waiting != packet_id);
    }

    /// When something is to be sent again.
    pub(super) fn retry_deadline(&self) -> Option<Instant> {
        let interval = self.retry_interval()?;
        let message = self.link.unanswered.front().map(|(sent, _)| *sent);
        // 3.1 section 4.2: SUBSCRIBE and UNSUBSCRIBE too, with DUP, which they have in no later version.
        let request = (self.config.version == Version::V31).then(|| self.link.pending.front()).flatten();
        let request = request.map(|request| request.sent);
        message.into_iter().chain(request).min().map(|sent| sent + interval)
    }

    /// Sends again what has waited for too long, in the order in which it was sent.
    pub(super) fn retry(&mut self, now: Instant) {
        let Some(interval) = self.retry_interval() else { return };
        let version = self.config.version;
        let due = |sent: Instant| sent + interval <= now;
        while let Some((sent, packet_id)) =
            self.link.unanswered.front().copied().filter(|(sent, _)| due(*sent))
        {
            self.link.unanswered.pop_front();
            let waited = now.since(sent).as_secs();
            match self.session.outgoing.again(packet_id) {
                Some(Transmission::PubRel { packet_id }) => {
                    self.decide(Decision::RetriesPubRel { packet_id, waited, version });
                    self.send_pub_rel(now, packet_id, true);
                }
                Some(Transmission::Publish { packet_id, dup, qos, retain, message }) => {
                    self.decide(Decision::RetriesPublish { packet_id, waited, version });
                    let packet = Publish { dup, ..message.to_publish(qos, retain, Some(packet_id)) };
                    self.send(now, &Packet::Publish(packet));
                }
                None => continue,
            }
            self.await_answer(now, packet_id);
        }
        while version == Version::V31
            && let Some(mut request) = self.link.pending.pop_front_if(|request| due(request.sent))
        {
            let mut bytes = request.bytes.to_vec();
            if let Some(first) = bytes.first_mut() {
                *first |= DUP;
            }
            self.decide(Decision::RetriesRequest { packet_id: request.packet_id });
            self.queue(now, bytes.into());
            request.sent = now;
            self.link.pending.push_back(request);
        }
    }
}
