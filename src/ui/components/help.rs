//! The keys that work, in a dialog.

use leptos::html;
use leptos::prelude::*;

use super::icon::Icon;

/// Keyboard help; open while `open` holds.
#[component]
pub fn KeyboardHelp(
    /// Whether it shows.
    open: RwSignal<bool>,
    /// Keys and what they do.
    keys: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let rows = keys.iter().map(|(key, action)| {
        let parts = key.split(' ').map(|part| view! { <kbd class="key">{part}</kbd> " " });
        view! { <div><dt>{parts.collect_view()}</dt><dd>{*action}</dd></div> }
    });
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            aria-labelledby="help-h"
            on:close=move |_| open.set(false)
        >
            <header class="dialog__head">
                <h2 id="help-h">"Keyboard"</h2>
                <span class="grow"></span>
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Close (Esc)"
                    title="Close (Esc)"
                    on:click=move |_| open.set(false)
                >
                    <Icon name="i-close"/>
                </button>
            </header>
            <dl class="key-list">{rows.collect_view()}</dl>
            <p class="dialog__note">"Single keys rest while you type in a field."</p>
        </dialog>
    }
}
