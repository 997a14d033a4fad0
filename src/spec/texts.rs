//! The statements' texts as a file, for those who would rather load them than carry them.

use super::{Standard, statements};

/// All texts: a line a statement, in the order of the standards, its reference first, then a tab and what it demands.
pub fn texts() -> String {
    let lines = Standard::ALL.into_iter().flat_map(statements);
    lines.map(|it| [&it.reference(), "\t", it.demand, "\n"].concat()).collect()
}

/// What the statement of this reference demands, according to such a file.
pub fn text_in<'a>(texts: &'a str, reference: &str) -> Option<&'a str> {
    texts.lines().find_map(|line| line.strip_prefix(reference)?.strip_prefix('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_every_statement_with_its_very_text() {
        let file = texts();
        assert_eq!(file.lines().count(), 141 + 251);
        for statement in Standard::ALL.into_iter().flat_map(statements) {
            assert_eq!(text_in(&file, &statement.reference()), Some(statement.demand));
        }
    }

    #[test]
    fn what_is_not_in_the_file_has_no_text() {
        let file = texts();
        for reference in
            ["", "3.1.1", "3.1.1 MQTT-3.3.1", "3.1.1 MQTT-1.5.3-", "5.0 section 2.2.2", "5.0 MQTT-9.9.9-9"]
        {
            assert_eq!(text_in(&file, reference), None, "{reference:?}");
        }
        assert_eq!(text_in("", "3.1.1 MQTT-3.3.1-1"), None);
    }
}
