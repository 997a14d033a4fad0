//! Finding a statement by version and id.

use super::{Reference, Standard, Statement, v5, v311};

/// An id's numbers, for the order of the document: section 3.10.1 comes after 3.9.3. Short ids (5.0 has
/// `MQTT-4.2-1`) count as if their section ended in zeros.
type Numbers = ([u16; 3], u16);

fn numbers(id: &str) -> Option<Numbers> {
    let (section, statement) = id.strip_prefix("MQTT-")?.rsplit_once('-')?;
    let mut path = [0; 3];
    for (depth, number) in section.split('.').enumerate() {
        *path.get_mut(depth)? = number.parse().ok()?;
    }
    Some((path, statement.parse().ok()?))
}

const fn table(standard: Standard) -> &'static [Statement] {
    match standard {
        Standard::V311 => &v311::ALL,
        Standard::V5 => &v5::ALL,
    }
}

/// The statement that a reference names, such as `3.1.1 MQTT-3.3.1-1` or `5.0 MQTT-4.3.3-8`. Nothing else is
/// taken: no other spacing, case or zeros, and no section alone.
pub fn lookup(reference: &str) -> Option<&'static Statement> {
    let Reference { standard, id } = Reference::parse(reference)?;
    let wanted = numbers(id)?;
    let table = table(standard);
    let at = table.binary_search_by_key(&Some(wanted), |statement| numbers(statement.id)).ok()?;
    table.get(at).filter(|statement| statement.id == id)
}

/// All statements of a standard, in its order.
pub fn statements(standard: Standard) -> impl ExactSizeIterator<Item = &'static Statement> {
    table(standard).iter()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::spec::Binds;

    #[test]
    fn no_statement_is_missing() {
        assert_eq!(statements(Standard::V311).len(), 141);
        assert_eq!(statements(Standard::V5).len(), 251);
    }

    #[test]
    fn ids_stand_in_the_order_of_the_document_and_number_on_within_a_section() {
        for standard in Standard::ALL {
            let keys: Vec<_> = statements(standard).map(|s| numbers(s.id).expect(s.id)).collect();
            for pair in keys.windows(2) {
                let (before, after) = (pair[0], pair[1]);
                assert!(before < after, "{standard}: {before:?} before {after:?}");
                assert!(before.0 != after.0 || before.1 + 1 == after.1, "{standard}: after {before:?}");
            }
            assert!(statements(standard).all(|s| s.standard == standard));
        }
    }

    #[test]
    fn every_statement_is_found_by_its_reference() {
        for statement in Standard::ALL.into_iter().flat_map(statements) {
            assert_eq!(lookup(&statement.reference()), Some(statement));
        }
    }

    #[test]
    fn what_names_no_statement_finds_nothing() {
        for reference in [
            "",
            "3.1.1",
            "MQTT-3.3.1-1",
            "3.1 MQTT-3.3.1-1",
            "3.1.1 3.3.1-1",
            "3.1.1 MQTT-3.3.1",
            "3.1.1 MQTT-3.3.1-13",
            "3.1.1 MQTT-3.3.1-01",
            "3.1.1 MQTT-3.3.1.0-1",
            "3.1.1 MQTT-3.3.1-1 ",
            "3.1.1  MQTT-3.3.1-1",
            "3.1.1 mqtt-3.3.1-1",
            "3.1.1 MQTT-99999.3.1-1",
            "5.0 MQTT-2.3.1-1",
            "5 MQTT-3.3.1-1",
        ] {
            assert_eq!(lookup(reference), None, "{reference:?}");
        }
    }

    #[test]
    fn a_known_statement_says_what_the_standard_demands() {
        let dup = lookup("3.1.1 MQTT-3.3.1-1").unwrap();
        assert_eq!((dup.id, dup.binds, dup.section()), ("MQTT-3.3.1-1", Binds::Sender, "3.3.1"));
        assert!(dup.demand.contains("DUP 1"));
        // One id, two meanings.
        let options = lookup("5.0 MQTT-3.8.3-4").unwrap();
        assert!(options.demand.contains("No Local"));
        let qos = lookup("3.1.1 MQTT-3.8.3-4").unwrap();
        assert!(qos.demand.contains("Requested QoS"));
        let transport = lookup("5.0 MQTT-4.2-1").unwrap();
        assert_eq!((transport.binds, transport.section()), (Binds::Both, "4.2"));
    }

    #[test]
    fn demands_are_short_whole_sentences_told_once() {
        for standard in Standard::ALL {
            let mut told = BTreeSet::new();
            for Statement { id, demand, .. } in statements(standard) {
                assert!(demand.ends_with('.'), "{standard} {id} has no full stop");
                assert_eq!(demand.trim(), *demand, "{standard} {id}");
                assert!(
                    (20..=220).contains(&demand.chars().count()),
                    "{standard} {id} is too long or too short"
                );
                assert!(told.insert(demand), "{standard} {id} repeats another demand");
            }
        }
    }
}
