//! The actors panel on this page: cards of the simulation's ends, and the form that is open.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

use super::not_loaded;
use crate::capture::Step;
use crate::sim::{Action, BROKERS, Sim};
use crate::ui::components::actors::{ActorsEvents, FormKind, actors_panel};
use crate::ui::dom::{El, Memo, Slot, after, el, nothing};
use crate::ui::load::{FormRequest, Panel, arguments, call, open_form};
use crate::ui::state::{Notice, Stage};
use crate::view::actors::{ActorCard, Standing, broker_card, client_card};

/// What the panel keeps; made once a page load, so that drafts outlive a visit to another page.
#[derive(Clone, Copy)]
pub struct Actors {
    stage: Stage,
    /// The client that keys act on.
    pub selected: RwSignal<Option<usize>>,
    /// The form that is open.
    pub open: RwSignal<Option<(usize, FormKind)>>,
    /// Why the last action could not be done.
    trouble: RwSignal<Option<String>>,
    /// The form in the second module.
    panel: StoredValue<Option<Panel>, LocalStorage>,
    /// What had the focus when it opened.
    opener: StoredValue<Option<Element>, LocalStorage>,
}

impl Actors {
    /// Of the clients on stage.
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            selected: RwSignal::new(None),
            open: RwSignal::new(None),
            trouble: RwSignal::new(None),
            panel: StoredValue::new_local(None),
            opener: StoredValue::new_local(None),
        }
    }

    /// Does something to a client and closes its form.
    pub fn act(&self, client: usize, action: Action) {
        let (verb, leaves) = (action.verb(), action == Action::Leave);
        match self.stage.act(client, action) {
            Ok(()) => {
                self.trouble.set(None);
                self.open.set(None);
                if leaves {
                    let name = untrack(|| self.stage.with(|sim| name(sim, client)));
                    self.stage.notice.set(Some(Notice::done([&name, " has left."].concat())));
                }
            }
            Err(error) => {
                let name = untrack(|| self.stage.with(|sim| name(sim, client)));
                self.trouble.set(Some(format!("{name} cannot {verb}: {error}.")));
            }
        }
    }

    fn add(&self) {
        match self.stage.add_client() {
            Ok(index) => {
                self.trouble.set(None);
                self.selected.set(Some(index));
            }
            Err(error) => self.trouble.set(Some(["No client was added: ", &error.to_string(), "."].concat())),
        }
    }

    /// Opens a form of the selected client, or else of the first.
    pub fn open_form(&self, kind: FormKind) {
        let count = untrack(|| self.stage.with(Sim::client_count));
        let client = self.selected.get_untracked().filter(|client| *client < count).unwrap_or(0);
        if client < count {
            self.selected.set(Some(client));
            self.open.set(Some((client, kind)));
        }
    }
}

fn name(sim: &Sim, client: usize) -> String {
    let end = sim.capture().end(sim.end_of_client(client));
    end.map_or_else(String::new, |end| end.name.to_string())
}

/// The panel.
pub fn panel(actors: Actors) -> El {
    let stage = actors.stage;
    let brokers = Memo::new(move |_| {
        stage.with(|sim| {
            let card = |(number, (_, broker))| {
                let party = BROKERS + number;
                broker_card(&name(sim, party), number, broker, sim.is_stopped(party))
            };
            sim.brokers().enumerate().map(card).collect::<Vec<ActorCard>>()
        })
    });
    let clients = Memo::new(move |_| {
        // The keep alive runs with the clock; to the hundredth of a second is enough to see it.
        let now = stage.told_at.get();
        stage.with(|sim| {
            let card = |index| {
                let card = client_card(&name(sim, index), sim.client(index), now);
                let standing = if sim.has_left(index) { Standing::Left } else { card.standing };
                ActorCard { standing, broker: sim.broker_number(index), ..card }
            };
            (0..sim.client_count()).map(card).collect::<Vec<ActorCard>>()
        })
    });
    let events = ActorsEvents {
        action: Callback::new(move |(client, action)| actors.act(client, action)),
        form: Callback::new(move |wanted| {
            actors.open.update(|open| *open = (*open != Some(wanted)).then_some(wanted));
        }),
        select: Callback::new(move |client| actors.selected.set(client)),
        add: Callback::new(move |()| actors.add()),
        rename: Callback::new(move |client| actors.rename(client)),
    };
    let note = |class: &str, words: &str| el("p", class).text(words);
    let past = move || {
        let words = "Acting here starts another timeline; what followed is kept.";
        if stage.has_future() { note("actors__note", words) } else { nothing() }
    };
    let trouble = move || match actors.trouble.get() {
        Some(words) => note("actors__note actors__note--bad", &words).attr("role", "alert"),
        None => nothing(),
    };
    nothing()
        .child(actors_panel(brokers, clients, actors.selected, actors.open, events))
        .dynamic(past)
        .dynamic(trouble)
}

/// Actions up to which an open form follows a world that plays: its text is written and read at each step.
const FOLLOWED: usize = 200;

/// Where the form stands that is open, if one is. It is the second module's: this one tells it the world and does what
/// it asks for.
pub fn form(actors: Actors) -> El {
    let (stage, place) = (actors.stage, Slot::new(None));
    after(move || {
        let open = actors.open.get();
        actors.shut();
        if let Some(into) = place.get() {
            into.set_text_content(None);
            if let Some((client, kind)) = open {
                untrack(|| actors.load_form(into, client, kind));
            }
        }
    });
    after(move || {
        stage.timelines.track();
        let (_, playing) = (stage.with(|_| ()), stage.playing.get());
        let long = playing && untrack(|| stage.with(Sim::action_count)) > FOLLOWED;
        if !long && actors.panel.with_value(Option::is_some) {
            let (world, step, micros, replaces) = untrack(|| actors.moment(None));
            actors.panel.with_value(|panel| {
                if let Some(panel) = panel {
                    panel.follow(world, step, micros, replaces);
                }
            });
        }
    });
    on_cleanup(move || actors.shut());
    el("div", "forms").slot(place)
}

impl Actors {
    /// Opens what is not one client's.
    pub fn open_panel(&self, kind: FormKind) {
        let count = untrack(|| self.stage.with(Sim::client_count));
        let client = self.selected.get_untracked().filter(|client| *client < count).unwrap_or(0);
        self.open.set(Some((client, kind)));
    }

    /// Has the second module ask for a client's name.
    fn rename(&self, client: usize) {
        let stage = self.stage;
        let (name, mut others) = (untrack(|| stage.with(|sim| name(sim, client))), String::new());
        untrack(|| {
            stage.with(|sim| {
                for end in sim.capture().ends().iter().filter(|end| *end.name != *name) {
                    others.extend([&*end.name, "\n"]);
                }
            });
        });
        let done = Closure::<dyn Fn(JsValue)>::new(move |wanted: JsValue| {
            let _ = stage.rename(client, &wanted.as_string().unwrap_or_default());
        });
        let asked = arguments([name.into(), others.into(), done.into_js_value()]);
        call("askName", asked, |_| (), move || not_loaded(stage));
    }

    fn shut(&self) {
        let panel = self.panel.try_update_value(Option::take).flatten();
        if let Some(panel) = panel {
            panel.close();
        }
    }

    /// The world as text, with its step, its time and whether more is known.
    fn moment(&self, kind: Option<FormKind>) -> (String, Step, f64, bool) {
        let kind = kind.or_else(|| self.open.get().map(|(_, kind)| kind));
        let (world, step) = self.stage.with(|sim| {
            let record = match kind {
                Some(FormKind::Share) => return (self.stage.text(), sim.cursor()),
                // Its text stays the same while only the cursor moves.
                Some(FormKind::Timelines | FormKind::Lanes | FormKind::Tracks) => {
                    return (self.stage.text_at(0), sim.cursor());
                }
                Some(FormKind::Lines | FormKind::Plan | FormKind::Broker) => sim.record(),
                _ => sim.record_so_far(),
            };
            (record.to_text(sim.cursor()), sim.cursor())
        });
        (world, step, self.stage.now.get().as_micros() as f64, self.stage.has_future())
    }

    fn load_form(&self, into: HtmlElement, client: usize, kind: FormKind) {
        let actors = *self;
        actors.opener.set_value(document().active_element());
        let send = Closure::<dyn Fn(JsValue)>::new(move |action: JsValue| match action.as_string() {
            None => {
                actors.open.set(None);
                let opener = actors.opener.get_value().and_then(|it| it.dyn_into::<HtmlElement>().ok());
                if let Some(opener) = opener {
                    let _ = opener.focus();
                }
            }
            Some(text) => {
                // `@2 …` is for another client than the form's.
                let other = text.strip_prefix('@').and_then(|rest| rest.split_once(' '));
                let other = other.and_then(|(number, rest)| Some((number.parse().ok()?, rest)));
                let (client, action) = other.unwrap_or((client, &text));
                if let Ok(action) = Action::from_text(action) {
                    return actors.act(client, action);
                }
                // What is no action is about timelines.
                match actors.stage.ask(&text) {
                    Ok(()) => actors.trouble.set(None),
                    Err(error) => actors.trouble.set(Some(["It cannot be run: ", &error, "."].concat())),
                }
            }
        });
        if kind != FormKind::Tracks {
            let loading = el("p", "toast").attr("role", "status").text("Loading the form…");
            el("div", "toasts").child(loading).put_into(&into);
        }
        let request = FormRequest { into, kind, client, world: self.moment(Some(kind)), send };
        let done = move |panel: Panel| {
            // Another one may have been asked for meanwhile, or none.
            if actors.open.get_untracked() == Some((client, kind)) && actors.panel.with_value(Option::is_none)
            {
                actors.panel.set_value(Some(panel));
            } else {
                panel.close();
            }
        };
        let failed = move || {
            actors.open.set(None);
            let words = "The form could not be loaded: is the connection gone?";
            actors.trouble.set(Some(words.to_owned()));
        };
        open_form(request, done, failed);
    }
}
