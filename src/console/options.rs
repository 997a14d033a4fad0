//! The options of mosquitto_pub, mosquitto_sub and mosquitto_rr, taken and refused as version 2.0.11 does.

use bytes::Bytes;

use super::format;
use super::option_table::ROWS;
use crate::client::PublishRequest;
use crate::codec::{
    PacketId, PacketType, PropertyBuf, PropertyHost, PropertyId, PropertyKind, PropertyValue, QoS,
    RetainHandling, SubscriptionOptions, Version,
};
use crate::topic;

/// Which of the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Pub,
    Sub,
    Rr,
}

impl Program {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pub => "mosquitto_pub",
            Self::Sub => "mosquitto_sub",
            Self::Rr => "mosquitto_rr",
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Pub, Self::Sub, Self::Rr].into_iter().find(|it| it.name() == name)
    }

    /// What it cannot do without, as its error says it.
    pub const fn needs(self) -> &'static str {
        match self {
            Self::Rr => "All of topic, message, and response topic",
            _ => "Both topic and message",
        }
    }

    pub const fn letter(self) -> char {
        match self {
            Self::Pub => 'p',
            Self::Sub => 's',
            Self::Rr => 'r',
        }
    }
}

/// Where a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Text(String),
    Nothing,
    File(String),
    /// `-l`
    Lines,
    /// `-s`
    Whole,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub program: Program,
    pub topics: Vec<String>,
    pub unsubscribe: Vec<String>,
    pub filter_out: Vec<String>,
    pub response_topic: Option<String>,
    pub id: Option<String>,
    pub id_prefix: Option<String>,
    pub host: String,
    pub port: u16,
    pub clean: bool,
    pub keep_alive: u16,
    pub qos: QoS,
    pub retain: bool,
    pub version: Version,
    pub user: Option<String>,
    pub password: Option<String>,
    pub will_topic: Option<String>,
    pub will_payload: Option<String>,
    pub will_qos: QoS,
    pub will_retain: bool,
    pub source: Option<Source>,
    pub max_inflight: u16,
    pub repeat: u32,
    pub repeat_delay_millis: u64,
    pub session_expiry: Option<u32>,
    pub count: u32,
    pub timeout_secs: u32,
    pub debug: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub end_of_line: bool,
    pub no_retained: bool,
    pub retained_only: bool,
    pub retain_as_published: bool,
    pub remove_retained: bool,
    pub exit_after_sub: bool,
    pub pretty: bool,
    pub format: Option<String>,
    /// By command: connect, publish, subscribe, unsubscribe, disconnect, will.
    pub properties: [PropertyBuf; 6],
    /// The options that stand there, by their first names.
    pub given: Vec<&'static str>,
    /// Options that mean nothing here, each with what it would do.
    pub elsewhere: Vec<(String, &'static str)>,
}

/// Why a program does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// What stands on its standard error, without what tells about `--help`.
    Error(String),
    /// `--help`
    Help,
    /// `--version`
    Version,
}

/// The hosts of properties, in the order of [`Options::properties`].
pub(super) const COMMANDS: [(&str, PropertyHost); 6] = [
    ("connect", PropertyHost::Packet(PacketType::Connect)),
    ("publish", PropertyHost::Packet(PacketType::Publish)),
    ("subscribe", PropertyHost::Packet(PacketType::Subscribe)),
    ("unsubscribe", PropertyHost::Packet(PacketType::Unsubscribe)),
    ("disconnect", PropertyHost::Packet(PacketType::Disconnect)),
    ("will", PropertyHost::Will),
];
pub(super) const CONNECT: usize = 0;
pub(super) const PUBLISH: usize = 1;
pub(super) const SUBSCRIBE: usize = 2;
pub(super) const UNSUBSCRIBE: usize = 3;
pub(super) const DISCONNECT: usize = 4;
pub(super) const WILL: usize = 5;

fn error<T>(text: &str) -> Result<T, Refusal> {
    Err(Refusal::Error(["Error: ", text, "\n"].concat()))
}

/// As C's `atoi`.
fn atoi(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number: i64 = digits[..end].parse().unwrap_or(0);
    if text.starts_with('-') { -number } else { number }
}

impl Options {
    pub fn new(program: Program) -> Self {
        Self {
            program,
            topics: Vec::new(),
            unsubscribe: Vec::new(),
            filter_out: Vec::new(),
            response_topic: None,
            id: None,
            id_prefix: None,
            host: "localhost".to_owned(),
            port: 1883,
            clean: true,
            keep_alive: 60,
            qos: QoS::AtMostOnce,
            retain: false,
            version: if program == Program::Rr { Version::V5 } else { Version::V311 },
            user: None,
            password: None,
            will_topic: None,
            will_payload: None,
            will_qos: QoS::AtMostOnce,
            will_retain: false,
            source: None,
            max_inflight: 20,
            repeat: 1,
            repeat_delay_millis: 0,
            session_expiry: None,
            count: u32::from(program == Program::Rr),
            timeout_secs: 0,
            debug: false,
            quiet: false,
            verbose: false,
            end_of_line: true,
            no_retained: false,
            retained_only: false,
            retain_as_published: false,
            remove_retained: false,
            exit_after_sub: false,
            pretty: false,
            format: None,
            properties: Default::default(),
            given: Vec::new(),
            elsewhere: Vec::new(),
        }
    }

    /// Reads a program's arguments.
    ///
    /// # Errors
    /// What it prints instead of starting.
    pub fn parse(program: Program, arguments: &[String]) -> Result<Self, Refusal> {
        let mut options = Self::new(program);
        let mut left = arguments.iter();
        while let Some(argument) = left.next() {
            match argument.as_str() {
                "--help" => return Err(Refusal::Help),
                "--version" => return Err(Refusal::Version),
                "-D" | "--property" => {
                    options.property(&mut left)?;
                    continue;
                }
                _ => {}
            }
            let known = ROWS.iter().find(|row| {
                (row.0 == argument || !row.1.is_empty() && row.1 == argument)
                    && row.2.contains(program.letter())
            });
            let Some((name, _, _, value)) = known else {
                return error(&["Unknown option '", argument, "'."].concat());
            };
            let given =
                if value.is_empty() { "" } else { left.next().ok_or_else(|| missing(name, value))? };
            options.given.push(name);
            options.set(name, given)?;
        }
        options.check()?;
        Ok(options)
    }

    fn source(&mut self, source: Source) -> Result<(), Refusal> {
        if self.source.is_some() {
            return error("Only one type of message can be sent at once.\n");
        }
        self.source = Some(source);
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let text = || Some(value.to_owned());
        match name {
            "-c" => self.clean = false,
            "-d" => self.debug = true,
            "-E" => self.exit_after_sub = true,
            "-N" => self.end_of_line = false,
            "-r" => self.retain = true,
            "-R" => self.no_retained = true,
            "-v" => self.verbose = true,
            "--pretty" => self.pretty = true,
            "--quiet" => self.quiet = true,
            "--remove-retained" => self.remove_retained = true,
            "--retain-as-published" => self.retain_as_published = true,
            "--retained-only" => self.retained_only = true,
            "--will-retain" => self.will_retain = true,
            "-l" => self.source(Source::Lines)?,
            "-n" => self.source(Source::Nothing)?,
            "-s" => self.source(Source::Whole)?,
            "-f" => self.source(Source::File(value.to_owned()))?,
            "-m" => self.source(Source::Text(value.to_owned()))?,
            "-u" => self.user = text(),
            "-P" => self.password = text(),
            "-h" => self.host = value.to_owned(),
            "-L" => self.url(value)?,
            "--will-payload" => self.will_payload = text(),
            "-i" | "-I" => {
                if if name == "-i" { self.id_prefix.is_some() } else { self.id.is_some() } {
                    return error("-i and -I argument cannot be used together.\n");
                }
                *(if name == "-i" { &mut self.id } else { &mut self.id_prefix }) = text();
            }
            "-t" | "-T" | "-U" | "-e" | "--will-topic" => self.topic(name, value)?,
            "-V" => {
                self.version = match value {
                    "mqttv31" | "31" => Version::V31,
                    "mqttv311" | "311" => Version::V311,
                    "mqttv5" | "5" => Version::V5,
                    _ => return error("Invalid protocol version argument given.\n"),
                };
            }
            "-x" => self.session_expiry = Some(expiry(value)?),
            "-F" => {
                if let Err(text) = format::check(value) {
                    return error(&text);
                }
                self.format = text();
            }
            _ => return self.number(name, value),
        }
        Ok(())
    }

    fn number(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let number = atoi(value);
        let qos = u8::try_from(number).ok().and_then(QoS::from_bits);
        match (name, qos) {
            ("-q", Some(qos)) => self.qos = qos,
            ("-q", None) => return error(&format!("Invalid QoS given: {number}")),
            ("--will-qos", Some(qos)) => self.will_qos = qos,
            ("--will-qos", None) => return error(&format!("Invalid will QoS {number}.\n")),
            ("-k", _) => match u16::try_from(number) {
                Ok(secs) if secs >= 5 => self.keep_alive = secs,
                _ => return error("Invalid keepalive given, it must be between 5 and 65535 inclusive.\n"),
            },
            ("-p", _) => match u16::try_from(number) {
                Ok(port) => self.port = port,
                Err(_) => return error(&format!("Invalid port given: {number}")),
            },
            ("-C", _) if number < 1 => return error(&format!("Invalid message count \"{number}\".\n")),
            ("-C", _) => self.count = number as u32,
            ("-W", _) if number < 1 => return error(&format!("Invalid timeout \"{number}\".\n")),
            ("-W", _) => self.timeout_secs = number as u32,
            ("-M", _) if number < 1 => return error("Maximum inflight messages must be greater than 0.\n"),
            ("-M", _) => self.max_inflight = u16::try_from(number).unwrap_or(u16::MAX),
            ("--repeat", _) if number < 1 => return error("--repeat argument must be >0.\n"),
            ("--repeat", _) => self.repeat = number as u32,
            ("--repeat-delay", _) => match value.parse::<f64>() {
                Ok(secs) if secs >= 0.0 => self.repeat_delay_millis = (secs * 1000.0) as u64,
                _ => return error("--repeat-delay argument must be >=0.0.\n"),
            },
            _ => self.elsewhere(name),
        }
        Ok(())
    }

    /// An option for what there is not in a tab.
    fn elsewhere(&mut self, name: &str) {
        let what = match name {
            "-A" => "would bind the socket to an address of this machine",
            "--nodelay" => "would switch off Nagle's algorithm of TCP",
            "--unix" => "would use a socket of this machine in place of TCP",
            "--proxy" => "would go through a SOCKS proxy",
            "--random-filter" => "would leave out messages by chance",
            _ => "would set up TLS; in the tab there is none",
        };
        self.elsewhere.push((name.to_owned(), what));
    }

    fn topic(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let filter = name == "-T" || name == "-U" || name == "-t" && self.program == Program::Sub;
        let good = match filter {
            true => topic::check_filter(value, self.version == Version::V5).is_ok(),
            false => !value.contains(['+', '#']) && value.len() <= 0xffff,
        };
        if !good {
            let (before, after) = match (filter, name) {
                (true, "-T") => ("filter", "are all '+' and '#' wildcards correct?"),
                (true, "-U") => ("unsubscribe", "are all '+' and '#' wildcards correct?"),
                (true, _) => ("subscription", "are all '+' and '#' wildcards correct?"),
                (false, "-e") => ("response", "does it contain '+' or '#'?"),
                (false, "--will-topic") => ("will", "does it contain '+' or '#'?"),
                (false, _) => ("publish", "does it contain '+' or '#'?"),
            };
            return error(&["Invalid ", before, " topic '", value, "', ", after].concat());
        }
        match name {
            "-T" => self.filter_out.push(value.to_owned()),
            "-U" => self.unsubscribe.push(value.to_owned()),
            "-e" => self.response_topic = Some(value.to_owned()),
            "--will-topic" => self.will_topic = Some(value.to_owned()),
            _ if self.program == Program::Sub => self.topics.push(value.to_owned()),
            _ => self.topics = vec![value.to_owned()],
        }
        Ok(())
    }

    /// `mqtt://[user[:password]@]host[:port]/topic`
    fn url(&mut self, url: &str) -> Result<(), Refusal> {
        let Some(rest) = url.strip_prefix("mqtt://").or_else(|| url.strip_prefix("mqtts://")) else {
            return error("unsupported URL scheme.\n");
        };
        let Some((place, topic)) = rest.split_once('/') else {
            return error("Invalid URL for -L argument specified - topic missing.");
        };
        let place = match place.split_once('@') {
            Some((login, place)) => {
                let (user, password) = login.split_once(':').map_or((login, None), |it| (it.0, Some(it.1)));
                self.user = Some(user.to_owned());
                self.password = password.map(str::to_owned);
                place
            }
            None => place,
        };
        let (host, port) = place.split_once(':').map_or((place, None), |it| (it.0, Some(it.1)));
        self.host = host.to_owned();
        self.port = port.map_or(1883, |port| u16::try_from(atoi(port)).unwrap_or(0));
        self.topic("-t", topic)
    }

    /// `-D command identifier value`
    fn property(&mut self, left: &mut std::slice::Iter<'_, String>) -> Result<(), Refusal> {
        const ARGUMENT: &str = " in --property argument.\n";
        let few = || {
            Refusal::Error("Error: --property argument given but not enough arguments specified.\n\n".into())
        };
        let (command, name) = (left.next().ok_or_else(few)?, left.next().ok_or_else(few)?);
        let value = left.next().ok_or_else(few)?;
        let Some(at) = COMMANDS.iter().position(|it| it.0.eq_ignore_ascii_case(command)) else {
            return error(&["Invalid command given", ARGUMENT].concat());
        };
        let all = (0..=0x7f).filter_map(PropertyId::from_byte);
        let named = |id: &PropertyId| id.name().to_lowercase().replace(' ', "-") == name.to_lowercase();
        let Some(id) = all.into_iter().find(named) else {
            return error(&["Invalid property name given", ARGUMENT].concat());
        };
        if !id.allowed_in(COMMANDS[at].1) {
            return error(&[name, " property not allowed for ", command, ARGUMENT].concat());
        }
        let list = &mut self.properties[at];
        match id.kind() {
            PropertyKind::Utf8String => list.push(id, PropertyValue::Text(value)),
            PropertyKind::BinaryData => list.push(id, PropertyValue::Binary(value.as_bytes())),
            PropertyKind::Utf8StringPair => {
                let second = left.next().ok_or_else(few)?;
                list.push(id, PropertyValue::Pair(value, second))
            }
            _ => list.push(id, PropertyValue::Number(u32::try_from(atoi(value)).unwrap_or(0))),
        };
        Ok(())
    }

    /// What can be told only when all are known.
    fn check(&mut self) -> Result<(), Refusal> {
        if self.will_payload.is_some() && self.will_topic.is_none() {
            return error("Will payload given, but no will topic given.");
        }
        if self.will_retain && self.will_topic.is_none() {
            return error("Will retain given, but no will topic given.");
        }
        let nameless = self.id.is_none() && self.id_prefix.is_none();
        if self.version == Version::V5 {
            let expiry = self.session_expiry.or((!self.clean).then_some(u32::MAX));
            if expiry == Some(u32::MAX) && nameless {
                return error(
                    "You must provide a client id if you are using an infinite session expiry interval.",
                );
            }
            self.session_expiry = expiry.filter(|secs| *secs > 0);
        } else if !self.clean && nameless {
            return error("You must provide a client id if you are using the -c option.");
        }
        if self.program == Program::Sub && self.topics.is_empty() {
            return error("You must specify a topic to subscribe to.");
        }
        Ok(())
    }

    /// What it subscribes to, and how.
    pub fn subscriptions(&self, version: Version) -> Vec<(String, SubscriptionOptions)> {
        let options = SubscriptionOptions {
            retain_as_published: self.retain_as_published,
            retain_handling: match (self.no_retained, version) {
                (true, Version::V5) => RetainHandling::DoNotSend,
                _ => RetainHandling::SendAtSubscribe,
            },
            ..SubscriptionOptions::new(self.qos)
        };
        let filters: &[String] = match self.program {
            Program::Pub => &[],
            Program::Sub => &self.topics,
            Program::Rr => self.response_topic.as_slice(),
        };
        filters.iter().map(|filter| (filter.clone(), options)).collect()
    }

    /// What it publishes with a payload.
    pub fn request(&self, payload: Bytes, packet_id: Option<PacketId>) -> PublishRequest {
        let mut properties = self.properties[PUBLISH].clone();
        if let Some(topic) = &self.response_topic {
            properties.push(PropertyId::ResponseTopic, PropertyValue::Text(topic));
        }
        let topic = self.topics.first().cloned().unwrap_or_default();
        PublishRequest { topic, payload, qos: self.qos, retain: self.retain, properties, packet_id }
    }

    /// Whether all is there that a message needs; a program that lacks it shows how it is used.
    pub fn has_message(&self) -> bool {
        let message = self.source.is_some() && !self.topics.is_empty();
        match self.program {
            Program::Pub => message,
            Program::Rr => message && self.response_topic.is_some(),
            Program::Sub => true,
        }
    }
}

fn missing(name: &str, value: &str) -> Refusal {
    let text = match name {
        "-M" => "-M argument given but max_inflight not specified.\n\n".to_owned(),
        "-V" => "--protocol-version argument given but no version specified.\n\n".to_owned(),
        _ => [name, " argument given but no ", value, " specified.\n\n"].concat(),
    };
    Refusal::Error(["Error: ", &text].concat())
}

fn expiry(value: &str) -> Result<u32, Refusal> {
    if value == "∞" {
        return Ok(u32::MAX);
    }
    match value.parse::<i64>() {
        Err(_) => error("session-expiry-interval not a number.\n"),
        Ok(-1) => Ok(u32::MAX),
        Ok(secs) => match u32::try_from(secs) {
            Ok(secs) => Ok(secs),
            Err(_) => error("session-expiry-interval out of range.\n"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(program: Program, line: &str) -> Result<Options, Refusal> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(program, &words)
    }

    #[test]
    fn options_are_read_in_any_order_and_by_both_names() {
        let line = "-h localhost --topic a/b -q 2 --retain -m x -i id --keepalive 5 -V 5 -x 9 -D publish user-property k v";
        let options = parse(Program::Pub, line).expect("right");
        assert_eq!((options.topics.as_slice(), options.qos), (&["a/b".to_owned()][..], QoS::ExactlyOnce));
        assert_eq!((options.retain, options.keep_alive, options.session_expiry), (true, 5, Some(9)));
        assert_eq!(options.source, Some(Source::Text("x".into())));
        assert_eq!(options.properties[PUBLISH].as_properties().iter().count(), 1);
        let options = parse(Program::Sub, "-L mqtt://u:p@h:99/a/# -t b -C 3 -W 4 -v").expect("right");
        assert_eq!(options.topics, ["a/#", "b"]);
        assert_eq!(
            (options.host.as_str(), options.port, options.count, options.timeout_secs),
            ("h", 99, 3, 4)
        );
        assert_eq!(options.password.as_deref(), Some("p"));
    }

    #[test]
    fn what_means_nothing_here_is_taken_and_explained() {
        let options = parse(Program::Sub, "-t a --cafile x --nodelay").expect("right");
        let names: Vec<&str> = options.elsewhere.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["--cafile", "--nodelay"]);
    }

    #[test]
    fn an_option_of_another_program_is_unknown() {
        for (program, line) in [(Program::Pub, "-C 3"), (Program::Sub, "-r"), (Program::Rr, "-l")] {
            let name = line.split(' ').next().unwrap_or_default();
            let expected = Refusal::Error(format!("Error: Unknown option '{name}'.\n"));
            assert_eq!(parse(program, line).err(), Some(expected));
        }
    }
}
