//! Long lists that draw only what is in view.

use std::ops::Range;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::ui::dom::{Slot, after, next_frame};
use crate::view::bytes::visible_rows;

/// What a scroller shows of a list of rows of one height.
#[derive(Clone, Copy)]
pub struct Scrolled {
    scroller: Slot,
    row_height: f64,
    rows: usize,
    /// First row and one behind the last; wide enough for the first drawing.
    visible: RwSignal<(usize, usize)>,
}

impl Scrolled {
    /// A list of `rows` rows inside `scroller`.
    pub fn new(scroller: Slot, row_height: f64, rows: usize) -> Self {
        let first = visible_rows(0.0, 60.0 * row_height, row_height, rows);
        Self { scroller, row_height, rows, visible: RwSignal::new((first.start, first.end)) }
    }

    /// The rows to draw.
    pub fn visible(&self) -> Range<usize> {
        let (from, to) = self.visible.get();
        from..to
    }

    /// Call it when the scroller has moved or changed its size.
    pub fn update(&self) {
        let Some(element) = self.element() else { return };
        let height = f64::from(element.client_height()).max(20.0 * self.row_height);
        let range = visible_rows(f64::from(element.scroll_top()), height, self.row_height, self.rows);
        let next = (range.start, range.end);
        if self.visible.try_get_untracked().is_some_and(|now| now != next) {
            self.visible.try_set(next);
        }
    }

    /// Scrolls as little as shows the row, if the scroller itself scrolls.
    pub fn reveal(&self, row: usize) {
        let Some(element) = self.element() else { return };
        let (top, height) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
        let (from, to) = (row as f64 * self.row_height, (row + 1) as f64 * self.row_height);
        if f64::from(element.scroll_height()) <= height + 1.0 {
            return;
        }
        if from < top {
            element.set_scroll_top(from as i32);
        } else if to > top + height {
            element.set_scroll_top((to - height).ceil() as i32);
        }
        self.update();
    }

    fn element(&self) -> Option<HtmlElement> {
        self.scroller.try_get_untracked().flatten()
    }
}

/// Moves the focus to the first match inside `scroller`, once what is being changed has been drawn.
pub fn focus_in(scroller: Slot, selector: String) {
    next_frame(move || {
        let Some(element) = scroller.try_get_untracked().flatten() else { return };
        if let Ok(Some(found)) = element.query_selector(&selector)
            && let Ok(found) = found.dyn_into::<HtmlElement>()
        {
            let _ = found.focus();
        }
    });
}

/// Moves the focus to the first match of all, once what is being changed has been drawn.
pub fn focus_on(selector: String) {
    next_frame(move || {
        if let Ok(Some(found)) = document().query_selector(&selector)
            && let Ok(found) = found.dyn_into::<HtmlElement>()
        {
            let _ = found.focus();
        }
    });
}

/// Takes the focus over into `scroller` if a match has it, which is about to be replaced by what is drawn now.
pub fn take_focus_over(scroller: Slot, from: &str) {
    let focused = document().active_element();
    if focused.is_some_and(|it| it.closest(from).ok().flatten().is_some()) {
        focus_in(scroller, "[tabindex=\"0\"]".to_owned());
    }
}

/// Scrolls the first match into view, once what is being changed has been drawn.
pub fn reveal(selector: String, block: ScrollLogicalPosition) {
    next_frame(move || {
        if let Ok(Some(found)) = document().query_selector(&selector) {
            let options = ScrollIntoViewOptions::new();
            options.set_block(block);
            found.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// Calls `changed` once the element stands in the page, and whenever it has another size.
pub fn follow_size(element: Slot, changed: impl Fn() + 'static) {
    boxed_follow_size(element, Box::new(changed));
}

fn boxed_follow_size(element: Slot, changed: Box<dyn Fn()>) {
    let changed = StoredValue::new_local(Closure::<dyn Fn()>::new(changed));
    after(move || {
        let Some(element) = element.get() else { return };
        let made = changed.with_value(|it| web_sys::ResizeObserver::new(it.as_ref().unchecked_ref()));
        let Ok(observer) = made else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local(observer);
        on_cleanup(move || {
            kept.try_with_value(web_sys::ResizeObserver::disconnect);
        });
    });
}
