//! The tree of topics, and the newest message of the one that is chosen.

use bytes::Bytes;
use leptos::prelude::*;

use super::listing;
use super::state::ConnectState;
use crate::codec::{PropertyId, PropertyValue};
use crate::ui::components::bytes::delegated;
use crate::ui::components::icon::icon;
use crate::ui::components::payload::payload;
use crate::ui::dom::{El, Memo, Row, Slot, el, key, nothing};
use crate::view::bytes::visible_rows;
use crate::view::live::{Inbox, Last, TopicId, TopicRow, preview};

/// A row's height in pixels, as in style/page-connect.css.
const ROW_HEIGHT: f64 = 23.0;
/// Bytes of binary data that a property shows.
const SHOWN_BINARY: usize = 24;

pub(super) fn topics(state: ConnectState) -> El {
    let chosen = RwSignal::new(None::<TopicId>);
    let (scroller, scrolled) = (Slot::new(None), RwSignal::new((0.0, 400.0)));
    let count = Memo::new(move |_| state.with_inbox(|it| it.topics.row_count()).unwrap_or(0));
    let range = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        let range = visible_rows(top, height, ROW_HEIGHT, count.get());
        (range.start, range.end)
    });
    let seen = RwSignal::new(Vec::<TopicRow>::new());
    let rows = move || {
        let ((from, to), now) = (range.get(), state.page.now.get());
        let below = count.get().saturating_sub(to);
        let rows = state.with_inbox(|it| it.topics.rows(from..to, now)).unwrap_or_default();
        seen.set(rows.clone());
        // A row stays while its values change, many times a second at worst: else no click on it would arrive.
        let kept = rows.iter().map(|it| keyed(it, seen, chosen));
        spacer("above", from).into_iter().chain(kept).chain(spacer("below", below)).collect()
    };
    let measure = move || {
        if let Some(it) = scroller.try_get_untracked().flatten() {
            scrolled.set((f64::from(it.scroll_top()), f64::from(it.client_height())));
        }
    };
    let act = move |event: web_sys::MouseEvent| {
        if let Some(id) = delegated(&event, "data-fold") {
            state.page.change(|record| {
                if let Some(inbox) = record.inboxes.get_mut(state.line) {
                    inbox.topics.toggle(id as TopicId);
                }
            });
        } else if let Some(id) = delegated(&event, "data-topic") {
            chosen.set(Some(id as TopicId));
        }
    };
    let tree = el("div", "topic-tree__scroll")
        .slot(scroller)
        .attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", "Topics seen")])
        .bind_flag("hidden", move || count.get() == 0)
        .on("scroll", move |_: web_sys::Event| measure())
        .on("click", act)
        .child(el("ul", "topic-tree").rows(rows));
    let about = move || {
        let now = state.page.now.get();
        let told = state.with_inbox(|it| {
            let beyond = it.topics.beyond();
            let more =
                if beyond > 0 { format!(", {beyond} on topics beyond the bound") } else { String::new() };
            [&it.topics.rate(now), more.as_str()].concat()
        });
        told.unwrap_or_default()
    };
    let words = "Topics that arrive stand here as a tree, with their newest values.";
    listing("Topics", about, move || count.get() == 0, words).child(tree).child(detail(state, chosen))
}

fn spacer(place: &str, rows: usize) -> Option<Row> {
    let height = [&(rows as f64 * ROW_HEIGHT).to_string(), "px"].concat();
    let key = key(&[place, &height]);
    let space = move || el("li", "topic-tree__spacer").attr("aria-hidden", "true").style("height", &height);
    (rows > 0).then(|| Row::new(key, space))
}

/// A row by what stays while it is there.
fn keyed(it: &TopicRow, seen: RwSignal<Vec<TopicRow>>, chosen: RwSignal<Option<TopicId>>) -> Row {
    let (id, open) = (it.id.to_string(), it.open.map_or("none", |open| if open { "open" } else { "folded" }));
    let key = key(&[&id, &it.depth.to_string(), &it.name, open, if it.retained { "retained" } else { "" }]);
    let it = it.clone();
    Row::new(key, move || row(&it, seen, chosen))
}

fn row(it: &TopicRow, seen: RwSignal<Vec<TopicRow>>, chosen: RwSignal<Option<TopicId>>) -> El {
    let at = it.id;
    let read = move |what: fn(&TopicRow) -> String| {
        move || seen.with(|rows| rows.iter().find(|row| row.id == at).map(what)).unwrap_or_default()
    };
    let id = at.to_string();
    let fold = match it.open {
        Some(open) => {
            let label = [if open { "Fold " } else { "Unfold " }, &it.name].concat();
            let class = if open { "icon icon--xs" } else { "icon icon--xs is-folded" };
            el("button", "topic-tree__fold")
                .attrs(&[("type", "button"), ("data-fold", &id), ("aria-label", &label)])
                .state("aria-expanded", open)
                .child(icon("i-down", class))
        }
        None => el("span", ""),
    };
    let name = if it.name.is_empty() { "(empty level)" } else { &it.name };
    let name = el("button", "topic-tree__name").attrs(&[("type", "button"), ("data-topic", &id)]).text(name);
    let retained = it.retained.then(|| el("span", "topic-tree__mark").text("retained"));
    let fresh = move || seen.with(|rows| rows.iter().any(|row| row.id == at && row.fresh));
    el("li", "")
        .bind_class("is-fresh", fresh)
        .bind_class("is-selected", move || chosen.get() == Some(at))
        .style("--depth", &it.depth.to_string())
        .child(fold)
        .child(name)
        .child(el("span", "topic-tree__value").bind_text(read(|row| row.value.clone())))
        .with(retained)
        .child(el("span", "topic-tree__count").bind_text(read(|row| row.rate.clone())))
        .child(el("span", "topic-tree__count").bind_text(read(|row| row.count.to_string())))
}

/// What the newest message of the chosen topic says.
fn detail(state: ConnectState, chosen: RwSignal<Option<TopicId>>) -> El {
    let last = Memo::new(move |_| {
        let id = chosen.get()?;
        let read = |it: &Inbox| Some((it.topics.name(id), it.topics.last(id)?.clone()));
        state.with_inbox(read).flatten()
    });
    let facts = move || match last.get() {
        Some((name, last)) => facts(state, &name, &last),
        None => nothing(),
    };
    let show = el("button", "button button--sm button--quiet")
        .attr("type", "button")
        .click(move || {
            let frame = last.with_untracked(|it| it.as_ref().and_then(|(_, last)| last.frame));
            state.page.selection.choose(frame);
        })
        .child(icon("i-to", "icon icon--xs"))
        .text("Show its packet");
    let content = Memo::new(move |_| match last.get() {
        Some((_, last)) => whole(state, &last),
        None => Default::default(),
    });
    // What is kept with the topic is the beginning; the list does not have the whole any more.
    let missing = move || {
        let len = last.with(|it| it.as_ref().map_or(0, |(_, last)| last.len));
        match len.saturating_sub(content.with(|(bytes, _)| bytes.len())) {
            0 => String::new(),
            missing => ["… ", &missing.to_string(), " more bytes, not kept"].concat(),
        }
    };
    el("div", "topic-detail")
        .bind_flag("hidden", move || last.with(Option::is_none))
        .attr("data-testid", "topic-detail")
        .child(el("div", "topic-detail__facts").fill(facts))
        .child(el("div", "").child(show))
        .child(payload(content.into(), RwSignal::new(None)))
        .child(el("p", "dim connect__count").bind_text(missing))
}

/// The newest payload of a topic, as much of it as is kept, and its Content Type (5.0).
fn whole(state: ConnectState, last: &Last) -> (Bytes, Option<String>) {
    let kept = state.with_inbox(|it| {
        let message = &it.messages.message(last.number)?.message.message;
        let kind = message.properties.as_properties().text(PropertyId::ContentType);
        Some((message.payload.clone(), kind.map(str::to_owned)))
    });
    kept.flatten().unwrap_or_else(|| (last.head.clone(), None))
}

fn facts(state: ConnectState, name: &str, last: &Last) -> El {
    let fact = |term: &str, value: &str| {
        el("div", "").child(el("dt", "").text(term)).child(el("dd", "").text(value))
    };
    let facts = el("dl", "actor-card__facts")
        .child(fact("QoS", &last.qos.to_string()))
        .child(fact("retained", if last.retain { "yes" } else { "no" }))
        .child(fact("received", &state.page.told(last.at)))
        .child(fact("payload", &[&last.len.to_string(), " B"].concat()));
    nothing().child(el("h3", "mono").text(name)).child(facts).with(properties(state, last.number))
}

/// The properties of a message, as long as it is kept.
fn properties(state: ConnectState, number: u64) -> Option<El> {
    let list = state.with_inbox(|it| {
        let message = it.messages.message(number)?;
        let all = message.message.message.properties.as_properties();
        let pairs = all.iter().map(|it| {
            let value = match it.value {
                PropertyValue::Number(number) => number.to_string(),
                PropertyValue::Text(text) => text.to_owned(),
                PropertyValue::Binary(bytes) => preview(bytes, bytes.len(), SHOWN_BINARY),
                PropertyValue::Pair(name, value) => [name, " = ", value].concat(),
            };
            (it.id.name(), value)
        });
        Some(pairs.collect::<Vec<_>>())
    });
    let list = list.flatten().filter(|list| !list.is_empty())?;
    let items = list
        .iter()
        .map(|(name, value)| el("div", "").child(el("dt", "").text(name)).child(el("dd", "").text(value)));
    Some(el("dl", "actor-card__facts").all(items))
}
