//! An MQTT playground: broker, clients and codec as plain values, so that one browser tab can run them,
//! step them, rewind them and explain every byte between them.
//!
//! Everything here builds natively without a browser, except what stands behind the features `js` and `ui`.
//! `ARCHITECTURE.md` is the map; `tests/architecture.rs` holds the directions between modules.
//!
//! What is absent on purpose: no module but `js`, `ui` and `transport` reads a clock, draws a random number or knows
//! a browser; `broker` and `client` never see each other; there is no second decoder.

#[doc(inline)]
pub use mqtt_playground_wire::{codec, topic};

pub mod broker;
pub mod capture;
pub mod client;
pub mod console;
pub mod dissect;
pub mod input;
#[cfg(feature = "js")]
pub mod js;
pub mod session;
pub mod sim;
pub mod spec;
pub mod time;
pub mod transport;
#[cfg(feature = "ui")]
pub mod ui;
pub mod view;
