//! One row.

use leptos::prelude::*;

use super::scroll::Viewport;
use crate::ui::components::bytes::{byte_detail, byte_strip};
use crate::ui::components::icon::{Icon, PacketName, family};
use crate::ui::state::{Selection, Source};
use crate::view::bytes::{fields, strip};
use crate::view::diagram::{Arrow, Body, Bracket, NoteView, Passage, RowView, Side};

/// Bytes of one field that are shown unfolded, and of all fields.
const FIELD_BYTES: usize = 96;
const ALL_BYTES: usize = 480;

/// A row of the diagram, as it is at the source's step.
#[component]
pub fn Row(
    index: usize,
    source: Source,
    selection: Selection,
    view: Viewport,
    /// Packets show their bytes.
    bytes: RwSignal<bool>,
) -> impl IntoView {
    let row = Memo::new(move |_| {
        let metrics = view.metrics();
        source.with(|scene| scene.plan.row(scene.capture, index, scene.step, metrics)).flatten()
    });
    let frame = Memo::new(move |_| row.with(|row| row.as_ref().and_then(frame_of)));
    let selected = Memo::new(move |_| frame.get().is_some() && selection.frame.get() == frame.get());
    let class = Memo::new(move |_| row.with(|row| row.as_ref().map_or("seq-row", row_class)));
    let scope = move || frame.get().map(|frame| format!("frame-{frame}"));
    let shown = move || row.with(|row| row.as_ref().map(|row| contents(row, source, selection, view, bytes)));
    let unfolded = move || {
        (selected.get() && selection.unfolded.get())
            .then(|| row.with(|row| row.as_ref().and_then(|it| unfold(it, selection))))
    };
    view! {
        <li
            class=move || class.get()
            class:is-selected=move || selected.get()
            data-linkscope=scope
            data-frame=move || frame.get()
        >
            {shown}
            {unfolded}
        </li>
    }
}

fn frame_of(row: &RowView) -> Option<u32> {
    match &row.body {
        Body::Packet { arrow, .. } => Some(arrow.frame),
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

fn contents(
    row: &RowView,
    source: Source,
    selection: Selection,
    view: Viewport,
    bytes: RwSignal<bool>,
) -> AnyView {
    let lives = row.offline.iter().enumerate().map(|(lane, offline)| {
        let class = if *offline { "is-offline" } else { "" };
        view! { <i class=class style:grid-column=(lane + 3).to_string()></i> }
    });
    let body = match &row.body {
        Body::Packet { arrow, note, bracket } => {
            let all = row.offline.len().saturating_sub(1);
            let arrow = arrow_view(arrow, row.index, all, source, selection, view, bytes);
            let bracket = bracket.clone().map(|it| bracket_view(it, row.index, view));
            let note = note.as_ref().map(note_view);
            view! { {bracket} {arrow} {note} }.into_any()
        }
        Body::Idle(text) => view! { <span class="idle-marker">{text.clone()}</span> }.into_any(),
        Body::Cut { gaps, text } => view! {
            <span class="cut-marker" style:grid-column=columns(*gaps)>
                <Icon name="i-cut" class="icon icon--sm"/>
                {text.clone()}
            </span>
        }
        .into_any(),
        Body::Note(note) => note_view(note),
        Body::Dropped => view! { <span class="idle-marker">"no longer kept"</span> }.into_any(),
    };
    view! {
        <span class="seq-row__lives" aria-hidden="true">{lives.collect_view()}</span>
        <span class="seq-row__time">{row.time.clone()}</span>
        {body}
    }
    .into_any()
}

fn columns(gaps: (usize, usize)) -> String {
    format!("{} / {}", gaps.0 + 3, gaps.1 + 3)
}

fn arrow_view(
    arrow: &Arrow,
    index: usize,
    all_gaps: usize,
    source: Source,
    selection: Selection,
    view: Viewport,
    bytes: RwSignal<bool>,
) -> AnyView {
    let frame = arrow.frame;
    let passage = arrow.passage;
    let packet_type = arrow.dissection.packet_type;
    let class = [
        "arrow ",
        if arrow.rightwards { "arrow--ltr " } else { "arrow--rtl " },
        family(packet_type),
        match passage {
            Passage::Flying { .. } => " arrow--flight",
            Passage::Lost(_) => " arrow--lost",
            Passage::Ahead | Passage::Arrived => "",
        },
    ]
    .concat();
    let selected = move || selection.frame.get() == Some(frame);
    let first = move || selection.frame.get().is_none() && index == 0;
    let (all, dissection, map) = (arrow.bytes.clone(), arrow.dissection.clone(), arrow.map.clone());
    let span = arrow.gaps.1 - arrow.gaps.0;
    let strip = move || {
        bytes.get().then(|| {
            let budget = view.strip_budget(span, all_gaps);
            byte_strip(&strip(&all, &dissection, &map, budget), &dissection)
        })
    };
    view! {
        <button
            type="button" class=class style:grid-column=columns(arrow.gaps)
            data-frame=frame
            aria-expanded=move || (selected() && selection.unfolded.get()).to_string()
            tabindex=move || if selected() || first() { "0" } else { "-1" }
        >
            // The name: not aria-label, which would have to repeat every byte that is seen.
            <span class="sr-only">{arrow.sentence.clone()}</span>
            <span class="arrow__label" aria-hidden="true">
                <PacketName of=packet_type/>
                {details(arrow)}
                {fate(passage, source)}
            </span>
            <span class="arrow__track" aria-hidden="true">
                <span class="arrow__line"></span>
                {strip}
                {way(passage, arrow.rightwards, source)}
                <span class="arrow__head"></span>
            </span>
        </button>
    }
    .into_any()
}

fn details(arrow: &Arrow) -> AnyView {
    let topic = arrow.dissection.topic.as_deref();
    let details = arrow.dissection.details.iter().map(|detail| {
        let class = if topic == Some(detail) { "arrow__topic" } else { "arrow__detail" };
        view! { <span class=class>{detail.clone()}</span> }
    });
    details.collect_view().into_any()
}

fn fate(passage: Passage, source: Source) -> Option<AnyView> {
    match passage {
        Passage::Lost(_) => Some(view! { <span class="chip chip--bad">"lost"</span> }.into_any()),
        Passage::Flying { due, .. } => {
            let left = move || {
                due.map(|due| {
                    let micros = (due - source.now.get()).as_micros();
                    view! { <span class="arrow__left">{format!(", {} ms left", micros.div_ceil(1_000))}</span> }
                })
            };
            Some(view! { <span class="chip chip--accent num">"in flight" {left}</span> }.into_any())
        }
        Passage::Ahead | Passage::Arrived => None,
    }
}

/// What moves or ends on the arrow's line.
fn way(passage: Passage, rightwards: bool, source: Source) -> Option<AnyView> {
    let at = move |millis: u16| {
        let millis = if rightwards { millis } else { 1_000 - millis };
        format!("{}.{}%", millis / 10, millis % 10)
    };
    match passage {
        Passage::Flying { .. } => {
            let place = move || at(passage.progress_millis(source.now.get()));
            Some(view! { <span class="arrow__pulse" style:--at=place></span> }.into_any())
        }
        Passage::Lost(millis) => {
            let from = if rightwards { "0%".to_owned() } else { at(millis) };
            let length = format!("{}.{}%", millis / 10, millis % 10);
            Some(
                view! {
                    <span class="arrow__way" style:--from=from style:--length=length></span>
                    <span class="arrow__cross" style:--lost-at=at(millis)><Icon name="i-close"/></span>
                }
                .into_any(),
            )
        }
        Passage::Ahead | Passage::Arrived => None,
    }
}

fn bracket_view(bracket: Bracket, index: usize, view: Viewport) -> AnyView {
    let class = if bracket.right { "ack-bracket ack-bracket--right" } else { "ack-bracket" };
    let (from, height) = (bracket.from_row, bracket.height);
    let height = move || format!("{}px", height + view.unfolded_between(from, index));
    view! {
        <span class=class style:grid-column=(bracket.column + 2).to_string() style:--height=height>
            <span class="ack-bracket__rtt" title="From sending to the answer's arrival">{bracket.text}</span>
        </span>
    }
    .into_any()
}

fn note_view(note: &NoteView) -> AnyView {
    let class = [
        "seq-note",
        match note.side {
            Side::AtLeft => "",
            Side::AtRight => " seq-note--left",
            Side::Away => " seq-note--away",
        },
        if note.bad { " seq-note--bad" } else { "" },
    ]
    .concat();
    let pieces = note.pieces.iter().map(|piece| {
        let text = piece.text.clone();
        if piece.strong { view! { <b>{text}</b> }.into_any() } else { text.into_any() }
    });
    let more = (!note.more.is_empty()).then(|| {
        let (count, rest) = (format!(" +{}", note.more.len()), format!("; {}", note.more.join("; ")));
        view! { <span aria-hidden="true">{count}</span><span class="sr-only">{rest}</span> }
    });
    view! {
        <span class=class style:grid-column=(note.gap + 3).to_string() title=note.text()>
            {pieces.collect_view()} {more}
        </span>
    }
    .into_any()
}

/// All bytes with their fields, and all notes in full.
fn unfold(row: &RowView, selection: Selection) -> Option<AnyView> {
    let Body::Packet { arrow, note, .. } = &row.body else { return None };
    let all = fields(&arrow.bytes, &arrow.dissection, &arrow.map, FIELD_BYTES, ALL_BYTES);
    let detail = move || byte_detail(&all, selection.choice.get().map(|it| it.offset));
    let note = note.as_ref().map(|note| {
        let statement = note.statement.map(|it| view! { <span class="chip chip--spec">{it}</span> });
        view! { <p class="seq-expand__note">{note.text()} " " {statement}</p> }
    });
    Some(view! { <div class="seq-expand">{detail} {note}</div> }.into_any())
}
