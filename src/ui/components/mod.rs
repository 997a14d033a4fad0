//! Pieces that pages are made of.

pub mod icon;
pub mod topbar;
