//! The broker through its public interface: bytes in, bytes out, decisions told.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod authentication;
mod closing;
mod connect;
mod limits;
mod properties;
mod qos;
mod resume;
mod retained;
mod rig;
mod shared;
mod subscriptions;
mod sys;
mod v5_connect;
mod v5_messages;
mod v5_publish;
mod v5_sessions;
mod v5_subscriptions;
mod wills;
