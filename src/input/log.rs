//! Logs of brokers and clients that name packets but not their bytes: the packets are built again.

use super::gathered::Gathered;
use super::lines::Lines;
use super::log_packet::{Known, Told, build};
use super::text::{Hint, stamp};
use crate::codec::{Direction, Version};

/// Clients that are told apart.
const CLIENTS: usize = 1000;

/// Reads the logs of mosquitto, its clients, and paho's Python client.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    lines: Lines,
    /// Where the line at hand begins.
    at: usize,
    /// What is known of each client.
    clients: Vec<Known>,
    /// A SUBSCRIBE or UNSUBSCRIBE whose filters follow on lines of their own.
    open: Option<Open>,
}

#[derive(Clone, Debug)]
struct Open {
    told: Told,
    client: usize,
    start: usize,
    end: usize,
}

impl Log {
    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        let mut lines = core::mem::take(&mut self.lines);
        lines.feed(piece, at, &mut |line, at| self.read(line, at, out));
        self.lines = lines;
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        let mut lines = core::mem::take(&mut self.lines);
        lines.finish(&mut |line, at| self.read(line, at, out));
        self.flush(out);
        out.clients = self.clients.iter().map(|it| it.name.clone()).collect();
    }

    fn read(&mut self, line: &str, at: usize, out: &mut Gathered) {
        self.at = at;
        let from = stamp(line);
        let text = line[from..].trim_start();
        if let Some(open) = &mut self.open {
            if let Some((filter, qos)) = filter_line(text) {
                open.told.filters.push((filter.to_owned(), qos));
                open.end = self.at + line.len();
                return;
            }
            // mosquitto tells each filter a second time.
            let echo = open.told.filters.last().is_some_and(|(filter, _)| text.ends_with(filter.as_str()));
            if echo && !text.contains("SUBACK") {
                open.end = self.at + line.len();
                return;
            }
            self.flush(out);
        }
        let Some((name, told)) = parse(text) else { return };
        let Some(client) = self.client(name) else { return };
        let (start, end) = (self.at, self.at + line.len());
        if told.is_opening() {
            self.open = Some(Open { told, client, start, end });
        } else {
            self.add(&told, client, (start, end), out);
        }
    }

    fn client(&mut self, name: &str) -> Option<usize> {
        // Without a name it is the one client that the log is of.
        let found = self.clients.iter().position(|it| it.name == name || name.is_empty());
        found.or_else(|| {
            (self.clients.len() < CLIENTS).then(|| {
                self.clients.push(Known::new(name));
                self.clients.len() - 1
            })
        })
    }

    fn flush(&mut self, out: &mut Gathered) {
        if let Some(open) = self.open.take() {
            self.add(&open.told, open.client, (open.start, open.end), out);
        }
    }

    fn add(&mut self, told: &Told, client: usize, (start, end): (usize, usize), out: &mut Gathered) {
        let mut bytes = Vec::new();
        let Some(unknown) = build(told, &mut self.clients[client], &mut bytes) else { return };
        let first = out.len();
        out.begin_of(first, Some(Hint::Way(told.way)), client as u16);
        for byte in &bytes {
            out.push(*byte, start, end - start);
        }
        if unknown > 0 {
            out.unknown.push(out.len() - unknown..out.len());
        }
        out.lines += 1;
        // Places are short; the whole line is explained.
        out.structure += (end - start).saturating_sub(255);
    }
}

/// `\tsensors/# (QoS 1)`, or a filter alone below an UNSUBSCRIBE.
fn filter_line(text: &str) -> Option<(&str, u8)> {
    let (filter, rest) = text.rsplit_once(" (QoS ")?;
    Some((filter, rest.strip_suffix(')')?.parse().ok()?))
}

/// Who it is about and what is told; `None` where the line tells of no packet.
fn parse(text: &str) -> Option<(&str, Told)> {
    connected(text).or_else(|| broker(text)).or_else(|| client(text)).or_else(|| paho(text))
}

/// `New client connected from 127.0.0.1:40000 as sub1 (p2, c1, k60, u'ada').`
fn connected(text: &str) -> Option<(&str, Told)> {
    let rest = &text[text.find("New client connected from ")?..];
    let (name, rest) = rest.split_once(" as ")?.1.split_once(" (")?;
    let mut told = Told::new("CONNECT", Direction::ToServer);
    for part in rest.trim_end_matches(['.', ')']).split(", ") {
        let value = part.get(1..).unwrap_or("");
        match part.as_bytes().first() {
            Some(b'p') => {
                told.version = match value {
                    "1" => Some(Version::V31),
                    "2" => Some(Version::V311),
                    "5" => Some(Version::V5),
                    _ => None,
                }
            }
            Some(b'c') => told.clean = value == "1",
            Some(b'k') => told.keep_alive = value.parse().ok()?,
            Some(b'u') => told.user = Some(value.trim_matches('\'').to_owned()),
            _ => {}
        }
    }
    Some((name, told))
}

/// `Received PUBLISH from X (d0, q1, r0, m46593, 't/a', ... (5 bytes))`, `Sending SUBACK to X`
fn broker(text: &str) -> Option<(&str, Told)> {
    let (way, rest) = match text.strip_prefix("Received ") {
        Some(rest) => (Direction::ToServer, rest),
        None => (Direction::ToClient, text.strip_prefix("Sending ")?),
    };
    let (packet, rest) = rest.split_once(' ')?;
    let rest = rest.strip_prefix(if way == Direction::ToServer { "from " } else { "to " })?;
    let (name, facts) = match rest.find(" (") {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, ""),
    };
    Some((name, Told::of(packet, way)?.with(facts)))
}

/// `Client X sending PUBLISH (…)`, `Client X received PUBACK (Mid: 1, RC:0)`
fn client(text: &str) -> Option<(&str, Told)> {
    let rest = &text[text.find("Client ")? + 7..];
    let (name, way, rest) = match rest.split_once(" sending ") {
        Some((name, rest)) => (name, Direction::ToServer, rest),
        None => {
            let (name, rest) = rest.split_once(" received ")?;
            (name, Direction::ToClient, rest)
        }
    };
    let (packet, facts) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((name, Told::of(packet, way)?.with(facts)))
}

/// `Sending CONNECT (u0, p0, wr0, wq0, wf0, c1, k60) client_id=b'x'`, `Received CONNACK (0, 0)`
fn paho(text: &str) -> Option<(&str, Told)> {
    let at = text.find("Sending ").or_else(|| text.find("Received "))?;
    let (way, rest) = match text[at..].strip_prefix("Sending ") {
        Some(rest) => (Direction::ToServer, rest),
        None => (Direction::ToClient, text[at..].strip_prefix("Received ")?),
    };
    let (packet, facts) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut told = Told::of(packet.trim_end_matches(','), way)?.with(facts);
    if let Some((_, id)) = facts.split_once("client_id=") {
        let name = id.trim_start_matches('b').trim_matches('\'');
        told.client_id = Some(name.to_owned());
    }
    // Such a log is of one client, whose name may come later.
    Some(("", told))
}
