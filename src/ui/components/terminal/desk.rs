//! The state of the terminals: the mirror, which of them shows, what is typed in each.

use std::cell::RefCell;

use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::history::History;
use crate::capture::Step;
use crate::console::{Console, Entered, Mirror, entered};
use crate::sim::{Record, Sim};
use crate::time::Instant;
use crate::ui::components::forms::host::Moment;
use crate::ui::route;
use crate::ui::state::{entry, keep};

/// Terminals to begin with: labs take one to subscribe and one to publish.
const FIRST: usize = 2;
/// What the journal of the terminals is kept under.
const KEY: &str = "terminals";
/// What stands there in place of a journal that is more than is kept.
const TOO_LONG: &str = "too long";
/// What is told then after a reload.
const BEGUN_ANEW: &str = "These terminals begin anew: what was in them before the page was loaded again was more than is \
    kept (50,000 steps, 400 KB of lines). The diagram has all of it.";
/// Steps that are gone through again after a reload at most.
const MAX_AGAIN: Step = 50_000;
/// Characters of a line that a timeline is called by.
const MAX_NAME: usize = 40;

/// What is kept while no terminals show: another page does.
type Kept = (Mirror, Vec<Typed>, usize);

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// The terminals as they were before the page was reloaded, if they were in this very world.
fn restored(world: &str) -> Option<Kept> {
    let (record, _) = Record::from_text(world).ok()?;
    let journal = entry(KEY).filter(|_| !route::is_embedded())?;
    let mirror = Mirror::restored(&journal, &record)?;
    let mut typed = vec![Typed::default(); mirror.console().terminal_count()];
    let mut current = 0;
    for (terminal, line) in entered(&journal) {
        if let Some(typed) = typed.get_mut(terminal) {
            typed.history.add(&line);
            current = terminal;
        }
    }
    Some((mirror, typed, current))
}

/// What is typed in a terminal.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub line: String,
    pub history: History,
}

/// Handles to the state; a copy is another one.
#[derive(Clone, Copy)]
pub struct Desk {
    mirror: StoredValue<Mirror>,
    changes: RwSignal<u32>,
    /// Where the page's world stands.
    step: RwSignal<Step>,
    micros: StoredValue<u64>,
    /// The terminal that shows.
    pub current: RwSignal<usize>,
    /// By terminal.
    pub typed: RwSignal<Vec<Typed>>,
    /// What there is to choose from at the prompt, after Tab.
    pub offers: RwSignal<Vec<String>>,
    /// Something to tell below the prompt, until something is typed.
    pub told: RwSignal<&'static str>,
    send: StoredValue<Function, LocalStorage>,
}

impl Desk {
    /// At a moment, as it was left.
    pub fn new(moment: &Moment, send: Function) -> Self {
        let kept = KEPT.with_borrow_mut(Option::take);
        let anew = kept.is_none() && !route::is_embedded() && entry(KEY).as_deref() == Some(TOO_LONG);
        let (mirror, typed, current) = kept
            .or_else(|| restored(&moment.world))
            .unwrap_or_else(|| (Mirror::new(FIRST), vec![Typed::default(); FIRST], 0));
        let desk = Self {
            mirror: StoredValue::new(mirror),
            changes: RwSignal::new(0),
            step: RwSignal::new(0),
            micros: StoredValue::new(0),
            current: RwSignal::new(current),
            typed: RwSignal::new(typed),
            offers: RwSignal::new(Vec::new()),
            told: RwSignal::new(if anew { BEGUN_ANEW } else { "" }),
            send: StoredValue::new_local(send),
        };
        on_cleanup(move || {
            let mirror = desk.mirror.try_with_value(Mirror::clone);
            let typed = desk.typed.try_get_untracked().zip(desk.current.try_get_untracked());
            if let Some((mirror, (typed, current))) = mirror.zip(typed) {
                KEPT.set(Some((mirror, typed, current)));
            }
        });
        desk.follow(moment);
        desk
    }

    /// The page's world has changed; no text stands for the same record.
    pub fn follow(&self, moment: &Moment) {
        let record = Record::from_text(&moment.world).ok().map(|(record, _)| record);
        let changed = record.is_some();
        let step = moment.step;
        let made = self.mirror.try_update_value(|mirror| mirror.follow(record, step)).flatten();
        self.step.set(moment.step);
        self.micros.set_value(moment.micros);
        if changed || made.is_some() {
            self.changed();
            self.keep();
        }
        if let Some(record) = made {
            self.hand_over(&record, moment.step, moment.micros, None);
        }
    }

    /// Keeps what the terminals were told for the time after a reload.
    fn keep(&self) {
        if !route::is_embedded() {
            self.mirror.with_value(|mirror| {
                let short = mirror.sim().recorded() <= MAX_AGAIN;
                let journal = mirror.journal().filter(|_| short).unwrap_or(TOO_LONG);
                keep(KEY, Some(journal).filter(|_| !mirror.console().is_unused()));
            });
        }
    }

    fn changed(&self) {
        self.changes.update(|changes| *changes = changes.wrapping_add(1));
    }

    fn hand_over(&self, record: &Record, step: Step, micros: u64, name: Option<&str>) {
        let (world, name) = (record.to_text(step).into(), name.map_or(JsValue::NULL, JsValue::from_str));
        let send = self.send.try_get_value();
        // It may be gone with its page.
        let _ = send.map(|send| send.call3(&JsValue::NULL, &world, &(micros as f64).into(), &name));
    }

    /// Looks at the terminals and their world at the page's step, again when that has changed.
    pub fn with<R>(&self, read: impl FnOnce(&Console, &Sim, Step) -> R) -> R {
        self.changes.track();
        let step = self.step.get();
        self.mirror.with_value(|mirror| read(mirror.console(), mirror.sim(), step))
    }

    /// Types a line in the terminal that shows.
    pub fn enter(&self, line: &str) {
        let terminal = self.current.get_untracked();
        self.offers.set(Vec::new());
        self.typed.update(|typed| {
            typed[terminal].history.add(line);
            typed[terminal].line.clear();
        });
        let name: String = line.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        self.act(&name, |mirror, step, at| mirror.enter(terminal, line, step, at));
    }

    /// Ctrl-C in the terminal that shows.
    pub fn interrupt(&self) {
        let terminal = self.current.get_untracked();
        self.act("Ctrl-C", |mirror, step, at| mirror.interrupt(terminal, step, at));
    }

    fn act(&self, name: &str, act: impl FnOnce(&mut Mirror, Step, Instant) -> Entered) {
        let (step, at) = (self.step.get_untracked(), Instant::from_micros(self.micros.get_value()));
        let Some(Entered { record, rest }) = self.mirror.try_update_value(|mirror| act(mirror, step, at))
        else {
            return;
        };
        self.step.set(rest.step);
        self.micros.set_value(rest.at.as_micros());
        self.changed();
        self.keep();
        self.hand_over(&record, rest.step, rest.at.as_micros(), Some(name));
    }

    /// Ends the editor of the terminal that shows, and writes its file if there is a text for it.
    pub fn save(&self, text: Option<&str>) {
        let terminal = self.current.get_untracked();
        let name = if text.is_some() { "edit a file" } else { "Ctrl-C" };
        self.act(name, |mirror, step, at| mirror.save(terminal, text, step, at));
    }

    /// The file that is edited in the terminal that shows, and what it holds.
    pub fn editing(&self) -> Option<(String, String)> {
        let current = self.current.get();
        self.with(|console, _, step| {
            let (path, text) = console.editing(current, step)?;
            Some((path.to_owned(), text.to_owned()))
        })
    }

    /// One more terminal, which shows then.
    pub fn open(&self) {
        if let Some(terminal) = self.mirror.try_update_value(Mirror::open).flatten() {
            self.typed.update(|typed| typed.push(Typed::default()));
            self.current.set(terminal);
            self.changed();
            self.keep();
        }
    }

    /// What stands at the prompt of the terminal that shows.
    pub fn line(&self) -> String {
        let current = self.current.get();
        self.typed.with(|typed| typed.get(current).map(|it| it.line.clone()).unwrap_or_default())
    }

    /// Changes what stands there.
    pub fn set_line(&self, line: &str) {
        let current = self.current.get_untracked();
        self.told.set("");
        self.offers.set(Vec::new());
        self.typed.update(|typed| {
            if let Some(it) = typed.get_mut(current) {
                line.clone_into(&mut it.line);
            }
        });
    }

    /// Brings back a line that was typed before (1) or after (-1), if there is one.
    pub fn walk(&self, by: isize) {
        let current = self.current.get_untracked();
        self.typed.update(|typed| {
            let Some(it) = typed.get_mut(current) else { return };
            if let Some(line) = it.history.walk(by, &it.line) {
                it.line = line;
            }
        });
    }

    /// What runs in the foreground of the terminal that shows.
    pub fn running(&self) -> Option<&'static str> {
        let current = self.current.get();
        self.with(|console, _, step| console.running(current, step).map(|running| running.program))
    }
}
