//! Everything that has a state at a moment: broker, clients, connections, what is under way. Its clones are the
//! history's checkpoints.

use super::auth;
use super::fault::{Fault, FaultKind};
use super::link::{Link, Links, Network};
use super::network::LinkSettings;
use super::notes::{self, Words};
use super::queue::{Event, Queue};
use super::scenario::{ActError, Action, ClientSpec, MAX_SERIES, Scenario};
use super::tape::Tape;
use crate::broker::{Broker, BrokerConfig};
use crate::capture::{EndId, FrameId, LinkId, Note, Step};
use crate::client::{Client, ClientConfig, ClientStatus};
use crate::codec::Direction;
use crate::time::Instant;

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) broker: Broker,
    pub(super) broker_end: EndId,
    pub(super) stations: Vec<Station>,
    pub(super) links: Links,
    pub(super) queue: Queue,
    pub(super) network: Network,
    pub(super) now: Instant,
    pub(super) step: Step,
    pub(super) frames: FrameId,
    pub(super) notes: u64,
}

/// A client with its place in the network.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub client: Client,
    pub end: EndId,
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
    BrokerTimer,
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
    Configured(Box<BrokerConfig>),
    Restarted(Box<BrokerConfig>, bool),
    Set(Box<LinkSettings>),
    Armed(Box<Fault>),
    Struck(FrameId, FaultKind),
    Disarmed,
    PoweredOff,
    Left,
    Asked,
}

impl World {
    /// The lifelines' order: the first client, the broker, the other clients.
    pub fn new(scenario: &Scenario) -> Self {
        let mut world = Self {
            broker: Broker::new(scenario.broker.clone()).with_mechanisms(auth::mechanisms(&scenario.broker)),
            broker_end: scenario.clients.len().min(1) as EndId,
            stations: Vec::new(),
            links: Links::default(),
            queue: Queue::new(&scenario.actions),
            network: Network::new(scenario.seed, scenario.processing()),
            now: Instant::ZERO,
            step: 0,
            frames: 0,
            notes: 0,
        };
        for (index, spec) in scenario.clients.iter().enumerate() {
            world.add_client(spec, scenario.link(index));
        }
        world
    }

    /// One more client, that has done nothing yet.
    pub fn add_client(&mut self, spec: &ClientSpec, settings: LinkSettings) -> EndId {
        let index = self.stations.len() as EndId;
        let end = if index < self.broker_end { index } else { index + 1 };
        self.stations.push(Station {
            client: Client::new(spec.config.clone()),
            end,
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
        let broker = self.broker.poll_timeout().map(|at| (at, Due::BrokerTimer));
        let client =
            |(i, station): (usize, &Station)| Some((station.client.poll_timeout()?, Due::ClientTimer(i)));
        let clients = self.stations.iter().enumerate().filter_map(client);
        let link = |(i, station): (usize, &Station)| Some((station.changes?, Due::LinkTimer(i)));
        let links = self.stations.iter().enumerate().filter_map(link);
        // The first of the earliest; a deadline in the past is due now.
        queued
            .into_iter()
            .chain(broker)
            .chain(clients)
            .chain(links)
            .min_by_key(|(at, _)| *at)
            .map(|(at, due)| (at.max(self.now), due))
    }

    /// About how many bytes a copy of it takes that shares what does not change: payloads, settings, the script.
    pub fn weight(&self) -> usize {
        let (connections, sessions, subscriptions) = self.broker.counts();
        let of_session = |session: &crate::broker::Session| {
            session.in_flight().len() + session.queued().len() + session.unreleased().len()
        };
        let messages: usize = self.broker.sessions().map(of_session).sum();
        let of_station = |station: &Station| {
            let client = &station.client;
            client.in_flight().len() + client.incoming().len() + client.subscriptions().len()
        };
        let held: usize = self.stations.iter().map(of_station).sum();
        let entries = messages + held + subscriptions + self.broker.retained().len() + self.queue.len();
        WEIGHT + WEIGHT_OF_END * (self.stations.len() + connections + sessions) + WEIGHT_OF_ENTRY * entries
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
                Some(Event::Arrival(flight)) => self.arrive(flight, tape),
                Some(Event::Closing { link, direction }) => self.peer_closed(link, direction, tape),
                None => {}
            },
            Due::BrokerTimer => {
                self.with_broker(None, None, tape, |broker, now, ear| broker.handle_timeout(now, ear))
            }
            Due::ClientTimer(index) => {
                let now = self.now;
                self.with_client(index, None, tape, |client| client.handle_timeout(now));
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
                let end = self.stations.get(client).map_or(self.broker_end, |station| station.end);
                self.note(end, Some(self.broker_end), None, notes::refused(action, error), tape);
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
        match action {
            Action::ConfigureBroker(config) => return Ok(Done::Configured(config.clone())),
            Action::RestartBroker(config) => return Ok(Done::Restarted(config.clone(), false)),
            Action::RestartBrokerKeeping(config) => return Ok(Done::Restarted(config.clone(), true)),
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
            Action::ConfigureBroker(_) | Action::RestartBroker(_) | Action::RestartBrokerKeeping(_) => {}
            Action::SetLink(settings) => return Ok(Done::Set(settings.clone())),
            Action::Arm(fault) => return self.arm(index, fault),
            Action::Disarm => return Ok(Done::Disarmed),
            Action::PowerLoss => return Ok(Done::PoweredOff),
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
    fn opened(&mut self, index: usize) -> Done {
        if let Some(station) = self.stations.get_mut(index) {
            let link = Link::new(index, station.client.config().version);
            station.link = Some(self.links.open(link));
        }
        Done::Opened
    }

    pub(super) fn carry_out(&mut self, index: usize, done: Done, tape: &mut Tape<'_>) {
        match done {
            Done::Opened => {
                let Some(end) = self.stations.get(index).map(|station| station.end) else { return };
                let connect = self.frames; // the next frame to be sent
                self.note(end, Some(self.broker_end), Some(connect), notes::opened(), tape);
                self.with_client(index, None, tape, |_| {});
                self.cut_if_down(index, tape);
            }
            Done::Asked => self.with_client(index, None, tape, |_| {}),
            Done::Cut(link) => self.cut(link, None, tape),
            Done::Silenced(link) => self.silence(link, None, tape),
            Done::StoppedReading(link) => self.stop_reading(link, tape),
            Done::ReadAgain(link) => self.read_again(link, tape),
            Done::Configured(config) => {
                self.broker = self.broker.clone().with_mechanisms(auth::mechanisms(&config));
                self.broker.set_config(self.now, *config);
                self.note(self.broker_end, None, None, notes::configured(), tape);
            }
            Done::Restarted(config, keeps) => self.restart(*config, keeps, tape),
            Done::Set(settings) => self.set_link(index, *settings, tape),
            Done::Armed(fault) => self.armed(index, *fault, tape),
            Done::Struck(frame, kind) => self.struck_under_way(frame, kind, tape),
            Done::Disarmed => self.disarmed(index, tape),
            Done::PoweredOff => self.power_off(index, tape),
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
        self.note(end, Some(self.broker_end), None, notes::left(), tape);
    }

    /// The end that receives in `direction` on a link.
    pub fn receiver(&self, link: LinkId, direction: Direction) -> Option<EndId> {
        let client = self.links.of(link)?.client;
        match direction {
            Direction::ToServer => Some(self.broker_end),
            Direction::ToClient => self.stations.get(client).map(|station| station.end),
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
