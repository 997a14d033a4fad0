//! View models: what the page draws, worked out without a browser. Components walk these and add nothing.

pub mod bytes;
pub mod decode;
pub mod diagram;
pub mod inspector;
