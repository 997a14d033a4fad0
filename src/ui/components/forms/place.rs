//! Where a form stands, and what has the focus first.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// Puts the form beside the button that opened it, whole within the window.
pub(super) fn beside_card(form: &HtmlElement) {
    let opener = find(".actor-card [aria-expanded=true]").or_else(|| find(".actor-card.is-selected"));
    let Some(opener) = opener else { return };
    let opener = opener.get_bounding_client_rect();
    let height = f64::from(form.offset_height());
    let window_height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let middle = opener.top() + opener.height() / 2.0;
    let top = (middle - height / 2.0).min(window_height - height - 64.0).max(50.0);
    // Not clamp: it would bring the formatting of floating-point numbers with it.
    let beak = (middle - top).min(height - 24.0).max(12.0);
    let style = form.style();
    let pixels = |length: f64| [&(length as i32).to_string(), "px"].concat();
    let _ = style.set_property("--top", &pixels(top));
    let _ = style.set_property("--beak", &pixels(beak));
}

/// Gives the focus to the form's first field.
pub(super) fn focus_first(form: &HtmlElement) {
    let first = form.query_selector(".popover__body input:not([type=checkbox]), .popover__body textarea, .popover__body select, .popover__foot button");
    focus(first.ok().flatten());
}

/// Gives the focus to an element, if there is one that takes it.
pub(super) fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Puts a menu under the button that opened it, whole within the window.
pub(super) fn under(menu: &HtmlElement, button: &HtmlElement) {
    let button = button.get_bounding_client_rect();
    let side = |length: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
        length.ok().and_then(|it| it.as_f64()).unwrap_or(f64::MAX)
    };
    let (width, height) = (f64::from(menu.offset_width()), f64::from(menu.offset_height()));
    let left = button.left().min(side(window().inner_width()) - width - 8.0).max(8.0);
    let top = (button.bottom() + 4.0).min(side(window().inner_height()) - height - 8.0).max(8.0);
    let pixels = |length: f64| [&(length as i32).to_string(), "px"].concat();
    let _ = menu.style().set_property("--left", &pixels(left));
    let _ = menu.style().set_property("--top", &pixels(top));
}
