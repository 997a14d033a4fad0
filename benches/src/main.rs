//! The codec beside mqttbytes, mqttrs, rumqttc's and mqtt-protocol-core, on the same 10,000 packets a version.
//!
//! usage: mqtt-playground-benches [ROUNDS=21] [SAMPLE_MS=30]
//!
//! Every round runs every job once, and a peer is compared with ours within a round: other load on the machine
//! moves the nanoseconds but hardly the ratios. Time is this thread's CPU time.

mod jobs;
mod peers;
mod profile;

use jobs::{Corpus, Job};
use ours::Version;
use rustix::time::{ClockId, clock_gettime};

const USAGE: &str = "usage: mqtt-playground-benches [ROUNDS=21] [SAMPLE_MS=30]";

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>().expect(USAGE));
    let rounds = numbers.next().unwrap_or(21).max(1) as usize;
    let sample_ns = u64::from(numbers.next().unwrap_or(30)) * 1_000_000;
    println!("ours and peers: opt-level {}\n", profile::opt_level());

    for (name, version) in [("v311.bin", Version::V311), ("v5.bin", Version::V5)] {
        let path = format!("{}/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let corpus = Corpus::cut(bytes, version);
        for (what, mut jobs) in [("decode", jobs::decoding(&corpus)), ("encode", jobs::encoding(&corpus))] {
            let samples = interleaved(&mut jobs, rounds, sample_ns, corpus.packets());
            report(what, &corpus, &jobs, &samples);
        }
    }
}

/// Nanoseconds a packet, by job and round; a round before the first warms up.
fn interleaved(jobs: &mut [Job<'_>], rounds: usize, sample_ns: u64, packets: usize) -> Vec<Vec<f64>> {
    let mut samples = vec![Vec::with_capacity(rounds); jobs.len()];
    for round in 0..=rounds {
        for (job, samples) in jobs.iter_mut().zip(&mut samples) {
            let (mut spent, mut runs) = (0, 0u32);
            while spent < sample_ns || runs == 0 {
                (job.prepare)();
                let start = cpu_ns();
                (job.run)();
                spent += cpu_ns() - start;
                runs += 1;
            }
            if round > 0 {
                samples.push(spent as f64 / f64::from(runs) / packets as f64);
            }
        }
    }
    samples
}

fn report(what: &str, corpus: &Corpus, jobs: &[Job<'_>], samples: &[Vec<f64>]) {
    println!(
        "{what}, MQTT {}: {} packets, {} bytes",
        corpus.version(),
        corpus.packets(),
        corpus.bytes().len()
    );
    println!("  {:<28}{:>12}{:>12}{:>12}   theirs to ours", "", "ns/packet", "lowest", "highest");
    let ours = &samples[0];
    for (job, samples) in jobs.iter().zip(samples) {
        let ratio = median(samples.iter().zip(ours).map(|(theirs, ours)| theirs / ours));
        let lowest = samples.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = samples.iter().copied().fold(0.0, f64::max);
        let middle = median(samples.iter().copied());
        println!("  {:<28}{middle:>12.1}{lowest:>12.1}{highest:>12.1}   × {ratio:.2}", job.name);
    }
    if let [_, annotated, peer, ..] = samples
        && what == "decode"
    {
        let ratio = median(peer.iter().zip(annotated).map(|(theirs, ours)| theirs / ours));
        println!("  {} to {}: × {ratio:.2}", jobs[2].name, jobs[1].name);
    }
    println!();
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// CPU time of this thread in nanoseconds.
fn cpu_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}
