//! The broker core beside rumqttd, and its subscription tree, natively.
//!
//! usage: broker-beside-its-peers [ROUNDS=9] [DELIVERIES=200000]
//!
//! Every round runs every job once, and a ratio is taken within a round: other load on the machine moves the speeds
//! but hardly the ratios. A figure counts only where the generator alone is at least twice as fast.

mod load;
mod memory;
mod ours;
mod rumqttd_link;
mod topics;

use load::Load;
use memory::Counting;
use ours::{InProcess, Null};
use rumqttd_link::Rumqttd;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const USAGE: &str = "usage: broker-beside-its-peers [ROUNDS=9] [DELIVERIES=200000]";
/// Of QoS 0 deliveries a second, times rumqttd's.
const TARGET: f64 = 1.5;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().expect(USAGE));
    let rounds = numbers.next().unwrap_or(9).max(1);
    let deliveries = numbers.next().unwrap_or(200_000);
    check_profile();
    brokers(rounds, deliveries);
    topics::report(rounds);
    memory::report();
}

fn brokers(rounds: usize, deliveries: usize) {
    println!("publisher to subscribers in process, 3.1.1, 16-byte payloads: thousand deliveries a second");
    let head = ["", "ours", "rumqttd", "generator", "ours to rumqttd", "generator to ours"];
    println!("  {:<16}{:>10}{:>10}{:>12}{:>18}{:>20}", head[0], head[1], head[2], head[3], head[4], head[5]);
    for (subscribers, qos) in [(1, 0), (1, 1), (1, 2), (100, 0), (100, 1), (100, 2)] {
        let load = Load::new(subscribers, qos, deliveries);
        let (mut ours, mut null) = (InProcess::new(&load), Null::new(&load));
        // Its links publish with QoS 0 alone.
        let mut peer = (qos == 0).then(|| Rumqttd::new(&load));
        let mut samples = [const { Vec::new() }; 3];
        for round in 0..=rounds {
            let speeds =
                [Some(ours.run(&load)), peer.as_mut().map(|peer| peer.run(&load)), Some(null.run(&load))];
            if round > 0 {
                samples.iter_mut().zip(speeds).for_each(|(samples, speed)| samples.extend(speed));
            }
        }
        let [ours, peer, null] = &samples;
        let name = format!("1 to {subscribers}, QoS {qos}");
        let ceiling = ratio(null, ours);
        let beside = if peer.is_empty() {
            format!("{:>10}{:>12.0}{:>18}", "–", median(null) / 1e3, "–")
        } else {
            let times = ratio(ours, peer);
            let verdict = if times < TARGET { " missed" } else { "" };
            let times = format!("× {times:.2} of {TARGET}{verdict}");
            format!("{:>10.0}{:>12.0}{times:>18}", median(peer) / 1e3, median(null) / 1e3)
        };
        let counts = if ceiling < 2.0 { ": does not count" } else { "" };
        println!("  {name:<16}{:>10.0}{beside}{:>20}", median(ours) / 1e3, format!("× {ceiling:.1}{counts}"));
    }
}

/// The median of the rounds' ratios.
fn ratio(a: &[f64], b: &[f64]) -> f64 {
    median(&a.iter().zip(b).map(|(a, b)| a / b).collect::<Vec<_>>())
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// What is measured has to be built as the project's programs are.
fn check_profile() {
    let [ships, here] =
        [include_str!("../../../Cargo.toml"), include_str!("../Cargo.toml")].map(|manifest| {
            let lines = manifest.lines().skip_while(|line| *line != "[profile.release]").skip(1);
            lines.take_while(|line| line.contains('=')).collect::<Vec<_>>()
        });
    assert_eq!(
        here, ships,
        "the release profile of benches/broker/Cargo.toml has to be that of ../../Cargo.toml"
    );
}
