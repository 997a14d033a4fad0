//! Where a packet's bytes go: how many belong to each of its parts.

use super::cell::ByteMap;
use crate::codec::PacketType;
use crate::dissect::{ByteGroup, Dissection};

/// The parts that bytes are counted by.
pub const GROUPS: [ByteGroup; 7] = [
    ByteGroup::FixedHeader,
    ByteGroup::RemainingLength,
    ByteGroup::VariableHeader,
    ByteGroup::Properties,
    ByteGroup::Payload,
    ByteGroup::Error,
    ByteGroup::Unknown,
];

/// A packet's bytes by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// In the order of [`GROUPS`].
    pub groups: [usize; GROUPS.len()],
    /// Those of them that are application message.
    pub message: usize,
}

impl Shares {
    /// Every byte that there is of a packet, once.
    pub fn of(dissection: &Dissection) -> Self {
        // What there is of an incomplete packet is left over, whatever it would have become.
        let incomplete = dissection.faults.is_empty() && dissection.missing > 0;
        let is_publish = dissection.packet_type == Some(PacketType::Publish);
        let map = ByteMap::new(dissection);
        let mut shares = Self::default();
        for run in map.runs() {
            let group = if incomplete { ByteGroup::Unknown } else { run.group };
            let wrong = map.wrong_in(run.offset, run.offset + run.len);
            shares.add(group, run.len - wrong);
            shares.add(ByteGroup::Error, wrong);
            if is_publish && group == ByteGroup::Payload {
                shares.message += run.len - wrong;
            }
        }
        shares
    }

    fn add(&mut self, group: ByteGroup, bytes: usize) {
        if let Some(at) = GROUPS.iter().position(|it| *it == group) {
            self.groups[at] += bytes;
        }
    }
}
