//! What all ends hold at the selected time: the two ends of each link side by side, what the last step changed, and which
//! packet did it.

use leptos::prelude::*;
use web_sys::Event;

use super::timelines::{Line, Lines, lines_of};
use super::{Asks, button};
use crate::capture::{EndId, Step};
use crate::codec::{PacketType, QoS};
use crate::sim::Sim;
use crate::time::{Duration, Instant};
use crate::ui::components::copy_as::copy;
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::{glyph_of, icon, packet_name};
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, fragment, many, nothing};
use crate::view::lanes::{Change, Due, Item, Lane, ROWS, Shape, Story, cause, changes, lanes, moment};
use crate::view::timelines::step_at;
use crate::view::transport::told;

/// Steps that the world is run ahead, so that the next change is known.
const AHEAD: u32 = 4_000;
/// The rows of the broker as a whole.
const WHOLE: [(&str, &str); 3] = [
    ("Retained messages", "none"),
    ("Wills", "no client has left one"),
    ("Sessions without a link", "none; a session that outlives its link waits here while its client is away"),
];

/// What is drawn, worked out once a step.
#[derive(Clone, PartialEq)]
struct Drawn {
    step: Step,
    now: Instant,
    lanes: Vec<Lane>,
    names: Vec<String>,
    /// Of each client's broker.
    brokers: Vec<String>,
    /// Whether that one has been stopped.
    stopped: Vec<bool>,
    /// Of [`moment`].
    cells: Vec<Cell>,
    /// The letter of the timeline that this one is held against: changes are differences then.
    against: Option<char>,
}

#[derive(Clone, PartialEq)]
struct Cell {
    items: Vec<Item>,
    /// What this step changed, or what is otherwise on another timeline.
    changes: Vec<Change>,
    /// When it last changed, and the packet that did it.
    by: Option<(Step, Option<Cause>)>,
}

#[derive(Clone, PartialEq)]
struct Cause {
    frame: u32,
    kind: Option<PacketType>,
}

pub(super) fn body(world: World, asks: Asks) -> El {
    let story = Memo::new(move |_| {
        world.text(|_| ());
        let mut ahead = untrack(|| world.with(Sim::clone));
        ahead.settle(AHEAD);
        Story::of(&ahead)
    });
    let lines = Memo::new(move |_| world.text(lines_of));
    let against = RwSignal::new(None::<char>);
    let other = Memo::new(move |_| Other(lines.with(|(_, all)| other_of(all, against.get()))));
    let drawn = Memo::new(move |_| {
        other.with(|Other(other)| {
            story.with(|story| world.with(|sim| draw(sim, world.now(), story, other.as_ref())))
        })
    });
    let only = RwSignal::new(false);
    let grid = move || drawn.with(|drawn| grid(drawn, only.get(), asks));
    fragment([
        bar(drawn, lines, against, asks),
        last_step(world, story, drawn, only, asks),
        el("div", "lanes-wrap")
            .attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", "Both ends of each link")])
            .fill(grid),
    ])
}

/// A timeline that this one is held against, run ahead.
struct Other(Option<(char, Sim)>);

impl PartialEq for Other {
    /// What the lines are made from tells: no two are held against each other.
    fn eq(&self, other: &Self) -> bool {
        self.0.is_none() && other.0.is_none()
    }
}

fn other_of(all: &[Line], letter: Option<char>) -> Option<(char, Sim)> {
    let line = all.iter().find(|line| Some(line.letter) == letter)?;
    Some((line.letter, line.world()?))
}

/// What the ends hold that this moment is told against: at the step before, or at the same time on another timeline.
fn held_before(
    sim: &Sim,
    now: Instant,
    lanes: &[Lane],
    other: Option<&(char, Sim)>,
) -> Option<Vec<Vec<Item>>> {
    let Some((_, other)) = other else {
        let mut earlier = sim.clone();
        earlier.seek(sim.cursor().checked_sub(1)?);
        return Some(moment(&earlier));
    };
    let mut other = other.clone();
    // Of what happens at this very time, as much is still to come there.
    let to_come = step_at(sim, now).saturating_sub(sim.cursor());
    other.seek(step_at(&other, now).saturating_sub(to_come));
    let (mut there, lanes_there) = (moment(&other), self::lanes(&other));
    let whole = there.split_off(lanes_there.len() * ROWS.len());
    // One of the two may have clients that the other has not.
    let place = |lane: &Lane| {
        let same = |it: &&Lane| it.client == lane.client && it.is_broker == lane.is_broker;
        lanes_there.iter().position(|it| same(&it))
    };
    let cells = lanes.iter().flat_map(|lane| {
        let from = place(lane).map(|at| at * ROWS.len());
        (0..ROWS.len()).map(move |row| from.map(|from| from + row))
    });
    let cells = cells.map(|at| at.and_then(|at| there.get(at).cloned()).unwrap_or_default());
    Some(cells.collect::<Vec<_>>().into_iter().chain(whole).collect())
}

fn draw(sim: &Sim, now: Instant, story: &Story, other: Option<&(char, Sim)>) -> Drawn {
    let step = sim.cursor();
    let cells = moment(sim);
    let lanes = lanes(sim);
    let before = held_before(sim, now, &lanes, other);
    let broker = |client: usize| sim.brokers().nth(sim.broker_number(client)).map(|(end, _)| end);
    let end = |cell: usize| -> EndId {
        let of = |lane: &Lane| match lane.is_broker {
            true => broker(lane.client),
            false => Some(sim.end_of_client(lane.client)),
        };
        lanes.get(cell / ROWS.len()).and_then(of).unwrap_or(sim.broker_end())
    };
    let cells = cells.into_iter().enumerate().map(|(at, items)| {
        let earlier = before.as_ref().map(|before| before.get(at).map_or(&[][..], Vec::as_slice));
        let changes = earlier.map_or_else(Vec::new, |earlier| changes(earlier, &items));
        let by = story.changed(at, step).map(|changed| {
            let frame = cause(sim.capture(), changed, end(at)).and_then(|id| sim.capture().frame(id));
            (changed, frame.map(|it| Cause { frame: it.id, kind: kind(&it.bytes) }))
        });
        Cell { items, changes, by }
    });
    let name = |end: EndId| sim.capture().end(end).map_or_else(String::new, |end| end.name.to_string());
    let clients = 0..sim.client_count();
    Drawn {
        step,
        now,
        cells: cells.collect(),
        names: clients.clone().map(|index| name(sim.end_of_client(index))).collect(),
        stopped: clients.clone().map(|index| sim.is_stopped(index)).collect(),
        brokers: clients.map(|index| broker(index).map_or_else(String::new, name)).collect(),
        against: other.map(|(letter, _)| *letter),
        lanes,
    }
}

fn kind(bytes: &[u8]) -> Option<PacketType> {
    PacketType::from_nibble(bytes.first()? >> 4)
}

/// Both ends, or what is otherwise on another timeline, where there is one.
fn switch(lines: Memo<Lines>, against: RwSignal<Option<char>>) -> El {
    let others = lines.with(|(current, all)| {
        let other = |(at, line): (usize, &Line)| (at != *current).then_some(line.letter);
        all.iter().enumerate().filter_map(other).collect::<Vec<char>>()
    });
    // The one that is held against this one may be on stage by now, or forgotten.
    if untrack(|| against.get()).is_some_and(|letter| !others.contains(&letter)) {
        against.set(None);
    }
    if others.is_empty() {
        return nothing();
    }
    let option =
        |letter: &char| (Some(*letter), Signal::stored(["differences from ", &letter.to_string()].concat()));
    let both = (None, Signal::stored("both ends".to_owned()));
    let options = [both].into_iter().chain(others.iter().map(option)).collect();
    segmented("What the lanes show", options, against.into(), Callback::new(move |to| against.set(to)))
}

fn bar(drawn: Memo<Drawn>, lines: Memo<Lines>, against: RwSignal<Option<char>>, asks: Asks) -> El {
    let said = RwSignal::new("");
    let copied = button("button button--sm", "Copy state as JSON")
        .click(move || copy(&drawn.with_untracked(json), said));
    let close =
        button("button button--sm", "Close").attr("title", "Close (Esc)").click(move || asks.close.run(()));
    el("header", "forks-bar")
        .child(icon("i-list", "icon icon--sm"))
        .child(el("h2", "").attr("id", "panel-h").text("State of both ends"))
        .child(el("span", "grow"))
        .dynamic(move || switch(lines, against))
        .child(el("span", "dim").attr("role", "status").bind_text(move || said.get()))
        .child(copied)
        .child(close)
}

/// What happened last, and the way to other changes.
fn last_step(world: World, story: Memo<Story>, drawn: Memo<Drawn>, only: RwSignal<bool>, asks: Asks) -> El {
    let changed =
        move || drawn.with(|drawn| drawn.cells.iter().filter(|cell| !cell.changes.is_empty()).count());
    let line = move || match world.with(|sim| told(sim.capture(), sim.cursor(), sim.now())) {
        line if line.is_empty() => "Nothing has happened yet: step forward.".to_owned(),
        line => line,
    };
    let count = move || match (changed(), drawn.with(|drawn| drawn.against)) {
        (0, Some(letter)) => ["nothing is otherwise on ", &letter.to_string(), " at this time"].concat(),
        (1, Some(letter)) => ["1 cell is otherwise on ", &letter.to_string()].concat(),
        (many, Some(letter)) => [&many.to_string(), " cells are otherwise on ", &letter.to_string()].concat(),
        (changed, None) => cells_changed(changed),
    };
    let to = move |forward| drawn.with(|drawn| story.with(|story| story.neighbour(drawn.step, forward)));
    let go = move |words, forward: bool, id| {
        button("button button--sm", words)
            .attr("data-testid", id)
            .bind_flag("disabled", move || to(forward).is_none())
            .click(move || {
                if let Some(step) = untrack(|| to(forward)) {
                    asks.stage.run(["@", &step.to_string()].concat());
                }
            })
    };
    let check = el("input", "")
        .attr("type", "checkbox")
        .on("change", move |event: Event| only.set(event_target_checked(&event)));
    el("section", "last-step")
        .attr("aria-label", "Last step")
        .child(
            el("p", "last-step__text")
                .child(el("span", "").attr("data-testid", "lanes-told").bind_text(line))
                .child(el("small", "").attr("data-testid", "lanes-count").bind_text(count)),
        )
        .child(
            el("div", "last-step__tools")
                .child(el("label", "check").child(check).text(" Only what changed"))
                .child(go("Last change", false, "lanes-back"))
                .child(go("Next change", true, "lanes-next")),
        )
}

fn cells_changed(count: usize) -> String {
    match count {
        0 => "no cell changed".to_owned(),
        1 => "1 cell changed".to_owned(),
        many => [&many.to_string(), " cells changed"].concat(),
    }
}

fn grid(drawn: &Drawn, only: bool, asks: Asks) -> El {
    let count = drawn.lanes.len();
    let only = only || drawn.against.is_some();
    let heads = drawn.lanes.iter().enumerate().map(|(at, lane)| head(drawn, at, *lane));
    let rows = ROWS.iter().enumerate().filter_map(|(row, (title, more))| {
        let cells: Vec<&Cell> =
            (0..count).filter_map(|lane| drawn.cells.get(lane * ROWS.len() + row)).collect();
        if only && cells.iter().all(|cell| cell.changes.is_empty()) {
            return None;
        }
        let label = el("div", "lanes__label")
            .attr("role", "rowheader")
            .text(title)
            .with((!more.is_empty()).then(|| el("small", "").text(more)));
        let cells = cells.into_iter().enumerate().map(|(at, cell)| {
            let class = class_of(at, drawn.lanes[at], cell);
            cell_of(drawn, cell, &class, "none", asks).attr("role", "cell")
        });
        Some(el("div", "lanes__row").attr("role", "row").child(label).all(cells))
    });
    let whole = WHOLE.iter().enumerate().filter_map(|(at, (title, none))| {
        let cell = drawn.cells.get(count * ROWS.len() + at)?;
        if only && cell.changes.is_empty() {
            return None;
        }
        let title = el("h3", "").text(title);
        let class = if cell.changes.is_empty() { "lane-cell" } else { "lane-cell is-changed" };
        let list = if at == 0 {
            retained(cell, drawn, class, none, asks)
        } else {
            cell_of(drawn, cell, class, none, asks)
        };
        Some(el("section", "lanes__part").child(title).child(list))
    });
    fragment([
        el("div", "lanes")
            .attrs(&[("role", "table"), ("aria-label", "State lanes")])
            .style("--lanes", &count.to_string())
            .child(
                el("div", "lanes__row")
                    .attr("role", "row")
                    .child(el("div", "lanes__head lanes__corner"))
                    .all(heads),
            )
            .all(rows),
        el("div", "lanes__whole")
            .child(el("div", "lanes__label").text("Broker only").child(el("small", "").text("shared by all")))
            .child(el("div", "lanes__parts").all(whole)),
    ])
}

fn head(drawn: &Drawn, at: usize, lane: Lane) -> El {
    let [name, broker_name] =
        [&drawn.names, &drawn.brokers].map(|all| all.get(lane.client).map_or("", String::as_str));
    let link = if at % 2 == 1 { " lanes__head--link" } else { "" };
    let broker = if lane.is_broker { " lanes__head--broker" } else { "" };
    let (who, more) = if lane.is_broker {
        let stopped = drawn.stopped.get(lane.client) == Some(&true);
        (broker_name, [if stopped { "stopped; its side of " } else { "its side of " }, name].concat())
    } else {
        (name, "client".to_owned())
    };
    el("div", &["lanes__head", link, broker].concat())
        .attr("role", "columnheader")
        .child(el("span", "lanes__name").text(who))
        .child(el("small", "").text(&more))
}

fn class_of(at: usize, lane: Lane, cell: &Cell) -> String {
    [
        "lane-cell",
        if lane.is_broker { " lane-cell--broker" } else { "" },
        if at % 2 == 1 { " lane-cell--link" } else { "" },
        if cell.items.is_empty() && cell.changes.is_empty() { " lane-cell--empty" } else { "" },
        if cell.changes.is_empty() { "" } else { " is-changed" },
    ]
    .concat()
}

fn cell_of(drawn: &Drawn, cell: &Cell, class: &str, none: &str, asks: Asks) -> El {
    let empty = cell.items.is_empty().then(|| el("span", "").text(none));
    el("div", class)
        .with(empty)
        .all(cell.items.iter().map(|item| item_of(drawn, cell, item)))
        .child(by(drawn, cell, asks))
}

fn item_of(drawn: &Drawn, cell: &Cell, item: &Item) -> El {
    match &item.shape {
        Shape::Words => el("span", "").text(&item.text),
        Shape::Code => el("span", "").child(el("code", "").text(&item.key)).text(" ").text(&item.text),
        Shape::Flight { qos, stages } => {
            let class = if *qos == QoS::ExactlyOnce { "flight is-qos2" } else { "flight is-qos1" };
            el("div", class)
                .child(el("span", "flight__id").text(&item.key))
                .child(el("span", "flight__stage").attr("aria-hidden", "true").all(stages.iter().map(stage)))
                .child(el("span", "").text(&item.text))
        }
        Shape::Window { used, most } => {
            let share = 100 * used / usize::from(*most).max(1);
            meter("window-meter", &item.key, share.min(100) as u64, &item.text)
        }
        Shape::Timer { at, whole } => {
            let left = if *at > drawn.now { *at - drawn.now } else { Duration::ZERO };
            let share = (100 * left.as_micros()).checked_div(whole.as_micros()).unwrap_or(0).min(100) as u64;
            let anew = cell.changes.iter().any(|change| change.key == item.key);
            let soon = if share < 20 { " is-soon" } else { "" };
            let class = ["timer", soon, if anew { " is-reset" } else { "" }].concat();
            meter(&class, &item.key, share, &seconds(left))
        }
    }
}

fn stage((kind, due): &(PacketType, Due)) -> El {
    let class = match due {
        Due::Done => "is-done",
        Due::Now => "is-due",
        Due::Later => "",
    };
    el("span", class).attr("title", kind.name()).child(glyph_of(Some(*kind)))
}

fn meter(class: &str, label: &str, percent: u64, told: &str) -> El {
    el("div", class)
        .child(el("span", "").text(label))
        .child(el("span", "meter").style("--value", &[&percent.to_string(), "%"].concat()).child(el("i", "")))
        .child(el("b", "").text(told))
}

/// `42.6 s`
fn seconds(left: Duration) -> String {
    let tenths = left.as_micros() / 100_000;
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string(), " s"].concat()
}

/// What this step changed in a cell, and the packet that changed it last.
fn by(drawn: &Drawn, cell: &Cell, asks: Asks) -> El {
    let Some((_, by)) = &cell.by else { return nothing() };
    let change = |change: &Change| {
        let was = change.was.as_deref().filter(|was| !was.is_empty());
        let key = if change.key.len() <= 5 { ["id ", &change.key].concat() } else { change.key.clone() };
        if let Some(letter) = drawn.against {
            let told = |text: Option<&str>| text.filter(|it| !it.is_empty()).unwrap_or("none").to_owned();
            let [here, there] = [&change.is, &change.was].map(|it| told(it.as_deref()));
            let words = [&*key, ": ", &here, "; on ", &letter.to_string(), " ", &there].concat();
            return el("span", "").text(&words);
        }
        let is = change.is.as_deref().unwrap_or("gone");
        el("span", "").text(&key).text(": ").with(was.map(|was| el("del", "").text(was))).text(" ").text(is)
    };
    let link = by.as_ref().map(|by| {
        let frame = by.frame;
        let number = (frame + 1).to_string();
        button("lane-cell__link", "")
            .child(el("span", "sr-only").text("Show "))
            .child(packet_name(by.kind))
            .child(el("span", "sr-only").text(", packet "))
            .child(el("u", "").text(&number))
            .click(move || {
                asks.stage.run(["@ ", &frame.to_string()].concat());
                asks.close.run(());
            })
    });
    if link.is_none() && cell.changes.is_empty() {
        return nothing();
    }
    el("div", "lane-cell__cause").all(cell.changes.iter().map(change)).child(many(link))
}

/// Retained messages by the levels of their topics.
fn retained(cell: &Cell, drawn: &Drawn, class: &str, none: &str, asks: Asks) -> El {
    if cell.items.is_empty() {
        return cell_of(drawn, cell, class, none, asks);
    }
    let mut above: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for item in &cell.items {
        let levels: Vec<&str> = item.key.split('/').collect();
        let common = above.iter().zip(&levels).take_while(|(a, b)| a == b).count().min(levels.len() - 1);
        for (depth, level) in levels.iter().enumerate().skip(common) {
            let message = (depth + 1 == levels.len()).then(|| el("code", "").text(&item.text));
            let name = if level.is_empty() { "(empty)" } else { level };
            lines.push(
                el("li", "")
                    .style("--depth", &depth.to_string())
                    .child(el("span", "").text(name))
                    .with(message),
            );
        }
        above = levels;
    }
    el("div", class)
        .child(el("ul", "retained-tree").attr("aria-label", "Retained messages").all(lines))
        .child(by(drawn, cell, asks))
}

/// All cells as JSON: by end, row and line.
fn json(drawn: &Drawn) -> String {
    use serde_json::{Map, Value};
    let told = |cell: &Cell| {
        let line = |item: &Item| match &item.shape {
            Shape::Timer { at, .. } => Value::String([&item.key, " at ", &at.to_string(), " s"].concat()),
            Shape::Words => Value::String(item.text.clone()),
            _ => Value::String([&item.key, ": ", &item.text].concat()),
        };
        Value::Array(cell.items.iter().map(line).collect())
    };
    let mut all = Map::new();
    all.insert("step".to_owned(), drawn.step.into());
    all.insert("seconds".to_owned(), Value::String(drawn.now.to_string()));
    for (lane, cells) in drawn.lanes.iter().zip(drawn.cells.chunks(ROWS.len())) {
        let name = drawn.names.get(lane.client).map_or("", String::as_str);
        let end = if lane.is_broker { ["broker, its side of ", name].concat() } else { name.to_owned() };
        let row = |((title, more), cell): (&(&str, &str), &Cell)| {
            ([title, " ", more].concat().trim_end().to_owned(), told(cell))
        };
        all.insert(end, Value::Object(ROWS.iter().zip(cells).map(row).collect()));
    }
    let whole = drawn.cells.iter().skip(drawn.lanes.len() * ROWS.len());
    for ((title, _), cell) in WHOLE.iter().zip(whole) {
        all.insert((*title).to_owned(), told(cell));
    }
    serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default()
}
