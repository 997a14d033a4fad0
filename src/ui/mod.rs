//! The page: Leptos components that walk the view models of [`crate::view`] and add nothing of their own.
//!
//! State that outlives a page is made once, at the app's owner, and handed down in context as `Copy` structs of
//! signals; a component takes what it shows. Bytes reach the page as text nodes and attributes, never as markup.

mod app;
mod components;
mod dom;
mod load;
mod media;
mod pages;
mod route;
mod squeeze;
mod state;
mod texts;
mod theme;
mod tools;

pub use app::mount;
pub use components::compare::{Compared, open as compare_packets};
pub use components::copy_as::open as copy_packet;
pub use components::edit::{Edited, open as edit_bytes};
pub use components::export::open as export_diagram;
pub use components::forms::host::{Moment, Panel};
pub use components::help::open as keyboard_help;
pub use components::network::share::read as read_world;
pub use components::rename::open as ask_name;
pub use components::scenario_list::open as list_scenarios;
pub use components::terminal::open as open_terminals;
pub use components::wipe::open as ask_to_wipe;
pub use tools::mount as mount_tools;
