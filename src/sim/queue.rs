//! What will happen: by time, then by kind, then in the order in which it was set up.

use core::cmp::Reverse;
use std::sync::Arc;

use bytes::Bytes;

use super::fault::FaultKind;
use super::scenario::{Action, TimedAction};
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
    /// A frame, or a piece of it, is handled by its receiver.
    Arrival(Flight),
    /// The receiver's end hears that the sender has closed.
    Closing { link: LinkId, direction: Direction },
}

/// A frame under way, or a piece of one.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub frame: FrameId,
    pub link: LinkId,
    pub direction: Direction,
    pub bytes: Bytes,
    /// All of the frame, which `bytes` may be a piece of.
    pub whole: Bytes,
    pub sent: Instant,
    /// When it is there; it is handled later.
    pub due: Instant,
    /// The frame's first piece, and its last one.
    pub ends: [bool; 2],
    /// The sender closed right after it, and that arrives with it.
    pub closes: bool,
    /// What strikes when it arrives.
    pub fault: Option<FaultKind>,
}

/// What happens next.
pub(super) enum Next<'a> {
    Action { client: usize, action: &'a Action },
    Arrival(&'a Flight),
    Closing { link: LinkId, direction: Direction },
}

#[derive(Clone, Debug)]
pub(super) struct Queue {
    /// In order; shared, for it never changes.
    script: Arc<[TimedAction]>,
    played: usize,
    /// The next one last.
    events: Vec<(Place, Event)>,
    inserted: u64,
}

impl Queue {
    pub fn new(script: &[TimedAction]) -> Self {
        // A script is nearly always in order already. What is due at the same time stays in the script's order.
        let mut ordered: Vec<TimedAction> = Vec::with_capacity(script.len());
        for timed in script {
            let at = ordered.partition_point(|before| before.at <= timed.at);
            ordered.insert(at, timed.clone());
        }
        Self { inserted: script.len() as u64, script: ordered.into(), played: 0, events: Vec::new() }
    }

    pub fn push(&mut self, at: Instant, event: Event) -> Place {
        let rank = match event {
            Event::Action { .. } => Rank::Action,
            Event::Arrival(_) | Event::Closing { .. } => Rank::Arrival,
        };
        let place = (at, rank, self.inserted);
        self.inserted += 1;
        let (Ok(index) | Err(index)) = self.find(place);
        self.events.insert(index, (place, event));
        place
    }

    fn find(&self, place: Place) -> Result<usize, usize> {
        self.events.binary_search_by_key(&Reverse(place), |(place, _)| Reverse(*place))
    }

    /// The next scripted action, if nothing else comes before it.
    fn scripted(&self) -> Option<&TimedAction> {
        let next = self.script.get(self.played)?;
        let place = (next.at, Rank::Action, 0);
        self.events.last().is_none_or(|(other, _)| place < *other).then_some(next)
    }

    pub fn first(&self) -> Option<(Instant, Next<'_>)> {
        if let Some(TimedAction { at, client, action }) = self.scripted() {
            return Some((*at, Next::Action { client: *client, action }));
        }
        let (place, event) = self.events.last()?;
        let next = match event {
            Event::Action { client, action } => Next::Action { client: *client, action },
            Event::Arrival(flight) => Next::Arrival(flight),
            Event::Closing { link, direction } => Next::Closing { link: *link, direction: *direction },
        };
        Some((place.0, next))
    }

    pub fn pop(&mut self) -> Option<Event> {
        if let Some(TimedAction { client, action, .. }) = self.scripted() {
            let event = Event::Action { client: *client, action: action.clone() };
            self.played += 1;
            return Some(event);
        }
        self.events.pop().map(|(_, event)| event)
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.played == self.script.len()
    }

    /// How many events are set up, the script aside.
    pub const fn len(&self) -> usize {
        self.events.len()
    }

    /// The frame at a place, if it is still under way.
    pub fn flight_mut(&mut self, place: Place) -> Option<&mut Flight> {
        let index = self.find(place).ok()?;
        match &mut self.events[index].1 {
            Event::Arrival(flight) => Some(flight),
            _ => None,
        }
    }

    /// The pieces of a frame that are under way, the last one first.
    pub fn pieces_mut(&mut self, frame: FrameId) -> impl Iterator<Item = &mut Flight> {
        self.events.iter_mut().filter_map(move |(_, event)| match event {
            Event::Arrival(flight) if flight.frame == frame => Some(flight),
            _ => None,
        })
    }

    /// Takes out what comes with the same arrival as `flight`: frames of the same way at the same time.
    pub fn pop_with(&mut self, link: LinkId, direction: Direction, due: Instant) -> Option<Flight> {
        if self.scripted().is_some() {
            return None;
        }
        let same = |flight: &Flight| {
            flight.link == link
                && flight.direction == direction
                && flight.due == due
                && flight.fault.is_none()
        };
        match self.events.last()? {
            (_, Event::Arrival(flight)) if same(flight) => match self.events.pop() {
                Some((_, Event::Arrival(flight))) => Some(flight),
                _ => None,
            },
            _ => None,
        }
    }

    /// Takes everything off a link, and gives back the frames that were under way, each by its last piece.
    pub fn clear_link(&mut self, link: LinkId) -> Vec<Flight> {
        let mut flights = Vec::new();
        self.events.retain(|(_, event)| match event {
            Event::Arrival(flight) if flight.link == link => {
                if flight.ends[1] {
                    flights.push(flight.clone());
                }
                false
            }
            Event::Closing { link: of, .. } => *of != link,
            _ => true,
        });
        flights.reverse();
        flights
    }

    /// Takes what goes one way of a link out, in order, from a frame on.
    pub fn take_behind(
        &mut self,
        link: LinkId,
        direction: Direction,
        frame: FrameId,
    ) -> Vec<(Instant, Event)> {
        let mut taken = Vec::new();
        let mut kept = Vec::new();
        for (place, event) in core::mem::take(&mut self.events) {
            let behind = match &event {
                Event::Arrival(it) => it.link == link && it.direction == direction && it.frame >= frame,
                Event::Closing { link: of, direction: way } => *of == link && *way == direction,
                Event::Action { .. } => false,
            };
            if behind {
                taken.push((place.0, event));
            } else {
                kept.push((place, event));
            }
        }
        self.events = kept;
        taken.reverse();
        taken
    }

    /// Nobody is left to hear that a link closes; the frames on it go on.
    pub fn clear_closings(&mut self, link: LinkId) {
        self.events.retain(|(_, event)| !matches!(event, Event::Closing { link: of, .. } if *of == link));
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
        let at = Instant::from_millis;
        let timed = |millis, client| TimedAction { at: at(millis), client, action: Action::Connect };
        let mut queue = Queue::new(&[timed(3, 9), timed(1, 7), timed(1, 8)]);
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
        let expected = ["closing", "action 7", "action 8", "action 1", "action 2", "action 0", "action 9"];
        assert_eq!(order, expected);
        assert!(queue.is_empty());
    }
}
