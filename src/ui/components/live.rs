//! One line for screen readers at each step, at most one a second.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::ui::dom::{El, after, el};

/// A polite live region that says the newest value of `line`.
pub fn live(line: Signal<String>) -> El {
    const PAUSE_MILLIS: u32 = 1_000;
    let said = RwSignal::new(String::new());
    let waiting = StoredValue::new(false);
    after(move || {
        let newest = line.get();
        if !waiting.get_value() {
            said.set(newest);
            waiting.set_value(true);
            Timeout::new(PAUSE_MILLIS, move || {
                waiting.try_set_value(false);
                if let (Some(newest), Some(last)) = (line.try_get_untracked(), said.try_get_untracked())
                    && newest != last
                {
                    said.try_set(newest);
                }
            })
            .forget();
        }
    });
    el("p", "sr-only").attrs(&[("role", "status"), ("aria-live", "polite")]).bind_text(move || said.get())
}
