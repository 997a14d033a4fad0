//! One component a page.

pub mod playground;
