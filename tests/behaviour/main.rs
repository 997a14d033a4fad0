//! Behaviour through the public interface: what the library does as a whole, and beside the real programs.
//!
//! One program for all of it: each of its own would be linked with everything, and what waits for a program's timers
//! would have no other tests beside it. `cargo test --test behaviour sim_links` runs one file.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod codec_properties;
mod console;
mod console_mirror;
mod console_mosquitto;
mod decode_example;
mod dissect_bounds;
mod dissect_captures;
mod dissect_golden;
mod dissect_malformed;
mod dissect_properties;
mod dissect_report;
mod export;
mod input_properties;
mod mosquitto_clients;
mod mosquitto_log;
mod repairs;
mod replay;
mod sim_brokers;
mod sim_faults;
mod sim_features;
mod sim_history;
mod sim_links;
mod sim_reading;
mod sim_record;
mod sim_scenarios;
mod sim_sequences;
mod sim_text;
mod sim_travel;
mod sim_when;
mod spec_coverage;
mod support;
