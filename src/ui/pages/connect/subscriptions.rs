//! What is subscribed to, each with a colour that its messages have too.

use leptos::prelude::*;

use super::side::{form, is_offline, qos_row, refusal, submit, topic_field};
use super::state::ConnectState;
use crate::codec::QoS;
use crate::ui::components::field::field_error;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, el, many, nothing};
use crate::view::form::FormKind;

/// The colours' classes, in the order in which subscriptions get them.
const TINTS: [&str; 6] =
    ["tint tint-a", "tint tint-b", "tint tint-c", "tint tint-d", "tint tint-e", "tint tint-f"];

/// The colour of the subscription in this place.
pub(super) fn tint(place: usize) -> El {
    el("span", TINTS[place % TINTS.len()]).attr("aria-hidden", "true")
}

/// A subscription as it is listed.
#[derive(Clone, PartialEq)]
struct Listed {
    filter: String,
    granted: QoS,
    asked: QoS,
    /// Messages that matched it.
    matched: Option<u64>,
}

pub(super) fn subscriptions(state: ConnectState) -> El {
    let forms = state.messages;
    let list = Memo::new(move |_| {
        let read = state.with_record(|record| {
            let client = record.live.client(state.line);
            let count = client.subscriptions().len();
            let inbox = record.inboxes.get(state.line);
            let all = client.subscriptions().map(|(filter, it)| Listed {
                filter: filter.to_owned(),
                granted: it.granted,
                asked: it.options.qos,
                matched: inbox.and_then(|inbox| inbox.matched(filter, count)),
            });
            all.collect::<Vec<_>>()
        });
        read.unwrap_or_default()
    });
    let items = move || {
        let items = list.get().into_iter().enumerate();
        many(items.map(|(place, it)| subscription(state, place, it)))
    };
    let row = qos_row("QoS asked for", forms.filter_qos).child(el("span", "grow")).child(submit(
        state,
        "button",
        "i-inbox",
        "Subscribe",
    ));
    let notice = move || match state.notice.get() {
        Some(notice) => field_error("p").text(&notice),
        None => nothing(),
    };
    form(FormKind::Subscribe, "Subscriptions", ConnectState::subscribe, state)
        .child(el("ul", "subscription-list").fill(items))
        .child(topic_field("Topic filter", forms.filter))
        .child(row)
        .dynamic(move || refusal(forms.filter_error.get()))
        .dynamic(notice)
}

fn subscription(state: ConnectState, place: usize, it: Listed) -> El {
    let mut told = ["QoS ", &it.granted.to_string(), " granted"].concat();
    if it.granted < it.asked {
        told.push_str(", asked for ");
        told.push_str(&it.asked.to_string());
    }
    let label = ["Unsubscribe from ", &it.filter].concat();
    let count = it.matched.map(|count| [&count.to_string(), " msg"].concat()).unwrap_or_default();
    let filter = it.filter.clone();
    let button = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", &label), ("title", &label)])
        .bind_flag("disabled", move || is_offline(state))
        .click(move || state.unsubscribe(&filter))
        .child(icon("i-close", "icon icon--xs"));
    el("li", "")
        .child(tint(place))
        .child(el("code", "").text(&it.filter))
        .child(el("span", "chip").text(&told))
        .child(el("span", "dim num connect__count").text(&count))
        .child(button)
}
