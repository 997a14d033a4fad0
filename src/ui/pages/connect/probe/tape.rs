//! What a probe sends and gets, cut into the packets that each of its answers stands on.

use std::sync::Arc;

use bytes::Bytes;

use crate::capture::{Capture, EndId, EndRole, Fate, Frame, LinkId, Note, NoteKind, Step};
use crate::codec::{Direction, Version};
use crate::time::Instant;

/// Bytes that the packets of one answer may take; of more, the newest stay.
const MOST_BYTES: usize = 256 * 1024;

/// The record of a probe, up to the next cut.
#[derive(Debug)]
pub struct Tape {
    /// What the broker's lifeline is called.
    broker: String,
    capture: Capture,
    step: Step,
    links: LinkId,
    /// When the first packet since the last cut went.
    since: Option<Instant>,
    count: u32,
}

impl Tape {
    pub fn new(broker: String) -> Self {
        Self { broker, capture: Capture::new(MOST_BYTES), step: 0, links: 0, since: None, count: 0 }
    }

    /// Packets since it began.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Numbers a new connection.
    pub fn link(&mut self) -> LinkId {
        self.links += 1;
        self.links
    }

    /// Takes in a packet of a client's connection.
    pub fn record(
        &mut self,
        client: &str,
        link: LinkId,
        now: Instant,
        (direction, version): (Direction, Version),
        bytes: Bytes,
    ) {
        self.count += 1;
        self.step += 1;
        let at = Instant::ZERO + (now - *self.since.get_or_insert(now));
        let ends = (self.end(client, EndRole::Client), self.end(&self.broker.clone(), EndRole::Broker));
        if !self.capture.frames().any(|frame| frame.link == link) {
            // It may have been open before.
            self.capture.push_note(Note {
                end: ends.0,
                peer: Some(ends.1),
                frame: None,
                at,
                step: self.step,
                kind: NoteKind::LinkOpened,
                text: "open".into(),
                statement: None,
                verbose: None,
            });
        }
        let (from, to) = match direction {
            Direction::ToServer => ends,
            Direction::ToClient => (ends.1, ends.0),
        };
        self.capture.push_frame(Frame {
            id: 0,
            link,
            from,
            to,
            direction,
            version,
            bytes,
            sent: at,
            sent_step: self.step,
            end: Some((self.step, Fate::Delivered { at })),
            due: None,
        });
    }

    fn end(&mut self, name: &str, role: EndRole) -> EndId {
        let known = self.capture.ends().iter().position(|end| end.role == role && *end.name == *name);
        known.map_or_else(|| self.capture.add_end(name, role), |at| at as EndId)
    }

    /// The packets since the last cut, which stay for the next one, too.
    pub fn look(&self) -> Arc<Capture> {
        Arc::new(self.capture.clone())
    }

    /// The packets since the last cut.
    pub fn cut(&mut self) -> Arc<Capture> {
        self.since = None;
        Arc::new(std::mem::replace(&mut self.capture, Capture::new(MOST_BYTES)))
    }
}
