//! The 141 statements of MQTT 3.1.1.

mod behaviour;
mod data;
mod packets;
mod transport;

use super::statement::{Statement, join};

pub(super) static ALL: [Statement; 141] =
    join(&[data::STATEMENTS, packets::STATEMENTS, behaviour::STATEMENTS, transport::STATEMENTS]);
