//! Worlds as lines that people read and edit: the same as the JSON form, value for value.
//!
//! ```text
//! # QoS 1 with a cut link
//! title QoS 1, lost PUBACK
//! network seed=7 latency=20ms
//! broker max_inflight_messages=10
//! another-broker edge allow_anonymous=false
//! client pub1 clean_start=false first_packet_id=7
//! client sub1 version=5.0 clean_start=false +session-expiry-interval=3600
//! link pub1 to_broker=20ms to_client=60ms jitter=5ms
//!
//! 0.000 sub1 connect
//! 0.042 sub1 subscribe sensors/# qos=1
//! 0.500 pub1 connect
//! 2.000 pub1 publish sensors/kitchen/temp "21.5" qos=1
//! 2.000 pub1 arm fault=cut_before packet=PUBACK
//! 6.000 pub1 connect
//!
//! when sub1 receives PUBLISH nth=2 after=5ms do sub1 cut
//! when sub1 delivers alarms/# every do pub1 publish lamp "on"
//! ```
//!
//! - A line is a word and what belongs to it. A line that begins with `#` is a comment; empty lines mean nothing.
//! - `mqtt-playground 3` (the version of the form), `id`, `title`, `text`, `broker-name` (what stands over the first broker's
//!   lifeline): the rest of the line is the value.
//! - `network`: `seed`, `latency`, `jitter`, `processing`. `broker`: settings under mosquitto's names. `client NAME`: how
//!   it connects; its client identifier is its name unless `client_id` is told. `link NAME`: its link; what is left out is as in `network`.
//! - `another-broker NAME`: one more broker and its settings; `broker=NAME` in a client's line is the broker that it
//!   is linked to, `use-broker broker=NAME` an action that chooses another one. The first broker is called `broker`.
//! - `SECONDS NAME ACTION …`: the script. `@SECONDS NAME ACTION …`: what the user did, `@2.000+1` after one step of that
//!   very time. What is done to a broker has `broker` or its name for a name. `step N`: where the cursor stands.
//! - `when NAME WHAT … do NAME ACTION …`: an action that waits. WHAT is `sends` or `receives`, then a packet's name or
//!   none for any; `connects`; `disconnects`; `delivers`, then a topic filter or none for any message. Then `nth=2` for
//!   the second time, `every` for each time (1,000 times at most), `after=5ms` for an action that comes so much later.
//! - Values are `name=value`; a name alone is `name=true`. A value is a whole number, a time (`20ms`, `5s`, `7us`), a
//!   word, a text in quotes as in JSON, bytes as `x"00ff"`, `{…}` with values in it, or `[{…} {…}]`.
//! - Properties of 5.0 are `+session-expiry-interval=60`, or `+user-property="unit":"C"`.
//! - `publish TOPIC "payload"`, `subscribe FILTER qos=1 FILTER qos=2 no_local=true`, `unsubscribe FILTER FILTER`; the
//!   other actions and all names are those of the JSON form, with `-` for `_` in actions.

mod read;
mod token;
mod write;

use super::{MAX_TEXT, SavedError};
use crate::capture::Step;
use crate::sim::Record;

/// Why lines are no world, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {why}")]
pub struct LineError {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// How many characters are meant.
    pub len: usize,
    /// What is wrong there.
    pub why: LineFault,
}

/// What is wrong in a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Something else has to stand here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// No line begins so.
    #[error(
        "a line begins with a time or with one of: title, network, broker, another-broker, client, link, when, step"
    )]
    Line,
    /// No client has this name.
    #[error("there is no client of this name above")]
    Client,
    /// No broker has this name.
    #[error("there is no broker of this name above")]
    Broker,
    /// No property has this name.
    #[error("there is no property of this name")]
    Property,
    /// What stands here is no value for this name, or the name is unknown.
    #[error("{0}")]
    Value(SavedError),
}

/// A name of a client or broker as it stands in a line.
pub fn name_in_line(name: &str) -> String {
    write::quoted_name(name)
}

impl Record {
    /// The lines of this world with the cursor at `step`.
    pub fn to_lines(&self, step: Step) -> String {
        write::write(self, step)
    }

    /// Reads such lines: the world and the cursor's step.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn from_lines(text: &str) -> Result<(Self, Step), LineError> {
        if text.len() > MAX_TEXT {
            return Err(LineError {
                line: 1,
                column: 1,
                len: 0,
                why: LineFault::Value(SavedError::TooLarge),
            });
        }
        read::read(text)
    }
}
