//! All connections of the page, their common record, and which of them the forms are about.

use std::sync::Arc;

use leptos::prelude::*;

use super::link;
use super::probe::Probe;
use super::state::ConnectState;
use super::terminal::Terminal;
use crate::capture::{FrameId, Step};
use crate::client::ClientEvent;
use crate::codec::Version;
use crate::time::{Instant, Wall};
use crate::transport::{LineId, Live};
use crate::ui::state::{Scene, Selection, Source};
use crate::view::diagram::{Plan, PlanOptions};
use crate::view::live::{Inbox, Pace, Timings};

/// The record with its rows, and what came on each line.
pub struct Record {
    pub live: Live,
    pub plan: Plan,
    /// Which record the plan is of, and with how many lifelines.
    planned: (u32, usize),
    pub inboxes: Vec<Inbox>,
    pub timings: Vec<Timings>,
}

impl Record {
    /// Takes over what is new into the rows; that waits for the next picture, however many packets come before it.
    fn draw(&mut self, options: PlanOptions, held: bool) {
        let of = (self.live.record_number(), self.live.capture().ends().len());
        if self.planned != of {
            self.plan = Plan::with(self.live.capture(), options);
            self.planned = of;
        } else if !held {
            self.plan.update(self.live.capture());
        }
        self.inboxes.iter_mut().for_each(|inbox| inbox.topics.settle());
        self.measure();
    }

    /// What the client of a line says next that is more than a message or an answer that it waited for; messages go to
    /// the inbox.
    pub(super) fn hear(&mut self, line: LineId, now: Instant) -> Option<ClientEvent> {
        loop {
            match self.live.poll_event(line)? {
                (ClientEvent::Message(message), frame) => {
                    if let Some(inbox) = self.inboxes.get_mut(line) {
                        inbox.push(now, frame, Arc::new(message), self.live.client(line));
                    }
                }
                (ClientEvent::Published { reason, .. }, _) if !reason.is_error() => {}
                (event, _) => return Some(event),
            }
        }
    }

    /// Takes over what is new into the measurements.
    fn measure(&mut self) {
        for (line, timings) in self.timings.iter_mut().enumerate() {
            if let Some((client, _)) = self.live.ends(line) {
                timings.follow(self.live.capture(), client);
            }
        }
    }
}

/// Where the view stands still while packets go on coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    step: Step,
    next: FrameId,
}

/// What the middle of the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// The diagram.
    #[default]
    Live,
    /// What the broker can do, and how long it takes.
    Probe,
}

/// The page's state; made at the app's owner.
#[derive(Clone, Copy)]
pub struct Connections {
    lines: RwSignal<Vec<ConnectState>>,
    current: RwSignal<LineId>,
    pub selection: Selection,
    pub shows: RwSignal<Shows>,
    pub(super) probe: Probe,
    pub(super) terminal: Terminal,
    pub held: RwSignal<Option<Hold>>,
    /// Time since the page's first connection.
    pub now: RwSignal<Instant>,
    /// Counts changes of the record.
    changed: RwSignal<u32>,
    /// When the next picture is due.
    pub(super) pace: StoredValue<Pace>,
    pub(super) record: StoredValue<Record>,
    /// The browser's clock when the first connection was tried, in milliseconds.
    origin: StoredValue<Option<f64>>,
    /// What the clock on the wall showed then.
    wall: StoredValue<Option<Wall>>,
    /// What a connection that is added later belongs to.
    owner: StoredValue<Owner>,
}

impl Connections {
    /// One connection, not open; the address may say to where.
    pub fn new() -> Self {
        let live = Live::new();
        let owner = Owner::current().unwrap_or_default();
        let record = Record {
            plan: Plan::new(live.capture()),
            planned: (0, 0),
            inboxes: vec![Inbox::default()],
            timings: vec![Timings::default()],
            live,
        };
        let this = Self {
            lines: RwSignal::new(Vec::new()),
            current: RwSignal::new(0),
            selection: Selection::new(),
            shows: RwSignal::new(Shows::default()),
            probe: Probe::new(),
            terminal: Terminal::new(),
            held: RwSignal::new(None),
            now: RwSignal::new(Instant::ZERO),
            changed: RwSignal::new(0),
            pace: StoredValue::new(Pace::default()),
            record: StoredValue::new(record),
            origin: StoredValue::new(None),
            wall: StoredValue::new(None),
            owner: StoredValue::new(owner),
        };
        let first = ConnectState::new(this, 0);
        this.lines.set(vec![first]);
        link::follow(this);
        this
    }

    /// The connection that the forms are about.
    pub fn current(self) -> ConnectState {
        let at = self.current.get();
        self.lines.with(|lines| lines[at.min(lines.len() - 1)])
    }

    /// All of them.
    pub fn all(self) -> Vec<ConnectState> {
        self.lines.get()
    }

    /// Makes the forms be about another connection.
    pub fn choose(self, line: LineId) {
        self.current.set(line);
    }

    /// The connections that are open, each with what its client and its broker are called.
    pub fn open_lines(self) -> Vec<(ConnectState, String, String, Version)> {
        let ends = |state: &ConnectState| {
            self.with_record(|it| {
                let (client, broker) = it.live.ends(state.line)?;
                let name = |end| it.live.capture().end(end).map(|it| it.name.to_string());
                Some((*state, name(client)?, name(broker)?, it.live.client(state.line).config().version))
            })
        };
        self.all().iter().filter(|it| it.is_connected()).filter_map(|it| ends(it).flatten()).collect()
    }

    /// Shows a packet of a connection.
    pub fn show(self, line: ConnectState, frame: Option<FrameId>) {
        self.choose(line.line);
        self.shows.set(Shows::Live);
        self.hold(false);
        self.selection.choose(frame);
    }

    /// One more connection, if there is room for it.
    pub fn add(self) {
        let added = self.record.try_update_value(|record| {
            let line = record.live.add_line()?;
            record.inboxes.push(Inbox::default());
            record.timings.push(Timings::default());
            Some(line)
        });
        if let (Some(Some(line)), Some(owner)) = (added, self.owner.try_get_value()) {
            let state = owner.with(|| ConnectState::new(self, line));
            state.form.url.set(untrack(|| self.current()).form.url.get_untracked());
            self.lines.update(|lines| lines.push(state));
            self.current.set(line);
        }
    }

    /// Time since the first connection was tried.
    pub(super) fn clock(self) -> Instant {
        let millis = browser_clock();
        let begin = |it: &mut Option<f64>| match it {
            Some(origin) => (*origin, false),
            None => (*it.insert(millis), true),
        };
        let (origin, begins) = self.origin.try_update_value(begin).unwrap_or((millis, false));
        if begins {
            self.wall.try_set_value(Some(wall_now()));
        }
        Instant::from_micros(((millis - origin) * 1_000.0).max(0.0) as u64)
    }

    /// A moment as the page tells it: by the clock on the wall.
    pub(super) fn told(self, at: Instant) -> String {
        self.wall.get_value().map_or_else(|| at.to_string(), |wall| wall.told(at))
    }

    /// What the diagram looks at.
    pub fn source(self) -> Source {
        let look = move |show: &mut dyn FnMut(Scene<'_>)| {
            let held = self.held.get();
            self.with_record(|it| {
                let (capture, record) = (it.live.capture(), it.live.record_number());
                let step = held.map_or(it.live.step(), |hold| hold.step);
                show(Scene { capture, plan: &it.plan, step, record });
            });
        };
        let plan = Callback::new(move |options| {
            self.record.try_update_value(|it| it.plan = Plan::with(it.live.capture(), options));
            self.changed.update(|it| *it += 1);
        });
        Source::new(look, self.now, plan).by_the_wall(self.wall)
    }

    /// Looks at the record, and again whenever it has changed.
    pub fn with_record<R>(self, read: impl FnOnce(&Record) -> R) -> Option<R> {
        self.changed.track();
        self.record.try_with_value(read)
    }

    /// Changes the record; its rows follow with the next picture.
    pub(super) fn change<R>(self, change: impl FnOnce(&mut Record) -> R) -> Option<R> {
        let (result, anew) = self.record.try_update_value(|record| {
            let number = record.live.record_number();
            let result = change(record);
            let anew = record.live.record_number() != number;
            if anew {
                record.timings.iter_mut().for_each(Timings::begin_anew);
            }
            (result, anew)
        })?;
        if anew {
            self.selection.choose(None);
            self.held.set(None);
        }
        self.announce();
        Some(result)
    }

    pub(super) fn draw(self) {
        let held = self.held.try_get_untracked().flatten().is_some();
        self.record.try_update_value(|record| record.draw(record.plan.options(), held));
        if !held {
            self.now.try_set(self.clock());
        }
        self.changed.try_update(|it| *it = it.wrapping_add(1));
    }

    /// Brings the measurements up to date before the next picture.
    pub(super) fn measure(self) {
        self.record.try_update_value(Record::measure);
    }

    /// Lets the clock of the diagram go on.
    pub(super) fn tick(self) {
        if self.held.try_get_untracked() == Some(None) {
            self.now.try_set(self.clock());
        }
    }

    /// Stops the view where it is, or lets it follow again.
    pub fn hold(self, on: bool) {
        if on {
            self.draw();
            let hold = self
                .record
                .try_with_value(|it| Hold { step: it.live.step(), next: it.live.capture().next_frame() });
            self.held.set(hold);
        } else {
            self.held.set(None);
            self.draw();
        }
    }

    /// How many packets have come and gone since the view stands still.
    pub fn unseen(self) -> Option<u32> {
        let hold = self.held.get()?;
        self.with_record(|it| it.live.capture().next_frame().saturating_sub(hold.next))
    }

    /// Begins the record anew; connections stay.
    pub fn clear(self) {
        self.change(|record| {
            record.live.clear();
            record.inboxes.fill(Inbox::default());
        });
    }
}

/// The browser's clock, in milliseconds.
pub(super) fn browser_clock() -> f64 {
    window().performance().map_or(0.0, |it| it.now())
}

/// What the clock on the wall shows here and now.
fn wall_now() -> Wall {
    let now = js_sys::Date::new_0();
    let seconds = (now.get_hours() * 60 + now.get_minutes()) * 60 + now.get_seconds();
    Wall::from_micros(u64::from(seconds) * 1_000_000 + u64::from(now.get_milliseconds()) * 1_000)
}
