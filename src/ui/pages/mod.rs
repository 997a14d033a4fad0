//! One component a page.

pub mod connect;
pub mod decode;
pub mod playground;
