//! The Playground: simulated clients and broker, stepped event by event.

mod actors;
mod details;
mod hint;
mod keys;
mod present;
mod shared;
mod surface;
mod terminals;
mod world;

use js_sys::{Array, Uint8Array, Uint16Array};
use leptos::prelude::*;

pub use self::actors::Actors;
use self::keys::KeyEvents;
pub use self::shared::lend;
use self::surface::{Surfaces, tab_bar};
use crate::sim::{Action, Sim};
use crate::ui::components::diagram::{Exported, diagram};
use crate::ui::components::drawer::TABS;
use crate::ui::components::icon::icon;
use crate::ui::components::live::live;
use crate::ui::components::menu::MenuItem;
use crate::ui::components::separator::Layout;
use crate::ui::components::toast::toast;
use crate::ui::components::transport::transport;
use crate::ui::dom::{El, Slot, after, el, fragment, later, many, nothing};
use crate::ui::load::{arguments, call};
use crate::ui::route;
use crate::ui::state::{Mode, Notice, Stage};
use crate::view::form::FormKind;

/// A part of the second module cannot be had.
fn not_loaded(stage: Stage) {
    const TOLD: &str = "This could not be loaded: is the connection gone? Try it again.";
    stage.notice.set(Some(Notice::bad(TOLD.to_owned())));
}

/// The page.
pub fn playground(stage: Stage, actors: Actors) -> El {
    let (source, selection) = (stage.source(), stage.selection);
    let mode = Mode::current();
    shared::follow(stage);
    let layout = Layout::new();
    let (tab, collapsed) = details::kept_tab();
    let surfaces = Surfaces::new(stage, collapsed);
    // Time stands still while another page shows.
    on_cleanup(move || {
        stage.playing.try_set(false);
    });
    let file = Slot::new(None);
    let text = Callback::new(move |()| actors.open_panel(FormKind::Lines));
    let scenarios = Callback::new(move |()| world::list(stage, file, text));
    keys::listen(
        stage,
        KeyEvents {
            scenarios,
            help: Callback::new(move |()| help(stage)),
            close: Callback::new(move |()| close(actors, surfaces, mode)),
            present: Callback::new(move |()| present(stage, mode)),
            form: Callback::new(move |kind| actors.open_form(kind)),
            panel: Callback::new(move |kind| actors.open_panel(kind)),
            console: Callback::new(move |()| surfaces.show_console()),
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
    // The diagram is painted first, then what stands around it.
    let around = RwSignal::new(false);
    later(
        || (),
        move || {
            around.try_set(true);
        },
    );
    let tools = inspector_toggle(surfaces);
    let start = fragment([
        actors_toggle(surfaces),
        world::controls(stage, file, around, scenarios, views(stage, mode, actors)),
        letters(stage),
    ]);
    let side =
        |class: &str, name: &str, content: El| el("aside", class).attr("aria-label", name).child(content);
    let export = Callback::new(move |it: Exported| {
        let (first, last) = it.chosen.unzip();
        let taken = arguments([
            Uint8Array::from(&*it.packed).into(),
            it.step.into(),
            first.into(),
            last.into(),
            Uint16Array::from(&*it.order).into(),
        ]);
        call("exportDiagram", taken, |_| (), move || not_loaded(stage));
    });
    let centre = el("div", "workbench__centre")
        .child(diagram(source, selection, start, tools, export))
        .child(details::drawer(stage, tab, collapsed, around).child(layout.separator(2)));
    // Lanes can be those of whom the selected client exchanges messages with.
    after(move || {
        let client = actors.selected.get();
        let end = |sim: &Sim| Some(sim.end_of_client(client.filter(|it| *it < sim.client_count())?));
        selection.actor.set(stage.with_record(end));
    });
    let left = fragment([
        el("div", "workbench__actors").child(afterwards(around, move || actors::panel(actors))),
        terminals::terminals(stage, surfaces.console),
    ]);
    let main = el("main", "")
        .attrs(&[("id", "main"), ("tabindex", "-1")])
        .bind("class", move || surfaces.class())
        .child(el("h1", "sr-only").text("Playground"))
        .child(side("workbench__left", "Actors", left).attr("id", "actors"))
        .child(centre)
        .child(side(
            "workbench__right",
            "Inspector",
            afterwards(around, move || details::inspector(stage, surfaces)),
        ))
        .child(layout.separator(0))
        .child(layout.separator(1));
    many([
        main,
        actors::form(actors),
        present::caption(stage, mode),
        transport(stage, around)
            .child(present::controls(stage, actors, mode))
            .with(embed_link())
            .child(tracks(stage)),
        tab_bar(stage, surfaces),
        live(stage.told.into()),
        toast(stage.notice, Callback::new(move |()| stage.undo())),
        hint::hints(stage),
    ])
}

/// What is drawn once `around` holds.
fn afterwards(around: RwSignal<bool>, draw: impl Fn() -> El + 'static) -> El {
    nothing().dynamic(move || if around.get() { untrack(&draw) } else { nothing() })
}

/// Lists the keys.
pub fn help(stage: Stage) {
    call("keyboardHelp", Array::new(), |_| (), move || not_loaded(stage));
}

/// Shows the page for a projector, or as usual again. What that looks like comes with the second module.
fn present(stage: Stage, mode: Mode) {
    if mode.present.get_untracked() {
        return mode.present.set(false);
    }
    call("version", Array::new(), move |_| mode.present.set(true), move || not_loaded(stage));
}

/// Other ways to look at the page.
fn views(stage: Stage, mode: Mode, actors: Actors) -> Vec<MenuItem> {
    let panel = |symbol, label, key, kind| {
        let act = Callback::new(move |()| actors.open_panel(kind));
        MenuItem { symbol, label, key, act }
    };
    let present = Callback::new(move |()| present(stage, mode));
    let print = Callback::new(|()| {
        let _ = window().print();
    });
    vec![
        panel("i-cut", "Links and faults…", "d", FormKind::Network),
        panel("i-list", "State of both ends", "e", FormKind::Lanes),
        panel("i-redo", "Timelines, every way…", "t", FormKind::Timelines),
        panel("i-list", "Planned actions…", "", FormKind::Plan),
        panel("i-edit", "World as text…", "", FormKind::Lines),
        panel("i-open", "Share…", "s", FormKind::Share),
        MenuItem { symbol: "i-screen", label: "Presentation", key: "p", act: present },
        MenuItem { symbol: "i-file", label: "Print…", key: "", act: print },
    ]
}

/// The timelines' letters, where there are several.
fn letters(stage: Stage) -> El {
    let button = move |(at, letter): (usize, char)| {
        let name = ["Timeline ", &letter.to_ascii_uppercase().to_string()].concat();
        el("button", "")
            .attrs(&[("type", "button"), ("aria-label", &name), ("title", &name)])
            .state("aria-pressed", letter.is_ascii_uppercase())
            .click(move || drop(stage.ask(&["#", &at.to_string()].concat())))
            .text(&letter.to_ascii_uppercase().to_string())
    };
    nothing().dynamic(move || {
        let letters = stage.timelines.get();
        if letters.len() < 2 {
            return nothing();
        }
        el("span", "segmented timelines")
            .attrs(&[("role", "group"), ("aria-label", "Timelines")])
            .all(letters.chars().enumerate().map(button))
    })
}

/// The timelines' tracks, where there are several.
fn tracks(stage: Stage) -> El {
    let place = Actors::new(stage);
    after(move || {
        let wanted = (stage.timelines.with(String::len) > 1).then_some((0, FormKind::Tracks));
        if place.open.get_untracked() != wanted {
            place.open.set(wanted);
        }
    });
    actors::form(place).attr("class", "transport__tracks")
}

/// From inside another page to the whole one.
fn embed_link() -> Option<El> {
    let link = || {
        el("a", "button button--sm embed-link")
            .attrs(&[("href", "./#/"), ("target", "_blank"), ("rel", "noopener")])
            .child(icon("i-open", "icon icon--xs"))
            .text("Open in Playground")
    };
    route::is_embedded().then(link)
}

/// Closes what is uppermost.
fn close(actors: Actors, surfaces: Surfaces, mode: Mode) -> bool {
    if mode.present.get_untracked() {
        mode.present.set(false);
        return true;
    }
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
