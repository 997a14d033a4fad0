//! The sender's side of QoS 1 and QoS 2: what has to be acknowledged, and what is sent again after a reconnect.

use std::collections::VecDeque;
use std::sync::Arc;

use super::message::Message;
use crate::codec::{PacketId, PacketType, QoS};

/// What an exchange waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// QoS 1: PUBLISH has to be acknowledged.
    AwaitPubAck,
    /// QoS 2: PUBLISH has to be received.
    AwaitPubRec,
    /// QoS 2: PUBREL has to be completed.
    AwaitPubComp,
}

impl Stage {
    /// The packet that ends the stage.
    pub const fn awaits(self) -> PacketType {
        match self {
            Self::AwaitPubAck => PacketType::PubAck,
            Self::AwaitPubRec => PacketType::PubRec,
            Self::AwaitPubComp => PacketType::PubComp,
        }
    }
}

/// A message on its way to the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Its identifier on this hop, until the last acknowledgement.
    pub packet_id: PacketId,
    /// QoS of this hop: 1 or 2.
    pub qos: QoS,
    /// RETAIN flag of this hop.
    pub retain: bool,
    /// What it waits for.
    pub stage: Stage,
    /// The topic, for views; it stays when the message is gone.
    pub topic: Arc<str>,
    /// What would be sent again; dropped at PUBREC, since PUBLISH is never sent again after it.
    pub message: Option<Arc<Message>>,
    /// PUBLISH has gone out before, on whatever connection: the next copy is a duplicate.
    transmitted: bool,
    /// PUBLISH has gone out on this connection and takes one place of the receiver's Receive Maximum.
    counts: bool,
}

/// One packet to send now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transmission {
    /// A PUBLISH, sent for the first time or (`dup`) again.
    Publish {
        /// Its identifier.
        packet_id: PacketId,
        /// Sent before, so DUP is 1.
        dup: bool,
        /// 1 or 2.
        qos: QoS,
        /// RETAIN flag.
        retain: bool,
        /// What it carries.
        message: Arc<Message>,
    },
    /// A PUBREL, sent again.
    PubRel {
        /// Its identifier.
        packet_id: PacketId,
    },
}

/// What an acknowledgement has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AckProgress {
    /// PUBREC for the first time: PUBREL is due.
    Release,
    /// PUBREC again while PUBCOMP is awaited: PUBREL is due once more.
    ReleaseAgain,
    /// The exchange is over, its identifier free.
    Done(InFlight),
}

/// An acknowledgement that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AckMismatch {
    /// Nothing is in flight under this identifier.
    #[error("nothing is in flight under packet identifier {packet_id}")]
    Unknown {
        /// The identifier that came.
        packet_id: PacketId,
    },
    /// The exchange waits for another packet: PUBACK for a QoS 2 message, PUBCOMP before PUBREC.
    #[error("{found} for packet identifier {packet_id}, which waits for {}", awaits.awaits())]
    WrongPacket {
        /// The identifier.
        packet_id: PacketId,
        /// What came.
        found: PacketType,
        /// What its exchange waits for.
        awaits: Stage,
    },
}

/// The messages in flight to the other end, in the order in which they are (or would be) sent again.
///
/// A connection sends them in order; those sent on the present connection are the first `sent` ones. The bound is
/// the owner's: it asks [`Outgoing::len`] before it adds, and there are never more than identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    entries: VecDeque<InFlight>,
    sent: usize,
    outstanding: u16,
}

impl Outgoing {
    /// Appends a message that has not been sent yet; [`Outgoing::next_transmission`] hands it out in its turn.
    /// `qos` 0 is never in flight and counts as 1 here.
    pub fn push(&mut self, packet_id: PacketId, qos: QoS, retain: bool, message: Arc<Message>) {
        let (qos, stage) = match qos {
            QoS::ExactlyOnce => (qos, Stage::AwaitPubRec),
            _ => (QoS::AtLeastOnce, Stage::AwaitPubAck),
        };
        let topic = Arc::clone(&message.topic);
        let message = Some(message);
        self.entries.push_back(InFlight {
            packet_id,
            qos,
            retain,
            stage,
            topic,
            message,
            transmitted: false,
            counts: false,
        });
    }

    /// The next packet that this connection has to send, marked as sent; `None` when there is none or when
    /// `receive_maximum` PUBLISH packets of this connection are unacknowledged (5.0 MQTT-3.3.4-7, MQTT-3.3.4-9,
    /// MQTT-4.9.0-2; before 5.0 the owner's own bound).
    pub fn next_transmission(&mut self, receive_maximum: u16) -> Option<Transmission> {
        let entry = self.entries.get_mut(self.sent)?;
        let packet_id = entry.packet_id;
        let transmission = match &entry.message {
            Some(message) if entry.stage != Stage::AwaitPubComp => {
                if self.outstanding >= receive_maximum {
                    return None;
                }
                self.outstanding += 1;
                entry.counts = true;
                // 3.1.1 MQTT-3.3.1-1, 5.0 MQTT-3.3.1-1: DUP exactly on what was sent before
                let dup = core::mem::replace(&mut entry.transmitted, true);
                let message = Arc::clone(message);
                Transmission::Publish { packet_id, dup, qos: entry.qos, retain: entry.retain, message }
            }
            _ => Transmission::PubRel { packet_id },
        };
        self.sent += 1;
        Some(transmission)
    }

    /// What was sent under an identifier on this connection and is still unanswered, to be sent once more.
    pub fn again(&self, packet_id: PacketId) -> Option<Transmission> {
        let entry = &self.entries[self.position(packet_id).ok().filter(|at| *at < self.sent)?];
        Some(match &entry.message {
            Some(message) if entry.stage != Stage::AwaitPubComp => Transmission::Publish {
                packet_id,
                dup: true,
                qos: entry.qos,
                retain: entry.retain,
                message: Arc::clone(message),
            },
            _ => Transmission::PubRel { packet_id },
        })
    }

    /// A new connection resumes the session: everything unacknowledged is to be sent again, in order
    /// (3.1.1 MQTT-4.4.0-1, MQTT-4.6.0-1; 5.0 MQTT-4.4.0-1, MQTT-4.6.0-1).
    pub fn rewind(&mut self) {
        self.sent = 0;
        self.outstanding = 0;
        for entry in &mut self.entries {
            entry.counts = false;
        }
    }

    /// PUBACK came.
    ///
    /// # Errors
    /// When it does not fit; nothing has changed then.
    pub fn pub_ack(&mut self, packet_id: PacketId) -> Result<InFlight, AckMismatch> {
        self.finish(packet_id, Stage::AwaitPubAck)
    }

    /// PUBREC came. `refused` if its reason code is an error (5.0): then the exchange is over and nothing is sent
    /// again (5.0 MQTT-4.4.0-2).
    ///
    /// # Errors
    /// When it does not fit; nothing has changed then.
    pub fn pub_rec(&mut self, packet_id: PacketId, refused: bool) -> Result<AckProgress, AckMismatch> {
        if refused {
            return self.finish(packet_id, Stage::AwaitPubRec).map(AckProgress::Done);
        }
        let at = self.position(packet_id)?;
        match self.entries[at].stage {
            Stage::AwaitPubRec => {
                self.entries[at].stage = Stage::AwaitPubComp;
                self.entries[at].message = None; // 3.1.1 MQTT-4.3.3-1, 5.0 MQTT-4.3.3-6
                self.keep_release_order(at);
                Ok(AckProgress::Release)
            }
            Stage::AwaitPubComp => Ok(AckProgress::ReleaseAgain),
            awaits => Err(AckMismatch::WrongPacket { packet_id, found: PacketType::PubRec, awaits }),
        }
    }

    /// PUBCOMP came.
    ///
    /// # Errors
    /// When it does not fit; nothing has changed then.
    pub fn pub_comp(&mut self, packet_id: PacketId) -> Result<InFlight, AckMismatch> {
        self.finish(packet_id, Stage::AwaitPubComp)
    }

    /// Gives a message up, whatever it waits for; its identifier is free.
    pub fn abandon(&mut self, packet_id: PacketId) -> Option<InFlight> {
        let at = self.position(packet_id).ok()?;
        self.remove(at)
    }

    /// Gives what is in flight with this topic and payload another identifier; what had that one gets the old one. `false`
    /// if there is no such message.
    pub fn rename(&mut self, topic: &str, payload: &[u8], packet_id: PacketId) -> bool {
        let fits = |entry: &InFlight| {
            *entry.topic == *topic && entry.message.as_ref().is_none_or(|it| it.payload == payload)
        };
        if self.entries.iter().any(|entry| entry.packet_id == packet_id && fits(entry)) {
            return true;
        }
        let Some(at) = self.entries.iter().position(fits) else { return false };
        let old = self.entries[at].packet_id;
        if let Ok(other) = self.position(packet_id) {
            self.entries[other].packet_id = old;
        }
        self.entries[at].packet_id = packet_id;
        true
    }

    /// What is in flight, in the order of sending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &InFlight> {
        self.entries.iter()
    }

    /// The identifiers in use.
    pub fn packet_ids(&self) -> impl Iterator<Item = PacketId> {
        self.entries.iter().map(|entry| entry.packet_id)
    }

    /// Whether the identifier is in use.
    pub fn contains(&self, packet_id: PacketId) -> bool {
        self.entries.iter().any(|entry| entry.packet_id == packet_id)
    }

    /// How many messages are in flight, those included that wait for their turn to be sent.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// PUBLISH packets of this connection that are not acknowledged to the end: what Receive Maximum bounds.
    pub const fn outstanding(&self) -> u16 {
        self.outstanding
    }

    /// Forgets all: the session has ended.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn position(&self, packet_id: PacketId) -> Result<usize, AckMismatch> {
        let at = self.entries.iter().position(|entry| entry.packet_id == packet_id);
        at.ok_or(AckMismatch::Unknown { packet_id })
    }

    fn finish(&mut self, packet_id: PacketId, expected: Stage) -> Result<InFlight, AckMismatch> {
        let at = self.position(packet_id)?;
        let awaits = self.entries[at].stage;
        if awaits != expected {
            return Err(AckMismatch::WrongPacket { packet_id, found: expected.awaits(), awaits });
        }
        self.remove(at).ok_or(AckMismatch::Unknown { packet_id })
    }

    fn remove(&mut self, at: usize) -> Option<InFlight> {
        let entry = self.entries.remove(at)?;
        self.sent -= usize::from(at < self.sent);
        self.outstanding -= u16::from(entry.counts);
        Some(entry)
    }

    /// 3.1.1 MQTT-4.6.0-4, 5.0 MQTT-4.6.0-4: PUBREL packets keep the order in which PUBREC came, also when they are
    /// sent again. Moving the entry behind the last one released changes no order among unacknowledged PUBLISHes.
    fn keep_release_order(&mut self, at: usize) {
        let end = if at < self.sent { self.sent } else { self.entries.len() };
        let later = self.entries.range(at + 1..end).rposition(|entry| entry.stage == Stage::AwaitPubComp);
        if let Some(offset) = later
            && let Some(entry) = self.entries.remove(at)
        {
            self.entries.insert(at + 1 + offset, entry);
        }
    }
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;
