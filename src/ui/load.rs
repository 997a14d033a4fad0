//! Loading the second module: its pages are drawn by it, what stands here until then.

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::dom::{El, Slot, el, nothing};
use super::route::Route;
use super::texts::Progress;

#[wasm_bindgen]
extern "C" {
    type Tools;
    /// Stands in index.html: a module is imported by an address, which only the built page knows.
    #[wasm_bindgen(js_name = loadTools)]
    fn load_tools() -> Promise;
    #[wasm_bindgen(method)]
    fn mount(this: &Tools, into: HtmlElement);
}

/// The pages of the second module, once it is there.
pub fn tools(route: ReadSignal<Route>) -> El {
    let progress = RwSignal::new(Progress::NotAsked);
    let place = Slot::new(None);
    Effect::new(move |_| {
        if route.get() != Route::Playground && progress.get_untracked() == Progress::NotAsked {
            load(progress, place);
        }
    });
    let notice = move || match progress.get() {
        Progress::NotAsked | Progress::Loaded => nothing(),
        _ if route.get() == Route::Playground => nothing(),
        Progress::Loading => notice().child(el("p", "").attr("role", "status").text("Loading this page…")),
        Progress::Failed => failure(progress, place),
    };
    nothing().dynamic(notice).child(el("div", "tools").slot(place))
}

fn load(progress: RwSignal<Progress>, place: Slot) {
    progress.set(Progress::Loading);
    let loaded = Closure::once(move |tools: JsValue| {
        if let Some(place) = place.get_untracked() {
            tools.unchecked_into::<Tools>().mount(place);
        }
        progress.set(Progress::Loaded);
    });
    let failed = Closure::once(move |_: JsValue| progress.set(Progress::Failed));
    let _ = load_tools().then2(&loaded, &failed);
    // One of the two is called once, and then both are done with.
    loaded.forget();
    failed.forget();
}

fn notice() -> El {
    el("main", "boot__page").attrs(&[("id", "main"), ("tabindex", "-1")])
}

fn failure(progress: RwSignal<Progress>, place: Slot) -> El {
    let words =
        "This page could not be loaded: is the connection gone? What is on the Playground is not lost.";
    let again = el("button", "button button--primary")
        .attr("type", "button")
        .click(move || load(progress, place))
        .text("Try again");
    notice().child(el("p", "").attr("role", "alert").text(words)).child(el("p", "").child(again))
}
