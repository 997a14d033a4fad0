//! How the diagram is laid out: lanes and their order, how much a row holds, which notes and acknowledgements show.

use leptos::prelude::*;

use crate::capture::{End, EndId, EndRole, FrameId};
use crate::codec::Direction;
use crate::ui::dom::{Memo, after, effect};
use crate::ui::media;
use crate::ui::state::{Scene, Selection, Source, remember, remembered};
use crate::view::diagram::{
    LaneChoice, LaneWishes, Lanes, Metrics, NoteChoice, PlanOptions, SLIM_GAP, talking,
};

/// What is measured differently on desktops, on phones and for a projector, in pixels.
pub(super) type Sizes = [u32; 3];
/// Widths beside the gaps, as in style/sequence.css, page-mobile.css and present.css, and of the narrowest wide gap.
const BESIDE: Sizes = [174, 106, 318];
const NARROWEST: Sizes = [132, 118, 260];
/// Of that, what stands before the first lifeline.
pub(super) const BEFORE: Sizes = [112, 82, 208];
/// Arrowheads and padding, and a byte.
const ENDS: Sizes = [38, 38, 76];
const BYTE: Sizes = [16, 16, 33];
/// Pixels of an arrow from which on it carries a packet's bytes that don't all fit.
const STRIP_FROM: u32 = 240;
/// Pixels of an arrow below which it names neither topic nor size.
const SHORT: u32 = 200;

/// How much a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// Names and bytes.
    Bytes,
    /// Names over arrows.
    Names,
    /// Names on arrows, in low rows.
    Compact,
}

/// In the order of their numbers in what is kept.
const DENSITIES: [Density; 3] = [Density::Bytes, Density::Names, Density::Compact];
const NOTES: [NoteChoice; 3] = [NoteChoice::All, NoteChoice::Trouble, NoteChoice::None];
const LANES: [LaneChoice; 3] = [LaneChoice::Auto, LaneChoice::AllWide, LaneChoice::Talking];

/// The layout and what was wished for it.
#[derive(Clone, Copy)]
pub struct Arrangement {
    pub source: Source,
    pub(super) density: RwSignal<Density>,
    /// Drawn for a projector, with all bytes.
    present: Signal<bool>,
    pub(super) notes: RwSignal<NoteChoice>,
    pub(super) fold: RwSignal<Option<bool>>,
    pub(super) wishes: RwSignal<LaneWishes>,
    pub lanes: Memo<Lanes>,
    /// For each gap whether it is narrow.
    pub(super) narrow: Memo<Vec<bool>>,
    phone: Signal<bool>,
    pub(super) options: RwSignal<bool>,
    /// The lane that is dragged, where that began, and whether it has moved.
    pub(super) drag: StoredValue<Option<(EndId, i32, bool)>>,
}

impl Arrangement {
    pub fn new(source: Source, selection: Selection, present: Signal<bool>) -> Self {
        let choice = LANES[remembered(4) % 3];
        let wishes = RwSignal::new(LaneWishes { choice, ..LaneWishes::default() });
        let look = move || {
            let wishes = wishes.get();
            source
                .with(|scene| Lanes::new(scene.capture, scene.plan, scene.step, &wishes))
                .unwrap_or_default()
        };
        let lanes = Memo::new(move |_| look());
        let narrow = Memo::new(move |_| {
            let brokers = source.with(|scene| {
                scene.capture.ends().iter().map(|end| end.role == EndRole::Broker).collect::<Vec<bool>>()
            });
            lanes.with(|lanes| lanes.narrow(&brokers.unwrap_or_default()))
        });
        let this = Self {
            source,
            density: RwSignal::new(DENSITIES[remembered(2) % 3]),
            present,
            notes: RwSignal::new(NOTES[remembered(3) % 3]),
            fold: RwSignal::new(None),
            wishes,
            lanes,
            narrow,
            phone: media::follow(media::PHONE),
            options: RwSignal::new(false),
            drag: StoredValue::new(None),
        };
        this.follow();
        this.follow_talking(selection);
        this.keep();
        this
    }

    /// The lanes that stay wide are those of whoever the selected actor exchanges messages with, or else the client of
    /// the chosen packet. All packets are looked through for that: not at each step.
    fn follow_talking(self, selection: Selection) {
        let client = |scene: Scene<'_>, frame: FrameId| {
            let frame = scene.capture.frame(frame)?;
            Some(if frame.direction == Direction::ToServer { frame.from } else { frame.to })
        };
        let key = Memo::new(move |_| {
            if self.wishes.with(|wishes| wishes.choice != LaneChoice::Talking) {
                return None;
            }
            let (actor, frame) = (selection.actor.get(), selection.frame.get());
            let look = |scene: Scene<'_>| {
                let end = actor.or_else(|| client(scene, frame?))?;
                Some((end, scene.record, scene.capture.next_frame()))
            };
            self.source.with(look).flatten()
        });
        after(move || {
            let of = key.get().map(|(end, _, _)| end);
            let all = |end| untrack(|| self.source.with(|scene| talking(scene.capture, end)));
            let found = of.and_then(all).unwrap_or(u64::MAX);
            if self.wishes.with_untracked(|wishes| wishes.talking != found) {
                self.wishes.update(|wishes| wishes.talking = found);
            }
        });
    }

    /// What was chosen is kept.
    fn keep(self) {
        remember(2, move || self.density.get() as usize);
        remember(3, move || self.notes.get() as usize);
        remember(4, move || self.wishes.with(|wishes| wishes.choice as usize));
    }

    /// Other ends have lanes of their own; a plan has the rows that are wished for.
    fn follow(self) {
        let ends = Memo::new(move |_| {
            let names = |end: &End| end.name.clone();
            self.source
                .with(|scene| scene.capture.ends().iter().map(names).collect::<Vec<_>>())
                .unwrap_or_default()
        });
        let mut before: Option<Vec<_>> = None;
        after(move || {
            let now = ends.get();
            if before.as_ref().is_some_and(|before| !now.starts_with(before)) {
                self.wishes.update(|wishes| {
                    *wishes = LaneWishes { choice: wishes.choice, ..LaneWishes::default() };
                });
                self.fold.set(None);
            }
            before = Some(now);
        });
        // At once: rows of another plan need not be drawn first.
        effect(move || {
            let options = PlanOptions { fold: self.fold.get(), notes: self.notes.get() };
            if self.source.with(|scene| scene.plan.options() != options) == Some(true) {
                self.source.set_plan(options);
            }
        });
    }

    /// How much a row holds now.
    pub fn density(&self) -> Density {
        if self.present.get() { Density::Bytes } else { self.density.get() }
    }

    /// Heights of rows, as in style/sequence.css, on phones in page-mobile.css, for a projector in present.css.
    pub fn metrics(&self) -> Metrics {
        if self.present.get() && !self.phone.get() {
            return Metrics { packet: 76, marker: 46, idle: 30 };
        }
        let packet = match (self.density(), self.phone.get()) {
            (Density::Compact, false) => 22,
            (Density::Compact, true) => 26,
            (_, false) => 34,
            (_, true) => 37,
        };
        Metrics { packet, marker: 22, idle: 18 }
    }

    /// Of the margins for this kind of screen.
    pub(super) fn margin(&self, of: Sizes) -> u32 {
        of[if self.present.get() { 2 } else { usize::from(self.phone.get()) }]
    }

    /// The columns of a row; gaps share what room there is.
    pub fn columns(&self) -> String {
        let wide = ["minmax(", &self.margin(NARROWEST).to_string(), "px, 1fr) "].concat();
        let narrow = [&SLIM_GAP.to_string(), "px "].concat();
        let gaps: String = self
            .narrow
            .with(|gaps| gaps.iter().map(|it| if *it { narrow.as_str() } else { &wide }).collect());
        ["var(--time-w) var(--lead-w) ", if gaps.is_empty() { &wide } else { &gaps }, "var(--trail-w)"]
            .concat()
    }

    pub(super) fn gap(&self, narrow: bool) -> u32 {
        if narrow { SLIM_GAP } else { self.margin(NARROWEST) }
    }

    /// Pixels below which the diagram scrolls sideways.
    pub fn least_width(&self) -> u32 {
        self.margin(BESIDE) + self.narrow.with(|gaps| gaps.iter().map(|it| self.gap(*it)).sum::<u32>())
    }

    /// Whether an arrow across these gaps has no room for more than a few words.
    pub fn is_short(&self, gaps: (usize, usize), width: u32) -> bool {
        self.span(gaps, width) < SHORT
    }

    /// How many bytes fit on an arrow that crosses these gaps, where the diagram is `width` pixels wide; none if the
    /// arrow is too short for `len` bytes and for a useful part of them.
    pub fn strip_budget(&self, gaps: (usize, usize), width: u32, len: usize) -> Option<usize> {
        let span = self.span(gaps, width);
        let budget = (span.saturating_sub(self.margin(ENDS)) / self.margin(BYTE)) as usize;
        (len <= budget || span >= STRIP_FROM).then_some(budget.max(8))
    }

    /// Pixels from the first to the last lifeline of these gaps.
    fn span(&self, (from, to): (usize, usize), width: u32) -> u32 {
        self.narrow.with(|gaps| {
            let slim = gaps.iter().filter(|it| **it).count() as u32;
            let wide = (gaps.len() as u32 - slim).max(1);
            let share = width.saturating_sub(self.margin(BESIDE) + slim * SLIM_GAP) / wide;
            let share = share.max(self.margin(NARROWEST));
            gaps.get(from..to)
                .unwrap_or_default()
                .iter()
                .map(|it| if *it { SLIM_GAP } else { share })
                .sum::<u32>()
        })
    }
}
