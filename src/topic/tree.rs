//! Which subscribers want a topic name: a trie by topic level, made for many lookups.

use core::mem;

/// A subscriber's number, given by the tree's owner.
pub type SubscriberId = u32;

type NodeId = u32;
const ROOT: NodeId = 0;
/// No child is ever the root.
const NONE: NodeId = ROOT;

/// Subscriptions by topic filter: `(subscriber, filter) → V`.
///
/// A lookup visits each trie node at most once, so a filter of nothing but wildcards costs no more than its
/// levels. Literal levels are found through one open-addressing table over all nodes, hashed by a fixed function:
/// nothing ever iterates over the table, so the same calls give the same answers in the same order.
#[derive(Clone, Debug)]
pub struct SubscriptionTree<V> {
    trie: Trie,
    /// Of each node.
    lists: Vec<Lists<V>>,
    len: usize,
}

/// Who subscribes at a node.
#[derive(Clone, Debug)]
struct Lists<V> {
    /// Subscribers whose filter ends here, by their number.
    here: Vec<(SubscriberId, V)>,
    /// Subscribers whose filter ends with a `#` behind this level, by their number.
    below: Vec<(SubscriberId, V)>,
}

/// The tree without its subscribers: what does not depend on their type is compiled once, where the codec is.
#[derive(Clone, Debug)]
struct Trie {
    nodes: Vec<Node>,
    free: Vec<NodeId>,
    edges: Edges,
}

#[derive(Clone, Debug, Default)]
struct Node {
    parent: NodeId,
    /// Of parent and level, as the table has it.
    hash: u32,
    /// See [`Key::head`]: most levels are told apart by it.
    head: u64,
    level: Box<str>,
    /// The child for `+`.
    plus: NodeId,
    /// Children, the one for `+` included.
    children: u32,
    /// Whether filters end here, and whether some do with a `#` behind this level.
    here: bool,
    below: bool,
}

/// Room for a lookup's work, kept from one to the next so that none allocates.
#[derive(Clone, Debug, Default)]
pub struct MatchScratch {
    levels: Vec<Level>,
    branches: Vec<(NodeId, u32)>,
    /// Nodes with subscribers that match, and whether it is those below.
    found: Vec<(NodeId, bool)>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    start: u32,
    end: u32,
    key: Key,
}

/// What a level is looked up by.
#[derive(Clone, Copy, Debug)]
struct Key {
    hash: u32,
    /// Its first eight bytes, or all if it has fewer, the last one lowest.
    head: u64,
}

impl<V> Default for SubscriptionTree<V> {
    fn default() -> Self {
        let trie = Trie { nodes: vec![Node::default()], free: Vec::new(), edges: Edges::default() };
        Self { trie, lists: vec![Lists::default()], len: 0 }
    }
}

impl<V> Default for Lists<V> {
    fn default() -> Self {
        Self { here: Vec::new(), below: Vec::new() }
    }
}

impl<V> Lists<V> {
    fn of(&mut self, below: bool) -> &mut Vec<(SubscriberId, V)> {
        if below { &mut self.below } else { &mut self.here }
    }
}

impl<V> SubscriptionTree<V> {
    /// A tree without subscriptions.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many subscriptions there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a subscription; gives back the one that it replaces (3.1.1 MQTT-3.8.4-3, 5.0 MQTT-3.8.4-3).
    ///
    /// `filter` is expected well-formed ([`check_filter`](super::check_filter)).
    pub fn insert(&mut self, filter: &str, subscriber: SubscriberId, value: V) -> Option<V> {
        let (node, below) = self.trie.place(filter);
        if self.lists.len() < self.trie.nodes.len() {
            self.lists.resize_with(self.trie.nodes.len(), Lists::default);
        }
        let list = self.lists[node as usize].of(below);
        match list.binary_search_by_key(&subscriber, |(id, _)| *id) {
            Ok(at) => Some(mem::replace(&mut list[at].1, value)),
            Err(at) => {
                if list.is_empty() {
                    list.reserve_exact(1);
                }
                list.insert(at, (subscriber, value));
                self.len += 1;
                None
            }
        }
    }

    /// Takes a subscription away, if it is there: the filter must be the same byte by byte
    /// (3.1.1 MQTT-3.10.4-1, 5.0 MQTT-3.10.4-1).
    pub fn remove(&mut self, filter: &str, subscriber: SubscriberId) -> Option<V> {
        let (node, below) = self.trie.find(filter)?;
        let list = self.lists[node as usize].of(below);
        let at = list.binary_search_by_key(&subscriber, |(id, _)| *id).ok()?;
        let (_, value) = list.remove(at);
        if list.is_empty() {
            *list = Vec::new();
            self.trie.leave(node, below);
        }
        self.len -= 1;
        Some(value)
    }

    /// Calls `visit` for each subscription whose filter matches `name`: once a filter, so more than once for a
    /// subscriber whose filters overlap. Always in the same order, by filters rather than by subscribers.
    #[inline]
    pub fn for_each_match<F>(&self, name: &str, scratch: &mut MatchScratch, mut visit: F)
    where
        F: FnMut(SubscriberId, &V),
    {
        self.trie.walk(name, scratch);
        for (node, below) in &scratch.found {
            if let Some(lists) = self.lists.get(*node as usize) {
                let list = if *below { &lists.below } else { &lists.here };
                list.iter().for_each(|(id, value)| visit(*id, value));
            }
        }
    }
}

impl Trie {
    /// Finds the nodes whose subscribers want a name.
    fn walk(&self, name: &str, scratch: &mut MatchScratch) {
        scratch.read(name);
        // 3.1.1 MQTT-4.7.2-1, 5.0 MQTT-4.7.2-1: a leading wildcard does not reach `$…` topics.
        let hidden = name.starts_with('$');
        let mut at = (ROOT, 0u32);
        loop {
            let (node_id, depth) = at;
            let node = &self.nodes[node_id as usize];
            let wildcards = !(hidden && node_id == ROOT);
            if wildcards && node.below {
                // `#` takes the parent level too.
                scratch.found.push((node_id, true));
            }
            let mut next = None;
            if let Some(level) = scratch.levels.get(depth as usize) {
                if node.children > 0 {
                    let text = &name[level.start as usize..level.end as usize];
                    next = self.literal(node_id, text, level.key).map(|child| (child, depth + 1));
                    if node.plus != NONE && wildcards {
                        let plus = (node.plus, depth + 1);
                        if next.is_none() {
                            next = Some(plus);
                        } else {
                            scratch.branches.push(plus);
                        }
                    }
                }
            } else if node.here {
                scratch.found.push((node_id, false));
            }
            match next.or_else(|| scratch.branches.pop()) {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    /// The node of a filter, made if there is none, and whether the filter ends below it; marked as wanted.
    fn place(&mut self, filter: &str) -> (NodeId, bool) {
        let (path, below) = split_multi_level(filter);
        let mut id = ROOT;
        for level in path.into_iter().flat_map(|path| path.split('/')) {
            id = self.child_or_new(id, level);
        }
        let node = &mut self.nodes[id as usize];
        *if below { &mut node.below } else { &mut node.here } = true;
        (id, below)
    }

    fn find(&self, filter: &str) -> Option<(NodeId, bool)> {
        let (path, below) = split_multi_level(filter);
        let mut node = ROOT;
        for level in path.into_iter().flat_map(|path| path.split('/')) {
            node = self.child(node, level)?;
        }
        Some((node, below))
    }

    /// The last subscriber of one of a node's lists has gone.
    fn leave(&mut self, id: NodeId, below: bool) {
        let node = &mut self.nodes[id as usize];
        *if below { &mut node.below } else { &mut node.here } = false;
        self.prune(id);
    }

    fn child(&self, parent: NodeId, level: &str) -> Option<NodeId> {
        if level == "+" {
            return Some(self.nodes[parent as usize].plus).filter(|child| *child != NONE);
        }
        self.literal(parent, level, Key::of(level))
    }

    #[inline]
    fn literal(&self, parent: NodeId, level: &str, key: Key) -> Option<NodeId> {
        let hash = hash_edge(parent, key.hash);
        self.edges.find(hash, |child| {
            let node = &self.nodes[child as usize];
            node.parent == parent
                && node.head == key.head
                && node.level.len() == level.len()
                && (level.len() <= 8 || *node.level == *level)
        })
    }

    fn child_or_new(&mut self, parent: NodeId, level: &str) -> NodeId {
        if let Some(child) = self.child(parent, level) {
            return child;
        }
        let key = Key::of(level);
        let hash = hash_edge(parent, key.hash);
        let node = Node { parent, hash, head: key.head, level: level.into(), ..Node::default() };
        let child = match self.free.pop() {
            Some(id) => {
                self.nodes[id as usize] = node;
                id
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as NodeId
            }
        };
        if level == "+" {
            self.nodes[parent as usize].plus = child;
        } else {
            self.edges.insert(hash, child);
        }
        self.nodes[parent as usize].children += 1;
        child
    }

    /// Frees a node that nothing hangs on any more, and its ancestors in the same case.
    fn prune(&mut self, mut id: NodeId) {
        while id != ROOT && self.nodes[id as usize].is_unused() {
            let node = mem::take(&mut self.nodes[id as usize]);
            let parent = &mut self.nodes[node.parent as usize];
            parent.children -= 1;
            if &*node.level == "+" {
                parent.plus = NONE;
            } else {
                self.edges.remove(node.hash, id);
            }
            self.free.push(id);
            id = node.parent;
        }
    }
}

impl Node {
    fn is_unused(&self) -> bool {
        self.children == 0 && !self.here && !self.below
    }
}

/// The levels before a closing `#`, if there are any, and whether there is one.
fn split_multi_level(filter: &str) -> (Option<&str>, bool) {
    match filter.strip_suffix('#') {
        Some("") => (None, true),
        Some(path) if path.ends_with('/') => (Some(&path[..path.len() - 1]), true),
        _ => (Some(filter), false),
    }
}

impl MatchScratch {
    /// Cuts a name into levels, and forgets what was found for another one.
    fn read(&mut self, name: &str) {
        self.levels.clear();
        self.branches.clear();
        self.found.clear();
        let bytes = name.as_bytes();
        let mut start = 0;
        loop {
            let (len, key) = Key::scan(&bytes[start..]);
            let end = start + len;
            self.levels.push(Level { start: start as u32, end: end as u32, key });
            if end == bytes.len() {
                return;
            }
            start = end + 1;
        }
    }
}

impl Key {
    /// Of a level without a `/`.
    fn of(level: &str) -> Self {
        Self::scan(level.as_bytes()).1
    }

    /// Of the first level in `bytes`, and its length. A fixed multiply-and-fold over eight bytes at a time, in 64 bits:
    /// WebAssembly has no wider product.
    #[inline]
    fn scan(bytes: &[u8]) -> (usize, Self) {
        const K: u64 = 0x9e37_79b9_7f4a_7c15;
        let fold = |hash: u64, word: u64| {
            let product = (hash ^ word).wrapping_mul(K);
            product ^ product >> 32
        };
        let (mut len, mut hash, mut word, mut head) = (0, 0, 0, 0);
        for byte in bytes.iter().take_while(|byte| **byte != b'/') {
            if len > 0 && len % 8 == 0 {
                hash = fold(hash, word);
                word = 0;
            }
            word = word << 8 | u64::from(*byte);
            len += 1;
            if len == 8 {
                head = word;
            }
        }
        if len < 8 {
            head = word;
        }
        (len, Self { hash: fold(fold(hash, word), len as u64) as u32, head })
    }
}

#[inline]
fn hash_edge(parent: NodeId, level_hash: u32) -> u32 {
    let hash = (level_hash ^ parent.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    hash ^ hash >> 15
}

/// Open addressing with linear probing; removal closes the gap, so there are no tombstones.
#[derive(Clone, Debug, Default)]
struct Edges {
    /// `(hash, child)`, `NONE` for an empty slot; a power of two of them, at most half in use.
    slots: Vec<(u32, NodeId)>,
    used: usize,
}

impl Edges {
    #[inline]
    fn find(&self, hash: u32, is_it: impl Fn(NodeId) -> bool) -> Option<NodeId> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let (found, child) = self.slots[at];
            if child == NONE {
                return None;
            }
            if found == hash && is_it(child) {
                return Some(child);
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, hash: u32, child: NodeId) {
        if (self.used + 1) * 2 > self.slots.len() {
            let size = (self.slots.len() * 2).max(16);
            let old = mem::replace(&mut self.slots, vec![(0, NONE); size]);
            for (hash, child) in old.into_iter().filter(|(_, child)| *child != NONE) {
                self.place(hash, child);
            }
        }
        self.place(hash, child);
        self.used += 1;
    }

    fn place(&mut self, hash: u32, child: NodeId) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != NONE {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash, child);
    }

    fn remove(&mut self, hash: u32, child: NodeId) {
        let mask = self.slots.len() - 1;
        let mut gap = hash as usize & mask;
        while self.slots[gap].1 != child {
            gap = (gap + 1) & mask;
        }
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let (hash, child) = self.slots[at];
            if child == NONE {
                break;
            }
            // What probing has pushed past the gap may fill it, unless its own slot lies behind the gap.
            let wanted = hash as usize & mask;
            if (at.wrapping_sub(wanted) & mask) >= (at.wrapping_sub(gap) & mask) {
                self.slots[gap] = self.slots[at];
                gap = at;
            }
        }
        self.slots[gap] = (0, NONE);
        self.used -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::matches;
    use super::*;

    fn found(tree: &SubscriptionTree<u8>, name: &str) -> Vec<(SubscriberId, u8)> {
        let mut found = vec![];
        tree.for_each_match(name, &mut MatchScratch::default(), |id, value| found.push((id, *value)));
        found.sort_unstable();
        found
    }

    #[test]
    fn each_matching_filter_is_found_once() {
        let mut tree = SubscriptionTree::new();
        for (at, filter) in
            ["a/b", "a/+", "a/#", "#", "+/b", "a/b/#", "a/b/c", "+", "/a", "$SYS/#"].iter().enumerate()
        {
            assert_eq!(tree.insert(filter, 1, at as u8), None, "{filter}");
        }
        assert_eq!(tree.len(), 10);
        assert_eq!(found(&tree, "a/b"), [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5)]);
        assert_eq!(found(&tree, "a"), [(1, 2), (1, 3), (1, 7)]);
        assert_eq!(found(&tree, "/a"), [(1, 3), (1, 8)]);
        assert_eq!(found(&tree, "$SYS/x"), [(1, 9)]); // 3.1.1 MQTT-4.7.2-1
        assert_eq!(found(&tree, "$SYS"), [(1, 9)]);
    }

    #[test]
    fn a_second_subscription_replaces_the_first() {
        let mut tree = SubscriptionTree::new();
        tree.insert("a/#", 3, 0);
        tree.insert("a/#", 2, 1);
        assert_eq!(tree.insert("a/#", 3, 2), Some(0)); // 3.1.1 MQTT-3.8.4-3
        assert_eq!((tree.len(), found(&tree, "a/x")), (2, vec![(2, 1), (3, 2)]));
        assert_eq!(tree.remove("a/+", 3), None); // 3.1.1 MQTT-3.10.4-1
        assert_eq!(tree.remove("a/#", 3), Some(2));
        assert_eq!(found(&tree, "a/x"), [(2, 1)]);
    }

    #[test]
    fn what_is_removed_leaves_nothing_behind() {
        let mut tree = SubscriptionTree::new();
        let filters: Vec<String> = (0..500).map(|n| format!("{}/{}/+/{}/#", n % 7, n, n % 3)).collect();
        for round in 0..3 {
            filters.iter().for_each(|filter| assert_eq!(tree.insert(filter, 9, round), None));
            for (at, filter) in filters.iter().enumerate() {
                assert_eq!(found(&tree, &format!("{}/{at}/x/{}", at % 7, at % 3)), [(9, round)]);
                assert_eq!(tree.remove(filter, 9), Some(round));
                assert_eq!(tree.remove(filter, 9), None);
            }
            assert!(tree.is_empty() && tree.trie.edges.used == 0);
            assert_eq!(tree.trie.free.len() + 1, tree.trie.nodes.len());
        }
    }

    #[test]
    fn thousands_of_levels_need_no_call_stack() {
        let mut tree = SubscriptionTree::new();
        let deep = "+/".repeat(32_767) + "+";
        tree.insert(&deep, 1, 0);
        assert_eq!(found(&tree, &"/".repeat(32_767)), [(1, 0)]);
        tree.remove(&deep, 1);
        assert_eq!(tree.trie.free.len() + 1, tree.trie.nodes.len());
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn the_tree_agrees_with_matching_one_by_one(
                filters in prop::collection::vec(("(\\$?[ab]?|\\+)(/([ab]?|\\+)){0,3}(/#)?|#", 0u32..4, any::<bool>()), 0..40),
                names in prop::collection::vec("\\$?[ab]?(/[ab]?){0,4}", 1..8),
            ) {
                let mut tree = SubscriptionTree::new();
                let mut list: Vec<(&str, u32)> = vec![];
                for (filter, id, add) in &filters {
                    let known = list.iter().position(|it| *it == (filter, *id));
                    if *add {
                        prop_assert_eq!(tree.insert(filter, *id, 0).is_some(), known.is_some());
                        if known.is_none() {
                            list.push((filter, *id));
                        }
                    } else {
                        prop_assert_eq!(tree.remove(filter, *id).is_some(), known.is_some());
                        known.map(|at| list.remove(at));
                    }
                }
                prop_assert_eq!(tree.len(), list.len());
                for name in &names {
                    let mut expected: Vec<_> =
                        list.iter().filter(|(filter, _)| matches(filter, name)).map(|(_, id)| (*id, 0)).collect();
                    expected.sort_unstable();
                    prop_assert_eq!(found(&tree, name), expected, "{}", name);
                }
            }
        }
    }
}
