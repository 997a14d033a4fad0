//! Statements by name.

use super::{Standard, anchor};

/// The name of a statement. Whether there is such a statement only [`lookup`](super::lookup) can say, which brings all
/// of them along; the page, whose references are all tested to be known ones, does without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference<'a> {
    /// The standard it stands in.
    pub standard: Standard,
    /// Its id there, such as `MQTT-3.3.1-1`.
    pub id: &'a str,
}

impl<'a> Reference<'a> {
    /// Reads version and id: `3.1.1 MQTT-3.3.1-1`. A section alone, `5.0 section 2.2.2`, names no statement.
    pub fn parse(reference: &'a str) -> Option<Self> {
        let (version, id) = reference.split_once(' ')?;
        let standard = Standard::ALL.into_iter().find(|standard| standard.version() == version)?;
        id.starts_with("MQTT-").then_some(Self { standard, id })
    }

    /// The section its id names: `3.3.1` for `MQTT-3.3.1-1`, `6` for `MQTT-6.0.0-1` (there is no section 6.0.0).
    ///
    /// Statements of a deeper section carry the id of the third level: those of 3.1.2.10 are `MQTT-3.1.2-…`.
    pub fn section(self) -> &'a str {
        let numbers = self.id.strip_prefix("MQTT-").unwrap_or(self.id);
        let mut section = numbers.rsplit_once('-').map_or(numbers, |(section, _)| section);
        while let Some(parent) = section.strip_suffix(".0") {
            section = parent;
        }
        section
    }

    /// Address of its section in the published document. The documents mark headings only, so the statement
    /// itself has no address. Chapter 7 of 3.1.1 has no anchor known for certain: the link is the whole document.
    pub fn link(self) -> String {
        let url = self.standard.url();
        match anchor::of(self.standard, self.section()) {
            Some(anchor) => [url, "#_Toc", &anchor.to_string()].concat(),
            None => url.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_is_the_ids_less_trailing_zeros() {
        for (id, section) in [
            ("MQTT-3.3.1-1", "3.3.1"),
            ("MQTT-3.10.4-6", "3.10.4"),
            ("MQTT-3.1.0-2", "3.1"),
            ("MQTT-4.2-1", "4.2"),
            ("MQTT-6.0.0-4", "6"),
        ] {
            assert_eq!(Reference { standard: Standard::V5, id }.section(), section);
        }
    }

    #[test]
    fn a_link_leads_to_the_section() {
        for (reference, link) in [
            ("3.1.1 MQTT-3.3.1-1", "v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718038"),
            ("3.1.1 MQTT-6.0.0-1", "v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718127"),
            ("3.1.1 MQTT-7.0.0-1", "v3.1.1/os/mqtt-v3.1.1-os.html"),
            ("5.0 MQTT-3.2.0-1", "v5.0/os/mqtt-v5.0-os.html#_Toc3901074"),
            ("5.0 MQTT-4.12.1-2", "v5.0/os/mqtt-v5.0-os.html#_Toc3901257"),
        ] {
            let expected = ["https://docs.oasis-open.org/mqtt/mqtt/", link].concat();
            assert_eq!(Reference::parse(reference).map(Reference::link), Some(expected));
        }
    }

    #[test]
    fn a_section_and_another_version_name_no_statement() {
        for reference in ["", "MQTT-3.3.1-1", "3.1 section 2.1", "3.1 MQTT-3.3.1-1", "5.0 section 2.2.2"] {
            assert_eq!(Reference::parse(reference), None, "{reference:?}");
        }
    }
}
