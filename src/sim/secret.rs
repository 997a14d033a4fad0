//! Worlds that are given away: without passwords.

use bytes::Bytes;

use super::fork::Forks;
use super::record::Record;
use super::scenario::Action;
use crate::broker::{BrokerConfig, Secret};
use crate::client::ClientConfig;

/// What stands for each byte of a password: the packets are as long as they were.
const PLACEHOLDER: u8 = b'*';

impl Record {
    /// The same world with placeholders of the same length for passwords, and how many that were. What was typed into a
    /// payload or into raw bytes stays.
    pub fn without_passwords(&self) -> (Self, usize) {
        let (mut record, mut count) = (self.clone(), 0);
        for spec in &mut record.scenario.clients {
            client(&mut spec.config, &mut count);
        }
        broker(&mut record.scenario.broker, &mut count);
        for spec in &mut record.scenario.brokers {
            broker(&mut spec.config, &mut count);
        }
        let script = record.scenario.actions.iter_mut().map(|timed| &mut timed.action);
        let conditions = record.scenario.conditions.iter_mut().map(|it| &mut it.action);
        for action in script.chain(conditions).chain(record.actions.iter_mut().map(|it| &mut it.action)) {
            match action {
                Action::Configure(config) | Action::ConnectAs(config) => client(config, &mut count),
                Action::ConfigureBroker(config)
                | Action::RestartBroker(config)
                | Action::RestartBrokerKeeping(config) => broker(config, &mut count),
                _ => {}
            }
        }
        (record, count)
    }
}

impl Forks {
    /// All timelines so, and how many passwords the one has that has most.
    pub fn without_passwords(&self) -> (Self, usize) {
        let (mut forks, mut most) = (self.clone(), 0);
        forks.change_records(&mut |record| {
            let (without, count) = record.without_passwords();
            most = most.max(count);
            *record = without;
        });
        (forks, most)
    }
}

fn client(config: &mut ClientConfig, count: &mut usize) {
    if let Some(password) = &mut config.password
        && !password.is_empty()
    {
        *password = Bytes::from(vec![PLACEHOLDER; password.len()]);
        *count += 1;
    }
}

fn broker(config: &mut BrokerConfig, count: &mut usize) {
    for user in &mut config.users {
        if let Secret::Plain(password) = &mut user.password
            && !password.is_empty()
        {
            password.fill(PLACEHOLDER);
            *count += 1;
        }
    }
}
