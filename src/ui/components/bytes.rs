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
use crate::ui::dom::{El, copy_of, effect, el, many};
use crate::view::bytes::{Base, BitView, ByteCell, ByteField, Piece, StripItem, segments};

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

thread_local! {
    /// Index in [`Base::ALL`] of the one that bytes are written in; made once and for good.
    static BASE: ArcRwSignal<usize> = ArcRwSignal::new(0);
}

/// What bytes are written in; followed.
pub fn base() -> Base {
    Base::ALL[BASE.with(Get::get)]
}

/// Has bytes written in the next way; says which. The body's classes give them their room.
pub fn turn_base() -> &'static str {
    const CLASSES: [&str; 2] = ["is-decimal", "is-binary"];
    let at = (BASE.with(GetUntracked::get_untracked) + 1) % Base::ALL.len();
    if let Some(classes) = document().body().map(|body| body.class_list()) {
        for (class, of) in CLASSES.iter().zip(1..) {
            let _ = classes.toggle_with_force(class, of == at);
        }
    }
    BASE.with(|base| base.set(at));
    ["Bytes in hexadecimal", "Bytes in decimal", "Bytes in binary"][at]
}

/// The bytes that ride on an arrow. Hidden from assistive technology: the arrow's own name says it all.
pub fn byte_strip(items: &[StripItem], dissection: &Dissection) -> El {
    let name = |cell: &ByteCell| dissection.nodes.get(cell.node as usize).map_or("", |node| node.name);
    let base = base();
    let pieces = items.iter().map(|item| match item {
        StripItem::Bytes { group, cells } => {
            el("span", &seg_class(*group)).all(cells.iter().map(|cell| byte(cell, base, false, name(cell))))
        }
        StripItem::Elision(hidden) => elision(*hidden),
    });
    copy_of("byte-strip", "", &|| el("span", "byte-strip").attr("aria-hidden", "true")).all(pieces)
}

/// Bytes from here on are seldom on an arrow: keeping them would leave no place for what comes again.
const COPIED: usize = 64;

/// A byte; under the pointer it tells its field's name.
fn byte(cell: &ByteCell, base: Base, chosen: bool, name: &str) -> El {
    let (field, offset) = (cell.field.to_string(), cell.offset.to_string());
    let class = cell_class(cell, chosen);
    let make = || {
        let name = Some(name).filter(|name| !name.is_empty());
        el("span", class).attrs(&[("data-n", &field), ("data-o", &offset)]).maybe("title", name)
    };
    let it = match cell.offset < COPIED {
        true => copy_of(class, &[&*field, &offset, name].join(" "), &make),
        false => make(),
    };
    it.text(&base.written(cell.value))
}

fn elision(hidden: usize) -> El {
    el("span", "byte-strip__elision").text(&["+", &hidden.to_string(), " B"].concat())
}

fn seg_class(group: ByteGroup) -> String {
    ["byte-seg ", group_class(group)].concat()
}

/// Every byte over the name and value of its field; the byte at `chosen` is outlined.
pub fn byte_detail(fields: &[ByteField], chosen: Option<usize>) -> El {
    el("ul", "byte-detail").all(fields.iter().map(|field| byte_field(field, chosen)))
}

fn byte_field(field: &ByteField, chosen: Option<usize>) -> El {
    let base = base();
    let pieces = field.pieces.iter().map(|piece| match piece {
        Piece::Cells(cells) => {
            many(cells.iter().map(|cell| byte(cell, base, chosen == Some(cell.offset), "")))
        }
        Piece::Hidden(bytes) => elision(*bytes),
    });
    el("li", &["byte-field ", group_class(field.group)].concat())
        .child(el("span", "byte-seg").all(pieces))
        .child(el("span", "byte-field__rule"))
        .child(el("span", "byte-field__name").text(&field.label))
        .child(el("span", "byte-field__value").text(&field.value))
}

/// A row of the hex grid or any other run of bytes, cut into colours.
pub fn byte_segments(cells: &[ByteCell], cell: &dyn Fn(&ByteCell) -> El) -> El {
    many(segments(cells).map(|it| el("span", &seg_class(it.group)).all(it.cells.iter().map(cell))))
}

/// What is chosen in a list, as it is drawn there at the moment.
pub type Marked = StoredValue<Option<usize>>;

/// Keeps what `chosen` gives set apart in `list`, in place, so that focus, links and pointer stay where they are; it
/// is what `selector` and the number in quotes and a bracket match. Where lines can have the focus it is the tab stop,
/// and the first line is while nothing is chosen. What is drawn later has to be drawn as `marked` says.
pub fn follow_chosen(
    list: &El,
    selector: &'static str,
    marked: Marked,
    chosen: impl Fn() -> Option<usize> + 'static,
) {
    let list = list.element().clone();
    effect(move || {
        let (last, next) = (marked.get_value(), chosen());
        if last != next {
            mark(&list, selector, last, false);
            mark(&list, selector, next, true);
            marked.set_value(next);
        }
    });
}

fn mark(list: &Element, selector: &str, at: Option<usize>, on: bool) {
    let selector = [selector, "\"", &at.unwrap_or(0).to_string(), "\"]"].concat();
    let Ok(Some(found)) = list.query_selector(&selector) else { return };
    let chosen = on && at.is_some();
    let _ = found.class_list().toggle_with_force("is-selected", chosen);
    if found.has_attribute("tabindex") {
        let _ = found.set_attribute("aria-selected", if chosen { "true" } else { "false" });
        let _ = found.set_attribute("tabindex", if on { "0" } else { "-1" });
    }
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
pub fn bit_view(view: &BitView, mark: BitMark, indices: bool) -> El {
    let mut label = view.label();
    let mut it = el("div", &["bit-view ", group_class(view.group)].concat()).attr("role", "img");
    if indices {
        it = it.all(["7", "6", "5", "4", "3", "2", "1", "0"].map(|n| el("span", "bit-view__index").text(n)));
    }
    let mut names = Vec::new();
    for group in &view.groups {
        let chosen = mark == BitMark::Chosen(group.node.unwrap_or(u32::MAX));
        let node = group.node.map(|node| node.to_string());
        for index in group.start..group.start + group.len {
            let set = view.is_set(index);
            let class = [
                "bit-view__bit",
                if set { "" } else { " bit-view__bit--zero" },
                if chosen { " is-selected" } else { "" },
                if mark == BitMark::Wrong && view.wrong[usize::from(index)] { " is-wrong" } else { "" },
            ]
            .concat();
            let bit = el("span", &class).maybe("data-bits", node.as_deref());
            it = it.child(bit.text(if set { "1" } else { "0" }));
        }
        let class = if chosen { "bit-view__name is-selected" } else { "bit-view__name" };
        let name = el("span", class)
            .style("--bits", &group.len.to_string())
            .maybe("data-bits", node.as_deref())
            .child(el("b", "").text(group.name))
            .text(&group.text);
        names.push(name);
        label.extend([", ", group.name, " ", &group.text]);
    }
    it.all(names).attr("aria-label", &label)
}

thread_local! {
    /// The scope and field that are marked.
    static LINKED: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Marks everything that shows the field under the pointer or focus; call it on `pointerover` and `focusin`.
pub fn link_field(event: &web_sys::Event) {
    if let Some(target) = target_element(event) {
        link_to(&target);
    }
}

fn link_to(target: &Element) {
    let Some(scope) = target.closest("[data-linkscope]").ok().flatten() else { return };
    let key = scope.get_attribute("data-linkscope").unwrap_or_default();
    let found = target.closest("[data-n]").ok().flatten();
    let field = found.and_then(|it| it.get_attribute("data-n"));
    LINKED.set(field.map(|field| (key, field)));
    clear_links();
    link_again();
}

/// Takes the marks of [`link_field`] away; call it on `pointerleave` and `focusout`. Pressing a button of the mouse
/// takes the focus from elsewhere: what is under the pointer stays marked.
pub fn unlink_field(event: &web_sys::Event) {
    LINKED.set(None);
    clear_links();
    if event.type_() == "focusout"
        && let Ok(Some(pointed)) = document().query_selector("[data-linkscope] [data-n]:hover")
    {
        link_to(&pointed);
    }
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

/// Does something to every element that matches.
pub fn for_each(selector: &str, mut action: impl FnMut(&Element)) {
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
