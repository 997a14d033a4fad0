//! Breaking the rules on purpose, so that the server's answer can be seen. Nothing here happens unless it is asked for.

use std::collections::VecDeque;

use bytes::Bytes;

use super::decision::Decision;
use super::error::ClientError;
use super::state::{Client, ClientStatus};
use super::switches::{Check, is_off};
use crate::codec::{Ack, Packet, PacketId, PacketType};
use crate::time::Instant;

/// Slips that may be planned at a time.
pub const SLIP_LIMIT: usize = 16;

/// Acknowledgements that may be held at a time; what would be one more is not sent at all.
pub const HELD_LIMIT: usize = 1_000;

/// Bytes that may be sent raw at a time.
pub const RAW_LIMIT: usize = 1 << 20;

/// What the client shall do wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// The next acknowledgement of this connection that is of this type (PUBACK, PUBREC, PUBREL or PUBCOMP) is not
    /// sent. To the client itself, it has been.
    Withhold(PacketType),
    /// The next acknowledgement of this connection that is of this type is sent under this identifier.
    WrongId(PacketType, PacketId),
    /// The next acknowledgement of this connection that is of this type is sent twice.
    Twice(PacketType),
    /// Acknowledgements of this connection that are of this type are held from now on. To the client itself, they have
    /// been sent.
    Hold(PacketType),
    /// Holds none any more, and sends those that were held, in their order.
    Release,
    /// Sends no PINGREQ on this connection any more, or (`false`) does again.
    NoPings(bool),
    /// Takes no heed of the server's Receive Maximum on this connection (5.0).
    IgnoreReceiveMaximum,
    /// Sends these bytes, whatever they are: what they say changes nothing at this end. Offline, they go out in place
    /// of CONNECT on a new connection.
    Raw(Bytes),
}

/// Something that the next acknowledgement of a type does wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slip {
    Withhold,
    Id(PacketId),
    Twice,
}

/// In the order in which they were asked for; they end with the connection.
pub(super) type Slips = VecDeque<(PacketType, Slip)>;

impl Client {
    /// Breaks a rule. What waits to be broken is forgotten when the connection ends.
    ///
    /// # Errors
    /// When there is no connection to break it on, when it is no acknowledgement that shall go wrong, or when it is
    /// too much at a time; nothing has changed then.
    pub fn misbehave(&mut self, now: Instant, misbehaviour: Misbehaviour) -> Result<(), ClientError> {
        match misbehaviour {
            Misbehaviour::Withhold(packet) => self.plan_slip(packet, Slip::Withhold),
            Misbehaviour::WrongId(packet, packet_id) => self.plan_slip(packet, Slip::Id(packet_id)),
            Misbehaviour::Twice(packet) => self.plan_slip(packet, Slip::Twice),
            Misbehaviour::Hold(packet) => {
                check_ack(packet)?;
                self.connected()?;
                if !self.link.holds.contains(&packet) {
                    self.link.holds.push(packet);
                }
                Ok(())
            }
            Misbehaviour::Release => {
                self.connected()?;
                let held = core::mem::take(&mut self.link.held);
                self.link.holds.clear();
                self.decide(Decision::LetsGo { count: held.len() });
                held.into_iter().for_each(|bytes| self.queue(now, bytes));
                Ok(())
            }
            Misbehaviour::NoPings(off) => {
                self.connected()?;
                self.link.no_pings = off;
                self.decide(Decision::Pings { off });
                Ok(())
            }
            Misbehaviour::IgnoreReceiveMaximum => {
                self.ready()?;
                self.link.limits.receive_maximum = u16::MAX;
                self.decide(Decision::IgnoresReceiveMaximum);
                self.flush(now);
                Ok(())
            }
            Misbehaviour::Raw(bytes) => {
                if bytes.len() > RAW_LIMIT {
                    return Err(ClientError::RawTooLong { len: bytes.len() });
                }
                if self.overrun() {
                    return Err(ClientError::OutputFull);
                }
                if self.status == ClientStatus::Offline {
                    self.open(now);
                }
                self.decide(Decision::SendsRaw { len: bytes.len() });
                self.queue(now, bytes);
                Ok(())
            }
        }
    }

    fn plan_slip(&mut self, packet: PacketType, slip: Slip) -> Result<(), ClientError> {
        check_ack(packet)?;
        self.connected()?;
        if self.link.slips.len() >= SLIP_LIMIT {
            return Err(ClientError::TooManyRequests);
        }
        self.link.slips.push_back((packet, slip));
        Ok(())
    }

    /// How many acknowledgements to come shall go wrong.
    pub fn armed(&self) -> usize {
        self.link.slips.len()
    }

    /// Whether acknowledgements are held, and how many by now.
    pub fn holding(&self) -> Option<usize> {
        (!self.link.holds.is_empty()).then_some(self.link.held.len())
    }

    fn connected(&self) -> Result<(), ClientError> {
        if self.status == ClientStatus::Offline { Err(ClientError::NotConnected) } else { Ok(()) }
    }

    /// Sends an acknowledgement, rightly or, where it was asked for, wrongly.
    pub(super) fn send_ack(&mut self, now: Instant, packet: PacketType, mut ack: Ack<'_>) {
        let packet_id = ack.packet_id;
        let mut twice = false;
        let planned = self.link.slips.iter().position(|(of, _)| *of == packet);
        match planned.and_then(|at| self.link.slips.remove(at)) {
            Some((_, Slip::Withhold)) => return self.decide(Decision::Withholds { packet, packet_id }),
            Some((_, Slip::Id(wrong))) => {
                self.decide(Decision::MistakesId { packet, packet_id, wrong });
                ack.packet_id = wrong;
            }
            Some((_, Slip::Twice)) => {
                self.decide(Decision::SendsTwice { packet, packet_id });
                twice = true;
            }
            None => {}
        }
        let holds = self.link.holds.contains(&packet).then_some(self.link.held.len() < HELD_LIMIT);
        match holds {
            Some(true) => self.decide(Decision::Holds { packet, packet_id }),
            Some(false) => return self.decide(Decision::Withholds { packet, packet_id }),
            None => {}
        }
        // 3.1.1 MQTT-4.6.0-2 to -4, 5.0 MQTT-4.6.0-2 to -4
        let (packet, order) = match packet {
            PacketType::PubAck if is_off(Check::PubAckSent) => return,
            PacketType::PubAck => (Packet::PubAck(ack), Check::PubAckOrder),
            PacketType::PubRec => (Packet::PubRec(ack), Check::PubRecOrder),
            PacketType::PubRel if is_off(Check::AckDespiteQuota) && self.quota_is_used_up() => return,
            PacketType::PubRel => (Packet::PubRel(ack), Check::PubRelOrder),
            _ => (Packet::PubComp(ack), Check::PubRelOrder),
        };
        let mut out = Vec::new();
        if packet.encode(self.config.version, &mut out).is_ok() {
            let bytes = Bytes::from(out);
            if holds.is_some() {
                let copies = 1 + usize::from(twice);
                return self.link.held.extend(core::iter::repeat_n(bytes, copies));
            }
            if twice {
                self.queue(now, bytes.clone());
            }
            self.queue_in_order(now, bytes, order);
        }
    }

    fn quota_is_used_up(&self) -> bool {
        self.session.outgoing.outstanding() >= self.link.limits.receive_maximum
    }
}

fn check_ack(packet: PacketType) -> Result<(), ClientError> {
    use PacketType as P;
    match packet {
        P::PubAck | P::PubRec | P::PubRel | P::PubComp => Ok(()),
        _ => Err(ClientError::NoAcknowledgement(packet)),
    }
}
