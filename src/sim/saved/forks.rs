//! All timelines of a page as one text.

use super::super::fork::{Fork, Forks, MAX_FORKS};
use super::form::Form;
use super::{SavedError, describe, parse};
use crate::sim::record::Record;
use crate::time::Instant;

const NAME: &str = "timelines";

impl Forks {
    /// The text of all timelines: that of the one on stage, with the others in it.
    pub fn to_text(&self) -> String {
        let mut error = None;
        let mut form = Form::write(String::new(), &mut error);
        self.clone().describe(&mut form);
        form.end() + "\n"
    }

    /// Reads such a text, or that of a single world.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_text(text: &str) -> Result<Self, SavedError> {
        let value = parse(text)?;
        let mut error = None;
        let mut form = Form::read(value, String::new(), &mut error);
        let mut forks = Self::new(Record::default(), 0);
        forks.describe(&mut form);
        form.end();
        error.map_or(Ok(forks), Err)
    }

    fn describe(&mut self, form: &mut Form<'_>) {
        let mut here = self.all()[self.current()].clone();
        describe::record(form, &mut here.record, &mut here.step);
        let mut all = if form.is_reading() { Vec::new() } else { self.all().to_vec() };
        let mut current = if form.is_reading() { None } else { Some(self.current()) };
        // One alone needs no letter.
        let count = if all.len() > 1 { all.len() } else { 0 };
        form.list(NAME, count, MAX_FORKS, &mut |form, at| {
            let mut it = all.get(at).cloned().unwrap_or_else(|| here.clone());
            if !timeline(form, &mut it, current == Some(at)) && form.is_reading() {
                (it.record, it.step) = (here.record.clone(), here.step);
                if current.replace(at).is_some() {
                    form.refuse("world", "a world: one timeline alone is on stage");
                }
            }
            describe::keep(form, &mut all, it);
        });
        if form.is_reading() {
            match (all.is_empty(), Self::of(all, current.unwrap_or(usize::MAX))) {
                (true, _) => *self = Self::new(here.record, here.step),
                (false, Some(forks)) => *self = forks,
                (false, None) => {
                    form.refuse(NAME, "letters from A on in their order, and one timeline on stage")
                }
            }
        }
    }
}

/// One timeline; whether its world is part of it.
fn timeline(form: &mut Form<'_>, it: &mut Fork, on_stage: bool) -> bool {
    it.letter = letter(form, "letter", Some(it.letter)).unwrap_or(' ');
    it.name = form.text("name", std::mem::take(&mut it.name));
    let from = letter(form, "from", it.from.map(|(letter, _)| letter));
    let at = it.from.map_or(0, |(_, at)| at.as_micros());
    let at = form.number("at_micros", at, 0, describe::LATEST_MICROS);
    it.from = from.map(|letter| (letter, Instant::from_micros(at)));
    let (record, step) = (&mut it.record, &mut it.step);
    form.object("world", !on_stage, &mut |form| {
        if form.is_reading() {
            (*record, *step) = (Record::default(), 0);
        }
        describe::record(form, record, step);
    })
}

fn letter(form: &mut Form<'_>, name: &str, value: Option<char>) -> Option<char> {
    let text = form.text(name, value.map(String::from).unwrap_or_default());
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (letter, None) => letter.filter(char::is_ascii_uppercase),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, Sim, scenarios};

    /// Two timelines, the second on stage.
    fn forks() -> Forks {
        let mut sim = Sim::new(scenarios().remove(1));
        sim.settle(1_000);
        let mut forks = Forks::new(sim.record(), sim.cursor());
        sim.seek(11);
        let at = sim.now();
        sim.act(0, Action::Cut).expect("connected");
        assert!(forks.branch("cut the link", sim.record(), sim.cursor(), at));
        forks
    }

    #[test]
    fn timelines_are_written_and_read_alike() {
        let forks = forks();
        let text = forks.to_text();
        assert_eq!(Forks::from_text(&text).expect("ours"), forks);
        // Who knows of no timelines reads the one on stage.
        let (record, step) = Record::from_text(&text).expect("ours");
        assert_eq!((&record, step), (&forks.all()[1].record, forks.all()[1].step));
        let mut other = forks.clone();
        other.choose(0);
        assert_eq!(Forks::from_text(&other.to_text()).expect("ours"), other);
    }

    #[test]
    fn one_timeline_alone_is_written_as_ever() {
        let sim = Sim::new(scenarios().remove(0));
        let forks = Forks::new(sim.record(), 3);
        assert_eq!(forks.to_text(), sim.record().to_text(3));
        assert_eq!(Forks::from_text(&sim.record().to_text(3)).expect("ours"), forks);
    }

    #[test]
    fn timelines_that_cannot_be_are_refused() {
        let text = forks().to_text();
        for (what, with) in [
            ("\"letter\": \"A\"", "\"letter\": \"C\""),
            ("\"letter\": \"A\"", "\"letter\": \"B\""),
            ("\"letter\": \"A\"", "\"letter\": \"aa\""),
            ("\"letter\": \"A\"", "\"letter\": 1"),
            ("\"letter\": \"B\"", "\"letter\": \"B\", \"world\": {\"mqtt_playground\": 2}"),
            ("\"from\": \"A\"", "\"front\": \"A\""),
        ] {
            let wrong = text.replacen(what, with, 1);
            assert_ne!(wrong, text, "{what}");
            assert!(Forks::from_text(&wrong).is_err(), "{with}");
        }
        // Two that have no world of their own.
        let single = Record::default().to_text(0);
        let twice = single.trim_end().trim_end_matches('}').to_owned()
            + ", \"timelines\": [{\"letter\": \"A\"}, {\"letter\": \"B\"}]}";
        assert_eq!(
            Forks::from_text(&twice),
            Err(SavedError::Value {
                at: "timelines 2, world".to_owned(),
                expected: "a world: one timeline alone is on stage"
            })
        );
        let once = twice.replace(", {\"letter\": \"B\"}", "");
        assert_eq!(Forks::from_text(&once).map(|forks| forks.all().len()), Ok(1));
    }
}
