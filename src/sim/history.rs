//! Checkpoints: worlds of the past, from which the moments after them are replayed.

use std::sync::Arc;

use litemap::LiteMap;

use super::world::World;
use crate::capture::Step;

/// The distance between the first checkpoints, in steps.
const FIRST_INTERVAL: Step = 32;
/// Checkpoints are this many at most: at step 1,000,000 they are about 1,000 steps apart.
const MOST: usize = 1_024;
/// What they may take together, by [`World::weight`]. There are [`FEWEST`] in any case.
const BUDGET_BYTES: usize = 48 << 20;
const FEWEST: usize = 64;

/// Worlds at regular steps; the distance grows with the number of steps and the worlds' size, so that their number and
/// their memory are bounded. A copy shares them.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    worlds: LiteMap<Step, (Arc<World>, usize)>,
    interval: Step,
    bytes: usize,
}

impl Checkpoints {
    /// Only the beginning.
    pub fn new(beginning: World) -> Self {
        let mut worlds = LiteMap::new();
        worlds.insert(0, (Arc::new(beginning), 0));
        Self { worlds, interval: FIRST_INTERVAL, bytes: 0 }
    }

    /// Keeps the world if its step is one to keep, and thins out the others if they have become too many or too large.
    pub fn offer(&mut self, world: &World) {
        if !world.step.is_multiple_of(self.interval) {
            return;
        }
        let weight = world.weight();
        self.bytes += weight;
        if let Some((_, before)) = self.worlds.insert(world.step, (Arc::new(world.clone()), weight)) {
            self.bytes -= before;
        }
        while self.worlds.len() > MOST || self.bytes > BUDGET_BYTES && self.worlds.len() > FEWEST {
            self.interval *= 2;
            let interval = self.interval;
            self.worlds.retain(|step, _| step.is_multiple_of(interval));
            self.weigh();
        }
    }

    /// The last world at `step` or before it.
    pub fn before(&self, step: Step) -> Option<&World> {
        let behind = self.worlds.find_index(&step).map_or_else(|behind| behind, |found| found + 1);
        self.worlds.get_indexed(behind.checked_sub(1)?).map(|(_, (world, _))| &**world)
    }

    /// Forgets what came after `step`.
    pub fn truncate(&mut self, step: Step) {
        self.worlds.retain(|kept, _| *kept <= step);
        self.weigh();
        while self.interval > FIRST_INTERVAL
            && (self.worlds.len() * 4) < MOST
            && self.bytes * 4 < BUDGET_BYTES
        {
            self.interval /= 2;
        }
    }

    fn weigh(&mut self) {
        self.bytes = self.worlds.iter().map(|(_, (_, weight))| weight).sum();
    }

    /// All of them.
    pub fn worlds_mut(&mut self) -> impl Iterator<Item = &mut World> {
        self.worlds.iter_mut().map(|(_, (world, _))| Arc::make_mut(world))
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Scenario;
    use super::*;

    #[test]
    fn checkpoints_stay_few_and_near() {
        let mut world = World::new(&Scenario::default());
        let mut checkpoints = Checkpoints::new(world.clone());
        for step in 1..=1_000_000 {
            world.step = step;
            checkpoints.offer(&world);
            if step % 9_973 == 0 {
                assert!(checkpoints.worlds.len() <= MOST);
                let near = |step: Step| checkpoints.before(step).map(|kept| step - kept.step);
                for step in [step, step / 2, step / 3] {
                    assert!(near(step).is_some_and(|steps| steps < checkpoints.interval), "{step}");
                }
            }
        }
        assert!(checkpoints.interval <= 1_024, "{}", checkpoints.interval);
        checkpoints.truncate(1_000);
        assert!(checkpoints.before(200_000).is_some_and(|kept| kept.step <= 1_000));
        assert_eq!(checkpoints.interval, FIRST_INTERVAL);
    }

    #[test]
    fn large_worlds_are_kept_further_apart() {
        let clients =
            (0..1_000).map(|n| super::super::ClientSpec { name: n.to_string(), ..Default::default() });
        let mut world = World::new(&Scenario { clients: clients.collect(), ..Scenario::default() });
        let mut checkpoints = Checkpoints::new(world.clone());
        for step in 1..=3_000 {
            world.step = step;
            checkpoints.offer(&world);
            assert!(checkpoints.bytes <= BUDGET_BYTES || checkpoints.worlds.len() <= FEWEST);
        }
        assert!(checkpoints.interval > FIRST_INTERVAL && checkpoints.worlds.len() >= FEWEST / 2);
    }
}
