//! How the diagram is laid out: lanes and their order, how much a row holds, which notes and acknowledgements show.

use leptos::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

use super::super::bytes::delegated;
use crate::capture::{End, EndId, EndRole, FrameId};
use crate::codec::Direction;
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::focus_in;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, Slot, after, effect, el, many, nothing};
use crate::ui::media;
use crate::ui::state::{Scene, Selection, Source, remember, remembered};
use crate::view::diagram::{
    FEW, Group, LaneChoice, LaneWishes, Lanes, Metrics, NoteChoice, PlanOptions, SLIM_GAP, talking,
};

/// What is measured differently on desktops, on phones and for a projector, in pixels.
type Sizes = [u32; 3];
/// Widths beside the gaps, as in style/sequence.css, page-mobile.css and present.css, and of the narrowest wide gap.
const BESIDE: Sizes = [174, 106, 318];
const NARROWEST: Sizes = [132, 118, 260];
/// Of that, what stands before the first lifeline.
const BEFORE: Sizes = [112, 82, 208];
/// Arrowheads and padding, and a byte.
const ENDS: Sizes = [38, 38, 76];
const BYTE: Sizes = [16, 16, 33];
/// Pixels of an arrow from which on it carries a packet's bytes that don't all fit.
const STRIP_FROM: u32 = 240;
/// Pixels of an arrow below which it names neither topic nor size.
const SHORT: u32 = 200;
/// Pixels that a pointer moves before it drags a lane.
const DRAG_FROM: i32 = 6;

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
    density: RwSignal<Density>,
    /// Drawn for a projector, with all bytes.
    present: Signal<bool>,
    notes: RwSignal<NoteChoice>,
    fold: RwSignal<Option<bool>>,
    wishes: RwSignal<LaneWishes>,
    pub lanes: Memo<Lanes>,
    /// For each gap whether it is narrow.
    narrow: Memo<Vec<bool>>,
    phone: Signal<bool>,
    options: RwSignal<bool>,
    /// The lane that is dragged, where that began, and whether it has moved.
    drag: StoredValue<Option<(EndId, i32, bool)>>,
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
    fn margin(&self, of: Sizes) -> u32 {
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

    fn gap(&self, narrow: bool) -> u32 {
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

    /// The ways to draw a packet that stand in the toolbar; low rows are among the options.
    pub fn detail_switch(self) -> El {
        let choice = |name: &str, density: Density| {
            el("button", "")
                .attr("type", "button")
                .bind_state("aria-pressed", move || self.density.get() == density)
                .click(move || self.density.set(density))
                .text(name)
        };
        el("span", "segmented sequence__detail")
            .attrs(&[("role", "group"), ("aria-label", "Detail")])
            .all([choice("Names", Density::Names), choice("Bytes", Density::Bytes)])
    }

    /// The button for what else can be chosen.
    pub fn button(self) -> El {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", "View options"), ("title", "View options")])
            .bind_state("aria-expanded", move || self.options.get())
            .click(move || self.options.update(|open| *open = !*open))
            .child(icon("i-fold", "icon icon--sm"))
    }

    /// What else can be chosen, while it is asked for.
    pub fn bar(self) -> El {
        nothing().dynamic(move || if self.options.get() { untrack(|| self.draw()) } else { nothing() })
    }

    /// Whether lanes take more room than there is on most screens.
    fn many(self) -> Memo<bool> {
        Memo::new(move |_| self.source.with(|scene| scene.capture.ends().len() > FEW).unwrap_or(false))
    }

    /// Lanes and acknowledgements, in the toolbar where there are many actors; among the options while those show.
    pub fn lane_tools(self) -> El {
        let many = self.many();
        nothing().dynamic(move || match many.get() && !self.options.get() {
            true => {
                untrack(|| el("span", "sequence__lanes").child(self.lane_choice()).child(self.fold_switch()))
            }
            false => nothing(),
        })
    }

    fn fold_switch(self) -> El {
        let folded = Memo::new(move |_| self.source.with(|scene| scene.plan.folded(scene.capture)).flatten());
        el("button", "button button--sm")
            .attr("type", "button")
            .bind_state("aria-pressed", move || folded.get().is_some())
            .click(move || self.fold.set(Some(folded.get_untracked().is_none())))
            .bind_text(move || match folded.get() {
                Some(count) => ["Acks folded, ", &count.to_string()].concat(),
                None => "Fold acks".to_owned(),
            })
    }

    fn lane_choice(self) -> El {
        let chosen = Signal::derive(move || self.wishes.with(|wishes| wishes.choice));
        let choose = Callback::new(move |choice| {
            self.wishes.update(|wishes| {
                wishes.choice = choice;
                wishes.slim.clear();
            });
        });
        let options = vec![
            (LaneChoice::Auto, name("Auto")),
            (LaneChoice::AllWide, name("All wide")),
            (LaneChoice::Talking, name("Only talking to selected")),
        ];
        group("Lanes", segmented("Lanes", options, chosen, choose))
    }

    fn draw(self) -> El {
        let many = self.many();
        let notes = vec![
            (NoteChoice::All, name("All")),
            (NoteChoice::Trouble, name("Trouble")),
            (NoteChoice::None, name("None")),
        ];
        let choose = Callback::new(move |choice| self.notes.set(choice));
        let is_low = move || self.density.get() == Density::Compact;
        let low = el("button", "button button--sm")
            .attr("type", "button")
            .bind_state("aria-pressed", is_low)
            .click(move || {
                self.density.update(|it| {
                    *it = if *it == Density::Compact { Density::Names } else { Density::Compact };
                });
            })
            .text("Low rows");
        el("div", "view-options")
            .attrs(&[("role", "group"), ("aria-label", "View options")])
            .child(low)
            .child(group("Notes", segmented("Notes", notes, self.notes.into(), choose)))
            .child(self.fold_switch())
            .dynamic(move || if many.get() { self.lane_choice() } else { nothing() })
            .child(
                el("span", "view-options__hint")
                    .text("Lanes move by drag, or with ← and →; Enter makes one slim."),
            )
    }

    /// The lifelines' heads with what is known of their connections. They move by drag or by arrow keys.
    pub fn heads(self, scroller: Slot, wide: Memo<bool>) -> El {
        let heads = Memo::new(move |_| {
            let lanes = self.lanes.get();
            self.source
                .with(|scene| {
                    let (offline, ends) = (scene.plan.offline(scene.step), scene.capture.ends());
                    let head = |place: usize| {
                        let end = lanes.end(place);
                        let at = usize::from(end);
                        let offline = offline.get(at).copied().unwrap_or(false);
                        Some((end, ends.get(at)?.clone(), offline, lanes.is_slim(end)))
                    };
                    (0..ends.len()).filter_map(head).collect::<Vec<_>>()
                })
                .unwrap_or_default()
        });
        let groups = Memo::new(move |_| {
            let found = self.source.with(|scene| scene.plan.groups(scene.step)).unwrap_or_default();
            self.lanes.with(|lanes| {
                let placed = |group: Group| Some((lanes.run_of(&group.members)?, group));
                found.into_iter().filter_map(placed).collect::<Vec<_>>()
            })
        });
        let frames = move || groups.with(|groups| many(groups.iter().map(group_frame)));
        let draw = move || {
            let wide = wide.get();
            heads.with(|heads| {
                let last = heads.len().saturating_sub(1);
                many(heads.iter().enumerate().map(|(place, (id, end, offline, slim))| {
                    let it = head(*id, end, *offline, *slim, place == last);
                    let framed = |((from, to), _): &((usize, usize), Group)| (*from..=*to).contains(&place);
                    if groups.with(|groups| groups.iter().any(framed)) {
                        let _ = it.element().class_list().add_1("lifeline-head--member");
                    }
                    let column = (place + 3).to_string();
                    match wide && end.role == EndRole::Broker {
                        true => self.pinned(it, place),
                        false => it.style("grid-column", &column),
                    }
                }))
            })
        };
        el("div", "sequence__head")
            .bind_class("has-groups", move || groups.with(|groups| !groups.is_empty()))
            .dynamic(frames)
            .on("pointerdown", move |event: PointerEvent| self.grab(&event))
            .on("pointermove", move |event: PointerEvent| self.pull(&event))
            .on("pointerup", move |_: PointerEvent| self.drag.set_value(None))
            .on("pointercancel", move |_: PointerEvent| self.drag.set_value(None))
            // After a drag the click is the bar's, which had caught the pointer.
            .on("click", move |event: Event| {
                if let Some(end) = delegated(&event, "data-end") {
                    self.toggle(end as EndId);
                }
            })
            .on("keydown", move |event: KeyboardEvent| self.key(&event, scroller))
            .child(el("span", "sequence__time-unit").text(self.source.time_unit()))
            .dynamic(draw)
    }

    /// The broker's head stays in sight when the diagram is scrolled sideways: there, all gaps have their least width.
    fn pinned(self, head: El, place: usize) -> El {
        let before = untrack(|| {
            let gaps = self.narrow.with(|gaps| gaps.iter().take(place).map(|it| self.gap(*it)).sum::<u32>());
            gaps + self.margin(BEFORE)
        });
        let spacer = el("span", "lifeline-pin__before").style("width", &[&before.to_string(), "px"].concat());
        el("span", "lifeline-pin").child(spacer).child(el("span", "lifeline-pin__at").child(head))
    }

    fn grab(self, event: &PointerEvent) {
        if let Some(end) = delegated(event, "data-end").filter(|_| event.button() == 0) {
            self.drag.set_value(Some((end as EndId, event.client_x(), false)));
        }
    }

    fn pull(self, event: &PointerEvent) {
        let Some((end, from, moved)) = self.drag.get_value() else { return };
        if !moved && (event.client_x() - from).abs() < DRAG_FROM {
            return;
        }
        let bar = event.current_target().map(wasm_bindgen::JsCast::unchecked_into::<Element>);
        let Some(bar) = bar else { return };
        if !moved {
            let _ = bar.set_pointer_capture(event.pointer_id());
            self.drag.set_value(Some((end, from, true)));
        }
        let place = left_of(&bar, end, f64::from(event.client_x()));
        let lanes = self.lanes.get_untracked();
        if lanes.place(end) != place {
            self.wishes.update(|wishes| wishes.put(end, place, &lanes));
        }
    }

    /// Clients' lanes alone can be slim: all packets go to the broker's.
    fn toggle(self, end: EndId) {
        let client = |at: EndId| {
            self.source.with(|scene| scene.capture.end(at).is_some_and(|end| end.role == EndRole::Client))
        };
        if untrack(|| client(end)) == Some(true) {
            let slim = self.lanes.with_untracked(|lanes| lanes.is_slim(end));
            self.wishes.update(|wishes| wishes.set_slim(end, !slim));
        }
    }

    fn key(self, event: &KeyboardEvent, scroller: Slot) {
        let Some(end) = delegated(event, "data-end").map(|end| end as EndId) else { return };
        let lanes = self.lanes.get_untracked();
        match event.key().as_str() {
            "ArrowLeft" => self.wishes.update(|wishes| wishes.shift(end, -1, &lanes)),
            "ArrowRight" => self.wishes.update(|wishes| wishes.shift(end, 1, &lanes)),
            "Enter" | " " => self.toggle(end),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
        focus_in(scroller, [".lifeline-head[data-end=\"", &end.to_string(), "\"]"].concat());
    }
}

/// How many heads but the dragged one's have their middles left of `x`.
fn left_of(bar: &Element, dragged: EndId, x: f64) -> usize {
    let Ok(heads) = bar.query_selector_all(".lifeline-head") else { return 0 };
    let dragged = dragged.to_string();
    let middle = |at: u32| {
        let head: Element = wasm_bindgen::JsCast::dyn_into(heads.item(at)?).ok()?;
        let shape = head.get_bounding_client_rect();
        (head.get_attribute("data-end")? != dragged).then(|| shape.left() + shape.width() / 2.0)
    };
    (0..heads.length()).filter_map(middle).filter(|middle| *middle < x).count()
}

/// A shared subscription stands in a frame around its members' heads.
fn group_frame((place, group): &((usize, usize), Group)) -> El {
    let columns = [&(place.0 + 3).to_string(), " / ", &(place.1 + 3).to_string()].concat();
    let title = ["share ", &group.name, ", ", &group.filter].concat();
    el("span", "lifeline-group")
        .style("grid-column", &columns)
        .attr("title", &title)
        .text("share ")
        .child(el("b", "").text(&group.name))
        .text(", ")
        .text(&group.filter)
}

fn head(id: EndId, end: &End, offline: bool, slim: bool, last: bool) -> El {
    let client = end.role == EndRole::Client;
    let dot = client.then(|| {
        let (dot, words) = if offline {
            ("status-dot status-dot--off", "not connected")
        } else {
            ("status-dot", "connected")
        };
        el("span", dot).attrs(&[("role", "img"), ("aria-label", words), ("title", words)])
    });
    let class = [
        "lifeline-head",
        if last { " lifeline-head--last" } else { "" },
        if slim { " lifeline-head--slim" } else { "" },
    ]
    .concat();
    let told = if client {
        "Drag or ← → moves the lane, Enter makes it slim or wide"
    } else {
        "Drag or ← → moves the lane"
    };
    el("button", &class)
        .attrs(&[("type", "button"), ("title", told)])
        .num("data-end", usize::from(id))
        .maybe("aria-expanded", client.then_some(if slim { "false" } else { "true" }))
        .with(dot)
        .child(el("span", "").text(&end.name))
        .with((client && !slim).then(|| el("small", "").text("client")))
}

fn name(name: &str) -> Signal<String> {
    Signal::stored(name.to_owned())
}

fn group(words: &str, control: El) -> El {
    let words = el("span", "").attr("aria-hidden", "true").text(words);
    el("span", "view-options__group").child(words).child(control)
}
