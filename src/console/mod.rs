//! Terminals over a simulated world, in which mosquitto's clients are typed as in any lab.
//!
//! A [`Console`] holds terminals and what runs in them. [`Console::enter`] runs the world's virtual time until the
//! prompt returns, or until nothing is left to happen but a message that may come. All that is printed carries the step
//! that printed it; at an earlier cursor the terminals are what they were ([`Console::lines`]), and a line that is typed
//! there goes on from there.
//!
//! The page's world stands elsewhere: a [`Mirror`] stays equal to it. What it was told is text, too: after a reload another
//! one becomes the same by it ([`Mirror::restored`]).
//!
//! The clients take and refuse the options of mosquitto 2.0.11, and print what it prints
//! (`tests/behaviour/console_mosquitto.rs` compares them with the real programs). They act through
//! [`crate::sim::Action`]s alone, so that a world's [`crate::sim::Record`] holds what they did.
//!
//! The broker is a program too: `mosquitto -v` prints its log, `service mosquitto stop` and `pkill mosquitto` end it.
//! Its settings stand in a small file tree, which goes back with time as all does: `nano` edits a file, and what
//! `mosquitto.conf`, its password file and its acl file say is taken when the broker starts.
//! Where a world has several, each has a machine of its own: `ssh NAME` goes there, `-h NAME` reaches it from elsewhere.
//! A broker is the world's: while it is stopped, all clients are refused their connections.
//!
//! Over a real connection, [`Remote`] reads the same lines for a client that is connected already.
//!
//! Bounds: [`MAX_TERMINALS`] terminals, [`MAX_LINE`] bytes of a line, [`MAX_JOBS`] programs in the background of each,
//! [`MAX_LOOP`] runs of a loop, [`MAX_PRINTED`] pieces of text in each terminal (the oldest go),
//! [`MAX_FILES`] files of [`MAX_FILE`] bytes, [`MAX_JOURNAL`] bytes of what a mirror was told: terminals that were told more are
//! empty after a reload, and on the page those of a world of more than 50,000 steps.

mod builtin;
mod complete;
mod daemon;
mod error;
mod explain;
mod files;
mod format;
mod journal;
mod json;
mod launch;
mod machine;
mod mirror;
mod option_table;
mod options;
mod remote;
mod run;
mod screen;
mod shell;
mod terminals;
mod trace;

pub use complete::Completion;
pub use daemon::brokers;
pub use explain::{Explained, explain};
pub use files::{MAX_FILE, MAX_FILES};
pub use journal::{MAX_JOURNAL, entered};
pub use machine::wrong_file;
pub use mirror::{Entered, MAX_KEPT, Mirror};
pub use remote::{Host, MAX_MESSAGES, Reaction, Remote};
pub use screen::{Line, Running};
pub use shell::MAX_LOOP;
pub use terminals::{CLEAR, Console, MAX_JOBS, MAX_LINE, MAX_PRINTED, MAX_TERMINALS, Printed, Rest, Stream};
