//! What a world will do by itself, at its time or when something happens: each action as its line in the world's text.

use crate::sim::{LineError, LineFault, Record, name_in_line};

/// The first broker's name in a line.
const BROKER: &str = "broker";

/// An action that is planned. What it consists of are words of its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// It waits for something to happen; else it has a time.
    pub waits: bool,
    /// The time, in seconds.
    pub at: String,
    /// At whom something has to happen.
    pub of: String,
    /// What: one of [`Happening::NAMES`](crate::sim::Happening::NAMES).
    pub what: String,
    /// A packet's name or a topic filter; any, where it is empty.
    pub which: String,
    /// Which time, from 1; 0 for every one.
    pub nth: String,
    /// How much later: `5ms`.
    pub later: String,
    /// Who acts.
    pub who: String,
    /// What that one does: `publish`.
    pub action: String,
    /// What belongs to it: `sensors/a "21.5" qos=1`.
    pub with: String,
}

impl Planned {
    /// What its line tells.
    fn of_line(line: &str) -> Option<Self> {
        let mut it = Self { nth: "1".to_owned(), ..Self::default() };
        let deed = match line.strip_prefix("when ") {
            None => {
                let (at, deed) = cut(line);
                it.at = at.to_owned();
                deed
            }
            Some(rest) => {
                it.waits = true;
                let (of, rest) = cut(rest);
                let (what, mut rest) = cut(rest);
                (it.of, it.what) = (of.to_owned(), what.to_owned());
                loop {
                    let (word, after) = cut(rest);
                    rest = after;
                    match (word, word.strip_prefix("nth="), word.strip_prefix("after=")) {
                        ("", ..) => return None,
                        ("do", ..) => break rest,
                        ("every", ..) => it.nth = "0".to_owned(),
                        (_, Some(nth), _) => it.nth = nth.to_owned(),
                        (_, _, Some(later)) => it.later = later.to_owned(),
                        _ => it.which = word.to_owned(),
                    }
                }
            }
        };
        let (who, rest) = cut(deed);
        let (action, with) = cut(rest);
        (it.who, it.action, it.with) = (who.to_owned(), action.to_owned(), with.to_owned());
        Some(it)
    }

    /// Its line.
    pub fn line(&self) -> String {
        let deed = [&*self.who, &self.action, self.with.trim()].join(" ");
        if !self.waits {
            return [self.at.trim(), " ", deed.trim_end()].concat();
        }
        let mut out = ["when ", &*self.of, " ", &self.what].concat();
        let takes = matches!(&*self.what, "sends" | "receives" | "delivers");
        if takes && !self.which.trim().is_empty() {
            out += &[" ", self.which.trim()].concat();
        }
        match self.nth.trim() {
            "" | "1" => {}
            "0" => out += " every",
            nth => out += &[" nth=", nth].concat(),
        }
        if !matches!(self.later.trim(), "" | "0" | "0ms") {
            out += &[" after=", self.later.trim()].concat();
        }
        out + " do " + deed.trim_end()
    }
}

/// The first word, which may be quoted, and what is behind it.
fn cut(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut escaped = false;
    let ends = |c: char| {
        match (c, escaped) {
            (_, true) => escaped = false,
            ('\\', _) => escaped = quoted,
            ('"', _) => quoted = !quoted,
            (' ', _) => return !quoted,
            _ => {}
        }
        false
    };
    let end = text.find(ends).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

fn is_planned(line: &str) -> bool {
    line.starts_with("when ") || line.starts_with(|c: char| c.is_ascii_digit())
}

/// All that is planned, those with a time first.
pub fn planned(record: &Record) -> Vec<Planned> {
    record.to_lines(0).lines().filter(|line| is_planned(line)).filter_map(Planned::of_line).collect()
}

/// The world with `it` in place of the planned action of this place, or behind all others; without it where there is none.
///
/// # Errors
/// What is wrong with `it`. The column counts in its line.
pub fn with_planned(
    record: &Record,
    place: Option<usize>,
    it: Option<&Planned>,
) -> Result<Record, LineError> {
    let lines = record.to_lines(0);
    let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    let places: Vec<usize> = (0..lines.len()).filter(|at| is_planned(&lines[*at])).collect();
    let line = it.map(Planned::line);
    // What is typed is one line, and one of an action.
    if let Some(line) = &line
        && (line.contains('\n') || !is_planned(line))
    {
        let why = LineFault::Expected("a time in seconds");
        return Err(LineError { line: 1, column: 1, len: 0, why });
    }
    match (place.and_then(|place| places.get(place)), line) {
        (Some(at), Some(line)) => lines[*at] = line,
        (Some(at), None) => drop(lines.remove(*at)),
        (None, Some(line)) => lines.push(line),
        (None, None) => {}
    }
    Record::from_lines(&lines.join("\n")).map(|(record, _)| record)
}

/// Who can act and at whom something can happen: what lines call them, and what people do.
pub fn parties(record: &Record) -> Vec<(String, String)> {
    let scenario = &record.scenario;
    let clients = scenario.clients.iter().map(|it| &it.name);
    let brokers = scenario.brokers.iter().map(|it| &it.name);
    let named = |name: &String| (name_in_line(name), name.clone());
    let first = (BROKER.to_owned(), scenario.first_broker().to_owned());
    clients.map(named).chain([first]).chain(brokers.map(named)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "client \"pub 1\"\nclient sub1\n0.500 \"pub 1\" connect\n\
        2.000 \"pub 1\" publish a \"to \\\"b\\\" do\" qos=1\n\
        when sub1 receives PUBLISH nth=2 after=5ms do sub1 cut\n\
        when sub1 delivers \"do\" every do broker stop-broker\n";

    fn record() -> Record {
        Record::from_lines(TEXT).expect("lines").0
    }

    #[test]
    fn what_is_planned_is_read_from_its_line_and_written_alike() {
        let record = record();
        let all = planned(&record);
        assert_eq!(all.len(), 4);
        assert_eq!((&*all[1].who, &*all[1].action, all[1].waits), ("\"pub 1\"", "publish", false));
        assert_eq!(all[1].with, "a \"to \\\"b\\\" do\" qos=1");
        assert_eq!((&*all[2].which, &*all[2].nth, &*all[2].later), ("PUBLISH", "2", "5ms"));
        assert_eq!((&*all[3].which, &*all[3].nth, &*all[3].who), ("\"do\"", "0", "broker"));
        for (at, it) in all.iter().enumerate() {
            assert_eq!(with_planned(&record, Some(at), Some(it)).as_ref(), Ok(&record), "{}", it.line());
        }
    }

    #[test]
    fn one_is_added_changed_and_removed() {
        let record = record();
        let more = Planned {
            waits: true,
            of: "sub1".to_owned(),
            what: "connects".to_owned(),
            who: "sub1".to_owned(),
            action: "subscribe".to_owned(),
            with: "a qos=1".to_owned(),
            ..Planned::default()
        };
        let with = with_planned(&record, None, Some(&more)).expect("a line");
        assert_eq!(with.scenario.conditions.len(), 3);
        assert_eq!(planned(&with)[4], Planned { nth: "1".to_owned(), ..more.clone() });
        let later = Planned { at: "3".to_owned(), ..planned(&record)[0].clone() };
        let changed = with_planned(&record, Some(0), Some(&later)).expect("a line");
        assert_eq!(changed.scenario.actions[0].at, crate::time::Instant::from_millis(3_000));
        let without = with_planned(&record, Some(3), None).expect("a world");
        assert_eq!((without.scenario.conditions.len(), without.scenario.actions.len()), (1, 2));
    }

    #[test]
    fn what_cannot_be_is_told_with_its_place() {
        let record = record();
        let wrong = |at: &str, with: &str| {
            let it = Planned { at: at.to_owned(), with: with.to_owned(), ..planned(&record)[1].clone() };
            with_planned(&record, None, Some(&it)).map_err(|error| error.column)
        };
        assert_eq!(wrong("2", "a \"b\" qos=7"), Err(25));
        assert_eq!(wrong("", "a"), Err(1));
        assert_eq!(wrong("x", "a"), Err(1));
        assert_eq!(wrong("1\n2", "a"), Err(1));
    }

    #[test]
    fn everybody_is_named_as_in_lines() {
        let mut record = record();
        record
            .scenario
            .brokers
            .push(crate::sim::BrokerSpec { name: "edge".to_owned(), ..Default::default() });
        let words: Vec<String> = parties(&record).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["\"pub 1\"", "sub1", "broker", "edge"]);
    }
}
