//! A world of the console's own that stays equal to another one.
//!
//! The page's world and the terminals stand in two modules that share no memory. The terminals act on a mirror: a world
//! brought about from the same [`Record`]. That is safe because a record determines its world to the byte, whoever
//! brings it about, and because all that programs do are actions with times, which stand in the record:
//!
//! - A line that is entered runs in the mirror alone. What it made of the record goes to the other side, which becomes
//!   that record: equal again.
//! - Something is done on the other side: its record comes here, the mirror becomes it, and the programs look at each
//!   step from there on, as far as they have anything to do. If they act, the record goes back once; on the other side it
//!   changes nothing up to where its cursor stands.
//! - Whoever is told a record that it has already does nothing, so that the exchange ends.
//!
//! A terminal is told by step, so that at an earlier one it is what it was. For undo and for other timelines the
//! terminals of the last [`MAX_KEPT`] records are kept; where none of them fits a record that is more than one action
//! away, the programs are gone, as they are on a machine that starts anew.

use std::collections::VecDeque;

use super::journal::Journal;
use super::terminals::{Console, Rest};
use crate::capture::Step;
use crate::sim::{Record, Scenario, Sim};
use crate::time::Instant;

/// Records whose terminals are kept.
pub const MAX_KEPT: usize = 12;

/// Steps of a long history that the broker's log tells of where no program ran.
const LOGGED: Step = 2_000;

/// Terminals over a world that follows another one.
#[derive(Clone, Debug)]
pub struct Mirror {
    sim: Sim,
    console: Console,
    /// What the other side is known to have.
    agreed: Record,
    kept: VecDeque<(Record, Console, Journal)>,
    pub(super) journal: Journal,
}

/// What has become of the world by a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// What the other side is to become.
    pub record: Record,
    /// Where its cursor is to stand.
    pub rest: Rest,
}

impl Mirror {
    /// Nothing yet, with so many terminals.
    pub fn new(terminals: usize) -> Self {
        let record = Record::default();
        let sim = Sim::new(record.scenario.clone());
        let journal = Journal::new(terminals);
        Self { sim, console: fresh(terminals), agreed: record, kept: VecDeque::new(), journal }
    }

    /// The record that both sides have.
    pub(super) const fn agreed(&self) -> &Record {
        &self.agreed
    }

    /// The world.
    pub const fn sim(&self) -> &Sim {
        &self.sim
    }

    /// The terminals.
    pub const fn console(&self) -> &Console {
        &self.console
    }

    /// One more terminal: its number, or `None` if there are enough.
    pub fn open(&mut self) -> Option<usize> {
        self.journal.opened();
        self.console.open()
    }

    /// Types a line and Enter at a step, not before a time.
    pub fn enter(&mut self, terminal: usize, line: &str, step: Step, at: Instant) -> Entered {
        self.keep();
        self.journal.acted("enter", terminal, step, at, line);
        self.act(step, |console, sim| console.enter_at(sim, terminal, line, at))
    }

    /// Ctrl-C at a step, not before a time.
    pub fn interrupt(&mut self, terminal: usize, step: Step, at: Instant) -> Entered {
        self.keep();
        self.journal.acted("interrupt", terminal, step, at, "");
        self.act(step, |console, sim| console.interrupt_at(sim, terminal, at))
    }

    /// Ends the editor of a terminal, and writes its file if there is a text for it.
    pub fn save(&mut self, terminal: usize, text: Option<&str>, step: Step, at: Instant) -> Entered {
        let what = if text.is_some() { "save" } else { "leave" };
        self.keep();
        self.journal.acted(what, terminal, step, at, text.unwrap_or_default());
        self.act(step, |console, sim| console.save_at(sim, terminal, text, at))
    }

    fn act(&mut self, step: Step, act: impl FnOnce(&mut Console, &mut Sim) -> Rest) -> Entered {
        self.sim.seek(step);
        let rest = act(&mut self.console, &mut self.sim);
        self.agreed = self.sim.record();
        Entered { record: self.agreed.clone(), rest }
    }

    /// The other side's record, if it may be another one, and where its cursor stands. Gives back the record that the
    /// programs have made of it, if they did anything.
    pub fn follow(&mut self, record: Option<Record>, step: Step) -> Option<Record> {
        if let Some(record) = record.filter(|record| *record != self.agreed) {
            match self.become_record(&record) {
                Terminals::GoOn => self.journal.became(&self.agreed, &record, step),
                // It tells of this record already.
                Terminals::Kept(journal) => {
                    self.journal = *journal;
                    if self.sim.recorded() < step {
                        self.journal.went_on(step);
                    }
                }
                Terminals::New => {
                    self.journal = Journal::new(self.console.terminal_count());
                    self.journal.became(&Record::default(), &record, step);
                }
            }
            self.agreed = record;
        } else if self.sim.recorded() < step {
            self.journal.went_on(step);
        }
        if !self.console.is_waiting() && self.sim.recorded() < step {
            // Nobody acts, and the log needs no more than its end.
            self.sim.seek(self.sim.recorded().max(step.saturating_sub(LOGGED)));
        }
        while self.sim.recorded() < step {
            self.sim.seek(self.sim.recorded());
            if !self.sim.step() {
                break;
            }
            self.console.follow(&mut self.sim);
        }
        let made = self.sim.record();
        (made != self.agreed).then(|| {
            self.agreed = made.clone();
            made
        })
    }

    fn keep(&mut self) {
        self.kept.retain(|(record, ..)| *record != self.agreed);
        if self.kept.len() >= MAX_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((self.agreed.clone(), self.console.clone(), self.journal.clone()));
    }

    /// Becomes what the other side is.
    fn become_record(&mut self, record: &Record) -> Terminals {
        self.keep();
        let common = self.agreed.actions.iter().zip(&record.actions).take_while(|(a, b)| a == b).count();
        let more = record.actions.len() - common;
        let goes_on = is_part(&self.agreed.scenario, &record.scenario) && more <= 1;
        if self.sim.become_record(record).is_err() {
            // The other side has brought it about: it is one that both can.
            self.sim = Sim::new(record.scenario.clone());
        }
        if let Some(at) = self.kept.iter().position(|(of, ..)| of == record)
            && let Some((_, console, journal)) = self.kept.remove(at)
        {
            self.console = console;
            self.sim.seek(self.console.end());
            return match self.journal.goes_on_from(&journal) {
                true => Terminals::GoOn,
                false => Terminals::Kept(Box::new(journal)),
            };
        }
        if goes_on {
            self.console.wind_back(self.sim.cursor().saturating_sub(more as Step));
            self.console.follow(&mut self.sim);
            return Terminals::GoOn;
        }
        self.console = fresh(self.console.terminal_count());
        Terminals::New
    }
}

/// What the terminals are in another record.
enum Terminals {
    /// What the journal brings about with one call more.
    GoOn,
    /// Older ones, which this other journal brings about.
    Kept(Box<Journal>),
    New,
}

fn fresh(terminals: usize) -> Console {
    let mut console = Console::new();
    for _ in 0..terminals {
        console.open();
    }
    console
}

/// Whether what has happened in one scenario has happened in the other: it has no more than other names and more clients.
fn is_part(a: &Scenario, b: &Scenario) -> bool {
    let mut clients = a.clients.iter().zip(&b.clients);
    let alike = a.clients.len() <= b.clients.len() && clients.all(|(a, b)| a.config == b.config);
    let bare = |of: &Scenario| Scenario { clients: Vec::new(), ..of.clone() };
    alike && bare(a) == bare(b)
}
