//! The subscription tree by itself.

use std::cell::RefCell;

use mqtt_playground::topic::{MatchScratch, SubscriptionTree};

use crate::BENCH;

#[derive(Default)]
struct Topics {
    tree: SubscriptionTree<()>,
    scratch: MatchScratch,
    names: Vec<Box<str>>,
}

thread_local! {
    static TOPICS: RefCell<Topics> = RefCell::default();
}

/// The input's lines.
fn lines(len: usize, mut each: impl FnMut(&mut Topics, &str)) {
    BENCH.with_borrow(|bench| {
        let text = str::from_utf8(&bench.input[..len]).expect("text");
        TOPICS.with_borrow_mut(|topics| text.lines().for_each(|line| each(topics, line)));
    });
}

/// Adds the filters in the input's first `len` bytes, one a line.
#[unsafe(no_mangle)]
pub extern "C" fn subscribe(len: usize) {
    lines(len, |topics, filter| {
        let subscriber = topics.tree.len() as u32;
        topics.tree.insert(filter, subscriber, ());
    });
}

/// Keeps the topic names in the input's first `len` bytes, one a line.
#[unsafe(no_mangle)]
pub extern "C" fn name(len: usize) {
    lines(len, |topics, name| topics.names.push(name.into()));
}

/// Looks up every name once and says how many subscriptions match in all.
#[unsafe(no_mangle)]
pub extern "C" fn look_up() -> u32 {
    TOPICS.with_borrow_mut(|topics| {
        let Topics { tree, scratch, names } = topics;
        let (mut matches, mut sum) = (0, 0u32);
        for name in names {
            tree.for_each_match(name, scratch, |subscriber, ()| {
                matches += 1;
                sum = sum.wrapping_add(subscriber);
            });
        }
        std::hint::black_box(sum);
        matches
    })
}
