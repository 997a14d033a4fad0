//! The broker core in process, and a sink in its place that shows what the generator itself takes.

use std::collections::VecDeque;
use std::time::Instant as Clock;

use bytes::Bytes;
use mqtt_playground::broker::{Broker, BrokerOutput, ConnectionId};
use mqtt_playground::time::Instant;

use crate::load::{self, Load, PUBLISHER, Tally};

/// Packets in, packets out.
trait Core {
    fn data(&mut self, connection: ConnectionId, chunk: &[u8]);
    fn poll(&mut self) -> Option<(ConnectionId, Bytes)>;
}

pub struct InProcess(Running<Ours>);
pub struct Null(Running<Sink>);

impl InProcess {
    pub fn new(load: &Load) -> Self {
        let mut broker = Broker::default();
        (0..=load.subscribers).for_each(|connection| broker.handle_open(Instant::ZERO, connection));
        Self(Running::new(Ours { broker, started: Clock::now() }, load))
    }

    /// Deliveries a second.
    pub fn run(&mut self, load: &Load) -> f64 {
        self.0.run(load)
    }
}

impl Null {
    pub fn new(load: &Load) -> Self {
        Self(Running::new(Sink { subscribers: load.subscribers, ..Sink::default() }, load))
    }

    /// Deliveries a second.
    pub fn run(&mut self, load: &Load) -> f64 {
        self.0.run(load)
    }
}

struct Ours {
    broker: Broker,
    started: Clock,
}

impl Core for Ours {
    fn data(&mut self, connection: ConnectionId, chunk: &[u8]) {
        // As a program around the core does: each chunk has its time.
        let now = Instant::from_micros(self.started.elapsed().as_micros() as u64);
        self.broker.handle_data(now, connection, chunk, &mut ());
    }

    fn poll(&mut self) -> Option<(ConnectionId, Bytes)> {
        match self.broker.poll_output()? {
            (connection, BrokerOutput::Send(packet)) => Some((connection, packet)),
            (connection, BrokerOutput::Close) => panic!("the broker closed connection {connection}"),
        }
    }
}

/// Hands each PUBLISH to all, and answers as a broker would.
#[derive(Default)]
struct Sink {
    subscribers: u32,
    /// The next receiver of the first packet, and the last one.
    queue: VecDeque<(ConnectionId, ConnectionId, Bytes)>,
}

impl Core for Sink {
    fn data(&mut self, connection: ConnectionId, chunk: &[u8]) {
        let id = |at: usize| [chunk[at], chunk[at + 1]];
        let mut answer = |first: u8, [high, low]: [u8; 2]| {
            self.queue.push_back((connection, connection, Bytes::copy_from_slice(&[first, 2, high, low])));
        };
        match chunk[0] >> 4 {
            1 => answer(0x20, [0, 0]),
            3 => {
                match chunk[0] >> 1 & 3 {
                    0 => {}
                    qos => answer(if qos == 1 { 0x40 } else { 0x50 }, id(4 + usize::from(chunk[3]))),
                }
                self.queue.push_back((1, self.subscribers, Bytes::copy_from_slice(chunk)));
            }
            5 => answer(0x62, id(2)),
            6 => answer(0x70, id(2)),
            8 => answer(0x90, id(2)),
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<(ConnectionId, Bytes)> {
        let (next, last, packet) = self.queue.front_mut()?;
        let connection = *next;
        if connection == *last {
            return self.queue.pop_front().map(|(.., packet)| (connection, packet));
        }
        *next += 1;
        Some((connection, packet.clone()))
    }
}

struct Running<C> {
    core: C,
    packet_id: u16,
}

impl<C: Core> Running<C> {
    fn new(core: C, load: &Load) -> Self {
        let mut running = Self { core, packet_id: 0 };
        for connection in 0..=load.subscribers {
            running.core.data(connection, &load::connect(&format!("c{connection}")));
            if connection != PUBLISHER {
                running.core.data(connection, &load.subscribe());
            }
        }
        while running.core.poll().is_some() {}
        running
    }

    fn run(&mut self, load: &Load) -> f64 {
        let (mut packet, id_at) = load.publish();
        let (mut tally, mut sent) = (Tally::default(), 0);
        let subscribers = load.subscribers as usize;
        let started = Clock::now();
        while tally.delivered < load.deliveries() || load.qos > 0 && tally.acknowledged < load.publishes {
            let before = sent;
            while sent < load.publishes
                && sent - tally.delivered / subscribers < load.window
                && (load.qos == 0 || sent - tally.acknowledged < load.window)
            {
                if load.qos > 0 {
                    self.packet_id = self.packet_id.checked_add(1).unwrap_or(1);
                    packet[id_at..id_at + 2].copy_from_slice(&self.packet_id.to_be_bytes());
                }
                self.core.data(PUBLISHER, &packet);
                sent += 1;
            }
            let mut seen = 0;
            while let Some((connection, packet)) = self.core.poll() {
                seen += 1;
                if let Some(answer) = tally.take(&packet) {
                    self.core.data(connection, &answer);
                }
            }
            assert!(seen > 0 || sent > before, "nothing goes on after {} deliveries", tally.delivered);
        }
        assert_eq!(tally.delivered, load.deliveries());
        load.deliveries() as f64 / started.elapsed().as_secs_f64()
    }
}
