//! The hex grid as inputs: any byte can be changed, put in or taken out, and what rule that breaks shows at once. Part of
//! the second module alone.

use std::sync::Arc;

use bytes::Bytes;
use js_sys::{Function, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::bytes::{delegated, group_class, target_element};
use super::forms::host::Panel;
use super::icon::icon;
use super::inspector::{Inspected, field_tree};
use super::rule::rule_chip;
use super::scroll::{Scrolled, focus_in};
use crate::codec::Version;
use crate::dissect::dissect;
use crate::ui::dom::{El, Memo, Slot, el, many, next_frame, nothing};
use crate::view::bytes::{ByteMap, Choice, hex, offset_digits, rule};
use crate::view::compare::Difference;
use crate::view::edit::{insert, remove, with_right_length};
use crate::view::inspector::PacketView;

/// Height of a row with the gap below it, as in style/packet-tools.css.
const ROW_HEIGHT: usize = 26;
/// Bytes of a row: half as many as where they are only shown, so that each can be hit.
const ROW: usize = 8;
/// Faults that are told; of more, the number.
const FAULTS: usize = 3;

/// A packet whose bytes are edited, and who sends them.
pub struct Edited {
    /// Its bytes.
    pub bytes: Bytes,
    /// By which to read them.
    pub version: Version,
    /// The client that sends them.
    pub sender: String,
    /// It sends them in place of the packet.
    pub instead: bool,
}

/// Shows them inside `into`. `send` is called with bytes to be sent, and gives back why they cannot be sent; or with null,
/// when editing ends.
pub fn open(into: HtmlElement, edited: Edited, send: Function) -> Panel {
    Panel::of(into, move || sections(edited, send))
}

/// What is edited.
#[derive(Clone, Copy)]
struct Edit {
    /// As it was.
    packet: StoredValue<Inspected>,
    bytes: RwSignal<Vec<u8>>,
    view: Memo<Inspected>,
    len: Memo<usize>,
    /// The byte that had the focus last.
    at: RwSignal<usize>,
    grid: Slot,
}

impl Edit {
    /// Puts a byte in before the one at hand, or behind all of them.
    fn insert(self, at: usize) {
        if self.bytes.try_update(|bytes| insert(bytes, at)) == Some(true) {
            self.focus(at);
        }
    }

    fn remove(self, at: usize) {
        if self.bytes.try_update(|bytes| remove(bytes, at)) == Some(true) {
            self.focus(at);
        }
    }

    fn focus(self, at: usize) {
        let at = at.min(self.len.get_untracked().saturating_sub(1));
        self.at.set(at);
        focus_in(self.grid, ["input[data-o=\"", &at.to_string(), "\"]"].concat());
    }
}

fn sections(edited: Edited, send: Function) -> El {
    let Edited { bytes, version, sender, instead } = edited;
    let packet: Inspected = Arc::new(PacketView::of_bytes(bytes, version, 0, String::new()));
    let bytes = RwSignal::new(packet.bytes.to_vec());
    let view = {
        let packet = Arc::clone(&packet);
        Memo::new(move |_| changed_view(&packet, bytes.get()))
    };
    let edit = Edit {
        packet: StoredValue::new(packet),
        bytes,
        view,
        len: Memo::new(move |_| bytes.with(Vec::len)),
        at: RwSignal::new(0),
        grid: Slot::new(None),
    };
    let changed = move || {
        edit.packet.with_value(|packet| bytes.with(|bytes| Difference::between(&packet.bytes, bytes).text()))
    };
    let verb = [if instead { "Send it instead, from " } else { "Send it from " }, &sender].concat();
    let grid = el("div", "inspector__section edit")
        .child(el("h3", "inspector__title").text("Edit bytes ").child(el("span", "").bind_text(changed)))
        .child(el("div", "edit__host").slot(edit.grid).fill(move || {
            let len = edit.len.get();
            untrack(|| inputs(edit, len))
        }))
        .child(tools(edit))
        .child(
            el("div", "edit__verdict").attr("role", "status").fill(move || view.with(|view| verdict(view))),
        )
        .child(foot(edit, &verb, send));
    let choice = RwSignal::new(None::<Choice>);
    let tree =
        move || {
            let view = view.get();
            let first = view.first_choice();
            el("div", "inspector__section")
                .child(el("h3", "inspector__title").text("Fields"))
                .child(field_tree(view, choice, Memo::new(move |_| choice.get().or(first))))
        };
    nothing().child(grid).dynamic(tree)
}

fn button(class: &str, label: &str) -> El {
    el("button", class).attr("type", "button").text(label)
}

/// What can be done to a byte and to all of them.
fn tools(edit: Edit) -> El {
    let fit = move || edit.bytes.with(|bytes| with_right_length(bytes));
    let has_fit = Memo::new(move |_| fit().is_some());
    el("div", "edit__tools")
        .child(
            button("button button--sm", "Insert byte")
                .attr("title", "Before the chosen byte (Insert)")
                .click(move || edit.insert(edit.at.get_untracked())),
        )
        .child(button("button button--sm", "Add at the end").click(move || edit.insert(usize::MAX)))
        .child(
            button("button button--sm", "Delete byte")
                .attr("title", "The chosen byte (Delete)")
                .bind_flag("disabled", move || edit.len.get() < 2)
                .click(move || edit.remove(edit.at.get_untracked())),
        )
        .child(
            button("button button--sm", "Fit the length")
                .attr("title", "Make the Remaining Length say how many bytes follow")
                .bind_flag("disabled", move || !has_fit.get())
                .click(move || {
                    if let Some(fitting) = untrack(fit) {
                        edit.bytes.set(fitting);
                    }
                }),
        )
}

/// The ways out.
fn foot(edit: Edit, verb: &str, send: Function) -> El {
    let trouble = RwSignal::new(None::<String>);
    let send = StoredValue::new_local(send);
    let call = move |argument: JsValue| {
        // Taken out before it is called: it may close what this belongs to.
        let send = send.try_get_value();
        send.and_then(|send| send.call1(&JsValue::NULL, &argument).ok()).and_then(|why| why.as_string())
    };
    let send = move || {
        let bytes = edit.bytes.with_untracked(|bytes| Uint8Array::from(&bytes[..]));
        if let Some(why) = call(bytes.into()) {
            trouble.try_set(Some(why));
        }
    };
    let again = move || edit.packet.with_value(|packet| edit.bytes.set(packet.bytes.to_vec()));
    let buttons = el("div", "edit__foot")
        .child(
            el("button", "button button--primary")
                .attrs(&[("type", "button"), ("data-testid", "edit-send")])
                .click(send)
                .child(icon("i-send", "icon icon--sm"))
                .child(el("span", "").text(verb)),
        )
        .child(button("button", "Restore").click(again))
        .child(button("button", "Cancel").click(move || {
            call(JsValue::NULL);
        }));
    let told =
        el("p", "field__error").attr("role", "alert").bind_text(move || trouble.get().unwrap_or_default());
    nothing().child(buttons).child(told)
}

/// The packet with other bytes.
fn changed_view(packet: &PacketView, bytes: Vec<u8>) -> Inspected {
    let dissection = dissect(&bytes, packet.dissection.version);
    let map = ByteMap::new(&dissection);
    Arc::new(PacketView { bytes: bytes.into(), map, dissection, ..packet.clone() })
}

fn verdict(view: &PacketView) -> El {
    let faults = &view.dissection.faults;
    if faults.is_empty() {
        return el("p", "edit__fine")
            .child(icon("i-check", "icon icon--xs"))
            .text("No rule is broken by its bytes.");
    }
    let more = faults.len().saturating_sub(FAULTS);
    let more = (more > 0).then(|| el("p", "dim").text(&["and ", &more.to_string(), " more"].concat()));
    let told = faults.iter().take(FAULTS).map(|fault| {
        el("p", "explain__fault").text(&fault.message).text(" ").child(rule_chip(&rule(fault.statement)))
    });
    many(told).with(more)
}

fn inputs(edit: Edit, len: usize) -> El {
    let (bytes, view) = (edit.bytes, edit.view);
    let rows = len.div_ceil(ROW);
    let scroller = Slot::new(None);
    let scrolled = Scrolled::new(scroller, ROW_HEIGHT as f64, rows);
    let space = move || ["translateY(", &(scrolled.visible().start * ROW_HEIGHT).to_string(), "px)"].concat();
    let line = move |row: u64| {
        let from = row as usize * ROW;
        let cells = (from..(from + ROW).min(len)).map(|offset| cell(offset, bytes, view));
        let label = format!("{from:0width$X}", width = offset_digits(len));
        el("div", "edit__row").child(el("span", "hex-grid__offset").text(&label)).all(cells)
    };
    let shown = el("div", "hex-grid__rows")
        .bind_style("transform", space)
        .each(move || scrolled.visible().map(|row| row as u64).collect(), line);
    let all = el("div", "hex-grid__all").style("height", &[&(rows * ROW_HEIGHT).to_string(), "px"].concat());
    let step = move |at: usize, by: isize| {
        let to = at.saturating_add_signed(by).min(len.saturating_sub(1));
        scrolled.reveal(to / ROW);
        edit.focus(to);
    };
    // Drawn anew for a byte more or less, it shows the place where that was.
    let at = edit.at.get_untracked();
    next_frame(move || scrolled.reveal(at / ROW));
    el("div", "edit__grid")
        .slot(scroller)
        .attrs(&[("role", "group"), ("aria-label", "Bytes to edit")])
        .on("scroll", move |_: Event| scrolled.update())
        .on("focusin", move |event: Event| {
            if let (Some(input), Some(at)) = (input_of(&event), delegated(&event, "data-o")) {
                edit.at.set(at);
                input.select();
            }
        })
        .on("input", move |event: Event| {
            let (Some(input), Some(at)) = (input_of(&event), delegated(&event, "data-o")) else { return };
            let typed: String = input.value().chars().filter(char::is_ascii_hexdigit).take(2).collect();
            if let Ok(value) = u8::from_str_radix(&typed, 16) {
                bytes.update(|bytes| {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = value;
                    }
                });
            }
            if typed.len() == 2 {
                step(at, 1);
            }
        })
        .on("keydown", move |event: KeyboardEvent| key(&event, edit, &step))
        .child(all.child(shown))
}

/// Arrow keys lead to other bytes; Insert puts one in, Delete takes one out.
fn key(event: &KeyboardEvent, edit: Edit, step: &dyn Fn(usize, isize)) {
    let Some(at) = delegated(event, "data-o") else { return };
    match event.key().as_str() {
        "ArrowRight" => step(at, 1),
        "ArrowLeft" => step(at, -1),
        "ArrowDown" => step(at, ROW as isize),
        "ArrowUp" => step(at, -(ROW as isize)),
        "Insert" => edit.insert(at),
        "Delete" => edit.remove(at),
        // Of an empty input nothing is left to take but the byte.
        "Backspace" if input_of(event).is_some_and(|input| input.value().is_empty()) => edit.remove(at),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn input_of(event: &Event) -> Option<HtmlInputElement> {
    target_element(event)?.dyn_into().ok()
}

fn cell(offset: usize, bytes: RwSignal<Vec<u8>>, view: Memo<Inspected>) -> El {
    let value = move || bytes.with(|bytes| bytes.get(offset).copied().unwrap_or_default());
    let group = move || {
        view.with(|view| view.map.cell(&view.bytes, offset).map_or("is-un", |cell| group_class(cell.group)))
    };
    let wrong = move || {
        view.with(|view| {
            let mut faults = view
                .dissection
                .faults
                .iter()
                .map(|it| it.fault.offset as usize..(it.fault.offset + it.fault.len) as usize);
            faults.any(|place| place.contains(&offset))
        })
    };
    let name = ["Byte ", &offset.to_string()].concat();
    el("input", "")
        .attrs(&[
            ("maxlength", "2"),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("spellcheck", "false"),
        ])
        .attr("aria-label", &name)
        .num("data-o", offset)
        .bind("class", move || ["byte-input ", group(), if wrong() { " byte--error" } else { "" }].concat())
        .bind_value(move || hex(value()))
        // What is no byte yet becomes the byte again that it was.
        .on("blur", move |event: Event| {
            if let Some(input) = input_of(&event) {
                input.set_value(hex(
                    bytes.with_untracked(|bytes| bytes.get(offset).copied().unwrap_or_default())
                ));
            }
        })
}
