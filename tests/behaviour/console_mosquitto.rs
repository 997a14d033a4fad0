//! The same command lines through Debian's mosquitto and through the console: same output, same errors, same exit codes.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use mqtt_playground::console::{Console, Stream};
use mqtt_playground::sim::{Scenario, Sim};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Within it a message goes from one local program to another.
const DELIVERY: Duration = Duration::from_millis(150);

/// Where the simulated programs are not the real ones, and why.
const KNOWN: &[(&str, &str)] = &[
    ("--help", "prints a shorter usage"),
    ("must be supplied", "the usage behind the error is shorter"),
    ("%I", "the clock is virtual, and begins with 1970"),
];

#[derive(Clone, Copy, Debug)]
enum Do {
    /// A line that ends by itself, or (then the broker answers its SUBSCRIBE) waits for messages.
    Enter(usize, &'static str),
    Wait(usize, &'static str),
    /// Ctrl-C, when all that was sent has arrived.
    Stop(usize),
}
use Do::{Enter, Stop, Wait};

const SUB: usize = 0;
const PUB: usize = 1;
const RR: usize = 2;
const LOG: usize = 3;

/// What a line has brought.
#[derive(Debug, Default, PartialEq, Eq)]
struct Brought {
    line: String,
    output: String,
    error: String,
    code: i32,
}

struct Broker {
    process: Child,
    port: u16,
    log: mpsc::Receiver<String>,
    /// What it has logged, as far as somebody has looked.
    logged: RefCell<Vec<String>>,
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Broker {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = std::env::temp_dir().join(format!("console-{port}.conf"));
        std::fs::write(&path, format!("listener {port} 127.0.0.1\nallow_anonymous true\n")).unwrap();
        let program = ["/usr/sbin/mosquitto", "mosquitto"]
            .into_iter()
            .find(|it| Command::new(it).arg("-h").output().is_ok());
        let mut process =
            Command::new(program.expect("install Debian's package mosquitto (`make test` does)"))
                .arg("-v")
                .arg("-c")
                .arg(&path)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (sender, log) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let broker = Self { process, port, log, logged: RefCell::default() };
        broker.logs("running");
        std::fs::remove_file(path).unwrap();
        broker
    }

    /// Waits for a line of the log with these words.
    fn logs(&self, words: &str) {
        loop {
            let line = self.log.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {words:?}"));
            self.logged.borrow_mut().push(line);
            if self.logged.borrow().last().is_some_and(|line| line.contains(words)) {
                return;
            }
        }
    }

    fn shell(&self, line: &str) -> Child {
        let port = self.port;
        let script = ["pub", "sub", "rr"]
            .map(|it| format!("mosquitto_{it}() {{ command mosquitto_{it} -p {port} \"$@\"; }}\n"))
            .concat();
        Command::new("bash")
            .args(["-c", &[&script, line].concat()])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

fn finish(line: &str, mut child: Child) -> Brought {
    let mut brought = Brought { line: line.to_owned(), ..Brought::default() };
    child.stdout.take().unwrap().read_to_string(&mut brought.output).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut brought.error).unwrap();
    brought.code = child.wait().unwrap().code().unwrap_or(130);
    brought
}

/// Through the real programs; lines in the order in which they end.
fn real(script: &[Do]) -> (Vec<Brought>, Vec<String>) {
    let broker = Broker::start();
    let mut waiting: Vec<(usize, &str, Child)> = Vec::new();
    let mut brought = Vec::new();
    for step in script {
        match *step {
            Enter(_, line) => {
                brought.push(finish(line, broker.shell(line)));
                if !waiting.is_empty() {
                    // What it has sent arrives before the next line is typed, as it does in virtual time.
                    std::thread::sleep(DELIVERY);
                }
            }
            Wait(terminal, line) => {
                waiting.push((terminal, line, broker.shell(line)));
                broker.logs("Sending SUBACK");
            }
            Stop(terminal) => {
                std::thread::sleep(DELIVERY);
                let at = waiting.iter().position(|it| it.0 == terminal).unwrap();
                let (_, line, child) = waiting.remove(at);
                let group = format!("-{}", child.id());
                // It may have ended by itself.
                let _ = Command::new("kill").args(["-INT", "--", &group]).stderr(Stdio::null()).status();
                brought.push(finish(line, child));
            }
        }
    }
    assert!(waiting.is_empty(), "stop what waits: {script:?}");
    // What it has logged before the last client went.
    drop(broker.shell("mosquitto_pub -i end -t end -n").wait());
    broker.logs("Client end disconnected.");
    (brought, broker.logged.take())
}

/// Through the console.
fn simulated(script: &[Do]) -> (Vec<Brought>, Vec<String>) {
    let (mut sim, mut console) = (Sim::new(Scenario::default()), Console::new());
    for _ in 0..=LOG {
        console.open().unwrap();
    }
    console.enter(&mut sim, LOG, "service mosquitto stop; mosquitto -v");
    let mut begun: Vec<(usize, &str, usize)> = Vec::new();
    let mut brought = Vec::new();
    let end = |console: &Console, sim: &Sim, terminal: usize, line: &str, from: usize| {
        let printed: Vec<_> = console.lines(terminal, sim.cursor()).skip(from).cloned().collect();
        let text = |stream: Stream| {
            let of_it = printed.iter().filter(|it| it.stream == stream).flat_map(|it| it.bytes.clone());
            String::from_utf8_lossy(&of_it.collect::<Vec<u8>>()).into_owned()
        };
        let code = i32::from(console.exit_code(terminal, sim.cursor()));
        Brought { line: line.to_owned(), output: text(Stream::Output), error: text(Stream::Error), code }
    };
    for step in script {
        match *step {
            Enter(terminal, line) | Wait(terminal, line) => {
                let from = console.lines(terminal, sim.cursor()).count() + 1;
                console.enter(&mut sim, terminal, line);
                if let Wait(..) = step {
                    begun.push((terminal, line, from));
                } else {
                    assert!(console.is_at_prompt(terminal, sim.cursor()), "{line} does not end");
                    brought.push(end(&console, &sim, terminal, line, from));
                }
            }
            Stop(terminal) => {
                let at = begun.iter().position(|it| it.0 == terminal).unwrap();
                let (_, line, from) = begun.remove(at);
                if !console.is_at_prompt(terminal, sim.cursor()) {
                    console.interrupt(&mut sim, terminal);
                }
                brought.push(end(&console, &sim, terminal, line, from));
            }
        }
    }
    console.enter(&mut sim, PUB, "mosquitto_pub -i end -t end -n");
    let log = end(&console, &sim, LOG, "", 1).error;
    (brought, log.lines().map(str::to_owned).collect())
}

/// A log by client, without what has to differ: times, addresses, ports and identifiers that the broker has made up; the
/// broker's own beginning; and which of two clients was first.
fn levelled(log: &[String]) -> Vec<(String, Vec<String>)> {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    let mut of = String::new();
    for line in log {
        let line = line.split_once(": ").map_or(&**line, |(_, line)| line);
        let own = ["mosquitto version", "Config loaded", "Using default", "Opening", "Warning: Mosquitto"];
        if own.iter().any(|words| line.starts_with(words)) {
            continue;
        }
        // An address may have a space in it here, for it is a lifeline's name.
        let line = match (line.find(" from "), line.find(" as ")) {
            (Some(from), Some(to)) if line.starts_with("New client") => {
                [&line[..from], " from PEER", &line[to..]].concat()
            }
            _ => line.to_owned(),
        };
        let words = line.split(' ').map(|word| {
            if word.starts_with("auto-") || word.starts_with("mosquitto_") { "auto" } else { word }
        });
        let mut words: Vec<&str> = words.collect();
        if line.starts_with("New connection") {
            words.truncate(2);
            of.clear();
        } else if let Some(name) = words
            .iter()
            .map(|it| it.trim_end_matches('.'))
            .find(|it| ["Sub1", "Pub1", "Rr", "auto", "end"].contains(it))
        {
            name.clone_into(&mut of);
        }
        let at = told.iter().position(|(name, _)| *name == of).unwrap_or_else(|| {
            told.push((of.clone(), Vec::new()));
            told.len() - 1
        });
        told[at].1.push(words.join(" "));
    }
    told.sort();
    told
}

/// Ctrl-C ends mosquitto_sub with 0, and the shell that stands around it here with 130.
fn code_of(brought: &Brought) -> i32 {
    if brought.code == 130 { 0 } else { brought.code }
}

fn compare(name: &str, script: &[Do]) {
    let (real, ours) = (real(script).0, simulated(script).0);
    for (real, ours) in real.iter().zip(&ours) {
        let known = KNOWN.iter().any(|(words, _)| real.line.contains(words) || real.error.contains(words));
        if !known {
            assert_eq!(ours.output, real.output, "{name}: the output of {}", real.line);
        }
        let first = |text: &str| text.lines().next().map(str::to_owned);
        match known {
            true => assert_eq!(first(&ours.error), first(&real.error), "{name}: the errors of {}", real.line),
            false => assert_eq!(ours.error, real.error, "{name}: the errors of {}", real.line),
        }
        assert_eq!(code_of(ours), code_of(real), "{name}: the exit code of {}", real.line);
    }
    assert_eq!(real.len(), ours.len());
}

#[test]
fn the_version_is_known() {
    let told = Command::new("mosquitto_pub").arg("--version").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains(" version 2.0."), "another version may print other lines: {told}");
    std::io::stdout().write_all(told.as_bytes()).unwrap();
}

#[test]
fn the_five_tests_of_lab_1() {
    let sub = ["-q 0", "-q 0 -c", "-q 1 -c", "-q 0 -c", "-q 1 -c"];
    let publish = ["-q 0", "-q 0", "-q 1", "-q 1", "-q 0"];
    for number in 0..5 {
        let subscriber: &'static str =
            format!("mosquitto_sub -h localhost -i Sub1 -t \"test/message\" {}", sub[number]).leak();
        let publisher: &'static str = format!(
            "mosquitto_pub -h localhost -t \"test/message\" -m \"MESSAGE {}\" {}",
            number + 1,
            publish[number]
        )
        .leak();
        let script =
            [Wait(SUB, subscriber), Stop(SUB), Enter(PUB, publisher), Wait(SUB, subscriber), Stop(SUB)];
        compare("LAB 1", &script);
    }
}

#[test]
fn the_commands_of_lab_2() {
    compare(
        "temperature",
        &[
            Wait(SUB, "mosquitto_sub -h localhost -t \"/living_room/temperature\" -v -d"),
            Enter(PUB, "mosquitto_pub -h localhost -t \"/living_room/temperature\" -m \"33.3\" -d"),
            Enter(PUB, "mosquitto_pub -h localhost -t \"/living_room/temperature\" -m \"33.4\" -r -d"),
            Stop(SUB),
            Wait(SUB, "mosquitto_sub -h localhost -t \"/living_room/temperature\" -v -d -i s -q 1 -c"),
            Enter(PUB, "mosquitto_pub -h localhost -t \"/living_room/temperature\" -m \"33.5\" -d -q 1"),
            Stop(SUB),
        ],
    );
    compare(
        "wildcards",
        &[
            Wait(SUB, "mosquitto_sub -t 'deib/+/temperature' -t 'deib/eg1/#' -v"),
            Enter(PUB, "mosquitto_pub -t deib/eg1/temperature -m a"),
            Enter(PUB, "mosquitto_pub -t deib/L26/room.1/temperature -m b"),
            Enter(PUB, "mosquitto_pub -t deib/eg1/humidity -m c"),
            Stop(SUB),
        ],
    );
}

#[test]
fn what_mosquitto_sub_prints() {
    for line in [
        "mosquitto_sub -t a -C 2",
        "mosquitto_sub -t a -C 2 -v",
        "mosquitto_sub -t a -C 2 -N",
        "mosquitto_sub -t a -C 2 -d -q 2 -i S",
        "mosquitto_sub -t a -C 2 -d -q 1 -i S -V mqttv5",
        "mosquitto_sub -t a -C 2 -F '%t|%p|%q|%r|%l|%m|%x|%X|%%|%A'",
        "mosquitto_sub -t a -C 2 -F '[%5l|%-5l|%05l|%9t|%-9t|%.1t|%3p|%8p]\\n\\t@@'",
        "mosquitto_sub -t a -C 2 -q 2 -V 5 -F '%q %C %R %D %P %E %F'",
        "mosquitto_sub -t a -t b -T b -C 2 -v",
        "mosquitto_sub -t a -C 2 --quiet",
    ] {
        compare(
            "output",
            &[
                Wait(SUB, line),
                Enter(PUB, "mosquitto_pub -t b -m other"),
                Enter(PUB, "mosquitto_pub -t a -m '21.5 °C' -q 2"),
                Enter(
                    PUB,
                    "mosquitto_pub -t a -n -q 1 -V mqttv5 -D publish content-type text/plain -D publish user-property k v",
                ),
                Enter(PUB, "mosquitto_pub -t a -m last"),
                Stop(SUB),
            ],
        );
    }
}

#[test]
fn retained_messages_timeouts_and_unsubscribing() {
    compare(
        "retained",
        &[
            Enter(PUB, "mosquitto_pub -t r/1 -m one -r"),
            Enter(PUB, "mosquitto_pub -t r/2 -m two -r -q 1"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -C 2 -v"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -R -W 1"),
            Enter(SUB, "mosquitto_sub -t 'r/1' -W 1 -d"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -E -d -i e"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -U 'r/1' -E -d -i e"),
            Enter(PUB, "mosquitto_pub -t r/1 -n -r"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -C 1 -F '%t %r'"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -W 1 --remove-retained"),
            Enter(SUB, "mosquitto_sub -t 'r/#' -W 1"),
        ],
    );
}

#[test]
fn what_mosquitto_pub_sends() {
    for line in [
        "mosquitto_pub -t a -m x -d",
        "mosquitto_pub -t a -m x -d -q 1 -i P",
        "mosquitto_pub -t a -m x -d -q 2 -i P -V mqttv5",
        "mosquitto_pub -t a -m x -d -i P -V mqttv31",
        "mosquitto_pub -t a -m x --repeat 3 --repeat-delay 0.05 -d -i P",
        "mosquitto_pub -t a -m x --repeat 2 -q 1 -d -i P",
        "mosquitto_pub -t a -s -d -i P <<< 'one line'",
        "mosquitto_pub -t a -l -d -i P -q 1 <<< one",
        "echo three | mosquitto_pub -t a -l -i P",
        "for i in $(seq 1 3); do mosquitto_pub -t a -m \"number $i\" -q 1; done",
        "mosquitto_pub -t a -m x; echo $; echo 'a  b' c",
    ] {
        compare("pub", &[Wait(SUB, "mosquitto_sub -t a -v"), Enter(PUB, line), Stop(SUB)]);
    }
}

#[test]
fn wills_are_left_by_ctrl_c_of_no_one_who_disconnects() {
    compare(
        "will",
        &[
            Wait(SUB, "mosquitto_sub -t 'w/#' -v"),
            Wait(PUB, "mosquitto_sub -t x -i W --will-topic w/1 --will-payload gone --will-qos 1 -d"),
            Stop(PUB),
            Stop(SUB),
        ],
    );
}

#[test]
fn what_is_refused() {
    let lines = [
        "mosquitto_pub -m x",
        "mosquitto_pub -t a",
        "mosquitto_pub -t 'a/#' -m x",
        "mosquitto_pub -t a -m x -q 3",
        "mosquitto_pub -t a -m x -q",
        "mosquitto_pub -t a -m x --qos",
        "mosquitto_pub -t a -m x -k 3",
        "mosquitto_pub -t a -m x -n",
        "mosquitto_pub -t a -m x --foo",
        "mosquitto_pub -t a -m x -C 3",
        "mosquitto_pub -t a -m x -c",
        "mosquitto_pub -t a -m x -V 7",
        "mosquitto_pub -t a -m x -V",
        "mosquitto_pub -t a -m x -M 0",
        "mosquitto_pub -t a -m x -M",
        "mosquitto_pub -t a -m x -i a -I b",
        "mosquitto_pub -t a -m x --will-payload y",
        "mosquitto_pub -t a -m x --will-retain",
        "mosquitto_pub -t a -m x --will-qos 3",
        "mosquitto_pub -t a -m x --will-topic '+'",
        "mosquitto_pub -t a -m x --repeat 0",
        "mosquitto_pub -t a -m x --repeat-delay -1",
        "mosquitto_pub -t a -m x -x soon -V 5",
        "mosquitto_pub -t a -m x -x -2 -V 5",
        "mosquitto_pub -t a -m x -x -1 -V 5",
        "mosquitto_pub -t a -m x -L http://localhost/a",
        "mosquitto_pub -t a -m x -L mqtt://localhost",
        "mosquitto_pub -t a -m x -D publish",
        "mosquitto_pub -t a -m x -D post content-type x",
        "mosquitto_pub -t a -m x -D publish kind x",
        "mosquitto_pub -t a -m x -D publish receive-maximum 3",
        "mosquitto_pub -t a -f /nowhere",
        "mosquitto_pub --help",
        "mosquitto_sub",
        "mosquitto_sub -t a#",
        "mosquitto_sub -t a -r",
        "mosquitto_sub -t a -c",
        "mosquitto_sub -t a -C 0",
        "mosquitto_sub -t a -W 0",
        "mosquitto_sub -t a -F '%d'",
        "mosquitto_sub -t a -F '%'",
        "mosquitto_sub -t a -F '\\q'",
        "mosquitto_sub -t a -T 'a#'",
        "mosquitto_sub -t a -U 'a#'",
    ];
    // A broker each, most of whose time is waiting.
    std::thread::scope(|scope| {
        for lines in lines.chunks(8) {
            scope.spawn(move || lines.iter().for_each(|line| compare("refused", &[Enter(PUB, line)])));
        }
    });
}

#[test]
fn what_mosquitto_rr_asks_and_gets() {
    for line in [
        "mosquitto_rr -t q -e r -m hi -i R -d",
        "mosquitto_rr -t q -e r -m hi -i R -v -q 1",
        "mosquitto_rr -t q -e r -n -F '%t:%p'",
    ] {
        compare(
            "rr",
            &[
                Wait(SUB, "mosquitto_sub -V mqttv5 -t q -C 1 -F '%t %p %R'"),
                Wait(RR, line),
                Enter(PUB, "mosquitto_pub -t r -m answer"),
                Stop(SUB),
                Stop(RR),
            ],
        );
    }
    for line in
        ["mosquitto_rr -t q -m hi", "mosquitto_rr -e r/# -t q -m hi", "mosquitto_rr -t q -e r -m x -l"]
    {
        compare("rr", &[Enter(PUB, line)]);
    }
}

/// What the terminal of `mosquitto -v` shows beside what mosquitto itself logs. What no client of mosquitto's does
/// (keep alive that runs out, malformed packets, refusals of all kinds, in all versions) is compared packet by packet in
/// `mosquitto_log.rs`, through the same `VerboseLog`.
///
/// Known to differ: times are virtual, there are no addresses, a client without an identifier goes by its lifeline's name, and mosquitto's errors about its own sockets when it ends.
#[test]
fn the_brokers_log_in_a_terminal_reads_as_mosquittos() {
    for version in ["mqttv311", "mqttv5"] {
        let with = |line: &str| -> &'static str { line.replace("VERSION", version).leak() };
        let script = [
            Wait(SUB, with("mosquitto_sub -V VERSION -i Sub1 -t 'a/#' -t b -q 2 -c -x 60 -v")),
            Enter(PUB, with("mosquitto_pub -V VERSION -i Pub1 -t a/0 -m zero")),
            Enter(PUB, with("mosquitto_pub -V VERSION -i Pub1 -t a/1 -m one -q 1 -r")),
            Enter(PUB, with("mosquitto_pub -V VERSION -i Pub1 -t a/2 -m two -q 2 -u ann -P secret")),
            // Taken over: mosquitto_rr does not try again.
            Wait(RR, with("mosquitto_rr -V VERSION -i Rr -t question -e answer -m x -k 30")),
            Enter(PUB, with("mosquitto_pub -V VERSION -i Rr -t c -n")),
            Stop(RR),
            Enter(
                PUB,
                with(
                    "mosquitto_pub -V VERSION -t a/3 -m kept -q 1 --will-topic w --will-payload gone --will-qos 1",
                ),
            ),
            Enter(PUB, with("mosquitto_sub -V VERSION -i Pub1 -t d -c -x 60 -C 2 -W 1 -U b")),
            Enter(PUB, with("mosquitto_pub -V VERSION -i Pub1 -t a/1 -n -r")),
            Enter(PUB, with("mosquitto_sub -V VERSION -i Pub1 -t d -E")),
            Stop(SUB),
        ];
        let ((_, real), (_, ours)) = (real(&script), simulated(&script));
        let (real, ours) = (levelled(&real), levelled(&ours));
        assert!(real.len() == 6 && real.iter().all(|(_, lines)| lines.len() > 3), "{real:#?}");
        let names =
            |log: &[(String, Vec<String>)]| log.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&ours), names(&real), "{version}");
        for ((name, real), (_, ours)) in real.iter().zip(&ours) {
            for (at, (real, our)) in real.iter().zip(ours).enumerate() {
                assert_eq!(our, real, "{version}: line {at} of {name:?}: {ours:#?}");
            }
            assert_eq!(ours.len(), real.len(), "{version}: {ours:#?}");
        }
    }
}
