//! Lines between panels that can be moved, by pointer and by keys; where they were left is kept.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, PointerEvent};

use crate::ui::dom::{El, Slot, after, el};
use crate::ui::state::{entry, keep};

const KEPT: &str = "layout";
/// Pixels that an arrow key moves.
const STEP: i32 = 16;

/// A panel whose size can be changed.
struct Panel {
    name: &'static str,
    /// The property of the root's style that holds its size.
    property: &'static str,
    class: &'static str,
    /// What it separates, as ARIA counts it.
    orientation: &'static str,
    /// The panel itself.
    selector: &'static str,
    least: i32,
    /// Which way the pointer goes to make it larger.
    sign: i32,
}

const PANELS: [Panel; 3] = [
    Panel {
        name: "Width of the actors panel",
        property: "--left-w",
        class: "separator separator--left",
        orientation: "vertical",
        selector: ".workbench__left",
        least: 200,
        sign: 1,
    },
    Panel {
        name: "Width of the inspector",
        property: "--right-w",
        class: "separator separator--right",
        orientation: "vertical",
        selector: ".workbench__right",
        least: 300,
        sign: -1,
    },
    Panel {
        name: "Height of the details",
        property: "--drawer-h",
        class: "separator separator--drawer",
        orientation: "horizontal",
        selector: ".drawer",
        least: 80,
        sign: -1,
    },
];

/// What the panels take at most of the window, in percent.
const MOST_PERCENT: i32 = 48;

/// Sizes that somebody has chosen; made once a visit to the page.
#[derive(Clone, Copy)]
pub struct Layout {
    sizes: RwSignal<[Option<i32>; 3]>,
}

impl Layout {
    /// As it was left.
    pub fn new() -> Self {
        let mut sizes = [None; 3];
        for (size, kept) in sizes.iter_mut().zip(entry(KEPT).unwrap_or_default().split(' ')) {
            *size = kept.parse().ok().filter(|size| (1..10_000).contains(size));
        }
        let layout = Self { sizes: RwSignal::new(sizes) };
        let mut read = false;
        after(move || {
            let sizes = layout.sizes.get();
            apply(&sizes);
            if std::mem::replace(&mut read, true) {
                let words = sizes.map(|size| size.map_or("-".to_owned(), |size| size.to_string()));
                keep(KEPT, sizes.iter().any(Option::is_some).then(|| words.join(" ")).as_deref());
            }
        });
        layout
    }

    /// The line at the edge of the actors panel (0), the inspector (1) or the drawer (2).
    pub fn separator(self, index: usize) -> El {
        let panel = &PANELS[index];
        let sizes = self.sizes;
        let slot = Slot::new(None);
        let start = StoredValue::new(None::<(i32, i32)>);
        let place = move |event: &PointerEvent| if index == 2 { event.client_y() } else { event.client_x() };
        let set = move |size: i32| {
            sizes.update(|sizes| sizes[index] = Some(size.min(most(index)).max(PANELS[index].least)));
        };
        el("div", panel.class)
            .slot(slot)
            .attrs(&[("role", "separator"), ("tabindex", "0"), ("aria-label", panel.name)])
            .attr("aria-orientation", panel.orientation)
            .num("aria-valuemin", panel.least as usize)
            .bind("aria-valuemax", move || {
                sizes.track();
                most(index).to_string()
            })
            .bind("aria-valuenow", move || sizes.get()[index].unwrap_or_else(|| measure(index)).to_string())
            .on("pointerdown", move |event: PointerEvent| {
                if let Some(line) = slot.get_untracked().filter(|_| event.button() == 0) {
                    // A pointer that is gone already cannot be captured; then nothing is dragged.
                    let _ = line.set_pointer_capture(event.pointer_id());
                    start.set_value(Some((place(&event), measure(index))));
                }
            })
            .on("pointermove", move |event: PointerEvent| {
                if let Some((from, size)) = start.get_value() {
                    set(size + PANELS[index].sign * (place(&event) - from));
                }
            })
            .on("dblclick", move |_: Event| {
                // The drawer's closes it.
                if index < 2 {
                    self.reset(index);
                }
            })
            .on("pointerup", move |_: Event| start.set_value(None))
            .on("pointercancel", move |_: Event| start.set_value(None))
            .on("keydown", move |event: KeyboardEvent| {
                let sign = PANELS[index].sign;
                let size = match (event.key().as_str(), index == 2) {
                    ("ArrowRight", false) | ("ArrowDown", true) => measure(index) + sign * STEP,
                    ("ArrowLeft", false) | ("ArrowUp", true) => measure(index) - sign * STEP,
                    ("Home", _) => PANELS[index].least,
                    ("End", _) => most(index),
                    ("Enter", _) => {
                        self.reset(index);
                        return event.prevent_default();
                    }
                    _ => return,
                };
                event.prevent_default();
                event.stop_propagation();
                set(size);
            })
    }

    /// Gives a panel its usual size back.
    fn reset(self, index: usize) {
        self.sizes.update(|sizes| sizes[index] = None);
    }
}

fn apply(sizes: &[Option<i32>; 3]) {
    let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    for (panel, size) in PANELS.iter().zip(sizes) {
        let _ = match size {
            Some(size) => root.style().set_property(panel.property, &[&size.to_string(), "px"].concat()),
            None => root.style().remove_property(panel.property).map(drop),
        };
    }
}

/// How large a panel is.
fn measure(index: usize) -> i32 {
    let panel = document().query_selector(PANELS[index].selector).ok().flatten();
    let panel = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok());
    panel.map_or(0, |panel| if index == 2 { panel.offset_height() } else { panel.offset_width() })
}

fn most(index: usize) -> i32 {
    let window = window();
    let whole = if index == 2 { window.inner_height() } else { window.inner_width() };
    let whole = whole.ok().and_then(|length| length.as_f64()).unwrap_or(1_000.0) as i32;
    (whole * MOST_PERCENT / 100).max(PANELS[index].least)
}
