//! The command line.

use std::net::SocketAddr;

pub const HELP: &str = "\
Usage: broker [--tcp ADDRESS]... [--ws ADDRESS]... [-v]

  --tcp ADDRESS   serve MQTT over TCP there, such as 127.0.0.1:1883
  --ws ADDRESS    serve MQTT over WebSocket there, such as 127.0.0.1:9001
  -v, --verbose   print every decision
  -h, --help      print this

Port 0 lets the system choose; the addresses are printed. Without any address: --tcp 127.0.0.1:1883.
";

pub struct Options {
    pub tcp: Vec<SocketAddr>,
    pub ws: Vec<SocketAddr>,
    pub verbose: bool,
}

pub enum Outcome {
    Run(Options),
    Help,
    Wrong(String),
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Outcome {
        let mut options = Self { tcp: vec![], ws: vec![], verbose: false };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "-v" | "--verbose" => options.verbose = true,
                "-h" | "--help" => return Outcome::Help,
                "--tcp" | "--ws" => {
                    let Some(Ok(address)) = arguments.next().map(|text| text.parse()) else {
                        return Outcome::Wrong(format!("{argument} needs an address such as 127.0.0.1:1883"));
                    };
                    let list = if argument == "--tcp" { &mut options.tcp } else { &mut options.ws };
                    list.push(address);
                }
                _ => return Outcome::Wrong(format!("unknown option {argument}")),
            }
        }
        if options.tcp.is_empty() && options.ws.is_empty() {
            options.tcp.push(SocketAddr::from(([127, 0, 0, 1], 1883)));
        }
        Outcome::Run(options)
    }
}
