//! The broker through its public interface: bytes in, bytes out, decisions told.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod closing;
mod connect;
mod limits;
mod properties;
mod qos;
mod resume;
mod retained;
mod rig;
mod subscriptions;
mod wills;
