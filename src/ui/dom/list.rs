//! Lists whose lines are kept while their keys stay.

use std::collections::BTreeMap;

use leptos::prelude::*;
use web_sys::Node;

use super::bind::effect;
use super::element::El;

struct Line {
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

type Lines = BTreeMap<u64, Line>;

impl El {
    /// Fills it with a line for each of `keys`, in their order. A line is made by `make`, one element each, when its
    /// key appears, moves with it, and goes when it is gone; it must have no other content. Lines see no context.
    pub fn each(self, keys: impl Fn() -> Vec<u64> + 'static, make: impl Fn(u64) -> El + 'static) -> Self {
        let lines = StoredValue::new_local(Lines::new());
        on_cleanup(move || {
            for line in take(lines).into_values() {
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
}

fn take(lines: StoredValue<Lines, LocalStorage>) -> Lines {
    lines.try_update_value(std::mem::take).unwrap_or_default()
}

fn arrange(parent: &Node, keys: &[u64], mut before: Lines, make: &dyn Fn(u64) -> El) -> Lines {
    let mut after: Lines = keys.iter().filter_map(|key| before.remove_entry(key)).collect();
    for line in before.into_values() {
        line.end();
    }
    let mut place = parent.first_child();
    for key in keys {
        let line = after.entry(*key).or_insert_with(|| {
            // An owner without a parent: a parent would remember every line that ever was.
            let owner = Owner::default();
            let node = owner.with(|| make(*key)).0;
            Line { node, owner }
        });
        if place.as_ref().is_some_and(|place| place.is_same_node(Some(&line.node))) {
            place = line.node.next_sibling();
        } else {
            let _ = parent.insert_before(&line.node, place.as_ref());
        }
    }
    after
}
