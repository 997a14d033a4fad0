//! Worlds as text: what the page keeps in the browser's storage and in files.
//!
//! The text is a JSON object of whole numbers, texts, flags, lists and objects. What has its default may be left out,
//! and is, when it is written; what nobody knows is an error, so that nothing is lost silently.
//!
//! ```json
//! {"mqtt_playground": 3, "id": "mine", "title": "Mine", "clients": [
//!   {"name": "pub1", "version": "5.0", "client_id": "pub1"}], "script": [
//!   {"client": 0, "at_micros": 500000, "do": "connect"}], "actions": [
//!   {"client": 0, "at_micros": 700000, "do": "publish", "topic": "a", "payload": "hello", "qos": 1}], "step": 9}
//! ```
//!
//! - `mqtt_playground`: the version of the form, [`FORM`]. Later programs read earlier forms; what an earlier form
//!   said is said in the same way in all later ones.
//! - `id`, `title`, `text`, `seed`, `latency_micros`, `jitter_micros`, `processing_micros`, `broker`, `clients`,
//!   `broker_name`, `links`, `script`: the [`Scenario`](super::Scenario) in full. `broker` has the names of
//!   [`BrokerConfig`](crate::broker::BrokerConfig), each of `links` those of [`LinkSettings`](super::LinkSettings).
//! - `brokers`: more brokers, each with a `name` and settings; a client's `broker` is the number of its own, the first
//!   one being 0.
//! - `conditions`: actions that wait. `when` tells of whom (`of`), what (`sends`, `receives`, `connects`, `disconnects`,
//!   `delivers`; with `packet` or `filter`) and which time (`nth`, 0 for every time); `later_micros` how much later.
//! - `actions`: what the user has done, in order. `at_micros` is the virtual time; `after` counts the steps of that very
//!   time which came first.
//! - `step`: where the cursor stands.
//! - `timelines`: where there are several, all of them in the order of their letters: `letter`, `name`, the letter that it
//!   left in `from`, when in `at_micros`, and its `world`, an object of this form; the one without is the world around it.
//!
//! `client` and `of` count the clients from 0, and the brokers from 1,000,000. Bytes that are no text are `{"hex": "00ff"}`. Simulated passwords are part of it.

mod action;
mod describe;
mod forks;
mod form;
mod json;
mod lines;

pub use self::lines::{LineError, LineFault, name_in_line};

use self::form::Form;
use super::record::Record;
use super::scenario::Action;
use crate::capture::Step;

/// The version of the form that is written.
pub const FORM: u64 = 3;

/// Bytes of text that are read at most.
pub const MAX_TEXT: usize = 8 << 20;

/// Why a text is no saved world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// It is longer than [`MAX_TEXT`].
    #[error("it is larger than {} MB", MAX_TEXT >> 20)]
    TooLarge,
    /// It is no JSON, or of a kind that is not used here.
    #[error("line {line}, column {column}: expected {expected}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// In bytes, counted from 1.
        column: usize,
        /// What would be right.
        expected: &'static str,
    },
    /// It does not say that it is a saved world.
    #[error("it is not a saved world of MQTT Playground")]
    Foreign,
    /// It was written by a later program.
    #[error("it was saved by a later version (form {found}, this one reads up to {FORM})")]
    Later {
        /// The version that it names.
        found: u64,
    },
    /// A value of another kind.
    #[error("{at}: expected {expected}, found {found}")]
    Kind {
        /// The names that lead there.
        at: String,
        /// What would be right.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A value that cannot be.
    #[error("{at}: expected {expected}")]
    Value {
        /// The names that lead there.
        at: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A name that nobody knows.
    #[error("{at}: unknown name")]
    Unknown {
        /// The names that lead there.
        at: String,
    },
}

impl SavedError {
    /// The names that lead to what is wrong.
    pub(in crate::sim) fn at(&self) -> Option<&str> {
        match self {
            Self::Kind { at, .. } | Self::Value { at, .. } | Self::Unknown { at } => Some(at),
            _ => None,
        }
    }
}

impl Action {
    /// The text of this action, as it stands in a world's.
    pub fn to_text(&self) -> String {
        let mut error = None;
        let mut form = Form::write(String::new(), &mut error);
        action::action(&mut form, self.clone());
        form.end()
    }

    /// Reads such a text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_text(text: &str) -> Result<Self, SavedError> {
        if text.len() > MAX_TEXT {
            return Err(SavedError::TooLarge);
        }
        let value = json::parse(text)?;
        if !matches!(value, json::Value::Object(_)) {
            return Err(SavedError::Foreign);
        }
        let mut error = None;
        let mut form = Form::read(value, String::new(), &mut error);
        let action = action::action(&mut form, Self::Connect);
        form.end();
        error.map_or(Ok(action), Err)
    }
}

/// The value of a saved world, of whichever form is read.
fn parse(text: &str) -> Result<json::Value, SavedError> {
    if text.len() > MAX_TEXT {
        return Err(SavedError::TooLarge);
    }
    let value = json::parse(text)?;
    let json::Value::Object(entries) = &value else { return Err(SavedError::Foreign) };
    match entries.iter().find(|(name, _)| name == describe::FORM_NAME) {
        Some((_, json::Value::Number(1..=FORM))) => Ok(value),
        Some((_, json::Value::Number(found))) if *found > FORM => Err(SavedError::Later { found: *found }),
        _ => Err(SavedError::Foreign),
    }
}

impl Record {
    /// The text of this world with the cursor at `step`.
    pub fn to_text(&self, step: Step) -> String {
        let mut error = None;
        let mut form = Form::write(String::new(), &mut error);
        let (mut copy, mut step) = (self.clone(), step);
        describe::record(&mut form, &mut copy, &mut step);
        form.end() + "\n"
    }

    /// Reads such a text: the world on stage and its cursor's step.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_text(text: &str) -> Result<(Self, Step), SavedError> {
        let forks = super::fork::Forks::from_text(text)?;
        let fork = &forks.all()[forks.current()];
        Ok((fork.record.clone(), fork.step))
    }
}
