//! Subscriptions, publishing, and the messages that came.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::options::opener;
use super::pane_head;
use super::state::{ConnectState, Phase};
use crate::client::ClientError;
use crate::codec::QoS;
use crate::dissect::readable;
use crate::ui::components::field::{Take, checkbox, field_error, holding, text_field};
use crate::ui::components::icon::icon;
use crate::ui::components::rule::{rule_chip, rule_failure, rule_text};
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, fragment, many, nothing};
use crate::view::bytes::{hex, rule};
use crate::view::form::FormKind;
use crate::view::live::{MessageList, Received};

/// Characters of a payload, or bytes of one that is no text, that the list shows.
const SHOWN: usize = 120;
/// Messages that the list shows.
const SHOWN_MESSAGES: usize = 100;

pub(super) fn side(state: ConnectState) -> El {
    el("aside", "connect__side")
        .attr("aria-label", "Subscriptions and messages")
        .child(subscriptions(state))
        .child(publish(state))
        .child(messages(state))
}

/// A pane that is a form, with the one that has every option behind a button.
fn form(kind: FormKind, title: &str, submit: fn(ConnectState), state: ConnectState) -> El {
    let head = pane_head(title).child(el("span", "grow")).child(opener(state, kind));
    el("form", "pane").attr("aria-label", kind.words().0).child(head).on(
        "submit",
        move |event: SubmitEvent| {
            event.prevent_default();
            submit(state);
        },
    )
}

/// The button that sends a form.
fn submit(state: ConnectState, class: &str, symbol: &str, label: &str) -> El {
    el("button", class)
        .attr("type", "submit")
        .bind_flag("disabled", move || is_offline(state))
        .bind_maybe("title", move || is_offline(state).then_some("Needs a connection"))
        .child(icon(symbol, "icon icon--sm"))
        .text(label)
}

fn topic_field(label: &'static str, value: RwSignal<String>) -> El {
    text_field(label, value, Signal::stored(None), Signal::stored(false), Take::default())
}

/// The choice of a quality of service, in a row that more goes into.
fn qos_row(label: &'static str, value: RwSignal<QoS>) -> El {
    let options = QoS::ALL.map(|qos| (qos, Signal::stored(qos.to_string()))).to_vec();
    let choose = Callback::new(move |qos| value.set(qos));
    el("div", "connect__row").child(el("span", "field__label").text("QoS")).child(segmented(
        label,
        options,
        value.into(),
        choose,
    ))
}

fn is_offline(state: ConnectState) -> bool {
    state.phase.get() != Phase::Connected
}

fn subscriptions(state: ConnectState) -> El {
    let forms = state.messages;
    let list = Memo::new(move |_| {
        let read = state.with_client(|client| {
            let all = client.subscriptions();
            all.map(|(filter, it)| (filter.to_owned(), it.granted, it.options.qos)).collect::<Vec<_>>()
        });
        read.unwrap_or_default()
    });
    let items = move || {
        let items = list.get().into_iter();
        many(items.map(|(filter, granted, asked)| subscription(state, filter, granted, asked)))
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

fn subscription(state: ConnectState, filter: String, granted: QoS, asked: QoS) -> El {
    let mut told = ["QoS ", &granted.to_string(), " granted"].concat();
    if granted < asked {
        told.push_str(", asked for ");
        told.push_str(&asked.to_string());
    }
    let label = ["Unsubscribe from ", &filter].concat();
    let line = el("li", "").child(el("code", "").text(&filter)).child(el("span", "chip").text(&told));
    let button = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", &label), ("title", &label)])
        .bind_flag("disabled", move || is_offline(state))
        .click(move || state.unsubscribe(&filter))
        .child(icon("i-close", "icon icon--xs"));
    line.child(button)
}

fn publish(state: ConnectState) -> El {
    let forms = state.messages;
    let area = el("textarea", "input input--mono").attrs(&[("rows", "2"), ("spellcheck", "false")]);
    let payload = el("label", "field")
        .child(el("span", "field__label").text("Payload"))
        .child(holding(area, forms.payload));
    let row = qos_row("QoS", forms.qos)
        .child(el("label", "check").child(checkbox(forms.retain)).text("Retain"))
        .child(el("span", "grow"))
        .child(submit(state, "button button--primary", "i-send", "Publish"));
    form(FormKind::Publish, "Publish", ConnectState::publish, state)
        .child(topic_field("Topic", forms.topic))
        .child(payload)
        .child(row)
        .dynamic(move || refusal(forms.error.get()))
}

/// Why the client core does not send what was asked, with the rule that it would break.
fn refusal(error: Option<ClientError>) -> El {
    match error {
        None => nothing(),
        Some(ClientError::Invalid(fault)) => {
            let broken = rule(fault.statement());
            let told = field_error("p").text("Not sent: it would break a rule. ").child(rule_text(&broken));
            fragment([told.text(" ").child(rule_chip(&broken)), rule_failure()])
        }
        Some(error) => field_error("p").text(&["Not sent: ", &error.to_string(), "."].concat()),
    }
}

fn messages(state: ConnectState) -> El {
    let counts = Memo::new(move |_| state.with_inbox(|it| (it.count(), it.dropped())).unwrap_or_default());
    let told = move || match counts.get() {
        (0, _) => String::new(),
        (count, 0) => format!("{count} received"),
        (count, dropped) => format!("{count} received, the oldest {dropped} dropped"),
    };
    let numbers = move || {
        let list = state.with_inbox(|it| it.iter().rev().take(SHOWN_MESSAGES).map(|it| it.number).collect());
        list.unwrap_or_default()
    };
    let line = move |number| {
        let line = state.with_inbox(|it| it.message(number).map(message));
        line.flatten().unwrap_or_else(nothing)
    };
    let empty = move || {
        if counts.get().0 > 0 {
            return nothing();
        }
        let most = MessageList::MOST.to_string();
        let words = [
            "Messages that arrive are listed here, the newest ",
            &most,
            " of them. Connect and subscribe to a filter first.",
        ];
        el("p", "empty-state").text(&words.concat())
    };
    let head = pane_head("Messages")
        .child(el("span", "grow"))
        .child(el("span", "dim num connect__count").bind_text(told));
    el("section", "pane connect__messages")
        .attr("aria-label", "Messages")
        .child(head)
        .dynamic(empty)
        .child(el("ol", "message-list").attr("reversed", "").each(numbers, line))
}

fn message(it: &Received) -> El {
    let payload = &it.message.message.payload;
    let text = match readable(payload) {
        Some("") => "empty".to_owned(),
        Some(text) => match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}… +{} B", &text[..end], payload.len() - end),
            None => text.to_owned(),
        },
        None => {
            let bytes: Vec<&str> = payload.iter().take(SHOWN / 3).map(|byte| hex(*byte)).collect();
            let hidden = payload.len().saturating_sub(SHOWN / 3);
            let more = if hidden > 0 { format!(" … +{hidden} B") } else { String::new() };
            format!("{}{more}", bytes.join(" "))
        }
    };
    let flags = [it.message.retain.then_some("retained"), it.message.dup.then_some("sent again")];
    let flags = flags.into_iter().flatten().map(|flag| el("span", "").text(flag));
    let facts = el("span", "message-list__facts num")
        .child(el("span", "").text("QoS ").text(&it.message.qos.to_string()))
        .all(flags)
        .child(el("span", "").text(&it.at.to_string()).text(" s"));
    el("li", "")
        .attr("value", &it.number.to_string())
        .child(el("span", "message-list__topic").text(&it.message.message.topic))
        .child(el("span", "message-list__payload").text(&text))
        .child(facts)
}
