//! The field tree.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent, MouseEvent};

use super::Inspected;
use crate::ui::components::bytes::{Marked, delegated, follow_chosen, group_class};
use crate::ui::components::scroll::{Scrolled, focus_in, take_focus_over};
use crate::ui::dom::{El, Memo, Slot, after, el, nothing};
use crate::view::bytes::{Choice, TreeItem, tree};

/// Height of an item, as in style/inspector.css.
const ITEM_HEIGHT: usize = 24;
/// Items that are shown without a scroller of their own.
const FREE_ITEMS: usize = 60;

/// The fields of a packet as a tree; what is chosen there is put into `choice`, and `chosen` is set apart.
pub fn field_tree(packet: Inspected, choice: RwSignal<Option<Choice>>, chosen: Memo<Option<Choice>>) -> El {
    let items: Arc<[TreeItem]> = tree(&packet.bytes, &packet.dissection, &packet.map).into();
    let scroller = Slot::new(None);
    take_focus_over(scroller, ".field-tree");
    let scrolled = Scrolled::new(scroller, ITEM_HEIGHT as f64, items.len());
    let class = if items.len() > FREE_ITEMS { "field-tree field-tree--long" } else { "field-tree" };
    let current = {
        let (items, packet) = (Arc::clone(&items), packet.clone());
        Memo::new(move |_| chosen.get().and_then(|it| item_of(&items, &packet, it)))
    };
    let pick = {
        let items = Arc::clone(&items);
        move |at: usize| {
            let picked = items.get(at).and_then(|item| choice_of(&packet, item));
            if picked.is_some() {
                choice.set(picked);
            }
        }
    };
    let click = {
        let pick = pick.clone();
        move |event: MouseEvent| {
            if let Some(at) = delegated(&event, "data-item") {
                pick(at);
            }
        }
    };
    let keys = {
        let items = Arc::clone(&items);
        move |event: KeyboardEvent| {
            let at = delegated(&event, "data-item").unwrap_or(0);
            let Some(to) = key_target(&event, &items, at) else { return };
            event.prevent_default();
            event.stop_propagation();
            pick(to);
            scrolled.reveal(to);
            focus_in(scroller, ["[data-item=\"", &to.to_string(), "\"]"].concat());
        }
    };
    if items.len() > FREE_ITEMS {
        after(move || {
            if let Some(at) = current.get() {
                scrolled.reveal(at);
            }
        });
    }
    let list = el("ul", class)
        .attrs(&[("role", "tree"), ("aria-label", "Fields")])
        .slot(scroller)
        .on("scroll", move |_: Event| scrolled.update())
        .on("click", click)
        .on("keydown", keys);
    lines(list, items, scrolled, current)
}

/// Fills the list: the items in view, between two spaces for the rest.
fn lines(list: El, items: Arc<[TreeItem]>, scrolled: Scrolled, current: Memo<Option<usize>>) -> El {
    let count = items.len();
    let marked = Marked::new(current.get_untracked());
    let keys = move || {
        // The space before has the key 0, an item its place from 1, the space behind what comes after all items.
        let range = scrolled.visible();
        let shown = range.start as u64 + 1..range.end as u64 + 1;
        std::iter::once(0).chain(shown).chain([count as u64 + 1]).collect()
    };
    let line = move |key: u64| match (key as usize).checked_sub(1) {
        None => space(move || scrolled.visible().start),
        Some(at) if at == count => space(move || count - scrolled.visible().end),
        Some(at) => items.get(at).map_or_else(nothing, |item| tree_line(item, at, marked.get_value())),
    };
    let list = list.each(keys, line);
    follow_chosen(&list, "[data-item=", marked, move || current.get());
    list
}

fn space(items: impl Fn() -> usize + 'static) -> El {
    let height = move || [&(items() * ITEM_HEIGHT).to_string(), "px"].concat();
    el("li", "").attr("role", "presentation").bind_style("height", height)
}

fn tree_line(item: &TreeItem, at: usize, current: Option<usize>) -> El {
    let is_current = current == Some(at);
    let class = [
        "field-tree__item ",
        group_class(item.group),
        if item.heading { " field-tree__item--group" } else { "" },
        if item.wrong { " field-tree__item--wrong" } else { "" },
        if is_current { " is-selected" } else { "" },
    ]
    .concat();
    let tabbed = current.unwrap_or(0) == at;
    let name = el("span", "field-tree__name").text(&item.name).text(" ");
    el("li", &class)
        .attrs(&[("role", "treeitem"), ("title", &item.text), ("tabindex", if tabbed { "0" } else { "-1" })])
        .style("--depth", &item.depth.to_string())
        .num("aria-level", usize::from(item.depth) + 1)
        .state("aria-selected", is_current)
        .num("data-item", at)
        .num("data-n", item.field as usize)
        .child(el("span", "field-tree__swatch"))
        .child(name.child(el("b", "").text(&item.text)))
        .child(el("span", "field-tree__bytes").text(&item.place))
}

/// The item that shows what is chosen: the node itself, else the field that it belongs to.
fn item_of(items: &[TreeItem], packet: &Inspected, chosen: Choice) -> Option<usize> {
    let field = packet.map.field(chosen.node);
    let exact = items.iter().position(|item| item.node == chosen.node);
    exact.or_else(|| items.iter().position(|item| item.field == field))
}

/// What an item chooses: a part of the packet its first byte, anything else itself.
fn choice_of(packet: &Inspected, item: &TreeItem) -> Option<Choice> {
    let whole_part =
        item.heading && packet.dissection.nodes.get(item.node as usize).is_some_and(|it| !it.leaf);
    if whole_part {
        return packet.choose_byte(item.offset).map(|it| Choice { node: item.node, ..it });
    }
    packet.choose_node(item.node)
}

/// Where a key leads: up and down a line, left to the group around, right into the group.
fn key_target(event: &KeyboardEvent, items: &[TreeItem], at: usize) -> Option<usize> {
    if event.alt_key() || event.meta_key() || event.ctrl_key() {
        return None;
    }
    let last = items.len().checked_sub(1)?;
    let depth = items.get(at)?.depth;
    Some(match event.key().as_str() {
        "ArrowDown" => (at + 1).min(last),
        "ArrowUp" => at.saturating_sub(1),
        "Home" => 0,
        "End" => last,
        "ArrowLeft" => items[..at].iter().rposition(|item| item.depth < depth).unwrap_or(at),
        "ArrowRight" => items.get(at + 1).filter(|next| next.depth > depth).map_or(at, |_| at + 1),
        _ => return None,
    })
}
