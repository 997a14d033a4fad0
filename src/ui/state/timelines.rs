//! Timelines: what is done in the past starts another one, and what followed is kept.

use leptos::prelude::*;

use super::edits::{Moment, Notice, come_about};
use super::stage::Stage;
use crate::capture::Step;
use crate::sim::{Forks, Record};
use crate::time::Instant;

impl Stage {
    /// After a change at a moment that more had been seen of: what was stays as a timeline of its own.
    pub(super) fn branch(&self, before: &Moment, what: &str) {
        let Moment { record, step } = self.before();
        let seen = self.forks.with_value(|(_, seen)| *seen);
        let at = untrack(|| self.with_record(|sim| sim.now()));
        self.change(&mut |forks, seen| {
            forks.note(before.record.clone(), before.step);
            if before.step < *seen {
                forks.branch(what, record.clone(), step, at);
            }
            *seen = step;
        });
        if before.step < seen {
            self.tell_timelines();
        }
    }

    /// One of its kind, whatever is changed.
    fn change(&self, run: &mut dyn FnMut(&mut Forks, &mut Step)) {
        self.forks.update_value(|(forks, seen)| run(forks, seen));
    }

    pub(super) fn tell_timelines(&self) {
        let letters = self.forks.with_value(|(forks, _)| {
            let all = forks.all().iter().enumerate();
            let letter = |(at, fork): (usize, &crate::sim::Fork)| {
                if at == forks.current() { fork.letter } else { fork.letter.to_ascii_lowercase() }
            };
            all.map(letter).collect::<String>()
        });
        self.timelines.set(letters);
    }

    /// Another world is on stage: it has one timeline.
    pub(super) fn single(&self) {
        self.forks.set_value((Forks::new(Record::default(), 0), 0));
        self.timelines.set(String::new());
    }

    /// Something was taken back, or done again.
    pub(super) fn rejoin(&self) {
        let Moment { record, step } = self.before();
        self.change(&mut |forks, seen| {
            forks.rejoin(record.clone(), step);
            *seen = step;
        });
        self.tell_timelines();
    }

    /// The present as a timeline of its own, to go on from.
    pub fn fork_here(&self) {
        let (before, record) = (self.before(), self.world.with_value(|world| world.sim.record_so_far()));
        let at = untrack(|| self.with_record(|sim| sim.now()));
        self.change(&mut |forks, _| {
            forks.note(before.record.clone(), before.step);
            forks.branch("", record.clone(), before.step, at);
        });
        self.stand(&record, before.step);
    }

    /// What the second module asks for: `@9 4` to go to step 9 and choose packet 4, one of the two or both; `#2` to put that
    /// timeline on stage, `-2` to forget it, `=2 name` to call it so; `+` to fork here; or a name and, on the lines behind it, a world that becomes a timeline.
    /// With `!9 ` before the name it changes the one on stage, unless more has been seen than what happened until then,
    /// in microseconds.
    ///
    /// # Errors
    /// What is wrong with the world.
    pub fn ask(&self, asked: &str) -> Result<(), String> {
        if let Some((step, frame)) = asked.strip_prefix('@').map(|at| at.split_once(' ').unwrap_or((at, "")))
        {
            if let Ok(step) = step.parse() {
                self.seek(step);
            }
            if let Ok(frame) = frame.parse() {
                self.selection.choose(Some(frame));
            }
            return Ok(());
        }
        if asked == "+" {
            self.fork_here();
            return Ok(());
        }
        let before = self.before();
        self.change(&mut |forks, _| forks.note(before.record.clone(), before.step));
        let index = asked.get(1..).and_then(|number| number.parse().ok());
        if let Some(index) = index.filter(|_| asked.starts_with('#')) {
            let mut chosen = None;
            self.change(&mut |forks, _| chosen = forks.choose(index).cloned());
            if let Some(fork) = chosen {
                self.stand(&fork.record, fork.step);
            }
            return Ok(());
        }
        if let Some(index) = index.filter(|_| asked.starts_with('-')) {
            self.change(&mut |forks, _| drop(forks.remove(index)));
            self.tell_timelines();
            return Ok(());
        }
        if let Some((number, name)) = asked.strip_prefix('=').and_then(|asked| asked.split_once(' ')) {
            self.change(&mut |forks, _| forks.rename(number.parse().unwrap_or(usize::MAX), name));
            self.tell_timelines();
            return Ok(());
        }
        let (name, text) = asked.split_once('\n').unwrap_or(("", asked));
        // A change of the world on stage, from a time on.
        let change = name.strip_prefix('!').and_then(|name| name.split_once(' '));
        let (at, name) = change.map_or((0, name), |(at, name)| (at.parse().unwrap_or(u64::MAX), name));
        let at = Instant::from_micros(at);
        let others = Forks::from_text(text).map_err(|error| error.to_string())?;
        let world = come_about(&others)?;
        let seen = self.forks.with_value(|(_, seen)| *seen).max(before.step);
        let known = untrack(|| self.with_record(|sim| sim.step_time(seen)));
        let branches = change.is_none() || known.is_some_and(|known| at < known);
        self.change(&mut |forks, seen| {
            match others.all() {
                [it] if branches => drop(forks.branch(name, it.record.clone(), it.step, at)),
                [_] => {}
                _ => drop(forks.adopt(&others)),
            }
            *seen = 0;
        });
        self.remember(before);
        self.replace(world);
        self.tell_timelines();
        let words = match branches {
            true => [name, " is on stage as another timeline."].concat(),
            false => ["Changed: ", name, "."].concat(),
        };
        self.notice.set(Some(Notice::done(words)));
        Ok(())
    }

    /// Puts a timeline on stage.
    pub(super) fn stand(&self, record: &Record, step: u32) {
        self.playing.set(false);
        self.world.update_value(|world| {
            // It has come about before, so it does again.
            let _ = world.sim.become_record(record);
            world.look_ahead(step);
        });
        self.change(&mut |_, seen| *seen = 0);
        self.tell_timelines();
        self.renewed();
    }
}
