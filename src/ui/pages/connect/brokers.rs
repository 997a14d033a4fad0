//! The brokers to choose from: public ones, this computer's, this tab's, and one's own.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::link;
use super::pane_head;
use super::state::{ConnectState, Phase};
use super::wire::IN_TAB;
use crate::codec::Version;
use crate::transport::Address;
use crate::ui::components::copy_as::copy;
use crate::ui::components::field::{Take, checkbox, field_error, text_field};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, el, nothing};
use crate::ui::state::{entry, keep};

/// The name under which own brokers are kept.
const KEPT: &str = "brokers";
/// Own brokers at most.
const MOST: usize = 50;

/// A broker that is offered.
struct Preset {
    name: &'static str,
    url: &'static str,
    /// Everyone reads everything there.
    public: bool,
    /// What else to know.
    about: &'static str,
}

const fn public(name: &'static str, url: &'static str, about: &'static str) -> Preset {
    Preset { name, url, public: true, about }
}

const fn own(name: &'static str, url: &'static str) -> Preset {
    Preset { name, url, public: false, about: "" }
}

const PRESETS: [Preset; 7] = [
    own("Broker in this tab", IN_TAB),
    own("Mosquitto on this computer", "ws://127.0.0.1:9001"),
    public("test.mosquitto.org", "wss://test.mosquitto.org:8081", ""),
    public("broker.hivemq.com", "wss://broker.hivemq.com:8884/mqtt", ""),
    public("broker.emqx.io", "wss://broker.emqx.io:8084/mqtt", ""),
    public("mqtt.eclipseprojects.io", "wss://mqtt.eclipseprojects.io:443/mqtt", ""),
    public("mqtt.flespi.io", "wss://mqtt.flespi.io:443", "It wants a flespi token as user name."),
];

/// A broker that was saved in this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Own {
    name: String,
    url: String,
    version: String,
    client_id: String,
    user_name: Option<String>,
    password: Option<String>,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            version: Version::V311.as_str().to_owned(),
            client_id: String::new(),
            user_name: None,
            password: None,
        }
    }
}

/// What was kept; nothing where that cannot be read.
fn kept() -> Vec<Own> {
    let read = || {
        let value = js_sys::JSON::parse(&entry(KEPT)?).ok()?;
        serde_wasm_bindgen::from_value(value).ok()
    };
    read().unwrap_or_default()
}

fn write(all: &[Own]) -> bool {
    let text = serde_wasm_bindgen::to_value(all).ok().and_then(|value| js_sys::JSON::stringify(&value).ok());
    keep(KEPT, text.map(String::from).as_deref().filter(|_| !all.is_empty()))
}

/// The pane: the choice, the address, and saving one's own.
pub(super) fn pane(state: ConnectState) -> El {
    let form = state.form;
    let busy = Signal::derive(move || state.phase.get() != Phase::Offline);
    let own = RwSignal::new(kept());
    let url = Take { mode: Some("url"), ..Take::default() };
    let told = RwSignal::new("");
    let share = el("button", "button button--sm button--quiet")
        .attrs(&[
            ("type", "button"),
            ("title", "A link with this broker and these topics, without credentials"),
        ])
        .click(move || copy(&link::link(state), told))
        .child(icon("i-copy", "icon icon--xs"))
        .text("Copy link");
    let head = pane_head("Broker")
        .child(el("span", "grow"))
        .child(
            el("span", "dim connect__count").attr("role", "status").bind_text(move || told.get().to_owned()),
        )
        .child(share);
    let chosen = move || PRESETS.iter().find(|it| it.url == form.url.get().trim());
    let warning = move || match chosen() {
        Some(preset) if preset.public => {
            let words =
                "This is a public test broker. Anyone can read what you publish, so send nothing private. ";
            el("p", "warning-note")
                .child(icon("i-warn", "icon icon--sm"))
                .child(el("span", "").text(words).text(preset.about))
        }
        _ => nothing(),
    };
    el("div", "pane")
        .child(head)
        .child(list(state, own, busy))
        .child(text_field("WebSocket address", form.url, form.url_error.into(), busy, url))
        .dynamic(warning)
        .child(saving(state, own))
}

fn list(state: ConnectState, own: RwSignal<Vec<Own>>, busy: Signal<bool>) -> El {
    let url = state.form.url;
    let presets = PRESETS.iter().map(move |preset| {
        let take = move || url.set(preset.url.to_owned());
        choice(preset.name, preset.url, url, busy, take)
    });
    let presets: Vec<El> = presets.collect();
    let own_items = move || {
        let all = own.get();
        nothing().all(all.into_iter().map(|it| {
            let (name, address, gone) = (it.name.clone(), it.url.clone(), it.name.clone());
            let item = choice(&name, &address, url, busy, move || take_over(state, &it));
            let label = ["Forget ", &name].concat();
            let forget = el("button", "icon-button icon-button--sm")
                .attrs(&[("type", "button"), ("aria-label", &label), ("title", &label)])
                .click(move || {
                    own.update(|all| all.retain(|it| it.name != gone));
                    write(&own.get_untracked());
                })
                .child(icon("i-close", "icon icon--xs"));
            item.child(forget)
        }))
    };
    el("ul", "broker-presets").attr("aria-label", "Brokers").all(presets).dynamic(own_items)
}

fn choice(
    name: &str,
    address: &str,
    url: RwSignal<String>,
    busy: Signal<bool>,
    take: impl Fn() + 'static,
) -> El {
    let same = address.to_owned();
    let where_to = match Address::parse(address, false) {
        Ok(it) => [if it.secure { "wss " } else { "ws " }, &it.port.to_string()].concat(),
        Err(_) => "no network".to_owned(),
    };
    let button = el("button", "")
        .attrs(&[("type", "button"), ("title", address)])
        .bind_state("aria-pressed", move || url.with(|url| url.trim() == same))
        .bind_flag("disabled", move || busy.get())
        .click(take)
        .child(el("i", ""))
        .child(el("span", "broker-presets__name").text(name))
        .child(el("small", "").text(&where_to));
    el("li", "").child(button)
}

fn take_over(state: ConnectState, it: &Own) {
    let form = state.form;
    form.url.set(it.url.clone());
    if let Some(version) = Version::ALL.into_iter().find(|version| version.as_str() == it.version) {
        form.version.set(version);
    }
    if !it.client_id.is_empty() {
        form.client_id.set(it.client_id.clone());
    }
    form.user_name.set(it.user_name.clone().unwrap_or_default());
    form.password.set(it.password.clone().unwrap_or_default());
}

/// Saves the broker of the form under a name.
fn saving(state: ConnectState, own: RwSignal<Vec<Own>>) -> El {
    let (open, name, with) = (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(false));
    let told = RwSignal::new("");
    let save = move || {
        let form = state.form;
        let typed = name.get_untracked().trim().to_owned();
        let url = form.url.get_untracked().trim().to_owned();
        let name = if typed.is_empty() { url.clone() } else { typed };
        let text = |it: String| (with.get_untracked() && !it.is_empty()).then_some(it);
        let it = Own {
            name: name.clone(),
            url,
            version: form.version.get_untracked().as_str().to_owned(),
            client_id: form.client_id.get_untracked(),
            user_name: text(form.user_name.get_untracked()),
            password: text(form.password.get_untracked()),
        };
        own.update(|all| {
            all.retain(|it| it.name != name);
            all.insert(0, it);
            all.truncate(MOST);
        });
        let fits = write(&own.get_untracked());
        told.set(if fits {
            ""
        } else {
            "The browser keeps nothing for this page: it is gone with a reload."
        });
        open.set(false);
    };
    let toggle = el("button", "button button--sm button--quiet")
        .attr("type", "button")
        .bind_state("aria-expanded", move || open.get())
        .click(move || open.update(|open| *open = !*open))
        .child(icon("i-save", "icon icon--xs"))
        .text("Save this broker…");
    let form = move || {
        if !open.get() {
            return nothing();
        }
        let take = Take { placeholder: Some("its address"), class: Some(""), ..Take::default() };
        let words =
            "Kept in this browser’s local storage, as they are: whoever uses this browser can read them.";
        el("div", "connect__save")
            .child(text_field("Name", name, Signal::stored(None), Signal::stored(false), take))
            .child(el("label", "check").child(checkbox(with)).text("With user name and password"))
            .child(el("p", "dim connect__count").bind_flag("hidden", move || !with.get()).text(words))
            .child(el("button", "button button--sm").attr("type", "button").click(save).text("Save"))
    };
    el("div", "connect__saving").child(toggle).dynamic(form).dynamic(move || match told.get() {
        "" => nothing(),
        words => field_error("p").text(words),
    })
}
