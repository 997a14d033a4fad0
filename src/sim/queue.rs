//! What will happen: by time, then by kind, then in the order in which it was set up.

use litemap::LiteMap;

use bytes::Bytes;

use super::scenario::Action;
use crate::capture::{FrameId, LinkId};
use crate::codec::Direction;
use crate::time::Instant;

/// A place in the queue. Arrivals go before actions: an answer is there for whoever waits for it.
pub(super) type Place = (Instant, Rank, u64);

/// What goes first at the same time. Timers are no part of the queue and come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Arrival,
    Action,
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A scripted action.
    Action { client: usize, action: Action },
    /// A frame is handled by its receiver.
    Arrival(Flight),
    /// The receiver's end hears that the sender has closed.
    Closing { link: LinkId, direction: Direction },
}

/// A frame under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub frame: FrameId,
    pub link: LinkId,
    pub direction: Direction,
    pub bytes: Bytes,
    pub sent: Instant,
    /// When it is there; it is handled later.
    pub due: Instant,
    /// The sender closed right after it, and that arrives with it.
    pub closes: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    events: LiteMap<Place, Event>,
    inserted: u64,
}

impl Queue {
    pub fn push(&mut self, at: Instant, event: Event) -> Place {
        let rank = match event {
            Event::Action { .. } => Rank::Action,
            Event::Arrival(_) | Event::Closing { .. } => Rank::Arrival,
        };
        let place = (at, rank, self.inserted);
        self.inserted += 1;
        self.events.insert(place, event);
        place
    }

    pub fn first(&self) -> Option<(Instant, &Event)> {
        self.events.first().map(|((at, ..), event)| (*at, event))
    }

    pub fn pop(&mut self) -> Option<Event> {
        let place = *self.events.first()?.0;
        self.events.remove(&place)
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The frame at a place, if it is still under way.
    pub fn flight_mut(&mut self, place: Place) -> Option<&mut Flight> {
        match self.events.get_mut(&place)? {
            Event::Arrival(flight) => Some(flight),
            _ => None,
        }
    }

    /// Takes everything off a link, and gives back the frames that were under way.
    pub fn clear_link(&mut self, link: LinkId) -> Vec<Flight> {
        let mut flights = Vec::new();
        for (place, event) in core::mem::take(&mut self.events) {
            match event {
                Event::Arrival(flight) if flight.link == link => flights.push(flight),
                Event::Closing { link: of, .. } if of == link => {}
                // What stays is still in order: it goes to the end.
                other => drop(self.events.insert(place, other)),
            }
        }
        flights
    }

    /// Nobody is left to hear that a link closes; the frames on it go on.
    pub fn clear_closings(&mut self, link: LinkId) {
        self.events.retain(|_, event| !matches!(event, Event::Closing { link: of, .. } if *of == link));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(client: usize) -> Event {
        Event::Action { client, action: Action::Connect }
    }

    #[test]
    fn time_then_kind_then_order_of_insertion() {
        let mut queue = Queue::default();
        let at = Instant::from_millis;
        queue.push(at(2), action(0));
        queue.push(at(1), action(1));
        queue.push(at(1), Event::Closing { link: 9, direction: Direction::ToClient });
        queue.push(at(1), action(2));
        let order: Vec<String> = core::iter::from_fn(|| queue.pop())
            .map(|event| match event {
                Event::Action { client, .. } => format!("action {client}"),
                _ => "closing".to_owned(),
            })
            .collect();
        assert_eq!(order, ["closing", "action 1", "action 2", "action 0"]);
    }
}
