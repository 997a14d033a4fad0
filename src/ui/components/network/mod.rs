//! What is not one client's: links and faults, timelines, every way it can go, the world as text. Part of the second
//! module alone: it gets the world as text, and asks the first one for actions, timelines and worlds.

pub mod change;
mod compare;
mod faults;
mod lanes;
mod lines;
mod links;
mod names;
mod plan;
pub mod share;
mod timelines;
mod tracks;
mod ways;

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::dialog::dialog;
use super::forms::host::World;
use super::icon::icon;
use crate::sim::Action;
use crate::ui::dom::{El, Slot, after, el, fragment};
use crate::view::form::FormKind;

/// What a panel can ask for.
#[derive(Clone, Copy)]
pub struct Asks {
    /// Does something to a client.
    pub act: Callback<(usize, Action)>,
    /// Puts a timeline or a world on stage.
    pub stage: Callback<String>,
    /// Closes the panel.
    pub close: Callback<()>,
}

/// The panel of a kind, for a client.
pub fn panel(world: World, kind: FormKind, client: usize, asks: Asks) -> El {
    match kind {
        FormKind::Timelines => sheet(asks, timelines::body(world, asks)).attr("role", "dialog"),
        FormKind::Lines => {
            shell("i-edit", || "World as text".to_owned(), "dialog--lines", asks, lines::body(world, asks))
        }
        FormKind::Tracks => tracks::bar(world, asks),
        FormKind::Plan => {
            shell("i-list", || "Planned actions".to_owned(), "dialog--plan", asks, plan::body(world, asks))
        }
        FormKind::Lanes => sheet(asks, lanes::body(world, asks)),
        FormKind::Share => shell("i-open", || "Share".to_owned(), "dialog--share", asks, share::body(world)),
        _ => {
            let client = RwSignal::new(client);
            let title = move || ["Link of ", &super::forms::host::name_of(world, client.get())].concat();
            let of_client = move || {
                let client = client.get();
                untrack(|| fragment([faults::body(world, client, asks), links::body(world, client, asks)]))
            };
            let body = el("div", "network")
                .child(links::choice(world, client))
                .child(el("div", "").fill(of_client))
                .child(links::table(world, asks));
            shell("i-cut", title, "dialog--network", asks, body)
        }
    }
}

/// A dialog that asks to be closed when it is.
fn shell(symbol: &str, title: impl Fn() -> String + 'static, class: &str, asks: Asks, body: El) -> El {
    let open = RwSignal::new(true);
    Effect::new(move |_| {
        if !open.get() {
            asks.close.run(());
        }
    });
    let head = fragment([icon(symbol, "icon icon--sm"), el("h2", "").attr("id", "panel-h").bind_text(title)]);
    dialog(&["dialog ", class].concat(), ("aria-labelledby", "panel-h"), head, open, body)
}

/// Something that lies over all but the top bar and the transport, so that time can go on; it does not ask for attention
/// as a dialog does.
fn sheet(asks: Asks, body: El) -> El {
    let slot = Slot::new(None);
    after(move || {
        if let Some(sheet) = slot.get() {
            let _ = sheet.focus();
        }
    });
    el("section", "sheet")
        .slot(slot)
        .attrs(&[("aria-labelledby", "panel-h"), ("tabindex", "-1")])
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                asks.close.run(());
            }
        })
        .child(body)
}

/// A button with words.
fn button(class: &str, words: &str) -> El {
    el("button", class).attr("type", "button").text(words)
}
