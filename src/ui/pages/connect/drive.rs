//! Socket, clock and timers for the client core.

use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;

use super::failure::Failure;
use super::state::{ConnectState, Phase};
use crate::capture::NoteKind;
use crate::client::{ClientConfig, ClientEvent, ClientOutput, CloseReason};
use crate::codec::{PacketType, ReasonCode, Version};
use crate::time::Instant;
use crate::transport::{Address, SUBPROTOCOL, Socket, SocketEvent};

/// What cannot leave the browser's thread.
#[derive(Default)]
pub(super) struct Driver {
    socket: Option<Socket>,
    /// What the socket is opened for.
    attempt: Option<(Address, ClientConfig)>,
    /// Counts sockets, so that an old one's last words are not taken for the new one's.
    number: u32,
    opened_at: Instant,
    /// The client core's next deadline, and the ticking of the diagram's clock.
    timer: Option<Timeout>,
    ticking: Option<Interval>,
    /// The browser's clock when the first connection was tried, in milliseconds.
    origin: Option<f64>,
}

impl ConnectState {
    /// Time since the first connection was tried.
    pub(super) fn clock(self) -> Instant {
        let millis = window().performance().map_or(0.0, |it| it.now());
        let origin = self.driver.try_update_value(|it| *it.origin.get_or_insert(millis)).unwrap_or(millis);
        Instant::from_micros(((millis - origin) * 1_000.0).max(0.0) as u64)
    }

    /// Opens a connection as the form says.
    pub fn connect(self) {
        if self.phase.get_untracked() != Phase::Offline {
            return;
        }
        self.failure.set(None);
        self.notice.set(None);
        let Some((address, config)) = self.read_form() else { return };
        let now = self.clock();
        let number = self.driver.try_update_value(|driver| {
            driver.number += 1;
            driver.opened_at = now;
            driver.number
        });
        let Some(number) = number else { return };
        match Socket::open(&address.url, move |event| self.heard(number, event)) {
            Ok(socket) => {
                self.driver.update_value(|driver| {
                    driver.socket = Some(socket);
                    driver.attempt = Some((address, config));
                });
                self.phase.set(Phase::Opening);
            }
            Err(error) => self.failure.set(Some(Failure::NotTried(error))),
        }
    }

    /// Sends DISCONNECT and closes; while the socket is only being opened, gives that up.
    pub fn disconnect(self) {
        if self.phase.get_untracked() == Phase::Opening {
            return self.forget_socket();
        }
        let now = self.clock();
        let asked = self.change(|live| live.disconnect(now));
        if asked.is_some_and(|it| it.is_ok()) {
            self.phase.set(Phase::Closing);
        }
        self.drive();
    }

    /// Closes the socket without DISCONNECT: the broker publishes the will, if there is one.
    pub fn drop_socket(self) {
        let now = self.clock();
        self.change(|live| live.closed(now, NoteKind::LinkCut, "socket dropped without DISCONNECT"));
        self.forget_socket();
        self.drive();
    }

    fn forget_socket(self) {
        self.driver.update_value(|driver| {
            driver.number += 1;
            driver.socket = None;
            driver.timer = None;
            driver.ticking = None;
        });
        self.phase.set(Phase::Offline);
    }

    fn heard(self, number: u32, event: SocketEvent) {
        if self.driver.try_with_value(|it| it.number) != Some(number) {
            return;
        }
        let now = self.clock();
        match event {
            SocketEvent::Open { subprotocol } => self.socket_opened(now, subprotocol),
            SocketEvent::Data(chunk) => {
                self.change(|live| live.received(now, &chunk));
            }
            SocketEvent::Text => {
                self.failure.set(Some(Failure::TextFrame));
                self.change(|live| live.closed(now, NoteKind::Trouble, "a text frame came: not MQTT"));
                self.forget_socket();
            }
            SocketEvent::Closed { code, reason, clean } => self.socket_closed(now, code, reason, clean),
        }
        self.drive();
    }

    fn socket_opened(self, now: Instant, subprotocol: String) {
        // 3.1.1 MQTT-6.0.0-4, 5.0 MQTT-6.0.0-4
        if subprotocol != SUBPROTOCOL {
            self.failure.set(Some(Failure::NoSubprotocol { found: subprotocol }));
            return self.forget_socket();
        }
        let attempt = self.driver.try_with_value(|it| it.attempt.clone()).flatten();
        let Some((address, config)) = attempt else { return };
        let opened = self.change(|live| live.opened(now, config, &address.authority()));
        match opened {
            Some(Ok(())) => {
                self.phase.set(Phase::Connecting);
                let tick = move || {
                    self.now.try_set(self.clock());
                };
                self.driver.update_value(|driver| driver.ticking = Some(Interval::new(1_000, tick)));
            }
            Some(Err(error)) => {
                self.form.error.set(Some(error));
                self.forget_socket();
            }
            None => {}
        }
    }

    fn socket_closed(self, now: Instant, code: u16, reason: String, clean: bool) {
        let phase = self.phase.get_untracked();
        let attempt = self.driver.try_update_value(|it| (it.attempt.take(), it.opened_at));
        if phase == Phase::Opening {
            if let Some((Some((address, _)), since)) = attempt {
                self.failure.set(Some(Failure::NotOpened { address, code, after: now - since }));
            }
        } else {
            let (kind, why) = match phase {
                Phase::Closing => (NoteKind::LinkClosed, "connection closed"),
                _ => (NoteKind::LinkCut, "the server closed the connection"),
            };
            self.change(|live| live.closed(now, kind, why));
            if phase != Phase::Closing && self.failure.with_untracked(Option::is_none) {
                let connecting = phase == Phase::Connecting;
                self.failure.set(Some(Failure::Lost { code, reason, clean, connecting }));
            }
        }
        self.hear();
        self.forget_socket();
    }

    /// Does what the client core wants: sends, closes, tells, and sets its timer.
    pub(super) fn drive(self) {
        self.hear();
        while let Some(output) = self.next_output() {
            self.driver.with_value(|driver| {
                let Some(socket) = &driver.socket else { return };
                match output {
                    // A socket that takes nothing any more tells so itself, by closing.
                    ClientOutput::Send(bytes) => drop(socket.send(&bytes)),
                    ClientOutput::Close => socket.close(),
                }
            });
        }
        self.set_timer();
    }

    fn set_timer(self) {
        let now = self.clock();
        let wait = untrack(|| self.with_record(|it| it.live.poll_timeout()))
            .flatten()
            // A little later rather than too early, which would do nothing but ask again.
            .map(|at| (at - now).as_millis().min(i32::MAX as u128) as u32 + 1);
        let timer = wait.map(|millis| {
            Timeout::new(millis, move || {
                let now = self.clock();
                self.change(|live| live.timeout(now));
                self.drive();
            })
        });
        self.driver.try_update_value(|driver| driver.timer = timer);
    }

    fn hear(self) {
        while let Some(event) = self.next_event() {
            match event {
                ClientEvent::Connected { .. } => self.phase.set(Phase::Connected),
                ClientEvent::Refused { code, .. } => {
                    self.failure.set(Some(Failure::Refused { code, version: self.version() }));
                }
                ClientEvent::Subscribed { codes, .. } => {
                    let refused = codes.iter().find(|code| code.is_error());
                    self.notice.set(refused.map(|code| {
                        format!(
                            "The broker refuses the subscription: {}.",
                            self.name(PacketType::SubAck, *code)
                        )
                    }));
                }
                ClientEvent::Published { topic, reason, .. } if reason.is_error() => {
                    let name = self.name(PacketType::PubAck, reason);
                    self.notice
                        .set(Some(format!("The broker does not take the message on {topic}: {name}.")));
                }
                ClientEvent::Closed(reason) => self.client_closed(reason),
                _ => {}
            }
        }
    }

    /// The client core has given up the connection or lost it.
    fn client_closed(self, reason: CloseReason) {
        let failure = match reason {
            CloseReason::Requested | CloseReason::TransportClosed | CloseReason::Refused(_) => None,
            CloseReason::ServerDisconnected(code) => Some(Failure::ServerDisconnected { code }),
            CloseReason::ConnAckTimeout => Some(Failure::ConnAckTimeout),
            CloseReason::PingRespTimeout => Some(Failure::PingRespTimeout),
            CloseReason::Violation(violation) => {
                Some(Failure::Violation { statement: violation.statement() })
            }
            CloseReason::Overrun => Some(Failure::Overrun),
        };
        if failure.is_some() {
            self.failure.set(failure);
        }
        if reason != CloseReason::TransportClosed {
            self.phase.set(Phase::Closing);
        }
    }

    fn version(self) -> Version {
        untrack(|| self.with_record(|it| it.live.client().config().version)).unwrap_or(Version::V311)
    }

    fn name(self, packet: PacketType, code: ReasonCode) -> String {
        match code.name(packet, self.version()) {
            Some(name) => name.to_owned(),
            None => format!("code {:#04x}", code.0),
        }
    }
}
