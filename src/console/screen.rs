//! What a terminal shows at a step, as lines, and what runs in it.

use super::terminals::{Active, CLEAR, Console, Printed, Stream};
use crate::capture::Step;

/// A line of a terminal; where a stream begins in the middle of another's line, a line begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where its text came from.
    pub stream: Stream,
    /// Without its end; bytes that are no UTF-8 are shown as such.
    pub text: String,
}

impl Line {
    /// Whether it was typed at the prompt.
    pub fn is_typed(&self) -> bool {
        self.stream == Stream::Typed && self.text != "^C"
    }
}

/// What stands in the foreground of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// What it is called: `mosquitto_sub`.
    pub program: &'static str,
    /// The client that is its own.
    pub client: Option<usize>,
}

impl Console {
    /// What a terminal showed after `step`, since it was cleared.
    pub fn screen(&self, terminal: usize, step: Step) -> Vec<Line> {
        let all: Vec<&Printed> = self.lines(terminal, step).collect();
        let cleared = all.iter().rposition(|it| it.bytes.as_slice() == CLEAR).map_or(0, |at| at + 1);
        let (mut lines, mut open) = (Vec::<(Stream, Vec<u8>)>::new(), false);
        for it in &all[cleared..] {
            for part in it.bytes.split_inclusive(|byte| *byte == b'\n') {
                let text = part.strip_suffix(b"\n").unwrap_or(part);
                match lines.last_mut().filter(|(stream, _)| open && *stream == it.stream) {
                    Some((_, line)) => line.extend(text),
                    None => lines.push((it.stream, text.to_vec())),
                }
                open = text.len() == part.len();
            }
        }
        let line = |(stream, bytes): (Stream, Vec<u8>)| Line {
            stream,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        };
        lines.into_iter().map(line).collect()
    }

    /// The number of the broker on whose machine a terminal was after `step`.
    pub fn home(&self, terminal: usize, step: Step) -> usize {
        self.state_at(terminal, step).map_or(0, |state| state.home)
    }

    /// What stood in a terminal's foreground after `step`.
    pub fn running(&self, terminal: usize, step: Step) -> Option<Running> {
        let state = self.state_at(terminal, step)?;
        let of = |program| Running { program, client: None };
        match &state.active {
            Some(Active::Program(run)) => {
                Some(Running { program: run.options.program.name(), client: Some(run.client) })
            }
            Some(Active::Sleep(_)) => Some(of("sleep")),
            Some(Active::Broker(_)) => Some(of("mosquitto")),
            Some(Active::Tail) => Some(of("tail")),
            Some(Active::Editor(_)) => Some(of("nano")),
            None => None,
        }
    }
}
