//! mosquitto's clients over a connection that is open already: their command lines as requests of its client, its messages
//! as they print them.

use bytes::Bytes;

use super::builtin::{self, Outcome};
use super::files::Files;
use super::format::{self, Got};
use super::options::{
    CONNECT, DISCONNECT, Options, PUBLISH, Program, Refusal, SUBSCRIBE, Source, UNSUBSCRIBE, WILL,
};
use super::shell::{self, Bindings, Command, Job};
use crate::client::{PublishRequest, ReceivedMessage};
use crate::codec::{PacketId, PropertyBuf, SubscriptionOptions, Version};
use crate::time::{Duration, Instant};
use crate::topic;

/// Messages that one line may send.
pub const MAX_MESSAGES: u32 = 10_000;

/// Options that were settled when the connection was opened, by their first names.
const SETTLED: [&str; 14] = [
    "-i",
    "-I",
    "-c",
    "-u",
    "-P",
    "-x",
    "-k",
    "-V",
    "-M",
    "-d",
    "--will-topic",
    "--will-payload",
    "--will-qos",
    "--will-retain",
];

/// One of mosquitto's clients, as a line asks for it, on a connection that somebody else has opened.
#[derive(Clone, Debug)]
pub struct Remote {
    options: Options,
    /// Its standard input.
    input: Vec<u8>,
    version: Version,
    printed: u32,
    prints: bool,
}

/// Where a line leads: the host and the port that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Nothing is the connection that is chosen.
    pub host: Option<String>,
    /// Nothing is any.
    pub port: Option<u16>,
}

/// What a program makes of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// What it prints.
    pub out: Vec<u8>,
    /// What goes to its standard error.
    pub error: String,
    /// It has had enough.
    pub ended: bool,
}

impl Remote {
    /// Reads a line for a connection of this version.
    ///
    /// # Errors
    /// What is printed in place of running it.
    pub fn read(line: &str, version: Version) -> Result<(Self, Host), String> {
        let (words, input) = command(line)?;
        let Some((name, arguments)) = words.split_first() else { return Err(String::new()) };
        let Some(program) = Program::of_name(name) else {
            return Err(format!(
                "{name}: command not found\n# Here are mosquitto_pub, mosquitto_sub and mosquitto_rr.\n"
            ));
        };
        let options = Options::parse(program, arguments).map_err(|refusal| match refusal {
            Refusal::Error(text) => text,
            Refusal::Help | Refusal::Version => {
                format!("{name} version 2.0.11, over a connection of this page.\n")
            }
        })?;
        if !options.has_message() {
            return Err(format!("Error: {} must be supplied.\n", program.needs()));
        }
        match options.source {
            Some(Source::File(_)) => {
                return Err("# There are no files here: give the message with -m, or by a pipe.\n".to_owned());
            }
            Some(Source::Lines | Source::Whole) if input.is_none() => {
                return Err(
                    "# Its input comes by a pipe: echo 'text' | mosquitto_pub …, or <<< 'text'.\n".to_owned()
                );
            }
            _ => {}
        }
        let input = input.unwrap_or_default();
        let lines = input.iter().filter(|byte| **byte == b'\n').count();
        if options.repeat > MAX_MESSAGES
            || options.source == Some(Source::Lines) && lines > MAX_MESSAGES as usize
        {
            return Err(format!("# At most {MAX_MESSAGES} messages a line.\n"));
        }
        let given = |name: &str| options.given.iter().any(|it| *it == name || *it == "-L");
        let host = given("-h").then(|| options.host.clone());
        let port = given("-p").then_some(options.port);
        Ok((Self { options, input, version, printed: 0, prints: true }, Host { host, port }))
    }

    /// The program's name.
    pub const fn name(&self) -> &'static str {
        self.options.program.name()
    }

    /// Options that do nothing here, as notes that say why; empty if there are none.
    pub fn settled(&self) -> String {
        let options = &self.options;
        let has = |at: usize| !options.properties[at].as_properties().is_empty();
        let is_v5 = self.version == Version::V5;
        let [mut settled, mut idle, mut newer] = [(); 3].map(|()| Vec::new());
        for name in &options.given {
            match *name {
                "-U" | "--remove-retained" | "--random-filter" => idle.push(*name),
                "--retain-as-published" | "-e" if !is_v5 => newer.push(*name),
                name if SETTLED.contains(&name) || options.elsewhere.iter().any(|it| it.0 == name) => {
                    settled.push(name);
                }
                _ => {}
            }
        }
        for (at, name) in [(CONNECT, "-D connect"), (WILL, "-D will")] {
            settled.extend(has(at).then_some(name));
        }
        for (at, name) in [(UNSUBSCRIBE, "-D unsubscribe"), (DISCONNECT, "-D disconnect")] {
            idle.extend(has(at).then_some(name));
        }
        for (at, name) in [(PUBLISH, "-D publish"), (SUBSCRIBE, "-D subscribe")] {
            newer.extend((has(at) && !is_v5).then_some(name));
        }
        let notes = [
            (settled, "the connection is open already, as its form says; its packets are in the diagram"),
            (idle, "without effect here"),
            (newer, "only MQTT 5.0 carries it; the connection speaks an older version"),
        ];
        let told = notes.iter().filter(|(names, _)| !names.is_empty());
        told.map(|(names, why)| format!("# {}: {why}.\n", names.join(", "))).collect()
    }

    /// What it subscribes to first.
    pub fn filters(&self) -> Vec<(String, SubscriptionOptions)> {
        self.options.subscriptions(self.version)
    }

    /// The properties of its SUBSCRIBE.
    pub fn subscribe_properties(&self) -> &PropertyBuf {
        &self.options.properties[SUBSCRIBE]
    }

    /// What it publishes, and the time between two.
    pub fn messages(&self) -> (Vec<PublishRequest>, Duration) {
        let options = &self.options;
        let pause = Duration::from_millis(options.repeat_delay_millis);
        let request = |payload| options.request(payload, None);
        let payload = match &options.source {
            Some(Source::Lines) => {
                let lines = self.input.split_inclusive(|byte| *byte == b'\n');
                let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
                return (lines.map(|line| request(Bytes::copy_from_slice(line))).collect(), pause);
            }
            Some(Source::Whole) => Bytes::from(self.input.clone()),
            Some(Source::Text(text)) => Bytes::from(text.clone()),
            _ => Bytes::new(),
        };
        let count = if options.program == Program::Sub { 0 } else { options.repeat as usize };
        (vec![request(payload); count], pause)
    }

    /// For how long it listens.
    pub fn patience(&self) -> Option<Duration> {
        let secs = self.options.timeout_secs;
        (secs > 0).then(|| Duration::from_secs(secs.into()))
    }

    /// Whether it goes on once all is sent.
    pub fn listens(&self) -> bool {
        self.options.program != Program::Pub
    }

    /// Whether the answer to its SUBSCRIBE is all that it waits for.
    pub const fn ends_when_answered(&self) -> bool {
        self.options.exit_after_sub
    }

    /// A message has come on its connection. One that it has not asked for is not its own.
    pub fn message(&mut self, received: &ReceivedMessage, now: Instant) -> Reaction {
        let (mut reaction, message) = (Reaction::default(), &received.message);
        let shared = |filter: &str| filter.starts_with("$share/");
        let of_shared =
            |filter: &str| filter.splitn(3, '/').nth(2).is_some_and(|it| topic::matches(it, &message.topic));
        let is_own = self.filters().iter().any(|(filter, _)| match shared(filter) {
            true => of_shared(filter),
            false => topic::matches(filter, &message.topic),
        });
        let options = &self.options;
        if !self.prints || !is_own {
            return reaction;
        }
        if options.retained_only && !received.retain {
            (self.prints, reaction.ended) = (false, true);
            return reaction;
        }
        let is_out = options.filter_out.iter().any(|filter| topic::matches(filter, &message.topic));
        if is_out || received.retain && options.no_retained {
            return reaction;
        }
        let got = Got {
            topic: &message.topic,
            payload: &message.payload,
            qos: received.qos,
            retain: received.retain,
            packet_id: received.packet_id.map_or(0, PacketId::get),
            properties: message.properties.as_properties(),
        };
        match format::print(options, &got, now) {
            Ok(bytes) => reaction.out = bytes,
            Err(text) => reaction.error = text,
        }
        self.printed += 1;
        if options.count > 0 && self.printed == options.count {
            (self.prints, reaction.ended) = (false, true);
        }
        reaction
    }
}

/// The words of a line's last command, and what comes to it by a pipe or a here-string, if anything does.
fn command(line: &str) -> Result<(Vec<String>, Option<Vec<u8>>), String> {
    let jobs = shell::parse(line).map_err(|error| format!("sh: {error}\n"))?;
    let commands = match jobs.as_slice() {
        [] => return Ok(Default::default()),
        [Job::Pipeline(commands, false)] => commands,
        _ => {
            return Err(
                "# One command or pipe a line here; lists and loops are for the Playground's terminals.\n"
                    .to_owned(),
            );
        }
    };
    if commands.iter().any(|command| command.to.is_some()) {
        return Err("# There are no files here.\n".to_owned());
    }
    let words = |command: &Command| -> Vec<String> {
        command.words.iter().flat_map(|word| word.expanded(&Bindings::new())).collect()
    };
    let mut input = None;
    for (at, command) in commands.iter().enumerate() {
        if let Some(here) = &command.here {
            input = Some((here.expanded(&Bindings::new()).join(" ") + "\n").into_bytes());
        }
        let words = words(command);
        if at + 1 == commands.len() {
            return Ok((words, input));
        }
        input = Some(piped(&words, &input.unwrap_or_default())?);
    }
    Ok(Default::default())
}

/// What a command gives to the next one of its pipe.
fn piped(words: &[String], input: &[u8]) -> Result<Vec<u8>, String> {
    let name = words.first().map_or("", String::as_str);
    let outcome = match name {
        "echo" | "seq" | "cat" => builtin::run(words, input, &mut Files::none()),
        _ => Outcome::Unknown,
    };
    match outcome {
        Outcome::Done(out, error, _) if error.is_empty() => Ok(out),
        Outcome::Done(_, error, _) => Err(error),
        _ => Err(format!("# {name}: only echo, seq and cat go into a pipe here.\n")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::codec::{PropertyId, QoS};
    use crate::session::Message;

    fn read(line: &str) -> (Remote, Host) {
        Remote::read(line, Version::V5).expect("right")
    }

    fn got(topic: &str, payload: &'static str, retain: bool) -> ReceivedMessage {
        let message = Message::new(topic, Bytes::from_static(payload.as_bytes()), PropertyBuf::new());
        let message = Arc::new(message);
        ReceivedMessage { message, qos: QoS::AtMostOnce, retain, dup: false, packet_id: None }
    }

    #[test]
    fn a_line_becomes_what_the_client_is_asked_for() {
        let (it, host) =
            read("mosquitto_pub -h broker.example -p 9001 -t a/b -m 'two words' -q 1 -r --repeat 3");
        assert_eq!(host, Host { host: Some("broker.example".into()), port: Some(9001) });
        let (messages, pause) = it.messages();
        assert_eq!((messages.len(), pause, it.listens()), (3, Duration::ZERO, false));
        assert_eq!((&*messages[0].topic, &messages[0].payload[..]), ("a/b", &b"two words"[..]));
        assert_eq!((messages[0].qos, messages[0].retain), (QoS::AtLeastOnce, true));
        assert_eq!(it.filters(), []);
        let (it, host) = read("mosquitto_sub -t a/# -t b -W 5 -i x -d");
        assert_eq!(host, Host { host: None, port: None });
        assert_eq!((it.filters().len(), it.messages().0.len(), it.listens()), (2, 0, true));
        assert_eq!(it.patience(), Some(Duration::from_secs(5)));
        assert!(it.settled().starts_with("# -i, -d: "));
        let (it, _) = read("mosquitto_rr -t ask -e answer -m x");
        assert_eq!((it.filters()[0].0.as_str(), it.messages().0.len()), ("answer", 1));
        assert_eq!(
            it.messages().0[0].properties.as_properties().text(PropertyId::ResponseTopic),
            Some("answer")
        );
    }

    #[test]
    fn a_pipe_or_a_here_string_is_what_it_sends() {
        let sent = |line: &str| -> Vec<String> {
            let messages = read(line).0.messages().0;
            messages.iter().map(|it| String::from_utf8_lossy(&it.payload).into_owned()).collect()
        };
        assert_eq!(sent("seq 1 3 | mosquitto_pub -t a -l"), ["1", "2", "3"]);
        assert_eq!(sent("echo -n 'on off' | cat | mosquitto_pub -t a -l"), ["on off"]);
        assert_eq!(sent("seq 1 2 | mosquitto_pub -t a -s"), ["1\n2\n"]);
        assert_eq!(sent("mosquitto_pub -t a -s <<< 'on'"), ["on\n"]);
        assert_eq!(sent("echo x | mosquitto_pub -t a -m y"), ["y"]);
        // Nothing comes, nothing goes.
        assert_eq!(sent("echo -n | mosquitto_pub -t a -l"), [""; 0]);
    }

    #[test]
    fn what_does_nothing_is_named() {
        for (line, version, told) in [
            ("mosquitto_sub -t a -k 60 -V 5 -M 9", Version::V5, "# -k, -V, -M: the connection is open"),
            (
                "mosquitto_sub -t a -U b --remove-retained",
                Version::V5,
                "# -U, --remove-retained: without effect",
            ),
            ("mosquitto_pub -t a -m x -D will user-property a b", Version::V5, "# -D will: the connection"),
            ("mosquitto_sub -t a -D unsubscribe user-property a b", Version::V5, "# -D unsubscribe: without"),
            (
                "mosquitto_pub -t a -m x -D publish user-property a b",
                Version::V311,
                "# -D publish: only MQTT 5",
            ),
            ("mosquitto_rr -t a -e b -m x", Version::V311, "# -e: only MQTT 5.0"),
            ("mosquitto_pub -t a -m -k -D publish user-property a b", Version::V5, ""),
            ("mosquitto_rr -t a -e b -m x -q 1 -W 3", Version::V5, ""),
        ] {
            let settled = Remote::read(line, version).expect(line).0.settled();
            assert!(settled.starts_with(told) && settled.is_empty() == told.is_empty(), "{line}: {settled}");
            assert!(settled.lines().count() <= 1, "{line}: {settled}");
        }
        let (it, _) = read("mosquitto_sub -t a -E");
        assert!(it.listens() && it.ends_when_answered());
    }

    #[test]
    fn what_cannot_run_says_why() {
        for (line, words) in [
            ("", ""),
            ("ls", "command not found"),
            ("mosquitto_pub -t a", "must be supplied"),
            ("mosquitto_rr -t a -m x", "All of topic, message, and response topic must be supplied"),
            ("mosquitto_pub -t a -l", "comes by a pipe"),
            ("mosquitto_pub -t a -f /etc/hostname", "no files here"),
            ("cat /etc/hostname | mosquitto_pub -t a -s", "No such file"),
            ("ls | mosquitto_pub -t a -l", "only echo, seq and cat"),
            ("seq 1 10001 | mosquitto_pub -t a -l", "At most 10000"),
            ("mosquitto_sub -t a -q 3", "Invalid QoS given: 3"),
            ("mosquitto_sub -t a > file", "no files"),
            ("mosquitto_sub -t a; mosquitto_sub -t b", "One command or pipe a line"),
            ("mosquitto_pub -t a -m x --repeat 10001", "At most 10000"),
        ] {
            let error = Remote::read(line, Version::V311).expect_err(line);
            assert!(error.contains(words), "{line}: {error}");
        }
    }

    #[test]
    fn messages_are_printed_as_mosquitto_sub_prints_them_until_it_has_enough() {
        let (mut it, _) = read("mosquitto_sub -t a/# -T a/out -v -C 2");
        let mut told = |topic, payload, retain| {
            let reaction = it.message(&got(topic, payload, retain), Instant::ZERO);
            (String::from_utf8(reaction.out).expect("text"), reaction.ended)
        };
        assert_eq!(told("b", "x", false), (String::new(), false));
        assert_eq!(told("a/out", "x", false), (String::new(), false));
        assert_eq!(told("a/b", "1", true), ("a/b 1\n".to_owned(), false));
        assert_eq!(told("a", "2", false), ("a 2\n".to_owned(), true));
        assert_eq!(told("a", "3", false), (String::new(), false));
        let (mut it, _) = read("mosquitto_sub -t '$share/g/a/+' --retained-only");
        assert_eq!(it.message(&got("a/b", "1", true), Instant::ZERO).out, b"1\n");
        assert!(it.message(&got("a/b", "1", false), Instant::ZERO).ended);
    }
}
