//! Loading the second module: its pages are drawn by it, what stands here until then.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::dom::{El, Slot, after, el, nothing};
use super::route::Route;
use super::texts::Progress;
use crate::capture::Step;
use crate::view::form::FormKind;

#[wasm_bindgen]
extern "C" {
    /// Stands in index.html: a module is imported by an address, which only the built page knows.
    #[wasm_bindgen(js_name = loadTools)]
    fn load_tools() -> Promise;

    /// Something of the second module that shows inside the first one's page.
    pub type Panel;
    /// The world has changed.
    #[wasm_bindgen(method)]
    pub fn follow(this: &Panel, world: String, step: u32, micros: f64, replaces: bool);
    /// Closes it.
    #[wasm_bindgen(method)]
    pub fn close(this: &Panel);
}

thread_local! {
    /// The module that was asked for, unless that failed.
    static ASKED: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Loads the module once, calls a function of it (see `src/tools.rs`) with what it takes and hands what that gives to
/// `done`; `failed` is called where the module cannot be had, and the next call tries again.
pub fn call(
    name: &'static str,
    arguments: Array,
    done: impl FnOnce(JsValue) + 'static,
    failed: impl FnOnce() + 'static,
) {
    boxed_call(name, arguments, Box::new(done), Box::new(failed));
}

fn boxed_call(
    name: &'static str,
    arguments: Array,
    done: Box<dyn FnOnce(JsValue)>,
    failed: Box<dyn FnOnce()>,
) {
    let asked = ASKED.with_borrow_mut(|asked| asked.get_or_insert_with(load_tools).clone());
    let loaded = Closure::once(move |tools: JsValue| {
        let function = Reflect::get(&tools, &name.into()).unwrap_or_default();
        if let Ok(made) = function.unchecked_ref::<Function>().apply(&tools, &arguments) {
            done(made);
        }
    });
    let refused = Closure::once(move |_: JsValue| {
        ASKED.set(None);
        failed();
    });
    let _ = asked.then2(&loaded, &refused);
    // One of the two is called once, and then both are done with.
    loaded.forget();
    refused.forget();
}

/// What a function of the second module takes.
pub fn arguments<const N: usize>(all: [JsValue; N]) -> Array {
    all.into_iter().collect()
}

/// What a form is opened with: where it stands, which it is, whose, and the world with its step, its time and whether
/// more of it is known.
pub struct FormRequest {
    /// Stands around it.
    pub into: HtmlElement,
    /// Which of the forms.
    pub kind: FormKind,
    /// Whose.
    pub client: usize,
    /// The saved world, its step, its time in microseconds, and whether something follows.
    pub world: (String, Step, f64, bool),
    /// Called with an action as text, or with null to close.
    pub send: Closure<dyn Fn(JsValue)>,
}

/// Opens a form and hands it to `done`; `failed` is called if it cannot be loaded.
pub fn open_form(request: FormRequest, done: impl FnOnce(Panel) + 'static, failed: impl FnOnce() + 'static) {
    let FormRequest { into, kind, client, world: (world, step, micros, replaces), send } = request;
    let taken = arguments([
        into.into(),
        (kind as u32).into(),
        (client as u32).into(),
        world.into(),
        step.into(),
        micros.into(),
        replaces.into(),
        send.into_js_value(),
    ]);
    call("openForm", taken, move |panel| done(panel.unchecked_into()), failed);
}

/// The pages of the second module, once it is there.
pub fn tools(route: ReadSignal<Route>) -> El {
    let progress = RwSignal::new(Progress::NotAsked);
    let place = Slot::new(None);
    after(move || {
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
    let Some(into) = place.get_untracked() else { return };
    let failed = move || progress.set(Progress::Failed);
    call("mount", arguments([into.into()]), move |_| progress.set(Progress::Loaded), failed);
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
