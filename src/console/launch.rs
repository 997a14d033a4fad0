//! How a program starts, and which client of the world is its own.

use super::daemon;
use super::options::{Options, Program, Refusal, Source};
use super::run::Run;
use super::terminals::Console;
use crate::client::ClientConfig;
use crate::codec::Version;
use crate::sim::{Action, AddClientError, BROKERS, ClientSpec, MAX_CLIENTS, Sim};

/// What a program prints that does not start, and its exit code.
pub(super) type Failure = (String, String, u8);

/// Starts a program, with what there is to say about options that mean nothing here.
pub(super) fn start(
    sim: &mut Sim,
    program: Program,
    arguments: &[String],
    input: &[u8],
    number: u32,
    (index, console): (usize, &Console),
) -> Result<(Run, String), Failure> {
    let name = program.name();
    let options = Options::parse(program, arguments).map_err(|refusal| match refusal {
        Refusal::Error(text) => (String::new(), format!("{text}\nUse '{name} --help' to see usage.\n"), 1),
        Refusal::Help => (usage(program), String::new(), 1),
        Refusal::Version => {
            (format!("{name} version 2.0.11 running on libmosquitto 2.0.11.\n"), String::new(), 1)
        }
    })?;
    if !options.has_message() {
        let what = program.needs();
        return Err((usage(program), format!("Error: {what} must be supplied.\n"), 1));
    }
    let failure = |text: String| (String::new(), text, 1);
    let home = console.terminals[index].state.home;
    let Some(broker) = daemon::broker_of_host(sim, home, &options.host) else {
        let host = &options.host;
        return Err(failure(format!(
            "# {host} is not in this tab: on a real network the program would connect to it. The page Connect does.\n\
             Unable to connect (Lookup error.).\n"
        )));
    };
    if options.port != 1883 {
        return Err(failure("Error: Connection refused\n".to_owned()));
    }
    let mut notes = String::new();
    for (option, what) in &options.elsewhere {
        notes.push_str(&format!("# {option} {what}.\n"));
    }
    let own = options.topics.iter().any(|topic| topic.starts_with("$SYS"));
    if own && sim.broker_of(BROKERS + broker).config().sys_interval_secs == 0 {
        notes.push_str(
            "# The broker is set to publish no $SYS topics. `sudo service mosquitto restart` takes sys_interval from\n\
             # /etc/mosquitto/mosquitto.conf.\n",
        );
    }
    let file = match &options.source {
        Some(Source::File(path)) => match console.daemons.get(home).and_then(|it| it.files.read(path)) {
            Some(text) => Some(text.as_bytes()),
            None => {
                return Err(failure(format!(
                    "Error: Unable to open file \"{path}\".\nError loading input file \"{path}\".\n"
                )));
            }
        },
        _ => None,
    };
    let id = match (&options.id, &options.id_prefix, options.version) {
        (Some(id), ..) => id.clone(),
        (None, Some(prefix), _) => format!("{prefix}{number}"),
        (None, None, Version::V31) => format!("mosq-{number}"),
        _ => String::new(),
    };
    let client = client(sim, name, &id, console).map_err(|text| failure(format!("Error: {text}\n")))?;
    if sim.broker_number(client) != broker {
        let moved = sim.act_at(client, Action::UseBroker(broker), console.now);
        moved.map_err(|error| failure(format!("Error: {error}\n")))?;
    }
    let run = Run::start(sim, client, options, file.unwrap_or(input), id, console.now);
    run.map(|run| (run, notes)).map_err(|text| failure(format!("Error: {text}\n")))
}

/// The client for a program: one that goes by this identifier and does nothing, or a new one.
fn client(sim: &mut Sim, name: &str, id: &str, console: &Console) -> Result<usize, String> {
    let free = |at: &usize| !sim.has_left(*at) && sim.link_of_client(*at).is_none() && !console.has(*at);
    let called = |at: usize| sim.capture().end(sim.end_of_client(at)).map(|end| end.name.to_string());
    let wanted = |at: &usize| match id {
        "" => {
            sim.client(*at).config().client_id.is_empty()
                && called(*at).is_some_and(|it| it.starts_with(name))
        }
        id => sim.client(*at).config().client_id == id,
    };
    if let Some(at) = (0..sim.client_count()).filter(wanted).find(free) {
        return Ok(at);
    }
    let base = if ClientSpec::is_name(id) { id } else { name };
    let names = std::iter::once(base.to_owned()).chain((2..=MAX_CLIENTS).map(|n| format!("{base} {n}")));
    let mut error = String::new();
    for name in names {
        let config = ClientConfig { client_id: id.to_owned(), ..ClientConfig::default() };
        match sim.add_client(ClientSpec { name, config }) {
            Ok(at) => return Ok(at),
            Err(AddClientError::NameTaken) => {}
            Err(other) => {
                error = other.to_string();
                break;
            }
        }
    }
    Err(error)
}

fn usage(program: Program) -> String {
    let name = program.name();
    let what = match program {
        Program::Pub => {
            "-t topic {-m message | -f file | -l | -n | -s} [-q qos] [-r] [--repeat N] [--repeat-delay secs]"
        }
        Program::Sub => {
            "-t topic [-t topic] [-v] [-q qos] [-C count] [-W secs] [-F format] [-R] [-N] [-E] [-U topic] [-T filter]"
        }
        Program::Rr => "-t topic -e response-topic {-m message | -f file | -n | -s} [-v] [-F format]",
    };
    format!(
        "{name} version 2.0.11 running on libmosquitto 2.0.11.\n\nUsage: {name} [-h host] [-p port] {what}\n    \
         [-i id] [-c] [-k secs] [-d] [-V mqttv31|mqttv311|mqttv5] [-u username [-P password]] [-x secs]\n    \
         [--will-topic topic [--will-payload payload] [--will-qos qos] [--will-retain]]\n    \
         [-D command identifier value]\n"
    )
}
