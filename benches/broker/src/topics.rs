//! The subscription tree: 10,000 subscriptions, 30 % of them with wildcards, 100,000 topics.

use std::hint::black_box;
use std::time::Instant;

use mqtt_playground::topic::{MatchScratch, SubscriptionTree};

/// Topics a second.
const TARGET: f64 = 3e6;

pub fn report(rounds: usize) {
    let (subscriptions, topics) = generate(10_000, 100_000);
    let mut tree = SubscriptionTree::new();
    for (number, filter) in subscriptions.iter().enumerate() {
        tree.insert(filter, number as u32, ());
    }
    let (mut scratch, mut samples, mut matches) = (MatchScratch::default(), Vec::new(), 0u64);
    for round in 0..=rounds {
        matches = 0;
        let started = Instant::now();
        for topic in &topics {
            tree.for_each_match(black_box(topic), &mut scratch, |number, ()| {
                black_box(number);
                matches += 1;
            });
        }
        if round > 0 {
            samples.push(topics.len() as f64 / started.elapsed().as_secs_f64());
        }
    }
    let speed = crate::median(&samples);
    println!(
        "\nsubscription tree: {} subscriptions, {} topics, {:.2} matches each: {:.1} million topics a second (target {:.0}{})",
        tree.len(),
        topics.len(),
        matches as f64 / topics.len() as f64,
        speed / 1e6,
        TARGET / 1e6,
        if speed < TARGET { ", missed" } else { "" },
    );
}

/// The same numbers on every machine, and in `../tab/topics.mjs`.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (u64::from(self.0) * u64::from(n) >> 32) as u32
    }

    fn topic(&mut self) -> Vec<String> {
        let levels = [("site", 8), ("dev", 200), ("sensor", 40), ("metric", 12)];
        levels.iter().map(|(word, most)| format!("{word}{}", self.below(*most))).collect()
    }

    fn filter(&mut self) -> Vec<String> {
        let mut levels = self.topic();
        if self.below(100) >= 30 {
            return levels;
        }
        match self.below(4) {
            0 => {
                levels.truncate(1 + self.below(3) as usize);
                // `site3/#` would match an eighth of all topics.
                if levels.len() == 1 {
                    levels.push(format!("dev{}", self.below(200)));
                }
                levels.push("#".to_owned());
            }
            1 => levels[1] = "+".to_owned(),
            2 => levels[3] = "+".to_owned(),
            _ => (levels[1], levels[2]) = ("+".to_owned(), "+".to_owned()),
        }
        levels
    }
}

fn generate(subscriptions: usize, topics: usize) -> (Vec<String>, Vec<String>) {
    let mut numbers = Numbers(12_345);
    let subscriptions = (0..subscriptions).map(|_| numbers.filter().join("/")).collect();
    (subscriptions, (0..topics).map(|_| numbers.topic().join("/")).collect())
}
