//! All timelines: which there are, two of them beside each other, and every way it can go.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use super::compare::{Playhead, compared};
use super::tracks::tracks;
use super::ways::ways;
use super::{Asks, button};
use crate::sim::{Record, Sim};
use crate::time::Instant;
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, Slot, after, el, fragment, many, next_frame, nothing};

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
fn lines_of(text: &str) -> Lines {
    let mut parts = text.split('\u{1e}');
    let current = parts.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    (current, parts.filter_map(line_of).collect())
}

fn line_of(part: &str) -> Option<Line> {
    let mut fields = part.splitn(3, '\u{1f}');
    let (name, from, text) = (fields.next()?, fields.next()?, fields.next()?);
    let letter = name.chars().next()?;
    let left = from.chars().next().filter(char::is_ascii_uppercase);
    let micros = from.get(1..).and_then(|micros| micros.parse().ok());
    Some(Line {
        letter,
        name: name.get(letter.len_utf8()..).unwrap_or_default().to_owned(),
        from: left.zip(micros.map(Instant::from_micros)),
        record: Record::from_text(text).ok()?.0,
    })
}

impl Line {
    /// Its world, at its end.
    pub fn world(&self) -> Option<Sim> {
        let mut sim = Sim::of_record(&self.record).ok()?;
        sim.settle(AHEAD);
        Some(sim)
    }

    /// `cut the link, from A at 2.029 s`
    fn told(&self) -> String {
        let from = self.from.map_or_else(String::new, |(letter, at)| {
            [", from ", &letter.to_string(), " at ", &at.to_string(), " s"].concat()
        });
        [&*self.name, &from].concat()
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
            .fill(move || if shows_ways.get() { nothing() } else { list(all, asks) }),
        el("div", "timelines-panel__body").fill(shown),
    ])
}

/// Each timeline with what can be done with it, and its track.
fn list(all: Memo<Lines>, asks: Asks) -> El {
    let named = RwSignal::new(None);
    let line = move |(at, here, line): (usize, bool, &Line)| {
        let letter = line.letter.to_string();
        let open = button("button button--sm", if here { "on stage" } else { "Put on stage" })
            .bind_flag("disabled", move || here)
            .click(move || asks.stage.run(["#", &at.to_string()].concat()));
        let forget = el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("title", "Forget this timeline")])
            .attr("aria-label", &["Forget timeline ", &letter].concat())
            .bind_flag("disabled", move || here)
            .click(move || asks.stage.run(["-", &at.to_string()].concat()))
            .child(icon("i-trash", "icon icon--xs"));
        let rename = el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("title", "Rename this timeline")])
            .attr("aria-label", &["Rename timeline ", &letter].concat())
            .click(move || named.set(Some(at)))
            .child(icon("i-edit", "icon icon--xs"));
        let class = if here { "fork-name" } else { "fork-name fork-name--b" };
        let its = line.clone();
        let is_named = Memo::new(move |_| named.get() == Some(at));
        // No more than this is drawn anew: a click that ends the renaming finds its button.
        let name = move || match is_named.get() {
            true => name_field(at, &its, named, asks),
            false => el("span", "").text(&its.told()),
        };
        el("li", "")
            .child(el("span", class).child(el("i", "").text(&letter)).dynamic(name))
            .child(el("span", "grow"))
            .child(rename)
            .child(open)
            .child(forget)
    };
    el("ul", "fork-list").attr("aria-label", "Timelines").fill(move || {
        all.with(|(current, lines)| {
            many(lines.iter().enumerate().map(|(at, it)| line((at, at == *current, it))))
        })
    })
}

/// A timeline's name, to be typed: Enter and leaving it take it, Esc does not.
fn name_field(at: usize, line: &Line, named: RwSignal<Option<usize>>, asks: Asks) -> El {
    let (before, asked) = (line.name.clone(), ["=", &at.to_string(), " "].concat());
    let taken = move |name: String| {
        let name = name.trim();
        // Leaving it comes behind Enter and Esc, too.
        if untrack(|| named.try_get()).flatten() == Some(at) {
            named.set(None);
            if !name.is_empty() && name != before {
                asks.stage.run([&*asked, name].concat());
            }
        }
    };
    let letter = line.letter;
    let back = move || {
        next_frame(move || {
            let button = ["[aria-label='Rename timeline ", &letter.to_string(), "']"].concat();
            let button = document().query_selector(&button).ok().flatten();
            if let Some(button) = button.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                let _ = button.focus();
            }
        });
    };
    let input = el("input", "input fork-list__name")
        .attrs(&[("aria-label", "Name of the timeline"), ("maxlength", "60"), ("autofocus", "")])
        .attr("value", &line.name)
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                named.set(None);
                back();
            } else if event.key() == "Enter" {
                event.prevent_default();
                let _ = event.target().map(|it| it.unchecked_into::<HtmlElement>().blur());
                back();
            }
        })
        .on("change", move |event: Event| taken(event_target_value(&event)))
        .on("focusout", move |_: Event| {
            // Nothing was changed.
            if named.try_get_untracked().flatten() == Some(at) {
                named.set(None);
            }
        });
    let place = Slot::new(None);
    after(move || {
        if let Some(input) = place.get() {
            next_frame(move || {
                let _ = input.focus();
            });
        }
    });
    input.slot(place)
}

/// Two of them beside each other, and the tracks of all.
fn pair(world: World, all: Memo<Lines>, asks: Asks) -> El {
    let count = Memo::new(move |_| all.with(|(_, lines)| lines.len()));
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
        el("div", "fork-tracks")
            .fill(move || if count.get() < 2 { nothing() } else { tracks(world, all, worlds()) }),
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
