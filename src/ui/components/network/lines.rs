//! The world as text that is edited, with the first thing that is wrong.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlTextAreaElement};

use super::share::{left_out, make};
use super::{Asks, button};
use crate::sim::{LineError, Record, Sim};
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, Slot, el, fragment, nothing};

pub(super) fn body(world: World, asks: Asks) -> El {
    let now = move || world.with(|sim: &Sim| sim.record().to_lines(sim.cursor()));
    let text = RwSignal::new(untrack(now));
    let caret = RwSignal::new((1, 1));
    let slot = Slot::new(None);
    let shared = RwSignal::new("Running it makes another timeline; what is on stage is kept.".to_owned());
    let wrong = Memo::new(move |_| text.with(|text| check(text)));
    let area = el("textarea", "code-editor__text")
        .slot(slot)
        .attrs(&[
            ("aria-label", "World as text"),
            ("data-testid", "lines"),
            ("spellcheck", "false"),
            ("wrap", "off"),
        ])
        .bind_state("aria-invalid", move || wrong.with(Option::is_some))
        .bind("rows", move || text.with(|text| lines(text).count()).to_string())
        .bind("cols", move || text.with(|text| longest(text) + 2).to_string())
        .bind_value(move || text.get())
        .on("input", move |event: Event| text.set(event_target_value(&event)))
        .on("selectionchange", move |_: Event| caret.set(position(slot)));
    let run = button("button button--primary", "Run")
        .attr("data-testid", "lines-run")
        .bind_flag("disabled", move || wrong.with(Option::is_some))
        .click(move || {
            if let Ok((record, step)) = Record::from_lines(&text.get_untracked()) {
                let name = if record.scenario.title.is_empty() { "Text" } else { &record.scenario.title };
                // A name has one line.
                let name: String = name.chars().filter(|c| !c.is_control()).collect();
                asks.stage.run([&name, "\n", &record.to_text(step)].concat());
                asks.close.run(());
            }
        });
    let bar = move || {
        let (line, column) = caret.get();
        let all = text.with(|text| lines(text).count()).to_string();
        let errors = if wrong.with(Option::is_some) { ", 1 error" } else { "" };
        let words = [&all, " lines", errors, ", line ", &line.to_string(), " column ", &column.to_string()];
        el("span", "").text(&words.concat())
    };
    let numbers = move || {
        let count = text.with(|text| lines(text).count());
        let numbers: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
        numbers.join("\n")
    };
    // The text is as large as it is long; what is around it scrolls, so that the numbers stay beside their lines.
    let scroller = el("div", "code-editor__scroll")
        .child(el("pre", "code-editor__numbers").attr("aria-hidden", "true").bind_text(numbers))
        .child(el("div", "code-editor__page").child(area).dynamic(move || mark(text, wrong)));
    fragment([
        el("div", "code-editor").child(scroller).dynamic(move || told(wrong.get(), slot)).child(
            el("div", "code-editor__bar")
                .dynamic(bar)
                .child(el("span", "grow"))
                .child(el("span", "").text("time name action values, or when name receives PUBLISH do name action; passwords are part of it")),
        ),
        el("footer", "dialog__foot")
            .child(el("p", "").attr("role", "status").bind_text(move || shared.get()))
            .child(
                button("button", "Copy link")
                    .attr("data-testid", "lines-link")
                    .bind_flag("disabled", move || wrong.with(Option::is_some))
                    .click(move || link(text, shared)),
            )
            .child(button("button", "Revert").click(move || text.set(untrack(now))))
            .child(run),
    ])
}

/// Copies a link to the world, and says how long it is and what was left out.
fn link(text: RwSignal<String>, told: RwSignal<String>) {
    let Ok((record, step)) = Record::from_lines(&text.get_untracked()) else { return };
    make(&record, step, move |address, passwords| {
        let Some(address) = address else {
            told.try_set("This world is too large for a link: save it to a file.".to_owned());
            return;
        };
        let (length, left_out) = (address.len().to_string(), left_out(passwords));
        let copied = ["Link copied, ", &length, " characters. ", &left_out].concat().trim_end().to_owned();
        let failed = ["It could not be copied: ", &address].concat();
        // Only a page that came over https or from this machine has a clipboard.
        let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).unwrap_or_default();
        if clipboard.is_undefined() {
            drop(told.try_set(failed));
            return;
        }
        let done = Closure::once(move |_: JsValue| drop(told.try_set(copied)));
        let refused = Closure::once(move |_: JsValue| drop(told.try_set(failed)));
        let _ = window().navigator().clipboard().write_text(&address).then2(&done, &refused);
        // One of the two is called once, and then both are done with.
        done.forget();
        refused.forget();
    });
}

/// What is wrong with a text: with its lines, or with what they bring about.
fn check(text: &str) -> Option<(Option<LineError>, String)> {
    match Record::from_lines(text) {
        Err(error) => {
            let words = error.to_string();
            Some((Some(error), words))
        }
        Ok((record, _)) => Sim::of_record(&record).err().map(|error| (None, error.to_string())),
    }
}

fn told(wrong: Option<(Option<LineError>, String)>, slot: Slot) -> El {
    let Some((place, words)) = wrong else { return nothing() };
    let show = place.map(|place| button("button button--sm", "Show").click(move || select(slot, &place)));
    el("div", "code-editor__error")
        .attrs(&[("role", "alert"), ("data-testid", "lines-error")])
        .child(icon("i-warn", "icon icon--sm"))
        .child(el("p", "").text(&words))
        .with(show)
}

/// The lines of a text, the last one too where it is empty.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
}

fn longest(text: &str) -> usize {
    lines(text).map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Where the first mistake stands: its line tinted, what is meant underlined.
fn mark(text: RwSignal<String>, wrong: Memo<Option<(Option<LineError>, String)>>) -> El {
    let Some((Some(place), _)) = wrong.get() else { return nothing() };
    text.with_untracked(|text| {
        let line = lines(text).nth(place.line - 1).unwrap_or_default();
        let before: String = line.chars().take(place.column - 1).collect();
        let meant: String = line.chars().skip(place.column - 1).take(place.len.max(1)).collect();
        let meant = if meant.is_empty() { " " } else { &meant };
        el("pre", "code-editor__mark")
            .attrs(&[("aria-hidden", "true"), ("data-testid", "lines-mark")])
            .style("--line", &place.line.to_string())
            .text(&before)
            .child(el("u", "").text(meant))
    })
}

fn area(slot: Slot) -> Option<HtmlTextAreaElement> {
    slot.get_untracked()?.dyn_into().ok()
}

/// Line and column of the caret, counted from 1.
fn position(slot: Slot) -> (usize, usize) {
    let Some(area) = area(slot) else { return (1, 1) };
    let at = area.selection_start().ok().flatten().unwrap_or(0) as usize;
    let before: Vec<u16> = area.value().encode_utf16().take(at).collect();
    let line = before.iter().filter(|unit| **unit == u16::from(b'\n')).count() + 1;
    let column = before.iter().rev().take_while(|unit| **unit != u16::from(b'\n')).count() + 1;
    (line, column)
}

/// Chooses what is meant by an error.
fn select(slot: Slot, place: &LineError) {
    let Some(area) = area(slot) else { return };
    let text = area.value();
    let before: usize =
        text.split('\n').take(place.line - 1).map(|line| line.encode_utf16().count() + 1).sum();
    let line = text.split('\n').nth(place.line - 1).unwrap_or_default();
    let units = |count: usize| line.chars().take(count).map(char::len_utf16).sum::<usize>();
    let (from, to) = (before + units(place.column - 1), before + units(place.column - 1 + place.len));
    let _ = area.focus();
    let _ = area.set_selection_range(from as u32, to as u32);
}
