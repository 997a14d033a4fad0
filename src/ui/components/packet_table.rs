//! The packet table: windowed, linked with the rest of the page.

use std::sync::Arc;

use leptos::prelude::*;

use super::bytes::delegated;
use super::diagram::held;
use super::icon::packet_name;
use super::scroll::follow_size;
use crate::capture::FrameId;
use crate::codec::PacketType;
use crate::ui::dom::{El, Memo, Row, Slot, after, el, key, next_frame, nothing};
use crate::ui::media;
use crate::ui::state::Selection;
use crate::view::bytes::visible_rows;
use crate::view::table::PacketRow;

const COLUMNS: [(&str, &str); 7] = [
    ("No.", "is-num"),
    ("Time", ""),
    ("From", ""),
    ("To", ""),
    ("Type", ""),
    ("Info", "packet-table__info"),
    ("Bytes", "is-num"),
];

/// The heights of a row and of the heads in pixels, as in `style/drawer.css`; on phones, where a row has two lines, as in
/// `style/page-mobile.css`.
fn heights() -> (f64, f64) {
    if media::matches(media::PHONE) { (54.0, 40.0) } else { (23.0, 22.0) }
}

/// By which of the columns, and whether the greatest comes first.
pub type Sort = (usize, bool);

/// Which packet stands in which row.
#[derive(Clone, Copy)]
pub struct Order {
    /// The number of the first packet that is held.
    pub first: Signal<FrameId>,
    /// The packets in their rows; `None` while they are in the order of their numbers.
    pub sorted: Signal<Option<Arc<Vec<FrameId>>>>,
}

impl Order {
    fn row_of(&self, id: FrameId) -> usize {
        let place = |sorted: &Arc<Vec<FrameId>>| sorted.iter().position(|it| *it == id).unwrap_or(0);
        let sorted = self.sorted.with_untracked(|sorted| sorted.as_ref().map(place));
        sorted.unwrap_or_else(|| id.saturating_sub(self.first.get_untracked()) as usize)
    }

    fn packet_at(&self, row: usize) -> FrameId {
        let sorted = self.sorted.with_untracked(|sorted| sorted.as_ref()?.get(row).copied());
        sorted.unwrap_or_else(|| self.first.get_untracked() + row as FrameId)
    }
}

/// A table of `count` packets; only the rows in view are drawn. `rows` gives those from `.0` up to `.1` and follows the
/// capture and `sort`, which the heads of the columns change; `selected` stays in view.
pub fn packet_table(
    count: Signal<usize>,
    rows: Callback<(usize, usize), Vec<PacketRow>>,
    sort: RwSignal<Sort>,
    order: Order,
    selection: Selection,
    selected: Signal<Option<FrameId>>,
) -> El {
    let on_select = Callback::new(move |id| selection.choose(Some(id)));
    let scroller = Slot::new(None);
    let scrolled = RwSignal::new((0.0_f64, 0.0_f64));
    let range = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        // While it is hidden it has no height; then a screenful is drawn all the same.
        let range = visible_rows(top, height.max(800.0), heights().0, count.get());
        (range.start, range.end)
    });
    keep_in_view(scroller, scrolled, count, sort, order, selected);
    follow_size(scroller, move || measure(scroller, scrolled));
    let mut drawn = false;
    after(move || {
        sort.track();
        if std::mem::replace(&mut drawn, true) {
            scroll_to(scroller, scrolled, 0.0);
        }
    });
    let body = move || {
        let (from, to) = range.get();
        let mut drawn = Vec::new();
        drawn.extend(spacer("above", from));
        for row in rows.run((from, to)) {
            drawn.push(keyed(row, selected));
        }
        drawn.extend(spacer("below", count.get().saturating_sub(to)));
        drawn
    };
    let heads = COLUMNS.iter().enumerate().map(|(at, (name, class))| column_head(at, name, class, sort));
    let table = el("table", "packet-table")
        .bind("aria-rowcount", move || (count.get() + 1).to_string())
        .child(el("thead", "").child(el("tr", "").all(heads)))
        .child(el("tbody", "").rows(body));
    let empty = move || {
        if count.get() > 0 {
            return nothing();
        }
        el("p", "drawer__empty").text("No packets yet. Step forward to send the first one.")
    };
    let choose = move |event: web_sys::Event| match delegated(&event, "data-frame") {
        Some(id) if held(&event) => selection.compare_with(id as FrameId),
        Some(id) => selection.choose(Some(id as FrameId)),
        None => {}
    };
    el("div", "drawer__panel")
        .slot(scroller)
        .attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", "Packet table")])
        .on("scroll", move |_: web_sys::Event| measure(scroller, scrolled))
        .on("click", choose)
        .on("keydown", move |event| walk(&event, count, order, selected, on_select))
        .child(table)
        .dynamic(empty)
}

/// A column's head: a click sorts by it, the next one the other way round, a third by number again.
fn column_head(at: usize, name: &str, class: &str, sort: RwSignal<Sort>) -> El {
    let told = move || match sort.get() {
        (column, false) if column == at => "ascending",
        (column, true) if column == at => "descending",
        _ => "none",
    };
    let turn = move || {
        sort.update(|sort| {
            *sort = match *sort {
                (column, false) if column == at => (at, true),
                (column, true) if column == at => (0, false),
                _ => (at, false),
            };
        });
    };
    let button = el("button", "packet-table__sort").attr("type", "button").click(turn).text(name);
    el("th", class).attr("scope", "col").bind("aria-sort", told).child(button)
}

/// Reads where the table stands; only after it has moved, when that costs nothing.
fn measure(scroller: Slot, scrolled: RwSignal<(f64, f64)>) {
    if let Some(scroller) = scroller.try_get_untracked().flatten() {
        let now = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
        if scrolled.try_get_untracked().is_some_and(|before| before != now) {
            scrolled.try_set(now);
        }
    }
}

/// Draws the rows there at once, and scrolls when all has been drawn.
fn scroll_to(scroller: Slot, scrolled: RwSignal<(f64, f64)>, top: f64) {
    let top = top.max(0.0).ceil();
    scrolled.update(|scrolled| scrolled.0 = top);
    next_frame(move || {
        if let Some(scroller) = scroller.try_get_untracked().flatten() {
            scroller.set_scroll_top(top as i32);
        }
    });
}

/// The height of all rows.
fn end(rows: usize) -> f64 {
    let (row, head) = heights();
    head + rows as f64 * row
}

/// The newest packet stays in view while it is; the selected one comes into view.
fn keep_in_view(
    scroller: Slot,
    scrolled: RwSignal<(f64, f64)>,
    count: Signal<usize>,
    sort: RwSignal<Sort>,
    order: Order,
    selected: Signal<Option<FrameId>>,
) {
    let mut before = None;
    after(move || {
        let now = count.get();
        let (top, height) = scrolled.get_untracked();
        if before.is_some_and(|before| now > before)
            && sort.get_untracked() == (0, false)
            && end(before.unwrap_or(0)) - top - height < 3.0 * heights().0
        {
            scroll_to(scroller, scrolled, end(now) - height);
        }
        before = Some(now);
    });
    let shown = Memo::new(move |_| scrolled.get().1 > 0.0);
    after(move || {
        // Hidden, it would come to stand at its end.
        let (Some(id), true) = (selected.get(), shown.get()) else { return };
        let (each, head) = heights();
        let row = order.row_of(id) as f64 * each;
        let (top, height) = scrolled.get_untracked();
        if row < top {
            scroll_to(scroller, scrolled, row);
        } else if row + each + head > top + height {
            scroll_to(scroller, scrolled, row + each + head - height);
        }
    });
}

/// Arrow keys, Home and End choose another packet.
fn walk(
    event: &web_sys::KeyboardEvent,
    count: Signal<usize>,
    order: Order,
    selected: Signal<Option<FrameId>>,
    on_select: Callback<FrameId>,
) {
    let Some(last) = count.get_untracked().checked_sub(1) else { return };
    let at = selected.get_untracked().map(|id| order.row_of(id));
    let next = match event.key().as_str() {
        "ArrowDown" => at.map_or(0, |at| (at + 1).min(last)),
        "ArrowUp" => at.map_or(last, |at| at.saturating_sub(1)),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    on_select.run(order.packet_at(next));
}

/// Stands for rows that are not drawn.
fn spacer(place: &str, rows: usize) -> Option<Row> {
    let height = [&(rows * heights().0 as usize).to_string(), "px"].concat();
    let key = key(&[place, &height]);
    let cell = move || el("td", "packet-table__spacer").attr("colspan", "7").style("height", &height);
    (rows > 0).then(|| Row::new(key, move || el("tr", "").attr("aria-hidden", "true").child(cell())))
}

fn keyed(row: PacketRow, selected: Signal<Option<FrameId>>) -> Row {
    let (number, bytes) = (row.number.to_string(), row.bytes.to_string());
    // Whatever may have become another packet by going back and acting otherwise.
    let name = row.packet_type.map_or("", PacketType::name);
    let key = key(&[&number, &row.time, &row.from, &row.to, name, &row.info, &bytes]);
    Row::new(key, move || table_row(&row, selected))
}

fn table_row(row: &PacketRow, selected: Signal<Option<FrameId>>) -> El {
    let id = row.id;
    let cell = |class: &str, words: &str| el("td", class).text(words);
    el("tr", "")
        .num("data-frame", id as usize)
        .num("aria-rowindex", row.number as usize + 1)
        .bind_state("aria-selected", move || selected.get() == Some(id))
        .child(cell("is-num", &row.number.to_string()))
        .child(cell("mono", &row.time))
        .child(cell("", &row.from))
        .child(cell("", &row.to))
        .child(el("td", "").child(packet_name(row.packet_type)))
        .child(cell("packet-table__info", &row.info))
        .child(cell("is-num", &row.bytes.to_string()))
}
