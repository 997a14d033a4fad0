//! The 251 statements of MQTT 5.0.

mod behaviour;
mod closing;
mod connect;
mod data;
mod publish;
mod subscribe;
mod transport;

use super::statement::{Statement, join};

pub(super) static ALL: [Statement; 251] = join(&[
    data::STATEMENTS,
    connect::STATEMENTS,
    publish::STATEMENTS,
    subscribe::STATEMENTS,
    closing::STATEMENTS,
    behaviour::STATEMENTS,
    transport::STATEMENTS,
]);
