//! The messages that came, newest first.

use leptos::prelude::*;

use super::listing;
use super::state::ConnectState;
use super::subscriptions::tint;
use crate::client::Client;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::live::{MessageList, Received, brings, preview};

/// Characters of a payload that the list shows.
const SHOWN: usize = 120;
/// Messages that the list shows at first, and how many more each time that one asks for older ones.
const SHOWN_MESSAGES: usize = 25;
const MORE_MESSAGES: usize = 100;

pub(super) fn messages(state: ConnectState) -> El {
    let counts = Memo::new(move |_| {
        state.with_inbox(|it| (it.messages.count(), it.messages.dropped())).unwrap_or_default()
    });
    let told = move || match counts.get() {
        (0, _) => String::new(),
        (count, 0) => format!("{count} received"),
        (count, dropped) => format!("{count} received, the oldest {dropped} dropped"),
    };
    let most = RwSignal::new(SHOWN_MESSAGES);
    let numbers = move || {
        let most = most.get();
        let newest = |it: &MessageList| it.iter().rev().take(most).map(|it| it.number).collect();
        state.with_inbox(|it| newest(&it.messages)).unwrap_or_default()
    };
    let line = move |number| {
        let line = state.with_record(|it| {
            let message = it.inboxes.get(state.line)?.messages.message(number)?;
            Some(message_line(state, message, it.live.client(state.line)))
        });
        line.flatten().unwrap_or_else(nothing)
    };
    let hidden = Memo::new(move |_| {
        let kept = state.with_inbox(|it| it.messages.iter().len()).unwrap_or(0);
        kept.saturating_sub(most.get())
    });
    let more = el("button", "button button--sm button--quiet connect__more")
        .attr("type", "button")
        .bind_flag("hidden", move || hidden.get() == 0)
        .click(move || most.update(|it| *it += MORE_MESSAGES))
        .bind_text(move || ["Show older ones, ", &hidden.get().to_string(), " more"].concat());
    let words =
        "Messages that arrive are listed here, the newest first. Connect and subscribe to a filter first.";
    listing("Messages", told, move || counts.get().0 == 0, words)
        .attr("class", "pane connect__messages")
        .child(el("ol", "message-list").attr("reversed", "").each(numbers, line))
        .child(more)
}

fn message_line(state: ConnectState, it: &Received, client: &Client) -> El {
    let message = &it.message.message;
    let text = preview(&message.payload, message.payload.len(), SHOWN);
    let flags = [it.message.retain.then_some("retained"), it.message.dup.then_some("sent again")];
    let flags = flags.into_iter().flatten().map(|flag| el("span", "").text(flag));
    let tints = client.subscriptions().map(|(filter, _)| filter).enumerate();
    let tints =
        tints.filter(|(_, filter)| brings(filter, &message.topic)).take(6).map(|(place, _)| tint(place));
    let frame = it.frame;
    let topic = el("button", "message-list__topic")
        .attrs(&[("type", "button"), ("title", "Show its packet")])
        .click(move || state.page.selection.choose(frame))
        .all(tints)
        .text(&message.topic);
    let facts = el("span", "message-list__facts num")
        .child(el("span", "").text("QoS ").text(&it.message.qos.to_string()))
        .all(flags)
        .child(el("span", "").text(&state.page.told(it.at)));
    el("li", "")
        .attr("value", &it.number.to_string())
        .child(topic)
        .child(el("span", "message-list__payload").text(&text))
        .child(facts)
}
