//! One transport connection: its bytes, its version, its deadlines.

use bytes::Bytes;

use super::decision::Violation;
use crate::codec::{Fault, FaultKind, Field, FrameError, Framer, PacketType, Version, decode};
use crate::session::KeepAlive;
use crate::time::{Duration, Instant};
use crate::topic::SubscriberId;

#[derive(Clone, Debug)]
pub(super) struct Connection {
    framer: Framer,
    /// Settled by CONNECT; until then 3.1.1, by whose rules a first packet is judged.
    pub(super) version: Version,
    /// None until CONNECT is accepted.
    pub(super) session: Option<SubscriberId>,
    pub(super) keep_alive: KeepAlive,
    opened: Instant,
    /// When it is to be looked at, as the broker's timers have it.
    pub(super) timer: Option<Instant>,
}

/// Why no further packet can be taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    Malformed(Fault),
    Violated(Violation),
}

impl Connection {
    pub(super) fn new(now: Instant, max_packet_size: usize) -> Self {
        Self {
            framer: Framer::new(max_packet_size),
            version: Version::V311,
            session: None,
            keep_alive: KeepAlive::new(0, now),
            opened: now,
            timer: None,
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.framer.push(chunk);
    }

    /// The next whole packet. That a first packet is none is told by its first byte, that a packet is too large by
    /// its fixed header: where chunks are cut does not matter.
    pub(super) fn next_frame(&mut self) -> Result<Option<Bytes>, Stop> {
        if self.session.is_none()
            && let Some(first) = self.framer.pending().first()
            && first >> 4 != PacketType::Connect.nibble()
        {
            // 3.1.1 MQTT-3.1.0-1, 5.0 MQTT-3.1.0-1
            return Err(Stop::Violated(Violation::FirstPacket { nibble: first >> 4 }));
        }
        self.framer.next_frame().map_err(|error| Stop::Malformed(self.frame_fault(error)))
    }

    /// A stream that cannot be cut, as the fault that it is.
    fn frame_fault(&self, error: FrameError) -> Fault {
        let pending = self.framer.pending();
        let too_large = |len: usize, limit: usize| Fault {
            kind: FaultKind::PacketTooLarge,
            packet: pending.first().and_then(|first| PacketType::from_nibble(first >> 4)),
            version: self.version,
            field: Field::RemainingLength,
            aux: 0,
            offset: 1,
            len: 1,
            bits: None,
            expected: limit as u32,
            found: len as u32,
        };
        match error {
            FrameError::TooLarge { len, limit } => too_large(len, limit),
            FrameError::MalformedLength => {
                decode(pending, self.version).err().unwrap_or_else(|| too_large(usize::MAX, 0))
            }
        }
    }

    /// When the connection ends unless something comes: for lack of a CONNECT, later by keep alive.
    pub(super) fn deadline(&self, connect_timeout_secs: u16) -> Option<Instant> {
        match self.session {
            Some(_) => self.keep_alive.server_deadline(),
            None if connect_timeout_secs == 0 => None,
            None => Some(self.opened + Duration::from_secs(connect_timeout_secs.into())),
        }
    }
}
