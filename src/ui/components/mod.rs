//! Pieces that pages are made of.

pub mod bytes;
pub mod icon;
pub mod inspector;
pub mod scroll;
pub mod segmented;
pub mod topbar;
