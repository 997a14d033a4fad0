//! The scenarios that come with the playground: tables that are read when they are asked for.

mod basics;
mod lab;
mod script;
mod sessions;
mod v5_connections;
mod v5_subscriptions;
mod version_5;

use super::scenario::Scenario;
use script::Script;

/// Each beside what it is like.
static GROUPS: [(&str, &[Script]); 6] = [
    ("Delivery and topics", &basics::SCRIPTS),
    ("Sessions, wills, the broker", &sessions::SCRIPTS),
    ("LAB 1", &lab::SCRIPTS),
    ("5.0: messages", &version_5::SCRIPTS),
    ("5.0: subscriptions", &v5_subscriptions::SCRIPTS),
    ("5.0: connections and sessions", &v5_connections::SCRIPTS),
];

/// All of them, group by group. The first one is shown first.
pub fn scenarios() -> Vec<Scenario> {
    GROUPS.iter().flat_map(|(_, scripts)| *scripts).map(Script::scenario).collect()
}

/// The groups' names, each with how many of [`scenarios`] it holds.
pub fn scenario_groups() -> impl Iterator<Item = (&'static str, usize)> {
    GROUPS.iter().map(|(name, scripts)| (*name, scripts.len()))
}
