//! A client that does not read: what arrives stays in its link, as in the buffers of a TCP connection.

use super::notes;
use super::queue::Flight;
use super::tape::Tape;
use super::world::World;
use crate::capture::{Fate, LinkId, LostWhy};
use crate::codec::Direction;

/// Bytes that a link takes from the broker while the client does not read. Over them the broker is told that the
/// connection takes nothing but answers (see [`crate::broker::Broker::handle_writable`]). Real ones take some hundred
/// kilobytes; here a bound that can be reached shows what happens there.
pub const LINK_TAKES: usize = 1_024;

/// Bytes of answers and all that a link takes at the very most; with more it is cut.
pub const UNREAD_LIMIT: usize = 1 << 20;

/// What a client has not read.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    flights: Vec<Flight>,
    bytes: usize,
    /// The broker knows that the link is full.
    full: bool,
    /// The broker has closed behind them.
    pub closed: bool,
}

impl World {
    pub(super) fn stop_reading(&mut self, id: LinkId, tape: &mut Tape<'_>) {
        let Some(link) = self.links.of_mut(id) else { return };
        link.unread = Some(Box::default());
        let Some((end, broker)) = self.ends_of(id) else { return };
        self.note(end, Some(broker), None, notes::stops_reading(), tape);
    }

    /// Takes what has piled up, all of it now.
    pub(super) fn read_again(&mut self, id: LinkId, tape: &mut Tape<'_>) {
        let Some(link) = self.links.of_mut(id) else { return };
        let Some(unread) = link.unread.take() else { return };
        let n = link.broker;
        let Some((end, broker)) = self.ends_of(id) else { return };
        let packets = unread.flights.iter().filter(|flight| flight.ends[1]).count();
        self.note(end, Some(broker), None, notes::reads_again(packets), tape);
        let now = self.now;
        for flight in unread.flights {
            // What is still under way comes behind all that waits here.
            self.arrive(Flight { due: now, ..flight }, false, tape);
        }
        if unread.closed {
            self.peer_closed(id, Direction::ToClient, tape);
        }
        if unread.full {
            self.with_broker(n, None, Some(end), tape, &mut |broker, now, ear| {
                broker.handle_writable(now, id, true, ear);
            });
        }
    }

    /// Leaves what arrives where it is, if its client does not read.
    pub(super) fn left_unread(&mut self, flight: Flight, tape: &mut Tape<'_>) -> Option<Flight> {
        let id = flight.link;
        let link = self.links.of_mut(id).filter(|_| flight.direction == Direction::ToClient);
        let Some((n, unread)) = link.and_then(|link| Some((link.broker, link.unread.as_mut()?))) else {
            return Some(flight);
        };
        unread.bytes += flight.bytes.len();
        unread.flights.push(flight);
        let (bytes, was_full) = (unread.bytes, unread.full);
        unread.full = bytes >= LINK_TAKES;
        if bytes > UNREAD_LIMIT {
            self.cut(id, None, tape);
        } else if bytes >= LINK_TAKES && !was_full {
            let (end, own) = self.ends_of(id).unzip();
            self.with_broker(n, None, end, tape, &mut |broker, now, ear| {
                broker.handle_writable(now, id, false, ear);
            });
            if let Some(own) = own {
                self.note(own, end, None, notes::link_is_full(), tape);
            }
        }
        None
    }

    /// The client is done with the connection: what it has not read is lost.
    pub(super) fn lose_unread(&mut self, id: LinkId, why: LostWhy, tape: &mut Tape<'_>) -> Vec<Flight> {
        let unread = self.links.of_mut(id).and_then(|link| link.unread.take());
        let flights = unread.map(|unread| unread.flights).unwrap_or_default();
        for flight in flights.iter().filter(|flight| flight.ends[1]) {
            let fate = Fate::Lost { at: self.now, why, progress_millis: ARRIVED };
            tape.end(flight.frame, self.step, fate);
        }
        flights
    }

    /// How many packets and bytes a client has not read, if it does not read.
    pub(super) fn unread(&self, client: usize) -> Option<(usize, usize)> {
        let link = self.stations.get(client)?.link?;
        let unread = self.links.of(link)?.unread.as_ref()?;
        Some((unread.flights.iter().filter(|flight| flight.ends[1]).count(), unread.bytes))
    }
}

/// All of the way, in thousandths.
const ARRIVED: u16 = 1_000;
