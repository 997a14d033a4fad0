//! How the page shows: as usual, for a projector, on paper, as a part of another page.

use leptos::prelude::*;

use crate::ui::dom::{after, on_window};
use crate::ui::route;

/// The modes. Made once a page load and found in context.
#[derive(Clone, Copy)]
pub struct Mode {
    /// Large, for people in the last row.
    pub present: RwSignal<bool>,
    /// The browser is about to print.
    pub printing: RwSignal<bool>,
}

impl Mode {
    /// As usual; the body's classes follow.
    pub fn new() -> Self {
        let mode = Self { present: RwSignal::new(false), printing: RwSignal::new(false) };
        for (name, on) in [("beforeprint", true), ("afterprint", false)] {
            on_window(name, move |_| {
                mode.printing.try_set(on);
            });
        }
        let classes = document().body().map(|body| body.class_list());
        if let Some(classes) = classes {
            let _ = classes.toggle_with_force("is-embed", route::is_embedded());
            after(move || {
                let _ = classes.toggle_with_force("is-present", mode.present.get());
            });
        }
        mode
    }

    /// The page's mode; elsewhere, as usual.
    pub fn current() -> Self {
        let usual = || Self { present: RwSignal::new(false), printing: RwSignal::new(false) };
        use_context().unwrap_or_else(usual)
    }
}
