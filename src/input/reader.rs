//! Reading a text in slices, and what comes of it.

use core::ops::Range;

use super::base64::Base64;
use super::detect::{rank, sample};
use super::dump::Dump;
use super::escape::{Escaped, is_percent};
use super::flow::{Flow, assemble};
use super::foreign::Foreign;
use super::form::Form;
use super::gathered::Gathered;
use super::layers::Layer;
use super::list::{Brackets, List};
use super::log::Log;
use super::pairs::Pairs;
use super::placed::Placed;
use super::runs::{Base, Runs, is_bare_hex};
use super::text::with_plain_blanks;
use crate::codec::Direction;

/// Where a text stops being what it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The character, in bytes of the text's UTF-8.
    pub at: usize,
    /// What is wrong with it.
    pub kind: MistakeKind,
}

/// What is wrong with a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// Neither a digit nor a separator.
    NotHex(char),
    /// A digit without its second one.
    OddDigits,
}

/// What a text was read as.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Its form; `None` where there are no bytes in it.
    pub form: Option<Form>,
    /// What that is called, as exactly as it is known.
    pub name: &'static str,
    /// The forms it could have, the likeliest first.
    pub forms: Vec<Form>,
    /// The bytes, whole packets where the directions are known.
    pub data: Placed,
    /// From these bytes on: who sends, and which client it is about.
    pub ways: Vec<(usize, Option<Direction>, u16)>,
    /// What was around the packets, in how many chunks.
    pub layers: Vec<(Layer, usize)>,
    /// TCP segments that came twice.
    pub repeated: usize,
    /// What else it is than MQTT.
    pub foreign: Option<Foreign>,
    /// Where reading ended too soon.
    pub mistake: Option<Mistake>,
    /// Bytes that only stand for a payload that nobody told.
    pub unknown: Vec<Range<usize>>,
    /// The clients' names, where a log names them.
    pub clients: Vec<String>,
    /// Words stood around the bytes.
    pub with_words: bool,
}

/// The machine of a form.
#[derive(Clone, Debug)]
pub(super) enum Machine {
    Runs(Runs),
    Dump(Dump),
    List(List),
    Escaped(Escaped),
    Pairs(Pairs),
    Base64(Base64),
    Log(Log),
}

impl Machine {
    /// For a text that begins like this.
    pub(super) fn new(form: Form, sample: &str) -> Self {
        match form {
            Form::Dump => Self::Dump(Dump::new(false)),
            Form::WordDump => Self::Dump(Dump::new(true)),
            Form::List => Self::List(List::new(Brackets::Code)),
            Form::Erlang => Self::List(List::new(Brackets::Erlang)),
            Form::Escaped => {
                let quoted = |quote: char| {
                    let mut between = sample.split(quote).skip(1).step_by(2);
                    sample.matches(quote).count() > 1 && between.any(|it| it.contains('\\'))
                };
                Self::Escaped(Escaped::new(quoted('"') || quoted('\''), is_percent(sample)))
            }
            Form::Indexed => Self::Pairs(Pairs::default()),
            Form::Base64 => Self::Base64(Base64::new(sample)),
            Form::Decimal => Self::Runs(Runs::new(Base::Decimal, false)),
            Form::Binary => Self::Runs(Runs::new(Base::Binary, false)),
            Form::Log => Self::Log(Log::default()),
            Form::Hex | Form::File => Self::Runs(Runs::new(Base::Hex, is_bare_hex(sample))),
        }
    }

    pub(super) fn feed(&mut self, piece: &str, at: usize, out: &mut Gathered) {
        // In a string every character counts.
        let strings = matches!(self, Self::List(_) | Self::Escaped(_) | Self::Log(_));
        let plain = if strings { piece.into() } else { with_plain_blanks(piece) };
        let piece = &*plain;
        match self {
            Self::Runs(it) => it.feed(piece, at, out),
            Self::Dump(it) => it.feed(piece, at, out),
            Self::List(it) => it.feed(piece, at, out),
            Self::Escaped(it) => it.feed(piece, at, out),
            Self::Pairs(it) => it.feed(piece, at, out),
            Self::Base64(it) => it.feed(piece, at, out),
            Self::Log(it) => it.feed(piece, at, out),
        }
    }

    pub(super) fn finish(&mut self, out: &mut Gathered) {
        match self {
            Self::Runs(it) => it.finish(out),
            Self::Dump(it) => it.finish(out),
            Self::List(it) => it.finish(out),
            Self::Escaped(it) => it.finish(out),
            Self::Pairs(it) => it.finish(out),
            Self::Base64(it) => it.finish(out),
            Self::Log(it) => it.finish(out),
        }
    }
}

/// Reads a text in slices.
#[derive(Clone, Debug)]
pub struct Reader {
    machine: Option<Machine>,
    gathered: Gathered,
    reading: Reading,
    at: usize,
    len: usize,
    unwrap: bool,
    done: bool,
}

impl Reader {
    /// For a text, of the form given or the likeliest. `unwrap`: whether what is around MQTT is taken off. The same text
    /// goes to each [`step`](Self::step). Text above 4 GiB is not read.
    pub fn new(text: &str, form: Option<Form>, unwrap: bool) -> Self {
        let foreign = Foreign::of_text(text);
        let readable = !foreign.is_some_and(|it| it.fills(text)) && u32::try_from(text.len()).is_ok();
        let forms = if readable { rank(text) } else { vec![] };
        let form = form.or(forms.first().copied());
        let machine = form.map(|form| Machine::new(form, sample(text)));
        let foreign = foreign.filter(|_| form.is_none());
        let reading = Reading { form, forms, foreign, ..Reading::default() };
        Self { machine, gathered: Gathered::default(), reading, at: 0, len: text.len(), unwrap, done: false }
    }

    /// For a file's bytes as they are.
    pub fn of_file(bytes: Vec<u8>, unwrap: bool) -> Self {
        let mut gathered = Gathered { placed: Placed::of_file(bytes), ..Gathered::default() };
        gathered.begin(0, None);
        let form = Some(Form::File);
        let reading = Reading { form, forms: vec![Form::File], ..Reading::default() };
        Self { machine: None, gathered, reading, at: 0, len: 0, unwrap, done: false }
    }

    /// Reads on for about `budget` bytes of the text; true once all is read, and then [`finish`](Self::finish) tells what
    /// came of it.
    pub fn step(&mut self, text: &str, budget: usize) -> bool {
        if self.done || text.len() != self.len && self.machine.is_some() {
            return true;
        }
        if let Some(machine) = &mut self.machine {
            let mut end = self.at.saturating_add(budget.max(4)).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            // Lines stay whole, unless they are very long.
            let near = &text.as_bytes()[end..text.len().min(end + 4096)];
            end = near.iter().position(|it| *it == b'\n').map_or(end, |more| end + more + 1);
            machine.feed(&text[self.at..end], self.at, &mut self.gathered);
            self.at = end;
            if end < text.len() {
                return false;
            }
            machine.finish(&mut self.gathered);
        }
        self.assemble();
        self.done = true;
        true
    }

    /// How much of the text has been read, in thousandths.
    pub const fn progress(&self) -> usize {
        if self.len == 0 { 1000 } else { (self.at as u64 * 1000 / self.len as u64) as usize }
    }

    /// What came of it; what has been read so far, where reading was left early.
    pub fn finish(mut self) -> Reading {
        if !self.done {
            self.assemble();
        }
        self.reading
    }

    fn assemble(&mut self) {
        let gathered = &mut self.gathered;
        let reading = &mut self.reading;
        reading.name = gathered.name.or(reading.form.map(Form::name)).unwrap_or("");
        reading.mistake = gathered.mistake;
        reading.clients = core::mem::take(&mut gathered.clients);
        let unknown = core::mem::take(&mut gathered.unknown);
        let Flow { placed, ways, layers, repeated } = assemble(gathered, self.unwrap);
        reading.data = placed;
        reading.ways = ways;
        reading.layers = layers.into_iter().collect();
        reading.repeated = repeated;
        // A log's packets are whole, so their bytes stay in their order.
        reading.unknown = if reading.form == Some(Form::Log) { unknown } else { vec![] };
        reading.foreign = Foreign::of(reading.data.bytes()).or(reading.foreign);
        if reading.data.is_empty() && !reading.layers.is_empty() {
            reading.foreign = Some(Foreign::Headers);
        }
        if reading.form.is_some() && reading.data.is_empty() && reading.layers.is_empty() {
            reading.form = None;
        }
    }
}

/// A file's bytes as text, where they are text that can hold bytes in some form.
pub fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(bytes).ok()?;
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}');
    (!text.chars().take(4096).any(odd) && !rank(text).is_empty()).then_some(text)
}
