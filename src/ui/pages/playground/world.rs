//! What is done with the world as a whole: choosing a scenario, undo, new, open, save, erase.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::not_loaded;
use crate::sim::{Scenario, scenario_groups, scenarios};
use crate::ui::components::files;
use crate::ui::components::icon::icon;
use crate::ui::components::menu::{MenuItem, menu};
use crate::ui::dom::{El, Memo, Slot, el, fragment, next_picture, nothing};
use crate::ui::load::{arguments, call};
use crate::ui::state::{Notice, Stage};

/// The scenario's name as a choice, undo and redo, and the menu; `more` are the menu's last entries. Files are asked for
/// in `file`; all scenarios can be chosen from once `around` holds.
pub fn controls(
    stage: Stage,
    file: Slot,
    around: RwSignal<bool>,
    scenarios: Callback<()>,
    more: Vec<MenuItem>,
) -> El {
    let take = Callback::new(move |(name, text): (String, _)| open(stage, &name, text));
    let item = |symbol, label, key, act| MenuItem { symbol, label, key, act };
    let mut items = vec![
        item("i-search", "Scenarios…", "Ctrl+K", scenarios),
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
    items.push(item("i-trash", "Erase what is kept here…", "", Callback::new(move |()| wipe(stage))));
    let edit = |name: &'static str, symbol, can: Box<dyn Fn() -> bool>, act: Box<dyn Fn()>| {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
            .bind_flag("disabled", move || !can())
            .click(act)
            .child(icon(symbol, "icon icon--sm"))
    };
    fragment([
        scenario_menu(stage, around),
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
    ])
}

/// Shows the list of scenarios, which belongs to the second module; `text` edits the world as text.
pub fn list(stage: Stage, file: Slot, text: Callback<()>) {
    let choose = Closure::<dyn Fn(JsValue)>::new(move |id: JsValue| {
        let id = id.as_string().unwrap_or_default();
        match &*id {
            "+" => stage.load(empty()),
            "file" => files::ask(file),
            "text" => text.run(()),
            _ => {
                if let Some(it) = scenarios().into_iter().find(|it| it.id == id) {
                    stage.load(it);
                }
            }
        }
    });
    let current = untrack(|| stage.with_record(|sim| sim.scenario().id.clone()));
    call(
        "listScenarios",
        arguments([current.into(), choose.into_js_value()]),
        |_| (),
        move || not_loaded(stage),
    );
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

fn scenario_menu(stage: Stage, around: RwSignal<bool>) -> El {
    let title = move || stage.with_record(|sim| sim.scenario().title.clone());
    let options = move || match around.get() {
        true => untrack(|| all_options(stage)),
        false => el("option", "").text(&title()),
    };
    el("select", "select scenario").attr("aria-label", "Scenario").dynamic(options).on(
        "change",
        move |event: Event| {
            let chosen = event_target_value(&event).parse().ok();
            if let Some(scenario) = chosen.and_then(|index| scenarios().into_iter().nth(index)) {
                stage.load(scenario);
            }
        },
    )
}

fn all_options(stage: Stage) -> El {
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
    nothing().all(groups).dynamic(own)
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
    // The world is seen first.
    next_picture(move || stage.notice.set(Some(told)));
}

/// Asks before everything is erased, by the second module.
fn wipe(stage: Stage) {
    let done = Closure::<dyn Fn(JsValue)>::new(move |word: JsValue| {
        if word == "save" {
            return save(stage);
        }
        stage.load(scenarios().into_iter().next().unwrap_or_default());
        stage.forget_edits();
    });
    call("askToWipe", arguments([done.into_js_value()]), |_| (), move || not_loaded(stage));
}
