//! The field tree.

use std::ops::Range;
use std::sync::Arc;

use leptos::html::Ul;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Inspected;
use crate::ui::components::bytes::{delegated, group_class};
use crate::ui::components::scroll::{Scrolled, focus_in};
use crate::view::bytes::{Choice, TreeItem, tree};

/// Height of an item, as in style/inspector.css.
const ITEM_HEIGHT: f64 = 24.0;
/// Items that are shown without a scroller of their own.
const FREE_ITEMS: usize = 60;

#[component]
pub(super) fn FieldTree(
    packet: Inspected,
    choice: RwSignal<Option<Choice>>,
    chosen: Memo<Option<Choice>>,
) -> impl IntoView {
    let items: Arc<[TreeItem]> = tree(&packet.bytes, &packet.dissection, &packet.map).into();
    let scroller = NodeRef::<Ul>::new();
    let scrolled = Scrolled::new(scroller, ITEM_HEIGHT, items.len());
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
        move |event: web_sys::MouseEvent| {
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
            focus_in(scroller, format!("[data-item=\"{to}\"]"));
        }
    };
    Effect::new(move |_| {
        if let Some(at) = current.get() {
            scrolled.reveal(at);
        }
    });
    let count = items.len();
    let shown = move || {
        let range = scrolled.visible();
        let before = format!("{}px", range.start as f64 * ITEM_HEIGHT);
        let after = format!("{}px", (count - range.end) as f64 * ITEM_HEIGHT);
        let lines = tree_lines(&items, range, current.get());
        view! {
            <li role="presentation" style:height=before></li>
            {lines}
            <li role="presentation" style:height=after></li>
        }
    };
    view! {
        <ul
            class=class role="tree" aria-label="Fields"
            node_ref=scroller on:scroll=move |_| scrolled.update() on:click=click on:keydown=keys
        >
            {shown}
        </ul>
    }
}

fn tree_lines(items: &[TreeItem], range: Range<usize>, current: Option<usize>) -> Vec<AnyView> {
    range
        .filter_map(|at| {
            let item = items.get(at)?;
            let is_current = current == Some(at);
            let class = [
                "field-tree__item ",
                group_class(item.group),
                if item.heading { " field-tree__item--group" } else { "" },
                if item.wrong { " field-tree__item--wrong" } else { "" },
                if is_current { " is-selected" } else { "" },
            ]
            .concat();
            let tabbed = is_current || current.is_none() && at == 0;
            Some(
                view! {
                    <li
                        class=class role="treeitem" style:--depth=item.depth.to_string()
                        attr:aria-level=item.depth + 1 aria-selected=is_current.to_string()
                        tabindex=if tabbed { "0" } else { "-1" } data-item=at data-n=item.field title=item.text.clone()
                    >
                        <span class="field-tree__swatch"></span>
                        <span class="field-tree__name">{item.name.clone()} " " <b>{item.text.clone()}</b></span>
                        <span class="field-tree__bytes">{item.place.clone()}</span>
                    </li>
                }
                .into_any(),
            )
        })
        .collect()
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
