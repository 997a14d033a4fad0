//! What goes over connections: frames, closings, cuts.

use core::mem;

use super::fault::{self, FaultKind};
use super::link::Link;
use super::notes::{self, Ear};
use super::queue::{Event, Flight};
use super::recorded;
use super::scenario::Action;
use super::tape::Tape;
use super::when::Happened;
use super::world::{Station, World};
use crate::broker::{Broker, BrokerOutput};
use crate::capture::{EndId, Fate, Frame, FrameId, LinkId, LostWhy};
use crate::client::{Client, ClientEvent, ClientOutput, ClientStatus};
use crate::codec::{Direction, PacketType};
use crate::time::{Duration, Instant};

impl World {
    /// A frame is handled by its receiver, if that still has its side of the connection open.
    /// With `behind`, what comes at the same time is handled with it where the link joins packets.
    pub(super) fn arrive(&mut self, flight: Flight, behind: bool, tape: &mut Tape<'_>) {
        let link = self.links.of(flight.link);
        if !link.is_some_and(|link| link.receiver_open(flight.direction)) {
            if flight.ends[1] {
                let fate = Fate::Lost { at: flight.due, why: LostWhy::Closed, progress_millis: 1_000 };
                tape.end(flight.frame, self.step, fate);
            }
            return;
        }
        if let Some(kind) = flight.fault.filter(|kind| *kind != FaultKind::CutAfter) {
            return self.strike(flight, kind, tape);
        }
        let Some(flight) = self.left_unread(flight, tape) else { return };
        let Some(link) = self.links.of(flight.link) else { return };
        let joins =
            behind && self.stations.get(link.client).is_some_and(|station| station.settings.join_micros > 0);
        let Flight { frame, link: id, direction, mut bytes, whole, due, mut closes, ends, fault, .. } =
            flight;
        if ends[1] {
            tape.end(frame, self.step, Fate::Delivered { at: due });
            self.received(id, direction, kind_of(&whole));
        }
        while joins
            && !closes
            && fault.is_none()
            && let Some(more) = self.queue.pop_with(id, direction, due)
        {
            if more.ends[1] {
                tape.end(more.frame, self.step, Fate::Delivered { at: due });
                self.received(id, direction, kind_of(&more.whole));
            }
            bytes = [bytes, more.bytes].concat().into();
            closes = more.closes;
        }
        let Some(link) = self.links.of_mut(id) else { return };
        match direction {
            Direction::ToServer => {
                let (first, index) = (!mem::replace(&mut link.accepted, true), link.client);
                let (broker, peer) = (link.broker, self.stations.get(index).map(|station| station.end));
                self.with_broker(broker, Some(frame), peer, tape, &mut |broker, now, ear| {
                    if first {
                        broker.handle_open(now, id);
                    }
                    broker.handle_data(now, id, &bytes, ear);
                });
            }
            Direction::ToClient => {
                let (index, now) = (link.client, self.now);
                self.with_client(index, Some(frame), tape, &mut |client| client.handle_data(now, &bytes));
            }
        }
        if closes {
            self.peer_closed(id, direction, tape);
        }
        if fault.is_some() {
            self.cut(id, None, tape);
        }
    }

    /// A fault strikes what would arrive now.
    fn strike(&mut self, flight: Flight, kind: FaultKind, tape: &mut Tape<'_>) {
        let Flight { frame, link: id, direction, closes, whole, .. } = flight;
        let why = match kind {
            FaultKind::HalfOpen => LostWhy::Silent,
            FaultKind::Drop => LostWhy::Dropped,
            _ => LostWhy::LinkCut,
        };
        if !flight.ends[1] {
            return;
        }
        tape.end(frame, self.step, Fate::Lost { at: self.now, why, progress_millis: NEARLY });
        match kind {
            FaultKind::HalfOpen => self.silence(id, Some(frame), tape),
            FaultKind::Drop => {
                self.note_fault(id, frame, kind_of(&whole), kind, tape);
                if closes {
                    self.schedule_closing(id, direction);
                }
            }
            _ => self.cut(id, Some(frame), tape),
        }
    }

    /// Says at the client's end of a link what a fault does to a packet.
    fn note_fault(
        &mut self,
        id: LinkId,
        frame: FrameId,
        packet: Option<PacketType>,
        kind: FaultKind,
        tape: &mut Tape<'_>,
    ) {
        if let Some((end, broker)) = self.ends_of(id) {
            self.note(end, Some(broker), Some(frame), notes::struck(packet, kind), tape);
        }
    }

    /// The client's end of a link and the broker's.
    pub(super) fn ends_of(&self, id: LinkId) -> Option<(EndId, EndId)> {
        let link = self.links.of(id)?;
        Some((self.stations.get(link.client)?.end, self.far_end(link)))
    }

    /// A packet of this kind has reached its receiver whole.
    fn received(&mut self, id: LinkId, way: Direction, kind: Option<PacketType>) {
        if let Some(end) = self.receiver(id, way) {
            self.happened(end, Happened::Receives(kind));
        }
    }

    /// A client may have come to be connected, or not to be so any more.
    pub(super) fn status_changed(&mut self, index: usize) {
        let Some(station) = self.stations.get_mut(index) else { return };
        let connected = station.client.status() == ClientStatus::Connected;
        if mem::replace(&mut station.connected, connected) != connected {
            let end = station.end;
            self.happened(end, if connected { Happened::Connects } else { Happened::Disconnects });
        }
    }

    /// The receiving end hears that the sender in `direction` has closed, and closes its side too.
    pub(super) fn peer_closed(&mut self, id: LinkId, direction: Direction, tape: &mut Tape<'_>) {
        let Some(link) = self.links.of_mut(id).filter(|link| link.receiver_open(direction)) else { return };
        if direction == Direction::ToClient
            && let Some(unread) = &mut link.unread
        {
            unread.closed = true;
            return;
        }
        let (index, n, now) = (link.client, link.broker, self.now);
        if link.refused
            && let Some((end, broker)) = self.ends_of(id)
        {
            self.note(end, Some(broker), None, notes::nobody_listens(), tape);
        }
        match direction {
            Direction::ToServer => {
                self.with_broker(n, None, None, tape, &mut |broker, now, ear| {
                    broker.handle_closed(now, id, ear)
                });
            }
            Direction::ToClient => {
                self.with_client(index, None, tape, &mut |client| client.handle_closed(now))
            }
        }
        self.close(id, direction.reversed());
    }

    /// The network loses the connection with everything on it.
    /// `also` was lost with it.
    pub(super) fn cut(&mut self, id: LinkId, also: Option<FrameId>, tape: &mut Tape<'_>) {
        let now = self.now;
        let mut lost = self.lose(id, LostWhy::LinkCut, tape);
        lost.extend(self.lose_unread(id, LostWhy::LinkCut, tape));
        let Some(link) = self.links.remove(id) else { return };
        let Some(station) = self.stations.get_mut(link.client) else { return };
        let end = station.end;
        let first = also.or(lost.first().map(|flight| flight.frame));
        let count = lost.len() + usize::from(also.is_some());
        // Its client may have let go of it, and have another one by now.
        let is_open = station.link == Some(id);
        if is_open {
            station.link = None;
        }
        self.note(end, Some(self.far_end(&link)), first, notes::cut(count), tape);
        if is_open {
            self.with_client(link.client, None, tape, &mut |client| client.handle_closed(now));
        }
        if link.accepted && link.broker_open {
            let n = link.broker;
            self.with_broker(n, None, None, tape, &mut |broker, now, ear| broker.handle_closed(now, id, ear));
        }
    }

    /// The network loses what is under way on a connection, and all that will be sent on it, and tells nobody: a
    /// cable that is pulled out behind the next switch, a phone in a tunnel. Each end keeps its side open until its
    /// own timer, a cut or a takeover ends it. `also` was lost with it.
    pub(super) fn silence(&mut self, id: LinkId, also: Option<FrameId>, tape: &mut Tape<'_>) {
        let lost = self.lose(id, LostWhy::Silent, tape);
        let Some(link) = self.links.of_mut(id) else { return };
        link.silent = true;
        let Some((end, broker)) = self.ends_of(id) else { return };
        let first = also.or(lost.first().map(|flight| flight.frame));
        self.note(end, Some(broker), first, notes::silent(), tape);
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

    /// Calls a broker, then does what it wants done. `cause` is the frame that it is called for, `peer` the end
    /// that sent it.
    pub(super) fn with_broker(
        &mut self,
        n: usize,
        cause: Option<FrameId>,
        peer: Option<EndId>,
        tape: &mut Tape<'_>,
        call: &mut dyn FnMut(&mut Broker, Instant, &mut Ear<'_>),
    ) {
        let stations = &self.stations;
        let end_of = |client_id: &str| {
            let named = |station: &&Station| station.client.client_id() == client_id;
            // Of two with the same identifier, it is the one that has sent this, or else the one that is connected here.
            let away = |station: &Station| station.link.is_none() || station.broker != n;
            let mut ends = stations.iter().filter(named).map(|station| (away(station), station.end));
            let least = ends.clone().min_by_key(|(offline, _)| *offline);
            ends.find(|(_, end)| Some(*end) == peer).or(least).map(|(_, end)| end)
        };
        let mut ear = Ear::new(&end_of, tape.wants_notes());
        let Some(site) = self.brokers.get_mut(n) else { return };
        call(&mut site.broker, self.now, &mut ear);
        let own = site.end;
        let (heard, unwritten) = (ear.heard, ear.unwritten);
        let (mut cause, mut closed) = (cause, Vec::new());
        while let Some((link, output)) = self.brokers[n].broker.poll_output() {
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
            self.note(own, peer, cause, words, tape);
        }
        for peer in closed {
            self.note(own, Some(peer), cause, notes::closed(), tape);
        }
    }

    /// Calls a client, then does what it wants done. `cause` is the frame that it is called for.
    pub(super) fn with_client(
        &mut self,
        index: usize,
        cause: Option<FrameId>,
        tape: &mut Tape<'_>,
        call: &mut dyn FnMut(&mut Client),
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
                (ClientOutput::Close, Some(link)) => {
                    self.lose_unread(link, LostWhy::Closed, tape);
                    closed = self.close(link, Direction::ToServer);
                }
                (_, None) => {}
            }
        }
        let mut reconnect = false;
        while let Some(event) = self.stations[index].client.poll_event() {
            reconnect |= event == ClientEvent::ReconnectDue;
            if let Some(words) = notes::client_event(&event) {
                self.note(end, Some(self.broker_end(index)), cause, words, tape);
            }
            if let ClientEvent::Message(it) = &event {
                self.delivered += 1;
                self.happened(end, Happened::Delivers(&it.message.topic));
            }
        }
        self.status_changed(index);
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
        let link = self.links.of_mut(id).filter(|link| !link.refused)?;
        if let Some(owed) = &mut link.owed {
            recorded::owe(owed, direction, bytes);
            return None;
        }
        let station = self.stations.get_mut(link.client)?;
        let fault = match link.silent || station.faults.is_empty() {
            true => None,
            false => fault::strike(&mut station.faults, self.frames, direction, kind_of(&bytes)),
        };
        let frame = self.send_under(id, direction, bytes.clone(), fault, tape)?;
        match fault {
            Some(FaultKind::Duplicate) => {
                self.note_fault(id, frame, kind_of(&bytes), FaultKind::Duplicate, tape);
                self.send_under(id, direction, bytes, None, tape);
            }
            Some(kind @ FaultKind::Delay(_)) => self.note_fault(id, frame, kind_of(&bytes), kind, tape),
            _ => {}
        }
        Some(frame)
    }

    /// The same, with what strikes it.
    pub(super) fn send_under(
        &mut self,
        id: LinkId,
        direction: Direction,
        bytes: bytes::Bytes,
        fault: Option<FaultKind>,
        tape: &mut Tape<'_>,
    ) -> Option<FrameId> {
        let link = self.links.of_mut(id).filter(|link| link.sender_open(direction))?;
        let station = self.stations.get(link.client)?;
        let broker = self.brokers[link.broker].end;
        let (from, to) = match direction {
            Direction::ToServer => (station.end, broker),
            Direction::ToClient => (broker, station.end),
        };
        let (frame, sent, settings) = (self.frames, self.now, &station.settings);
        self.frames += 1;
        let (silent, version, kind) = (link.silent, link.version, kind_of(&bytes));
        let starts = link.way(direction).free.max(sent);
        link.way(direction).free = starts + settings.sending(bytes.len());
        let mut begin = 0;
        let piece = match (settings.segment_bytes as usize, fault) {
            // What is dropped is dropped whole.
            (0, _) | (_, Some(FaultKind::Drop)) => bytes.len(),
            (most, _) => most,
        };
        let due = loop {
            let end = bytes.len().min(begin + piece.max(1));
            let mut due = starts + settings.sending(end) + self.network.delay(settings, direction);
            if let Some(FaultKind::Delay(more)) = fault {
                due += more;
            }
            if let Some(over) = due.as_micros().checked_rem(settings.join_micros).filter(|over| *over > 0) {
                due += Duration::from_micros(settings.join_micros - over);
            }
            due = link.in_order(direction, due);
            let ends = [begin == 0, end == bytes.len()];
            if !silent {
                let strikes =
                    fault.filter(|kind| !matches!(kind, FaultKind::Delay(_) | FaultKind::Duplicate));
                let flight = Flight {
                    frame,
                    link: id,
                    direction,
                    bytes: bytes.slice(begin..end),
                    whole: bytes.clone(),
                    sent,
                    due,
                    ends,
                    closes: false,
                    fault: strikes.filter(|_| ends[1]),
                };
                let place = self.queue.push(due + self.network.processing, Event::Arrival(flight));
                link.sent(direction, place, self.step);
            }
            if ends[1] {
                break due;
            }
            begin = end;
        };
        self.happened(from, Happened::Sends(kind));
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
    pub(super) fn close(&mut self, id: LinkId, direction: Direction) -> Option<EndId> {
        // What is recorded goes on as it did.
        let open = |link: &&mut Link| link.sender_open(direction) && link.owed.is_none();
        let link = self.links.of_mut(id).filter(open)?;
        let station = self.stations.get_mut(link.client)?;
        let other = match direction {
            Direction::ToServer => {
                link.client_open = false;
                station.link = None;
                self.brokers[link.broker].end
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

    pub(super) fn schedule_closing(&mut self, id: LinkId, direction: Direction) {
        let Some(link) = self.links.of_mut(id) else { return };
        let Some(station) = self.stations.get(link.client) else { return };
        let due = link.way(direction).free.max(self.now) + self.network.delay(&station.settings, direction);
        if link.silent {
            return;
        }
        let due = link.in_order(direction, due);
        self.queue.push(due + self.network.processing, Event::Closing { link: id, direction });
    }
}

/// Where a silent link swallows what is sent on it.
const HALFWAY: u16 = 500;
/// Where a fault strikes.
const NEARLY: u16 = 800;

/// What kind of packet these bytes are.
pub(super) fn kind_of(bytes: &[u8]) -> Option<PacketType> {
    bytes.first().and_then(|byte| PacketType::from_nibble(byte >> 4))
}

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
