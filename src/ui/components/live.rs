//! One line for screen readers at each step, at most one a second.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// A polite live region that says the newest value of `line`.
#[component]
pub fn Live(#[prop(into)] line: Signal<String>) -> impl IntoView {
    const PAUSE_MILLIS: u32 = 1_000;
    let said = RwSignal::new(String::new());
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
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
    view! { <p class="sr-only" role="status" aria-live="polite">{move || said.get()}</p> }
}
