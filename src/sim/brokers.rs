//! Brokers of a world as data: renamed, taken away.

use super::record::Record;
use super::run::BROKER_NAME;
use super::scenario::{Action, AddClientError, BROKERS, ClientSpec, Scenario};

impl Scenario {
    /// What stands over the first broker's lifeline.
    pub fn first_broker(&self) -> &str {
        if self.broker_name.is_empty() { BROKER_NAME } else { &self.broker_name }
    }

    /// What stands over a broker's lifeline; nothing where there is none of this number.
    pub fn broker_name_of(&self, number: usize) -> &str {
        match number.checked_sub(1) {
            None => self.first_broker(),
            Some(at) => self.brokers.get(at).map_or("", |it| &it.name),
        }
    }
}

impl Record {
    /// The same world with another name for a broker.
    ///
    /// # Errors
    /// When it is no name, or another lifeline has it.
    pub fn with_broker_named(&self, number: usize, name: &str) -> Result<Self, AddClientError> {
        let mut record = self.clone();
        let scenario = &mut record.scenario;
        let clients = scenario.clients.iter().any(|it| it.name == name);
        let mut brokers = (0..=scenario.brokers.len()).filter(|at| *at != number);
        // What the first one is called anyway cannot be another one's in the saved form.
        let reserved = number > 0 && name == BROKER_NAME;
        if clients
            || reserved
            || !ClientSpec::is_name(name)
            || brokers.any(|at| scenario.broker_name_of(at) == name)
        {
            return Err(AddClientError::NameTaken);
        }
        match number.checked_sub(1) {
            None if name == BROKER_NAME => scenario.broker_name.clear(),
            None => name.clone_into(&mut scenario.broker_name),
            Some(at) => {
                if let Some(it) = scenario.brokers.get_mut(at) {
                    name.clone_into(&mut it.name);
                }
            }
        }
        Ok(record)
    }

    /// The same world without a broker that is not the first: its clients are the first one's, and what was done to it or
    /// waited for something at it is left out.
    pub fn without_broker(&self, number: usize) -> Self {
        let mut record = self.clone();
        let Some(at) = number.checked_sub(1).filter(|at| *at < record.scenario.brokers.len()) else {
            return record;
        };
        let scenario = &mut record.scenario;
        scenario.brokers.remove(at);
        let moved = |it: &mut usize| match *it {
            known if known == number => *it = 0,
            known if known > number => *it -= 1,
            _ => {}
        };
        scenario.homes.iter_mut().for_each(moved);
        let keep = |client: &mut usize, action: &mut Action| {
            if let Action::UseBroker(wanted) = action {
                moved(wanted);
            }
            party(client, number)
        };
        scenario.actions.retain_mut(|it| keep(&mut it.client, &mut it.action));
        scenario
            .conditions
            .retain_mut(|it| party(&mut it.of, number) && keep(&mut it.client, &mut it.action));
        record.actions.retain_mut(|it| keep(&mut it.client, &mut it.action));
        record
    }
}

/// Whether it is not that broker; brokers behind that one have moved.
fn party(it: &mut usize, number: usize) -> bool {
    let Some(broker) = it.checked_sub(BROKERS) else { return true };
    if broker > number {
        *it -= 1;
    }
    broker != number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Sim;

    const TEXT: &str = "another-broker edge\nanother-broker far\nclient pub1\nclient sub1 broker=edge\n\
        client sub2 broker=far\n0.100 pub1 connect\n0.200 edge stop-broker\n0.300 far stop-broker\n\
        0.400 pub1 use-broker broker=far\n0.500 sub1 use-broker broker=edge\n\
        when edge receives CONNECT do pub1 cut\nwhen far receives CONNECT do pub1 cut\n@0.150 edge stop-broker\n";

    fn record() -> Record {
        Record::from_lines(TEXT).expect("lines").0
    }

    #[test]
    fn a_broker_is_taken_away_with_what_was_done_to_it() {
        let without = record().without_broker(1);
        let wanted = "another-broker far\nclient pub1\nclient sub1\nclient sub2 broker=far\n0.100 pub1 connect\n\
            0.300 far stop-broker\n0.400 pub1 use-broker broker=far\n0.500 sub1 use-broker broker=broker\n\
            when far receives CONNECT do pub1 cut\n";
        let mut wanted = Record::from_lines(wanted).expect("lines").0;
        // A home that is the first one's is written as none.
        wanted.scenario.homes = without.scenario.homes.clone();
        assert_eq!(without, wanted);
        assert!(Sim::of_record(&without).is_ok());
        assert_eq!(record().without_broker(0), record());
        assert_eq!(record().without_broker(3), record());
    }

    #[test]
    fn brokers_have_other_names_and_keep_them() {
        let record = record();
        let named = record.with_broker_named(1, "site").expect("free");
        let named = named.with_broker_named(0, "cloud").expect("free");
        let sim = Sim::of_record(&named).expect("a world");
        let names: Vec<_> =
            sim.brokers().map(|(end, _)| sim.capture().end(end).expect("end").name.clone()).collect();
        assert_eq!(names.iter().map(|name| &**name).collect::<Vec<_>>(), ["cloud", "site", "far"]);
        assert_eq!(Record::from_lines(&named.to_lines(0)).expect("ours").0, named);
        assert_eq!(Record::from_text(&named.to_text(0)).expect("ours").0, named);
        assert!(named.to_lines(0).contains("broker-name cloud\n"), "{}", named.to_lines(0));
        for (number, name) in [(0, "pub1"), (1, "far"), (1, "cloud"), (2, "Broker"), (1, " ")] {
            assert_eq!(named.with_broker_named(number, name), Err(AddClientError::NameTaken), "{name}");
        }
        assert_eq!(named.with_broker_named(0, "Broker").expect("free").scenario.broker_name, "");
        // Nobody else has the first one's name.
        let text = named.to_text(0).replace("\"site\"", "\"cloud\"");
        assert!(Record::from_text(&text).is_err());
    }
}
