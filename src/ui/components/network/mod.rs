//! What is not one client's: links and faults, timelines, every way it can go, the world as text. Part of the second
//! module alone: it gets the world as text, and asks the first one for actions, timelines and worlds.

mod compare;
mod faults;
mod lines;
mod links;
pub mod share;
mod timelines;
mod ways;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Event;

use super::dialog::{dialog_head, follow};
use super::forms::host::World;
use super::icon::icon;
use crate::sim::Action;
use crate::ui::dom::{El, el, fragment};
use crate::view::form::FormKind;

/// What a panel can ask for.
#[derive(Clone, Copy)]
pub struct Asks {
    /// Does something to the client that it was opened for.
    pub act: Callback<Action>,
    /// Puts a timeline or a world on stage.
    pub stage: Callback<String>,
    /// Closes the panel.
    pub close: Callback<()>,
}

/// The panel of a kind, for a client.
pub fn panel(world: World, kind: FormKind, client: usize, asks: Asks) -> El {
    match kind {
        FormKind::Timelines => {
            shell("i-redo", "Timelines", "dialog--timelines", asks, timelines::body(world, asks))
        }
        FormKind::Lines => shell("i-edit", "World as text", "dialog--lines", asks, lines::body(world, asks)),
        _ => {
            let name = super::forms::host::name_of(world, client);
            let body = el("div", "network")
                .child(faults::body(world, client, asks))
                .child(links::body(world, client, asks));
            shell("i-cut", &["Link of ", &name].concat(), "dialog--network", asks, body)
        }
    }
}

/// A dialog that asks to be closed when it is.
fn shell(symbol: &str, title: &str, class: &str, asks: Asks, body: El) -> El {
    let open = RwSignal::new(true);
    Effect::new(move |_| {
        if !open.get() {
            asks.close.run(());
        }
    });
    let head = fragment([icon(symbol, "icon icon--sm"), el("h2", "").attr("id", "panel-h").text(title)]);
    let dialog = el("dialog", &["dialog ", class].concat())
        .attr("aria-labelledby", "panel-h")
        .on("close", move |_: Event| {
            open.try_set(false);
        })
        .child(dialog_head(head, open))
        .child(body);
    follow(dialog.element().clone().unchecked_into(), open);
    dialog
}

/// A button with words.
fn button(class: &str, words: &str) -> El {
    el("button", class).attr("type", "button").text(words)
}
