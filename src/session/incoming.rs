//! The receiver's side of QoS 2: which identifiers have been answered with PUBREC and wait for PUBREL.

use std::collections::VecDeque;

use crate::codec::PacketId;

/// Identifiers between PUBLISH and PUBREL in the order of their arrival, each with what the owner keeps for it
/// (a message that is handed on at PUBREL; or nothing).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming<T> {
    waiting: VecDeque<(PacketId, T)>,
    limit: u16,
}

/// A new QoS 2 message would be one more than the owner lets wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{limit} QoS 2 messages wait for PUBREL already")]
pub struct IncomingFull {
    /// How many may wait.
    pub limit: u16,
}

impl<T> Incoming<T> {
    /// Lets at most `limit` messages wait for PUBREL (5.0: the Receive Maximum that was announced).
    pub const fn new(limit: u16) -> Self {
        Self { waiting: VecDeque::new(), limit }
    }

    /// A QoS 2 PUBLISH came. `true`: it is new and now waits; `false`: a copy of one that waits already, which is
    /// answered with PUBREC like the first but never delivered again (3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-10).
    /// What its DUP flag says does not matter.
    ///
    /// # Errors
    /// When too many wait; nothing has changed then.
    pub fn publish(&mut self, packet_id: PacketId, kept: impl FnOnce() -> T) -> Result<bool, IncomingFull> {
        if self.contains(packet_id) {
            return Ok(false);
        }
        if self.waiting.len() >= usize::from(self.limit) {
            return Err(IncomingFull { limit: self.limit });
        }
        self.waiting.push_back((packet_id, kept()));
        Ok(true)
    }

    /// PUBREL came: what was kept. `None` when nothing waits under this identifier; PUBCOMP is due either way
    /// (3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-11).
    pub fn release(&mut self, packet_id: PacketId) -> Option<T> {
        let at = self.waiting.iter().position(|(waiting, _)| *waiting == packet_id)?;
        self.waiting.remove(at).map(|(_, kept)| kept)
    }

    /// Whether a message waits under this identifier.
    pub fn contains(&self, packet_id: PacketId) -> bool {
        self.waiting.iter().any(|(waiting, _)| *waiting == packet_id)
    }

    /// The identifiers and what is kept for them, in the order of arrival.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (PacketId, &T)> {
        self.waiting.iter().map(|(packet_id, kept)| (*packet_id, kept))
    }

    /// What is kept under an identifier.
    pub fn find_mut(&mut self, packet_id: PacketId) -> Option<&mut T> {
        self.waiting.iter_mut().find(|(waiting, _)| *waiting == packet_id).map(|(_, kept)| kept)
    }

    /// What is kept, in the order of arrival.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.waiting.iter_mut().map(|(_, kept)| kept)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Sets how many may wait from now on; those that wait stay.
    pub fn set_limit(&mut self, limit: u16) {
        self.limit = limit;
    }

    /// Forgets all: the session has ended.
    pub fn clear(&mut self) {
        self.waiting = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u16) -> PacketId {
        PacketId::new(number).unwrap()
    }

    #[test]
    fn a_copy_is_recognised_until_the_release_and_new_after_it() {
        // 3.1.1 MQTT-4.3.3-2, 5.0 MQTT-4.3.3-10, MQTT-4.3.3-12
        let mut incoming = Incoming::new(8);
        assert_eq!(incoming.publish(id(7), || "first"), Ok(true));
        assert_eq!(incoming.publish(id(7), || "copy"), Ok(false));
        assert_eq!(incoming.release(id(7)), Some("first"));
        assert_eq!(incoming.release(id(7)), None);
        assert_eq!(incoming.publish(id(7), || "another"), Ok(true));
    }

    #[test]
    fn the_limit_refuses_the_new_but_not_the_copy() {
        let mut incoming = Incoming::new(1);
        assert_eq!(incoming.publish(id(1), || ()), Ok(true));
        assert_eq!(incoming.publish(id(2), || ()), Err(IncomingFull { limit: 1 }));
        assert_eq!(incoming.publish(id(1), || ()), Ok(false));
        assert_eq!(incoming.len(), 1);
    }
}
