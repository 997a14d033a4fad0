//! The frame around every page: symbols, skip link, top bar.

use leptos::prelude::*;
use leptos::tachys::dom::body;

use super::components::icon::sprite;
use super::components::topbar::topbar;
use super::dom::{El, el, fragment, nothing};
use super::load::tools;
use super::pages::playground::{Actors, help, lend, playground};
use super::route::{self, Route};
use super::state::{Mode, Stage};

/// Puts the page in place of the loading screen.
pub fn mount() {
    let body = body();
    sprite().put_into(&body);
    mount_to_body(move || app().put_into(&body));
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}

fn app() -> El {
    let route = route::current();
    // Made here, so that the simulation outlives a visit to another page.
    let stage = Stage::new();
    lend(stage);
    let actors = Actors::new(stage);
    provide_context(Mode::new());
    // Not a link: its address would be taken for a page's.
    let skip =
        el("button", "skip-link").attr("type", "button").click(skip_to_main).text("Skip to main content");
    let page = el("div", "")
        .bind("class", move || route.get().class())
        .child(topbar(route, move || help(stage)))
        .dynamic(move || if route.get() == Route::Playground { playground(stage, actors) } else { nothing() })
        .child(tools(route));
    fragment([skip, page])
}

fn skip_to_main() {
    if let Some(main) = document().get_element_by_id("main") {
        use wasm_bindgen::JsCast;
        if let Some(main) = main.dyn_ref::<web_sys::HtmlElement>() {
            let _ = main.focus();
        }
    }
}
