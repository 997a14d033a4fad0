//! The pages of the second module. It is loaded when one of them is first asked for, and stays.

use leptos::mount::mount_to;
use leptos::prelude::*;
use web_sys::HtmlElement;

use super::dom::{El, nothing};
use super::pages::connect::{Connections, connect};
use super::pages::decode::{DecodeState, decode};
use super::route::{self, Route};

/// Shows the pages inside `into` whenever the address asks for one of them.
pub fn mount(into: HtmlElement) {
    mount_to(into.clone(), move || pages().put_into(&into)).forget();
}

fn pages() -> El {
    let route = route::follow();
    provide_context(DecodeState::new());
    provide_context(Connections::new());
    nothing().dynamic(move || match route.get() {
        Route::Decode => decode(),
        Route::Connect => connect(),
        Route::Playground => nothing(),
    })
}
