//! What is done with the world as a whole: choosing a scenario, undo, new, open, save, erase.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Event;

use crate::sim::{Scenario, scenario_groups, scenarios};
use crate::ui::components::dialog::{dialog_head, follow};
use crate::ui::components::files;
use crate::ui::components::icon::icon;
use crate::ui::components::menu::{MenuItem, menu};
use crate::ui::dom::{El, Memo, Slot, el, fragment, many, nothing};
use crate::ui::route;
use crate::ui::state::{Notice, Stage, keep, own_keys};

/// The scenario's name as a choice, undo and redo, and the menu; `more` are the menu's last entries.
pub fn controls(stage: Stage, more: Vec<MenuItem>) -> El {
    let file = Slot::new(None);
    let wiping = RwSignal::new(false);
    let take = Callback::new(move |(name, text): (String, _)| open(stage, &name, text));
    let item = |symbol, label, key, act| MenuItem { symbol, label, key, act };
    let mut items = vec![
        item("i-plus", "New world", "", Callback::new(move |()| stage.load(empty()))),
        item("i-open", "Open a file…", "", Callback::new(move |()| files::ask(file))),
        item("i-save", "Save to a file", "", Callback::new(move |()| save(stage))),
    ];
    items.push(item(
        "i-plus",
        "Add a broker",
        "",
        Callback::new(move |()| {
            if !stage.add_broker() {
                stage.notice.set(Some(Notice::bad("There are as many brokers as a world holds.".to_owned())));
            }
        }),
    ));
    items.extend(more);
    items.push(item("i-trash", "Erase what is kept here…", "", Callback::new(move |()| wiping.set(true))));
    let edit = |name: &'static str, symbol, can: Box<dyn Fn() -> bool>, act: Box<dyn Fn()>| {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
            .bind_flag("disabled", move || !can())
            .click(act)
            .child(icon(symbol, "icon icon--sm"))
    };
    fragment([
        scenario_menu(stage),
        edit(
            "Undo (Ctrl+Z)",
            "i-undo",
            Box::new(move || stage.undoable.get().0 > 0),
            Box::new(move || stage.undo()),
        ),
        edit(
            "Redo (Ctrl+Shift+Z)",
            "i-redo",
            Box::new(move || stage.undoable.get().1 > 0),
            Box::new(move || stage.redo()),
        ),
        menu("icon-button icon-button--sm", "i-more", "World", "world-menu", items),
        files::opener(file, ".json,application/json", take),
        wipe(stage, wiping),
    ])
}

/// A broker and nobody else.
fn empty() -> Scenario {
    Scenario {
        title: "New world".to_owned(),
        text: "A broker and nobody else yet: add a client in the actors panel, connect it, and see what it sends."
            .to_owned(),
        ..Scenario::default()
    }
}

fn scenario_menu(stage: Stage) -> El {
    let known: Vec<String> = scenarios().into_iter().map(|scenario| scenario.id).collect();
    let current = Memo::new(move |_| {
        stage
            .with_record(|sim| known.iter().position(|id| *id == sim.scenario().id))
            .map_or(-1, |at| at as i32)
    });
    let own = move || {
        if current.get() >= 0 {
            return nothing();
        }
        let title = stage.with_record(|sim| sim.scenario().title.clone());
        el("option", "").attrs(&[("value", "-1"), ("selected", "")]).text(&title)
    };
    let mut options = scenarios().into_iter().enumerate().map(|(index, scenario)| {
        el("option", "")
            .attr("value", &index.to_string())
            .attr("title", &scenario.text)
            .text(&scenario.title)
            .bind_property("selected", move || current.get() == index as i32)
    });
    let groups = scenario_groups()
        .map(|(name, count)| el("optgroup", "").attr("label", name).all(options.by_ref().take(count)));
    el("select", "select scenario").attr("aria-label", "Scenario").all(groups).dynamic(own).on(
        "change",
        move |event: Event| {
            let chosen = event_target_value(&event).parse().ok();
            if let Some(scenario) = chosen.and_then(|index| scenarios().into_iter().nth(index)) {
                stage.load(scenario);
            }
        },
    )
}

fn save(stage: Stage) {
    let id = untrack(|| stage.with_record(|sim| sim.scenario().id.clone()));
    // What comes from a file may be called anything.
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let name = [if plain { &*id } else { "world" }, ".mqttpg.json"].concat();
    files::save(&name, &stage.text());
}

fn open(stage: Stage, name: &str, text: Option<String>) {
    let told = match text.as_deref().map(|text| stage.open(text)) {
        Some(Ok(())) => Notice::done([name, " is open."].concat()),
        Some(Err(error)) => Notice::bad([name, " cannot be opened: ", &error, "."].concat()),
        None => Notice::bad([name, " cannot be read."].concat()),
    };
    stage.notice.set(Some(told));
}

/// What our entries in the browser's storage are called.
const ENTRIES: [(&str, &str); 6] = [
    ("hints", "First steps seen"),
    ("world", "The world: its scenario and what you did"),
    ("layout", "Sizes of the panels"),
    ("view", "What the panels and the diagram show"),
    ("theme", "Light or dark"),
    ("keys", "Single keys switched off"),
];

/// Asks before everything is erased; the safe button has the focus.
fn wipe(stage: Stage, open: RwSignal<bool>) -> El {
    let rows = move || {
        open.track();
        let rows = own_keys().into_iter().map(|(name, size)| {
            let words = ENTRIES.iter().find(|(entry, _)| *entry == name).map_or(&*name, |(_, words)| words);
            let size = if size < 1024 {
                "under 1 KB".to_owned()
            } else {
                [&(size / 1024).to_string(), " KB"].concat()
            };
            el("li", "").text(words).child(el("span", "").text(&size))
        });
        many(rows)
    };
    let button = |class: &str, label: &str| el("button", class).attr("type", "button").text(label);
    let erase = move || {
        for (name, _) in own_keys() {
            keep(&name, None);
        }
        stage.load(scenarios().into_iter().next().unwrap_or_default());
        stage.forget_edits();
        open.set(false);
    };
    // Inside another page the browser would complain of it, and nothing opens this dialog there.
    let focus = (!route::is_embedded()).then_some("");
    let body = el("div", "dialog__body")
        .child(el("p", "").text("This cannot be undone. Files that you have saved stay."))
        .child(el("ul", "wipe-list").fill(rows));
    let foot = el("footer", "dialog__foot")
        .child(button("button", "Save a copy first").click(move || save(stage)))
        .child(el("span", "grow"))
        .child(button("button", "Keep").maybe("autofocus", focus).click(move || open.set(false)))
        .child(button("button button--danger-solid", "Erase all").click(erase));
    let title = fragment([
        icon("i-trash", "icon icon--sm"),
        el("h2", "").attr("id", "wipe-h").text("Erase everything on this device?"),
    ]);
    let dialog = el("dialog", "dialog dialog--ask")
        .attr("aria-labelledby", "wipe-h")
        .on("close", move |_: Event| open.set(false))
        .child(dialog_head(title, open))
        .child(body)
        .child(foot);
    follow(dialog.element().clone().unchecked_into(), open);
    dialog
}
