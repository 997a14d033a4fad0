//! Lists whose lines are kept while their keys stay.
//!
//! A line that is taken out while the mouse button is down on it gets no click: what people press has to stay.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use web_sys::Node;

use super::bind::effect;
use super::element::{El, nothing};

/// A line that is only made if none with its key is there.
pub struct Row {
    key: u64,
    make: Box<dyn FnOnce() -> El>,
}

impl Row {
    /// `key` tells it from all others of the list, and has to be another one when it shows something else.
    pub fn new(key: u64, make: impl FnOnce() -> El + 'static) -> Self {
        Self { key, make: Box::new(make) }
    }
}

/// A key of what a row shows: FNV-1a, 64 bits.
pub fn key(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xFF]));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

struct Line {
    key: u64,
    node: Node,
    owner: Owner,
}

impl Line {
    fn end(self) {
        if let Some(parent) = self.node.parent_node() {
            let _ = parent.remove_child(&self.node);
        }
        self.owner.cleanup();
    }
}

type Lines = Vec<Line>;

impl El {
    /// Fills it with a line for each of `keys`, in their order. A line is made by `make`, one element each, when its
    /// key appears, moves with it, and goes when it is gone; it must have no other content. Lines see no context.
    pub fn each(self, keys: impl Fn() -> Vec<u64> + 'static, make: impl Fn(u64) -> El + 'static) -> Self {
        self.listed(Box::new(keys), Box::new(make))
    }

    fn listed(self, keys: Box<dyn Fn() -> Vec<u64>>, make: Box<dyn Fn(u64) -> El>) -> Self {
        let lines = StoredValue::new_local(Lines::new());
        on_cleanup(move || {
            for line in take(lines) {
                line.owner.cleanup();
            }
        });
        let parent = self.0.clone();
        effect(move || {
            let keys = keys();
            let next = untrack(|| arrange(&parent, &keys, take(lines), &make));
            lines.try_set_value(next);
        });
        self
    }

    /// Fills it with rows, as [`each`](Self::each) does, where a row is told by what it shows.
    pub fn rows(self, rows: impl Fn() -> Vec<Row> + 'static) -> Self {
        self.rowed(Box::new(rows))
    }

    fn rowed(self, rows: Box<dyn Fn() -> Vec<Row>>) -> Self {
        let made = Rc::new(RefCell::new(Vec::<Row>::new()));
        let drawn = Rc::clone(&made);
        let keys = move || {
            let rows = rows();
            let keys = rows.iter().map(|row| row.key).collect();
            drawn.replace(rows);
            keys
        };
        let make = move |key| {
            let mut rows = made.borrow_mut();
            let Some(at) = rows.iter().position(|row| row.key == key) else { return nothing() };
            let row = rows.swap_remove(at);
            drop(rows);
            (row.make)()
        };
        self.listed(Box::new(keys), Box::new(make))
    }
}

fn take(lines: StoredValue<Lines, LocalStorage>) -> Lines {
    lines.try_update_value(std::mem::take).unwrap_or_default()
}

fn arrange(parent: &Node, keys: &[u64], mut before: Lines, make: &dyn Fn(u64) -> El) -> Lines {
    // Lists are windowed: they are short enough to look from end to end.
    let kept = |key: &u64, before: &mut Lines| {
        let at = before.iter().position(|line| line.key == *key)?;
        Some(before.remove(at))
    };
    let after: Vec<Option<Line>> = keys.iter().map(|key| kept(key, &mut before)).collect();
    for line in before {
        line.end();
    }
    let mut place = parent.first_child();
    let mut put = |line: &Line| {
        if place.as_ref().is_some_and(|place| place.is_same_node(Some(&line.node))) {
            place = line.node.next_sibling();
        } else {
            let _ = parent.insert_before(&line.node, place.as_ref());
        }
    };
    let mut lines = Lines::with_capacity(keys.len());
    for (key, kept) in keys.iter().zip(after) {
        let line = kept.unwrap_or_else(|| {
            // An owner without a parent: a parent would remember every line that ever was.
            let owner = Owner::default();
            let node = owner.with(|| make(*key)).0;
            Line { key: *key, node, owner }
        });
        put(&line);
        lines.push(line);
    }
    lines
}
