//! Publishing: the form, sending again and again, and messages that were saved.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::side::{form, qos_row, refusal, submit, topic_field};
use super::state::{ConnectState, Phase};
use crate::codec::QoS;
use crate::ui::components::field::{Take, checkbox, holding, text_field};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, el, nothing};
use crate::ui::state::{entry, keep};
use crate::view::form::FormKind;

/// The name under which saved messages are kept.
const KEPT: &str = "messages";
/// Saved messages at most.
const MOST: usize = 50;
/// The shortest time between two messages that are sent by themselves, in milliseconds.
const SHORTEST: u32 = 10;

/// A message that was saved in this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Saved {
    topic: String,
    payload: String,
    qos: u8,
    retain: bool,
}

/// Sending again and again, until it is stopped or the connection ends.
#[derive(Clone, Copy)]
struct Repeat {
    every: RwSignal<String>,
    /// How many have been sent; `None` while it rests.
    sent: RwSignal<Option<u32>>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Repeat {
    fn new() -> Self {
        Self {
            every: RwSignal::new("1000".to_owned()),
            sent: RwSignal::new(None),
            timer: StoredValue::new_local(None),
        }
    }

    fn millis(self) -> Option<u32> {
        self.every.get_untracked().trim().parse().ok().filter(|it| (SHORTEST..=86_400_000).contains(it))
    }

    fn start(self, state: ConnectState) {
        if self.millis().is_some() {
            self.sent.set(Some(0));
            self.send(state);
        }
    }

    fn stop(self) {
        self.timer.try_set_value(None);
        self.sent.try_set(None);
    }

    fn send(self, state: ConnectState) {
        let Some(millis) = self.millis() else { return self.stop() };
        if state.phase.try_get_untracked() != Some(Phase::Connected) {
            return self.stop();
        }
        state.publish();
        if state.messages.error.with_untracked(Option::is_some) {
            return self.stop();
        }
        self.sent.try_update(|sent| *sent = sent.map(|sent| sent + 1));
        self.timer.try_set_value(Some(Timeout::new(millis, move || self.send(state))));
    }
}

fn kept() -> Vec<Saved> {
    let read = || {
        let value = js_sys::JSON::parse(&entry(KEPT)?).ok()?;
        serde_wasm_bindgen::from_value(value).ok()
    };
    read().unwrap_or_default()
}

fn write(all: &[Saved]) {
    let text = serde_wasm_bindgen::to_value(all).ok().and_then(|value| js_sys::JSON::stringify(&value).ok());
    keep(KEPT, text.map(String::from).as_deref().filter(|_| !all.is_empty()));
}

pub(super) fn publish(state: ConnectState) -> El {
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
        .child(more(state))
}

/// What there is besides sending once: again and again, and for another time.
fn more(state: ConnectState) -> El {
    let (repeat, saved) = (Repeat::new(), RwSignal::new(kept()));
    on_cleanup(move || repeat.stop());
    let wrong = Signal::derive(move || {
        repeat.every.track();
        repeat.millis().is_none().then(|| format!("From {SHORTEST} to 86400000."))
    });
    let take = Take { mode: Some("numeric"), ..Take::default() };
    let running = move || repeat.sent.get().is_some();
    let toggle = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("disabled", move || {
            !running() && (state.phase.get() != Phase::Connected || wrong.with(Option::is_some))
        })
        .click(
            move || if repeat.sent.get_untracked().is_some() { repeat.stop() } else { repeat.start(state) },
        )
        .bind_text(move || match repeat.sent.get() {
            Some(sent) => ["Stop, ", &sent.to_string(), " sent"].concat(),
            None => "Repeat".to_owned(),
        });
    let save = el("button", "button button--sm button--quiet")
        .attr("type", "button")
        .click(move || {
            let forms = state.messages;
            let it = Saved {
                topic: forms.topic.get_untracked(),
                payload: forms.payload.get_untracked(),
                qos: forms.qos.get_untracked() as u8,
                retain: forms.retain.get_untracked(),
            };
            saved.update(|all| {
                all.retain(|other| *other != it);
                all.insert(0, it);
                all.truncate(MOST);
            });
            write(&saved.get_untracked());
        })
        .child(icon("i-save", "icon icon--xs"))
        .text("Save this message");
    let every = el("div", "publish-more__every").child(text_field(
        "Every, ms",
        repeat.every,
        wrong,
        Signal::derive(running),
        take,
    ));
    let row = el("div", "publish-more").child(every).child(toggle).child(el("span", "grow")).child(save);
    el("div", "").child(row).child(el("ul", "saved-list").attr("aria-label", "Saved messages").fill(
        move || {
            let all = saved.get();
            nothing().all(all.into_iter().map(|it| saved_line(state, saved, it)))
        },
    ))
}

fn saved_line(state: ConnectState, saved: RwSignal<Vec<Saved>>, it: Saved) -> El {
    let gone = it.clone();
    let label = ["Forget ", &it.topic].concat();
    let forget = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", &label), ("title", &label)])
        .click(move || {
            saved.update(|all| all.retain(|it| *it != gone));
            write(&saved.get_untracked());
        })
        .child(icon("i-close", "icon icon--xs"));
    let (topic, payload) = (it.topic.clone(), it.payload.clone());
    let take = move || {
        let forms = state.messages;
        forms.topic.set(it.topic.clone());
        forms.payload.set(it.payload.clone());
        forms.qos.set(QoS::ALL.get(usize::from(it.qos)).copied().unwrap_or_default());
        forms.retain.set(it.retain);
    };
    let button = el("button", "")
        .attrs(&[("type", "button"), ("title", "Take it into the form")])
        .click(take)
        .child(el("code", "").text(&topic))
        .child(el("span", "dim").text(&payload));
    el("li", "").child(button).child(forget)
}
