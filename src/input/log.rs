//! Logs of brokers and clients that name packets but not their bytes: the packets are built again.

use super::gathered::Gathered;
use super::lines::Lines;
use super::log_packet::{Known, Told, build};
use super::text::Hint;
use crate::codec::{Direction, PacketType, Version};

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
    /// What a log puts before each of its entries.
    prefix: usize,
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
        let found = parse(line);
        if let Some(open) = self.open.as_mut().filter(|_| found.is_none()) {
            // mosquitto tells each filter a second time.
            let echo = open.told.filters.last().is_some_and(|(filter, _)| line.ends_with(filter.as_str()));
            if !echo && let Some((filter, qos)) = filter_line(line, open) {
                open.told.filters.push((filter.to_owned(), qos));
            } else if !echo {
                return self.flush(out);
            }
            open.end = self.at + line.len();
            return;
        }
        self.flush(out);
        let Some((name, told, prefix)) = found else { return };
        let Some(client) = self.client(name) else { return };
        let (start, end) = (self.at, self.at + line.len());
        if told.is_opening() {
            self.open = Some(Open { told, client, start, end, prefix });
        } else {
            self.add(&told, client, (start, end), out);
        }
    }

    fn client(&mut self, name: &str) -> Option<usize> {
        // Without a name it is the one client that the log is of.
        let found = self.clients.iter().position(|it| it.name == name || name.is_empty());
        // One that had no name when it sent its CONNECT has got one.
        if let (None, Some(last)) = (found, self.clients.last_mut().filter(|it| it.name.is_empty())) {
            name.clone_into(&mut last.name);
            return Some(self.clients.len() - 1);
        }
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

/// `\tsensors/# (QoS 1)`, or a filter alone below an UNSUBSCRIBE. mosquitto writes a tab before it; where that has
/// become blanks, it stands where the packet's name stood in the line above.
fn filter_line<'a>(line: &'a str, open: &Open) -> Option<(&'a str, u8)> {
    // As syslog writes a tab.
    let behind = |tab: &str| line.split_once(tab).map(|it| it.1);
    let tabbed = behind("\t").or_else(|| behind("#011"));
    let text = tabbed.or_else(|| line.get(open.prefix..))?.trim_start();
    let alone = (tabbed.is_some() && open.told.is("UNSUBSCRIBE")).then_some((text, 0));
    let with_qos = || {
        let (filter, rest) = text.rsplit_once(" (QoS ")?;
        Some((filter, rest.strip_suffix(')')?.parse().ok()?))
    };
    with_qos().or(alone)
}

/// Who it is about, what is told, and how much stands before; `None` where the line tells of no packet.
fn parse(line: &str) -> Option<(&str, Told, usize)> {
    if let Some(at) = line.find("New client connected from ") {
        let (name, told) = connected(&line[at..])?;
        return Some((name, told, at));
    }
    if let Some((name, told)) = client(line) {
        return Some((name, told, 0));
    }
    const WORDS: [(&str, Direction); 3] = [
        ("Received ", Direction::ToServer),
        ("Sending ", Direction::ToClient),
        ("Sent ", Direction::ToClient),
    ];
    let (at, word, way) = WORDS.iter().find_map(|(word, way)| Some((line.find(word)?, *word, *way)))?;
    let (packet, rest) = line[at + word.len()..].split_once(' ').unwrap_or((&line[at + word.len()..], ""));
    let packet = packet.trim_end_matches(',');
    // A broker names the client; a log without names is a client's own.
    let named = rest.strip_prefix("from ").or_else(|| rest.strip_prefix("to "));
    let way = if named.is_some() { way } else { way.reversed() };
    // Of a bridge the broker itself is the client.
    let sender =
        PacketType::ALL.iter().find(|it| it.name() == packet).and_then(|it| it.sender(Version::V311));
    let (name, told) = match named {
        Some(named) => broker(Told::of(packet, sender.unwrap_or(way))?, named),
        None => paho(Told::of(packet, sender.unwrap_or(way))?, rest)?,
    };
    Some((name, told, at))
}

/// `New client connected from 127.0.0.1:40000 as sub1 (p2, c1, k60, u'ada').`
fn connected(text: &str) -> Option<(&str, Told)> {
    let (name, rest) = text.split_once(" as ")?.1.split_once(" (")?;
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

/// `X (d0, q1, r0, m46593, 't/a', ... (5 bytes))`, or `client 'X': Protocol version: 'V_5', Keep Alive: '60'`
fn broker(told: Told, rest: &str) -> (&str, Told) {
    if let Some((name, facts)) = rest.strip_prefix("client '").and_then(|it| it.split_once('\'')) {
        return (name, told.with_named(facts));
    }
    match rest.find(" (") {
        Some(at) => (&rest[..at], told.with(&rest[at + 1..])),
        None => (rest, told.with("")),
    }
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
    // What a client prints that has none yet.
    let name = if matches!(name, "null" | "(null)") { "" } else { name };
    Some((name, Told::of(packet, way)?.with(facts)))
}

/// `Sending CONNECT (u0, p0, wr0, wq0, wf0, c1, k60) client_id=b'x'`, `Received CONNACK (0, 0)`
fn paho(told: Told, facts: &str) -> Option<(&'static str, Told)> {
    if !(facts.is_empty() || facts.starts_with(['(', '\''])) {
        return None;
    }
    let mut told = told.with(facts);
    if let Some((_, id)) = facts.split_once("client_id=") {
        let name = id.trim_start_matches('b').trim_matches('\'');
        told.client_id = Some(name.to_owned());
    }
    // Such a log is of one client, whose name may come later.
    Some(("", told))
}
