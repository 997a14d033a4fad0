//! What is offered to JavaScript: `decode(bytes, options)`, `version()`, and a `Broker` that any MQTT client can talk to.
//! `src/tools.rs` exports it: whatever a library exports would be a part of each module.

mod broker;
mod config;
mod decode;

pub use broker::{Connection, Host};
pub use decode::decode;

/// The version of MQTT Playground.
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
