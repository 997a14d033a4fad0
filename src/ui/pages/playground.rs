//! The Playground: simulated clients and broker, stepped event by event.

use leptos::prelude::*;

/// The page.
#[component]
pub fn Playground() -> impl IntoView {
    view! {
        <main class="workbench" id="main" tabindex="-1">
            <h1 class="sr-only">"Playground"</h1>
        </main>
    }
}
