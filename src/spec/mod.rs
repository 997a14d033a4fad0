//! The normative statements of MQTT 3.1.1 and 5.0: what each demands, in our words, whom it binds, where it stands.
//!
//! The two standards number their statements alike but not the same: an id that stands in both may mean
//! something else in each, so a statement is always named by version and id (`3.1.1 MQTT-3.8.3-4`,
//! `5.0 MQTT-3.8.3-4`). The ids are those of each standard's list of normative statements, and all of them are
//! here. MQTT 3.1 has no ids. In the texts, "connection" is the standards' Network Connection and a "string" is
//! a UTF-8 encoded string.
//!
//! The page calls neither [`lookup`] nor [`statements`], so that its modules hold none of the texts: it reads a
//! [`Reference`] for the link, and loads what [`texts`] makes once it shows a rule.

mod anchor;
mod lookup;
mod reference;
mod statement;
mod texts;
mod v311;
mod v5;

pub use lookup::{lookup, statements};
pub use reference::Reference;
pub use statement::{Binds, Standard, Statement};
pub use texts::{text_in, texts};
