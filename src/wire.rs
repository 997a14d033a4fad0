//! The root of the package `wire/`: the codec and what it stands on, compiled for speed where the rest is compiled
//! for size. The library re-exports these modules, so that `crate::codec` means the same in both.
//!
//! A generic function is compiled where it is used. What has to be fast ends here in functions that are not generic.

pub mod codec;
pub mod topic;
