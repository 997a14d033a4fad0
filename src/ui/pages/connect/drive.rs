//! Socket, clock and timers for a line's client core.

use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;

use super::burst::Burst;
use super::failure::Failure;
use super::state::{ConnectState, Phase};
use super::wire::{Target, Wire};
use crate::capture::NoteKind;
use crate::client::{ClientConfig, ClientEvent, CloseReason};
use crate::codec::{PacketType, ReasonCode, Version};
use crate::time::Instant;
use crate::transport::{Errand, SUBPROTOCOL, SocketEvent};

/// What cannot leave the browser's thread.
#[derive(Default)]
pub(super) struct Driver {
    wire: Option<Wire>,
    /// What the socket is opened for.
    attempt: Option<(Target, ClientConfig)>,
    /// The attempt stands in for a connection that was lost.
    again: bool,
    /// Counts sockets, so that an old one's last words are not taken for the new one's.
    number: u32,
    opened_at: Instant,
    /// The client core's next deadline, and the ticking of the diagram's clock.
    timer: Option<(Instant, Timeout)>,
    ticking: Option<Interval>,
    /// What is sent many times.
    pub(super) burst: Option<Burst>,
}

impl Driver {
    /// Bytes that the browser has not sent yet.
    pub(super) fn unsent(&self) -> u32 {
        self.wire.as_ref().map_or(0, Wire::unsent)
    }
}

impl ConnectState {
    /// Opens a connection as the form says; one that is waited for is tried now.
    pub fn connect(self) {
        match self.phase.get_untracked() {
            Phase::Offline => {}
            Phase::Waiting => return self.reconnect(),
            _ => return,
        }
        self.failure.set(None);
        self.notice.set(None);
        let Some((target, config)) = self.read_form() else { return };
        self.driver.update_value(|driver| {
            driver.attempt = Some((target, config));
            driver.again = false;
        });
        self.open();
    }

    /// Opens once more what was lost.
    fn reconnect(self) {
        self.driver.update_value(|driver| driver.again = true);
        self.open();
    }

    fn open(self) {
        let now = self.clock();
        let opened = self.driver.try_update_value(|driver| {
            driver.number += 1;
            driver.opened_at = now;
            driver.attempt.clone().map(|(target, _)| (driver.number, target))
        });
        let Some(Some((number, target))) = opened else { return };
        match Wire::open(&target, move |event| self.heard(number, event)) {
            Ok(wire) => {
                self.driver.update_value(|driver| driver.wire = Some(wire));
                self.phase.set(Phase::Opening);
            }
            Err(error) => {
                self.failure.set(Some(Failure::NotTried(error)));
                self.stop_waiting();
            }
        }
    }

    /// Sends DISCONNECT and closes; while the socket is only being opened or waited for, gives that up.
    pub fn disconnect(self) {
        if matches!(self.phase.get_untracked(), Phase::Opening | Phase::Waiting) {
            return self.stop_waiting();
        }
        let now = self.clock();
        let asked = self.change(|live, line| live.disconnect(line, now));
        if asked.is_some_and(|it| it.is_ok()) {
            self.phase.set(Phase::Closing);
        }
        self.drive();
    }

    /// No further attempt.
    fn stop_waiting(self) {
        let now = self.clock();
        self.change(|live, line| live.give_up(line, now));
        self.forget_socket();
    }

    /// Closes the socket without DISCONNECT: the broker publishes the will, if there is one.
    pub fn drop_socket(self) {
        let now = self.clock();
        self.change(|live, line| {
            live.closed(line, now, NoteKind::LinkCut, "socket dropped without DISCONNECT");
            // Whoever drops it wants it gone.
            live.give_up(line, now);
        });
        self.forget_socket();
        self.drive();
    }

    fn forget_socket(self) {
        let waits =
            untrack(|| self.with_client(|client| client.reconnect_at().is_some())).unwrap_or_default();
        self.driver.update_value(|driver| {
            driver.number += 1;
            driver.wire = None;
            driver.timer = None;
            driver.ticking = None;
        });
        self.phase.set(if waits { Phase::Waiting } else { Phase::Offline });
    }

    fn heard(self, number: u32, event: SocketEvent) {
        if self.driver.try_with_value(|it| it.number) != Some(number) {
            return;
        }
        let now = self.clock();
        match event {
            SocketEvent::Open { subprotocol } => self.socket_opened(now, subprotocol),
            SocketEvent::Data(frames) => {
                self.change(|live, line| frames.iter().for_each(|it| live.received(line, now, it)));
            }
            SocketEvent::Text => {
                self.failure.set(Some(Failure::TextFrame));
                self.change(|live, line| {
                    live.closed(line, now, NoteKind::Trouble, "a text frame came: not MQTT");
                    live.give_up(line, now);
                });
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
            return self.stop_waiting();
        }
        let known = |it: &Driver| it.attempt.clone().map(|attempt| (attempt, it.again, it.opened_at));
        let attempt = self.driver.try_with_value(known);
        let Some(Some(((target, config), again, since))) = attempt else { return };
        self.page.change(|record| {
            if let Some(timings) = record.timings.get_mut(self.line) {
                timings.opened(now - since);
            }
        });
        let opened = self.change(|live, line| match again {
            true => live.reopened(line, now),
            false => live.opened(line, now, config, &target.name(), target.carrier()),
        });
        match opened {
            Some(Ok(())) => {
                self.phase.set(Phase::Connecting);
                let tick = move || self.page.tick();
                self.driver.update_value(|driver| driver.ticking = Some(Interval::new(1_000, tick)));
            }
            Some(Err(error)) => {
                self.form.error.set(Some(error));
                self.stop_waiting();
            }
            None => {}
        }
    }

    fn socket_closed(self, now: Instant, code: u16, reason: String, clean: bool) {
        let phase = self.phase.get_untracked();
        let known = self.driver.try_with_value(|it| (it.attempt.clone(), it.again, it.opened_at));
        let Some((attempt, again, since)) = known else { return };
        if phase == Phase::Opening {
            if again {
                self.change(|live, line| live.unreachable(line, now));
            }
            if let Some((Target::Socket(address), _)) = attempt {
                self.failure.set(Some(Failure::NotOpened { address, code, after: now - since, again }));
            }
        } else {
            let (kind, why) = match phase {
                Phase::Closing => (NoteKind::LinkClosed, "connection closed"),
                _ => (NoteKind::LinkCut, "the server closed the connection"),
            };
            let loops = self.change(|live, line| live.closed(line, now, kind, why));
            if loops == Some(true) {
                self.failure.set(Some(Failure::TakenOver));
            } else if phase != Phase::Closing && self.failure.with_untracked(Option::is_none) {
                let connecting = phase == Phase::Connecting;
                self.failure.set(Some(Failure::Lost { code, reason, clean, connecting }));
            }
        }
        self.hear();
        self.forget_socket();
    }

    /// Does what the client core wants: sends, closes, tells, and sets its timer.
    pub(super) fn drive(self) {
        // Answers first: the other side waits for them, what came can be listed meanwhile.
        self.flush();
        self.hear();
        self.flush();
        if self.pump() {
            self.flush();
        }
        self.set_timer();
    }

    fn flush(self) {
        while let Some(errand) = self.next_errand() {
            self.driver.with_value(|driver| {
                let Some(wire) = &driver.wire else { return };
                match errand {
                    Errand::Send(bytes) => wire.send(&bytes),
                    Errand::Close => wire.close(),
                }
            });
        }
    }

    /// Has the timer go off by the core's deadline. One that is set too early stays: it looks again.
    fn set_timer(self) {
        let due = untrack(|| self.with_record(|it| it.live.poll_timeout(self.line))).flatten();
        let armed = self.driver.try_with_value(|it| it.timer.as_ref().map(|(at, _)| *at)).flatten();
        if armed.is_some_and(|armed| due.is_some_and(|due| armed <= due)) || armed.is_none() && due.is_none()
        {
            return;
        }
        let now = self.clock();
        let timer = due.map(|at| {
            // A little later rather than too early, which would do nothing but ask again.
            let millis = (at - now).as_millis().min(i32::MAX as u128) as u32 + 1;
            (at, Timeout::new(millis, move || self.timed_out()))
        });
        self.driver.try_update_value(|driver| driver.timer = timer);
    }

    fn timed_out(self) {
        let now = self.clock();
        self.driver.try_update_value(|driver| driver.timer = None);
        let due = untrack(|| self.with_record(|it| it.live.poll_timeout(self.line))).flatten();
        if due.is_some_and(|due| due <= now) {
            self.change(|live, line| live.timeout(line, now));
        }
        self.drive();
    }

    fn hear(self) {
        while let Some(event) = self.next_event() {
            match event {
                ClientEvent::Connected { .. } => {
                    self.phase.set(Phase::Connected);
                    self.failure.set(None);
                }
                ClientEvent::ReconnectDue => self.reconnect(),
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
                ClientEvent::Published { topic, reason, .. } => {
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
        untrack(|| self.with_client(|client| client.config().version)).unwrap_or(Version::V311)
    }

    fn name(self, packet: PacketType, code: ReasonCode) -> String {
        match code.name(packet, self.version()) {
            Some(name) => name.to_owned(),
            None => format!("code {:#04x}", code.0),
        }
    }
}
