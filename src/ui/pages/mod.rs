//! One component a page.

pub mod decode;
pub mod playground;
