//! Mosquitto's own clients talk through `examples/broker` over TCP, and tokio-tungstenite's over WebSocket.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, http::HeaderValue};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running broker; it ends with the test.
struct Broker {
    process: Child,
    tcp_port: String,
    ws: String,
    decisions: mpsc::Receiver<String>,
}

/// Cargo builds examples before tests, beside them: target/debug/deps/this and target/debug/examples/broker.
fn program() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let broker = this.ancestors().nth(2).unwrap().join("examples/broker");
    assert!(
        broker.exists(),
        "{} is missing: build it with `cargo build --example broker` (plain `cargo test` does)",
        broker.display()
    );
    broker
}

impl Broker {
    fn start() -> Self {
        Self::start_with(&["--tcp", "127.0.0.1:0", "--ws", "127.0.0.1:0", "--decisions"])
    }

    fn start_with(arguments: &[&str]) -> Self {
        let mut process = Command::new(program()).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (sender, decisions) = mpsc::channel();
        // Ends with the broker, or with the test.
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let next = || decisions.recv_timeout(PATIENCE).unwrap();
        let tcp_port = next().strip_prefix("tcp://127.0.0.1:").unwrap().to_owned();
        Self { process, tcp_port, ws: next(), decisions }
    }

    /// Waits for a decision with these words.
    fn decides(&self, words: &str) {
        let mut seen = vec![];
        while !seen.last().is_some_and(|line: &String| line.contains(words)) {
            match self.decisions.recv_timeout(PATIENCE) {
                Ok(line) => seen.push(line),
                Err(error) => panic!("{words:?} does not come ({error}) after {seen:#?}"),
            }
        }
    }

    /// Starts `mosquitto_pub` or `mosquitto_sub` at this broker.
    fn client(&self, program: &str, arguments: &[&str]) -> Client {
        let process = Command::new(program)
            .args(["-h", "127.0.0.1", "-p", &self.tcp_port])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let process = process.unwrap_or_else(|error| {
            panic!("{program} does not start ({error}): install Debian's package mosquitto-clients (`make test` does)")
        });
        Client { process, name: format!("{program} {}", arguments.join(" ")) }
    }

    fn publish(&self, arguments: &[&str]) {
        let mut client = self.client("mosquitto_pub", arguments);
        let mut errors = String::new();
        client.process.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        let status = client.process.wait().unwrap();
        assert!(status.success(), "{}: {status} {errors}", client.name);
    }

    /// Starts a subscriber and waits for its subscription.
    fn subscribe(&self, id: &str, arguments: &[&str]) -> Subscriber {
        // -W: should the test be stuck, it ends.
        let mut client = self.client("mosquitto_sub", &[&["-W", "60", "-i", id], arguments].concat());
        let lines = BufReader::new(client.process.stdout.take().unwrap()).lines();
        self.decides(&format!("{id} to "));
        Subscriber { client, lines }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client's process; it ends with the test.
struct Client {
    process: Child,
    name: String,
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Subscriber {
    client: Client,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Subscriber {
    /// The next messages.
    fn messages(&mut self, count: usize) -> Vec<String> {
        let messages: Vec<_> = self.lines.by_ref().take(count).map(Result::unwrap).collect();
        assert_eq!(messages.len(), count, "{} ends after {messages:?}", self.client.name);
        messages
    }
}

/// A client identifier of its own; 3.1 takes 23 characters.
fn client_id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("client{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

const VERSIONS: [&str; 3] = ["mqttv31", "mqttv311", "mqttv5"];

#[test]
fn every_qos_goes_from_client_to_client() {
    let broker = Broker::start();
    for version in VERSIONS {
        for subscribed in ["0", "1", "2"] {
            // %q is the QoS of the delivery, %r its RETAIN flag
            let arguments =
                ["-V", version, "-q", subscribed, "-t", "deib/+/temperature", "-F", "%t %q %r %p"];
            let mut subscriber = broker.subscribe(&client_id(), &arguments);
            let mut expected = vec![];
            for published in ["0", "1", "2"] {
                let arguments =
                    ["-V", version, "-q", published, "-t", "deib/eg1/temperature", "-m", published];
                broker.publish(&arguments);
                // 3.1.1 MQTT-3.8.4-6: the lower of published and granted
                let qos = published.min(subscribed);
                expected.push(format!("deib/eg1/temperature {qos} 0 {published}"));
            }
            assert_eq!(subscriber.messages(3), expected, "{version}, subscribed at {subscribed}");
        }
    }
}

#[test]
fn all_versions_meet() {
    let broker = Broker::start();
    let mut old = broker.subscribe("old", &["-V", "mqttv31", "-q", "2", "-t", "#"]);
    let mut new = broker.subscribe("new", &["-V", "mqttv311", "-q", "2", "-t", "#"]);
    let newest = ["-V", "mqttv5", "-q", "2", "-t", "#", "-F", "%p %P"];
    let mut newest = broker.subscribe("newest", &newest);
    broker.publish(&["-V", "mqttv31", "-q", "2", "-t", "a", "-m", "from 3.1"]);
    broker.publish(&["-V", "mqttv311", "-q", "2", "-t", "a", "-m", "from 3.1.1"]);
    let property = ["-D", "publish", "user-property", "k", "v"];
    let publish = ["-V", "mqttv5", "-q", "2", "-t", "a", "-m", "from 5.0"];
    broker.publish(&[&publish[..], &property].concat());
    let expected = ["from 3.1", "from 3.1.1", "from 5.0"];
    assert_eq!(
        (old.messages(3), new.messages(3)),
        (expected.map(String::from).to_vec(), expected.map(String::from).to_vec())
    );
    assert_eq!(newest.messages(3), ["from 3.1 ", "from 3.1.1 ", "from 5.0 k:v"]);
}

#[test]
fn a_retained_message_waits_for_subscribers_until_it_is_cleared() {
    // 3.1.1 MQTT-3.3.1-5, MQTT-3.3.1-6, MQTT-3.3.1-8, MQTT-3.3.1-10
    let broker = Broker::start();
    for version in VERSIONS {
        broker.publish(&["-V", version, "-q", "1", "-r", "-t", "state/a", "-m", "on"]);
        broker.publish(&["-V", version, "-q", "1", "-r", "-t", "state/b", "-m", "off"]);
        let arguments = ["-V", version, "-q", "2", "-t", "state/#", "-F", "%t %q %r %p"];
        assert_eq!(
            broker.subscribe(&client_id(), &arguments).messages(2),
            ["state/a 1 1 on", "state/b 1 1 off"]
        );
        broker.publish(&["-V", version, "-r", "-n", "-t", "state/a"]);
        assert_eq!(broker.subscribe(&client_id(), &arguments).messages(1), ["state/b 1 1 off"]);
        broker.publish(&["-V", version, "-r", "-n", "-t", "state/b"]);
    }
}

#[test]
fn a_will_is_published_for_a_killed_client_and_not_for_one_that_leaves() {
    // 3.1.1 MQTT-3.1.2-8, MQTT-3.14.4-3
    let broker = Broker::start();
    for version in VERSIONS {
        let mut witness =
            broker.subscribe(&client_id(), &["-V", version, "-q", "1", "-t", "will/#", "-F", "%t %q %p"]);
        let will = ["-V", version, "-t", "x", "--will-topic", "will/x", "--will-qos", "1", "--will-payload"];
        let (id, killed_id) = (client_id(), client_id());
        // It leaves by itself after one message.
        let mut leaving = broker.subscribe(&id, &[&will[..], &["not this", "-C", "1"]].concat());
        let killed = broker.subscribe(&killed_id, &[&will[..], &["gone"]].concat());
        broker.publish(&["-V", version, "-t", "x", "-m", "leave"]);
        assert_eq!(leaving.messages(1), ["leave"]);
        broker.decides(&format!("discards the will of {id}"));
        drop(killed);
        broker.decides(&format!("publishes the will of {killed_id}"));
        assert_eq!(witness.messages(1), ["will/x 1 gone"]);
    }
}

#[test]
fn a_kept_session_brings_what_came_meanwhile() {
    // 3.1.1 MQTT-3.1.2-4, MQTT-3.1.2-5, MQTT-3.2.2-2
    let broker = Broker::start();
    for version in VERSIONS {
        let id = client_id();
        let mut kept = vec!["-V", version, "-c", "-q", "2", "-t", "kept/#", "-F", "%t %q %p"];
        if version == "mqttv5" {
            kept.extend(["-x", "1000"]);
        }
        let leave = |subscriber: Subscriber| {
            drop(subscriber);
            broker.decides(&format!("keeps the session of {id}"));
        };
        leave(broker.subscribe(&id, &kept));
        for qos in ["1", "0", "2"] {
            broker.publish(&["-V", version, "-q", qos, "-t", "kept/x", "-m", qos]);
        }
        let mut again = broker.subscribe(&id, &kept);
        // QoS 0 was not queued.
        assert_eq!(again.messages(2), ["kept/x 1 1", "kept/x 2 2"]);
        broker.decides(&format!("{id} has message 2"));
        leave(again);
        // Acknowledged, they are not sent again.
        broker.publish(&["-V", version, "-q", "1", "-t", "kept/x", "-m", "last"]);
        assert_eq!(broker.subscribe(&id, &kept).messages(1), ["kept/x 1 last"]);
    }
}

#[test]
fn a_configuration_file_is_followed_and_the_command_line_goes_before_it() {
    let folder = std::env::temp_dir().join(format!("broker-conf-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let conf = "listener 0 127.0.0.1\nlistener 0\nprotocol websockets\nlog_type all\nallow_anonymous false\n\
                password_file passwords\nmax_keepalive 30\n";
    std::fs::write(folder.join("mosquitto.conf"), conf).unwrap();
    std::fs::write(folder.join("passwords"), "ann:pw\n").unwrap();
    let file = folder.join("mosquitto.conf");
    let broker =
        Broker::start_with(&["--config", file.to_str().unwrap(), "--max-keepalive", "60", "--decisions"]);
    broker.publish(&["-V", "mqttv5", "-u", "ann", "-P", "pw", "-k", "120", "-t", "a", "-m", "x"]);
    broker.decides("to 60 s in place of 120 s");
    for (arguments, told) in [
        (&["-t", "a", "-m", "x"][..], "no user name"),
        (&["-u", "ann", "-P", "no", "-t", "a", "-m", "x"], "do not fit"),
    ] {
        let mut client = broker.client("mosquitto_pub", arguments);
        assert!(!client.process.wait().unwrap().success());
        broker.decides(told);
    }
    std::fs::write(&file, "\nmax_keepalive x\n").unwrap();
    let wrong = Command::new(program()).args(["--config", file.to_str().unwrap()]).output().unwrap();
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(wrong.status.code() == Some(2) && told.contains("line 2: max_keepalive: expects"), "{told}");
    for (arguments, told) in [
        (["--max-qos", "3"], "--max-qos: expects 0, 1 or 2"),
        (["--nonsense", "1"], "--nonsense: unknown directive"),
        (["--log-type", "all"], "--log-type: means nothing here"),
    ] {
        let wrong = Command::new(program()).args(arguments).output().unwrap();
        assert!(String::from_utf8_lossy(&wrong.stderr).contains(told), "{arguments:?}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn filters_can_be_denied() {
    let broker = Broker::start_with(&[
        "--tcp",
        "127.0.0.1:0",
        "--ws",
        "127.0.0.1:0",
        "--decisions",
        "--deny-subscribe",
        "no",
    ]);
    for version in ["mqttv311", "mqttv5"] {
        let mut client =
            broker.client("mosquitto_sub", &["-V", version, "-i", version, "-t", "no", "-W", "60"]);
        broker.decides(&format!("refuses {version} no"));
        let _ = client.process.kill();
    }
}

#[test]
fn a_large_message_and_many_small_ones_arrive_whole_and_in_order() {
    let broker = Broker::start();
    let mut subscriber = broker.subscribe("reader", &["-q", "1", "-t", "big", "-t", "many"]);
    let big = "0123456789".repeat(10_000);
    broker.publish(&["-q", "1", "-t", "big", "-m", &big]);
    assert_eq!(subscriber.messages(1), [big]);
    broker.publish(&["-q", "1", "-t", "many", "-m", "again", "--repeat", "500"]);
    assert!(subscriber.messages(500).iter().all(|message| message == "again"));
}

#[test]
fn a_client_that_does_not_read_costs_the_others_nothing() {
    let broker = Broker::start();
    let mut idle = TcpStream::connect(format!("127.0.0.1:{}", broker.tcp_port)).unwrap();
    idle.write_all(b"\x10\x10\0\x04MQTT\x04\x02\0\0\0\x04idle\x82\x0a\0\x01\0\x05flood\x00").unwrap();
    broker.decides("idle to flood");
    let mut reader = broker.subscribe("reader", &["-q", "1", "-t", "flood"]);
    // More than the system's own buffers take.
    let large = "x".repeat(100_000);
    broker.publish(&["-q", "1", "-t", "flood", "-m", &large, "--repeat", "200"]);
    broker.decides("idle reads too slowly: drops");
    assert!(reader.messages(200).iter().all(|message| *message == large));
}

#[tokio::test]
async fn websocket_clients_meet_tcp_clients() {
    // 3.1.1 MQTT-6.0.0-2, MQTT-6.0.0-3, MQTT-6.0.0-4
    let broker = Broker::start();
    let mut request = broker.ws.as_str().into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("other, mqtt"));
    let (mut socket, response) = connect_async(request).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "mqtt");
    // CONNECT and SUBSCRIBE, cut where no packet ends
    let packets = b"\x10\x0d\0\x04MQTT\x04\x02\0\0\0\x01w\x82\x06\0\x01\0\x01a\x00";
    for chunk in packets.chunks(9) {
        socket.send(Message::binary(chunk.to_vec())).await.unwrap();
    }
    let mut received = vec![];
    while received.len() < 9 {
        received.extend(socket.next().await.unwrap().unwrap().into_data());
    }
    assert_eq!(received, b"\x20\x02\0\0\x90\x03\0\x01\0");
    broker.publish(&["-q", "0", "-t", "a", "-m", "hi"]);
    assert_eq!(socket.next().await.unwrap().unwrap().into_data()[..], *b"\x30\x05\0\x01ahi");
    // 3.1.1 MQTT-6.0.0-1
    socket.send(Message::text("text")).await.unwrap();
    assert!(matches!(socket.next().await, None | Some(Ok(Message::Close(_)) | Err(_))));
    // without the subprotocol
    let refused = connect_async(broker.ws.as_str()).await.unwrap_err();
    assert!(refused.to_string().contains("400"), "{refused}");
}

#[test]
fn both_signals_stop_it_cleanly_and_the_port_in_use_is_named() {
    for signal in ["-INT", "-TERM"] {
        let mut broker = Broker::start();
        let mut subscriber = broker.subscribe("reader", &["-t", "a"]);
        let taken = format!("127.0.0.1:{}", broker.tcp_port);
        let second = Command::new(program()).args(["--tcp", &taken]).output().unwrap();
        assert!(!second.status.success() && String::from_utf8_lossy(&second.stderr).contains(&taken));
        let kill = format!("kill {signal} {}", broker.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert_eq!(ended(&mut broker.process).code(), Some(0));
        subscriber.client.process.kill().unwrap();
    }
}

/// How a process ended, within five seconds.
fn ended(process: &mut Child) -> ExitStatus {
    for _ in 0..500 {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("still running");
}

#[test]
fn a_million_random_bytes_close_that_socket_and_nothing_else() {
    let broker = Broker::start();
    let mut subscriber = broker.subscribe("reader", &["-V", "mqttv5", "-q", "1", "-t", "a"]);
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(1_000_000)
    .collect();
    // As a first packet, and from clients that were accepted.
    let connects: [&[u8]; 3] =
        [b"", b"\x10\x0d\0\x04MQTT\x04\x02\0\0\0\x01n", b"\x10\x0e\0\x04MQTT\x05\x02\0\0\0\0\x01n"];
    for connect in connects {
        let mut socket = TcpStream::connect(format!("127.0.0.1:{}", broker.tcp_port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(connect).unwrap();
        // The broker may have closed before all is written.
        let _ = socket.write_all(&noise);
        let mut rest = vec![];
        let end = socket.read_to_end(&mut rest);
        let closed = !matches!(&end, Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
        assert!(closed, "the socket is still open");
        broker.publish(&["-q", "1", "-t", "a", "-m", "still there"]);
        assert_eq!(subscriber.messages(1), ["still there"]);
    }
}
