//! Every way it can go, as a table: worked out in slices, so that the page stays responsive.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::{Asks, button};
use crate::codec::PacketType;
use crate::sim::{Passed, Point, Record, Way, Ways, WaysOptions};
use crate::ui::components::icon::{family, glyph_of, icon};
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, el, fragment, many, nothing, text};

/// Ways that are tried before the page may do something else.
const SLICE: u32 = 4;

/// What is asked and how far it is.
#[derive(Clone, Copy)]
struct Table {
    options: RwSignal<WaysOptions>,
    rows: RwSignal<Vec<Way>>,
    /// Tried, and known to come; `None` while nothing is tried.
    progress: RwSignal<Option<(usize, usize)>>,
    trouble: RwSignal<Option<String>>,
    /// Counts the tables: an older one stops.
    number: RwSignal<u32>,
}

pub(super) fn ways(record: Record, asks: Asks) -> El {
    let names: Vec<String> = record.scenario.clients.iter().map(|client| client.name.clone()).collect();
    let table = Table {
        options: RwSignal::new(WaysOptions { client: 0, cuts: 1, clean: false }),
        rows: RwSignal::new(Vec::new()),
        progress: RwSignal::new(None),
        trouble: RwSignal::new(None),
        number: RwSignal::new(0),
    };
    let record = StoredValue::new(record);
    Effect::new(move |_| {
        let options = table.options.get();
        untrack(|| table.begin(record, options));
    });
    let body = move || many(rows(&table.rows.read(), asks));
    fragment([
        el("div", "ways__intro").child(intro()).child(controls(table, names)).dynamic(move || state(table)),
        el("div", "ways__scroll").child(
            el("table", "outcome-table")
                .attr("data-testid", "ways")
                .child(el("thead", "").child(heads()))
                .child(el("tbody", "").fill(body)),
        ),
    ])
}

impl Table {
    fn begin(self, record: StoredValue<Record>, options: WaysOptions) {
        let number = self.number.get_untracked() + 1;
        self.number.set(number);
        self.rows.set(Vec::new());
        self.trouble.set(None);
        match record.with_value(|record| Ways::new(record, options)) {
            Ok(ways) => self.slice(ways, number),
            Err(error) => {
                self.progress.set(None);
                self.trouble.set(Some(error.to_string()));
            }
        }
    }

    fn slice(self, mut ways: Ways, number: u32) {
        if self.number.try_get_untracked() != Some(number) {
            return;
        }
        let more = ways.run(SLICE);
        self.progress.try_set(Some(ways.progress()));
        if more {
            Timeout::new(0, move || self.slice(ways, number)).forget();
        } else {
            // In the order of QoS and cuts.
            self.rows.try_set(ways.rows().to_vec());
        }
    }
}

fn intro() -> El {
    el("p", "").text(
        "The link is cut at one point of the scenario after the other, comes back after 2 s, and the client connects \
         again: at QoS 0, 1 and 2, each run in a world of its own.",
    )
}

fn controls(table: Table, names: Vec<String>) -> El {
    let options = table.options;
    let client = el("select", "select")
        .attr("aria-label", "Whose link")
        .all(names.iter().enumerate().map(|(at, name)| el("option", "").num("value", at).text(name)))
        .on("change", move |event: web_sys::Event| {
            let client = event_target_value(&event).parse().unwrap_or(0);
            options.update(|options| options.client = client);
        });
    let clean = segmented(
        "On reconnect",
        vec![
            (false, Signal::stored("keep session".to_owned())),
            (true, Signal::stored("start clean".to_owned())),
        ],
        Signal::derive(move || options.with(|options| options.clean)),
        Callback::new(move |clean| options.update(|options| options.clean = clean)),
    );
    let cuts = segmented(
        "Cuts per run",
        vec![(1_u8, Signal::stored("1 cut".to_owned())), (2, Signal::stored("2 cuts".to_owned()))],
        Signal::derive(move || options.with(|options| options.cuts)),
        Callback::new(move |cuts| options.update(|options| options.cuts = cuts)),
    );
    el("div", "ways__controls").child(client).child(clean).child(cuts)
}

/// How far it is.
fn state(table: Table) -> El {
    if let Some(trouble) = table.trouble.get() {
        return el("p", "is-bad")
            .attr("role", "alert")
            .text(&["There is no table: ", &trouble, "."].concat());
    }
    match table.progress.get() {
        Some((done, known)) if done < known => el("p", "")
            .attr("role", "status")
            .text(&[&done.to_string(), " of ", &known.to_string(), " ways tried "].concat())
            .child(
                button("button button--sm", "Stop").click(move || table.number.update(|number| *number += 1)),
            ),
        Some((done, _)) => el("p", "").attr("role", "status").text(&[&done.to_string(), " ways"].concat()),
        None => nothing(),
    }
}

fn heads() -> El {
    let heads = ["Cut", "On the link", "Delivered", "Why", "Again", "Bytes", "Delivered at", ""];
    el("tr", "").all(heads.iter().map(|head| el("th", "").attr("scope", "col").text(head)))
}

const GROUPS: [(&str, &str); 3] = [
    ("QoS 0, at most once", "once or never"),
    ("QoS 1, at least once", "once or more"),
    ("QoS 2, exactly once", "once, wherever the cut falls"),
];

fn rows(all: &[Way], asks: Asks) -> Vec<El> {
    let mut out = Vec::new();
    let mut before = None;
    for way in all {
        let level = usize::from(way.qos.level());
        if before.replace(level) != Some(level) {
            let (title, more) = GROUPS[level];
            out.push(
                el("tr", "is-group").child(
                    el("th", "")
                        .attrs(&[("colspan", "8"), ("scope", "rowgroup")])
                        .text(title)
                        .child(el("span", "").text(more)),
                ),
            );
        }
        out.push(row(way, asks));
    }
    out
}

fn row(way: &Way, asks: Asks) -> El {
    let cuts = if way.cuts.is_empty() {
        "no cut".to_owned()
    } else {
        way.cuts.iter().map(cut).collect::<Vec<_>>().join(", then ")
    };
    let times = way.times.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let total: u32 = way.bytes.iter().sum();
    let world = Record { scenario: way.scenario.clone(), actions: Vec::new() };
    let name = ["QoS ", &way.qos.to_string(), ", ", &cuts].concat();
    let open =
        button("button button--sm", "Open").attr("aria-label", &["Open ", &name].concat()).click(move || {
            asks.stage.run([&name, "\n", &world.to_text(0)].concat());
            asks.close.run(());
        });
    el("tr", "")
        .child(el("th", "").attr("scope", "row").text(&cuts))
        .child(el("td", "").child(run(way)))
        .child(el("td", "").child(delivered(way.delivered)))
        .child(el("td", "ways__why").text(way.why))
        .child(el("td", "is-num").text(&way.sent_again.to_string()))
        .child(el("td", "is-num").text(&[&total.to_string(), " B"].concat()))
        .child(el("td", "is-num").text(if times.is_empty() { "–" } else { &times }))
        .child(el("td", "").child(open))
}

/// `before PUBREC arrives`
fn cut(point: &Point) -> String {
    let copy = if point.dup { " DUP" } else { "" };
    [if point.after { "after " } else { "before " }, point.packet.name(), copy, " arrives"].concat()
}

/// What went over the link, glyph by glyph.
fn run(way: &Way) -> El {
    let glyph = |it: &Passed| {
        let class = [family(Some(it.packet)), if it.lost { " is-lost" } else { "" }].concat();
        let dup = (it.dup && it.packet == PacketType::Publish).then(|| el("b", "").text("DUP"));
        let name = [it.packet.name(), if it.lost { ", lost" } else { "" }].concat();
        let cut = it.lost.then(|| el("i", "glyph-run__cut").child(icon("i-cut", "icon icon--xs")));
        fragment([
            el("span", &class)
                .attrs(&[("role", "img"), ("aria-label", &name), ("title", &name)])
                .child(glyph_of(Some(it.packet))),
            many(dup),
            many(cut),
        ])
    };
    el("span", "glyph-run").all(way.packets.iter().map(glyph))
}

fn delivered((least, most): (u32, u32)) -> El {
    let (class, words) = match (least, most) {
        (0, _) => ("times times--never", "never"),
        (_, 1) => ("times", "once"),
        (_, 2) => ("times times--twice", "twice"),
        _ => ("times times--twice", "more often"),
    };
    el("span", class).child(el("i", "")).child(text(words))
}
