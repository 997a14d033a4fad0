//! State that components share: `Copy` structs of signals, made once at the owner of the page that uses them.

mod selection;
mod source;

pub use selection::Selection;
pub use source::{Scene, Source};
