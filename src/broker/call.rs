//! One call from the owner: when it comes, and who hears what is decided.

use super::decision::{Decision, Observer};
use super::output::ConnectionId;
use crate::codec::Direction;
use crate::time::Instant;

/// Goes through all that a call does. The observer is a reference of one type here, whatever the owner's is: each
/// handler is compiled once.
pub(super) struct Call<'a> {
    pub(super) now: Instant,
    observer: Option<&'a mut dyn Observer>,
    /// Whether it wants to hear of packets.
    hears_packets: bool,
    /// How many of the outputs that wait have been told.
    pub(super) told: usize,
}

impl<'a> Call<'a> {
    /// `waiting` outputs are there already.
    #[inline]
    pub(super) fn new<O: Observer>(now: Instant, observer: &'a mut O, waiting: usize) -> Self {
        let hears_packets = observer.hears_packets();
        let observer: Option<&mut dyn Observer> = if observer.hears() { Some(observer) } else { None };
        Self { now, observer, hears_packets, told: waiting }
    }

    /// A call that nobody hears.
    pub(super) fn silent(now: Instant) -> Self {
        Self { now, observer: None, hears_packets: false, told: 0 }
    }

    /// Whether somebody hears: worth asking where the evidence costs something.
    #[inline]
    pub(super) fn is_heard(&self) -> bool {
        self.observer.is_some()
    }

    #[inline]
    pub(super) fn tell(&mut self, decision: &Decision<'_>) {
        if let Some(observer) = &mut self.observer {
            observer.decision(self.now, decision);
        }
    }

    #[inline]
    pub(super) fn hears_packets(&self) -> bool {
        self.hears_packets
    }

    pub(super) fn tell_packet(&mut self, connection: ConnectionId, direction: Direction, packet: &[u8]) {
        if let Some(observer) = &mut self.observer {
            observer.packet(self.now, connection, direction, packet);
        }
    }
}
