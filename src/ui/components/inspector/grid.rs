//! The hex grid: arrow keys, and only the rows in view however long the packet.

use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent, MouseEvent};

use super::Inspected;
use crate::ui::components::bytes::{
    Marked, base, byte_segments, cell_class, delegated, follow_chosen, group_class,
};
use crate::ui::components::scroll::{Scrolled, focus_in, take_focus_over};
use crate::ui::dom::{El, Memo, Slot, after, el};
use crate::view::bytes::{Base, ByteCell, Choice, cell_name, offset_digits, row, row_count};

/// Height of a row with the gap below it, as in style/bytes.css.
const ROW_HEIGHT: usize = 20;
/// Rows that are shown without a scroller of their own.
const FREE_ROWS: usize = 20;

pub(super) fn hex_grid(
    packet: Inspected,
    choice: RwSignal<Option<Choice>>,
    chosen: Memo<Option<Choice>>,
) -> El {
    let base = base();
    let each = base.row_bytes();
    let rows = row_count(packet.bytes.len(), each);
    let scroller = Slot::new(None);
    take_focus_over(scroller, ".hex-grid");
    let scrolled = Scrolled::new(scroller, ROW_HEIGHT as f64, rows);
    let class = if rows > FREE_ROWS { "hex-grid hex-grid--long" } else { "hex-grid" };
    let (for_keys, for_click) = (packet.clone(), packet.clone());
    let click = move |event: MouseEvent| {
        if let Some(offset) = delegated(&event, "data-o") {
            pick(&for_click, choice, offset);
        }
    };
    let keys = move |event: KeyboardEvent| {
        let at = chosen.get_untracked().map_or(0, |it| it.offset);
        let Some(to) = key_target(&event, at, for_keys.bytes.len(), each) else { return };
        event.prevent_default();
        event.stop_propagation();
        pick(&for_keys, choice, to);
        scrolled.reveal(to / each);
        focus_in(scroller, ["[data-o=\"", &to.to_string(), "\"]"].concat());
    };
    // A byte chosen elsewhere comes into view, too.
    if rows > FREE_ROWS {
        after(move || {
            if let Some(it) = chosen.get() {
                scrolled.reveal(it.offset / each);
            }
        });
    }
    let marked = Marked::new(Some(chosen.get_untracked().map_or(0, |it| it.offset)));
    let space = move || ["translateY(", &(scrolled.visible().start * ROW_HEIGHT).to_string(), "px)"].concat();
    let shown = el("div", "hex-grid__rows").attr("role", "presentation").bind_style("transform", space).each(
        move || scrolled.visible().map(|row| row as u64).collect(),
        move |row| grid_row(&packet, base, row as usize, marked.get_value()),
    );
    follow_chosen(&shown, ".byte[data-o=", marked, move || Some(chosen.get().map_or(0, |it| it.offset)));
    let all = el("div", "hex-grid__all")
        .attr("role", "presentation")
        .style("height", &[&(rows * ROW_HEIGHT).to_string(), "px"].concat())
        .child(shown);
    el("div", class)
        .attrs(&[("role", "grid"), ("aria-label", "Packet bytes")])
        .num("aria-rowcount", rows)
        .slot(scroller)
        .on("scroll", move |_: Event| scrolled.update())
        .on("click", click)
        .on("keydown", keys)
        .child(all)
}

fn pick(packet: &Inspected, choice: RwSignal<Option<Choice>>, offset: usize) {
    let picked = packet.choose_byte(offset);
    if picked.is_some() {
        choice.set(picked);
    }
}

fn grid_row(packet: &Inspected, base: Base, index: usize, chosen: Option<usize>) -> El {
    let width = offset_digits(packet.bytes.len());
    let each = base.row_bytes();
    let cells = row(&packet.bytes, &packet.map, index, each);
    let bytes = byte_segments(&cells, &|cell| grid_cell(packet, base, cell, chosen == Some(cell.offset)));
    let ascii = cells.iter().map(|cell| {
        el("span", group_class(cell.group))
            .num("data-n", cell.field as usize)
            .num("data-o", cell.offset)
            .text(cell.ascii())
    });
    let offset = el("span", "hex-grid__offset").attr("role", "presentation");
    el("div", "hex-grid__row")
        .attr("role", "row")
        .num("aria-rowindex", index + 1)
        .child(offset.text(&format!("{:0width$X}", index * each)))
        .child(bytes)
        .child(el("span", "hex-grid__ascii").attr("aria-hidden", "true").all(ascii))
}

fn grid_cell(packet: &Inspected, base: Base, cell: &ByteCell, is_chosen: bool) -> El {
    let mid = if cell.offset % base.row_bytes() == 8 { " byte--mid" } else { "" };
    let name = cell_name(cell, &packet.dissection);
    el("span", &[cell_class(cell, is_chosen), mid].concat())
        .attrs(&[("role", "gridcell"), ("aria-label", &name), ("title", &name)])
        .state("aria-selected", is_chosen)
        .attr("tabindex", if is_chosen { "0" } else { "-1" })
        .num("data-n", cell.field as usize)
        .num("data-o", cell.offset)
        .text(&base.written(cell.value))
}

/// Where a key leads from the byte at `at`, in rows of `each`.
fn key_target(event: &KeyboardEvent, at: usize, len: usize, each: usize) -> Option<usize> {
    if event.alt_key() || event.meta_key() {
        return None;
    }
    let last = len.checked_sub(1)?;
    let row = at - at % each;
    let to = match (event.key().as_str(), event.ctrl_key()) {
        ("ArrowRight", _) => at + 1,
        ("ArrowLeft", _) => at.saturating_sub(1),
        ("ArrowDown", _) if at + each <= last => at + each,
        ("ArrowUp", _) if at >= each => at - each,
        ("ArrowDown" | "ArrowUp", _) => at,
        ("PageDown", _) => at + 16 * each,
        ("PageUp", _) => at.saturating_sub(16 * each),
        ("Home", true) => 0,
        ("End", true) => last,
        ("Home", false) => row,
        ("End", false) => row + each - 1,
        _ => return None,
    };
    Some(to.min(last))
}
