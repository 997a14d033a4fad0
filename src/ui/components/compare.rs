//! Two packets byte by byte: a dialog with their fields one above the other. Part of the second module alone.

use leptos::prelude::*;

use super::bytes::{cell_class, group_class};
use super::icon::{icon, packet_name};
use super::modal::modal;
use crate::codec::Version;
use crate::dissect::dissect;
use crate::ui::dom::{El, el, fragment, many, nothing};
use crate::view::bytes::{ByteCell, ByteMap};
use crate::view::compare::{Comparison, Line, Part, Side};

/// Fields that are shown at most.
const LINES: usize = 400;
/// What the two are called.
const NAMES: [&str; 2] = ["A", "B"];

/// A packet to compare.
pub struct Compared {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// By which to read them.
    pub version: Version,
    /// Which it is: `packet 7, pub1 to Broker, 2.000 s`.
    pub title: String,
}

/// Opens the dialog.
pub fn open(both: [Compared; 2]) {
    let title = fragment([icon("i-compare", "icon icon--sm"), el("h2", "").text("Compare two packets")]);
    modal("dialog--compare", "Compare two packets", title, move || body(&both));
}

fn body(both: &[Compared; 2]) -> El {
    let dissections = both.each_ref().map(|it| dissect(&it.bytes, it.version));
    let maps = dissections.each_ref().map(ByteMap::new);
    let side = |at: usize| Side { bytes: &both[at].bytes, dissection: &dissections[at], map: &maps[at] };
    let comparison = Comparison::new(side(0), side(1));
    let heads = (0..2).map(|at| {
        let size = [&both[at].bytes.len().to_string(), " B"].concat();
        el("p", "compare__side")
            .child(el("b", "compare__letter").text(NAMES[at]))
            .child(packet_name(dissections[at].packet_type))
            .child(el("span", "grow").text(&both[at].title))
            .child(el("span", "num").text(&size))
    });
    let same = comparison.lines.iter().all(|line| line.same);
    let only = RwSignal::new(false);
    let check = el("input", "")
        .attr("type", "checkbox")
        .bind_property("checked", move || only.get())
        .on("change", move |event: web_sys::Event| only.set(event_target_checked(&event)));
    let foot = el("footer", "dialog__foot")
        .child(el("p", "").attr("role", "status").text(&comparison.summary()))
        .with((!same).then(|| el("label", "check").child(check).text("Only differences")));
    let lines = comparison.lines;
    let shown = move || {
        let wanted = |line: &&Line| !only.get() || !line.same;
        let count = lines.iter().filter(wanted).count();
        let more = (count > LINES).then(|| {
            let words = ["and ", &(count - LINES).to_string(), " fields more"].concat();
            el("li", "compare__more").text(&words)
        });
        many(lines.iter().filter(wanted).take(LINES).map(line)).with(more)
    };
    nothing()
        .child(el("div", "compare__sides").all(heads))
        .child(
            el("ul", "compare__lines")
                .attrs(&[("tabindex", "0"), ("aria-label", "Fields of both packets")])
                .fill(shown),
        )
        .child(foot)
}

fn line(line: &Line) -> El {
    let class = ["compare__line ", group_class(line.group), if line.same { "" } else { " is-diff" }].concat();
    let (mark, words) = if line.same { ("=", "the same") } else { ("≠", "differs") };
    let mark = el("span", "compare__mark").attrs(&[("role", "img"), ("aria-label", words)]).text(mark);
    let values = (0..2).map(|at| {
        let value = el("span", "compare__value").child(el("b", "compare__letter").text(NAMES[at]));
        match &line.values[at] {
            Some(it) => value.text(it),
            None => value.child(el("em", "").text("not there")),
        }
    });
    // Where both say the same once is enough.
    let values = values.take(if line.same { 1 } else { 2 });
    let values = values.map(|it| if line.same { it.attr("class", "compare__value is-both") } else { it });
    el("li", &class)
        .child(mark)
        .child(el("span", "compare__name").text(&line.label))
        .child(el("span", "compare__values").all(values))
        .child(el("span", "compare__bytes").all(line.parts.iter().map(part)))
}

fn part(part: &Part) -> El {
    let elided = |words: &[&str]| el("span", "byte-strip__elision").text(&words.concat());
    match part {
        Part::Same(count) => elided(&["+", &count.to_string(), " B the same"]),
        Part::More(count) => elided(&["+", &count.to_string(), " B more"]),
        Part::Pair(cells, differs) => {
            el("span", if *differs { "compare__pair is-diff" } else { "compare__pair" })
                .all(cells.iter().map(cell))
        }
    }
}

fn cell(cell: &Option<ByteCell>) -> El {
    match cell {
        Some(cell) => el("span", &[cell_class(cell, false), " ", group_class(cell.group)].concat())
            .attr("title", &["offset ", &cell.offset.to_string()].concat())
            .text(cell.hex()),
        None => el("span", "byte byte--gap").attr("title", "no byte here").text("··"),
    }
}
