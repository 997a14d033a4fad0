//! Lifelines side by side: their order, and which are slim.

use super::plan::{Kind, Plan};
use crate::capture::{Capture, EndId, EndRole, Step};

/// With more ends than this, acknowledgements fold and idle lanes go slim.
pub const FEW: usize = 4;
/// Rows without a packet of its own after which a lane goes slim.
const SILENT_ROWS: usize = 20;
/// Pixels of a gap beside a slim lane.
pub const SLIM_GAP: u32 = 64;

/// The places of lifelines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// Ends in the order of their lanes; those not named follow in their own order.
    order: Vec<EndId>,
    /// By end.
    slim: Vec<bool>,
}

/// Which lanes go slim by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneChoice {
    /// With many ends those that were silent for long.
    #[default]
    Auto,
    /// None.
    AllWide,
    /// Those that have nothing to do with the selected client.
    Talking,
}

/// What was asked for by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneWishes {
    /// Ends from left to right, as far as someone moved them.
    pub order: Vec<EndId>,
    /// By end: slim or wide, where someone said so.
    pub slim: Vec<Option<bool>>,
    /// The others.
    pub choice: LaneChoice,
    /// Of [`LaneChoice::Talking`] a bit for each of the first 64 ends that stays wide; see [`talking`](super::talking).
    pub talking: u64,
}

impl LaneWishes {
    /// All lanes wide, in this order.
    pub fn wide(order: Vec<EndId>) -> Self {
        Self { order, choice: LaneChoice::AllWide, ..Self::default() }
    }

    /// Moves a lane by one place to the left (-1) or right (1), among `lanes`.
    pub fn shift(&mut self, end: EndId, by: i32, lanes: &Lanes) {
        self.put(end, lanes.place(end).saturating_add_signed(by as isize), lanes);
    }

    /// Puts a lane in a place, counted from 0; the others close up.
    pub fn put(&mut self, end: EndId, place: usize, lanes: &Lanes) {
        self.order.clone_from(&lanes.order);
        self.order.retain(|it| *it != end);
        self.order.insert(place.min(self.order.len()), end);
    }

    /// Says that a lane shall be slim, or wide.
    pub fn set_slim(&mut self, end: EndId, slim: bool) {
        let end = usize::from(end);
        if self.slim.len() <= end {
            self.slim.resize(end + 1, None);
        }
        self.slim[end] = Some(slim);
    }
}

impl Lanes {
    /// The lanes as they are at a step.
    pub fn new(capture: &Capture, plan: &Plan, step: Step, wishes: &LaneWishes) -> Self {
        let ends = capture.ends();
        let busy = match wishes.choice {
            LaneChoice::Auto if ends.len() > FEW => plan.busy(capture, step),
            LaneChoice::Auto | LaneChoice::AllWide => u64::MAX,
            LaneChoice::Talking => wishes.talking,
        };
        let slim = ends.iter().enumerate().map(|(at, end)| {
            let idle = end.role == EndRole::Client && busy >> at.min(63) & 1 == 0;
            wishes.slim.get(at).copied().flatten().unwrap_or(idle)
        });
        Self { order: Self::ordered(plan, &wishes.order, ends.len()), slim: slim.collect() }
    }

    /// Where nobody moved a lane, members of a shared subscription stand side by side, from the first of them on; also
    /// before they join, so that lanes stay where they are.
    fn ordered(plan: &Plan, wished: &[EndId], ends: usize) -> Vec<EndId> {
        let mut order: Vec<EndId> = wished.iter().copied().filter(|end| usize::from(*end) < ends).collect();
        let groups = plan.groups(Step::MAX);
        for end in 0..ends as EndId {
            let group = groups.iter().find(|group| group.members.contains(&end));
            let belongs = |it: &EndId| *it == end || group.is_some_and(|group| group.members.contains(it));
            let rest: Vec<EndId> =
                (0..ends as EndId).filter(|it| belongs(it) && !order.contains(it)).collect();
            order.extend(rest);
        }
        order
    }

    /// The first and the last place of these ends, if nobody else stands between them.
    pub fn run_of(&self, ends: &[EndId]) -> Option<(usize, usize)> {
        let places = || ends.iter().map(|end| self.place(*end));
        let (first, last) = (places().min()?, places().max()?);
        (last - first + 1 == ends.len()).then_some((first, last))
    }

    /// The place of an end, counted from 0.
    pub fn place(&self, end: EndId) -> usize {
        self.order.iter().position(|it| *it == end).unwrap_or(usize::from(end))
    }

    /// The end in a place.
    pub fn end(&self, place: usize) -> EndId {
        self.order.get(place).copied().unwrap_or(place as EndId)
    }

    /// Whether the lane of an end is slim.
    pub fn is_slim(&self, end: EndId) -> bool {
        self.slim.get(usize::from(end)).copied().unwrap_or(false)
    }

    /// Which gaps between neighbours are narrow: those on the far side of a slim lane, seen from the broker, whose
    /// packets need no room there; an outermost slim lane makes its only gap narrow.
    pub fn narrow(&self, brokers: &[bool]) -> Vec<bool> {
        let lanes = self.order.len();
        let is_broker = |place: usize| brokers.get(usize::from(self.end(place))).copied().unwrap_or(false);
        let broker = (0..lanes).find(|place| is_broker(*place)).unwrap_or(0);
        let slim = |place: usize| place != broker && self.is_slim(self.end(place));
        let gap = |gap: usize| match gap < broker {
            true => slim(gap + 1) || gap == 0 && slim(0),
            false => slim(gap) || gap + 2 == lanes && slim(gap + 1),
        };
        (0..lanes.saturating_sub(1)).map(gap).collect()
    }
}

impl Plan {
    /// A bit for each end that took part in one of the last rows before `step`, for the first 64 ends.
    fn busy(&self, capture: &Capture, step: Step) -> u64 {
        let past = self.past(step);
        if past < SILENT_ROWS {
            return u64::MAX; // Nobody has been silent for long yet.
        }
        let mut busy = 0;
        let packets = self.rows[..past].iter().rev().filter_map(|row| match row.kind {
            Kind::Packet(id) => capture.frame(id),
            _ => None,
        });
        for frame in packets.take(SILENT_ROWS) {
            busy |= 1_u64 << frame.from.min(63) | 1 << frame.to.min(63);
        }
        busy
    }
}
