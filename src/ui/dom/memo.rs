//! What follows from signals, kept until it changes.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::{Get, GetUntracked, Signal, Track};

/// A value that follows from signals: computed when it is asked for and a signal behind it has changed, and told to
/// those who read it only when it has become another one. Leptos' own of this name is compiled anew for each type of
/// value; this one holds every value in the same kind of box.
pub struct Memo<T> {
    kept: leptos::prelude::Memo<Kept>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

trait Value: Any + Send + Sync {
    fn same(&self, other: &dyn Any) -> bool;
    fn any(&self) -> &dyn Any;
}

impl<T: PartialEq + Send + Sync + 'static> Value for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>().is_some_and(|other| self == other)
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

#[derive(Clone)]
struct Kept(Arc<dyn Value>);

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.0.same((*other.0).any())
    }
}

fn keep(compute: Box<dyn Fn() -> Kept + Send + Sync>) -> leptos::prelude::Memo<Kept> {
    leptos::prelude::Memo::new(move |_| compute())
}

fn now(memo: leptos::prelude::Memo<Kept>) -> Kept {
    memo.get()
}

fn now_untracked(memo: leptos::prelude::Memo<Kept>) -> Kept {
    memo.get_untracked()
}

fn value<T: 'static>(kept: &Kept) -> &T {
    match (*kept.0).any().downcast_ref() {
        Some(value) => value,
        // `new` is the only place that makes one, and puts in a `T`.
        None => unreachable!(),
    }
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// The value that `compute` gives; signals that it reads are followed.
    pub fn new(compute: impl Fn(()) -> T + Send + Sync + 'static) -> Self {
        Self { kept: keep(Box::new(move || Kept(Arc::new(compute(()))))), of: PhantomData }
    }

    /// Looks at the value, and follows it.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(value(&now(self.kept)))
    }

    /// Follows the value without looking at it.
    pub fn track(&self) {
        self.kept.track();
    }

    /// Looks at the value without following it.
    pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(value(&now_untracked(self.kept)))
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Memo<T> {
    /// A copy of the value; it is followed.
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// A copy of the value, which is not followed.
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }

    /// A copy of the value, which is not followed; `None` once its owner is gone.
    pub fn try_get_untracked(&self) -> Option<T> {
        self.kept.try_get_untracked().map(|kept| value::<T>(&kept).clone())
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::derive(move || memo.get())
    }
}
