//! The actors panel on this page: cards of the simulation's ends, and the form that is open.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, SubmitEvent};

use crate::broker::BrokerConfig;
use crate::client::ClientConfig;
use crate::sim::{Action, Sim};
use crate::ui::components::actors::{ActorsEvents, FormKind, actors_panel};
use crate::ui::components::field::{Take, text_field};
use crate::ui::components::forms::{FormEvents, SettingsEvents, actor_form, broker_settings};
use crate::ui::components::help::{dialog_head, follow};
use crate::ui::dom::{El, el, nothing};
use crate::ui::state::{Notice, Stage};
use crate::view::actors::{ActorCard, Standing, broker_card, client_card};
use crate::view::form::{Draft, Facts, Shown, topics};

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
    drafts: StoredValue<Drafts>,
    /// The client that gets another name, and the dialog for it.
    renaming: RwSignal<usize>,
    asking: RwSignal<bool>,
    /// The broker's settings are open.
    setting: RwSignal<bool>,
}

/// By scenario and client name.
type Drafts = Vec<((String, String), Draft)>;

impl Actors {
    /// Of the clients on stage.
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            selected: RwSignal::new(None),
            open: RwSignal::new(None),
            trouble: RwSignal::new(None),
            drafts: StoredValue::new(Drafts::new()),
            renaming: RwSignal::new(0),
            asking: RwSignal::new(false),
            setting: RwSignal::new(false),
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

    fn key(&self, client: usize) -> (String, String) {
        untrack(|| self.stage.with(|sim| (sim.scenario().id.clone(), name(sim, client))))
    }

    fn draft(&self, client: usize) -> Draft {
        let key = self.key(client);
        let kept = self.drafts.with_value(|all| all.iter().find(|it| it.0 == key).map(|it| it.1.clone()));
        untrack(|| {
            self.stage.with(|sim| {
                let none = ClientConfig::default();
                let there = client < sim.client_count();
                let config = if there { sim.client(client).config() } else { &none };
                if let Some(mut draft) = kept {
                    draft.follow(config);
                    return draft;
                }
                let seen = topics(sim).into_iter().find(|topic| !topic.starts_with('$'));
                Draft::new(config, seen.as_deref().unwrap_or("sensors/kitchen/temp"), "sensors/#")
            })
        })
    }

    fn keep_draft(&self, client: usize, draft: Draft) {
        let key = self.key(client);
        self.drafts.try_update_value(|all| match all.iter_mut().find(|it| it.0 == key) {
            Some(kept) => kept.1 = draft,
            None => all.push((key, draft)),
        });
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
    if client >= sim.client_count() {
        return String::new();
    }
    let end = sim.capture().end(sim.end_of_client(client));
    end.map_or_else(String::new, |end| end.name.to_string())
}

/// The panel.
pub fn panel(actors: Actors) -> El {
    let stage = actors.stage;
    let broker = Memo::new(move |_| {
        stage.with(|sim| {
            let name =
                sim.capture().end(sim.broker_end()).map(|end| end.name.to_string()).unwrap_or_default();
            broker_card(&name, sim.broker())
        })
    });
    let clients = Memo::new(move |_| {
        // The keep alive runs with the clock; to the hundredth of a second is enough to see it.
        let now = stage.now.get();
        stage.with(|sim| {
            let card = |index| {
                let card = client_card(&name(sim, index), sim.client(index), now);
                let standing = if sim.has_left(index) { Standing::Left } else { card.standing };
                ActorCard { standing, ..card }
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
        rename: Callback::new(move |client| {
            actors.renaming.set(client);
            actors.asking.set(true);
        }),
        settings: Callback::new(move |()| actors.setting.set(true)),
    };
    let note = |class: &str, words: &str| el("p", class).text(words);
    let past = move || {
        let words = "Acting here replaces what followed; the script goes on.";
        if stage.has_future() { note("actors__note", words) } else { nothing() }
    };
    let trouble = move || match actors.trouble.get() {
        Some(words) => note("actors__note actors__note--bad", &words).attr("role", "alert"),
        None => nothing(),
    };
    nothing()
        .child(actors_panel(broker, clients, actors.selected, actors.open, events))
        .dynamic(past)
        .dynamic(trouble)
        .child(rename_dialog(actors))
        .child(settings_dialog(actors))
}

fn settings_dialog(actors: Actors) -> El {
    let stage = actors.stage;
    let apply = move |(config, restart): (BrokerConfig, bool)| {
        let config = Box::new(config);
        let action = if restart { Action::RestartBroker(config) } else { Action::ConfigureBroker(config) };
        // Whoever is named: it is the broker's.
        match stage.act(0, action) {
            Ok(()) => actors.trouble.set(None),
            Err(error) => {
                actors.trouble.set(Some(["The broker cannot be set: ", &error.to_string()].concat()))
            }
        }
        true
    };
    let events = SettingsEvents {
        current: Callback::new(move |()| untrack(|| stage.with(|sim| sim.broker().config().clone()))),
        apply: Callback::new(apply),
    };
    broker_settings(actors.setting, events)
}

/// Asks for a client's name over its lifeline; its client identifier stays.
fn rename_dialog(actors: Actors) -> El {
    let (stage, open) = (actors.stage, actors.asking);
    let (text, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    Effect::new(move |_| {
        if open.get() {
            let index = actors.renaming.get_untracked();
            text.set(untrack(|| stage.with(|sim| name(sim, index))));
            error.set(None);
        }
    });
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = text.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            return error.set(Some("A name has at least one character.".to_owned()));
        }
        match stage.rename(actors.renaming.get_untracked(), &wanted) {
            Ok(()) => open.set(false),
            Err(_) => error.set(Some("Another lifeline has this name.".to_owned())),
        }
    };
    let field = text_field("Name", text, error.into(), Signal::stored(false), Take::default());
    let send = el("button", "button button--primary").attr("type", "submit").text("Rename");
    let form = el("form", "")
        .attr("novalidate", "")
        .on("submit", rename)
        .child(el("div", "dialog__body").child(field))
        .child(
            el("footer", "dialog__foot").child(el("p", "").text("Its client identifier stays.")).child(send),
        );
    let dialog = el("dialog", "dialog dialog--ask")
        .attr("aria-labelledby", "rename-h")
        .on("close", move |_: Event| open.set(false))
        .child(dialog_head(el("h2", "").attr("id", "rename-h").text("Rename client"), open))
        .child(form);
    follow(dialog.element().clone().unchecked_into(), open);
    dialog
}

/// The form that is open, if one is.
pub fn form(actors: Actors) -> El {
    nothing().dynamic(move || match actors.open.get() {
        Some((client, kind)) => untrack(|| open_form(actors, client, kind)),
        None => nothing(),
    })
}

fn open_form(actors: Actors, client: usize, kind: FormKind) -> El {
    let stage = actors.stage;
    let draft = RwSignal::new(actors.draft(client));
    Effect::new(move |_| actors.keep_draft(client, draft.get()));
    let shown =
        move |draft: Draft| stage.with(|sim| Shown::of(kind, &draft, sim, client, stage.now.get_untracked()));
    let events = FormEvents {
        shown: Callback::new(shown),
        facts: Callback::new(move |draft| stage.with(|sim| Facts::of(kind, &draft, sim, client))),
        send: Callback::new(move |action| actors.act(client, action)),
        close: Callback::new(move |()| actors.open.set(None)),
    };
    let replaces = Signal::derive(move || stage.has_future());
    let name = stage.with(|sim| name(sim, client));
    let version = draft.with_untracked(|draft| draft.base.version);
    actor_form(&name, kind, version, draft, replaces, events)
}
