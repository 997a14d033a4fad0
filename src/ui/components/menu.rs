//! A button with a menu under it.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlElement, KeyboardEvent};

use super::bytes::target_element;
use super::icon::icon;
use crate::ui::dom::{El, Slot, el, fragment, nothing};

/// An entry of a menu.
pub struct MenuItem {
    /// Its symbol in the sprite.
    pub symbol: &'static str,
    /// What it does.
    pub label: &'static str,
    /// Keys that do the same.
    pub key: &'static str,
    /// Does it.
    pub act: Callback<()>,
}

/// A button with classes, a symbol and a name, whose menu has this id. The browser opens and closes it: at a click, at
/// Esc, at a click elsewhere.
pub fn menu(class: &str, symbol: &str, name: &str, id: &str, items: Vec<MenuItem>) -> El {
    let button = Slot::new(None);
    let opener = el("button", class)
        .slot(button)
        .attrs(&[("type", "button"), ("aria-haspopup", "menu"), ("aria-label", name), ("title", name)])
        .attr("popovertarget", id)
        .child(icon(symbol, "icon"));
    let items = items.into_iter().map(|item| {
        let key = (!item.key.is_empty()).then(|| el("kbd", "").attr("aria-hidden", "true").text(item.key));
        el("button", "menu__item")
            .attrs(&[("type", "button"), ("role", "menuitem"), ("tabindex", "-1")])
            .attrs(&[("popovertarget", id), ("popovertargetaction", "hide")])
            .click(move || item.act.run(()))
            .child(icon(item.symbol, "icon icon--sm"))
            .child(el("span", "").text(item.label))
            .child(key.unwrap_or_else(nothing))
    });
    let list = el("div", "menu")
        .attrs(&[("id", id), ("popover", ""), ("role", "menu"), ("aria-label", name)])
        .on("toggle", move |event: Event| opened(&event, button))
        .on("keydown", |event: KeyboardEvent| walk(&event))
        .all(items);
    fragment([opener, list])
}

/// Puts the menu under its button, or over it where there is no room, and the focus on its first entry.
fn opened(event: &Event, button: Slot) {
    let (Some(menu), Some(button)) = (target_element(event), button.try_get_untracked().flatten()) else {
        return;
    };
    let menu: HtmlElement = menu.unchecked_into();
    let at = button.get_bounding_client_rect();
    let (width, height) = (f64::from(menu.offset_width()), f64::from(menu.offset_height()));
    let size = |length: Result<JsValue, JsValue>| length.ok().and_then(|it| it.as_f64()).unwrap_or(0.0);
    let left = at.left().min(size(window().inner_width()) - width - 8.0).max(8.0);
    let below = at.bottom() + 4.0;
    let room = size(window().inner_height()) - 8.0;
    let top = if below + height > room { (at.top() - 4.0 - height).max(8.0) } else { below };
    let pixels = |length: f64| [&(length as i32).to_string(), "px"].concat();
    let _ = menu.style().set_property("--left", &pixels(left));
    let _ = menu.style().set_property("--top", &pixels(top));
    if height > 0.0 {
        focus(menu.first_element_child());
    }
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn walk(event: &KeyboardEvent) {
    // The page's keys rest: Esc closes the menu and nothing else.
    event.stop_propagation();
    let Some(at) = target_element(event) else { return };
    let menu = at.parent_element();
    let to = match event.key().as_str() {
        "ArrowDown" => at.next_element_sibling().or_else(|| menu?.first_element_child()),
        "ArrowUp" => at.previous_element_sibling().or_else(|| menu?.last_element_child()),
        "Home" => menu.and_then(|menu| menu.first_element_child()),
        "End" => menu.and_then(|menu| menu.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    focus(to);
}
