//! The task that owns the broker.

use std::collections::BTreeMap;
use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Write};
use std::sync::Arc;

use mqtt_playground::broker::{
    Broker, BrokerConfig, BrokerOutput, ConnectionId, Decision, Observer, Scram, Secret, VerboseLog,
};
use mqtt_playground::codec::{Direction, ReasonCode};
use mqtt_playground::time::Instant;
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};

use crate::line::{Event, Events, LINGER, Line};

/// 5.0: Server shutting down.
const SHUTTING_DOWN: ReasonCode = ReasonCode(0x8B);

pub struct Hub {
    broker: Broker,
    lines: BTreeMap<ConnectionId, Line>,
    events: mpsc::Receiver<Event>,
    started: tokio::time::Instant,
    log: Log,
}

/// What is printed of what the broker does. A closed standard output is no reason to stop serving.
pub enum Log {
    Silent,
    /// As mosquitto prints it with `-v`.
    Verbose(VerboseLog),
    /// Every decision in our words, with its statement.
    Decisions,
}

impl Observer for Log {
    fn decision(&mut self, now: Instant, decision: &Decision<'_>) {
        match self {
            Self::Silent => {}
            Self::Verbose(log) => log.decision(now, decision),
            Self::Decisions => {
                let statement = decision.statement().unwrap_or("-");
                let _ = writeln!(io::stdout(), "{now} {decision} [{statement}]");
            }
        }
    }

    fn packet(&mut self, now: Instant, connection: ConnectionId, direction: Direction, packet: &[u8]) {
        if let Self::Verbose(log) = self {
            log.packet(now, connection, direction, packet);
        }
    }

    fn hears(&self) -> bool {
        !matches!(self, Self::Silent)
    }

    fn hears_packets(&self) -> bool {
        matches!(self, Self::Verbose(_))
    }
}

impl Log {
    /// Prints the lines that wait, with the time in seconds since 1970 before them, as mosquitto has it.
    fn flush(&mut self) {
        let Self::Verbose(log) = self else { return };
        while let Some(line) = log.poll_line() {
            let _ = writeln!(io::stdout(), "{}: {line}", seconds());
        }
    }

    /// A closed connection is told of no more.
    fn forget(&mut self, id: ConnectionId) {
        if let Self::Verbose(log) = self {
            log.forget(id);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the shell has the only clock")]
fn seconds() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[expect(clippy::disallowed_methods, reason = "the shell has the only clock")]
fn clock() -> tokio::time::Instant {
    std::time::Instant::now().into()
}

/// A broker that lets its users also prove their passwords with SCRAM-SHA-256, where it knows them.
fn broker(config: BrokerConfig) -> Broker {
    let mut seed = [0; 32];
    // Without it no nonce would be a secret.
    if File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut seed)).is_err() {
        return Broker::new(config);
    }
    let mut scram = Scram::new(&seed);
    for user in &config.users {
        if let Secret::Plain(password) = &user.password {
            scram = scram.with_user(&user.name, password);
        }
    }
    Broker::new(config).with_mechanism(Arc::new(scram))
}

impl Hub {
    pub fn new(config: BrokerConfig, log: Log) -> (Self, Events) {
        let (sender, events) = Events::channel();
        let (broker, lines) = (broker(config), BTreeMap::new());
        (Self { broker, lines, events, started: clock(), log }, sender)
    }

    fn now(&self) -> Instant {
        Instant::ZERO + (clock() - self.started)
    }

    /// Serves until `stop` is ready; then closes every connection, with a moment to write the rest.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let timer = self.broker.poll_timeout().map(|at| self.started + (at - Instant::ZERO));
            tokio::select! {
                () = &mut stop => break,
                Some(event) = self.events.recv() => self.handle(event),
                () = sleep_until(timer.unwrap_or(self.started)), if timer.is_some() => {
                    let now = self.now();
                    self.broker.handle_timeout(now, &mut self.log);
                }
            }
            self.drain();
        }
        let now = self.now();
        for id in self.lines.keys() {
            self.broker.handle_eviction(now, *id, SHUTTING_DOWN, &mut self.log);
        }
        self.log.flush();
        while let Some((id, output)) = self.broker.poll_output() {
            if let (BrokerOutput::Send(packet), Some(line)) = (output, self.lines.get(&id)) {
                let _ = line.packets.send(packet);
            }
        }
        let mut open = std::mem::take(&mut self.lines);
        open.values_mut().for_each(|line| line.packets = mpsc::unbounded_channel().0);
        let closed = async {
            while !open.is_empty() {
                match self.events.recv().await {
                    Some(Event::Closed(id)) => drop(open.remove(&id)),
                    Some(_) => {}
                    None => break,
                }
            }
        };
        let _ = timeout(LINGER, closed).await;
    }

    fn handle(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Open(line) => {
                if let Log::Verbose(log) = &mut self.log {
                    log.opened(line.id, &line.address, line.port);
                }
                self.broker.handle_open(now, line.id);
                self.lines.insert(line.id, line);
            }
            Event::Data(id, chunk) => self.broker.handle_data(now, id, &chunk, &mut self.log),
            Event::Drained(id) => self.broker.handle_writable(now, id, true, &mut self.log),
            Event::Closed(id) => {
                self.broker.handle_closed(now, id, &mut self.log);
                self.lines.remove(&id);
                self.log.forget(id);
            }
        }
    }

    fn drain(&mut self) {
        while let Some((id, output)) = self.broker.poll_output() {
            match output {
                BrokerOutput::Close => drop(self.lines.remove(&id)),
                BrokerOutput::Send(packet) => {
                    let Some(line) = self.lines.get(&id) else { continue };
                    let slow = line.backlog.add(packet.len());
                    // A task that is gone has told so, or is about to.
                    let _ = line.packets.send(packet);
                    if slow {
                        let now = self.now();
                        self.broker.handle_writable(now, id, false, &mut self.log);
                    }
                }
            }
        }
        self.log.flush();
    }
}
