//! The client core through its public interface: what it sends for what it is told and what it receives, byte for
//! byte. Hex is grouped by field.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod connecting;
mod faults;
mod properties;
mod publishing;
mod receiving;
mod resuming;
mod rig;
mod statements;
mod subscribing;
mod timing;
mod version_5;
