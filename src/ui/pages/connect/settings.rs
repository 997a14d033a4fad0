//! The connection's settings, and what can be done with it as a whole.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::state::{ConnectState, Phase};
use crate::codec::Version;
use crate::ui::components::field::{Take, TextField};
use crate::ui::components::icon::Icon;
use crate::ui::components::scroll::focus_in;
use crate::ui::components::segmented::Segmented;

#[component]
pub(super) fn Settings() -> impl IntoView {
    let state = expect_context::<ConnectState>();
    let form = state.form;
    let busy = Signal::derive(move || state.phase.get() != Phase::Offline);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        state.connect();
    };
    let number = Take { mode: Some("numeric"), field_class: Some("is-half"), ..Take::default() };
    let credential =
        Take { placeholder: Some("none"), field_class: Some("is-half"), class: Some(""), ..Take::default() };
    let password = Take { kind: Some("password"), ..credential };
    let url = Take { mode: Some("url"), ..Take::default() };
    let error = move || form.error.get().map(|error| format!("CONNECT cannot be sent so: {error}."));
    view! {
        <form class="connect__settings" aria-label="Connection" on:submit=submit novalidate=true>
            <div class="pane">
                <div class="pane__head"><h2>"Broker"</h2></div>
                <TextField label="WebSocket address" value=form.url error=form.url_error disabled=busy take=url/>
            </div>
            <fieldset class="pane" disabled=busy>
                <div class="form-grid">
                    <div class="field"><span class="field__label">"Version"</span>{versions(state)}</div>
                    <TextField label="Client id" value=form.client_id/>
                    <TextField label="Keep alive, s" value=form.keep_alive error=form.keep_alive_error take=number/>
                    <label class="check is-half connect__clean">
                        <input
                            type="checkbox"
                            prop:checked=move || form.clean_start.get()
                            on:change=move |event| form.clean_start.set(event_target_checked(&event))
                        />
                        {move || if form.version.get() == Version::V5 { "Clean start" } else { "Clean session" }}
                    </label>
                    <TextField label="User name" value=form.user_name take=credential/>
                    <TextField label="Password" value=form.password take=password/>
                </div>
                {move || error().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
            </fieldset>
            {actions(state)}
        </form>
    }
}

fn versions(state: ConnectState) -> AnyView {
    let names = Version::ALL.map(|it| (it, Signal::stored(it.as_str().to_owned())));
    let chosen = state.form.version;
    let choose = Callback::new(move |version| {
        if state.phase.get_untracked() == Phase::Offline {
            chosen.set(version);
        }
    });
    view! { <Segmented label="Version" options=names.to_vec() chosen on_choose=choose/> }.into_any()
}

/// All buttons are there at any time, most of them hidden: one that turned into another while it is clicked would
/// do what the other does.
fn actions(state: ConnectState) -> AnyView {
    let phase = state.phase;
    let row = NodeRef::<Div>::new();
    let not_offline = move || phase.get() != Phase::Offline;
    let not_opening = move || phase.get() != Phase::Opening;
    let no_connection = move || matches!(phase.get(), Phase::Offline | Phase::Opening);
    // Whoever pressed a button that is hidden now goes on at the one in its place.
    let keep_focus = move |_| focus_in(row, "button:not([hidden])".to_owned());
    view! {
        <div class="pane connect__actions" node_ref=row on:click=keep_focus>
            <button class="button button--primary grow" type="submit" hidden=not_offline>
                <Icon name="i-plug" class="icon icon--sm"/>
                "Connect"
            </button>
            <button class="button grow" type="button" hidden=not_opening on:click=move |_| state.disconnect()>
                "Give up"
            </button>
            <button class="button grow" type="button" hidden=no_connection on:click=move |_| state.disconnect()>
                "Disconnect"
            </button>
            <button
                class="button button--danger" type="button" hidden=no_connection
                title="Close the WebSocket without DISCONNECT" on:click=move |_| state.drop_socket()
            >
                <Icon name="i-cut" class="icon icon--sm"/>
                "Drop socket"
            </button>
        </div>
    }
    .into_any()
}
