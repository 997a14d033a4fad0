//! Sending the same message many times, as fast as answers come and the browser takes bytes.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::state::{ConnectState, Phase};
use crate::client::{ClientError, PublishRequest};
use crate::codec::QoS;

/// Messages that are sent before the browser gets a turn.
const AT_ONCE: u32 = 512;
/// Bytes that may wait in the browser's socket.
const MOST_UNSENT: u32 = 1 << 20;

/// What is still to be sent.
pub(super) struct Burst {
    request: PublishRequest,
    left: u32,
    /// The next turn, where no answer brings it.
    turn: Option<Timeout>,
}

impl ConnectState {
    /// Sends a message so many times.
    pub(super) fn burst(self, request: PublishRequest, times: u32) {
        self.driver.update_value(|driver| driver.burst = Some(Burst { request, left: times, turn: None }));
        self.drive();
    }

    /// Sends no more of it.
    pub(super) fn stop_burst(self) {
        self.driver.try_update_value(|driver| driver.burst = None);
        self.page.change(|_| ());
    }

    /// How many are still to be sent; followed.
    pub(super) fn bursting(self) -> Option<u32> {
        self.with_record(|_| ());
        self.driver.try_with_value(|driver| driver.burst.as_ref().map(|burst| burst.left)).flatten()
    }

    /// Sends as many as there is room for now; `true` if it did.
    pub(super) fn pump(self) -> bool {
        let taken = self.driver.try_update_value(|driver| {
            let burst = driver.burst.take()?;
            Some((burst, driver.unsent()))
        });
        let Some(Some((mut burst, unsent))) = taken else { return false };
        if self.phase.try_get_untracked() != Some(Phase::Connected) {
            return false;
        }
        let (now, before) = (self.clock(), burst.left);
        let size = (burst.request.topic.len() + burst.request.payload.len()) as u32 + 16;
        let error = self.change(|live, line| {
            let mut unsent = unsent;
            while burst.left > 0 && before - burst.left < AT_ONCE && unsent < MOST_UNSENT {
                match live.publish(line, now, burst.request.clone()) {
                    Ok(_) => burst.left -= 1,
                    Err(ClientError::WindowFull { .. } | ClientError::TooManyRequests) => return None,
                    Err(error) => return Some(error),
                }
                unsent += size;
            }
            None
        });
        let sent = before - burst.left;
        if let Some(Some(error)) = error {
            self.messages.error.set(Some(error));
        } else if burst.left > 0 {
            let waits = burst.request.qos != QoS::AtMostOnce && unsent < MOST_UNSENT;
            burst.turn = (!waits || sent == AT_ONCE).then(|| Timeout::new(0, move || self.drive()));
            self.driver.try_update_value(|driver| driver.burst = Some(burst));
        }
        sent > 0
    }
}
