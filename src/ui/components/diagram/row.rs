//! One row.

use leptos::prelude::*;

use super::arrange::{Arrangement, Density};
use super::find::Find;
use super::scroll::Viewport;
use crate::dissect::Dissection;
use crate::ui::components::bytes::{base, byte_detail, byte_strip};
use crate::ui::components::icon::{family, glyph_of, icon, packet_name};
use crate::ui::dom::{El, Memo, after, copy_of, effect, el, next_frame, nothing};
use crate::ui::state::{Scene, Selection, Source};
use crate::view::bytes::{Base, ByteMap, StripItem, fields_in, strip};
use crate::view::diagram::{
    Acked, Arrow, Body, Bracket, Look, NoteView, Passage, Piece, RowView, Side, sent_again,
};

/// Bytes of a packet that are shown unfolded at a time.
const PAGE: usize = 480;

const LIVES: &str = "seq-row__lives";

/// What a row is drawn from.
#[derive(Clone, Copy)]
pub struct Scenery {
    pub source: Source,
    pub selection: Selection,
    pub view: Viewport,
    pub find: Find,
    pub arrange: Arrangement,
}

/// A row of the diagram, as it is at the source's step.
pub fn row(index: usize, scenery: Scenery) -> El {
    let Scenery { source, selection, view, find, arrange } = scenery;
    let row = Memo::new(move |_| {
        let (metrics, lanes) = (view.metrics(), arrange.lanes.get());
        let wall = source.wall();
        let look = |step| Look { step, metrics, lanes: &lanes, wall };
        source.with(|scene| scene.plan.row_among(scene.capture, index, look(scene.step))).flatten()
    });
    let frame = move || row.with(|row| row.as_ref().and_then(frame_of));
    // A folded acknowledgement is shown by its packet's row.
    let here = move |chosen: u32| source.with(|scene| scene.plan.row_of(chosen)).flatten() == Some(index);
    let selected = move || selection.frame.get().is_some_and(here);
    let class = move || {
        let class = row.with(|row| row.as_ref().map_or("seq-row", row_class));
        let (found, at) =
            frame().map_or((false, false), |frame| (find.marks(frame), find.at().is_some_and(here)));
        [
            class,
            if selected() { " is-selected" } else { "" },
            if selection.marked.get().is_some_and(here) { " is-marked" } else { "" },
            if found { " is-match" } else { "" },
            if at { " is-at" } else { "" },
        ]
        .concat()
    };
    let unfolded = Memo::new(move |_| selected() && selection.unfolded.get());
    let expand = move || {
        let unfolded = unfolded.get();
        row.with(|row| row.as_ref().filter(|_| unfolded).map(|it| unfold(it, scenery)))
    };
    let contents = move || row.with(|row| row.as_ref().map_or_else(nothing, |row| contents(row, scenery)));
    el("li", "")
        .bind("class", class)
        .bind_three(["data-linkscope", "data-frame", "data-family"], move || {
            let family = row.with(|row| family_of(row.as_ref()?)).map(|it| it.to_string());
            let frame = frame().map(|frame| frame.to_string());
            [frame.as_ref().map(|frame| ["frame-", frame].concat()), frame, family]
        })
        .dynamic(contents)
        .last(expand)
}

fn frame_of(row: &RowView) -> Option<u32> {
    match &row.body {
        Body::Packet { arrow, .. } => Some(arrow.frame),
        _ => None,
    }
}

fn family_of(row: &RowView) -> Option<u32> {
    match &row.body {
        Body::Packet { arrow, .. } => arrow.family,
        _ => None,
    }
}

fn row_class(row: &RowView) -> &'static str {
    match (&row.body, row.future) {
        (Body::Packet { .. }, false) => "seq-row",
        (Body::Packet { .. }, true) => "seq-row is-future",
        (Body::Idle(_), false) => "seq-row seq-row--marker seq-row--idle",
        (Body::Idle(_), true) => "seq-row seq-row--marker seq-row--idle is-future",
        (_, false) => "seq-row seq-row--marker",
        (_, true) => "seq-row seq-row--marker is-future",
    }
}

fn contents(row: &RowView, scenery: Scenery) -> El {
    let life = |(lane, offline): (usize, &bool)| {
        let slim = scenery.arrange.lanes.with(|lanes| lanes.is_slim(lanes.end(lane)));
        if *offline { 'o' } else { if slim { 's' } else { ' ' } }
    };
    let time = el("span", "seq-row__time");
    nothing()
        .child(lives(&row.offline.iter().enumerate().map(life).collect::<String>()))
        .child(if let Some(words) = &row.time { time.text(words) } else { time })
        .child(body(row, scenery))
}

/// Lifelines side by side, a letter for each.
fn lives(kinds: &str) -> El {
    let life = |(kind, column): (u8, usize)| {
        let class = match kind {
            b'o' => "is-offline",
            b's' => "is-slim",
            _ => "",
        };
        el("i", class).style("grid-column", &column.to_string())
    };
    let make = || {
        el("span", "")
            .attrs(&[("class", LIVES), ("aria-hidden", "true")])
            .all(kinds.bytes().zip(3..).map(life))
    };
    copy_of(LIVES, kinds, &make)
}

fn body(row: &RowView, scenery: Scenery) -> El {
    match &row.body {
        Body::Packet { arrow, note, bracket } => nothing()
            .with(bracket.as_ref().map(|it| bracket_view(it, row.index, scenery.view)))
            .child(arrow_view(arrow, note.as_ref(), row.index, scenery))
            .with(note.as_ref().filter(|it| !it.is_on_arrow()).map(note_view)),
        Body::Idle(words) => el("span", "idle-marker").text(words),
        Body::Cut { gaps, text } => {
            placed("cut-marker", &columns(*gaps)).child(icon("i-cut", "icon icon--sm")).text(text)
        }
        Body::Note(note) => note_view(note),
        Body::Dropped => el("span", "idle-marker").text("no longer kept"),
    }
}

fn columns(gaps: (usize, usize)) -> String {
    [&(gaps.0 + 3).to_string(), " / ", &(gaps.1 + 3).to_string()].concat()
}

fn arrow_view(arrow: &Arrow, note: Option<&NoteView>, index: usize, scenery: Scenery) -> El {
    let Scenery { source, selection, view, arrange, .. } = scenery;
    let (frame, passage) = (arrow.frame, arrow.passage);
    let packet_type = arrow.dissection.packet_type;
    let class = [
        "arrow ",
        if arrow.rightwards { "arrow--ltr " } else { "arrow--rtl " },
        family(packet_type),
        match passage {
            Passage::Flying { .. } => " arrow--flight",
            Passage::Lost { .. } => " arrow--lost",
            Passage::Ahead | Passage::Arrived => "",
        },
    ]
    .concat();
    let selected = move || {
        let here = |chosen| source.with(|scene| scene.plan.row_of(chosen)).flatten() == Some(index);
        selection.frame.get().is_some_and(here)
    };
    let first = move || selection.frame.get().is_none() && index == 0;
    let (all, dissection, map) = (arrow.bytes.clone(), arrow.dissection.clone(), arrow.map.clone());
    let gaps = arrow.gaps;
    let strip = move || {
        let shown = arrange.density() == Density::Bytes;
        match arrange.strip_budget(gaps, view.width(), all.len()).filter(|_| shown) {
            Some(budget) => fitting_strip(&all, &dissection, &map, budget),
            None => None,
        }
    };
    let label = copy_of("arrow__label", packet_type.map_or("", |it| it.name()), &|| {
        hidden("arrow__label").child(packet_name(packet_type))
    });
    let note = note.filter(|it| it.is_on_arrow());
    // The label is hidden from those who hear the sentence.
    let sentence =
        note.map_or_else(|| arrow.sentence.clone(), |it| [&arrow.sentence, ". ", &it.text()].concat());
    let label = details(arrow, label).with(fate(passage, source)).with(note.map(note_view));
    let track = copy_of("arrow__track", "", &|| {
        hidden("arrow__track").child(el("span", "arrow__line")).child(el("span", "arrow__head"))
    });
    let track = track.with(way(passage, arrow.rightwards, source)).last(strip);
    let columns = columns(arrow.gaps);
    let it = copy_of(&class, &columns, &|| {
        let state = [("type", "button"), ("aria-expanded", "false"), ("tabindex", "-1")];
        el("button", &class).attrs(&state).style("grid-column", &columns)
    });
    let button = it.clone();
    let mut before = (false, false);
    effect(move || {
        let selected = selected();
        let now = (selected && selection.unfolded.get(), selected || first());
        if now != before {
            let it = button.clone().state("aria-expanded", now.0);
            it.attr("tabindex", if now.1 { "0" } else { "-1" });
            before = now;
        }
    });
    it.bind_class("arrow--short", move || arrange.is_short(gaps, view.width()))
        .num("data-frame", frame as usize)
        // The name: not aria-label, which would have to repeat every byte that is seen.
        .child(el("span", "sr-only").text(&sentence))
        .child(label)
        .child(track)
}

fn hidden(class: &str) -> El {
    el("span", class).attr("aria-hidden", "true")
}

/// As many bytes as there is room for; none where those that always show take more of it than hexadecimal digits do.
fn fitting_strip(bytes: &[u8], dissection: &Dissection, map: &ByteMap, budget: usize) -> Option<El> {
    let room = base().fits(budget);
    let items = strip(bytes, dissection, map, room);
    let cells = |item: &StripItem| match item {
        StripItem::Bytes { cells, .. } => cells.len(),
        StripItem::Elision(_) => 1,
    };
    let fits = base() == Base::Hex || items.iter().map(cells).sum::<usize>() <= room;
    fits.then(|| byte_strip(&items, dissection))
}

fn details(arrow: &Arrow, label: El) -> El {
    let topic = arrow.dissection.topic.as_deref();
    let label = label.all(arrow.dissection.details.iter().map(|detail| {
        let class = match (topic == Some(detail), detail.as_str()) {
            (true, _) => "arrow__topic",
            (false, "DUP") => "chip chip--warn",
            _ => "arrow__detail",
        };
        el("span", class).text(detail)
    }));
    label
        .with(arrow.acked.as_ref().map(acked))
        .with(arrow.reconnects.then(|| el("span", "chip").text("reconnects")))
}

/// How folded acknowledgements ended.
fn acked(acked: &Acked) -> El {
    let class = ["acked ", if acked.lost { "acked--none" } else { family(acked.packet_type) }].concat();
    el("span", &class)
        .attr("title", acked.packet_type.map_or("", |it| it.name()))
        .child(glyph_of(acked.packet_type))
        .text(&acked.text)
}

fn fate(passage: Passage, source: Source) -> Option<El> {
    let fate = match passage {
        Passage::Lost { .. } => el("span", "chip chip--bad").text(passage.lost().unwrap_or_default()),
        Passage::Flying { due: None, .. } => el("span", "chip chip--accent num").text("in flight"),
        Passage::Flying { due: Some(due), .. } => {
            let left = move || {
                let micros = (due - source.now.get()).as_micros();
                [", ", &micros.div_ceil(1_000).to_string(), " ms left"].concat()
            };
            let left = el("span", "arrow__left").bind_text(left);
            el("span", "chip chip--accent num").text("in flight").child(left)
        }
        Passage::Ahead | Passage::Arrived => return None,
    };
    Some(fate)
}

fn per_cent(millis: u16) -> String {
    [&(millis / 10).to_string(), ".", &(millis % 10).to_string(), "%"].concat()
}

/// What moves or ends on the arrow's line.
fn way(passage: Passage, rightwards: bool, source: Source) -> Option<El> {
    let at = move |millis: u16| per_cent(if rightwards { millis } else { 1_000 - millis });
    let way = match passage {
        Passage::Flying { .. } => el("span", "arrow__pulse")
            .bind_style("--at", move || at(passage.progress_millis(source.now.get()))),
        Passage::Lost { progress_millis: millis, .. } => {
            let from = if rightwards { "0%".to_owned() } else { at(millis) };
            let way = el("span", "arrow__way").style("--from", &from).style("--length", &per_cent(millis));
            let cross = el("span", "arrow__cross").style("--lost-at", &at(millis));
            nothing().child(way).child(cross.child(icon("i-close", "icon")))
        }
        Passage::Ahead | Passage::Arrived => return None,
    };
    Some(way)
}

fn bracket_view(bracket: &Bracket, index: usize, view: Viewport) -> El {
    let class = [
        "ack-bracket",
        if bracket.right { " ack-bracket--right" } else { "" },
        if bracket.joins { " ack-bracket--joins" } else { "" },
    ]
    .concat();
    let (from, height) = (bracket.from_row, bracket.height);
    let height = move || [&(height + view.unfolded_between(from, index)).to_string(), "px"].concat();
    let time = (!bracket.text.is_empty())
        .then(|| el("span", "ack-bracket__rtt").attr("title", &bracket.title).text(&bracket.text));
    placed(&class, &(bracket.column + 2).to_string()).bind_style("--height", height).with(time)
}

/// An empty part of a row.
fn placed(class: &str, column: &str) -> El {
    copy_of(class, column, &|| el("span", class).style("grid-column", column))
}

fn note_view(note: &NoteView) -> El {
    let class = [
        "seq-note",
        match note.side {
            Side::AtLeft => "",
            Side::AtRight => " seq-note--left",
            Side::Away => " seq-note--away",
            Side::OnArrow { at_end: false } => " seq-note--on",
            Side::OnArrow { at_end: true } => " seq-note--on seq-note--end",
        },
        if note.bad { " seq-note--bad" } else { "" },
    ]
    .concat();
    let it = placed(&class, &(note.gap + 3).to_string())
        .attr("title", &note.text())
        .with(note.bad.then(|| icon("i-warn", "icon icon--xs")));
    let put = |it: El, piece: &Piece| match piece.strong {
        true => it.child(el("b", "").text(&piece.text)),
        false => it.text(&piece.text),
    };
    let it = note.pieces.iter().fold(it, put);
    if note.more.is_empty() {
        return it;
    }
    let count = [" +", &note.more.len().to_string()].concat();
    let rest = ["; ", &note.more.join("; ")].concat();
    it.child(el("span", "").attr("aria-hidden", "true").text(&count)).child(el("span", "sr-only").text(&rest))
}

/// All bytes with their fields, of many a part, and all notes in full.
fn unfold(row: &RowView, scenery: Scenery) -> El {
    let Body::Packet { arrow, note, .. } = &row.body else { return nothing() };
    let selection = scenery.selection;
    let note = note.as_ref().map(|note| {
        let statement = note.statement.map(|it| el("span", "chip chip--spec").text(it));
        el("p", "seq-expand__note").text(&note.text()).text(" ").with(statement)
    });
    let id = arrow.frame;
    let look = |scene: Scene<'_>| sent_again(scene.capture, scene.plan.exchange(), id, scene.step);
    let again = scenery.source.with(look).flatten().map(|it| el("p", "seq-expand__note").text(&it));
    let wrong = arrow.dissection.faults.first().map_or(0, |it| it.fault.offset as usize);
    let len = arrow.bytes.len();
    let page = RwSignal::new(wrong.min(len.saturating_sub(1)) / PAGE);
    if len > PAGE {
        // What is chosen elsewhere comes into view.
        after(move || {
            if let Some(it) = selection.choice.get() {
                page.set(it.offset / PAGE);
            }
        });
        // Another part may be higher or lower.
        after(move || {
            page.track();
            next_frame(move || scenery.view.measure(true));
        });
    }
    let (bytes, dissection, map) = (arrow.bytes.clone(), arrow.dissection.clone(), arrow.map.clone());
    let part = move || {
        let from = page.get() * PAGE;
        let all = fields_in(&bytes, &dissection, &map, from..from + PAGE);
        byte_detail(&all, selection.choice.get().map(|it| it.offset))
    };
    el("div", "seq-expand").dynamic(part).with((len > PAGE).then(|| pager(page, len))).with(again).with(note)
}

/// The way through a packet whose bytes are not all shown.
fn pager(page: RwSignal<usize>, len: usize) -> El {
    let last = (len - 1) / PAGE;
    let told = move || {
        let from = page.get() * PAGE;
        let [from, to, len] = [from, (from + PAGE).min(len) - 1, len].map(|it| it.to_string());
        ["bytes ", &from, " to ", &to, " of ", &len].concat()
    };
    let turn = |name: &str, symbol: &str, to: Box<dyn Fn(usize) -> usize>, end: usize| {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
            .bind_flag("disabled", move || page.get() == end)
            .click(move || page.update(|page| *page = to(*page)))
            .child(icon(symbol, "icon icon--sm"))
    };
    el("p", "seq-expand__pages")
        .child(turn("Bytes before", "i-up", Box::new(|page| page.saturating_sub(1)), 0))
        .child(el("span", "num").attr("role", "status").bind_text(told))
        .child(turn("Bytes behind", "i-down", Box::new(move |page| (page + 1).min(last)), last))
}
