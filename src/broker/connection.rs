//! One transport connection: its bytes, its other end, its deadlines.

use std::sync::Arc;

use super::auth::Authentication;
use super::config::{BrokerConfig, Told};
use super::decision::Violation;
use super::output::{ConnectionId, Peer};
use super::sessions::SessionNumber;
use super::switches::{Check, is_off};
use crate::codec::{Fault, FaultKind, Field, FrameError, Framer, PacketType, Whole, decode};
use crate::session::KeepAlive;
use crate::time::{Duration, Instant};

#[derive(Clone, Debug)]
pub(super) struct Connection {
    framer: Framer,
    /// Settled by CONNECT.
    pub(super) peer: Peer,
    /// None until CONNECT is accepted.
    pub(super) session: Option<SessionNumber>,
    pub(super) keep_alive: KeepAlive,
    /// Settled by CONNACK.
    pub(super) told: Told,
    opened: Instant,
    /// When it is to be looked at, as the broker's timers have it.
    pub(super) timer: Option<Instant>,
    /// Topics that the client has given aliases 1, 2, … (5.0).
    aliases: Vec<Option<Arc<str>>>,
    /// 5.0: the client named an authentication method.
    pub(super) authentication: Option<Box<Authentication>>,
}

/// Why no further packet can be taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    Malformed(Fault),
    Violated(Violation),
}

#[cfg(feature = "switches")]
impl Stop {
    /// See [`super::switches`].
    pub(super) fn is_off(&self) -> bool {
        match self {
            Self::Malformed(_) => super::switches::names(self),
            Self::Violated(violation) => super::switches::names(violation),
        }
    }
}

impl From<Violation> for Stop {
    fn from(violation: Violation) -> Self {
        Self::Violated(violation)
    }
}

impl Connection {
    pub(super) fn new(connection: ConnectionId, now: Instant, config: &BrokerConfig) -> Self {
        Self {
            framer: Framer::new(config.max_packet_size),
            peer: Peer::unknown(connection),
            session: None,
            keep_alive: KeepAlive::new(0, now),
            opened: now,
            timer: None,
            aliases: Vec::new(),
            authentication: None,
            told: config.told(),
        }
    }

    /// Topics by the aliases that the client has given them.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (u16, &str)> {
        (1..).zip(&self.aliases).filter_map(|(alias, topic)| Some((alias, topic.as_deref()?)))
    }

    /// The next whole packet of what came before and of `chunk`, of which is taken what has been seen. That a first packet is none is told by its first byte, that a packet is too large by
    /// its fixed header: where chunks are cut does not matter.
    pub(super) fn next_frame<'a>(&mut self, chunk: &mut &'a [u8]) -> Result<Option<Whole<'a>>, Stop> {
        if self.session.is_none()
            && self.authentication.is_none()
            && let Some(first) = self.framer.pending().first().or(chunk.first())
            && first >> 4 != PacketType::Connect.nibble()
        {
            // 3.1.1 MQTT-3.1.0-1, 5.0 MQTT-3.1.0-1
            return Err(Violation::FirstPacket { nibble: first >> 4 }.into());
        }
        self.framer.next_in(chunk).map_err(|error| Stop::Malformed(self.frame_fault(error)))
    }

    /// A stream that cannot be cut, as the fault that it is.
    fn frame_fault(&self, error: FrameError) -> Fault {
        let (pending, version) = (self.framer.pending(), self.peer.version);
        let too_large = |len: usize, limit: usize| Fault {
            kind: FaultKind::PacketTooLarge,
            packet: pending.first().and_then(|first| PacketType::from_nibble(first >> 4)),
            version,
            field: Field::RemainingLength,
            aux: 0,
            offset: 1,
            len: 1,
            bits: None,
            expected: limit as u32,
            found: len as u32,
        };
        match error {
            FrameError::TooLarge { len, limit } => too_large(len, limit), // 5.0 MQTT-3.2.2-15
            FrameError::MalformedLength => {
                decode(pending, version).err().unwrap_or_else(|| too_large(usize::MAX, 0))
            }
        }
    }

    /// The topic of a PUBLISH with an alias: learnt, or looked up (5.0 MQTT-3.3.2-8 to MQTT-3.3.2-12).
    pub(super) fn topic_of_alias(
        &mut self,
        alias: u32,
        topic: &str,
        limit: u16,
    ) -> Result<Arc<str>, Violation> {
        if alias > u32::from(limit) || is_off(Check::AliasAccepted) {
            return Err(Violation::TopicAlias { alias, limit }); // 5.0 MQTT-3.3.2-9, MQTT-3.2.2-17
        }
        let at = (alias as usize).saturating_sub(1);
        if topic.is_empty() {
            let known = self.aliases.get(at).cloned().flatten();
            return known.ok_or(Violation::UnknownTopicAlias { alias });
        }
        if self.aliases.len() <= at {
            self.aliases.resize(at + 1, None);
        }
        let topic: Arc<str> = topic.into();
        self.aliases[at] = Some(Arc::clone(&topic)); // 5.0 MQTT-3.3.2-12
        Ok(topic)
    }

    /// When the connection ends unless something comes: for lack of a CONNECT, later by keep alive.
    pub(super) fn deadline(&self, connect_timeout_secs: u16) -> Option<Instant> {
        match self.session {
            Some(_) if is_off(Check::KeepAlive) => None,
            Some(_) => self.keep_alive.server_deadline(),
            None if connect_timeout_secs == 0 => None,
            None => Some(self.opened + Duration::from_secs(connect_timeout_secs.into())),
        }
    }
}
