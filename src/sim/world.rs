//! Everything that has a state at a moment: brokers, clients, connections, what is under way. Its clones are the
//! history's checkpoints.

use bytes::Bytes;

use super::auth;
use super::fault::{Fault, FaultKind};
use super::link::{Link, Links, Network};
use super::network::LinkSettings;
use super::notes::{self, Words};
use super::queue::{Event, Queue};
use super::scenario::{ActError, Action, BROKERS, ClientSpec, MAX_BROKERS, MAX_SERIES, Scenario};
use super::tape::Tape;
use super::when::Conditions;
use crate::broker::{Broker, BrokerConfig};
use crate::capture::{EndId, FrameId, LinkId, Note, Step};
use crate::client::{Client, ClientConfig, ClientStatus};
use crate::codec::Direction;
use crate::time::Instant;

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) brokers: Vec<Site>,
    pub(super) stations: Vec<Station>,
    pub(super) links: Links,
    pub(super) queue: Queue,
    pub(super) network: Network,
    pub(super) conditions: Conditions,
    pub(super) now: Instant,
    pub(super) step: Step,
    pub(super) frames: FrameId,
    pub(super) notes: u64,
    /// Messages that have reached applications, also those of clients that have lost all since.
    pub(super) delivered: u64,
}

/// A broker with its place in the network.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub broker: Broker,
    pub end: EndId,
    /// Nobody listens: what the broker holds is what its disk keeps.
    pub stopped: bool,
}

/// A client with its place in the network.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub client: Client,
    pub end: EndId,
    /// The number of the broker that it connects to.
    pub broker: usize,
    /// Conditions have heard that it is connected.
    pub connected: bool,
    /// Its side of this connection is open.
    pub link: Option<LinkId>,
    /// It does nothing any more.
    pub left: bool,
    /// How its way to the broker is.
    pub settings: LinkSettings,
    /// What waits for packets on that way.
    pub faults: Vec<Fault>,
    /// The way is down at the moment.
    pub is_down: bool,
    /// When it goes down or up by itself.
    pub changes: Option<Instant>,
}

/// Bytes that a world, an end of a connection or a session, and anything that one of them holds take, about.
const WEIGHT: usize = 2_000;
const WEIGHT_OF_END: usize = 1_000;
const WEIGHT_OF_ENTRY: usize = 160;

/// Who is to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Queue,
    BrokerTimer(usize),
    ClientTimer(usize),
    LinkTimer(usize),
}

/// What an action has done to the network, before anyone has sent anything.
#[derive(Debug)]
pub(super) enum Done {
    Opened,
    Cut(LinkId),
    Silenced(LinkId),
    StoppedReading(LinkId),
    ReadAgain(LinkId),
    Configured(usize, Box<BrokerConfig>),
    Restarted(usize, Box<BrokerConfig>, bool),
    Stopped(usize),
    Moved(usize),
    Set(Box<LinkSettings>),
    Armed(Box<Fault>),
    Struck(FrameId, FaultKind),
    Disarmed,
    Recorded(Direction, Bytes),
    PoweredOff,
    Left,
    Asked,
}

impl World {
    /// The lifelines' order: the first client, the brokers, the other clients.
    pub fn new(scenario: &Scenario) -> Self {
        let first = scenario.clients.len().min(1) as EndId;
        let configs = std::iter::once(&scenario.broker).chain(scenario.brokers.iter().map(|it| &it.config));
        let site = |(config, end): (&BrokerConfig, EndId)| Site {
            broker: Broker::new(config.clone()).with_mechanisms(auth::mechanisms(config)),
            end,
            stopped: false,
        };
        let mut world = Self {
            brokers: configs.take(MAX_BROKERS).zip(first..).map(site).collect(),
            stations: Vec::new(),
            links: Links::default(),
            queue: Queue::new(&scenario.actions),
            network: Network::new(scenario.seed, scenario.processing()),
            conditions: Conditions::new(&scenario.conditions),
            now: Instant::ZERO,
            step: 0,
            frames: 0,
            notes: 0,
            delivered: 0,
        };
        for (index, spec) in scenario.clients.iter().enumerate() {
            world.add_client(spec, scenario.link(index), scenario.home(index));
        }
        world
    }

    /// One more client, that has done nothing yet.
    pub fn add_client(&mut self, spec: &ClientSpec, settings: LinkSettings, broker: usize) -> EndId {
        let index = self.stations.len() as EndId;
        let end = if index < self.brokers[0].end { index } else { index + self.brokers.len() as EndId };
        self.stations.push(Station {
            client: Client::new(spec.config.clone()),
            end,
            broker,
            connected: false,
            link: None,
            left: false,
            faults: Vec::new(),
            is_down: settings.down,
            changes: settings.changes_after(false).map(|after| self.now + after),
            settings,
        });
        end
    }

    /// Who acts next, and when. Arrivals and actions go before timers of the same time.
    pub fn due(&self) -> Option<(Instant, Due)> {
        let queued = self.queue.first().map(|(at, _)| (at, Due::Queue));
        let broker = |(n, site): (usize, &Site)| Some((site.broker.poll_timeout()?, Due::BrokerTimer(n)));
        let brokers = self.brokers.iter().enumerate().filter(|(_, site)| !site.stopped).filter_map(broker);
        let client =
            |(i, station): (usize, &Station)| Some((station.client.poll_timeout()?, Due::ClientTimer(i)));
        let clients = self.stations.iter().enumerate().filter_map(client);
        let link = |(i, station): (usize, &Station)| Some((station.changes?, Due::LinkTimer(i)));
        let links = self.stations.iter().enumerate().filter_map(link);
        // The first of the earliest; a deadline in the past is due now.
        queued
            .into_iter()
            .chain(brokers)
            .chain(clients)
            .chain(links)
            .min_by_key(|(at, _)| *at)
            .map(|(at, due)| (at.max(self.now), due))
    }

    /// About how many bytes a copy of it takes that shares what does not change: payloads, settings, the script.
    pub fn weight(&self) -> usize {
        let of_session = |session: &crate::broker::Session| {
            session.in_flight().len() + session.queued().len() + session.unreleased().len()
        };
        let (mut ends, mut entries) = (self.stations.len(), self.queue.len());
        for Site { broker, .. } in &self.brokers {
            let (connections, sessions, subscriptions) = broker.counts();
            ends += connections + sessions;
            let messages: usize = broker.sessions().map(of_session).sum();
            entries += messages + subscriptions + broker.retained().len();
        }
        let of_station = |station: &Station| {
            let client = &station.client;
            client.in_flight().len() + client.incoming().len() + client.subscriptions().len()
        };
        let held: usize = self.stations.iter().map(of_station).sum();
        WEIGHT + WEIGHT_OF_END * ends + WEIGHT_OF_ENTRY * (entries + held)
    }

    /// Whether nothing is scripted or under way any more: only timers are left.
    pub fn is_settled(&self) -> bool {
        self.queue.is_empty()
    }

    /// Takes one step; `false` if nothing is left.
    pub fn advance(&mut self, tape: &mut Tape<'_>) -> bool {
        let Some((at, due)) = self.due() else { return false };
        self.now = at;
        self.step += 1;
        match due {
            Due::Queue => match self.queue.pop() {
                Some(Event::Action { client, action }) => self.scripted(client, &action, tape),
                Some(Event::Arrival(flight)) => self.arrive(flight, true, tape),
                Some(Event::Closing { link, direction }) => self.peer_closed(link, direction, tape),
                None => {}
            },
            Due::BrokerTimer(n) => {
                self.with_broker(n, None, None, tape, &mut |broker, now, ear| broker.handle_timeout(now, ear))
            }
            Due::ClientTimer(index) => {
                let now = self.now;
                self.with_client(index, None, tape, &mut |client| client.handle_timeout(now));
            }
            Due::LinkTimer(index) => self.link_changes(index, tape),
        }
        true
    }

    fn scripted(&mut self, client: usize, action: &Action, tape: &mut Tape<'_>) {
        match self.request(client, action, self.now) {
            Ok(done) => self.carry_out(client, done, tape),
            Err(error) => {
                // Without a client, the broker's lifeline is the only one to say it on.
                let broker = self.broker_end(client);
                let end = self.stations.get(client).map_or(broker, |station| station.end);
                self.note(end, Some(broker), None, notes::refused(action, error), tape);
            }
        }
    }

    /// Takes a user's action as a step of its own; [`World::request`] has begun it.
    pub fn act(&mut self, client: usize, done: Done, at: Instant, tape: &mut Tape<'_>) {
        self.now = at;
        self.step += 1;
        self.carry_out(client, done, tape);
    }

    /// Begins an action. What it makes the client send is sent by [`World::carry_out`].
    ///
    /// # Errors
    /// When it cannot be done; nothing has changed then.
    pub fn request(&mut self, index: usize, action: &Action, at: Instant) -> Result<Done, ActError> {
        let broker = self.broker_of(index);
        let known = |n: usize| if n < self.brokers.len() { Ok(n) } else { Err(ActError::UnknownBroker(n)) };
        match action {
            Action::ConfigureBroker(_) | Action::StopBroker
                if self.brokers.get(broker).is_some_and(|site| site.stopped) =>
            {
                return Err(ActError::Stopped);
            }
            Action::StopBroker => return Ok(Done::Stopped(known(broker)?)),
            Action::ConfigureBroker(config) => return Ok(Done::Configured(known(broker)?, config.clone())),
            Action::RestartBroker(config) => {
                return Ok(Done::Restarted(known(broker)?, config.clone(), false));
            }
            Action::RestartBrokerKeeping(config) => {
                return Ok(Done::Restarted(known(broker)?, config.clone(), true));
            }
            Action::UseBroker(n) => drop(known(*n)?),
            _ => {}
        }
        let station = self.stations.get_mut(index).ok_or(ActError::UnknownClient(index))?;
        if station.left {
            return Err(ActError::Left);
        }
        let client = &mut station.client;
        match action {
            Action::Connect => {
                auth::equip(client);
                client.connect(at)?;
                return Ok(self.opened(index));
            }
            Action::Cut => return station.link.map(Done::Cut).ok_or(ActError::NotConnected),
            Action::Silence => return station.link.map(Done::Silenced).ok_or(ActError::NotConnected),
            Action::StopReading | Action::ReadAgain => {
                let stop = matches!(action, Action::StopReading);
                let id = station.link.ok_or(ActError::NotConnected)?;
                let link = self.links.of(id).ok_or(ActError::NotConnected)?;
                return match (stop, &link.unread) {
                    (true, None) => Ok(Done::StoppedReading(id)),
                    (false, Some(_)) => Ok(Done::ReadAgain(id)),
                    (true, Some(_)) => Err(ActError::NotReading),
                    (false, None) => Err(ActError::Reading),
                };
            }
            Action::Configure(config) => client.set_config(ClientConfig::clone(config))?,
            Action::ConnectAs(config) => {
                let mut other = client.clone();
                other.set_config(ClientConfig::clone(config))?;
                auth::equip(&mut other);
                other.connect(at)?;
                *client = other;
                return Ok(self.opened(index));
            }
            Action::Publish(request) => {
                client.publish(at, request.clone())?;
            }
            Action::Series(requests) => {
                let mut all = requests.iter().take(MAX_SERIES);
                if let Some((_, first)) = all.next() {
                    client.publish(at, first.clone())?;
                }
                for (later, request) in all {
                    let action = Action::Publish(request.clone());
                    self.queue.push(at + *later, Event::Action { client: index, action });
                }
            }
            Action::Subscribe(filters, properties) => {
                let filters: Vec<_> =
                    filters.iter().map(|(filter, options)| (filter.as_str(), *options)).collect();
                client.subscribe(at, &filters, properties)?;
            }
            Action::Unsubscribe(filters, properties) => {
                let filters: Vec<_> = filters.iter().map(String::as_str).collect();
                client.unsubscribe(at, &filters, properties)?;
            }
            Action::ConfigureBroker(_)
            | Action::RestartBroker(_)
            | Action::RestartBrokerKeeping(_)
            | Action::StopBroker => {}
            Action::UseBroker(n) => {
                return if station.link.is_none() {
                    Ok(Done::Moved(*n))
                } else {
                    Err(ActError::AlreadyConnected)
                };
            }
            Action::SetLink(settings) => return Ok(Done::Set(settings.clone())),
            Action::Arm(fault) => return self.arm(index, fault),
            Action::Disarm => return Ok(Done::Disarmed),
            Action::PowerLoss => return Ok(Done::PoweredOff),
            Action::Recorded(direction, bytes) => return Ok(Done::Recorded(*direction, bytes.clone())),
            Action::Disconnect => client.disconnect(at)?,
            Action::DisconnectWith(code, properties) => client.disconnect_with(at, *code, properties)?,
            Action::Reauthenticate => client.reauthenticate(at)?,
            Action::Leave => return Ok(Done::Left),
            Action::Misbehave(misbehaviour) => {
                let was = client.status();
                client.misbehave(at, misbehaviour.clone())?;
                if was == ClientStatus::Offline {
                    return Ok(self.opened(index));
                }
            }
        }
        Ok(Done::Asked)
    }

    /// The client has begun a connection.
    pub(super) fn opened(&mut self, index: usize) -> Done {
        if let Some(station) = self.stations.get_mut(index) {
            let link = Link::new(index, station.broker, station.client.config().version);
            station.link = Some(self.links.open(link));
        }
        Done::Opened
    }

    pub(super) fn carry_out(&mut self, index: usize, done: Done, tape: &mut Tape<'_>) {
        match done {
            Done::Opened => {
                let Some(end) = self.stations.get(index).map(|station| station.end) else { return };
                let refused = self.refuse_if_stopped(index);
                let connect = (!refused).then_some(self.frames); // the next frame to be sent
                self.note(end, Some(self.broker_end(index)), connect, notes::opened(), tape);
                self.with_client(index, None, tape, &mut |_| {});
                self.cut_if_down(index, tape);
            }
            Done::Asked => self.with_client(index, None, tape, &mut |_| {}),
            Done::Cut(link) => self.cut(link, None, tape),
            Done::Silenced(link) => self.silence(link, None, tape),
            Done::StoppedReading(link) => self.stop_reading(link, tape),
            Done::ReadAgain(link) => self.read_again(link, tape),
            Done::Configured(n, config) => {
                let now = self.now;
                let Some(Site { broker, end, .. }) = self.brokers.get_mut(n) else { return };
                *broker = broker.clone().with_mechanisms(auth::mechanisms(&config));
                broker.set_config(now, *config);
                let end = *end;
                self.note(end, None, None, notes::configured(), tape);
            }
            Done::Restarted(n, config, keeps) => self.restart(n, *config, keeps, tape),
            Done::Stopped(n) => self.stop(n, tape),
            Done::Moved(n) => {
                let Some(station) = self.stations.get_mut(index) else { return };
                station.broker = n;
                let end = station.end;
                self.note(end, Some(self.broker_end(index)), None, notes::moved(), tape);
            }
            Done::Set(settings) => self.set_link(index, *settings, tape),
            Done::Armed(fault) => self.armed(index, *fault, tape),
            Done::Struck(frame, kind) => self.struck_under_way(frame, kind, tape),
            Done::Disarmed => self.disarmed(index, tape),
            Done::PoweredOff => self.power_off(index, tape),
            Done::Recorded(direction, bytes) => self.recorded(index, direction, bytes, tape),
            Done::Left => self.leave(index, tape),
        }
    }

    fn leave(&mut self, index: usize, tape: &mut Tape<'_>) {
        if let Some(link) = self.stations.get(index).and_then(|station| station.link) {
            self.cut(link, None, tape);
        }
        let Some(station) = self.stations.get_mut(index) else { return };
        station.left = true;
        station.changes = None;
        // A new one, that waits for nothing: the old one may want to connect again.
        station.client = Client::new(station.client.config().clone());
        let end = station.end;
        self.note(end, Some(self.broker_end(index)), None, notes::left(), tape);
        self.status_changed(index);
    }

    /// The number of the broker that a client uses, or that [`BROKERS`] and more tells; the first where there is no
    /// such client.
    pub(super) fn broker_of(&self, party: usize) -> usize {
        let of_client = || self.stations.get(party).map_or(0, |station| station.broker);
        party.checked_sub(BROKERS).unwrap_or_else(of_client)
    }

    /// Its end.
    pub(super) fn broker_end(&self, party: usize) -> EndId {
        self.brokers.get(self.broker_of(party)).unwrap_or(&self.brokers[0]).end
    }

    /// The broker's end of a link.
    pub(super) fn far_end(&self, link: &Link) -> EndId {
        self.brokers[link.broker].end
    }

    /// The end that receives in `direction` on a link.
    pub fn receiver(&self, link: LinkId, direction: Direction) -> Option<EndId> {
        let link = self.links.of(link)?;
        match direction {
            Direction::ToServer => Some(self.far_end(link)),
            Direction::ToClient => self.stations.get(link.client).map(|station| station.end),
        }
    }

    /// Numbers a note and writes it.
    pub(super) fn note(
        &mut self,
        end: EndId,
        peer: Option<EndId>,
        frame: Option<FrameId>,
        words: Words,
        tape: &mut Tape<'_>,
    ) {
        let number = self.notes;
        self.notes += 1;
        let Words { kind, text, statement, verbose, peer: named } = words;
        let peer = named.or(peer);
        let note = Note { end, peer, frame, at: self.now, step: self.step, kind, text, statement, verbose };
        tape.note(number, note);
    }
}
