//! Shared subscriptions: groups of sessions of which one gets each message (5.0 section 4.8.2).

use std::sync::Arc;

use litemap::LiteMap;

use super::route::Granted;
use super::sessions::SessionNumber;
use crate::topic::SubscriberId;

/// A group's number.
pub(super) type GroupNumber = u32;

/// In the subscription tree, groups stand among the sessions with this bit.
const GROUP: SubscriberId = 1 << 31;

/// The group's number in the subscription tree: behind all sessions.
pub(super) const fn as_subscriber(group: GroupNumber) -> SubscriberId {
    group | GROUP
}

/// The group behind a number of the subscription tree, if it is one.
pub(super) const fn as_group(subscriber: SubscriberId) -> Option<GroupNumber> {
    if subscriber & GROUP != 0 { Some(subscriber & !GROUP) } else { None }
}

/// One share name with one filter.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// `$share/name/filter`.
    name: Arc<str>,
    /// In the order of joining.
    pub(super) members: Vec<(SessionNumber, Granted)>,
    /// Whose turn it is.
    pub(super) turn: usize,
}

impl Group {
    /// The member chosen had its turn.
    pub(super) fn pass(&mut self, chosen: usize) {
        self.turn = if chosen + 1 >= self.members.len() { 0 } else { chosen + 1 };
    }

    /// The members' places, beginning with the one whose turn it is.
    pub(super) fn in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        let (turn, len) = (self.turn, self.members.len());
        (turn..len).chain(0..turn)
    }
}

/// All groups, by number and by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    slots: Vec<Group>,
    free: Vec<GroupNumber>,
    by_name: LiteMap<Arc<str>, GroupNumber>,
    /// Members of all groups.
    pub(super) members: usize,
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(super) fn of_mut(&mut self, group: GroupNumber) -> Option<&mut Group> {
        self.slots.get_mut(group as usize)
    }

    /// Adds a member, or replaces its options. Gives the group, and whether it is new.
    pub(super) fn join(
        &mut self,
        name: &str,
        session: SessionNumber,
        granted: Granted,
    ) -> (GroupNumber, bool) {
        let known = self.by_name.get(name).copied();
        let number = known.unwrap_or_else(|| {
            let number = self.free.pop().unwrap_or_else(|| {
                self.slots.push(Group::default());
                (self.slots.len() - 1) as GroupNumber
            });
            let name: Arc<str> = name.into();
            self.slots[number as usize] = Group { name: Arc::clone(&name), ..Group::default() };
            self.by_name.insert(name, number);
            number
        });
        let group = &mut self.slots[number as usize];
        match group.members.iter_mut().find(|(member, _)| *member == session) {
            Some((_, options)) => *options = granted,
            None => {
                group.members.push((session, granted));
                self.members += 1;
            }
        }
        (number, known.is_none())
    }

    /// Takes a member out; whether the group is gone with it.
    pub(super) fn leave(&mut self, number: GroupNumber, session: SessionNumber) -> bool {
        let Some(group) = self.slots.get_mut(number as usize) else { return false };
        let Some(at) = group.members.iter().position(|(member, _)| *member == session) else { return false };
        group.members.remove(at);
        self.members -= 1;
        if at < group.turn {
            group.turn -= 1;
        }
        if group.turn >= group.members.len() {
            group.turn = 0;
        }
        let gone = group.members.is_empty();
        if gone {
            self.by_name.remove(&core::mem::take(group).name);
            self.free.push(number);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_round_and_survive_leaving() {
        let mut groups = Groups::default();
        let granted = Granted::default();
        assert_eq!(groups.join("$share/g/a", 7, granted), (0, true));
        assert_eq!(groups.join("$share/g/a", 8, granted), (0, false));
        assert_eq!(groups.join("$share/g/a", 9, granted), (0, false));
        assert_eq!(groups.join("$share/g/a", 9, granted), (0, false));
        let group = groups.of_mut(0).unwrap();
        assert_eq!(group.in_turn().collect::<Vec<_>>(), [0, 1, 2]);
        group.pass(1);
        assert_eq!(group.in_turn().collect::<Vec<_>>(), [2, 0, 1]);
        assert!(!groups.leave(0, 7));
        assert_eq!(groups.of_mut(0).unwrap().in_turn().collect::<Vec<_>>(), [1, 0]);
        assert!(!groups.leave(0, 7) && !groups.leave(0, 9));
        assert!(groups.leave(0, 8) && groups.members == 0);
        assert_eq!(groups.join("$share/h/a", 7, granted), (0, true));
        assert_eq!((as_group(as_subscriber(3)), as_group(3)), (Some(3), None));
    }
}
