//! The hex grid as inputs: any byte can be changed, and what rule that breaks shows at once.

use std::sync::Arc;

use bytes::Bytes;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use super::Inspected;
use super::tree::field_tree;
use crate::dissect::dissect;
use crate::ui::components::bytes::{delegated, group_class, target_element};
use crate::ui::components::icon::icon;
use crate::ui::components::rule::rule_chip;
use crate::ui::components::scroll::{Scrolled, focus_in};
use crate::ui::dom::{El, Memo, Slot, el, many, nothing};
use crate::view::bytes::{ByteMap, Choice, hex, offset_digits, rule};
use crate::view::inspector::PacketView;

/// Height of a row with the gap below it, as in style/inspector.css.
const ROW_HEIGHT: usize = 26;
/// Bytes of a row: half as many as where they are only shown, so that each can be hit.
const ROW: usize = 8;
/// Faults that are told; of more, the number.
const FAULTS: usize = 3;

/// What becomes of edited bytes.
#[derive(Clone, Copy)]
pub struct Edit {
    /// Sends them; says why they cannot be sent.
    pub send: Callback<Bytes, Result<(), String>>,
    /// Who sends them, and whether in place of the packet.
    pub sender: Signal<(String, bool)>,
}

/// The sections of a packet whose bytes are edited; `open` ends it.
pub(super) fn edit_sections(packet: Inspected, edit: Edit, open: RwSignal<bool>) -> El {
    let bytes = RwSignal::new(packet.bytes.to_vec());
    let view = {
        let packet = Arc::clone(&packet);
        Memo::new(move |_| edited(&packet, bytes.get()))
    };
    let trouble = RwSignal::new(None::<String>);
    let send = move || match edit.send.run(bytes.get_untracked().into()) {
        Ok(()) => open.set(false),
        Err(why) => trouble.set(Some(why)),
    };
    let changed = {
        let packet = Arc::clone(&packet);
        move || {
            let count =
                bytes.with(|bytes| bytes.iter().zip(packet.bytes.iter()).filter(|(a, b)| a != b).count());
            if count == 1 {
                "1 byte changed".to_owned()
            } else {
                [&count.to_string(), " bytes changed"].concat()
            }
        }
    };
    let again = {
        let packet = Arc::clone(&packet);
        move || bytes.set(packet.bytes.to_vec())
    };
    let button = |class: &str, label: &str| el("button", class).attr("type", "button").text(label);
    let verb = move || {
        let (who, instead) = edit.sender.get();
        [if instead { "Send it instead, from " } else { "Send it from " }, &who].concat()
    };
    let buttons = el("div", "edit__foot")
        .child(
            el("button", "button button--primary")
                .attrs(&[("type", "button"), ("data-testid", "edit-send")])
                .click(send)
                .child(icon("i-send", "icon icon--sm"))
                .child(el("span", "").bind_text(verb)),
        )
        .child(button("button", "Restore").click(again))
        .child(button("button", "Cancel").click(move || open.set(false)));
    let told =
        el("p", "field__error").attr("role", "alert").bind_text(move || trouble.get().unwrap_or_default());
    let grid = el("div", "inspector__section edit")
        .child(el("h3", "inspector__title").text("Edit bytes ").child(el("span", "").bind_text(changed)))
        .child(inputs(packet.bytes.len(), bytes, view))
        .child(
            el("div", "edit__verdict").attr("role", "status").fill(move || view.with(|view| verdict(view))),
        )
        .child(buttons)
        .child(told);
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

/// The packet with other bytes.
fn edited(packet: &PacketView, bytes: Vec<u8>) -> Inspected {
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

fn inputs(len: usize, bytes: RwSignal<Vec<u8>>, view: Memo<Inspected>) -> El {
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
        focus_in(scroller, ["input[data-o=\"", &to.to_string(), "\"]"].concat());
    };
    el("div", "edit__grid")
        .slot(scroller)
        .attrs(&[("role", "group"), ("aria-label", "Bytes to edit")])
        .on("scroll", move |_: Event| scrolled.update())
        .on("focusin", |event: Event| {
            if let Some(input) = input_of(&event) {
                input.select();
            }
        })
        .on("input", move |event: Event| {
            let (Some(input), Some(at)) = (input_of(&event), delegated(&event, "data-o")) else { return };
            let typed: String = input.value().chars().filter(char::is_ascii_hexdigit).take(2).collect();
            if let Ok(value) = u8::from_str_radix(&typed, 16) {
                bytes.update(|bytes| bytes[at] = value);
            }
            if typed.len() == 2 {
                step(at, 1);
            }
        })
        .on("keydown", move |event: KeyboardEvent| {
            let Some(at) = delegated(&event, "data-o") else { return };
            let by = match event.key().as_str() {
                "ArrowRight" => 1,
                "ArrowLeft" => -1,
                "ArrowDown" => ROW as isize,
                "ArrowUp" => -(ROW as isize),
                _ => return,
            };
            event.prevent_default();
            step(at, by);
        })
        .child(all.child(shown))
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

/// The button that begins it.
pub(super) fn edit_button(open: RwSignal<bool>) -> El {
    el("button", "button")
        .attrs(&[("type", "button"), ("data-testid", "edit-bytes")])
        .bind_state("aria-pressed", move || open.get())
        .click(move || open.update(|open| *open = !*open))
        .child(icon("i-edit", "icon icon--sm"))
        .text("Edit bytes")
}
