//! The normative statements of MQTT 3.1.1 and 5.0: what each demands, in our words, whom it binds, where it stands.
//!
//! The two standards number their statements alike but not the same: an id that stands in both may mean
//! something else in each, so a statement is always named by version and id (`3.1.1 MQTT-3.8.3-4`,
//! `5.0 MQTT-3.8.3-4`). The ids are those of each standard's list of normative statements, and all of them are
//! here. MQTT 3.1 has no ids. In the texts, "connection" is the standards' Network Connection and a "string" is
//! a UTF-8 encoded string.

mod anchor;
mod lookup;
mod statement;
mod v311;
mod v5;

pub use lookup::{lookup, statements};
pub use statement::{Binds, Standard, Statement};
