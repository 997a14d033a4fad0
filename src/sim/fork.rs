//! Timelines side by side: what a world has become in one way and in another.

use super::record::{Record, ReplayError};
use super::run::Sim;
use crate::capture::Step;
use crate::time::Instant;

/// Timelines that are kept at most: one a letter.
pub const MAX_FORKS: usize = 26;

/// A timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// What it is called: from what differs, or as the user says.
    pub name: String,
    /// What brings it about.
    pub record: Record,
    /// Where its cursor stands.
    pub step: Step,
    /// The timeline that it left, by its letter, and when; the first one has left none.
    pub from: Option<(char, Instant)>,
    /// Its letter, from A on: never given again while others remember it.
    pub letter: char,
}

/// All timelines of a page. The one on stage is up to date only after [`Forks::note`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forks {
    forks: Vec<Fork>,
    current: usize,
}

impl Forks {
    /// One timeline.
    pub fn new(record: Record, step: Step) -> Self {
        Self { forks: vec![Fork { name: String::new(), record, step, from: None, letter: 'A' }], current: 0 }
    }

    /// Timelines that were kept, in the order of their letters; nothing where one has no letter of its own, or none of
    /// them is `current`.
    pub(super) fn of(forks: Vec<Fork>, current: usize) -> Option<Self> {
        let letters = |pair: &[Fork]| pair[0].letter < pair[1].letter;
        let fits = current < forks.len() && forks.windows(2).all(letters);
        (fits && forks.iter().all(|fork| fork.letter.is_ascii_uppercase())).then_some(Self { forks, current })
    }

    /// Changes what brings each of them about.
    pub(super) fn change_records(&mut self, change: &mut dyn FnMut(&mut Record)) {
        self.forks.iter_mut().for_each(|fork| change(&mut fork.record));
    }

    /// All of them, in the order of their letters.
    pub fn all(&self) -> &[Fork] {
        &self.forks
    }

    /// Which one is on stage.
    pub const fn current(&self) -> usize {
        self.current
    }

    /// What has become of the timeline on stage.
    pub fn note(&mut self, record: Record, step: Step) {
        let fork = &mut self.forks[self.current];
        (fork.record, fork.step) = (record, step);
    }

    /// Something else is done at a moment of the timeline on stage, which stays as it was noted: a new one, which is on
    /// stage now. `false` where there is no room for one: the timeline on stage is changed then.
    pub fn branch(&mut self, name: &str, record: Record, step: Step, at: Instant) -> bool {
        let used = |letter: char| self.forks.iter().any(|fork| fork.letter == letter);
        let Some(letter) = ('A'..='Z').find(|letter| !used(*letter)) else {
            self.note(record, step);
            return false;
        };
        let from = Some((self.forks[self.current].letter, at));
        let fork = Fork { name: name.to_owned(), record, step, from, letter };
        let place = self.forks.partition_point(|other| other.letter < letter);
        self.forks.insert(place, fork);
        self.current = place;
        true
    }

    /// Takes the timelines of another page beside these, with letters that are free, and puts the one on stage that was
    /// there. Gives how many have no letter and are left out; it is not one of them unless no letter is free at all.
    pub fn adopt(&mut self, others: &Self) -> usize {
        let free = |letter: &char| self.forks.iter().all(|fork| fork.letter != *letter);
        let mut letters: Vec<char> = ('A'..='Z').filter(free).collect();
        let mut taken: Vec<usize> = (0..others.forks.len()).collect();
        while taken.len() > letters.len() {
            let last = taken.iter().rposition(|at| *at != others.current || taken.len() == 1);
            taken.remove(last.unwrap_or_default());
        }
        letters.truncate(taken.len());
        let new = |old: char| {
            let at = taken.iter().position(|at| others.forks[*at].letter == old)?;
            letters.get(at).copied()
        };
        let mut current = None;
        for (at, letter) in taken.iter().zip(&letters) {
            let it = &others.forks[*at];
            let from = it.from.and_then(|(from, at)| Some((new(from)?, at)));
            let place = self.forks.partition_point(|other| other.letter < *letter);
            self.forks.insert(place, Fork { from, letter: *letter, ..it.clone() });
            current = if *at == others.current { Some(*letter) } else { current };
        }
        if let Some(place) = self.forks.iter().position(|fork| Some(fork.letter) == current) {
            self.current = place;
        }
        others.forks.len() - taken.len()
    }

    /// Puts another timeline on stage.
    pub fn choose(&mut self, index: usize) -> Option<&Fork> {
        let fork = self.forks.get(index)?;
        self.current = index;
        Some(fork)
    }

    /// Calls a timeline by another name.
    pub fn rename(&mut self, index: usize, name: &str) {
        if let Some(fork) = self.forks.get_mut(index) {
            fork.name = name.to_owned();
        }
    }

    /// The timeline on stage has become this record again: where another one is that, it is that one, and the one on
    /// stage, which was the same but for what was taken back, is no more.
    pub fn rejoin(&mut self, record: Record, step: Step) {
        let same = self.forks.iter().position(|fork| fork.record == record);
        match same.filter(|same| *same != self.current) {
            None => self.note(record, step),
            Some(same) => {
                let gone = std::mem::replace(&mut self.current, same);
                self.remove(gone);
                self.note(record, step);
            }
        }
    }

    /// Forgets a timeline, but never the one on stage; those that left it stay.
    pub fn remove(&mut self, index: usize) -> Option<Fork> {
        if index == self.current || index >= self.forks.len() {
            return None;
        }
        let gone = self.forks.remove(index);
        self.current -= usize::from(index < self.current);
        Some(gone)
    }
}

impl Sim {
    /// The world of a timeline, worked out as far as another world has come: what both have in common is not run again.
    ///
    /// # Errors
    /// When the record contradicts itself or is too long.
    pub fn of_fork(&self, fork: &Fork, ahead: u32) -> Result<Self, ReplayError> {
        let mut sim = self.clone();
        sim.become_record(&fork.record)?;
        sim.settle(ahead);
        sim.seek(fork.step);
        Ok(sim)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Action;
    use super::super::scenarios::scenarios;
    use super::*;

    #[test]
    fn an_edit_in_the_past_keeps_what_was() {
        let mut sim = Sim::new(scenarios().remove(1));
        sim.settle(1_000);
        let end = sim.cursor();
        let mut forks = Forks::new(sim.record(), end);
        sim.seek(11);
        forks.note(sim.record(), 11);
        sim.act(0, Action::Cut).expect("connected");
        assert!(forks.branch("cut the link", sim.record(), sim.cursor(), sim.now()));
        assert_eq!(
            (forks.current(), forks.all()[1].letter, forks.all()[1].from),
            (1, 'B', Some(('A', sim.now())))
        );
        assert!(forks.all()[0].record.actions.is_empty());
        let first = forks.choose(0).expect("there").clone();
        let mut back = sim.of_fork(&first, 1_000).expect("it came about before");
        assert_eq!((back.cursor(), back.recorded()), (11, end));
        back.seek(end);
        assert_eq!(back.client(1).received_count(), 1);
        assert_eq!(forks.remove(0), None, "it is on stage");
        forks.choose(1);
        forks.rejoin(first.record.clone(), 3);
        assert_eq!((forks.all().len(), forks.current(), forks.all()[0].step), (1, 0, 3), "taken back");
        forks.branch("", sim.record(), 0, sim.now());
        forks.choose(0);
        forks.rename(1, "mine");
        assert_eq!(forks.remove(1).map(|fork| fork.name), Some("mine".to_owned()));
    }

    #[test]
    fn timelines_of_another_page_stand_beside_these() {
        let record = |seed| {
            let mut record = Record::default();
            record.scenario.seed = seed;
            record
        };
        let mut others = Forks::new(record(2), 3);
        assert!(others.branch("cut", record(3), 4, Instant::from_millis(5)));
        let mut forks = Forks::new(record(1), 0);
        assert_eq!(forks.adopt(&others), 0);
        let told: Vec<_> =
            forks.all().iter().map(|it| (it.letter, it.from, it.record.scenario.seed)).collect();
        let from = Some(('B', Instant::from_millis(5)));
        assert_eq!(told, [('A', None, 1), ('B', None, 2), ('C', from, 3)]);
        assert_eq!((forks.current(), forks.all()[2].step, &*forks.all()[2].name), (2, 4, "cut"));
        // 23 letters are left: 11 times two, and of the last pair the one that was on stage.
        for _ in 0..11 {
            assert_eq!(forks.adopt(&others), 0);
        }
        assert_eq!(forks.adopt(&others), 1);
        assert_eq!((forks.all().len(), forks.current(), forks.all()[25].record.scenario.seed), (26, 25, 3));
        assert_eq!(forks.adopt(&others), 2);
        assert_eq!(forks.all().len(), 26);
    }

    #[test]
    fn letters_run_out() {
        let sim = Sim::new(scenarios().remove(0));
        let mut forks = Forks::new(sim.record(), 0);
        for _ in 1..MAX_FORKS {
            assert!(forks.branch("", sim.record(), 0, Instant::ZERO));
        }
        assert!(!forks.branch("", sim.record(), 7, Instant::ZERO));
        assert_eq!((forks.all().len(), forks.current(), forks.all()[25].step), (MAX_FORKS, 25, 7));
        forks.choose(0);
        forks.remove(3);
        assert!(forks.branch("again", sim.record(), 0, Instant::ZERO));
        assert_eq!((forks.all()[3].letter, forks.current()), ('D', 3));
    }
}
