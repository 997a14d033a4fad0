//! All timelines: which there are, two of them beside each other, and every way it can go.

use leptos::prelude::*;

use super::compare::compared;
use super::ways::ways;
use super::{Asks, button};
use crate::capture::Step;
use crate::sim::{Record, Sim};
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, fragment, many};

/// Steps that a timeline is run ahead.
const AHEAD: u32 = 20_000;

/// A timeline as the first module tells it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its letter and what it is called.
    pub name: String,
    /// What brings it about.
    pub record: Record,
    step: Step,
}

/// The timelines that a text tells of, and which one is on stage.
fn lines_of(text: &str) -> (usize, Vec<Line>) {
    let mut parts = text.split('\u{1e}');
    let current = parts.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    let line = |part: &str| {
        let (name, text) = part.split_once('\u{1f}')?;
        let (record, step) = Record::from_text(text).ok()?;
        Some(Line { name: name.to_owned(), record, step })
    };
    (current, parts.filter_map(line).collect())
}

impl Line {
    /// Its world, at its end.
    pub fn world(&self) -> Option<Sim> {
        let mut sim = Sim::of_record(&self.record).ok()?;
        sim.settle(AHEAD);
        Some(sim)
    }
}

pub(super) fn body(world: World, asks: Asks) -> El {
    let all = Memo::new(move |_| world.text(lines_of));
    let several = all.with_untracked(|(_, lines)| lines.len() > 1);
    let shows_ways = RwSignal::new(!several);
    let tabs = segmented(
        "What to show",
        vec![
            (false, Signal::stored("Timelines, compared".to_owned())),
            (true, Signal::stored("Every way it can go".to_owned())),
        ],
        shows_ways.into(),
        Callback::new(move |ways| shows_ways.set(ways)),
    );
    let shown = move || match shows_ways.get() {
        true => {
            let line = untrack(|| all.with(|(current, lines)| lines.get(*current).cloned()));
            line.map_or_else(|| many([]), |line| ways(line.record, asks))
        }
        false => fragment([list(all, asks), pair(all)]),
    };
    el("div", "timelines-panel")
        .child(el("div", "forks-bar").child(tabs))
        .child(el("div", "timelines-panel__body").fill(shown))
}

/// Each timeline with what can be done with it.
fn list(all: Memo<(usize, Vec<Line>)>, asks: Asks) -> El {
    let line = move |(at, (current, line)): (usize, (usize, Line))| {
        let (letter, name) = line.name.split_at(line.name.len().min(1));
        let here = at == current;
        let open = button("button button--sm", if here { "on stage" } else { "Put on stage" })
            .bind_flag("disabled", move || here)
            .click(move || asks.stage.run(["#", &at.to_string()].concat()));
        let forget = el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("title", "Forget this timeline")])
            .attr("aria-label", &["Forget timeline ", letter].concat())
            .bind_flag("disabled", move || here)
            .click(move || asks.stage.run(["-", &at.to_string()].concat()))
            .child(icon("i-trash", "icon icon--xs"));
        let class = if here { "fork-name" } else { "fork-name fork-name--b" };
        el("li", "")
            .child(el("span", class).child(el("i", "").text(letter)).text(name))
            .child(el("span", "grow"))
            .child(open)
            .child(forget)
    };
    el("ul", "fork-list").attr("aria-label", "Timelines").fill(move || {
        let (current, lines) = all.get();
        many(lines.into_iter().map(|line| (current, line)).enumerate().map(line))
    })
}

/// Two of them beside each other.
fn pair(all: Memo<(usize, Vec<Line>)>) -> El {
    let count = all.with_untracked(|(_, lines)| lines.len());
    if count < 2 {
        let words = "There is one timeline. Do something at a moment that you have seen more of, or press f: \
            then there are two, and they are compared here.";
        return el("p", "network__note").text(words);
    }
    let (current, _) = all.get_untracked();
    // The one that was there first on the left.
    let other = if current == 0 { 1 } else { 0 };
    let sides = [RwSignal::new(current.min(other)), RwSignal::new(current.max(other))];
    let choose = move |at: usize| {
        let names =
            all.with_untracked(|(_, lines)| lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>());
        let side = sides[at];
        el("select", "select")
            .attr("aria-label", if at == 0 { "Left timeline" } else { "Right timeline" })
            .all(names.iter().enumerate().map(|(at, name)| {
                el("option", "")
                    .num("value", at)
                    .text(name)
                    .bind_property("selected", move || side.get() == at)
            }))
            .on("change", move |event: web_sys::Event| {
                side.set(event_target_value(&event).parse().unwrap_or(0));
            })
    };
    let shown = move || {
        let lines = sides.map(|side| all.with(|(_, lines)| lines.get(side.get()).cloned()));
        let [Some(left), Some(right)] = lines else { return many([]) };
        match (left.world(), right.world()) {
            (Some(left), Some(right)) => compared(&left, &right),
            _ => el("p", "network__note").text("One of the two does not come about any more."),
        }
    };
    fragment([
        el("div", "compare__heads").child(choose(0)).child(choose(1)),
        el("div", "compare").fill(shown),
    ])
}
