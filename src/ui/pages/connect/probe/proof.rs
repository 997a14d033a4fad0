//! The packets that an answer of the probe stands on.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::capture::{Capture, FrameId};
use crate::time::Instant;
use crate::ui::components::diagram::{Exported, diagram};
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::focus_in;
use crate::ui::dom::{El, Slot, el, nothing};
use crate::ui::state::{Scene, Selection, Source};
use crate::view::diagram::{Plan, PlanOptions};

/// What is shown: whose packets, about what.
struct Shown {
    capture: Arc<Capture>,
    plan: Plan,
    /// Counts what has been shown.
    number: u32,
}

/// The diagram's state; made with the page's.
#[derive(Clone, Copy)]
pub struct Proof {
    shown: StoredValue<Shown>,
    changed: RwSignal<u32>,
    /// When the last packet went.
    now: RwSignal<Instant>,
    /// About what, with the broker's name; nothing while the pane is closed.
    title: RwSignal<Option<(&'static str, String)>>,
    /// Where the pane stands, and what had the focus before it.
    place: Slot,
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
    pub selection: Selection,
    pub source: Source,
}

impl Proof {
    pub fn new() -> Self {
        let capture = Arc::new(Capture::new(0));
        let plan = Plan::new(&capture);
        let shown = StoredValue::new(Shown { capture, plan, number: 0 });
        let (changed, now) = (RwSignal::new(0), RwSignal::new(Instant::ZERO));
        let look = move |show: &mut dyn FnMut(Scene<'_>)| {
            changed.track();
            shown.try_with_value(|it| {
                let last = it.capture.frames().next_back();
                let step = last.map_or(0, |frame| frame.sent_step);
                show(Scene { capture: &it.capture, plan: &it.plan, step, record: it.number });
            });
        };
        let replan = Callback::new(move |options: PlanOptions| {
            shown.try_update_value(|it| it.plan = Plan::with(&it.capture, options));
            changed.update(|it| *it += 1);
        });
        Self {
            shown,
            changed,
            now,
            title: RwSignal::new(None),
            place: Slot::new(None),
            opener: StoredValue::new_local(None),
            selection: Selection::new(),
            source: Source::new(look, now, replan),
        }
    }

    /// Shows packets, one of them chosen; the focus goes there.
    pub fn show(self, about: &'static str, broker: String, capture: Arc<Capture>, chosen: Option<FrameId>) {
        self.selection.choose(None);
        self.now.set(capture.frames().next_back().map_or(Instant::ZERO, |frame| frame.sent));
        self.shown.try_update_value(|it| {
            it.plan = Plan::with(&capture, it.plan.options());
            it.capture = capture;
            it.number += 1;
        });
        self.changed.update(|it| *it += 1);
        self.title.set(Some((about, broker)));
        self.opener.set_value(document().active_element().and_then(|it| it.dyn_into().ok()));
        focus_in(self.place, ".probe__proof".to_owned());
        self.selection.choose(chosen);
    }

    /// Closes the pane; a focus inside it goes back to what had opened it.
    pub fn close(self) {
        let inside = document()
            .active_element()
            .is_some_and(|it| self.place.get_untracked().is_some_and(|place| place.contains(Some(&it))));
        self.selection.choose(None);
        self.title.set(None);
        if let Some(opener) = self.opener.try_update_value(Option::take).flatten().filter(|_| inside) {
            let _ = opener.focus();
        }
    }

    /// The pane, where something is shown.
    pub fn pane(self, export: Callback<Exported>) -> El {
        let open = Memo::new(move |_| self.title.with(Option::is_some));
        let words = move || {
            self.title.with(|title| match title {
                Some((about, broker)) => [about, ": packets with ", broker].concat(),
                None => String::new(),
            })
        };
        let draw = move || {
            if !open.get() {
                return nothing();
            }
            let close = el("button", "icon-button")
                .attrs(&[("type", "button"), ("aria-label", "Close the packets"), ("title", "Close")])
                .click(move || self.close())
                .child(icon("i-close", "icon icon--sm"));
            let head = el("div", "probe__head")
                .child(el("h2", "").bind_text(words))
                .child(el("span", "grow"))
                .child(close);
            let seen = untrack(|| diagram(self.source, self.selection, nothing(), nothing(), export));
            el("section", "probe__proof")
                .attrs(&[("aria-label", "Packets of the probe"), ("tabindex", "-1")])
                .child(head)
                .child(seen)
        };
        el("div", "").slot(self.place).fill(draw)
    }
}
