//! Worlds in links: `#world=1.` and what the browser's compression makes of the world as lines.

use leptos::prelude::*;

use crate::capture::Step;
use crate::sim::{MAX_TEXT, Record};
use crate::ui::squeeze::{deflate, inflate};

/// What the fragment begins with, and the form of what follows: another number would be another form.
const BEGIN: &str = "#world=";
const FORM: &str = "1.";
/// Characters of a link that is read: deflate makes a thousand times of it at most.
const LONGEST: usize = 64 << 10;

/// Hands the address of a world, and how many passwords were left out of it, to `done`; nothing where it is too long.
pub(super) fn make(record: &Record, step: Step, done: impl FnOnce(Option<String>, usize) + 'static) {
    let (record, passwords) = record.without_passwords();
    deflate(record.to_lines(step).as_bytes(), move |packed| {
        let location = window().location();
        let address = packed.filter(|packed| packed.len() <= LONGEST).map(|packed| {
            let [origin, path] = [location.origin(), location.pathname()].map(Result::unwrap_or_default);
            [&origin, &path, BEGIN, FORM, &packed].concat()
        });
        done(address, passwords);
    });
}

/// Hands the saved text of the world in a fragment to `done`, or what is wrong with it.
pub fn read(fragment: &str, done: impl FnOnce(Result<String, String>) + 'static) {
    const FOREIGN: &str = "the link holds no world that this version can read";
    let foreign = || Err(FOREIGN.to_owned());
    let packed = fragment.strip_prefix(BEGIN).and_then(|held| held.strip_prefix(FORM));
    let Some(packed) = packed.filter(|packed| packed.len() <= LONGEST) else { return done(foreign()) };
    inflate(packed, move |bytes| {
        let text =
            bytes.filter(|bytes| bytes.len() <= MAX_TEXT).and_then(|bytes| String::from_utf8(bytes).ok());
        done(match text.map(|text| Record::from_lines(&text)) {
            None => foreign(),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok((record, step))) => Ok(record.to_text(step)),
        });
    });
}
