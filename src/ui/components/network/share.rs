//! Worlds in links: `#world=1.` and what the browser's compression makes of the world as lines, or `#world=2.` and what it
//! makes of several timelines.

use leptos::prelude::*;

use crate::capture::Step;
use crate::sim::{Fork, Forks, MAX_TEXT, Record};
use crate::ui::components::forms::host::World;
use crate::ui::components::segmented::segmented;
use crate::ui::components::share::{Shared, body as share, waiting};
use crate::ui::dom::{El, after, el};
use crate::ui::squeeze::{deflate, inflate};

/// What the fragment begins with.
const BEGIN: &str = "#world=";
/// The form of what follows, by its number: a world as lines, or several timelines as their saved text. Other numbers
/// would be other forms.
const FORMS: [&str; 2] = ["1.", "2."];
/// Characters of a link that is read: deflate makes a thousand times of it at most.
const LONGEST: usize = 64 << 10;

/// Hands the address of a world, and how many passwords were left out of it, to `done`; nothing where it is too long.
pub(super) fn make(record: &Record, step: Step, done: impl FnOnce(Option<String>, usize) + 'static) {
    let (record, passwords) = record.without_passwords();
    pack(0, &record.to_lines(step), move |address| done(address, passwords));
}

fn pack(form: usize, text: &str, done: impl FnOnce(Option<String>) + 'static) {
    deflate(text.as_bytes(), move |packed| {
        let location = window().location();
        done(packed.filter(|packed| packed.len() <= LONGEST).map(|packed| {
            let [origin, path] = [location.origin(), location.pathname()].map(Result::unwrap_or_default);
            [&origin, &path, BEGIN, FORMS[form], &packed].concat()
        }));
    });
}

/// The dialog's body that shares this world, with all timelines or the one on stage alone.
pub(super) fn body(world: World) -> El {
    let forks = untrack(|| world.text(Forks::from_text)).unwrap_or_else(|_| Forks::new(Record::default(), 0));
    let forks = StoredValue::new(forks);
    let (made, shows, alone) = (RwSignal::new(None::<Shared>), RwSignal::new(0), RwSignal::new(false));
    after(move || {
        made.set(None);
        forks.with_value(|forks| share_of(forks, alone.get(), made));
    });
    let count = forks.with_value(|forks| forks.all().len());
    let which = (count > 1).then(|| {
        let all = ["All ", &count.to_string(), " timelines"].concat();
        let options = vec![(false, all), (true, "The one on stage".to_owned())];
        let options = options.into_iter().map(|(value, name)| (value, Signal::stored(name))).collect();
        let choose = Callback::new(move |value| alone.set(value));
        el("div", "share-panel__which").child(segmented("What to share", options, alone.into(), choose))
    });
    el("div", "share-panel")
        .with(which)
        .child(el("div", "").fill(move || made.get().map_or_else(waiting, |made| share(made, shows))))
}

fn share_of(forks: &Forks, alone: bool, made: RwSignal<Option<Shared>>) {
    let Fork { record, step, .. } = forks.all()[forks.current()].clone();
    let several = !alone && forks.all().len() > 1;
    let title = record.scenario.title.clone();
    let name = [file_name(&record.scenario.id), ".mqttpg.json"].concat();
    let words = "It holds all of it, passwords too, and opens again from the menu.".to_owned();
    let text = if several { forks.to_text() } else { record.to_text(step) };
    let opens = match step {
        0 => "Opens at the beginning.".to_owned(),
        step => ["Opens at step ", &step.to_string(), ", as it stands now."].concat(),
    };
    let held = match (several, forks.all().len(), record.actions.len()) {
        (true, count, _) => {
            ["The scenario, and its ", &count.to_string(), " timelines, with what was done on each."].concat()
        }
        (false, 2.., _) => {
            "The scenario, and what was done on the timeline on stage. The others are not in it.".to_owned()
        }
        (false, _, 0) => "The scenario: its clients, links, faults and script.".to_owned(),
        (false, _, 1) => "The scenario, and the one thing you did.".to_owned(),
        (false, _, many) => ["The scenario, and the ", &many.to_string(), " things you did."].concat(),
    };
    let (form, without, passwords) = if several {
        let (forks, passwords) = forks.without_passwords();
        (1, forks.to_text(), passwords)
    } else {
        let (record, passwords) = record.without_passwords();
        (0, record.to_lines(step), passwords)
    };
    pack(form, &without, move |link| {
        let notes = [held, opens, left_out(passwords)].into_iter().filter(|note| !note.is_empty()).collect();
        made.try_set(Some(Shared { link, notes, file: Some((name, text, words)), embed: Some(title) }));
    });
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
    let held = fragment.strip_prefix(BEGIN).unwrap_or_default();
    let form = FORMS.iter().position(|form| held.starts_with(form));
    let packed = form.map(|form| &held[FORMS[form].len()..]).filter(|packed| packed.len() <= LONGEST);
    let Some(packed) = packed else { return done(foreign()) };
    inflate(packed, move |bytes| {
        let text =
            bytes.filter(|bytes| bytes.len() <= MAX_TEXT).and_then(|bytes| String::from_utf8(bytes).ok());
        done(match (text, form) {
            (None, _) => foreign(),
            (Some(text), Some(1)) => {
                Forks::from_text(&text).map(|forks| forks.to_text()).map_err(|error| error.to_string())
            }
            (Some(text), _) => match Record::from_lines(&text) {
                Err(error) => Err(error.to_string()),
                Ok((record, step)) => Ok(record.to_text(step)),
            },
        });
    });
}
