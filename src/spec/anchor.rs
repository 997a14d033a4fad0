//! Where a section begins in the published documents: the number after `#_Toc` in the table of contents.
//!
//! The documents number their headings without gaps: 3.1.1's contents list three levels of them, 5.0's five.
//! Only sections that hold statements are listed.

use super::Standard;

/// Section and anchor less the document's base, in the order of the document.
type Anchors = &'static [(&'static str, u32)];

const V311_BASE: u32 = 398_718_000;

const V311: Anchors = &[
    ("1.5.3", 16),
    ("2.2.2", 22),
    ("2.3.1", 25),
    ("3.1", 28),
    ("3.1.2", 30),
    ("3.1.3", 31),
    ("3.1.4", 32),
    ("3.2", 33),
    ("3.2.2", 35),
    ("3.3.1", 38),
    ("3.3.2", 39),
    ("3.3.4", 41),
    ("3.3.5", 42),
    ("3.6.1", 54),
    ("3.8.1", 64),
    ("3.8.3", 66),
    ("3.8.4", 67),
    ("3.9.3", 71),
    ("3.10.1", 73),
    ("3.10.3", 75),
    ("3.10.4", 76),
    ("3.12.4", 85),
    ("3.14.1", 91),
    ("3.14.4", 94),
    ("4.1", 96),
    ("4.3.1", 100),
    ("4.3.2", 101),
    ("4.3.3", 102),
    ("4.4", 103),
    ("4.5", 104),
    ("4.6", 105),
    ("4.7.1", 107),
    ("4.7.2", 108),
    ("4.7.3", 109),
    ("4.8", 110),
    ("6", 127),
];

const V5_BASE: u32 = 3_901_000;

const V5: Anchors = &[
    ("1.5.4", 10),
    ("1.5.5", 11),
    ("1.5.7", 13),
    ("2.1.3", 23),
    ("2.2.1", 26),
    ("2.2.2", 27),
    ("3.1", 33),
    ("3.1.2", 35),
    ("3.1.3", 58),
    ("3.1.4", 73),
    ("3.2", 74),
    ("3.2.2", 76),
    ("3.3.1", 101),
    ("3.3.2", 106),
    ("3.3.4", 120),
    ("3.4.2", 123),
    ("3.5.2", 133),
    ("3.6.1", 142),
    ("3.6.2", 143),
    ("3.7.2", 153),
    ("3.8.1", 162),
    ("3.8.3", 168),
    ("3.8.4", 170),
    ("3.9.2", 173),
    ("3.9.3", 178),
    ("3.10.1", 180),
    ("3.10.3", 185),
    ("3.10.4", 186),
    ("3.11.2", 189),
    ("3.11.3", 194),
    ("3.12.4", 199),
    ("3.14", 205),
    ("3.14.1", 206),
    ("3.14.2", 207),
    ("3.14.4", 216),
    ("3.15.1", 218),
    ("3.15.2", 219),
    ("4.1", 230),
    ("4.2", 233),
    ("4.3.1", 235),
    ("4.3.2", 236),
    ("4.3.3", 237),
    ("4.4", 238),
    ("4.5", 239),
    ("4.6", 240),
    ("4.7", 241),
    ("4.7.1", 242),
    ("4.7.2", 246),
    ("4.7.3", 247),
    ("4.8.2", 250),
    ("4.9", 251),
    ("4.12", 256),
    ("4.12.1", 257),
    ("4.13.1", 259),
    ("4.13.2", 260),
    ("6", 285),
];

/// The number after `#_Toc`, or nothing if it isn't known for certain.
pub(super) fn of(standard: Standard, section: &str) -> Option<u32> {
    let (base, anchors) = match standard {
        Standard::V311 => (V311_BASE, V311),
        Standard::V5 => (V5_BASE, V5),
    };
    anchors.iter().find(|(name, _)| *name == section).map(|(_, number)| base + number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::statements;

    #[test]
    fn anchors_rise_with_the_sections() {
        for anchors in [V311, V5] {
            assert!(anchors.is_sorted_by(|a, b| a.1 < b.1));
        }
    }

    #[test]
    fn every_section_but_chapter_7_has_an_anchor_and_none_is_spare() {
        for standard in Standard::ALL {
            let mut sections: Vec<_> = statements(standard).map(|s| s.section()).collect();
            sections.dedup();
            let anchors = if standard == Standard::V311 { V311 } else { V5 };
            let known: Vec<_> = anchors.iter().map(|(name, _)| *name).collect();
            sections.retain(|section| !section.starts_with('7'));
            assert_eq!(sections, known, "{standard}");
        }
    }
}
