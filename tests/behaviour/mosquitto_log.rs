//! What `examples/broker -v` prints beside what mosquitto prints for the same bytes, which are of all kinds.
//!
//! Only what has to differ is levelled out: ports, made-up client identifiers, and the order of what one received packet
//! makes a broker send to several clients.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mqtt_playground::codec::{Framer, Version};

/// Longer than anything here takes: mosquitto looks for expired sessions every ten seconds.
const PATIENCE: Duration = Duration::from_secs(40);

/// `secret`, as mosquitto_passwd writes it.
const SECRET: &str = "$7$101$Bd/VFOXbWPtTmZ69$CZDG9yS0/VzkrbJl4pjNLOJc/LN4tevIhx43HjTOUepjnH2vwPU7tPFsBeMvEu5IRdCmjGhTv+mvLkJDZKMm6w==";

/// A running server; it ends with the test.
struct Server {
    process: Child,
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    folder: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whose program it is.
#[derive(Clone, Copy, Debug)]
enum Program {
    Mosquitto,
    Ours,
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn ours() -> PathBuf {
    // Cargo builds examples before tests, beside them.
    let broker = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples/broker");
    assert!(broker.exists(), "{} is missing: `cargo build --example broker`", broker.display());
    broker
}

impl Server {
    fn start(program: Program, name: &str, settings: &str) -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("mqtt-playground-log-{name}-{program:?}-{port}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("acl"), "topic readwrite a/#\n").unwrap();
        fs::write(folder.join("users"), format!("ann:{SECRET}\n")).unwrap();
        let acl = folder.join("acl").display().to_string();
        let users = folder.join("users").display().to_string();
        let settings = settings.replace("ACL", &acl).replace("USERS", &users);
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let base = format!(
            "listener {port} 127.0.0.1\nuser {user}\nlog_dest stderr\nlog_type all\nsys_interval 0\n"
        );
        let config = folder.join("mosquitto.conf");
        fs::write(&config, base + &settings).unwrap();
        let mut command = match program {
            Program::Ours => Command::new(ours()),
            Program::Mosquitto => Command::new("/usr/sbin/mosquitto"),
        };
        command
            .args(["-v", "-c"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| {
            panic!(
                "{program:?} does not start ({error}): install Debian's package mosquitto (`make test` does)"
            )
        });
        let lines = Arc::<Mutex<Vec<String>>>::default();
        for output in [
            Box::new(process.stdout.take().unwrap()) as Box<dyn Read + Send>,
            Box::new(process.stderr.take().unwrap()),
        ] {
            let lines = Arc::clone(&lines);
            // Ends with the server.
            std::thread::spawn(move || {
                BufReader::new(output)
                    .lines()
                    .map_while(Result::ok)
                    .for_each(|line| lines.lock().unwrap().push(line));
            });
        }
        let server = Self { process, port, lines, folder };
        server.until(match program {
            Program::Mosquitto => " running",
            Program::Ours => "tcp://",
        });
        server
    }

    /// Waits for a line with these words.
    fn until(&self, words: &str) {
        for _ in 0..PATIENCE.as_millis() / 10 {
            if self.lines.lock().unwrap().iter().any(|line| line.contains(words)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{words:?} is not in {:#?}", self.lines.lock().unwrap());
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Client { stream, framer: Framer::new(1 << 20) }
    }

    /// What it logged about its clients, with what has to differ levelled out.
    fn log(&self) -> Vec<String> {
        let mut told: Vec<String> = vec![];
        let mut sent = 0;
        for line in self.lines.lock().unwrap().iter() {
            let Some((time, line)) = line.split_once(": ") else { continue };
            let own = ["mosquitto version", "Config loaded", "Opening", "Note:", "Warning: Mosquitto"];
            if time.parse::<u64>().is_err() || own.iter().any(|words| line.starts_with(words)) {
                continue;
            }
            let line = line.split(' ').map(level).collect::<Vec<_>>().join(" ");
            sent = if line.starts_with("Sending ") { sent + 1 } else { 0 };
            told.push(line);
            let from = told.len() - sent;
            told[from..].sort();
        }
        told
    }
}

/// A word without ports and made-up identifiers.
fn level(word: &str) -> &str {
    match word {
        _ if word.starts_with("127.0.0.1:") => "127.0.0.1:PORT",
        _ if word.starts_with("auto-") => "AUTO",
        _ if word.len() == 6 && word.ends_with('.') && word[..5].parse::<u16>().is_ok() => "PORT.",
        _ => word,
    }
}

struct Client {
    stream: TcpStream,
    framer: Framer,
}

impl Client {
    fn send(&mut self, packet: &[u8]) -> &mut Self {
        self.stream.write_all(packet).unwrap();
        self
    }

    /// Reads the next packets, or fewer where the server closes.
    fn packets(&mut self, count: usize) -> Vec<Vec<u8>> {
        let (mut packets, mut chunk) = (vec![], [0; 4_096]);
        while packets.len() < count {
            match self.framer.next_frame().unwrap() {
                Some(packet) => packets.push(packet.to_vec()),
                None => match self.stream.read(&mut chunk).unwrap_or(0) {
                    0 => break,
                    len => self.framer.push(&chunk[..len]),
                },
            }
        }
        packets
    }

    /// Reads until the server has closed.
    fn closed(&mut self) {
        self.packets(usize::MAX);
    }
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat()
}

fn packet(first: u8, body: &[&[u8]]) -> Vec<u8> {
    let body = body.concat();
    let (mut packet, mut left) = (vec![first], body.len());
    while left > 0x7F {
        packet.push(left as u8 | 0x80);
        left >>= 7;
    }
    packet.push(left as u8);
    packet.extend(body);
    packet
}

/// No properties, where there may be some.
fn none(version: Version) -> &'static [u8] {
    if version == Version::V5 { &[0] } else { &[] }
}

struct Connect {
    version: Version,
    flags: u8,
    keep_alive: u16,
    properties: Vec<u8>,
    rest: Vec<u8>,
}

impl Connect {
    fn new(version: Version) -> Self {
        Self { version, flags: 2, keep_alive: 60, properties: vec![], rest: vec![] }
    }

    fn packet(&self, id: &str) -> Vec<u8> {
        let (name, level) = match self.version {
            Version::V31 => ("MQIsdp", 3),
            Version::V311 => ("MQTT", 4),
            Version::V5 => ("MQTT", 5),
        };
        let len = [self.properties.len() as u8];
        let properties: &[u8] = if level == 5 { &[&len[..], &self.properties].concat() } else { &[] };
        let keep_alive = self.keep_alive.to_be_bytes();
        packet(0x10, &[&text(name), &[level, self.flags], &keep_alive, properties, &text(id), &self.rest])
    }
}

/// Connects and reads CONNACK.
fn enter(server: &Server, connect: &Connect, id: &str) -> Client {
    let mut client = server.connect();
    assert_eq!(client.send(&connect.packet(id)).packets(1)[0][0], 0x20);
    client
}

/// Every kind of packet, both ways, and every common way to come and go.
fn session(server: &Server, version: Version) {
    let v = version.as_str();
    let (sub_id, pub_id, plain, none) =
        (format!("sub{v}"), format!("pub{v}"), Connect::new(version), none(version));
    let mut sub = enter(server, &plain, &sub_id);
    sub.send(&packet(0x82, &[&[0, 1], none, &text("a/#"), &[2], &text("b/+"), &[0]])).packets(1);
    let credentials = [none, &text("w/t"), &text("gone"), &text("ann"), &text("secret")].concat();
    let with_will = Connect { flags: 0xEE, keep_alive: 30, rest: credentials, ..Connect::new(version) };
    let mut publisher = enter(server, &with_will, &pub_id);
    publisher.send(&packet(0x30, &[&text("a/b"), none, b"hello"]));
    sub.packets(1);
    publisher.send(&packet(0x32, &[&text("a/b"), &[0, 9], none, b"hello"])).packets(1);
    sub.packets(1);
    sub.send(&[0x40, 2, 0, 1]).send(&[0xC0, 0]).packets(1);
    publisher.send(&packet(0x34, &[&text("a/b"), &[0, 9], none, b""])).packets(1);
    publisher.send(&[0x62, 2, 0, 9]).packets(1);
    sub.packets(1);
    sub.send(&[0x50, 2, 0, 2]).packets(1);
    sub.send(&[0x70, 2, 0, 2]).send(&[0xC0, 0]).packets(1);
    publisher.send(&packet(0x31, &[&text("a/r"), none, b"keep"]));
    sub.packets(1);
    sub.send(&packet(0xA2, &[&[0, 2], none, &text("a/#"), &text("never")])).packets(1);
    sub.send(&packet(0x82, &[&[0, 3], none, &text("a/r"), &[1]])).packets(2);
    sub.send(&[0x40, 2, 0, 77]).send(&[0x62, 2, 0, 77]).packets(1);
    // The will goes to nobody.
    drop(publisher);
    server.until(&format!("Client {pub_id} closed"));
    let mut second = enter(server, &plain, &sub_id);
    sub.closed();
    second.send(&[0xE0, 0]).closed();
    let mut clear = enter(server, &plain, "clear");
    clear.send(&packet(0x31, &[&text("a/r"), none])).send(&[0xC0, 0]).packets(1);
    clear.send(&[0xE0, 0]).closed();
    astray(server, version);
}

/// What ends connections.
fn astray(server: &Server, version: Version) {
    let plain = Connect::new(version);
    let v = version.as_str();
    for (name, wrong) in [("qos3", vec![0x36, 2, 0, 0]), ("twice", plain.packet("twice"))] {
        enter(server, &plain, &format!("{name}-{v}")).send(&wrong).closed();
    }
    // Another first packet than CONNECT, and a level that there is not.
    server.connect().send(&[0xC0, 0]).closed();
    server.connect().send(&packet(0x10, &[&text("MQTT"), &[2, 2, 0, 60], &text("x")])).closed();
    let unclean = Connect { flags: 0, ..Connect::new(version) };
    if version == Version::V5 {
        let mut unnamed = enter(server, &unclean, "");
        unnamed.send(&[0xE0, 0]).closed();
        let expiring = Connect { flags: 0, properties: vec![0x11, 0, 0, 0, 1], ..Connect::new(version) };
        drop(enter(server, &expiring, "brief"));
        server.until("Expiring client brief");
        let mut alias = enter(server, &plain, "alias");
        alias.send(&packet(0x30, &[&text("long"), &[3, 0x23, 0, 1], b"1"]));
        alias.send(&packet(0x30, &[&text(""), &[3, 0x23, 0, 1], b"2"]));
        alias.send(&packet(0x30, &[&text(""), &[3, 0x23, 0, 2], b"3"])).closed();
    } else {
        server.connect().send(&unclean.packet("")).closed();
    }
    if version == Version::V311 {
        let mut unnamed = enter(server, &plain, "");
        unnamed.send(&[0xE0, 0]).closed();
    }
    let impatient = Connect { keep_alive: 1, ..Connect::new(version) };
    enter(server, &impatient, &format!("quiet-{v}")).closed();
}

fn compare(name: &str, settings: &str, play: impl Fn(&Server) + Sync) {
    let log = |program| {
        let server = Server::start(program, name, settings);
        play(&server);
        // All that was before it is in the log then.
        let rest = [text("ann"), text("secret")].concat();
        let ann = Connect { flags: 0xC2, rest, ..Connect::new(Version::V311) };
        enter(&server, &ann, "end").send(&[0xE0, 0]).closed();
        server.until("Client end disconnected.");
        server.log()
    };
    // Both at once: what takes long is waiting for the keep alive to run out.
    let (ours, mosquitto) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| log(Program::Mosquitto));
        (log(Program::Ours), theirs.join().unwrap())
    });
    assert!(mosquitto.len() > 5, "{mosquitto:#?}");
    for (at, (theirs, mine)) in mosquitto.iter().zip(&ours).enumerate() {
        let before = &mosquitto[at.saturating_sub(6)..at];
        assert_eq!(
            mine,
            theirs,
            "line {at}, after {before:#?}, before {:#?}",
            &ours[at..ours.len().min(at + 6)]
        );
    }
    assert_eq!(ours.len(), mosquitto.len());
}

#[test]
fn sessions_of_all_versions_read_as_mosquittos_log() {
    assert!(Path::new("/usr/sbin/mosquitto").exists(), "install Debian's package mosquitto");
    compare("sessions", "allow_anonymous true\n", |server| {
        for version in Version::ALL {
            session(server, version);
        }
    });
}

#[test]
fn what_is_refused_reads_as_mosquittos_log() {
    let settings =
        "allow_anonymous true\nacl_file ACL\nmessage_size_limit 20\nmax_packet_size 100\nmax_keepalive 600\n";
    compare("refusals", settings, |server| {
        let plain = Connect { keep_alive: 900, ..Connect::new(Version::V5) };
        let mut publisher = enter(server, &plain, "pub");
        for (qos, id) in [(0u8, &[][..]), (1, &[0, 9]), (2, &[0, 9])] {
            publisher.send(&packet(0x30 | qos << 1, &[&text("b/b"), id, &[0], b"no"]));
        }
        publisher.packets(2);
        publisher.send(&packet(0x30, &[&text("a/b"), &[0], &[b'x'; 30]])).send(&[0xC0, 0]).packets(1);
        publisher.send(&packet(0x30, &[&text("a/b"), &[0], &[b'x'; 200]])).closed();
        let method = [&[0x15][..], &text("Nothing")].concat();
        let mut stranger = server.connect();
        stranger
            .send(&Connect { properties: method, ..Connect::new(Version::V5) }.packet("stranger"))
            .closed();
    });
}

#[test]
fn strangers_read_as_in_mosquittos_log() {
    compare("strangers", "allow_anonymous false\npassword_file USERS\n", |server| {
        for version in Version::ALL {
            server.connect().send(&Connect::new(version).packet("stranger")).closed();
        }
    });
}
