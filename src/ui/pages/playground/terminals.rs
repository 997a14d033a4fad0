//! Where the terminals stand. They are the second module's: this one tells it the world, and becomes what they make of
//! it (see `console::Mirror`).

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::not_loaded;
use crate::capture::Step;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Slot, after, el};
use crate::ui::load::{Panel, arguments, call};
use crate::ui::media::{PHONE, matches};
use crate::ui::state::Stage;

/// The terminals' panel, once it has been asked for; it goes on while it is folded.
#[derive(Clone, Copy)]
struct Terminals {
    stage: Stage,
    open: RwSignal<bool>,
    place: Slot,
    panel: StoredValue<Option<Panel>, LocalStorage>,
    /// The record that it has been told.
    told: StoredValue<Option<u32>>,
}

/// A line that opens and folds the terminals.
pub fn terminals(stage: Stage, open: RwSignal<bool>) -> El {
    let it = Terminals {
        stage,
        open,
        place: Slot::new(None),
        panel: StoredValue::new_local(None),
        told: StoredValue::new(None),
    };
    // Those that were open the last time leave the focus where it is.
    let mut quiet = open.get_untracked();
    after(move || {
        if open.get() {
            it.load(!std::mem::take(&mut quiet));
        }
        quiet = false;
    });
    after(move || {
        stage.with(|_| ());
        stage.revision();
        stage.now.track();
        it.follow();
    });
    on_cleanup(move || {
        if let Some(panel) = it.panel.try_update_value(Option::take).flatten() {
            panel.close();
        }
    });
    let label = move || if open.get() { "Fold the terminals" } else { "Open the terminals (`)" };
    let bar = el("button", "console__bar")
        .attr("type", "button")
        .bind("title", label)
        .bind_state("aria-expanded", move || open.get())
        .click(move || open.update(|open| *open = !*open))
        .child(icon("i-term", "icon icon--sm"))
        .child(el("span", "").text("Terminals"))
        .child(icon("i-up", "icon icon--sm"));
    el("section", "console")
        .attr("aria-label", "Terminals")
        .bind_class("is-open", move || open.get())
        .child(bar)
        .child(el("div", "console__body").slot(it.place))
}

impl Terminals {
    /// The world as text, or nothing where that is known, with its step and its time.
    fn moment(&self) -> (String, Step, f64) {
        untrack(|| {
            let revision = Some(self.stage.revision());
            let known = self.told.get_value() == revision;
            self.told.set_value(revision);
            let text = if known { String::new() } else { self.stage.text() };
            (text, self.stage.cursor.get(), self.stage.now.get().as_micros() as f64)
        })
    }

    fn follow(&self) {
        self.panel.with_value(|panel| {
            if let Some(panel) = panel {
                let (world, step, micros) = self.moment();
                panel.follow(world, step, micros, false);
            }
        });
    }

    /// Loads them, or gives the prompt the focus if they are there.
    fn load(&self, focus: bool) {
        let it = *self;
        let Some(into) = self.place.get_untracked() else { return };
        if self.told.get_value().is_some() {
            let prompt = into.query_selector("textarea:not([hidden])").ok().flatten();
            if let Some(prompt) = prompt.filter(|_| focus && !matches(PHONE)) {
                let _ = prompt.unchecked_into::<HtmlElement>().focus();
            }
            return;
        }
        into.set_text_content(Some("Loading the terminals…"));
        let take =
            Closure::<dyn Fn(JsValue, f64, JsValue)>::new(move |world: JsValue, micros, name: JsValue| {
                it.stage.adopt(&world.as_string().unwrap_or_default(), micros, name.as_string());
            });
        let (world, step, micros) = self.moment();
        let focus = focus && !matches(PHONE);
        let taken =
            [into.into(), world.into(), step.into(), micros.into(), focus.into(), take.into_js_value()];
        let done = move |panel: JsValue| match it.panel.try_set_value(Some(panel.unchecked_into())) {
            None => it.follow(),
            // The page has been left meanwhile.
            Some(panel) => drop(panel.map(|panel| panel.close())),
        };
        let failed = move || {
            it.told.set_value(None);
            it.open.set(false);
            not_loaded(it.stage);
        };
        call("openTerminals", arguments(taken), done, failed);
    }
}
