//! Loading the second module: its pages are drawn by it, what stands here until then.

use std::cell::RefCell;

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::dom::{El, Slot, el, nothing};
use super::route::Route;
use super::texts::Progress;
use crate::capture::{FrameId, Step};
use crate::view::form::FormKind;

#[wasm_bindgen]
extern "C" {
    type Tools;
    /// Stands in index.html: a module is imported by an address, which only the built page knows.
    #[wasm_bindgen(js_name = loadTools)]
    fn load_tools() -> Promise;
    #[wasm_bindgen(method)]
    fn mount(this: &Tools, into: HtmlElement);
    #[wasm_bindgen(method, js_name = exportDiagram)]
    fn export_diagram(this: &Tools, packed: &[u8], step: u32, first: Option<u32>, last: Option<u32>);

    /// An open form.
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

/// Loads the module once and hands it to `done`; `failed` is called where it cannot be had, and the next call tries
/// again.
fn with_tools(done: impl FnOnce(Tools) + 'static, failed: impl FnOnce() + 'static) {
    let asked = ASKED.with_borrow_mut(|asked| asked.get_or_insert_with(load_tools).clone());
    let loaded = Closure::once(move |tools: JsValue| done(tools.unchecked_into()));
    let refused = Closure::once(move |_: JsValue| {
        ASKED.set(None);
        failed();
    });
    let _ = asked.then2(&loaded, &refused);
    // One of the two is called once, and then both are done with.
    loaded.forget();
    refused.forget();
}

/// Opens the dialog that exports a diagram; `failed` is called if it cannot be loaded.
pub fn export_diagram(
    packed: Vec<u8>,
    step: Step,
    chosen: Option<(FrameId, FrameId)>,
    failed: impl FnOnce() + 'static,
) {
    let (first, last) = chosen.unzip();
    with_tools(move |tools| tools.export_diagram(&packed, step, first, last), failed);
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
    let open = move |tools: Tools| {
        let FormRequest { into, kind, client, world: (world, step, micros, replaces), send } = request;
        let arguments = js_sys::Array::new();
        let number = |n: f64| JsValue::from_f64(n);
        for argument in [
            into.into(),
            number(kind as u32 as f64),
            number(client as u32 as f64),
            JsValue::from_str(&world),
            number(f64::from(step)),
            number(micros),
            JsValue::from_bool(replaces),
            send.into_js_value(),
        ] {
            arguments.push(&argument);
        }
        let class = js_sys::Reflect::get(&tools, &"Panel".into()).unwrap_or_default();
        if let Ok(panel) = js_sys::Reflect::construct(class.unchecked_ref::<js_sys::Function>(), &arguments) {
            done(panel.unchecked_into());
        }
    };
    with_tools(open, failed);
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
    let mount = move |tools: Tools| {
        if let Some(place) = place.get_untracked() {
            tools.mount(place);
        }
        progress.set(Progress::Loaded);
    };
    with_tools(mount, move || progress.set(Progress::Failed));
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
