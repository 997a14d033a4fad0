//! The `$SYS` topics, named as mosquitto names them.

use core::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;

use super::call::Call;
use super::counters::Counters;
use super::decision::Decision;
use super::publication::Publication;
use super::state::Broker;
use crate::codec::{PropertyBuf, QoS, Version};
use crate::session::Message;
use crate::time::{Duration, Instant};

/// Averages over 1, 5 and 15 minutes, in thousandths a minute.
type Load = [u64; 3];
const MINUTES: [u64; 3] = [1, 5, 15];
const LOADS: usize = 9;

/// When and what was published last.
#[derive(Clone, Debug)]
pub(super) struct Sys {
    interval_secs: u16,
    /// When it is published next.
    pub(super) next: Option<Instant>,
    last: Instant,
    /// What `uptime` counts from.
    started: Instant,
    before: Counters,
    loads: [Load; LOADS],
}

impl Sys {
    pub(super) fn new(interval_secs: u16) -> Self {
        let next = (interval_secs > 0).then(|| Instant::ZERO + Duration::from_secs(interval_secs.into()));
        let (last, before) = (Instant::ZERO, Counters::default());
        Self { interval_secs, next, last, started: last, before, loads: Default::default() }
    }

    /// Those of a broker that starts now: mosquitto publishes them at once, then in its interval.
    pub(super) fn starting(now: Instant, interval_secs: u16) -> Self {
        let next = (interval_secs > 0).then_some(now);
        Self { last: now, started: now, next, ..Self::new(interval_secs) }
    }
}

impl Sys {
    /// Publishes in this interval from `now` on.
    pub(super) fn set_interval(&mut self, now: Instant, interval_secs: u16) {
        if interval_secs != self.interval_secs {
            self.interval_secs = interval_secs;
            self.next = (interval_secs > 0).then(|| now + Duration::from_secs(interval_secs.into()));
        }
    }
}

/// Totals whose averages are published, by their names below `$SYS/broker/load`.
fn load_totals(counters: &Counters) -> [(&'static str, u64); LOADS] {
    [
        ("messages/received", counters.messages_received),
        ("messages/sent", counters.messages_sent),
        ("publish/dropped", counters.publish_dropped),
        ("publish/received", counters.publish_received),
        ("publish/sent", counters.publish_sent),
        ("bytes/received", counters.bytes_received),
        ("bytes/sent", counters.bytes_sent),
        ("sockets", counters.sockets),
        ("connections", counters.connections),
    ]
}

/// e to the power of -`millis` / (`minutes` · 60,000), in 32 binary places. Whole numbers give the same everywhere.
fn decay(millis: u64, minutes: u64) -> u64 {
    // One step of a ten-thousandth of the time constant: 1 - x + x²/2 with x = 0.0001.
    const STEP: u64 = ((1u128 << 32) * 999_900_005 / 1_000_000_000) as u64;
    let (mut left, mut power, mut result) = (millis / (minutes * 6), STEP, 1u64 << 32);
    while left > 0 {
        if left & 1 == 1 {
            result = (result * power) >> 32;
        }
        power = (power * power) >> 32;
        left >>= 1;
    }
    result
}

impl Broker {
    /// Publishes what has changed.
    pub(super) fn publish_sys(&mut self, call: &mut Call<'_>) {
        let interval = Duration::from_secs(self.sys.interval_secs.into());
        self.sys.next = Some(call.now + interval);
        let millis = call.now.since(self.sys.last).as_millis() as u64;
        self.sys.last = call.now;
        let mut text = String::new();
        // One decision stands for all of them.
        call.tell(&Decision::SysPublished);
        let call = &mut Call::silent(call.now);
        self.publish_totals(&mut text, call);
        let counters = self.outbox.counters;
        let before = core::mem::replace(&mut self.sys.before, counters);
        let pairs = load_totals(&counters).into_iter().zip(load_totals(&before));
        for (at, ((name, total), (_, earlier))) in pairs.enumerate() {
            // What came in this interval, a minute.
            let rate = (total - earlier).saturating_mul(60_000_000).checked_div(millis).unwrap_or(0);
            for (span, minutes) in MINUTES.into_iter().enumerate() {
                let old = self.sys.loads[at][span];
                let keep = u128::from(decay(millis, minutes));
                let new = (u128::from(old) * keep + u128::from(rate) * ((1 << 32) - keep)) >> 32;
                self.sys.loads[at][span] = new as u64;
                text.clear();
                let hundredths = (new + 5) / 10;
                let _ = write!(text, "{}.{:02}", hundredths / 100, hundredths % 100);
                self.publish_own(&["load/", name, SPANS[span]], &text, call);
            }
        }
    }

    fn publish_totals(&mut self, text: &mut String, call: &mut Call<'_>) {
        let counters = self.outbox.counters;
        let total = self.sessions.len();
        let connected = self.sessions.iter().filter(|session| session.is_connected()).count();
        let (mut stored, mut stored_bytes) = (self.retained.len(), self.retained.bytes());
        for session in self.sessions.iter() {
            stored += session.queued().len() + session.in_flight().len();
            stored_bytes += session.queued().map(|queued| queued.message.payload.len()).sum::<usize>();
        }
        let numbers: [(&str, u64); 24] = [
            ("clients/total", total as u64),
            ("clients/inactive", (total - connected) as u64),
            ("clients/disconnected", (total - connected) as u64),
            ("clients/active", connected as u64),
            ("clients/connected", connected as u64),
            ("clients/maximum", counters.clients_maximum),
            ("clients/expired", counters.clients_expired),
            ("subscriptions/count", self.subscription_count() as u64),
            ("shared_subscriptions/count", self.groups.members as u64),
            ("retained messages/count", self.retained.len() as u64),
            ("messages/stored", stored as u64),
            ("store/messages/count", stored as u64),
            ("store/messages/bytes", stored_bytes as u64),
            ("messages/received", counters.messages_received),
            ("messages/sent", counters.messages_sent),
            ("publish/messages/dropped", counters.publish_dropped),
            ("publish/messages/received", counters.publish_received),
            ("publish/messages/sent", counters.publish_sent),
            ("publish/bytes/received", counters.publish_bytes_received),
            ("publish/bytes/sent", counters.publish_bytes_sent),
            ("bytes/received", counters.bytes_received),
            ("bytes/sent", counters.bytes_sent),
            ("connections/socket/count", counters.sockets),
            ("connections/count", counters.connections),
        ];
        self.publish_own(&["version"], concat!("mqtt-playground ", env!("CARGO_PKG_VERSION")), call);
        let _ = write!(text, "{} seconds", call.now.since(self.sys.started).as_secs());
        self.publish_own(&["uptime"], text, call);
        for (name, number) in numbers {
            text.clear();
            let _ = write!(text, "{number}");
            self.publish_own(&[name], text, call);
        }
    }

    /// One of the broker's own topics, retained; nothing where it says so already.
    fn publish_own(&mut self, name: &[&str], value: &str, call: &mut Call<'_>) {
        let mut topic = String::from("$SYS/broker/");
        name.iter().for_each(|part| topic.push_str(part));
        let known = self.retained.get(&topic);
        if known.is_some_and(|kept| *kept.message.payload == *value.as_bytes()) {
            return;
        }
        let payload = Bytes::copy_from_slice(value.as_bytes());
        let message = Arc::new(Message::new(topic, payload, PropertyBuf::new()));
        let retain = self.config.retain_available;
        let mut publication =
            Publication::of_message(&message, QoS::ExactlyOnce, retain, Version::V311, call.now);
        self.hand_on(&mut publication, false, call);
    }
}

const SPANS: [&str; 3] = ["/1min", "/5min", "/15min"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decay_is_that_of_mosquitto() {
        for (millis, minutes, expected) in
            [(10_000, 1, 0.846_481_7), (10_000, 5, 0.967_216_1), (60_000, 1, 0.367_879_4), (0, 1, 1.0)]
        {
            let found = decay(millis, minutes) as f64 / (1u64 << 32) as f64;
            assert!((found - expected).abs() < 0.0001, "{millis} {minutes}: {found}");
        }
        assert_eq!(decay(u64::MAX, 1), 0);
    }
}
