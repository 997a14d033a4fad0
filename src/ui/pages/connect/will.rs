//! What goes into CONNECT beside the plain fields: how long the session lasts, the will, the properties.

use bytes::Bytes;
use leptos::prelude::*;

use super::pane_head;
use super::side::qos_row;
use super::state::{ConnectState, Phase};
use crate::client::{ClientConfig, WillConfig};
use crate::codec::{PropertyBuf, PropertyId, PropertyValue, QoS, Version};
use crate::ui::components::field::{Take, checkbox, text_field};
use crate::ui::dom::{El, el};

const EXPIRY: PropertyId = PropertyId::SessionExpiryInterval;

/// What these fields hold.
#[derive(Clone, Copy)]
pub struct WillForm {
    /// Seconds; empty sends no such property (5.0).
    expiry: RwSignal<String>,
    expiry_error: RwSignal<Option<String>>,
    on: RwSignal<bool>,
    topic: RwSignal<String>,
    payload: RwSignal<String>,
    qos: RwSignal<QoS>,
    retain: RwSignal<bool>,
}

impl WillForm {
    /// No will; `space` is where its topic would be.
    pub fn new(space: &str) -> Self {
        Self {
            expiry: RwSignal::default(),
            expiry_error: RwSignal::new(None),
            on: RwSignal::new(false),
            topic: RwSignal::new([space, "/status"].concat()),
            payload: RwSignal::new("offline".to_owned()),
            qos: RwSignal::new(QoS::AtLeastOnce),
            retain: RwSignal::new(false),
        }
    }

    /// Holds what these settings say.
    pub fn follow(self, config: &ClientConfig) {
        let seconds = config.properties.as_properties().number(EXPIRY);
        self.expiry.set(seconds.map(|it| it.to_string()).unwrap_or_default());
        self.on.set(config.will.is_some());
        if let Some(will) = &config.will {
            self.topic.set(will.topic.clone());
            self.payload.set(String::from_utf8_lossy(&will.payload).into_owned());
            self.qos.set(will.qos);
            self.retain.set(will.retain);
        }
    }

    /// Shows at the field what is wrong with it; `true` if nothing is.
    pub fn check(self, version: Version) -> bool {
        let text = self.expiry.get_untracked();
        let fine = version != Version::V5 || text.trim().is_empty() || text.trim().parse::<u32>().is_ok();
        let wrong = "A whole number of seconds up to 4294967295, which is for ever.";
        self.expiry_error.set((!fine).then(|| wrong.to_owned()));
        fine
    }

    /// The settings with what the fields hold; properties of the will stay.
    pub fn put(self, mut config: ClientConfig) -> ClientConfig {
        let seconds = self.expiry.get().trim().parse().ok();
        config.properties = with_expiry(&config.properties, seconds);
        let before = config.will.take();
        config.will = self.on.get().then(|| {
            let kept =
                before.as_ref().filter(|it| String::from_utf8_lossy(&it.payload) == self.payload.get());
            WillConfig {
                qos: self.qos.get(),
                retain: self.retain.get(),
                topic: self.topic.get(),
                // Bytes that are no text cannot be typed, but stay what they were.
                payload: kept.map_or_else(|| Bytes::from(self.payload.get()), |it| it.payload.clone()),
                properties: before.map(|it| it.properties).unwrap_or_default(),
            }
        });
        config
    }
}

/// The properties with this Session Expiry Interval, in its place if they had one.
fn with_expiry(before: &PropertyBuf, seconds: Option<u32>) -> PropertyBuf {
    let mut after = PropertyBuf::new();
    let mut left = seconds;
    for it in before.as_properties().iter() {
        if it.id != EXPIRY {
            after.push(it.id, it.value);
        } else if let Some(seconds) = left.take() {
            after.push(EXPIRY, PropertyValue::Number(seconds));
        }
    }
    if let Some(seconds) = left {
        after.push(EXPIRY, PropertyValue::Number(seconds));
    }
    after
}

/// How long the session lasts after its connection: 5.0 has a field for it.
pub(super) fn expiry(state: ConnectState) -> El {
    let take = Take {
        mode: Some("numeric"),
        placeholder: Some("0"),
        field_class: Some("is-half"),
        ..Take::default()
    };
    let (will, version) = (state.form.will, state.form.version);
    text_field("Session expiry, s", will.expiry, will.expiry_error.into(), Signal::stored(false), take)
        .bind_flag("hidden", move || version.get() != Version::V5)
}

/// The panes of will and properties.
pub(super) fn panes(state: ConnectState) -> El {
    let will = state.form.will;
    let rests = move || state.phase.get() != Phase::Offline;
    let (fine, free) = (Signal::stored(None), Signal::stored(false));
    let toggle = el("button", "button button--sm")
        .attr("type", "button")
        .click(move || will.on.update(|it| *it = !*it))
        .child(
            el("span", "")
                .bind_text(move || if will.on.get() { "Send no will" } else { "Add a will" }.to_owned()),
        );
    let words = "The broker publishes the will for you when the connection ends without DISCONNECT.";
    let retain = el("label", "check").child(checkbox(will.retain)).text("Retain");
    let fields = el("div", "form-grid")
        .bind_flag("hidden", move || !will.on.get())
        .child(text_field("Will topic", will.topic, fine, free, Take::default()))
        .child(text_field("Will payload", will.payload, fine, free, Take::default()))
        .child(qos_row("QoS of the will", will.qos).child(retain));
    let stands = move || if will.on.get() { "on" } else { "off" }.to_owned();
    el("fieldset", "connect__will")
        .bind_flag("disabled", rests)
        .child(
            el("section", "pane")
                .attr("aria-label", "Will")
                .child(head("Will", stands))
                .child(el("p", "dim connect__count").text(words))
                .child(fields)
                .child(el("div", "").child(toggle)),
        )
        .child(
            el("section", "pane")
                .attr("aria-label", "CONNECT properties")
                .bind_flag("hidden", move || state.form.version.get() != Version::V5)
                .child(head("CONNECT properties", move || counted(state))),
        )
}

fn head(title: &str, told: impl Fn() -> String + 'static) -> El {
    let count = el("span", "dim num connect__count").bind_text(told);
    pane_head(title).child(el("span", "grow")).child(count)
}

/// How many properties CONNECT will have, and what they weigh.
fn counted(state: ConnectState) -> String {
    let base = state.options.base.get();
    let properties = state.form.will.put(base).properties;
    let count = properties.as_properties().iter().count();
    if count == 0 {
        return "none set".to_owned();
    }
    [&count.to_string(), " set, ", &properties.as_properties().as_bytes().len().to_string(), " B"].concat()
}
