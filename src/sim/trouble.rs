//! What the user does to the network: faults, settings of links, power.

use super::auth;
use super::deliver::kind_of;
use super::fault::{Fault, FaultKind, MAX_FAULTS};
use super::network::LinkSettings;
use super::notes;
use super::queue::Event;
use super::scenario::ActError;
use super::tape::Tape;
use super::world::{Done, World};
use crate::broker::BrokerConfig;
use crate::capture::FrameId;
use crate::client::Client;
use crate::codec::Direction;
use crate::time::Instant;

impl World {
    /// Begins to arm a fault on a client's link.
    pub(super) fn arm(&mut self, index: usize, fault: &Fault) -> Result<Done, ActError> {
        let station = self.stations.get(index).ok_or(ActError::UnknownClient(index))?;
        if let Some(frame) = fault.frame.filter(|frame| *frame < self.frames) {
            let links = &self.links;
            let of_it = |link| links.of(link).is_some_and(|link| link.client == index);
            // A part of it that has arrived already cannot be dropped.
            let whole = fault.kind == FaultKind::Drop;
            let mut pieces = self.queue.pieces_mut(frame);
            return match pieces.any(|piece| of_it(piece.link) && (!whole || piece.ends[0])) {
                true => Ok(Done::Struck(frame, fault.kind)),
                false => Err(ActError::NotUnderWay),
            };
        }
        match station.faults.len() < MAX_FAULTS {
            true => Ok(Done::Armed(Box::new(fault.clone()))),
            false => Err(ActError::TooManyFaults),
        }
    }

    pub(super) fn armed(&mut self, index: usize, fault: Fault, tape: &mut Tape<'_>) {
        let words = notes::armed(&fault);
        let Some(station) = self.stations.get_mut(index) else { return };
        station.faults.push(fault);
        let end = station.end;
        self.note(end, Some(self.broker_end(index)), None, words, tape);
    }

    pub(super) fn disarmed(&mut self, index: usize, tape: &mut Tape<'_>) {
        let Some(station) = self.stations.get_mut(index) else { return };
        station.faults.clear();
        let end = station.end;
        self.note(end, Some(self.broker_end(index)), None, notes::disarmed(), tape);
    }

    /// A fault is meant for a packet that is under way.
    pub(super) fn struck_under_way(&mut self, frame: FrameId, kind: FaultKind, tape: &mut Tape<'_>) {
        let Some(last) = self.queue.pieces_mut(frame).find(|piece| piece.ends[1]) else { return };
        let (link, direction, whole) = (last.link, last.direction, last.whole.clone());
        match kind {
            FaultKind::Delay(more) => self.hold_up(frame, more),
            FaultKind::Duplicate => drop(self.send_under(link, direction, whole.clone(), None, tape)),
            FaultKind::Drop => self.queue.pieces_mut(frame).for_each(|piece| piece.fault = Some(kind)),
            _ => last.fault = Some(kind),
        }
        if let Some((end, broker)) = self.ends_of(link) {
            let words = notes::struck(kind_of(&whole), kind);
            self.note(end, Some(broker), Some(frame), words, tape);
        }
    }

    /// What is under way arrives later, with all that is behind it.
    fn hold_up(&mut self, frame: FrameId, more: crate::time::Duration) {
        let Some(first) = self.queue.pieces_mut(frame).last() else { return };
        let (id, direction) = (first.link, first.direction);
        let step = self.step;
        let mut floor = Instant::ZERO;
        for (at, event) in self.queue.take_behind(id, direction, frame) {
            match event {
                Event::Arrival(mut flight) => {
                    if flight.frame == frame {
                        flight.due += more;
                    }
                    flight.due = flight.due.max(floor);
                    floor = flight.due;
                    let place = self.queue.push(floor + self.network.processing, Event::Arrival(flight));
                    if let Some(link) = self.links.of_mut(id) {
                        let way = link.way(direction);
                        way.due = way.due.max(floor);
                        way.last = way.last.map(|(_, sent)| (place, sent)).or(Some((place, step)));
                    }
                }
                other => drop(self.queue.push(at.max(floor + self.network.processing), other)),
            }
        }
    }

    /// A broker stops and starts anew: what it knew is gone, or what no disk `keeps`, wills too, and its connections
    /// are cut.
    pub(super) fn restart(&mut self, n: usize, config: BrokerConfig, keeps: bool, tape: &mut Tape<'_>) {
        let mechanisms = auth::mechanisms(&config);
        let now = self.now;
        let Some(site) = self.brokers.get_mut(n) else { return };
        let broker = match keeps {
            true => site.broker.restarted_keeping(now, config),
            false => site.broker.restarted(now, config),
        };
        site.broker = broker.with_mechanisms(mechanisms);
        let was_stopped = std::mem::take(&mut site.stopped);
        let end = site.end;
        self.note(end, None, None, notes::restarted(keeps, was_stopped), tape);
        self.cut_all(n, tape);
    }

    fn cut_all(&mut self, n: usize, tape: &mut Tape<'_>) {
        for id in self.links.ids() {
            if self.links.of(id).is_some_and(|link| link.broker == n && link.broker_open) {
                self.cut(id, None, tape);
            }
        }
    }

    /// A broker ends in order: its wills go out, its side of each connection is closed, and a connection that it has not
    /// heard of yet is cut.
    pub(super) fn stop(&mut self, n: usize, tape: &mut Tape<'_>) {
        let Some(end) = self.brokers.get(n).map(|site| site.end) else { return };
        self.note(end, None, None, notes::stopped(), tape);
        self.with_broker(n, None, None, tape, &mut |broker, now, ear| broker.shut_down(now, ear));
        self.cut_all(n, tape);
        let (now, site) = (self.now, &mut self.brokers[n]);
        let mechanisms = auth::mechanisms(site.broker.config());
        let kept = site.broker.restarted_keeping(now, site.broker.config().clone());
        site.broker = kept.with_mechanisms(mechanisms);
        site.stopped = true;
    }

    /// Where nobody listens, a client's new connection is refused: it hears of that after a round trip.
    pub(super) fn refuse_if_stopped(&mut self, index: usize) -> bool {
        let Some(station) = self.stations.get(index) else { return false };
        let (Some(id), false) = (station.link, station.is_down) else { return false };
        if !self.brokers.get(station.broker).is_some_and(|site| site.stopped) {
            return false;
        }
        let there = self.network.delay(&station.settings, Direction::ToServer) + self.network.processing;
        let Some(link) = self.links.of_mut(id) else { return false };
        (link.refused, link.broker_open) = (true, false);
        link.way(Direction::ToClient).free = self.now + there;
        self.schedule_closing(id, Direction::ToClient);
        true
    }

    pub(super) fn set_link(&mut self, index: usize, settings: LinkSettings, tape: &mut Tape<'_>) {
        let now = self.now;
        let Some(station) = self.stations.get_mut(index) else { return };
        station.changes = settings.changes_after(false).map(|after| now + after);
        let was_down = std::mem::replace(&mut station.is_down, settings.down);
        let words = notes::set_link(was_down, settings.down);
        station.settings = settings;
        let end = station.end;
        self.note(end, Some(self.broker_end(index)), None, words, tape);
        self.cut_if_down(index, tape);
    }

    /// The link goes down or up by itself.
    pub(super) fn link_changes(&mut self, index: usize, tape: &mut Tape<'_>) {
        let now = self.now;
        let Some(station) = self.stations.get_mut(index) else { return };
        station.is_down = !station.is_down;
        station.changes = station.settings.changes_after(station.is_down).map(|after| now + after);
        let (end, is_down) = (station.end, station.is_down);
        self.note(end, Some(self.broker_end(index)), None, notes::set_link(!is_down, is_down), tape);
        self.cut_if_down(index, tape);
    }

    pub(super) fn cut_if_down(&mut self, index: usize, tape: &mut Tape<'_>) {
        let down = self.stations.get(index).filter(|station| station.is_down);
        if let Some(link) = down.and_then(|station| station.link) {
            self.cut(link, None, tape);
        }
    }

    /// A client is off at once, and with it all that it knew. What it had sent still arrives; nobody tells the broker.
    pub(super) fn power_off(&mut self, index: usize, tape: &mut Tape<'_>) {
        let Some(station) = self.stations.get_mut(index) else { return };
        station.client = Client::new(station.client.config().clone());
        let (end, link) = (station.end, station.link.take());
        if let Some(id) = link {
            self.lose_unread(id, crate::capture::LostWhy::Closed, tape);
        }
        if let Some(id) = link
            && let Some(link) = self.links.of_mut(id)
        {
            link.client_open = false;
            link.silent = true;
            if !link.broker_open {
                self.links.remove(id);
            }
        }
        self.note(end, Some(self.broker_end(index)), None, notes::powered_off(), tape);
        self.status_changed(index);
    }
}
