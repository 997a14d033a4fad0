//! What the bytes add up to.

use leptos::prelude::*;

use super::build;
use super::button;
use super::send::on_stage;
use super::share;
use super::state::DecodeState;
use crate::dissect::ByteGroup;
use crate::ui::components::bytes::group_class;
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::focus_on;
use crate::ui::dom::{El, el, nothing};
use crate::ui::route::is_embedded;
use crate::view::bytes::GROUPS;
use crate::view::decode::{Index, State};
use crate::view::session::implied_world;

const EMPTY: &str = "Paste the bytes of one or more MQTT packets at the left, or take an example. Each packet is shown byte by byte, with what every byte means and, where a packet breaks a rule, the exact byte and the rule.";

/// How many packets there are, and what became of them.
pub(super) fn counts(state: DecodeState, copying: RwSignal<bool>, sending: RwSignal<bool>) -> El {
    nothing().dynamic(move || state.index.with(|index| counted(state, index, [copying, sending])))
}

/// What can be done with all of the packets; `done`: all of them have been read.
fn actions(state: DecodeState, done: bool, [copying, sending]: [RwSignal<bool>; 2]) -> El {
    let all = move || state.folds.with(|(all, _)| *all);
    let fold = el("button", "button button--sm")
        .attr("type", "button")
        .click(move || state.folds.update(|it| *it = (!it.0, Default::default())))
        .child(icon("i-fold", "icon icon--xs"))
        .child(el("span", "").bind_text(move || if all() { "Expand all" } else { "Collapse all" }));
    el("div", "decode__actions")
        .child(undo(state))
        .child(fold)
        .child(button("i-play", "Open as sequence").click(move || open_world(state)))
        .child(button("i-edit", "Edit…").click(build::show))
        .child(button("i-send", "Send…").click(move || sending.set(true)))
        .child(button("i-copy", "Copy as…").click(move || copying.set(true)))
        // Passwords are known in packets that have been read.
        .child(
            button("i-export", "Share…")
                .maybe("disabled", (!done).then_some(""))
                .click(move || share::open(state)),
        )
        .child(button("i-file", "Print").click(|| {
            let _ = window().print();
        }))
}

/// Takes back what was last done to the text, if anything was.
fn undo(state: DecodeState) -> El {
    nothing().dynamic(move || {
        if state.before.with(Vec::is_empty) {
            return nothing();
        }
        button("i-undo", "Undo")
            .click(move || {
                state.undo();
                focus_on(".paste-area__text".to_owned());
                focus_on(".decode__actions [data-undo]".to_owned());
            })
            .attr("data-undo", "")
    })
}

/// Leaves the world that the packets imply for the Playground, and goes there.
pub(super) fn open_world(state: DecodeState) {
    let bytes = state.bytes.get_untracked();
    let world = state.read_as.with_untracked(|reading| {
        let owners = reading.ways.iter().map(|it| (it.0, it.2)).collect();
        state.index.with_untracked(|index| implied_world(&bytes, index, &owners, &reading.clients))
    });
    match world {
        Some(text) => {
            if on_stage(Some(&["Decoded session\n", &text].concat())).is_none() {
                let _ = window().location().set_hash("#/");
            }
        }
        None => state.told.set("Nothing to open: there are no packets."),
    }
}

fn counted(state: DecodeState, index: &Index, dialogs: [RwSignal<bool>; 2]) -> El {
    let [valid, bad] = [State::Valid, State::Malformed].map(|it| index.count(it));
    let (read, len) = (index.read(), index.len());
    let title = match valid + bad {
        _ if len == 0 && state.read_as.with(|it| it.foreign.is_some()) => "No MQTT packets".to_owned(),
        _ if len == 0 => "No packets yet".to_owned(),
        0 => "No whole packet".to_owned(),
        1 => "1 packet".to_owned(),
        count => [&count.to_string(), " packets"].concat(),
    };
    let left = index.left_over();
    let chips = [
        ("chip chip--ok", "i-check", valid, " valid"),
        ("chip chip--bad", "i-warn", bad, " malformed"),
        ("chip", "", left, if left == 1 { " byte left" } else { " bytes left" }),
    ];
    let chips =
        chips.into_iter().filter(|(_, _, count, _)| *count > 0).map(|(class, symbol, count, what)| {
            let symbol = (!symbol.is_empty()).then(|| icon(symbol, "icon icon--xs"));
            el("span", class).with(symbol).text(&count.to_string()).text(what)
        });
    let reading = (read < len).then(|| {
        let percent = read as u64 * 100 / len as u64;
        el("span", "chip chip--accent").text(&["reading, ", &percent.to_string(), " %"].concat())
    });
    let actions = (len > 0 && !is_embedded()).then(|| actions(state, index.is_done(), dialogs));
    let whole = is_embedded().then(|| {
        let href = window().location().hash().unwrap_or_default();
        el("a", "button button--sm")
            .attrs(&[("target", "_blank"), ("rel", "noopener")])
            .attr("href", &["./", &href].concat())
            .child(icon("i-open", "icon icon--xs"))
            .text("Open in MQTT Playground")
    });
    let grow = el("span", "grow");
    let head = el("div", "section-head decode__head").child(el("h2", "").text(&title));
    let head = head.all(chips).with(reading).child(grow).with(actions).with(whole);
    // What the bytes are else is told beside the text.
    let foreign = state.read_as.with(|reading| reading.foreign.is_some());
    let empty = (len == 0 && !foreign).then(|| {
        let build = button("i-edit", "Build a packet").click(build::show);
        nothing()
            .child(el("p", "empty-state").text(EMPTY))
            .child(el("p", "decode__begin").child(build).child(undo(state)))
    });
    nothing().child(head).with(empty)
}

/// "Where the bytes go": a bar of the groups, and their counts.
pub(super) fn byte_shares(index: &Index) -> El {
    let (read, message) = (index.read(), index.message_bytes);
    let title = match read {
        1 => "Where the byte goes".to_owned(),
        bytes => ["Where the ", &bytes.to_string(), " bytes go"].concat(),
    };
    let message = ["message data: ", &message.to_string(), " B, ", &percent(message, read), " %"].concat();
    let mut bar = el("div", "share-bar").attr("aria-hidden", "true");
    let mut list = el("ul", "share-list");
    for (group, bytes) in GROUPS.into_iter().zip(index.shares).filter(|(_, bytes)| *bytes > 0) {
        let (class, bytes) = (group_class(group), bytes.to_string());
        bar = bar.child(el("i", class).style("--share", &bytes));
        let item = el("li", class).child(el("span", "byte-legend__swatch")).text(group_name(group));
        list = list.child(item.child(el("b", "").text(&bytes)));
    }
    let title = el("div", "inspector__title").text(&title).child(el("span", "").text(&message));
    el("section", "stream-summary")
        .attr("aria-label", "Where the bytes go")
        .child(title)
        .child(bar)
        .child(list)
}

/// With one decimal, half of it to even; in whole numbers, as the code that writes out fractions is large.
fn percent(part: usize, of: usize) -> String {
    let (part, of) = (part as u64 * 1000, (of as u64).max(1));
    let (tenths, rest) = (part / of, part % of * 2);
    let tenths = tenths + u64::from(rest > of || rest == of && tenths % 2 == 1);
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat()
}

const fn group_name(group: ByteGroup) -> &'static str {
    match group {
        ByteGroup::FixedHeader => "fixed header",
        ByteGroup::RemainingLength => "length",
        ByteGroup::VariableHeader => "variable header",
        ByteGroup::Properties => "properties",
        ByteGroup::Payload => "payload",
        ByteGroup::Error => "malformed",
        ByteGroup::Unknown => "left over",
    }
}
