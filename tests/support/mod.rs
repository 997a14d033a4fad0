//! What several tests share: captured sessions, generated packets, and what must hold for every annotation.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "what cannot be read has failed the test")]

pub mod owned;
pub mod sessions;
pub mod tiling;
