//! Going to the next thing of a kind.

use super::run::{Sim, UpcomingKind};
use crate::capture::{Fate, FrameId, LinkId, NoteKind};
use crate::codec::{Direction, Packet, decode};

/// What to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A packet is sent.
    Packet,
    /// Something is lost, cut or goes wrong.
    Fault,
    /// A message reaches a client's application.
    Delivery,
    /// A timer strikes: keep alive, a retry, an expiry, a will's delay, a link that goes down or up by itself.
    Timer,
    /// What was asked by a packet that is sent from now on is answered: PINGREQ by PINGRESP, PUBLISH of QoS 2 by PUBCOMP.
    RoundTrip,
}

/// Where an answer is waited for: which link, the way that it takes, and the packet identifier where there is one.
type Wait = (LinkId, Direction, u16);

impl Sim {
    /// Goes on to the next thing of a kind, `max_steps` steps at most; stops right after it. `false` where it did not
    /// come: the world stands where no more steps were to be taken.
    pub fn run_to(&mut self, goal: Goal, max_steps: u32) -> bool {
        let (mut seen, delivered) = (self.frames_by_now(), self.deliveries());
        let mut waits: Option<Wait> = None;
        for _ in 0..max_steps {
            let is_timer = goal == Goal::Timer
                && self.next_event().is_some_and(|next| matches!(next.what, UpcomingKind::Timer { .. }));
            if !self.step() {
                return false;
            }
            let reached = match goal {
                Goal::Packet => self.frames_by_now() > seen,
                Goal::Fault => self.went_wrong(),
                Goal::Delivery => self.deliveries() > delivered,
                Goal::Timer => is_timer,
                Goal::RoundTrip => {
                    let from = std::mem::replace(&mut seen, self.frames_by_now());
                    waits = waits.or_else(|| (from..seen).find_map(|frame| self.asks(frame)));
                    waits.is_some_and(|wait| self.answered(wait))
                }
            };
            if reached {
                return true;
            }
        }
        false
    }

    /// How many frames had been sent by the cursor.
    pub(super) const fn frames_by_now(&self) -> FrameId {
        self.world.frames
    }

    /// How many messages have reached applications, all together.
    fn deliveries(&self) -> u64 {
        self.world.stations.iter().map(|station| station.client.received_count()).sum()
    }

    /// Whether the last step lost something, cut a link or told of trouble.
    fn went_wrong(&self) -> bool {
        let here = self.cursor();
        let (newest, oldest) = (self.frames_by_now(), self.frames_by_now().saturating_sub(LATELY));
        let lost = (oldest..newest)
            .filter_map(|id| self.capture.frame(id))
            .any(|frame| matches!(frame.end, Some((step, Fate::Lost { .. })) if step == here));
        let mut notes = self.capture.notes().rev().skip_while(|note| note.step > here);
        lost || notes
            .by_ref()
            .take_while(|note| note.step == here)
            .any(|note| matches!(note.kind, NoteKind::LinkCut | NoteKind::Trouble))
    }

    /// What a packet waits for.
    fn asks(&self, frame: FrameId) -> Option<Wait> {
        let frame = self.capture.frame(frame)?;
        let id = match decode(&frame.bytes, frame.version).ok()? {
            Packet::Publish(publish) => publish.packet_id?.get(),
            Packet::Subscribe(subscribe) => subscribe.packet_id.get(),
            Packet::Unsubscribe(unsubscribe) => unsubscribe.packet_id.get(),
            Packet::Connect(_) | Packet::PingReq => 0,
            _ => return None,
        };
        Some((frame.link, frame.direction.reversed(), id))
    }

    /// Whether the last step handled the answer to what waits.
    fn answered(&self, (link, way, wanted): Wait) -> bool {
        let here = self.cursor();
        let arrived = self.capture.frames().rev().skip_while(|frame| frame.sent_step > here);
        let mut arrived = arrived.take(LATELY as usize).filter(|frame| {
            let there = matches!(frame.end, Some((step, Fate::Delivered { .. })) if step == here);
            there && frame.link == link && frame.direction == way
        });
        arrived.any(|frame| match decode(&frame.bytes, frame.version) {
            Ok(Packet::PubAck(ack) | Packet::PubComp(ack)) => ack.packet_id.get() == wanted,
            Ok(Packet::SubAck(ack)) => ack.packet_id.get() == wanted,
            Ok(Packet::UnsubAck(ack)) => ack.packet_id.get() == wanted,
            Ok(Packet::ConnAck(_) | Packet::PingResp) => wanted == 0,
            _ => false,
        })
    }
}

/// Frames that are looked at for one that ended just now: more are hardly ever under way.
const LATELY: u32 = 4_096;
