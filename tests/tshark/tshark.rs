//! Runs tshark: bounded in time, without the user's own settings.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

/// Seconds after which tshark is stopped.
const PATIENCE: Duration = Duration::from_secs(120);

const MISSING: &str = "tshark is missing: install Debian's package tshark, or run make setup-test";

/// The installed release, as `(4, 0)`.
pub fn release() -> (u32, u32) {
    let output = Command::new("tshark").arg("--version").stderr(Stdio::null()).output().expect(MISSING);
    let text = String::from_utf8(output.stdout).unwrap();
    let words = text.lines().next().unwrap_or_default().split_whitespace();
    let mut numbers = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let mut parts = numbers.next().expect("tshark --version tells no number").split('.');
    let mut part = || parts.next().unwrap().parse().unwrap();
    (part(), part())
}

/// What tshark says of a capture file, the details of MQTT only.
#[allow(clippy::disallowed_methods, reason = "a foreign program is waited for")]
pub fn pdml(pcap: &[u8]) -> String {
    let dir = env::temp_dir().join(format!("mqtt-playground-tshark-{}", process::id()));
    fs::create_dir_all(&dir).unwrap();
    let file = dir.join("packets.pcap");
    fs::write(&file, pcap).unwrap();
    let mut child = Command::new("tshark")
        .args(["-n", "-T", "pdml", "-J", "mqtt"])
        .args(["-o", "tcp.desegment_tcp_streams:TRUE", "-o", "mqtt.show_msg_as_text:FALSE", "-r"])
        .arg(&file)
        .env("WIRESHARK_CONFIG_DIR", &dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect(MISSING);
    let mut stdout = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        stdout.read_to_end(&mut text).map(|_| text)
    });
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("tshark is not done after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(20));
    };
    let text = reader.join().unwrap().unwrap();
    fs::remove_dir_all(&dir).unwrap();
    assert!(status.success(), "tshark ended with {status}");
    String::from_utf8(text).expect("PDML is UTF-8")
}
