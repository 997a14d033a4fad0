//! The virtual network natively: packets a second, and how long a step back takes in a long history.
//!
//! usage: sim-natively [ROUNDS=7] [MESSAGES=25000] [--packets-only]
//!
//! Packets go through world, broker and clients with everything captured, on one core; time is this thread's CPU time.

use rustix::time::{ClockId, clock_gettime};

const USAGE: &str = "usage: sim-natively [ROUNDS=7] [MESSAGES=25000] [--packets-only]";
/// Packets a second.
const TARGET: f64 = 500_000.0;
/// Milliseconds that a step back takes at most, in a history of [`LONG`] steps.
const TARGET_BACK_MS: f64 = 50.0;
const LONG: u32 = 1_000_000;

fn main() {
    check_profile();
    let (flags, numbers): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|it| it.starts_with("--"));
    let mut numbers = numbers.iter().map(|text| text.parse::<u64>().expect(USAGE));
    let rounds = numbers.next().unwrap_or(7).max(1);
    let messages = numbers.next().unwrap_or(25_000);
    let speeds: Vec<f64> = (0..=rounds).map(|_| packets_a_second(messages)).skip(1).collect();
    let speed = median(&speeds);
    if flags.iter().any(|flag| flag == "--packets-only") {
        println!("{speed:.0}");
        return;
    }
    let verdict = if speed < TARGET { ", missed" } else { "" };
    println!(
        "simulated packets a second, everything captured, one core: {speed:.0} (target {TARGET:.0}{verdict})"
    );
    steps_back();
}

fn packets_a_second(messages: u64) -> f64 {
    let mut sim = load::world(messages);
    let before = cpu_ms();
    let packets = load::run(&mut sim, messages);
    f64::from(packets) * 1e3 / (cpu_ms() - before)
}

/// The slowest of many steps back, all over a long history.
fn steps_back() {
    let messages = u64::from(LONG) / 5 + 1;
    let mut sim = load::world(messages);
    load::run(&mut sim, messages);
    let mut slowest = 0.0_f64;
    let all = sim.recorded();
    for place in 1..=400 {
        // No place is near the one before: nothing that was worked out for it helps.
        let step = (u64::from(all) * (place * 173 % 400 + 1) / 401) as u32;
        sim.seek(step);
        let before = cpu_ms();
        sim.step_back();
        slowest = slowest.max(cpu_ms() - before);
    }
    let verdict = if slowest > TARGET_BACK_MS { ", missed" } else { "" };
    println!(
        "a step back in {all} steps: {slowest:.1} ms at the slowest of 400 places (target {TARGET_BACK_MS}{verdict})"
    );
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// CPU time of this thread in milliseconds.
fn cpu_ms() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
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
        "the release profile of benches/sim/Cargo.toml has to be that of ../../Cargo.toml"
    );
}
