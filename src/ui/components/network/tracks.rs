//! The tracks of all timelines, which branch from one another, under one playhead: in the transport bar and in the sheet
//! that compares them.

use leptos::prelude::*;
use web_sys::PointerEvent;

use super::timelines::{Line, body, lines_of};
use super::{Asks, button, sheet};
use crate::sim::Sim;
use crate::ui::components::bytes::target_element;
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::{family, glyph_of, icon};
use crate::ui::dom::{El, Memo, el, fragment, nothing};
use crate::view::timelines::Comparison;
use crate::view::tracks::{Tick, Told, Track, Tracks};

/// Timelines whose tracks are drawn at most.
const MOST: usize = 8;

/// A side of the comparison.
pub(super) type Side = Option<(Sim, Line)>;

/// What stands in the transport bar.
pub(super) fn bar(world: World, asks: Asks) -> El {
    let all = Memo::new(move |_| world.text(lines_of));
    let lines = Memo::new(move |_| all.with(|(_, lines)| lines.clone()));
    let current = Memo::new(move |_| all.with(|(current, _)| *current));
    let compares = RwSignal::new(false);
    let inside = Asks { close: Callback::new(move |()| compares.set(false)), ..asks };
    let fork = button("button button--sm", "")
        .attr("title", "A timeline of its own from here on (f)")
        .click(move || asks.stage.run("+".to_owned()))
        .child(icon("i-redo", "icon icon--xs"))
        .text("Fork here");
    let compare =
        button("button button--sm", "Compare timelines").click(move || compares.update(|it| *it = !*it));
    let shown = move || {
        if compares.get() {
            untrack(|| sheet(inside, body(world, inside)).attr("role", "dialog"))
        } else {
            nothing()
        }
    };
    fragment([
        el("div", "fork-tracks").fill(move || tracks(world, lines.get(), current, [None, None], asks)),
        el("div", "fork-tools").child(fork).child(compare),
        el("div", "").fill(shown),
    ])
}

/// A track for each timeline; where two are compared, their first difference is marked.
pub(super) fn tracks(
    world: World,
    lines: Vec<Line>,
    current: Memo<usize>,
    sides: [Side; 2],
    asks: Asks,
) -> El {
    let worlds: Vec<(usize, Sim, &Line)> = lines
        .iter()
        .enumerate()
        .take(MOST)
        .filter_map(|(at, line)| Some((at, line.world()?, line)))
        .collect();
    let told: Vec<Told<'_>> = worlds
        .iter()
        .map(|(_, sim, line)| Told { letter: line.letter, from: line.from, capture: sim.capture() })
        .collect();
    let tracks = Tracks::new(&told);
    let first = match &sides {
        [Some((left, _)), Some((right, _))] => {
            let compared =
                Comparison::new((left.capture(), left.recorded()), (right.capture(), right.recorded()));
            compared.first.map(|at| per_cent(tracks.place(compared.rows[at].at)))
        }
        _ => None,
    };
    let mark = first.map(|at| el("span", "fork-scrubber__diff").style("--at", &at));
    let lanes = worlds.iter().zip(&tracks.all).flat_map(|((at, _, line), track)| {
        let at = *at;
        let here = move || current.get() == at;
        let name = el("button", "")
            .attr("type", "button")
            .bind("class", move || if here() { "fork-name" } else { "fork-name fork-name--b" })
            .bind("title", move || if here() { "On stage" } else { "Put on stage" })
            .bind_state("aria-pressed", here)
            .child(el("i", "").text(&line.letter.to_string()))
            .child(el("span", "").text(&line.name))
            .click(move || asks.stage.run(["#", &at.to_string()].concat()));
        [el("div", "fork-scrubber__name").child(name), lane(track.clone(), at, current, asks)]
    });
    let lanes: Vec<El> = lanes.collect();
    let more = lines.len().saturating_sub(MOST);
    let more = (more > 0).then(|| {
        el("p", "network__note").text(&[&more.to_string(), " more timelines have no track here."].concat())
    });
    let place = move || per_cent(tracks.place(world.now()));
    let heads = el("div", "fork-scrubber__heads")
        .attr("aria-hidden", "true")
        .with(mark)
        .child(el("i", "").bind_style("--at", place));
    let scrubber = el("div", "fork-scrubber")
        .attrs(&[("role", "group"), ("aria-label", "Tracks")])
        .all(lanes)
        .child(heads);
    fragment([scrubber, nothing().with(more)])
}

/// A track; a click on it goes to the packet that is nearest.
fn lane(track: Track, at: usize, current: Memo<usize>, asks: Asks) -> El {
    let class = move || match current.get() == at {
        true => "fork-scrubber__lane is-current",
        false => "fork-scrubber__lane fork-scrubber__lane--b",
    };
    let branch = track.rises.map(|rises| {
        el("span", "fork-scrubber__branch").style("--rise", &[&(27 * rises).to_string(), "px"].concat())
    });
    let tick = |tick: &Tick| {
        let class = if tick.lost { "scrubber__tick scrubber__tick--lost" } else { "scrubber__tick" };
        el("span", &[class, " ", family(tick.packet_type)].concat())
            .style("--x", &per_cent(tick.at))
            .child(glyph_of(tick.packet_type))
    };
    el("div", "")
        .bind("class", class)
        .attr("aria-hidden", "true")
        .style("--from", &per_cent(track.begins))
        .style("--to", &per_cent(track.ends))
        .with(branch)
        .all(track.ticks.iter().map(tick))
        .on("click", move |event: PointerEvent| {
            let lane =
                target_element(&event).and_then(|it| it.closest(".fork-scrubber__lane").ok().flatten());
            let Some(bounds) = lane.map(|lane| lane.get_bounding_client_rect()) else { return };
            let part = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
            if let Some(tick) = track.nearest((1_000.0 * part.clamp(0.0, 1.0)) as u32) {
                let step = tick.step.to_string();
                if current.get_untracked() != at {
                    asks.stage.run(["#", &at.to_string()].concat());
                }
                asks.stage.run(["@", &step].concat());
            }
        })
}

/// `12.3%` of thousandths.
fn per_cent(thousandths: u32) -> String {
    [&(thousandths / 10).to_string(), ".", &(thousandths % 10).to_string(), "%"].concat()
}
