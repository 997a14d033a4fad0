//! Terminals and virtual time.

use mqtt_playground::console::{Completion, Console, Explained, MAX_TERMINALS, Stream, explain, wrong_file};
use mqtt_playground::sim::{Action, BROKERS, Record, Scenario, Sim};
use mqtt_playground::time::{Duration, Instant};

struct Rig {
    sim: Sim,
    console: Console,
}

impl Rig {
    fn new() -> Self {
        let (sim, mut console) = (Sim::new(Scenario::default()), Console::new());
        for _ in 0..2 {
            console.open().unwrap();
        }
        Self { sim, console }
    }

    fn enter(&mut self, terminal: usize, line: &str) {
        self.console.enter(&mut self.sim, terminal, line);
    }

    /// All that stands in a terminal at the cursor.
    fn text(&self, terminal: usize) -> String {
        let printed = self.console.lines(terminal, self.sim.cursor());
        let bytes: Vec<u8> = printed.flat_map(|it| it.bytes.clone()).collect();
        String::from_utf8(bytes).unwrap()
    }

    fn is_at_prompt(&self, terminal: usize) -> bool {
        self.console.is_at_prompt(terminal, self.sim.cursor())
    }
}

const SUB: usize = 0;
const PUB: usize = 1;

#[test]
fn enter_runs_time_until_the_prompt_returns_or_a_program_waits() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a -v");
    assert!(!rig.is_at_prompt(SUB));
    assert_eq!(rig.text(SUB), "mosquitto_sub -t a -v\n");
    rig.enter(PUB, "mosquitto_pub -t a -m x -q 1");
    assert!(rig.is_at_prompt(PUB));
    assert_eq!(rig.text(SUB), "mosquitto_sub -t a -v\na x\n");
    rig.console.interrupt(&mut rig.sim, SUB);
    assert!(rig.is_at_prompt(SUB));
    assert_eq!(rig.text(SUB), "mosquitto_sub -t a -v\na x\n^C\n");
    assert_eq!(rig.console.exit_code(SUB, rig.sim.cursor()), 130);
}

#[test]
fn rewinding_time_rewinds_the_terminals_and_a_line_in_the_past_goes_on_from_there() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a -C 2");
    let waiting = rig.sim.cursor();
    rig.enter(PUB, "mosquitto_pub -t a -m one");
    rig.enter(PUB, "mosquitto_pub -t a -m two");
    let (last, both) = (rig.sim.cursor(), rig.text(SUB));
    assert_eq!(both, "mosquitto_sub -t a -C 2\none\ntwo\n");
    assert!(rig.is_at_prompt(SUB));

    rig.sim.seek(waiting);
    assert_eq!(rig.text(SUB), "mosquitto_sub -t a -C 2\n");
    assert_eq!(rig.text(PUB), "");
    assert!(!rig.is_at_prompt(SUB));
    rig.sim.seek(last);
    assert_eq!(rig.text(SUB), both, "looking back changes nothing");

    rig.sim.seek(waiting);
    rig.enter(PUB, "mosquitto_pub -t a -m other -q 2");
    assert_eq!(rig.text(SUB), "mosquitto_sub -t a -C 2\nother\n");
    assert_eq!(rig.text(PUB), "mosquitto_pub -t a -m other -q 2\n");
    assert!(!rig.is_at_prompt(SUB), "one more message is waited for");
}

#[test]
fn what_the_terminals_did_is_in_the_worlds_record() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a -C 1 -q 2");
    rig.enter(PUB, "sleep 2; mosquitto_pub -t a -m x -q 2");
    rig.sim.settle(1_000);
    let again = Sim::of_record(&rig.sim.record()).unwrap();
    let frames = |sim: &Sim| sim.capture().frames().map(|it| (it.sent, it.bytes.clone())).collect::<Vec<_>>();
    let mut settled = again;
    settled.settle(1_000);
    assert_eq!(frames(&settled), frames(&rig.sim));
    let ends: Vec<String> = rig.sim.capture().ends().iter().map(|end| end.name.to_string()).collect();
    assert_eq!(ends, ["Broker", "mosquitto_sub", "mosquitto_pub"]);
}

#[test]
fn sleep_and_timeouts_take_virtual_time() {
    let mut rig = Rig::new();
    rig.enter(SUB, "sleep 1.5; echo slept; mosquitto_sub -t a -W 10; sleep 2; mosquitto_pub -t a -m x");
    let printed: Vec<_> = rig.console.lines(SUB, rig.sim.cursor()).map(|it| it.at.as_micros()).collect();
    assert_eq!(printed, [0, 1_500_000, 11_500_000]);
    assert!(rig.sim.now() >= Instant::ZERO + Duration::from_millis(13_500));
    assert!(rig.is_at_prompt(SUB));
}

#[test]
fn the_background_goes_on_while_other_lines_run() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a & mosquitto_pub -t a -m x; mosquitto_pub -t a -m y");
    assert!(rig.is_at_prompt(SUB));
    let lines = rig.text(SUB);
    assert!(lines.ends_with("[1] 1001\nx\ny\n"), "{lines}");
}

#[test]
fn what_others_do_to_the_world_reaches_the_terminals() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a");
    let client = rig.sim.client_count() - 1;
    rig.sim.act(client, Action::Leave).unwrap();
    rig.console.follow(&mut rig.sim);
    assert!(rig.is_at_prompt(SUB));
    assert_eq!(rig.text(SUB), "mosquitto_sub -t a\nError: it has left\n");
}

#[test]
fn mosquitto_sub_tries_a_lost_connection_again() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a -d");
    let client = rig.sim.client_count() - 1;
    let at = rig.sim.now();
    rig.sim.act(client, Action::Cut).unwrap();
    rig.console.follow(&mut rig.sim);
    assert!(rig.sim.now() >= at + Duration::from_secs(1));
    assert_eq!(rig.text(SUB).matches("sending CONNECT").count(), 2);
    rig.enter(PUB, "mosquitto_pub -t a -m x");
    assert!(rig.text(SUB).ends_with("\nx\n"), "{}", rig.text(SUB));
    // While nobody listens it waits.
    rig.enter(PUB, "service mosquitto stop");
    let at = rig.sim.now();
    rig.enter(PUB, "service mosquitto status");
    assert_eq!(rig.sim.now(), at);
    assert!(!rig.is_at_prompt(SUB));
    rig.enter(PUB, "service mosquitto start; sleep 2; mosquitto_pub -t a -m y");
    assert!(rig.text(SUB).ends_with("\ny\n"), "{}", rig.text(SUB));
}

#[test]
fn errors_say_what_is_wrong() {
    let mut rig = Rig::new();
    for (line, error, code) in [
        ("nmap localhost", "sh: nmap: command not found\n", 127),
        ("echo 'a", "sh: unexpected end of line while looking for matching '\n", 2),
        ("mosquitto_pub -p 1884 -t a -m x", "Error: Connection refused\n", 1),
        (
            "mosquitto_pub -h test.mosquitto.org -t a -m x",
            "# test.mosquitto.org is not in this tab: on a real network the program would connect to it. The page Connect \
             does.\nUnable to connect (Lookup error.).\n",
            1,
        ),
        (
            "mosquitto_pub -t a -m x --insecure",
            "# --insecure would set up TLS; in the tab there is none.\n",
            0,
        ),
    ] {
        rig.enter(PUB, line);
        let last = rig.console.lines(PUB, rig.sim.cursor()).last().unwrap();
        assert_eq!(
            (last.stream, String::from_utf8(last.bytes.clone()).unwrap().as_str()),
            (Stream::Error, error)
        );
        assert_eq!(rig.console.exit_code(PUB, rig.sim.cursor()), code, "{line}");
    }
    let mut console = Console::new();
    assert_eq!((0..=MAX_TERMINALS).filter_map(|_| console.open()).count(), MAX_TERMINALS);
}

#[test]
fn the_broker_is_stopped_and_started_with_its_log_beside_it() {
    let mut rig = Rig::new();
    rig.enter(PUB, "mosquitto_pub -t kept -m x -r");
    rig.enter(SUB, "mosquitto -v");
    assert_eq!(rig.text(SUB), "mosquitto -v\nError: Address already in use\n");
    rig.enter(SUB, "sudo service mosquitto stop; service mosquitto status");
    assert!(rig.text(SUB).ends_with("mosquitto is not running.\n"), "{}", rig.text(SUB));
    rig.enter(PUB, "mosquitto_pub -t a -m x");
    assert!(rig.text(PUB).ends_with("Error: Connection refused\n"));

    rig.enter(SUB, "sudo mosquitto -v -c /etc/mosquitto/mosquitto.conf");
    assert!(!rig.is_at_prompt(SUB));
    rig.enter(PUB, "mosquitto_sub -i Sub1 -t kept -C 1 -q 1");
    assert!(
        rig.text(PUB).ends_with("x\n"),
        "what was retained is still there: {}\n{}",
        rig.text(PUB),
        rig.text(SUB)
    );
    let log = rig.text(SUB);
    for line in [
        "mosquitto version 2.0.11 starting",
        "New client connected from Sub1 as Sub1 (p2, c1, k60).",
        "Sending CONNACK to Sub1 (0, 0)",
        "Received SUBSCRIBE from Sub1",
        "Sending PUBLISH to Sub1 (d0, q0, r1, m0, 'kept', ... (1 bytes))",
        "Client Sub1 disconnected.",
    ] {
        assert!(log.contains(&[": ", line, "\n"].concat()), "{line}: {log}");
    }
    rig.console.interrupt(&mut rig.sim, SUB);
    assert!(rig.is_at_prompt(SUB));
    assert!(rig.text(SUB).ends_with("mosquitto version 2.0.11 terminating\n"));
    rig.enter(SUB, "tail -2 /var/log/mosquitto/mosquitto.log");
    let log = rig.text(SUB);
    assert!(log.contains("Client Sub1 disconnected.\n") && log.ends_with(" terminating\n"), "{log}");
    assert!(!log.rsplit("tail").next().unwrap().contains("Received"), "no packets without -v");
}

#[test]
fn pkill_ends_the_broker_and_the_programs_that_are_called_so_too() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t a");
    rig.enter(PUB, "sudo pkill mosquitto");
    assert!(rig.is_at_prompt(SUB));
    assert_eq!(rig.console.exit_code(PUB, rig.sim.cursor()), 0);
    rig.enter(PUB, "clear; pkill mosquitto");
    assert_eq!(rig.console.exit_code(PUB, rig.sim.cursor()), 1, "none is left");
}

#[test]
fn a_stopped_broker_is_the_worlds() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -i Sub1 -c -q 1 -t a -v");
    rig.enter(PUB, "mosquitto_pub -t kept -m x -r; service mosquitto stop");
    assert!(rig.sim.is_stopped(0) && !rig.is_at_prompt(SUB), "mosquitto_sub tries again");
    // Somebody else's client, and a terminal's.
    rig.enter(PUB, "mosquitto_pub -d -t a -m lost");
    assert!(rig.text(PUB).ends_with("Error: Connection refused\n") && !rig.text(PUB).contains("CONNECT"));
    assert_eq!(rig.console.exit_code(PUB, rig.sim.cursor()), 1);
    let refused =
        |rig: &Rig| rig.sim.capture().notes().any(|note| note.text.starts_with("connection refused"));
    assert!(refused(&rig));
    // Without a file of settings there is no persistence.
    rig.enter(PUB, "clear; mosquitto -d; mosquitto_sub -t kept -W 1");
    assert!(!rig.sim.is_stopped(0));
    assert!(rig.text(PUB).ends_with("Timed out\n"), "{}", rig.text(PUB));
    rig.enter(PUB, "clear; sudo service mosquitto restart; sleep 2; mosquitto_pub -t a -m back -q 1");
    assert!(rig.text(SUB).ends_with("a back\n"), "{}", rig.text(SUB));
    // Stopped by the page, the broker of a terminal ends.
    rig.enter(PUB, "service mosquitto stop; mosquitto -v");
    assert!(!rig.is_at_prompt(PUB));
    rig.sim.act(BROKERS, Action::StopBroker).unwrap();
    rig.console.follow(&mut rig.sim);
    assert!(rig.is_at_prompt(PUB));
    assert!(rig.text(PUB).ends_with(": mosquitto version 2.0.11 terminating\n"), "{}", rig.text(PUB));
}

#[test]
fn the_brokers_own_topics_of_lab_2_are_printed() {
    let mut rig = Rig::new();
    rig.enter(SUB, "mosquitto_sub -t '$SYS/broker/uptime' -C 1");
    assert!(rig.text(SUB).contains("publish no $SYS topics"), "{}", rig.text(SUB));
    assert!(rig.sim.now() < Instant::from_millis(1_000), "none come, so none are waited for");
    rig.console.interrupt(&mut rig.sim, SUB);
    rig.enter(PUB, "sleep 7; sudo service mosquitto restart");
    // As mosquitto, it publishes them when it starts, then every ten seconds.
    for (command, expected) in [
        ("mosquitto_sub -t '$SYS/broker/uptime' -C 1", "0 seconds\n"),
        ("mosquitto_sub -t '$SYS/broker/clients/connected' -C 1", "0\n"),
        ("sleep 10; mosquitto_sub -t '$SYS/broker/uptime' -C 2", "10 seconds\n20 seconds\n"),
    ] {
        rig.enter(SUB, &["clear; ", command].concat());
        let text = rig.text(SUB);
        assert!(text.ends_with(expected) && rig.is_at_prompt(SUB), "{command}: {text}");
    }
    rig.enter(SUB, "clear; mosquitto_sub -t '$SYS/broker/messages/received' -C 1");
    let text = rig.text(SUB);
    let told = text.rsplit('J').next().and_then(|line| line.trim().parse::<u32>().ok());
    assert!(told.is_some_and(|received| received > 5), "{text}");
    rig.enter(SUB, "clear; mosquitto_sub -t '$SYS/broker/uptime'");
    assert!(rig.text(SUB).ends_with("20 seconds\n") && !rig.is_at_prompt(SUB), "it goes on");
    // With a disk, too, nothing of them is older than the broker.
    rig.enter(PUB, "service mosquitto restart; sleep 3");
    rig.enter(PUB, "clear; mosquitto_sub -t '$SYS/broker/uptime' -C 1");
    assert!(rig.text(PUB).ends_with("0 seconds\n"), "{}", rig.text(PUB));
}

#[test]
fn a_terminal_is_on_the_machine_of_one_broker_and_reaches_the_others() {
    let lines = "another-broker \"Edge 1\"\nclient pub1";
    let mut rig = Rig { sim: Sim::new(Record::from_lines(lines).unwrap().0.scenario), ..Rig::new() };
    rig.enter(SUB, "mosquitto_sub -t a -v &");
    rig.enter(SUB, "mosquitto_sub -h edge-1 -t a -v");
    rig.enter(PUB, "mosquitto_pub -t a -m first; mosquitto_pub -h 'Edge 1' -t a -m edge");
    assert!(rig.text(SUB).ends_with("a first\na edge\n"), "{}", rig.text(SUB));
    rig.enter(PUB, "clear; mosquitto_pub -h elsewhere -t a -m x");
    assert!(rig.text(PUB).contains("elsewhere is not in this tab"));

    rig.enter(PUB, "clear; ssh edge-1; echo 'allow_anonymous false' > /etc/mosquitto/mosquitto.conf");
    assert_eq!(rig.console.home(PUB, rig.sim.cursor()), 1);
    rig.enter(PUB, "nano /tmp/only-here");
    let step = rig.sim.cursor();
    rig.console.save_at(&mut rig.sim, PUB, Some("x"), Instant::ZERO);
    for (terminal, insert) in [(SUB, ""), (PUB, "-here ")] {
        assert_eq!(rig.console.complete(&rig.sim, (terminal, step), "cat /tmp/only").insert, insert);
    }
    for (line, code, home) in [
        ("exit 3", 3, 0),
        ("ssh -p 22 pi@edge-1", 0, 1),
        ("exit", 0, 0),
        ("ssh edge-1 ls", 255, 0),
        ("ssh", 255, 0),
        ("ssh pi@nowhere", 255, 0),
        ("ssh 'Edge 1'", 0, 1),
    ] {
        rig.enter(PUB, line);
        let step = rig.sim.cursor();
        assert_eq!((rig.console.exit_code(PUB, step), rig.console.home(PUB, step)), (code, home), "{line}");
    }
    rig.enter(PUB, "service mosquitto restart; cat /var/log/mosquitto/mosquitto.log");
    let log = rig.text(PUB);
    assert!(
        log.contains("New client connected") && log.contains("mosquitto version 2.0.11 running"),
        "{log}"
    );
    let allowed: Vec<bool> = rig.sim.brokers().map(|(_, broker)| broker.config().allow_anonymous).collect();
    assert_eq!(allowed, [true, false]);
    rig.enter(PUB, "clear; mosquitto_pub -t a -m x");
    assert!(rig.text(PUB).contains("not authorised"), "{}", rig.text(PUB));
    rig.enter(PUB, "service mosquitto stop; clear; exit; service mosquitto status; ssh nowhere");
    let text = rig.text(PUB);
    assert!(text.contains("mosquitto is running.") && text.contains("Could not resolve"), "{text}");
    assert_eq!((rig.sim.is_stopped(BROKERS), rig.sim.is_stopped(BROKERS + 1)), (false, true));
    rig.enter(PUB, "clear; cat /etc/mosquitto/mosquitto.conf");
    assert!(rig.text(PUB).contains("allow_anonymous true"), "each machine has its own files");
}

#[test]
fn the_broker_takes_its_files_when_it_starts_and_they_go_back_with_time() {
    let mut rig = Rig::new();
    rig.enter(SUB, "nano /etc/mosquitto/mosquitto.conf");
    let edited = rig.sim.cursor();
    let (path, text) = rig.console.editing(SUB, edited).unwrap();
    assert_eq!(path, "/etc/mosquitto/mosquitto.conf");
    assert!(text.contains("allow_anonymous true"));
    let conf =
        "allow_anonymous false\npassword_file /etc/mosquitto/passwd\nacl_file /etc/mosquitto/aclfile\n";
    assert_eq!(wrong_file(path, conf), None);
    assert!(wrong_file(path, "nonsense 1\n").unwrap().contains("line 1: nonsense"));
    rig.console.save_at(&mut rig.sim, SUB, Some(conf), Instant::ZERO);
    assert!(rig.is_at_prompt(SUB));
    rig.enter(PUB, "mosquitto_pub -t a -m x -q 1");
    rig.enter(PUB, "mosquitto_passwd -c -b /etc/mosquitto/passwd ann secret");
    rig.enter(
        PUB,
        "echo 'user ann' > /etc/mosquitto/aclfile; echo 'topic read news/#' >> /etc/mosquitto/aclfile",
    );
    rig.enter(PUB, "service mosquitto restart; clear; mosquitto_pub -t news -m x");
    assert!(
        rig.text(PUB).ends_with("not authorised.\nError: The connection was refused.\n"),
        "{}",
        rig.text(PUB)
    );
    rig.enter(SUB, "mosquitto_sub -u ann -P secret -t news/# -E -d");
    assert!(rig.text(SUB).contains("Subscribed (mid: 1): 0"), "{}", rig.text(SUB));
    rig.enter(PUB, "clear; mosquitto_pub -V 5 -u ann -P secret -t news/a -m x -q 1");
    assert!(rig.text(PUB).contains("failed: Not authorized"), "{}", rig.text(PUB));
    rig.sim.seek(edited);
    rig.enter(PUB, "clear; cat /etc/mosquitto/aclfile; mosquitto_pub -t a -m x");
    assert!(rig.text(PUB).contains("# user ann"), "{}", rig.text(PUB));
    rig.enter(PUB, "clear; mosquitto_sub -t a > /file");
    assert!(rig.text(PUB).ends_with("stays in the terminal here\n"));
}

#[test]
fn tab_completes_what_has_one_way_to_go_on() {
    let mut rig = Rig::new();
    rig.enter(PUB, "mosquitto_pub -i Pub1 -t 'news/now today' -m x");
    rig.enter(PUB, "mosquitto_pub -t news/later -m x");
    for (before, insert, offers) in [
        ("mosquitto_r", "r ", &[][..]),
        (
            "mosq",
            "uitto",
            &["mosquitto", "mosquitto_passwd", "mosquitto_pub", "mosquitto_rr", "mosquitto_sub"],
        ),
        ("sudo serv", "ice ", &[]),
        ("service mosquitto st", "", &["start", "status", "stop"]),
        ("echo a; mosquitto_pub --ret", "ain ", &[]),
        ("mosquitto_sub -V mqttv31", "1 ", &[]),
        ("mosquitto_sub -t news/", "", &["news/later", "news/now today"]),
        ("mosquitto_sub -t news/l", "ater ", &[]),
        ("mosquitto_sub -t 'news/n", "ow today' ", &[]),
        ("mosquitto_sub -i P", "ub1 ", &[]),
        ("mosquitto -v -c /etc/mosquitto/m", "osquitto.conf ", &[]),
        ("cat /v", "ar/log/mosquitto/mosquitto.log ", &[]),
        ("mosquitto_pub -V 5 -D publish content", "-type ", &[]),
        ("mosquitto_pub -m hel", "", &[]),
        ("nonsense -", "", &[]),
    ] {
        let completion = rig.console.complete(&rig.sim, (SUB, rig.sim.cursor()), before);
        let offers: Vec<String> = offers.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(completion, Completion { insert: insert.to_owned(), offers }, "{before}");
    }
}

#[test]
fn a_hint_tells_what_a_line_will_do() {
    for (line, text, is_error) in [
        (
            "mosquitto_sub -i Sub1 -t a -t b/# -q 1 -c",
            "Connects Sub1 with a kept session, subscribes to a, b/# at QoS 1.",
            false,
        ),
        (
            "mosquitto_pub -t a -m hello -r &",
            "Connects a new client, publishes 5 bytes to a at QoS 0, retained. The prompt is back at once.",
            false,
        ),
        ("sudo mosquitto_pub -t a", "It lacks a topic or a message.", true),
        ("mosquitto_sub -t a -z", "Unknown option '-z' (word 4).", true),
        (
            "mosquitto_sub -t a/#/b",
            "Invalid subscription topic 'a/#/b', are all '+' and '#' wildcards correct? (word 3).",
            true,
        ),
        ("echo 'a", "Unexpected end of line while looking for matching '", true),
        ("sleep 1; echo b", "Waits so many seconds of virtual time. Then 1 more.", false),
        ("for i in $(seq 1 3); do echo $i; done", "Runs its commands once for each value.", false),
    ] {
        assert_eq!(explain(line), Some(Explained { text: text.to_owned(), is_error }), "{line}");
    }
    assert_eq!((explain(" "), explain("nonsense")), (None, None));
}
