//! What goes over connections: frames, closings, cuts.

use core::mem;

use super::auth;
use super::notes::{self, Ear};
use super::queue::{Event, Flight};
use super::scenario::Action;
use super::tape::Tape;
use super::world::{Station, World};
use crate::broker::{Broker, BrokerConfig, BrokerOutput};
use crate::capture::{EndId, Fate, Frame, FrameId, LinkId, LostWhy};
use crate::client::{Client, ClientEvent, ClientOutput};
use crate::codec::Direction;
use crate::time::Instant;

impl World {
    /// A frame is handled by its receiver, if that still has its side of the connection open.
    pub(super) fn arrive(&mut self, flight: Flight, tape: &mut Tape<'_>) {
        let Flight { frame, link: id, direction, bytes, due, closes, .. } = flight;
        let Some(link) = self.links.of_mut(id).filter(|link| link.receiver_open(direction)) else {
            let fate = Fate::Lost { at: due, why: LostWhy::Closed, progress_millis: 1_000 };
            return tape.end(frame, self.step, fate);
        };
        tape.end(frame, self.step, Fate::Delivered { at: due });
        match direction {
            Direction::ToServer => {
                let (first, index) = (!mem::replace(&mut link.accepted, true), link.client);
                let peer = self.stations.get(index).map(|station| station.end);
                self.with_broker(Some(frame), peer, tape, |broker, now, ear| {
                    if first {
                        broker.handle_open(now, id);
                    }
                    broker.handle_data(now, id, &bytes, ear);
                });
            }
            Direction::ToClient => {
                let (index, now) = (link.client, self.now);
                self.with_client(index, Some(frame), tape, |client| client.handle_data(now, &bytes));
            }
        }
        if closes {
            self.peer_closed(id, direction, tape);
        }
    }

    /// The receiving end hears that the sender in `direction` has closed, and closes its side too.
    pub(super) fn peer_closed(&mut self, id: LinkId, direction: Direction, tape: &mut Tape<'_>) {
        let Some(link) = self.links.of(id).filter(|link| link.receiver_open(direction)) else { return };
        let (index, now) = (link.client, self.now);
        match direction {
            Direction::ToServer => {
                self.with_broker(None, None, tape, |broker, now, ear| broker.handle_closed(now, id, ear));
            }
            Direction::ToClient => self.with_client(index, None, tape, |client| client.handle_closed(now)),
        }
        self.close(id, direction.reversed());
    }

    /// The network loses the connection with everything on it.
    pub(super) fn cut(&mut self, id: LinkId, tape: &mut Tape<'_>) {
        let now = self.now;
        let lost = self.lose(id, LostWhy::LinkCut, tape);
        let Some(link) = self.links.remove(id) else { return };
        let Some(station) = self.stations.get_mut(link.client) else { return };
        station.link = None;
        let first = lost.first().map(|flight| flight.frame);
        self.note(self.stations[link.client].end, Some(self.broker_end), first, notes::cut(lost.len()), tape);
        self.with_client(link.client, None, tape, |client| client.handle_closed(now));
        if link.accepted && link.broker_open {
            self.with_broker(None, None, tape, |broker, now, ear| broker.handle_closed(now, id, ear));
        }
    }

    /// The broker stops and starts anew: what it knew is gone, wills too, and its connections are cut.
    pub(super) fn restart(&mut self, config: BrokerConfig, tape: &mut Tape<'_>) {
        let mechanisms = auth::mechanisms(&config);
        self.broker = self.broker.restarted(self.now, config).with_mechanisms(mechanisms);
        self.note(self.broker_end, None, None, notes::restarted(), tape);
        for id in self.links.ids() {
            self.cut(id, tape);
        }
    }

    /// The network loses what is under way on a connection, and all that will be sent on it, and tells nobody: a
    /// cable that is pulled out behind the next switch, a phone in a tunnel. Each end keeps its side open until its
    /// own timer, a cut or a takeover ends it.
    pub(super) fn silence(&mut self, id: LinkId, tape: &mut Tape<'_>) {
        let lost = self.lose(id, LostWhy::Silent, tape);
        let Some(link) = self.links.of_mut(id) else { return };
        link.silent = true;
        let Some(station) = self.stations.get(link.client) else { return };
        let first = lost.first().map(|flight| flight.frame);
        self.note(station.end, Some(self.broker_end), first, notes::silent(), tape);
    }

    /// Takes everything off a link.
    fn lose(&mut self, id: LinkId, why: LostWhy, tape: &mut Tape<'_>) -> Vec<Flight> {
        let lost = self.queue.clear_link(id);
        for flight in &lost {
            let progress_millis = thousandths(flight.sent, self.now, flight.due);
            tape.end(flight.frame, self.step, Fate::Lost { at: self.now, why, progress_millis });
        }
        lost
    }

    /// Calls the broker, then does what it wants done. `cause` is the frame that it is called for, `peer` the end
    /// that sent it.
    pub(super) fn with_broker(
        &mut self,
        cause: Option<FrameId>,
        peer: Option<EndId>,
        tape: &mut Tape<'_>,
        call: impl FnOnce(&mut Broker, Instant, &mut Ear<'_>),
    ) {
        let stations = &self.stations;
        let end_of = |client_id: &str| {
            let named = |station: &&Station| station.client.client_id() == client_id;
            // Of two with the same identifier, it is the one that has sent this, or else the one that is connected.
            let mut ends = stations.iter().filter(named).map(|station| (station.link.is_none(), station.end));
            let least = ends.clone().min_by_key(|(offline, _)| *offline);
            ends.find(|(_, end)| Some(*end) == peer).or(least).map(|(_, end)| end)
        };
        let mut ear = Ear::new(&end_of, tape.wants_notes());
        call(&mut self.broker, self.now, &mut ear);
        let (heard, unwritten) = (ear.heard, ear.unwritten);
        let (mut cause, mut closed) = (cause, Vec::new());
        while let Some((link, output)) = self.broker.poll_output() {
            match output {
                BrokerOutput::Send(bytes) => {
                    let sent = self.send(link, Direction::ToClient, bytes, tape);
                    cause = cause.or(sent);
                }
                BrokerOutput::Close => closed.extend(self.close(link, Direction::ToClient)),
            }
        }
        self.notes += unwritten;
        for words in heard {
            self.note(self.broker_end, peer, cause, words, tape);
        }
        for peer in closed {
            self.note(self.broker_end, Some(peer), cause, notes::closed(), tape);
        }
    }

    /// Calls a client, then does what it wants done. `cause` is the frame that it is called for.
    pub(super) fn with_client(
        &mut self,
        index: usize,
        cause: Option<FrameId>,
        tape: &mut Tape<'_>,
        call: impl FnOnce(&mut Client),
    ) {
        let Some(station) = self.stations.get_mut(index) else { return };
        call(&mut station.client);
        let (end, link) = (station.end, station.link);
        let (mut cause, mut closed) = (cause, None);
        while let Some(output) = self.stations[index].client.poll_output() {
            match (output, link) {
                (ClientOutput::Send(bytes), Some(link)) => {
                    let sent = self.send(link, Direction::ToServer, bytes, tape);
                    cause = cause.or(sent);
                }
                (ClientOutput::Close, Some(link)) => closed = self.close(link, Direction::ToServer),
                (_, None) => {}
            }
        }
        let mut reconnect = false;
        while let Some(event) = self.stations[index].client.poll_event() {
            reconnect |= event == ClientEvent::ReconnectDue;
            if let Some(words) = notes::client_event(&event) {
                self.note(end, Some(self.broker_end), cause, words, tape);
            }
        }
        if let Some(peer) = closed {
            self.note(end, Some(peer), cause, notes::closed(), tape);
        }
        // Opening takes no time and never fails here.
        if reconnect && let Ok(done) = self.request(index, &Action::Connect, self.now) {
            self.carry_out(index, done, tape);
        }
    }

    /// Puts a frame on its way. An end that has closed sends nothing.
    fn send(
        &mut self,
        id: LinkId,
        direction: Direction,
        bytes: bytes::Bytes,
        tape: &mut Tape<'_>,
    ) -> Option<FrameId> {
        let link = self.links.of_mut(id).filter(|link| link.sender_open(direction))?;
        let client = self.stations.get(link.client)?.end;
        let (from, to) = match direction {
            Direction::ToServer => (client, self.broker_end),
            Direction::ToClient => (self.broker_end, client),
        };
        let (frame, sent) = (self.frames, self.now);
        self.frames += 1;
        let due = link.in_order(direction, sent + self.network.delay());
        let (silent, version) = (link.silent, link.version);
        if !silent {
            let flight =
                Flight { frame, link: id, direction, bytes: bytes.clone(), sent, due, closes: false };
            let place = self.queue.push(due + self.network.processing, Event::Arrival(flight));
            link.sent(direction, place, self.step);
        }
        tape.frame(Frame {
            id: frame,
            link: id,
            from,
            to,
            direction,
            version,
            bytes,
            sent,
            sent_step: self.step,
            end: None,
            due: Some(due),
        });
        if silent {
            let fate = Fate::Lost { at: sent, why: LostWhy::Silent, progress_millis: HALFWAY };
            tape.end(frame, self.step, fate);
        }
        Some(frame)
    }

    /// The end that sends in `direction` closes its side: the other end hears of it behind what was sent before,
    /// together with the last frame if that was sent in this step. Gives the other end if that was still open.
    fn close(&mut self, id: LinkId, direction: Direction) -> Option<EndId> {
        let link = self.links.of_mut(id).filter(|link| link.sender_open(direction))?;
        let station = self.stations.get_mut(link.client)?;
        let other = match direction {
            Direction::ToServer => {
                link.client_open = false;
                station.link = None;
                self.broker_end
            }
            Direction::ToClient => {
                link.broker_open = false;
                station.end
            }
        };
        if !link.receiver_open(direction) {
            self.links.remove(id);
            self.queue.clear_closings(id);
            return None;
        }
        let last = link.last_sent_in(direction, self.step);
        match last.and_then(|place| self.queue.flight_mut(place)) {
            Some(flight) => flight.closes = true,
            None => self.schedule_closing(id, direction),
        }
        Some(other)
    }

    fn schedule_closing(&mut self, id: LinkId, direction: Direction) {
        let delay = self.network.delay();
        let Some(link) = self.links.of_mut(id).filter(|link| !link.silent) else { return };
        let due = link.in_order(direction, self.now + delay);
        self.queue.push(due + self.network.processing, Event::Closing { link: id, direction });
    }
}

/// Where a silent link swallows what is sent on it.
const HALFWAY: u16 = 500;

/// How far something came by `now` that left at `sent` and would have been there at `due`.
fn thousandths(sent: Instant, now: Instant, due: Instant) -> u16 {
    let (gone, whole) = (now.since(sent).as_micros(), due.since(sent).as_micros());
    (gone * 1_000).checked_div(whole).unwrap_or(1_000).min(1_000) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_within_its_bounds() {
        let at = Instant::from_millis;
        assert_eq!(thousandths(at(0), at(5), at(20)), 250);
        assert_eq!(thousandths(at(0), at(21), at(20)), 1_000);
        assert_eq!(thousandths(at(0), at(0), at(0)), 1_000);
    }
}
