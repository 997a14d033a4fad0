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
/// How often a message may be repeated.
const MOST_TIMES: u32 = 1_000_000;

/// A message that was saved in this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Saved {
    topic: String,
    payload: String,
    qos: u8,
    retain: bool,
}

/// Sending again and again, until it is enough, it is stopped, or the connection ends.
#[derive(Clone, Copy)]
struct Repeat {
    every: RwSignal<String>,
    times: RwSignal<String>,
    /// How many have been sent by the clock; `None` while it rests.
    sent: RwSignal<Option<u32>>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Repeat {
    fn new() -> Self {
        Self {
            every: RwSignal::new("1000".to_owned()),
            times: RwSignal::default(),
            sent: RwSignal::new(None),
            timer: StoredValue::new_local(None),
        }
    }

    /// The time between two, 0 for none at all, and how many there are to be.
    fn asked(self) -> Option<(u32, Option<u32>)> {
        let (every, times) = untrack(|| (self.every.get(), self.times.get()));
        let every =
            every.trim().parse().ok().filter(|it| *it == 0 || (SHORTEST..=86_400_000).contains(it))?;
        let times = match times.trim() {
            "" => None,
            times => Some(times.parse().ok().filter(|it| (1..=MOST_TIMES).contains(it))?),
        };
        (every > 0 || times.is_some()).then_some((every, times))
    }

    fn start(self, state: ConnectState) {
        match self.asked() {
            Some((0, Some(times))) => state.burst(state.request(), times),
            Some(_) => {
                self.sent.set(Some(0));
                self.send(state);
            }
            None => {}
        }
    }

    fn stop(self) {
        self.timer.try_set_value(None);
        self.sent.try_set(None);
    }

    fn send(self, state: ConnectState) {
        let Some((every, times)) = self.asked() else { return self.stop() };
        let sent = self.sent.try_get_untracked().flatten().unwrap_or(0);
        if state.phase.try_get_untracked() != Some(Phase::Connected)
            || times.is_some_and(|times| sent >= times)
        {
            return self.stop();
        }
        state.publish();
        if state.messages.error.with_untracked(Option::is_some) {
            return self.stop();
        }
        self.sent.try_set(Some(sent + 1));
        self.timer.try_set_value(Some(Timeout::new(every, move || self.send(state))));
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
        repeat.times.track();
        let words = || format!("0 with a number of times, or from {SHORTEST}; at most {MOST_TIMES} times.");
        repeat.asked().is_none().then(words)
    });
    let take = Take { mode: Some("numeric"), ..Take::default() };
    let running = move || repeat.sent.get().is_some() || state.bursting().is_some();
    let toggle = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("disabled", move || {
            !running() && (state.phase.get() != Phase::Connected || wrong.with(Option::is_some))
        })
        .click(move || {
            if untrack(running) {
                repeat.stop();
                state.stop_burst();
            } else {
                repeat.start(state);
            }
        })
        .bind_text(move || match (repeat.sent.get(), state.bursting()) {
            (Some(sent), _) => ["Stop, ", &sent.to_string(), " sent"].concat(),
            (_, Some(left)) => ["Stop, ", &left.to_string(), " left"].concat(),
            _ => "Repeat".to_owned(),
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
    let fine = Signal::stored(None);
    let often = Take { placeholder: Some("any"), ..take };
    let times = el("div", "publish-more__every").child(text_field(
        "Times",
        repeat.times,
        fine,
        Signal::derive(running),
        often,
    ));
    let row = el("div", "publish-more")
        .child(every)
        .child(times)
        .child(toggle)
        .child(el("span", "grow"))
        .child(save);
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
