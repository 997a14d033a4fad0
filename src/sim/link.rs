//! Connections between a client and the broker, and how long frames take on them.

use litemap::LiteMap;

use super::queue::Place;
use super::scenario::Scenario;
use crate::capture::{LinkId, Step};
use crate::codec::{Direction, Version};
use crate::time::{Duration, Instant};

/// A connection, until both ends have closed it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub client: usize,
    pub version: Version,
    /// The client's side is open.
    pub client_open: bool,
    /// The broker's side is open.
    pub broker_open: bool,
    /// Nothing gets through any more, and neither end knows.
    pub silent: bool,
    /// The broker has been told of the connection.
    pub accepted: bool,
    to_broker: Way,
    to_client: Way,
}

/// One direction of a connection.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// When the last frame is there: the next one is not there before it.
    due: Instant,
    /// The last frame's place in the queue, and the step that sent it.
    last: Option<(Place, Step)>,
}

impl Link {
    pub fn new(client: usize, version: Version) -> Self {
        Self {
            client,
            version,
            client_open: true,
            broker_open: true,
            silent: false,
            accepted: false,
            to_broker: Way::default(),
            to_client: Way::default(),
        }
    }

    fn way(&mut self, direction: Direction) -> &mut Way {
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
    pub fn sent(&mut self, direction: Direction, place: Place, step: Step) {
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

/// How the network is.
#[derive(Clone, Debug)]
pub(super) struct Network {
    latency: Duration,
    jitter_micros: u64,
    pub processing: Duration,
    random: SplitMix64,
}

impl Network {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            latency: scenario.latency(),
            jitter_micros: scenario.jitter_micros,
            processing: scenario.processing(),
            random: SplitMix64(scenario.seed),
        }
    }

    /// How long the next frame takes.
    pub fn delay(&mut self) -> Duration {
        if self.jitter_micros == 0 {
            return self.latency;
        }
        let micros = self.random.next() % self.jitter_micros.saturating_add(1);
        self.latency + Duration::from_micros(micros)
    }
}

/// Steele, Lea and Flood's generator: small, fast and the same everywhere.
#[derive(Clone, Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
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
        let scenario = Scenario { jitter_micros: 3_000, ..Scenario::default() };
        let (mut network, mut link) = (Network::new(&scenario), Link::new(0, Version::V311));
        let (mut before, mut seen) = (Instant::ZERO, std::collections::BTreeSet::new());
        for sent in 0..1_000 {
            let delay = network.delay();
            assert!((20_000..=23_000).contains(&delay.as_micros()), "{delay:?}");
            seen.insert(delay);
            let due = link.in_order(Direction::ToClient, Instant::from_micros(sent) + delay);
            assert!(due >= before);
            before = due;
        }
        assert!(seen.len() > 500);
    }
}
