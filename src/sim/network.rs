//! How a link is: as data.

use crate::time::Duration;

/// What a client's way to the broker is like. All chance comes from the scenario's seed.
///
/// Packets of one direction stay in order and arrive whole in the end, as over TCP: what is lost underneath is sent
/// again and costs time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSettings {
    /// How long a packet takes to the broker.
    pub to_broker_micros: u64,
    /// How long a packet takes from the broker.
    pub to_client_micros: u64,
    /// How much longer it takes at most, by chance.
    pub jitter_micros: u64,
    /// Of a thousand pieces, how many are lost underneath and sent again.
    pub loss_per_mille: u64,
    /// How long TCP waits before it sends a lost piece again; twice as long each further time.
    pub resend_micros: u64,
    /// How much leaves an end in a second; 0 is no bound.
    pub bytes_per_second: u64,
    /// How much arrives at once at most: a longer packet comes in pieces, each a delivery of its own. 0 is no bound.
    pub segment_bytes: u64,
    /// Packets of one direction that arrive within so long are delivered together; 0 is each for itself.
    pub join_micros: u64,
    /// How long the link is up before it goes down; 0 is for ever.
    pub up_micros: u64,
    /// How long it is down then; 0 is never.
    pub down_micros: u64,
    /// It is down, and stays so until it is set otherwise: what is connected is cut, what connects gets nowhere.
    pub down: bool,
}

impl Default for LinkSettings {
    /// 20 ms each way, nothing else.
    fn default() -> Self {
        Self {
            to_broker_micros: 20_000,
            to_client_micros: 20_000,
            jitter_micros: 0,
            loss_per_mille: 0,
            resend_micros: 200_000,
            bytes_per_second: 0,
            segment_bytes: 0,
            join_micros: 0,
            up_micros: 0,
            down_micros: 0,
            down: false,
        }
    }
}

impl LinkSettings {
    /// Well-known kinds of links, each with what it is called.
    pub fn presets() -> [(&'static str, Self); 5] {
        let of = |micros, jitter_micros| Self {
            to_broker_micros: micros,
            to_client_micros: micros,
            jitter_micros,
            ..Self::default()
        };
        [
            ("Lab LAN", of(1_000, 0)),
            ("Wi-Fi", of(20_000, 0)),
            (
                "Mobile",
                Self {
                    loss_per_mille: 20,
                    bytes_per_second: 125_000,
                    segment_bytes: 1_400,
                    ..of(60_000, 40_000)
                },
            ),
            ("Satellite", Self { bytes_per_second: 62_500, join_micros: 10_000, ..of(300_000, 5_000) }),
            ("Tunnel that cuts", Self { up_micros: 5_000_000, down_micros: 2_000_000, ..of(60_000, 20_000) }),
        ]
    }

    /// How long `bytes` take to leave an end.
    pub(super) fn sending(&self, bytes: usize) -> Duration {
        let micros = (bytes as u64).saturating_mul(1_000_000).checked_div(self.bytes_per_second);
        Duration::from_micros(micros.unwrap_or(0))
    }

    /// How long it stays as it is when it has just gone up or down; for ever if it was set down.
    pub(super) const fn changes_after(&self, is_down: bool) -> Option<Duration> {
        match (self.up_micros, self.down_micros) {
            _ if self.down => None,
            (0, _) | (_, 0) => None,
            (up, down) => Some(Duration::from_micros(if is_down { down } else { up })),
        }
    }
}
