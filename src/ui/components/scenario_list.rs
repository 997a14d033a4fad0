//! The scenarios as a list with a search, in a dialog. Part of the second module alone.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, Event, HtmlInputElement, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
};

use super::icon::{family, glyph_of, icon};
use super::modal::{close_around, modal};
use crate::capture::{NoteKind, Step};
use crate::codec::PacketType;
use crate::sim::{Scenario, Sim, scenario_groups, scenarios};
use crate::ui::dom::{El, after, el, fragment, many, nothing, text};

/// Steps of a scenario that are run to tell what it holds: far more than any takes.
const STEPS: Step = 4_000;
/// Signs that tell a scenario's course at most.
const SIGNS: usize = 9;

/// A scenario in the list.
struct Line {
    scenario: Scenario,
    /// The name of its group, before the first of it.
    group: &'static str,
    /// `20 packets, 6.1 s`.
    told: String,
    course: Vec<Sign>,
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Packet(PacketType),
    Cut,
}

/// Opens the list; `current` is the scenario on stage, by its id. `choose` is called with the id of the one that is
/// chosen, or with `+` for a new world, `file` for one from a file, `text` to edit the world as text.
pub fn open(current: String, choose: js_sys::Function) {
    let title = fragment([icon("i-search", "icon icon--sm"), el("h2", "").text("Scenarios")]);
    modal("dialog--scenarios", "Scenarios", title, move || body(&current, choose));
}

fn body(current: &str, choose: js_sys::Function) -> El {
    let lines: StoredValue<Vec<Line>, LocalStorage> = StoredValue::new_local(lines());
    let wanted = RwSignal::new(String::new());
    // Their places among all.
    let found = Signal::derive(move || {
        let wanted = wanted.get().trim().to_lowercase();
        let fits = |line: &Line| {
            let it = &line.scenario;
            [line.group, &it.title, &it.text].iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        lines.with_value(|all| (0..all.len()).filter(|at| fits(&all[*at])).collect::<Vec<_>>())
    });
    let here = lines.with_value(|all| all.iter().position(|line| line.scenario.id == current));
    let at = RwSignal::new(here.unwrap_or(0));
    let pick = move |event: &Event, id: &str| {
        // Closed first: what is chosen may open something itself.
        close_around(event);
        let _ = choose.call1(&JsValue::NULL, &id.into());
    };
    let pick = StoredValue::new_local(pick);
    let take = move |event: &Event, line: usize| {
        let id = lines.with_value(|all| all.get(line).map(|line| line.scenario.id.clone()));
        if let Some(id) = id {
            pick.with_value(|pick| pick(event, &id));
        }
    };
    let keys = move |event: KeyboardEvent| {
        let found = found.get_untracked();
        let place = found.iter().position(|it| *it == at.get_untracked());
        let to = match event.key().as_str() {
            "ArrowDown" => place.map_or(0, |it| (it + 1).min(found.len().saturating_sub(1))),
            "ArrowUp" => place.map_or(0, |it| it.saturating_sub(1)),
            "Enter" => {
                event.prevent_default();
                if place.is_some() {
                    take(&event, at.get_untracked());
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(to) = found.get(to) {
            at.set(*to);
        }
    };
    let typed = move |event: Event| {
        let field: HtmlInputElement = event_target(&event);
        wanted.set(field.value());
        // Enter takes the first that is found.
        if let Some(first) = found.get_untracked().first() {
            at.set(*first);
        }
    };
    let all = lines.with_value(Vec::len);
    let count = move || [&found.get().len().to_string(), " of ", &all.to_string()].concat();
    let field = el("input", "")
        .attrs(&[("type", "search"), ("role", "combobox"), ("aria-label", "Find a scenario")])
        .attrs(&[("aria-controls", "scenario-list"), ("aria-expanded", "true"), ("placeholder", "Find")])
        .attrs(&[("autocomplete", "off"), ("spellcheck", "false"), ("autofocus", "")])
        .bind("aria-activedescendant", move || ["scenario-", &at.get().to_string()].concat())
        .on("input", typed)
        .on("keydown", keys);
    let list = el("div", "scenario-list")
        .attrs(&[
            ("id", "scenario-list"),
            ("role", "listbox"),
            ("aria-label", "Scenarios"),
            ("tabindex", "-1"),
        ])
        .fill(move || {
            let found = found.get();
            lines.with_value(|all| drawn(all, &found, &wanted.get_untracked(), at, take))
        });
    show(list.element().clone(), at, found);
    let search = el("label", "scenario-search")
        .child(icon("i-search", "icon icon--sm"))
        .child(field)
        .child(el("span", "num").attr("role", "status").bind_text(count));
    let button = |symbol: &str, words: &str, id: &'static str| {
        el("button", "button")
            .attr("type", "button")
            .on("click", move |event: Event| pick.with_value(|pick| pick(&event, id)))
            .child(icon(symbol, "icon icon--sm"))
            .text(words)
    };
    let foot = el("footer", "dialog__foot").child(el("span", "grow")).all([
        button("i-plus", "New, empty", "+"),
        button("i-file", "Open file…", "file"),
        button("i-edit", "Edit as text", "text"),
    ]);
    fragment([search, list, foot])
}

/// Keeps the line that Enter would take in view.
fn show(list: Element, at: RwSignal<usize>, found: Signal<Vec<usize>>) {
    after(move || {
        found.track();
        let line = ["#scenario-", &at.get().to_string()].concat();
        if let Ok(Some(line)) = list.query_selector(&line) {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            line.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

fn drawn(
    all: &[Line],
    found: &[usize],
    wanted: &str,
    at: RwSignal<usize>,
    take: impl Fn(&Event, usize) + Copy + 'static,
) -> El {
    if found.is_empty() {
        return el("p", "dim").text(&["No scenario tells of “", wanted.trim(), "”."].concat());
    }
    let mut group = "";
    many(found.iter().map(|place| {
        let (place, line) = (*place, &all[*place]);
        let head = (line.group != group).then(|| {
            group = line.group;
            el("h3", "").attr("role", "presentation").text(group)
        });
        let it = el("button", "")
            .attrs(&[("type", "button"), ("role", "option"), ("tabindex", "-1")])
            .attr("id", &["scenario-", &place.to_string()].concat())
            .attr("title", &line.scenario.text)
            .bind_state("aria-selected", move || at.get() == place)
            .on("click", move |event: Event| take(&event, place))
            .child(marked(&line.scenario.title, wanted.trim()))
            .child(el("span", "glyph-run").attr("aria-hidden", "true").all(line.course.iter().map(sign)))
            .child(el("small", "").text(&line.told));
        nothing().with(head).child(it)
    }))
}

/// A title in which what is searched for stands out.
fn marked(title: &str, wanted: &str) -> El {
    let at =
        (!wanted.is_empty()).then(|| title.to_ascii_lowercase().find(&wanted.to_ascii_lowercase())).flatten();
    let whole = el("span", "");
    match at.and_then(|at| {
        Some((title.get(..at)?, title.get(at..at + wanted.len())?, title.get(at + wanted.len()..)?))
    }) {
        Some((before, it, behind)) => {
            whole.child(text(before)).child(el("mark", "").text(it)).child(text(behind))
        }
        None => whole.text(title),
    }
}

fn sign(sign: &Sign) -> El {
    match sign {
        Sign::Packet(packet) => el("span", family(Some(*packet))).child(glyph_of(Some(*packet))),
        Sign::Cut => el("span", "glyph-run__cut").child(icon("i-cut", "icon icon--xs")),
    }
}

fn lines() -> Vec<Line> {
    let groups = scenario_groups().flat_map(|(name, count)| std::iter::repeat_n(name, count));
    groups.zip(scenarios()).map(|(group, scenario)| line(group, scenario)).collect()
}

fn line(group: &'static str, scenario: Scenario) -> Line {
    let mut sim = Sim::new(scenario.clone());
    sim.settle(STEPS);
    let capture = sim.capture();
    let packets = capture.frames().len();
    let tenths = sim.now().as_micros() / 100_000;
    let time = [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string(), " s"].concat();
    let told = match packets {
        1 => "1 packet, ".to_owned(),
        many => [&many.to_string(), " packets, "].concat(),
    };
    Line { told: told + &time, course: course(&sim), group, scenario }
}

/// What becomes of messages, and cuts: without what every scenario begins with, and each sign once in a row.
fn course(sim: &Sim) -> Vec<Sign> {
    let capture = sim.capture();
    let packets = capture.frames().filter_map(|frame| {
        let packet = PacketType::from_nibble(frame.bytes.first()? >> 4)?;
        let tells = matches!(
            packet,
            PacketType::Publish
                | PacketType::PubAck
                | PacketType::PubRec
                | PacketType::PubRel
                | PacketType::PubComp
                | PacketType::Disconnect
                | PacketType::PingReq
                | PacketType::Auth
        );
        tells.then_some((frame.sent_step, Sign::Packet(packet)))
    });
    let cuts =
        capture.notes().filter(|note| note.kind == NoteKind::LinkCut).map(|note| (note.step, Sign::Cut));
    let mut all: Vec<(Step, Sign)> = packets.chain(cuts).collect();
    all.sort_by_key(|(step, _)| *step);
    let mut signs: Vec<Sign> = all.into_iter().map(|(_, sign)| sign).collect();
    signs.dedup();
    signs.truncate(SIGNS);
    signs
}
