//! The Connect page: a real broker over WebSocket, in the same diagram and inspector.

mod drive;
mod failure;
mod settings;
mod side;
mod state;

use leptos::ev::keydown;
use leptos::prelude::*;
use web_sys::ScrollLogicalPosition;

use self::failure::FailureNote;
use self::settings::Settings;
use self::side::Side;
pub use self::state::ConnectState;
use self::state::Phase;
use crate::ui::components::diagram::Diagram;
use crate::ui::components::inspector::{Inspected, Inspector};
use crate::ui::components::keys::is_single_key;
use crate::ui::components::scroll::reveal;
use crate::ui::media;
use crate::ui::state::{Selection, Source};
use crate::view::inspector::PacketView;

/// The page.
#[component]
pub fn Connect() -> impl IntoView {
    let state = expect_context::<ConnectState>();
    let source = state.source();
    let any = Memo::new(move |_| state.with_record(|it| it.live.step() > 0).unwrap_or(false));
    listen(source, state.selection);
    let inspected = Memo::new(move |_| state.selection.frame.get().is_some());
    view! {
        <main class="connect" id="main" tabindex="-1" class:connect--inspecting=inspected>
            <h1 class="sr-only">"Connect"</h1>
            <Settings/>
            <div class="connect__centre">
                <FailureNote/>
                {move || if any.get() {
                    view! { <Diagram source selection=state.selection>{status(state)}</Diagram> }.into_any()
                } else {
                    welcome()
                }}
            </div>
            <Side/>
            <Details/>
        </main>
    }
}

/// The keys of the diagram, for as long as the page shows.
fn listen(source: Source, selection: Selection) {
    let handle = window_event_listener(keydown, move |event| {
        if !is_single_key(&event) {
            return;
        }
        match event.key().as_str() {
            "Escape" => selection.choose(None),
            "j" => selection.walk(source, 1),
            "k" => selection.walk(source, -1),
            "h" => selection.walk_field(source, -1),
            "l" => selection.walk_field(source, 1),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

/// Whether the page itself came over https, which forbids ws:// to other hosts.
fn secure_page() -> bool {
    window().location().protocol().is_ok_and(|it| it == "https:")
}

/// Where the connection stands, in a word and a shape.
fn status(state: ConnectState) -> AnyView {
    let (class, dot, word) = (
        move || if state.phase.get() == Phase::Connected { "chip chip--ok" } else { "chip" },
        move || match state.phase.get() {
            Phase::Connected => "status-dot",
            Phase::Offline => "status-dot status-dot--off",
            _ => "status-dot status-dot--busy",
        },
        move || match state.phase.get() {
            Phase::Offline => "not connected",
            Phase::Opening => "opening",
            Phase::Connecting => "waiting for CONNACK",
            Phase::Connected => "live",
            Phase::Closing => "closing",
        },
    );
    let live = Memo::new(move |_| state.phase.get() == Phase::Connected);
    let dropped = move || {
        let dropped = state.with_record(|it| it.live.capture().dropped_frames()).unwrap_or(0);
        (dropped > 0).then(|| format!("the oldest {dropped} packets dropped"))
    };
    view! {
        <span class=class role="status"><span class=dot></span>{word}</span>
        {move || live.get().then(|| view! {
            <span class="connect__how">"WebSocket subprotocol " <code>"mqtt"</code> ", binary frames"</span>
        })}
        <span class="connect__how">{dropped}</span>
    }
    .into_any()
}

fn welcome() -> AnyView {
    view! {
        <div class="connect__welcome">
            <div>
                <h2>"Connect to a real broker"</h2>
                <p class="lede">"The same diagram, with your broker’s own packets. Nothing is sent before you connect."</p>
            </div>
            <div class="how" role="img" aria-label="This tab speaks MQTT over WebSocket to the broker">
                <div class="how__node">"This tab"<small>"MQTT client in WebAssembly"</small></div>
                <div class="how__link"><span>"ws or wss"</span><span>"binary frames, subprotocol mqtt"</span></div>
                <div class="how__node">"Listener"<small>"WebSocket"</small></div>
                <div class="how__link"><span>"MQTT"</span></div>
                <div class="how__node">"Broker"<small>"yours or public"</small></div>
            </div>
            <ul class="how-list">
                <li>
                    <b>"No server in between"</b>
                    "The browser connects straight to the broker. Your credentials go there and nowhere else, and are not kept."
                </li>
                <li>
                    <b>"WebSocket only"</b>
                    "A browser has no raw TCP, so port 1883 cannot work. Mosquitto needs the lines “listener 9001” and “protocol websockets”."
                </li>
                <li>
                    <b>"Public means public"</b>
                    "On public test brokers everyone reads everything, so send nothing private. The topics here have a random part."
                </li>
            </ul>
        </div>
    }
    .into_any()
}

/// The chosen packet, over the column at the right.
#[component]
fn Details() -> impl IntoView {
    let state = expect_context::<ConnectState>();
    let selection = state.selection;
    let source = state.source();
    let packet = Memo::new(move |_| {
        let id = selection.frame.get()?;
        let look =
            source.with(|scene| PacketView::of_frame(scene.capture, scene.plan.exchange(), id, scene.step));
        look.flatten().map(Inspected::from)
    });
    let scope =
        Signal::derive(move || selection.frame.get().map_or_else(String::new, |id| format!("frame-{id}")));
    let on_packet = Callback::new(move |id| selection.choose(Some(id)));
    let on_step = Callback::new(move |by| selection.walk(source, by));
    let on_close = Callback::new(move |()| selection.choose(None));
    let open = Memo::new(move |_| packet.with(Option::is_some));
    let phone = media::follow(media::PHONE);
    // The sheet on a phone covers most of the diagram: what it is about goes above it.
    Effect::new(move |_| {
        if let Some(id) = selection.frame.get().filter(|_| phone.get()) {
            reveal(format!(".arrow[data-frame=\"{id}\"]"), ScrollLogicalPosition::Start);
        }
    });
    move || {
        open.get().then(|| {
            view! {
                <div class="connect__inspector">
                    <Inspector packet choice=selection.choice scope on_packet on_step on_close/>
                </div>
            }
        })
    }
}
