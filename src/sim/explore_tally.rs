//! How many ways lead to a state and what they cost, by passing on what is known from each state to those that
//! follow it, once everything before it is counted.

use super::explore_report::Range;
use super::explore_state::Cost;

/// A move from a state to the state of this number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub to: u32,
    pub cost: Cost,
}

/// What all ways to one state have in common.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub ways: u128,
    pub bytes: Range,
    pub packets: Range,
    pub copies: Range,
}

impl Sum {
    fn pass_on(&self, to: &mut Self, cost: Cost) {
        let more = |range: Range, by: u32| Range { least: range.least + by, most: range.most + by };
        let fresh = to.ways == 0;
        to.ways = to.ways.saturating_add(self.ways);
        for (to, range) in [
            (&mut to.bytes, more(self.bytes, cost.bytes)),
            (&mut to.packets, more(self.packets, cost.packets)),
            (&mut to.copies, more(self.copies, cost.copies)),
        ] {
            if fresh {
                *to = range;
            } else {
                to.cover(range);
            }
        }
    }
}

/// The count in progress.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    sums: Vec<Sum>,
    /// Moves to each state that are not counted yet.
    open: Vec<u32>,
    ready: Vec<u32>,
    counted: usize,
}

impl Tally {
    /// `open[n]` is how many moves lead to state n; state 0 is the beginning.
    pub fn new(open: Vec<u32>) -> Self {
        let mut sums = vec![Sum::default(); open.len()];
        sums[0].ways = 1;
        let ready = if open[0] == 0 { vec![0] } else { Vec::new() };
        Self { sums, open, ready, counted: 0 }
    }

    /// Counts the moves out of one more state; `false` when none is ready any more.
    pub fn count_one<'a>(&mut self, edges_of: impl Fn(u32) -> &'a [Edge]) -> bool {
        let Some(from) = self.ready.pop() else { return false };
        self.counted += 1;
        let sum = self.sums[from as usize];
        for edge in edges_of(from) {
            sum.pass_on(&mut self.sums[edge.to as usize], edge.cost);
            let open = &mut self.open[edge.to as usize];
            *open -= 1;
            if *open == 0 {
                self.ready.push(edge.to);
            }
        }
        true
    }

    /// After the end: the first state that can be come back to, or that follows one.
    pub fn endless(&self) -> Option<u32> {
        let first = self.open.iter().position(|open| *open > 0);
        first.map(|first| first as u32)
    }

    pub const fn counted(&self) -> usize {
        self.counted
    }

    pub fn sum(&self, state: u32) -> Sum {
        self.sums[state as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(to: u32, bytes: u32) -> Edge {
        Edge { to, cost: Cost { bytes, packets: 1, copies: 0 } }
    }

    fn tally(edges: &[Vec<Edge>]) -> Tally {
        let mut open = vec![0; edges.len()];
        edges.iter().flatten().for_each(|edge| open[edge.to as usize] += 1);
        let mut tally = Tally::new(open);
        while tally.count_one(|state| &edges[state as usize]) {}
        tally
    }

    #[test]
    fn ways_and_costs_are_those_of_all_ways() {
        // 0 → 1 → 3, 0 → 2 → 1, 0 → 3
        let edges = [vec![edge(1, 5), edge(2, 1), edge(3, 100)], vec![edge(3, 10)], vec![edge(1, 1)], vec![]];
        let tally = tally(&edges);
        let sum = tally.sum(3);
        assert_eq!(sum.ways, 3);
        assert_eq!(sum.bytes, Range { least: 12, most: 100 });
        assert_eq!(sum.packets, Range { least: 1, most: 3 });
        assert_eq!((tally.endless(), tally.counted()), (None, 4));
    }

    #[test]
    fn a_circle_is_found() {
        let tally = tally(&[vec![edge(1, 1)], vec![edge(2, 1)], vec![edge(1, 1)]]);
        assert_eq!((tally.endless(), tally.counted()), (Some(1), 1));
    }
}
