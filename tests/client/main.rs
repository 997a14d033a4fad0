//! The client core through its public interface: what it sends for what it is told and what it receives, byte for
//! byte. Hex is grouped by field.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aliasing;
mod authentication;
mod connecting;
mod disconnecting;
mod faults;
mod manifest;
mod misbehaving;
mod properties;
mod publishing;
mod receiving;
mod reconnecting;
mod resuming;
mod retrying;
mod rig;
mod statements;
mod subscribing;
mod timing;
mod version_5;
