//! What goes wrong on a link, for one packet or for all of a kind.

use crate::capture::FrameId;
use crate::codec::{Direction, PacketType};
use crate::time::Duration;

/// Faults that wait on one link at most.
pub const MAX_FAULTS: usize = 16;

/// A fault that waits on a client's link for its packet. It stays through reconnects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Only for packets that go this way.
    pub direction: Option<Direction>,
    /// Only for packets of this kind.
    pub packet: Option<PacketType>,
    /// Only for the packet with this number, under way or still to come; it strikes once.
    pub frame: Option<FrameId>,
    /// Packets that match and get through first.
    pub skip: u32,
    /// How often it strikes; 0 is always.
    pub times: u32,
}

/// What can happen to a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It arrives so much later, and all that is behind it.
    Delay(Duration),
    /// The link is cut just before it arrives; both ends hear of that at once.
    CutBefore,
    /// The link is cut once it has arrived and was handled: the answer is lost.
    CutAfter,
    /// The link falls silent before it arrives: nobody is told.
    HalfOpen,
    /// It alone is lost. TCP never does this.
    Drop,
    /// It arrives twice. TCP never does this.
    Duplicate,
}

impl FaultKind {
    /// Its name in the saved form and in the scenario text.
    pub const NAMES: [&'static str; 6] =
        ["delay", "cut_before", "cut_after", "half_open", "drop", "duplicate"];

    /// Its place among the names.
    pub const fn index(self) -> usize {
        match self {
            Self::Delay(_) => 0,
            Self::CutBefore => 1,
            Self::CutAfter => 2,
            Self::HalfOpen => 3,
            Self::Drop => 4,
            Self::Duplicate => 5,
        }
    }

    /// The fault of an index; `delay` counts for the first alone.
    pub const fn of(index: usize, delay: Duration) -> Self {
        match index {
            0 => Self::Delay(delay),
            2 => Self::CutAfter,
            3 => Self::HalfOpen,
            4 => Self::Drop,
            5 => Self::Duplicate,
            _ => Self::CutBefore,
        }
    }

    /// What it does, in words that the packet's name and a colon go before.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Delay(_) => "held up, with all behind it",
            Self::CutBefore => "link cut before it arrives",
            Self::CutAfter => "link cut once it has arrived",
            Self::HalfOpen => "link falls silent before it arrives",
            Self::Drop => "dropped alone, as TCP never does",
            Self::Duplicate => "delivered twice, as TCP never does",
        }
    }
}

impl Fault {
    /// For the next packet, whichever it is.
    pub const fn next(kind: FaultKind) -> Self {
        Self { kind, direction: None, packet: None, frame: None, skip: 0, times: 1 }
    }
}

/// The fault among those that wait which strikes a packet; what has struck often enough goes.
pub(super) fn strike(
    waiting: &mut Vec<Fault>,
    frame: FrameId,
    direction: Direction,
    packet: Option<PacketType>,
) -> Option<FaultKind> {
    for index in 0..waiting.len() {
        let fault = &mut waiting[index];
        let meant = match fault.frame {
            Some(id) => id == frame,
            None => {
                fault.direction.is_none_or(|it| it == direction)
                    && fault.packet.is_none_or(|it| Some(it) == packet)
            }
        };
        if !meant {
            continue;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        let kind = fault.kind;
        match (fault.frame, fault.times) {
            (None, 0) => {}
            (None, 2..) => fault.times -= 1,
            _ => drop(waiting.remove(index)),
        }
        return Some(kind);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_packet_and_goes_when_it_has_struck() {
        use Direction::{ToClient, ToServer};
        let of_acks =
            Fault { packet: Some(PacketType::PubAck), skip: 1, times: 2, ..Fault::next(FaultKind::Drop) };
        let mut waiting = vec![
            Fault { frame: Some(9), ..Fault::next(FaultKind::HalfOpen) },
            Fault { direction: Some(ToClient), ..of_acks },
            Fault { packet: Some(PacketType::PingReq), times: 0, ..Fault::next(FaultKind::CutAfter) },
        ];
        let mut strikes = |frame, direction, packet| strike(&mut waiting, frame, direction, Some(packet));
        assert_eq!(strikes(1, ToServer, PacketType::PubAck), None);
        assert_eq!(strikes(2, ToClient, PacketType::PubAck), None, "skipped");
        for frame in 3..5 {
            assert_eq!(strikes(frame, ToClient, PacketType::PubAck), Some(FaultKind::Drop));
        }
        assert_eq!(strikes(5, ToClient, PacketType::PubAck), None, "twice is enough");
        for frame in 6..9 {
            assert_eq!(strikes(frame, ToServer, PacketType::PingReq), Some(FaultKind::CutAfter));
        }
        assert_eq!(strikes(9, ToServer, PacketType::PingReq), Some(FaultKind::HalfOpen));
        assert_eq!(waiting.len(), 1);
    }
}
