//! Pieces that pages are made of.

pub mod actors;
pub mod bytes;
pub mod copy_as;
pub mod diagram;
pub mod drawer;
pub mod export;
pub mod field;
pub mod files;
pub mod forms;
pub mod help;
pub mod icon;
pub mod inspector;
pub mod keys;
pub mod live;
pub mod log;
pub mod menu;
pub mod packet_table;
pub mod rule;
pub mod scroll;
pub mod segmented;
pub mod separator;
pub mod stats;
pub mod toast;
pub mod topbar;
pub mod transport;
