//! The tracks of all timelines, which branch from one another, under one playhead.

use super::timelines::{Line, Lines};
use crate::sim::Sim;
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::{family, glyph_of};
use crate::ui::dom::{El, Memo, el};
use crate::view::timelines::Comparison;
use crate::view::tracks::{Tick, Told, Track, Tracks};

/// Timelines whose tracks are drawn at most.
const MOST: usize = 8;

/// A side of the comparison.
type Side = Option<(Sim, Line)>;

pub(super) fn tracks(world: World, all: Memo<Lines>, sides: [Side; 2]) -> El {
    let (current, lines) = all.get();
    let worlds: Vec<(Sim, &Line)> =
        lines.iter().take(MOST).filter_map(|line| Some((line.world()?, line))).collect();
    let told: Vec<Told<'_>> = worlds
        .iter()
        .map(|(sim, line)| Told { letter: line.letter, from: line.from, capture: sim.capture() })
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
    let lanes = worlds.iter().zip(&tracks.all).enumerate().flat_map(|(at, ((_, line), track))| {
        let class = if at == current { "fork-name" } else { "fork-name fork-name--b" };
        let name = el("div", "fork-scrubber__name").child(
            el("span", class)
                .child(el("i", "").text(&line.letter.to_string()))
                .child(el("span", "").text(&line.name)),
        );
        [name, lane(track, at == current)]
    });
    let lanes: Vec<El> = lanes.collect();
    let place = move || per_cent(tracks.place(world.now()));
    el("div", "fork-scrubber")
        .attr("aria-hidden", "true")
        .all(lanes)
        .child(el("div", "fork-scrubber__heads").with(mark).child(el("i", "").bind_style("--at", place)))
}

fn lane(track: &Track, here: bool) -> El {
    let class =
        if here { "fork-scrubber__lane is-current" } else { "fork-scrubber__lane fork-scrubber__lane--b" };
    let branch = track.rises.map(|rises| {
        el("span", "fork-scrubber__branch").style("--rise", &[&(27 * rises).to_string(), "px"].concat())
    });
    let tick = |tick: &Tick| {
        let class = if tick.lost { "scrubber__tick scrubber__tick--lost" } else { "scrubber__tick" };
        el("span", &[class, " ", family(tick.packet_type)].concat())
            .style("--x", &per_cent(tick.at))
            .child(glyph_of(tick.packet_type))
    };
    el("div", class)
        .style("--from", &per_cent(track.begins))
        .style("--to", &per_cent(track.ends))
        .with(branch)
        .all(track.ticks.iter().map(tick))
}

/// `12.3%` of thousandths.
fn per_cent(thousandths: u32) -> String {
    [&(thousandths / 10).to_string(), ".", &(thousandths % 10).to_string(), "%"].concat()
}
