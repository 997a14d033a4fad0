//! View models: what the page draws, worked out without a browser. Components walk these and add nothing.

pub mod actors;
pub mod build;
pub mod bytes;
pub mod cause;
pub mod compare;
pub mod copy;
pub mod decode;
pub mod diagram;
pub mod edit;
pub mod export;
pub mod find;
pub mod form;
pub mod given;
pub mod inspector;
pub mod lanes;
pub mod live;
pub mod log;
pub mod payload;
pub mod plan;
#[cfg(any(feature = "ui", test))]
pub mod qr;
pub mod report;
mod senders;
pub mod session;
pub mod state;
pub mod stats;
pub mod table;
pub mod timelines;
pub mod tracks;
pub mod transport;
pub mod verbose;
