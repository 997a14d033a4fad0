//! The connection's settings, and what can be done with it as a whole.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::brokers;
use super::options::opener;
use super::state::{ConnectState, Phase};
use super::will;
use crate::codec::Version;
use crate::transport::MOST_LINES;
use crate::ui::components::field::{Take, checkbox, field_error, text_field};
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::focus_in;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Slot, el, nothing, text};
use crate::view::form::FormKind;

pub(super) fn settings(state: ConnectState) -> El {
    let form = state.form;
    let busy = Signal::derive(move || state.phase.get() != Phase::Offline);
    let error = move || match form.error.get() {
        Some(error) => {
            field_error("p").text(&["CONNECT cannot be sent so: ", &error.to_string(), "."].concat())
        }
        None => nothing(),
    };
    let fields = el("fieldset", "pane")
        .bind_flag("disabled", move || busy.get())
        .child(client_fields(state))
        .dynamic(error);
    el("form", "connect__settings")
        .attrs(&[("aria-label", "Connection"), ("novalidate", "")])
        .on("submit", move |event: SubmitEvent| {
            event.prevent_default();
            state.connect();
        })
        .child(lines(state))
        .child(brokers::pane(state))
        .child(fields)
        .child(will::panes(state))
        .child(actions(state))
}

/// The connections: a list once there are several, and a button for one more.
fn lines(state: ConnectState) -> El {
    let page = state.page;
    let add = el("button", "button button--sm button--quiet")
        .attrs(&[("type", "button"), ("title", "A connection beside this one, in the same diagram")])
        .bind_flag("disabled", move || page.all().len() >= MOST_LINES)
        .click(move || page.add())
        .child(icon("i-plus", "icon icon--xs"))
        .text("Another connection");
    let list = move || {
        let all = page.all();
        if all.len() < 2 {
            return nothing();
        }
        el("ul", "line-list")
            .attr("aria-label", "Connections")
            .all(all.into_iter().map(|it| one_line(it, state)))
    };
    el("div", "pane connect__lines").dynamic(list).child(el("div", "").child(add))
}

fn one_line(it: ConnectState, shown: ConnectState) -> El {
    let dot = move || ["status-dot", status_class(it.phase.get())].concat();
    let broker = move || {
        let url = it.form.url.get();
        url.split_once("://").map_or(url.clone(), |(_, rest)| rest.to_owned())
    };
    let button = el("button", "")
        .attr("type", "button")
        .state("aria-pressed", it.line == shown.line)
        .click(move || it.page.choose(it.line))
        .child(el("span", "").bind("class", dot))
        .child(el("b", "").bind_text(move || it.form.client_id.get()))
        .child(el("small", "").bind_text(broker));
    el("li", "").child(button)
}

/// What a status dot's class adds for a phase.
pub(super) fn status_class(phase: Phase) -> &'static str {
    match phase {
        Phase::Connected => "",
        Phase::Offline => " status-dot--off",
        Phase::Waiting => " status-dot--cut",
        _ => " status-dot--busy",
    }
}

fn client_fields(state: ConnectState) -> El {
    let form = state.form;
    let (fine, free) = (Signal::stored(None), Signal::stored(false));
    let number = Take { mode: Some("numeric"), field_class: Some("is-half"), ..Take::default() };
    let credential =
        Take { placeholder: Some("none"), field_class: Some("is-half"), class: Some(""), ..Take::default() };
    let password = Take { kind: Some("password"), ..credential };
    let clean = move || text(if form.version.get() == Version::V5 { "Clean start" } else { "Clean session" });
    let version = el("div", "field").child(el("span", "field__label").text("Version")).child(versions(state));
    el("div", "form-grid")
        .child(version)
        .child(text_field("Client id", form.client_id, fine, free, Take::default()))
        .child(
            text_field("Keep alive, s", form.keep_alive, form.keep_alive_error.into(), free, number)
                .bind_class("is-whole", move || form.version.get() != Version::V5),
        )
        .child(will::expiry(state))
        .child(text_field("User name", form.user_name, fine, free, credential))
        .child(text_field("Password", form.password, fine, free, password))
        .child(el("label", "check is-half").child(checkbox(form.clean_start)).dynamic(clean))
        .child(el("label", "check is-half").child(checkbox(form.reconnect)).text("Reconnect"))
        .child(el("div", "is-half").child(opener(state, FormKind::Connect)))
}

fn versions(state: ConnectState) -> El {
    let names = Version::ALL.map(|it| (it, Signal::stored(it.as_str().to_owned())));
    let chosen = state.form.version;
    let choose = Callback::new(move |version| {
        if state.phase.get_untracked() == Phase::Offline {
            chosen.set(version);
        }
    });
    segmented("Version", names.to_vec(), chosen.into(), choose)
}

/// A button of the form.
struct Action {
    class: &'static str,
    kind: &'static str,
    icon: Option<&'static str>,
    label: &'static str,
    title: Option<&'static str>,
    is_shown: fn(Phase) -> bool,
    act: fn(ConnectState),
}

const ACTIONS: [Action; 6] = [
    Action {
        class: "button button--primary grow",
        kind: "submit",
        icon: Some("i-plug"),
        label: "Connect",
        title: None,
        is_shown: |phase| phase == Phase::Offline,
        // The form does it when it is submitted.
        act: |_| {},
    },
    Action {
        class: "button grow",
        kind: "button",
        icon: None,
        label: "Give up",
        title: None,
        is_shown: |phase| phase == Phase::Opening,
        act: ConnectState::disconnect,
    },
    Action {
        class: "button grow",
        kind: "button",
        icon: None,
        label: "Stop trying",
        title: Some("Connect no more by itself"),
        is_shown: |phase| phase == Phase::Waiting,
        act: ConnectState::disconnect,
    },
    Action {
        class: "button button--primary",
        kind: "button",
        icon: Some("i-plug"),
        label: "Connect now",
        title: None,
        is_shown: |phase| phase == Phase::Waiting,
        act: ConnectState::connect,
    },
    Action {
        class: "button grow",
        kind: "button",
        icon: None,
        label: "Disconnect",
        title: None,
        is_shown: has_connection,
        act: ConnectState::disconnect,
    },
    Action {
        class: "button button--danger",
        kind: "button",
        icon: Some("i-cut"),
        label: "Drop socket",
        title: Some("Close the WebSocket without DISCONNECT"),
        is_shown: has_connection,
        act: ConnectState::drop_socket,
    },
];

fn has_connection(phase: Phase) -> bool {
    matches!(phase, Phase::Connecting | Phase::Connected | Phase::Closing)
}

/// All buttons are there at any time, most of them hidden: one that turned into another while it is clicked would
/// do what the other does.
fn actions(state: ConnectState) -> El {
    let row = Slot::new(None);
    let buttons = ACTIONS.iter().map(|action| {
        el("button", action.class)
            .attr("type", action.kind)
            .maybe("title", action.title)
            .bind_flag("hidden", move || !(action.is_shown)(state.phase.get()))
            .click(move || (action.act)(state))
            .with(action.icon.map(|name| icon(name, "icon icon--sm")))
            .text(action.label)
    });
    el("div", "pane connect__actions")
        .slot(row)
        // Whoever pressed a button that is hidden now goes on at the one in its place.
        .click(move || focus_in(row, "button:not([hidden])".to_owned()))
        .all(buttons)
}
