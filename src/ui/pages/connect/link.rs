//! A link to this page that carries a broker, filters and a topic. It fills in the forms and does nothing else; user
//! names and passwords are neither written into it nor read from it.

use js_sys::{decode_uri_component, encode_uri_component};
use leptos::ev::hashchange;
use leptos::prelude::*;

use super::connections::Connections;
use super::state::{ConnectState, Phase};
use crate::codec::Version;
use crate::ui::route::Route;

/// Fills in the first connection's forms as the address says, now and when it changes.
pub(super) fn follow(page: Connections) {
    read(page);
    let handle = window_event_listener(hashchange, move |_| read(page));
    on_cleanup(move || handle.remove());
}

fn read(page: Connections) {
    let hash = window().location().hash().unwrap_or_default();
    let query = hash.strip_prefix(Route::Connect.href()).and_then(|rest| rest.strip_prefix('?'));
    let Some(query) = query else { return };
    let state = untrack(|| page.current());
    if state.phase.get_untracked() != Phase::Offline {
        return;
    }
    let (form, messages) = (state.form, state.messages);
    for part in query.split('&') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let Ok(value) = decode_uri_component(&value.replace('+', "%20")) else { continue };
        let value = String::from(value);
        match name {
            "url" => form.url.set(value),
            "version" => {
                if let Some(version) = Version::ALL.into_iter().find(|it| it.as_str() == value) {
                    form.version.set(version);
                }
            }
            "filter" => messages.filter.set(value),
            "topic" => messages.topic.set(value),
            "payload" => messages.payload.set(value),
            _ => {}
        }
    }
}

/// The address of this page with a connection's broker, version, filter and topic.
pub(super) fn link(state: ConnectState) -> String {
    let (form, messages) = (state.form, state.messages);
    let location = window().location();
    let mut link = location.href().unwrap_or_default();
    link.truncate(link.find('#').unwrap_or(link.len()));
    link.push_str(Route::Connect.href());
    let parts = [
        ("?url=", form.url.get_untracked()),
        ("&version=", form.version.get_untracked().as_str().to_owned()),
        ("&filter=", messages.filter.get_untracked()),
        ("&topic=", messages.topic.get_untracked()),
    ];
    for (name, value) in parts {
        link.push_str(name);
        link.push_str(&String::from(encode_uri_component(&value)));
    }
    link
}
