//! Asking another client and waiting for its answer, as 5.0 arranges it: a request carries a Response Topic and
//! Correlation Data (5.0 section 4.10).

use bytes::Bytes;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::side::{is_offline, refusal, topic_field};
use super::state::ConnectState;
use crate::client::PublishRequest;
use crate::codec::{PropertyBuf, PropertyId, PropertyValue, QoS, SubscriptionOptions, Version};
use crate::time::Instant;
use crate::ui::components::field::holding;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, el, nothing};
use crate::view::inspector::millis;
use crate::view::live::preview;

/// For how long an answer is waited for, in milliseconds.
const PATIENCE: u32 = 10_000;
/// Characters of an answer that are shown.
const SHOWN: usize = 400;

/// What became of the newest request.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    None,
    Awaited,
    Came { text: String, after: String },
    Missing,
}

#[derive(Clone, Copy)]
struct Asking {
    state: ConnectState,
    topic: RwSignal<String>,
    payload: RwSignal<String>,
    answer: RwSignal<Answer>,
    error: RwSignal<Option<crate::client::ClientError>>,
    /// Where answers go: a topic that no other client knows.
    reply: StoredValue<String>,
    /// The newest request: its number, when it was sent, and how many messages had come by then.
    sent: StoredValue<(u32, Instant, u64)>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Asking {
    fn ask(self) {
        let now = self.state.clock();
        let reply = self.reply.get_value();
        let held = untrack(|| {
            self.state.with_client(|client| client.subscriptions().any(|(filter, _)| filter == reply))
        });
        if held != Some(true) {
            let options = SubscriptionOptions { qos: QoS::AtLeastOnce, ..Default::default() };
            self.state
                .ask(self.error, |live, line, now| live.subscribe(line, now, &reply, options).map(drop));
        }
        let before = untrack(|| self.state.with_inbox(|it| it.messages.count())).unwrap_or(0);
        let number = self.sent.try_update_value(|sent| {
            *sent = (sent.0.wrapping_add(1), now, before);
            sent.0
        });
        let Some(number) = number.filter(|_| self.error.with_untracked(Option::is_none)) else { return };
        let mut properties = PropertyBuf::new();
        properties.push(PropertyId::ResponseTopic, PropertyValue::Text(&reply));
        properties.push(PropertyId::CorrelationData, PropertyValue::Binary(number.to_string().as_bytes()));
        let request = PublishRequest {
            topic: self.topic.get_untracked(),
            payload: Bytes::from(self.payload.get_untracked()),
            qos: QoS::AtLeastOnce,
            properties,
            ..Default::default()
        };
        self.state.ask(self.error, |live, line, now| live.publish(line, now, request).map(drop));
        if self.error.with_untracked(Option::is_some) {
            return;
        }
        self.answer.set(Answer::Awaited);
        let late = Timeout::new(PATIENCE, move || {
            if self.answer.try_get_untracked() == Some(Answer::Awaited) {
                self.answer.try_set(Answer::Missing);
            }
        });
        self.timer.set_value(Some(late));
    }

    /// Looks whether the answer is among the messages that have come.
    fn look(self) {
        let (number, since, before) = self.sent.get_value();
        let found = self.state.with_inbox(|inbox| {
            let news = inbox.messages.iter().rev().take_while(|it| it.number > before);
            // Digits, which can be typed at any other client.
            let data = number.to_string();
            let fits = |properties: &PropertyBuf| {
                properties.as_properties().binary(PropertyId::CorrelationData) == Some(data.as_bytes())
            };
            let reply = self.reply.get_value();
            let answer = news.into_iter().find(|it| {
                let message = &it.message.message;
                *message.topic == *reply && fits(&message.properties)
            })?;
            let payload = &answer.message.message.payload;
            let text = preview(payload, payload.len(), SHOWN);
            Some(Answer::Came { text, after: millis(answer.at - since) })
        });
        if let Some(Some(answer)) = found
            && self.answer.get_untracked() == Answer::Awaited
        {
            self.timer.set_value(None);
            self.answer.set(answer);
        }
    }
}

pub(super) fn request(state: ConnectState) -> El {
    let random = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    let topic = state.messages.topic.get_untracked();
    let asking = Asking {
        state,
        topic: RwSignal::new([topic.rsplit_once('/').map_or("lab", |(space, _)| space), "/request"].concat()),
        payload: RwSignal::new("ping".to_owned()),
        answer: RwSignal::new(Answer::None),
        error: RwSignal::new(None),
        reply: StoredValue::new(format!("reply/{random:08x}")),
        sent: StoredValue::new((0, Instant::ZERO, 0)),
        timer: StoredValue::new_local(None),
    };
    Effect::new(move |_| {
        if asking.answer.get() == Answer::Awaited {
            asking.look();
        }
    });
    let is_v5 = move || state.form.version.get() == Version::V5;
    let body = move || {
        if !is_v5() {
            return el("p", "dim connect__count")
                .text("Needs MQTT 5.0: Response Topic and Correlation Data are its properties.");
        }
        let area =
            el("input", "input input--mono").attrs(&[("autocomplete", "off"), ("spellcheck", "false")]);
        let payload = el("label", "field")
            .child(el("span", "field__label").text("Question"))
            .child(holding(area, asking.payload));
        let send = el("button", "button button--sm")
            .attr("type", "button")
            .bind_flag("disabled", move || is_offline(state) || asking.answer.get() == Answer::Awaited)
            .click(move || asking.ask())
            .child(icon("i-send", "icon icon--xs"))
            .text("Ask");
        nothing()
            .child(topic_field("Request topic", asking.topic))
            .child(payload)
            .child(el("div", "connect__row").child(send).dynamic(move || told(asking.answer.get())))
            .dynamic(move || refusal(asking.error.get()))
    };
    let about = "An answer goes to a topic of this connection’s own, with the request’s correlation data.";
    el("details", "pane request")
        .child(el("summary", "disclosure").text("Request and response"))
        .child(el("p", "dim connect__count").text(about))
        .dynamic(body)
}

fn told(answer: Answer) -> El {
    let line = el("span", "request__answer").attr("role", "status");
    match answer {
        Answer::None => line,
        Answer::Awaited => line.text("waiting for an answer"),
        Answer::Missing => line.text("No answer within 10 s."),
        Answer::Came { text, after } => {
            line.child(el("code", "").text(&text)).child(el("small", "num dim").text(" after ").text(&after))
        }
    }
}
