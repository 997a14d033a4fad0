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

/// A way to the next thing of a kind, that can be gone in parts.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    goal: Goal,
    seen: FrameId,
    delivered: u64,
    waits: Option<Wait>,
}

/// How far a part of a [`Run`] has led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// To what was looked for.
    Reached,
    /// As far as it was allowed to: another part may follow.
    On,
    /// Nowhere: no step is left.
    Over,
}

impl Run {
    /// From the cursor on.
    pub fn new(sim: &Sim, goal: Goal) -> Self {
        Self { goal, seen: sim.frames_by_now(), delivered: sim.world.delivered, waits: None }
    }

    /// Goes on, `max_steps` steps at most; stops right after what is looked for.
    pub fn go(&mut self, sim: &mut Sim, max_steps: u32) -> Ran {
        for _ in 0..max_steps {
            let next = match self.goal {
                Goal::Timer | Goal::Fault => sim.next_event().map(|next| next.what),
                _ => None,
            };
            let (frames, notes) = (sim.frames_by_now(), sim.world.notes);
            if !sim.step() {
                return Ran::Over;
            }
            let reached = match self.goal {
                Goal::Packet => sim.frames_by_now() > self.seen,
                Goal::Fault => sim.went_wrong(frames, notes, next),
                Goal::Delivery => sim.world.delivered > self.delivered,
                Goal::Timer => matches!(next, Some(UpcomingKind::Timer { .. })),
                Goal::RoundTrip => {
                    let from = std::mem::replace(&mut self.seen, sim.frames_by_now());
                    self.waits = self.waits.or_else(|| (from..self.seen).find_map(|frame| sim.asks(frame)));
                    self.waits.is_some_and(|wait| sim.answered(wait))
                }
            };
            if reached {
                return Ran::Reached;
            }
        }
        Ran::On
    }
}

impl Sim {
    /// Goes on to the next thing of a kind, `max_steps` steps at most; stops right after it. `false` where it did not
    /// come: the world stands where no more steps were to be taken.
    pub fn run_to(&mut self, goal: Goal, max_steps: u32) -> bool {
        Run::new(self, goal).go(self, max_steps) == Ran::Reached
    }

    /// How many frames had been sent by the cursor.
    pub(super) const fn frames_by_now(&self) -> FrameId {
        self.world.frames
    }

    /// Whether the last step, which was `step`, lost something, cut a link or told of trouble; so many frames and notes
    /// were there before it.
    fn went_wrong(&self, frames: FrameId, notes: u64, step: Option<UpcomingKind>) -> bool {
        let here = self.cursor();
        let is_lost = |id| {
            let frame = self.capture.frame(id);
            frame.is_some_and(|frame| matches!(frame.end, Some((step, Fate::Lost { .. })) if step == here))
        };
        let kinds =
            (notes..self.world.notes).filter_map(|note| self.capture.note(note)).map(|note| note.kind);
        let told = |kind| kinds.clone().any(|it| it == kind);
        let arrived = matches!(step, Some(UpcomingKind::FrameArrives(id)) if is_lost(id));
        arrived
            || kinds.clone().any(NoteKind::is_trouble)
            || (frames..self.frames_by_now()).any(is_lost)
            // What nobody had read goes with its connection.
            || told(NoteKind::LinkClosed) && self.lately().any(is_lost)
    }

    /// The frames that were sent last by the cursor, the newest first.
    fn lately(&self) -> impl Iterator<Item = FrameId> {
        let newest = self.frames_by_now();
        (newest.saturating_sub(LATELY)..newest).rev()
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
        let frames = self.lately().filter_map(|id| self.capture.frame(id));
        let mut arrived = frames.filter(|frame| {
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
const LATELY: u32 = 1_024;
