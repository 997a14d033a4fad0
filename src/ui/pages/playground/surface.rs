//! What shows where there is no room for everything: overlays on narrow screens, one surface at a time on phones.

use leptos::prelude::*;

use crate::ui::components::icon::Icon;
use crate::ui::state::Stage;

/// A surface of the phone layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The diagram, with the inspector as a sheet.
    Diagram,
    /// The actors' cards.
    Actors,
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
    /// The inspector's sheet takes the whole surface on phones.
    pub tall: RwSignal<bool>,
}

impl Surfaces {
    /// The diagram alone; the inspector opens when a packet is unfolded.
    pub fn new(stage: Stage) -> Self {
        let surfaces = Self {
            surface: RwSignal::new(Surface::Diagram),
            actors: RwSignal::new(false),
            inspector: RwSignal::new(false),
            tall: RwSignal::new(false),
        };
        Effect::new(move |_| {
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
            Surface::Packets => " shows-packets",
        };
        let actors = if self.actors.get() { " has-actors" } else { "" };
        let inspector = if self.inspector.get() { " has-inspector" } else { "" };
        let tall = if self.tall.get() { " is-tall" } else { "" };
        ["workbench", surface, actors, inspector, tall].concat()
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
pub fn tab_bar(stage: Stage, surfaces: Surfaces) -> AnyView {
    let tab = move |surface: Surface, icon: &'static str, label: &'static str| {
        let current = move || (surfaces.surface.get() == surface).then_some("page");
        let count = (surface == Surface::Packets).then(|| {
            let count = move || stage.with(|sim| crate::view::table::extent(sim.capture(), sim.cursor()).0);
            view! { <span class="tab-bar__badge">{count}</span> }
        });
        view! {
            <button type="button" aria-current=current on:click=move |_| surfaces.surface.set(surface)>
                <Icon name=icon/>
                {label}
                {count}
            </button>
        }
    };
    view! {
        <nav class="tab-bar" aria-label="Views">
            {tab(Surface::Diagram, "i-fold", "Diagram")}
            {tab(Surface::Actors, "i-plug", "Actors")}
            {tab(Surface::Packets, "i-list", "Packets")}
        </nav>
    }
    .into_any()
}
