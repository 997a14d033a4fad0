//! The broker as a program: started and stopped by hand, with its log as mosquitto prints it.

use std::collections::VecDeque;

use super::files::Files;
use crate::broker::{Conf, ConfError, ConfFiles, VerboseLog};
use crate::capture::{Fate, Frame, Note, Step};
use crate::codec::Direction;
use crate::sim::{Action, BROKERS, Sim};
use crate::time::Instant;

/// Lines of the log file that are kept.
const MAX_LOG: usize = 10_000;
/// Frames and notes of the capture's end that are looked through for those of a step.
const LOOKED_AT: usize = 1_000;
/// The port that the broker in the tab would have.
const PORT: u16 = 1883;
/// Where the log goes without `-v`.
pub(super) const LOG_FILE: &str = "/var/log/mosquitto/mosquitto.log";

/// A broker and the machine that it runs on, as far as terminals know them.
#[derive(Clone, Debug, Default)]
pub(super) struct Daemon {
    /// What stands for the broker in place of a client's index.
    pub party: usize,
    /// Those of its machine.
    pub files: Files,
    /// It runs, or ran, without `persistence`: nothing is on its disk.
    forgets: bool,
    log: VerboseLog,
    /// The last step that it has told of.
    heard: Step,
}

/// Lines of the log with the step and the time of each, oldest first.
pub(super) type Log = VecDeque<(Step, Instant, String)>;

/// Whether a line is one that goes to a log without `-v`.
pub(super) fn is_notice(line: &str) -> bool {
    ["New ", "Client ", "mosquitto version", "Config loaded"].iter().any(|begin| line.starts_with(begin))
}

impl Daemon {
    /// On the machine of the broker of this number.
    pub fn of(number: usize) -> Self {
        Self { party: BROKERS + number, ..Self::default() }
    }

    /// What the steps since the last call have brought, as lines.
    pub fn hear(&mut self, sim: &Sim) -> Vec<String> {
        let from = self.heard.max(sim.cursor().saturating_sub(LOOKED_AT as Step));
        self.heard = sim.cursor();
        (from + 1..=sim.cursor()).flat_map(|step| self.hear_step(sim, step)).collect()
    }

    fn hear_step(&mut self, sim: &Sim, step: Step) -> Vec<String> {
        let capture = sim.capture();
        let own = sim.end_of_client(self.party);
        let here = |frame: &&Frame| frame.from == own || frame.to == own;
        let frames: Vec<&Frame> = capture.frames().rev().take(LOOKED_AT).filter(here).collect();
        let (log, mut told) = (&mut self.log, Vec::new());
        let mut flush = |log: &mut VerboseLog| told.extend(std::iter::from_fn(|| log.poll_line()));
        let meet = |log: &mut VerboseLog, frame: &Frame| {
            if !log.knows(frame.link) {
                let client = if frame.direction == Direction::ToServer { frame.from } else { frame.to };
                let name = capture.end(client).map_or("", |end| &*end.name);
                // What was sent on a lost connection may come behind the first packet of the next one.
                log.forget_older(name, 1);
                log.opened(frame.link, name, PORT);
            }
        };
        for frame in frames.iter().rev() {
            let came = matches!(frame.end, Some((at, Fate::Delivered { .. })) if at == step);
            if came && frame.direction == Direction::ToServer {
                meet(log, frame);
                log.went(frame.link, frame.direction, &frame.bytes);
                flush(log);
            }
        }
        let is_here = |note: &&Note| note.step == step && note.end == own;
        let mut notes: Vec<&Note> = capture.notes().rev().take(LOOKED_AT).filter(is_here).collect();
        notes.reverse();
        for note in notes {
            let peer = note.peer.and_then(|peer| capture.end(peer));
            let id = peer.map(|peer| log.name_at(&peer.name));
            log.told(note.verbose, id.as_deref());
            flush(log);
        }
        for frame in frames.iter().rev() {
            if frame.direction == Direction::ToClient && frame.sent_step == step {
                meet(log, frame);
                log.went(frame.link, frame.direction, &frame.bytes);
                flush(log);
            }
        }
        // A PUBLISH that waited for what is decided about it.
        log.told(None, None);
        flush(log);
        told
    }

    /// Starts it with the settings of a file, or with what mosquitto does without one, which is to keep nothing on the disk.
    ///
    /// # Errors
    /// What it prints instead.
    pub fn start(&mut self, sim: &mut Sim, now: Instant, path: Option<&str>) -> Result<Vec<String>, String> {
        if !sim.is_stopped(self.party) {
            return Err("Error: Address already in use\n".to_owned());
        }
        let mut lines = vec!["mosquitto version 2.0.11 starting".to_owned()];
        let text = match path {
            Some(path) => match self.files.read(path) {
                Some(text) => {
                    lines.push(["Config loaded from ", path, "."].concat());
                    text
                }
                None => return Err(format!("Error: Unable to open config file {path}.\n")),
            },
            None => {
                lines.push("Using default config.".to_owned());
                ""
            }
        };
        let conf = parse(text, &self.files).map_err(|error| format!("Error found at {error}\n"))?;
        let forgot = std::mem::replace(&mut self.forgets, !conf.persists());
        let config = Box::new(conf.config);
        let start = match self.forgets || forgot {
            true => Action::RestartBroker(config),
            false => Action::RestartBrokerKeeping(config),
        };
        let _ = sim.act_at(self.party, start, now);
        self.log = VerboseLog::new();
        lines.push(format!("Opening ipv4 listen socket on port {PORT}."));
        Ok(lines)
    }
}

/// The number of the broker that a host's name stands for: as it is called in the world, in small letters and with `-` for
/// spaces too; `home` where it is the machine itself.
pub(super) fn broker_of_host(sim: &Sim, home: usize, host: &str) -> Option<usize> {
    if ["localhost", "127.0.0.1", "::1", "playground"].contains(&host) {
        return Some(home);
    }
    let plain = |name: &str| name.to_lowercase().replace(' ', "-");
    brokers(sim).iter().position(|name| plain(name) == plain(host))
}

/// What the brokers are called.
pub fn brokers(sim: &Sim) -> Vec<String> {
    let name =
        |number| sim.capture().end(sim.end_of_client(BROKERS + number)).map(|end| end.name.to_string());
    (0..sim.brokers().len()).filter_map(name).collect()
}

/// Reads settings whose other files are there.
pub(super) fn parse(text: &str, files: &Files) -> Result<Conf, ConfError> {
    let mut read = |path: &str| files.read(path).map(str::to_owned);
    Conf::parse(text, &mut ConfFiles { read: &mut read, hashes: None })
}

/// Puts lines into the log file.
pub(super) fn keep(log: &mut Log, sim: &Sim, now: Instant, lines: &[String]) {
    for line in lines {
        if log.len() >= MAX_LOG {
            log.pop_front();
        }
        log.push_back((sim.cursor(), now, line.clone()));
    }
}

/// A line as it stands in the log: seconds first.
pub(super) fn stamped(at: Instant, line: &str) -> String {
    [&(at.as_micros() / 1_000_000).to_string(), ": ", line, "\n"].concat()
}
