//! What Enter will do, in words, while a line is typed.

use super::options::{Options, Program, Refusal, Source};
use super::shell::{self, Bindings, Job};
use crate::codec::{QoS, Version};

/// What a line will do, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// A sentence.
    pub text: String,
    /// It will not run as it stands.
    pub is_error: bool,
}

/// What a command does that is none of mosquitto's clients.
const OTHERS: [(&str, &str); 16] = [
    ("cat", "Prints files."),
    ("clear", "Wipes this terminal."),
    ("echo", "Prints its words."),
    ("exit", "Goes back to the machine of the first broker."),
    ("for", "Runs its commands once for each value."),
    ("help", "Lists what there is."),
    ("killall", "Ends programs by their name."),
    ("mosquitto", "Starts the broker here: -v prints its log, -c reads a file of settings."),
    ("mosquitto_passwd", "Writes a user and a password into a password file."),
    ("nano", "Opens a file to be edited."),
    ("pkill", "Ends programs by their name."),
    ("service", "Starts, stops or restarts the broker."),
    ("sleep", "Waits so many seconds of virtual time."),
    ("ssh", "Goes to the machine of another broker of this world."),
    ("systemctl", "Starts, stops or restarts the broker."),
    ("tail", "Prints the end of a file, with -f what is added too."),
];

fn other(name: &str) -> Option<&'static str> {
    OTHERS.iter().find(|(of, _)| *of == name).map(|(_, words)| *words)
}

/// What a line will do; nothing where there is nothing to say.
pub fn explain(line: &str) -> Option<Explained> {
    if line.trim().is_empty() {
        return None;
    }
    let said = |text: String| Some(Explained { text, is_error: false });
    let jobs = match shell::parse(line) {
        Ok(jobs) => jobs,
        Err(error) => return Some(Explained { text: capital(&error.to_string()), is_error: true }),
    };
    let Some(Job::Pipeline(commands, background)) = jobs.first() else {
        return said(other("for")?.to_owned());
    };
    let command = commands.last()?;
    let mut words: Vec<String> =
        command.words.iter().flat_map(|word| word.expanded(&Bindings::new())).collect();
    while words.first().is_some_and(|word| word == "sudo") {
        words.remove(0);
    }
    let name = words.first().cloned().unwrap_or_default();
    let mut text = match Program::of_name(&name) {
        Some(program) => match Options::parse(program, &words[1..]) {
            Ok(options) if options.has_message() => client(program, &options),
            Ok(_) => {
                let text = [
                    "It lacks ",
                    if program == Program::Rr { "a topic, a message or -e" } else { "a topic or a message" },
                    ".",
                ];
                return Some(Explained { text: text.concat(), is_error: true });
            }
            Err(Refusal::Error(error)) => {
                return Some(Explained { text: refused(&error, &words), is_error: true });
            }
            Err(Refusal::Help) => "Tells the program's options.".to_owned(),
            Err(Refusal::Version) => "Tells the program's version.".to_owned(),
        },
        None => other(if matches!(name.as_str(), "vi" | "vim") { "nano" } else { &name })?.to_owned(),
    };
    match (background, jobs.len()) {
        (true, _) => text.push_str(" The prompt is back at once."),
        (false, 1) => {}
        (false, more) => text.push_str(&format!(" Then {} more.", more - 1)),
    }
    said(text)
}

/// An error's first line, with the place of the word that it is about.
fn refused(error: &str, words: &[String]) -> String {
    let line = error.lines().next().unwrap_or_default().trim_start_matches("Error: ").trim_end_matches('.');
    let named = line.split('\'').nth(1).or_else(|| line.split(' ').next());
    let at = named.and_then(|named| words.iter().position(|word| word == named));
    match at {
        Some(at) => format!("{} (word {}).", capital(line), at + 1),
        None => [&capital(line), "."].concat(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn client(program: Program, options: &Options) -> String {
    let who = match (&options.id, &options.id_prefix) {
        (Some(id), _) => id.clone(),
        (None, Some(prefix)) => [prefix, "…"].concat(),
        (None, None) => "a new client".to_owned(),
    };
    let session = match (options.clean, options.session_expiry) {
        (true, None) => String::new(),
        (true, Some(secs)) | (false, Some(secs)) if secs != u32::MAX => {
            format!(", its session kept for {secs} s")
        }
        (false, _) | (true, Some(_)) => " with a kept session".to_owned(),
    };
    let version = match options.version {
        Version::V311 => "",
        Version::V31 => " in 3.1",
        Version::V5 => " in 5.0",
    };
    let will =
        options.will_topic.as_ref().map_or_else(String::new, |topic| [", leaves a will on ", topic].concat());
    let topics = options.topics.join(", ");
    let deed = match program {
        Program::Sub => format!("subscribes to {topics}{}", at_qos(options.qos)),
        Program::Pub | Program::Rr => {
            let what = match &options.source {
                Some(Source::Text(text)) => format!("{} bytes", text.len()),
                Some(Source::Nothing) => "an empty message".to_owned(),
                Some(Source::File(path)) => path.clone(),
                Some(Source::Lines) => "each line that it reads".to_owned(),
                Some(Source::Whole) | None => "what it reads".to_owned(),
            };
            let times =
                if options.repeat > 1 { format!(", {} times", options.repeat) } else { String::new() };
            let kept = if options.retain { ", retained" } else { "" };
            let answer = options
                .response_topic
                .as_ref()
                .map_or_else(String::new, |topic| [" and waits for an answer on ", topic].concat());
            format!("publishes {what} to {topics}{}{kept}{times}{answer}", at_qos(options.qos))
        }
    };
    let ends = match (options.count, options.timeout_secs) {
        (0, 0) => String::new(),
        (0, secs) => format!(", for {secs} s at most"),
        (1, _) if program == Program::Rr => String::new(),
        (count, _) => format!(", until {count} have come"),
    };
    format!("Connects {who}{version}{session}{will}, {deed}{ends}.")
}

fn at_qos(qos: QoS) -> String {
    format!(" at QoS {}", qos.level())
}
