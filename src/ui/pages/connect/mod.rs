//! The Connect page: a real broker over WebSocket, in the same diagram and inspector.

mod brokers;
mod burst;
mod connections;
mod drive;
mod failure;
mod link;
mod messages;
mod options;
mod pace;
mod probe;
mod publish;
mod request;
mod settings;
mod side;
mod state;
mod subscriptions;
mod terminal;
mod timings;
mod topics;
mod will;
mod wire;

use leptos::ev::keydown;
use leptos::prelude::*;
use web_sys::ScrollLogicalPosition;

pub use self::connections::Connections;
use self::connections::Shows;
use self::settings::status_class;
pub use self::state::ConnectState;
use self::state::Phase;
use crate::capture::{Capture, FrameId};
use crate::ui::components::compare::{self, Compared};
use crate::ui::components::copy_as;
use crate::ui::components::diagram::{Exported, diagram};
use crate::ui::components::export;
use crate::ui::components::icon::icon;
use crate::ui::components::inspector::{Deeds, Inspected, inspector};
use crate::ui::components::keys::is_single_key;
use crate::ui::components::scroll::reveal;
use crate::ui::dom::{El, Memo, el, fragment, nothing, text};
use crate::ui::media;
use crate::ui::pages::decode::waiting;
use crate::ui::state::{Selection, Source};
use crate::view::inspector::PacketView;
use crate::view::log::extent;

/// The page.
pub fn connect() -> El {
    let page = expect_context::<Connections>();
    let source = page.source();
    let any = Memo::new(move |_| page.with_record(|it| it.live.step() > 0).unwrap_or(false));
    let proof = page.probe.proof;
    listen(page, source);
    let note = move || {
        let state = page.current();
        match state.failure.get() {
            Some(failure) => untrack(|| failure::failure_note(state, &failure)),
            None => nothing(),
        }
    };
    let export = Callback::new(move |it: Exported| export::open(&it.packed, it.step, it.chosen, it.order));
    let view = move || match (page.shows.get(), any.get()) {
        (Shows::Probe, _) => {
            let state = page.current();
            untrack(|| el("div", "probe").child(probe::probe(state, export)).child(timings::timings(state)))
        }
        (Shows::Live, false) => welcome(),
        (Shows::Live, true) => untrack(|| diagram(source, page.selection, status(page), hold(page), export)),
    };
    let strip = move || match (page.shows.get(), any.get()) {
        (Shows::Live, true) => {
            let state = page.current();
            untrack(|| timings::strip(state))
        }
        _ => nothing(),
    };
    // A program that runs keeps its pane, though the record begins anew.
    let has_terminal = Memo::new(move |_| any.get() || page.terminal.is_running());
    let terminal = move || match (page.shows.get(), has_terminal.get()) {
        (Shows::Live, true) => untrack(|| terminal::terminal(page)),
        _ => nothing(),
    };
    // Drawn anew for another connection; what changes within one is bound.
    let part = move |draw: fn(ConnectState) -> El| {
        move || {
            let state = page.current();
            untrack(|| draw(state))
        }
    };
    el("main", "connect")
        .attrs(&[("id", "main"), ("tabindex", "-1")])
        .bind_class("connect--inspecting", move || match page.shows.get() {
            Shows::Live => page.selection.frame.get().is_some(),
            Shows::Probe => proof.selection.frame.get().is_some(),
        })
        .child(el("h1", "sr-only").text("Connect"))
        .dynamic(part(settings::settings))
        .child(
            el("div", "connect__centre")
                .child(tabs(page))
                .child(el("div", "connect__above").child(waiting(page)).dynamic(note).dynamic(strip))
                .dynamic(view)
                .dynamic(terminal),
        )
        .dynamic(part(side::side))
        .dynamic(part(options::form))
        .dynamic(details(page, Shows::Live, page.selection, source))
        .dynamic(details(page, Shows::Probe, proof.selection, proof.source))
}

/// The choice of what the middle shows.
fn tabs(page: Connections) -> El {
    let names = [(Shows::Live, "Live"), (Shows::Probe, "Probe and timings")];
    let tabs = names.map(|(shows, name)| {
        el("button", "tabs__tab")
            .attrs(&[("type", "button"), ("role", "tab")])
            .bind_state("aria-selected", move || page.shows.get() == shows)
            .click(move || page.shows.set(shows))
            .text(name)
    });
    el("div", "tabs connect__tabs")
        .attrs(&[("role", "tablist"), ("aria-label", "What the middle shows")])
        .all(tabs)
}

/// The heading of a pane.
fn pane_head(title: &str) -> El {
    el("div", "pane__head").child(el("h2", "").text(title))
}

/// A pane of what comes: how much it is, and in place of the first one what the pane is for.
fn listing(
    title: &'static str,
    told: impl Fn() -> String + 'static,
    is_empty: impl Fn() -> bool + 'static,
    words: &'static str,
) -> El {
    let empty = move || if is_empty() { el("p", "empty-state").text(words) } else { nothing() };
    let count = el("span", "dim num connect__count").bind_text(told);
    el("section", "pane")
        .attr("aria-label", title)
        .child(pane_head(title).child(el("span", "grow")).child(count))
        .dynamic(empty)
}

/// The keys of the diagram, for as long as the page shows.
fn listen(page: Connections, source: Source) {
    let handle = window_event_listener(keydown, move |event| {
        if !is_single_key(&event) {
            return;
        }
        let proof = page.probe.proof;
        let (source, selection) = match page.shows.get_untracked() {
            Shows::Live => (source, page.selection),
            Shows::Probe => (proof.source, proof.selection),
        };
        match event.key().as_str() {
            "Escape" => selection.choose(None),
            "ArrowUp" if event.shift_key() => selection.walk_cause(source, -1),
            "ArrowDown" if event.shift_key() => selection.walk_cause(source, 1),
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

/// Where the connection stands, in a word and a shape; and what the record does not hold any more.
fn status(page: Connections) -> El {
    let phase = move || page.current().phase.get();
    let class = move || if phase() == Phase::Connected { "chip chip--ok" } else { "chip" };
    let word = move || {
        text(match phase() {
            Phase::Offline => "not connected",
            Phase::Opening => "opening",
            Phase::Connecting => "waiting for CONNACK",
            Phase::Connected => "live",
            Phase::Closing => "closing",
            Phase::Waiting => "lost, waits to connect again",
        })
    };
    let dropped = move || {
        let dropped = page.with_record(|it| it.live.capture().dropped_frames()).unwrap_or(0);
        if dropped > 0 {
            ["the oldest ", &dropped.to_string(), " packets dropped"].concat()
        } else {
            String::new()
        }
    };
    let dot = el("span", "").bind("class", move || ["status-dot", status_class(phase())].concat());
    let chip = el("span", "").bind("class", class).attr("role", "status").child(dot);
    fragment([chip.dynamic(word), el("span", "connect__how").bind_text(dropped)])
}

/// Lets the view stand still while packets go on coming, and begins the record anew.
fn hold(page: Connections) -> El {
    let is_held = move || page.held.get().is_some();
    let unseen = move || match page.unseen() {
        Some(count) => ["Follow, ", &count.to_string(), " more"].concat(),
        None => "Hold".to_owned(),
    };
    let symbol = move || icon(if is_held() { "i-play" } else { "i-pause" }, "icon icon--xs");
    let hold = el("button", "button button--sm")
        .attrs(&[("type", "button"), ("title", "The view stands still, packets go on")])
        .bind_state("aria-pressed", is_held)
        .click(move || page.hold(page.held.get_untracked().is_none()))
        .dynamic(symbol)
        .child(el("span", "num").bind_text(unseen));
    let clear = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", "Clear the record"), ("title", "Clear the record")])
        .click(move || page.clear())
        .child(icon("i-trash", "icon icon--sm"));
    fragment([hold, clear])
}

/// What stands at each end of a connection, and what is spoken on the way to the next.
const HOW: [(&str, &str, &[&str]); 3] = [
    ("This tab", "MQTT client in WebAssembly", &["ws or wss", "binary frames, subprotocol mqtt"]),
    ("Listener", "WebSocket", &["MQTT"]),
    ("Broker", "yours or public", &[]),
];

/// What to know before connecting.
const NOTES: [(&str, &str); 3] = [
    (
        "No server in between",
        "The browser connects straight to the broker. Your credentials go there and nowhere else, and are kept only if you save them.",
    ),
    (
        "WebSocket only",
        "A browser has no raw TCP, so port 1883 cannot work. Mosquitto needs the lines “listener 9001” and “protocol websockets”.",
    ),
    (
        "Public means public",
        "On public test brokers everyone reads everything, so send nothing private. The topics here have a random part.",
    ),
];

fn welcome() -> El {
    let lede = "The same diagram, with your broker’s own packets. Nothing is sent before you connect.";
    let about =
        el("div", "").child(el("h2", "").text("Connect to a real broker")).child(el("p", "lede").text(lede));
    let mut how = el("div", "how")
        .attrs(&[("role", "img"), ("aria-label", "This tab speaks MQTT over WebSocket to the broker")]);
    for (node, what, link) in HOW {
        how = how.child(el("div", "how__node").text(node).child(el("small", "").text(what)));
        if !link.is_empty() {
            let words = link.iter().map(|words| el("span", "").text(words));
            how = how.child(el("div", "how__link").all(words));
        }
    }
    let notes = NOTES.iter().map(|(title, words)| el("li", "").child(el("b", "").text(title)).text(words));
    el("div", "connect__welcome").child(about).child(how).child(el("ul", "how-list").all(notes))
}

/// Draws the chosen packet, over the column at the right.
fn details(page: Connections, shows: Shows, selection: Selection, source: Source) -> impl Fn() -> El {
    let packet = Memo::new(move |_| {
        if page.shows.get() != shows {
            return None;
        }
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
    selection.follow_compared(source, |both| {
        compare::open(both.map(|(bytes, version, title)| Compared { bytes: bytes.to_vec(), version, title }));
    });
    let open = Memo::new(move |_| packet.with(Option::is_some));
    let notes = Memo::new(move |_| {
        let id = selection.frame.get().filter(|_| open.get())?;
        source.with(|scene| notes_of(scene.capture, id))
    });
    let phone = media::follow(media::PHONE);
    // The sheet on a phone covers most of the diagram: what it is about goes above it.
    Effect::new(move |_| {
        if let Some(id) = selection.frame.get().filter(|_| phone.get()) {
            reveal(format!(".arrow[data-frame=\"{id}\"]"), ScrollLogicalPosition::Start);
        }
    });
    move || {
        if !open.get() {
            return nothing();
        }
        let deeds = Deeds {
            copy: Callback::new(copy_as::open),
            edit: None,
            compare: Some((Callback::new(move |()| selection.compare()), selection.compare_words())),
        };
        let panel =
            inspector(packet.into(), selection.choice, scope, on_packet, on_step, Some(on_close), deeds);
        let about = move || notes.get().filter(|all| !all.is_empty()).map_or_else(nothing, told_notes);
        el("div", "connect__inspector").child(panel).child(el("div", "connect__notes").fill(about))
    }
}

/// A note's words and the statement behind it.
type Told = (String, Option<&'static str>);

/// What the ends made of a packet: with two lifelines the diagram has no room for it beside the packet.
fn notes_of(capture: &Capture, id: FrameId) -> Vec<Told> {
    let Some(step) = capture.frame(id).map(|frame| frame.sent_step) else { return Vec::new() };
    let before = step.checked_sub(1).map_or(0, |step| extent(capture, step));
    let first = capture.dropped_notes() + before as u64;
    let of_step = (first..).map_while(|at| capture.note(at)).take_while(|note| note.step == step);
    let its = of_step.filter(|note| note.frame == Some(id));
    its.map(|note| (note.text.to_string(), note.statement)).collect()
}

fn told_notes(all: Vec<Told>) -> El {
    let line = |(text, statement): Told| {
        let chip = statement.map(|it| el("span", "chip chip--spec").text(it));
        el("li", "").text("The client ").text(&text).text(" ").with(chip)
    };
    el("ul", "").attr("aria-label", "What the client made of it").all(all.into_iter().map(line))
}
