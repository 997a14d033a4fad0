//! One connection and its forms, which go on while other pages show.

use bytes::Bytes;
use leptos::prelude::*;

use super::connections::{Connections, Record};
use super::drive::Driver;
use super::failure::Failure;
use super::options::Options;
use super::will::WillForm;
use super::wire::{IN_TAB, Target};
use crate::capture::FrameId;
use crate::client::{Client, ClientConfig, ClientError, ClientEvent, PublishRequest};
use crate::codec::{QoS, SubscriptionOptions, Version};
use crate::time::Instant;
use crate::transport::{Address, Errand, LineId, Live};
use crate::view::live::Inbox;

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
    /// It was lost, and will be tried again.
    Waiting,
}

/// What the connection form holds.
#[derive(Clone, Copy)]
pub struct ConnectForm {
    pub url: RwSignal<String>,
    pub version: RwSignal<Version>,
    pub client_id: RwSignal<String>,
    pub clean_start: RwSignal<bool>,
    pub reconnect: RwSignal<bool>,
    pub keep_alive: RwSignal<String>,
    pub user_name: RwSignal<String>,
    /// Kept in memory only, as long as the page lives, unless it is asked to be kept with the broker.
    pub password: RwSignal<String>,
    /// The will, and how long the session lasts.
    pub(super) will: WillForm,
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

/// A connection's state; made at the app's owner.
#[derive(Clone, Copy)]
pub struct ConnectState {
    pub page: Connections,
    pub line: LineId,
    pub form: ConnectForm,
    pub messages: MessageForms,
    /// The forms with every option.
    pub(super) options: Options,
    pub phase: RwSignal<Phase>,
    /// What keeps or kept it from going on.
    pub failure: RwSignal<Option<Failure>>,
    /// What the broker answered that is worth a line: a refused subscription.
    pub notice: RwSignal<Option<String>>,
    pub(super) driver: StoredValue<Driver, LocalStorage>,
}

/// A client identifier that nobody else has.
pub(super) fn random_id() -> String {
    format!("mqttpg-{:04x}", random())
}

fn random() -> u16 {
    (js_sys::Math::random() * 65_536.0) as u16
}

impl ConnectState {
    /// Not connected; topics and client identifier get a random part once.
    pub fn new(page: Connections, line: LineId) -> Self {
        let text = |text: String| RwSignal::new(text);
        let space = format!("lab/{:04x}", random());
        Self {
            page,
            line,
            form: ConnectForm {
                url: text("ws://127.0.0.1:9001".to_owned()),
                version: RwSignal::new(Version::V311),
                client_id: text(random_id()),
                clean_start: RwSignal::new(true),
                reconnect: RwSignal::new(true),
                keep_alive: text("30".to_owned()),
                user_name: RwSignal::default(),
                password: RwSignal::default(),
                will: WillForm::new(&space),
                url_error: RwSignal::new(None),
                keep_alive_error: RwSignal::new(None),
                error: RwSignal::new(None),
            },
            messages: MessageForms {
                filter: text([&space, "/#"].concat()),
                filter_qos: RwSignal::new(QoS::AtLeastOnce),
                filter_error: RwSignal::new(None),
                topic: text([&space, "/led"].concat()),
                payload: text("on".to_owned()),
                qos: RwSignal::new(QoS::AtLeastOnce),
                retain: RwSignal::new(false),
                error: RwSignal::new(None),
            },
            options: Options::new(),
            phase: RwSignal::new(Phase::Offline),
            failure: RwSignal::new(None),
            notice: RwSignal::new(None),
            driver: StoredValue::new_local(Driver::default()),
        }
    }

    /// Looks at the page's record, and again whenever it has changed.
    pub fn with_record<R>(self, read: impl FnOnce(&Record) -> R) -> Option<R> {
        self.page.with_record(read)
    }

    /// Looks at the client, and again whenever the record has changed.
    pub fn with_client<R>(self, read: impl FnOnce(&Client) -> R) -> Option<R> {
        self.page.with_record(|it| read(it.live.client(self.line)))
    }

    /// Looks at the messages, and again whenever the record has changed.
    pub fn with_inbox<R>(self, read: impl FnOnce(&Inbox) -> R) -> Option<R> {
        self.page.with_record(|it| it.inboxes.get(self.line).map(read)).flatten()
    }

    /// Changes what is live.
    pub(super) fn change<R>(self, change: impl FnOnce(&mut Live, LineId) -> R) -> Option<R> {
        self.page.change(|record| change(&mut record.live, self.line))
    }

    /// Time since the page's first connection.
    pub(super) fn clock(self) -> Instant {
        self.page.clock()
    }

    /// What the client core wants its owner to hear next; messages have gone to the inbox.
    pub(super) fn next_event(self) -> Option<ClientEvent> {
        let now = self.clock();
        self.page.record.try_update_value(|record| record.hear(self.line, now))?
    }

    /// What the client core wants the transport to do next.
    pub(super) fn next_errand(self) -> Option<Errand> {
        let now = self.clock();
        self.page.record.try_update_value(|record| record.live.poll_errand(self.line, now))?
    }

    /// What the form asks for, with what is wrong shown at its fields.
    pub(super) fn read_form(self) -> Option<(Target, ClientConfig)> {
        let form = self.form;
        let url = form.url.get_untracked();
        let target = if url.trim() == IN_TAB {
            Ok(Target::Tab)
        } else {
            Address::parse(&url, super::secure_page()).map(Target::Socket)
        };
        let keep_alive = form.keep_alive.get_untracked().trim().parse::<u16>();
        form.url_error.set(target.as_ref().err().map(ToString::to_string));
        let wrong =
            keep_alive.is_err().then(|| "A whole number from 0 to 65535; 0 switches it off.".to_owned());
        form.keep_alive_error.set(wrong);
        form.error.set(None);
        let fits = form.will.check(form.version.get_untracked());
        let (target, keep_alive_secs) = (target.ok()?, keep_alive.ok()?);
        if !fits {
            return None;
        }
        let config = ClientConfig { keep_alive_secs, ..self.config() };
        if let Err(error) = Live::check(&config) {
            form.error.set(Some(error));
            return None;
        }
        Some((target, config))
    }

    /// Subscribes as the form says.
    pub fn subscribe(self) {
        let forms = self.messages;
        let options = SubscriptionOptions { qos: forms.filter_qos.get_untracked(), ..Default::default() };
        let filter = forms.filter.get_untracked();
        self.notice.set(None);
        self.ask(forms.filter_error, |live, line, now| live.subscribe(line, now, &filter, options).map(drop));
    }

    /// Ends a subscription.
    pub fn unsubscribe(self, filter: &str) {
        self.ask(self.messages.filter_error, |live, line, now| live.unsubscribe(line, now, filter).map(drop));
    }

    /// What the form for publishing says.
    pub(super) fn request(self) -> PublishRequest {
        let forms = self.messages;
        PublishRequest {
            topic: forms.topic.get_untracked(),
            payload: Bytes::from(forms.payload.get_untracked()),
            qos: forms.qos.get_untracked(),
            retain: forms.retain.get_untracked(),
            ..PublishRequest::default()
        }
    }

    /// Publishes as the form says.
    pub fn publish(self) {
        let request = self.request();
        self.ask(self.messages.error, |live, line, now| live.publish(line, now, request).map(drop));
    }

    /// Whether the broker has accepted it, and it is still open.
    pub fn is_connected(self) -> bool {
        self.phase.get() == Phase::Connected
    }

    /// Sends packets as they are, whatever rules they break; gives the first one's number.
    ///
    /// # Errors
    /// When the connection is not open, or it is too much at a time; what came before has been sent then.
    pub fn send_raw(self, packets: &[Bytes]) -> Result<Option<FrameId>, ClientError> {
        let now = self.clock();
        let sent = self.change(|live, line| {
            let mut first = None;
            for bytes in packets {
                live.send_raw(line, now, bytes.clone())?;
                first = first.or(live.last_frame(line));
            }
            Ok(first)
        });
        self.drive();
        sent.unwrap_or(Err(ClientError::NotConnected))
    }

    pub(super) fn ask(
        self,
        error: RwSignal<Option<ClientError>>,
        request: impl FnOnce(&mut Live, LineId, Instant) -> Result<(), ClientError>,
    ) {
        let now = self.clock();
        let answer = self.change(|live, line| request(live, line, now));
        let answer = answer.and_then(Result::err);
        if answer.is_some() || error.with_untracked(Option::is_some) {
            error.set(answer);
        }
        self.drive();
    }
}
