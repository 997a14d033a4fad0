//! Connections between a client and a broker, and how long frames take on them.

use litemap::LiteMap;

use super::network::LinkSettings;
use super::queue::Place;
use super::reading::Unread;
use super::recorded::Owed;
use crate::capture::{LinkId, Step};
use crate::codec::{Direction, Version};
use crate::time::{Duration, Instant};

/// A connection, until both ends have closed it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub client: usize,
    /// The broker's number.
    pub broker: usize,
    pub version: Version,
    /// The client's side is open.
    pub client_open: bool,
    /// The broker's side is open.
    pub broker_open: bool,
    /// Nothing gets through any more, and neither end knows.
    pub silent: bool,
    /// Nobody listens: nothing is sent, and the client hears of it after a round trip.
    pub refused: bool,
    /// What the client has not read, if it does not read.
    pub unread: Option<Box<Unread>>,
    /// The broker has been told of the connection.
    pub accepted: bool,
    /// What its ends would have sent, while a recording is played on it.
    pub owed: Option<Owed>,
    to_broker: Way,
    to_client: Way,
}

/// One direction of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Way {
    /// When the last frame is there: the next one is not there before it.
    pub due: Instant,
    /// When the last frame has left its sender, where that takes time.
    pub free: Instant,
    /// The last frame's place in the queue, and the step that sent it.
    pub last: Option<(Place, Step)>,
}

impl Link {
    pub fn new(client: usize, broker: usize, version: Version) -> Self {
        Self {
            client,
            broker,
            version,
            client_open: true,
            broker_open: true,
            silent: false,
            refused: false,
            unread: None,
            accepted: false,
            owed: None,
            to_broker: Way::default(),
            to_client: Way::default(),
        }
    }

    pub const fn way(&mut self, direction: Direction) -> &mut Way {
        match direction {
            Direction::ToServer => &mut self.to_broker,
            Direction::ToClient => &mut self.to_client,
        }
    }

    /// Whether the end that sends in `direction` has its side open.
    pub const fn sender_open(&self, direction: Direction) -> bool {
        match direction {
            Direction::ToServer => self.client_open,
            Direction::ToClient => self.broker_open,
        }
    }

    /// Whether the end that receives in `direction` has its side open.
    pub const fn receiver_open(&self, direction: Direction) -> bool {
        self.sender_open(direction.reversed())
    }

    /// When something that would be there at `due` is there, behind all that was sent before.
    pub fn in_order(&mut self, direction: Direction, due: Instant) -> Instant {
        let way = self.way(direction);
        way.due = way.due.max(due);
        way.due
    }

    /// Keeps where the last frame waits.
    pub const fn sent(&mut self, direction: Direction, place: Place, step: Step) {
        self.way(direction).last = Some((place, step));
    }

    /// Where the last frame waits, if this step sent it.
    pub fn last_sent_in(&mut self, direction: Direction, step: Step) -> Option<Place> {
        self.way(direction).last.filter(|(_, sent)| *sent == step).map(|(place, _)| place)
    }
}

/// All connections that one end at least has open.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    links: LiteMap<LinkId, Link>,
    opened: LinkId,
}

impl Links {
    pub fn open(&mut self, link: Link) -> LinkId {
        let id = self.opened;
        self.opened += 1;
        self.links.insert(id, link);
        id
    }

    pub fn of(&self, id: LinkId) -> Option<&Link> {
        self.links.get(&id)
    }

    pub fn of_mut(&mut self, id: LinkId) -> Option<&mut Link> {
        self.links.get_mut(&id)
    }

    /// All that there are.
    pub fn ids(&self) -> Vec<LinkId> {
        self.links.keys().copied().collect()
    }

    pub fn remove(&mut self, id: LinkId) -> Option<Link> {
        self.links.remove(&id)
    }
}

/// What all links have in common.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub processing: Duration,
    random: SplitMix64,
}

impl Network {
    pub const fn new(seed: u64, processing: Duration) -> Self {
        Self { processing, random: SplitMix64(seed) }
    }

    /// How long a piece takes that is sent now: latency, jitter, and what TCP needs to send again what was lost.
    pub fn delay(&mut self, settings: &LinkSettings, direction: Direction) -> Duration {
        let mut micros = match direction {
            Direction::ToServer => settings.to_broker_micros,
            Direction::ToClient => settings.to_client_micros,
        };
        if settings.jitter_micros > 0 {
            micros += self.random.next() % settings.jitter_micros.saturating_add(1);
        }
        if settings.loss_per_mille > 0 {
            // Each time, TCP waits twice as long before it sends again.
            let mut wait = settings.resend_micros;
            for _ in 0..MOST_RESENT {
                if self.random.next() % 1_000 >= settings.loss_per_mille {
                    break;
                }
                micros += wait;
                wait *= 2;
            }
        }
        Duration::from_micros(micros)
    }
}

/// Times that one piece is lost at most.
const MOST_RESENT: u32 = 6;

/// Steele, Lea and Flood's generator: small, fast and the same everywhere.
#[derive(Clone, Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_its_published_numbers() {
        let mut random = SplitMix64(1_234_567);
        let numbers = [random.next(), random.next(), random.next()];
        assert_eq!(numbers, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn jitter_stays_within_its_bound_and_order_is_kept() {
        let settings = LinkSettings { jitter_micros: 3_000, ..LinkSettings::default() };
        let (mut network, mut link) = (Network::new(1, Duration::ZERO), Link::new(0, 0, Version::V311));
        let (mut before, mut seen) = (Instant::ZERO, std::collections::BTreeSet::new());
        for sent in 0..1_000 {
            let delay = network.delay(&settings, Direction::ToClient);
            assert!((20_000..=23_000).contains(&delay.as_micros()), "{delay:?}");
            seen.insert(delay);
            let due = link.in_order(Direction::ToClient, Instant::from_micros(sent) + delay);
            assert!(due >= before);
            before = due;
        }
        assert!(seen.len() > 500);
    }

    #[test]
    fn loss_is_delay_and_doubles_its_wait() {
        let settings = LinkSettings { loss_per_mille: 300, ..LinkSettings::default() };
        let mut network = Network::new(7, Duration::ZERO);
        let mut times = [0; 3];
        for _ in 0..1_000 {
            let millis = network.delay(&settings, Direction::ToServer).as_millis();
            match millis {
                20 => times[0] += 1,
                220 => times[1] += 1,
                620 => times[2] += 1,
                _ => assert!([1_420, 3_020, 6_220, 12_620].contains(&millis), "{millis}"),
            }
        }
        assert!((650..750).contains(&times[0]) && times[1] > times[2] && times[2] > 0, "{times:?}");
    }
}
