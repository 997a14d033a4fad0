//! State that components share: `Copy` structs of signals, made once at the owner of the page that uses them.

mod edits;
mod kept;
mod mode;
mod playback;
mod selection;
mod source;
mod stage;
mod timelines;

pub use edits::Notice;
pub use kept::{entry, keep, own_keys, remember, remembered};
pub use mode::Mode;
pub use selection::Selection;
pub use source::{Scene, Source};
pub use stage::Stage;
