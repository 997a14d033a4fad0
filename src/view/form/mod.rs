//! Forms as data: which fields and properties a packet's form has, what is typed into them, and what comes of it.
//!
//! A [`Draft`] is all that a client's forms hold, as it was typed. [`layout`] says what a form shows, in order;
//! [`preview`] turns a draft into the action that it stands for and the very bytes that would go out, or into the
//! [`Trouble`] that stands in the way, with its place. [`trial`] asks a copy of the broker what it would do with them.
//! What a version lacks stays in the draft and is not sent.

mod build;
mod draft;
mod layout;
mod matches;
mod preview;
mod property;
mod raw;
mod repeat;
mod settings;
mod shown;
#[cfg(test)]
mod tests;
mod trial;

pub use build::{Place, Trouble, payload};
pub use draft::{Draft, Field, FilterDraft, Key};
pub use layout::{Control, FormKind, Part, Spec, layout};
pub use matches::{Matches, matches, reached, topics};
pub use preview::{Preview, perform, preview};
pub use property::{Choice, PropertyDraft, Which, choices, host_of, words};
pub use raw::{example, examples, spaced, with_property};
pub use settings::{SETTINGS, SettingKind, Settings, conf_words, setting_kind};
pub use shown::{Facts, Shown, Tone, acknowledgement, lacks};
pub use trial::{Trial, trial};
