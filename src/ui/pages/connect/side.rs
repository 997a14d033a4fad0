//! The column at the right: subscriptions, publishing, topics and messages; and what its forms have in common.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::messages::messages;
use super::options::opener;
use super::pane_head;
use super::publish::publish;
use super::request::request;
use super::state::{ConnectState, Phase};
use super::subscriptions::subscriptions;
use super::topics::topics;
use crate::client::ClientError;
use crate::codec::QoS;
use crate::ui::components::field::{Take, field_error, text_field};
use crate::ui::components::icon::icon;
use crate::ui::components::rule::{rule_chip, rule_failure, rule_text};
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, el, fragment, nothing};
use crate::view::bytes::rule;
use crate::view::form::FormKind;

pub(super) fn side(state: ConnectState) -> El {
    el("aside", "connect__side")
        .attr("aria-label", "Subscriptions and messages")
        .child(subscriptions(state))
        .child(publish(state))
        .child(request(state))
        .child(topics(state))
        .child(messages(state))
}

/// A pane that is a form, with the one that has every option behind a button.
pub(super) fn form(kind: FormKind, title: &str, submit: fn(ConnectState), state: ConnectState) -> El {
    let head = pane_head(title).child(el("span", "grow")).child(opener(state, kind));
    // Nothing here is for the browser to check, and looking for it would cost as much as a message's way to the broker.
    let form = el("form", "pane").attrs(&[("aria-label", kind.words().0), ("novalidate", "")]);
    form.child(head).on("submit", move |event: SubmitEvent| {
        event.prevent_default();
        submit(state);
    })
}

/// The button that sends a form.
pub(super) fn submit(state: ConnectState, class: &str, symbol: &str, label: &str) -> El {
    el("button", class)
        .attr("type", "submit")
        .bind_flag("disabled", move || is_offline(state))
        .bind_maybe("title", move || is_offline(state).then_some("Needs a connection"))
        .child(icon(symbol, "icon icon--sm"))
        .text(label)
}

pub(super) fn topic_field(label: &'static str, value: RwSignal<String>) -> El {
    text_field(label, value, Signal::stored(None), Signal::stored(false), Take::default())
}

/// The choice of a quality of service, in a row that more goes into.
pub(super) fn qos_row(label: &'static str, value: RwSignal<QoS>) -> El {
    let options = QoS::ALL.map(|qos| (qos, Signal::stored(qos.to_string()))).to_vec();
    let choose = Callback::new(move |qos| value.set(qos));
    el("div", "connect__row").child(el("span", "field__label").text("QoS")).child(segmented(
        label,
        options,
        value.into(),
        choose,
    ))
}

pub(super) fn is_offline(state: ConnectState) -> bool {
    state.phase.get() != Phase::Connected
}

/// Why the client core does not send what was asked, with the rule that it would break.
pub(super) fn refusal(error: Option<ClientError>) -> El {
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
