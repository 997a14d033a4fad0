//! All timelines: which there are, two of them beside each other, and every way it can go.

use leptos::prelude::*;
use web_sys::Event;

use super::Asks;
use super::compare::{Playhead, compared};
use super::names::names;
use super::tracks::tracks;
use super::ways::ways;
use crate::sim::{Fork, Forks, Record, Sim};
use crate::time::Instant;
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, fragment, nothing};

/// Steps that a timeline is run ahead.
const AHEAD: u32 = 20_000;

/// A timeline as the first module tells it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// From A on.
    pub letter: char,
    /// What it is called.
    pub name: String,
    /// The timeline that it left, and when.
    pub from: Option<(char, Instant)>,
    /// What brings it about.
    pub record: Record,
}

/// All timelines, and which one is on stage.
pub(super) type Lines = (usize, Vec<Line>);

/// The timelines that a text tells of.
pub(super) fn lines_of(text: &str) -> Lines {
    let Ok(forks) = Forks::from_text(text) else { return (0, Vec::new()) };
    let line = |fork: &Fork| Line {
        letter: fork.letter,
        name: if fork.name.is_empty() { fork.record.scenario.title.clone() } else { fork.name.clone() },
        from: fork.from,
        record: fork.record.clone(),
    };
    (forks.current(), forks.all().iter().map(line).collect())
}

impl Line {
    /// Its world, at its end.
    pub fn world(&self) -> Option<Sim> {
        let mut sim = Sim::of_record(&self.record).ok()?;
        sim.settle(AHEAD);
        Some(sim)
    }

    /// `cut the link, from A at 2.029 s`
    pub fn told(&self) -> String {
        let from = self.from.map_or_else(String::new, |(letter, at)| {
            [", from ", &letter.to_string(), " at ", &at.to_string(), " s"].concat()
        });
        [&*self.name, &from].concat()
    }
}

/// The sheet's content.
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
            line.map_or_else(nothing, |line| el("div", "ways").child(ways(line.record, asks)))
        }
        false => pair(world, all, asks),
    };
    let close = el("button", "icon-button")
        .attrs(&[("type", "button"), ("aria-label", "Close (Esc)"), ("title", "Close (Esc)")])
        .click(move || asks.close.run(()))
        .child(icon("i-close", "icon"));
    fragment([
        el("header", "forks-bar")
            .child(icon("i-redo", "icon icon--sm"))
            .child(el("h2", "").attr("id", "panel-h").text("Timelines"))
            .child(tabs)
            .child(el("span", "grow"))
            .child(close),
        el("div", "timelines-panel__list")
            .fill(move || if shows_ways.get() { nothing() } else { names(all, asks) }),
        el("div", "timelines-panel__body").fill(shown),
    ])
}

/// Two of them beside each other, and the tracks of all.
fn pair(world: World, all: Memo<Lines>, asks: Asks) -> El {
    let count = Memo::new(move |_| all.with(|(_, lines)| lines.len()));
    let lines = Memo::new(move |_| all.with(|(_, lines)| lines.clone()));
    let current = Memo::new(move |_| all.with(|(current, _)| *current));
    let sides = all.with_untracked(|(current, _)| {
        // The one that was there first on the left.
        let other = usize::from(*current == 0);
        [RwSignal::new((*current).min(other)), RwSignal::new((*current).max(other))]
    });
    let chosen = sides.map(|side| Memo::new(move |_| all.with(|(_, lines)| lines.get(side.get()).cloned())));
    let worlds = move || {
        chosen.map(|line| {
            let line = line.get()?;
            Some((line.world()?, line))
        })
    };
    let playhead = Playhead { world, all, asks };
    let shown = move || {
        if count.get() < 2 {
            let words = "There is one timeline. Do something at a moment that you have seen more of, or press f: \
                then there are two, and they are compared here.";
            return el("p", "network__note").text(words);
        }
        match worlds() {
            [Some(left), Some(right)] => {
                let heads = [0, 1].map(|at| choose(at, sides, all));
                compared([left, right], heads, playhead)
            }
            _ => el("p", "network__note").text("One of the two does not come about any more."),
        }
    };
    fragment([
        el("div", "compare").fill(shown),
        el("div", "fork-tracks").fill(move || {
            if count.get() < 2 { nothing() } else { tracks(world, lines.get(), current, worlds(), asks) }
        }),
    ])
}

/// Which timeline stands on a side.
fn choose(at: usize, sides: [RwSignal<usize>; 2], all: Memo<Lines>) -> El {
    let side = sides[at];
    let names = all.with_untracked(|(_, lines)| {
        lines.iter().map(|line| [&line.letter.to_string(), " ", &line.told()].concat()).collect::<Vec<_>>()
    });
    el("select", "select")
        .attr("aria-label", if at == 0 { "Left timeline" } else { "Right timeline" })
        .all(names.iter().enumerate().map(|(at, name)| {
            el("option", "").num("value", at).text(name).bind_property("selected", move || side.get() == at)
        }))
        .on("change", move |event: Event| side.set(event_target_value(&event).parse().unwrap_or(0)))
}
