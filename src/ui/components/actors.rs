//! The actors panel: a card for the broker and for each client, with what can be done to it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::sim::Action;
use crate::view::actors::{ActorCard, Standing};

/// A form that a client's card opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// Publish a message.
    Publish,
    /// Subscribe to a filter.
    Subscribe,
}

/// What the panel tells its page.
#[derive(Clone, Copy)]
pub struct ActorsEvents {
    /// Client `.0` shall do this.
    pub action: Callback<(usize, Action)>,
    /// The form of client `.0` shall open, or close if it is open.
    pub form: Callback<(usize, FormKind)>,
    /// Client `.0` is the selected one.
    pub select: Callback<usize>,
}

/// The broker's card and those of the clients.
#[component]
pub fn ActorsPanel(
    /// The broker's card.
    broker: Signal<ActorCard>,
    /// The clients' cards.
    clients: Signal<Vec<ActorCard>>,
    /// The selected client.
    selected: Signal<Option<usize>>,
    /// The form that is open.
    open: Signal<Option<(usize, FormKind)>>,
    /// What is done with it.
    events: ActorsEvents,
) -> impl IntoView {
    let count = Memo::new(move |_| clients.with(Vec::len));
    view! {
        <section class="actors" aria-labelledby="actors-h">
            <div class="actors__head"><h2 class="panel-title" id="actors-h">"Actors"</h2></div>
            <article class="actor-card" aria-label="Broker" data-testid="actor-broker">
                {move || broker.with(head)}
                {move || broker.with(facts)}
            </article>
            {move || (0..count.get()).map(|index| client(index, clients, selected, open, events)).collect_view()}
        </section>
    }
}

fn head(card: &ActorCard) -> AnyView {
    view! {
        <div class="actor-card__head">
            <span class=card.standing.dot()></span>
            <h3 class="actor-card__name">{card.name.clone()}</h3>
            <span class="actor-card__state">{card.standing.word()}</span>
            <span class="actor-card__version">{card.version.clone()}</span>
        </div>
    }
    .into_any()
}

fn facts(card: &ActorCard) -> AnyView {
    let facts = card.facts.iter().map(|(name, value)| {
        view! { <div><dt>{*name}</dt><dd>{value.clone()}</dd></div> }
    });
    view! { <dl class="actor-card__facts">{facts.collect_view()}</dl> }.into_any()
}

fn keep_alive(card: &ActorCard) -> AnyView {
    let Some(left) = &card.keep_alive else { return ().into_any() };
    view! {
        <div class="keep-alive">
            <span>"keep alive"</span>
            <span class="meter" style:--value=format!("{}%", left.percent)><i></i></span>
            <b>{left.left.clone()}</b>
        </div>
    }
    .into_any()
}

fn client(
    index: usize,
    cards: Signal<Vec<ActorCard>>,
    selected: Signal<Option<usize>>,
    open: Signal<Option<(usize, FormKind)>>,
    events: ActorsEvents,
) -> AnyView {
    // A card that has just gone is drawn once more, as nothing.
    let card = Memo::new(move |_| cards.with(|cards| cards.get(index).cloned()));
    let part = move |draw: fn(&ActorCard) -> AnyView| move || card.with(|card| card.as_ref().map(draw));
    let standing = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.standing)));
    let name = move || card.with(|card| card.as_ref().map(|card| card.name.clone()).unwrap_or_default());
    let class = move || {
        if selected.get() == Some(index) { "actor-card is-selected" } else { "actor-card" }
    };
    let label = move || {
        let word = standing.get().map_or("", Standing::word);
        format!("Client {}, {word}", name())
    };
    view! {
        <article
            class=class
            aria-label=label
            data-testid=move || format!("actor-{}", name())
            on:pointerdown=move |_| events.select.run(index)
            on:focusin=move |_| events.select.run(index)
        >
            {part(head)}
            {part(facts)}
            {part(keep_alive)}
            {buttons(index, standing, open, events)}
        </article>
    }
    .into_any()
}

fn buttons(
    index: usize,
    standing: Memo<Option<Standing>>,
    open: Signal<Option<(usize, FormKind)>>,
    events: ActorsEvents,
) -> AnyView {
    let connected = move || standing.get() == Some(Standing::Connected);
    let offline = move || standing.get() == Some(Standing::Offline);
    let form = move |kind: FormKind, icon: &'static str, label: &'static str| {
        let expanded = move || if open.get() == Some((index, kind)) { "true" } else { "false" };
        view! {
            <button
                type="button"
                class="button button--sm"
                aria-expanded=expanded
                aria-haspopup="dialog"
                disabled=move || !connected()
                on:click=move |_| events.form.run((index, kind))
            >
                <Icon name=icon class="icon icon--xs"/>
                {label}
            </button>
        }
    };
    view! {
        <div class="actor-card__actions">
            {form(FormKind::Subscribe, "i-inbox", "Subscribe")} {form(FormKind::Publish, "i-send", "Publish")}
        </div>
        <div class="actor-card__actions">
            <button
                type="button"
                class="button button--sm"
                disabled=move || !offline()
                on:click=move |_| events.action.run((index, Action::Connect))
            >
                <Icon name="i-plug" class="icon icon--xs"/>
                "Connect"
            </button>
            <button
                type="button"
                class="button button--sm"
                disabled=move || !connected()
                on:click=move |_| events.action.run((index, Action::Disconnect))
            >
                "Disconnect"
            </button>
            <button
                type="button"
                class="button button--sm button--danger"
                disabled=offline
                on:click=move |_| events.action.run((index, Action::Cut))
            >
                <Icon name="i-cut" class="icon icon--xs"/>
                "Cut link"
            </button>
        </div>
    }
    .into_any()
}
