//! The actors panel: a card for the broker and for each client, with what can be done to it.

use leptos::prelude::*;
use web_sys::Event;

use super::icon::icon;
use super::menu::{MenuItem, menu};
use crate::sim::{Action, BROKERS};
use crate::ui::dom::{El, Memo, Row, Words, el, fragment, key, many, nothing};
use crate::view::actors::{ActorCard, Standing};

pub use crate::view::form::FormKind;

/// What the panel tells its page.
#[derive(Clone, Copy)]
pub struct ActorsEvents {
    /// Client `.0` shall do this.
    pub action: Callback<(usize, Action)>,
    /// The form of client `.0` shall open, or close if it is open.
    pub form: Callback<(usize, FormKind)>,
    /// Client `.0` is the selected one, or none is.
    pub select: Callback<Option<usize>>,
    /// One more client.
    pub add: Callback<()>,
    /// Client `.0` shall have another name.
    pub rename: Callback<usize>,
}

/// Actors that have a card each; more of them are a list, with the card of the selected one below.
const CARDS: usize = 4;

/// The brokers' cards and those of the clients; `open` is the form that is open.
pub fn actors_panel(
    brokers: Memo<Vec<ActorCard>>,
    clients: Memo<Vec<ActorCard>>,
    selected: RwSignal<Option<usize>>,
    open: RwSignal<Option<(usize, FormKind)>>,
    events: ActorsEvents,
) -> El {
    let count = Memo::new(move |_| clients.with(Vec::len));
    let here =
        move || clients.with(|cards| cards.iter().filter(|card| card.standing != Standing::Left).count());
    let many_brokers = Memo::new(move |_| brokers.with(Vec::len));
    let here = Memo::new(move |_| here() + many_brokers.get());
    let many_here = Memo::new(move |_| here.get() > CARDS);
    let heading = move || match here.get() {
        few if few <= CARDS => "Actors".to_owned(),
        many => [&many.to_string(), " actors"].concat(),
    };
    let title = el("h2", "panel-title").attr("id", "actors-h").bind_text(heading);
    let add =
        button("button button--sm button--quiet", "i-plus", "Add client").click(move || events.add.run(()));
    let broker_card = move |number: usize| {
        let card = one(brokers, number);
        let id = move || match number {
            0 => Words::Borrowed("actor-broker"),
            _ => told(card, |card| ["actor-", &card.name].concat().into())(),
        };
        // As long as there is one, it is nobody's in particular.
        let party = if number == 0 { 0 } else { BROKERS + number };
        let party = move || if many_brokers.get_untracked() > 1 { BROKERS + number } else { party };
        el("article", "actor-card")
            .bind("aria-label", told(card, |card| card.name.clone().into()))
            .bind("data-testid", id)
            .child(head(card))
            .child(facts(card))
            .child(
                el("div", "actor-card__actions").child(
                    button("button button--sm", "i-gear", "Settings…")
                        .attr("aria-haspopup", "dialog")
                        .click(move || events.form.run((party(), FormKind::Broker))),
                ),
            )
    };
    let at_broker = RwSignal::new(0_usize);
    let card = move |index| client(index, brokers, clients, selected, open, events);
    let cards = move || {
        let number = many_brokers.get();
        if !many_here.get() {
            return fragment([many((0..number).map(broker_card)), many((0..count.get()).map(card))]);
        }
        // A card that is selected again stays: it is in the middle of a click.
        let chosen = Memo::new(move |_| selected.get().filter(|index| *index < count.get()));
        let detail = move || chosen.get().map_or_else(|| broker_card(at_broker.get().min(number - 1)), card);
        let list = list(brokers, clients, selected, at_broker, events);
        fragment([list, el("div", "lane-detail").fill(detail)])
    };
    el("section", "actors")
        .attr("aria-labelledby", "actors-h")
        .bind_class("actors--many", move || many_here.get())
        .child(el("div", "actors__head").child(title).child(add))
        .dynamic(cards)
}

/// A line for each actor.
fn list(
    brokers: Memo<Vec<ActorCard>>,
    clients: Memo<Vec<ActorCard>>,
    selected: RwSignal<Option<usize>>,
    at_broker: RwSignal<usize>,
    events: ActorsEvents,
) -> El {
    let count = Memo::new(move |_| (brokers.with(Vec::len), clients.with(Vec::len)));
    let line = move |party: usize| {
        let broker = party.checked_sub(BROKERS);
        let index = if broker.is_some() { None } else { Some(party) };
        let (cards, at) = broker.map_or((clients, party), |number| (brokers, number));
        let card = one(cards, at);
        let fact = |card: &ActorCard| {
            if card.standing == Standing::Offline {
                return card.standing.word().into();
            }
            let fact = card.facts.iter().find(|(name, _)| matches!(*name, "sessions" | "received"));
            fact.map(|(name, value)| [name, " ", value].concat()).unwrap_or_default().into()
        };
        let gone = move || card.with(|card| card.as_ref().is_none_or(|card| card.standing == Standing::Left));
        el("li", "").bind_flag("hidden", gone).child(
            el("button", "lane-list__actor")
                .attr("type", "button")
                .bind_state("aria-pressed", move || {
                    selected.get() == index && broker.is_none_or(|number| at_broker.get() == number)
                })
                .click(move || {
                    at_broker.set(broker.unwrap_or_default());
                    events.select.run(index);
                })
                .child(el("span", "").bind("class", told(card, |card| card.standing.dot().into())))
                .child(name(el("b", ""), card))
                .child(el("small", "").bind_text(told(card, fact))),
        )
    };
    el("ul", "lane-list").attr("aria-label", "Actors").dynamic(move || {
        let (brokers, clients) = count.get();
        many((BROKERS..BROKERS + brokers).chain(0..clients).map(line))
    })
}

/// A card; none once its actor has gone, which is drawn once more then. What it tells changes while people click:
/// elements stay and follow it.
type Card = Memo<Option<ActorCard>>;

fn one(cards: Memo<Vec<ActorCard>>, at: usize) -> Card {
    Memo::new(move |_| cards.with(|cards| cards.get(at).cloned()))
}

fn told(card: Card, read: fn(&ActorCard) -> Words) -> impl Fn() -> Words {
    move || card.with(|card| card.as_ref().map(read).unwrap_or_default())
}

fn name(it: El, card: Card) -> El {
    it.attr("dir", "auto").bind_text(told(card, |card| card.name.clone().into()))
}

fn head(card: Card) -> El {
    let state = told(card, |card| card.standing.word().into());
    let version = told(card, |card| card.version.clone().into());
    el("div", "actor-card__head")
        .child(el("span", "").bind("class", told(card, |card| card.standing.dot().into())))
        .child(name(el("h3", "actor-card__name"), card))
        .child(el("span", "actor-card__state").bind_text(state))
        .child(el("span", "actor-card__version").bind_text(version))
}

fn facts(card: Card) -> El {
    let fact = |(name, value): &(&'static str, String)| {
        let (name, value) = (*name, value.clone());
        let key = key(&[name, &value]);
        Row::new(key, move || el("div", "").child(el("dt", "").text(name)).child(el("dd", "").text(&value)))
    };
    let facts = move || {
        card.with(|card| card.as_ref().map(|card| card.facts.iter().map(fact).collect()).unwrap_or_default())
    };
    el("dl", "actor-card__facts").rows(facts)
}

fn keep_alive(card: Card) -> El {
    let left =
        |card: &ActorCard| card.keep_alive.as_ref().map_or_else(Words::default, |it| it.left.clone().into());
    let value = |card: &ActorCard| {
        card.keep_alive
            .as_ref()
            .map_or_else(Words::default, |it| [&it.percent.to_string(), "%"].concat().into())
    };
    el("div", "keep-alive")
        .child(el("span", "").text("keep alive"))
        .child(el("span", "meter").bind_style("--value", told(card, value)).child(el("i", "")))
        .child(el("b", "").bind_text(told(card, left)))
}

/// Which broker a client uses, where there are several.
fn home(
    index: usize,
    brokers: Memo<Vec<ActorCard>>,
    cards: Memo<Vec<ActorCard>>,
    events: ActorsEvents,
) -> El {
    let names = Memo::new(move |_| {
        brokers.with(|cards| cards.iter().map(|card| card.name.clone()).collect::<Vec<String>>())
    });
    let here = move || cards.with(|cards| cards.get(index).map(|card| (card.broker, card.standing)));
    nothing().dynamic(move || {
        let names = names.get();
        if names.len() < 2 {
            return nothing();
        }
        let options = names.iter().enumerate().map(|(number, name)| {
            let chosen = move || here().is_some_and(|(home, _)| home == number);
            el("option", "").num("value", number).text(name).bind_property("selected", chosen)
        });
        let choice = el("select", "select")
            .attrs(&[("aria-label", "Broker"), ("title", "The broker that it connects to")])
            .bind_flag("disabled", move || here().is_none_or(|(_, standing)| standing != Standing::Offline))
            .all(options)
            .on("change", move |event: Event| {
                if let Ok(number) = event_target_value(&event).parse() {
                    events.action.run((index, Action::UseBroker(number)));
                }
            });
        el("label", "actor-card__home").child(el("span", "").text("broker")).child(choice)
    })
}

fn client(
    index: usize,
    brokers: Memo<Vec<ActorCard>>,
    cards: Memo<Vec<ActorCard>>,
    selected: RwSignal<Option<usize>>,
    open: RwSignal<Option<(usize, FormKind)>>,
    events: ActorsEvents,
) -> El {
    let card = one(cards, index);
    let counts =
        Memo::new(move |_| card.with(|card| card.as_ref().is_some_and(|card| card.keep_alive.is_some())));
    let standing = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.standing)));
    let name = move || card.with(|card| card.as_ref().map(|card| card.name.clone()).unwrap_or_default());
    let class = move || {
        if selected.get() == Some(index) { "actor-card is-selected" } else { "actor-card" }
    };
    let label = move || ["Client ", &name(), ", ", standing.get().map_or("", Standing::word)].concat();
    el("article", "")
        .bind("class", class)
        .bind("aria-label", label)
        .bind("data-testid", move || ["actor-", &name()].concat())
        .num("data-client", index)
        .bind_flag("hidden", move || standing.get().is_none_or(|standing| standing == Standing::Left))
        .on("pointerdown", move |_: Event| events.select.run(Some(index)))
        .on("focusin", move |_: Event| events.select.run(Some(index)))
        .child(head(card))
        .child(facts(card))
        .dynamic(move || if counts.get() { keep_alive(card) } else { nothing() })
        .child(home(index, brokers, cards, events))
        .child(buttons(index, standing, open, events))
}

fn button(class: &str, symbol: &str, label: &str) -> El {
    let button = el("button", class).attr("type", "button");
    let button = if symbol.is_empty() { button } else { button.child(icon(symbol, "icon icon--xs")) };
    button.text(label)
}

fn buttons(
    index: usize,
    standing: Memo<Option<Standing>>,
    open: RwSignal<Option<(usize, FormKind)>>,
    events: ActorsEvents,
) -> El {
    let connected = move || standing.get() == Some(Standing::Connected);
    let offline = move || standing.get() == Some(Standing::Offline);
    let form = move |kind: FormKind, symbol: &str, label: &str| {
        button("button button--sm", symbol, label)
            .attr("aria-haspopup", "dialog")
            .bind_state("aria-expanded", move || open.get() == Some((index, kind)))
            .bind_flag("disabled", move || !connected())
            .click(move || events.form.run((index, kind)))
    };
    let act = move |action: fn() -> Action| move || events.action.run((index, action()));
    let forms = el("div", "actor-card__actions")
        .child(form(FormKind::Subscribe, "i-inbox", "Subscribe"))
        .child(form(FormKind::Publish, "i-send", "Publish"))
        .child(more(index, events));
    let link = el("div", "actor-card__actions").all([
        button("button button--sm", "i-plug", "Connect")
            .bind_flag("disabled", move || !offline())
            .click(act(|| Action::Connect)),
        button("button button--sm", "", "Disconnect")
            .bind_flag("disabled", move || !connected())
            .click(act(|| Action::Disconnect)),
        button("button button--sm button--danger", "i-cut", "Cut link")
            .bind_flag("disabled", offline)
            .click(act(|| Action::Cut)),
    ]);
    fragment([forms, link])
}

/// What else can be done with a client.
fn more(index: usize, events: ActorsEvents) -> El {
    let item = |symbol, label, act| MenuItem { symbol, label, key: "", act };
    let form = |symbol, label, key, kind| MenuItem {
        symbol,
        label,
        key,
        act: Callback::new(move |()| events.form.run((index, kind))),
    };
    let items = vec![
        form("i-plug", "Connect with…", "g c", FormKind::Connect),
        form("i-inbox", "Unsubscribe…", "", FormKind::Unsubscribe),
        form("i-plug", "Disconnect with…", "", FormKind::Disconnect),
        form("i-plug", "Authenticate again…", "", FormKind::Authenticate),
        form("i-bug", "Misbehave…", "g m", FormKind::Misbehave),
        item("i-edit", "Rename…", Callback::new(move |()| events.rename.run(index))),
        item("i-trash", "Remove", Callback::new(move |()| events.action.run((index, Action::Leave)))),
    ];
    let id = ["client-menu-", &index.to_string()].concat();
    menu("icon-button icon-button--sm actor-card__more", "i-more", "More", &id, items)
}
