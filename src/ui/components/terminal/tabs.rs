//! The terminals' tabs: a number each, and whose program runs there.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use super::desk::Desk;
use super::keys;
use crate::console::{MAX_TERMINALS, brokers};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, el, fragment, nothing};

/// The line above the output.
pub(super) fn tabs(desk: Desk) -> El {
    let all = Memo::new(move |_| desk.with(|console, _, _| console.terminal_count()));
    let list = el("div", "tabs")
        .attrs(&[("role", "tablist"), ("aria-label", "Terminals")])
        .on("keydown", move |event: KeyboardEvent| turn(desk, &event, all.get_untracked()))
        .each(move || (0..all.get() as u64).collect(), move |at| tab(desk, at as usize));
    let more = button("i-plus", "New terminal")
        .bind_flag("hidden", move || all.get() >= MAX_TERMINALS)
        .click(move || {
            desk.open();
            keys::focus_prompt();
        });
    let copy = button("i-copy", "Copy the output").click(move || keys::copy(desk));
    el("div", "console__head")
        .child(list)
        .child(more)
        .dynamic(move || machine(desk))
        .child(el("span", "grow"))
        .child(copy)
}

/// On which broker's machine the terminal that shows is, where there are several.
fn machine(desk: Desk) -> El {
    let here = Memo::new(move |_| {
        desk.with(|console, sim, step| (brokers(sim), console.home(desk.current.get(), step)))
    });
    nothing().dynamic(move || {
        let (names, home) = here.get();
        if names.len() < 2 {
            return nothing();
        }
        let options = names.iter().enumerate().map(|(number, name)| {
            let option = el("option", "").num("value", number).text(name);
            if number == home { option.bind_property("selected", || true) } else { option }
        });
        let choice = el("select", "select console__machine")
            .attrs(&[("aria-label", "Machine"), ("title", "The broker that localhost is in this terminal")])
            .bind_flag("disabled", move || desk.running().is_some())
            .all(options);
        choice.on("change", move |event: Event| {
            let number: usize = event_target_value(&event).parse().unwrap_or_default();
            if let Some(name) = names.get(number) {
                desk.enter(&["ssh '", &name.replace('\'', "'\\''"), "'"].concat());
                keys::focus_prompt();
            }
        })
    })
}

fn button(symbol: &str, name: &str) -> El {
    el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
        .child(icon(symbol, "icon icon--sm"))
}

/// What is told of a terminal: its dot, and a name.
fn told(desk: Desk, at: usize) -> (&'static str, String) {
    desk.with(|console, sim, step| {
        let Some(running) = console.running(at, step) else {
            return ("status-dot status-dot--off", "sh".to_owned());
        };
        let client = running.client.filter(|client| *client < sim.client_count());
        let id = client.map(|client| sim.client(client).config().client_id.clone());
        let name = match id {
            Some(id) if !id.is_empty() => id,
            _ => running.program.trim_start_matches("mosquitto_").to_owned(),
        };
        ("status-dot", name)
    })
}

fn tab(desk: Desk, at: usize) -> El {
    let told = Memo::new(move |_| told(desk, at));
    let selected = move || desk.current.get() == at;
    let number = (at + 1).to_string();
    let name = ["Terminal ", &number, " "].concat();
    let label = move || [name.as_str(), &told.get().1].concat();
    el("button", "tabs__tab")
        .attrs(&[("type", "button"), ("role", "tab"), ("aria-controls", "console-out")])
        .bind("aria-label", label)
        .bind_state("aria-selected", selected)
        .bind("tabindex", move || if selected() { "0" } else { "-1" })
        .click(move || {
            desk.current.set(at);
            keys::focus_prompt();
        })
        .fill(move || {
            let (dot, what) = told.get();
            fragment([el("span", dot), el("span", "").text(&number).text(" ").text(&what)])
        })
}

fn turn(desk: Desk, event: &KeyboardEvent, count: usize) {
    let at = desk.current.get_untracked();
    let next = match event.key().as_str() {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    desk.current.set(next);
    let tab = document().query_selector(".console__head [aria-selected=true]").ok().flatten();
    if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
        let _ = tab.focus();
    }
}
