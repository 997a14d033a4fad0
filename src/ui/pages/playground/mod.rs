//! The Playground: simulated clients and broker, stepped event by event.

mod actors;
mod details;
mod keys;
mod surface;

use leptos::prelude::*;

pub use self::actors::Actors;
use self::keys::{KEYS, KeyEvents};
use self::surface::{Surfaces, tab_bar};
use crate::sim::{Action, scenarios};
use crate::ui::components::diagram::Diagram;
use crate::ui::components::help::KeyboardHelp;
use crate::ui::components::icon::Icon;
use crate::ui::components::live::Live;
use crate::ui::components::transport::Transport;
use crate::ui::state::Stage;

/// The page.
#[component]
pub fn Playground(stage: Stage, actors: Actors) -> impl IntoView {
    let (source, selection) = (stage.source(), stage.selection);
    let surfaces = Surfaces::new(stage);
    let help = RwSignal::new(false);
    // Time stands still while another page shows.
    on_cleanup(move || {
        stage.playing.try_set(false);
    });
    keys::listen(
        stage,
        KeyEvents {
            help: Callback::new(move |()| help.set(true)),
            close: Callback::new(move |()| close(actors, surfaces)),
            cut: Callback::new(move |()| {
                if let Some(client) = actors.selected.get_untracked() {
                    actors.act(client, Action::Cut);
                }
            }),
        },
    );
    view! {
        <main class=move || surfaces.class() id="main" tabindex="-1">
            <h1 class="sr-only">"Playground"</h1>
            <aside class="workbench__left" id="actors" aria-label="Actors">{actors::panel(actors)}</aside>
            <div class="workbench__centre">
                <Diagram source selection tools=move || (inspector_toggle(surfaces), help_button(help))>
                    {actors_toggle(surfaces)}
                    {scenario_menu(stage)}
                </Diagram>
                {details::drawer(stage)}
            </div>
            <aside class="workbench__right" aria-label="Inspector">{details::inspector(stage, surfaces)}</aside>
        </main>
        {actors::form(actors)}
        <Transport stage/>
        {tab_bar(stage, surfaces)}
        <Live line=stage.told/>
        <KeyboardHelp open=help keys=KEYS/>
    }
}

/// Closes what is uppermost.
fn close(actors: Actors, surfaces: Surfaces) -> bool {
    if actors.open.get_untracked().is_some() {
        actors.open.set(None);
        return true;
    }
    surfaces.close()
}

fn scenario_menu(stage: Stage) -> AnyView {
    let options = scenarios().into_iter().enumerate().map(|(index, scenario)| {
        let chosen = move || stage.scenario.get() == index;
        view! { <option value=index.to_string() prop:selected=chosen title=scenario.text>{scenario.title}</option> }
    });
    let choose = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            stage.load(index);
        }
    };
    view! {
        <select class="select scenario" aria-label="Scenario" on:change=choose>{options.collect_view()}</select>
    }
    .into_any()
}

fn actors_toggle(surfaces: Surfaces) -> AnyView {
    view! {
        <button
            class="button button--sm only-narrow" type="button" aria-controls="actors"
            aria-expanded=move || surfaces.actors.get().to_string()
            on:click=move |_| surfaces.actors.update(|open| *open = !*open)
        >
            <Icon name="i-plug" class="icon icon--xs"/>
            "Actors"
        </button>
    }
    .into_any()
}

fn inspector_toggle(surfaces: Surfaces) -> AnyView {
    view! {
        <button
            class="button button--sm only-tablet" type="button"
            aria-expanded=move || surfaces.inspector.get().to_string()
            on:click=move |_| surfaces.inspector.update(|open| *open = !*open)
        >
            "Inspector"
        </button>
    }
    .into_any()
}

fn help_button(help: RwSignal<bool>) -> AnyView {
    view! {
        <button
            class="icon-button icon-button--sm not-phone" type="button" aria-label="Keyboard shortcuts (?)"
            title="Keyboard shortcuts (?)" aria-haspopup="dialog" on:click=move |_| help.set(true)
        >
            <Icon name="i-keyboard"/>
        </button>
    }
    .into_any()
}
