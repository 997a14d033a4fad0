//! Which rows are in sight, and how the view follows what happens.

use std::cell::Cell;
use std::ops::Range;

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::capture::FrameId;
use crate::ui::components::scroll::{focus_in, follow_size};
use crate::ui::dom::{Memo, Slot, after, effect, next_frame, next_picture};
use crate::ui::state::{Scene, Selection, Source};
use crate::view::diagram::Metrics;

/// Rows beyond the edges that are drawn too, in pixels; one picture later where the view comes from elsewhere.
const OVERSCAN: f64 = 400.0;
/// Rows that are printed at most: some fifty pages.
const PRINTED: usize = 2_000;
/// Height of the line that marks the present, as in style/sequence.css.
const NOW: u32 = 18;
/// Above and below all rows, as in mod.rs.
const PADDING: u32 = 6;
/// What the present keeps from the edges when the view follows it.
const MARGIN: f64 = 96.0;

/// Where the scroller stands, in pixels, as its events told last: asking for it while rows change would lay out the
/// page once more.
#[derive(Clone, Copy)]
struct Seen {
    top: f64,
    height: f64,
    /// Of the lifelines' heads, which stay at its top.
    head: f64,
    /// It is to be scrolled to `top` before the next picture.
    moving: bool,
    /// Only what is in sight has been drawn: what is beyond the edges follows.
    bare: bool,
}

thread_local! {
    /// As it was seen last, and how wide: a diagram that is made anew is most often as large.
    static LAST: Cell<(Seen, u32)> = const { Cell::new((START, 0)) };
}

const START: Seen = Seen { top: 0.0, height: 0.0, head: 0.0, moving: false, bare: false };

/// The part of the diagram that is in sight.
#[derive(Clone, Copy)]
pub struct Viewport {
    scroller: Slot,
    seen: StoredValue<Seen>,
    source: Source,
    selection: Selection,
    metrics: Memo<Metrics>,
    /// First row and one behind the last.
    rows: RwSignal<(usize, usize)>,
    /// Height of what is unfolded.
    unfolded: RwSignal<u32>,
    /// Width of the diagram, in steps.
    width: RwSignal<u32>,
    /// Paper shows all rows.
    printing: RwSignal<bool>,
}

impl Viewport {
    pub fn new(
        scroller: Slot,
        source: Source,
        selection: Selection,
        metrics: Memo<Metrics>,
        printing: RwSignal<bool>,
    ) -> Self {
        let (last, width) = LAST.get();
        let view = Self {
            scroller,
            seen: StoredValue::new(Seen { top: 0.0, moving: false, ..last }),
            source,
            selection,
            metrics,
            rows: RwSignal::new((0, 0)),
            unfolded: RwSignal::new(0),
            width: RwSignal::new(width),
            printing,
        };
        // Where there is much, what is drawn first is where the view will be.
        view.reveal_selected();
        effect(move || {
            printing.track();
            view.draw();
        });
        // Rows come and go with the capture, the present moves with the step.
        let mut seen: Option<(u32, usize)> = None;
        after(move || {
            let height = view.metrics.get().packet;
            let Some(past) = source.with(|scene| scene.plan.past(scene.step)) else { return };
            if let Some((before_height, before)) = seen {
                if before_height != height {
                    // Once the rows have their new height.
                    next_frame(move || view.reveal_now(past));
                } else if before != past {
                    view.reveal_now(past);
                }
            }
            view.draw();
            seen = Some((height, past));
        });
        after(move || {
            let (frame, unfolded) = (selection.frame.get(), selection.unfolded.get());
            next_frame(move || {
                view.measure(unfolded && frame.is_some());
                view.reveal_selected();
            });
        });
        view
    }

    /// Goes to where another world is looked at first, before any of its rows is drawn.
    pub fn begin(&self) {
        self.rows.try_set((0, 0));
        self.scroll_to(0.0);
        self.reveal_selected();
        if let Some(past) = untrack(|| self.source.with(|scene| scene.plan.past(scene.step))) {
            self.reveal_now(past);
        }
    }

    /// The rows to draw.
    pub fn rows(&self) -> Range<usize> {
        let (from, to) = self.rows.get();
        from..to
    }

    /// Row heights.
    pub fn metrics(&self) -> Metrics {
        self.metrics.get()
    }

    /// Height of the rows above those that are drawn.
    pub fn above(&self) -> u32 {
        let first = self.rows.get().0;
        let now = |past: usize| if past < first { NOW } else { 0 };
        let look = |metrics| {
            self.source.with(|scene| scene.plan.top(first, metrics) + now(scene.plan.past(scene.step)))
        };
        look(self.metrics.get()).unwrap_or(0) + self.unfolded_before(first)
    }

    /// Height of the rows below those that are drawn.
    pub fn below(&self) -> u32 {
        let last = self.rows.get().1;
        let now = |past: usize| if past > last { NOW } else { 0 };
        let look = |metrics| {
            self.source.with(|scene| {
                let plan = scene.plan;
                plan.top(plan.len(), metrics).saturating_sub(plan.top(last, metrics))
                    + now(plan.past(scene.step))
            })
        };
        let after = self.unfolded_row().is_some_and(|row| row >= last);
        look(self.metrics.get()).unwrap_or(0) + if after { self.unfolded.get() } else { 0 }
    }

    /// Height of what is unfolded between two rows' tops.
    pub fn unfolded_between(&self, from: usize, to: usize) -> u32 {
        if self.unfolded_row().is_some_and(|row| (from..to).contains(&row)) { self.unfolded.get() } else { 0 }
    }

    /// Width of the diagram in pixels, in steps of 16.
    pub fn width(&self) -> u32 {
        self.width.get()
    }

    /// How many rows paper does not show.
    pub fn unprinted(&self) -> Option<usize> {
        if !self.printing.get() {
            return None;
        }
        let rows = self.source.with(|scene| scene.plan.len()).unwrap_or(0);
        rows.checked_sub(PRINTED).filter(|more| *more > 0)
    }

    /// Call it when the scroller has moved.
    pub fn update(&self) {
        let Some(element) = self.element() else { return };
        let top = f64::from(element.scroll_top());
        self.seen.try_update_value(|seen| {
            if !seen.moving {
                seen.top = top;
            }
        });
        self.draw();
    }

    /// Draws the rows in sight.
    fn draw(&self) {
        let Some(Seen { top, height, head, bare, .. }) = self.seen.try_get_value() else { return };
        let height = height - head;
        let (Some(wide), Some(now)) = (self.between(top, height, OVERSCAN), self.rows.try_get_untracked())
        else {
            return;
        };
        let (from, to) = now;
        let rows = if !bare && wide.0 < to && from < wide.1 {
            wide
        } else {
            // Nothing of it has been drawn yet, or not for longer than a picture.
            self.widen();
            self.between(top, height, 0.0).unwrap_or(wide)
        };
        if now != rows {
            self.rows.try_set(rows);
        }
    }

    /// The rows around what is in sight, in the picture after the next one.
    fn widen(&self) {
        let view = *self;
        let bare = self.seen.try_update_value(|seen| std::mem::replace(&mut seen.bare, true));
        if bare == Some(false) {
            next_picture(move || {
                view.seen.try_update_value(|seen| seen.bare = false);
                view.draw();
            });
        }
    }

    /// The rows that are in sight with so many pixels around.
    fn between(&self, top: f64, height: f64, around: f64) -> Option<(usize, usize)> {
        let metrics = self.metrics.try_get_untracked()?;
        let unfolded = f64::from(self.unfolded.try_get_untracked().unwrap_or(0));
        untrack(|| {
            self.source.with(|scene| {
                let plan = scene.plan;
                // Where all ends, the browser stops scrolling.
                let whole = f64::from(plan.top(plan.len(), metrics) + NOW + PADDING) + unfolded;
                let top = top.min(whole - height).max(0.0);
                let (from, to) =
                    ((top - around - unfolded - f64::from(PADDING)).max(0.0), top + height + around);
                if self.printing.get_untracked() {
                    return (0, plan.len().min(PRINTED));
                }
                let last = if plan.is_empty() { 0 } else { plan.row_at(to as u32, metrics) + 1 };
                (plan.row_at(from as u32, metrics).min(last), last)
            })
        })
    }

    /// Moves the focus to the chosen packet.
    pub fn focus_selected(&self) {
        if let Some(frame) = self.selection.frame.get_untracked() {
            let shown = untrack(|| self.source.with(|scene| scene.plan.shown_by(frame))).unwrap_or(frame);
            focus_in(self.scroller, [".arrow[data-frame=\"", &shown.to_string(), "\"]"].concat());
        }
    }

    fn element(&self) -> Option<HtmlElement> {
        self.scroller.try_get_untracked().flatten()
    }

    fn unfolded_row(&self) -> Option<usize> {
        let frame = self.selection.unfolded.get().then(|| self.selection.frame.get())??;
        self.source.with(|scene| scene.plan.row_of(frame))?
    }

    fn unfolded_before(&self, row: usize) -> u32 {
        if self.unfolded_row().is_some_and(|it| it < row) { self.unfolded.get() } else { 0 }
    }

    /// Takes the height of what is unfolded.
    pub fn measure(&self, unfolded: bool) {
        let find = || self.element().and_then(|it| it.query_selector(".seq-expand").ok().flatten());
        let height = match unfolded.then(find) {
            // With the margins around it.
            Some(Some(found)) => found.client_height().max(0) as u32 + 12,
            Some(None) => return, // Out of sight: as high as when it was seen.
            None => 0,
        };
        if self.unfolded.try_get_untracked().is_some_and(|now| now != height) {
            self.unfolded.try_set(height);
        }
    }

    fn reveal_now(&self, past: usize) {
        let top = |metrics| self.source.with(|scene| scene.plan.top(past, metrics));
        let y = untrack(|| top(self.metrics.get()).unwrap_or(0) + self.unfolded_before(past));
        self.reveal(f64::from(y), f64::from(y + NOW), MARGIN);
    }

    fn selected_top(&self) -> Option<f64> {
        let (frame, metrics) =
            (self.selection.frame.try_get_untracked()??, self.metrics.try_get_untracked()?);
        let top = |scene: Scene<'_>| Some(scene.plan.top(scene.plan.row_of(frame)?, metrics));
        untrack(|| self.source.with(top)).flatten().map(f64::from)
    }

    fn reveal_selected(&self) {
        if let Some(Some(frame)) = self.selection.frame.try_get_untracked() {
            self.reveal_frame(frame);
        }
    }

    /// Scrolls as little as brings a packet into sight.
    pub fn reveal_frame(&self, frame: FrameId) {
        let place = |metrics: Metrics| {
            self.source.with(|scene| {
                let row = scene.plan.row_of(frame)?;
                Some((scene.plan.top(row, metrics), scene.plan.past(scene.step) <= row, row))
            })
        };
        let Some(metrics) = self.metrics.try_get_untracked() else { return };
        let Some(Some((top, after_now, row))) = untrack(|| place(metrics)) else { return };
        let y = top + if after_now { NOW } else { 0 } + untrack(|| self.unfolded_before(row));
        let is_unfolded =
            self.selection.unfolded.get_untracked() && self.selection.frame.get_untracked() == Some(frame);
        let unfolded = if is_unfolded { self.unfolded.get_untracked() } else { 0 };
        self.reveal(f64::from(y), f64::from(y + metrics.packet + unfolded), 8.0);
    }

    /// Scrolls as little as brings `from..to`, in pixels from the first row, into sight.
    fn reveal(&self, from: f64, to: f64, margin: f64) {
        let Some(Seen { top, height, head, .. }) = self.seen.try_get_value() else { return };
        let height = height - head;
        if to + margin > top + height {
            self.scroll_to(to + margin - height);
        } else if from - margin < top {
            self.scroll_to(from - margin);
        }
    }

    /// Draws the rows there at once, and scrolls when all has been drawn.
    fn scroll_to(&self, top: f64) {
        let top = f64::from(top.max(0.0) as i32);
        let view = *self;
        let moving = self.seen.try_update_value(|seen| {
            seen.top = top;
            std::mem::replace(&mut seen.moving, true)
        });
        self.draw();
        if moving == Some(false) {
            next_frame(move || {
                let Some(element) = view.element() else { return };
                view.seen.try_update_value(|seen| {
                    element.set_scroll_top(seen.top as i32);
                    seen.top = f64::from(element.scroll_top());
                    seen.moving = false;
                });
                view.draw();
            });
        }
    }

    fn resized(&self, element: &HtmlElement, head: i32) {
        let height = element.client_height();
        // Rounded, so that dragging an edge doesn't draw all rows anew for each pixel.
        let width =
            (element.client_width().max(0) as u32).saturating_sub(self.source.more_beside()) / 16 * 16;
        if self.width.try_get_untracked().is_some_and(|now| now != width) {
            self.width.try_set(width);
        }
        // What was in sight at its lower edge stays there when a sheet takes some of it.
        let chosen = self.selected_top().filter(|chosen| {
            self.seen.try_with_value(|seen| {
                (seen.top..seen.top + seen.height).contains(chosen) && f64::from(height) < seen.height
            }) == Some(true)
        });
        self.seen.try_update_value(|seen| {
            seen.height = f64::from(height);
            seen.head = f64::from(head);
            LAST.set((*seen, width));
        });
        if chosen.is_some() {
            self.reveal_selected();
        }
        self.update();
    }

    /// Keeps up with the size of the scroller and with that of the lifelines' heads.
    pub fn follow_size(self, head: Slot) {
        let resized = move || {
            if let (Some(element), Some(Some(head))) = (self.element(), head.try_get_untracked()) {
                self.resized(&element, head.client_height());
            }
        };
        follow_size(self.scroller, resized);
        follow_size(head, resized);
    }
}
