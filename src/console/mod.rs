//! Terminals over a simulated world, in which mosquitto's clients are typed as in any lab.
//!
//! A [`Console`] holds terminals and what runs in them. [`Console::enter`] runs the world's virtual time until the
//! prompt returns, or until nothing is left to happen but a message that may come. All that is printed carries the step
//! that printed it; at an earlier cursor the terminals are what they were ([`Console::lines`]), and a line that is typed
//! there goes on from there.
//!
//! The page's world stands elsewhere: a [`Mirror`] stays equal to it.
//!
//! The clients take and refuse the options of mosquitto 2.0.11, and print what it prints
//! (`tests/console_mosquitto.rs` compares them with the real programs). They act through [`crate::sim::Action`]s alone, so
//! that a world's [`crate::sim::Record`] holds what they did.
//!
//! The broker is a program too: `mosquitto -v` prints its log, `service mosquitto stop` and `pkill mosquitto` end it.
//! While it is stopped, terminals are refused their connections; other clients of the world are not.
//!
//! Bounds: [`MAX_TERMINALS`] terminals, [`MAX_LINE`] bytes of a line, [`MAX_JOBS`] programs in the background of each,
//! [`MAX_LOOP`] runs of a loop, [`MAX_PRINTED`] pieces of text in each terminal (the oldest go).

mod builtin;
mod daemon;
mod error;
mod format;
mod json;
mod launch;
mod machine;
mod mirror;
mod options;
mod run;
mod screen;
mod shell;
mod terminals;
mod trace;

pub use mirror::{Entered, MAX_KEPT, Mirror};
pub use screen::{Line, Running};
pub use shell::MAX_LOOP;
pub use terminals::{CLEAR, Console, MAX_JOBS, MAX_LINE, MAX_PRINTED, MAX_TERMINALS, Printed, Rest, Stream};
