//! Lines that were typed, brought back one after the other.

/// Lines of a terminal that are kept.
const MOST: usize = 500;

/// What was typed in a terminal, and where in it the arrows stand.
#[derive(Clone, Debug, Default)]
pub struct History {
    lines: Vec<String>,
    /// Lines back from the end; 0 is the line that is being typed.
    back: usize,
    /// The line that was being typed.
    draft: String,
}

impl History {
    /// A line was entered.
    pub fn add(&mut self, line: &str) {
        self.back = 0;
        if line.trim().is_empty() || self.lines.last().is_some_and(|last| last == line) {
            return;
        }
        if self.lines.len() >= MOST {
            self.lines.remove(0);
        }
        self.lines.push(line.to_owned());
    }

    /// The line before (1) or after (-1) the one that stands there now; `None` where there is none.
    pub fn walk(&mut self, by: isize, now: &str) -> Option<String> {
        if self.back == 0 {
            now.clone_into(&mut self.draft);
        }
        let back = self.back.checked_add_signed(by).filter(|back| *back <= self.lines.len())?;
        self.back = back;
        Some(match back {
            0 => self.draft.clone(),
            back => self.lines[self.lines.len() - back].clone(),
        })
    }
}
