//! The connection and its forms, which go on while other pages show.

use bytes::Bytes;
use leptos::prelude::*;

use super::drive::Driver;
use super::failure::Failure;
use super::options::Options;
use crate::client::{ClientConfig, ClientError, ClientEvent, ClientOutput, PublishRequest};
use crate::codec::{PropertyBuf, QoS, SubscriptionOptions, Version};
use crate::time::Instant;
use crate::transport::{Address, Live};
use crate::ui::state::{Scene, Selection, Source};
use crate::view::diagram::Plan;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// There is none.
    #[default]
    Offline,
    /// The WebSocket is being opened.
    Opening,
    /// CONNECT has been sent.
    Connecting,
    /// The broker has accepted it.
    Connected,
    /// It is being closed.
    Closing,
}

/// What the connection form holds.
#[derive(Clone, Copy)]
pub struct ConnectForm {
    pub url: RwSignal<String>,
    pub version: RwSignal<Version>,
    pub client_id: RwSignal<String>,
    pub clean_start: RwSignal<bool>,
    pub keep_alive: RwSignal<String>,
    pub user_name: RwSignal<String>,
    /// Kept in memory only, as long as the page lives.
    pub password: RwSignal<String>,
    pub url_error: RwSignal<Option<String>>,
    pub keep_alive_error: RwSignal<Option<String>>,
    /// What CONNECT as a whole would do wrong.
    pub error: RwSignal<Option<ClientError>>,
}

/// What the forms for publishing and subscribing hold.
#[derive(Clone, Copy)]
pub struct MessageForms {
    pub filter: RwSignal<String>,
    pub filter_qos: RwSignal<QoS>,
    pub filter_error: RwSignal<Option<ClientError>>,
    pub topic: RwSignal<String>,
    pub payload: RwSignal<String>,
    pub qos: RwSignal<QoS>,
    pub retain: RwSignal<bool>,
    pub error: RwSignal<Option<ClientError>>,
}

/// The record with its rows.
pub struct Record {
    pub live: Live,
    pub plan: Plan,
}

/// The page's state; made at the app's owner.
#[derive(Clone, Copy)]
pub struct ConnectState {
    pub form: ConnectForm,
    pub messages: MessageForms,
    /// The forms with every option.
    pub(super) options: Options,
    pub phase: RwSignal<Phase>,
    /// What keeps or kept it from going on.
    pub failure: RwSignal<Option<Failure>>,
    /// What the broker answered that is worth a line: a refused subscription.
    pub notice: RwSignal<Option<String>>,
    pub selection: Selection,
    /// Counts changes of the record.
    changed: RwSignal<u32>,
    /// A change waits to be told.
    announced: StoredValue<bool>,
    record: StoredValue<Record>,
    /// Time since the page's first connection.
    pub now: RwSignal<Instant>,
    pub(super) driver: StoredValue<Driver, LocalStorage>,
}

impl ConnectState {
    /// Not connected; topics and client identifier get a random part once.
    pub fn new() -> Self {
        let random = (js_sys::Math::random() * 65_536.0) as u16;
        let text = |text: String| RwSignal::new(text);
        let live = Live::new();
        Self {
            form: ConnectForm {
                url: text("ws://127.0.0.1:9001".to_owned()),
                version: RwSignal::new(Version::V311),
                client_id: text(format!("mqttpg-{random:04x}")),
                clean_start: RwSignal::new(true),
                keep_alive: text("30".to_owned()),
                user_name: RwSignal::default(),
                password: RwSignal::default(),
                url_error: RwSignal::new(None),
                keep_alive_error: RwSignal::new(None),
                error: RwSignal::new(None),
            },
            messages: MessageForms {
                filter: text(format!("lab/{random:04x}/#")),
                filter_qos: RwSignal::new(QoS::AtLeastOnce),
                filter_error: RwSignal::new(None),
                topic: text(format!("lab/{random:04x}/led")),
                payload: text("on".to_owned()),
                qos: RwSignal::new(QoS::AtLeastOnce),
                retain: RwSignal::new(false),
                error: RwSignal::new(None),
            },
            options: Options::new(),
            phase: RwSignal::new(Phase::Offline),
            failure: RwSignal::new(None),
            notice: RwSignal::new(None),
            selection: Selection::new(),
            changed: RwSignal::new(0),
            announced: StoredValue::new(false),
            record: StoredValue::new(Record { plan: Plan::new(live.capture()), live }),
            now: RwSignal::new(Instant::ZERO),
            driver: StoredValue::new_local(Driver::default()),
        }
    }

    /// What the diagram looks at.
    pub fn source(self) -> Source {
        let look = move |show: &mut dyn FnMut(Scene<'_>)| {
            self.with_record(|it| {
                let (capture, record) = (it.live.capture(), it.live.record_number());
                show(Scene { capture, plan: &it.plan, step: it.live.step(), record });
            });
        };
        let plan = Callback::new(move |options| {
            self.record.try_update_value(|it| it.plan = Plan::with(it.live.capture(), options));
            self.changed.update(|it| *it += 1);
        });
        Source::new(look, self.now, plan)
    }

    /// Looks at the record, and again whenever it has changed.
    pub fn with_record<R>(self, read: impl FnOnce(&Record) -> R) -> Option<R> {
        self.changed.track();
        self.record.try_with_value(read)
    }

    /// Changes the record; its rows follow.
    pub(super) fn change<R>(self, change: impl FnOnce(&mut Live) -> R) -> Option<R> {
        let (result, anew) = self.record.try_update_value(|record| {
            let number = record.live.record_number();
            let result = change(&mut record.live);
            let anew = record.live.record_number() != number;
            if anew {
                record.plan = Plan::with(record.live.capture(), record.plan.options());
            } else {
                record.plan.update(record.live.capture());
            }
            (result, anew)
        })?;
        if anew {
            self.selection.choose(None);
        }
        self.announce();
        Some(result)
    }

    /// Tells the page of changes, once a frame however many packets come.
    fn announce(self) {
        if self.announced.try_get_value() != Some(false) {
            return;
        }
        self.announced.set_value(true);
        request_animation_frame(move || {
            self.announced.try_set_value(false);
            self.now.try_set(self.clock());
            self.changed.try_update(|it| *it += 1);
        });
    }

    /// What the client core wants its owner to hear next.
    pub(super) fn next_event(self) -> Option<ClientEvent> {
        self.record.try_update_value(|record| record.live.poll_event())?
    }

    /// What the client core wants the transport to do next.
    pub(super) fn next_output(self) -> Option<ClientOutput> {
        self.record.try_update_value(|record| record.live.poll_output())?
    }

    /// What the form asks for, with what is wrong shown at its fields.
    pub(super) fn read_form(self) -> Option<(Address, ClientConfig)> {
        let form = self.form;
        let address = Address::parse(&form.url.get_untracked(), super::secure_page());
        let keep_alive = form.keep_alive.get_untracked().trim().parse::<u16>();
        form.url_error.set(address.as_ref().err().map(ToString::to_string));
        let wrong =
            keep_alive.is_err().then(|| "A whole number from 0 to 65535; 0 switches it off.".to_owned());
        form.keep_alive_error.set(wrong);
        form.error.set(None);
        let (address, keep_alive_secs) = (address.ok()?, keep_alive.ok()?);
        let config = ClientConfig { keep_alive_secs, ..self.config() };
        if let Err(error) = Live::check(&config) {
            form.error.set(Some(error));
            return None;
        }
        Some((address, config))
    }

    /// Subscribes as the form says.
    pub fn subscribe(self) {
        let forms = self.messages;
        let options = SubscriptionOptions { qos: forms.filter_qos.get_untracked(), ..Default::default() };
        let filter = forms.filter.get_untracked();
        self.notice.set(None);
        self.ask(forms.filter_error, |live, now| live.subscribe(now, &filter, options).map(drop));
    }

    /// Ends a subscription.
    pub fn unsubscribe(self, filter: &str) {
        self.ask(self.messages.filter_error, |live, now| live.unsubscribe(now, filter).map(drop));
    }

    /// Publishes as the form says.
    pub fn publish(self) {
        let forms = self.messages;
        let request = PublishRequest {
            topic: forms.topic.get_untracked(),
            payload: Bytes::from(forms.payload.get_untracked()),
            qos: forms.qos.get_untracked(),
            retain: forms.retain.get_untracked(),
            properties: PropertyBuf::new(),
        };
        self.ask(forms.error, |live, now| live.publish(now, request).map(drop));
    }

    pub(super) fn ask(
        self,
        error: RwSignal<Option<ClientError>>,
        request: impl FnOnce(&mut Live, Instant) -> Result<(), ClientError>,
    ) {
        let now = self.clock();
        let answer = self.change(|live| request(live, now));
        error.set(answer.and_then(Result::err));
        self.drive();
    }
}
