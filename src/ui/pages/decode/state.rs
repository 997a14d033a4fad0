//! What the Decode page remembers while other pages show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::link::spaced;
use crate::codec::{Direction, Version};
use crate::dissect::Fix;
use crate::input::{Foreign, Form, Mistake, Reader, Reading, as_text};
use crate::view::bytes::Choice;
use crate::view::decode::{Index, State, Told, packet, repaired, repaired_bytes};
use crate::view::given::{Turned, with_turned};
use crate::view::session::Owners;

/// Text above this many bytes is read once typing pauses.
const LONG_TEXT: usize = 200_000;
const PAUSE_MILLIS: u32 = 250;
/// Text above this many bytes is not put into the field: browsers are slow with it.
pub const HELD_TEXT: usize = 2_000_000;
/// Text up to this many bytes is linked with its bytes.
pub const LINKED_TEXT: usize = 200_000;
/// How long a slice of reading may take, and how much is read before looking at the clock.
const SLICE_MILLIS: f64 = 12.0;
const SLICE_PACKETS: usize = 64;
const SLICE_TEXT: usize = 1 << 14;
/// Bytes up to which a change is written out as text: mostly no longer one than is read at once.
const LARGE: usize = 60_000;
/// Packets a page of the list.
pub const PAGE: usize = 25;

/// What is too large for the field, or no text.
#[derive(Clone, Debug)]
pub struct Held {
    /// The file's name, or what it is.
    pub name: String,
    /// Its bytes; of a text, its UTF-8.
    pub bytes: Bytes,
    /// It is a text.
    pub is_text: bool,
    /// Of packets alone: who sends them from where on.
    pub told: Option<Told>,
}

/// What stood in the field, or in its place, before a repair, a template or nothing, and what was chosen for it.
#[derive(Clone, Debug)]
pub struct Before {
    text: String,
    held: Option<Held>,
    version: Option<Version>,
    templated: bool,
    way: Option<Direction>,
    turned: BTreeMap<usize, Turned>,
}

/// The page's state; made at the app's owner.
#[derive(Clone, Copy)]
pub struct DecodeState {
    /// What was typed or pasted.
    pub text: RwSignal<String>,
    /// What stands in its place.
    pub held: RwSignal<Option<Held>>,
    /// The form chosen, or none to find it out.
    pub form: RwSignal<Option<Form>>,
    /// Whether what is around MQTT is taken off.
    pub unwrap: RwSignal<bool>,
    /// What the text was read as.
    pub read_as: RwSignal<Arc<Reading>>,
    /// How much of a long text has been read, in thousandths, while it is being read.
    pub progress: RwSignal<Option<usize>>,
    /// The version chosen, or none to find it out.
    pub version: RwSignal<Option<Version>>,
    /// Who sends, as chosen, or none to find it out.
    pub way: RwSignal<Option<Direction>>,
    /// Packets whose sender was chosen, by their first byte.
    pub turned: RwSignal<BTreeMap<usize, Turned>>,
    /// The bytes of the text, up to its first mistake.
    pub bytes: RwSignal<Bytes>,
    /// The packets in them, as far as they have been read.
    pub index: RwSignal<Index>,
    /// The first mistake in the text.
    pub mistake: RwSignal<Option<Mistake>>,
    /// The packet that the inspector shows.
    pub selected: RwSignal<Option<usize>>,
    /// The byte and field chosen in it.
    pub choice: RwSignal<Option<Choice>>,
    /// The page of the list, from 0.
    pub page: RwSignal<usize>,
    /// Counts the texts that were read, so that what reads an older one stops.
    pub reading: RwSignal<u32>,
    /// Whether packets are folded, and those that are not as the others.
    pub folds: RwSignal<(bool, BTreeSet<usize>)>,
    /// What there was before each repair, template and clearing.
    pub before: RwSignal<Vec<Before>>,
    /// The text of the last template.
    begun: StoredValue<String>,
    /// Only a template has chosen the version.
    templated: StoredValue<bool>,
    /// Packets that wait for a connection on the Connect page.
    pub parcel: RwSignal<Vec<Bytes>>,
    /// Something to tell in passing.
    pub told: RwSignal<&'static str>,
}

impl DecodeState {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self {
            text: RwSignal::default(),
            held: RwSignal::new(None),
            form: RwSignal::new(None),
            unwrap: RwSignal::new(true),
            read_as: RwSignal::default(),
            progress: RwSignal::new(None),
            version: RwSignal::new(None),
            way: RwSignal::new(None),
            turned: RwSignal::default(),
            bytes: RwSignal::default(),
            index: RwSignal::new(Index::new(&[], None)),
            mistake: RwSignal::new(None),
            selected: RwSignal::new(None),
            choice: RwSignal::new(None),
            page: RwSignal::new(0),
            reading: RwSignal::new(0),
            folds: RwSignal::default(),
            before: RwSignal::default(),
            begun: StoredValue::default(),
            templated: StoredValue::default(),
            parcel: RwSignal::default(),
            told: RwSignal::new(""),
        }
    }

    /// Takes another text.
    pub fn set_text(self, text: String) {
        self.turned.set(BTreeMap::new());
        self.put(text);
    }

    fn put(self, text: String) {
        if text.len() > HELD_TEXT {
            let bytes = text.into_bytes().into();
            return self.hold(Held { name: "Pasted text".to_owned(), bytes, is_text: true, told: None });
        }
        let long = text.len() > LONG_TEXT;
        self.held.set(None);
        self.form.set(None);
        self.text.set(text);
        self.reading.update(|it| *it += 1);
        let reading = self.reading.get_untracked();
        if !long {
            return self.read();
        }
        self.progress.set(Some(0));
        Timeout::new(PAUSE_MILLIS, move || {
            if self.reading.try_get_untracked() == Some(reading) {
                self.read();
            }
        })
        .forget();
    }

    /// Takes a file's bytes: into the field if they are a text that fits there.
    pub fn set_file(self, name: String, bytes: Vec<u8>) {
        self.leave();
        match as_text(&bytes) {
            Some(text) if text.len() <= LONG_TEXT => self.set_text(text.to_owned()),
            text => {
                let is_text = text.is_some();
                self.turned.set(BTreeMap::new());
                self.hold(Held { name, bytes: bytes.into(), is_text, told: None });
            }
        }
    }

    fn hold(self, held: Held) {
        self.text.set(String::new());
        self.form.set(None);
        self.held.set(Some(held));
        self.read();
    }

    /// Takes another version, and reads the same bytes again.
    pub fn set_version(self, version: Option<Version>) {
        self.version.set(version);
        self.templated.set_value(false);
        self.read();
    }

    /// Another text altogether comes: what is told of the old one goes, and a version that a template has chosen.
    pub fn leave(self) {
        self.selected.set(None);
        self.told.set("");
        if self.templated.with_value(|templated| *templated) {
            self.templated.set_value(false);
            self.version.set(None);
        }
    }

    /// Takes everything away, which can be taken back.
    pub fn clear(self) {
        let before = self.now();
        self.leave();
        self.set_text(String::new());
        self.before.update(|all| all.push(before));
    }

    /// Takes another direction, and reads the same bytes again.
    pub fn set_way(self, way: Option<Direction>) {
        self.way.set(way);
        self.turned.set(BTreeMap::new());
        self.read();
    }

    /// Has the other side send one packet, or whoever was thought to again, and hears all of them once more.
    pub fn turn(self, at: usize) {
        if self.is_behind() {
            return;
        }
        let bytes = self.bytes.get_untracked();
        let found = self.index.with_untracked(|index| {
            let entry = index.entries.get(at)?;
            Some((entry.offset, entry.offset + entry.len, entry.way()))
        });
        let Some((from, end, way)) = found else { return };
        self.turned.update(|all| {
            if let Some(next) = Turned::next(all.remove(&from), way, end) {
                all.insert(from, next);
            }
        });
        self.reading.update(|it| *it += 1);
        let version = self.version.get_untracked();
        self.index.set(Index::with_clients(&bytes, version, self.ways(), self.clients()));
        self.slice(self.reading.get_untracked());
    }

    /// Who sends what: as chosen, or as the text says, where it does.
    fn ways(self) -> Told {
        let told = match self.way.get_untracked() {
            Some(way) => vec![(0, Some(way))],
            None => self.read_as.with_untracked(|it| it.ways.iter().map(|it| (it.0, it.1)).collect()),
        };
        self.turned.with_untracked(|turned| with_turned(told, turned))
    }

    /// Whose packets begin where, as the text says.
    fn clients(self) -> Owners {
        self.read_as.with_untracked(|it| it.ways.iter().map(|it| (it.0, it.2)).collect())
    }

    /// Whether it is known of packets who sends them by more than their types.
    pub fn is_told(self) -> bool {
        self.way.with_untracked(Option::is_some)
            || !self.turned.with_untracked(BTreeMap::is_empty)
            || self.read_as.with_untracked(|reading| !reading.ways.is_empty())
    }

    /// Takes the text for another form.
    pub fn set_form(self, form: Option<Form>) {
        self.form.set(form);
        self.turned.set(BTreeMap::new());
        self.read();
    }

    /// Takes off what is around MQTT, or leaves it.
    pub fn set_unwrap(self, unwrap: bool) {
        self.unwrap.set(unwrap);
        self.turned.set(BTreeMap::new());
        self.read();
    }

    /// Shows a packet; of its bytes the one given, or none in particular.
    pub fn select(self, at: usize, choice: Option<Choice>) {
        self.selected.set(Some(at));
        self.choice.set(choice);
        self.page.set(at / PAGE);
    }

    /// Shows the packet that a byte of all belongs to, and the byte in it.
    pub fn select_byte(self, byte: usize) {
        let bytes = self.bytes.get_untracked();
        let found = self.index.with_untracked(|index| {
            let at = index.packet_at(byte)?;
            let offset = byte - index.entries.get(at)?.offset;
            Some((at, packet(&bytes, index, at)?.choose_byte(offset)))
        });
        if let Some((at, choice)) = found {
            self.select(at, choice);
        }
    }

    /// Takes a repair of a packet: other bytes as the text, or another version.
    pub fn repair(self, at: usize, fix: &Fix) {
        let before = self.now();
        let read_as = if let Fix::ReadAs(version) = fix { Some(*version) } else { None };
        if read_as.is_some() {
            self.set_version(read_as);
        }
        if read_as.is_some() || self.change(at, fix) {
            self.before.update(|all| all.push(before));
        }
    }

    /// Begins with one packet of a version in place of what there was, which can be taken back.
    pub fn begin(self, bytes: Vec<u8>, version: Version) {
        let text = spaced(&bytes);
        let before = self.now();
        let empty = before.text.is_empty() && before.held.is_none();
        // Templates one after the other lose nothing.
        let loses = !empty && self.begun.with_value(|begun| *begun != before.text);
        if loses {
            self.before.update(|all| all.push(before));
        }
        self.begun.set_value(text.clone());
        self.told.set(if loses {
            "The template stands in place of what was here; Undo brings that back."
        } else {
            ""
        });
        self.selected.set(None);
        self.version.set(Some(version));
        self.templated.set_value(true);
        self.set_text(text);
    }

    /// Puts other bytes in place of a packet's; false where that cannot be.
    pub fn change(self, at: usize, fix: &Fix) -> bool {
        if self.is_behind() {
            return false;
        }
        let bytes = self.bytes.get_untracked();
        // Who was chosen for all is so for what comes, too, unless the other side sends some of them.
        let turned = !self.turned.with_untracked(BTreeMap::is_empty);
        let labels = turned || self.way.with_untracked(Option::is_none) && self.is_told();
        // Of packets that are not yet read nobody knows who sends them.
        if labels && self.index.with_untracked(|index| !index.is_done()) {
            return false;
        }
        let (choice, folds) = (self.choice.get_untracked(), self.folds.get_untracked());
        let text = (bytes.len() <= LARGE)
            .then(|| self.index.with_untracked(|index| repaired(&bytes, index, at, fix, labels)))
            .flatten()
            .filter(|text| text.len() <= LONG_TEXT);
        if let Some(text) = text {
            self.told_by(labels);
            self.set_text(text);
        } else {
            // As bytes: to write them out and to read them again would take too long at once, and what is changed next
            // would be what was there before.
            let done = self.index.with_untracked(|index| repaired_bytes(&bytes, index, at, fix, labels));
            let Some((bytes, told)) = done else { return false };
            let name = self.held.with_untracked(|held| held.as_ref().map(|held| held.name.clone()));
            let name = name.unwrap_or_else(|| "Pasted text".to_owned());
            self.told_by(labels);
            self.hold(Held { name, bytes: bytes.into(), is_text: false, told: Some(told) });
        }
        // Whoever changes a packet goes on looking at it.
        self.page.set(at / PAGE);
        self.folds.set(folds);
        let bytes = self.bytes.get_untracked();
        let look = |choice: Choice| {
            self.index.with_untracked(|index| packet(&bytes, index, at)?.choose_byte(choice.offset))
        };
        self.choice.set(choice.and_then(look));
        true
    }

    /// Who sends is now told by `labels` of what is changed, if there are some, and not by what was chosen.
    fn told_by(self, labels: bool) {
        self.turned.set(BTreeMap::new());
        if labels {
            self.way.set(None);
        }
    }

    /// Whether the bytes are not yet those of the text: what is done with them would be lost, or undo what was typed.
    fn is_behind(self) -> bool {
        self.progress.with_untracked(Option::is_some)
    }

    /// Takes back the last repair, template or clearing.
    pub fn undo(self) {
        let Some(before) = self.before.try_update(Vec::pop).flatten() else { return };
        self.told.set("");
        self.version.set(before.version);
        self.templated.set_value(before.templated);
        self.way.set(before.way);
        self.turned.set(before.turned);
        match before.held {
            Some(held) => self.hold(held),
            None => self.put(before.text),
        }
    }

    /// What is to come back when what follows is taken back.
    fn now(self) -> Before {
        Before {
            text: self.text.get_untracked(),
            held: self.held.get_untracked(),
            version: self.version.get_untracked(),
            templated: self.templated.get_value(),
            way: self.way.get_untracked(),
            turned: self.turned.get_untracked(),
        }
    }

    /// Stops reading a long text; what has been read stays.
    pub fn cancel(self) {
        self.reading.update(|it| *it += 1);
        self.progress.set(None);
    }

    /// Reads the text from the beginning.
    fn read(self) {
        self.reading.update(|it| *it += 1);
        let reading = self.reading.get_untracked();
        let (form, unwrap) = (self.form.get_untracked(), self.unwrap.get_untracked());
        match self.held.get_untracked() {
            None => {
                let mut reader = self.text.with_untracked(|text| Reader::new(text, form, unwrap));
                // Short text is there at once.
                if self.text.with_untracked(|text| text.len() <= LONG_TEXT && reader.step(text, LONG_TEXT)) {
                    return self.take(reader.finish(), reading);
                }
                self.step(reader, None, reading);
            }
            Some(held) if held.is_text => {
                let text = String::from_utf8(held.bytes.to_vec()).unwrap_or_default();
                let reader = Reader::new(&text, form, unwrap);
                self.step(reader, Some(text), reading);
            }
            Some(held) => {
                // What is known to be packets has nothing around it.
                let mut reader = Reader::of_file(held.bytes.to_vec(), unwrap && held.told.is_none());
                reader.step("", 1);
                let mut read = reader.finish();
                if let Some(told) = held.told {
                    read.ways = told.into_iter().map(|(from, way)| (from, way, 0)).collect();
                }
                self.take(read, reading);
            }
        }
    }

    /// Reads on for a moment, and comes back for the rest.
    fn step(self, mut reader: Reader, held: Option<String>, reading: u32) {
        if self.reading.try_get_untracked() != Some(reading) {
            return;
        }
        let until = now() + SLICE_MILLIS;
        let mut done = false;
        while !done && now() < until {
            done = match &held {
                Some(text) => reader.step(text, SLICE_TEXT),
                None => self.text.with_untracked(|text| reader.step(text, SLICE_TEXT)),
            };
        }
        if done {
            return self.take(reader.finish(), reading);
        }
        self.progress.set(Some(reader.progress()));
        Timeout::new(0, move || self.step(reader, held, reading)).forget();
    }

    /// Shows what came of the text.
    fn take(self, mut reading: Reading, number: u32) {
        self.progress.set(None);
        // What is no MQTT has no packets, unless somebody says so.
        let chosen = self.version.get_untracked().is_some() || self.form.get_untracked().is_some();
        let none = !chosen && self.unwrap.get_untracked() && reading.foreign.is_some_and(Foreign::is_all);
        let bytes = Bytes::from(reading.data.take_bytes());
        let bytes = if none { Bytes::new() } else { bytes };
        self.mistake.set(reading.mistake);
        self.read_as.set(Arc::new(reading));
        let version = self.version.get_untracked();
        self.index.set(Index::with_clients(&bytes, version, self.ways(), self.clients()));
        self.bytes.set(bytes);
        self.page.set(0);
        self.folds.set(Default::default());
        self.slice(number);
        let count = self.index.with_untracked(|index| index.entries.len());
        if self.selected.get_untracked().is_some_and(|at| at >= count) {
            self.selected.set(None);
        }
        self.choice.set(None);
    }

    /// Cuts and hears packets for a moment, and comes back for the rest.
    fn slice(self, reading: u32) {
        if self.reading.try_get_untracked() != Some(reading) {
            return;
        }
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

/// Milliseconds since the page was opened.
pub(super) fn now() -> f64 {
    window().performance().map_or(0.0, |it| it.now())
}
