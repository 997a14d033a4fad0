//! The Decode page: pasted bytes, packet by packet.

mod build;
mod copy;
mod input;
mod link;
mod marks;
mod packet;
mod payload;
mod repair;
mod send;
mod share;
mod state;
mod summary;
mod take;

use leptos::ev::{hashchange, keydown};
use leptos::prelude::*;
use web_sys::ScrollLogicalPosition;

use self::build::builder;
use self::copy::copy_dialog;
use self::input::{action_bar, input};
use self::packet::packet_row;
use self::send::send_dialog;
pub use self::send::waiting;
pub use self::state::DecodeState;
use self::state::PAGE;
use self::summary::{byte_shares, counts};
use crate::ui::components::copy_as;
use crate::ui::components::icon::icon;
use crate::ui::components::inspector::{Deeds, Inspected, inspector};
use crate::ui::components::keys::is_single_key;
use crate::ui::components::scroll::reveal;
use crate::ui::dom::{El, Memo, after, el, nothing};
use crate::ui::media;
use crate::ui::route::is_embedded;
use crate::view::decode::packet;

/// The page.
pub fn decode() -> El {
    let state = expect_context::<DecodeState>();
    let phone = media::follow(media::PHONE);
    // The packet in the inspector; on the desktop there is always one.
    let shown = Memo::new(move |_| {
        let default = || state.index.with(|index| DecodeState::default_packet(index, state.page.get()));
        state.selected.get().or_else(|| if phone.get() { None } else { default() })
    });
    let (copying, sending) = (RwSignal::new(false), RwSignal::new(false));
    // What is sent is what is looked at; on a phone the first packet, where none is.
    let at_hand = move || {
        let default = || state.index.with(|index| DecodeState::default_packet(index, state.page.get()));
        shown.get().or_else(default)
    };
    follow_address(state);
    let shares =
        move || state.index.with(|index| if index.is_empty() { nothing() } else { byte_shares(index) });
    if is_embedded() {
        return embedded(state, shown, [copying, sending]);
    }
    let side = el("div", "decode__side")
        .child(el("div", "decode__input").child(input(state, phone)).dynamic(shares))
        .child(details(state, shown, phone));
    let output = el("section", "decode__output")
        .attr("aria-label", "Packets")
        .child(counts(state, copying, sending))
        .child(list(state, shown))
        .child(copy_dialog(state, copying))
        .child(send_dialog(state, at_hand, sending));
    el("main", "decode-page")
        .attrs(&[("id", "main"), ("tabindex", "-1")])
        .child(el("div", "decode").child(side).child(output))
        .child(builder(state, sending))
        .dynamic(move || if phone.get() { action_bar(state, sending) } else { nothing() })
}

/// Inside another page: the packets alone.
fn embedded(state: DecodeState, shown: Memo<Option<usize>>, dialogs: [RwSignal<bool>; 2]) -> El {
    let [copying, sending] = dialogs;
    let output = el("section", "decode__output")
        .attr("aria-label", "Packets")
        .child(counts(state, copying, sending))
        .child(list(state, shown));
    el("main", "decode decode--embed").attrs(&[("id", "main"), ("tabindex", "-1")]).child(output)
}

/// Takes the bytes that an address holds, now and whenever it changes.
fn follow_address(state: DecodeState) {
    link::follow(state);
    let handle = window_event_listener(hashchange, move |_| link::follow(state));
    on_cleanup(move || handle.remove());
}

/// The inspector of the packet that it shows.
fn details(state: DecodeState, shown: Memo<Option<usize>>, phone: Signal<bool>) -> El {
    let inspected = Memo::new(move |_| {
        let at = shown.get()?;
        let bytes = state.bytes.get();
        state.index.with(|index| packet(&bytes, index, at)).map(Inspected::from)
    });
    let scope = Signal::derive(move || packet_scope(shown.get().unwrap_or_default()));
    let step = Callback::new(move |by: i32| {
        let last = state.index.with_untracked(|index| index.entries.len().saturating_sub(1));
        let at = shown.get_untracked().unwrap_or_default().saturating_add_signed(by as isize).min(last);
        state.select(at, None);
        reveal(row_selector(at), ScrollLogicalPosition::Nearest);
    });
    // The sheet on a phone covers most of the list: what it is about goes above it.
    after(move || {
        if let Some(at) = shown.get().filter(|_| phone.get()) {
            reveal(row_selector(at), ScrollLogicalPosition::Start);
        }
    });
    let close = Callback::new(move |()| state.selected.set(None));
    let handle = window_event_listener(keydown, move |event| {
        if !is_single_key(&event) {
            return;
        }
        match event.key().as_str() {
            "Escape" => close.run(()),
            "j" => step.run(1),
            "k" => step.run(-1),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
    let go = Callback::new(move |at: u32| state.select(at as usize, None));
    let open = Memo::new(move |_| inspected.with(Option::is_some));
    nothing().dynamic(move || {
        if !open.get() {
            return nothing();
        }
        let on_close = phone.get().then_some(close);
        let deeds = Deeds { copy: Callback::new(copy_as::open), edit: None, compare: None };
        let shown = inspector(inspected.into(), state.choice, scope, go, step, on_close, deeds);
        el("div", "decode__inspector").child(shown)
    })
}

fn button(symbol: &str, name: &str) -> El {
    el("button", "button button--sm").attr("type", "button").child(icon(symbol, "icon icon--xs")).text(name)
}

/// The key under which a packet's row and the inspector are linked.
fn packet_scope(at: usize) -> String {
    ["decode-", &at.to_string()].concat()
}

fn row_selector(at: usize) -> String {
    ["[data-linkscope=\"", &packet_scope(at), "\"].decoded-packet"].concat()
}

/// A page of packets.
fn list(state: DecodeState, shown: Memo<Option<usize>>) -> El {
    let first = move || state.page.get() * PAGE;
    // The rows change with the text and with the packets that this page has so far.
    let rows = move || {
        let count = state.index.with(|index| index.entries.len());
        let reading = u64::from(state.reading.get()) << 32;
        (first()..(first() + PAGE).min(count)).map(|at| reading | at as u64).collect()
    };
    let packets = el("ol", "decode__packets")
        .bind("start", move || (first() + 1).to_string())
        .each(rows, move |row| packet_row(state, shown, row as u32 as usize));
    nothing().child(pager(state)).child(packets).child(pager(state))
}

/// Which packets show, and the way to the others; nothing where all do.
fn pager(state: DecodeState) -> El {
    let count = move || state.index.with(|index| index.entries.len());
    let many = Memo::new(move |_| count() > PAGE);
    nothing().dynamic(move || if many.get() { turns(state) } else { nothing() })
}

type Turn = fn(usize, usize) -> usize;

/// Ways to other pages: the name, whether it leads back, and the page from the present and the last one.
const TURNS: [(&str, bool, Turn); 4] = [
    ("First", true, |_, _| 0),
    ("Previous", true, |page, _| page.saturating_sub(1)),
    ("Next", false, |page, last| (page + 1).min(last)),
    ("Last", false, |_, last| last),
];

fn turns(state: DecodeState) -> El {
    let count = move || state.index.with(|index| index.entries.len());
    let last = move || count().div_ceil(PAGE).saturating_sub(1);
    let told = move || {
        let (from, count) = (state.page.get() * PAGE, count());
        let to = (from + PAGE).min(count).to_string();
        ["Packets ", &(from + 1).to_string(), " to ", &to, " of ", &count.to_string()].concat()
    };
    let buttons = TURNS.map(|(name, back, page)| {
        let turn = move || {
            state.page.set(page(state.page.get_untracked(), untrack(last)));
            state.selected.set(None);
            state.choice.set(None);
        };
        el("button", "button button--sm")
            .attr("type", "button")
            .bind_flag("disabled", move || {
                state.page.get() == 0 && back || state.page.get() >= last() && !back
            })
            .click(turn)
            .text(name)
    });
    el("nav", "decode__pager")
        .attr("aria-label", "Pages of packets")
        .child(el("span", "num").bind_text(told))
        .all(buttons)
}
