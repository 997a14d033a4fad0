//! The Playground's keys.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, ScrollLogicalPosition};

use crate::ui::components::bytes::turn_base;
use crate::ui::components::keys::is_off;
use crate::ui::components::scroll::reveal;
use crate::ui::components::transport::GOALS;
use crate::ui::dom::on_window;
use crate::ui::state::Stage;
use crate::view::form::FormKind;

/// What the keys are for beside the stage.
#[derive(Clone, Copy)]
pub struct KeyEvents {
    /// Show the help.
    pub help: Callback<()>,
    /// Show the list of scenarios.
    pub scenarios: Callback<()>,
    /// Close what is open; `false` if nothing is.
    pub close: Callback<(), bool>,
    /// Begin or end the presentation.
    pub present: Callback<()>,
    /// Cut the link of the selected client.
    pub cut: Callback<()>,
    /// Open a form of the selected client.
    pub form: Callback<FormKind>,
    /// Open what is not one client's.
    pub panel: Callback<FormKind>,
    /// Show the terminals.
    pub console: Callback<()>,
    /// Show this tab of the drawer, counted from 0.
    pub tab: Callback<usize>,
}

/// Listens for as long as the page shows.
pub fn listen(stage: Stage, events: KeyEvents) {
    // `g` and `n` begin a pair.
    let begun = StoredValue::new(String::new());
    on_window("keydown", move |event| {
        let event: KeyboardEvent = event.unchecked_into();
        if undo_key(&event, stage) || scenario_key(&event, events) || timeline_key(&event, stage) {
            return event.prevent_default();
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.default_prevented() {
            return;
        }
        let first = begun.get_value();
        let second = !first.is_empty() && !event.repeat();
        let begins = matches!(&*event.key(), "g" | "n") && !second && !typing(&event);
        begun.set_value(if begins { event.key() } else { String::new() });
        let paired = second && if first == "g" { formed(&event, events) } else { ran(&event, stage) };
        if paired || handled(&event, stage, events) {
            event.prevent_default();
        }
    });
}

/// Ctrl+Z takes back, Ctrl+Shift+Z and Ctrl+Y do again; in a text field they are the field's.
fn undo_key(event: &KeyboardEvent, stage: Stage) -> bool {
    let held = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    if !held || event.default_prevented() || inside(event, "dialog, input, textarea, select") {
        return false;
    }
    match (event.key().as_str(), event.shift_key()) {
        ("z", false) => stage.undo(),
        ("Z" | "z", true) | ("y", false) => stage.redo(),
        _ => return false,
    }
    true
}

/// Ctrl+K asks for another scenario.
fn scenario_key(event: &KeyboardEvent, events: KeyEvents) -> bool {
    let held = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
    let asks = held && event.key() == "k" && !inside(event, "dialog");
    if asks {
        events.scenarios.run(());
    }
    asks
}

/// Alt and a digit put a timeline on stage: the key counts, for what it types depends on the keyboard.
fn timeline_key(event: &KeyboardEvent, stage: Stage) -> bool {
    let number = event.code().strip_prefix("Digit").and_then(|digit| digit.parse::<usize>().ok());
    let held = event.alt_key() && !event.ctrl_key() && !event.meta_key();
    let Some(at) = number.filter(|_| held).and_then(|it| it.checked_sub(1)) else { return false };
    if event.default_prevented() || inside(event, "dialog, input, textarea, select") {
        return false;
    }
    let there = at < stage.timelines.with_untracked(String::len);
    there && stage.ask(&["#", &at.to_string()].concat()).is_ok()
}

/// Whether the key belongs to a dialog or a text field, or is switched off.
fn typing(event: &KeyboardEvent) -> bool {
    is_off(event)
        || inside(event, "dialog")
        || inside(event, "input, textarea, select") && event.key() != "Escape"
}

/// The second key of a pair.
fn formed(event: &KeyboardEvent, events: KeyEvents) -> bool {
    let kind = match event.key().as_str() {
        _ if typing(event) => return false,
        "c" => FormKind::Connect,
        "p" => FormKind::Publish,
        "s" => FormKind::Subscribe,
        "m" => FormKind::Misbehave,
        _ => return false,
    };
    events.form.run(kind);
    true
}

/// The second key of the other pair: time goes on to something.
fn ran(event: &KeyboardEvent, stage: Stage) -> bool {
    let pair = ["n ", &event.key()].concat();
    let goal = GOALS.iter().find(|(keys, ..)| *keys == pair && !typing(event));
    if let Some((_, named, goal, _)) = goal {
        stage.run_to(*goal, named);
    }
    goal.is_some()
}

fn handled(event: &KeyboardEvent, stage: Stage, events: KeyEvents) -> bool {
    let key = event.key();
    // A dialog has keys of its own, a text field takes them all.
    if typing(event) {
        return false;
    }
    // What Space and Enter do on a control is the control's.
    if matches!(key.as_str(), " " | "Enter") && inside(event, "button, a") {
        return false;
    }
    let (source, selection) = (stage.source(), stage.selection);
    match (key.as_str(), event.shift_key()) {
        (" ", _) => stage.toggle_play(),
        ("ArrowRight", false) => stage.step_forward(),
        ("ArrowLeft", false) => stage.step_back(),
        ("ArrowRight", true) => selection.walk_exchange(source, 1),
        ("ArrowLeft", true) => selection.walk_exchange(source, -1),
        ("ArrowUp", true) => selection.walk_cause(source, -1),
        ("ArrowDown", true) => selection.walk_cause(source, 1),
        ("0", _) => stage.restart(),
        ("j", false) => selection.walk(source, 1),
        ("k", false) => selection.walk(source, -1),
        ("Enter", _) => {
            if let Some(frame) = selection.frame.get_untracked() {
                selection.toggle(frame);
            }
        }
        ("h", false) => selection.walk_field(source, -1),
        ("l", false) => selection.walk_field(source, 1),
        ("[", _) => stage.change_speed(-1),
        ("]", _) => stage.change_speed(1),
        ("x", false) => events.cut.run(()),
        ("d", false) => events.panel.run(FormKind::Network),
        ("t", false) => events.panel.run(FormKind::Timelines),
        ("s", false) => events.panel.run(FormKind::Share),
        ("e", false) => events.panel.run(FormKind::Lanes),
        ("f", false) => stage.fork_here(),
        ("c", false) => copy_as(),
        ("v", false) => stage.told.set(turn_base().to_owned()),
        ("b", false) => reveal(".inspector .bit-view".to_owned(), ScrollLogicalPosition::Nearest),
        ("=", _) => selection.compare(),
        ("1" | "2" | "3" | "4", false) => events.tab.run(usize::from(key.as_bytes()[0] - b'1')),
        ("p", false) => events.present.run(()),
        ("`", _) => events.console.run(()),
        ("?", _) => events.help.run(()),
        ("Escape", _) => {
            if !events.close.run(()) {
                selection.choose(None);
            }
        }
        _ => return false,
    }
    true
}

/// Opens the inspector's dialog, if it shows a packet.
fn copy_as() {
    let button = document().query_selector("[data-testid=copy-as]").ok().flatten();
    if let Some(button) = button.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

fn inside(event: &KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    target.is_some_and(|it| it.closest(selector).ok().flatten().is_some())
}
