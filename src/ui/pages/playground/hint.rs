//! Three steps for a first visit, each beside what it tells of; done for good once they are over.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::sim::Sim;
use crate::ui::dom::{El, Slot, after, el, next_frame, nothing, on_window};
use crate::ui::route;
use crate::ui::state::{Stage, entry, keep};

const KEPT: &str = "hints";

struct Hint {
    title: &'static str,
    text: &'static str,
    /// What it points at; the last one there is.
    target: &'static str,
}

const HINTS: [Hint; 3] = [
    Hint {
        title: "Step forward",
        text: "A broker and two clients run in this tab. Each step is one event: a packet sent, or one that arrives.",
        target: "[data-testid=step-forward]",
    },
    Hint {
        title: "Click a packet",
        text: "Its bytes unfold under the arrow, and the inspector explains each of them.",
        target: ".seq-row:not(.is-future) .arrow",
    },
    Hint {
        title: "Break something",
        text: "Cut a link while a packet is on its way, and see who has to send again. You can always step back.",
        target: ".actor-card .button--danger",
    },
];

/// The hints, on a first visit.
pub fn hints(stage: Stage) -> El {
    if route::is_embedded() || entry(KEPT).is_some() {
        return nothing();
    }
    let at = RwSignal::new(Some(0_usize));
    let done = move || {
        at.set(None);
        keep(KEPT, Some("done"));
    };
    let next = move || match at.get_untracked() {
        Some(now) if now + 1 < HINTS.len() => at.set(Some(now + 1)),
        _ => done(),
    };
    // Doing it moves on, too.
    after(move || {
        let (stepped, unfolded) = (stage.with(Sim::cursor) > 0, stage.selection.unfolded.get());
        let cut = stage.undoable.get().0 > 0;
        match at.get_untracked() {
            Some(0) if stepped => at.set(Some(1)),
            Some(1) if unfolded => at.set(Some(2)),
            Some(2) if cut => done(),
            _ => {}
        }
    });
    let slot = Slot::new(None);
    let moved = RwSignal::new(0_u32);
    on_window("resize", move |_| moved.update(|moved| *moved = moved.wrapping_add(1)));
    after(move || {
        moved.track();
        // Once what it points at has been painted: looking for its place lays out the page.
        stage.with(|_| ());
        if let (Some(at), Some(hint)) = (at.get(), slot.get()) {
            next_frame(move || place(&hint, HINTS[at].target));
        }
    });
    nothing().dynamic(move || at.get().map_or_else(nothing, |at| hint(at, slot, next, done)))
}

fn hint(at: usize, slot: Slot, next: impl Fn() + 'static, done: impl Fn() + Copy + 'static) -> El {
    let it = &HINTS[at];
    let label = ["First steps, ", &(at + 1).to_string(), " of 3"].concat();
    let last = at + 1 == HINTS.len();
    let button = |class: &str, words: &str| el("button", class).attr("type", "button").text(words);
    let skip = (!last).then(|| button("button button--sm", "Skip").click(done));
    let dots = (0..HINTS.len()).map(|dot| el("li", if dot <= at { "is-on" } else { "" }));
    let foot = el("div", "hint__foot")
        .child(el("ol", "").attr("aria-hidden", "true").all(dots))
        .with(skip)
        .child(button("button button--sm button--solid", if last { "Done" } else { "Next" }).click(next));
    el("div", "hint")
        .slot(slot)
        .attrs(&[("role", "dialog"), ("aria-label", &label)])
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                done();
            }
        })
        .child(el("h2", "").text(it.title))
        .child(el("p", "").text(it.text))
        .child(foot)
}

/// Puts the hint above what it points at, below it where there is no room; with nothing to point at, in the middle.
fn place(hint: &HtmlElement, target: &str) {
    let window = window();
    let side = |length: Result<wasm_bindgen::JsValue, _>| {
        length.ok().and_then(|length| length.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (side(window.inner_width()), side(window.inner_height()));
    let found = document().query_selector_all(target).ok();
    let found = found.and_then(|all| all.item(all.length().checked_sub(1)?));
    let at = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()).map(|it| it.get_bounding_client_rect());
    let (own_width, own_height) = (f64::from(hint.offset_width()), f64::from(hint.offset_height()));
    let at = at.filter(|at| at.width() > 0.0);
    let (x, top, bottom) = at.map_or((width / 2.0, height / 2.0, height / 2.0), |at| {
        (at.left() + at.width().min(120.0) / 2.0, at.top(), at.bottom())
    });
    let left = (x - 40.0).min(width - own_width - 8.0).max(8.0);
    let above = top - own_height - 12.0;
    let is_below = above < 8.0;
    let y = if is_below { (bottom + 12.0).min(height - own_height - 8.0) } else { above };
    let pixels = |length: f64| [&(length as i32).to_string(), "px"].concat();
    let style = hint.style();
    for (name, length) in
        [("--left", left), ("--top", y), ("--beak", (x - left - 5.0).min(own_width - 22.0).max(10.0))]
    {
        let _ = style.set_property(name, &pixels(length));
    }
    let _ = hint.class_list().toggle_with_force("hint--below", is_below);
}
