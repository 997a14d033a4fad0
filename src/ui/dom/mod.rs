//! The page's elements: one concrete type for every element, made at once, kept up to date by Leptos' effects.
//!
//! Leptos' `view!` turns each place in the markup into code of its own, and the module's size is mostly that code: the
//! same page weighed twice as much with it. Here markup is calls with data in them, and what follows a signal is a boxed
//! closure. Signals, effects, owners and mounting are Leptos' own, and so is what a [`Memo`] here stands on.
//!
//! Whatever is made here belongs to the current owner: once that is cleaned up, its bindings and listeners rest.

mod bind;
mod element;
mod list;
mod memo;

pub use self::bind::{after, effect, later, next_frame, next_picture, on_window};
pub use self::element::{El, Slot, Words, copy_of, el, fragment, many, nothing, text};
pub use self::list::{Row, key};
pub use self::memo::Memo;
