//! What Tab makes of a line: commands, options, topics, files.

use super::daemon;
use super::option_table;
use super::options::{self, Program};
use super::terminals::Console;
use crate::capture::Step;
use crate::codec::{Packet, PropertyId, decode};
use crate::sim::Sim;

/// Frames of the capture's end that are looked through for topics.
const LOOKED_AT: usize = 2_000;
/// Topics that are offered at most.
const MAX_TOPICS: usize = 64;

const COMMANDS: [&str; 22] = [
    "cat",
    "clear",
    "echo",
    "exit",
    "false",
    "for",
    "help",
    "killall",
    "mosquitto",
    "mosquitto_passwd",
    "mosquitto_pub",
    "mosquitto_rr",
    "mosquitto_sub",
    "nano",
    "pkill",
    "seq",
    "service",
    "sleep",
    "ssh",
    "sudo",
    "systemctl",
    "tail",
];
const SERVICE: [&str; 4] = ["restart", "start", "status", "stop"];

/// What Tab does at the end of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is to be put there.
    pub insert: String,
    /// What there is to choose from, if several go on differently.
    pub offers: Vec<String>,
}

/// The command that is being typed: its words so far, the last one's beginning, and the quote that is open there.
struct Typed {
    words: Vec<String>,
    begun: String,
    quote: Option<char>,
    /// The number of the broker on whose machine it is.
    home: usize,
}

impl Typed {
    fn read(text: &str) -> Self {
        let (mut words, mut begun, mut quote, mut inside) = (Vec::new(), String::new(), None, false);
        for c in text.chars() {
            match (c, quote) {
                (c, Some(open)) if c == open => quote = None,
                ('\'' | '"', None) => (quote, inside) = (Some(c), true),
                (' ' | '\t', None) => {
                    if inside || !begun.is_empty() {
                        words.push(std::mem::take(&mut begun));
                    }
                    inside = false;
                    // What stands behind these is a command of its own.
                    if words.last().is_some_and(|word| ["do", "sudo"].contains(&word.as_str())) {
                        words.clear();
                    }
                }
                (';' | '|' | '&' | '\n', None) => {
                    words.clear();
                    begun.clear();
                    inside = false;
                }
                (c, _) => begun.push(c),
            }
        }
        Self { words, begun, quote, home: 0 }
    }
}

impl Console {
    /// What Tab does behind `before` in a terminal, after a step of a world.
    pub fn complete(&self, sim: &Sim, (terminal, step): (usize, Step), before: &str) -> Completion {
        let typed = Typed { home: self.home(terminal, step), ..Typed::read(before) };
        let mut offers = self.offers(sim, &typed);
        offers.retain(|offer| offer.starts_with(&typed.begun) && *offer != typed.begun);
        offers.sort();
        offers.dedup();
        let Some(first) = offers.first().cloned() else { return Completion::default() };
        let common = offers.iter().fold(first.as_str(), |common, offer| {
            let same = common.char_indices().zip(offer.chars()).take_while(|((_, a), b)| a == b);
            &common[..same.last().map_or(0, |((at, c), _)| at + c.len_utf8())]
        });
        let mut insert = common[typed.begun.len()..].to_owned();
        if offers.len() == 1 {
            offers.clear();
            insert.extend(typed.quote);
            // A folder goes on.
            if !insert.ends_with('/') {
                insert.push(' ');
            }
        } else if typed.quote.is_none() && insert.contains([' ', '#', '\'', '"']) {
            insert.clear();
        }
        Completion { insert, offers }
    }

    fn offers(&self, sim: &Sim, typed: &Typed) -> Vec<String> {
        let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let words: Vec<&str> = typed.words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => owned(&COMMANDS),
            ["ssh"] => hosts(sim),
            ["service"] => owned(&["mosquitto"]),
            ["service", "mosquitto"] | ["systemctl"] => owned(&SERVICE),
            ["systemctl", _] | ["pkill" | "killall"] => owned(&["mosquitto"]),
            ["cat" | "tail" | "nano" | "vi" | "vim", ..] | ["mosquitto", .., "-c"] => self.paths(typed.home),
            ["mosquitto", ..] => owned(&["-c", "-d", "-p", "-v"]),
            ["mosquitto_passwd", ..] if typed.begun.starts_with('-') => owned(&["-b", "-c", "-D"]),
            ["mosquitto_passwd", ..] => self.paths(typed.home),
            [name, .., last] => match Program::of_name(name) {
                Some(program) => self.arguments(sim, program, last, typed),
                None => Vec::new(),
            },
            [name] => match Program::of_name(name) {
                Some(program) if typed.begun.starts_with('-') || typed.begun.is_empty() => {
                    option_table::names(program)
                }
                _ => Vec::new(),
            },
        }
    }

    fn arguments(&self, sim: &Sim, program: Program, last: &str, typed: &Typed) -> Vec<String> {
        let begun = &typed.begun;
        let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        match last {
            "-t" | "--topic" | "-T" | "--filter-out" | "-U" | "--unsubscribe" | "-e" | "--will-topic" => {
                topics(sim)
            }
            "-i" | "--id" => (0..sim.client_count())
                .map(|client| sim.client(client).config().client_id.clone())
                .filter(|id| !id.is_empty())
                .collect(),
            "-q" | "--qos" | "--will-qos" => owned(&["0", "1", "2"]),
            "-h" | "--host" => hosts(sim),
            "-V" | "--protocol-version" => owned(&["mqttv31", "mqttv311", "mqttv5"]),
            "-f" | "--file" => self.paths(typed.home),
            "-D" | "--property" => owned(&options::COMMANDS.map(|(name, _)| name)),
            _ if options::COMMANDS.iter().any(|(name, _)| *name == last) => property_names(),
            _ if begun.starts_with('-') || begun.is_empty() && !option_table::takes_value(program, last) => {
                option_table::names(program)
            }
            _ => Vec::new(),
        }
    }
}

/// What `-h` reaches.
fn hosts(sim: &Sim) -> Vec<String> {
    let mut all = vec!["localhost".to_owned()];
    if sim.brokers().len() > 1 {
        all.extend(daemon::brokers(sim).iter().map(|name| name.to_lowercase().replace(' ', "-")));
    }
    all
}

fn property_names() -> Vec<String> {
    let all = (0..=0x7f).filter_map(PropertyId::from_byte);
    all.map(|id| id.name().to_lowercase().replace(' ', "-")).collect()
}

/// Topics and filters that were published to and subscribed to lately.
fn topics(sim: &Sim) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |topic: &str| {
        if !topic.is_empty() && found.len() < MAX_TOPICS && found.iter().all(|known| known != topic) {
            found.push(topic.to_owned());
        }
    };
    let step = sim.cursor();
    let frames = sim.capture().frames().rev().skip_while(|frame| frame.sent_step > step).take(LOOKED_AT);
    for frame in frames {
        match decode(&frame.bytes, frame.version) {
            Ok(Packet::Publish(publish)) => add(publish.topic),
            Ok(Packet::Subscribe(subscribe)) => subscribe.filters.iter().for_each(|(filter, _)| add(filter)),
            _ => {}
        }
    }
    found
}
