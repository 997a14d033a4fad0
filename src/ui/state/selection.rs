//! What is chosen: one packet, one byte or field of it.

use bytes::Bytes;
use leptos::prelude::*;

use super::{Scene, Source};
use crate::capture::{EndId, FrameId};
use crate::codec::Version;
use crate::dissect::dissect;
use crate::ui::dom::after;
use crate::view::bytes::{ByteMap, Choice};
use crate::view::cause::{cause, effect};

/// The choice that diagram, table, scrubber and inspector share.
#[derive(Clone, Copy)]
pub struct Selection {
    /// The packet.
    pub frame: RwSignal<Option<FrameId>>,
    /// Its bytes are unfolded in the diagram.
    pub unfolded: RwSignal<bool>,
    /// The byte and field in it.
    pub choice: RwSignal<Option<Choice>>,
    /// The end that is chosen among the actors.
    pub actor: RwSignal<Option<EndId>>,
    /// The packet that another one will be compared with.
    pub marked: RwSignal<Option<FrameId>>,
    /// Two packets that are to be compared; the page shows them.
    pub compared: RwSignal<Option<[FrameId; 2]>>,
}

/// A packet as it is compared: its bytes, their version, and which it is.
type ComparedPacket = (Bytes, Version, String);

impl Selection {
    /// Nothing chosen.
    pub fn new() -> Self {
        Self {
            frame: RwSignal::new(None),
            unfolded: RwSignal::new(false),
            choice: RwSignal::new(None),
            actor: RwSignal::new(None),
            marked: RwSignal::new(None),
            compared: RwSignal::new(None),
        }
    }

    /// Chooses a packet, or none.
    pub fn choose(&self, frame: Option<FrameId>) {
        if self.frame.get_untracked() != frame {
            self.choice.set(None);
            self.frame.set(frame);
        }
        if frame.is_none() {
            self.unfolded.set(false);
        }
    }

    /// Chooses and unfolds a packet; folds it if it is unfolded.
    pub fn toggle(&self, frame: FrameId) {
        let again = self.frame.get_untracked() == Some(frame);
        self.choose(Some(frame));
        self.unfolded.update(|unfolded| *unfolded = !(again && *unfolded));
    }

    /// Keeps the chosen packet to be compared, or compares it with the one that was kept.
    pub fn compare(&self) {
        let chosen = self.frame.get_untracked();
        match (self.marked.get_untracked(), chosen) {
            (None, _) => self.marked.set(chosen),
            (Some(marked), Some(chosen)) if marked != chosen => self.compared.set(Some([marked, chosen])),
            _ => self.marked.set(None),
        }
    }

    /// Compares the chosen packet with another one.
    pub fn compare_with(&self, other: FrameId) {
        match self.frame.get_untracked().filter(|chosen| *chosen != other) {
            Some(chosen) => self.compared.set(Some([chosen, other])),
            None => self.choose(Some(other)),
        }
    }

    /// What [`compare`](Self::compare) would do, on a button.
    pub fn compare_words(self) -> Signal<String> {
        Signal::derive(move || match (self.marked.get(), self.frame.get()) {
            (None, _) => "Compare…".to_owned(),
            (marked, chosen) if marked == chosen => "Don’t compare".to_owned(),
            (Some(marked), _) => ["Compare with ", &(marked + 1).to_string()].concat(),
        })
    }

    /// Calls `show` with the two packets that are to be compared whenever there are.
    pub fn follow_compared(self, source: Source, show: impl Fn([ComparedPacket; 2]) + 'static) {
        let show: Box<dyn Fn([ComparedPacket; 2])> = Box::new(show);
        after(move || {
            let Some([first, second]) = self.compared.get() else { return };
            let look = |scene: Scene<'_>| Some([compared(scene, first)?, compared(scene, second)?]);
            let both = untrack(|| source.with(look)).flatten();
            self.marked.set(None);
            self.compared.set(None);
            if let Some(both) = both {
                show(both);
            }
        });
    }

    /// Chooses the packet `by` further on among those that have been sent.
    pub fn walk(&self, source: Source, by: i32) {
        let current = self.frame.get_untracked();
        let next = untrack(|| source.with(|scene| neighbour(scene, current, by))).flatten();
        if next.is_some() {
            self.choose(next);
        }
    }

    /// Chooses the next (1) or previous (-1) field of the packet.
    pub fn walk_field(&self, source: Source, by: i32) {
        let Some(frame) = self.frame.get_untracked() else { return };
        let current = self.choice.get_untracked();
        let next = untrack(|| source.with(|scene| field_neighbour(scene, frame, current, by))).flatten();
        if next.is_some() {
            self.choice.set(next);
        }
    }

    /// Chooses the next (1) or previous (-1) packet of the same exchange.
    pub fn walk_exchange(&self, source: Source, by: i32) {
        let Some(current) = self.frame.get_untracked() else { return };
        let next = untrack(|| source.with(|scene| exchange_neighbour(scene, current, by))).flatten();
        if next.is_some() {
            self.choose(next);
        }
    }

    /// Chooses the packet that led to this one (-1), or the first that it led to (1).
    pub fn walk_cause(&self, source: Source, by: i32) {
        let Some(current) = self.frame.get_untracked() else { return };
        let look = |scene: Scene<'_>| {
            let (capture, exchange) = (scene.capture, scene.plan.exchange());
            let found =
                if by < 0 { cause(capture, exchange, current) } else { effect(capture, exchange, current) };
            found.filter(|id| capture.frame(*id).is_some_and(|it| it.sent_step <= scene.step))
        };
        let next = untrack(|| source.with(look)).flatten();
        if next.is_some() {
            self.choose(next);
        }
    }
}

fn compared(scene: Scene<'_>, id: FrameId) -> Option<ComparedPacket> {
    let frame = scene.capture.frame(id)?;
    let name = |end| scene.capture.end(end).map_or("?", |end| &*end.name);
    let (number, at) = ((id + 1).to_string(), frame.sent.to_string());
    let title =
        ["packet ", &number, ", ", name(frame.from), " to ", name(frame.to), ", ", &at, " s"].concat();
    Some((frame.bytes.clone(), frame.version, title))
}

fn neighbour(scene: Scene<'_>, current: Option<FrameId>, by: i32) -> Option<FrameId> {
    let later = scene.capture.frames().rev().take_while(|frame| frame.sent_step > scene.step).count();
    let sent = (scene.capture.frames().len() - later) as u32;
    let first = scene.capture.dropped_frames();
    let last = (first + sent).checked_sub(1).filter(|last| *last >= first)?;
    Some(match current {
        Some(current) => current.saturating_add_signed(by).clamp(first, last),
        None if by < 0 => last,
        None => first,
    })
}

fn exchange_neighbour(scene: Scene<'_>, current: FrameId, by: i32) -> Option<FrameId> {
    let exchange = scene.plan.exchange();
    let opener = exchange.link(current)?.opener?;
    let belongs = |frame: &&crate::capture::Frame| {
        frame.sent_step <= scene.step && exchange.link(frame.id).and_then(|link| link.opener) == Some(opener)
    };
    let found = if by > 0 {
        scene.capture.frames().find(|frame| frame.id > current && belongs(frame))
    } else {
        scene.capture.frames().rev().find(|frame| frame.id < current && belongs(frame))
    };
    found.map(|frame| frame.id)
}

fn field_neighbour(scene: Scene<'_>, frame: FrameId, current: Option<Choice>, by: i32) -> Option<Choice> {
    let frame = scene.capture.frame(frame)?;
    let map = ByteMap::new(&dissect(&frame.bytes, frame.version));
    let offset = current.map_or(0, |choice| choice.offset);
    let at = map.runs().iter().position(|run| (run.offset..run.offset + run.len).contains(&offset))?;
    let to = at.saturating_add_signed(by as isize).min(map.runs().len() - 1);
    map.runs().get(to).map(|run| Choice { offset: run.offset, node: run.node })
}
