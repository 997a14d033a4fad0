//! A form in the second module: it brings the first one's world about once more from its text, and hands back what is
//! to be done as text.

use std::cell::RefCell;

use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use super::settings::{Named, SettingsEvents, broker_settings};
use super::{FormEvents, actor_form};
use crate::capture::Step;
use crate::client::ClientConfig;
use crate::sim::{Action, BROKERS, Record, Sim};
use crate::time::Instant;
use crate::ui::components::network::change::change_ends;
use crate::ui::components::network::{Asks, panel};
use crate::ui::dom::El;
use crate::view::form::{Draft, Facts, FormKind, Shown, topics};

/// The moment that a form is filled in at.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The saved world.
    pub world: String,
    /// The step that it stands at.
    pub step: Step,
    /// Virtual time.
    pub micros: u64,
    /// Something is known to follow, which will be replaced.
    pub replaces: bool,
}

/// By scenario and client name.
type Drafts = Vec<((String, String), Draft)>;

thread_local! {
    /// What was typed, kept while no form is open.
    static DRAFTS: RefCell<Drafts> = const { RefCell::new(Vec::new()) };
}

/// The world of an open form.
#[derive(Clone, Copy)]
pub struct World {
    sim: StoredValue<Sim>,
    /// As it was told.
    text: RwSignal<String>,
    changes: RwSignal<u32>,
    now: RwSignal<Instant>,
    replaces: RwSignal<bool>,
}

impl World {
    /// Looks at what was told, again when that has changed.
    pub fn text<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        self.text.with(|text| read(text))
    }

    /// Virtual time, which moves on between two steps.
    pub fn now(&self) -> Instant {
        self.now.get()
    }

    /// Looks at the world, again when it has changed.
    pub fn with<R>(&self, read: impl FnOnce(&Sim) -> R) -> R {
        self.changes.track();
        self.sim.with_value(read)
    }

    /// Goes to a moment; a world that cannot be brought about leaves things as they are.
    fn go(&self, moment: &Moment) {
        self.now.set(Instant::from_micros(moment.micros));
        // Only the cursor may have moved.
        let same = self.text.with_untracked(|text| *text == moment.world);
        let record = if same { None } else { Some(Record::from_text(&moment.world)) };
        let there = self.sim.try_update_value(|sim| {
            let there = match &record {
                None => true,
                Some(Ok((record, _))) => sim.become_record(record).is_ok(),
                Some(Err(_)) => false,
            };
            if there {
                sim.seek(moment.step);
            }
            there
        });
        if !same {
            self.text.set(moment.world.clone());
        }
        if there == Some(true) {
            self.replaces.set(moment.replaces);
            self.changes.update(|changes| *changes = changes.wrapping_add(1));
        }
    }
}

/// What is told when the world has changed.
type Follower = Box<dyn Fn(&Moment)>;

/// Something of this module inside the first one's page: a form, or bytes being edited.
pub struct Panel {
    owner: Owner,
    follower: Option<Follower>,
    into: HtmlElement,
}

impl Panel {
    /// Opens a form of a client inside `into`. `send` is called with what is to be done, as text, or with nothing when
    /// the form shall close.
    pub fn open(into: HtmlElement, kind: usize, client: usize, moment: &Moment, send: Function) -> Self {
        let kind = FormKind::ALL.get(kind).copied().unwrap_or(FormKind::Publish);
        let mut panel = Self::empty(into);
        let world = panel.owner.with(|| World {
            sim: StoredValue::new(Sim::new(Record::default().scenario)),
            text: RwSignal::new(String::new()),
            changes: RwSignal::new(0),
            now: RwSignal::new(Instant::ZERO),
            replaces: RwSignal::new(false),
        });
        world.go(moment);
        panel.follower = Some(Box::new(move |moment| world.go(moment)));
        panel.fill(|| draw(world, kind, client, send));
        panel
    }

    /// Shows what `draw` gives.
    pub fn of(into: HtmlElement, draw: impl FnOnce() -> El) -> Self {
        let panel = Self::empty(into);
        panel.fill(draw);
        panel
    }

    /// Shows what `draw` gives, which is told the world by what comes with it.
    pub fn following(into: HtmlElement, draw: impl FnOnce() -> (El, Follower)) -> Self {
        let mut panel = Self::empty(into);
        let mut follower = None;
        panel.fill(|| {
            let (drawn, told) = draw();
            follower = Some(told);
            drawn
        });
        panel.follower = follower;
        panel
    }

    fn empty(into: HtmlElement) -> Self {
        // Mounting nothing readies what runs effects; it does no harm twice.
        leptos::mount::mount_to(into.clone(), || ()).forget();
        Self { owner: Owner::new(), follower: None, into }
    }

    fn fill(&self, draw: impl FnOnce() -> El) {
        self.into.set_text_content(None);
        self.owner.with(|| untrack(draw).put_into(&self.into));
    }

    /// The world has changed.
    pub fn follow(&self, moment: &Moment) {
        if let Some(follower) = &self.follower {
            follower(moment);
        }
    }

    /// Closes it.
    pub fn close(&self) {
        self.owner.cleanup();
        self.into.set_text_content(None);
    }
}

fn draw(world: World, kind: FormKind, client: usize, send: Function) -> El {
    let send = StoredValue::new_local(send);
    // A refusal is the first module's to tell; it stays open then.
    let call = move |argument: JsValue| {
        // What asks twice may be gone by the second time.
        let _ = send.try_with_value(|send| send.call1(&JsValue::NULL, &argument));
    };
    let act = Callback::new(move |action: Action| call(JsValue::from_str(&action.to_text())));
    let close = Callback::new(move |()| call(JsValue::NULL));
    if kind == FormKind::Broker {
        let open = RwSignal::new(true);
        Effect::new(move |_| {
            if !open.get() {
                close.run(());
            }
        });
        let current =
            Callback::new(move |()| untrack(|| world.with(|sim| sim.broker_of(client).config().clone())));
        let (name, stopped) = untrack(|| {
            world.with(|sim| (end_name(sim, BROKERS + sim.broker_number(client)), sim.is_stopped(client)))
        });
        let stage = Callback::new(move |asked: String| call(JsValue::from_str(&asked)));
        let asks = Asks { act: Callback::new(|_| ()), stage, close };
        let named = named(world, client, &name, asks);
        return broker_settings(open, &name, SettingsEvents { current, act, stopped, named });
    }
    if kind >= FormKind::Network {
        let stage = Callback::new(move |asked: String| call(JsValue::from_str(&asked)));
        let act = Callback::new(move |(client, action): (usize, Action)| {
            call(JsValue::from_str(&["@", &client.to_string(), " ", &action.to_text()].concat()));
        });
        return panel(world, kind, client, Asks { act, stage, close });
    }
    let key = world.with(|sim| (sim.scenario().id.clone(), name(sim, client)));
    let draft = RwSignal::new(world.with(|sim| kept(&key, sim, client)));
    let (whose, version) = (key.1.clone(), draft.with(|draft| draft.base.version));
    Effect::new(move |_| keep(&key, draft.get()));
    let shown = move |draft: Draft| world.with(|sim| Shown::of(kind, &draft, sim, client, world.now.get()));
    let events = FormEvents {
        shown: Callback::new(shown),
        facts: Callback::new(move |draft| world.with(|sim| Facts::of(kind, &draft, sim, client))),
        send: act,
        close,
        simulated: true,
    };
    actor_form(&whose, kind, version, draft, world.replaces.into(), events)
}

/// What a broker is called, and what is done about that and about it.
fn named(world: World, client: usize, name: &str, asks: Asks) -> Named {
    let number = untrack(|| world.with(|sim| sim.broker_number(client)));
    let changed = move |what: &str, record: Result<Record, String>, since: Option<Instant>| {
        let done = record.and_then(|record| {
            change_ends(world, asks, what, &record, since).map_err(|error| error.to_string())
        });
        if done.is_ok() {
            asks.close.run(());
        }
        done.err()
    };
    let rename = Callback::new(move |name: String| {
        let record = untrack(|| world.with(|sim| sim.record().with_broker_named(number, &name)));
        changed("the broker's name", record.map_err(|error| error.to_string()), None)
    });
    let name = name.to_owned();
    let without = ["without ", &name].concat();
    let remove = Callback::new(move |()| {
        let (record, since) = untrack(|| {
            world.with(|sim| {
                let end = sim.brokers().nth(number).map(|(end, _)| end);
                let mut frames = sim.capture().frames();
                let first = frames.find(|frame| Some(frame.from) == end || Some(frame.to) == end);
                (sim.record().without_broker(number), first.map(|frame| frame.sent))
            })
        });
        changed(&without, Ok(record), since)
    });
    Named { name: StoredValue::new(name), rename, remove: (number > 0).then_some(remove) }
}

/// What a client is called.
pub fn name_of(world: World, client: usize) -> String {
    untrack(|| world.with(|sim| name(sim, client)))
}

fn name(sim: &Sim, client: usize) -> String {
    if client < sim.client_count() { end_name(sim, client) } else { String::new() }
}

/// What stands over a lifeline: a client's, or a broker's.
fn end_name(sim: &Sim, party: usize) -> String {
    sim.capture().end(sim.end_of_client(party)).map_or_else(String::new, |end| end.name.to_string())
}

fn kept(key: &(String, String), sim: &Sim, client: usize) -> Draft {
    let none = ClientConfig::default();
    let config = if client < sim.client_count() { sim.client(client).config() } else { &none };
    let kept = DRAFTS.with_borrow(|all| all.iter().find(|it| it.0 == *key).map(|it| it.1.clone()));
    if let Some(mut draft) = kept {
        draft.follow(config);
        return draft;
    }
    let seen = topics(sim).into_iter().find(|topic| !topic.starts_with('$'));
    Draft::new(config, seen.as_deref().unwrap_or("sensors/kitchen/temp"), "sensors/#")
}

fn keep(key: &(String, String), draft: Draft) {
    DRAFTS.with_borrow_mut(|all| match all.iter_mut().find(|it| it.0 == *key) {
        Some(kept) => kept.1 = draft,
        None => all.push((key.clone(), draft)),
    });
}
