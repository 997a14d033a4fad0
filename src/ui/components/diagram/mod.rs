//! The sequence diagram: lifelines, and between them only the rows in sight.

mod arrange;
mod find;
mod heads;
mod options;
mod row;
mod scroll;

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent, MouseEvent};

use self::arrange::{Arrangement, Density};
use self::find::Find;
use self::row::{Scenery, row};
use self::scroll::Viewport;
use super::bytes::{delegated, for_each, link_field, target_element, unlink_field};
use crate::capture::{EndId, FrameId, Step};
use crate::codec::Version;
use crate::dissect::dissect;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, Slot, el, fragment, nothing};
use crate::ui::state::{Mode, Scene, Selection, Source};
use crate::view::bytes::{ByteMap, Choice, cell_name};

/// The key of the line that marks the present in the list of rows; a row's key is its index, with its world's number in
/// the upper half.
const NOW: u64 = u64::MAX;

/// The diagram of a source. `start` and `tools` stand at the two ends of its toolbar.
/// `export` gets the record when it is to be exported.
pub fn diagram(source: Source, selection: Selection, start: El, tools: El, export: Callback<Exported>) -> El {
    let mode = Mode::current();
    let arrange = Arrangement::new(source, selection, mode.present.into());
    let metrics = Memo::new(move |_| arrange.metrics());
    let scroller = Slot::new(None);
    let view = Viewport::new(scroller, source, selection, metrics, mode.printing);
    let readout = RwSignal::new(None::<String>);
    let find = Find::new(source, selection, view);
    let scenery = Scenery { source, selection, view, find, arrange };
    let least = Memo::new(move |_| arrange.least_width());
    // The width is known in steps of 16 pixels.
    let wide = Memo::new(move |_| least.get() > view.width() + 15);
    let toolbar = el("div", "sequence__toolbar")
        .child(start)
        .child(el("span", "grow"))
        .child(legend(source, readout))
        .child(arrange.lane_tools())
        .child(arrange.detail_switch())
        .child(arrange.button())
        .child(find.button())
        .child(export_button(arrange, selection, export))
        .child(tools);
    let head = Slot::new(None);
    view.follow_size(head);
    let scroll = el("div", "sequence__scroll")
        .slot(scroller)
        .on("scroll", move |_: Event| view.update())
        .child(arrange.heads(scroller, wide).slot(head))
        .child(rows(scenery, readout))
        .dynamic(move || view.unprinted().map_or_else(nothing, unprinted));
    let class = move || {
        let density = match arrange.density() {
            Density::Bytes => "",
            Density::Names => " sequence--names",
            Density::Compact => " sequence--names sequence--compact",
        };
        ["sequence", density, if wide.get() { " sequence--wide" } else { "" }].concat()
    };
    el("section", "")
        .attr("aria-label", "Sequence diagram")
        .bind("class", class)
        .bind_style("--cols", move || arrange.columns())
        .bind_style("--least", move || [&least.get().to_string(), "px"].concat())
        .child(toolbar)
        .child(arrange.bar())
        .child(find.bar())
        .child(scroll)
}

/// A diagram's rows one by one, for who places them himself: two diagrams in common lines.
#[derive(Clone, Copy)]
pub struct Rows {
    scenery: Scenery,
    place: Slot,
}

impl Rows {
    /// Of a source.
    pub fn new(source: Source, selection: Selection) -> Self {
        let arrange = Arrangement::new(source, selection, Signal::stored(false));
        let metrics = Memo::new(move |_| arrange.metrics());
        let place = Slot::new(None);
        let view = Viewport::new(place, source, selection, metrics, RwSignal::new(false));
        let find = Find::new(source, selection, view);
        Self { scenery: Scenery { source, selection, view, find, arrange }, place }
    }

    /// The columns that heads and rows stand in.
    pub fn columns(self) -> String {
        self.scenery.arrange.columns()
    }

    /// The lifelines' heads; their width is that of the diagram.
    pub fn heads(self) -> El {
        let (Scenery { view, arrange, .. }, head) = (self.scenery, Slot::new(None));
        view.follow_size(head);
        let narrow = Memo::new(|_| false);
        el("div", "sequence__scroll").slot(self.place).child(arrange.heads(self.place, narrow).slot(head))
    }

    /// A row.
    pub fn row(self, index: usize) -> El {
        row(index, self.scenery)
    }
}

fn rows(scenery: Scenery, readout: RwSignal<Option<String>>) -> El {
    let Scenery { source, selection, view, .. } = scenery;
    let pixels = |height: u32| [&height.to_string(), "px"].concat();
    let line = move |key: u64| match key {
        NOW => now_line(source),
        index => row(index as u32 as usize, scenery),
    };
    let known = Cell::new(source.world.get_untracked());
    let keys = move || {
        let world = source.world.get();
        if known.replace(world) != world {
            view.begin();
        }
        keys(source, view, world)
    };
    el("ol", "sequence__rows")
        .attr("aria-label", "Packets in time order")
        .bind_style("padding-top", move || pixels(view.above() + 4))
        .bind_style("padding-bottom", move || pixels(view.below() + 2))
        .on("click", move |event: Event| clicked(&event, source, selection))
        .on("keydown", move |event: KeyboardEvent| key(&event, source, selection, view))
        .on("pointerover", move |event: Event| {
            link_field(&event);
            light_family(&event);
            readout.set(read_out(&event, source));
        })
        .on("focusin", move |event: Event| light_family(&event))
        .on("pointerleave", move |event: Event| {
            unlink_field(&event);
            unlight_family();
            readout.set(None);
        })
        .on("focusout", move |_: Event| unlight_family())
        .each(keys, line)
}

fn keys(source: Source, view: Viewport, world: u32) -> Vec<u64> {
    let rows = view.rows();
    let past = source.with(|scene| scene.plan.past(scene.step)).unwrap_or(0);
    let mut keys: Vec<u64> = rows.clone().map(|row| u64::from(world) << 32 | row as u64).collect();
    if past >= rows.start && past <= rows.end {
        keys.insert(past - rows.start, NOW);
    }
    keys
}

/// What paper does not show.
fn unprinted(rows: usize) -> El {
    el("p", "sequence__unprinted").text(&["and ", &rows.to_string(), " rows more"].concat())
}

fn now_line(source: Source) -> El {
    let now = el("span", "").bind_text(move || source.told());
    el("li", "seq-row seq-row--now").attr("aria-hidden", "true").child(el("div", "now-line").child(now))
}

/// What is exported.
pub struct Exported {
    /// The packed record.
    pub packed: Vec<u8>,
    /// The step that it is seen from.
    pub step: Step,
    /// The first and last packet of the chosen exchange.
    pub chosen: Option<(FrameId, FrameId)>,
    /// The lifelines from left to right.
    pub order: Vec<EndId>,
}

fn export_button(arrange: Arrangement, selection: Selection, export: Callback<Exported>) -> El {
    let source = arrange.source;
    let look = move |chosen: Option<FrameId>| {
        source.with(|scene| {
            let exchange = scene.plan.exchange();
            let opener = |frame| exchange.link(frame).and_then(|link| link.opener);
            let family = chosen.and_then(opener);
            let mut own = scene.capture.frames().filter(|it| family.is_some() && opener(it.id) == family);
            let first = own.next().map(|it| it.id);
            let last = own.next_back().map(|it| it.id).or(first);
            let lanes = arrange.lanes.get();
            let order = (0..scene.capture.ends().len()).map(|place| lanes.end(place)).collect();
            Exported { packed: scene.capture.pack(), step: scene.step, chosen: first.zip(last), order }
        })
    };
    el("button", "icon-button icon-button--sm")
        .attrs(&[
            ("type", "button"),
            ("aria-label", "Export the diagram…"),
            ("title", "Export the diagram…"),
            ("aria-haspopup", "dialog"),
        ])
        .click(move || {
            if let Some(exported) = untrack(|| look(selection.frame.get())) {
                export.run(exported);
            }
        })
        .child(icon("i-export", "icon icon--sm"))
}

/// What the colours mean; over a byte, what the byte is.
fn legend(source: Source, readout: RwSignal<Option<String>>) -> El {
    const GROUPS: [(&str, &str); 5] = [
        ("is-fh", "Fixed"),
        ("is-rl", "Length"),
        ("is-vh", "Variable"),
        ("is-pr", "Properties"),
        ("is-pl", "Payload"),
    ];
    // Only 5.0 has properties.
    let properties = Memo::new(move |_| {
        let v5 = |scene: Scene<'_>| scene.capture.frames().take(64).any(|it| it.version == Version::V5);
        source.with(v5).unwrap_or(false)
    });
    let group = move |(class, name): (&str, &str)| {
        let header =
            matches!(name, "Fixed" | "Variable").then(|| el("span", "byte-legend__more").text("header"));
        let it = el("li", class).child(el("span", "byte-legend__swatch")).text(name).with(header);
        if class == "is-pr" { it.bind_flag("hidden", move || !properties.get()) } else { it }
    };
    let legend = el("ul", "byte-legend")
        .attr("aria-label", "Byte groups")
        .bind_flag("hidden", move || readout.with(Option::is_some))
        .all(GROUPS.map(group));
    let told = el("span", "byte-readout")
        .attr("aria-hidden", "true")
        .bind_text(move || readout.get().unwrap_or_default());
    fragment([legend, told])
}

fn clicked(event: &Event, source: Source, selection: Selection) {
    let inside =
        |selector| target_element(event).and_then(|it| it.closest(selector).ok().flatten()).is_some();
    if inside(".seq-expand") {
        if let (Some(offset), Some(frame)) = (delegated(event, "data-o"), selection.frame.get_untracked()) {
            selection.choice.set(choice_at(source, frame, offset));
        }
    } else if inside(".arrow")
        && let Some(frame) = delegated(event, "data-frame")
    {
        match held(event) {
            true => selection.compare_with(frame as FrameId),
            false => selection.toggle(frame as FrameId),
        }
    } else if inside(".seq-note, .ack-bracket__rtt")
        && let Some(frame) = delegated(event, "data-frame")
    {
        // A note tells of its packet, a round trip ends with it: unfolded, all notes stand in full.
        selection.choose(Some(frame as FrameId));
        selection.unfolded.set(true);
    }
}

/// Whether a click is one with Ctrl or Shift, which compares.
pub fn held(event: &Event) -> bool {
    let mouse = event.dyn_ref::<MouseEvent>();
    mouse.is_some_and(|it| it.ctrl_key() || it.shift_key() || it.meta_key())
}

fn choice_at(source: Source, frame: FrameId, offset: usize) -> Option<Choice> {
    let look = || {
        source.with(|scene| {
            let frame = scene.capture.frame(frame)?;
            let map = ByteMap::new(&dissect(&frame.bytes, frame.version));
            map.run_at(offset).map(|run| Choice { offset, node: run.node })
        })
    };
    untrack(look).flatten()
}

/// Sets the packets of one exchange apart: those of the packet that the pointer or the focus is on.
fn light_family(event: &Event) {
    unlight_family();
    if let Some(family) = delegated(event, "data-family") {
        for_each(&["[data-family=\"", &family.to_string(), "\"]"].concat(), |row| {
            let _ = row.class_list().add_1("is-family");
        });
    }
}

fn unlight_family() {
    for_each(".seq-row.is-family", |row| {
        let _ = row.class_list().remove_1("is-family");
    });
}

/// What the byte under the pointer is.
fn read_out(event: &Event, source: Source) -> Option<String> {
    let offset = delegated(event, "data-o")?;
    let frame = delegated(event, "data-frame")? as FrameId;
    let look = || {
        source.with(|scene| {
            let frame = scene.capture.frame(frame)?;
            let dissection = dissect(&frame.bytes, frame.version);
            let cell = ByteMap::new(&dissection).cell(&frame.bytes, offset)?;
            Some(cell_name(&cell, &dissection))
        })
    };
    untrack(look).flatten()
}

/// Up and down walk through the packets: the list is one tab stop.
fn key(event: &KeyboardEvent, source: Source, selection: Selection, view: Viewport) {
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    if event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    event.prevent_default();
    selection.walk(source, by);
    view.focus_selected();
}
