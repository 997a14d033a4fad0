//! What is offered to JavaScript: `decode`, `encode`, `explain`, `detectInput`, `version()`, a `Broker` that any MQTT client
//! can talk to, and a `Playground`: a world to act in and to step.
//! `src/tools.rs` exports it: whatever a library exports would be a part of each module.

mod broker;
mod config;
mod decode;
mod encode;
mod input;
mod world;

pub use broker::{Connection, Host};
pub use decode::decode;
pub use encode::encode;
pub use input::{detect_input, explain};
pub use world::World;

/// The version of MQTT Playground.
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
