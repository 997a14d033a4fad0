//! The Decode page: pasted bytes, packet by packet.

mod input;
mod packet;
mod state;
mod summary;

use leptos::ev::keydown;
use leptos::prelude::*;
use web_sys::ScrollLogicalPosition;

use self::input::Input;
use self::packet::packet_row;
pub use self::state::DecodeState;
use self::state::PAGE;
use self::summary::{ByteShares, Counts};
use crate::ui::components::inspector::{Inspected, Inspector};
use crate::ui::components::keys::is_single_key;
use crate::ui::components::scroll::reveal;
use crate::ui::media;
use crate::view::decode::packet;

/// The page.
#[component]
pub fn Decode() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let phone = media::follow(media::PHONE);
    // The packet in the inspector; on the desktop there is always one.
    let shown = Memo::new(move |_| {
        let default = || state.index.with(|index| DecodeState::default_packet(index, state.page.get()));
        state.selected.get().or_else(|| if phone.get() { None } else { default() })
    });
    view! {
        <main class="decode" id="main" tabindex="-1">
            <div class="decode__side">
                <div class="decode__input">
                    <Input/>
                    {move || state.index.with(|it| !it.is_empty()).then(|| view! { <ByteShares/> })}
                </div>
                <Details shown phone/>
            </div>
            <section class="decode__output" aria-label="Packets">
                <Counts/>
                <List shown/>
            </section>
        </main>
    }
}

/// The inspector of the packet that it shows.
#[component]
fn Details(shown: Memo<Option<usize>>, phone: Signal<bool>) -> impl IntoView {
    let state = expect_context::<DecodeState>();
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
    Effect::new(move |_| {
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
    move || {
        open.get().then(|| {
            let on_close = if phone.get() { Some(close) } else { None };
            view! {
                <div class="decode__inspector">
                    {match on_close {
                        Some(on_close) => view! {
                            <Inspector packet=inspected choice=state.choice scope on_packet=go on_step=step on_close/>
                        }
                        .into_any(),
                        None => view! {
                            <Inspector packet=inspected choice=state.choice scope on_packet=go on_step=step/>
                        }
                        .into_any(),
                    }}
                </div>
            }
        })
    }
}

/// The key under which a packet's row and the inspector are linked.
fn packet_scope(at: usize) -> String {
    format!("decode-{at}")
}

fn row_selector(at: usize) -> String {
    format!("[data-linkscope=\"{}\"].decoded-packet", packet_scope(at))
}

/// A page of packets.
#[component]
fn List(shown: Memo<Option<usize>>) -> impl IntoView {
    let state = expect_context::<DecodeState>();
    // The rows change with the text and with the packets that this page has so far.
    let range = Memo::new(move |_| {
        let from = state.page.get() * PAGE;
        let count = state.index.with(|index| index.entries.len());
        (state.reading.get(), from, (from + PAGE).min(count))
    });
    let rows = move || {
        let (reading, from, to) = range.get();
        (from..to).map(move |at| (reading, at)).collect::<Vec<_>>()
    };
    view! {
        <Pager/>
        <ol class="decode__packets" start=move || range.get().1 + 1>
            <For each=rows key=|row| *row children=move |(_, at)| packet_row(state, shown, at)/>
        </ol>
        <Pager/>
    }
}

/// Which packets show, and the way to the others; nothing where all do.
#[component]
fn Pager() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let count = Memo::new(move |_| state.index.with(|index| index.entries.len()));
    let many = Memo::new(move |_| count.get() > PAGE);
    let told = move || {
        let from = state.page.get() * PAGE;
        format!("Packets {} to {} of {}", from + 1, (from + PAGE).min(count.get()), count.get())
    };
    let go = move |page: usize| {
        state.page.set(page);
        state.selected.set(None);
        state.choice.set(None);
    };
    let last = Memo::new(move |_| count.get().div_ceil(PAGE).saturating_sub(1));
    let at_first = Signal::derive(move || state.page.get() == 0);
    let at_last = Signal::derive(move || state.page.get() >= last.get());
    let button = move |name: &'static str, off: Signal<bool>, page: fn(usize, usize) -> usize| {
        let turn = move |_| go(page(state.page.get_untracked(), last.get_untracked()));
        view! { <button class="button button--sm" type="button" disabled=off on:click=turn>{name}</button> }
    };
    move || {
        many.get().then(|| {
            view! {
                <nav class="decode__pager" aria-label="Pages of packets">
                    <span class="num">{told}</span>
                    {button("First", at_first, |_, _| 0)}
                    {button("Previous", at_first, |page, _| page.saturating_sub(1))}
                    {button("Next", at_last, |page, last| (page + 1).min(last))}
                    {button("Last", at_last, |_, last| last)}
                </nav>
            }
        })
    }
}
