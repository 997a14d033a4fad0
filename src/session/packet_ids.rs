//! Which Packet Identifier comes next.

use core::fmt;

use crate::codec::PacketId;

/// Hands out Packet Identifiers in ascending order, wrapping from 65,535 to 1, past those in use.
///
/// Which are in use is known by the owner of what is in flight, who takes none but from here. It is asked once a run of
/// free ones, that is once a round where few are in flight.
#[derive(Clone, Copy)]
pub struct PacketIds {
    next: PacketId,
    /// How many from the next one on are known to be free: says nothing that asking would not say.
    free: u16,
}

impl fmt::Debug for PacketIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacketIds").field("next", &self.next).finish()
    }
}

impl PartialEq for PacketIds {
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next
    }
}

impl Eq for PacketIds {}

impl Default for PacketIds {
    fn default() -> Self {
        Self::starting_at(PacketId::MIN)
    }
}

impl PacketIds {
    /// The first one handed out is `first`, if it is free.
    pub const fn starting_at(first: PacketId) -> Self {
        Self { next: first, free: 0 }
    }

    /// The next identifier that is not in use; `None` when all 65,535 are.
    pub fn allocate<I: Iterator<Item = PacketId>>(&mut self, in_use: impl FnOnce() -> I) -> Option<PacketId> {
        // 3.1.1 MQTT-2.3.1-2, MQTT-2.3.1-4; 5.0 MQTT-2.2.1-3, MQTT-2.2.1-4
        if self.free == 0 {
            let mut used = vec![0; WORDS];
            in_use().for_each(|id| used[usize::from(id.get()) / 64] |= 1 << (id.get() % 64));
            self.find_free(&used);
        }
        self.free = self.free.checked_sub(1)?;
        let id = self.next;
        self.next = after(id);
        Some(id)
    }

    /// Takes one that its owner has chosen, and knows to be free; the next one stays the next one.
    pub const fn choose(&mut self, id: PacketId) -> PacketId {
        self.free = 0;
        id
    }

    /// Goes to the next run of free identifiers; `used` has a bit for each.
    fn find_free(&mut self, used: &[u64]) {
        let is_used = |id: PacketId| {
            let word = used.get(usize::from(id.get()) / 64).copied().unwrap_or(0);
            word >> (id.get() % 64) & 1 == 1
        };
        let mut left = u16::MAX;
        while left > 0 && is_used(self.next) {
            self.next = after(self.next);
            left -= 1;
        }
        let mut end = self.next;
        while left > 0 && !is_used(end) {
            end = after(end);
            self.free += 1;
            left -= 1;
        }
    }
}

/// Words of a bit for each number of 16 bits.
const WORDS: usize = 1 << 10;

/// 3.1.1 MQTT-2.3.1-1: never zero.
fn after(id: PacketId) -> PacketId {
    id.checked_add(1).unwrap_or(PacketId::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u16) -> PacketId {
        PacketId::new(number).unwrap()
    }

    /// All numbers in these ranges.
    fn used(ranges: &[core::ops::RangeInclusive<u16>]) -> impl Iterator<Item = PacketId> {
        ranges.iter().cloned().flatten().map(id)
    }

    #[test]
    fn ids_ascend_skip_what_is_in_use_and_wrap_past_zero() {
        // 3.1.1 MQTT-2.3.1-1, MQTT-2.3.1-2
        let mut ids = PacketIds::starting_at(id(65_534));
        assert_eq!(ids.allocate(|| used(&[1..=2])), Some(id(65_534)));
        assert_eq!(ids.allocate(|| used(&[1..=2, 65_534..=65_534])), Some(id(65_535)));
        assert_eq!(ids.allocate(|| used(&[1..=2])), Some(id(3)));
    }

    #[test]
    fn there_are_65_535_and_no_more() {
        let mut ids = PacketIds::default();
        assert_eq!(ids.allocate(|| used(&[1..=u16::MAX])), None);
        assert_eq!(ids.allocate(|| used(&[1..=76, 78..=u16::MAX])), Some(id(77)));
        assert_eq!(ids.allocate(|| used(&[1..=u16::MAX])), None);
    }

    #[test]
    fn a_chosen_id_is_not_handed_out_again() {
        let mut ids = PacketIds::default();
        assert_eq!(ids.allocate(core::iter::empty), Some(id(1)));
        assert_eq!(ids.choose(id(2)), id(2));
        assert_eq!(ids.allocate(|| used(&[1..=2])), Some(id(3)));
    }

    #[test]
    fn who_is_in_flight_is_asked_for_once_a_run_and_no_id_comes_twice() {
        // A window of 20 with one message that is never acknowledged.
        let (mut ids, mut asked) = (PacketIds::default(), 0);
        let mut in_flight = std::collections::VecDeque::new();
        let stuck = ids.allocate(core::iter::empty).unwrap();
        for _ in 0..200_000 {
            let next = ids.allocate(|| {
                asked += 1;
                in_flight.iter().copied().chain([stuck])
            });
            let next = next.unwrap();
            assert!(next != stuck && !in_flight.contains(&next));
            in_flight.push_back(next);
            if in_flight.len() > 20 {
                in_flight.pop_front();
            }
        }
        assert!(asked < 10, "{asked}");
    }
}
