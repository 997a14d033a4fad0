//! Checkpoints: worlds of the past, from which the moments after them are replayed.

use litemap::LiteMap;

use super::world::World;
use crate::capture::Step;

/// The distance between the first checkpoints, in steps.
const FIRST_INTERVAL: Step = 32;
/// Checkpoints are this many at most, and half as many at least once there were so many: at step 1,000,000 they
/// are about 16,000 steps apart, which take some 30 ms to replay.
const MOST: Step = 128;

/// Worlds at regular steps; the distance grows with the number of steps, so that their number is bounded.
#[derive(Clone, Debug, Default)]
pub(super) struct Checkpoints {
    worlds: LiteMap<Step, World>,
}

/// How far apart checkpoints are when `step` steps have been taken.
fn interval(step: Step) -> Step {
    let mut interval = FIRST_INTERVAL;
    while step / interval >= MOST {
        interval *= 2;
    }
    interval
}

impl Checkpoints {
    /// Only the beginning.
    pub fn new(beginning: World) -> Self {
        let mut worlds = LiteMap::new();
        worlds.insert(0, beginning);
        Self { worlds }
    }

    /// Keeps the world if its step is one to keep, and thins out the others if they have become too many.
    pub fn offer(&mut self, world: &World) {
        let interval = interval(world.step);
        if world.step.is_multiple_of(interval) {
            self.worlds.insert(world.step, world.clone());
            if self.worlds.len() > MOST as usize {
                self.worlds.retain(|step, _| step.is_multiple_of(interval));
            }
        }
    }

    /// The last world at `step` or before it.
    pub fn before(&self, step: Step) -> Option<&World> {
        let behind = self.worlds.find_index(&step).map_or_else(|behind| behind, |found| found + 1);
        self.worlds.get_indexed(behind.checked_sub(1)?).map(|(_, world)| world)
    }

    /// Forgets what came after `step`.
    pub fn truncate(&mut self, step: Step) {
        self.worlds.retain(|kept, _| *kept <= step);
    }

    /// All of them.
    pub fn worlds_mut(&mut self) -> impl Iterator<Item = &mut World> {
        self.worlds.iter_mut().map(|(_, world)| world)
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
        for step in 1..=200_000 {
            world.step = step;
            checkpoints.offer(&world);
            assert!(checkpoints.worlds.len() <= MOST as usize);
            if step % 997 == 0 {
                let near = checkpoints.before(step).map(|kept| step - kept.step);
                assert!(near.is_some_and(|steps| steps < interval(step)), "{step}: {near:?}");
                let middle = checkpoints.before(step / 2).map(|kept| step / 2 - kept.step);
                assert!(middle.is_some_and(|steps| steps < interval(step)), "{step}: {middle:?}");
            }
        }
        checkpoints.truncate(1_000);
        assert!(checkpoints.before(200_000).is_some_and(|kept| kept.step <= 1_000));
    }
}
