//! What shows where there is no room for everything: overlays on narrow screens, one surface at a time on phones.

use leptos::prelude::*;

use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, after, el};
use crate::ui::media;
use crate::ui::state::{Stage, remember, remembered};
use crate::view::diagram::FEW;

/// A surface of the phone layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The diagram, with the inspector as a sheet.
    Diagram,
    /// The actors' cards.
    Actors,
    /// The terminals.
    Console,
    /// The packet table and the states.
    Packets,
}

/// What is open.
#[derive(Clone, Copy)]
pub struct Surfaces {
    /// On phones.
    pub surface: RwSignal<Surface>,
    /// The actors panel, where it is an overlay.
    pub actors: RwSignal<bool>,
    /// The inspector, where it is a sheet at the side.
    pub inspector: RwSignal<bool>,
    /// The terminals.
    pub console: RwSignal<bool>,
    /// The inspector's sheet takes the whole surface on phones.
    pub tall: RwSignal<bool>,
    /// The world came with many actors: the diagram has the room until something else is asked for.
    pub many: RwSignal<bool>,
}

impl Surfaces {
    /// The diagram alone; the inspector opens when a packet is unfolded. The drawer is `collapsed` as it was left, but
    /// for a world of many actors.
    pub fn new(stage: Stage, collapsed: RwSignal<bool>) -> Self {
        let surfaces = Self {
            surface: RwSignal::new(Surface::Diagram),
            actors: RwSignal::new(false),
            inspector: RwSignal::new(false),
            console: RwSignal::new(remembered(5) == 1),
            tall: RwSignal::new(false),
            many: RwSignal::new(false),
        };
        remember(5, move || surfaces.console.get().into());
        // What the drawer was like before there were many.
        let usual = RwSignal::new(None::<bool>);
        remember(1, move || usual.get().unwrap_or_else(|| collapsed.get()).into());
        // Another world: clients that are added to one change nothing.
        let world = Memo::new(move |_| stage.with_record(|sim| sim.scenario().title.clone()));
        after(move || {
            world.with(|_| ());
            let many = untrack(|| stage.with_record(|sim| sim.capture().ends().len() > FEW));
            surfaces.many.set(many);
            if many && !media::matches(media::PHONE) {
                surfaces.inspector.set(false);
                usual.update(|usual| *usual = usual.or(Some(collapsed.get_untracked())));
                collapsed.set(true);
            } else if let Some(was) = usual.get_untracked() {
                usual.set(None);
                collapsed.set(was);
            }
        });
        after(move || {
            if stage.selection.unfolded.get() {
                surfaces.inspector.set(true);
            }
        });
        surfaces
    }

    /// The workbench's classes.
    pub fn class(&self) -> String {
        let surface = match self.surface.get() {
            Surface::Diagram => " shows-diagram",
            Surface::Actors => " shows-actors",
            Surface::Console => " shows-console",
            Surface::Packets => " shows-packets",
        };
        let actors = if self.actors.get() { " has-actors" } else { "" };
        let inspector = if self.inspector.get() { " has-inspector" } else { "" };
        let tall = if self.tall.get() { " is-tall" } else { "" };
        let many = if self.many.get() { " is-many" } else { "" };
        ["workbench", surface, actors, inspector, tall, many].concat()
    }

    /// Shows the terminals, wherever they stand.
    pub fn show_console(&self) {
        self.surface.set(Surface::Console);
        self.actors.set(true);
        // Told again where they show already: the prompt takes the focus.
        self.console.set(true);
    }

    /// Closes an overlay; `false` if none is open.
    pub fn close(&self) -> bool {
        for open in [self.actors, self.inspector, self.tall] {
            if open.get_untracked() {
                open.set(false);
                return true;
            }
        }
        false
    }
}

/// The phone's tabs.
pub fn tab_bar(stage: Stage, surfaces: Surfaces) -> El {
    let tab = move |surface: Surface, symbol: &str, label: &str| {
        let count = (surface == Surface::Packets).then(|| {
            el("span", "tab-bar__badge").bind_text(move || {
                stage.with(|sim| crate::view::table::extent(sim.capture(), sim.cursor()).0).to_string()
            })
        });
        el("button", "")
            .attr("type", "button")
            .bind_maybe("aria-current", move || (surfaces.surface.get() == surface).then_some("page"))
            .click(move || {
                surfaces.surface.set(surface);
                if surface == Surface::Console {
                    surfaces.console.set(true);
                }
            })
            .child(icon(symbol, "icon"))
            .text(label)
            .with(count)
    };
    el("nav", "tab-bar").attr("aria-label", "Views").all([
        tab(Surface::Diagram, "i-fold", "Diagram"),
        tab(Surface::Actors, "i-plug", "Actors"),
        tab(Surface::Console, "i-term", "Console"),
        tab(Surface::Packets, "i-list", "Packets"),
    ])
}
