//! What the Decode page remembers while other pages show.

use bytes::Bytes;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::codec::Version;
use crate::dissect::{HexError, parse_hex};
use crate::view::bytes::Choice;
use crate::view::decode::{Index, State};

/// Text above this many bytes is read once typing pauses.
const LONG_TEXT: usize = 200_000;
const PAUSE_MILLIS: u32 = 250;
/// How long a slice of reading may take, and how many packets are read before looking at the clock.
const SLICE_MILLIS: f64 = 12.0;
const SLICE_PACKETS: usize = 64;
/// Packets a page of the list.
pub const PAGE: usize = 25;

/// The page's state; made at the app's owner.
#[derive(Clone, Copy)]
pub struct DecodeState {
    /// What was typed or pasted.
    pub text: RwSignal<String>,
    /// The version chosen, or none to find it out.
    pub version: RwSignal<Option<Version>>,
    /// The bytes of the text, up to its first mistake.
    pub bytes: RwSignal<Bytes>,
    /// The packets in them, as far as they have been read.
    pub index: RwSignal<Index>,
    /// The first mistake in the text.
    pub mistake: RwSignal<Option<HexError>>,
    /// The packet that the inspector shows.
    pub selected: RwSignal<Option<usize>>,
    /// The byte and field chosen in it.
    pub choice: RwSignal<Option<Choice>>,
    /// The page of the list, from 0.
    pub page: RwSignal<usize>,
    /// Counts the texts that were read, so that what reads an older one stops.
    pub reading: RwSignal<u32>,
}

impl DecodeState {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self {
            text: RwSignal::default(),
            version: RwSignal::new(None),
            bytes: RwSignal::default(),
            index: RwSignal::new(Index::new(&[], None)),
            mistake: RwSignal::new(None),
            selected: RwSignal::new(None),
            choice: RwSignal::new(None),
            page: RwSignal::new(0),
            reading: RwSignal::new(0),
        }
    }

    /// Takes another text.
    pub fn set_text(self, text: String) {
        let long = text.len() > LONG_TEXT;
        self.text.set(text);
        self.reading.update(|it| *it += 1);
        let reading = self.reading.get_untracked();
        if !long {
            return self.read();
        }
        Timeout::new(PAUSE_MILLIS, move || {
            if self.reading.try_get_untracked() == Some(reading) {
                self.read();
            }
        })
        .forget();
    }

    /// Takes another version, and reads the same bytes again.
    pub fn set_version(self, version: Option<Version>) {
        self.version.set(version);
        self.read();
    }

    /// Shows a packet; of its bytes the one given, or none in particular.
    pub fn select(self, at: usize, choice: Option<Choice>) {
        self.selected.set(Some(at));
        self.choice.set(choice);
        self.page.set(at / PAGE);
    }

    /// Reads the text from the beginning.
    fn read(self) {
        self.reading.update(|it| *it += 1);
        let parsed = self.text.with_untracked(|text| parse_start(text));
        let bytes = Bytes::from(parsed.0);
        self.mistake.set(parsed.1);
        self.index.set(Index::new(&bytes, self.version.get_untracked()));
        self.bytes.set(bytes);
        self.page.set(0);
        self.slice(self.reading.get_untracked());
        let count = self.index.with_untracked(|index| index.entries.len());
        if self.selected.get_untracked().is_some_and(|at| at >= count) {
            self.selected.set(None);
        }
        self.choice.set(None);
    }

    /// Reads on for a moment, and comes back for the rest.
    fn slice(self, reading: u32) {
        if self.reading.try_get_untracked() != Some(reading) {
            return;
        }
        let now = || window().performance().map_or(0.0, |it| it.now());
        let until = now() + SLICE_MILLIS;
        let Some(bytes) = self.bytes.try_get_untracked() else { return };
        let done = self.index.try_update(|index| {
            while !index.is_done() && now() < until {
                index.advance(&bytes, SLICE_PACKETS);
            }
            index.is_done()
        });
        if done == Some(false) {
            Timeout::new(0, move || self.slice(reading)).forget();
        }
    }

    /// The packet to show where none was selected: the first malformed one of the page, else the first.
    pub fn default_packet(index: &Index, page: usize) -> Option<usize> {
        let from = page * PAGE;
        let to = (from + PAGE).min(index.entries.len());
        let shown = index.entries.get(from..to)?;
        let bad = shown.iter().position(|entry| entry.state == State::Malformed).unwrap_or(0);
        (from + bad < index.entries.len()).then_some(from + bad)
    }
}

/// The bytes of the text up to its first mistake, and the mistake.
fn parse_start(text: &str) -> (Vec<u8>, Option<HexError>) {
    let mistake = match parse_hex(text) {
        Ok(bytes) => return (bytes, None),
        Err(mistake) => mistake,
    };
    // What stands before may end in half a byte, which is then a mistake of its own.
    let mut end = mistake.at;
    loop {
        let good = text.char_indices().nth(end).map_or(text, |(end, _)| &text[..end]);
        match parse_hex(good) {
            Ok(bytes) => return (bytes, Some(mistake)),
            Err(earlier) if earlier.at < end => end = earlier.at,
            Err(_) => return (Vec::new(), Some(mistake)),
        }
    }
}
