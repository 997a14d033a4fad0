//! One session's subscriptions, by filter.

use super::shared::GroupNumber;
use crate::codec::SubscriptionOptions;

/// What was granted for a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its options, with the QoS that was granted.
    pub options: SubscriptionOptions,
    /// Its Subscription Identifier (5.0); 0 is none.
    pub identifier: u32,
    /// The group of a shared subscription.
    pub(super) group: Option<GroupNumber>,
}

/// Filters in their order, each with what was granted. Most clients have few: a list is the smallest.
#[derive(Clone, Debug, Default)]
pub(super) struct Subscriptions(Vec<(Box<str>, Subscription)>);

impl Subscriptions {
    fn find(&self, filter: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (**known).cmp(filter))
    }

    pub(super) fn get(&self, filter: &str) -> Option<&Subscription> {
        self.find(filter).ok().map(|at| &self.0[at].1)
    }

    pub(super) fn insert(&mut self, filter: &str, subscription: Subscription) {
        match self.find(filter) {
            Ok(at) => self.0[at].1 = subscription,
            Err(at) => {
                if self.0.is_empty() {
                    self.0.reserve_exact(1);
                }
                self.0.insert(at, (filter.into(), subscription));
            }
        }
    }

    pub(super) fn remove(&mut self, filter: &str) -> Option<Subscription> {
        self.find(filter).ok().map(|at| self.0.remove(at).1)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Subscription)> {
        self.0.iter().map(|(filter, subscription)| (&**filter, subscription))
    }
}
