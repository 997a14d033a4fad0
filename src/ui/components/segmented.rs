//! A few choices side by side, one of them taken.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::bytes::target_element;

/// A radio group: one tab stop, arrow keys choose.
#[component]
pub fn Segmented<T: Copy + PartialEq + Send + Sync + 'static>(
    /// What is chosen, for those who cannot see it.
    label: &'static str,
    /// The choices with their names.
    options: Vec<(T, Signal<String>)>,
    /// The one taken.
    #[prop(into)]
    chosen: Signal<T>,
    /// Told about another one.
    on_choose: Callback<T>,
) -> impl IntoView {
    let values: Vec<T> = options.iter().map(|(value, _)| *value).collect();
    let keys = move |event: KeyboardEvent| {
        let Some(at) = values.iter().position(|it| *it == chosen.get_untracked()) else { return };
        let last = values.len() - 1;
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => (at + 1) % values.len(),
            "ArrowLeft" | "ArrowUp" => at.checked_sub(1).unwrap_or(last),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        on_choose.run(values[to]);
        let group = target_element(&event).and_then(|it| it.parent_element());
        if let Some(next) = group.and_then(|it| it.children().item(to as u32)?.dyn_into::<HtmlElement>().ok())
        {
            let _ = next.focus();
        }
    };
    let buttons = options
        .into_iter()
        .map(|(value, name)| {
            let taken = move || chosen.get() == value;
            view! {
                <button
                    type="button"
                    role="radio"
                    aria-checked=move || taken().to_string()
                    tabindex=move || if taken() { "0" } else { "-1" }
                    on:click=move |_| on_choose.run(value)
                >
                    {name}
                </button>
            }
        })
        .collect_view();
    view! {
        <span class="segmented" role="radiogroup" aria-label=label on:keydown=keys>
            {buttons}
        </span>
    }
}
