//! The top bar: name, navigation, theme.

use leptos::prelude::*;

use super::icon::Icon;
use crate::ui::route::{ROUTES, Route};
use crate::ui::theme::Theme;

/// The top bar of every page.
#[component]
pub fn Topbar(
    /// The page that shows.
    route: ReadSignal<Route>,
) -> impl IntoView {
    let links = ROUTES
        .into_iter()
        .map(|page| {
            let current = move || (route.get() == page).then_some("page");
            view! { <a href=page.href() aria-current=current>{page.label()}</a> }
        })
        .collect::<Vec<_>>();
    view! {
        <header class="topbar">
            <a class="topbar__wordmark" href=Route::Playground.href() aria-label="MQTT Playground">
                <svg viewBox="0 0 20 20" aria-hidden="true"><use href="#i-logo"/></svg>
                <span class="topbar__name">"MQTT Playground"</span>
            </a>
            <nav class="topbar__nav" aria-label="Main">{links}</nav>
            <div class="topbar__actions">
                <button
                    class="icon-button theme-toggle"
                    type="button"
                    aria-label="Switch theme"
                    title="Switch theme"
                    on:click=|_| Theme::toggle()
                >
                    <Icon name="i-sun" class="icon icon--sun"/>
                    <Icon name="i-moon" class="icon icon--moon"/>
                </button>
            </div>
        </header>
    }
}
