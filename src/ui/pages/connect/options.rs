//! The forms with every option and property, on a real connection.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::state::{ConnectState, Phase};
use crate::client::{ClientConfig, Reconnect};
use crate::codec::QoS;
use crate::sim::Action;
use crate::ui::components::forms::{FormEvents, actor_form};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, el, nothing};
use crate::view::actors::standing;
use crate::view::form::{Draft, Facts, Field, FilterDraft, FormKind, Shown, Trial, perform, preview};

/// QoS 1 and 2 messages that may be on their way at a time, if a form does not say otherwise: a real way is long, so
/// there are more than in the Playground.
const IN_FLIGHT: u16 = 1_000;

/// A message as the page's own form has it: topic, payload, QoS, retain.
type Typed = (String, String, QoS, bool);
/// A filter, and the QoS that is asked for.
type Wanted = (String, QoS);

/// The forms' state.
#[derive(Clone, Copy)]
pub struct Options {
    open: RwSignal<Option<FormKind>>,
    draft: StoredValue<Option<Draft>>,
    /// What the page's own forms said when the draft took it over.
    taken: StoredValue<(Typed, Wanted)>,
    /// The settings that the page's own form has no field for.
    pub(super) base: RwSignal<ClientConfig>,
}

impl Options {
    pub(super) fn new() -> Self {
        Self {
            open: RwSignal::new(None),
            draft: StoredValue::new(None),
            taken: StoredValue::default(),
            base: RwSignal::new(ClientConfig { max_in_flight: IN_FLIGHT, ..ClientConfig::default() }),
        }
    }
}

/// The button that opens a form.
pub(super) fn opener(state: ConnectState, kind: FormKind) -> El {
    let needed = if kind == FormKind::Connect { Phase::Offline } else { Phase::Connected };
    let rests = move || state.phase.get() != needed;
    let class = if kind == FormKind::Connect { "button" } else { "button button--sm button--quiet" };
    el("button", class)
        .attrs(&[("type", "button"), ("aria-haspopup", "dialog"), ("title", "Every option and property")])
        .bind_flag("disabled", rests)
        .click(move || state.options.open.set(Some(kind)))
        .child(icon("i-more", "icon icon--xs"))
        .text("Options…")
}

/// The form that is open, if one is.
pub(super) fn form(state: ConnectState) -> El {
    el("div", "connect__form").fill(move || match state.options.open.get() {
        Some(kind) => untrack(|| open(state, kind)),
        None => nothing(),
    })
}

fn open(state: ConnectState, kind: FormKind) -> El {
    let options = state.options;
    let config = match kind {
        FormKind::Connect => state.config(),
        _ => state.with_client(|it| it.config().clone()).unwrap_or_default(),
    };
    let kept = options.draft.get_value().map(|mut draft| {
        draft.follow(&config);
        draft
    });
    let mut draft = kept.unwrap_or_else(|| Draft::new(&config, "", ""));
    take_over(state, &mut draft);
    let draft = RwSignal::new(draft);
    Effect::new(move |_| options.draft.set_value(Some(draft.get())));
    let shown = move |draft: Draft| {
        let result = state.with_client(|it| preview(kind, &draft, it, state.clock()));
        result.map(|result| Shown { result, trial: Trial::default() })
    };
    let facts = move |_: Draft| {
        let read = state.with_client(|client| {
            let held = client.subscriptions().map(|(filter, it)| (filter.to_owned(), it.granted)).collect();
            let next_id = client.next_packet_id();
            Facts { standing: Some(standing(client)), held, next_id, ..Facts::default() }
        });
        read.unwrap_or_default()
    };
    let events = FormEvents {
        shown: Callback::new(move |draft| shown(draft).unwrap_or_else(Shown::nothing)),
        facts: Callback::new(facts),
        send: Callback::new(move |action| {
            options.open.set(None);
            state.act(action);
        }),
        close: Callback::new(move |()| options.open.set(None)),
        simulated: false,
    };
    actor_form(&config.client_id, kind, config.version, draft, Signal::stored(false), events)
}

/// What has been typed into the page's own forms since the last time goes into the great ones.
fn take_over(state: ConnectState, draft: &mut Draft) {
    let forms = state.messages;
    let typed = (forms.topic.get(), forms.payload.get(), forms.qos.get(), forms.retain.get());
    let wanted = (forms.filter.get(), forms.filter_qos.get());
    let before = state.options.taken.get_value();
    if before.0 != typed {
        let (topic, payload, qos, retain) = typed.clone();
        let retain = if retain { "on" } else { "" };
        for (field, text) in [
            (Field::Topic, topic),
            (Field::Payload, payload),
            (Field::PayloadAs, "Text".to_owned()),
            (Field::Qos, (qos as u8).to_string()),
            (Field::Retain, retain.to_owned()),
        ] {
            draft.set_text(field, text);
        }
    }
    if before.1 != wanted {
        draft.filters = vec![FilterDraft::new(wanted.0.clone(), wanted.1)];
        draft.ended = vec![FilterDraft::new(wanted.0.clone(), QoS::AtMostOnce)];
    }
    state.options.taken.set_value((typed, wanted));
}

/// Up to a second, then two, at last half a minute; ten times.
fn default_reconnect() -> Reconnect {
    let seed = (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
    Reconnect { first_millis: 1_000, most_millis: 30_000, max_attempts: 10, seed }
}

impl ConnectState {
    /// What the page's own form says over the settings that it has no field for; a keep alive that is no number is
    /// that of before.
    pub(super) fn config(self) -> ClientConfig {
        let (form, base) = (self.form, untrack(|| self.form.will.put(self.options.base.get())));
        let some = |text: String| (!text.is_empty()).then_some(text);
        ClientConfig {
            version: form.version.get_untracked(),
            client_id: form.client_id.get_untracked(),
            clean_start: form.clean_start.get_untracked(),
            reconnect: form
                .reconnect
                .get_untracked()
                .then(|| base.reconnect.unwrap_or_else(default_reconnect)),
            keep_alive_secs: form.keep_alive.get_untracked().trim().parse().unwrap_or(base.keep_alive_secs),
            user_name: some(form.user_name.get_untracked()),
            password: some(form.password.get_untracked()).map(bytes::Bytes::from),
            ..base
        }
    }

    /// Does what a form says.
    fn act(self, action: Action) {
        match action {
            Action::ConnectAs(config) => self.connect_as(*config),
            Action::Series(all) => {
                for (later, request) in all {
                    let later = later.as_millis().min(i32::MAX as u128) as u32;
                    Timeout::new(later, move || self.perform(Action::Publish(request))).forget();
                }
            }
            action => self.perform(action),
        }
    }

    fn perform(self, action: Action) {
        self.notice.set(None);
        self.ask(self.messages.error, |live, line, now| {
            live.ask(line, now, |client| perform(client, now, &action))
        });
    }

    /// Takes settings over into the page's own form, and connects.
    fn connect_as(self, config: ClientConfig) {
        let form = self.form;
        let text = |bytes: &bytes::Bytes| String::from_utf8_lossy(bytes).into_owned();
        form.version.set(config.version);
        form.client_id.set(config.client_id.clone());
        form.clean_start.set(config.clean_start);
        form.reconnect.set(config.reconnect.is_some());
        form.keep_alive.set(config.keep_alive_secs.to_string());
        form.user_name.set(config.user_name.clone().unwrap_or_default());
        form.password.set(config.password.as_ref().map(text).unwrap_or_default());
        form.will.follow(&config);
        self.options.base.set(config);
        self.connect();
    }
}
