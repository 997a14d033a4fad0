//! The command line, and the configuration file that it names.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use mqtt_playground::broker::{
    BrokerConfig, Conf, ConfError, ConfFault, ConfFiles, HashCheck, IgnoredDirective, VerboseLog,
};

use crate::hub::Log;

pub const HELP: &str = "\
Usage: broker [--config FILE] [-p PORT] [--tcp ADDRESS]... [--ws ADDRESS]... [--DIRECTIVE VALUE]... [-v | --decisions]

  -c, --config FILE   read a mosquitto.conf; its listeners are served
  -p, --port PORT     serve MQTT over TCP on this port of 127.0.0.1
  --tcp ADDRESS       serve MQTT over TCP there, such as 127.0.0.1:1883
  --ws ADDRESS        serve MQTT over WebSocket there, such as 127.0.0.1:9001
  --DIRECTIVE VALUE   any directive of mosquitto.conf that means something here, with - for _:
                      --max-inflight-messages 1 --retain-available false --acl-file FILE
  -v, --verbose       print what happens, as mosquitto -v words it
  --decisions         print every decision in plain words, with the statement behind it
  -h, --help          print this

Ours besides mosquitto's: --deny-subscribe FILTER (answered with 0x80; may stand more than once),
--check-payload-format, --check-control-characters, --connect-timeout, --max-retained-bytes, --max-retained-messages,
--max-sessions, --max-subscriptions, --max-topic-levels, --max-unreleased-messages, --queue-overflow,
--reason-strings, --response-information, --server-reference, --server-moved, --shared-subscription-available,
--subscription-identifier-available, --wildcard-subscription-available.

Port 0 lets the system choose; the addresses are printed. Without any address: --tcp 127.0.0.1:1883.
";

pub struct Options {
    pub config: BrokerConfig,
    pub tcp: Vec<SocketAddr>,
    pub ws: Vec<SocketAddr>,
    pub log: Log,
    /// What the configuration file says and nobody heeds.
    pub notices: Vec<String>,
}

pub enum Outcome {
    Run(Box<Options>),
    Help,
    Wrong(String),
}

/// Seconds between two publications of `$SYS`, as mosquitto has it.
const SYS_INTERVAL_SECS: u16 = 10;

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Outcome {
        match Self::read(arguments) {
            Ok(Some(options)) => Outcome::Run(Box::new(options)),
            Ok(None) => Outcome::Help,
            Err(wrong) => Outcome::Wrong(wrong),
        }
    }

    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let config = BrokerConfig { sys_interval_secs: SYS_INTERVAL_SECS, ..BrokerConfig::default() };
        let mut options = Self { config, tcp: vec![], ws: vec![], log: Log::Silent, notices: vec![] };
        let mut directives = vec![];
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "-v" | "--verbose" => options.log = Log::Verbose(VerboseLog::new()),
                "--decisions" => options.log = Log::Decisions,
                "-h" | "--help" => return Ok(None),
                "-c" | "--config" => options.read_config(Path::new(&value()?))?,
                "-p" | "--port" => options.tcp.push(local(&value()?)?),
                "--tcp" => options.tcp.push(address(&argument, &value()?)?),
                "--ws" => options.ws.push(address(&argument, &value()?)?),
                _ => match argument.strip_prefix("--") {
                    Some(directive) => directives.push((directive.replace('-', "_"), value()?)),
                    None => return Err(format!("unknown option {argument}")),
                },
            }
        }
        // The command line goes before the file, wherever that is named.
        for (directive, value) in directives {
            let set =
                options.config.set(&directive, &value, &mut files(&mut |name| fs::read_to_string(name).ok()));
            set.map_err(|fault: ConfFault| format!("--{}: {fault}", directive.replace('_', "-")))?;
        }
        if options.tcp.is_empty() && options.ws.is_empty() {
            options.tcp.push(SocketAddr::from((Ipv4Addr::LOCALHOST, 1883)));
        }
        Ok(Some(options))
    }

    fn read_config(&mut self, path: &Path) -> Result<(), String> {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        // Files are named from where the configuration lies.
        let base = path.parent().map(PathBuf::from).unwrap_or_default();
        let mut read = |file: &str| fs::read_to_string(base.join(file)).ok();
        let conf = Conf::parse(&text, &mut files(&mut read));
        let conf = conf.map_err(|error: ConfError| format!("{name}: {error}"))?;
        let sys = text.lines().any(|line| line.trim_start().starts_with("sys_interval"));
        self.config = conf.config;
        if !sys {
            self.config.sys_interval_secs = SYS_INTERVAL_SECS;
        }
        let mut listener = None;
        for ignored in &conf.ignored {
            self.listen(ignored, &mut listener)
                .map_err(|why| format!("{name}: line {}: {why}", ignored.line))?;
        }
        self.tcp.extend(listener);
        Ok(())
    }

    /// The directives that a shell with sockets can follow; `open` is the listener that `protocol` would change.
    fn listen(&mut self, ignored: &IgnoredDirective, open: &mut Option<SocketAddr>) -> Result<(), String> {
        match (ignored.directive.as_str(), ignored.value.as_str()) {
            ("listener" | "port", value) => {
                let mut words = value.split_whitespace();
                let port = words.next().and_then(|port| port.parse().ok()).ok_or("expects a port")?;
                let host: IpAddr = match words.next() {
                    None => Ipv4Addr::LOCALHOST.into(),
                    Some("localhost") => Ipv4Addr::LOCALHOST.into(),
                    Some(host) => host.parse().map_err(|_| format!("expects an address, not {host}"))?,
                };
                self.tcp.extend(open.replace(SocketAddr::from((host, port))));
            }
            ("protocol", "websockets") => self.ws.extend(open.take()),
            ("protocol", "mqtt") => {}
            (directive, _) => {
                self.notices.push(format!("line {}: {directive} means nothing here", ignored.line))
            }
        }
        Ok(())
    }
}

fn files<'a>(read: &'a mut dyn FnMut(&str) -> Option<String>) -> ConfFiles<'a> {
    ConfFiles { read, hashes: Some(HashCheck::MOSQUITTO) }
}

fn local(port: &str) -> Result<SocketAddr, String> {
    let port: u16 = port.parse().map_err(|_| format!("{port} is no port"))?;
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

fn address(option: &str, text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{option} needs an address such as 127.0.0.1:1883"))
}
