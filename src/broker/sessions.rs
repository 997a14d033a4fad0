//! All sessions, by number and by client identifier.

use std::sync::Arc;

use super::paged::PagedMap;
use super::session::Session;
use crate::topic::SubscriberId;

/// A session's number; also its number in the subscription tree.
pub(super) type SessionNumber = SubscriberId;

/// A slab: numbers are used again, the last freed first. Sessions are shared with snapshots until they change.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    slots: Vec<Option<Arc<Session>>>,
    free: Vec<SessionNumber>,
    by_client_id: Arc<PagedMap<Arc<str>, SessionNumber>>,
}

impl Sessions {
    pub(super) fn len(&self) -> usize {
        self.by_client_id.len()
    }

    pub(super) fn find(&self, client_id: &str) -> Option<SessionNumber> {
        self.by_client_id.get(client_id).copied()
    }

    #[inline]
    pub(super) fn by_number(&self, number: SessionNumber) -> Option<&Session> {
        self.slots.get(number as usize)?.as_deref()
    }

    #[inline]
    pub(super) fn by_number_mut(&mut self, number: SessionNumber) -> Option<&mut Session> {
        self.slots.get_mut(number as usize)?.as_mut().map(Arc::make_mut)
    }

    pub(super) fn insert(&mut self, session: Session) -> SessionNumber {
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            (self.slots.len() - 1) as SessionNumber
        });
        Arc::make_mut(&mut self.by_client_id).insert(Arc::clone(&session.client_id), number);
        self.slots[number as usize] = Some(Arc::new(session));
        number
    }

    pub(super) fn remove(&mut self, number: SessionNumber) -> Option<Arc<Session>> {
        let session = self.slots.get_mut(number as usize)?.take()?;
        Arc::make_mut(&mut self.by_client_id).remove(&session.client_id);
        self.free.push(number);
        Some(session)
    }

    /// In the order of client identifiers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.by_client_id.values().filter_map(|number| self.by_number(*number))
    }
}
