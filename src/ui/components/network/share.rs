//! Worlds in links: `#world=1.` and what the browser's compression makes of the world as lines.

use leptos::prelude::*;

use crate::capture::Step;
use crate::sim::{MAX_TEXT, Record, Sim};
use crate::ui::components::forms::host::World;
use crate::ui::components::share::{Shared, body as share, waiting};
use crate::ui::dom::{El, el};
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

/// The dialog's body that shares this world.
pub(super) fn body(world: World) -> El {
    let (record, step) = untrack(|| world.with(|sim: &Sim| (sim.record(), sim.cursor())));
    let (made, shows) = (RwSignal::new(None::<Shared>), RwSignal::new(0));
    let title = record.scenario.title.clone();
    let name = [file_name(&record.scenario.id), ".mqttpg.json"].concat();
    let words = "It holds all of it, passwords too, and opens again from the menu.".to_owned();
    let file = Some((name, record.to_text(step), words));
    let actions = record.actions.len();
    make(&record, step, move |link, passwords| {
        let opens = match step {
            0 => "Opens at the beginning.".to_owned(),
            step => ["Opens at step ", &step.to_string(), ", as it stands now."].concat(),
        };
        let done = match actions {
            0 => "The scenario: its clients, links, faults and script.".to_owned(),
            1 => "The scenario, and the one thing you did.".to_owned(),
            many => ["The scenario, and the ", &many.to_string(), " things you did."].concat(),
        };
        let notes = [done, opens, left_out(passwords)].into_iter().filter(|note| !note.is_empty()).collect();
        made.try_set(Some(Shared { link, notes, file, embed: Some(title) }));
    });
    el("div", "share-panel").fill(move || made.get().map_or_else(waiting, |made| share(made, shows)))
}

/// What is told of passwords that are not in a link.
pub(super) fn left_out(passwords: usize) -> String {
    match passwords {
        0 => String::new(),
        1 => "A placeholder as long stands for its password.".to_owned(),
        many => ["Placeholders as long stand for its ", &many.to_string(), " passwords."].concat(),
    }
}

/// What comes from a file may be called anything.
fn file_name(id: &str) -> &str {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { id } else { "world" }
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
