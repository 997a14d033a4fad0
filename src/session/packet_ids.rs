//! Which Packet Identifier comes next.

use crate::codec::PacketId;

/// Hands out Packet Identifiers in ascending order, wrapping from 65,535 to 1, past those in use.
///
/// It keeps only the next number: who is in use is known by the owner of what is in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketIds {
    next: PacketId,
}

impl Default for PacketIds {
    fn default() -> Self {
        Self::starting_at(PacketId::MIN)
    }
}

impl PacketIds {
    /// The first one handed out is `first`, if it is free.
    pub const fn starting_at(first: PacketId) -> Self {
        Self { next: first }
    }

    /// The next identifier that is not in use; `None` when all 65,535 are.
    pub fn allocate(&mut self, in_use: impl Fn(PacketId) -> bool) -> Option<PacketId> {
        // 3.1.1 MQTT-2.3.1-2, MQTT-2.3.1-4; 5.0 MQTT-2.2.1-3, MQTT-2.2.1-4
        for _ in 0..u16::MAX {
            let id = self.next;
            // 3.1.1 MQTT-2.3.1-1: never zero
            self.next = id.checked_add(1).unwrap_or(PacketId::MIN);
            if !in_use(id) {
                return Some(id);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u16) -> PacketId {
        PacketId::new(number).unwrap()
    }

    #[test]
    fn ids_ascend_skip_what_is_in_use_and_wrap_past_zero() {
        // 3.1.1 MQTT-2.3.1-1, MQTT-2.3.1-2
        let mut ids = PacketIds::starting_at(id(65_534));
        assert_eq!(ids.allocate(|_| false), Some(id(65_534)));
        assert_eq!(ids.allocate(|_| false), Some(id(65_535)));
        assert_eq!(ids.allocate(|taken| taken.get() <= 2), Some(id(3)));
    }

    #[test]
    fn there_are_65_535_and_no_more() {
        let mut ids = PacketIds::default();
        assert_eq!(ids.allocate(|_| true), None);
        assert_eq!(ids.allocate(|taken| taken.get() != 77), Some(id(77)));
    }
}
