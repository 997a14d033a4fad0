//! The lifelines' heads: whose they are and how they stand; they move by drag or by arrow keys.

use leptos::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

use super::super::bytes::delegated;
use super::arrange::{Arrangement, BEFORE};
use crate::capture::{End, EndId, EndRole};
use crate::ui::components::scroll::focus_in;
use crate::ui::dom::{El, Memo, Slot, el, many};
use crate::view::diagram::Group;

/// Pixels that a pointer moves before it drags a lane.
const DRAG_FROM: i32 = 6;

impl Arrangement {
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
