//! Finding packets: a field over the diagram, matches marked, the history searched in slices between pictures.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::scroll::Viewport;
use crate::capture::FrameId;
use crate::ui::components::icon::icon;
use crate::ui::components::keys::is_single_key;
use crate::ui::components::scroll::focus_in;
use crate::ui::dom::{El, Slot, after, el, fragment, next_frame, nothing, on_window};
use crate::ui::state::{Selection, Source};
use crate::view::find::{Finder, Query, neighbour};

/// Bytes that are looked through between two pictures: about two thousandths of a second.
const SLICE: usize = 1 << 20;

/// A search and where it stands.
#[derive(Clone, Copy)]
pub struct Find {
    source: Source,
    selection: Selection,
    view: Viewport,
    open: RwSignal<bool>,
    text: RwSignal<String>,
    finder: RwSignal<Finder>,
    /// The match that was gone to last.
    at: RwSignal<Option<FrameId>>,
    /// A slice is under way.
    busy: RwSignal<bool>,
    field: Slot,
}

impl Find {
    pub fn new(source: Source, selection: Selection, view: Viewport) -> Self {
        let find = Self {
            source,
            selection,
            view,
            open: RwSignal::new(false),
            text: RwSignal::new(String::new()),
            finder: RwSignal::new(Finder::default()),
            at: RwSignal::new(None),
            busy: RwSignal::new(false),
            field: Slot::new(None),
        };
        // What is typed, and another record, begin anew; a record that has grown is searched on.
        let mut before = None;
        after(move || {
            let text = if find.open.get() { find.text.get() } else { String::new() };
            let look = |record: u32| (record, text.clone());
            let now = source.with(|scene| look(scene.record)).unwrap_or_default();
            if before.as_ref() != Some(&now) {
                find.finder.set(Finder::new(Query::parse(&text)));
                find.at.set(None);
            }
            find.go_on();
            before = Some(now);
        });
        on_window("keydown", move |event| {
            let event: KeyboardEvent = event.unchecked_into();
            if event.key() == "/" && is_single_key(&event) {
                event.prevent_default();
                find.show();
            }
        });
        find
    }

    /// Whether a packet is among what was found.
    pub fn marks(&self, frame: FrameId) -> bool {
        self.finder.with(|finder| finder.found.binary_search(&frame).is_ok())
    }

    /// The match that was gone to last.
    pub fn at(&self) -> Option<FrameId> {
        self.at.get()
    }

    fn show(&self) {
        self.open.set(true);
        focus_in(self.field, "input".to_owned());
    }

    fn close(&self) {
        self.open.set(false);
        self.view.focus_selected();
    }

    /// Looks through a slice, and asks for the next one while there is more.
    fn go_on(&self) {
        if self.busy.get_untracked() {
            return;
        }
        let find = *self;
        let done = untrack(|| {
            self.source.with(|scene| {
                let mut finder = find.finder.get_untracked();
                let before = finder.found.len();
                let done = finder.advance(scene.capture, SLICE);
                if done && finder.found.len() == before {
                    find.finder.update_untracked(|it| *it = finder);
                } else {
                    find.finder.set(finder);
                }
                done
            })
        });
        if done == Some(false) {
            self.busy.set(true);
            next_frame(move || {
                if find.busy.try_set(false).is_none() {
                    find.go_on();
                }
            });
        }
    }

    /// Goes to the next match, or the one before.
    fn go(&self, back: bool) {
        let from = self.at.get_untracked().or(self.selection.frame.get_untracked());
        let next = self.finder.with_untracked(|finder| neighbour(&finder.found, from, back));
        let Some(frame) = next else { return };
        self.at.set(Some(frame));
        let sent = |frame| {
            self.source.with(|scene| scene.capture.frame(frame)?.sent_step.le(&scene.step).then_some(()))
        };
        // What is still to come is shown where it will be; only what was sent can be looked into.
        if untrack(|| sent(frame).flatten()).is_some() {
            self.selection.choose(Some(frame));
        }
        self.view.reveal_frame(frame);
    }

    fn told(&self) -> String {
        let busy = self.busy.get();
        self.finder.with(|finder| {
            let count = finder.found.len().to_string();
            let at = self.at.get().and_then(|at| finder.found.binary_search(&at).ok());
            match (at, busy) {
                _ if self.text.with(|text| text.trim().is_empty()) => String::new(),
                (_, true) => [&count, " so far…"].concat(),
                (Some(at), _) => [&(at + 1).to_string(), " of ", &count].concat(),
                (None, _) if finder.found.is_empty() => "no packets".to_owned(),
                (None, _) => {
                    [count.as_str(), if finder.found.len() == 1 { " packet" } else { " packets" }].concat()
                }
            }
        })
    }

    /// The button that opens the search.
    pub fn button(self) -> El {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", "Find packets (/)"), ("title", "Find packets (/)")])
            .bind_state("aria-expanded", move || self.open.get())
            .click(move || if self.open.get_untracked() { self.close() } else { self.show() })
            .child(icon("i-search", "icon icon--sm"))
    }

    /// The field, while it is open.
    pub fn bar(self) -> El {
        nothing().dynamic(move || if self.open.get() { untrack(|| self.draw()) } else { nothing() })
    }

    fn draw(self) -> El {
        let field = el("input", "input")
            .attrs(&[
                ("type", "search"),
                ("aria-label", "Find packets"),
                ("placeholder", "Text, topic, packet type, id 7, 0x3C"),
                ("autocomplete", "off"),
                ("spellcheck", "false"),
                ("enterkeyhint", "search"),
            ])
            .bind_value(move || self.text.get())
            .on("input", move |event: Event| self.text.set(event_target_value(&event)));
        let none = move || self.finder.with(|finder| finder.found.is_empty());
        let step = move |name: &'static str, symbol: &str, back: bool| {
            el("button", "icon-button icon-button--sm")
                .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
                .bind_flag("disabled", none)
                .click(move || self.go(back))
                .child(icon(symbol, "icon icon--sm"))
        };
        let close = el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", "Close the search (Esc)")])
            .click(move || self.close())
            .child(icon("i-close", "icon icon--sm"));
        let count = el("span", "find__count num").attr("role", "status").bind_text(move || self.told());
        let buttons = fragment([
            step("Previous match (Shift+Enter)", "i-up", true),
            step("Next match (Enter)", "i-down", false),
            close,
        ]);
        el("search", "find")
            .slot(self.field)
            .on("keydown", move |event: KeyboardEvent| self.key(&event))
            .child(icon("i-search", "icon icon--sm"))
            .child(field)
            .child(count)
            .child(buttons)
    }

    fn key(&self, event: &KeyboardEvent) {
        let on_button = super::target_element(event).is_some_and(|it| it.tag_name() == "BUTTON");
        match event.key().as_str() {
            "Enter" if !on_button => self.go(event.shift_key()),
            "Escape" => self.close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}
