//! What a mirror was told since its terminals were new, as text: another one that is told the same becomes the same.

use super::mirror::Mirror;
use crate::capture::Step;
use crate::sim::{Action, Record, UserAction};
use crate::time::Instant;

/// Bytes that are kept at most; terminals that were told more begin anew after a reload.
pub const MAX_JOURNAL: usize = 400_000;
/// Actions of the other side that are told one by one; more of them are told as a whole world.
const MAX_ACTIONS: usize = 8;

/// One call a line: what it is, numbers, a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Journal {
    text: String,
    /// Where the last line begins, if it tells of time alone.
    time: Option<usize>,
    is_full: bool,
}

impl Journal {
    /// So many terminals, and nothing told.
    pub fn new(terminals: usize) -> Self {
        let mut journal = Self::default();
        journal.put(&["terminals ", &terminals.to_string()]);
        journal
    }

    fn put(&mut self, parts: &[&str]) {
        self.time = None;
        self.is_full |= self.text.len() + parts.iter().map(|it| it.len()).sum::<usize>() > MAX_JOURNAL;
        if self.is_full {
            self.text.clear();
            return;
        }
        parts.iter().for_each(|part| self.text.push_str(part));
        self.text.push('\n');
    }

    /// All of it, if that is not too much.
    pub fn text(&self) -> Option<&str> {
        (!self.is_full).then_some(&*self.text)
    }

    /// Whether it tells all of another one, and perhaps more.
    pub fn goes_on_from(&self, other: &Self) -> bool {
        !other.is_full && self.text.starts_with(&other.text)
    }

    pub fn opened(&mut self) {
        self.put(&["open"]);
    }

    /// Something was done in a terminal: `enter` or `save` with a text, `interrupt` or `leave` without.
    pub fn acted(&mut self, what: &str, terminal: usize, step: Step, at: Instant, text: &str) {
        let numbers =
            [&*terminal.to_string(), " ", &step.to_string(), " ", &at.as_micros().to_string()].concat();
        self.put(&[what, " ", &numbers, " ", &escaped(text)]);
    }

    /// The other side's record was told.
    pub fn became(&mut self, before: &Record, now: &Record, step: Step) {
        let common = before.actions.iter().zip(&now.actions).take_while(|(a, b)| a == b).count();
        let more = &now.actions[common..];
        if before.scenario != now.scenario || more.len() > MAX_ACTIONS {
            return self.put(&["world ", &step.to_string(), " ", &one_line(&now.to_text(0))]);
        }
        self.put(&["keep ", &common.to_string()]);
        for UserAction { at, after, client, action } in more {
            let numbers =
                [at.as_micros(), u64::from(*after), *client as u64].map(|number| number.to_string());
            self.put(&["do ", &numbers.join(" "), " ", &one_line(&action.to_text())]);
        }
        self.put(&["kept ", &step.to_string()]);
    }

    /// Time went on to a step.
    pub fn went_on(&mut self, step: Step) {
        if let Some(begin) = self.time {
            self.text.truncate(begin);
        }
        let begin = self.text.len();
        self.put(&["step ", &step.to_string()]);
        self.time = (!self.is_full).then_some(begin);
    }
}

/// Line ends mean nothing there.
fn one_line(json: &str) -> String {
    json.replace('\n', "")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescaped(text: &str) -> String {
    let (mut out, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            c => c,
        });
    }
    out
}

/// What was entered, by terminal, oldest first.
pub fn entered(journal: &str) -> impl Iterator<Item = (usize, String)> {
    journal.lines().filter_map(|line| {
        let (numbers, text) = read(line.strip_prefix("enter ")?, 3)?;
        Some((numbers[0] as usize, text))
    })
}

/// So many numbers, and the text behind them.
fn read(mut rest: &str, count: usize) -> Option<(Vec<u64>, String)> {
    let mut numbers = Vec::new();
    for _ in 0..count {
        let (number, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        numbers.push(number.parse().ok()?);
        rest = behind;
    }
    Some((numbers, unescaped(rest)))
}

impl Mirror {
    /// What it was told since its terminals were new, for [`Mirror::restored`]; `None` where that is too much.
    pub fn journal(&self) -> Option<&str> {
        self.journal.text()
    }

    /// The mirror that was told so, if it has come to this record: then its terminals are what they were.
    pub fn restored(journal: &str, record: &Record) -> Option<Self> {
        Self::told(journal).filter(|mirror| mirror.agreed() == record)
    }

    fn told(journal: &str) -> Option<Self> {
        let mut mirror: Option<Self> = None;
        let mut world: Option<Record> = None;
        for line in journal.lines() {
            let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
            if what == "terminals" {
                mirror = Some(Self::new(rest.parse().ok().filter(|count| *count <= super::MAX_TERMINALS)?));
                continue;
            }
            let it = mirror.as_mut()?;
            match what {
                "open" => drop(it.open()),
                "step" => drop(it.follow(None, rest.parse().ok()?)),
                "world" => {
                    let (step, text) = rest.split_once(' ')?;
                    it.follow(Some(Record::from_text(text).ok()?.0), step.parse().ok()?);
                }
                "keep" => {
                    let mut record = it.agreed().clone();
                    record.actions.truncate(rest.parse().ok()?);
                    world = Some(record);
                }
                "do" => {
                    let mut parts = rest.splitn(4, ' ');
                    let mut number = || parts.next()?.parse::<u64>().ok();
                    let (at, after, client) = (number()?, number()?, number()?);
                    let (at, client) = (Instant::from_micros(at), client as usize);
                    let action = Action::from_text(parts.next()?).ok()?;
                    let done = UserAction { at, after: u32::try_from(after).ok()?, client, action };
                    world.as_mut()?.actions.push(done);
                }
                "kept" => drop(it.follow(Some(world.take()?), rest.parse().ok()?)),
                _ => it.again(what, rest)?,
            }
        }
        mirror
    }

    /// Does once more what was done in a terminal.
    fn again(&mut self, what: &str, rest: &str) -> Option<()> {
        let (numbers, text) = read(rest, 3)?;
        let (terminal, step) = (numbers[0] as usize, Step::try_from(numbers[1]).ok()?);
        let at = Instant::from_micros(numbers[2]);
        match what {
            "enter" => drop(self.enter(terminal, &text, step, at)),
            "interrupt" => drop(self.interrupt(terminal, step, at)),
            "save" => drop(self.save(terminal, Some(&text), step, at)),
            "leave" => drop(self.save(terminal, None, step, at)),
            _ => return None,
        }
        Some(())
    }
}
