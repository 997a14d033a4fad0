//! The frame around every page: symbols, skip link, top bar.

use leptos::prelude::*;

use super::components::icon::Sprite;
use super::components::topbar::Topbar;
use super::pages::connect::{Connect, ConnectState};
use super::pages::decode::{Decode, DecodeState};
use super::pages::playground::{Actors, Playground};
use super::route::{self, Route};
use super::state::Stage;

/// Puts the page in place of the loading screen.
pub fn mount() {
    mount_to_body(App);
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}

#[component]
fn App() -> impl IntoView {
    let route = route::current();
    provide_context(DecodeState::new());
    // Made here, so that the simulation outlives a visit to another page.
    let stage = Stage::new();
    let actors = Actors::new(stage);
    provide_context(ConnectState::new());
    view! {
        <Sprite/>
        // Not a link: its address would be taken for a page's.
        <button class="skip-link" type="button" on:click=|_| skip_to_main()>"Skip to main content"</button>
        <div class=move || route.get().class()>
            <Topbar route/>
            {move || match route.get() {
                Route::Decode => view! { <Decode/> }.into_any(),
                Route::Playground => view! { <Playground stage actors/> }.into_any(),
                Route::Connect => view! { <Connect/> }.into_any(),
            }}
        </div>
    }
}

fn skip_to_main() {
    if let Some(main) = document().get_element_by_id("main") {
        use wasm_bindgen::JsCast;
        if let Some(main) = main.dyn_ref::<web_sys::HtmlElement>() {
            let _ = main.focus();
        }
    }
}
