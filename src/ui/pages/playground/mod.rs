//! The Playground: simulated clients and broker, stepped event by event.

mod actors;
mod details;
mod keys;
mod surface;
mod world;

use leptos::prelude::*;

pub use self::actors::Actors;
use self::keys::{KEYS, KeyEvents};
use self::surface::{Surfaces, tab_bar};
use crate::sim::Action;
use crate::ui::components::diagram::{Exported, diagram};
use crate::ui::components::drawer::{DrawerTab, TABS};
use crate::ui::components::help::keyboard_help;
use crate::ui::components::icon::icon;
use crate::ui::components::live::live;
use crate::ui::components::toast::toast;
use crate::ui::components::transport::transport;
use crate::ui::dom::{El, el, fragment, many, nothing};
use crate::ui::load::export_diagram;
use crate::ui::state::Stage;

const NO_EXPORT: &str = "Exporting could not be loaded: is the connection gone? Try it again.";

/// The page.
pub fn playground(stage: Stage, actors: Actors) -> El {
    let (source, selection) = (stage.source(), stage.selection);
    let surfaces = Surfaces::new(stage);
    let help = RwSignal::new(false);
    let (tab, collapsed) = (RwSignal::new(DrawerTab::Packets), RwSignal::new(false));
    // Time stands still while another page shows.
    on_cleanup(move || {
        stage.playing.try_set(false);
    });
    keys::listen(
        stage,
        KeyEvents {
            help: Callback::new(move |()| help.set(true)),
            close: Callback::new(move |()| close(actors, surfaces)),
            form: Callback::new(move |kind| actors.open_form(kind)),
            tab: Callback::new(move |at: usize| {
                tab.set(TABS[at]);
                collapsed.set(false);
            }),
            cut: Callback::new(move |()| {
                if let Some(client) = actors.selected.get_untracked() {
                    actors.act(client, Action::Cut);
                }
            }),
        },
    );
    let tools = fragment([inspector_toggle(surfaces), help_button(help)]);
    let start = fragment([actors_toggle(surfaces), world::controls(stage, Vec::new())]);
    let side =
        |class: &str, name: &str, content: El| el("aside", class).attr("aria-label", name).child(content);
    let no_export = RwSignal::new(false);
    let export = Callback::new(move |(packed, step, chosen): Exported| {
        no_export.set(false);
        export_diagram(packed, step, chosen, move || no_export.set(true));
    });
    let notice = move || match no_export.get() {
        true => el("p", "export-notice").attr("role", "alert").text(NO_EXPORT),
        false => nothing(),
    };
    let centre = el("div", "workbench__centre")
        .child(diagram(source, selection, start, tools, export))
        .dynamic(notice)
        .child(details::drawer(stage, tab, collapsed));
    let main = el("main", "")
        .attrs(&[("id", "main"), ("tabindex", "-1")])
        .bind("class", move || surfaces.class())
        .child(el("h1", "sr-only").text("Playground"))
        .child(side("workbench__left", "Actors", actors::panel(actors)).attr("id", "actors"))
        .child(centre)
        .child(side("workbench__right", "Inspector", details::inspector(stage, surfaces)));
    many([
        main,
        actors::form(actors),
        transport(stage),
        tab_bar(stage, surfaces),
        live(stage.told.into()),
        toast(stage.notice, Callback::new(move |()| stage.undo())),
        keyboard_help(help, KEYS),
    ])
}

/// Closes what is uppermost.
fn close(actors: Actors, surfaces: Surfaces) -> bool {
    if actors.open.get_untracked().is_some() {
        actors.open.set(None);
        return true;
    }
    surfaces.close()
}

fn toggle(class: &str, open: RwSignal<bool>) -> El {
    el("button", class)
        .attr("type", "button")
        .bind_state("aria-expanded", move || open.get())
        .click(move || open.update(|open| *open = !*open))
}

fn actors_toggle(surfaces: Surfaces) -> El {
    toggle("button button--sm only-narrow", surfaces.actors)
        .attr("aria-controls", "actors")
        .child(icon("i-plug", "icon icon--xs"))
        .text("Actors")
}

fn inspector_toggle(surfaces: Surfaces) -> El {
    toggle("button button--sm only-tablet", surfaces.inspector).text("Inspector")
}

fn help_button(help: RwSignal<bool>) -> El {
    el("button", "icon-button icon-button--sm not-phone")
        .attrs(&[
            ("type", "button"),
            ("aria-label", "Keyboard shortcuts (?)"),
            ("title", "Keyboard shortcuts (?)"),
            ("aria-haspopup", "dialog"),
        ])
        .click(move || help.set(true))
        .child(icon("i-keyboard", "icon"))
}
