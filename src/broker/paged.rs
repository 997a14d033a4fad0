//! An ordered map for a handful of entries or a hundred thousand.

use core::borrow::Borrow;
use core::fmt;
use core::mem;

/// Entries of a page at most: what an insertion moves.
const PAGE: usize = 128;

/// A map in the order of its keys: sorted pages in a list. A sorted list alone moves half of all entries for each new
/// one, a B-tree's code weighs several times as much.
#[derive(Clone)]
pub(super) struct PagedMap<K, V> {
    /// None of them is empty.
    pages: Vec<Vec<(K, V)>>,
    len: usize,
}

impl<K, V> Default for PagedMap<K, V> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

/// As a map prints its entries: where pages end is nobody's concern.
impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for PagedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.pages.iter().flatten().map(|(key, value)| (key, value))).finish()
    }
}

impl<K: Ord, V> PagedMap<K, V> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (page, at) = self.find(key);
        self.pages.get(page)?.get(at.ok()?).map(|(_, value)| value)
    }

    pub(super) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (page, at) = self.find(key);
        self.pages.get_mut(page)?.get_mut(at.ok()?).map(|(_, value)| value)
    }

    pub(super) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).1.is_ok()
    }

    /// Gives back the value that it replaces.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = match self.find(&key) {
            (page, Ok(at)) => return Some(mem::replace(&mut self.pages[page][at].1, value)),
            (page, Err(at)) => (page, at),
        };
        let (mut page, mut at) = at;
        self.len += 1;
        if self.pages.get(page).is_none_or(|entries| entries.len() >= PAGE) {
            let last = page + 1 >= self.pages.len() && self.pages.get(page).is_none_or(|it| it.len() == at);
            if last {
                // Keys that ascend fill their pages.
                page = self.pages.len();
                self.pages.push(Vec::new());
                at = 0;
            } else {
                let half = self.pages[page].split_off(PAGE / 2);
                self.pages.insert(page + 1, half);
                if at > PAGE / 2 {
                    (page, at) = (page + 1, at - PAGE / 2);
                }
            }
        }
        self.pages[page].insert(at, (key, value));
        None
    }

    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (page, at) = self.find(key);
        let at = at.ok()?;
        let (_, value) = self.pages[page].remove(at);
        self.len -= 1;
        // What is left goes to the page behind it where there is room, so that pages do not become many and small.
        let left = self.pages[page].len();
        match self.pages.get(page + 1).map(Vec::len) {
            Some(next) if left + next <= PAGE / 2 => {
                let next = self.pages.remove(page + 1);
                self.pages[page].extend(next);
            }
            _ if left == 0 => {
                self.pages.remove(page);
            }
            _ => {}
        }
        Some(value)
    }

    /// In the order of keys.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.pages.iter().flatten().map(|(_, value)| value)
    }

    /// The page that a key belongs to, and its place there or where it would be.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> (usize, Result<usize, usize>)
    where
        K: Borrow<Q>,
    {
        let behind = |page: &Vec<(K, V)>| page.last().is_some_and(|(last, _)| last.borrow() < key);
        let page = self.pages.partition_point(behind).min(self.pages.len().saturating_sub(1));
        let place = match self.pages.get(page) {
            Some(entries) => entries.binary_search_by(|(known, _)| known.borrow().cmp(key)),
            None => Err(0),
        };
        (page, place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_does_what_a_b_tree_does() {
        let (mut paged, mut tree) = (PagedMap::default(), BTreeMap::new());
        assert!(paged.get(&0).is_none() && paged.remove(&0).is_none());
        assert!(paged.get_mut(&0).is_none() && !paged.contains_key(&0));
        let mut number = 12_345_u32;
        for step in 0..20_000_u32 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // More come at first, more go later; some come in order.
            let key = if step % 7 == 0 { 5_000 + step } else { number >> 20 };
            if (number >> 8) % 100 < if step < 10_000 { 80 } else { 25 } {
                assert_eq!(paged.insert(key, step), tree.insert(key, step));
            } else {
                assert_eq!(paged.remove(&key), tree.remove(&key));
            }
            assert_eq!((paged.len(), paged.get(&key)), (tree.len(), tree.get(&key)));
            assert_eq!(paged.get_mut(&key), tree.get_mut(&key));
            assert_eq!(paged.contains_key(&key), tree.contains_key(&key));
            if step % 500 == 0 {
                assert!(paged.values().eq(tree.values()));
                assert_eq!(format!("{paged:?}"), format!("{tree:?}"));
                assert!(paged.pages.iter().all(|page| (1..=PAGE).contains(&page.len())));
            }
        }
        for key in tree.keys() {
            assert!(paged.remove(key).is_some());
        }
        assert!(paged.len() == 0 && paged.pages.is_empty());
        assert_eq!(paged.remove(&1), None);
    }

    #[test]
    fn keys_that_ascend_fill_their_pages() {
        let mut paged = PagedMap::default();
        (0..10 * PAGE).for_each(|key| assert_eq!(paged.insert(key, ()), None));
        assert_eq!(paged.pages.len(), 10);
    }
}
