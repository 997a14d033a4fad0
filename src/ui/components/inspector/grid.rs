//! The hex grid: sixteen bytes a row, arrow keys, and only the rows in view however long the packet.

use std::ops::Range;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Inspected;
use crate::ui::components::bytes::{byte_segments, cell_class, delegated, group_class};
use crate::ui::components::scroll::{Scrolled, focus_in};
use crate::view::bytes::{ByteCell, Choice, ROW_BYTES, cell_name, offset_digits, row, row_count};

/// Height of a row with the gap below it, as in style/bytes.css.
const ROW_HEIGHT: f64 = 20.0;
/// Rows that are shown without a scroller of their own.
const FREE_ROWS: usize = 20;

#[component]
pub(super) fn HexGrid(
    packet: Inspected,
    choice: RwSignal<Option<Choice>>,
    chosen: Memo<Option<Choice>>,
) -> impl IntoView {
    let rows = row_count(packet.bytes.len());
    let scroller = NodeRef::<Div>::new();
    let scrolled = Scrolled::new(scroller, ROW_HEIGHT, rows);
    let class = if rows > FREE_ROWS { "hex-grid hex-grid--long" } else { "hex-grid" };
    let (for_keys, for_click) = (packet.clone(), packet.clone());
    let pick = move |offset: usize| {
        let picked = for_click.choose_byte(offset);
        if picked.is_some() {
            choice.set(picked);
        }
    };
    let click = {
        let pick = pick.clone();
        move |event: web_sys::MouseEvent| {
            if let Some(offset) = delegated(&event, "data-o") {
                pick(offset);
            }
        }
    };
    let keys = move |event: KeyboardEvent| {
        let at = chosen.get_untracked().map_or(0, |it| it.offset);
        let Some(to) = key_target(&event, at, for_keys.bytes.len()) else { return };
        event.prevent_default();
        event.stop_propagation();
        pick(to);
        scrolled.reveal(to / ROW_BYTES);
        focus_in(scroller, format!("[data-o=\"{to}\"]"));
    };
    // A byte chosen elsewhere comes into view, too.
    Effect::new(move |_| {
        if let Some(it) = chosen.get() {
            scrolled.reveal(it.offset / ROW_BYTES);
        }
    });
    let shown = move || {
        let range = scrolled.visible();
        let space = format!("translateY({}px)", range.start as f64 * ROW_HEIGHT);
        let rows = grid_rows(&packet, range, chosen.get().map_or(0, |it| it.offset));
        view! { <div class="hex-grid__rows" role="presentation" style:transform=space>{rows}</div> }
    };
    view! {
        <div
            class=class role="grid" aria-label="Packet bytes" aria-rowcount=rows
            node_ref=scroller on:scroll=move |_| scrolled.update() on:click=click on:keydown=keys
        >
            <div class="hex-grid__all" role="presentation" style:height=format!("{}px", rows as f64 * ROW_HEIGHT)>{shown}</div>
        </div>
    }
}

fn grid_rows(packet: &Inspected, range: Range<usize>, chosen: usize) -> Vec<AnyView> {
    let width = offset_digits(packet.bytes.len());
    let one = |index: usize| {
        let cells = row(&packet.bytes, &packet.map, index);
        let bytes = byte_segments(&cells, |cell| {
            let is_chosen = cell.offset == chosen;
            let mid = if cell.offset % ROW_BYTES == 8 { " byte--mid" } else { "" };
            let class = [cell_class(cell, is_chosen), mid].concat();
            let name = cell_name(cell, &packet.dissection);
            view! {
                <span
                    class=class role="gridcell" aria-label=name.clone() title=name aria-selected=is_chosen.to_string()
                    tabindex=if is_chosen { "0" } else { "-1" } data-n=cell.field data-o=cell.offset
                >
                    {cell.hex()}
                </span>
            }
            .into_any()
        });
        let ascii = cells.iter().map(ascii).collect_view();
        view! {
            <div class="hex-grid__row" role="row" aria-rowindex=index + 1>
                <span class="hex-grid__offset" role="presentation">{format!("{:0width$X}", index * ROW_BYTES)}</span>
                {bytes}
                <span class="hex-grid__ascii" aria-hidden="true">{ascii}</span>
            </div>
        }
        .into_any()
    };
    range.map(one).collect()
}

fn ascii(cell: &ByteCell) -> impl IntoView + use<> {
    view! { <span class=group_class(cell.group) data-n=cell.field data-o=cell.offset>{cell.ascii()}</span> }
}

/// Where a key leads from the byte at `at`.
fn key_target(event: &KeyboardEvent, at: usize, len: usize) -> Option<usize> {
    if event.alt_key() || event.meta_key() {
        return None;
    }
    let last = len.checked_sub(1)?;
    let row = at - at % ROW_BYTES;
    let to = match (event.key().as_str(), event.ctrl_key()) {
        ("ArrowRight", _) => at + 1,
        ("ArrowLeft", _) => at.saturating_sub(1),
        ("ArrowDown", _) if at + ROW_BYTES <= last => at + ROW_BYTES,
        ("ArrowUp", _) if at >= ROW_BYTES => at - ROW_BYTES,
        ("ArrowDown" | "ArrowUp", _) => at,
        ("PageDown", _) => at + 16 * ROW_BYTES,
        ("PageUp", _) => at.saturating_sub(16 * ROW_BYTES),
        ("Home", true) => 0,
        ("End", true) => last,
        ("Home", false) => row,
        ("End", false) => row + ROW_BYTES - 1,
        _ => return None,
    };
    Some(to.min(last))
}
