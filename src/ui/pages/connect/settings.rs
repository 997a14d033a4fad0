//! The connection's settings, and what can be done with it as a whole.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::options::opener;
use super::pane_head;
use super::state::{ConnectState, Phase};
use crate::codec::Version;
use crate::ui::components::field::{Take, checkbox, field_error, text_field};
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::focus_in;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Slot, el, nothing, text};
use crate::view::form::FormKind;

pub(super) fn settings(state: ConnectState) -> El {
    let form = state.form;
    let busy = Signal::derive(move || state.phase.get() != Phase::Offline);
    let url = Take { mode: Some("url"), ..Take::default() };
    let broker = el("div", "pane").child(pane_head("Broker")).child(text_field(
        "WebSocket address",
        form.url,
        form.url_error.into(),
        busy,
        url,
    ));
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
        .child(broker)
        .child(fields)
        .child(actions(state))
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
        .child(text_field("Keep alive, s", form.keep_alive, form.keep_alive_error.into(), free, number))
        .child(el("label", "check is-half connect__clean").child(checkbox(form.clean_start)).dynamic(clean))
        .child(text_field("User name", form.user_name, fine, free, credential))
        .child(text_field("Password", form.password, fine, free, password))
        .child(el("div", "").child(opener(state, FormKind::Connect)))
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

const ACTIONS: [Action; 4] = [
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
    !matches!(phase, Phase::Offline | Phase::Opening)
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
