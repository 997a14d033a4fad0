//! What a broken packet was likely meant to be: looked for at once, or, in a large one, bit by bit.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{HtmlElement, MouseEvent};

use super::state::{DecodeState, now};
use crate::dissect::{Fix, Repair};
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::{focus_in, focus_on};
use crate::ui::dom::{El, Memo, Slot, el, fragment, nothing};
use crate::view::bytes::hex;
use crate::view::decode::{Entry, RepairSearch, State, no_repair, repairs_of};

/// Bytes of a change that are shown.
const CHANGED: usize = 8;
/// Bytes of a packet up to which all of it is searched at once.
const AT_ONCE: usize = 20_000;
/// How long a slice of a longer search may take.
const SLICE_MILLIS: f64 = 12.0;

/// Likely causes, each with a button and what it would change.
pub(super) fn fixes(state: DecodeState, at: usize, entry: &Entry, bytes: &bytes::Bytes) -> Option<El> {
    let foreign = state.read_as.with_untracked(|reading| reading.foreign.is_some());
    let wanted = entry.state == State::Malformed || foreign && entry.state == State::Incomplete;
    let why = state.index.with_untracked(|index| no_repair(index, at, foreign));
    let list = {
        let rest = bytes.slice(entry.offset..);
        move |found: &[Repair]| {
            listed(state, at, &rest, found).or_else(|| wanted.then(|| el("p", "field__hint").text(why)))
        }
    };
    if foreign || entry.len <= AT_ONCE {
        let found = match foreign {
            true => vec![],
            false => state.index.with_untracked(|index| repairs_of(bytes, index, at)),
        };
        return list(&found);
    }
    let search = state.index.with_untracked(|index| RepairSearch::new(bytes, index, at));
    match search {
        Some(search) => Some(searched(state, at, bytes.clone(), search, list)),
        None => list(&[]),
    }
}

/// A search that goes on while the page is used, with its progress.
fn searched(
    state: DecodeState,
    at: usize,
    bytes: bytes::Bytes,
    search: RepairSearch,
    list: impl Fn(&[Repair]) -> Option<El> + 'static,
) -> El {
    let found = RwSignal::new(None::<Vec<Repair>>);
    // In thousandths; nothing while nothing is looked for.
    let progress = RwSignal::new(Some(0));
    slice(bytes.clone(), search, progress, found);
    let again = StoredValue::new(bytes);
    let resume = move || {
        let bytes = again.get_value();
        let search = state.index.with_untracked(|index| RepairSearch::new(&bytes, index, at));
        if let Some(search) = search {
            progress.set(Some(0));
            slice(bytes, search, progress, found);
        }
    };
    let busy = Memo::new(move |_| progress.with(Option::is_some));
    let button = |name: &str| el("button", "button button--sm").attr("type", "button").text(name);
    let place = Slot::new(None);
    el("div", "malformed__search").slot(place).dynamic(move || {
        // The button that has the focus is replaced by another one.
        let focused = |it: HtmlElement| it.contains(document().active_element().as_deref());
        if place.get_untracked().is_some_and(focused) {
            focus_in(place, "button".to_owned());
        }
        if found.with(Option::is_some) {
            return found.with(|found| list(found.as_deref().unwrap_or_default())).unwrap_or_else(nothing);
        }
        if !busy.get() {
            return fragment([
                el("span", "").text("Not looked for."),
                button("Look for repairs").click(resume),
            ]);
        }
        let meter = el("progress", "paste-area__progress")
            .attrs(&[("max", "1000"), ("aria-label", "Looking for repairs")])
            .bind("value", move || progress.get().unwrap_or_default().to_string());
        let stop = button("Cancel").click(move || progress.set(None));
        fragment([el("span", "").text("Looking for repairs…"), meter, stop])
    })
}

/// Looks for a moment, and comes back for the rest unless it is cancelled, or the packet is gone.
fn slice(
    bytes: bytes::Bytes,
    mut search: RepairSearch,
    progress: RwSignal<Option<usize>>,
    found: RwSignal<Option<Vec<Repair>>>,
) {
    Timeout::new(0, move || {
        if progress.try_get_untracked().flatten().is_none() {
            return;
        }
        let until = now() + SLICE_MILLIS;
        let mut done = false;
        while !done && now() < until {
            done = search.step(&bytes, 1);
        }
        if done {
            found.set(Some(search.finish(&bytes)));
        } else {
            progress.set(Some(search.progress()));
            slice(bytes, search, progress, found);
        }
    })
    .forget();
}

/// Each repair as a button, with what it changes; nothing where there is none.
fn listed(state: DecodeState, at: usize, rest: &[u8], found: &[Repair]) -> Option<El> {
    let shown = |part: &[u8]| {
        let mut text: Vec<&str> = part.iter().take(CHANGED).map(|byte| hex(*byte)).collect();
        if part.len() > CHANGED {
            text.push("…");
        }
        if text.is_empty() { "nothing".to_owned() } else { text.join(" ") }
    };
    let items: Vec<El> = found
        .iter()
        .filter(|it| !matches!(it.fix, Fix::More(_)))
        .enumerate()
        .map(|(i, repair)| {
            let change = repair.change(rest).map(|(_, old, new)| {
                el("span", "malformed__diff")
                    .child(el("del", "").text(&shown(old)))
                    .child(icon("i-to", "icon icon--xs"))
                    .child(el("ins", "").text(&shown(new)))
            });
            let class = if i == 0 { "button button--sm button--primary" } else { "button button--sm" };
            let button = el("button", class).attr("type", "button").text(&repair.label);
            let fix = repair.fix.clone();
            let take = move |event: MouseEvent| {
                state.repair(at, &fix);
                // With the keyboard, on to the next repair, or to where this one is taken back.
                if event.detail() == 0 {
                    focus_on(".decode__actions button".to_owned());
                    focus_on(".malformed__fixes button".to_owned());
                }
            };
            el("li", "").child(button.on("click", take)).with(change)
        })
        .collect();
    (!items.is_empty()).then(|| el("ul", "malformed__fixes").attr("aria-label", "Repairs").all(items))
}
