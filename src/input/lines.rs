//! Lines of a text that comes in pieces, cut anywhere.

/// About how many bytes of a line are kept: a longer one is no row of a dump and no entry of a log.
pub(super) const LINE: usize = 4096;

/// Puts the pieces of lines together.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    line: String,
    at: usize,
}

impl Lines {
    /// A piece that begins at byte `at` of the text. `take` gets each line that it ends, without the blanks at the line's
    /// end, and where that line begins.
    pub(super) fn feed(&mut self, piece: &str, at: usize, take: &mut dyn FnMut(&str, usize)) {
        let mut from = at;
        for line in piece.split_inclusive('\n') {
            if self.line.is_empty() {
                self.at = from;
            }
            from += line.len();
            if self.line.len() < LINE {
                self.line.push_str(line);
            }
            if line.ends_with('\n') {
                self.finish(take);
            }
        }
    }

    /// The text has ended, and its last line with it.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(&str, usize)) {
        take(self.line.trim_end(), self.at);
        // The allocation is kept for the next line.
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_wherever_the_pieces_are_cut() {
        let text = "one  \r\n\ntwo\nthree";
        let expected =
            [("one", 0), ("", 7), ("two", 8), ("three", 12)].map(|(line, at)| (line.to_owned(), at));
        for cut in 0..=text.len() {
            let (mut lines, mut found) = (Lines::default(), Vec::new());
            let mut take = |line: &str, at| found.push((line.to_owned(), at));
            lines.feed(&text[..cut], 0, &mut take);
            lines.feed(&text[cut..], cut, &mut take);
            lines.finish(&mut take);
            assert_eq!(found, expected, "{cut}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_kept_whole() {
        let (mut lines, mut longest) = (Lines::default(), 0);
        for at in 0..100 {
            lines.feed(&"x".repeat(1000), at * 1000, &mut |_, _| ());
        }
        lines.finish(&mut |line, _| longest = line.len());
        assert!((LINE..LINE + 1000).contains(&longest), "{longest}");
    }
}
