//! All sessions, by number and by client identifier.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::session::Session;
use crate::topic::SubscriberId;

/// A slab: numbers are used again, the last freed first.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    slots: Vec<Option<Box<Session>>>,
    free: Vec<SubscriberId>,
    by_client_id: BTreeMap<Arc<str>, SubscriberId>,
}

impl Sessions {
    pub(super) fn len(&self) -> usize {
        self.by_client_id.len()
    }

    pub(super) fn find(&self, client_id: &str) -> Option<SubscriberId> {
        self.by_client_id.get(client_id).copied()
    }

    #[inline]
    pub(super) fn by_number(&self, number: SubscriberId) -> Option<&Session> {
        self.slots.get(number as usize)?.as_deref()
    }

    #[inline]
    pub(super) fn by_number_mut(&mut self, number: SubscriberId) -> Option<&mut Session> {
        self.slots.get_mut(number as usize)?.as_deref_mut()
    }

    pub(super) fn insert(&mut self, session: Session) -> SubscriberId {
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            (self.slots.len() - 1) as SubscriberId
        });
        self.by_client_id.insert(Arc::clone(&session.client_id), number);
        self.slots[number as usize] = Some(Box::new(session));
        number
    }

    pub(super) fn remove(&mut self, number: SubscriberId) -> Option<Box<Session>> {
        let session = self.slots.get_mut(number as usize)?.take()?;
        self.by_client_id.remove(&session.client_id);
        self.free.push(number);
        Some(session)
    }

    /// In the order of client identifiers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.by_client_id.values().filter_map(|number| self.by_number(*number))
    }
}
