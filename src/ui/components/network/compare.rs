//! Two timelines as two diagrams in common lines: the first difference marked, what one side has not hatched, the states at
//! the playhead's time held against each other.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::timelines::{Line as Timeline, Lines};
use super::{Asks, button};
use crate::capture::{Capture, Fate, FrameId};
use crate::codec::PacketType;
use crate::sim::Sim;
use crate::time::Instant;
use crate::ui::components::bytes::delegated;
use crate::ui::components::diagram::Rows;
use crate::ui::components::forms::host::World;
use crate::ui::dom::{El, Memo, el, fragment, many, next_frame, nothing, on_window};
use crate::ui::state::{Scene, Selection, Source};
use crate::view::diagram::{Plan, PlanOptions};
use crate::view::timelines::{Comparison, Differs, Line, lines, state_diff, step_at};

/// Lines that are shown at most.
const LINES: usize = 300;
/// Packets that are the same and shown all the same, before the first difference.
const BEFORE: usize = 2;

/// The time that all timelines are looked at.
#[derive(Clone, Copy)]
pub(super) struct Playhead {
    pub world: World,
    pub all: Memo<Lines>,
    pub asks: Asks,
}

impl Playhead {
    /// Puts it at a time, on the timeline that is on stage.
    fn seek(self, at: Instant) {
        let line = self.all.with_untracked(|(current, lines)| lines.get(*current).cloned());
        if let Some(sim) = line.and_then(|line| line.world()) {
            self.asks.stage.run(["@", &step_at(&sim, at).to_string()].concat());
        }
    }
}

/// One side.
#[derive(Clone, Copy)]
struct Side {
    world: StoredValue<(Sim, Plan)>,
    rows: Rows,
}

/// Both, under `heads`.
pub(super) fn compared(worlds: [(Sim, Timeline); 2], heads: [El; 2], playhead: Playhead) -> El {
    let ends = [&worlds[0].0, &worlds[1].0].map(|sim| (sim.capture(), sim.recorded()));
    let comparison = Comparison::new(ends[0], ends[1]);
    let options = PlanOptions { fold: Some(false), ..PlanOptions::default() };
    let plans = [&worlds[0].0, &worlds[1].0].map(|sim| Plan::with(sim.capture(), options));
    let all = lines(&comparison, [&plans[0], &plans[1]]);
    let differing: Vec<usize> = (0..all.len()).filter(|at| all[*at].differs.is_some()).collect();
    let packets = |(sim, _): &(Sim, Timeline)| {
        let bytes: usize = sim.capture().frames().map(|frame| frame.bytes.len()).sum();
        [&sim.capture().frames().len().to_string(), " packets, ", &bytes.to_string(), " B"].concat()
    };
    let counts = [packets(&worlds[0]), packets(&worlds[1])];
    let letters = [worlds[0].1.letter, worlds[1].1.letter];
    let [left, right] = worlds.map(|(sim, _)| sim);
    let [plan, other] = plans;
    let sides = [side(left, plan, playhead.world), side(right, other, playhead.world)];
    let at = RwSignal::new(0_usize);
    let go = go(at, differing.clone());
    let keys = go.clone();
    on_window("keydown", move |event| key(&event.unchecked_into(), &keys));
    let only = RwSignal::new(false);
    let check = el("input", "")
        .attrs(&[("type", "checkbox"), ("data-testid", "only-differences")])
        .on("change", move |event: Event| only.set(event_target_checked(&event)));
    let [one, two] = heads;
    let [count, more] = counts;
    let pair = [(one, count), (two, more)].into_iter().zip(letters).map(|((choice, count), letter)| {
        el("div", "compare__head")
            .child(el("span", "fork-name").child(el("i", "").text(&letter.to_string())))
            .child(choice)
            .child(el("small", "").text(&count))
    });
    fragment([
        el("div", "compare__heads").all(pair),
        el("div", "compare__scroll")
            .attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", "Both diagrams")])
            .on("click", move |event: Event| clicked(&event, sides, playhead))
            .child(
                el("div", "compare__pair compare__lanes")
                    .all(sides.map(|side| sequence(side).child(side.rows.heads()))),
            )
            .child(body(all, differing, sides, letters, at, go))
            .child(
                el("div", "compare__states")
                    .child(el("label", "check compare__only").child(check).text(" Only differences"))
                    .child(el("div", "").fill(move || states(sides, letters, playhead.world, only.get()))),
            ),
    ])
}

fn side(sim: Sim, plan: Plan, world: World) -> Side {
    let kept = StoredValue::new((sim, plan));
    let look = move |read: &mut dyn FnMut(Scene<'_>)| {
        let now = world.now();
        kept.try_with_value(|(sim, plan)| {
            read(Scene { capture: sim.capture(), plan, step: step_at(sim, now), record: 0 });
        });
    };
    let now = Signal::derive(move || world.now());
    let source = Source::new(look, now, Callback::new(|_: PlanOptions| ()));
    Side { world: kept, rows: Rows::new(source, Selection::new()) }
}

fn sequence(side: Side) -> El {
    el("div", "sequence").bind_style("--cols", move || side.rows.columns())
}

/// Goes to the next difference (1) or the one before (-1).
type Go = std::rc::Rc<dyn Fn(i32)>;

fn go(at: RwSignal<usize>, differing: Vec<usize>) -> Go {
    std::rc::Rc::new(move |by| {
        let last = differing.len().saturating_sub(1);
        at.update(|at| *at = at.saturating_add_signed(by as isize).min(last));
        next_frame(|| {
            let band = document().query_selector(".compare__line.is-at").ok().flatten();
            if let Some(band) = band {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Center);
                band.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    })
}

/// `.` and `,` go to the next difference and the one before.
fn key(event: &KeyboardEvent, go: &Go) {
    let typing = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let typing =
        typing.is_some_and(|it| it.closest("input, textarea, select, dialog").ok().flatten().is_some());
    let held = event.ctrl_key() || event.meta_key() || event.alt_key();
    let by = match event.key().as_str() {
        "." => 1,
        "," => -1,
        _ => return,
    };
    if !typing && !held && !crate::ui::components::keys::is_off(event) {
        event.prevent_default();
        go(by);
    }
}

fn body(
    all: Vec<Line>,
    differing: Vec<usize>,
    sides: [Side; 2],
    letters: [char; 2],
    at: RwSignal<usize>,
    go: Go,
) -> El {
    let first = differing.first().copied().unwrap_or(all.len());
    // Where nothing differs all of it is shown.
    let folded = if differing.is_empty() { 0 } else { first.saturating_sub(BEFORE) };
    let unfolded = RwSignal::new(false);
    let shown = all.len().min(folded + LINES);
    let hidden = all.len() - shown;
    let differing = StoredValue::new(differing);
    let all = StoredValue::new(all);
    let run =
        move |from: usize, to: usize| many((from..to).map(|index| line(index, all, sides, differing, at)));
    let fold = move || match (folded, unfolded.get()) {
        (0, _) => nothing(),
        (_, true) => run(folded.saturating_sub(LINES), folded),
        (_, false) => {
            let (count, until) = all.with_value(|all| {
                let same = &all[..folded];
                let packets = same.iter().filter(|line| is_packet(line, sides)).count();
                (packets, same.last().map_or(Instant::ZERO, |line| line.at))
            });
            let words = [&count.to_string(), " packets the same, until ", &until.to_string(), " s"].concat();
            el("p", "compare__same").child(
                button("button button--sm", &words)
                    .attr("aria-expanded", "false")
                    .click(move || unfolded.set(true)),
            )
        }
    };
    let band = move || {
        let (index, count) = (at.get(), differing.with_value(Vec::len));
        match differing.with_value(|all| all.get(index).copied()) {
            None => {
                el("p", "compare__same").attr("role", "status").text("Both are the same, packet by packet.")
            }
            Some(line) => band(all.with_value(|all| all[line]), sides, letters, (index, count), go.clone()),
        }
    };
    let more =
        (hidden > 0).then(|| el("p", "compare__same").text(&[&hidden.to_string(), " more lines"].concat()));
    el("div", "compare__body")
        .child(el("div", "compare__band").fill(band))
        .dynamic(fold)
        .child(run(folded, shown))
        .with(more)
}

fn is_packet(line: &Line, sides: [Side; 2]) -> bool {
    (0..2).any(|at| {
        line.rows[at].is_some_and(|row| sides[at].world.with_value(|(_, plan)| plan.is_packet(row)))
    })
}

/// One line: a row of each diagram, or that there is none.
fn line(
    index: usize,
    all: StoredValue<Vec<Line>>,
    sides: [Side; 2],
    differing: StoredValue<Vec<usize>>,
    at: RwSignal<usize>,
) -> El {
    let Some(line) = all.with_value(|all| all.get(index).copied()) else { return nothing() };
    let cells = sides.into_iter().zip(line.rows).map(|(side, row)| match row {
        Some(row) => sequence(side).child(el("ul", "sequence__rows").child(side.rows.row(row))),
        None => el("div", "sequence is-absent").child(el("span", "compare__none").text("nothing here")),
    });
    let here = move || differing.with_value(|all| all.get(at.get()).copied()) == Some(index);
    el("div", "compare__pair compare__line")
        .bind("class", move || {
            let differs = if line.differs.is_some() { " is-different" } else { "" };
            let at = if line.differs.is_some() && here() { " is-at" } else { "" };
            ["compare__pair compare__line", differs, at].concat()
        })
        .all(cells)
}

/// Tells of a difference, and goes to the others.
fn band(line: Line, sides: [Side; 2], letters: [char; 2], (index, count): (usize, usize), go: Go) -> El {
    let name = (0..2).find_map(|at| {
        let row = line.rows[at]?;
        sides[at].world.with_value(|(sim, plan)| kind(sim.capture(), frame_of(plan, sim.capture(), row)?))
    });
    let [left, right] = letters.map(String::from);
    let words = match (line.differs, line.rows) {
        (Some(Differs::Missing), [Some(_), None]) => [" only in ", &left].concat(),
        (Some(Differs::Missing), _) => [" only in ", &right].concat(),
        (Some(Differs::Fate), _) => fates(line, sides, [&left, &right]),
        (Some(Differs::Bytes), _) => " has other bytes".to_owned(),
        _ => " is sent at another time".to_owned(),
    };
    let title = match index {
        0 => "First difference, ".to_owned(),
        _ => ["Difference ", &(index + 1).to_string(), " of ", &count.to_string(), ", "].concat(),
    };
    let turn = |words, id, key, by: i32, off: bool| {
        let go = go.clone();
        button("button button--sm", words)
            .attrs(&[("data-testid", id), ("aria-keyshortcuts", key)])
            .attr("title", &[words, " (", key, ")"].concat())
            .bind_flag("disabled", move || off)
            .click(move || go(by))
    };
    el("div", "compare__diff")
        .child(el("b", "").attr("aria-hidden", "true").text("≠"))
        .child(
            el("p", "")
                .attrs(&[("role", "status"), ("data-testid", "first-difference")])
                .text(&[&title, &line.at.to_string(), " s: "].concat())
                .child(
                    el("span", "").text(name.map_or("what happens", PacketType::name)).text(&words).text("."),
                ),
        )
        .child(el("span", "grow"))
        .child(turn("Previous difference", "difference-back", ",", -1, index == 0))
        .child(turn("Next difference", "difference-next", ".", 1, index + 1 >= count))
}

fn frame_of(plan: &Plan, capture: &Capture, row: usize) -> Option<FrameId> {
    capture.frames().map(|frame| frame.id).find(|id| plan.row_of(*id) == Some(row))
}

fn kind(capture: &Capture, frame: FrameId) -> Option<PacketType> {
    PacketType::from_nibble(capture.frame(frame)?.bytes.first()? >> 4)
}

/// ` lost in A, arrives in B`
fn fates(line: Line, sides: [Side; 2], letters: [&str; 2]) -> String {
    let fate = |at: usize| {
        let lost = sides[at].world.with_value(|(sim, plan)| {
            let frame = frame_of(plan, sim.capture(), line.rows[at]?)?;
            Some(matches!(sim.capture().frame(frame)?.end, Some((_, Fate::Lost { .. }))))
        });
        [if lost == Some(true) { "lost in " } else { "arrives in " }, letters[at]].concat()
    };
    [" ", &fate(0), ", ", &fate(1)].concat()
}

/// A click on a packet puts the playhead at the time it was sent.
fn clicked(event: &Event, sides: [Side; 2], playhead: Playhead) {
    let Some(frame) = delegated(event, "data-frame") else { return };
    let cell = crate::ui::components::bytes::target_element(event)
        .and_then(|it| it.closest(".sequence").ok().flatten());
    let right = cell.is_some_and(|cell| cell.previous_element_sibling().is_some());
    let sent = sides[usize::from(right)]
        .world
        .with_value(|(sim, _)| sim.capture().frame(frame as FrameId).map(|frame| frame.sent));
    if let Some(sent) = sent {
        playhead.seek(sent);
    }
}

/// What the ends hold at the playhead's time, line by line.
fn states(sides: [Side; 2], letters: [char; 2], world: World, only: bool) -> El {
    let now = world.now();
    let [left, right] = sides.map(|side| {
        side.world.with_value(|(sim, _)| {
            let mut sim = sim.clone();
            sim.seek(step_at(&sim, now));
            sim
        })
    });
    let lines = state_diff(&left, &right);
    let differ = lines.iter().filter(|line| line.differs()).count();
    let told = [&differ.to_string(), " of ", &lines.len().to_string(), " lines differ"].concat();
    let rows = lines.iter().filter(|line| !only || line.differs()).map(|line| {
        let class = if line.differs() { "is-diff" } else { "" };
        el("tr", class)
            .child(el("th", "").attr("scope", "row").text(&line.subject))
            .all(line.texts.iter().map(|text| el("td", "").text(text)))
    });
    let heads = letters.map(|letter| el("th", "").attr("scope", "col").text(&letter.to_string()));
    let title = ["States at ", &now.to_string(), " s"].concat();
    el("table", "state-diff")
        .child(el("caption", "").text(&title).child(el("span", "").text(&told)))
        .child(
            el("thead", "")
                .child(el("tr", "").child(el("th", "").attr("scope", "col").text("line")).all(heads)),
        )
        .child(el("tbody", "").all(rows))
}
