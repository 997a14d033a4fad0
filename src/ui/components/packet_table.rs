//! The packet table: windowed, linked with the rest of the page.

use leptos::html;
use leptos::prelude::*;

use super::bytes::delegated;
use super::icon::PacketName;
use crate::capture::FrameId;
use crate::view::bytes::visible_rows;
use crate::view::table::PacketRow;

/// A row's height in pixels, as in `style/drawer.css`.
const ROW_HEIGHT: f64 = 23.0;
const COLUMNS: [(&str, &str); 7] = [
    ("No.", "is-num"),
    ("Time", ""),
    ("From", ""),
    ("To", ""),
    ("Type", ""),
    ("Info", "packet-table__info"),
    ("Bytes", "is-num"),
];

/// A table of packets; only the rows in view are drawn.
#[component]
pub fn PacketTable(
    /// How many packets there are.
    count: Signal<usize>,
    /// The rows from `.0` up to `.1`; follows the capture.
    rows: Callback<(usize, usize), Vec<PacketRow>>,
    /// Number of the first packet that is held; selection counts from it.
    first: Signal<FrameId>,
    /// The selected packet.
    selected: Signal<Option<FrameId>>,
    /// A packet was chosen.
    on_select: Callback<FrameId>,
) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let (scrolled, set_scrolled) = signal((0.0, 800.0));
    let measure = move || {
        if let Some(scroller) = scroller.try_get_untracked().flatten() {
            // While it is hidden it has no height; then a screenful is drawn all the same.
            let height = f64::from(scroller.client_height()).max(800.0);
            set_scrolled.try_set((f64::from(scroller.scroll_top()), height));
        }
    };
    let range = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        let range = visible_rows(top, height, ROW_HEIGHT, count.get());
        (range.start, range.end)
    });
    // The newest packet stays in view while it is; the selected one comes into view.
    Effect::new(move |before: Option<usize>| {
        let now = count.get();
        if before.is_some_and(|before| now > before)
            && let Some(scroller) = scroller.get_untracked()
        {
            let rest = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height();
            if f64::from(rest) < 3.0 * ROW_HEIGHT {
                request_animation_frame(move || scroller.set_scroll_top(scroller.scroll_height()));
            }
        }
        measure();
        now
    });
    Effect::new(move |_| {
        let Some(id) = selected.get() else { return };
        let row = f64::from(id.saturating_sub(first.get_untracked())) * ROW_HEIGHT;
        let Some(scroller) = scroller.get_untracked() else { return };
        let (top, height) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
        if row < top {
            scroller.set_scroll_top(row as i32);
        } else if row + 2.0 * ROW_HEIGHT > top + height {
            scroller.set_scroll_top((row + 2.0 * ROW_HEIGHT - height).ceil() as i32);
        }
    });
    let choose = move |event: web_sys::MouseEvent| {
        if let Some(id) = delegated(&event, "data-frame") {
            on_select.run(id as FrameId);
        }
    };
    let walk = move |event: web_sys::KeyboardEvent| {
        let (first, count) = (first.get_untracked(), count.get_untracked() as FrameId);
        let Some(last) = count.checked_sub(1) else { return };
        let at = selected.get_untracked().map(|id| id.saturating_sub(first));
        let next = match event.key().as_str() {
            "ArrowDown" => at.map_or(0, |at| (at + 1).min(last)),
            "ArrowUp" => at.map_or(last, |at| at.saturating_sub(1)),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        on_select.run(first + next);
    };
    let body = move || {
        let (from, to) = range.get();
        rows.run((from, to)).into_iter().map(|row| table_row(row, selected)).collect_view()
    };
    let spacer = move |rows: usize| {
        (rows > 0).then(|| {
            view! { <tr aria-hidden="true"><td colspan="7" class="packet-table__spacer" style:height=format!("{}px", rows as f64 * ROW_HEIGHT)></td></tr> }
        })
    };
    let heads = COLUMNS.map(|(name, class)| view! { <th class=class scope="col">{name}</th> });
    view! {
        <div
            class="drawer__panel"
            node_ref=scroller
            tabindex="0"
            role="group"
            aria-label="Packet table"
            on:scroll=move |_| measure()
            on:click=choose
            on:keydown=walk
        >
            <table class="packet-table" aria-rowcount=move || (count.get() + 1).to_string()>
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>
                    {move || spacer(range.get().0)}
                    {body}
                    {move || spacer(count.get().saturating_sub(range.get().1))}
                </tbody>
            </table>
            {move || (count.get() == 0).then(|| view! { <p class="drawer__empty">"No packets yet. Step forward to send the first one."</p> })}
        </div>
    }
}

fn table_row(row: PacketRow, selected: Signal<Option<FrameId>>) -> AnyView {
    let id = row.id;
    view! {
        <tr
            data-frame=id
            aria-rowindex=(row.number + 1).to_string()
            aria-selected=move || (selected.get() == Some(id)).to_string()
        >
            <td class="is-num">{row.number}</td>
            <td class="mono">{row.time}</td>
            <td>{row.from}</td>
            <td>{row.to}</td>
            <td><PacketName of=row.packet_type/></td>
            <td class="packet-table__info">{row.info}</td>
            <td class="is-num">{row.bytes}</td>
        </tr>
    }
    .into_any()
}
