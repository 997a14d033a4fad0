//! What several tests share: captured sessions, generated packets, and what must hold for every annotation.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "what cannot be read has failed the test")]

pub mod capture_hash;
pub mod golden;
pub mod owned;
pub mod sessions;
pub mod tiling;

/// `5.0 section 2.2.2.2`, or `3.1 appendix A`: where a standard gives a rule no id.
pub fn is_section(statement: &str) -> bool {
    let Some((version, place)) = statement.split_once(' ') else { return false };
    let numbered = place.strip_prefix("section ").is_some_and(|section| {
        section.split('.').all(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    });
    ["3.1", "3.1.1", "5.0"].contains(&version) && (numbered || place == "appendix A" && version == "3.1")
}
