//! Commands about the machine that the broker runs on: services, processes, its log.

use super::builtin::Outcome;
use super::daemon;
use super::terminals::{Active, Console, Rest, Stream};
use crate::broker::{AccessList, Conf, ConfFiles, User};
use crate::capture::Step;
use crate::sim::{Action, BROKERS, Sim};
use crate::time::Instant;

/// The settings with which the broker starts as a service.
const SETTINGS: &str = "/etc/mosquitto/mosquitto.conf";

impl Console {
    /// Commands about the broker and its log; `false` for others.
    pub(super) fn machine(
        &mut self,
        sim: &mut Sim,
        index: usize,
        words: &[String],
        background: bool,
    ) -> bool {
        let now = self.now;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let home = self.terminals[index].state.home;
        let party = BROKERS + home;
        let mut code = 0;
        match words.as_slice() {
            ["mosquitto", options @ ..] => return self.start_broker(sim, index, options, background),
            ["service", "mosquitto", what] | ["systemctl", what, "mosquitto" | "mosquitto.service"] => {
                match *what {
                    "start" if !sim.is_stopped(party) => {}
                    "start" => return self.start_broker(sim, index, &["-d", "-c", SETTINGS], false),
                    "restart" => {
                        self.stop_broker(sim, party);
                        return self.start_broker(sim, index, &["-d", "-c", SETTINGS], false);
                    }
                    "stop" => self.stop_broker(sim, party),
                    "status" => {
                        let (words, told) =
                            if sim.is_stopped(party) { ("not running", 3) } else { ("running", 0) };
                        code = told;
                        let text = ["mosquitto is ", words, ".\n"].concat();
                        self.terminals[index].print((sim, now), Stream::Output, text.into_bytes());
                    }
                    _ => {
                        code = 1;
                        let text = b"Usage: service mosquitto {start|stop|restart|status}\n".to_vec();
                        self.terminals[index].print((sim, now), Stream::Error, text);
                    }
                }
            }
            ["pkill" | "killall", .., name] if name.starts_with("mosquitto") => {
                for terminal in self.terminals.iter_mut().filter(|it| it.state.home == home) {
                    terminal.each_run(sim, now, |run, sim, out| {
                        if run.options.program.name().starts_with(name) {
                            run.interrupt(sim, out);
                        }
                    });
                }
                if *name == "mosquitto" {
                    code = u8::from(sim.is_stopped(party));
                    self.stop_broker(sim, party);
                }
            }
            ["ssh", rest @ ..] => code = self.ssh(sim, index, rest),
            ["exit" | "logout"] => code = self.go_home(sim, index, Some(0), ""),
            ["exit", number] if number.parse::<u8>().is_ok() => {
                self.go_home(sim, index, Some(0), "");
                code = number.parse().unwrap_or_default();
            }
            ["cat", daemon::LOG_FILE] => self.show_log(sim, index, usize::MAX),
            ["tail", options @ .., daemon::LOG_FILE] => {
                let count = options.iter().filter_map(|it| it.trim_start_matches('-').parse().ok()).next();
                self.show_log(sim, index, count.unwrap_or(10));
                if options.iter().any(|it| ["-f", "-F"].contains(it)) {
                    self.terminals[index].state.active = Some(Active::Tail);
                }
            }
            ["nano" | "vi" | "vim" | "editor", .., path] if !path.starts_with('-') => {
                self.terminals[index].state.active = Some(Active::Editor((*path).to_owned()));
            }
            [editor @ ("nano" | "vi" | "vim" | "editor"), ..] => {
                code = 1;
                let text = [editor, ": give a file: nano /etc/mosquitto/mosquitto.conf\n"].concat();
                self.terminals[index].print((sim, now), Stream::Error, text.into_bytes());
            }
            _ => return false,
        }
        self.terminals[index].state.code = code;
        true
    }

    fn show_log(&mut self, sim: &Sim, index: usize, most: usize) {
        let log = &self.logs[self.terminals[index].state.home];
        let from = log.len().saturating_sub(most);
        let lines = log.iter().skip(from).map(|(_, at, line)| daemon::stamped(*at, line));
        let text: String = lines.collect();
        self.terminals[index].print((sim, self.now), Stream::Output, text.into_bytes());
    }

    /// `ssh [USER@]HOST`: a command behind the host would run there and come back, which is not to be had here.
    fn ssh(&mut self, sim: &Sim, index: usize, words: &[&str]) -> u8 {
        let mut rest = words;
        while let ["-F" | "-i" | "-l" | "-o" | "-p", _, more @ ..] | [_, more @ ..] = rest
            && rest[0].starts_with('-')
        {
            rest = more;
        }
        let [host] = rest else {
            let text = b"usage: ssh [user@]host (then give commands there; exit comes back)\n".to_vec();
            self.terminals[index].print((sim, self.now), Stream::Error, text);
            return 255;
        };
        let host = host.split_once('@').map_or(*host, |(_, host)| host);
        let home = self.terminals[index].state.home;
        self.go_home(sim, index, daemon::broker_of_host(sim, home, host), host)
    }

    /// Goes to the machine of another broker.
    fn go_home(&mut self, sim: &Sim, index: usize, number: Option<usize>, host: &str) -> u8 {
        let Some(number) = number else {
            let error = ["ssh: Could not resolve hostname ", host, ": Name or service not known\n"].concat();
            self.terminals[index].print((sim, self.now), Stream::Error, error.into_bytes());
            return 255;
        };
        self.terminals[index].state.home = number;
        let name = daemon::brokers(sim).into_iter().nth(number).unwrap_or_default();
        let text = ["# This terminal is on the machine of ", &name, ": localhost is that broker.\n"].concat();
        self.terminals[index].print((sim, self.now), Stream::Error, text.into_bytes());
        0
    }

    pub(super) fn stop_broker(&mut self, sim: &mut Sim, party: usize) {
        if sim.act_at(party, Action::StopBroker, self.now).is_ok() {
            self.look(sim);
        }
    }

    /// `mosquitto [-v] [-d] [-c FILE] [-p PORT]`
    fn start_broker(&mut self, sim: &mut Sim, index: usize, options: &[&str], background: bool) -> bool {
        let behind = |name: &str| options.iter().skip_while(|it| **it != name).nth(1).copied();
        let (verbose, daemonised) = (options.contains(&"-v"), options.contains(&"-d") || background);
        let now = self.now;
        let home = self.terminals[index].state.home;
        let started = self.daemons[home].start(sim, now, behind("-c"));
        let terminal = &mut self.terminals[index];
        match started {
            Ok(lines) => {
                terminal.state.code = 0;
                if !daemonised {
                    terminal.state.active = Some(Active::Broker(verbose));
                    let all: String = lines.iter().map(|line| daemon::stamped(now, line)).collect();
                    terminal.print((sim, now), Stream::Error, all.into_bytes());
                }
                daemon::keep(&mut self.logs[home], sim, now, &lines);
                self.look(sim);
            }
            Err(error) => {
                terminal.state.code = 1;
                terminal.print((sim, now), Stream::Error, error.into_bytes());
            }
        }
        true
    }

    /// Puts a command's output into a file.
    pub(super) fn redirected(&mut self, index: usize, outcome: Outcome, adds: bool, path: &str) -> Outcome {
        let files = &mut self.daemons[self.terminals[index].state.home].files;
        let Outcome::Done(out, mut errors, code) = outcome else { return outcome };
        let text = String::from_utf8_lossy(&out);
        let known = if adds { files.read(path).unwrap_or_default() } else { "" };
        match files.write(path, &[known, &*text].concat()) {
            Ok(()) => Outcome::Done(Vec::new(), errors, code),
            Err(error) => {
                errors.push_str(&["sh: ", path, ": ", error, "\n"].concat());
                Outcome::Done(Vec::new(), errors, 1)
            }
        }
    }

    /// The file that is being edited in a terminal after `step`, and what it holds.
    pub fn editing(&self, terminal: usize, step: Step) -> Option<(&str, &str)> {
        let (state, files) = self.files_at(terminal, step)?;
        match &state.active {
            Some(Active::Editor(path)) => Some((path, files.read(path).unwrap_or_default())),
            _ => None,
        }
    }

    /// Ends the editor of a terminal, and writes the file if there is a text for it.
    pub fn save_at(&mut self, sim: &mut Sim, terminal: usize, text: Option<&str>, at: Instant) -> Rest {
        self.by_hand(sim, Some(terminal), at, |console, sim| {
            let now = console.now;
            let Some(it) = console.terminals.get_mut(terminal) else { return };
            let Some(Active::Editor(path)) = it.state.active.take() else { return };
            it.state.code = 0;
            let files = &mut console.daemons[it.state.home].files;
            let written = text.map_or(Ok(()), |text| files.write(&path, text));
            if let Err(error) = written {
                it.state.code = 1;
                let error = ["nano: ", &path, ": ", error, "\n"].concat();
                it.print((sim, now), Stream::Error, error.into_bytes());
            }
        })
    }
}

/// What is wrong with a text as the file of this path, if the broker would read it.
pub fn wrong_file(path: &str, text: &str) -> Option<String> {
    match path.rsplit('/').next().unwrap_or_default() {
        name if name.ends_with(".conf") => {
            // Other files may be written later.
            let mut none = |_: &str| Some(String::new());
            let mut files = ConfFiles { read: &mut none, hashes: None };
            Conf::parse(text, &mut files).err().map(|error| error.to_string())
        }
        "aclfile" => AccessList::parse(text).err().map(|error| error.to_string()),
        "passwd" => User::parse_all(text, None).err().map(|error| error.to_string()),
        _ => None,
    }
}
