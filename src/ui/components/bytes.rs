//! Bytes in their colours: the strip on an arrow, the annotated row, the bits of one byte; and the link between
//! everything that shows the same field.
//!
//! A byte is a plain element with `data-n` (its field) and `data-o` (its offset). What is linked stands inside
//! elements with the same `data-linkscope`; one set of listeners on each of those does for all bytes in it.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::dissect::{ByteGroup, Dissection};
use crate::view::bytes::{BitView, ByteCell, ByteField, Piece, StripItem, segments};

/// The class that colours a part of a packet.
pub const fn group_class(group: ByteGroup) -> &'static str {
    match group {
        ByteGroup::FixedHeader => "is-fh",
        ByteGroup::RemainingLength => "is-rl",
        ByteGroup::VariableHeader => "is-vh",
        ByteGroup::Properties => "is-pr",
        ByteGroup::Payload => "is-pl",
        ByteGroup::Error => "is-er",
        ByteGroup::Unknown => "is-un",
    }
}

/// The classes of a byte; a wrong one is outlined wherever it is shown.
pub fn cell_class(cell: &ByteCell, chosen: bool) -> &'static str {
    match (cell.wrong, chosen) {
        (false, false) => "byte",
        (false, true) => "byte is-selected",
        (true, false) => "byte is-er byte--error",
        (true, true) => "byte is-er byte--error is-selected",
    }
}

/// The bytes that ride on an arrow. Hidden from assistive technology: the arrow's own name says it all.
pub fn byte_strip(items: &[StripItem], dissection: &Dissection) -> AnyView {
    let name = |cell: &ByteCell| dissection.nodes.get(cell.node as usize).map_or("", |node| node.name);
    let pieces = items.iter().map(|item| match item {
        StripItem::Bytes { group, cells } => {
            let cells = cells.iter().map(|cell| {
                view! {
                    <span class=cell_class(cell, false) title=name(cell) data-n=cell.field data-o=cell.offset>
                        {cell.hex()}
                    </span>
                }
            });
            view! { <span class=seg_class(*group)>{cells.collect_view()}</span> }.into_any()
        }
        StripItem::Elision(hidden) => {
            view! { <span class="byte-strip__elision">{format!("+{hidden} B")}</span> }.into_any()
        }
    });
    view! { <span class="byte-strip" aria-hidden="true">{pieces.collect_view()}</span> }.into_any()
}

fn seg_class(group: ByteGroup) -> String {
    ["byte-seg ", group_class(group)].concat()
}

/// Every byte over the name and value of its field; the byte at `chosen` is outlined.
pub fn byte_detail(fields: &[ByteField], chosen: Option<usize>) -> AnyView {
    let fields = fields.iter().map(|field| byte_field(field, chosen)).collect_view();
    view! { <ul class="byte-detail">{fields}</ul> }.into_any()
}

fn byte_field(field: &ByteField, chosen: Option<usize>) -> AnyView {
    let pieces = field.pieces.iter().map(|piece| match piece {
        Piece::Cells(cells) => cells
            .iter()
            .map(|cell| {
                let class = cell_class(cell, chosen == Some(cell.offset));
                view! { <span class=class data-n=cell.field data-o=cell.offset>{cell.hex()}</span> }
            })
            .collect_view()
            .into_any(),
        Piece::Hidden(bytes) => {
            view! { <span class="byte-strip__elision">{format!("+{bytes} B")}</span> }.into_any()
        }
    });
    let class = ["byte-field ", group_class(field.group)].concat();
    view! {
        <li class=class>
            <span class="byte-seg">{pieces.collect_view()}</span>
            <span class="byte-field__rule"></span>
            <span class="byte-field__name">{field.label.clone()}</span>
            <span class="byte-field__value">{field.value.clone()}</span>
        </li>
    }
    .into_any()
}

/// A row of the hex grid or any other run of bytes, cut into colours.
pub fn byte_segments(cells: &[ByteCell], cell: impl Fn(&ByteCell) -> AnyView) -> AnyView {
    let pieces = segments(cells).map(|segment| {
        let cells = segment.cells.iter().map(&cell).collect_view();
        view! { <span class=seg_class(segment.group)>{cells}</span> }
    });
    pieces.collect_view().into_any()
}

/// Which bits of a view are set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitMark {
    /// Those of this node are outlined.
    Chosen(u32),
    /// Those that a broken rule points at are.
    Wrong,
}

/// The eight bits of a byte with what they stand for; `indices` numbers them above.
pub fn bit_view(view: &BitView, mark: BitMark, indices: bool) -> AnyView {
    let chosen = |node: Option<u32>| mark == BitMark::Chosen(node.unwrap_or(u32::MAX));
    let numbers = indices
        .then(|| (0..8).rev().map(|n: u8| view! { <span class="bit-view__index">{n}</span> }).collect_view());
    let bits = view.groups.iter().flat_map(|group| {
        (group.start..group.start + group.len).map(move |index| {
            let set = view.is_set(index);
            let class = [
                "bit-view__bit",
                if set { "" } else { " bit-view__bit--zero" },
                if chosen(group.node) { " is-selected" } else { "" },
                if mark == BitMark::Wrong && view.wrong[usize::from(index)] { " is-wrong" } else { "" },
            ]
            .concat();
            view! { <span class=class data-bits=group.node>{if set { "1" } else { "0" }}</span> }
        })
    });
    let names = view.groups.iter().map(|group| {
        let class = if chosen(group.node) { "bit-view__name is-selected" } else { "bit-view__name" };
        view! {
            <span class=class style:--bits=group.len.to_string() data-bits=group.node>
                <b>{group.name}</b>
                {group.text.clone()}
            </span>
        }
    });
    let told = view.groups.iter().map(|group| format!(", {} {}", group.name, group.text));
    let label: String = std::iter::once(view.label()).chain(told).collect();
    let class = ["bit-view ", group_class(view.group)].concat();
    view! {
        <div class=class role="img" aria-label=label>{numbers}{bits.collect_view()}{names.collect_view()}</div>
    }
    .into_any()
}

thread_local! {
    /// The scope and field that are marked.
    static LINKED: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Marks everything that shows the field under the pointer or focus; call it on `pointerover` and `focusin`.
pub fn link_field(event: &web_sys::Event) {
    let Some(target) = target_element(event) else { return };
    let Some(scope) = target.closest("[data-linkscope]").ok().flatten() else { return };
    let key = scope.get_attribute("data-linkscope").unwrap_or_default();
    let found = target.closest("[data-n]").ok().flatten();
    let field = found.and_then(|it| it.get_attribute("data-n"));
    LINKED.set(field.map(|field| (key, field)));
    clear_links();
    link_again();
}

/// Takes the marks of [`link_field`] away; call it on `pointerleave` and `focusout`.
pub fn unlink_field(_event: &web_sys::Event) {
    LINKED.set(None);
    clear_links();
}

/// Marks what [`link_field`] has marked once more, where it has been drawn anew.
pub fn link_again() {
    LINKED.with_borrow(|linked| {
        let Some((key, field)) = linked else { return };
        for_each(&format!("[data-linkscope=\"{key}\"] [data-n=\"{field}\"]"), |element| {
            let _ = element.class_list().add_1("is-linked");
        });
    });
}

fn clear_links() {
    for_each(".is-linked", |element| {
        let _ = element.class_list().remove_1("is-linked");
    });
}

fn for_each(selector: &str, mut action: impl FnMut(&Element)) {
    let Ok(found) = document().query_selector_all(selector) else { return };
    for at in 0..found.length() {
        if let Some(element) = found.item(at).and_then(|it| it.dyn_into::<Element>().ok()) {
            action(&element);
        }
    }
}

/// The element that an event happened on.
pub fn target_element(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The number in an attribute of the element that an event happened on, or of the nearest one around it.
pub fn delegated(event: &web_sys::Event, attribute: &str) -> Option<usize> {
    let element = target_element(event)?.closest(&format!("[{attribute}]")).ok()??;
    element.get_attribute(attribute)?.parse().ok()
}
