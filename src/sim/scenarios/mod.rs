//! The scenarios that come with the playground: tables that are read when they are asked for.

mod basics;
mod lab;
mod script;
mod sessions;
mod version_5;

use super::scenario::Scenario;

/// All of them, each beside what it is like: delivery, topics, sessions, the first lab, 5.0. The first one is shown
/// first.
pub fn scenarios() -> Vec<Scenario> {
    let groups = [&basics::SCRIPTS[..], &sessions::SCRIPTS, &lab::SCRIPTS, &version_5::SCRIPTS];
    groups.into_iter().flatten().map(script::Script::scenario).collect()
}
